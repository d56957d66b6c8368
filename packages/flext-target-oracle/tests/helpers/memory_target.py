"""The target on a database in memory, which replaces SQL only: tables and checkpoints are lists that change together."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flext_db_oracle import OracleColumn
from flext_target_oracle import OracleSink, TargetOracle
from flext_target_oracle.checkpoint import PART, STATE, Entry
from flext_target_oracle.sinks import Batch, Written

Message = dict[str, Any]


class Killed(BaseException):
    """SIGKILL: nothing of the target runs after it."""


class Database:
    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.log: dict[str, list[Entry]] = {}
        self.commits = 0
        self.die_before: int | None = None
        self.die_after: int | None = None
        self._lock = threading.Lock()

    def commit(self, table: str, rows: Sequence[tuple[Any, ...]], batch: Entry, begins: str | None) -> None:
        with self._lock:  # sinks may write at the same time
            self._commit(table, rows, batch, begins)

    def _commit(self, table: str, rows: Sequence[tuple[Any, ...]], batch: Entry, begins: str | None) -> None:
        self.commits += 1
        if self.die_before is not None and self.commits >= self.die_before:
            raise Killed
        if self.die_after is not None and self.commits > self.die_after:
            raise Killed
        self.rows.setdefault(table, []).extend(rows)
        if begins is not None:
            self.log[table] = [Entry(STATE, batch.offset, 0, "", begins)]
        kept = [
            replace(old, rows=batch.offset - old.offset, digest=PART) if old.offset + old.rows > batch.offset else old
            for old in self.log[table]
            if old.offset < batch.offset or (old.offset == batch.offset and old.kind == STATE)
        ]
        assert all(old.kind == STATE or old.offset + old.rows <= batch.offset for old in kept)
        self.log[table] = [*kept, batch]
        if self.commits == self.die_after:
            raise Killed


class Checkpoints:
    def __init__(self, database: Database) -> None:
        self.log = database.log

    def load(self, _session: object, table: str, _stream: str) -> list[Entry]:
        return sorted(self.log.get(table, []), key=lambda entry: entry.offset)

    def is_committed(self, _session: object, table: str, _stream: str, batch: Entry) -> bool:
        return any((old.offset, old.digest) == (batch.offset, batch.digest) for old in self.log.get(table, []))

    def add_state(self, _session: object, table: str, _stream: str, state: Entry) -> None:
        same = (state.offset, state.kind, state.anchor)
        kept = [old for old in self.log.get(table, []) if (old.offset, old.kind, old.anchor) != same]
        self.log[table] = [*kept, state]

    def forget(self, _session: object, table: str, _stream: str, *, before: int | None = None) -> None:
        entries = self.log.get(table, [])
        self.log[table] = (
            []
            if before is None
            else [entry for entry in entries if entry.offset >= before or entry.offset + entry.rows > before]
        )


class Connector:
    session = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    def disconnect(self) -> None:
        pass

    def close(self) -> None:
        pass


class MemorySink(OracleSink):
    def prepare(self) -> None:
        self._columns = self.plan((19,))
        self.created = self.table not in self.target.database.rows  # type: ignore[attr-defined]
        self.target.database.rows.setdefault(self.table, [])  # type: ignore[attr-defined]
        self._compile([OracleColumn(item.column.name, item.column.type) for item in self._columns])

    def _table_is_empty(self) -> bool:
        return not self.target.database.rows[self.table]  # type: ignore[attr-defined]

    def _write(self, _connector: object, batch: Batch, entry: Entry) -> Written:
        self.target.database.commit(self.table, batch.rows, entry, batch.begins)  # type: ignore[attr-defined]
        return Written(len(batch.rows), changed=len(batch.rows))

    def drop_staging(self) -> None:
        pass


class MemoryTarget(TargetOracle):
    default_sink_class = MemorySink
    target_schema = "S"
    database_identifier_bytes = 128

    def __init__(self, database: Database, **config: Any) -> None:
        self.database = database
        address = {"host": "localhost", "service_name": "x", "username": "u", "password": "p"}
        super().__init__(config={**address, "load_method": "append-only", **config})
        self.connector = Connector()  # type: ignore[assignment]
        self.checkpoints = Checkpoints(database)  # type: ignore[assignment]
        self.oracle_api = None  # type: ignore[assignment]
