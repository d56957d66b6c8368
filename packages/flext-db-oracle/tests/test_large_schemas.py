"""Memory does not grow with the columns of a schema."""

import importlib.util
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "benchmarks" / "metadata.py"


def test_memory_is_bounded():
    spec = importlib.util.spec_from_file_location("metadata_benchmark", SOURCE)
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    small_count, _, small = benchmark.measure(200, 50)
    large_count, _, large = benchmark.measure(2000, 50)
    assert (small_count, large_count) == (10_000, 100_000)
    assert large - small < 2000 * 400  # a name for each table, nothing for its columns
