"""Files of BATCH messages, read some thousand records at a time: lines of JSON, and Parquet without a dict per record.

pyarrow (the extra `parquet`) is imported only when such a file comes.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator, Sequence
from typing import IO, Any

from .reader import chunks_of_lines

_ROWS = 10_000
_INTEGERS = frozenset({"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"})
_OBJECTS = frozenset({"string", "large_string"})
_EXACT_TIMES = frozenset({"timestamp[s]", "timestamp[ms]", "timestamp[us]"})


def read_jsonl(file: IO[bytes], *, compressed: bool) -> Iterator[bytes]:
    """Chunks of whole lines, each a record."""
    source: Any = gzip.GzipFile(fileobj=file) if compressed else file
    yield from chunks_of_lines(source if hasattr(source, "read1") else io.BufferedReader(source))


def read_parquet(file: IO[bytes]) -> Iterator[tuple[dict[str, Sequence[Any]], int, Any]]:
    """Batches of a file: the columns' values, how many bytes they take, and Arrow's batch itself."""
    try:
        import pyarrow.parquet as pq  # type: ignore[import-untyped]
    except ImportError as exc:
        raise ModuleNotFoundError(
            "a BATCH message names parquet files, and pyarrow is not installed. "
            "Hint: pip install 'flext-target-oracle[parquet]'"
        ) from exc
    with pq.ParquetFile(file) as source:
        for batch in source.iter_batches(batch_size=_ROWS):
            columns = {name: values_of(batch.column(index)) for index, name in enumerate(batch.schema.names)}
            yield columns, batch.nbytes, batch


def values_of(column: Any) -> Sequence[Any]:
    """A column as Python values, exactly: through numpy where that is equal, since Arrow's own way is slow."""
    kind = str(column.type)
    if kind in _EXACT_TIMES:  # NaT becomes None
        return list(column.to_numpy(zero_copy_only=False).astype("datetime64[us]").astype(object).tolist())
    if kind in _INTEGERS:
        if not column.null_count:
            return list(column.to_numpy(zero_copy_only=False).tolist())
        given = column.is_valid().to_pylist()
        numbers = column.fill_null(0).to_numpy(zero_copy_only=False).tolist()
        return [number if valid else None for number, valid in zip(numbers, given, strict=True)]
    if kind in _OBJECTS or kind.startswith("decimal128("):
        return list(column.to_numpy(zero_copy_only=False).tolist())
    return list(column.to_pylist())
