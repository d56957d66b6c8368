"""DBMS_STATS: gathering is ANALYZE and a note of it in the dictionary."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

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
