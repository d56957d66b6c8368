"""GRANT and REVOKE of system privileges, roles and object privileges."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import OracleError, unsupported
from ...sql import ast
from . import objects
from .context import DdlContext, owner_and_name
from .objects import Object
from .privileges import insufficient

_TABLE = (
    *("SELECT", "INSERT", "UPDATE", "DELETE", "READ", "ALTER", "INDEX", "REFERENCES", "DEBUG", "FLASHBACK"),
    *("ON COMMIT REFRESH", "QUERY REWRITE"),
)
_VIEW = ("SELECT", "INSERT", "UPDATE", "DELETE", "READ", "REFERENCES", "DEBUG", "FLASHBACK", "UNDER", "MERGE VIEW")
#: object type -> (its privileges, what ALL means, the error for others)
_OBJECT_PRIVILEGES: dict[str, tuple[tuple[str, ...], tuple[int, str]]] = {
    "TABLE": (_TABLE, (2224, "EXECUTE privilege not allowed for tables")),
    "VIEW": (_VIEW, (2204, "ALTER, INDEX and EXECUTE not allowed for views")),
    "SEQUENCE": (
        ("SELECT", "ALTER", "KEEP SEQUENCE"),
        (2205, "only SELECT and ALTER privileges are valid for sequences"),
    ),
    **dict.fromkeys(
        ("PROCEDURE", "FUNCTION", "PACKAGE", "TYPE"),
        (("EXECUTE", "DEBUG"), (2225, "only EXECUTE and DEBUG privileges are valid for procedures")),
    ),
}
_KNOWN = {privilege for privileges, _ in _OBJECT_PRIVILEGES.values() for privilege in privileges} | {"ALL"}
_COLUMN_PRIVILEGES = ("INSERT", "UPDATE", "REFERENCES")


async def grant(statement: ast.Grant, context: DdlContext) -> None:
    if statement.on_kind is not None:
        raise unsupported(f"GRANT ON {statement.on_kind}", statement.pos)
    if statement.on is not None:
        await _object(statement, context)
    else:
        await _system(statement, context)


def _require_grantees(statement: ast.Grant, context: DdlContext) -> None:
    for name in statement.grantees:
        if name != "PUBLIC" and name not in context.catalog.users and name not in context.catalog.role_names:
            raise OracleError(1917, f"user or role '{name}' does not exist", statement.pos)


# ------------------------------------------------------------------------------------------------- object privileges


async def _object(statement: ast.Grant, context: DdlContext) -> None:
    assert statement.on is not None
    if any(privilege not in _KNOWN for privilege in statement.privileges):
        raise OracleError(990, "missing or invalid privilege", statement.pos)
    found = await _target(context, statement)
    grantor, may = await _grantor(context, found)
    privileges = _expanded(statement, found)
    _require_grantees(statement, context)
    for name in statement.grantees:
        if name == grantor or name == found.owner:
            raise OracleError(1749, "you may not GRANT/REVOKE privileges to/from yourself")
    if statement.revoke:
        await _revoke_object(statement, context, found, grantor, privileges)
    else:
        if may is not None and not set(privileges) <= may:
            raise insufficient()
        await _grant_object(statement, context, found, grantor, privileges)
    await context.refresh((found.owner, found.name))


async def _target(context: DdlContext, statement: ast.Grant) -> Object:
    assert statement.on is not None
    owner, name = owner_and_name(context, statement.on)
    resolved = context.catalog.resolve((owner, name) if len(statement.on) > 1 else (name,), context.schema)
    if resolved is not None:
        owner, name = resolved.owner, resolved.name
    found = await objects.find(context, owner, name)
    if found is None or not (
        objects.is_visible(context, found)
        or context.catalog.has_system_privilege(context.user, "GRANT ANY OBJECT PRIVILEGE")
    ):
        if set(statement.privileges) <= {"EXECUTE", "DEBUG"}:
            raise OracleError(4042, "procedure, function, package, or package body does not exist", statement.pos)
        raise OracleError(942, "table or view does not exist", statement.pos)
    if found.type not in _OBJECT_PRIVILEGES:
        raise unsupported(f"GRANT on a {found.type}", statement.pos)
    return found


async def _grantor(context: DdlContext, found: Object) -> tuple[str, set[str] | None]:
    """In whose name the grant is made, and which privileges may be granted (None: all)."""
    if context.user == found.owner:
        return found.owner, None
    if context.catalog.has_system_privilege(context.user, "GRANT ANY OBJECT PRIVILEGE"):
        return found.owner, None
    rows = await context.rows(
        "SELECT DISTINCT privilege FROM oracle.object_privileges WHERE object_id = %s AND grantable AND grantee = ANY(%s)",
        *(found.object_id, sorted(context.catalog.grantees(context.user))),
    )
    if not rows:
        raise insufficient()
    return context.user, {privilege for (privilege,) in rows}


def _expanded(statement: ast.Grant, found: Object) -> list[str]:
    allowed, (code, text) = _OBJECT_PRIVILEGES[found.type]
    out: list[str] = []
    for privilege in statement.privileges:
        if privilege == "ALL":
            out += [item for item in allowed if item not in ("UNDER", "MERGE VIEW", "KEEP SEQUENCE")]
        elif privilege not in allowed:
            raise OracleError(code, text, statement.pos)
        else:
            out.append(privilege)
    return list(dict.fromkeys(out))


async def _grant_object(
    statement: ast.Grant, context: DdlContext, found: Object, grantor: str, privileges: list[str]
) -> None:
    for name in statement.columns:
        if name not in (*_COLUMN_PRIVILEGES, "ALL"):
            raise OracleError(990, "missing or invalid privilege", statement.pos)
    if statement.with_option and any(name in context.catalog.role_names for name in statement.grantees):
        raise OracleError(1926, "cannot GRANT to a role WITH GRANT OPTION")
    rows = []
    for privilege in privileges:
        for column in statement.columns.get(privilege, [""]):
            if column and not await context.value(
                "SELECT EXISTS (SELECT FROM oracle.columns WHERE object_id = %s AND name = %s)", found.object_id, column
            ):
                raise OracleError(904, f'"{column}": invalid identifier', statement.pos)
            rows += [
                (found.object_id, column, privilege, grantee, grantor, statement.with_option)
                for grantee in statement.grantees
            ]
    await context.run_many(
        "INSERT INTO oracle.object_privileges (object_id, column_name, privilege, grantee, grantor, grantable)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (object_id, column_name, privilege, grantee, grantor)"
        " DO UPDATE SET grantable = oracle.object_privileges.grantable OR excluded.grantable",
        rows,
    )


async def _revoke_object(
    statement: ast.Grant, context: DdlContext, found: Object, grantor: str, privileges: list[str]
) -> None:
    everything = "ALL" in statement.privileges
    for grantee in statement.grantees:
        for privilege in privileges:
            removed = await _remove(context, found, privilege, grantee, grantor)
            if not removed and not everything:
                raise OracleError(1927, "cannot REVOKE privileges you did not grant")


async def _remove(context: DdlContext, found: Object, privilege: str, grantee: str, grantor: str) -> bool:
    """Remove one grant and those that the grantee made by it."""
    removed = await context.run(
        "DELETE FROM oracle.object_privileges WHERE object_id = %s AND privilege = %s AND grantee = %s AND grantor = %s",
        *(found.object_id, privilege, grantee, grantor),
    )
    still = await context.value(
        "SELECT EXISTS (SELECT FROM oracle.object_privileges WHERE object_id = %s AND privilege = %s AND grantee = %s"
        " AND grantable)",
        *(found.object_id, privilege, grantee),
    )
    if removed and not still:
        for (further,) in await context.rows(
            "SELECT DISTINCT grantee FROM oracle.object_privileges WHERE object_id = %s AND privilege = %s AND grantor = %s",
            *(found.object_id, privilege, grantee),
        ):
            await _remove(context, found, privilege, further, grantee)
    return bool(removed)


# ---------------------------------------------------------------------------------------- system privileges and roles


@dataclass(frozen=True, slots=True)
class _Granted:
    system: list[str]
    roles: list[str]


async def _sorted(statement: ast.Grant, context: DdlContext) -> _Granted:
    """Which of the names are system privileges and which roles."""
    known = {
        privilege
        for (privilege,) in await context.rows("SELECT DISTINCT privilege FROM oracle.system_privileges")
        if privilege != "SYSDBA"
    } | {"UNLIMITED TABLESPACE"}
    system: list[str] = []
    roles: list[str] = []
    for name in statement.privileges:
        if name == "ALL":
            system += sorted(known - {"SELECT ANY DICTIONARY", "ANALYZE ANY DICTIONARY"})
        elif name in known:
            system.append(name)
        elif name in context.catalog.role_names:
            roles.append(name)
        elif " " in name:
            raise OracleError(990, "missing or invalid privilege", statement.pos)
        else:
            raise OracleError(1919, f"role '{name}' does not exist", statement.pos)
    return _Granted(system, roles)


async def _system(statement: ast.Grant, context: DdlContext) -> None:
    granted = await _sorted(statement, context)
    _require_grantees(statement, context)
    await _require_admin(context, granted)
    for grantee in statement.grantees:
        for privilege in granted.system:
            if statement.revoke:
                await _revoke_system(context, privilege, grantee, quiet="ALL" in statement.privileges)
            else:
                await context.run(
                    "INSERT INTO oracle.system_privileges (grantee, privilege, admin_option) VALUES (%s, %s, %s)"
                    " ON CONFLICT (grantee, privilege) DO UPDATE SET admin_option ="
                    " oracle.system_privileges.admin_option OR excluded.admin_option",
                    *(grantee, privilege, statement.with_option),
                )
        for role in granted.roles:
            if statement.revoke:
                await _revoke_role(context, role, grantee)
            else:
                await _grant_role(context, role, grantee, statement.with_option)
    await context.refresh_privileges()


async def _require_admin(context: DdlContext, granted: _Granted) -> None:
    """Who has GRANT ANY .. or holds the privilege or role WITH ADMIN OPTION may pass it on."""
    catalog = context.catalog
    grantees = sorted(catalog.grantees(context.user))
    if granted.system and not catalog.has_system_privilege(context.user, "GRANT ANY PRIVILEGE"):
        held = await context.rows(
            "SELECT privilege FROM oracle.system_privileges WHERE admin_option AND grantee = ANY(%s)", grantees
        )
        if not set(granted.system) <= {privilege for (privilege,) in held}:
            raise insufficient()
    if granted.roles and not catalog.has_system_privilege(context.user, "GRANT ANY ROLE"):
        held = await context.rows(
            "SELECT role FROM oracle.role_grants WHERE admin_option AND grantee = ANY(%s)", grantees
        )
        for role in granted.roles:
            if (role,) not in held:
                raise OracleError(1932, f"ADMIN option not granted for role '{role}'")


async def _revoke_system(context: DdlContext, privilege: str, grantee: str, *, quiet: bool) -> None:
    removed = await context.run(
        "DELETE FROM oracle.system_privileges WHERE grantee = %s AND privilege = %s", grantee, privilege
    )
    if not removed and not quiet:
        raise OracleError(1952, f"system privileges not granted to '{grantee}'")


async def _grant_role(context: DdlContext, role: str, grantee: str, admin: bool) -> None:
    if grantee == role or grantee in context.catalog.roles.get(role, ()):
        raise OracleError(1934, "circular role grant detected")
    await context.run(
        "INSERT INTO oracle.role_grants (grantee, role, admin_option) VALUES (%s, %s, %s) ON CONFLICT (grantee, role)"
        " DO UPDATE SET admin_option = oracle.role_grants.admin_option OR excluded.admin_option",
        *(grantee, role, admin),
    )
    if role == "DBA" and grantee in context.catalog.users:
        # Oracle gives this along with DBA (and, before 12c, with RESOURCE).
        await context.run(
            "INSERT INTO oracle.system_privileges (grantee, privilege) VALUES (%s, 'UNLIMITED TABLESPACE')"
            " ON CONFLICT DO NOTHING",
            grantee,
        )


async def _revoke_role(context: DdlContext, role: str, grantee: str) -> None:
    removed = await context.run("DELETE FROM oracle.role_grants WHERE grantee = %s AND role = %s", grantee, role)
    if not removed:
        raise OracleError(1951, f"ROLE '{role}' not granted to '{grantee}'")
