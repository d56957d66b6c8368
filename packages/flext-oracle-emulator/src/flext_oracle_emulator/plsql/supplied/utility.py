"""DBMS_UTILITY: the error stack, times, names."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING

from ..scope import Frame
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_utility = package("DBMS_UTILITY")


@_utility.function("GET_TIME")
async def get_time(_interpreter: Interpreter, _: Frame) -> Decimal:
    """Hundredths of a second, from a point of no meaning."""
    return Decimal(time.monotonic_ns() // 10_000_000 % 2**31)


@_utility.function("GET_CPU_TIME")
async def get_cpu_time(_interpreter: Interpreter, _: Frame) -> Decimal:
    return Decimal(time.process_time_ns() // 10_000_000)


@_utility.function("FORMAT_ERROR_STACK")
async def format_error_stack(_interpreter: Interpreter, frame: Frame) -> str | None:
    failure = frame.current_failure
    return None if failure is None else "\n".join((failure.sqlerrm, *failure.stack, *failure.kept))


@_utility.function("FORMAT_ERROR_BACKTRACE")
async def format_error_backtrace(_interpreter: Interpreter, frame: Frame) -> str | None:
    failure = frame.current_failure
    if failure is None:
        return None
    return "".join(f"{line}\n" for line in failure.stack if line.startswith("ORA-06512"))
