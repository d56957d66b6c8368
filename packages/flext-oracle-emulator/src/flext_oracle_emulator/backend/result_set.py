"""An open query on its way to the client: PostgreSQL's chunks in, Oracle's rows out, as many as are asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from ..errors import OracleError
from .base import ColumnInfo
from .link import LinkLostError, PostgresError, Row, Stream
from .transcode import ColumnDecoder, decode_rows

#: Adds what a row needs beyond its converted columns (LOB handles): PostgreSQL's rows and Oracle's rows -> rows.
Finish = Callable[[list[Row], list[tuple[Any, ...]]], list[tuple[Any, ...]]]


class PostgresResultSet:
    def __init__(
        self,
        columns: Sequence[ColumnInfo],
        decoders: Sequence[ColumnDecoder],
        stream: Stream,
        lock: asyncio.Lock,
        translate: Callable[[PostgresError], Awaitable[OracleError]],
        finish: Finish | None = None,
        pg_types: Sequence[str] = (),
    ) -> None:
        self.columns = columns
        self.pg_types = pg_types
        self._decoders = decoders
        self._stream: Stream | None = stream
        self._lock = lock
        self._translate = translate
        self._finish = finish
        self._buffer: list[tuple[Any, ...]] = []
        self._position = 0
        self._exhausted = False

    async def fetch(self, rows: int) -> tuple[list[tuple[Any, ...]], bool]:
        """Up to `rows` rows, and whether the result is exhausted. Raises OracleError."""
        async with self._lock:
            return await self.take(rows)

    async def take(self, rows: int) -> tuple[list[tuple[Any, ...]], bool]:
        """`fetch` for who holds the session's lock."""
        end = self._position + rows
        while len(self._buffer) <= end and not self._exhausted:
            chunk = await self._read()
            if not chunk:
                self._exhausted = True
                break
            converted = decode_rows(chunk, self._decoders)
            if self._finish is not None:
                converted = self._finish(chunk, converted)
            if self._position:
                del self._buffer[: self._position]
                end -= self._position
                self._position = 0
            self._buffer += converted
        taken = self._buffer[self._position : end]
        self._position += len(taken)
        return taken, self._exhausted and self._position >= len(self._buffer)

    async def complete(self) -> None:
        """Let PostgreSQL finish the query now; the rows wait here."""
        if self._stream is not None:
            await self._stream.detach()
            if self._stream.failure is not None:
                failure, self._stream.failure = self._stream.failure, None
                raise await self._translate(failure)

    def unread(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Put rows back that were taken last."""
        self._buffer[: self._position] = rows
        self._position = 0

    async def _read(self) -> list[Row]:
        if self._stream is None:
            raise OracleError(1002, "fetch out of sequence")
        try:
            return await self._stream.read()
        except PostgresError as error:
            raise await self._translate(error) from error
        except LinkLostError as error:
            raise OracleError(3113, "end-of-file on communication channel") from error

    async def close(self) -> None:
        async with self._lock:
            await self.discard()

    async def discard(self) -> None:
        """`close` for who holds the session's lock."""
        stream, self._stream = self._stream, None
        self._buffer.clear()
        self._position = 0
        if stream is not None:
            await stream.close()
