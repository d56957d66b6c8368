"""Pipelined functions, and collections of packages' types as rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Rows = Callable[[str], list[tuple[Any, ...]]]
Result = Callable[[str], Any]
Error = Callable[..., str]


@pytest.fixture
def package(cursor: oracledb.Cursor, table: str, unit: str) -> str:
    cursor.execute(
        f"""create package {unit} as
            type pair is record (id pls_integer, name {table}.name%type);
            type pairs is table of pair;
            type copies is table of {table}%rowtype;
            type words is table of varchar2(20);
            kept copies;
            function numbered(how_many number, word varchar2 default 'n') return pairs pipelined;
            function copied return copies pipelined;
            function spelt return words pipelined;
        end;"""
    )
    cursor.execute(
        f"""create package body {unit} as
            function numbered(how_many number, word varchar2 default 'n') return pairs pipelined is
                p pair;
            begin
                for i in 1 .. how_many loop
                    p.id := i;
                    p.name := word || i;
                    pipe row (p);
                end loop;
                return;
            end;
            function copied return copies pipelined is
            begin
                for r in (select * from {table} order by id) loop pipe row (r); end loop;
            end;
            function spelt return words pipelined is
            begin
                pipe row ('a');
                pipe row (null);
            end;
        end;"""
    )
    return unit


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select id, name from table({0}.numbered(2))", [(1, "n1"), (2, "n2")]),
        (
            "select name from table({0}.numbered(how_many => 3, word => 'x')) where id > 1 order by 1 desc",
            [("x3",), ("x2",)],
        ),
        ("select * from table({0}.copied)", [(1, "a"), (2, "b"), (3, "c")]),
        ("select max(t.id) from table({0}.copied()) t", [(3,)]),
        ("select column_value from table({0}.spelt)", [("a",), (None,)]),
        ("select count(*) from {0}.numbered(4) n join table({0}.copied) c on c.id = n.id", [(3,)]),
    ],
)
def test_rows_of_pipelined_functions(
    cursor: oracledb.Cursor, package: str, query: str, expected: list[tuple[Any, ...]]
) -> None:
    assert cursor.execute(query.format(package)).fetchall() == expected


def test_blocks_read_collections_of_packages_as_rows(result: Result, package: str, table: str) -> None:
    assert (
        result(
            f"""declare p {package}.pairs := {package}.pairs(); begin
                p.extend(2); p(1).id := 5; p(1).name := 'a'; p(2).id := 6;
                select sum(id) || max(name) into :r from table(p);
            end;"""
        )
        == "11a"
    )
    loop = f"for x in (select * from table({package}.numbered(3)) order by id desc) loop :r := :r || x.name; end loop;"
    assert result(f"begin {loop} end;") == "n3n2n1"
    kept = (
        f"select * bulk collect into {package}.kept from {table}; select count(*) into :r from table({package}.kept);"
    )
    assert result(f"begin {kept} end;") == "3"


def test_collections_of_local_types_are_no_rows(error: Error) -> None:
    block = "declare type t is table of number; l t := t(1); n number; begin select count(*) into n from table(l); end;"
    assert "PLS-00642: local collection types not allowed in SQL statements" in error(block)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return number is begin pipe row (1); return 1; end;", "PLS-00629"),
        ("return sys.odcinumberlist pipelined is begin return sys.odcinumberlist(); end;", "PLS-00633"),
    ],
)
def test_pipe_row_belongs_to_pipelined_functions(cursor: oracledb.Cursor, unit: str, body: str, message: str) -> None:
    cursor.execute(f"create function {unit} {body}")
    cursor.execute(
        "select max(text) from user_errors where name = upper(:1) and text like '%' || :2 || '%'", [unit, message]
    )
    assert message in cursor.fetchone()[0]
