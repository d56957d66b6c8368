"""The files of a stream's BATCH messages: JSON lines, and Parquet from Arrow tables, written while rows are fetched.

A file holds `batch_size` rows, or fewer where a STATE must say that all rows before it are sent. The bookmark has moved
past a file's rows when the file is given. Only a Parquet row group is in memory at a time.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from . import batches, lobs
from .errors import TapError
from .keys import MAX_BOUNDARY

if TYPE_CHECKING:
    from singer_sdk.helpers._batch import BatchConfig

    from .reader import Row
    from .streams import OracleTableStream

_GROUP_BYTES = 16 << 20  # of LOBs in a row group


def written(stream: OracleTableStream, config: BatchConfig) -> Iterator[tuple[str, int]]:
    """URL and rows of each file of a stream."""
    name = f"{config.storage.prefix or ''}{stream.name}-{secrets.token_hex(8)}"
    form = config.encoding.format
    if form == "jsonl":
        return _json_files(stream, config, name)
    if form != "parquet":
        raise TapError(f"batch_config: format {form} is not supported: use jsonl or parquet")
    arrow = _arrow()
    if arrow.can_fetch(stream.base_query(), stream.options):
        return _parquet_files_of_tables(stream, config, name, arrow)
    return _parquet_files_of_rows(stream, config, name, arrow)


def _arrow() -> ModuleType:
    try:
        from . import arrow
    except ImportError as error:
        raise TapError("batch_config: Parquet needs pyarrow: pip install 'flext-tap-oracle[parquet]'") from error
    return arrow


def _json_files(stream: OracleTableStream, config: BatchConfig, name: str) -> Iterator[tuple[str, int]]:
    for number, parts in enumerate(batches.in_files(stream.guarded(), config.batch_size), 1):
        count, file_name = 0, f"{name}-{number}.jsonl.gz"
        with batches.open_lines(config, file_name) as file:
            for rows in parts:
                for block in stream.encoder.records(rows):
                    file.write(block)
                stream.advance(rows)
                count += len(rows)
                del rows
        yield config.storage.get_url(file_name), count


def _parquet_files_of_tables(
    stream: OracleTableStream, config: BatchConfig, name: str, arrow: ModuleType
) -> Iterator[tuple[str, int]]:
    columns, options = stream.selected_columns, stream.options
    stream.read_tables(arrow, config.batch_size)
    number = 0
    for table in stream.guarded():
        if not len(table):
            continue
        number += 1
        file_name = f"{name}-{number}.parquet"
        with arrow.open_parquet(config, file_name) as write:
            write(arrow.as_records(arrow.check_floats(table, options)))
        last = table.slice(max(0, table.num_rows - MAX_BOUNDARY - 1)) if stream.has_bookmark else table.slice(0, 0)
        stream.advance(arrow.rows_of(last, columns, options))
        yield config.storage.get_url(file_name), table.num_rows
        del table, last


def _parquet_files_of_rows(
    stream: OracleTableStream, config: BatchConfig, name: str, arrow: ModuleType
) -> Iterator[tuple[str, int]]:
    columns, options = stream.selected_columns, stream.options
    for number, parts in enumerate(batches.in_files(stream.guarded(), config.batch_size), 1):
        count, file_name = 0, f"{name}-{number}.parquet"
        with arrow.open_parquet(config, file_name) as write:
            for rows in _groups(stream, parts):
                table = arrow.table_of_rows(rows, columns, stream.encoder.converted(rows), options)
                write(arrow.as_records(arrow.check_floats(table, options)))
                count += len(rows)
                del rows, table
        yield config.storage.get_url(file_name), count


def _groups(stream: OracleTableStream, parts: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """The rows of a file for one row group each: no more LOBs than fit into some megabytes, or one that is larger."""
    sized = [index for index, column in enumerate(stream.selected_columns) if column.type.is_lob]
    held: list[Row] = []
    size = 0
    for rows in parts:
        for row in lobs.whole(rows):
            held.append(row)
            size += sum(len(row[index]) for index in sized if row[index] is not None)
            if size >= _GROUP_BYTES:
                yield held
                held, size = [], 0
            del row
        stream.advance(rows)
        del rows
    if held:
        yield held
