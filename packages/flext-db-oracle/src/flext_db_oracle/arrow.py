"""Arrow: query results as record batches with exact types, and Arrow data as rows to load. Needs the extra `arrow`.

NUMBER(p,s) becomes an integer or a decimal of the same digits; NUMBER without precision and FLOAT, which no Arrow type
holds, become text. Nanoseconds and offsets are kept: TIMESTAMP(7..9) is timestamp[ns], TIMESTAMP WITH TIME ZONE text,
WITH LOCAL TIME ZONE a timestamp in UTC. A value that its Arrow type cannot hold is refused, never changed.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Iterator, Sequence
from typing import Any

import oracledb

from flext_db_oracle.errors import LossyValueError, UnsupportedTypeError
from flext_db_oracle.query import OpenQuery, QueryColumn, Row
from flext_db_oracle.types import Carrier, OracleType
from flext_db_oracle.values import json_text

_INT64_DIGITS = 18
_DECIMAL128_DIGITS, _DECIMAL256_DIGITS = 38, 76


def library() -> Any:
    """The package pyarrow, or an error that says how to install it."""
    try:
        pyarrow = importlib.import_module("pyarrow")
    except ImportError as exc:
        raise UnsupportedTypeError("Arrow needs pyarrow. Hint: pip install 'flext-db-oracle[arrow]'") from exc
    return pyarrow


def arrow_type(oracle_type: OracleType) -> Any:
    """The Arrow type that holds every value of an Oracle type."""
    pa = library()
    match oracle_type.carrier():
        case Carrier.INTEGER | Carrier.NUMBER:
            return _number(oracle_type)
        case Carrier.FLOAT:
            return pa.float32() if oracle_type.name == "BINARY_FLOAT" else pa.float64()
        case Carrier.BYTES:
            return pa.large_binary() if oracle_type.is_lob else pa.binary()
        case Carrier.DATETIME:
            return pa.timestamp("s" if oracle_type.name == "DATE" or not oracle_type.fraction_digits else "us")
        case Carrier.TIMESTAMP_TEXT:
            return pa.timestamp("ns")
        case Carrier.ZONED_TEXT if oracle_type.name.endswith("LOCAL TIME ZONE") and oracle_type.fraction_digits <= 6:
            return pa.timestamp("us", tz="UTC")
        case Carrier.DAY_SECOND:
            return pa.duration("us")
        case Carrier.YEAR_MONTH:
            return pa.int32()  # months: pyarrow cannot make its own interval of months
        case Carrier.BOOLEAN:
            return pa.bool_()
    return pa.large_string() if oracle_type.is_lob else pa.string()


def arrow_schema(columns: Sequence[QueryColumn]) -> Any:
    """The schema of a query's batches; the metadata of each field has the exact Oracle type."""
    pa = library()
    fields = []
    for column in columns:
        if column.type is None:
            raise UnsupportedTypeError(f"column {column.name} has a type that is not supported")
        fields.append(
            pa.field(column.name, arrow_type(column.type), column.nullable, metadata={"oracle": column.type.ddl})
        )
    return pa.schema(fields)


def record_batches(opened: OpenQuery) -> Iterator[Any]:
    """The rows of an open query, one record batch per fetch."""
    pa = library()
    schema = arrow_schema(opened.columns)
    for rows in opened.batches():
        arrays = [
            _array(pa, values, field, column)
            for values, field, column in zip(zip(*rows, strict=True), schema, opened.columns, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(pa: Any, values: Sequence[Any], field: Any, column: QueryColumn) -> Any:
    assert column.type is not None
    try:
        if column.type.carrier() is Carrier.TIMESTAMP_TEXT:
            return pa.array([None if value is None else _iso(value) for value in values], pa.string()).cast(field.type)
        convert = _CONVERTERS.get(column.type.carrier())
        if pa.types.is_string(field.type) and column.type.carrier() in {Carrier.INTEGER, Carrier.NUMBER}:
            convert = _digits
        if pa.types.is_string(field.type) and column.type.carrier() is Carrier.ZONED_TEXT:
            convert = _iso
        given = [None if value is None else convert(value) for value in values] if convert else list(values)
        return pa.array(given, field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OverflowError) as exc:
        raise LossyValueError(f"a value of {column.name} does not fit {field.type}: {exc}") from exc


def rows_from_arrow(data: Any, columns: Sequence[str] | None) -> tuple[list[str], Iterator[Row]]:
    """Column names and rows of a pyarrow Table or reader, a DataFrame, or anything with the Arrow stream protocol."""
    pa = library()
    reader = data if isinstance(data, pa.RecordBatchReader) else pa.RecordBatchReader.from_stream(data)
    names = list(columns or reader.schema.names)
    if unknown := [name for name in names if name not in reader.schema.names]:
        raise ValueError(f"the Arrow data has no column {', '.join(unknown)}: it has {', '.join(reader.schema.names)}")

    def rows() -> Iterator[Row]:
        for batch in reader:
            yield from zip(*(_python_values(pa, batch.column(name)) for name in names), strict=True)

    return names, rows()


def _python_values(pa: Any, array: Any) -> list[Any]:
    if pa.types.is_timestamp(array.type) and array.type.unit == "ns":
        # Python's datetime has no nanoseconds; ISO text has.
        text = array.cast(pa.timestamp("ns")).cast(pa.string()).to_pylist()
        suffix = "" if array.type.tz is None else "+00:00"
        return [None if value is None else value.replace(" ", "T") + suffix for value in text]
    if array.type == pa.float32():
        return [None if value is None else float(value) for value in array.to_pylist()]
    values: list[Any] = array.to_pylist()
    return values


def _number(oracle_type: OracleType) -> Any:
    pa = library()
    precision, scale = oracle_type.precision, oracle_type.scale
    if oracle_type.name != "NUMBER" or (precision is None and scale is None):
        return pa.string()
    scale = scale or 0
    digits = max((_DECIMAL128_DIGITS if precision is None else precision) + max(0, -scale), scale)
    scale = max(0, scale)
    if scale == 0 and digits <= _INT64_DIGITS:
        return pa.int64()
    if digits <= _DECIMAL128_DIGITS:
        return pa.decimal128(digits, scale)
    return pa.decimal256(digits, scale) if digits <= _DECIMAL256_DIGITS else pa.string()


def _digits(value: Any) -> str:
    return str(value) if isinstance(value, int) else format(value, "f")


def _iso(value: dt.datetime | str) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _months(value: oracledb.IntervalYM) -> int:
    return int(value.years) * 12 + int(value.months)


_CONVERTERS: dict[Carrier, Any] = {Carrier.YEAR_MONTH: _months, Carrier.JSON_TEXT: json_text}
