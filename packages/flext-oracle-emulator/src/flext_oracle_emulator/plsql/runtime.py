"""What the interpreter asks of the database: the seam between `plsql/` and `backend/`.

Values cross as everywhere in the emulator: Oracle's internal bytes, `Lob` for LOBs, None for NULL, always next to the
PostgreSQL type name of `backend/pgtypes.py`. The runtime makes every statement atomic by itself, and the whole call too: when
`run_block` raises, what the block changed since its last COMMIT or ROLLBACK is undone.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..backend.base import ColumnInfo, Lob, ObjectValue, ResultSet
from ..sql import ast as sql
from ..sql.user_types import UserType
from .lob_values import UNLOCKED, with_source
from .values import decode

Data = bytes | Lob | ObjectValue | None


@dataclass(frozen=True, slots=True)
class Input:
    pg_type: str
    data: Data


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """`stored`: a table's column as it is, so that its LOBs belong to a row."""

    name: str
    pg_type: str
    stored: bool = False
    info: ColumnInfo | None = None


def decode_column(column: ResultColumn, data: Any) -> Any:
    """A value of a result. LOBs of rows that are not locked can be read only."""
    if isinstance(data, ObjectValue):
        return data
    if isinstance(data, Lob) and data.source is None and column.stored:
        return with_source(data.data, UNLOCKED, data.csfrm)
    return decode(column.pg_type, data)


@dataclass(frozen=True, slots=True)
class SqlRequest:
    """A SQL statement with its values.

    `binds[i]` belongs to the Bind of index i in the tree. Indexes from `len(binds)` on are those of RETURNING .. INTO.
    `variables` are the PL/SQL variables that the statement may mean by an unqualified name; a column of that name wins.
    `row_types` describes those among them that are collections of packages' types.
    `key` tells statements apart whose trees differ, so that translations can be cached by it and the types. `owner` is the
    definer of the stored unit that runs, whose names and privileges count; None: the session's own.
    """

    statement: sql.Statement
    key: Hashable
    binds: Sequence[Input] = ()
    variables: Mapping[str, Input] = field(default_factory=dict)
    owner: str | None = None
    row_types: Mapping[str, UserType] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SqlResult:
    """`rows` are those of RETURNING, in the order of its expressions."""

    row_count: int = 0
    columns: Sequence[ResultColumn] = ()
    rows: Sequence[tuple[Any, ...]] = ()


class QueryCursor(Protocol):
    """An open query."""

    columns: Sequence[ResultColumn]

    async def fetch(self, rows: int) -> Sequence[tuple[Any, ...]]:
        """Return up to `rows` rows; fewer only at the end."""
        ...

    async def close(self) -> None: ...

    def result_set(self, unread: Sequence[tuple[Any, ...]] = ()) -> ResultSet:
        """Give the rest of the rows to the client, as the value of a REF CURSOR bind or an implicit result.

        `unread` are rows that were fetched but not used.
        """
        ...


@dataclass(frozen=True, slots=True)
class StoredUnit:
    """`source` begins with PROCEDURE, FUNCTION or PACKAGE; `kind` is PROCEDURE, FUNCTION, PACKAGE or PACKAGE BODY."""

    owner: str
    name: str
    kind: str
    source: str


class Runtime(Protocol):
    version: int
    user: str

    @property
    def generation(self) -> int:
        """A number that changes with every change of the dictionary."""
        ...

    # -- SQL

    def compile(self, request: SqlRequest) -> None:
        """Translate without executing. Data of the inputs is None. Raises OracleError."""
        ...

    async def describe(self, request: SqlRequest) -> Sequence[ResultColumn]:
        """The columns of a query. Data of the inputs is None. Raises OracleError."""
        ...

    async def execute(self, request: SqlRequest) -> SqlResult:
        """Anything but a query: DML, transaction control, DDL, session control."""
        ...

    async def execute_many(
        self, requests: Sequence[SqlRequest], *, save_exceptions: bool
    ) -> tuple[Sequence[int], Sequence[tuple[int, int]]] | None:
        """Executions of one DML statement: the rows that each changed, and (position, ORA code) of those that failed.

        None: they have to be executed one by one. Raises ArrayDmlError at the first failure unless exceptions are saved.
        """
        ...

    async def open_query(self, request: SqlRequest) -> QueryCursor: ...

    def autonomous(self) -> AbstractAsyncContextManager[Runtime]:
        """A transaction of its own for PRAGMA AUTONOMOUS_TRANSACTION; ORA-06519 if it is left open."""
        ...

    # -- dictionary

    def relation_columns(self, name: tuple[str, ...], owner: str | None) -> Sequence[tuple[str, sql.TypeName]] | None:
        """Columns of a table or view for %TYPE and %ROWTYPE; None if there is no such relation."""
        ...

    def find_unit(self, name: tuple[str, ...], kinds: Sequence[str], owner: str | None) -> StoredUnit | None:
        """A stored unit by name, through synonyms, if the user may execute it."""
        ...

    def may_use(self, package: str, owner: str | None) -> bool:
        """Whether the user may execute a supplied package."""
        ...

    def user_type(self, name: tuple[str, ...], owner: str | None) -> UserType | None:
        """An object or collection type by name, if the user may use it."""
        ...

    def type_of_domain(self, domain: str) -> UserType | None: ...

    def attribute_type(self, type_: UserType, attribute: sql.TypeName) -> UserType | None:
        """The type of an attribute or element, if it is no built-in one."""
        ...

    def shape_of(self, type_: UserType) -> tuple[bytes, bytes]:
        """The OID and the descriptor (TDS) of a type."""
        ...

    @property
    def regions(self) -> Sequence[str]:
        """The names of the time zone regions by index."""
        ...

    def is_sequence(self, name: tuple[str, ...], owner: str | None) -> bool: ...

    def is_sql_function(self, name: str) -> bool:
        """Whether SQL knows a built-in function (or niladic one, such as SYSDATE) of this name."""
        ...

    # -- session and administration: what supplied packages do

    async def set_attributes(self, attributes: Mapping[str, str | None]) -> None:
        """`client_identifier`, `module`, `action`, `client_info`."""
        ...

    def attribute(self, name: str) -> str | None: ...

    async def sleep(self, seconds: float) -> None: ...

    async def current_scn(self) -> int: ...

    async def transaction_id(self, *, create: bool) -> int | None:
        """The number of the transaction that has changed something, or is to; None if there is none."""
        ...

    async def refresh_materialized_view(self, name: str, method: str | None) -> None:
        """`name` as the caller wrote it: [schema.]name, quoted or not."""
        ...

    async def gather_statistics(self, owner: str | None, table: str | None) -> None:
        """ANALYZE one table, all of a schema, or all the user has."""
        ...

    async def get_ddl(self, kind: str, name: str, schema: str | None, parameters: Mapping[str, bool]) -> str:
        """DBMS_METADATA.GET_DDL. Names are as the dictionary has them."""
        ...

    async def parallel_task(self, action: str, *arguments: Any, **options: Any) -> None:
        """One of the procedures of `backend/ddl/parallel.py`, in a transaction of its own."""
        ...

    async def parallel_status(self, task: str) -> int: ...

    async def parallel_chunks(self, task: str) -> Sequence[tuple[Any, ...]]:
        """(id, start, end, by rowid) of the chunks that wait."""
        ...

    async def write_lob(self, lob: Lob) -> None:
        """Store the content of a LOB in the row it came from."""
        ...

    async def change_statistics(self, action: str, owner: str | None, table: str | None) -> None:
        """`delete_table`, `lock_table`, `unlock_table`, or only `check_table`."""
        ...

    def return_result(self, cursor: QueryCursor, unread: Sequence[tuple[Any, ...]] = ()) -> None:
        """DBMS_SQL.RETURN_RESULT: an implicit result."""
        ...
