"""Triggers: what they make of rows, in which order, what they may not do, and what the dictionary says of them."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

Error = Callable[..., str]


@pytest.fixture
def keyed(cursor: oracledb.Cursor, unit: str) -> str:
    """A table whose key comes from a sequence by a trigger, as people did before identity columns."""
    cursor.execute(
        f"create table {unit} (id number(6) constraint {unit}_pk primary key, name varchar2(10) not null, note varchar2(30))"
    )
    cursor.execute(f"create sequence {unit}_s")
    cursor.execute(
        f"""create or replace trigger {unit}_bi before insert on {unit} for each row when (new.id is null)
        begin
            :new.id := {unit}_s.nextval;
            :new.note := 'by ' || user;
        end;"""
    )
    return unit


def test_a_before_trigger_fills_columns_and_returning_sees_them(keyed: str, cursor: oracledb.Cursor) -> None:
    key, note = cursor.var(int), cursor.var(str)
    cursor.execute(f"insert into {keyed} (name) values ('one') returning id, note into :1, :2", [key, note])
    assert (key.getvalue(), note.getvalue()) == ([1], ["by APP"])
    cursor.executemany(f"insert into {keyed} (name) values (:1)", [("two",), ("three",)])
    cursor.execute(f"insert into {keyed} (id, name) select 100 + id, name from {keyed} where id < 3")
    assert cursor.rowcount == 2
    cursor.execute(f"begin insert into {keyed} (name) values ('block'); end;")
    cursor.execute(f"select id, name, note from {keyed} order by id")
    assert cursor.fetchall() == [
        (1, "one", "by APP"),
        (2, "two", "by APP"),
        (3, "three", "by APP"),
        (4, "block", "by APP"),
        (101, "one", None),
        (102, "two", None),
    ]


def test_old_and_new_values_are_written_to_another_table(table: str, cursor: oracledb.Cursor) -> None:
    cursor.execute(f"create table {table}_log (what varchar2(60))")
    cursor.execute(
        f"""create trigger {table}_log after insert or update or delete on {table} for each row
        declare
            what varchar2(60);
        begin
            what := case when inserting then 'I' when updating then 'U' else 'D' end;
            insert into {table}_log values (what || ' ' || :old.id || :old.name || '>' || :new.id || :new.name);
        end;"""
    )
    cursor.execute(f"update {table} set name = name || name where id > 1")
    assert cursor.rowcount == 2
    cursor.execute(f"delete from {table} where id = 1")
    cursor.execute(
        f"merge into {table} t using (select 2 id from dual union all select 9 from dual) s on (t.id = s.id)"
        " when matched then update set name = 'm' when not matched then insert values (s.id, 'new')"
    )
    assert cursor.rowcount == 2
    logged = [what for (what,) in cursor.execute(f"select what from {table}_log")]
    assert sorted(logged) == ["D 1a>", "I >9new", "U 2b>2bb", "U 2bb>2m", "U 3c>3cc"]
    cursor.connection.rollback()
    assert cursor.execute(f"select count(*) from {table}_log").fetchone() == (0,)


def test_an_error_of_a_trigger_undoes_the_statement(table: str, cursor: oracledb.Cursor, error: Error) -> None:
    cursor.execute(
        f"""create trigger {table}_check before update of name or delete on {table} for each row
        begin
            if :old.id = 2 then
                raise_application_error(-20002, 'not this one');
            end if;
        end;"""
    )
    name = f"APP.{table.upper()}_CHECK"
    expected = (
        f'ORA-20002: not this one\nORA-06512: at "{name}", line 3\n'
        f"ORA-04088: error during execution of trigger '{name}'"
    )
    assert error(f"update {table} set name = 'x'") == expected
    assert error(f"delete from {table}") == expected
    cursor.execute(f"update {table} set id = id + 10")  # not the column that the trigger watches
    assert cursor.execute(f"select * from {table} order by id").fetchall() == [(11, "a"), (12, "b"), (13, "c")]


def test_constraints_are_checked_after_before_triggers(keyed: str, cursor: oracledb.Cursor, error: Error) -> None:
    assert error(f"insert into {keyed} (note) values ('x')").startswith("ORA-01400: cannot insert NULL")
    cursor.execute(f"insert into {keyed} values (1, 'a', null)")
    assert error(f"insert into {keyed} values (1, 'b', null)").startswith("ORA-00001")
    assert "ORA-12899" in error(f"insert into {keyed} (name) values ('longer than ten')")
    assert cursor.execute(f"select count(*) from {keyed}").fetchone() == (1,)


def test_statement_triggers_fire_once(table: str, cursor: oracledb.Cursor) -> None:
    cursor.execute(f"create table {table}_log (what varchar2(60))")
    for timing in ("before", "after"):
        cursor.execute(
            f"create trigger {table}_{timing} {timing} update on {table} begin"
            f" insert into {table}_log select '{timing} ' || max(name) from {table}; end;"
        )
    cursor.execute(f"update {table} set name = 'z'")
    assert cursor.execute(f"select what from {table}_log order by what").fetchall() == [("after z",), ("before c",)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("declare n number; begin select count(*) into n from {table}; end;", "ORA-04091: table APP."),
        ("begin commit; end;", "ORA-04092"),
        ("begin :new.name := 'x'; end;", "ORA-04084"),
    ],
)
def test_what_a_row_trigger_may_not_do(body: str, code: str, table: str, cursor: oracledb.Cursor, error: Error) -> None:
    cursor.execute(f"create trigger {table}_t after update on {table} for each row {body.format(table=table)}")
    assert error(f"update {table} set name = 'y' where id = 1").startswith(code)


def test_triggers_are_disabled_dropped_and_listed(table: str, cursor: oracledb.Cursor, error: Error) -> None:
    cursor.execute(
        f"create trigger {table}_t before insert or delete on {table} for each row begin raise value_error; end;"
    )
    listed = "select trigger_name, trigger_type, triggering_event, table_name, status from user_triggers where table_name = :1"
    name = table.upper()
    assert cursor.execute(listed, [name]).fetchall() == [
        (f"{name}_T", "BEFORE EACH ROW", "INSERT OR DELETE", name, "ENABLED")
    ]
    assert "ORA-04088" in error(f"delete from {table}")
    cursor.execute(f"alter trigger {table}_t disable")
    cursor.execute(f"delete from {table} where id = 1")
    cursor.execute(f"alter table {table} enable all triggers")
    assert "ORA-04088" in error(f"delete from {table}")
    cursor.execute(f"drop trigger {table}_t")
    cursor.execute(f"delete from {table}")
    assert error(f"drop trigger {table}_t") == f"ORA-04080: trigger '{name}_T' does not exist"
    cursor.execute(f"create trigger {table}_t before insert on {table} begin null; end;")
    cursor.execute(f"drop table {table}")
    assert cursor.execute("select count(*) from user_objects where object_name = :1", [f"{name}_T"]).fetchone() == (0,)


def test_ways_around_the_triggers_are_refused(table: str, cursor: oracledb.Cursor, error: Error) -> None:
    cursor.execute(f"create trigger {table}_t before insert on {table} for each row begin :new.name := 'trg'; end;")
    with pytest.raises(oracledb.DatabaseError, match="ORA-03001"):
        cursor.connection.direct_path_load("APP", table.upper(), ["ID", "NAME"], [(50, "x")])
    cursor.execute(f"create table {table}_2 as select * from {table}")
    text = error(f"insert all into {table} values (n, 'x') into {table}_2 values (n, 'x') select 60 n from dual")
    assert text.startswith("ORA-03001")
    assert cursor.execute(f"select count(*) from {table}").fetchone() == (3,)


def test_a_trigger_with_errors_refuses_changes(table: str, cursor: oracledb.Cursor, error: Error) -> None:
    cursor.execute(f"create trigger {table}_t before insert on {table} for each row begin :new.nope := 1; end;")
    assert cursor.warning is not None
    name = f"{table}_t".upper()
    cursor.execute("select text from user_errors where name = :1 and sequence = 1", [name])
    assert cursor.fetchone() == ("PLS-00049: bad bind variable 'NEW.NOPE'",)
    assert error(f"insert into {table} values (4, 'd')") == (
        f"ORA-04098: trigger 'APP.{name}' is invalid and failed re-validation"
    )


def test_tables_with_identities_virtual_columns_and_partitions(cursor: oracledb.Cursor, unit: str) -> None:
    cursor.execute(
        f"create table {unit} (id number generated always as identity, n number, twice number generated always as (n * 2)"
        " virtual, c clob)"
    )
    cursor.execute(
        f"create trigger {unit}_t before insert or update on {unit} for each row begin :new.n := :new.n + 1; end;"
    )
    cursor.execute(f"insert into {unit} (n, c) values (1, 'text')")
    cursor.execute(f"alter table {unit} rename to {unit}_2")
    cursor.execute(f"update {unit}_2 set n = 10")
    assert cursor.execute(f"select id, n, twice, to_char(c) from {unit}_2").fetchone() == (1, 11, 22, "text")
    cursor.execute(
        f"create table {unit}_p (id number) partition by range (id) (partition a values less than (10),"
        " partition b values less than (maxvalue))"
    )
    cursor.execute(f"create trigger {unit}_p before insert on {unit}_p for each row begin :new.id := :new.id + 5; end;")
    cursor.execute(f"insert into {unit}_p values (7)")
    assert cursor.execute(f"select id from {unit}_p partition (b)").fetchall() == [(12,)]
