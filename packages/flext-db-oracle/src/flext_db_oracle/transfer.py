"""Copy a table, or a query, from one Oracle database to another: in ranges, in parallel, resumable, exactly once.

Each range is one transaction of the target: its rows and the note that it is done are committed together, in the table
FLEXT_COPY_STATE of the target's user. A copy that is run again under the same name goes on with the ranges that are not
done, at the same SCN; one that has finished starts anew. Values cross in the form of the type contract, so nothing is
rounded or moved to another time zone; a row that the target refuses ends the copy.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from flext_db_oracle import ddl, partitions
from flext_db_oracle.api import FlextDbOracleApi
from flext_db_oracle.bulk import InsertStatement, make_insert, match_columns
from flext_db_oracle.errors import BulkError, UnsupportedTypeError
from flext_db_oracle.identifiers import fold, quote
from flext_db_oracle.metadata import OracleColumn, OracleTable
from flext_db_oracle.partitions import TablePartition
from flext_db_oracle.session import Session
from flext_db_oracle.types import Carrier, OracleType
from flext_db_oracle.values import Converter, convert_rows, to_json_value

STATE_TABLE = "FLEXT_COPY_STATE"
_CREATE_STATE = f"""
CREATE TABLE {STATE_TABLE} (
    copy_name VARCHAR2(128) NOT NULL, part NUMBER(9) NOT NULL, definition VARCHAR2(4000) NOT NULL,
    rows_copied NUMBER(18), done_at TIMESTAMP(6),
    CONSTRAINT {STATE_TABLE}_PK PRIMARY KEY (copy_name, part))"""
_ROWS_PER_PART = 200_000
_RANGES_PER_WORKER = 4

Progress = Callable[["CopyProgress"], None]


@dataclass(frozen=True, slots=True)
class CopyProgress:
    """`expected` is the source's row estimate, None when there is none."""

    rows: int
    parts_done: int
    parts: int
    expected: int | None


@dataclass(frozen=True, slots=True)
class CopyResult:
    """`rows` were copied by this run, `resumed_rows` by earlier runs of the same copy. `fallback` says why not as Arrow."""

    rows: int
    resumed_rows: int
    parts: int
    elapsed: float
    scn: int | None
    created: bool
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    """What is read: a table, or SQL text as one range."""

    columns: tuple[OracleColumn, ...]
    table: OracleTable | None = None
    sql: str | None = None

    @property
    def expressions(self) -> list[str]:
        return [
            f"{_type(column).select_expression(quote(column.name))} AS {quote(column.name)}" for column in self.columns
        ]

    @property
    def converters(self) -> list[Converter | None]:
        return [_reader(_type(column)) for column in self.columns]

    def read(self, part: TablePartition) -> tuple[str, dict[str, Any]]:
        if self.sql is not None:
            return f"SELECT {', '.join(self.expressions)} FROM (\n{self.sql}\n)", {}
        return part.query(self.expressions)


def copy(
    source: FlextDbOracleApi,
    target: FlextDbOracleApi,
    *,
    table: tuple[str | None, str] | None = None,
    query: str | None = None,
    into: tuple[str | None, str],
    columns: Sequence[str] | None = None,
    parallel: int = 1,
    ranges: int | None = None,
    by: str | None = None,
    snapshot: bool = True,
    create: bool = True,
    truncate: bool = False,
    arrow: bool = False,
    batch_size: int = 5_000,
    name: str | None = None,
    restart: bool = False,
    on_progress: Progress | None = None,
) -> CopyResult:
    """Copy `table` (schema, name), or the rows of `query`, `into` a table (schema, name) of the target.

    The target table is created like the source when there is none. `truncate` empties it first, unless a copy of this
    `name` is being resumed; `restart`, which needs `truncate`, forgets that copy and starts anew. `snapshot` reads all
    ranges as of one SCN. `arrow` passes the driver's Arrow data on without Python values, where source and target
    columns have the same simple types. Raises the driver's errors and `BulkError`.
    """
    started = time.perf_counter()
    if (table is None) == (query is None):
        raise ValueError("give either a table or a query to copy")
    if restart and not truncate:
        raise ValueError("restart needs truncate: the rows of the ranges that are done would be copied twice")
    for api, role in ((source, "source"), (target, "target")):
        if not 1 <= parallel <= api.config.pool_max:
            raise ValueError(f"parallel must be 1 to pool_max of the {role} ({api.config.pool_max}), not {parallel}")
    with source.session() as reading, target.session() as writing:
        found = _find_source(reading, table, query, columns)
        goal, created = _find_target(writing, found, into, create=create)
        key = name or _default_name(source, goal, table, query)
        copying = _Copy(source, target, found, goal, key, batch_size, on_progress)
        copying.use_arrow(reading, wanted=arrow)
        if restart:
            _forget(writing, key)
        copying.prepare(reading, writing, ranges or _ranges(found, parallel), by, snapshot=snapshot, truncate=truncate)
    copying.run(parallel)
    with target.session() as writing:
        _forget(writing, key)
    elapsed = time.perf_counter() - started
    scn = copying.parts[0].scn
    return CopyResult(copying.rows, copying.resumed, len(copying.parts), elapsed, scn, created, copying.fallback)


def _forget(session: Session, name: str) -> None:
    """Delete what is noted of a copy, if the table of notes is there."""
    if session.table_exists(None, STATE_TABLE):
        session.execute(f"DELETE FROM {STATE_TABLE} WHERE copy_name = :name", {"name": name})
        session.commit()


class _Copy:
    """One run: the ranges, which of them are open, and what was copied."""

    def __init__(
        self,
        source: FlextDbOracleApi,
        target: FlextDbOracleApi,
        found: _Source,
        goal: OracleTable,
        name: str,
        batch_size: int,
        on_progress: Progress | None,
    ) -> None:
        self._source, self._target, self._found = source, target, found
        self._name, self._batch_size, self._on_progress = name, batch_size, on_progress
        self._goal = goal
        wanted = match_columns(goal, [column.name for column in found.columns])
        self._statement: InsertStatement = make_insert(goal.schema, goal.name, wanted)
        self._lock = threading.Lock()
        self.parts: list[TablePartition] = []
        self._open: list[TablePartition] = []
        self._arrow = False
        self.fallback: str | None = None
        self.rows = self.resumed = 0

    def use_arrow(self, reading: Session, *, wanted: bool) -> None:
        """Pass Arrow data on if that is exact for every column; else say why not."""
        if not wanted:
            return
        pairs = zip(self._found.columns, self._statement.columns, strict=True)
        odd = next((ours for ours, theirs in pairs if not _is_simple(ours, theirs)), None)
        if odd is not None:
            self.fallback = f"no Arrow: column {odd.name} of type {odd.data_type} crosses exactly as Python values only"
        elif not reading.connection.thin:
            self.fallback = "no Arrow: it needs the driver's thin mode"
        self._arrow = self.fallback is None

    def prepare(
        self, reading: Session, writing: Session, ranges: int, by: str | None, *, snapshot: bool, truncate: bool
    ) -> None:
        """Take the ranges of an unfinished run, or cut the source and note the ranges."""
        if not writing.table_exists(None, STATE_TABLE):
            writing.execute_ddl(_CREATE_STATE)
        held = writing.query(
            f"SELECT definition, rows_copied FROM {STATE_TABLE} WHERE copy_name = :name ORDER BY part",
            {"name": self._name},
        ).rows
        if held:
            self.parts = [TablePartition.from_dict(json.loads(definition)) for definition, _ in held]
            self._open = [part for part, (_, rows) in zip(self.parts, held, strict=True) if rows is None]
            self.resumed = sum(rows or 0 for _, rows in held)
            return
        if truncate:
            writing.execute_ddl(ddl.truncate_table(self._goal.schema, self._goal.name))
        if self._found.table is None:
            self.parts = [TablePartition("", self._name, 0, 1)]
        else:
            scn = partitions.current_scn(reading.connection) if snapshot else None
            self.parts = partitions.cut(reading.connection, self._found.table, ranges, by=by, scn=scn)
        self._open = list(self.parts)
        writing.execute_many(
            f"INSERT INTO {STATE_TABLE} (copy_name, part, definition) VALUES (:1, :2, :3)",
            [(self._name, part.number, json.dumps(part.to_dict())) for part in self.parts],
        )
        writing.commit()

    def run(self, parallel: int) -> None:
        """Copy the open ranges; the first error stops the other workers after their range and is raised."""
        stop = threading.Event()
        waiting = iter(self._open)

        def work() -> None:
            while not stop.is_set():
                with self._lock:
                    part = next(waiting, None)
                if part is None:
                    return
                try:
                    self._copy_part(part)
                except BaseException:
                    stop.set()
                    raise

        with ThreadPoolExecutor(parallel, thread_name_prefix="copy") as executor:
            for future in [executor.submit(work) for _ in range(parallel)]:
                future.result()

    def _copy_part(self, part: TablePartition) -> None:
        with self._target.session() as writing, self._source.session() as reading:
            copied = 0
            for rows in (self._pass_arrow if self._arrow else self._pass_rows)(part, reading, writing):
                copied += rows
                self._report(rows)
            writing.execute(
                f"UPDATE {STATE_TABLE} SET rows_copied = :copied, done_at = SYSTIMESTAMP "
                "WHERE copy_name = :name AND part = :part",
                {"copied": copied, "name": self._name, "part": part.number},
            )
            writing.commit()
        with self._lock:
            self._open = [other for other in self._open if other.number != part.number]
        self._report(0)

    def _pass_rows(self, part: TablePartition, reading: Session, writing: Session) -> Iterator[int]:
        """Batches of Python values; the number of rows of each."""
        sql, binds = self._found.read(part)
        copied = 0
        with reading.open_query(sql, binds, arraysize=self._batch_size) as opened:
            for batch in opened.batches():
                rows = convert_rows(batch, self._found.converters)
                inserted, rejects = self._statement.execute(writing.connection, rows, first_row=copied)
                if rejects:
                    raise BulkError(f"range {part.number}, {rejects[0]}", tuple(rejects))
                copied += inserted
                yield inserted

    def _pass_arrow(self, part: TablePartition, reading: Session, writing: Session) -> Iterator[int]:
        """Batches of the driver's Arrow data; the number of rows of each."""
        sql, binds = self._found.read(part)
        frames = reading.connection.fetch_df_batches(sql, binds, size=self._batch_size, fetch_decimals=True)
        with writing.connection.cursor() as cursor:
            for frame in frames:
                if frame.num_rows():
                    cursor.executemany(self._statement.sql, frame)
                    yield frame.num_rows()

    def _report(self, rows: int) -> None:
        with self._lock:
            self.rows += rows
            if self._on_progress is not None:
                done = len(self.parts) - len(self._open)
                expected = None if self._found.table is None else self._found.table.num_rows
                self._on_progress(CopyProgress(self.resumed + self.rows, done, len(self.parts), expected))


# ---------------------------------------------------------------------------------------------- finding


def _find_source(
    session: Session, table: tuple[str | None, str] | None, query: str | None, columns: Sequence[str] | None
) -> _Source:
    if query is not None:
        described = session.describe_query(query)
        return _Source(tuple(OracleColumn(c.name, c.type, nullable=c.nullable) for c in described), sql=query)
    assert table is not None
    found = session.get_table(*table)
    wanted = match_columns(found, columns) if columns else [c for c in found.columns if not c.invisible]
    return _Source(tuple(wanted), table=found)


def _find_target(
    session: Session, source: _Source, into: tuple[str | None, str], *, create: bool
) -> tuple[OracleTable, bool]:
    found = session.find_table(*into)
    if found is not None:
        return found, False
    if not create:
        return session.get_table(*into), False  # raises, and says what is missing
    schema, name = into
    columns = tuple(
        replace(column, identity=None, virtual=False, default=None, position=position)
        for position, column in enumerate(source.columns, 1)
    )
    names = {column.name for column in columns}
    key = source.table.primary_key if source.table is not None and names.issuperset(source.table.primary_key) else ()
    owner = session.current_schema() if schema is None else fold(schema)
    new = OracleTable(name=fold(name), schema=owner, columns=columns, primary_key=key)
    session.execute_ddl(ddl.create_table(new))
    return session.get_table(owner, new.name), True


def _default_name(
    source: FlextDbOracleApi, goal: OracleTable, table: tuple[str | None, str] | None, query: str | None
) -> str:
    """A name that the same copy gets again: where from, what, and where to."""
    text = repr((source.config.address, source.config.username, table, query, goal.schema, goal.name))
    return f"{goal.name[:100]}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _ranges(source: _Source, parallel: int) -> int:
    if source.table is None:
        return 1
    by_size = -(-(source.table.num_rows or 0) // _ROWS_PER_PART)
    return max(1, by_size, parallel * _RANGES_PER_WORKER if parallel > 1 else 1)


_SIMPLE = frozenset({"VARCHAR2", "CHAR", "DATE", "TIMESTAMP", "BINARY_DOUBLE", "RAW"})


def _is_simple(ours: OracleColumn, theirs: OracleColumn) -> bool:
    """Whether the driver's Arrow data holds every value of a column, and takes it to an equal one."""
    if ours.type is None or theirs.type is None or ours.type.name != theirs.type.name:
        return False
    if ours.type.name == "NUMBER":
        precision, scale = ours.type.precision, ours.type.scale or 0
        return ours.type == theirs.type and precision is not None and 0 <= scale <= precision
    if ours.type.carrier() is Carrier.TIMESTAMP_TEXT:
        return False
    return ours.type.name in _SIMPLE and ours.type.fraction_digits == theirs.type.fraction_digits


def _type(column: OracleColumn) -> OracleType:
    if column.type is None:
        raise UnsupportedTypeError(
            f"column {column.name} has type {column.data_type}, which cannot be copied. Hint: name the columns to copy"
        )
    return column.type


def _reader(oracle_type: OracleType) -> Converter | None:
    """What the target's binder takes: most values as the driver gives them, these two in their JSON form."""
    return to_json_value(oracle_type) if oracle_type.carrier() in {Carrier.DAY_SECOND_TEXT, Carrier.JSON_TEXT} else None
