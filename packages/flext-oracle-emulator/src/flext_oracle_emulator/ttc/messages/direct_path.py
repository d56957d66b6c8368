"""Direct path load: PREPARE names table and columns, STREAM carries rows in pieces, OP finishes or aborts.

A piece starts with flags; a "fast" one has u16be length after them. Then u8 number of segments, each a length byte up
to 250 and data, or `fe` u16be length and data, or `ff` for NULL. A row may spread over pieces, and so may one value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...tns.errors import RemoteProtocolError
from ..buffer import ReadBuffer, Reader, atomically, decode_text, read_raw, ub
from ..constants import (
    TNS_DP_KEYWORD_COLUMN_NAME,
    TNS_DP_KEYWORD_SCHEMA_NAME,
    TNS_DP_KEYWORD_TABLE_NAME,
    TNS_MSG_TYPE_PARAMETER,
)

_FAST_ROW = 0x20
_FIRST_PIECE = 0x08
_LAST_PIECE = 0x04
_CONTINUES_PREVIOUS = 0x02
_LONG_SEGMENT = 0xFE
_NULL_SEGMENT = 0xFF
_OUTPUT_VALUES = 15
_OUTPUT_CURSOR = 3


@dataclass(frozen=True, slots=True)
class DirectPathPrepare:
    schema: str
    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DirectPathStream:
    """`pieces` is the raw stream; `parse_rows` cuts it."""

    cursor_id: int
    pieces: bytes


@dataclass(frozen=True, slots=True)
class DirectPathOp:
    cursor_id: int
    operation: int


def read_direct_path_prepare(buffer: ReadBuffer) -> DirectPathPrepare:
    buffer.ub()  # operation
    buffer.u8()
    keywords = buffer.ub()
    buffer.u8()
    inputs = buffer.ub()
    buffer.skip(6)
    schema = table = ""
    columns = []
    for _ in range(keywords):
        buffer.ub()  # text
        buffer.ub()  # length
        value = decode_text(buffer.length_bytes())
        keyword = buffer.ub()
        if keyword == TNS_DP_KEYWORD_SCHEMA_NAME:
            schema = value
        elif keyword == TNS_DP_KEYWORD_TABLE_NAME:
            table = value
        elif keyword == TNS_DP_KEYWORD_COLUMN_NAME:
            columns.append(value)
    for _ in range(inputs):
        buffer.ub()
    return DirectPathPrepare(schema, table, tuple(columns))


def _read_stream_header(buffer: ReadBuffer) -> tuple[int, int]:
    cursor_id = buffer.ub()
    buffer.u8()
    length = buffer.ub()
    buffer.ub()  # stream version
    buffer.u8()
    buffer.ub()
    buffer.skip(2)
    return cursor_id, length


def read_direct_path_stream(buffer: ReadBuffer) -> Reader[DirectPathStream]:
    cursor_id, length = yield from atomically(buffer, _read_stream_header)
    return DirectPathStream(cursor_id, (yield from read_raw(buffer, length)))


def read_direct_path_op(buffer: ReadBuffer) -> DirectPathOp:
    operation = buffer.ub()
    cursor_id = buffer.ub()
    buffer.u8()
    buffer.ub()
    buffer.skip(2)
    return DirectPathOp(cursor_id, operation)


def parse_rows(pieces: bytes, columns: int) -> list[list[bytes | None]]:
    """Cut a stream into rows of `columns` raw values; an empty segment is NULL."""
    rows: list[list[bytes | None]] = []
    row: list[bytes | None] = []
    pos = 0
    try:
        while pos < len(pieces):
            flags = pieces[pos]
            pos += 3 if flags & _FAST_ROW else 1
            if flags & _FIRST_PIECE:
                row = []
            continues = bool(flags & _CONTINUES_PREVIOUS)
            segments = pieces[pos]
            pos += 1
            for _ in range(segments):
                value, pos = _segment(pieces, pos)
                if continues:
                    row[-1] = (row[-1] or b"") + (value or b"")
                    continues = False
                else:
                    row.append(value)
            if flags & _LAST_PIECE:
                if len(row) != columns:
                    raise RemoteProtocolError(f"a direct path row of {len(row)} values for {columns} columns")
                rows.append(row)
    except IndexError as error:
        raise RemoteProtocolError("a direct path stream that ends inside a piece") from error
    return rows


def _segment(pieces: bytes, pos: int) -> tuple[bytes | None, int]:
    length = pieces[pos]
    pos += 1
    if length == _NULL_SEGMENT:
        return None, pos
    if length == _LONG_SEGMENT:
        length = pieces[pos] << 8 | pieces[pos + 1]
        pos += 2
    end = pos + length
    if end > len(pieces):
        raise RemoteProtocolError("a direct path stream that ends inside a value")
    return pieces[pos:end] or None, end


def make_direct_path_prepared(columns: Sequence[bytes], cursor_id: int) -> bytes:
    """Answer PREPARE with the encoded metadata of the columns."""
    outputs = [0] * _OUTPUT_VALUES
    outputs[:3] = (400, 400, 65536)
    outputs[_OUTPUT_CURSOR] = cursor_id
    return b"".join(
        (
            bytes((TNS_MSG_TYPE_PARAMETER,)),
            ub(len(columns)),
            *columns,
            ub(0),
            ub(len(outputs)),
            *map(ub, outputs),
        )
    )


def make_direct_path_done() -> bytes:
    """Answer STREAM and OP: no output values."""
    return bytes((TNS_MSG_TYPE_PARAMETER, 0))
