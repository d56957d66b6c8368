"""Loads the in-memory catalog from schema `oracle`'s tables, whole at start and object by object after each DDL.

Indexes, constraints and the like are no part of it: nothing resolves names to them. The container table of a materialized
view and the view itself are one entry, of kind MATERIALIZED VIEW.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from ..sql.ast import TypeName
from ..sql.types import base_type, pg_type_of
from ..sql.user_types import domain
from .model import Catalog, CatalogObject, Column, Relation, Routine, Sequence, Synonym, TriggerSource
from .partitioning import Partition, Partitioning

_OBJECTS = """
SELECT o.object_id, o.owner, o.name, o.type, o.relid, o.status, t.temporary, t.duration, t.read_only, coalesce(m.query, v.text, s.text),
       y.table_owner, y.table_name, coalesce(v.calls_stored, false),
       (SELECT array_agg(cc.column_name::text ORDER BY cc.position) FROM oracle.constraints k
          JOIN oracle.constraint_columns cc USING (constraint_id) WHERE k.object_id = o.object_id AND k.type = 'P'),
       (SELECT json_agg(u.names) FROM (
           SELECT json_agg(cc.column_name ORDER BY cc.position) AS names
             FROM oracle.constraints k JOIN oracle.constraint_columns cc USING (constraint_id)
            WHERE k.object_id = o.object_id AND k.type IN ('P', 'U') AND k.status = 'ENABLED' GROUP BY k.constraint_id
           UNION ALL
           SELECT json_agg(ic.column_name ORDER BY ic.position) FROM oracle.indexes i JOIN oracle.index_columns ic USING (object_id)
            WHERE i.table_id = o.object_id AND i.uniqueness GROUP BY i.object_id HAVING bool_and(ic.expression IS NULL)) AS u)
  FROM oracle.objects o
  LEFT JOIN oracle.tables t USING (object_id)
  LEFT JOIN oracle.views v USING (object_id)
  LEFT JOIN oracle.sources s USING (object_id)
  LEFT JOIN oracle.synonyms y USING (object_id)
  LEFT JOIN oracle.mviews m ON m.container_id = o.object_id
 WHERE o.type IN ('TABLE', 'VIEW', 'SEQUENCE', 'SYNONYM', 'PROCEDURE', 'FUNCTION', 'PACKAGE', 'TYPE')
"""
_COLUMNS = """
SELECT c.object_id, c.name, c.attnum, c.data_type, c.data_length, c.data_precision, c.data_scale, c.char_length, c.char_used,
       c.nullable, c.default_text, c.identity, c.virtual, c.hidden, c.default_on_null,
       c.data_type_owner,
       (c.object_id, c.name) IN (SELECT k.object_id, l.column_name FROM oracle.constraints k JOIN oracle.constraint_columns l
          USING (constraint_id) WHERE k.type = 'C' AND k.search_condition ~* '\\mIS\\s+JSON\\M')
  FROM oracle.columns c JOIN oracle.objects o USING (object_id)
"""
_PARTITIONS = """
SELECT t.object_id, t.partitioning_type, t.partition_columns, t.partition_interval,
       (SELECT array_agg(p.partition_name::text ORDER BY p.position) FROM oracle.partitions p WHERE p.object_id = t.object_id),
       (SELECT json_agg(coalesce(p.bounds, '{}') ORDER BY p.position) FROM oracle.partitions p WHERE p.object_id = t.object_id)
  FROM oracle.tables t JOIN oracle.objects o USING (object_id) WHERE t.partitioning_type IS NOT NULL
"""
_PRIVILEGES = """
SELECT DISTINCT o.owner, o.name, p.grantee, p.privilege
  FROM oracle.object_privileges p JOIN oracle.objects o USING (object_id)
"""
_BODIES = """
SELECT o.owner, o.name, s.text FROM oracle.objects o JOIN oracle.sources s USING (object_id) WHERE o.type = 'PACKAGE BODY'
"""
_TRIGGERS = """
SELECT o.owner, o.name, t.owner, t.name, s.text, t.object_id, g.triggering_event
  FROM oracle.triggers g JOIN oracle.objects o ON o.object_id = g.table_id JOIN oracle.objects t ON t.object_id = g.object_id
  JOIN oracle.sources s ON s.object_id = g.object_id
 WHERE g.status = 'ENABLED'
"""
_NAMED = "(o.owner, o.name) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"

_TYPE = re.compile(r"(TIMESTAMP|INTERVAL YEAR|INTERVAL DAY)\((\d+)\)(?: TO SECOND\((\d+)\))?(.*)")


def type_from_facts(
    data_type: str, precision: int | None, scale: int | None, length: int, char_length: int, char_used: str | None
) -> TypeName:
    """The type whose column ALL_TAB_COLUMNS describes by these values: the inverse of `ddl.columns.facts`."""
    if data_type.startswith("VECTOR("):
        dimensions, format_, storage = data_type[len("VECTOR(") : -1].split(", ")
        return TypeName("VECTOR", vector=(dimensions, format_, storage))
    match = _TYPE.fullmatch(data_type)
    if match:
        stem, digits, fraction, rest = match.groups()
        name = {"INTERVAL DAY": "INTERVAL DAY TO SECOND"}.get(stem, stem + rest)
        return TypeName(name, precision=int(digits), scale=None if fraction is None else int(fraction))
    if data_type == "NUMBER":
        return TypeName(data_type, precision=precision, scale=scale, star=precision is None and scale is not None)
    if data_type == "FLOAT":
        return TypeName(data_type, precision=precision)
    if char_used is not None:
        semantics = {"B": "BYTE", "C": "CHAR"}[char_used]
        return TypeName(data_type, length=char_length, char_semantics=semantics)  # type: ignore[arg-type]
    return TypeName(data_type, length=length if data_type in ("RAW", "UROWID") else None)


def type_of_column(column: Column) -> TypeName:
    """The type as the column's declaration would say it."""
    if column.type_owner is not None:
        return TypeName(column.data_type, schema=column.type_owner, resolved=True)
    return type_from_facts(
        column.data_type, column.precision, column.scale, column.length, column.char_length, column.char_used
    )


@lru_cache(maxsize=4096)
def pg_type_from_facts(
    data_type: str, precision: int | None, scale: int | None, length: int, char_length: int, char_used: str | None
) -> str:
    """The PostgreSQL type of a column, as it is declared: VARCHAR2 and NVARCHAR2 without their length."""
    if data_type in ("VARCHAR2", "NVARCHAR2"):
        return "varchar" if data_type == "VARCHAR2" else "oracle.nvarchar2"
    type_ = type_from_facts(data_type, precision, scale, length, char_length, char_used)
    text = pg_type_of(type_, version=23)
    return base_type(text) if data_type == "RAW" else text


async def _rows(connection: psycopg.AsyncConnection[Any], sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    async with connection.cursor(row_factory=tuple_row, binary=False) as cursor:
        await cursor.execute(sql.encode(), parameters or None)
        return await cursor.fetchall()


def _column(row: tuple[Any, ...]) -> Column:
    _, name, attnum, data_type, length, precision, scale, char_length, char_used, nullable, default, *rest = row
    identity, virtual, hidden, default_on_null, type_owner, is_json = rest
    is_user_type = type_owner is not None and data_type != "XMLTYPE"
    facts = (data_type, precision, scale, length, char_length, char_used)
    return Column(
        name,
        attnum,
        data_type,
        domain(type_owner, data_type) if is_user_type else pg_type_from_facts(*facts),
        type_owner=type_owner if is_user_type else None,
        length=length,
        precision=precision,
        scale=scale,
        char_length=char_length,
        char_used=char_used,
        nullable=nullable,
        default_text=default,
        identity=identity,
        virtual=virtual,
        hidden=hidden,
        default_on_null=default_on_null,
        is_json=is_json,
    )


def _partitioning(row: tuple[Any, ...]) -> Partitioning:
    _, method, columns, interval, names, bounds = row
    partitions = [Partition(name, tuple(items)) for name, items in zip(names or (), bounds or (), strict=True)]
    return Partitioning(method, tuple(columns or ()), tuple(partitions), interval)


def _object(row: tuple[Any, ...], columns: list[Column], partitioning: Partitioning | None) -> CatalogObject:
    (
        object_id,
        owner,
        name,
        kind,
        relid,
        status,
        temporary,
        duration,
        read_only,
        text,
        target_owner,
        target,
        calls_stored,
        key,
        keys,
    ) = row
    if kind == "SYNONYM":
        return Synonym(owner, name, target_owner or owner, target)
    if kind == "SEQUENCE":
        return Sequence(owner, name, relid or 0)
    if kind not in ("TABLE", "VIEW"):
        return Routine(owner, name, kind, text or "", object_id)
    materialized = kind == "TABLE" and text is not None
    return Relation(
        owner,
        name,
        "MATERIALIZED VIEW" if materialized else kind,
        relid or 0,
        object_id,
        columns,
        temporary=temporary,
        on_commit=None if temporary is None else "DELETE" if duration == "SYS$TRANSACTION" else "PRESERVE",
        primary_key=tuple(key or ()),
        has_rowid=kind == "TABLE",
        query_text=text,
        partitioning=partitioning,
        read_only=bool(read_only),
        unique_keys=tuple(tuple(names) for names in keys or ()),
        valid=status == "VALID",
        calls_stored=calls_stored,
    )


async def _objects(
    connection: psycopg.AsyncConnection[Any], condition: str, *parameters: object
) -> dict[tuple[str, str], CatalogObject]:
    columns: dict[int, list[Column]] = defaultdict(list)
    sql = f"{_COLUMNS} WHERE {condition} ORDER BY c.object_id, c.column_id NULLS LAST, c.attnum"
    for row in await _rows(connection, sql, *parameters):
        columns[row[0]].append(_column(row))
    found = await _rows(connection, f"{_OBJECTS} AND {condition}", *parameters)
    partitions = await _rows(connection, f"{_PARTITIONS} AND {condition}", *parameters)
    partitioned = {row[0]: _partitioning(row) for row in partitions}
    return {(row[1], row[2]): _object(row, columns[row[0]], partitioned.get(row[0])) for row in found}


async def relations(connection: psycopg.AsyncConnection[Any], oids: list[int]) -> dict[tuple[str, str], CatalogObject]:
    """The relations of these PostgreSQL numbers, as this connection sees them."""
    return await _objects(connection, "o.relid = ANY (%s)", oids)


async def _triggers(
    connection: psycopg.AsyncConnection[Any], condition: str, *parameters: object
) -> dict[tuple[str, str], tuple[TriggerSource, ...]]:
    found: dict[tuple[str, str], tuple[TriggerSource, ...]] = {}
    for owner, table, *facts in await _rows(
        connection, f"{_TRIGGERS} AND {condition} ORDER BY t.object_id", *parameters
    ):
        found[owner, table] = (*found.get((owner, table), ()), TriggerSource(*facts))
    return found


async def load(connection: psycopg.AsyncConnection[Any], version: int) -> Catalog:
    """The whole catalog."""
    catalog = Catalog(version=version)
    catalog.objects = await _objects(connection, "true")
    for owner, name, grantee, privilege in await _rows(connection, _PRIVILEGES):
        catalog.object_privileges.setdefault((owner, name), {}).setdefault(grantee, set()).add(privilege)
    bodies = await _rows(connection, _BODIES)
    catalog.package_bodies = {(owner, name): text for owner, name, text in bodies}
    catalog.triggers = await _triggers(connection, "true")
    functions = await _rows(
        connection, "SELECT DISTINCT upper(proname) FROM pg_catalog.pg_proc WHERE pronamespace = 'oracle'::regnamespace"
    )
    catalog.functions = frozenset(name for (name,) in functions)
    await refresh_privileges(connection, catalog)
    return catalog


async def refresh(connection: psycopg.AsyncConnection[Any], catalog: Catalog, names: Iterable[tuple[str, str]]) -> None:
    """Bring the objects of these (owner, name), and the privileges on them, up to date."""
    wanted = list(names)
    parameters = ([owner for owner, _ in wanted], [name for _, name in wanted])
    found = await _objects(connection, _NAMED, *parameters)
    privileges = await _rows(connection, f"{_PRIVILEGES} WHERE {_NAMED}", *parameters)
    bodies = await _rows(connection, f"{_BODIES} AND {_NAMED}", *parameters)
    triggers = await _triggers(connection, _NAMED, *parameters)
    for key in wanted:
        catalog.objects.pop(key, None)
        catalog.triggers.pop(key, None)
        catalog.package_bodies.pop(key, None)
        catalog.object_privileges.pop(key, None)
    catalog.objects.update(found)
    catalog.triggers.update(triggers)
    catalog.package_bodies.update({(owner, name): text for owner, name, text in bodies})
    for owner, name, grantee, privilege in privileges:
        catalog.object_privileges.setdefault((owner, name), {}).setdefault(grantee, set()).add(privilege)
    catalog.generation += 1


async def refresh_privileges(connection: psycopg.AsyncConnection[Any], catalog: Catalog) -> None:
    """Bring users, roles and system privileges up to date. A granted role brings the roles granted to it."""
    catalog.users = {name for (name,) in await _rows(connection, "SELECT username FROM oracle.users")}
    catalog.role_names = {name for (name,) in await _rows(connection, "SELECT role FROM oracle.roles")}
    quotas = await _rows(connection, "SELECT DISTINCT username FROM oracle.tablespace_quotas WHERE max_bytes <> 0")
    catalog.quotas = {name for (name,) in quotas}
    direct: dict[str, set[str]] = defaultdict(set)
    for grantee, role in await _rows(connection, "SELECT grantee, role FROM oracle.role_grants"):
        direct[grantee].add(role)
    roles: dict[str, set[str]] = {}
    for grantee in direct:
        held: set[str] = set()
        pending = [*direct[grantee], *direct.get("PUBLIC", ())]
        while pending:
            role = pending.pop()
            if role not in held:
                held.add(role)
                pending += direct.get(role, ())
        roles[grantee] = held
    catalog.roles = roles
    system: dict[str, set[str]] = defaultdict(set)
    for grantee, privilege in await _rows(connection, "SELECT grantee, privilege FROM oracle.system_privileges"):
        system[grantee].add(privilege)
    catalog.system_privileges = dict(system)
    catalog.generation += 1
