"""Session: one connection and its transaction. Raises; `api` turns that into results.

A tap or a target that holds a connection for longer than a call works with a session. Nothing is committed unless
`commit` is called (or DDL is executed, which Oracle commits by itself); leaving `ConnectionPool.connection` rolls back.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import oracledb

from flext_db_oracle import bulk, dictionary, frames, merge, query, script
from flext_db_oracle.audit import Observability, missing_grant
from flext_db_oracle.bulk import BulkResult, InsertStatement
from flext_db_oracle.errors import ErrorKind, ObjectNotFoundError, explain
from flext_db_oracle.frames import Frame
from flext_db_oracle.identifiers import qualify
from flext_db_oracle.metadata import OracleSchema, OracleSynonym, OracleTable
from flext_db_oracle.query import OpenQuery, Parameters, QueryColumn, QueryResult, Row, first_word
from flext_db_oracle.script import ScriptStatement

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

    @contextmanager
    def open_batches(self, sql: str, params: Parameters = None, *, size: int) -> Iterator[Iterator[list[Row] | Frame]]:
        """Batches of `size` rows for JSON lines: frames of the driver's Arrow data where that is exact, else tuples."""
        with self._audited(sql):
            fetched = frames.fetch_frames(self.connection, sql, params, size=size)
            if fetched is not None:
                yield fetched
                return
            with query.open_query(
                self.connection, sql, params, arraysize=size, prefetchrows=self._prefetchrows
            ) as opened:
                yield opened.batches()

    def read_lob(self, sql: str, params: Parameters = None, *, chunk_size: int = 1_000_000) -> Iterator[str | bytes]:
        """The one LOB that a query selects, in pieces of about `chunk_size` characters or bytes; nothing for NULL.

        For values that should not be in memory as a whole. Everywhere else LOBs come as str or bytes in their row.
        """
        query.require_query(sql)
        with self._audited(sql), self.connection.cursor() as cursor:
            cursor.outputtypehandler = query.as_the_driver_does
            cursor.execute(sql, query.driver_params(params))
            rows = cursor.fetchmany(2)
            if len(rows) != 1 or len(rows[0]) != 1:
                raise ValueError("read_lob needs a query of one row with one column")
            lob = rows[0][0]
            if lob is None:
                return
            if not isinstance(lob, oracledb.LOB):
                yield lob  # VARCHAR2 or RAW: short anyway
                return
            yield from lob_pieces(lob, chunk_size)

    def explain(self, sql: str) -> str:
        """The plan that the optimizer would use, as DBMS_XPLAN shows it. The statement is not executed.

        Bind variables need no values: Oracle explains without them, and takes them for text.
        """
        name = f"flext_{secrets.token_hex(8)}"
        with self.connection.cursor() as cursor:
            cursor.prepare(f"EXPLAIN PLAN SET STATEMENT_ID = '{name}' FOR {strip_terminator(sql)}")
            cursor.execute(None, dict.fromkeys(cursor.bindnames()))
        shown = self.query("SELECT plan_table_output FROM TABLE(DBMS_XPLAN.DISPLAY(NULL, :name))", {"name": name})
        return "\n".join(str(row[0] or "") for row in shown.rows)

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

    def execute_script(self, text: str) -> list[tuple[ScriptStatement, int]]:
        """Run a script of statements that end with `;`, and PL/SQL that ends with a line `/`; rows changed by each.

        Queries are run and their rows left. The first error stops the script; its note names the line.
        """
        done = []
        for statement in list(script.split(text)):
            try:
                if statement.is_query:
                    done.append((statement, self.query(statement.sql).row_count))
                else:
                    done.append((statement, self.execute(statement.sql)))
            except oracledb.Error as exc:
                exc.add_note(f"in the statement at line {statement.line} of the script")
                raise
        return done

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
    ) -> int:
        """Upsert the rows of a table (schema, name) or a query into a table, by key; the number of rows changed.

        See `merge.make_merge`. Raises ValueError when the source has a key twice and no `order_by` says which row wins.
        """
        goal = self.get_table(*target)
        if isinstance(source, str):
            text, found = f"(\n{source}\n)", [column.name for column in self.describe_query(source)]
        else:
            table = self.get_table(*source)
            text, found = qualify(table.schema, table.name), [column.name for column in table.columns]
        statement = merge.make_merge(
            goal, text, columns or found, keys=keys, order_by=order_by, update=update, insert=insert
        )
        if statement.duplicates is not None:
            for row in self.query(statement.duplicates).rows:
                key = ", ".join(f"{name}={value}" for name, value in zip(statement.keys, row[:-1], strict=True))
                raise ValueError(f"the source has {row[-1]} rows with {key}: give order_by to say which one wins")
        return self.execute(statement.sql)

    def swap(self, target: tuple[str | None, str], replacement: tuple[str | None, str]) -> int:
        """Replace all rows of a table by those of another; the number of new rows.

        In the transaction of the session: readers see the old rows until the commit, and grants, comments, indexes,
        constraints and views of the table stay as they are. Needs undo space for the old rows.
        """
        goal, new = self.get_table(*target), self.get_table(*replacement)
        counts = [self.execute(statement) for statement in merge.swap_statements(goal, new)]
        return counts[-1]

    def commit(self) -> None:
        self.connection.commit()

    def rollback(self) -> None:
        self.connection.rollback()

    @contextmanager
    def savepoint(self) -> Iterator[Session]:
        """A part of the transaction that is undone alone when the block raises. Savepoints may be nested."""
        self._depth += 1
        name = f"FLEXT_{self._depth}"
        with self.connection.cursor() as cursor:
            cursor.execute(f"SAVEPOINT {name}")
        try:
            yield self
        except BaseException:
            # A lost connection has undone everything; that must not hide why.
            with suppress(oracledb.Error), self.connection.cursor() as cursor:
                cursor.execute(f"ROLLBACK TO SAVEPOINT {name}")
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
            result = bulk.load(self.connection, statement, rows, batch_size=batch_size, reject_limit=reject_limit)
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
            name = f"{schema}.{table}" if schema else table
            user = (self.connection.username or "this user").upper()
            raise ObjectNotFoundError(
                f"table {name} does not exist or {user} has no privilege on it. "
                f"Hint: check schema and name; if it exists: GRANT SELECT ON {name} TO {user}"
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
            told = explain(exc)
            if told.kind in {ErrorKind.NOT_FOUND, ErrorKind.PERMISSION} and told.code != "ORA-00904":  # a column's name
                grant = missing_grant(sql, self.connection.username)
                if grant is not None:
                    exc.add_note(grant)
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


def lob_pieces(lob: oracledb.LOB, chunk_size: int) -> Iterator[str | bytes]:
    """The content of a LOB in pieces of about `chunk_size` characters or bytes.

    A character LOB is measured in UTF-16 units; a piece must not end between the two of one character.
    """
    offset, size = 1, lob.size()
    while offset <= size:
        piece: str | bytes
        try:
            piece = lob.read(offset, chunk_size)
            if isinstance(piece, str) and "\ud800" <= piece[-1:] <= "\udbff":
                raise UnicodeError
        except UnicodeError:
            piece = lob.read(offset, chunk_size + 1)
        if not piece:
            return
        offset += len(piece) if isinstance(piece, bytes) else len(piece.encode("utf-16-le")) // 2
        yield piece
