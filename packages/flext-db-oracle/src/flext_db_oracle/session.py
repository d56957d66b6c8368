"""Session: one connection and its transaction. Raises; `api` turns that into results.

A tap or a target that holds a connection for longer than a call works with a session. Nothing is committed unless
`commit` is called (or DDL is executed, which Oracle commits by itself); leaving `ConnectionPool.connection` rolls back.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import oracledb

from flext_db_oracle import bulk, dictionary, query
from flext_db_oracle.audit import Observability
from flext_db_oracle.bulk import BulkResult, InsertStatement
from flext_db_oracle.errors import ObjectNotFoundError
from flext_db_oracle.metadata import OracleSchema, OracleSynonym, OracleTable
from flext_db_oracle.query import OpenQuery, Parameters, QueryColumn, QueryResult, first_word

_PLSQL_UNIT = re.compile(
    r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:NON)?EDITIONABLE\s+)?"
    r"(?:FUNCTION|PROCEDURE|PACKAGE|TRIGGER|TYPE\s+BODY|TYPE|LIBRARY|JAVA)\b",
    re.IGNORECASE,
)


class Session:
    def __init__(
        self,
        connection: oracledb.Connection,
        *,
        arraysize: int = 1000,
        prefetchrows: int | None = None,
        audit: Observability | None = None,
    ) -> None:
        self.connection = connection
        self._arraysize = arraysize
        self._prefetchrows = prefetchrows
        self._audit = audit or Observability(connection.username or "")
        self._depth = 0

    # -------------------------------------------------------------------------------------------- queries

    def query(self, sql: str, params: Parameters = None) -> QueryResult:
        """All rows of a query that fits in memory."""
        with self._audited(sql) as done:
            result = query.run_query(
                self.connection, sql, params, arraysize=self._arraysize, prefetchrows=self._prefetchrows
            )
            done.update(rows=result.row_count, columns=result.columns, sample=result.rows)
        return result

    @contextmanager
    def open_query(self, sql: str, params: Parameters = None, *, arraysize: int | None = None) -> Iterator[OpenQuery]:
        """An open cursor: `columns`, then `batches()` or `rows()`."""
        with (
            self._audited(sql),
            query.open_query(
                self.connection,
                sql,
                params,
                arraysize=arraysize or self._arraysize,
                prefetchrows=self._prefetchrows,
            ) as opened,
        ):
            yield opened

    def describe_query(self, sql: str) -> tuple[QueryColumn, ...]:
        return query.describe_query(self.connection, sql)

    # -------------------------------------------------------------------------------------------- statements

    def execute(self, sql: str, params: Parameters = None) -> int:
        """Run INSERT, UPDATE, DELETE, MERGE or a PL/SQL block; the number of rows it changed."""
        with self._audited(sql) as done, self.connection.cursor() as cursor:
            cursor.execute(sql, query.driver_params(params))
            done["rows"] = max(cursor.rowcount, 0)
            return int(done["rows"])

    def execute_many(
        self,
        sql: str,
        rows: Sequence[Sequence[Any] | Mapping[str, Any]],
        *,
        input_types: Sequence[oracledb.DbType | None] | None = None,
    ) -> int:
        """Run one statement for many rows in one round trip; the number of rows it changed in all."""
        if not rows:
            return 0
        with self._audited(sql) as done, self.connection.cursor() as cursor:
            if input_types is not None:
                cursor.setinputsizes(*input_types)
            cursor.executemany(sql, list(rows))
            done["rows"] = max(cursor.rowcount, 0)
            return int(done["rows"])

    def execute_ddl(self, sql: str) -> None:
        """Run one DDL statement. Oracle commits before and after it. One trailing `;` is dropped, except in PL/SQL."""
        statement = strip_terminator(sql)
        with self._audited(statement), self.connection.cursor() as cursor:
            cursor.execute(statement)

    def commit(self) -> None:
        self.connection.commit()

    def rollback(self) -> None:
        self.connection.rollback()

    @contextmanager
    def savepoint(self) -> Iterator[Session]:
        """A part of the transaction that is undone alone when the block raises. Savepoints may be nested."""
        self._depth += 1
        name = f"FLEXT_{self._depth}"
        self.connection.cursor().execute(f"SAVEPOINT {name}")
        try:
            yield self
        except BaseException:
            with suppress(oracledb.Error):  # a lost connection has undone everything; it must not hide why
                self.connection.cursor().execute(f"ROLLBACK TO SAVEPOINT {name}")
            raise
        finally:
            self._depth -= 1

    # -------------------------------------------------------------------------------------------- bulk load

    def insert_rows(
        self,
        statement: InsertStatement,
        rows: Iterable[Sequence[Any]],
        *,
        batch_size: int = 10_000,
        reject_limit: int | None = 0,
    ) -> BulkResult:
        """Load rows with a statement of `bulk.make_insert`. `BulkError` when more rows are refused than allowed."""
        with self._audited(statement.sql) as done:
            result = bulk.load([self.connection], statement, rows, batch_size=batch_size, reject_limit=reject_limit)
            done["rows"] = result.inserted
        return result

    # -------------------------------------------------------------------------------------------- dictionary

    def get_schema(
        self,
        schema: str,
        *,
        tables: Iterable[str] | None = None,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] = (),
    ) -> OracleSchema:
        """Metadata of a schema by its exact or Singer name; of `tables` only (exact names), or by patterns."""
        owner = dictionary.resolve_schema(self.connection, schema)
        return dictionary.read_schema(self.connection, owner, tables=tables, include=include, exclude=exclude)

    def iter_tables(
        self, schema: str, *, include: Iterable[str] | None = None, exclude: Iterable[str] = ()
    ) -> Iterator[OracleTable]:
        """Metadata of a schema of any size, table by table, in bounded memory."""
        owner = dictionary.resolve_schema(self.connection, schema)
        return dictionary.iter_tables(self.connection, owner, include=include, exclude=exclude)

    def find_table(self, schema: str | None, table: str, *, details: bool = False) -> OracleTable | None:
        """Metadata of one table by its exact or Singer name, None if there is none.

        `details` adds foreign keys, index expressions, partitions and the real size.
        """
        owner = self.current_schema() if schema is None else dictionary.resolve_schema(self.connection, schema)
        name = dictionary.resolve_table(self.connection, owner, table)
        return None if name is None else dictionary.read_table(self.connection, owner, name, details=details)

    def get_table(self, schema: str | None, table: str, *, details: bool = False) -> OracleTable:
        """Like `find_table`; `ObjectNotFoundError` if there is none."""
        found = self.find_table(schema, table, details=details)
        if found is None:
            raise ObjectNotFoundError(
                f"table {f'{schema}.' if schema else ''}{table} does not exist or this user has no privilege on it. "
                "Hint: check schema and name, or GRANT SELECT"
            )
        return found

    def table_exists(self, schema: str | None, table: str) -> bool:
        try:
            owner = self.current_schema() if schema is None else dictionary.resolve_schema(self.connection, schema)
        except ObjectNotFoundError:
            return False
        return dictionary.resolve_table(self.connection, owner, table) is not None

    def find_synonym(self, schema: str | None, name: str) -> OracleSynonym | None:
        """The private synonym of this exact or Singer name, else the public one."""
        try:
            owner = self.current_schema() if schema is None else dictionary.resolve_schema(self.connection, schema)
        except ObjectNotFoundError:
            return None
        return dictionary.resolve_synonym(self.connection, owner, name)

    def current_schema(self) -> str:
        """The schema of unqualified names, asked of the database: it need not be the user's."""
        return str(self.query("SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual").scalar())

    @property
    def server_version(self) -> tuple[int, ...]:
        """`(19, 3, 0, 0, 0)`."""
        return tuple(int(part) for part in self.connection.version.split("."))

    @contextmanager
    def _audited(self, sql: str) -> Iterator[dict[str, Any]]:
        done: dict[str, Any] = {"rows": 0}
        started = time.perf_counter()
        try:
            yield done
        except oracledb.Error as exc:
            self._audit.record(sql, rows=0, elapsed=time.perf_counter() - started, error=str(exc).splitlines()[0])
            raise
        self._audit.record(sql, elapsed=time.perf_counter() - started, **done)


def strip_terminator(sql: str) -> str:
    """Drop one trailing `;` (or SQL*Plus `/`), which is not part of a statement, but keep the `;` that ends PL/SQL."""
    text = sql.strip()
    if text.endswith("/") and text[:-1].rstrip(" \t").endswith("\n"):
        text = text[:-1].rstrip()
    if text.endswith(";") and first_word(text) not in {"BEGIN", "DECLARE"} and not _PLSQL_UNIT.match(text):
        text = text[:-1].rstrip()
    return text
