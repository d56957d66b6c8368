"""Collections as wholes: comparison, MULTISET operators, membership, and FORALL over parts of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Result = Callable[[str], Any]

_TYPES = "declare type n is table of number; a n := n(1, 2, 2, 3); b n := n(2, 3, 4); c n; "


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("case when n(1, 2) = n(2, 1) then 'equal' end", "equal"),
        ("case when n(1, 2) <> n(1, 1) then 'different' end", "different"),
        ("case when n(1, null) = n(1, null) then 'equal' else 'unknown' end", "unknown"),
        ("case when 2 member of a and 9 not member of a then 'in' end", "in"),
        ("case when 9 member of n(1, null) then 'in' else 'unknown' end", "unknown"),
        ("case when n(3, 2) submultiset of a and n(3, 3) not submultiset of a then 'part' end", "part"),
        ("case when b is a set and a is not a set and n() is empty then 'yes' end", "yes"),
        ("cardinality(a) || cardinality(set(a))", "43"),
    ],
)
def test_conditions_of_nested_tables(result: Result, expression: str, expected: str) -> None:
    assert result(f"{_TYPES} begin :r := {expression}; end;") == expected


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("a multiset union b", "1223234"),
        ("a multiset union distinct b", "1234"),
        ("a multiset intersect b", "23"),
        ("a multiset except b", "12"),
        ("a multiset except distinct b", "1"),
        ("a multiset except b multiset union n(9)", "129"),
    ],
)
def test_multiset_operators(result: Result, operation: str, expected: str) -> None:
    loop = "for i in 1 .. c.count loop :r := :r || c(i); end loop;"
    assert result(f"{_TYPES} begin c := {operation}; {loop} end;") == expected


def test_forall_takes_the_existing_elements_between_two_indexes(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(
        f"""declare type n is table of number index by pls_integer; a n;
        begin
            for i in 1 .. 6 loop a(i) := 20 + i; end loop;
            a.delete(3);
            forall i in indices of a between 2 and 4 insert into {table} values (a(i), 'new');
        end;"""
    )
    cursor.execute(f"select id from {table} where id > 20 order by id")
    assert cursor.fetchall() == [(22,), (24,)]


@pytest.mark.parametrize(
    ("save", "expected", "left"),
    [
        ("save exceptions", "ORA-24381: error(s) in array DML|3|1,0,1,0,1|2:1 4:1400", [4, 5, 6]),
        ("", "ORA-00001: unique constraint (APP.{}_PK) violated|1|1|", [4]),
    ],
)
def test_forall_counts_what_each_execution_did(
    cursor: oracledb.Cursor, table: str, result: Result, save: str, expected: str, left: list[int]
) -> None:
    block = f"""
    declare
        type n is table of number;
        a n := n(4, 1, 5, null, 6);
        shown varchar2(100);
    begin
        forall i in 1 .. a.count {save} insert into {table} values (a(i), 'f' || i);
    exception
        when others then
            shown := sqlerrm || '|' || sql%rowcount || '|';
            for i in 1 .. sql%bulk_rowcount.count loop
                shown := shown || case when i > 1 then ',' end || sql%bulk_rowcount(i);
            end loop;
            shown := shown || '|';
            for i in 1 .. sql%bulk_exceptions.count loop
                shown := shown || case when i > 1 then ' ' end || sql%bulk_exceptions(i).error_index || ':'
                    || sql%bulk_exceptions(i).error_code;
            end loop;
            :r := shown;
    end;"""
    assert result(block) == expected.format(table.upper())
    assert cursor.execute(f"select id from {table} where name like 'f%' order by id").fetchall() == [(n,) for n in left]


def test_forall_changes_many_rows_with_variables_and_the_index(
    cursor: oracledb.Cursor, table: str, result: Result
) -> None:
    block = f"""
    declare
        type n is table of number index by pls_integer;
        a n;
        prefix varchar2(2) := 'p';
    begin
        for i in 1 .. 5000 loop a(i) := 100 + i; end loop;
        forall i in 1 .. a.count insert into {table} values (a(i), prefix || i);
        :r := sql%rowcount;
        forall i in 1 .. 3 update {table} set name = 'u' where id between a(i) and a(i) + i;
        :r := :r || ' ' || sql%rowcount || ' ' || sql%bulk_rowcount(3);
    end;"""
    assert result(block) == "5000 9 4"
    assert cursor.execute(f"select name from {table} where id = 5100").fetchone() == ("p5000",)
