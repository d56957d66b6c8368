"""Late commits: rows whose key is older than a bookmark when they are committed, and what keeps them from being missed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_tap_oracle import snapshot, transactions
from flext_tap_oracle.errors import SettingsError, TapError

if TYPE_CHECKING:
    from conftest import Oracle, Output


@pytest.fixture
def orders(oracle: Oracle) -> Oracle:
    """Rows with the time of writing and a number of a sequence; the user may see open transactions."""
    oracle.run(
        "CREATE TABLE orders (id NUMBER(9) GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note VARCHAR2(20),"
        " written TIMESTAMP(6) DEFAULT SYSTIMESTAMP, day DATE DEFAULT SYSDATE,"
        " seen TIMESTAMP(6) WITH TIME ZONE DEFAULT SYSTIMESTAMP)"
    )
    grant(oracle)
    return oracle


def grant(oracle: Oracle) -> None:
    with oracledb.connect(**oracle.admin) as admin, admin.cursor() as cursor:
        cursor.execute(f"GRANT SELECT ON sys.gv_$transaction TO {oracle.user}")


@contextmanager
def session(oracle: Oracle) -> Iterator[oracledb.Cursor]:
    with (
        oracledb.connect(user=oracle.user, password="Canary_5ecret", **oracle.address) as other,
        other.cursor() as cursor,
    ):
        yield cursor


def add(cursor: oracledb.Cursor, note: str) -> None:
    cursor.execute("INSERT INTO orders (note) VALUES (:1)", [note])


def sync(oracle: Oracle, state: Any = None, *, key: str = "written", **settings: Any) -> Output:
    return oracle.sync(state=state, stream_options={"orders": {"replication_key": key}}, tables=["orders"], **settings)


def notes(output: Output) -> list[str]:
    return [record["note"] for record in output.records()]


@pytest.mark.parametrize(("key", "fence"), [("written", "bookmark"), ("day", "rows"), ("seen", "rows")])
def test_a_transaction_that_is_open_during_a_run_is_not_missed(
    orders: Oracle, key: str, fence: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(transactions, "MARGIN", 0)
    with session(orders) as late, session(orders) as quick:
        add(late, "late")
        pause(orders)
        add(quick, "quick")
        quick.connection.commit()
        first = sync(orders, key=key, upper_fence=fence)
        assert notes(first) == (["quick"] if fence == "bookmark" else [])
        assert "cannot miss late commits, if keys are the time of writing" in caplog.text
        assert "transactions are open, the oldest since" in caplog.text
        late.connection.commit()
        second = sync(orders, first.state, key=key, upper_fence=fence)
        assert sorted(notes(first) + notes(second)) == ["late", "quick"]
        assert notes(sync(orders, second.state, key=key, upper_fence=fence)) == []


def pause(oracle: Oracle) -> None:
    """Until the database's clock shows another second: transactions have no finer start."""
    before = oracle.query("SELECT SYSDATE FROM dual")
    while oracle.query("SELECT SYSDATE FROM dual") == before:
        pass


def test_without_the_grant_the_same_row_is_missed_and_the_run_says_so(
    oracle: Oracle, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    oracle.run("CREATE TABLE orders (note VARCHAR2(20), written TIMESTAMP(6) DEFAULT SYSTIMESTAMP)")
    with session(oracle) as late, session(oracle) as quick:
        add(late, "late")
        add(quick, "quick")
        quick.connection.commit()
        first = sync(oracle)
        late.connection.commit()
    assert "may miss commits after a row with a later key was sent" in caplog.text
    assert f"GRANT SELECT ON GV_$TRANSACTION TO {oracle.user}" in caplog.text
    assert notes(first) == ["quick"]
    assert notes(sync(oracle, first.state)) == []
    assert notes(sync(oracle, first.state, lag=60)) == ["late"]
    with pytest.raises(TapError, match=r"may miss late commits. Next: GRANT SELECT ON GV_\$TRANSACTION"):
        sync(oracle, open_transactions="require")
    plan = oracle.cli("--plan", config={"stream_options": {"orders": {"replication_key": "written"}}})
    assert "to miss no late commit: GRANT SELECT ON GV_$TRANSACTION TO" in plan.stdout


def test_numbers_of_a_sequence_are_waited_for(
    orders: Oracle, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number that is taken is not seen; its transaction is. While that is open the bookmark does not move."""
    monkeypatch.setattr(transactions, "MARGIN", 0)
    with session(orders) as late, session(orders) as quick:
        add(late, "late")
        add(quick, "quick")
        quick.connection.commit()
        first = sync(orders, key="id", transaction_wait=0.1)
        assert notes(first) == ["quick"]
        assert "keep their bookmarks" in caplog.text
        assert "replication_key_value" not in first.state["bookmarks"]["orders"]
        late.connection.commit()
    second = sync(orders, first.state, key="id", transaction_wait=30)
    assert sorted(notes(second)) == ["late", "quick"]
    assert second.state["bookmarks"]["orders"]["replication_key_value"] == 2
    assert notes(sync(orders, second.state, key="id", transaction_wait=30)) == []
    tap = orders.tap(stream_options={"orders": {"replication_key": "ora_rowscn"}}, transaction_wait=30)
    assert tap.streams["orders"].greatest_number() is None  # type: ignore[attr-defined]
    with pytest.raises(TapError, match="set transaction_wait"):
        sync(orders, key="id", open_transactions="require")


def test_waiting_ends_when_what_was_open_has_ended(orders: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "MARGIN", 0)
    api = orders.tap().oracle_api
    with session(orders) as late:
        add(late, "late")
        pause(orders)
        moment = snapshot.clock(api)
        left = transactions.wait_until_settled(api, moment, 0.05)
        assert left is not None
        assert left.count >= 1
        late.connection.commit()
    assert transactions.wait_until_settled(api, moment, 60) is None


def test_the_snapshot_is_taken_after_the_transactions_were_looked_at(orders: Oracle) -> None:
    """Else one that commits in between is in neither: gone from the list, and not in the snapshot."""
    with oracledb.connect(**orders.admin) as admin, admin.cursor() as cursor:
        cursor.execute(f"GRANT EXECUTE ON dbms_flashback TO {orders.user}")
    with session(orders) as late:
        add(late, "late")
        tap = orders.tap(consistent_snapshot=True, stream_options={"orders": {"replication_key": "written"}})
        _ = tap.snapshot_scn
        late.connection.commit()
        first = orders.capture(tap)
    assert notes(first) == []
    assert notes(sync(orders, first.state, consistent_snapshot=True)) == ["late"]


def test_a_key_that_another_clock_wrote(orders: Oracle) -> None:
    """The fence is the clock that keys are written by: without key_time_zone it would be hours behind these."""
    key: dict[str, Any] = {"orders": {"replication_key": "written"}}
    with session(orders) as quick:
        add(quick, "quick")
        quick.execute("UPDATE orders SET written = written + INTERVAL '5' HOUR - INTERVAL '1' MINUTE")
        quick.connection.commit()
    ahead = orders.sync(stream_options=key, key_time_zone="+05:00")
    held = ahead.state["bookmarks"]["orders"]["replication_key_value"]
    behind = orders.sync(stream_options=key).state["bookmarks"]["orders"]["replication_key_value"]
    assert dt.datetime.fromisoformat(held) - dt.datetime.fromisoformat(behind) > dt.timedelta(hours=4)
    for wrong in ("Mars/Base", "+5 hours", ""):
        with pytest.raises(SettingsError, match="key_time_zone"):
            orders.tap(key_time_zone=wrong)
    assert orders.tap(key_time_zone="Europe/Vienna").options.key_zone is not None


def test_a_standby_has_no_transactions_to_look_at(orders: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        transactions,
        "_OPEN",
        transactions._OPEN.replace("SYS_CONTEXT('USERENV', 'DATABASE_ROLE')", "'PHYSICAL STANDBY'"),
    )
    assert "PHYSICAL STANDBY" in str(transactions.settled(orders.tap().oracle_api).problem)
