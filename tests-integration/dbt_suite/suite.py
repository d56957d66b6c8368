"""The adapter tests of dbt and of dbt-oracle against the emulator: run them, keep the list of those that pass.

    suite.py run               cases/: the classes of dbt-tests-adapter (--only adapter_basics.py for the fast ones)
    suite.py run --upstream    dbt-oracle's own 115 tests, unmodified, compared with passing.txt
    suite.py update --upstream     and add to passing.txt what passes

dbt-oracle's source distribution has no tests, so its sources are fetched with git at the commit of the installed release, into
a temporary folder; they are never committed. `--repository` or DBT_ORACLE_REPOSITORY names a mirror. Upstream runs them on
23ai, and so do we.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path

import oracledb
from flext_oracle_emulator import Emulator

FOLDER = Path(__file__).resolve().parent
CASES = FOLDER / "cases"
PASSING = FOLDER / "passing.txt"
REPOSITORY = os.environ.get("DBT_ORACLE_REPOSITORY", "https://github.com/oracle/dbt-oracle")
# The merge that is published as this release. To move on, change both and run `update --upstream`.
RELEASE, COMMIT = "1.11.1", "16d6b27715cd8a86fc6376dd7a4626e3c6aedced"
USERS = ("DBT_TEST", "DBT_TEST_USER_1", "DBT_TEST_USER_2", "DBT_TEST_USER_3")
PASSWORD = "Canary_5ecret"
GRANTS = (
    "CREATE SESSION, CREATE TABLE, CREATE VIEW, CREATE MATERIALIZED VIEW, CREATE PROCEDURE, CREATE SEQUENCE,"
    " UNLIMITED TABLESPACE"
)


def create_users(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        for user in USERS:
            cursor.execute(f'CREATE USER {user} IDENTIFIED BY "{PASSWORD}"')
            cursor.execute(f"GRANT {GRANTS} TO {user}")


def environment(host: str, port: int, service: str) -> dict[str, str]:
    """What the suites read."""
    return {
        **os.environ,
        "DBT_ORACLE_USER": USERS[0],
        "DBT_ORACLE_PASSWORD": PASSWORD,
        "DBT_ORACLE_HOST": host,
        "DBT_ORACLE_PORT": str(port),
        "DBT_ORACLE_PROTOCOL": "tcp",
        "DBT_ORACLE_SERVICE": service,
        "DBT_ORACLE_DATABASE": service,
        "DBT_ORACLE_SCHEMA": USERS[0],
        **{f"DBT_TEST_USER_{number}": USERS[number] for number in (1, 2, 3)},
        "DISABLE_OOB": "on",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def fetch(into: Path, repository: str = REPOSITORY, commit: str = COMMIT) -> Path:
    """The sources of dbt-oracle as they were released, and nothing but that commit."""
    installed = importlib.metadata.version("dbt-oracle")
    if installed != RELEASE:
        raise RuntimeError(
            f"dbt-oracle {installed} is installed, and the pinned commit is that of {RELEASE}: change RELEASE and COMMIT"
        )
    git = ["git", "-C", str(into), "-c", "advice.detachedHead=false"]
    for arguments in (
        ["init", "--quiet"],
        ["fetch", "--quiet", "--depth=1", repository, commit],
        ["checkout", "--quiet", commit],
    ):
        done = subprocess.run([*git, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return into


def run(tests: Path, variables: Mapping[str, str], *, own_settings: bool, only: str = "") -> tuple[dict[str, str], str]:
    """Run pytest on a folder, or one of its files, in a process of its own: outcome by test, and the output."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={report}"]
        if own_settings:  # of cases/, so that the workspace's own do not count
            command += ["-c", str(tests / "pytest.ini"), f"--rootdir={tests}", str(tests / only)]
        done = subprocess.run(command, cwd=tests, env=dict(variables), capture_output=True, text=True, check=False)
        if not report.exists():
            raise RuntimeError(done.stdout + done.stderr)
        return outcomes(report), done.stdout


def outcomes(report: Path) -> dict[str, str]:
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        bad = case.find("failure") is not None or case.find("error") is not None
        found[name] = "failed" if bad else "skipped" if case.find("skipped") is not None else "passed"
    return found


def passing() -> set[str]:
    return set(PASSING.read_text().split("\n")) - {""}


def run_on_emulator(
    tests: Path, *, compatible: int = 19, own_settings: bool = True, only: str = ""
) -> tuple[dict[str, str], str]:
    with Emulator(compatible=compatible) as server:
        with oracledb.connect(**server.connect_args) as connection:
            create_users(connection)
        variables = environment(server.host, server.port, "FREEPDB1")
        return run(tests, variables, own_settings=own_settings, only=only)


def run_upstream(repository: str = REPOSITORY) -> tuple[dict[str, str], str]:
    with tempfile.TemporaryDirectory() as folder:
        return run_on_emulator(fetch(Path(folder), repository), compatible=23, own_settings=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["run", "update"])
    parser.add_argument("--upstream", action="store_true", help="dbt-oracle's own suite, fetched with git")
    parser.add_argument("--repository", default=REPOSITORY, help="where to fetch it from (%(default)s)")
    parser.add_argument("--only", default="", help="a file of cases/")
    parser.add_argument("--compatible", type=int, default=23, help="the release to emulate for cases/ (%(default)s)")
    arguments = parser.parse_args()
    if arguments.what == "update" and not arguments.upstream:
        parser.error("the kept list is that of --upstream")
    if arguments.upstream:
        found, output = run_upstream(arguments.repository)
    else:
        found, output = run_on_emulator(CASES, compatible=arguments.compatible, only=arguments.only)
    print(output)  # noqa: T201
    passed = {name for name, outcome in found.items() if outcome == "passed"}
    print(f"{len(passed)} of {len(found)} passed, {list(found.values()).count('skipped')} skipped upstream")  # noqa: T201
    if not arguments.upstream:
        return 0 if "failed" not in found.values() else 1
    lost = passing() - passed
    if arguments.what == "update":
        PASSING.write_text("\n".join(sorted(passing() | passed)) + "\n")
    for name in sorted(lost):
        print(f"passed before and does not now: {name}")  # noqa: T201
    return 1 if lost or "failed" in found.values() else 0


if __name__ == "__main__":
    sys.exit(main())
