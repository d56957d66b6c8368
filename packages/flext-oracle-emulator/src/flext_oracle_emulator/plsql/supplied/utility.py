"""DBMS_UTILITY: the error and call stacks, times; DBMS_DB_VERSION."""

from __future__ import annotations

import time
import zlib
from decimal import Decimal
from typing import TYPE_CHECKING

from ..scope import Frame, Unit
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


@_utility.function("FORMAT_CALL_STACK")
async def format_call_stack(interpreter: Interpreter, frame: Frame) -> str:
    """Who runs, called by whom. An object's handle is a number that tells it from others."""
    lines = ["----- PL/SQL Call Stack -----", "  object      line  object", "  handle    number  name"]
    for unit, line in [(frame.unit, interpreter.line), *reversed(interpreter.callers)]:
        handle = zlib.crc32(unit.source.encode())
        lines.append(f"{handle:#010x} {line:>9}  {_kind(unit)}")
    return "".join(f"{line}\n" for line in lines)


def _kind(unit: Unit) -> str:
    if not unit.name:
        return "anonymous block"
    words = unit.source.upper().split(maxsplit=2)
    kind = "package body" if words[:2] == ["PACKAGE", "BODY"] else words[0].lower() if words else ""
    kind = kind if kind in ("procedure", "function", "package", "package body") else "trigger"
    return f"{kind} {unit.label}"


_version = package("DBMS_DB_VERSION")
_version.constants(RELEASE=Decimal(0))


@_version.function("VERSION")
async def version(interpreter: Interpreter, _: Frame) -> Decimal:
    return Decimal(interpreter.runtime.version)


@_utility.procedure("DB_VERSION", "VERSION OUT, COMPATIBILITY OUT")
async def db_version(interpreter: Interpreter, _: Frame, **_out: object) -> dict[str, str]:
    text = f"{interpreter.runtime.version}.0.0.0.0"
    return {"version": text, "compatibility": text}
