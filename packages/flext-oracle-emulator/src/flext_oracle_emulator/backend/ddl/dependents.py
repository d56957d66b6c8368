"""Views that depend on what changes: taken out of PostgreSQL, marked INVALID, and compiled again when their text allows it.

PostgreSQL ties a view to the very table it was made on and refuses to drop that; Oracle keeps the view's text, and
resolves its names again. So a renamed or dropped table takes its views out here, and a new object of the old name brings them
back. An invalid view keeps its columns in the dictionary; using it is ORA-04063.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import psycopg

from ...catalog.model import Relation
from ...errors import OracleError
from ...sql import ast
from ...sql.emit.core import walk
from ...sql.names import qualified, quote
from ...sql.parser import parse
from ...sql.translator import translate_query_text
from . import columns, triggers
from .context import DdlContext
from .objects import Object, by_id, find, make_room, relid_of

#: What may end a view's text but no query.
_CLAUSE = re.compile(r"\bWITH\s+(READ\s+ONLY|CHECK\s+OPTION)(\s+CONSTRAINT\s+\S+)?\s*$", re.IGNORECASE)

_DEPENDENT_VIEWS = """
WITH RECURSIVE dependent(relid, depth) AS (
    SELECT r.ev_class, 1::numeric FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
     WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
       AND d.refobjid = %s AND r.ev_class <> d.refobjid
    UNION
    SELECT r.ev_class, p.depth OPERATOR(pg_catalog.+) 1 FROM dependent p JOIN pg_catalog.pg_depend d ON d.refobjid = p.relid
      JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
     WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
       AND r.ev_class <> d.refobjid
)
SELECT o.object_id, o.owner, o.name FROM dependent JOIN oracle.objects o USING (relid)
 WHERE o.type = 'VIEW' GROUP BY o.object_id ORDER BY max(depth) DESC
"""


async def invalidate(context: DdlContext, relid: int | None) -> list[tuple[str, str]]:
    """Take the views that depend on a relation out of PostgreSQL; their names, the innermost last."""
    if relid is None:
        return []
    found = await context.rows(_DEPENDENT_VIEWS, relid)
    names: list[tuple[str, str]] = []
    for object_id, owner, name in found:
        await take_out(context, object_id, owner, name)
        names.append((owner, name))
    if names:
        await context.refresh(*names)
    return names


async def revalidate(context: DdlContext, created: Iterable[str]) -> None:
    """Compile the invalid views that refer to an object of one of these names, and what then refers to them."""
    pending = set(created)
    tried: set[int] = set()
    while pending:
        rows = await context.rows(
            "WITH RECURSIVE named(name) AS (SELECT unnest(%s::text[]) UNION SELECT o.name::text FROM named n"
            " JOIN oracle.synonyms s ON s.table_name = n.name JOIN oracle.objects o ON o.object_id = s.object_id)"
            " SELECT DISTINCT o.object_id, o.owner, o.name FROM oracle.objects o"
            " JOIN oracle.view_references r USING (object_id) JOIN named n ON n.name = r.name"
            " WHERE o.type = 'VIEW' AND o.status = 'INVALID' ORDER BY o.object_id",
            list(pending),
        )
        pending = set()
        for object_id, owner, name in rows:
            if object_id in tried:
                continue
            if await compile_view(context, owner, name):
                pending.add(name)
                tried = set()
            else:
                tried.add(object_id)


async def compile_view(context: DdlContext, owner: str, name: str) -> bool:
    """Try to make an invalid view valid again."""
    found = await find(context, owner, name)
    assert found is not None
    text, read_only, check_option = await context.one(
        "SELECT text, read_only, check_option FROM oracle.views WHERE object_id = %s", found.object_id
    )
    try:
        query = parse(_CLAUSE.sub("", text), version=context.version)
        assert isinstance(query, ast.Query)
        names = [
            column
            for (column,) in await context.rows(
                "SELECT name FROM oracle.columns WHERE object_id = %s ORDER BY attnum", found.object_id
            )
        ]
        async with context.connection.transaction():
            await put_in(context, found, query, names or None, read_only=read_only, check_option=check_option)
    except (OracleError, psycopg.Error):
        return False
    await context.refresh((owner, name))
    return True


async def take_out(context: DdlContext, object_id: int, owner: str, name: str) -> None:
    """Drop a view in PostgreSQL and keep it in the dictionary, INVALID."""
    await context.run(f"DROP VIEW {qualified(owner, name)}")
    await context.run("UPDATE oracle.objects SET relid = NULL, status = 'INVALID' WHERE object_id = %s", object_id)


async def put_in(
    context: DdlContext,
    view: Object,
    query: ast.Query,
    names: list[str] | None,
    *,
    read_only: bool = False,
    check_option: bool = False,
) -> None:
    """Compile a view that PostgreSQL does not have, and record its columns. Raises OracleError if its query has errors."""
    described = list(await context.describe(query, view.owner))
    if names is None:
        refuse_unnamed(query)
        names = [column.name for column in described]
    elif len(names) != len(described):
        raise OracleError(1730, "invalid number of column names specified")
    columns.refuse_duplicates(names)
    columns.refuse_too_many(len(names))
    translation = translate_query_text(query, context.query_translation(view.owner))
    await make_room(context, view.owner, view.name)
    listed = ", ".join(quote(name) for name in names)
    await context.run(f"CREATE VIEW {view.sql} ({listed}) AS {translation.sql}")
    relid = await relid_of(context, view.owner, view.name)
    if check_option:
        await _add_check_option(context, view)
    if read_only:
        await context.run(
            f"CREATE TRIGGER read_only INSTEAD OF INSERT OR UPDATE OR DELETE ON {view.sql}"
            " FOR EACH ROW EXECUTE FUNCTION oracle.refuse_dml()"
        )
    await context.run(
        "UPDATE oracle.objects SET relid = %s, status = 'VALID' WHERE object_id = %s", relid, view.object_id
    )
    await context.run(
        "UPDATE oracle.views SET calls_stored = %s WHERE object_id = %s", translation.calls_stored, view.object_id
    )
    await context.run("DELETE FROM oracle.columns WHERE object_id = %s", view.object_id)
    named = [
        replace(column, name=name, attnum=number, default_text=None, identity=None, virtual=False, hidden=False)
        for number, (name, column) in enumerate(zip(names, described, strict=True), 1)
    ]
    await columns.record(context, view.object_id, named)
    await record_references(context, view.object_id, query)
    await triggers.install(context, replace(view, relid=relid))


async def expand_star(context: DdlContext, view: Object, query: ast.Query, text: str) -> None:
    """Record `*` as the columns it means now: columns that a table gets later do not enter the view."""
    body = query.body
    if isinstance(body, ast.SetOperation):
        return
    stars = [index for index, item in enumerate(body.items) if isinstance(item.expr, ast.Star)]
    if len(stars) != 1:
        return
    (index,) = stars
    described = await context.describe(query, view.owner)
    count = len(described) - len(body.items) + 1
    star = body.items[index].expr
    assert isinstance(star, ast.Star)
    start = star.pos - query.pos
    end = text.find("*", start) + 1
    if query.pos < 0 or start < 0 or end <= 0 or text[:end].count("*") != 1:
        return
    prefix = "".join(f'"{part}".' for part in star.qualifier)
    listed = ",".join(f'{prefix}"{column.name}"' for column in described[index : index + count])
    await context.run(
        "UPDATE oracle.views SET text = %s WHERE object_id = %s", text[:start] + listed + text[end:], view.object_id
    )


async def _add_check_option(context: DdlContext, view: Object) -> None:
    """PostgreSQL has the option for updatable views only; on others Oracle's refuses nothing either."""
    try:
        async with context.connection.transaction():
            await context.run(f"ALTER VIEW {view.sql} SET (check_option = cascaded)")
    except psycopg.errors.FeatureNotSupported:
        return


async def record_references(context: DdlContext, object_id: int, query: ast.Query) -> None:
    """Remember what a view's text names, so that it can be compiled again when that comes back."""
    await context.run("DELETE FROM oracle.view_references WHERE object_id = %s", object_id)
    await context.run(
        "INSERT INTO oracle.view_references SELECT %s, unnest(%s::text[])", object_id, sorted(referred_names(query))
    )
    await context.run("DELETE FROM oracle.dependencies WHERE object_id = %s", object_id)
    owner = (await by_id(context, object_id)).owner
    for node in walk(query, into_queries=True):
        if isinstance(node, ast.TableRef):
            found = context.catalog.resolve(node.name, owner)
            if isinstance(found, Relation) and found.object_id not in (0, object_id):
                await context.run(
                    "INSERT INTO oracle.dependencies SELECT %s, object_id FROM oracle.objects WHERE object_id = %s"
                    " ON CONFLICT DO NOTHING",
                    *(object_id, found.object_id),
                )


def refuse_unnamed(query: ast.Query) -> None:
    """Raise ORA-00998 if a column of the query is an expression without an alias, also by way of `*`."""
    _refuse_unnamed(query.body, {cte.name: cte for cte in query.ctes})


def _refuse_unnamed(body: ast.QueryBody, ctes: dict[str, ast.CommonTable]) -> None:
    while isinstance(body, ast.SetOperation):
        body = body.left
    for item in body.items:
        if item.alias is not None or isinstance(item.expr, ast.Name):
            continue
        if not isinstance(item.expr, ast.Star):
            raise OracleError(998, "must name this expression with a column alias", item.pos)
        for source in _sources(body.from_):
            if item.expr.qualifier and source.alias not in (None, item.expr.qualifier[-1]):
                continue
            if isinstance(source, ast.SubqueryRef) and source.pivot is None:
                nested = source.query
                _refuse_unnamed(nested.body, {**ctes, **{cte.name: cte for cte in nested.ctes}})
            elif isinstance(source, ast.TableRef) and len(source.name) == 1 and source.name[0] in ctes:
                cte = ctes[source.name[0]]
                if cte.columns is None:
                    others = {name: other for name, other in ctes.items() if name != cte.name}
                    _refuse_unnamed(cte.query.body, others)


def _sources(items: list[ast.FromItem]) -> Iterator[ast.TableRef | ast.SubqueryRef | ast.TableFunctionRef]:
    for item in items:
        if isinstance(item, ast.Join):
            yield from _sources([item.left, item.right])
        else:
            yield item


def referred_names(query: ast.Query) -> set[str]:
    """The unqualified names of the tables and views in a query."""
    return {node.name[-1] for node in walk(query, into_queries=True) if isinstance(node, ast.TableRef)}
