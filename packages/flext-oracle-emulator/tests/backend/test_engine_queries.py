"""Queries through the real driver: rows, described types and ORA codes as a client sees them."""

from __future__ import annotations

import oracledb
import pytest


def test_a_table_changes_under_its_views(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create view {table}_v as select id from {table}")
    cursor.execute(f"create view {table}_w as select id from {table}_v")
    cursor.execute(f"alter table {table} modify (id number(9))")
    cursor.execute(f"insert into {table} values (123456789, 'x')")
    assert cursor.execute(f"select id from {table}_w").fetchall() == [(123456789,)]


def test_binary_doubles_as_text(cursor: oracledb.Cursor) -> None:
    cursor.execute("select to_char(1.5d), to_char(0.1d), to_char(-2e-300d), to_char(0d), 1d || '' from dual")
    assert cursor.fetchone() == ("1.5E+000", "1.0000000000000001E-001", "-2.0000000000000001E-300", "0", "1.0E+000")


def test_a_blob_of_null_or_hexadecimal_text(cursor: oracledb.Cursor) -> None:
    cursor.execute("select to_blob(null), to_blob('4a4B') from dual")
    assert [column.type_code for column in cursor.description] == [oracledb.DB_TYPE_BLOB] * 2
    none, some = cursor.fetchone()
    assert none is None
    assert some.read() == b"JK"
    with pytest.raises(oracledb.DatabaseError, match="ORA-01465"):
        cursor.execute("select to_blob('4G') from dual").fetchone()


@pytest.mark.parametrize(
    "condition",
    ["decode(a.x, b.x, 1, 0) = 1", "a.x = b.x or (a.x is null and b.x is null)", "nvl(a.x, -1) - nvl(b.x, -1) = 0"],
)
def test_full_outer_join_on_any_condition(cursor: oracledb.Cursor, condition: str) -> None:
    cursor.execute(
        "select a.x, a.n, b.x, b.n from"
        " (select 1 x, 'a1' n from dual union all select 2, 'a2' from dual union all select null, 'a0' from dual) a"
        " full outer join"
        " (select 2 x, 'b2' n from dual union all select 2, 'c2' from dual union all select null, 'b0' from dual"
        " union all select 3, 'b3' from dual) b"
        f" on {condition} order by a.n, b.n"
    )
    assert cursor.fetchall() == [
        (None, "a0", None, "b0"),
        (1, "a1", None, None),
        (2, "a2", 2, "b2"),
        (2, "a2", 2, "c2"),
        (None, None, 3, "b3"),
    ]


def test_full_outer_joins_of_ranges_and_constants(cursor: oracledb.Cursor, table: str) -> None:
    cursor.executemany(f"insert into {table} values (:1, :2)", [(1, "a"), (2, "b"), (3, "c")])
    cursor.execute(f"select a.id, b.id from {table} a full join {table} b on a.id > b.id + 1 order by a.id, b.id")
    assert cursor.fetchall() == [(1, None), (2, None), (3, 1), (None, 2), (None, 3)]
    cursor.execute(f"select a.id, b.id from {table} a full join {table} b on 1 = 0 order by a.id, b.id")
    assert cursor.fetchall() == [(1, None), (2, None), (3, None), (None, 1), (None, 2), (None, 3)]
    cursor.execute(
        f"select d.x, e.y, a.id from (select 1 x from dual) d full join (select 2 y from dual) e on d.x > e.y"
        f" full join {table} a on a.id between nvl(d.x, 3) and nvl(e.y, 1) order by d.x, e.y, a.id"
    )
    assert cursor.fetchall() == [(1, None, 1), (None, 2, None), (None, None, 2), (None, None, 3)]
    cursor.execute(f"select count(*) from {table} a full join {table} b on a.id = b.id and a.name < b.name")
    assert cursor.fetchone() == (6,)
