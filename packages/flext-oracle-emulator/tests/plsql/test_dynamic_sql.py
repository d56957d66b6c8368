"""DBMS_SQL: parse, bind, define, execute, fetch, describe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Result = Callable[[str], Any]
Error = Callable[..., str]


def test_a_query_with_binds_and_columns(result: Result, table: str) -> None:
    block = f"""
    declare
        c integer := dbms_sql.open_cursor;
        id number; name varchar2(10); ignored integer;
    begin
        dbms_sql.parse(c, 'select id, name from {table} where id > :low and name <> :other order by id', dbms_sql.native);
        dbms_sql.bind_variable(c, ':low', 0);
        dbms_sql.bind_variable(c, 'other', 'b');
        dbms_sql.define_column(c, 1, id);
        dbms_sql.define_column(c, 2, name, 10);
        ignored := dbms_sql.execute(c);
        while dbms_sql.fetch_rows(c) > 0 loop
            dbms_sql.column_value(c, 1, id);
            dbms_sql.column_value(c, 2, name);
            :r := :r || id || name;
        end loop;
        dbms_sql.close_cursor(c);
        if c is null and not dbms_sql.is_open(1) then :r := :r || ' closed'; end if;
    end;"""
    assert result(block) == "1a3c closed"


def test_dml_blocks_and_ddl(cursor: oracledb.Cursor, result: Result, table: str) -> None:
    block = f"""
    declare
        c integer := dbms_sql.open_cursor;
        n number;
    begin
        dbms_sql.parse(c, 'update {table} set name = :name where id < 3', dbms_sql.native);
        dbms_sql.bind_variable(c, ':name', 'z');
        :r := dbms_sql.execute(c);
        dbms_sql.parse(c, 'begin :out := :in1 * 2; end;', dbms_sql.native);
        dbms_sql.bind_variable(c, ':out', n);
        dbms_sql.bind_variable(c, ':in1', 21);
        n := dbms_sql.execute(c);
        dbms_sql.variable_value(c, ':out', n);
        :r := :r || ' ' || n;
        dbms_sql.parse(c, 'create table {table}_made (a number)', dbms_sql.native);
        dbms_sql.close_cursor(c);
    end;"""
    assert result(block) == "2 42"
    assert cursor.execute(f"select count(*) from {table}_made").fetchone() == (0,)


def test_the_columns_are_described(result: Result, table: str) -> None:
    block = f"""
    declare
        c integer := dbms_sql.open_cursor;
        n integer; columns dbms_sql.desc_tab;
    begin
        dbms_sql.parse(c, 'select id, name, sysdate as d from {table}', dbms_sql.native);
        dbms_sql.describe_columns(c, n, columns);
        for i in 1 .. n loop
            :r := :r || columns(i).col_name || ' ' || columns(i).col_type || ' ' || columns(i).col_max_len || ' '
                || columns(i).col_precision || case when columns(i).col_null_ok then ' null' end || ';';
        end loop;
    end;"""
    assert result(block) == "ID 2 22 6;NAME 1 10 0 null;D 12 7 0 null;"


def test_a_cursor_number_becomes_a_cursor_variable(cursor: oracledb.Cursor, table: str) -> None:
    rows = cursor.var(oracledb.DB_TYPE_CURSOR)
    cursor.execute(
        f"""declare c integer := dbms_sql.open_cursor; n integer; begin
            dbms_sql.parse(c, 'select id from {table} order by id', dbms_sql.native);
            n := dbms_sql.execute(c);
            :rows := dbms_sql.to_refcursor(c);
        end;""",
        rows=rows,
    )
    assert rows.getvalue().fetchall() == [(1,), (2,), (3,)]


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ("dbms_sql.parse(999, 'select 1 from dual', dbms_sql.native);", "ORA-29471: DBMS_SQL access denied"),
        ("dbms_sql.parse(c, 'select nothing', dbms_sql.native);", "ORA-00923"),
        ("dbms_sql.parse(c, 'select 1 from dual', 1); dbms_sql.bind_variable(c, 'x', 1);", "ORA-01006"),
        ("dbms_sql.parse(c, 'select :x from dual', 1); n := dbms_sql.execute(c);", "ORA-01008"),
        ("dbms_sql.parse(c, 'select 1 from dual', 1); n := dbms_sql.fetch_rows(c);", "ORA-01002"),
        (
            "dbms_sql.parse(c, 'select 1 from dual', 1); n := dbms_sql.execute_and_fetch(c); dbms_sql.column_value(c, 1, n);",
            "ORA-01007",
        ),
        ("dbms_sql.bind_array(c, 'x', n);", "ORA-03001: unimplemented feature: DBMS_SQL.BIND_ARRAY"),
    ],
)
def test_mistakes(error: Error, statements: str, message: str) -> None:
    assert message in error(f"declare c integer := dbms_sql.open_cursor; n number; begin {statements} end;")
