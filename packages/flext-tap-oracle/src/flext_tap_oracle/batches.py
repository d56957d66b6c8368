"""Files of BATCH messages, and values as JSON has them."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast

from upath import UPath

from .lobs import LargeLob

if TYPE_CHECKING:
    from singer_sdk.helpers._batch import BatchConfig

Row = tuple[Any, ...]


def plain(value: Any) -> Any:
    """A value as JSON has it: text for dates and bytes, which the line writer would write by itself."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, LargeLob):
        value = value.whole()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def in_files(batches: Iterable[list[Row]], size: int) -> Iterator[Iterator[list[Row]]]:
    """For each file its rows, in lists as they come: at most `size`, and none from behind an empty batch.

    A file's rows must have been taken before the next file's are asked for.
    """
    source = iter(batches)
    held: list[Row] = []

    def rows_of_one() -> Iterator[list[Row]]:
        nonlocal held
        left = size
        while held and left:
            part, held = held[:left], held[left:]
            left -= len(part)
            yield part
            del part
            if left and not held:
                held = next(source, [])

    while True:
        while not held:
            batch = next(source, None)
            if batch is None:
                return
            held = batch
        yield rows_of_one()


@contextmanager
def open_file(config: BatchConfig, name: str) -> Iterator[IO[bytes]]:
    """A new file in the configured storage: local, or whatever fsspec has an implementation for."""
    folder = UPath(config.storage.root, **config.storage.params)
    folder.mkdir(parents=True, exist_ok=True)
    # autocommit: not as part of a transaction that somebody else has begun on the same file system.
    with (folder / name).open("wb", autocommit=True) as file:
        yield cast("IO[bytes]", file)


@contextmanager
def open_lines(config: BatchConfig, name: str) -> Iterator[IO[bytes]]:
    """A new file of lines. The SDK's targets expect gzip."""
    with open_file(config, name) as file, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1) as packed:
        yield cast("IO[bytes]", packed)
