"""A secret that is planted wherever one can be, and looked for wherever text leaves the process."""

import json
import logging
import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig, explain, redact
from flext_db_oracle.doctor import diagnose
from pydantic import SecretStr

CANARY = "canary/7Q@x"
ADDRESS = {"host": "no-such-host.invalid", "service_name": "X", "username": "hr"}


def everything_about(config):
    """What can be printed of a configuration and of an API that fails to connect with it."""
    api = FlextDbOracleApi(config)
    result = api.connect()
    shown = [repr(config), str(config), config.model_dump_json(), config.to_url(), json.dumps(config.json_schema())]
    shown += [repr(api), repr(vars(api.observability)), repr(result), str(result.error), str(result.hint)]
    shown += ["".join(traceback.format_exception(result.exception)), str(explain(result.exception, config.secrets))]
    shown += [repr(step) for step in diagnose(config).steps]
    return "\n".join(shown)


@pytest.mark.parametrize(
    "secrets",
    [
        {"password": CANARY},
        {"password": lambda: CANARY},
        {"password": CANARY, "wallet_password": CANARY},
        {"access_token": CANARY, "ssl_enabled": True},
        {"access_token": CANARY, "access_token_private_key": CANARY, "ssl_enabled": True},
    ],
    ids=["password", "function", "wallet", "token", "token and key"],
)
def test_no_secret_of_a_configuration_is_shown(secrets, caplog):
    config = FlextDbOracleConfig(**ADDRESS, **secrets, retry_attempts=1)
    with caplog.at_level(logging.DEBUG):
        shown = everything_about(config)
    assert "canary" not in shown
    assert "canary" not in caplog.text
    assert "no-such-host" in shown


def test_a_refused_password_is_not_shown(config, caplog):
    with caplog.at_level(logging.DEBUG):
        shown = everything_about(config.model_copy(update={"password": SecretStr(CANARY)}))
    assert "ORA-01017" in shown
    assert "canary" not in shown + caplog.text


def test_bad_settings_do_not_show_their_values():
    for settings in ({"port": CANARY}, {"passwort": CANARY}, {"password": [CANARY]}, {"wallet_password": 5}):
        with pytest.raises(ValueError) as raised:
            FlextDbOracleConfig(**(ADDRESS | {"password": CANARY} | settings))
        assert "canary" not in str(raised.value) + repr(raised.value)
    for url in (f"oracle://hr:{CANARY}@db:port/x", "hr/canary", f"oracle://hr:{CANARY}@db/x?prot=1"):
        with pytest.raises(ValueError) as raised:
            FlextDbOracleConfig.from_url(url)
        assert "canary" not in str(raised.value) + repr(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "ALTER USER hr IDENTIFIED BY canary",
        'CREATE USER x IDENTIFIED BY "canary;x" ACCOUNT UNLOCK',
        "connecting to hr/canary@db:1521/X failed",
        "oracle://hr:canary@db/x",
        "password=canary&port=1",
        "{'wallet_password': 'canary'}",
        "access_token = canary",
    ],
)
def test_what_looks_like_a_secret_is_removed(text):
    assert "canary" not in redact(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ORA-03001 of the flext-oracle-emulator, see docs.oracle.com", None),
        ("connecting to localhost:1521/oracle as oracle", None),
        ("(HOST=oracle)(SERVICE_NAME=oracle) user=oracle", None),
        ("logged in as ORACLE, oracles", None),
        ("oracle://oracle:oracle@db/oracle", "oracle://oracle:***@db/oracle"),
        ("oracle/oracle@db", "oracle/***@db"),
        ("pw=oracle, 'oracle'", "pw=***, '***'"),
        ("the password oracle is wrong, Password is oracle", "the password *** is wrong, Password is ***"),
        ("CREATE USER oracle IDENTIFIED BY oracle", "CREATE USER oracle IDENTIFIED BY ***"),
    ],
)
def test_a_password_that_is_a_word_is_removed_where_it_is_the_password(text, shown):
    assert redact(text, ["oracle"]) == (shown or text)


def test_a_password_that_is_no_word_is_removed_everywhere():
    for secret in ("canary/7Q@x", "hunter2", "a-b-c1", "correcthorsebattery"):
        assert redact(f"x{secret}y {secret}: ({secret})", [secret]) == "x***y ***: (***)"
    assert redact("abcdef1 abcdef1x", ["abcdef1", "abcdef1x"]) == "*** ***"


def test_rows_and_binds_are_not_shown(api, make_table, caplog):
    table = make_table("id NUMBER(2), s VARCHAR2(5)")
    api.observability.enable_audit_logging(audit_operations=["INSERT", "SELECT", "DDL"])
    api.observability.enable_slow_log(0)
    with caplog.at_level(logging.DEBUG):
        failed = [
            api.execute(f"INSERT INTO {table} VALUES (1, :s)", {"s": CANARY}),
            api.execute_many(f"INSERT INTO {table} VALUES (:1, :2)", [(1, CANARY)]),
            api.bulk_insert(None, table, ["id", "s"], [[1, CANARY]]),
            api.bulk_insert(None, table, ["id", "s"], [[1, CANARY]], direct_path=True),
        ]
    assert [result.is_failure for result in failed] == [True] * 4
    assert "canary" not in caplog.text
    assert "canary" not in "".join(f"{result!r}{result.error}{result.hint}" for result in failed)


@pytest.mark.parametrize("command", [["doctor"], ["doctor", "--json"], ["tables"], ["query", "SELECT 1 FROM dual"]])
def test_the_command_shows_no_secret(config, command):
    environment = os.environ | {
        "ORACLE_DSN": config.dsn,
        "ORACLE_USER": config.username,
        "ORACLE_PASSWORD": CANARY,
        "ORACLE_WALLET_PASSWORD": CANARY,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flext_db_oracle.cli", *command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    arguments = Path(f"/proc/{process.pid}/cmdline")
    seen = arguments.read_text() if arguments.exists() else ""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "ORA-01017" in out + err
    assert "canary" not in out + err + seen
