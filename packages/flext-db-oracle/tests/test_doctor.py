"""Doctor: each step, and the first that fails."""

import socket

import pytest
from flext_db_oracle import FlextDbOracleApi
from flext_db_oracle.doctor import diagnose
from pydantic import SecretStr


def statuses(report):
    return {step.name: step.status for step in report.steps}


def test_all_is_well(config):
    report = diagnose(config)
    assert report.ok
    assert statuses(report) | {"tls": "skipped"} == {
        "settings": "ok",
        "name": "ok",
        "tcp": "ok",
        "tls": "skipped",
        "listener": "ok",
        "service": "ok",
        "login": "ok",
        "session": "ok",
        "privileges": "ok",
        "charset": "ok",
        "time zones": "ok",
        "round trip": "ok",
    }
    timed = {step.name for step in report.steps if step.seconds is not None}
    assert {"name", "tcp", "login", "session", "round trip"} <= timed
    assert report.server.version[0] >= 12


def failing(config, **changes):
    report = diagnose(config.model_copy(update=changes))
    assert not report.ok
    after = [step.status for step in report.steps[report.steps.index(report.failure) + 1 :]]
    assert set(after) <= {"skipped"}
    return report.failure


def test_the_host_is_unknown(config):
    step = failing(config, dsn="no-such-host.invalid:1521/X")
    assert step.name == "name"
    assert "no-such-host.invalid" in step.detail
    assert "DNS" in step.hint


def test_nobody_listens(config):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        step = failing(config, dsn=f"127.0.0.1:{probe.getsockname()[1]}/X", timeout=2)
    assert step.name == "tcp"
    assert "firewall" in step.hint


def test_the_alias_is_unknown(config, tmp_path):
    (tmp_path / "tnsnames.ora").write_text("")
    step = failing(config, dsn="no_such_alias", config_dir=tmp_path)
    assert step.name == "name"
    assert "tnsnames.ora" in step.hint


def test_the_service_is_unknown(config):
    step = failing(config, dsn=config.dsn.rpartition("/")[0] + "/NO_SUCH")
    assert step.name == "service"
    assert "service_name" in step.hint


def test_the_password_is_wrong_and_tried_once(config, make_user):
    user = make_user("CREATE SESSION")
    step = failing(user, password=SecretStr("canary-wrong"))
    assert step.name == "login"
    assert "ORA-01017" in step.detail
    assert "canary" not in str(step)


def test_the_port_does_not_speak_tls(config):
    step = failing(config, dsn="tcps://" + config.dsn, timeout=5)
    assert step.name == "tls"
    assert "ssl_cert_path" in step.hint


def test_the_grant_to_connect_is_missing(make_user):
    step = failing(make_user())
    assert step.name == "login"
    assert "CREATE SESSION" in step.hint


def test_missing_grants_are_warnings_with_the_statement(make_user):
    user = make_user("CREATE SESSION")
    report = diagnose(user)
    assert report.ok
    (step,) = [step for step in report.steps if step.status == "warning"]
    assert step.hint.startswith(f"GRANT CREATE TABLE TO {user.username}")


def test_a_zone_other_than_utc_is_a_warning(config):
    report = diagnose(config.model_copy(update={"session_time_zone": "+05:30"}))
    assert statuses(report)["time zones"] == "warning"


def test_a_session_statement_that_fails(config):
    step = failing(config, current_schema="NO_SUCH_SCHEMA")
    assert (step.name, "ORA-01435" in step.detail) == ("session", True)


@pytest.mark.parametrize("name", ["connect"])
def test_the_api_still_connects_after_a_diagnosis(config, name):
    diagnose(config)
    with FlextDbOracleApi(config) as api:
        assert getattr(api, name)().is_success
