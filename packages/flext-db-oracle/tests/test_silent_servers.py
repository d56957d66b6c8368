"""Servers that accept a connection and then say nothing: `timeout` ends the waiting, and the process can end."""

import os
import socket
import subprocess
import sys

import pytest
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig, PoolTimeout
from flext_db_oracle.doctor import diagnose


@pytest.fixture
def silent():
    """The port of a server that says nothing; in the end it hangs up, so that the driver ends too."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
        _hang_up(listener)


def _hang_up(listener):
    listener.settimeout(0)
    while True:
        try:
            client, _ = listener.accept()
        except BlockingIOError:
            return
        with client:
            client.settimeout(10)
            client.recv(8192)


@pytest.fixture
def relay(config, make_relay):
    """In front of the server; while it is `silent` it takes connections and says nothing."""
    host, _, rest = config.dsn.partition(":")

    def meet(client):
        if made.silent:
            client.recv(65536)
            return None
        return host, int(rest.partition("/")[0])

    made = make_relay(meet)
    made.silent = False
    return made


def silent_config(port, **settings):
    return FlextDbOracleConfig(
        host="127.0.0.1", port=port, service_name="X", username="u", password="p", timeout=0.5, **settings
    )


@pytest.mark.parametrize("tls", [False, True], ids=["listener", "TLS handshake"])
def test_a_server_that_does_not_answer_is_left_after_the_timeout(silent, tls):
    with FlextDbOracleApi(silent_config(silent, ssl_enabled=tls)) as api:
        result = api.connect()
        assert isinstance(result.exception, PoolTimeout)
        assert f"127.0.0.1:{silent}/X accepts connections but does not answer within 0.5 s (timeout)" in result.error
        assert api.ping().is_failure  # and again: the first failure left nothing behind that waits


@pytest.mark.parametrize(("tls", "step"), [(False, "listener"), (True, "tls")])
def test_the_doctor_says_where_it_stopped(silent, tls, step):
    report = diagnose(silent_config(silent, ssl_enabled=tls))
    assert report.failure.name == step
    assert next(found for found in report.steps if found.name == "tcp").status == "ok"


def test_a_process_ends_although_the_server_is_silent(silent):
    done = subprocess.run(
        [sys.executable, "-m", "flext_db_oracle.cli", "schemas"],
        env={**os.environ, "ORACLE_DSN": f"127.0.0.1:{silent}/X", "ORACLE_USER": "u", "ORACLE_PASSWORD": "p"}
        | {"ORACLE_TIMEOUT": "0.5"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "does not answer within 0.5 s" in done.stderr


def test_a_server_that_falls_silent_spares_the_connections_that_work(config, relay):
    through = config.model_copy(
        update={"dsn": f"127.0.0.1:{relay.port}/{config.dsn.partition('/')[2]}", "timeout": 5, "pool_max": 2}
    )
    with FlextDbOracleApi(through) as api, api.session() as working:
        assert working.query("SELECT 1 FROM dual").scalar() == 1
        relay.silent = True
        with FlextDbOracleApi(through.model_copy(update={"timeout": 0.5})) as late:
            assert "does not answer" in late.ping().error
        assert working.query("SELECT 2 FROM dual").scalar() == 2
        relay.silent = False
        with api.session() as another:
            assert another.query("SELECT 3 FROM dual").scalar() == 3


def test_a_pool_goes_on_when_the_server_answers_again(config, relay):
    relay.silent = True
    through = config.model_copy(
        update={"dsn": f"127.0.0.1:{relay.port}/{config.dsn.partition('/')[2]}", "timeout": 2, "pool_max": 1}
    )
    with FlextDbOracleApi(through) as api:
        assert "does not answer" in api.ping().error
        relay.silent = False
        assert api.ping().is_success
