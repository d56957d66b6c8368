"""Oracle's internal representation of scalar values: bytes without a length prefix, and back.

These are the bytes that cross `backend/base.py`. Text needs no codec: UTF-8, or UTF-16BE in the national character set.
"""

from __future__ import annotations

from .binary import decode_binary_double, decode_binary_float, encode_binary_double, encode_binary_float
from .date import DateFields, decode_date, decode_date_fields, encode_date, encode_date_fields
from .interval import (
    decode_interval_ds,
    decode_interval_ym,
    decode_timedelta,
    encode_interval_ds,
    encode_interval_ym,
    encode_timedelta,
)
from .number import decode_number, decode_number_text, encode_number, encode_number_text
from .oson import decode_oson, encode_oson
from .rowid import Rowid, decode_rowid, encode_rowid
from .timestamp import (
    TimestampFields,
    decode_timestamp,
    decode_timestamp_fields,
    decode_timestamp_tz,
    decode_timestamp_tz_fields,
    encode_timestamp,
    encode_timestamp_fields,
    encode_timestamp_tz,
    encode_timestamp_tz_fields,
)
from .vector import decode_vector, encode_vector

__all__ = [
    "DateFields",
    "Rowid",
    "TimestampFields",
    "decode_binary_double",
    "decode_binary_float",
    "decode_date",
    "decode_date_fields",
    "decode_interval_ds",
    "decode_interval_ym",
    "decode_number",
    "decode_number_text",
    "decode_oson",
    "decode_rowid",
    "decode_timedelta",
    "decode_timestamp",
    "decode_timestamp_fields",
    "decode_timestamp_tz",
    "decode_timestamp_tz_fields",
    "decode_vector",
    "encode_binary_double",
    "encode_binary_float",
    "encode_date",
    "encode_date_fields",
    "encode_interval_ds",
    "encode_interval_ym",
    "encode_number",
    "encode_number_text",
    "encode_oson",
    "encode_rowid",
    "encode_timedelta",
    "encode_timestamp",
    "encode_timestamp_fields",
    "encode_timestamp_tz",
    "encode_timestamp_tz_fields",
    "encode_vector",
]
