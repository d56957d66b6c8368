"""Values inside the interpreter, and their way to and from Oracle's bytes.

NUMBER is Decimal, character data (LOBs too) str, RAW and BLOB bytes, BINARY_FLOAT and BINARY_DOUBLE float, BOOLEAN bool, NULL and ''
None. Dates, timestamps and intervals stay `Opaque`: only the database computes with them.
"""

from __future__ import annotations

import decimal
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..backend.base import Lob, OracleType
from ..errors import OracleError, unsupported
from ..ttc.codecs import (
    decode_binary_double,
    decode_binary_float,
    decode_number,
    encode_binary_double,
    encode_binary_float,
    encode_number,
)
from .lob_values import with_source

if TYPE_CHECKING:
    from .cursors import CursorState
    from .types import CollectionType, RecordType

#: Oracle computes with 40 digits and rounds half up; a NUMBER ends at 1E126.
ARITHMETIC = decimal.Context(prec=40, rounding=decimal.ROUND_HALF_UP, Emin=-999999, Emax=999999)

TEMPORAL = frozenset({"oracle.date", "oracle.ts", "oracle.tstz", "oracle.tsltz", "oracle.iym", "oracle.ids"})
_NUMBERS = frozenset({"numeric", "int2", "int4", "int8"})
_NATIONAL = frozenset({"oracle.nvarchar2", "oracle.nchar"})
_TEXT = frozenset({"varchar", "text", "name", "bpchar", "oracle.long", "oracle.json", "oracle.rowid", "oracle.xmltype"})
_CLOBS = frozenset({"oracle.clob", "oracle.nclob"})
_RAWS = frozenset({"bytea", "oracle.longraw"})
#: Types whose bytes sort as the values do, once padded to one length.
_ORDERED = ({"oracle.date", "oracle.ts"}, {"oracle.tstz"}, {"oracle.tsltz"}, {"oracle.iym"}, {"oracle.ids"})


@dataclass(frozen=True, slots=True)
class Opaque:
    pg_type: str
    data: bytes


@dataclass(slots=True)
class Record:
    type: RecordType
    fields: dict[str, Any]


@dataclass(slots=True)
class Collection:
    """Elements by index: int for nested tables and varrays, int or str for associative arrays."""

    type: CollectionType
    items: dict[Any, Any] = field(default_factory=dict)
    extended_to: int = 0  # nested tables and varrays: the highest index that exists or was deleted

    def keys(self) -> list[Any]:
        return sorted(self.items)


@dataclass(slots=True)
class CursorReference:
    """The value of a cursor variable."""

    state: CursorState


Value = None | Decimal | str | bytes | float | bool | Opaque | Record | Collection | CursorReference


def copy_value(value: Any) -> Any:
    """PL/SQL assigns records and collections by value."""
    if isinstance(value, Record):
        return Record(value.type, {name: copy_value(item) for name, item in value.fields.items()})
    if isinstance(value, Collection):
        items = {key: copy_value(item) for key, item in value.items.items()}
        return Collection(value.type, items, value.extended_to)
    return value


def number_text(value: Decimal) -> str:
    """As TO_CHAR(number): no zero before the point, 40 digits at most, then an exponent."""
    rounded = ARITHMETIC.plus(value)
    if not rounded:
        return "0"
    sign, digits, exponent = rounded.normalize(ARITHMETIC).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    minus = "-" if sign else ""
    point = len(text) + exponent
    if point > 40 or point < -40:
        mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
        return f"{minus}{mantissa}E{point - 1:+03d}"
    if exponent >= 0:
        return minus + text + "0" * exponent
    if point > 0:
        return f"{minus}{text[:point]}.{text[point:]}"
    return f"{minus}.{'0' * -point}{text}"


def value_error(detail: str = "") -> OracleError:
    text = "PL/SQL: numeric or value error"
    return OracleError(6502, f"{text}: {detail}" if detail else text)


def parse_number(text: str) -> Decimal:
    """Implicit conversion of text in PL/SQL."""
    try:
        number = Decimal(text.strip())
    except decimal.InvalidOperation:
        raise value_error("character to number conversion error") from None
    if not number.is_finite() or "_" in text:
        raise value_error("character to number conversion error")
    return ARITHMETIC.plus(number)


def same_family(left: Opaque, right: Opaque) -> bool:
    return any(left.pg_type in family and right.pg_type in family for family in _ORDERED)


def compare_opaque(left: Opaque, right: Opaque) -> int:
    """-1, 0 or 1 of two values of one family."""
    length = 11
    a, b = left.data[:11].ljust(length, b"\0"), right.data[:11].ljust(length, b"\0")
    return (a > b) - (a < b)


def pg_type_of_value(value: Any) -> str:
    """The type of a value that nothing declares."""
    if isinstance(value, Opaque):
        return value.pg_type
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, Decimal):
        return "numeric"
    if isinstance(value, float):
        return "float8"
    if isinstance(value, bytes):
        return "bytea"
    return "varchar"


def encode(pg_type: str, value: Any) -> bytes | Lob | None:
    """A value in Oracle's bytes. It must fit the type (see `types.convert`)."""
    if value is None:
        return None
    if pg_type in _CLOBS:
        return Lob(OracleType.CLOB, str(value), 2 if pg_type == "oracle.nclob" else 1)
    if pg_type == "oracle.blob":
        return Lob(OracleType.BLOB, bytes(value))
    if value == "" or value == b"":
        return None
    if isinstance(value, Opaque):
        return value.data
    if pg_type in _NUMBERS:
        return encode_number(value)
    if pg_type in _TEXT:
        return str(value).encode()
    if pg_type in _NATIONAL:
        return str(value).encode("utf-16-be")
    if pg_type in _RAWS:
        return bytes(value)
    if pg_type == "float8":
        return encode_binary_double(float(value))
    if pg_type == "float4":
        return encode_binary_float(float(value))
    if pg_type == "bool":
        return b"\x01" if value else b"\x00"
    raise unsupported(f"a PL/SQL value of type {pg_type}")


def decode(pg_type: str, data: Any) -> Any:
    """Inverse of `encode`."""
    if data is None:
        return None
    if pg_type in TEMPORAL:
        return Opaque(pg_type, bytes(data))
    if isinstance(data, Lob):
        return with_source(data.data, data.source, data.csfrm)
    if pg_type in _NUMBERS:
        return decode_number(data)
    if pg_type in _TEXT or pg_type in _CLOBS:
        return data.decode() or None
    if pg_type in _NATIONAL:
        return data.decode("utf-16-be") or None
    if pg_type in _RAWS or pg_type == "oracle.blob":
        return bytes(data) or None
    if pg_type == "float8":
        return decode_binary_double(data)
    if pg_type == "float4":
        return decode_binary_float(data)
    if pg_type == "bool":
        return bool(data[-1])
    raise unsupported(f"a PL/SQL value of type {pg_type}")
