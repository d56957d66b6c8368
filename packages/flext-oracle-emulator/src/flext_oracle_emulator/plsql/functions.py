"""Functions of package STANDARD that need no database: computed here when their arguments are plain values.

Each takes evaluated arguments and returns the value, or NotImplemented when only the database can tell (dates, format masks,
character sets).
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from .values import ARITHMETIC, number_text, parse_number

Function = Callable[[Sequence[Any]], Any]


def _text(value: Any) -> Any:
    """The value as character data, or NotImplemented."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return number_text(value)
    return NotImplemented


def _int(value: Any) -> Any:
    if isinstance(value, str):
        value = parse_number(value)
    return int(value) if isinstance(value, Decimal) else NotImplemented


def _on_text(compute: Callable[[str], Any]) -> Function:
    def function(args: Sequence[Any]) -> Any:
        if len(args) != 1:
            return NotImplemented
        if args[0] is None:
            return None
        text = _text(args[0])
        return NotImplemented if text is NotImplemented else compute(text) or None

    return function


def _length(args: Sequence[Any]) -> Any:
    if len(args) != 1:
        return NotImplemented
    text = None if args[0] is None else _text(args[0])
    return text if text is None or text is NotImplemented else Decimal(len(text))


def _substr(args: Sequence[Any]) -> Any:
    if not 2 <= len(args) <= 3:
        return NotImplemented
    if any(arg is None for arg in args):
        return None
    text, start = _text(args[0]), _int(args[1])
    length = _int(args[2]) if len(args) == 3 else None
    if NotImplemented in (text, start, length):
        return NotImplemented
    if length is not None and length < 1:
        return None
    if start < 0:
        start += len(text)
        if start < 0:
            return None
    elif start > 0:
        start -= 1
    return text[start : None if length is None else start + length] or None


def _instr(args: Sequence[Any]) -> Any:
    if not 2 <= len(args) <= 3:
        return NotImplemented
    if any(arg is None for arg in args):
        return None
    text, part = _text(args[0]), _text(args[1])
    start = _int(args[2]) if len(args) == 3 else 1
    if NotImplemented in (text, part, start) or start < 1:
        return NotImplemented
    return Decimal(text.find(part, start - 1) + 1)


def _replace(args: Sequence[Any]) -> Any:
    if not 2 <= len(args) <= 3:
        return NotImplemented
    text = None if args[0] is None else _text(args[0])
    old = None if args[1] is None else _text(args[1])
    new = _text(args[2]) if len(args) == 3 and args[2] is not None else ""
    if NotImplemented in (text, old, new):
        return NotImplemented
    if text is None or old is None:
        return text
    return text.replace(old, new) or None


def _trimmer(strip: Callable[[str, str], str]) -> Function:
    def function(args: Sequence[Any]) -> Any:
        if not 1 <= len(args) <= 2:
            return NotImplemented
        if any(arg is None for arg in args):
            return None
        text = _text(args[0])
        characters = _text(args[1]) if len(args) == 2 else " "
        if NotImplemented in (text, characters):
            return NotImplemented
        return strip(text, characters) or None

    return function


def _padder(left: bool) -> Function:
    def function(args: Sequence[Any]) -> Any:
        if not 2 <= len(args) <= 3:
            return NotImplemented
        if any(arg is None for arg in args):
            return None
        text, width = _text(args[0]), _int(args[1])
        fill = _text(args[2]) if len(args) == 3 else " "
        # Width is in display columns: left to the database for anything but ASCII.
        if NotImplemented in (text, width, fill) or not text.isascii() or not fill.isascii():
            return NotImplemented
        if width <= len(text):
            return text[: max(width, 0)] or None
        padding = (fill * (width - len(text)))[: width - len(text)]
        return padding + text if left else text + padding

    return function


def _on_number(compute: Callable[[Decimal], Decimal]) -> Function:
    def function(args: Sequence[Any]) -> Any:
        if len(args) != 1 or not (args[0] is None or isinstance(args[0], Decimal | str)):
            return NotImplemented
        if args[0] is None:
            return None
        value = parse_number(args[0]) if isinstance(args[0], str) else args[0]
        return ARITHMETIC.plus(compute(value))

    return function


def _rounder(mode: str) -> Function:
    def function(args: Sequence[Any]) -> Any:
        if not 1 <= len(args) <= 2 or not (args[0] is None or isinstance(args[0], Decimal)):
            return NotImplemented
        places = _int(args[1]) if len(args) == 2 and args[1] is not None else 0
        if places is NotImplemented or (args[0] is None and len(args) == 1):
            return NotImplemented if places is NotImplemented else None
        if any(arg is None for arg in args):
            return None
        number = args[0]
        assert isinstance(number, Decimal)
        return number.quantize(Decimal(1).scaleb(-places), mode, decimal.Context(prec=300))

    return function


def _mod(args: Sequence[Any]) -> Any:
    if len(args) != 2 or not all(arg is None or isinstance(arg, Decimal) for arg in args):
        return NotImplemented
    left, right = args
    if left is None or right is None:
        return None
    return left if not right else ARITHMETIC.plus(ARITHMETIC.remainder(left, right))


def _extreme(choose: Callable[[Sequence[Any]], Any]) -> Function:
    def function(args: Sequence[Any]) -> Any:
        if any(arg is None for arg in args):
            return None
        if all(isinstance(arg, Decimal) for arg in args) or all(isinstance(arg, str) for arg in args):
            return choose(args)
        return NotImplemented

    return function


def _to_char(args: Sequence[Any]) -> Any:
    if len(args) != 1:
        return NotImplemented
    return None if args[0] is None else _text(args[0])


def _to_number(args: Sequence[Any]) -> Any:
    if len(args) != 1:
        return NotImplemented
    value = args[0]
    if isinstance(value, str):
        return parse_number(value)
    return value if value is None or isinstance(value, Decimal) else NotImplemented


def _nullif(args: Sequence[Any]) -> Any:
    if len(args) != 2:
        return NotImplemented
    left, right = args
    if left is None or right is None:
        return left
    return (None if left == right else left) if type(left) is type(right) and _comparable(left) else NotImplemented


def _comparable(value: Any) -> bool:
    return isinstance(value, str | Decimal)


FUNCTIONS: dict[str, Function] = {
    "ABS": _on_number(abs),
    "CEIL": _on_number(lambda value: value.to_integral_value(decimal.ROUND_CEILING)),
    "FLOOR": _on_number(lambda value: value.to_integral_value(decimal.ROUND_FLOOR)),
    "SIGN": _on_number(lambda value: Decimal((value > 0) - (value < 0))),
    "ROUND": _rounder(decimal.ROUND_HALF_UP),
    "TRUNC": _rounder(decimal.ROUND_DOWN),
    "MOD": _mod,
    "GREATEST": _extreme(max),
    "LEAST": _extreme(min),
    "UPPER": _on_text(str.upper),
    "LOWER": _on_text(str.lower),
    "LENGTH": _length,
    "SUBSTR": _substr,
    "INSTR": _instr,
    "REPLACE": _replace,
    "LTRIM": _trimmer(str.lstrip),
    "RTRIM": _trimmer(str.rstrip),
    "LPAD": _padder(left=True),
    "RPAD": _padder(left=False),
    "CHR": lambda args: (
        chr(int(args[0])) if len(args) == 1 and isinstance(args[0], Decimal) and 0 < args[0] < 128 else NotImplemented
    ),
    "TO_CHAR": _to_char,
    "TO_NUMBER": _to_number,
    "NULLIF": _nullif,
}
