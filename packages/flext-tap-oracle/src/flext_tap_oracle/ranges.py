"""Full loads in pieces: ROWID ranges of tables, key ranges of what has no ROWIDs to cut, and which of them are done.

Ranges are half open and the first and last have no outer bound, so that together they cover every row however the cuts
were found. A cut needs no privilege beyond SELECT: it is taken from a sample of ROWIDs, or between the least and
greatest key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from flext_db_oracle import FlextDbOracleApi, OracleTable, partitions
from flext_db_oracle.types import Carrier

from .columns import OutputColumn
from .errors import unwrap
from .query import Query

FULL_LOAD = "full_load"
_VERSION = 1

Bound = str | int | None


@dataclass(frozen=True, slots=True)
class Range:
    """Rows from `start` on and before `end`; None is no bound. ROWIDs as text, keys as the state holds them."""

    start: Bound
    end: Bound


@dataclass(slots=True)
class FullLoad:
    """A full load's ranges and progress, as the state holds them."""

    by: str  # "rowid", or the property that is cut
    ranges: list[Range]
    done: list[int]
    scn: int | None
    version: int | None
    digest: str

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self | None:
        """The unfinished load of an earlier run, None if there is none."""
        held = state.get(FULL_LOAD)
        if not isinstance(held, Mapping) or held.get("format") != _VERSION:
            return None
        ranges = [Range(start, end) for start, end in held["ranges"]]
        return cls(held["by"], ranges, list(held["done"]), held["scn"], held["version"], held["digest"])

    def to_state(self) -> dict[str, Any]:
        return {
            "format": _VERSION,
            "by": self.by,
            "ranges": [[part.start, part.end] for part in self.ranges],
            "done": sorted(self.done),
            "scn": self.scn,
            "version": self.version,
            "digest": self.digest,
        }

    @property
    def remaining(self) -> list[int]:
        done = set(self.done)
        return [index for index in range(len(self.ranges)) if index not in done]


def digest_of(query: Query) -> str:
    """What must be the same for a load to go on: source, columns, filter and its binds."""
    text = repr((query.source.sql, query.select_list, query.conditions, sorted(query.given.items(), key=str)))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def condition(query: Query, by: str, part: Range, column: OutputColumn | None) -> Query:
    """The query's rows within one range."""
    reference = "ROWID" if column is None else column.reference
    place = "CHARTOROWID({})" if column is None else "{}"
    if part.start is not None:
        query = query.where(f"{reference} >= {place.format(':range_start')}", range_start=_bind(part.start, column))
    if part.end is not None:
        query = query.where(f"{reference} < {place.format(':range_end')}", range_end=_bind(part.end, column))
    return query


def _bind(bound: Bound, column: OutputColumn | None) -> Any:
    if column is not None and column.type.carrier() is Carrier.DATETIME:
        return dt.datetime.fromisoformat(str(bound))
    return bound


def wanted_ranges(table: OracleTable | None, rows: int | None, *, partition_rows: int, given: int | None) -> int:
    """How many ranges a load should have."""
    if given is not None:
        return given
    if table is None or rows is None:
        return 1
    return max(1, -(-rows // partition_rows))


def cut_by_rowid(api: FlextDbOracleApi, table: OracleTable, count: int) -> list[Range]:
    """Ranges of about the same number of blocks, from a sample. Raises the driver's errors."""
    with api.session() as session:
        return [Range(part.start, part.end) for part in partitions.cut(session.connection, table, count)]


def cut_by_key(api: FlextDbOracleApi, query: Query, column: OutputColumn, count: int) -> list[Range]:
    """Ranges of the same width between the least and the greatest key; one range if there is no width."""
    sql = f"SELECT MIN({column.reference}), MAX({column.reference}) {query.tail}"
    result = unwrap(api.execute_query(sql, query.binds_of(sql)), f"range of {column.name}")
    low, high = result.rows[0]
    if low is None or low == high:
        return between([])
    if isinstance(low, dt.datetime):
        step = (high - low) / count
        return between([(low + step * index).replace(microsecond=0).isoformat() for index in range(1, count)])
    width = Decimal(high) - Decimal(low)
    cuts = sorted({int(low + width * index / count) for index in range(1, count)})
    return between([cut for cut in cuts if cut > low])


def can_cut(column: OutputColumn) -> bool:
    """Whether a key column's values can be cut into ranges of the same width."""
    return (
        column.type.carrier() in {Carrier.INTEGER, Carrier.NUMBER, Carrier.DATETIME} and column.sql == column.reference
    )


def between(cuts: Sequence[str | int]) -> list[Range]:
    """The ranges that cuts make: everything before the first, between each two, and from the last on."""
    bounds: list[Bound] = [None, *cuts, None]
    return [Range(start, end) for start, end in itertools.pairwise(bounds)]
