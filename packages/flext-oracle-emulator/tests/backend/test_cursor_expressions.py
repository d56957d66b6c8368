"""CURSOR(subquery) in a select list: a cursor for each row."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import oracledb
import pytest


@pytest.fixture
def child(cursor: oracledb.Cursor, table: str) -> str:
    """The table with two rows and, for the first, two children."""
    cursor.executemany(f"insert into {table} values (:1, :2)", [(1, "one"), (2, "two")])
    cursor.execute(f"create table {table}_c (parent number, d date, amount number(8,2), t clob)")
    cursor.execute(f"insert into {table}_c values (1, date '2024-02-29', 1.25, 'text')")
    cursor.execute(f"insert into {table}_c values (1, null, null, null)")
    cursor.execute(f"insert into {table}_c values (1, null, 3, 'more')")
    cursor.connection.commit()
    return f"{table}_c"


def test_each_row_has_a_cursor(cursor: oracledb.Cursor, table: str, child: str) -> None:
    cursor.execute(
        f"select name, cursor(select d, amount, t, p.id + 1 as next from {child} c where c.parent = p.id"
        " order by d, amount nulls first) rows_of"
        f" from {table} p where id < :1 order by id",
        [9],
    )
    assert [(column.name, column.type_code) for column in cursor.description] == [
        ("NAME", oracledb.DB_TYPE_VARCHAR),
        ("ROWS_OF", oracledb.DB_TYPE_CURSOR),
    ]
    (one, first), (two, second) = cursor.fetchall()
    assert (one, two) == ("one", "two")
    assert [(column.name, column.type_code, column.precision, column.scale) for column in first.description][1:] == [
        ("AMOUNT", oracledb.DB_TYPE_NUMBER, 8, 2),
        ("T", oracledb.DB_TYPE_CLOB, None, None),
        ("NEXT", oracledb.DB_TYPE_NUMBER, 0, -127),
    ]
    (day, amount, text, following), last, more = first.fetchall()
    assert (day, Decimal(str(amount)), text.read(), following) == (dt.datetime(2024, 2, 29), Decimal("1.25"), "text", 2)
    assert last == (None, None, None, 2)
    assert more[2].read() == "more"
    assert second.fetchall() == []


def test_a_cursor_of_dual_and_of_a_with_query(cursor: oracledb.Cursor) -> None:
    cursor.execute("select cursor(select level n from dual connect by level <= 150) from dual")
    (numbers,) = cursor.fetchone()
    assert [n for (n,) in numbers] == list(range(1, 151))
    cursor.execute("with w as (select 7 n from dual) select n, cursor(select n * 2 from w) from w")
    n, doubled = cursor.fetchone()
    assert (n, doubled.fetchall()) == (7, [(14,)])


@pytest.mark.parametrize(
    "statement",
    [
        "select id from {t} where cursor(select 1 from dual) is not null",
        "select * from (select cursor(select 1 from dual) c from {t})",
        "select cursor(select 1 from dual) from {t} union all select cursor(select 1 from dual) from {t}",
        "create view {t}_v as select cursor(select 1 from dual) c from {t}",
        "create table {t}_x as select cursor(select 1 from dual) c from {t}",
    ],
)
def test_where_cursors_do_not_belong(cursor: oracledb.Cursor, table: str, statement: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-22902"):
        cursor.execute(statement.format(t=table))


def test_a_ref_cursor_with_lobs_has_more_rows_than_the_first_fetch(connection: oracledb.Connection) -> None:
    rows = connection.cursor()
    connection.cursor().execute(
        "begin open :1 for select to_clob(level) c from dual connect by level <= 5; end;", [rows]
    )
    assert [lob.read() for (lob,) in rows.fetchall()] == ["1", "2", "3", "4", "5"]
