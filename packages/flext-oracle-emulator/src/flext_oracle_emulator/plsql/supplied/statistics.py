"""DBMS_STATS: gathering is ANALYZE and a note of it in the dictionary."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...errors import OracleError
from ..scope import Frame
from ..types import VARCHAR2
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_stats = package("DBMS_STATS")
_stats.constants(
    AUTO_SAMPLE_SIZE=Decimal(0),
    AUTO_DEGREE=Decimal(32768),
    DEFAULT_DEGREE=Decimal(32767),
    AUTO_CASCADE=None,
    AUTO_INVALIDATE=None,
)

_PREFERENCES = frozenset(
    {"APPROXIMATE_NDV_ALGORITHM", "AUTO_STAT_EXTENSIONS", "CASCADE", "CONCURRENT", "DEGREE", "ESTIMATE_PERCENT",
     "GLOBAL_TEMP_TABLE_STATS", "GRANULARITY", "INCREMENTAL", "INCREMENTAL_LEVEL", "INCREMENTAL_STALENESS", "METHOD_OPT",
     "NO_INVALIDATE", "OPTIONS", "PREFERENCE_OVERRIDES_PARAMETER", "PUBLISH", "STALE_PERCENT", "STAT_CATEGORY",
     "TABLE_CACHED_BLOCKS", "WAIT_TIME_TO_UPDATE_STATS"}
)  # fmt: skip
_GATHER = (
    "ESTIMATE_PERCENT?, BLOCK_SAMPLE?, METHOD_OPT?, DEGREE?, GRANULARITY?, CASCADE?, STATTAB?, STATID?, OPTIONS?,"
    " STATOWN?, NO_INVALIDATE?, STATTYPE?, FORCE?, CONTEXT?"
)


async def _text(interpreter: Interpreter, value: Any) -> str | None:
    text: str | None = await interpreter.converted(VARCHAR2, value)
    return text


@_stats.procedure(
    "GATHER_TABLE_STATS",
    "OWNNAME, TABNAME, PARTNAME?, ESTIMATE_PERCENT?, BLOCK_SAMPLE?, METHOD_OPT?, DEGREE?, GRANULARITY?, CASCADE?,"
    " STATTAB?, STATID?, STATOWN?, NO_INVALIDATE?, STATTYPE?, FORCE?, CONTEXT?, OPTIONS?",
)
async def gather_table_stats(
    interpreter: Interpreter, _: Frame, *, ownname: Any, tabname: Any, **_options: Any
) -> None:
    await interpreter.runtime.gather_statistics(await _text(interpreter, ownname), await _text(interpreter, tabname))


@_stats.procedure("GATHER_SCHEMA_STATS", "OWNNAME, " + _GATHER)
async def gather_schema_stats(interpreter: Interpreter, _: Frame, *, ownname: Any, **_options: Any) -> None:
    await interpreter.runtime.gather_statistics(await _text(interpreter, ownname), None)


@_stats.procedure("DELETE_TABLE_STATS", "OWNNAME, TABNAME, PARTNAME?, STATTAB?, STATID?, CASCADE_PARTS?, CASCADE_COLUMNS?,"
                  " CASCADE_INDEXES?, STATOWN?, NO_INVALIDATE?, FORCE?, STAT_CATEGORY?")  # fmt: skip
async def delete_table_stats(
    interpreter: Interpreter, _: Frame, *, ownname: Any, tabname: Any, **_options: Any
) -> None:
    await interpreter.runtime.change_statistics(
        "delete_table", await _text(interpreter, ownname), await _text(interpreter, tabname)
    )


@_stats.procedure("LOCK_TABLE_STATS", "OWNNAME, TABNAME, STATTYPE?")
async def lock_table_stats(interpreter: Interpreter, _: Frame, *, ownname: Any, tabname: Any, stattype: Any) -> None:
    await interpreter.runtime.change_statistics(
        "lock_table", await _text(interpreter, ownname), await _text(interpreter, tabname)
    )


@_stats.procedure("UNLOCK_TABLE_STATS", "OWNNAME, TABNAME, STATTYPE?")
async def unlock_table_stats(interpreter: Interpreter, _: Frame, *, ownname: Any, tabname: Any, stattype: Any) -> None:
    await interpreter.runtime.change_statistics(
        "unlock_table", await _text(interpreter, ownname), await _text(interpreter, tabname)
    )


@_stats.procedure("SET_TABLE_PREFS", "OWNNAME, TABNAME, PNAME, PVALUE")
async def set_table_prefs(
    interpreter: Interpreter, _: Frame, *, ownname: Any, tabname: Any, pname: Any, pvalue: Any
) -> None:
    """Preferences say how to gather; gathering here counts all rows whatever they are."""
    if str(pname or "").upper() not in _PREFERENCES:
        raise OracleError(20001, f"Invalid input values for pname: {pname}")
    await interpreter.runtime.change_statistics(
        "check_table", await _text(interpreter, ownname), await _text(interpreter, tabname)
    )
