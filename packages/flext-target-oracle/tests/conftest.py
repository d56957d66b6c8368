"""A database to load into: the emulator's, or the one that `--oracle-dsn` names."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import table_model as model
from cutting_proxy import CuttingProxy
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig
from flext_db_oracle.identifiers import fold
from flext_db_oracle.values import to_json_value
from flext_target_oracle import TargetOracle
from flext_target_oracle.types import table_name

Message = dict[str, Any]


@dataclass
class Loader:
    """Runs the target and looks at what it wrote. Streams get a name of their own, `self.stream`, per test."""

    api: FlextDbOracleApi
    config: dict[str, Any]
    folder: Path
    stream: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:10]}")

    @property
    def table(self) -> str:
        return self.stream.upper()

    def schema(self, properties: dict[str, Any], key: Sequence[str] = (), stream: str | None = None) -> Message:
        return {
            "type": "SCHEMA",
            "stream": stream or self.stream,
            "schema": {"type": "object", "properties": properties},
            "key_properties": list(key),
        }

    def record(self, stream: str | None = None, /, **values: Any) -> Message:
        return {"type": "RECORD", "stream": stream or self.stream, "record": values}

    def state(self, number: Any) -> Message:
        return {"type": "STATE", "value": {"bookmarks": {self.stream: {"replication_key_value": number}}}}

    @staticmethod
    def lines(messages: Sequence[Message | str]) -> bytes:
        texts = [message if isinstance(message, str) else json.dumps(message) for message in messages]
        return "".join(text + "\n" for text in texts).encode()

    def run(self, *messages: Message | str, **config: Any) -> list[Any]:
        """Load in this process; returns the states that were emitted. An error is raised, and has them in `emitted`."""
        output = io.StringIO()
        with redirect_stdout(output):
            target = TargetOracle(config={**self.config, **config})
            try:
                target.load(io.BytesIO(self.lines(messages)))  # type: ignore[arg-type]
            except Exception as error:
                error.__dict__["emitted"] = [json.loads(line) for line in output.getvalue().splitlines()]
                raise
            finally:
                if "connector" in target.__dict__:
                    target.connector.close()
        return [json.loads(line) for line in output.getvalue().splitlines()]

    def command(self, **config: Any) -> list[str]:
        path = self.folder / f"{uuid.uuid4().hex}.json"
        path.write_text(json.dumps({**self.config, **config}))
        return [sys.executable, "-m", "flext_target_oracle", "--config", str(path)]

    def pipe(
        self, *messages: Message | str, env: dict[str, str] | None = None, **config: Any
    ) -> subprocess.CompletedProcess[str]:
        """Load through the command line, as a user does."""
        return subprocess.run(
            self.command(**config),
            input=self.lines(messages).decode(),
            capture_output=True,
            check=False,
            text=True,
            env=env,
            timeout=120,
        )

    def rows(self, columns: str = "*", table: str | None = None, order: str = "1") -> list[tuple[Any, ...]]:
        sql = f'SELECT {columns} FROM "{table or self.table}" ORDER BY {order}'
        return self.api.execute_query(sql).unwrap().rows

    def types(self, table: str | None = None) -> dict[str, str]:
        found = self.api.get_table_metadata(None, table or self.table).unwrap()
        return {column.name: column.type.ddl for column in found.columns if column.type is not None}

    def json_rows(self, table: str | None = None, order: str | None = "1") -> list[dict[str, Any]]:
        """Every value as a tap would send it, read without loss."""
        found = self.api.get_table_metadata(None, table or self.table).unwrap()
        types = {column.name: column.type for column in found.columns if column.type is not None}
        select = ", ".join(kind.select_expression(f'"{name}"') for name, kind in types.items())
        converters = [to_json_value(kind, nan_policy="string") for kind in types.values()]
        ordered = f" ORDER BY {order}" if order else ""
        # A text of its own each time: after a change of the table's types no cached cursor is asked.
        sql = f'SELECT /* {uuid.uuid4().hex} */ {select} FROM "{found.name}"{ordered}'
        rows = self.api.execute_query(sql).unwrap().rows
        return [
            {
                name: convert(value) if convert is not None and value is not None else value
                for name, convert, value in zip(types, converters, row, strict=True)
            }
            for row in rows
        ]

    def compare(self, messages: Sequence[Message], **settings: Any) -> None:
        """Read every table of the run back, and compare it with what the model says."""
        for stream, table in model.load(messages, **settings).items():
            names = {name: fold(name) for name in table.properties}
            found = [
                {name: model.canonical(row[names[name]], schema) for name, schema in table.properties.items()}
                | {"#deleted": row.get("_SDC_DELETED_AT") is not None}
                for row in self.json_rows(table_name(stream), order=None)
            ]
            compared = [*names, "#deleted"]
            assert model.as_bag(found, compared) == model.as_bag(table.rows, compared), stream

    def exists(self, table: str) -> bool:
        return self.api.table_exists(None, table).unwrap()


@pytest.fixture(scope="session")
def oracle_config(oracle_dsn: str) -> FlextDbOracleConfig:
    return FlextDbOracleConfig.from_url(oracle_dsn)


@pytest.fixture(scope="session")
def oracle_api(oracle_config: FlextDbOracleConfig) -> Iterator[FlextDbOracleApi]:
    with FlextDbOracleApi(oracle_config) as api:
        api.connect().unwrap()
        yield api


@pytest.fixture
def loader(oracle_api: FlextDbOracleApi, tmp_path: Path) -> Iterator[Loader]:
    config = oracle_api.config
    settings = {
        "dsn": config.dsn,
        "username": config.username,
        "password": config.password.get_secret_value(),
    }
    made = Loader(oracle_api, settings, tmp_path)
    yield made
    schema = oracle_api.current_schema().unwrap()
    tables = oracle_api.execute_query(
        "SELECT table_name FROM all_tables WHERE owner = :1 AND UPPER(table_name) LIKE :2",
        [schema, f"{made.table}%"],
    ).unwrap()
    for (name,) in tables.rows:
        oracle_api.execute_ddl(f'DROP TABLE "{name}" PURGE').unwrap()


@pytest.fixture
def proxy(loader: Loader) -> Iterator[CuttingProxy]:
    host, _, rest = str(loader.config["dsn"]).partition(":")
    port, _, service = rest.partition("/")
    with CuttingProxy(host, int(port)) as made:
        loader.config["dsn"] = f"127.0.0.1:{made.port}/{service}"
        yield made
