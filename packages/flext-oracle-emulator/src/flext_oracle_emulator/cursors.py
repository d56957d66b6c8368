"""The open cursors of one client: what each remembers between calls, and the rows of its result.

A client refers to a cursor by a number of 16 bits and sends neither the text nor the metadata again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .backend.base import BindDirection, BindInfo, ColumnInfo, ResultSet
from .errors import OracleError
from .sql.binds import StatementText
from .ttc.constants import TNS_FETCH_ORIENTATION_FIRST, TNS_FETCH_ORIENTATION_LAST
from .ttc.rows import RowEncoder

#: Oracle's default of OPEN_CURSORS; clients size their statement caches by it.
MAX_OPEN_CURSORS = 300

Rows = Sequence[Sequence[Any]]


@dataclass(slots=True)
class OpenCursor:
    """One cursor.

    `columns` and `described` are the bytes of the last DESCRIBE the client got: it decodes rows by them. `defines` and `encoder`
    belong to them. `children` are nested cursors, which end with their parent.
    """

    id: int
    sql: str
    text: StatementText
    binds: Sequence[BindInfo] = ()
    directions: Sequence[BindDirection] = ()
    columns: Sequence[ColumnInfo] = ()
    defines: Sequence[BindInfo | None] | None = None
    described: bytes = b""
    encoder: RowEncoder | None = None
    result_set: ResultSet | None = None
    at_end: bool = False
    rows_fetched: int = 0
    scroll: ScrollBuffer | None = None
    children: list[int] = field(default_factory=list)

    async def attach(self, result_set: ResultSet | None) -> None:
        """Take a new result; the old one is closed."""
        await self.close_result()
        self.result_set = result_set
        self.at_end = False
        self.rows_fetched = 0

    async def fetch(self, rows: int) -> tuple[Rows, bool]:
        """Fetch and count. Raises ORA-01002 when nothing is left or nothing was executed.

        The end is told with the first fetch that finds fewer rows than it asked for, as Oracle does.
        """
        if self.result_set is None:
            raise OracleError(1002, "fetch out of sequence")
        fetched: Rows = []
        if not self.at_end:
            fetched, self.at_end = await self.result_set.fetch(rows)
        self.rows_fetched += len(fetched)
        exhausted = self.at_end and len(fetched) < rows
        if exhausted:
            await self.close_result()
        return fetched, exhausted

    @contextlib.contextmanager
    def description_kept_on_error(self) -> Iterator[None]:
        """Go back to what the client knows when an error takes the place of a response with a new description."""
        described, columns, defines = self.described, self.columns, self.defines
        try:
            yield
        except OracleError:
            if self.described != described:
                self.described, self.columns, self.defines, self.encoder = described, columns, defines, None
            raise

    async def close_result(self) -> None:
        result_set, self.result_set = self.result_set, None
        self.scroll = None
        if result_set is not None:
            await result_set.close()


@dataclass(slots=True)
class ScrollBuffer:
    """The rows of a scrollable cursor that were fetched so far: all of them can be asked for again."""

    result_set: ResultSet
    rows: list[Sequence[Any]] = field(default_factory=list)
    complete: bool = False

    async def window(self, orientation: int, position: int, count: int) -> tuple[Rows, int, bool]:
        """Return up to `count` rows from a position on (the first is 1), the last one's number, and whether it ends."""
        if orientation == TNS_FETCH_ORIENTATION_LAST:
            while not self.complete:
                await self._load(1000)
            start = max(len(self.rows) - 1, 0)
        else:
            start = 0 if orientation == TNS_FETCH_ORIENTATION_FIRST else position - 1
            if start < 0:
                return [], 0, True
            while not self.complete and len(self.rows) < start + count:
                await self._load(start + count - len(self.rows))
        rows = self.rows[start : start + count]
        return rows, start + len(rows), len(rows) < count and self.complete

    async def _load(self, count: int) -> None:
        fetched, self.complete = await self.result_set.fetch(count)
        self.rows += fetched


class CursorTable(Mapping[int, OpenCursor]):
    """Open cursors by id. An id is given out again only after the client has closed it."""

    def __init__(self) -> None:
        self._cursors: dict[int, OpenCursor] = {}
        self._last_id = 0

    def __getitem__(self, cursor_id: int) -> OpenCursor:
        return self._cursors[cursor_id]

    def __iter__(self) -> Iterator[int]:
        return iter(self._cursors)

    def __len__(self) -> int:
        return len(self._cursors)

    def open(self, sql: str, text: StatementText) -> OpenCursor:
        """Open a cursor. Raises ORA-01000 when there are too many."""
        if len(self._cursors) >= MAX_OPEN_CURSORS:
            raise OracleError(1000, "maximum open cursors exceeded")
        cursor = OpenCursor(self.new_id(), sql, text)
        self._cursors[cursor.id] = cursor
        return cursor

    def new_id(self) -> int:
        """Take an id that no open cursor has."""
        while True:
            self._last_id = self._last_id % 0xFFFF + 1
            if self._last_id not in self._cursors:
                return self._last_id

    def find(self, cursor_id: int) -> OpenCursor:
        cursor = self._cursors.get(cursor_id)
        if cursor is None:
            raise OracleError(1001, "invalid cursor")
        return cursor

    async def close(self, cursor_id: int) -> None:
        """Close a cursor and those nested in it; an id that is not open is not looked at."""
        cursor = self._cursors.pop(cursor_id, None)
        if cursor is not None:
            await self.close_children(cursor)
            await cursor.close_result()

    async def close_children(self, cursor: OpenCursor) -> None:
        children, cursor.children = cursor.children, []
        for child in children:
            await self.close(child)

    async def close_all(self) -> None:
        for cursor_id in list(self._cursors):
            await self.close(cursor_id)
