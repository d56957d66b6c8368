"""The public boundary: `FlextDbOracleApi`, whose methods return `FlextResult` instead of raising.

Each call borrows a connection, commits when it changed something, and gives the connection back. Work that must be
one transaction, or that keeps a cursor open, uses the context managers `transaction` and `session` and the generators
`stream` and `batches`; those raise.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import oracledb

from flext_db_oracle import arrow as arrow_data
from flext_db_oracle import bulk, bulk_input, ddl, load_plan, partitions
from flext_db_oracle.audit import Observability
from flext_db_oracle.bulk import BulkResult
from flext_db_oracle.config import FlextDbOracleConfig
from flext_db_oracle.errors import explain
from flext_db_oracle.metadata import OracleSchema, OracleTable
from flext_db_oracle.partitions import TablePartition
from flext_db_oracle.pool import ConnectionPool
from flext_db_oracle.query import Parameters, QueryResult
from flext_db_oracle.result import FlextResult
from flext_db_oracle.retry import retried
from flext_db_oracle.server import ServerInfo, read_server_info
from flext_db_oracle.session import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Health:
    """The answer of a database that was really asked; `latency` is the seconds one round trip took."""

    address: str
    server_version: str
    database: str
    username: str
    current_schema: str
    latency: float


class FlextDbOracleApi:
    """One Oracle database, through a pool of connections that is opened when it is first needed.

    with FlextDbOracleApi(config) as api:
        result = api.execute_query("SELECT name FROM employees WHERE id = :id", {"id": 7})
    """

    def __init__(self, config: FlextDbOracleConfig) -> None:
        self.config = config
        self.observability = Observability(config.username or "")
        self._pool = ConnectionPool(config)
        self._local = threading.local()

    # -------------------------------------------------------------------------------------------- connecting

    def connect(self) -> FlextResult[FlextDbOracleApi]:
        """Open the first connection, so that a wrong address or password shows now. Not required: calls connect."""

        def run() -> FlextDbOracleApi:
            self._pool.open()
            return self

        return self._result(run)

    def close(self) -> None:
        """Close all connections. Uncommitted work is rolled back. A later call connects again."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One connection for several calls that raise. What is not committed when the block ends is rolled back."""
        with self._pool.connection() as connection:
            yield self._session_of(connection)

    @contextmanager
    def connection(self) -> Iterator[oracledb.Connection]:
        """The driver's own connection, for what a session does not offer. Rolled back like a session."""
        with self._pool.connection() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that is committed when the block ends and rolled back when it raises.

        Inside another `transaction` of the same thread it is a savepoint of that one: undone alone when it raises,
        committed with the outer one.
        """
        outer: Session | None = getattr(self._local, "session", None)
        if outer is not None:
            with outer.savepoint():
                yield outer
            return
        with self.session() as session:
            self._local.session = session
            try:
                yield session
            finally:
                self._local.session = None
            session.commit()

    def disconnect(self) -> FlextResult[None]:
        """`close`, as a result."""
        return self._result(self.close)

    def ping(self) -> FlextResult[float]:
        """The seconds of one round trip to the database."""
        return self.health().map(lambda health: health.latency)

    def health(self) -> FlextResult[Health]:
        """Ask the database who and where it is."""

        def run() -> Health:
            with self.session() as session:
                started = time.perf_counter()
                session.connection.ping()
                latency = time.perf_counter() - started
                database, user, schema = session.query(
                    "SELECT SYS_CONTEXT('USERENV', 'DB_NAME'), USER, SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual"
                ).rows[0]
                return Health(self.config.address, session.connection.version, database, user, schema, latency)

        return self._retried(lambda: FlextResult.ok(run()))

    def server_info(self) -> FlextResult[ServerInfo]:
        """Version, edition, character sets, container, time zones, limits, roles and privileges of this session."""
        return self._read(lambda session: read_server_info(session.connection, self.config.address))

    def server_version(self) -> FlextResult[tuple[int, ...]]:
        """`(19, 3, 0, 0, 0)`."""
        return self._read(lambda session: session.server_version)

    def current_schema(self) -> FlextResult[str]:
        """The schema of unqualified names."""
        return self._read(Session.current_schema)

    # -------------------------------------------------------------------------------------------- queries

    def execute_query(self, sql: str, params: Parameters = None) -> FlextResult[QueryResult]:
        """All rows of a query that fits in memory. NUMBER comes as int or Decimal, LOBs as str or bytes."""
        return self._read(lambda session: session.query(sql, params))

    def scalar(self, sql: str, params: Parameters = None) -> FlextResult[Any]:
        """The only value of a query of one row and one column."""
        return self._read(lambda session: session.query(sql, params).scalar())

    def explain(self, sql: str) -> FlextResult[str]:
        """The plan that the optimizer would use, as DBMS_XPLAN shows it. Nothing is executed, and binds need no values."""
        return self._read(lambda session: session.explain(sql))

    def batches(
        self, sql: str, params: Parameters = None, *, size: int | None = None
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Rows of a query of any size, one list per fetch. Holds a connection until exhausted or closed. Raises."""
        with self.session() as session, session.open_query(sql, params, arraysize=size) as opened:
            yield from opened.batches()

    def column_batches(
        self, sql: str, params: Parameters = None, *, size: int | None = None
    ) -> Iterator[dict[str, list[Any]]]:
        """Like `batches`, each as one list of values per column. Raises."""
        with self.session() as session, session.open_query(sql, params, arraysize=size) as opened:
            names = [column.name for column in opened.columns]
            for rows in opened.batches():
                yield dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))

    def stream(self, sql: str, params: Parameters = None, *, size: int | None = None) -> Iterator[tuple[Any, ...]]:
        """Rows of a query of any size, one by one. Holds a connection until exhausted or closed. Raises."""
        for batch in self.batches(sql, params, size=size):
            yield from batch

    def stream_records(
        self, sql: str, params: Parameters = None, *, size: int | None = None
    ) -> Iterator[dict[str, Any]]:
        """Like `stream`, each row as a dict by column name. Raises."""
        with self.session() as session, session.open_query(sql, params, arraysize=size) as opened:
            names = [column.name for column in opened.columns]
            for row in opened.rows():
                yield dict(zip(names, row, strict=True))

    def stream_lob(self, sql: str, params: Parameters = None, *, chunk_size: int = 1_000_000) -> Iterator[str | bytes]:
        """The one LOB that a query selects, piece by piece, for values too large for memory. Raises."""
        with self.session() as session:
            yield from session.read_lob(sql, params, chunk_size=chunk_size)

    def arrow_batches(self, sql: str, params: Parameters = None, *, size: int | None = None) -> Iterator[Any]:
        """A query of any size as pyarrow record batches with exact types (extra `arrow`). Raises."""
        with self.session() as session, session.open_query(sql, params, arraysize=size) as opened:
            yield from arrow_data.record_batches(opened)

    def arrow(self, sql: str, params: Parameters = None) -> FlextResult[Any]:
        """A query as one pyarrow Table with exact types (extra `arrow`)."""

        def work(session: Session) -> Any:
            with session.open_query(sql, params) as opened:
                schema = arrow_data.arrow_schema(opened.columns)
                return arrow_data.library().Table.from_batches(arrow_data.record_batches(opened), schema=schema)

        return self._read(work)

    # -------------------------------------------------------------------------------------------- statements

    def execute(self, sql: str, params: Parameters = None, *, idempotent: bool = False) -> FlextResult[int]:
        """Run INSERT, UPDATE, DELETE, MERGE or a PL/SQL block and commit; the number of rows changed.

        `idempotent` says that doing it twice is the same as once: then it is repeated after transient errors.
        """

        def run() -> FlextResult[int]:
            with self.transaction() as session:
                return FlextResult.ok(session.execute(sql, params))

        return self._retried(run) if idempotent else self._in_transaction(lambda session: session.execute(sql, params))

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any] | Mapping[str, Any]]) -> FlextResult[int]:
        """Run one statement for many rows with array binds and commit; the number of rows changed in all."""
        return self._in_transaction(lambda session: session.execute_many(sql, rows))

    def execute_ddl(self, ddl: str) -> FlextResult[None]:
        """Run one DDL statement, which Oracle commits by itself. A trailing `;` is dropped."""
        return self._in_session(lambda session: session.execute_ddl(ddl))

    def execute_script(self, text: str) -> FlextResult[int]:
        """Run a SQL*Plus script: statements end with `;`, PL/SQL with a line `/`. Commits at the end; how many ran."""
        return self._in_transaction(lambda session: len(session.execute_script(text)))

    def create_table(self, table: OracleTable, *, options: str = "", storage: bool = False) -> FlextResult[None]:
        """Create a table, with its keys, checks, indexes and comments, from its metadata; see `ddl` for the text alone.

        `storage` also makes its partitions, compression and tablespaces; `options` is SQL after the columns.
        """

        def work(session: Session) -> None:
            for statement in ddl.create_all(table, options=options, storage=storage):
                session.execute_ddl(statement)

        return self._in_session(work)

    def alter_table(self, wanted: OracleTable) -> FlextResult[list[str]]:
        """Let a table hold the rows of another of its name: new columns, wider types. Nothing is dropped.

        The statements that ran; none when the table was wide enough. See `ddl.evolve` for the text alone.
        """

        def work(session: Session) -> list[str]:
            statements = ddl.evolve(session.get_table(wanted.schema, wanted.name), wanted)
            for statement in statements:
                session.execute_ddl(statement)
            return statements

        return self._in_session(work)

    def merge(
        self,
        target: tuple[str | None, str],
        source: tuple[str | None, str] | str,
        *,
        keys: Sequence[str] | None = None,
        columns: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        update: bool = True,
        insert: bool = True,
    ) -> FlextResult[int]:
        """Upsert the rows of a table (schema, name) or of a query into a table by one MERGE, and commit.

        `keys` default to the target's key; NULL keys match NULL. When the source has several rows with one key, the
        last by `order_by` wins; without `order_by` that is a failure. The number of rows changed.
        """
        return self._in_transaction(
            lambda session: session.merge(
                target, source, keys=keys, columns=columns, order_by=order_by, update=update, insert=insert
            )
        )

    def swap(self, target: tuple[str | None, str], replacement: tuple[str | None, str]) -> FlextResult[int]:
        """Replace all rows of a table by those of another in one transaction, and commit; the number of new rows.

        Readers see the old rows until then. Grants, comments, indexes and views of the table stay as they are.
        """
        return self._in_transaction(lambda session: session.swap(target, replacement))

    def bulk_insert(
        self,
        schema: str | None = None,
        table: str = "",
        columns: Sequence[str] | None = None,
        values: Iterable[Sequence[Any]] | None = None,
        *,
        records: Iterable[Mapping[str, Any]] | None = None,
        arrow: Any = None,
        batch_size: int = 10_000,
        use_bulk_api: bool = True,
        direct_path: bool = False,
        parallel_degree: int = 1,
        on_error: Literal["raise", "reject"] = "raise",
        reject_limit: int | None = None,
    ) -> FlextResult[BulkResult]:
        """Insert rows (`columns` and `values`), dicts (`records`) or Arrow data (`arrow`) and commit, all or none.

        Names may be exact or in Singer's spelling. Values are Python objects or their JSON form. Without `columns`,
        records fill the keys of the first one. `use_bulk_api` sends arrays of rows; False sends row by row, to find a
        fault. `direct_path` asks for the driver's direct path load and `parallel_degree` for several sessions: both
        go through a private staging table and reach the table in one transaction, and the result's `fallback` says
        why when that is not possible.

        `on_error="reject"` leaves refused rows out and lists them with row number, code, column and reason, at most
        `reject_limit` of them if that is given; one more, and nothing is loaded.
        """
        limit = _reject_limit(on_error, reject_limit)

        def run() -> BulkResult:
            if not 1 <= parallel_degree <= self.config.pool_max:
                raise ValueError(
                    f"parallel_degree must be 1 to pool_max ({self.config.pool_max}), not {parallel_degree}"
                )
            names, rows = bulk_input.names_and_rows(columns, values, records, arrow)
            if not names:
                return BulkResult(0, 0, 0, 0.0)
            wanted = load_plan.Wanted(
                batch_size=batch_size,
                single=not use_bulk_api,
                direct=direct_path,
                parallel=parallel_degree,
                reject_limit=limit,
            )
            with ExitStack() as stack:
                sessions = [stack.enter_context(self.session()) for _ in range(parallel_degree)]
                target = sessions[0].get_table(schema, table)
                statement = bulk.make_insert(target.schema, target.name, bulk.match_columns(target, names))
                result = load_plan.load(sessions, target, statement, rows, wanted)
                self.observability.record(statement.sql, rows=result.inserted, elapsed=result.elapsed)
                return result

        return self._result(run)

    # -------------------------------------------------------------------------------------------- dictionary

    def get_schema_metadata(
        self,
        schema: str,
        *,
        tables: Iterable[str] | None = None,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] = (),
    ) -> FlextResult[OracleSchema]:
        """Tables, views, materialized views and synonyms of a schema that this user may see.

        `tables` are exact names; `include` and `exclude` are patterns (`SALES_*`). `notes` of the result say what
        could not be seen and which GRANT shows it.
        """
        return self._read(lambda session: session.get_schema(schema, tables=tables, include=include, exclude=exclude))

    def iter_tables(
        self, schema: str, *, include: Iterable[str] | None = None, exclude: Iterable[str] = ()
    ) -> Iterator[OracleTable]:
        """Like `get_schema_metadata`, table by table, for schemas too large for memory. Raises."""
        with self.session() as session:
            yield from session.iter_tables(schema, include=include, exclude=exclude)

    def get_table_metadata(self, schema: str | None, table: str) -> FlextResult[OracleTable]:
        """One table by its exact or Singer name; a failure if there is none."""
        return self._read(lambda session: session.get_table(schema, table, details=True))

    def table_exists(self, schema: str | None, table: str) -> FlextResult[bool]:
        """Whether there is such a table or view, by its exact name, else its Singer name.

        A synonym is no table: the answer is False, with a hint that says what the synonym stands for.
        """

        def run() -> FlextResult[bool]:
            with self.session() as session:
                if session.table_exists(schema, table):
                    return FlextResult.ok(True)
                synonym = session.find_synonym(schema, table)
                if synonym is None:
                    return FlextResult.ok(False)
                target = ".".join(part for part in (synonym.target_schema, synonym.target_name) if part)
                return FlextResult.ok(False, hint=f"{synonym.schema}.{synonym.name} is a synonym of {target}")

        return self._retried(run)

    def partitions(
        self,
        schema: str | None,
        table: str,
        number: int,
        *,
        by: str | None = None,
        scn: int | Literal["now"] | None = "now",
    ) -> FlextResult[list[TablePartition]]:
        """A table cut into at most `number` ranges that sessions, threads or processes can read on their own.

        By ROWID, or by the column `by` (exact name). All ranges carry one SCN: the current one, a given one, or None
        for none. `part.query()` gives SQL and binds, `part.to_dict()` what another process needs.
        """

        def work(session: Session) -> list[TablePartition]:
            found = session.get_table(schema, table)
            fixed = partitions.current_scn(session.connection) if scn == "now" else scn
            return partitions.cut(session.connection, found, number, by=by, scn=fixed)

        return self._read(work)

    # -------------------------------------------------------------------------------------------- results

    def _read(self, work: Callable[[Session], T]) -> FlextResult[T]:
        """Work that only reads: repeated on a new session when an error is transient."""

        def run() -> FlextResult[T]:
            with self._pool.connection(retry=False) as connection:
                return FlextResult.ok(work(self._session_of(connection)))

        return self._retried(run)

    def _retried(self, run: Callable[[], FlextResult[T]]) -> FlextResult[T]:
        config = self.config
        done = self._result(lambda: retried(run, attempts=config.retry_attempts, deadline=config.retry_deadline))
        return done.flat_map(lambda inner: inner)

    def _session_of(self, connection: oracledb.Connection) -> Session:
        return Session(
            connection,
            arraysize=self.config.arraysize,
            prefetchrows=self.config.prefetchrows,
            audit=self.observability,
        )

    def _in_session(self, work: Callable[[Session], T]) -> FlextResult[T]:
        def run() -> T:
            with self.session() as session:
                return work(session)

        return self._result(run)

    def _in_transaction(self, work: Callable[[Session], T]) -> FlextResult[T]:
        def run() -> T:
            with self.transaction() as session:
                return work(session)

        return self._result(run)

    def _result(self, run: Callable[[], T]) -> FlextResult[T]:
        """The one place where an exception becomes a failure. What is neither Oracle's nor the caller's passes."""
        try:
            return FlextResult.ok(run())
        except (oracledb.Error, ValueError, TypeError) as exc:
            told = explain(exc, self.config.secrets)
            return FlextResult.fail(told.message, error_code=told.code, hint=told.hint, exception=exc)


def _reject_limit(on_error: str, reject_limit: int | None) -> int | None:
    if on_error not in {"raise", "reject"}:
        raise ValueError(f"on_error must be 'raise' or 'reject', not {on_error!r}")
    if on_error == "reject":
        return reject_limit
    return reject_limit or 0
