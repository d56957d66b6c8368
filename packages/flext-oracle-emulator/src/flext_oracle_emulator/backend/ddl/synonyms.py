"""Private and public synonyms. A synonym may name what does not exist (yet)."""

from __future__ import annotations

from ...errors import OracleError, unsupported
from ...sql import ast
from . import dependents, objects
from .context import DdlContext, owner_and_name
from .privileges import insufficient, require_create, require_drop, require_system


async def create_synonym(statement: ast.CreateSynonym, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    if statement.public:
        require_system(context, "CREATE PUBLIC SYNONYM")
        owner = "PUBLIC"
    else:
        require_create(context, owner, "SYNONYM")
    if statement.db_link is not None:
        raise unsupported("synonym for a remote object", statement.pos)
    target_owner, target = owner_and_name(context, statement.target)
    if (owner, name) == (target_owner, target):
        raise OracleError(1471, "cannot create a synonym with same name as object")
    existing = await objects.find(context, owner, name)
    if existing is not None:
        if statement.if_not_exists:
            return
        if existing.type != "SYNONYM" or not statement.or_replace:
            raise objects.name_in_use()
        await context.run("DELETE FROM oracle.objects WHERE object_id = %s", existing.object_id)
    object_id = await objects.add(context, owner, name, "SYNONYM")
    await context.run(
        "INSERT INTO oracle.synonyms (object_id, table_owner, table_name) VALUES (%s, %s, %s)",
        *(object_id, target_owner, target),
    )
    await context.refresh((owner, name))
    await dependents.revalidate(context, [name])


async def drop_synonym(statement: ast.Drop, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    missing = OracleError(1434, "private synonym to be dropped does not exist")
    if statement.public:
        owner, missing = "PUBLIC", OracleError(1432, "public synonym to be dropped does not exist")
    found = await objects.find(context, owner, name)
    if found is None or found.type != "SYNONYM":
        if statement.if_exists and found is None:
            return
        raise missing
    if statement.public:
        require_system(context, "DROP PUBLIC SYNONYM")
    elif owner != context.user:
        require_drop(context, found, "SYNONYM", insufficient())
    await context.run("DELETE FROM oracle.objects WHERE object_id = %s", found.object_id)
    await context.refresh((owner, name))
