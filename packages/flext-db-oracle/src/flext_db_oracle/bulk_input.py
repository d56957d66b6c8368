"""What bulk_insert is given: rows, records or Arrow data, as column names and rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flext_db_oracle import arrow
from flext_db_oracle.bulk import rows_from_records


def names_and_rows(
    columns: Sequence[str] | None,
    values: Iterable[Sequence[Any]] | None,
    records: Iterable[Mapping[str, Any]] | None,
    arrow_data: Any,
) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    """Column names and rows; no names when there is nothing to load. Raises ValueError unless one kind is given."""
    given = [values is not None, records is not None, arrow_data is not None]
    if sum(given) != 1:
        raise ValueError("give one of values, records and arrow")
    if arrow_data is not None:
        return arrow.rows_from_arrow(arrow_data, columns)
    if values is not None:
        if not columns:
            raise ValueError("values need columns")
        return columns, _checked(values, len(columns))
    iterator = iter(records or ())
    first = next(iterator, None)
    if first is None:
        return (), ()
    names = list(columns or first)
    return names, rows_from_records(itertools.chain([first], iterator), names)


def _checked(rows: Iterable[Sequence[Any]], width: int) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(rows):
        if len(row) != width:
            raise ValueError(f"row {number} has {len(row)} values for {width} columns")
        yield row
