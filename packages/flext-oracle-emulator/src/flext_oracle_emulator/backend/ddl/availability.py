"""ALTER TABLE .. READ ONLY and READ WRITE, ALTER INDEX .. UNUSABLE and REBUILD: what may not be changed for a while."""

from __future__ import annotations

from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql.names import quote
from .context import DdlContext
from .objects import Object

_READ_ONLY = "read_only$"
#: ALTER TABLE .. VERB PARTITION that takes rows away.
_REMOVING = ("DROP", "TRUNCATE", "EXCHANGE")


async def set_read_only(context: DdlContext, table: Object, *, read_only: bool) -> None:
    if table.temporary is not None:
        raise OracleError(14451, "unsupported feature with temporary table")
    if await is_read_only(context, table) == read_only:
        if read_only:
            raise OracleError(14139, f"table {table.owner}.{table.name} is already in read-only mode")
        raise OracleError(14140, f"table {table.owner}.{table.name} is already in read/write mode")
    await context.run("UPDATE oracle.tables SET read_only = %s WHERE object_id = %s", read_only, table.object_id)
    if read_only:
        await context.run(
            f"CREATE TRIGGER {quote(_READ_ONLY)} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table.storage}"
            " FOR EACH STATEMENT EXECUTE FUNCTION oracle.refuse_change()"
        )
    else:
        await context.run(f"DROP TRIGGER {quote(_READ_ONLY)} ON {table.storage}")


async def is_read_only(context: DdlContext, table: Object) -> bool:
    return bool(await context.value("SELECT read_only FROM oracle.tables WHERE object_id = %s", table.object_id))


async def refuse_read_only(context: DdlContext, table: Object, action: ast.AlterAction | None = None) -> None:
    """Raise ORA-12081 if the table is READ ONLY and the action (None: TRUNCATE) changes its rows or columns."""
    if isinstance(action, ast.TableOption):
        if not action.text.upper().startswith(tuple(f"{verb} " for verb in _REMOVING)):
            return
    elif action is not None and not isinstance(
        action, (ast.AddColumns, ast.ModifyColumns, ast.DropColumns, ast.RenameColumn)
    ):
        return
    if await is_read_only(context, table):
        raise OracleError(12081, f'update operation not allowed on table "{table.owner}"."{table.name}"')


async def make_unusable(context: DdlContext, index: Object, table: Object) -> None:
    """Nothing can be written through a unique index that is unusable; other indexes are skipped."""
    unique, expressions, partitioned, referenced = await context.one(
        "SELECT i.uniqueness OR EXISTS (SELECT FROM oracle.constraints k WHERE k.index_id = i.object_id AND k.type IN ('P', 'U')),"
        " EXISTS (SELECT FROM oracle.index_columns c WHERE c.object_id = i.object_id AND c.expression IS NOT NULL), i.partitioned,"
        " EXISTS (SELECT FROM oracle.constraints k JOIN oracle.constraints r ON r.r_constraint_id = k.constraint_id"
        " WHERE k.index_id = i.object_id AND r.status = 'ENABLED')"
        " FROM oracle.indexes i WHERE i.object_id = %s",
        index.object_id,
    )
    for reason, meant in (
        (table.temporary is not None, "of a temporary table"),
        (partitioned, "of a partitioned index"),
        (unique and expressions, "of a unique index on expressions"),
        (referenced, "of the index of a key that foreign keys reference"),
    ):
        if reason:
            raise unsupported(f"ALTER INDEX .. UNUSABLE {meant}")
    await _set_status(context, index, "UNUSABLE")
    if unique:
        await context.run(f"DROP TRIGGER IF EXISTS {_trigger(index)} ON {table.storage}")
        await context.run(
            f"CREATE TRIGGER {_trigger(index)} BEFORE INSERT OR UPDATE OR DELETE ON {table.storage}"
            f" FOR EACH ROW EXECUTE FUNCTION oracle.refuse_unusable({index.object_id})"
        )


async def pass_unusable(context: DdlContext) -> None:
    """Rows that a definition moves or removes, such as those of a partition, are not held up by unusable indexes."""
    await context.run("SELECT pg_catalog.set_config('oracle.pass_unusable', 'on', true)")


async def rebuild(context: DdlContext, index: Object, table: Object, words: list[str]) -> None:
    if words[1:2] and words[1] in ("PARTITION", "SUBPARTITION"):
        return
    if await context.value("SELECT partitioned FROM oracle.indexes WHERE object_id = %s", index.object_id):
        raise OracleError(14086, "a partitioned index may not be rebuilt as a whole")
    await _set_status(context, index, "VALID")
    await context.run(f"DROP TRIGGER IF EXISTS {_trigger(index)} ON {table.storage}")


async def make_usable(context: DdlContext, table: Object) -> None:
    """TRUNCATE: the indexes of an empty table are usable."""
    for (index_id,) in await context.rows(
        "UPDATE oracle.indexes SET status = 'VALID' WHERE table_id = %s AND status = 'UNUSABLE' RETURNING object_id",
        table.object_id,
    ):
        await context.run(f"DROP TRIGGER IF EXISTS {_trigger_of(index_id)} ON {table.storage}")


async def _set_status(context: DdlContext, index: Object, status: str) -> None:
    await context.run("UPDATE oracle.indexes SET status = %s WHERE object_id = %s", status, index.object_id)


def _trigger(index: Object) -> str:
    return _trigger_of(index.object_id)


def _trigger_of(index_id: int) -> str:
    return quote(f"unusable${index_id}")
