"""What a stream selects: one `OutputColumn` per property, with its SQL, its type, and how its values become JSON.

Masking and the LOB limit are part of the SQL, so that what must not leave the database never does.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flext_db_oracle import OracleColumn, OracleType
from flext_db_oracle.identifiers import quote, unfold
from flext_db_oracle.json_schema import property_schema
from flext_db_oracle.types import Carrier
from flext_db_oracle.values import Converter, to_json_value

from . import lobs
from .errors import TapError
from .options import MaskRule, TapOptions

ROWSCN = "ora_rowscn"
_HASH = OracleType("VARCHAR2", length=64, char_used=True)
_TEXT = frozenset({"VARCHAR2", "CHAR", "NVARCHAR2", "NCHAR", "CLOB", "NCLOB"})
#: What STANDARD_HASH does not take.
_NOT_HASHED = frozenset({"CLOB", "NCLOB", "BLOB", "LONG", "LONG RAW", "XMLTYPE", "JSON"})
_ARROW_DIGITS = 38
INT64_DIGITS = 18
_NUMERIC = frozenset({"NUMBER", "FLOAT"})
_MEASURED = {"CLOB": "LENGTH", "NCLOB": "LENGTH", "BLOB": "DBMS_LOB.GETLENGTH"}


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """One property of a stream. `sql` is what is selected, `reference` what conditions and ORDER BY compare."""

    name: str  # of the property
    column: str  # of the table, as Oracle spells it
    reference: str
    sql: str
    type: OracleType
    schema: Mapping[str, Any]
    large_sql: str | None = None  # the LOB, when it is too large to come with its row
    length_sql: str | None = None  # whether the LOB is too long: 1 or 0
    sortable: bool = True

    def converter(self, options: TapOptions) -> Converter | None:
        """From the driver's value to JSON's, where the JSON writer does not do the same by itself."""
        carrier = self.type.carrier(dates_as_text=options.dates_as_text)
        if carrier in {Carrier.DATETIME, Carrier.BYTES}:
            return None  # the writer's own text of a datetime, and its base64, are the contract's
        return to_json_value(
            self.type,
            nan_policy=options.nan_policy,
            use_singer_decimal=options.use_singer_decimal,
            dates_as_text=options.dates_as_text,
        )


def whole_digits(kind: OracleType) -> int:
    """Digits before the point of a NUMBER with scale 0 or less; 38 where it has no precision."""
    return (kind.precision or _ARROW_DIGITS) - (kind.scale or 0)


def is_text_in_parquet(kind: OracleType, options: TapOptions) -> bool:
    """Whether a number is text in a Parquet file: no Arrow type has all values of a bare NUMBER or FLOAT."""
    if kind.carrier() is not Carrier.NUMBER:
        return False
    if kind.name != "NUMBER" or kind.precision is None or options.use_singer_decimal:
        return True
    return max(kind.precision, kind.scale or 0) > _ARROW_DIGITS


def output_column(column: OracleColumn, options: TapOptions) -> OutputColumn:
    """A column of a table as a property. Its type must be in the contract."""
    assert column.type is not None
    reference = quote(column.name)
    sql = column.type.select_expression(reference, dates_as_text=options.dates_as_text)
    large_sql = length_sql = None
    if column.type.name in _MEASURED:
        measure = f"{_MEASURED[column.type.name]}({reference})"
        limit, longest = ":lob_inline_length", ""
        if options.lob_max_length is not None:
            length_sql = f"CASE WHEN {measure} > :lob_max_length THEN 1 ELSE 0 END"
            longest = f" AND {measure} <= :lob_max_length"
        if options.lob_max_length is None or options.lob_max_length > lobs.INLINE_LENGTH:
            large_sql = f"CASE WHEN {measure} > :lob_inline_length{longest} THEN {reference} END"
        else:
            limit = ":lob_max_length"
        sql = f"CASE WHEN {measure} <= {limit} THEN {reference} END"
    as_text = options.use_singer_decimal or (options.writes_parquet and is_text_in_parquet(column.type, options))
    schema = property_schema(column, use_singer_decimal=as_text, nan_policy=options.nan_policy)
    if options.writes_parquet and whole_digits(column.type) > INT64_DIGITS and "integer" in schema["type"]:
        schema = {**schema, "type": ["number" if kind == "integer" else kind for kind in schema["type"]]}
    if length_sql and options.lob_too_long == "null":
        schema = {**schema, "type": [*(kind for kind in schema["type"] if kind != "null"), "null"]}
    return OutputColumn(
        name=unfold(column.name),
        column=column.name,
        reference=reference,
        sql=sql,
        type=column.type,
        schema=schema,
        large_sql=large_sql,
        length_sql=length_sql,
        sortable=not column.type.is_lob,
    )


def rowscn_column() -> OutputColumn:
    """The pseudocolumn ORA_ROWSCN: the SCN of the last change to the row, or to its block."""
    column = OracleColumn("ORA_ROWSCN", OracleType("NUMBER", precision=20, scale=0), nullable=True)
    schema = {**property_schema(column), "description": "SCN of the last change of the row (or of its block)."}
    return OutputColumn(ROWSCN, "ORA_ROWSCN", "ORA_ROWSCN", "ORA_ROWSCN", column.type or _HASH, schema)


def expression_column(name: str, expression: str, kind: OracleType, options: TapOptions) -> OutputColumn:
    """A property that is an SQL expression of the user's, as he wrote it."""
    reference = f"({expression})"
    column = replace(output_column(OracleColumn(name, kind), options), reference=reference, name=name)
    return replace(column, sql=kind.select_expression(reference, dates_as_text=options.dates_as_text), column=name)


# ---------------------------------------------------------------------------------------------- masking


def matching_rule(rules: Iterable[MaskRule], stream: str, column: str) -> MaskRule | None:
    """The first rule for a column of a stream; patterns do not care about case."""
    return next((rule for rule in rules if rule_matches(rule, stream, column)), None)


def rule_matches(rule: MaskRule, stream: str, column: str) -> bool:
    return fnmatch.fnmatchcase(f"{stream}.{column}".lower(), rule.columns.lower())


def masked(column: OutputColumn, rule: MaskRule, *, stream: str) -> OutputColumn | None:
    """The column as a rule leaves it; None when the rule drops it.

    Raises:
        TapError: the rule cannot be applied to a column of this type.
    """
    column = replace(column, large_sql=None, length_sql=None)
    where = f"mask rule `{rule.columns}`: {stream}.{column.name} is {column.type.ddl}"
    if rule.action == "drop":
        return None
    if rule.action == "null":
        schema = {**column.schema, "type": [*(kind for kind in column.schema["type"] if kind != "null"), "null"]}
        return replace(column, sql=f"CASE WHEN 1 = 0 THEN {column.reference} END", schema=schema)
    if rule.action == "redact":
        if column.type.name not in _TEXT or (column.type.length or 3) < 3:
            raise TapError(f"{where}, and only text of three characters or more is redacted: use hash, null or drop")
        sql = f"CASE WHEN {column.reference} IS NOT NULL THEN '***' END"
        return replace(column, sql=sql, type=replace(_HASH, length=3))
    if column.type.name in _NOT_HASHED:
        raise TapError(f"{where}, which STANDARD_HASH does not take: use null or drop")
    digest = f"LOWER(RAWTOHEX(STANDARD_HASH(:mask_salt || {_as_text(column)}, 'SHA256')))"
    schema = {
        "type": _nullable("string", column.schema),
        "maxLength": 64,
        "x-oracle": {"type": _HASH.ddl, **_exact_name(column.schema)},
    }
    sql = f"CASE WHEN {column.reference} IS NOT NULL THEN {digest} END"
    return replace(column, sql=sql, type=_HASH, schema=schema)


def _as_text(column: OutputColumn) -> str:
    """The value as text that depends on no setting of the session, so that equal values have equal hashes anywhere."""
    if column.type.name in _NUMERIC:
        return f"TO_CHAR({column.reference}, 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')"
    if column.type.name in {"DATE", "TIMESTAMP"}:
        return column.type.select_expression(column.reference, dates_as_text=True)
    if column.type.name == "RAW":
        return f"RAWTOHEX({column.reference})"
    return column.sql


def _nullable(kind: str, schema: Mapping[str, Any]) -> list[str]:
    return [kind, "null"] if "null" in schema["type"] else [kind]


def _exact_name(schema: Mapping[str, Any]) -> dict[str, str]:
    name = schema.get("x-oracle", {}).get("name")
    return {"name": name} if name else {}
