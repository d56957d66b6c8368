"""Whether a tag `<package>-v<version>` may be published: its package, version, changelog and siblings must agree.

    ci/release-check flext-tap-oracle-v0.1.0

Exit code 0 if so; else 1, with every reason on stderr.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PACKAGES = Path(__file__).resolve().parent.parent / "packages"
TAG = re.compile(r"(?P<package>flext-[a-z-]+)-v(?P<version>\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)")


def reasons(tag: str, packages: Path = PACKAGES) -> list[str]:
    """Why the tag cannot be published; empty if it can."""
    found = TAG.fullmatch(tag)
    if not found:
        return [f"the tag {tag!r} is not of the form flext-tap-oracle-v0.1.0"]
    package, version = found["package"], found["version"]
    if not (packages / package).is_dir():
        known = ", ".join(sorted(path.name for path in packages.iterdir() if path.is_dir()))
        return [f"there is no package {package!r}: there are {known}"]
    project = _project(packages / package)
    wrong = []
    if project["version"] != version:
        wrong.append(f"{package}/pyproject.toml says version {project['version']}, the tag says {version}")
    changelog = (packages / package / "CHANGELOG.md").read_text(encoding="utf-8")
    if not re.search(rf"^## \[?{re.escape(version)}\]? - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE):
        wrong.append(
            f"{package}/CHANGELOG.md has no head '## {version} - YYYY-MM-DD': move what is under Unreleased there"
        )
    wrong += _siblings(project, packages)
    return wrong


def _project(folder: Path) -> dict[str, object]:
    with (folder / "pyproject.toml").open("rb") as file:
        project: dict[str, object] = tomllib.load(file)["project"]
    return project


def _siblings(project: dict[str, object], packages: Path) -> list[str]:
    """A package of this repository must be wanted in a range that has the version it has here."""
    wrong = []
    dependencies = project.get("dependencies", [])
    assert isinstance(dependencies, list)
    for text in dependencies:
        requirement = Requirement(text)
        if not (packages / requirement.name).is_dir():
            continue
        version = str(_project(packages / requirement.name)["version"])
        if not requirement.specifier:
            wrong.append(f"{project['name']} wants {requirement.name} without a range")
        elif not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{project['name']} wants {text}, but {requirement.name} is {version}")
    return wrong


def main(arguments: list[str]) -> int:
    """Check the one tag given and print why it cannot be published."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    wrong = reasons(arguments[0])
    for reason in wrong:
        print(reason, file=sys.stderr)
    if not wrong:
        print(f"{arguments[0]} may be published")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
