"""DDL text of what lies under a table's columns: its kind, partitions, compression, tablespaces. SQL of Oracle 19c.

`ddl` writes the rest. What the metadata does not have is not guessed: `not_written` says what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from flext_db_oracle.identifiers import quote
from flext_db_oracle.metadata import OraclePartition, OracleTable

_WRITTEN = frozenset({"RANGE", "LIST", "HASH"})


def storage_clauses(table: OracleTable) -> str:
    """What follows the columns of CREATE TABLE: `TABLESPACE "USERS" ROW STORE COMPRESS BASIC PARTITION BY ...`."""
    clauses = [
        "ON COMMIT PRESERVE ROWS" if table.temporary and table.duration == "SYS$SESSION" else "",
        "ORGANIZATION INDEX" if table.index_organized else "",
        _tablespace(table.tablespace),
        _compression(table.compression),
        _partitioning(table),
        "ROWDEPENDENCIES" if table.rowdependencies else "",
    ]
    return " ".join(clause for clause in clauses if clause)


def not_written(table: OracleTable) -> Iterator[str]:
    """What `storage_clauses` leaves out of this table although it has it."""
    if table.partitioning is not None and table.partitioning not in _WRITTEN:
        yield f"the partitions, which are by {table.partitioning}"
    if table.subpartitioning is not None:
        yield f"the subpartitions, which are by {table.subpartitioning}"
    made = sum(partition.interval for partition in table.partitions)
    if made:
        yield f"{made} partitions that Oracle made by the interval: it makes them again when rows need them"
    if table.index_organized:
        yield "overflow and mapping table of the index-organized table"


def _partitioning(table: OracleTable) -> str:
    if table.partitioning not in _WRITTEN or not table.partition_key:
        return ""
    key = ", ".join(map(quote, table.partition_key))
    extra = f" INTERVAL ({table.interval})" if table.interval else " AUTOMATIC" if table.automatic else ""
    parts = [_partition(part, table) for part in table.partitions if not part.interval]
    return f"PARTITION BY {table.partitioning} ({key}){extra} (\n    " + ",\n    ".join(parts) + "\n)"


def _partition(part: OraclePartition, table: OracleTable) -> str:
    values = {"RANGE": f"VALUES LESS THAN ({part.high_value})", "LIST": f"VALUES ({part.high_value})"}
    clauses = [
        f"PARTITION {quote(part.name)}",
        values.get(table.partitioning or "", ""),
        _tablespace(part.tablespace),
        "" if part.compression == table.compression else _compression(part.compression) or "NOCOMPRESS",
    ]
    return " ".join(clause for clause in clauses if clause)


def _compression(compress_for: str | None) -> str:
    """COMPRESS_FOR of the dictionary as a clause: `BASIC` -> `ROW STORE COMPRESS BASIC`."""
    if compress_for is None:
        return ""
    if compress_for in {"BASIC", "ADVANCED"}:
        return f"ROW STORE COMPRESS {compress_for}"
    return "ROW STORE COMPRESS ADVANCED" if compress_for == "OLTP" else f"COLUMN STORE COMPRESS FOR {compress_for}"


def _tablespace(name: str | None) -> str:
    return "" if name is None else f"TABLESPACE {quote(name)}"
