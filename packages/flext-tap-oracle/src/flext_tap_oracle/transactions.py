"""Open transactions: up to which time every commit has happened, so that a bookmark need not be passed by a late one.

Theory: a row is seen when its transaction commits, but its key is older: the time of writing, or a number of a sequence. A
bookmark is safe when no transaction that is still open can have written a key before it. GV$TRANSACTION has the start
of each, which is its first change; a key may be a little older (the statement's SYSTIMESTAMP), hence the margin.
The view is read before any row: a transaction that is gone from it by then has committed, and the read sees its rows.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass

import oracledb
from flext_db_oracle import FlextDbOracleApi
from flext_db_oracle.errors import error_code

from .errors import unwrap
from .snapshot import CLOCK, DENIED

#: Seconds that a key may be older than the first change of the transaction that writes it.
MARGIN = 10
_MICROSECONDS = len("2024-02-29T12:34:56.123456")
_NANOSECONDS = len("2024-02-29T12:34:56.123456789")
_OPEN = f"""
SELECT {CLOCK}, SYS_CONTEXT('USERENV', 'DATABASE_ROLE'), COUNT(*), TO_CHAR(MIN(start_date), 'YYYY-MM-DD"T"HH24:MI:SS')
  FROM gv$transaction"""


@dataclass(frozen=True, slots=True)
class Settled:
    """Up to which time all commits of keys have happened, as the database's clock; or why that is not known."""

    until: str = ""
    count: int = 0  # of open transactions
    oldest: str | None = None
    problem: str | None = None

    def __str__(self) -> str:
        if self.oldest is None:
            return "no transaction is open"
        return f"{self.count} transactions are open, the oldest since {self.oldest}"


def settled(api: FlextDbOracleApi) -> Settled:
    """What GV$TRANSACTION says now.

    Raises:
        TapError: the server fails, as against a user who may not look.
    """
    result = api.execute_query(_OPEN)
    if result.is_failure and isinstance(result.exception, oracledb.Error) and error_code(result.exception) in DENIED:
        return Settled(problem=f"GRANT SELECT ON GV_$TRANSACTION TO {api.config.username}")
    clock, role, count, oldest = unwrap(result, "open transactions").rows[0]
    if role != "PRIMARY":
        return Settled(problem=f"this database is a {role}: the transactions are in the primary")
    return Settled(_before(clock, oldest), count, oldest)


def _before(clock: str, oldest: str | None) -> str:
    """The margin before the clock or the oldest transaction, in the clock's form: nanoseconds and offset."""
    moment = dt.datetime.fromisoformat(min(clock[:_MICROSECONDS], oldest or clock[:_MICROSECONDS]))
    moment -= dt.timedelta(seconds=MARGIN)
    return f"{moment.isoformat(timespec='microseconds')}000{clock[_NANOSECONDS:]}"


def wait_until_settled(
    api: FlextDbOracleApi,
    moment: str,
    seconds: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> Settled | None:
    """Wait until all keys from before a moment of the database's clock are committed.

    Returns:
        None, or what is still open when `seconds` have passed.
    """
    end = now() + seconds
    while True:
        state = settled(api)
        if state.problem is None and state.until[:_MICROSECONDS] > moment[:_MICROSECONDS]:
            return None
        if now() >= end:
            return state
        sleep(min(1.0, max(end - now(), 0.01)))


def in_zone(clock: str, zone: dt.tzinfo) -> str:
    """The database's clock as a clock in another time zone shows it."""
    moment = dt.datetime.fromisoformat(clock[:_MICROSECONDS] + clock[_NANOSECONDS:]).astimezone(zone)
    text = moment.isoformat(timespec="microseconds")
    return text[:_MICROSECONDS] + clock[_MICROSECONDS:_NANOSECONDS] + text[_MICROSECONDS:]
