"""The profile: what dbt-oracle needs to connect, and nothing secret in the file."""

from __future__ import annotations

import os
from argparse import Namespace

import flext_dbt_oracle
import pytest
import yaml
from dbt.config.profile import Profile
from dbt.config.renderer import ProfileRenderer
from dbt.flags import set_from_args
from dbt_common.context import set_invocation_context

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


def load(target: str = "dev") -> Profile:
    document = yaml.safe_load(flext_dbt_oracle.profile_text())
    return Profile.from_raw_profile_info(
        document["flext_oracle"], "flext_oracle", ProfileRenderer({}), target_override=target
    )


def test_the_text_and_the_mapping_say_the_same() -> None:
    assert yaml.safe_load(flext_dbt_oracle.profile_text()) == flext_dbt_oracle.profile()


@pytest.mark.usefixtures("_address")
@pytest.mark.parametrize("target", ["dev", "prod"])
def test_dbt_reads_the_address_with_a_protocol_from_the_variables(target: str) -> None:
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
