"""Results that wait in temporary files leave none behind, however their readers end."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Connect = Callable[..., oracledb.Connection]

LARGE = "select level n, rpad('x', 1000, 'x') s from dual connect by level <= 12000"


@pytest.fixture
def spilled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The temporary files that results made."""
    files: list[Any] = []
    make = tempfile.TemporaryFile

    def record(*arguments: Any, **options: Any) -> Any:
        files.append(make(*arguments, **options))
        return files[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", record)
    return files


def test_a_cursor_variable_that_a_block_left_open_keeps_no_file(connect: Connect, spilled: list[Any]) -> None:
    cursor = connect().cursor()
    cursor.execute(f"declare c sys_refcursor; n number; begin open c for {LARGE}; select 1 into n from dual; end;")
    cursor.execute("select 1 from dual").fetchall()
    assert [file.closed for file in spilled] == [True]


def test_a_query_for_update_that_fails_on_a_late_row_keeps_no_file(connect: Connect, spilled: list[Any]) -> None:
    cursor = connect().cursor()
    cursor.execute(f"create table spilled_rows as {LARGE}")
    try:
        with pytest.raises(oracledb.DatabaseError, match="ORA-01476"):
            cursor.execute("select n, s, 1 / (12000 - n) from spilled_rows for update")
        assert [file.closed for file in spilled] == [True]
    finally:
        cursor.execute("drop table spilled_rows purge")


def test_a_session_that_ends_in_the_middle_of_results_keeps_no_file(connect: Connect, spilled: list[Any]) -> None:
    connection = connect()
    cursor = connection.cursor()
    cursor.execute(LARGE).fetchone()
    connection.cursor().execute("select 1 from dual").fetchall()
    assert [file.closed for file in spilled] == [False]
    connection.close()
    assert [file.closed for file in spilled] == [True]
