"""What ends and surrounds results: ERROR, STATUS, WARNING, ROW HEADER, IO VECTOR, row counts, schema changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...backend.base import BatchError, BindDirection
from ..buffer import length_bytes, sb, two_length_bytes, ub
from ..codecs import Rowid
from ..constants import (
    TNS_CCAP_FIELD_VERSION_20_1,
    TNS_KEYWORD_NUM_CURRENT_SCHEMA,
    TNS_MSG_TYPE_END_OF_RESPONSE,
    TNS_MSG_TYPE_ERROR,
    TNS_MSG_TYPE_IMPLICIT_RESULTSET,
    TNS_MSG_TYPE_IO_VECTOR,
    TNS_MSG_TYPE_PARAMETER,
    TNS_MSG_TYPE_ROW_HEADER,
    TNS_MSG_TYPE_SERVER_SIDE_PIGGYBACK,
    TNS_MSG_TYPE_STATUS,
    TNS_MSG_TYPE_TOKEN,
    TNS_MSG_TYPE_WARNING,
    TNS_SERVER_PIGGYBACK_SYNC,
)

_COMPILATION_ERRORS = 0x20
_END_OF_RESPONSE = bytes((TNS_MSG_TYPE_END_OF_RESPONSE,))


@dataclass(frozen=True, slots=True)
class EndOfCall:
    """The ERROR message, which ends calls that succeed as well. `text` goes with every `code` but 0, 1403 included."""

    call_status: int = 0
    sequence: int = 0
    code: int = 0
    text: str = ""
    cursor_id: int = 0
    position: int = 0
    statement_type: int = 0
    compile_warning: bool = False
    rowid: Rowid | None = None
    row_count: int = 0
    iterations: int = 0
    batch_errors: Sequence[BatchError] = ()


def make_rowid(rowid: Rowid | None) -> bytes:
    """The struct of numbers in ERROR and in ROWID columns."""
    if rowid is None:
        return bytes(5)
    return ub(rowid.data_object) + ub(rowid.file) + b"\x00" + ub(rowid.block) + ub(rowid.row)


def make_urowid(rowid: Rowid) -> bytes:
    """The 13-byte image of a physical ROWID."""
    return (
        b"\x01"
        + rowid.data_object.to_bytes(4, "big")
        + rowid.file.to_bytes(2, "big")
        + rowid.block.to_bytes(4, "big")
        + rowid.row.to_bytes(2, "big")
    )


def make_end_of_call(end: EndOfCall, field_version: int) -> bytes:
    """Encode ERROR; the numbers are the fields' in the protocol's own order."""
    parts = [
        bytes((TNS_MSG_TYPE_ERROR,)),
        ub(end.call_status),  # 1
        ub(end.sequence),  # 2
        ub(0),  # 3 current row
        ub(end.code if end.code < 0x10000 else 0),  # 4 error number, 16 bits
        ub(0),  # 5 array element
        ub(0),  # 6 array element
        ub(end.cursor_id),  # 7
        sb(end.position),  # 8
        bytes((end.statement_type,)),  # 9
        bytes(4),  # 10-13 fatal, flags, cursor options, UPI parameter
        bytes((_COMPILATION_ERRORS if end.compile_warning else 0,)),  # 14 warnings
        make_rowid(end.rowid),  # 15
        ub(0),  # 16 OS error
        bytes((0, end.sequence)),  # 17, 18 statement number, call number
        ub(0),  # 19
        ub(end.iterations),  # 20
        two_length_bytes(make_urowid(end.rowid)) if end.rowid else b"\x00",  # 21
        _make_batch_errors(end.batch_errors),  # 22-24
        ub(end.code),  # 25
        ub(end.row_count),  # 26
    ]
    if field_version >= TNS_CCAP_FIELD_VERSION_20_1:
        parts += (ub(end.statement_type), ub(0))  # 27 SQL type, checksum
    if end.code:
        parts.append(length_bytes(end.text.encode("utf-8", "replace") + b"\n"))  # 28
    return b"".join(parts)


def _make_batch_errors(errors: Sequence[BatchError]) -> bytes:
    if not errors:
        return b"\x00\x00\x00"
    count = ub(len(errors))
    messages: list[bytes] = []
    for error in errors:
        text = error.message.encode("utf-8", "replace")
        messages += (ub(len(text)), length_bytes(text), b"\x00\x00")
    return b"".join(
        (
            count,
            _array_items([ub(error.code) for error in errors]),
            count,
            _array_items([ub(error.offset) for error in errors]),
            count,
            b"\x00",  # packed size
            *messages,
        )
    )


def _array_items(items: list[bytes]) -> bytes:
    packed = b"".join(items)
    if len(packed) <= 252:
        return bytes((len(packed),)) + packed
    return b"\xfe" + b"".join(ub(len(item)) + item for item in items) + b"\x00"


def make_status(call_status: int, sequence: int) -> bytes:
    return bytes((TNS_MSG_TYPE_STATUS,)) + ub(call_status) + ub(sequence)


def make_warning(code: int, text: str) -> bytes:
    encoded = text.encode()
    return bytes((TNS_MSG_TYPE_WARNING,)) + ub(code) + ub(len(encoded)) + ub(0) + length_bytes(encoded)


def make_row_header(columns: int, rows: int) -> bytes:
    # type, flags, columns, iteration, iterations, (unused), bit vector length, rowid
    return bytes((TNS_MSG_TYPE_ROW_HEADER, 0x22)) + ub(columns) + ub(0) + ub(rows) + ub(0) + ub(0) + b"\x00"


def make_io_vector(directions: Sequence[BindDirection]) -> bytes:
    # type, flag, binds low and high, iterations, (unused), bit vector, rowid
    high, low = divmod(len(directions), 256)
    return bytes((TNS_MSG_TYPE_IO_VECTOR, 5)) + ub(low) + ub(high) + ub(1) + ub(0) + ub(0) + ub(0) + bytes(directions)


def make_row_counts(counts: Sequence[int]) -> bytes:
    return bytes((TNS_MSG_TYPE_PARAMETER, 0, 0, 0, 0)) + ub(len(counts)) + b"".join(map(ub, counts))


def make_implicit_results(results: Sequence[tuple[bytes, int]]) -> bytes:
    """Each result is its describe body and its cursor id."""
    return (
        bytes((TNS_MSG_TYPE_IMPLICIT_RESULTSET,))
        + ub(len(results))
        + b"".join(b"\x00" + body + ub(cursor_id) for body, cursor_id in results)
    )


def make_current_schema(name: str) -> bytes:
    """Tell the client its current schema, by a server-side piggyback."""
    text = name.encode()
    return b"".join(
        (
            bytes((TNS_MSG_TYPE_SERVER_SIDE_PIGGYBACK, TNS_SERVER_PIGGYBACK_SYNC)),
            ub(1),  # number of DTYs
            b"\x01",
            ub(1),  # number of pairs
            b"\x01",
            ub(len(text)),
            length_bytes(text),
            ub(0),  # no binary value
            ub(TNS_KEYWORD_NUM_CURRENT_SCHEMA),
            ub(0),  # flags
        )
    )


def make_token(token: int) -> bytes:
    return bytes((TNS_MSG_TYPE_TOKEN,)) + ub(token)


def end_of_response() -> bytes:
    return _END_OF_RESPONSE
