"""DBMS_SESSION, DBMS_LOCK, DBMS_APPLICATION_INFO: what a session says of itself, and sleeping."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ...errors import OracleError
from ..scope import Frame
from ..types import NUMBER, VARCHAR2
from ..values import number_text
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_PARAMETER = re.compile(r"\s*NLS_[A-Z_]+\s*", re.IGNORECASE)
_session = package("DBMS_SESSION")
_lock = package("DBMS_LOCK")
_info = package("DBMS_APPLICATION_INFO")


async def _text(interpreter: Interpreter, value: Any) -> str | None:
    text: str | None = await interpreter.converted(VARCHAR2, value)
    return text


async def _sleep(interpreter: Interpreter, _: Frame, *, seconds: Any) -> None:
    duration = await interpreter.converted(NUMBER, seconds)
    if duration is None or duration < 0:
        shown = "" if duration is None else number_text(duration)
        raise OracleError(38148, f"invalid time limit specified: {shown}")
    await interpreter.runtime.sleep(float(duration))


_session.procedure("SLEEP", "SECONDS")(_sleep)
_lock.procedure("SLEEP", "SECONDS")(_sleep)


@_session.procedure("SET_IDENTIFIER", "CLIENT_ID")
async def set_identifier(interpreter: Interpreter, _: Frame, *, client_id: Any) -> None:
    await interpreter.runtime.set_attributes({"client_identifier": await _text(interpreter, client_id)})


@_session.procedure("CLEAR_IDENTIFIER")
async def clear_identifier(interpreter: Interpreter, _: Frame) -> None:
    await interpreter.runtime.set_attributes({"client_identifier": None})


@_session.procedure("SET_NLS", "PARAM, VALUE")
async def set_nls(interpreter: Interpreter, frame: Frame, *, param: Any, value: Any) -> None:
    """ALTER SESSION SET: `value` is SQL's literal, with its quotes if it needs any."""
    name, literal = await _text(interpreter, param), await _text(interpreter, value)
    if name is None or literal is None or not _PARAMETER.fullmatch(name):
        raise OracleError(922, "missing or invalid option")
    await interpreter.run_dynamic(f"ALTER SESSION SET {name} = {literal}", {}, frame)


@_session.procedure("RESET_PACKAGE")
async def reset_package(interpreter: Interpreter, _: Frame) -> None:
    interpreter.state.packages.clear()


@_info.procedure("SET_MODULE", "MODULE_NAME, ACTION_NAME")
async def set_module(interpreter: Interpreter, _: Frame, *, module_name: Any, action_name: Any) -> None:
    module, action = await _text(interpreter, module_name), await _text(interpreter, action_name)
    await interpreter.runtime.set_attributes({"module": (module or "")[:48], "action": (action or "")[:32]})


@_info.procedure("SET_ACTION", "ACTION_NAME")
async def set_action(interpreter: Interpreter, _: Frame, *, action_name: Any) -> None:
    await interpreter.runtime.set_attributes({"action": (await _text(interpreter, action_name) or "")[:32]})


@_info.procedure("SET_CLIENT_INFO", "CLIENT_INFO")
async def set_client_info(interpreter: Interpreter, _: Frame, *, client_info: Any) -> None:
    await interpreter.runtime.set_attributes({"client_info": (await _text(interpreter, client_info) or "")[:64]})


@_info.procedure("READ_MODULE", "MODULE_NAME OUT, ACTION_NAME OUT")
async def read_module(interpreter: Interpreter, _: Frame, *, module_name: Any, action_name: Any) -> dict[str, Any]:
    attribute = interpreter.runtime.attribute
    return {"module_name": attribute("module"), "action_name": attribute("action")}


@_info.procedure("READ_CLIENT_INFO", "CLIENT_INFO OUT")
async def read_client_info(interpreter: Interpreter, _: Frame, *, client_info: Any) -> dict[str, Any]:
    return {"client_info": interpreter.runtime.attribute("client_info")}
