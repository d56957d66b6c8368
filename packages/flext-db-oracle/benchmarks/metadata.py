"""How long the metadata of a large schema takes us, and how much memory: `python benchmarks/metadata.py --help`.

The dictionary's rows are made up here, so that only our own work is measured: no database, no network.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from flext_db_oracle import dictionary
from flext_db_oracle import dictionary_sql as queries


class MadeUp:
    """What `open_query` gives, for a schema of so many tables with so many columns."""

    def __init__(self, sql: str, tables: int, columns: int) -> None:
        self._sql, self._tables, self._columns = sql, tables, columns

    def rows(self) -> Iterator[tuple[Any, ...]]:
        text = self._sql
        for number in range(self._tables):
            name = f"TABLE_{number:08}"
            if "UNION" in text:
                yield (name,)
            elif "avg_row_len" in text:
                yield name, 1000, 100_000, "NO", "N", None, "DISABLED", None, "USERS", None
            elif "all_tab_cols" in text:
                for column in range(self._columns):
                    yield (
                        *(name, f"COLUMN_{column:04}", "NUMBER", None, 22, 0, None, 10, 0),
                        *("Y", column + 1, "NO", "NO", None),
                    )
            elif "IN ('P', 'U')" in text:
                yield name, "P", f"PK_{number}", "COLUMN_0000"
            elif "all_ind_columns" in text:
                yield name, "HR", f"PK_{number}", "UNIQUE", "NORMAL", "COLUMN_0000", 1
            elif "all_col_comments" in text:
                yield name, "COLUMN_0001", "a comment"


def measure(tables: int, columns: int) -> tuple[int, float, int]:
    """Columns read, seconds, and the peak of Python's memory in bytes, while tables are passed on one by one."""
    started = time.perf_counter()
    count = _read(tables, columns)
    seconds = time.perf_counter() - started
    tracemalloc.start()
    _read(tables, columns)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return count, seconds, peak


def _read(tables: int, columns: int) -> int:
    @contextmanager
    def open_query(_connection: Any, sql: str, *_arguments: Any, **_options: Any) -> Iterator[MadeUp]:
        yield MadeUp(sql, tables, columns)

    with mock.patch.object(queries, "open_query", open_query):
        return sum(len(table.columns) for table in dictionary.iter_tables(mock.Mock(), "HR", details=False))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Read the metadata of a made-up schema, table by table.")
    parser.add_argument("--tables", type=int, default=20_000)
    parser.add_argument("--columns", type=int, default=20, help="of each table (default 20: 400,000 in all)")
    wanted = parser.parse_args()
    count, seconds, peak = measure(wanted.tables, wanted.columns)
    print(f"{wanted.tables:,} tables, {count:,} columns: {seconds:.1f} s, peak {peak / 1e6:.1f} MB")
