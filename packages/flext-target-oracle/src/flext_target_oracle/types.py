"""Which Oracle table a stream becomes: its name, its columns and its key. Pure; the types are flext-db-oracle's.

A property keeps the type that `x-oracle` names, else gets the one that its JSON schema implies. What is decided here is
only what a target must decide: names that do not collide, which columns form the key, and what a key may be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flext_db_oracle import IdentifierError, OracleColumn, OracleTable, OracleType, UnsupportedTypeError
from flext_db_oracle.identifiers import check, fold, shorten
from flext_db_oracle.json_schema import column_from_schema

# An index entry of an 8 KB block holds 6398 bytes; four bytes a character, and some room for the entry itself.
_KEY_CHARACTERS = 1500

_TIMESTAMP = OracleType("TIMESTAMP", scale=6)
_NUMBER = OracleType("NUMBER", precision=38, scale=0)

VERSION_COLUMNS: dict[str, OracleType] = {"_sdc_table_version": _NUMBER, "_sdc_deleted_at": _TIMESTAMP}
"""What ACTIVATE_VERSION works with; the times of all metadata columns are UTC."""

METADATA_COLUMNS: dict[str, OracleType] = {
    "_sdc_extracted_at": _TIMESTAMP,
    "_sdc_received_at": _TIMESTAMP,
    "_sdc_batched_at": _TIMESTAMP,
    "_sdc_deleted_at": _TIMESTAMP,
    "_sdc_sequence": _NUMBER,
    "_sdc_table_version": _NUMBER,
    "_sdc_sync_started_at": _NUMBER,
}


@dataclass(frozen=True, slots=True)
class StreamColumn:
    """A column and the property that fills it. `schema` is None for the metadata columns."""

    name: str
    column: OracleColumn
    schema: Mapping[str, Any] | None


def table_name(stream: str, *, strip_schema_prefix: bool = True) -> str:
    """`hr-employees` -> `EMPLOYEES`, `employees` -> `EMPLOYEES`, `MixedCase` -> `MixedCase`."""
    _, dash, rest = stream.partition("-")
    name = rest if strip_schema_prefix and dash and rest else stream
    return check(shorten(fold(name)))


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
) -> list[StreamColumn]:
    """The columns of a stream's table, in the order of its properties.

    Raises `IdentifierError` naming both properties that would become one column, `UnsupportedTypeError` for a key that
    Oracle cannot compare, and ValueError for a key that is no property or a stream without properties.
    """
    properties: Mapping[str, Any] = schema["properties"]
    missing = [key for key in key_properties if key not in properties]
    if missing:
        raise ValueError(f"stream {stream}: key property {', '.join(missing)} is not among the schema's properties")
    columns: list[StreamColumn] = []
    owners: dict[str, str] = {}
    for name, property_schema in properties.items():
        if not isinstance(property_schema, Mapping):
            raise ValueError(f"stream {stream}: the schema of property {name} is not an object")
        column = column_from_schema(
            name, property_schema, required=name in key_properties, server_version=server_version
        )
        column = replace(column, name=check(shorten(column.name)))
        if name in key_properties:
            column = _key_column(stream, column, property_schema, key_properties)
        if column.name in owners:
            raise IdentifierError(
                f"stream {stream}: properties {owners[column.name]!r} and {name!r} would both become {column.name}"
            )
        owners[column.name] = name
        columns.append(StreamColumn(name, column, property_schema))
    for name, metadata_type in (metadata or {}).items():
        if fold(name) not in owners:
            columns.append(StreamColumn(name, OracleColumn(name=fold(name), type=metadata_type), None))
    if not columns:
        raise ValueError(f"stream {stream}: the schema has no properties, so there is no table to load")
    return columns


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
    key = tuple(primary_key) if can_be_primary_key(key_columns) else ()
    return OracleTable(name=name, schema=schema, columns=tuple(item.column for item in columns), primary_key=key)
