# ruff: noqa: T201 - a command line prints
"""`flext-db-oracle`: look at a database the way the pipelines will, and say clearly what is missing.

Reads the same settings as everything else: a connect string in FLEXT_TARGET_ORACLE_* or ORACLE_* variables. There is no
password option, because arguments are visible to every user of the machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from flext_db_oracle.api import FlextDbOracleApi
from flext_db_oracle.config import FlextDbOracleConfig
from flext_db_oracle.errors import redact
from flext_db_oracle.result import FlextResult

OK, FAILED, BAD_SETTINGS = 0, 1, 2
_NEEDED = {
    "CREATE SESSION": "to connect",
    "CREATE TABLE": "for a target that creates its tables",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0: fine; 1: the database refused something; 2: the settings or arguments are wrong."""
    arguments = _parser().parse_args(argv)
    try:
        config = FlextDbOracleConfig.from_env(arguments.env_prefix)
    except ValueError as exc:
        return _fail(_settings_error(exc), BAD_SETTINGS)
    with FlextDbOracleApi(config) as api:
        if arguments.command == "doctor":
            return doctor(api)
        return tables(api, arguments.schema)


def doctor(api: FlextDbOracleApi) -> int:
    """Connect and print where, who, and which privileges; what a pipeline needs and does not have comes last."""
    print(f"connecting to {api.config.address} as {api.config.username}")
    connected = api.connect()
    if connected.is_failure:
        return _fail_with(connected)
    health = api.health()
    if health.is_failure:
        return _fail_with(health)
    told = health.value
    print(f"  server version   {told.server_version}")
    print(f"  database         {told.database}")
    print(f"  user             {told.username}")
    print(f"  current schema   {told.current_schema}")
    print(f"  round trip       {told.latency * 1000:.1f} ms")
    privileges = api.execute_query("SELECT privilege FROM session_privs")
    if privileges.is_failure:
        return _fail_with(privileges)
    granted = {row[0] for row in privileges.value.rows}
    print(f"  privileges       {', '.join(sorted(granted)) or 'none'}")
    missing = [f"GRANT {name} TO {told.username}  -- {why}" for name, why in _NEEDED.items() if name not in granted]
    for line in missing:
        print(f"  missing          {line}")
    print("ok" if not missing else "connected; the grants above are missing")
    return OK


def tables(api: FlextDbOracleApi, schema: str | None) -> int:
    """Print the tables and views of a schema with their columns' count, key and estimated rows."""
    name = schema
    if name is None:
        current = api.current_schema()
        if current.is_failure:
            return _fail_with(current)
        name = current.value
    found = api.get_schema_metadata(name)
    if found.is_failure:
        return _fail_with(found)
    for table in found.value.tables:
        rows = "?" if table.num_rows is None else str(table.num_rows)
        key = ", ".join(table.key_columns) or "no key"
        print(f"{table.name}\t{table.kind.lower()}\t{len(table.columns)} columns\t{key}\t~{rows} rows")
    return OK


def _settings_error(exc: ValueError) -> str:
    errors = getattr(exc, "errors", None)
    if errors is None:
        return str(exc)
    lines = []
    for error in errors(include_input=False, include_url=False):
        name = ".".join(str(part) for part in error["loc"])
        text = str(error["msg"]).removeprefix("Value error, ")
        lines.append(f"{name}: {text}" if name else text)
    return "settings: " + "; ".join(lines)


def _fail_with(result: FlextResult[Any]) -> int:
    hint = f"\nhint: {result.hint}" if result.hint else ""
    return _fail(f"{result.error}{hint}", FAILED)


def _fail(message: str, code: int) -> int:
    print(f"error: {redact(message)}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="flext-db-oracle", description="Look at an Oracle database.")
    parser.add_argument("--version", action="version", version=f"flext-db-oracle {version('flext-db-oracle')}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--env-prefix", metavar="PREFIX", help="read PREFIXHOST, PREFIXPASSWORD, ... first (TAP_ORACLE_)"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("doctor", parents=[common], help="connect and say what works and what is missing")
    listing = commands.add_parser("tables", parents=[common], help="list the tables and views of a schema")
    listing.add_argument("schema", nargs="?", help="default: the current schema")
    return parser


if __name__ == "__main__":
    sys.exit(main())
