"""Exactly once: a row in FLEXT_CHECKPOINT, committed with each batch, that lets a batch delivered again be recognised.

Theory
------
A tap that starts again delivers again what came after the state it starts from. A delivery is therefore identified by

    (stream, anchor, number, digest)

anchor   the stream's own bookmark in the last STATE that was emitted before the batch (`stream_anchor`). A full-table
         stream has none, and neither has the first run of an incremental one: their anchor is NO_BOOKMARK.
number   the batch's position after that anchor, from 0.
digest   SHA-256 over the batch's converted rows and their table versions; not over times of extraction or loading.

No batch contains records from before and from behind the state that is emitted with it (target.py), so the records
after a bookmark always begin a new batch. Where batches end in between may differ from run to run (time limits, other
settings). The rows already committed say where they ended: a stream that meets an anchor with committed batches cuts
its input at the same places, and compares. Equal: the batch is skipped. Different: the source has changed; from there
on everything is written, and the rows of the abandoned batches are forgotten. Append is then at least once.

A tap that starts from a bookmark usually sends the records *of* the bookmark once more (`>=`, so that ties are not
lost). So each bookmark also has a row with the number BOUNDARY: the digest of the last records before it that have the
same value of the replication key. Where a run begins, they are recognised and skipped as well.

When a run has read all its input, rows without a bookmark are forgotten, so the next full-table run is a new delivery
even if its data are identical; of the rows with one, only those of the last bookmark stay. What a target cannot see is
that the *tap* died: its input simply ends, as after a complete full-table run. Streams with a bookmark are protected in
that case too, and so is upsert, by nature.

If the table has been emptied or dropped since, its rows here are forgotten and everything is loaded again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from flext_db_oracle import OracleColumn, OracleTable, OracleType, Session, ddl
from flext_db_oracle.bulk import InsertStatement, make_insert
from flext_db_oracle.identifiers import qualify, shorten

from .tables import create_unless_exists

TABLE = "FLEXT_CHECKPOINT"
NO_BOOKMARK = "none"
BOUNDARY = -1

_STREAM_CHARACTERS = 255
_DIGEST_ROWS = 1000
# Parts of a bookmark that are not a position: what singer-sdk keeps during a run and drops when it starts again, the
# version of a full table, and null.
_NOT_POSITIONS = frozenset(
    {"progress_markers", "replication_key_signpost", "starting_replication_value", "version", "Note"}
)


def _text(name: str, length: int, *, char: bool = False) -> OracleColumn:
    return OracleColumn(name=name, type=OracleType("VARCHAR2", length=length, char_used=char), nullable=False)


def _number(name: str) -> OracleColumn:
    return OracleColumn(name=name, type=OracleType("NUMBER", precision=19, scale=0), nullable=False)


_COLUMNS = (
    _text("TABLE_NAME", 128),
    _text("STREAM", _STREAM_CHARACTERS, char=True),
    _text("ANCHOR", 64),
    _number("BATCH_NO"),
    _number("ROW_COUNT"),
    _text("DIGEST", 64),
    OracleColumn(name="COMMITTED_AT", type=OracleType("TIMESTAMP", scale=6), nullable=False),
)


def stream_anchor(state: Mapping[str, Any] | None, stream: str) -> str:
    """The stream's bookmark in a state as a short text, NO_BOOKMARK if it has none.

    States in Singer's usual form have `bookmarks` by stream. Of any other form the whole state is the bookmark.
    """
    if not isinstance(state, Mapping):
        return NO_BOOKMARK
    bookmarks = state.get("bookmarks")
    position = _position(bookmarks.get(stream)) if isinstance(bookmarks, Mapping) else _position(state)
    if position is None:
        return NO_BOOKMARK
    text = json.dumps(position, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _position(value: Any) -> Any:
    """What is left of a bookmark without the parts that are no position; None if that is nothing."""
    if isinstance(value, Mapping):
        kept = {key: _position(item) for key, item in value.items() if key not in _NOT_POSITIONS}
        kept = {key: item for key, item in kept.items() if item is not None}
        return kept if _has_position(kept) else None
    if isinstance(value, list):
        items = [item for item in map(_position, value) if item is not None]
        return items or None
    return value


def _has_position(mapping: Mapping[str, Any]) -> bool:
    # `{"initial_full_table_complete": true}` or `{"replication_key": "id"}` alone are no position.
    return any(not isinstance(item, bool) and key != "replication_key" for key, item in mapping.items())


_encoder = msgspec.json.Encoder(enc_hook=repr)


def digest(rows: Sequence[tuple[Any, ...]]) -> str:
    """SHA-256 of converted rows. A thousand rows are encoded at a time, to keep memory low."""
    result = hashlib.sha256()
    for start in range(0, len(rows), _DIGEST_ROWS):
        result.update(_encoder.encode(rows[start : start + _DIGEST_ROWS]))
    return result.hexdigest()


@dataclass(frozen=True, slots=True)
class CommittedBatch:
    anchor: str
    number: int
    rows: int
    digest: str


@dataclass(slots=True)
class StreamPosition:
    """Where a stream is: its anchor, the next batch's number, and the batches that are committed from here on."""

    anchor: str = NO_BOOKMARK
    number: int = 0
    known: dict[str, list[CommittedBatch]] = field(default_factory=dict)
    replay: deque[CommittedBatch] = field(default_factory=deque)
    boundary: CommittedBatch | None = None
    guessed: bool = False

    @classmethod
    def load(cls, batches: Iterable[CommittedBatch], anchor: str | None) -> StreamPosition:
        """Start at an anchor; without one (the tap did not say where it starts) where the last run ended."""
        position = cls()
        boundaries: dict[str, CommittedBatch] = {}
        newest = NO_BOOKMARK
        for batch in batches:
            newest = batch.anchor
            if batch.number == BOUNDARY:
                boundaries[batch.anchor] = batch
            else:
                position.known.setdefault(batch.anchor, []).append(batch)
        position.move(newest if anchor is None else anchor)
        position.boundary = boundaries.get(position.anchor)
        position.guessed = anchor is None
        return position

    @property
    def expected(self) -> CommittedBatch | None:
        """The committed batch that the input must begin with, if this is a repetition."""
        return self.boundary or (self.replay[0] if self.replay else None)

    def recognise(self) -> None:
        """The input began with the expected batch."""
        if self.boundary is not None:
            self.boundary = None
        else:
            self.number = self.replay.popleft().number + 1
        self.guessed = False

    def written(self) -> None:
        """A new batch was committed."""
        self.number += 1
        self.guessed = False

    def move(self, anchor: str) -> None:
        """Begin after another bookmark. The same bookmark again changes nothing."""
        if anchor == self.anchor and (self.number or self.replay):
            self.guessed = False
            return
        self.anchor, self.number, self.guessed, self.boundary = anchor, 0, False, None
        batches = sorted(self.known.pop(anchor, ()), key=lambda batch: batch.number)
        # Only an unbroken run of batches from 0 says what the input must begin with.
        self.replay = deque(batch for index, batch in enumerate(batches) if batch.number == index)

    def diverge(self) -> None:
        """The input is not what was expected: write everything from here on, unless only the boundary was missing."""
        if self.boundary is not None:
            self.boundary = None
            if self.replay:
                return
        self.replay.clear()
        if self.guessed and self.number == 0:
            self.anchor = NO_BOOKMARK  # then it does not follow that bookmark either
        self.guessed = False

    def forget(self) -> None:
        """Nothing is committed: the table is new or was emptied."""
        self.replay.clear()
        self.known.clear()
        self.boundary = None

    def waits_for(self, rows: int) -> bool:
        """Whether this many rows end within a committed batch, so that more must come before we can compare."""
        for batch in (*([self.boundary] if self.boundary else []), *self.replay):
            if rows <= 0:
                return False
            if rows < batch.rows:
                return True
            rows -= batch.rows
        return False


class Checkpoints:
    """The table FLEXT_CHECKPOINT of one schema. The caller owns session and transaction."""

    def __init__(self, schema: str) -> None:
        self._schema = schema
        self._name = qualify(schema, TABLE)
        self._insert: InsertStatement = make_insert(schema, TABLE, _COLUMNS)

    def ensure_table(self, session: Session) -> None:
        """Create the table if it is missing. DDL: commits."""
        if not session.table_exists(self._schema, TABLE):
            key = ("TABLE_NAME", "STREAM", "ANCHOR", "BATCH_NO")
            table = OracleTable(TABLE, self._schema, columns=_COLUMNS, primary_key=key)
            create_unless_exists(session, ddl.create_table(table))

    def load(self, session: Session, table: str, stream: str) -> list[CommittedBatch]:
        """A stream's committed batches, oldest first."""
        rows = session.query(
            f"SELECT anchor, batch_no, row_count, digest FROM {self._name} "
            "WHERE table_name = :1 AND stream = :2 ORDER BY committed_at, batch_no",
            [table, _key(stream)],
        ).rows
        return [CommittedBatch(*row) for row in rows]

    def record(self, session: Session, table: str, stream: str, batch: CommittedBatch) -> None:
        """Note a batch within its own transaction. Later batches of the same anchor were abandoned: forget them."""
        comparison = "=" if batch.number == BOUNDARY else ">="
        session.execute(
            f"DELETE FROM {self._name} "
            f"WHERE table_name = :1 AND stream = :2 AND anchor = :3 AND batch_no {comparison} :4",
            [table, _key(stream), batch.anchor, batch.number],
        )
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        row = (table, _key(stream), batch.anchor, batch.number, batch.rows, batch.digest, now)
        session.execute_many(self._insert.sql, [row], input_types=self._insert.input_types)

    def is_committed(self, session: Session, table: str, stream: str, batch: CommittedBatch) -> bool:
        """Whether exactly this batch is committed: the answer after a commit whose reply was lost."""
        count = session.query(
            f"SELECT COUNT(*) FROM {self._name} "
            "WHERE table_name = :1 AND stream = :2 AND anchor = :3 AND batch_no = :4 AND digest = :5",
            [table, _key(stream), batch.anchor, batch.number, batch.digest],
        ).scalar()
        return bool(count)

    def forget(self, session: Session, table: str, stream: str, *, keep_anchor: str | None = None) -> None:
        """Delete a stream's rows, but for those of one bookmark. The caller commits."""
        sql = f"DELETE FROM {self._name} WHERE table_name = :1 AND stream = :2"
        binds = [table, _key(stream)]
        if keep_anchor is not None:
            sql, binds = sql + " AND anchor <> :3", [*binds, keep_anchor]
        session.execute(sql, binds)


def _key(stream: str) -> str:
    return shorten(stream, _STREAM_CHARACTERS)
