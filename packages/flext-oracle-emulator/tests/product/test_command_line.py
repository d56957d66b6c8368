"""The command as a person or a script runs it: what is printed, and the exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import oracledb
import pytest

COMMAND = [sys.executable, "-m", "flext_oracle_emulator"]


def run(*arguments: str, given: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        input=given,
        env=os.environ | (env or {}),
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with subprocess.Popen([*COMMAND, "serve", *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip(), process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def test_serve_prints_where_to_connect_and_keeps_what_was_committed(tmp_path: Path) -> None:
    for found in ([], [(7,)]):
        with serving("--data-dir", str(tmp_path / "data"), "--user", "app/secret") as (address, process):
            user, _, dsn = address.partition("@")
            assert user == "APP"
            with oracledb.connect(user=user, password="secret", dsn=dsn) as connection, connection.cursor() as cursor:
                if not found:
                    cursor.execute("create table kept (n number)")
                    cursor.execute("insert into kept values (7)")
                    connection.commit()
                    cursor.execute("insert into kept values (8)")
                else:
                    assert cursor.execute("select n from kept").fetchall() == found
        assert process.returncode == 0


PROGRAM = """
import os, oracledb, sys
with oracledb.connect(user=os.environ["ORACLE_USER"], password=os.environ["ORACLE_PASSWORD"], dsn=os.environ["ORACLE_DSN"]) as c:
    print(c.cursor().execute("select user from dual").fetchone()[0], os.environ["ORACLE_SERVICE"])
sys.exit(5)
"""


def test_run_gives_a_command_its_variables_and_passes_its_exit_code_on() -> None:
    done = run("run", "--", sys.executable, "-c", PROGRAM, env={"ORACLE_EMULATOR_USERS": "app/secret"})
    assert (done.stdout, done.returncode) == ("APP FREEPDB1\n", 5)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("run",), 2, "no command given"),
        (("run", "--", "no-such-command-here"), 127, "no such command: no-such-command-here"),
        (("serve", "--user", "nameonly"), 1, "a user is given as name/password"),
        (("serve", "--tls-ca", "x.pem"), 1, "need tls or tls_cert"),
        (("sql", "--dsn", "u/p@host/s"), 1, "without the password"),
    ],
)
def test_wrong_use_says_what_is_wrong(arguments: tuple[str, ...], code: int, message: str) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert message in done.stderr


SCRIPT = """\
create table t (n number(5,2), t varchar2(20));
insert into t values (1.5, 'a;b');
insert into t values (22, null);
select n, t from t order by n;
begin
  dbms_output.put_line('hello');
end;
/
select nope
from t;
select 'not reached' from dual;
"""


def test_sql_runs_a_script_and_stops_at_the_first_error(tmp_path: Path) -> None:
    script = tmp_path / "script.sql"
    script.write_text(SCRIPT)
    done = run("sql", "--user", "app/secret", str(script))
    assert done.returncode == 1
    assert done.stdout == ("Done.\n1 row.\n1 row.\n  N  T\n---  ----\n1.5  a;b\n 22  NULL\n\n2 rows.\n\nhello\nDone.\n")
    assert done.stderr == f'select nope\n       ^\n{script}:9: ORA-00904: "NOPE": invalid identifier\n'


def test_sql_reads_the_standard_input_to_its_end() -> None:
    done = run("sql", "--user", "app/secret", given=SCRIPT)
    assert done.returncode == 1
    assert done.stdout.endswith("not reached\n\n1 row.\n\n")
    assert "ORA-00904" in done.stderr
