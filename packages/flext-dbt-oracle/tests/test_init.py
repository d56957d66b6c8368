"""`flext-dbt-oracle init`: a project that runs at once, twice, and nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from dbt_projects import Database, Project
from flext_dbt_oracle.cli import main


def test_the_project_builds_at_once_and_again(
    tmp_path: Path, database: Database, new_user: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "My shop"
    assert main(["init", str(root)]) == 0
    project = Project.at(root, database, new_user())
    for _run in range(2):
        outcome = project.dbt("build")
        assert "PASS=5 WARN=0 ERROR=0 SKIP=0" in outcome.log
    assert project.query("select count(*), sum(days) from months") == [(12, 365)]
    assert project.query("select count(*) from user_indexes where table_name = 'MONTHS'") == [(1,)]
    assert yaml.safe_load((root / "dbt_project.yml").read_text())["name"] == "my_shop"


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "packages.yml").write_text("mine")
    assert main(["init", str(tmp_path), "--name", "shop"]) == 1
    assert "left as it is" in capsys.readouterr().err
    assert (tmp_path / "packages.yml").read_text() == "mine"


def test_a_project_that_exists_gets_the_shims_and_is_told_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: old_one\n")
    assert main(["init", str(tmp_path), "--name", "old_one"]) == 0
    out = capsys.readouterr().out
    assert (tmp_path / "macros/flext_oracle_shims.sql").exists()
    assert (tmp_path / "dbt_project.yml").read_text() == "name: old_one\n"
    assert "search_order: [old_one, flext_dbt_oracle, dbt]" in out
    assert "FLEXT_DBT_ORACLE_PACKAGE" in out


def test_a_name_that_dbt_refuses_is_refused_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path), "--name", "my-shop"]) == 1
    assert "'my-shop' is no name for a dbt project" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_meltano_utility_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "transform"), "--meltano"]) == 0
    out = capsys.readouterr().out
    document = yaml.safe_load(out[out.index("\nplugins:") : out.index("\nNext:")])
    utility = document["plugins"]["utilities"][0]
    assert (utility["name"], utility["executable"]) == ("dbt-oracle", "flext-dbt-oracle")
    assert {"run", "test", "build", "seed", "snapshot", "docs-generate", "deps", "debug", "clean"} <= set(
        utility["commands"]
    )
