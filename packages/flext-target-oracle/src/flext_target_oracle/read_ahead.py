"""Reading a pipe ahead, so that the tap goes on while the target is busy with the database.

A pipe holds 1 MB at most, which is less than a batch: without this, tap and target would mostly wait for each other.
"""

from __future__ import annotations

import os
import threading
from collections import deque

LIMIT = 8 << 20
"""Bytes that wait in memory."""
_PIECE = 1 << 18


class ReadAhead:
    """The bytes of a pipe, taken by a thread as they come. `read1` is that of a buffered file."""

    def __init__(self, pipe: int) -> None:
        self._pipe = os.dup(pipe)  # the thread's own: it may still be reading when the caller has closed his
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._ended = False
        self._error: OSError | None = None
        self._changed = threading.Condition()
        threading.Thread(target=self._read, name="target-oracle input", daemon=True).start()

    def read1(self, size: int) -> bytes:
        """What has come, up to `size` bytes; waits if nothing has. b"" at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._pieces or self._ended)
            taken: list[bytes] = []
            length = 0
            while self._pieces and (not taken or length + len(self._pieces[0]) <= size):
                taken.append(self._pieces.popleft())
                length += len(taken[-1])
            self._held -= length
            self._changed.notify()
        if not taken and self._error is not None:
            raise self._error
        return b"".join(taken)

    def _read(self) -> None:
        try:
            while piece := os.read(self._pipe, _PIECE):
                with self._changed:
                    self._pieces.append(piece)
                    self._held += len(piece)
                    self._changed.notify()
                    self._changed.wait_for(lambda: self._held < LIMIT)
        except OSError as error:
            self._error = error
        finally:
            os.close(self._pipe)
            with self._changed:
                self._ended = True
                self._changed.notify()
