"""pytest fixtures: `oracle_server`, one emulator for the whole run, and `oracle_dsn`, the database that the tests use.

`--oracle-dsn user/password@host:port/service` puts a real database in the emulator's place. Every pytest run of an
environment that has this package loads this module, so it imports nothing but pytest until a fixture is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .emulator import Emulator


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
