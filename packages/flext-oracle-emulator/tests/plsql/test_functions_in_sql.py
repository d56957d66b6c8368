"""Stored functions that SQL calls: their values in every clause, their errors, what they may not do."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import oracledb
import pytest

Error = Callable[..., str]


@pytest.fixture
def double(cursor: oracledb.Cursor, unit: str) -> str:
    cursor.execute(f"create function {unit} (n number) return number is begin return n * 2; end;")
    return unit


def test_in_every_clause_of_a_query(double: str, table: str, cursor: oracledb.Cursor) -> None:
    cursor.execute(
        f"select id, {double}(id), sum({double}({double}(id))) over () from {table} where {double}(id) > 2"
        f" order by {double}(id) desc"
    )
    assert cursor.fetchall() == [(3, 6, 20), (2, 4, 20)]
    assert cursor.execute(f"select {double}(:a) + :b, {double}(null) from dual", [4, 1]).fetchone() == (9, None)


def test_arguments_and_results_of_other_types(cursor: oracledb.Cursor, unit: str) -> None:
    cursor.execute(f"create function {unit}_d (d date, n number default 1) return date is begin return d + n; end;")
    cursor.execute(f"create function {unit}_r (r raw, c varchar2) return clob is begin return rawtohex(r) || c; end;")
    cursor.execute(
        f"select {unit}_d(date '2024-02-28'), {unit}_d(n => 2, d => date '2024-02-28'), {unit}_d(null),"
        f" to_char({unit}_r(hextoraw('CAFE'), null)) from dual"
    )
    assert cursor.fetchone() == (datetime.datetime(2024, 2, 29), datetime.datetime(2024, 3, 1), None, "CAFE")


def test_members_of_packages_and_no_parentheses(cursor: oracledb.Cursor, unit: str) -> None:
    cursor.execute(
        f"create package {unit} is function f (a number, b varchar2 := 'q') return varchar2;"
        " function seven return number; end;"
    )
    cursor.execute(
        f"create package body {unit} is function f (a number, b varchar2 := 'q') return varchar2 is"
        " begin return a || b; end; function seven return number is begin return 7; end; end;"
    )
    cursor.execute(f"select {unit}.f(1), {unit}.f(a => 2, b => 'z'), app.{unit}.seven from dual")
    assert cursor.fetchone() == ("1q", "2z", 7)


def test_in_dml_and_in_blocks(double: str, table: str, cursor: oracledb.Cursor) -> None:
    cursor.execute(f"update {table} set name = name || {double}(id) where {double}(id) = 4")
    cursor.execute(f"insert into {table} select {double}(id) + 10, 'new' from {table} where id < 3")
    cursor.executemany(f"insert into {table} values ({double}(:1), 'many')", [(50,), (60,)])
    cursor.execute(
        f"declare n number; begin select max({double}(id)) into n from {table}; delete from {table} where {double}(id) = n; end;"
    )
    cursor.execute(f"select * from {table} order by id")
    assert cursor.fetchall() == [(1, "a"), (2, "b4"), (3, "c"), (12, "new"), (14, "new"), (100, "many")]


def test_a_function_reads_what_its_statement_s_transaction_sees(table: str, cursor: oracledb.Cursor, unit: str) -> None:
    cursor.execute(
        f"create function {unit} (p number) return varchar2 is s varchar2(10); begin"
        f" select name into s from {table} where id = p; return s; end;"
    )
    cursor.execute(f"insert into {table} values (9, 'nine')")
    cursor.execute(f"select {unit}(9), {unit}(1), {unit}(77) from dual")
    assert cursor.fetchone() == ("nine", "a", None)  # no data found is NULL in SQL


def test_an_error_comes_with_the_function_s_line_and_undoes_the_statement(
    table: str, cursor: oracledb.Cursor, unit: str, error: Error
) -> None:
    cursor.execute(
        f"create function {unit} (n number) return number is\nbegin\n"
        "  if n = 3 then raise_application_error(-20003, 'three'); end if;\n  return n;\nend;"
    )
    expected = f'ORA-20003: three\nORA-06512: at "APP.{unit.upper()}", line 3'
    assert error(f"update {table} set name = {unit}(id)") == expected
    assert cursor.execute(f"select count({unit}(id)) from {table} where id < 3").fetchone() == (2,)
    assert cursor.execute(f"select name from {table} order by id").fetchall() == [("a",), ("b",), ("c",)]


def test_a_query_s_function_may_not_change_rows(table: str, cursor: oracledb.Cursor, unit: str, error: Error) -> None:
    cursor.execute(f"create function {unit} return number is begin delete from {table}; return 1; end;")
    assert error(f"select {unit} from dual").startswith("ORA-14551: cannot perform a DML operation inside a query")
    assert cursor.execute(f"select count(*) from {table}").fetchone() == (3,)


def test_what_would_be_called_too_seldom_is_refused(cursor: oracledb.Cursor, unit: str, error: Error) -> None:
    cursor.execute(f"create sequence {unit}_s")
    cursor.execute(f"create function {unit} return number is begin return {unit}_s.nextval; end;")
    assert error(f"select {unit} from dual").startswith(
        f"ORA-03001: unimplemented feature: stored function APP.{unit.upper()} in SQL (a sequence)"
    )


def test_wrong_arguments_and_privileges(double: str, error: Error, connect: Callable[..., oracledb.Connection]) -> None:
    assert error(f"select {double}(1, 2) from dual").startswith(
        "ORA-06553: PLS-306: wrong number or types of arguments"
    )
    with pytest.raises(oracledb.DatabaseError, match="ORA-00904"):
        connect("other").cursor().execute(f"select app.{double}(1) from dual")


def test_the_definition_of_a_table_by_a_query(table: str, cursor: oracledb.Cursor) -> None:
    (ddl,) = cursor.execute("select dbms_metadata.get_ddl('TABLE', :1) from dual", [table.upper()]).fetchone()
    assert ddl.read().startswith(f'\n  CREATE TABLE "APP"."{table.upper()}" \n   (\t"ID" NUMBER(6,0)')


def test_views_and_tables_made_of_queries_call_functions(table: str, cursor: oracledb.Cursor, double: str) -> None:
    cursor.execute(f"create view {table}_v as select id, {double}(id) as twice from {table}")
    cursor.execute(f"create view {table}_w as select sum(twice) as total from {table}_v where twice > 2")
    assert cursor.execute(f"select * from {table}_v order by id").fetchall() == [(1, 2), (2, 4), (3, 6)]
    assert cursor.execute(f"select total from {table}_w").fetchall() == [(10,)]
    total = cursor.var(int)
    cursor.execute(f"begin select total into :1 from {table}_w; end;", [total])
    assert total.getvalue() == 10
    cursor.execute(f"create table {table}_t as select id, {double}(id) as twice from {table}")
    assert cursor.execute(f"select sum(twice) from {table}_t").fetchone() == (12,)
    cursor.execute(f"create materialized view {table}_m as select {double}(id) as twice from {table}")
    cursor.execute(f"insert into {table} values (4, 'd')")
    cursor.callproc("dbms_mview.refresh", [f"{table}_m"])
    assert cursor.execute(f"select sum(twice) from {table}_m").fetchone() == (20,)


def test_an_index_takes_deterministic_functions(table: str, cursor: oracledb.Cursor, unit: str, error: Error) -> None:
    function = f"create or replace function {unit} (n number) return number {{}} is begin return n * 2; end;"
    cursor.execute(function.format(""))
    assert error(f"create index {table}_i on {table} ({unit}(id))") == "ORA-30553: The function is not deterministic"
    cursor.execute(function.format("deterministic"))
    cursor.execute(f"create index {table}_i on {table} ({unit}(id))")
    assert cursor.execute(f"select id from {table} where {unit}(id) = 4").fetchall() == [(2,)]
    cursor.execute("select column_expression from user_ind_expressions where index_name = upper(:1)", [f"{table}_i"])
    assert cursor.fetchone() == (f'"APP"."{unit.upper()}"("ID")',)
