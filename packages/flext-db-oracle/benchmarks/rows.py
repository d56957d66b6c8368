"""Rows a second, read and written by us and by the bare driver: `python benchmarks/rows.py --help`.

On `--dsn user/password@host:port/service`, or on an emulator of its own, where the server takes most of the time. So the
processor time of this process is told too: it is ours and the driver's alone. The best of `--repeat` counts.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import oracledb
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig
from flext_oracle_emulator import Emulator

TABLE = "FLEXT_BENCHMARK"
COLUMNS = ["ID", "NAME", "AMOUNT", "AT", "NOTE"]
CREATE = (
    f"CREATE TABLE {TABLE} (id NUMBER(10), name VARCHAR2(50), amount NUMBER(12,2), at TIMESTAMP(6), note VARCHAR2(50))"
)
INSERT = f"INSERT INTO {TABLE} VALUES (:1, :2, :3, :4, :5)"
SELECT = f"SELECT * FROM {TABLE}"
BATCH = 10_000

Job = Callable[[], object]


def make_rows(count: int) -> list[tuple[Any, ...]]:
    moment = dt.datetime(2024, 2, 29, 13, 5, 1, 123456)
    return [(n, f"name {n}", n / 4, moment, None if n % 2 else "a note") for n in range(count)]


def reading(api: FlextDbOracleApi, bare: oracledb.Connection) -> Iterator[tuple[str, Job]]:
    def fetch() -> object:
        with bare.cursor() as cursor:
            cursor.arraysize = cursor.prefetchrows = 1000
            return cursor.execute(SELECT).fetchall()

    yield "driver: fetchall, NUMBER as float", fetch
    yield "execute_query, NUMBER exact", lambda: api.execute_query(SELECT).unwrap()
    yield "stream", lambda: sum(1 for _ in api.stream(SELECT))
    yield "stream_records", lambda: sum(1 for _ in api.stream_records(SELECT))
    yield "batches", lambda: sum(map(len, api.batches(SELECT)))
    yield "driver: fetch_df_all", lambda: bare.fetch_df_all(SELECT, arraysize=1000)
    yield "arrow, NUMBER exact", lambda: api.arrow(SELECT).unwrap()


def writing(api: FlextDbOracleApi, bare: oracledb.Connection, rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, Job]]:
    def execute_many() -> object:
        with bare.cursor() as cursor:
            for start in range(0, len(rows), BATCH):
                cursor.setinputsizes(None, None, None, oracledb.DB_TYPE_TIMESTAMP, 50)
                cursor.executemany(INSERT, rows[start : start + BATCH])
        return bare.commit()

    def load(**options: Any) -> Job:
        return lambda: api.bulk_insert(None, TABLE, COLUMNS, rows, batch_size=BATCH, **options).unwrap()

    records = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    yield "driver: executemany", execute_many
    yield "bulk_insert rows", load()
    yield "bulk_insert records", lambda: api.bulk_insert(None, TABLE, records=records, batch_size=BATCH).unwrap()
    yield "bulk_insert, direct path", load(direct_path=True)
    yield "bulk_insert, two sessions", load(parallel_degree=2)


def measure(kind: str, name: str, job: Job, before: Job, wanted: argparse.Namespace) -> None:
    elapsed, busy = [], []
    for _ in range(wanted.repeat):
        before()
        started, started_cpu = time.perf_counter(), time.process_time()
        job()
        elapsed.append(time.perf_counter() - started)
        busy.append(time.process_time() - started_cpu)
    rate, microseconds = wanted.rows / min(elapsed), 1e6 * min(busy) / wanted.rows
    print(f"{kind:<6} {name:<36}{rate:>10,.0f} rows/s {microseconds:>7.2f} us/row of this process")


def main() -> None:
    parser = argparse.ArgumentParser(description="Rows a second, read and written by us and by the bare driver.")
    parser.add_argument("--dsn", metavar="USER/PASSWORD@HOST:PORT/SERVICE", help="default: an emulator of its own")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    wanted = parser.parse_args()
    rows = make_rows(wanted.rows)
    with ExitStack() as stack:
        dsn = wanted.dsn
        if dsn is None:
            login = stack.enter_context(Emulator()).connect_args
            dsn = f"{login['user']}/{login['password']}@{login['dsn']}"
        api = stack.enter_context(FlextDbOracleApi(FlextDbOracleConfig.from_url(dsn)))
        bare = stack.enter_context(oracledb.connect(dsn))
        api.execute_ddl(CREATE).unwrap()
        stack.callback(lambda: api.execute_ddl(f"DROP TABLE {TABLE} PURGE").unwrap())

        def empty() -> object:
            return api.execute_ddl(f"TRUNCATE TABLE {TABLE}").unwrap()

        for name, job in writing(api, bare, rows):
            measure("write", name, job, empty, wanted)
        for name, job in reading(api, bare):
            measure("read", name, job, lambda: None, wanted)


if __name__ == "__main__":
    main()
