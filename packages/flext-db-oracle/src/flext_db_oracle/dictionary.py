"""The data dictionary: `metadata` objects from the ALL_* views, with the least privileges that a reader can have.

Names are exact; `resolve_schema` and `resolve_table` accept Singer's spelling too. Only what this user may see is
found: a missing privilege looks like a missing table, and the notes of a schema say which GRANT would show more.
"""

from __future__ import annotations

import fnmatch
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any, Literal, cast

import oracledb

from flext_db_oracle import dictionary_sql as queries
from flext_db_oracle.dictionary_sql import Groups
from flext_db_oracle.errors import ObjectNotFoundError, UnsupportedTypeError, error_code
from flext_db_oracle.identifiers import fold, quote
from flext_db_oracle.metadata import (
    OracleCheck,
    OracleColumn,
    OracleForeignKey,
    OracleIndex,
    OraclePartition,
    OracleSchema,
    OracleSynonym,
    OracleTable,
    TableKind,
)
from flext_db_oracle.types import OracleType

_USERS = "SELECT username FROM all_users WHERE username IN (:exact, :folded)"
_OBJECTS = """
SELECT object_name, object_type FROM all_objects
 WHERE owner = :owner AND object_name IN (:exact, :folded)
   AND object_type IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SYNONYM')"""
_WHO = "SELECT USER, (SELECT COUNT(*) FROM session_privs WHERE privilege = 'SELECT ANY TABLE') FROM dual"
_NOT_NULL = re.compile(r'"[^"]+" IS NOT NULL')
_INVISIBLE = frozenset({"ORA-00942", "ORA-01031", "ORA-41900"})


# ---------------------------------------------------------------------------------------------- reading


def read_schema(
    connection: oracledb.Connection,
    schema: str,
    *,
    tables: Iterable[str] | None = None,
    include: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    details: bool = True,
) -> OracleSchema:
    """All tables, views and materialized views of a schema that this user may see, as one object.

    `schema` and `tables` are exact names, `include` and `exclude` patterns like `SALES_*`. Raises
    `ObjectNotFoundError` when there is no such schema. For very large schemas see `iter_tables`.
    """
    found = tuple(iter_tables(connection, schema, tables=tables, include=include, exclude=exclude, details=details))
    if not found and not list(queries.rows(connection, _USERS, None, exact=schema, folded=schema)):
        raise ObjectNotFoundError(f"schema {schema} does not exist or is not visible to this user")
    if not details:
        return OracleSchema(schema, found)
    chosen = _chooser(include, exclude)
    synonyms = tuple(
        OracleSynonym(name, schema, target_schema, target, link)
        for name, target_schema, target, link in queries.rows(connection, queries.SYNONYMS, owner=schema)
        if tables is None and chosen(name)
    )
    return OracleSchema(schema, found, synonyms, tuple(_notes(connection, schema, found)))


def iter_tables(
    connection: oracledb.Connection,
    schema: str,
    *,
    tables: Iterable[str] | None = None,
    include: Iterable[str] | None = None,
    exclude: Iterable[str] = (),
    details: bool = True,
) -> Iterator[OracleTable]:
    """The tables of a schema one by one, in the order of their names, in memory that does not grow with the schema.

    `details` adds index expressions, foreign keys, checks, partitions and real sizes: seven more queries.
    """
    chosen = _chooser(include, exclude)
    for names in _chunks(None if tables is None else sorted(set(tables))):
        known = [name for (name,) in queries.rows(connection, queries.NAMES, names, owner=schema) if chosen(name)]
        if not known:
            continue
        positions = {name: position for position, name in enumerate(known)}
        with ExitStack() as stack:
            wanted = {**queries.BASIC, **(queries.DETAILS if details else {})}
            groups = queries.open_groups(stack, connection, wanted, positions, names, schema)
            sizes = _open_sizes(stack, connection, schema, positions, names) if details else None
            for name in known:
                yield _table(schema, name, {key: group.take(name) for key, group in groups.items()}, sizes)


def read_table(connection: oracledb.Connection, schema: str, table: str, *, details: bool = True) -> OracleTable | None:
    """One table or view by its exact name, None if there is none that this user may see."""
    return next(iter_tables(connection, schema, tables=[table], details=details), None)


def resolve_schema(connection: oracledb.Connection, schema: str) -> str:
    """The exact name of a schema: the given spelling if it exists, else folded (`hr` -> `HR`)."""
    found = {row[0] for row in queries.rows(connection, _USERS, exact=schema, folded=fold(schema))}
    for name in (schema, fold(schema)):
        if name in found:
            return name
    raise ObjectNotFoundError(f"schema {schema} does not exist or is not visible to this user")


def resolve_table(connection: oracledb.Connection, schema: str, table: str) -> str | None:
    """The exact name of a table or view in a schema (exact name): as given if it exists, else folded, else None."""
    found = _objects(connection, schema, table)
    return next((name for name in (table, fold(table)) if found.get(name, {"SYNONYM"}) != {"SYNONYM"}), None)


def resolve_synonym(connection: oracledb.Connection, schema: str, name: str) -> OracleSynonym | None:
    """The synonym of this exact or folded name in a schema, or the public one; None if there is none."""
    for owner in (schema, "PUBLIC"):
        for row in queries.rows(
            connection,
            queries.SYNONYMS.replace(" ORDER", " AND synonym_name IN (:exact, :folded) ORDER"),
            owner=owner,
            exact=name,
            folded=fold(name),
        ):
            return OracleSynonym(row[0], owner, row[1], row[2], row[3])
    return None


# ---------------------------------------------------------------------------------------------- assembling


def _table(schema: str, name: str, found: dict[str, list[tuple[Any, ...]]], sizes: Groups | None) -> OracleTable:
    identities = {row[1]: row[2] for row in found["identities"]}
    comments = {row[1]: row[2] for row in found["column_comments"]}
    keys: dict[str, list[str]] = defaultdict(list)
    primary: list[str] = []
    for _, constraint_type, constraint, column in found["keys"]:
        (primary if constraint_type == "P" else keys[constraint]).append(column)
    indexes = _indexes(schema, found)
    unique = {tuple(key) for key in keys.values()}
    unique |= {index.columns for index in indexes if index.unique and index.kind == "NORMAL"}
    row = found["tables"][0] if found["tables"] else (name, *[None] * 9)
    _, num_rows, estimate, partitioned, temporary, iot_type, dependencies, duration, tablespace, compression = row
    _, partitioning, subpartitioning, interval, automatic = (found.get("partitioning") or [(name, *[None] * 4)])[0]
    kind: TableKind = "MATERIALIZED VIEW" if found["mviews"] else "VIEW" if found["views"] else "TABLE"
    size = sizes.take(name) if sizes is not None else []
    return OracleTable(
        name=name,
        schema=schema,
        kind=kind,
        columns=tuple(_column(row, identities.get(row[1]), comments.get(row[1])) for row in found["columns"]),
        primary_key=tuple(primary),
        unique_keys=tuple(sorted(unique - {tuple(primary)})),
        comment=found["table_comments"][0][1] if found["table_comments"] else None,
        num_rows=num_rows,
        bytes=int(size[0][1]) if size else estimate,
        bytes_exact=bool(size),
        partitioned=partitioned == "YES",
        temporary=temporary == "Y",
        index_organized=iot_type is not None,
        rowdependencies=(dependencies or "").strip() == "ENABLED",
        indexes=indexes,
        foreign_keys=_foreign_keys(found.get("foreign_keys", [])),
        partitioning=partitioning,
        partition_key=tuple(column for _, column in found.get("partition_keys", [])),
        partitions=tuple(
            OraclePartition(partition, int(position), high_value, rows, space, compressed, by_interval == "YES")
            for _, partition, position, rows, space, compressed, by_interval, high_value in found.get("partitions", [])
        ),
        subpartitioning=subpartitioning,
        interval=interval,
        automatic=automatic == "YES",
        checks=tuple(
            OracleCheck(check, condition, generated == "GENERATED NAME", status == "ENABLED")
            for _, check, generated, status, condition in found.get("checks", [])
            if not _NOT_NULL.fullmatch(condition or "")
        ),
        duration=duration,
        tablespace=tablespace,
        compression=compression,
    )


def _indexes(schema: str, found: dict[str, list[tuple[Any, ...]]]) -> tuple[OracleIndex, ...]:
    expressions = {(row[1], row[2], row[3]): row[4].strip() for row in found.get("index_expressions", [])}
    columns: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for _, owner, index, uniqueness, kind, column, position in found["indexes"]:
        columns[owner, index, uniqueness, kind].append(expressions.get((owner, index, position), column))
    return tuple(
        OracleIndex(index if owner == schema else f"{owner}.{index}", tuple(names), uniqueness == "UNIQUE", kind)
        for (owner, index, uniqueness, kind), names in columns.items()
    )


def _foreign_keys(found: list[tuple[Any, ...]]) -> tuple[OracleForeignKey, ...]:
    columns: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in found:
        columns[row[1]].append(row)
    return tuple(
        OracleForeignKey(
            name=name,
            columns=tuple(row[2] for row in rows),
            referenced_schema=rows[0][3],
            referenced_table=rows[0][4],
            referenced_columns=tuple(row[5] for row in rows if row[5] is not None),
            on_delete=rows[0][6] or "NO ACTION",
            enabled=rows[0][7] == "ENABLED",
        )
        for name, rows in columns.items()
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


# ---------------------------------------------------------------------------------------------- privileges


def _open_sizes(
    stack: ExitStack, connection: oracledb.Connection, schema: str, positions: dict[str, int], names: list[str] | None
) -> Groups | None:
    """Sizes of segments: of the own schema from USER_SEGMENTS, of others if DBA_SEGMENTS may be read."""
    ((user,),) = queries.rows(connection, "SELECT USER FROM dual")
    sql = queries.OWN_SEGMENTS if user == schema else queries.ALL_SEGMENTS
    try:
        return queries.open_groups(stack, connection, {"sizes": sql}, positions, names, schema)["sizes"]
    except oracledb.DatabaseError as exc:
        if error_code(exc) not in _INVISIBLE:
            raise
        return None  # `_notes` says so


def _notes(connection: oracledb.Connection, schema: str, tables: tuple[OracleTable, ...]) -> Iterator[str]:
    ((user, any_table),) = queries.rows(connection, _WHO)
    if user == schema:
        return
    grantee = quote(user) if user != user.upper() else user
    if not any_table:
        yield (
            f"only objects of {schema} that {user} was granted are listed: GRANT SELECT ON {schema}.<table> TO {grantee} "
            f"shows one more, GRANT SELECT ANY TABLE TO {grantee} all"
        )
    if any(table.kind == "TABLE" and not table.bytes_exact and not table.temporary for table in tables):
        yield f"sizes are estimates of the statistics: GRANT SELECT ON SYS.DBA_SEGMENTS TO {grantee} shows the real ones"
    hidden = sorted(
        {key.referenced_schema for table in tables for key in table.foreign_keys if not key.referenced_table}
    )
    for owner in hidden:
        yield f"parents of some foreign keys are not visible: GRANT SELECT ON the tables of {owner} TO {grantee}"


def _objects(connection: oracledb.Connection, schema: str, name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for found_name, kind in queries.rows(connection, _OBJECTS, owner=schema, exact=name, folded=fold(name)):
        found[found_name].add(kind)
    return found


def _chooser(include: Iterable[str] | None, exclude: Iterable[str]) -> Any:
    """A test of names against patterns with * and ?; lower-case patterns are folded as names are."""

    def pattern(texts: Iterable[str]) -> re.Pattern[str] | None:
        parts = [fnmatch.translate(fold(text)) for text in texts]
        return re.compile("|".join(parts)) if parts else None

    wanted = None if include is None else pattern(include)
    unwanted = pattern(exclude)
    none_wanted = include is not None and wanted is None

    def chosen(name: str) -> bool:
        if none_wanted or (wanted is not None and not wanted.match(name)):
            return False
        return unwanted is None or not unwanted.match(name)

    return chosen


def _chunks(names: list[str] | None) -> Iterator[list[str] | None]:
    if names is None:
        yield None
        return
    for start in range(0, len(names), queries.IN_LIST):
        yield names[start : start + queries.IN_LIST]
