"""DBMS_SQL: cursors by number, for statements whose columns and binds are known only when they run."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...backend.base import ColumnInfo, OracleType
from ...errors import OracleError, unsupported
from ...sql import ast as sql
from ...sql.binds import StatementKind, scan_statement
from ..cursors import CursorState, SqlCursor
from ..failures import oracle_error
from ..scope import Frame
from ..types import BOOLEAN, NUMBER, PLS_INTEGER, VARCHAR2, CollectionType, Field, RecordType, wrong_type
from ..values import Collection, CursorReference, Record
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_package = package("DBMS_SQL")
_package.constants(V6=Decimal(0), NATIVE=Decimal(1), V7=Decimal(2), FOREIGN_SYNTAX=Decimal(4294967295))

_FIELDS = (
    *(("COL_TYPE", PLS_INTEGER), ("COL_MAX_LEN", PLS_INTEGER), ("COL_NAME", VARCHAR2), ("COL_NAME_LEN", PLS_INTEGER)),
    *(("COL_SCHEMA_NAME", VARCHAR2), ("COL_SCHEMA_NAME_LEN", PLS_INTEGER), ("COL_PRECISION", PLS_INTEGER)),
    *(("COL_SCALE", PLS_INTEGER), ("COL_CHARSETID", PLS_INTEGER), ("COL_CHARSETFORM", PLS_INTEGER)),
    ("COL_NULL_OK", BOOLEAN),
)
_COLUMN = RecordType("DESC_REC", tuple(Field(name, type_) for name, type_ in _FIELDS))
_COLUMNS = CollectionType("DESC_TAB", _COLUMN, "ASSOCIATIVE")
_package.types.update(DESC_REC=_COLUMN, DESC_TAB=_COLUMNS, DESC_REC2=_COLUMN, DESC_TAB2=_COLUMNS)
_TEXT_SETS = {1: 873, 2: 2000}  # AL32UTF8, AL16UTF16


async def _cursor(interpreter: Interpreter, number: Any) -> SqlCursor:
    key = await interpreter.converted(NUMBER, number)
    found = None if key is None else interpreter.state.sql_cursors.get(int(key))
    if found is None:
        raise OracleError(29471, "DBMS_SQL access denied")
    return found


@_package.function("OPEN_CURSOR", "SECURITY_LEVEL?, TREAT_AS_CLIENT_FOR_RESULTS?")
async def open_cursor(interpreter: Interpreter, _: Frame, **__: Any) -> Decimal:
    state = interpreter.state
    state.last_sql_cursor += 1
    state.sql_cursors[state.last_sql_cursor] = SqlCursor()
    return Decimal(state.last_sql_cursor)


@_package.function("IS_OPEN", "C")
async def is_open(interpreter: Interpreter, _: Frame, *, c: Any) -> bool:
    key = await interpreter.converted(NUMBER, c)
    return key is not None and int(key) in interpreter.state.sql_cursors


@_package.procedure("PARSE", "C, STATEMENT, LANGUAGE_FLAG?")
async def parse(interpreter: Interpreter, frame: Frame, *, c: Any, statement: Any, language_flag: Any) -> None:
    """DDL runs at once."""
    cursor = await _cursor(interpreter, c)
    await cursor.forget()
    text = await interpreter.converted(VARCHAR2, statement)
    if text is None:
        raise OracleError(900, "invalid SQL statement")
    cursor.text = text
    if scan_statement(text).kind is StatementKind.PLSQL:
        interpreter.parsed_block(text)
        return
    cursor.statement = interpreter.dynamic_statement(text)
    if scan_statement(text).return_positions:
        raise unsupported("DBMS_SQL of DML with RETURNING")
    if scan_statement(text).kind is StatementKind.DDL:
        await interpreter.run_dynamic(text, {}, frame)


@_package.procedure("BIND_VARIABLE", "C, NAME, VALUE, OUT_VALUE_SIZE?")
async def bind_variable(interpreter: Interpreter, _: Frame, *, c: Any, name: Any, value: Any, **__: Any) -> None:
    cursor = await _cursor(interpreter, c)
    key = str(await interpreter.converted(VARCHAR2, name) or "").removeprefix(":").upper()
    if key not in {known.upper() for known in scan_statement(cursor.text).bind_names}:
        raise OracleError(1006, "bind variable does not exist")
    cursor.binds[key] = value


@_package.procedure("DEFINE_COLUMN", "C, POSITION, COLUMN, COLUMN_SIZE?")
async def define_column(interpreter: Interpreter, _: Frame, *, c: Any, position: Any, **__: Any) -> None:
    cursor = await _cursor(interpreter, c)
    cursor.defined.add(int(await interpreter.converted(NUMBER, position)))


@_package.function("EXECUTE", "C")
async def execute(interpreter: Interpreter, frame: Frame, *, c: Any) -> Decimal:
    return await _execute(interpreter, frame, await _cursor(interpreter, c))


async def _execute(interpreter: Interpreter, frame: Frame, cursor: SqlCursor) -> Decimal:
    if not cursor.text:
        raise OracleError(1003, "no statement parsed")
    names = [name.upper() for name in scan_statement(cursor.text).bind_names]
    if set(names) - set(cursor.binds):
        raise OracleError(1008, "not all variables bound")
    if cursor.statement is None:
        await interpreter.run_block_with(cursor.text, cursor.binds, frame)
        return Decimal(1)
    if isinstance(cursor.statement, sql.Query):
        await cursor.rows.close_if_open()
        request = interpreter.request_of(cursor.text, cursor.statement, cursor.binds, frame)
        cursor.rows.opened(await interpreter.runtime.open_query(request))
        return Decimal(0)
    if scan_statement(cursor.text).kind is StatementKind.DDL:
        return Decimal(0)  # it ran when it was parsed
    request = interpreter.request_of(cursor.text, cursor.statement, cursor.binds, frame)
    result = await interpreter.runtime.execute(request)
    return Decimal(result.row_count)


@_package.function("FETCH_ROWS", "C")
async def fetch_rows(interpreter: Interpreter, _: Frame, *, c: Any) -> Decimal:
    return await _fetch(interpreter, await _cursor(interpreter, c))


async def _fetch(interpreter: Interpreter, cursor: SqlCursor) -> Decimal:
    if not cursor.rows.is_open:
        raise OracleError(1002, "fetch out of sequence")
    rows = await cursor.rows.fetch(1)
    if not rows:
        return Decimal(0)
    columns = cursor.rows.columns
    cursor.row = [interpreter.received(column, data) for column, data in zip(columns, rows[0], strict=True)]
    return Decimal(1)


@_package.function("EXECUTE_AND_FETCH", "C, EXACT?")
async def execute_and_fetch(interpreter: Interpreter, frame: Frame, *, c: Any, exact: Any) -> Decimal:
    cursor = await _cursor(interpreter, c)
    await _execute(interpreter, frame, cursor)
    fetched = await _fetch(interpreter, cursor)
    if exact is True:
        if not fetched:
            raise oracle_error(1403)
        row = cursor.row
        if await _fetch(interpreter, cursor):
            raise oracle_error(1422)
        cursor.row = row
    return fetched


@_package.procedure("COLUMN_VALUE", "C, POSITION, VALUE OUT")
async def column_value(interpreter: Interpreter, _: Frame, *, c: Any, position: Any, value: Any) -> dict[str, Any]:
    cursor = await _cursor(interpreter, c)
    place = int(await interpreter.converted(NUMBER, position))
    if place not in cursor.defined or not 1 <= place <= len(cursor.row):
        raise OracleError(1007, "variable not in select list")
    return {"value": cursor.row[place - 1]}


@_package.procedure("VARIABLE_VALUE", "C, NAME, VALUE OUT")
async def variable_value(interpreter: Interpreter, _: Frame, *, c: Any, name: Any, value: Any) -> dict[str, Any]:
    cursor = await _cursor(interpreter, c)
    key = str(await interpreter.converted(VARCHAR2, name) or "").removeprefix(":").upper()
    if key not in cursor.binds:
        raise OracleError(1006, "bind variable does not exist")
    return {"value": cursor.binds[key]}


@_package.function("LAST_ROW_COUNT")
async def last_row_count(interpreter: Interpreter, _: Frame) -> Decimal:
    cursors = interpreter.state.sql_cursors.values()
    return Decimal(max((cursor.rows.row_count for cursor in cursors), default=0))


async def _describe(interpreter: Interpreter, frame: Frame, *, c: Any, **_: Any) -> dict[str, Any]:
    cursor = await _cursor(interpreter, c)
    if not isinstance(cursor.statement, sql.Query):
        raise OracleError(900, "invalid SQL statement")
    names = scan_statement(cursor.text).bind_names
    binds = dict.fromkeys((name.upper() for name in names), None) | cursor.binds
    request = interpreter.request_of(cursor.text, cursor.statement, binds, frame)
    found = await interpreter.runtime.describe(request)
    rows = {index: _column(column.info) for index, column in enumerate(found, 1) if column.info is not None}
    return {"col_cnt": Decimal(len(rows)), "desc_t": Collection(_COLUMNS, rows)}


_package.procedure("DESCRIBE_COLUMNS", "C, COL_CNT OUT, DESC_T OUT")(_describe)
_package.procedure("DESCRIBE_COLUMNS2", "C, COL_CNT OUT, DESC_T OUT")(_describe)


def _column(info: ColumnInfo) -> Record:
    binary = info.type is OracleType.NUMBER and (info.precision, info.scale) == (0, -127)
    values = {
        "COL_TYPE": Decimal(int(info.type)),
        "COL_MAX_LEN": Decimal(info.size),
        "COL_NAME": info.name,
        "COL_NAME_LEN": Decimal(len(info.name)),
        "COL_SCHEMA_NAME": info.type_schema or None,
        "COL_SCHEMA_NAME_LEN": Decimal(len(info.type_schema)),
        "COL_PRECISION": Decimal(info.precision),
        "COL_SCALE": Decimal(-127 if binary else info.scale),
        "COL_CHARSETID": Decimal(_TEXT_SETS.get(info.csfrm, 0)),
        "COL_CHARSETFORM": Decimal(info.csfrm),
        "COL_NULL_OK": info.nullable,
    }
    return Record(_COLUMN, values)


@_package.procedure("CLOSE_CURSOR", "C IN OUT")
async def close_cursor(interpreter: Interpreter, _: Frame, *, c: Any) -> dict[str, Any]:
    cursor = await _cursor(interpreter, c)
    await cursor.forget()
    del interpreter.state.sql_cursors[int(await interpreter.converted(NUMBER, c))]
    return {"c": None}


@_package.function("TO_REFCURSOR", "CURSOR_NUMBER")
async def to_refcursor(interpreter: Interpreter, _: Frame, *, cursor_number: Any) -> CursorReference:
    """The number means nothing any more."""
    cursor = await _cursor(interpreter, cursor_number)
    if not cursor.rows.is_open:
        raise OracleError(1001, "invalid cursor")
    del interpreter.state.sql_cursors[int(await interpreter.converted(NUMBER, cursor_number))]
    return CursorReference(cursor.rows)


@_package.procedure("RETURN_RESULT", "RC, TO_CLIENT?")
async def return_result(interpreter: Interpreter, _: Frame, *, rc: Any, to_client: Any) -> None:
    if rc is None:
        raise oracle_error(1001)
    if isinstance(rc, Decimal):
        state: CursorState = (await _cursor(interpreter, rc)).rows
    elif isinstance(rc, CursorReference):
        state = rc.state
    else:
        raise wrong_type()
    query = state.require()
    unread = state.take_buffer()
    state.query = None
    interpreter.runtime.return_result(query, unread)
