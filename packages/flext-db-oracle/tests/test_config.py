import json
import ssl

import pytest
from flext_db_oracle import FlextDbOracleConfig, SecureSingerConfig
from pydantic import SecretStr, ValidationError

SECRET = "canary-7Wq/@:\"' \n"
BASE = {"host": "db", "service_name": "PROD", "username": "etl", "password": SECRET}


def make(**changes):
    return FlextDbOracleConfig(**{key: value for key, value in (BASE | changes).items() if value is not None})


def test_the_five_settings_of_the_first_hour():
    config = FlextDbOracleConfig(host="db", port=1522, service_name="PROD", username="etl", password=SecretStr("x"))
    assert config.address == "db:1522/PROD"
    params = config.connect_params()
    assert (params.host, params.port, params.service_name, params.user) == ("db", 1522, "PROD", "etl")


def test_pool_settings_reach_the_driver():
    config = make(pool_min=5, pool_max=25, pool_increment=2, timeout=60)
    params = config.pool_params()
    assert (params.min, params.max, params.increment) == (0, 25, 2)  # empty at first: see pool_params
    assert params.tcp_connect_timeout == 60
    assert params.wait_timeout == 60_000


def test_sid_and_dsn():
    assert make(service_name=None, sid="ORCL").connect_params().sid == "ORCL"
    assert FlextDbOracleConfig(tns_alias="prod_high", user="etl", password="x").dsn == "prod_high"


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"sid": "ORCL"}, "service_name and sid together"),
        ({"service_name": None}, "none of them was given"),
        ({"host": None}, "service_name needs host"),
        ({"service_name": None, "dsn": "alias"}, "leave host out"),
        ({"host": None, "service_name": None, "dsn": "etl/pw@db"}, "must not contain user and password"),
        ({"pool_min": 5, "pool_max": 2}, "greater than pool_max"),
        ({"servce_name": "X"}, "did you mean 'service_name'"),
        ({"zzz": 1}, "unknown setting 'zzz' "),
        ({"user": "x"}, "user and username are the same"),
        ({"ssl_cert_path": "/nowhere.pem", "ssl_enabled": True}, "does not exist"),
        ({"ssl_cert_path": "/nowhere.pem"}, "no effect without ssl_enabled"),
        ({"lib_dir": "/opt"}, "no effect without thick"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"timeout": "soon"}, "valid number"),
        ({"current_schema": 'A"; DROP'}, "double quote"),
    ],
)
def test_contradictions_and_typos_are_named(changes, match):
    with pytest.raises(ValidationError, match=match):
        make(**changes)


def test_the_password_never_shows():
    config = make(wallet_password=SECRET + "2", wallet_location="/w")
    shown = [
        repr(config),
        str(config),
        config.model_dump_json(),
        json.dumps(config.model_dump(mode="json")),
        config.address,
    ]
    for bad in ({"port": "x"}, {"passwrd": SECRET}, {"sid": "S"}, {"password": [SECRET]}):
        with pytest.raises(ValidationError) as raised:
            make(**bad)
        shown += [str(raised.value), repr(raised.value)]
    assert not [text for text in shown if "canary" in text]
    assert config.secrets == (SECRET, SECRET + "2")


def test_config_is_frozen():
    with pytest.raises(ValidationError):
        make().host = "other"


def test_tls(tmp_path):
    assert make(ssl_enabled=True).connect_params().protocol == "tcps"
    assert make(protocol="tcps").uses_tls
    pem = tmp_path / "ca.pem"
    pem.write_text("")
    with pytest.raises(ssl.SSLError):  # an empty CA file is found before any connection is tried
        make(ssl_enabled=True, ssl_cert_path=pem).connect_params()
    wallet = make(ssl_enabled=True, ssl_cert_path=tmp_path, ssl_server_dn_match=False, ssl_server_cert_dn="CN=db")
    params = wallet.connect_params()
    assert params.wallet_location == str(tmp_path)
    assert (params.ssl_server_dn_match, params.ssl_server_cert_dn) == (False, "CN=db")


# ------------------------------------------------------------------------------------------------ environment


def test_environment_of_the_family():
    env = {
        "FLEXT_TARGET_ORACLE_HOST": "db",
        "FLEXT_TARGET_ORACLE_PORT": "1522",
        "FLEXT_TARGET_ORACLE_SERVICE_NAME": "PROD",
        "FLEXT_TARGET_ORACLE_USERNAME": "etl",
        "FLEXT_TARGET_ORACLE_PASSWORD": SECRET,
        "FLEXT_TARGET_ORACLE_SCHEMA": "ANALYTICS",
    }
    config = FlextDbOracleConfig.from_env(environ=env)
    assert config.address == "db:1522/PROD"
    assert config.password.get_secret_value() == SECRET
    assert config.current_schema is None


def test_precedence_explicit_then_prefix_then_family_then_plain():
    env = {
        "TAP_ORACLE_HOST": "tap",
        "FLEXT_TARGET_ORACLE_HOST": "family",
        "FLEXT_TARGET_ORACLE_USERNAME": "family",
        "ORACLE_HOST": "plain",
        "ORACLE_USER": "plain",
        "ORACLE_SERVICE": "PLAIN",
        "ORACLE_PASSWORD": "plain",
    }
    config = FlextDbOracleConfig.from_env("TAP_ORACLE_", environ=env)
    assert (config.host, config.username, config.service_name) == ("tap", "family", "PLAIN")
    assert FlextDbOracleConfig.from_env("TAP_ORACLE_", environ=env, host="mine").host == "mine"
    assert FlextDbOracleConfig.from_env(environ=env, user="me").username == "me"


def test_the_sid_of_a_database_host_does_not_contradict_a_service_name():
    env = {"ORACLE_SID": "ORCL", "TAP_ORACLE_HOST": "db", "TAP_ORACLE_SERVICE_NAME": "PROD"}
    config = FlextDbOracleConfig.from_env("TAP_ORACLE_", environ=env, username="u", password="p")
    assert (config.service_name, config.sid) == ("PROD", None)


def test_host_and_dsn_of_different_sources():
    env = {"ORACLE_HOST": "plain", "ORACLE_SERVICE": "S", "TAP_ORACLE_DSN": "alias"}
    config = FlextDbOracleConfig.from_env("TAP_ORACLE_", environ=env, username="u", password="p")
    assert (config.dsn, config.host, config.service_name) == ("alias", None, None)
    env = {"ORACLE_DSN": "alias", "TAP_ORACLE_HOST": "db", "TAP_ORACLE_SERVICE_NAME": "S"}
    assert FlextDbOracleConfig.from_env("TAP_ORACLE_", environ=env, username="u", password="p").address == "db:1521/S"


def test_missing_environment_says_what_is_missing():
    with pytest.raises(ValidationError, match="password"):
        FlextDbOracleConfig.from_env(environ={"ORACLE_HOST": "db", "ORACLE_SERVICE": "S", "ORACLE_USER": "u"})


# ------------------------------------------------------------------------------------------------ connect strings


def test_connect_string():
    config = FlextDbOracleConfig.from_url("hr/secret@localhost:1521/FREE")
    assert (config.username, config.password.get_secret_value(), config.dsn) == ("hr", "secret", "localhost:1521/FREE")
    odd = FlextDbOracleConfig.from_url('hr[app]/"p@s/s:w"@tcps://db:2484/S?ssl_server_dn_match=off')
    assert (odd.username, odd.password.get_secret_value()) == ("hr[app]", "p@s/s:w")
    assert odd.dsn == "tcps://db:2484/S?ssl_server_dn_match=off"


def test_url():
    config = FlextDbOracleConfig.from_url("oracle+oracledb://hr:p%40ss@db:1522/PROD?pool_max=9", arraysize=50)
    assert config.address == "db:1522/PROD"
    assert (config.password.get_secret_value(), config.pool_max, config.arraysize) == ("p@ss", 9, 50)
    assert FlextDbOracleConfig.from_url("oracle://hr:x@db?sid=ORCL").sid == "ORCL"
    assert FlextDbOracleConfig.from_url("oracle://hr:x@alias").dsn == "alias"


@pytest.mark.parametrize(
    "url",
    ["localhost:1521/FREE", "hr@db", "hr/@db", "/canary@db", "mysql://hr:canary@db/x", "oracle://hr:canary@db:port/x"],
)
def test_a_bad_url_is_refused_without_showing_it(url):
    with pytest.raises(ValueError) as raised:
        FlextDbOracleConfig.from_url(url)
    assert "canary" not in str(raised.value)


def test_secure_config_insists_on_tls(monkeypatch):
    for name in ("HOST", "SERVICE", "USER", "PASSWORD"):
        monkeypatch.setenv(f"ORACLE_{name}", "x")
    assert SecureSingerConfig().oracle_config.connect_params().protocol == "tcps"
    assert SecureSingerConfig.from_env().oracle_config.uses_tls
    with pytest.raises(ValueError, match="needs TLS"):
        SecureSingerConfig(ssl_enabled=False)
