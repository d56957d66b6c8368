"""Expressions and statements with Oracle's documented results, one a line in data/, through the real driver."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import oracledb
import pytest
from flext_oracle_emulator import Emulator

_DATA = Path(__file__).parent / "data"


def _lines(name: str, *, setup: bool = False) -> list[str]:
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("@") for line in lines if line and line[0] != "#" and line.startswith("@") == setup]


def _shown(value: Any) -> str:
    if isinstance(value, oracledb.LOB):
        value = value.read()
    if value is None:
        return "NULL"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.hex().upper() if isinstance(value, bytes) else str(value)


def _answer(cursor: oracledb.Cursor, sql: str) -> str:
    try:
        cursor.execute(sql)
        if cursor.description is None:
            return f"ok{cursor.rowcount}"
        return ";".join(",".join(map(_shown, row)) for row in cursor.fetchall())
    except oracledb.DatabaseError as error:
        return f"!{error.args[0].code}"


@pytest.fixture(scope="module")
def session(engine: Emulator) -> Iterator[oracledb.Connection]:
    with engine.fresh_schema() as arguments, oracledb.connect(**arguments) as connection:
        for statement in _lines("statements.txt", setup=True) + _lines("queries.txt", setup=True):
            connection.cursor().execute(statement)
        connection.commit()
        yield connection


@pytest.fixture(scope="module")
def session_23() -> Iterator[oracledb.Connection]:
    with (
        Emulator(users={"app": "app"}, compatible=23) as emulator,
        oracledb.connect(**emulator.connect_args) as connection,
    ):
        for statement in _lines("statements_23.txt", setup=True):
            connection.cursor().execute(statement)
        connection.commit()
        yield connection


@pytest.fixture(autouse=True)
def decimals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracledb.defaults, "fetch_decimals", True)


@pytest.mark.parametrize("line", _lines("expressions.txt"))
def test_expression(session: oracledb.Connection, line: str) -> None:
    expression, _, expected = line.rpartition(" => ")
    assert _answer(session.cursor(), f"select {expression} from dual") == expected.replace("{user}", session.username)


@pytest.mark.parametrize("line", _lines("statements.txt") + _lines("queries.txt"))
def test_statement(session: oracledb.Connection, line: str) -> None:
    sql, _, expected = line.rpartition(" => ")
    try:
        assert _answer(session.cursor(), sql) == expected.replace("{user}", session.username)
    finally:
        session.rollback()


@pytest.mark.parametrize("line", _lines("statements_23.txt"))
def test_statement_of_23ai(session_23: oracledb.Connection, line: str) -> None:
    sql, _, expected = line.rpartition(" => ")
    try:
        assert _answer(session_23.cursor(), sql) == expected
    finally:
        session_23.rollback()
