"""DBMS_ASSERT: text that stands in dynamic SQL is what it should be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ...errors import OracleError
from ..scope import Frame
from ..types import VARCHAR2
from .registry import package

if TYPE_CHECKING:
    from ..interpreter import Interpreter

_package = package("DBMS_ASSERT")
_SIMPLE = re.compile(r'\s*(?:[^\W\d_][\w$#]*|"[^"]+")\s*')
_QUALIFIED = re.compile(r'\s*(?:[^\W\d_][\w$#]*|"[^"]+")(?:\.(?:[^\W\d_][\w$#]*|"[^"]+")){0,2}(?:@[\w$#.]+)?\s*')


async def _text(interpreter: Interpreter, value: Any) -> str | None:
    text: str | None = await interpreter.converted(VARCHAR2, value)
    return text


async def _name(interpreter: Interpreter, value: Any, form: re.Pattern[str], error: OracleError) -> str:
    """The text, if it has the form of a name. Raises the error if it has not."""
    text = await _text(interpreter, value)
    if text is None or not form.fullmatch(text):
        raise error
    return text


@_package.function("NOOP", "STR")
async def noop(interpreter: Interpreter, _: Frame, *, str: Any) -> Any:  # noqa: A002 - its name
    return str


@_package.function("SIMPLE_SQL_NAME", "STR")
async def simple_sql_name(interpreter: Interpreter, _: Frame, *, str: Any) -> Any:  # noqa: A002
    await _name(interpreter, str, _SIMPLE, OracleError(44003, "invalid SQL name"))
    return str


@_package.function("QUALIFIED_SQL_NAME", "STR")
async def qualified_sql_name(interpreter: Interpreter, _: Frame, *, str: Any) -> Any:  # noqa: A002
    await _name(interpreter, str, _QUALIFIED, OracleError(44004, "invalid qualified SQL name"))
    return str


@_package.function("SCHEMA_NAME", "STR")
async def schema_name(interpreter: Interpreter, frame: Frame, *, str: Any) -> Any:  # noqa: A002
    """Case counts: a schema as the dictionary has it."""
    text = await _text(interpreter, str)
    rows = await interpreter.query_rows("select username from all_users", frame)
    if [text] not in rows:
        raise OracleError(44001, "invalid schema")
    return str


@_package.function("SQL_OBJECT_NAME", "STR")
async def sql_object_name(interpreter: Interpreter, frame: Frame, *, str: Any) -> Any:  # noqa: A002
    invalid = OracleError(44002, "invalid object name")
    text = await _name(interpreter, str, _QUALIFIED, invalid)
    parts = [part[1:-1] if part.startswith('"') else part.upper() for part in re.findall(r'"[^"]+"|[^".\s]+', text)]
    name = parts[-1].replace("'", "''")
    owner = (
        f"'{parts[-2].replace(chr(39), chr(39) * 2)}'" if len(parts) > 1 else "sys_context('userenv', 'current_schema')"
    )
    query = f"select 1 from all_objects where object_name = '{name}' and owner in ({owner}, 'PUBLIC')"
    if not await interpreter.query_rows(query, frame):
        raise invalid
    return str


@_package.function("ENQUOTE_LITERAL", "STR")
async def enquote_literal(interpreter: Interpreter, _: Frame, *, str: Any) -> Any:  # noqa: A002
    """Quotes are added where there are none; those inside must be doubled already."""
    text = await _text(interpreter, str) or ""
    inner = text[1:-1] if len(text) > 1 and text.startswith("'") and text.endswith("'") else text
    if inner.replace("''", "").count("'"):
        raise OracleError(6502, "PL/SQL: numeric or value error")
    return f"'{inner}'"


@_package.function("ENQUOTE_NAME", "STR, CAPITALIZE?")
async def enquote_name(interpreter: Interpreter, _: Frame, *, str: Any, capitalize: Any) -> Any:  # noqa: A002
    text = await _text(interpreter, str)
    if text is None:
        raise OracleError(44003, "invalid SQL name")
    quoted = len(text) > 1 and text.startswith('"') and text.endswith('"')
    inner = text[1:-1] if quoted else text if capitalize is False else text.upper()
    if not inner or '"' in inner:
        raise OracleError(44003, "invalid SQL name")
    return f'"{inner}"'
