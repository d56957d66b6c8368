"""One Oracle session on one PostgreSQL connection: what the wire asks for, and the state that outlives a statement.

What statements do is elsewhere: `execute.py` (queries and DML), `arraydml.py`, `direct_path.py`, `ddl/`,
`plsql_runtime.py`. Calls come one at a time; the lock is there because another session's DDL may ask this one to
finish reading (`release_readers`).
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

from ..catalog.model import Catalog, Relation
from ..errors import OracleError
from ..plsql.core import SessionState
from ..sql import ast
from ..sql.binds import StatementKind, scan_statement
from ..sql.names import fold, quote, relation_text
from ..sql.translation import StoredFunction, Translation
from . import execute, stored_calls, triggers
from .base import (
    BindInfo,
    ColumnInfo,
    DirectPathLoad,
    ExecuteRequest,
    ExecuteResult,
    Lob,
    ObjectValue,
    SessionStatistics,
    StatementType,
)
from .compile import compile_unit, compiles
from .ddl import temporary
from .direct_path import prepare_load
from .flashback import Readers
from .link import Command, Link, LinkLostError, PostgresError
from .lobs import LobSource
from .object_images import ObjectImages
from .plsql import run_plsql
from .private_tables import PrivateTables
from .sqlstate import oracle_error, violated_constraint
from .statements import Statements
from .transaction import Transaction
from .transcode import encode_value
from .triggers import Outcome

if TYPE_CHECKING:
    from .postgres import PostgresBackend

T = TypeVar("T")

_ATTRIBUTES = ("client_identifier", "module", "action", "client_info", "dbop")
_ASKS_STATISTICS = re.compile(r"\bV_?\$(?:SES|MY)STAT\b", re.IGNORECASE)
_LOST = OracleError(3113, "end-of-file on communication channel")


def context_setting(namespace: str, attribute: str) -> str:
    """The PostgreSQL setting of an attribute of an application context, whose names may hold anything."""
    return f"oracle.context_{f'{namespace}.{attribute}'.upper().encode().hex()}"


class PostgresSession:
    """`current_schema` is where unqualified names are looked up first."""

    def __init__(
        self,
        backend: PostgresBackend,
        connection: psycopg.AsyncConnection[Any],
        user: str,
        session_id: int,
        serial: int,
    ) -> None:
        self.backend = backend
        self.connection = connection
        self.user = user
        self.current_schema = user
        self.session_id = session_id
        self.serial = serial
        self.link = Link(connection)
        self.transaction = Transaction(self.link, backend.commits)
        self.private = PrivateTables(self)
        self.objects = ObjectImages(backend.catalog, backend.types.regions)
        self.statements = Statements(
            self.transaction,
            backend.types,
            lambda oid: self.private.relation(oid) or backend.relation(oid),
            self.objects,
        )
        self.readers = Readers()
        self.killed = False
        self.lock = asyncio.Lock()
        self._context: dict[str, str] = {}
        self.statistics = SessionStatistics()
        self.plsql: SessionState | None = None  # made by the first block
        self.lacking: list[
            tuple[str, str]
        ] = []  # calls of stored functions whose results a statement had to do without
        self.captured: list[str] = []  # rows that a statement would change, for the triggers of their table
        connection.add_notice_handler(self._noticed)

    @property
    def catalog(self) -> Catalog:
        """What names mean in this session."""
        return self.private.catalog(self.backend.catalog)

    @property
    def transaction_in_progress(self) -> bool:
        return self.transaction.open

    # ------------------------------------------------------------------------------------------------ statements

    async def describe(self, sql: str, binds: Sequence[BindInfo] = ()) -> Sequence[ColumnInfo]:
        async with self.lock, self.errors():
            return await execute.describe(self, sql, binds)

    async def execute(self, request: ExecuteRequest) -> ExecuteResult:
        if _ASKS_STATISTICS.search(request.sql):
            await self.backend.record_statistics()
        async with self.lock, self.errors():
            if scan_statement(request.sql).kind is not StatementKind.PLSQL:
                return await execute.execute(self, request)
            result = await run_plsql(self, request)
            if request.commit:
                await self.transaction.commit()
            return result

    def _noticed(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        kind, _, rest = (diagnostic.message_primary or "").partition("|")
        if kind == "plsql":
            call, _, arguments = rest.partition("|")
            self.lacking.append((call, arguments))
        elif kind in ("row", "fires"):
            self.captured.append(diagnostic.message_primary or "")

    def stored_function(self, name: tuple[str, ...], count: int, user: str, schema: str) -> StoredFunction | None:
        """A PL/SQL function by the name that SQL gives it."""
        return stored_calls.find(self, name, count, user, schema)

    def has_triggers(self, relation: Relation) -> bool:
        return bool(triggers.of(self, relation))

    async def fire_triggers(self, translation: Translation, command: Command) -> Outcome | None:
        """Run DML on a table with triggers; None if it has none."""
        if not triggers.of(self, translation.target):
            return None
        return await triggers.TriggeredDml(self, translation).run(command)

    async def with_stored_functions(
        self, run: Callable[[], Awaitable[T]], drop: Callable[[T], Awaitable[None]] | None = None
    ) -> T:
        """Run a statement that calls stored functions; `drop` throws the result of a query away."""
        if drop is None:
            return await stored_calls.change(self, run)
        return await stored_calls.query(self, run, drop)

    async def compile_unit(self, statement: ast.CreateCode | ast.AlterObject, owner: str | None = None) -> bool:
        """Compile the unit that a statement created or altered, if it did; whether there are errors."""
        found = compiles(statement)
        return found is not None and await compile_unit(self, *found, owner or self.current_schema)

    async def direct_path(self, schema: str, table: str, columns: Sequence[str]) -> DirectPathLoad:
        async with self.lock, self.errors():
            return await prepare_load(self, schema, table, columns)

    async def ping(self) -> None:
        if self.killed:
            raise OracleError(28, "your session has been killed")

    async def cancel(self) -> None:
        if self.plsql is not None:
            self.plsql.cancel()
        with contextlib.suppress(psycopg.Error):
            await self.connection.cancel_safe()
            await self.readers.cancel()

    # ----------------------------------------------------------------------------------------------- transaction

    async def commit(self) -> None:
        async with self.lock, self.errors():
            await self.transaction.commit()

    async def rollback(self) -> None:
        async with self.lock, self.errors():
            await self.transaction.rollback()

    # ----------------------------------------------------------------------------------------------------- state

    async def set_current_schema(self, name: str) -> None:
        """`name` as the client wrote it, quoted to keep its case. Raises ORA-01435 for a schema that is not there."""
        async with self.lock, self.errors():
            await self.change_schema(fold(name))

    async def change_schema(self, name: str) -> None:
        """`set_current_schema` to a name as Oracle stores it, for who holds the lock."""
        if name not in self.backend.catalog.users:
            raise OracleError(1435, "user does not exist")
        self.current_schema = name
        await self.transaction.set({"oracle.schema": name})

    async def set_attributes(self, attributes: dict[str, str | None]) -> None:
        async with self.lock, self.errors():
            await self.store_attributes(attributes)

    async def store_attributes(self, attributes: Mapping[str, str | None]) -> None:
        """`set_attributes` for who holds the lock."""
        known = {name: value or "" for name, value in attributes.items() if name in _ATTRIBUTES}
        await self.transaction.set({f"oracle.{name}": value for name, value in known.items()})
        await self.backend.record_attributes(self.session_id, known)

    async def set_context(self, namespace: str, attributes: dict[str, str] | None) -> None:
        name = namespace.upper()
        if name != "CLIENTCONTEXT":  # the one that clients may set without a package of their own
            raise OracleError(28267, "Invalid NameSpace Value")
        if attributes is None:
            cleared, self._context = self._context, {}
            settings = dict.fromkeys(cleared, "")
        else:
            settings = {context_setting(name, attribute): value for attribute, value in attributes.items()}
            self._context |= settings
        async with self.lock, self.errors():
            await self.transaction.set(settings)

    async def change_password(self, new_password: str) -> None:
        await self.backend.set_password(self.user, new_password)

    def object_bind(self, bind: BindInfo) -> BindInfo:
        return dataclasses.replace(bind, domain=self.objects.of_oid(bind.type_oid).pg_type)

    def object_value(self, bind: BindInfo, image: bytes, find_lob: Callable[[bytes], Lob]) -> ObjectValue:
        return self.objects.unpacked(self.objects.of_oid(bind.type_oid), image, find_lob)

    async def write_lob(self, lob: Lob) -> None:
        """Store the content of a LOB that was read FOR UPDATE; a temporary one needs nothing."""
        if lob.source is not None:
            async with self.lock, self.errors():
                await self.store_lob(lob)

    async def store_lob(self, lob: Lob) -> None:
        """`write_lob` for who holds the lock."""
        assert isinstance(lob.source, LobSource)
        relation, column, rowid = lob.source.relation, lob.source.column, lob.source.rowid
        pg_type = next(c.pg_type for c in relation.columns if c.name == column)
        types = self.backend.types
        await self.transaction.run(
            Command(
                f'UPDATE {relation_text(relation)} SET {quote(column)} = $1 WHERE "ROWID$" = $2',
                (encode_value(pg_type, lob), rowid),
                (types.oid(pg_type), types.oid("int8")),
            ),
            begin=True,
        )

    async def release_readers(self) -> None:
        """Let go of the tables of a query that is still being read, because another session wants to change one."""
        if self.link.stream is None and not self.readers.busy:
            return
        async with self.lock:
            with contextlib.suppress(LinkLostError):
                await self.link.release()
                await self.readers.release()

    @contextlib.asynccontextmanager
    async def autonomous(self) -> AsyncIterator[PostgresSession]:
        """A second connection in this session's name, for a transaction of its own."""
        connection = await self.backend.connect()
        try:
            other = PostgresSession(self.backend, connection, self.user, self.session_id, self.serial)
            other.current_schema, other.plsql = self.current_schema, self.plsql
            await other.transaction.set(self.transaction.settings)
            yield other
        finally:
            await other.readers.close()
            await connection.close()

    async def kill(self) -> None:
        """End what runs, undo the transaction, and refuse every call from now on."""
        self.killed = True
        await self.cancel()
        async with self.lock:
            with contextlib.suppress(psycopg.Error, LinkLostError, PostgresError):
                await self.transaction.rollback()

    async def close(self) -> None:
        self.backend.forget(self)
        try:
            await self.backend.record_end(
                self.session_id
            )  # V$SESSION and DROP USER forget it as soon as the client is gone
        finally:
            async with self.lock:
                try:
                    await self._finish()
                finally:  # a server that stops does not wait until a long query is cancelled
                    await self.connection.close()

    async def _finish(self) -> None:
        """End what PostgreSQL still does for this session."""
        with contextlib.suppress(psycopg.Error, LinkLostError, PostgresError):
            if self.link.stream is not None:
                await self.link.stream.close()
            if self.transaction.open:
                await self.transaction.rollback()
            await temporary.end_session(self.connection)
        with contextlib.suppress(psycopg.Error, LinkLostError, PostgresError):
            await self.readers.close()

    # ---------------------------------------------------------------------------------------------------- errors

    @contextlib.asynccontextmanager
    async def errors(self) -> Any:
        """Whatever PostgreSQL says leaves as an OracleError."""
        if self.killed:
            raise OracleError(28, "your session has been killed")
        try:
            yield
        except PostgresError as error:
            raise await self.oracle_error(error) from error
        except psycopg.Error as error:
            # DDL runs through psycopg's own cursors.
            if error.pgresult is None:
                raise _LOST from error
            raise await self.oracle_error(PostgresError(error.pgresult, 0)) from error
        except LinkLostError as error:
            raise _LOST from error

    async def oracle_error(self, error: PostgresError, statement: StatementType = StatementType.UNKNOWN) -> OracleError:
        """The ORA error of a failed command, its constraint by Oracle's name. The transaction is usable again."""
        if self.killed:
            return OracleError(28, "your session has been killed")
        constraint = ""
        violated = violated_constraint(error)
        if violated is not None:
            schema, table, name = violated
            owner = temporary.oracle_owner(schema)
            try:
                (result,) = await self.transaction.run(
                    Command(
                        "SELECT k.owner || '.' || k.name FROM oracle.constraints k"
                        " JOIN oracle.objects o USING (object_id) WHERE k.pg_name = $3"
                        " AND (o.relid = to_regclass(format('%I.%I', $1, $2)) OR (o.owner = $1 AND o.name = $2))",
                        (owner.encode(), table.encode(), name.encode()),
                        (25, 25, 25),
                    ),
                    begin=False,
                )
            except PostgresError:
                rows = []
            else:
                rows = self.link.rows(result)
            constraint = rows[0][0].decode() if rows else f"{owner}.{name}"
        return oracle_error(error, statement=statement, constraint=constraint, user=self.current_schema)
