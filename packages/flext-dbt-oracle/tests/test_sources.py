"""`flext-dbt-oracle sources`: YAML that dbt takes, whose tests hold and fail as the keys say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from dbt_projects import Project
from flext_dbt_oracle.cli import main


@pytest.fixture(scope="module")
def shop(new_project: Callable[..., Project]) -> Project:
    project = new_project({"models/one.sql": "select 1 as id from dual"})
    project.execute(
        "create table customers (customer_id number(10) primary key, email varchar2(80) not null unique,"
        " vip number(1))",
        "create table order_lines (order_id number(10), line number(3), customer_id number(10)"
        ' references customers, added_at date not null, "MixedCase" varchar2(5), "_SDC_TABLE_VERSION" number,'
        ' "DATE" date not null, primary key (order_id, line))',
        'create table "_STAGE" ("ORDER" number(3), "_ID" number(3), primary key ("ORDER", "_ID"))',
        "comment on table customers is 'Who buys'",
        "comment on column customers.vip is '1 for the ''best'' ones'",
        "insert into customers values (1, 'a@b.c', 1)",
        "insert into order_lines values (1, 1, 1, sysdate, 'x', 1, sysdate)",
    )
    return project


def test_keys_become_tests_that_pass(shop: Project) -> None:
    shop.dbt("sources", "--schema", shop.user, "--name", "shop", "--output", str(shop.root / "models/sources.yml"))
    document = yaml.safe_load((shop.root / "models/sources.yml").read_text())
    tables = {table["name"]: table for table in document["sources"][0]["tables"]}
    assert set(tables) == {"customers", "order_lines", "_STAGE"}
    assert tables["customers"]["description"] == "Who buys"
    columns = {column["name"]: column for column in tables["customers"]["columns"]}
    assert columns["vip"] == {"name": "vip", "description": "1 for the 'best' ones", "data_type": "NUMBER(1)"}
    assert columns["email"]["data_tests"] == ["not_null", "unique"]
    outcome = shop.dbt("test")
    statuses = {key.split(".")[2]: node["status"] for key, node in outcome.nodes.items()}
    assert set(statuses.values()) == {"pass"}
    assert any(name.startswith("source_relationships_shop_order_lines") for name in statuses)
    assert any("unique_combination_shop_order_lines_order_id__line" in name for name in statuses)
    assert len(statuses) == 13  # of a reserved word, and of a table whose name needs quotes, too


def test_freshness_uses_the_column_that_is_named(shop: Project, tmp_path: Path) -> None:
    output = tmp_path / "s.yml"
    shop.dbt("sources", "--schema", shop.user, "--loaded-at", "added_at", "--output", str(output))
    tables = {table["name"]: table for table in yaml.safe_load(output.read_text())["sources"][0]["tables"]}
    assert tables["order_lines"]["config"]["loaded_at_field"] == "added_at"
    assert "config" not in tables["customers"]


def test_tables_without_a_date_are_as_fresh_as_their_last_change(shop: Project) -> None:
    """dbt's freshness from metadata needs a capability that dbt-oracle does not declare; the dictionary is asked in its place."""
    path = shop.root / "models/dated.yml"
    shop.dbt("sources", "--schema", shop.user, "--name", "dated", "--last-modified", "--output", str(path))
    try:
        outcome = shop.dbt("source", "freshness", "--select", "source:dated")
    finally:
        path.unlink()
    assert outcome.log.count("PASS freshness of dated.") == 3
    seen = json.loads((shop.root / "target/sources.json").read_text())["results"]
    assert {0 <= result["max_loaded_at_time_ago_in_s"] < 3600 for result in seen} == {True}


def test_a_schema_or_table_that_is_not_there_is_an_error(shop: Project) -> None:
    assert "no table NOPE in" in shop.dbt("sources", "--schema", shop.user, "--table", "nope", fails=True).log
    assert "NOSUCH" in shop.dbt("sources", "--schema", "NOSUCH", fails=True).log


CATALOG = {
    "streams": [
        {
            "stream": "hr-employees",
            "key_properties": ["employee_id"],
            "schema": {
                "properties": {
                    "employee_id": {"type": ["integer", "null"]},
                    "name": {"type": ["string", "null"], "description": "Full name"},
                    "_id": {"type": ["string"]},
                    "salary": {"type": ["number", "null"]},
                    "photo": {"type": ["string", "null"]},
                }
            },
            "metadata": [
                {"breadcrumb": ["properties", "salary"], "metadata": {"inclusion": "available", "selected": False}},
                {"breadcrumb": ["properties", "photo"], "metadata": {"inclusion": "unsupported"}},
            ],
        },
        {
            "stream": "hr-secrets",
            "key_properties": [],
            "schema": {"properties": {}},
            "metadata": [{"breadcrumb": [], "metadata": {"selected": False}}],
        },
    ]
}


def test_a_singer_catalog_describes_what_the_target_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(CATALOG))
    assert main(["sources", "--catalog", str(path), "--name", "hr"]) == 0
    source = yaml.safe_load(capsys.readouterr().out)["sources"][0]
    assert (source["name"], source["schema"]) == ("hr", "{{ target.schema }}")
    (table,) = source["tables"]
    assert table["name"] == "employees"
    assert table["config"]["loaded_at_field"] == '"_SDC_BATCHED_AT"'
    assert table["columns"][0] == {"name": "employee_id", "data_tests": ["not_null", "unique"]}
    assert table["columns"][1] == {"name": "name", "description": "Full name"}
    # what the target creates in quotes; what is not extracted is not described
    assert table["columns"][2:] == [{"name": "_ID", "quote": True, "data_tests": ["not_null"]}]


def test_a_file_that_is_no_catalog_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.json"
    path.write_text("[]")
    assert main(["sources", "--catalog", str(path)]) == 1
    assert "is no Singer catalog" in capsys.readouterr().err
