"""Blocks run through the real driver, each test in a session and a table of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import oracledb
import pytest

_names = itertools.count(1)

#: Runs a block and gives the values of its named OUT binds.
Run = Callable[..., Any]


@pytest.fixture
def connection(connect: Callable[..., oracledb.Connection]) -> oracledb.Connection:
    return connect()


@pytest.fixture
def cursor(connection: oracledb.Connection) -> oracledb.Cursor:
    return connection.cursor()


@pytest.fixture
def table(cursor: oracledb.Cursor) -> str:
    """A table (id NUMBER(6) primary key, name VARCHAR2(10)) with rows 1 a, 2 b, 3 c, committed."""
    name = f"p{next(_names)}"
    cursor.execute(f"create table {name} (id number(6) constraint {name}_pk primary key, name varchar2(10))")
    cursor.executemany(f"insert into {name} values (:1, :2)", [(1, "a"), (2, "b"), (3, "c")])
    cursor.connection.commit()
    return name


@pytest.fixture
def unit() -> str:
    """A name for a stored unit."""
    return f"u{next(_names)}"


@pytest.fixture
def result(cursor: oracledb.Cursor) -> Callable[[str], Any]:
    """The value of `:r` after a block, as text."""

    def run(block: str) -> Any:
        variable = cursor.var(str, 4000)
        cursor.execute(block, r=variable)
        return variable.getvalue()

    return run


@pytest.fixture
def error(cursor: oracledb.Cursor) -> Callable[..., str]:
    """The text of the error that a statement ends with, without the driver's help line."""

    def run(block: str, *args: Any, **binds: Any) -> str:
        with pytest.raises(oracledb.DatabaseError) as caught:
            cursor.execute(block, *args, **binds)
        return str(caught.value).partition("\nHelp:")[0]

    return run
