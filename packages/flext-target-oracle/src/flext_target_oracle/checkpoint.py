"""Exactly once: a log of what is committed, kept in FLEXT_CHECKPOINT and committed with each batch.

Theory
------
A tap that starts again delivers again what came after the state it starts from. For each stream the log says what that
was. Its entries have an offset, counted in rows:

state   `offset, anchor`: here a STATE was emitted. The anchor is the stream's own bookmark in it (`stream_anchor`). A
        full-table stream has none, and neither has the first run of an incremental one: their anchor is NO_BOOKMARK.
batch   `offset, rows, digest, checks`: these rows are committed. The digest is SHA-256 over the converted rows and
        their table versions; not over times of extraction or loading. The checks, one of each row, tell whether input
        that ends within the batch (its tap has died) is the batch's beginning. An upsert needs none.

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
import logging
import sys
import zlib
from array import array
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import msgspec
from flext_db_oracle import OracleColumn, OracleTable, OracleType, Session, compiled, ddl
from flext_db_oracle.bulk import InsertStatement, make_insert
from flext_db_oracle.identifiers import qualify, shorten

from .tables import create_unless_exists

logger = logging.getLogger("target-oracle.checkpoint")

TABLE = "FLEXT_CHECKPOINT"
NO_BOOKMARK = "none"
STATE, BATCH = "S", "B"

_STREAM_CHARACTERS = 255
_DIGEST_ROWS = 250
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
    OracleColumn(name="ROW_CHECKS", type=OracleType("BLOB")),
)
_HASH_BYTES = 8
_CHECK_BYTES = 4
PART = "part"
"""Digest of a batch that is not whole any more."""


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


def digest(
    rows: list[tuple[Any, ...]], *, width: int = sys.maxsize, with_checks: bool = True
) -> tuple[str, bytes | None]:
    """SHA-256 of the first `width` values of rows, and a CRC-32 of each row.

    Some rows are encoded at a time, to keep memory low. The compiled writer gives the same bytes.
    """
    encode = _encode_rows if compiled.digest is None else compiled.digest.encode_rows
    result, checks = hashlib.sha256(), bytearray()
    for start in range(0, len(rows), _DIGEST_ROWS):
        lines, some = encode(rows, start, start + _DIGEST_ROWS, width, with_checks, Decimal, _encoder.encode)
        result.update(lines)
        checks += some
    return result.hexdigest(), bytes(checks) if with_checks else None


def _encode_rows(
    rows: list[tuple[Any, ...]], start: int, stop: int, width: int, with_checks: bool, *_: Any
) -> tuple[bytes, bytes]:
    lines = _encoder.encode_lines([row[:width] for row in rows[start:stop]])
    checks = array("I", map(zlib.crc32, lines.split(b"\n")[:-1]) if with_checks else ())
    if sys.byteorder == "big":
        checks.byteswap()
    return lines, checks.tobytes()


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
    checks: bytes | None = None
    """CRC-32 of each of a batch's rows: with it, a part of the batch can be recognised."""

    def rest(self, rows: int) -> Entry:
        """The batch without its first rows; it has no digest."""
        checks = (self.checks or b"")[rows * _CHECK_BYTES : self.rows * _CHECK_BYTES]
        return Entry(BATCH, self.offset + rows, self.rows - rows, PART, self.anchor, None, checks)

    def begins_with(self, rows: list[tuple[Any, ...]]) -> bool:
        """Whether these rows, at most as many, are the batch's first."""
        if len(rows) == self.rows and self.digest != PART:
            return digest(rows, with_checks=False)[0] == self.digest
        checks = digest(rows)[1]
        return self.checks is not None and checks is not None and self.checks.startswith(checks)


class Boundary:
    """The bookmark's own records, which are committed and which the tap sends again: each is recognised once."""

    def __init__(self, hashes: str = "") -> None:
        size = 2 * _HASH_BYTES
        self._left = Counter(hashes[start : start + size] for start in range(0, len(hashes), size))

    def __bool__(self) -> bool:
        return bool(self._left)

    @property
    def rows(self) -> int:
        """How many are still expected."""
        return self._left.total()

    def has(self, row: tuple[Any, ...]) -> bool:
        """Whether this row is one of those that are still expected. `row` is without metadata that differs by run."""
        found = row_hash(row)
        if not self._left.get(found):
            return False
        self._left[found] -= 1
        self._left += Counter()  # drops those with no more to come
        return True


@dataclass(slots=True)
class StreamPosition:
    """Where a stream is in its log, and what its input must begin with if this is a repetition.

    A tap need not say where it starts. Then `load` guesses: every state of the log is a candidate, and the first whose
    records or batches the input begins with is right.
    """

    anchor: str = NO_BOOKMARK
    offset: int = 0
    state_offset: int = 0
    queue: deque[Entry] = field(default_factory=deque)
    boundary: Boundary = field(default_factory=Boundary)
    boundary_rows: int = 0
    """How many records of the bookmark itself were committed when its STATE was emitted."""
    is_new: bool = True
    """Whether the log has nothing that leads here: the first batch begins it anew."""
    guessed: bool = False
    _alternatives: deque[StreamPosition] = field(default_factory=deque)
    _log: Sequence[Entry] = ()
    """What a guess is made of."""

    @classmethod
    def load(cls, log: Sequence[Entry], anchor: str | None, *, likely: str | None = None) -> StreamPosition:
        """Start at an anchor; without one (the tap did not say where it starts) where the input fits.

        `likely` is the anchor that is tried first.
        """
        states = [entry for entry in reversed(log) if entry.kind == STATE and anchor in {None, entry.anchor}]
        if not states:
            return cls(NO_BOOKMARK if anchor is None else anchor)
        if anchor is not None:
            return cls._behind(log, states[0])
        candidates: list[StreamPosition] = []
        for state in states:
            found = cls._behind(log, state)
            candidates.append(found)
            if found.boundary and found.queue:  # the tap may send only what is behind the bookmark
                candidates.append(replace(cls._behind(log, state), boundary=Boundary()))
        candidates.sort(key=lambda found: found.anchor != likely)
        if candidates[0].anchor == likely and not (candidates[0].boundary or candidates[0].queue):
            return candidates[0]  # nothing is committed behind it
        testable = [found for found in candidates if found.boundary or found.queue] or candidates[:1]
        return replace(testable[0], guessed=True, _alternatives=deque(testable[1:]), _log=log)

    def begin_at(self, anchor: str) -> StreamPosition:
        """Where the stream is after all, when a STATE comes before its first record: most taps repeat where they start."""
        if not any(entry.kind == STATE and entry.anchor == anchor for entry in self._log):
            return self
        return self.load(self._log, None, likely=anchor)

    @classmethod
    def _behind(cls, log: Sequence[Entry], state: Entry) -> StreamPosition:
        queue: deque[Entry] = deque()
        for entry in log:
            if entry.kind == BATCH and entry.offset >= state.offset:
                queue.append(entry)
            elif entry.kind == BATCH and entry.checks and entry.offset + entry.rows > state.offset:
                queue.append(entry.rest(state.offset - entry.offset))  # the STATE stood within this batch
        boundary = Boundary(state.boundary or "")
        return cls(state.anchor, state.offset, state.offset, queue, boundary, boundary.rows, is_new=False)

    @property
    def expected(self) -> Entry | None:
        """The committed rows that come next, if this is a repetition."""
        return self.queue[0] if self.queue else None

    def waits_for(self, rows: int) -> bool:
        """Whether this many rows end within a committed batch that can only be compared as a whole."""
        for entry in self.queue:
            if rows <= 0:
                return False
            if rows < entry.rows:
                return entry.checks is None
            rows -= entry.rows
        return False

    def confirm(self) -> None:
        """The input began with what was expected: no guess any more."""
        self.guessed = False
        self._alternatives.clear()
        self._log = ()

    def recognise(self) -> None:
        """The input began with the expected batch."""
        self.offset += self.queue.popleft().rows
        self.confirm()

    def recognise_part(self, rows: int) -> None:
        """The input ended with these first rows of the expected batch."""
        self.queue[0] = self.queue[0].rest(rows)
        self.offset += rows
        self.confirm()

    def diverge(self) -> None:
        """It did not. If this was a guess, the next one holds; else all from here on is new."""
        if self.guessed and self._alternatives:
            other = self._alternatives.popleft()
            self.anchor, self.offset, self.state_offset = other.anchor, other.offset, other.state_offset
            self.queue, self.boundary, self.boundary_rows = other.queue, other.boundary, other.boundary_rows
            return
        self.queue.clear()
        self.boundary = Boundary()
        if self.guessed:
            self.forget()
            self.anchor = NO_BOOKMARK

    def forget(self) -> None:
        """Nothing is committed: the table is new or was emptied."""
        self.queue.clear()
        self.boundary = Boundary()
        self.offset = self.state_offset = 0
        self.is_new = True
        self.confirm()

    def written(self, rows: int) -> None:
        """A new batch was committed."""
        self.offset += rows
        self.is_new = False
        self.confirm()

    def can_move(self, anchor: str, tail_rows: int) -> bool:
        """Whether a STATE with this bookmark is worth a line in the log.

        With the same bookmark again it is if all rows since it are records of the bookmark itself (ties that came in
        pieces): a run from there delivers them all again.
        """
        if self.is_new or anchor != self.anchor:
            return not self.is_new
        since = self.offset - self.state_offset
        return since > 0 and anchor != NO_BOOKMARK and tail_rows >= since + self.boundary_rows

    def move(self, anchor: str, tail_rows: int) -> None:
        """A STATE with this bookmark was emitted here."""
        if anchor != self.anchor or self.can_move(anchor, tail_rows):
            self.anchor, self.state_offset, self.boundary_rows = anchor, self.offset, tail_rows
            self.confirm()


class CheckpointTableError(Exception):
    """The table FLEXT_CHECKPOINT that is there is not one that this release can keep its log in."""


def _refuse_other_table(table: OracleTable) -> None:
    known = {column.name: column for column in _COLUMNS}
    faults = [] if table.kind == "TABLE" else [f"it is a {table.kind.lower()}"]
    faults += [
        f"{name} is missing" for name, column in known.items() if not column.nullable and table.column(name) is None
    ]
    for found in table.columns:
        wanted = known.get(found.name)
        if wanted is None and not found.nullable and found.default is None:
            faults.append(f"{found.name} is unknown and must have a value")
        elif wanted is not None and not _holds(found, wanted):
            faults.append(f"{found.name} is {found.data_type}")
    if faults:
        raise CheckpointTableError(
            f"{table.schema}.{TABLE} is not the log of committed batches that this release keeps: {'; '.join(faults)}. "
            "Hint: upgrade "
            "flext-target-oracle if a newer release made it; else rename or drop it, and the next run begins a new log "
            "(append-only then loads the records of the bookmark itself once more)"
        )


def _holds(found: OracleColumn, wanted: OracleColumn) -> bool:
    return found.type is not None and wanted.type is not None and found.type.widened(wanted.type) == found.type


class Checkpoints:
    """The table FLEXT_CHECKPOINT of one schema. The caller owns session and transaction."""

    def __init__(self, schema: str) -> None:
        self._schema = schema
        self._name = qualify(schema, TABLE)
        self._insert: InsertStatement = make_insert(schema, TABLE, _COLUMNS)

    def ensure_table(self, session: Session) -> None:
        """Create the table if it is missing, and add what the table of an older release lacks. DDL: commits.

        Raises `CheckpointTableError` for a table of that name that cannot be the log.
        """
        existing = session.find_table(self._schema, TABLE)
        if existing is None:
            key = ("TABLE_NAME", "STREAM", "ROW_OFFSET", "KIND", "ANCHOR")
            table = OracleTable(TABLE, self._schema, columns=_COLUMNS, primary_key=key)
            create_unless_exists(session, ddl.create_table(table))
            return
        _refuse_other_table(existing)
        added = [column for column in _COLUMNS if existing.column(column.name) is None]
        if added:
            logger.info("%s is of an older release: adding %s", self._name, ", ".join(item.name for item in added))
            session.execute_ddl(ddl.add_columns(self._schema, TABLE, added))

    def load(self, session: Session, table: str, stream: str) -> list[Entry]:
        """A stream's log, in order."""
        rows = session.query(
            f"SELECT kind, row_offset, row_count, digest, anchor, boundary, row_checks FROM {self._name} "
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
            session.execute(
                f"UPDATE {self._name} SET row_count = :1 - row_offset, digest = :2 WHERE table_name = :3 AND stream = :4 "
                "AND kind = :5 AND row_offset < :6 AND row_offset + row_count > :7",
                [batch.offset, PART, table, _key(stream), BATCH, batch.offset, batch.offset],
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
            (
                table,
                _key(stream),
                entry.offset,
                entry.kind,
                entry.anchor,
                entry.rows,
                entry.digest,
                now,
                entry.boundary,
                entry.checks,
            )
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
            session.execute(
                sql + " AND row_offset < :3 AND row_offset + row_count <= :4", [table, _key(stream), before, before]
            )


def _key(stream: str) -> str:
    return shorten(stream, _STREAM_CHARACTERS)
