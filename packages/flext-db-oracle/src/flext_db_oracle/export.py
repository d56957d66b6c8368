"""Query results for people and for other programs: a table on the screen, JSON, NDJSON, CSV, Parquet. Streams."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import importlib
import itertools
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import oracledb

from flext_db_oracle.arrow import arrow_schema, library, record_batches
from flext_db_oracle.query import OpenQuery
from flext_db_oracle.types import OracleType
from flext_db_oracle.values import json_text, to_json_value

_INTERVAL_YM = to_json_value(OracleType("INTERVAL YEAR TO MONTH"))
_INTERVAL_DS = to_json_value(OracleType("INTERVAL DAY TO SECOND"))


def plain(value: Any) -> Any:
    """A value as JSON has it: ISO text for times and intervals, base64 for bytes, numbers with all digits."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, oracledb.IntervalYM) and _INTERVAL_YM is not None:
        return _INTERVAL_YM(value)
    if isinstance(value, dt.timedelta) and _INTERVAL_DS is not None:
        return _INTERVAL_DS(value)
    return value


def write_json(opened: OpenQuery, out: TextIO) -> int:
    """One JSON array of objects."""
    count = 0
    out.write("[")
    for record in _records(opened):
        out.write(",\n " if count else "\n ")
        out.write(record)
        count += 1
    out.write("\n]\n" if count else "]\n")
    return count


def write_ndjson(opened: OpenQuery, out: TextIO) -> int:
    """One JSON object a line."""
    count = 0
    for record in _records(opened):
        out.write(record + "\n")
        count += 1
    return count


def write_csv(opened: OpenQuery, out: TextIO) -> int:
    """CSV with a header; NULL is an empty field."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in opened.columns])
    count = 0
    for row in opened.rows():
        writer.writerow(["" if value is None else _text(value) for value in row])
        count += 1
    return count


def write_parquet(opened: OpenQuery, path: Path) -> int:
    """A Parquet file with exact types; see `arrow`."""
    library()  # says how to install it
    parquet = importlib.import_module("pyarrow.parquet")
    count = 0
    with parquet.ParquetWriter(path, arrow_schema(opened.columns)) as writer:
        for batch in record_batches(opened):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


WRITERS: dict[str, Callable[[OpenQuery, TextIO], int]] = {"json": write_json, "ndjson": write_ndjson, "csv": write_csv}


def shown(value: Any, width: int = 60) -> str:
    """A value on the screen: NULL is empty, long text is cut with three dots."""
    text = "" if value is None else _text(value)
    return text if len(text) <= width else text[: width - 3] + "..."


def _text(value: Any) -> str:
    value = plain(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, str) else str(value)


def _records(opened: OpenQuery) -> Any:
    names = [column.name for column in opened.columns]
    if len(set(names)) < len(names):
        raise ValueError("two columns have the same name: give them aliases")
    return (json_text(dict(zip(names, map(plain, row), strict=True))) for row in itertools.chain(opened.rows()))
