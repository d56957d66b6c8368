"""What the wire side asks of the database side, and nothing about how either works.

`session.py` (the wire) parses requests and calls a `Session`; `backend/postgres.py` implements it. Scalar values cross in
Oracle's own internal representation, without a length prefix (`bytes`, or `None` for NULL): NUMBER in base 100, DATE in
7 bytes, TIMESTAMP in 11, TIMESTAMP WITH TIME ZONE in 13, character data in UTF-8 (UTF-16BE when `csfrm` is 2), ROWID and
UROWID as their text in ASCII, JSON as its text in UTF-8, BOOLEAN as one byte 0/1 (`ttc/codecs` makes and reads them). So
a fetched value goes to the socket without a Python object for it. LOBs cross as `Lob`, cursors as `ResultSet`,
PL/SQL index-by tables as lists of values.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

CSFRM_NONE = 0
CSFRM_DATABASE = 1
CSFRM_NATIONAL = 2


class OracleType(enum.IntEnum):
    """Type numbers as they travel on the wire (python-oracledb: `ORA_TYPE_NUM_*`)."""

    VARCHAR = 1
    NUMBER = 2
    BINARY_INTEGER = 3
    LONG = 8
    ROWID = 11
    DATE = 12
    RAW = 23
    LONG_RAW = 24
    CHAR = 96
    BINARY_FLOAT = 100
    BINARY_DOUBLE = 101
    CURSOR = 102
    OBJECT = 109
    CLOB = 112
    BLOB = 113
    BFILE = 114
    JSON = 119
    VECTOR = 127
    TIMESTAMP = 180
    TIMESTAMP_TZ = 181
    INTERVAL_YM = 182
    INTERVAL_DS = 183
    UROWID = 208
    TIMESTAMP_LTZ = 231
    BOOLEAN = 252


class StatementType(enum.IntEnum):
    """The SQL type of the ERROR message (tns-protocol 10.9 field 9)."""

    UNKNOWN = 0
    CREATE_TABLE = 1
    INSERT = 2
    SELECT = 3
    UPDATE = 6
    DELETE = 7
    DROP_TABLE = 12
    PLSQL = 47
    MERGE = 189


@dataclass(frozen=True, slots=True)
class ObjectValue:
    """An object or a collection: its JSON document (see `sql.user_types`), and the PostgreSQL domain of its type."""

    domain: str
    document: str
    image: Callable[[Callable[[Lob], bytes]], bytes] | None = None  # for a client, whose locators a function registers
    type_oid: bytes = b""


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One described column. `size` is in bytes, `char_size` in characters (0 unless a character type).

    `precision`/`scale` follow Oracle's describe: bare NUMBER is (0, -127), FLOAT(b) is (b, -127), INTERVAL DAY(p) TO
    SECOND(s) is (p, s), TIMESTAMP(s) is (0, s).
    """

    name: str
    type: OracleType
    size: int
    precision: int = 0
    scale: int = 0
    char_size: int = 0
    csfrm: int = CSFRM_NONE
    nullable: bool = True
    type_schema: str = ""
    type_name: str = ""
    is_json: bool = False
    vector_dimensions: int | None = None  # None: any
    vector_format: int = 0  # 0: any
    is_sparse: bool = False
    type_oid: bytes = b""  # of an object or collection

    @property
    def is_xml(self) -> bool:
        """SYS.XMLTYPE: an object that travels as its text. Its values are UTF-8 bytes."""
        return self.type is OracleType.OBJECT and (self.type_schema, self.type_name) == ("SYS", "XMLTYPE")


@dataclass(frozen=True, slots=True)
class BindInfo:
    """Metadata of one bind. `max_elements` > 0 or `is_array` marks a PL/SQL index-by table."""

    type: OracleType
    size: int = 0
    csfrm: int = CSFRM_NONE
    is_array: bool = False
    max_elements: int = 0
    type_oid: bytes = b""  # of an object or collection
    domain: str = ""  # that of the type, once it is known


@dataclass(slots=True)
class Lob:
    """A LOB's content: `str` for CLOB and NCLOB, `bytes` for BLOB.

    `source` is the backend's handle of the stored column the content came from (None for a temporary LOB);
    `Session.write_lob` stores a changed `data` there.
    """

    type: OracleType
    data: str | bytes
    csfrm: int = CSFRM_NONE
    source: object | None = None


class BindDirection(enum.IntEnum):
    OUT = 16
    IN = 32
    IN_OUT = 48


class ResultSet(Protocol):
    """An open query. Rows are tuples in column order, encoded as the module docstring says."""

    columns: Sequence[ColumnInfo]

    async def fetch(self, rows: int) -> tuple[list[tuple[Any, ...]], bool]:
        """Return up to `rows` rows and whether the result is exhausted. Raises OracleError."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ExecuteRequest:
    """One call. `rows` has one tuple per iteration (RETURNING binds are left out of it, in bind order otherwise).

    `iterations` counts when there are no binds. `return_positions` are the indexes into `binds` of the binds after
    RETURNING .. INTO.
    """

    sql: str
    binds: Sequence[BindInfo] = ()
    rows: Sequence[tuple[Any, ...]] = ()
    iterations: int = 1
    return_positions: Sequence[int] = ()
    commit: bool = False
    batch_errors: bool = False
    row_counts: bool = False
    scrollable: bool = False


@dataclass(frozen=True, slots=True)
class BatchError:
    offset: int
    code: int
    message: str


@dataclass(slots=True)
class ExecuteResult:
    """What one call gave.

    PL/SQL: `directions` has one entry per bind and `out_values` one tuple per iteration holding the values of the binds
    that are not IN, in bind order. DML RETURNING: `returned[iteration][return bind]` is the list of values.
    """

    statement_type: StatementType
    row_count: int = 0
    result_set: ResultSet | None = None
    last_rowid: bytes | None = None
    returned: list[list[list[Any]]] = field(default_factory=list)
    directions: list[BindDirection] = field(default_factory=list)
    out_values: list[tuple[Any, ...]] = field(default_factory=list)
    implicit_results: list[ResultSet] = field(default_factory=list)
    batch_errors: list[BatchError] = field(default_factory=list)
    row_counts: list[int] = field(default_factory=list)
    compile_warning: bool = False


class DirectPathLoad(Protocol):
    """A running direct path load into private staging; rows become visible at `finish`, which commits."""

    columns: Sequence[ColumnInfo]

    async def load(self, rows: Sequence[tuple[Any, ...]]) -> None: ...

    async def finish(self) -> None: ...

    async def abort(self) -> None: ...


@dataclass(slots=True)
class SessionStatistics:
    """What V$SESSTAT shows of a session; the wire counts."""

    round_trips: int = 0
    parses: int = 0
    executions: int = 0
    commits: int = 0
    rollbacks: int = 0


class Session(Protocol):
    """One Oracle session. Calls are made one at a time; only `cancel` may come while another one runs."""

    statistics: SessionStatistics
    session_id: int
    serial: int
    user: str
    current_schema: str

    @property
    def transaction_in_progress(self) -> bool: ...

    async def describe(self, sql: str, binds: Sequence[BindInfo] = ()) -> Sequence[ColumnInfo]:
        """Parse only. Columns of a query, else (). Raises OracleError with the offset of the mistake."""
        ...

    async def execute(self, request: ExecuteRequest) -> ExecuteResult: ...

    async def commit(self) -> None: ...

    async def rollback(self) -> None: ...

    async def ping(self) -> None:
        """Raises what ended the session, if something did."""
        ...

    async def cancel(self) -> None:
        """Stop the running call: it then raises ORA-01013."""
        ...

    def object_bind(self, bind: BindInfo) -> BindInfo:
        """The bind of an object or collection with its domain. Raises ORA-03001 for a type that there is not."""
        ...

    def object_value(self, bind: BindInfo, image: bytes, find_lob: Callable[[bytes], Lob]) -> ObjectValue:
        """The value of such a bind."""
        ...

    async def write_lob(self, lob: Lob) -> None: ...

    async def direct_path(self, schema: str, table: str, columns: Sequence[str]) -> DirectPathLoad: ...

    async def set_current_schema(self, name: str) -> None: ...

    async def set_attributes(self, attributes: dict[str, str | None]) -> None:
        """End-to-end attributes: `client_identifier`, `module`, `action`, `client_info`, `dbop`."""
        ...

    async def set_context(self, namespace: str, attributes: dict[str, str] | None) -> None:
        """Set attributes of an application context; None clears it. Raises ORA-28267 for a namespace that is not there."""
        ...

    async def change_password(self, new_password: str) -> None: ...

    async def close(self) -> None:
        """Roll back and release."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """What logon needs of a user. `password` never leaves the process and has no place in a repr."""

    name: str
    password: str = field(repr=False)
    locked: bool = False
    expired: bool = False


class Backend(Protocol):
    """The database: opened once per server."""

    version: tuple[int, int, int, int, int]
    database_name: str
    instance_name: str

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def account(self, user: str) -> Account | None:
        """`user` is already folded to upper case unless it was quoted."""
        ...

    async def may_proxy(self, proxy: str, client: str) -> bool:
        """Whether `client` was altered to GRANT CONNECT THROUGH `proxy`."""
        ...

    async def open_session(
        self, user: str, *, client: dict[str, str], context: Sequence[tuple[str, str, str]] = ()
    ) -> Session:
        """`client` holds program, machine, terminal, osuser, driver, proxy_user and the like, for V$SESSION.

        `context` has namespace, attribute and value of an application context.

        Raises OracleError 1045 without CREATE SESSION.
        """
        ...
