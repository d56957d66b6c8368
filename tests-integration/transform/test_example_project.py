"""The example project meltano/transform on rows as target-oracle loads them, built twice and documented.

The second build is where Oracle projects break. `make elt` runs the same project behind the tap and the target.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flext_dbt_oracle
import pytest
from flext_dbt_oracle.project import SHIMS, TEMPLATES
from support import BIN, PASSWORD, REPOSITORY, Database

PROJECT = REPOSITORY / "meltano" / "transform"
ROWS = 500

TABLES = (
    "create table locations (location_id number(6), city varchar2(40), country_code char(2))",
    "create table jobs (job_id varchar2(10), title varchar2(60))",
    "create table departments (department_id number(6), name nvarchar2(60), budget number(15,2), location_id number(6))",
    "create table employees (employee_id number(8), first_name varchar2(40), last_name varchar2(40), email varchar2(80),"
    " hired_on date, job_id varchar2(10), salary number(10,2), commission number(5,4), manager_id number(8),"
    " department_id number(6), updated_at timestamp(6))",
    "create table airlines (carrier varchar2(2), name varchar2(60))",
    "create table airports (faa varchar2(3), name varchar2(80))",
    "create table planes (tailnum varchar2(6), year number(4))",
    "create table weather (origin varchar2(3), time_hour date)",
    "create table flights (time_hour date, carrier varchar2(2), flight number(5), tailnum varchar2(6), origin varchar2(3),"
    " dest varchar2(3), dep_time number(4), dep_delay number(5), arr_delay number(5), air_time number(5),"
    " distance number(6))",
)
FIRST = (
    "insert into locations select level, 'City ' || level, 'CH' from dual connect by level <= 3",
    "insert into jobs values ('DEV', 'Developer')",
    "insert into departments select level * 10, 'Department ' || level, 100000, mod(level, 3) + 1 from dual"
    " connect by level <= 4",
    "insert into employees select level, 'First' || level, 'Last' || level, 'E' || level || '@X.ORG',"
    " date '2020-01-01' + level, 'DEV', 3000 + 100 * level, case when mod(level, 2) = 0 then 0.1 end, null,"
    " mod(level, 3) * 10 + 10, timestamp '2024-01-01 00:00:00' from dual connect by level <= 30",
    "insert into airlines select chr(64 + level) || 'A', 'Airline ' || level from dual connect by level <= 3",
    "insert into airports values ('JFK', 'Kennedy')",
    "insert into planes values ('N1', 2000)",
    "insert into weather values ('JFK', date '2024-01-01')",
    "insert into flights select date '2024-01-01' + mod(level, 5) + 1/24, chr(65 + mod(level, 3)) || 'A', level, 'N1',"
    " 'JFK', 'LAX', case when mod(level, 50) != 0 then 900 end, mod(level, 7), mod(level, 11) - 3, 300, 2475"
    f" from dual connect by level <= {ROWS}",
)
CHANGES = (
    "update employees set salary = salary + 500, updated_at = timestamp '2024-02-01 00:00:00' where employee_id <= 2",
    "insert into flights select date '2024-01-06', 'AA', 9000 + level, 'N1', 'JFK', 'LAX', 900, 60, 60, 300, 2475"
    " from dual connect by level <= 10",
)


@dataclass(frozen=True, slots=True)
class Example:
    database: Database
    user: str
    folder: Path  # target and logs

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(BIN / "flext-dbt-oracle"), *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            cwd=PROJECT,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "FLEXT_TARGET_ORACLE_HOST": self.database.host,
            "FLEXT_TARGET_ORACLE_PORT": str(self.database.port),
            "FLEXT_TARGET_ORACLE_SERVICE_NAME": self.database.service,
            "FLEXT_TARGET_ORACLE_USERNAME": self.user,
            "FLEXT_TARGET_ORACLE_PASSWORD": PASSWORD,
            "FLEXT_TARGET_ORACLE_SCHEMA": self.user,
            "DBT_PROJECT_DIR": str(PROJECT),
            "DBT_PROFILES_DIR": str(PROJECT / "profiles"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }

    def execute(self, statements: tuple[str, ...]) -> None:
        with self.database.connect(self.user) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with self.database.connect(self.user) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()


@pytest.fixture(scope="module")
def builds(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Example, list[str], dict[str, Any]]]:
    user = "EXAMPLE_" + os.urandom(3).hex().upper()
    with database.connect() as admin, admin.cursor() as cursor:
        cursor.execute(f'CREATE USER {user} IDENTIFIED BY "{PASSWORD}"')
        for grant in ("CREATE SESSION", "CREATE TABLE", "CREATE VIEW", "UNLIMITED TABLESPACE"):
            cursor.execute(f"GRANT {grant} TO {user}")
    example = Example(database, user, tmp_path_factory.mktemp("example"))
    example.execute(TABLES + FIRST)
    logs = [example.run("build")]
    example.execute(CHANGES)
    logs.append(example.run("build"))
    results = json.loads((example.folder / "target/run_results.json").read_text())
    example.run("docs", "generate", "--static")
    yield example, logs, results
    with database.connect() as admin, admin.cursor() as cursor:
        cursor.execute(f"DROP USER {user} CASCADE")


@pytest.fixture(scope="module")
def example(builds: tuple[Example, list[str], dict[str, Any]]) -> Example:
    return builds[0]


def test_both_builds_pass_every_test(builds: tuple[Example, list[str], dict[str, Any]]) -> None:
    for log in builds[1]:
        assert "WARN=0 ERROR=0 SKIP=0" in log
    kinds = [result["unique_id"].split(".")[0] for result in builds[2]["results"]]
    assert kinds.count("unit_test") == 2
    assert kinds.count("test") >= 20
    assert kinds.count("model") == 5
    assert kinds.count("snapshot") == 1


def test_the_incremental_merges_the_day_that_changed(builds: tuple[Example, list[str], dict[str, Any]]) -> None:
    example, _, results = builds
    assert example.query("select count(*), sum(flights) from flights_daily") == [(6, ROWS + 10)]
    rows = {result["unique_id"]: result["adapter_response"].get("rows_affected") for result in results["results"]}
    assert rows["model.oracle_to_oracle.flights_daily"] == 2  # the newest day again, and the new one


def test_the_snapshot_closes_the_rows_that_changed(example: Example) -> None:
    assert example.query(
        "select count(*), count(distinct employee_id), count(dbt_valid_to), count(distinct dbt_scd_id)"
        " from employee_history"
    ) == [(32, 30, 2, 32)]


def test_the_mart_has_its_indexes_key_and_statistics_after_the_second_build(example: Example) -> None:
    assert example.query("select count(*) from user_indexes where table_name = 'CARRIER_PERFORMANCE'") == [(2,)]
    assert example.query(
        "select rely, status from user_constraints where table_name = 'CARRIER_PERFORMANCE' and constraint_type = 'P'"
    ) == [("RELY", "DISABLED")]
    assert example.query("select num_rows from user_tables where table_name = 'CARRIER_PERFORMANCE'") == [(3,)]
    assert example.query("select comments from user_tab_comments where table_name = 'CARRIER_PERFORMANCE'") == [
        ("Delays and cancellations by airline.",)
    ]


def test_the_docs_hold_the_catalog_and_the_exposure(example: Example) -> None:
    catalog = json.loads((example.folder / "target/catalog.json").read_text())
    columns = catalog["nodes"]["model.oracle_to_oracle.carrier_performance"]["columns"]
    assert list(columns)[:2] == ["CARRIER", "AIRLINE"]
    assert columns["CARRIER"]["comment"] == "IATA code of the airline."
    assert len(catalog["sources"]) == 9
    assert "operations_board" in (example.folder / "target/static_index.html").read_text()


def test_nothing_is_left_behind(example: Example) -> None:
    assert (
        example.query(
            "select table_name from user_tables where table_name like 'O$PT%' or table_name like '%DBT!_TMP' escape '!'"
            " or table_name like '%DBT!_BACKUP' escape '!'"
        )
        == []
    )


def test_the_project_has_this_versions_profile_and_shims() -> None:
    assert (PROJECT / "profiles/profiles.yml").read_text() == flext_dbt_oracle.profile_text()
    assert (PROJECT / SHIMS).read_text() == (TEMPLATES / "project" / SHIMS).read_text()
