"""Settings: what is read from where, and what is refused how."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flext_db_oracle import IdentifierError, UnsupportedTypeError
from flext_target_oracle import TargetOracle
from flext_target_oracle.options import LoadMethod
from flext_target_oracle.settings import connection_config, load_method, with_environment
from flext_target_oracle.tables import TableOptions
from flext_target_oracle.types import stream_columns
from singer_sdk.exceptions import ConfigValidationError

ADDRESS = {"host": "db", "service_name": "s", "username": "u", "password": "secret-canary"}


def make(**more: Any) -> TargetOracle:
    return TargetOracle(config={**ADDRESS, **more})


def problem(**more: Any) -> str:
    with pytest.raises(ConfigValidationError) as caught:
        make(**more)
    return "; ".join(caught.value.errors)


def test_the_seeds_settings_are_a_complete_configuration() -> None:
    target = make(port=1522, default_target_schema="analytics", batch_size=500)
    assert target.batch_rows == 500
    assert target._connection_config.address == "db:1522/s"


def test_user_is_username_and_batch_size_is_batch_size_rows() -> None:
    target = TargetOracle(config={"user": "u", "password": "p", "dsn": "db:1521/s", "batch_size_rows": 7})
    assert (target._connection_config.username, target.batch_rows) == ("u", 7)
    assert "give one" in problem(batch_size=1, batch_size_rows=2)


def test_wrong_settings_are_named_in_one_line() -> None:
    assert problem(pasword="x") == "unknown setting 'pasword': did you mean 'password'?"
    assert "port" in problem(port="many")
    assert "load_method" in problem(load_method="merge")
    assert problem(sid="x") == "give exactly one of service_name, sid and dsn: not service_name and sid together"


def test_a_wrong_secret_is_not_shown() -> None:
    assert problem(password=12345) == "password must be a string"


def test_the_environment_fills_in_what_is_open() -> None:
    env = {
        "FLEXT_TARGET_ORACLE_HOST": "family",
        "FLEXT_TARGET_ORACLE_PORT": "1599",
        "FLEXT_TARGET_ORACLE_SERVICE_NAME": "svc",
        "FLEXT_TARGET_ORACLE_USERNAME": "fu",
        "FLEXT_TARGET_ORACLE_PASSWORD": "fp",
        "FLEXT_TARGET_ORACLE_SCHEMA": "ANALYTICS",
        "TARGET_ORACLE_HOST": "meltano",
    }
    settings = with_environment({"username": "given"}, env)
    assert settings == {
        "username": "given",
        "host": "meltano",
        "port": 1599,
        "service_name": "svc",
        "password": "fp",
        "default_target_schema": "ANALYTICS",
    }
    assert connection_config(settings).address == "meltano:1599/svc"


def test_the_address_comes_from_one_place() -> None:
    env = {"FLEXT_TARGET_ORACLE_SERVICE_NAME": "other", "FLEXT_TARGET_ORACLE_HOST": "other"}
    settings = with_environment({"dsn": "db:1521/mine", "user": "u", "password": "p"}, env)
    assert connection_config(settings).address == "db:1521/mine"
    with pytest.raises(ConfigValidationError) as caught:
        with_environment({}, {"TARGET_ORACLE_PORT": "abc"})
    assert caught.value.errors == ["TARGET_ORACLE_PORT must be a number"]


def test_the_load_method_follows_from_the_key_unless_it_is_set() -> None:
    assert load_method({}, has_key=True) is LoadMethod.UPSERT
    assert load_method({}, has_key=False) is LoadMethod.APPEND
    assert load_method({"load_method": "append-only"}, has_key=True) is LoadMethod.APPEND


def test_about_lists_every_setting_and_capability_and_marks_the_secrets() -> None:
    command = [sys.executable, "-m", "flext_target_oracle", "--about", "--format=json"]
    about = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    settings = about["settings"]["properties"]
    assert {"host", "port", "service_name", "sid", "dsn", "username", "user", "password"} <= settings.keys()
    assert {"default_target_schema", "batch_size", "batch_size_bytes", "load_method", "hard_delete"} <= settings.keys()
    assert all(setting.get("description") for name, setting in settings.items() if name in make().config)
    assert settings["password"]["secret"] is True
    assert settings["wallet_password"]["secret"] is True
    assert "default" not in settings["load_method"], "it depends on the stream's key"
    assert {"about", "stream-maps", "activate-version", "hard-delete", "target-schema"} <= set(about["capabilities"])


def test_a_bad_setting_ends_the_command_with_one_line_and_without_the_secret(tmp_path: Any) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({**ADDRESS, "load_metod": "upsert"}))
    command = [sys.executable, "-m", "flext_target_oracle", "--config", str(config)]
    done = subprocess.run(command, input="", capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    assert "unknown setting 'load_metod': did you mean 'load_method'?" in errors[0]
    assert "Traceback" not in done.stderr
    assert "secret-canary" not in done.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "target-oracle: File at '"),
        ('{"password": "secret-canary"', "target-oracle: a file of the command line is not valid JSON: "),
    ],
)
def test_a_configuration_that_cannot_be_read_is_one_line(tmp_path: Path, text: str | None, told: str) -> None:
    path = tmp_path / "config.json"
    if text is not None:
        path.write_text(text)
    command = [sys.executable, "-m", "flext_target_oracle", "--config", str(path)]
    done = subprocess.run(command, input="", capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(told)
    assert "Traceback" not in done.stderr
    assert "secret-canary" not in done.stderr


@pytest.mark.parametrize("password", ['a"b', "a'b", "p@ss/w:rd", "new\nline", "é $ {x} %s", " "])
def test_a_password_may_have_any_characters(password: str) -> None:
    """R15: it reaches the driver as it is, never as a part of a connect string."""
    target = make(password=password)
    assert target._connection_config.password.get_secret_value() == password
    assert password.strip() not in target._connection_config.address or not password.strip()
    assert target._connection_config.address == "db:1521/s"


@pytest.mark.parametrize(
    "text",
    ["NUMBER) NOT NULL, (x", "VARCHAR2(10); DROP TABLE t", "NUMBER -- x", "NUMBER /* x */", "DATE DEFAULT SYSDATE"],
)
def test_a_column_type_is_a_type_and_no_other_sql(text: str) -> None:
    """R15: of the settings that become SQL, only `partition_by` and the hooks are taken as they are, as they say."""
    properties = {"id": {"type": "integer"}}
    with pytest.raises(UnsupportedTypeError, match=r"stream s: column_types gives 'id' the type .* Hint: write a type"):
        stream_columns("s", {"properties": properties}, [], overrides={"id": text})


def test_a_setting_of_single_streams_that_they_do_not_have_is_refused_with_the_nearest() -> None:
    told = problem(streams={"hr-*": {"load_metod": "overwrite"}})
    assert told == "streams: 'hr-*' cannot have the setting 'load_metod': did you mean 'load_method'?"
    told = problem(streams={"hr-*": {"reject_limit": 1}})
    assert told == "streams: 'hr-*' cannot have the setting 'reject_limit': it is one for all streams"


def test_a_value_that_a_setting_does_not_have_is_told_with_those_it_has() -> None:
    told = problem(load_method="merge")
    assert "'merge' is not one of ['append-only', 'upsert', 'insert-only', 'overwrite'" in told
    assert "load_method" in told


@pytest.mark.parametrize("tablespace", ['users" PARTITION BY x', "a\0b"])
def test_a_tablespace_is_a_name(tablespace: str) -> None:
    with pytest.raises(IdentifierError):
        _ = TableOptions(tablespace=tablespace).sql


def test_require_tls_refuses_an_address_without_tls() -> None:
    """R17; that certificates are looked at is tested in flext-db-oracle."""
    assert "require_tls" in problem(require_tls=True)
    assert make(require_tls=True, ssl_enabled=True)._connection_config.require_tls
