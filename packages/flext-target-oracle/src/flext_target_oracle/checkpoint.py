"""Exactly once: a log of what is committed, kept in FLEXT_CHECKPOINT and committed with each batch.

Theory
------
A tap that starts again delivers again what came after the state it starts from. For each stream the log says what that
was. Its entries have an offset, counted in rows:

state   `offset, anchor`: here a STATE was emitted. The anchor is the stream's own bookmark in it (`stream_anchor`). A
        full-table stream has none, and neither has the first run of an incremental one: their anchor is NO_BOOKMARK.
batch   `offset, rows, digest`: these rows are committed. The digest is SHA-256 over the converted rows and their table
        versions; not over times of extraction or loading.

No batch contains rows from before and from behind a state that is emitted (target.py), so states lie between batches.
A run that starts from a bookmark looks it up in the log and expects the batches behind it. It cuts its input at the
same places, and compares. Equal: the batch is skipped. Different: the source has changed; from there on everything is
written, and the log forgets what it had there. Append is then at least once. The states that the new run emits on the
way enter the log at their own offsets: they need not be where the earlier run had its states, and batches need not end
where its settings or time limits would end them.

Most taps send the records *of* the bookmark once more (`>=`, so that ties are not lost), in any order, and perhaps with
new ones among them. A state entry therefore has the hashes of the last rows before it that share one value of the
replication key; a run that begins there skips each of them once (`Boundary`). An upsert needs none: it may merge them
again.

When a run has read all its input, the log of a stream without a bookmark is deleted, so that the next full-table run is
a new delivery even if its data are identical; of the others only what is behind the last state stays. What a target
cannot see is that the *tap* died: its input simply ends, as after a complete full-table run. Streams with a bookmark
are protected in that case too, and so is upsert, by nature.

If the table has been emptied or dropped since, the log is forgotten and everything is loaded again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from flext_db_oracle import OracleColumn, OracleTable, OracleType, Session, ddl
from flext_db_oracle.bulk import InsertStatement, make_insert
from flext_db_oracle.identifiers import qualify, shorten

from .tables import create_unless_exists

TABLE = "FLEXT_CHECKPOINT"
NO_BOOKMARK = "none"
STATE, BATCH = "S", "B"

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
    _number("ROW_OFFSET"),
    _text("KIND", 1),
    _text("ANCHOR", 64),
    _number("ROW_COUNT"),
    _text("DIGEST", 64),
    OracleColumn(name="COMMITTED_AT", type=OracleType("TIMESTAMP", scale=6), nullable=False),
    OracleColumn(name="BOUNDARY", type=OracleType("CLOB")),
)
_HASH_BYTES = 8


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


def row_hash(row: tuple[Any, ...]) -> str:
    """A row of a boundary: 16 characters."""
    return hashlib.blake2b(_encoder.encode(row), digest_size=_HASH_BYTES).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a stream's log. `rows` and `digest` are a batch's, `boundary` (hashes in a row) is a state's."""

    kind: str
    offset: int
    rows: int
    digest: str
    anchor: str = NO_BOOKMARK
    boundary: str | None = None


class Boundary:
    """The bookmark's own records, which are committed and which the tap sends again: each is recognised once.

    `guessed`: it is not known that the input starts at this bookmark. Then its first record must be one of them.
    """

    def __init__(self, hashes: str = "", *, guessed: bool = False) -> None:
        size = 2 * _HASH_BYTES
        self._left = Counter(hashes[start : start + size] for start in range(0, len(hashes), size))
        self._guessed = guessed

    def __bool__(self) -> bool:
        return bool(self._left)

    def has(self, row: tuple[Any, ...]) -> bool:
        """Whether this row is one of those that are still expected. `row` is without metadata that differs by run."""
        found = row_hash(row)
        if self._left.get(found):
            self._left[found] -= 1
            self._left += Counter()  # drops those with no more to come
            self._guessed = False
            return True
        if self._guessed:
            self._left.clear()
        return False

    def clear(self) -> None:
        self._left.clear()


@dataclass(slots=True)
class StreamPosition:
    """Where a stream is in its log, and what its input must begin with if this is a repetition."""

    anchor: str = NO_BOOKMARK
    offset: int = 0
    state_offset: int = 0
    queue: deque[Entry] = field(default_factory=deque)
    boundary: Boundary = field(default_factory=Boundary)
    is_new: bool = True
    """Whether the log has nothing that leads here: the first batch begins it anew."""
    _guessed: bool = False

    @classmethod
    def load(cls, log: Sequence[Entry], anchor: str | None) -> StreamPosition:
        """Start at an anchor; without one (the tap did not say where it starts) at the last state of the log."""
        states = [entry for entry in log if entry.kind == STATE]
        start = next((entry for entry in reversed(states) if anchor in {None, entry.anchor}), None)
        if start is None:
            return cls(NO_BOOKMARK if anchor is None else anchor)
        queue = deque(entry for entry in log if entry.kind == BATCH and entry.offset >= start.offset)
        boundary = Boundary(start.boundary or "", guessed=anchor is None)
        return cls(start.anchor, start.offset, start.offset, queue, boundary, is_new=False, _guessed=anchor is None)

    @property
    def expected(self) -> Entry | None:
        """The committed rows that come next, if this is a repetition."""
        return self.queue[0] if self.queue else None

    def waits_for(self, rows: int) -> bool:
        """Whether this many rows end within committed ones, so that more must come before we can compare."""
        for entry in self.queue:
            if rows <= 0:
                return False
            if rows < entry.rows:
                return True
            rows -= entry.rows
        return False

    def recognise(self) -> None:
        """The input began with what was expected."""
        self.offset += self.queue.popleft().rows
        self._guessed = False

    def diverge(self) -> None:
        """It did not: all from here on is new."""
        self.queue.clear()
        if self._guessed:
            self.forget()
            self.anchor = NO_BOOKMARK

    def forget(self) -> None:
        """Nothing is committed: the table is new or was emptied."""
        self.queue.clear()
        self.boundary.clear()
        self.offset = self.state_offset = 0
        self.is_new, self._guessed = True, False

    def written(self, rows: int) -> None:
        """A new batch was committed."""
        self.offset += rows
        self.is_new = self._guessed = False

    def move(self, anchor: str) -> None:
        """A STATE with this bookmark was emitted here. The same bookmark again changes nothing."""
        if anchor != self.anchor:
            self.anchor, self.state_offset, self._guessed = anchor, self.offset, False


class Checkpoints:
    """The table FLEXT_CHECKPOINT of one schema. The caller owns session and transaction."""

    def __init__(self, schema: str) -> None:
        self._schema = schema
        self._name = qualify(schema, TABLE)
        self._insert: InsertStatement = make_insert(schema, TABLE, _COLUMNS)

    def ensure_table(self, session: Session) -> None:
        """Create the table if it is missing. DDL: commits."""
        if not session.table_exists(self._schema, TABLE):
            key = ("TABLE_NAME", "STREAM", "ROW_OFFSET", "KIND", "ANCHOR")
            table = OracleTable(TABLE, self._schema, columns=_COLUMNS, primary_key=key)
            create_unless_exists(session, ddl.create_table(table))

    def load(self, session: Session, table: str, stream: str) -> list[Entry]:
        """A stream's log, in order."""
        rows = session.query(
            f"SELECT kind, row_offset, row_count, digest, anchor, boundary FROM {self._name} "
            "WHERE table_name = :1 AND stream = :2 ORDER BY row_offset, committed_at",
            [table, _key(stream)],
        ).rows
        return [Entry(*row) for row in rows]

    def add_batch(self, session: Session, table: str, stream: str, batch: Entry, *, begins: str | None) -> None:
        """Note a batch within its own transaction. What the log has behind it is abandoned.

        With the first batch of a new log, `begins` is the anchor that it comes after.
        """
        if begins is None:
            session.execute(
                f"DELETE FROM {self._name} WHERE table_name = :1 AND stream = :2 "
                "AND (row_offset > :3 OR (row_offset = :4 AND kind = :5))",
                [table, _key(stream), batch.offset, batch.offset, BATCH],
            )
            self._add(session, table, stream, [batch])
        else:
            self.forget(session, table, stream)
            self._add(session, table, stream, [Entry(STATE, batch.offset, 0, NO_BOOKMARK, begins), batch])

    def add_state(self, session: Session, table: str, stream: str, state: Entry) -> None:
        """Note a STATE before it is emitted."""
        session.execute(
            f"DELETE FROM {self._name} "
            "WHERE table_name = :1 AND stream = :2 AND row_offset = :3 AND kind = :4 AND anchor = :5",
            [table, _key(stream), state.offset, STATE, state.anchor],
        )
        self._add(session, table, stream, [state])

    def _add(self, session: Session, table: str, stream: str, entries: Sequence[Entry]) -> None:
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        rows = [
            (table, _key(stream), entry.offset, entry.kind, entry.anchor, entry.rows, entry.digest, now, entry.boundary)
            for entry in entries
        ]
        session.execute_many(self._insert.sql, rows, input_types=self._insert.input_types)

    def is_committed(self, session: Session, table: str, stream: str, batch: Entry) -> bool:
        """Whether exactly this batch is committed: the answer after a commit whose reply was lost."""
        count = session.query(
            f"SELECT COUNT(*) FROM {self._name} "
            "WHERE table_name = :1 AND stream = :2 AND row_offset = :3 AND kind = :4 AND digest = :5",
            [table, _key(stream), batch.offset, BATCH, batch.digest],
        ).scalar()
        return bool(count)

    def forget(self, session: Session, table: str, stream: str, *, before: int | None = None) -> None:
        """Delete a stream's log, or only what is before an offset. The caller commits."""
        sql = f"DELETE FROM {self._name} WHERE table_name = :1 AND stream = :2"
        if before is None:
            session.execute(sql, [table, _key(stream)])
        else:
            session.execute(sql + " AND row_offset < :3", [table, _key(stream), before])


def _key(stream: str) -> str:
    return shorten(stream, _STREAM_CHARACTERS)
