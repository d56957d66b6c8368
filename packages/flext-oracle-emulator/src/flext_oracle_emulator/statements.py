"""The statement log: what each client sent, for tests to read. It holds the types of binds, never their values."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

#: Older statements are forgotten, so that a server that runs for days does not grow.
MAX_STATEMENTS = 10_000


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """One execution. `iterations` counts the rows of an array bind, `error` is the ORA code or 0.

    A statement that is refused while a client only describes it is here too, with no iterations.
    """

    sql: str
    user: str
    bind_types: tuple[str, ...] = ()
    iterations: int = 1
    row_count: int = 0
    elapsed: float = 0.0
    error: int = 0


def new_statement_log() -> deque[StatementRecord]:
    return deque(maxlen=MAX_STATEMENTS)
