"""A stream as the catalog shows it: its columns, schema, key and selection, and what happens when the table has changed.

`streams.py` reads the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flext_db_oracle import OracleColumn, OracleTable
from flext_db_oracle.identifiers import unfold
from singer_sdk import Stream
from singer_sdk.helpers._catalog import get_selected_schema
from singer_sdk.mapper import StreamMap
from singer_sdk.singerlib import Catalog, CatalogEntry
from typing_extensions import override

from . import evolution, lobs
from .columns import ROWSCN, OutputColumn, masked, matching_rule, output_column
from .errors import TapError
from .query import Query, Source

if TYPE_CHECKING:
    from .tap import TapOracle


class CatalogStream(Stream):
    """A table, view or query as its catalog entry describes it."""

    def __init__(
        self,
        tap: TapOracle,
        oracle_table: OracleTable,
        name: str,
        *,
        source: Source | None = None,
        binds: Mapping[str, Any] | None = None,
    ) -> None:
        self.tap = tap
        self.options = tap.options
        self.stream_options = tap.options.for_stream(name)
        self.oracle_table = oracle_table
        self.source = source or Source.table(oracle_table.schema, oracle_table.name)
        self.binds = dict(binds or {})
        self.where = f"{oracle_table.schema}.{oracle_table.name}" if oracle_table.schema else "query"
        self.unsupported: dict[str, str] = {}  # types of the columns that have no Singer form
        self.columns = self._output_columns(name)
        super().__init__(tap, schema=self._table_to_singer_schema(oracle_table), name=name)
        self._mapped = False
        self.primary_keys = self._key_properties()

    def _output_columns(self, name: str) -> list[OutputColumn]:
        """The columns that can be read, as the mask rules leave them."""
        found: list[OutputColumn] = []
        for column in self._readable_columns(name):
            output = output_column(column, self.options)
            rule = matching_rule(self.options.mask, name, output.name)
            kept = output if rule is None else masked(output, rule, stream=name)
            if kept is not None:
                found.append(kept)
        if not found:
            raise TapError(
                f"stream {name} ({self.where}) has no column that can be read: leave it out with exclude_tables"
            )
        return found

    def _readable_columns(self, name: str) -> Iterator[OracleColumn]:
        for column in self.oracle_table.columns:
            if (column.invisible and not self.options.invisible_columns) or (
                column.virtual and not self.options.virtual_columns
            ):
                continue
            if column.type is not None:
                yield column
                continue
            text = f"{name}: column {column.name} has type {column.data_type}, which has no Singer form"
            rule = matching_rule(self.options.mask, name, unfold(column.name))
            if rule is not None and rule.action == "drop":
                continue
            self.unsupported[unfold(column.name)] = column.data_type
            if self.options.unsupported_columns == "fail":
                raise TapError(
                    f"{text}: drop it with a mask rule, convert it in a view, or set unsupported_columns to warn"
                )
            self.tap.logger.warning("%s: it is left out", text)

    def _key_properties(self) -> list[str]:
        """The declared key, or that of the options; nothing if one of its columns cannot be read."""
        given = self.stream_options.key_properties
        names = list(given) if given is not None else [unfold(column) for column in self.oracle_table.key_columns]
        known = {column.name for column in self.columns}
        missing = [name for name in names if name not in known]
        if missing and given is not None:
            raise TapError(f"stream {self.name} ({self.where}) has no column `{missing[0]}` of its key_properties")
        return [] if missing else names

    def _table_to_singer_schema(self, table: OracleTable) -> dict[str, Any]:
        """The JSON schema of a table's records."""
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {column.name: dict(column.schema) for column in self.columns},
        }
        if table.comment:
            schema["description"] = table.comment
        return schema

    def handle_schema_evolution(
        self, current_schema: Mapping[str, Any], new_table_metadata: OracleTable
    ) -> dict[str, Any]:
        """The schema to read by when a table is not what the catalog says, by the setting schema_evolution.

        Raises:
            TapError: the policy is `fail`, or a key is gone.
        """
        new_schema = self._table_to_singer_schema(new_table_metadata)
        changes = evolution.compare(current_schema, new_schema)
        policy = self.options.schema_evolution
        if changes and self.mask.get((), True):
            told = f"stream {self.name} ({self.where}) is not what the catalog says: {changes}"
            if policy == "fail":
                raise TapError(f"{told}. Discover again, or set schema_evolution to warn or emit")
            if policy != "ignore":
                read = "new columns are read too" if policy == "emit" else "new columns are not read"
                self.logger.warning("%s; %s", told, read if changes.added else "the table's types count")
        if policy == "emit":
            return new_schema
        kept = {name: part for name, part in new_schema["properties"].items() if name in current_schema["properties"]}
        return {**new_schema, "properties": kept}

    @override
    def apply_catalog(self, catalog: Catalog) -> None:
        super().apply_catalog(catalog)
        self._input_schema = None  # types are the table's, not those of the day of discovery
        entry = catalog.get_stream(self.name)
        if entry is None:
            return
        known = {column.name for column in self.columns}
        gone = [name for name in self.primary_keys if name not in known]
        if gone and self.selected:
            raise TapError(f"stream {self.name} ({self.where}) has no column `{gone[0]}` any more, which is in its key")
        if self.options.full_table:
            self.forced_replication_method, self.replication_key = "FULL_TABLE", None
        elif chosen_method(entry):
            self.forced_replication_method = chosen_method(entry)
        if entry.schema.properties:
            known_as = entry.schema.to_dict()
            for crumb, metadata in entry.metadata.items():
                if metadata.inclusion == "unsupported":
                    known_as["properties"].pop(crumb[-1], None)
            schema = self.handle_schema_evolution(known_as, self.oracle_table)
            automatic = {*self.primary_keys, self.replication_key, ROWSCN}
            self.columns = [c for c in self.columns if c.name in schema["properties"] or c.name in automatic]
            self._schema = self._table_to_singer_schema(self.oracle_table)

    @property
    @override
    def _singer_catalog_entry(self) -> CatalogEntry:
        """The catalog entry, without a replication method that nobody chose.

        The SDK writes FULL_TABLE for each stream without a key, and then takes that for a choice which Meltano's
        `replication-key` cannot change.
        """
        entry = super()._singer_catalog_entry
        entry.table = self.oracle_table.name
        entry.database = self.oracle_table.schema or None
        entry.is_view = self.oracle_table.kind == "VIEW"
        entry.row_count = self.oracle_table.num_rows
        if not self.forced_replication_method:
            entry.replication_method = None
        return entry

    @property
    @override
    def stream_maps(self) -> list[StreamMap]:
        """The stream maps, made from the whole schema: a catalog's keeps only the keywords the SDK knows."""
        if not self._mapped:
            self._mapped = True
            schema = get_selected_schema(self.name, self.schema, self.mask)
            for name in self._automatic:
                schema["properties"].setdefault(name, self.schema["properties"][name])
            self._tap.mapper.register_raw_stream_schema(self.name, schema, self.primary_keys)
        return super().stream_maps

    @property
    def _automatic(self) -> list[str]:
        """Properties that are sent whether they are selected or not."""
        return list(self.primary_keys)

    @cached_property
    def selected_columns(self) -> list[OutputColumn]:
        """The columns that the catalog selects, and always the keys."""
        automatic = set(self._automatic)
        return [c for c in self.columns if c.name in automatic or self.mask.get(("properties", c.name), True)]

    @property
    def all_column_names(self) -> list[str]:
        """The properties of all columns of the table, also of those that are not read: what a mask rule may mean."""
        return [unfold(column.name) for column in self.oracle_table.columns]

    def base_query(self) -> Query:
        """All rows of the stream with the selected columns: what each strategy starts from."""
        given = {**self.binds, "lob_inline_length": lobs.INLINE_LENGTH}
        if self.options.lob_max_length is not None:
            given["lob_max_length"] = self.options.lob_max_length
        if self.options.mask_salt is not None:
            given["mask_salt"] = self.options.mask_salt.get_secret_value()
        query = Query(self.source, self.selected_columns, given=given)
        if self.stream_options.filter:
            query = query.where(f"({self.stream_options.filter})", **self.stream_options.filter_binds)
        return query


def chosen_method(entry: CatalogEntry) -> str | None:
    """The replication method that a person chose for the stream: forced, in the metadata, or implied by a key."""
    root = entry.metadata.root
    forced = entry.replication_method or root.forced_replication_method
    if forced:
        return forced
    return "INCREMENTAL" if entry.replication_key or root.replication_key else None


def chosen_key(entry: CatalogEntry) -> str | None:
    """The replication key that the catalog names."""
    return entry.replication_key or entry.metadata.root.replication_key


def with_chosen_methods(catalog: Mapping[str, Any]) -> dict[str, Any]:
    """A catalog whose entries have the `replication-method` of their metadata, where the SDK does not look for it.

    It is what Singer's specification, Meltano and other taps' catalogs have.
    """
    streams = []
    for entry in catalog.get("streams", []):
        roots = [part["metadata"] for part in entry.get("metadata", []) if not part.get("breadcrumb")]
        method = next((root["replication-method"] for root in roots if root.get("replication-method")), None)
        streams.append({**entry, "replication_method": method} if method else entry)
    return {**catalog, "streams": streams}
