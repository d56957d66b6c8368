"""CAST, and the conversions that fall back on a default where Oracle would refuse a value."""

from __future__ import annotations

from dataclasses import replace

from ...errors import unsupported
from .. import ast
from ..inference import (
    BLOB,
    DATE,
    DATETIMES,
    FLOAT,
    IDS,
    IYM,
    JSON,
    LOB,
    NUMBER,
    TEXT,
    TS,
    TSLTZ,
    TSTZ,
    XML,
    Sql,
    as_number,
    as_text,
    convert,
    family,
    null_of,
)
from ..names import string
from ..scope import Scope
from ..types import base_type, pg_type_of
from .collections import cast_to_user_type
from .core import State, emits

#: What converts text into a type of the family.
CONVERTERS = {
    NUMBER: "to_number",
    FLOAT: "to_number",
    DATE: "to_date",
    TS: "to_timestamp",
    TSTZ: "to_timestamp_tz",
    TSLTZ: "to_timestamp_tz",
    IDS: "to_dsinterval",
    IYM: "to_yminterval",
}


def text_argument(value: Sql, pos: int) -> str:
    return (null_of("varchar") if value.null else as_text(value, pos)).text


def conversion(function: str, type_: str, value: Sql, model: list[Sql], fallback: Sql, pos: int) -> Sql:
    """The value that `function` makes of text, or `fallback` where it fails. NULL is not a failure."""
    text = text_argument(value, pos)
    arguments = "$1" + (", $2" if model else "")
    fmt = text_argument(model[0], pos) if model else "NULL"
    base = base_type(type_)
    tried = string(f"oracle.{function.lower()}({arguments})::{type_}")
    safe = f"oracle.convert_or_null({text}, {fmt}, {tried}, NULL::{base})"
    return Sql(f"CASE WHEN {text} IS NOT NULL THEN coalesce({safe}, {convert(fallback, base, pos).text}) END", base)


@emits(ast.Cast)
def sized_cast(state: State, node: ast.Cast, scope: Scope) -> Sql:
    """CAST, which has the size that it names."""
    value = cast(state, node, scope)
    size = node.type.precision if node.type.name.startswith("TIMESTAMP") else node.type.length
    if node.type.name.startswith("TIMESTAMP") and size is None:
        size = 6
    if node.type.char_semantics == "CHAR" and size is not None:
        size = min(4 * size, 4000)
    return replace(value, size=size or (1 if node.type.name == "CHAR" else None))


def cast(state: State, node: ast.Cast, scope: Scope) -> Sql:
    """`CAST('1' AS NUMBER(5,2))` -> `oracle.to_number('1')::numeric(5,2)`: Oracle's conversion, then PostgreSQL's
    precision.
    """
    made = cast_to_user_type(state, node, scope)
    if made is not None:
        return made
    target = pg_type_of(node.type, version=state.context.version)
    base = base_type(target)
    value = state.expression(node.operand, scope)
    if node.on_error_default is not None:
        return _cast_or_default(state, node, value, target, scope)
    if node.type.name == "FLOAT" and (node.type.precision or 126) < 126 and not value.null:
        bits = f"{as_number(value, node.pos).text}::numeric, {node.type.precision}"
        return Sql(f"oracle.float_of({bits})", "numeric", declared=f"FLOAT({node.type.precision})")
    if node.type.name == "FLOAT":
        # (A function, or a column's own type would be described.)
        number = convert(value, "numeric", node.pos).text
        return Sql(f"oracle.float_of(({number})::numeric, 126)", "numeric", declared="FLOAT(126)")
    if node.type.name.startswith("INTERVAL") and family(value.type) == NUMBER and _is_difference(node.operand):
        return _difference(state, node, base, scope)
    if value.null:
        return Sql(f"NULL::{target}", base)
    if node.format is not None:
        return _formatted_cast(state, node, value, target, scope)
    wanted, source = family(base), family(value.type)
    if wanted in (LOB, BLOB) or source in (LOB, BLOB, XML, JSON):
        converted = convert(value, base, node.pos)
        return Sql(f"({converted.text})::{target}", base)
    if wanted == TEXT and source not in (TEXT, None):
        return _number_as_text(convert(value, "varchar", node.pos), node.type, target, base)
    if source in DATETIMES and wanted in DATETIMES:
        return Sql(f"({value.text})::{target}", base)
    converted = convert(value, base, node.pos)
    if base == "bytea" or (base == target and converted.type == base):
        return Sql(f"({converted.text})::{target}" if base == "numeric" else converted.text, base)
    return Sql(f"({converted.text})::{target}", base)


def _cast_or_default(state: State, node: ast.Cast, value: Sql, target: str, scope: Scope) -> Sql:
    """`CAST(x AS NUMBER DEFAULT 0 ON CONVERSION ERROR)`: the default, converted likewise, where x cannot be."""
    assert node.on_error_default is not None
    fallback = state.expression(node.on_error_default, scope)
    plain = ast.Cast(node.on_error_default, node.type, format=node.format, pos=node.pos)
    fallback = fallback if fallback.null else cast(state, plain, scope)
    function = CONVERTERS.get(family(base_type(target)) or "")
    if function is None:
        raise unsupported("DEFAULT ON CONVERSION ERROR for this type", node.pos)
    model = [] if node.format is None else [state.expression(node.format, scope)]
    return conversion(function, target, value, model, fallback, node.pos)


def _is_difference(node: ast.Expr) -> bool:
    return isinstance(node, ast.Binary) and node.op == "-"


def _difference(state: State, node: ast.Cast, base: str, scope: Scope) -> Sql:
    """`(date - date) DAY TO SECOND` or `YEAR TO MONTH`."""
    assert isinstance(node.operand, ast.Binary)
    left, right = (
        convert(state.expression(side, scope), "oracle.date", node.pos)
        for side in (node.operand.left, node.operand.right)
    )
    if base == "oracle.ids":
        return Sql(f"oracle.numtodsinterval({left.text} - {right.text}, 'DAY')", base)
    return Sql(f"oracle.numtoyminterval(trunc(oracle.months_between({left.text}, {right.text})), 'MONTH')", base)


def _number_as_text(value: Sql, type_: ast.TypeName, target: str, base: str) -> Sql:
    """A number or date that is longer than the type is an error (ORA-25137), where text would be cut."""
    text = value.text
    fail = f"oracle.fail(25137, 'Data value out of range', {text}, NULL::text)"
    return Sql(f"(CASE WHEN length({text}) > {type_.length or 1} THEN {fail} ELSE {text} END)::{target}", base)


def _formatted_cast(state: State, node: ast.Cast, value: Sql, target: str, scope: Scope) -> Sql:
    assert node.format is not None
    model = as_text(state.expression(node.format, scope)).text
    base = base_type(target)
    function = {
        DATE: "to_date",
        TS: "to_timestamp",
        TSTZ: "to_timestamp_tz",
        TSLTZ: "to_timestamp_tz",
        NUMBER: "to_number",
        TEXT: "to_char",
    }.get(family(base) or "")
    if function is None:
        raise unsupported("CAST with a format to this type", node.pos)
    operand = value if function == "to_char" else as_text(value, node.pos)
    return Sql(f"oracle.{function}({operand.text}, {model})::{target}", base)
