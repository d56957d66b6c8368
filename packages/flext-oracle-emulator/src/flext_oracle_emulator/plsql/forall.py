"""FORALL: one DML statement for each index of a collection."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ..errors import OracleError
from . import ast
from .core import uncatchable
from .scope import Cell, Frame
from .types import PLS_INTEGER
from .values import Collection

if TYPE_CHECKING:
    from .interpreter import Interpreter


async def run_forall(interpreter: Interpreter, node: ast.Forall, frame: Frame) -> None:
    implicit = interpreter.sql
    implicit.bulk_row_counts, implicit.bulk_errors = [], []
    cell = Cell(PLS_INTEGER, None, constant=True)
    inner = Frame(frame.unit, parent=frame, names={node.name: cell})
    total = 0
    for iteration, index in enumerate(await _indexes(interpreter, node, frame), 1):
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
