"""Audit: one JSON line per database operation through `logging`, for those who must know who did what.

Off until `enable_audit_logging`. Bind values are never logged; samples of rows only when asked for, and then with the
values of masked columns replaced. SQL appears as a hash, so that a line can be matched without showing literals.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from flext_db_oracle.query import first_word

logger = logging.getLogger("flext_db_oracle.audit")

OPERATIONS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "DDL", "PLSQL"})
_DDL = frozenset({"CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "COMMENT", "GRANT", "REVOKE", "PURGE", "ANALYZE"})
_PLSQL = frozenset({"BEGIN", "DECLARE", "CALL"})
_SAMPLE_ROWS = 3


class Observability:
    """What an API object reports about its work: `api.observability`."""

    def __init__(self, username: str) -> None:
        self._username = username
        self._operations: frozenset[str] = frozenset()
        self._level = logging.INFO
        self._samples = False
        self._masked: frozenset[str] = frozenset()

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
        """Write one line if the statement's operation is audited."""
        operation = operation_of(sql)
        if operation not in self._operations:
            return
        entry: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(),
            "user": self._username,
            "operation": operation,
            "sql_hash": hashlib.sha256(" ".join(sql.split()).encode()).hexdigest()[:16],
            "rows": rows,
            "seconds": round(elapsed, 6),
        }
        if error is not None:
            entry["error"] = error
        if self._samples and sample:
            entry["sample"] = [
                {
                    name: "***" if name.upper() in self._masked else str(value)
                    for name, value in zip(columns, row, strict=True)
                    if value is not None
                }
                for row in sample[:_SAMPLE_ROWS]
            ]
        logger.log(self._level, json.dumps(entry, ensure_ascii=False))


def operation_of(sql: str) -> str:
    """`SELECT`, `MERGE`, `DDL`, ... of a statement."""
    word = first_word(sql)
    if word == "WITH":
        return "SELECT"
    return "DDL" if word in _DDL else "PLSQL" if word in _PLSQL else word
