"""`tap | target` by the clock: this project's pair against singer-sdk's SQLTap and SQLTarget, from table to table."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from variants import STOCK, prepare

_HERE = Path(__file__).parent
EXTRACT = _HERE.parents[1] / "flext-tap-oracle" / "benchmarks" / "extract.py"


def fill_source(where: dict[str, Any], rows: int) -> None:
    """Make table BENCH."""
    sys.path.insert(0, str(EXTRACT.parent))
    from extract import fill

    fill(where, rows)


def compare(where: dict[str, Any], folder: Path, rows: int) -> Iterator[str]:
    """Lines to print. Both pairs read table BENCH and write table T; start-up of all four processes is included."""
    host, _, service = where["dsn"].partition("/")
    name, _, port = host.partition(":")
    source = {
        "host": name, "port": int(port), "service_name": service, "username": where["user"], "password": where["password"]
    }  # fmt: skip
    target = {**source, "load_method": "append-only", "streams": {"*": {"table_name": "t"}}}
    configs = {"tap": {**source, "tables": ["bench"]}, "target": target}
    for kind, config in configs.items():
        (folder / f"{kind}.json").write_text(json.dumps(config))
    pairs = {
        "stock | stock": (
            [EXTRACT, "--child", "stock SQLStream", json.dumps(source), str(folder)],
            [_HERE / "variants.py", STOCK, json.dumps(where), "-", "10000"],
        ),
        "tap-oracle | target-oracle": (
            ["-m", "flext_tap_oracle", "--config", folder / "tap.json"],
            ["-m", "flext_target_oracle", "--config", folder / "target.json"],
        ),
    }
    found = {}
    for pair, (tap, load) in pairs.items():
        prepare(where)
        found[pair] = _run(tap, load)
        _check(where, rows, pair)
        yield f"{pair:32} {found[pair][0]:9.2f} s by the clock, {found[pair][1]:7.2f} s CPU, for {rows:,} rows"
    (slow, slow_cpu), (fast, fast_cpu) = found.values()
    yield f"{'':32} {slow / fast:9.1f}x by the clock, {slow_cpu / fast_cpu:6.1f}x CPU\n"


def _run(tap: list[Any], load: list[Any]) -> tuple[float, float]:
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen([sys.executable, *tap], stdout=subprocess.PIPE, stderr=log) as first,
        subprocess.Popen([sys.executable, *load], stdin=first.stdout, stdout=subprocess.DEVNULL, stderr=log) as second,
    ):
        assert first.stdout is not None
        first.stdout.close()  # so that the tap ends when its target does
        if second.wait() or first.wait():
            log.seek(0)
            raise SystemExit(log.read()[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, used


def _check(where: dict[str, Any], rows: int, pair: str) -> None:
    import oracledb

    with oracledb.connect(**where) as connection, connection.cursor() as cursor:
        (loaded,) = cursor.execute("SELECT COUNT(*) FROM t").fetchone()
    if loaded != rows:
        raise SystemExit(f"{pair} loaded {loaded} of {rows} rows")
