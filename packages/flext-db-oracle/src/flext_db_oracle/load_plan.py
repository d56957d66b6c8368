"""How a bulk load travels: array binds into the table, or through staging tables; and why not the way that was asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import oracledb

from flext_db_oracle import bulk, staging
from flext_db_oracle.bulk import BulkResult, InsertStatement, Row
from flext_db_oracle.errors import ErrorKind, explain
from flext_db_oracle.metadata import OracleTable
from flext_db_oracle.session import Session


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller asked for. `reject_limit` None leaves out any number of refused rows."""

    batch_size: int
    single: bool
    direct: bool
    parallel: int
    reject_limit: int | None


def load(
    sessions: Sequence[Session], target: OracleTable, statement: InsertStatement, rows: Iterable[Row], wanted: Wanted
) -> BulkResult:
    """Load and commit in one transaction. Raises `BulkError` and the driver's errors; then nothing was loaded."""
    connections = [session.connection for session in sessions]
    reason = _why_not_staged(connections[0], statement, wanted)
    direct_reason = _why_not_direct(connections[0], statement, wanted)
    direct = wanted.direct and reason is None and direct_reason is None
    if reason is None and (direct or wanted.parallel > 1):
        result = staging.load_staged(
            connections,
            target,
            statement,
            rows,
            batch_size=wanted.batch_size,
            direct=direct,
            reject_limit=wanted.reject_limit,
        )
    else:
        result = bulk.load(
            connections[0],
            statement,
            rows,
            batch_size=wanted.batch_size,
            single=wanted.single,
            reject_limit=wanted.reject_limit,
        )
        connections[0].commit()
    if reason is not None:
        return replace(result, fallback=f"{'no direct path' if wanted.direct else 'one session only'}: {reason}")
    return replace(result, fallback=direct_reason and f"no direct path: {direct_reason}")


def _why_not_staged(connection: oracledb.Connection, statement: InsertStatement, wanted: Wanted) -> str | None:
    if not wanted.direct and wanted.parallel == 1:
        return None
    if wanted.single:
        return "use_bulk_api is off"
    return staging.why_not_staged(statement.columns) or _why_no_table(connection)


def _why_not_direct(connection: oracledb.Connection, statement: InsertStatement, wanted: Wanted) -> str | None:
    if not wanted.direct:
        return None
    if wanted.reject_limit != 0:
        return "refused rows can be listed by array binds only"
    return staging.why_not_direct(connection, statement.columns)


def _why_no_table(connection: oracledb.Connection) -> str | None:
    """Whether this user may create the staging table."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM session_privs WHERE privilege IN ('CREATE TABLE', 'CREATE ANY TABLE')")
            (count,) = cursor.fetchone()
    except oracledb.DatabaseError as exc:
        if explain(exc).kind not in {ErrorKind.NOT_FOUND, ErrorKind.PERMISSION}:
            raise
        return None  # CREATE TABLE itself will tell
    return None if count else f"GRANT CREATE TABLE TO {connection.username} is missing, for the staging table"
