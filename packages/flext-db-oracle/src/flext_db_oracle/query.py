"""Queries: rows as a list for small results, in batches from an open cursor for large ones.

Values are exact: NUMBER is int or Decimal, TIMESTAMP WITH (LOCAL) TIME ZONE an aware datetime. The driver loses zones
and nanoseconds, so a query is described before it runs, and one with such columns runs as an inline view whose columns
SQL turns into text. Every query is executed once; describing a statement that the driver has not in its cache costs a
round trip. A value that Python's datetime cannot hold, because it has nanoseconds, stays ISO text; intervals of more
than six decimals are ISO-8601 durations.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import oracledb

from flext_db_oracle.errors import LossyValueError, NotAQueryError, error_code
from flext_db_oracle.identifiers import IdentifierError, quote
from flext_db_oracle.types import Carrier, OracleType
from flext_db_oracle.values import to_json_value

Parameters = Mapping[str, Any] | Sequence[Any] | None
Row = tuple[Any, ...]

_FIRST_WORD = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/|\()*([A-Za-z]+)", re.DOTALL)
_OUT_OF_RANGE = re.compile(r"year -?\d+ is out of range|year must be in|must be in 1\.\.9999")
_FINE_FRACTION = re.compile(r"(?P<head>.*\.\d{6})(?P<fine>\d{1,3})(?P<zone>Z|[+-]\d\d:\d\d)?\Z")
_FLOAT_SCALE = -127


@dataclass(frozen=True, slots=True)
class QueryColumn:
    """A result column as the server describes it. `type` is None outside the type contract."""

    name: str
    type: OracleType | None
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class QueryResult:
    """`columns` are names as Oracle gives them, `rows` tuples in the same order, `elapsed` seconds."""

    columns: tuple[str, ...]
    rows: list[Row]
    row_count: int
    elapsed: float

    def records(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def scalar(self) -> Any:
        """The first column of the only row."""
        if self.row_count != 1:
            raise ValueError(f"expected one row, got {self.row_count}")
        return self.rows[0][0]


class OpenQuery:
    """An executed query whose rows have not all been fetched. Read it once, by `batches` or `rows`."""

    def __init__(
        self,
        cursor: oracledb.Cursor,
        columns: tuple[QueryColumn, ...] | None = None,
        readers: Mapping[int, Callable[[str], Any]] | None = None,
    ) -> None:
        self._cursor = cursor
        self._readers = readers or {}
        self.columns = describe(cursor) if columns is None else columns

    def batches(self, size: int | None = None) -> Iterator[list[Row]]:
        """Lists of rows, one fetch round trip each, the last one shorter and none empty."""
        while rows := self._fetch(size or self._cursor.arraysize):
            yield rows
            del rows  # else two batches are in memory, and the processor's cache, while the next one is fetched

    def rows(self) -> Iterator[Row]:
        for batch in self.batches():
            yield from batch

    def _fetch(self, size: int) -> list[Row]:
        with years_explained():
            rows: list[Row] = self._cursor.fetchmany(size)
        for index, read in self._readers.items():
            rows = [row if row[index] is None else (*row[:index], read(row[index]), *row[index + 1 :]) for row in rows]
        return rows


@contextmanager
def years_explained() -> Iterator[None]:
    """The first rows are decoded while the statement executes, the others while they are fetched."""
    try:
        yield
    except ValueError as exc:
        if not _OUT_OF_RANGE.search(str(exc)):
            raise
        raise LossyValueError(
            f"a DATE or TIMESTAMP of the result does not fit Python's datetime ({exc}). "
            "Hint: read it as text, TO_CHAR(column, 'SYYYY-MM-DD HH24:MI:SS'), or with dates_as_text"
        ) from exc


def first_word(sql: str) -> str:
    """The statement's first keyword, after comments and parentheses, in upper case."""
    match = _FIRST_WORD.match(sql)
    return match.group(1).upper() if match else ""


def require_query(sql: str) -> None:
    """Refuse statements without rows before they run: DDL would have committed by the time we saw that it has none."""
    word = first_word(sql)
    if word not in {"SELECT", "WITH"}:
        raise NotAQueryError(
            f"{word or 'this'} is not a query. Hint: use execute for INSERT, UPDATE, DELETE, MERGE and PL/SQL, "
            "execute_ddl for DDL"
        )


@contextmanager
def open_query(
    connection: oracledb.Connection,
    sql: str,
    params: Parameters = None,
    *,
    arraysize: int = 1000,
    prefetchrows: int | None = None,
    describe_first: bool = True,
) -> Iterator[OpenQuery]:
    """Execute a query and close its cursor when the block ends.

    `describe_first=False` saves the round trip when no column can have a zone or nanoseconds.
    """
    require_query(sql)
    with connection.cursor() as cursor:
        cursor.arraysize = arraysize
        # The first rows come with the execute: small results take one round trip.
        cursor.prefetchrows = arraysize if prefetchrows is None else prefetchrows
        columns = columns_of(cursor, sql, params) if describe_first else ()
        if not any(map(_is_lossy, columns)):
            with years_explained():
                cursor.execute(sql, driver_params(params))
            columns = describe(cursor)  # the cached description is older than the last ALTER TABLE
        readers = {index: _reader(column) for index, column in enumerate(columns) if _is_lossy(column)}
        if readers:
            _execute_exactly(cursor, sql, params, columns)
        yield OpenQuery(cursor, columns, readers)


def columns_of(cursor: oracledb.Cursor, sql: str, params: Parameters) -> tuple[QueryColumn, ...]:
    """The columns of a query that has not run yet, from the statement cache or else from the server.

    Describing knows no binds, and `:moment - INTERVAL '1' DAY` is an error while the type of `:moment` is unknown. Then
    the query is run with its binds and a condition that lets Oracle read nothing; when it cannot be an inline view
    either, nothing is known, and executing it tells.
    """
    cursor.prepare(sql)
    if cursor.description is None:
        try:
            cursor.parse(sql)
        except oracledb.DatabaseError:
            if not params:
                raise
            try:
                cursor.execute(f"SELECT * FROM (\n{sql}\n) WHERE 1 = 0", driver_params(params))
            except oracledb.DatabaseError:
                return ()
    return describe(cursor)


_LOSSY = frozenset({Carrier.ZONED_TEXT, Carrier.TIMESTAMP_TEXT, Carrier.DAY_SECOND_TEXT})


def _is_lossy(column: QueryColumn) -> bool:
    return column.type is not None and column.type.carrier() in _LOSSY


def _reader(column: QueryColumn) -> Callable[[str], Any]:
    assert column.type is not None
    if column.type.carrier() is Carrier.DAY_SECOND_TEXT:
        return to_json_value(column.type) or str
    return _moment


def _moment(text: str) -> dt.datetime | str:
    """A datetime where it holds the value exactly; else, for nanoseconds, the ISO text itself."""
    match = _FINE_FRACTION.match(text)
    if match is not None:
        if match["fine"].strip("0"):
            return text
        text = match["head"] + (match["zone"] or "")
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError as exc:
        raise LossyValueError(
            f"{text} does not fit Python's datetime (year 1 to 9999). Hint: read it as text with TO_CHAR"
        ) from exc


def _execute_exactly(cursor: oracledb.Cursor, sql: str, params: Parameters, columns: tuple[QueryColumn, ...]) -> None:
    """Execute the query as an inline view, its zoned and nanosecond columns as text."""
    lossy = ", ".join(column.name for column in columns if _is_lossy(column))
    hint = f"Hint: give every column an alias of its own, or read {lossy} with TO_CHAR"
    try:
        wanted = [
            f"{column.type.select_expression(quote(column.name))} AS {quote(column.name)}"
            if column.type is not None and _is_lossy(column)
            else quote(column.name)
            for column in columns
        ]
        if len({column.name for column in columns}) < len(columns):
            raise LossyValueError(f"two columns have one name, and {lossy} cannot be read exactly. {hint}")
        cursor.execute(f"SELECT {', '.join(wanted)} FROM (\n{sql}\n)", driver_params(params))
    except IdentifierError as exc:
        raise LossyValueError(f"{lossy} cannot be read exactly: {exc}. {hint}") from exc
    except oracledb.DatabaseError as exc:
        if error_code(exc) not in _NO_INLINE_VIEW:
            raise
        raise LossyValueError(f"the query cannot be an inline view, and {lossy} not be read exactly. {hint}") from exc


_NO_INLINE_VIEW = frozenset({"ORA-00907", "ORA-00918", "ORA-02014", "ORA-00904", "ORA-02287"})


def run_query(
    connection: oracledb.Connection,
    sql: str,
    params: Parameters = None,
    *,
    arraysize: int = 1000,
    prefetchrows: int | None = None,
) -> QueryResult:
    """Execute a query and fetch all its rows: for results that fit in memory."""
    started = time.perf_counter()
    with open_query(connection, sql, params, arraysize=arraysize, prefetchrows=prefetchrows) as query:
        rows = list(query.rows())
    columns = tuple(column.name for column in query.columns)
    return QueryResult(columns, rows, len(rows), time.perf_counter() - started)


def describe_query(connection: oracledb.Connection, sql: str) -> tuple[QueryColumn, ...]:
    """The columns of a query, without executing it."""
    require_query(sql)
    with connection.cursor() as cursor:
        # LOBs to be fetched inline would be described as LONG, and so would those of a cached statement: hence a text of
        # its own, which is never executed.
        cursor.outputtypehandler = as_the_driver_does
        cursor.parse(f"{sql}\n")
        return describe(cursor, _NAMES | _LONG)


def as_the_driver_does(_: oracledb.Cursor, __: oracledb.FetchInfo) -> None:
    """Output type handler that overrides the connection's, which fetches LOBs inline."""


def driver_params(params: Parameters) -> Any:
    if params is None:
        return []
    return dict(params) if isinstance(params, Mapping) else list(params)


def describe(cursor: oracledb.Cursor, names: Mapping[oracledb.DbType, str] | None = None) -> tuple[QueryColumn, ...]:
    if cursor.description is None:
        raise NotAQueryError("the statement has no rows")
    return tuple(
        QueryColumn(info.name, _described_type(info, names or _NAMES), bool(info.null_ok))
        for info in cursor.description
    )


_NAMES: dict[oracledb.DbType, str] = {
    oracledb.DB_TYPE_VARCHAR: "VARCHAR2",
    oracledb.DB_TYPE_CHAR: "CHAR",
    oracledb.DB_TYPE_NVARCHAR: "NVARCHAR2",
    oracledb.DB_TYPE_NCHAR: "NCHAR",
    oracledb.DB_TYPE_NUMBER: "NUMBER",
    oracledb.DB_TYPE_BINARY_FLOAT: "BINARY_FLOAT",
    oracledb.DB_TYPE_BINARY_DOUBLE: "BINARY_DOUBLE",
    oracledb.DB_TYPE_CLOB: "CLOB",
    oracledb.DB_TYPE_NCLOB: "NCLOB",
    oracledb.DB_TYPE_BLOB: "BLOB",
    # A LOB that is fetched inline is described as LONG; a real LONG is rare, and read and kept in the same way.
    oracledb.DB_TYPE_LONG: "CLOB",
    oracledb.DB_TYPE_LONG_NVARCHAR: "NCLOB",
    oracledb.DB_TYPE_LONG_RAW: "BLOB",
    oracledb.DB_TYPE_RAW: "RAW",
    oracledb.DB_TYPE_DATE: "DATE",
    oracledb.DB_TYPE_TIMESTAMP: "TIMESTAMP",
    oracledb.DB_TYPE_TIMESTAMP_TZ: "TIMESTAMP WITH TIME ZONE",
    oracledb.DB_TYPE_TIMESTAMP_LTZ: "TIMESTAMP WITH LOCAL TIME ZONE",
    oracledb.DB_TYPE_INTERVAL_YM: "INTERVAL YEAR TO MONTH",
    oracledb.DB_TYPE_INTERVAL_DS: "INTERVAL DAY TO SECOND",
    oracledb.DB_TYPE_ROWID: "ROWID",
    oracledb.DB_TYPE_UROWID: "UROWID",
    oracledb.DB_TYPE_XMLTYPE: "XMLTYPE",
    oracledb.DB_TYPE_JSON: "JSON",
    oracledb.DB_TYPE_BOOLEAN: "BOOLEAN",
}


#: In a statement that was only parsed nothing is fetched inline.
_LONG: dict[oracledb.DbType, str] = {oracledb.DB_TYPE_LONG: "LONG", oracledb.DB_TYPE_LONG_RAW: "LONG RAW"}


def _described_type(info: oracledb.FetchInfo, names: Mapping[oracledb.DbType, str]) -> OracleType | None:
    name = names.get(info.type_code)
    if name is None:
        return None
    precision, scale = info.precision or None, info.scale
    if name == "NUMBER":
        if precision is None:
            return OracleType("NUMBER", scale=None if scale in {None, 0, _FLOAT_SCALE} else scale)
        if scale == _FLOAT_SCALE:
            return OracleType("FLOAT", precision=precision)
        return OracleType("NUMBER", precision=precision, scale=scale or 0)
    if name in {"VARCHAR2", "CHAR", "NVARCHAR2", "NCHAR"}:
        return OracleType(name, length=info.display_size or None, char_used=True)
    if name == "RAW":
        return OracleType(name, length=info.internal_size or None)
    if name.startswith("TIMESTAMP"):
        return OracleType(name, scale=scale)
    if name == "INTERVAL DAY TO SECOND":
        return OracleType(name, precision=precision, scale=scale)
    return OracleType(name, precision=precision if name.startswith("INTERVAL") else None)
