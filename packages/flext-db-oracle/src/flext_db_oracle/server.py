"""What the server is: version, edition, character sets, container, time zones, limits, roles, privileges.

Only what every user may read is needed; what a user may not see is None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import oracledb

from flext_db_oracle.dictionary_sql import rows
from flext_db_oracle.errors import error_code

_UNKNOWN_HERE = frozenset({"ORA-00942", "ORA-01031", "ORA-02003", "ORA-00904", "ORA-03001"})


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """`version` is `(19, 28, 0, 0, 0)`; `edition` as the banner says; `database_role` PRIMARY or a kind of standby."""

    address: str
    version: tuple[int, ...]
    banner: str | None
    edition: str | None
    database: str | None
    container: str | None
    service: str | None
    database_role: str | None
    username: str
    current_schema: str
    current_edition: str | None
    charset: str | None
    national_charset: str | None
    database_time_zone: str | None
    session_time_zone: str | None
    time_zone_file: int | None
    max_identifier_bytes: int | None
    max_varchar2_bytes: int | None
    max_open_cursors: int | None
    thin: bool
    roles: tuple[str, ...] = field(default=())
    privileges: tuple[str, ...] = field(default=())


def read_server_info(connection: oracledb.Connection, address: str) -> ServerInfo:
    """Ask the server."""

    def one(sql: str, **binds: str) -> Any:
        return next(iter(_optional(connection, sql, **binds)), (None,))[0]

    def context(parameter: str) -> Any:
        return one(f"SELECT SYS_CONTEXT('USERENV', '{parameter}') FROM dual")  # a fixed word of ours

    nls = dict(_optional(connection, "SELECT parameter, value FROM nls_database_parameters"))
    banner = one("SELECT banner FROM v$version WHERE banner LIKE 'Oracle%'")
    extended = one("SELECT value FROM v$parameter WHERE name = 'max_string_size'")
    return ServerInfo(
        address=address,
        version=tuple(int(part) for part in connection.version.split(".")),
        banner=banner,
        edition=_edition(banner),
        database=context("DB_NAME"),
        container=context("CON_NAME"),
        service=context("SERVICE_NAME"),
        database_role=context("DATABASE_ROLE"),
        username=str(one("SELECT USER FROM dual")),
        current_schema=str(context("CURRENT_SCHEMA")),
        current_edition=context("CURRENT_EDITION_NAME"),
        charset=nls.get("NLS_CHARACTERSET"),
        national_charset=nls.get("NLS_NCHAR_CHARACTERSET"),
        database_time_zone=one("SELECT DBTIMEZONE FROM dual"),
        session_time_zone=one("SELECT SESSIONTIMEZONE FROM dual"),
        time_zone_file=one("SELECT version FROM v$timezone_file"),
        max_identifier_bytes=connection.max_identifier_length,
        max_varchar2_bytes=None if extended is None else 32767 if str(extended).upper() == "EXTENDED" else 4000,
        max_open_cursors=connection.max_open_cursors,
        thin=connection.thin,
        roles=tuple(sorted(row[0] for row in _optional(connection, "SELECT role FROM session_roles"))),
        privileges=tuple(sorted(row[0] for row in _optional(connection, "SELECT privilege FROM session_privs"))),
    )


def _optional(connection: oracledb.Connection, sql: str, **binds: str) -> list[tuple[Any, ...]]:
    try:
        return list(rows(connection, sql, None, **binds))
    except oracledb.DatabaseError as exc:
        if error_code(exc) not in _UNKNOWN_HERE:
            raise
        return []  # this version does not have it, or this user may not see it


def _edition(banner: str | None) -> str | None:
    """`Oracle Database 19c Enterprise Edition Release ...` -> `Enterprise Edition`."""
    if banner is None:
        return None
    words = banner.split(" Release")[0].split(" - ")[0].split()
    return " ".join(words[3:]) or None
