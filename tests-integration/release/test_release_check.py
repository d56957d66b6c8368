"""A tag is published only when version, changelog and siblings agree with it; else every reason is named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "ci"))
from release_check import reasons


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Two packages, the second of which wants the first."""
    for name, dependencies in (("flext-db-oracle", []), ("flext-tap-oracle", ["flext-db-oracle>=0.1,<0.2"])):
        folder = tmp_path / name
        folder.mkdir()
        listed = ", ".join(f'"{item}"' for item in dependencies)
        (folder / "pyproject.toml").write_text(
            f'[project]\nname = "{name}"\nversion = "0.1.0"\ndependencies = [{listed}]\n'
        )
        (folder / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-12-01\n\n- First.\n")
    return tmp_path


def test_a_tag_that_agrees_may_be_published(packages: Path) -> None:
    assert reasons("flext-tap-oracle-v0.1.0", packages) == []


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("v0.1.0", "not of the form"),
        ("flext-nothing-v0.1.0", "there is no package 'flext-nothing'"),
        ("flext-tap-oracle-v0.2.0", "says version 0.1.0"),
    ],
)
def test_a_tag_that_does_not_agree_is_refused(packages: Path, tag: str, reason: str) -> None:
    assert any(reason in found for found in reasons(tag, packages))


def test_an_undated_changelog_is_refused(packages: Path) -> None:
    (packages / "flext-tap-oracle" / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n")
    assert any("CHANGELOG.md has no head" in found for found in reasons("flext-tap-oracle-v0.1.0", packages))


def test_a_sibling_out_of_range_is_refused(packages: Path) -> None:
    project = packages / "flext-db-oracle" / "pyproject.toml"
    project.write_text(project.read_text().replace("0.1.0", "0.2.0"))
    assert any("but flext-db-oracle is 0.2.0" in found for found in reasons("flext-tap-oracle-v0.1.0", packages))


def test_the_command_says_no_with_an_exit_code() -> None:
    done = subprocess.run(
        [sys.executable, "ci/release_check.py", "flext-tap-oracle-v99.0.0"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "the tag says 99.0.0" in done.stderr
