"""Data definition: `execute_ddl` runs one parsed statement on PostgreSQL and writes Oracle's metadata.

The caller commits before and after. Whatever is raised, it must roll back; the shared catalog is then as it was. What PostgreSQL
itself refuses (a lock, a value that does not convert) comes out as psycopg's error, for the caller to translate.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from ...errors import unsupported
from ...sql import ast
from . import (
    alter,
    code,
    comments,
    grants,
    indexes,
    mviews,
    sequences,
    synonyms,
    tables,
    tablespaces,
    triggers,
    user_types,
    users,
    views,
)
from .context import DdlContext, Describe
from .mviews import refresh_mview

__all__ = ["DdlContext", "Describe", "execute_ddl", "refresh_mview"]

_STATEMENTS: dict[type, Callable[[Any, DdlContext], Awaitable[None]]] = {
    ast.CreateTable: tables.create_table,
    ast.AlterTable: alter.alter_table,
    ast.Truncate: tables.truncate,
    ast.Rename: tables.rename,
    ast.CreateView: views.create_view,
    ast.CreateMaterializedView: mviews.create_materialized_view,
    ast.CreateIndex: indexes.create_index,
    ast.CreateSequence: sequences.create_sequence,
    ast.CreateSynonym: synonyms.create_synonym,
    ast.CreateUser: users.create_user,
    ast.CreateRole: users.create_role,
    ast.CreateTablespace: tablespaces.create_tablespace,
    ast.Grant: grants.grant,
    ast.Comment: comments.comment,
    ast.CreateCode: code.create_code,
}
_DROPS: dict[str, Callable[[ast.Drop, DdlContext], Awaitable[None]]] = {
    "TABLE": tables.drop_table,
    "VIEW": views.drop_view,
    "MATERIALIZED VIEW": mviews.drop_materialized_view,
    "INDEX": indexes.drop_index,
    "SEQUENCE": sequences.drop_sequence,
    "SYNONYM": synonyms.drop_synonym,
    "USER": users.drop_user,
    "ROLE": users.drop_role,
    "TABLESPACE": tablespaces.drop_tablespace,
    **dict.fromkeys(("PROCEDURE", "FUNCTION", "PACKAGE", "PACKAGE BODY", "TYPE BODY"), code.drop_code),
    "TYPE": user_types.drop_type,
    "TRIGGER": triggers.drop_trigger,
}
_ALTERS: dict[str, Callable[[ast.AlterObject, DdlContext], Awaitable[None]]] = {
    "VIEW": views.alter_view,
    "INDEX": indexes.alter_index,
    "MATERIALIZED VIEW": mviews.alter_materialized_view,
    **dict.fromkeys(("PROCEDURE", "FUNCTION", "PACKAGE"), code.alter_code),
    "TRIGGER": triggers.alter_trigger,
}

# A statement that waits this long for a lock gives up with ORA-00054: Oracle would not wait at all, but PostgreSQL also locks
# for what Oracle does not (a query that is being read).
_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'"


async def execute_ddl(statement: ast.Statement, context: DdlContext) -> None:
    """Run one data definition statement. Raises OracleError, ORA-03001 for what is not known."""
    run = _handler(statement)
    if run is None:
        raise unsupported(_described(statement), getattr(statement, "pos", -1))
    await context.run(_LOCK_TIMEOUT)
    try:
        await run(statement, context)
    except BaseException:
        context.restore()
        raise


def _handler(statement: ast.Statement) -> Callable[[Any, DdlContext], Awaitable[None]] | None:
    if isinstance(statement, ast.Drop):
        return _DROPS.get(statement.kind)
    if isinstance(statement, ast.AlterObject):
        return _ALTERS.get(statement.kind)
    return _STATEMENTS.get(type(statement))


def _described(statement: ast.Statement) -> str:
    if isinstance(statement, ast.Drop):
        return f"DROP {statement.kind}"
    if isinstance(statement, ast.AlterObject):
        return f"ALTER {statement.kind}"
    return type(statement).__name__.upper()
