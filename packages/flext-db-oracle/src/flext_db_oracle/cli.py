"""`flext-db-oracle`: look at databases the way the pipelines will, move and compare tables, and say what is missing.

Settings come from the environment (TAP_ORACLE_*, FLEXT_TARGET_ORACLE_* or ORACLE_* by `--env-prefix`). There is no
password option, because arguments are visible to every user of the machine.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

OK, FAILED, BAD_SETTINGS = 0, 1, 2
FORMATS = ("table", "json", "ndjson", "csv", "parquet")


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0: fine; 1: the database refused something, or tables differ; 2: settings or arguments are wrong."""
    return _run(_parser().parse_args(argv))


def _run(arguments: argparse.Namespace) -> int:
    # --help, --version and mistakes in arguments need none of these, and answer at once.
    import oracledb

    from flext_db_oracle import cli_commands as commands
    from flext_db_oracle.cli_output import Output
    from flext_db_oracle.config import FlextDbOracleConfig
    from flext_db_oracle.errors import explain

    output = Output(as_json=arguments.json)
    try:
        config = FlextDbOracleConfig.from_env(arguments.env_prefix)
        other = FlextDbOracleConfig.from_env(arguments.to_prefix) if getattr(arguments, "to_prefix", None) else config
    except ValueError as exc:
        output.error(_settings_error(exc))
        return BAD_SETTINGS
    output.secrets = (*config.secrets, *other.secrets)
    try:
        return int(getattr(commands, arguments.command)(arguments, config, other, output))
    except (oracledb.Error, ValueError, OSError) as exc:
        told = explain(exc, output.secrets)
        message, _, own_hint = told.message.partition(" Hint: ")
        output.error(message, code=told.code, hint=own_hint or told.hint)
        return FAILED
    except KeyboardInterrupt:
        output.error("interrupted; a copy goes on where it was when it is run again")
        return FAILED


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="flext-db-oracle", description="Look at Oracle databases, copy and compare.")
    parser.add_argument("--version", action="version", version=f"flext-db-oracle {version('flext-db-oracle')}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--env-prefix", metavar="PREFIX", help="read PREFIXHOST, PREFIXPASSWORD, ... first (TAP_ORACLE_)"
    )
    common.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    table = argparse.ArgumentParser(add_help=False)
    table.add_argument("table", metavar="[SCHEMA.]TABLE", type=_table_name)
    two = argparse.ArgumentParser(add_help=False)
    two.add_argument("--to-prefix", metavar="PREFIX", help="settings of the other database; default: the same one")
    sub = parser.add_subparsers(dest="command", required=True)

    def add(name: str, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        return sub.add_parser(name, parents=[common, *parents], help=text, description=text)

    add("doctor", "connect step by step and say what works and what is missing")
    add("schemas", "list the schemas that have tables or views this user may see")
    listing = add("tables", "list the tables and views of a schema")
    listing.add_argument("schema", nargs="?", help="default: the current schema")
    listing.add_argument("--include", metavar="PATTERN", action="append", help="only names like this (SALES_*)")
    listing.add_argument("--exclude", metavar="PATTERN", action="append", default=[], help="no names like this")
    add("describe", "columns, keys, indexes and partitions of a table", table)
    making = add("ddl", "the statements that create a table", table)
    making.add_argument("--no-storage", action="store_true", help="without partitions, compression and tablespaces")

    query = add("query", "run a query and print its rows")
    query.add_argument("sql", help="a SELECT, or - to read it from stdin")
    query.add_argument("--format", choices=FORMATS, default=None, help="default: table, or json with --json")
    query.add_argument("--output", metavar="FILE", type=Path, help="write to a file (needed for parquet)")
    query.add_argument("--limit", metavar="N", type=int, help="stop after N rows")
    query.add_argument("--bind", metavar="NAME=VALUE", action="append", default=[], help="a bind variable, as text")

    parts = add("partitions", "cut a table into ranges that can be read in parallel", table)
    parts.add_argument("-n", "--number", type=int, default=4, help="number of ranges (default 4)")
    parts.add_argument("--by", metavar="COLUMN", help="cut by this column instead of ROWID")

    copying = add("copy", "copy a table or a query into a table, resumable", two)
    what = copying.add_mutually_exclusive_group(required=True)
    what.add_argument("--table", metavar="[SCHEMA.]TABLE", type=_table_name, help="what to copy")
    what.add_argument("--query", metavar="SQL", help="or the rows of a query")
    copying.add_argument("--into", metavar="[SCHEMA.]TABLE", type=_table_name, required=True)
    copying.add_argument("--parallel", metavar="N", type=int, default=1, help="ranges copied at a time (default 1)")
    copying.add_argument("--ranges", metavar="N", type=int, help="into how many ranges the table is cut")
    copying.add_argument("--by", metavar="COLUMN", help="cut by this column instead of ROWID")
    copying.add_argument("--batch-size", metavar="ROWS", type=int, default=5000)
    copying.add_argument("--truncate", action="store_true", help="empty the target table first")
    copying.add_argument("--no-create", action="store_true", help="fail when the target table does not exist")
    copying.add_argument("--no-snapshot", action="store_true", help="do not read all ranges as of one SCN")
    copying.add_argument("--arrow", action="store_true", help="pass Arrow data on, where the types allow it")
    copying.add_argument("--restart", action="store_true", help="forget an unfinished copy; needs --truncate")
    copying.add_argument("--name", help="the name under which the copy is resumed")

    comparing = add("reconcile", "compare two tables and print the rows that differ", two)
    comparing.add_argument("table", metavar="[SCHEMA.]TABLE", type=_table_name)
    comparing.add_argument("other", metavar="[SCHEMA.]OTHER", type=_table_name)
    comparing.add_argument("--key", metavar="COLUMN", action="append", help="default: the primary key")
    comparing.add_argument("--column", metavar="COLUMN", action="append", help="default: all that both have")
    comparing.add_argument("--ranges", metavar="N", type=int, help="into how many ranges the key is cut")
    comparing.add_argument(
        "--lobs",
        choices=("whole", "edges", "skip"),
        default="whole",
        help="compare all of a LOB (default), its length and ends, or nothing",
    )
    comparing.add_argument("--limit", metavar="N", type=int, default=100, help="rows to print (default 100)")
    return parser


def _table_name(text: str) -> tuple[str | None, str]:
    """`hr.employees`, `EMPLOYEES` or `"odd.name"`: schema and name, folded later like every Singer name."""
    parts = [part[0] or part[1] for part in _split_name(text)]
    if not 1 <= len(parts) <= 2 or not all(parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not a table name: write TABLE or SCHEMA.TABLE")
    return (None, parts[0]) if len(parts) == 1 else (parts[0], parts[1])


def _split_name(text: str) -> list[tuple[str, str]]:
    if re.fullmatch(r'(?:"[^"]+"|[^".]+)(?:\.(?:"[^"]+"|[^".]+))?', text) is None:
        return []
    return re.findall(r'"([^"]+)"|([^".]+)', text)


if __name__ == "__main__":
    sys.exit(main())
