"""Sequences, also those behind identity columns. PostgreSQL counts; Oracle's 28-digit bounds are recorded.

A bound beyond bigint cannot be reached by counting from within it, so it is kept as PostgreSQL's own limit; a start or an
increment beyond bigint is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql.names import qualified
from . import dependents, objects
from .context import DdlContext, owner_and_name
from .objects import Object
from .privileges import insufficient, owner_or, require_create, require_drop

_BIGINT = 2**63 - 1
_MAX = 10**28 - 1
_MIN = -(10**27 - 1)


@dataclass(frozen=True, slots=True)
class Definition:
    increment: int = 1
    minimum: int = 1
    maximum: int = _MAX
    start: int = 1
    cycle: bool = False
    order: bool = False
    cache: int = 20


def definition(options: dict[str, object], before: Definition | None = None) -> Definition:
    """What the options make of nothing, or of the sequence as it was. Raises what Oracle raises for contradictions."""
    increment = _integer(options.get("INCREMENT", before.increment if before else 1))
    if increment == 0:
        raise OracleError(4002, "INCREMENT must be a nonzero integer")
    ascending = increment > 0
    minimum = options.get("MINVALUE", before.minimum if before else None)
    maximum = options.get("MAXVALUE", before.maximum if before else None)
    low = _integer(minimum) if minimum is not None else (1 if ascending else _MIN)
    high = _integer(maximum) if maximum is not None else (_MAX if ascending else -1)
    if low >= high:
        raise OracleError(4004, "MINVALUE must be less than MAXVALUE")
    start_option = options.get("START", before.start if before else None)
    start = _integer(start_option) if start_option is not None else (low if ascending else high)
    if start < low:
        raise OracleError(4006, "START WITH cannot be less than MINVALUE")
    if start > high:
        raise OracleError(4008, "START WITH cannot be more than MAXVALUE")
    if abs(increment) > high - low:
        raise OracleError(4005, "INCREMENT must be less than MAXVALUE minus MINVALUE")
    cycle = bool(options.get("CYCLE", before.cycle if before else False))
    cache = options.get("CACHE", before.cache if before else 20)
    size = 0 if cache is None or cache is False else _integer(cache)
    if "CACHE" in options and size == 1:
        raise OracleError(4010, "the number of values to CACHE must be greater than 1")
    if cycle and "MAXVALUE" in options and options["MAXVALUE"] is None and ascending:
        raise OracleError(4015, "ascending sequences that CYCLE must specify MAXVALUE")
    if cycle and "MINVALUE" in options and options["MINVALUE"] is None and not ascending:
        raise OracleError(4014, "descending sequences that CYCLE must specify MINVALUE")
    if cycle and size > (high - low) // abs(increment) + 1:
        raise OracleError(4013, "number to CACHE must be less than one cycle")
    if abs(start) > _BIGINT or abs(increment) > _BIGINT:
        raise unsupported("sequence beyond 19 digits")
    return Definition(increment, low, high, start, cycle, bool(options.get("ORDER", before and before.order)), size)


def _integer(value: object) -> int:
    return int(str(value))


def _sql(made: Definition) -> str:
    return (
        f"INCREMENT BY {made.increment} MINVALUE {max(made.minimum, -_BIGINT)} MAXVALUE {min(made.maximum, _BIGINT)}"
        f" CACHE 1 {'CYCLE' if made.cycle else 'NO CYCLE'}"
    )


async def _create(context: DdlContext, owner: str, name: str, made: Definition, *, identity: bool = False) -> int:
    await objects.make_room(context, owner, name)
    object_id = await objects.add(context, owner, name, "SEQUENCE", generated=identity)
    await context.run(f"CREATE SEQUENCE {qualified(owner, name)} {_sql(made)} START WITH {made.start}")
    await context.run(
        "UPDATE oracle.objects SET relid = %s WHERE object_id = %s",
        *(await objects.relid_of(context, owner, name), object_id),
    )
    await context.run(
        "INSERT INTO oracle.sequences (object_id, min_value, max_value, increment_by, start_with, cycle_flag, order_flag,"
        " cache_size, identity) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        *(
            object_id,
            made.minimum,
            made.maximum,
            made.increment,
            made.start,
            made.cycle,
            made.order,
            made.cache,
            identity,
        ),
    )
    return object_id


async def create_sequence(statement: ast.CreateSequence, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    if statement.alter:
        await _alter(context, owner, name, statement)
        return
    require_create(context, owner, "SEQUENCE")
    await _create(context, owner, name, definition(statement.options))
    await context.refresh((owner, name))
    await dependents.revalidate(context, [name])


async def _alter(context: DdlContext, owner: str, name: str, statement: ast.CreateSequence) -> None:
    found = await _find(context, owner, name)
    if not owner_or("ALTER ANY SEQUENCE", grant="ALTER")(context, found):
        raise insufficient()
    row = await context.one(
        "SELECT increment_by, min_value, max_value, start_with, cycle_flag, order_flag, cache_size FROM oracle.sequences"
        " WHERE object_id = %s",
        found.object_id,
    )
    before = Definition(
        int(row[0]), int(row[1]), int(row[2]), int(row[3]), cycle=row[4], order=row[5], cache=int(row[6])
    )
    restart = statement.restart
    if "START" in statement.options and not restart:
        raise OracleError(2283, "cannot alter starting sequence number")
    made = definition(statement.options, before)
    last, called = await context.one(f"SELECT last_value, is_called FROM {found.sql}")
    if not restart and called:
        if last > made.maximum:
            raise OracleError(4009, "MAXVALUE cannot be made to be less than the current value")
        if last < made.minimum:
            raise OracleError(4007, "MINVALUE cannot be made to exceed the current value")
    if restart and "START" not in statement.options:
        made = replace(made, start=made.minimum if made.increment > 0 else min(made.maximum, _BIGINT))
    again = f" RESTART WITH {made.start}" if restart else ""
    await context.run(f"ALTER SEQUENCE {found.sql} {_sql(made)} START WITH {made.start}{again}")
    await context.run(
        "UPDATE oracle.sequences SET min_value = %s, max_value = %s, increment_by = %s, start_with = %s, cycle_flag = %s,"
        " order_flag = %s, cache_size = %s WHERE object_id = %s",
        *(made.minimum, made.maximum, made.increment, made.start, made.cycle, made.order, made.cache, found.object_id),
    )
    await objects.touch(context, found.object_id)


async def _find(context: DdlContext, owner: str, name: str) -> Object:
    found = await objects.find(context, owner, name)
    if found is None or found.type != "SEQUENCE" or not objects.is_visible(context, found):
        raise OracleError(2289, "sequence does not exist")
    return found


async def drop_sequence(statement: ast.Drop, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    if statement.if_exists and await objects.find(context, owner, name) is None:
        return
    found = await _find(context, owner, name)
    require_drop(context, found, "SEQUENCE", OracleError(2289, "sequence does not exist"))
    identity = await context.value("SELECT identity FROM oracle.sequences WHERE object_id = %s", found.object_id)
    if identity:
        raise OracleError(32794, "cannot drop a system-generated sequence")
    await dependents.invalidate(context, found.relid)
    # A column's DEFAULT seq.NEXTVAL stays in Oracle and fails when used; PostgreSQL drops it with the sequence.
    await context.run(f"DROP SEQUENCE {found.sql} CASCADE")
    await context.run("DELETE FROM oracle.objects WHERE object_id = %s", found.object_id)
    await context.refresh((owner, name))


# ------------------------------------------------------------------------------------------------------ identity columns


async def create_identity(context: DdlContext, owner: str, table_id: int, identity: ast.IdentityDef) -> str:
    """Make the sequence ISEQ$$_n of an identity column; returns its name."""
    name = f"ISEQ$$_{table_id}"
    await _create(context, owner, name, definition(identity.options), identity=True)
    await context.refresh((owner, name))
    return name


async def link_identity(context: DdlContext, table_id: int, column: str) -> None:
    await context.run(
        "UPDATE oracle.columns SET identity_sequence = (SELECT object_id FROM oracle.objects WHERE name = %s AND owner ="
        " (SELECT owner FROM oracle.objects WHERE object_id = %s) AND namespace = 1) WHERE object_id = %s AND name = %s",
        *(f"ISEQ$$_{table_id}", table_id, table_id, column),
    )


async def drop_identity(context: DdlContext, table: Object) -> None:
    """Remove the sequence of a table's identity column, if it has one. The column's default is gone already."""
    found = await objects.find(context, table.owner, f"ISEQ$$_{table.object_id}")
    if found is not None:
        await context.run(f"DROP SEQUENCE {found.sql}")
        await context.run("DELETE FROM oracle.objects WHERE object_id = %s", found.object_id)
        await context.refresh((found.owner, found.name))
