"""pytest fixtures: one emulator for the whole run, and a fresh schema for each test.

    oracle_server       the emulator, started when the first test asks for it
    oracle_dsn          user/password@host:port/service of its administrator
    oracle_schema       arguments for `oracledb.connect` as a new user with an empty schema, dropped after the test
    oracle_connection   a connection to that schema (needs oracledb)

`--oracle-dsn user/password@host:port/service` puts a real database in the emulator's place; the user must be allowed to
create users. Every pytest run of an environment that has this package loads this module, so it imports nothing but
pytest until a fixture is used.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .emulator import Emulator

_CONNECTED = 1940  # ORA-01940: cannot drop a user that is currently connected


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("oracle", "Oracle database")
    group.addoption(
        "--oracle-dsn",
        metavar="USER/PASSWORD@HOST:PORT/SERVICE",
        help="run the tests on this database instead of on the emulator",
    )


def pytest_report_header(config: pytest.Config) -> str:
    dsn = config.getoption("--oracle-dsn")
    if dsn is None:
        return "oracle: flext-oracle-emulator"
    return f"oracle: {str(dsn).rpartition('@')[2]}"


@pytest.fixture(scope="session")
def oracle_server() -> Iterator[Emulator]:
    """One running emulator, started when the first test asks for it."""
    from .emulator import Emulator

    with Emulator() as server:
        yield server


@pytest.fixture(scope="session")
def oracle_dsn(request: pytest.FixtureRequest) -> str:
    """`user/password@host:port/service`: of `--oracle-dsn`, else of the emulator's administrator."""
    dsn = request.config.getoption("--oracle-dsn")
    if dsn is not None:
        return str(dsn)
    server: Emulator = request.getfixturevalue("oracle_server")
    arguments = server.connect_args
    return f"{arguments['user']}/{arguments['password']}@{arguments['dsn']}"


@pytest.fixture
def oracle_schema(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Arguments for `oracledb.connect` as a user of this test's own; the user and what it owns are dropped after it."""
    dsn = request.config.getoption("--oracle-dsn")
    if dsn is not None:
        with _schema_of(str(dsn)) as arguments:
            yield arguments
        return
    server: Emulator = request.getfixturevalue("oracle_server")
    with server.fresh_schema() as arguments:
        yield arguments


@pytest.fixture
def oracle_connection(oracle_schema: dict[str, str]) -> Iterator[Any]:
    """A connection to the test's own schema; what is not committed is rolled back."""
    import oracledb

    with oracledb.connect(**oracle_schema) as connection:
        yield connection


def drop_user(cursor: Any, name: str, *, timeout: float = 10.0) -> None:
    """DROP USER .. CASCADE, which waits up to `timeout` seconds for sessions of the user that are ending (ORA-01940).

    A session is there for a moment after its client has closed it, on Oracle as here.
    """
    import oracledb

    deadline = time.monotonic() + timeout
    while True:
        try:
            cursor.execute(f"DROP USER {name} CASCADE")
        except oracledb.DatabaseError as error:
            if error.args[0].code != _CONNECTED or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@contextmanager
def _schema_of(dsn: str) -> Iterator[dict[str, str]]:
    """A fresh schema on a real database."""
    import oracledb

    found = re.fullmatch(r"([^/]+)/(.+)@([^@]+)", dsn)
    if found is None:
        raise pytest.UsageError("--oracle-dsn is user/password@host:port/service")
    name, password = f"TEST_{secrets.token_hex(4)}".upper(), f"P{secrets.token_hex(8)}"
    with oracledb.connect(user=found[1], password=found[2], dsn=found[3]) as admin, admin.cursor() as cursor:
        cursor.execute(f'CREATE USER {name} IDENTIFIED BY "{password}"')
        cursor.execute(f"GRANT CREATE SESSION, RESOURCE, CREATE VIEW, UNLIMITED TABLESPACE TO {name}")
        try:
            yield {"user": name, "password": password, "dsn": found[3]}
        finally:
            drop_user(cursor, name)
