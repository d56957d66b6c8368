"""What a run does and did, for stderr: a line now and then, and the closing lines, stream by stream."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_MEGABYTE = 1_000_000


@dataclass(slots=True)
class Tally:
    """Counts of one stream. `written` are rows inserted or merged, `recognised` those that were committed before."""

    written: int = 0
    changed: int = 0
    """Rows of the table that the written ones inserted or updated."""
    updated: int = 0
    """Of these, the updated ones, where they are counted apart."""
    recognised: int = 0
    rejected: int = 0
    discarded: int = 0
    deleted: int = 0
    batches: int = 0
    bytes: int = 0
    started: float = field(default_factory=time.monotonic)

    def describe(self, stream: str, table: str, method: str, *, merges: bool = False, counted: bool = False) -> str:
        """`employees -> EMPLOYEES (upsert): 1000 merged in 2 batches, 0.4 MB, 1.2 s`.

        A MERGE tells inserted and updated rows as one number, unless they are `counted` apart.
        """
        seconds = time.monotonic() - self.started
        if not merges:
            done = f"{self.written} inserted"
        elif counted:
            done = f"{self.changed - self.updated} inserted, {self.updated} updated"
        else:
            done = f"{self.changed} merged"
        parts = [f"{done} in {self.batches} batches"]
        if merges and self.written > self.changed:
            parts.append(f"{self.written - self.changed} superseded")
        parts += [
            f"{count} {what}"
            for count, what in (
                (self.recognised, "loaded before"),
                (self.rejected, "rejected"),
                (self.discarded, "discarded"),
                (self.deleted, "deleted or marked as deleted"),
            )
            if count
        ]
        parts += [f"{self.bytes / _MEGABYTE:.1f} MB", f"{seconds:.1f} s"]
        return f"{stream} -> {table} ({method}): {', '.join(parts)}"


class Progress:
    """When a progress line is due, and what it says."""

    def __init__(self, interval: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval, self._clock = interval, clock
        self._started = self._said = clock()

    def is_due(self) -> bool:
        """Whether `interval` seconds have passed since the last line; with interval 0 never."""
        return self._interval > 0 and self._clock() - self._said >= self._interval

    def line(self, tallies: Sequence[Tally], waiting: int) -> str:
        """`20,000 rows written in 2 batches, 500 waiting, 1,300 rows/s`: all streams, since the run began."""
        self._said = self._clock()
        written = sum(tally.written for tally in tallies)
        parts = [f"{written:,} rows written in {sum(tally.batches for tally in tallies):,} batches"]
        others = ((waiting, "waiting"), (sum(tally.recognised for tally in tallies), "loaded before"))
        rejected = sum(tally.rejected for tally in tallies)
        parts += [f"{count:,} {what}" for count, what in (*others, (rejected, "rejected")) if count]
        return f"{', '.join(parts)}, {written / max(self._said - self._started, 1e-9):,.0f} rows/s"
