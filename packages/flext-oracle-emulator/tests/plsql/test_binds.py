"""Binds as the driver sends them, into blocks, procedures and functions, and what comes back through them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Error = Callable[..., str]

_TYPES_PACKAGE = """
create or replace package {name} as
    type numbers is table of number index by binary_integer;
    type texts is table of varchar2(30) index by binary_integer;
    counter number := 0;
    function total(items in numbers) return number;
    procedure double_all(items in out numbers);
    procedure fill(n number, items out texts);
    procedure open_rows(n number, rows_ out sys_refcursor);
    function negate(b boolean) return boolean;
    procedure defaults(a number default 1, b varchar2 := 'b', r out varchar2);
    function next_count return number;
end {name};"""
_TYPES_BODY = """
create or replace package body {name} as
    step constant number := 1;

    function total(items in numbers) return number is
        s number := 0;
    begin
        for i in 1 .. items.count loop s := s + items(i); end loop;
        return s;
    end total;

    procedure double_all(items in out numbers) is
    begin
        for i in items.first .. items.last loop items(i) := items(i) * 2; end loop;
    end;

    procedure fill(n number, items out texts) is
    begin
        for i in 1 .. n loop items(i) := 'row ' || i; end loop;
    end;

    procedure open_rows(n number, rows_ out sys_refcursor) is
    begin
        open rows_ for select level, 'x' || level from dual connect by level <= n;
    end;

    function negate(b boolean) return boolean is begin return not b; end;

    procedure defaults(a number default 1, b varchar2 := 'b', r out varchar2) is begin r := a || b; end;

    function next_count return number is begin counter := counter + step; return counter; end;
begin
    counter := 10;
end {name};"""


@pytest.fixture
def package(cursor: oracledb.Cursor, unit: str) -> str:
    cursor.execute(_TYPES_PACKAGE.format(name=unit))
    cursor.execute(_TYPES_BODY.format(name=unit))
    return unit


def test_in_out_and_in_out_binds(cursor: oracledb.Cursor) -> None:
    total, text = cursor.var(int), cursor.var(str, 20)
    total.setvalue(0, 40)
    cursor.execute("begin :n := :n + :more; :s := 'total ' || :n; end;", n=total, more=2, s=text)
    assert (total.getvalue(), text.getvalue()) == (42, "total 42")


@pytest.mark.parametrize(
    ("kind", "expression", "expected"),
    [
        (oracledb.DB_TYPE_NUMBER, "12345678901234567890.5", 12345678901234567890.5),
        (oracledb.DB_TYPE_VARCHAR, "'é' || chr(10)", "é\n"),
        (oracledb.DB_TYPE_NVARCHAR, "n'ü'", "ü"),
        (oracledb.DB_TYPE_DATE, "date '2024-02-28' + 1", datetime.datetime(2024, 2, 29)),
        (
            oracledb.DB_TYPE_TIMESTAMP,
            "timestamp '2024-01-02 03:04:05.123456'",
            datetime.datetime(2024, 1, 2, 3, 4, 5, 123456),
        ),
        (
            oracledb.DB_TYPE_INTERVAL_DS,
            "interval '1 02:03:04' day to second",
            datetime.timedelta(days=1, hours=2, minutes=3, seconds=4),
        ),
        (oracledb.DB_TYPE_INTERVAL_YM, "interval '1-2' year to month", oracledb.IntervalYM(1, 2)),
        (oracledb.DB_TYPE_RAW, "hextoraw('CAFE')", b"\xca\xfe"),
        (oracledb.DB_TYPE_BINARY_DOUBLE, "1.5d * 3", 4.5),
        (oracledb.DB_TYPE_BOOLEAN, "1 < 2", True),
        (oracledb.DB_TYPE_BOOLEAN, "null", None),
        (oracledb.DB_TYPE_NUMBER, "null", None),
    ],
)
def test_out_values_of_each_type(
    kind: oracledb.DbType, expression: str, expected: Any, cursor: oracledb.Cursor
) -> None:
    variable = cursor.var(kind)
    cursor.execute(f"begin :v := {expression}; end;", v=variable)
    assert variable.getvalue() == expected


def test_a_value_longer_than_its_bind_is_a_value_error(cursor: oracledb.Cursor, error: Error) -> None:
    text = error("begin\n:v := rpad('x', 100);\nend;", v=cursor.var(str, 5))
    assert text == "ORA-06502: PL/SQL: numeric or value error: character string buffer too small\nORA-06512: at line 2"


def test_callproc_and_callfunc_with_arrays(package: str, cursor: oracledb.Cursor) -> None:
    numbers = cursor.arrayvar(oracledb.NUMBER, [1, 2, 3.5], 10)
    assert cursor.callfunc(f"{package}.total", oracledb.NUMBER, [numbers]) == 6.5
    cursor.callproc(f"{package}.double_all", [numbers])
    assert numbers.getvalue() == [2, 4, 7]
    texts = cursor.arrayvar(str, 10, 30)
    cursor.callproc(f"{package}.fill", [2, texts])
    assert texts.getvalue() == ["row 1", "row 2"]


def test_an_array_too_small_for_what_comes_back(package: str, cursor: oracledb.Cursor) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-06513"):
        cursor.callproc(f"{package}.fill", [11, cursor.arrayvar(str, 10, 30)])


def test_boolean_and_keyword_arguments(package: str, cursor: oracledb.Cursor) -> None:
    assert cursor.callfunc(f"{package}.negate", bool, [True]) is False
    result = cursor.var(str, 10)
    cursor.callproc(f"{package}.defaults", keyword_parameters={"r": result})
    assert result.getvalue() == "1b"
    cursor.callproc(f"{package}.defaults", [7], {"r": result})
    assert result.getvalue() == "7b"


def test_a_package_keeps_its_state_for_the_session(
    package: str, cursor: oracledb.Cursor, connect: Callable[..., oracledb.Connection]
) -> None:
    assert [cursor.callfunc(f"{package}.next_count", int) for _ in range(2)] == [11, 12]
    assert connect().cursor().callfunc(f"{package}.next_count", int) == 11


def test_ref_cursors_come_back_whole(package: str, cursor: oracledb.Cursor) -> None:
    rows = cursor.var(oracledb.CURSOR)
    for count in (3, 250):
        cursor.callproc(f"{package}.open_rows", [count, rows])
        found = rows.getvalue()
        assert [column[0] for column in found.description] == ["LEVEL", "'X'||LEVEL"]
        assert found.fetchall() == [(number, f"x{number}") for number in range(1, count + 1)]


def test_a_ref_cursor_that_plsql_has_begun_to_read(table: str, cursor: oracledb.Cursor) -> None:
    rows, first = cursor.var(oracledb.CURSOR), cursor.var(str, 10)
    block = f"""
        declare
            c sys_refcursor;
            n number;
        begin
            open c for select id, name from {table} order by id;
            fetch c into n, :first;
            :rows := c;
        end;"""
    cursor.execute(block, first=first, rows=rows)
    assert first.getvalue() == "a"
    assert rows.getvalue().fetchall() == [(2, "b"), (3, "c")]


def test_a_cursor_of_the_client_is_read_by_plsql(table: str, connection: oracledb.Connection) -> None:
    query = connection.cursor()
    query.prefetchrows = 0
    query.execute(f"select name from {table} order by id")
    cursor = connection.cursor()
    name = cursor.var(str, 10)
    cursor.execute("begin fetch :c into :n; end;", c=query, n=name)
    assert name.getvalue() == "a"


def test_implicit_results(cursor: oracledb.Cursor) -> None:
    cursor.execute(
        """declare
            c sys_refcursor;
        begin
            open c for select 1 from dual;
            dbms_sql.return_result(c);
            open c for select 'a' from dual union all select 'b' from dual order by 1;
            dbms_sql.return_result(c);
        end;"""
    )
    assert [result.fetchall() for result in cursor.getimplicitresults()] == [[(1,)], [("a",), ("b",)]]


def test_dbms_output_is_read_by_line_and_by_array(cursor: oracledb.Cursor) -> None:
    cursor.callproc("dbms_output.enable")
    cursor.execute("begin dbms_output.put('o'); dbms_output.put_line('ne'); dbms_output.put_line(null); end;")
    line, status = cursor.var(str), cursor.var(int)
    lines = []
    while True:
        cursor.callproc("dbms_output.get_line", (line, status))
        if status.getvalue() != 0:
            break
        lines.append(line.getvalue())
    assert lines == ["one", None]
    cursor.execute("begin for i in 1 .. 3 loop dbms_output.put_line('line ' || i); end loop; end;")
    array, count = cursor.arrayvar(str, 100), cursor.var(int)
    count.setvalue(0, 100)
    cursor.callproc("dbms_output.get_lines", (array, count))
    assert (count.getvalue(), array.getvalue()) == (3, ["line 1", "line 2", "line 3"])


def test_executemany_of_a_block_with_out_binds(table: str, cursor: oracledb.Cursor) -> None:
    doubled = cursor.var(int, arraysize=2)
    cursor.setinputsizes(None, None, doubled)
    cursor.executemany(
        f"begin insert into {table} values (:1, :2) returning id * 2 into :3; end;", [(10, "x"), (20, "y")]
    )
    assert doubled.values == [20, 40]
    assert cursor.execute(f"select count(*) from {table}").fetchone() == (5,)


def test_a_failed_row_of_executemany_keeps_the_rows_before_it(table: str, cursor: oracledb.Cursor) -> None:
    with pytest.raises(oracledb.IntegrityError, match="ORA-00001"):
        cursor.executemany(f"begin insert into {table} values (:1, 'n'); end;", [(10,), (1,), (11,)])
    assert cursor.execute(f"select count(*) from {table} where id >= 10").fetchone() == (1,)


def test_a_block_run_again_writes_the_same_binds(cursor: oracledb.Cursor) -> None:
    block = "begin if :choice = 1 then :out := 'yes'; end if; end;"
    seen = []
    for choice in (0, 1, 0):
        variable = cursor.var(str, 10)
        cursor.execute(block, choice=choice, out=variable)
        seen.append(variable.getvalue())
    assert seen == [None, "yes", None]


def test_lobs_in_both_directions(cursor: oracledb.Cursor) -> None:
    clob, blob = cursor.var(oracledb.DB_TYPE_CLOB), cursor.var(oracledb.DB_TYPE_BLOB)
    given = cursor.connection.createlob(oracledb.DB_TYPE_CLOB, "hello" * 10000)
    block = """
        declare
            c clob := :given;
        begin
            dbms_lob.writeappend(c, 3, 'end');
            :clob := c;
            :blob := utl_raw.cast_to_raw(dbms_lob.substr(c, 3, 1));
        end;"""
    cursor.execute(block, given=given, clob=clob, blob=blob)
    assert clob.getvalue().read() == "hello" * 10000 + "end"
    assert blob.getvalue().read() == b"hel"


def test_dbms_lob_changes_the_row_that_is_locked(cursor: oracledb.Cursor, unit: str, error: Error) -> None:
    cursor.execute(f"create table {unit} (id number, c clob)")
    cursor.execute(
        f"""declare
            c clob;
        begin
            insert into {unit} values (1, empty_clob()) returning c into c;
            dbms_lob.writeappend(c, 5, 'first');
            select c into c from {unit} where id = 1 for update;
            dbms_lob.write(c, 2, 1, 'FI');
        end;"""
    )
    assert cursor.execute(f"select c from {unit}").fetchone()[0].read() == "FIrst"
    text = error(f"declare c clob; begin select c into c from {unit}; dbms_lob.trim(c, 1); end;")
    assert text == "ORA-22920: row containing the LOB value is not locked\nORA-06512: at line 1"


def test_call_of_what_is_not_there(error: Error) -> None:
    assert error("call no_such_procedure(1)") == "ORA-06576: not a valid function or procedure name"


@pytest.mark.parametrize(("kind", "value"), [("varchar2", "x" * 32768), ("raw", b"x" * 32768)])
def test_a_text_or_raw_has_at_most_32767_bytes(cursor: oracledb.Cursor, unit: str, kind: str, value: Any) -> None:
    cursor.execute(f"create procedure {unit} (x {kind}) is begin null; end;")
    with pytest.raises(oracledb.DatabaseError, match="ORA-06502"):
        cursor.execute(f"begin {unit}(:x); end;", x=value)
    cursor.execute(f"begin {unit}(:x); end;", x=value[:-1])


def test_a_statement_to_execute_may_be_longer(cursor: oracledb.Cursor) -> None:
    variable = cursor.var(int)
    cursor.execute(
        "declare c clob; begin c := rpad('select 1', 32000) || rpad(' ', 32000) || 'from dual';"
        " execute immediate c into :n; end;",
        n=variable,
    )
    assert variable.getvalue() == 1


@pytest.mark.parametrize(("values", "fits"), [([1, 2], True), (["1", "2"], False), ([b"1"], False)])
def test_the_elements_of_a_bound_array_have_the_parameters_type(
    cursor: oracledb.Cursor, unit: str, error: Callable[..., str], values: list[Any], fits: bool
) -> None:
    cursor.execute(f"create package {unit} is type t is table of number index by pls_integer; procedure p (x t); end;")
    cursor.execute(f"create package body {unit} is procedure p (x t) is begin null; end; end;")
    array = cursor.arrayvar(type(values[0]), values)
    if fits:
        cursor.execute(f"begin {unit}.p(:x); end;", x=array)
    else:
        expected = "PLS-00418: array bind type must match PL/SQL table row type"
        assert expected in error(f"begin {unit}.p(:x); end;", x=array)
