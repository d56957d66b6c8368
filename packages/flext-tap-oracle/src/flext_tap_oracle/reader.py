"""Rows of queries in batches: from one session, or from several at the same time.

Nobody keeps a batch while the next one is fetched (`del rows`): two of them do not fit into the processor's cache.
A read is repeated after a lost connection only while none of its rows has been handed on: what was sent cannot be taken
back. Sessions carry the stream's name as V$SESSION.ACTION.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import oracledb
from flext_db_oracle import FlextDbOracleApi, OracleTable, Session
from flext_db_oracle.errors import explain, is_transient
from flext_db_oracle.pool import fetch_exactly

from . import lobs
from .query import Query

Row = tuple[Any, ...]
Batch = Any  # a list of rows, a Frame of `Session.open_batches`, or what a subclass's `_fetch` makes: each has a length
Work = tuple[int, Query]

_ACTION_LENGTH = 32
_BATCH_BYTES = 4 << 20
_LOB_BYTES = 32 << 10
_PATIENCE = 0.1  # seconds until a thread that waits looks whether it is to stop
_TEXT_BYTES = 200  # taken for a column whose table has no statistics


def fetch_size(table: OracleTable | None, columns: Sequence[Any], most: int) -> int:
    """Rows per fetch, so that a batch stays near 4 MB: wide rows and LOBs come in smaller batches."""
    width = 0
    for column in columns:
        if column.type.is_lob:
            width += _LOB_BYTES
        elif column.type.length is not None:
            width += min(column.type.length, _TEXT_BYTES)
        else:
            width += 12
    if table is not None and table.num_rows and table.bytes:
        lobs = sum(_LOB_BYTES for column in columns if column.type.is_lob)
        width = max(table.bytes // table.num_rows + lobs, 1)
    return max(1, min(most, _BATCH_BYTES // max(width, 1)))


def _fetch_for_json(cursor: oracledb.Cursor, metadata: oracledb.FetchInfo) -> oracledb.Var | None:
    """Output type handler: as everywhere, but a number of few digits, which a float writes as it is, comes as one."""
    if (
        metadata.type_code is oracledb.DB_TYPE_NUMBER
        and 0 < (metadata.precision or 0) <= sys.float_info.dig
        and 0 < (metadata.scale or 0) <= sys.float_info.dig
    ):
        return cursor.var(float, arraysize=cursor.arraysize)
    return fetch_exactly(cursor, metadata)


class Reader:
    """Reads the queries of one stream."""

    def __init__(
        self,
        api: FlextDbOracleApi,
        *,
        stream: str,
        logger: logging.Logger,
        size: int,
        retries: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = api
        self._stream = stream
        self._logger = logger
        self._size = size
        self._retries = retries
        self.longest = 0.0  # seconds that one statement was open: what a DBA asks first
        self.floats = False  # whether numbers may come as floats where JSON text is all that is made of them
        self.frames = False  # whether rows may come as Arrow data: JSON text of the driver's values is all that is made
        self._sleep = sleep

    def batches(self, query: Query) -> Iterator[Batch]:
        """The rows of one query. Raises the driver's errors."""
        attempt = 0
        while True:
            sent = False
            try:
                for rows in self._read(query):
                    sent = True
                    yield rows
                    del rows
                return
            except oracledb.Error as error:
                if sent or attempt >= self._retries or not is_transient(error):
                    raise
                attempt += 1
                self.wait(error, attempt)

    def wait(self, error: oracledb.Error, attempt: int) -> None:
        """Say that a read is tried again, and wait: 1, 2, 4, ... seconds, at most 30."""
        delay = min(2.0 ** (attempt - 1), 30.0)
        message = explain(error, self._api.config.secrets).message
        self._logger.warning("%s; reading again in %g s (%d of %d)", message, delay, attempt, self._retries)
        self._sleep(delay)

    def _read(self, query: Query) -> Iterator[Batch]:
        started = time.monotonic()
        try:
            with self._api.session() as session:
                if self._api.config.action is None:
                    session.connection.action = self._stream[:_ACTION_LENGTH]
                yield from self._fetch(session, query)
        finally:
            self.longest = max(self.longest, time.monotonic() - started)

    def _fetch(self, session: Session, query: Query) -> Iterator[Batch]:
        handler = _fetch_for_json if self.floats else fetch_exactly
        large = query.large
        session.connection.outputtypehandler = lobs.with_locators(handler) if large else handler
        if self.frames and not large:
            with session.open_batches(query.sql, query.binds, size=self._size) as batches:
                yield from batches
            return
        with session.open_query(query.sql, query.binds, arraysize=self._size) as opened:
            if not large:
                yield from opened.batches()
                return
            for rows in opened.batches():
                yield lobs.placed(rows, large, len(query.columns))
                del rows

    def parallel(self, work: Sequence[Work], sessions: int) -> Iterator[tuple[int, Batch | None]]:
        """Batches of several queries, each with its query's number; None when all of a query's rows were given."""
        if sessions == 1 or len(work) == 1:
            for number, query in work:
                for rows in self.batches(query):
                    yield number, rows
                    del rows
                yield number, None
            return
        yield from _Workers(self, work, min(sessions, len(work))).results()


class _Workers:
    """Threads that read queries into one bounded queue. The first error stops all of them.

    A batch with large LOBs is read to its end before its thread goes on: they are read through the thread's session.
    """

    def __init__(self, reader: Reader, work: Sequence[Work], count: int) -> None:
        self._reader = reader
        self._todo: queue.SimpleQueue[Work] = queue.SimpleQueue()
        for item in work:
            self._todo.put(item)
        self._pieces = len(work)
        self._out: queue.Queue[tuple[int, Batch | None, threading.Event] | BaseException]
        self._out = queue.Queue(maxsize=2 * count)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"tap-oracle reader {number}", daemon=True)
            for number in range(count)
        ]

    def results(self) -> Iterator[tuple[int, Batch | None]]:
        for thread in self._threads:
            thread.start()
        try:
            finished = 0
            while finished < self._pieces:
                item = self._out.get()
                if isinstance(item, BaseException):
                    raise item
                number, rows, done = item
                del item
                finished += rows is None
                yield number, rows
                del rows
                done.set()
        finally:
            self._stop.set()
            for thread in self._threads:
                while thread.is_alive():
                    with suppress(queue.Empty):
                        self._out.get(timeout=0.05)
                thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                try:
                    number, query = self._todo.get_nowait()
                except queue.Empty:
                    return
                for rows in self._reader.batches(query):
                    done = threading.Event()
                    waits = any(lobs.has_large(row, query.large) for row in rows) if query.large else False
                    self._out.put((number, rows, done))
                    del rows
                    while waits and not done.wait(_PATIENCE) and not self._stop.is_set():
                        pass
                    if self._stop.is_set():
                        return
                self._out.put((number, None, threading.Event()))
        except Exception as error:
            self._out.put(error)
