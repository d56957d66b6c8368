"""FORALL: one DML statement for each index of a collection, sent to the database as an array where it can be."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ..errors import ArrayDmlError, OracleError
from ..sql import ast as sql
from ..sql.emit.core import walk
from . import ast
from .core import uncatchable
from .embedded import located_in_sql
from .scope import Cell, Frame
from .types import PLS_INTEGER
from .values import Collection

if TYPE_CHECKING:
    from .interpreter import Interpreter


_FEWEST = 2  # executions that are worth an array


async def run_forall(interpreter: Interpreter, node: ast.Forall, frame: Frame) -> None:
    implicit = interpreter.sql
    implicit.bulk_row_counts, implicit.bulk_errors = [], []
    cell = Cell(PLS_INTEGER, None, constant=True)
    inner = Frame(frame.unit, parent=frame, names={node.name: cell})
    indexes = await _indexes(interpreter, node, frame)
    if await _as_array(interpreter, node, inner, cell, indexes):
        return
    total = 0
    for iteration, index in enumerate(indexes, 1):
        cell.value = Decimal(index)
        implicit.row_count = 0
        try:
            if isinstance(node.statement, ast.Sql):
                await interpreter.run_sql(node.statement, inner)
            else:
                await interpreter.execute_immediate(node.statement, inner)
        except OracleError as error:
            failure = interpreter.failure_of(error)
            if not node.save_exceptions or uncatchable(error) or error.code == 6550:
                raise
            implicit.bulk_errors.append((iteration, failure.error.code))
        count = implicit.row_count or 0
        implicit.bulk_row_counts.append(count)
        total += count
    implicit.row_count = total
    if implicit.bulk_errors:
        raise OracleError(24381, "error(s) in array DML")


async def _as_array(interpreter: Interpreter, node: ast.Forall, frame: Frame, cell: Cell, indexes: list[int]) -> bool:
    """Run all executions at once; False if the statement needs them one by one."""
    statement = node.statement
    if not isinstance(statement, ast.Sql) or len(indexes) < _FEWEST:
        return False
    plan = await interpreter.plan(statement, frame)
    if plan.targets or not all(_is_plain(expr, frame) for expr in plan.binds):
        return False
    requests = []
    for index in indexes:
        cell.value = Decimal(index)
        try:
            requests.append(await interpreter.request(plan, frame))
        except OracleError:
            return False  # an element that is not there: the executions before it count
    implicit = interpreter.sql
    try:
        done = await interpreter.runtime.execute_many(requests, save_exceptions=node.save_exceptions)
    except ArrayDmlError as error:
        implicit.bulk_row_counts, implicit.row_count = list(error.counts), error.row_count
        plain = OracleError(error.code, error.message, error.offset, error.stack)
        raise located_in_sql(plain, statement, frame.unit) from error
    except OracleError as error:
        raise located_in_sql(error, statement, frame.unit) from error
    if done is None:
        return False
    counts, errors = done
    implicit.bulk_row_counts, implicit.row_count = list(counts), sum(counts)
    implicit.bulk_errors = [(position + 1, code) for position, code in errors]
    if errors:
        raise OracleError(24381, "error(s) in array DML")
    return True


def _is_plain(node: sql.Expr, frame: Frame) -> bool:
    """Whether computing a bind has no effects: elements, fields and binds, no function of PL/SQL."""
    return all(
        not isinstance(part, sql.Call) or not part.name or isinstance(frame.lookup(part.name[0]), Cell)
        for part in walk(node)
    )


async def _indexes(interpreter: Interpreter, node: ast.Forall, frame: Frame) -> list[int]:
    if node.indices is not None or node.values is not None:
        of = node.indices or node.values
        assert of is not None
        collection = await interpreter.value(of, frame)
        if not isinstance(collection, Collection):
            return []
        keys = collection.keys()
        if node.between is not None:
            low, high = [await interpreter.bound(end, frame) for end in node.between]
            keys = [key for key in keys if low <= key <= high]
        return keys if node.indices is not None else [int(collection.items[key]) for key in keys]
    assert node.low is not None
    assert node.high is not None
    low = await interpreter.converted(PLS_INTEGER, await interpreter.value(node.low, frame))
    high = await interpreter.converted(PLS_INTEGER, await interpreter.value(node.high, frame))
    if low is None or high is None:
        return []
    return list(range(int(low), int(high) + 1))
