"""One logged-on client: each request becomes calls of the backend's session and one response.

It holds what a client refers to between requests: open cursors, LOB locators, running direct path loads. It knows
messages and values, but neither packets nor sockets (`ttc/connection.py`, `server.py`).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .backend.base import (
    BindDirection,
    BindInfo,
    ColumnInfo,
    DirectPathLoad,
    ExecuteRequest,
    ExecuteResult,
    Lob,
    OracleType,
    ResultSet,
    Session,
    StatementType,
)
from .cursors import CursorTable, OpenCursor, Rows, ScrollBuffer
from .errors import ArrayDmlError, OracleError, unsupported
from .lobs import LobTable, lob_charset, make_temporary, read_lob, trim_lob, write_lob
from .logon import Logon, fold_user
from .sql.binds import StatementKind, StatementText, scan_statement
from .statements import StatementRecord
from .ttc.bind_rows import CursorRef, Image, LobLocator
from .ttc.capabilities import Capabilities
from .ttc.codecs import decode_oson, decode_rowid
from .ttc.connection import Call, Request, UnknownFunction
from .ttc.constants import (
    TNS_CALL_STATUS_TRANSACTION_IN_PROGRESS,
    TNS_DP_OP_FINISH,
    TNS_ERR_ARRAY_DML_ERRORS,
    TNS_ERR_NO_DATA_FOUND,
    TNS_FETCH_ORIENTATION_CURRENT,
    TNS_KEY_VALUE_CLEAR,
    TNS_KEY_VALUE_SET,
    TNS_LOB_OP_CLOSE,
    TNS_LOB_OP_CREATE_TEMP,
    TNS_LOB_OP_FREE_TEMP,
    TNS_LOB_OP_GET_CHUNK_SIZE,
    TNS_LOB_OP_GET_LENGTH,
    TNS_LOB_OP_IS_OPEN,
    TNS_LOB_OP_OPEN,
    TNS_LOB_OP_READ,
    TNS_LOB_OP_TRIM,
    TNS_LOB_OP_WRITE,
    TNS_PIPELINE_MODE_ABORT_ON_ERROR,
)
from .ttc.direct_path_values import direct_path_rows
from .ttc.messages.auth import Auth, make_parameters
from .ttc.messages.describe import make_column, make_describe_body, make_describe_info
from .ttc.messages.direct_path import (
    DirectPathOp,
    DirectPathPrepare,
    DirectPathStream,
    make_direct_path_done,
    make_direct_path_prepared,
)
from .ttc.messages.execute import Execute, Reexecute, UnknownCursor
from .ttc.messages.lob_op import LobOp, make_lob_data, make_lob_reply
from .ttc.messages.piggyback import (
    CloseCursors,
    EndToEnd,
    FreeTempLobs,
    Piggyback,
    PipelineBegin,
    SetKeyValue,
    SetSchema,
)
from .ttc.messages.result import (
    EndOfCall,
    make_current_schema,
    make_end_of_call,
    make_implicit_results,
    make_io_vector,
    make_row_counts,
    make_row_header,
    make_status,
)
from .ttc.messages.simple import Commit, Fetch, Logoff, Ping, PipelineEnd, Rollback, SessionRelease
from .ttc.messages.tpc import TpcChangeState, TpcSwitch
from .ttc.rows import (
    DEFINED_TYPES,
    LOB_CHUNK_SIZE,
    RowEncoder,
    lob_size,
    make_out_row,
    make_returned_row,
    out_value_encoder,
)

#: Bind types whose values are handles or images that only the session can resolve.
_RESOLVED_TYPES = frozenset(
    (
        OracleType.CLOB,
        OracleType.BLOB,
        OracleType.BFILE,
        OracleType.CURSOR,
        OracleType.JSON,
        OracleType.VECTOR,
        OracleType.OBJECT,
    )
)
_NO_DATA = "ORA-01403: no data found"
_ARRAY_ERRORS = "ORA-24381: error(s) in array DML"


def _bind_type_name(bind: BindInfo) -> str:
    """How the statement log names a bind's type."""
    return f"{bind.type.name}[]" if bind.is_array else bind.type.name


def _changed_to_lob(before: Sequence[ColumnInfo], columns: Sequence[ColumnInfo]) -> list[BindInfo | None] | None:
    """Defines for columns that became LOBs since the cursor's last execution: their content still comes as LONG."""
    defines: list[BindInfo | None] = []
    for old, new in zip(before, columns, strict=False):
        is_lob = new.type in DEFINED_TYPES
        if new.type is OracleType.CLOB and old.type in (OracleType.VARCHAR, OracleType.CHAR, OracleType.LONG):
            defines.append(BindInfo(OracleType.LONG, csfrm=old.csfrm))
        elif new.type is OracleType.BLOB and old.type in (OracleType.RAW, OracleType.LONG_RAW):
            defines.append(BindInfo(OracleType.LONG_RAW))
        elif is_lob:
            return None
        else:
            defines.append(None)
    return defines if any(defines) and len(defines) == len(columns) else None


def _in_line(columns: Sequence[ColumnInfo]) -> list[BindInfo | None]:
    """Defines that take the content of LOB columns as LONG or LONG RAW."""
    types = {OracleType.CLOB: OracleType.LONG, OracleType.BLOB: OracleType.LONG_RAW}
    return [BindInfo(types[column.type], csfrm=column.csfrm) if column.type in types else None for column in columns]


def _all_in_line(columns: Sequence[ColumnInfo], defines: Sequence[BindInfo | None] | None) -> bool:
    """Whether the client took the content of every LOB column as LONG or LONG RAW."""
    return defines is not None and all(
        define is not None and define.type in (OracleType.LONG, OracleType.LONG_RAW)
        for column, define in zip(columns, defines, strict=False)
        if column.type in DEFINED_TYPES
    )


@dataclass(slots=True)
class Reply:
    """What a call gives: messages, and the end of the call. Without an `end` the call ends with STATUS."""

    body: bytes = b""
    end: EndOfCall | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """The whole payload to send; None for a one-way call. `error` is the ORA code that it reports."""

    payload: bytes | None
    error: int = 0


@dataclass(slots=True)
class _Registry:
    """Hands out locators and cursor ids for values; cursors opened for rows of `owner` end with it."""

    session: ClientSession
    owner: OpenCursor | None = None

    def register_lob(self, lob: Lob) -> bytes:
        return self.session.lobs.register(lob)

    def register_cursor(self, result_set: ResultSet | None) -> tuple[bytes, int]:
        if result_set is None:
            return make_describe_body((), self.session.capabilities.field_version), 0
        cursor = self.session.open_result(result_set)
        if self.owner is not None:
            self.owner.children.append(cursor.id)
        return cursor.described, cursor.id


class ClientSession:
    """See the module. `handle` is called for one request at a time."""

    def __init__(
        self,
        session: Session,
        logon: Logon,
        capabilities: Capabilities,
        statements: deque[StatementRecord],
        cursors: CursorTable,
    ) -> None:
        self.capabilities = capabilities
        self.lobs = LobTable()
        self._closed = False
        self._session = session
        self._logon = logon
        self._statements = statements
        self._cursors = cursors
        self._loads: dict[int, DirectPathLoad] = {}
        self._told_schema = session.current_schema
        self._pipeline_aborts = False
        self._pipeline_failed = False

    # ------------------------------------------------------------------------------------------- requests

    def welcome(self, sequence: int) -> bytes:
        """The response that ends logon."""
        pairs = self._logon.welcome(self._session, self.capabilities.field_version)
        return self._finish(Reply(make_parameters(pairs), EndOfCall()), sequence)

    async def handle(self, request: Request) -> Response:
        """Answer one request. OracleErrors become part of the response; anything else is a bug and is raised."""
        call = request.call
        assert not isinstance(call, UnknownFunction)
        self._session.statistics.round_trips += 1
        code = 0
        try:
            for piggyback in request.piggybacks:
                await self._apply(piggyback)
            if request.token and self._pipeline_failed and not isinstance(call, PipelineEnd):
                raise OracleError(43610, "pipeline operation was aborted by an earlier error")
            reply = await self._dispatch(call)
        except OracleError as error:
            code = error.code
            reply = Reply(end=self._end_of_error(error, call))
            if isinstance(error, ArrayDmlError) and isinstance(call, Execute) and call.row_counts:
                reply.body = make_row_counts(error.counts)
            self._pipeline_failed = self._pipeline_aborts
        if isinstance(call, SessionRelease):
            return Response(None)
        if reply.end is not None and not code:
            code = reply.end.code
        return Response(self._finish(reply, request.sequence), code)

    async def cancel(self) -> None:
        """Stop the running call: it then gives ORA-01013."""
        await self._session.cancel()

    async def close(self) -> None:
        """Release everything; the transaction is rolled back."""
        if self._closed:
            return
        self._closed = True
        self._loads.clear()
        try:
            await self._cursors.close_all()
        finally:
            await self._session.close()

    def _finish(self, reply: Reply, sequence: int) -> bytes:
        if self._closed:
            return make_status(0, sequence)
        parts = [reply.body]
        if self._session.current_schema != self._told_schema:
            self._told_schema = self._session.current_schema
            parts.append(make_current_schema(self._told_schema))
        status = TNS_CALL_STATUS_TRANSACTION_IN_PROGRESS if self._session.transaction_in_progress else 0
        if reply.end is None:
            parts.append(make_status(status, sequence))
        else:
            end = replace(reply.end, call_status=status, sequence=sequence)
            parts.append(make_end_of_call(end, self.capabilities.field_version))
        return b"".join(parts)

    def _end_of_error(self, error: OracleError, call: Call) -> EndOfCall:
        cursor_id = call.cursor_id if isinstance(call, Execute | Reexecute | Fetch) else 0
        return EndOfCall(
            code=error.code,
            text=error.text,
            cursor_id=cursor_id if cursor_id in self._cursors else 0,
            position=max(error.offset, 0),
            row_count=error.row_count if isinstance(error, ArrayDmlError) else 0,
        )

    async def _dispatch(self, call: Call) -> Reply:
        match call:
            case Execute():
                return await self._execute(call)
            case Reexecute():
                return await self._reexecute(call)
            case Fetch():
                return await self._fetch(self._cursors.find(call.cursor_id), call.rows)
            case LobOp():
                return await self._lob_op(call)
            case Commit():
                self._session.statistics.commits += 1
                await self._session.commit()
            case Rollback():
                self._session.statistics.rollbacks += 1
                await self._session.rollback()
            case Ping():
                await self._session.ping()
            case SessionRelease() | PipelineEnd():
                pass
            case Logoff():
                # Closed before the reply, so that a client that has closed its connection sees no trace of it.
                await self.close()
            case Auth():
                await self._logon.change_password(call, self._session)
                return Reply(make_parameters(()), EndOfCall())
            case DirectPathPrepare():
                return await self._direct_path_prepare(call)
            case DirectPathStream():
                return await self._direct_path_stream(call)
            case DirectPathOp():
                return await self._direct_path_op(call)
            case UnknownCursor():
                raise OracleError(1001, "invalid cursor")
            case TpcSwitch() | TpcChangeState():
                raise unsupported("two-phase commit")
        return Reply()

    async def _apply(self, piggyback: Piggyback) -> None:
        match piggyback:
            case CloseCursors():
                for cursor_id in piggyback.cursor_ids:
                    await self._cursors.close(cursor_id)
            case FreeTempLobs():
                for locator in piggyback.locators:
                    self.lobs.free(locator)
            case SetSchema():
                await self._session.set_current_schema(piggyback.name)
            case EndToEnd():
                await self._session.set_attributes(dict(piggyback.attributes))
            case SetKeyValue(namespace, flags, pairs) if flags in (TNS_KEY_VALUE_SET, TNS_KEY_VALUE_CLEAR):
                await self._session.set_context(namespace, dict(pairs) if flags == TNS_KEY_VALUE_SET else None)
            case PipelineBegin():
                self._pipeline_aborts = piggyback.mode == TNS_PIPELINE_MODE_ABORT_ON_ERROR
                self._pipeline_failed = False
            case TpcSwitch():
                raise unsupported("sessionless transactions")
            case _:
                # Request boundaries, drivers' own contexts, transaction priority: nothing here depends on them.
                pass

    # ------------------------------------------------------------------------------------------ statements

    async def _execute(self, call: Execute) -> Reply:
        if call.cursor_id:
            return await self._run(self._cursors.find(call.cursor_id), call)
        if call.sql is None:
            raise OracleError(1003, "no statement parsed")
        cursor = self._cursors.open(call.sql, self._scan(call.sql))
        try:
            return await self._run(cursor, call)
        except OracleError:
            # The client is told cursor 0 and forgets it as well.
            await self._cursors.close(cursor.id)
            raise

    def _scan(self, sql: str) -> StatementText:
        return scan_statement(sql, short_return=self.capabilities.is_node)

    async def _run(self, cursor: OpenCursor, call: Execute) -> Reply:
        if call.sql is not None:
            self._session.statistics.parses += 1
        if call.sql is not None and call.sql != cursor.sql:
            cursor.sql, cursor.text = call.sql, self._scan(call.sql)
        if call.binds is not None:
            cursor.binds, cursor.directions = call.binds, ()
        idle = not (call.executes or call.fetches or call.defines)
        if call.describes_only or (idle and (call.sql is not None or cursor.result_set is None)):
            return await self._parse(cursor)
        if call.defines is not None:
            cursor.defines, cursor.encoder = call.defines, None
        if cursor.scroll is not None and self._scrolls(call):
            return await self._scroll(cursor, call)
        if not call.executes:
            return await self._fetch(cursor, call.fetch_rows)
        request = self._request(cursor, call.rows, call.executions)
        request = replace(
            request,
            commit=call.commits,
            batch_errors=call.batch_errors,
            row_counts=call.row_counts,
            scrollable=call.scrollable,
        )
        result = await self._execute_request(cursor, request)
        if result.result_set is not None:
            return await self._open_query(cursor, result.result_set, call)
        return self._make_result(cursor, request, result, first=True)

    async def _reexecute(self, call: Reexecute) -> Reply:
        cursor = self._cursors.find(call.cursor_id)
        request = replace(self._request(cursor, call.rows, call.executions), commit=call.commits)
        result = await self._execute_request(cursor, request)
        if result.result_set is None:
            return self._make_result(cursor, request, result, first=False)
        await cursor.attach(result.result_set)
        with cursor.description_kept_on_error():
            return await self._describe_and_fetch(cursor, result.result_set.columns, call.fetch_rows)

    async def _parse(self, cursor: OpenCursor) -> Reply:
        try:
            columns = await self._session.describe(cursor.sql, self._typed(cursor.binds))
        except OracleError as error:
            self._statements.append(
                StatementRecord(sql=cursor.sql, user=self._session.user, iterations=0, error=error.code)
            )
            raise
        body = self._describe(cursor, columns) if cursor.text.kind is StatementKind.QUERY else b""
        return Reply(body, EndOfCall(cursor_id=cursor.id))

    def _request(self, cursor: OpenCursor, rows: Sequence[list[Any]], executions: int) -> ExecuteRequest:
        text, binds = cursor.text, self._typed(cursor.binds)
        if len(binds) < len(text.bind_names):
            raise OracleError(1008, "not all variables bound")
        if len(binds) > len(text.bind_names):
            raise OracleError(1036, "illegal variable name/number")
        for position, bind in enumerate(binds):
            if bind.type in _RESOLVED_TYPES:
                for row in rows:
                    row[position] = self._resolve(row[position], bind)
        returns = set(text.return_positions)
        if returns:
            kept = [position for position in range(len(binds)) if position not in returns]
            values = [tuple([row[position] for position in kept]) for row in rows]
        else:
            values = list(map(tuple, rows))
        return ExecuteRequest(cursor.sql, binds, values, executions, text.return_positions)

    def _typed(self, binds: Sequence[BindInfo]) -> Sequence[BindInfo]:
        """The binds, those of objects and collections with their types."""
        return [
            self._session.object_bind(bind) if bind.type is OracleType.OBJECT and bind.type_oid else bind
            for bind in binds
        ]

    def _resolve(self, value: Any, bind: BindInfo) -> Any:
        match value:
            case LobLocator():
                return self.lobs.get(value.locator).lob
            case CursorRef():
                return self._cursors.find(value.cursor_id).result_set if value.cursor_id else None
            case Image(OracleType.JSON, data):
                return decode_oson(data).encode()
            case Image(OracleType.VECTOR, data):
                return data
            case Image(OracleType.OBJECT, data) if bind.domain:
                return self._session.object_value(bind, data, self._lob_of)
            case Image():
                raise unsupported(f"binds of type {value.type.name}")
            case list():
                return [self._resolve(item, bind) for item in value]
        return value

    def _lob_of(self, locator: bytes) -> Lob:
        return self.lobs.get(locator).lob

    async def _execute_request(self, cursor: OpenCursor, request: ExecuteRequest) -> ExecuteResult:
        """Run it, and note it in the statement log."""
        self._session.statistics.executions += 1
        await self._cursors.close_children(cursor)
        await cursor.close_result()
        started = time.perf_counter()
        result: ExecuteResult | None = None
        code = 0
        try:
            result = await self._session.execute(request)
        except OracleError as error:
            code = error.code
            raise
        finally:
            self._statements.append(
                StatementRecord(
                    sql=request.sql,
                    user=self._session.user,
                    bind_types=tuple([_bind_type_name(bind) for bind in request.binds]),
                    iterations=request.iterations,
                    row_count=result.row_count if result is not None else 0,
                    elapsed=time.perf_counter() - started,
                    error=code,
                )
            )
        return result

    # -------------------------------------------------------------------------------------------- queries

    async def _open_query(self, cursor: OpenCursor, result_set: ResultSet, call: Execute) -> Reply:
        await cursor.attach(result_set)
        with cursor.description_kept_on_error():
            return await self._first_rows(cursor, result_set, call)

    async def _first_rows(self, cursor: OpenCursor, result_set: ResultSet, call: Execute) -> Reply:
        if call.scrollable:
            cursor.scroll = ScrollBuffer(result_set)
            described = self._describe_if_changed(cursor, result_set.columns)
            if not call.fetches or self._awaits_define(cursor, result_set.columns):
                return Reply(described, self._end_of_query(cursor))
            reply = await self._scroll(cursor, call)
            return Reply(described + reply.body, reply.end)
        return await self._describe_and_fetch(cursor, result_set.columns, call.fetch_rows, asked=call.fetches)

    async def _describe_and_fetch(
        self, cursor: OpenCursor, columns: Sequence[ColumnInfo], rows: int, *, asked: bool = True
    ) -> Reply:
        described = self._describe_if_changed(cursor, columns)
        # python-oracledb, when it has LOBs in line, asks for no rows, but takes the first ones from the execution.
        asked = asked or (cursor.defines is not None and not self.capabilities.is_node)
        if rows == 0 or not asked or self._awaits_define(cursor, columns):
            return Reply(described, self._end_of_query(cursor))
        reply = await self._fetch(cursor, rows)
        return Reply(described + reply.body, reply.end)

    @staticmethod
    def _awaits_define(cursor: OpenCursor, columns: Sequence[ColumnInfo]) -> bool:
        """Whether the client will say how it wants LOB columns before it can take rows."""
        return cursor.defines is None and any(column.type in DEFINED_TYPES for column in columns)

    def _describe_if_changed(self, cursor: OpenCursor, columns: Sequence[ColumnInfo]) -> bytes:
        """DESCRIBE INFO, unless the client's last one for this cursor says the same, byte by byte.

        With LOBs always: python-oracledb then defines them as it wants them this time. It does not where they came in line
        the last time, which they go on to do. node-oracledb defines them once for all executions.
        """
        body = make_describe_body(columns, self.capabilities.field_version)
        if body != cursor.described:
            return self._describe(cursor, columns)
        if not any(column.type in DEFINED_TYPES for column in columns):
            return b""
        if not self.capabilities.is_node and not _all_in_line(columns, cursor.defines):
            cursor.defines = cursor.encoder = None
        return make_describe_info(body)

    def _describe(self, cursor: OpenCursor, columns: Sequence[ColumnInfo]) -> bytes:
        cursor.described = make_describe_body(columns, self.capabilities.field_version)
        cursor.defines = _changed_to_lob(cursor.columns, columns)
        cursor.columns = columns
        cursor.encoder = None
        return make_describe_info(cursor.described)

    async def _fetch(self, cursor: OpenCursor, rows: int) -> Reply:
        columns = cursor.result_set.columns if cursor.result_set is not None else ()
        if self._awaits_define(cursor, columns):
            # It was told of the LOBs and defined nothing: it had them in line, or now has another handler that wants so.
            cursor.defines, cursor.encoder = _in_line(columns), None
        fetched, exhausted = await cursor.fetch(rows)
        return Reply(
            self._encode_rows(cursor, columns, fetched, rows),
            self._end_of_query(cursor, row_count=cursor.rows_fetched, exhausted=exhausted),
        )

    def _encode_rows(self, cursor: OpenCursor, columns: Sequence[ColumnInfo], rows: Rows, wanted: int) -> bytes:
        if cursor.encoder is None:
            cursor.encoder = RowEncoder(columns, cursor.defines, _Registry(self, cursor))
        return make_row_header(len(columns), wanted) + cursor.encoder.encode(rows)

    @staticmethod
    def _end_of_query(cursor: OpenCursor, row_count: int = 0, *, exhausted: bool = False) -> EndOfCall:
        return EndOfCall(
            code=TNS_ERR_NO_DATA_FOUND if exhausted else 0,
            text=_NO_DATA,
            cursor_id=cursor.id,
            statement_type=StatementType.SELECT,
            row_count=row_count,
        )

    @staticmethod
    def _scrolls(call: Execute) -> bool:
        """Whether a call on a scrollable cursor moves in the result, rather than executing anew.

        A continuation carries the execute bit; only its position tells it from a new execution.
        """
        if not call.executes:
            return True
        return call.orientation == TNS_FETCH_ORIENTATION_CURRENT and call.position > 1

    async def _scroll(self, cursor: OpenCursor, call: Execute) -> Reply:
        assert cursor.scroll is not None
        rows, last, at_end = await cursor.scroll.window(call.orientation, max(call.position, 1), call.fetch_rows)
        columns = cursor.scroll.result_set.columns
        return Reply(
            self._encode_rows(cursor, columns, rows, call.fetch_rows),
            self._end_of_query(cursor, row_count=last, exhausted=at_end),
        )

    def open_result(self, result_set: ResultSet) -> OpenCursor:
        """Open a cursor for a result that a statement gave: REF CURSOR, nested cursor, implicit result."""
        cursor = self._cursors.open("", scan_statement(""))
        cursor.result_set = result_set
        cursor.described = make_describe_body(result_set.columns, self.capabilities.field_version)
        return cursor

    # ------------------------------------------------------------------------------------- DML and PL/SQL

    def _make_result(self, cursor: OpenCursor, request: ExecuteRequest, result: ExecuteResult, *, first: bool) -> Reply:
        parts = []
        if cursor.text.kind is StatementKind.PLSQL:
            parts.append(self._make_out_values(cursor, result, first=first))
        elif request.return_positions:
            encoders = [
                out_value_encoder(request.binds[position], _Registry(self)) for position in request.return_positions
            ]
            parts += [make_returned_row(values, encoders) for values in result.returned]
        if result.implicit_results:
            cursors = [self.open_result(result_set) for result_set in result.implicit_results]
            parts.append(make_implicit_results([(cursor.described, cursor.id) for cursor in cursors]))
        if request.row_counts:
            parts.append(make_row_counts(result.row_counts))
        failed = bool(result.batch_errors)
        end = EndOfCall(
            code=TNS_ERR_ARRAY_DML_ERRORS if failed else 0,
            text=_ARRAY_ERRORS,
            cursor_id=cursor.id,
            statement_type=result.statement_type,
            compile_warning=result.compile_warning,
            rowid=decode_rowid(result.last_rowid) if result.last_rowid else None,
            row_count=result.row_count,
            iterations=request.iterations,
            batch_errors=result.batch_errors,
        )
        return Reply(b"".join(parts), end)

    def _make_out_values(self, cursor: OpenCursor, result: ExecuteResult, *, first: bool) -> bytes:
        """IO VECTOR with the first execution; OUT values with each, by the directions the client was told."""
        binds = cursor.binds
        if not binds:
            return b""
        directions = result.directions or [BindDirection.IN] * len(binds)
        parts = []
        if first:
            cursor.directions = directions
            parts.append(make_io_vector(directions))
        elif list(directions) != list(cursor.directions):
            raise RuntimeError("the directions of a PL/SQL block's binds changed between executions")
        encoders = [
            out_value_encoder(bind, _Registry(self))
            for bind, direction in zip(binds, directions, strict=True)
            if direction is not BindDirection.IN
        ]
        if encoders:
            parts += [make_out_row(values, encoders) for values in result.out_values]
        return b"".join(parts)

    # ----------------------------------------------------------------------------------------------- LOBs

    async def _lob_op(self, call: LobOp) -> Reply:
        if call.operation == TNS_LOB_OP_CREATE_TEMP:
            lob = make_temporary(call.dest_offset, call.source_offset)
            locator = self.lobs.register(lob, temporary=True)
            return self._lob_reply(call, locator, lob, amount=call.amount or 0)
        if call.operation == TNS_LOB_OP_FREE_TEMP:
            lob = self.lobs.get(call.locator).lob
            self.lobs.free(call.locator)
            return self._lob_reply(call, call.locator, lob)
        state = self.lobs.get(call.locator)
        lob = state.lob
        amount, data = call.amount or 0, b""
        match call.operation:
            case op if op == TNS_LOB_OP_GET_LENGTH:
                amount = lob_size(lob)
            case op if op == TNS_LOB_OP_READ:
                data, amount = read_lob(lob, call.source_offset, amount)
            case op if op == TNS_LOB_OP_GET_CHUNK_SIZE:
                amount = LOB_CHUNK_SIZE
            case op if op in (TNS_LOB_OP_WRITE, TNS_LOB_OP_TRIM):
                await self._change_lob(call, lob)
            case op if op == TNS_LOB_OP_OPEN:
                if state.is_open:
                    raise OracleError(22293, "LOB already opened in the same transaction")
                state.is_open = True
            case op if op == TNS_LOB_OP_CLOSE:
                if not state.is_open:
                    raise OracleError(22289, "cannot perform LOBCLOSE operation on an unopened file or LOB")
                state.is_open = False
            case op if op == TNS_LOB_OP_IS_OPEN:
                pass
            case op:
                raise unsupported(f"LOB operation {op:#x}")
        return self._lob_reply(call, call.locator, lob, amount=amount, data=data, is_open=state.is_open)

    @staticmethod
    def _lob_reply(
        call: LobOp, locator: bytes, lob: Lob, *, amount: int = 0, data: bytes = b"", is_open: bool = False
    ) -> Reply:
        reply = make_lob_reply(call, locator, amount, is_open, lob_charset(lob))
        return Reply(make_lob_data(data) + reply, EndOfCall())

    async def _change_lob(self, call: LobOp, lob: Lob) -> None:
        before = lob.data
        if call.operation == TNS_LOB_OP_WRITE:
            write_lob(lob, call.source_offset, call.data)
        else:
            trim_lob(lob, call.amount or 0)
        if lob.source is None:
            return
        try:
            await self._session.write_lob(lob)
        except OracleError:
            lob.data = before
            raise

    # ---------------------------------------------------------------------------------------- direct path

    async def _direct_path_prepare(self, call: DirectPathPrepare) -> Reply:
        load = await self._session.direct_path(
            fold_user(call.schema), fold_user(call.table), [fold_user(column) for column in call.columns]
        )
        load_id = self._cursors.new_id()
        while load_id in self._loads:
            load_id = self._cursors.new_id()
        self._loads[load_id] = load
        columns = [
            make_column(column, position, self.capabilities.field_version, byte_sizes=True)
            for position, column in enumerate(load.columns)
        ]
        return Reply(make_direct_path_prepared(columns, load_id), EndOfCall(cursor_id=load_id))

    def _load(self, load_id: int) -> DirectPathLoad:
        load = self._loads.get(load_id)
        if load is None:
            raise OracleError(1001, "invalid cursor")
        return load

    async def _direct_path_stream(self, call: DirectPathStream) -> Reply:
        load = self._load(call.cursor_id)
        rows = direct_path_rows(call.pieces, load.columns)
        await load.load(rows)
        return Reply(make_direct_path_done(), EndOfCall(cursor_id=call.cursor_id, row_count=len(rows)))

    async def _direct_path_op(self, call: DirectPathOp) -> Reply:
        load = self._load(call.cursor_id)
        del self._loads[call.cursor_id]
        if call.operation == TNS_DP_OP_FINISH:
            await load.finish()
        else:
            await load.abort()
        return Reply(make_direct_path_done(), EndOfCall())
