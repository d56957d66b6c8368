"""`Emulator`: a server in a background thread, and `AsyncEmulator`: one in the running event loop."""

from __future__ import annotations

import asyncio
import logging
import secrets
import tempfile
import threading
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from . import collector
from .backend.base import Backend, ExecuteRequest, Session
from .errors import OracleError
from .init_scripts import run_scripts
from .server import DEFAULT_SERVICE, Server
from .statements import StatementRecord
from .tls import make_certificate, server_context
from .ttc.auth import VerifierType

ADMIN_USER = "SYSTEM"
ADMIN_PASSWORD = "oracle"  # noqa: S105 - of a database for development, and documented

#: What the user of a fresh schema may do.
_SCHEMA_PRIVILEGES = (
    "CONNECT, RESOURCE, UNLIMITED TABLESPACE, CREATE VIEW, CREATE MATERIALIZED VIEW, CREATE SYNONYM, ALTER SESSION"
)

T = TypeVar("T")

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
        tls: serve TLS (tcps://) with a self-signed certificate; `wallet` is the folder that clients verify it with.
        tls_cert: PEM file of certificate (and chain) to serve TLS with instead.
        tls_key: PEM file of its key, if it is not in `tls_cert`.
        tls_ca: PEM file of the authority whose certificates clients must show (mTLS).
        scan_port: listen here as well, as a SCAN listener that sends clients on; 0 takes a free port.
        verifier: what clients prove their passwords against, "12c" or, as databases before that release, "11g".
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
        tls: bool = False,
        tls_cert: Path | str | None = None,
        tls_key: Path | str | None = None,
        tls_ca: Path | str | None = None,
        scan_port: int | None = None,
        verifier: str = "12c",
        log_level: str | None = None,
        backend: Backend | None = None,
    ) -> None:
        if compatible not in (19, 23):
            raise ValueError(f"compatible is 19 or 23, not {compatible}")
        self.users = {ADMIN_USER: ADMIN_PASSWORD} | parse_users(users)
        self._tls = tls or tls_cert is not None
        if (tls_key or tls_ca) and not self._tls:
            raise ValueError("tls_key and tls_ca need tls or tls_cert")
        self.wallet: Path | None = None
        self._made_wallet: tempfile.TemporaryDirectory[str] | None = None
        if tls and tls_cert is None:
            tls_cert, tls_key = self._certificate(Path(data_dir) if data_dir is not None else None, host)
        self._administrator: Session | None = None
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
        self._server = Server(
            chosen,
            host,
            port,
            services,
            compatible,
            server_context(tls_cert, tls_key, tls_ca) if tls_cert is not None else None,
            scan_port,
            VerifierType(verifier),
        )

    def _certificate(self, data_dir: Path | None, host: str) -> tuple[Path, Path]:
        """A certificate of our own: kept with the data, or as temporary as they are."""
        if data_dir is None:
            self._made_wallet = tempfile.TemporaryDirectory(prefix="flext-oracle-wallet-")
            self.wallet = Path(self._made_wallet.name)
        else:
            self.wallet = data_dir / "wallet"
        return make_certificate(self.wallet, host)

    async def start(self) -> None:
        """Start, and run the init scripts. After an error nothing is left running."""
        await self._server.start()
        try:
            await run_scripts(self._server.backend, ADMIN_USER, self._init)
        except BaseException:
            await self._server.stop()
            raise

    async def stop(self) -> None:
        if self._administrator is not None:
            await self._administrator.close()
            self._administrator = None
        await self._server.stop()
        if self._made_wallet is not None:
            self._made_wallet.cleanup()

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
        return self._dsn(self.port)

    @property
    def scan_dsn(self) -> str:
        """Easy connect string through the SCAN listener. Raises ValueError without `scan_port`."""
        if self._server.scan_port is None:
            raise ValueError("this emulator has no SCAN listener; give it a scan_port")
        return self._dsn(self._server.scan_port)

    def _dsn(self, port: int) -> str:
        scheme = "tcps://" if self._tls else ""
        return f"{scheme}{self.host}:{port}/{DEFAULT_SERVICE}"

    @property
    def connect_args(self) -> dict[str, str]:
        """Arguments for `oracledb.connect` as the first user that was given, else as SYSTEM."""
        names = [name for name in self.users if name != ADMIN_USER]
        return self.connect_args_for(names[0] if names else ADMIN_USER)

    def connect_args_for(self, user: str) -> dict[str, str]:
        """Arguments for `oracledb.connect` as one of `users`. Raises KeyError for others."""
        name = _spelled(user)
        arguments = {"user": name, "password": self.users[name], "dsn": self.dsn}
        return arguments | {"wallet_location": str(self.wallet)} if self.wallet is not None else arguments

    async def _create_schema(self) -> dict[str, str]:
        name, password = f"TEST_{secrets.token_hex(4)}".upper(), secrets.token_hex(8)
        await self._administrate(
            f'CREATE USER {name} IDENTIFIED BY "{password}"', f"GRANT {_SCHEMA_PRIVILEGES} TO {name}"
        )
        self.users[name] = password
        return self.connect_args_for(name)

    async def _drop_schema(self, name: str) -> None:
        await self._administrate(f"DROP USER {name} CASCADE")
        del self.users[name]

    async def _administrate(self, *statements: str) -> None:
        """Run statements as SYSTEM, on a session that stays open for the next ones."""
        if self._administrator is None:
            backend = self._server.backend
            self._administrator = await backend.open_session(ADMIN_USER, client={"program": "flext-oracle-emulator"})
        for statement in statements:
            await self._administrator.execute(ExecuteRequest(statement))

    @asynccontextmanager
    async def fresh_schema_async(self) -> AsyncIterator[dict[str, str]]:
        """A new user with an empty schema, as arguments for `oracledb.connect`; dropped at the end, with all it owns."""
        arguments = await self._create_schema()
        try:
            yield arguments
        finally:
            await self._drop_schema(arguments["user"])

    @property
    def statements(self) -> list[StatementRecord]:
        """What clients executed so far, oldest first: text, bind types, user, rows, seconds; never values."""
        return list(self._server.statements)


class Emulator(AsyncEmulator):
    """An Oracle emulator in a background thread: `with Emulator() as db: oracledb.connect(**db.connect_args)`.

    Takes the arguments of `AsyncEmulator`.
    """

    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="flext-oracle-emulator", daemon=True)
        collector.take_over()
        self._thread.start()
        try:
            self._run(self.start())
        except BaseException:
            self._end_thread()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self._run(self.stop())
        finally:
            self._end_thread()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    @contextmanager
    def fresh_schema(self) -> Iterator[dict[str, str]]:
        """A new user with an empty schema, as arguments for `oracledb.connect`; dropped at the end, with all it owns."""
        arguments = self._run(self._create_schema())
        try:
            yield arguments
        finally:
            self._run(self._drop_schema(arguments["user"]))

    def _end_thread(self) -> None:
        assert self._loop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self._loop = self._thread = None
        collector.hand_back()


__all__ = ["ADMIN_PASSWORD", "ADMIN_USER", "AsyncEmulator", "Emulator", "OracleError", "parse_users"]
