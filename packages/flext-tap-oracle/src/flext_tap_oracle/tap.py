"""`TapOracle`: settings, discovery, and the streams of a run. Reading is `streams.py`, Oracle knowledge flext-db-oracle."""

from __future__ import annotations

import difflib
import fnmatch
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePath
from types import FrameType
from typing import Any

import click
import oracledb
from flext_db_oracle import FlextDbOracleApi, OracleColumn, OracleType
from flext_db_oracle.errors import explain
from flext_db_oracle.identifiers import fold
from singer_sdk import Stream, Tap
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers._classproperty import classproperty
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from singer_sdk.singerlib import Catalog, CatalogEntry
from typing_extensions import override

from . import plan as plans
from . import snapshot, transactions
from .catalog import chosen_key, chosen_method, with_chosen_methods
from .columns import rule_matches
from .discovery import Discovery, Found, check_binds, describe_sql_stream
from .errors import SettingsError, TapError, unwrap
from .incremental import IncrementalOracleStream
from .options import TapOptions
from .query import bind_names
from .ranges import FullLoad
from .settings import config_jsonschema, connection_config, options_of, refuse_unknown
from .streams import OracleTableStream
from .writer import LineWriter


class TapOracle(Tap):
    """Oracle Database as Singer streams: one for each table, view and materialized view that the user may read."""

    name = "tap-oracle"
    package_name = "flext-tap-oracle"
    config_jsonschema = config_jsonschema()
    dynamic_catalog = True
    message_writer_class = LineWriter
    reads_earlier_snapshot = False  # the SCN is that of an unfinished load of an earlier run

    def __init__(self, *, catalog: PurePath | str | dict[str, Any] | Catalog | None = None, **options: Any) -> None:
        if isinstance(catalog, str | PurePath):
            catalog = json.loads(Path(catalog).read_text(encoding="utf-8"))
        if isinstance(catalog, Mapping):
            catalog = with_chosen_methods(catalog)
        super().__init__(catalog=catalog, **options)

    @classproperty
    @override
    def capabilities(self) -> list[Any]:
        return [
            TapCapabilities.CATALOG,
            TapCapabilities.DISCOVER,
            TapCapabilities.STATE,
            TapCapabilities.ACTIVATE_VERSION,
            PluginCapabilities.ABOUT,
            PluginCapabilities.STREAM_MAPS,
            PluginCapabilities.FLATTENING,
            PluginCapabilities.BATCH,
            PluginCapabilities.STRUCTURED_LOGGING,
        ]

    # -------------------------------------------------------------------------------------------- command line

    @classmethod
    @override
    def get_singer_command(cls) -> click.Command:
        command = super().get_singer_command()
        command.params.append(
            click.Option(["--plan"], is_flag=True, help="Print what a sync would do, without reading any row.")
        )
        return command

    @classmethod
    @override
    def invoke(cls, *, plan: bool = False, **options: Any) -> None:
        """Sync, or print the plan of a sync."""
        if not plan:
            super().invoke(**options)
            return
        catalog, state = (json.load(options[name]) if options.get(name) else None for name in ("catalog", "state"))
        config = options["config"]
        tap = cls(config=config.config, parse_env_config=config.parse_env, catalog=catalog, state=state)
        for line in plans.describe(tap):
            click.echo(line)

    @override
    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        """End with the signal's own exit code: a run that was ended early is no success, as the SDK has it.

        The STATEs that are out are true; another one here could come in the middle of a line.
        """
        self.logger.error("Ended by signal %d: the next run goes on from the last STATE", signum)
        sys.exit(128 + signum)

    # -------------------------------------------------------------------------------------------- settings

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        self._given = frozenset(self.config)  # before the SDK fills in defaults, which must not hide the environment
        try:
            errors = super()._validate_config(raise_errors=raise_errors)
        except ConfigValidationError as error:
            raise SettingsError("invalid settings", error.errors) from None
        refuse_unknown(self.config, type(self).config_jsonschema["properties"])
        connection_config(self._given_config, sessions=self.options.parallel + 1)
        return errors

    @property
    def _given_config(self) -> dict[str, Any]:
        return {name: value for name, value in self.config.items() if name in self._given}

    @cached_property
    def options(self) -> TapOptions:
        """The tap's own settings."""
        return options_of(self._given_config)

    @cached_property
    def oracle_api(self) -> FlextDbOracleApi:
        """The connected API.

        Raises:
            TapError: with the code, the address tried and a hint.
        """
        api = FlextDbOracleApi(connection_config(self._given_config, sessions=self.options.parallel + 1))
        unwrap(api.connect(), "connect")
        return api

    # -------------------------------------------------------------------------------------------- the run's "now"

    @cached_property
    def database_clock(self) -> str:
        """The database's time when a stream first asked for it."""
        return snapshot.clock(self.oracle_api)

    @cached_property
    def settled(self) -> transactions.Settled:
        """How far the open transactions let a bookmark go, when a stream first asked for it."""
        found = transactions.settled(self.oracle_api)
        if found.problem is None:
            self.logger.info("Bookmarks go no further than %s: %s", found.until, found)
        return found

    @cached_property
    def settled_numbers(self) -> dict[str, Any]:
        """By stream, the greatest number that no open transaction can come before; empty if some are open for too long."""
        greatest = {stream.name: stream.greatest_number() for stream in self._incremental_streams()}
        moment = snapshot.clock(self.oracle_api)
        left = transactions.wait_until_settled(self.oracle_api, moment, self.options.transaction_wait)
        if left is None:
            return greatest
        self.logger.warning(
            "After transaction_wait (%g s) %s: keys that are numbers keep their bookmarks, and their rows are sent again",
            self.options.transaction_wait,
            left,
        )
        return {}

    def _incremental_streams(self) -> Iterator[IncrementalOracleStream]:
        for stream in self.streams.values():
            if isinstance(stream, IncrementalOracleStream) and stream.selected:
                yield stream

    @property
    def scn_before_reading(self) -> int:
        """The SCN now: every later commit has a higher one."""
        return snapshot.current_scn(self.oracle_api)

    @cached_property
    def snapshot_scn(self) -> int:
        """The one SCN that all streams are read as of: that of an unfinished load, if it can still be read, else now's."""
        for stream in self.streams.values():
            load = FullLoad.from_state(self.state.get("bookmarks", {}).get(stream.name, {}))
            if load is None or load.scn is None or not isinstance(stream, OracleTableStream) or not stream.selected:
                continue
            if snapshot.is_readable(self.oracle_api, stream.source.sql, load.scn):
                self.logger.info("This run reads as of SCN %d, where the last one stopped", load.scn)
                self.reads_earlier_snapshot = True
                return load.scn
        for incremental in self._incremental_streams():
            _ = incremental.fence  # must be older than what is read
        scn = snapshot.current_scn(self.oracle_api)
        self.logger.info("This run reads as of SCN %d", scn)
        return scn

    def expression_type(self, source: str, expression: str, binds: Mapping[str, Any], stream: str) -> OracleType:
        """The type of an SQL expression over a source.

        Raises:
            TapError: the server refuses it, or its type has no Singer form.
        """
        columns = self._describe(f"SELECT {expression} AS key_ FROM {source}", f"stream {stream}: {expression}")
        kind = columns[0].type
        if kind is None:
            raise TapError(f"stream {stream}: `{expression}` has a type that cannot be replicated by")
        return kind

    def _describe(self, sql: str, what: str = "sql stream") -> tuple[OracleColumn, ...]:
        try:
            with self.oracle_api.session() as session:
                described = session.describe_query(sql)
        except oracledb.Error as error:
            told = explain(error, self.oracle_api.config.secrets)
            raise TapError(f"{what}: {told}") from error
        return tuple(
            OracleColumn(column.name, column.type, position=number, nullable=column.nullable)
            for number, column in enumerate(described, 1)
        )

    # -------------------------------------------------------------------------------------------- catalog

    @cached_property
    def schema_names(self) -> tuple[str, ...]:
        """The schemas to read, as Oracle spells them."""
        names = self.options.schemas or [self.options.schema_ or ""]
        folded = [fold(name) for name in names if name]
        return tuple(dict.fromkeys(folded)) or (unwrap(self.oracle_api.current_schema(), "current schema"),)

    @property
    @override
    def catalog_dict(self) -> dict[str, Any]:
        """The catalog with whole schemas, of which the SDK's own keeps only the keywords it knows, not `x-oracle`, and with
        the columns that cannot be read, as `unsupported`.
        """
        catalog = super().catalog_dict
        for entry in catalog["streams"]:
            stream = self.streams[entry["tap_stream_id"]]
            entry["schema"] = {**stream.schema, "properties": dict(stream.schema["properties"])}
            for name, kind in getattr(stream, "unsupported", {}).items():
                text = f"{kind} has no Singer form"
                entry["schema"]["properties"][name] = {"description": text, "x-oracle": {"type": kind}}
                crumb = ["properties", name]
                entry["metadata"] = [part for part in entry["metadata"] if part["breadcrumb"] != crumb]
                entry["metadata"].append({"breadcrumb": crumb, "metadata": {"inclusion": "unsupported"}})
        return catalog

    @override
    def discover_streams(self) -> Sequence[Stream]:
        """One stream for each table of the schemas and each SQL stream; with a catalog, for those that it selects.

        Raises:
            SettingsError: two tables would be streams of the same name, or the catalog selects a table that is
                not there (or not visible to this user).
        """
        only = self._selected_in_catalog()
        found = Discovery(self.oracle_api, self.options, self.schema_names).find(only)
        for stream in self.options.sql_streams:
            if only is None or stream.name in only:
                found.append(describe_sql_stream(self._describe, stream))
        self._refuse_missing(only, found)
        if not found and only is None:
            self.logger.warning(
                "No table or view of %s that this user can see is one of `tables` and not of `exclude_tables`:"
                " the catalog is empty",
                ", ".join(self.schema_names),
            )
        methods = self._methods()
        streams = [self._make_stream(item, *methods.get(item.stream, (None, None))) for item in found]
        self._refuse_idle_rules(streams)
        self._warn_of_idle_options(streams)
        return sorted(streams, key=lambda stream: stream.name)

    def _make_stream(self, item: Found, method: str | None, key: str | None) -> OracleTableStream:
        options = self.options.for_stream(item.stream)
        sql_key = next((s.replication_key for s in self.options.sql_streams if s.name == item.stream), None)
        key = key or options.replication_key or sql_key
        if self.options.full_table:
            method = "FULL_TABLE"
        method = method or options.replication_method or self.options.default_replication_method
        method = method or ("INCREMENTAL" if key else None)
        if options.filter:
            binds = bind_names(options.filter)
            check_binds(f"stream {item.stream}: filter", binds, options.filter_binds, "filter_binds")
        more: dict[str, Any] = {"source": item.source, "binds": item.binds}
        if method == "INCREMENTAL":
            return IncrementalOracleStream(self, item.table, item.stream, key=key, **more)
        return OracleTableStream(self, item.table, item.stream, **more)

    @property
    def _catalog_entries(self) -> Sequence[CatalogEntry]:
        return [] if self.input_catalog is None else self.input_catalog.streams

    def _selected_in_catalog(self) -> frozenset[str] | None:
        if self.input_catalog is None:
            return None
        return frozenset(
            entry.tap_stream_id
            for entry in self.input_catalog.streams
            if entry.metadata.resolve_selection().get((), True)
        )

    def _refuse_missing(self, only: frozenset[str] | None, found: Sequence[Found]) -> None:
        missing = sorted((only or frozenset()) - {item.stream for item in found})
        if missing:
            schemas = ", ".join(self.schema_names)
            raise SettingsError(
                "unknown streams",
                errors=[
                    f"the catalog selects `{name}`, but there is no such table or view in {schemas} that"
                    f" {self.oracle_api.config.username} may read: deselect it, run --discover again, or grant SELECT"
                    for name in missing
                ],
            )

    def _methods(self) -> dict[str, tuple[str | None, str | None]]:
        """Replication method and key by stream, where the catalog has them.

        Raises:
            SettingsError: a method that the tap does not have.
        """
        methods = {e.tap_stream_id: (chosen_method(e), chosen_key(e)) for e in self._catalog_entries}
        wanted = [(name, method) for name, (method, _) in methods.items()]
        wanted += [(name, options.replication_method) for name, options in self.options.stream_options.items()]
        wanted.append(("*", self.options.default_replication_method))
        for name, method in wanted:
            if method not in (None, "FULL_TABLE", "INCREMENTAL"):
                raise SettingsError(
                    "unsupported replication method",
                    errors=[
                        f"stream `{name}` asks for {method}, which this tap does not offer: LogMiner needs supplemental"
                        " logging, privileges of a DBA and redo that is kept, and a gap in it is a silent loss. Use"
                        " INCREMENTAL with a replication key, with ora_rowscn as key (it cannot miss a late commit), or"
                        " FULL_TABLE"
                    ],
                )
        return methods

    def _refuse_idle_rules(self, streams: Sequence[OracleTableStream]) -> None:
        """Fail closed: a mask rule that matches no column is a mistake in the rule, and something goes unmasked."""
        names = {(stream.name, column) for stream in streams for column in stream.all_column_names}
        for entry in self._catalog_entries:
            names |= {(entry.tap_stream_id, column) for column in entry.schema.properties or ()}
        idle = [
            rule.columns
            for rule in self.options.mask
            if not any(rule_matches(rule, stream, column) for stream, column in names)
        ]
        if idle:
            raise SettingsError(
                "invalid settings",
                errors=[
                    f"mask: the rule `{rule}` matches no column of any stream, so nothing is read" for rule in idle
                ],
            )

    def _warn_of_idle_options(self, streams: Sequence[OracleTableStream]) -> None:
        """Options for a stream that is not there may be meant for another: its filter is not applied, say."""
        names = {stream.name for stream in streams} | {entry.tap_stream_id for entry in self._catalog_entries}
        for pattern in self.options.stream_options:
            if not fnmatch.filter(names, pattern):
                near = difflib.get_close_matches(pattern, names, 1)
                hint = f": did you mean `{near[0]}`?" if near else ""
                self.logger.warning("stream_options: `%s` matches no stream%s", pattern, hint)

    def _warn_of_other_names(self, bookmarks: Iterable[str]) -> None:
        """A state of another tap spells its streams SCHEMA-TABLE: its bookmarks would not be used without a word."""
        names = set(self._streams or ()) | {entry.tap_stream_id for entry in self._catalog_entries}
        for name in sorted(set(bookmarks) - names):
            spelled = name.lower()
            ours = next((known for known in (spelled, spelled.partition("-")[2]) if known in names), None)
            if ours is not None:
                self.logger.warning(
                    "The state's bookmark of `%s` is not used: the stream is `%s`. Rename it in the state: see docs/migration.md",
                    name,
                    ours,
                )

    # -------------------------------------------------------------------------------------------- state

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        """Take over a state.

        Raises:
            TapError: it is no state.
        """
        bookmarks = state.get("bookmarks", {}) if isinstance(state, Mapping) else None
        if not isinstance(bookmarks, Mapping) or not all(isinstance(part, Mapping) for part in bookmarks.values()):
            raise TapError('the state is malformed: it must be {"bookmarks": {"<stream>": {...}}}')
        for name, part in bookmarks.items():
            held = part.get("full_load")
            if held is not None and (not isinstance(held, Mapping) or held.get("format") != 1):
                raise TapError(f"the state of stream {name} is of a newer version of this tap: upgrade it")
        super().load_state(state)
        self._warn_of_other_names([name for name, part in bookmarks.items() if part.get("replication_key_value")])
