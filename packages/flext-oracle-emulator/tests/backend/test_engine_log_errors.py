"""INSERT .. LOG ERRORS: what is refused goes to the error table, the rest goes in."""

from __future__ import annotations

import oracledb
import pytest


@pytest.fixture
def loading(cursor: oracledb.Cursor, table: str) -> str:
    """The table with an error table and a source of good and bad rows."""
    cursor.execute(
        f"create table err$_{table} (ora_err_number$ number, ora_err_mesg$ varchar2(2000), ora_err_rowid$ rowid,"
        " ora_err_optyp$ varchar2(2), ora_err_tag$ varchar2(2000), id varchar2(4000), name varchar2(4000))"
    )
    cursor.execute(f"create table {table}_src (id varchar2(10), name varchar2(20))")
    rows = [("1", "good"), ("1", "again"), ("x", "no number"), (None, "no key"), ("2", "much too long"), ("3", "fine")]
    cursor.executemany(f"insert into {table}_src values (:1, :2)", rows)
    cursor.connection.commit()
    return table


def test_refused_rows_are_logged_with_their_reason_and_the_others_go_in(cursor: oracledb.Cursor, loading: str) -> None:
    cursor.execute(f"insert into {loading} select * from {loading}_src log errors ('night') reject limit unlimited")
    assert cursor.rowcount == 2
    assert cursor.execute(f"select id from {loading} order by id").fetchall() == [(1,), (3,)]
    cursor.execute(f"select ora_err_number$, ora_err_optyp$, ora_err_tag$, id, name from err$_{loading}")
    assert cursor.fetchall() == [
        (1, "I", "night", "1", "again"),
        (1722, "I", "night", "x", "no number"),
        (1400, "I", "night", None, "no key"),
        (12899, "I", "night", "2", "much too long"),
    ]
    (message,) = cursor.execute(f"select ora_err_mesg$ from err$_{loading} where ora_err_number$ = 1").fetchone()
    assert message == f"ORA-00001: unique constraint (APP.{loading.upper()}_PK) violated\n"


@pytest.mark.parametrize(("limit", "code"), [("", 1), ("reject limit 1", 1722), ("reject limit 3", 12899)])
def test_more_errors_than_the_limit_fail_the_statement(
    cursor: oracledb.Cursor, loading: str, limit: str, code: int
) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        cursor.execute(f"insert into {loading} select * from {loading}_src log errors into err$_{loading} {limit}")
    assert refused.value.args[0].code == code
    assert cursor.execute(f"select count(*) from {loading}").fetchone() == (0,)


def test_a_row_of_values_with_binds(cursor: oracledb.Cursor, loading: str) -> None:
    sql = f"insert into {loading} (id, name) values (:1, :2) log errors reject limit 5"
    cursor.execute(sql, [1, "a"])
    assert cursor.rowcount == 1
    cursor.execute(sql, [1, "b"])
    assert cursor.rowcount == 0
    assert cursor.execute(f"select name from err$_{loading}").fetchall() == [("b",)]


def test_without_an_error_table_nothing_is_done(cursor: oracledb.Cursor, table: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        cursor.execute(f"insert into {table} values (1, 'a') log errors")


def test_many_rows_of_binds(cursor: oracledb.Cursor, loading: str) -> None:
    sql = f"insert into {loading} (id, name) values (:1, :2) log errors reject limit unlimited"
    cursor.executemany(sql, [(1, "a"), (1, "b"), (2, "c"), (3, "too long for it")])
    assert cursor.rowcount == 2
    assert cursor.execute(f"select id from {loading} order by id").fetchall() == [(1,), (2,)]
