"""Streams: one table, read with one query, a record at a time, in flat memory.

Converters are chosen once per column (flext-db-oracle's type contract). An incremental stream reads `key >= bookmark`
in the key's order, so that rows which share the newest key value are never lost; those delivered before that have
not changed since are recognised by digests kept in the state (`boundary`) and are not sent again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import oracledb
from flext_db_oracle import OracleColumn, OracleTable
from flext_db_oracle.errors import UnsupportedTypeError, explain
from flext_db_oracle.identifiers import qualify, quote, unfold
from flext_db_oracle.json_schema import property_schema
from flext_db_oracle.types import NanPolicy
from flext_db_oracle.values import Converter, convert_rows, to_bind_value, to_json_value
from singer_sdk import Stream
from singer_sdk.helpers._catalog import get_selected_schema
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import StreamMap
from singer_sdk.singerlib import Catalog, CatalogEntry
from typing_extensions import override

from .errors import TapError, unwrap

if TYPE_CHECKING:
    from .tap import TapOracle

#: Rows of one key value that the state remembers; beyond it they are sent again, which loses nothing.
MAX_BOUNDARY = 1000
BOUNDARY = "boundary"


class OracleTableStream(Stream):
    """A table, view or materialized view, read whole."""

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # values come converted
    is_sorted = False

    def __init__(self, tap: TapOracle, oracle_table: OracleTable, name: str) -> None:
        self.oracle_table = oracle_table
        self.columns = _supported(tap, oracle_table, name)
        super().__init__(tap, schema=self._table_to_singer_schema(tap.config), name=name)
        self.tap = tap
        self._has_mapped_schema = False
        self.primary_keys = [unfold(column) for column in oracle_table.key_columns]

    def _table_to_singer_schema(self, config: Mapping[str, Any]) -> dict[str, Any]:
        properties = {
            unfold(column.name): property_schema(
                column,
                use_singer_decimal=bool(config.get("use_singer_decimal")),
                nan_policy=config.get("nan_policy") or "fail",
            )
            for column in self.columns
        }
        schema: dict[str, Any] = {"type": "object", "properties": properties}
        if self.oracle_table.comment:
            schema["description"] = self.oracle_table.comment
        return schema

    @property
    @override
    def _singer_catalog_entry(self) -> CatalogEntry:
        """The catalog entry, without a replication method that nobody chose.

        The SDK writes FULL_TABLE for each stream without a key, and then takes that for a choice which Meltano's
        `replication-key` cannot change.
        """
        entry = super()._singer_catalog_entry
        entry.table = self.oracle_table.name
        entry.database = self.oracle_table.schema
        entry.is_view = self.oracle_table.kind == "VIEW"
        entry.row_count = self.oracle_table.num_rows
        if not self.forced_replication_method:
            entry.replication_method = None
        return entry

    @property
    @override
    def stream_maps(self) -> list[StreamMap]:
        """The stream maps, made from the whole schema: a catalog's keeps only the keywords the SDK knows."""
        if not self._has_mapped_schema:
            self._has_mapped_schema = True
            schema = get_selected_schema(self.name, self.schema, self.mask)
            self._tap.mapper.register_raw_stream_schema(self.name, schema, self.primary_keys)
        return super().stream_maps

    @override
    def apply_catalog(self, catalog: Catalog) -> None:
        super().apply_catalog(catalog)
        self._input_schema = None  # types are the table's, not those of the day of discovery
        entry = catalog.get_stream(self.name)
        if entry is not None and chosen_method(entry):
            self.forced_replication_method = chosen_method(entry)

    @override
    def get_records(self, context: Mapping[str, Any] | None) -> Iterable[dict[str, Any]]:
        """Read the rows.

        Raises:
            TapError: naming the table, with the ORA code and a hint. No STATE is written after it.
        """
        try:
            yield from self._read(context)
        except oracledb.Error as error:
            explanation = explain(error)
            hint = f". Next: {explanation.hint}" if explanation.hint else ""
            table = f"{self.oracle_table.schema}.{self.oracle_table.name}"
            raise TapError(f"stream {self.name} ({table}): {explanation.message}{hint}") from error

    def _read(self, context: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
        sql, binds = self._build_query(context)
        names = [unfold(column.name) for column in self.selected_columns]
        for row in self._rows(sql, binds):
            yield self._row_to_record(names, row)

    def _row_to_record(self, names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
        return dict(zip(names, row, strict=True))

    def _rows(self, sql: str, binds: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        converters = self._converters()
        for batch in self.tap.oracle_api.batches(sql, binds):
            yield from convert_rows(batch, converters)

    def _converters(self) -> list[Converter | None]:
        decimal = bool(self.config.get("use_singer_decimal"))
        policy: NanPolicy = self.config.get("nan_policy") or "fail"
        return [
            to_json_value(column.type, nan_policy=policy, use_singer_decimal=decimal)
            for column in self.selected_columns
            if column.type is not None
        ]

    @property
    def selected_columns(self) -> list[OracleColumn]:
        """The columns that the catalog selects, and always the keys."""
        needed = {*self.primary_keys, self.replication_key}
        return [
            column
            for column in self.columns
            if unfold(column.name) in needed or self.mask.get(("properties", unfold(column.name)), True)
        ]

    def _select(self) -> str:
        expressions = ", ".join(
            f"{column.type.select_expression(quote(column.name))} AS {quote(column.name)}"
            for column in self.selected_columns
            if column.type is not None
        )
        return f"SELECT {expressions} FROM {qualify(self.oracle_table.schema, self.oracle_table.name)}"

    def _build_query(self, context: Mapping[str, Any] | None) -> tuple[str, dict[str, Any]]:
        return self._select(), {}


class IncrementalOracleStream(OracleTableStream):
    """A table read from a replication key's bookmark on, in the key's order."""

    replication_method = "INCREMENTAL"
    is_sorted = True
    check_sorted = False  # the database sorts; text of other offsets or signs does not sort as text

    @property
    def key_column(self) -> OracleColumn:
        """The column of the replication key.

        Raises:
            TapError: no key was chosen, or the table has no such column.
        """
        key = self.replication_key
        found = next((column for column in self.columns if unfold(column.name) == key), None)
        if found is None:
            table = f"{self.oracle_table.schema}.{self.oracle_table.name}"
            what = f"has no column for the replication key `{key}`" if key else "has no replication key"
            raise TapError(
                f"stream {self.name} ({table}) {what}: set `replication-key` in its metadata, or read it FULL_TABLE"
            )
        return found

    @override
    def _build_query(self, context: Mapping[str, Any] | None) -> tuple[str, dict[str, Any]]:
        return self._build_incremental_query(self._last_value(context))

    def _last_value(self, context: Mapping[str, Any] | None) -> Any:
        state = self.get_context_state(dict(context) if context else None)
        if state.get("replication_key") not in (None, self.replication_key):
            return self.config.get("start_date")  # the bookmark is of another key
        return state.get("replication_key_value", self.config.get("start_date"))

    def _build_incremental_query(self, last_value: Any) -> tuple[str, dict[str, Any]]:
        """SQL and binds for rows at or after `last_value` (all rows with a key if it is None)."""
        column = self.key_column
        assert column.type is not None
        name = quote(column.name)
        condition, binds = f"{name} IS NOT NULL", {}
        if last_value is not None:
            condition = f"{name} >= {column.type.bind_expression(':last_value')}"
            convert = to_bind_value(column.type)
            binds = {"last_value": convert(last_value) if convert else last_value}
        return f"{self._select()} WHERE {condition} ORDER BY {name}", binds

    @override
    def _read(self, context: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
        self._warn_of_null_keys()
        key = unfold(self.key_column.name)
        state = self.get_context_state(dict(context) if context else None)
        bookmark, known = state.get("replication_key_value"), set(state.get(BOUNDARY) or ())
        at: Any = object()
        digests: list[str] = []
        for record in super()._read(context):
            digest = _digest(record)
            if record[key] != at:
                at, digests = record[key], []
            if len(digests) <= MAX_BOUNDARY:
                digests.append(digest)
            state[BOUNDARY] = digests if len(digests) <= MAX_BOUNDARY else []
            if record[key] == bookmark and digest in known:
                continue
            yield record

    def _warn_of_null_keys(self) -> None:
        column = self.key_column
        if not column.nullable:
            return
        table = qualify(self.oracle_table.schema, self.oracle_table.name)
        sql = f"SELECT COUNT(*) FROM {table} WHERE {quote(column.name)} IS NULL"
        missing = unwrap(self.tap.oracle_api.execute_query(sql), f"stream {self.name}").scalar()
        if missing:
            self.logger.warning(
                "%s rows of %s have no value in %s: an incremental stream does not read them",
                missing,
                table,
                column.name,
            )


def chosen_method(entry: CatalogEntry) -> str | None:
    """The replication method that a person chose for the stream: forced, in the metadata, or implied by a key."""
    root = entry.metadata.root
    forced = entry.replication_method or root.forced_replication_method
    if forced:
        return forced
    return "INCREMENTAL" if entry.replication_key or root.replication_key else None


def _digest(record: dict[str, Any]) -> str:
    text = json.dumps(record, default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _supported(tap: TapOracle, table: OracleTable, name: str) -> list[OracleColumn]:
    """The columns whose types are in the type contract; each other one is named in a warning and left out."""
    supported = []
    for column in table.columns:
        if column.type is None:
            tap.logger.warning(
                "%s: column %s has type %s, which has no Singer form: it is left out",
                name,
                column.name,
                column.data_type,
            )
        else:
            supported.append(column)
    if not supported:
        raise UnsupportedTypeError(f"{table.schema}.{table.name} has no column of a supported type")
    return supported
