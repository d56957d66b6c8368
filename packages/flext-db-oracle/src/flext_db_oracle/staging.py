"""Staged loads: rows go into private tables of the user first, fast and in parallel, then into the target as one INSERT.

Direct path and parallel sessions commit by themselves, and direct path skips triggers and foreign keys; the target sees
neither, only one INSERT .. SELECT in one transaction. Columns whose values cross as text are VARCHAR2 in the staging
table and converted by that INSERT. Staging tables are dropped whatever happens; one that a killed process left behind
is called FLEXT_STG_something.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import oracledb

from flext_db_oracle import ddl
from flext_db_oracle.bulk import MAX_BATCH_ROWS, BulkResult, InsertStatement, Row, numbered_batches, too_many
from flext_db_oracle.errors import BulkError
from flext_db_oracle.identifiers import qualify, quote
from flext_db_oracle.metadata import OracleColumn, OracleTable
from flext_db_oracle.types import OracleType

_PREFIX = "FLEXT_STG_"
_TEXT = OracleType("VARCHAR2", length=100, char_used=True)
# What the driver's direct path encodes itself, and what was seen to arrive bit for bit.
_DIRECT = frozenset(
    {"NUMBER", "FLOAT", "BINARY_FLOAT", "BINARY_DOUBLE", "VARCHAR2", "CHAR", "DATE", "TIMESTAMP", "RAW"}
)
_NOT_STAGED = frozenset({"LONG", "LONG RAW", "XMLTYPE", "JSON"})


def why_not_staged(columns: Sequence[OracleColumn]) -> str | None:
    """The reason why rows of these columns cannot pass a staging table, None when they can."""
    for column in columns:
        if column.type is None or column.type.name in _NOT_STAGED:
            return f"column {column.name} has type {column.data_type}"
    return None


def why_not_direct(connection: oracledb.Connection, columns: Sequence[OracleColumn]) -> str | None:
    """The reason why these columns cannot be loaded by direct path, None when they can."""
    if not connection.thin:
        return "direct path needs the driver's thin mode"
    reason = why_not_staged(columns)
    if reason is not None:
        return reason
    return next(
        (f"column {c.name} has type {c.data_type}" for c in columns if _staged_type(c).name not in _DIRECT), None
    )


def load_staged(
    connections: Sequence[oracledb.Connection],
    target: OracleTable,
    statement: InsertStatement,
    rows: Iterable[Row],
    *,
    batch_size: int,
    direct: bool,
) -> BulkResult:
    """Load through staging tables with all the connections at once, insert into the target, and commit.

    All rows or none: a row that cannot be converted or that the target refuses raises, and nothing is left.
    """
    started = time.perf_counter()
    with _staging_tables(connections[0], statement.columns, len(connections) if direct else 1) as tables:
        batches = _Batches(numbered_batches(rows, max(1, min(batch_size, MAX_BATCH_ROWS))))
        loaders = [
            _Loader(connection, tables[index % len(tables)], statement, direct=direct)
            for index, connection in enumerate(connections)
        ]
        _run([loader.load for loader in loaders], batches)
        sent = sum(loader.rows for loader in loaders)
        inserted = _insert_into_target(connections[0], _insert_select(target, statement, tables))
        if inserted != sent:
            raise BulkError(f"{sent} rows were sent to the staging tables but {inserted} arrived: nothing was loaded")
        connections[0].commit()  # before the staging tables are dropped, which would commit as well
    method = "staged direct path" if direct else "staged array"
    return BulkResult(inserted, 0, batches.count, time.perf_counter() - started, method=method)


class _Batches:
    """Batches for several threads."""

    def __init__(self, batches: Iterator[tuple[int, list[Row]]]) -> None:
        self._batches, self._lock = batches, threading.Lock()
        self.count = 0
        self.stopped = threading.Event()

    def __iter__(self) -> Iterator[tuple[int, list[Row]]]:
        while not self.stopped.is_set():
            with self._lock:
                found = next(self._batches, None)
                self.count += found is not None
            if found is None:
                return
            yield found


class _Loader:
    """One connection and the staging table it fills."""

    def __init__(
        self, connection: oracledb.Connection, table: tuple[str, str], statement: InsertStatement, *, direct: bool
    ) -> None:
        self._connection, self._table, self._direct = connection, table, direct
        types = [_staged_type(column) for column in statement.columns]
        names = [column.name for column in statement.columns]
        binds = ", ".join(f":{number}" for number in range(1, len(names) + 1))
        self._names = names
        self._statement = InsertStatement(
            sql=f"INSERT INTO {qualify(*table)} ({', '.join(map(quote, names))}) VALUES ({binds})",
            input_types=tuple(staged.input_type() for staged in types),
            converters=statement.converters,
            columns=statement.columns,
        )
        self.rows = 0

    def load(self, batches: _Batches) -> None:
        for first_row, batch in batches:
            if self._direct:
                bound, _, rejects = self._statement.convert(batch, first_row)
            else:
                _, rejects = self._statement.execute(self._connection, batch, first_row=first_row)
            if rejects:
                raise too_many(list(rejects), 0)
            if self._direct:
                self._connection.direct_path_load(*self._table, self._names, bound)
            self.rows += len(batch)
        self._connection.commit()


def _run(loads: Sequence[Callable[[_Batches], None]], batches: _Batches) -> None:
    def run(load: Callable[[_Batches], None]) -> None:
        try:
            load(batches)
        except BaseException:
            batches.stopped.set()
            raise

    with ThreadPoolExecutor(len(loads), thread_name_prefix="staging") as executor:
        futures = [executor.submit(run, load) for load in loads]
    for future in futures:
        future.result()


@contextmanager
def _staging_tables(
    connection: oracledb.Connection, columns: Sequence[OracleColumn], count: int
) -> Iterator[list[tuple[str, str]]]:
    """Tables of the user's own schema, dropped at the end; what was not committed then is rolled back."""
    staged = tuple(OracleColumn(column.name, _staged_type(column)) for column in columns)
    tables: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT USER FROM dual")
        (user,) = cursor.fetchone()
        try:
            for _ in range(count):
                name = f"{_PREFIX}{secrets.token_hex(6).upper()}"
                cursor.execute(ddl.create_table(OracleTable(name, user, columns=staged)))
                tables.append((user, name))
            yield tables
        finally:
            with suppress(oracledb.Error):  # a lost session cannot drop them: their name says what they are
                connection.rollback()
                for table in tables:
                    cursor.execute(ddl.drop_table(*table))


def _insert_into_target(connection: oracledb.Connection, sql: str) -> int:
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql)
        except oracledb.DatabaseError as exc:
            exc.add_note("nothing was loaded; on_error='reject' without parallel_degree and direct_path names the row")
            raise
        return int(cursor.rowcount)


def _insert_select(target: OracleTable, statement: InsertStatement, tables: Sequence[tuple[str, str]]) -> str:
    names = [quote(column.name) for column in statement.columns]
    values = [
        column.type.bind_expression(name) if column.type is not None else name
        for column, name in zip(statement.columns, names, strict=True)
    ]
    selects = " UNION ALL ".join(f"SELECT {', '.join(values)} FROM {qualify(*table)}" for table in tables)
    return f"INSERT INTO {qualify(target.schema, target.name)} ({', '.join(names)}) {selects}"


def _staged_type(column: OracleColumn) -> OracleType:
    """The column's type, or text where its values cross as text."""
    assert column.type is not None  # make_insert refuses such columns
    return column.type if column.type.bind_expression("x") == "x" else _TEXT
