"""`ORACLE=`: one switch for the database of tests and of the job, and a clear failure when that database is not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flext_oracle_emulator import Emulator
from support import REPOSITORY

sys.path.insert(0, str(Path(__file__).parent))
from fake_docker import ID, FakeDocker

SHOW = [sys.executable, "-c", "import os; print('ORACLE is', os.environ.get('ORACLE'))"]
READY = "Starting\n#########################\nDATABASE IS READY TO USE!\n#########################\n"


def switched(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("ORACLE", "ORACLE_IMAGE")}
    environment |= {"TESTCONTAINERS_RYUK_DISABLED": "true", **variables}
    return subprocess.run(
        [sys.executable, "ci/with_oracle.py", *command],
        env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip


def test_without_a_choice_the_emulator_is_the_commands_own_business() -> None:
    assert switched(SHOW).stdout == "ORACLE is None\n"
    assert switched(SHOW, ORACLE="emulator").stdout == "ORACLE is None\n"


def test_the_commands_exit_code_is_passed_on() -> None:
    assert switched([sys.executable, "-c", "raise SystemExit(3)"]).returncode == 3


def test_a_database_that_answers_is_used(oracle_dsn: str) -> None:
    done = switched(SHOW, ORACLE=oracle_dsn)
    assert done.stdout == f"ORACLE is {oracle_dsn}\n"
    assert oracle_dsn.split("/", 1)[1].split("@")[0] not in done.stderr


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("nonsense", "user/password@host:port/service"),
        ("scott/tiger@127.0.0.1:1/nowhere", "no logon as scott at 127.0.0.1:1/nowhere: DPY-6005"),
    ],
)
def test_what_is_asked_for_and_not_there_is_a_failure(wanted: str, reason: str) -> None:
    done = switched(SHOW, ORACLE=wanted)
    assert done.returncode == 2
    assert done.stdout == ""
    assert reason in done.stderr
    assert "tiger" not in done.stderr


def test_a_container_without_an_engine_is_a_failure() -> None:
    done = switched(SHOW, ORACLE="container", DOCKER_HOST="tcp://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "no container of gvenzl/oracle-free:23-slim-faststart" in done.stderr


@pytest.mark.parametrize(("image", "service"), [("", "FREEPDB1"), ("gvenzl/oracle-xe:21-slim-faststart", "XEPDB1")])
def test_a_container_is_started_used_and_removed(image: str, service: str) -> None:
    """The engine is ours; the program, Docker's client and the logon are the real ones."""
    servers: list[Emulator] = []

    def start(environment: dict[str, str]) -> int:
        server = Emulator(users={"system": environment["ORACLE_PASSWORD"]}, services=["XEPDB1"])
        servers.append(server.__enter__())
        return server.port

    query = (
        "import os, re, oracledb\n"
        "found = re.fullmatch(r'(.+)/(.+)@(.+)', os.environ['ORACLE'])\n"
        "with oracledb.connect(user=found[1], password=found[2], dsn=found[3]) as c:\n"
        "    print(c.cursor().execute('SELECT user FROM dual').fetchone()[0], found[3].rpartition('/')[2])\n"
    )
    docker = FakeDocker(start, READY)
    try:
        with docker.serve() as host:
            done = switched([sys.executable, "-c", query], ORACLE="container", ORACLE_IMAGE=image, DOCKER_HOST=host)
    finally:
        for server in servers:
            server.__exit__(None, None, None)
    assert done.stdout == f"SYSTEM {service}\n", done.stderr
    assert done.returncode == 0
    assert docker.created[0]["Image"] == (image or "gvenzl/oracle-free:23-slim-faststart")
    assert docker.removed == [ID]


def test_the_administrators_password_is_made_up_for_each_container() -> None:
    seen: list[str] = []

    def start(environment: dict[str, str]) -> int:
        seen.append(environment["ORACLE_PASSWORD"])
        return 1  # nothing listens there

    with FakeDocker(start, READY).serve() as host:
        runs = [switched(SHOW, ORACLE="container", DOCKER_HOST=host) for _ in range(2)]
    assert [run.returncode for run in runs] == [2, 2]
    assert len(set(seen)) == 2
    assert not any(password in run.stderr for password in seen for run in runs)
