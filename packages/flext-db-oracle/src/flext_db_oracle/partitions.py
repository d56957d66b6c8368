"""Partitions: a table or a query cut into ranges that other sessions, threads or processes read on their own.

Ranges are half open, and the first and the last have no outer bound, so that together they cover every row once
however the cuts were found. Heap tables are cut by ROWID, anything else by a key column. All ranges carry one SCN, so
that readers who start at different times see the same rows. A range is plain data (`to_dict`, `from_dict`).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Self

import oracledb

from flext_db_oracle.errors import ErrorKind, UnsupportedTypeError, explain
from flext_db_oracle.identifiers import qualify, quote
from flext_db_oracle.metadata import OracleTable
from flext_db_oracle.query import run_query
from flext_db_oracle.types import Carrier, OracleType

_BLOCKS_PER_RANGE = 50  # sampled blocks: enough that ranges differ little in size
_BLOCK_BYTES = 8192
_CUTTABLE = frozenset({Carrier.INTEGER, Carrier.NUMBER, Carrier.TEXT, Carrier.DATETIME})
_SCN_QUERIES = (
    "SELECT DBMS_FLASHBACK.GET_SYSTEM_CHANGE_NUMBER FROM dual",
    "SELECT current_scn FROM v$database",
    "SELECT TIMESTAMP_TO_SCN(SYSTIMESTAMP) FROM dual",
)


@dataclass(frozen=True, slots=True)
class TablePartition:
    """Rows of a table from `start` on and before `end` (None: no bound) of ROWID or of the column `by`, as of `scn`."""

    schema: str
    table: str
    number: int
    count: int
    by: str | None = None
    start: Any = None
    end: Any = None
    scn: int | None = None

    def query(self, columns: Sequence[str] | None = None) -> tuple[str, dict[str, Any]]:
        """SQL and binds that read the range. `columns` is SQL, quoted names by default all: `SELECT *`."""
        condition, binds = self.condition()
        source = qualify(self.schema, self.table)
        if self.scn is not None:
            source += " AS OF SCN :scn"
            binds = {"scn": self.scn, **binds}
        where = f" WHERE {condition}" if condition else ""
        return f"SELECT {', '.join(columns) if columns else '*'} FROM {source}{where}", binds

    def condition(self) -> tuple[str, dict[str, Any]]:
        """The WHERE condition and its binds; empty for a single range."""
        place = "CHARTOROWID({})" if self.by is None else "{}"
        reference = "ROWID" if self.by is None else quote(self.by)
        parts, binds = [], {}
        if self.start is not None:
            parts.append(f"{reference} >= {place.format(':range_start')}")
            binds["range_start"] = self.start
        if self.end is not None:
            parts.append(f"{reference} < {place.format(':range_end')}")
            binds["range_end"] = self.end
        text = " AND ".join(parts)
        if self.by is not None and self.start is None and self.end is not None:
            text = f"({text} OR {reference} IS NULL)"  # NULLs belong to the first range
        return text, binds

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; `from_dict` gives the same partition again."""
        values = asdict(self)
        return values | {"start": _to_json(self.start), "end": _to_json(self.end)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        return cls(**{**values, "start": _from_json(values["start"]), "end": _from_json(values["end"])})


def cut(
    connection: oracledb.Connection, table: OracleTable, count: int, *, by: str | None = None, scn: int | None = None
) -> list[TablePartition]:
    """At most `count` ranges with about the same number of rows; fewer when the table has fewer rows or values.

    `by` is an exact column name. Without it the table is cut by ROWID, or, where that is not possible (views,
    index-organized tables), by the first key column.
    """
    if count < 1:
        raise ValueError(f"the number of partitions must be at least 1, not {count}")
    if by is None and not has_rowids(table):
        if not table.key_columns:
            raise UnsupportedTypeError(
                f"{table.schema}.{table.name} has no ROWIDs to cut by (it is a {_kind(table)}) and no key: "
                "give the column to cut by"
            )
        by = table.key_columns[0]
    if count == 1:
        bounds: list[Any] = []
    elif by is None:
        bounds = _cuts(connection, table, "ROWIDTOCHAR(MIN(r))", "ROWID", count)
    else:
        column = table.column(by)
        if column is None or column.type is None or not _can_cut(column.type):
            raise UnsupportedTypeError(
                f"{table.schema}.{table.name} cannot be cut by {by}: it is no number, text or date"
            )
        bounds = list(dict.fromkeys(_cuts(connection, table, f"CAST(MIN(r) AS {column.type.ddl})", quote(by), count)))
    edges = [None, *bounds, None]
    ranges = list(itertools.pairwise(edges))
    return [
        TablePartition(table.schema, table.name, number, len(ranges), by, start, end, scn)
        for number, (start, end) in enumerate(ranges)
    ]


def has_rowids(table: OracleTable) -> bool:
    """Whether a table can be cut by ROWID: heap tables, and materialized views, which are such tables."""
    return table.kind != "VIEW" and not table.index_organized and not table.temporary


def current_scn(connection: oracledb.Connection) -> int:
    """The SCN of now, by the first way that this user's privileges allow."""
    refused: oracledb.DatabaseError | None = None
    for sql in _SCN_QUERIES:
        try:
            return int(run_query(connection, sql).scalar())
        except oracledb.DatabaseError as exc:
            if explain(exc).kind not in {ErrorKind.NOT_FOUND, ErrorKind.PERMISSION}:
                raise
            refused = exc
    raise UnsupportedTypeError(
        "the SCN cannot be read: GRANT EXECUTE ON DBMS_FLASHBACK, or SELECT ON V_$DATABASE, to this user"
    ) from refused


def _cuts(connection: oracledb.Connection, table: OracleTable, smallest: str, expression: str, count: int) -> list[Any]:
    """The first value of each range but the first: quantiles of a sample, or of all rows when there are few."""
    blocks = max(1, (table.bytes or 0) // _BLOCK_BYTES)
    percent = 100 * _BLOCKS_PER_RANGE * count / blocks
    samples = [f" SAMPLE BLOCK ({percent:.6f})"] if percent < 50 and table.kind != "VIEW" else []
    source = qualify(table.schema, table.name)
    for sample in (*samples, ""):
        sql = (
            f"SELECT {smallest} FROM (SELECT r, NTILE(:ranges) OVER (ORDER BY r) AS part FROM"
            f" (SELECT {expression} AS r FROM {source}{sample}) WHERE r IS NOT NULL) GROUP BY part ORDER BY part"
        )
        found = [row[0] for row in run_query(connection, sql, {"ranges": count}).rows]
        if len(found) >= count or not sample:
            return found[1:]
    return []


def _can_cut(oracle_type: OracleType) -> bool:
    return not oracle_type.is_lob and oracle_type.carrier() in _CUTTABLE


def _kind(table: OracleTable) -> str:
    return "view" if table.kind == "VIEW" else "index-organized table" if table.index_organized else "temporary table"


def _to_json(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return {"datetime": value.isoformat()}
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dt.datetime.fromisoformat(value["datetime"]) if "datetime" in value else Decimal(value["number"])
    return value
