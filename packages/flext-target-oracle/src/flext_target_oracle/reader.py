"""Reading Singer lines: exact numbers, and errors that say which line it was.

Input is read in chunks of whole lines, whatever is there, up to `CHUNK` bytes. A chunk is offered to `chunk_handler`
(the target's fast way, see `typed`); if that declines, its lines are parsed one by one and handed to the callbacks.

msgspec parses several times faster than the standard library and keeps every digit: integers of any size, and numbers
with a point or exponent as Decimal.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import msgspec
from singer_sdk.exceptions import InvalidInputLine
from singer_sdk.singerlib.encoding import GenericSingerReader

from .read_ahead import ReadAhead

CHUNK = 1 << 18
_PIPE = 1 << 20
_COLLECT_AFTER = (50_000, 20, 20)
"""Thresholds of the garbage collector: rows come and go without cycles, and looking at them all costs a quarter."""

_decoder = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class Taken:
    """A chunk that was taken at once: how many messages of each type it had, and how many lines."""

    counts: Mapping[str, int]
    lines: int


class LineReader(GenericSingerReader[str]):
    """Hands each line to its callback. An exception from a callback gets the line's number as a note."""

    line_size = 0
    """Length of the line that is being processed: a cheap measure of the memory that its record needs."""

    line_number = 0
    """The line that is being processed, counted from 1; of a chunk that is taken at once, the last before it."""

    chunk_handler: Callable[[bytes], Taken | None] | None = None
    """Takes a chunk of lines at once, or declines with None."""

    @property
    def default_input(self) -> IO[str]:
        return sys.stdin

    def process_lines(
        self, file_input: IO[str] | None, callbacks: dict[str, Callable[[dict[str, Any]], None]]
    ) -> Counter[str]:
        counts: Counter[str] = Counter()
        self.line_number = 0
        with _collecting_seldom():
            self._process_chunks(file_input, callbacks, counts)
        return counts

    def _process_chunks(
        self,
        file_input: IO[str] | None,
        callbacks: dict[str, Callable[[dict[str, Any]], None]],
        counts: Counter[str],
    ) -> None:
        for chunk in _chunks(file_input or self.default_input):
            lines: Iterable[str | bytes]
            if isinstance(chunk, bytes):
                handled = None if self.chunk_handler is None else self.chunk_handler(chunk)
                if handled is not None:
                    counts.update(handled.counts)
                    self.line_number += handled.lines
                    continue
                lines = chunk.removesuffix(b"\n").split(b"\n")
            else:
                lines = chunk
            for line in lines:
                self.line_number += 1
                try:
                    self._process_line(line, callbacks, counts)
                except Exception as exc:
                    exc.add_note(f"input line {self.line_number}")
                    raise

    def _process_line(
        self, line: str | bytes, callbacks: dict[str, Callable[[dict[str, Any]], None]], counts: Counter[str]
    ) -> None:
        self.line_size = len(line)
        if not line.strip():
            return
        message = self.deserialize_json(line)
        kind = message.get("type")
        if not isinstance(kind, str) or kind not in callbacks:
            self._process_unknown_message(message)
            return
        callbacks[kind](message)
        counts[kind] += 1

    def deserialize_json(self, line: str | bytes) -> dict[str, Any]:
        return parse_line(line)

    def _process_unknown_message(self, message_dict: dict[str, Any]) -> None:
        kind = message_dict.get("type")
        raise InvalidInputLine("the line has no message type" if kind is None else f"unknown message type {kind!r}")


def parse_line(line: str | bytes) -> dict[str, Any]:
    """A line's object. The error names the fault's position and does not repeat the line: it is the user's data."""
    try:
        parsed = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeError) as exc:
        raise InvalidInputLine(f"the line is not valid JSON: {exc}") from exc
    if not isinstance(parsed, dict):
        raise InvalidInputLine("the line is not a JSON object")
    return parsed


@contextlib.contextmanager
def _collecting_seldom() -> Iterator[None]:
    """What is loaded already (modules, mostly) is left out of garbage collection, and new objects are looked at late."""
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not frozen:  # the command line leaves modules alone until it ends
            gc.unfreeze()


def _chunks(source: Any) -> Iterator[bytes | Iterable[str]]:
    """Whole lines: as bytes where the input can give them, else (text in memory) as an iterable of lines."""
    if isinstance(source, io.TextIOWrapper):
        source = source.buffer
    if not hasattr(source, "read1"):
        yield source
        return
    yield from chunks_of_lines(ReadAhead(source.fileno()) if _is_pipe(source) else source)


def chunks_of_lines(source: Any) -> Iterator[bytes]:
    """Whole lines, as many as `read1` gives up to `CHUNK` bytes, or one longer line."""
    pieces: list[bytes] = []
    while data := source.read1(CHUNK):
        end = data.rfind(b"\n") + 1
        if end:
            yield b"".join([*pieces, data[:end]])
            pieces = []
        if end < len(data):
            pieces.append(data[end:])
    if pieces:
        yield b"".join(pieces)


def _is_pipe(source: Any) -> bool:
    """Whether a program writes what is read here. If so, and on Linux, the pipe gets to hold more than 64 KB."""
    try:
        descriptor = source.fileno()
    except OSError:  # a file in memory
        return False
    if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        return False
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE)
    return True
