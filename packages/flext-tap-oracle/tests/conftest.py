"""A database to read from: a throw-away schema in the emulator, or in the database that `--oracle-dsn` names."""

from __future__ import annotations

import io
import json
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import oracledb
import pytest
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig
from flext_oracle_emulator.pytest_plugin import drop_user
from flext_tap_oracle import TapOracle

Message = dict[str, Any]
PASSWORD = "Canary_5ecret"


@dataclass
class Output:
    """What a run wrote to stdout."""

    text: str
    messages: list[Message]

    @classmethod
    def of(cls, text: str) -> Output:
        return cls(text, [json.loads(line, parse_float=Decimal) for line in text.splitlines()])

    def of_type(self, kind: str) -> list[Message]:
        return [message for message in self.messages if message["type"] == kind]

    def records(self, stream: str | None = None) -> list[Message]:
        return [m["record"] for m in self.of_type("RECORD") if stream in (None, m["stream"])]

    @property
    def state(self) -> Message:
        states = self.of_type("STATE")
        return states[-1]["value"] if states else {}

    def schema(self, stream: str) -> Message:
        return next(m["schema"] for m in self.of_type("SCHEMA") if m["stream"] == stream)


@dataclass
class Oracle:
    """A schema of its own, and the tap on it."""

    connection: oracledb.Connection
    address: dict[str, Any]
    user: str
    folder: Path
    admin: dict[str, Any] = field(default_factory=dict)
    apis: list[FlextDbOracleApi] = field(default_factory=list)

    def run(self, *statements: str) -> None:
        with self.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        self.connection.commit()

    def fill(self, insert: str, rows: Sequence[Sequence[Any]]) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany(insert, [tuple(row) for row in rows])
        self.connection.commit()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            return list(cursor.execute(sql).fetchall())

    def settings(self, **more: Any) -> dict[str, Any]:
        return {**self.address, "username": self.user, "password": PASSWORD, **more}

    def tap(
        self, *, catalog: Mapping[str, Any] | None = None, state: Mapping[str, Any] | None = None, **settings: Any
    ) -> TapOracle:
        return TapOracle(
            config=self.settings(**settings), catalog=dict(catalog) if catalog else None, state=dict(state or {})
        )

    def sync(
        self, *, catalog: Mapping[str, Any] | None = None, state: Mapping[str, Any] | None = None, **settings: Any
    ) -> Output:
        """Run the tap in this process."""
        return self.capture(self.tap(catalog=catalog, state=state, **settings))

    @staticmethod
    def capture(tap: TapOracle) -> Output:
        """Everything that a sync writes to stdout."""
        buffer = io.BytesIO()
        text = io.TextIOWrapper(buffer, encoding="utf-8", write_through=True)
        with redirect_stdout(text):
            tap.sync_all()
        return Output.of(buffer.getvalue().decode())

    def catalog(
        self, *, deselect: Sequence[str] = (), root: Mapping[str, Any] | None = None, **settings: Any
    ) -> Message:
        """The discovered catalog, all of it selected but for `stream.column` names in `deselect`."""
        catalog: Message = json.loads(self.tap(**settings).catalog_json_text)
        for entry in catalog["streams"]:
            for metadata in entry["metadata"]:
                crumb = metadata["breadcrumb"]
                name = ".".join([entry["tap_stream_id"], *crumb[1:]])
                metadata["metadata"]["selected"] = name not in deselect
                if not crumb:
                    metadata["metadata"].update(root or {})
        return catalog

    def cli(
        self, *arguments: str, config: Mapping[str, Any] | None = None, **files: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run `tap-oracle` to its end. `catalog=` and `state=` are written to files and passed on."""
        return subprocess.run(
            self.command(*arguments, config=config, **files), capture_output=True, text=True, timeout=120, check=False
        )

    def command(self, *arguments: str, config: Mapping[str, Any] | None = None, **files: Any) -> list[str]:
        paths = {"config": self.settings() | dict(config or {}), **files}
        command = [sys.executable, "-m", "flext_tap_oracle"]
        for name, content in paths.items():
            path = self.folder / f"{name}.json"
            path.write_text(json.dumps(content))
            command += [f"--{name}", str(path)]
        return [*command, *arguments]


@pytest.fixture(scope="session")
def address(oracle_dsn: str) -> dict[str, Any]:
    found = re.fullmatch(r"([^/]+)/(.+)@([^:/]+):(\d+)/(.+)", oracle_dsn)
    assert found, "--oracle-dsn must look like user/password@host:port/service"
    return {"user": found[1], "password": found[2], "host": found[3], "port": int(found[4]), "service_name": found[5]}


@pytest.fixture
def apis(monkeypatch: pytest.MonkeyPatch) -> list[FlextDbOracleApi]:
    """The connections of the test's taps, closed at its end."""
    made: list[FlextDbOracleApi] = []

    def make(config: FlextDbOracleConfig) -> FlextDbOracleApi:
        made.append(FlextDbOracleApi(config))
        return made[-1]

    monkeypatch.setattr("flext_tap_oracle.tap.FlextDbOracleApi", make)
    return made


@pytest.fixture
def oracle(address: dict[str, Any], tmp_path: Path, apis: list[FlextDbOracleApi]) -> Iterator[Oracle]:
    """A user with an empty schema, dropped after the test."""
    where = {name: address[name] for name in ("host", "port", "service_name")}
    name = f"TAP_{secrets.token_hex(4)}".upper()
    with oracledb.connect(**address) as admin, admin.cursor() as cursor:
        cursor.execute(f'CREATE USER {name} IDENTIFIED BY "{PASSWORD}"')
        for grant in ("SESSION", "TABLE", "VIEW", "SYNONYM", "MATERIALIZED VIEW"):
            cursor.execute(f"GRANT CREATE {grant} TO {name}")
        cursor.execute(f"GRANT UNLIMITED TABLESPACE TO {name}")
    try:
        with oracledb.connect(user=name, password=PASSWORD, **where) as connection:
            yield Oracle(connection, where, name, tmp_path, address, apis)
    finally:
        for api in apis:
            api.close()
        with oracledb.connect(**address) as admin, admin.cursor() as cursor:
            drop_user(cursor, name)
