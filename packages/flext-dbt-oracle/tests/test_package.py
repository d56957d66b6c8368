"""The dbt package as a whole: its documentation, its independence, and that it is found everywhere it must be."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import yaml
from dbt_projects import Project
from flext_dbt_oracle import PACKAGE_PATH
from flext_dbt_oracle.project import SHIMS, TEMPLATES

MACROS = PACKAGE_PATH / "macros"
SIGNATURE = re.compile(r"{%-? macro (\w+)\((.*?)\) -?%}")


def signatures() -> dict[str, list[str]]:
    found = {}
    for path in MACROS.rglob("*.sql"):
        for name, parameters in SIGNATURE.findall(path.read_text()):
            found[name] = re.findall(r"(\w+)(?:=[^,{\[]*(?:[{\[][^}\]]*[}\]])?)?", re.sub(r"=[^,]*", "", parameters))
    return found


def test_what_is_documented_exists_with_these_arguments() -> None:
    known = signatures()
    for macro in yaml.safe_load((MACROS / "macros.yml").read_text())["macros"]:
        assert [argument["name"] for argument in macro["arguments"]] == known[macro["name"]], macro["name"]


def test_each_name_is_defined_once() -> None:
    names = [name for path in MACROS.rglob("*.sql") for name, _ in SIGNATURE.findall(path.read_text())]
    assert len(names) == len(set(names))


def test_the_package_depends_on_no_other() -> None:
    """A dependency from the hub would make `dbt deps` call home, and fail where there is no way out."""
    assert not list(PACKAGE_PATH.rglob("packages.yml"))
    assert not list(PACKAGE_PATH.rglob("dependencies.yml"))


def test_every_shim_calls_the_package() -> None:
    known = set(signatures())
    text = (TEMPLATES / "project" / SHIMS).read_text()
    called = set(re.findall(r"flext_dbt_oracle\.(\w+)\(", text))
    materializations = {name for name in called if name.startswith("materialization_")}
    assert materializations == {"materialization_table_oracle", "materialization_incremental_oracle"}
    assert called - materializations <= known


def test_dbt_lists_the_documented_macros_in_a_project_of_a_copied_package(
    new_project: Callable[..., Project], tmp_path: Path
) -> None:
    """As a git subdirectory or a vendored copy is used: by a path of its own, offline."""
    project = new_project({"models/one.sql": "select {{ dbt.date_trunc('day', 'sysdate') }} as d from dual"})
    shutil.copytree(PACKAGE_PATH, tmp_path / "vendored")
    (project.root / "packages.yml").write_text(yaml.safe_dump({"packages": [{"local": str(tmp_path / "vendored")}]}))
    project.dbt("compile")
    compiled = (project.root / "target/compiled/shop/models/one.sql").read_text()
    assert "trunc(sysdate, 'DD')" in compiled


def test_the_package_comes_from_a_git_subdirectory(new_project: Callable[..., Project], tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    shutil.copytree(PACKAGE_PATH, repository / "packages/macros")
    git = ["git", "-C", str(repository), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "macros"], ["tag", "v1"]):
        subprocess.run([*git, *command], check=True)
    entry = {"git": f"file://{repository}", "revision": "v1", "subdirectory": "packages/macros"}
    project = new_project({"models/one.sql": "select {{ dbt.date_trunc('week', 'sysdate') }} as d from dual"})
    (project.root / "packages.yml").write_text(yaml.safe_dump({"packages": [entry]}))
    project.dbt("compile")
    compiled = (project.root / "target/compiled/shop/models/one.sql").read_text()
    assert "trunc(sysdate, 'IW')" in compiled
