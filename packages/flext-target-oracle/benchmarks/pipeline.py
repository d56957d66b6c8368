"""`tap | target` by the clock: this project's pair against singer-sdk's SQLTap and SQLTarget, from table to table.

The server is `served_rows.py` of the emulator: it sends rows that were encoded once and counts what is inserted, so that
the four programs are what is measured. That they really copy what is in the table is checked before, on an ordinary
emulator.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from variants import STOCK, UNCHECKED, prepare

_HERE = Path(__file__).parent
EXTRACT = _HERE.parents[1] / "flext-tap-oracle" / "benchmarks" / "extract.py"
SERVED = _HERE.parents[1] / "flext-oracle-emulator" / "benchmarks" / "served_rows.py"
BLOCK = 20_000
"""Different rows that are served."""
FEW = 1000
BATCH = 10_000
OURS = "tap-oracle | target-oracle"
_UNUSUAL = frozenset({"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"})
"""What makes Python write less at a time, or compile all modules at every start: no user's run has that."""

Where = dict[str, Any]


@dataclass(frozen=True)
class Times:
    """Seconds by the clock, and of CPU time of tap and target together."""

    clock: float
    cpu: float


def fill_source(where: Where, rows: int) -> None:
    """Make table BENCH."""
    sys.path.insert(0, str(EXTRACT.parent))
    from extract import fill

    fill(where, rows)


def pairs(where: Where, folder: Path) -> dict[str, tuple[list[Any], list[Any]]]:
    """The commands of each pair; they read table BENCH and write table T."""
    host, _, service = where["dsn"].partition("/")
    name, _, port = host.partition(":")
    source = {
        "host": name, "port": int(port), "service_name": service, "username": where["user"], "password": where["password"]
    }  # fmt: skip
    target = {**source, "load_method": "append-only", "streams": {"*": {"table_name": "t"}}}
    for kind, config in {"tap": {**source, "tables": ["bench"]}, "target": target}.items():
        (folder / f"{kind}.json").write_text(json.dumps(config))
    stock_tap = [EXTRACT, "--child", "stock SQLStream", json.dumps(source), str(folder)]
    stock_target = _HERE / "variants.py"
    return {
        OURS: (
            ["-m", "flext_tap_oracle", "--config", folder / "tap.json"],
            ["-m", "flext_target_oracle", "--config", folder / "target.json"],
        ),
        "stock | stock": (stock_tap, [stock_target, STOCK, json.dumps(where), "-", str(BATCH)]),
        "the same, not validating": (stock_tap, [stock_target, UNCHECKED, json.dumps(where), "-", str(BATCH)]),
    }


def check(where: Where, folder: Path) -> None:
    """Let each pair copy BENCH on an ordinary emulator, and compare the tables.

    The stock target loses fractions of seconds: SQLAlchemy gives the driver a datetime, which it binds as DATE.
    """
    for pair, (tap, target) in pairs(where, folder).items():
        prepare(where)
        _run(tap, target)
        source, copy = (_content(where, name, exact=pair == OURS) for name in ("bench", "t"))
        if source != copy:
            raise SystemExit(f"{pair}: table T is not what table BENCH is")


def _content(where: Where, table: str, *, exact: bool) -> list[tuple[Any, ...]]:
    import oracledb

    updated = "updated" if exact else "TO_CHAR(updated, 'YYYY-MM-DD HH24:MI:SS')"
    columns = f"id, department, salary, rate, name, email, street, hired, {updated}, note"
    with oracledb.connect(**where) as connection, connection.cursor() as cursor:
        return list(cursor.execute(f"SELECT {columns} FROM {table} ORDER BY id"))


def compare(folder: Path, rows: int, stock_rows: int, rounds: int) -> Iterator[str]:
    """Lines to print. Start-up of both programs is included; see `_reckon` if stock has fewer rows."""
    sys.path.insert(0, str(SERVED.parent))
    from served_rows import ServedRows

    with ServedRows(table="bench", rows=rows, sink="t", users={"bench": "bench"}) as server:
        where = server.connect_args
        fill_source(where, min(rows, BLOCK))
        for pair, commands in pairs(where, folder).items():
            measure(server, pair, commands, FEW)  # the server encodes its rows, and Python caches what it compiles
        found: dict[str, list[Times]] = {}
        for _ in range(rounds):
            for pair, commands in pairs(where, folder).items():
                given = rows if pair == OURS else min(stock_rows, rows)
                times = measure(server, pair, commands, given)
                if given < rows:
                    times = _reckon(measure(server, pair, commands, FEW), times, given, rows)
                found.setdefault(pair, []).append(times)
    best = {pair: min(times, key=lambda each: each.clock) for pair, times in found.items()}
    yield f"{rows:,} rows from table to table, by the clock and start-up included; the best of {rounds}"
    for pair, times in best.items():
        note = f", reckoned from {stock_rows:,} rows" if pair != OURS and stock_rows < rows else ""
        yield (
            f"{pair:32} {times.clock:9.2f} s  {rows / times.clock:10,.0f} rows/s  {times.cpu:9.2f} s CPU"
            f"  {times.clock / best[OURS].clock:6.1f}x{note}"
        )
    yield ""


def measure(server: Any, pair: str, commands: tuple[list[Any], list[Any]], rows: int) -> Times:
    prepare(server.connect_args)
    server.rows = rows
    server.take_committed()
    times = _run(*commands)
    if (loaded := server.take_committed()) != rows:
        raise SystemExit(f"{pair} loaded {loaded:,} of {rows:,} rows")
    return times


def _reckon(few: Times, many: Times, measured: int, rows: int) -> Times:
    """What `rows` rows would take: start-up as with few rows, and the rest by the row."""
    factor = (rows - FEW) / (measured - FEW)
    return Times(few.clock + (many.clock - few.clock) * factor, few.cpu + (many.cpu - few.cpu) * factor)


def _run(tap: list[Any], target: list[Any]) -> Times:
    environment = {name: value for name, value in os.environ.items() if name not in _UNUSUAL}
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen([sys.executable, *tap], stdout=subprocess.PIPE, stderr=log, env=environment) as first,
        subprocess.Popen(
            [sys.executable, *target], stdin=first.stdout, stdout=subprocess.DEVNULL, stderr=log
        ) as second,
    ):
        assert first.stdout is not None
        first.stdout.close()  # so that the tap ends when its target does
        if second.wait() or first.wait():
            log.seek(0)
            raise SystemExit(log.read()[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Times(time.perf_counter() - started, used)
