"""Peak memory depends on the width of a row and not on how many there are."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Oracle

#: Runs the tap and says, on stderr, how much memory it held at most (VmHWM, in KB).
MEASURED = """
import sys
from flext_tap_oracle.__main__ import main
try:
    main()
except SystemExit as done:
    assert not done.code, done.code
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
sys.stderr.write(f"peak {status['VmHWM'].split()[0]}")
"""


@pytest.fixture
def many(oracle: Oracle) -> Oracle:
    """A view of 1,000 x 1,000 x 10 rows."""
    oracle.run("CREATE TABLE digits (n NUMBER(9), text VARCHAR2(60))")
    oracle.fill(
        "INSERT INTO digits VALUES (:1, :2)", [(number, f"some text of row {number}") for number in range(1000)]
    )
    oracle.run(
        "CREATE VIEW many AS SELECT c.n * 1000000 + b.n * 1000 + a.n AS id, a.text, b.n AS thousands, 12.5 AS amount,"
        " DATE '2024-01-01' AS day FROM digits a, digits b, digits c WHERE c.n < 10"
    )
    return oracle


def peak(oracle: Oracle, rows: int) -> int:
    """KB at most, of a run that reads the first rows of the view."""
    chosen = "thousands < :top AND id < 1000000" if rows <= 1_000_000 else "thousands < :top"
    return peak_of(oracle, "many", {"filter": chosen, "filter_binds": {"top": rows // 1000}}, rows)


def peak_of(oracle: Oracle, stream: str, options: dict[str, Any], rows: int) -> int:
    command = oracle.command(config={"tables": [stream], "stream_options": {stream: options}, "progress_interval": 5})
    command[1:3] = ["-c", MEASURED]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        count = 0
        for line in process.stdout:
            count += line.startswith(b'{"type":"RECORD"')
        told = process.stderr.read().decode()
    assert process.returncode == 0, told
    assert count == rows
    return int(told.rpartition("peak ")[2])


def test_many_rows_take_no_more_memory_than_few(many: Oracle) -> None:
    assert peak(many, 200_000) <= 1.1 * peak(many, 20_000)


def test_wide_rows_with_lobs_take_no_more_memory_than_few(oracle: Oracle) -> None:
    """Rows of about 300 KB: what is held is a batch, which 160 of them fill."""
    texts = ", ".join(f"t{number} VARCHAR2(4000)" for number in range(50))
    oracle.run(f"CREATE TABLE wide (id NUMBER(9) PRIMARY KEY, body CLOB, {texts})")
    names = ", ".join(f"t{number}" for number in range(50))
    values = ", ".join(["RPAD('t', 4000, 't')"] * 50)
    oracle.fill(
        f"INSERT INTO wide (id, body, {names}) VALUES (:1, :2, {values})",
        [(number, "b" * 100_000) for number in range(20)],
    )
    oracle.run("CREATE VIEW widest AS SELECT a.* FROM wide a, wide b")

    def wide(rows: int) -> int:
        return peak_of(oracle, "widest", {"filter": "ROWNUM <= :top", "filter_binds": {"top": rows}}, rows)

    assert wide(400) <= 1.1 * wide(160)


@pytest.mark.slow
def test_ten_million_rows_take_no_more_memory_than_twenty_thousand(many: Oracle) -> None:
    assert peak(many, 10_000_000) <= 1.1 * peak(many, 20_000)
