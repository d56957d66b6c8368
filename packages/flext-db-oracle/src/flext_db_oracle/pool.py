"""Connections: oracledb's pool, opened lazily, each session prepared the same way.

`ConnectionPool.connection()` is the only way to a connection. What a session needs once (schema, tags, init SQL) is
done when it is created; what the driver keeps on the Python object (fetch types, call timeout) each time it is handed
out.
"""

from __future__ import annotations

import datetime as dt
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from decimal import Decimal
from typing import Any

import oracledb

from flext_db_oracle.config import FlextDbOracleConfig
from flext_db_oracle.errors import LossyValueError, PoolTimeout, UnresolvedHostError, error_code
from flext_db_oracle.retry import retried

_POOL_EXHAUSTED = frozenset({"DPY-4005", "ORA-24418", "ORA-24457"})
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
    if code is oracledb.DB_TYPE_CLOB:
        return cursor.var(oracledb.DB_TYPE_LONG, arraysize=cursor.arraysize)
    if code is oracledb.DB_TYPE_NCLOB:
        return cursor.var(oracledb.DB_TYPE_LONG_NVARCHAR, arraysize=cursor.arraysize)
    if code is oracledb.DB_TYPE_BLOB:
        return cursor.var(oracledb.DB_TYPE_LONG_RAW, arraysize=cursor.arraysize)
    return None


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
        self._lock = threading.Lock()

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
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close(force=True)

    @contextmanager
    def connection(self, *, retry: bool = True) -> Iterator[oracledb.Connection]:
        """Borrow a connection. What was not committed when the block ends is rolled back.

        Opening a session is repeated after transient errors, because nothing has happened in it yet; a caller that
        repeats the whole work switches that off.
        """
        attempts = self.config.retry_attempts if retry else 1
        connection = retried(self._acquire, attempts=attempts, deadline=self.config.retry_deadline)
        try:
            connection.inputtypehandler = bind_exactly
            connection.outputtypehandler = fetch_exactly
            connection.call_timeout = round(self.config.call_timeout * 1000)
            yield connection
        except BaseException:
            with suppress(oracledb.Error):  # a broken connection must not hide why it broke
                connection.close()
            raise
        connection.close()

    def _acquire(self) -> oracledb.Connection:
        pool = self._ensure_pool()
        try:
            return pool.acquire()
        except oracledb.Error as exc:
            if error_code(exc) in _POOL_EXHAUSTED:
                raise self._no_connection(pool) from exc
            exc.add_note(f"while connecting to {self.config.address}")
            raise
        except socket.gaierror as exc:
            raise UnresolvedHostError(f"cannot resolve the host of {self.config.address}: {exc.strerror}") from exc

    def _no_connection(self, pool: oracledb.ConnectionPool) -> PoolTimeout:
        waited = f"{self.config.pool_wait_timeout:g} s"
        if pool.opened == 0:
            return PoolTimeout(
                f"{self.config.address} accepts connections but does not answer within {waited} (pool_wait_timeout): "
                "the database hangs, or something that is no Oracle listener has the port"
            )
        return PoolTimeout(f"no connection became free within {waited} (pool_max={self.config.pool_max})")

    def _ensure_pool(self) -> oracledb.ConnectionPool:
        with self._lock:
            if self._pool is None:
                if self.config.thick:
                    _init_client(self.config)
                self._pool = oracledb.create_pool(
                    dsn=self.config.dsn, params=self.config.pool_params(), session_callback=self._prepare_session
                )
            return self._pool

    def _prepare_session(self, connection: oracledb.Connection, _tag: str | None) -> None:
        config = self.config
        connection.module = config.module
        if config.action is not None:
            connection.action = config.action
        if config.client_identifier is not None:
            connection.client_identifier = config.client_identifier
        with connection.cursor() as cursor:
            for statement in config.session_statements():
                cursor.execute(statement)


def _init_client(config: FlextDbOracleConfig) -> None:
    with _client_lock:
        if oracledb.is_thin_mode():
            oracledb.init_oracle_client(
                lib_dir=None if config.lib_dir is None else str(config.lib_dir),
                config_dir=None if config.config_dir is None else str(config.config_dir),
            )
