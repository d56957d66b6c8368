"""What a run did, stream by stream: the closing lines on stderr."""

from __future__ import annotations

import time
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
