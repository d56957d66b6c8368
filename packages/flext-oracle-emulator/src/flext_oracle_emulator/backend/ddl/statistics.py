"""DBMS_STATS: counts what the dictionary shows of a table, and lets PostgreSQL's planner know as well."""

from __future__ import annotations

from ...catalog.model import Relation
from ...errors import OracleError
from ...sql.names import quote
from ...sql.types import base_type
from . import objects
from .context import DdlContext
from .objects import Object
from .privileges import insufficient, owner_or

_UNCOUNTABLE = frozenset(
    {"oracle.clob", "oracle.nclob", "oracle.blob", "oracle.long", "oracle.longraw", "oracle.xmltype", "oracle.json"}
)


async def gather_schema(context: DdlContext, owner: str) -> None:
    """All tables of a schema. Raises ORA-20000 for one that is not there."""
    if owner not in context.catalog.users:
        raise OracleError(20000, f"Schema {owner} does not exist or insufficient privileges")
    names = [
        name
        for (schema, name), found in context.catalog.objects.items()
        if schema == owner and isinstance(found, Relation) and found.kind != "VIEW"
    ]
    for name in sorted(names):
        await gather_table(context, owner, name)


async def check_table(context: DdlContext, owner: str, name: str) -> None:
    """Raises ORA-20000 for a table that is not there."""
    await _table(context, owner, name)


async def _table(context: DdlContext, owner: str, name: str) -> tuple[Object, Relation]:
    relation = context.catalog.objects.get((owner, name))
    missing = not isinstance(relation, Relation) or relation.kind == "VIEW"
    if missing or not context.catalog.visible(context.user, owner, name):
        raise OracleError(
            20000, f'Unable to analyze TABLE "{owner}"."{name}", insufficient privileges or does not exist'
        )
    found = await objects.find(context, owner, name)
    assert found is not None
    assert isinstance(relation, Relation)
    if not owner_or("ANALYZE ANY")(context, found):
        raise insufficient()
    return found, relation


async def gather_table(context: DdlContext, owner: str, name: str) -> None:
    found, relation = await _table(context, owner, name)
    if await context.value("SELECT stattype_locked FROM oracle.tables WHERE object_id = %s", found.object_id):
        raise OracleError(20005, "object statistics are locked (stattype = ALL)")
    await _count(context, found, relation)
    await context.run(f"ANALYZE {found.storage}")


async def delete_table(context: DdlContext, owner: str, name: str) -> None:
    found, _ = await _table(context, owner, name)
    await context.run(
        "UPDATE oracle.tables SET num_rows = NULL, blocks = NULL, avg_row_len = NULL, sample_size = NULL,"
        " last_analyzed = NULL WHERE object_id = %s",
        found.object_id,
    )
    await context.run(
        "UPDATE oracle.columns SET num_distinct = NULL, num_nulls = NULL, density = NULL, num_buckets = NULL,"
        " sample_size = NULL, last_analyzed = NULL WHERE object_id = %s",
        found.object_id,
    )
    await context.run(
        "UPDATE oracle.indexes SET num_rows = NULL, last_analyzed = NULL WHERE table_id = %s", found.object_id
    )


async def lock_table(context: DdlContext, owner: str, name: str) -> None:
    found, _ = await _table(context, owner, name)
    await context.run("UPDATE oracle.tables SET stattype_locked = 'ALL' WHERE object_id = %s", found.object_id)


async def unlock_table(context: DdlContext, owner: str, name: str) -> None:
    found, _ = await _table(context, owner, name)
    await context.run("UPDATE oracle.tables SET stattype_locked = NULL WHERE object_id = %s", found.object_id)


async def _count(context: DdlContext, found: Object, relation: Relation) -> None:
    columns = relation.columns
    parts = ["count(*)", "coalesce(avg(pg_column_size(t.*)), 0)::int"]
    for column in columns:
        parts.append(f"count({quote(column.name)})")
        countable = base_type(column.pg_type) not in _UNCOUNTABLE
        parts.append(f"count(DISTINCT {quote(column.name)})" if countable else "NULL")
    rows, length, *facts = await context.one(f"SELECT {', '.join(parts)} FROM {found.storage} AS t")
    await context.run(
        "UPDATE oracle.tables SET num_rows = %s, sample_size = %s, avg_row_len = %s,"
        " blocks = (pg_relation_size(%s::regclass) / 8192), last_analyzed ="
        " date_trunc('second', localtimestamp)::oracle.date WHERE object_id = %s",
        *(rows, rows, length, found.storage, found.object_id),
    )
    await context.run_many(
        "UPDATE oracle.columns SET num_distinct = %s, num_nulls = %s, density = %s, num_buckets = 1, sample_size = %s,"
        " last_analyzed = date_trunc('second', localtimestamp)::oracle.date WHERE object_id = %s AND name = %s",
        [
            (distinct, rows - filled, 1 / distinct if distinct else 0, filled, found.object_id, column.name)
            for column, filled, distinct in zip(columns, facts[::2], facts[1::2], strict=True)
        ],
    )
    await context.run(
        "UPDATE oracle.indexes SET num_rows = %s, last_analyzed = date_trunc('second', localtimestamp)::oracle.date"
        " WHERE table_id = %s",
        *(rows, found.object_id),
    )
