"""UPDATE, DELETE and LOCK TABLE."""

from __future__ import annotations

from ...backend.base import StatementType
from ...backend.pgtypes import ROWID_COLUMN
from ...catalog.model import Column, Relation
from ...errors import unsupported
from .. import ast
from ..names import find_relation, qualified, relation_text
from ..rewrites.rownum import take_limits, uses_rownum
from ..scope import Scope
from ..translation import Translation
from .core import State, conjuncts
from .join_views import JoinView, join_view
from .limits import rownum_limit
from .log_errors import delete_logging, update_logging
from .tables import from_item, partition_condition, partition_values
from .targets import (
    Target,
    refuse_duplicates,
    returning,
    rowid_returning,
    target_of,
    updated,
)


def _scope(target: Target) -> Scope:
    visible = [column for column in target.source.columns if not column.hidden]
    return Scope(sources=[target.source], visible=visible)


def _where(state: State, where: ast.Expr | None, target: Target, scope: Scope) -> str:
    """` WHERE ..`; with ROWNUM the rows are chosen by a subquery: `"ROWID$" IN (SELECT "ROWID$" .. LIMIT n)`."""
    conditions = [part for extra in target.where for part in conjuncts(extra)] + conjuncts(where)
    scope.clause = "where"
    within = [target.partition] if target.partition else []
    if not uses_rownum(conditions):
        texts = within + [state.condition(condition, scope) for condition in conditions]
        return f" WHERE {' AND '.join(texts)}" if texts else ""
    rest, limits = take_limits(conditions)
    texts = within + [state.condition(condition, scope) for condition in rest]
    inner = f" WHERE {' AND '.join(texts)}" if texts else ""
    alias = target.source.alias
    rows = f'SELECT {alias}."{ROWID_COLUMN}" FROM {target.text}{inner}{rownum_limit(state, limits, scope)}'
    return f' WHERE {alias}."{ROWID_COLUMN}" IN ({rows})'


def update(state: State, node: ast.Update) -> Translation:
    if node.where_current_of is not None:
        raise unsupported("WHERE CURRENT OF", node.pos)
    view = join_view(state, node.table, "UPDATE")
    if view is not None:
        return _update_join(state, node, view)
    target = target_of(state, node.table, "UPDATE")
    scope = _scope(target)
    if node.log_errors is not None:
        return update_logging(state, node, target, scope, _where(state, node.where, target, scope))
    others = [from_item(state, item, scope) for item in node.from_]
    columns: list[Column] = []
    texts = []
    for assignment in node.assignments:
        scope.clause = "set"
        assigned, text = updated(state, assignment, target, scope)
        columns += assigned
        texts.append(text)
    refuse_duplicates(columns, node.pos)
    where = _where(state, node.where, target, scope)
    back = returning(state, node.returning, scope)
    tail, hidden = back.text, 0
    if back.columns and target.has_rowid:
        tail, hidden = rowid_returning(target, tail), 1
    sql = f"UPDATE {target.text} SET {', '.join(texts)}{where}{tail}"
    if others:  # MERGE refuses to change a row twice, as Oracle does (ORA-30926); PostgreSQL's UPDATE would not
        source, on = " CROSS JOIN ".join(other.text for other in others), where.removeprefix(" WHERE ") or "true"
        sql = f"MERGE INTO {target.text} USING {source} ON {on} WHEN MATCHED THEN UPDATE SET {', '.join(texts)}{tail}"
    return Translation(
        sql=sql,
        type=StatementType.UPDATE,
        parameters=tuple(state.parameters),
        returning=tuple(back.columns),
        return_binds=tuple(back.binds),
        return_variables=tuple(back.variables),
        target=target.relation,
        hidden_columns=hidden,
        assigned=tuple(column.name for column in columns),
        returning_text=tail,
        target_alias=target.source.alias,
    )


def _update_join(state: State, node: ast.Update, view: JoinView) -> Translation:
    _refuse_with_join(node)
    paths = [path for assignment in node.assignments for path in assignment.columns]
    index, names = view.base_columns(paths, node.pos)
    target = view.target(state, index, *(("UPDATE",) if isinstance(node.table, ast.SubqueryRef) else ()))
    scope = view.scope
    scope.clause = "set"
    columns: list[Column] = []
    texts = []
    for assignment in node.assignments:
        mapped, names = names[: len(assignment.columns)], names[len(assignment.columns) :]
        renamed = ast.Assignment([(name,) for name in mapped], assignment.value, pos=assignment.pos)
        assigned, text = updated(state, renamed, target, scope)
        columns += assigned
        texts.append(text)
    refuse_duplicates(columns, node.pos)
    return Translation(
        sql=f"UPDATE {target.text} SET {', '.join(texts)} FROM {view.text}{_join_where(state, node.where, view, target, index)}",
        type=StatementType.UPDATE,
        parameters=tuple(state.parameters),
        target=target.relation,
        target_alias=target.source.alias,
    )


def _delete_join(state: State, node: ast.Delete, view: JoinView) -> Translation:
    _refuse_with_join(node)
    index = view.only_preserved(node.pos)
    target = view.target(state, index, *(("DELETE",) if isinstance(node.table, ast.SubqueryRef) else ()))
    return Translation(
        sql=f"DELETE FROM {target.text} USING {view.text}{_join_where(state, node.where, view, target, index)}",
        type=StatementType.DELETE,
        parameters=tuple(state.parameters),
        target=target.relation,
        target_alias=target.source.alias,
    )


def _join_where(state: State, where: ast.Expr | None, view: JoinView, target: Target, index: int) -> str:
    conditions = conjuncts(where)
    if uses_rownum(conditions):
        raise unsupported("ROWNUM in DML on a join view")
    scope = view.scope
    scope.clause = "where"
    tests = [state.condition(condition, scope) for condition in conditions]
    return f" WHERE {' AND '.join([view.same_row(target, index), *tests])}"


def _refuse_with_join(node: ast.Update | ast.Delete) -> None:
    if node.returning is not None or node.log_errors is not None or node.from_:
        raise unsupported("RETURNING, LOG ERRORS or FROM with DML on a join view", node.pos)


def delete(state: State, node: ast.Delete) -> Translation:
    if node.where_current_of is not None:
        raise unsupported("WHERE CURRENT OF", node.pos)
    view = join_view(state, node.table, "DELETE")
    if view is not None:
        return _delete_join(state, node, view)
    target = target_of(state, node.table, "DELETE")
    scope = _scope(target)
    if node.log_errors is not None:
        return delete_logging(state, node, target, _where(state, node.where, target, scope))
    others = [from_item(state, item, scope).text for item in node.from_]
    using = f" USING {', '.join(others)}" if others else ""
    where = _where(state, node.where, target, scope)
    back = returning(state, node.returning, scope)
    return Translation(
        sql=f"DELETE FROM {target.text}{using}{where}{back.text}",
        type=StatementType.DELETE,
        parameters=tuple(state.parameters),
        returning=tuple(back.columns),
        return_binds=tuple(back.binds),
        return_variables=tuple(back.variables),
        target=target.relation,
        returning_text=back.text,
        target_alias=target.source.alias,
    )


_MODES = {
    "ROW SHARE": "ROW SHARE",
    "SHARE UPDATE": "ROW SHARE",
    "ROW EXCLUSIVE": "ROW EXCLUSIVE",
    "SHARE": "SHARE",
    "SHARE ROW EXCLUSIVE": "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE": "EXCLUSIVE",
}


def lock_table(state: State, node: ast.LockTable) -> Translation:
    """PostgreSQL's modes of the same names conflict as Oracle's do."""
    names = []
    made = []
    for table in node.tables:
        relation = find_relation(state.context, table.name, table.pos, "SELECT")
        names.append(relation_text(relation))
        if table.partition is not None:
            made += _made_by_lock(state, table, relation)
    if node.mode not in _MODES:
        raise unsupported(f"LOCK TABLE IN {node.mode} MODE", node.pos)
    nowait = " NOWAIT" if node.wait == "NOWAIT" or node.wait == 0 else ""
    return Translation(
        sql=f"LOCK TABLE {', '.join(names)} IN {_MODES[node.mode]} MODE{nowait}",
        type=StatementType.UNKNOWN,
        lock_timeout=node.wait if isinstance(node.wait, int) and node.wait else None,
        after=tuple(made),
    )


def _made_by_lock(state: State, table: ast.TableRef, relation: Relation) -> list[str]:
    """PARTITION FOR (value) of an interval that has no partition yet makes it; other partitions must exist."""
    assert table.partition is not None
    _, which = table.partition
    if isinstance(which, str) or relation.partitioning is None or relation.partitioning.interval is None:
        partition_condition(state, table, relation)
        return []
    (value,) = partition_values(state, table, relation, which)
    return [f"SELECT {qualified(relation.owner, f'interval_at${relation.object_id}')}({value})"]
