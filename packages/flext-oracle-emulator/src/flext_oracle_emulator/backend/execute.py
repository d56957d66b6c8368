"""One call: what kind of statement it is, and what then happens. Queries, DML, transaction and session control.

The caller holds the session's lock and turns PostgreSQL's errors into Oracle's.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

from ..catalog import store
from ..catalog.model import Column, Relation
from ..errors import ArrayDmlError, OracleError, unsupported
from ..sql import ast
from ..sql.binds import StatementKind, scan_statement
from ..sql.emit.core import walk
from ..sql.names import qualified
from ..sql.parser import parse
from ..sql.translation import Context, Parameter, Translation
from ..sql.translator import translate
from . import administration, flashback
from .arraydml import ArrayDml
from .base import BatchError, BindInfo, ColumnInfo, ExecuteRequest, ExecuteResult, Lob, OracleType, StatementType
from .ddl import DdlContext, execute_ddl
from .explain import explain, explained
from .flashback_table import flashback_table
from .link import CHUNK_ROWS, Command, PostgresError, Row
from .lobs import LobSource, returned_rows
from .result_set import Finish, PostgresResultSet
from .settings import postgres_settings
from .statements import Prepared
from .transaction import set_commands
from .transcode import bind_type, rowid_text

if TYPE_CHECKING:
    from .session import PostgresSession

_LOB_CHUNK_ROWS = 20
_NAMES_PARTITION = re.compile(r"PARTITION\s*(\(|FOR\b)", re.IGNORECASE)
_TRANSLATED = (ast.Query, ast.Insert, ast.MultiInsert, ast.Update, ast.Delete, ast.Merge)
_WITHOUT_BINDS = (StatementKind.DDL, StatementKind.PLSQL)


@dataclasses.dataclass(frozen=True, slots=True)
class Translated:
    """`over` translates the same statement over copies of the past states that its AS OF clauses mean."""

    key: Hashable
    translation: Translation
    over: Callable[[Sequence[str]], Translation]


def _analyse(session: PostgresSession, sql: str, binds: Sequence[BindInfo]) -> Translated | ast.Statement:
    """Translate a query or DML (or find it translated); other statements as their tree."""
    catalog = session.backend.catalog
    key = (
        sql,
        tuple([(bind.type, bind.csfrm, bind.domain) for bind in binds]),
        session.user,
        session.current_schema,
        session.private.key,
    )
    context = _context(session, [bind_type(bind) for bind in binds])

    def over(names: Sequence[str]) -> Translation:
        again = parse(sql, version=session.backend.compatible)
        return translate(again, dataclasses.replace(context, flashback=names))

    translation = session.backend.translations.get(key, catalog.generation)
    if translation is not None:
        return Translated(key, translation, over)
    statement = parse(sql, version=session.backend.compatible)
    if not isinstance(statement, _TRANSLATED):
        return statement
    translation = translate(statement, context)
    session.backend.translations.put(key, catalog.generation, translation)
    return Translated(key, translation, over)


def _context(session: PostgresSession, bind_types: Sequence[str]) -> Context:
    backend = session.backend
    user, schema = session.user, session.current_schema
    return Context(
        session.catalog,
        user,
        schema,
        bind_types,
        version=backend.compatible,
        stored=lambda name, count: session.stored_function(name, count, user, schema),
    )


async def prepare(session: PostgresSession, translated: Translated, **options: Any) -> Prepared:
    generation = session.backend.catalog.generation
    return await session.statements.prepare(translated.key, translated.translation, generation, **options)


async def refresh_intervals(session: PostgresSession, statement: object) -> None:
    """Bring tables whose partitions a statement names up to date: rows make INTERVAL partitions as they come."""
    await session.private.reconcile()
    catalog = session.backend.catalog
    names = set()
    for node in walk(statement, into_queries=True):
        if isinstance(node, ast.TableRef) and node.partition is not None:
            found = catalog.resolve(node.name, session.current_schema)
            if isinstance(found, Relation) and found.partitioning is not None and found.partitioning.interval:
                names.add((found.owner, found.name))
    if names:
        await store.refresh(session.connection, catalog, names)


async def describe(session: PostgresSession, sql: str, binds: Sequence[BindInfo]) -> Sequence[ColumnInfo]:
    """Columns of a query; () for what is none. Binds that have no metadata yet are taken for VARCHAR2."""
    text = scan_statement(sql)
    if text.kind in _WITHOUT_BINDS:
        parse(sql, version=session.backend.compatible)
        return ()
    if not binds and text.binds:
        binds = [BindInfo(OracleType.VARCHAR, 4000, 1)] * len(text.binds)
    await _before_analysis(session, sql)
    found = _analyse(session, sql, binds)
    if isinstance(found, Translated):
        prepared = await prepare(session, found)
        return prepared.columns if found.translation.type == StatementType.SELECT else ()
    return ()


async def _before_analysis(session: PostgresSession, sql: str) -> None:
    await session.private.reconcile()
    if _NAMES_PARTITION.search(sql) and scan_statement(sql).kind not in _WITHOUT_BINDS:
        await refresh_intervals(session, parse(sql, version=session.backend.compatible))


async def describe_query(session: PostgresSession, query: ast.Query, owner: str) -> Sequence[Column]:
    """`ddl.context.Describe`: the facts of a query's columns for CREATE TABLE AS and CREATE VIEW."""
    context = Context(
        session.catalog,
        owner,
        owner,
        version=session.backend.compatible,
        stored=lambda name, count: session.stored_function(name, count, owner, owner),
    )
    translation = translate(query, context)
    if any(column.nested for column in translation.columns):
        raise OracleError(22902, "CURSOR expression not allowed", query.pos)
    prepared = await session.statements.prepare(
        (translation.sql, "ddl", session.private.key), translation, session.backend.catalog.generation
    )
    return prepared.facts


async def execute(session: PostgresSession, request: ExecuteRequest) -> ExecuteResult:
    """Anything but PL/SQL."""
    await _before_analysis(session, request.sql)
    found = _analyse_request(session, request)
    if isinstance(found, Translated):
        if found.translation.type == StatementType.SELECT:
            result_set = await open_query(session, found, request.rows[0] if request.rows else ())
            return ExecuteResult(StatementType.SELECT, result_set=result_set)
        result = await execute_dml(session, found, request)
    else:
        result = await execute_other(session, found, request)
    if request.commit:
        await session.transaction.commit()
    return result


def _analyse_request(session: PostgresSession, request: ExecuteRequest) -> Translated | ast.Statement:
    text = scan_statement(request.sql)
    if len(request.binds) < len(text.binds) and text.keyword != "EXPLAIN":  # a plan needs no values
        raise OracleError(1008, "not all variables bound")
    if len(request.binds) > len(text.binds):
        raise OracleError(1036, "illegal variable name/number")
    return _analyse(session, request.sql, request.binds)


# ------------------------------------------------------------------------------------------------------- queries


async def open_query(
    session: PostgresSession, translated: Translated, row: Sequence[Any], variables: Any = None
) -> PostgresResultSet:
    """Start a query. Its rows are read as the client asks for them; FOR UPDATE reads (and locks) all of them now."""
    if not translated.translation.calls_stored:
        return await _open_query(session, translated, row, variables)

    async def run() -> PostgresResultSet:
        result_set = await _open_query(session, translated, row, variables)
        await result_set.complete()
        return result_set

    return await session.with_stored_functions(run, PostgresResultSet.discard)


async def _open_query(
    session: PostgresSession, translated: Translated, row: Sequence[Any], variables: Any
) -> PostgresResultSet:
    prepared = await prepare(session, translated)
    translation = translated.translation
    if translation.flashback:
        parameters = prepared.parameters(row, variables)
        numbers = await flashback.numbers_of(session, translation, parameters)
        if not translation.reads_current and not translation.for_update and len(set(numbers)) == 1:
            return await flashback.open_past_query(session, prepared, parameters, numbers[0])
        translated = await over_copies(session, translated, row, variables)
        prepared = await prepare(session, translated)
    locking = translation.for_update
    command = prepared.execute(row, variables)
    commands, before = await with_scn(session, translation, command)
    if translation.lock_timeout:
        commands, before = _with_lock_timeout(command, translation.lock_timeout), 1
    guarded = session.transaction.guard(commands, begin=locking)
    try:
        stream = await session.link.open_stream(
            *guarded.commands,
            query=guarded.first + before,
            chunk_rows=_LOB_CHUNK_ROWS if prepared.has_lobs else CHUNK_ROWS,
            recovery=guarded.recovery,
        )
        if locking:
            session.transaction.open = True
            await stream.detach()
    except PostgresError as error:
        raise await _lock_error(session, error, translation) from error
    if stream.failure is not None:
        # FOR UPDATE failed on a later row: the statement is undone, its transaction with it if it began here.
        failure = stream.failure
        await stream.close()
        session.transaction.open = session.link.in_transaction
        raise await _lock_error(session, failure, translation)
    return PostgresResultSet(
        prepared.columns,
        prepared.decoders,
        stream,
        session.lock,
        session.oracle_error,
        _lob_handles(prepared),
        prepared.pg_types,
    )


def _with_lock_timeout(command: Command, seconds: int) -> list[Command]:
    return [
        Command(f"SET LOCAL lock_timeout = '{seconds}s'"),
        command,
        Command("SET LOCAL lock_timeout = 0"),
    ]


async def with_scn(session: PostgresSession, translation: Translation, command: Command) -> tuple[list[Command], int]:
    """A statement that asks for the current SCN gets it, and that state is kept from now on; and where the statement is."""
    if not translation.needs_scn:
        return [command], 0
    scn = await session.backend.snapshots.current()
    return [*set_commands({"oracle.scn": str(scn)}), command, *set_commands({"oracle.scn": ""})], 1


async def over_copies(
    session: PostgresSession, translated: Translated, row: Sequence[Any], variables: Any = None
) -> Translated:
    """The statement over copies of the past states that its AS OF clauses mean; itself if it has none."""
    translation = translated.translation
    if not translation.flashback:
        return translated
    prepared = await prepare(session, translated)
    numbers = await flashback.numbers_of(session, translation, prepared.parameters(row, variables))
    names = await flashback.copies(session, translation, numbers)
    return Translated((translated.key, tuple(names)), translated.over(names), translated.over)


async def _lock_error(session: PostgresSession, error: PostgresError, translation: Translation) -> OracleError:
    if error.sqlstate == "55P03" and translation.lock_timeout:
        return OracleError(30006, "resource busy; acquire with WAIT timeout expired")
    return await session.oracle_error(error, translation.type)


def _lob_handles(prepared: Prepared) -> Finish | None:
    """Give LOBs that were read FOR UPDATE the way back to their row: its ROWID is the first hidden column."""
    outputs = prepared.translation.columns
    sources = [(index, output.lob_source) for index, output in enumerate(outputs) if output.lob_source is not None]
    if not sources or not prepared.translation.hidden_columns:
        return None

    def finish(raw: list[Row], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        for before, row in zip(raw, rows, strict=True):
            for index, source in sources:
                if isinstance(row[index], Lob) and source is not None:
                    row[index].source = LobSource(*source, before[len(outputs)])
        return rows

    return finish


# ----------------------------------------------------------------------------------------------------------- DML


async def execute_dml(session: PostgresSession, translated: Translated, request: ExecuteRequest) -> ExecuteResult:
    if not translated.translation.calls_stored:
        return await _execute_dml(session, translated, request)
    # The caller commits.
    request = dataclasses.replace(request, commit=False)
    return await session.with_stored_functions(lambda: _execute_dml(session, translated, request))


async def _execute_dml(session: PostgresSession, translated: Translated, request: ExecuteRequest) -> ExecuteResult:
    rows = request.rows or [()] * request.iterations
    if translated.translation.flashback:
        if len(rows) > 1:
            raise unsupported("AS OF in DML with arrays of binds")
        translated = await over_copies(session, translated, rows[0])
    translation = translated.translation
    require_quota(session, translation)
    result = ExecuteResult(translation.type)
    if translation.target is not None and session.has_triggers(translation.target):
        await _with_triggers(session, translated, rows, request, result)
    elif len(rows) == 1 and not request.batch_errors:
        await _single(session, translated, rows[0], result, commit=request.commit)
    else:
        await _many(session, translated, rows, request.batch_errors, result)
    if not request.row_counts:
        result.row_counts = []
    if translation.returning:
        result.returned = _in_request_order(translation, request, result.returned)
    return result


def require_quota(session: PostgresSession, translation: Translation) -> None:
    """Raise ORA-01950 if the owner of the table that would get rows may store none."""
    target = translation.target
    inserts = translation.type in (StatementType.INSERT, StatementType.MERGE)
    if inserts and target is not None and target.kind == "TABLE" and target.temporary is None:
        session.backend.catalog.require_quota(target.owner)


async def _single(
    session: PostgresSession, translated: Translated, row: Sequence[Any], result: ExecuteResult, *, commit: bool
) -> None:
    translation = translated.translation
    transaction = session.transaction
    try:
        prepared = await prepare(session, translated)
        command = prepared.execute(row)
        commands, index = await with_scn(session, translation, command)
        if commit and not transaction.open:
            done = (await transaction.run_and_commit(*commands))[index]
        else:
            done = (await transaction.run(*commands, begin=True))[index]
    except PostgresError as error:
        raise await session.oracle_error(error, translation.type) from error
    rows = session.link.rows(done)
    if translation.counted:
        result.row_count = int.from_bytes(rows[0][0], "big")
    else:
        result.row_count = done.command_tuples or 0
    result.row_counts = [result.row_count]
    if translation.hidden_columns:
        for values in rows:
            result.last_rowid = rowid_text(int.from_bytes(values[-1], "big", signed=True))
    if translation.returning:
        result.returned = [_columns_of(returned_rows(prepared, rows), len(prepared.decoders))]


async def _with_triggers(
    session: PostgresSession,
    translated: Translated,
    rows: Sequence[tuple[Any, ...]],
    request: ExecuteRequest,
    result: ExecuteResult,
) -> None:
    """One execution after the other: triggers see them as they come. `execute` commits."""
    translation = translated.translation
    for index, row in enumerate(rows):
        try:
            prepared = await prepare(session, translated)
            outcome = await session.fire_triggers(translation, prepared.execute(row))
        except (PostgresError, OracleError) as failure:
            error = (
                failure if isinstance(failure, OracleError) else await session.oracle_error(failure, translation.type)
            )
            if not request.batch_errors:
                raise error if len(rows) == 1 else ArrayDmlError(error, index, result.row_count) from failure
            result.batch_errors.append(BatchError(index, error.code, error.text))
            result.row_counts.append(0)
            continue
        assert outcome is not None
        result.row_count += outcome.count
        result.row_counts.append(outcome.count)
        if translation.hidden_columns and outcome.rows:
            result.last_rowid = rowid_text(int.from_bytes(outcome.rows[-1][-1], "big", signed=True))
        if translation.returning:
            result.returned.append(_columns_of(returned_rows(prepared, outcome.rows), len(prepared.decoders)))


async def many(
    session: PostgresSession, translated: Translated, rows: Sequence[tuple[Any, ...]], batch_errors: bool
) -> ExecuteResult | None:
    """Executions of one DML statement, each with the values of its parameters; None if they are no array."""
    translation = translated.translation
    fires = translation.target is not None and session.has_triggers(translation.target)
    if fires or translation.calls_stored or translation.flashback or translation.needs_scn or translation.returning:
        return None
    require_quota(session, translation)
    parameters = [Parameter(p.pg_type, bind=position) for position, p in enumerate(translation.parameters)]
    array = dataclasses.replace(translation, parameters=parameters)
    result = ExecuteResult(translation.type)
    await _many(session, Translated((translated.key, "array"), array, translated.over), rows, batch_errors, result)
    return result


async def _many(
    session: PostgresSession,
    translated: Translated,
    rows: Sequence[tuple[Any, ...]],
    batch_errors: bool,
    result: ExecuteResult,
) -> None:
    translation = translated.translation

    async def error(failure: PostgresError) -> OracleError:
        return await session.oracle_error(failure, translation.type)

    try:
        takes_arrays = (
            translation.array_insert is not None and not translation.returning and bool(translation.parameters)
        )
        prepared = await prepare(session, translated)
        array = await prepare(session, translated, array=True) if takes_arrays else None
    except PostgresError as failure:
        raise await error(failure) from failure
    work = ArrayDml(session.link, session.transaction, prepared, array, rows, batch_errors, error)
    await work.run()
    result.row_count = sum(work.counts)
    result.row_counts = work.counts
    result.batch_errors = work.errors
    result.returned = [_columns_of(returned_rows(prepared, values), len(prepared.decoders)) for values in work.returned]


def _columns_of(rows: list[tuple[Any, ...]], count: int) -> list[list[Any]]:
    return [[row[index] for row in rows] for index in range(count)]


def _in_request_order(
    translation: Translation, request: ExecuteRequest, returned: list[list[list[Any]]]
) -> list[list[list[Any]]]:
    """From the order of RETURNING's expressions to that of the request's return binds."""
    order = [list(translation.return_binds).index(position) for position in request.return_positions]
    return [[values[index] for index in order] for values in returned]


# ------------------------------------------------------------------------------------------- everything else


async def execute_other(
    session: PostgresSession, statement: ast.Statement, request: ExecuteRequest, owner: str | None = None
) -> ExecuteResult:
    """Transaction and session control, LOCK TABLE, and data definition."""
    transaction = session.transaction
    match statement:
        case ast.Commit():
            await transaction.commit()
        case ast.Rollback(savepoint=None):
            await transaction.rollback()
        case ast.Rollback(savepoint=str(name)):
            await transaction.rollback_to(name)
        case ast.Savepoint():
            await transaction.savepoint(statement.name)
        case ast.SetTransaction():
            await transaction.begin(statement.mode)
        case ast.SetConstraints():
            await _set_constraints(session, statement)
        case ast.AlterSession():
            await _alter_session(session, statement)
        case ast.LockTable():
            await _lock_table(session, statement)
        case ast.ExplainPlan():
            await _explain_plan(session, statement, request)
        case ast.CreateTable(temporary="PRIVATE"):
            await session.private.create(statement, await dictionary(session))
        case ast.Drop(kind="TABLE") if (private := session.private.find(statement.name)) is not None:
            await session.private.drop(private)
        case ast.Truncate() if (private := session.private.find(statement.name)) is not None:
            await session.private.truncate(private)
        case ast.FlashbackTable():
            await flashback_table(session, statement, _context(session, ()))
        case ast.AlterSystem():
            await administration.alter_system(session, statement)
        case ast.SetRole():
            await administration.set_role(session, statement)
        case ast.Analyze():
            await administration.analyze(session, statement)
        case ast.Purge():
            await administration.purge(session, statement)
        case _:
            return await execute_definition(session, statement, owner)
    return ExecuteResult(StatementType.UNKNOWN)


async def _explain_plan(session: PostgresSession, statement: ast.ExplainPlan, request: ExecuteRequest) -> None:
    translation = translate(explained(statement), _context(session, [bind_type(bind) for bind in request.binds]))
    key = (request.sql, "explain", *(parameter.pg_type for parameter in translation.parameters))
    prepared = await session.statements.prepare(key, translation, session.backend.catalog.generation)
    await explain(session, statement, translation, request.sql, prepared)


async def _set_constraints(session: PostgresSession, statement: ast.SetConstraints) -> None:
    mode = "DEFERRED" if statement.deferred else "IMMEDIATE"
    listed = "ALL"
    if statement.names is not None:
        listed = ", ".join([await _pg_constraint(session, parts, statement.pos) for parts in statement.names])
    await session.transaction.run(Command(f"SET CONSTRAINTS {listed} {mode}"), begin=True)


async def _pg_constraint(session: PostgresSession, parts: tuple[str, ...], pos: int) -> str:
    owner = parts[-2] if len(parts) > 1 else session.current_schema
    command = Command(
        "SELECT pg_name, k.deferrable FROM oracle.constraints k WHERE owner = $1 AND name = $2",
        (owner.encode(), parts[-1].encode()),
        (25, 25),
    )
    (result,) = await session.transaction.run(command, begin=False)
    rows = session.link.rows(result)
    if not rows:
        raise OracleError(2448, "constraint does not exist", pos)
    if rows[0][1] != b"\x01":
        raise OracleError(2447, "cannot defer a constraint that is not deferrable", pos)
    return qualified(owner, rows[0][0].decode())


async def _alter_session(session: PostgresSession, statement: ast.AlterSession) -> None:
    zones = frozenset(filter(None, session.backend.types.regions))
    settings: dict[str, str] = {}
    schema = None
    for name, value in statement.settings.items():
        if name == "CURRENT_SCHEMA":
            schema = value
        else:
            settings |= postgres_settings(name, value, zones)
    await session.transaction.set(settings)
    if schema is not None:
        await session.change_schema(schema)


async def _lock_table(session: PostgresSession, statement: ast.LockTable) -> None:
    translation = translate(statement, _context(session, ()))
    command = Command(translation.sql)
    commands = _with_lock_timeout(command, translation.lock_timeout) if translation.lock_timeout else [command]
    commands += [Command(sql) for sql in translation.after]
    try:
        await session.transaction.run(*commands, begin=True)
    except PostgresError as error:
        raise await _lock_error(session, error, translation) from error


async def execute_definition(
    session: PostgresSession, statement: ast.Statement, owner: str | None = None
) -> ExecuteResult:
    """DDL: what was open is committed first, and what is made is committed at once, or nothing of it happens.

    `owner` is the definer of the unit that runs it: it has their rights and their schema.
    """
    session.private.refuse(statement)
    past = await _past_of(session, statement.query) if isinstance(statement, ast.CreateTable) else ()
    context = await define(session, functools.partial(execute_ddl, statement), past, owner)
    if isinstance(statement, ast.CreateCode | ast.AlterObject):
        context.compile_warning |= await session.compile_unit(statement, owner)
    kinds = {ast.CreateTable: StatementType.CREATE_TABLE, ast.Drop: StatementType.DROP_TABLE}
    return ExecuteResult(kinds.get(type(statement), StatementType.UNKNOWN), compile_warning=context.compile_warning)


async def _past_of(session: PostgresSession, query: ast.Query | None) -> Sequence[str]:
    """Copies of the past states that CREATE TABLE .. AS SELECT reads."""
    if query is None or not any(
        isinstance(node, ast.TableRef) and node.flashback for node in walk(query, into_queries=True)
    ):
        return ()
    translation = translate(query, _context(session, ()))
    numbers = await flashback.numbers_of(session, translation, ())
    return await flashback.copies(session, translation, numbers)


async def dictionary(session: PostgresSession) -> DdlContext:
    """For reading the dictionary, in whatever transaction the session is."""
    await session.link.release()
    return _ddl_context(session)


async def source_of(session: PostgresSession, owner: str, name: str, namespace: int) -> str:
    """The source of a unit that exists."""
    context = await dictionary(session)
    text: str = await context.value(
        "SELECT s.text FROM oracle.sources s JOIN oracle.objects o USING (object_id)"
        " WHERE o.owner = %s AND o.name = %s AND o.namespace = %s",
        *(owner, name, namespace),
    )
    return text


def _ddl_context(session: PostgresSession, owner: str | None = None) -> DdlContext:
    async def described(query: ast.Query, owner: str) -> Sequence[Column]:
        return await describe_query(session, query, owner)

    backend = session.backend
    user, schema = owner or session.user, owner or session.current_schema
    return DdlContext(
        session.connection,
        backend.catalog,
        user,
        schema,
        backend.compatible,
        described,
        names=session.catalog,
        stored=session.stored_function,
        with_stored=session.with_stored_functions,
    )


async def define(
    session: PostgresSession,
    work: Callable[[DdlContext], Awaitable[None]],
    past: Sequence[str] = (),
    owner: str | None = None,
) -> DdlContext:
    """Do work on definitions in a transaction of its own, after a commit. `past`: see `DdlContext`."""
    transaction = session.transaction
    await transaction.commit()
    await session.private.reconcile()
    await session.backend.release_readers(session)
    context = _ddl_context(session, owner)
    context.past = past
    async with session.backend.definitions:
        await session.link.exchange(Command("BEGIN"))
        transaction.open = True
        try:
            await work(context)
            await transaction.commit()
        except BaseException:
            await transaction.rollback()
            context.restore()
            raise
    return context
