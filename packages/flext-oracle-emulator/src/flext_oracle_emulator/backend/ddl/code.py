"""Stored procedures, functions, packages: their source is kept here and run by the PL/SQL interpreter."""

from __future__ import annotations

import re

from ...errors import OracleError, unsupported
from ...sql import ast
from . import objects
from .context import DdlContext, owner_and_name
from .privileges import insufficient, owner_or, require_create, require_drop
from .triggers import create_trigger
from .user_types import create_type

_KINDS = ("PROCEDURE", "FUNCTION", "PACKAGE", "PACKAGE BODY")
_FROM_KIND = re.compile(r"\b(PROCEDURE|FUNCTION|PACKAGE)\b.*", re.IGNORECASE | re.DOTALL)


def _namespace(kind: str) -> int:
    return objects.BODIES if kind.endswith(" BODY") else objects.TABLES


def _missing(name: str) -> OracleError:
    return OracleError(4043, f"object {name} does not exist")


async def create_code(statement: ast.CreateCode, context: DdlContext) -> None:
    kind = statement.kind
    if kind == "TRIGGER":
        if isinstance(statement.error, OracleError):
            raise statement.error
        await create_trigger(statement, context)
        return
    if kind == "TYPE":
        await create_type(statement, context)
        return
    if kind not in _KINDS:
        raise unsupported(f"CREATE {kind}", statement.pos)
    owner, name = owner_and_name(context, statement.name)
    require_create(context, owner, "PROCEDURE")
    existing = await objects.find(context, owner, name, _namespace(kind))
    if existing is not None:
        if existing.type != kind or not statement.or_replace:
            raise objects.name_in_use()
        object_id = existing.object_id
        await objects.touch(context, object_id)
    else:
        object_id = await objects.add(context, owner, name, kind, namespace=_namespace(kind))
    source = _FROM_KIND.search(statement.text)
    await context.run(
        "INSERT INTO oracle.sources (object_id, text) VALUES (%s, %s) ON CONFLICT (object_id)"
        " DO UPDATE SET text = excluded.text",
        *(object_id, source[0] if source else statement.text),
    )
    if kind in ("PROCEDURE", "FUNCTION"):
        await context.run(
            "INSERT INTO oracle.procedures (object_id, subprogram_id) VALUES (%s, 1) ON CONFLICT DO NOTHING", object_id
        )
    await context.refresh((owner, name))


async def drop_code(statement: ast.Drop, context: DdlContext) -> None:
    kind = statement.kind
    if kind not in _KINDS:
        raise unsupported(f"DROP {kind}", statement.pos)
    owner, name = owner_and_name(context, statement.name)
    found = await objects.find(context, owner, name, _namespace(kind))
    if found is None or found.type != kind:
        if statement.if_exists and found is None:
            return
        raise _missing(name)
    require_drop(context, found, "PROCEDURE", _missing(name))
    await context.run("DELETE FROM oracle.objects WHERE object_id = %s", found.object_id)
    if kind == "PACKAGE":
        await context.run(
            "DELETE FROM oracle.objects WHERE owner = %s AND name = %s AND namespace = %s", owner, name, objects.BODIES
        )
    await context.refresh((owner, name))


async def alter_code(statement: ast.AlterObject, context: DdlContext) -> None:
    """COMPILE: source is read when it is run, so there is nothing to do but to check that it is there."""
    owner, name = owner_and_name(context, statement.name)
    found = await objects.find(context, owner, name)
    if found is None or found.type != statement.kind:
        raise _missing(name)
    if not owner_or("ALTER ANY PROCEDURE")(context, found):
        raise insufficient()
    if statement.text.upper().split()[:1] != ["COMPILE"]:
        raise unsupported(f"ALTER {statement.kind} {statement.text}", statement.pos)
