"""What is compared: each variant loads the same input into table T, and counts its own CPU time and memory.

    python benchmarks/variants.py NAME WHERE PATH BATCH

runs one of them, in a process of its own: WHERE is JSON (user, password, dsn), PATH the input (`-`: standard input).
"""

from __future__ import annotations

import importlib
import io
import json
import logging
import resource
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

Where = dict[str, Any]
Variant = Callable[[Where, Path, int], Callable[[], None]]

TABLE = """CREATE TABLE t (
  id NUMBER(10){key}, department NUMBER(6), salary NUMBER(12,2), rate NUMBER, name VARCHAR2(60 CHAR),
  email VARCHAR2(60 CHAR), street VARCHAR2(60 CHAR), hired DATE, updated TIMESTAMP(6), note VARCHAR2(80 CHAR))"""
STDIN = Path("-")
BARE, STOCK, UNCHECKED = "bare executemany", "stock SQLSink", "stock SQLSink, no validation"
OURS = "target-oracle"
STOCK_FILES, OUR_FILES = "stock, Parquet BATCH", "target-oracle, Parquet BATCH"


def prepare(where: Where, *, key: bool = False) -> None:
    import oracledb

    with oracledb.connect(**where) as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN EXECUTE IMMEDIATE 'DROP TABLE t PURGE'; EXCEPTION WHEN OTHERS THEN NULL; END;")
        cursor.execute(
            "BEGIN EXECUTE IMMEDIATE 'DROP TABLE flext_checkpoint PURGE'; EXCEPTION WHEN OTHERS THEN NULL; END;"
        )
        cursor.execute(TABLE.format(key=" PRIMARY KEY" if key else ""))


def bare(where: Where, path: Path, _batch: int) -> Callable[[], None]:
    import datetime as dt

    import oracledb

    prepare(where)
    times = {"hired", "updated"}
    rows = [
        tuple(
            dt.datetime.fromisoformat(value) if name in times and value else value
            for name, value in json.loads(line)["record"].items()
        )
        for line in path.read_bytes().splitlines()
        if line.startswith(b'{"type": "RECORD"')
    ]
    connection = oracledb.connect(**where)

    def run() -> None:
        with connection.cursor() as cursor:
            sizes: list[Any] = [None] * 10
            sizes[8] = oracledb.DB_TYPE_TIMESTAMP
            for start in range(0, len(rows), 10_000):
                cursor.setinputsizes(*sizes)
                cursor.executemany(
                    "INSERT INTO t VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10)", rows[start : start + 10_000]
                )
        connection.commit()

    return run


def stock(where: Where, path: Path, batch: int, **settings: Any) -> Callable[[], None]:
    """The SDK's SQLTarget on SQLAlchemy's Oracle dialect. It cannot create this table, so it is there already."""
    from singer_sdk.sql import SQLConnector, SQLSink, SQLTarget

    prepare(where)

    class Connector(SQLConnector):
        def get_sqlalchemy_url(self, config: Any) -> str:
            return str(config["sqlalchemy_url"])

        def prepare_table(self, *_: Any, **__: Any) -> None:
            pass

        def prepare_schema(self, *_: Any) -> None:
            pass

    class Sink(SQLSink[Connector]):
        connector_class = Connector
        schema_name = None  # type: ignore[assignment]  # whatever the stream's name says
        table_name = "t"  # type: ignore[assignment]

    class StockTarget(SQLTarget):
        name = "target-stock"
        config_jsonschema: dict[str, Any] = {"properties": {"sqlalchemy_url": {"type": "string"}}}  # noqa: RUF012
        default_sink_class = Sink

    host, _, rest = where["dsn"].partition("/")
    url = f"oracle+oracledb://{where['user']}:{where['password']}@{host}/?service_name={rest}"
    source = sys.stdin if path == STDIN else io.StringIO(path.read_text())

    def run() -> None:
        target = StockTarget(config={"sqlalchemy_url": url, "batch_size_rows": batch, **settings})
        target.listen(source)

    return run


def ours(where: Where, path: Path, batch: int, *, key: bool = False, **settings: Any) -> Callable[[], None]:
    from flext_target_oracle import TargetOracle

    prepare(where, key=key)
    config = {"dsn": where["dsn"], "username": where["user"], "password": where["password"], "batch_size_rows": batch}
    source = io.BytesIO(path.read_bytes())

    def run() -> None:
        method = "upsert" if key else "append-only"
        target = TargetOracle(config={**config, "load_method": method, "batch_size_bytes": 2**40, **settings})
        target.listen(source)  # type: ignore[arg-type]

    return run


VARIANTS: dict[str, Variant] = {
    BARE: bare,
    STOCK: stock,
    UNCHECKED: lambda where, path, batch: stock(where, path, batch, validate_records=False),
    OURS: ours,
    "target-oracle, upsert": lambda where, path, batch: ours(where, path, batch, key=True),
    "target-oracle, metadata": lambda where, path, batch: ours(where, path, batch, add_record_metadata=True),
    "target-oracle, overwrite": lambda where, path, batch: ours(where, path, batch, load_method="overwrite"),
    "target-oracle, direct path": lambda where, path, batch: ours(
        where, path, batch, load_method="overwrite", direct_path=True
    ),
    STOCK_FILES: stock,
    OUR_FILES: ours,
}
FILES = frozenset({STOCK_FILES, OUR_FILES})
"""The variants whose input is a BATCH message that names a Parquet file."""


def peak_kilobytes() -> int:
    """Peak resident memory: VmHWM, because ru_maxrss begins with that of the process which started this one."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def main(name: str, where: Where, path: Path, batch: int) -> None:
    """Run one variant once: CPU seconds and peak memory in KB, as JSON."""
    logging.disable(logging.CRITICAL)
    run = VARIANTS[name](where, path, batch)
    if name in FILES:
        for module in ("pyarrow.parquet", "pyarrow.compute", "fsspec.implementations.local", "upath", "pandas"):
            with suppress(ImportError):  # pyarrow imports pandas if it is there
                importlib.import_module(module)  # start-up, which is not measured
    with redirect_stdout(io.StringIO()):
        started = time.process_time()
        run()
        used = time.process_time() - started
    sys.stdout.write(json.dumps({"cpu": used, "peak": peak_kilobytes()}))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
