"""The database behind the server: PostgreSQL started or joined, made Oracle's, its accounts, catalog and sessions.

One `PostgresBackend` a server. It holds what sessions share: the catalog, translations, type identifiers, and one
connection of its own for accounts and V$SESSION, so that no session's transaction is touched by them.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from ..catalog import store
from ..catalog.model import Catalog, Relation
from ..errors import OracleError
from ..sql.names import fold, quote
from ..sql.translation import Translation
from . import template
from .base import Account
from .bootstrap import bootstrap
from .cluster import Cluster
from .commits import Commits
from .ddl import temporary
from .link import LinkLostError
from .session import PostgresSession
from .snapshots import Snapshots
from .types import TypeCatalog, load_types

_VERSIONS = {19: (19, 28, 0, 0, 0), 21: (21, 3, 0, 0, 0), 23: (23, 9, 0, 25, 7)}
_MAX_TRANSLATIONS = 2000
_RECOVERY_TRIES = 100
_RECOVERY_PAUSE = 0.1
_RECOVERING = ("recovery mode", "starting up", "not yet accepting", "closed the connection unexpectedly")

#: What a user of `users` may do: their own objects of every kind that the emulator has.
_USER_ROLES = ("CONNECT", "RESOURCE")
_USER_PRIVILEGES = (
    "UNLIMITED TABLESPACE",
    "CREATE VIEW",
    "CREATE MATERIALIZED VIEW",
    "CREATE SYNONYM",
    "CREATE JOB",
    "ALTER SESSION",
)

_SESSION_SETTINGS = {
    "search_path": "oracle, pg_catalog",
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "client_min_messages": "error",
    "extra_float_digits": "1",
    "standard_conforming_strings": "on",
    "plan_cache_mode": "auto",
    "jit": "off",
    "lock_timeout": "0",
    "statement_timeout": "0",
}


#: What a client tells of itself, as SYS_CONTEXT('USERENV', ..) reads it.
_CLIENT_SETTINGS = {
    "program": "oracle.program",
    "machine": "oracle.host",
    "terminal": "oracle.terminal",
    "osuser": "oracle.os_user",
    "address": "oracle.ip_address",
    "protocol": "oracle.network_protocol",
    "service_name": "oracle.service_name",
    "proxy_user": "oracle.proxy_user",
}


class TranslationCache:
    """Translations of one generation of the catalog, the least used ones leaving first."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, Translation] = OrderedDict()
        self._generation = -1

    def get(self, key: Hashable, generation: int) -> Translation | None:
        if generation != self._generation:
            return None
        found = self._found.get(key)
        if found is not None:
            self._found.move_to_end(key)
        return found

    def put(self, key: Hashable, generation: int, translation: Translation) -> None:
        if generation != self._generation:
            self._found.clear()
            self._generation = generation
        self._found[key] = translation
        if len(self._found) > _MAX_TRANSLATIONS:
            self._found.popitem(last=False)


class PostgresBackend:
    """`postgres_uri` joins a server that is there; else an embedded one runs on `data_dir` (None: temporary).

    `users` maps names (quoted to keep their case) to passwords; they are created at `start` if missing, and get the
    password given here. SYS and SYSTEM always exist, but can log on only with a password given the same way.
    """

    database_name = "FREEPDB1"
    instance_name = "FREE"

    def __init__(
        self,
        data_dir: Path | None = None,
        postgres_uri: str | None = None,
        compatible: int = 19,
        users: Mapping[str, str] | None = None,
    ) -> None:
        self.compatible = compatible
        self.version = _VERSIONS[compatible]
        self.catalog = Catalog(version=compatible)
        self.translations = TranslationCache()
        self.types = TypeCatalog({}, {}, {}, ())
        self.definitions = asyncio.Lock()
        self.commits = Commits()
        self.snapshots = Snapshots(self.connect, self.commits)
        self._users = {fold(name): password for name, password in (users or {}).items()}
        self._cluster = None if postgres_uri else Cluster(data_dir)
        self._uri = postgres_uri
        self._admin: psycopg.AsyncConnection[Any] | None = None
        self._admin_lock = asyncio.Lock()
        self._sessions: dict[int, PostgresSession] = {}
        self._session_ids: set[int] = set()  # taken before a session is there, free when V$SESSION has forgotten it
        self._serials = itertools.count(1)
        self._relations: dict[int, Relation] = {}
        self._relations_generation = -1

    # -------------------------------------------------------------------------------------------------- lifetime

    async def start(self) -> None:
        if self._cluster is not None:
            if self._cluster.is_new:
                self._cluster.template = await template.provide()
            self._uri = await asyncio.to_thread(self._cluster.start)
        try:
            self._admin = await self.connect()
            await bootstrap(self._admin)
            await self._admin.execute("SET search_path = oracle, pg_catalog")
            await temporary.purge(self._admin)
            await self._admin.execute("DELETE FROM oracle.sessions")
            for name, password in self._users.items():
                await self._create_user(name, password)
            self.types = await load_types(self._admin)
            self.catalog = await store.load(self._admin, self.compatible)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        for session in list(self._sessions.values()):
            with contextlib.suppress(OracleError, psycopg.Error):
                await session.close()
        await self.snapshots.close()
        if self._admin is not None:
            await self._admin.close()
            self._admin = None
        if self._cluster is not None:
            await asyncio.to_thread(self._cluster.stop)

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        """A connection to PostgreSQL, with Oracle's settings still to be made.

        Waits while PostgreSQL recovers from the crash of one of its processes.
        """
        assert self._uri is not None
        for _ in range(_RECOVERY_TRIES):
            try:
                return await psycopg.AsyncConnection.connect(
                    self._uri, autocommit=True, prepare_threshold=None, client_encoding="utf8"
                )
            except psycopg.OperationalError as error:
                if not any(words in str(error) for words in _RECOVERING):
                    raise
            await asyncio.sleep(_RECOVERY_PAUSE)
        raise OracleError(1033, "ORACLE initialization or shutdown in progress")

    # -------------------------------------------------------------------------------------------------- accounts

    async def _run(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run one statement on the connection of our own, which is made anew when PostgreSQL has restarted itself."""
        async with self._admin_lock:
            assert self._admin is not None
            try:
                return await self._fetch(self._admin, sql, parameters)
            except psycopg.OperationalError:
                if not self._admin.closed:
                    raise
            self._admin = await self.connect()
            await self._admin.execute("SET search_path = oracle, pg_catalog")
            return await self._fetch(self._admin, sql, parameters)

    async def _fetch(
        self, connection: psycopg.AsyncConnection[Any], sql: str, parameters: tuple[object, ...]
    ) -> list[tuple[Any, ...]]:
        async with connection.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(sql.encode(), parameters or None)
            return await cursor.fetchall() if cursor.description else []

    async def _create_user(self, name: str, password: str) -> None:
        if not await self._run("SELECT 1 FROM oracle.users WHERE username = %s", name):
            await self._run("INSERT INTO oracle.users (username) VALUES (%s)", name)
            await self._run(f"CREATE SCHEMA IF NOT EXISTS {quote(name)}")
            for role in _USER_ROLES:
                await self._run("INSERT INTO oracle.role_grants (grantee, role) VALUES (%s, %s)", name, role)
            for privilege in _USER_PRIVILEGES:
                await self._run(
                    "INSERT INTO oracle.system_privileges (grantee, privilege) VALUES (%s, %s)", name, privilege
                )
        await self.set_password(name, password)

    async def set_password(self, name: str, password: str) -> None:
        await self._run("UPDATE oracle.users SET password = %s WHERE username = %s", password, name)

    async def account(self, user: str) -> Account | None:
        rows = await self._run("SELECT username, password, account_status FROM oracle.users WHERE username = %s", user)
        if not rows or rows[0][1] is None:
            return None
        name, password, status = rows[0]
        return Account(name, password, locked="LOCKED" in status, expired="EXPIRED" in status)

    # -------------------------------------------------------------------------------------------------- sessions

    async def may_proxy(self, proxy: str, client: str) -> bool:
        found = await self._run("SELECT 1 FROM oracle.proxies WHERE proxy = %s AND client = %s", proxy, client)
        return bool(found)

    async def open_session(
        self, user: str, *, client: dict[str, str], context: Sequence[tuple[str, str, str]] = ()
    ) -> PostgresSession:
        if not self.catalog.has_system_privilege(user, "CREATE SESSION"):
            raise OracleError(1045, f"user {user} lacks CREATE SESSION privilege; logon denied")
        session_id = next(number for number in itertools.count(10) if number not in self._session_ids)
        self._session_ids.add(session_id)
        serial = next(self._serials)
        try:
            connection = await self.connect()
        except psycopg.OperationalError as error:
            self._session_ids.discard(session_id)
            raise OracleError(20, "maximum number of processes (100) exceeded") from error
        session = PostgresSession(self, connection, user, session_id, serial)
        self._sessions[session_id] = session
        try:
            settings = dict(_SESSION_SETTINGS)
            settings |= {
                "oracle.user": user,
                "oracle.session_user": user,
                "oracle.schema": user,
                "oracle.sid": str(session_id),
                "oracle.serial": str(serial),
                "oracle.version": str(self.compatible),
            }
            settings |= {setting: client[name] for name, setting in _CLIENT_SETTINGS.items() if client.get(name)}
            await session.transaction.set(settings)
            for namespace, attribute, value in context:
                await session.set_context(namespace, {attribute: value})
            await self._record_start(session, client, connection.pgconn.backend_pid)
        except BaseException as error:
            self.forget(session)
            await connection.close()
            self._session_ids.discard(session_id)
            if isinstance(error, LinkLostError):
                raise OracleError(1034, "ORACLE not available") from error
            raise
        return session

    def session(self, session_id: int) -> PostgresSession | None:
        return self._sessions.get(session_id)

    def forget(self, session: PostgresSession) -> None:
        self._sessions.pop(session.session_id, None)

    async def _record_start(self, session: PostgresSession, client: Mapping[str, str], pid: int) -> None:
        port = client.get("port", "")
        await self._run(
            "INSERT INTO oracle.sessions (sid, serial, username, schemaname, osuser, machine, port, terminal, program,"
            " process, service_name, client_driver, proxy_user, pg_pid)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            session.session_id,
            session.serial,
            session.user,
            session.user,
            client.get("osuser", "")[:128],
            client.get("machine", "")[:64],
            int(port) if port.isdigit() else None,
            client.get("terminal", "")[:30],
            client.get("program", "")[:84],
            client.get("process", "")[:24],
            client.get("service_name", self.database_name)[:64],
            client.get("driver", "")[:31],
            client.get("proxy_user"),
            pid,
        )

    async def record_attributes(self, session_id: int, attributes: Mapping[str, str]) -> None:
        """Show end-to-end attributes in V$SESSION."""
        if not attributes:
            return
        columns = ", ".join(f"{quote(name)} = %s" for name in attributes)
        values = [value[:64] for value in attributes.values()]
        await self._run(f"UPDATE oracle.sessions SET {columns} WHERE sid = %s", *values, session_id)

    async def record_statistics(self) -> None:
        """Show in V$SESSTAT what the sessions have done until now."""
        values = [
            (session.session_id, name, value)
            for session in self._sessions.values()
            for name, value in (
                ("SQL*Net roundtrips to/from client", session.statistics.round_trips),
                ("user calls", session.statistics.round_trips),
                ("parse count (total)", session.statistics.parses),
                ("execute count", session.statistics.executions),
                ("user commits", session.statistics.commits),
                ("user rollbacks", session.statistics.rollbacks),
            )
        ]
        sids, names, counts = zip(*values, strict=True)
        await self._run(
            "WITH gone AS (DELETE FROM oracle.session_statistics WHERE sid <> ALL (%s::int[]))"
            " INSERT INTO oracle.session_statistics SELECT * FROM unnest(%s::int[], %s::text[], %s::bigint[])"
            " ON CONFLICT (sid, name) DO UPDATE SET value = excluded.value",
            list(sids),
            list(sids),
            list(names),
            list(counts),
        )

    async def record_end(self, session_id: int) -> None:
        if self._admin is not None:
            await self._run("DELETE FROM oracle.sessions WHERE sid = %s", session_id)
        self._session_ids.discard(session_id)

    async def release_readers(self, asking: PostgresSession) -> None:
        """Before a definition changes: it would wait for queries that clients have not read to the end."""
        for session in list(self._sessions.values()):
            if session is not asking:
                await session.release_readers()

    # ---------------------------------------------------------------------------------------------------- shared

    def relation(self, oid: int) -> Relation | None:
        """The relation with PostgreSQL's identifier `oid`."""
        if self._relations_generation != self.catalog.generation:
            self._relations = {
                found.oid: found for found in self.catalog.objects.values() if isinstance(found, Relation) and found.oid
            }
            self._relations_generation = self.catalog.generation
        return self._relations.get(oid)
