"""CREATE TYPE and DROP TYPE: a domain for the values, the source for the catalog, the attributes for the dictionary."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ...catalog.model import Routine
from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql import user_types as types
from ...sql.names import pg_identifier
from ...sql.types import pg_type_of
from . import columns, objects
from .context import DdlContext, owner_and_name
from .privileges import require_create, require_drop


def _has_dependents() -> OracleError:
    return OracleError(2303, "cannot drop or replace a type with type or table dependents")


async def create_type(statement: ast.CreateCode, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    require_create(context, owner, "TYPE")
    if any(pg_identifier(part) != part for part in (owner, name)):
        raise unsupported("names of types longer than 63 bytes", statement.pos)
    existing = await objects.find(context, owner, name)
    if existing is not None:
        if existing.type != "TYPE" or not statement.or_replace:
            raise objects.name_in_use()
        if await _is_used(context, owner, name, existing.object_id):
            raise _has_dependents()
        object_id = existing.object_id
        await objects.touch(context, object_id)
    else:
        await objects.make_room(context, owner, name)
        object_id = await objects.add(context, owner, name, "TYPE")
        await context.run(f"CREATE DOMAIN {types.domain(owner, name)} AS pg_catalog.jsonb")
    await context.run(
        "INSERT INTO oracle.sources (object_id, text) VALUES (%s, %s) ON CONFLICT (object_id)"
        " DO UPDATE SET text = excluded.text",
        *(object_id, statement.text.rstrip().removesuffix("/").rstrip()),
    )
    await context.refresh((owner, name))
    for table in ("type_attributes", "types", "dependencies", "errors"):
        await context.run(f"DELETE FROM oracle.{table} WHERE object_id = %s", object_id)
    unknown = await _describe(context, object_id, owner, name)
    await context.run(
        "UPDATE oracle.objects SET status = %s WHERE object_id = %s", "INVALID" if unknown else "VALID", object_id
    )
    for sequence, type_ in enumerate(unknown, 1):
        context.compile_warning = True
        await context.run(
            "INSERT INTO oracle.errors (object_id, sequence, line, position, text, message_number)"
            " VALUES (%s, %s, %s, %s, %s, 201)",
            *(object_id, sequence, *_place(statement.text, type_.pos)),
            f"PLS-00201: identifier '{type_.name}' must be declared",
        )


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column."""
    before = text[: max(offset, 0)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


async def _describe(context: DdlContext, object_id: int, owner: str, name: str) -> list[ast.TypeName]:
    """The rows of the dictionary. Returns the types of attributes that there are not: the type is then invalid."""
    routine = context.catalog.objects[owner, name]
    assert isinstance(routine, Routine)
    type_ = types.of_routine(routine, context.version)
    unknown: list[ast.TypeName] = []
    await context.run(
        "INSERT INTO oracle.types (object_id, kind, upper_bound) VALUES (%s, %s, %s)",
        *(object_id, type_.kind, type_.limit),
    )
    if type_.kind == "OBJECT":
        columns.refuse_duplicates(attribute.name for attribute in type_.attributes)
    for number, attribute in enumerate(type_.attributes, 1 if type_.kind == "OBJECT" else 0):
        nested = types.of_name(context.catalog, type_, attribute.type)
        if nested is None:
            try:
                pg_type_of(attribute.type, version=context.version)
            except OracleError as error:
                if error.code != 902:
                    raise
                unknown.append(attribute.type)
                continue
            facts = columns.facts(attribute.name, number, attribute.type, context.version)
            shown = attribute.type.name
        else:
            facts, shown = columns.user_column(attribute.name, number, nested), nested.name
            await context.run(
                "INSERT INTO oracle.dependencies SELECT %s, object_id FROM oracle.objects WHERE owner = %s AND name = %s"
                " AND type = 'TYPE' ON CONFLICT DO NOTHING",
                *(object_id, nested.owner, nested.name),
            )
        length = facts.char_length or (facts.length if shown == "RAW" else None)
        await context.run(
            "INSERT INTO oracle.type_attributes (object_id, attr_no, name, type_owner, type_name, length, precision, scale,"
            " char_used) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            *(object_id, number, attribute.name, facts.type_owner, shown, length, facts.precision, facts.scale),
            facts.char_used,
        )
    return unknown


async def _is_used(context: DdlContext, owner: str, name: str, object_id: int) -> bool:
    """Whether a table or another type has values of the type."""
    return bool(
        await context.value(
            "SELECT EXISTS (SELECT FROM oracle.columns WHERE data_type_owner = %s AND data_type = %s)"
            " OR EXISTS (SELECT FROM oracle.dependencies WHERE referenced_object_id = %s)",
            *(owner, name, object_id),
        )
    )


async def drop_type(statement: ast.Drop, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    found = await objects.find(context, owner, name)
    missing = OracleError(4043, f"object {name} does not exist")
    if found is None or found.type != "TYPE":
        if statement.if_exists and found is None:
            return
        raise missing
    require_drop(context, found, "TYPE", missing)
    if await _is_used(context, owner, name, found.object_id):
        raise unsupported("DROP TYPE FORCE of a type in use") if statement.cascade else _has_dependents()
    await context.run("DELETE FROM oracle.objects WHERE object_id = %s", found.object_id)
    await context.run(f"DROP DOMAIN {types.domain(owner, name)}")
    await context.refresh((owner, name))


def with_user_types(context: DdlContext, definitions: Sequence[ast.ColumnDef]) -> list[ast.ColumnDef]:
    """Column definitions whose types that users made are known to exist. Others are left to be refused."""
    return [_with_user_type(context, definition) for definition in definitions]


def _with_user_type(context: DdlContext, definition: ast.ColumnDef) -> ast.ColumnDef:
    type_ = definition.type
    if type_ is None or type_.anchor is not None:
        return definition
    parts = (type_.name,) if type_.schema is None else (type_.schema, type_.name)
    found = types.find(context.catalog, context.user, context.schema, parts)
    if found is None:
        return definition
    resolved = ast.TypeName(found.name, schema=found.owner, resolved=True, pos=type_.pos)
    return dataclasses.replace(definition, type=resolved)


def refuse_unstored(context: DdlContext, statement: ast.CreateTable) -> None:
    """A column that is a nested table needs NESTED TABLE .. STORE AS (ORA-22913)."""
    tables = 0
    for definition in statement.columns:
        if definition.type is not None and definition.type.resolved:
            assert definition.type.schema is not None
            found = types.of_domain(context.catalog, types.domain(definition.type.schema, definition.type.name))
            tables += found is not None and found.kind == "TABLE"
    if sum(option.startswith("NESTED TABLE") for option in statement.options) < tables:
        raise OracleError(22913, "must specify table name for nested table column or attribute")
