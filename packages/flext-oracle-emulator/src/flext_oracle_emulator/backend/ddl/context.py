"""What a data definition statement runs in: the connection inside its transaction, the catalog, and who asks.

The catalog is shared by all sessions, so what a statement changes in it is taken back when the statement fails.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import psycopg
from psycopg.rows import tuple_row

from ...catalog import store
from ...catalog.model import Catalog, CatalogObject, Column, TriggerSource
from ...sql import ast
from ...sql.translation import Context, StoredFunction, Translation

#: What the catalog knew of a name before a statement: object, privileges, package body, triggers.
_Before = tuple[CatalogObject | None, dict[str, set[str]] | None, str | None, tuple[TriggerSource, ...] | None]


class Describe(Protocol):
    """Describes a query's columns with Oracle's facts, its names resolved and its privileges checked as `owner`.

    `Column.name` is Oracle's name of the column (an unnamed expression's text), `attnum` its position from 1; a length of 0
    means a value that is always NULL.
    """

    async def __call__(self, query: ast.Query, owner: str) -> Sequence[Column]: ...


@dataclass(slots=True)
class DdlContext:
    """One statement's surroundings.

    `past` are copies of the past states that the statement's query reads (AS OF), in their order. `compile_warning` is
    set by the statement when it made an object that has errors (ORA-24344). `names` is the catalog as the session's own
    queries see it, private temporary tables included. `stored` finds the stored functions that SQL may call,
    `with_stored` runs what calls them.
    """

    connection: psycopg.AsyncConnection[Any]
    catalog: Catalog
    user: str
    schema: str
    version: int
    describe: Describe
    compile_warning: bool = False
    past: Sequence[str] = ()
    names: Catalog | None = None
    stored: Callable[[tuple[str, ...], int, str, str], StoredFunction | None] | None = None
    with_stored: Callable[[Callable[[], Awaitable[int]]], Awaitable[int]] | None = None
    _undo: dict[tuple[str, str], _Before] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        # The session deallocates prepared statements behind psycopg's back.
        self.connection.prepare_threshold = None

    async def run(self, sql: str, *parameters: object) -> int:
        """Execute one statement and return how many rows it touched."""
        async with self.connection.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(sql.encode(), parameters or None)
            return cursor.rowcount

    async def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        async with self.connection.cursor() as cursor:
            await cursor.executemany(sql.encode(), rows)

    async def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        async with self.connection.cursor(row_factory=tuple_row, binary=False) as cursor:
            await cursor.execute(sql.encode(), parameters or None)
            return await cursor.fetchall()

    async def row(self, sql: str, *parameters: object) -> tuple[Any, ...] | None:
        rows = await self.rows(sql, *parameters)
        return rows[0] if rows else None

    async def one(self, sql: str, *parameters: object) -> tuple[Any, ...]:
        """The row of what is known to exist."""
        row = await self.row(sql, *parameters)
        assert row is not None
        return row

    async def value(self, sql: str, *parameters: object) -> Any:
        """The first column of the first row, None without a row."""
        row = await self.row(sql, *parameters)
        return None if row is None else row[0]

    def translation(self, owner: str | None = None) -> Context:
        """The translator's context: this session's, or `owner`'s own for the text of a view."""
        catalog = self.catalog if owner is not None or self.names is None else self.names
        return Context(catalog, user=owner or self.user, schema=owner or self.schema, version=self.version)

    def query_translation(self, owner: str | None = None) -> Context:
        """`translation` for a query that may call stored functions: `fill` runs it."""
        context, find = self.translation(owner), self.stored
        if find is None:
            return context
        return replace(context, stored=lambda name, count: find(name, count, context.user, context.schema))

    async def fill(self, sql: str, translation: Translation) -> int:
        """Insert what a query gives, whose stored functions are called on the way."""
        if not translation.calls_stored or self.with_stored is None:
            return await self.run(sql)
        return await self.with_stored(lambda: self.run(sql))

    async def refresh(self, *names: tuple[str, str]) -> None:
        """Bring the catalog's entries of these (owner, name) up to date with the transaction."""
        for name in names:
            before = (
                self.catalog.objects.get(name),
                self.catalog.object_privileges.get(name),
                self.catalog.package_bodies.get(name),
                self.catalog.triggers.get(name),
            )
            self._undo.setdefault(name, before)
        await store.refresh(self.connection, self.catalog, names)

    async def refresh_privileges(self) -> None:
        await store.refresh_privileges(self.connection, self.catalog)

    async def reload(self) -> None:
        """Bring all object privileges up to date: after what touches many objects at once."""
        names = {name for name, granted in self.catalog.object_privileges.items() if granted}
        await self.refresh(*names)
        await self.refresh_privileges()

    def restore(self) -> None:
        """Take back what this statement changed in the catalog."""
        for name, (found, privileges, body, triggers) in self._undo.items():
            self.catalog.objects.pop(name, None)
            self.catalog.object_privileges.pop(name, None)
            if found is not None:
                self.catalog.objects[name] = found
            if privileges is not None:
                self.catalog.object_privileges[name] = privileges
            self.catalog.triggers.pop(name, None)
            if triggers is not None:
                self.catalog.triggers[name] = triggers
            self.catalog.package_bodies.pop(name, None)
            if body is not None:
                self.catalog.package_bodies[name] = body
        if self._undo:
            self.catalog.generation += 1
            self._undo.clear()


def owner_and_name(context: DdlContext, parts: Iterable[str]) -> tuple[str, str]:
    """The schema and name that `[schema.]name` means in a definition."""
    *owner, name = parts
    return (owner[-1] if owner else context.schema), name
