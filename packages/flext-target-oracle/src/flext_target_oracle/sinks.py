"""One stream's records: they become rows, rows become batches, a batch is one transaction.

A sink decides neither when a batch ends because of a STATE nor what STATE is emitted: that needs all streams together
and is the target's (`TargetOracle.settle`). The table and its SQL are in `stream_table`, what identifies a batch in
`checkpoint`.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, TYPE_CHECKING, Any

from flext_db_oracle import LossyValueError, Session, ddl, explain, is_transient
from flext_db_oracle.bulk import BulkReject
from singer_sdk.exceptions import InvalidRecord, MissingKeyPropertiesError
from singer_sdk.helpers._batch import BaseBatchFileEncoding, BatchFileFormat, StorageTarget

from . import merge
from .batch_files import read_jsonl, read_parquet
from .checkpoint import BATCH, NO_BOOKMARK, STATE, Entry, StreamPosition, digest, row_hash
from .collection import expect_rows
from .connector import OracleConnector
from .faults import fault_point
from .options import LoadMethod, SchemaPolicy
from .reader import parse_line
from .rejects import Reject, payload_of, reject_of
from .rows import Row, Tail
from .stream_table import DELETED_AT, StreamTable
from .summary import Tally
from .typed import RecordDecoder, Records
from .types import VERSION_COLUMNS
from .validation import RecordValidator
from .writer import Outcome

if TYPE_CHECKING:
    from singer_sdk.target_base import Target

_RETRY_DELAYS = (1.0, 5.0)
_QUALIFIED = re.compile(r'"[^"]+"\."[^"]+"\."([^"]+)"')


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch: rows accepted and refused; of those accepted, how many changed the table, and how."""

    rows: int
    refused: int = 0
    changed: int = 0
    updated: int | None = None


@dataclass(slots=True)
class Attempt:
    """How far the last attempt to write a batch came: to know that if its COMMIT is not heard of."""

    written: Written | None = None
    rejects: Sequence[Reject] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """The work of one transaction, with all that is needed to write it."""

    rows: list[Row]
    rejects: Sequence[Reject]
    offset: int
    """Where the log has it."""
    begins: str | None
    """The anchor that the stream's log begins with, if this batch is its first."""
    last: Attempt = field(default_factory=Attempt)


class OracleSink(StreamTable):
    """Loads one stream into one table."""

    def __init__(
        self, target: Target, stream_name: str, schema: dict[str, Any], key_properties: Sequence[str] | None
    ) -> None:
        super().__init__(target, stream_name, schema, key_properties)
        self.position = StreamPosition()
        self.pending: list[Row] = []
        self.pending_bytes = 0
        self.before_state = 0
        """How many of the pending rows came before the STATE that waits to be emitted."""
        self.tally = Tally()
        self._rejects: list[Reject] = []
        self._tail = Tail()
        self._seen_rows = False
        self._version: int | None = None
        self._records = 0

    def _prepare_writer(self) -> None:
        super()._prepare_writer()
        self._tail.position = self._rows.position(self.replication_key)

    def carry_on(self, former: OracleSink) -> None:
        """The stream has a new schema: take over from the sink of the old one, which has written all its rows."""
        self.position, self.tally, self._rejects = former.position, former.tally, former._rejects

    def follow(self, replication_key: str) -> None:
        """The property that the stream's bookmark is about: SCHEMA has it as `bookmark_properties`."""
        if replication_key != self.replication_key:
            self.replication_key = replication_key
            self._prepare_writer()

    # ------------------------------------------------------------------------------------------ records

    def get_validator(self) -> RecordValidator | None:
        return RecordValidator(self.schema) if self.validate_schema else None

    def add_record(self, record: dict[str, Any], message: Mapping[str, Any], size: int = 0) -> None:
        """Validate a record and keep it as a row. `message` has its time of extraction and its table version."""
        version = message.get("version")
        if version is not None:
            self._see_version(version)
        if record.get(DELETED_AT) is not None:
            self._see_deletion()
        if self._left_out and self.policy is SchemaPolicy.DISCARD and self._is_discarded(record):
            return
        self._records += 1
        self.tally.bytes += size
        try:
            row = self._row(record, message)
        except (InvalidRecord, LossyValueError, MissingKeyPropertiesError) as exc:
            if not self.rejecting:
                with self.blamed():
                    raise
            line = self.target.input_line
            self._reject(reject_of(exc, record, self.key_properties, self._payload_policy, line))
            return
        if self.position.boundary and self._is_of_boundary(row):
            return
        self.pending.append(row)
        self.pending_bytes += size
        self.target.pending_bytes += size

    def _row(self, record: dict[str, Any], message: Mapping[str, Any]) -> Row:
        self._rows.require_key(record)
        if self._validator is not None:
            self._validator.validate(record)
        return self._rows.make(record, message, self.logger)

    @property
    def _payload_policy(self) -> str:
        return str(self.config.get("reject_payload") or "full")

    def _is_discarded(self, record: Mapping[str, Any]) -> bool:
        """By schema_policy discard: a value for a property without a column leaves the whole record out."""
        names = sorted(name for name in self._left_out if record.get(name) is not None)
        if names and self.rejecting:
            payload = payload_of(record, self.key_properties, self._payload_policy)
            reason = f"table {self.table} has no column for {', '.join(names)}"
            self._reject(Reject("schema_policy", reason, names[0], self.target.input_line, payload))
        elif names:
            self.tally.discarded += 1
        return bool(names)

    def _reject(self, reject: Reject) -> None:
        self._rejects.append(replace(reject, position=len(self.pending)))
        self.tally.rejected += 1
        self.target.count_rejects(1, reject.reason)

    def _is_of_boundary(self, row: Row) -> bool:
        """Whether the row is the bookmark's own, which is loaded already."""
        (identity,) = self._rows.identity([row])
        while self.position.boundary:
            if self.position.boundary.has(identity):
                if self._was_emptied():
                    return False
                self.position.confirm()
                self.tally.recognised += 1
                self._tail.add([row])
                return True
            if not self.position.guessed:
                return False
            self.position.diverge()
        return False

    def _sift_pending(self) -> None:
        """Where the stream begins was guessed anew: what is pending may have the bookmark's own records in it."""
        kept: list[Row] = []
        before_state = self.before_state
        for index, row in enumerate(self.pending):
            if self._is_of_boundary(row):
                self.before_state -= index < before_state
            else:
                kept.append(row)
        self.pending = kept

    def decoder(self, stream: str) -> RecordDecoder | None:
        """The fast way for this stream's lines, None if they must come as records."""
        return self._rows.decoder(stream, self.schema, validate=self._validator is not None)

    def add_rows(self, records: Records, size: int) -> None:
        """Keep rows that a decoder made of lines, `size` bytes long, writing each batch that becomes full."""
        version = next((version for _, version in records.origins if version is not None), None)
        if version is not None:
            self._see_version(version)
        self.tally.bytes += size
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
            self.flush()
            self._versioned = True
            self.prepare()

    def _see_deletion(self) -> None:
        """With the first record that is marked as deleted the table gets the column for it."""
        if not (self._marked or self._versioned):
            self.flush()
            self._marked = True
            self.prepare()

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        """The SDK's entry for a record without its message; the target itself uses `add_record`."""
        self.add_record(record, context)

    def process_batch_files(self, encoding: BaseBatchFileEncoding, files: Sequence[str]) -> None:
        for path in files:
            with self.blamed():
                self._load_file(encoding, path)
        self.target.drain_one(self)

    def _load_file(self, encoding: BaseBatchFileEncoding, path: str) -> None:
        head, tail = StorageTarget.split_url(path)
        storage = self.batch_config.storage if self.batch_config else StorageTarget.from_url(head)
        with storage.open(tail, mode="rb") as file:
            if encoding.format == BatchFileFormat.PARQUET:
                self._load_parquet(file)
            elif encoding.format == BatchFileFormat.JSONL:
                self._load_jsonl(file, compressed=encoding.compression == "gzip")
            else:
                raise NotImplementedError(f"BATCH files of format {encoding.format!r} cannot be read")

    def _load_jsonl(self, file: IO[bytes], *, compressed: bool) -> None:
        for chunk in read_jsonl(file, compressed=compressed):
            decoder = self.decoder(self.stream_name)
            records = None if decoder is None else decoder.decode_records(chunk)
            if records is not None:
                self.record_counter_metric.increment(len(records.rows))
                self.add_rows(records, len(chunk))
                continue
            for line in filter(bytes.strip, chunk.split(b"\n")):
                self._add_of_file(parse_line(line), len(line))

    def _load_parquet(self, file: IO[bytes]) -> None:
        for columns, size, batch in read_parquet(file):
            rows = self._rows.from_columns(columns, batch.num_rows)
            if rows is not None:
                self.record_counter_metric.increment(batch.num_rows)
                self.add_rows(Records(rows), size)
                continue
            for record in batch.to_pylist():
                self._add_of_file(record, size // batch.num_rows)

    def _add_of_file(self, record: dict[str, Any], size: int) -> None:
        """Something in this record or near it is odd: one by one, they are refused, rejected or explained."""
        self.record_counter_metric.increment()
        self.add_record(record, {}, size)
        self.drain_full()

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
        """Write what is pending."""
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

        Rows that end within a batch which can only be compared as a whole stay pending, unless `final`: then no more
        will come.
        """
        while count:
            expected = self.position.expected
            if expected is not None:
                if count < expected.rows and expected.checks is None and not final:
                    return
                known = min(count, expected.rows)
                if self._skip(expected, known):
                    count -= known
                    continue
                self._diverge()
                count = min(count, len(self.pending))
                if not final and self.before_state < count:
                    return  # the rows from before the waiting STATE go first, by `settle`
                continue
            if self.position.boundary and self._was_emptied():
                continue
            self._hand_over(count)
            self.target.say_progress()
            return

    def flush(self) -> None:
        """Commit all that came so far: before the table changes, and at the end."""
        self.target.settle(final=True)
        self.commit(len(self.pending), final=True)
        self.target.writers.wait(self.stream_name)

    def _hand_over(self, count: int) -> None:
        """Have the first `count` pending rows written. From here on they count as committed: if not, the run fails."""
        rows = self.pending[:count]
        batch = Batch(
            rows,
            [item for item in self._rejects if item.position < count],
            self.position.offset,
            self.position.anchor if self.position.is_new else None,
        )
        self.position.written(count)
        size = self._drop(count)
        self.target.writers.submit(
            self.stream_name, size, lambda connector: self._bulk_insert_records(connector, batch), self._note_written
        )

    def _note_written(self, written: Written) -> None:
        self.tally.batches += 1
        self.tally.written += written.rows
        self.tally.rejected += written.refused
        self.tally.changed += written.changed
        self.tally.updated += written.updated or 0
        self.tally_duplicate_merged(max(0, written.rows - written.changed))

    def _diverge(self) -> None:
        was_guess = self.position.guessed
        self.position.diverge()
        if self.position.boundary:
            self._sift_pending()
        if not was_guess:
            self.logger.warning(
                "The records of '%s' are not those that an earlier run committed from the same bookmark: loading them "
                "as new",
                self.stream_name,
            )

    def _drop(self, count: int) -> int:
        """The first `count` pending rows are committed, or being written; how many bytes they took."""
        self._tail.add(self.pending[:count])
        size = self.pending_bytes * count // len(self.pending)
        self.pending_bytes -= size
        self.target.pending_bytes -= size
        del self.pending[:count]
        self.before_state = max(0, self.before_state - count)
        # Rejects among these rows went with them; the others wait, now with fewer rows before them.
        waiting = [item for item in self._rejects if item.position >= count]
        self._rejects = [replace(item, position=item.position - count) for item in waiting]
        return size

    def _skip(self, expected: Entry, count: int) -> bool:
        """Drop the first pending rows if they are the batch that is committed already, or its beginning."""
        if not expected.begins_with(self._rows.identity(self.pending[:count])) or self._was_emptied():
            return False
        if count == expected.rows:
            self.position.recognise()
        else:
            self.position.recognise_part(count)
        self.tally.recognised += count
        self.logger.info("%d records of '%s' are loaded already", count, self.stream_name)
        self._drop(count)
        return True

    def state_emitted(self, anchor: str) -> None:
        """A STATE that has this bookmark was emitted here."""
        self.position.move(anchor, 0 if self.merges else len(self._tail.rows))

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
        rows = [] if anchor == NO_BOOKMARK or self.merges else self._tail.rows
        if self.load_method is LoadMethod.OVERWRITE or not self.position.can_move(anchor, len(rows)):
            return None
        boundary = "".join(map(row_hash, self._rows.identity(rows)))
        return Entry(STATE, self.position.offset, 0, "-", anchor, boundary or None)

    def _table_is_empty(self) -> bool:
        result = self.target.connector.session.query(f"SELECT 1 FROM {self.full_table_name} WHERE ROWNUM = 1")
        return result.row_count == 0

    def _bulk_insert_records(self, connector: OracleConnector, batch: Batch) -> Written:
        """Write a batch and its checkpoint in one transaction; again, if the session was lost before that.

        Runs in a thread of `Writers`: it may read the sink, and changes nothing in it.
        """
        complete = replace(batch, rows=self._rows.complete(batch.rows, self.sync_started_at))
        if self.collection is not None:
            return self._with_retries(connector, lambda: self._collect(connector, complete))
        found, checks = digest(batch.rows, width=self._rows.identifying, with_checks=not self.merges)
        entry = Entry(BATCH, batch.offset, len(batch.rows), found, checks=checks)
        return self._with_retries(connector, lambda: self._attempt(connector, complete, entry))

    def _with_retries(self, connector: OracleConnector, attempt: Callable[[], Written]) -> Written:
        for delay in (*_RETRY_DELAYS, None):
            try:
                with self.blamed():
                    return attempt()
            except Exception as exc:
                if delay is None or not is_transient(exc) or self.target.writers.failure is not None:
                    raise
                self.logger.warning("%s. Trying again in %g s", explain(exc, self.target.secrets).message, delay)
                time.sleep(delay)
                connector.disconnect()
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, connector: OracleConnector, batch: Batch, entry: Entry) -> Written:
        last = batch.last.written
        if last is not None:
            if self._is_committed(connector, entry):
                return last
            self.target.count_rejects(-last.refused)
            batch.last.written = None
        return self._write(connector, batch, entry)

    def _collect(self, connector: OracleConnector, batch: Batch) -> Written:
        assert self.collection is not None
        self.collection.write(connector.session, batch.rows, batch.offset)
        return Written(len(batch.rows), changed=len(batch.rows))

    def flush_rejects(self, session: Session) -> None:
        """Rejects with no pending row before them, in the caller's transaction: before a STATE, and at the end."""
        due = [item for item in self._rejects if item.position == 0]
        if due and self._reject_store is not None:
            self._reject_store.write(session, due)
            self._rejects = [item for item in self._rejects if item.position]

    def _is_committed(self, connector: OracleConnector, entry: Entry) -> bool:
        return self.target.checkpoints.is_committed(connector.session, self.load_table, self.stream_name, entry)

    def _write(self, connector: OracleConnector, batch: Batch, entry: Entry) -> Written:
        rows = batch.rows
        with connector.transaction() as session:
            fault_point("before rows")
            done = self._upsert_records(session, rows) if self.merges else self._writer.write(session, rows)
            refused = done.refused
            rejects = [*batch.rejects, *(self._reject_of_row(item, rows[item.row]) for item in refused)]
            self.target.checkpoints.add_batch(session, self.load_table, self.stream_name, entry, begins=batch.begins)
            written = Written(len(rows) - len(refused), len(refused), done.changed, done.updated)
            self.target.count_rejects(len(refused), refused[-1].message if refused else "")
            batch.last.written = written
            if rejects and self._reject_store is not None:
                self._reject_store.write(session, rejects, batch.last.rejects)
                batch.last.rejects = rejects
            fault_point("before commit")
        fault_point("after commit")
        return written

    def _upsert_records(self, session: Session, rows: Sequence[Row]) -> Outcome:
        """Array binds into the staging table, then one MERGE."""
        return self._writer.write(session, rows)

    def _reject_of_row(self, refused: BulkReject, row: Row) -> Reject:
        names = [item.name for item in self._columns]
        payload = payload_of(dict(zip(names, row, strict=True)), self.key_properties, self._payload_policy)
        found = _QUALIFIED.search(refused.message)
        code = refused.code or "LossyValueError"
        reason = merge.plain_names(refused.message) if self._payload_policy == "full" else code
        return Reject(code, reason, found[1] if found else None, None, payload)

    def summary(self) -> str:
        """The stream's closing line."""
        apart = self.load_method is LoadMethod.INSERT_ONLY or self.counts_updates
        return self.tally.describe(self.stream_name, self.table, self.load_method, merges=self.merges, counted=apart)

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
        self.flush()
        if not self._versioned:
            self._versioned = True
            self.prepare()
        with self.target.connector.transaction() as session:
            version, deleted = (self.naming.metadata(name) for name in VERSION_COLUMNS)
            if self.options.get("hard_delete"):
                sql = merge.delete_old_versions(self.schema_name, self.load_table, version)
                count = session.execute(sql, [new_version])
                if self.collection is not None:
                    self.collection.deleted(count)
            else:
                now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
                sql = merge.mark_old_versions(self.schema_name, self.load_table, version, deleted)
                count = session.execute(sql, [now, new_version])
        self.tally.deleted += count
        self.logger.info("Version %s of '%s' is active; %d older rows removed", new_version, self.stream_name, count)

    def replace_table(self) -> None:
        """The end of an overwrite: the table's rows are replaced by the run's, in one transaction."""
        source = merge.replacement_name(self.table)
        columns = self._get_insert_columns()
        with self.target.connector.transaction() as session:
            session.execute(merge.delete_all(self.schema_name, self.table))
            if self.collection is None:
                count = session.execute(merge.copy_rows(self.schema_name, source, self.table, columns))
                if not self.merges:
                    removed = self.tally.deleted if self.options.get("hard_delete") else 0
                    expect_rows(f"{self.schema_name}.{self.table}", self.tally.written - removed, count)
            else:
                key = self.key_columns if self.merges else []
                count = self.collection.copy_into(session, self.table, key, self._merge_rules(key))
                self.tally.changed = self.tally.written - (self.collection.rows - count)
            self.flush_rejects(session)
            self.target.checkpoints.forget(session, source, self.stream_name)
            fault_point("before swap")
        fault_point("after swap")
        self.target.connector.session.execute_ddl(ddl.drop_table(self.schema_name, source))
        self.logger.info("Replaced the rows of %s by %d rows", self.table, count)
