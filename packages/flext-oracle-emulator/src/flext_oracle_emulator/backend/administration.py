"""What administrators say to the instance: ALTER SYSTEM, SET ROLE, ANALYZE, PURGE.

How the instance works inside is PostgreSQL's affair, so what only tunes it is accepted; what would change results is not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import OracleError, unsupported
from ..sql import ast
from . import execute
from .ddl import statistics
from .ddl.context import DdlContext, owner_and_name
from .settings import RECORDED

if TYPE_CHECKING:
    from .session import PostgresSession

_SESSION = re.compile(r"(?:KILL|DISCONNECT) SESSION '\s*(\d+)\s*,\s*(\d+)\s*(?:,\s*@\d+\s*)?'(?: .*)?")
_SET = re.compile(r"SET (\S+) ?= ?(.+)")
_WITHOUT_EFFECT = re.compile(
    r"FLUSH (SHARED_POOL|BUFFER_CACHE|GLOBAL CONTEXT|REDO|PASSWORDFILE_METADATA_CACHE).*|CHECKPOINT.*|SWITCH LOGFILE|"
    r"ARCHIVE LOG .*|REGISTER|CHECK DATAFILES.*"
)
_INSTANCE = {
    "OPEN_CURSORS",
    "PROCESSES",
    "SESSIONS",
    "UNDO_RETENTION",
    "SGA_TARGET",
    "SGA_MAX_SIZE",
    "PGA_AGGREGATE_TARGET",
    "PGA_AGGREGATE_LIMIT",
    "MEMORY_TARGET",
    "PARALLEL_MAX_SERVERS",
    "JOB_QUEUE_PROCESSES",
    "LOCAL_LISTENER",
    "SESSION_CACHED_CURSORS",
    "DB_CREATE_FILE_DEST",
    "DB_RECOVERY_FILE_DEST",
    "DB_RECOVERY_FILE_DEST_SIZE",
    "AUDIT_TRAIL",
    "COMMIT_LOGGING",
    "COMMIT_WAIT",
    "RESOURCE_LIMIT",
    "RESOURCE_MANAGER_PLAN",
}
_ANALYZE = re.compile(r"(TABLE|INDEX) (\S+?)(?: PARTITION ?\(.*\))? (COMPUTE|ESTIMATE|DELETE|VALIDATE) .*")


async def alter_system(session: PostgresSession, statement: ast.AlterSystem) -> None:
    text = statement.text
    backend = session.backend
    if not backend.catalog.has_system_privilege(session.user, "ALTER SYSTEM"):
        raise OracleError(1031, "insufficient privileges")
    if match := _SESSION.fullmatch(text):
        await _kill(session, int(match[1]), int(match[2]))
    elif match := _SET.fullmatch(text):
        name = match[1]
        if name not in RECORDED and name not in _INSTANCE and not name.startswith('"_'):
            raise unsupported(f"ALTER SYSTEM SET {name}", statement.pos)
    elif not _WITHOUT_EFFECT.fullmatch(text):
        raise unsupported(f"ALTER SYSTEM {text}", statement.pos)


async def _kill(session: PostgresSession, session_id: int, serial: int) -> None:
    if (session_id, serial) == (session.session_id, session.serial):
        raise OracleError(27, "cannot kill current session")
    other = session.backend.session(session_id)
    if other is None or other.serial != serial:
        raise OracleError(30, "User session ID does not exist.")
    await other.kill()


async def set_role(session: PostgresSession, statement: ast.SetRole) -> None:
    """All granted roles are enabled, always: ALL changes nothing, and what would disable one is refused."""
    granted = session.backend.catalog.roles.get(session.user, set())
    names = {name.strip().strip('"') for name in statement.text.split(",")}
    if statement.text == "ALL":
        return
    missing = names - granted - {"NONE"}
    if missing and not statement.text.startswith("ALL EXCEPT "):
        raise OracleError(1924, f"role '{min(missing)}' not granted or does not exist")
    if names != granted:
        raise unsupported("disabling roles with SET ROLE", statement.pos)


async def analyze(session: PostgresSession, statement: ast.Analyze) -> None:
    match = _ANALYZE.fullmatch(statement.text)
    if match is None:
        raise unsupported(f"ANALYZE {statement.text}", statement.pos)
    kind, name, action = match.groups()
    if action == "VALIDATE":
        return
    if kind != "TABLE" or action == "DELETE":
        raise unsupported(f"ANALYZE {statement.text}", statement.pos)
    parts = tuple(part.strip('"') for part in name.split("."))

    async def work(context: DdlContext) -> None:
        owner, table = owner_and_name(context, parts)
        if not context.catalog.visible(context.user, owner, table) or (owner, table) not in context.catalog.objects:
            raise OracleError(942, "table or view does not exist")
        await statistics.gather_table(context, owner, table)

    await execute.define(session, work)


async def purge(session: PostgresSession, statement: ast.Purge) -> None:
    """There is no recycle bin: dropped objects are gone, as with RECYCLEBIN = OFF."""
    await session.transaction.commit()
    if statement.text in ("RECYCLEBIN", "USER_RECYCLEBIN"):
        return
    if statement.text == "DBA_RECYCLEBIN":
        if not session.backend.catalog.has_system_privilege(session.user, "DROP ANY TABLE"):
            raise OracleError(1031, "insufficient privileges")
        return
    raise OracleError(38307, "object not in RECYCLE BIN")
