"""Arrow tables of a stream's rows, for Parquet files: fetched as Arrow where that is exact, else made from tuples.

The driver's Arrow fetch knows neither bare NUMBER nor intervals nor times with a zone. Bare NUMBER becomes text in the
file (`TO_CHAR .. 'TM9'` has all digits); streams with intervals or LOBs are read as tuples. pyarrow is the extra
`parquet` and is imported only here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from flext_db_oracle import LossyValueError, Session
from flext_db_oracle.types import Carrier
from typing_extensions import override

from .batches import open_file, plain
from .columns import INT64_DIGITS, OutputColumn, is_text_in_parquet, whole_digits
from .options import TapOptions
from .query import Query
from .reader import Reader, Row

if TYPE_CHECKING:
    from singer_sdk.helpers._batch import BatchConfig

_DECIMAL_DIGITS = 38
_DIGITS = b"oracle-number"
_DATE = len("2024-02-29")
_TM9 = "TO_CHAR({}, 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')"
_NOT_FETCHED = frozenset({Carrier.YEAR_MONTH, Carrier.DAY_SECOND, Carrier.DAY_SECOND_TEXT})
_NOT_FETCHED_TYPES = frozenset({"ROWID", "UROWID", "LONG", "LONG RAW", "XMLTYPE", "JSON"})


def column_type(column: OutputColumn, options: TapOptions) -> pa.DataType:
    """The Arrow type that holds every value of a column exactly."""
    kind = column.type
    match kind.carrier(dates_as_text=options.dates_as_text):
        case Carrier.INTEGER:
            return pa.int64() if whole_digits(kind) <= INT64_DIGITS else pa.decimal128(_DECIMAL_DIGITS, 0)
        case Carrier.NUMBER:
            if is_text_in_parquet(kind, options):
                return pa.string()
            return pa.decimal128(max(kind.precision or 0, kind.scale or 0), kind.scale or 0)
        case Carrier.FLOAT:
            return pa.float32() if kind.name == "BINARY_FLOAT" else pa.float64()
        case Carrier.BYTES:
            return pa.large_binary() if kind.is_lob else pa.binary()
        case Carrier.DATETIME:
            return pa.timestamp("s" if kind.name == "DATE" else "us")
        case Carrier.BOOLEAN:
            return pa.bool_()
        case _:
            return pa.large_string() if kind.is_lob else pa.string()


def schema_of(columns: Sequence[OutputColumn], options: TapOptions) -> pa.Schema:
    return pa.schema(
        [
            pa.field(
                column.name,
                column_type(column, options),
                metadata={_DIGITS: b"text"} if is_text_in_parquet(column.type, options) else None,
            )
            for column in columns
        ]
    )


def can_fetch(query: Query, options: TapOptions) -> bool:
    """Whether the driver's Arrow fetch gives every column of a query exactly."""
    return (
        not query.flagged
        and not query.large
        and not any(
            column.type.name in _NOT_FETCHED_TYPES
            or column.type.carrier(dates_as_text=options.dates_as_text) in _NOT_FETCHED
            for column in query.columns
        )
    )


def for_fetch(query: Query, options: TapOptions) -> Query:
    """The query with numbers that no Arrow type holds as text."""
    columns = [
        replace(column, sql=_TM9.format(column.sql)) if is_text_in_parquet(column.type, options) else column
        for column in query.columns
    ]
    return replace(query, columns=columns)


class ArrowReader(Reader):
    """Reads queries as Arrow tables of `size` rows."""

    schema: pa.Schema
    options: TapOptions

    @override
    def _fetch(self, session: Session, query: Query) -> Iterator[Any]:
        query = for_fetch(query, self.options)
        for frame in session.connection.fetch_df_batches(
            query.sql, query.binds, size=self._size, requested_schema=self.schema
        ):
            table = pa.RecordBatchReader.from_stream(
                frame
            ).read_all()  # pa.table() would load pandas, to ask it what this is
            if table.num_rows:
                yield _with_leading_zero(pa.Table.from_arrays(table.columns, schema=self.schema))


def table_of_rows(
    rows: Sequence[Row], columns: Sequence[OutputColumn], converted: Sequence[Row], options: TapOptions
) -> pa.Table:
    """A table from fetched tuples; `converted` are the same rows as JSON has them, used where the driver's are no Arrow."""
    schema = schema_of(columns, options)
    raw, plain_ = list(zip(*rows, strict=True)), list(zip(*converted, strict=True))
    arrays = []
    for index, (column, arrow) in enumerate(zip(columns, schema.types, strict=True)):
        carrier = column.type.carrier(dates_as_text=options.dates_as_text)
        values: Sequence[Any] = plain_[index] if carrier in _NOT_FETCHED else raw[index]
        if is_text_in_parquet(column.type, options):
            values = [None if value is None else _digits(value) for value in values]
        arrays.append(pa.array(values, type=arrow))
    return pa.Table.from_arrays(arrays, schema=schema)


def as_records(table: pa.Table) -> pa.Table:
    """The table as the SCHEMA message describes its rows: dates as ISO text, bytes as base64."""
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            text = pc.binary_replace_slice(table.column(index).cast(pa.string()), _DATE, _DATE + 1, "T")
            table = table.set_column(index, pa.field(field.name, pa.string()), text)
        elif pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            text = pa.array(
                [None if v is None else plain(v) for v in table.column(index).to_pylist()], pa.large_string()
            )
            table = table.set_column(index, pa.field(field.name, pa.large_string()), text)
    return table


def _digits(value: int | Decimal) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _number(text: str) -> int | Decimal:
    return Decimal(text) if "." in text or "E" in text else int(text)


def _with_leading_zero(table: pa.Table) -> pa.Table:
    """Oracle writes 0.1 as `.1`."""
    for index, field in enumerate(table.schema):
        if field.metadata and field.metadata.get(_DIGITS):
            text = pc.replace_substring_regex(table.column(index), r"^\.", "0.")
            table = table.set_column(index, field, pc.replace_substring_regex(text, r"^-\.", "-0."))
    return table


def check_floats(table: pa.Table, options: TapOptions) -> pa.Table:
    """Apply nan_policy: fail names the column, null replaces; `string` leaves them, for a file can hold them."""
    for index, field in enumerate(table.schema):
        if not pa.types.is_floating(field.type) or options.nan_policy == "string":
            continue
        values = table.column(index).to_pylist()
        if all(value is None or math.isfinite(value) for value in values):
            continue
        if options.nan_policy == "fail":
            raise LossyValueError(f"{field.name}: NaN or infinity. Hint: set nan_policy to 'null' or 'string'")
        finite = [value if value is not None and math.isfinite(value) else None for value in values]
        table = table.set_column(index, field, pa.array(finite, type=field.type))
    return table


def rows_of(table: pa.Table, columns: Sequence[OutputColumn], options: TapOptions) -> list[Row]:
    """The rows as tuples of the driver's own values, for bookmarks and digests."""
    values = [column.to_pylist() for column in table.columns]
    for index, column in enumerate(columns):
        if is_text_in_parquet(column.type, options):
            values[index] = [None if value is None else _number(value) for value in values[index]]
    return list(zip(*values, strict=True))


@contextmanager
def open_parquet(config: BatchConfig, name: str) -> Iterator[Callable[[pa.Table], None]]:
    """A new file of the configured storage, and what writes a table to it as one row group."""
    compression = {"none": "none", "gzip": "gzip"}.get(config.encoding.compression or "", "zstd")
    with open_file(config, name) as file, ExitStack() as stack:
        writers: list[pq.ParquetWriter] = []

        def write(table: pa.Table) -> None:
            if not writers:
                writers.append(stack.enter_context(pq.ParquetWriter(file, table.schema, compression=compression)))
            writers[0].write_table(table)

        yield write
