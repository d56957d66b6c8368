"""DBMS_OUTPUT."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..scope import Frame
from ..types import NUMBER, VARCHAR2, CollectionType
from ..values import Collection
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_SMALLEST_BUFFER = 2000
_package = package("DBMS_OUTPUT")
_lines = CollectionType("CHARARR", VARCHAR2, "ASSOCIATIVE")
_package.types["CHARARR"] = _lines


@_package.procedure("ENABLE", "BUFFER_SIZE?")
async def enable(interpreter: Interpreter, _: Frame, *, buffer_size: Any) -> None:
    size = await interpreter.converted(NUMBER, buffer_size)
    interpreter.state.output.enable(None if size is None else max(int(size), _SMALLEST_BUFFER))


@_package.procedure("DISABLE")
async def disable(interpreter: Interpreter, _: Frame) -> None:
    interpreter.state.output.disable()


@_package.procedure("PUT_LINE", "A")
async def put_line(interpreter: Interpreter, _: Frame, *, a: Any) -> None:
    interpreter.state.output.put(await interpreter.converted(VARCHAR2, a) or "")
    interpreter.state.output.new_line()


@_package.procedure("PUT", "A")
async def put(interpreter: Interpreter, _: Frame, *, a: Any) -> None:
    interpreter.state.output.put(await interpreter.converted(VARCHAR2, a) or "")


@_package.procedure("NEW_LINE")
async def new_line(interpreter: Interpreter, _: Frame) -> None:
    interpreter.state.output.new_line()


@_package.procedure("GET_LINE", "LINE OUT, STATUS OUT")
async def get_line(interpreter: Interpreter, _: Frame, *, line: Any, status: Any) -> dict[str, Any]:
    found = interpreter.state.output.get_line()
    return {"line": found or None, "status": Decimal(found is None)}


@_package.procedure("GET_LINES", "LINES OUT, NUMLINES IN OUT")
async def get_lines(interpreter: Interpreter, _: Frame, *, lines: Any, numlines: Any) -> dict[str, Any]:
    wanted = await interpreter.converted(NUMBER, numlines) or Decimal(0)
    found: list[str] = []
    while len(found) < wanted:
        line = interpreter.state.output.get_line()
        if line is None:
            break
        found.append(line)
    items = {index: line or None for index, line in enumerate(found, 1)}
    return {"lines": Collection(_lines, items, len(items)), "numlines": Decimal(len(found))}
