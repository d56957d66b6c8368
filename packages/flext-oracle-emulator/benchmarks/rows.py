"""Rows a second through the whole emulator: array insert, fetch and direct path load of ten mixed columns.

    python benchmarks/rows.py [rows]

The client (python-oracledb, thin) runs in this process and the emulator in another, as users have it.
"""

from __future__ import annotations

import datetime
import multiprocessing
import sys
import time
from decimal import Decimal
from multiprocessing.connection import Connection
from typing import Any

import oracledb
from flext_oracle_emulator import Emulator

COLUMNS = (
    "id number(10), name varchar2(30), amount number(12,2), created date, changed timestamp(6), ratio binary_double,"
    " code char(5), total number, payload raw(10), flag number(1)"
)
BATCH = 5000


def serve(pipe: Connection) -> None:
    with Emulator(users={"bench": "bench"}) as emulator:
        pipe.send(emulator.dsn)
        pipe.recv()


def make_rows(count: int) -> list[tuple[Any, ...]]:
    start = datetime.datetime(2024, 1, 1)
    return [
        (
            number,
            f"customer {number % 997}",
            Decimal(number * 37 % 1_000_000) / 100,
            start + datetime.timedelta(seconds=number * 7),
            start + datetime.timedelta(microseconds=number * 7777),
            number * 1.5,
            f"AB{number % 1000:03d}",
            number * 13,
            b"0123456789",
            number % 2,
        )
        for number in range(count)
    ]


def measure(dsn: str, count: int) -> None:
    rows = make_rows(count)
    with oracledb.connect(f"bench/bench@{dsn}") as connection, connection.cursor() as cursor:
        cursor.execute(f"create table bench_rows ({COLUMNS})")
        insert = f"insert into bench_rows values ({', '.join(f':{n}' for n in range(1, 11))})"
        started = time.perf_counter()
        cursor.setinputsizes(None, None, None, None, oracledb.DB_TYPE_TIMESTAMP, oracledb.DB_TYPE_BINARY_DOUBLE)
        for first in range(0, count, BATCH):
            cursor.executemany(insert, rows[first : first + BATCH])
        connection.commit()
        report("array insert", count, started)

        for arraysize in (100, 1000):
            cursor.arraysize = cursor.prefetchrows = arraysize
            started = time.perf_counter()
            cursor.execute("select * from bench_rows")
            fetched = 0
            while batch := cursor.fetchmany():
                fetched += len(batch)
            assert fetched == count
            report(f"fetch, {arraysize} at a time", count, started)

        cursor.execute("truncate table bench_rows")
        names = [part.split()[0].upper() for part in COLUMNS.replace("12,2", "12").split(",")]
        started = time.perf_counter()
        connection.direct_path_load("BENCH", "BENCH_ROWS", names, rows, batch_size=BATCH)
        report("direct path load", count, started)


def report(what: str, count: int, started: float) -> None:
    sys.stdout.write(f"{what:24} {count / (time.perf_counter() - started):10,.0f} rows/s\n")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,))
    server.start()
    try:
        measure(ours.recv(), count)
    finally:
        ours.send("stop")
        server.join()


if __name__ == "__main__":
    main()
