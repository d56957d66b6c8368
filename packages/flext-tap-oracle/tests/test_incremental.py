"""Incremental streams: nothing at the boundary lost or sent for ever, late and future rows, and what a state may hold."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_tap_oracle.errors import SettingsError, TapError

if TYPE_CHECKING:
    from conftest import Oracle, Output

KEY: dict[str, Any] = {"replication_key": "changed"}


@pytest.fixture
def events(oracle: Oracle) -> Oracle:
    oracle.run(
        "CREATE TABLE events (id NUMBER(9) PRIMARY KEY, changed TIMESTAMP(6), created DATE, seen TIMESTAMP(6) WITH TIME ZONE)"
    )
    return oracle


def add(oracle: Oracle, number: int, at: str | None, column: str = "changed") -> None:
    value = "NULL" if at is None else f"TIMESTAMP '{at}'"
    oracle.run(f"INSERT INTO events (id, {column}) VALUES ({number}, {value})")


def sync(oracle: Oracle, state: Any = None, *, settings: dict[str, Any] | None = None, **options: Any) -> Output:
    return oracle.sync(state=state, stream_options={"events": {**KEY, **options}}, **(settings or {}))


def ids(output: Output) -> list[int]:
    return [record["id"] for record in output.records()]


def bookmark(output: Output) -> Any:
    return output.state["bookmarks"]["events"].get("replication_key_value")


def test_rows_at_the_bookmark_are_sent_once_unless_they_changed(events: Oracle) -> None:
    for number in (1, 2):
        add(events, number, "2024-01-02 03:04:05")
    first = sync(events)
    assert sorted(ids(first)) == [1, 2]
    assert bookmark(first) == "2024-01-02T03:04:05"
    add(events, 3, "2024-01-02 03:04:05")
    events.run("UPDATE events SET created = DATE '2024-01-01' WHERE id = 2")
    second = sync(events, first.state)
    assert sorted(ids(second)) == [2, 3]
    third = sync(events, second.state)
    assert ids(third) == []
    assert bookmark(third) == bookmark(first)


def test_a_late_commit_behind_the_bookmark_is_found_within_the_lag(events: Oracle) -> None:
    add(events, 1, "2024-01-01 12:00:00")
    add(events, 2, "2024-01-01 12:10:00")
    first = sync(events, lag=600)
    add(events, 3, "2024-01-01 12:05:00")
    add(events, 4, "2024-01-01 11:00:00")
    assert ids(sync(events, first.state, lag=600)) == [3]
    assert ids(sync(events, first.state)) == []


def test_a_late_commit_does_not_take_the_bookmark_back(events: Oracle) -> None:
    """Else each run reads further back than the one before, and sends again what was sent long ago."""
    for number in range(1, 7):
        add(events, number, f"2024-01-01 12:{number}0:00".replace("12:60", "13:00"))
    first = sync(events, lag=1200)
    add(events, 7, "2024-01-01 12:45:00")
    second = sync(events, first.state, lag=1200, settings={"arraysize": 2})
    assert (ids(second), bookmark(second)) == ([7], bookmark(first))
    third = sync(events, second.state, lag=1200)
    assert ids(third) == []
    add(events, 8, "2024-01-01 12:41:00")
    add(events, 9, "2024-01-01 13:01:00")
    fourth = sync(events, third.state, lag=1200)
    assert (ids(fourth), bookmark(fourth)) == ([8, 9], "2024-01-01T13:01:00")
    assert ids(sync(events, fourth.state, lag=1200)) == []


def test_rows_of_the_future_are_sent_but_do_not_move_the_bookmark_past_the_run(events: Oracle) -> None:
    add(events, 1, "2024-01-01 12:00:00")
    add(events, 2, "9999-12-31 00:00:00")
    first = sync(events)
    assert ids(first) == [1, 2]
    assert "2024-01-01" < bookmark(first) < "9999"
    add(events, 3, "9999-01-01 00:00:00")
    assert ids(sync(events, first.state)) == [3]
    assert ids(sync(events, upper_fence="rows")) == [1]
    assert bookmark(sync(events, upper_fence="none")) == "9999-12-31T00:00:00"


def test_a_zoned_key_compares_instants(events: Oracle) -> None:
    add(events, 1, "2024-01-01 12:00:00 +00:00", "seen")
    add(events, 2, "2024-01-01 13:30:00 +02:00", "seen")
    first = sync(events, replication_key="seen")
    assert ids(first) == [2, 1]
    assert bookmark(first) == "2024-01-01T12:00:00.000000+00:00"
    add(events, 3, "2024-01-01 09:00:00 -03:00", "seen")
    assert ids(sync(events, first.state, replication_key="seen")) == [3]


@pytest.mark.parametrize(("policy", "expected"), [("warn", [2]), ("ignore", [2]), ("read", [1, 2])])
def test_rows_without_a_key_value(
    events: Oracle, policy: str, expected: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    add(events, 1, None)
    add(events, 2, "2024-01-01 12:00:00")
    first = sync(events, null_keys=policy)
    assert ids(first) == expected
    assert bookmark(first) == "2024-01-01T12:00:00"
    assert ("1 rows of" in caplog.text) == (policy == "warn")
    assert ids(sync(events, first.state, null_keys=policy)) == expected[:-1]


def test_rows_without_a_key_value_fail_by_policy(events: Oracle) -> None:
    add(events, 1, None)
    with pytest.raises(TapError, match=r"1 rows .* have no value in CHANGED"):
        sync(events, null_keys="fail")


def test_start_date_and_start_value(events: Oracle) -> None:
    for number in range(1, 5):
        add(events, number, f"2024-01-0{number} 00:00:00")
    assert ids(sync(events, settings={"start_date": "2024-01-03T00:00:00Z"})) == [3, 4]
    assert ids(sync(events, start_value="2024-01-04")) == [4]
    assert ids(sync(events, replication_key="id", start_value=3, settings={"start_date": "2024-01-04"})) == [3, 4]


def test_an_expression_key(events: Oracle) -> None:
    events.run("INSERT INTO events (id, created) VALUES (1, DATE '2024-01-05')")
    add(events, 2, "2024-01-06 00:00:00")
    options = {
        "replication_key": "touched",
        "replication_key_expression": "COALESCE(changed, CAST(created AS TIMESTAMP))",
    }
    first = sync(events, **options)
    assert [(record["id"], record["touched"]) for record in first.records()] == [
        (1, "2024-01-05T00:00:00"),
        (2, "2024-01-06T00:00:00"),
    ]
    assert ids(sync(events, first.state, **options)) == []


def test_columns_that_order_rows_together(events: Oracle) -> None:
    for number in range(1, 5):
        add(events, number, "2024-01-01 00:00:00")
    options: dict[str, Any] = {"replication_key_columns": ["changed", "id"]}
    first = sync(events, **options)
    assert first.state["bookmarks"]["events"]["replication_key_values"] == ["2024-01-01T00:00:00", 4]
    add(events, 5, "2024-01-01 00:00:00")
    assert ids(sync(events, first.state, **options)) == [5]


def test_ora_rowscn_finds_what_was_committed_late(events: Oracle) -> None:
    options = {"replication_key": "ora_rowscn"}
    add(events, 1, "2024-01-01 00:00:00")
    with (
        oracledb.connect(user=events.user, password="Canary_5ecret", **events.address) as late,
        late.cursor() as cursor,
    ):
        cursor.execute("INSERT INTO events (id) VALUES (2)")
        add(events, 3, "2024-01-01 00:00:00")
        first = sync(events, **options)
        assert sorted(ids(first)) == [1, 3]
        late.commit()
    second = sync(events, first.state, **options)
    assert 2 in ids(second)
    assert sync(events, second.state, **options).records() == []
    assert "ora_rowscn" in second.schema("events")["properties"]


def test_ora_rowscn_is_refused_for_views(events: Oracle) -> None:
    events.run("CREATE VIEW seen AS SELECT * FROM events")
    with pytest.raises(TapError, match="ORA_ROWSCN"):
        _ = events.tap(stream_options={"seen": {"replication_key": "ora_rowscn"}}).streams


def test_the_guarantee_is_printed(events: Oracle, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    sync(events, lag=60)
    assert "may miss commits later than 60 s" in caplog.text
    sync(events, replication_key="ora_rowscn")
    assert "cannot miss late commits" in caplog.text


def test_states_go_out_at_the_same_places_as_the_sdks(events: Oracle) -> None:
    start = dt.datetime(2024, 1, 1)
    rows = [(number, start + dt.timedelta(seconds=number)) for number in range(25_000)]
    events.fill("INSERT INTO events (id, changed) VALUES (:1, :2)", rows)
    output = sync(events, settings={"arraysize": 777})
    assert ids(output) == list(range(25_000))
    seen, at = 0, []
    for message in output.messages:
        seen += message["type"] == "RECORD"
        if message["type"] == "STATE":
            at.append((seen, message["value"]["bookmarks"]["events"]["replication_key_value"]))
    assert at == [
        (10_000, "2024-01-01T02:46:39"),
        (20_000, "2024-01-01T05:33:19"),
        (25_000, "2024-01-01T06:56:39"),
    ]


def test_a_lost_connection_is_survived_from_the_bookmark_that_was_reached(
    events: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = dt.datetime(2024, 1, 1)
    rows = [(number, start + dt.timedelta(seconds=number // 3)) for number in range(1000)]
    events.fill("INSERT INTO events (id, changed) VALUES (:1, :2)", rows)
    tap = events.tap(stream_options={"events": KEY}, arraysize=100)
    waits: list[float] = []
    stream: Any = tap.streams["events"]
    monkeypatch.setattr(stream.reader, "_sleep", waits.append)
    read, cut = stream.reader._read, iter([3, 2])

    def failing(query: Any) -> Any:
        left = next(cut, None)
        for number, batch in enumerate(read(query)):
            if number == left:
                raise oracledb.OperationalError("ORA-03113: end-of-file on communication channel")
            yield batch

    monkeypatch.setattr(stream.reader, "_read", failing)
    assert ids(events.capture(tap)) == list(range(1000))
    assert waits == [1.0, 1.0]


def test_a_wrong_password_is_never_tried_twice(events: Oracle) -> None:
    with pytest.raises(TapError, match=r"ORA-01017.*Not retried"):
        events.tap(password="wrong")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("not a date", "cannot be a value of changed"),
        ({"a": 1}, "cannot be a value of changed"),
        ("9998-01-01T00:00:00", "later than the database's clock"),
    ],
)
def test_a_bookmark_that_no_run_left_is_refused(events: Oracle, value: Any, reason: str) -> None:
    state = {"bookmarks": {"events": {"replication_key": "changed", "replication_key_value": value}}}
    with pytest.raises(TapError, match=reason):
        sync(events, state)


def test_a_bookmark_of_another_key_is_not_used(events: Oracle, caplog: pytest.LogCaptureFixture) -> None:
    add(events, 1, "2024-01-01 00:00:00")
    state = {"bookmarks": {"events": {"replication_key": "id", "replication_key_value": 7}}}
    assert ids(sync(events, state)) == [1]
    assert "is of the key id, not changed" in caplog.text


@pytest.mark.parametrize(
    "state", [{"bookmarks": []}, {"bookmarks": {"events": 7}}, {"bookmarks": {"events": {"full_load": {"format": 9}}}}]
)
def test_a_malformed_or_newer_state_is_refused(events: Oracle, state: Any) -> None:
    with pytest.raises(TapError, match=r"malformed|newer version"):
        sync(events, state)


def test_the_stock_state_format_is_read_and_written(events: Oracle) -> None:
    add(events, 1, "2024-01-01 00:00:00")
    add(events, 2, "2024-01-02 00:00:00")
    state = {
        "bookmarks": {"events": {"replication_key": "changed", "replication_key_value": "2024-01-02T00:00:00+00:00"}}
    }
    output = sync(events, state)
    assert ids(output) == [2]
    held = output.state["bookmarks"]["events"]
    assert (held["replication_key"], held["replication_key_value"]) == ("changed", "2024-01-02T00:00:00")


def test_unknown_settings_are_refused_with_the_nearest_name(events: Oracle) -> None:
    with pytest.raises(SettingsError, match="did you mean `tables`"):
        events.tap(tabels=["x"])
    with pytest.raises(SettingsError, match="filterr"):
        events.tap(stream_options={"events": {"filterr": "x"}})


def test_a_method_for_all_streams(events: Oracle) -> None:
    """full_table reads all rows once more, and the next run goes on where the bookmark was."""
    add(events, 1, "2024-01-01 00:00:00")
    catalog = events.catalog(root={"replication-method": "INCREMENTAL", "replication-key": "changed"})
    first = events.sync(catalog=catalog)
    events.run("UPDATE events SET created = SYSDATE")
    whole = events.sync(catalog=catalog, state=first.state, full_table=True)
    assert ids(whole) == [1]
    assert whole.state == first.state
    assert ids(events.sync(catalog=catalog, state=whole.state)) == [1]
    assert ids(events.sync(state=first.state, default_replication_method="FULL_TABLE")) == [1]
    with pytest.raises(TapError, match="no replication key"):
        events.sync(default_replication_method="INCREMENTAL")
    with pytest.raises(SettingsError, match="LOG_BASED, which this tap does not offer"):
        events.sync(default_replication_method="LOG_BASED")
    with pytest.raises(SettingsError, match=r"scn_window_size.*LOG_BASED.*leave it out"):
        events.tap(scn_window_size=100)


def test_bookmarks_of_a_tap_that_spells_its_streams_in_upper_case_are_named(
    events: Oracle, caplog: pytest.LogCaptureFixture
) -> None:
    add(events, 1, "2024-01-01 12:00:00")
    mark = {"replication_key": "CHANGED", "replication_key_value": "2024-01-02T00:00:00+00:00"}
    for catalog in (None, events.catalog()):
        caplog.clear()
        state = {"bookmarks": {"EVENTS": mark, "HR-EVENTS": mark, "OTHERS": mark}}
        assert ids(events.sync(catalog=catalog, state=state, stream_options={"events": KEY})) == [1]
        assert "bookmark of `EVENTS` is not used: the stream is `events`" in caplog.text
        assert "bookmark of `HR-EVENTS` is not used: the stream is `events`" in caplog.text
        assert "OTHERS" not in caplog.text
