"""DBMS_ERRLOG: CREATE_ERROR_LOG makes the table that LOG ERRORS writes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import OracleError
from ...sql.names import fold
from ..scope import Frame
from ..types import VARCHAR2
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_package = package("DBMS_ERRLOG")
_CONTROL = (
    "ora_err_number$ number, ora_err_mesg$ varchar2(2000), ora_err_rowid$ rowid, ora_err_optyp$ varchar2(2),"
    " ora_err_tag$ varchar2(2000)"
)
_UNSUPPORTED = ("LONG", "LONG RAW", "CLOB", "NCLOB", "BLOB", "BFILE", "XMLTYPE", "JSON", "VECTOR")
_KEPT = {"NVARCHAR2": "nvarchar2(2000)", "NCHAR": "nvarchar2(2000)", "RAW": "raw(2000)", "ROWID": "urowid"}
_KEPT_OF_NAME = 25


@_package.procedure(
    "CREATE_ERROR_LOG",
    "DML_TABLE_NAME, ERR_LOG_TABLE_NAME?, ERR_LOG_TABLE_OWNER?, ERR_LOG_TABLE_SPACE?, SKIP_UNSUPPORTED?",
)
async def create_error_log(
    interpreter: Interpreter,
    frame: Frame,
    *,
    dml_table_name: Any,
    err_log_table_name: Any,
    err_log_table_owner: Any,
    err_log_table_space: Any,
    skip_unsupported: Any,
) -> None:
    async def text(value: Any) -> str | None:
        found: str | None = await interpreter.converted(VARCHAR2, value)
        return found

    name = tuple(fold(part.strip()) for part in (await text(dml_table_name) or "").split("."))
    columns = interpreter.runtime.relation_columns(name, frame.unit.definer)
    if columns is None:
        raise OracleError(942, "table or view does not exist")
    refused = [f"{column} {type_.name}" for column, type_ in columns if type_.name in _UNSUPPORTED]
    if refused and not skip_unsupported:
        raise OracleError(20069, f"Unsupported column type(s) found: {' '.join(refused)}")
    shape = [
        f'"{column}" {_KEPT.get(type_.name, "varchar2(4000)")}'
        for column, type_ in columns
        if type_.name not in _UNSUPPORTED
    ]
    table = await text(err_log_table_name) or f'"ERR$_{name[-1][:_KEPT_OF_NAME]}"'
    owner = await text(err_log_table_owner)
    space = await text(err_log_table_space)
    statement = f"create table {f'{owner}.' if owner else ''}{table} ({', '.join([_CONTROL, *shape])})"
    await interpreter.run_dynamic(f"{statement}{f' tablespace {space}' if space else ''}", {}, frame)
