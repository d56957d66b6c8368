"""ALTER TABLE: an ordered list of actions, each on the table as the one before left it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from ...errors import OracleError
from ...sql import ast
from ...sql.names import qualified, quote, string
from ...sql.parser import parse
from . import (
    availability,
    columns,
    constraints,
    dependents,
    modify,
    objects,
    partition_actions,
    partitions,
    sequences,
    storage,
    tables,
    temporary,
    triggers,
)
from .context import DdlContext, owner_and_name
from .objects import Object
from .privileges import owner_or
from .user_types import with_user_types


async def alter_table(statement: ast.AlterTable, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    if statement.if_exists and await objects.find(context, owner, name) is None:
        return
    table = await objects.find_table(context, owner, name, owner_or("ALTER ANY TABLE", grant="ALTER"), statement.pos)
    for action in statement.actions:
        await availability.refuse_read_only(context, table, action)
        await _ACTIONS[type(action)](context, table, action)
        table = await objects.by_id(context, table.object_id)
    await objects.touch(context, table.object_id)
    await context.refresh((table.owner, table.name))


# --------------------------------------------------------------------------------------------------------------- ADD


async def _add_columns(context: DdlContext, table: Object, action: ast.AddColumns) -> None:
    relation = await objects.relation(context, table.owner, table.name)
    columns.refuse_duplicates(definition.name for definition in action.columns)
    for definition in action.columns:
        if relation.column(definition.name) is not None:
            raise OracleError(1430, "column being added already exists in table", definition.pos)
    columns.refuse_too_many(len(relation.columns) + len(action.columns))
    if any(definition.identity for definition in action.columns) and any(c.identity for c in relation.columns):
        raise OracleError(30669, "table can have only one identity column")
    for definition in action.columns:
        await _add_column(context, table, definition)
    await context.refresh((table.owner, table.name))
    for definition in action.columns:
        for constraint in definition.constraints:
            await constraints.add(context, table, constraint, inline=True)
    for constraint in action.constraints:
        await constraints.add(context, table, constraint)


async def _add_column(context: DdlContext, table: Object, definition: ast.ColumnDef) -> None:
    column_id = await context.value(
        "SELECT coalesce(max(column_id), 0) + 1 FROM oracle.columns WHERE object_id = %s", table.object_id
    )
    definition = await tables.with_referenced_type(context, table.owner, definition)
    (definition,) = with_user_types(context, [definition])
    attnum = await tables.next_attnum(context, table)
    column = tables.specification(definition, attnum, context.version)
    if definition.virtual is not None:
        await tables.add_virtual(context, table, definition, column, recorded=False)
        await context.run(
            "UPDATE oracle.columns SET column_id = %s WHERE object_id = %s AND name = %s",
            *(None if column.hidden else column_id, table.object_id, column.name),
        )
        return
    default = None
    if definition.default is not None:
        default = columns.default_sql(context, definition.default, column, table.owner)
    elif definition.identity is not None:
        sequence = await sequences.create_identity(context, table.owner, table.object_id, definition.identity)
        default = f"nextval({string(qualified(table.owner, sequence))}::regclass)"
    if not column.nullable and default is None and await has_rows(context, table):
        raise OracleError(1758, "table must be empty to add mandatory (NOT NULL) column")
    if table.temporary is None:
        await context.run(
            f"ALTER TABLE {table.storage} ADD COLUMN"
            f" {columns.declaration(column, default=default, not_null=not column.nullable)}"
        )
        await columns.record(context, table.object_id, [column], column_id)
    else:
        await temporary.refuse_in_use(context, table)
        await context.run(
            f"ALTER TABLE {table.storage} ADD COLUMN"
            f" {columns.declaration(column, default=default, not_null=not column.nullable)}"
        )
        await columns.record(context, table.object_id, [column], column_id)
        await tables.remake_face(context, table)
    if definition.identity is not None:
        await sequences.link_identity(context, table.object_id, column.name)
    if not column.nullable and not any(constraint.kind == "NOT NULL" for constraint in definition.constraints):
        await constraints.add(context, table, ast.ConstraintDef("NOT NULL", columns=[column.name]))
    if column.default_on_null:
        await tables.default_on_null(context, table)


async def has_rows(context: DdlContext, table: Object) -> bool:
    return bool(await context.value(f"SELECT EXISTS (SELECT FROM {table.storage})"))


# -------------------------------------------------------------------------------------------------- DROP, SET UNUSED


async def _drop_columns(context: DdlContext, table: Object, action: ast.DropColumns) -> None:
    relation = await objects.relation(context, table.owner, table.name)
    columns.refuse_duplicates(action.names)
    for name in action.names:
        if relation.column(name) is None:
            raise OracleError(904, f'"{name}": invalid identifier', action.pos)
    if len(action.names) == len(relation.columns):
        raise OracleError(12983, "cannot drop all columns in a table")
    if relation.partitioning is not None and set(relation.partitioning.columns) & set(action.names):
        raise OracleError(12984, "cannot drop partitioning column")
    remaining = replace(relation, columns=[column for column in relation.columns if column.name not in action.names])
    if any(columns.is_used_by_virtual(remaining, name) for name in action.names):
        raise OracleError(54031, "column to be dropped is used in a virtual column expression")
    await temporary.refuse_in_use(context, table)
    for constraint in await constraints.of_table(context, table):
        touched = [column for column in constraint.columns if column in action.names]
        if not touched:
            continue
        others = any(column not in action.names for column in constraint.columns)
        if constraint.type in ("P", "U") and not action.cascade:
            used = await constraints.select(context, "k.r_constraint_id = %s", constraint.constraint_id)
            if any(
                set(reference.columns) - set(action.names) or reference.object_id != table.object_id
                for reference in used
            ):
                raise OracleError(12992, "cannot drop parent key column")
        if others and not action.cascade:
            raise OracleError(12991, "column is referenced in a multi-column constraint")
        await constraints.drop(context, table, constraint, cascade=True)
    invalid = await dependents.invalidate(context, table.relid)
    if table.temporary is not None:
        await context.run(f"DROP VIEW {table.sql}")
    await _drop_indexes(context, table, action.names)
    dropped = [column for column in relation.columns if column.name in action.names]
    for column in sorted(dropped, key=lambda column: not column.virtual):
        name = column.name
        await context.run(f"ALTER TABLE {table.storage} DROP COLUMN {quote(name)}")
        if column.identity is not None:
            await sequences.drop_identity(context, table)
        await context.run("DELETE FROM oracle.columns WHERE object_id = %s AND name = %s", table.object_id, name)
        await context.run(
            "DELETE FROM oracle.comments WHERE object_id = %s AND column_name = %s", table.object_id, name
        )
    await context.run(
        "UPDATE oracle.columns c SET column_id = n.number FROM (SELECT name, row_number() OVER (ORDER BY column_id) AS number"
        " FROM oracle.columns WHERE object_id = %s AND column_id IS NOT NULL) n WHERE c.object_id = %s AND c.name = n.name",
        *(table.object_id, table.object_id),
    )
    if table.temporary is not None:
        await tables.remake_face(context, table)
    if any(column.default_on_null for column in relation.columns):
        await tables.default_on_null(context, table)
    await context.refresh((table.owner, table.name))
    if invalid:
        await dependents.revalidate(context, [table.name])


async def _drop_indexes(context: DdlContext, table: Object, names: list[str]) -> None:
    """The indexes on a column go with it, also those whose expression mentions it."""
    await context.run(
        "DELETE FROM oracle.objects WHERE object_id IN (SELECT c.object_id FROM oracle.index_columns c"
        " JOIN oracle.indexes i USING (object_id) WHERE i.table_id = %s AND c.column_name = ANY(%s))",
        *(table.object_id, names),
    )


async def _forget_vanished_indexes(context: DdlContext, table: Object) -> None:
    await context.run(
        "DELETE FROM oracle.objects o USING oracle.indexes i WHERE i.object_id = o.object_id AND i.table_id = %s"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = o.relid)",
        table.object_id,
    )


# ------------------------------------------------------------------------------------------------------------ RENAME


async def _rename_column(context: DdlContext, table: Object, action: ast.RenameColumn) -> None:
    relation = await objects.relation(context, table.owner, table.name)
    if relation.column(action.old) is None:
        raise OracleError(904, f'"{action.old}": invalid identifier', action.pos)
    if relation.column(action.new) is not None:
        raise OracleError(957, "duplicate column name", action.pos)
    if columns.is_used_by_virtual(relation, action.old):
        raise OracleError(54032, "column to be renamed is used in a virtual column expression", action.pos)
    invalid = await dependents.invalidate(context, table.relid)
    if table.temporary is not None:
        await context.run(f"DROP VIEW {table.sql}")
    await context.run(f"ALTER TABLE {table.storage} RENAME COLUMN {quote(action.old)} TO {quote(action.new)}")
    for text in ("columns SET name", "comments SET column_name"):
        key = text.rpartition(" ")[2]
        await context.run(
            f"UPDATE oracle.{text} = %s WHERE object_id = %s AND {key} = %s", action.new, table.object_id, action.old
        )
    await context.run(
        "UPDATE oracle.constraint_columns SET column_name = %s WHERE column_name = %s AND constraint_id IN"
        " (SELECT constraint_id FROM oracle.constraints WHERE object_id = %s)",
        *(action.new, action.old, table.object_id),
    )
    await context.run(
        "UPDATE oracle.index_columns SET column_name = %s WHERE column_name = %s AND object_id IN"
        " (SELECT object_id FROM oracle.indexes WHERE table_id = %s)",
        *(action.new, action.old, table.object_id),
    )
    await context.run(
        "UPDATE oracle.tables SET partition_columns = array_replace(partition_columns::text[], %s, %s)::varchar(128)[]"
        " WHERE object_id = %s AND partition_columns IS NOT NULL",
        *(action.old, action.new, table.object_id),
    )
    if relation.partitioning is not None:
        await partitions.enforce(context, table)
    for constraint in await constraints.of_table(context, table):
        if constraint.search_condition is not None:
            await context.run(
                "UPDATE oracle.constraints SET search_condition = %s WHERE constraint_id = %s",
                *(_renamed(constraint.search_condition, action.old, action.new), constraint.constraint_id),
            )
    if table.temporary is not None:
        await tables.remake_face(context, table)
    if any(column.default_on_null for column in relation.columns):
        await tables.default_on_null(context, table)
    await context.refresh((table.owner, table.name))
    if invalid:
        await dependents.revalidate(context, [table.name])


_WORDS = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|[A-Za-z][\w$#]*|.""", re.DOTALL)


def _renamed(text: str, old: str, new: str) -> str:
    """A CHECK's text with a column renamed, as Oracle rewrites it."""
    out = []
    for match in _WORDS.finditer(text):
        word = match.group()
        if word in (f'"{old}"',) or (word[:1].isalpha() and word.upper() == old):
            word = f'"{new}"' if word.startswith('"') or new != new.upper() else new
        out.append(word)
    return "".join(out)


async def _rename_to(context: DdlContext, table: Object, action: ast.RenameTo) -> None:
    await tables.rename_table(context, table, action.name)


# ------------------------------------------------------------------------------------------------------- constraints


async def _add_constraint(context: DdlContext, table: Object, action: ast.AddConstraint) -> None:
    await constraints.add(context, table, action.constraint)


async def _drop_constraint(context: DdlContext, table: Object, action: ast.DropConstraint) -> None:
    found = await constraints.find(
        context, table, name=action.name, primary_key=action.primary_key, unique_columns=action.unique_columns
    )
    if found is None:
        if action.name is not None:
            raise OracleError(2443, "Cannot drop constraint  - nonexistent constraint", action.pos)
        if action.primary_key:
            raise OracleError(2441, "Cannot drop nonexistent primary key", action.pos)
        raise OracleError(2442, "Cannot drop nonexistent unique key", action.pos)
    await constraints.drop(context, table, found, cascade=action.cascade)


async def _modify_constraint(context: DdlContext, table: Object, action: ast.ModifyConstraint) -> None:
    found = await constraints.find(
        context, table, name=action.name, primary_key=action.primary_key, unique_columns=action.unique_columns
    )
    if found is None:
        if action.enable is False:
            name = action.name or ("PRIMARY KEY" if action.primary_key else "UNIQUE")
            raise OracleError(2431, f"cannot disable constraint ({name}) - no such constraint", action.pos)
        if action.enable:
            name = action.name or ("PRIMARY KEY" if action.primary_key else "UNIQUE")
            raise OracleError(2430, f"cannot enable constraint ({name}) - no such constraint", action.pos)
        raise OracleError(2443, "Cannot drop constraint  - nonexistent constraint", action.pos)
    if action.enable is False:
        await constraints.disable(context, table, found, cascade=action.cascade)
    elif action.enable or (action.validate is not None and found.status == "ENABLED"):
        await constraints.enable(context, table, found, _condition_of, validate=action.validate is not False)


def _condition_of(text: str) -> ast.Expr:
    """The tree of a CHECK condition that was recorded as text."""
    query = parse(f"SELECT 1 FROM DUAL WHERE {text}")
    assert isinstance(query, ast.Query)
    assert isinstance(query.body, ast.Select)
    assert query.body.where is not None
    return query.body.where


async def _rename_constraint(context: DdlContext, table: Object, action: ast.RenameConstraint) -> None:
    await constraints.rename(context, table, action.old, action.new)


# ----------------------------------------------------------------------------------------------------------- options


async def _option(context: DdlContext, table: Object, action: ast.TableOption) -> None:
    text = " ".join(action.text.upper().split())
    if text.split()[1:2] and text.split()[1] in ("PARTITION", "PARTITIONS", "SUBPARTITION", "SUBPARTITIONS"):
        await availability.pass_unusable(context)
        await partition_actions.alter(context, table, action)
        return
    if text in ("ENABLE ALL TRIGGERS", "DISABLE ALL TRIGGERS"):
        await triggers.alter_all(context, table, enable=text.startswith("E"))
        return
    if text in ("READ ONLY", "READ WRITE"):
        await availability.set_read_only(context, table, read_only=text == "READ ONLY")
        return
    text = re.sub(r"^MOVE( ONLINE)?\s*", "", text)
    if text:
        await storage.record_options(context, table.object_id, [text])
    if "ROW MOVEMENT" in text:
        await partitions.enforce(context, table)


async def _modify_columns(context: DdlContext, table: Object, action: ast.ModifyColumns) -> None:
    await modify.modify_columns(context, table, action)


_ACTIONS: dict[type[ast.AlterAction], Callable[[DdlContext, Object, Any], Awaitable[None]]] = {
    ast.AddColumns: _add_columns,
    ast.ModifyColumns: _modify_columns,
    ast.DropColumns: _drop_columns,
    ast.RenameColumn: _rename_column,
    ast.RenameTo: _rename_to,
    ast.AddConstraint: _add_constraint,
    ast.DropConstraint: _drop_constraint,
    ast.ModifyConstraint: _modify_constraint,
    ast.RenameConstraint: _rename_constraint,
    ast.TableOption: _option,
}
