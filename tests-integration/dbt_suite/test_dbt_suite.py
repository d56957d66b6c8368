"""dbt-tests-adapter's classes and dbt-oracle's own suite against the emulator, in processes with settings of their own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dbt_suite import suite

pytestmark = pytest.mark.dbt_suite


def test_every_case_passes_on_19c() -> None:
    found, output = suite.run_on_emulator(suite.CASES, only="adapter_basics.py")
    print(output)  # noqa: T201
    assert len(found) >= 12
    assert {name for name, outcome in found.items() if outcome != "passed"} == set()


@pytest.mark.slow
def test_every_class_that_dbt_oracle_takes_from_dbt_passes_on_23ai() -> None:
    found, output = suite.run_on_emulator(suite.CASES, compatible=23)
    print(output)  # noqa: T201
    assert len(found) >= 80
    assert {name for name, outcome in found.items() if outcome != "passed"} == set()


@pytest.mark.upstream
def test_dbt_oracles_own_suite_passes_unmodified() -> None:
    """115 tests; two are skipped by upstream."""
    found, output = suite.run_upstream()
    print(output)  # noqa: T201
    outcomes = list(found.values())
    assert (len(outcomes), outcomes.count("skipped")) == (115, 2)
    assert {name for name, outcome in found.items() if outcome == "failed"} == set()
    assert {name for name, outcome in found.items() if outcome == "passed"} == suite.passing()


def test_the_list_of_upstreams_passing_tests_is_whole() -> None:
    """All 115 but the two that upstream skips: whoever takes one out has to say so here."""
    assert len(suite.passing()) == 113


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    return subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments], capture_output=True, text=True, check=True
    ).stdout


def test_sources_are_fetched_at_the_commit_that_is_asked_for(tmp_path: Path) -> None:
    origin, into = tmp_path / "origin", tmp_path / "into"
    for folder in (origin, into):
        folder.mkdir()
    git(origin, "init", "--quiet")
    for text in ("released", "later"):
        (origin / "tests.txt").write_text(text)
        git(origin, "add", "tests.txt")
        git(origin, "commit", "--quiet", "-m", text)
    released = git(origin, "rev-parse", "HEAD~1").strip()
    assert (suite.fetch(into, str(origin), released) / "tests.txt").read_text() == "released"


def test_a_repository_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no-such-place"):
        suite.fetch(tmp_path, str(tmp_path / "no-such-place"))


def test_another_release_than_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "RELEASE", "1.10.0")
    with pytest.raises(RuntimeError, match=r"the pinned commit is that of 1\.10\.0"):
        suite.fetch(tmp_path)
