"""CPU time per RECORD line: this target against singer-sdk's own BatchSink, without a database behind either.

    python benchmarks/records.py [rows] [rounds]

Only what happens between the pipe and the driver is measured: parsing, validation, conversion, batching, digest. The
variants take turns, so that the ratios hold on a machine whose speed drifts.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import logging
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from decimal import Decimal
from pathlib import Path
from typing import Any

from flext_db_oracle import OracleColumn
from flext_target_oracle import OracleSink, TargetOracle
from flext_target_oracle.sinks import Written
from singer_sdk import BatchSink, Target

SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": ["integer"], "minimum": -(10**9), "maximum": 10**9, "x-oracle": {"type": "NUMBER(10)"}},
        "department": {"type": ["integer", "null"], "x-oracle": {"type": "NUMBER(6)"}},
        "salary": {"type": ["number", "null"], "x-oracle": {"type": "NUMBER(12,2)"}},
        "rate": {"type": ["number", "null"], "x-oracle": {"type": "NUMBER"}},
        "name": {"type": ["string", "null"], "maxLength": 60, "x-oracle": {"type": "VARCHAR2(60 CHAR)"}},
        "email": {"type": ["string", "null"], "maxLength": 60, "x-oracle": {"type": "VARCHAR2(60 CHAR)"}},
        "street": {"type": ["string", "null"], "maxLength": 60, "x-oracle": {"type": "VARCHAR2(60 CHAR)"}},
        "hired": {"type": ["string", "null"], "format": "date-time", "x-oracle": {"type": "DATE"}},
        "updated": {"type": ["string", "null"], "format": "date-time", "x-oracle": {"type": "TIMESTAMP(6)"}},
        "note": {"type": ["string", "null"], "maxLength": 80, "x-oracle": {"type": "VARCHAR2(80 CHAR)"}},
    },
}


def lines(count: int) -> bytes:
    """A SCHEMA, the records, a STATE."""
    pick = random.Random(7)
    start = dt.datetime(2020, 1, 1)
    words = ["Zoë Ångström", "O'Neil", "plain", "Straße 1", "a longer piece of text"]
    made = [json.dumps({"type": "SCHEMA", "stream": "t", "schema": SCHEMA, "key_properties": ["id"]})]
    for number in range(count):
        moment = start + dt.timedelta(seconds=pick.randrange(10**8), microseconds=pick.randrange(10**6))
        record = {
            "id": number,
            "department": pick.randrange(500),
            "salary": pick.randrange(10**7) / 100,
            "rate": pick.randrange(10**12) / 10**6,
            "name": f"{pick.choice(words)} {number}",
            "email": f"user{number}@example.com",
            "street": f"{pick.choice(words)} {pick.randrange(10**6)} {pick.choice(words)}",
            "hired": moment.replace(microsecond=0).isoformat(),
            "updated": moment.isoformat(),
            "note": pick.choice(words) * 2 if number % 2 else None,
        }
        message = {"type": "RECORD", "stream": "t", "record": record, "time_extracted": "2026-01-01T00:00:00+00:00"}
        made.append(json.dumps(message, ensure_ascii=False))
    made.append(json.dumps({"type": "STATE", "value": {"bookmarks": {"t": {"replication_key_value": count}}}}))
    return "\n".join(made).encode()


def parquet_batch(count: int, path: Path) -> bytes:
    """The same as Parquet at `path`, typed as a tap has it from the driver, and a BATCH message that names the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    messages = [json.loads(line, parse_float=Decimal) for line in lines(count).splitlines()]
    records = [message["record"] for message in messages if message["type"] == "RECORD"]
    for record in records:
        for name in ("hired", "updated"):
            record[name] = dt.datetime.fromisoformat(record[name])
    types = {"salary": pa.decimal128(12, 2), "rate": pa.decimal128(18, 6)}
    columns = {name: pa.array([record[name] for record in records], types.get(name)) for name in records[0]}
    pq.write_table(pa.table(columns), path)
    batch = {"type": "BATCH", "stream": "t", "encoding": {"format": "parquet"}, "manifest": [path.as_uri()]}
    return "".join(json.dumps(message) + "\n" for message in (messages[0], batch, messages[-1])).encode()


class NullSink(OracleSink):
    """Everything but the database."""

    def prepare(self) -> None:
        self._columns = self.plan((19,))
        self._compile([OracleColumn(item.column.name, item.column.type) for item in self._columns])

    def _write(self, connector: object, batch: Any, entry: object) -> Written:
        return Written(len(batch.rows), changed=len(batch.rows))

    def drop_staging(self) -> None:
        pass


class NullCheckpoints:
    def load(self, *_: object) -> list[Any]:
        return []

    def forget(self, *_: object, **__: object) -> None:
        pass

    def add_state(self, *_: object) -> None:
        pass


class NullConnector:
    session = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    def close(self) -> None:
        pass


class NullTarget(TargetOracle):
    default_sink_class = NullSink
    target_schema = "S"
    database_identifier_bytes = 128

    def __init__(self, **config: Any) -> None:
        super().__init__(config={"host": "x", "service_name": "x", "username": "u", "password": "p", **config})
        self.connector = NullConnector()  # type: ignore[assignment]
        self.checkpoints = NullCheckpoints()  # type: ignore[assignment]
        self.oracle_api = None  # type: ignore[assignment]


class StockSink(BatchSink):
    def process_batch(self, context: dict[str, Any]) -> None:
        pass


class StockTarget(Target):
    name = "target-stock"
    config_jsonschema: dict[str, Any] = {"properties": {}}  # noqa: RUF012 - the SDK's own declaration
    default_sink_class = StockSink


def run(make: Callable[[], Target], data: bytes, *, text: bool) -> float:
    source: Any = io.StringIO(data.decode()) if text else io.BytesIO(data)
    target = make()
    with redirect_stdout(io.StringIO()):
        started = time.process_time()
        target.listen(source)
        return time.process_time() - started


def main() -> None:
    """Print microseconds per record, median of the rounds, and the ratio to the SDK."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", type=int, nargs="?", default=50_000, help="records (%(default)s)")
    parser.add_argument(
        "rounds", type=int, nargs="?", default=5, help="rounds of which the median counts (%(default)s)"
    )
    given = parser.parse_args()
    rows, rounds = given.rows, given.rounds
    logging.disable(logging.CRITICAL)
    data = lines(rows)
    variants: dict[str, tuple[Callable[[], Target], bool]] = {
        "singer-sdk BatchSink": (lambda: StockTarget(config={}), True),
        "singer-sdk BatchSink, no validation": (lambda: StockTarget(config={"validate_records": False}), True),
        "target-oracle": (NullTarget, False),
        "target-oracle, add_record_metadata": (lambda: NullTarget(add_record_metadata=True), False),
        "target-oracle, no validation": (lambda: NullTarget(validate_records=False), False),
    }
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, (make, text) in variants.items():
            times[name].append(run(make, data, text=text) / rows * 1e6)
    stock = statistics.median(times["singer-sdk BatchSink"])
    for name, measured in times.items():
        median = statistics.median(measured)
        sys.stdout.write(f"{name:40} {median:7.2f} us/record (best {min(measured):.2f})  {stock / median:5.1f}x\n")


if __name__ == "__main__":
    main()
