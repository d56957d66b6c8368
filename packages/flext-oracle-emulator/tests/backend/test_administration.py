"""What administrators and cautious users do: sessions killed, roles, statistics, views that no longer compile."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

Connect = Callable[..., oracledb.Connection]


def test_a_killed_session_is_told_so_and_its_changes_are_gone(
    connect: Connect, cursor: oracledb.Cursor, table: str
) -> None:
    victim = connect()
    changes = victim.cursor()
    changes.execute(f"insert into {table} values (1, 'lost')")
    changes.execute("select sys_context('userenv', 'sid') from dual")
    (sid,) = changes.fetchone()
    system = connect("system").cursor()
    (serial,) = system.execute("select serial# from v$session where sid = :1", [sid]).fetchone()
    with pytest.raises(oracledb.DatabaseError, match="ORA-00030"):
        system.execute(f"alter system kill session '{sid},{serial + 1}'")
    system.execute(f"alter system kill session '{sid},{serial}' immediate")
    with pytest.raises(oracledb.DatabaseError, match=r"DPY-4011|ORA-00028"):
        changes.execute("select 1 from dual")
    assert not victim.is_healthy()
    assert cursor.execute(f"select count(*) from {table}").fetchone() == (0,)
    with pytest.raises(oracledb.DatabaseError, match="ORA-01031"):
        cursor.execute(f"alter system kill session '{sid},{serial}'")


def test_open_transactions_are_seen_by_those_who_may(connect: Connect, cursor: oracledb.Cursor, table: str) -> None:
    writer = connect().cursor()
    (sid,) = writer.execute("select sys_context('userenv', 'sid') from dual").fetchone()
    system = connect("system").cursor()
    seen = f"""select t.status, t.start_scn, t.start_date, t.start_time, sysdate from gv$transaction t
        join gv$session s on s.saddr = t.ses_addr and s.taddr = t.addr where s.sid = {sid}"""
    writer.execute(f"select * from {table}").fetchall()
    assert system.execute(seen).fetchall() == []
    writer.execute(f"insert into {table} values (1, 'x')")
    ((status, scn, start, text, now),) = system.execute(seen).fetchall()
    assert status == "ACTIVE"
    assert start <= now
    assert scn < system.execute("select dbms_flashback.get_system_change_number from dual").fetchone()[0]
    assert text == start.strftime("%m/%d/%y %H:%M:%S")
    writer.connection.commit()
    assert system.execute(seen).fetchall() == []
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        cursor.execute("select count(*) from gv$transaction")
    system.execute(f"grant select on sys.gv_$transaction to {cursor.connection.username}")
    assert cursor.execute("select 1 from gv$transaction where 1 = 0").fetchall() == []
    system.execute(f"revoke select on sys.gv_$transaction from {cursor.connection.username}")


def test_what_only_tunes_the_instance_is_accepted(connect: Connect) -> None:
    system = connect("system").cursor()
    for text in (
        "alter system flush shared_pool",
        "alter system checkpoint",
        "alter system switch logfile",
        "alter system set open_cursors = 500 scope = both",
        "set role all",
        "purge recyclebin",
    ):
        system.execute(text)
    for text, code in (
        ("alter system set nls_language = german", "ORA-03001"),
        ("set role nonsense", "ORA-01924"),
        ("purge table nothing", "ORA-38307"),
    ):
        with pytest.raises(oracledb.DatabaseError, match=code):
            system.execute(text)


def test_analyze_counts_rows(cursor: oracledb.Cursor, table: str) -> None:
    cursor.executemany(f"insert into {table} values (:1, 'x')", [(1,), (2,), (3,)])
    counted = "select num_rows, last_analyzed from user_tables where table_name = :1"
    assert cursor.execute(counted, [table.upper()]).fetchone() == (None, None)
    cursor.execute(f"analyze table {table} compute statistics")
    rows, analyzed = cursor.execute(counted, [table.upper()]).fetchone()
    assert rows == 3
    assert analyzed is not None


def test_an_invalid_view_cannot_be_read(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create view {table}_v as select * from {table}")
    cursor.execute(f"alter table {table} rename to {table}_old")
    with pytest.raises(oracledb.DatabaseError, match=f'ORA-04063: view "APP.{table.upper()}_V" has errors'):
        cursor.execute(f"select * from {table}_v")
    cursor.execute(f"alter table {table}_old rename to {table}")
    assert cursor.execute(f"select * from {table}_v").fetchall() == []
    cursor.execute("create force view admin_forced as select * from nothing_like_this")
    with pytest.raises(oracledb.DatabaseError, match="ORA-04063"):
        cursor.execute("select * from admin_forced")


def test_columns_of_virtual_columns_stay_as_they_are(cursor: oracledb.Cursor) -> None:
    cursor.execute("create table admin_virtual (a number(5), b number generated always as (a * 2) virtual, c number)")
    for text, code in (
        ("modify a number(9)", "ORA-54033"),
        ("rename column a to x", "ORA-54032"),
        ("drop column a", "ORA-54031"),
    ):
        with pytest.raises(oracledb.DatabaseError, match=code):
            cursor.execute(f"alter table admin_virtual {text}")
    cursor.execute("alter table admin_virtual drop (a, b)")


def test_single_constraints_are_deferred(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(
        f"create table {table}_c (id number constraint {table}_fk references {table} deferrable,"
        f" n number constraint {table}_ck check (n > 0))"
    )
    cursor.execute(f"set constraint {table}_fk deferred")
    cursor.execute(f"insert into {table}_c values (1, 1)")
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.connection.commit()
    with pytest.raises(oracledb.DatabaseError, match="ORA-02291"):
        cursor.execute(f"insert into {table}_c values (2, 1)")
    with pytest.raises(oracledb.DatabaseError, match="ORA-02447"):
        cursor.execute(f"set constraint {table}_ck deferred")
    with pytest.raises(oracledb.DatabaseError, match="ORA-02448"):
        cursor.execute("set constraint nothing deferred")


def test_a_user_without_quota_stores_nothing(connect: Connect) -> None:
    system = connect("system").cursor()
    system.execute("create user quotaless identified by quotaless")
    system.execute("grant create session, create table to quotaless")
    cursor = connect("quotaless").cursor()
    cursor.execute("create table quotaless_t (a number)")
    for text in ("insert into quotaless_t values (1)", "create table quotaless_u as select 1 as a from dual"):
        with pytest.raises(oracledb.DatabaseError, match="ORA-01950: no privileges on tablespace 'USERS'"):
            cursor.execute(text)
    system.execute("alter user quotaless quota 10m on users")
    cursor.execute("insert into quotaless_t values (1)")
    cursor.connection.commit()
    system.execute("alter user quotaless quota 0 on users")
    system.execute("grant unlimited tablespace to quotaless")
    cursor.execute("insert into quotaless_t values (2)")
    cursor.execute("select count(*) from quotaless_t")
    assert cursor.fetchone() == (2,)


def test_tablespaces_are_names_that_must_exist(connect: Connect, cursor: oracledb.Cursor) -> None:
    system = connect("system").cursor()
    with pytest.raises(oracledb.DatabaseError, match="ORA-00959"):
        cursor.execute("create table admin_ts (a number) tablespace staging_area")
    with pytest.raises(oracledb.DatabaseError, match="ORA-00959"):
        system.execute("create user admin_ts identified by x default tablespace staging_area")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01031"):
        cursor.execute("create tablespace staging_area datafile 'staging01.dbf' size 10m")
    system.execute("create bigfile tablespace staging_area datafile 'staging01.dbf' size 10m autoextend on next 1m")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01543"):
        system.execute("create tablespace staging_area datafile 'staging01.dbf' size 10m")
    system.execute(
        "create user admin_ts identified by admin_ts default tablespace staging_area quota unlimited on staging_area"
    )
    system.execute("grant create session, create table to admin_ts")
    owner = connect("admin_ts").cursor()
    owner.execute("create table admin_t (a number)")
    owner.execute("insert into admin_t values (1)")
    owner.connection.commit()
    assert owner.execute("select tablespace_name from user_tables").fetchall() == [("STAGING_AREA",)]
    with pytest.raises(oracledb.DatabaseError, match="ORA-01549"):
        system.execute("drop tablespace staging_area")
    system.execute("drop tablespace staging_area including contents and datafiles")
    assert owner.execute("select * from user_tables").fetchall() == []
