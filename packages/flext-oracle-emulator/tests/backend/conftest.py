"""What tests of the engine start from: a session, a cursor, a table."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import oracledb
import pytest

_names = itertools.count(1)


@pytest.fixture
def connection(connect: Callable[..., oracledb.Connection]) -> oracledb.Connection:
    return connect()


@pytest.fixture
def cursor(connection: oracledb.Connection) -> oracledb.Cursor:
    return connection.cursor()


@pytest.fixture
def table(cursor: oracledb.Cursor) -> str:
    """An empty table (id NUMBER(6) primary key, name VARCHAR2(10))."""
    name = f"tab{next(_names)}"
    cursor.execute(f"create table {name} (id number(6) constraint {name}_pk primary key, name varchar2(10))")
    return name
