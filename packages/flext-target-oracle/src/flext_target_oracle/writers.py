"""Batches of several streams that are written at the same time, each by a thread with a session of its own.

The main thread reads the input and decides everything: where a batch ends, what the log calls it, when a STATE is due.
What it hands over is the work of one transaction. Three rules keep the guarantees as they are with one session:

- A stream has one batch here at most. Its batches are committed in the order of its input, so that a crash never leaves
  a hole in its log.
- Before a STATE is emitted, a table is changed, or the run ends, `wait` lasts until everything handed over is committed.
- The first failure ends the run: it is raised in the main thread at the next call, and nothing is handed over any more.

With a count of 1 there are no threads: the work is done at once, in the main thread's session.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from .connector import OracleConnector

Work = Callable[[OracleConnector], Any]
Done = Callable[[Any], None]
Connect = Callable[[], OracleConnector]


@dataclass(frozen=True, slots=True)
class _Job:
    future: Future[Any]
    size: int
    done: Done


class Writers:
    """Takes batches of many streams, and writes `count` of them at a time."""

    def __init__(self, count: int, *, main: Connect, another: Connect) -> None:
        self.count = count
        self.bytes = 0
        """How large the batches are that are being written."""
        self.failure: BaseException | None = None
        self._main, self._another = main, another
        self._jobs: dict[str, _Job] = {}
        self._executor: ThreadPoolExecutor | None = None
        self._free: deque[OracleConnector] = deque()
        self._lock = threading.Lock()

    def submit(self, stream: str, size: int, work: Work, done: Done) -> None:
        """Have a batch written; `done` gets the result in this thread. Waits while the stream or all threads are busy."""
        if self.count == 1:
            done(work(self._main()))
            return
        self.wait(stream)
        while len(self._jobs) >= self.count:
            self.wait_for_any()
        self.poll()
        if self._executor is None:
            self._executor = ThreadPoolExecutor(self.count, thread_name_prefix="target-oracle")
        self.bytes += size
        self._jobs[stream] = _Job(self._executor.submit(self._run, work), size, done)

    def poll(self) -> None:
        """Take note of what has been finished. Raises the first failure."""
        for stream, job in list(self._jobs.items()):
            if job.future.done():
                self._finish(stream)
        if self.failure is not None:
            raise self.failure

    def wait_for_any(self) -> None:
        """Until one more batch is committed."""
        wait([job.future for job in self._jobs.values()], return_when=FIRST_COMPLETED)
        self.poll()

    def wait(self, stream: str | None = None) -> None:
        """Until everything that was handed over, or the batch of this stream, is committed."""
        for name in list(self._jobs) if stream is None else [stream]:
            if name in self._jobs:
                self._finish(name)

    def stop(self) -> None:
        """After a failure: what is being written now ends, with or without success, and is not tried again."""
        if self.failure is None:
            self.failure = RuntimeError("the run has failed")
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """The end of a run in which all went well."""
        self.wait()
        if self._executor is not None:
            self._executor.shutdown(wait=True)

    def _finish(self, stream: str) -> None:
        job = self._jobs.pop(stream)
        try:
            result = job.future.result()
        except BaseException as error:
            raise self.failure or error from None
        finally:
            self.bytes -= job.size
        job.done(result)

    def _run(self, work: Work) -> Any:
        try:
            connector = self._free.pop()
        except IndexError:
            connector = self._another()
        try:
            return work(connector)
        except BaseException as error:
            with self._lock:
                self.failure = self.failure or error
            raise
        finally:
            self._free.append(connector)
