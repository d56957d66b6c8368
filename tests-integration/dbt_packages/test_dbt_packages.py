"""The integration projects of dbt_utils and the like keep passing what they passed; their sources are fetched with git."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbt_packages import suite


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    suite.fetch(folder)
    return folder


@pytest.mark.upstream
@pytest.mark.parametrize("name", suite.INTEGRATION)
def test_nothing_that_passed_is_lost(packages: Path, name: str) -> None:
    assert suite.compare(name, packages, update=False) == []


@pytest.mark.parametrize("name", suite.INTEGRATION)
def test_the_readme_counts_the_kept_list(name: str) -> None:
    readme = (Path(__file__).parents[2] / "packages/flext-dbt-oracle/README.md").read_text()
    assert f"{name} {len(suite.passing(name))} of " in readme
