"""`flext-dbt-oracle`: dbt with what Oracle needs prepared, and commands of its own.

Before a dbt command it sets FLEXT_DBT_ORACLE_PACKAGE and the adapter's variables, asks the database for its DB_NAME
(FLEXT_TARGET_ORACLE_DATABASE, see profile.py) and runs `dbt deps` when the installed packages are missing or older than
packages.yml. Exit codes are dbt's: 0 success, 1 a node or test failed, 2 dbt could not run.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

# A command imports what it needs itself: --help and --version need neither driver nor dbt.
from . import PACKAGE_PATH
from .errors import CommandError

_EPILOG = """\
Every other command is dbt's: run, test, build, seed, snapshot, docs generate, source freshness, run-operation, ...
The database comes from FLEXT_TARGET_ORACLE_HOST, _PORT, _SERVICE_NAME, _USERNAME, _PASSWORD, _SCHEMA.
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    command = arguments[0] if arguments else "--help"
    if command in {"-h", "--help", "help"}:
        _parser().print_help()
        return 0
    if command == "--version":
        from importlib.metadata import version

        versions = ", ".join(f"{name} {version(name)}" for name in ("flext-dbt-oracle", "dbt-core", "dbt-oracle"))
        sys.stdout.write(versions + "\n")
        return 0
    if command not in _COMMANDS:
        return _pass_through(arguments)
    parsed = _parser().parse_args(arguments)
    try:
        return int(_COMMANDS[command](parsed))
    except (CommandError, ValueError) as error:
        _complain(f"flext-dbt-oracle {command}: {error}")
        return 1


def _pass_through(arguments: list[str]) -> int:
    from . import environment
    from .run import run_dbt

    environment.prepare(PACKAGE_PATH)
    try:
        return run_dbt(arguments)
    except environment.ConnectError as error:
        _complain(f"flext-dbt-oracle: {error}")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="flext-dbt-oracle",
        description="dbt on Oracle Database, prepared.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("path", help="print where the dbt package of macros is, for packages.yml")

    init = commands.add_parser("init", help="write a dbt project that runs at once, or the shims into one that exists")
    init.add_argument("folder", nargs="?", type=Path, default=Path())
    init.add_argument("--name", help="name of the dbt project (default: the folder's)")
    init.add_argument("--meltano", action="store_true", help="also print the utility for a meltano.yml")

    profile = commands.add_parser("profile", help="print profiles.yml, or write it")
    profile.add_argument("--write", type=Path, metavar="DIR", help="write DIR/profiles.yml")
    profile.add_argument("--method", choices=["host", "tns", "connect-string"], help="how the database is addressed")
    profile.add_argument("--drcp", action="store_true", help="use the server's connection pool")

    check = commands.add_parser("doctor", help="look for what is wrong or will go wrong")
    check.add_argument("--project-dir", type=Path, default=None)

    describe = commands.add_parser("sources", help="write a sources YAML from the dictionary or a Singer catalog")
    where = describe.add_mutually_exclusive_group(required=True)
    where.add_argument("--schema", help="describe the tables and views of this schema")
    where.add_argument("--catalog", type=Path, help="describe the streams of this Singer catalog")
    describe.add_argument("--table", action="append", metavar="NAME", help="only this table (repeatable)")
    describe.add_argument("--name", help="name of the source (default: the schema's, or `singer`)")
    describe.add_argument("--loaded-at", metavar="COLUMN", help="column that dates the rows, for freshness")
    describe.add_argument(
        "--last-modified",
        action="store_true",
        help="tables without such a column: freshness by the dictionary's last change (with --schema)",
    )
    describe.add_argument("--output", type=Path, help="write this file instead of printing")

    last = commands.add_parser("report", help="write report.md and report.html of the last run")
    last.add_argument("--target-path", type=Path, default=None)
    last.add_argument("--output", type=Path, metavar="DIR", help="where to write (default: the target path)")
    return parser


# ------------------------------------------------------------------------------------------------------ the commands


def _path(_arguments: argparse.Namespace) -> int:
    _say(str(PACKAGE_PATH))
    return 0


def _init(arguments: argparse.Namespace) -> int:
    from .project import create_project, integration_text, meltano_text, project_name

    folder: Path = arguments.folder
    existing = (folder / "dbt_project.yml").exists()
    for path in create_project(folder, arguments.name):
        _say(str(path))
    name = arguments.name or project_name(folder)
    if existing:
        _say(f"\nAdd to the project:\n\n{integration_text(name)}")
    if arguments.meltano:
        _say(f"\n{meltano_text(folder.name or '.')}")
    if not existing:
        _say(f"\nNext: flext-dbt-oracle build --project-dir {folder} --profiles-dir {folder / 'profiles'}")
    return 0


def _profile(arguments: argparse.Namespace) -> int:
    from .profile import profile_text

    text = profile_text(method=arguments.method, drcp=arguments.drcp)
    if arguments.write is None:
        sys.stdout.write(text)
        return 0
    path = arguments.write / "profiles.yml"
    if path.exists():
        _complain(f"{path} exists and is left as it is; remove it first")
        return 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    _say(str(path))
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from . import doctor

    project = arguments.project_dir or Path(os.environ.get("DBT_PROJECT_DIR", "."))
    findings = doctor.examine(project)
    for finding in findings:
        _say(str(finding))
    return 1 if any(finding.level == "error" for finding in findings) else 0


def _sources(arguments: argparse.Namespace) -> int:
    from flext_db_oracle import FlextDbOracleApi

    from . import environment, sources

    if arguments.catalog:
        tables = sources.from_catalog(arguments.catalog)
        name, schema = arguments.name or "singer", None
    else:
        with FlextDbOracleApi(environment.read_config()) as api:
            tables = sources.from_dictionary(api, arguments.schema, arguments.table)
        name, schema = arguments.name or arguments.schema, arguments.schema
    text = sources.yaml_text(
        name, tables, schema=schema, loaded_at=arguments.loaded_at, last_modified=arguments.last_modified
    )
    if arguments.output is None:
        sys.stdout.write(text)
    elif arguments.output.exists():
        raise sources.SourcesError(f"{arguments.output} exists and is left as it is; remove it first")
    else:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text)
        _say(f"{arguments.output}: {len(tables)} tables")
    return 0


def _report(arguments: argparse.Namespace) -> int:
    from . import artifacts, report

    target = arguments.target_path or Path(os.environ.get("DBT_TARGET_PATH", "target"))
    if not target.is_absolute() and not target.exists():
        target = Path(os.environ.get("DBT_PROJECT_DIR", ".")) / target
    for path in report.write(target, arguments.output):
        _say(str(path))
    _say(report.summary(artifacts.read(target)))
    return 0


def _say(text: str) -> None:
    print(text)  # noqa: T201


def _complain(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201


_COMMANDS = {
    "path": _path,
    "init": _init,
    "profile": _profile,
    "doctor": _doctor,
    "sources": _sources,
    "report": _report,
}

if __name__ == "__main__":
    sys.exit(main())
