"""READ ONLY tables and UNUSABLE indexes through the real driver."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest


def refused(cursor: oracledb.Cursor, code: str, *statements: str) -> None:
    for statement in statements:
        with pytest.raises(oracledb.DatabaseError, match=code):
            cursor.execute(statement)


def test_a_read_only_table_keeps_its_rows_and_columns(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.execute(f"create view {table}_v as select * from {table}")
    cursor.execute(f"create table {table}_c (id number references {table} on delete cascade)")
    cursor.execute(f"alter table {table} read only")
    message = f'ORA-12081: update operation not allowed on table "[A-Z0-9_$]+"."{table.upper()}"'
    refused(
        cursor, message,
        f"insert into {table} values (2, 'y')", f"update {table} set name = 'z'", f"delete from {table} where 1 = 0",
        f"insert into {table}_v values (2, 'y')", f"truncate table {table}",
        f"merge into {table} t using dual on (t.id = 2) when not matched then insert values (2, 'y')",
        f"select * from {table} for update", f"select t.* from {table} t, dual for update of t.id nowait",
        f"alter table {table} add (c number)", f"alter table {table} modify (name varchar2(20))",
        f"alter table {table} rename column name to n", f"alter table {table} drop column name",
        f"alter table {table} set unused (name)",
    )  # fmt: skip
    with pytest.raises(oracledb.DatabaseError, match=message):
        cursor.executemany(f"insert into {table} values (:1, :2)", [(2, "y"), (3, "z")])
    cursor.execute(f"create index {table}_i on {table} (name)")
    cursor.execute(f"alter table {table} add constraint {table}_ck check (id > 0)")
    cursor.execute(f"insert into {table}_c values (1)")
    cursor.execute(f"select * from {table}_v")
    assert cursor.fetchall() == [(1, "x")]


def test_read_only_and_back(cursor: oracledb.Cursor, table: str, connect: Callable[..., oracledb.Connection]) -> None:
    def shown() -> str:
        cursor.execute("select read_only from user_tables where table_name = :1", [table.upper()])
        return str(cursor.fetchone()[0])

    refused(cursor, r"ORA-14140: table \w+\.\w+ is already in read/write mode", f"alter table {table} read write")
    assert shown() == "NO"
    cursor.execute(f"alter table {table} read only")
    assert shown() == "YES"
    refused(cursor, r"ORA-14139: table \w+\.\w+ is already in read-only mode", f"alter table {table} read only")
    refused(
        connect().cursor(), "ORA-12081", f"insert into {table} values (1, 'x')", f"select 1 from {table} for update"
    )
    cursor.execute(f"alter table {table} rename to {table}_r")
    refused(cursor, f'ORA-12081: .*"{table.upper()}_R"', f"insert into {table}_r values (1, 'x')")
    cursor.execute(f"alter table {table}_r read write")
    cursor.execute(f"insert into {table}_r values (1, 'x')")
    cursor.execute(f"select id from {table}_r for update")
    assert cursor.fetchall() == [(1,)]
    cursor.execute(f"alter table {table}_r read only")
    cursor.execute(f"drop table {table}_r purge")
    refused(cursor, "ORA-01735", f"alter table {table} read", f"alter table {table} read always")


def test_read_only_in_a_block_and_on_a_temporary_table(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"alter table {table} read only")
    code = cursor.var(int)
    cursor.execute(f"begin insert into {table} values (1, 'x'); exception when others then :1 := sqlcode; end;", [code])
    assert code.getvalue() == -12081
    cursor.execute(
        f"declare n number; begin select count(*) into n from (select 1 from {table});"
        f" for r in (select id from {table} for update) loop null; end loop;"
        " exception when others then :1 := sqlcode; end;",
        [code],
    )
    assert code.getvalue() == -12081
    cursor.execute(f"create global temporary table {table}_g (id number)")
    refused(cursor, "ORA-14451", f"alter table {table}_g read only")


def test_partitions_of_a_read_only_table(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(
        f"create table {table}_p (id number) partition by range (id)"
        " (partition p1 values less than (10), partition p2 values less than (20))"
    )
    cursor.execute(f"alter table {table}_p read only")
    refused(
        cursor, "ORA-12081",
        f"alter table {table}_p truncate partition p1", f"alter table {table}_p drop partition p1",
        f"insert into {table}_p values (1)",
    )  # fmt: skip
    cursor.execute(f"alter table {table}_p add partition p3 values less than (30)")


def test_unusable_unique_indexes_refuse_changes_until_they_are_rebuilt(cursor: oracledb.Cursor, table: str) -> None:
    def status() -> str:
        cursor.execute("select status from user_indexes where index_name = :1", [f"{table}_PK".upper()])
        return str(cursor.fetchone()[0])

    cursor.execute(f"insert into {table} values (1, 'x')")
    assert status() == "VALID"
    cursor.execute(f"alter index {table}_pk unusable")
    assert status() == "UNUSABLE"
    refused(
        cursor, rf"ORA-01502: index '\w+\.{table.upper()}_PK' or partition of such index is in unusable state",
        f"insert into {table} values (2, 'y')", f"update {table} set id = 3", f"delete from {table}",
    )  # fmt: skip
    cursor.execute(f"update {table} set name = 'z'")
    cursor.execute(f"select * from {table}")
    assert cursor.fetchall() == [(1, "z")]
    cursor.execute(f"alter index {table}_pk rebuild online nologging")
    assert status() == "VALID"
    cursor.execute(f"insert into {table} values (2, 'y')")
    refused(cursor, "ORA-00001", f"insert into {table} values (2, 'y')")
    cursor.execute(f"alter index {table}_pk unusable")
    cursor.execute(f"truncate table {table}")
    assert status() == "VALID"
    cursor.execute(f"insert into {table} values (2, 'y')")
    cursor.execute(f"alter index {table}_pk unusable")
    cursor.execute(f"alter table {table} drop constraint {table}_pk")
    cursor.execute(f"insert into {table} values (2, 'y')")


def test_unusable_indexes_that_are_not_unique_are_skipped(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create index {table}_i on {table} (name)")
    cursor.execute(f"alter index {table}_i unusable")
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.execute(f"select id from {table} where name = 'x'")
    assert cursor.fetchall() == [(1,)]
    cursor.execute("select status from user_indexes where index_name = :1", [f"{table}_i".upper()])
    assert cursor.fetchone() == ("UNUSABLE",)
    cursor.execute(f"alter index {table}_i rebuild")
    cursor.execute("select status from user_indexes where index_name = :1", [f"{table}_i".upper()])
    assert cursor.fetchone() == ("VALID",)


def test_indexes_that_cannot_be_made_unusable_or_rebuilt(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create table {table}_c (id number references {table})")
    refused(cursor, "ORA-03001.*foreign keys", f"alter index {table}_pk unusable")
    cursor.execute(f"create table {table}_p (id number) partition by hash (id) partitions 2")
    cursor.execute(f"create index {table}_pi on {table}_p (id) local")
    cursor.execute("select status from user_indexes where index_name = :1", [f"{table}_pi".upper()])
    assert cursor.fetchone() == ("N/A",)
    refused(cursor, "ORA-14086", f"alter index {table}_pi rebuild")
    refused(cursor, "ORA-01418", f"alter index {table}_no rebuild", f"alter index {table}_no unusable")


def test_partitions_go_although_an_index_is_unusable(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(
        f"create table {table}_p (id number, n number) partition by range (id)"
        " (partition p1 values less than (10), partition p2 values less than (20), partition p3 values less than (30))"
    )
    cursor.execute(f"create unique index {table}_pu on {table}_p (n)")
    cursor.executemany(f"insert into {table}_p values (:1, :2)", [(1, 1), (11, 2), (21, 3)])
    cursor.execute(f"alter index {table}_pu unusable")
    cursor.execute(f"alter table {table}_p truncate partition p1")
    cursor.execute(f"alter table {table}_p drop partition p2")
    refused(cursor, "ORA-01502", f"delete from {table}_p", f"insert into {table}_p values (22, 4)")
    cursor.execute(f"select id from {table}_p")
    assert cursor.fetchall() == [(21,)]


def test_a_view_of_a_read_only_table_is_not_locked(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.execute(f"create view {table}_v as select * from {table}")
    cursor.execute(f"create view {table}_w as select id from {table}_v")
    cursor.execute(f"select * from {table}_w for update")
    cursor.execute(f"alter table {table} read only")
    with pytest.raises(oracledb.DatabaseError, match="ORA-12081"):
        cursor.execute(f"select * from {table}_w for update")
    assert cursor.execute(f"select * from {table}_w").fetchall() == [(1,)]
