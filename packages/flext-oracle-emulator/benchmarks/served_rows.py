"""A server for benchmarks of clients, so cheap that it is not what is measured. It is no database: what is loaded is lost.

    with ServedRows(table="bench", rows=1_000_000, sink="t", users={"bench": "bench"}) as server: ...

It is the emulator, protocol and all, but for two kinds of statements:

- A plain SELECT of columns of `table` runs on the emulator once. Its rows, encoded by the emulator's own code, are then sent
  over and over until there were `rows` of them, in pieces as large as each client asks for.
- An INSERT .. VALUES into `sink` is answered with the number of rows that its array has, and they are counted when they are
  committed (`take_committed`); the values themselves are passed over unread.

Everything else (logon, dictionary, DDL, other tables) is the emulator's usual work, so that clients run as they are.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flext_oracle_emulator import Emulator
from flext_oracle_emulator.backend.base import (
    Backend,
    BindInfo,
    ColumnInfo,
    ExecuteRequest,
    ExecuteResult,
    OracleType,
    Session,
    StatementType,
)
from flext_oracle_emulator.cursors import OpenCursor, Rows
from flext_oracle_emulator.errors import unsupported
from flext_oracle_emulator.session import ClientSession
from flext_oracle_emulator.sql.binds import StatementKind, scan_statement
from flext_oracle_emulator.tns.packet import HEADER_SIZE, Packet
from flext_oracle_emulator.ttc.bind_rows import Row, read_bind_rows
from flext_oracle_emulator.ttc.buffer import ReadBuffer, Reader
from flext_oracle_emulator.ttc.connection import Connection
from flext_oracle_emulator.ttc.messages.result import make_row_header
from flext_oracle_emulator.ttc.rows import DEFINED_TYPES, RowEncoder

_SELECT = re.compile(
    r'\s*SELECT\s+[\w$#".,\s*]+?\s+FROM\s+(?:"?[\w$#]+"?\.)?"?(?P<table>[\w$#]+)"?(?:\s+AS\s+OF\s+SCN\s+:?\w+)?\s*',
    re.IGNORECASE,
)
_INSERT = re.compile(
    r'\s*INSERT\s+(?:/\*[^*]*\*/\s*)?INTO\s+(?:"?[\w$#]+"?\.)?"?(?P<table>[\w$#]+)"?\s*(?:\([^()]*\)\s*)?VALUES\s*\(.*\)\s*',
    re.IGNORECASE | re.DOTALL,
)
_NEED_HANDLES = DEFINED_TYPES | {OracleType.CURSOR, OracleType.OBJECT, OracleType.BFILE}
# Clients begin a new packet where a field of the protocol's own would not fit into the rest of one.
_LARGEST_FIELD = 8
_PATIENCE = 0.02  # seconds


@dataclass(slots=True)
class EncodedRows:
    """ROW DATA messages, of `count` rows."""

    data: bytes
    count: int

    def __len__(self) -> int:
        return self.count


class Block:
    """Some rows, encoded once."""

    def __init__(self, columns: Sequence[ColumnInfo], rows: Rows) -> None:
        self.columns = columns
        encoder = RowEncoder(columns, None, None)  # type: ignore[arg-type]  # no column needs handles
        encoded = [encoder.encode([row]) for row in rows]
        self._data = b"".join(encoded)
        self._ends = [0]
        for row in encoded:
            self._ends.append(self._ends[-1] + len(row))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def cut(self, start: int, count: int) -> bytes:
        """`count` rows from row `start` on, again from the first after the last."""
        pieces = []
        while count:
            start %= len(self)
            end = min(start + count, len(self))
            pieces.append(self._data[self._ends[start] : self._ends[end]])
            count -= end - start
            start = end
        return b"".join(pieces)


class RepeatedRows:
    """The result of a query: a block's rows, until there were so many."""

    def __init__(self, block: Block, rows: int) -> None:
        self.columns = block.columns
        self._block = block
        self._rows = rows
        self._sent = 0

    async def fetch(self, rows: int) -> tuple[EncodedRows, bool]:
        count = min(rows, self._rows - self._sent)
        data = self._block.cut(self._sent, count)
        self._sent += count
        return EncodedRows(data, count), self._sent == self._rows

    async def close(self) -> None: ...


@functools.lru_cache(maxsize=256)
def _reads(sql: str) -> str | None:
    """The table of a SELECT of plain columns."""
    match = _SELECT.fullmatch(sql)
    return match["table"].upper() if match else None


@functools.lru_cache(maxsize=256)
def _fills(sql: str) -> str | None:
    """The table of an INSERT .. VALUES."""
    match = _INSERT.fullmatch(sql)
    return match["table"].upper() if match else None


@dataclass(slots=True)
class Plan:
    """Which statements are served, and what came of it. `blocks` are by the statement's text."""

    table: str
    rows: int
    sink: str
    committed: int = 0
    blocks: dict[str, Block] = field(default_factory=dict)

    def serves(self, sql: str) -> bool:
        return _reads(sql) == self.table.upper()

    def swallows(self, sql: str) -> bool:
        return _fills(sql) == self.sink.upper()


class ServedSession:
    """A session of the emulator, but for the statements of the plan."""

    def __init__(self, session: Session, plan: Plan) -> None:
        self._session = session
        self._plan = plan
        self._inserted = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    @property
    def transaction_in_progress(self) -> bool:
        return bool(self._inserted) or self._session.transaction_in_progress

    async def execute(self, request: ExecuteRequest) -> ExecuteResult:
        if self._plan.serves(request.sql):
            block = await self._block(request)
            return ExecuteResult(StatementType.SELECT, result_set=RepeatedRows(block, self._plan.rows))
        if self._plan.swallows(request.sql):
            self._inserted += request.iterations
            if request.commit:
                await self.commit()
            return ExecuteResult(StatementType.INSERT, row_count=request.iterations)
        result = await self._session.execute(request)
        if request.commit or scan_statement(request.sql).kind is StatementKind.DDL:
            self._count()
        return result

    async def _block(self, request: ExecuteRequest) -> Block:
        block = self._plan.blocks.get(request.sql)
        if block is None:
            result = (await self._session.execute(request)).result_set
            assert result is not None
            if any(column.type in _NEED_HANDLES for column in result.columns):
                raise unsupported("serving rows with LOBs, cursors or objects again")
            rows, at_end = await result.fetch(1000)
            while not at_end:
                more, at_end = await result.fetch(1000)
                rows += more
            await result.close()
            block = self._plan.blocks[request.sql] = Block(result.columns, rows)
        return block

    async def commit(self) -> None:
        await self._session.commit()
        self._count()

    async def rollback(self) -> None:
        await self._session.rollback()
        self._inserted = 0

    def _count(self) -> None:
        self._plan.committed += self._inserted
        self._inserted = 0


class ServedBackend:
    """The emulator's backend, whose sessions follow the plan."""

    def __init__(self, backend: Backend, plan: Plan) -> None:
        self._backend = backend
        self._plan = plan

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    async def open_session(self, user: str, **details: Any) -> ServedSession:
        return ServedSession(await self._backend.open_session(user, **details), self._plan)


class ServedClientSession(ClientSession):
    """Sends rows that are encoded already."""

    def _encode_rows(self, cursor: OpenCursor, columns: Sequence[ColumnInfo], rows: Rows, wanted: int) -> bytes:
        if isinstance(rows, EncodedRows):
            return make_row_header(len(columns), wanted) + rows.data
        return super()._encode_rows(cursor, columns, rows, wanted)


class ServedConnection(Connection):
    """Passes over the bind rows of INSERTs into the plan's sink.

    A request has no length. As its client waits for the answer, all that comes belongs to it, and it ends with a packet that is not
    full. Only if the last packet is full and nothing more comes, the rows are read to know whether all are there.
    """

    def __init__(self, plan: Plan, *given: Any) -> None:
        super().__init__(*given)
        self._plan = plan
        self._full = False

    def _receive_ttc(self, packet: Packet, fresh: list[bytes]) -> None:
        self._full = HEADER_SIZE + len(packet.body) > self.sdu - _LARGEST_FIELD
        super()._receive_ttc(packet, fresh)

    def _read_rows(self, sql: str, binds: Sequence[BindInfo], order: Sequence[int], count: int) -> Reader[list[Row]]:
        if order and self._plan.swallows(sql):
            return self._pass_over(binds, order, count)
        return super()._read_rows(sql, binds, order, count)

    def _pass_over(self, binds: Sequence[BindInfo], order: Sequence[int], count: int) -> Reader[list[Row]]:
        buffer = self._buffer
        passed = []
        while buffer.unread or not _is_complete(b"".join(passed), binds, order, count):
            passed.append(buffer.raw(buffer.unread))
            if not self._full:
                break
            came = time.monotonic()
            while not buffer.unread and time.monotonic() < came + _PATIENCE:
                self.patience = _PATIENCE
                yield
                self.patience = None
        return []


def _is_complete(data: bytes, binds: Sequence[BindInfo], order: Sequence[int], count: int) -> bool:
    """Whether these are `count` whole rows."""
    buffer = ReadBuffer(data)
    try:
        next(read_bind_rows(buffer, binds, order, count))
    except StopIteration:
        return buffer.unread == 0
    return False


class ServedRows(Emulator):
    """See the module. Takes the arguments of `Emulator` as well; `rows` may be set between runs."""

    def __init__(self, *, table: str, rows: int, sink: str, **given: Any) -> None:
        super().__init__(**given)
        self._plan = Plan(table, rows, sink)
        self._server.backend = ServedBackend(self._server.backend, self._plan)  # type: ignore[assignment]
        self._server.make_session = ServedClientSession
        self._server.make_connection = functools.partial(ServedConnection, self._plan)

    @property
    def rows(self) -> int:
        """How many rows a SELECT gives."""
        return self._plan.rows

    @rows.setter
    def rows(self, rows: int) -> None:
        self._plan.rows = rows

    def take_committed(self) -> int:
        """The rows that were inserted and committed since the last call."""
        committed, self._plan.committed = self._plan.committed, 0
        return committed
