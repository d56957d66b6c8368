"""Global temporary tables: one definition for all sessions, rows that only their session sees.

The rows of all sessions are in an unlogged table in PostgreSQL schema "gtt:<owner>"; the table that clients name is an
updatable view over the session's own (ON COMMIT DELETE ROWS: over those of the running transaction). So views on a temporary table,
and temporary tables of the same name in two schemas, work as in Oracle, and nobody but this module knows.
"""

from __future__ import annotations

from typing import Any

import psycopg

from ...catalog.model import Column
from ...errors import OracleError
from ...sql.names import qualified, quote
from ..pgtypes import ROWID_COLUMN
from .context import DdlContext
from .objects import TEMPORARY_SCHEMA, Object

_SESSION = '"SESSION$" = (SELECT oracle.session_key())'
# The planner takes `===` to hold for most rows: after `=` it would expect a row or two and join thousands in nested loops.
_MOSTLY_SESSION = '"SESSION$" OPERATOR(oracle.===) (SELECT oracle.session_key())'
_MOSTLY_TRANSACTION = '"TX$" OPERATOR(oracle.===) (SELECT pg_catalog.pg_current_xact_id_if_assigned())'


def oracle_owner(pg_schema: str) -> str:
    """The Oracle schema behind a PostgreSQL schema that an error names."""
    return pg_schema.removeprefix(TEMPORARY_SCHEMA)


def storage(owner: str, name: str) -> str:
    return qualified(TEMPORARY_SCHEMA + owner, name)


def hidden_columns(on_commit: str) -> list[str]:
    columns = ['"SESSION$" int8 NOT NULL DEFAULT oracle.session_key()']
    if on_commit == "DELETE":
        columns.append('"TX$" xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id()')
    return columns


def key_prefix(table: Object) -> str:
    """The column that comes first in each unique key, so that sessions (transactions) do not meet."""
    return '"TX$"' if table.duration == "SYS$TRANSACTION" else '"SESSION$"'


async def create_storage(context: DdlContext, owner: str, name: str, definitions: list[str], on_commit: str) -> None:
    """Make the table that holds the rows."""
    await context.run(f"CREATE SCHEMA IF NOT EXISTS {quote(TEMPORARY_SCHEMA + owner)}")
    await context.run(
        f"CREATE UNLOGGED TABLE {storage(owner, name)} ({', '.join([*definitions, *hidden_columns(on_commit)])})"
    )
    if on_commit == "DELETE":
        await context.run(f'CREATE INDEX ON {storage(owner, name)} ("SESSION$", "TX$")')
        await context.run(
            f"CREATE TRIGGER clear_transaction_rows BEFORE INSERT ON {storage(owner, name)}"
            " FOR EACH STATEMENT EXECUTE FUNCTION oracle.clear_transaction_rows()"
        )


async def create_face(context: DdlContext, owner: str, name: str, columns: list[Column], on_commit: str) -> None:
    """Make the view that clients know as the table; its column numbers are those of `columns` in order."""
    listed = ", ".join(quote(column.name) for column in columns)
    condition = _MOSTLY_TRANSACTION if on_commit == "DELETE" else _MOSTLY_SESSION
    await context.run(
        f'CREATE VIEW {qualified(owner, name)} AS SELECT {listed}, "{ROWID_COLUMN}" FROM {storage(owner, name)} WHERE {condition}'
    )


async def refuse_in_use(context: DdlContext, table: Object) -> None:
    """Raise ORA-14452 if a session that is still there has rows in the table."""
    if table.temporary is None or table.duration != "SYS$SESSION":
        return
    used = await context.value(
        f'SELECT EXISTS (SELECT FROM {table.storage} WHERE "SESSION$" IN (SELECT key FROM oracle.session_keys(NULL)))'
    )
    if used:
        raise OracleError(14452, "attempt to create, alter or drop an index on temporary table already in use")


async def truncate(context: DdlContext, table: Object) -> None:
    """Remove this session's rows."""
    await context.run(f"DELETE FROM {table.storage} WHERE {_SESSION}")


async def end_session(connection: psycopg.AsyncConnection[Any]) -> None:
    """Remove the rows of a session that ends: to be called before its connection is closed or given to another session."""
    cursor = await connection.execute(
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname LIKE 'gtt:%' AND c.relkind = 'r'"
    )
    for schema, name in await cursor.fetchall():
        await connection.execute(f"DELETE FROM {quote(schema)}.{quote(name)} WHERE {_SESSION}".encode())


async def purge(connection: psycopg.AsyncConnection[Any]) -> None:
    """Remove all rows: to be called at the start of a server, when no session can own any."""
    cursor = await connection.execute(
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname LIKE 'gtt:%' AND c.relkind = 'r'"
    )
    for schema, name in await cursor.fetchall():
        await connection.execute(f"TRUNCATE {quote(schema)}.{quote(name)}".encode())
