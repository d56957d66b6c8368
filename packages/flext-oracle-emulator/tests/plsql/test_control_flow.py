"""GOTO, conditional compilation, and what a running unit knows of itself and of its callers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Result = Callable[[str], Any]
Error = Callable[..., str]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("declare x number := 0; begin <<top>> x := x + 1; if x < 3 then goto top; end if; :r := x; end;", "3"),
        ("begin for i in 1..5 loop if i = 3 then goto done; end if; end loop; <<done>> :r := 'out'; end;", "out"),
        ("begin for i in 1..3 loop if i = 2 then goto next; end if; :r := :r||i; <<next>> null; end loop; end;", "13"),
        (
            "begin begin raise no_data_found; exception when others then goto after; end; :r := 'no';"
            " <<after>> :r := :r || 'yes'; end;",
            "yes",
        ),
        ("begin $if dbms_db_version.version >= 12 $then :r := 'new'; $else :r := 'old'; $end end;", "new"),
        ("begin $if $$x $then :r := 1; $elsif not $$x is null or false $then :r := 2; $else :r := 3; $end end;", "3"),
        ("begin $if true $then $if false $then :r := 1; $else :r := 2; $end $else :r := '$end'; $end end;", "2"),
        ("begin\n$if false $then nonsense here $end\n:r := $$plsql_line || nvl($$nothing, '-'); end;", "3-"),
        ("begin :r := dbms_db_version.version; end;", "19"),
    ],
)
def test_where_the_flow_goes(result: Result, block: str, expected: str) -> None:
    assert result(block) == expected


def test_goto_cannot_enter_a_nested_statement_or_leave_for_an_unknown_label(error: Error) -> None:
    assert error("begin goto inside; if 1 = 1 then <<inside>> null; end if; end;").splitlines()[:2] == [
        "ORA-06550: line 1, column 7:",
        "PLS-00375: illegal GOTO statement; this GOTO cannot branch to label 'INSIDE'",
    ]
    assert "PLS-00375" in error("begin <<a>> null; exception when others then goto a; end;")
    assert "PLS-00375" in error("declare procedure p is begin goto a; end; begin <<a>> p; end;")


def test_error_directives_stop_the_compilation(error: Error) -> None:
    assert "PLS-00179: $ERROR: not yet" in error("begin $if true $then $error 'not yet' $end $end null; end;")


def test_a_unit_knows_its_name_and_its_callers(cursor: oracledb.Cursor, unit: str, result: Result) -> None:
    cursor.execute(
        f"create or replace function {unit} return varchar2 is\nbegin\n"
        "return $$plsql_unit_owner || '.' || $$plsql_unit || $$plsql_line || chr(10) || dbms_utility.format_call_stack; end;"
    )
    name, *stack = result(f"begin\n\n:r := {unit}; end;").splitlines()
    assert name == f"APP.{unit.upper()}3"
    assert [line.split(maxsplit=1)[1] for line in stack[3:]] == [
        f"3  function APP.{unit.upper()}",
        "3  anonymous block",
    ]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            "subtype small is pls_integer range 1 .. 10; x small := 5; begin x := x + 5; :r := x; x := 11;",
            "10 ORA-06502",
        ),
        ("subtype code is varchar2(2) not null; x code := 'ab'; begin :r := x; x := null;", "ab ORA-06502"),
        ("subtype short is varchar2(2); x short; begin :r := '-'; x := 'abc';", "- ORA-06502"),
    ],
)
def test_subtypes_constrain_their_values(result: Result, block: str, expected: str) -> None:
    handler = "exception when value_error then :r := :r || ' ' || substr(sqlerrm, 1, 9); end;"
    assert result(f"declare {block} {handler}") == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("simple_sql_name('Emp$1')", "Emp$1"),
        ("qualified_sql_name('hr.emp')", "hr.emp"),
        ("enquote_name('emp')", '"EMP"'),
        ("enquote_name('emp', false)", '"emp"'),
        ("enquote_literal('it''''s')", "'it''s'"),
        ("schema_name('APP')", "APP"),
        ("sql_object_name('all_tables')", "all_tables"),
    ],
)
def test_assertions_let_names_through(result: Result, call: str, expected: str) -> None:
    assert result(f"begin :r := dbms_assert.{call}; end;") == expected


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("simple_sql_name('a b')", "ORA-44003"),
        ("qualified_sql_name('a..b')", "ORA-44004"),
        ("schema_name('app')", "ORA-44001"),
        ("sql_object_name('no_such_thing')", "ORA-44002"),
        ("enquote_literal('it''s')", "ORA-06502"),
        ("enquote_name('a\"b')", "ORA-44003"),
    ],
)
def test_assertions_stop_what_is_no_name(result: Result, call: str, code: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match=code):
        result(f"begin :r := dbms_assert.{call}; end;")
