"""CPU time per row of this tap against singer-sdk's own SQL classes and a bare fetch loop, over the same rows.

    python benchmarks/extract.py [--rows 100000] [--rounds 3] [--only TEXT] [--served] [--memory]

One emulator serves the rows to all variants. Each variant runs in a process of its own and counts its own CPU time from
the first query to the last byte, so neither the server nor start-up (imports, discovery) is in a number; variants take
turns, so that the ratios hold on a machine whose speed drifts. The bare loops are floors: of a tap that reads tuples, and
of one that reads the driver's Arrow data, as this one does with the compiled parts of flext-db-oracle. Output goes to
/dev/null, BATCH files to a folder in memory if there is one.

With --served the rows were encoded once and are sent over and over (`served_rows.py` of the emulator): the server costs next to
nothing, and there may be millions of them. --memory compares the peak memory of a hundred times as many rows.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

TABLE = """CREATE TABLE bench (
  id NUMBER(10) PRIMARY KEY, department NUMBER(6), salary NUMBER(12,2), rate NUMBER(15,6), name VARCHAR2(60),
  email VARCHAR2(60), street VARCHAR2(60), hired DATE, updated TIMESTAMP(6), note VARCHAR2(80))"""
USER, PASSWORD = "bench", "bench"
SERVED = Path(__file__).parents[2] / "flext-oracle-emulator" / "benchmarks"
BLOCK = 20_000  # different rows that are served
BASELINE, OURS, BARE = "stock SQLStream", "flext-tap-oracle", "bare fetchmany loop of the driver"
ARROW = "bare fetch_df_batches loop"


def fill(connect_args: dict[str, Any], count: int) -> None:
    """The rows: 2 integers, 2 decimals, 4 texts (some not ASCII, some null), 2 times; about 170 bytes on the wire."""
    import datetime as dt

    import oracledb

    pick = random.Random(7)
    words = ["Zoë Ångström", "O'Neil", "plain", "Straße 1", "a longer piece of text"]
    start = dt.datetime(2020, 1, 1)
    with oracledb.connect(**connect_args) as connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
        for first in range(0, count, 10_000):
            rows = [
                (
                    number,
                    pick.randrange(500),
                    pick.randrange(10**7) / 100,
                    pick.randrange(10**12) / 10**6,
                    f"{pick.choice(words)} {number}",
                    f"user{number}@example.com",
                    f"{pick.choice(words)} {pick.randrange(10**6)} {pick.choice(words)}",
                    start + dt.timedelta(seconds=pick.randrange(10**8)),
                    start + dt.timedelta(seconds=pick.randrange(10**8), microseconds=pick.randrange(10**6)),
                    None if number % 2 else "a note of some length",
                )
                for number in range(first, min(first + 10_000, count))
            ]
            cursor.setinputsizes(None, None, None, None, None, None, None, None, oracledb.DB_TYPE_TIMESTAMP, None)
            cursor.executemany("INSERT INTO bench VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10)", rows)
        connection.commit()


# ---------------------------------------------------------------------------------------------- variants


def connect(where: dict[str, Any]) -> Any:
    import oracledb

    address = f"{where['host']}:{where['port']}/{where['service_name']}"
    return oracledb.connect(user=where["username"], password=where["password"], dsn=address)


def bare_loop(where: dict[str, Any]) -> Callable[[], None]:
    connection = connect(where)

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.arraysize = cursor.prefetchrows = 1000
            cursor.execute("SELECT * FROM bench")
            while cursor.fetchmany():
                pass

    return run


def arrow_loop(where: dict[str, Any]) -> Callable[[], None]:
    connection = connect(where)

    def run() -> None:
        for _ in connection.fetch_df_batches("SELECT * FROM bench", size=2000, fetch_decimals=True):
            pass

    return run


def stock(where: dict[str, Any], *, msgspec: bool = False, **settings: Any) -> Callable[[], None]:
    """singer-sdk's SQLTap as its documentation writes it, on SQLAlchemy's Oracle dialect."""
    from singer_sdk.sql import SQLConnector, SQLStream, SQLTap
    from singer_sdk.typing import PropertiesList, Property, StringType

    class Connector(SQLConnector):
        def get_sqlalchemy_url(self, config: Any) -> str:
            login = f"{config['username']}:{config['password']}@{config['host']}:{config['port']}"
            return f"oracle+oracledb://{login}/?service_name={config['service_name']}"

        def create_engine(self) -> Any:
            import sqlalchemy

            return sqlalchemy.create_engine(self.sqlalchemy_url, arraysize=1000)

    class StockStream(SQLStream):
        connector_class = Connector

    class StockTap(SQLTap):
        name = "tap-stock"
        default_stream_class = StockStream
        config_jsonschema = PropertiesList(
            *(Property(name, StringType) for name in ("host", "port", "service_name", "username", "password"))
        ).to_dict()

    if msgspec:
        from singer_sdk.contrib.msgspec import MsgSpecWriter

        StockTap.message_writer_class = MsgSpecWriter  # type: ignore[assignment]
    types: dict[str, dict[str, Any]] = {
        name: {"type": [kind, "null"]}
        for name, kind in (("id", "integer"), ("department", "integer"), ("salary", "number"), ("rate", "number"))
    }
    types |= {name: {"type": ["string", "null"]} for name in ("name", "email", "street", "note")}
    types |= {name: {"type": ["string", "null"], "format": "date-time"} for name in ("hired", "updated")}
    entry = {
        "tap_stream_id": "bench-bench",
        "stream": "bench-bench",
        "table_name": "bench",
        "schema": {"type": "object", "properties": types},
        "key_properties": ["id"],
        "metadata": [{"breadcrumb": [], "metadata": {"selected": True, "schema-name": "bench"}}],
    }
    tap = StockTap(config={**where, "port": str(where["port"]), **settings}, catalog={"streams": [entry]})
    return tap.sync_all


def ours(where: dict[str, Any], *, pure: bool = False, **settings: Any) -> Callable[[], None]:
    from flext_db_oracle import compiled
    from flext_tap_oracle import TapOracle

    if pure:
        compiled.encode = None
    tap = TapOracle(config={**where, "tables": ["bench"], "progress_interval": 0, **settings})
    _ = tap.streams
    return tap.sync_all


def batch(folder: str) -> dict[str, Any]:
    return {
        "encoding": {"format": "parquet", "compression": "none"},
        "storage": {"root": Path(folder).as_uri(), "prefix": ""},
        "batch_size": 10_000,
    }


def variants(folder: str) -> dict[str, Callable[[dict[str, Any]], Callable[[], None]]]:
    return {
        BASELINE: stock,
        "+ the SDK's msgspec writer": lambda where: stock(where, msgspec=True),
        OURS: ours,
        "the same without compiled parts": lambda where: ours(where, pure=True),
        BARE: bare_loop,
        ARROW: arrow_loop,
        "stock, stream map": lambda where: stock(where, stream_maps={"bench-bench": {"copy": "name"}}),
        "flext-tap-oracle, stream map": lambda where: ours(where, stream_maps={"bench": {"copy": "name"}}),
        "stock, Parquet BATCH": lambda where: stock(where, batch_config=batch(folder)),
        "flext-tap-oracle, Parquet BATCH": lambda where: ours(where, batch_config=batch(folder)),
    }


def peak_memory() -> float:
    """Peak resident memory in MB: VmHWM, because ru_maxrss begins with the parent's."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def child(name: str, where: dict[str, Any], folder: str) -> None:
    """Run one variant; CPU seconds and peak memory go to stderr as the last line."""
    run = variants(folder)[name](where)
    if "Parquet" in name:
        # Start-up, which is not measured; pyarrow loads pandas, where that is installed, to ask it what a value is.
        for module in ("pyarrow.parquet", "pyarrow.compute", "fsspec.implementations.local", "upath", "pandas"):
            with contextlib.suppress(ModuleNotFoundError):
                importlib.import_module(module)
    started = time.process_time()
    run()
    used = time.process_time() - started
    peak = peak_memory()
    sys.stderr.write(f"\n{json.dumps({'cpu': used, 'mb': peak})}\n")


# ---------------------------------------------------------------------------------------------- the run


def measure(name: str, where: dict[str, Any], folder: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", name, json.dumps(where), folder]
    # Unbuffered output is nobody's default.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, env=environment
    )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    for path in Path(folder).iterdir():
        path.unlink()
    result: dict[str, float] = json.loads(done.stderr.splitlines()[-1])
    return result


@contextlib.contextmanager
def serving(rows: int, *, served: bool) -> Iterator[Any]:
    """A server with table BENCH."""
    from flext_oracle_emulator import Emulator

    sys.path.insert(0, str(SERVED))
    from served_rows import ServedRows

    users = {USER: PASSWORD}
    with ServedRows(table="bench", rows=rows, sink="", users=users) if served else Emulator(users=users) as server:
        fill(server.connect_args, min(rows, BLOCK) if served else rows)
        yield server


def address(server: Any) -> dict[str, Any]:
    return {
        "host": server.host,
        "port": server.port,
        "service_name": "FREEPDB1",
        "username": USER,
        "password": PASSWORD,
    }


def main(rows: int, rounds: int, only: str, *, served: bool) -> None:
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with serving(rows, served=served) as server, tempfile.TemporaryDirectory(dir=memory) as folder:
        times: dict[str, list[float]] = {name: [] for name in variants(folder) if only in name}
        peaks: dict[str, float] = {}
        for _ in range(rounds):
            for name in times:
                result = measure(name, address(server), folder)
                times[name].append(result["cpu"])
                peaks[name] = result["mb"]
    report(times, peaks, rows, rounds)


def compare_memory(rows: int) -> None:
    """Peak memory of this tap with so many rows, against a hundredth of them."""
    with serving(rows, served=True) as server, tempfile.TemporaryDirectory() as folder:
        peaks = {}
        for count in (rows // 100, rows):
            server.rows = count
            peaks[count] = measure(OURS, address(server), folder)["mb"]
            print(f"{count:12,} rows: {peaks[count]:6.1f} MB at the most")
    print(f"{peaks[rows] / peaks[rows // 100]:12.2f}x (goal: at most 1.1x)")


def report(times: dict[str, list[float]], peaks: dict[str, float], rows: int, rounds: int) -> None:
    from flext_db_oracle import compiled

    micro = {name: statistics.median(found) / rows * 1e6 for name, found in times.items()}
    print(f"{rows:,} rows of 10 columns, {rounds} rounds, median CPU time of the client process")
    print(f"compiled parts of flext-db-oracle: {'used' if compiled.encode else 'not built, or switched off'}\n")
    print(f"{'':36} {'µs/row':>8} {'rows/s CPU':>12} {'peak MB':>8}")
    for name, value in micro.items():
        print(f"{name:36} {value:8.2f} {1e6 / value:12,.0f} {peaks[name]:8.0f}")
    print()
    floor = min((micro[name] for name in (BARE, ARROW) if name in micro), default=0.0)
    for text, slow, fast, goal in (
        ("against stock SQLStream", BASELINE, OURS, 20),
        ("against the SDK with its msgspec writer", "+ the SDK's msgspec writer", OURS, None),
        ("with a stream map, against stock with the same map", "stock, stream map", "flext-tap-oracle, stream map", 2),
        ("Parquet BATCH against the SDK's", "stock, Parquet BATCH", "flext-tap-oracle, Parquet BATCH", 5),
    ):
        if slow in micro and fast in micro:
            print(f"{micro[slow] / micro[fast]:6.1f}x  {text}{verdict(micro[slow], micro[fast], goal, floor)}")
    if OURS in micro and BARE in micro:
        print(f"{micro[OURS] / micro[BARE]:6.1f}x  of the bare fetchmany loop's time (goal: at most 2x)")


def verdict(slow: float, fast: float, goal: int | None, floor: float) -> str:
    """What a goal of so many times asks for, when it was missed: how much of it the driver alone takes."""
    if goal is None:
        return ""
    if slow / fast >= goal:
        return f" (goal: {goal}x)"
    allowed = slow / goal
    rest = f", of which fetching alone takes {floor:.2f}" if floor else ""
    return f" (goal: {goal}x, which allows {allowed:.2f} µs/row{rest})"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rows", type=int, help="100,000 unless said")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="only variants with this text in their name")
    parser.add_argument("--served", action="store_true", help="from a server that sends encoded rows over and over")
    parser.add_argument(
        "--memory", action="store_true", help="compare peak memory only, with 2,000,000 rows unless said"
    )
    parser.add_argument("--child", nargs=3, metavar=("VARIANT", "WHERE", "FOLDER"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    if given.child:
        variant, address, files = given.child
        child(variant, json.loads(address), files)
    elif given.memory:
        compare_memory(given.rows or 2_000_000)
    else:
        main(given.rows or 100_000, given.rounds, given.only, served=given.served)
