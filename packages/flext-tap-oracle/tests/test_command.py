"""The command line: the plan, what it tells a user without privileges, and that nothing secret is ever written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_oracle_emulator.pytest_plugin import drop_user
from flext_tap_oracle import TapOracle
from flext_tap_oracle.settings import connection_config

if TYPE_CHECKING:
    from conftest import Oracle

SECRETS = ("Canary_5ecret", "canary-salt", "canary-row")


def test_the_plan_says_what_a_sync_would_do_and_reads_nothing(oracle: Oracle) -> None:
    oracle.run(
        "CREATE TABLE orders (id NUMBER(9) PRIMARY KEY, changed DATE, note VARCHAR2(20))",
        "CREATE TABLE big (id NUMBER(9))",
        "INSERT INTO orders VALUES (1, DATE '2024-01-01', 'canary-row')",
    )
    config = {
        "stream_options": {
            "orders": {"replication_key": "changed", "lag": 60, "filter": "id < :top", "filter_binds": {"top": 9}},
            "big": {"partitions": 4},
        },
        "mask": [{"columns": "orders.note", "action": "hash"}],
        "mask_salt": "canary-salt",
    }
    state = {"bookmarks": {"orders": {"replication_key": "changed", "replication_key_value": "2024-01-01T00:00:00"}}}
    done = oracle.cli("--plan", config=config, state=state)
    assert done.returncode == 0, done.stderr
    for text in (
        f"orders  (table {oracle.user}.ORDERS)",
        "method:     INCREMENTAL",
        "from:       2024-01-01T00:00:00 (bookmark), 60 earlier",
        "guarantee:  may miss commits later than 60 s",
        """WHERE (id < :top) AND "CHANGED" >= :last_value - NUMTODSINTERVAL(:lag, 'SECOND') ORDER BY "CHANGED\"""",
        "top=9",
        "ranges:     4",
    ):
        assert text in done.stdout
    assert "PROBLEM" not in done.stdout
    assert not [secret for secret in SECRETS if secret in done.stdout + done.stderr]


def test_the_plan_names_what_is_wrong_with_a_filter(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE orders (id NUMBER(9))")
    done = oracle.cli("--plan", config={"stream_options": {"orders": {"filter": "nope = 1"}}})
    assert done.returncode == 0
    assert "PROBLEM:    ORA-00904" in done.stdout


@pytest.fixture
def reader(oracle: Oracle) -> tuple[Oracle, str]:
    """A user with CREATE SESSION and SELECT on one table of another, and nothing else."""
    oracle.run(
        "CREATE TABLE shared (id NUMBER(9))", "INSERT INTO shared VALUES (1)", "CREATE TABLE hidden (id NUMBER(9))"
    )
    name = f"{oracle.user}_R"
    with oracledb.connect(**oracle.admin) as admin, admin.cursor() as cursor:
        cursor.execute(f'CREATE USER {name} IDENTIFIED BY "Canary_5ecret"')
        cursor.execute(f"GRANT CREATE SESSION TO {name}")
    oracle.run(f"GRANT SELECT ON shared TO {name}")
    return oracle, name


def test_a_user_with_select_on_one_table_sees_and_reads_it(reader: tuple[Oracle, str]) -> None:
    oracle, name = reader
    try:
        output = oracle.sync(username=name, schema=oracle.user)
        assert output.records() == [{"id": 1}]
        assert list(output.state["bookmarks"]) == ["shared"]
    finally:
        drop(oracle, name)


def test_reading_as_of_without_flashback_names_the_grant(reader: tuple[Oracle, str]) -> None:
    oracle, name = reader
    try:
        done = oracle.cli(config={"username": name, "schema": oracle.user, "consistent_snapshot": True})
        assert done.returncode == 1
        assert f"FLASHBACK ON {oracle.user}.SHARED TO {name}" in done.stderr.splitlines()[-1]
        assert '"RECORD"' not in done.stdout
    finally:
        drop(oracle, name)


def drop(oracle: Oracle, name: str) -> None:
    for api in oracle.apis:
        api.close()
    with oracledb.connect(**oracle.admin) as admin, admin.cursor() as cursor:
        drop_user(cursor, name)


def test_no_secret_is_written_anywhere(oracle: Oracle, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    oracle.run("CREATE TABLE people (id NUMBER(9), name VARCHAR2(20))", "INSERT INTO people VALUES (1, 'canary-row')")
    settings: dict[str, Any] = {"mask": [{"columns": "people.name", "action": "hash"}], "mask_salt": "canary-salt"}
    tap = oracle.tap(**settings)
    output = oracle.capture(tap)
    written = [output.text, tap.catalog_json_text, repr(tap.options), repr(tap.oracle_api.config), repr(tap)]
    written += [record.getMessage() for record in caplog.records if record.name.startswith(("tap-oracle", "flext"))]
    failed = oracle.cli(config={**settings, "password": "Canary_5ecret", "stream_options": {"*": {"filter": "nope"}}})
    assert failed.returncode == 1
    written += [failed.stdout, failed.stderr]
    assert not [secret for secret in SECRETS for text in written if secret in text]


def test_every_setting_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    TapOracle.print_about("json")
    about = json.loads(capsys.readouterr().out)
    properties = about["settings"]["properties"]
    assert not [name for name, schema in properties.items() if not schema.get("description")]
    assert properties["password"]["secret"]
    assert {"catalog", "discover", "state", "batch", "stream-maps"} <= set(about["capabilities"])


def test_settings_of_other_taps_are_understood() -> None:
    config = {"host": "h", "user": "u", "password": "p", "dbname": "S", "cursor_array_size": 77}
    connection = connection_config(config)
    assert (connection.username, connection.service_name, connection.arraysize) == ("u", "S", 77)


@pytest.mark.parametrize("option", ["--config", "--catalog", "--state"])
def test_a_file_that_is_no_json_is_one_line(oracle: Oracle, option: str) -> None:
    broken = oracle.folder / "broken.json"
    broken.write_text('{"password": "Canary_5ecret"')
    done = oracle.cli(option, str(broken))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("tap-oracle: a file of the command line is not valid JSON: ")
    assert "Traceback" not in done.stderr
    assert not [secret for secret in SECRETS if secret in done.stdout + done.stderr]


def test_a_configuration_that_is_not_there_is_one_line(oracle: Oracle) -> None:
    done = oracle.cli("--config", "nowhere.json")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "tap-oracle: File at 'nowhere.json' was not found."
    assert "Traceback" not in done.stderr


def test_a_table_that_is_not_there_is_told_by_discovery(oracle: Oracle) -> None:
    done = oracle.cli("--discover", config={"tables": ["NO_SUCH"]})
    assert (done.returncode, json.loads(done.stdout)) == (0, {"streams": []})
    assert f"No table or view of {oracle.user}" in done.stderr
