"""The two servers of the tests: one on a real PostgreSQL, and one that answers only the statements a test teaches it.

The second has no database, so that the wire is tested alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import oracledb
import pytest
from flext_oracle_emulator.backend.base import (
    Account,
    BindInfo,
    ColumnInfo,
    ExecuteRequest,
    ExecuteResult,
    Lob,
    OracleType,
    ResultSet,
    SessionStatistics,
    StatementType,
)
from flext_oracle_emulator.emulator import Emulator
from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.ttc.codecs import encode_number


class FakeResultSet:
    """Rows in memory."""

    def __init__(self, columns: Sequence[ColumnInfo], rows: Sequence[tuple[Any, ...]]) -> None:
        self.columns = columns
        self.rows = list(rows)
        self.closed = False

    async def fetch(self, rows: int) -> tuple[list[tuple[Any, ...]], bool]:
        taken, self.rows = self.rows[:rows], self.rows[rows:]
        for row in taken:
            for value in row:
                if isinstance(value, OracleError):
                    raise value
        return taken, not self.rows

    async def close(self) -> None:
        self.closed = True


class FakeDirectPath:
    def __init__(self, columns: Sequence[ColumnInfo], loaded: list[tuple[Any, ...]]) -> None:
        self.columns = columns
        self.rows: list[tuple[Any, ...]] = []
        self.loaded = loaded

    async def load(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self.rows += rows

    async def finish(self) -> None:
        self.loaded += self.rows

    async def abort(self) -> None:
        self.rows.clear()


class FakeSession:
    def __init__(self, backend: FakeBackend, user: str, client: dict[str, str]) -> None:
        self.backend = backend
        self.statistics = SessionStatistics()
        self.session_id = 42
        self.serial = 4242
        self.user = user
        self.client = client
        self.current_schema = user
        self.transaction_in_progress = False
        self.attributes: dict[str, str | None] = {}
        self.cancelled = asyncio.Event()
        self.closed = False
        self.context: list[tuple[str, str, str]] = []

    async def describe(self, sql: str, binds: Sequence[BindInfo] = ()) -> Sequence[ColumnInfo]:
        result = await self.execute(ExecuteRequest(sql, binds))
        return result.result_set.columns if result.result_set is not None else ()

    async def execute(self, request: ExecuteRequest) -> ExecuteResult:
        self.backend.requests.append(request)
        if request.sql.startswith("ALTER SESSION"):
            return ExecuteResult(StatementType.UNKNOWN)
        if request.sql == "begin wait; end;":
            await self.cancelled.wait()
            self.cancelled.clear()
            raise OracleError(1013, "user requested cancel of current operation")
        answer = self.backend.answers.get(request.sql)
        if answer is None:
            raise OracleError(942, "table or view does not exist", offset=14)
        result = answer(request)
        if isinstance(result, Exception):
            raise result
        if result.result_set is None:
            self.transaction_in_progress = not request.commit
        return result

    async def commit(self) -> None:
        self.backend.commits += 1
        self.transaction_in_progress = False

    async def rollback(self) -> None:
        self.backend.rollbacks += 1
        self.transaction_in_progress = False

    async def ping(self) -> None: ...

    async def cancel(self) -> None:
        self.cancelled.set()

    async def write_lob(self, lob: Lob) -> None:
        self.backend.written.append((lob.source, lob.data))

    async def direct_path(self, schema: str, table: str, columns: Sequence[str]) -> FakeDirectPath:
        self.backend.direct_path_calls.append((schema, table, tuple(columns)))
        if table != "T":
            raise OracleError(942, "table or view does not exist")
        return FakeDirectPath(self.backend.direct_path_columns, self.backend.loaded)

    async def set_current_schema(self, name: str) -> None:
        if name == "NOBODY":
            raise OracleError(1435, "user does not exist")
        self.current_schema = name

    async def set_attributes(self, attributes: dict[str, str | None]) -> None:
        self.attributes |= attributes

    async def set_context(self, namespace: str, attributes: dict[str, str] | None) -> None:
        self.context += [(namespace, name, value) for name, value in (attributes or {}).items()]

    async def change_password(self, new_password: str) -> None:
        self.backend.passwords[self.user] = new_password

    async def close(self) -> None:
        self.closed = True


class FakeBackend:
    version = (19, 3, 0, 0, 0)
    database_name = "FREE"
    instance_name = "FREE"

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[ExecuteRequest], ExecuteResult | Exception]] = {}
        self.requests: list[ExecuteRequest] = []
        self.sessions: list[FakeSession] = []
        self.passwords = {"SYSTEM": "oracle", "SCOTT": "tiger ü", "LOCKED": "x"}
        self.proxies: set[tuple[str, str]] = set()
        self.commits = self.rollbacks = 0
        self.written: list[tuple[object, str | bytes]] = []
        self.direct_path_calls: list[tuple[str, str, tuple[str, ...]]] = []
        self.direct_path_columns: Sequence[ColumnInfo] = ()
        self.loaded: list[tuple[Any, ...]] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def account(self, user: str) -> Account | None:
        password = self.passwords.get(user)
        return Account(user, password, locked=user == "LOCKED") if password is not None else None

    async def may_proxy(self, proxy: str, client: str) -> bool:
        return (proxy, client) in self.proxies

    async def open_session(
        self, user: str, *, client: dict[str, str], context: Sequence[tuple[str, str, str]] = ()
    ) -> FakeSession:
        session = FakeSession(self, user, client)
        session.context = list(context)
        self.sessions.append(session)
        return session

    # what tests teach

    def on_query(self, sql: str, columns: Sequence[ColumnInfo], rows: Sequence[tuple[Any, ...]]) -> None:
        self.answers[sql] = lambda _: ExecuteResult(StatementType.SELECT, result_set=FakeResultSet(columns, rows))

    def on(self, sql: str, answer: Callable[[ExecuteRequest], ExecuteResult | Exception]) -> None:
        self.answers[sql] = answer

    def result_set(self, columns: Sequence[ColumnInfo], rows: Sequence[tuple[Any, ...]]) -> ResultSet:
        return FakeResultSet(columns, rows)


NUMBER = ColumnInfo("N", OracleType.NUMBER, 22, 0, -127)


@pytest.fixture(scope="session")
def backend_class() -> type[FakeBackend]:
    return FakeBackend


@pytest.fixture
def backend() -> FakeBackend:
    fake = FakeBackend()
    fake.on_query("select 1 from dual", [NUMBER], [(encode_number(1),)])
    return fake


@pytest.fixture(params=[19, 23])
def server(request: pytest.FixtureRequest, backend: FakeBackend) -> Iterator[Emulator]:
    """A server in front of the fake backend, once for each wire profile."""
    with Emulator(backend=backend, compatible=request.param) as emulator:
        yield emulator


@pytest.fixture
def connection(server: Emulator) -> Iterator[oracledb.Connection]:
    with oracledb.connect(**server.connect_args) as connected:
        yield connected


@pytest.fixture(scope="session")
def engine() -> Iterator[Emulator]:
    with Emulator(users={"app": "app", "other": "other", "system": "system"}) as emulator:
        yield emulator


@pytest.fixture
def connect(engine: Emulator) -> Iterator[Callable[..., oracledb.Connection]]:
    """Opens sessions (of APP unless told otherwise), closed after the test."""
    opened: list[oracledb.Connection] = []

    def open_session(user: str = "app") -> oracledb.Connection:
        connection = oracledb.connect(user=user, password=user, dsn=engine.dsn)
        opened.append(connection)
        return connection

    yield open_session
    for connection in opened:
        if connection.is_healthy():
            connection.close()
