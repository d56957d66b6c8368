"""Oracle data types as PostgreSQL type text (backend/pgtypes.py has the table). DDL uses it for columns, CAST for
values.
"""

from __future__ import annotations

from ..errors import OracleError, unsupported
from .ast import TypeName

_PLAIN = {
    "BINARY_FLOAT": "float4",
    "BINARY_DOUBLE": "float8",
    "CLOB": "oracle.clob",
    "NCLOB": "oracle.nclob",
    "LONG": "oracle.long",
    "LONG RAW": "oracle.longraw",
    "BLOB": "oracle.blob",
    "DATE": "oracle.date",
    "ROWID": "oracle.rowid",
    "UROWID": "varchar",
    "XMLTYPE": "oracle.xmltype",
}
_TIMESTAMPS = {
    "TIMESTAMP": ("oracle.ts", 21),
    "TIMESTAMP WITH LOCAL TIME ZONE": ("oracle.tsltz", 21),
    "TIMESTAMP WITH TIME ZONE": ("oracle.tstz", 30),
}
_SINCE_21 = {"JSON": "oracle.json"}
_SINCE_23 = {"BOOLEAN": "bool", "VECTOR": "oracle.vector"}


def base_type(pg_type: str) -> str:
    """A PostgreSQL type's name without its typmod."""
    return pg_type.partition("(")[0].strip()


def _number(type_: TypeName) -> str:
    precision, scale = type_.precision, type_.scale
    if precision is not None and not 1 <= precision <= 38:
        raise OracleError(1727, "numeric precision specifier is out of range (1 to 38)", type_.pos)
    if scale is not None and not -84 <= scale <= 127:
        raise OracleError(1728, "numeric scale specifier is out of range (-84 to 127)", type_.pos)
    if precision is None:
        return f"numeric(38,{scale})" if type_.star and scale is not None else "numeric"
    return f"numeric({precision},{scale or 0})"


def _length(type_: TypeName, maximum: int) -> int:
    if type_.length is None:
        raise OracleError(906, "missing left parenthesis", type_.pos)
    if type_.length < 1:
        raise OracleError(1723, "zero-length columns are not allowed", type_.pos)
    if type_.length > maximum:
        raise OracleError(910, "specified length too long for its datatype", type_.pos)
    return type_.length


def _fraction(digits: int | None, pos: int) -> int:
    if digits is not None and digits > 9:
        raise OracleError(30088, "datetime/interval precision is out of range", pos)
    return 6 if digits is None else digits


def _character(type_: TypeName) -> str | None:
    match type_.name:
        case "VARCHAR2":
            return f"varchar({_length(type_, 32767)})"
        case "NVARCHAR2":
            return f"oracle.nvarchar2({_length(type_, 16383)})"
        case "CHAR":
            return f"bpchar({1 if type_.length is None else _length(type_, 2000)})"
        case "NCHAR":
            return f"oracle.nchar({1 if type_.length is None else _length(type_, 1000)})"
    return None


def pg_type_of(type_: TypeName, *, version: int = 19) -> str:
    """The PostgreSQL type text of an Oracle type as written, with its typmod.

    Columns of VARCHAR2 and NVARCHAR2 are declared without the typmod (their length is a CHECK): use `base_type` for
    them.
    """
    if type_.anchor is not None:
        raise unsupported("%TYPE in SQL", type_.pos)
    name = type_.name
    plain = _PLAIN.get(name) or (_SINCE_21.get(name) if version >= 21 else None)
    plain = plain or (_SINCE_23.get(name) if version >= 23 else None)
    if plain is not None:
        return plain
    if name == "NUMBER":
        return _number(type_)
    if name == "FLOAT":
        if type_.precision is not None and not 1 <= type_.precision <= 126:
            raise OracleError(1724, "floating point precision is out of range (1 to 126)", type_.pos)
        return "numeric"
    character = _character(type_)
    if character is not None:
        return character
    if name == "RAW":
        _length(type_, 32767)
        return "bytea"
    if name in _TIMESTAMPS:
        stem, digits = _TIMESTAMPS[name]
        return f"{stem}({digits},{_fraction(type_.precision, type_.pos)})"
    if name == "INTERVAL YEAR TO MONTH":
        years = _fraction(2 if type_.precision is None else type_.precision, type_.pos)
        return f"oracle.iym({2 + years},0)"  # in months: up to 12 times as many
    if name == "INTERVAL DAY TO SECOND":
        days = _fraction(2 if type_.precision is None else type_.precision, type_.pos)
        return f"oracle.ids({20 + days},{_fraction(type_.scale, type_.pos)})"
    if name in _SINCE_21 or name in _SINCE_23 or type_.schema is not None:
        raise OracleError(902, "invalid datatype", type_.pos)
    if name == "BFILE":
        raise unsupported(f"type {name}", type_.pos)
    raise OracleError(902, "invalid datatype", type_.pos)
