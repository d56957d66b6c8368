"""Expressions that the database computes: made into queries of DUAL whose operands are binds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..sql import ast as sql
from .core import new_key
from .rewriting import rewrite

_LITERALS = (sql.NumberLiteral, sql.StringLiteral, sql.DateLiteral, sql.IntervalLiteral, sql.Null)
DUAL = ("SYS", "DUAL")


@dataclass(frozen=True, slots=True)
class Delegated:
    """An expression for the database: `operands[i]` is Bind i of the query."""

    key: int
    query: sql.Query
    operands: Sequence[sql.Expr]


def delegate(node: sql.Expr, *, condition: bool) -> Delegated:
    """The query that computes an expression; a condition as 1, 0 or NULL."""
    operands: list[sql.Expr] = []

    def replace(child: sql.Node) -> sql.Node | None:
        if child is node or not isinstance(child, sql.Expr):
            return None
        if isinstance(child, _LITERALS):
            return child
        operands.append(child)
        return sql.Bind(f"B{len(operands)}", len(operands) - 1, pos=child.pos)

    expr: sql.Expr = rewrite(node, replace)
    if condition:
        one, zero = sql.NumberLiteral("1"), sql.NumberLiteral("0")
        expr = sql.Case(None, [(expr, one), (sql.Unary("NOT", expr), zero)], None)
    select = sql.Select([sql.SelectItem(expr, "V", pos=node.pos)], [sql.TableRef(DUAL)], pos=node.pos)
    return Delegated(new_key(), sql.Query(select, pos=node.pos), operands)
