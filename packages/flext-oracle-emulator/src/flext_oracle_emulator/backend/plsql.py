"""A PL/SQL call: its binds made variables, the block run, what was written given back; undone as a whole if it fails."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import ArrayDmlError, OracleError
from ..plsql import ast as plsql
from ..plsql.core import SessionState
from ..plsql.cursors import CursorState
from ..plsql.failures import Failure
from ..plsql.interpreter import Interpreter
from ..plsql.objects import object_value, value_of
from ..plsql.scope import Cell, CursorEntry, Frame, Unit
from ..plsql.types import CollectionType, RefCursorType, Scalar, Type, domain_of
from ..plsql.values import Collection, CursorReference, decode, encode
from ..sql import ast as sql
from ..sql.binds import scan_statement
from .base import BindDirection, BindInfo, ExecuteRequest, ExecuteResult, OracleType, ResultSet, StatementType
from .plsql_runtime import PostgresRuntime, cursor_of_client
from .transcode import bind_type

if TYPE_CHECKING:
    from .session import PostgresSession

_STACK = 8000
_NAMES: dict[str, Scalar] = {
    "numeric": Scalar("NUMBER", "numeric"),
    "oracle.date": Scalar("DATE", "oracle.date"),
    "oracle.ts": Scalar("TIMESTAMP", "oracle.ts", precision=9),
    "oracle.tstz": Scalar("TIMESTAMP WITH TIME ZONE", "oracle.tstz", precision=9),
    "oracle.tsltz": Scalar("TIMESTAMP WITH LOCAL TIME ZONE", "oracle.tsltz", precision=9),
    "oracle.iym": Scalar("INTERVAL YEAR TO MONTH", "oracle.iym", precision=9),
    "oracle.ids": Scalar("INTERVAL DAY TO SECOND", "oracle.ids", precision=9, scale=9),
    "oracle.clob": Scalar("CLOB", "oracle.clob"),
    "oracle.nclob": Scalar("NCLOB", "oracle.nclob"),
    "oracle.blob": Scalar("BLOB", "oracle.blob"),
    "float4": Scalar("BINARY_FLOAT", "float4"),
    "float8": Scalar("BINARY_DOUBLE", "float8"),
    "bool": Scalar("BOOLEAN", "bool"),
}


@dataclass(eq=False, slots=True)
class BindVariable:
    """A bind as a place for a value. `written`: the block has stored something."""

    type: Type
    value: Any
    written: bool = False

    def get(self) -> Any:
        return self.value

    def store(self, value: Any) -> None:
        self.value = value
        self.written = True

    def container(self) -> Any:
        self.written = True
        return self.value


def scalar_of(bind: BindInfo) -> Scalar:
    pg_type = bind_type(bind)
    found = _NAMES.get(pg_type)
    if found is not None:
        return found
    size = bind.size or None
    if pg_type == "bytea":
        return Scalar("RAW", pg_type, size)
    national = pg_type in ("oracle.nvarchar2", "oracle.nchar")
    # Never padded, though CHAR: what a client binds has the length it has.
    return Scalar("NVARCHAR2" if national else "VARCHAR2", pg_type, size)


def variable_of(bind: BindInfo, data: Any, interpreter: Interpreter) -> BindVariable:
    if bind.domain:
        type_of_bind = interpreter.type_of_result(bind.domain)
        value = None if data is None else value_of(type_of_bind, data, interpreter.runtime.regions)
        return BindVariable(type_of_bind, value)
    if bind.type is OracleType.CURSOR:
        if data is None:
            return BindVariable(RefCursorType(), None)
        state = CursorState()
        state.opened(cursor_of_client(data))
        return BindVariable(RefCursorType(), CursorReference(state))
    type_ = scalar_of(bind)
    if bind.is_array:
        array = CollectionType("array", type_, "ASSOCIATIVE")
        items = {i: decode(type_.pg_type, item) for i, item in enumerate(data or (), 1)}
        return BindVariable(array, Collection(array, items, len(items)))
    return BindVariable(type_, decode(type_.pg_type, data))


def out_value(session: PostgresSession, bind: BindInfo, variable: BindVariable) -> Any:
    """What the client gets for a bind."""
    value, type_ = variable.value, variable.type
    if isinstance(type_, RefCursorType):
        return None if value is None else result_set_of(value)
    domain = domain_of(type_)
    if domain:
        packed = object_value(domain, value)
        return None if packed is None else session.objects.packed(packed)
    if isinstance(type_, CollectionType):
        element = type_.element
        assert isinstance(element, Scalar)
        keys = value.keys()
        if bind.max_elements and keys and keys[-1] > bind.max_elements:
            raise OracleError(6513, "PL/SQL: index for PL/SQL table out of range for host language array")
        return [encode(element.pg_type, value.items.get(index)) for index in range(1, (keys[-1] if keys else 0) + 1)]
    assert isinstance(type_, Scalar)
    return encode(type_.pg_type, value)


def result_set_of(reference: CursorReference) -> ResultSet | None:
    state = reference.state
    if not state.is_open:
        return None
    query = state.require()
    return query.result_set(state.take_buffer())


def session_state(session: PostgresSession) -> SessionState:
    if session.plsql is None:
        session.plsql = SessionState()
    return session.plsql


async def run_plsql(session: PostgresSession, request: ExecuteRequest) -> ExecuteResult:
    """Run a block or CALL once per row of binds."""
    names = scan_statement(request.sql).bind_names
    if len(request.binds) < len(names):
        raise OracleError(1008, "not all variables bound")
    if len(request.binds) > len(names):
        raise OracleError(1036, "illegal variable name/number")
    state = session_state(session)
    state.cancelled = False
    state.wake.clear()
    result = ExecuteResult(StatementType.PLSQL)
    rows: Sequence[tuple[Any, ...]] = request.rows or [()] * request.iterations
    written: set[int] = set()
    variables: list[list[BindVariable]] = []
    for row in rows:
        runtime = PostgresRuntime(session, state)
        interpreter = Interpreter(runtime, state, {})
        values = [
            variable_of(bind, row[position] if position < len(row) else None, interpreter)
            for position, bind in enumerate(request.binds)
        ]
        with _deep_stack:
            try:
                written |= await _run_once(session, runtime, request.sql, dict(zip(names, values, strict=True)), names)
            except OracleError as error:
                raise ArrayDmlError(error, len(variables), len(variables)) from error
        result.implicit_results += runtime.implicit_results
        written |= {position for position, variable in enumerate(values) if variable.written}
        variables.append(values)
    result.directions = [
        BindDirection.IN_OUT if position in written else BindDirection.IN for position in range(len(names))
    ]
    result.out_values = [
        tuple([out_value(session, request.binds[position], values[position]) for position in sorted(written)])
        for values in variables
    ]
    return result


class _DeepStack:
    """Room for recursive PL/SQL while any call runs: each call of a subprogram is about ten of Python's."""

    def __init__(self) -> None:
        self._running = 0
        self._before = 0

    def __enter__(self) -> None:
        if self._running == 0:
            self._before = sys.getrecursionlimit()
            sys.setrecursionlimit(max(self._before, _STACK))
        self._running += 1

    def __exit__(self, *_: object) -> None:
        self._running -= 1
        if self._running == 0:
            sys.setrecursionlimit(self._before)


_deep_stack = _DeepStack()


async def _run_once(
    session: PostgresSession,
    runtime: PostgresRuntime,
    text: str,
    variables: dict[str, BindVariable],
    names: Sequence[str],
) -> set[int]:
    """The positions of binds that the block can write."""
    interpreter = Interpreter(runtime, runtime.state, variables)
    unit, block = _parsed(runtime.state, interpreter, text)
    frame = Frame(unit)
    async with session.transaction.call():
        try:
            outputs = await interpreter.check(block, frame)
            await interpreter.run_unit(block, frame)
        except Failure as failure:
            raise failure.oracle_error() from failure
        except OracleError as error:
            if scan_statement(text).keyword == "CALL" and "PLS-00201" in error.message:
                raise OracleError(6576, "not a valid function or procedure name", error.offset) from error
            raise
        except RecursionError:
            raise OracleError(6500, "PL/SQL: storage error") from None
        finally:
            await _close_left_open(runtime, variables)
    return {position for position, name in enumerate(names) if name in outputs}


def _parsed(state: SessionState, interpreter: Interpreter, text: str) -> tuple[Unit, plsql.Block]:
    if scan_statement(text).keyword != "CALL":
        return interpreter.parsed_block(text)
    key = ("call", text)
    found = state.remembered(key)
    if found is None:
        found = state.remember(key, (Unit(text), _block_of_call(text, interpreter)))
    result: tuple[Unit, plsql.Block] = found
    return result


def _block_of_call(text: str, interpreter: Interpreter) -> plsql.Block:
    statement = interpreter.dynamic_statement(text)
    assert isinstance(statement, sql.CallProcedure)
    body: plsql.Statement = plsql.CallStatement(statement.call, line=1)
    if statement.into is not None:
        body = plsql.Assign(statement.into, statement.call, line=1)
    return plsql.Block([], [body], line=1)


async def _close_left_open(runtime: PostgresRuntime, variables: dict[str, BindVariable]) -> None:
    """Cursors that neither the client nor a package keeps end with the call."""
    kept: set[int] = set()
    states = [v.value.state for v in variables.values() if isinstance(v.value, CursorReference)]
    for package in runtime.state.packages.values():
        for entry in (*package.public.names.values(), *package.private.names.values()):
            if isinstance(entry, CursorEntry):
                states.append(entry.state)
            elif isinstance(entry, Cell) and isinstance(entry.value, CursorReference):
                states.append(entry.value.state)
    states += [cursor.rows for cursor in runtime.state.sql_cursors.values()]
    kept = {id(state.query) for state in states if state.query is not None}
    for cursor in runtime.opened:
        if id(cursor) not in kept:
            await cursor.close()
