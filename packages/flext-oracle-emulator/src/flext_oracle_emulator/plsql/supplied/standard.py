"""What package STANDARD and its extension DBMS_STANDARD add to the language: RAISE_APPLICATION_ERROR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import OracleError
from ..failures import Failure
from ..scope import Frame
from ..types import NUMBER, VARCHAR2
from .registry import Formal, SuppliedSubprogram, package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_LONGEST_MESSAGE = 2048


async def _raise_application_error(
    interpreter: Interpreter, frame: Frame, *, num: Any, msg: Any, keeperrorstack: Any
) -> None:
    code = await interpreter.converted(NUMBER, num)
    text = await interpreter.converted(VARCHAR2, msg)
    if code is None or not -20999 <= code <= -20000:
        shown = "" if code is None else str(code)
        raise OracleError(21000, f"error number argument to raise_application_error of {shown} is out of range")
    failure = Failure(OracleError(-int(code), (text or "")[:_LONGEST_MESSAGE]))
    handled = frame.current_failure
    failure.replaces = True
    if keeperrorstack is True and handled is not None:
        failure.kept = [handled.error.text.split("\n")[0], *handled.stack]
    raise failure


raise_application_error = SuppliedSubprogram(
    "DBMS_STANDARD.RAISE_APPLICATION_ERROR",
    (Formal("NUM"), Formal("MSG"), Formal("KEEPERRORSTACK", optional=True)),
    _raise_application_error,
    is_function=False,
)
package("DBMS_STANDARD").members["RAISE_APPLICATION_ERROR"] = raise_application_error
