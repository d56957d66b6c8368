"""`flext-dbt-oracle doctor`: each thing that goes wrong is found and says what to do."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from dbt_projects import Database, Project


@pytest.fixture(scope="module")
def healthy(new_project: Callable[..., Project]) -> Project:
    return new_project({"models/one.sql": "select 1 as id from dual"})


def test_a_healthy_project_has_no_error(healthy: Project) -> None:
    outcome = healthy.dbt("doctor")
    assert f"connected to {healthy.database.host}" in outcome.log
    assert "schema " + healthy.user + " is the user's own" in outcome.log
    assert "privileges for tables and views" in outcome.log
    assert "not checked" not in outcome.log
    assert healthy.password not in outcome.log


def test_a_freshness_without_a_column_is_a_warning(healthy: Project) -> None:
    freshness = "{freshness: {warn_after: {count: 1, period: day}}"
    path = healthy.root / "models" / "raw.yml"
    path.write_text(
        f"sources:\n- name: raw\n  config: {freshness}}}\n  tables:\n"
        "  - name: orders\n  - {name: lines, config: {loaded_at_field: added_at}}\n"
    )
    try:
        log = healthy.dbt("doctor").log
        path.write_text("sources: [")
        broken = healthy.dbt("doctor", fails=True).log
    finally:
        path.unlink()
    assert "raw.orders has a freshness and no column for it" in log
    assert "raw.lines" not in log
    assert "raw.yml is not YAML" in broken


def test_a_database_that_is_the_service_name_is_an_error(healthy: Project) -> None:
    healthy.environment["FLEXT_TARGET_ORACLE_DATABASE"] = "SALES.EXAMPLE.COM"
    try:
        outcome = healthy.dbt("doctor", fails=True)
    finally:
        del healthy.environment["FLEXT_TARGET_ORACLE_DATABASE"]
    assert "DATABASE is SALES.EXAMPLE.COM, but DB_NAME is" in outcome.log
    assert "ORA-00955" in outcome.log


def test_leftovers_are_listed_and_dropped(healthy: Project) -> None:
    healthy.execute(
        'create table "ORDERS__DBT_BACKUP" (id number)',
        'create global temporary table "O$PT_ORDERS101112123456" (id number) on commit preserve rows',
        'create table "O$PT_MINE" (id number)',
    )
    outcome = healthy.dbt("doctor")
    assert "left behind by failed or killed runs: O$PT_ORDERS101112123456" in outcome.log
    assert "ORDERS__DBT_BACKUP" in outcome.log
    listed = healthy.dbt("run-operation", "oracle_drop_leftovers")
    assert f"would drop table {healthy.user}.ORDERS__DBT_BACKUP" in listed.log
    assert len(healthy.query("select * from user_tables")) == 3
    healthy.dbt("run-operation", "oracle_drop_leftovers", "--args", "{dry_run: false}")
    assert healthy.query("select table_name from user_tables") == [("O$PT_MINE",)]
    assert "left behind" not in healthy.dbt("doctor").log


def test_a_project_without_the_corrections_is_an_error(new_project: Callable[..., Project]) -> None:
    plain = new_project({"models/one.sql": "select 1 as id from dual"}, plain=True)
    outcome = plain.dbt("doctor", fails=True)
    assert "no dispatch order for flext_dbt_oracle" in outcome.log
    assert "macros/flext_oracle_shims.sql is missing" in outcome.log
    assert "packages.yml does not have the macros" in outcome.log


@pytest.fixture
def poor_user(database: Database) -> Iterator[str]:
    name = f"POOR_{secrets.token_hex(3)}".upper()
    with database.connect() as admin, admin.cursor() as cursor:
        cursor.execute(f'CREATE USER {name} IDENTIFIED BY "Canary_5ecret"')
        cursor.execute(f"GRANT CREATE SESSION TO {name}")
    yield name
    with database.connect() as admin, admin.cursor() as cursor:
        cursor.execute(f"DROP USER {name} CASCADE")


def test_missing_privileges_and_quota_are_named(new_project: Callable[..., Project], poor_user: str) -> None:
    project = new_project({"models/one.sql": "select 1 as id from dual"}, user=poor_user)
    outcome = project.dbt("doctor", fails=True)
    assert "no privilege CREATE TABLE" in outcome.log
    assert "no privilege CREATE VIEW" in outcome.log
    assert "GRANT CREATE MATERIALIZED VIEW TO the user" in outcome.log
    assert "no quota on" in outcome.log


def test_a_schema_that_does_not_exist_is_an_error(healthy: Project) -> None:
    healthy.environment["FLEXT_TARGET_ORACLE_SCHEMA"] = "NOBODY"
    try:
        outcome = healthy.dbt("doctor", fails=True)
    finally:
        healthy.environment["FLEXT_TARGET_ORACLE_SCHEMA"] = healthy.user
    assert "schema NOBODY does not exist" in outcome.log


def test_a_wrong_password_is_said_without_it(healthy: Project) -> None:
    healthy.environment["FLEXT_TARGET_ORACLE_PASSWORD"] = "canary-wrong"
    try:
        outcome = healthy.dbt("doctor", fails=True)
    finally:
        healthy.environment["FLEXT_TARGET_ORACLE_PASSWORD"] = healthy.password
    assert "ORA-01017" in outcome.log
    assert "canary-wrong" not in outcome.log
