"""Starting, stopping and dying: committed data stays, processes and temporary files do not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import oracledb
import psycopg
import pytest
from flext_oracle_emulator import Emulator
from flext_oracle_emulator.backend import template
from flext_oracle_emulator.backend.cluster import Cluster, ClusterError

_PROGRAM = """
import sys, oracledb
from flext_oracle_emulator import Emulator
with Emulator(users=["app/app"], data_dir=sys.argv[1] or None) as emulator:
    cursor = oracledb.connect(user="app", password="app", dsn=emulator.dsn).cursor()
    if len(sys.argv) > 2:
        cursor.execute("create table kept (n number)")
        cursor.execute("insert into kept values (1)")
        cursor.connection.commit()
        cursor.execute("insert into kept values (2)")
    print("ready", flush=True)
    sys.stdin.read()
"""


def _start(*arguments: str, temporary: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.stdout.close()


def _processes(folder: Path) -> list[str]:
    """Command lines of the processes that serve data below a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(folder) in line and "postgres" in line:
                found.append(line)
    return found


def _postgres() -> Cluster:
    """A server that is there already; its database was prepared before, which saves time."""
    cluster = Cluster()
    cluster.template = asyncio.run(template.provide())
    return cluster


def _until(condition: object) -> None:
    deadline = time.monotonic() + 30
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="reads /proc")
def test_what_was_committed_survives_a_kill_and_nothing_else_does(tmp_path: Path) -> None:
    data = tmp_path / "data"
    process = _start(str(data), "fill", temporary=tmp_path)
    assert _processes(data)
    _kill(process)
    _until(lambda: not _processes(data))
    for _ in range(2):  # and a restart after a clean stop
        with (
            Emulator(users=["app/app"], data_dir=data) as emulator,
            oracledb.connect(user="app", password="app", dsn=emulator.dsn) as connection,
        ):
            assert connection.cursor().execute("select n from kept").fetchall() == [(1,)]
    assert not _processes(data)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="reads /proc")
def test_a_temporary_database_goes_with_its_parent(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    process = _start("", temporary=tmp_path)
    assert _processes(tmp_path)
    _kill(process)
    _until(lambda: not _processes(tmp_path) and not list(tmp_path.glob("flext-*")))


def test_a_folder_belongs_to_one_emulator_at_a_time(tmp_path: Path) -> None:
    with (
        Emulator(data_dir=tmp_path / "data"),
        pytest.raises(ClusterError, match="is in use by another emulator"),
        Emulator(data_dir=tmp_path / "data"),
    ):
        pass


def test_a_postgres_server_that_is_there_can_be_used() -> None:
    with _postgres() as cluster:
        for expected in ([], [("T",)]):
            with (
                Emulator(users=["app/app"], postgres_uri=cluster.uri) as emulator,
                oracledb.connect(user="app", password="app", dsn=emulator.dsn) as connection,
            ):
                cursor = connection.cursor()
                assert cursor.execute("select table_name from user_tables").fetchall() == expected
                if not expected:
                    cursor.execute("create table t (a number)")


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("FLEXT_ORACLE_EMULATOR_CACHE", str(tmp_path / "file"))
    with (
        Emulator() as emulator,
        oracledb.connect(user="system", password="oracle", dsn=emulator.dsn) as connection,
    ):
        assert connection.cursor().execute("select 1 from dual").fetchone() == (1,)


def test_a_crash_of_a_postgres_process_ends_sessions_and_nothing_more() -> None:
    with _postgres() as cluster, Emulator(users=["app/app"], postgres_uri=cluster.uri) as emulator:
        connection = oracledb.connect(user="app", password="app", dsn=emulator.dsn)
        cursor = connection.cursor()
        cursor.execute("create table t (a number)")
        cursor.execute("insert into t values (1)")
        connection.commit()
        with psycopg.connect(cluster.uri) as postgres:
            pids = postgres.execute("SELECT pg_pid FROM oracle.sessions").fetchall()
        for (pid,) in pids:
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(oracledb.DatabaseError):
            cursor.execute("select * from t")
        rows = []

        def connected() -> bool:
            """Sessions that begin before PostgreSQL has noticed the crash end with it."""
            with (
                contextlib.suppress(oracledb.DatabaseError),
                oracledb.connect(user="app", password="app", dsn=emulator.dsn) as again,
            ):
                rows.extend(again.cursor().execute("select a from t").fetchall())
            return bool(rows)

        _until(connected)
        assert rows == [(1,)]
