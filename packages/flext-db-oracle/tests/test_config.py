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
    assert params.wait_timeout == round(config.connect_deadline * 1000) > 60_000


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


# ------------------------------------------------------------------------------------------------ every setting

BAD = {
    "host": "",
    "port": 65536,
    "service_name": "",
    "sid": "",
    "dsn": "",
    "username": "",
    "password": [SECRET],
    "password_file": "/nowhere/secret",
    "proxy_user": "",
    "access_token": 5,
    "access_token_private_key": 5,
    "protocol": "udp",
    "ssl_enabled": "perhaps",
    "require_tls": "perhaps",
    "ssl_cert_path": 5,
    "ssl_server_dn_match": "perhaps",
    "ssl_server_cert_dn": 5,
    "wallet_location": 5,
    "wallet_password": 5,
    "config_dir": 5,
    "https_proxy": "",
    "https_proxy_port": 0,
    "timeout": 0,
    "call_timeout": -1,
    "keepalive": -1,
    "sdu": 511,
    "retry_count": -1,
    "retry_delay": -1,
    "retry_attempts": 0,
    "retry_deadline": 0,
    "pool_min": -1,
    "pool_max": 0,
    "pool_increment": 0,
    "pool_wait_timeout": 0,
    "thick": "perhaps",
    "lib_dir": 5,
    "current_schema": "\0",
    "edition": 'a"b',
    "session_time_zone": "'; DROP TABLE t",
    "nls": {"TIME_ZONE": "UTC"},
    "session_init": [5],
    "module": "m" * 49,
    "action": "a" * 33,
    "client_identifier": "c" * 65,
    "arraysize": 0,
    "prefetchrows": -1,
    "stmtcachesize": -1,
}


def test_every_setting_has_a_bad_value_here():
    assert set(BAD) == set(FlextDbOracleConfig.model_fields)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_refused_by_the_setting_s_name(name):
    with pytest.raises(ValidationError) as raised:
        make(**{name: BAD[name]})
    assert name in str(raised.value)
    assert "canary" not in str(raised.value)


def test_every_setting_is_described():
    schema = FlextDbOracleConfig.json_schema()
    assert schema["additionalProperties"] is False
    for name, field in schema["properties"].items():
        assert field["description"], name
    for name in ("password", "wallet_password", "access_token", "access_token_private_key"):
        assert "writeOnly" in json.dumps(schema["properties"][name])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"port": 1522, "pool_max": 9, "ssl_enabled": True, "module": "a&b=c/d"},
        {"service_name": None, "sid": "ORCL"},
        {"host": "::1"},
        {"host": None, "service_name": None, "dsn": "(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=h)(PORT=1)))"},
        {
            "nls": {"NLS_SORT": "BINARY", "NLS_COMP": "BINARY"},
            "session_init": ("BEGIN x; END;", "ALTER SESSION SET a=b"),
        },
        {"username": "hr[app]", "service_name": "a/b?c"},
    ],
)
def test_to_url_gives_everything_but_the_secret(changes):
    config = make(**changes, wallet_password=SECRET)
    url = config.to_url()
    assert "canary" not in url
    assert FlextDbOracleConfig.from_url(url, password=SECRET, wallet_password=SECRET) == config


# ------------------------------------------------------------------------------------------------ logging in


def test_a_password_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET.rstrip("\n") + "\n")
    config = make(password=None, password_file=path)
    assert config.driver_params()["password"] == SECRET.rstrip("\n")
    assert config.secrets == (SECRET.rstrip("\n"),)


def test_a_password_that_is_fetched_when_needed():
    calls = []
    config = make(password=lambda: calls.append(1) or SECRET)
    assert (calls, config.secrets) == ([], ())
    assert config.driver_params()["password"] == SECRET
    assert (calls, config.secrets) == ([1], (SECRET,))
    assert "canary" not in repr(config) + config.to_url()


def test_a_secret_of_a_store():
    config = make(password="secret://base64/dGlnZXI%3D")
    assert config.driver_params()["password"] == {"type": "base64", "value": "dGlnZXI="}
    with pytest.raises(ValidationError, match="STORE one of ocivault"):
        make(password="secret://keychain/x")
    with pytest.raises(ValidationError, match="needs the package"):
        make(password="secret://ocivault/ocid1.secret")


def test_token_login():
    config = make(password=None, username=None, access_token=SECRET, ssl_enabled=True)
    assert config.driver_params()["access_token"] == SECRET
    pair = make(password=None, access_token=SECRET, access_token_private_key="canary-key", ssl_enabled=True)
    assert pair.driver_params()["access_token"] == (SECRET, "canary-key")
    fetched = make(password=None, access_token=lambda: SECRET, ssl_enabled=True)
    assert fetched.driver_params()["access_token"](True) == SECRET
    with pytest.raises(ValidationError, match="access_token needs TLS"):
        make(password=None, access_token=SECRET)
    with pytest.raises(ValidationError, match="no effect without access_token"):
        make(access_token_private_key="x")
    with pytest.raises(ValidationError, match="give one of password"):
        make(access_token=SECRET)


def test_login_from_the_driver_s_configuration_providers():
    assert FlextDbOracleConfig(dsn="config-file:///etc/oracle.json?key=prod").password is None


def test_proxy_user():
    assert make(proxy_user="APP").connect_params().proxy_user == "APP"
    with pytest.raises(ValidationError, match="leave proxy_user out"):
        make(username="etl[APP]", proxy_user="APP")


@pytest.mark.parametrize(
    ("address", "accepted"),
    [
        ({}, False),
        ({"ssl_enabled": True}, True),
        ({"host": None, "service_name": None, "dsn": "db:1521/S"}, False),
        ({"host": None, "service_name": None, "dsn": "tcps://db:2484/S"}, True),
        ({"host": None, "service_name": None, "dsn": "unknown_alias"}, False),
        (
            {
                "host": None,
                "service_name": None,
                "dsn": "(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=a)(PORT=1))(ADDRESS=(PROTOCOL=tcp)(HOST=b)(PORT=1))"
                "(CONNECT_DATA=(SERVICE_NAME=S)))",
            },
            False,
        ),
    ],
)
def test_require_tls_looks_at_every_address(address, accepted):
    if accepted:
        assert make(**address, require_tls=True).require_tls
    else:
        with pytest.raises(ValidationError, match="require_tls"):
            make(**address, require_tls=True)


def test_require_tls_looks_an_alias_up(tmp_path):
    (tmp_path / "tnsnames.ora").write_text(
        "GOOD = (DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=a)(PORT=1))(CONNECT_DATA=(SERVICE_NAME=S)))\n"
        "BAD = (DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=a)(PORT=1))(CONNECT_DATA=(SERVICE_NAME=S)))\n"
    )
    place = {"host": None, "service_name": None, "config_dir": tmp_path, "require_tls": True}
    assert make(dsn="good", **place)
    with pytest.raises(ValidationError, match="not every address of bad"):
        make(dsn="bad", **place)


def test_session_settings_are_one_statement():
    config = make(nls={"nls_sort": "BINARY"}, current_schema="Odd Name", session_init=["BEGIN x; END;"])
    assert config.session_statements() == [
        "ALTER SESSION SET TIME_ZONE = '+00:00' NLS_SORT = 'BINARY' CURRENT_SCHEMA = \"Odd Name\"",
        "BEGIN x; END;",
    ]
    env = {"ORACLE_NLS": "NLS_SORT=BINARY; NLS_COMP=BINARY", "ORACLE_SESSION_INIT": "BEGIN a; END;\n\nBEGIN b; END;\n"}
    config = FlextDbOracleConfig.from_env(environ=env, **BASE)
    assert config.nls == {"NLS_SORT": "BINARY", "NLS_COMP": "BINARY"}
    assert config.session_init == ("BEGIN a; END;", "BEGIN b; END;")
    with pytest.raises(ValidationError, match="NAME=value"):
        make(nls="NLS_SORT")


def test_an_https_proxy_needs_tls():
    params = make(https_proxy="proxy", https_proxy_port=3128, ssl_enabled=True).connect_params()
    assert (params.https_proxy, params.https_proxy_port) == ("proxy", 3128)
    with pytest.raises(ValidationError, match="https_proxy needs TLS"):
        make(https_proxy="proxy")


@pytest.mark.parametrize(
    ("settings", "asked_for"),
    [
        ({"host": "h", "service_name": "s"}, 65535),
        ({"host": "h", "service_name": "s", "sdu": 8192}, 8192),
        ({"dsn": "h:1521/s"}, 65535),
        ({"dsn": "h:1521/s?sdu=32768"}, 32768),
    ],
)
def test_large_packets_are_asked_for_unless_the_connect_string_says_otherwise(settings, asked_for):
    config = FlextDbOracleConfig(username="u", password="p", **settings)
    params = config.connect_params()
    if config.dsn is not None:
        params.parse_connect_string(config.dsn)  # as `oracledb.connect(dsn, params=...)` does
    assert params.sdu == asked_for
