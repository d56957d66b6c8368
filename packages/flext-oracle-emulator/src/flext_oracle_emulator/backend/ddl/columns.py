"""A column between its three shapes: Oracle's declaration, the facts that ALL_TAB_COLUMNS shows, PostgreSQL's declaration.

The length of VARCHAR2, NVARCHAR2, RAW and of CHAR in bytes is a CHECK that ends in `oracle.too_large`, which knows Oracle's
message; PostgreSQL's own type modifier would count characters and name no column.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import psycopg

from ...catalog.model import Column, Relation
from ...catalog.store import pg_type_from_facts
from ...errors import OracleError
from ...sql import ast
from ...sql.emit.core import walk
from ...sql.lexer import END, QUOTED, tokenize
from ...sql.names import quote
from ...sql.translator import translate_expression
from ...sql.types import pg_type_of
from ...sql.user_types import UserType, domain
from .context import DdlContext

MAX_COLUMNS = 1000
_MAX_LENGTH = {"VARCHAR2": 4000, "NVARCHAR2": 2000, "CHAR": 2000, "NCHAR": 1000, "RAW": 2000, "UROWID": 4000}
_FIXED_LENGTH = {
    "NUMBER": 22,
    "FLOAT": 22,
    "DATE": 7,
    "BINARY_FLOAT": 4,
    "BINARY_DOUBLE": 8,
    "CLOB": 4000,
    "NCLOB": 4000,
    "BLOB": 4000,
    "ROWID": 10,
    "XMLTYPE": 2000,
    "JSON": 8200,
    "BOOLEAN": 1,
    "INTERVAL YEAR TO MONTH": 5,
    "INTERVAL DAY TO SECOND": 11,
    "TIMESTAMP": 11,
    "TIMESTAMP WITH LOCAL TIME ZONE": 11,
    "TIMESTAMP WITH TIME ZONE": 13,
}
_OBJECT_LENGTH = 2000
_MOST_BYTES = 4000  # of a VARCHAR2, with MAX_STRING_SIZE = STANDARD
_LOBS = ("CLOB", "NCLOB", "BLOB", "LONG", "LONG RAW", "XMLTYPE", "JSON", "VECTOR")


def user_column(name: str, attnum: int, type_: UserType) -> Column:
    """A column or attribute of an object or collection type."""
    return Column(name, attnum, type_.name, type_.pg_type, length=_OBJECT_LENGTH, type_owner=type_.owner)


def facts(name: str, attnum: int, type_: ast.TypeName, version: int) -> Column:
    """The column that a declaration makes, before its default and constraints.

    Raises:
        OracleError: ORA-00902, ORA-00906, ORA-00910, ORA-01723, ORA-01727, ORA-01728, ORA-30088 as Oracle checks the type.
    """
    if type_.resolved:
        assert type_.schema is not None
        pg_type = domain(type_.schema, type_.name)
        return Column(name, attnum, type_.name, pg_type, length=_OBJECT_LENGTH, type_owner=type_.schema)
    pg_type_of(type_, version=version)  # refuses what Oracle refuses
    kind = type_.name
    length, precision, scale, char_length, char_used = _FIXED_LENGTH.get(kind, 0), None, None, 0, None
    data_type = kind
    if kind in _MAX_LENGTH:
        declared = type_.length or (4000 if kind == "UROWID" else 1)
        if declared > _MAX_LENGTH[kind]:
            raise OracleError(910, "specified length too long for its datatype", type_.pos)
        length = declared
        if kind in ("VARCHAR2", "CHAR"):
            char_length, char_used = declared, "C" if type_.char_semantics == "CHAR" else "B"
            if char_used == "C":
                length = min(4 * declared, _MAX_LENGTH[kind])
        elif kind in ("NVARCHAR2", "NCHAR"):
            char_length, char_used, length = declared, "C", 2 * declared
    elif kind == "NUMBER":
        precision = type_.precision
        scale = type_.scale if precision is None else type_.scale or 0
        if precision is None and type_.star and scale is None:
            scale = 0
    elif kind == "FLOAT":
        precision = 126 if type_.precision is None else type_.precision
    elif kind == "VECTOR":
        data_type = f"VECTOR({', '.join(type_.vector or ('*', '*', 'DENSE'))})"
        length = 8200
    elif kind.startswith("TIMESTAMP"):
        scale = 6 if type_.precision is None else type_.precision
        data_type = kind.replace("TIMESTAMP", f"TIMESTAMP({scale})", 1)
        if kind == "TIMESTAMP" and scale == 0:
            length = 7
    elif kind == "INTERVAL YEAR TO MONTH":
        precision, scale = 2 if type_.precision is None else type_.precision, 0
        data_type = f"INTERVAL YEAR({precision}) TO MONTH"
    elif kind == "INTERVAL DAY TO SECOND":
        precision = 2 if type_.precision is None else type_.precision
        scale = 6 if type_.scale is None else type_.scale
        data_type = f"INTERVAL DAY({precision}) TO SECOND({scale})"
    return Column(
        name,
        attnum,
        data_type,
        pg_type_from_facts(data_type, precision, scale, length, char_length, char_used),
        length=length,
        precision=precision,
        scale=scale,
        char_length=char_length,
        char_used=char_used,
    )


def length_check(column: Column, attnum: int, relid: str = "tableoid") -> str | None:
    """The condition that keeps values within the declared length, None for types that need none."""
    name = quote(column.name)
    if column.data_type in ("VARCHAR2", "NVARCHAR2"):
        actual = f"char_length({name}::text)" if column.char_used == "C" else f"octet_length({name})"
        limit = column.char_length
        if column.data_type == "VARCHAR2" and column.char_used == "C" and 4 * limit > _MOST_BYTES:
            # So many characters, and no more bytes than any VARCHAR2.
            bytes_ = f"octet_length({name})"
            found = f"CASE WHEN {actual} > {limit} THEN {actual} ELSE {bytes_} END"
            most = f"CASE WHEN {actual} > {limit} THEN {limit} ELSE {_MOST_BYTES} END"
            return (
                f"{actual} <= {limit} AND {bytes_} <= {_MOST_BYTES}"
                f" OR oracle.too_large({relid}, {attnum}, {found}, {most})"
            )
    elif column.data_type == "CHAR" and column.char_used == "B":
        actual, limit = f"octet_length(rtrim({name}::text))", column.char_length
    elif column.data_type in ("RAW", "UROWID"):
        actual, limit = f"octet_length({name})", column.length
    else:
        return None
    return f"{actual} <= {limit} OR oracle.too_large({relid}, {attnum}, {actual}, {limit})"


def length_constraint(attnum: int) -> str:
    return f"len${attnum}"


def is_lob(column: Column) -> bool:
    return column.data_type.partition("(")[0] in _LOBS


def assigned(value: ast.Expr, column: Column) -> ast.Expr:
    """`value` with Oracle's implicit conversion to the column's type written out; the length is left to the column."""
    kind = column.data_type
    if column.char_used is not None:
        national = column.data_type.startswith("N")
        return ast.Cast(value, ast.TypeName("NVARCHAR2" if national else "VARCHAR2", length=2000 if national else 4000))
    if kind in ("NUMBER", "FLOAT"):
        return ast.Cast(value, ast.TypeName("NUMBER"))
    if kind.startswith("TIMESTAMP"):
        return ast.Cast(value, ast.TypeName(kind.replace(f"({column.scale})", ""), precision=9))
    if kind in ("DATE", "BINARY_FLOAT", "BINARY_DOUBLE"):
        return ast.Cast(value, ast.TypeName(kind))
    return value


def is_null(value: ast.Expr) -> bool:
    """Whether an expression is written as NULL: the empty string is."""
    return isinstance(value, ast.Null) or (isinstance(value, ast.StringLiteral) and not value.value)


def normalised(text: str, value: ast.Expr) -> str:
    """The text of an index or virtual column expression as Oracle keeps it: `UPPER("NAME")||'x'`."""
    names = {node.parts[-1] for node in walk(value) if isinstance(node, ast.Name)}
    tokens = tokenize(text)
    parts: list[str] = []
    for key, value_, start, end in zip(tokens.keys, tokens.values, tokens.starts, tokens.ends, strict=True):
        if key == END:
            break
        part = f'"{value_}"' if key == QUOTED or key in names else key if key.isidentifier() else text[start:end]
        if parts and _is_word(parts[-1][-1]) and _is_word(part[0]):
            parts.append(" ")
        parts.append(part)
    return "".join(parts)


def is_used_by_virtual(relation: Relation, name: str) -> bool:
    """Whether the expression of another column names this one."""
    return any(
        column.virtual and column.name != name and quote(name) in (column.default_text or "")
        for column in relation.columns
    )


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "\"'_$#"


def default_sql(context: DdlContext, value: ast.Expr, column: Column, owner: str) -> str:
    """A DEFAULT as PostgreSQL's expression."""
    if is_null(value):
        return f"NULL::{column.pg_type}"
    empty = Relation(owner, "", "TABLE", 0, 0, [])
    try:
        return translate_expression(assigned(value, column), context.translation(owner), empty)
    except OracleError as error:
        if error.code == 904 and isinstance(value, ast.Name):
            raise OracleError(984, "column not allowed here", error.offset) from error
        raise


def declaration(column: Column, *, default: str | None = None, not_null: bool = False, relid: str = "tableoid") -> str:
    """`"NAME" type [DEFAULT ..] [NOT NULL] [CHECK ..]` for CREATE TABLE and ADD COLUMN."""
    parts = [quote(column.name), column.pg_type]
    if default is not None:
        parts.append(f"DEFAULT {default}")
    if not_null:
        parts.append("NOT NULL")
    check = length_check(column, column.attnum, relid)
    if check is not None:
        parts.append(f"CONSTRAINT {quote(length_constraint(column.attnum))} CHECK ({check})")
    return " ".join(parts)


def refuse_duplicates(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise OracleError(957, "duplicate column name")
        seen.add(name)


def refuse_too_many(count: int) -> None:
    if count > MAX_COLUMNS:
        raise OracleError(1792, "maximum number of columns in a table or view is 1000")


async def record(context: DdlContext, object_id: int, columns: Sequence[Column], first_id: int = 1) -> None:
    """Insert rows of oracle.columns; COLUMN_ID counts the visible ones from `first_id`."""
    rows: list[tuple[object, ...]] = []
    number = first_id
    for column in columns:
        column_id: int | None = None
        if not column.hidden:
            column_id, number = number, number + 1
        rows.append(
            (
                *(object_id, column.attnum, column.name, column_id, column.data_type),
                *(
                    "SYS" if column.data_type == "XMLTYPE" else column.type_owner,
                    column.length,
                    column.precision,
                    column.scale,
                ),
                *(column.char_length, column.char_used, column.nullable, column.default_text, column.default_on_null),
                *(column.identity, column.virtual, column.hidden),
            )
        )
    await context.run_many(
        "INSERT INTO oracle.columns (object_id, attnum, name, column_id, data_type, data_type_owner, data_length,"
        " data_precision, data_scale, char_length, char_used, nullable, default_text, default_on_null, identity, virtual,"
        " hidden) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        rows,
    )


async def refuse_impure(
    context: DdlContext, sql: str, impure: OracleError, *, duplicates: OracleError | None = None
) -> None:
    """Run DDL whose expression must be immutable: one that is not is `impure`, rows with equal keys are `duplicates`."""
    try:
        await context.run(sql)
    except psycopg.errors.InvalidObjectDefinition as error:
        raise impure from error
    except psycopg.errors.UniqueViolation as error:
        if duplicates is None:
            raise
        raise duplicates from error


async def set_nullable(context: DdlContext, object_id: int, name: str, nullable: bool) -> None:
    await context.run(
        "UPDATE oracle.columns SET nullable = %s WHERE object_id = %s AND name = %s", nullable, object_id, name
    )


def renumbered(columns: Iterable[Column]) -> list[Column]:
    return [dataclasses.replace(column, attnum=number) for number, column in enumerate(columns, 1)]
