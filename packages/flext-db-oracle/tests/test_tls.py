"""TLS: encrypted when the server's certificate is trusted and is the right one; refused otherwise."""

import base64
import datetime as dt
import json
import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flext_db_oracle import ErrorKind, FlextDbOracleApi, FlextDbOracleConfig, SecureSingerConfig, explain
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


# ------------------------------------------------------------------------------------------------ mutual TLS

WALLET_PASSWORD = "Wallet_7Q"


@pytest.fixture(scope="module")
def wallet(tmp_path_factory):
    """A wallet with the client's certificate and its encrypted key, and the authority that signed it."""
    folder = tmp_path_factory.mktemp("wallet")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loader")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    encryption = serialization.BestAvailableEncryption(WALLET_PASSWORD.encode())
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "authority.pem").write_bytes(certificate)
    (folder / "ewallet.pem").write_bytes(key.private_bytes(pem, form, encryption) + certificate)
    return folder


def test_a_wallet_with_a_password_shows_who_we_are(make, server, wallet):
    with Emulator(tls=True, tls_ca=wallet / "authority.pem") as mutual:
        (wallet / "ewallet.pem").write_bytes(
            (wallet / "ewallet.pem").read_bytes() + (mutual.wallet / "ewallet.pem").read_bytes()
        )
        address = {"host": None, "port": None, "service_name": None, "ssl_enabled": None, "dsn": mutual.dsn}
        ours = address | {"ssl_cert_path": None, "wallet_location": wallet, "timeout": 10}
        assert works(make(**ours, wallet_password=WALLET_PASSWORD))
        nobody = make(**address, ssl_cert_path=mutual.wallet / "ewallet.pem")
        assert re.search("certificate required|DPY-4011|DPY-6005|reset", refusal(nobody))


# ------------------------------------------------------------------------------------------------ HTTPS proxy


@pytest.fixture
def make_proxy(make_relay):
    """`make_proxy(answer)`: passes `CONNECT host:port` on when the answer is 200; `asked` has what clients asked for."""

    def make(answer):
        def meet(client):
            request = client.recv(8192).decode()
            made.asked.append(request.splitlines()[0])
            client.sendall(f"HTTP/1.1 {answer}\r\n\r\n".encode())
            if not answer.startswith("200"):
                client.close()
                return None
            host, _, port = request.split()[1].rpartition(":")
            return host, int(port)

        made = make_relay(meet)
        made.asked = []
        return made

    return make


def test_an_https_proxy_is_asked_for_the_server(make, make_proxy):
    proxy = make_proxy("200 Connection established")
    config = make(https_proxy="127.0.0.1", https_proxy_port=proxy.port)
    assert works(config)
    assert proxy.asked[0].startswith(f"CONNECT {config.host}:{config.port} HTTP/")


# The driver leaves the socket to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_https_proxy_that_refuses_is_named(make, make_proxy):
    proxy = make_proxy("403 Forbidden")
    refused = refusal(make(https_proxy="127.0.0.1", https_proxy_port=proxy.port))
    assert "403 Forbidden" in refused
    assert "`https_proxy`" in refused


# ------------------------------------------------------------------------------------------------ tokens


def token(**claims):
    """A token in the form of Entra ID's, signed by nobody."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, {"aud": "canary", **claims})]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, b"signature"))


LATER = 4_000_000_000


@pytest.mark.parametrize("secret", [token(exp=LATER), lambda: token(exp=LATER)], ids=["text", "function"])
def test_a_token_reaches_the_server_and_no_message(make, secret):
    config = make(username=None, password=None, access_token=secret)
    with FlextDbOracleApi(config) as api:
        result = api.connect()
    told = explain(result.exception, config.secrets)
    # A database without an identity provider refuses the login; the emulator says that it has none.
    assert told.kind is ErrorKind.AUTH or (told.code == "ORA-03001" and "external authentication" in told.message)
    assert token(exp=LATER) not in f"{result.error} {told}"


@pytest.mark.parametrize("secret", ["canary-token-1", lambda: "canary-token-1"], ids=["text", "function"])
def test_what_is_no_token_is_a_login_error(make, secret):
    config = make(username=None, password=None, access_token=secret)
    with FlextDbOracleApi(config) as api:
        result = api.connect()
    told = explain(result.exception, config.secrets)
    assert (told.kind, "`access_token`" in told.hint) == (ErrorKind.AUTH, True)
    assert "canary" not in f"{result.error} {told}"
