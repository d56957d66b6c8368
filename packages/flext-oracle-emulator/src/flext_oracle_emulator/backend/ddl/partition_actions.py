"""ALTER TABLE .. PARTITION: what Oracle does to a segment, done to the rows of its condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...catalog.model import Relation
from ...catalog.partitioning import DEFAULT, MAXVALUE, NULL, Partition, Partitioning
from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql.names import qualified, quote
from . import objects, partitions
from .context import DdlContext
from .objects import Object
from .partition_bounds import bounds_of, is_below, literal_of, shown_bounds, shown_value
from .partition_clause import Clause, Item


async def alter(context: DdlContext, table: Object, action: ast.TableOption) -> None:
    """One action of ALTER TABLE on partitions."""
    clause = Clause(action.text)
    verb = clause.name()
    if clause.accept("PARTITION", "BY"):
        await partitions.record(context, table, action.text)
        return
    relation = await objects.relation(context, table.owner, table.name)
    partitioning = relation.partitioning
    if partitioning is None:
        raise OracleError(14501, "object is not partitioned", action.pos)
    run = _VERBS.get(verb)
    if run is None or clause.key not in ("PARTITION", "PARTITIONS") or not partitioning.is_known:
        raise unsupported(f"ALTER TABLE {verb} {clause.key}", action.pos)
    clause.i += 1
    await run(context, table, relation, clause)
    await partitions.enforce(context, table)


def _place(partitioning: Partitioning, name: str) -> int:
    place = partitioning.index(name)
    if place is None:
        raise OracleError(2149, "Specified partition does not exist")
    return place


def _rows_of(relation: Relation, place: int) -> str:
    assert relation.partitioning is not None
    return relation.partitioning.condition(place, [quote(name) for name in relation.partitioning.columns])


async def _known(context: DdlContext, relation: Relation, clause: Clause) -> tuple[Partitioning, int]:
    """The partition that the clause names, by name or FOR (value)."""
    partitioning = relation.partitioning
    assert partitioning is not None
    if not clause.accept("FOR"):
        return partitioning, _place(partitioning, clause.name())
    values = []
    for name, text in zip(partitioning.columns, clause.bracketed(), strict=False):
        column = relation.column(name)
        assert column is not None
        values.append(await literal_of(context, column, text))
    place = await context.value(f"SELECT {partitioning.position(values)}")
    if place is None:
        raise OracleError(2149, "Specified partition does not exist")
    return partitioning, int(place)


async def _replace(context: DdlContext, table: Object, wanted: Sequence[tuple[Partition, str | None]]) -> None:
    """Write all partitions anew, in order."""
    made = dict(
        await context.rows("SELECT partition_name, made FROM oracle.partitions WHERE object_id = %s", table.object_id)
    )
    await context.run("DELETE FROM oracle.partitions WHERE object_id = %s", table.object_id)
    for place, (partition, shown) in enumerate(wanted, 1):
        await partitions.insert(context, table, place, partition, shown, made.get(partition.name))


async def _current(context: DdlContext, table: Object) -> list[tuple[Partition, str | None]]:
    rows = await context.rows(
        "SELECT partition_name, bounds, high_value FROM oracle.partitions WHERE object_id = %s ORDER BY position",
        table.object_id,
    )
    return [(Partition(name, tuple(bounds or ())), shown) for name, bounds, shown in rows]


async def _truncate(context: DdlContext, table: Object, relation: Relation, clause: Clause) -> None:
    _, place = await _known(context, relation, clause)
    await context.run(f"DELETE FROM {table.storage} WHERE {_rows_of(relation, place)}")


async def _drop(context: DdlContext, table: Object, relation: Relation, clause: Clause) -> None:
    partitioning, place = await _known(context, relation, clause)
    if partitioning.method == "HASH":
        raise OracleError(14255, "table is not partitioned by Range, List, Composite Range or Composite List method")
    if len(partitioning.partitions) == 1:
        raise OracleError(14083, "cannot drop the only partition of a partitioned table")
    await context.run(f"DELETE FROM {table.storage} WHERE {_rows_of(relation, place)}")
    rest = await _current(context, table)
    del rest[place]
    await _replace(context, table, rest)


async def _made(
    context: DdlContext, relation: Relation, partitioning: Partitioning, item: Item
) -> tuple[Partition, str | None]:
    bounds = await bounds_of(context, relation, partitioning.method, partitioning.columns, item.values)
    if partitioning.method != "HASH" and not bounds:
        raise OracleError(14004, "missing PARTITION keyword")
    if item.name is not None and partitioning.index(item.name) is not None:
        raise OracleError(14013, "duplicate partition name")
    shown = await shown_bounds(context, relation, partitioning.columns, bounds, item)
    return Partition(item.name or await partitions.new_name(context), bounds), shown


async def _add(context: DdlContext, table: Object, relation: Relation, clause: Clause) -> None:
    partitioning = relation.partitioning
    assert partitioning is not None
    if partitioning.interval is not None:
        raise OracleError(14760, "ADD PARTITION is not permitted on Interval partitioned objects")
    if any(partition.bounds == (DEFAULT,) for partition in partitioning.partitions):
        raise OracleError(14323, "cannot add partition when DEFAULT partition exists")
    made = await _made(context, relation, partitioning, clause.item())
    current = await _current(context, table)
    if partitioning.method == "RANGE" and not await is_below(context, current[-1][0], made[0]):
        raise OracleError(14074, "partition bound must collate higher than that of the last partition")
    if partitioning.method == "LIST" and any(set(made[0].bounds) & set(other.bounds) for other, _ in current):
        raise OracleError(14312, "Value already exists in partition")
    await _replace(context, table, [*current, made])


async def _rename(context: DdlContext, table: Object, relation: Relation, clause: Clause) -> None:
    await _refuse_made(context, table)
    partitioning, place = await _known(context, relation, clause)
    clause.accept("TO")
    new = clause.name()
    if partitioning.index(new) is not None:
        raise OracleError(14081, "new partition name must differ from the old partition name")
    current = await _current(context, table)
    current[place] = (replace(current[place][0], name=new), current[place][1])
    await _replace(context, table, current)


async def _refuse_made(context: DdlContext, table: Object) -> None:
    """Partitions that rows made are in the order of their intervals; they are not cut or joined here."""
    if await context.value("SELECT count(made) FROM oracle.partitions WHERE object_id = %s", table.object_id):
        raise unsupported("SPLIT, MERGE and RENAME PARTITION once an interval has made partitions")


async def _split(context: DdlContext, table: Object, relation: Relation, clause: Clause) -> None:
    """`SPLIT PARTITION p AT (v) | VALUES (..) INTO (PARTITION a, PARTITION b)`: no row moves."""
    await _refuse_made(context, table)
    partitioning, place = await _known(context, relation, clause)
    current = await _current(context, table)
    whole, shown = current.pop(place)
    if not (clause.accept("AT") or clause.accept("VALUES")):
        raise unsupported("this form of SPLIT PARTITION")
    values = clause.bracketed()
    names: list[str | None] = [None, None]
    if clause.accept("INTO"):
        names = [Clause(text.removeprefix("PARTITION ").strip()).item().name for text in clause.bracketed()]
    first, second = [name or await partitions.new_name(context) for name in names]
    lower = await bounds_of(context, relation, partitioning.method, partitioning.columns, values)
    upper = whole.bounds
    if partitioning.method == "LIST" and whole.bounds != (DEFAULT,):
        upper = tuple(bound for bound in whole.bounds if bound not in lower)
        if not upper or not set(lower) <= set(whole.bounds):
            raise OracleError(14313, "Value does not exist in partition")
        shown = ", ".join([await _shown_bound(context, relation, partitioning, bound) for bound in upper])
    if partitioning.method == "RANGE":
        below = current[place - 1][0] if place else None
        if (below is not None and not await is_below(context, below, Partition("", lower))) or not await is_below(
            context, Partition("", lower), whole
        ):
            raise OracleError(14080, "partition cannot be split along the specified high bound")
    lower_shown = ", ".join([await _shown_bound(context, relation, partitioning, bound) for bound in lower])
    current[place:place] = [(Partition(first, lower), lower_shown), (Partition(second, upper), shown)]
    await _replace(context, table, current)


async def _shown_bound(context: DdlContext, relation: Relation, partitioning: Partitioning, bound: str) -> str:
    if bound in (MAXVALUE, DEFAULT, NULL):
        return bound
    column = relation.column(partitioning.columns[0])
    assert column is not None
    return await shown_value(context, column, bound)


async def _merge(context: DdlContext, table: Object, relation: Relation, clause: Clause) -> None:
    """`MERGE PARTITIONS a, b INTO PARTITION c`: no row moves."""
    await _refuse_made(context, table)
    partitioning = relation.partitioning
    assert partitioning is not None
    places = [_place(partitioning, clause.name())]
    while clause.accept(",") or clause.accept("TO"):
        places.append(_place(partitioning, clause.name()))
    name = clause.name() if clause.accept("INTO", "PARTITION") else await partitions.new_name(context)
    current = await _current(context, table)
    merged = [current[place] for place in sorted(places)]
    if partitioning.method == "RANGE":
        if sorted(places) != list(range(min(places), max(places) + 1)):
            raise OracleError(14274, "partitions being merged are not adjacent")
        made = (Partition(name, merged[-1][0].bounds), merged[-1][1])
    elif partitioning.method == "LIST":
        bounds = tuple(bound for partition, _ in merged for bound in partition.bounds)
        made = (
            (Partition(name, (DEFAULT,)), DEFAULT)
            if DEFAULT in bounds
            else (Partition(name, bounds), ", ".join(shown or "" for _, shown in merged))
        )
    else:
        raise OracleError(14255, "table is not partitioned by Range, List, Composite Range or Composite List method")
    rest = [item for place, item in enumerate(current) if place not in places]
    rest.insert(min(places), made)
    await _replace(context, table, rest)


async def _coalesce(context: DdlContext, table: Object, relation: Relation, clause: Clause) -> None:
    partitioning = relation.partitioning
    assert partitioning is not None
    if partitioning.method != "HASH":
        raise OracleError(14259, "table is not partitioned by Hash method")
    if len(partitioning.partitions) == 1:
        raise OracleError(14285, "cannot COALESCE the only partition of this hash partitioned table or index")
    await _replace(context, table, (await _current(context, table))[:-1])


async def _physical(context: DdlContext, table: Object, relation: Relation, clause: Clause) -> None:
    """MOVE and MODIFY say where and how rows are stored."""
    await _known(context, relation, clause)
    if clause.accept("ADD", "VALUES") or clause.accept("DROP", "VALUES"):
        raise unsupported("MODIFY PARTITION ADD or DROP VALUES")


async def _exchange(context: DdlContext, table: Object, relation: Relation, clause: Clause) -> None:
    """The rows of a partition and those of a table change places."""
    _, place = await _known(context, relation, clause)
    if not clause.accept("WITH", "TABLE"):
        raise OracleError(14095, "ALTER TABLE EXCHANGE requires an unpartitioned, nonclustered table")
    parts = [clause.name()]
    while clause.accept("."):
        parts.append(clause.name())
    owner, name = (parts[0], parts[1]) if len(parts) > 1 else (context.schema, parts[0])
    other = context.catalog.objects.get((owner, name))
    if not isinstance(other, Relation) or not context.catalog.can(context.user, "ALTER", owner, name):
        raise OracleError(942, "table or view does not exist")
    if other.kind != "TABLE" or other.partitioning is not None or other.temporary is not None:
        raise OracleError(14095, "ALTER TABLE EXCHANGE requires an unpartitioned, nonclustered table")
    _refuse_unlike(relation, other)
    if clause.accept("INCLUDING", "INDEXES"):
        await _refuse_other_indexes(context, relation, other)
    await _refuse_other_constraints(context, relation, other)
    condition = _rows_of(relation, place)
    theirs = qualified(owner, name)
    if await context.value(f"SELECT EXISTS (SELECT FROM {theirs} WHERE {condition} IS NOT TRUE)"):
        raise OracleError(14099, "all rows in table do not qualify for specified partition")
    mine = ", ".join(quote(column.name) for column in relation.columns if not column.virtual)
    yours = ", ".join(quote(column.name) for column in other.columns if not column.virtual)
    await context.run(
        f"CREATE TEMP TABLE exchange$ ON COMMIT DROP AS SELECT {mine} FROM {table.storage} WHERE {condition}"
    )
    await context.run(f"DELETE FROM {table.storage} WHERE {condition}")
    await context.run(f"INSERT INTO {table.storage} ({mine}) SELECT {yours} FROM {theirs}")
    await context.run(f"DELETE FROM {theirs}")
    await context.run(f"INSERT INTO {theirs} ({yours}) SELECT {mine} FROM pg_temp.exchange$")
    await context.run("DROP TABLE pg_temp.exchange$")


async def _refuse_other_constraints(context: DdlContext, relation: Relation, other: Relation) -> None:
    """The two tables have the same keys, foreign keys and checks, enabled and validated alike. NOT NULL is the columns' affair."""
    kinds = (
        (14130, "UNIQUE constraints", "PU"),
        (14128, "FOREIGN KEY constraint", "R"),
        (14118, "CHECK constraint", "C"),
    )
    for code, what, types in kinds:
        mine, theirs = [
            await context.rows(
                "SELECT (SELECT array_agg(c.column_name::text ORDER BY c.position) FROM oracle.constraint_columns c"
                " WHERE c.constraint_id = k.constraint_id AND k.type <> 'C'), k.r_constraint_id,"
                " regexp_replace(k.search_condition, '\\s', '', 'g'), k.status, k.validated"
                " FROM oracle.constraints k WHERE k.object_id = %s AND k.type = ANY (%s) AND NOT k.not_null ORDER BY 1, 2, 3",
                *(side.object_id, list(types)),
            )
            for side in (relation, other)
        ]
        if mine != theirs:
            raise OracleError(code, f"{what} mismatch in ALTER TABLE EXCHANGE PARTITION")


async def _refuse_other_indexes(context: DdlContext, relation: Relation, other: Relation) -> None:
    """INCLUDING INDEXES wants an index of the table for each local one of the partitioned table."""
    keys = (
        "SELECT (SELECT array_agg(coalesce(c.expression, c.column_name)::text ORDER BY c.position)"
        " FROM oracle.index_columns c WHERE c.object_id = i.object_id) FROM oracle.indexes i WHERE i.table_id = %s"
    )
    local = await context.rows(f"{keys} AND i.partitioned", relation.object_id)
    theirs = await context.rows(keys, other.object_id)
    if any(key not in theirs for key in local):
        raise OracleError(14098, "index mismatch for tables in ALTER TABLE EXCHANGE PARTITION")


def _refuse_unlike(relation: Relation, other: Relation) -> None:
    if len(relation.columns) != len(other.columns):
        raise OracleError(14096, "tables in ALTER TABLE EXCHANGE PARTITION must have the same number of columns")
    for column, like in zip(relation.columns, other.columns, strict=True):
        if (column.name, column.pg_type, column.length) != (like.name, like.pg_type, like.length):
            raise OracleError(14097, "column type or size mismatch in ALTER TABLE EXCHANGE PARTITION")


_VERBS = {
    "TRUNCATE": _truncate,
    "DROP": _drop,
    "ADD": _add,
    "RENAME": _rename,
    "SPLIT": _split,
    "MERGE": _merge,
    "COALESCE": _coalesce,
    "MOVE": _physical,
    "MODIFY": _physical,
    "EXCHANGE": _exchange,
}
