"""Committed states of the past: exported PostgreSQL snapshots by system change number, kept for the retention time.

Whoever asks for the current SCN gets a number with a snapshot behind it, which AS OF SCN reads from later. A connection of
our own in a READ COMMITTED transaction exports any number of snapshots, all of which live as long as the transaction; a new
one begins every quarter of the retention time, so that old snapshots (and the dead rows they keep) can be let go.
"""

from __future__ import annotations

import asyncio
import bisect
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from ..errors import OracleError
from .commits import Commits, scn_now

RETENTION_SECONDS = 900.0
_SECOND = 1_000_000
#: How far a number may be from its snapshot where the exact one is not kept: Oracle maps times no finer than this.
_TOLERANCE = 3 * _SECOND

_EXPORT = b"SELECT pg_catalog.pg_export_snapshot(), oracle.current_scn()"


@dataclass(slots=True)
class _Holder:
    connection: psycopg.AsyncConnection[Any]
    began: int
    newest: int
    task: asyncio.Task[None] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, order=True)
class _Held:
    scn: int
    snapshot: str
    holder: _Holder = field(compare=False, repr=False)


class Snapshots:
    def __init__(
        self,
        connect: Callable[[], Awaitable[psycopg.AsyncConnection[Any]]],
        commits: Commits,
        retention: float = RETENTION_SECONDS,
    ) -> None:
        self._connect = connect
        self._commits = commits
        self._retention = int(retention * _SECOND)
        self._lock = asyncio.Lock()
        self._holders: list[_Holder] = []
        self._held: list[_Held] = []

    async def current(self) -> int:
        """The current SCN; the state of the database at this moment is kept from now on."""
        async with self._lock:
            return (await self._take()).scn

    async def at(self, scn: int) -> str:
        """PostgreSQL's name of the snapshot that shows what was committed at `scn`.

        Raises:
            OracleError: ORA-08181 for a number of the future, ORA-01555 if that state is not kept.
        """
        if scn < 0 or scn > scn_now():
            raise OracleError(8181, "specified number is not a valid system change number")
        async with self._lock:
            place = bisect.bisect_left(self._held, scn, key=lambda held: held.scn)
            for held in self._held[place : place + 1] + self._held[max(place - 1, 0) : place]:
                if held.scn == scn or not self._commits.between(scn, held.scn):
                    return held.snapshot
            if not self._commits.between(scn, scn_now()):
                return (await self._take()).snapshot
            if place and scn - self._held[place - 1].scn <= _TOLERANCE:
                return self._held[place - 1].snapshot
        raise OracleError(1555, 'snapshot too old: rollback segment number  with name "" too small')

    async def close(self) -> None:
        for holder in list(self._holders):
            if holder.task is not None:
                holder.task.cancel()
            await self._drop(holder)

    async def _take(self) -> _Held:
        holder = await self._holder()
        async with self._commits.none_running():
            cursor = await holder.connection.execute(_EXPORT)
            row = await cursor.fetchone()
        assert row is not None
        scn = int(row[1])
        if self._held and scn <= self._held[-1].scn:  # the clock was set back
            scn = self._held[-1].scn + 1
        held = _Held(scn, row[0], holder)
        holder.newest = scn
        self._held.append(held)
        return held

    async def _holder(self) -> _Holder:
        now = scn_now()
        if self._holders:
            last = self._holders[-1]
            if not last.connection.broken and now - last.began < self._retention // 4:
                return last
        connection = await self._connect()
        await connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        holder = _Holder(connection, now, now)
        holder.task = asyncio.create_task(self._retire(holder))
        self._holders.append(holder)
        return holder

    async def _retire(self, holder: _Holder) -> None:
        while (left := holder.newest + self._retention - scn_now()) > 0:  # noqa: ASYNC110 - `newest` moves meanwhile
            await asyncio.sleep(left / _SECOND)
        async with self._lock:
            await self._drop(holder)

    async def _drop(self, holder: _Holder) -> None:
        self._holders.remove(holder)
        self._held = [held for held in self._held if held.holder is not holder]
        with contextlib.suppress(psycopg.Error):
            await holder.connection.close()
