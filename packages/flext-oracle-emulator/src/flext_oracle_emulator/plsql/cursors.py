"""The state of a cursor: explicit, behind a cursor variable, or the implicit one that SQL% asks about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..sql import ast as sql
from .failures import oracle_error
from .runtime import QueryCursor, ResultColumn
from .types import RecordType

PREFETCH = 100


@dataclass(eq=False, slots=True)
class CursorState:
    """`hidden` trailing columns are ours (the ROWID that WHERE CURRENT OF needs)."""

    query: QueryCursor | None = None
    row_count: int = 0
    found: bool | None = None
    row_type: RecordType | None = None
    hidden: int = 0
    current_rowid: Any = None
    _buffer: list[tuple[Any, ...]] = field(default_factory=list)
    _finished: bool = False

    @property
    def is_open(self) -> bool:
        return self.query is not None

    @property
    def columns(self) -> Sequence[ResultColumn]:
        columns = self.require().columns
        return columns[: len(columns) - self.hidden]

    def require(self) -> QueryCursor:
        if self.query is None:
            raise oracle_error(1001)
        return self.query

    def opened(self, query: QueryCursor, hidden: int = 0) -> None:
        self.query, self.hidden = query, hidden
        self.row_count, self.found, self.current_rowid = 0, None, None
        self._buffer, self._finished = [], False

    async def fetch(self, rows: int) -> list[tuple[Any, ...]]:
        """Up to `rows` rows without the hidden columns."""
        query = self.require()
        while len(self._buffer) < rows and not self._finished:
            wanted = max(rows - len(self._buffer), PREFETCH)
            more = await query.fetch(wanted)
            self._buffer += more
            self._finished = len(more) < wanted
        taken, self._buffer = self._buffer[:rows], self._buffer[rows:]
        self.row_count += len(taken)
        if taken and self.hidden:
            self.current_rowid = taken[-1][-1]
            taken = [row[: -self.hidden] for row in taken]
        return taken

    def take_buffer(self) -> list[tuple[Any, ...]]:
        """Rows that were read ahead: whoever gets the query needs them first."""
        buffered, self._buffer = self._buffer, []
        return buffered

    async def close_if_open(self) -> None:
        if self.is_open:
            await self.close()

    async def close(self) -> None:
        query = self.require()
        self.query = None
        self._buffer = []
        await query.close()


@dataclass(eq=False, slots=True)
class SqlCursor:
    """A cursor of DBMS_SQL. `statement` is None for a block, `row` the one fetched last."""

    text: str = ""
    statement: sql.Statement | None = None
    binds: dict[str, Any] = field(default_factory=dict)
    defined: set[int] = field(default_factory=set)
    rows: CursorState = field(default_factory=CursorState)
    row: list[Any] = field(default_factory=list)

    async def forget(self) -> None:
        """What was parsed, bound and defined before."""
        await self.rows.close_if_open()
        self.text, self.statement, self.row = "", None, []
        self.binds, self.defined = {}, set()


@dataclass(slots=True)
class ImplicitCursor:
    """What SQL%ROWCOUNT and its kin say; None before the first statement."""

    row_count: int | None = None
    bulk_row_counts: list[int] = field(default_factory=list)
    bulk_errors: list[tuple[int, int]] = field(default_factory=list)  # (iteration from 1, ORA code)
