"""Rows of `oracle.objects`: finding, adding, renaming and removing an object, and the name rules that all kinds share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...catalog.model import Relation
from ...errors import OracleError
from ...sql.names import pg_identifier, qualified, quote
from .context import DdlContext

TABLES, BODIES, INDEXES, MVIEWS = 1, 2, 4, 19

#: PostgreSQL schema of the storage of a schema's global temporary tables (see temporary.py).
TEMPORARY_SCHEMA = "gtt:"

#: PRIVATE_TEMP_TABLE_PREFIX: the names of private temporary tables, and of nothing else.
PRIVATE_PREFIX = "ORA$PTT_"


@dataclass(frozen=True, slots=True)
class Object:
    object_id: int
    owner: str
    name: str
    type: str
    relid: int | None
    status: str
    temporary: str | None = None  # tables: GLOBAL
    duration: str | None = None

    @property
    def sql(self) -> str:
        return qualified(self.owner, self.name)

    @property
    def storage(self) -> str:
        """The PostgreSQL table that holds the rows."""
        return qualified(TEMPORARY_SCHEMA + self.owner, self.name) if self.temporary else self.sql


_SELECT = """
SELECT o.object_id, o.owner, o.name, o.type, o.relid, o.status, t.temporary, t.duration
  FROM oracle.objects o LEFT JOIN oracle.tables t USING (object_id)
"""


async def find(context: DdlContext, owner: str, name: str, namespace: int = TABLES) -> Object | None:
    row = await context.row(
        f"{_SELECT} WHERE o.owner = %s AND o.name = %s AND o.namespace = %s", owner, name, namespace
    )
    return None if row is None else Object(*row)


async def by_id(context: DdlContext, object_id: int) -> Object:
    row = await context.row(f"{_SELECT} WHERE o.object_id = %s", object_id)
    assert row is not None
    return Object(*row)


def name_in_use() -> OracleError:
    return OracleError(955, "name is already used by an existing object")


async def add(
    context: DdlContext,
    owner: str,
    name: str,
    type_: str,
    *,
    namespace: int = TABLES,
    relid: int | None = None,
    temporary: bool = False,
    generated: bool = False,
    status: str = "VALID",
) -> int:
    """Insert the row and return the object's number. Raises ORA-00955 if the name is taken."""
    if name.startswith(PRIVATE_PREFIX):
        raise OracleError(32463, "cannot create an object with a name matching private temporary table prefix")
    object_id = await context.value(
        "INSERT INTO oracle.objects (owner, name, type, namespace, relid, temporary, generated, status, data_object_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, CASE WHEN %s THEN currval('oracle.object_ids') END)"
        " ON CONFLICT (owner, name, namespace) DO NOTHING RETURNING object_id",
        *(owner, name, type_, namespace, relid, temporary, generated, status, type_ in ("TABLE", "INDEX")),
    )
    if object_id is None:
        raise name_in_use()
    return int(object_id)


async def touch(context: DdlContext, object_id: int) -> None:
    await context.run(
        "UPDATE oracle.objects SET last_ddl_time = date_trunc('second', localtimestamp)::oracle.date WHERE object_id = %s",
        object_id,
    )


async def relid_of(context: DdlContext, owner: str, name: str) -> int:
    """PostgreSQL's number of a relation that exists."""
    return int(
        await context.value(
            "SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND c.relname = %s",
            *(pg_identifier(owner), pg_identifier(name)),
        )
    )


async def make_room(context: DdlContext, owner: str, name: str) -> None:
    """Let PostgreSQL have a relation of that name: Oracle's indexes are in a name space of their own, PostgreSQL's are not."""
    row = await context.row(
        "SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s AND c.relkind = 'i'",
        *(pg_identifier(owner), pg_identifier(name)),
    )
    if row is None:
        return
    moved = f"ix${row[0]}"
    await context.run(f"ALTER INDEX {qualified(owner, name)} RENAME TO {quote(moved)}")
    await context.run(
        "UPDATE oracle.constraints SET pg_name = %s WHERE pg_name = %s AND owner = %s AND type IN ('P', 'U')",
        *(moved, pg_identifier(name), owner),
    )


async def index_name(context: DdlContext, owner: str, name: str) -> str:
    """What PostgreSQL may call an index or key that Oracle calls `name`: the same unless a relation has that name."""
    taken = await context.value(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s)",
        *(pg_identifier(owner), pg_identifier(name)),
    )
    if not taken:
        return pg_identifier(name)
    number = await context.value("SELECT nextval('oracle.constraint_numbers')")
    return f"ix${number}"


async def find_table(
    context: DdlContext, owner: str, name: str, allowed: Callable[[DdlContext, Object], bool], pos: int = -1
) -> Object:
    """The table, if the user may do to it what `allowed` asks.

    Raises:
        OracleError: ORA-00942, ORA-01031 for one that the user only sees, ORA-01702 for a view.
    """
    found = await find(context, owner, name)
    if found is None or found.type not in ("TABLE", "VIEW") or not is_visible(context, found):
        raise OracleError(942, "table or view does not exist", pos)
    if found.type == "VIEW":
        raise OracleError(1702, "a view is not appropriate here", pos)
    if not allowed(context, found):
        raise OracleError(1031, "insufficient privileges", pos)
    return found


def is_visible(context: DdlContext, found: Object) -> bool:
    return context.catalog.visible(context.user, found.owner, found.name)


async def relation(context: DdlContext, owner: str, name: str) -> Relation:
    """The catalog's entry of a relation of this transaction, brought up to date."""
    await context.refresh((owner, name))
    found = context.catalog.objects[(owner, name)]
    assert isinstance(found, Relation)
    return found
