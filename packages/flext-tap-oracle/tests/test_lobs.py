"""Large LOBs: whatever way a row takes, its LOBs arrive whole, and no more than a piece of them is held."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse
from urllib.request import url2pathname

import oracledb
import pyarrow.parquet as pq
import pytest
from flext_tap_oracle import OracleTableStream, lobs
from flext_tap_oracle.errors import TapError

if TYPE_CHECKING:
    from conftest import Oracle, Output

Record = dict[str, Any]

#: Quotes, control characters and characters of one to four bytes, so that pieces of 3 units end within all of them.
TEXT = 'x\U0001f600\U0001f680é"\\\n\x01€y'
DATA = bytes(range(256))


@pytest.fixture
def papers(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> Oracle:
    """A table whose LOBs are of no, one, some and many characters, where more than 8 are large and a piece has 3."""
    monkeypatch.setattr(lobs, "INLINE_LENGTH", 8)
    monkeypatch.setattr(lobs, "_PIECE_LENGTH", 3)
    oracle.run(
        "CREATE TABLE papers (id NUMBER(9) PRIMARY KEY, body CLOB, nation NCLOB, data BLOB, facts CLOB CHECK (facts IS JSON))"
    )
    oracle.fill(
        "INSERT INTO papers VALUES (:1, :2, :3, :4, :5)",
        [
            (1, TEXT, TEXT * 2, DATA, '{"a": "0123456789"}'),
            (2, None, None, None, None),
            (3, "short", "n", b"s", "[1]"),
            (4, "y" * 100, None, b"\x00" * 10, None),
            (5, "x" * 8, "x" * 9, b"\xff" * 9, "[2]"),
        ],
    )
    oracle.run("INSERT INTO papers (id, body, data) VALUES (6, EMPTY_CLOB(), EMPTY_BLOB())")
    return oracle


def expected() -> list[Record]:
    def record(number: int, body: str | None, nation: str | None, data: bytes | None, facts: str | None) -> Record:
        text = None if data is None else base64.b64encode(data).decode()
        return {"id": number, "body": body, "nation": nation, "data": text, "facts": facts}

    return [
        record(1, TEXT, TEXT * 2, DATA, '{"a": "0123456789"}'),
        record(2, None, None, None, None),
        record(3, "short", "n", b"s", "[1]"),
        record(4, "y" * 100, None, b"\x00" * 10, None),
        record(5, "x" * 8, "x" * 9, b"\xff" * 9, "[2]"),
        record(6, None, None, None, None),
    ]


def by_id(records: list[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record["id"])


def test_large_lobs_are_written_as_small_ones_are(papers: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    in_pieces = papers.sync()
    assert by_id(in_pieces.records()) == expected()
    monkeypatch.setattr(lobs, "INLINE_LENGTH", 1000)
    inline = papers.sync()

    def lines(output: Output) -> list[str]:
        return sorted(
            line.rpartition(',"time_extracted"')[0] for line in output.text.splitlines() if '"RECORD"' in line
        )

    assert lines(in_pieces) == lines(inline)


def test_large_lobs_in_records_for_stream_maps(papers: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    maps = {"papers": {"first": "body[:2] if body else None"}}
    found = by_id(papers.sync(stream_maps=maps).records())
    assert [record.pop("first") for record in found] == [TEXT[:2], None, "sh", "yy", "xx", None]
    assert found == expected()


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_large_lobs_in_files(papers: Oracle, tmp_path: Path, form: str) -> None:
    batch = {
        "encoding": {"format": form, "compression": "gzip" if form == "jsonl" else "none"},
        "storage": {"root": tmp_path.as_uri(), "prefix": ""},
        "batch_size": 4,
    }
    output = papers.sync(batch_config=batch)
    paths = [Path(url2pathname(urlparse(m["manifest"][0]).path)) for m in output.of_type("BATCH")]
    if form == "parquet":
        files = [pq.read_table(path).to_pylist() for path in paths]
    else:
        files = [[json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()] for path in paths]
    assert [len(rows) for rows in files] == [4, 2]
    assert by_id([row for rows in files for row in rows]) == expected()


def test_large_lobs_of_several_sessions(papers: Oracle) -> None:
    for number in range(7, 60):
        papers.fill("INSERT INTO papers (id, body, data) VALUES (:1, :2, :3)", [(number, TEXT * number, DATA)])
    papers.run("BEGIN DBMS_STATS.GATHER_TABLE_STATS(USER, 'PAPERS'); END;")
    output = papers.sync(parallel=4, partition_rows=7, arraysize=2)
    found = {record["id"]: record["body"] for record in output.records()}
    assert len(output.records()) == 59
    assert all(found[number] == TEXT * number for number in range(7, 60))


@pytest.mark.parametrize("as_lines", [True, False], ids=["lines", "records"])
def test_rows_with_large_lobs_at_the_bookmark_are_sent_once_unless_they_changed(
    oracle: Oracle, monkeypatch: pytest.MonkeyPatch, as_lines: bool
) -> None:
    monkeypatch.setattr(lobs, "INLINE_LENGTH", 8)
    monkeypatch.setattr(OracleTableStream, "writes_lines", property(lambda _: as_lines))
    oracle.run("CREATE TABLE notes (id NUMBER(9) PRIMARY KEY, changed DATE NOT NULL, body CLOB, data BLOB)")
    day = "DATE '2024-02-29'"
    oracle.run(
        *(f"INSERT INTO notes VALUES ({n}, {day}, RPAD('a', 20, '{n}'), HEXTORAW('{'00' * 20}'))" for n in (1, 2))
    )
    options = {"stream_options": {"notes": {"replication_key": "changed"}}}
    first = oracle.sync(**options)
    assert len(first.records()) == 2
    second = oracle.sync(state=first.state, **options)
    assert second.records() == []
    oracle.run(
        "UPDATE notes SET data = HEXTORAW('00') WHERE id = 1", "UPDATE notes SET body = body || '!' WHERE id = 2"
    )
    third = oracle.sync(state=second.state, **options)
    assert [(r["id"], r["body"][-1], r["data"]) for r in by_id(third.records())] == [
        (1, "1", "AA=="),
        (2, "!", base64.b64encode(b"\x00" * 20).decode()),
    ]
    assert oracle.sync(state=third.state, **options).records() == []


def test_a_limit_above_the_length_that_comes_with_the_row(papers: Oracle) -> None:
    with pytest.raises(TapError, match=r"2 rows have a LOB longer than 20"):
        papers.sync(lob_max_length=20)
    found = by_id(papers.sync(lob_max_length=20, lob_too_long="null").records())
    assert [record["body"] for record in found] == [TEXT, None, "short", None, "x" * 8, None]
    assert found[0]["data"] is None
    assert found[4]["data"] == base64.b64encode(b"\xff" * 9).decode()


def test_a_lob_that_cannot_be_read_any_more_ends_the_run_with_the_code_and_no_state(
    papers: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_old(*_: object) -> str:
        raise oracledb.DatabaseError('ORA-01555: snapshot too old: rollback segment number  with name "" too small')

    monkeypatch.setattr(oracledb.LOB, "read", too_old)
    with pytest.raises(TapError, match=r"stream papers.*ORA-01555.*UNDO_RETENTION"):
        papers.sync()


def test_a_query_of_a_long_column(papers: Oracle) -> None:
    """A LONG has neither a length nor a locator."""
    papers.run("CREATE TABLE old (id NUMBER(9), note LONG)", "INSERT INTO old VALUES (1, 'some long text')")
    stream = {"name": "notes", "sql": "SELECT id, note FROM old"}
    assert papers.sync(sql_streams=[stream], exclude_tables=["*"]).records() == [{"id": 1, "note": "some long text"}]
