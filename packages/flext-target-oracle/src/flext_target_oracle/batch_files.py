"""Parquet files of BATCH messages: columns of Arrow become rows, some thousand at a time, without a dict per record.

pyarrow (the extra `parquet`) is imported only when such a file comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any

_ROWS = 10_000
_EXACT_TIMES = frozenset({"timestamp[s]", "timestamp[ms]", "timestamp[us]"})


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
    """A column as Python values, exactly: integers and times of full microseconds through numpy, where that is equal."""
    kind = str(column.type)
    if column.null_count == 0 and len(column):
        if kind in {"int8", "int16", "int32", "int64"}:
            return list(column.to_numpy().tolist())
        if kind in _EXACT_TIMES:
            return list(column.to_numpy(zero_copy_only=False).astype("datetime64[us]").astype(object).tolist())
    return list(column.to_pylist())
