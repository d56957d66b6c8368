"""The run's SCN and the database's clock: what "now" was when the run began.

An SCN comes from the first of three places that this user may use; all are right for reading AS OF, the last one is
merely a few seconds older.
"""

from __future__ import annotations

import oracledb
from flext_db_oracle import FlextDbOracleApi
from flext_db_oracle.errors import error_code, explain

from .errors import TapError, unwrap

_SCN_QUERIES = (
    "SELECT DBMS_FLASHBACK.GET_SYSTEM_CHANGE_NUMBER FROM dual",
    "SELECT current_scn FROM v$database",
    "SELECT TIMESTAMP_TO_SCN(SYSTIMESTAMP) FROM dual",
)
#: The database's time as ISO text with nanoseconds and offset.
CLOCK = """LTRIM(TO_CHAR(SYSTIMESTAMP, 'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM'))"""
#: A query that this user may not run, as against a server that fails.
DENIED = frozenset({"ORA-00904", "ORA-00942", "ORA-01031", "ORA-06550", "ORA-41900"})

#: Why a table cannot be read AS OF an SCN -> what to do. Other errors have nothing to do with the snapshot.
SNAPSHOT_ERRORS = {
    "ORA-01555": "the undo of the snapshot is gone: the DBA raises UNDO_RETENTION, or read with more `parallel`",
    "ORA-08180": "the snapshot's SCN is too old: run again without the state's `full_load`",
    "ORA-08181": "the snapshot's SCN is not known to this database: run again without the state's `full_load`",
    "ORA-01466": "the table was created or altered after the snapshot: run again",
    "ORA-30052": "the snapshot is older than the undo: run again",
    "ORA-01031": "reading AS OF needs a privilege: GRANT FLASHBACK ON {table} TO {user}",
    "ORA-00942": "reading AS OF needs privileges: GRANT SELECT, FLASHBACK ON {table} TO {user}",
    "ORA-03001": "this database cannot read AS OF SCN",
}


def current_scn(api: FlextDbOracleApi) -> int:
    """The database's SCN.

    Raises:
        TapError: no way to learn it is open to this user, with the grants that open one.
    """
    for sql in _SCN_QUERIES:
        result = api.execute_query(sql)
        if result.is_success:
            return int(result.value.scalar())
        if not isinstance(result.exception, oracledb.Error) or error_code(result.exception) not in DENIED:
            unwrap(result, "current SCN")
    raise TapError(
        f"the SCN cannot be read: GRANT EXECUTE ON DBMS_FLASHBACK TO {api.config.username}, or GRANT SELECT ON"
        " V_$DATABASE"
    )


def clock(api: FlextDbOracleApi) -> str:
    """The database's time: ISO text with nanoseconds and offset."""
    return str(unwrap(api.execute_query(f"SELECT {CLOCK} FROM dual"), "database clock").scalar())


def snapshot_problem(error: oracledb.Error, table: str, user: str | None) -> str | None:
    """Why a read AS OF SCN failed and what to do, or None if the snapshot is not to blame."""
    hint = SNAPSHOT_ERRORS.get(error_code(error) or "")
    return None if hint is None else hint.format(table=table, user=user)


def is_readable(api: FlextDbOracleApi, table: str, scn: int) -> bool:
    """Whether a table (its quoted name) can still be read as of an SCN.

    Raises:
        TapError: the table cannot be read for a reason that has nothing to do with the SCN.
    """
    try:
        with api.session() as session:
            session.query(f"SELECT 1 FROM {table} AS OF SCN :scn WHERE ROWNUM = 1", {"scn": scn})
    except oracledb.Error as error:
        if error_code(error) in SNAPSHOT_ERRORS:
            return False
        raise TapError(f"table {table} as of SCN {scn}: {explain(error, api.config.secrets)}") from error
    return True
