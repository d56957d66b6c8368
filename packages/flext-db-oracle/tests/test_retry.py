"""What is repeated, and what never is."""

import oracledb
import pytest
from flext_db_oracle import FlextDbOracleApi, PoolTimeout
from flext_db_oracle.pool import ConnectionPool
from flext_db_oracle.retry import is_retryable, retried


@pytest.fixture(autouse=True)
def no_waits(monkeypatch):
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)


class Flaky:
    """Work that fails with these messages first, and then succeeds."""

    def __init__(self, *messages):
        self.left = list(messages)
        self.calls = 0

    def __call__(self):
        self.calls += 1
        if self.left:
            raise oracledb.DatabaseError(self.left.pop(0))
        return "done"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("ORA-03113: end-of-file on communication channel", True),
        ("ORA-12514: TNS:listener does not currently know of service", False),
        ("ORA-12541: TNS:no listener", True),
        ("ORA-00060: deadlock detected", True),
        ("ORA-08177: can't serialize access", True),
        ("ORA-04068: existing state of packages has been discarded", True),
        ("ORA-00054: resource busy", True),
        ("ORA-01017: invalid username/password", False),
        ("ORA-28000: the account is locked", False),
        ("ORA-01466: table definition has changed", False),
        ("ORA-01653: unable to extend table", False),
        ("ORA-01031: insufficient privileges", False),
        ("DPY-4024: call timeout of 5 ms exceeded", False),
        ("ORA-00942: table or view does not exist", False),
    ],
)
def test_by_code(message, expected):
    assert is_retryable(oracledb.DatabaseError(message)) is expected


def test_a_full_pool_is_not_asked_again():
    assert not is_retryable(PoolTimeout("no connection became free"))


def test_transient_errors_are_repeated_until_they_stop():
    work = Flaky("ORA-03113: gone", "ORA-12541: no listener")
    assert retried(work, attempts=3, deadline=60) == "done"
    assert work.calls == 3


def test_the_last_error_is_the_one_raised():
    work = Flaky(*["ORA-03113: gone"] * 9)
    with pytest.raises(oracledb.DatabaseError, match="ORA-03113"):
        retried(work, attempts=3, deadline=60)
    assert work.calls == 3


def test_waits_are_logged_and_never_printed(capfd, caplog):
    """stdout is the data of a tap."""
    with caplog.at_level("INFO", logger="flext_db_oracle.retry"):
        retried(Flaky("ORA-03113: gone"), attempts=3, deadline=60)
    assert "attempt 1 failed with ORA-03113" in caplog.text
    assert capfd.readouterr().out == ""


def test_a_wrong_password_is_tried_once():
    work = Flaky("ORA-01017: invalid username/password")
    with pytest.raises(oracledb.DatabaseError):
        retried(work, attempts=3, deadline=60)
    assert work.calls == 1


@pytest.fixture
def breaking(api, monkeypatch):
    """The first `left` sessions of this API break when they are used."""
    calls = {"left": 0, "sessions": 0}
    original = FlextDbOracleApi._session_of

    def session_of(self, connection):
        calls["sessions"] += 1
        if calls["left"]:
            calls["left"] -= 1
            connection.close()
            raise oracledb.OperationalError("ORA-03113: end-of-file on communication channel")
        return original(self, connection)

    monkeypatch.setattr(FlextDbOracleApi, "_session_of", session_of)
    return calls


def test_a_query_survives_a_lost_session(api, breaking):
    breaking["left"] = 2
    assert api.execute_query("SELECT 1 FROM dual").unwrap().scalar() == 1
    assert breaking["sessions"] == 3


def test_a_change_is_not_repeated(api, breaking, make_table):
    table = make_table("id NUMBER")
    breaking.update(left=1, sessions=0)
    assert api.execute(f"INSERT INTO {table} VALUES (1)").error_code == "ORA-03113"
    assert breaking["sessions"] == 1


def test_opening_a_session_is_repeated_for_changes_too(config, monkeypatch, make_table):
    table = make_table("id NUMBER")
    failures = ["ORA-12541: no listener"]
    original = ConnectionPool._acquire

    def acquire(self):
        if failures:
            raise oracledb.OperationalError(failures.pop())
        return original(self)

    monkeypatch.setattr(ConnectionPool, "_acquire", acquire)
    with FlextDbOracleApi(config) as api:
        assert api.execute(f"INSERT INTO {table} VALUES (1)").unwrap() == 1
