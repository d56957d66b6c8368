"""Files of BATCH messages, and values as JSON has them."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast

from upath import UPath

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


@contextmanager
def open_file(config: BatchConfig, name: str) -> Iterator[IO[bytes]]:
    """A new file in the configured storage: local, or whatever fsspec has an implementation for."""
    folder = UPath(config.storage.root, **config.storage.params)
    folder.mkdir(parents=True, exist_ok=True)
    # autocommit: not as part of a transaction that somebody else has begun on the same file system.
    with (folder / name).open("wb", autocommit=True) as file:
        yield cast("IO[bytes]", file)


def write_lines(config: BatchConfig, lines: bytes, name: str) -> str:
    """Write lines as one gzipped file of the configured storage; its URL. The SDK's targets expect gzip."""
    with open_file(config, name) as file, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1) as packed:
        packed.write(lines)
    return config.storage.get_url(name)
