"""The target: which batch is written when, and which STATE may be emitted.

One rule holds everything together: **no batch contains records from both sides of the STATE that is emitted with it.**
When a STATE comes in, each sink notes how many rows it holds (`before_state`) and the STATE waits. It is settled when a
batch is due anyway (rows, bytes, time, end of input): those rows are committed, in all streams, then the STATE is
emitted, and what came after it belongs to the next anchor (checkpoint.py). A STATE that is followed by another before
that is never emitted. Settling happens in one place, `settle`, and emits only there.

The SDK's own drain would emit the latest STATE together with records that came behind it; it never sees a STATE here.
"""

from __future__ import annotations

import copy
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import FrameType
from typing import IO, Any, ClassVar, NoReturn

import click
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig, IdentifierError, ObjectNotFoundError
from flext_db_oracle.dictionary import resolve_schema
from flext_db_oracle.identifiers import MAX_BYTES
from singer_sdk import Target
from singer_sdk.exceptions import ConfigValidationError, RecordsWithoutSchemaException
from singer_sdk.helpers.capabilities import (
    CapabilitiesEnum,
    PluginCapabilities,
    TargetCapabilities,
)
from singer_sdk.mapper import SameRecordTransform
from singer_sdk.singerlib.json import serialize_json

from .checkpoint import NO_BOOKMARK, Checkpoints, StreamPosition, stream_anchor
from .checkpoint import TABLE as CHECKPOINT_TABLE
from .cli import OneLineCommand
from .connector import OracleConnector
from .faults import fault_point
from .hooks import check_hooks, is_of_a_session, run_hooks
from .options import (
    DEFAULT_BATCH_BYTES,
    DEFAULT_PARALLELISM,
    DEFAULT_PROGRESS_SECONDS,
    DEFAULT_WAIT_SECONDS,
    LoadMethod,
)
from .plan import describe_stream
from .reader import LineReader, Taken
from .rejects import TooManyRejectsError
from .settings import batch_rows, config_jsonschema, connection_config, idle_patterns, refuse_unknown, with_environment
from .sinks import OracleSink
from .summary import Progress
from .typed import Records
from .types import Naming
from .writers import Writers

_CHUNK_FAILURES = 16


class TargetOracle(Target):
    """Singer target for Oracle Database: one MERGE per batch, STATE only after COMMIT, each batch exactly once."""

    name = "target-oracle"
    package_name = "flext-target-oracle"
    config_jsonschema: ClassVar[dict[str, Any]] = copy.deepcopy(config_jsonschema())
    default_sink_class = OracleSink
    message_reader_class = LineReader
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
        PluginCapabilities.BATCH,
        PluginCapabilities.ACTIVATE_VERSION,
        TargetCapabilities.VALIDATE_RECORDS,
        TargetCapabilities.TARGET_SCHEMA,
        TargetCapabilities.HARD_DELETE,
        TargetCapabilities.SOFT_DELETE,
    ]

    def __init__(
        self,
        *,
        config: Mapping[str, Any] | None = None,
        parse_env_config: bool = False,
        validate_config: bool = True,
        setup_mapper: bool = True,
        message_reader: LineReader | None = None,
    ) -> None:
        settings = with_environment(config or {})
        if validate_config:
            _refuse_bad_secrets(settings)
            self.append_builtin_config(self.config_jsonschema)
            refuse_unknown(settings, self.config_jsonschema["properties"])
        super().__init__(
            config=settings,
            parse_env_config=parse_env_config,
            validate_config=validate_config,
            setup_mapper=setup_mapper,
            message_reader=message_reader,
        )
        self.max_parallelism = 1  # the SDK drains in the main thread; what is parallel is the writing (writers.py)
        if validate_config:
            self.batch_rows = batch_rows(self.config)
            _ = self._connection_config
            check_hooks(self.config)
        self.batch_bytes = int(self.config.get("batch_size_bytes") or DEFAULT_BATCH_BYTES)
        self._wait_limit = float(self.config.get("batch_wait_limit_seconds") or DEFAULT_WAIT_SECONDS)
        self._waiting_state: Mapping[str, Any] | None = None
        self._settled_state: Mapping[str, Any] | None = None
        self._last_drain = time.monotonic()
        interval = self.config.get("progress_interval")
        self._progress = Progress(DEFAULT_PROGRESS_SECONDS if interval is None else float(interval))
        self.writers = Writers(
            int(self.config.get("max_parallelism") or DEFAULT_PARALLELISM),
            main=lambda: self.connector,
            another=lambda: OracleConnector(self.oracle_api, self._session_statements),
        )
        self._session_statements: list[str] = []
        """What a session that is opened during the load begins with."""
        self._streams_of_tables = {CHECKPOINT_TABLE: ("FLEXT_CHECKPOINT itself", "log")}
        self.replacements: dict[str, OracleSink] = {}
        self.pending_bytes = 0
        self._rejected = 0
        self._count_lock = threading.Lock()
        self._begun = False
        self.planning = False
        """Whether this run only says what it would do."""
        self._chunk_stream: str | None = None
        self._chunk_failures = 0
        if isinstance(self.message_reader, LineReader):
            self.message_reader.chunk_handler = self._process_chunk

    # ------------------------------------------------------------------------------------------ the database

    @cached_property
    def _connection_config(self) -> FlextDbOracleConfig:
        return connection_config(self.config)

    @cached_property
    def oracle_api(self) -> FlextDbOracleApi:
        """The database, connected. Raises what the driver raises when that fails."""
        api = FlextDbOracleApi(self._connection_config)
        api.connect().unwrap()
        return api

    @cached_property
    def connector(self) -> OracleConnector:
        return OracleConnector(self.oracle_api, self._session_statements)

    @cached_property
    def target_schema(self) -> str:
        """The schema to write to, by its exact name: the configured one, else the database's current schema."""
        session = self.connector.session
        configured = self.config.get("default_target_schema")
        if not configured:
            return session.current_schema()
        try:
            return resolve_schema(session.connection, configured)
        except ObjectNotFoundError as exc:
            raise ObjectNotFoundError(
                f"{exc}. Hint: check default_target_schema; a schema is a database user, and the target creates none"
            ) from None

    @cached_property
    def checkpoints(self) -> Checkpoints:
        checkpoints = Checkpoints(self.target_schema)
        checkpoints.ensure_table(self.connector.session)
        return checkpoints

    @cached_property
    def naming(self) -> Naming:
        """How names are made. Longer names than the database takes are cut."""
        return Naming(
            preserve_case=self.config.get("identifier_case") == "preserve",
            max_bytes=int(self.config.get("max_identifier_bytes") or self.database_identifier_bytes),
            metadata_prefix=str(self.config.get("metadata_prefix") or "_sdc_"),
        )

    @property
    def database_identifier_bytes(self) -> int:
        """The longest name that the database takes: 128, and 30 before Oracle 12.2."""
        return self.connector.session.connection.max_identifier_length or MAX_BYTES

    @property
    def input_line(self) -> int | None:
        """The line of input that is being processed."""
        return self.message_reader.line_number if isinstance(self.message_reader, LineReader) else None

    def count_rejects(self, count: int, reason: str = "") -> None:
        """Raise `TooManyRejectsError` when the run has more than `reject_limit`. What is open is rolled back then.

        A negative count takes back what a batch had that was not committed and is written again.
        """
        with self._count_lock:
            self._rejected += count
        limit = self.config.get("reject_limit")
        limit = 1000 if limit is None else int(limit)
        if count > 0 and self._rejected > limit:
            raise TooManyRejectsError(
                f"{self._rejected} records were rejected, more than reject_limit ({limit}) allows; the last: {reason}"
            )

    @property
    def _holds_states(self) -> bool:
        """A STATE covers all streams: while one of them is being overwritten, none can be emitted."""
        return any(sink.load_method is LoadMethod.OVERWRITE for sink in self.sinks)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may show."""
        return self._connection_config.secrets

    # ------------------------------------------------------------------------------------------ sinks

    @property
    def sinks(self) -> Iterator[OracleSink]:
        """The active sinks, in the order in which their streams came."""
        for sink in self._sinks_active.values():
            assert isinstance(sink, OracleSink)
            yield sink

    def get_sink(
        self,
        stream_name: str,
        *,
        record: dict[str, Any] | None = None,
        schema: dict[str, Any] | None = None,
        key_properties: Sequence[str] | None = None,
    ) -> OracleSink:
        """The stream's sink. When its schema changes, what the old one holds is written before the table changes."""
        existing = self._sinks_active.get(stream_name)
        changes = schema is not None and (
            existing is None
            or existing.original_schema != schema
            or list(existing.key_properties) != list(key_properties or [])
        )
        if not changes:
            assert isinstance(existing, OracleSink)
            return existing
        if isinstance(existing, OracleSink) and not self.planning:
            existing.flush()
        sink = super().get_sink(stream_name, record=record, schema=schema, key_properties=key_properties)
        assert isinstance(sink, OracleSink)
        self._check_collision(sink)
        with sink.blamed():
            if self.planning:
                for line in describe_stream(sink):
                    sys.stdout.write(line + "\n")
                return sink
            self._begin()
            sink.prepare()
            if isinstance(existing, OracleSink):
                sink.carry_on(existing)
            else:
                sink.position = self._position(sink)
        return sink

    def _begin(self) -> None:
        """Once, before anything is loaded."""
        if not self._begun:
            self._begun = True
            self._run_hooks("before_load")
            self._session_statements += filter(is_of_a_session, self.config.get("before_load") or ())

    def _run_hooks(self, setting: str) -> None:
        statements = self.config.get(setting)
        if statements:
            run_hooks(self.connector.session, statements, setting)

    def _check_collision(self, sink: OracleSink) -> None:
        for name, role in sink.table_names().items():
            other, other_role = self._streams_of_tables.setdefault(name, (sink.stream_name, role))
            if other == sink.stream_name:
                continue
            hint = "Hint: set table_name in streams, or rename one with stream_maps and __alias__"
            if role == other_role == "table":
                raise IdentifierError(
                    f"streams '{other}' and '{sink.stream_name}' would both be loaded into table {name}. {hint}, or set "
                    "strip_schema_prefix to false"
                )
            raise IdentifierError(
                f"{name} would be the {other_role} of stream '{other}' and the {role} of '{sink.stream_name}'. {hint}"
            )

    def _position(self, sink: OracleSink) -> StreamPosition:
        """Where the stream is, and what of its records is committed already."""
        overwrites = sink.load_method is LoadMethod.OVERWRITE
        if sink.created or overwrites:
            with self.connector.transaction() as session:
                self.checkpoints.forget(session, sink.load_table, sink.stream_name)
            if overwrites:
                return StreamPosition()
            log = []
        else:
            log = self.checkpoints.load(self.connector.session, sink.table, sink.stream_name)
        # A state that waits is older than this stream's first record, and will be settled before it.
        state = self._settled_state if self._waiting_state is None else self._waiting_state
        anchor = None if state is None else stream_anchor(state, self._source_of(sink.stream_name))
        return StreamPosition.load(log, anchor)

    def _source_of(self, alias: str) -> str:
        """The tap's name of a stream: the one that its bookmark has."""
        for source, maps in self.mapper.stream_maps.items():
            if any(stream_map.stream_alias == alias for stream_map in maps):
                return source
        return alias

    # ------------------------------------------------------------------------------------------ messages

    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"stream", "record"})
        stream = message_dict["stream"]
        record = message_dict["record"]
        maps = self.mapper.stream_maps.get(stream)
        if maps is None:
            raise RecordsWithoutSchemaException(f"a record of stream '{stream}' came before the stream's SCHEMA")
        if not isinstance(record, dict):
            raise ValueError(f"the record of stream '{stream}' is not a JSON object")
        for stream_map in maps:
            if type(stream_map) is SameRecordTransform and not stream_map.flattening_enabled:
                self._load(stream_map.stream_alias, record, message_dict)
                self._chunk_stream = stream if len(maps) == 1 else None
            elif (mapped := stream_map.transform(dict(record))) is not None:
                self._load(stream_map.stream_alias, mapped, message_dict)
        self._handle_max_record_age()

    def _process_chunk(self, chunk: bytes) -> Taken | None:
        """Load lines at once if they are records of one plain stream, and STATEs; None if not, with nothing done."""
        if self._chunk_stream is None:
            return None
        if self._chunk_failures >= _CHUNK_FAILURES:
            self._chunk_failures -= 1  # streams that take turns, say: try again only now and then
            return None
        alias = self.mapper.stream_maps[self._chunk_stream][0].stream_alias
        sink = self._sinks_active[alias]
        assert isinstance(sink, OracleSink)
        decoder = sink.decoder(self._chunk_stream)
        messages = None if decoder is None else decoder.decode(chunk)
        if messages is None:
            self._chunk_failures += _CHUNK_FAILURES // 4
            return None
        self._chunk_failures = 0
        counts = {"RECORD": 0, "STATE": 0}
        total = sum(len(item.rows) for item in messages.items if isinstance(item, Records))
        for item in messages.items:
            if isinstance(item, Records):
                sink.add_rows(item, len(chunk) * len(item.rows) // total)
                sink.record_counter_metric.increment(len(item.rows))
                counts["RECORD"] += len(item.rows)
                self._limit_bytes()
            else:
                self._process_state_message(item)
                counts["STATE"] += 1
        self._handle_max_record_age()
        return Taken(counts, messages.lines)

    def _limit_bytes(self) -> None:
        # With several sessions one half waits while the other is being written.
        if self.pending_bytes >= (self.batch_bytes if self.writers.count == 1 else self.batch_bytes // 2):
            self.drain_one(max(self.sinks, key=lambda each: each.pending_bytes))
        while self.writers.bytes and self.pending_bytes + self.writers.bytes >= self.batch_bytes:
            self.writers.wait_for_any()

    def _load(self, alias: str, record: dict[str, Any], message: Mapping[str, Any]) -> None:
        sink = self._sinks_active.get(alias)
        if sink is None:
            raise RecordsWithoutSchemaException(f"a record of stream '{alias}' came before the stream's SCHEMA")
        assert isinstance(sink, OracleSink)
        size = self.message_reader.line_size if isinstance(self.message_reader, LineReader) else 0
        sink.add_record(record, message, size)
        sink.record_counter_metric.increment()
        sink.drain_full()
        self._limit_bytes()

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"stream", "schema"})
        schema = message_dict["schema"]
        if not isinstance(schema, dict) or not isinstance(schema.get("properties"), dict):
            raise ValueError(f"the SCHEMA of stream '{message_dict['stream']}' has no properties")
        super()._process_schema_message(message_dict)
        keys = message_dict.get("bookmark_properties")
        for stream_map in self.mapper.stream_maps[message_dict["stream"]]:
            sink = self._sinks_active.get(stream_map.stream_alias)
            if isinstance(sink, OracleSink) and isinstance(keys, list) and len(keys) == 1 and not self.planning:
                sink.follow(keys[0])

    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"value"})
        self._waiting_state = message_dict["value"]
        for sink in self.sinks:
            sink.before_state = len(sink.pending)
            if sink.position.guessed and not sink.pending:
                anchor = stream_anchor(self._waiting_state, self._source_of(sink.stream_name))
                sink.position = sink.position.begin_at(anchor)
        if not any(sink.pending for sink in self.sinks):
            self.settle()

    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"stream", "version"})
        stream = message_dict["stream"]
        if stream not in self.mapper.stream_maps:
            raise RecordsWithoutSchemaException(f"ACTIVATE_VERSION of stream '{stream}' came before its SCHEMA")
        super()._process_activate_version_message(message_dict)

    def _handle_max_record_age(self) -> None:
        self.writers.poll()
        if time.monotonic() - self._last_drain > self._wait_limit:
            self._last_drain = time.monotonic()
            self.settle()
            self.drain_all()
        self.say_progress()

    def say_progress(self) -> None:
        """A line on stderr, if one is due."""
        if self._progress.is_due():
            sinks = list(self.sinks)
            waiting = sum(len(sink.pending) for sink in sinks)
            self.logger.info("%s", self._progress.line([sink.tally for sink in sinks], waiting))

    # ------------------------------------------------------------------------------------------ commits and states

    def settle(self, draining: OracleSink | None = None, *, final: bool = False) -> None:
        """Commit all rows that came before the waiting STATE, then emit it.

        Put off, unless `final`, while the sink that is being drained still compares its rows with a committed batch
        which ends behind the STATE.
        """
        state = self._waiting_state
        if state is None or self._holds_states:
            return
        sinks = list(self.sinks)
        if not final:
            waiting = [sink for sink in sinks if sink.position.waits_for(sink.before_state)]
            if waiting and (draining is None or draining in waiting):
                return
        for sink in sinks:
            sink.commit(sink.before_state, final=True)
        self._emit(state)

    def _emit(self, state: Mapping[str, Any]) -> None:
        self.writers.wait()
        anchors = [(sink, stream_anchor(state, self._source_of(sink.stream_name))) for sink in self.sinks]
        entries = [(sink, entry) for sink, anchor in anchors if (entry := sink.state_entry(anchor)) is not None]
        rejecting = [sink for sink in self.sinks if sink.rejecting]
        if entries or rejecting:
            with self.connector.transaction() as session:
                for sink in rejecting:
                    sink.flush_rejects(session)
                for sink, entry in entries:
                    self.checkpoints.add_state(session, sink.table, sink.stream_name, entry)
        fault_point("before state")
        self._waiting_state, self._settled_state = None, state
        self._last_drain = time.monotonic()
        self._write_state_message(dict(state) if isinstance(state, Mapping) else state)
        fault_point("after state")
        for sink, anchor in anchors:
            sink.state_emitted(anchor)

    def _write_state_message(self, state: dict[str, Any]) -> None:
        # The SDK's json.dumps has no Decimal, and a bookmark may well be one.
        sys.stdout.write(serialize_json(state) + "\n")
        sys.stdout.flush()

    def load(self, file_input: IO[str] | None = None) -> None:
        """Load all input. After a failure the batches that are being written end first, in one way or the other."""
        try:
            self.listen(file_input)
        except BaseException:
            self.writers.stop()
            raise

    def process_endofpipe(self) -> None:
        """All input is read: commit what is left, finish overwrites, emit the last STATE, and tidy up."""
        self.settle(final=True)
        for sink in self.sinks:
            sink.commit(len(sink.pending), final=True)
        self.writers.close()
        for sink in self.replacements.values():
            with sink.blamed():
                sink.replace_table()
        if self._begun:
            self._run_hooks("after_load")
        if self._waiting_state is not None:
            self._emit(self._waiting_state)
        super().process_endofpipe()
        self._tidy_up()

    def _tidy_up(self) -> None:
        sinks = list(self.sinks)
        checkpointed = [sink for sink in sinks if sink.load_method is not LoadMethod.OVERWRITE]
        for sink in sinks:
            self.logger.info("%s", sink.summary())
        for pattern in idle_patterns(self.config, [sink.stream_name for sink in sinks]):
            self.logger.warning(
                "streams: the settings of '%s' were not used, no stream of this run has such a name", pattern
            )
        if checkpointed:
            with self.connector.transaction() as session:
                for sink in checkpointed:
                    sink.flush_rejects(session)
                    position = sink.position
                    before = None if position.anchor == NO_BOOKMARK else position.state_offset
                    self.checkpoints.forget(session, sink.table, sink.stream_name, before=before)
        for sink in sinks:
            sink.drop_staging()
        if sinks:
            self.connector.close()
            del self.connector
            del self.oracle_api

    # ------------------------------------------------------------------------------------------ the process

    def _handle_termination(self, signum: int, frame: FrameType | None) -> NoReturn:
        """SIGTERM, SIGINT: end now. The server rolls the open batch back; what is committed is known to the next run.

        Draining here, as the SDK does, could interrupt a batch with itself: the signal may come in the middle of one.
        """
        self.logger.error("Received signal %d: the open batch is rolled back", signum)
        logging.shutdown()
        os._exit(128 + signum)

    def plan(self, file_input: IO[str] | None = None) -> None:
        """Print what loading this input would create and change. Nothing is executed."""
        self.planning = True
        if isinstance(self.message_reader, LineReader):
            self.message_reader.chunk_handler = None
        ignored = dict.fromkeys(("RECORD", "STATE", "ACTIVATE_VERSION", "BATCH"), _pass_over)
        self.message_reader.process_lines(file_input, {**ignored, "SCHEMA": self._process_schema_message})

    @classmethod
    def invoke(  # type: ignore[override]  # one option more
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: Any = None,
        file_input: IO[str] | None = None,
        plan: bool = False,
    ) -> None:
        if about:
            cls.print_about(about_format)
            return
        given = {} if config is None else config.config
        target = cls(config=given, parse_env_config=config is not None and config.parse_env)
        if plan:
            target.plan(file_input)
        else:
            cls.print_version(print_fn=cls.logger.info)
            target.load(file_input)

    @classmethod
    def get_singer_command(cls) -> click.Command:
        command = super().get_singer_command()
        command.params.append(
            click.Option(
                ["--plan"], is_flag=True, help="Read the SCHEMA messages, print mapping and DDL, execute nothing."
            )
        )
        return OneLineCommand(
            name=command.name,
            callback=command.callback,
            params=command.params,
            context_settings=command.context_settings,
            help=command.help,
            logger=cls.logger,
        )


def _pass_over(_message: dict[str, Any]) -> None:
    """A plan looks at schemas only."""


def _refuse_bad_secrets(settings: Mapping[str, Any]) -> None:
    # The JSON schema's own message would show the value.
    for name in ("password", "wallet_password"):
        if name in settings and not isinstance(settings[name], str):
            raise ConfigValidationError("invalid settings", errors=[f"{name} must be a string"])
