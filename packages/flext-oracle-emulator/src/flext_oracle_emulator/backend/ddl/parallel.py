"""DBMS_PARALLEL_EXECUTE's tasks and chunks in the dictionary."""

from __future__ import annotations

from ...catalog.model import Relation
from ...errors import OracleError
from ...sql.names import quote
from . import objects
from .context import DdlContext

#: Rows in a block, for chunks by blocks: a row of 80 bytes in a block of 8 KB.
_ROWS_A_BLOCK = 100


def _missing() -> OracleError:
    return OracleError(29498, "Task not found")


async def create_task(context: DdlContext, name: str, comment: str | None) -> None:
    if await context.value("SELECT 1 FROM oracle.parallel_tasks WHERE owner = %s AND name = %s", context.user, name):
        raise OracleError(29497, "duplicate task name")
    await context.run(
        "INSERT INTO oracle.parallel_tasks (owner, name, comments) VALUES (%s, %s, %s)", context.user, name, comment
    )


async def drop_task(context: DdlContext, name: str) -> None:
    if not await context.run("DELETE FROM oracle.parallel_tasks WHERE owner = %s AND name = %s", context.user, name):
        raise _missing()


async def drop_chunks(context: DdlContext, name: str) -> None:
    await _require(context, name)
    await context.run("DELETE FROM oracle.parallel_chunks WHERE owner = %s AND task = %s", context.user, name)
    await set_status(context, name, "CREATED")


async def _require(context: DdlContext, name: str) -> str:
    status = await context.value(
        "SELECT status FROM oracle.parallel_tasks WHERE owner = %s AND name = %s", context.user, name
    )
    if status is None:
        raise _missing()
    return str(status)


async def _begin(context: DdlContext, name: str) -> None:
    if await _require(context, name) not in ("CREATED", "CHUNKING_FAILED"):
        raise OracleError(29495, "invalid state for chunking the task")


async def set_status(context: DdlContext, name: str, status: str) -> None:
    await context.run(
        "UPDATE oracle.parallel_tasks SET status = %s WHERE owner = %s AND name = %s", status, context.user, name
    )


def _table(context: DdlContext, owner: str, name: str) -> Relation:
    found = context.catalog.objects.get((owner, name))
    if (
        not isinstance(found, Relation)
        or found.kind == "VIEW"
        or not context.catalog.visible(context.user, owner, name)
    ):
        raise OracleError(29491, "invalid table for chunking")
    return found


async def chunk_by_rowid(context: DdlContext, task: str, owner: str, table: str, *, by_row: bool, size: int) -> None:
    """Ranges that together hold every row; each begins where the one before it ends."""
    await _begin(context, task)
    relation = _table(context, owner, table)
    if not relation.has_rowid:
        raise OracleError(29491, "invalid table for chunking")
    found = await objects.find(context, owner, table)
    assert found is not None
    rows = size if by_row else size * _ROWS_A_BLOCK
    await context.run(
        "INSERT INTO oracle.parallel_chunks (owner, task, start_rowid, end_rowid)"
        " SELECT %s, %s, low::int8::oracle.rowid, coalesce(lead(low) OVER (ORDER BY low) - 1, high)::int8::oracle.rowid FROM ("
        '  SELECT min(id) AS low, max(id) AS high FROM (SELECT "ROWID$"::int8 AS id,'
        f'   div(row_number() OVER (ORDER BY "ROWID$"::int8) - 1, %s) AS part FROM {found.storage}) AS numbered GROUP BY part'
        " ) AS parts ORDER BY low",
        *(context.user, task, rows),
    )
    await _chunked(context, task, "ROWID_RANGE", owner, table, None)


async def chunk_by_number(context: DdlContext, task: str, owner: str, table: str, column: str, size: int) -> None:
    await _begin(context, task)
    relation = _table(context, owner, table)
    if relation.column(column) is None:
        raise OracleError(29491, "invalid column for chunking")
    found = await objects.find(context, owner, table)
    assert found is not None
    await context.run(
        "INSERT INTO oracle.parallel_chunks (owner, task, start_id, end_id)"
        f" SELECT %s, %s, low, least(low + %s - 1, high) FROM (SELECT min({quote(column)})::numeric AS first,"
        f" max({quote(column)})::numeric AS high FROM {found.storage}) AS ends, generate_series(first, high, %s) AS low"
        " ORDER BY low",
        *(context.user, task, size, size),
    )
    await _chunked(context, task, "NUMBER_RANGE", owner, table, column)


async def chunk_by_values(context: DdlContext, task: str, rows: list[tuple[object, object]], *, by_rowid: bool) -> None:
    """Chunks that a query gave."""
    await _begin(context, task)
    columns = ("start_rowid", "end_rowid") if by_rowid else ("start_id", "end_id")
    type_ = "oracle.rowid" if by_rowid else "numeric"
    await context.run_many(
        f"INSERT INTO oracle.parallel_chunks (owner, task, {columns[0]}, {columns[1]})"
        f" VALUES (%s, %s, %s::text::{type_}, %s::text::{type_})",
        [(context.user, task, low, high) for low, high in rows],
    )
    await _chunked(context, task, "ROWID_RANGE" if by_rowid else "NUMBER_RANGE", None, None, None)


async def _chunked(
    context: DdlContext, task: str, kind: str, owner: str | None, table: str | None, column: str | None
) -> None:
    empty = not await context.value(
        "SELECT 1 FROM oracle.parallel_chunks WHERE owner = %s AND task = %s LIMIT 1", context.user, task
    )
    await context.run(
        "UPDATE oracle.parallel_tasks SET chunk_type = %s, status = %s, table_owner = %s, table_name = %s,"
        " number_column = %s WHERE owner = %s AND name = %s",
        *(kind, "NO_CHUNKS" if empty else "CHUNKED", owner, table, column, context.user, task),
    )


async def task_status(context: DdlContext, task: str) -> str:
    return await _require(context, task)


async def chunks(context: DdlContext, task: str) -> list[tuple[object, ...]]:
    """(id, start, end, by rowid) of what is left to do."""
    await _require(context, task)
    return await context.rows(
        "SELECT chunk_id, coalesce(oracle.rowidtochar(start_rowid), start_id::text),"
        " coalesce(oracle.rowidtochar(end_rowid), end_id::text), start_rowid IS NOT NULL FROM oracle.parallel_chunks"
        " WHERE owner = %s AND task = %s AND status IN ('UNASSIGNED', 'ASSIGNED') ORDER BY chunk_id",
        *(context.user, task),
    )


async def finish_chunk(context: DdlContext, chunk_id: object, error: OracleError | None) -> None:
    await context.run(
        "UPDATE oracle.parallel_chunks SET status = %s, error_code = %s, error_message = %s WHERE chunk_id = %s",
        "PROCESSED" if error is None else "PROCESSED_WITH_ERROR",
        *(None if error is None else -error.code, None if error is None else error.text[:4000], chunk_id),
    )


async def finish_task(context: DdlContext, task: str, statement: str) -> None:
    failed = await context.value(
        "SELECT count(*) FROM oracle.parallel_chunks WHERE owner = %s AND task = %s AND status = 'PROCESSED_WITH_ERROR'",
        *(context.user, task),
    )
    await context.run(
        "UPDATE oracle.parallel_tasks SET status = %s, sql_stmt = %s WHERE owner = %s AND name = %s",
        *("FINISHED_WITH_ERROR" if failed else "FINISHED", statement, context.user, task),
    )


#: TASK_STATUS: DBMS_PARALLEL_EXECUTE's constants by what the dictionary calls them.
STATUS_NUMBERS = {
    "CREATED": 1,
    "CHUNKING": 2,
    "CHUNKING_FAILED": 3,
    "NO_CHUNKS": 4,
    "CHUNKED": 5,
    "PROCESSING": 6,
    "FINISHED": 7,
    "FINISHED_WITH_ERROR": 8,
    "CRASHED": 9,
}
