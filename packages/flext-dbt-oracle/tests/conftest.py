"""dbt projects in schemas of their own, on the emulator or on `--oracle-dsn`."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator

import pytest
from dbt_projects import PASSWORD, Database, Project


@pytest.fixture(scope="session")
def database(oracle_dsn: str) -> Database:
    found = re.fullmatch(r"([^/]+)/(.+)@([^:/]+):(\d+)/(.+)", oracle_dsn)
    assert found, "--oracle-dsn must look like user/password@host:port/service"
    return Database(found[3], int(found[4]), found[5], found[1], found[2])


@pytest.fixture(scope="session")
def new_user(database: Database) -> Iterator[Callable[[], str]]:
    """Create a user with the privileges that the README asks for; dropped at the end."""
    created: list[str] = []

    def create() -> str:
        name = f"DBT_{secrets.token_hex(3)}".upper()
        with database.connect() as admin, admin.cursor() as cursor:
            cursor.execute(f'CREATE USER {name} IDENTIFIED BY "{PASSWORD}"')
            for grant in (
                "CREATE SESSION",
                "CREATE TABLE",
                "CREATE VIEW",
                "CREATE MATERIALIZED VIEW",
                "CREATE SEQUENCE",
                "CREATE PROCEDURE",
                "CREATE TRIGGER",
                "UNLIMITED TABLESPACE",
            ):
                cursor.execute(f"GRANT {grant} TO {name}")
        created.append(name)
        return name

    yield create
    with database.connect() as admin, admin.cursor() as cursor:
        for name in created:
            cursor.execute(f"DROP USER {name} CASCADE")


@pytest.fixture(scope="session")
def new_project(
    database: Database, new_user: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Project]:
    """A dbt project as `flext-dbt-oracle init` writes it, or, with `plain=True`, on the bare adapter."""

    def create(files: dict[str, str], *, plain: bool = False, user: str | None = None) -> Project:
        root = tmp_path_factory.mktemp("project") / "shop"
        return Project.create(root, database, user or new_user(), PASSWORD, files, plain=plain)

    return create
