"""TLS: encrypted when the server's certificate is trusted and is the right one; refused otherwise."""

import pytest
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig, SecureSingerConfig
from flext_db_oracle.doctor import diagnose
from flext_oracle_emulator import Emulator


@pytest.fixture(scope="module")
def server():
    with Emulator(tls=True) as running:
        yield running


@pytest.fixture
def make(server):
    def make(**changes):
        login = server.connect_args
        host, _, rest = login["dsn"].removeprefix("tcps://").partition(":")
        port, _, service = rest.partition("/")
        settings = {
            "host": host,
            "port": int(port),
            "service_name": service,
            "username": login["user"],
            "password": login["password"],
            "ssl_enabled": True,
            "ssl_cert_path": server.wallet / "ewallet.pem",
            "retry_attempts": 1,
            "timeout": 5,
            "pool_wait_timeout": 10,
        }
        settings |= changes
        return FlextDbOracleConfig(**{name: value for name, value in settings.items() if value is not None})

    return make


def works(config):
    """Whether a query comes through; the server's port speaks nothing but TLS, as the last test shows."""
    with FlextDbOracleApi(config) as api:
        return api.scalar("SELECT 'yes' FROM dual").unwrap() == "yes"


def refusal(config):
    with FlextDbOracleApi(config) as api:
        result = api.connect()
    assert result.is_failure
    return f"{result.error} {result.hint}"


def test_the_authority_as_a_file_or_a_wallet(make, server):
    assert works(make())
    assert works(make(ssl_cert_path=server.wallet))
    assert works(make(ssl_cert_path=None, wallet_location=server.wallet))
    assert works(SecureSingerConfig(make(require_tls=True)).oracle_config)


def test_a_dsn_with_tcps(make, server):
    address = {"host": None, "port": None, "service_name": None, "ssl_enabled": None, "dsn": server.dsn}
    assert works(make(**address, require_tls=True))


def test_a_certificate_of_nobody_we_know_is_refused(make):
    config = make(ssl_cert_path=None)
    refused = refusal(config)
    assert "certificate verify failed" in refused
    assert "`ssl_cert_path`" in refused
    step = diagnose(config).failure
    assert (step.name, "ssl_cert_path" in step.hint) == ("tls", True)


def test_the_wrong_name_is_refused(make):
    refused = refusal(make(ssl_server_cert_dn="CN=another"))
    assert "DPY-6002" in refused
    assert "`ssl_server_cert_dn`" in refused
    assert works(make(ssl_server_dn_match=False))


def test_doctor_shows_the_encryption(make):
    report = diagnose(make())
    (step,) = [step for step in report.steps if step.name == "tls"]
    assert report.ok
    assert "TLSv1" in step.detail
    assert "valid until" in step.detail


def test_plain_text_to_a_port_that_speaks_tls(make):
    report = diagnose(make(ssl_enabled=False, ssl_cert_path=None))
    assert report.failure.name == "listener"
