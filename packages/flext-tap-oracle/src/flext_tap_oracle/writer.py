"""Singer messages to stdout: one at a time through the SDK's writer hook, records in blocks of finished lines.

Theory: the SDK makes and serializes one message object per record, which is most of a tap's time. `RecordEncoder` turns
a batch of rows into lines with one call per batch: msgspec writes a generated struct per row, and the envelope around
each record, which is the same for the whole batch, is put in between with `bytes.replace`. JSON text has no raw line
break inside, so the replaced line breaks are exactly the ends of records. Rows that were fetched as Arrow data (`Frame`)
write themselves in the same way.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import starmap
from typing import Any

import msgspec
from flext_db_oracle import LossyValueError
from flext_db_oracle.frames import Frame
from flext_db_oracle.values import Converter
from singer_sdk.singerlib.encoding.base import GenericSingerWriter
from singer_sdk.singerlib.encoding.simple import Message

from . import lobs

Row = tuple[Any, ...]

_PIPE_BYTES = 1 << 20
_BLOCK_BYTES = 64 << 10


def _other_types(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


encoder = msgspec.json.Encoder(enc_hook=_other_types, decimal_format="number")
"""Decimals are JSON numbers with all their digits; datetimes are ISO text; bytes are base64."""


class LineWriter(GenericSingerWriter[bytes, Message]):
    """Writes messages as UTF-8 lines, and blocks of lines that are finished already."""

    def __init__(self) -> None:
        super().__init__()
        self._widened: object = None

    def serialize_message(self, message: Message) -> bytes:
        return encoder.encode(message.to_dict())

    def write_message(self, message: Message) -> None:
        self.write_lines(self.serialize_message(message) + b"\n")

    def write_lines(self, lines: bytes) -> None:
        """Write finished lines at once. A reader that went away is a BrokenPipeError here, not at exit."""
        out = sys.stdout.buffer
        if out is not self._widened:
            self._widened = out
            _widen_pipe(out)
        out.write(lines)
        out.flush()


def _widen_pipe(out: Any) -> None:
    """A pipe of 1 MB lets tap and target run at the same time; whatever is no pipe refuses, and nothing is lost."""
    if sys.platform != "linux":
        return
    import fcntl

    with contextlib.suppress(OSError, ValueError):
        fcntl.fcntl(out.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


class RecordEncoder:
    """Rows of one query as JSON: whole lines, records alone, or digests."""

    def __init__(self, names: Sequence[str], converters: Sequence[Converter | None], large: Sequence[int] = ()) -> None:
        self.names = list(names)
        self.large = large  # the columns that may hold large LOBs
        self._converters = [(index, convert) for index, convert in enumerate(converters) if convert is not None]
        fields = [(f"f{index}", Any) for index in range(len(self.names))]
        rename = {f"f{index}": name for index, name in enumerate(self.names)}
        self._keys = tuple((b"," if index else b"{") + encoder.encode(name) + b":" for index, name in enumerate(names))
        self._block_rows = 10
        self._struct: Callable[..., msgspec.Struct] = msgspec.defstruct("Record", fields, rename=rename, gc=False)

    @property
    def converts(self) -> bool:
        """Whether a value of some column is not written as the driver gives it."""
        return bool(self._converters)

    def _structs(self, rows: Sequence[Row]) -> Iterable[msgspec.Struct]:
        return map(self._struct, *self._columns(rows)) if self._converters else starmap(self._struct, rows)

    def _columns(self, rows: Sequence[Row]) -> list[Iterable[Any]]:
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for index, convert in self._converters:
            try:
                columns[index] = [None if value is None else convert(value) for value in columns[index]]
            except LossyValueError as error:
                raise LossyValueError(f"{self.names[index]}: {error}") from error
        return columns

    def records(self, rows: Sequence[Row]) -> Iterator[bytes]:
        """One line of JSON per row: the records alone, in blocks."""
        for run, is_large in lobs.runs(rows, self.large):
            if is_large:
                yield from self._large_record(run[0])
                yield b"\n"
            else:
                yield self._records(run)

    def _records(self, rows: Sequence[Row]) -> bytes:
        return encoder.encode_lines(list(self._structs(rows)))

    def _large_record(self, row: Row) -> Iterator[bytes]:
        """One record with large LOBs, in pieces."""
        opening = b"{"
        for name, value in zip(self.names, self.converted([row])[0], strict=True):
            yield opening + encoder.encode(name) + b":"
            if isinstance(value, lobs.LargeLob):
                yield from value.json()
            else:
                yield encoder.encode(value)
            opening = b","
        yield b"}"

    def lines(
        self, rows: Sequence[Row] | Frame, stream: str, *, version: int | None, extracted: dt.datetime
    ) -> Iterator[bytes]:
        """One RECORD message per row, in blocks of whole lines; a row with large LOBs in pieces."""
        head = b'{"type":"RECORD","stream":' + encoder.encode(stream) + b',"record":'
        tail = (b"" if version is None else b',"version":%d' % version) + b',"time_extracted":'
        tail += encoder.encode(extracted.isoformat()) + b"}\n"
        if isinstance(rows, Frame):
            yield from self._blocks(rows, head, tail)
            return
        for run, is_large in lobs.runs(rows, self.large):
            if is_large:
                yield head
                yield from self._large_record(run[0])
                yield tail
            else:
                yield from self._blocks(run, head, tail)

    def _blocks(self, rows: Sequence[Row] | Frame, head: bytes, tail: bytes) -> Iterator[bytes]:
        """Whole lines in blocks that are small enough to stay in the processor's cache.

        Copying twice what one batch needs costs more than encoding it.
        """
        at = 0
        while at < len(rows):
            piece = rows[at : at + self._block_rows]
            if isinstance(piece, Frame):
                block = piece.lines(self._keys, head, b"}" + tail)
            else:
                block = b"".join((head, self._records(piece)[:-1].replace(b"\n", tail + head), tail))
            at += len(piece)
            self._block_rows = max(1, _BLOCK_BYTES * len(piece) // len(block))
            yield block

    def converted(self, rows: Sequence[Row]) -> list[Row]:
        """The rows with each value as JSON has it, except that datetimes and bytes are still Python's."""
        if not rows or not self._converters:
            return list(rows)
        return list(zip(*self._columns(rows), strict=True))

    def one(self, row: Row) -> bytes:
        """The JSON of one record: what a digest is made of."""
        return encoder.encode(next(iter(self._structs([lobs.fingerprints(row) if self.large else row]))))
