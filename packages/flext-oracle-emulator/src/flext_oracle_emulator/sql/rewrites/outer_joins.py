"""Oracle's (+): `FROM a, b WHERE a.id = b.id(+) AND b.x(+) = 1` -> `a LEFT JOIN b ON a.id = b.id AND b.x = 1`.

Each predicate with (+) goes to the ON of the one table that it marks. Tables without a mark come first, then each
marked table after
the tables its predicates name. The rules and their errors are those of the SQL Language Reference, "Outer Joins".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ...errors import OracleError, unsupported
from .. import ast
from ..emit.core import walk
from ..scope import Source

Resolve = Callable[[ast.Name], Source | None]


@dataclass(slots=True)
class OuterTable:
    """A table to be LEFT JOINed: its ON conditions and the tables they need."""

    conditions: list[ast.Expr] = field(default_factory=list)
    needs: list[Source] = field(default_factory=list)


def marked(condition: ast.Node) -> list[ast.Name]:
    return [part for part in walk(condition) if isinstance(part, ast.Name) and part.outer_join]


def plan(conditions: list[ast.Expr], resolve: Resolve) -> tuple[list[ast.Expr], dict[int, OuterTable], list[Source]]:
    """Split WHERE's conjuncts into the ordinary ones and, by `id(source)`, the outer tables (whose sources come
    third).
    """
    rest: list[ast.Expr] = []
    tables: dict[int, OuterTable] = {}
    sources: list[Source] = []
    for condition in conditions:
        marks = marked(condition)
        if not marks:
            rest.append(condition)
            continue
        _check_shape(condition)
        outer = {id(source): source for source in map(resolve, marks) if source is not None}
        if len(outer) != 1:
            code, text = (1705, "an outer join cannot be specified on a correlation column")
            if outer:
                code, text = 1468, "a predicate may reference only one outer-joined table"
            raise OracleError(code, text, condition.pos)
        source = next(iter(outer.values()))
        names = [part for part in walk(condition) if isinstance(part, ast.Name) and not part.outer_join]
        others = [other for other in map(resolve, names) if other is not None]
        if source in others:
            raise OracleError(1416, "two tables cannot be outer-joined to each other", condition.pos)
        table = tables.get(id(source))
        if table is None:
            table = tables[id(source)] = OuterTable()
            sources.append(source)
        table.conditions.append(condition)
        table.needs += others
    return rest, tables, sources


def _check_shape(condition: ast.Expr) -> None:
    for part in walk(condition):
        if isinstance(part, ast.Binary) and part.op == "OR" and marked(part):
            raise OracleError(1719, "outer join operator (+) not allowed in operand of OR or IN", condition.pos)
        if isinstance(part, ast.InList) and marked(part):
            if isinstance(part.items, ast.Query):
                raise OracleError(1799, "a column may not be outer-joined to a subquery", condition.pos)
            if len(part.items) > 1:
                raise OracleError(1719, "outer join operator (+) not allowed in operand of OR or IN", condition.pos)
        if isinstance(part, (ast.Subquery, ast.Exists)):
            raise OracleError(1799, "a column may not be outer-joined to a subquery", condition.pos)


def order(tables: dict[int, OuterTable], outer: list[Source], inner: list[Source], pos: int) -> list[Source]:
    """The outer tables in an order in which each finds its partners on its left."""
    placed = {id(source) for source in inner}
    waiting = list(outer)
    result: list[Source] = []
    if any(not tables[id(source)].needs for source in outer):
        raise unsupported("(+) without a table to join", pos)
    while waiting:
        ready = next((s for s in waiting if all(id(need) in placed for need in tables[id(s)].needs)), None)
        if ready is None:
            raise OracleError(1416, "two tables cannot be outer-joined to each other", pos)
        waiting.remove(ready)
        placed.add(id(ready))
        result.append(ready)
    return result
