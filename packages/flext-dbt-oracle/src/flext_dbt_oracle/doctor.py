"""`flext-dbt-oracle doctor`: what is wrong or will go wrong, each finding with what to do about it.

A check that this user may not make says so; it never counts as passed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig

from .environment import VARIABLE, ConnectError, read_config
from .profile import PROFILE_NAME
from .project import SHIMS, TEMPLATES

Level = Literal["ok", "note", "warning", "error"]

#: What dbt needs to build anything, and what some materializations need.
REQUIRED = {"CREATE TABLE": "tables", "CREATE VIEW": "views"}
OPTIONAL = {
    "CREATE MATERIALIZED VIEW": "materialized views",
    "CREATE SEQUENCE": "oracle_create_sequence",
    "CREATE PROCEDURE": "dbt functions",
}
LEFTOVERS = (
    "SELECT object_name, TO_CHAR(created, 'YYYY-MM-DD') FROM sys.all_objects WHERE owner = :owner"
    " AND object_type IN ('TABLE', 'VIEW') AND (REGEXP_LIKE(object_name, '^O[$]PT_.*[0-9]{12}$')"
    " OR object_name LIKE '%!_!_DBT!_TMP' ESCAPE '!' OR object_name LIKE '%!_!_DBT!_BACKUP' ESCAPE '!'"
    " OR object_name LIKE '%!_!_DBT!_EXCH' ESCAPE '!') ORDER BY object_name"
)


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    what: str
    todo: str = ""

    def __str__(self) -> str:
        return f"{self.level:8}{self.what}" + (f"\n        -> {self.todo}" if self.todo else "")


class NotAnsweredError(Exception):
    """The database refused a question of ours; the text is its reason."""


class Questions:
    """The database, asked by the checks."""

    def __init__(self, api: FlextDbOracleApi, schema: str) -> None:
        self._api = api
        self.schema = schema

    def rows(self, sql: str, **binds: Any) -> list[tuple[Any, ...]]:
        result = self._api.execute_query(sql, binds or None)
        if result.is_failure:
            raise NotAnsweredError(str(result.error))
        return [tuple(row) for row in result.value.rows]

    def value(self, sql: str, **binds: Any) -> Any:
        found = self.rows(sql, **binds)
        return found[0][0] if found else None


def examine(project: Path) -> list[Finding]:
    """All findings about the project in `project` and the database that the variables name."""
    findings = list(_project(project))
    try:
        config = read_config()
    except ConnectError as error:
        return [*findings, Finding("error", str(error), "set the variables; `flext-dbt-oracle profile` shows which")]
    schema = os.environ.get(f"{VARIABLE}SCHEMA") or "ANALYTICS"
    with FlextDbOracleApi(config) as api:
        connected = api.connect()
        if connected.is_failure:
            return [*findings, Finding("error", f"cannot connect: {connected.error}", connected.hint or "")]
        findings.append(Finding("ok", f"connected to {config.address} as {config.username}"))
        questions = Questions(api, schema.upper() if not schema.startswith('"') else schema.strip('"'))
        for check in CHECKS:
            findings.extend(_asked(check, questions, config))
    return findings


def _asked(
    check: Callable[[Questions, FlextDbOracleConfig], Iterator[Finding]],
    questions: Questions,
    config: FlextDbOracleConfig,
) -> list[Finding]:
    try:
        return list(check(questions, config))
    except NotAnsweredError as error:
        return [Finding("note", f"{check.__name__.strip('_').replace('_', ' ')} not checked: {error}")]


# ------------------------------------------------------------------------------------------------------ the project


def _project(folder: Path) -> Iterator[Finding]:
    path = folder / "dbt_project.yml"
    if not path.exists():
        yield Finding("error", f"no dbt project in {folder}", "`flext-dbt-oracle init DIR` writes one")
        return
    project = yaml.safe_load(path.read_text()) or {}
    if project.get("profile") != PROFILE_NAME:
        yield Finding(
            "note", f"the project uses the profile {project.get('profile')!r}", f"ours is named {PROFILE_NAME}"
        )
    orders = {entry.get("macro_namespace"): entry.get("search_order", []) for entry in project.get("dispatch") or []}
    if "flext_dbt_oracle" not in orders.get("dbt", []):
        yield Finding(
            "error",
            "dbt_project.yml has no dispatch order for flext_dbt_oracle: its corrections are not used",
            "add the lines that `flext-dbt-oracle init` prints for this project",
        )
    shims = folder / SHIMS
    if not shims.exists():
        yield Finding(
            "error",
            f"{SHIMS} is missing: unit tests, rebuilds and incrementals are the bare adapter's",
            "run `flext-dbt-oracle init` in the project",
        )
    elif shims.read_text() != (TEMPLATES / "project" / SHIMS).read_text():
        yield Finding(
            "note", f"{SHIMS} is not the one of this version", "remove it and run `flext-dbt-oracle init` again"
        )
    packages = folder / "packages.yml"
    if not packages.exists() or "FLEXT_DBT_ORACLE_PACKAGE" not in packages.read_text():
        yield Finding(
            "error",
            "packages.yml does not have the macros",
            "add `- local: \"{{ env_var('FLEXT_DBT_ORACLE_PACKAGE') }}\"`",
        )
    for name in project.get("model-paths") or ["models"]:
        for path in sorted((folder / name).rglob("*.y*ml")):
            yield from _properties(path)


def _properties(path: Path) -> Iterator[Finding]:
    """Of a file of properties: the tables that have a freshness and neither a column nor a query that dates their rows."""
    try:
        described = yaml.safe_load(path.read_text()) or {}
    except yaml.YAMLError as error:
        yield Finding("error", f"{path} is not YAML: {' '.join(str(error).split())}")
        return
    for source in described.get("sources") or []:
        for table in source.get("tables") or []:
            levels = [level | (level.get("config") or {}) for level in (source, table)]
            wanted = any(level.get("freshness") for level in levels)
            if wanted and not any(level.get("loaded_at_field") or level.get("loaded_at_query") for level in levels):
                yield Finding(
                    "warning",
                    f"{source['name']}.{table['name']} has a freshness and no column for it; dbt-oracle has none from metadata",
                    "set loaded_at_field or loaded_at_query; `flext-dbt-oracle sources --last-modified` writes one",
                )


# ----------------------------------------------------------------------------------------------------- the database


def _version(ask: Questions, _config: FlextDbOracleConfig) -> Iterator[Finding]:
    version = str(
        ask.value("SELECT version FROM product_component_version WHERE ROWNUM = 1")
        or ask.value("SELECT version FROM v$instance")
    )
    major = int(version.split(".")[0])
    if major < 12:
        yield Finding("error", f"Oracle {version}: the thin driver needs 12.1 or later", "set thick mode, or upgrade")
    elif major < 19:
        yield Finding("warning", f"Oracle {version} is older than 19c, which the macros are written for")
    elif major < 23:
        yield Finding(
            "ok",
            f"Oracle {version}: SELECT needs FROM, there is no BOOLEAN, no IF EXISTS and no GROUP BY alias in SQL;"
            " the macros keep to that, models must too",
        )
    else:
        yield Finding("ok", f"Oracle {version}")


def _database_name(ask: Questions, config: FlextDbOracleConfig) -> Iterator[Finding]:
    name = str(ask.value("SELECT SYS_CONTEXT('USERENV', 'DB_NAME') FROM DUAL"))
    given = os.environ.get(f"{VARIABLE}DATABASE")
    if given and given != "None" and given.upper() != name.upper():
        yield Finding(
            "error",
            f"{VARIABLE}DATABASE is {given}, but DB_NAME is {name}: the second run fails with ORA-00955"
            " and the docs are empty",
            f"unset it (flext-dbt-oracle asks the database), or set it to {name}",
        )
        return
    service = config.service_name or config.dsn or ""
    differs = f" (the service {service} is not its name)" if service.split(".")[0].upper() != name.upper() else ""
    yield Finding("ok", f"database name {name}{differs}")


def _schema(ask: Questions, config: FlextDbOracleConfig) -> Iterator[Finding]:
    if not ask.rows("SELECT username FROM sys.all_users WHERE username = :name", name=ask.schema):
        yield Finding("error", f"schema {ask.schema} does not exist: dbt cannot create users", "let the DBA create it")
        return
    user = (config.username or "").upper()
    if user == ask.schema:
        yield Finding("ok", f"schema {ask.schema} is the user's own")
    else:
        yield Finding(
            "warning",
            f"{user} builds in another user's schema {ask.schema}: that needs CREATE ANY TABLE, DROP ANY TABLE, ...",
            f"connect as {ask.schema}, or with proxy authentication: {user}[{ask.schema}]",
        )


def _privileges(ask: Questions, _config: FlextDbOracleConfig) -> Iterator[Finding]:
    held = {row[0] for row in ask.rows("SELECT privilege FROM session_privs")}
    missing = [name for name in REQUIRED if name not in held and name.replace("CREATE", "CREATE ANY") not in held]
    for name in missing:
        yield Finding("error", f"no privilege {name} (for {REQUIRED[name]})", f"GRANT {name} TO the user")
    for name, purpose in OPTIONAL.items():
        if name not in held:
            yield Finding("note", f"no privilege {name}: needed for {purpose}", f"GRANT {name} TO the user, if used")
    if not missing:
        yield Finding("ok", "privileges for tables and views")


def _quota(ask: Questions, _config: FlextDbOracleConfig) -> Iterator[Finding]:
    if ask.rows("SELECT privilege FROM session_privs WHERE privilege = 'UNLIMITED TABLESPACE'"):
        yield Finding("ok", "space: UNLIMITED TABLESPACE")
        return
    tablespace = ask.value("SELECT default_tablespace FROM user_users")
    quotas = {row[0]: row[1:] for row in ask.rows("SELECT tablespace_name, bytes, max_bytes FROM user_ts_quotas")}
    used, most = quotas.get(tablespace, (0, 0))
    if most == -1:
        yield Finding("ok", f"space: unlimited on {tablespace}")
    elif not most:
        yield Finding(
            "error",
            f"no quota on {tablespace}: the first row of a table is ORA-01950",
            f"ALTER USER .. QUOTA UNLIMITED ON {tablespace}",
        )
    else:
        level: Level = "warning" if used > 0.9 * most else "ok"
        yield Finding(level, f"space: {used / 2**20:,.0f} of {most / 2**20:,.0f} MiB used on {tablespace}")


def _leftovers(ask: Questions, _config: FlextDbOracleConfig) -> Iterator[Finding]:
    rows = ask.rows(LEFTOVERS, owner=ask.schema)
    if rows:
        names = ", ".join(f"{name} ({created})" for name, created in rows[:5])
        more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
        yield Finding(
            "warning",
            f"left behind by failed or killed runs: {names}{more}",
            "flext-dbt-oracle run-operation oracle_drop_leftovers --args '{dry_run: false}'",
        )


def _session_formats(ask: Questions, _config: FlextDbOracleConfig) -> Iterator[Finding]:
    formats = dict(ask.rows("SELECT parameter, value FROM nls_session_parameters"))
    date = formats.get("NLS_DATE_FORMAT")
    if date and "HH24" not in date:
        yield Finding(
            "note",
            f"implicit conversions of dates use {date}, which drops the time, in nodes without our pre-hook",
            '`+pre-hook: "{{ flext_dbt_oracle.oracle_session_setup() }}"` sets ISO formats',
        )


CHECKS = (_version, _database_name, _schema, _privileges, _quota, _leftovers, _session_formats)
