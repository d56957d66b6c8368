"""What a client is told of a query's columns, and what CREATE TABLE AS makes of them."""

from __future__ import annotations

import itertools

import oracledb
import pytest

_names = itertools.count(1)


@pytest.fixture
def kinds(cursor: oracledb.Cursor) -> str:
    """A table with a column of each kind of size."""
    name = f"kinds{next(_names)}"
    cursor.execute(
        f"create table {name} (n number(10,2), k number(5) not null, s varchar2(20), c char(5), d date, ts timestamp(3),"
        " r raw(8), nv nvarchar2(10), u varchar2(5 char))"
    )
    return name


#: Expression -> driver's type, size or scale, precision.
EXPRESSIONS = [
    ("'abc'", "CHAR", 3),
    ("s", "VARCHAR", 20),
    ("u", "VARCHAR", 20),
    ("s || 'x'", "VARCHAR", 21),
    ("upper(s)", "VARCHAR", 20),
    ("substr(s, 1, 3)", "VARCHAR", 12),
    ("trim(c)", "VARCHAR", 5),
    ("to_char(d, 'YYYY-MM-DD HH24:MI:SS')", "VARCHAR", 19),
    ("to_char(n)", "VARCHAR", 40),
    ("nvl(s, 'longer than twenty characters')", "VARCHAR", 29),
    ("case when k = 1 then 'a' else 'bbb' end", "VARCHAR", 3),
    ("case when k = 1 then 'a' else 'b' end", "CHAR", 1),
    ("decode(k, 1, s, 'x')", "VARCHAR", 20),
    ("max(s)", "VARCHAR", 20),
    ("(select max(s) from dual)", "VARCHAR", 20),
    ("standard_hash(s, 'MD5')", "RAW", 16),
    ("rawtohex(r)", "VARCHAR", 16),
    ("cast(n as varchar2(7))", "VARCHAR", 7),
    ("systimestamp", "TIMESTAMP_TZ", 6),
    ("sys_extract_utc(systimestamp)", "TIMESTAMP", 6),
    ("to_timestamp('x')", "TIMESTAMP", 9),
    ("ts", "TIMESTAMP", 3),
    ("ts + 1", "DATE", None),
    ("d - d", "NUMBER", -127),
    ("n", "NUMBER", 2),
    ("n + 1", "NUMBER", -127),
    ("cast(n as number(5,1))", "NUMBER", 1),
    ("count(*)", "NUMBER", -127),
    ("upper(c)", "CHAR", 5),
    ("initcap('ab')", "CHAR", 2),
    ("substr(c, 1, 1)", "VARCHAR", 4),
    ("upper(nv)", "NVARCHAR", 20),
    ("substr(nv, 1, 3)", "NVARCHAR", 6),
    ("nv || 'x'", "NVARCHAR", 22),
    ("trim(nv)", "NVARCHAR", 20),
    ("decode(k, 1, s, c)", "VARCHAR", 20),
    ("lag(s) over (order by k)", "VARCHAR", 20),
    ("interval '1' day", "INTERVAL_DS", 6),
    ("interval '1' month", "INTERVAL_YM", 0),
]


@pytest.mark.parametrize(("expression", "kind", "size"), EXPRESSIONS)
def test_an_expression_is_described_with_its_size(
    cursor: oracledb.Cursor, kinds: str, expression: str, kind: str, size: int | None
) -> None:
    cursor.execute(f"select {expression} from {kinds}")
    ((_, type_, _, length, _, scale, _),) = cursor.description
    assert type_.name == f"DB_TYPE_{kind}"
    assert (length if length is not None else scale) == size


def test_casts_to_float_give_floating_point_numbers(cursor: oracledb.Cursor, kinds: str) -> None:
    cursor.execute("select cast(5 as float), cast(5 as float(20)), cast(5 as real), cast(5 as number) from dual")
    assert [column[4:6] for column in cursor.description] == [(126, -127), (20, -127), (63, -127), (0, -127)]
    assert [type(value) for value in cursor.fetchone()] == [float, float, float, int]
    cursor.execute(f"create table {kinds}_float as select cast(n as float) f from {kinds}")
    cursor.execute(
        "select data_type, data_precision from user_tab_columns where table_name = upper(:1)", [f"{kinds}_float"]
    )
    assert cursor.fetchall() == [("FLOAT", 126)]


def test_create_table_as_declares_the_sizes(cursor: oracledb.Cursor, kinds: str) -> None:
    cursor.execute(
        f"create table {kinds}_copy as select upper(s) a, s || '-' || c b, substr(s, 1, 2) d, systimestamp e, n f, k g"
        f" from {kinds} union all select 'a longer text than twenty', 'x', 'y', systimestamp, 1, 2 from dual"
    )
    cursor.execute(
        "select column_name, data_type, data_length, data_precision, data_scale from user_tab_columns"
        " where table_name = upper(:1) order by column_id",
        [f"{kinds}_copy"],
    )
    assert cursor.fetchall() == [
        ("A", "VARCHAR2", 25, None, None),
        ("B", "VARCHAR2", 26, None, None),
        ("D", "VARCHAR2", 8, None, None),
        ("E", "TIMESTAMP(6) WITH TIME ZONE", 13, None, 6),
        ("F", "NUMBER", 22, None, None),
        ("G", "NUMBER", 22, None, None),
    ]


def test_a_recursive_query_may_grow_its_text(cursor: oracledb.Cursor) -> None:
    cursor.execute(
        "with t (n, s) as (select 1, 'a' from dual union all select n + 1, s || 'b' from t where n < 3)"
        " select s from t order by n"
    )
    assert cursor.fetchall() == [("a",), ("ab",), ("abb",)]


def test_a_scalar_subquery_has_no_precision(cursor: oracledb.Cursor) -> None:
    cursor.execute("select (select cast(45 as number(20, 2)) from dual) a, cast(45 as number(20, 2)) b from dual")
    assert [(column.precision, column.scale) for column in cursor.description] == [(0, -127), (20, 2)]
