"""Full loads read as Arrow data and written by compiled code: the same messages as from tuples, and tuples where that is not exact."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_db_oracle import compiled
from flext_db_oracle.frames import Frame
from flext_tap_oracle import OracleTableStream
from flext_tap_oracle.errors import TapError

if TYPE_CHECKING:
    from conftest import Message, Oracle, Output

pytestmark = [
    pytest.mark.compiled,
    pytest.mark.skipif(compiled.encode is None, reason="the compiled parts are not built, or are switched off"),
]

COLUMNS = """id NUMBER(9) PRIMARY KEY, "Mixed name" VARCHAR2(40), amount NUMBER(12,2), long_number NUMBER(30,10),
    born DATE, moment TIMESTAMP(6), milli TIMESTAMP(3), nat NVARCHAR2(20)"""


@pytest.fixture
def rows(oracle: Oracle) -> Oracle:
    """1,000 rows of all types that come as Arrow data, nulls among them."""
    oracle.run(f"CREATE TABLE plain ({COLUMNS})")
    start = dt.datetime(1969, 12, 31, 23, 59, 59, 999000)
    values = [
        (
            n,
            None if n % 7 == 0 else f'zo\u00eb "{n}"\n\\\t\u20ac \U0001f600',
            None if n % 5 == 0 else n / 4 - 50,
            n * 10**17,
            dt.datetime(1, 1, 1) + dt.timedelta(days=n * 3000, seconds=n),
            start + dt.timedelta(microseconds=n * 1001),
            start + dt.timedelta(milliseconds=n),
            None if n % 3 == 0 else "\u65e5\u672c",
        )
        for n in range(1000)
    ]
    with oracle.connection.cursor() as cursor:
        stamp = oracledb.DB_TYPE_TIMESTAMP
        cursor.setinputsizes(None, None, None, None, None, stamp, stamp, oracledb.DB_TYPE_NVARCHAR)
        cursor.executemany("INSERT INTO plain VALUES (:1, :2, :3, :4, :5, :6, :7, :8)", values)
    oracle.connection.commit()
    return oracle


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of rows of each block that a frame writes."""
    written: list[int] = []
    lines = Frame.lines

    def spy(frame: Frame, *arguments: Any) -> bytes:
        written.append(len(frame))
        return lines(frame, *arguments)

    monkeypatch.setattr(Frame, "lines", spy)
    return written


def without_times(output: Output) -> list[Message]:
    """The messages as any run would write them."""
    text = re.sub(r'"time_extracted":"[^"]*"|"version":[0-9]+', '"then":0', output.text)
    return [json.loads(line, parse_float=Decimal) for line in text.splitlines()]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"stream_options": {"plain": {"partitions": 3}}, "emit_activate_version_messages": True, "arraysize": 70},
        {"stream_options": {"plain": {"filter": "id < :most", "filter_binds": {"most": 500}}}, "arraysize": 1},
    ],
)
def test_messages_and_states_are_those_of_tuples(
    rows: Oracle, frames: list[int], monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]
) -> None:
    monkeypatch.setattr(OracleTableStream, "STATE_MSG_FREQUENCY", 130)
    compiled_ = without_times(rows.sync(**settings))
    count = sum(message["type"] == "RECORD" for message in compiled_)
    assert sum(frames) == count in {500, 1000}
    monkeypatch.setattr(compiled, "encode", None)
    assert without_times(rows.sync(**settings)) == compiled_
    assert sum(frames) == count


def test_several_sessions_read_frames(rows: Oracle, frames: list[int]) -> None:
    output = rows.sync(stream_options={"plain": {"partitions": 5}}, parallel=3, arraysize=40)
    assert sorted(record["id"] for record in output.records()) == list(range(1000))
    assert sum(frames) == 1000


@pytest.mark.parametrize(
    "settings",
    [
        {"use_singer_decimal": True},
        {"stream_maps": {"plain": {"copy": "id"}}},
        {"stream_options": {"plain": {"replication_key": "id"}}},
    ],
)
def test_what_needs_values_is_read_as_tuples(rows: Oracle, frames: list[int], settings: dict[str, Any]) -> None:
    assert len(rows.sync(**settings).records()) == 1000
    assert frames == []


def test_columns_of_other_types_are_read_as_tuples(rows: Oracle, frames: list[int]) -> None:
    rows.run(
        "CREATE VIEW odd AS SELECT id, amount / 3 AS third, FROM_TZ(moment, '+02:00') AS zoned FROM plain",
        "CREATE VIEW spans AS SELECT id, CAST(INTERVAL '1' DAY AS INTERVAL DAY TO SECOND(9)) AS span FROM plain",
    )
    odd = rows.sync(tables=["odd", "spans"])
    assert [len(odd.records(stream)) for stream in ("odd", "spans")] == [1000, 1000]
    assert odd.records("spans")[0]["span"] == "P1DT0H0M0S"
    assert frames == []


def test_text_that_sql_makes_comes_as_frames(
    oracle: Oracle, frames: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    oracle.run(
        "CREATE TABLE made (id NUMBER(9), zoned TIMESTAMP WITH TIME ZONE, fine TIMESTAMP(9), secret VARCHAR2(9))",
        "INSERT INTO made VALUES (1, TIMESTAMP '2024-02-29 13:14:15.5 +05:30', TIMESTAMP '2024-02-29 13:14:15.123456789', 'x')",
        "INSERT INTO made (id) VALUES (2)",
    )
    settings = {"mask": [{"columns": "made.secret", "action": "hash"}], "mask_salt": "salt"}
    found = without_times(oracle.sync(**settings))
    assert sum(frames) == 2
    monkeypatch.setattr(compiled, "encode", None)
    assert without_times(oracle.sync(**settings)) == found


def test_a_view_that_changed_since_the_tap_looked_at_it(rows: Oracle, frames: list[int]) -> None:
    """The server's description of the query decides, not the dictionary as it was."""
    rows.run("CREATE VIEW seen AS SELECT id, moment FROM plain WHERE id = 8")
    tap = rows.tap(tables=["seen"])
    assert tap.streams["seen"].schema["properties"]["moment"]["format"] == "date-time"
    rows.run("CREATE OR REPLACE VIEW seen AS SELECT id, FROM_TZ(moment, '+02:00') AS moment FROM plain WHERE id = 8")
    (record,) = rows.capture(tap).records()
    assert record == {"id": 8, "moment": "1970-01-01T00:00:00.007008+02:00"}
    assert frames == []


@pytest.mark.parametrize("pure", [False, True])
def test_a_year_before_1_ends_the_run_with_the_same_hint(
    rows: Oracle, monkeypatch: pytest.MonkeyPatch, pure: bool
) -> None:
    if pure:
        monkeypatch.setattr(compiled, "encode", None)
    rows.run("UPDATE plain SET born = TO_DATE('-0044-03-15', 'SYYYY-MM-DD') WHERE id = 999")
    with pytest.raises(TapError, match=r"does not fit Python's datetime .*dates_as_text"):
        rows.sync(arraysize=100)
