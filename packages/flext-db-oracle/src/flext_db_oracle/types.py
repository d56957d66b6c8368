"""Oracle types: how each is written in DDL, read without loss, and bound without loss. One table: `_SPECS`.

Theory: python-oracledb gives exact values for most types, but its datetime has neither nanoseconds nor the zone of a
TIMESTAMP WITH TIME ZONE (oracle/python-oracledb#274, #374). Where the driver would lose something, the value crosses as
text that SQL makes (`select_expression`) and SQL reads back (`bind_expression`); everywhere else it crosses natively.

The values themselves are converted in `values`, JSON schemas in `json_schema`. No connection is used here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

import oracledb

from flext_db_oracle.errors import UnsupportedTypeError

DATE_FORMAT = """SYYYY-MM-DD"T"HH24:MI:SS"""
"""Oracle format of ISO text. SYYYY because plain YYYY would print -44 as 0044."""

_MICROSECONDS = 6
_DEFAULT_SECONDS = 6


NanPolicy = Literal["fail", "null", "string"]
"""What a BINARY_FLOAT or BINARY_DOUBLE that is no number becomes: JSON has neither NaN nor Infinity."""


class Carrier(StrEnum):
    """The Python type in which the driver hands over, and takes, a column's values."""

    INTEGER = "integer"  # int
    NUMBER = "number"  # int or decimal.Decimal, exact
    FLOAT = "float"
    TEXT = "text"  # str as it is in the column
    BYTES = "bytes"
    DATETIME = "datetime"  # naive datetime.datetime
    TIMESTAMP_TEXT = "timestamp text"  # ISO text without offset, up to nanoseconds
    ZONED_TEXT = "zoned text"  # ISO text with offset, up to nanoseconds
    YEAR_MONTH = "year-month"  # oracledb.IntervalYM
    DAY_SECOND = "day-second"  # datetime.timedelta
    DAY_SECOND_TEXT = "day-second text"  # +000000002 03:04:05.123456789
    BOOLEAN = "boolean"
    JSON_TEXT = "json text"


@dataclass(frozen=True, slots=True)
class _Spec:
    """How a type crosses. `{c}` is the column expression, `{b}` the bind, `{n}` the digits of the second's fraction."""

    carrier: Carrier
    input_type: oracledb.DbType  # for Cursor.setinputsizes
    select: str = "{c}"
    bind: str = "{b}"


_TS_OUT = "LTRIM(TO_CHAR({c}, '" + DATE_FORMAT + "{f}'))"
_TS_IN = "TO_TIMESTAMP({b}, '" + DATE_FORMAT + ".FF9')"
_TSTZ_OUT = "LTRIM(TO_CHAR({c}, '" + DATE_FORMAT + "{f}TZH:TZM'))"
_TSTZ_IN = "TO_TIMESTAMP_TZ({b}, '" + DATE_FORMAT + ".FF9TZH:TZM')"
_LTZ_OUT = "LTRIM(TO_CHAR(SYS_EXTRACT_UTC({c}), '" + DATE_FORMAT + '{f}"Z"' + "'))"
_VARCHAR = oracledb.DB_TYPE_VARCHAR

# LOB columns take LONG binds: the value travels inline with its row instead of through a temporary LOB of its own.
_SPECS: dict[str, _Spec] = {
    "NUMBER": _Spec(Carrier.NUMBER, oracledb.DB_TYPE_NUMBER),
    "FLOAT": _Spec(Carrier.NUMBER, oracledb.DB_TYPE_NUMBER),
    "BINARY_FLOAT": _Spec(Carrier.FLOAT, oracledb.DB_TYPE_BINARY_FLOAT),
    "BINARY_DOUBLE": _Spec(Carrier.FLOAT, oracledb.DB_TYPE_BINARY_DOUBLE),
    "VARCHAR2": _Spec(Carrier.TEXT, _VARCHAR),
    "CHAR": _Spec(Carrier.TEXT, oracledb.DB_TYPE_CHAR),
    "NVARCHAR2": _Spec(Carrier.TEXT, oracledb.DB_TYPE_NVARCHAR),
    "NCHAR": _Spec(Carrier.TEXT, oracledb.DB_TYPE_NCHAR),
    "CLOB": _Spec(Carrier.TEXT, oracledb.DB_TYPE_LONG),
    "NCLOB": _Spec(Carrier.TEXT, oracledb.DB_TYPE_LONG_NVARCHAR),
    "LONG": _Spec(Carrier.TEXT, oracledb.DB_TYPE_LONG),
    "RAW": _Spec(Carrier.BYTES, oracledb.DB_TYPE_RAW),
    "LONG RAW": _Spec(Carrier.BYTES, oracledb.DB_TYPE_LONG_RAW),
    "BLOB": _Spec(Carrier.BYTES, oracledb.DB_TYPE_LONG_RAW),
    "DATE": _Spec(Carrier.DATETIME, oracledb.DB_TYPE_DATE),
    "TIMESTAMP": _Spec(Carrier.DATETIME, oracledb.DB_TYPE_TIMESTAMP),
    "TIMESTAMP WITH TIME ZONE": _Spec(Carrier.ZONED_TEXT, _VARCHAR, _TSTZ_OUT, _TSTZ_IN),
    "TIMESTAMP WITH LOCAL TIME ZONE": _Spec(Carrier.ZONED_TEXT, _VARCHAR, _LTZ_OUT, _TSTZ_IN),
    "INTERVAL YEAR TO MONTH": _Spec(Carrier.YEAR_MONTH, oracledb.DB_TYPE_INTERVAL_YM),
    "INTERVAL DAY TO SECOND": _Spec(Carrier.DAY_SECOND, oracledb.DB_TYPE_INTERVAL_DS),
    "ROWID": _Spec(Carrier.TEXT, _VARCHAR),
    "UROWID": _Spec(Carrier.TEXT, _VARCHAR),
    "XMLTYPE": _Spec(Carrier.TEXT, oracledb.DB_TYPE_CLOB, "XMLSERIALIZE(CONTENT {c} AS CLOB)", "XMLTYPE({b})"),
    "JSON": _Spec(Carrier.JSON_TEXT, oracledb.DB_TYPE_CLOB, "JSON_SERIALIZE({c} RETURNING CLOB)"),
    "BOOLEAN": _Spec(Carrier.BOOLEAN, oracledb.DB_TYPE_BOOLEAN),
}

# What the native form of a type cannot hold crosses as text.
_NANOSECOND_TIMESTAMP = _Spec(Carrier.TIMESTAMP_TEXT, _VARCHAR, _TS_OUT, _TS_IN)
_TEXT_DATE = _Spec(
    Carrier.TIMESTAMP_TEXT,
    _VARCHAR,
    "LTRIM(TO_CHAR({c}, '" + DATE_FORMAT + "'))",
    "TO_DATE({b}, '" + DATE_FORMAT + "')",
)
_NANOSECOND_INTERVAL = _Spec(Carrier.DAY_SECOND_TEXT, _VARCHAR, "TO_CHAR({c})", "TO_DSINTERVAL({b})")

_CHARACTER = frozenset({"VARCHAR2", "CHAR"})
_NATIONAL = frozenset({"NVARCHAR2", "NCHAR"})
_LENGTH = _CHARACTER | _NATIONAL | {"RAW", "UROWID"}
_TIMESTAMPS = frozenset({"TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH LOCAL TIME ZONE"})
LOBS = frozenset({"CLOB", "NCLOB", "BLOB", "LONG", "LONG RAW", "XMLTYPE", "JSON"})
"""Types whose values may be large, and which cannot be compared, grouped or used as a key."""

_ALIASES = {
    "VARCHAR": "VARCHAR2",
    "CHARACTER": "CHAR",
    "CHARACTER VARYING": "VARCHAR2",
    "CHAR VARYING": "VARCHAR2",
    "DEC": "NUMBER",
    "DECIMAL": "NUMBER",
    "NUMERIC": "NUMBER",
    "SYS.XMLTYPE": "XMLTYPE",
    "PUBLIC.XMLTYPE": "XMLTYPE",
}
_WHOLE = frozenset({"INTEGER", "INT", "SMALLINT"})
_TYPE_TEXT = re.compile(
    r"""\s*(?P<name>[A-Z_][A-Z0-9_. ]*?)\s*
        (?:\(\s*(?P<first>\*|-?\d+)\s*(?:,\s*(?P<second>-?\d+)\s*)?(?P<unit>CHAR|BYTE)?\s*\))?\s*
        (?P<rest>WITH\s+(?:LOCAL\s+)?TIME\s+ZONE|TO\s+MONTH|TO\s+SECOND\s*(?:\(\s*(?P<fraction>\d)\s*\))?)?\s*\Z""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class OracleType:
    """One column type, with the numbers that the dictionary has for it.

    `length` counts characters when `char_used` (and for NVARCHAR2/NCHAR), else bytes. `precision` is the digits of a
    NUMBER, the bits of a FLOAT, or the leading digits of an interval; `scale` the digits after the point, or of the
    second's fraction. NUMBER without precision and scale is Oracle's bare NUMBER; with scale 0 only it is INTEGER.
    """

    name: str
    length: int | None = None
    char_used: bool = False
    precision: int | None = None
    scale: int | None = None

    @classmethod
    def parse(cls, text: str) -> OracleType:
        """Read DDL text: `VARCHAR2(20 CHAR)`, `number(10,2)`, `TIMESTAMP(6) WITH TIME ZONE`, `INTEGER`, ...

        Raises `UnsupportedTypeError` for a type outside the contract and for text that is no type.
        """
        match = _TYPE_TEXT.match(" ".join(text.upper().split()))
        if match is None:
            raise UnsupportedTypeError(f"{text!r} is not an Oracle type")
        name, rest = match["name"].strip(), " ".join((match["rest"] or "").split())
        first = None if match["first"] in {None, "*"} else int(match["first"])
        second = None if match["second"] is None else int(match["second"])
        if name.startswith("TIMESTAMP"):
            zone = rest or name.removeprefix("TIMESTAMP").strip()
            return cls._known(f"TIMESTAMP {zone}".strip(), scale=_DEFAULT_SECONDS if first is None else first)
        if name.startswith("INTERVAL"):
            return cls._parse_interval(text, name, rest, first, match["fraction"])
        if rest:
            raise UnsupportedTypeError(f"{text!r} is not an Oracle type")
        if name in _WHOLE:
            return cls("NUMBER", scale=0)
        if name == "DOUBLE PRECISION":
            return cls("FLOAT", precision=126)
        if name == "REAL":
            return cls("FLOAT", precision=63)
        if name in {"DEC", "DECIMAL", "NUMERIC"} and match["first"] is None:
            return cls("NUMBER", scale=0)
        name = _ALIASES.get(name, name)
        if name in _LENGTH:
            return cls._known(
                name, length=first or (1 if name in {"CHAR", "NCHAR"} else None), char_used=match["unit"] == "CHAR"
            )
        if name == "NUMBER":
            scale = 0 if first is not None and second is None else second
            return cls(name, precision=first, scale=scale)
        if name == "FLOAT":
            return cls(name, precision=126 if first is None else first)
        return cls._known(name)

    @classmethod
    def _parse_interval(cls, text: str, name: str, rest: str, first: int | None, fraction: str | None) -> OracleType:
        words = f"{name} {rest}".split("(")[0].split()
        if words[:4] == ["INTERVAL", "YEAR", "TO", "MONTH"]:
            return cls("INTERVAL YEAR TO MONTH", precision=2 if first is None else first)
        if words[:4] == ["INTERVAL", "DAY", "TO", "SECOND"]:
            scale = _DEFAULT_SECONDS if fraction is None else int(fraction)
            return cls("INTERVAL DAY TO SECOND", precision=2 if first is None else first, scale=scale)
        raise UnsupportedTypeError(f"{text!r} is not an Oracle type")

    @classmethod
    def from_dictionary(
        cls,
        data_type: str,
        *,
        data_length: int | None = None,
        char_length: int | None = None,
        char_used: str | None = None,
        precision: int | None = None,
        scale: int | None = None,
    ) -> OracleType:
        """Read a row of ALL_TAB_COLS: DATA_TYPE, DATA_LENGTH, CHAR_LENGTH, CHAR_USED, DATA_PRECISION, DATA_SCALE."""
        if data_type in _CHARACTER:
            in_chars = char_used == "C"
            return cls(data_type, length=char_length if in_chars else data_length, char_used=in_chars)
        if data_type in _NATIONAL:
            return cls(data_type, length=char_length, char_used=True)
        if data_type in _LENGTH:
            return cls(data_type, length=data_length)
        if data_type in {"NUMBER", "FLOAT"}:
            return cls(data_type, precision=precision, scale=scale)
        return cls.parse(data_type)  # TIMESTAMP(6), INTERVAL DAY(2) TO SECOND(6), ... carry their numbers in the name

    @classmethod
    def _known(
        cls, name: str, *, length: int | None = None, char_used: bool = False, scale: int | None = None
    ) -> OracleType:
        if name not in _SPECS:
            raise UnsupportedTypeError(
                f"type {name} is not supported. Hint: leave the column out, or convert it in a view or a SQL stream"
            )
        if name in _LENGTH - {"UROWID"} and length is None:
            raise UnsupportedTypeError(f"type {name} needs a length")
        return cls(name, length=length, char_used=char_used or name in _NATIONAL, scale=scale)

    @property
    def ddl(self) -> str:
        """The type as CREATE TABLE takes it; `OracleType.parse` reads it back."""
        name = self.name
        if name in _CHARACTER:
            return f"{name}({self.length} {'CHAR' if self.char_used else 'BYTE'})"
        if name in _LENGTH:
            return name if self.length is None else f"{name}({self.length})"
        if name == "NUMBER":
            return self._number_ddl()
        if name == "FLOAT":
            return f"FLOAT({126 if self.precision is None else self.precision})"
        if name in _TIMESTAMPS:
            return name.replace("TIMESTAMP", f"TIMESTAMP({self.fraction_digits})", 1)
        if name == "INTERVAL YEAR TO MONTH":
            return f"INTERVAL YEAR({self._leading}) TO MONTH"
        if name == "INTERVAL DAY TO SECOND":
            return f"INTERVAL DAY({self._leading}) TO SECOND({self.fraction_digits})"
        return name

    def _number_ddl(self) -> str:
        if self.precision is None:
            return "NUMBER" if self.scale is None else f"NUMBER(*,{self.scale})"
        return f"NUMBER({self.precision},{self.scale})" if self.scale else f"NUMBER({self.precision})"

    @property
    def _leading(self) -> int:
        return 2 if self.precision is None else self.precision

    @property
    def fraction_digits(self) -> int:
        """Digits of the second's fraction of a TIMESTAMP or INTERVAL DAY TO SECOND."""
        return _DEFAULT_SECONDS if self.scale is None else self.scale

    @property
    def is_integer(self) -> bool:
        """Whether every value is a whole number: NUMBER(p), NUMBER(p,-s), INTEGER."""
        return self.name == "NUMBER" and self.scale is not None and self.scale <= 0

    @property
    def is_lob(self) -> bool:
        return self.name in LOBS

    def carrier(self, *, dates_as_text: bool = False) -> Carrier:
        """What the driver gives for `select_expression` and what `values.to_bind_value` makes for it."""
        carrier = self._spec(dates_as_text=dates_as_text).carrier
        return Carrier.INTEGER if carrier is Carrier.NUMBER and self.is_integer else carrier

    def select_expression(self, column: str, *, dates_as_text: bool = False) -> str:
        """SQL that reads a column without loss. `column` is SQL already: a quoted name, or `t."NAME"`.

        `dates_as_text` also reads DATE and TIMESTAMP as text, for years before 1 that Python's datetime cannot hold.
        """
        spec = self._spec(dates_as_text=dates_as_text)
        digits = self.fraction_digits if self.name in _TIMESTAMPS else 0
        return spec.select.replace("{f}", f".FF{digits}" if digits else "").replace("{c}", column)

    def bind_expression(self, placeholder: str, *, dates_as_text: bool = False) -> str:
        """SQL around a bind, `:1`, for a value that `values.to_bind_value` made: `TO_TIMESTAMP_TZ(:1, '...')`."""
        return self._spec(dates_as_text=dates_as_text).bind.replace("{b}", placeholder)

    def input_type(self, *, dates_as_text: bool = False) -> oracledb.DbType:
        """For `Cursor.setinputsizes`: without it the driver binds datetime as DATE and drops the fraction."""
        return self._spec(dates_as_text=dates_as_text).input_type

    def _spec(self, *, dates_as_text: bool) -> _Spec:
        if self.name == "TIMESTAMP" and (dates_as_text or self.fraction_digits > _MICROSECONDS):
            return _NANOSECOND_TIMESTAMP
        if self.name == "DATE" and dates_as_text:
            return _TEXT_DATE
        if self.name == "INTERVAL DAY TO SECOND" and self.fraction_digits > _MICROSECONDS:
            return _NANOSECOND_INTERVAL
        return _SPECS[self.name]

    def widened(self, other: OracleType) -> OracleType | None:
        """The smallest type that holds every value of both and that ALTER TABLE .. MODIFY can reach from this one.

        `self` when it already does; None when Oracle cannot change the column in place (VARCHAR2 to CLOB, say).
        """
        if self == other:
            return self
        if self.name == "NUMBER" and other.name == "NUMBER":
            return self._widened_number(other)
        if self.name == other.name and self.name in _LENGTH:
            return self._widened_length(other)
        if self.name == other.name and (self.name in _TIMESTAMPS or self.name.startswith("INTERVAL")):
            scale = None if self.scale is None else max(self.scale, other.fraction_digits)
            precision = None if self.precision is None else max(self.precision, other._leading)
            return replace(self, precision=precision, scale=scale)
        holds = _HOLDS.get(self.name)
        return self if self.name == other.name or (holds is not None and other.name in holds) else None

    def _widened_number(self, other: OracleType) -> OracleType:
        if self.precision is None and self.scale is None:
            return self
        if other.precision is None and other.scale is None:
            return other
        mine, theirs = self.scale or 0, other.scale or 0
        scale = max(mine, theirs)
        whole = max((38 if t.precision is None else t.precision) - (t.scale or 0) for t in (self, other))
        if self.scale == scale and (38 if self.precision is None else self.precision) - mine == whole:
            return self
        if whole + scale > 38:
            return OracleType("NUMBER")
        return OracleType("NUMBER", precision=whole + scale, scale=scale)

    def _widened_length(self, other: OracleType) -> OracleType | None:
        mine, theirs = self.length or 0, other.length or 0
        if self.name == "RAW" or self.name in _NATIONAL:
            return replace(self, length=max(mine, theirs))
        if self.char_used or not other.char_used:
            return replace(self, length=max(mine, theirs))
        return replace(self, length=max(mine, theirs), char_used=True)


# Values of the types on the right fit a column of the type on the left unchanged.
_HOLDS: dict[str, frozenset[str]] = {
    "CLOB": frozenset({"VARCHAR2", "CHAR", "LONG", "ROWID", "UROWID", "JSON"}),
    "NCLOB": frozenset({"VARCHAR2", "CHAR", "NVARCHAR2", "NCHAR", "CLOB", "LONG"}),
    "BLOB": frozenset({"RAW", "LONG RAW"}),
    "TIMESTAMP": frozenset({"DATE"}),
}
