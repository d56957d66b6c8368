"""Bulk insert: array binds through `executemany`, with the rows that Oracle refuses reported one by one.

Nothing here commits. A row is refused by us, when a value would be stored changed (`LossyValueError`), or by Oracle
(`batcherrors`); either way it becomes a `BulkReject` with its position in the input, and the other rows go on.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import oracledb

from flext_db_oracle.errors import BulkError, LossyValueError, ObjectNotFoundError, UnsupportedTypeError, one_line
from flext_db_oracle.identifiers import fold, qualify, quote
from flext_db_oracle.metadata import OracleColumn, OracleTable
from flext_db_oracle.types import OracleType
from flext_db_oracle.values import Converter, convert_rows, to_bind_value

Row = Sequence[Any]

MAX_BATCH_ROWS = 65_000
"""The server reports at most 65,535 refused rows per call (DPY-4029)."""

_SHOWN_REJECTS = 3
_NAMED_COLUMN = re.compile(r'"[^"]+"\."[^"]+"\."([^"]+)"')  # ORA-12899, ORA-01400: "SCHEMA"."TABLE"."COLUMN"


@dataclass(frozen=True, slots=True)
class BulkReject:
    """A refused row: its position in the input, counted from 0, and why. `column` is named where Oracle or we know it."""

    row: int
    code: str | None
    message: str
    column: str | None = None

    def __str__(self) -> str:
        return f"row {self.row}: {self.message}"


@dataclass(frozen=True, slots=True)
class BulkResult:
    """`method` is how the rows travelled: `array` binds, `single` rows, or through a staging table by `staged array`
    or `staged direct path`. `fallback` says why it is not the one that was asked for.
    """

    inserted: int
    rejected: int
    batches: int
    elapsed: float
    rejects: tuple[BulkReject, ...] = ()
    method: str = "array"
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class InsertStatement:
    """An INSERT for one table: its SQL, and per column what the driver needs and how a value is converted."""

    sql: str
    input_types: tuple[oracledb.DbType, ...]
    converters: tuple[Converter | None, ...]
    columns: tuple[OracleColumn, ...] = ()

    def execute(
        self, connection: oracledb.Connection, rows: Sequence[Row], *, first_row: int = 0, single: bool = False
    ) -> tuple[int, list[BulkReject]]:
        """Insert one batch of at most `MAX_BATCH_ROWS` rows: how many were inserted, and those that were refused."""
        if not rows:
            return 0, []
        bound, positions, rejects = self.convert(rows, first_row)
        inserted, refused = self.insert(connection, bound, positions, single=single)
        return inserted, sorted([*rejects, *refused], key=lambda reject: reject.row)

    def insert(
        self,
        connection: oracledb.Connection,
        bound: list[tuple[Any, ...]],
        positions: Sequence[int],
        *,
        single: bool = False,
    ) -> tuple[int, list[BulkReject]]:
        """`execute` for bind values, as `convert` gives them with the position of each row."""
        if not bound:
            return 0, []
        with connection.cursor() as cursor:
            cursor.setinputsizes(*self.input_types)
            if single:
                return self._execute_single(cursor, bound, positions)
            rejects: list[BulkReject] = []
            try:
                cursor.executemany(self.sql, bound, batcherrors=True)
            except UnicodeEncodeError:  # a lone surrogate, found while the driver encodes, before anything is sent
                bound, positions, rejects = _without_unencodable(bound, positions)
                if not bound:
                    return 0, rejects
                cursor.setinputsizes(*self.input_types)
                cursor.executemany(self.sql, bound, batcherrors=True)
            errors = cursor.getbatcherrors()
            rejects.extend(self._reject(positions[e.offset], bound[e.offset], e) for e in errors)
            return len(bound) - len(errors), rejects

    def _execute_single(
        self, cursor: oracledb.Cursor, bound: list[tuple[Any, ...]], positions: Sequence[int]
    ) -> tuple[int, list[BulkReject]]:
        inserted, rejects = 0, list[BulkReject]()
        for position, row in zip(positions, bound, strict=True):
            try:
                cursor.setinputsizes(*self.input_types)
                cursor.execute(self.sql, row)
                inserted += 1
            except (oracledb.DataError, oracledb.IntegrityError, oracledb.DatabaseError) as exc:
                if isinstance(exc, (oracledb.OperationalError, oracledb.InternalError)):
                    raise
                rejects.append(self._reject(position, row, exc.args[0]))
        return inserted, rejects

    def convert(
        self, rows: Sequence[Row], first_row: int
    ) -> tuple[list[tuple[Any, ...]], Sequence[int], list[BulkReject]]:
        """Bind values of a batch, the position of each of their rows, and the rows that cannot be converted."""
        try:
            return (
                convert_rows([tuple(row) for row in rows], self.converters),
                range(first_row, first_row + len(rows)),
                [],
            )
        except LossyValueError:
            pass  # some row is at fault: find out which
        bound: list[tuple[Any, ...]] = []
        positions: list[int] = []
        rejects: list[BulkReject] = []
        for position, row in enumerate(rows, first_row):
            try:
                bound.extend(convert_rows([tuple(row)], self.converters))
                positions.append(position)
            except LossyValueError as exc:
                column = self._lossy_column(row)
                rejects.append(BulkReject(position, None, f"{column}: {exc}" if column else str(exc), column))
        return bound, positions, rejects

    def _lossy_column(self, row: Row) -> str | None:
        for value, convert, column in zip(row, self.converters, self.columns, strict=False):
            try:
                if convert is not None and value is not None:
                    convert(value)
            except LossyValueError:
                return column.name
        return None

    def _reject(self, position: int, row: Sequence[Any], error: Any) -> BulkReject:
        message, code = one_line(error.message), error.full_code
        named = _NAMED_COLUMN.search(message)
        column = named.group(1) if named else self._too_large_column(row) if code == "ORA-01438" else None
        return BulkReject(position, code, message, column)

    def _too_large_column(self, row: Sequence[Any]) -> str | None:
        """The column of ORA-01438, whose message of 19c names none: the only number with too many digits."""
        found = [
            column.name
            for column, value in zip(self.columns, row, strict=False)
            if isinstance(value, (int, Decimal)) and column.type is not None and _too_large(value, column.type)
        ]
        return found[0] if len(found) == 1 else None


def _too_large(value: int | Decimal, oracle_type: OracleType) -> bool:
    if oracle_type.name != "NUMBER" or oracle_type.precision is None:
        return False
    whole = oracle_type.precision - (oracle_type.scale or 0)
    return bool(abs(Decimal(value)) >= Decimal(10).scaleb(whole - 1))


def _without_unencodable(
    rows: list[tuple[Any, ...]], positions: Sequence[int]
) -> tuple[list[tuple[Any, ...]], list[int], list[BulkReject]]:
    kept: list[tuple[Any, ...]] = []
    kept_positions: list[int] = []
    rejects: list[BulkReject] = []
    for position, row in zip(positions, rows, strict=True):
        try:
            for value in row:
                if isinstance(value, str):
                    value.encode()
        except UnicodeEncodeError:
            rejects.append(BulkReject(position, None, "a text is not valid Unicode: it has a lone surrogate"))
        else:
            kept.append(row)
            kept_positions.append(position)
    return kept, kept_positions, rejects


def make_insert(
    schema: str | None,
    table: str,
    columns: Sequence[OracleColumn],
    *,
    property_schemas: Mapping[str, Mapping[str, Any]] | None = None,
    naive_zone: str | None = None,
) -> InsertStatement:
    """`INSERT INTO "HR"."T" ("A", "B") VALUES (:1, TO_TIMESTAMP_TZ(:2, '...'))` for rows in the order of `columns`.

    Names are exact. `property_schemas` (by column name) tells which text columns hold JSON documents.
    """
    types: list[OracleType] = []
    for column in columns:
        if column.type is None:
            raise UnsupportedTypeError(f"column {column.name} has type {column.data_type}, which cannot be loaded")
        if not column.writable:
            raise UnsupportedTypeError(f"column {column.name} is generated by the database: leave it out of the load")
        types.append(column.type)
    names = ", ".join(quote(column.name) for column in columns)
    binds = ", ".join(oracle_type.bind_expression(f":{index}") for index, oracle_type in enumerate(types, 1))
    schemas = property_schemas or {}
    converters = tuple(
        to_bind_value(oracle_type, schemas.get(column.name), naive_zone=naive_zone)
        for column, oracle_type in zip(columns, types, strict=True)
    )
    return InsertStatement(
        sql=f"INSERT INTO {qualify(schema, table)} ({names}) VALUES ({binds})",
        input_types=tuple(oracle_type.input_type() for oracle_type in types),
        converters=converters,
        columns=tuple(columns),
    )


def load(
    connection: oracledb.Connection,
    statement: InsertStatement,
    rows: Iterable[Row],
    *,
    batch_size: int = 10_000,
    single: bool = False,
    reject_limit: int | None = 0,
) -> BulkResult:
    """Insert any number of rows in batches. The caller commits.

    Raises `BulkError` as soon as more than `reject_limit` rows were refused (None: any number is accepted).
    """
    started = time.perf_counter()
    inserted = batches = 0
    rejects: list[BulkReject] = []
    for first_row, batch in numbered_batches(rows, batch_size):
        found, refused = statement.execute(connection, batch, first_row=first_row, single=single)
        inserted += found
        batches += 1
        rejects.extend(refused)
        check_limit(rejects, reject_limit)
    return BulkResult(
        inserted=inserted,
        rejected=len(rejects),
        batches=batches,
        elapsed=time.perf_counter() - started,
        rejects=tuple(rejects),
        method="single" if single else "array",
    )


def numbered_batches(rows: Iterable[Row], size: int) -> Iterator[tuple[int, list[Row]]]:
    """Batches of at most `MAX_BATCH_ROWS` rows, with the position of their first row."""
    iterator = iter(rows)
    size = max(1, min(size, MAX_BATCH_ROWS))
    first_row = 0
    while batch := list(itertools.islice(iterator, size)):
        yield first_row, batch
        first_row += len(batch)


def check_limit(rejects: Sequence[BulkReject], limit: int | None) -> None:
    """Raise the error of a load that met more refused rows than allowed (None: any number); it names the first ones."""
    if limit is None or len(rejects) <= limit:
        return
    shown = "; ".join(str(reject) for reject in rejects[:_SHOWN_REJECTS])
    more = f"; and {len(rejects) - _SHOWN_REJECTS} more" if len(rejects) > _SHOWN_REJECTS else ""
    allowed = "" if limit == 0 else f", more than the {limit} allowed"
    raise BulkError(f"{len(rejects)} rows were refused{allowed}: {shown}{more}", tuple(rejects))


def match_columns(table: OracleTable, names: Sequence[str]) -> list[OracleColumn]:
    """The table's columns for exact or Singer names; `ObjectNotFoundError` names the unknown ones."""
    by_name = {column.name: column for column in table.columns}
    found = [by_name.get(name) or by_name.get(fold(name)) for name in names]
    missing = [name for name, column in zip(names, found, strict=True) if column is None]
    if missing:
        raise ObjectNotFoundError(
            f"table {table.schema}.{table.name} has no column {', '.join(missing)}. Hint: it has {', '.join(by_name)}"
        )
    columns = [column for column in found if column is not None]
    if len({column.name for column in columns}) < len(columns):
        raise ValueError(f"the same column is named twice: {', '.join(names)}")
    return columns


def rows_from_records(records: Iterable[Mapping[str, Any]], names: Sequence[str]) -> Iterator[list[Any]]:
    """Records as rows. A key that a record lacks is NULL; a key that is no column is an error, not a dropped value."""
    known = set(names)
    for position, record in enumerate(records):
        if not known.issuperset(record):
            unknown = ", ".join(sorted(str(key) for key in set(record) - known))
            raise ValueError(f"record {position} has keys that are not among the columns to load: {unknown}")
        yield [record.get(name) for name in names]
