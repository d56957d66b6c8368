"""COMMENT ON TABLE, COLUMN and MATERIALIZED VIEW. An empty text removes the comment."""

from __future__ import annotations

from ...catalog.model import Relation
from ...errors import OracleError, unsupported
from ...sql import ast
from . import objects
from .context import DdlContext, owner_and_name
from .privileges import insufficient, owner_or


async def comment(statement: ast.Comment, context: DdlContext) -> None:
    if statement.kind not in ("TABLE", "COLUMN", "MATERIALIZED VIEW"):
        raise unsupported(f"COMMENT ON {statement.kind}", statement.pos)
    parts = statement.name
    column = ""
    if statement.kind == "COLUMN":
        if len(parts) < 2:
            raise OracleError(1748, "only simple column names allowed here", statement.pos)
        *parts_, column = parts
        parts = tuple(parts_)
    owner, name = owner_and_name(context, parts)
    found = await objects.find(context, owner, name)
    if found is None or found.type not in ("TABLE", "VIEW") or not objects.is_visible(context, found):
        raise OracleError(942, "table or view does not exist", statement.pos)
    if not owner_or("COMMENT ANY TABLE", grant="ALTER")(context, found):
        raise insufficient()
    object_id = found.object_id
    view = await objects.find(context, owner, name, objects.MVIEWS)
    if statement.kind == "MATERIALIZED VIEW":
        if view is None:
            raise OracleError(12003, f'materialized view or zonemap "{owner}"."{name}" does not exist')
        object_id = view.object_id
    elif view is not None and statement.kind == "TABLE":
        raise OracleError(12098, "cannot comment on the materialized view")
    relation = context.catalog.objects.get((owner, name))
    if column and (not isinstance(relation, Relation) or relation.column(column) is None):
        raise OracleError(904, f'"{column}": invalid identifier', statement.pos)
    if len(statement.text.encode()) > 4000:
        raise OracleError(1704, "string literal too long", statement.pos)
    await context.run("DELETE FROM oracle.comments WHERE object_id = %s AND column_name = %s", object_id, column)
    if statement.text:
        await context.run(
            "INSERT INTO oracle.comments (object_id, column_name, comments) VALUES (%s, %s, %s)",
            *(object_id, column, statement.text),
        )
