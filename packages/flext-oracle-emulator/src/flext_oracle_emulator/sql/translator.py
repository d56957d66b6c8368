"""Oracle's syntax tree and a session's context in, PostgreSQL's statement out. Pure: no I/O, nothing is executed here.

The writers are in `emit/`, one module per family; what they do not know ends in ORA-03001.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..backend.base import StatementType
from ..catalog.model import Relation
from ..errors import OracleError, unsupported
from . import ast
from .emit import calls, conditions, conversions, expressions, literals  # noqa: F401 - they register their writers
from .emit import query as queries  # noqa: F401
from .emit.core import State
from .emit.insert import insert, multi_insert
from .emit.merge import merge
from .emit.update import delete, lock_table, update
from .names import quote
from .scope import Scope, relation_source
from .translation import Context, Translation


def translate(statement: ast.Statement, context: Context) -> Translation:
    """Translate a query, DML or LOCK TABLE.

    Raises:
        OracleError: as Oracle would, with the offset of the mistake; ORA-03001 for what is not known here.
    """
    state = State(context)
    writer = _WRITERS.get(type(statement))
    if writer is None:
        raise unsupported(type(statement).__name__.upper(), statement.pos)
    result: Translation = writer(state, statement)
    if state.flashback or state.needs_scn:
        flashback = tuple(state.flashback.values())
        result = replace(result, flashback=flashback, reads_current=state.reads_current, needs_scn=state.needs_scn)
    return replace(result, reads_stored=True) if state.reads_stored else result


def _query(state: State, node: ast.Query) -> Translation:
    state.wants_rowid = node.for_update is not None
    result = state.query(node, None, {})
    if state.cursors != (
        0 if isinstance(node.body, ast.SetOperation) else sum(c.nested is not None for c in result.columns)
    ):
        raise OracleError(22902, "CURSOR expression not allowed", node.pos)
    return Translation(
        sql=result.text,
        type=StatementType.SELECT,
        parameters=tuple(state.parameters),
        columns=tuple(result.columns),
        for_update=node.for_update is not None,
        hidden_columns=state.hidden_columns,
        lock_timeout=state.lock_timeout,
    )


_WRITERS: dict[type[ast.Statement], Callable[[State, Any], Translation]] = {
    ast.Query: _query,
    ast.Insert: insert,
    ast.MultiInsert: multi_insert,
    ast.Update: update,
    ast.Delete: delete,
    ast.Merge: merge,
    ast.LockTable: lock_table,
}


def translate_query_text(query: ast.Query, context: Context) -> Translation:
    """The query of a view or of CREATE TABLE AS: no binds (ORA-01027), no locks, PostgreSQL's column names are
    Oracle's.
    """
    state = State(context)
    result = state.query(query, None, {})
    if state.cursors:
        raise OracleError(22902, "CURSOR expression not allowed", query.pos)
    if any(parameter.bind is not None for parameter in state.parameters):
        raise OracleError(1027, "bind variables not allowed for data definition operations", query.pos)
    if state.flashback and not context.flashback:
        raise unsupported("AS OF in a view", query.pos)
    return Translation(
        sql=result.text,
        type=StatementType.SELECT,
        parameters=tuple(state.parameters),
        columns=tuple(result.columns),
        for_update=query.for_update is not None,
        hidden_columns=state.hidden_columns,
        reads_stored=state.reads_stored,
    )


def translate_expression(expr: ast.Expr, context: Context, relation: Relation | None = None) -> str:
    """An expression or condition of DDL: default, CHECK, virtual column, index. Columns of `relation` are bare
    names.
    """
    state = State(context)
    scope = Scope(clause="values")
    if relation is not None:
        source = relation_source(relation, relation.name, quote(relation.name))
        for column in source.columns:
            column.sql = quote(column.name)
        scope.sources.append(source)
        scope.visible = list(source.columns)
    text = (
        state.condition(expr, scope)
        if state.is_condition(expr) or _is_test(expr)
        else state.expression(expr, scope).text
    )
    if state.parameters:
        raise OracleError(1027, "bind variables not allowed for data definition operations", expr.pos)
    return text


def _is_test(expr: ast.Expr) -> bool:
    """Whether a node that can be either is a condition."""
    match expr:
        case ast.Binary(op=op):
            return op not in ("+", "-", "*", "/", "||", "**")
        case ast.Unary(op=op):
            return op == "NOT"
        case ast.Call(name=name):
            return name[-1] in ("REGEXP_LIKE", "LNNVL", "JSON_EXISTS", "JSON_EQUAL")
    return False
