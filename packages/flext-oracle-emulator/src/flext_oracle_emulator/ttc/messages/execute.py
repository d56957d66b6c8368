"""EXECUTE, RE-EXECUTE and RE-EXECUTE AND FETCH: the calls that carry statements and bind values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ...backend.base import BindInfo
from ...sql.binds import StatementKind, StatementText, scan_statement
from ...tns.errors import RemoteProtocolError
from ..bind_rows import KnownCursor, Row, read_bind_infos, wire_order
from ..buffer import ReadBuffer, Reader, atomically, decode_text, read_length_bytes
from ..capabilities import Capabilities
from ..constants import (
    TNS_CCAP_FIELD_VERSION_12_2,
    TNS_CCAP_FIELD_VERSION_12_2_EXT1,
    TNS_EXEC_FLAGS_SCROLLABLE,
    TNS_EXEC_OPTION_BATCH_ERRORS,
    TNS_EXEC_OPTION_COMMIT,
    TNS_EXEC_OPTION_COMMIT_REEXECUTE,
    TNS_EXEC_OPTION_DEFINE,
    TNS_EXEC_OPTION_DESCRIBE,
    TNS_EXEC_OPTION_EXECUTE,
    TNS_EXEC_OPTION_FETCH,
    TNS_FUNC_REEXECUTE_AND_FETCH,
)

_VECTOR_LENGTH = 13

#: Reads the bind rows of a statement's text: those of these binds, in this order, so many.
RowReader = Callable[[str, Sequence[BindInfo], Sequence[int], int], Reader[list[Row]]]


@dataclass(frozen=True, slots=True)
class Execute:
    """One EXECUTE. `sql` is None on an existing cursor; `binds` and `defines` are None where the call brings none.

    `fetch_rows` is how many rows the client takes in this response, `executions` how often the statement runs.
    """

    options: int
    cursor_id: int
    sql: str | None = field(default=None)
    fetch_rows: int = 0
    binds: tuple[BindInfo, ...] | None = None
    defines: tuple[BindInfo, ...] | None = None
    rows: Sequence[Row] = ()
    executions: int = 1
    row_counts: bool = False
    flags: int = 0
    orientation: int = 0
    position: int = 0

    @property
    def executes(self) -> bool:
        return bool(self.options & TNS_EXEC_OPTION_EXECUTE)

    @property
    def fetches(self) -> bool:
        return bool(self.options & TNS_EXEC_OPTION_FETCH)

    @property
    def describes_only(self) -> bool:
        return bool(self.options & TNS_EXEC_OPTION_DESCRIBE)

    @property
    def commits(self) -> bool:
        return bool(self.options & TNS_EXEC_OPTION_COMMIT)

    @property
    def batch_errors(self) -> bool:
        return bool(self.options & TNS_EXEC_OPTION_BATCH_ERRORS)

    @property
    def scrollable(self) -> bool:
        return bool(self.flags & TNS_EXEC_FLAGS_SCROLLABLE)


@dataclass(frozen=True, slots=True)
class Reexecute:
    """A re-execution with the cursor's stored metadata. `fetch_rows` is 0 unless rows are wanted at once."""

    cursor_id: int
    rows: Sequence[Row]
    executions: int
    fetch_rows: int
    commits: bool


@dataclass(frozen=True, slots=True)
class UnknownCursor:
    """A call on a cursor that is not open, whose bind values cannot be told from what follows them."""

    cursor_id: int


@dataclass(frozen=True, slots=True)
class _Header:
    options: int
    cursor_id: int
    has_sql: bool
    fetch_rows: int
    bind_count: int
    define_count: int
    row_counts: bool


def _read_header(buffer: ReadBuffer, capabilities: Capabilities) -> _Header:
    options = buffer.ub()
    cursor_id = buffer.ub()
    has_sql = bool(buffer.u8())
    buffer.ub()  # SQL length
    buffer.u8()
    if buffer.ub() != _VECTOR_LENGTH:
        raise RemoteProtocolError("an EXECUTE with an integer vector of unknown length")
    buffer.skip(2)
    buffer.ub()  # prefetch buffer size
    fetch_rows = buffer.ub()
    buffer.ub()  # maximum LONG size
    buffer.u8()
    bind_count = buffer.ub()
    buffer.skip(5)
    buffer.u8()
    define_count = buffer.ub()
    buffer.ub()  # registration id, low half
    buffer.skip(2)
    buffer.u8()
    buffer.ub()
    buffer.u8()
    buffer.ub()
    buffer.ub()  # registration id, high half
    row_counts = bool(buffer.u8())
    buffer.ub()  # number of executions, for the row counts
    buffer.u8()
    if capabilities.field_version >= TNS_CCAP_FIELD_VERSION_12_2:
        for _ in range(2):  # SQL signature, SQL id
            buffer.u8()
            buffer.ub()
        buffer.u8()
    if capabilities.field_version >= TNS_CCAP_FIELD_VERSION_12_2_EXT1:
        buffer.u8()  # chunk ids
        buffer.ub()
    return _Header(options, cursor_id, has_sql, fetch_rows, bind_count, define_count, row_counts)


def _read_vector(buffer: ReadBuffer) -> list[int]:
    return [buffer.ub() for _ in range(_VECTOR_LENGTH)]


def read_execute(
    buffer: ReadBuffer, capabilities: Capabilities, cursors: Mapping[int, KnownCursor], read_rows: RowReader
) -> Reader[Execute | UnknownCursor]:
    """Read the call after its function header."""
    header = yield from atomically(buffer, _read_header, capabilities)
    sql = decode_text((yield from read_length_bytes(buffer))) if header.has_sql else None
    vector = yield from atomically(buffer, _read_vector)
    executions = 1 if vector[7] else vector[1]  # 7: it is a query
    binds = defines = None
    rows: Sequence[Row] = ()
    if header.options & TNS_EXEC_OPTION_DEFINE and header.define_count:
        defines = yield from atomically(buffer, read_bind_infos, header.define_count, capabilities)
    elif header.bind_count:
        binds = yield from atomically(buffer, read_bind_infos, header.bind_count, capabilities)
        statement, text = _statement(sql, header.cursor_id, cursors, capabilities)
        if text is None:
            return UnknownCursor(header.cursor_id)
        if header.options & TNS_EXEC_OPTION_EXECUTE:
            order = wire_order(text, binds, capabilities)
            rows = yield from read_rows(statement, binds, order, executions)
    return Execute(
        options=header.options,
        cursor_id=header.cursor_id,
        sql=sql,
        fetch_rows=header.fetch_rows,
        binds=binds,
        defines=defines,
        rows=rows,
        executions=executions,
        row_counts=header.row_counts,
        flags=vector[9],
        orientation=vector[10],
        position=vector[11],
    )


def _statement(
    sql: str | None, cursor_id: int, cursors: Mapping[int, KnownCursor], capabilities: Capabilities
) -> tuple[str, StatementText | None]:
    if sql is not None:
        return sql, scan_statement(sql, short_return=capabilities.is_node)
    cursor = cursors.get(cursor_id)
    return (cursor.sql, cursor.text) if cursor is not None else ("", None)


def _read_reexecute_header(buffer: ReadBuffer) -> tuple[int, int, int, int]:
    return buffer.ub(), buffer.ub(), buffer.ub(), buffer.ub()


def read_reexecute(
    buffer: ReadBuffer,
    function: int,
    capabilities: Capabilities,
    cursors: Mapping[int, KnownCursor],
    read_rows: RowReader,
) -> Reader[Reexecute | UnknownCursor]:
    """Read function 4 or 78 after its header."""
    cursor_id, iterations, _, options2 = yield from atomically(buffer, _read_reexecute_header)
    cursor = cursors.get(cursor_id)
    if cursor is None:
        return UnknownCursor(cursor_id)
    fetches = function == TNS_FUNC_REEXECUTE_AND_FETCH
    executions = 1 if fetches or cursor.text.kind is StatementKind.QUERY else iterations
    order = wire_order(cursor.text, cursor.binds, capabilities, cursor.directions)
    rows = yield from read_rows(cursor.sql, cursor.binds, order, executions)
    return Reexecute(
        cursor_id=cursor_id,
        rows=rows,
        executions=executions,
        fetch_rows=iterations if fetches else 0,
        commits=bool(options2 & TNS_EXEC_OPTION_COMMIT_REEXECUTE),
    )
