"""Private temporary tables: one session's, without a commit, gone with the transaction or the session."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

CREATE = "create private temporary table ora$ptt_a (id number, name varchar2(3) not null) on commit preserve definition"


def tables(cursor: oracledb.Cursor) -> list[tuple[str, str]]:
    return cursor.execute("select table_name, duration from user_private_temp_tables order by 1").fetchall()


def test_it_is_the_sessions_own(connect: Callable[..., oracledb.Connection]) -> None:
    mine, theirs = connect().cursor(), connect().cursor()
    mine.execute(CREATE)
    mine.execute("insert into ora$ptt_a values (1, 'x')")
    mine.connection.commit()
    assert mine.execute("select * from ora$ptt_a").fetchall() == [(1, "x")]
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        theirs.execute("select * from ora$ptt_a")
    theirs.execute("create private temporary table ora$ptt_a (d date) on commit preserve definition")
    assert theirs.execute("select * from ora$ptt_a").fetchall() == []
    assert mine.execute("select * from ora$ptt_a").fetchall() == [(1, "x")]
    assert mine.execute("select id from app.ora$ptt_a where rowid is not null").fetchall() == [(1,)]
    assert tables(mine) == [("ORA$PTT_A", "SESSION")]
    mine.execute("select count(*) from user_objects where object_name = 'ORA$PTT_A'")
    assert mine.fetchone() == (0,)


def test_the_definition_goes_with_the_transaction_by_default(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.execute(f"create private temporary table ora$ptt_b as select * from {table}")
    assert cursor.execute("select * from ora$ptt_b").fetchall() == [(1, "x")]
    assert tables(cursor) == [("ORA$PTT_B", "TRANSACTION")]
    cursor.connection.rollback()  # nothing was committed by creating it
    assert cursor.execute(f"select count(*) from {table}").fetchone() == (0,)
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        cursor.execute("select * from ora$ptt_b")
    cursor.execute("create private temporary table ora$ptt_b (n number) on commit drop definition")
    cursor.connection.commit()
    assert tables(cursor) == []
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        cursor.execute("drop table ora$ptt_b")


def test_rollback_takes_rows_but_not_a_definition_that_is_preserved(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.execute("savepoint before")
    cursor.execute(CREATE)
    cursor.execute("insert into ora$ptt_a values (1, 'x')")
    cursor.execute("rollback to before")
    assert cursor.execute("select count(*) from ora$ptt_a").fetchone() == (0,)
    cursor.execute("insert into ora$ptt_a values (2, 'y')")
    cursor.connection.rollback()
    assert cursor.execute("select count(*) from ora$ptt_a").fetchone() == (0,)
    cursor.execute("insert into ora$ptt_a values (3, 'z')")
    cursor.connection.commit()
    cursor.execute("drop table ora$ptt_a")
    cursor.connection.rollback()
    assert tables(cursor) == []
    cursor.execute(CREATE)
    assert cursor.execute("select count(*) from ora$ptt_a").fetchone() == (0,)


def test_queries_dml_and_plsql_use_it(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(CREATE)
    cursor.executemany("insert into ora$ptt_a values (:1, :2)", [(n, "x") for n in range(5)])
    cursor.execute("update ora$ptt_a set name = 'y' where id > 2")
    cursor.execute("merge into ora$ptt_a a using (select 9 id from dual) s on (a.id = s.id)"
                   " when not matched then insert values (s.id, 'z')")  # fmt: skip
    cursor.execute("begin delete from ora$ptt_a where id = 0; insert into ora$ptt_a values (7, 'p'); end;")
    cursor.execute(f"insert into {table} select * from ora$ptt_a")
    assert cursor.execute(f"select name, count(*) from {table} group by name order by 1").fetchall() == [
        ("p", 1),
        ("x", 2),
        ("y", 2),
        ("z", 1),
    ]
    cursor.execute(f"create table {table}_copy as select * from ora$ptt_a")
    assert cursor.execute(f"select count(*) from {table}_copy").fetchone() == (6,)
    cursor.execute("truncate table ora$ptt_a")
    assert cursor.execute("select count(*) from ora$ptt_a").fetchone() == (0,)
    cursor.execute("begin execute immediate 'drop table ora$ptt_a'; end;")
    assert tables(cursor) == []


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("insert into ora$ptt_a values (1, null)", r'ORA-01400: cannot insert NULL into \("APP"."ORA\$PTT_A"."NAME"\)'),
        ("insert into ora$ptt_a values (1, 'long')", r'ORA-12899: .* column "APP"."ORA\$PTT_A"."NAME" \(actual: 4'),
        (CREATE, "ORA-00955"),
        ("create private temporary table mine (n number)", "ORA-00903"),
        ("create table ora$ptt_x (n number)", "ORA-32463"),
        ("create global temporary table ora$ptt_x (n number)", "ORA-32463"),
        ("create private temporary table ora$ptt_x (n number primary key)", "ORA-14451"),
        ("create private temporary table ora$ptt_x (n number default 1)", "ORA-14451"),
        ("create private temporary table ora$ptt_x (n number generated as identity)", "ORA-14451"),
        ("create private temporary table ora$ptt_x (n number) on commit delete rows", "ORA-00922"),
        ("create index i on ora$ptt_a (id)", "ORA-14451"),
        ("alter table ora$ptt_a add (x number)", "ORA-14451"),
        ("create view v as select * from ora$ptt_a", "ORA-14451"),
        ("grant select on ora$ptt_a to other", "ORA-14451"),
    ],
)
def test_what_it_refuses(cursor: oracledb.Cursor, statement: str, code: str) -> None:
    cursor.execute(CREATE)
    with pytest.raises(oracledb.DatabaseError, match=code):
        cursor.execute(statement)
    assert tables(cursor) == [("ORA$PTT_A", "SESSION")]


def test_every_session_of_a_dba_sees_what_there_is(connect: Callable[..., oracledb.Connection]) -> None:
    connection, dba = connect(), connect("system").cursor()
    connection.cursor().execute(CREATE)
    found = "select owner, table_name, duration from dba_private_temp_tables where sid = :1"
    (sid,) = connection.cursor().execute("select sys_context('userenv', 'sid') from dual").fetchone()
    assert dba.execute(found, [int(sid)]).fetchall() == [("APP", "ORA$PTT_A", "SESSION")]
    connection.close()
    assert dba.execute(found, [int(sid)]).fetchall() == []
