"""Partitions: the PARTITION BY clause, and the rule that each row needs one.

Tables are stored whole (see catalog/partitioning.py), so what Oracle does to a segment is done to the rows of a condition
(partition_actions.py). Of other methods than RANGE, LIST by one column and HASH by one column only the description is kept.
"""

from __future__ import annotations

from ...catalog.partitioning import Partition
from ...errors import OracleError
from ...sql.names import quote
from . import intervals, objects
from .context import DdlContext
from .objects import Object
from .partition_bounds import bounds_of, comparisons, refuse_disorder, shown_bounds
from .partition_clause import Item, read_clause

_CHECK = "partition$"


async def record(context: DdlContext, table: Object, text: str) -> None:
    """Give a table the partitions of a PARTITION BY clause."""
    method, names, interval, sub, items, count = read_clause(text)
    relation = await objects.relation(context, table.owner, table.name)
    for name in names:
        if relation.column(name) is None:
            raise OracleError(904, f'"{name}": invalid identifier')
    await context.run(
        "UPDATE oracle.tables SET partitioning_type = %s, subpartitioning_type = %s, partition_interval = %s,"
        " partition_columns = %s, tablespace_name = NULL WHERE object_id = %s",
        *(method, sub, interval, names, table.object_id),
    )
    items = items or [Item(None) for _ in range(count)]
    partitions = []
    for item in items:
        bounds = await bounds_of(context, relation, method, names, item.values)
        partitions.append(
            (
                Partition(item.name or await new_name(context), bounds),
                await shown_bounds(context, relation, names, bounds, item),
            )
        )
    refuse_disorder(await comparisons(context, method, [partition for partition, _ in partitions]))
    seen = [partition.name for partition, _ in partitions]
    if len(set(seen)) < len(seen):
        raise OracleError(14013, "duplicate partition name")
    await context.run("DELETE FROM oracle.partitions WHERE object_id = %s", table.object_id)
    for place, (partition, shown) in enumerate(partitions, 1):
        await insert(context, table, place, partition, shown)
    await enforce(context, table)


async def new_name(context: DdlContext) -> str:
    number = await context.value("SELECT nextval('oracle.constraint_numbers')")
    return f"SYS_P{number}"


async def insert(
    context: DdlContext, table: Object, place: int, partition: Partition, shown: str | None, made: object = None
) -> None:
    """Record a partition; `made` ranks one that an interval made."""
    await context.run(
        "INSERT INTO oracle.partitions (object_id, position, partition_name, high_value, bounds, made, tablespace_name)"
        " VALUES (%s, %s, %s, %s, %s, %s, 'USERS')",
        *(table.object_id, place, partition.name, shown, list(partition.bounds), made),
    )


# ------------------------------------------------------------------------------------------------------------- rules


async def enforce(context: DdlContext, table: Object) -> None:
    """Rows without a partition are refused, rows change theirs only with ROW MOVEMENT, and INTERVAL makes new ones."""
    await context.run(f"ALTER TABLE {table.storage} DROP CONSTRAINT IF EXISTS {quote(_CHECK)}")
    for event in ("insert", "update"):
        await context.run(f"DROP TRIGGER IF EXISTS {quote(f'interval${event}')} ON {table.storage}")
    await context.run(f"DROP TRIGGER IF EXISTS {quote(_CHECK)} ON {table.storage}")
    relation = await objects.relation(context, table.owner, table.name)
    partitioning = relation.partitioning
    if partitioning is None or not partitioning.is_known:
        return
    names = [quote(column) for column in partitioning.columns]
    if not partitioning.takes_all:
        tests = (
            [f"{names[0]} IS NOT NULL"]
            if partitioning.interval is not None
            else [partitioning.test(partition, names) for partition in partitioning.partitions]
        )
        missing = "oracle.raise(14400, 'inserted partition key does not map to any partition')"
        await context.run(
            f"ALTER TABLE {table.storage} ADD CONSTRAINT {quote(_CHECK)} "
            f"CHECK (CASE WHEN {' OR '.join(tests)} THEN true ELSE {missing} END)"
        )
    if partitioning.interval is not None:
        await intervals.extend_by_interval(context, table, relation, partitioning)
        return
    old, new = (partitioning.position([f"{row}.{name}" for name in names]) for row in ("OLD", "NEW"))
    if not await context.value("SELECT row_movement FROM oracle.tables WHERE object_id = %s", table.object_id):
        await context.run(
            f"CREATE TRIGGER {quote(_CHECK)} BEFORE UPDATE OF {', '.join(names)} ON {table.storage} FOR EACH ROW"
            f" WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION oracle.refuse_row_movement()"
        )
