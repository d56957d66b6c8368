"""DBMS_PARALLEL_EXECUTE: chunks of a table by ROWID, by number or by a query, and a statement run for each of them.

RUN_TASK does its chunks one after the other, each in a transaction of its own; `parallel_level` changes nothing here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...errors import OracleError
from ..failures import Failure
from ..scope import Frame
from ..types import NUMBER, VARCHAR2
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_package = package("DBMS_PARALLEL_EXECUTE")
_package.constants(
    CREATED=Decimal(1), CHUNKING=Decimal(2), CHUNKING_FAILED=Decimal(3), NO_CHUNKS=Decimal(4), CHUNKED=Decimal(5),
    PROCESSING=Decimal(6), FINISHED=Decimal(7), FINISHED_WITH_ERROR=Decimal(8), CRASHED=Decimal(9),
    UNASSIGNED=Decimal(0), ASSIGNED=Decimal(1), PROCESSED=Decimal(2), PROCESSED_WITH_ERROR=Decimal(3),
)  # fmt: skip


async def _text(interpreter: Interpreter, value: Any) -> str:
    text = await interpreter.converted(VARCHAR2, value)
    if text is None:
        raise OracleError(29490, "unsufficient privileges or NULL argument")
    result: str = text
    return result


async def _size(interpreter: Interpreter, value: Any) -> int:
    number = await interpreter.converted(NUMBER, value)
    if number is None or number < 1:
        raise OracleError(29494, "invalid chunk size")
    return int(number)


@_package.procedure("CREATE_TASK", "TASK_NAME, COMMENT?")
async def create_task(interpreter: Interpreter, _: Frame, *, task_name: Any, comment: Any) -> None:
    note = await interpreter.converted(VARCHAR2, comment)
    await interpreter.runtime.parallel_task("create_task", await _text(interpreter, task_name), note)


@_package.procedure("DROP_TASK", "TASK_NAME")
async def drop_task(interpreter: Interpreter, _: Frame, *, task_name: Any) -> None:
    await interpreter.runtime.parallel_task("drop_task", await _text(interpreter, task_name))


@_package.procedure("DROP_CHUNKS", "TASK_NAME")
async def drop_chunks(interpreter: Interpreter, _: Frame, *, task_name: Any) -> None:
    await interpreter.runtime.parallel_task("drop_chunks", await _text(interpreter, task_name))


@_package.function("TASK_STATUS", "TASK_NAME")
async def task_status(interpreter: Interpreter, _: Frame, *, task_name: Any) -> Decimal:
    return Decimal(await interpreter.runtime.parallel_status(await _text(interpreter, task_name)))


@_package.procedure("CREATE_CHUNKS_BY_ROWID", "TASK_NAME, TABLE_OWNER, TABLE_NAME, BY_ROW, CHUNK_SIZE")
async def create_chunks_by_rowid(
    interpreter: Interpreter,
    _: Frame,
    *,
    task_name: Any,
    table_owner: Any,
    table_name: Any,
    by_row: Any,
    chunk_size: Any,
) -> None:
    task, owner, table = [await _text(interpreter, value) for value in (task_name, table_owner, table_name)]
    size = await _size(interpreter, chunk_size)
    await interpreter.runtime.parallel_task("chunk_by_rowid", task, owner, table, by_row=by_row is True, size=size)


@_package.procedure("CREATE_CHUNKS_BY_NUMBER_COL", "TASK_NAME, TABLE_OWNER, TABLE_NAME, TABLE_COLUMN, CHUNK_SIZE")
async def create_chunks_by_number_col(
    interpreter: Interpreter, _: Frame, *, task_name: Any, table_owner: Any, table_name: Any, table_column: Any,
    chunk_size: Any,
) -> None:  # fmt: skip
    names = [await _text(interpreter, value) for value in (task_name, table_owner, table_name, table_column)]
    await interpreter.runtime.parallel_task("chunk_by_number", *names, await _size(interpreter, chunk_size))


@_package.procedure("CREATE_CHUNKS_BY_SQL", "TASK_NAME, SQL_STMT, BY_ROWID")
async def create_chunks_by_sql(
    interpreter: Interpreter, frame: Frame, *, task_name: Any, sql_stmt: Any, by_rowid: Any
) -> None:
    rows = await interpreter.query_rows(await _text(interpreter, sql_stmt), frame)
    pairs = [tuple([await interpreter.converted(VARCHAR2, value) for value in row[:2]]) for row in rows]
    task = await _text(interpreter, task_name)
    await interpreter.runtime.parallel_task("chunk_by_values", task, pairs, by_rowid=by_rowid is True)


async def _run_chunks(interpreter: Interpreter, frame: Frame, task: str, statement: str) -> None:
    runtime = interpreter.runtime
    for chunk_id, low, high, by_rowid in await runtime.parallel_chunks(task):
        ends = (low, high) if by_rowid else (Decimal(low), Decimal(high))
        error: OracleError | None = None
        try:
            await interpreter.run_dynamic(statement, {"START_ID": ends[0], "END_ID": ends[1]}, frame)
        except Failure as failure:
            error = failure.oracle_error()
        except OracleError as failed:
            error = failed
        await interpreter.end_transaction(commit=error is None)
        await runtime.parallel_task("finish_chunk", chunk_id, error)
    await runtime.parallel_task("finish_task", task, statement)


@_package.procedure(
    "RUN_TASK",
    "TASK_NAME, SQL_STMT, LANGUAGE_FLAG, EDITION?, APPLY_CROSSEDITION_TRIGGER?, FIRE_APPLY_TRIGGER?, PARALLEL_LEVEL?,"
    " JOB_CLASS?",
)
async def run_task(
    interpreter: Interpreter, frame: Frame, *, task_name: Any, sql_stmt: Any, language_flag: Any, **_options: Any
) -> None:
    await _run_chunks(interpreter, frame, await _text(interpreter, task_name), await _text(interpreter, sql_stmt))
