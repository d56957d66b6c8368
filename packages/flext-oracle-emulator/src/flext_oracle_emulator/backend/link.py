"""One PostgreSQL connection spoken to through libpq's pipeline: several commands, one round trip, binary both ways.

A `Link` knows nothing of Oracle. `exchange` sends commands and returns their results; `open_stream` leaves a query's
rows on the wire to be read in chunks, so that a result of any size needs little memory. Only one stream can be open;
whoever needs the connection first drains it (`Stream.detach` keeps the rest in memory, then in a file).

psycopg's connection stays the owner (connecting, closing, what DDL code does with it); we use its `pgconn` in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import tempfile
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import AdaptersMap, Transformer
from psycopg.types.string import ByteaBinaryLoader

try:  # the C implementation makes plain bytes without a call per value
    from psycopg_binary import _psycopg

    _BytesLoader: type[Any] = _psycopg.ByteaBinaryLoader  # type: ignore[attr-defined]
except ImportError:
    _BytesLoader = ByteaBinaryLoader

CHUNK_ROWS = 500
_CLOSE_CHUNKS = 20
_SPILL_BYTES = 4 * 1024 * 1024

_OK = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.EMPTY_QUERY)
_CHUNK = pq.ExecStatus.TUPLES_CHUNK
_SYNC = pq.ExecStatus.PIPELINE_SYNC
_FAILED = (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE)
_ABORTED = pq.ExecStatus.PIPELINE_ABORTED

Result = pq.abc.PGresult
Row = tuple[Any, ...]


class PostgresError(Exception):
    """A command failed; `result` has PostgreSQL's fields. `index` is the command's place in its exchange."""

    def __init__(self, result: Result, index: int) -> None:
        super().__init__(result.error_message.decode(errors="replace"))
        self.result = result
        self.index = index

    def field(self, field: pq.DiagnosticField) -> str:
        value = self.result.error_field(field)
        return value.decode(errors="replace") if value else ""

    @property
    def sqlstate(self) -> str:
        return self.field(pq.DiagnosticField.SQLSTATE)


class LinkLostError(Exception):
    """The connection to PostgreSQL is gone."""


@dataclass(frozen=True, slots=True)
class Command:
    """`sql` to run, or to prepare under `name`; without `sql` the prepared statement `name` is run (or described)."""

    sql: str = ""
    params: Sequence[bytes | None] = ()
    types: Sequence[int] = ()
    name: bytes = b""
    action: str = "run"  # run, prepare, describe, execute, close


class _Adapters:
    """Every type to plain bytes."""

    def __init__(self) -> None:
        self.adapters = AdaptersMap()
        self.adapters.register_loader(0, _BytesLoader)
        self.connection = None


_ADAPTERS = _Adapters()


class Link:
    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self.connection = connection
        self._pg = connection.pgconn
        self._transformer = Transformer(_ADAPTERS)
        self.stream: Stream | None = None

    @property
    def in_transaction(self) -> bool:
        return self._pg.transaction_status != pq.TransactionStatus.IDLE

    def rows(self, result: Result) -> list[Row]:
        """The rows of a result as tuples of PostgreSQL's binary values."""
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    async def exchange(self, *commands: Command, recovery: Sequence[Command] = ()) -> list[Result]:
        """Run commands in one round trip; one result each. `recovery` runs if one fails.

        Raises:
            PostgresError: for the first that failed. Those after it did not run.
        """
        await self.release()
        self._send(commands)
        try:
            results: list[Result] = []
            failure: PostgresError | None = None
            for index in range(len(commands)):
                result = await self._result()
                assert result is not None
                await self._end_of_command()
                if failure is None and result.status in _FAILED:
                    failure = PostgresError(result, index)
                results.append(result)
            await self._sync()
        finally:
            self._leave()
        if failure is not None:
            await self._recover(recovery)
            raise failure
        return results

    async def _recover(self, recovery: Sequence[Command]) -> None:
        if recovery and self._pg.transaction_status == pq.TransactionStatus.INERROR:
            await self.exchange(*recovery)

    async def open_stream(
        self, *commands: Command, query: int, chunk_rows: int = CHUNK_ROWS, recovery: Sequence[Command] = ()
    ) -> Stream:
        """Run commands, of which number `query` returns rows to be read as they come.

        `recovery` runs if any of them fails, whenever that shows.
        """
        await self.release()
        self._send(commands)
        try:
            for index in range(query):
                result = await self._result()
                assert result is not None
                await self._end_of_command()
                if result.status in _FAILED:
                    await self._skip(len(commands) - index - 1)
                    self._leave()
                    await self._recover(recovery)
                    raise PostgresError(result, index)
            self._pg.set_chunked_rows_mode(chunk_rows)
            stream = Stream(self, query, len(commands) - query - 1, chunk_rows, recovery)
            self.stream = stream
            await stream.read()
            return stream
        except BaseException:
            self.stream = None
            self._leave()
            raise

    async def release(self) -> None:
        """Make the connection free: the rest of an open stream goes to memory or disk."""
        if self.stream is not None:
            await self.stream.detach()

    async def copy_in(self, sql: str, data: Sequence[bytes]) -> None:
        """COPY .. FROM STDIN of `data`. Raises PostgresError."""
        await self.release()
        self._pg.send_query(sql.encode())
        await self._flush()
        result = await self._result()
        assert result is not None
        if result.status != pq.ExecStatus.COPY_IN:
            await self._end_of_command()
            raise PostgresError(result, 0)
        for block in data:
            while self._pg.put_copy_data(block) == 0:
                await self._flush()
            await self._flush()
        while self._pg.put_copy_end(None) == 0:
            await self._flush()
        await self._flush()
        result = await self._result()
        assert result is not None
        await self._end_of_command()
        if result.status in _FAILED:
            raise PostgresError(result, 0)

    # --------------------------------------------------------------------------------------------- inner workings

    def _send(self, commands: Sequence[Command]) -> None:
        pg = self._pg
        pg.enter_pipeline_mode()
        try:
            for command in commands:
                formats = [1] * len(command.params)
                if command.action == "run":
                    pg.send_query_params(
                        command.sql.encode(), command.params, command.types or None, formats, result_format=1
                    )
                elif command.action == "execute":
                    pg.send_query_prepared(command.name, command.params, formats, result_format=1)
                elif command.action == "prepare":
                    pg.send_prepare(command.name, command.sql.encode(), command.types or None)
                elif command.action == "describe":
                    pg.send_describe_prepared(command.name)
                else:
                    pg.send_close_prepared(command.name)
            pg.pipeline_sync()
        except psycopg.OperationalError as error:
            raise LinkLostError(str(error)) from error

    def _leave(self) -> None:
        if self._pg.status == pq.ConnStatus.OK:
            try:
                self._pg.exit_pipeline_mode()
            except psycopg.OperationalError:
                # Interrupted in the middle (a cancelled task): what is on the wire belongs to nobody any more.
                self._pg.finish()

    async def _wait(self, write: bool = False) -> None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        fd = self._pg.socket

        def ready() -> None:
            if not future.done():
                future.set_result(None)

        loop.add_reader(fd, ready)
        if write:
            loop.add_writer(fd, ready)
        try:
            await future
        finally:
            loop.remove_reader(fd)
            if write:
                loop.remove_writer(fd)

    async def _flush(self) -> None:
        try:
            while self._pg.flush():
                await self._wait(write=True)
                self._pg.consume_input()
        except psycopg.OperationalError as error:
            raise LinkLostError(str(error)) from error

    async def _result(self) -> Result | None:
        """The next result, or None at the end of a command."""
        pg = self._pg
        try:
            while pg.is_busy():
                if pg.flush():
                    await self._wait(write=True)
                else:
                    await self._wait()
                pg.consume_input()
            return pg.get_result()
        except psycopg.OperationalError as error:
            raise LinkLostError(str(error)) from error

    async def _end_of_command(self) -> None:
        while (await self._result()) is not None:
            pass

    async def _sync(self) -> None:
        result = await self._result()
        if result is None or result.status != _SYNC:
            raise LinkLostError("PostgreSQL and we have lost count of the pipeline")

    async def _skip(self, commands: int) -> None:
        for _ in range(commands):
            await self._end_of_command()
        await self._sync()


class Stream:
    """The rows of one query, read from the connection as they are wanted."""

    def __init__(self, link: Link, index: int, remaining: int, chunk_rows: int, recovery: Sequence[Command]) -> None:
        self._link: Link | None = link
        self._chunk_rows = chunk_rows
        self._index = index
        self._remaining = remaining
        self._recovery = recovery
        self.description: Result | None = None
        self.failure: PostgresError | None = None
        self._chunks: deque[list[Row]] = deque()
        self._file: Any = None
        self._spilled = 0

    @property
    def finished(self) -> bool:
        """Whether PostgreSQL has delivered everything (rows may still be waiting here)."""
        return self._link is None

    async def read(self) -> list[Row]:
        """The next rows, in PostgreSQL's format; an empty list at the end.

        Raises:
            PostgresError: the query failed on the way.
        """
        if self.description is None:  # called once by `open_stream`: the first chunk is kept for the caller
            chunk = await self._from_wire()
            if chunk:
                self._chunks.append(chunk)
            return []
        if self._chunks:
            return self._chunks.popleft()
        if self._file is not None:
            return self._from_file()
        chunk = await self._from_wire()
        if not chunk and self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        return chunk

    async def _from_wire(self) -> list[Row]:
        link = self._link
        if link is None:
            return []
        result = await link._result()
        assert result is not None
        if self.description is None:
            self.description = result
        rows: list[Row] = []
        if result.status == _CHUNK:
            rows = link.rows(result)
            if len(rows) == self._chunk_rows:
                return rows
            # Only the last chunk is short: take the end with it, so that the connection is free at once.
            result = await link._result()
            assert result is not None
        if result.status in _FAILED:
            self.failure = PostgresError(result, self._index)
        elif result.ntuples:  # the chunked mode was not set
            rows += link.rows(result)
        await link._end_of_command()
        await self._finish(link)
        if self.failure is not None and self.failure.result is self.description:
            raise self.failure
        return rows

    async def _finish(self, link: Link) -> None:
        for number in range(self._remaining):
            result = await link._result()
            assert result is not None
            if result.status in _FAILED and self.failure is None:
                self.failure = PostgresError(result, self._index + 1 + number)
            await link._end_of_command()
        await link._sync()
        link._leave()
        link.stream = None
        self._link = None
        if self.failure is not None:
            await link._recover(self._recovery)

    async def detach(self) -> None:
        """Read the rest now, beyond some megabytes into a temporary file, so that the connection is free."""
        size = 0
        while self._link is not None:
            chunk = await self._from_wire()
            if not chunk:
                continue
            if self._file is None and size < _SPILL_BYTES:
                size += sum(len(value) for value in chunk[0] if value is not None) * len(chunk)
                self._chunks.append(chunk)
                continue
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the stream
            pickle.dump(chunk, self._file, pickle.HIGHEST_PROTOCOL)
            self._spilled += 1
        if self._file is not None:
            self._file.seek(0)

    def _from_file(self) -> list[Row]:
        if self._spilled:
            self._spilled -= 1
            rows: list[Row] = pickle.load(self._file)  # noqa: S301 - our own file, never linked in the file system
            return rows
        self._file.close()
        self._file = None
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        return []

    async def close(self) -> None:
        """Forget the rest: a little is read, more is cancelled."""
        self._chunks.clear()
        if self._file is not None:
            self._file.close()
            self._file = None
        chunks = 0
        link = self._link
        while link is not None and self._link is not None:
            await self._from_wire()
            chunks += 1
            if chunks == _CLOSE_CHUNKS and self._link is not None:
                await link.connection.cancel_safe()
        if chunks >= _CLOSE_CHUNKS and link is not None:
            # The cancellation may have come too late for the query: let it hit a statement of no importance.
            with contextlib.suppress(PostgresError):
                await link.exchange(Command("SELECT 1"))
        self.failure = None
