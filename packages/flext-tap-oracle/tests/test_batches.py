"""BATCH messages: files that hold the rows exactly, a bookmark that follows each file, and any fsspec storage."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse
from urllib.request import url2pathname

import fsspec
import pyarrow.parquet as pq
import pytest
from flext_tap_oracle import arrow
from flext_tap_oracle.errors import TapError
from jsonschema import Draft7Validator

if TYPE_CHECKING:
    from conftest import Oracle, Output

COLUMNS = """(id NUMBER(9) PRIMARY KEY, bare NUMBER, n38 NUMBER(38), n10_2 NUMBER(10,2), small NUMBER(2,5), hundreds NUMBER(5,-2),
  f FLOAT, bd BINARY_DOUBLE, v VARCHAR2(20 CHAR), c CHAR(3), r RAW(4), d DATE, ts TIMESTAMP(6),
  ts9 TIMESTAMP(9), tz TIMESTAMP(6) WITH TIME ZONE{more})"""
VALUES = """VALUES (:1, 12345678901234567890.123456789, 99999999999999999999999999999999999999, 1.50, 0.00012, 12300, 0.1, 0.5,
  'gr\u00fcn', 'a', HEXTORAW('01'), DATE '2024-02-29', TIMESTAMP '2024-02-29 12:00:00.000001',
  TIMESTAMP '2024-02-29 12:00:00.000000001', TIMESTAMP '2024-02-29 12:00:00 +05:30'{more})"""
EXPECTED = {
    "bare": "12345678901234567890.123456789",
    "n38": Decimal(99999999999999999999999999999999999999),
    "n10_2": Decimal("1.50"),
    "small": Decimal("0.00012"),
    "hundreds": 12300,
    "f": "0.1",
    "bd": 0.5,
    "v": "grün",
    "c": "a  ",
    "r": "AQ==",
    "d": "2024-02-29T00:00:00",
    "ts": "2024-02-29T12:00:00.000001",
    "ts9": "2024-02-29T12:00:00.000000001",
    "tz": "2024-02-29T12:00:00.000000+05:30",
}


#: What is never fetched as Arrow.
MORE_COLUMNS = ", days INTERVAL DAY TO SECOND, cl CLOB, bl BLOB"
MORE_VALUES = ", INTERVAL '1 02:03:04.5' DAY TO SECOND, 'text', HEXTORAW('00FF')"
MORE_EXPECTED = {"days": "P1DT2H3M4.5S", "cl": "text", "bl": "AP8="}


def make(oracle: Oracle, name: str = "things", *, with_more: bool = False) -> None:
    oracle.run(f"CREATE TABLE {name} {COLUMNS.format(more=MORE_COLUMNS if with_more else '')}")
    more = MORE_VALUES if with_more else ""
    oracle.fill(f"INSERT INTO {name} {VALUES.format(more=more)}", [(number,) for number in range(1, 6)])


def config(tmp_path: Path, form: str, **encoding: Any) -> dict[str, Any]:
    return {
        "encoding": {"format": form, "compression": "gzip" if form == "jsonl" else "none", **encoding},
        "storage": {"root": tmp_path.as_uri(), "prefix": "out-"},
        "batch_size": 2,
    }


def files(output: Output, stream: str = "things") -> list[Path]:
    urls = [url for m in output.of_type("BATCH") if m["stream"] == stream for url in m["manifest"]]
    return [Path(url2pathname(urlparse(url).path)) for url in urls]


def rows(output: Output, stream: str = "things") -> list[dict[str, Any]]:
    return [row for path in files(output, stream) for row in pq.read_table(path).to_pylist()]


def test_jsonl_files_hold_the_records_of_the_lines(oracle: Oracle, tmp_path: Path) -> None:
    make(oracle, with_more=True)
    output = oracle.sync(batch_config=config(tmp_path, "jsonl"))
    assert [len(gzip.decompress(path.read_bytes()).splitlines()) for path in files(output)] == [2, 2, 1]
    held = [
        json.loads(line, parse_float=Decimal)
        for path in files(output)
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    assert sorted(held, key=lambda record: record["id"]) == sorted(
        oracle.sync().records(), key=lambda record: record["id"]
    )
    assert all(path.name.startswith("out-things-") for path in files(output))


@pytest.mark.parametrize("with_more", [False, True], ids=["fetched as Arrow", "made from tuples"])
def test_parquet_files_hold_every_value_exactly(oracle: Oracle, tmp_path: Path, with_more: bool) -> None:
    make(oracle, with_more=with_more)
    tap = oracle.tap(batch_config=config(tmp_path, "parquet"))
    stream: Any = tap.streams["things"]
    assert arrow.can_fetch(stream.base_query(), stream.options) is not with_more
    output = oracle.capture(tap)
    assert [pq.read_table(path).num_rows for path in files(output)] == [2, 2, 1]
    found = sorted(rows(output), key=lambda row: row["id"])
    expected = EXPECTED | (MORE_EXPECTED if with_more else {})
    assert found == [{"id": number, **expected} for number in range(1, 6)]
    validator = Draft7Validator(output.schema("things"))
    assert not list(validator.iter_errors(found[0]))


def test_parquet_files_do_not_need_pandas_loaded(
    oracle: Oracle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pyarrow loads it, where it is installed, to ask it about values: a second for nothing."""
    oracle.run("CREATE TABLE things (id NUMBER(9), at DATE)", "INSERT INTO things VALUES (1, SYSDATE)")
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    done = oracle.cli(config={"batch_config": config(tmp_path, "parquet")})
    assert done.returncode == 0
    assert " pyarrow.parquet" in done.stderr
    assert "pandas.core" not in done.stderr


def test_files_are_there_when_their_message_is_whatever_else_uses_the_file_system(
    oracle: Oracle, tmp_path: Path
) -> None:
    """fsspec shares file systems in a process, and with them a transaction that somebody has begun."""
    make(oracle)
    with fsspec.filesystem("file").transaction:
        output = oracle.sync(batch_config=config(tmp_path, "jsonl"))
        assert all(path.exists() for path in files(output))


def test_the_bookmark_follows_each_file(oracle: Oracle, tmp_path: Path) -> None:
    make(oracle)
    settings: dict[str, Any] = {
        "batch_config": config(tmp_path, "parquet"),
        "stream_options": {"things": {"replication_key": "id"}},
    }
    output = oracle.sync(**settings)
    kinds = [m["type"] for m in output.messages]
    assert kinds == ["SCHEMA", "BATCH", "STATE", "BATCH", "STATE", "BATCH", "STATE"]
    marks = [m["value"]["bookmarks"]["things"]["replication_key_value"] for m in output.of_type("STATE")]
    assert marks == [2, 4, 5]
    assert oracle.sync(state=output.state, **settings).of_type("BATCH") == []
    oracle.fill(f"INSERT INTO things {VALUES.format(more='')}", [(6,)])
    assert [row["id"] for row in rows(oracle.sync(state=output.state, **settings))] == [6]


def test_ranges_and_masks_work_in_batches(oracle: Oracle, tmp_path: Path) -> None:
    make(oracle)
    output = oracle.sync(
        batch_config=config(tmp_path, "parquet"),
        stream_options={"things": {"partitions": 3}},
        parallel=2,
        mask=[{"columns": "things.v", "action": "hash"}],
        mask_salt="pepper",
    )
    found = rows(output)
    assert sorted(row["id"] for row in found) == [1, 2, 3, 4, 5]
    assert {len(row["v"]) for row in found} == {64}


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
@pytest.mark.parametrize("with_more", [False, True])
def test_a_state_in_the_middle_says_only_that_rows_are_sent_which_are_in_files_before_it(
    oracle: Oracle, tmp_path: Path, form: str, with_more: bool
) -> None:
    make(oracle, with_more=with_more)
    settings: dict[str, Any] = {
        "batch_config": config(tmp_path, form) | {"batch_size": 100},
        "stream_options": {"things": {"partitions": 3}},
    }
    whole = oracle.sync(**settings)
    states = [index for index, message in enumerate(whole.messages) if message["type"] == "STATE"]
    assert any("full_load" in whole.messages[index]["value"]["bookmarks"]["things"] for index in states)
    for index in states:
        sent = replace(whole, messages=whole.messages[:index])
        rest = oracle.sync(state=whole.messages[index]["value"], **settings)
        ids = sorted(row["id"] for output in (sent, rest) for row in held(output, form))
        assert set(ids) == {1, 2, 3, 4, 5}, whole.messages[index]


def held(output: Output, form: str) -> list[dict[str, Any]]:
    if form == "parquet":
        return rows(output)
    return [json.loads(line) for path in files(output) for line in gzip.decompress(path.read_bytes()).splitlines()]


def test_infinities_in_files_by_policy(oracle: Oracle, tmp_path: Path) -> None:
    oracle.run("CREATE TABLE things (x BINARY_DOUBLE)", "INSERT INTO things VALUES (BINARY_DOUBLE_INFINITY)")
    settings = {"batch_config": config(tmp_path, "parquet")}
    with pytest.raises(TapError, match="x: NaN or infinity"):
        oracle.sync(**settings)
    assert rows(oracle.sync(nan_policy="null", **settings)) == [{"x": None}]
    assert rows(oracle.sync(nan_policy="string", **settings)) == [{"x": float("inf")}]


def test_a_memory_filesystem_is_a_storage_too(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE things (id NUMBER(9))", "INSERT INTO things VALUES (1)")
    storage = {"root": "memory://tap-oracle-batches", "prefix": ""}
    batch = {"encoding": {"format": "parquet", "compression": "none"}, "storage": storage}
    [message] = oracle.sync(batch_config=batch).of_type("BATCH")
    assert message["manifest"][0].startswith("memory://")


def test_what_files_cannot_have_is_refused(oracle: Oracle, tmp_path: Path) -> None:
    oracle.run("CREATE TABLE things (id NUMBER(9))")
    settings: dict[str, Any] = {"batch_config": config(tmp_path, "parquet")}
    with pytest.raises(TapError, match="stream maps"):
        oracle.sync(stream_maps={"things": {"copy": "id"}}, **settings)
    with pytest.raises(TapError, match="emit_activate_version_messages"):
        oracle.sync(emit_activate_version_messages=True, **settings)
