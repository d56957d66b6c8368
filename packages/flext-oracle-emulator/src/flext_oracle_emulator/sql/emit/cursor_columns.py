"""CURSOR(subquery) in a select list: the rows of the subquery for each row, as an array of records."""

from __future__ import annotations

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import Sql
from ..scope import Scope
from ..translation import NestedQuery
from .core import State, emits


def cursor_column(
    state: State, node: ast.CursorExpr, block: ast.Select, scope: Scope, from_text: str
) -> tuple[Sql, NestedQuery]:
    """The column, and how its own columns are described: as those of a join with the outer tables."""
    if scope.grouped or scope.wrapper is not None or scope.hierarchy is not None or block.distinct:
        raise unsupported("CURSOR in a query that groups, sorts out or numbers its rows", node.pos)
    query = state.query(node.query, scope)
    if any(column.nested is not None for column in query.columns):
        raise unsupported("CURSOR within CURSOR", node.pos)
    state.cursors += 1
    rows = state.fresh("n")
    described = (
        f"SELECT {rows}.* FROM {from_text + ' CROSS JOIN LATERAL ' if from_text else ''}({query.text}) AS {rows}"
    )
    text = f"(SELECT pg_catalog.array_agg({rows}) FROM ({query.text}) AS {rows})"
    return Sql(text, "record[]"), NestedQuery(described, tuple(query.columns))


@emits(ast.CursorExpr)
def misplaced(state: State, node: ast.CursorExpr, scope: Scope) -> Sql:
    raise OracleError(22902, "CURSOR expression not allowed", node.pos)
