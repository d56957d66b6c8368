"""`TapOracle`: discovery, and the streams of a run. Reading is `streams.py`, Oracle knowledge is flext-db-oracle."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from flext_db_oracle import FlextDbOracleApi, OracleTable
from flext_db_oracle.identifiers import fold, unfold
from singer_sdk import Stream, Tap
from singer_sdk.exceptions import ConfigValidationError
from singer_sdk.helpers._classproperty import classproperty
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from typing_extensions import override

from .errors import unwrap
from .settings import config_jsonschema, connection_config, refuse_unknown
from .streams import IncrementalOracleStream, OracleTableStream, chosen_method


class TapOracle(Tap):
    """Oracle Database as Singer streams: one for each table, view and materialized view that the user may read."""

    name = "tap-oracle"
    package_name = "flext-tap-oracle"
    config_jsonschema = config_jsonschema()
    dynamic_catalog = True

    @classproperty
    @override
    def capabilities(self) -> list[Any]:
        return [
            TapCapabilities.CATALOG,
            TapCapabilities.DISCOVER,
            TapCapabilities.STATE,
            PluginCapabilities.ABOUT,
            PluginCapabilities.STREAM_MAPS,
            PluginCapabilities.FLATTENING,
        ]

    @override
    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        errors = super()._validate_config(raise_errors=raise_errors)
        known = type(self).config_jsonschema["properties"]
        refuse_unknown(self.config, known)
        connection_config(self.config)
        return errors

    @cached_property
    def oracle_api(self) -> FlextDbOracleApi:
        """The connected API.

        Raises:
            ConnectionFailed: with the code, the address tried and a hint.
        """
        api = FlextDbOracleApi(connection_config(self.config))
        unwrap(api.connect(), "connect")
        return api

    @cached_property
    def schema_names(self) -> tuple[str, ...]:
        """The schemas to read, as Oracle spells them."""
        if self.config.get("schema") and self.config.get("schemas"):
            raise ConfigValidationError("invalid settings", errors=["give `schema` or `schemas`, not both"])
        names: Iterable[str] = self.config.get("schemas") or [self.config.get("schema") or ""]
        folded = [fold(name) for name in names if name]
        return tuple(dict.fromkeys(folded)) or (unwrap(self.oracle_api.current_schema(), "current schema"),)

    @property
    @override
    def catalog_dict(self) -> dict[str, Any]:
        """The catalog with whole schemas: the SDK's own keeps only the keywords it knows, not `x-oracle`."""
        catalog = super().catalog_dict
        for entry in catalog["streams"]:
            entry["schema"] = self.streams[entry["tap_stream_id"]].schema
        return catalog

    @override
    def discover_streams(self) -> Sequence[Stream]:
        """One stream for each table of the schemas.

        Raises:
            ConfigValidationError: two tables would be streams of the same name, or the catalog selects a table that is
                not there (or not visible to this user).
        """
        tables: dict[str, OracleTable] = {}
        for schema in self.schema_names:
            for table in unwrap(self.oracle_api.get_schema_metadata(schema), f"schema {schema}").tables:
                if not self._wanted(table):
                    continue
                stream = self.stream_name(table)
                if stream in tables:
                    clash = tables[stream]
                    raise ConfigValidationError(
                        "ambiguous streams",
                        errors=[
                            f"{clash.schema}.{clash.name} and {table.schema}.{table.name} are both `{stream}`:"
                            " set `stream_name_format` to schema-table, or leave one out with `tables`"
                        ],
                    )
                tables[stream] = table
        self._refuse_missing(tables)
        methods = self._catalog_methods()
        return [
            (IncrementalOracleStream if methods.get(name) == "INCREMENTAL" else OracleTableStream)(self, table, name)
            for name, table in sorted(tables.items())
        ]

    def stream_name(self, table: OracleTable) -> str:
        """`employees`, or `hr-employees` when several schemas are read (setting stream_name_format)."""
        style = self.config.get("stream_name_format") or "auto"
        if style == "table" or (style == "auto" and len(self.schema_names) == 1):
            return unfold(table.name)
        return f"{unfold(table.schema)}-{unfold(table.name)}"

    def _wanted(self, table: OracleTable) -> bool:
        patterns: Sequence[str] = self.config.get("tables") or ()
        if not patterns:
            return True
        names = (table.name.lower(), f"{table.schema}.{table.name}".lower())
        return any(fnmatch.fnmatchcase(name, pattern.lower()) for pattern in patterns for name in names)

    def _refuse_missing(self, tables: dict[str, OracleTable]) -> None:
        if self.input_catalog is None:
            return
        missing = [
            entry.tap_stream_id
            for entry in self.input_catalog.streams
            if entry.tap_stream_id not in tables and entry.metadata.root.selected
        ]
        if missing:
            schemas = ", ".join(self.schema_names)
            raise ConfigValidationError(
                "unknown streams",
                errors=[
                    f"the catalog selects `{name}`, but there is no such table or view in {schemas} that"
                    f" {self.oracle_api.config.username} may read: deselect it, run --discover again, or grant SELECT"
                    for name in missing
                ],
            )

    def _catalog_methods(self) -> dict[str, str | None]:
        if self.input_catalog is None:
            return {}
        methods = {entry.tap_stream_id: chosen_method(entry) for entry in self.input_catalog.streams}
        for name, method in methods.items():
            if method not in (None, "FULL_TABLE", "INCREMENTAL"):
                raise ConfigValidationError(
                    "unsupported replication method",
                    errors=[
                        f"stream `{name}` asks for {method}: use INCREMENTAL with a replication key, or FULL_TABLE"
                    ],
                )
        return methods
