"""DBMS_METADATA: GET_DDL, and what it leaves out (SET_TRANSFORM_PARAM)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...errors import OracleError, unsupported
from ..scope import Frame
from ..types import VARCHAR2
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_package = package("DBMS_METADATA")
_package.constants(SESSION_TRANSFORM=Decimal(-1))


async def _text(interpreter: Interpreter, value: Any) -> str | None:
    text: str | None = await interpreter.converted(VARCHAR2, value)
    return text


@_package.function("GET_DDL", "OBJECT_TYPE, NAME, SCHEMA?, VERSION?, MODEL?, TRANSFORM?")
async def get_ddl(
    interpreter: Interpreter, _: Frame, *, object_type: Any, name: Any, schema: Any, **_options: Any
) -> str:
    kind, found = await _text(interpreter, object_type), await _text(interpreter, name)
    if kind is None or found is None:
        raise OracleError(31600, f"invalid input value {'OBJECT_TYPE' if kind is None else 'NAME'} in function GET_DDL")
    parameters = interpreter.state.metadata_parameters
    return await interpreter.runtime.get_ddl(kind.upper(), found, await _text(interpreter, schema), parameters)


@_package.procedure("SET_TRANSFORM_PARAM", "TRANSFORM_HANDLE, NAME, VALUE?, OBJECT_TYPE?")
async def set_transform_param(
    interpreter: Interpreter, _: Frame, *, transform_handle: Any, name: Any, value: Any, object_type: Any
) -> None:
    parameter = (await _text(interpreter, name) or "").upper()
    if transform_handle != -1:
        raise unsupported("transforms of DBMS_METADATA other than SESSION_TRANSFORM")
    if parameter == "DEFAULT":
        interpreter.state.metadata_parameters.clear()
    elif isinstance(value, bool) or value is None:
        interpreter.state.metadata_parameters[parameter] = value is not False
    else:
        raise unsupported(f"DBMS_METADATA transform parameter {parameter}")
