"""Reading Singer lines: exact numbers, and errors that say which line it was.

msgspec parses several times faster than the standard library and keeps every digit: integers of any size, and numbers
with a point or exponent as Decimal.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import IO, Any

import msgspec
from singer_sdk.exceptions import InvalidInputLine
from singer_sdk.singerlib.encoding import GenericSingerReader

_decoder = msgspec.json.Decoder(float_hook=Decimal)


class LineReader(GenericSingerReader[str]):
    """Hands each line to its callback. An exception from a callback gets the line's number as a note."""

    line_size = 0
    """Length of the line that is being processed: a cheap measure of the memory that its record needs."""

    @property
    def default_input(self) -> IO[str]:
        return sys.stdin.buffer  # type: ignore[return-value]  # bytes: msgspec takes both, and UTF-8 is not decoded twice

    def process_lines(
        self, file_input: IO[str] | None, callbacks: dict[str, Callable[[dict[str, Any]], None]]
    ) -> Counter[str]:
        counts: Counter[str] = Counter()
        number = 0
        try:
            for number, line in enumerate(file_input or self.default_input, 1):  # noqa: B007 - the handler reads it
                self.line_size = len(line)
                if not line.strip():
                    continue
                message = self.deserialize_json(line)
                kind = message.get("type")
                if not isinstance(kind, str) or kind not in callbacks:
                    self._process_unknown_message(message)
                    continue
                callbacks[kind](message)
                counts[kind] += 1
        except Exception as exc:
            exc.add_note(f"input line {number}")
            raise
        return counts

    def deserialize_json(self, line: str) -> dict[str, Any]:
        """Parse a line. The error names the fault's position and does not repeat the line: it is the user's data."""
        try:
            message = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeError) as exc:
            raise InvalidInputLine(f"the line is not valid JSON: {exc}") from exc
        if not isinstance(message, dict):
            raise InvalidInputLine("the line is not a JSON object")
        return message

    def _process_unknown_message(self, message_dict: dict[str, Any]) -> None:
        kind = message_dict.get("type")
        raise InvalidInputLine("the line has no message type" if kind is None else f"unknown message type {kind!r}")
