"""CPU time per record of this target against singer-sdk's SQLSink and a bare `executemany`, into the same table.

    python benchmarks/load.py [rows] [rounds]

One emulator takes the rows of all variants. Each variant runs in a process of its own and counts its own CPU time from
the first line of input to the end, so neither the server nor start-up is in a number; variants take turns, so that the
ratios hold on a machine whose speed drifts. The last column is how much memory a buffered row takes: the growth of the
peak between a batch of 1,000 rows and one of all rows, for the variants that buffer.
"""

from __future__ import annotations

import io
import json
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from records import lines

TABLE = """CREATE TABLE t (
  id NUMBER(10){key}, department NUMBER(6), salary NUMBER(12,2), rate NUMBER, name VARCHAR2(60 CHAR),
  email VARCHAR2(60 CHAR), street VARCHAR2(60 CHAR), hired DATE, updated TIMESTAMP(6), note VARCHAR2(80 CHAR))"""
USER, PASSWORD = "bench", "bench"
BASELINE = "stock SQLSink"


def prepare(where: dict[str, Any], *, key: bool = False) -> None:
    import oracledb

    with oracledb.connect(**where) as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN EXECUTE IMMEDIATE 'DROP TABLE t PURGE'; EXCEPTION WHEN OTHERS THEN NULL; END;")
        cursor.execute(
            "BEGIN EXECUTE IMMEDIATE 'DROP TABLE flext_checkpoint PURGE'; EXCEPTION WHEN OTHERS THEN NULL; END;"
        )
        cursor.execute(TABLE.format(key=" PRIMARY KEY" if key else ""))


# ---------------------------------------------------------------------------------------------- variants


def bare(where: dict[str, Any], data: bytes, _batch: int) -> Callable[[], None]:
    import datetime as dt

    import oracledb

    prepare(where)
    times = {"hired", "updated"}
    rows = [
        tuple(
            dt.datetime.fromisoformat(value) if name in times and value else value
            for name, value in json.loads(line)["record"].items()
        )
        for line in data.splitlines()
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


def stock(where: dict[str, Any], data: bytes, batch: int, **settings: Any) -> Callable[[], None]:
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

    class StockTarget(SQLTarget):
        name = "target-stock"
        config_jsonschema: dict[str, Any] = {"properties": {"sqlalchemy_url": {"type": "string"}}}  # noqa: RUF012
        default_sink_class = Sink

    host, _, rest = where["dsn"].partition("/")
    url = f"oracle+oracledb://{USER}:{PASSWORD}@{host}/?service_name={rest}"

    def run() -> None:
        target = StockTarget(config={"sqlalchemy_url": url, "batch_size_rows": batch, **settings})
        target.listen(io.StringIO(data.decode()))

    return run


def ours(where: dict[str, Any], data: bytes, batch: int, *, key: bool = False, **settings: Any) -> Callable[[], None]:
    from flext_target_oracle import TargetOracle

    prepare(where, key=key)
    config = {"dsn": where["dsn"], "username": USER, "password": PASSWORD, "batch_size_rows": batch}

    def run() -> None:
        method = "upsert" if key else "append-only"
        target = TargetOracle(config={**config, "load_method": method, "batch_size_bytes": 2**40, **settings})
        target.listen(io.BytesIO(data))  # type: ignore[arg-type]

    return run


VARIANTS: dict[str, Callable[[dict[str, Any], bytes, int], Callable[[], None]]] = {
    "bare executemany": bare,
    BASELINE: stock,
    "stock SQLSink, no validation": lambda where, data, batch: stock(where, data, batch, validate_records=False),
    "target-oracle": ours,
    "target-oracle, upsert": lambda where, data, batch: ours(where, data, batch, key=True),
    "target-oracle, metadata": lambda where, data, batch: ours(where, data, batch, add_record_metadata=True),
}


def child(name: str, where: dict[str, Any], path: str, batch: int) -> None:
    """Run one variant once: CPU seconds and peak memory in KB, as JSON."""
    logging.disable(logging.CRITICAL)
    run = VARIANTS[name](where, Path(path).read_bytes(), batch)
    with redirect_stdout(io.StringIO()):
        started = time.process_time()
        run()
        used = time.process_time() - started
    sys.stdout.write(json.dumps({"cpu": used, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


def measure(name: str, where: dict[str, Any], path: str, batch: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--child", name, json.dumps(where), path, str(batch)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Print microseconds per record (median and best of the rounds) and the ratios."""
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], json.loads(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
        return
    from flext_oracle_emulator import Emulator

    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder, Emulator(users={USER: PASSWORD}) as server:
        path = os.path.join(folder, "input.singer")  # noqa: PTH118 - passed to the child as text
        Path(path).write_bytes(lines(rows))
        where = {"user": USER, "password": PASSWORD, "dsn": server.connect_args["dsn"]}
        found: dict[str, list[float]] = {name: [] for name in VARIANTS}
        for _ in range(rounds):
            for name in VARIANTS:
                found[name].append(measure(name, where, path, 10_000)["cpu"] / rows * 1e6)
        base, floor = statistics.median(found[BASELINE]), statistics.median(found["bare executemany"])
        for name, times in found.items():
            median = statistics.median(times)
            sys.stdout.write(
                f"{name:30} {median:7.2f} us/record (best {min(times):.2f})  "
                f"{base / median:5.1f}x stock  {median / floor:5.2f}x bare\n"
            )
        for name in ("stock SQLSink, no validation", "target-oracle"):
            small, large = (measure(name, where, path, batch)["peak"] for batch in (1000, rows))
            sys.stdout.write(f"{name:30} {(large - small) / rows:7.2f} KB per buffered row\n")


if __name__ == "__main__":
    main()
