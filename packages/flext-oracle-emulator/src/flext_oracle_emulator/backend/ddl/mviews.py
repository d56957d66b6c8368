"""Materialized views: a table of the same name, the query that fills it, and refreshing.

Every refresh is complete: that is what FORCE does when nothing else is possible. ON COMMIT is kept by deferred triggers on the tables that
the query reads, which refresh once at the end of the transaction.
"""

from __future__ import annotations

from ...catalog.model import Relation
from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql.emit.core import walk
from ...sql.names import qualified, quote, string
from ...sql.parser import parse
from ...sql.translator import translate_query_text
from . import constraints, dependents, objects, storage, tables
from .context import DdlContext, owner_and_name
from .objects import Object
from .privileges import insufficient, owner_or, require_create, require_drop


def _missing(owner: str, name: str) -> OracleError:
    return OracleError(12003, f'materialized view or zonemap "{owner}"."{name}" does not exist')


async def create_materialized_view(statement: ast.CreateMaterializedView, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    require_create(context, owner, "MATERIALIZED VIEW")
    if owner == context.user:
        require_create(context, owner, "TABLE")
    if await objects.find(context, owner, name, objects.MVIEWS) is not None:
        raise OracleError(12006, f'a materialized view or zonemap on "{owner}"."{name}" already exists')
    if await objects.find(context, owner, name) is not None:
        raise objects.name_in_use()
    sources = _sources(context, statement.query, owner)
    if statement.refresh_method == "FAST":
        first = sources[0] if sources else None
        shown = f'"{first.owner}"."{first.name}"' if first else '"SYS"."DUAL"'
        raise OracleError(23413, f"table {shown} does not have a materialized view log")
    described = list(await context.describe(statement.query, owner))
    names = statement.columns
    if names is None:
        dependents.refuse_unnamed(statement.query)
        names = [column.name for column in described]
    elif len(names) != len(described):
        raise OracleError(1730, "invalid number of column names specified")
    create = ast.CreateTable((owner, name), columns=[ast.ColumnDef(column) for column in names], query=statement.query)
    specs = tables.carried(described, names)
    table = await tables.make(context, create, owner, name, specs)
    view_id = await objects.add(context, owner, name, "MATERIALIZED VIEW", namespace=objects.MVIEWS)
    await context.run(
        "INSERT INTO oracle.mviews (object_id, container_id, query, rewrite_enabled, refresh_mode, refresh_method, build_mode,"
        " fast_refreshable, staleness) VALUES (%s, %s, %s, %s, %s, %s, %s, 'NO', %s)",
        *(view_id, table.object_id, statement.query_text, statement.query_rewrite),
        *("NEVER" if statement.refresh_method == "NEVER" else statement.refresh_mode, statement.refresh_method),
        *(statement.build, "FRESH" if statement.build == "IMMEDIATE" else "UNUSABLE"),
    )
    await storage.record_options(context, table.object_id, statement.options)
    await context.refresh((owner, name))
    if statement.build == "IMMEDIATE":
        await _fill(context, table, statement.query)
        await _refreshed(context, view_id)
    if key := _key(statement.query, sources, names):
        await constraints.add(context, table, ast.ConstraintDef("P", columns=key))
    if statement.refresh_mode == "COMMIT":
        await _refresh_on_commit(context, table, statement.query, sources)
    await dependents.revalidate(context, [name])


def _sources(context: DdlContext, query: ast.Query, owner: str) -> list[Relation]:
    found = [
        context.catalog.resolve(node.name, owner)
        for node in walk(query, into_queries=True)
        if isinstance(node, ast.TableRef)
    ]
    return [item for item in found if isinstance(item, Relation)]


def _key(query: ast.Query, sources: list[Relation], names: list[str]) -> list[str]:
    """The columns of the primary key that the view has of its table: one that repeats rows of a table with one."""
    body = query.body
    if not isinstance(body, ast.Select) or len(sources) != 1 or len(body.from_) != 1:
        return []
    if query.ctes or body.distinct or body.group_by or body.having or body.hierarchy or not sources[0].primary_key:
        return []
    if not isinstance(body.from_[0], ast.TableRef):
        return []
    shown = [column.name for column in sources[0].columns if not column.hidden]
    if not (len(body.items) == 1 and isinstance(body.items[0].expr, ast.Star)):
        shown = [item.expr.parts[-1] if isinstance(item.expr, ast.Name) else "" for item in body.items]
    if len(shown) != len(names) or not set(sources[0].primary_key) <= set(shown):
        return []
    return [names[shown.index(column)] for column in sources[0].primary_key]


async def _fill(context: DdlContext, table: Object, query: ast.Query) -> None:
    relation = context.catalog.objects[(table.owner, table.name)]
    assert isinstance(relation, Relation)
    listed = ", ".join(quote(column.name) for column in relation.columns)
    translation = translate_query_text(query, context.query_translation(table.owner))
    await context.fill(f"INSERT INTO {table.sql} ({listed}) {translation.sql}", translation)


async def _refreshed(context: DdlContext, view_id: int) -> None:
    await context.run(
        "UPDATE oracle.mviews SET last_refresh_type = 'COMPLETE', staleness = 'FRESH',"
        " last_refresh_date = date_trunc('second', localtimestamp)::oracle.date WHERE object_id = %s",
        view_id,
    )


async def refresh_mview(context: DdlContext, owner: str, name: str) -> None:
    """DBMS_MVIEW.REFRESH of one view: readers see the old rows until the caller commits.

    Raises:
        OracleError: ORA-23401 if there is no such view, and what its query raises.
    """
    view = await objects.find(context, owner, name, objects.MVIEWS)
    if view is None or not context.catalog.visible(context.user, owner, name):
        raise OracleError(23401, f'materialized view "{owner}"."{name}" does not exist')
    if not owner_or("ALTER ANY MATERIALIZED VIEW")(context, view):
        raise insufficient()
    text, method, container_id = await context.one(
        "SELECT query, refresh_method, container_id FROM oracle.mviews WHERE object_id = %s", view.object_id
    )
    if method == "NEVER":
        raise OracleError(23538, f'cannot explicitly refresh a NEVER REFRESH materialized view ("{name}")')
    query = parse(text, version=context.version)
    assert isinstance(query, ast.Query)
    table = await objects.by_id(context, container_id)
    await context.run(f"DELETE FROM {table.sql}")
    await _fill(context, table, query)
    await _refreshed(context, view.object_id)


async def _refresh_on_commit(context: DdlContext, table: Object, query: ast.Query, sources: list[Relation]) -> None:
    """Refresh at the end of each transaction that changed a table of the query."""
    if any(source.kind != "TABLE" or source.temporary is not None for source in sources):
        raise OracleError(12054, "cannot set the ON COMMIT refresh attribute for the materialized view")
    relation = context.catalog.objects[(table.owner, table.name)]
    assert isinstance(relation, Relation)
    listed = ", ".join(quote(column.name) for column in relation.columns)
    sql = translate_query_text(query, context.translation(table.owner)).sql
    function = qualified(table.owner, f"refresh${table.object_id}")
    setting = f"oracle.refreshed_{table.object_id}"
    body = (
        f"BEGIN IF pg_catalog.current_setting('{setting}', true) IS DISTINCT FROM pg_catalog.pg_current_xact_id()::text THEN"
        f" PERFORM pg_catalog.set_config('{setting}', pg_catalog.pg_current_xact_id()::text, true);"
        f" DELETE FROM {table.sql}; INSERT INTO {table.sql} ({listed}) {sql};"
        f" UPDATE oracle.mviews SET last_refresh_type = 'COMPLETE', last_refresh_date ="
        f" pg_catalog.date_trunc('second', localtimestamp)::oracle.date WHERE container_id = {table.object_id};"
        " END IF; RETURN NULL; END"
    )
    await context.run(f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS {string(body)}")
    for source in {(source.owner, source.name) for source in sources}:
        await context.run(
            f"CREATE CONSTRAINT TRIGGER {quote(f'refresh${table.object_id}')} AFTER INSERT OR UPDATE OR DELETE ON"
            f" {qualified(*source)} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {function}()"
        )


async def drop_materialized_view(statement: ast.Drop, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    view = await objects.find(context, owner, name, objects.MVIEWS)
    if view is None or not context.catalog.visible(context.user, owner, name):
        if statement.if_exists and view is None:
            return
        raise _missing(owner, name)
    require_drop(context, view, "MATERIALIZED VIEW", _missing(owner, name))
    container_id = await context.value("SELECT container_id FROM oracle.mviews WHERE object_id = %s", view.object_id)
    table = await objects.by_id(context, container_id)
    for reference in await constraints.references_to(context, table):
        await constraints.drop(context, await objects.by_id(context, reference.object_id), reference)
    await context.run("DELETE FROM oracle.objects WHERE object_id = %s", view.object_id)
    await context.run(f"DROP FUNCTION IF EXISTS {qualified(owner, f'refresh${container_id}')} CASCADE")
    await tables.remove_table(context, table, cascade=True)


async def alter_materialized_view(statement: ast.AlterObject, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    view = await objects.find(context, owner, name, objects.MVIEWS)
    if view is None or not context.catalog.visible(context.user, owner, name):
        raise _missing(owner, name)
    if not owner_or("ALTER ANY MATERIALIZED VIEW")(context, view):
        raise insufficient()
    text = " ".join(statement.text.upper().split())
    if text in ("ENABLE QUERY REWRITE", "DISABLE QUERY REWRITE"):
        await context.run(
            "UPDATE oracle.mviews SET rewrite_enabled = %s WHERE object_id = %s", text.startswith("E"), view.object_id
        )
    elif text not in ("COMPILE", "CONSIDER FRESH"):
        raise unsupported(f"ALTER MATERIALIZED VIEW {statement.text}", statement.pos)
    await objects.touch(context, view.object_id)
