"""The results of CURSOR(subquery): each row of the outer query brings its rows along, as an array of PostgreSQL's records."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .base import ColumnInfo
from .transcode import ColumnDecoder, decode_rows

_ARRAY = struct.Struct(">iii")  # dimensions, flags, type of the elements
_BOUNDS = struct.Struct(">ii")
_LENGTH = struct.Struct(">i")
_FIELD = struct.Struct(">Ii")  # type, length


class NestedResult:
    """A result set whose rows are here already. Closing it leaves nothing to do."""

    def __init__(self, columns: Sequence[ColumnInfo], decoders: Sequence[ColumnDecoder], rows: list[Any]) -> None:
        self.columns = columns
        self._decoders = decoders
        self._rows = rows

    async def fetch(self, rows: int) -> tuple[list[tuple[Any, ...]], bool]:
        taken, self._rows = self._rows[:rows], self._rows[rows:]
        return decode_rows(taken, self._decoders), not self._rows

    async def close(self) -> None:
        self._rows = []


def nested_results(columns: Sequence[ColumnInfo], decoders: Sequence[ColumnDecoder]) -> ColumnDecoder:
    """The decoder of a CURSOR column."""

    def decode(values: Iterable[Any]) -> list[NestedResult]:
        return [NestedResult(columns, decoders, list(_records(value)) if value else []) for value in values]

    return decode


def _records(data: bytes) -> Iterator[tuple[bytes | None, ...]]:
    """The rows of `record[]` in PostgreSQL's binary format."""
    dimensions, _, _ = _ARRAY.unpack_from(data)
    if dimensions == 0:
        return
    count, _ = _BOUNDS.unpack_from(data, _ARRAY.size)
    position = _ARRAY.size + _BOUNDS.size
    for _ in range(count):
        position += _LENGTH.size
        (fields,) = _LENGTH.unpack_from(data, position)
        position += _LENGTH.size
        row: list[bytes | None] = []
        for _ in range(fields):
            _, length = _FIELD.unpack_from(data, position)
            position += _FIELD.size
            row.append(None if length < 0 else data[position : position + length])
            position += max(length, 0)
        yield tuple(row)
