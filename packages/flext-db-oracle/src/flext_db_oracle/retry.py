"""Retries: work that is safe to repeat is repeated when the error is transient, with exponential waits and jitter.

Never repeated: a refused login (it locks the account), a wait for a pooled connection or a call that ran into its own
time limit (the user set that limit), and work that is not idempotent, whose callers do not come here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import stamina

from flext_db_oracle.errors import ErrorKind, PoolTimeout, explain

T = TypeVar("T")

_TIME_IS_UP = frozenset({"DPY-4024"})


def is_retryable(exc: Exception) -> bool:
    """Whether repeating idempotent work at once makes sense."""
    if isinstance(exc, PoolTimeout):
        return False
    told = explain(exc)
    return told.kind is ErrorKind.TRANSIENT and told.code not in _TIME_IS_UP


def retried(work: Callable[[], T], *, attempts: int, deadline: float) -> T:
    """Do idempotent work up to `attempts` times within `deadline` seconds; the last error is raised as it is."""
    for attempt in stamina.retry_context(
        on=is_retryable, attempts=attempts, timeout=deadline, wait_initial=0.2, wait_max=10.0, wait_jitter=0.5
    ):
        with attempt:
            return work()
    raise AssertionError("stamina ends with a result or raises")
