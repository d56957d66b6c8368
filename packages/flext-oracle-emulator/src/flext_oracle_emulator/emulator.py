"""`Emulator`: a server in a background thread, and `AsyncEmulator`: one in the running event loop."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from .backend.base import Backend
from .errors import OracleError
from .init_scripts import run_scripts
from .server import DEFAULT_SERVICE, Server
from .statements import StatementRecord

ADMIN_USER = "SYSTEM"
ADMIN_PASSWORD = "oracle"  # noqa: S105 - of a database for development, and documented

logger = logging.getLogger(__name__)

Users = Mapping[str, str] | Iterable[str]


def parse_users(users: Users) -> dict[str, str]:
    """Read users from a mapping or from "name/password" texts; names are upper case unless they are quoted.

    Raises:
        ValueError: a text lacks the name or the password.
    """
    if isinstance(users, Mapping):
        return {_spelled(name): password for name, password in users.items()}
    parsed = {}
    for text in users:
        name, _, password = text.partition("/")
        if not (name and password):
            raise ValueError(f"a user is given as name/password; {name!r} lacks one of them")
        parsed[_spelled(name)] = password
    return parsed


def _spelled(name: str) -> str:
    return name if name.startswith('"') else name.upper()


class AsyncEmulator:
    """An Oracle emulator in the running event loop.

    Args:
        port: where to listen; 0 takes a free port.
        host: address to listen on.
        data_dir: folder that keeps the data. None is a temporary one, removed at the end.
        users: users to create with their schema, as {"name": "password"} or ["name/password"].
        init: SQL scripts, or folders of them, to run as SYSTEM at every start.
        compatible: the Oracle release to look like, 19 or 23.
        postgres_uri: use this PostgreSQL server instead of the embedded one.
        services: service names besides FREEPDB1.
        tls_cert: PEM file of certificate (and chain); turns TLS on.
        tls_key: PEM file of its key, if it is not in `tls_cert`.
        log_level: level of the package's logger, e.g. "INFO"; None leaves it alone.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        data_dir: Path | str | None = None,
        users: Users = (),
        init: Sequence[Path | str] = (),
        compatible: int = 19,
        postgres_uri: str | None = None,
        services: Iterable[str] = (),
        tls_cert: Path | str | None = None,
        tls_key: Path | str | None = None,
        log_level: str | None = None,
        backend: Backend | None = None,
    ) -> None:
        if compatible not in (19, 23):
            raise ValueError(f"compatible is 19 or 23, not {compatible}")
        self.users = {ADMIN_USER: ADMIN_PASSWORD} | parse_users(users)
        self._tls = tls_cert is not None
        self._init = [Path(script) for script in init]
        if log_level is not None:
            logging.getLogger(__package__).setLevel(log_level.upper())
        if backend is None:
            # Imported here: the wire alone does not need PostgreSQL.
            from .backend.postgres import PostgresBackend

            folder = Path(data_dir) if data_dir is not None else None
            chosen: Backend = PostgresBackend(folder, postgres_uri, compatible, self.users)
        else:
            chosen = backend
        self._server = Server(chosen, host, port, services, compatible, _tls_context(tls_cert, tls_key))

    async def start(self) -> None:
        """Start, and run the init scripts. After an error nothing is left running."""
        await self._server.start()
        try:
            await run_scripts(self._server.backend, ADMIN_USER, self._init)
        except BaseException:
            await self._server.stop()
            raise

    async def stop(self) -> None:
        await self._server.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def host(self) -> str:
        return self._server.host

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def dsn(self) -> str:
        """Easy connect string without user."""
        scheme = "tcps://" if self._tls else ""
        return f"{scheme}{self.host}:{self.port}/{DEFAULT_SERVICE}"

    @property
    def connect_args(self) -> dict[str, str]:
        """Arguments for `oracledb.connect` as the first user that was given, else as SYSTEM."""
        names = [name for name in self.users if name != ADMIN_USER]
        return self.connect_args_for(names[0] if names else ADMIN_USER)

    def connect_args_for(self, user: str) -> dict[str, str]:
        """Arguments for `oracledb.connect` as one of `users`. Raises KeyError for others."""
        name = _spelled(user)
        return {"user": name, "password": self.users[name], "dsn": self.dsn}

    @property
    def statements(self) -> list[StatementRecord]:
        """What clients executed so far, oldest first: text, bind types, user, rows, seconds; never values."""
        return list(self._server.statements)


def _tls_context(certificate: Path | str | None, key: Path | str | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class Emulator(AsyncEmulator):
    """An Oracle emulator in a background thread: `with Emulator() as db: oracledb.connect(**db.connect_args)`.

    Takes the arguments of `AsyncEmulator`.
    """

    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="flext-oracle-emulator", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.start(), self._loop).result()
        except BaseException:
            self._end_thread()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._loop is not None
        try:
            asyncio.run_coroutine_threadsafe(self.stop(), self._loop).result()
        finally:
            self._end_thread()

    def _end_thread(self) -> None:
        assert self._loop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self._loop = self._thread = None


__all__ = ["ADMIN_PASSWORD", "ADMIN_USER", "AsyncEmulator", "Emulator", "OracleError", "parse_users"]
