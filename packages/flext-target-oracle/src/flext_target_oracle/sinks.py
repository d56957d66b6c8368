"""One stream's way into its table: records become rows, rows become batches, a batch is one transaction.

A sink decides neither when a batch ends because of a STATE nor what STATE is emitted: that needs all streams together
and is the target's (`TargetOracle.settle`). The SQL is in `merge`, what identifies a batch in `checkpoint`.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flext_db_oracle import (
    OracleColumn,
    OracleType,
    Session,
    ddl,
    explain,
    is_transient,
)
from flext_db_oracle.bulk import InsertStatement, make_insert
from flext_db_oracle.identifiers import qualify
from singer_sdk.sinks import BatchSink

from . import merge, tables
from .checkpoint import BATCH, NO_BOOKMARK, STATE, Entry, StreamPosition, digest, row_hash
from .rows import Row, RowMaker, Tail
from .settings import LoadMethod, load_method
from .typed import RecordDecoder, Records
from .types import METADATA_COLUMNS, VERSION_COLUMNS, StreamColumn, new_table, oracle_type, stream_columns, table_name
from .validation import RecordValidator

if TYPE_CHECKING:
    from singer_sdk.helpers._batch import BaseBatchFileEncoding
    from singer_sdk.target_base import Target

    from .target import TargetOracle

_INSERT_ROWS = 10_000
_RETRY_DELAYS = (1.0, 5.0)


class OracleSink(BatchSink):
    """Loads one stream into one table."""

    def __init__(
        self, target: Target, stream_name: str, schema: dict[str, Any], key_properties: Sequence[str] | None
    ) -> None:
        super().__init__(target, stream_name, schema, key_properties)
        self.target: TargetOracle = target  # type: ignore[assignment]  # the only target that makes these sinks
        self.load_method = load_method(self.config, has_key=bool(self.key_properties))
        self.table = table_name(stream_name, strip_schema_prefix=self.config.get("strip_schema_prefix") is not False)
        self.position = StreamPosition()
        self.pending: list[Row] = []
        self.pending_bytes = 0
        self.before_state = 0
        """How many of the pending rows came before the STATE that waits to be emitted."""
        self.replication_key: str | None = None
        self._tail = Tail()
        self._seen_rows = False
        self._versioned = self.include_sdc_metadata_properties
        self._version: int | None = None
        self._records = 0
        self._columns: list[StreamColumn] = []
        self.created = False
        """Whether the table is new: then nothing of the stream can be committed."""

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Failures in the block say whose they are."""
        try:
            yield
        except Exception as exc:
            note = f"stream '{self.stream_name}' into table {self.table}"
            if note not in getattr(exc, "__notes__", ()):
                exc.add_note(note)
            raise

    # ------------------------------------------------------------------------------------------ the table

    @property
    def schema_name(self) -> str:
        """The target schema's exact name."""
        return self.target.target_schema

    @property
    def load_table(self) -> str:
        """The table that batches go to: the stream's own, or its replacement until the run has ended."""
        return merge.replacement_name(self.table) if self.load_method is LoadMethod.OVERWRITE else self.table

    @property
    def full_table_name(self) -> str:
        """`"ANALYTICS"."EMPLOYEES"`."""
        return qualify(self.schema_name, self.load_table)

    @property
    def merges(self) -> bool:
        """Whether rows go through the staging table. A key also makes the last record win in an overwrite."""
        return self.load_method is not LoadMethod.APPEND and bool(self.key_properties)

    @property
    def key_columns(self) -> list[str]:
        """The Oracle names of the key, in the key's order."""
        names = {item.name: item.column.name for item in self._columns}
        return [names[key] for key in self.key_properties]

    def prepare(self) -> None:
        """Make the tables what the stream needs, and the statements for them. DDL: commits."""
        session = self.target.connector.session
        self._columns = self._plan(session.server_version)
        self._ensure_table_exists()
        live = tables.live_columns(session, self.schema_name, self.load_table, self._columns)
        if self.merges:
            tables.ensure_staging(session, self.schema_name, self.load_table, live)
        self._compile(live)

    def _plan(self, server_version: tuple[int, ...]) -> list[StreamColumn]:
        properties = {
            name: schema
            for name, schema in self.original_schema["properties"].items()
            if name not in METADATA_COLUMNS  # metadata of the tap's own; ours has the same names
        }
        metadata = METADATA_COLUMNS if self.include_sdc_metadata_properties else {}
        if self._versioned:
            metadata = {**metadata, **VERSION_COLUMNS}
        return stream_columns(
            self.stream_name,
            {**self.original_schema, "properties": properties},
            self.key_properties if self.load_method is not LoadMethod.APPEND else (),
            server_version=server_version,
            metadata=metadata,
        )

    def _ensure_table_exists(self) -> None:
        """Create the table, or add and widen columns. For an overwrite, its replacement table as well."""
        session, key = self.target.connector.session, self.key_columns if self.merges else []
        self.created = tables.ensure_table(session, self.schema_name, self.table, self._columns, key)
        if self.load_method is LoadMethod.OVERWRITE:
            begun = self.table in self.target.replacements
            tables.ensure_replacement(session, self.schema_name, self.table, self._columns, key, begun=begun)
            self.target.replacements[self.table] = self

    def _generate_create_table_ddl(self, schema: str, table: str) -> str:
        """CREATE TABLE for the stream, with a primary key when it is loaded by key."""
        return ddl.create_table(new_table(schema, table, self._columns, self.key_columns if self.merges else ()))

    def _singer_type_to_oracle_type(self, field_schema: Mapping[str, Any]) -> str:
        """The DDL text of the type that a property becomes, such as `VARCHAR2(4000 CHAR)`."""
        return oracle_type(field_schema, server_version=self.target.connector.session.server_version).ddl

    # ------------------------------------------------------------------------------------------ the statements

    def _compile(self, live: Sequence[OracleColumn]) -> None:
        """Choose each column's converter once, and write the SQL once."""
        naive_zone = self.config.get("naive_zone")
        schemas = {item.column.name: item.schema for item in self._columns if item.schema is not None}
        columns, table = list(live), self.load_table
        if self.merges:
            columns.append(OracleColumn(name=merge.SEQUENCE_COLUMN, type=OracleType("NUMBER", precision=10, scale=0)))
            table = merge.staging_name(table)
        self._insert: InsertStatement = make_insert(
            self.schema_name, table, columns, property_schemas=schemas, naive_zone=naive_zone
        )
        self._merge_sql = self._build_upsert_merge_statement() if self.merges else ""
        self._rows = RowMaker(
            self.stream_name,
            self.table,
            self._columns,
            [column.type for column in live if column.type is not None],
            self._insert.converters,
            key=self.key_properties,
            key_must_have_values=self.merges,
        )

        self._tail.position = self._rows.position(self.replication_key)

    def follow(self, replication_key: str) -> None:
        """The property that the stream's bookmark is about: SCHEMA has it as `bookmark_properties`."""
        self.replication_key = replication_key
        self._tail.position = self._rows.position(replication_key)

    def _build_upsert_merge_statement(self) -> str:
        """One MERGE from the staging table into the stream's table."""
        return merge.merge_statement(self.schema_name, self.load_table, self._get_insert_columns(), self.key_columns)

    def _get_update_columns(self) -> list[str]:
        """What the MERGE sets where the key exists: all columns but the key."""
        return merge.update_columns(self._get_insert_columns(), self.key_columns)

    def _get_insert_columns(self) -> list[str]:
        """All columns of the stream, in the order of the rows."""
        return [item.column.name for item in self._columns]

    # ------------------------------------------------------------------------------------------ records

    def get_validator(self) -> RecordValidator | None:
        return RecordValidator(self.schema) if self.validate_schema else None

    def add_record(self, record: dict[str, Any], message: Mapping[str, Any], size: int = 0) -> None:
        """Validate a record and keep it as a row. `message` has its time of extraction and its table version."""
        self._rows.require_key(record)
        if self._validator is not None:
            self._validator.validate(record)
        version = message.get("version")
        if version is not None:
            self._see_version(version)
        row = self._rows.make(record, message, self.logger)
        self._records += 1
        if self.position.boundary and self._is_of_boundary(row):
            return
        self.pending.append(row)
        self.pending_bytes += size
        self.target.pending_bytes += size

    def _is_of_boundary(self, row: Row) -> bool:
        """Whether the row is the bookmark's own, which is loaded already."""
        (identity,) = self._rows.identity([row])
        if not self.position.boundary.has(identity):
            return False
        if self._was_emptied():
            return False
        self._tail.add([row])
        return True

    def decoder(self, stream: str) -> RecordDecoder | None:
        """The fast way for this stream's lines, None if they must come as records."""
        return self._rows.decoder(stream, self.schema, validate=self._validator is not None)

    def add_rows(self, records: Records, size: int) -> None:
        """Keep rows that a decoder made of lines, `size` bytes long, writing each batch that becomes full."""
        version = next((version for version in records.versions if version is not None), None)
        if version is not None:
            self._see_version(version)
        rows = self._rows.with_metadata(records)
        self._records += len(rows)
        if self.position.boundary:
            rows = [row for row in rows if not (self.position.boundary and self._is_of_boundary(row))]
        self.target.pending_bytes += size
        self.pending_bytes += size
        start = 0
        while start < len(rows):
            part = rows[start : start + max(1, self._full_at - len(self.pending))]
            self.pending += part
            start += len(part)
            self.drain_full()

    def _see_version(self, version: int) -> None:
        """With the first record that has a version the table gets the columns that ACTIVATE_VERSION needs."""
        self._version = version
        if not self._versioned and self.process_activate_version_messages:
            self.target.settle(final=True)
            self.commit(len(self.pending), final=True)
            self._versioned = True
            self.prepare()

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        """The SDK's entry for a record without its message; the target itself uses `add_record`."""
        self.add_record(record, context)

    def process_batch_files(self, encoding: BaseBatchFileEncoding, files: Sequence[str]) -> None:
        super().process_batch_files(encoding, files)
        self.target.drain_one(self)

    # ------------------------------------------------------------------------------------------ batches

    @property
    def current_size(self) -> int:
        return len(self.pending)

    @property
    def is_full(self) -> bool:
        """While committed batches are compared, a batch ends where the committed one did."""
        return len(self.pending) >= self._full_at

    @property
    def _full_at(self) -> int:
        expected = self.position.expected
        return self.target.batch_rows if expected is None else expected.rows

    def process_batch(self, context: dict[str, Any]) -> None:
        """Write what is pending. `context["records"]` are the records of a batch file."""
        for record in context.get("records") or ():
            self.add_record(record, {})
            self.drain_full()
        if "records" not in context:
            self._drain(lambda: bool(self.pending))

    def drain_full(self) -> None:
        """Write the batch if it is full. Often the waiting STATE takes the larger part along; the rest may stay."""
        if self.is_full:
            with self.batch_processing_timer:
                self._drain(lambda: self.is_full)

    def _drain(self, due: Callable[[], bool]) -> None:
        before: object = None
        while due() and before != (before := (len(self.pending), self.position.expected)):
            self.target.settle(self)
            if due():
                self.commit(len(self.pending))

    def commit(self, count: int, *, final: bool = False) -> None:
        """Commit the first `count` pending rows, or recognise that they are committed already.

        Rows that end within a batch which is being compared stay pending, unless `final`: then no more will come.
        """
        while count:
            expected = self.position.expected
            if expected is not None:
                if count < expected.rows and not final:
                    return
                if expected.rows <= count and self._skip(expected):
                    count -= expected.rows
                    continue
                self._diverge(expected)
                if not final and self.before_state < count:
                    return  # the rows from before the waiting STATE go first, by `settle`
                continue
            self._bulk_insert_records(self.pending[:count])
            self._drop(count)
            return

    def _diverge(self, expected: Entry) -> None:
        self.position.diverge()
        if not self.position.is_new:
            self.logger.warning(
                "The records of '%s' are not those that an earlier run committed from the same bookmark: loading them "
                "as new",
                self.stream_name,
            )

    def _drop(self, count: int) -> None:
        """The first `count` pending rows are committed."""
        self._tail.add(self.pending[:count])
        size = self.pending_bytes * count // len(self.pending)
        self.pending_bytes -= size
        self.target.pending_bytes -= size
        del self.pending[:count]
        self.before_state = max(0, self.before_state - count)

    def _skip(self, expected: Entry) -> bool:
        """Drop the first pending rows if they are the batch that is committed already."""
        if expected.digest != digest(self._rows.identity(self.pending[: expected.rows])):
            return False
        if self._was_emptied():
            return False
        self.position.recognise()
        self.logger.info("%d records of '%s' are loaded already", expected.rows, self.stream_name)
        self._drop(expected.rows)
        return True

    def _was_emptied(self) -> bool:
        """Whether nothing is left of what the log calls committed. Then the log is forgotten."""
        if self._seen_rows or not self._table_is_empty():
            self._seen_rows = True
            return False
        self.logger.warning("Table %s is empty: loading again what was committed before", self.table)
        self.position.forget()
        with self.target.connector.transaction() as session:
            self.target.checkpoints.forget(session, self.table, self.stream_name)
        return True

    def state_entry(self, anchor: str) -> Entry | None:
        """What the log must know of a STATE before it is emitted; None if the stream's bookmark is still the same."""
        if self.position.is_new or anchor == self.position.anchor or self.load_method is LoadMethod.OVERWRITE:
            return None
        rows = [] if anchor == NO_BOOKMARK or self.merges else self._tail.rows
        boundary = "".join(map(row_hash, self._rows.identity(rows)))
        return Entry(STATE, self.position.offset, 0, "-", anchor, boundary or None)

    def _table_is_empty(self) -> bool:
        result = self.target.connector.session.query(f"SELECT 1 FROM {self.full_table_name} WHERE ROWNUM = 1")
        return result.row_count == 0

    def _bulk_insert_records(self, rows: Sequence[Row]) -> None:
        """Write a batch and its checkpoint in one transaction; again, if the session was lost before that."""
        batch = None
        if self.load_method is not LoadMethod.OVERWRITE:
            batch = Entry(BATCH, self.position.offset, len(rows), digest(self._rows.identity(rows)))
        complete = self._rows.complete(rows, self.sync_started_at)
        for delay in (*_RETRY_DELAYS, None):
            try:
                with self.blamed():
                    self._write(complete, batch)
                break
            except Exception as exc:
                if delay is None or not is_transient(exc):
                    raise
                self.logger.warning("%s. Trying again in %g s", explain(exc, self.target.secrets).message, delay)
                time.sleep(delay)
                self.target.connector.disconnect()
                if batch is not None and self._is_committed(batch):
                    break
        if batch is not None:
            self.position.written(len(rows))

    def _is_committed(self, batch: Entry) -> bool:
        session = self.target.connector.session
        return self.target.checkpoints.is_committed(session, self.table, self.stream_name, batch)

    def _write(self, rows: Sequence[Row], batch: Entry | None) -> None:
        with self.target.connector.transaction() as session:
            if self.merges:
                self._upsert_records(session, rows)
            else:
                self._insert_rows(session, rows)
            if batch is not None:
                begins = self.position.anchor if self.position.is_new else None
                self.target.checkpoints.add_batch(session, self.table, self.stream_name, batch, begins=begins)

    def _upsert_records(self, session: Session, rows: Sequence[Row]) -> None:
        """Array binds into the staging table, then one MERGE."""
        self._insert_rows(session, [(*row, number) for number, row in enumerate(rows)])
        merged = session.execute(self._merge_sql)
        self.tally_duplicate_merged(len(rows) - min(merged, len(rows)))

    def _insert_rows(self, session: Session, rows: Sequence[Row]) -> None:
        for start in range(0, len(rows), _INSERT_ROWS):
            chunk = rows[start : start + _INSERT_ROWS]
            session.execute_many(self._insert.sql, chunk, input_types=self._insert.input_types)

    def mark_drained(self) -> None:
        """Nothing of the SDK's bookkeeping: `pending` says what is left."""

    # ------------------------------------------------------------------------------------------ the end

    def activate_version(self, new_version: int) -> None:
        """Delete, or mark as deleted, the rows of older versions. What came before the message is committed first."""
        if self._records and self._version is None:
            raise ValueError(
                f"stream {self.stream_name}: ACTIVATE_VERSION came, but the records have no version, so all would "
                "be deleted. Hint: set process_activate_version_messages to false"
            )
        self.target.settle(final=True)
        self.commit(len(self.pending), final=True)
        if not self._versioned:
            self._versioned = True
            self.prepare()
        with self.target.connector.transaction() as session:
            if self.config.get("hard_delete"):
                count = session.execute(merge.delete_old_versions(self.schema_name, self.load_table), [new_version])
            else:
                now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
                count = session.execute(merge.mark_old_versions(self.schema_name, self.load_table), [now, new_version])
        self.logger.info("Version %s of '%s' is active; %d older rows removed", new_version, self.stream_name, count)

    def replace_table(self) -> None:
        """The end of an overwrite: the table's rows are replaced by the run's, in one transaction."""
        source = merge.replacement_name(self.table)
        columns = self._get_insert_columns()
        with self.target.connector.transaction() as session:
            session.execute(merge.delete_all(self.schema_name, self.table))
            count = session.execute(merge.copy_rows(self.schema_name, source, self.table, columns))
        self.target.connector.session.execute_ddl(ddl.drop_table(self.schema_name, source))
        self.logger.info("Replaced the rows of %s by %d rows", self.table, count)

    def drop_staging(self) -> None:
        """Leave no staging table behind."""
        if self.merges:
            tables.drop_staging(self.target.connector.session, self.schema_name, self.load_table)
