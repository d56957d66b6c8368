"""INSTEAD OF and compound triggers, the order of triggers, and which columns a statement updates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Error = Callable[..., str]


@pytest.fixture
def log(cursor: oracledb.Cursor, table: str) -> str:
    name = f"{table}_log"
    cursor.execute(f"create table {name} (n number generated always as identity, what varchar2(60))")
    return name


def said(cursor: oracledb.Cursor, log: str) -> list[str]:
    return [what for (what,) in cursor.execute(f"select what from {log} order by n").fetchall()]


def test_instead_of_triggers_make_a_join_view_changeable(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create table {table}_d (id number, dname varchar2(10))")
    cursor.execute(f"insert into {table}_d values (1, 'sales')")
    cursor.execute(f"create view {table}_v as select t.id, t.name, d.dname from {table} t cross join {table}_d d")
    cursor.execute(
        f"""create trigger {table}_i instead of insert on {table}_v for each row
        begin
            insert into {table} values (:new.id, upper(:new.name));
            update {table}_d set dname = :new.dname;
        end;"""
    )
    cursor.execute(
        f"""create trigger {table}_x instead of update or delete on {table}_v
        begin
            if updating then update {table} set name = :new.name where id = :old.id;
            else delete from {table} where id = :old.id; end if;
        end;"""
    )
    cursor.executemany(f"insert into {table}_v values (:1, :2, :3)", [(4, "d", "x"), (5, "e", "y")])
    cursor.execute(f"update {table}_v set name = name || '!' where id in (1, 4)")
    assert cursor.rowcount == 2
    cursor.execute(f"delete from {table}_v where id = 2")
    assert cursor.rowcount == 1
    cursor.execute(f"select id, name, dname from {table}_v order by id")
    assert cursor.fetchall() == [(1, "a!", "y"), (3, "c", "y"), (4, "D!", "y"), (5, "E", "y")]
    cursor.execute(
        f"create or replace view {table}_v as select t.id, t.name, d.dname from {table} t cross join {table}_d d"
    )
    cursor.execute("select count(*) from user_triggers where table_name = upper(:1)", [f"{table}_v"])
    assert cursor.fetchone() == (0,)


def test_sections_of_a_compound_trigger_share_its_variables(cursor: oracledb.Cursor, table: str, log: str) -> None:
    cursor.execute(
        f"""create trigger {table}_c for insert or update of name or delete on {table} compound trigger
            type ids_t is table of number index by pls_integer;
            ids ids_t;
            procedure say (text varchar2) is begin insert into {log} (what) values (text); end;
            before statement is begin say('before ' || ids.count); end before statement;
            before each row is begin if inserting then :new.name := upper(:new.name); end if; end before each row;
            after each row is begin ids(ids.count + 1) := nvl(:new.id, :old.id); end after each row;
            after statement is
                rows_now number;
            begin
                select count(*) into rows_now from {table};
                say('after ' || ids.count || ' of ' || rows_now);
            end after statement;
        end {table}_c;"""
    )
    cursor.execute(f"insert into {table} select id + 10, name from {table}")
    cursor.execute(f"update {table} set id = id")
    cursor.execute(f"update {table} set name = lower(name) where id = 11")
    cursor.execute(f"delete from {table} where id > 11")
    assert said(cursor, log) == ["before 0", "after 3 of 6", "before 0", "after 1 of 6", "before 0", "after 2 of 4"]
    assert cursor.execute(f"select name from {table} where id = 11").fetchall() == [("a",)]
    cursor.execute("select trigger_type, triggering_event from user_triggers where table_name = upper(:1)", [table])
    assert cursor.fetchall() == [("COMPOUND", "INSERT OR UPDATE OR DELETE")]


def test_follows_and_precedes_decide_the_order(cursor: oracledb.Cursor, table: str, error: Error) -> None:
    trigger = "create trigger {0}_{1} before insert on {0} for each row {2} begin :new.name := :new.name || '{1}'; end;"
    cursor.execute(trigger.format(table, 1, ""))
    cursor.execute(trigger.format(table, 2, f"precedes {table}_1"))
    cursor.execute(trigger.format(table, 3, f"follows {table}_2"))
    cursor.execute(f"insert into {table} values (9, 'n')")
    assert cursor.execute(f"select name from {table} where id = 9").fetchall() == [("n213",)]
    assert "ORA-04080" in error(trigger.format(table, 4, "follows no_such_trigger"))


def test_updating_a_column_and_statement_triggers_of_columns(cursor: oracledb.Cursor, table: str, log: str) -> None:
    cursor.execute(
        f"""create trigger {table}_u before update on {table} for each row
        begin
            if updating('NAME') then insert into {log} (what) values ('name'); end if;
            if updating('id') then insert into {log} (what) values ('id'); end if;
        end;"""
    )
    cursor.execute(
        f"create trigger {table}_s after update of name on {table} begin insert into {log} (what) values ('statement'); end;"
    )
    cursor.execute(f"update {table} set name = name where id = 1")
    cursor.execute(f"update {table} set id = 20 where id = 2")
    merge = (
        "merge into {0} t using (select 3 id from dual) s on (t.id = s.id) when matched then update set t.name = 'm'"
    )
    cursor.execute(merge.format(table))
    assert said(cursor, log) == ["name", "statement", "id", "name", "statement"]


@pytest.mark.parametrize(
    ("trigger", "message"),
    [
        ("instead of insert on {0} begin null; end;", "ORA-25002"),
        ("before insert on {0}_v begin null; end;", "ORA-25001"),
        ("instead of insert on {0}_v begin :new.name := 'x'; end;", "ORA-04084"),
    ],
)
def test_what_is_refused(cursor: oracledb.Cursor, table: str, error: Error, trigger: str, message: str) -> None:
    cursor.execute(f"create view {table}_v as select id, name from {table}")
    statement = f"create trigger {table}_t {trigger.format(table)}"
    if message != "ORA-04084":
        assert message in error(statement)
        return
    cursor.execute(statement)
    assert message in error(f"insert into {table}_v values (7, 'a')")


def test_returning_from_a_view_with_instead_of_triggers_is_refused(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create view {table}_v as select id, name from {table}")
    cursor.execute(f"create trigger {table}_t instead of insert on {table}_v begin null; end;")
    variable: Any = cursor.var(int)
    with pytest.raises(oracledb.DatabaseError, match="ORA-22816"):
        cursor.execute(f"insert into {table}_v values (7, 'a') returning id into :1", [variable])
