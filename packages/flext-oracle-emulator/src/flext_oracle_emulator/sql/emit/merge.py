"""MERGE. PostgreSQL's has conditions per branch; Oracle's DELETE WHERE looks at the row as updated."""

from __future__ import annotations

from ...backend.base import StatementType
from ...catalog.model import Column
from ...errors import OracleError, unsupported
from .. import ast
from ..inference import convert
from ..names import quote, require
from ..scope import Scope
from ..translation import Translation
from ..types import base_type
from .core import State, walk
from .log_errors import merge_logging
from .tables import from_item
from .targets import (
    Target,
    check_count,
    column_of,
    insert_columns,
    inserted,
    refuse_duplicates,
    returning,
    target_of,
    updated,
)


def merge(state: State, node: ast.Merge) -> Translation:
    """`WHEN MATCHED THEN UPDATE .. WHERE a DELETE WHERE b` -> `WHEN MATCHED AND a AND b' THEN DELETE WHEN MATCHED AND
    a THEN UPDATE`.

    b' is b with the new values in place of the columns.
    """
    target = target_of(state, node.target)
    if target.partition:
        raise unsupported("MERGE into a partition by name", node.target.pos)
    catalog = state.context.catalog
    for needed, privilege in ((node.update, "UPDATE"), (node.insert_values, "INSERT"), (node.delete_where, "DELETE")):
        if needed is not None:
            require(catalog, state.context.user, privilege, target.relation, node.target.pos)
    scope = Scope(sources=[target.source], visible=[c for c in target.source.columns if not c.hidden])
    alone = Scope()
    source = from_item(state, node.source, alone)
    if any(s.alias == target.source.alias for s in source.sources):
        raise unsupported("MERGE of a table with itself without alias", node.pos)
    scope.sources += source.sources
    scope.visible += source.visible
    scope.clause = "on"
    on = state.condition(node.on, scope)
    if node.log_errors is not None:
        deleted = "" if node.delete_where is None else _deleted(state, node, target, scope)
        _refuse_joined(node, target, _updated_columns(node, target), scope)
        return merge_logging(state, node, target, scope, source.text, on, deleted)
    branches = _matched(state, node, target, scope) + _not_matched(state, node, target, scope)
    back = returning(state, node.returning, Scope(sources=[target.source], visible=list(target.source.columns)))
    return Translation(
        sql=f"MERGE INTO {target.text} USING {source.text} ON {on}{''.join(branches)}{back.text}",
        type=StatementType.MERGE,
        parameters=tuple(state.parameters),
        returning=tuple(back.columns),
        return_binds=tuple(back.binds),
        return_variables=tuple(back.variables),
        target=target.relation,
        returning_text=back.text,
        assigned=tuple(column.name for column in _updated_columns(node, target)),
    )


def _matched(state: State, node: ast.Merge, target: Target, scope: Scope) -> list[str]:
    if node.update is None:
        return []
    columns: list[Column] = []
    texts = []
    scope.clause = "set"
    for assignment in node.update:
        assigned, text = updated(state, assignment, target, scope)
        columns += assigned
        texts.append(text)
    refuse_duplicates(columns, node.pos)
    _refuse_joined(node, target, columns, scope)
    scope.clause = "where"
    condition = "" if node.update_where is None else f" AND {state.condition(node.update_where, scope)}"
    branches = []
    if node.delete_where is not None:
        branches.append(f" WHEN MATCHED{condition} AND {_deleted(state, node, target, scope)} THEN DELETE")
    branches.append(f" WHEN MATCHED{condition} THEN UPDATE SET {', '.join(texts)}")
    return branches


def _deleted(state: State, node: ast.Merge, target: Target, scope: Scope) -> str:
    """The condition of DELETE WHERE over the new values."""
    assert node.delete_where is not None
    values = {}
    for assignment in node.update or ():
        column = next((c for c in target.source.columns if c.name == assignment.columns[0][-1]), None)
        if column is None or len(assignment.columns) != 1 or isinstance(assignment.value, ast.Default):
            raise unsupported("MERGE .. DELETE WHERE with this SET", assignment.pos)
        value = convert(state.expression(assignment.value, scope), column.type or "varchar", assignment.pos)
        values[id(column)] = f"({value.text})::{column.column.pg_type if column.column else column.type}"
    scope.overrides = values
    deleted = state.condition(node.delete_where, scope)
    scope.overrides = {}
    return deleted


def _updated_columns(node: ast.Merge, target: Target) -> list[Column]:
    return [
        column_of(target, parts, assignment.pos) for assignment in node.update or () for parts in assignment.columns
    ]


def _refuse_joined(node: ast.Merge, target: Target, columns: list[Column], scope: Scope) -> None:
    changed = {column.name for column in columns}
    for part in walk(node.on):
        if isinstance(part, ast.Name) and part.parts[-1] in changed:
            found = scope.find(part)
            if found is not None and found[1].source is target.source:
                shown = ".".join(f'"{name}"' for name in ((target.name, part.parts[-1])))
                raise OracleError(38104, f"Columns referenced in the ON Clause cannot be updated: {shown}", part.pos)


def _not_matched(state: State, node: ast.Merge, target: Target, scope: Scope) -> list[str]:
    if node.insert_values is None:
        return []
    state.sequences.clear()  # a row takes one branch: each has its own NEXTVAL
    columns = insert_columns(target, node.insert_columns, node.pos)
    check_count(len(columns), len(node.insert_values), node.pos)
    scope.clause = "values"
    texts = []
    for value, column in zip(node.insert_values, columns, strict=True):
        text = inserted(state, value, column, scope)
        texts.append(f"NULL::{base_type(column.pg_type)}" if text == "NULL" else text)
    scope.clause = "where"
    condition = "" if node.insert_where is None else f" AND {state.condition(node.insert_where, scope)}"
    listed = ", ".join(quote(column.name) for column in columns)
    return [f" WHEN NOT MATCHED{condition} THEN INSERT ({listed}) VALUES ({', '.join(texts)})"]
