"""Rows as the driver's own Arrow arrays, of which JSON lines are written without a Python value in between.

Faster than tuples by half, and for fewer types: those whose values the driver's Arrow data holds exactly and
`compiled.encode` writes as they are. The server's description of the query decides, not what the dictionary said of the
table earlier. Everything else is read as tuples (`query.py`). pyarrow is not needed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import oracledb

from flext_db_oracle import compiled
from flext_db_oracle.errors import error_code
from flext_db_oracle.query import Parameters, columns_of, driver_params, require_query, years_explained
from flext_db_oracle.types import OracleType

_MAX_DIGITS = 38  # of an Arrow decimal
_MICROSECONDS = 6
_NO_DECIMAL = "DPY-4042"  # a number has more digits than its column declares, as an expression's can
_TEXT = frozenset({"VARCHAR2", "CHAR", "NVARCHAR2", "NCHAR"})


def is_exact(kind: OracleType | None) -> bool:
    """Whether a column is the same as Arrow data and as Python values.

    Not so bare NUMBER and FLOAT, which the driver would round to double, times with a zone, which it would drop, and
    nanoseconds. NUMBER(*,s) and INTEGER are described with a precision of 38, and may have more digits. LOBs and JSON
    come with their rows only as tuples.
    """
    if kind is None:
        return False
    if kind.name == "NUMBER":
        return kind.precision is not None and kind.precision < _MAX_DIGITS and 0 <= (kind.scale or 0) <= _MAX_DIGITS
    if kind.name == "TIMESTAMP":
        return kind.fraction_digits <= _MICROSECONDS
    return kind.name == "DATE" or kind.name in _TEXT


class Frame:
    """Rows of a query as Arrow columns. A slice is a view of the same columns."""

    __slots__ = ("_columns", "_rows")

    def __init__(self, columns: Any, rows: range) -> None:
        self._columns = columns
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, part: slice) -> Frame:
        rows = self._rows[part]
        if rows.step != 1:
            raise ValueError("rows of a frame are cut in one piece")
        return Frame(self._columns, rows)

    def lines(self, keys: tuple[bytes, ...], head: bytes, tail: bytes) -> bytes:
        """Each row as `head`, for each column its key and its value as JSON, and `tail`."""
        with years_explained():
            lines: bytes = self._columns.lines(keys, self._rows.start, self._rows.stop, head, tail)
        return lines


def fetch_frames(
    connection: oracledb.Connection, sql: str, params: Parameters = None, *, size: int
) -> Iterator[Frame] | None:
    """The rows of a query in frames of `size` rows, none empty; None if they have to be read as tuples.

    Like `open_query` it describes the query first, so that nothing is lost by asking.
    """
    if compiled.encode is None or not connection.thin:
        return None
    require_query(sql)
    with connection.cursor() as cursor:
        columns = columns_of(cursor, sql, params)
    if not columns or not all(is_exact(column.type) for column in columns):
        return None
    frames = _frames(connection, sql, params, size)
    try:
        first = next(frames, None)
    except NotImplementedError:  # the query has been described anew: a table has changed meanwhile
        return None
    except oracledb.DatabaseError as exc:
        if error_code(exc) != _NO_DECIMAL:
            raise
        return None
    return iter(()) if first is None else itertools.chain((first,), frames)


def _frames(connection: oracledb.Connection, sql: str, params: Parameters, size: int) -> Iterator[Frame]:
    assert compiled.encode is not None
    fetched = connection.fetch_df_batches(sql, driver_params(params), size=size, fetch_decimals=True)
    while True:
        with years_explained():
            data = next(fetched, None)
        if data is None:
            return
        columns = compiled.encode.Columns(data.column_arrays())
        del data
        if len(columns):
            yield Frame(columns, range(len(columns)))
        del columns  # else two batches are in memory, and the processor's cache, while the next one is fetched
