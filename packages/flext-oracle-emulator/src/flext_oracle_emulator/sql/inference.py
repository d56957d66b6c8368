"""Which family a PostgreSQL type belongs to, and Oracle's implicit conversions between families, written out.

PostgreSQL decides the exact type of every expression; this only has to know enough to place the conversions that Oracle
makes silently and PostgreSQL has no cast for: text where a number is due, a number where text is due, dates and text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from ..errors import OracleError
from .names import string
from .user_types import names_domain, names_of

NUMBER, FLOAT, TEXT, LOB, DATE, TS, TSTZ, TSLTZ = "N", "F", "T", "L", "D", "S", "Z", "O"
IYM, IDS, RAW, BLOB, ROWID, XML, JSON, BOOL, VECTOR = "Y", "I", "R", "B", "W", "X", "J", "b", "v"

_FAMILIES = {
    **dict.fromkeys(("numeric", "int2", "int4", "int8"), NUMBER),
    **dict.fromkeys(("float4", "float8"), FLOAT),
    **dict.fromkeys(("varchar", "text", "bpchar", "name", "oracle.nvarchar2", "oracle.nchar"), TEXT),
    **dict.fromkeys(("oracle.clob", "oracle.nclob", "oracle.long"), LOB),
    "oracle.date": DATE,
    "oracle.ts": TS,
    "oracle.tstz": TSTZ,
    "oracle.tsltz": TSLTZ,
    "oracle.iym": IYM,
    "oracle.ids": IDS,
    "bytea": RAW,
    "oracle.blob": BLOB,
    "oracle.longraw": BLOB,
    "oracle.rowid": ROWID,
    "oracle.xmltype": XML,
    "oracle.json": JSON,
    "bool": BOOL,
    "oracle.vector": VECTOR,
}
_SHOWN = {
    NUMBER: "NUMBER",
    FLOAT: "BINARY_DOUBLE",
    TEXT: "CHAR",
    LOB: "CLOB",
    DATE: "DATE",
    TS: "TIMESTAMP",
    TSTZ: "TIMESTAMP WITH TIME ZONE",
    TSLTZ: "TIMESTAMP WITH LOCAL TIME ZONE",
    IYM: "INTERVAL YEAR TO MONTH",
    IDS: "INTERVAL DAY TO SECOND",
    RAW: "BINARY",
    BLOB: "BLOB",
    ROWID: "ROWID",
    XML: "XMLTYPE",
    JSON: "JSON",
    BOOL: "BOOLEAN",
    VECTOR: "VECTOR",
}
DATETIMES = frozenset((DATE, TS, TSTZ, TSLTZ))
INTERVALS = frozenset((IYM, IDS))


@dataclass(frozen=True, slots=True)
class Sql:
    """PostgreSQL text of an expression and what is known of it.

    `type` is a PostgreSQL type name without typmod, None if unknown. `literal` is the value of a character literal,
    `null` marks the NULL literal ('' too), `char` the length when Oracle describes the value as CHAR(n). `size` is what
    sizes.py knows: bytes of text or RAW at most, fractional digits of a timestamp.
    `declared` is the whole type where PostgreSQL's says less: VECTOR(..), FLOAT(b).
    """

    text: str
    type: str | None = None
    literal: str | None = None
    null: bool = False
    char: int | None = None
    size: int | None = None
    declared: str | None = None


def family(type_: str | None) -> str | None:
    return None if type_ is None else _FAMILIES.get(type_)


def null_of(type_: str) -> Sql:
    return Sql(f"NULL::{type_}", type_, null=True)


def literal(value: str, type_: str = "varchar") -> Sql:
    """A character literal, which Oracle types CHAR(n)."""
    return Sql(f"{string(value)}::{type_}", type_, literal=value, char=len(value), size=len(value.encode()))


def _shown(type_: str | None) -> str:
    """A type as ORA-00932 names it; objects and collections by their names."""
    if type_ is not None and names_domain(type_):
        return ".".join(names_of(type_))
    return _SHOWN.get(family(type_) or "", "-")


def inconsistent(expected: str | None, got: str | None, pos: int = -1) -> OracleError:
    shown = "-" if expected is None else _SHOWN[expected]
    return OracleError(932, f"inconsistent datatypes: expected {shown} got {_SHOWN[got or TEXT]}", pos)


# (from, to) -> template; {} is the expression, {type} the target type.
_CONVERSIONS = {
    (TEXT, NUMBER): "oracle.to_number({})",
    (LOB, NUMBER): "oracle.to_number(({})::text)",
    (FLOAT, NUMBER): "oracle.to_number({})",
    (TEXT, FLOAT): "oracle.to_number({})::{type}",
    (NUMBER, FLOAT): "({})::{type}",
    (NUMBER, TEXT): "oracle.to_char({})",
    (FLOAT, TEXT): "oracle.to_char({})",
    (DATE, TEXT): "oracle.to_char({})",
    (TS, TEXT): "oracle.to_char({})",
    (TSTZ, TEXT): "oracle.to_char({})",
    (TSLTZ, TEXT): "oracle.to_char({})",
    (IYM, TEXT): "oracle.to_char({})",
    (IDS, TEXT): "oracle.to_char({})",
    (LOB, TEXT): "oracle.to_char({})",
    (ROWID, TEXT): "oracle.rowidtochar({})",
    (RAW, TEXT): "oracle.rawtohex({})",
    (TEXT, DATE): "oracle.to_date({})",
    (TEXT, TS): "oracle.to_timestamp({})",
    (TEXT, TSTZ): "oracle.to_timestamp_tz({})",
    (TEXT, TSLTZ): "oracle.to_timestamp({})::oracle.tsltz",
    (TEXT, IYM): "oracle.to_yminterval({})",
    (TEXT, IDS): "oracle.to_dsinterval({})",
    (BOOL, NUMBER): "({})::int::numeric",
    (BOOL, TEXT): "upper(({})::text)::varchar",
    (NUMBER, BOOL): "({} <> 0)",
    (TEXT, BOOL): "oracle.to_boolean({})",
    (TEXT, VECTOR): "oracle.to_vector({})",
    (LOB, VECTOR): "oracle.to_vector(({})::text)",
    (VECTOR, TEXT): "oracle.from_vector({})",
    (VECTOR, LOB): "oracle.from_vector({})::{type}",
    (TEXT, RAW): "oracle.hextoraw({})",
    (TEXT, ROWID): "oracle.chartorowid({})",
    (TEXT, LOB): "({})::{type}",
    (LOB, LOB): "({})::{type}",
    (NUMBER, LOB): "oracle.to_char({})::{type}",
    (FLOAT, LOB): "oracle.to_char({})::{type}",
    (DATE, LOB): "oracle.to_char({})::{type}",
    (TS, LOB): "oracle.to_char({})::{type}",
    (TSTZ, LOB): "oracle.to_char({})::{type}",
    (XML, LOB): "({})::{type}",
    (XML, TEXT): "({})::text",
    (TEXT, XML): "oracle.xmltype(({})::text)",
    (LOB, XML): "oracle.xmltype(({})::text)",
    (TEXT, BLOB): "oracle.hextoraw({})::{type}",
    (RAW, BLOB): "({})::{type}",
    (BLOB, RAW): "({})::{type}",
    (BLOB, BLOB): "({})::{type}",
    (TEXT, JSON): "({})::{type}",
    (LOB, JSON): "({})::{type}",
    (JSON, TEXT): "({})::text",
    (JSON, LOB): "({})::{type}",
    **{(a, b): "({})::{type}" for a in (DATE, TS, TSTZ, TSLTZ) for b in (DATE, TS, TSTZ, TSLTZ) if a != b},
}


_NUMBER_TEXT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")


def _number_of(text: str) -> Sql:
    """A character literal as a number. What is none fails when it is evaluated (ORA-01722), so it must not look
    constant.
    """
    if _NUMBER_TEXT.fullmatch(text.strip(" ")):
        return Sql(f"'{format(Decimal(text.strip(' ')), 'f')}'::numeric", "numeric")
    return Sql(f"oracle.to_number((SELECT {string(text)}::varchar))", "numeric")


def convert(value: Sql, target: str, pos: int = -1) -> Sql:
    """`value` as a value of type `target`, by Oracle's implicit conversion if the families differ.

    Raises:
        OracleError: ORA-00932 if Oracle has no such conversion.
    """
    if value.null:
        return null_of(target)
    source, wanted = family(value.type), family(target)
    if value.type not in (None, target) and (names_domain(value.type) or names_domain(target)):
        raise OracleError(932, f"inconsistent datatypes: expected {_shown(target)} got {_shown(value.type)}", pos)
    if source is None or wanted is None:
        return value
    if source == wanted and (source not in (LOB, BLOB) or value.type == target):
        return value
    if value.literal is not None and wanted == NUMBER:
        return _number_of(value.literal)
    template = _CONVERSIONS.get((source, wanted))
    if template is None:
        raise inconsistent(wanted, source, pos)
    size = 40 if wanted == TEXT and source in (NUMBER, FLOAT) else value.size if source in DATETIMES else None
    return Sql(template.replace("{type}", target).replace("{}", value.text), target, size=size)


def as_number(value: Sql, pos: int = -1) -> Sql:
    return value if family(value.type) in (NUMBER, FLOAT) and not value.null else convert(value, "numeric", pos)


def as_text(value: Sql, pos: int = -1) -> Sql:
    return value if family(value.type) == LOB else convert(value, "varchar", pos)


def as_char(value: Sql) -> Sql:
    """A character literal compared with CHAR is CHAR too, so the comparison is blank padded."""
    return value if value.literal is None else replace(literal(value.literal, "bpchar"), char=value.char)


def variable_text(value: Sql) -> Sql:
    """CHAR among what may be VARCHAR2: with its blanks, which PostgreSQL would take away from all of them."""
    return replace(value, text=f"({value.text})::varchar", type="varchar") if value.type == "bpchar" else value


def _characters(left: Sql, right: Sql) -> tuple[Sql, Sql]:
    """Blank padded if both are CHAR (literals count as such), else exactly as they are: CHAR keeps its blanks against
    VARCHAR2.
    """
    fixed = ("bpchar", "oracle.nchar")
    chars = [side.type in fixed or side.literal is not None for side in (left, right)]
    if all(chars):
        return as_char(left), as_char(right)
    if left.type in fixed or right.type in fixed:
        return tuple(Sql(f"({s.text})::text", "text") if s.type in fixed else s for s in (left, right))  # type: ignore[return-value]
    return left, right


_DATETIME_ORDER = (DATE, TS, TSLTZ, TSTZ)
_WIDER = {TS: "oracle.ts", TSLTZ: "oracle.tsltz", TSTZ: "oracle.tstz", DATE: "oracle.date"}
_NOT_COMPARABLE = frozenset((LOB, BLOB, XML, JSON))


def comparable(left: Sql, right: Sql, pos: int = -1) -> tuple[Sql, Sql]:
    """Both sides of a comparison after Oracle's implicit conversion (Database SQL Language Reference, Data Type
    Comparison).
    """
    a, b = family(left.type), family(right.type)
    if left.null or right.null:
        return (
            convert(left, right.type or "varchar") if left.null else left,
            convert(right, left.type or "varchar") if right.null else right,
        )
    for side in (a, b):
        if side in _NOT_COMPARABLE:
            raise inconsistent(None, side, pos)
    if a is None or b is None:
        return left, right
    if a == TEXT and b == TEXT:
        return _characters(left, right)
    if a == b or {a, b} == {NUMBER, FLOAT}:
        return left, right
    if a == TEXT:
        return convert(left, right.type or "varchar", pos), right
    if b == TEXT:
        return left, convert(right, left.type or "varchar", pos)
    if a in DATETIMES and b in DATETIMES:
        wider = _WIDER[max(a, b, key=_DATETIME_ORDER.index)]
        return convert(left, wider), convert(right, wider)
    raise inconsistent(a, b, pos)


def common_type(values: list[Sql], pos: int = -1) -> str | None:
    """The type of what chooses among `values` (CASE, COALESCE, UNION): families must agree, except within the
    datetimes and numbers.
    """
    known = [value for value in values if not value.null and family(value.type) is not None]
    if not known:
        return None
    families = {family(value.type) for value in known}
    if families == {TEXT}:
        types = {value.type for value in known if value.literal is None}
        if types and types <= {"oracle.nvarchar2", "oracle.nchar"}:
            return "oracle.nvarchar2"
        fixed = types == {"bpchar"} and all(value.literal is None for value in known)
        return "bpchar" if fixed else "varchar"
    if len(families) == 1:
        return known[0].type
    if families == {NUMBER, FLOAT}:
        return "float8"
    if families <= DATETIMES:
        return _WIDER[max((item for item in families if item), key=_DATETIME_ORDER.index)]
    first = family(known[0].type)
    other = next(family(value.type) for value in known if family(value.type) != first)
    raise inconsistent(first, other, pos)
