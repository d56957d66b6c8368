"""The parts of objects and collections: between Oracle's bytes and the JSON that PostgreSQL keeps (see `sql.user_types`).

Numbers are JSON numbers, all else is what PostgreSQL writes for a value of the type.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..ttc.codecs import decode_number, encode_number
from . import pgbinary
from .base import Lob, OracleType
from .transcode import decode_value, encode_value

_NUMERIC_CLONES = frozenset({"oracle.ts", "oracle.tstz", "oracle.tsltz", "oracle.iym", "oracle.ids"})
_FLOATS = {"float4": struct.Struct(">f"), "float8": struct.Struct(">d")}
_DAY_MICROSECONDS = 86_400_000_000
_POSTGRES_EPOCH = pgbinary.ordinal(2000, 1, 1)


def load(document: str) -> Any:
    """A document with its numbers exact."""
    return json.loads(document, parse_float=Decimal, parse_int=Decimal)


def scalar_json(pg_type: str, data: Any) -> str:
    """JSON of a value in Oracle's bytes."""
    if data is None:
        return "null"
    if isinstance(data, Lob):
        text = data.data if isinstance(data.data, str) else "\\x" + data.data.hex()
        return json.dumps(text)
    if pg_type == "numeric":
        return format(decode_number(data), "f")
    if pg_type == "bool":
        return "true" if data[-1] else "false"
    binary = encode_value(pg_type, data)
    if binary is None:
        return "null"
    return json.dumps(_text(pg_type, binary))


def _text(pg_type: str, binary: bytes) -> str:
    if pg_type == "oracle.date":
        return _date_text(int.from_bytes(binary, "big", signed=True))
    if pg_type in _NUMERIC_CLONES:
        return format(decode_number(pgbinary.number_from_numeric(binary)), "f")
    if pg_type in ("float4", "float8"):
        return repr(_FLOATS[pg_type].unpack(binary)[0]).replace("inf", "Infinity").replace("nan", "NaN")
    if pg_type in ("bytea", "oracle.blob", "oracle.longraw"):
        return "\\x" + binary.hex()
    return binary.decode()


def scalar_data(pg_type: str, item: Any, regions: Sequence[str]) -> Any:
    """Oracle's bytes (or the Lob) of what JSON holds."""
    if item is None:
        return None
    if pg_type == "numeric":
        return encode_number(Decimal(item))
    if pg_type == "bool":
        return b"\x01" if item else b"\x00"
    text = str(item)
    if pg_type == "oracle.date":
        return pgbinary.date_from_timestamp(_date_value(text).to_bytes(8, "big", signed=True))
    if pg_type in _NUMERIC_CLONES:
        return decode_value(pg_type, pgbinary.numeric_from_number(encode_number(Decimal(text))), regions)
    if pg_type in ("float4", "float8"):
        return decode_value(pg_type, _FLOATS[pg_type].pack(float(text)), regions)
    if pg_type in ("bytea", "oracle.longraw"):
        return bytes.fromhex(text.removeprefix("\\x"))
    if pg_type == "oracle.blob":
        return Lob(OracleType.BLOB, bytes.fromhex(text.removeprefix("\\x")))
    return decode_value(pg_type, text.encode(), regions)


def _date_text(microseconds: int) -> str:
    day, rest = divmod(microseconds, _DAY_MICROSECONDS)
    year, month, day_of_month = pgbinary.civil(day + _POSTGRES_EPOCH)
    seconds = rest // 1_000_000
    moment = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    shown, era = (year, "") if year > 0 else (1 - year, " BC")
    return f"{shown:04d}-{month:02d}-{day_of_month:02d} {moment}{era}"


def _date_value(text: str) -> int:
    date, _, rest = text.partition(" ")
    moment, _, era = rest.partition(" ")
    year, month, day = (int(part) for part in date.split("-"))
    if era == "BC":
        year = 1 - year
    hours, minutes, seconds = (int(part.partition(".")[0]) for part in (moment or "00:00:00").split(":"))
    days = pgbinary.ordinal(year, month, day) - _POSTGRES_EPOCH
    return days * _DAY_MICROSECONDS + (hours * 3600 + minutes * 60 + seconds) * 1_000_000
