"""Which Oracle table a stream becomes: its name, its columns and its key. Pure; the types are flext-db-oracle's.

A property keeps the type that `x-oracle` names, else gets the one that its JSON schema implies. What is decided here is
only what a target must decide: names that do not collide, which columns form the key, and what a key may be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flext_db_oracle import IdentifierError, OracleColumn, OracleTable, OracleType, UnsupportedTypeError
from flext_db_oracle.identifiers import MAX_BYTES, check, fold, shorten
from flext_db_oracle.json_schema import X_ORACLE, column_from_schema, holds_documents

# An index entry of an 8 KB block holds 6398 bytes; four bytes a character, and some room for the entry itself.
_KEY_CHARACTERS = 1500
_CONSTRAINT_BYTES = 30

_TIMESTAMP = OracleType("TIMESTAMP", scale=6)
_NUMBER = OracleType("NUMBER", precision=38, scale=0)

VERSION_COLUMNS: dict[str, OracleType] = {"_sdc_table_version": _NUMBER, "_sdc_deleted_at": _TIMESTAMP}
"""What ACTIVATE_VERSION works with; the times of all metadata columns are UTC."""

BATCH_COLUMNS: dict[str, OracleType] = {
    "_sdc_received_at": _TIMESTAMP,
    "_sdc_batched_at": _TIMESTAMP,
    "_sdc_sequence": _NUMBER,
    "_sdc_sync_started_at": _NUMBER,
}
"""Metadata that has one value in a whole batch: a row gets it last, when it is written."""

METADATA_COLUMNS: dict[str, OracleType] = {**VERSION_COLUMNS, "_sdc_extracted_at": _TIMESTAMP, **BATCH_COLUMNS}
"""In the order of the rows: first what identifies a row, as its properties do."""


# What a property's schema may have without saying how large its values may become.
_UNSIZED = frozenset({"type", "format", "title", "description", "default", "examples"})


@dataclass(frozen=True, slots=True)
class Naming:
    """How Singer names become Oracle names."""

    preserve_case: bool = False
    max_bytes: int = MAX_BYTES
    metadata_prefix: str = "_sdc_"

    def oracle_name(self, name: str) -> str:
        """Folded unless the case is kept, cut with a hash if it is too long, and checked."""
        return check(shorten(name if self.preserve_case else fold(name), self.max_bytes), max_bytes=self.max_bytes)

    def metadata(self, name: str) -> str:
        """`_sdc_deleted_at` -> `_SDC_DELETED_AT`."""
        return self.oracle_name(self.metadata_prefix + name.removeprefix("_sdc_"))


DEFAULT_NAMING = Naming()


@dataclass(frozen=True, slots=True)
class StreamColumn:
    """A column and the property that fills it. `schema` is None for the metadata columns."""

    name: str
    column: OracleColumn
    schema: Mapping[str, Any] | None
    sized: bool = True
    """Whether the stream says how large values may become; if not, its type is as large as its kind goes."""

    @property
    def is_text(self) -> bool:
        """Whether it is text that could stand in a CLOB."""
        return self.column.type is not None and self.column.type.name in {"VARCHAR2", "CLOB"}

    def json_check_name(self, table: str) -> str:
        """`ORDERS$ITEMS_JSON`: the constraint by which the column takes JSON only. Short enough for every release."""
        return shorten(f"{table}${self.column.name}_JSON", _CONSTRAINT_BYTES)

    def checked(self, table: str) -> StreamColumn:
        """The same column; if it is a CLOB for objects and arrays, with that constraint."""
        kind = None if self.column.type is None else self.column.type.name
        if kind != "CLOB" or self.schema is None or not holds_documents(self.schema):
            return self
        return replace(self, column=replace(self.column, json_check=self.json_check_name(table)))


def table_name(stream: str, *, strip_schema_prefix: bool = True, naming: Naming = DEFAULT_NAMING) -> str:
    """`hr-employees` -> `EMPLOYEES`, `employees` -> `EMPLOYEES`, `MixedCase` -> `MixedCase`."""
    _, dash, rest = stream.partition("-")
    return naming.oracle_name(rest if strip_schema_prefix and dash and rest else stream)


def oracle_type(schema: Mapping[str, Any], *, server_version: tuple[int, ...] = (19,)) -> OracleType:
    """The Oracle type for a property."""
    column_type = column_from_schema("property", schema, server_version=server_version).type
    assert column_type is not None
    return column_type


def stream_columns(
    stream: str,
    schema: Mapping[str, Any],
    key_properties: Sequence[str],
    *,
    server_version: tuple[int, ...] = (19,),
    metadata: Mapping[str, OracleType] | None = None,
    naming: Naming = DEFAULT_NAMING,
    overrides: Mapping[str, str] | None = None,
    nullable_key: bool = False,
) -> list[StreamColumn]:
    """The columns of a stream's table, in the order of its properties.

    Raises `IdentifierError` naming both properties that would become one column, `UnsupportedTypeError` for a key that
    Oracle cannot compare, and ValueError for a key that is no property or a stream without properties.
    """
    properties: Mapping[str, Any] = schema["properties"]
    overrides = overrides or {}
    unknown = [name for name in overrides if name not in properties]
    if unknown:
        raise ValueError(f"stream {stream}: column_types names {', '.join(unknown)}, not among the schema's properties")
    missing = [key for key in key_properties if key not in properties]
    if missing:
        raise ValueError(
            f"stream {stream}: key property {', '.join(missing)} is not among the schema's properties. "
            "Hint: set key_properties in streams"
        )
    columns: list[StreamColumn] = []
    owners: dict[str, str] = {}
    for name, property_schema in properties.items():
        if not isinstance(property_schema, Mapping):
            raise ValueError(f"stream {stream}: the schema of property {name} is not an object")
        is_key = name in key_properties
        if name in overrides:
            _check_override(stream, name, overrides[name])
        column = column_from_schema(
            name,
            property_schema,
            required=is_key and not nullable_key,
            server_version=server_version,
            type_override=overrides.get(name),
        )
        column = replace(column, name=_column_name(name, column, property_schema, naming))
        if is_key and name not in overrides:
            column = _key_column(stream, column, property_schema, key_properties)
        if column.name in owners:
            raise IdentifierError(
                f"stream {stream}: properties {owners[column.name]!r} and {name!r} would both become {column.name}"
            )
        owners[column.name] = name
        columns.append(StreamColumn(name, column, property_schema, name in overrides or _is_sized(property_schema)))
    for name, metadata_type in (metadata or {}).items():
        column_name = naming.metadata(name)
        if column_name not in owners:
            columns.append(StreamColumn(name, OracleColumn(name=column_name, type=metadata_type), None))
    if not columns:
        raise ValueError(f"stream {stream}: the schema has no properties, so there is no table to load")
    return columns


def _check_override(stream: str, name: str, text: str) -> None:
    try:
        OracleType.parse(text)
    except UnsupportedTypeError:
        raise UnsupportedTypeError(
            f"stream {stream}: column_types gives {name!r} the type {text!r}, which cannot be loaded. Hint: write a type as "
            "in CREATE TABLE, such as NUMBER(12,2), VARCHAR2(30 CHAR), TIMESTAMP(6) or CLOB"
        ) from None


def _is_sized(schema: Mapping[str, Any]) -> bool:
    return not schema.keys() <= _UNSIZED


def _column_name(name: str, column: OracleColumn, schema: Mapping[str, Any], naming: Naming) -> str:
    extra = schema.get(X_ORACLE)
    named = isinstance(extra, Mapping) and extra.get("name")
    return naming.oracle_name(name) if not named else check(shorten(column.name, naming.max_bytes))


def _key_column(
    stream: str, column: OracleColumn, schema: Mapping[str, Any], key_properties: Sequence[str]
) -> OracleColumn:
    key_type = column.type
    assert key_type is not None
    if key_type.is_lob:
        raise UnsupportedTypeError(
            f"stream {stream}: key column {column.name} would be {key_type.ddl}, which Oracle cannot compare. "
            "Hint: give it a maxLength of at most 4000, or set load_method to append-only"
        )
    declared = "maxLength" in schema or "x-oracle" in schema
    if key_type.name == "VARCHAR2" and not declared:
        longest = _KEY_CHARACTERS // len(key_properties)
        if (key_type.length or 0) > longest:
            return replace(column, type=replace(key_type, length=longest))
    return column


def can_be_primary_key(columns: Sequence[OracleColumn]) -> bool:
    """Whether Oracle allows a primary key on these columns: not on zoned timestamps (ORA-02329)."""
    return all(column.type is not None and column.type.name != "TIMESTAMP WITH TIME ZONE" for column in columns)


def new_table(schema: str, name: str, columns: Sequence[StreamColumn], primary_key: Sequence[str]) -> OracleTable:
    """The table to create, with a primary key where one is wanted and Oracle allows it."""
    key_columns = [item.column for item in columns if item.column.name in primary_key]
    nullable = any(column.nullable for column in key_columns)
    key = tuple(primary_key) if can_be_primary_key(key_columns) and not nullable else ()
    return OracleTable(name=name, schema=schema, columns=tuple(item.column for item in columns), primary_key=key)
