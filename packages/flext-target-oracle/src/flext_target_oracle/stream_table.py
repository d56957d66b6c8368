"""One stream and its table: the settings that hold for it, the columns, the DDL, and the statements that write.

What records become and when they are committed is in `sinks`, which builds on this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flext_db_oracle import ObjectNotFoundError, OracleColumn, OracleTable, OracleType, UnsupportedTypeError, ddl
from flext_db_oracle.bulk import make_insert
from flext_db_oracle.identifiers import qualify
from singer_sdk.sinks import BatchSink

from . import collection, merge, rejects, tables
from .collection import Collection
from .options import LoadMethod, SchemaPolicy
from .rejects import RejectFile, RejectTable
from .rows import RowMaker
from .settings import load_method, stream_settings
from .types import METADATA_COLUMNS, VERSION_COLUMNS, StreamColumn, new_table, oracle_type, stream_columns, table_name
from .writer import BatchWriter

if TYPE_CHECKING:
    from singer_sdk.target_base import Target

    from .target import TargetOracle

DELETED_AT = "_sdc_deleted_at"


class StreamTable(BatchSink):
    """The table side of a sink."""

    def __init__(
        self, target: Target, stream_name: str, schema: dict[str, Any], key_properties: Sequence[str] | None
    ) -> None:
        super().__init__(target, stream_name, schema, key_properties)
        self.target: TargetOracle = target  # type: ignore[assignment]  # the only target that makes these sinks
        self.options = stream_settings(self.config, stream_name)
        own_key = self.options.get("key_properties")
        if own_key is not None:
            self._key_properties = tuple(own_key)
        self.load_method = load_method(self.options, has_key=bool(self.key_properties))
        if self.load_method is LoadMethod.INSERT_ONLY and not self.key_properties:
            raise ValueError(
                f"stream {stream_name}: load_method insert-only needs a key. Hint: set key_properties in streams"
            )
        self.naming = self.target.naming
        self.table = self._table_name()
        self.policy = SchemaPolicy(self.options.get("schema_policy") or SchemaPolicy.EVOLVE)
        self.null_keys_equal = self.options.get("null_keys") == "equal"
        self.rejecting = self.options.get("on_error") == "reject"
        self.replication_key: str | None = None
        self.created = False
        """Whether the table is new: then nothing of the stream can be committed."""
        self._versioned = self.include_sdc_metadata_properties
        self._marked = DELETED_AT in schema.get("properties", {})
        self._columns: list[StreamColumn] = []
        self.overridden: frozenset[str] = frozenset()
        """Properties whose type the setting column_types says."""
        self._left_out: frozenset[str] = frozenset()
        """Properties that the table has no column for, and by policy gets none."""
        self._reject_store: RejectTable | RejectFile | None = None
        self.collection: Collection | None = None
        """Where an overwrite by direct path collects its rows."""

    def _table_name(self) -> str:
        own_name = self.options.get("table_name")
        if own_name:
            return self.naming.oracle_name(own_name)
        strip = self.config.get("strip_schema_prefix") is not False
        return table_name(self.stream_name, strip_schema_prefix=strip, naming=self.naming)

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

    @property
    def schema_name(self) -> str:
        """The target schema's exact name."""
        return self.target.target_schema

    @property
    def load_table(self) -> str:
        """The table that batches go to: the stream's own, or its replacement until the run has ended."""
        return merge.replacement_name(self.table) if self.load_method is LoadMethod.OVERWRITE else self.table

    @property
    def reject_table(self) -> str:
        """`EMPLOYEES_REJECTS`."""
        return rejects.table_name(self.table, max_bytes=self.naming.max_bytes)

    def table_names(self) -> dict[str, str]:
        """Every table that the stream uses, and what for."""
        names = {self.table: "table"}
        if self.load_method is LoadMethod.OVERWRITE:
            names[self.load_table] = "replacement table"
        if self.merges:  # also if direct path does not need it: that is known only when the columns are
            names[merge.staging_name(self.load_table)] = "staging table"
        if self.rejecting and not self.config.get("reject_file"):
            names[self.reject_table] = "table of rejects"
        return names

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
        missing = [key for key in self.key_properties if key not in names]
        if missing:
            raise ObjectNotFoundError(
                f"table {self.table} has no column for key property {', '.join(missing)}, and schema_policy is "
                f"{self.policy}. Hint: add the column, or set key_properties in streams"
            )
        return [names[key] for key in self.key_properties]

    # ------------------------------------------------------------------------------------------ what is wanted

    def plan(self, server_version: tuple[int, ...]) -> list[StreamColumn]:
        """The columns that the stream's schema asks for."""
        properties = {
            name: schema
            for name, schema in self.original_schema["properties"].items()
            if name not in METADATA_COLUMNS  # metadata of the tap's own; ours has the same names
        }
        metadata = dict(METADATA_COLUMNS) if self.include_sdc_metadata_properties else {}
        if self._versioned:
            metadata |= VERSION_COLUMNS
        elif self._marked:
            metadata[DELETED_AT] = VERSION_COLUMNS[DELETED_AT]
        overrides = self._column_types(properties)
        self.overridden = frozenset(overrides)
        columns = stream_columns(
            self.stream_name,
            {**self.original_schema, "properties": properties},
            self.key_properties if self.load_method is not LoadMethod.APPEND else (),
            server_version=server_version,
            metadata=metadata,
            naming=self.naming,
            overrides=overrides,
            nullable_key=self.null_keys_equal,
        )
        return [item if item.name in overrides else item.checked(self.table) for item in columns]

    def _column_types(self, properties: Mapping[str, Any]) -> Mapping[str, str]:
        general = self.config.get("column_types") or {}
        # What is set for all streams need not be a property of each.
        found = {name: text for name, text in general.items() if name in properties}
        own = self.options.get("column_types") or {}
        return found if own is general else found | own

    def plan_columns(self, existing: OracleTable | None) -> list[StreamColumn]:
        """The columns, next to a table that may exist, without touching it."""
        self._see_table(existing)
        self._columns = self.plan(self.target.connector.session.server_version)
        return self._columns

    def wanted_table(self) -> OracleTable:
        """The table that the stream would be given."""
        made = new_table(self.schema_name, self.table, self._columns, self.key_columns if self.merges else ())
        comment = self.original_schema.get("description")
        return replace(made, comment=comment if isinstance(comment, str) else None)

    def table_options(self) -> tables.TableOptions:
        """The setting `table_options`."""
        return tables.TableOptions(**(self.options.get("table_options") or {}), max_bytes=self.naming.max_bytes)

    def _generate_create_table_ddl(self, schema: str, table: str) -> str:
        """CREATE TABLE for the stream, with a primary key when it is loaded by key."""
        wanted = replace(self.wanted_table(), schema=schema, name=table)
        options = self.table_options()
        return ddl.create_table(wanted, options=options.sql, max_bytes=options.max_bytes)

    def _singer_type_to_oracle_type(self, field_schema: Mapping[str, Any]) -> str:
        """The DDL text of the type that a property becomes, such as `VARCHAR2(4000 CHAR)`."""
        return oracle_type(field_schema, server_version=self.target.connector.session.server_version).ddl

    # ------------------------------------------------------------------------------------------ the database

    def prepare(self) -> None:
        """Make the tables what the stream needs, and the statements for them. DDL: commits."""
        session = self.target.connector.session
        existing = session.find_table(self.schema_name, self.table)
        self.plan_columns(existing)
        live = tables.live_columns(self._ensure_table_exists(existing), self._columns)
        if self.load_method is LoadMethod.OVERWRITE:
            self._prepare_replacement(live)
        elif self.options.get("direct_path"):
            self.logger.info(
                "%s: no direct path, which commits by itself: a batch of %s is one transaction",
                self.table,
                self.load_method,
            )
        if self.merges and self.collection is None:
            tables.ensure_staging(session, self.schema_name, self.load_table, live)
        if self.rejecting and self._reject_store is None:
            self._reject_store = self._open_rejects()
            self._reject_store.ensure(session)
        self._compile(live)
        for item in self._columns:
            if item.name in self.overridden and item.column.type is not None:
                self.logger.info("%s.%s is %s by column_types", self.table, item.column.name, item.column.type.ddl)

    def _prepare_replacement(self, live: Sequence[OracleColumn]) -> None:
        session = self.target.connector.session
        former = self.target.replacements.get(self.table)
        if former is None and self.options.get("direct_path"):
            reason = self._why_not_direct(live)
            if reason is None:
                self.collection = Collection(self.schema_name, self.load_table)
                self.logger.info("%s: rows are collected by direct path", self.table)
            else:
                self.logger.info("%s: no direct path, but array binds: %s", self.table, reason)
        elif former is not None and former.collection is not None:
            self.collection = former.collection
            reason = self._why_not_direct(live)
            if reason is not None:
                raise UnsupportedTypeError(
                    f"table {self.table} was being collected by direct path, which its new schema does not allow: "
                    f"{reason}. Hint: set direct_path to false for this stream"
                )
        columns = live
        if self.collection is not None:
            self.collection.use(live)
            columns = self.collection.columns
        tables.ensure_replacement(
            session, self.schema_name, self.table, columns, begun=former is not None, logging=self.collection is None
        )
        self.target.replacements[self.table] = self  # type: ignore[assignment]  # each is an OracleSink

    def _why_not_direct(self, live: Sequence[OracleColumn]) -> str | None:
        if self.rejecting:
            return "on_error is reject, and only array binds tell which rows are refused"
        key = self.key_columns if self.merges else []
        newest = self._merge_rules(key).newest_by
        return collection.why_not(self.target.connector.session, live, [*key, *([newest] if newest else [])])

    def _see_table(self, existing: OracleTable | None) -> None:
        """A table that has columns for versions and deletions keeps them true: a record that comes again is alive."""
        present = {column.name for column in existing.columns} if existing is not None else set()
        self._marked |= self.naming.metadata(DELETED_AT) in present
        self._versioned |= {self.naming.metadata(name) for name in VERSION_COLUMNS} <= present

    def _ensure_table_exists(self, existing: OracleTable | None) -> OracleTable:
        """Create the table, or make the one that is there what the schema policy says; what it is then."""
        session = self.target.connector.session
        change = tables.ensure_table(
            session, existing, self.wanted_table(), self._columns, policy=self.policy, options=self.table_options()
        )
        self.created = change is tables.Change.CREATED
        if existing is None or change is not tables.Change.NONE:
            existing = session.get_table(self.schema_name, self.table)
        if self.policy in {SchemaPolicy.FREEZE, SchemaPolicy.DISCARD}:
            kept = tables.present_columns(existing, self._columns)
            self._left_out = frozenset(item.name for item in self._columns) - {item.name for item in kept}
            self._columns = kept
            if self._left_out:
                names = ", ".join(sorted(self._left_out))
                self.logger.warning("Table %s has no column for %s: policy %s", self.table, names, self.policy)
        return existing

    def _open_rejects(self) -> RejectTable | RejectFile:
        path = self.config.get("reject_file")
        if path:
            return RejectFile(path, self.stream_name)
        return RejectTable(self.schema_name, self.reject_table, self.stream_name)

    # ------------------------------------------------------------------------------------------ the statements

    def _compile(self, live: Sequence[OracleColumn]) -> None:
        """Choose each column's converter once, and write the SQL once."""
        schemas = {item.column.name: item.schema for item in self._columns if item.schema is not None}
        columns, table = list(live), self.load_table
        if self.merges:
            columns.append(OracleColumn(name=merge.SEQUENCE_COLUMN, type=OracleType("NUMBER", precision=10, scale=0)))
            table = merge.staging_name(table)
        naive_zone = self.options.get("naive_zone")
        self._insert = make_insert(self.schema_name, table, columns, property_schemas=schemas, naive_zone=naive_zone)
        self._rows = RowMaker(
            self.stream_name,
            self.table,
            self._columns,
            [column.type for column in live if column.type is not None],
            self._insert.converters,
            key=self.key_properties,
            key_must_have_values=self.merges and not self.null_keys_equal,
            left_out=self._left_out if self.policy is SchemaPolicy.FREEZE else frozenset(),
        )
        self._prepare_writer()

    def _prepare_writer(self) -> None:
        self._writer = BatchWriter(
            self.schema_name,
            self.load_table,
            self._insert,
            self._build_upsert_merge_statement() if self.merges else None,
            rejecting=self.rejecting,
            count_sql=self._count_statement() if self.merges and self.counts_updates else None,
        )

    @property
    def counts_updates(self) -> bool:
        """Whether updates are counted apart from inserts: by the setting, which costs a query for each batch."""
        return bool(self.config.get("count_updates"))

    def _count_statement(self) -> str | None:
        key = self.key_columns
        rules = self._merge_rules(key)
        return merge.count_updates(self.schema_name, self.load_table, self._get_insert_columns(), key, rules)

    def _build_upsert_merge_statement(self) -> str:
        """One MERGE from the staging table into the stream's table."""
        key = self.key_columns
        columns, rules = self._get_insert_columns(), self._merge_rules(key)
        return merge.merge_statement(self.schema_name, self.load_table, columns, key, rules)

    def _merge_rules(self, key: Sequence[str]) -> merge.MergeRules:
        names = {item.name: item.column.name for item in self._columns}
        newest = self.options.get("newest_by")
        if newest == "replication-key":
            newest = self.replication_key
        if newest is not None and newest not in names:
            raise ValueError(
                f"stream {self.stream_name}: newest_by names {newest!r}, which is no property of it. "
                "Hint: set newest_by in streams, for those that have it"
            )
        return merge.MergeRules(
            update=self.load_method is not LoadMethod.INSERT_ONLY,
            null_keys=frozenset(key) if self.null_keys_equal else frozenset(),
            newest_by=None if newest is None else names[newest],
            deleted_by=names.get(DELETED_AT) if self.options.get("hard_delete") else None,
        )

    def _get_update_columns(self) -> list[str]:
        """What the MERGE sets where the key exists: all columns but the key."""
        return merge.update_columns(self._get_insert_columns(), self.key_columns)

    def _get_insert_columns(self) -> list[str]:
        """All columns of the stream, in the order of the rows."""
        return [item.column.name for item in self._columns]

    def drop_staging(self) -> None:
        """Leave no staging table behind."""
        if self.merges and self.collection is None:
            tables.drop_staging(self.target.connector.session, self.schema_name, self.load_table)
