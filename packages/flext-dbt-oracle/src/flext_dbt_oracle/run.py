"""dbt in this process: packages installed when they are stale, its exit codes, and failures explained afterwards."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from . import environment, explain

#: dbt commands that never open a connection.
OFFLINE = {"deps", "clean", "init", "parse", "list", "ls", "--version", "-v"}


def run_dbt(arguments: list[str]) -> int:
    """Run a dbt command and return its exit code.

    Raises:
        environment.ConnectError: the database that the variables name cannot be asked for its name.
    """
    online = arguments[0] not in OFFLINE and not {"--help", "-h"} & set(arguments)
    if online:
        environment.set_database_name()
    from dbt.cli.main import dbtRunner  # takes seconds to import

    runner = dbtRunner()
    if online and packages_are_stale(_project_folder(arguments)):
        installed = runner.invoke(["deps", *_option(arguments, "--project-dir"), *_option(arguments, "--profiles-dir")])
        if not installed.success:
            return _exit_code(installed)
    result = runner.invoke(arguments)
    _explain_failures(result)
    return _exit_code(result)


def packages_are_stale(project: Path) -> bool:
    """Whether `dbt deps` has something to do: nothing installed, or packages.yml newer than what is."""
    wanted = project / "packages.yml"
    if not wanted.exists():
        return False
    installed = project / "dbt_packages"
    lock = project / "package-lock.yml"
    if not installed.is_dir() or not any(path.exists() for path in installed.iterdir()) or not lock.exists():
        return True
    return lock.stat().st_mtime < wanted.stat().st_mtime


def _option(arguments: list[str], name: str) -> list[str]:
    for position, argument in enumerate(arguments):
        if argument == name:
            return arguments[position : position + 2]
        if argument.startswith(f"{name}="):
            return [argument]
    return []


def _project_folder(arguments: list[str]) -> Path:
    given = _option(arguments, "--project-dir")
    if given:
        return Path(given[-1].removeprefix("--project-dir="))
    return Path(os.environ.get("DBT_PROJECT_DIR", "."))


def _exit_code(result: Any) -> int:
    if result.success:
        return 0
    error = result.exception
    if error is not None and not isinstance(error, SystemExit):
        print(f"flext-dbt-oracle: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return 1


def _explain_failures(result: Any) -> None:
    """After a failed run: each Oracle error once, with what to do."""
    nodes = getattr(result.result, "results", None) or []
    failed = {"error", "fail", "runtime error"}
    texts = [str(result.exception or "")]
    texts += [str(node.message or "") for node in nodes if str(getattr(node, "status", "")) in failed]
    hints = list(dict.fromkeys(hint for text in texts for hint in explain.hints(text)))
    if hints and not result.success:
        print("\nWhat these Oracle errors mean:", file=sys.stderr)  # noqa: T201
        for hint in hints:
            print(f"  {hint}", file=sys.stderr)  # noqa: T201
