"""Direct path segments into the values of `backend/base.py`: their encodings differ a little from binds'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..backend.base import ColumnInfo, Lob, OracleType
from ..errors import OracleError, unsupported
from .messages.direct_path import parse_rows

Convert = Callable[[bytes], Any]

_NO_FRACTION = bytes(4)
_REFUSED = frozenset((OracleType.JSON, OracleType.VECTOR, OracleType.OBJECT, OracleType.BFILE, OracleType.CURSOR))


def _full_timestamp(value: bytes) -> bytes:
    return value + _NO_FRACTION if len(value) == 7 else value


def _boolean(value: bytes) -> bytes:
    return b"\x01" if value[-1] else b"\x00"


def _lob_converter(column: ColumnInfo) -> Convert:
    def to_lob(value: bytes) -> Lob:
        if column.type is OracleType.BLOB:
            return Lob(OracleType.BLOB, value)
        try:
            return Lob(OracleType.CLOB, value.decode("utf-16-be"), column.csfrm)
        except UnicodeDecodeError as error:
            raise OracleError(29275, "partial multibyte character") from error

    return to_lob


def _converter(column: ColumnInfo) -> Convert | None:
    """None where the segment is the value already."""
    if column.type in _REFUSED:
        raise unsupported(f"direct path load of type {column.type.name}")
    if column.type in (OracleType.CLOB, OracleType.BLOB):
        return _lob_converter(column)
    if column.type in (OracleType.TIMESTAMP, OracleType.TIMESTAMP_LTZ):
        return _full_timestamp
    return _boolean if column.type is OracleType.BOOLEAN else None


def direct_path_rows(pieces: bytes, columns: Sequence[ColumnInfo]) -> list[tuple[Any, ...]]:
    """Cut a STREAM call's pieces into rows of values."""
    converters = [
        (position, convert) for position, column in enumerate(columns) if (convert := _converter(column)) is not None
    ]
    rows: list[list[Any]] = [list(row) for row in parse_rows(pieces, len(columns))]
    for position, convert in converters:
        for row in rows:
            if row[position] is not None:
                row[position] = convert(row[position])
    return list(map(tuple, rows))
