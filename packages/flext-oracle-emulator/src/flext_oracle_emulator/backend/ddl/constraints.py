"""Constraints: Oracle's rules and names for them, PostgreSQL's enforcement, and the indexes that keys bring along.

A composite UNIQUE key is a partial unique index with NULLS NOT DISTINCT: Oracle refuses a second (1, NULL) and takes any number of
(NULL, NULL). PostgreSQL lets a foreign key refer only to a real constraint, so such a key gets one when the first
foreign key comes. NOT NULL is a CHECK constraint in Oracle's dictionary and a column property in PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psycopg

from ...catalog.model import Column, Relation
from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql.emit.core import walk
from ...sql.names import pg_identifier, qualified, quote
from ...sql.translator import translate_expression
from . import columns as table_columns
from . import objects, temporary
from .context import DdlContext, owner_and_name
from .objects import Object
from .privileges import insufficient

_NOT_IN_CHECKS = {
    *("SYSDATE", "SYSTIMESTAMP", "CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "USER", "UID", "USERENV"),
    *("ROWNUM", "LEVEL", "DBTIMEZONE", "SESSIONTIMEZONE"),
}


@dataclass(frozen=True, slots=True)
class Constraint:
    """A row of oracle.constraints with its columns in order."""

    constraint_id: int
    owner: str
    name: str
    type: str
    object_id: int
    status: str
    validated: bool
    generated: bool
    not_null: bool
    search_condition: str | None
    pg_name: str | None
    index_id: int | None
    r_constraint_id: int | None
    delete_rule: str | None
    deferrable: bool
    deferred: bool
    columns: tuple[str, ...]


_SELECT = """
SELECT k.constraint_id, k.owner, k.name, k.type, k.object_id, k.status, k.validated, k.generated, k.not_null, k.search_condition,
       k.pg_name::text, k.index_id, k.r_constraint_id, k.delete_rule, k."deferrable", k.deferred,
       (SELECT coalesce(array_agg(c.column_name::text ORDER BY c.position), '{}') FROM oracle.constraint_columns c
         WHERE c.constraint_id = k.constraint_id)
  FROM oracle.constraints k
"""


async def select(context: DdlContext, condition: str, *parameters: object) -> list[Constraint]:
    rows = await context.rows(f"{_SELECT} WHERE {condition} ORDER BY k.constraint_id", *parameters)
    return [Constraint(*(*row[:-1], tuple(row[-1]))) for row in rows]


async def of_table(context: DdlContext, table: Object) -> list[Constraint]:
    return await select(context, "k.object_id = %s", table.object_id)


async def references_to(context: DdlContext, table: Object, *, others_only: bool = True) -> list[Constraint]:
    """The foreign keys that refer to keys of the table."""
    found = await select(
        context,
        "k.r_constraint_id IN (SELECT constraint_id FROM oracle.constraints WHERE object_id = %s)",
        table.object_id,
    )
    return [item for item in found if not others_only or item.object_id != table.object_id]


async def declared_not_null(context: DdlContext, object_id: int) -> set[str]:
    """Columns that a NOT NULL keeps from NULL, not only the primary key."""
    rows = await context.rows(
        "SELECT c.column_name FROM oracle.constraints k JOIN oracle.constraint_columns c USING (constraint_id)"
        " WHERE k.object_id = %s AND k.not_null AND k.status = 'ENABLED'",
        object_id,
    )
    return {name for (name,) in rows}


async def add(context: DdlContext, table: Object, definition: ast.ConstraintDef, *, inline: bool = False) -> None:
    """Add a constraint to a table that exists, with its rows."""
    if definition.kind == "NULL":
        return
    relation = await objects.relation(context, table.owner, table.name)
    if definition.kind != "C":
        _require_columns(relation, definition)
    name, generated = await _name(context, table.owner, definition)
    match definition.kind:
        case "NOT NULL":
            await _add_not_null(context, table, definition, name, generated)
        case "C":
            await _add_check(context, table, relation, definition, name, generated, inline=inline)
        case "P" | "U":
            await _add_key(context, table, relation, definition, name, generated)
        case "R":
            await _add_foreign_key(context, table, relation, definition, name, generated)
        case kind:
            raise unsupported(f"constraint of type {kind}", definition.pos)


def _require_columns(relation: Relation, definition: ast.ConstraintDef) -> None:
    seen: set[str] = set()
    for name in definition.columns:
        if relation.column(name) is None:
            raise OracleError(904, f'"{name}": invalid identifier', definition.pos)
        if name in seen:
            raise OracleError(957, "duplicate column name", definition.pos)
        seen.add(name)


async def _name(context: DdlContext, owner: str, definition: ast.ConstraintDef) -> tuple[str, bool]:
    """The constraint's name and whether it was made up. Raises ORA-02264."""
    if definition.name is None:
        return f"SYS_C00{await context.value(_NEXT_NUMBER)}", True
    if await context.value(
        "SELECT EXISTS (SELECT FROM oracle.constraints WHERE owner = %s AND name = %s)", owner, definition.name
    ):
        raise OracleError(2264, "name already used by an existing constraint", definition.pos)
    return definition.name, False


_NEXT_NUMBER = "SELECT nextval('oracle.constraint_numbers')"


async def _record(
    context: DdlContext,
    table: Object,
    definition: ast.ConstraintDef,
    name: str,
    generated: bool,
    *,
    type_: str,
    columns: Iterable[str],
    pg_name: str | None,
    condition: str | None = None,
    not_null: bool = False,
    referenced: int | None = None,
    index_id: int | None = None,
) -> None:
    constraint_id = await context.value(
        "INSERT INTO oracle.constraints (owner, name, type, object_id, r_constraint_id, search_condition, delete_rule, status,"
        ' "deferrable", deferred, validated, rely, generated, not_null, index_id, pg_name)'
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING constraint_id",
        *(table.owner, name, type_, table.object_id, referenced, condition),
        *((definition.on_delete or "NO ACTION") if type_ == "R" else None,),
        *("ENABLED" if definition.enabled else "DISABLED", definition.deferrable, definition.initially_deferred),
        *(definition.validate and definition.enabled, definition.rely, generated, not_null, index_id, pg_name),
    )
    await context.run_many(
        "INSERT INTO oracle.constraint_columns (constraint_id, position, column_name) VALUES (%s, %s, %s)",
        [(constraint_id, None if type_ == "C" else number, column) for number, column in enumerate(columns, 1)],
    )
    await objects.touch(context, table.object_id)


# ------------------------------------------------------------------------------------------------- NOT NULL and CHECK


async def _add_not_null(
    context: DdlContext, table: Object, definition: ast.ConstraintDef, name: str, generated: bool
) -> None:
    (column,) = definition.columns
    if definition.deferrable:
        raise unsupported("deferrable NOT NULL", definition.pos)
    if definition.enabled:
        await set_not_null(context, table, column, "" if generated else name)
    await _record(
        context, table, definition, name, generated,
        type_="C", columns=[column], pg_name=None, condition=f'"{column}" IS NOT NULL', not_null=True,
    )  # fmt: skip


async def set_not_null(context: DdlContext, table: Object, column: str, constraint: str) -> None:
    try:
        await context.run(f"ALTER TABLE {table.storage} ALTER COLUMN {quote(column)} SET NOT NULL")
    except psycopg.errors.NotNullViolation as error:
        raise OracleError(2296, f"cannot enable ({table.owner}.{constraint}) - null values found") from error
    await table_columns.set_nullable(context, table.object_id, column, False)


async def _add_check(
    context: DdlContext,
    table: Object,
    relation: Relation,
    definition: ast.ConstraintDef,
    name: str,
    generated: bool,
    *,
    inline: bool,
) -> None:
    assert definition.condition is not None
    if definition.deferrable:
        raise unsupported("deferrable CHECK constraint", definition.pos)
    used = _columns_of_condition(relation, definition.condition)
    if inline and any(column not in definition.columns for column in used):
        raise OracleError(2438, "Column check constraint cannot reference other columns", definition.pos)
    pg_name = None
    condition = check_sql(context, relation, definition.condition)
    if definition.enabled:
        pg_name = pg_identifier(name)
        await _validated(
            context,
            f"ALTER TABLE {table.storage} ADD CONSTRAINT {quote(name)} CHECK ({condition})"
            + ("" if definition.validate else " NOT VALID"),
            OracleError(2293, f"cannot validate ({table.owner}.{name}) - check constraint violated"),
        )
    await _record(
        context, table, definition, name, generated,
        type_="C", columns=used, pg_name=pg_name, condition=definition.condition_text,
    )  # fmt: skip


def check_sql(context: DdlContext, relation: Relation, condition: ast.Expr) -> str:
    """A CHECK condition in PostgreSQL's words. Raises ORA-02436 for what may change without the row."""
    for node in walk(condition, into_queries=True):
        if isinstance(node, ast.Query):
            raise OracleError(2251, "subquery not allowed here", node.pos)
        name = node.parts[-1] if isinstance(node, ast.Name) and not node.quoted[-1] else None
        if isinstance(node, ast.Call):
            name = node.name[-1]
        if name in _NOT_IN_CHECKS and relation.column(name or "") is None:
            raise OracleError(2436, "date or system variable wrongly specified in CHECK constraint", node.pos)
    return translate_expression(condition, context.translation(relation.owner), relation)


def _columns_of_condition(relation: Relation, condition: ast.Expr) -> list[str]:
    found: list[str] = []
    for node in walk(condition):
        if isinstance(node, ast.Name) and relation.column(node.parts[-1]) is not None and node.parts[-1] not in found:
            found.append(node.parts[-1])
    return found


async def _validated(context: DdlContext, sql: str, failure: OracleError) -> None:
    """Run what scans the table's rows; rows that do not fit are `failure`."""
    try:
        await context.run(sql)
    except (
        psycopg.errors.CheckViolation,
        psycopg.errors.UniqueViolation,
        psycopg.errors.ForeignKeyViolation,
    ) as error:
        raise failure from error


# ------------------------------------------------------------------------------------------------------ PRIMARY, UNIQUE


async def _add_key(
    context: DdlContext,
    table: Object,
    relation: Relation,
    definition: ast.ConstraintDef,
    name: str,
    generated: bool,
) -> None:
    existing = await select(context, "k.object_id = %s AND k.type IN ('P', 'U')", table.object_id)
    if definition.kind == "P" and any(key.type == "P" for key in existing):
        raise OracleError(2260, "table can have only one primary key", definition.pos)
    if any(key.columns == tuple(definition.columns) for key in existing):
        raise OracleError(2261, "such unique or primary key already exists in the table", definition.pos)
    for column in definition.columns:
        facts = relation.column(column)
        assert facts is not None
        if table_columns.is_lob(facts):
            raise OracleError(2329, f"column of datatype {facts.data_type} cannot be unique or a primary key")
        if facts.data_type.endswith("WITH TIME ZONE"):
            raise OracleError(
                2329, "column of datatype TIME/TIMESTAMP WITH TIME ZONE cannot be unique or a primary key"
            )
    if len(definition.columns) > 32:
        raise OracleError(2257, "maximum number of columns exceeded", definition.pos)
    pg_name, index_id = None, None
    if definition.enabled:
        index_id = await _reused_index(context, table, definition)
        pg_name = await enforce_key(context, table, definition.kind, name, definition.columns, definition)
        if index_id is None:
            index_id = await _add_key_index(context, table, name, generated, pg_name, definition.columns)
    await _record(
        context, table, definition, name, generated,
        type_=definition.kind, columns=definition.columns, pg_name=pg_name, index_id=index_id,
    )  # fmt: skip
    if definition.kind == "P" and definition.enabled:
        for column in definition.columns:
            await table_columns.set_nullable(context, table.object_id, column, False)


async def enforce_key(
    context: DdlContext,
    table: Object,
    kind: str,
    name: str,
    columns: Iterable[str],
    definition: ast.ConstraintDef | None = None,
) -> str:
    """Make PostgreSQL keep the key unique; returns the name under which it reports a violation."""
    listed = [quote(column) for column in columns]
    pg_name = await objects.index_name(context, table.owner, name)
    if table.temporary is not None:
        pg_name = pg_identifier(name)
    failure = (
        OracleError(2437, f"cannot validate ({table.owner}.{name}) - primary key violated")
        if kind == "P"
        else OracleError(2299, f"cannot validate ({table.owner}.{name}) - duplicate keys found")
    )
    deferrable = definition is not None and definition.deferrable
    if kind == "P":
        try:
            for column in listed:
                await context.run(f"ALTER TABLE {table.storage} ALTER COLUMN {column} SET NOT NULL")
        except psycopg.errors.NotNullViolation as error:
            raise failure from error
    if table.temporary is not None:
        listed.insert(0, temporary.key_prefix(table))
    if kind == "U" and not deferrable and len(listed) > 1:
        present = " OR ".join(f"{quote(column)} IS NOT NULL" for column in columns)
        await _validated(
            context,
            f"CREATE UNIQUE INDEX {quote(pg_name)} ON {table.storage} ({', '.join(listed)}) NULLS NOT DISTINCT"
            f" WHERE {present}",
            failure,
        )
        return pg_name
    timing = ""
    if deferrable:
        assert definition is not None
        timing = f" DEFERRABLE INITIALLY {'DEFERRED' if definition.initially_deferred else 'IMMEDIATE'}"
    word = "PRIMARY KEY" if kind == "P" else "UNIQUE"
    await _validated(
        context,
        f"ALTER TABLE {table.storage} ADD CONSTRAINT {quote(pg_name)} {word} ({', '.join(listed)}){timing}",
        failure,
    )
    return pg_name


async def _reused_index(context: DdlContext, table: Object, definition: ast.ConstraintDef) -> int | None:
    """The index that Oracle would use instead of making one: an existing one on the same leading columns."""
    found = await context.value(
        "SELECT i.object_id FROM oracle.indexes i WHERE i.table_id = %s AND (SELECT array_agg(c.column_name::text"
        " ORDER BY c.position) FROM oracle.index_columns c WHERE c.object_id = i.object_id AND c.position <= %s) @> %s::text[]"
        " AND NOT EXISTS (SELECT FROM oracle.index_columns c WHERE c.object_id = i.object_id AND c.expression IS NOT NULL)"
        " ORDER BY i.object_id LIMIT 1",
        *(table.object_id, len(definition.columns), list(definition.columns)),
    )
    return None if found is None else int(found)


async def _add_key_index(
    context: DdlContext, table: Object, name: str, generated: bool, pg_name: str, columns: Iterable[str]
) -> int:
    schema = objects.TEMPORARY_SCHEMA + table.owner if table.temporary else table.owner
    relid = await objects.relid_of(context, schema, pg_name)
    index_id = await objects.add(
        context, table.owner, name, "INDEX", namespace=objects.INDEXES, relid=relid, generated=generated
    )
    await context.run(
        "INSERT INTO oracle.indexes (object_id, table_id, uniqueness, constraint_index) VALUES (%s, %s, true, true)",
        *(index_id, table.object_id),
    )
    await context.run_many(
        "INSERT INTO oracle.index_columns (object_id, position, column_name) VALUES (%s, %s, %s)",
        [(index_id, number, column) for number, column in enumerate(columns, 1)],
    )
    return index_id


# --------------------------------------------------------------------------------------------------------- FOREIGN KEY


async def _add_foreign_key(
    context: DdlContext,
    table: Object,
    relation: Relation,
    definition: ast.ConstraintDef,
    name: str,
    generated: bool,
) -> None:
    assert definition.references is not None
    if table.temporary is not None:
        raise OracleError(14455, "attempt to create referential integrity constraint on temporary table")
    parent, parent_relation = await _parent(context, table, definition)
    keys = await select(context, "k.object_id = %s AND k.type IN ('P', 'U')", parent.object_id)
    if definition.referenced_columns:
        wanted = definition.referenced_columns
        for column in wanted:
            if parent_relation.column(column) is None:
                raise OracleError(904, f'"{column}": invalid identifier', definition.pos)
        if len(wanted) != len(definition.columns):
            raise OracleError(2256, "number of referencing columns must match referenced columns", definition.pos)
        key = next((key for key in keys if sorted(key.columns) == sorted(wanted)), None)
        if key is None:
            raise OracleError(2270, "no matching unique or primary key for this column-list", definition.pos)
    else:
        key = next((key for key in keys if key.type == "P"), None)
        if key is None:
            raise OracleError(2268, "referenced table does not have a primary key", definition.pos)
        wanted = list(key.columns)
        if len(wanted) != len(definition.columns):
            raise OracleError(2256, "number of referencing columns must match referenced columns", definition.pos)
    for child_name, parent_name in zip(definition.columns, wanted, strict=True):
        child, referenced = relation.column(child_name), parent_relation.column(parent_name)
        assert child is not None
        assert referenced is not None
        if _comparison_type(child) != _comparison_type(referenced):
            raise OracleError(2267, "column type incompatible with referenced column type", definition.pos)
    for other in await select(context, "k.object_id = %s AND k.type = 'R'", table.object_id):
        if other.columns == tuple(definition.columns) and other.r_constraint_id == key.constraint_id:
            raise OracleError(2275, "such a referential constraint already exists in the table", definition.pos)
    # Oracle pairs the columns of a foreign key with those of the key by position.
    pairs = dict(zip(wanted, definition.columns, strict=True))
    wanted, child_columns = list(key.columns), [pairs[column] for column in key.columns]
    pg_name = None
    if definition.enabled:
        if key.status != "ENABLED":
            raise OracleError(2298, f"cannot validate ({table.owner}.{name}) - parent keys not found")
        pg_name = pg_identifier(name)
        await enforce_foreign_key(
            context, table, parent, key, name, child_columns, wanted, definition.on_delete,
            validate=definition.validate, deferrable=definition.deferrable, deferred=definition.initially_deferred,
        )  # fmt: skip
    await _record(
        context, table, definition, name, generated,
        type_="R", columns=child_columns, pg_name=pg_name, referenced=key.constraint_id,
    )  # fmt: skip


async def _parent(context: DdlContext, table: Object, definition: ast.ConstraintDef) -> tuple[Object, Relation]:
    assert definition.references is not None
    owner, name = owner_and_name(context, definition.references)
    found = context.catalog.resolve((owner, name), table.owner)
    if isinstance(found, Relation):
        owner, name = found.owner, found.name
    parent = await objects.find(context, owner, name)
    if parent is None or parent.type != "TABLE" or not objects.is_visible(context, parent):
        raise OracleError(942, "table or view does not exist", definition.pos)
    if owner != table.owner and not context.catalog.can(table.owner, "REFERENCES", owner, name):
        raise insufficient()
    if parent.temporary is not None:
        raise OracleError(14455, "attempt to create referential integrity constraint on temporary table")
    return parent, await objects.relation(context, owner, name)


def _comparison_type(column: Column) -> str:
    kind = column.data_type.split("(")[0]
    return {"NUMBER": "N", "FLOAT": "N", "VARCHAR2": "V", "CHAR": "C"}.get(kind, column.data_type)


async def enforce_foreign_key(
    context: DdlContext,
    table: Object,
    parent: Object,
    key: Constraint,
    name: str,
    columns: Iterable[str],
    referenced: Iterable[str],
    on_delete: str | None,
    *,
    validate: bool,
    deferrable: bool = False,
    deferred: bool = False,
) -> None:
    if key.type == "U" and len(key.columns) > 1 and not key.deferrable:
        support = quote(f"fk${key.constraint_id}")
        exists = await context.value(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = %s AND conname = %s)",
            *(parent.relid, f"fk${key.constraint_id}"),
        )
        if not exists:
            listed = ", ".join(quote(column) for column in key.columns)
            await context.run(f"ALTER TABLE {parent.storage} ADD CONSTRAINT {support} UNIQUE ({listed})")
    sql = (
        f"ALTER TABLE {table.storage} ADD CONSTRAINT {quote(name)} FOREIGN KEY ({', '.join(map(quote, columns))})"
        f" REFERENCES {parent.storage} ({', '.join(map(quote, referenced))})"
    )
    if on_delete in ("CASCADE", "SET NULL"):
        sql += f" ON DELETE {on_delete}"
    if deferrable:
        sql += f" DEFERRABLE INITIALLY {'DEFERRED' if deferred else 'IMMEDIATE'}"
    if not validate:
        sql += " NOT VALID"
    await _validated(context, sql, OracleError(2298, f"cannot validate ({table.owner}.{name}) - parent keys not found"))


# ------------------------------------------------------------------------------------------- drop, disable, enable, rename


async def find(
    context: DdlContext,
    table: Object,
    *,
    name: str | None,
    primary_key: bool = False,
    unique_columns: list[str] | None = None,
) -> Constraint | None:
    for constraint in await of_table(context, table):
        if name is not None:
            if constraint.name == name:
                return constraint
        elif primary_key:
            if constraint.type == "P":
                return constraint
        elif constraint.type == "U" and list(constraint.columns) == unique_columns:
            return constraint
    return None


async def release(context: DdlContext, table: Object, constraint: Constraint) -> None:
    """Stop enforcing a constraint, and forget the index that came with it."""
    if constraint.not_null:
        (column,) = constraint.columns
        keys = await select(context, "k.object_id = %s AND k.type = 'P' AND k.status = 'ENABLED'", table.object_id)
        if not any(column in key.columns for key in keys):
            await context.run(f"ALTER TABLE {table.storage} ALTER COLUMN {quote(column)} DROP NOT NULL")
            await table_columns.set_nullable(context, table.object_id, column, True)
        return
    if constraint.pg_name is None:
        return
    await context.run(
        f"ALTER TABLE {table.storage} DROP CONSTRAINT IF EXISTS {quote(f'fk${constraint.constraint_id}')}"
    )
    if constraint.type == "U" and len(constraint.columns) > 1 and not constraint.deferrable:
        schema = objects.TEMPORARY_SCHEMA + table.owner if table.temporary else table.owner
        await context.run(f"DROP INDEX {qualified(schema, constraint.pg_name)}")
    else:
        await context.run(f"ALTER TABLE {table.storage} DROP CONSTRAINT {quote(constraint.pg_name)}")
    if constraint.type == "P":
        not_null = {
            column
            for other in await select(
                context, "k.object_id = %s AND k.not_null AND k.status = 'ENABLED'", table.object_id
            )
            for column in other.columns
        }
        for column in constraint.columns:
            if column not in not_null:
                await context.run(f"ALTER TABLE {table.storage} ALTER COLUMN {quote(column)} DROP NOT NULL")
                await table_columns.set_nullable(context, table.object_id, column, True)
    if constraint.index_id is not None:
        await context.run(
            "DELETE FROM oracle.objects WHERE object_id = (SELECT object_id FROM oracle.indexes WHERE object_id = %s"
            " AND constraint_index)",
            constraint.index_id,
        )


async def drop(context: DdlContext, table: Object, constraint: Constraint, *, cascade: bool = False) -> None:
    """Raises ORA-02273 if a foreign key refers to it and `cascade` is not asked."""
    dependents = await select(context, "k.r_constraint_id = %s", constraint.constraint_id)
    if dependents and not cascade:
        raise OracleError(2273, "this unique/primary key is referenced by some foreign keys")
    for dependent in dependents:
        await drop(context, await objects.by_id(context, dependent.object_id), dependent)
    await context.run("DELETE FROM oracle.constraints WHERE constraint_id = %s", constraint.constraint_id)
    await release(context, table, constraint)
    await objects.touch(context, table.object_id)


async def disable(context: DdlContext, table: Object, constraint: Constraint, *, cascade: bool) -> None:
    if constraint.status == "DISABLED":
        return
    dependents = await select(context, "k.r_constraint_id = %s AND k.status = 'ENABLED'", constraint.constraint_id)
    if dependents and not cascade:
        raise OracleError(2297, f"cannot disable constraint ({table.owner}.{constraint.name}) - dependencies exist")
    for dependent in dependents:
        await disable(context, await objects.by_id(context, dependent.object_id), dependent, cascade=True)
    await context.run(
        "UPDATE oracle.constraints SET status = 'DISABLED', validated = false, pg_name = NULL WHERE constraint_id = %s",
        constraint.constraint_id,
    )
    await release(context, table, constraint)


async def enable(
    context: DdlContext,
    table: Object,
    constraint: Constraint,
    parse_condition: Callable[[str], ast.Expr],
    *,
    validate: bool,
) -> None:
    """Enforce a constraint again. `parse_condition` reads the text of a CHECK."""
    if constraint.status == "ENABLED" and (constraint.validated or not validate):
        return
    if constraint.status == "ENABLED":
        if constraint.pg_name is not None:
            failures = {"C": (2293, "check constraint violated"), "R": (2298, "parent keys not found")}
            code, text = failures.get(constraint.type, (2299, "duplicate keys found"))
            await _validated(
                context,
                f"ALTER TABLE {table.storage} VALIDATE CONSTRAINT {quote(constraint.pg_name)}",
                OracleError(code, f"cannot validate ({table.owner}.{constraint.name}) - {text}"),
            )
        await context.run(
            "UPDATE oracle.constraints SET validated = true WHERE constraint_id = %s", constraint.constraint_id
        )
        return
    pg_name: str | None = None
    index_id = constraint.index_id
    if constraint.not_null:
        await set_not_null(context, table, constraint.columns[0], constraint.name)
    elif constraint.type == "C":
        relation = await objects.relation(context, table.owner, table.name)
        condition = check_sql(context, relation, parse_condition(constraint.search_condition or ""))
        pg_name = pg_identifier(constraint.name)
        await _validated(
            context,
            f"ALTER TABLE {table.storage} ADD CONSTRAINT {quote(constraint.name)} CHECK ({condition})"
            + ("" if validate else " NOT VALID"),
            OracleError(2293, f"cannot validate ({table.owner}.{constraint.name}) - check constraint violated"),
        )
    elif constraint.type in ("P", "U"):
        definition = ast.ConstraintDef(
            constraint.type,
            columns=list(constraint.columns),
            deferrable=constraint.deferrable,
            initially_deferred=constraint.deferred,
        )
        index_id = await _reused_index(context, table, definition)
        pg_name = await enforce_key(context, table, constraint.type, constraint.name, constraint.columns, definition)
        if index_id is None:
            index_id = await _add_key_index(
                context, table, constraint.name, constraint.generated, pg_name, constraint.columns
            )
        if constraint.type == "P":
            for column in constraint.columns:
                await table_columns.set_nullable(context, table.object_id, column, False)
    else:
        (key,) = await select(context, "k.constraint_id = %s", constraint.r_constraint_id)
        if key.status != "ENABLED":
            raise OracleError(2298, f"cannot validate ({table.owner}.{constraint.name}) - parent keys not found")
        pg_name = pg_identifier(constraint.name)
        parent = await objects.by_id(context, key.object_id)
        await enforce_foreign_key(
            context, table, parent, key, constraint.name, constraint.columns, key.columns, constraint.delete_rule,
            validate=validate, deferrable=constraint.deferrable, deferred=constraint.deferred,
        )  # fmt: skip
    await context.run(
        "UPDATE oracle.constraints SET status = 'ENABLED', validated = %s, pg_name = %s, index_id = %s"
        " WHERE constraint_id = %s",
        *(validate, pg_name, index_id, constraint.constraint_id),
    )


async def rename(context: DdlContext, table: Object, old: str, new: str) -> None:
    found = await find(context, table, name=old)
    if found is None:
        raise OracleError(23292, "The constraint does not exist")
    if await context.value(
        "SELECT EXISTS (SELECT FROM oracle.constraints WHERE owner = %s AND name = %s)", table.owner, new
    ):
        raise OracleError(2264, "name already used by an existing constraint")
    pg_name = found.pg_name
    if pg_name is not None and found.type in ("C", "R"):
        pg_name = pg_identifier(new)
        await context.run(
            f"ALTER TABLE {table.storage} RENAME CONSTRAINT {quote(found.pg_name or '')} TO {quote(pg_name)}"
        )
    await context.run(
        "UPDATE oracle.constraints SET name = %s, generated = false, pg_name = %s WHERE constraint_id = %s",
        *(new, pg_name, found.constraint_id),
    )
