"""What Oracle says of a result's columns: the catalog's facts where PostgreSQL knows the origin, else the type's.

PostgreSQL's description of a prepared statement names type, type modifier and, for a plain column, table and column
number. From that come `Column` facts (as ALL_TAB_COLUMNS would show them: CREATE TABLE AS and views need those), and
from the facts the describe information of the wire (tns-protocol 10.2).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence

from ..catalog.model import Column, Relation
from ..errors import unsupported
from ..sql.translation import OutputColumn
from ..sql.user_types import names_domain, names_of
from .base import CSFRM_DATABASE, CSFRM_NATIONAL, CSFRM_NONE, ColumnInfo, OracleType
from .link import Result

_EXPRESSION_LENGTH = 4000
_RAW_EXPRESSION_LENGTH = 2000
_NO_SCALE = -127

_SIMPLE_FACTS: dict[str, tuple[str, int]] = {
    "int2": ("NUMBER", 22),
    "int4": ("NUMBER", 22),
    "int8": ("NUMBER", 22),
    "float4": ("BINARY_FLOAT", 4),
    "float8": ("BINARY_DOUBLE", 8),
    "oracle.long": ("LONG", 0),
    "oracle.longraw": ("LONG RAW", 0),
    "oracle.clob": ("CLOB", 4000),
    "oracle.nclob": ("NCLOB", 4000),
    "oracle.blob": ("BLOB", 4000),
    "oracle.xmltype": ("XMLTYPE", 2000),
    "oracle.json": ("JSON", 4000),
    "oracle.vector": ("VECTOR(*, *, DENSE)", 8200),
    "oracle.date": ("DATE", 7),
    "oracle.rowid": ("ROWID", 10),
    "bool": ("BOOLEAN", 1),
}
_TIMESTAMPS = {
    "oracle.ts": ("TIMESTAMP({})", 11),
    "oracle.tstz": ("TIMESTAMP({}) WITH TIME ZONE", 13),
    "oracle.tsltz": ("TIMESTAMP({}) WITH LOCAL TIME ZONE", 11),
}
_DIGITS = re.compile(r"\(\d+\)")

#: The type of a CURSOR column, which no table has.
REF_CURSOR = "REF CURSOR"

_INFO: dict[str, tuple[OracleType, int, int]] = {
    "BINARY_FLOAT": (OracleType.BINARY_FLOAT, 4, CSFRM_NONE),
    "BINARY_DOUBLE": (OracleType.BINARY_DOUBLE, 8, CSFRM_NONE),
    "LONG": (OracleType.LONG, 0, CSFRM_DATABASE),
    "LONG RAW": (OracleType.LONG_RAW, 0, CSFRM_NONE),
    "CLOB": (OracleType.CLOB, 4000, CSFRM_DATABASE),
    "NCLOB": (OracleType.CLOB, 4000, CSFRM_NATIONAL),
    "BLOB": (OracleType.BLOB, 4000, CSFRM_NONE),
    "JSON": (OracleType.JSON, 4000, CSFRM_NONE),
    "DATE": (OracleType.DATE, 7, CSFRM_NONE),
    REF_CURSOR: (OracleType.CURSOR, 1, CSFRM_NONE),
    "ROWID": (OracleType.ROWID, 18, CSFRM_NONE),
    "UROWID": (OracleType.UROWID, 4000, CSFRM_NONE),
    "BOOLEAN": (OracleType.BOOLEAN, 1, CSFRM_NONE),
    "TIMESTAMP": (OracleType.TIMESTAMP, 11, CSFRM_NONE),
    "TIMESTAMP WITH TIME ZONE": (OracleType.TIMESTAMP_TZ, 13, CSFRM_NONE),
    "TIMESTAMP WITH LOCAL TIME ZONE": (OracleType.TIMESTAMP_LTZ, 11, CSFRM_NONE),
    "INTERVAL YEAR TO MONTH": (OracleType.INTERVAL_YM, 5, CSFRM_NONE),
    "INTERVAL DAY TO SECOND": (OracleType.INTERVAL_DS, 11, CSFRM_NONE),
}
VECTOR_FORMAT_NUMBERS = {"FLOAT32": 2, "FLOAT64": 3, "INT8": 4, "BINARY": 5}
_CHARACTER = {
    "VARCHAR2": (OracleType.VARCHAR, CSFRM_DATABASE),
    "CHAR": (OracleType.CHAR, CSFRM_DATABASE),
    "NVARCHAR2": (OracleType.VARCHAR, CSFRM_NATIONAL),
    "NCHAR": (OracleType.CHAR, CSFRM_NATIONAL),
}


def _numeric_typmod(typmod: int) -> tuple[int, int] | None:
    if typmod < 4:
        return None
    scale = (typmod - 4) & 0x7FF
    return (typmod - 4) >> 16 & 0xFFFF, scale - 0x800 if scale & 0x400 else scale


def facts_of_type(name: str, position: int, pg_type: str, typmod: int, output: OutputColumn | None = None) -> Column:
    """Facts of an expression. Raises ORA-03001 for a type that Oracle has not."""

    def column(data_type: str, length: int, **facts: object) -> Column:
        return Column(name, position, data_type, pg_type, length=length, **facts)  # type: ignore[arg-type]

    modifier = _numeric_typmod(typmod)
    literal = None if output is None else output.char_literal
    size = None if output is None else output.size
    if pg_type in ("varchar", "text", "name", "bpchar"):
        fixed = literal is not None or pg_type == "bpchar"
        length = literal if literal is not None else typmod - 4 if typmod >= 4 else size or _EXPRESSION_LENGTH
        return column("CHAR" if fixed else "VARCHAR2", length, char_length=length, char_used="B")
    if pg_type in ("oracle.nvarchar2", "oracle.nchar"):
        known = None if size is None else max(size // 4, 1)  # four bytes a character
        length = literal if literal is not None else typmod - 4 if typmod >= 4 else known or _EXPRESSION_LENGTH // 2
        kind = "NCHAR" if pg_type == "oracle.nchar" or literal is not None else "NVARCHAR2"
        return column(kind, 2 * length, char_length=length, char_used="C")
    if pg_type == "bytea":
        return column("RAW", size or _RAW_EXPRESSION_LENGTH)
    if pg_type == "numeric" and output is not None and output.declared is not None and modifier is None:
        return column("FLOAT", 22, precision=int(output.declared[len("FLOAT(") : -1]))
    if pg_type == "numeric":
        precision, scale = modifier or (None, None)
        return column("NUMBER", 22, precision=precision, scale=scale)
    if pg_type in _TIMESTAMPS:
        text, length = _TIMESTAMPS[pg_type]
        scale = modifier[1] if modifier else 9 if size is None else size
        return column(text.format(scale), length, scale=scale)
    if pg_type == "oracle.iym":
        digits = modifier[0] - 2 if modifier else 9
        return column(f"INTERVAL YEAR({digits}) TO MONTH", 5, precision=digits, scale=0)
    if pg_type == "oracle.ids":
        digits, scale = (modifier[0] - 20, modifier[1]) if modifier else (9, 9)
        return column(f"INTERVAL DAY({digits}) TO SECOND({scale})", 11, precision=digits, scale=scale)
    if pg_type == "oracle.vector" and output is not None and output.declared is not None:
        return column(output.declared, 8200)
    if names_domain(pg_type):
        owner, type_ = names_of(pg_type)
        return column(type_, 2000, type_owner=owner)
    if pg_type not in _SIMPLE_FACTS:
        raise unsupported(f"a result of type {pg_type}")
    return column(*_SIMPLE_FACTS[pg_type])


def facts_of_result(
    description: Result,
    outputs: Sequence[OutputColumn],
    type_name: Callable[[int], str],
    relation: Callable[[int], Relation | None],
) -> list[Column]:
    """Facts of the columns of a described statement, as many as `outputs`, named as Oracle names them."""
    columns = []
    for index, output in enumerate(outputs):
        position = index + 1
        if output.nested is not None:
            columns.append(Column(output.name, position, REF_CURSOR, "record[]"))
            continue
        pg_type = output.domain or type_name(description.ftype(index))
        origin = _origin(description, index, pg_type, relation)
        if origin is not None:
            nullable = origin.nullable if output.nullable is None else output.nullable
            columns.append(dataclasses.replace(origin, name=output.name, attnum=position, nullable=nullable))
            continue
        facts = facts_of_type(output.name, position, pg_type, description.fmod(index), output)
        if output.nullable is False:
            facts = dataclasses.replace(facts, nullable=False)
        columns.append(facts)
    return columns


def _origin(description: Result, index: int, pg_type: str, relation: Callable[[int], Relation | None]) -> Column | None:
    table = description.ftable(index)
    found = relation(table) if table else None
    if found is None:
        return None
    attnum = description.ftablecol(index)
    for column in found.columns:
        if column.attnum == attnum:
            return column if column.pg_type.partition("(")[0] == pg_type else None
    return None


def column_info(column: Column) -> ColumnInfo:
    """The wire's description of a column with these facts."""
    info = _column_info(column)
    return dataclasses.replace(info, is_json=True) if column.is_json else info


def _column_info(column: Column) -> ColumnInfo:
    kind = column.data_type
    owner = "SYS" if kind == "XMLTYPE" else column.type_owner
    if owner is not None:
        return ColumnInfo(
            column.name,
            OracleType.OBJECT,
            column.length,
            nullable=column.nullable,
            type_schema=owner,
            type_name=kind,
        )
    if kind in _CHARACTER:
        type_, csfrm = _CHARACTER[kind]
        size = column.length
        if column.char_used == "C" and csfrm == CSFRM_DATABASE:
            size = 4 * column.char_length
        return ColumnInfo(
            column.name,
            type_,
            max(size, 1),
            char_size=max(column.char_length, 1),
            csfrm=csfrm,
            nullable=column.nullable,
        )
    if kind in ("NUMBER", "FLOAT"):
        precision, scale = column.precision or 0, column.scale
        if kind == "FLOAT" or (not precision and scale is None):
            scale = _NO_SCALE
        elif not precision:
            precision = 38  # NUMBER(*,s)
        return ColumnInfo(column.name, OracleType.NUMBER, 22, precision, scale or 0, nullable=column.nullable)
    if kind == "RAW":
        return ColumnInfo(column.name, OracleType.RAW, max(column.length, 1), nullable=column.nullable)
    if kind.startswith("VECTOR("):
        dimensions, format_, storage = kind[len("VECTOR(") : -1].split(", ")
        return ColumnInfo(
            column.name,
            OracleType.VECTOR,
            4000,
            nullable=column.nullable,
            vector_dimensions=None if dimensions == "*" else int(dimensions),
            vector_format=VECTOR_FORMAT_NUMBERS.get(format_, 0),
            is_sparse=storage == "SPARSE",
        )
    type_, size, csfrm = _INFO[_DIGITS.sub("", kind)]
    precision, scale = 0, 0
    if type_ in (OracleType.INTERVAL_YM, OracleType.INTERVAL_DS):
        precision, scale = column.precision or 0, column.scale or 0
    elif kind.startswith("TIMESTAMP"):
        scale = column.scale or 0
    return ColumnInfo(column.name, type_, size, precision, scale, csfrm=csfrm, nullable=column.nullable)
