"""PL/SQL's types, and what assignment does to a value: conversion and the checks behind ORA-06502."""

from __future__ import annotations

import decimal
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from ..errors import OracleError, unsupported
from ..sql import ast as sql
from ..sql.types import base_type, pg_type_of
from .values import (
    ARITHMETIC,
    TEMPORAL,
    Collection,
    CursorReference,
    Opaque,
    Record,
    copy_value,
    number_text,
    parse_number,
    value_error,
)

_CHARACTER = {"VARCHAR2": "varchar", "NVARCHAR2": "oracle.nvarchar2", "CHAR": "bpchar", "NCHAR": "oracle.nchar"}
_LONGEST = 32767  # bytes of a text or RAW whose type has no length
_PLS_INTEGER_LIMIT = 2**31


@dataclass(frozen=True, slots=True)
class Scalar:
    """`name` is Oracle's, as in `sql.ast.TypeName`, or PLS_INTEGER, or "" for a column of which only `pg_type` is known."""

    name: str
    pg_type: str
    length: int | None = None
    characters: bool = False  # the length counts characters
    precision: int | None = None
    scale: int | None = None
    range: range | None = None  # of a subtype
    not_null: bool = False  # of a subtype


@dataclass(frozen=True, slots=True)
class Field:
    """`initial` is the default where it is a literal; any other `default` is computed when a record is declared."""

    name: str
    type: Type
    default: sql.Expr | None = None
    not_null: bool = False
    initial: Any = None


@dataclass(frozen=True, slots=True)
class RecordType:
    """`domain`: it is an object type of SQL, whose values can be NULL as a whole (see `sql.user_types`)."""

    name: str
    fields: tuple[Field, ...]
    domain: str = ""

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True)
class CollectionType:
    name: str
    element: Type
    kind: Literal["ASSOCIATIVE", "NESTED", "VARRAY"]
    string_keys: bool = False
    limit: int | None = None
    domain: str = ""  # of a type of SQL
    package: str = ""  # OWNER.NAME of the package whose specification declares it: TABLE(..) may read it


@dataclass(frozen=True, slots=True)
class RefCursorType:
    pass


Type = Scalar | RecordType | CollectionType | RefCursorType

NUMBER = Scalar("NUMBER", "numeric")
PLS_INTEGER = Scalar("PLS_INTEGER", "numeric")
VARCHAR2 = Scalar("VARCHAR2", "varchar")
BOOLEAN = Scalar("BOOLEAN", "bool")
DATE = Scalar("DATE", "oracle.date")


class NeedsDatabaseError(Exception):
    """Only the database knows this conversion (it depends on NLS settings)."""


def scalar(type_: sql.TypeName) -> Scalar | RefCursorType | None:
    """A built-in type; None for a name that must be declared."""
    name = type_.name
    if name == "PLS_INTEGER":
        return PLS_INTEGER
    if name == "SYS_REFCURSOR":
        return RefCursorType()
    if name == "BOOLEAN":
        return BOOLEAN
    if name in _CHARACTER:
        longest = None if name in ("CHAR", "NCHAR") else _LONGEST  # a CHAR without a length is not padded to it
        return Scalar(name, _CHARACTER[name], type_.length or longest, type_.char_semantics == "CHAR")
    if name == "RAW":
        return Scalar(name, "bytea", type_.length or _LONGEST)
    if type_.schema is not None:
        return None
    try:
        pg_type = base_type(pg_type_of(type_, version=23))
    except OracleError as error:
        if error.code == 902:
            return None
        raise
    return Scalar(name, pg_type, None, False, type_.precision, type_.scale)


def column_type(pg_type: str) -> Scalar:
    """The type of a query's column."""
    names = {"numeric": "NUMBER", "int2": "NUMBER", "int4": "NUMBER", "int8": "NUMBER", "varchar": "VARCHAR2"}
    return Scalar(names.get(pg_type, ""), "numeric" if names.get(pg_type) == "NUMBER" else pg_type)


# ---------------------------------------------------------------------------------------------------- conversion

_FAMILIES = {
    "numeric": "number", "float4": "number", "float8": "number", "bool": "boolean", "bytea": "raw",
    "varchar": "text", "bpchar": "text", "oracle.nvarchar2": "text", "oracle.nchar": "text",
    "oracle.clob": "clob", "oracle.nclob": "clob", "oracle.blob": "blob",
    "oracle.date": "time", "oracle.ts": "time", "oracle.tstz": "time", "oracle.tsltz": "time",
}  # fmt: skip
_INCOMPATIBLE = frozenset(
    map(
        frozenset,
        [("raw", "number"), ("raw", "time"), ("raw", "clob"), ("text", "blob"), ("number", "time"), ("number", "blob"),
         ("time", "blob"), ("clob", "blob"), *(("boolean", other) for other in _FAMILIES.values() if other != "boolean")],
    )
)  # fmt: skip


def is_convertible(one: Type | None, other: Type | None) -> bool:
    """Whether PL/SQL converts between the types by itself (Database PL/SQL Language Reference, table 4-2).

    False only for scalars that it is known not to; what a conversion makes of a value is found when it runs.
    """
    if not isinstance(one, Scalar) or not isinstance(other, Scalar):
        return True
    families = frozenset((_FAMILIES.get(one.pg_type, ""), _FAMILIES.get(other.pg_type, "")))
    return families not in _INCOMPATIBLE


def is_alike(one: Type, other: Type) -> bool:
    """Whether scalars are of one family: both numbers, both text, both times ..."""
    if not isinstance(one, Scalar) or not isinstance(other, Scalar):
        return True
    return _FAMILIES.get(one.pg_type) == _FAMILIES.get(other.pg_type)


def convert(type_: Type, value: Any) -> Any:
    """The value as a variable of the type holds it.

    Raises:
        OracleError: ORA-06502 and its kin.
        NeedsDatabaseError: ask the database to CAST.
    """
    if isinstance(type_, Scalar):
        converted = None if value is None else _convert_scalar(type_, value)
        if type_.not_null and converted is None:
            raise value_error()
        if type_.range is not None and converted is not None and int(converted) not in type_.range:
            raise value_error()
        return converted
    if isinstance(type_, RecordType):
        return _convert_record(type_, value)
    if isinstance(type_, CollectionType):
        if value is None and type_.kind != "ASSOCIATIVE":
            return None
        if not isinstance(value, Collection) or type_.domain != value.type.domain:
            raise wrong_type()
        copied: Collection = copy_value(value)
        copied.type = type_
        return copied
    if value is not None and not isinstance(value, CursorReference):
        raise wrong_type()
    return value


def is_assignable(type_: RecordType, other: RecordType) -> bool:
    """Records go by their fields, objects by the names of their types."""
    return len(type_.fields) == len(other.fields) and type_.domain == other.domain


def domain_of(type_: Type | None) -> str:
    """The domain of an object or collection type of SQL, else ""."""
    return type_.domain if isinstance(type_, RecordType | CollectionType) else ""


def wrong_type() -> OracleError:
    return OracleError(6550, "line 1, column 1:\nPLS-00382: expression is of wrong type")


def _convert_record(type_: RecordType, value: Any) -> Record | None:
    if value is None and type_.domain:
        return None
    if value is None:
        return Record(type_, {field.name: None for field in type_.fields})
    if not isinstance(value, Record) or not is_assignable(type_, value.type):
        raise wrong_type()
    pairs = zip(type_.fields, value.fields.values(), strict=True)
    return Record(type_, {field.name: convert(field.type, item) for field, item in pairs})


def _convert_scalar(type_: Scalar, value: Any) -> Any:
    if isinstance(value, Record | Collection | CursorReference):
        raise wrong_type()
    pg_type = type_.pg_type
    if pg_type == "bool" or isinstance(value, bool):
        if pg_type == "bool" and isinstance(value, bool):
            return value
        raise wrong_type()
    if pg_type == "numeric":
        return _number(type_, value)
    if pg_type in ("float4", "float8"):
        if isinstance(value, str):
            value = parse_number(value)
        if isinstance(value, Decimal | float):
            return float(value)
        raise NeedsDatabaseError
    if pg_type in TEMPORAL:
        return _temporal(type_, value)
    if pg_type in ("bytea", "oracle.blob", "oracle.longraw"):
        return _raw(type_, value)
    return _text(type_, value)


def _number(type_: Scalar, value: Any) -> Decimal:
    if isinstance(value, str):
        value = parse_number(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if not isinstance(value, Decimal) or not value.is_finite():
        raise value_error()
    if type_.name == "PLS_INTEGER":
        integer = value.to_integral_value(decimal.ROUND_HALF_UP)
        if not -_PLS_INTEGER_LIMIT <= integer < _PLS_INTEGER_LIMIT:
            raise OracleError(1426, "numeric overflow")
        return integer
    number: Decimal = ARITHMETIC.plus(value)
    if type_.name == "NUMBER" and type_.scale is not None:
        precision = type_.precision or 38
        number = number.quantize(Decimal(1).scaleb(-type_.scale), decimal.ROUND_HALF_UP, decimal.Context(prec=300))
        if number and number.adjusted() >= precision - type_.scale:
            raise value_error("number precision too large")
    return number


def _temporal(type_: Scalar, value: Any) -> Opaque:
    if isinstance(value, Opaque) and value.pg_type == type_.pg_type:
        rounds = type_.pg_type != "oracle.date" and (type_.precision or type_.scale or 6) < 9
        if not rounds or type_.name == "":
            return value
    raise NeedsDatabaseError


def _raw(type_: Scalar, value: Any) -> bytes:
    if isinstance(value, str):
        try:
            value = bytes.fromhex(value if len(value) % 2 == 0 else "0" + value)
        except ValueError:
            raise value_error("hex to raw conversion error") from None
    if not isinstance(value, bytes):
        raise wrong_type()
    if type_.length is not None and len(value) > type_.length:
        raise value_error("raw variable length too long")
    return value


def _text(type_: Scalar, value: Any) -> str | None:
    if isinstance(value, Decimal):
        value = number_text(value)
    elif isinstance(value, bytes):
        value = value.hex().upper()
    elif not isinstance(value, str):
        raise NeedsDatabaseError
    text: str = value
    if type_.pg_type in ("oracle.clob", "oracle.nclob"):
        return text  # an empty LOB is not NULL, and a stored one stays what it is
    value = str(text)
    if type_.name == "":
        return value or None
    length = type_.length
    if length is not None:
        counted = type_.characters or type_.name.startswith("N")
        size = len(value) if counted else len(value.encode())
        if size > length:
            raise value_error("character string buffer too small")
        if type_.name in ("CHAR", "NCHAR"):
            value += " " * (length - size)
    return value or None


def type_name_of(type_: Scalar) -> sql.TypeName:
    """For a CAST in the database."""
    if type_.name == "":
        raise unsupported(f"conversion to {type_.pg_type} in PL/SQL")
    length = type_.length
    if type_.name in _CHARACTER and length is None:
        length = 4000 if type_.name == "VARCHAR2" else 2000
    return sql.TypeName(
        type_.name,
        precision=type_.precision,
        scale=type_.scale,
        length=length,
        char_semantics="CHAR" if type_.characters else None,
    )


def component_type(type_: Type, parts: Sequence[str]) -> Type | None:
    """The type of a field of a field; None if there is none."""
    current: Type | None = type_
    for name in parts:
        field = current.field(name) if isinstance(current, RecordType) else None
        current = None if field is None else field.type
    return current


_TEXTS = frozenset(
    {"varchar", "bpchar", "oracle.nvarchar2", "oracle.nchar", "oracle.clob", "oracle.nclob", "oracle.long",
     "oracle.rowid", "oracle.xmltype", "oracle.json"}
)  # fmt: skip
_BYTES = frozenset({"bytea", "oracle.blob", "oracle.longraw"})


def holds(declared: str, actual: str) -> bool:
    """Whether a value of one PostgreSQL type can be sent as one of another."""
    if actual == "varchar":
        return declared in _TEXTS
    if actual == "bytea":
        return declared in _BYTES
    return declared == actual or {declared, actual} == {"float4", "float8"}
