"""The benchmark of `tap | target` copies every row it counts, and notices a pair that does not."""

import sys
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parents[2] / "packages"
ROWS = 2500


@pytest.fixture(scope="module")
def pipeline():
    folders = [str(PACKAGES / name / "benchmarks") for name in ("flext-target-oracle", "flext-oracle-emulator")]
    before = list(sys.path)
    sys.path[:0] = folders
    try:
        import pipeline

        yield pipeline
    finally:
        sys.path[:] = before
        for name in ("pipeline", "variants", "served_rows", "extract"):
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def server(pipeline):
    from served_rows import ServedRows

    with ServedRows(table="bench", rows=ROWS, sink="t", users={"bench": "bench"}) as emulator:
        pipeline.fill_source(emulator.connect_args, 1000)
        yield emulator


def test_all_rows_arrive(pipeline, server, tmp_path):
    commands = pipeline.pairs(server.connect_args, tmp_path)[pipeline.OURS]
    times = pipeline.measure(server, pipeline.OURS, commands, ROWS)
    assert times.clock > 0
    assert times.cpu > 0


def test_a_pair_that_loses_rows_is_no_result(pipeline, server, tmp_path):
    tap, _ = pipeline.pairs(server.connect_args, tmp_path)[pipeline.OURS]
    target = ["-c", "import sys; sys.stdin.buffer.read()"]
    with pytest.raises(SystemExit, match="loaded 0 of 2,500 rows"):
        pipeline.measure(server, pipeline.OURS, (tap, target), ROWS)


def test_a_copy_that_differs_is_no_result(pipeline, server, tmp_path):
    """This server does not store what it is given, so table T stays empty."""
    with pytest.raises(SystemExit, match="table T is not what table BENCH is"):
        pipeline.check(server.connect_args, tmp_path)
