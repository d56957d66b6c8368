"""`plsql.runtime.Runtime` on a PostgreSQL session: SQL goes the way of any other statement, with variables.

The caller holds the session's lock for the whole block.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..catalog.model import Relation, Routine
from ..catalog.model import Sequence as CatalogSequence
from ..catalog.store import type_of_column
from ..errors import OracleError, unsupported
from ..plsql.core import SessionState
from ..plsql.runtime import QueryCursor, ResultColumn, SqlRequest, SqlResult, StoredUnit
from ..sql import ast, user_types
from ..sql.emit.calls import SPECIAL
from ..sql.emit.core import walk
from ..sql.emit.expressions import niladic
from ..sql.functions import SIGNATURES
from ..sql.names import fold
from ..sql.translation import Context, Translation
from ..sql.translator import translate
from ..sql.user_types import UserType
from . import execute
from .base import ExecuteRequest, Lob, ResultSet
from .ddl import DdlContext, metadata, parallel, refresh_mview, statistics
from .execute import Translated
from .link import Command, PostgresError, Row
from .lobs import returned_rows
from .result_set import PostgresResultSet
from .statements import Prepared

if TYPE_CHECKING:
    from .session import PostgresSession

_TRANSLATED = (ast.Query, ast.Insert, ast.MultiInsert, ast.Update, ast.Delete, ast.Merge)
_CONDITIONS = frozenset({"LNNVL", "REGEXP_LIKE", "JSON_EXISTS", "JSON_EQUAL"})


class PostgresCursor:
    """A query that PL/SQL reads. `handed_over`: the client has it now."""

    def __init__(self, result_set: PostgresResultSet, columns: Sequence[ResultColumn]) -> None:
        self.columns = columns
        self.handed_over = False
        self._result_set = result_set

    async def fetch(self, rows: int) -> Sequence[tuple[Any, ...]]:
        fetched, _ = await self._result_set.take(rows)
        return fetched

    async def close(self) -> None:
        if not self.handed_over:
            await self._result_set.discard()

    def result_set(self, unread: Sequence[tuple[Any, ...]] = ()) -> ResultSet:
        self.handed_over = True
        self._result_set.unread(unread)
        return self._result_set


def cursor_of_client(result_set: ResultSet) -> PostgresCursor:
    """A query that the client opened, bound as REF CURSOR."""
    assert isinstance(result_set, PostgresResultSet)
    columns = [
        ResultColumn(column.name, pg_type)
        for column, pg_type in zip(result_set.columns, result_set.pg_types, strict=True)
    ]
    return PostgresCursor(result_set, columns)


class PostgresRuntime:
    """`inside` is QUERY or DML for a function that SQL calls: it may not change anything."""

    def __init__(self, session: PostgresSession, state: SessionState, inside: str = "") -> None:
        self.inside = inside
        self.mutating: tuple[str, str] | None = None  # the table whose row trigger runs
        self.session = session
        self.state = state
        self.version = session.backend.compatible
        self.user = session.user
        self.opened: list[PostgresCursor] = []
        self.implicit_results: list[ResultSet] = []

    # ------------------------------------------------------------------------------------------------------- SQL

    def _translated(self, request: SqlRequest) -> Translated:
        session = self.session
        backend = session.backend
        user = request.owner or session.user
        schema = request.owner or session.current_schema
        bind_types = tuple([bind.pg_type for bind in request.binds])
        variables = {name: variable.pg_type for name, variable in request.variables.items()}
        if self.mutating is not None:
            self._refuse_mutating(request, schema)
        rows = tuple([(name, repr(type_)) for name, type_ in request.row_types.items()])
        key = ("plsql", request.key, bind_types, tuple(variables.items()), rows, user, schema, session.private.key)
        context = Context(
            session.catalog,
            user,
            schema,
            bind_types,
            variables,
            backend.compatible,
            stored=lambda name, count: session.stored_function(name, count, user, schema),
            row_types=request.row_types,
        )
        translation = backend.translations.get(key, backend.catalog.generation)
        if translation is None:
            translation = translate(request.statement, context)
            backend.translations.put(key, backend.catalog.generation, translation)
        return Translated(
            key, translation, lambda names: translate(request.statement, replace(context, flashback=names))
        )

    def _refuse_mutating(self, request: SqlRequest, schema: str) -> None:
        """A row trigger may not see its own table."""
        for node in walk(request.statement, into_queries=True):
            if isinstance(node, ast.TableRef) and len(node.name) <= 2:
                found = self.session.backend.catalog.resolve(node.name, schema)
                if isinstance(found, Relation) and (found.owner, found.name) == self.mutating:
                    name = f"{found.owner}.{found.name}"
                    raise OracleError(4091, f"table {name} is mutating, trigger/function may not see it")

    @property
    def generation(self) -> int:
        return self.session.backend.catalog.generation

    def compile(self, request: SqlRequest) -> None:
        if isinstance(request.statement, _TRANSLATED):
            self._translated(request)

    async def describe(self, request: SqlRequest) -> Sequence[ResultColumn]:
        return await self._columns(self._translated(request))

    async def _columns(self, translated: Translated) -> list[ResultColumn]:
        try:
            prepared = await execute.prepare(self.session, translated)
        except PostgresError as error:
            raise await self.session.oracle_error(error, translated.translation.type) from error
        return _result_columns(prepared)

    async def execute(self, request: SqlRequest) -> SqlResult:
        if self.inside == "trigger":
            if not isinstance(request.statement, (*_TRANSLATED, ast.LockTable, ast.AlterSession)):
                raise OracleError(4092, "cannot COMMIT, ROLLBACK or define data in a trigger")
        elif self.inside:
            if not isinstance(request.statement, _TRANSLATED):
                raise OracleError(14552, "cannot perform a DDL, commit or rollback inside a query or DML ")
            if self.inside == "DML":
                raise unsupported("DML of a function that DML calls")
            raise OracleError(14551, "cannot perform a DML operation inside a query ")
        await execute.refresh_intervals(self.session, request.statement)
        if isinstance(request.statement, _TRANSLATED):
            return await self._execute_dml(request)
        await execute.execute_other(self.session, request.statement, ExecuteRequest(""), request.owner)
        return SqlResult()

    async def _execute_dml(self, request: SqlRequest) -> SqlResult:
        translated = self._translated(request)
        if not translated.translation.calls_stored:
            return await self._change(request, translated)
        return await self.session.with_stored_functions(lambda: self._change(request, translated))

    async def _change(self, request: SqlRequest, translated: Translated) -> SqlResult:
        session = self.session
        row = [bind.data for bind in request.binds]
        translated = await execute.over_copies(session, translated, row, _reader(request))
        translation = translated.translation
        execute.require_quota(session, translation)
        try:
            prepared = await execute.prepare(session, translated)
            command = prepared.execute(row, _reader(request))
            fired = await session.fire_triggers(translation, command)
            if fired is not None:
                return _sql_result(prepared, translation, fired.count, fired.rows)
            commands, index = await execute.with_scn(session, translation, command)
            done = (await session.transaction.run(*commands, begin=True))[index]
        except PostgresError as error:
            raise await session.oracle_error(error, translation.type) from error
        rows = session.link.rows(done)
        count = int.from_bytes(rows[0][0], "big") if translation.counted else done.command_tuples or 0
        return _sql_result(prepared, translation, count, rows)

    async def execute_many(
        self, requests: Sequence[SqlRequest], *, save_exceptions: bool
    ) -> tuple[Sequence[int], Sequence[tuple[int, int]]] | None:
        first = requests[0]
        if self.inside or not isinstance(first.statement, ast.Insert | ast.Update | ast.Delete | ast.Merge):
            return None
        if any(_types_of(request) != _types_of(first) for request in requests):
            return None
        await execute.refresh_intervals(self.session, first.statement)
        translated = self._translated(first)
        done = await execute.many(
            self.session, translated, [_values(translated, request) for request in requests], save_exceptions
        )
        if done is None:
            return None
        return done.row_counts, [(error.offset, error.code) for error in done.batch_errors]

    async def open_query(self, request: SqlRequest) -> QueryCursor:
        await execute.refresh_intervals(self.session, request.statement)
        translated = self._translated(request)
        columns = await self._columns(translated)
        result_set = await execute.open_query(
            self.session, translated, [bind.data for bind in request.binds], _reader(request)
        )
        cursor = PostgresCursor(result_set, columns)
        self.opened.append(cursor)
        return cursor

    @contextlib.asynccontextmanager
    async def autonomous(self) -> AsyncIterator[PostgresRuntime]:
        async with self.session.autonomous() as session:
            runtime = PostgresRuntime(session, self.state)
            runtime.implicit_results = self.implicit_results
            try:
                yield runtime
            except BaseException:
                await session.transaction.rollback()
                raise
            if session.transaction.open:
                await session.transaction.rollback()
                raise OracleError(6519, "active autonomous transaction detected and rolled back")

    # ------------------------------------------------------------------------------------------------ dictionary

    def relation_columns(self, name: tuple[str, ...], owner: str | None) -> Sequence[tuple[str, ast.TypeName]] | None:
        found = self._resolve(name, owner)
        if not isinstance(found, Relation):
            return None
        user = owner or self.user
        if not self.session.catalog.visible(user, found.owner, found.name):
            return None
        return [(column.name, type_of_column(column)) for column in found.visible]

    def _resolve(self, name: tuple[str, ...], owner: str | None) -> object:
        if not 1 <= len(name) <= 2:
            return None
        return self.session.catalog.resolve(name, owner or self.session.current_schema)

    def find_unit(self, name: tuple[str, ...], kinds: Sequence[str], owner: str | None) -> StoredUnit | None:
        catalog = self.session.backend.catalog
        if kinds == ("PACKAGE BODY",):
            source = catalog.package_bodies.get((name[-2], name[-1]))
            return None if source is None else StoredUnit(name[-2], name[-1], "PACKAGE BODY", source)
        found = self._resolve(name, owner)
        if not isinstance(found, Routine) or found.kind not in kinds:
            return None
        user = owner or self.user
        if not (
            catalog.can(user, "EXECUTE", found.owner, found.name)
            or catalog.has_system_privilege(user, "EXECUTE ANY PROCEDURE")
        ):
            return None
        return StoredUnit(found.owner, found.name, found.kind, found.source)

    def may_use(self, package: str, owner: str | None) -> bool:
        """Whether the user may execute a supplied package: those that are objects of SYS have to be granted."""
        catalog = self.session.backend.catalog
        return ("SYS", package) not in catalog.objects or catalog.can(owner or self.user, "EXECUTE", "SYS", package)

    def user_type(self, name: tuple[str, ...], owner: str | None) -> UserType | None:
        schema = owner or self.session.current_schema
        return user_types.find(self.session.backend.catalog, owner or self.user, schema, name)

    def type_of_domain(self, domain: str) -> UserType | None:
        return user_types.of_domain(self.session.backend.catalog, domain)

    def attribute_type(self, type_: UserType, attribute: ast.TypeName) -> UserType | None:
        return user_types.of_name(self.session.backend.catalog, type_, attribute)

    def shape_of(self, type_: UserType) -> tuple[bytes, bytes]:
        objects = self.session.objects
        return objects.oid_of(type_.owner, type_.name), objects.descriptor(type_)

    @property
    def regions(self) -> Sequence[str]:
        return self.session.backend.types.regions

    def is_sequence(self, name: tuple[str, ...], owner: str | None) -> bool:
        return isinstance(self._resolve(name, owner), CatalogSequence)

    def is_sql_function(self, name: str) -> bool:
        return (
            name in SIGNATURES
            or name in SPECIAL
            or name in _CONDITIONS
            or niladic(name) is not None
            or name in self.session.backend.catalog.functions
        )

    # ---------------------------------------------------------------------------------------------------- session

    async def set_attributes(self, attributes: Mapping[str, str | None]) -> None:
        await self.session.store_attributes(attributes)

    def attribute(self, name: str) -> str | None:
        return self.session.transaction.setting(f"oracle.{name}") or None

    async def sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.state.wake.wait(), seconds)
            self.state.cancelled = False
            raise OracleError(1013, "user requested cancel of current operation")

    async def current_scn(self) -> int:
        return await self.session.backend.snapshots.current()

    async def transaction_id(self, *, create: bool) -> int | None:
        session = self.session
        if not create and not session.transaction.open:
            return None
        function = "pg_current_xact_id" if create else "pg_current_xact_id_if_assigned"
        (done,) = await session.transaction.run(Command(f"SELECT {function}()::text"), begin=True)
        data = session.link.rows(done)[0][0]
        return None if data is None else int(data)

    async def refresh_materialized_view(self, name: str, method: str | None) -> None:
        parts = _name_parts(name)
        owner = parts[0] if len(parts) > 1 else self.session.current_schema

        async def refresh(context: DdlContext) -> None:
            if method is not None and method.upper() == "F":
                found = self._resolve(parts, None)
                if found is not None:
                    raise OracleError(23413, f'table "{owner}"."{parts[-1]}" does not have a materialized view log')
            await refresh_mview(context, owner, parts[-1])

        await execute.define(self.session, refresh)

    async def change_statistics(self, action: str, owner: str | None, table: str | None) -> None:
        schema = self.session.current_schema if owner is None else fold(owner)
        work = {
            "delete_table": statistics.delete_table,
            "lock_table": statistics.lock_table,
            "unlock_table": statistics.unlock_table,
            "check_table": statistics.check_table,
        }[action]
        await execute.define(self.session, lambda context: work(context, schema, fold(table or "")))

    async def gather_statistics(self, owner: str | None, table: str | None) -> None:
        schema = self.session.current_schema if owner is None else fold(owner)

        async def gather(context: DdlContext) -> None:
            if table is None:
                await statistics.gather_schema(context, schema)
            else:
                await statistics.gather_table(context, schema, fold(table))

        await execute.define(self.session, gather)

    async def get_ddl(self, kind: str, name: str, schema: str | None, parameters: Mapping[str, bool]) -> str:
        context = await execute.dictionary(self.session)
        owner = schema or self.session.current_schema
        return await metadata.get_ddl(context, kind, name, owner, {**metadata.DEFAULT_PARAMETERS, **parameters})

    async def parallel_task(self, action: str, *arguments: Any, **options: Any) -> None:
        work: Callable[..., Awaitable[None]] = getattr(parallel, action)
        await execute.define(self.session, lambda context: work(context, *arguments, **options))

    async def parallel_status(self, task: str) -> int:
        status = await parallel.task_status(await execute.dictionary(self.session), task)
        return parallel.STATUS_NUMBERS[status]

    async def parallel_chunks(self, task: str) -> Sequence[tuple[Any, ...]]:
        return await parallel.chunks(await execute.dictionary(self.session), task)

    async def write_lob(self, lob: Lob) -> None:
        await self.session.store_lob(lob)

    def return_result(self, cursor: QueryCursor, unread: Sequence[tuple[Any, ...]] = ()) -> None:
        self.implicit_results.append(cursor.result_set(unread))


def _sql_result(prepared: Prepared, translation: Translation, count: int, rows: list[Row]) -> SqlResult:
    if not translation.returning:
        return SqlResult(count)
    return SqlResult(count, _result_columns(prepared), returned_rows(prepared, rows))


def _result_columns(prepared: Prepared) -> list[ResultColumn]:
    facts = zip(prepared.columns, prepared.pg_types, prepared.stored, strict=True)
    return [ResultColumn(column.name, pg_type, stored, column) for column, pg_type, stored in facts]


def _types_of(request: SqlRequest) -> tuple[object, ...]:
    variables = tuple([(name, variable.pg_type) for name, variable in request.variables.items()])
    return tuple([bind.pg_type for bind in request.binds]), variables


def _values(translated: Translated, request: SqlRequest) -> tuple[Any, ...]:
    """The value of each parameter."""
    values = []
    for parameter in translated.translation.parameters:
        if parameter.bind is not None:
            values.append(request.binds[parameter.bind].data)
        else:
            assert parameter.variable is not None
            values.append(request.variables[parameter.variable].data)
    return tuple(values)


def _reader(request: SqlRequest) -> Any:
    variables = request.variables
    return lambda name: variables[name].data


def _name_parts(name: str) -> tuple[str, ...]:
    """[schema.]name as written; quotes keep case and dots."""
    parts: list[str] = []
    rest = name.strip()
    while rest:
        if rest.startswith('"'):
            end = rest.find('"', 1)
            parts.append(rest[1 : end if end > 0 else len(rest)])
            rest = rest[end + 1 :] if end > 0 else ""
        else:
            word, dot, tail = rest.partition(".")
            parts.append(word.strip().upper())
            rest = dot + tail
        rest = rest.removeprefix(".")
    return tuple(parts) or ("",)
