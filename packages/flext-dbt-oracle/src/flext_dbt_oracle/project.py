"""`flext-dbt-oracle init`: a dbt project that runs at once, with the dispatch order and the shims that the macros need."""

from __future__ import annotations

import re
from pathlib import Path

from .errors import CommandError
from .profile import profile_text

TEMPLATES = Path(__file__).parent / "templates"
SHIMS = Path("macros/flext_oracle_shims.sql")


class ProjectError(CommandError):
    """The project cannot be written; the text says why and what to do."""


def project_name(folder: Path) -> str:
    """A dbt project name (letters, digits, underscores) from the folder's name."""
    name = re.sub(r"\W+", "_", folder.resolve().name.lower(), flags=re.ASCII).strip("_")
    return name if re.match(r"[a-z]", name) else f"dbt_{name}".rstrip("_")


def create_project(folder: Path, name: str | None = None) -> list[Path]:
    """Write the project and return its files. Nothing that exists is overwritten.

    In a folder that holds a dbt project already, only the shims are written; what its dbt_project.yml and packages.yml
    need is for the user to add (`integration_text` says what).

    Raises:
        ProjectError: the name is not one that dbt takes, or a file is in the way.
    """
    chosen = name or project_name(folder)
    if not re.fullmatch(r"[A-Za-z_]\w*", chosen, flags=re.ASCII):
        raise ProjectError(f"{chosen!r} is no name for a dbt project: letters, digits and underscores only")
    if (folder / "dbt_project.yml").exists():
        return [_write(folder / SHIMS, (TEMPLATES / "project" / SHIMS).read_text())]
    written = []
    for template in sorted(path for path in (TEMPLATES / "project").rglob("*") if path.is_file()):
        relative = template.relative_to(TEMPLATES / "project")
        target = folder / (".gitignore" if relative.name == "gitignore" else relative)
        written.append(_write(target, template.read_text().replace("__project__", chosen)))
    written.append(_write(folder / "profiles" / "profiles.yml", profile_text()))
    return written


def integration_text(name: str) -> str:
    """What an existing project adds to its dbt_project.yml and packages.yml."""
    project = (TEMPLATES / "project" / "dbt_project.yml").read_text().replace("__project__", name)
    dispatch = project[project.index("dispatch:") : project.index("models:")].rstrip()
    packages = (TEMPLATES / "project" / "packages.yml").read_text().rstrip()
    return f"# dbt_project.yml\n{dispatch}\n\n# packages.yml\n{packages}\n"


def meltano_text(folder: str) -> str:
    """The utility `dbt-oracle` for a meltano.yml."""
    return (TEMPLATES / "meltano.yml").read_text().replace("__folder__", folder)


def _write(path: Path, text: str) -> Path:
    if path.exists():
        raise ProjectError(f"{path} exists and is left as it is; remove it first, or choose another folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
