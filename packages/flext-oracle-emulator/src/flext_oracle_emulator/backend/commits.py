"""When transactions commit, known to the whole server, so that a snapshot and its system change number agree.

PostgreSQL stamps a commit before others can see it. A snapshot is therefore taken while no commit is under way: then all
commits that it sees are stamped before it, and all that it does not see after it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator

_EPOCH = 1577836800  # 2020-01-01: what `oracle.timestamp_to_scn` counts from
_TICKS = 1_000_000
_REMEMBERED = 200_000
_PATIENCE = 1.0


def scn_now() -> int:
    """The system change number of this moment: microseconds since 2020."""
    return int((time.time() - _EPOCH) * _TICKS)


class Commits:
    def __init__(self) -> None:
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._open = asyncio.Event()
        self._open.set()
        self._turn = asyncio.Lock()
        self._spans: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)
        self._known_since = scn_now()

    @contextlib.asynccontextmanager
    async def commit(self) -> AsyncIterator[None]:
        """Around each command that commits."""
        await self._open.wait()
        self._running += 1
        self._idle.clear()
        started = scn_now()
        try:
            yield
        finally:
            if len(self._spans) == _REMEMBERED:
                self._known_since = self._spans[0][1]
            self._spans.append((started, scn_now()))
            self._running -= 1
            if not self._running:
                self._idle.set()

    @contextlib.asynccontextmanager
    async def none_running(self) -> AsyncIterator[None]:
        """Hold commits back. One that does not end (it waits for a lock in a deferred check) is not waited for."""
        async with self._turn:
            self._open.clear()
            try:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._idle.wait(), _PATIENCE)
                yield
            finally:
                self._open.set()

    def between(self, first: int, last: int) -> bool:
        """Whether something may have been committed after `first` and up to `last`."""
        first, last = min(first, last), max(first, last)
        if first < self._known_since:
            return True
        return any(started <= last and done > first for started, done in reversed(self._spans))
