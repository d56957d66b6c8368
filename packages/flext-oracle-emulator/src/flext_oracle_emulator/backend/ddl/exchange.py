"""CREATE TABLE .. FOR EXCHANGE WITH TABLE: an empty table whose columns are those of a partitioned table.

Columns come with type, order, NOT NULL, invisibility and virtual expressions, as ALTER TABLE .. EXCHANGE PARTITION wants
them. Indexes, other constraints and partitions do not come along.
"""

from __future__ import annotations

from dataclasses import replace

from ...catalog.model import Column, Relation
from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql.parser import parse
from . import constraints
from .context import DdlContext
from .privileges import insufficient


async def columns_for(context: DdlContext, statement: ast.CreateTable) -> list[Column]:
    """The columns of the new table; the statement gets the definitions of those that are virtual."""
    source = _source(context, statement)
    declared = await constraints.declared_not_null(context, source.object_id)
    key_only = set(source.primary_key) - declared
    statement.columns = [
        ast.ColumnDef(column.name, virtual=_expression(column, context.version))
        for column in source.columns
        if column.virtual
    ]
    return [
        replace(
            column,
            attnum=number,
            nullable=column.nullable or column.name in key_only,
            default_text=column.default_text if column.virtual else None,
            is_json=False,
        )
        for number, column in enumerate(_in_order(source), 1)
    ]


def _in_order(source: Relation) -> list[Column]:
    """The visible columns in their order, and each invisible one before the first that was made after it."""
    found = list(source.visible)
    for column in source.columns:
        if column.hidden:
            after = (place for place, other in enumerate(found) if other.attnum > column.attnum)
            found.insert(next(after, len(found)), column)
    return found


def _source(context: DdlContext, statement: ast.CreateTable) -> Relation:
    assert statement.exchange_with is not None
    found = context.catalog.resolve(statement.exchange_with, context.schema)
    if not isinstance(found, Relation) or not context.catalog.visible(context.user, found.owner, found.name):
        raise OracleError(942, "table or view does not exist", statement.pos)
    if not context.catalog.can(context.user, "SELECT", found.owner, found.name):
        raise insufficient()
    if found.kind != "TABLE" or found.partitioning is None:
        raise unsupported("FOR EXCHANGE WITH TABLE of what is not partitioned", statement.pos)
    if statement.temporary is not None or statement.partitioning is not None:
        raise unsupported("FOR EXCHANGE of a temporary or partitioned table", statement.pos)
    if any(column.identity is not None or column.default_on_null for column in found.columns):
        raise unsupported("FOR EXCHANGE WITH TABLE of a table with identity or DEFAULT ON NULL", statement.pos)
    return found


def _expression(column: Column, version: int) -> ast.Expr:
    """The expression of a virtual column, read again from the text that the dictionary shows."""
    query = parse(f"select {column.default_text} from dual", version=version)
    assert isinstance(query, ast.Query)
    assert isinstance(query.body, ast.Select)
    return query.body.items[0].expr
