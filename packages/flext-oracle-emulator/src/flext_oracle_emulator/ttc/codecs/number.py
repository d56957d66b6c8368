"""NUMBER in base 100, at most 20 digits: 40 decimal digits when they pair up with the decimal point, else 39.

    zero      80
    positive  193+e, then each base-100 digit + 1                    123.45 = c2 02 18 2e
    negative  62-e, then 101 - each digit, then 66 if fewer than 20  -123.45 = 3d 64 4e 38 66

The value is d0.d1d2.. * 100**e with e from -65 to 62. Pairs of decimal digits are taken through packed decimal
(`bytes.fromhex("1234")` is 12 34) and a translation table, so no Python object is made per digit.
"""

from __future__ import annotations

import re
from decimal import Decimal

from ...errors import OracleError

MAX_DIGITS = 20
_MAX_EXPONENT = 62
_MIN_EXPONENT = -65
_ZERO = b"\x80"
_NEGATIVE_END = b"\x66"
_POSITIVE_INFINITY = b"\xff\x65"
_NEGATIVE_INFINITY = b"\x00"

_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")


def _table(pairs: list[tuple[int, int]]) -> bytes:
    table = bytearray(256)
    for source, target in pairs:
        table[source] = target
    return bytes(table)


def _packed(digit: int) -> int:
    return digit // 10 * 16 + digit % 10


_ENCODE_POSITIVE = _table([(_packed(digit), digit + 1) for digit in range(100)])
_ENCODE_NEGATIVE = _table([(_packed(digit), 101 - digit) for digit in range(100)])
_DECODE_POSITIVE = _table([(digit + 1, _packed(digit)) for digit in range(100)])
_DECODE_NEGATIVE = _table([(101 - digit, _packed(digit)) for digit in range(100)])


def encode_number(value: int | Decimal) -> bytes:
    """Encode exactly, or rounded half up beyond the digits a NUMBER holds.

    Raises:
        OracleError: ORA-01426 from 1E126 on, and for infinities and NaN.
    """
    return encode_number_text(str(value))


def encode_number_text(text: str) -> bytes:
    """Encode a decimal text as PostgreSQL and `str` write it, perhaps with an exponent ("-12.50", "1E+3").

    Raises:
        OracleError: ORA-01722 if it is no number, ORA-01426 if it is out of range.
    """
    if text.isdigit() and text.isascii():  # by far the most frequent: a plain integer
        digits = text.lstrip("0")
        if not digits:
            return _ZERO
        return _encode_digits(False, digits, len(digits))
    match = _NUMBER.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        if text.strip("+-").lower() in ("infinity", "inf"):
            raise OracleError(1426, "numeric overflow")
        raise OracleError(1722, "invalid number")
    sign, integer, fraction, exponent = match.groups()
    digits = integer + (fraction or "")
    significant = digits.lstrip("0")
    if not significant:
        return _ZERO
    point = len(integer) - (len(digits) - len(significant)) + (int(exponent) if exponent else 0)
    return _encode_digits(sign == "-", significant, point)


def _encode_digits(negative: bool, digits: str, point: int) -> bytes:
    """`digits` start with a non-zero one; the value is 0.digits * 10**point."""
    if point & 1:
        digits = "0" + digits
        point += 1
    if len(digits) > 2 * MAX_DIGITS:
        digits, point = _round(digits, point)
    if len(digits) & 1:
        digits += "0"
    exponent = (point >> 1) - 1
    if exponent > _MAX_EXPONENT:
        raise OracleError(1426, "numeric overflow")
    if exponent < _MIN_EXPONENT:
        return _ZERO
    packed = bytes.fromhex(digits).rstrip(b"\x00")
    if not negative:
        return bytes((193 + exponent,)) + packed.translate(_ENCODE_POSITIVE)
    encoded = bytes((62 - exponent,)) + packed.translate(_ENCODE_NEGATIVE)
    return encoded if len(packed) == MAX_DIGITS else encoded + _NEGATIVE_END


def _round(digits: str, point: int) -> tuple[str, int]:
    """Cut to 20 base-100 digits, half up. `point` is even and the digits are aligned to it."""
    kept, rest = digits[: 2 * MAX_DIGITS], digits[2 * MAX_DIGITS :]
    if rest[0] < "5":
        return kept, point
    rounded = str(int(kept) + 1).zfill(2 * MAX_DIGITS)
    if len(rounded) > 2 * MAX_DIGITS:
        return "01" + rounded[1:-2] + "0", point + 2
    return rounded, point


def decode_number(data: bytes) -> Decimal:
    """Decode into an exact Decimal; Oracle's two infinities become Decimal's."""
    return Decimal(decode_number_text(data))


def decode_number_text(data: bytes) -> str:
    """Decode into plain decimal notation, which PostgreSQL's numeric reads.

    Raises:
        OracleError: ORA-01722 if the bytes are no NUMBER.
    """
    if data == _ZERO:
        return "0"
    if data == _NEGATIVE_INFINITY:
        return "-Infinity"
    if data == _POSITIVE_INFINITY:
        return "Infinity"
    if not data:
        raise OracleError(1722, "invalid number")
    first = data[0]
    if first >= 0x80:
        exponent = first - 193
        digits = data[1:].translate(_DECODE_POSITIVE).hex()
        sign = ""
    else:
        exponent = 62 - first
        body = data[1:-1] if data[-1] == 0x66 else data[1:]
        digits = body.translate(_DECODE_NEGATIVE).hex()
        sign = "-"
    if not digits.strip("0"):
        raise OracleError(1722, "invalid number")
    point = 2 * (exponent + 1)
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}".rstrip("0")
    integer = digits[:point].ljust(point, "0").lstrip("0") or "0"
    fraction = digits[point:].rstrip("0")
    return f"{sign}{integer}.{fraction}" if fraction else sign + integer
