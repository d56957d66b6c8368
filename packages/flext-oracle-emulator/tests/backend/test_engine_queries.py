"""Queries through the real driver: rows, described types and ORA codes as a client sees them."""

from __future__ import annotations

import oracledb


def test_a_table_changes_under_its_views(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create view {table}_v as select id from {table}")
    cursor.execute(f"create view {table}_w as select id from {table}_v")
    cursor.execute(f"alter table {table} modify (id number(9))")
    cursor.execute(f"insert into {table} values (123456789, 'x')")
    assert cursor.execute(f"select id from {table}_w").fetchall() == [(123456789,)]


def test_binary_doubles_as_text(cursor: oracledb.Cursor) -> None:
    cursor.execute("select to_char(1.5d), to_char(0.1d), to_char(-2e-300d), to_char(0d), 1d || '' from dual")
    assert cursor.fetchone() == ("1.5E+000", "1.0000000000000001E-001", "-2.0000000000000001E-300", "0", "1.0E+000")
