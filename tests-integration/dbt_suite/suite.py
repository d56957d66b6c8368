"""The adapter tests of dbt and of dbt-oracle against the emulator: run them, keep the list of those that pass.

    .venv/bin/python tests-integration/dbt_suite/suite.py run            cases/: dbt-tests-adapter's classes
    .venv/bin/python tests-integration/dbt_suite/suite.py run CHECKOUT   dbt-oracle's own 115 tests, unmodified
    .venv/bin/python tests-integration/dbt_suite/suite.py update CHECKOUT   and add to passing.txt what passes

CHECKOUT is a folder with dbt-oracle's sources, such as a clone at tag v1.11.1; its source distribution has no tests, so
nothing here can download them, and they are never committed. Upstream runs them on 23ai, and so do we.
"""

from __future__ import annotations

import argparse
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


def run(tests: Path, variables: Mapping[str, str], *, own_settings: bool) -> tuple[dict[str, str], str]:
    """Run pytest on a folder, in a process of its own: outcome by test, and the output."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={report}"]
        if own_settings:  # of cases/, so that the workspace's own do not count
            command += ["-c", str(tests / "pytest.ini"), f"--rootdir={tests}", str(tests)]
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


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["run", "update"])
    parser.add_argument("checkout", type=Path, nargs="?", help="a folder with dbt-oracle's sources")
    parser.add_argument("--compatible", type=int, default=23, help="the release to emulate")
    arguments = parser.parse_args()
    if arguments.what == "update" and not arguments.checkout:
        parser.error("update needs a checkout")
    with Emulator(compatible=arguments.compatible) as server:
        with oracledb.connect(**server.connect_args) as connection:
            create_users(connection)
        variables = environment(server.host, server.port, "FREEPDB1")
        found, output = run(arguments.checkout or CASES, variables, own_settings=not arguments.checkout)
    print(output)  # noqa: T201
    passed = {name for name, outcome in found.items() if outcome == "passed"}
    print(f"{len(passed)} of {len(found)} passed, {list(found.values()).count('skipped')} skipped upstream")  # noqa: T201
    if not arguments.checkout:
        return 0 if "failed" not in found.values() else 1
    lost = passing() - passed
    if arguments.what == "update":
        PASSING.write_text("\n".join(sorted(passing() | passed)) + "\n")
    for name in sorted(lost):
        print(f"passed before and does not now: {name}")  # noqa: T201
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
