"""The integration projects of dbt_utils and the like, built with this repository's macros on the emulator.

    suite.py run [--packages DIR] [NAME ...]     build them, compare with passing/NAME.txt
    suite.py update [--packages DIR] [NAME ...]      and keep what passes
    suite.py fetch DIR                           only the sources, for DBT_PACKAGES_DIR of test_packages.py

(codegen's cases compare the text of other databases' types, dbt_date's stand on one model with a literal that Oracle refuses:
both packages are tested in packages/flext-dbt-oracle/tests/test_packages.py.)

The packages are not on the package index: their sources are fetched with git at the commits below and never committed. What
is added to each project: our package and its dispatch order, the shims, the session's set-up, and one schema for
everything, since a schema is a user. Their models and tests stay as they are; many are written in other databases' SQL, so a
case that is in no list does not apply to Oracle or does not work. They run on the emulator of 23ai, which allows SELECT
without FROM.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import flext_dbt_oracle
import oracledb
import yaml
from flext_dbt_oracle.project import SHIMS, TEMPLATES
from flext_oracle_emulator import Emulator

FOLDER = Path(__file__).resolve().parent
USER, PASSWORD = "DBT_PACKAGES", "Canary_5ecret"
#: name: repository, commit, and the packages that it stands on
INTEGRATION = ("dbt_utils", "dbt_expectations", "audit_helper")
PACKAGES = {
    "dbt_utils": ("dbt-labs/dbt-utils", "700764ce230b2fb775b5338b6bc77a72233ea34c", ()),
    "dbt_date": ("calogica/dbt-date", "3580a09de74f25c66838f80fe79bb9c346351e62", ()),
    "dbt_expectations": ("metaplane/dbt-expectations", "77d385655ce3318685cf6930b46d077f61de5f55", ("dbt_date",)),
    "audit_helper": ("dbt-labs/dbt-audit-helper", "3bd0ca4e9d79b7d740ad7e77384b3d03a16cf242", ("dbt_utils",)),
    "codegen": ("dbt-labs/dbt-codegen", "526cb1f0e8464d88b931e0249b4198039f15d641", ("dbt_utils",)),
}
ONE_SCHEMA = "{% macro generate_schema_name(custom_schema_name, node) %}{{ target.schema }}{% endmacro %}\n"


def fetch(into: Path) -> None:
    for name, (repository, commit, _stands_on) in PACKAGES.items():
        folder = into / name
        folder.mkdir(parents=True)
        for arguments in (
            ("init", "--quiet"),
            ("fetch", "--quiet", "--depth=1", f"https://github.com/{repository}", commit),
            ("-c", "advice.detachedHead=false", "checkout", "--quiet", commit),
        ):
            done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"git {' '.join(arguments)}: {done.stderr.strip()}")


def prepare(name: str, packages: Path, into: Path) -> Path:
    """A copy of the package's integration project that uses our macros; returns its folder."""
    _, _, stands_on = PACKAGES[name]
    for package in (name, *stands_on):
        shutil.copytree(packages / package, into / package, dirs_exist_ok=True)
        (into / package / "packages.yml").unlink(missing_ok=True)  # of the hub; all are local here
    project = into / name / "integration_tests"
    configured = yaml.safe_load((project / "dbt_project.yml").read_text())
    template = yaml.safe_load(
        (TEMPLATES / "project" / "dbt_project.yml").read_text().replace("__project__", configured["name"])
    )
    configured |= {"dispatch": template["dispatch"], "profile": "flext_oracle"}
    configured.setdefault("flags", {})["use_colors"] = False
    for kind in ("models", "seeds"):  # as in a project of `flext-dbt-oracle init`: dates as text are ISO ones
        configured[kind] = (configured.get(kind) or {}) | {"+pre-hook": template["models"]["+pre-hook"]}
    (project / "dbt_project.yml").write_text(yaml.safe_dump(configured))
    local = [str(flext_dbt_oracle.PACKAGE_PATH), *(str(into / package) for package in (name, *stands_on))]
    (project / "packages.yml").write_text(yaml.safe_dump({"packages": [{"local": path} for path in local]}))
    for macro in (project / "macros").glob("*schema*.sql"):  # their own way to name schemas
        if "macro generate_schema_name" in macro.read_text():
            macro.unlink()
    shims = project / SHIMS
    shims.parent.mkdir(exist_ok=True)
    shims.write_text((TEMPLATES / "project" / SHIMS).read_text() + ONE_SCHEMA)
    (project / "profiles.yml").write_text(flext_dbt_oracle.profile_text())
    return project


def build(project: Path, variables: dict[str, str]) -> dict[str, Any]:
    """Run everything and return the results by node, in processes of their own.

    Unit tests come by themselves: in a build the first that fails leaves out others, and which these are is a matter of time.
    """
    found: dict[str, Any] = {}
    for command in (["build", "--exclude-resource-type", "unit_test"], ["test", "--select", "test_type:unit"]):
        results = project / "target" / "run_results.json"
        results.unlink(missing_ok=True)
        where = ["--project-dir", str(project), "--profiles-dir", str(project)]
        done = subprocess.run(
            [sys.executable, "-m", "flext_dbt_oracle.cli", *command, *where],
            cwd=project,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if not results.exists():
            raise RuntimeError(done.stdout + done.stderr)
        found |= {result["unique_id"]: result for result in json.loads(results.read_text())["results"]}
    return found


def run(name: str, packages: Path, host: str, port: int) -> dict[str, Any]:
    settings = {
        "HOST": host,
        "PORT": str(port),
        "SERVICE_NAME": "FREEPDB1",
        "USERNAME": USER,
        "PASSWORD": PASSWORD,
        "SCHEMA": USER,
    }
    with tempfile.TemporaryDirectory() as folder:
        project = prepare(name, packages, Path(folder))
        return build(project, os.environ | {f"FLEXT_TARGET_ORACLE_{key}": value for key, value in settings.items()})


def passing(name: str) -> set[str]:
    path = FOLDER / "passing" / f"{name}.txt"
    return set(path.read_text().split()) if path.exists() else set()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["run", "update", "fetch"])
    parser.add_argument("names", nargs="*", help="packages, by default all; for fetch: the folder")
    parser.add_argument("--packages", type=Path, help="a folder with the sources, each by its name")
    arguments = parser.parse_args()
    if arguments.what == "fetch":
        fetch(Path(arguments.names[0]))
        return 0
    lost: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        packages = arguments.packages or Path(folder)
        if not arguments.packages:
            fetch(packages)
        for name in arguments.names or INTEGRATION:
            lost += compare(name, packages, update=arguments.what == "update")
    for case in lost:
        print(f"passed before and does not now: {case}")  # noqa: T201
    return 1 if lost else 0


def compare(name: str, packages: Path, *, update: bool) -> list[str]:
    with Emulator(compatible=23) as server:
        with oracledb.connect(**server.connect_args) as connection, connection.cursor() as cursor:
            cursor.execute(f'CREATE USER {USER} IDENTIFIED BY "{PASSWORD}"')
            cursor.execute(f"GRANT CREATE SESSION, CREATE TABLE, CREATE VIEW, UNLIMITED TABLESPACE TO {USER}")
        found = run(name, packages, server.host, server.port)
    passed = {key for key, result in found.items() if result["status"] in {"success", "pass"}}
    counts = Counter(str(result["status"]) for result in found.values())
    print(f"{name}: {len(passed)} of {len(found)} pass ({dict(counts)})")  # noqa: T201
    for key, result in sorted(found.items()):
        if key not in passed and result["status"] != "skipped":
            print(f"  {key}: {' '.join(str(result['message']).split())[:200]}")  # noqa: T201
    if update:
        (FOLDER / "passing").mkdir(exist_ok=True)
        (FOLDER / "passing" / f"{name}.txt").write_text("\n".join(sorted(passing(name) | passed)) + "\n")
    return sorted(passing(name) - passed)


if __name__ == "__main__":
    sys.exit(main())
