"""Literals: numbers, strings, dates, timestamps, intervals."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import Sql, literal, null_of
from ..names import string
from ..scope import Scope
from .core import State, emits


@emits(ast.NumberLiteral)
def number(_: State, node: ast.NumberLiteral, __: Scope) -> Sql:
    """`1` -> `1::numeric`: never PostgreSQL's integers, whose division truncates and whose range is short."""
    if node.suffix:
        type_ = "float4" if node.suffix.lower() == "f" else "float8"
        return Sql(f"'{node.text}'::{type_}", type_)
    text = node.text
    if text.startswith("."):
        text = f"0{text}"
    if text.isdigit():
        return Sql(f"{text}::numeric", "numeric")
    if re.fullmatch(r"\d+\.\d*", text):
        return Sql(f"{text.rstrip('.')}::numeric", "numeric")
    return Sql(f"{format(Decimal(text), 'f')}::numeric", "numeric")


@emits(ast.StringLiteral)
def text(_: State, node: ast.StringLiteral, __: Scope) -> Sql:
    """`''` -> `NULL::varchar`, `'x'` -> `'x'::varchar`."""
    type_ = "oracle.nvarchar2" if node.national else "varchar"
    return literal(node.value, type_) if node.value else null_of(type_)


@emits(ast.Null)
def null(_: State, __: ast.Null, ___: Scope) -> Sql:
    return Sql("NULL", None, null=True)


_DATE = re.compile(r"\s*(?P<year>[+-]?\d{1,4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_TIME = re.compile(
    r"\s+(?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.(?P<fraction>\d{0,9}))?)?)?"
)
_ZONE = re.compile(r"\s*(?P<sign>[+-])(?P<hours>\d{1,2}):(?P<minutes>\d{2})\s*$")
_EPOCH = datetime.date(1970, 1, 1).toordinal()


def _date(match: re.Match[str], pos: int) -> datetime.date:
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    if not 1 <= month <= 12:
        raise OracleError(1843, "not a valid month", pos)
    if not 1 <= day <= 31:
        raise OracleError(1847, "day of month must be between 1 and last day of month", pos)
    if year < 1:
        raise OracleError(1841, "(full) year must be between -4713 and +9999, and not be 0", pos)
    try:
        return datetime.date(year, month, day)
    except ValueError as error:
        raise OracleError(1839, "date not valid for month specified", pos) from error


@emits(ast.DateLiteral)
def date(_: State, node: ast.DateLiteral, __: Scope) -> Sql:
    """`DATE '2024-01-02'` -> `'2024-01-02 00:00:00'::oracle.date`; TIMESTAMP as seconds since 1970 (see
    backend/pgtypes.py).
    """
    match = _DATE.match(node.value)
    if match is None:
        raise OracleError(1841, "(full) year must be between -4713 and +9999, and not be 0", node.pos)
    if int(match["year"]) < 0:
        return _before_year_1(node, match.end())
    day = _date(match, node.pos)
    rest = node.value[match.end() :]
    if node.kind == "DATE":
        if rest.strip():
            raise OracleError(1861, "literal does not match format string", node.pos)
        return Sql(f"'{day.isoformat()} 00:00:00'::oracle.date", "oracle.date")
    time = _TIME.match(rest)
    if time is None:
        if rest.strip():
            raise OracleError(1861, "literal does not match format string", node.pos)
        return _timestamp(day, 0, 0, 0, "", None)
    hour, minute, second = (int(time[name] or 0) for name in ("hour", "minute", "second"))
    if hour > 23:
        raise OracleError(1850, "hour must be between 0 and 23", node.pos)
    if minute > 59:
        raise OracleError(1851, "minutes must be between 0 and 59", node.pos)
    if second > 59:
        raise OracleError(1852, "seconds must be between 0 and 59", node.pos)
    zone_text = rest[time.end() :]
    if not zone_text.strip():
        return _timestamp(day, hour, minute, second, time["fraction"] or "", None)
    zone = _ZONE.match(zone_text)
    if zone is None:
        # A region name: only the database knows its code.
        quoted = string(node.value.strip())
        model = "YYYY-MM-DD HH24:MI:SS.FF TZR" if time["fraction"] is not None else "YYYY-MM-DD HH24:MI:SS TZR"
        return Sql(f"oracle.to_timestamp_tz({quoted}, {string(model)})", "oracle.tstz")
    offset = int(zone["hours"]) * 60 + int(zone["minutes"])
    if offset > 14 * 60 or int(zone["minutes"]) > 59:
        raise OracleError(1874, "time zone hour must be between -15 and 15", node.pos)
    return _timestamp(day, hour, minute, second, time["fraction"] or "", -offset if zone["sign"] == "-" else offset)


def _before_year_1(node: ast.DateLiteral, end: int) -> Sql:
    """Python's calendar begins with year 1; PostgreSQL's does not."""
    rest = node.value[end:].strip()
    if node.kind == "DATE":
        if rest:
            raise OracleError(1861, "literal does not match format string", node.pos)
        return Sql(f"oracle.to_date({string(node.value.strip())}, 'SYYYY-MM-DD')", "oracle.date")
    time = _TIME.fullmatch(f" {rest}") if rest else None
    if rest and time is None:
        raise unsupported("time zones in literals before year 1", node.pos)
    model = "SYYYY-MM-DD"
    if time is not None:
        model += " HH24" + "".join(
            element for name, element in (("minute", ":MI"), ("second", ":SS"), ("fraction", ".FF")) if time[name]
        )
    return Sql(f"oracle.to_timestamp({string(node.value.strip())}, {string(model)})", "oracle.ts")


def _timestamp(day: datetime.date, hour: int, minute: int, second: int, fraction: str, offset: int | None) -> Sql:
    seconds = (day.toordinal() - _EPOCH) * 86400 + hour * 3600 + minute * 60 + second - 60 * (offset or 0)
    nanos = abs(total := seconds * 10**9 + int((fraction or "0").ljust(9, "0")))
    text_ = f"{'-' if total < 0 else ''}{nanos // 10**9}.{nanos % 10**9:09d}"
    if offset is None:
        return Sql(f"'{text_}'::oracle.ts", "oracle.ts")
    return Sql(f"'{text_}{offset + 900:05d}'::oracle.tstz", "oracle.tstz")


_SECONDS = {"DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}
_UNITS = tuple(_SECONDS)


@emits(ast.IntervalLiteral)
def interval(_: State, node: ast.IntervalLiteral, __: Scope) -> Sql:
    """`INTERVAL '1' DAY` -> `'86400'::oracle.ids` (seconds); year to month as months."""
    value = node.value.strip()
    sign = -1 if value.startswith("-") else 1
    value = value.lstrip("+-").strip()
    digits = 2 if node.leading_precision is None else node.leading_precision
    if node.leading in ("YEAR", "MONTH"):
        months = re.fullmatch(r"(\d+)(?:-(\d+))?", value)
        if months is None or (months[2] is None) == (node.trailing == "MONTH" and node.leading == "YEAR"):
            raise OracleError(1867, "the interval is invalid", node.pos)
        _check_leading(months[1], digits, node.pos)
        if months[2] is not None and int(months[2]) > 11:
            raise OracleError(1843, "not a valid month", node.pos)
        total = int(months[1]) * (12 if node.leading == "YEAR" else 1) + int(months[2] or 0)
        return Sql(f"'{sign * total}'::oracle.iym({2 + digits},0)", "oracle.iym")
    units = _UNITS[_UNITS.index(node.leading) : _UNITS.index(node.trailing or node.leading) + 1]
    parts = re.split(r"[ :]+", value)
    if len(parts) != len(units) or not all(
        re.fullmatch(r"\d+(\.\d*)?" if unit == "SECOND" else r"\d+", part)
        for unit, part in zip(units, parts, strict=True)
    ):
        raise OracleError(1867, "the interval is invalid", node.pos)
    _check_leading(parts[0].partition(".")[0], digits, node.pos)
    for unit, part in zip(units[1:], parts[1:], strict=True):
        if Decimal(part) >= (24 if unit == "HOUR" else 60):
            code, words = {
                "HOUR": (1850, "hour must be between 0 and 23"),
                "MINUTE": (1851, "minutes must be between 0 and 59"),
            }.get(unit, (1852, "seconds must be between 0 and 59"))
            raise OracleError(code, words, node.pos)
    total_seconds = sum(Decimal(part) * _SECONDS[unit] for unit, part in zip(units, parts, strict=True))
    fraction = 6 if node.fractional_precision is None else node.fractional_precision
    rounded = Decimal(total_seconds).quantize(Decimal(1).scaleb(-fraction))
    days = max(digits, len(str(int(rounded // 86400))))
    return Sql(f"'{'-' if sign < 0 else ''}{rounded:f}'::oracle.ids({20 + days},{fraction})", "oracle.ids")


def _check_leading(text_: str, digits: int, pos: int) -> None:
    if len(text_.lstrip("0")) > digits:
        raise OracleError(1873, "the leading precision of the interval is too small", pos)
