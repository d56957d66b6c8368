"""Large LOBs: they stay in the database until their row is written, and then come in pieces.

Theory: LOBs come with their rows, one round trip for a batch, as long as they are short. A longer one is NULL in its
place and selected again behind the columns, as a locator. A selected locator is read consistent: it reads the LOB as it
was when the query began, while the query's session is open. `LargeLob` puts it back in its column's place, so that
everybody else deals with rows of the columns; who meets one must ask for its pieces.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec
import oracledb
from flext_db_oracle.session import lob_pieces

Row = tuple[Any, ...]
Handler = Callable[[oracledb.Cursor, oracledb.FetchInfo], "oracledb.Var | None"]

INLINE_LENGTH = 1 << 18
"""Characters or bytes of the longest LOB that comes with its row."""
_PIECE_LENGTH = 3 << 17
_LOCATOR = "large LOB "
_text = msgspec.json.Encoder()


def locator_alias(index: int) -> str:
    """The name of the locator of column `index` in the select list: one that no column has."""
    return f"{_LOCATOR}{index}"


def with_locators(handler: Handler) -> Handler:
    """An output type handler that leaves locators as they are, and the rest to another."""

    def handle(cursor: oracledb.Cursor, metadata: oracledb.FetchInfo) -> oracledb.Var | None:
        return None if metadata.name.startswith(_LOCATOR) else handler(cursor, metadata)

    return handle


class LargeLob:
    """A LOB of a fetched row that has not been read. Its pieces can be had once."""

    __slots__ = ("_fingerprint", "_lob", "length")

    def __init__(self, lob: oracledb.LOB) -> None:
        self._lob: oracledb.LOB | None = lob
        self._fingerprint: str | None = None
        self.length = lob.size()

    def __str__(self) -> str:
        raise TypeError("a large LOB has no text of its own: it is written in pieces")

    @property
    def fingerprint(self) -> str:
        """What stands for the content in the digest of a row: read for it, if it was not written before."""
        if self._fingerprint is None:
            for _ in self._read():
                pass
        return f"LOB {self._fingerprint}"

    def _read(self) -> Iterator[str | bytes]:
        assert self._lob is not None, "the LOB has been read"
        hashed = hashlib.blake2b(digest_size=16)
        for piece in lob_pieces(self._lob, _PIECE_LENGTH):
            hashed.update(piece if isinstance(piece, bytes) else piece.encode())
            yield piece
        self._fingerprint = hashed.hexdigest()

    def pieces(self) -> Iterator[str | bytes]:
        """The content. The locator is let go of, which frees what the server may have copied for it."""
        yield from self._read()
        self._lob = None

    def whole(self) -> str | bytes:
        """The content at once, for what needs it so."""
        pieces = list(self.pieces())
        return b"".join(pieces) if isinstance(pieces[0], bytes) else "".join(pieces)  # type: ignore[arg-type]

    def json(self) -> Iterator[bytes]:
        """The content as a JSON string, in pieces: text escaped, bytes as base64."""
        yield b'"'
        rest = b""
        for piece in self.pieces():
            if isinstance(piece, str):
                yield _text.encode(piece)[1:-1]
                continue
            piece = rest + piece
            end = len(piece) - len(piece) % 3
            rest = piece[end:]
            yield base64.b64encode(piece[:end])
        yield base64.b64encode(rest) + b'"'


def placed(rows: Sequence[Row], large: Sequence[int], width: int) -> list[Row]:
    """Rows of `width` columns, with a `LargeLob` wherever a locator for one of the columns `large` came behind them."""
    end = width + len(large)
    found = []
    for row in rows:
        locators = row[width:end]
        kept = row[:width] + row[end:]
        if any(locator is not None for locator in locators):
            values = list(kept)
            for index, locator in zip(large, locators, strict=True):
                if locator is not None:
                    values[index] = LargeLob(locator)
            kept = tuple(values)
        found.append(kept)
    return found


def has_large(row: Row, large: Sequence[int]) -> bool:
    """Whether one of the columns `large` of a row holds a large LOB."""
    return any(type(row[index]) is LargeLob for index in large)


def runs(rows: Sequence[Row], large: Sequence[int]) -> Iterator[tuple[Sequence[Row], bool]]:
    """The rows in order: each with a large LOB alone (True), the others between them together."""
    start = 0
    if large:
        for index, row in enumerate(rows):
            if has_large(row, large):
                if start < index:
                    yield rows[start:index], False
                yield rows[index : index + 1], True
                start = index + 1
    if start < len(rows):
        yield (rows[start:] if start else rows), False


def whole(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows with the content of their large LOBs: one row at a time."""
    for row in rows:
        yield tuple(value.whole() if isinstance(value, LargeLob) else value for value in row)


def fingerprints(row: Row) -> Row:
    """The row as it is digested."""
    return tuple(value.fingerprint if isinstance(value, LargeLob) else value for value in row)
