"""Every way to say who connects: each logs in on a server, and each that is refused says what to do."""

import base64
import json
import os
import subprocess
import sys
import types

import oracledb
import pytest
from flext_db_oracle import ErrorKind, FlextDbOracleApi, explain
from pydantic import ValidationError


def who(config):
    with FlextDbOracleApi(config) as api:
        sql = "SELECT USER, SYS_CONTEXT('USERENV', 'PROXY_USER') FROM dual"
        return api.execute_query(sql).unwrap().rows[0]


def refusal(config):
    with FlextDbOracleApi(config.model_copy(update={"retry_attempts": 1})) as api:
        result = api.connect()
        assert result.is_failure
        return explain(result.exception, config.secrets)


def changed(config, **changes):
    """The settings with others in the place of the password, checked as always."""
    values = {name: getattr(config, name) for name in config.model_fields_set} | {"password": None} | changes
    return type(config)(**values)


@pytest.fixture
def password(config):
    return config.password.get_secret_value()


def test_a_password_file(config, password, tmp_path):
    path = tmp_path / "password"
    path.write_text(f"{password}\n")
    assert who(changed(config, password_file=path))[0] == config.username.upper()


def test_a_function_is_asked_when_a_connection_is_opened(config, password):
    asked = []
    with FlextDbOracleApi(changed(config, password=lambda: asked.append(1) or password)) as api:
        assert asked == []
        assert api.ping().is_success
    assert asked


def test_a_secret_that_the_driver_decodes(config, password):
    text = base64.b64encode(password.encode()).decode()
    with pytest.warns(match="base64"):
        assert who(changed(config, password=f"secret://base64/{text}"))[0] == config.username.upper()


@pytest.fixture
def vault(monkeypatch, password):
    """A stand-in for the driver's plugin of a vault, with what it was asked for."""
    asked = []

    def fetch(reference):
        asked.append(reference)
        return password

    plugin = types.ModuleType("oracledb.plugins.oci_config_provider")
    monkeypatch.setitem(sys.modules, plugin.__name__, plugin)
    oracledb.register_password_type("ocivault", fetch)
    yield asked
    oracledb.register_password_type("ocivault", None)


def test_a_secret_of_a_vault(config, vault):
    reference = "secret://ocivault/ocid1.vaultsecret.x?method=OCI_DEFAULT"
    assert who(changed(config, password=reference))[0] == config.username.upper()
    expected = {"type": "ocivault", "value": "ocid1.vaultsecret.x", "authentication": {"method": "OCI_DEFAULT"}}
    assert expected in [{name: asked[name] for name in expected} for asked in vault]


# The driver leaves the file to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("vault")
def test_a_configuration_file_has_it_all(config, tmp_path):
    path = tmp_path / "database.json"
    settings = {"connect_descriptor": config.dsn, "user": config.username}
    path.write_text(json.dumps(settings | {"password": {"type": "ocivault", "value": "ocid1.vaultsecret.x"}}))
    assert who(changed(config, dsn=f"config-file://{path}", username=None))[0] == config.username.upper()


def test_a_configuration_store_has_it_all(config, password):
    def hook(protocol, rest, params):
        assert (protocol, rest) == ("config-teststore", "sales/oracle")
        params.parse_connect_string(config.dsn)
        params.set(user=config.username, password=password)

    oracledb.register_protocol("config-teststore", hook)
    try:
        assert who(changed(config, dsn="config-teststore://sales/oracle", username=None))[0] == config.username.upper()
    finally:
        oracledb.register_protocol("config-teststore", None)


def test_a_store_that_nobody_knows(config):
    told = refusal(changed(config, dsn="config-nowhere://x", username=None))
    assert "config-nowhere" in told.message


def test_a_proxy_user_works_as_the_other(api, make_user):
    owner, loader = make_user("CREATE SESSION"), make_user("CREATE SESSION")
    told = refusal(loader.model_copy(update={"proxy_user": owner.username}))
    assert (told.code, told.kind) == ("ORA-28150", ErrorKind.PERMISSION)
    assert "GRANT CONNECT THROUGH" in told.hint
    api.execute_ddl(f"ALTER USER {owner.username} GRANT CONNECT THROUGH {loader.username}").unwrap()
    for settings in ({"proxy_user": owner.username}, {"username": f"{loader.username}[{owner.username}]"}):
        assert who(loader.model_copy(update=settings)) == (owner.username, loader.username)


@pytest.mark.parametrize(
    ("state", "code", "word"),
    [("ACCOUNT LOCK", "ORA-28000", "unlock"), ("PASSWORD EXPIRE", "ORA-28001", "expired")],
)
def test_an_account_that_cannot_log_in_says_why(api, make_user, state, code, word):
    user = make_user("CREATE SESSION")
    api.execute_ddl(f"ALTER USER {user.username} {state}").unwrap()
    told = refusal(user)
    assert (told.code, told.kind) == (code, ErrorKind.AUTH)
    assert word in f"{told.message} {told.hint}".lower()


def test_thick_mode_without_a_client_says_so(config, password, tmp_path):
    login = {"ORACLE_DSN": config.dsn, "ORACLE_USER": config.username, "ORACLE_PASSWORD": password}
    done = subprocess.run(  # the driver has one mode for each process
        [sys.executable, "-m", "flext_db_oracle.cli", "schemas"],
        env={**os.environ, **login, "ORACLE_THICK": "true", "ORACLE_LIB_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    fault, hint = done.stderr.splitlines()
    assert (done.returncode, "DPI-1047" in fault, "`lib_dir`" in hint) == (1, True, True)


def test_thick_mode_after_thin_connections_says_so(config):
    assert who(config)
    told = refusal(config.model_copy(update={"thick": True}))
    assert (told.code, "first connection" in told.hint) == ("DPY-2019", True)


def test_a_token_needs_tls(config):
    with pytest.raises(ValidationError, match="needs TLS"):
        changed(config, access_token="canary", dsn=None, host="db", service_name="x", username=None)
