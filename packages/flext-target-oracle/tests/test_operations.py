"""What operators use: the plan, hooks, progress and summary, the page of settings."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flext_target_oracle.settings import refuse_unknown, with_environment
from flext_target_oracle.summary import Progress, Tally
from singer_sdk.exceptions import ConfigValidationError

if TYPE_CHECKING:
    from conftest import Loader

DOCS = Path(__file__).parent.parent / "docs"
ID = {"type": "integer", "minimum": 0, "maximum": 999}
TEXT = {"type": ["string", "null"], "maxLength": 50}


def plan(loader: Loader, *messages: Any, **config: Any) -> str:
    done = subprocess.run(
        [*loader.command(**config), "--plan"], input=loader.lines(messages).decode(), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stdout


def test_a_plan_shows_mapping_and_ddl_and_does_nothing(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "v": {**TEXT, "description": "a text"}}, ["id"])
    owner = loader.api.current_schema().unwrap()
    table = f'"{owner}"."{loader.table}"'
    assert plan(loader, schema, loader.record(id=1), loader.state(1)) == (
        f"-- stream {loader.stream} -> {owner}.{loader.table}: upsert, key: id\n"
        "--   id -> ID NUMBER(3) NOT NULL\n"
        "--   v -> V VARCHAR2(50 CHAR)\n"
        f"CREATE TABLE {table} (\n"
        '    "ID" NUMBER(3) NOT NULL,\n'
        '    "V" VARCHAR2(50 CHAR),\n'
        f'    CONSTRAINT "{loader.table}_PK" PRIMARY KEY ("ID")\n'
        ");\n"
        f"COMMENT ON COLUMN {table}.\"V\" IS 'a text';\n"
    )
    assert not loader.exists(loader.table)
    loader.run(schema, loader.record(id=1))
    wider = loader.schema({"id": ID, "v": {**TEXT, "maxLength": 9000}, "w": TEXT}, ["id"])
    shown = plan(loader, wider, schema_policy="fail") + plan(loader, wider)
    assert f'ALTER TABLE {table} ADD ("W" VARCHAR2(50 CHAR));' in shown
    assert "-- V is VARCHAR2(50 CHAR), not CLOB: schema_policy is fail" in shown
    assert loader.types() == {"ID": "NUMBER(3)", "V": "VARCHAR2(50 CHAR)"}


def test_a_plan_shows_the_options_of_new_tables_and_what_stays_as_it_is(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "v": TEXT}, ["id"])
    owner = loader.api.current_schema().unwrap()
    table = f'"{owner}"."{loader.table}"'
    options = {
        "compress": True,
        "partition_by": "RANGE (id) INTERVAL (100) (PARTITION p0 VALUES LESS THAN (100))",
        "tablespace": "users",
        "rowdependencies": True,
        "indexes": [["v"]],
    }
    shown = plan(loader, schema, streams={loader.stream: {"table_options": options, "load_method": "insert-only"}})
    assert shown == (
        f"-- stream {loader.stream} -> {owner}.{loader.table}: insert-only, key: id\n"
        "--   id -> ID NUMBER(3) NOT NULL\n"
        "--   v -> V VARCHAR2(50 CHAR)\n"
        f"CREATE TABLE {table} (\n"
        '    "ID" NUMBER(3) NOT NULL,\n'
        '    "V" VARCHAR2(50 CHAR),\n'
        f'    CONSTRAINT "{loader.table}_PK" PRIMARY KEY ("ID")\n'
        ') TABLESPACE "USERS" ROW STORE COMPRESS BASIC '
        "PARTITION BY RANGE (id) INTERVAL (100) (PARTITION p0 VALUES LESS THAN (100)) ROWDEPENDENCIES;\n"
        f'CREATE INDEX "{owner}"."{loader.table}_IX1" ON {table} ("V");\n'
    )
    loader.run(schema, loader.record(id=1))
    assert plan(loader, schema).splitlines()[-1] == "-- the table exists and is not changed"
    assert loader.rows("COUNT(*)") == [(1,)]


def test_hooks_run_once_around_the_load_and_only_if_they_are_allowed(
    loader: Loader, caplog: pytest.LogCaptureFixture
) -> None:
    log = f"{loader.table}_LOG"
    loader.api.execute_ddl(f'CREATE TABLE "{log}" (step VARCHAR2(10), seen NUMBER)').unwrap()
    insert = f"INSERT INTO \"{log}\" SELECT '%s', COUNT(*) FROM user_tables WHERE table_name = '{loader.table}'"
    hooks = {"before_load": [insert % "before"], "after_load": [insert % "after"]}
    with pytest.raises(ConfigValidationError) as caught:
        loader.run(loader.schema({"id": ID}), **hooks)
    assert "begins with INSERT INTO, which allowed_hooks" in caught.value.errors[0]
    with caplog.at_level(logging.INFO):
        loader.run(loader.schema({"id": ID}), loader.record(id=1), allowed_hooks=["insert"], **hooks)
    assert loader.rows(table=log) == [("after", 1), ("before", 0)]
    assert "before_load: INSERT INTO" in caplog.text


@pytest.mark.parametrize(
    ("config", "method", "told"),
    [
        ({}, "upsert", "6 merged in 4 batches, 1 superseded, 0.0 MB"),
        ({"count_updates": True}, "upsert", "4 inserted, 2 updated in 4 batches, 1 superseded, 0.0 MB"),
        ({"count_updates": True, "on_error": "reject"}, "upsert", "4 inserted, 2 updated in 4 batches, 1 superseded,"),
        ({"count_updates": True, "newest_by": "v"}, "upsert", "4 inserted, 0 updated in 4 batches, 3 superseded,"),
        ({"load_method": "insert-only"}, "insert-only", "4 inserted, 0 updated in 4 batches, 3 superseded,"),
        ({"load_method": "append-only"}, "append-only", "7 inserted in 4 batches, 0.0 MB"),
    ],
)
def test_the_summary_says_what_was_done(
    loader: Loader, caplog: pytest.LogCaptureFixture, config: dict[str, Any], method: str, told: str
) -> None:
    schema = loader.schema({"id": ID, "v": TEXT}, ["id"])
    loader.run(schema, loader.record(id=1, v="z"), loader.record(id=2, v="z"), **config)
    records = [loader.record(id=n, v="a") for n in (1, 2, 3, 3, 4, 5, 6)]
    caplog.clear()
    with caplog.at_level(logging.INFO):
        loader.run(schema, *records, batch_size=2, **config)
    assert f"{loader.stream} -> {loader.table} ({method}): {told}" in caplog.text


def test_progress_is_said_now_and_then(loader: Loader, caplog: pytest.LogCaptureFixture) -> None:
    seconds = iter([0.0, 29.9, 30.0, 31.0, 60.9, 61.0])
    progress = Progress(30, clock=lambda: next(seconds))
    tallies = [Tally(written=60_000, batches=6), Tally(written=2_000, batches=1, recognised=1_500, rejected=3)]
    assert not progress.is_due()
    assert progress.is_due()
    line = progress.line(tallies, 500)
    assert line == "62,000 rows written in 7 batches, 500 waiting, 1,500 loaded before, 3 rejected, 2,000 rows/s"
    assert not progress.is_due()
    assert progress.is_due()
    messages = [loader.schema({"id": ID}), *[loader.record(id=n) for n in range(3)]]
    with caplog.at_level(logging.INFO):
        loader.run(*messages, progress_interval=0)
        assert "rows written in" not in caplog.text
        loader.run(*messages, progress_interval=0.000001, batch_size=2)
    assert "2 rows written in 1 batches" in caplog.text


def test_names_of_other_targets_are_understood() -> None:
    settings = with_environment({"schema": "RAW", "max_batch_rows": 5}, {})
    assert settings == {"default_target_schema": "RAW", "batch_size_rows": 5}
    with pytest.raises(ConfigValidationError) as caught:
        with_environment({"schema": "RAW", "default_target_schema": "OTHER"}, {})
    assert caught.value.errors == ["schema and default_target_schema are the same setting: give one"]


@pytest.mark.parametrize("name", ["sqlalchemy_url", "freeze_schema", "prefer_float_over_numeric", "activate_version"])
def test_settings_of_other_targets_that_are_not_understood_say_what_to_set(name: str) -> None:
    with pytest.raises(ConfigValidationError) as caught:
        refuse_unknown({name: "x"}, {"target_schema": {}})
    (error,) = caught.value.errors
    assert error.startswith(f"unknown setting '{name}': ")
    assert "did you mean" not in error
    assert name in (DOCS / "MIGRATION.md").read_text(), "the page for moving over says it as well"


def test_the_page_of_settings_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(DOCS / "make_settings.py"), "--check"], check=False)
    assert done.returncode == 0, "run python docs/make_settings.py"
