"""One value at a time: PostgreSQL's binary format <-> Oracle's internal bytes, without a Decimal or datetime between.

PostgreSQL's numeric is base 10000 (i16 ndigits, i16 weight, u16 sign, u16 dscale, digits); a NUMBER is base 100. Both
are aligned at the decimal point, so each PostgreSQL digit is two of Oracle's and the conversion is a table. DATE is a
timestamp (i64 microseconds since 2000), cached per day. Timestamps and intervals are a numeric count of seconds, see
`pgtypes.py`. `transcode.py` picks one of these functions per column.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Callable
from zoneinfo import ZoneInfo

from ..errors import OracleError
from ..ttc.codecs import encode_interval_ds, encode_interval_ym, encode_number_text

NANOSECONDS = 1_000_000_000
ZONE_CODES = 100_000
OFFSET_BIAS = 900
FIRST_REGION = 2000

_HEADER = struct.Struct(">hhHH")
_NEGATIVE = 0x4000
_SPECIAL = 0xC000  # NaN, and with further bits the infinities
_MAX_NUMBER_DIGITS = 20
_EPOCH_2000_DAYS = 10957  # from 1970
_DAY_MICROSECONDS = 86_400_000_000
_DAY_ZERO = datetime.date(2000, 1, 1).toordinal()
_UNIX_DAY_ZERO = datetime.date(1970, 1, 1).toordinal()
_DAYS_400_YEARS = 146_097

#: A base-10000 digit, as the two base-100 digits of a positive and of a negative NUMBER.
_POSITIVE = [bytes((digit // 100 + 1, digit % 100 + 1)) for digit in range(10000)]
_NEGATIVE_DIGITS = [bytes((101 - digit // 100, 101 - digit % 100)) for digit in range(10000)]
_DIGIT_FORMATS = [struct.Struct(f">{count}H") for count in range(64)]
#: Two base-100 digits as they stand next to each other (hi * 256 + lo) -> the base-10000 digit.
_PAIRS = {hi << 8 | lo: (hi * 100 + lo).to_bytes(2, "big") for hi in range(100) for lo in range(100)}
_DECODE_POSITIVE = bytes((digit - 1) % 256 if 1 <= digit <= 100 else 255 for digit in range(256))
_DECODE_NEGATIVE = bytes(101 - digit if 2 <= digit <= 101 else 255 for digit in range(256))

_INVERT = bytes(range(255, -1, -1))
_U32 = struct.Struct(">I")
_I64 = struct.Struct(">q")
_INTERVAL_DS = struct.Struct(">IBBBI")
_INTERVAL_YM = struct.Struct(">IB")


# ------------------------------------------------------------------------------------------------------- numbers


def number_from_numeric(data: bytes) -> bytes:
    """NUMBER of a numeric; beyond 40 digits rounded half up, as Oracle's arithmetic does."""
    ndigits, weight, sign, _ = _HEADER.unpack_from(data)
    if sign >= _SPECIAL:
        raise OracleError(1426, "numeric overflow")
    if not ndigits:
        return b"\x80"
    if ndigits > 10:
        return _round_long(data)
    digits = _DIGIT_FORMATS[ndigits].unpack_from(data, 8)
    exponent = 2 * weight + 1
    if sign:
        body = b"".join([_NEGATIVE_DIGITS[digit] for digit in digits])
        if digits[0] < 100:
            body = body[1:]
            exponent -= 1
        body = body.rstrip(b"\x65")
        if -65 <= exponent <= 62:
            return bytes((62 - exponent,)) + body + (b"\x66" if len(body) < _MAX_NUMBER_DIGITS else b"")
    else:
        body = b"".join([_POSITIVE[digit] for digit in digits])
        if digits[0] < 100:
            body = body[1:]
            exponent -= 1
        if -65 <= exponent <= 62:
            return bytes((193 + exponent,)) + body.rstrip(b"\x01")
    if exponent > 62:
        raise OracleError(1426, "numeric overflow")
    return b"\x80"


def _round_long(data: bytes) -> bytes:
    ndigits, weight, sign, _ = _HEADER.unpack_from(data)
    digits = struct.unpack_from(f">{ndigits}H", data, 8)
    text = "".join([f"{digit:04d}" for digit in digits])
    return encode_number_text(f"{'-' if sign else ''}{text}E{4 * (weight - ndigits + 1)}")


def number_from_int(data: bytes) -> bytes:
    return encode_number_text(str(int.from_bytes(data, "big", signed=True)))


def numeric_from_number(data: bytes) -> bytes:
    """Numeric of a NUMBER. Raises ORA-01722 for bytes that are no NUMBER, ORA-01426 for Oracle's infinities."""
    if data == b"\x80":
        return b"\x00\x00\x00\x00\x00\x00\x00\x00"
    if len(data) < 2:
        raise OracleError(
            1426 if data == b"\x00" else 1722, "numeric overflow" if data == b"\x00" else "invalid number"
        )
    first = data[0]
    if first >= 0x80:
        exponent = first - 193
        digits = data[1:].translate(_DECODE_POSITIVE)
        sign = 0
        if data == b"\xff\x65":
            raise OracleError(1426, "numeric overflow")
    else:
        exponent = 62 - first
        digits = (data[1:-1] if data[-1] == 0x66 else data[1:]).translate(_DECODE_NEGATIVE)
        sign = _NEGATIVE
    fraction = len(digits) - 1 - exponent
    scale = 0
    if fraction > 0:
        scale = 2 * fraction - (1 if digits and digits[-1] % 10 == 0 else 0)
    if not exponent & 1:
        digits = b"\x00" + digits
    if len(digits) & 1:
        digits += b"\x00"
    count = len(digits) >> 1
    try:
        body = b"".join([_PAIRS[pair] for pair in _DIGIT_FORMATS[count].unpack(digits)])
    except (KeyError, IndexError):
        raise OracleError(1722, "invalid number") from None
    return _HEADER.pack(count, exponent >> 1, sign, scale) + body


def scaled_from_numeric(data: bytes, scale: int) -> int:
    """The value times 10**scale as an int; further digits are cut."""
    ndigits, weight, sign, _ = _HEADER.unpack_from(data)
    if sign >= _SPECIAL:
        raise OracleError(1426, "numeric overflow")
    value = 0
    for digit in struct.unpack_from(f">{ndigits}H", data, 8):
        value = value * 10000 + digit
    power = int(4 * (weight - ndigits + 1) + scale)
    value = value * 10**power if power >= 0 else value // 10**-power
    return -int(value) if sign else int(value)


def numeric_from_scaled(value: int, scale: int) -> bytes:
    """Numeric of value / 10**scale."""
    sign = _NEGATIVE if value < 0 else 0
    value = abs(value)
    padding = -scale % 4
    value *= 10**padding
    weight = -((scale + padding) // 4) - 1
    digits = []
    while value:
        value, digit = divmod(value, 10000)
        digits.append(digit)
        weight += 1
    return _HEADER.pack(len(digits), weight if digits else 0, sign, scale) + struct.pack(
        f">{len(digits)}H", *reversed(digits)
    )


# -------------------------------------------------------------------------------------------------- binary floats


def sortable_from_float(data: bytes) -> bytes:
    """BINARY_FLOAT or BINARY_DOUBLE of IEEE bytes. Oracle has no negative zero."""
    first = data[0]
    if first & 0x80:
        if first == 0x80 and not any(data[1:]):
            return data
        return data.translate(_INVERT)
    return bytes((first | 0x80,)) + data[1:]


def float_from_sortable(data: bytes) -> bytes:
    if len(data) not in (4, 8):
        raise OracleError(1722, "invalid number")
    if data[0] & 0x80:
        return bytes((data[0] & 0x7F,)) + data[1:]
    return data.translate(_INVERT)


# ------------------------------------------------------------------------------------------------ calendar fields


def civil(day: int) -> tuple[int, int, int]:
    """Year (astronomical), month and day of an ordinal counted from 0001-01-01 = 1, for any year."""
    cycles = 0
    if not 1 <= day <= 3_652_059:
        cycles, day = divmod(day - 1, _DAYS_400_YEARS)
        day += 1
    date = datetime.date.fromordinal(day)
    return date.year + 400 * cycles, date.month, date.day


def ordinal(year: int, month: int, day: int) -> int:
    """Inverse of `civil`. Raises ValueError for what is no date."""
    if 1 <= year <= 9999:
        return datetime.date(year, month, day).toordinal()
    cycles, year_of_cycle = divmod(year - 1, 400)
    return datetime.date(year_of_cycle + 1, month, day).toordinal() + cycles * _DAYS_400_YEARS


class _Memo(dict[int, bytes]):
    """A dict that computes what it lacks, and starts over when it has grown large."""

    def __init__(self, compute: Callable[[int], bytes], limit: int) -> None:
        self._compute = compute
        self._limit = limit

    def __missing__(self, key: int) -> bytes:
        if len(self) >= self._limit:
            self.clear()
        value = self[key] = self._compute(key)
        return value


def _encode_day(number: int) -> bytes:
    year, month, day = civil(number)
    if year <= 0:
        year -= 1  # there is no year 0: astronomical 0 is 1 BC, which Oracle writes as -1
    if not -4712 <= year <= 9999:
        raise OracleError(1841, "(full) year must be between -4713 and +9999, and not be 0")
    if year > 0:
        return bytes((year // 100 + 100, year % 100 + 100, month, day))
    return bytes((100 - -year // 100, 100 - -year % 100, month, day))


def _encode_second(second: int) -> bytes:
    return bytes((second // 3600 + 1, second // 60 % 60 + 1, second % 60 + 1))


_DAYS = _Memo(_encode_day, 50_000)
_SECONDS = _Memo(_encode_second, 86_400)


def _parse_day(data: bytes) -> int:
    century, of_century, month, day = data
    if century >= 100 and of_century >= 100:
        year = (century - 100) * 100 + of_century - 100
    else:
        year = 1 - ((100 - century) * 100 + 100 - of_century)
    try:
        return ordinal(year, month, day)
    except ValueError:
        raise OracleError(1839, "date not valid for month specified") from None


class _DayMemo(dict[bytes, int]):
    def __missing__(self, key: bytes) -> int:
        if len(self) >= 50_000:
            self.clear()
        value = self[key] = _parse_day(key)
        return value


_ORDINALS = _DayMemo()


def date_from_timestamp(data: bytes) -> bytes:
    day, rest = divmod(int.from_bytes(data, "big", signed=True), _DAY_MICROSECONDS)
    return _DAYS[day + _DAY_ZERO] + _SECONDS[rest // 1_000_000]


def timestamp_from_date(data: bytes) -> bytes:
    """A DATE, or the whole seconds of a longer value."""
    if len(data) < 7:
        raise OracleError(1801, "date format is too long for internal buffer")
    seconds = (data[4] - 1) * 3600 + (data[5] - 1) * 60 + data[6] - 1
    return _I64.pack((_ORDINALS[data[:4]] - _DAY_ZERO) * _DAY_MICROSECONDS + seconds * 1_000_000)


def _instant_bytes(nanoseconds: int) -> bytes:
    seconds, fraction = divmod(nanoseconds, NANOSECONDS)
    day, second = divmod(seconds, 86_400)
    return _DAYS[day + _UNIX_DAY_ZERO] + _SECONDS[second] + _U32.pack(fraction)


def _instant(data: bytes) -> int:
    """Nanoseconds since 1970 of 7 or 11 (or more) bytes."""
    if len(data) < 7:
        raise OracleError(1801, "date format is too long for internal buffer")
    seconds = (data[4] - 1) * 3600 + (data[5] - 1) * 60 + data[6] - 1
    fraction = _U32.unpack_from(data, 7)[0] if len(data) >= 11 else 0
    return int(((_ORDINALS[data[:4]] - _UNIX_DAY_ZERO) * 86_400 + seconds) * NANOSECONDS + fraction)


def timestamp_bytes_from_numeric(data: bytes) -> bytes:
    """11 bytes of an oracle.ts or oracle.tsltz."""
    return _instant_bytes(scaled_from_numeric(data, 9))


def numeric_from_timestamp_bytes(data: bytes) -> bytes:
    return numeric_from_scaled(_instant(data), 9)


def zoned_bytes_from_numeric(data: bytes, region: Callable[[int], ZoneInfo]) -> bytes:
    """13 bytes of an oracle.tstz, the zone as an offset: a region becomes its offset at that instant."""
    scaled = scaled_from_numeric(data, 14)
    nanoseconds, code = divmod(abs(scaled), ZONE_CODES)
    if scaled < 0:
        nanoseconds = -nanoseconds
    minutes = code - OFFSET_BIAS if code < FIRST_REGION else _region_offset(nanoseconds, region(code - FIRST_REGION))
    hours, rest = divmod(abs(minutes), 60)
    sign = -1 if minutes < 0 else 1
    return _instant_bytes(nanoseconds) + bytes((20 + sign * hours, 60 + sign * rest))


def _region_offset(nanoseconds: int, zone: ZoneInfo) -> int:
    seconds = min(max(nanoseconds // NANOSECONDS, -62_135_510_400), 253_402_214_400)  # years 1..9999 of datetime
    instant = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=seconds)
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return round(offset.total_seconds() / 60)


def numeric_from_zoned_bytes(data: bytes) -> bytes:
    """An oracle.tstz of 7, 11 (UTC) or 13 bytes with an offset."""
    code = OFFSET_BIAS
    if len(data) >= 13:
        if data[11] & 0x80:
            raise OracleError(3001, "unimplemented feature: time zone region in a bind (flext-oracle-emulator)")
        code += (data[11] - 20) * 60 + data[12] - 60
    instant = _instant(data)
    scaled = abs(instant) * ZONE_CODES + code
    return numeric_from_scaled(-scaled if instant < 0 else scaled, 14)


# ----------------------------------------------------------------------------------------------------- intervals


def interval_ds_from_numeric(data: bytes) -> bytes:
    return encode_interval_ds(scaled_from_numeric(data, 9))


def numeric_from_interval_ds(data: bytes) -> bytes:
    if len(data) != _INTERVAL_DS.size:
        raise OracleError(1867, "the interval is invalid")
    days, hours, minutes, seconds, fraction = _INTERVAL_DS.unpack(data)
    total = ((days - 2**31) * 24 + hours - 60) * 3600 + (minutes - 60) * 60 + seconds - 60
    return numeric_from_scaled(total * NANOSECONDS + fraction - 2**31, 9)


def interval_ym_from_numeric(data: bytes) -> bytes:
    return encode_interval_ym(scaled_from_numeric(data, 0))


def numeric_from_interval_ym(data: bytes) -> bytes:
    if len(data) != _INTERVAL_YM.size:
        raise OracleError(1867, "the interval is invalid")
    years, months = _INTERVAL_YM.unpack(data)
    return numeric_from_scaled((years - 2**31) * 12 + months - 60, 0)


# -------------------------------------------------------------------------------------------------- other scalars


def national_from_text(data: bytes) -> bytes:
    return data.decode().encode("utf-16-be")


def text_from_national(data: bytes) -> bytes:
    return data.decode("utf-16-be").encode()


def bool_from_bytes(data: bytes) -> bytes:
    return b"\x01" if data and data[-1] else b"\x00"
