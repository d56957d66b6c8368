"""Full loads: ranges that cover every row once, one SCN for a run, and going on where a killed run stopped."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_tap_oracle.errors import TapError

if TYPE_CHECKING:
    from conftest import Oracle, Output

BIG: dict[str, Any] = {"stream_options": {"big": {"partitions": 5}}}


@pytest.fixture
def big(oracle: Oracle) -> Oracle:
    oracle.run("CREATE TABLE big (id NUMBER(9) PRIMARY KEY, name VARCHAR2(20))", "CREATE TABLE small (id NUMBER(9))")
    oracle.fill("INSERT INTO big VALUES (:1, :2)", [(number, f"name {number}") for number in range(1000)])
    oracle.run("INSERT INTO small VALUES (1)")
    return oracle


def ids(output: Output, stream: str = "big") -> list[int]:
    return [record["id"] for record in output.records(stream)]


def grant_scn(oracle: Oracle) -> None:
    with oracledb.connect(**oracle.admin) as admin, admin.cursor() as cursor:
        cursor.execute(f"GRANT EXECUTE ON DBMS_FLASHBACK TO {oracle.user}")


@pytest.mark.parametrize("parallel", [1, 3])
def test_ranges_cover_every_row_once(big: Oracle, parallel: int) -> None:
    output = big.sync(**BIG, parallel=parallel)
    assert sorted(ids(output)) == list(range(1000))
    assert ids(output, "small") == [1]
    assert output.state == {"bookmarks": {"big": {}, "small": {}}}


def test_each_finished_range_is_in_a_state_after_its_rows(big: Oracle) -> None:
    output = big.sync(**BIG)
    rows, done = 0, []
    for message in output.messages:
        rows += message["type"] == "RECORD"
        if message["type"] == "STATE" and "full_load" in message["value"]["bookmarks"].get("big", {}):
            load = message["value"]["bookmarks"]["big"]["full_load"]
            done.append((len(load["done"]), rows))
    assert [count for count, _ in done] == [1, 2, 3, 4, 5]
    assert done[-1] == (5, 1000)


def test_views_and_index_organized_tables_are_cut_by_key(big: Oracle) -> None:
    big.run(
        "CREATE VIEW seen AS SELECT * FROM big",
        "CREATE TABLE flat (id NUMBER(9), PRIMARY KEY (id)) ORGANIZATION INDEX",
        "INSERT INTO flat SELECT id FROM big",
    )
    options = {"seen": {"partitions": 4, "key_properties": ["id"]}, "flat": {"partitions": 4}}
    tap = big.tap(stream_options=options)
    assert {name: tap.streams[name].planned_ranges() for name in ("seen", "flat")} == {"seen": 4, "flat": 4}  # type: ignore[attr-defined]
    output = big.sync(stream_options=options, parallel=2)
    assert sorted(ids(output, "seen")) == sorted(ids(output, "flat")) == list(range(1000))


def unfinished(output: Output, done: int) -> dict[str, Any]:
    """The state after some of the ranges: what a killed run leaves."""
    for message in output.of_type("STATE"):
        load = message["value"]["bookmarks"].get("big", {}).get("full_load")
        if load and len(load["done"]) == done:
            return json.loads(json.dumps(message["value"]))  # type: ignore[no-any-return]
    raise AssertionError("no such state")


def test_a_load_goes_on_with_the_ranges_that_are_left_at_the_same_scn(big: Oracle) -> None:
    grant_scn(big)
    settings = {**BIG, "consistent_snapshot": True}
    first = big.sync(**settings)
    state = unfinished(first, 3)
    big.run("DELETE FROM big", "DELETE FROM small")
    second = big.sync(state=state, **settings)
    sent_before = ids(first)[: len(ids(first)) - len(ids(second))]
    assert sorted(sent_before + ids(second)) == list(range(1000))
    assert 0 < len(ids(second)) < 600
    assert ids(second, "small") == [1]  # the whole run reads as of the SCN of the run before
    assert "full_load" not in second.state["bookmarks"]["big"]


def test_a_load_whose_scn_is_gone_says_so_and_starts_again(big: Oracle, caplog: pytest.LogCaptureFixture) -> None:
    grant_scn(big)
    settings = {**BIG, "consistent_snapshot": True}
    state = unfinished(big.sync(**settings), 3)
    state["bookmarks"]["big"]["full_load"]["scn"] = 5
    assert sorted(ids(big.sync(state=state, **settings))) == list(range(1000))
    assert "SCN 5 can no longer be read: it starts again" in caplog.text


def test_a_load_of_other_columns_starts_again(big: Oracle, caplog: pytest.LogCaptureFixture) -> None:
    state = unfinished(big.sync(**BIG), 3)
    catalog = big.catalog(deselect=["big.name"])
    assert sorted(ids(big.sync(state=state, catalog=catalog, **BIG))) == list(range(1000))
    assert "it starts again" in caplog.text


def test_a_killed_load_goes_on(big: Oracle) -> None:
    grant_scn(big)
    config = {**BIG, "consistent_snapshot": True, "tables": ["big"], "max_rows_per_second": 400, "arraysize": 50}
    process = subprocess.Popen(big.command(config=config), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    before: list[int] = []
    committed: list[int] = []
    state: dict[str, Any] = {}
    for line in process.stdout:
        message = json.loads(line)
        if message["type"] == "RECORD":
            before.append(message["record"]["id"])
        elif (
            message["type"] == "STATE"
            and len(message["value"]["bookmarks"]["big"].get("full_load", {}).get("done", [])) == 2
        ):
            state, committed = message["value"], list(before)
            process.kill()
            break
    process.stdout.close()
    assert process.wait() == -9
    big.run("UPDATE big SET name = 'later'")
    after = big.sync(state=state, **{**config, "max_rows_per_second": None})
    assert sorted(committed + ids(after)) == list(range(1000))
    assert {record["name"] for record in after.records()} == {f"name {number}" for number in ids(after)}


def test_a_run_that_is_ended_by_a_signal_is_no_success(big: Oracle) -> None:
    config = {"tables": ["big"], "max_rows_per_second": 200, "arraysize": 50}
    process = subprocess.Popen(big.command(config=config), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if '"RECORD"' in line:
            process.terminate()
            break
    out, err = process.communicate()
    assert process.returncode == 128 + 15
    assert '"STATE"' not in out
    assert "Ended by signal 15" in err


def test_one_scn_for_all_streams_and_workers(big: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    grant_scn(big)
    tap = big.tap(**BIG, consistent_snapshot=True, parallel=2)
    assert tap.snapshot_scn > 0
    big.run("DELETE FROM big WHERE id > 10", "INSERT INTO small VALUES (2)")
    output = big.capture(tap)
    assert sorted(ids(output)) == list(range(1000))
    assert ids(output, "small") == [1]


def test_a_table_younger_than_the_snapshot_fails_with_a_hint_or_is_read_without_it(
    big: Oracle, caplog: pytest.LogCaptureFixture
) -> None:
    grant_scn(big)
    for fallback in (False, True):
        tap = big.tap(consistent_snapshot=True, snapshot_fallback=fallback)
        _ = tap.snapshot_scn
        big.run("DROP TABLE small", "CREATE TABLE small (id NUMBER(9))", "INSERT INTO small VALUES (3)")
        if not fallback:
            with pytest.raises(TapError, match=r"ORA-01466.*run again, or set snapshot_fallback"):
                big.capture(tap)
        else:
            assert ids(big.capture(tap), "small") == [3]
            assert "without the snapshot" in caplog.text


def test_a_version_is_activated_after_the_last_row(big: Oracle) -> None:
    settings: dict[str, Any] = {**BIG, "emit_activate_version_messages": True, "tables": ["big"]}
    output = big.sync(**settings)
    assert [m["type"] for m in output.messages][-2:] == ["ACTIVATE_VERSION", "STATE"]
    [activate] = output.of_type("ACTIVATE_VERSION")
    assert {record["version"] for record in output.of_type("RECORD")} == {activate["version"]}
    again = big.sync(state=unfinished(output, 3), **settings)
    assert again.of_type("ACTIVATE_VERSION") == [activate]  # or the rows of the first three ranges would be deleted


def test_a_filter_applies_to_every_range(big: Oracle) -> None:
    options = {"big": {"partitions": 5, "filter": "id < :top", "filter_binds": {"top": 300}}}
    assert sorted(ids(big.sync(stream_options=options, parallel=2))) == list(range(300))


def test_a_failing_worker_ends_the_run_without_a_later_state(big: Oracle) -> None:
    big.run("CREATE VIEW broken AS SELECT id, 1 / (id - 700) AS x FROM big")
    options = {"broken": {"partitions": 4, "key_properties": ["id"]}}
    done = big.cli(config={"stream_options": options, "parallel": 2, "tables": ["broken"]})
    assert done.returncode == 1
    assert "ORA-01476" in done.stderr.splitlines()[-1]
    states = [json.loads(line) for line in done.stdout.splitlines() if '"STATE"' in line]
    assert all("full_load" in state["value"]["bookmarks"]["broken"] for state in states if state["value"]["bookmarks"])


def test_many_streams_need_no_more_sessions_than_the_pool_has(oracle: Oracle) -> None:
    oracle.run(*(f"CREATE TABLE t{number} (id NUMBER(9) PRIMARY KEY)" for number in range(64)))
    oracle.run(*(f"INSERT INTO t{number} VALUES ({number})" for number in range(64)))
    output = oracle.sync(parallel=3, stream_options={"*": {"partitions": 2}})
    assert sorted(record["id"] for record in output.records()) == list(range(64))
