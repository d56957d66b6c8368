"""`direct_path`: an overwrite that collects its rows by direct path gives the rows that array binds give, or says why not."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from cutting_proxy import DIRECT_PATH_END, CuttingProxy
from flext_target_oracle.collection import RowsDifferError
from flext_target_oracle.errors import describe

if TYPE_CHECKING:
    from conftest import Loader, Message

ID = {"type": "integer"}
TEXT = {"type": ["string", "null"]}
DIRECT: dict[str, Any] = {"load_method": "overwrite", "direct_path": True, "batch_size": 3}

PROPERTIES = {
    "id": ID,
    "n": {"type": ["number", "null"]},
    "p": {"type": ["number", "null"], "x-oracle": {"type": "NUMBER(5,2)"}},
    "s": TEXT,
    "c": {"type": ["string", "null"], "x-oracle": {"type": "CHAR(5 CHAR)"}},
    "d": {"type": ["string", "null"], "format": "date"},
    "t": {"type": ["string", "null"], "format": "date-time"},
    "m": {"type": ["string", "null"], "format": "date-time", "x-oracle": {"type": "TIMESTAMP(6)"}},
    "h": {"type": ["string", "null"], "format": "date-time", "x-oracle": {"type": "TIMESTAMP(9)"}},
    "b": {"type": ["boolean", "null"]},
    "f": {"type": ["number", "null"], "x-oracle": {"type": "BINARY_DOUBLE"}},
    "g": {"type": ["number", "null"], "x-oracle": {"type": "FLOAT(20)"}},
    "r": {"type": ["string", "null"], "contentEncoding": "base64", "x-oracle": {"type": "RAW(10)"}},
    "i": {"type": ["string", "null"], "x-oracle": {"type": "INTERVAL DAY(2) TO SECOND(9)"}},
}
VALUES = {
    "n": 12345678901234567890.123456789,
    "p": -123.45,
    "s": "Größe 😀",
    "c": "ab",
    "d": "2024-02-29",
    "t": "2024-02-29T12:34:56.123456+05:30",
    "m": "2024-02-29T12:34:56.123456",
    "h": "2024-02-29T12:34:56.123456789",
    "b": True,
    "f": 1e300,
    "g": 1.5,
    "r": "AAEC/w==",
    "i": "P1DT2H3M4.5S",
}


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many rows each direct path load has sent."""
    sent: list[int] = []
    load = oracledb.Connection.direct_path_load

    def count(self: oracledb.Connection, schema: str, table: str, names: Any, rows: Any, **kwargs: Any) -> None:
        sent.append(len(rows))
        load(self, schema, table, names, rows, **kwargs)

    monkeypatch.setattr(oracledb.Connection, "direct_path_load", count)
    return sent


def every_type(loader: Loader, key: list[str]) -> list[Message]:
    records = [
        loader.record(id=1, **VALUES),
        loader.record(id=2),
        loader.record(id=3, s=""),
        loader.record(id=4, **VALUES),
        loader.record(id=2, s="again"),
    ]
    return [loader.schema(PROPERTIES, key), *records, loader.state(9)]


@pytest.mark.parametrize("key", [[], ["id"], ["id", "m"]], ids=["no key", "key", "two"])
def test_it_gives_the_rows_that_array_binds_give(loader: Loader, loads: list[int], key: list[str]) -> None:
    messages = every_type(loader, key)
    if "m" in key:
        messages = [message for message in messages if "m" in message.get("record", {"m": 1})]
    columns = ", ".join([*(name for name in PROPERTIES if name != "c"), "'<' || c || '>'", "DUMP(n)"])
    found = []
    for direct in (False, True):
        assert loader.run(*messages, **{**DIRECT, "direct_path": direct}, add_record_metadata=True)
        assert bool(loads) is direct
        found.append(loader.rows(columns, order="id, s"))
        assert not loader.exists(f"{loader.table}__FLEXT_NEW")
        assert not loader.exists(f"{loader.table}__FLEXT_NEW__FLEXT_STG")
    assert found[0] == found[1]


def test_of_a_key_the_last_record_wins_or_the_newest(loader: Loader, loads: list[int]) -> None:
    schema = loader.schema({"id": ID, "v": ID, "at": {"type": ["integer", "null"]}}, ["id"])
    rows = [(1, 1, 9), (2, 2, 1), (1, 3, 8), (1, 4, 9), (2, 5, 2), (1, 6, 1), (3, 7, None)]
    records = [loader.record(id=number, v=value, at=at) for number, value, at in rows]
    loader.run(schema, *records, **DIRECT)
    assert loader.rows("id, v") == [(1, 6), (2, 5), (3, 7)]
    loader.run(schema, *records, **DIRECT, newest_by="at", max_parallelism=2)
    assert loader.rows("id, v") == [(1, 4), (2, 5), (3, 7)]
    assert loads == [3, 3, 1] * 2


def test_null_may_be_a_key(loader: Loader, loads: list[int]) -> None:
    schema = loader.schema({"id": {"type": ["integer", "null"]}, "v": ID}, ["id"])
    records = [loader.record(id=number, v=value) for number, value in [(None, 1), (1, 2), (None, 3)]]
    loader.run(schema, *records, **DIRECT, null_keys="equal")
    assert (loader.rows("id, v"), loads) == ([(1, 2), (None, 3)], [3])


@pytest.mark.parametrize("key", [[], ["id"]], ids=["no key", "key"])
@pytest.mark.parametrize("hard", [False, True])
def test_versions_and_deleted_records(loader: Loader, loads: list[int], hard: bool, key: list[str]) -> None:
    schema = loader.schema({"id": ID, "_sdc_deleted_at": {"type": ["string", "null"], "format": "date-time"}}, key)
    old = [{**loader.record(id=number), "version": 1} for number in (1, 2)]
    new = [{**loader.record(id=number), "version": 2} for number in (2, 3, 4)]
    gone = {**loader.record(id=4, _sdc_deleted_at="2024-01-01T00:00:00Z"), "version": 2}
    activate = {"type": "ACTIVATE_VERSION", "stream": loader.stream, "version": 2}
    found = []
    for direct in (False, True):
        loader.run(schema, *old, *new, gone, activate, **{**DIRECT, "direct_path": direct}, hard_delete=hard)
        found.append(loader.rows('id, CASE WHEN "_SDC_DELETED_AT" IS NULL THEN 0 ELSE 1 END', order="1, 2"))
    assert found[0] == found[1]
    if key:
        assert found[0] == ([(2, 0), (3, 0)] if hard else [(1, 1), (2, 0), (3, 0), (4, 1)])
    assert sum(loads) == 6


def test_a_column_that_comes_and_one_that_grows_during_the_run(loader: Loader, loads: list[int]) -> None:
    first = {"id": ID, "v": {"type": "string", "maxLength": 3}}
    second = {"id": ID, "v": {"type": "string", "maxLength": 30}, "w": ID}
    loader.run(
        loader.schema(first),
        loader.record(id=1, v="abc"),
        loader.schema(second),
        loader.record(id=2, v="x" * 30, w=5),
        **DIRECT,
    )
    assert loader.rows("id, v, w") == [(1, "abc", None), (2, "x" * 30, 5)]
    assert loads == [1, 1]


def test_a_column_that_becomes_a_lob_during_the_run_is_refused(loader: Loader) -> None:
    loader.run(loader.schema({"id": ID, "v": TEXT}), loader.record(id=1), load_method="overwrite")
    wide = loader.schema({"id": ID, "v": {"type": "string", "maxLength": 100_000}})
    messages = [loader.schema({"id": ID, "v": TEXT}), loader.record(id=2, v="a"), wide, loader.record(id=3, v="b")]
    with pytest.raises(oracledb.NotSupportedError, match=r"column V has type CLOB.*Hint: set direct_path to false"):
        loader.run(*messages, **DIRECT)
    assert loader.rows("id") == [(1,)]


# ---------------------------------------------------------------------------------------------- not possible


@pytest.mark.parametrize(
    ("properties", "key", "settings", "reason"),
    [
        ({"id": ID, "v": {"type": "string", "maxLength": 100_000}}, [], {}, "no direct path.*column V has type CLOB"),
        ({"id": ID, "v": {"type": "object"}}, [], {}, "no direct path.*column V has type (CLOB|JSON)"),
        ({"id": ID, "v": {**TEXT, "x-oracle": {"type": "NVARCHAR2(10)"}}}, [], {}, "column V has type NVARCHAR2"),
        (
            {"v": {"type": "string", "format": "date-time"}},
            ["v"],
            {},
            "V, by which rows are compared, has type TIMESTAMP",
        ),
        (
            {"id": ID, "v": TEXT},
            ["id"],
            {"load_method": "upsert"},
            "no direct path.*a batch of upsert is one transaction",
        ),
        ({"id": ID, "v": TEXT}, [], {"load_method": "append-only"}, "a batch of append-only is one transaction"),
        ({"id": ID, "v": TEXT}, [], {"on_error": "reject"}, "on_error is reject"),
    ],
)
def test_what_it_cannot_load_is_loaded_by_array_binds_and_the_log_says_why(
    loader: Loader,
    loads: list[int],
    caplog: pytest.LogCaptureFixture,
    properties: dict[str, Any],
    key: list[str],
    settings: dict[str, Any],
    reason: str,
) -> None:
    value: Any = (
        {"a": 1} if properties["v"]["type"] == "object" else "2024-01-01T00:00:00Z"[: 10 if "id" in properties else 20]
    )
    record = {"id": 1, "v": value} if "id" in properties else {"v": value}
    with caplog.at_level("INFO"):
        loader.run(loader.schema(properties, key), loader.record(**record), **{**DIRECT, **settings})
    assert loads == []
    assert len(loader.rows()) == 1
    messages = [item.getMessage() for item in caplog.records if "direct path" in item.getMessage()]
    assert len(messages) == 1
    assert re.search(reason, messages[0])


def test_a_load_that_the_server_refuses_goes_on_by_array_binds(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    load, calls = oracledb.Connection.direct_path_load, []

    def refuse_the_second(
        self: oracledb.Connection, schema: str, table: str, names: Any, rows: Any, **kwargs: Any
    ) -> None:
        calls.append(len(rows))
        sent = [("not a number", *rows[0][1:]), *rows[1:]] if len(calls) == 2 else rows
        load(self, schema, table, names, sent, **kwargs)

    monkeypatch.setattr(oracledb.Connection, "direct_path_load", refuse_the_second)
    records = [loader.record(id=number, v="x") for number in range(8)]
    loader.run(loader.schema({"id": ID, "v": TEXT}, ["id"]), *records, **DIRECT)
    assert len(calls) == 2, "after a refusal it is not tried again"
    assert loader.rows("id") == [(number,) for number in range(8)]
    assert any("Direct path into" in item.getMessage() for item in caplog.records)


@pytest.mark.parametrize(
    ("kind", "value", "code"), [("VARCHAR2(5 CHAR)", "123456", "ORA-12899"), ("NUMBER(3)", 1000, "ORA-01438")]
)
def test_a_value_that_does_not_fit_is_found_at_the_end_and_nothing_is_replaced(
    loader: Loader, loads: list[int], kind: str, value: Any, code: str
) -> None:
    schema = loader.schema({"id": ID, "v": {"type": ["string", "number", "null"], "x-oracle": {"type": kind}}})
    loader.run(schema, loader.record(id=1), load_method="overwrite")
    with pytest.raises(oracledb.DatabaseError) as caught:
        loader.run(schema, loader.record(id=2, v=value), loader.state(2), **DIRECT)
    line = describe(caught.value)
    assert line.startswith(code)
    assert loader.table in line
    assert "Next:" in line
    assert "FLEXT_NEW" not in line
    assert caught.value.__dict__["emitted"] == []
    assert loads == [1]
    assert loader.rows("id") == [(1,)]


def test_rows_that_did_not_arrive_are_missed(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    load = oracledb.Connection.direct_path_load

    def lose(self: oracledb.Connection, schema: str, table: str, names: Any, rows: Any, **kwargs: Any) -> None:
        load(self, schema, table, names, rows[1:], **kwargs)

    monkeypatch.setattr(oracledb.Connection, "direct_path_load", lose)
    schema = loader.schema({"id": ID})
    loader.run(schema, loader.record(id=1), load_method="overwrite")
    with pytest.raises(RowsDifferError, match=r"3 rows for .* were sent and 2 are there: nothing was replaced"):
        loader.run(schema, *(loader.record(id=number) for number in range(2, 5)), loader.state(4), **DIRECT)
    assert loader.rows("id") == [(1,)]


# ---------------------------------------------------------------------------------------------- crashes

LAST = 8


def run_of(loader: Loader, key: list[str]) -> list[Message]:
    records = [loader.record(id=number, v=f"v{number}") for number in range(1, LAST + 1)]
    return [loader.schema({"id": ID, "v": TEXT}, key), *records, loader.state(LAST)]


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ("before rows:2", []),
        ("after rows:1", ["id"]),
        ("after rows:3", []),
        ("before swap", ["id"]),
        ("after swap", ["id"]),
    ],
)
def test_a_run_that_is_killed_shows_the_old_rows_or_the_new_ones_and_the_next_mends_it(
    loader: Loader, fault: str, key: list[str]
) -> None:
    loader.run(loader.schema({"id": ID, "v": TEXT}, key), loader.record(id=99, v="old"), load_method="overwrite")
    done = subprocess.run(
        loader.command(**DIRECT),
        input=loader.lines(run_of(loader, key)),
        env={**os.environ, "FLEXT_FAULT": fault},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (-9, b"")
    new = [(number, f"v{number}") for number in range(1, LAST + 1)]
    assert loader.rows() == (new if fault == "after swap" else [(99, "old")])
    assert loader.run(*run_of(loader, key), **DIRECT)
    assert loader.rows() == new
    assert not loader.exists(f"{loader.table}__FLEXT_NEW")


@pytest.mark.parametrize("key", [[], ["id"]], ids=["no key", "key"])
@pytest.mark.parametrize("mode", ["before", "after"])
@pytest.mark.parametrize("number", [1, 3])
def test_a_connection_that_is_cut_at_the_end_of_a_load_doubles_no_row(
    loader: Loader, proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch, mode: str, number: int, key: list[str]
) -> None:
    monkeypatch.setattr("flext_target_oracle.sinks._RETRY_DELAYS", (0.0, 0.0))
    proxy.call = DIRECT_PATH_END
    proxy.cut(mode, number)
    assert loader.run(*run_of(loader, key), **DIRECT)
    assert proxy.cuts == 1
    assert loader.rows("id") == [(number,) for number in range(1, LAST + 1)]
