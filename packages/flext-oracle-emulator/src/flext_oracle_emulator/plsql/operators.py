"""Operators on plain values. What only the database can compute (dates, NLS) is NotImplemented."""

from __future__ import annotations

import decimal
import functools
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..errors import OracleError
from .collections import equal
from .failures import oracle_error
from .types import wrong_type
from .values import ARITHMETIC, Collection, Opaque, compare_opaque, number_text, parse_number, same_family

_LIMIT = Decimal("1E126")
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _operands(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Both as Decimal or both as float; None if the database must compute."""
    values = []
    for value in (left, right):
        if isinstance(value, bool):
            raise wrong_type()
        if isinstance(value, str):
            value = parse_number(value)
        if not isinstance(value, Decimal | float):
            return None
        values.append(value)
    if any(isinstance(value, float) for value in values):
        return float(values[0]), float(values[1])
    return values[0], values[1]


def arithmetic(op: str, left: Any, right: Any) -> Any:
    """`+ - * / **` of two values that are not NULL."""
    if isinstance(left, Opaque) or isinstance(right, Opaque):
        return NotImplemented
    pair = _operands(left, right)
    if pair is None:
        return NotImplemented
    a, b = pair
    if isinstance(a, float):
        return _float_arithmetic(op, a, b)
    if op == "/" and not b:
        raise oracle_error(1476)
    try:
        result = _DECIMAL[op](a, b)
    except (decimal.InvalidOperation, decimal.Overflow):
        raise OracleError(1426, "numeric overflow") from None
    if abs(result) >= _LIMIT:
        raise OracleError(1426, "numeric overflow")
    return result


_DECIMAL: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": ARITHMETIC.add,
    "-": ARITHMETIC.subtract,
    "*": ARITHMETIC.multiply,
    "/": ARITHMETIC.divide,
    "**": ARITHMETIC.power,
}


def _float_arithmetic(op: str, a: float, b: float) -> Any:
    if op == "/" and not b:
        return NotImplemented  # infinity or NaN, as the database has it
    try:
        return {"+": a + b, "-": a - b, "*": a * b}[op] if op in "+-*" else (a / b if op == "/" else a**b)
    except OverflowError:
        return NotImplemented


def negate(value: Any) -> Any:
    if isinstance(value, str):
        value = parse_number(value)
    if isinstance(value, Decimal):
        return ARITHMETIC.minus(value)
    return -value if isinstance(value, float) and not isinstance(value, bool) else NotImplemented


def text_of(value: Any) -> Any:
    """The value as character data ('' for NULL), or NotImplemented."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, bytes):
        return value.hex().upper()
    if isinstance(value, bool):
        raise OracleError(6550, "line 1, column 1:\nPLS-00306: wrong number or types of arguments in call to '||'")
    return NotImplemented


def concatenate(left: Any, right: Any) -> Any:
    a, b = text_of(left), text_of(right)
    if a is NotImplemented or b is NotImplemented:
        return NotImplemented
    return a + b or None


def compare(op: str, left: Any, right: Any, *, padded: bool = False) -> Any:
    """Of two values that are not NULL. `padded`: blanks at the end of text do not count (CHAR against CHAR)."""
    if isinstance(left, bool) or isinstance(right, bool):
        if not (isinstance(left, bool) and isinstance(right, bool)):
            raise wrong_type()
        return _COMPARISONS[op](left, right)
    if isinstance(left, str) and isinstance(right, str):
        if padded:
            left, right = left.rstrip(" "), right.rstrip(" ")
        return _COMPARISONS[op](left.encode(), right.encode())
    if isinstance(left, bytes) or isinstance(right, bytes):
        return _compare_raw(op, left, right)
    if isinstance(left, Opaque) or isinstance(right, Opaque):
        if isinstance(left, Opaque) and isinstance(right, Opaque) and same_family(left, right):
            return _COMPARISONS[op](compare_opaque(left, right), 0)
        return NotImplemented
    if isinstance(left, Collection) and isinstance(right, Collection):
        if op not in ("=", "<>") or "ASSOCIATIVE" in (left.type.kind, right.type.kind):
            raise wrong_type()
        same = equal(left, right)
        return None if same is None else same is (op == "=")
    pair = _operands(left, right)
    return NotImplemented if pair is None else _COMPARISONS[op](*pair)


def _compare_raw(op: str, left: Any, right: Any) -> Any:
    a = left if isinstance(left, bytes) else text_of(left)
    b = right if isinstance(right, bytes) else text_of(right)
    if isinstance(a, bytes) and isinstance(b, bytes):
        return _COMPARISONS[op](a, b)
    return _COMPARISONS[op](text_of(left), text_of(right))


@functools.lru_cache(maxsize=256)
def _pattern(pattern: str, escape: str | None) -> re.Pattern[str]:
    parts = []
    characters = iter(pattern)
    for character in characters:
        if escape is not None and character == escape:
            following = next(characters, None)
            if following not in ("%", "_", escape):
                raise OracleError(1424, "missing or illegal character following the escape character")
            parts.append(re.escape(following))
        else:
            parts.append({"%": ".*", "_": "."}.get(character) or re.escape(character))
    return re.compile("".join(parts), re.DOTALL)


def like(value: Any, pattern: Any, escape: Any) -> Any:
    """Of values that are not NULL (`escape` may be None: not given)."""
    text, form = text_of(value), text_of(pattern)
    if text is NotImplemented or form is NotImplemented:
        return NotImplemented
    return _pattern(form, escape).fullmatch(text) is not None
