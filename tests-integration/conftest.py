"""Fixtures for tests that span packages: a database (the emulator, or --oracle-dsn) and throw-away schemas in it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator

import pytest
from flext_oracle_emulator.pytest_plugin import drop_user
from support import PASSWORD, Database


@pytest.fixture(scope="session")
def database(oracle_dsn: str) -> Database:
    found = re.fullmatch(r"([^/]+)/(.+)@([^:/]+):(\d+)/(.+)", oracle_dsn)
    assert found, "--oracle-dsn must look like user/password@host:port/service"
    return Database(found[3], int(found[4]), found[5], found[1], found[2])


@pytest.fixture
def new_user(database: Database) -> Iterator[Callable[[str], str]]:
    """Create a user with a schema of its own, dropped after the test."""
    created: list[str] = []

    def create(prefix: str) -> str:
        name = f"{prefix}_{secrets.token_hex(3)}".upper()
        with database.connect() as admin, admin.cursor() as cursor:
            cursor.execute(f'CREATE USER {name} IDENTIFIED BY "{PASSWORD}"')
            for grant in ("CREATE SESSION", "CREATE TABLE", "CREATE VIEW", "UNLIMITED TABLESPACE"):
                cursor.execute(f"GRANT {grant} TO {name}")
        created.append(name)
        return name

    yield create
    with database.connect() as admin, admin.cursor() as cursor:
        for name in created:
            drop_user(cursor, name)
