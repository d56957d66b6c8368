"""Files of BATCH messages, and values as JSON has them."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .columns import OutputColumn
from .errors import TapError
from .writer import RecordEncoder

if TYPE_CHECKING:
    from singer_sdk.helpers._batch import BatchConfig

Row = tuple[Any, ...]


def plain(value: Any) -> Any:
    """A value as JSON has it: text for dates and bytes, which the line writer would write by itself."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def regroup(batches: Iterable[list[Row]], size: int) -> Iterator[list[Row]]:
    """The rows in lists of `size`, the last one shorter."""
    held: list[Row] = []
    for rows in batches:
        held.extend(rows)
        while len(held) >= size:
            yield held[:size]
            held = held[size:]
    if held:
        yield held


def write_file(
    config: BatchConfig, encoder: RecordEncoder, columns: Sequence[OutputColumn], rows: Sequence[Row], stream: str
) -> str:
    """Write rows as one file of the configured storage; its URL."""
    encoding = config.encoding
    if encoding.format != "jsonl":
        raise TapError(f"batch_config: format {encoding.format} is not supported: use jsonl or parquet")
    name = f"{config.storage.prefix or ''}{stream}-{secrets.token_hex(8)}.json.gz"
    with config.storage.open(name, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1) as packed:
        packed.write(encoder.records(rows))
    return config.storage.get_url(name)
