"""The plugins inside the real Meltano, in a new project: added from their definitions, configured, discovered, tested, run."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import BIN, PASSWORD, REPOSITORY, Database

DEFINITIONS = REPOSITORY / "meltano" / "definitions"
PLUGINS = [("extractor", "tap-oracle"), ("loader", "target-oracle"), ("utility", "dbt-oracle")]


class Project:
    """A Meltano project in a folder of its own."""

    def __init__(self, root: Path, variables: dict[str, str]) -> None:
        self.root = root
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MELTANO_", "TAP_", "TARGET_", "FLEXT_"))
        }
        self.environment = {**kept, "NO_COLOR": "1", **variables}

    def with_variables(self, **variables: str) -> Project:
        changed = Project(self.root, {})
        changed.environment = self.environment | variables
        return changed

    def run(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(BIN / "meltano"), *arguments],
            cwd=self.root, env=self.environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == code, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done

    def plugin(self, name: str) -> dict[str, Any]:
        plugins = yaml.safe_load((self.root / "meltano.yml").read_text())["plugins"]
        return next(plugin for listed in plugins.values() for plugin in listed if plugin["name"] == name)

    def change(self, **changes: dict[str, Any]) -> None:
        """Merge keys into plugins, by name with underscores."""
        path = self.root / "meltano.yml"
        content = yaml.safe_load(path.read_text())
        for listed in content["plugins"].values():
            for plugin in listed:
                plugin.update(changes.get(plugin["name"].replace("-", "_"), {}))
        path.write_text(yaml.safe_dump(content, sort_keys=False))


@pytest.fixture(scope="module")
def users(database: Database) -> Iterator[tuple[str, str]]:
    """Who is read and who is written: two schemas, one with a table."""
    source, copy = "MELTANO_SOURCE", "MELTANO_COPY"
    with database.connect() as admin, admin.cursor() as cursor:
        for name in (source, copy):
            cursor.execute(f'CREATE USER {name} IDENTIFIED BY "{PASSWORD}"')
            for grant in ("CREATE SESSION", "CREATE TABLE", "UNLIMITED TABLESPACE"):
                cursor.execute(f"GRANT {grant} TO {name}")
    with database.connect(source) as owner, owner.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE parts (id NUMBER(5) CONSTRAINT parts_pk PRIMARY KEY, price NUMBER(9,2), note VARCHAR2(20 CHAR),"
            " changed_on DATE NOT NULL)"
        )
        cursor.execute(
            "INSERT INTO parts SELECT LEVEL, LEVEL + 0.25, 'part ' || LEVEL, DATE '2026-01-01' + LEVEL FROM dual"
            " CONNECT BY LEVEL <= 3"
        )
        owner.commit()
    yield source, copy
    with database.connect() as admin, admin.cursor() as cursor:
        for name in (source, copy):
            cursor.execute(f"DROP USER {name} CASCADE")


@pytest.fixture(scope="module")
def project(database: Database, users: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the three plugins added from their definitions; they run from this environment."""
    root = tmp_path_factory.mktemp("meltano") / "project"
    root.mkdir()
    (root / "meltano.yml").write_text(
        "requires_meltano: '>=4.4,<5'\nproject_id: test\ndefault_environment: dev\nsend_anonymous_usage_stats: false\n"
        "environments: [{name: dev}]\n"
    )
    source, copy = users
    address = {
        "HOST": database.host,
        "PORT": str(database.port),
        "SERVICE_NAME": database.service,
        "PASSWORD": PASSWORD,
    }
    variables = {f"TAP_ORACLE_{name}": value for name, value in (address | {"USERNAME": source}).items()}
    variables |= {f"TARGET_ORACLE_{name}": value for name, value in (address | {"USERNAME": copy}).items()}
    made = Project(root, variables)
    for plugin_type, name in PLUGINS:
        made.run(
            "add", "--plugin-type", plugin_type, name, "--from-ref", str(DEFINITIONS / f"{name}.yml"), "--no-install"
        )
    programs = {"tap_oracle": "tap-oracle", "target_oracle": "target-oracle", "dbt_oracle": "flext-dbt-oracle"}
    made.change(**{name: {"pip_url": None, "executable": str(BIN / program)} for name, program in programs.items()})
    return made


def test_the_definitions_are_what_the_packages_say() -> None:
    done = subprocess.run(
        [str(BIN / "python"), "ci/plugin_definitions.py", "--check"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("plugin_type", "name"), PLUGINS)
def test_add_brings_every_setting_with_kind_and_description(project: Project, plugin_type: str, name: str) -> None:
    settings = {setting["name"]: setting for setting in project.plugin(name)["settings"]}
    assert all(setting["kind"] and setting["description"] for setting in settings.values())
    assert settings["password"]["sensitive"] is True
    if plugin_type == "extractor":
        assert settings["port"]["value"] == 1521
        assert settings["arraysize"]["kind"] == "integer"
        assert "batch" in project.plugin(name)["capabilities"]


def test_config_shows_values_and_hides_secrets(project: Project, users: tuple[str, str]) -> None:
    printed = project.run("config", "print", "tap-oracle")
    assert f'"username": "{users[0]}"' in printed.stdout
    assert PASSWORD not in printed.stdout + printed.stderr


def test_config_test_answers_for_a_good_and_a_bad_connection(project: Project) -> None:
    project.run("config", "test", "tap-oracle")
    wrong = project.with_variables(TAP_ORACLE_PASSWORD="not_it")
    done = wrong.run("config", "test", "tap-oracle", code=1)
    assert "ORA-01017" in done.stdout + done.stderr


def test_discover_writes_only_the_catalog_to_stdout(project: Project) -> None:
    catalog = json.loads(project.run("invoke", "tap-oracle", "--discover").stdout)
    (stream,) = catalog["streams"]
    assert stream["tap_stream_id"] == "parts"
    assert stream["key_properties"] == ["id"]


def test_select_shows_what_is_selected(project: Project) -> None:
    project.run("select", "tap-oracle", "parts", "*")
    project.run("select", "tap-oracle", "--exclude", "parts", "note")
    listed = project.run("select", "tap-oracle", "--list", "--all").stdout
    assert re.search(r"\[selected\s*\] parts\.price", listed)
    assert re.search(r"\[excluded\s*\] parts\.note", listed)


def rows(database: Database, user: str, columns: str) -> list[tuple[Any, ...]]:
    with database.connect(user) as connection, connection.cursor() as cursor:
        return cursor.execute(f"SELECT {columns} FROM parts ORDER BY id").fetchall()


def test_run_moves_rows_keeps_state_and_goes_on_from_it(
    project: Project, database: Database, users: tuple[str, str]
) -> None:
    source, copy = users
    project.change(
        tap_oracle={
            "select": ["parts.*"],
            "metadata": {"parts": {"replication-method": "INCREMENTAL", "replication-key": "changed_on"}},
        }
    )
    project.run("run", "tap-oracle", "target-oracle")
    assert rows(database, copy, "id, price, note") == rows(database, source, "id, price, note")
    (state_id,) = re.findall(r"dev:tap-oracle-to-target-oracle\S*", project.run("state", "list").stdout)
    state = json.loads(project.run("state", "get", state_id).stdout)
    assert state["singer_state"]["bookmarks"]["parts"]["replication_key_value"].startswith("2026-01-04")

    with database.connect(source) as owner, owner.cursor() as cursor:
        cursor.execute("UPDATE parts SET note = 'changed unseen' WHERE id = 1")
        cursor.execute("UPDATE parts SET note = 'changed', changed_on = DATE '2026-02-01' WHERE id = 2")
        owner.commit()
    project.run("run", "tap-oracle", "target-oracle")
    assert rows(database, copy, "id, note") == [(1, "part 1"), (2, "changed"), (3, "part 3")]

    project.run("state", "set", "--force", state_id, json.dumps({"singer_state": {}}))
    project.run("run", "tap-oracle", "target-oracle")
    assert rows(database, copy, "id, note") == [(1, "changed unseen"), (2, "changed"), (3, "part 3")]


def test_full_refresh_reads_everything_again(project: Project, database: Database, users: tuple[str, str]) -> None:
    source, copy = users
    with database.connect(source) as owner, owner.cursor() as cursor:
        cursor.execute("UPDATE parts SET note = 'again' WHERE id = 3")
        owner.commit()
    project.run("run", "--full-refresh", "tap-oracle", "target-oracle")
    assert rows(database, copy, "id, note")[2] == (3, "again")


def test_a_failure_ends_meltano_with_its_reason(project: Project) -> None:
    wrong = project.with_variables(TARGET_ORACLE_PASSWORD="not_it")
    done = wrong.run("run", "tap-oracle", "target-oracle", code=1)
    assert "ORA-01017" in done.stdout + done.stderr
    assert PASSWORD not in done.stdout + done.stderr


def test_the_demo_project_is_valid_and_lists_its_jobs() -> None:
    demo = Project(REPOSITORY / "meltano", {})
    jobs = demo.run("job", "list").stdout
    assert "oracle_to_oracle_elt: ['tap-oracle target-oracle'" in jobs
    assert "hr_to_analytics" in jobs
    assert "nightly" in demo.run("schedule", "list").stdout
    demo.run("config", "print", "tap-oracle--hr")
