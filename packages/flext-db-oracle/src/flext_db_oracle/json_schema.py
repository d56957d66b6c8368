"""JSON schema <-> Oracle: what a column is in a Singer SCHEMA, and which column a property becomes.

`x-oracle` carries what JSON schema cannot say. In a property it is `{"type": "<DDL text>", "name": "<Oracle name, if
folding does not give it>", "identity": "ALWAYS", "virtual": true, "invisible": true, "default": "<SQL>"}`, only
`type` always. A property that comes from our tap therefore becomes the same column again; any other property is
judged by its type, format and bounds, and the choice never rounds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeGuard

from flext_db_oracle.errors import UnsupportedTypeError
from flext_db_oracle.identifiers import fold, unfold
from flext_db_oracle.metadata import OracleColumn
from flext_db_oracle.types import Carrier, NanPolicy, OracleType

X_ORACLE = "x-oracle"
DECIMAL_FORMATS = frozenset({"singer.decimal", "x-singer.decimal"})
"""Taps of singer-sdk write the first, its targets read the second; we write `x-singer.decimal` and read both."""

_MAX_PRECISION = 38
_INT64_DIGITS = 19
_MAX_CHARS = 4000
_DEFAULT_VERSION = (19,)
_TEXT_FORMATS = {"time": 21, "uuid": 36, "duration": 100, "ipv4": 15, "ipv6": 45}
_ZONED = OracleType("TIMESTAMP WITH TIME ZONE", scale=6)
# Oracle types that a new table is better without; the value's text or bytes are the same.
_MODERN = {"LONG": "CLOB", "LONG RAW": "BLOB", "ROWID": "VARCHAR2(18 CHAR)", "UROWID": "VARCHAR2(4000 CHAR)"}


# ---------------------------------------------------------------------------------------------- Oracle -> JSON schema


def property_schema(
    column: OracleColumn, *, use_singer_decimal: bool = False, nan_policy: NanPolicy = "fail"
) -> dict[str, Any]:
    """The JSON schema of a column, with `x-oracle`.

    Raises `UnsupportedTypeError`, naming the column, when its type is outside the contract (`column.type` is None).
    """
    if column.type is None:
        raise UnsupportedTypeError(
            f"column {column.name} has type {column.data_type}, which is not supported. "
            "Hint: deselect it, or convert it in a view or a SQL stream"
        )
    schema = type_schema(
        column.type, nullable=column.nullable, use_singer_decimal=use_singer_decimal, nan_policy=nan_policy
    )
    extra = schema[X_ORACLE]
    if fold(unfold(column.name)) != column.name:
        extra["name"] = column.name
    for key in ("identity", "virtual", "invisible", "default"):
        if getattr(column, key):
            extra[key] = getattr(column, key)
    if column.comment:
        schema["description"] = column.comment
    return schema


def type_schema(
    oracle_type: OracleType,
    *,
    nullable: bool = True,
    use_singer_decimal: bool = False,
    nan_policy: NanPolicy = "fail",
) -> dict[str, Any]:
    """The JSON schema of a type, for columns without dictionary metadata (SQL streams)."""
    types: list[str] = []
    rest: dict[str, Any] = {}
    match oracle_type.carrier():
        case Carrier.INTEGER:
            types = ["integer"]
            digits = _MAX_PRECISION if oracle_type.precision is None else oracle_type.precision
            limit = (10**digits - 1) * 10 ** -(oracle_type.scale or 0)
            rest = {"minimum": -limit, "maximum": limit}
        case Carrier.NUMBER if use_singer_decimal:
            types = ["string"]
            rest = {"format": "x-singer.decimal"}
            if oracle_type.name == "NUMBER" and oracle_type.precision is not None:
                rest |= {"precision": oracle_type.precision, "scale": oracle_type.scale or 0}
        case Carrier.NUMBER:
            types = ["number"]
        case Carrier.FLOAT:
            types = ["number", "string"] if nan_policy == "string" else ["number"]
            nullable = nullable or nan_policy == "null"
        case Carrier.TEXT:
            types = ["string"]
            if oracle_type.length is not None:
                rest = {"maxLength": oracle_type.length}
        case Carrier.BYTES:
            types = ["string"]
            rest = {"contentEncoding": "base64"}
        case Carrier.DATETIME | Carrier.TIMESTAMP_TEXT | Carrier.ZONED_TEXT:
            types = ["string"]
            rest = {"format": "date-time"}
        case Carrier.YEAR_MONTH | Carrier.DAY_SECOND | Carrier.DAY_SECOND_TEXT:
            types = ["string"]
            rest = {"format": "duration"}
        case Carrier.BOOLEAN:
            types = ["boolean"]
        case Carrier.JSON_TEXT:
            types = ["object", "array", "string", "number", "boolean"]
    return {"type": [*types, "null"] if nullable else types, **rest, X_ORACLE: {"type": oracle_type.ddl}}


# ---------------------------------------------------------------------------------------------- JSON schema -> Oracle


def column_from_schema(
    name: str,
    schema: Mapping[str, Any],
    *,
    required: bool = False,
    server_version: tuple[int, ...] = _DEFAULT_VERSION,
    type_override: str | None = None,
) -> OracleColumn:
    """The column that a Singer property becomes: by `type_override` (DDL text), else `x-oracle`, else its shape.

    `name` is folded unless `x-oracle` has the exact name. `required` makes it NOT NULL (a key column). Identity and
    defaults are not taken over: the values come with the rows.
    """
    extra = _x_oracle(schema)
    oracle_type = (
        OracleType.parse(type_override) if type_override else oracle_type_for(schema, server_version=server_version)
    )
    return OracleColumn(
        name=str(extra.get("name") or fold(name)),
        type=oracle_type,
        nullable=not required,
        comment=schema.get("description") if isinstance(schema.get("description"), str) else None,
    )


def oracle_type_for(schema: Mapping[str, Any], *, server_version: tuple[int, ...] = _DEFAULT_VERSION) -> OracleType:
    """The Oracle type for a JSON-schema property. Lengths are in characters, so BYTE becomes CHAR.

    Without `x-oracle`: integer -> NUMBER(p) by its bounds, else NUMBER(38); number -> NUMBER, NUMBER(p,s) by its
    multipleOf where that holds them all; decimal strings -> NUMBER(p,s); boolean -> NUMBER(1), BOOLEAN from 23;
    date-time -> TIMESTAMP(6) WITH TIME ZONE, date -> DATE; base64 -> BLOB; string -> VARCHAR2(maxLength CHAR), 4000
    without, CLOB above; object and array -> JSON from 21, CLOB before; untyped and mixed -> CLOB with JSON text.
    """
    declared = _x_oracle(schema).get("type")
    if isinstance(declared, str):
        return _for_new_table(OracleType.parse(declared), server_version)
    kinds, facts = _flatten(schema)
    if facts.get("contentEncoding") == "base64" and kinds <= {"string"}:
        return OracleType("BLOB")
    if len(kinds - {"integer", "number"}) == 0 and kinds:
        return _number_type(facts) if "number" in kinds else _integer_type(facts)
    if kinds == {"boolean"}:
        return OracleType("BOOLEAN") if server_version >= (23,) else OracleType("NUMBER", precision=1, scale=0)
    if kinds and kinds <= {"string", "integer", "number"} and facts.get("format") in DECIMAL_FORMATS:
        return _decimal_type(facts)
    if kinds == {"string"}:
        return _string_type(facts)
    if kinds and kinds <= {"string", "integer", "number", "boolean"}:
        return OracleType("VARCHAR2", length=_MAX_CHARS, char_used=True)
    return OracleType("JSON" if holds_documents(schema) and server_version >= (21,) else "CLOB")


def holds_documents(schema: Mapping[str, Any]) -> bool:
    """Whether the values of this property are objects and arrays only: what IS JSON accepts in every release."""
    if isinstance(_x_oracle(schema).get("type"), str):
        return False
    kinds, _ = _flatten(schema)
    return bool(kinds) and kinds <= {"object", "array"}


def holds_json(schema: Mapping[str, Any]) -> bool:
    """Whether values of this property are JSON documents, stored as JSON text: objects, arrays, or anything."""
    if isinstance(_x_oracle(schema).get("type"), str):
        return OracleType.parse(_x_oracle(schema)["type"]).name == "JSON"
    kinds, _ = _flatten(schema)
    return not kinds or not kinds <= {"string", "integer", "number", "boolean"}


def _x_oracle(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    extra = schema.get(X_ORACLE)
    return extra if isinstance(extra, Mapping) else {}


def _for_new_table(oracle_type: OracleType, server_version: tuple[int, ...]) -> OracleType:
    name = oracle_type.name
    if name in _MODERN:
        return OracleType.parse(_MODERN[name])
    if name == "BOOLEAN" and server_version < (23,):
        return OracleType("NUMBER", precision=1, scale=0)
    if name == "JSON" and server_version < (21,):
        return OracleType("CLOB")
    if name in {"VARCHAR2", "CHAR"} and not oracle_type.char_used:
        return OracleType(name, length=oracle_type.length, char_used=True)
    return oracle_type


def _flatten(schema: Mapping[str, Any]) -> tuple[set[str], dict[str, Any]]:
    """The types a property may have (without null) and the facts about it, through anyOf, oneOf, enum and const.

    Branches of anyOf are merged: where two state a fact differently, neither is used, except that lengths and bounds
    take the wider one.
    """
    branches = [*_mappings(schema.get("anyOf")), *_mappings(schema.get("oneOf"))]
    if branches:
        flat = [_flatten(branch) for branch in branches]
        kinds = set().union(*(kind for kind, _ in flat))
        facts = [fact for kind, fact in flat if kind]
        if any(not kind and not _only_null(branch) for branch, (kind, _) in zip(branches, flat, strict=True)):
            return set(), {}
        return kinds, {**_merge(facts), **_facts(schema)}
    declared = schema.get("type")
    names = [declared] if isinstance(declared, str) else list(declared) if isinstance(declared, (list, tuple)) else []
    kinds = {name for name in names if isinstance(name, str) and name != "null"}
    values = schema["enum"] if isinstance(schema.get("enum"), list) else [schema["const"]] if "const" in schema else []
    facts_here = _facts(schema)
    if values:
        kinds = kinds or {_kind_of(value) for value in values if value is not None}
        texts = [len(value) for value in values if isinstance(value, str)]
        if texts and kinds == {"string"}:
            facts_here.setdefault("maxLength", max(1, *texts))
    return kinds, facts_here


def _only_null(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") in ("null", ["null"])


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_FACTS = ("format", "maxLength", *_BOUNDS, "precision", "scale", "multipleOf")


def _facts(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: schema[key] for key in (*_FACTS, "contentEncoding") if schema.get(key) is not None}


def _merge(facts: list[dict[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for key in set().union(*facts) if facts else ():
        values = [fact.get(key) for fact in facts]
        if None in values:
            continue
        if key in {"maxLength", "maximum", "exclusiveMaximum", "precision", "scale"}:
            merged[key] = max(v for v in values if v is not None)
        elif key in {"minimum", "exclusiveMinimum"}:
            merged[key] = min(v for v in values if v is not None)
        elif all(value == values[0] for value in values):
            merged[key] = values[0]
    return merged


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, (float, Decimal)):
        return "number"
    return "string" if isinstance(value, str) else "object"


def _integer_type(facts: Mapping[str, Any]) -> OracleType:
    digits = _whole_digits(facts) or _MAX_PRECISION
    if digits > _MAX_PRECISION:
        return OracleType("NUMBER", scale=0) if digits <= 40 else OracleType("NUMBER")
    return OracleType("NUMBER", precision=digits, scale=0)


def _number_type(facts: Mapping[str, Any]) -> OracleType:
    """NUMBER(p,s) where every multiple within the bounds fits, else NUMBER. Without bounds all 64-bit integers must."""
    step = facts.get("multipleOf")
    if not _is_number(step) or step <= 0:
        return OracleType("NUMBER")
    exponent = Decimal(str(step)).normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # _is_number has no infinities
    scale = max(0, -exponent)
    digits = _whole_digits(facts) or max(_MAX_PRECISION - scale, _INT64_DIGITS)
    if digits + scale > _MAX_PRECISION:
        return OracleType("NUMBER")
    return OracleType("NUMBER", precision=digits + scale, scale=scale)


def _whole_digits(facts: Mapping[str, Any]) -> int | None:
    """The most digits before the point that the bounds allow, None unless both are there."""
    low, high = facts.get("minimum", facts.get("exclusiveMinimum")), facts.get("maximum", facts.get("exclusiveMaximum"))
    if not (_is_number(low) and _is_number(high)):
        return None
    return max(len(str(abs(int(low)))), len(str(abs(int(high)))))


def _is_number(value: Any) -> TypeGuard[int | float | Decimal]:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) and math.isfinite(value)


def _decimal_type(facts: Mapping[str, Any]) -> OracleType:
    precision, scale = facts.get("precision"), facts.get("scale")
    if isinstance(precision, int) and 1 <= precision <= _MAX_PRECISION:
        scale = scale if isinstance(scale, int) and -84 <= scale <= 127 else None
        return OracleType("NUMBER") if scale is None else OracleType("NUMBER", precision=precision, scale=scale)
    return OracleType("NUMBER")


def _string_type(facts: Mapping[str, Any]) -> OracleType:
    form = facts.get("format")
    if form == "date-time":
        return _ZONED
    if form == "date":
        return OracleType("DATE")
    length = facts.get("maxLength")
    if not isinstance(length, int):
        length = _TEXT_FORMATS.get(form, _MAX_CHARS) if isinstance(form, str) else _MAX_CHARS
    if length > _MAX_CHARS:
        return OracleType("CLOB")
    return OracleType("VARCHAR2", length=max(1, length), char_used=True)
