"""Servers that accept a connection and then say nothing: `timeout` ends the waiting, and the process can end."""

import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import oracledb
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


def test_who_waits_while_others_are_connected_is_no_victim_of_a_silent_server(config, monkeypatch):
    made = oracledb.create_pool

    class Slow:
        """The driver's pool when two others are connected first, each for as long as one may wait."""

        def __init__(self, **arguments):
            self._pool, self.opened = made(**arguments), 0
            self.close = self._pool.close

        def acquire(self):
            if self.opened < 2:
                self.opened += 1
                raise oracledb.DatabaseError(SimpleNamespace(full_code="DPY-4005", message="DPY-4005: timed out"))
            return self._pool.acquire()

    monkeypatch.setattr(oracledb, "create_pool", Slow)
    with FlextDbOracleApi(config) as api:
        assert api.ping().is_success


def test_the_deadline_counts_the_tries_and_addresses_of_a_dsn():
    def deadline(**settings):
        return FlextDbOracleConfig(username="u", password="p", timeout=2, **settings).connect_deadline

    assert deadline(host="h", service_name="s") == 2.5
    assert deadline(host="h", service_name="s", retry_count=2, retry_delay=3) == 3 * 2 + 2 * 3 + 0.5
    assert deadline(dsn="h1,h2:1521/s") == 4.5
    assert deadline(dsn="h:1521/s?transport_connect_timeout=5&retry_count=3&retry_delay=2") == 4 * 5 + 3 * 2 + 0.5
    assert deadline(dsn="an_alias_that_is_nowhere") == 2.5
