"""Records that could not be loaded: with the reason, into `<TABLE>_REJECTS` or a file.

A rejected record is committed in the transaction of the batch that it stood in, so that the table and its rejects
always add up. `position` is how many rows of the open batch came before it. A batch that is recognised as committed
takes its rejects along: they are there already.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flext_db_oracle import OracleColumn, OracleTable, OracleType, Session, ddl
from flext_db_oracle.bulk import make_insert
from flext_db_oracle.identifiers import MAX_BYTES, shorten
from singer_sdk.exceptions import InvalidRecord

from .tables import create_unless_exists

SUFFIX = "_REJECTS"
_REASON_CHARACTERS = 1000

_COLUMNS = (
    OracleColumn("REJECTED_AT", OracleType("TIMESTAMP", scale=6), nullable=False),
    OracleColumn("STREAM", OracleType("VARCHAR2", length=255, char_used=True), nullable=False),
    OracleColumn("INPUT_LINE", OracleType("NUMBER", precision=19, scale=0)),
    OracleColumn("CODE", OracleType("VARCHAR2", length=30, char_used=True), nullable=False),
    OracleColumn("COLUMN_NAME", OracleType("VARCHAR2", length=128, char_used=True)),
    OracleColumn("REASON", OracleType("VARCHAR2", length=_REASON_CHARACTERS, char_used=True)),
    OracleColumn("PAYLOAD", OracleType("CLOB")),
)


class TooManyRejectsError(Exception):
    """More records were rejected than `reject_limit` allows."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Why a record was refused. `code` is Oracle's, or the name of the check that it did not pass."""

    code: str
    reason: str
    column: str | None = None
    line: int | None = None
    payload: str | None = None
    position: int = 0


def table_name(table: str, *, max_bytes: int = MAX_BYTES) -> str:
    """`EMPLOYEES` -> `EMPLOYEES_REJECTS`."""
    return shorten(table, max_bytes - len(SUFFIX)) + SUFFIX


def payload_of(record: Mapping[str, Any], key: Sequence[str], policy: str) -> str | None:
    """What is kept of a record: all, its key, or nothing."""
    if policy == "none":
        return None
    kept = record if policy == "full" else {name: record.get(name) for name in key}
    return json.dumps(kept, default=str, ensure_ascii=False)


def reject_of(error: Exception, record: Mapping[str, Any], key: Sequence[str], policy: str, line: int | None) -> Reject:
    """The reject of a record that did not pass a check of ours. Unless all is kept, the reason names no value."""
    cause: Any = error.__cause__
    column = None
    reason = str(error)
    if isinstance(error, InvalidRecord) and hasattr(cause, "absolute_path"):  # jsonschema's ValidationError
        column = ".".join(str(part) for part in cause.absolute_path) or None
        reason = cause.message if policy == "full" else f"{cause.validator}: {cause.validator_value}"
    elif policy != "full":
        reason = f"{type(error).__name__}: see the stream's schema"
    return Reject(type(error).__name__, reason, column, line, payload_of(record, key, policy))


class RejectTable:
    """`<TABLE>_REJECTS` of one stream."""

    def __init__(self, schema: str, name: str, stream: str) -> None:
        self.name = name
        self._schema, self._stream = schema, stream
        self._insert = make_insert(schema, self.name, _COLUMNS)

    def ensure(self, session: Session) -> None:
        """Create the table if it is missing. DDL: commits."""
        if not session.table_exists(self._schema, self.name):
            create_unless_exists(session, ddl.create_table(OracleTable(self.name, self._schema, columns=_COLUMNS)))

    def write(self, session: Session, rejects: Sequence[Reject], _before: Sequence[Reject] = ()) -> None:
        """Within the caller's transaction. Those of an attempt before are gone with its transaction."""
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        rows = [
            (
                now,
                self._stream[:255],
                item.line,
                item.code[:30],
                item.column and item.column[:128],
                item.reason[:_REASON_CHARACTERS],
                item.payload,
            )
            for item in rejects
        ]
        session.execute_many(self._insert.sql, rows, input_types=self._insert.input_types)


class RejectFile:
    """A file of JSON lines; on the disk before the batch is committed, so that none is missing.

    What kills the process between the two leaves lines that the next run writes again.
    """

    _lock = threading.Lock()  # one file for all streams, which may be written at the same time

    def __init__(self, path: str, stream: str) -> None:
        self._path, self._stream = Path(path), stream

    def ensure(self, _session: Session) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, _session: Session, rejects: Sequence[Reject], before: Sequence[Reject] = ()) -> None:
        """Those that the attempt before has written stay, and are not written again."""
        now = dt.datetime.now(dt.UTC).isoformat()
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            for item in (Counter(rejects) - Counter(before)).elements():
                entry = {
                    "rejected_at": now,
                    "stream": self._stream,
                    "input_line": item.line,
                    "code": item.code,
                    "column": item.column,
                    "reason": item.reason,
                    "payload": item.payload,
                }
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
