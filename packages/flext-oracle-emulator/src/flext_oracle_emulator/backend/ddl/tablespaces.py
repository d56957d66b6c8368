"""Tablespaces: names that tables, users and quotas may refer to. All rows are in one place whatever they say."""

from __future__ import annotations

from ...errors import OracleError
from ...sql import ast
from . import objects, tables
from .context import DdlContext
from .privileges import require_system


async def create_tablespace(statement: ast.CreateTablespace, context: DdlContext) -> None:
    require_system(context, "CREATE TABLESPACE")
    if not statement.text.startswith(("DATAFILE ", "TEMPFILE ")):
        raise OracleError(2199, "missing DATAFILE/TEMPFILE clause", statement.pos)
    if await exists(context, statement.name):
        raise OracleError(1543, f"tablespace '{statement.name}' already exists", statement.pos)
    await context.run("INSERT INTO oracle.tablespaces VALUES (%s, %s)", statement.name, statement.contents)


async def drop_tablespace(statement: ast.Drop, context: DdlContext) -> None:
    require_system(context, "DROP TABLESPACE")
    name = statement.name[-1]
    await require(context, name)
    if name in ("SYSTEM", "SYSAUX"):
        raise OracleError(1550, "cannot drop system tablespace")
    if name in ("USERS", "TEMP", "UNDOTBS1"):
        kind = {"USERS": 12919, "TEMP": 12906, "UNDOTBS1": 30013}[name]
        raise OracleError(kind, f"tablespace '{name}' is in use as a default and cannot be dropped")
    held = await context.rows("SELECT object_id FROM oracle.tables WHERE tablespace_name = %s", name)
    if held and not statement.purge:
        raise OracleError(1549, "tablespace not empty, use INCLUDING CONTENTS option")
    for (object_id,) in held:
        await tables.remove_table(context, await objects.by_id(context, object_id), cascade=statement.cascade)
    await context.run("DELETE FROM oracle.tablespace_quotas WHERE tablespace_name = %s", name)
    await context.run("DELETE FROM oracle.tablespaces WHERE name = %s", name)
    await context.refresh_privileges()


async def exists(context: DdlContext, name: str) -> bool:
    return bool(await context.value("SELECT EXISTS (SELECT FROM oracle.tablespaces WHERE name = %s)", name))


async def require(context: DdlContext, name: str) -> None:
    """Raise ORA-00959 for a tablespace that is not there."""
    if not await exists(context, name):
        raise OracleError(959, f"tablespace '{name}' does not exist")
