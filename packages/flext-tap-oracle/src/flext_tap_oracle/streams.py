"""Streams: one table, view or query, read whole or from a replication key's bookmark on, in flat memory.

Theory: `get_records` is the SDK's hook for both of its users. Where nothing stands between a row and its RECORD message
(no stream map, no flattening, no record limit) it writes whole batches of lines itself, keeps counter, bookmark and
STATE as the SDK would, and yields nothing. Otherwise it yields one dict per row and the SDK does the rest.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

import oracledb
from flext_db_oracle import LossyValueError, OracleTable
from flext_db_oracle.errors import explain
from flext_db_oracle.partitions import has_rowids
from singer_sdk import Stream, metrics
from singer_sdk.exceptions import AbortedSyncFailedException, AbortedSyncPausedException
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import SameRecordTransform
from singer_sdk.singerlib import ActivateVersionMessage
from singer_sdk.streams._state import StreamStateManager
from typing_extensions import override

from . import batches, files, ranges
from .catalog import CatalogStream
from .columns import OutputColumn
from .errors import TapError
from .progress import Progress
from .query import Query, bind_names
from .ranges import FULL_LOAD, FullLoad
from .reader import Batch, Reader, Row, fetch_size
from .snapshot import snapshot_problem
from .writer import LineWriter, RecordEncoder

if TYPE_CHECKING:
    from singer_sdk.helpers._batch import BaseBatchFileEncoding, BatchConfig

    from .tap import TapOracle


class _StateManager(StreamStateManager):
    """The SDK's, except that the bookmark is the stream's own business: it must not pass the upper fence."""

    stream: OracleTableStream

    @override
    def increment_state(self, latest_record: Any, *, context: Any = None, replication_key: str) -> None:
        self.stream.advance_to_current_row()


class OracleTableStream(CatalogStream):
    """A table, view, materialized view or query, read whole."""

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # values come converted
    is_sorted = False
    has_bookmark = False

    def __init__(self, tap: TapOracle, oracle_table: OracleTable, name: str, **more: Any) -> None:
        super().__init__(tap, oracle_table, name, **more)
        self._current: Row | None = None
        self._sent = 0
        self._counter: metrics.Counter | None = None
        self._manager: _StateManager | None = None
        self.use_snapshot = self.options.consistent_snapshot or "scn" in bind_names(self.source.sql)

    # -------------------------------------------------------------------------------------------- queries

    def _as_of(self, query: Query) -> Query:
        return query.as_of(self.tap.snapshot_scn) if self.use_snapshot else query

    @property
    def guarantee(self) -> str:
        """What a run of this stream promises, in words."""
        if self.use_snapshot and self.source.snapshot:
            return "complete as of the run's SCN"
        if self.planned_ranges() > 1:
            return "complete, each range as of the time it is read"
        return "complete as of the start of its query"

    def planned_ranges(self) -> int:
        """In how many ranges a full load will be read."""
        table = self.oracle_table
        wanted = ranges.wanted_ranges(
            table, table.num_rows, partition_rows=self.options.partition_rows, given=self.stream_options.partitions
        )
        by_rowid = self.source.snapshot and has_rowids(table)
        return wanted if by_rowid or self._range_column() is not None else 1

    def _range_column(self) -> OutputColumn | None:
        """The key column that views and index-organized tables are cut by."""
        first = next(iter(self.primary_keys), None)
        column = next((c for c in self.columns if c.name == first), None)
        return column if column is not None and ranges.can_cut(column) else None

    # -------------------------------------------------------------------------------------------- reading

    @property
    @override
    def state_manager(self) -> StreamStateManager:
        if self._manager is None:
            self._manager = _StateManager(
                tap_name=self.tap_name,
                stream_name=self.name,
                tap_state=self._tap_state,
                state_partitioning_keys=self.state_partitioning_keys,
                is_sorted=self.is_sorted,
                check_sorted=self.check_sorted,
            )
            self._manager.stream = self
        return self._manager

    @override
    def get_replication_key_signpost(self, context: Any = None) -> None:
        """None: the upper fence is the database's clock, not this machine's."""

    @override
    def compare_start_date(self, value: str, start_date_value: str) -> str:
        """The bookmark: rows between it and a later start_date would never be read again."""
        return value

    @property
    @override
    def emit_activate_version_messages(self) -> bool:
        """False: the SDK would activate the version before its records, and an interrupted load would empty tables."""
        return False

    @override
    def get_record_counter(self, **options: Any) -> metrics.Counter:
        self._counter = super().get_record_counter(**options)
        return self._counter

    @override
    def log(self, message: str, *args: Any, level: int = logging.INFO, **kwargs: Any) -> None:
        """The SDK's, which calls it an unhandled error when a record limit (`--test`) is reached."""
        if isinstance(sys.exc_info()[1], AbortedSyncFailedException | AbortedSyncPausedException):
            message, args, level = "%s: stopped at its limit of records", (self.name,), logging.INFO
        super().log(message, *args, level=level, **kwargs)

    @property
    def _reader_options(self) -> dict[str, Any]:
        api = self.tap.oracle_api
        return {
            "api": api,
            "stream": self.name,
            "logger": self.logger,
            "size": fetch_size(self.oracle_table, self.selected_columns, api.config.arraysize),
            "retries": self.options.retries,
        }

    @cached_property
    def reader(self) -> Reader:
        return Reader(**self._reader_options)

    @cached_property
    def encoder(self) -> RecordEncoder:
        columns = self.selected_columns
        large = [index for index, column in enumerate(columns) if column.large_sql]
        return RecordEncoder([c.name for c in columns], [c.converter(self.options) for c in columns], large)

    @cached_property
    def digest_encoder(self) -> RecordEncoder:
        """What digests of rows are made with: for rows of Arrow tables, one that converts nothing."""
        return self.encoder

    @cached_property
    def progress(self) -> Progress:
        return Progress(
            self.logger,
            expected=None if self.stream_options.filter else self.oracle_table.num_rows,
            interval=self.options.progress_interval,
            limit=self.options.max_rows_per_second,
        )

    @override
    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:
        """Read the rows.

        Raises:
            TapError: naming the table, with the ORA code and a hint. No STATE is written after it.
        """
        self.logger.info("%s: %s", self.name, self.guarantee)
        self.progress.start()
        bulk = self.writes_lines
        self.reader.floats = bulk and not self.has_bookmark and not self.options.use_singer_decimal
        self.reader.frames = self.reader.floats and not self.encoder.converts
        with self._explained():
            for rows in self.guarded():
                if bulk:
                    self._write_all(rows)
                else:
                    for row, record in zip(rows, self._records(rows), strict=True):
                        self._current = row
                        yield record
                del rows
        self._finish()
        self._say_done()

    def _say_done(self) -> None:
        text = self.progress.text()
        self.logger.info("%s: done, %s, longest statement %.1f s", self.name, text, self.reader.longest)

    def guarded(self) -> Iterator[Batch]:
        """Batches of rows; errors of the database as `TapError`, and a snapshot that fails replaced if that is allowed."""
        try:
            yield from self._measured(self._rows())
        except oracledb.Error as error:
            problem = snapshot_problem(error, self.where, self.tap.oracle_api.config.username)
            if not (self.use_snapshot and self.source.snapshot and problem):
                raise self._failure(error) from error
            if not self.options.snapshot_fallback:
                raise self._failure(error, f"{problem}, or set snapshot_fallback") from error
            told = explain(error, self.tap.oracle_api.config.secrets).message
            self.logger.warning("%s: %s; %s. It is read from the start, without the snapshot", self.name, told, problem)
            self.use_snapshot = False
            self.stream_state.pop(FULL_LOAD, None)
            try:
                yield from self._measured(self._rows())
            except oracledb.Error as again:
                raise self._failure(again) from again

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors of a row that is being written as `TapError`: a value without a JSON form, a LOB that cannot be read."""
        try:
            yield
        except (LossyValueError, oracledb.Error) as error:
            raise self._failure(error) from error

    def _failure(self, error: oracledb.Error, hint: str | None = None) -> TapError:
        told = explain(error, self.tap.oracle_api.config.secrets)
        hint = hint or told.hint
        return TapError(f"stream {self.name} ({self.where}): {told.message}{f'. Next: {hint}' if hint else ''}")

    def _measured(self, batches_: Iterable[Batch]) -> Iterator[Batch]:
        for rows in batches_:
            count = len(rows)
            yield self._within_limit(rows)
            del rows
            self.progress.add(count)

    def _within_limit(self, rows: Batch) -> Batch:
        """The rows without the column that says a LOB was too long, after acting on it."""
        if not isinstance(rows, list) or not rows or len(rows[0]) == len(self.selected_columns):
            return rows
        too_long = sum(1 for row in rows if row[-1])
        if too_long:
            text = f"stream {self.name} ({self.where}): {too_long} rows have a LOB longer than {self.options.lob_max_length}"
            if self.options.lob_too_long == "fail":
                raise TapError(f"{text}: raise lob_max_length, deselect the column, or set lob_too_long to null")
            self.logger.warning("%s: sent as null", text)
        return [row[:-1] for row in rows]

    def _rows(self) -> Iterator[Batch]:
        """Batches of a full load, range by range; the ranges that are done are in the state."""
        load = self._open_load()
        self._stream_version = load.version
        query = self.base_query().as_of(load.scn)
        column = None if load.by == "rowid" else self._range_column()
        work = [(n, ranges.condition(query, load.by, load.ranges[n], column)) for n in load.remaining]
        for number, rows in self.reader.parallel(work, self.options.parallel):
            if rows is not None:
                yield rows
                del rows
                continue
            load.done.append(number)
            if len(load.ranges) > 1:
                yield []  # who holds rows back delivers them now: the STATE says that all of the range are sent
                self.stream_state[FULL_LOAD] = load.to_state()
                self.state_manager.is_flushed = False
                self._write_state()

    def _open_load(self) -> FullLoad:
        """The load that an earlier run left unfinished, if it can go on; else a new one."""
        query = self._as_of(self.base_query())
        digest = ranges.digest_of(query)
        load = FullLoad.from_state(self.stream_state)
        if load is not None:
            reason = self._cannot_go_on(load, digest)
            if reason is None:
                told = "" if load.scn is None else f" as of SCN {load.scn}"
                self.logger.info(
                    "%s: goes on with %d of %d ranges%s", self.name, len(load.remaining), len(load.ranges), told
                )
                return load
            self.logger.warning("%s: an unfinished load cannot go on, %s: it starts again", self.name, reason)
        self.stream_state.pop(FULL_LOAD, None)
        by, parts = self._cut(query)
        version = self._initialized_at if self.options.emit_activate_version_messages else None
        return FullLoad(by, parts, [], query.scn, version, digest)

    def _cannot_go_on(self, load: FullLoad, digest: str) -> str | None:
        if load.digest != digest:
            return "the selection, the filter or the table is another"
        if (load.scn is None) == self.use_snapshot:
            return "the setting consistent_snapshot is another"
        if load.scn is not None and load.scn != self.tap.snapshot_scn:
            return f"SCN {load.scn} can no longer be read"
        return None

    def _cut(self, query: Query) -> tuple[str, list[ranges.Range]]:
        count = self.planned_ranges()
        if count == 1:
            return "rowid", ranges.between([])
        if self.source.snapshot and has_rowids(self.oracle_table):
            return "rowid", ranges.cut_by_rowid(self.tap.oracle_api, self.oracle_table, count)
        column = self._range_column()
        assert column is not None
        return column.name, ranges.cut_by_key(self.tap.oracle_api, query, column, count)

    def _finish(self) -> None:
        """After the last row: forget the load's ranges, activate its version."""
        self.stream_state.pop(FULL_LOAD, None)
        version = self._stream_version
        if version is not None:
            for stream_map in self.stream_maps:
                self._tap.write_message(ActivateVersionMessage(stream=stream_map.stream_alias, version=version))

    # -------------------------------------------------------------------------------------------- writing

    @property
    def writes_lines(self) -> bool:
        """Whether nothing stands between a row and its RECORD message."""
        maps = self.stream_maps
        return (
            self.ABORT_AT_RECORD_COUNT is None
            and not self.child_streams
            and self.selected
            and len(maps) == 1
            and isinstance(maps[0], SameRecordTransform)
            and not maps[0].flattening_enabled
            and isinstance(self._tap.message_writer, LineWriter)
            and type(self).post_process is Stream.post_process
        )

    def _up_to_state(self, rows: Batch) -> Iterator[Batch]:
        """The rows cut where a STATE is due."""
        at = 0
        while at < len(rows):
            end = at + self.STATE_MSG_FREQUENCY - self._sent % self.STATE_MSG_FREQUENCY
            yield rows[at:end] if at or end < len(rows) else rows
            at = end

    def _write_all(self, rows: Batch) -> None:
        for piece in self._up_to_state(rows):
            self._write(piece)

    def _write(self, rows: Batch) -> None:
        writer = self._tap.message_writer
        assert isinstance(writer, LineWriter)
        assert self._counter is not None
        now = dt.datetime.now(dt.UTC)
        for block in self.encoder.lines(rows, self.name, version=self._stream_version, extracted=now):
            writer.write_lines(block)
        self._counter.increment(len(rows))
        self._sent += len(rows)
        self.state_manager.is_flushed = False
        self.advance(rows)
        if self._sent % self.STATE_MSG_FREQUENCY == 0:
            self._write_state()

    def _write_state(self) -> None:
        if not self.state_manager.is_flushed:
            self._tap.state_writer.write_state(self.tap_state)
            self.state_manager.is_flushed = True

    def _records(self, rows: list[Row]) -> Iterator[dict[str, Any]]:
        names = self.encoder.names
        return (self._row_to_record(names, row) for row in self.encoder.converted(rows))

    def _row_to_record(self, names: Sequence[str], row: Row) -> dict[str, Any]:
        """A record whose values are what JSON has: for maps, which see text where RECORD lines have text."""
        return {name: batches.plain(value) for name, value in zip(names, row, strict=True)}

    def advance_to_current_row(self) -> None:
        if self._current is not None:
            self.advance([self._current])

    def advance(self, rows: list[Row]) -> None:
        """Move the bookmark past rows that were written. A full load has none."""

    @override
    def get_batches(
        self, batch_config: BatchConfig, context: Any = None
    ) -> Iterator[tuple[BaseBatchFileEncoding, list[str]]]:
        """Files of `batch_size` rows, written from the fetched rows or Arrow tables without a record in between."""
        self._refuse_what_files_lack()
        self.logger.info("%s: %s", self.name, self.guarantee)
        self.progress.start()
        with self.get_record_counter() as counter, self.get_sync_timer():
            with self._explained():
                for manifest, rows in files.written(self, batch_config):
                    counter.increment(rows)
                    yield batch_config.encoding, [manifest]
            self._finish()
        self._say_done()

    def _refuse_what_files_lack(self) -> None:
        """Refuse what the SDK would ignore without a word: nothing but whole rows goes into files."""
        maps = self.stream_maps
        if len(maps) != 1 or not isinstance(maps[0], SameRecordTransform) or maps[0].flattening_enabled:
            raise TapError(f"stream {self.name}: stream maps and flattening do not apply to BATCH files: leave one out")
        if self.options.emit_activate_version_messages:
            raise TapError("emit_activate_version_messages: the rows of BATCH files have no version: leave one out")

    def read_tables(self, arrow: ModuleType, size: int) -> None:
        """Read Arrow tables of `size` rows from now on, instead of lists of rows."""
        reader = arrow.ArrowReader(**self._reader_options | {"size": size})
        reader.schema, reader.options = arrow.schema_of(self.selected_columns, self.options), self.options
        self.reader = reader
        self.digest_encoder = RecordEncoder(self.encoder.names, [None] * len(self.encoder.names))
