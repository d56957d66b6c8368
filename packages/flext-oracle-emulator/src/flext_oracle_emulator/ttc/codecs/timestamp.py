"""TIMESTAMP: a DATE and u32be nanoseconds (11 bytes). WITH TIME ZONE: that in UTC, then offset hour+20 and minute+60.

On the wire a TIMESTAMP whose nanoseconds are zero has only 7 bytes; the decoders take both, the encoders always give 11
(`ttc/rows.py` cuts them). TIMESTAMP WITH LOCAL TIME ZONE is a TIMESTAMP in the database time zone.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from ...errors import OracleError
from .date import DateFields, decode_date_fields, encode_date_fields

_REGION_BIT = 0x80


class TimestampFields(NamedTuple):
    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanosecond: int = 0


def encode_timestamp_fields(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, nanosecond: int = 0
) -> bytes:
    return encode_date_fields(year, month, day, hour, minute, second) + nanosecond.to_bytes(4, "big")


def decode_timestamp_fields(data: bytes) -> TimestampFields:
    return TimestampFields(*decode_date_fields(data), int.from_bytes(data[7:11], "big"))


def encode_timestamp(value: datetime.datetime, nanosecond: int | None = None) -> bytes:
    """Encode the wall clock. `nanosecond` replaces the datetime's microseconds where more digits are known."""
    fraction = value.microsecond * 1000 if nanosecond is None else nanosecond
    return encode_timestamp_fields(value.year, value.month, value.day, value.hour, value.minute, value.second, fraction)


def decode_timestamp(data: bytes) -> datetime.datetime:
    """Decode into a naive datetime; digits beyond the microsecond are cut. Raises ValueError outside years 1..9999."""
    year, month, day, hour, minute, second, nanosecond = decode_timestamp_fields(data)
    return datetime.datetime(year, month, day, hour, minute, second, nanosecond // 1000)


def encode_timestamp_tz_fields(utc: DateFields | TimestampFields, nanosecond: int, offset: int) -> bytes:
    """Encode an instant given in UTC with its zone's offset in minutes."""
    sign = -1 if offset < 0 else 1
    hours, minutes = divmod(abs(offset), 60)
    return (
        encode_date_fields(*utc[:6]) + nanosecond.to_bytes(4, "big") + bytes((sign * hours + 20, sign * minutes + 60))
    )


def decode_timestamp_tz_fields(data: bytes) -> tuple[TimestampFields, int]:
    """Decode into the instant in UTC and the offset in minutes (0 if the bytes carry none).

    Raises:
        OracleError: ORA-03001 for a region id: the emulator always sends offsets, and clients can send nothing else.
    """
    fields = decode_timestamp_fields(data)
    if len(data) < 13:
        return fields, 0
    if data[11] & _REGION_BIT:
        raise OracleError(3001, "unimplemented feature: time zone region in a bind (flext-oracle-emulator)")
    return fields, (data[11] - 20) * 60 + data[12] - 60


def encode_timestamp_tz(value: datetime.datetime, nanosecond: int | None = None) -> bytes:
    """Encode an aware datetime with its own offset."""
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("TIMESTAMP WITH TIME ZONE needs an aware datetime")
    utc = value.astimezone(datetime.UTC)
    fraction = value.microsecond * 1000 if nanosecond is None else nanosecond
    fields = DateFields(utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second)
    return encode_timestamp_tz_fields(fields, fraction, int(offset.total_seconds() // 60))


def decode_timestamp_tz(data: bytes) -> datetime.datetime:
    """Decode into an aware datetime at the value's own offset; digits beyond the microsecond are cut."""
    fields, offset = decode_timestamp_tz_fields(data)
    year, month, day, hour, minute, second, nanosecond = fields
    utc = datetime.datetime(year, month, day, hour, minute, second, nanosecond // 1000, tzinfo=datetime.UTC)
    return utc.astimezone(datetime.timezone(datetime.timedelta(minutes=offset)))
