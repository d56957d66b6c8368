"""Users (each with a schema of its name) and roles."""

from __future__ import annotations

import re

from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql.names import quote
from . import constraints, dependents, objects, tablespaces
from .context import DdlContext
from .objects import TEMPORARY_SCHEMA
from .privileges import insufficient, require_system

_TABLESPACE = re.compile(r"(DEFAULT|(?:LOCAL )?TEMPORARY) TABLESPACE (\S+)")
_QUOTA = re.compile(r"QUOTA (UNLIMITED|\d+) ?([KMGTP]?) ON (\S+)")
_PROFILE = re.compile(r"PROFILE (\S+)")
_PROXY = re.compile(r"(GRANT|REVOKE) CONNECT THROUGH (\S+)")
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40, "P": 2**50}


async def create_user(statement: ast.CreateUser, context: DdlContext) -> None:
    if statement.alter:
        await _alter_user(statement, context)
        return
    require_system(context, "CREATE USER")
    name = statement.name
    catalog = context.catalog
    if name in catalog.users or name in catalog.role_names or name == "PUBLIC":
        raise OracleError(1920, f"user name '{name}' conflicts with another user or role name", statement.pos)
    await context.run("INSERT INTO oracle.users (username, password) VALUES (%s, %s)", name, statement.password)
    await context.run(f"CREATE SCHEMA {quote(name)}")
    await _apply(statement, context)
    await context.refresh_privileges()


async def _alter_user(statement: ast.CreateUser, context: DdlContext) -> None:
    name = statement.name
    if name not in context.catalog.users:
        raise OracleError(1918, f"user '{name}' does not exist", statement.pos)
    own_password = name == context.user and statement.password is not None and not statement.options
    if not own_password:
        require_system(context, "ALTER USER")
    if statement.password is not None:
        if statement.replace_password is not None:
            current = await context.value("SELECT password FROM oracle.users WHERE username = %s", name)
            if current != statement.replace_password:
                raise OracleError(28008, "invalid old password")
        await context.run(
            "UPDATE oracle.users SET password = %s, account_status = CASE WHEN account_status LIKE '%%LOCKED' THEN 'LOCKED'"
            " ELSE 'OPEN' END, expiry_date = NULL WHERE username = %s",
            *(statement.password, name),
        )
    await _apply(statement, context)
    await context.refresh_privileges()


async def _apply(statement: ast.CreateUser, context: DdlContext) -> None:
    name = statement.name
    if statement.lock is not None or statement.expire:
        expired, locked = await context.one(
            "SELECT account_status LIKE 'EXPIRED%%', account_status LIKE '%%LOCKED' FROM oracle.users WHERE username = %s",
            name,
        )
        expired = expired or statement.expire
        locked = locked if statement.lock is None else statement.lock
        status = " & ".join(word for word, on in (("EXPIRED", expired), ("LOCKED", locked)) if on) or "OPEN"
        now = "date_trunc('second', localtimestamp)::oracle.date"
        await context.run(
            f"UPDATE oracle.users SET account_status = %s, lock_date = CASE WHEN %s THEN {now} END,"
            f" expiry_date = CASE WHEN %s THEN {now} END WHERE username = %s",
            *(status, locked, expired, name),
        )
    for option in statement.options:
        await _option(context, name, " ".join(option.split()))


async def _option(context: DdlContext, name: str, text: str) -> None:
    if match := _TABLESPACE.fullmatch(text):
        await tablespaces.require(context, match[2].strip('"'))
        column = "default_tablespace" if match[1] == "DEFAULT" else "temporary_tablespace"
        await context.run(f"UPDATE oracle.users SET {column} = %s WHERE username = %s", match[2].strip('"'), name)
    elif match := _QUOTA.fullmatch(text):
        await tablespaces.require(context, match[3].strip('"'))
        size = -1 if match[1] == "UNLIMITED" else int(match[1]) * _UNITS[match[2]]
        await context.run(
            "INSERT INTO oracle.tablespace_quotas VALUES (%s, %s, %s) ON CONFLICT (username, tablespace_name)"
            " DO UPDATE SET max_bytes = excluded.max_bytes",
            *(name, match[3].strip('"'), size),
        )
    elif match := _PROXY.fullmatch(text):
        await _proxy(context, name, match[2].strip('"'), grant=match[1] == "GRANT")
    elif match := _PROFILE.fullmatch(text):
        if match[1] != "DEFAULT":
            raise OracleError(2380, f"profile {match[1]} does not exist")
    elif text.startswith("DEFAULT ROLE "):
        await _default_roles(context, name, text.removeprefix("DEFAULT ROLE "))


async def _proxy(context: DdlContext, client: str, proxy: str, *, grant: bool) -> None:
    if proxy not in context.catalog.users:
        raise OracleError(1918, f"user '{proxy}' does not exist")
    if grant:
        await context.run("INSERT INTO oracle.proxies VALUES (%s, %s) ON CONFLICT DO NOTHING", client, proxy)
    else:
        await context.run("DELETE FROM oracle.proxies WHERE client = %s AND proxy = %s", client, proxy)


async def _default_roles(context: DdlContext, name: str, roles: str) -> None:
    if roles.startswith("ALL EXCEPT "):
        condition, listed = "NOT (role = ANY(%s))", roles.removeprefix("ALL EXCEPT ")
    elif roles in ("ALL", "NONE"):
        condition, listed = ("cardinality(%s::text[]) = 0" if roles == "ALL" else "cardinality(%s::text[]) > 0"), ""
    else:
        condition, listed = "role = ANY(%s)", roles
    names = [item.strip().strip('"') for item in listed.split(",") if item.strip()]
    await context.run(f"UPDATE oracle.role_grants SET default_role = {condition} WHERE grantee = %s", names, name)


async def drop_user(statement: ast.Drop, context: DdlContext) -> None:
    name = statement.name[-1]
    if name not in context.catalog.users:
        if statement.if_exists:
            return
        raise OracleError(1918, f"user '{name}' does not exist", statement.pos)
    require_system(context, "DROP USER")
    maintained = await context.value("SELECT oracle_maintained FROM oracle.users WHERE username = %s", name)
    if maintained:
        raise OracleError(28050, "specified user or role cannot be dropped", statement.pos)
    connected = await context.value("SELECT EXISTS (SELECT FROM oracle.sessions WHERE username = %s)", name)
    if connected or name == context.user:
        raise OracleError(1940, "cannot drop a user that is currently connected", statement.pos)
    owned = await context.rows(
        "SELECT object_id, name, relid, type FROM oracle.objects WHERE owner = %s ORDER BY object_id", name
    )
    if owned and not statement.cascade:
        raise OracleError(1922, f"CASCADE must be specified to drop '{name}'", statement.pos)
    for object_id, _, relid, type_ in owned:
        if type_ == "TABLE":
            table = await objects.by_id(context, object_id)
            for reference in await constraints.references_to(context, table):
                await constraints.drop(context, await objects.by_id(context, reference.object_id), reference)
        if type_ in ("TABLE", "VIEW"):
            await dependents.invalidate(context, relid)
    await context.run(f"DROP SCHEMA IF EXISTS {quote(TEMPORARY_SCHEMA + name)} CASCADE")
    await context.run(f"DROP SCHEMA IF EXISTS {quote(name)} CASCADE")
    await context.run("DELETE FROM oracle.constraints WHERE owner = %s AND r_constraint_id IS NOT NULL", name)
    await context.run("DELETE FROM oracle.objects WHERE owner = %s", name)
    await _forget_grants(context, name)
    await context.run("DELETE FROM oracle.users WHERE username = %s", name)
    await context.refresh(*{(name, item[1]) for item in owned})
    await context.reload()


async def _forget_grants(context: DdlContext, name: str) -> None:
    await context.run("DELETE FROM oracle.object_privileges WHERE %s IN (grantee, grantor)", name)
    await context.run("DELETE FROM oracle.system_privileges WHERE grantee = %s", name)
    await context.run("DELETE FROM oracle.role_grants WHERE grantee = %s", name)


async def create_role(statement: ast.CreateRole, context: DdlContext) -> None:
    require_system(context, "CREATE ROLE")
    name = statement.name
    if name in context.catalog.role_names or name in context.catalog.users or name == "PUBLIC":
        raise OracleError(1921, f"role name '{name}' conflicts with another user or role name", statement.pos)
    await context.run("INSERT INTO oracle.roles (role) VALUES (%s)", name)
    await context.run(
        "INSERT INTO oracle.role_grants (grantee, role, admin_option) VALUES (%s, %s, true)", context.user, name
    )
    await context.refresh_privileges()


async def drop_role(statement: ast.Drop, context: DdlContext) -> None:
    name = statement.name[-1]
    if name not in context.catalog.role_names:
        if statement.if_exists:
            return
        raise OracleError(1919, f"role '{name}' does not exist", statement.pos)
    row = await context.row(
        "SELECT admin_option FROM oracle.role_grants WHERE grantee = %s AND role = %s", context.user, name
    )
    if not (row and row[0]) and not context.catalog.has_system_privilege(context.user, "DROP ANY ROLE"):
        raise insufficient()
    if await context.value("SELECT oracle_maintained FROM oracle.roles WHERE role = %s", name):
        raise unsupported("DROP of a predefined role", statement.pos)
    await _forget_grants(context, name)
    await context.run("DELETE FROM oracle.roles WHERE role = %s", name)
    await context.reload()
