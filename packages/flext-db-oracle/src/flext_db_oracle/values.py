"""Values: driver value -> JSON value (`to_json_value`) and JSON or Python value -> bind value (`to_bind_value`).

A converter is chosen once per column and never sees None. No converter (None) means that the value passes unchanged.
A value that its column could only hold changed is refused with `LossyValueError`: nothing is rounded, cut or given a
zone.

JSON shapes: NUMBER is a JSON number with all its digits; DATE and TIMESTAMP are ISO text without offset; TIMESTAMP
WITH TIME ZONE has its offset, WITH LOCAL TIME ZONE is in UTC (`Z`); intervals are ISO-8601 durations; RAW and BLOB
are base64.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import math
import re
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import oracledb

from flext_db_oracle.errors import LossyValueError
from flext_db_oracle.json_schema import holds_json
from flext_db_oracle.types import Carrier, OracleType
from flext_db_oracle.types import NanPolicy as NanPolicy

Converter = Callable[[Any], Any]

_NANOSECOND_DIGITS = 9
_ISO_TIMESTAMP = re.compile(
    r"(?P<date>-?\d{4,5}-\d\d-\d\d)(?:[T t](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d+))?)?"
    r"\s*(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?\Z"
)
_ISO_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?=[\dT])(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:[.,](?P<fraction>\d+))?S)?)?\Z"
)
_ORACLE_DAY_SECOND = re.compile(r"([+-])?(\d+) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?\Z")
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_DIGITS_PER_BIT = math.log10(2)
_WIDE = Context(prec=200, Emin=-10000, Emax=10000)


def convert_rows(rows: Sequence[tuple[Any, ...]], converters: Sequence[Converter | None]) -> list[tuple[Any, ...]]:
    """Apply one converter per column to a batch of rows; columns without a converter cost nothing."""
    if not rows or not any(converters):
        return list(rows)
    columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
    for index, convert in enumerate(converters):
        if convert is not None:
            columns[index] = [None if value is None else convert(value) for value in columns[index]]
    return list(zip(*columns, strict=True))


# ---------------------------------------------------------------------------------------------- Oracle -> JSON


def to_json_value(
    oracle_type: OracleType,
    *,
    nan_policy: NanPolicy = "fail",
    use_singer_decimal: bool = False,
    dates_as_text: bool = False,
) -> Converter | None:
    """Converter from what the driver fetches for `OracleType.select_expression` to what goes into JSON.

    Numbers stay int, Decimal and float: give them to a JSON writer that writes Decimals as numbers with all digits.
    """
    carrier = oracle_type.carrier(dates_as_text=dates_as_text)
    if carrier is Carrier.NUMBER:
        return _plain_decimal if use_singer_decimal else None
    if carrier is Carrier.FLOAT:
        return _FLOATS[nan_policy]
    return _TO_JSON.get(carrier)


def _plain_decimal(value: int | Decimal) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _finite(value: float) -> float:
    if math.isfinite(value):
        return value
    raise LossyValueError(f"{value} has no JSON form. Hint: set nan_policy to 'null' or 'string'")


def _finite_or_null(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _finite_or_text(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _year_month_duration(value: oracledb.IntervalYM) -> str:
    months = value.years * 12 + value.months
    years, rest = divmod(abs(months), 12)
    return f"{'-' if months < 0 else ''}P{years}Y{rest}M"


def _day_second_duration(value: dt.timedelta) -> str:
    sign = "-" if value.days < 0 else ""
    value = abs(value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{value.microseconds:06}".rstrip("0").rstrip(".")
    return f"{sign}P{value.days}DT{hours}H{minutes}M{seconds}{fraction}S"


def _day_second_text_duration(value: str) -> str:
    match = _ORACLE_DAY_SECOND.match(value)
    if match is None:
        raise LossyValueError(f"{value!r} is not what TO_CHAR gives for an INTERVAL DAY TO SECOND")
    sign, days, hours, minutes, seconds, fraction = match.groups()
    fraction = f".{fraction}".rstrip("0").rstrip(".") if fraction else ""
    negative = sign == "-" and any(digit not in "0.:" for digit in value[1:].replace(" ", ""))
    return f"{'-' if negative else ''}P{int(days)}DT{int(hours)}H{int(minutes)}M{int(seconds)}{fraction}S"


def _parse_json(value: str) -> Any:
    return json.loads(value, parse_float=Decimal)


_FLOATS: dict[str, Converter] = {"fail": _finite, "null": _finite_or_null, "string": _finite_or_text}
_TO_JSON: dict[Carrier, Converter] = {
    Carrier.BYTES: _base64,
    Carrier.DATETIME: dt.datetime.isoformat,
    Carrier.YEAR_MONTH: _year_month_duration,
    Carrier.DAY_SECOND: _day_second_duration,
    Carrier.DAY_SECOND_TEXT: _day_second_text_duration,
    Carrier.JSON_TEXT: _parse_json,
}


# ---------------------------------------------------------------------------------------------- JSON -> Oracle


def to_bind_value(
    oracle_type: OracleType,
    property_schema: Mapping[str, Any] | None = None,
    *,
    naive_zone: str | None = None,
    dates_as_text: bool = False,
) -> Converter | None:
    """Converter from a JSON or Python value to what is bound into `OracleType.bind_expression`.

    `property_schema` only says whether a text column holds JSON documents (`json_schema.holds_json`). `naive_zone` is
    the zone of times without offset: with it they may enter a zoned column, and times with an offset a column
    without.
    """
    zone = None if naive_zone is None else ZoneInfo(naive_zone)
    match oracle_type.carrier(dates_as_text=dates_as_text):
        case Carrier.INTEGER | Carrier.NUMBER:
            return _number_binder(oracle_type)
        case Carrier.FLOAT:
            return _single if oracle_type.name == "BINARY_FLOAT" else _double
        case Carrier.TEXT:
            return json_text if property_schema is not None and holds_json(property_schema) else _text
        case Carrier.BYTES:
            return _bytes
        case Carrier.DATETIME:
            return _datetime_binder(oracle_type, zone)
        case Carrier.TIMESTAMP_TEXT | Carrier.ZONED_TEXT:
            return _timestamp_text_binder(oracle_type, zone)
        case Carrier.YEAR_MONTH:
            return _year_month
        case Carrier.DAY_SECOND | Carrier.DAY_SECOND_TEXT as carrier:
            return _day_second_binder(oracle_type.fraction_digits, as_text=carrier is Carrier.DAY_SECOND_TEXT)
        case Carrier.BOOLEAN:
            return _boolean
        case Carrier.JSON_TEXT:
            return _json_binder(oracle_type)
    raise AssertionError(oracle_type)


def json_text(value: Any) -> str:
    """Compact JSON text; Decimals keep all their digits, which the standard library's writer cannot do."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise LossyValueError(f"{value} has no JSON form")
        return str(value)
    if isinstance(value, Mapping):
        items = (f"{json.dumps(str(key), ensure_ascii=False)}:{json_text(item)}" for key, item in value.items())
        return "{" + ",".join(items) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(json_text, value)) + "]"
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as exc:
        raise LossyValueError(f"{_show(value)} has no JSON form: {exc}") from None


_PERHAPS_TOO_LONG = re.compile(r"[0-9][0-9.]{38}|[0-9][eE]")


def _json_binder(oracle_type: OracleType) -> Converter:
    """The JSON type keeps numbers as NUMBER: those that NUMBER would round are refused."""
    check = _number_binder(oracle_type)

    def look(value: Any) -> None:
        if isinstance(value, Mapping):
            value = value.values()
        elif not isinstance(value, (list, tuple)):
            if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
                check(value)
            return
        for item in value:
            look(item)

    def bind(value: Any) -> str:
        text = json_text(value)
        if _PERHAPS_TOO_LONG.search(text):
            look(value)
        return text

    return bind


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _refuse(value: object, oracle_type: OracleType, reason: str) -> LossyValueError:
    return LossyValueError(f"{_show(value)} does not fit {oracle_type.ddl} unchanged: {reason}")


_MAX_DIGITS = 40  # of a bare NUMBER; the driver refuses more, but for the whole batch at once
_MAX_WHOLE = 10**_MAX_DIGITS
_SMALLEST_POWER, _GREATEST_POWER = -130, 125
_TINY, _HUGE = Decimal("1E-100"), Decimal("1E100")
_DEFAULT_DIGITS = 28


def _number_binder(oracle_type: OracleType) -> Converter:
    limited = oracle_type.scale if oracle_type.name == "NUMBER" else None
    digits = _MAX_DIGITS
    if oracle_type.name == "FLOAT" and oracle_type.precision is not None:
        digits = math.ceil(oracle_type.precision * _DIGITS_PER_BIT)

    def check(value: Decimal) -> Decimal:
        if not value.is_finite():
            raise _refuse(value, oracle_type, "NUMBER has no such value")
        _, figures, exponent = value.as_tuple()
        if len(figures) > digits or (limited is not None and -int(exponent) > limited):
            _, figures, exponent = value.normalize(_WIDE).as_tuple()  # without trailing zeros
            if len(figures) > digits:
                raise _refuse(value, oracle_type, f"more than {digits} digits")
            if limited is not None and -int(exponent) > limited and value:
                raise _refuse(value, oracle_type, f"more than {limited} digits after the point")
        if value and not _SMALLEST_POWER <= value.adjusted() <= _GREATEST_POWER:
            raise _refuse(value, oracle_type, "NUMBER holds 1E-130 to 1E126")
        return value

    quantum = None if limited is None else Decimal(1).scaleb(-limited)

    def bind(value: Any) -> int | Decimal:
        if type(value) is int and (limited is None or limited >= 0) and -_MAX_WHOLE < value < _MAX_WHOLE:
            return value
        if type(value) is Decimal:
            # Most values pass by cheap arithmetic in the default context (28 digits); `check` decides about the others.
            try:
                if quantum is not None and not value % quantum:
                    return value
                if quantum is None and digits > _DEFAULT_DIGITS and value == +value and _TINY < abs(value) < _HUGE:
                    return value
            except InvalidOperation:
                pass
            return check(value)
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, (int, float, str)):
            try:
                return check(Decimal(value if isinstance(value, (int, str)) else repr(value)))
            except InvalidOperation:
                pass
        raise _refuse(value, oracle_type, "it is not a number")

    return bind


def _double(value: Any) -> float:
    if type(value) is float:
        return value
    if isinstance(value, str):
        if value in _NOT_FINITE:
            return _NOT_FINITE[value]
        try:
            value = Decimal(value)
        except InvalidOperation:
            raise LossyValueError(f"{_show(value)} is not a number") from None
    if isinstance(value, (int, Decimal)):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if number == value or (math.isfinite(number) and Decimal(repr(number)) == value):
            return number
        raise LossyValueError(f"{_show(value)} has more digits than BINARY_DOUBLE keeps")
    raise LossyValueError(f"{_show(value)} is not a number")


def _single(value: Any) -> float:
    number = _double(value)
    try:
        exact = struct.unpack("<f", struct.pack("<f", number))[0]
    except OverflowError:
        exact = None
    if exact == number or math.isnan(number):
        return number
    raise LossyValueError(f"{_show(value)} has more digits than BINARY_FLOAT keeps")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as exc:
            raise LossyValueError(f"{_show(value)} is not base64: {exc}") from None
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise LossyValueError(f"{_show(value)} is not bytes or base64 text")


def _datetime_binder(oracle_type: OracleType, zone: ZoneInfo | None) -> Converter:
    digits = 0 if oracle_type.name == "DATE" else oracle_type.fraction_digits
    step = 10 ** (6 - digits)
    longest = len("2024-02-29T12:34:56.123456")

    def bind(value: Any) -> dt.datetime:
        moment: dt.datetime
        if isinstance(value, str):
            if len(value) > longest:  # datetime.fromisoformat cuts what is beyond microseconds
                match = _ISO_TIMESTAMP.match(value)
                if match is not None and (match["fraction"] or "")[6:].strip("0"):
                    raise _refuse(value, oracle_type, f"more than {digits} digits in the second's fraction")
            try:
                moment = dt.datetime.fromisoformat(value)
            except ValueError:
                raise _refuse(value, oracle_type, "it is not a date in ISO form, year 1 to 9999") from None
        elif type(value) is dt.date:
            moment = dt.datetime(value.year, value.month, value.day)
        elif isinstance(value, dt.datetime):
            moment = value
        else:
            raise _refuse(value, oracle_type, "it is not a date")
        if moment.tzinfo is not None:
            if zone is None:
                raise _refuse(value, oracle_type, "the column has no time zone and the value's offset would be lost")
            moment = moment.astimezone(zone).replace(tzinfo=None)
        if moment.microsecond % step:
            raise _refuse(value, oracle_type, f"more than {digits} digits in the second's fraction")
        return moment

    return bind


def _timestamp_text_binder(oracle_type: OracleType, zone: ZoneInfo | None) -> Converter:
    zoned = oracle_type.carrier() is Carrier.ZONED_TEXT
    is_date = oracle_type.name == "DATE"
    digits = 0 if is_date else oracle_type.fraction_digits

    # What our own tap writes: exactly `digits` digits, and an offset. Oracle itself checks the figures.
    fast_digits = digits if zoned and digits else -1
    point, end = len("2024-02-29T12:34:56"), len("2024-02-29T12:34:56.") + digits
    padding = "0" * (_NANOSECOND_DIGITS - digits)

    def bind(value: Any) -> str:
        if fast_digits > 0 and type(value) is str and value[10:11] == "T" and value[point : point + 1] == ".":
            if len(value) == end + 6 and value[end] in "+-" and value[end + 3] == ":":
                return value[:end] + padding + value[end:]
            if len(value) == end + 1 and value[end] == "Z":
                return f"{value[:end]}{padding}+00:00"
        text = value.isoformat() if isinstance(value, (dt.datetime, dt.date)) else value
        match = _ISO_TIMESTAMP.match(text) if isinstance(text, str) else None
        if match is None:
            raise _refuse(value, oracle_type, "it is not a date in ISO form")
        fraction = match["fraction"] or ""
        if fraction[digits:].strip("0"):
            raise _refuse(value, oracle_type, f"more than {digits} digits in the second's fraction")
        time = match["time"] or "00:00"
        local = f"{match['date']}T{time if len(time) > len('00:00') else time + ':00'}"
        offset = _canonical_offset(match["zone"])
        if zoned != (offset is not None):
            if zone is None:
                lack = (
                    "it has no offset" if zoned else "the column has no time zone and the value's offset would be lost"
                )
                raise _refuse(value, oracle_type, lack)
            local, offset = _change_zone(local, offset, zone)
        if is_date:
            return local
        return (
            f"{local}.{fraction[:_NANOSECOND_DIGITS].ljust(_NANOSECOND_DIGITS, '0')}{(offset or '') if zoned else ''}"
        )

    return bind


def _canonical_offset(zone: str | None) -> str | None:
    if zone is None:
        return None
    if zone in "Zz":
        return "+00:00"
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return f"{zone[0]}{digits[:2]}:{digits[2:]}"


def _change_zone(local: str, offset: str | None, zone: ZoneInfo) -> tuple[str, str]:
    try:
        moment = dt.datetime.fromisoformat(local + (offset or ""))
    except ValueError:
        raise LossyValueError(f"{local!r} cannot be moved to zone {zone.key}: year 1 to 9999 only") from None
    moment = moment.replace(tzinfo=zone) if offset is None else moment.astimezone(zone)
    text = moment.isoformat()
    return text[: len("2024-02-29T12:34:56")], text[len("2024-02-29T12:34:56") :][:6]


def _parse_duration(value: Any) -> tuple[int, int, int, str]:
    """Sign, months, seconds and the digits of the second's fraction."""
    match = _ISO_DURATION.match(value) if isinstance(value, str) else None
    if match is None:
        raise LossyValueError(f"{_show(value)} is not an ISO-8601 duration such as P1Y2M or P2DT3H4M5.6S")

    def part(name: str) -> int:
        return int(match[name] or 0)

    seconds = ((part("weeks") * 7 + part("days")) * 24 + part("hours")) * 3600 + part("minutes") * 60 + part("seconds")
    return -1 if match["sign"] == "-" else 1, part("years") * 12 + part("months"), seconds, match["fraction"] or ""


def _year_month(value: Any) -> oracledb.IntervalYM:
    if isinstance(value, oracledb.IntervalYM):
        return value
    sign, months, seconds, fraction = _parse_duration(value)
    if seconds or fraction.strip("0"):
        raise LossyValueError(f"{_show(value)} has days or time, which INTERVAL YEAR TO MONTH does not")
    years, months = divmod(months, 12)
    return oracledb.IntervalYM(sign * years, sign * months)


def _day_second_binder(digits: int, *, as_text: bool) -> Converter:
    def bind(value: Any) -> dt.timedelta | str:
        if isinstance(value, dt.timedelta):
            value = _day_second_duration(value)
        sign, months, seconds, fraction = _parse_duration(value)
        if months:
            raise LossyValueError(f"{_show(value)} has years or months, which INTERVAL DAY TO SECOND does not")
        if fraction[digits:].strip("0"):
            raise LossyValueError(f"{_show(value)} has more than {digits} digits in the second's fraction")
        if not as_text:
            return sign * dt.timedelta(seconds=seconds, microseconds=int(fraction[:6].ljust(6, "0")))
        minutes, second = divmod(seconds, 60)
        hours, minute = divmod(minutes, 60)
        days, hour = divmod(hours, 24)
        fraction = fraction[:_NANOSECOND_DIGITS].ljust(_NANOSECOND_DIGITS, "0")
        return f"{'-' if sign < 0 else '+'}{days} {hour:02}:{minute:02}:{second:02}.{fraction}"

    return bind


def _boolean(value: Any) -> bool:
    if isinstance(value, (bool, int)) and value in {0, 1}:
        return bool(value)
    raise LossyValueError(f"{_show(value)} is not a boolean")
