"""`flext-dbt-oracle report`: what a run did, and why it failed, for a person."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from dbt_projects import Project

FILES = {
    "models/good.sql": "select 1 as id from dual",
    "models/apart.sql": "select 1 as id from dual",
    "models/broken.sql": "select id, nosuch from {{ ref('good') }} where '<b>' = '<b>'",
    "models/after.sql": "select * from {{ ref('broken') }}",
    "models/models.yml": """
version: 2
models:
- name: apart
  columns:
  - name: id
    data_tests:
    - accepted_values: {arguments: {values: [2]}}
""",
}


@pytest.fixture(scope="module")
def built(new_project: Callable[..., Project]) -> Project:
    project = new_project(FILES)
    outcome = project.dbt("build", fails=True)
    assert outcome.code == 1
    assert "ORA-00904: The column does not exist" in outcome.log
    project.dbt("report")
    return project


def test_markdown_says_status_error_explanation_and_the_query_of_a_failed_test(built: Project) -> None:
    text = (built.root / "target/report.md").read_text()
    assert re.search(r"dbt build: 1 error, 1 fail, 1 skipped, 2 success in", text)
    database = built.query("select sys_context('userenv', 'DB_NAME') from dual")[0][0]
    assert f", {database}.{built.user}, 20" in text  # where the rows are; no target was named
    assert "### model `broken`: error" in text
    assert "- **ORA-00904**: The column does not exist" in text
    assert "Rows that fail:" in text
    assert "not in (" in text
    assert re.search(r'n\d+\["good"\]', text)
    assert built.password not in text


def test_html_is_one_file_and_escapes_what_it_shows(built: Project) -> None:
    page = (built.root / "target/report.html").read_text()
    assert page.startswith("<!doctype html>")
    assert not re.search(r"(?:src|href)=", page)
    assert "<b>" not in page
    assert "ORA-00904: The column does not exist" in page
    assert page.count("<rect") == 3
    assert "rect class='model bad'" in page


def test_without_a_run_the_report_says_what_is_missing(new_project: Callable[..., Project]) -> None:
    project = new_project({"models/one.sql": "select 1 as id from dual"})
    assert "run_results.json does not exist: run dbt first" in project.dbt("report", fails=True).log
