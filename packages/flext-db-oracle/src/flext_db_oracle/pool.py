"""Connections: oracledb's pool, opened lazily, each session prepared the same way.

`ConnectionPool.connection()` is the only way to a connection. What a session needs once (schema, tags, init SQL) is
done when it is created; what the driver keeps on the Python object (fetch types, call timeout) each time it is handed
out.

The driver's pool connects in a thread of its own that waits without end for a server which accepts a connection and
then says nothing, and closing the pool waits for that thread. So callers queue here, where `pool_wait_timeout` counts;
who is let in waits in the driver's pool for a connection to be made, at most `timeout` seconds; then that pool is left
alone and the next caller gets a new one. Its threads are daemons, so that they keep no process alive.
"""

from __future__ import annotations

import datetime as dt
import functools
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from decimal import Decimal
from typing import Any, TypeVar

import oracledb

from flext_db_oracle.config import FlextDbOracleConfig
from flext_db_oracle.errors import LossyValueError, PoolTimeout, UnresolvedHostError, error_code
from flext_db_oracle.retry import retried

T = TypeVar("T")

_POOL_EXHAUSTED = frozenset({"DPY-4005", "ORA-24418", "ORA-24457"})
_CLOSING = 10.0  # seconds that a pool gets to say goodbye to the server
_FLOAT_SCALE = -127  # what the server describes for NUMBER without precision and for FLOAT
_client_lock = threading.Lock()


def exact_number(text: str) -> int | Decimal:
    """The driver's decimal text of a NUMBER as int when it is whole, else as Decimal."""
    return int(text) if text.isdigit() or text[1:].isdigit() else Decimal(text)


def fetch_exactly(cursor: oracledb.Cursor, metadata: oracledb.FetchInfo) -> oracledb.Var | None:
    """Output type handler: NUMBER as int or Decimal instead of float, LOBs as str or bytes in the row itself."""
    code: Any = metadata.type_code
    if code is oracledb.DB_TYPE_NUMBER:
        precision, scale = metadata.precision or 0, metadata.scale or 0
        if precision and scale <= 0 and scale != _FLOAT_SCALE:
            return cursor.var(int, arraysize=cursor.arraysize)
        if precision and scale > 0:
            return cursor.var(Decimal, arraysize=cursor.arraysize)
        return cursor.var(str, arraysize=cursor.arraysize, outconverter=exact_number)
    if metadata.is_json and code is not oracledb.DB_TYPE_JSON:
        # The driver would parse a column with an IS JSON check, and numbers would become floats.
        kind = _INLINE.get(code, code)
        return cursor.var(kind, metadata.internal_size or 0, arraysize=cursor.arraysize, outconverter=_as_it_is)
    if code in _INLINE:
        return cursor.var(_INLINE[code], arraysize=cursor.arraysize)
    return None


_INLINE: dict[Any, Any] = {
    oracledb.DB_TYPE_CLOB: oracledb.DB_TYPE_LONG,
    oracledb.DB_TYPE_NCLOB: oracledb.DB_TYPE_LONG_NVARCHAR,
    oracledb.DB_TYPE_BLOB: oracledb.DB_TYPE_LONG_RAW,
}


def _as_it_is(value: Any) -> Any:
    return value


def bind_exactly(cursor: oracledb.Cursor, value: Any, arraysize: int) -> oracledb.Var | None:
    """Input type handler: a datetime keeps its fraction, which the driver would drop; one with a zone is refused."""
    if not isinstance(value, dt.datetime):
        return None
    if value.tzinfo is not None:
        raise LossyValueError(
            "the driver would drop the time zone of a datetime. Hint: bind ISO text with "
            """TO_TIMESTAMP_TZ(:x, 'YYYY-MM-DD"T"HH24:MI:SS.FFTZH:TZM'), or a datetime without zone"""
        )
    # A whole second stays a DATE, so that comparing it with a DATE column can still use the column's index.
    is_date = arraysize == 1 and value.microsecond == 0
    return cursor.var(oracledb.DB_TYPE_DATE if is_date else oracledb.DB_TYPE_TIMESTAMP, arraysize=arraysize)


class ConnectionPool:
    """At most `pool_max` sessions; none before the first is needed."""

    def __init__(self, config: FlextDbOracleConfig) -> None:
        self.config = config
        self._pool: oracledb.ConnectionPool | None = None
        self._stuck: list[oracledb.ConnectionPool] = []
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(config.pool_max)

    @property
    def is_open(self) -> bool:
        return self._pool is not None

    def open(self) -> None:
        """Connect `pool_min` sessions, at least one, so that a wrong address or password fails here and only once."""
        with ExitStack() as stack:
            for _ in range(max(1, self.config.pool_min)):
                stack.enter_context(self.connection())

    def close(self) -> None:
        """Close all sessions, those still in use as well: uncommitted work is rolled back."""
        with self._lock:
            pool, stuck = self._pool, self._stuck
            self._pool, self._stuck = None, []
        for left in stuck:
            _as_daemon(functools.partial(left.close, force=True))  # ends when its server answers
        if pool is not None:
            with suppress(TimeoutError):  # the server has fallen silent: it will find out that we are gone
                _as_daemon(functools.partial(pool.close, force=True)).result(_CLOSING)

    @contextmanager
    def connection(self, *, retry: bool = True) -> Iterator[oracledb.Connection]:
        """Borrow a connection. What was not committed when the block ends is rolled back.

        Opening a session is repeated after transient errors, because nothing has happened in it yet; a caller that
        repeats the whole work switches that off.
        """
        config = self.config
        if not self._free.acquire(timeout=config.pool_wait_timeout):
            raise PoolTimeout(
                f"no connection became free within {config.pool_wait_timeout:g} s (pool_max={config.pool_max})"
            )
        try:
            connection = retried(
                self._acquire, attempts=config.retry_attempts if retry else 1, deadline=config.retry_deadline
            )
            try:
                connection.inputtypehandler = bind_exactly
                connection.outputtypehandler = fetch_exactly
                connection.call_timeout = round(config.call_timeout * 1000)
                yield connection
            except BaseException:
                with suppress(oracledb.Error):  # a broken connection must not hide why it broke
                    connection.close()
                raise
            connection.close()
        finally:
            self._free.release()

    def _acquire(self) -> oracledb.Connection:
        pool = self._ensure_pool()
        while True:
            opened = pool.opened
            try:
                return pool.acquire()
            except oracledb.Error as exc:
                if error_code(exc) not in _POOL_EXHAUSTED:
                    exc.add_note(f"while connecting to {self.config.address}")
                    raise
                if pool.opened > opened:
                    continue  # the server answers; others were first, and the pool connects one by one
                self._leave(pool)
                raise PoolTimeout(
                    f"{self.config.address} accepts connections but does not answer within {self.config.timeout:g} s "
                    "(timeout): the database hangs, or something that is no Oracle listener has the port"
                ) from exc
            except socket.gaierror as exc:
                raise UnresolvedHostError(f"cannot resolve the host of {self.config.address}: {exc.strerror}") from exc

    def _leave(self, pool: oracledb.ConnectionPool) -> None:
        """Connections of this pool that are in use stay usable until `close`."""
        with self._lock:
            if self._pool is pool:
                self._pool = None
                self._stuck.append(pool)

    def _ensure_pool(self) -> oracledb.ConnectionPool:
        with self._lock:
            if self._pool is None:
                if self.config.thick:
                    _init_client(self.config)
                params = self.config.pool_params()
                self._pool = _as_daemon(
                    lambda: oracledb.create_pool(
                        dsn=self.config.dsn, params=params, session_callback=self._prepare_session
                    )
                ).result()
            return self._pool

    def _prepare_session(self, connection: oracledb.Connection, _tag: str | None) -> None:
        config = self.config
        connection.call_timeout = round(config.timeout * 1000)
        connection.module = config.module
        if config.action is not None:
            connection.action = config.action
        if config.client_identifier is not None:
            connection.client_identifier = config.client_identifier
        with connection.cursor() as cursor:
            for statement in config.session_statements():
                cursor.execute(statement)


def _as_daemon(work: Callable[[], T]) -> Future[T]:
    """Do it in a daemon thread, which hands down that it is one to the threads that it starts."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as exc:
            future.set_exception(exc)

    threading.Thread(target=run, name="flext-db-oracle", daemon=True).start()
    return future


def _init_client(config: FlextDbOracleConfig) -> None:
    with _client_lock:
        if oracledb.is_thin_mode():
            oracledb.init_oracle_client(
                lib_dir=None if config.lib_dir is None else str(config.lib_dir),
                config_dir=None if config.config_dir is None else str(config.config_dir),
            )
