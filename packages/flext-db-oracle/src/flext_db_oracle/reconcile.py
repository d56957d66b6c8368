"""Reconcile: are two tables, of one database or two, the same? Counts and checksums by key range, then the rows.

Both databases compute one checksum per key range from the text of every value; only ranges that differ are read, and
of those only keys and checksums, until the rows that differ are known. Text forms are those of the type contract, so a
NUMBER(10) and a NUMBER, or a DATE and a TIMESTAMP(0), with equal values are equal. LOBs are hashed whole, in pieces,
because STANDARD_HASH takes none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from flext_db_oracle import partitions
from flext_db_oracle.api import FlextDbOracleApi
from flext_db_oracle.bulk import match_columns
from flext_db_oracle.errors import UnsupportedTypeError
from flext_db_oracle.identifiers import qualify, quote
from flext_db_oracle.metadata import OracleColumn, OracleTable
from flext_db_oracle.partitions import TablePartition
from flext_db_oracle.session import Session
from flext_db_oracle.types import Carrier

_HASHES_PER_TEXT = 100  # of 33 characters: together below the 4000 bytes of a VARCHAR2
_LOB_PIECE = 1000  # characters or bytes: 4000 bytes at most, which is the longest VARCHAR2
_ROWS_PER_RANGE = 20_000
_BYTES_PER_ROW = 50  # of a table without statistics: rather too many ranges than one that fills memory

LobComparison = Literal["whole", "edges", "skip"]
"""What of a LOB counts: all of it, its length and first and last thousand characters, or nothing."""


@dataclass(frozen=True, slots=True)
class RowDifference:
    """`kind` is `missing` (not in the target), `extra` (only there) or `different`; `columns` name the values that differ."""

    kind: str
    key: tuple[Any, ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """`differences` are the first ones; `more` when the limit was reached."""

    source_rows: int
    target_rows: int
    ranges: int
    ranges_different: int
    differences: tuple[RowDifference, ...] = field(default=())
    more: bool = False

    @property
    def equal(self) -> bool:
        return self.ranges_different == 0


@dataclass(frozen=True, slots=True)
class _Side:
    """One table: its columns in the order of comparison, and its key."""

    table: OracleTable
    columns: tuple[OracleColumn, ...]
    keys: tuple[OracleColumn, ...]
    lobs: LobComparison

    def totals(self, part: TablePartition) -> tuple[str, dict[str, Any]]:
        condition, binds = part.condition()
        where = f" WHERE {condition}" if condition else ""
        rows = f"SELECT {self._row_hash()} AS hash FROM {self._source}{where}"
        return f"SELECT COUNT(*), SUM({_number('hash')}) FROM ({rows})", binds

    def rows(self, part: TablePartition) -> tuple[str, dict[str, Any]]:
        condition, binds = part.condition()
        where = f" WHERE {condition}" if condition else ""
        keys = ", ".join(_text(column, self.lobs) for column in self.keys)
        return f"SELECT {keys}, {self._row_hash()} FROM {self._source}{where}", binds

    def hashes(self, key: Sequence[Any], part: TablePartition) -> tuple[str, dict[str, Any]]:
        """The hash of each value of one row, by its key as text; the range lets an index on the key serve."""
        condition, binds = part.condition()
        conditions = [condition] if condition else []
        for index, (column, value) in enumerate(zip(self.keys, key, strict=True)):
            if value is None:
                conditions.append(f"{quote(column.name)} IS NULL")
                continue
            conditions.append(f"{_text(column, self.lobs)} = :k{index}")
            binds[f"k{index}"] = value
        values = ", ".join(_value_hash(column, self.lobs) for column in self.columns)
        return f"SELECT {values} FROM {self._source} WHERE {' AND '.join(conditions)}", binds

    @property
    def _source(self) -> str:
        return f"{qualify(self.table.schema, self.table.name)} {_ALIAS}"

    def _row_hash(self) -> str:
        """Hashes of values, joined and hashed again, in pieces that stay below the length of a VARCHAR2."""
        parts = [_value_hash(column, self.lobs) for column in self.columns]
        while len(parts) > 1 or parts[0].startswith("NVL2"):
            pieces = [parts[start : start + _HASHES_PER_TEXT] for start in range(0, len(parts), _HASHES_PER_TEXT)]
            parts = [_md5(" || ',' || ".join(piece)) for piece in pieces]
        return parts[0]


def reconcile(
    source: FlextDbOracleApi,
    target: FlextDbOracleApi,
    table: tuple[str | None, str],
    other: tuple[str | None, str],
    *,
    keys: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    ranges: int | None = None,
    limit: int = 100,
    lobs: LobComparison = "whole",
) -> Reconciliation:
    """Compare `table` of the source with `other` of the target, by key, over the columns that both have.

    `keys` default to the source's primary or unique key. At most `limit` differing rows are named. `lobs` makes long
    LOBs cheaper: only their `edges` count, or the columns are left out (`skip`).
    """
    with source.session() as left, target.session() as right:
        ours, theirs = left.get_table(*table, details=True), right.get_table(*other)
        names = list(columns) if columns else _common(ours, theirs, lobs)
        key_names = list(keys) if keys else list(ours.key_columns)
        if not key_names:
            raise UnsupportedTypeError(f"{ours.schema}.{ours.name} has no key: name the columns that identify a row")
        sides = (_side(ours, names, key_names, lobs), _side(theirs, names, key_names, lobs))
        by = sides[0].keys[0].name
        count = ranges or max(1, -(-_about(ours) // _ROWS_PER_RANGE))
        parts = partitions.cut(left.connection, ours, count, by=by)
        return _compare(left, right, sides, parts, limit)


def _about(table: OracleTable) -> int:
    """Rows by the statistics, or by the size of a table that has none."""
    return table.num_rows if table.num_rows is not None else (table.bytes or 0) // _BYTES_PER_ROW


def _compare(
    left: Session, right: Session, sides: tuple[_Side, _Side], parts: list[TablePartition], limit: int
) -> Reconciliation:
    counts, different = [0, 0], 0
    differences: list[RowDifference] = []
    more = False
    for part in parts:
        there = replace(part, schema=sides[1].table.schema, table=sides[1].table.name, by=sides[1].keys[0].name)
        ((rows, total),) = left.query(*sides[0].totals(part)).rows
        ((other_rows, other_total),) = right.query(*sides[1].totals(there)).rows
        counts[0] += rows
        counts[1] += other_rows
        if (rows, total) == (other_rows, other_total):
            continue
        different += 1
        for difference in _differences(left, right, sides, part, there):
            if len(differences) >= limit:
                more = True
                break
            differences.append(difference)
    return Reconciliation(counts[0], counts[1], len(parts), different, tuple(differences), more)


def _differences(
    left: Session, right: Session, sides: tuple[_Side, _Side], part: TablePartition, there: TablePartition
) -> Iterator[RowDifference]:
    ours = _by_key(left, sides[0].rows(part), sides[0])
    theirs = _by_key(right, sides[1].rows(there), sides[1])
    for key, row_hash in ours.items():
        if key not in theirs:
            yield RowDifference("missing", key)
        elif theirs[key] != row_hash:
            mine = left.query(*sides[0].hashes(key, part)).rows[0]
            other = right.query(*sides[1].hashes(key, there)).rows[0]
            names = [c.name for c, a, b in zip(sides[0].columns, mine, other, strict=True) if a != b]
            yield RowDifference("different", key, tuple(names))
    yield from (RowDifference("extra", key) for key in theirs if key not in ours)


def _by_key(session: Session, query: tuple[str, dict[str, Any]], side: _Side) -> dict[tuple[Any, ...], str]:
    rows = session.query(*query).rows
    found = {tuple(row[:-1]): row[-1] for row in rows}
    if len(found) < len(rows):
        names = ", ".join(column.name for column in side.keys)
        raise ValueError(
            f"{names} is no key of {side.table.schema}.{side.table.name}: several rows have the same value"
        )
    return found


def _side(table: OracleTable, names: Sequence[str], keys: Sequence[str], lobs: LobComparison) -> _Side:
    return _Side(table, tuple(match_columns(table, names)), tuple(match_columns(table, keys)), lobs)


def _common(ours: OracleTable, theirs: OracleTable, lobs: LobComparison) -> list[str]:
    skipped = lobs == "skip"
    shared = [c.name for c in ours.columns if theirs.column(c.name) is not None and not (skipped and _is_lob(c))]
    if not shared:
        raise ValueError(f"{ours.schema}.{ours.name} and {theirs.schema}.{theirs.name} have no column in common")
    return shared


# ---------------------------------------------------------------------------------------------- SQL


_ALIAS = "src"  # of the table, so that a query inside can name its columns


def _value_hash(column: OracleColumn, lobs: LobComparison) -> str:
    return f"NVL2({_presence(column)}, {_md5(_text(column, lobs))}, 'N')"


def _md5(text: str) -> str:
    return f"RAWTOHEX(STANDARD_HASH({text}, 'MD5'))"


def _number(digest: str) -> str:
    """The first 60 bits of a hash, for a sum in which the order of rows does not count."""
    return f"TO_NUMBER(SUBSTR({digest}, 1, 15), 'XXXXXXXXXXXXXXX')"


def _presence(column: OracleColumn) -> str:
    name = quote(column.name)
    return f"DBMS_LOB.GETLENGTH({name})" if _is_lob(column) else name


def _lob_text(column: OracleColumn, lobs: LobComparison) -> str:
    """The length of a LOB and a hash of all of it, or of its edges.

    Pieces overlap by one character, so that one outside the BMP, which counts as two, is whole in one of them.
    """
    lob = f"{_ALIAS}.{quote(column.name)}"
    length = f"DBMS_LOB.GETLENGTH({lob})"

    def piece(start: str) -> str:
        return _md5(f"DBMS_LOB.SUBSTR({lob}, {_LOB_PIECE}, {start})")

    if lobs == "edges":
        last = f"GREATEST(1, {length} - {_LOB_PIECE - 1})"
        return f"{length} || ',' || {piece('1')} || ',' || {piece(last)}"
    step = _LOB_PIECE - 1
    numbered = _md5(f"LEVEL || ',' || {piece(f'LEVEL * {step} - {step - 1}')}")
    pieces = f"SELECT SUM({_number(numbered)}) FROM dual CONNECT BY LEVEL <= CEIL({length} / {step})"
    return f"{length} || ',' || ({pieces})"


def _text(column: OracleColumn, lobs: LobComparison) -> str:
    """A value's text, the same for equal values of different types."""
    name = quote(column.name)
    if column.type is None or column.type.name in {"LONG", "LONG RAW", "JSON", "XMLTYPE"}:
        raise UnsupportedTypeError(
            f"column {column.name} has type {column.data_type}, which cannot be compared: name the columns to compare"
        )
    if _is_lob(column):
        return _lob_text(column, lobs)
    match column.type.carrier(dates_as_text=True):
        case Carrier.INTEGER | Carrier.NUMBER:
            return f"TO_CHAR({name}, 'TM9')"
        case Carrier.FLOAT:
            return f"TO_CHAR(TO_BINARY_DOUBLE({name}))"
        case Carrier.TIMESTAMP_TEXT | Carrier.ZONED_TEXT:
            wide = column.type if column.type.name == "DATE" else replace(column.type, scale=9)
            text = wide.select_expression(name, dates_as_text=True)
            return f"{text} || '.000000000'" if column.type.name == "DATE" else text
        case Carrier.BYTES:
            return f"RAWTOHEX({name})"
        case Carrier.TEXT:
            return f"TO_CHAR({name})" if column.type.name in {"NVARCHAR2", "NCHAR"} else name
        case _:
            return f"TO_CHAR({name})"


def _is_lob(column: OracleColumn) -> bool:
    return column.type is not None and column.type.name in {"CLOB", "NCLOB", "BLOB"}
