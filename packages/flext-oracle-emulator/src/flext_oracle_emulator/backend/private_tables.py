"""Private temporary tables: known to their session alone, in no dictionary but USER_PRIVATE_TEMP_TABLES.

Each is a temporary table of PostgreSQL's. A ROLLBACK undoes PostgreSQL's CREATE TABLE, but Oracle's definition stays (ON COMMIT
PRESERVE DEFINITION): such a table is then made again, empty, as it would be there. Nothing here commits.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ..catalog.model import Catalog, Relation
from ..errors import OracleError, unsupported
from ..sql import ast
from ..sql.emit.core import walk
from ..sql.names import quote, string
from .ddl import columns, objects, tables
from .ddl.context import DdlContext, owner_and_name
from .ddl.privileges import require_create
from .link import Command, PostgresError
from .pgtypes import ROWID_COLUMN, ROWID_OBJECT_SHIFT

if TYPE_CHECKING:
    from .session import PostgresSession

_EXISTING = (
    "SELECT relname FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.pg_my_temp_schema()"
    f" AND relkind = 'r' AND relname LIKE '{objects.PRIVATE_PREFIX.replace('_', chr(92) + '_')}%'"
)


def refused(pos: int = -1) -> OracleError:
    return OracleError(14451, "unsupported feature with temporary table", pos)


@dataclasses.dataclass(slots=True)
class _Table:
    relation: Relation
    definition: str  # makes it again


class PrivateTables:
    """The private temporary tables of one session."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session
        self._tables: dict[tuple[str, str], _Table] = {}
        self._version = 0
        self._seen = 0
        self._catalog: tuple[Catalog, int, int] | None = None

    @property
    def key(self) -> tuple[int, ...]:
        """Part of the key of translations and prepared statements: those with private tables are no other session's."""
        return (self._session.session_id, self._session.serial, self._version) if self._tables else ()

    def catalog(self, shared: Catalog) -> Catalog:
        """The shared catalog with this session's tables in it, for name resolution."""
        if not self._tables:
            return shared
        if self._catalog is None or self._catalog[1:] != (shared.generation, self._version):
            found = {key: table.relation for key, table in self._tables.items()}
            merged = dataclasses.replace(shared, objects={**shared.objects, **found})
            self._catalog = (merged, shared.generation, self._version)
        return self._catalog[0]

    def relation(self, oid: int) -> Relation | None:
        return next((table.relation for table in self._tables.values() if table.relation.oid == oid), None)

    def find(self, name: tuple[str, ...]) -> Relation | None:
        owner = name[-2] if len(name) > 1 else self._session.current_schema
        found = self._tables.get((owner, name[-1]))
        return None if found is None else found.relation

    # ----------------------------------------------------------------------------------------------- definition

    async def create(self, statement: ast.CreateTable, context: DdlContext) -> None:
        """CREATE PRIVATE TEMPORARY TABLE, in the transaction that is open."""
        owner, name = owner_and_name(context, statement.name)
        _check(statement, name, context.user)
        require_create(context, owner, "TABLE")
        if self.find((owner, name)) is not None:
            raise objects.name_in_use()
        transaction = self._session.transaction
        alone = not transaction.open
        await transaction.mark()
        try:
            table = await self._make(statement, context, owner, name)
            if statement.query is not None:
                await tables.fill(context, f"pg_temp.{quote(name)}", statement.query, table.relation.columns)
        except BaseException:
            await transaction.back_to_mark()
            if alone:
                await transaction.rollback()
            self._seen = transaction.boundaries
            raise
        await transaction.drop_mark()
        if alone and statement.on_commit == "PRESERVE":
            await transaction.commit()
            self._seen = transaction.boundaries
        self._tables[owner, name] = table
        self._version += 1

    async def _make(self, statement: ast.CreateTable, context: DdlContext, owner: str, name: str) -> _Table:
        specs = await tables.described_columns(context, statement, owner)
        object_id = int(await context.value("SELECT nextval('oracle.object_ids')"))
        start = object_id << ROWID_OBJECT_SHIFT
        definitions = [columns.declaration(column, not_null=not column.nullable) for column in specs]
        definitions.append(
            f'"{ROWID_COLUMN}" bigint GENERATED ALWAYS AS IDENTITY (MINVALUE {start} START WITH {start})'
        )
        drops = statement.on_commit != "PRESERVE"
        session = f"{self._session.session_id} {self._session.serial}"
        duration = "TRANSACTION" if drops else "SESSION"
        definition = (
            f"CREATE TEMP TABLE {quote(name)} ({', '.join(definitions)}) ON COMMIT {'DROP' if drops else 'PRESERVE ROWS'};"
            f" COMMENT ON TABLE pg_temp.{quote(name)} IS {string(f'{duration} {session} {owner}')}"
        )
        await context.run(definition)
        oid = int(await context.value("SELECT %s::regclass::oid", f"pg_temp.{quote(name)}"))
        relation = Relation(
            owner, name, "TABLE", oid, object_id, specs, temporary="PRIVATE", on_commit="DROP" if drops else "PRESERVE"
        )
        return _Table(relation, definition)

    async def drop(self, relation: Relation) -> None:
        await self._session.transaction.run(Command(f"DROP TABLE pg_temp.{quote(relation.name)}"), begin=False)
        del self._tables[relation.owner, relation.name]
        self._version += 1

    async def truncate(self, relation: Relation) -> None:
        await self._session.transaction.run(Command(f"TRUNCATE pg_temp.{quote(relation.name)}"), begin=True)

    def refuse(self, statement: ast.Statement) -> None:
        """Raise ORA-14451 for a definition that changes a private table or lasts longer than it."""
        if not self._tables or isinstance(statement, ast.CreateTable | ast.Drop | ast.CreateCode):
            return
        named = [getattr(statement, field, None) for field in ("name", "table", "on", "target")]
        named += [node.name for node in walk(statement, into_queries=True) if isinstance(node, ast.TableRef)]
        for name in named:
            if isinstance(name, tuple) and self.find(name) is not None:
                raise refused(getattr(statement, "pos", -1))

    # ---------------------------------------------------------------------------------------------- transactions

    async def reconcile(self) -> None:
        """After the end of a transaction, or a rollback to a savepoint: what is still there, and what is made again."""
        transaction = self._session.transaction
        if not self._tables or self._seen == transaction.boundaries:
            return
        self._seen = transaction.boundaries
        (result,) = await transaction.run(Command(_EXISTING), begin=False)
        existing = {name.decode() for (name,) in self._session.link.rows(result)}
        for key, table in list(self._tables.items()):
            if key[1] in existing:
                existing.discard(key[1])
            elif table.relation.on_commit == "DROP":
                del self._tables[key]
                self._version += 1
            else:
                await self._remake(table)
        for name in existing:  # dropped in a transaction that was rolled back: Oracle's DROP stays
            await transaction.run(Command(f"DROP TABLE pg_temp.{quote(name)}"), begin=False)

    async def _remake(self, table: _Table) -> None:
        commands = [Command(text) for text in table.definition.split("; COMMENT")]
        commands[1] = Command(f"COMMENT{commands[1].sql}")
        oid = Command(f"SELECT {string(f'pg_temp.{quote(table.relation.name)}')}::regclass::oid")
        try:
            *_, result = await self._session.transaction.run(*commands, oid, begin=False)
        except PostgresError as error:
            raise await self._session.oracle_error(error) from error
        table.relation.oid = int.from_bytes(self._session.link.rows(result)[0][0], "big")
        self._version += 1


def _check(statement: ast.CreateTable, name: str, user: str) -> None:
    if not name.startswith(objects.PRIVATE_PREFIX):
        raise OracleError(903, "invalid table name", statement.pos)
    constraints = [
        *statement.constraints,
        *(constraint for column in statement.columns for constraint in column.constraints),
    ]
    special = any(
        column.default is not None
        or column.identity is not None
        or column.virtual is not None
        or column.visible is False
        for column in statement.columns
    )
    if user == "SYS" or special or statement.partitioning or statement.organization == "INDEX":
        raise refused(statement.pos)
    if any(constraint.kind in ("P", "U", "R") for constraint in constraints):
        raise refused(statement.pos)
    if any(constraint.kind == "C" for constraint in constraints):
        raise unsupported("CHECK constraints of private temporary tables", statement.pos)
