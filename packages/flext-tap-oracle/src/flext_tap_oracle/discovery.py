"""Which tables, views and synonyms are streams, and under which names.

Names are filtered before anything else is read, and a sync reads the dictionary for the tables of its catalog only.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from flext_db_oracle import FlextDbOracleApi, OracleColumn, OracleTable
from flext_db_oracle.identifiers import unfold

from .errors import SettingsError, TapError, unwrap
from .options import SqlStream, TapOptions
from .query import RESERVED_BINDS, Source, bind_names

_NAMES = """
SELECT object_name FROM all_objects
 WHERE owner = :owner AND object_type IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW')"""
_SYNONYMS = """
SELECT synonym_name, table_owner, table_name, db_link FROM all_synonyms WHERE owner = :owner"""


@dataclass(frozen=True, slots=True)
class Found:
    """One stream: its name, the table it reads, and the schema and name it was found under."""

    stream: str
    table: OracleTable
    schema: str
    name: str
    source: Source | None = None
    binds: dict[str, Any] = field(default_factory=dict)


class Discovery:
    """Reads the dictionary of some schemas."""

    def __init__(self, api: FlextDbOracleApi, options: TapOptions, schemas: Sequence[str]) -> None:
        self._api = api
        self._options = options
        self._schemas = schemas

    def stream_name(self, schema: str, name: str) -> str:
        """`employees`, or `hr-employees` when several schemas are read (setting stream_name_format)."""
        style = self._options.stream_name_format
        if style == "table" or (style == "auto" and len(self._schemas) == 1):
            return unfold(name)
        return f"{unfold(schema)}-{unfold(name)}"

    def find(self, only: frozenset[str] | None = None) -> list[Found]:
        """The streams of all schemas, or of those with the given names.

        Raises:
            SettingsError: two tables would be streams of the same name.
        """
        found: dict[str, Found] = {}
        for schema in self._schemas:
            for item in (*self._tables(schema, only), *self._synonyms(schema, only)):
                if item.stream in found:
                    clash = found[item.stream]
                    raise SettingsError(
                        "ambiguous streams",
                        errors=[
                            f"{clash.schema}.{clash.name} and {item.schema}.{item.name} are both `{item.stream}`:"
                            " set `stream_name_format` to schema-table, or leave one out with `tables`"
                        ],
                    )
                found[item.stream] = item
        return list(found.values())

    def _wanted(self, schema: str, name: str, only: frozenset[str] | None) -> bool:
        if only is not None:
            return self.stream_name(schema, name) in only
        spellings = (name.lower(), f"{schema}.{name}".lower())

        def matches(patterns: Iterable[str]) -> bool:
            return any(fnmatch.fnmatchcase(text, pattern.lower()) for pattern in patterns for text in spellings)

        if self._options.tables and not matches(self._options.tables):
            return False
        return not matches(self._options.exclude_tables)

    def _tables(self, schema: str, only: frozenset[str] | None) -> list[Found]:
        names: list[str] | None = None
        if only is not None or self._options.tables or self._options.exclude_tables:
            rows = unwrap(self._api.execute_query(_NAMES, {"owner": schema}), f"schema {schema}").rows
            names = sorted({row[0] for row in rows if self._wanted(schema, row[0], only)})
            if not names and only is not None:
                return []
        tables = unwrap(self._api.get_schema_metadata(schema, tables=names), f"schema {schema}").tables
        kinds = {kind.upper() for kind in self._options.object_types}
        return [
            Found(self.stream_name(table.schema, table.name), table, table.schema, table.name)
            for table in tables
            if table.kind in kinds
        ]

    def _synonyms(self, schema: str, only: frozenset[str] | None) -> list[Found]:
        if "synonym" not in self._options.object_types:
            return []
        found: list[Found] = []
        for name, owner, target, link in unwrap(
            self._api.execute_query(_SYNONYMS, {"owner": schema}), f"synonyms of {schema}"
        ).rows:
            if link is not None or not self._wanted(schema, name, only):
                continue  # what stands behind a database link is not in this dictionary
            tables = unwrap(self._api.get_schema_metadata(owner, tables=[target]), f"schema {owner}").tables
            found.extend(Found(self.stream_name(schema, name), table, schema, name) for table in tables)
        return found


def describe_sql_stream(describe: Callable[[str], tuple[OracleColumn, ...]], stream: SqlStream) -> Found:
    """An SQL stream as if it were a view: its columns are those that the server describes.

    Raises:
        TapError: the server refuses the query, or its binds are not those that are given.
    """
    check_binds(f"sql stream {stream.name}", bind_names(stream.sql) - {"scn"}, stream.binds, "binds")
    columns = describe(stream.sql.strip().rstrip(";"))
    keys = tuple(column.name for name in stream.key_properties for column in columns if unfold(column.name) == name)
    if len(keys) != len(stream.key_properties):
        raise TapError(
            f"sql stream {stream.name}: key_properties must be among {_names(unfold(c.name) for c in columns)}"
        )
    table = OracleTable(stream.name, "", kind="VIEW", columns=columns, primary_key=keys)
    return Found(stream.name, table, "", stream.name, Source.query(stream.sql), dict(stream.binds))


def check_binds(what: str, needed: Set[str], binds: Iterable[str], setting: str) -> None:
    """Refuse SQL of the user's whose binds are not those that a setting gives.

    Raises:
        TapError: naming both.
    """
    given = {name.lower() for name in binds}
    if needed != given:
        raise TapError(f"{what}: its binds are {_names(needed)}, but `{setting}` has {_names(given)}")
    if needed & RESERVED_BINDS:
        raise TapError(f"{what}: the bind names {_names(needed & RESERVED_BINDS)} are the tap's own")


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
