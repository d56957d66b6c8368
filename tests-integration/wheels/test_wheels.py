"""What users install: each wheel alone in a clean environment, with only what it declares, in its newest and oldest versions.

Slow (environments are made, versions downloaded): run by `ci/test -m wheels`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import PASSWORD, REPOSITORY, Database

pytestmark = pytest.mark.wheels

PACKAGES = ["flext-db-oracle", "flext-dbt-oracle", "flext-oracle-emulator", "flext-tap-oracle", "flext-target-oracle"]
TABLE = "WHEEL_ROWS"


def command(*arguments: str | Path, stdin: str = "", env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(argument) for argument in arguments],
        input=stdin, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def uv() -> str:
    found = shutil.which("uv") or REPOSITORY / ".tools" / "bin" / "uv"
    return str(found)


@pytest.fixture(scope="session")
def dist(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheel and sdist of every package, as the release builds them, and the compiled wheel of this machine."""
    folder = tmp_path_factory.mktemp("dist")
    for package in PACKAGES:
        build(uv, package, folder, compiled="no")
    build(uv, "flext-db-oracle", folder, "--wheel", compiled="require")
    return folder


def build(uv: str, package: str, folder: Path, *options: str, compiled: str) -> None:
    where = ("--package", package, "--out-dir", folder, REPOSITORY)
    command(uv, "build", "--quiet", "--no-sources", *options, *where, env={"FLEXT_COMPILED": compiled})


@dataclass(frozen=True)
class Installed:
    """An environment with one package and what that declares."""

    bin: Path
    package: str
    resolution: str


@pytest.fixture(scope="module", params=["highest", "lowest-direct"])
def resolution(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def install(
    uv: str, dist: Path, tmp_path_factory: pytest.TempPathFactory, resolution: str
) -> Callable[[str], Installed]:
    made: dict[str, Installed] = {}

    def make(package: str) -> Installed:
        if package not in made:
            home = tmp_path_factory.mktemp(package)
            command(uv, "venv", "--quiet", home)
            wheel = min(dist.glob(f"{package.replace('-', '_')}-*.whl"))  # the compiled one, if there are two
            command(
                uv, "pip", "install", "--quiet", "--python", home / "bin" / "python",
                "--find-links", dist, "--resolution", resolution, wheel,
            )  # fmt: skip
            made[package] = Installed(home / "bin", package, resolution)
        return made[package]

    return make


@pytest.mark.parametrize("package", PACKAGES)
def test_a_wheel_installs_alone_and_tells_its_version(
    package: str, install: Callable[[str], Installed], uv: str
) -> None:
    installed = install(package)
    command(uv, "pip", "check", "--python", installed.bin / "python")
    module = package.replace("-", "_")
    command(installed.bin / "python", "-W", "error::ImportWarning", "-c", f"import {module}")
    with (REPOSITORY / "packages" / package / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    for script in project["scripts"]:
        assert project["version"] in command(installed.bin / script, "--version")


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_published_is_complete(package: str, dist: Path, uv: str) -> None:
    """The licence, the types marker and the readme are inside; the sdist builds the same wheel."""
    module = package.replace("-", "_")
    listing = command(uv, "run", "--no-project", "python", "-m", "zipfile", "-l", next(dist.glob(f"{module}-*.whl")))
    assert f"{module}/py.typed" in listing
    assert "licenses/LICENSE" in listing
    with (REPOSITORY / "packages" / package / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    assert project["license"] == "MIT"
    assert project["readme"] == "README.md"


def installed_parts(uv: str, home: Path, wheel: Path) -> str:
    """Which parts of the library are compiled, in an environment of its own."""
    command(uv, "venv", "--quiet", home)
    command(uv, "pip", "install", "--quiet", "--python", home / "bin" / "python", wheel)
    script = "from flext_db_oracle.compiled import encode, decode, digest; print([part is not None for part in (encode, decode, digest)])"
    return command(home / "bin" / "python", "-c", script)


def test_the_library_is_compiled_where_a_wheel_is_and_whole_elsewhere(dist: Path, uv: str, tmp_path: Path) -> None:
    compiled, pure = sorted(dist.glob("flext_db_oracle-*.whl"))
    assert pure.name.endswith("-py3-none-any.whl")
    assert installed_parts(uv, tmp_path / "compiled", compiled) == "[True, True, True]\n"
    assert installed_parts(uv, tmp_path / "pure", pure) == "[False, False, False]\n"


def test_without_a_compiler_the_sdist_installs_all_the_same(dist: Path, uv: str, tmp_path: Path) -> None:
    (sdist,) = dist.glob("flext_db_oracle-*.tar.gz")
    command(uv, "build", "--quiet", "--wheel", "--out-dir", tmp_path, sdist, env={"CC": "false", "CXX": "false"})
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")


@pytest.fixture
def user(database: Database, new_user: Callable[[str], str]) -> str:
    name = new_user("WHEEL")
    with database.connect(name) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (id NUMBER(5) CONSTRAINT {TABLE}_PK PRIMARY KEY, name VARCHAR2(20 CHAR))")
        cursor.executemany(f"INSERT INTO {TABLE} VALUES (:1, :2)", [(1, "Ada"), (2, "Grace")])
        connection.commit()
    return name


def test_the_library_reads_a_table(install: Callable[[str], Installed], database: Database, user: str) -> None:
    script = (
        "import sys, json\n"
        "from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig\n"
        "with FlextDbOracleApi(FlextDbOracleConfig(**json.load(sys.stdin))) as api:\n"
        f"    print(api.execute_query('SELECT name FROM {TABLE} WHERE id >= :id ORDER BY id', {{'id': 1}}).unwrap().rows)\n"
    )
    installed = install("flext-db-oracle")
    out = command(installed.bin / "python", "-c", script, stdin=json.dumps(database.settings(user)))
    assert out == "[('Ada',), ('Grace',)]\n"


def test_the_emulator_serves_a_driver(install: Callable[[str], Installed], uv: str) -> None:
    installed = install("flext-oracle-emulator")
    command(uv, "pip", "install", "--quiet", "--python", installed.bin / "python", "oracledb")
    script = (
        "import oracledb\n"
        "from flext_oracle_emulator import Emulator\n"
        "with Emulator() as db, oracledb.connect(**db.connect_args) as connection:\n"
        "    print(connection.cursor().execute('SELECT 6 * 7 FROM dual').fetchone())\n"
    )
    assert command(installed.bin / "python", "-c", script) == "(42,)\n"


def test_tap_and_target_move_a_table(
    install: Callable[[str], Installed], database: Database, user: str, new_user: Callable[[str], str], tmp_path: Path
) -> None:
    copy = new_user("WHEEL_COPY")
    tap_config, target_config = tmp_path / "tap.json", tmp_path / "target.json"
    tap_config.write_text(json.dumps({**database.settings(user), "schema": user}))
    target_config.write_text(json.dumps(database.settings(copy)))
    read = command(install("flext-tap-oracle").bin / "tap-oracle", "--config", tap_config)
    command(install("flext-target-oracle").bin / "target-oracle", "--config", target_config, stdin=read)
    with database.connect(copy) as connection, connection.cursor() as cursor:
        assert cursor.execute(f"SELECT id, name FROM {TABLE} ORDER BY id").fetchall() == [(1, "Ada"), (2, "Grace")]


def test_dbt_connects(install: Callable[[str], Installed], database: Database, user: str, tmp_path: Path) -> None:
    program = install("flext-dbt-oracle").bin / "flext-dbt-oracle"
    variables = {
        "FLEXT_TARGET_ORACLE_HOST": database.host,
        "FLEXT_TARGET_ORACLE_PORT": str(database.port),
        "FLEXT_TARGET_ORACLE_SERVICE_NAME": database.service,
        "FLEXT_TARGET_ORACLE_USERNAME": user,
        "FLEXT_TARGET_ORACLE_PASSWORD": PASSWORD,
        "FLEXT_TARGET_ORACLE_SCHEMA": user,
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }
    command(program, "profile", "--write", tmp_path, env=variables)
    project = tmp_path / "dbt_project.yml"
    project.write_text("name: smoke\nprofile: flext_oracle\n")
    arguments = ["--project-dir", str(tmp_path), "--profiles-dir", str(tmp_path)]
    out = command(program, "debug", *arguments, env=variables)
    assert "Connection test: [OK connection ok]" in out.replace("\x1b[32m", "").replace("\x1b[0m", "")
