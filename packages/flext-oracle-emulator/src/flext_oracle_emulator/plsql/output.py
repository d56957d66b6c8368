"""DBMS_OUTPUT's buffer: lines that a block puts and its client gets later."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ..errors import OracleError

_MAX_LINE = 32767


@dataclass(slots=True)
class OutputBuffer:
    """Disabled until ENABLE; then a put after a get throws away what was not got."""

    enabled: bool = False
    limit: int | None = None
    _lines: deque[str] = field(default_factory=deque)
    _pending: str = ""
    _size: int = 0
    _reading: bool = False

    def enable(self, limit: int | None) -> None:
        self.enabled = True
        self.limit = limit

    def disable(self) -> None:
        self.enabled = False
        self._clear()

    def _clear(self) -> None:
        self._lines.clear()
        self._pending, self._size = "", 0

    def put(self, text: str) -> None:
        if not self.enabled:
            return
        if self._reading:
            self._clear()
            self._reading = False
        self._pending += text
        if len(self._pending.encode()) > _MAX_LINE:
            self._pending = ""
            raise OracleError(20000, "ORU-10028: line length overflow, limit of 32767 bytes per line")

    def new_line(self) -> None:
        if not self.enabled:
            return
        if self._reading:
            self._clear()
            self._reading = False
        self._size += len(self._pending.encode())
        if self.limit is not None and self._size > self.limit:
            self._pending = ""
            raise OracleError(20000, f"ORU-10027: buffer overflow, limit of {self.limit} bytes")
        self._lines.append(self._pending)
        self._pending = ""

    def get_line(self) -> str | None:
        """The oldest line, or None."""
        self._reading = True
        if not self._lines:
            return None
        line = self._lines.popleft()
        self._size -= len(line.encode())
        return line
