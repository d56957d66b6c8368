"""Stored procedures, functions and packages; records, collections, bulk statements; transactions of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Result = Callable[[str], Any]
Error = Callable[..., str]


def test_a_procedure_s_error_names_each_line_on_its_way(cursor: oracledb.Cursor, unit: str, error: Error) -> None:
    cursor.execute(
        f"""create or replace procedure {unit} (n number) is
            procedure inner is
            begin
                raise_application_error(-20001, 'deep ' || n);
            end;
        begin
            inner;
        end {unit};"""
    )
    assert error(f"begin\n  {unit}(7);\nend;") == (
        f'ORA-20001: deep 7\nORA-06512: at "APP.{unit.upper()}", line 4\n'
        f'ORA-06512: at "APP.{unit.upper()}", line 7\nORA-06512: at line 2'
    )


def test_a_unit_with_errors_is_created_invalid_and_says_why(cursor: oracledb.Cursor, unit: str, error: Error) -> None:
    cursor.execute(f"create procedure {unit} is\nbegin\n  insert into {unit}_t values (1);\nend;")
    assert cursor.warning is not None
    assert cursor.warning.full_code == "DPY-7000"
    name = unit.upper()
    cursor.execute("select line, position, text from user_errors where name = :1 order by sequence", [name])
    assert cursor.fetchall() == [
        (3, 15, "PL/SQL: ORA-00942: table or view does not exist"),
        (3, 3, "PL/SQL: SQL Statement ignored"),
    ]
    status = "select status from user_objects where object_name = :1"
    assert cursor.execute(status, [name]).fetchone() == ("INVALID",)
    assert error(f"begin {unit}; end;") == (
        f"ORA-06550: line 1, column 7:\nPLS-00905: object APP.{name} is invalid\n"
        "ORA-06550: line 1, column 7:\nPL/SQL: Statement ignored"
    )
    cursor.execute(f"create table {unit}_t (n number)")
    cursor.execute(f"begin {unit}; end;")
    cursor.execute(f"alter procedure {unit} compile")
    assert cursor.execute(status, [name]).fetchone() == ("VALID",)


def test_arguments_are_in_the_dictionary(cursor: oracledb.Cursor, unit: str) -> None:
    cursor.execute(
        f"create function {unit} (a in number, b varchar2 default 'x', c out date) return boolean is"
        " begin return true; end;"
    )
    cursor.execute(
        "select argument_name, position, data_type, in_out, defaulted from user_arguments"
        " where object_name = :1 order by sequence",
        [unit.upper()],
    )
    assert cursor.fetchall() == [
        (None, 0, "PL/SQL BOOLEAN", "OUT", "N"),
        ("A", 1, "NUMBER", "IN", "N"),
        ("B", 2, "VARCHAR2", "IN", "Y"),
        ("C", 3, "DATE", "OUT", "N"),
    ]


def test_a_unit_runs_with_its_owner_s_rights(
    cursor: oracledb.Cursor, unit: str, connect: Callable[..., oracledb.Connection]
) -> None:
    cursor.execute(f"create table {unit}_t (n number)")
    cursor.execute(f"create procedure {unit} is begin insert into {unit}_t values (1); end;")
    other = connect("other").cursor()
    with pytest.raises(oracledb.DatabaseError, match="PLS-00201"):
        other.execute(f"begin app.{unit}; end;")
    cursor.execute(f"grant execute on {unit} to other")
    other.execute(f"begin app.{unit}; end;")
    other.connection.commit()
    assert cursor.execute(f"select count(*) from {unit}_t").fetchone() == (1,)
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        other.execute(f"select * from app.{unit}_t")


def test_overloads_defaults_and_named_arguments(cursor: oracledb.Cursor, unit: str, result: Result) -> None:
    cursor.execute(
        f"""create package {unit} is
            function f (n number) return varchar2;
            function f (s varchar2) return varchar2;
            function f (a number, b number := 2, c number := 3) return varchar2;
        end;"""
    )
    cursor.execute(
        f"""create package body {unit} is
            function f (n number) return varchar2 is begin return 'n' || n; end;
            function f (s varchar2) return varchar2 is begin return 's' || s; end;
            function f (a number, b number := 2, c number := 3) return varchar2 is begin return a || b || c; end;
        end;"""
    )
    block = f"declare v varchar2(9) := 'v'; begin :r := {unit}.f(n => 5) || {unit}.f(v) || {unit}.f(1, c => 9); end;"
    assert result(block) == "n5sv129"


def test_a_package_that_was_replaced_loses_its_state(cursor: oracledb.Cursor, unit: str, error: Error) -> None:
    cursor.execute(f"create package {unit} is n number := 1; end;")
    cursor.execute(f"begin {unit}.n := 5; end;")
    cursor.execute(f"create or replace package {unit} is n number := 2; end;")
    assert error(f"begin {unit}.n := {unit}.n + 1; end;").startswith(
        "ORA-04068: existing state of packages has been discarded\nORA-04061: existing state of package"
    )
    value = cursor.var(int)
    cursor.execute(f"begin :v := {unit}.n; end;", v=value)
    assert value.getvalue() == 2


def test_a_package_body_must_define_what_its_specification_declares(cursor: oracledb.Cursor, unit: str) -> None:
    cursor.execute(f"create package {unit} is procedure p; end;")
    cursor.execute(f"create package body {unit} is x number; end;")
    cursor.execute("select text from user_errors where name = :1 and type = 'PACKAGE BODY'", [unit.upper()])
    assert cursor.fetchone()[0].startswith("PLS-00323: subprogram or cursor 'P' is declared")


def test_out_parameters_keep_their_values_only_without_an_error(result: Result) -> None:
    block = """
        declare
            a number := 1;
            b number := 1;
            procedure works(x in out number) is begin x := x + 1; end;
            procedure fails(x in out number) is begin x := x + 1; raise value_error; end;
        begin
            works(a);
            begin fails(b); exception when value_error then null; end;
            :r := a || b;
        end;"""
    assert result(block) == "21"


def test_recursion(result: Result) -> None:
    block = """
        declare
            function depth(n number) return number is
            begin
                if n = 0 then return 0; end if;
                return 1 + depth(n - 1);
            end;
        begin
            :r := depth(300);
        end;"""
    assert result(block) == "300"


def test_endless_recursion_is_an_error_and_the_session_goes_on(cursor: oracledb.Cursor, error: Error) -> None:
    assert error("declare procedure p is begin p; end; begin p; end;").startswith("ORA-06500: PL/SQL: storage error")
    cursor.execute("begin null; end;")


def test_records_and_collections_are_copied_by_value(result: Result) -> None:
    block = """
        declare
            type pair is record (a number := 5, b varchar2(10));
            type by_name is table of pair index by varchar2(10);
            type list is table of number;
            type few is varray(3) of number;
            x pair;
            y pair;
            t by_name;
            l list := list(10, 20, 30);
            m list;
            v few := few();
            s varchar2(200);
        begin
            x.b := 'q';
            y := x;
            y.a := 7;
            t('two') := x;
            t('one').b := 'new';
            m := l;
            m.delete(2);
            m.extend;
            v.extend(3);
            s := x.a || y.a || t.first || t.next('one') || t('one').a || t.count;
            s := s || ' ' || l.count || m.count || m.next(1) || m.last || v.limit;
            if not m.exists(2) and l.exists(2) then s := s || '!'; end if;
            begin
                v.extend;
            exception when subscript_outside_limit then s := s || ' limit';
            end;
            begin
                s := s || l(4);
            exception when subscript_beyond_count then s := s || ' beyond';
            end;
            begin
                s := s || t('none').b;
            exception when no_data_found then s := s || ' none';
            end;
            :r := s;
        end;"""
    assert result(block) == "57onetwo52 33343! limit beyond none"


def test_bulk_collect_and_forall(table: str, result: Result) -> None:
    block = f"""
        declare
            type rows_ is table of {table}%rowtype;
            type numbers is table of number;
            r rows_;
            ids numbers;
            s varchar2(200);
            cursor c is select * from {table} order by id;
        begin
            select * bulk collect into r from {table} order by id;
            for i in 1 .. r.count loop r(i).id := r(i).id + 10; end loop;
            forall i in 1 .. r.count insert into {table} values r(i);
            s := sql%rowcount || sql%bulk_rowcount(1);
            delete from {table} where id > 11 returning id bulk collect into ids;
            s := s || '/' || ids.count || '/';
            open c;
            loop
                fetch c bulk collect into r limit 3;
                exit when r.count = 0;
                s := s || r.count;
            end loop;
            close c;
            :r := s;
        end;"""
    assert result(block) == "31/2/31"


def test_forall_saves_exceptions(table: str, result: Result) -> None:
    block = f"""
        declare
            type numbers is table of number;
            n numbers := numbers(4, 1, 5, 2);
            bulk_errors exception;
            pragma exception_init(bulk_errors, -24381);
            s varchar2(100);
        begin
            forall i in 1 .. n.count save exceptions insert into {table} values (n(i), 'x');
        exception
            when bulk_errors then
                for i in 1 .. sql%bulk_exceptions.count loop
                    s := s || sql%bulk_exceptions(i).error_index || '-' || sql%bulk_exceptions(i).error_code || ' ';
                end loop;
                :r := s || sql%rowcount;
        end;"""
    assert result(block) == "2-1 4-1 2"


def test_where_current_of(table: str, cursor: oracledb.Cursor) -> None:
    cursor.execute(
        f"""declare
            cursor c is select * from {table} for update;
        begin
            for r in c loop
                if r.id = 2 then
                    update {table} set name = r.name || '!' where current of c;
                elsif r.id = 3 then
                    delete from {table} where current of c;
                end if;
            end loop;
        end;"""
    )
    assert cursor.execute(f"select * from {table} order by id").fetchall() == [(1, "a"), (2, "b!")]


def test_an_autonomous_transaction_stays_when_the_caller_rolls_back(
    table: str, cursor: oracledb.Cursor, error: Error
) -> None:
    log = f"""
        declare
            procedure log(n number) is
                pragma autonomous_transaction;
            begin
                insert into {table} values (n, 'log');
                {{end}}
            end;
        begin
            insert into {table} values (10, 'gone');
            log(20);
            rollback;
        end;"""
    cursor.execute(log.format(end="commit;"))
    assert cursor.execute(f"select id from {table} where id >= 10").fetchall() == [(20,)]
    cursor.execute(f"delete from {table} where id = 20")
    cursor.connection.commit()
    assert error(log.format(end="")).startswith("ORA-06519: active autonomous transaction detected and rolled back")


def test_dynamic_sql_returns_and_opens(table: str, result: Result) -> None:
    block = f"""
        declare
            c sys_refcursor;
            s varchar2(100);
            n number;
            type names is table of varchar2(10);
            found names;
        begin
            open c for 'select name from {table} where id >= :1 order by id' using 2;
            loop
                fetch c into s;
                exit when c%notfound;
                n := nvl(n, 0) + c%rowcount;
            end loop;
            close c;
            execute immediate 'update {table} set name = :1 where id = 1 returning name into :2'
                using 'dyn' returning into s;
            execute immediate 'select name from {table} order by id' bulk collect into found;
            :r := n || s || found.count || found(1);
        end;"""
    assert result(block) == "3dyn3dyn"


def test_functions_are_no_statements_and_procedures_have_no_value(
    cursor: oracledb.Cursor, unit: str, error: Error
) -> None:
    cursor.execute(f"create procedure {unit}_p is begin null; end;")
    cursor.execute(f"create function {unit}_f return number is begin return 1; end;")
    name = unit.upper()
    assert f"PLS-00222: no function with name '{name}_P' exists in this scope" in error(
        f"begin :x := {unit}_p; end;", [1]
    )
    assert f"PLS-00221: '{name}_F' is not a procedure or is undefined" in error(f"begin {unit}_f; end;")


def test_what_a_unit_defines_belongs_to_its_owner(
    cursor: oracledb.Cursor, unit: str, connect: Callable[..., oracledb.Connection]
) -> None:
    cursor.execute(
        f"create procedure {unit} is begin execute immediate 'create table {unit}_t as select 1 n from dual';"
        f" execute immediate 'begin insert into {unit}_t values (2); end;'; end;"
    )
    cursor.execute(f"grant execute on {unit} to other")
    other = connect("other")
    other.cursor().callproc(f"app.{unit}")
    other.commit()
    assert cursor.execute(f"select n from {unit}_t order by n").fetchall() == [(1,), (2,)]


def test_a_supplied_package_that_is_not_granted_is_not_there(
    connect: Callable[..., oracledb.Connection],
) -> None:
    cursor = connect("other").cursor()
    with pytest.raises(oracledb.DatabaseError, match=r"PLS-00201: identifier 'DBMS_FLASHBACK\.GET"):
        cursor.execute("begin :n := dbms_flashback.get_system_change_number; end;", n=cursor.var(int))


def test_character_parameters_and_results_take_every_length(cursor: oracledb.Cursor, unit: str) -> None:
    cursor.execute(f"create function {unit} (x in char) return char is begin return '<' || x || '>'; end;")
    assert cursor.callfunc(unit, str, ["four"]) == "<four>"
    assert cursor.execute(f"select {unit}('many words') from dual").fetchall() == [("<many words>",)]


def test_a_character_parameter_is_as_long_as_the_variable_that_takes_it(
    cursor: oracledb.Cursor, unit: str, error: Callable[..., str], result: Callable[[str], Any]
) -> None:
    cursor.execute(f"create procedure {unit} (x out char) is begin x := 'ab'; end;")
    assert result(f"declare v varchar2(5); begin {unit}(v); :r := v || '.'; end;") == "ab   ."
    cursor.execute(f"create or replace procedure {unit} (x in out char) is begin x := '(' || x || ')'; end;")
    assert "ORA-06502" in error(f"declare v char(3) := 'a'; begin {unit}(v); end;")


@pytest.mark.parametrize("declaration", ["(x varchar2(10)) is", "(x number(3)) is", "(x char(1 byte)) is"])
def test_a_parameter_has_no_length(cursor: oracledb.Cursor, unit: str, declaration: str) -> None:
    cursor.execute(f"create procedure {unit} {declaration} begin null; end;")
    assert cursor.warning is not None
    found = cursor.execute("select text from user_errors where name = upper(:1)", [unit]).fetchall()
    assert found[0][0].startswith('PLS-00103: Encountered the symbol "("')


@pytest.mark.parametrize(
    ("parameter", "value", "fits"),
    [
        ("number", "'12'", True),
        ("raw", "'12'", True),
        ("varchar2", "hextoraw('12')", True),
        ("number", "r", False),
        ("date", "r", False),
        ("clob", "r", False),
        ("blob", "t", False),
        ("date", "n", False),
        ("boolean", "t", False),
    ],
)
def test_arguments_convert_or_are_refused_before_anything_runs(
    cursor: oracledb.Cursor, table: str, unit: str, error: Callable[..., str], parameter: str, value: str, fits: bool
) -> None:
    cursor.execute(f"create procedure {unit} (x {parameter}) is begin null; end;")
    block = (
        f"declare r raw(2) := '12'; n number := 1; t varchar2(5) := '1'; begin delete {table}; {unit}({value}); end;"
    )
    if fits:
        cursor.execute(block)
    else:
        assert f"PLS-00306: wrong number or types of arguments in call to '{unit.upper()}'" in error(block)
    assert cursor.execute(f"select count(*) from {table}").fetchone() == ((0,) if fits else (3,))


def test_assignments_convert_or_are_refused(cursor: oracledb.Cursor, unit: str, error: Callable[..., str]) -> None:
    cursor.execute(f"create function {unit} (x number) return blob is begin return null; end;")
    assert "PLS-00382: expression is of wrong type" in error(f"declare v varchar2(9); begin v := {unit}(1); end;")
    assert "PLS-00382: expression is of wrong type" in error("declare n number; d date; begin n := d; end;")
