"""How far a stream is, said on stderr, and how fast it may go."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable


class Progress:
    """Counts a stream's rows, logs a line every `interval` seconds, and keeps to `limit` rows a second."""

    def __init__(
        self,
        logger: logging.Logger,
        *,
        expected: int | None,
        interval: float,
        limit: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.rows = 0
        self._logger = logger
        self._expected = expected
        self._interval = interval
        self._limit = limit
        self._clock = clock
        self._sleep = sleep
        self._started = self._said = clock()

    def start(self) -> None:
        """Begin to measure."""
        self._started = self._said = self._clock()

    def add(self, rows: int) -> None:
        """Count rows; say so if it is time; wait if the stream is ahead of its limit."""
        self.rows += rows
        if self._limit is not None:
            ahead = self.rows / self._limit - (self._clock() - self._started)
            if ahead > 0:
                self._sleep(ahead)
        now = self._clock()
        if self._interval and now - self._said >= self._interval:
            self._said = now
            self._logger.info("%s", self.text(now))

    def text(self, now: float | None = None) -> str:
        elapsed = max((self._clock() if now is None else now) - self._started, 1e-9)
        text = f"{self.rows:,} rows, {self.rows / elapsed:,.0f} rows/s"
        if self._expected:
            text += f", {min(100, 100 * self.rows / self._expected):.0f} % of about {self._expected:,}"
        return text
