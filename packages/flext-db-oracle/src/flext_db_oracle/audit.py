"""Observability: who did what, how often and how long; as audit lines, counters, a slow-statement log, OpenTelemetry.

Counters are always kept. The rest is off until it is enabled. Bind values are never logged; samples of rows only when
asked for, and then with the values of masked columns replaced. SQL appears as a hash and the name of its first object,
so that a line can be matched without showing literals.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import logging
import re
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flext_db_oracle.errors import UnsupportedTypeError
from flext_db_oracle.query import first_word

logger = logging.getLogger("flext_db_oracle.audit")
slow_logger = logging.getLogger("flext_db_oracle.slow")

OPERATIONS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "DDL", "PLSQL"})
_DDL = frozenset({"CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "COMMENT", "GRANT", "REVOKE", "PURGE", "ANALYZE"})
_PLSQL = frozenset({"BEGIN", "DECLARE", "CALL"})
_SAMPLE_ROWS = 3
_OBJECT = re.compile(
    r"\b(?:INTO|UPDATE|FROM|JOIN|USING|TABLE|VIEW|INDEX|SYNONYM)\s+"
    r'((?:"[^"]+"|[A-Za-z][\w$#]*)(?:\.(?:"[^"]+"|[A-Za-z][\w$#]*))?)',
    re.IGNORECASE,
)
_LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(slots=True)
class OperationTotals:
    """What one kind of operation added up to."""

    count: int = 0
    errors: int = 0
    rows: int = 0
    seconds: float = 0.0
    longest: float = 0.0


class Observability:
    """What an API object reports about its work: `api.observability`. Threads may share it."""

    def __init__(self, username: str) -> None:
        self._username = username
        self._operations: frozenset[str] = frozenset()
        self._level = logging.INFO
        self._samples = False
        self._masked: frozenset[str] = frozenset()
        self._slow: float | None = None
        self._bridge: _OpenTelemetry | None = None
        self._lock = threading.Lock()
        self._totals: dict[str, OperationTotals] = {}

    def enable_audit_logging(
        self,
        log_level: str = "INFO",
        include_data_samples: bool = False,
        audit_operations: Iterable[str] = ("INSERT", "UPDATE", "DELETE", "MERGE", "DDL"),
        masked_columns: Iterable[str] = (),
    ) -> None:
        """Log these operations as JSON lines to the logger `flext_db_oracle.audit`.

        `include_data_samples` adds the first rows of queries, with `masked_columns` replaced by `***`.
        """
        operations = frozenset(operation.upper() for operation in audit_operations)
        if unknown := operations - OPERATIONS:
            raise ValueError(f"unknown operations {sorted(unknown)}: choose from {sorted(OPERATIONS)}")
        level = logging.getLevelNamesMapping().get(log_level.upper())
        if level is None:
            raise ValueError(f"unknown log level {log_level!r}")
        self._level, self._operations = level, operations
        self._samples = include_data_samples
        self._masked = frozenset(name.upper() for name in masked_columns)

    def enable_slow_log(self, seconds: float) -> None:
        """Log statements that take this long as JSON lines to the logger `flext_db_oracle.slow`, as warnings."""
        if seconds < 0:
            raise ValueError(f"the time of a slow statement must not be negative: {seconds}")
        self._slow = seconds

    def enable_opentelemetry(self, *, tracer_provider: Any = None, meter_provider: Any = None) -> None:
        """Report a span and metrics of each operation to OpenTelemetry (extra `opentelemetry`), by default globally."""
        self._bridge = _OpenTelemetry(tracer_provider, meter_provider)

    @property
    def totals(self) -> Mapping[str, OperationTotals]:
        """Counts, errors, rows and seconds by operation, since the API object was made."""
        with self._lock:
            return dict(self._totals)

    def record(
        self,
        sql: str,
        *,
        rows: int,
        elapsed: float,
        error: str | None = None,
        columns: Sequence[str] = (),
        sample: Sequence[Sequence[Any]] = (),
    ) -> None:
        """Count one operation, and report it where that is enabled."""
        operation = operation_of(sql)
        self._count(operation, rows, elapsed, failed=error is not None)
        if self._bridge is not None:
            self._bridge.report(operation, object_of(sql), rows, elapsed, error)
        is_slow = self._slow is not None and elapsed >= self._slow
        if not is_slow and operation not in self._operations:
            return
        entry: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(),
            "user": self._username,
            "operation": operation,
            "object": object_of(sql),
            "sql_hash": hashlib.sha256(" ".join(sql.split()).encode()).hexdigest()[:16],
            "rows": rows,
            "seconds": round(elapsed, 6),
        }
        if error is not None:
            entry["error"] = error
        if is_slow:
            slow_logger.warning(json.dumps(entry, ensure_ascii=False))
        if operation not in self._operations:
            return
        if self._samples and sample:
            entry["sample"] = self._sample(columns, sample)
        logger.log(self._level, json.dumps(entry, ensure_ascii=False))

    def _count(self, operation: str, rows: int, elapsed: float, *, failed: bool) -> None:
        with self._lock:
            totals = self._totals.setdefault(operation, OperationTotals())
            totals.count += 1
            totals.errors += failed
            totals.rows += rows
            totals.seconds += elapsed
            totals.longest = max(totals.longest, elapsed)

    def _sample(self, columns: Sequence[str], sample: Sequence[Sequence[Any]]) -> list[dict[str, str]]:
        return [
            {
                name: "***" if name.upper() in self._masked else str(value)
                for name, value in zip(columns, row, strict=True)
                if value is not None
            }
            for row in sample[:_SAMPLE_ROWS]
        ]


class _OpenTelemetry:
    """The names are those of OpenTelemetry's conventions for database clients."""

    def __init__(self, tracer_provider: Any, meter_provider: Any) -> None:
        try:
            trace = importlib.import_module("opentelemetry.trace")
            metrics = importlib.import_module("opentelemetry.metrics")
        except ImportError as exc:
            raise UnsupportedTypeError(
                "OpenTelemetry is not installed. Hint: pip install 'flext-db-oracle[opentelemetry]'"
            ) from exc
        self._trace = trace
        self._tracer = trace.get_tracer("flext_db_oracle", tracer_provider=tracer_provider)
        meter = metrics.get_meter("flext_db_oracle", meter_provider=meter_provider)
        self._duration = meter.create_histogram("db.client.operation.duration", unit="s")
        self._rows = meter.create_counter("db.client.response.returned_rows", unit="{row}")

    def report(self, operation: str, name: str | None, rows: int, elapsed: float, error: str | None) -> None:
        attributes = {"db.system.name": "oracle.db", "db.operation.name": operation}
        if name is not None:
            attributes["db.collection.name"] = name
        if error is not None:
            attributes["error.type"] = error.split(":")[0]
        ended = time.time_ns()
        title = operation if name is None else f"{operation} {name}"
        span = self._tracer.start_span(title, attributes=attributes, start_time=ended - round(elapsed * 1e9))
        if error is not None:
            span.set_status(self._trace.StatusCode.ERROR, error)
        span.end(ended)
        self._duration.record(elapsed, attributes)
        self._rows.add(rows, attributes)


def operation_of(sql: str) -> str:
    """`SELECT`, `MERGE`, `DDL`, ... of a statement."""
    word = first_word(sql)
    if word == "WITH":
        return "SELECT"
    return "DDL" if word in _DDL else "PLSQL" if word in _PLSQL else word


def object_of(sql: str) -> str | None:
    """The first object that a statement names, `HR.EMPLOYEES`; None for PL/SQL and what names none."""
    if operation_of(sql) == "PLSQL":
        return None
    return next(iter(objects_of(sql)), None)


def objects_of(sql: str) -> list[str]:
    """The objects that a statement names after INTO, UPDATE, FROM, JOIN, ..., each once, in order."""
    found = []
    for match in _OBJECT.finditer(_LITERAL.sub("''", sql)):
        parts = re.findall(r'"([^"]+)"|([^".]+)', match.group(1))
        found.append(".".join(quoted or plain.upper() for quoted, plain in parts))
    return list(dict.fromkeys(found))


_GRANTS = {
    "SELECT": "SELECT",
    "INSERT": "INSERT",
    "UPDATE": "UPDATE",
    "DELETE": "DELETE",
    "MERGE": "SELECT, INSERT, UPDATE",
}


def missing_grant(sql: str, username: str | None) -> str | None:
    """The GRANT that a refused statement may need, when it names one object only."""
    privilege, objects = _GRANTS.get(operation_of(sql)), objects_of(sql)
    if privilege is None or len(objects) != 1 or not username:
        return None
    return f"if {objects[0]} exists: GRANT {privilege} ON {objects[0]} TO {username.upper()}"
