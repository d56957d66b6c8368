"""Peak memory depends on the width of a row and not on how many there are."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import oracledb
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
    config = {"tables": [stream], "stream_options": {stream: options}, "progress_interval": 5}
    count = 0

    def counted(line: bytes) -> None:
        nonlocal count
        count += line.startswith(b'{"type":"RECORD"')

    found = measured(oracle.command(config=config), counted)
    assert count == rows
    return found


def measured(command: list[str], see: Callable[[bytes], object]) -> int:
    """KB at most, of a run whose lines `see` is given."""
    command[1:3] = ["-c", MEASURED]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            see(line)
        told = process.stderr.read().decode()
    assert process.returncode == 0, told
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


def test_lobs_of_many_megabytes_take_the_memory_of_a_piece(oracle: Oracle) -> None:
    """Three rows in one batch: LOBs of 11 million characters, which take 46 MB as a text of Python, and of 10 MB."""
    text, data = 'line "n" \t é€ \U0001f600\n' * 600_000, bytes(range(256)) * 40_000
    oracle.run("CREATE TABLE big (id NUMBER(9) PRIMARY KEY, body CLOB, nation NCLOB, data BLOB)")
    with oracle.connection.cursor() as cursor:
        cursor.setinputsizes(None, oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_NCLOB, oracledb.DB_TYPE_BLOB)
        cursor.execute("INSERT INTO big VALUES (:1, :2, :3, :4)", [1, text, "n", data])
    oracle.run("INSERT INTO big SELECT 2, body, body, data FROM big WHERE id = 1")
    oracle.run("INSERT INTO big SELECT 3, NULL, NULL, data FROM big WHERE id = 1")
    oracle.run("CREATE TABLE little AS SELECT id, TO_CLOB('t') AS body, nation, data FROM big WHERE id = 0")
    oracle.run("INSERT INTO little VALUES (1, 't', 'n', HEXTORAW('00'))")

    lines: list[bytes] = []
    few = measured(oracle.command(config={"tables": ["little"]}), lambda _: None)
    many = measured(oracle.command(config={"tables": ["big"]}), lines.append)

    records = sorted((json.loads(line)["record"] for line in lines if b'"RECORD"' in line), key=lambda r: r["id"])

    def digest(value: str | None) -> str | None:
        return None if value is None else hashlib.sha256(value.encode()).hexdigest()

    body, blob = digest(text), digest(base64.b64encode(data).decode())
    assert [[digest(record[name]) for name in ("body", "nation", "data")] for record in records] == [
        [body, digest("n"), blob],
        [body, body, blob],
        [None, None, blob],
    ]
    assert many - few < 10 << 10


@pytest.mark.slow
def test_ten_million_rows_take_no_more_memory_than_twenty_thousand(many: Oracle) -> None:
    assert peak(many, 10_000_000) <= 1.1 * peak(many, 20_000)
