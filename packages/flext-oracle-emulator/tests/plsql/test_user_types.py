"""Object and collection types of SQL: CREATE TYPE, their values in tables, in queries and in PL/SQL, the dictionary."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import oracledb
import pytest
from flext_oracle_emulator import Emulator

Rows = Callable[[str], list[tuple[Any, ...]]]
Result = Callable[[str], Any]
Error = Callable[..., str]


@pytest.fixture(scope="module")
def schema(engine: Emulator) -> Iterator[None]:
    """Types and a table `people` (id, home address_t, numbers numbers_t) with two rows."""
    with oracledb.connect(user="app", password="app", dsn=engine.dsn) as connection, connection.cursor() as cursor:
        for statement in (
            "create type address_t as object (street varchar2(20), no number(5), since date)",
            "create type addresses_t as table of address_t",
            "create type numbers_t as table of number",
            "create type numbers_2_t as table of numbers_t",
            "create type names_t as varray(3) of varchar2(10)",
            "create table people (id number, home address_t, numbers numbers_t) nested table numbers store as people_numbers",
            "insert into people values (1, address_t('Main', 5, date '2020-02-03'), numbers_t(1, 2, 3))",
            "insert into people values (2, null, numbers_t())",
        ):
            cursor.execute(statement)
        connection.commit()
        yield
        cursor.execute("drop table people")
        for name in ("names_t", "numbers_2_t", "numbers_t", "addresses_t", "address_t"):
            cursor.execute(f"drop type {name}")


@pytest.fixture
def rows(cursor: oracledb.Cursor, schema: None) -> Rows:
    return lambda sql: cursor.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select column_value from table(sys.odcinumberlist(3, 1, '2')) order by 1", [(1,), (2,), (3,)]),
        ("select * from table(sys.odcivarchar2list('a', 'b', null))", [("a",), ("b",), (None,)]),
        ("select t.column_value from table(odcidatelist(date '2024-01-02')) t", [(datetime.datetime(2024, 1, 2),)]),
        ("select count(*) from odcinumberlist(5, 6)", [(2,)]),
        (
            "select x.* from table(addresses_t(address_t('A', 5, date '2020-02-03'), address_t('B', null, null))) x",
            [("A", 5, datetime.datetime(2020, 2, 3)), ("B", None, None)],
        ),
        (
            "select p.home.street, p.home.since from people p where p.home.no = 5",
            [("Main", datetime.datetime(2020, 2, 3))],
        ),
        ("select p.id, n.column_value from people p, table(p.numbers) n order by 1, 2", [(1, 1), (1, 2), (1, 3)]),
        ("select * from table(select numbers from people where id = 1)", [(1,), (2,), (3,)]),
        ("select id from people where 2 member of numbers", [(1,)]),
        ("select id from people where numbers is empty or numbers_t(9) submultiset of numbers", [(2,)]),
        ("select cardinality(numbers), cardinality(set(numbers)) from people where id = 1", [(3, 3)]),
        (
            "select sum(column_value) from table(cast(multiset(select level from dual connect by level <= 4) as numbers_t))",
            [(10,)],
        ),
        (
            "select column_value from people p, table(cast(multiset(select p.id * 2 from dual) as numbers_t))",
            [(2,), (4,)],
        ),
        ("select cardinality(cast(collect(id order by id desc) as numbers_t)) from people", [(2,)]),
        ("select column_value from table(numbers_t(1, 2, 2) multiset except distinct numbers_t(1))", [(2,)]),
        ("select column_value from table(numbers_t(1, 2) multiset union numbers_t(2)) order by 1", [(1,), (2,), (2,)]),
        ("select count(*) from table(cast(powermultiset(numbers_t(1, 2, 3)) as numbers_2_t))", [(7,)]),
        ("select 1 from dual where numbers_t(1, 2) = numbers_t(2, 1) and numbers_t(1) <> numbers_t(2)", [(1,)]),
        ("select column_value from table(cast(sys.odcivarchar2list('7') as numbers_t))", [(7,)]),
        ("select count(*) from people p where p.home = address_t('Main', 5, date '2020-02-03')", [(1,)]),
    ],
)
def test_collections_and_objects_in_queries(rows: Rows, query: str, expected: list[tuple[Any, ...]]) -> None:
    assert rows(query) == expected


@pytest.mark.usefixtures("schema")
@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            "declare a address_t; begin :r := case when a is null then 'null' end || a.street;"
            " a := address_t('X', 1, date '2020-01-01'); a.no := 7; :r := :r || a.no || to_char(a.since, 'YYYY'); end;",
            "null72020",
        ),
        (
            "declare a address_t; n numbers_t; begin select home, numbers into a, n from people where id = 1;"
            " :r := a.street || n.count || n(2); end;",
            "Main32",
        ),
        (
            "declare l addresses_t; begin select home bulk collect into l from people order by id; l.extend;"
            " l(3) := address_t('New', 9, null); for x in (select street, no from table(l) where no > 5) loop"
            " :r := l.count || x.street || x.no; end loop; end;",
            "3New9",
        ),
        (
            "declare l numbers_t := numbers_t(1, 2); begin select count(*) into :r from people"
            " where id in (select column_value from table(l)) and id member of l; end;",
            "2",
        ),
        (
            "declare p people%rowtype; begin select * into p from people where id = 1; p.home.street := upper(p.home.street);"
            " :r := p.home.street || p.numbers.last; end;",
            "MAIN3",
        ),
        (
            "begin for x in (select home from people order by id) loop :r := :r || x.home.no || ','; end loop; end;",
            "5,,",
        ),
        ("declare n sys.odcinumberlist := sys.odcinumberlist(5, 6); begin :r := n.count || n.limit; end;", "232767"),
        (
            "declare l numbers_t := numbers_t(4, 5); begin update people set numbers = l where id = 2;"
            " select cardinality(numbers) into :r from people where id = 2; rollback; end;",
            "2",
        ),
    ],
)
def test_types_of_sql_in_blocks(result: Result, block: str, expected: str) -> None:
    assert result(block) == expected


@pytest.mark.usefixtures("schema")
@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("select address_t('longer than twenty bytes', 1, null) from dual", "ORA-22814"),
        ("select address_t('short') from dual", "ORA-02315"),
        ("select names_t('a', 'b', 'c', 'd') from dual", "ORA-22909"),
        ("select * from table(1)", "ORA-22905"),
        ("select home.street from people", 'ORA-00904: "HOME"."STREET"'),
        ("select p.home.nothing from people p", 'ORA-00904: "NOTHING"'),
        ("select 1 from dual where names_t('a') = names_t('a')", "ORA-00932"),
        (
            "insert into people (home) values (numbers_t(1))",
            "ORA-00932: inconsistent datatypes: expected APP.ADDRESS_T got",
        ),
        ("select home || 'x' from people", "ORA-00932"),
        ("declare a numbers_t; b sys.odcinumberlist; begin b := sys.odcinumberlist(1); a := b; end;", "PLS-00382"),
        ("drop type address_t", "ORA-02303: cannot drop or replace a type with type or table dependents"),
        ("create or replace type numbers_t as table of number(5)", "ORA-02303"),
        ("create type address_t as table of number", "ORA-00955"),
        ("create type t_t as object (x number, member function f return number)", "ORA-03001"),
        (
            "create table t_nested (n numbers_t)",
            "ORA-22913: must specify table name for nested table column or attribute",
        ),
        ("create type body address_t as end;", "ORA-03001: unimplemented feature: CREATE TYPE BODY"),
        ("drop type no_such_type", "ORA-04043: object NO_SUCH_TYPE does not exist"),
        ("create table t_wrong (a no_such_type)", "ORA-00902"),
        ("declare a address_t; begin a.street := 'x'; end;", "ORA-06530: Reference to uninitialized composite"),
        ("declare a address_t; begin a := address_t('x'); end;", "PLS-00306"),
        ("declare n numbers_t; begin n.extend; end;", "ORA-06531: Reference to uninitialized collection"),
    ],
)
def test_what_is_refused(error: Error, statement: str, message: str) -> None:
    assert message in error(statement)


def test_functions_take_and_give_collections(cursor: oracledb.Cursor, rows: Rows, unit: str) -> None:
    cursor.execute(
        f"""create function {unit} (n number, seed numbers_t default numbers_t()) return numbers_t is
            r numbers_t := seed;
        begin
            for i in 1 .. n loop r.extend; r(r.last) := i * i; end loop;
            return r;
        end;"""
    )
    assert rows(f"select column_value from table({unit}(3))") == [(1,), (4,), (9,)]
    assert rows(f"select cardinality({unit}(2, numbers)) from people order by id") == [(5,), (2,)]
    assert rows(f"select p.id, n.column_value from people p, table({unit}(p.id)) n order by 1, 2") == [
        (1, 1),
        (2, 1),
        (2, 4),
    ]


def test_a_trigger_changes_objects(cursor: oracledb.Cursor, rows: Rows, unit: str) -> None:
    cursor.execute(f"create table {unit} (home address_t)")
    cursor.execute(
        f"create trigger {unit}_t before insert on {unit} for each row begin :new.home.street := upper(:new.home.street); end;"
    )
    cursor.execute(f"insert into {unit} values (address_t('low', 1, null))")
    assert rows(f"select t.home.street, t.home.no from {unit} t") == [("LOW", 1)]
    cursor.execute(f"drop table {unit}")


def test_the_dictionary_describes_types(rows: Rows) -> None:
    assert rows(
        "select type_name, typecode, attributes from user_types where type_name in ('ADDRESS_T', 'NAMES_T') order by 1"
    ) == [
        ("ADDRESS_T", "OBJECT", 3),
        ("NAMES_T", "COLLECTION", 0),
    ]
    attributes = (
        "select attr_name, attr_type_name, length, precision, scale from all_type_attrs where type_name = 'ADDRESS_T'"
    )
    assert rows(f"{attributes} order by attr_no") == [
        ("STREET", "VARCHAR2", 20, None, None),
        ("NO", "NUMBER", None, 5, 0),
        ("SINCE", "DATE", None, None, None),
    ]
    collections = (
        "select coll_type, upper_bound, elem_type_owner, elem_type_name from user_coll_types where type_name in"
    )
    assert rows(f"{collections} ('NAMES_T', 'ADDRESSES_T') order by 1") == [
        ("TABLE", None, "APP", "ADDRESS_T"),
        ("VARYING ARRAY", 3, None, "VARCHAR2"),
    ]
    columns = (
        "select data_type, data_type_owner from user_tab_columns where table_name = 'PEOPLE' and column_name = 'HOME'"
    )
    assert rows(columns) == [("ADDRESS_T", "APP")]
    assert rows("select text from user_source where name = 'NUMBERS_T'") == [("type numbers_t as table of number",)]


def test_another_user_needs_execute_on_a_type(
    connect: Callable[..., oracledb.Connection], cursor: oracledb.Cursor, rows: Rows
) -> None:
    query = "select x.street from table(app.addresses_t(app.address_t('A', 1, null))) x"
    with connect("other") as connection, connection.cursor() as other:
        with pytest.raises(oracledb.DatabaseError, match="ORA-00904"):
            other.execute(query)
        cursor.execute("grant execute on address_t to other")
        cursor.execute("grant execute on addresses_t to other")
        assert other.execute(query).fetchall() == [("A",)]


def test_a_type_of_an_unknown_type_is_made_invalid(cursor: oracledb.Cursor, unit: str, error: Error) -> None:
    cursor.execute(f"create type {unit} as object (a number,\n    b no_such_type)")
    assert cursor.warning is not None
    cursor.execute("select line, position, text from user_errors where name = upper(:1)", [unit])
    assert cursor.fetchall() == [(2, 7, "PLS-00201: identifier 'NO_SUCH_TYPE' must be declared")]
    assert "ORA-00902" in error(f"select {unit}(1, 2) from dual")
    cursor.execute(f"drop type {unit}")
