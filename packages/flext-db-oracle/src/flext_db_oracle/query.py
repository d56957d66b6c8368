"""Queries: rows as a list for small results, in batches from an open cursor for large ones."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import oracledb

from flext_db_oracle.errors import LossyValueError, NotAQueryError
from flext_db_oracle.types import OracleType

Parameters = Mapping[str, Any] | Sequence[Any] | None
Row = tuple[Any, ...]

_FIRST_WORD = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/|\()*([A-Za-z]+)", re.DOTALL)
_OUT_OF_RANGE = re.compile(r"year -?\d+ is out of range|year must be in|must be in 1\.\.9999")
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

    def __init__(self, cursor: oracledb.Cursor) -> None:
        self._cursor = cursor
        self.columns = describe(cursor)

    def batches(self, size: int | None = None) -> Iterator[list[Row]]:
        """Lists of rows, one fetch round trip each, the last one shorter and none empty."""
        while rows := self._fetch(size or self._cursor.arraysize):
            yield rows

    def rows(self) -> Iterator[Row]:
        for batch in self.batches():
            yield from batch

    def _fetch(self, size: int) -> list[Row]:
        with _years_explained():
            rows: list[Row] = self._cursor.fetchmany(size)
            return rows


@contextmanager
def _years_explained() -> Iterator[None]:
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
    connection: oracledb.Connection, sql: str, params: Parameters = None, *, arraysize: int = 1000
) -> Iterator[OpenQuery]:
    """Execute a query and close its cursor when the block ends."""
    require_query(sql)
    with connection.cursor() as cursor:
        cursor.arraysize = arraysize
        cursor.prefetchrows = arraysize  # the first rows come with the execute: small results take one round trip
        with _years_explained():
            cursor.execute(sql, driver_params(params))
        yield OpenQuery(cursor)


def run_query(
    connection: oracledb.Connection, sql: str, params: Parameters = None, *, arraysize: int = 1000
) -> QueryResult:
    """Execute a query and fetch all its rows: for results that fit in memory."""
    started = time.perf_counter()
    with open_query(connection, sql, params, arraysize=arraysize) as query:
        rows = list(query.rows())
    columns = tuple(column.name for column in query.columns)
    return QueryResult(columns, rows, len(rows), time.perf_counter() - started)


def describe_query(connection: oracledb.Connection, sql: str) -> tuple[QueryColumn, ...]:
    """The columns of a query, without executing it."""
    require_query(sql)
    with connection.cursor() as cursor:
        cursor.parse(sql)
        return describe(cursor)


def driver_params(params: Parameters) -> Any:
    if params is None:
        return []
    return dict(params) if isinstance(params, Mapping) else list(params)


def describe(cursor: oracledb.Cursor) -> tuple[QueryColumn, ...]:
    if cursor.description is None:
        raise NotAQueryError("the statement has no rows")
    return tuple(QueryColumn(info.name, _described_type(info), bool(info.null_ok)) for info in cursor.description)


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
    oracledb.DB_TYPE_LONG: "LONG",
    oracledb.DB_TYPE_LONG_RAW: "LONG RAW",
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


def _described_type(info: oracledb.FetchInfo) -> OracleType | None:
    name = _NAMES.get(info.type_code)
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
