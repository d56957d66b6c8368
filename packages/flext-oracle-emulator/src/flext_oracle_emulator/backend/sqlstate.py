"""PostgreSQL's errors in Oracle's numbers and words.

A failure of the emulator's own functions arrives as SQLSTATE ORA00 with the message `code|text`. Constraint violations
name their constraint, which `oracle.constraints` may know by another name. What has no entry here is ORA-03001 to the
client, and a warning with PostgreSQL's words in the server's log: they never travel further.
"""

from __future__ import annotations

import logging

from psycopg import pq

from ..errors import OracleError, unsupported
from .base import StatementType
from .ddl.temporary import oracle_owner
from .link import PostgresError

log = logging.getLogger("flext_oracle_emulator.postgres")

_FIELD = pq.DiagnosticField

#: SQLSTATE -> (ORA number, text) where nothing more is to be said.
_FIXED: dict[str, tuple[int, str]] = {
    "22003": (1438, "value larger than specified precision allowed for this column"),
    "22P02": (1722, "invalid number"),
    "22012": (1476, "divisor is equal to zero"),
    "22008": (1841, "(full) year must be between -4713 and +9999, and not be 0"),
    "22007": (1861, "literal does not match format string"),
    "2201E": (1428, "argument '0' is out of range"),
    "2201F": (1428, "argument is out of range"),
    "22011": (1428, "argument is out of range"),
    "22021": (3001, "unimplemented feature: character with code 0 in text (flext-oracle-emulator)"),
    "22001": (12899, "value too large for column"),
    "2200H": (8004, "sequence exceeds its bounds and cannot be instantiated"),
    "2201B": (12725, "unmatched parentheses in regular expression"),
    "2201W": (1426, "numeric overflow"),
    "2201X": (1426, "numeric overflow"),
    "22025": (1425, "escape character must be character string of length 1"),
    "22032": (40441, "JSON syntax error"),
    "22034": (40470, "JSON_VALUE evaluated to multiple values"),
    "22035": (40462, "JSON_VALUE evaluated to no value"),
    "2203F": (40456, "JSON_VALUE evaluated to non-scalar value"),
    "25006": (1456, "may not perform insert/delete/update operation inside a READ ONLY transaction"),
    "3B001": (1086, "savepoint never established in this session or is invalid"),
    "40001": (8177, "can't serialize access for this transaction"),
    "40P01": (60, "deadlock detected while waiting for resource"),
    "42803": (979, "not a GROUP BY expression"),
    "42P20": (30483, "window  functions are not allowed here"),
    "42701": (957, "duplicate column name"),
    "54000": (1795, "maximum number of expressions in a list is 1000"),
    "54001": (36, "maximum number of recursive SQL levels (50) exceeded"),
    "54011": (1792, "maximum number of columns in a table or view is 1000"),
    "55000": (8002, "sequence CURRVAL is not yet defined in this session"),
    "55P03": (54, "resource busy and acquire with NOWAIT specified or timeout expired"),
    "57014": (1013, "user requested cancel of current operation"),
    "0A000": (3001, "unimplemented feature (flext-oracle-emulator)"),
    "53100": (1653, "unable to extend table by 8 in tablespace USERS"),
    "53200": (4030, "out of process memory when trying to allocate bytes"),
    "53300": (20, "maximum number of processes (100) exceeded"),
    "57P01": (1089, "immediate shutdown or close in progress - no operations are permitted"),
    "57P02": (1089, "immediate shutdown or close in progress - no operations are permitted"),
    "57P03": (1033, "ORACLE initialization or shutdown in progress"),
    "21000": (1427, "single-row subquery returns more than one row"),
    "42702": (918, "column ambiguously defined"),
}


def violated_constraint(error: PostgresError) -> tuple[str, str, str] | None:
    """PostgreSQL's (schema, table, name) of the constraint or unique index that refused a row."""
    if error.sqlstate not in ("23505", "23503", "23514", "23P01"):
        return None
    return error.field(_FIELD.SCHEMA_NAME), error.field(_FIELD.TABLE_NAME), error.field(_FIELD.CONSTRAINT_NAME)


def oracle_error(
    error: PostgresError,
    *,
    statement: StatementType = StatementType.UNKNOWN,
    constraint: str = "",
    user: str = "",
) -> OracleError:
    """The ORA error for a failed command. `constraint` is OWNER.NAME of what `violated_constraint` says.

    `user` owns the session's private temporary tables.
    """
    sqlstate = error.sqlstate
    message = error.field(_FIELD.MESSAGE_PRIMARY)
    if sqlstate == "ORA00":
        return _own(message)
    schema, table = error.field(_FIELD.SCHEMA_NAME), error.field(_FIELD.TABLE_NAME)
    owner = user if schema.startswith("pg_temp") else oracle_owner(schema)
    if sqlstate == "23502":
        place = f'("{owner}"."{table}"."{error.field(_FIELD.COLUMN_NAME)}")'
        if statement == StatementType.UPDATE:
            return OracleError(1407, f"cannot update {place} to NULL")
        return OracleError(1400, f"cannot insert NULL into {place}")
    if violated_constraint(error) is not None:
        named = constraint or f"{owner}.{error.field(_FIELD.CONSTRAINT_NAME)}"
        if sqlstate == "23514":
            return OracleError(2290, f"check constraint ({named}) violated")
        if sqlstate == "23503":
            # "insert or update on table .." against "update or delete on table .. violates ..": which side was touched.
            if "still referenced" in error.field(_FIELD.MESSAGE_DETAIL):
                return OracleError(2292, f"integrity constraint ({named}) violated - child record found")
            return OracleError(2291, f"integrity constraint ({named}) violated - parent key not found")
        return OracleError(1, f"unique constraint ({named}) violated")
    if sqlstate == "21000" and "subquery" not in message:
        return OracleError(30926, "unable to get a stable set of rows in the source tables")
    if sqlstate == "42P10" and "must not contain variables" in message:
        return unsupported("a window bound that depends on the row")
    if sqlstate == "0A000" and message.startswith("FULL JOIN"):
        return unsupported("FULL OUTER JOIN without an equality of its two sides")
    if sqlstate == "55000" and "view" in message:
        return OracleError(1732, "data manipulation operation not legal on this view")
    if sqlstate == "0A000" and "column" in message and "of view" in message:
        return OracleError(1733, "virtual column not allowed here")
    if sqlstate == "44000":
        return OracleError(1402, "view WITH CHECK OPTION where-clause violation")
    if sqlstate == "54000" and "index row" in message:
        return OracleError(1450, "maximum key length (6398) exceeded")
    if sqlstate in _FIXED:
        if sqlstate in ("0A000", "42803", "55000"):
            log.info("SQLSTATE %s: %s", sqlstate, message)
        return OracleError(*_FIXED[sqlstate])
    log.warning(
        "no ORA number for SQLSTATE %s: %s | %s | %s",
        sqlstate or "(none)",
        message,
        error.field(_FIELD.MESSAGE_DETAIL),
        error.field(_FIELD.CONTEXT),
    )
    return unsupported(f"this statement (the server's log has the details under {sqlstate or 'connection lost'})")


def _own(message: str) -> OracleError:
    """`code|text`, whose further lines are the rest of an error stack."""
    code, _, text = message.partition("|")
    first, *stack = text.split("\n")
    return OracleError(int(code), first, stack=tuple(stack))
