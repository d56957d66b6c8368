"""CREATE [OR REPLACE] [FORCE] VIEW, DROP VIEW, ALTER VIEW COMPILE."""

from __future__ import annotations

import psycopg

from ...errors import OracleError, unsupported
from ...sql import ast
from . import dependents, objects, triggers
from .context import DdlContext, owner_and_name
from .privileges import insufficient, owner_or, require_create, require_drop


async def create_view(statement: ast.CreateView, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    require_create(context, owner, "VIEW")
    existing = await objects.find(context, owner, name)
    if existing is not None:
        if statement.if_not_exists:
            return
        if existing.type != "VIEW" or not statement.or_replace:
            raise objects.name_in_use()
        await dependents.invalidate(context, existing.relid)
        if existing.relid is not None:
            await dependents.take_out(context, existing.object_id, owner, name)
        object_id = existing.object_id
        await triggers.forget(context, existing)
        await context.run("DELETE FROM oracle.comments WHERE object_id = %s AND column_name <> ''", object_id)
    else:
        object_id = await objects.add(context, owner, name, "VIEW", status="INVALID")
    read_only = statement.query.with_check == "READ ONLY"
    check_option = statement.query.with_check == "CHECK OPTION"
    await context.run(
        "INSERT INTO oracle.views (object_id, text, read_only, check_option) VALUES (%s, %s, %s, %s) ON CONFLICT (object_id)"
        " DO UPDATE SET text = excluded.text, read_only = excluded.read_only, check_option = excluded.check_option",
        *(object_id, statement.query_text, read_only, check_option),
    )
    view = await objects.by_id(context, object_id)
    try:
        async with context.connection.transaction():
            await dependents.put_in(
                context, view, statement.query, statement.columns, read_only=read_only, check_option=check_option
            )
            await dependents.expand_star(context, view, statement.query, statement.query_text)
    except (OracleError, psycopg.errors.RaiseException):
        if not statement.force:
            raise
        context.compile_warning = True
        await dependents.record_references(context, object_id, statement.query)
    await objects.touch(context, object_id)
    await context.refresh((owner, name))
    await dependents.revalidate(context, [name])


async def drop_view(statement: ast.Drop, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    view = await objects.find(context, owner, name)
    missing = OracleError(942, "table or view does not exist", statement.pos)
    if view is None or view.type != "VIEW" or not objects.is_visible(context, view):
        if statement.if_exists and view is None:
            return
        raise missing
    require_drop(context, view, "VIEW", missing)
    await dependents.invalidate(context, view.relid)
    await triggers.forget(context, view)
    if view.relid is not None:
        await context.run(f"DROP VIEW {view.sql}")
    await context.run("DELETE FROM oracle.objects WHERE object_id = %s", view.object_id)
    await context.refresh((owner, name))


async def alter_view(statement: ast.AlterObject, context: DdlContext) -> None:
    """COMPILE is all that ALTER VIEW does here."""
    owner, name = owner_and_name(context, statement.name)
    view = await objects.find(context, owner, name)
    if view is None or view.type != "VIEW" or not objects.is_visible(context, view):
        raise OracleError(942, "table or view does not exist", statement.pos)
    if not owner_or("ALTER ANY TABLE")(context, view):
        raise insufficient()
    if statement.rename_to is not None or statement.text.upper().split()[:1] != ["COMPILE"]:
        raise unsupported(f"ALTER VIEW {statement.text}", statement.pos)
    if view.status == "INVALID":
        if await dependents.compile_view(context, owner, name):
            await dependents.revalidate(context, [name])
        else:
            context.compile_warning = True
