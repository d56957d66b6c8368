"""`flext-dbt-oracle sources`: a sources YAML from Oracle's dictionary or from a Singer catalog.

Names, comments and types come over; keys become data tests: NOT NULL -> not_null, a key of one column -> unique, of several
-> flext_dbt_oracle.unique_combination, foreign keys inside the schema -> relationships.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from flext_db_oracle import FlextDbOracleApi
from flext_db_oracle.identifiers import fold, is_plain, unfold

from .errors import CommandError

SYSTEM_COLUMNS = "_SDC_"

_FOREIGN_KEYS = (
    "SELECT c.constraint_name, c.table_name, cc.column_name, p.table_name, pc.column_name"
    " FROM sys.all_constraints c"
    " JOIN sys.all_cons_columns cc ON cc.owner = c.owner AND cc.constraint_name = c.constraint_name"
    " JOIN sys.all_constraints p ON p.owner = c.r_owner AND p.constraint_name = c.r_constraint_name"
    " JOIN sys.all_cons_columns pc ON pc.owner = p.owner AND pc.constraint_name = p.constraint_name"
    " AND pc.position = cc.position"
    " WHERE c.owner = :owner AND p.owner = :owner AND c.constraint_type = 'R'"
    " ORDER BY c.table_name, c.constraint_name, cc.position"
)


class SourcesError(CommandError):
    """The sources cannot be described; the text says why."""


@dataclass(slots=True)
class Column:
    name: str
    data_type: str = ""
    description: str = ""
    not_null: bool = False
    unique: bool = False
    references: tuple[str, str] | None = None  # table and column


@dataclass(slots=True)
class Table:
    name: str
    description: str = ""
    columns: list[Column] = field(default_factory=list)
    combination: list[str] = field(default_factory=list)
    loaded_at: str | None = None
    view: bool = False


def from_dictionary(api: FlextDbOracleApi, schema: str, tables: list[str] | None = None) -> list[Table]:
    """Tables and views of a schema, all of them or those named.

    Raises:
        SourcesError: the schema or a table is not visible to this user.
    """
    read = api.get_schema_metadata(schema)
    if read.is_failure:
        raise SourcesError(f"{read.error}. {read.hint or ''}".rstrip(". ") + ".")
    wanted = {name.upper() for name in tables or []}
    found = [table for table in read.value.tables if not wanted or table.name.upper() in wanted]
    missing = wanted - {table.name.upper() for table in found}
    if missing:
        raise SourcesError(f"no table {', '.join(sorted(missing))} in {schema} is visible to this user")
    keys = api.execute_query(_FOREIGN_KEYS, {"owner": read.value.name})
    if keys.is_failure:
        raise SourcesError(str(keys.error))
    references = _single_column_references(keys.value.rows)
    described = []
    for table in found:
        combined = table.primary_key if len(table.primary_key) > 1 else ()
        single = {key[0] for key in (table.primary_key, *table.unique_keys) if len(key) == 1}
        columns = [
            Column(
                column.name,
                column.type.ddl if column.type is not None else column.data_type,
                column.comment or "",
                not column.nullable or column.name in table.primary_key,
                column.name in single,
                references.get((table.name, column.name)),
            )
            for column in table.columns
        ]
        view = table.kind != "TABLE"
        described.append(Table(table.name, table.comment or "", columns, list(combined), _loaded_at(columns), view))
    return described


def from_catalog(path: Path) -> list[Table]:
    """The streams of a Singer catalog, as target-oracle names their tables.

    Raises:
        SourcesError: the file is no catalog.
    """
    try:
        streams = json.loads(path.read_text())["streams"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourcesError(f"{path} is no Singer catalog: {error!r}") from None
    return [_table_of_stream(stream) for stream in streams if _selected(stream)]


def yaml_text(
    name: str,
    tables: list[Table],
    *,
    schema: str | None = None,
    loaded_at: str | None = None,
    last_modified: bool = False,
) -> str:
    """The YAML. Without a schema the tables are in the target's schema, where target-oracle loads them.

    With `last_modified` a table without a column that dates its rows is as fresh as its last change in the dictionary.
    """
    source: dict[str, Any] = {"name": name.lower(), "schema": schema or "{{ target.schema }}"}
    known = {table.name for table in tables}
    source["tables"] = [
        _table_yaml(name.lower(), table, known, _freshness(table, loaded_at, schema if last_modified else None))
        for table in tables
    ]
    text: str = yaml.safe_dump({"version": 2, "sources": [source]}, sort_keys=False, allow_unicode=True, width=110)
    return text


def _single_column_references(rows: list[tuple[Any, ...]] | Any) -> dict[tuple[str, str], tuple[str, str]]:
    by_constraint: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_constraint.setdefault(row[0], []).append(tuple(row))
    return {
        (parts[0][1], parts[0][2]): (parts[0][3], parts[0][4]) for parts in by_constraint.values() if len(parts) == 1
    }


def _loaded_at(columns: list[Column]) -> str | None:
    """target-oracle's own column of when a row was loaded; its leading underscore needs quotes."""
    return '"_SDC_BATCHED_AT"' if any(column.name == "_SDC_BATCHED_AT" for column in columns) else None


def _selected(stream: dict[str, Any], *breadcrumb: str) -> bool:
    """Whether a stream, or a property of it, is extracted: what a catalog says nothing of is."""
    for entry in stream.get("metadata", []):
        if tuple(entry.get("breadcrumb") or ()) == breadcrumb:
            metadata = entry.get("metadata", {})
            if metadata.get("inclusion") in {"unsupported", "automatic"}:
                return bool(metadata["inclusion"] == "automatic")
            return metadata.get("selected", metadata.get("selected-by-default")) is not False
    return True


def _table_of_stream(stream: dict[str, Any]) -> Table:
    keys = [fold(key) for key in stream.get("key_properties") or []]
    name = str(stream.get("table_name") or stream["stream"]).rpartition("-")[2]
    columns = []
    for property_name, schema in stream.get("schema", {}).get("properties", {}).items():
        column = fold(property_name)
        if column not in keys and not _selected(stream, "properties", property_name):
            continue
        types = schema.get("type", [])
        nullable = "null" in ([types] if isinstance(types, str) else types) or "anyOf" in schema
        columns.append(
            Column(
                column,
                str(schema.get("x-oracle", {}).get("type", "")) if isinstance(schema.get("x-oracle"), dict) else "",
                schema.get("description", ""),
                column in keys or not nullable,
                keys == [column],
            )
        )
    return Table(fold(name), "", columns, keys if len(keys) > 1 else [], '"_SDC_BATCHED_AT"')


def _table_yaml(source: str, table: Table, known: set[str], freshness: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"name": _name(table.name)}
    if not is_plain(table.name):
        described |= {"identifier": f'"{table.name}"'}
    if table.description:
        described["description"] = table.description
    if freshness:
        described["config"] = freshness | {"freshness": {"warn_after": {"count": 1, "period": "day"}}}
    if table.combination:
        columns = [_reference(name) for name in table.combination]
        described["data_tests"] = [{"flext_dbt_oracle.unique_combination": {"arguments": {"columns": columns}}}]
    described["columns"] = [_column_yaml(source, column, known) for column in table.columns]
    return described


def _freshness(table: Table, loaded_at: str | None, schema: str | None) -> dict[str, Any]:
    """The column asked for, in the tables that have it; else the loader's own; else what the dictionary knows, by schema."""
    asked = (loaded_at or "").strip('"').upper()
    if any(column.name.upper() == asked for column in table.columns):
        return {"loaded_at_field": loaded_at}
    if table.loaded_at:
        return {"loaded_at_field": table.loaded_at}
    if schema and not table.view:
        return {
            "loaded_at_query": f"{{{{ flext_dbt_oracle.oracle_last_modified({schema!r}, {_quoted(table.name)!r}) }}}}"
        }
    return {}


def _quoted(name: str) -> str:
    return name if name == name.upper() else f'"{name}"'


def _column_yaml(source: str, column: Column, known: set[str]) -> dict[str, Any]:
    described: dict[str, Any] = {"name": _name(column.name)}
    if not is_plain(column.name):
        described["quote"] = True
    if column.description:
        described["description"] = column.description
    if column.data_type:
        described["data_type"] = column.data_type
    tests: list[Any] = []
    if column.name.upper().startswith(SYSTEM_COLUMNS):
        return described
    if column.not_null:
        tests.append("not_null")
    if column.unique:
        tests.append("unique")
    if column.references and column.references[0] in known:
        parent, field_name = column.references
        to = f"source('{source}', '{_name(parent)}')"
        tests.append({"relationships": {"arguments": {"to": to, "field": _reference(field_name)}}})
    if tests:
        described["data_tests"] = tests
    return described


def _name(name: str) -> str:
    """As a model writes it: lower case when Oracle reads it so, else as it is in quotes."""
    return unfold(name) if is_plain(name) else name


def _reference(name: str) -> str:
    """The same for SQL: a reserved word, a leading underscore or mixed case needs quotes."""
    return unfold(name) if is_plain(name) else f'"{name}"'
