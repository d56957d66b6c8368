"""Retries: work that is safe to repeat is repeated when the error is transient, with exponential waits and jitter.

Never repeated: a refused login (it locks the account), a wait for a pooled connection or a call that ran into its own
time limit (the user set that limit), and work that is not idempotent, whose callers do not come here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import tenacity

from flext_db_oracle.errors import ErrorKind, PoolTimeout, explain

T = TypeVar("T")

logger = logging.getLogger(__name__)

_TIME_IS_UP = frozenset({"DPY-4024"})


def is_retryable(exc: Exception) -> bool:
    """Whether repeating idempotent work at once makes sense."""
    if isinstance(exc, PoolTimeout):
        return False
    told = explain(exc)
    return told.kind is ErrorKind.TRANSIENT and told.code not in _TIME_IS_UP


def retried(work: Callable[[], T], *, attempts: int, deadline: float) -> T:
    """Do idempotent work up to `attempts` times within `deadline` seconds; the last error is raised as it is."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda error: isinstance(error, Exception) and is_retryable(error)),
        stop=tenacity.stop_after_attempt(attempts) | tenacity.stop_before_delay(deadline),
        wait=tenacity.wait_exponential(multiplier=0.2, max=10.0) + tenacity.wait_random(0.0, 0.5),
        before_sleep=_log,
        reraise=True,
    )
    return retrying(work)


def _log(state: tenacity.RetryCallState) -> None:
    """To the log, never to stdout: in a tap that is the data."""
    error = state.outcome.exception() if state.outcome is not None else None
    wait = state.next_action.sleep if state.next_action is not None else 0.0
    code = explain(error).code if isinstance(error, Exception) else None
    logger.info("attempt %d failed with %s; the next one in %.1f s", state.attempt_number, code or error, wait)
