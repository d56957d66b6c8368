"""The main job at small size: `make elt` twice, and every value of the source compared with its copy, type by type."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import oracledb
import pytest
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig, OracleTable
from support import REPOSITORY, Database

ROWS = 1500


def elt(database: Database, home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "meltano/elt", "--rows", str(ROWS), "--home", str(home), "--oracle", database.url]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def runs(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[subprocess.CompletedProcess[str]]]:
    """The job's output of the first and of the second run."""
    home = tmp_path_factory.mktemp("elt")
    yield [elt(database, home), elt(database, home)]
    with database.connect() as admin, admin.cursor() as cursor:
        for user in ("HR", "FLIGHTS", "READER", "ANALYTICS"):
            cursor.execute(f"DROP USER {user} CASCADE")


def test_both_runs_succeed(runs: list[subprocess.CompletedProcess[str]]) -> None:
    for run in runs:
        assert run.returncode == 0, run.stdout + run.stderr


def test_the_first_run_brings_every_row(runs: list[subprocess.CompletedProcess[str]]) -> None:
    assert read(runs[0], "flights-flights") == ROWS
    assert read(runs[0], "hr-employees") == 200
    assert "DIFFERENT" not in runs[0].stdout


def test_the_second_run_brings_exactly_what_changed(runs: list[subprocess.CompletedProcess[str]]) -> None:
    assert read(runs[1], "hr-employees") == 4
    assert read(runs[1], "hr-departments") == 1
    assert read(runs[1], "flights-weather") == 0
    assert "exactly the changed rows arrived" in runs[1].stdout
    assert "DIFFERENT" not in runs[1].stdout


def test_dbt_builds_and_tests_everything(runs: list[subprocess.CompletedProcess[str]]) -> None:
    for run in runs:
        found = re.search(r"dbt: (\d+) of (\d+) .* built, (\d+) of (\d+) tests passed", run.stdout)
        assert found, run.stdout
        built, models, passed, tests = map(int, found.groups())
        assert built == models >= 7
        assert passed == tests >= 20


def read(run: subprocess.CompletedProcess[str], stream: str) -> int:
    found = re.search(rf"^{stream}\s+([\d,]+)", run.stdout, re.MULTILINE)
    assert found, run.stdout
    return int(found[1].replace(",", ""))


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("owner", ["HR", "FLIGHTS"])
def test_every_value_and_every_type_is_the_same(database: Database, owner: str) -> None:
    config = FlextDbOracleConfig(
        host=database.host,
        port=database.port,
        service_name=database.service,
        username=database.user,
        password=database.password,
    )
    with FlextDbOracleApi(config) as api:
        source = api.get_schema_metadata(owner).unwrap()
        target = api.get_schema_metadata("ANALYTICS").unwrap()
        for table in source.tables:
            copy = target.table(table.name)
            assert copy is not None, table.name
            assert types(copy, table) == types(table, table)
            assert rows(api, copy, table) == rows(api, table, table), table.name


def types(table: OracleTable, like: OracleTable) -> dict[str, str | None]:
    """The type of each column that the source has; lengths in bytes become characters on the way."""
    found = {
        column.name: column.type.ddl.replace(" BYTE", " CHAR") if column.type else None for column in table.columns
    }
    return {column.name: found.get(column.name) for column in like.columns}


def rows(api: FlextDbOracleApi, table: OracleTable, like: OracleTable) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Rows by key, read without loss: what the driver cannot carry comes as text that SQL made."""
    expressions = [column.type.select_expression(f'"{column.name}"') for column in like.columns if column.type]
    keys = [position for position, column in enumerate(like.columns) if column.name in like.primary_key]
    query = f'SELECT {", ".join(expressions)} FROM "{table.schema}"."{table.name}"'
    return {tuple(row[key] for key in keys): tuple(map(plain, row)) for row in api.stream(query)}


def plain(value: object) -> object:
    return value.read() if isinstance(value, oracledb.LOB) else value
