"""CREATE, ALTER and DROP TRIGGER, and PostgreSQL's triggers that hand rows over to the engine (backend/triggers.py)."""

from __future__ import annotations

from ...catalog.model import Relation
from ...errors import OracleError, unsupported
from ...plsql.trigger_parser import Trigger, parse_trigger
from ...sql import ast
from ...sql.names import quote
from . import objects
from .context import DdlContext, owner_and_name
from .objects import Object
from .privileges import insufficient, owner_or, require_create, require_drop

TRIGGERS = 3  # the name space
_GUARD, _CAPTURE = "a$guard", "zz$capture"


def _missing(name: str) -> OracleError:
    return OracleError(4080, f"trigger '{name}' does not exist")


async def create_trigger(statement: ast.CreateCode, context: DdlContext) -> None:
    trigger = parse_trigger(statement.text, context.version)
    owner, name = owner_and_name(context, statement.name)
    require_create(context, owner, "TRIGGER")
    table = await _table(context, trigger)
    await _check_order(context, trigger, owner)
    if trigger.refers_to_rows and not trigger.row:
        raise OracleError(4082, "NEW or OLD references not allowed in table level triggers")
    existing = await objects.find(context, owner, name, TRIGGERS)
    if existing is not None:
        if not statement.or_replace:
            raise OracleError(4081, f"trigger '{name}' already exists")
        await _remove(context, existing)
    object_id = await objects.add(context, owner, name, "TRIGGER", namespace=TRIGGERS)
    kind = f"{trigger.timing} {'EACH ROW' if trigger.row else 'STATEMENT'}"
    if trigger.timing in ("COMPOUND", "INSTEAD OF"):
        kind = trigger.timing
    await context.run(
        "INSERT INTO oracle.triggers (object_id, table_id, trigger_type, triggering_event, referencing, when_clause, status,"
        " description, body) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        *(object_id, table.object_id, kind, " OR ".join(trigger.events)),
        f"REFERENCING NEW AS {trigger.new} OLD AS {trigger.old}",
        *(trigger.when_text, "ENABLED" if trigger.enabled else "DISABLED", trigger.description, trigger.body),
    )
    await context.run("INSERT INTO oracle.sources (object_id, text) VALUES (%s, %s)", object_id, statement.text)
    await install(context, table)


async def _check_order(context: DdlContext, trigger: Trigger, owner: str) -> None:
    """FOLLOWS and PRECEDES name triggers that there are."""
    for parts in (*trigger.follows, *trigger.precedes):
        if await objects.find(context, parts[0] if len(parts) > 1 else owner, parts[-1], TRIGGERS) is None:
            raise OracleError(4080, f"trigger '{parts[-1]}' does not exist")


async def _table(context: DdlContext, trigger: Trigger) -> Object:
    parts = trigger.table
    found = context.catalog.resolve(parts, context.schema)
    if not isinstance(found, Relation) or not context.catalog.visible(context.user, found.owner, found.name):
        raise OracleError(942, "table or view does not exist")
    if found.owner == "SYS":
        raise OracleError(4089, "cannot create triggers on objects owned by SYS")
    if (found.kind == "VIEW") is not _is_instead(trigger):
        if found.kind == "VIEW":
            raise OracleError(25001, "cannot create this trigger type on this type of view")
        raise OracleError(25002, "cannot create INSTEAD OF triggers on tables")
    if found.kind not in ("TABLE", "VIEW") or found.temporary is not None:
        raise unsupported("triggers on materialized views and temporary tables")
    table = await objects.find(context, found.owner, found.name)
    assert table is not None
    if not owner_or("CREATE ANY TRIGGER")(context, table):
        raise insufficient()
    for column in trigger.columns:
        if found.column(column) is None:
            raise OracleError(904, f'"{column}": invalid identifier')
    return table


def _is_instead(trigger: Trigger) -> bool:
    return trigger.timing == "INSTEAD OF" or trigger.points == ("INSTEAD OF EACH ROW",)


async def install(context: DdlContext, table: Object) -> None:
    """Make PostgreSQL's triggers fit the enabled ones of a table or view, and the catalog too."""
    if table.relid is None:  # a view that is invalid gets them when it compiles
        return
    rows = await context.rows(
        "SELECT g.object_id, s.text FROM oracle.triggers g JOIN oracle.sources s USING (object_id)"
        " WHERE g.table_id = %s AND g.status = 'ENABLED'",
        table.object_id,
    )
    old = await context.rows(
        "SELECT tgname FROM pg_catalog.pg_trigger WHERE tgrelid = %s::text::regclass AND (tgname IN (%s, %s)"
        " OR tgname LIKE 'b$fires%%')",
        *(table.storage, _GUARD, _CAPTURE),
    )
    for (name,) in old:
        await context.run(f"DROP TRIGGER {quote(name)} ON {table.storage}")
    parsed = [(object_id, parse_trigger(text, context.version)) for object_id, text in rows]
    events = "INSERT OR UPDATE OR DELETE"
    timing = "BEFORE"
    if table.type == "VIEW":  # what no trigger replaces goes to the view's table, if PostgreSQL knows how
        events = " OR ".join(dict.fromkeys(event for _, trigger in parsed for event in trigger.events))
        timing = "INSTEAD OF"
    if rows:
        await context.run(
            f"CREATE TRIGGER {quote(_GUARD)} BEFORE {events} ON {table.storage}"
            " FOR EACH STATEMENT EXECUTE FUNCTION oracle.trigger_guard()"
        )
    if any(trigger.row for _, trigger in parsed):
        await context.run(
            f"CREATE TRIGGER {quote(_CAPTURE)} {timing} {events} ON {table.storage}"
            " FOR EACH ROW EXECUTE FUNCTION oracle.trigger_capture()"
        )
    for object_id, trigger in parsed:
        if trigger.columns and trigger.row:
            await context.run(
                f"CREATE TRIGGER {quote(f'b$fires{object_id}')} BEFORE UPDATE OF"
                f" {', '.join(quote(column) for column in trigger.columns)} ON {table.storage}"
                f" FOR EACH ROW EXECUTE FUNCTION oracle.trigger_columns('{object_id}')"
            )
    await context.refresh((table.owner, table.name))


async def _remove(context: DdlContext, found: Object) -> None:
    table_id = await context.value("SELECT table_id FROM oracle.triggers WHERE object_id = %s", found.object_id)
    await context.run("DELETE FROM oracle.objects WHERE object_id = %s", found.object_id)
    await install(context, await objects.by_id(context, table_id))


async def drop_trigger(statement: ast.Drop, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    found = await objects.find(context, owner, name, TRIGGERS)
    if found is None:
        if statement.if_exists:
            return
        raise _missing(name)
    require_drop(context, found, "TRIGGER", _missing(name))
    await _remove(context, found)


async def alter_trigger(statement: ast.AlterObject, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    found = await objects.find(context, owner, name, TRIGGERS)
    if found is None:
        raise _missing(name)
    if not owner_or("ALTER ANY TRIGGER")(context, found):
        raise insufficient()
    action = statement.text.upper().split()[0]
    if action == "COMPILE":
        return
    if action not in ("ENABLE", "DISABLE"):
        raise unsupported(f"ALTER TRIGGER {statement.text}", statement.pos)
    await context.run("UPDATE oracle.triggers SET status = %s WHERE object_id = %s", f"{action}D", found.object_id)
    table_id = await context.value("SELECT table_id FROM oracle.triggers WHERE object_id = %s", found.object_id)
    await install(context, await objects.by_id(context, table_id))


async def alter_all(context: DdlContext, table: Object, *, enable: bool) -> None:
    """ALTER TABLE .. ENABLE | DISABLE ALL TRIGGERS."""
    status = "ENABLED" if enable else "DISABLED"
    if await context.run("UPDATE oracle.triggers SET status = %s WHERE table_id = %s", status, table.object_id):
        await install(context, table)


async def forget(context: DdlContext, table: Object) -> None:
    """The triggers of a table that is dropped."""
    await context.run(
        "DELETE FROM oracle.objects WHERE object_id IN (SELECT object_id FROM oracle.triggers WHERE table_id = %s)",
        table.object_id,
    )
