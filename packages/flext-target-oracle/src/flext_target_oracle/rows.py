"""Records into rows: converted values in the order of the columns, then the metadata columns.

Times and numbers that are the same for a whole batch are filled in when it is written (`complete`), and are no part of
what identifies it (`identity`).
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flext_db_oracle import LossyValueError, OracleType
from flext_db_oracle.json_schema import holds_json
from flext_db_oracle.values import Converter, to_bind_value
from singer_sdk.exceptions import MissingKeyPropertiesError

from .typed import Field, RecordDecoder, Records, lacks_value, make_decoder, pass_unchanged
from .types import BATCH_COLUMNS, METADATA_COLUMNS, VERSION_COLUMNS, StreamColumn

Row = tuple[Any, ...]

_UTC = to_bind_value(OracleType("TIMESTAMP", scale=6), naive_zone="UTC")
_LONGEST_TAIL = 10_000
_PLAIN = frozenset({str, int, Decimal, type(None)})


class RowMaker:
    """Makes the rows of one stream for the columns as they are in the database now."""

    def __init__(
        self,
        stream: str,
        table: str,
        columns: Sequence[StreamColumn],
        types: Sequence[OracleType],
        converters: Sequence[Converter | None],
        *,
        key: Sequence[str],
        key_must_have_values: bool,
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        self._stream, self._table, self._key = stream, table, key
        filled = [item for item in columns if item.schema is not None]  # the metadata columns come last
        self._fields = list(zip(filled, types, converters, strict=False))
        self._converters = [(item.name, convert) for item, _, convert in self._fields]
        self._pass_unchanged = [_passes(item, kind) for item, kind, _ in self._fields]
        self._known = frozenset(item.name for item in filled)
        self._width = len(filled)
        self._checked_keys = [n for n, item in enumerate(filled) if item.name in key] if key_must_have_values else []
        metadata = [item.name for item in columns if item.schema is None]
        self._own_metadata = [name for name in metadata if name not in BATCH_COLUMNS]
        self._batch_metadata = [name for name in metadata if name in BATCH_COLUMNS]
        self.identifying = self._width + sum(name in VERSION_COLUMNS for name in metadata)
        """How many of a row's first values are the same in every run."""
        self._unknown: set[str] = set(left_out)
        self._decoder: tuple[object, RecordDecoder | None] | None = None

    def position(self, name: str | None) -> int | None:
        """Where a property's value is in a row."""
        return next((n for n, (item, _, _) in enumerate(self._fields) if item.name == name), None)

    # ------------------------------------------------------------------------------------------ one record

    def make(self, record: Mapping[str, Any], message: Mapping[str, Any], logger: logging.Logger) -> Row:
        """The row of a record. `message` has its time of extraction and table version."""
        if not record.keys() <= self._known:
            self._warn_of_unknown(record, logger)
        get = record.get
        try:
            row = tuple(
                [
                    None if (value := get(name)) is None else convert(value) if convert else value
                    for name, convert in self._converters
                ]
            )
        except LossyValueError:
            raise self._blame(record) from None
        for index in self._checked_keys:
            if row[index] is None or row[index] == "":
                what = "NULL" if row[index] is None else "empty, which Oracle stores as NULL"
                raise MissingKeyPropertiesError(
                    f"stream {self._stream}: key property {self._converters[index][0]!r} is {what}. "
                    "Hint: a key must have a value; set load_method to append-only to load such records"
                )
        if not self._own_metadata:
            return row
        deleted = get("_sdc_deleted_at")
        return row + self._metadata_values(_utc(message.get("time_extracted")), message.get("version"), _utc(deleted))

    def require_key(self, record: Mapping[str, Any]) -> None:
        """Raise `MissingKeyPropertiesError` for a record without one of its key's properties."""
        for name in self._key:
            if name not in record:
                raise MissingKeyPropertiesError(
                    f"stream {self._stream}: the record has no key property {name!r}. "
                    f"Hint: the stream's key is {', '.join(self._key)}"
                )

    def _warn_of_unknown(self, record: Mapping[str, Any], logger: logging.Logger) -> None:
        for name in record.keys() - self._known - METADATA_COLUMNS.keys() - self._unknown:
            if record[name] is not None:
                logger.warning("No schema for record field '%s': it is not loaded", name)
                self._unknown.add(name)

    def _blame(self, record: Mapping[str, Any]) -> LossyValueError:
        """Which property's value the converters refused."""
        for item, _, convert in self._fields:
            value = record.get(item.name)
            if value is None or convert is None:
                continue
            try:
                convert(value)
            except LossyValueError as exc:
                hint = ""
                if "offset" in str(exc):
                    hint = ". Hint: if times without offset are in a known zone, set naive_zone, for example to UTC"
                return LossyValueError(f"stream {self._stream}, column {self._table}.{item.column.name}: {exc}{hint}")
        raise AssertionError("some converter refused this record")

    def _metadata_values(self, extracted: Any, version: Any, deleted: Any) -> Row:
        values = {"_sdc_extracted_at": extracted, "_sdc_table_version": version, "_sdc_deleted_at": deleted}
        return tuple([values[name] for name in self._own_metadata])

    # ------------------------------------------------------------------------------------------ many records

    def decoder(self, stream: str, schema: Mapping[str, Any], *, validate: bool) -> RecordDecoder | None:
        """The fast way for this stream's lines, None if there is none. `stream` is the tap's name for it."""
        state = (stream, len(self._unknown))
        if self._decoder is None or self._decoder[0] != state:
            required = set(schema.get("required") or ()) if validate else set()
            fields = [
                Field(item.name, item.schema or {}, kind, convert, item.name in self._key, item.name in required)
                for item, kind, convert in self._fields
            ]
            self._decoder = state, make_decoder(stream, schema, fields, ignored=self._unknown)
        return self._decoder[1]

    def from_columns(self, columns: Mapping[str, Sequence[Any]], count: int) -> list[Row] | None:
        """Rows of whole columns of values; None if a record is odd, and must be looked at by itself."""
        if not columns.keys() <= self._known | self._unknown:
            return None
        made: list[Sequence[Any]] = []
        try:
            for (name, convert), unchanged in zip(self._converters, self._pass_unchanged, strict=True):
                values = columns.get(name)
                if values is None:
                    if name in self._key:
                        return None
                    values = [None] * count
                elif convert is not None and not unchanged(values):
                    values = [None if value is None else convert(value) for value in values]
                elif convert is None and not set(map(type, values)) <= _PLAIN:
                    return None
                made.append(values)
        except LossyValueError:
            return None
        if any(lacks_value(made[index]) for index in self._checked_keys):
            return None
        return list(zip(*made, strict=True))

    def with_metadata(self, records: Records) -> list[Row]:
        """Rows that a decoder made, with the metadata of their own."""
        if not self._own_metadata:
            return records.rows
        made = {origin: self._metadata_values(_utc(origin[0]), origin[1], None) for origin in set(records.origins)}
        if len(made) == 1:
            (values,) = made.values()
            return [row + values for row in records.rows]
        return [row + made[origin] for row, origin in zip(records.rows, records.origins, strict=True)]

    # ------------------------------------------------------------------------------------------ a batch

    def identity(self, rows: list[Row]) -> list[Row]:
        """The rows without the metadata that differs from run to run."""
        end = self.identifying
        return rows if end == self._width + len(self._own_metadata) else [row[:end] for row in rows]

    def complete(self, rows: list[Row], sync_started_at: int) -> list[Row]:
        """The rows with the metadata that is one value for the whole batch."""
        if not self._batch_metadata:
            return rows
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        constants = {
            "_sdc_received_at": now,
            "_sdc_batched_at": now,
            "_sdc_sequence": round(time.time() * 1000),
            "_sdc_sync_started_at": sync_started_at,
        }
        values = tuple([constants[name] for name in self._batch_metadata])
        return [row + values for row in rows]


class Tail:
    """The last committed rows that have one value of the replication key, whose `position` in the row is known."""

    def __init__(self) -> None:
        self.position: int | None = None
        self.rows: list[Row] = []
        self._value: Any = None
        self._complete = True

    def add(self, rows: Sequence[Row]) -> None:
        """Rows that were committed after the others."""
        if self.position is None or not rows:
            return
        last = rows[-1][self.position]
        start = len(rows)
        while start and rows[start - 1][self.position] == last:
            start -= 1
        if start or self._value != last:
            self.rows, self._value, self._complete = [], last, True
        if not self._complete:
            return
        self.rows += rows[start:]
        if len(self.rows) > _LONGEST_TAIL:
            self.rows, self._complete = [], False


def _passes(item: StreamColumn, kind: OracleType) -> Callable[[Sequence[Any]], bool]:
    return (lambda _values: False) if holds_json(item.schema or {}) else pass_unchanged(kind)


def _utc(value: Any) -> Any:
    assert _UTC is not None
    return None if value is None else _UTC(value)
