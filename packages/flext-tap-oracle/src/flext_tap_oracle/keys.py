"""Replication keys: where an incremental read starts, in which order it runs, and how far its bookmark may go.

A bookmark says "everything before this has been sent". It therefore never passes the upper fence (the database's clock
at the start of the run, for dates), and a read starts `lag` before it. What lies between start and bookmark is read
again each time; `Boundary` recognises by digest the rows that were sent already and have not changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flext_db_oracle import LossyValueError
from flext_db_oracle.types import Carrier
from flext_db_oracle.values import to_bind_value, to_json_value

from .columns import ROWSCN, OutputColumn
from .errors import TapError
from .query import Query
from .transactions import in_zone

KEY, VALUE, VALUES, BOUNDARY = "replication_key", "replication_key_value", "replication_key_values", "boundary"
#: Rows that a state remembers; when more lie between start and bookmark they are sent again, which loses nothing.
MAX_BOUNDARY = 1000
_TIMES = frozenset({Carrier.DATETIME, Carrier.TIMESTAMP_TEXT, Carrier.ZONED_TEXT})
_NUMBERS = frozenset({Carrier.INTEGER, Carrier.NUMBER, Carrier.FLOAT})
_NAIVE_DIGITS = len("2024-02-29T12:34:56.123456789")
_MICROSECONDS = len("2024-02-29T12:34:56.123456")


@dataclass(frozen=True, slots=True)
class ReplicationKey:
    """One column or expression to replicate by, or several that order rows together."""

    columns: tuple[OutputColumn, ...]
    dates_as_text: bool = False
    zone: dt.tzinfo | None = None  # of the clock that keys without an offset are written by; None: the server's

    @property
    def name(self) -> str:
        """The property that the SDK and the state call replication key."""
        return self.columns[0].name

    @property
    def is_rowscn(self) -> bool:
        return self.name == ROWSCN and self.columns[0].reference == "ORA_ROWSCN"

    @property
    def carrier(self) -> Carrier:
        return self.columns[0].type.carrier(dates_as_text=self.dates_as_text)

    @property
    def is_time(self) -> bool:
        return self.carrier in _TIMES

    @property
    def is_number(self) -> bool:
        return self.carrier in _NUMBERS

    @property
    def has_order(self) -> bool:
        """Whether values can be compared here as the database does: not text, whose order is the session's."""
        return self.carrier in _TIMES | _NUMBERS

    def comparable(self, value: Any) -> Any:
        """A fetched value of the first column in a form that compares as in the database."""
        return _instant(value) if self.carrier is Carrier.ZONED_TEXT else value

    def state_value(self, value: Any, index: int = 0) -> Any:
        """A fetched value as the state holds it: as JSON has it."""
        convert = to_json_value(self.columns[index].type, dates_as_text=self.dates_as_text)
        return value if convert is None or value is None else convert(value)

    def bind(self, value: Any, index: int = 0) -> Any:
        """A value of a state or setting as it is bound.

        Raises:
            TapError: it is no value of the key's type.
        """
        column = self.columns[index]
        if isinstance(value, str):
            value = _zone_as_in(value, column.type.carrier(dates_as_text=self.dates_as_text))
        try:
            convert = to_bind_value(column.type, dates_as_text=self.dates_as_text)
            return value if convert is None else convert(value)
        except LossyValueError as error:
            raise TapError(f"{value!r} cannot be a value of {column.name} ({column.type.ddl}): {error}") from error

    def before(self, key: Any, lag: float) -> Any:
        """The comparable that lies `lag` before another."""
        if not lag:
            return key
        if self.carrier is Carrier.ZONED_TEXT:
            return (key[0] - dt.timedelta(seconds=lag), key[1])
        if self.carrier is Carrier.TIMESTAMP_TEXT:
            moment = dt.datetime.fromisoformat(key[:_MICROSECONDS]) - dt.timedelta(seconds=lag)
            return moment.isoformat(timespec="microseconds")
        return key - (dt.timedelta(seconds=lag) if self.is_time else type(key)(lag))

    def from_clock(self, clock: str) -> Any:
        """The database's clock (ISO text with nanoseconds and offset) as a value of the key's type, as it is fetched."""
        if self.carrier is Carrier.ZONED_TEXT:
            return clock
        if self.zone is not None:
            clock = in_zone(clock, self.zone)
        naive = clock[:_NAIVE_DIGITS]
        digits = 0 if self.columns[0].type.name == "DATE" else self.columns[0].type.fraction_digits
        naive = naive[: len("2024-02-29T12:34:56.") + digits].rstrip(".")
        return naive if self.carrier is Carrier.TIMESTAMP_TEXT else dt.datetime.fromisoformat(naive[:_MICROSECONDS])

    def range_query(
        self, query: Query, start: Sequence[Any], *, lag: float = 0, null_keys: bool = False, fence: Any = None
    ) -> Query:
        """The rows at or after `start` (state values; empty for all), up to `fence`, in the key's order."""
        if self.is_rowscn:
            return query.where("ORA_ROWSCN > :last_value", last_value=self.bind(start[0])) if start else query
        first = self.columns[0]
        condition, binds = self._start_condition(start, lag)
        if fence is not None:
            bound = first.type.bind_expression(":upper_fence", dates_as_text=self.dates_as_text)
            condition = f"{condition} AND " if condition else ""
            condition = f"{condition}{first.reference} <= {bound}"
            binds["upper_fence"] = self.bind(self.state_value(fence))
        missing = " OR ".join(f"{column.reference} IS NULL" for column in self.columns)
        if null_keys:
            condition = f"({condition} OR {missing})" if condition else ""
        elif not condition:
            condition = " AND ".join(f"{column.reference} IS NOT NULL" for column in self.columns)
        if condition:
            query = query.where(condition, **binds)
        nulls = " NULLS FIRST" if null_keys else ""
        return query.ordered(*(f"{column.reference}{nulls}" for column in self.columns))

    def _start_condition(self, start: Sequence[Any], lag: float) -> tuple[str, dict[str, Any]]:
        if not start:
            return "", {}
        first = self.columns[0]
        bound = first.type.bind_expression(":last_value", dates_as_text=self.dates_as_text)
        binds: dict[str, Any] = {"last_value": self.bind(start[0])}
        if lag:
            if not self.has_order:
                raise TapError(f"lag: {first.name} is {first.type.ddl}, and only dates and numbers can be counted back")
            binds["lag"] = int(lag) if lag == int(lag) else lag
            bound += " - NUMTODSINTERVAL(:lag, 'SECOND')" if self.is_time else " - :lag"
            return f"{first.reference} >= {bound}", binds
        if len(self.columns) == 1 or len(start) == 1:
            return f"{first.reference} >= {bound}", binds
        return self._lexicographic(start, binds)

    def _lexicographic(self, start: Sequence[Any], binds: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """(a, b) >= (:1, :2) as Oracle understands it: a > :1 OR (a = :1 AND b >= :2)."""
        parts = []
        for depth, column in enumerate(self.columns):
            name = "last_value" if depth == 0 else f"last_value_{depth + 1}"
            binds[name] = self.bind(start[depth], depth)
            equal = [f"{c.reference} = {self._placeholder(i)}" for i, c in enumerate(self.columns[:depth])]
            sign = ">=" if depth == len(self.columns) - 1 else ">"
            terms = [*equal, f"{column.reference} {sign} {self._placeholder(depth)}"]
            parts.append(" AND ".join(terms) if len(terms) == 1 else f"({' AND '.join(terms)})")
        return f"({' OR '.join(parts)})", binds

    def _placeholder(self, index: int) -> str:
        name = ":last_value" if index == 0 else f":last_value_{index + 1}"
        return self.columns[index].type.bind_expression(name, dates_as_text=self.dates_as_text)


def _zone_as_in(text: str, carrier: Carrier) -> str:
    """A date as its column has it: other taps write +00:00 or Z on times that have no zone, and settings leave it out."""
    if carrier in {Carrier.DATETIME, Carrier.TIMESTAMP_TEXT}:
        return re.sub(r"(?:Z|\+00:?00)\Z", "", text)
    if carrier is Carrier.ZONED_TEXT and not re.search(r"(?:Z|[+-]\d\d:?\d\d)\Z", text):
        return f"{text if 'T' in text else f'{text}T00:00:00'}Z"
    return text


def _instant(text: str) -> tuple[dt.datetime, str]:
    """Zoned ISO text as (instant in whole seconds, digits of the fraction): comparable across offsets."""
    end = len("2024-02-29T12:34:56")
    offset_at = len(text) - 1 if text.endswith("Z") else len(text) - len("+00:00")
    offset = "+00:00" if text.endswith("Z") else text[offset_at:]
    try:
        return dt.datetime.fromisoformat(text[:end] + offset).astimezone(dt.UTC), text[end + 1 : offset_at].ljust(
            9, "0"
        )
    except (ValueError, OverflowError) as error:
        raise TapError(f"{text} is outside the years 1 to 9999, which a replication key must stay in") from error


@dataclass(slots=True)
class Boundary:
    """Which rows at and after a bookmark have been sent."""

    digest: Callable[[tuple[Any, ...]], str]
    known: set[str] = field(default_factory=set)
    checks: int = 0  # rows that may still be compared with what is known
    met: list[tuple[Any, str]] = field(default_factory=list)  # known rows that were read again
    tail: deque[tuple[Any, tuple[Any, ...]]] = field(default_factory=lambda: deque(maxlen=MAX_BOUNDARY + 1))

    @classmethod
    def from_state(cls, state: Mapping[str, Any], one: Callable[[tuple[Any, ...]], bytes]) -> Boundary:
        def digest(row: tuple[Any, ...]) -> str:
            return hashlib.blake2b(one(row), digest_size=8).hexdigest()

        known = state.get(BOUNDARY)
        digests = set(known) if isinstance(known, list) else set()
        return cls(digest, digests, checks=10_000 + 10 * len(digests))

    def unsent(self, rows: list[tuple[Any, ...]], key_of: Callable[[tuple[Any, ...]], Any]) -> list[tuple[Any, ...]]:
        """The rows without those that the last run sent. Costs nothing once all of those were met."""
        if not self.known:
            return rows
        fresh: list[tuple[Any, ...]] = []
        for index, row in enumerate(rows):
            if not self.known or self.checks <= 0:
                self.known.clear()
                return fresh + rows[index:]
            self.checks -= 1
            digest = self.digest(row)
            if digest in self.known:
                self.known.discard(digest)
                self.met.append((key_of(row), digest))
            else:
                fresh.append(row)
        return fresh

    def remember(self, rows: list[tuple[Any, ...]], key_of: Callable[[tuple[Any, ...]], Any], start: Any) -> None:
        """Keep the rows whose key is at or after `start`, where the next read begins."""
        if self.met:
            self.met = [(key, digest) for key, digest in self.met if key is not None and key >= start]
        while self.tail and self.tail[0][0] < start:
            self.tail.popleft()
        recent: list[tuple[Any, tuple[Any, ...]]] = []
        for row in reversed(rows):
            key = key_of(row)
            if key is None or key < start or len(recent) > MAX_BOUNDARY:
                break
            recent.append((key, row))
        self.tail.extend(reversed(recent))

    def digests(self) -> list[str]:
        """For the state; nothing when they are too many to remember."""
        if len(self.met) + len(self.tail) > MAX_BOUNDARY:
            return []
        return [*(digest for _, digest in self.met), *(self.digest(row) for _, row in self.tail)]
