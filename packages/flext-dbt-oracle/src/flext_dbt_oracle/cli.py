"""`flext-dbt-oracle`: dbt with what Oracle needs prepared, and two commands of its own.

    flext-dbt-oracle path            where the dbt package of macros is (for packages.yml)
    flext-dbt-oracle profile         print profiles.yml; `--write DIR` writes it
    flext-dbt-oracle <dbt command>   run, test, build, seed, snapshot, docs generate, ... in this process

Before a dbt command it sets FLEXT_DBT_ORACLE_PACKAGE, asks the database for its DB_NAME
(FLEXT_TARGET_ORACLE_DATABASE, see profile.py) and runs `dbt deps` when the installed packages are missing or older
than packages.yml. Exit codes are
dbt's: 0 success, 1 a node or test failed, 2 dbt could not run.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig
from pydantic import ValidationError

from . import PACKAGE_PATH, profile_text

#: dbt commands that never open a connection.
OFFLINE = {"deps", "clean", "init", "parse", "list", "ls", "--version", "--help", "-h"}
VARIABLE = "FLEXT_TARGET_ORACLE_"


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    command = arguments[0] if arguments else "--help"
    if command == "path":
        print(PACKAGE_PATH)  # noqa: T201
        return 0
    if command == "profile":
        return _profile(arguments[1:])
    os.environ.setdefault("FLEXT_DBT_ORACLE_PACKAGE", str(PACKAGE_PATH))
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    if command not in OFFLINE:
        try:
            _set_database_name()
        except ConnectionError as error:
            print(error, file=sys.stderr)  # noqa: T201
            return 2
    return _dbt(arguments, with_packages=command not in OFFLINE)


def _profile(arguments: list[str]) -> int:
    if not arguments:
        sys.stdout.write(profile_text())
        return 0
    if arguments[0] != "--write" or len(arguments) != 2:
        print("usage: flext-dbt-oracle profile [--write DIR]", file=sys.stderr)  # noqa: T201
        return 2
    path = Path(arguments[1]) / "profiles.yml"
    if path.exists():
        print(f"{path} exists and is left as it is; remove it first", file=sys.stderr)  # noqa: T201
        return 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(profile_text())
    print(path)  # noqa: T201
    return 0


def _set_database_name() -> None:
    """Export DB_NAME for the profile, unless the user gave it or connects another way than by these variables."""
    if os.environ.get(f"{VARIABLE}DATABASE"):
        return
    os.environ.pop(f"{VARIABLE}DATABASE", None)  # an empty value would be taken for a name
    if not os.environ.get(f"{VARIABLE}HOST"):
        return
    try:
        configured = FlextDbOracleConfig.from_env(VARIABLE)
    except ValidationError as error:
        reasons = "; ".join(str(detail["msg"]) for detail in error.errors(include_input=False, include_url=False))
        raise ConnectionError(f"flext-dbt-oracle: {VARIABLE}* variables: {reasons}") from None
    with FlextDbOracleApi(configured) as api:
        result = api.connect().flat_map(
            lambda connected: connected.execute_query("SELECT SYS_CONTEXT('USERENV', 'DB_NAME') FROM DUAL")
        )
    if result.is_failure:
        hint = f" Next: {result.hint}" if result.hint else ""
        raise ConnectionError(f"flext-dbt-oracle: {result.error}.{hint}")
    os.environ[f"{VARIABLE}DATABASE"] = str(result.value.rows[0][0])


def _dbt(arguments: list[str], *, with_packages: bool) -> int:
    from dbt.cli.main import dbtRunner  # takes seconds to import

    runner = dbtRunner()
    if with_packages and _packages_are_stale():
        installed = runner.invoke(["deps"])
        if not installed.success:
            return _exit_code(installed)
    return _exit_code(runner.invoke(arguments))


def _exit_code(result: object) -> int:
    if getattr(result, "success", False):
        return 0
    error = getattr(result, "exception", None)
    if error is not None and not isinstance(error, SystemExit):
        print(f"flext-dbt-oracle: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return 1


def _packages_are_stale() -> bool:
    project = Path(os.environ.get("DBT_PROJECT_DIR", "."))
    wanted = project / "packages.yml"
    if not wanted.exists():
        return False
    installed = project / "dbt_packages"
    lock = project / "package-lock.yml"
    if not installed.is_dir() or not any(path.exists() for path in installed.iterdir()) or not lock.exists():
        return True
    return lock.stat().st_mtime < wanted.stat().st_mtime


if __name__ == "__main__":
    sys.exit(main())
