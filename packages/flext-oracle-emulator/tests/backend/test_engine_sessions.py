"""Transactions, cursors and locks between sessions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import oracledb
import pytest
from flext_oracle_emulator import Emulator

Connect = Callable[..., oracledb.Connection]


def count(cursor: oracledb.Cursor, table: str) -> int:
    cursor.execute(f"select count(*) from {table}")
    return int(cursor.fetchone()[0])


def test_other_sessions_see_what_is_committed(connect: Connect, cursor: oracledb.Cursor, table: str) -> None:
    other = connect().cursor()
    cursor.execute(f"insert into {table} values (1, 'x')")
    assert (count(cursor, table), count(other, table)) == (1, 0)
    cursor.connection.commit()
    assert count(other, table) == 1
    cursor.execute(f"delete from {table}")
    cursor.connection.rollback()
    assert count(cursor, table) == 1


def test_transaction_in_progress(connection: oracledb.Connection, cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"select * from {table}")
    assert not connection.transaction_in_progress
    cursor.execute(f"insert into {table} values (1, 'x')")
    assert connection.transaction_in_progress
    connection.commit()
    assert not connection.transaction_in_progress
    cursor.execute(f"select * from {table} for update")
    assert connection.transaction_in_progress
    connection.rollback()
    assert not connection.transaction_in_progress


def test_autocommit(connect: Connect, connection: oracledb.Connection, cursor: oracledb.Cursor, table: str) -> None:
    connection.autocommit = True
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.executemany(f"insert into {table} values (:1, :2)", [(2, "y"), (3, "z")])
    assert not connection.transaction_in_progress
    assert count(connect().cursor(), table) == 3
    with pytest.raises(oracledb.IntegrityError):
        cursor.execute(f"insert into {table} values (1, 'x')")
    assert not connection.transaction_in_progress


def test_closing_rolls_back(connect: Connect, cursor: oracledb.Cursor, table: str) -> None:
    other = connect()
    other.cursor().execute(f"insert into {table} values (1, 'x')")
    other.close()
    assert count(cursor, table) == 0


def test_ddl_commits(connection: oracledb.Connection, cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.execute(f"create table {table}_more (id number)")
    connection.rollback()
    assert count(cursor, table) == 1
    cursor.execute(f"insert into {table} values (2, 'x')")
    with pytest.raises(oracledb.DatabaseError, match="ORA-00955"):
        cursor.execute(f"create table {table}_more (id number)")
    connection.rollback()
    assert count(cursor, table) == 2


def test_savepoints(connection: oracledb.Connection, cursor: oracledb.Cursor, table: str) -> None:
    for number, name in ((1, "a"), (2, "b"), (3, "c")):
        cursor.execute(f"insert into {table} values (:1, 'x')", [number])
        cursor.execute(f"savepoint {name}")
    cursor.execute("savepoint a")
    cursor.execute(f"insert into {table} values (4, 'x')")
    cursor.execute("rollback to savepoint a")
    assert count(cursor, table) == 3
    cursor.execute("rollback to b")
    assert count(cursor, table) == 2
    with pytest.raises(oracledb.DatabaseError, match="ORA-01086: savepoint 'C' never established"):
        cursor.execute("rollback to c")
    assert count(cursor, table) == 2
    cursor.execute("rollback")
    assert count(cursor, table) == 0


def test_cursors_survive_commit_rollback_and_other_statements(
    connection: oracledb.Connection, cursor: oracledb.Cursor, table: str
) -> None:
    cursor.executemany(f"insert into {table} values (:1, 'x')", [(number,) for number in range(5000)])
    connection.commit()
    first, second = connection.cursor(), connection.cursor()
    first.arraysize = second.arraysize = 7
    first.execute(f"select id from {table} order by id")
    second.execute(f"select id from {table} order by id desc")
    seen = [first.fetchone()[0], second.fetchone()[0]]
    cursor.execute(f"delete from {table}")
    connection.commit()
    seen.append(first.fetchone()[0])
    cursor.execute(f"insert into {table} values (1, 'x')")
    connection.rollback()
    assert seen == [0, 4999, 1]
    assert [row[0] for row in first] == list(range(2, 5000))
    assert [row[0] for row in second] == list(range(4998, -1, -1))


def test_an_error_in_the_middle_of_a_fetch(
    connection: oracledb.Connection, cursor: oracledb.Cursor, table: str
) -> None:
    cursor.executemany(f"insert into {table} values (:1, 'x')", [(number,) for number in range(3000)])
    cursor.arraysize = 10
    cursor.execute(f"select 1 / (2500 - id) from {table} order by id")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01476"):
        cursor.fetchall()
    assert count(cursor, table) == 3000
    connection.commit()
    assert count(cursor, table) == 3000


def test_a_large_result_is_read_or_dropped_as_the_client_likes(cursor: oracledb.Cursor, table: str) -> None:
    cursor.executemany(f"insert into {table} values (:1, 'x')", [(number,) for number in range(2000)])
    cursor.execute(f"select a.id from {table} a cross join {table} b")
    assert len(cursor.fetchmany(10)) == 10
    cursor.execute(f"select count(*) from {table}")
    assert cursor.fetchone() == (2000,)


def test_ddl_does_not_wait_for_readers(connect: Connect, cursor: oracledb.Cursor, table: str) -> None:
    cursor.executemany(f"insert into {table} values (:1, 'x')", [(number,) for number in range(3000)])
    cursor.connection.commit()
    reader = connect().cursor()
    reader.arraysize = 10
    reader.execute(f"select id from {table} order by id")
    assert reader.fetchone() == (0,)
    cursor.execute(f"drop table {table}")
    assert len(reader.fetchall()) == 2999


def test_a_changed_table_is_described_anew(connect: Connect, cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.connection.commit()
    other = connect().cursor()
    other.execute(f"select * from {table}")
    assert other.fetchall() == [(1, "x")]
    cursor.execute(f"alter table {table} add extra date")
    other.execute(f"select * from {table}")
    assert other.fetchall() == [(1, "x", None)]
    cursor.execute(f"drop table {table}")
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        other.execute(f"select * from {table}")


def test_locked_rows(connect: Connect, cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.connection.commit()
    cursor.execute(f"select * from {table} for update")
    other = connect().cursor()
    with pytest.raises(oracledb.DatabaseError, match="ORA-00054: resource busy and acquire with NOWAIT specified"):
        other.execute(f"select * from {table} for update nowait")
    with pytest.raises(oracledb.DatabaseError, match="ORA-30006"):
        other.execute(f"select * from {table} for update wait 1")
    other.execute(f"select * from {table} for update skip locked")
    assert other.fetchall() == []
    assert count(other, table) == 1
    cursor.connection.rollback()
    other.execute(f"select * from {table} for update nowait")
    assert other.fetchall() == [(1, "x")]


def test_lock_table(connect: Connect, cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"lock table {table} in exclusive mode")
    assert cursor.connection.transaction_in_progress
    with pytest.raises(oracledb.DatabaseError, match="ORA-00054"):
        connect().cursor().execute(f"lock table {table} in share mode nowait")


def test_deadlock(connect: Connect, cursor: oracledb.Cursor, table: str) -> None:
    cursor.executemany(f"insert into {table} values (:1, 'x')", [(1,), (2,)])
    cursor.connection.commit()
    other = connect()
    cursor.execute(f"update {table} set name = 'a' where id = 1")
    other.cursor().execute(f"update {table} set name = 'b' where id = 2")
    failures: list[str] = []

    def update(connection: oracledb.Connection, ident: int) -> None:
        try:
            connection.cursor().execute(f"update {table} set name = 'c' where id = {ident}")
        except oracledb.DatabaseError as error:
            failures.append(str(error))
            connection.rollback()

    threads = [
        threading.Thread(target=update, args=(cursor.connection, 2)),
        threading.Thread(target=update, args=(other, 1)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [failure[:9] for failure in failures] == ["ORA-00060"]


def test_serializable(connect: Connect, cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.connection.commit()
    other = connect()
    reader = other.cursor()
    reader.execute("set transaction isolation level serializable")
    assert count(reader, table) == 1
    cursor.execute(f"update {table} set name = 'y'")
    cursor.execute(f"insert into {table} values (2, 'x')")
    cursor.connection.commit()
    assert count(reader, table) == 1
    with pytest.raises(oracledb.DatabaseError, match="ORA-08177"):
        reader.execute(f"update {table} set name = 'z' where id = 1")
    other.rollback()
    assert count(reader, table) == 2
    reader.execute("set transaction read only")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01456"):
        reader.execute(f"delete from {table}")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01453"):
        reader.execute("set transaction read write")


def test_cancel(connection: oracledb.Connection, cursor: oracledb.Cursor, table: str) -> None:
    cursor.executemany(f"insert into {table} values (:1, 'x')", [(number,) for number in range(2000)])
    timer = threading.Timer(0.5, connection.cancel)
    timer.start()
    with pytest.raises(oracledb.DatabaseError, match="ORA-01013"):
        cursor.execute(f"select count(*) from {table} a cross join {table} b cross join {table} c").fetchall()
    timer.join()
    assert count(cursor, table) == 2000


def test_call_timeout(connection: oracledb.Connection, cursor: oracledb.Cursor, table: str) -> None:
    cursor.executemany(f"insert into {table} values (:1, 'x')", [(number,) for number in range(2000)])
    connection.commit()
    connection.call_timeout = 400
    with pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
        cursor.execute(f"select count(*) from {table} a cross join {table} b cross join {table} c")
    connection.call_timeout = 0
    assert count(cursor, table) == 2000


def test_deferred_constraints_fail_at_commit(
    connection: oracledb.Connection, cursor: oracledb.Cursor, table: str
) -> None:
    cursor.execute(f"create table {table}_d (id number references {table} deferrable initially deferred)")
    cursor.execute(f"insert into {table}_d values (1)")
    with pytest.raises(oracledb.DatabaseError) as caught:
        connection.commit()
    lines = str(caught.value).splitlines()
    assert lines[0] == "ORA-02091: transaction rolled back"
    assert lines[1].startswith("ORA-02291: integrity constraint (APP.SYS_C")
    assert not connection.transaction_in_progress
    assert count(cursor, f"{table}_d") == 0


def test_alter_session(connection: oracledb.Connection, cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.execute("alter session set nls_date_format = 'YYYY-MM-DD'")
    connection.rollback()
    cursor.execute(f"insert into {table} values (1, to_char(date '2024-05-06'))")
    cursor.execute(f"select name from {table}")
    assert cursor.fetchone() == ("2024-05-06",)
    for statement, message in (
        ("alter session set nonsense = 1", "ORA-02248: invalid option for ALTER SESSION"),
        ("alter session set current_schema = nobody", "ORA-01435: user does not exist"),
        ("alter session set time_zone = 'Moon/Crater'", "ORA-01882"),
        ("alter session set nls_language = 'KLINGON'", "ORA-03001"),
    ):
        with pytest.raises(oracledb.DatabaseError, match=message):
            cursor.execute(statement)


def test_current_schema_and_privileges(connect: Connect, cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.connection.commit()
    other = connect("other")
    theirs = other.cursor()
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        theirs.execute(f"select * from app.{table}")
    cursor.execute(f"grant select on {table} to other")
    theirs.execute(f"select * from app.{table}")
    assert theirs.fetchall() == [(1, "x")]
    other.current_schema = "app"
    theirs.execute(f"select name from {table}")
    assert theirs.fetchall() == [("x",)]
    with pytest.raises(oracledb.DatabaseError, match="ORA-01031"):
        theirs.execute(f"insert into {table} values (2, 'x')")


def test_accounts(connect: Connect, engine: object) -> None:
    admin = connect().cursor()
    with pytest.raises(oracledb.DatabaseError, match="ORA-01031"):
        admin.execute("create user nobody identified by secret")


def test_two_sessions_wait_for_each_other(connect: Connect, cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'first')")
    other = connect()
    outcome: list[str] = []

    def insert() -> None:
        try:
            other.cursor().execute(f"insert into {table} values (1, 'second')")
            outcome.append("inserted")
        except oracledb.IntegrityError as error:
            outcome.append(str(error)[:9])

    thread = threading.Thread(target=insert)
    thread.start()
    time.sleep(0.2)
    assert outcome == []
    cursor.connection.commit()
    thread.join(20)
    assert outcome == ["ORA-00001"]


def test_sessions_opened_and_closed_side_by_side(engine: Emulator) -> None:
    """Each gets a number of its own, also one that comes at the moment when another one leaves."""

    def one_session(_: int) -> int:
        with oracledb.connect(**engine.connect_args_for("system")) as opened:
            return count(opened.cursor(), "v$session where sid = sys_context('userenv', 'sid')")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one_session, range(40))) == [1] * 40


@pytest.mark.parametrize(("given", "kept"), [("-00:0", "-00:00"), ("+5:30", "+05:30"), ("local", "+00:00")])
def test_time_zones_are_taken_as_drivers_spell_them(cursor: oracledb.Cursor, given: str, kept: str) -> None:
    cursor.execute(f"ALTER SESSION SET TIME_ZONE ='{given}'")
    assert cursor.execute("select sessiontimezone from dual").fetchone() == (kept,)


def test_a_pool_replaces_a_session_that_was_killed(engine: Emulator) -> None:
    pool = oracledb.create_pool(**engine.connect_args_for("SYSTEM"), min=1, max=1, ping_interval=0)
    with oracledb.connect(**engine.connect_args_for("SYSTEM")) as admin, pool.acquire() as connection:
        admin.cursor().execute(f"alter system kill session '{connection.session_id},{connection.serial_num}'")
    with pool.acquire() as connection:
        assert connection.cursor().execute("select user from dual").fetchone() == ("SYSTEM",)
    pool.close()
