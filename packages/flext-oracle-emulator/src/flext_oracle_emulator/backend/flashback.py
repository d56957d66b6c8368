"""AS OF SCN and AS OF TIMESTAMP: past states read on a connection of their own that has imported the snapshot.

A query that reads nothing but one past state runs there as it is, row by row. What mixes states (past and present, or two
moments) gets copies of the past ones in temporary tables of the session.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import psycopg

from ..catalog import store
from ..catalog.model import Relation
from ..errors import OracleError
from ..sql.names import qualified, quote
from ..sql.translation import Flashback, Translation
from .commits import scn_now
from .link import Command, Link, LinkLostError, PostgresError
from .pgtypes import ROWID_COLUMN
from .result_set import PostgresResultSet
from .statements import Prepared
from .transaction import set_commands

if TYPE_CHECKING:
    from .session import PostgresSession

_numbers = itertools.count(1)

#: The tables behind relations, by the dictionary of the past; `same`: neither truncated nor rewritten since.
_TABLES = """
WITH RECURSIVE behind(relid) AS (
    SELECT unnest(%s::oid[])
    UNION
    SELECT d.refobjid FROM behind b JOIN pg_catalog.pg_rewrite r ON r.ev_class = b.relid
      JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
       AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> b.relid
)
SELECT b.relid, c.relfilenode = pg_catalog.pg_relation_filenode(c.oid) OR c.relkind = 'v'
  FROM behind b LEFT JOIN pg_catalog.pg_class c ON c.oid = b.relid
"""


class Reader:
    """A connection that sees the past: one snapshot at a time."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self.connection = connection
        self.link = Link(connection)

    async def begin(self, session: PostgresSession, snapshot: str) -> None:
        """Raises ORA-01555 if the snapshot is gone."""
        try:
            await self.link.exchange(*set_commands(session.transaction.settings))
            await self.link.exchange(
                Command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
                Command(f"SET TRANSACTION SNAPSHOT '{snapshot}'"),
            )
        except PostgresError as error:
            await self.end()
            raise OracleError(1555, 'snapshot too old: rollback segment number  with name "" too small') from error

    async def end(self) -> None:
        await self.link.exchange(Command("ROLLBACK"))

    async def close(self) -> None:
        await self.connection.close()

    async def require_unchanged(self, session: PostgresSession, relations: Sequence[Relation]) -> None:
        """Raises ORA-01466 if a table was made, truncated or altered since: PostgreSQL would give wrong rows."""
        changed = OracleError(1466, "unable to read data - table definition has changed")
        cursor = await self.connection.execute(_TABLES.encode(), [[relation.oid for relation in relations]])
        found = await cursor.fetchall()
        if not all(same for _, same in found):
            raise changed
        past = await store.relations(self.connection, [relid for relid, _ in found])
        present = session.backend.catalog.objects
        for name, relation in past.items():
            now = present.get(name)
            if not isinstance(now, Relation) or not isinstance(relation, Relation) or now.columns != relation.columns:
                raise changed


class PastResultSet(PostgresResultSet):
    """Gives its reader back once all rows are read."""

    session: PostgresSession
    reader: Reader | None = None

    async def take(self, rows: int) -> tuple[list[tuple[Any, ...]], bool]:
        taken, exhausted = await super().take(rows)
        if exhausted:
            await self._give_back()
        return taken, exhausted

    async def discard(self) -> None:
        await super().discard()
        await self._give_back()

    async def _give_back(self) -> None:
        reader, self.reader = self.reader, None
        if reader is not None:
            await self.session.readers.give_back(reader)


class Readers:
    """The readers of one session: those in use, and those that wait for the next query."""

    def __init__(self) -> None:
        self._active: set[Reader] = set()
        self._idle: list[Reader] = []

    @property
    def busy(self) -> bool:
        return bool(self._active)

    async def take(self, session: PostgresSession, scn: int, relations: Sequence[Relation]) -> Reader:
        """A reader in a transaction that shows the state of `scn`."""
        snapshot = await session.backend.snapshots.at(scn)
        reader = self._idle.pop() if self._idle else Reader(await session.backend.connect())
        self._active.add(reader)
        await reader.begin(session, snapshot)
        try:
            await reader.require_unchanged(session, relations)
        except BaseException:
            await self.give_back(reader)
            raise
        return reader

    async def give_back(self, reader: Reader) -> None:
        self._active.discard(reader)
        try:
            await reader.end()
        except LinkLostError:
            await reader.close()
        else:
            self._idle.append(reader)

    async def release(self) -> None:
        """Let go of all locks: what is still to be read goes to memory or disk."""
        for reader in self._active:
            await reader.link.release()
            await reader.end()

    async def cancel(self) -> None:
        for reader in self._active:
            await reader.connection.cancel_safe()

    async def close(self) -> None:
        for reader in [*self._active, *self._idle]:
            await reader.close()
        self._active.clear()
        self._idle.clear()


async def _scn_of(
    session: PostgresSession, past: Flashback, parameters: Sequence[bytes | None], types: Sequence[int]
) -> int:
    """The number that an AS OF clause means."""
    value = past.sql if past.kind == "SCN" else f"oracle.scn_of({past.sql})"
    command = Command(f"SELECT ({value})::int8", parameters, types)
    (result,) = await session.transaction.run(command, begin=False)
    data = session.link.rows(result)[0][0]
    scn = -1 if data is None else int.from_bytes(data, "big", signed=True)
    if past.kind == "TIMESTAMP" and not 0 <= scn <= scn_now():
        raise OracleError(8186, "invalid timestamp specified")
    return scn


async def numbers_of(
    session: PostgresSession, translation: Translation, parameters: Sequence[bytes | None]
) -> list[int]:
    """The SCN of each AS OF clause."""
    types = [session.backend.types.oid(parameter.pg_type) for parameter in translation.parameters]
    return [await _scn_of(session, past, parameters, types) for past in translation.flashback]


async def open_past_query(
    session: PostgresSession, prepared: Prepared, parameters: Sequence[bytes | None], scn: int
) -> PostgresResultSet:
    """Open a query that reads the state of `scn` and nothing else."""
    translation = prepared.translation
    types = [session.backend.types.oid(parameter.pg_type) for parameter in translation.parameters]
    reader = await session.readers.take(session, scn, [past.relation for past in translation.flashback])
    try:
        stream = await reader.link.open_stream(Command(translation.sql, parameters, types), query=0)
    except BaseException:
        await session.readers.give_back(reader)
        raise
    result = PastResultSet(
        prepared.columns, prepared.decoders, stream, session.lock, session.oracle_error, pg_types=prepared.pg_types
    )
    result.session, result.reader = session, reader
    return result


async def copies(session: PostgresSession, translation: Translation, numbers: Sequence[int]) -> list[str]:
    """Copies of the past states that a statement reads, in temporary tables that last as long as the session."""
    return [await _copy(session, past.relation, scn) for past, scn in zip(translation.flashback, numbers, strict=True)]


async def _copy(session: PostgresSession, relation: Relation, scn: int) -> str:
    """Copy the state of a table at `scn` into a temporary table."""
    name = f"flashback${next(_numbers)}"
    columns = [quote(column.name) for column in relation.columns]
    if relation.has_rowid:
        columns.append(quote(ROWID_COLUMN))
    listed, source = ", ".join(columns), qualified(relation.owner, relation.name)
    reader = await session.readers.take(session, scn, [relation])
    try:
        await session.transaction.run(
            Command(f"CREATE TEMP TABLE {quote(name)} AS SELECT {listed} FROM {source} WITH NO DATA"), begin=False
        )
        async with reader.connection.cursor().copy(
            f"COPY (SELECT {listed} FROM {source}) TO STDOUT (FORMAT binary)".encode()
        ) as copy:
            blocks = [bytes(block) async for block in copy]
        await session.link.copy_in(f"COPY pg_temp.{quote(name)} ({listed}) FROM STDIN (FORMAT binary)", blocks)
    finally:
        await session.readers.give_back(reader)
    return f"pg_temp.{quote(name)}"
