"""DBMS_FLASHBACK, DBMS_TRANSACTION, DBMS_MVIEW."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...errors import OracleError, unsupported
from ..scope import Frame
from ..types import VARCHAR2
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_flashback = package("DBMS_FLASHBACK")
_mview = package("DBMS_MVIEW")
_snapshot = package("DBMS_SNAPSHOT")


@_flashback.function("GET_SYSTEM_CHANGE_NUMBER")
async def get_system_change_number(interpreter: Interpreter, _: Frame) -> Decimal:
    return Decimal(await interpreter.runtime.current_scn())


_transaction = package("DBMS_TRANSACTION")


@_transaction.function("LOCAL_TRANSACTION_ID", "CREATE_TRANSACTION?")
async def local_transaction_id(interpreter: Interpreter, _: Frame, *, create_transaction: Any) -> str | None:
    """`undo segment.slot.sequence`, as V$TRANSACTION shows it; NULL without a transaction."""
    number = await interpreter.runtime.transaction_id(create=create_transaction is True)
    return None if number is None else f"1.{number % 65536}.{number // 65536}"


@_transaction.procedure("COMMIT")
async def commit(interpreter: Interpreter, _: Frame) -> None:
    await interpreter.end_transaction(commit=True)


@_transaction.procedure("ROLLBACK")
async def rollback(interpreter: Interpreter, _: Frame) -> None:
    await interpreter.end_transaction(commit=False)


async def _refresh(interpreter: Interpreter, _: Frame, **arguments: Any) -> None:
    names = await interpreter.converted(VARCHAR2, arguments["list"])
    method = await interpreter.converted(VARCHAR2, arguments["method"])
    if names is None:
        raise OracleError(23401, 'materialized view "" does not exist')
    methods = (method or "").strip()
    for position, name in enumerate(names.split(",")):
        chosen = methods[position : position + 1] or None
        if chosen is not None and chosen.upper() not in "CF?AP":
            raise OracleError(12023, f"missing or invalid refresh method {chosen}")
        if chosen is not None and chosen.upper() == "P":
            raise unsupported("refresh by partition change tracking")
        await interpreter.runtime.refresh_materialized_view(name.strip(), chosen)


_REFRESH = (
    "LIST, METHOD?, ROLLBACK_SEG?, PUSH_DEFERRED_RPC?, REFRESH_AFTER_ERRORS?, PURGE_OPTION?, PARALLELISM?, HEAP_SIZE?,"
    " ATOMIC_REFRESH?, NESTED?, OUT_OF_PLACE?, SKIP_EXT_DATA?"
)
_mview.procedure("REFRESH", _REFRESH)(_refresh)
_snapshot.procedure("REFRESH", _REFRESH)(_refresh)
