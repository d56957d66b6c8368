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
    recognised: int = 0
    rejected: int = 0
    discarded: int = 0
    deleted: int = 0
    batches: int = 0
    bytes: int = 0
    started: float = field(default_factory=time.monotonic)

    def describe(self, stream: str, table: str, method: str) -> str:
        """`employees -> EMPLOYEES (upsert): 1000 rows in 2 batches, 0.4 MB, 1.2 s`."""
        seconds = time.monotonic() - self.started
        parts = [f"{self.written} rows in {self.batches} batches"]
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
