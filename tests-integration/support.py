"""What the integration tests share: an address to connect to, and programs run to their end."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import oracledb

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
