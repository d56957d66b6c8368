"""Fixtures for tests that span packages: a database (the emulator, or --oracle-dsn) and throw-away schemas in it."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import oracledb
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PASSWORD = "Canary_5ecret"


@dataclass(frozen=True, slots=True)
class Database:
    """An address and a user who may create users."""

    host: str
    port: int
    service: str
    user: str
    password: str

    @property
    def dsn(self) -> str:
        return f"{self.host}:{self.port}/{self.service}"

    @property
    def url(self) -> str:
        return f"{self.user}/{self.password}@{self.dsn}"

    def connect(self, user: str | None = None, password: str = PASSWORD) -> oracledb.Connection:
        if user is None:
            return oracledb.connect(user=self.user, password=self.password, dsn=self.dsn)
        return oracledb.connect(user=user, password=password, dsn=self.dsn)

    def settings(self, user: str) -> dict[str, object]:
        """Singer settings for a user of the tests."""
        return {
            "host": self.host,
            "port": self.port,
            "service_name": self.service,
            "username": user,
            "password": PASSWORD,
        }


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
            cursor.execute(f"DROP USER {name} CASCADE")


@dataclass(frozen=True, slots=True)
class Run:
    """A finished program."""

    code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return self.err.strip().splitlines()[-1]


def run(program: str, *arguments: str, stdin: str = "", timeout: float = 120) -> Run:
    """Run a program of this environment to its end."""
    done = subprocess.run(
        [str(BIN / program), *arguments], input=stdin, capture_output=True, text=True, timeout=timeout, check=False
    )
    return Run(done.returncode, done.stdout, done.stderr)
