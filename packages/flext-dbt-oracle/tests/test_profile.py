"""The profile: what dbt-oracle needs to connect, and nothing secret in the file."""

from __future__ import annotations

import os
from argparse import Namespace

import flext_dbt_oracle
import pytest
import yaml
from dbt.config.profile import Profile
from dbt.config.renderer import ProfileRenderer
from dbt.exceptions import EnvVarMissingError
from dbt.flags import set_from_args
from dbt_common.context import set_invocation_context
from flext_db_oracle import FlextDbOracleConfig

ADDRESS = {
    "FLEXT_TARGET_ORACLE_HOST": "db.example.com",
    "FLEXT_TARGET_ORACLE_SERVICE_NAME": "SALES",
    "FLEXT_TARGET_ORACLE_USERNAME": "analytics",
    "FLEXT_TARGET_ORACLE_PASSWORD": "canary-secret",
}


@pytest.fixture
def _address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ADDRESS.items():
        monkeypatch.setenv(name, value)
    set_invocation_context(os.environ)
    set_from_args(Namespace(), None)


def load(target: str = "dev", text: str | None = None) -> Profile:
    document = yaml.safe_load(text or flext_dbt_oracle.profile_text())
    return Profile.from_raw_profile_info(
        document["flext_oracle"], "flext_oracle", ProfileRenderer({}), target_override=target
    )


def test_the_text_and_the_mapping_say_the_same() -> None:
    assert yaml.safe_load(flext_dbt_oracle.profile_text()) == flext_dbt_oracle.profile()


@pytest.mark.usefixtures("_address")
@pytest.mark.parametrize("target", ["dev", "prod"])
def test_dbt_reads_the_address_with_a_protocol_from_the_variables(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_SCHEMA", "ANALYTICS")
    set_invocation_context(os.environ)
    credentials = load(target).credentials
    assert (credentials.protocol, credentials.host, credentials.port) == ("tcp", "db.example.com", 1521)
    assert (credentials.service, credentials.user, credentials.schema) == ("SALES", "analytics", "ANALYTICS")
    assert credentials.password == "canary-secret"


@pytest.mark.usefixtures("_address")
def test_the_database_is_not_set_to_the_service_name() -> None:
    assert load().credentials.database == "None"  # the adapter's word for "ask the database"


def test_the_text_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_PASSWORD", "canary-secret")
    assert "canary-secret" not in flext_dbt_oracle.profile_text()


@pytest.mark.usefixtures("_address")
def test_production_does_not_guess_the_schema() -> None:
    with pytest.raises(EnvVarMissingError, match="FLEXT_TARGET_ORACLE_SCHEMA"):
        load("prod")
    assert load("dev").credentials.schema == "ANALYTICS"


DESCRIPTOR = "(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=db)(PORT=1522))(CONNECT_DATA=(SERVICE_NAME=x_high)))"


@pytest.mark.usefixtures("_address")
@pytest.mark.parametrize(
    ("method", "dsn", "expected"), [("tns", "SALES_HIGH", "SALES_HIGH"), ("connect-string", DESCRIPTOR, DESCRIPTOR)]
)
def test_an_alias_or_a_descriptor_addresses_the_database(
    method: str, dsn: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_DSN", dsn)
    set_invocation_context(os.environ)
    credentials = load(text=flext_dbt_oracle.profile_text(method=method)).credentials
    assert expected in {credentials.tns_name, credentials.connection_string}
    assert credentials.host is None


@pytest.mark.usefixtures("_address")
def test_drcp_has_a_class_and_clean_sessions() -> None:
    credentials = load(text=flext_dbt_oracle.profile_text(drcp=True)).credentials
    assert (credentials.cclass, credentials.purity) == ("FLEXT_DBT", "new")


@pytest.mark.usefixtures("_address")
@pytest.mark.parametrize(
    "address",
    [
        {"host": "other", "service_name": "S", "port": 1599, "protocol": "tcps"},
        {"dsn": "SALES_HIGH"},
        {"dsn": DESCRIPTOR},
    ],
)
def test_a_profile_of_a_config_has_its_address_and_no_password(address: dict[str, object]) -> None:
    config = FlextDbOracleConfig(username="scott", password="canary-tiger", **address)
    text = flext_dbt_oracle.profile_text(config)
    assert yaml.safe_load(text) == flext_dbt_oracle.profile(config)
    assert "canary-tiger" not in text
    credentials = load(text=text).credentials
    assert credentials.user == "scott"
    if "host" in address:
        assert (credentials.host, credentials.port, credentials.protocol) == ("other", 1599, "tcps")
    else:
        assert address["dsn"] in {credentials.tns_name, credentials.connection_string}


def test_a_sid_has_no_profile() -> None:
    config = FlextDbOracleConfig(username="scott", password="x", host="h", sid="ORCL")
    with pytest.raises(ValueError, match="service name"):
        flext_dbt_oracle.profile(config)
