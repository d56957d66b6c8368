"""DATE: 7 bytes of century+100, year in century+100, month, day, hour+1, minute+1, second+1.

Years before Christ count backwards from 100: 4712 BC is 53 88. There is no year 0; -1 is 1 BC, as Oracle's `SYYYY`
shows it. `datetime` cannot hold those years, so everything exists on plain integers as well (`*_fields`).
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from ...errors import OracleError

MIN_YEAR = -4712
MAX_YEAR = 9999


class DateFields(NamedTuple):
    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0
    second: int = 0


def encode_date_fields(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> bytes:
    """Encode calendar fields that are already known to form a date.

    Raises:
        OracleError: ORA-01841 if the year is 0 or out of -4712..9999.
    """
    if year > MAX_YEAR or year < MIN_YEAR or year == 0:
        raise OracleError(1841, "(full) year must be between -4713 and +9999, and not be 0")
    if year > 0:
        return bytes((year // 100 + 100, year % 100 + 100, month, day, hour + 1, minute + 1, second + 1))
    return bytes((100 - -year // 100, 100 - -year % 100, month, day, hour + 1, minute + 1, second + 1))


def decode_date_fields(data: bytes) -> DateFields:
    """Decode the first 7 bytes. Raises ORA-01801 if they are not there or the century is impossible."""
    if len(data) < 7:
        raise OracleError(1801, "date format is too long for internal buffer")
    century, year_in_century, month, day, hour, minute, second = data[:7]
    if century >= 100 and year_in_century >= 100:
        year = (century - 100) * 100 + year_in_century - 100
    else:
        year = -((100 - century) * 100 + 100 - year_in_century)
    return DateFields(year, month, day, hour - 1, minute - 1, second - 1)


def encode_date(value: datetime.date | datetime.datetime) -> bytes:
    """Encode a date, or the wall clock of a datetime; fractions of a second and offsets are not looked at."""
    if isinstance(value, datetime.datetime):
        return encode_date_fields(value.year, value.month, value.day, value.hour, value.minute, value.second)
    return encode_date_fields(value.year, value.month, value.day)


def decode_date(data: bytes) -> datetime.datetime:
    """Decode into a naive datetime. Raises ValueError for years that `datetime` cannot hold: use the fields then."""
    return datetime.datetime(*decode_date_fields(data))
