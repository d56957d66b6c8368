"""dbt projects for the tests: written, run in this process, and asked for their rows and results."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import oracledb
import yaml
from flext_dbt_oracle.project import create_project

PASSWORD = "Canary_5ecret"


@dataclass(frozen=True, slots=True)
class Database:
    """An address and a user who may create users."""

    host: str
    port: int
    service: str
    user: str
    password: str

    def connect(self, user: str | None = None, password: str | None = None) -> oracledb.Connection:
        return oracledb.connect(
            user=user or self.user,
            password=password or self.password,
            dsn=f"{self.host}:{self.port}/{self.service}",
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a dbt command ended with: its exit code, its log, and the nodes of run_results.json."""

    code: int
    log: str
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def status(self, name: str) -> str:
        return str(self._node(name)["status"])

    def message(self, name: str) -> str:
        return str(self._node(name)["message"])

    def rows(self, name: str) -> int:
        return int(self._node(name)["adapter_response"]["rows_affected"])

    def _node(self, name: str) -> dict[str, Any]:
        found = [node for key, node in self.nodes.items() if name in key.split(".")]
        assert len(found) == 1, f"{name} is not one of {list(self.nodes)}"
        return found[0]


@dataclass(frozen=True, slots=True)
class Project:
    root: Path
    database: Database
    user: str
    password: str
    environment: dict[str, str]

    @classmethod
    def create(
        cls, root: Path, database: Database, user: str, password: str, files: dict[str, str], *, plain: bool
    ) -> Project:
        create_project(root, "shop")
        shutil.rmtree(root / "models")
        configured = yaml.safe_load((root / "dbt_project.yml").read_text())
        configured.pop("models")
        if plain:
            configured.pop("dispatch")
            (root / "packages.yml").unlink()
            (root / "macros" / "flext_oracle_shims.sql").unlink()
        (root / "dbt_project.yml").write_text(yaml.safe_dump(configured))
        project = cls.at(root, database, user, password)
        project.write(files)
        return project

    @classmethod
    def at(cls, root: Path, database: Database, user: str, password: str = PASSWORD) -> Project:
        """A project that is there already."""
        environment = {
            "FLEXT_TARGET_ORACLE_HOST": database.host,
            "FLEXT_TARGET_ORACLE_PORT": str(database.port),
            "FLEXT_TARGET_ORACLE_SERVICE_NAME": database.service,
            "FLEXT_TARGET_ORACLE_USERNAME": user,
            "FLEXT_TARGET_ORACLE_PASSWORD": password,
            "FLEXT_TARGET_ORACLE_SCHEMA": user,
            "FLEXT_DBT_THREADS": "1",
            "DBT_PROJECT_DIR": str(root),
            "DBT_PROFILES_DIR": str(root / "profiles"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_LOG_PATH": str(root / "logs"),
            "DBT_TARGET_PATH": str(root / "target"),
            "DBT_USE_COLORS": "false",
        }
        return cls(root, database, user, password, environment)

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def configure(self, **settings: Any) -> None:
        """Change keys of dbt_project.yml."""
        path = self.root / "dbt_project.yml"
        path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | settings))

    def dbt(self, *arguments: str, fails: bool = False) -> Outcome:
        """Run a command as `flext-dbt-oracle` does; an unexpected end is the test's failure, with the log."""
        from flext_dbt_oracle.cli import main

        results = self.root / "target" / "run_results.json"
        if arguments[0] not in {"report", "doctor", "sources"}:
            results.unlink(missing_ok=True)
        output = io.StringIO()
        with self._settings(), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            code = main(list(arguments))
        nodes = {}
        if results.exists():
            nodes = {result["unique_id"]: result for result in json.loads(results.read_text())["results"]}
        outcome = Outcome(code, output.getvalue(), nodes)
        assert (code != 0) == fails, outcome.log
        return outcome

    @contextlib.contextmanager
    def _settings(self) -> Iterator[None]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("FLEXT_", "DBT_"))}
        with (
            mock.patch.dict(os.environ, kept | self.environment, clear=True),
            warnings.catch_warnings(),
            contextlib.chdir(self.root),
        ):
            warnings.simplefilter("ignore")  # dbt and its libraries warn; that is not what is tested here
            yield

    def connect(self) -> oracledb.Connection:
        return self.database.connect(self.user, self.password)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def execute(self, *statements: str) -> None:
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()
