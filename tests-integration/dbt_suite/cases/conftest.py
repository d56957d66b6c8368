"""The profile that dbt-tests-adapter's classes run with: all in one schema, since a schema is a user."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ["dbt.tests.fixtures.project"]


@pytest.fixture(scope="class")
def dbt_profile_target() -> dict[str, object]:
    names = ("user", "host", "port", "protocol", "service", "database", "schema")
    settings: dict[str, object] = {name: os.environ[f"DBT_ORACLE_{name.upper()}"] for name in names}
    return settings | {"type": "oracle", "threads": 2, "password": os.environ["DBT_ORACLE_PASSWORD"]}


@pytest.fixture(scope="class")
def unique_schema() -> str:
    return os.environ["DBT_ORACLE_SCHEMA"]
