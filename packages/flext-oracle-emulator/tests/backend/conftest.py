"""One emulator on a real PostgreSQL for all tests of the engine, seen through the real driver."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import oracledb
import pytest
from flext_oracle_emulator import Emulator

_names = itertools.count(1)


@pytest.fixture(scope="session")
def engine() -> Iterator[Emulator]:
    with Emulator(users={"app": "app", "other": "other", "system": "system"}) as emulator:
        yield emulator


@pytest.fixture
def connect(engine: Emulator) -> Iterator[Callable[..., oracledb.Connection]]:
    """Opens sessions (of APP unless told otherwise), closed after the test."""
    opened: list[oracledb.Connection] = []

    def open_session(user: str = "app") -> oracledb.Connection:
        connection = oracledb.connect(user=user, password=user, dsn=engine.dsn)
        opened.append(connection)
        return connection

    yield open_session
    for connection in opened:
        if connection.is_healthy():
            connection.close()


@pytest.fixture
def connection(connect: Callable[..., oracledb.Connection]) -> oracledb.Connection:
    return connect()


@pytest.fixture
def cursor(connection: oracledb.Connection) -> oracledb.Cursor:
    return connection.cursor()


@pytest.fixture
def table(cursor: oracledb.Cursor) -> str:
    """An empty table (id NUMBER(6) primary key, name VARCHAR2(10))."""
    name = f"t{next(_names)}"
    cursor.execute(f"create table {name} (id number(6) constraint {name}_pk primary key, name varchar2(10))")
    return name
