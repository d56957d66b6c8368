"""The data dictionary: `metadata` objects from the ALL_* views, one query per view, the owner always a bind.

Only SQL of 12.2 and later is used. Names are exact; `resolve_schema` and `resolve_table` accept Singer's spelling too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Literal, cast

import oracledb

from flext_db_oracle.errors import ObjectNotFoundError, UnsupportedTypeError
from flext_db_oracle.identifiers import fold
from flext_db_oracle.metadata import OracleColumn, OracleSchema, OracleTable, TableKind
from flext_db_oracle.query import open_query
from flext_db_oracle.types import OracleType

_IN_LIST = 500  # Oracle allows 1000 items in a list (ORA-01795)

_TABLES = """
SELECT table_name, num_rows, num_rows * avg_row_len, partitioned, temporary, iot_type, dependencies
  FROM all_tables
 WHERE owner = :owner AND nested = 'NO' AND secondary = 'N' AND dropped = 'NO' AND iot_name IS NULL{names:table_name}"""
_VIEWS = "SELECT view_name FROM all_views WHERE owner = :owner{names:view_name}"
_MVIEWS = "SELECT mview_name FROM all_mviews WHERE owner = :owner{names:mview_name}"
# DATA_DEFAULT is a LONG and stands last, where every Oracle client fetches it well.
_COLUMNS = """
SELECT table_name, column_name, data_type, data_type_owner, data_length, char_length, char_used, data_precision,
data_scale,
       nullable, column_id, virtual_column, hidden_column, data_default
  FROM all_tab_cols
 WHERE owner = :owner AND (hidden_column = 'NO' OR user_generated = 'YES'){names:table_name}
 ORDER BY table_name, column_id NULLS LAST, internal_column_id"""
_IDENTITIES = """
SELECT table_name, column_name, generation_type FROM all_tab_identity_cols WHERE owner = :owner{names:table_name}"""
_KEYS = """
SELECT c.table_name, c.constraint_type, c.constraint_name, k.column_name
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name AND k.table_name = c.table_name
 WHERE c.owner = :owner AND c.constraint_type IN ('P', 'U') AND c.status = 'ENABLED'{names:c.table_name}
 ORDER BY c.table_name, c.constraint_name, k.position"""
_INDEXES = """
SELECT i.table_name, i.index_name, k.column_name
  FROM all_indexes i
  JOIN all_ind_columns k ON k.index_owner = i.owner AND k.index_name = i.index_name
 WHERE i.table_owner = :owner AND i.uniqueness = 'UNIQUE' AND i.index_type = 'NORMAL'{names:i.table_name}
 ORDER BY i.table_name, i.index_name, k.column_position"""
_TABLE_COMMENTS = """
SELECT table_name, comments FROM all_tab_comments WHERE owner = :owner AND comments IS NOT NULL{names:table_name}"""
_COLUMN_COMMENTS = """
SELECT table_name, column_name, comments
  FROM all_col_comments
 WHERE owner = :owner AND comments IS NOT NULL{names:table_name}"""
_USERS = "SELECT username FROM all_users WHERE username IN (:exact, :folded)"
_OBJECTS = """
SELECT object_name FROM all_objects
 WHERE owner = :owner AND object_name IN (:exact, :folded) AND object_type IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW')"""


def read_schema(connection: oracledb.Connection, schema: str, *, tables: Iterable[str] | None = None) -> OracleSchema:
    """All tables, views and materialized views of a schema that this user may see, or only the named ones.

    `schema` and `tables` are exact names. Raises `ObjectNotFoundError` when there is no such schema.
    """
    names = None if tables is None else list(dict.fromkeys(tables))
    found = [table for chunk in _chunks(names) for table in _read_tables(connection, schema, chunk)]
    if not found and not list(_rows(connection, _USERS, None, exact=schema, folded=schema)):
        raise ObjectNotFoundError(f"schema {schema} does not exist or is not visible to this user")
    return OracleSchema(schema, tuple(sorted(found, key=lambda table: table.name)))


def read_table(connection: oracledb.Connection, schema: str, table: str) -> OracleTable | None:
    """One table or view by its exact name, None if there is none that this user may see."""
    return read_schema(connection, schema, tables=[table]).table(table)


def resolve_schema(connection: oracledb.Connection, schema: str) -> str:
    """The exact name of a schema: the given spelling if it exists, else folded (`hr` -> `HR`)."""
    found = {row[0] for row in _rows(connection, _USERS, None, exact=schema, folded=fold(schema))}
    for name in (schema, fold(schema)):
        if name in found:
            return name
    raise ObjectNotFoundError(f"schema {schema} does not exist or is not visible to this user")


def resolve_table(connection: oracledb.Connection, schema: str, table: str) -> str | None:
    """The exact name of a table or view in a schema (exact name): as given if it exists, else folded, else None."""
    found = {row[0] for row in _rows(connection, _OBJECTS, None, owner=schema, exact=table, folded=fold(table))}
    return next((name for name in (table, fold(table)) if name in found), None)


def _read_tables(connection: oracledb.Connection, schema: str, names: list[str] | None) -> Iterator[OracleTable]:
    def rows(sql: str) -> Iterator[tuple[Any, ...]]:
        return _rows(connection, sql, names, owner=schema)

    tables = {row[0]: row for row in rows(_TABLES)}
    views = {row[0] for row in rows(_VIEWS)}
    mviews = {row[0] for row in rows(_MVIEWS)}
    if not tables and not views and not mviews:
        return
    identities = {(table, column): kind for table, column, kind in rows(_IDENTITIES)}
    column_comments = {(table, column): text for table, column, text in rows(_COLUMN_COMMENTS)}
    columns: dict[str, list[OracleColumn]] = defaultdict(list)
    for row in rows(_COLUMNS):
        key = row[0], row[1]
        columns[row[0]].append(_column(row, identities.get(key), column_comments.get(key)))
    table_comments = dict(rows(_TABLE_COMMENTS))
    primary: dict[str, list[str]] = defaultdict(list)
    unique: dict[tuple[str, str], list[str]] = defaultdict(list)
    for table, kind, name, column in rows(_KEYS):
        (primary[table] if kind == "P" else unique[table, name]).append(column)
    for table, name, column in rows(_INDEXES):
        unique[table, f"index {name}"].append(column)
    for name in tables.keys() | views | mviews:
        table_kind: TableKind = "MATERIALIZED VIEW" if name in mviews else "VIEW" if name in views else "TABLE"
        keys = {tuple(key) for (table, _), key in unique.items() if table == name} - {tuple(primary.get(name, ()))}
        _, num_rows, size, partitioned, temporary, iot_type, dependencies = tables.get(name, (name, *[None] * 6))
        yield OracleTable(
            name=name,
            schema=schema,
            kind=table_kind,
            columns=tuple(columns.get(name, ())),
            primary_key=tuple(primary.get(name, ())),
            unique_keys=tuple(sorted(keys)),
            comment=table_comments.get(name),
            num_rows=num_rows,
            bytes=size,
            partitioned=partitioned == "YES",
            temporary=temporary == "Y",
            index_organized=iot_type is not None,
            rowdependencies=(dependencies or "").strip() == "ENABLED",
        )


def _column(row: tuple[Any, ...], identity: str | None, comment: str | None) -> OracleColumn:
    _, name, data_type, type_owner, data_length, char_length, char_used, precision, scale = row[:9]
    nullable, position, virtual, hidden, default = row[9:]
    oracle_type: OracleType | None = None
    if type_owner is None or data_type == "XMLTYPE":
        try:
            oracle_type = OracleType.from_dictionary(
                data_type,
                data_length=data_length,
                char_length=char_length,
                char_used=char_used,
                precision=precision,
                scale=scale,
            )
        except UnsupportedTypeError:
            oracle_type = None  # the caller decides: property_schema names the column and its type
    return OracleColumn(
        name=name,
        type=oracle_type,
        data_type=data_type if type_owner in {None, "SYS", "PUBLIC"} else f"{type_owner}.{data_type}",
        position=position or 0,
        nullable=nullable == "Y",
        default=None if default is None or identity is not None else default.strip() or None,
        identity=cast("Literal['ALWAYS', 'BY DEFAULT'] | None", identity),
        virtual=virtual == "YES",
        invisible=hidden == "YES",
        comment=comment,
    )


def _chunks(names: list[str] | None) -> Iterator[list[str] | None]:
    if names is None:
        yield None
        return
    for start in range(0, len(names), _IN_LIST):
        yield names[start : start + _IN_LIST]


def _rows(
    connection: oracledb.Connection, sql: str, names: list[str] | None, **binds: str
) -> Iterator[tuple[Any, ...]]:
    head, marker, rest = sql.partition("{names:")
    if marker:
        column, _, tail = rest.partition("}")
        condition = ""
        if names is not None:
            binds |= {f"n{index}": name for index, name in enumerate(names)}
            condition = f" AND {column} IN ({', '.join(f':n{index}' for index in range(len(names)))})"
        sql = head + condition + tail
    with open_query(connection, sql, binds) as query:
        yield from query.rows()
