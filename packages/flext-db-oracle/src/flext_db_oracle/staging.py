"""Staged loads: rows go into private tables of the user first, fast and in parallel, then into the target as one INSERT.

Direct path and parallel sessions commit by themselves, and direct path skips triggers and foreign keys; the target sees
neither, only one INSERT .. SELECT in one transaction. Columns whose values cross as text are VARCHAR2 in the staging
table and converted by that INSERT. Where refused rows may be left out, staged rows carry their number: when Oracle
refuses that INSERT, one session reads them in order and inserts them by array binds, which tells which rows are at
fault, in the same transaction. Staging tables are dropped whatever happens; one that a killed process left behind is
called FLEXT_STG_something.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import oracledb

from flext_db_oracle import ddl
from flext_db_oracle.bulk import BulkReject, BulkResult, InsertStatement, Row, check_limit, numbered_batches
from flext_db_oracle.errors import BulkError, ErrorKind, explain
from flext_db_oracle.identifiers import qualify, quote
from flext_db_oracle.metadata import OracleColumn, OracleTable
from flext_db_oracle.query import open_query
from flext_db_oracle.types import OracleType

_PREFIX = "FLEXT_STG_"
_TEXT = OracleType("VARCHAR2", length=100, char_used=True)
_ROW_NUMBER = OracleColumn("FLEXT_STG_ROW", OracleType("NUMBER", precision=18, scale=0))
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
    direct: bool = False,
    reject_limit: int | None = 0,
) -> BulkResult:
    """Load through staging tables with all the connections at once, insert into the target, and commit.

    All rows or none, but for at most `reject_limit` refused ones (None: any number), which `direct` cannot tell. A
    failure leaves nothing.
    """
    started = time.perf_counter()
    numbered = reject_limit != 0
    columns = (*statement.columns, _ROW_NUMBER) if numbered else statement.columns
    with _staging_tables(connections[0], columns, len(connections) if direct else 1) as tables:
        work = _Work(target, statement, numbered_batches(rows, batch_size), reject_limit)
        loaders = [
            _Loader(connection, tables[index % len(tables)], work, direct=direct, numbered=numbered)
            for index, connection in enumerate(connections)
        ]
        _run([loader.load for loader in loaders], work)
        sent = sum(loader.rows for loader in loaders)
        inserted = _insert_into_target(connections[0], _insert_select(target, statement, tables), telling=not numbered)
        if inserted is None:
            inserted = _insert_one_by_one(connections[0], tables[0], work, batch_size)
        elif inserted != sent:
            raise BulkError(f"{sent} rows were sent to the staging tables but {inserted} arrived: nothing was loaded")
        connections[0].commit()  # before the staging tables are dropped, which would commit as well
    rejects = tuple(sorted(work.rejects, key=lambda reject: reject.row))
    method = "staged direct path" if direct else "staged array"
    return BulkResult(inserted, len(rejects), work.count, time.perf_counter() - started, rejects, method)


@dataclass(slots=True)
class _Work:
    """What the threads of one load share: the batches, and the rows that were refused."""

    target: OracleTable
    statement: InsertStatement
    batches: Iterator[tuple[int, list[Row]]]
    reject_limit: int | None
    count: int = 0
    rejects: list[BulkReject] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __iter__(self) -> Iterator[tuple[int, list[Row]]]:
        while not self.stopped.is_set():
            with self._lock:
                found = next(self.batches, None)
                self.count += found is not None
            if found is None:
                return
            yield found

    def refuse(self, rejects: Sequence[BulkReject]) -> None:
        with self._lock:
            self.rejects.extend(rejects)
            check_limit(self.rejects, self.reject_limit)


class _Loader:
    """One connection and the staging table it fills."""

    def __init__(
        self, connection: oracledb.Connection, table: tuple[str, str], work: _Work, *, direct: bool, numbered: bool
    ) -> None:
        self._connection, self._table, self._work, self._direct = connection, table, work, direct
        self._numbered = numbered
        columns = (*work.statement.columns, _ROW_NUMBER) if numbered else work.statement.columns
        self._names = [column.name for column in columns]
        binds = ", ".join(f":{number}" for number in range(1, len(columns) + 1))
        self._statement = InsertStatement(
            sql=f"INSERT INTO {qualify(*table)} ({', '.join(map(quote, self._names))}) VALUES ({binds})",
            input_types=tuple(_staged_type(column).input_type() for column in columns),
            converters=work.statement.converters,
            columns=columns,
        )
        self.rows = 0

    def load(self) -> None:
        try:
            self._load()
            self._connection.commit()
        except BaseException:
            with suppress(oracledb.Error):  # its locks would keep the staging table from being dropped
                self._connection.rollback()
            raise

    def _load(self) -> None:
        for first_row, batch in self._work:
            bound, positions, rejects = self._work.statement.convert(batch, first_row)
            self._refuse(rejects)
            if self._direct:
                self._connection.direct_path_load(*self._table, self._names, bound)
                self.rows += len(bound)
                continue
            if self._numbered:
                bound = [(*row, position) for row, position in zip(bound, positions, strict=True)]
            staged, refused = self._statement.insert(self._connection, bound, positions)
            self._refuse(refused)
            self.rows += staged

    def _refuse(self, rejects: Sequence[BulkReject]) -> None:
        """Messages that name the staging table name the target instead."""
        target = self._work.target
        staged, meant = f'"{self._table[0]}"."{self._table[1]}"', f'"{target.schema}"."{target.name}"'
        self._work.refuse([replace(reject, message=reject.message.replace(staged, meant)) for reject in rejects])


def _run(loads: Sequence[Callable[[], None]], work: _Work) -> None:
    def run(load: Callable[[], None]) -> None:
        try:
            load()
        except BaseException:
            work.stopped.set()
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


def _insert_into_target(connection: oracledb.Connection, sql: str, *, telling: bool) -> int | None:
    """The number of rows inserted; None, unless `telling`, when a row is at fault: then nothing was inserted."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql)
        except oracledb.DatabaseError as exc:
            if not telling and explain(exc).kind in _OF_A_ROW:
                return None
            exc.add_note("nothing was loaded; on_error='reject' without direct_path names the row")
            raise
        return int(cursor.rowcount)


# An error of a trigger (ORA-20000 and its like) has no kind of its own.
_OF_A_ROW = frozenset({ErrorKind.CONSTRAINT, ErrorKind.DATA, ErrorKind.FATAL})


def _insert_one_by_one(connection: oracledb.Connection, table: tuple[str, str], work: _Work, batch_size: int) -> int:
    """Insert the staged rows in their order by array binds, and leave out those that the target refuses."""
    number = quote(_ROW_NUMBER.name)
    names = ", ".join(quote(column.name) for column in work.statement.columns)
    inserted = 0
    sql = f"SELECT {names}, {number} FROM {qualify(*table)} ORDER BY {number}"
    with open_query(connection, sql, arraysize=batch_size) as opened:
        for rows in opened.batches():
            found, refused = work.statement.insert(connection, [row[:-1] for row in rows], [row[-1] for row in rows])
            inserted += found
            work.refuse(refused)
    return inserted


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
