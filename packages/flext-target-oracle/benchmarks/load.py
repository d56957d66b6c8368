"""How fast this target loads: against singer-sdk's SQLSink, a bare `executemany` and other tools, side by side.

    python benchmarks/load.py --help

One emulator takes the rows of all variants. Each runs in a process of its own and counts its own CPU time. It is run with
few records and with all of them: the difference is what a record costs, so neither the server nor start-up is in a
number. Variants take turns, so that the ratios hold on a machine whose speed drifts. Only the pipelines are also timed by
the clock, start-up and all, against a server that costs next to nothing (`pipeline.py`).
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import peers
import pipeline
from pipeline import BATCH, FEW
from records import lines, parquet_batch
from variants import BARE, FILES, OUR_FILES, OURS, STOCK, STOCK_FILES, UNCHECKED, VARIANTS

USER, PASSWORD = "bench", "bench"
SAMPLE = 10_000
"""Rows of table BENCH, which the pipelines and dlt copy."""


def write_input(folder: Path, count: int) -> None:
    (folder / f"records{count}.singer").write_bytes(lines(count))
    (folder / f"batch{count}.singer").write_bytes(parquet_batch(count, folder / f"records{count}.parquet"))


def measure(name: str, where: dict[str, Any], folder: Path, count: int, batch: int = BATCH) -> dict[str, float]:
    """CPU seconds and peak KB of one variant, run once."""
    path = folder / f"{'batch' if name in FILES else 'records'}{count}.singer"
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("variants.py"), name, json.dumps(where), path, str(batch)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compare_variants(where: dict[str, Any], folder: Path, rows: int, rounds: int) -> None:
    found: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for _ in range(rounds):
        for name, times in found.items():
            few, all_ = (measure(name, where, folder, size)["cpu"] for size in (FEW, rows))
            times.append((all_ - few) / (rows - FEW) * 1e6)
    medians = {name: statistics.median(times) for name, times in found.items()}
    say(f"{'CPU time of the client process':32} {'us/record':>9} {'best':>7}  stock/it  unchecked/it  it/bare")
    for name, median in medians.items():
        say(
            f"{name:32} {median:9.2f} {min(found[name]):7.2f}  {medians[STOCK] / median:7.1f}x "
            f"{medians[UNCHECKED] / median:12.1f}x {median / medians[BARE]:7.2f}x"
        )
    say(f"\nParquet BATCH: {medians[STOCK_FILES] / medians[OUR_FILES]:.1f} times as fast as the SDK's\n")


def compare_memory(where: dict[str, Any], folder: Path, rows: int) -> None:
    """The growth of the peak between batches of few rows and one of all rows."""
    grown = {}
    for name in (UNCHECKED, OURS):
        small, large = (measure(name, where, folder, rows, batch)["peak"] for batch in (FEW, rows))
        grown[name] = (large - small) / rows
        say(f"{name:32} {grown[name]:9.2f} KB of memory per buffered row")
    say(f"{'':32} {grown[OURS] / grown[UNCHECKED]:9.2f} of stock's\n")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def machine() -> str:
    info = Path("/proc/cpuinfo")
    models = [line.partition(": ")[2] for line in info.read_text().splitlines() if line.startswith("model name")]
    return f"{len(models)} x {models[0]}" if models else platform.processor() or platform.machine()


def count(text: str) -> int:
    number = int(text.replace(",", "").replace("_", ""))
    if number < 1:
        raise ValueError(text)
    return number


def many(text: str) -> int:
    if (number := count(text)) <= FEW:
        raise argparse.ArgumentTypeError(f"at least {FEW + 1} are needed to tell a record's cost from start-up")
    return number


def main() -> None:
    """Print all comparisons."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", type=many, nargs="?", default=50_000, help="records per variant (%(default)s)")
    parser.add_argument(
        "rounds", type=count, nargs="?", default=5, help="rounds of which the median counts (%(default)s)"
    )
    parser.add_argument("--pipe-rows", type=many, default=1_000_000, help="rows through tap | target (%(default)s)")
    parser.add_argument(
        "--pipe-stock-rows",
        type=many,
        default=100_000,
        help="rows through singer-sdk's pair, reckoned up (%(default)s)",
    )
    parser.add_argument("--pipe-rounds", type=count, default=1, help="of which the fastest counts (%(default)s)")
    parser.add_argument("--pipe-only", action="store_true", help="nothing but tap | target")
    parser.add_argument("--no-pipe", action="store_true", help="leave out tap | target")
    parser.add_argument("--no-peers", action="store_true", help="leave out other tools, which uv installs on the fly")
    given = parser.parse_args()
    from flext_oracle_emulator import Emulator

    say(f"On {machine()}, Python {platform.python_version()}")
    if not given.pipe_only:
        say(f"{given.rows:,} records of 10 columns, {given.rounds} rounds\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Emulator(users={USER: PASSWORD}) as server:
            where = {"user": USER, "password": PASSWORD, "dsn": server.dsn}
            pipeline.fill_source(where, SAMPLE)
            if not given.pipe_only:
                for size in (FEW, given.rows):
                    write_input(folder, size)
                compare_variants(where, folder, given.rows, given.rounds)
                compare_memory(where, folder, given.rows)
            if not (given.no_peers or given.pipe_only):
                for line in peers.compare(where, folder, {"pipelinewise-tap-oracle": given.rows, "dlt": SAMPLE}):
                    say(line)
            if not given.no_pipe:
                pipeline.check(where, folder)
        if not given.no_pipe:
            for line in pipeline.compare(folder, given.pipe_rows, given.pipe_stock_rows, given.pipe_rounds):
                say(line)


if __name__ == "__main__":
    main()
