"""Every statement that library, tap, target and dbt's profile send in a run with awkward names: valid 19c, names quoted, values bound.

The distinct statements are kept in `statements.sql`, to be read by people: `--update-statements` writes it anew.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import oracledb
import pytest
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig
from flext_oracle_emulator import Emulator
from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.sql.parser import parse
from flext_oracle_emulator.statements import StatementRecord
from support import BIN

GOLDEN = Path(__file__).with_name("statements.sql")
OWNER, COPY = "Ledger Own", "COPY"
TABLE, COLUMN, KEY = "Order Lines", "select", "Größe"
CANARY = "canary value"
PASSWORD = "Statement_1"
#: Names that only an identifier of ours can have, as they would stand if somebody forgot to quote them.
UNQUOTED = re.compile(r"\b(ledger\s+own|order\s+lines|größe)\b", re.IGNORECASE)


class Sent:
    """What clients sent to the server, by who sent it."""

    def __init__(self, server: Emulator) -> None:
        self.server = server
        self.by_program: dict[str, list[StatementRecord]] = {}
        self._seen = 0

    def label(self, program: str) -> None:
        """What was sent since the last label was sent by `program`."""
        statements = self.server.statements
        self.by_program.setdefault(program, []).extend(statements[self._seen :])
        self._seen = len(statements)


def run(program: str, *arguments: str, stdin: str = "", **variables: str) -> str:
    done = subprocess.run(
        [str(BIN / program), *arguments],
        input=stdin, capture_output=True, text=True, check=False, timeout=120, env={**os.environ, **variables},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    folder = tmp_path_factory.mktemp("statements")
    with Emulator(users={f'"{OWNER}"': PASSWORD, COPY: PASSWORD}) as server:
        found = Sent(server)
        _create(server)
        found.label("set-up")
        _library(server)
        found.label("flext-db-oracle")
        singer = _tap(server, folder)
        found.label("tap-oracle")
        _target(server, folder, singer)
        found.label("target-oracle")
        _dbt(server, folder)
        found.label("flext-dbt-oracle")
        yield found


def _create(server: Emulator) -> None:
    with oracledb.connect(user=f'"{OWNER}"', password=PASSWORD, dsn=server.dsn) as connection:
        cursor = connection.cursor()
        cursor.execute(
            f'CREATE TABLE "{TABLE}" ("{KEY}" NUMBER(9) PRIMARY KEY, "{COLUMN}" VARCHAR2(40 CHAR), price NUMBER(12,4),'
            " at TIMESTAMP(9) WITH TIME ZONE, note CLOB, changed DATE NOT NULL)"
        )
        cursor.execute(f"COMMENT ON TABLE \"{TABLE}\" IS '{CANARY}'")
        cursor.executemany(
            f"INSERT INTO \"{TABLE}\" VALUES (:1, :2, :3, TIMESTAMP '2026-01-02 03:04:05 +02:00', :4, DATE '2026-01-02' + :5)",
            [(number, f"{CANARY} {number}", number + 0.5, CANARY, number) for number in range(1, 4)],
        )
        connection.commit()


def _library(server: Emulator) -> None:
    config = FlextDbOracleConfig(dsn=server.dsn, username=f'"{OWNER}"', password=PASSWORD)
    rows = [{KEY: number, COLUMN: f"{CANARY} {number}", "CHANGED": None} for number in (11, 12)]
    with FlextDbOracleApi(config) as api:
        assert api.get_schema_metadata(OWNER).unwrap().table(TABLE) is not None
        assert api.get_table_metadata(OWNER, TABLE).unwrap().primary_key == (KEY,)
        assert api.table_exists(OWNER, TABLE).unwrap()
        assert api.health().is_success
        assert api.server_info().is_success
        refused = api.bulk_insert(OWNER, TABLE, records=rows)
        assert refused.is_failure  # CHANGED is NOT NULL
        assert len(list(api.stream(f'SELECT "{COLUMN}" FROM "{TABLE}"'))) == 3


def _settings(server: Emulator, user: str) -> dict[str, object]:
    return {"dsn": server.dsn, "username": user, "password": PASSWORD}


def _tap(server: Emulator, folder: Path) -> dict[str, str]:
    """The streams as Singer messages, read whole and by key."""
    config = folder / "tap.json"
    config.write_text(json.dumps(_settings(server, f'"{OWNER}"') | {"schema": OWNER}))
    catalog = json.loads(run("tap-oracle", "--config", str(config), "--discover"))
    messages = {}
    for method in ("FULL_TABLE", "INCREMENTAL"):
        for stream in catalog["streams"]:
            top = next(entry["metadata"] for entry in stream["metadata"] if not entry["breadcrumb"])
            top |= {"selected": True, "replication-method": method, "forced-replication-method": method}
            if method == "INCREMENTAL":
                top["replication-key"] = stream["replication_key"] = "changed"
            stream["replication_method"] = method
        path = folder / f"{method}.json"
        path.write_text(json.dumps(catalog))
        messages[method] = run("tap-oracle", "--config", str(config), "--catalog", str(path))
    config.write_text(json.dumps(_settings(server, f'"{OWNER}"') | {"schema": OWNER, "consistent_snapshot": True}))
    run("tap-oracle", "--config", str(config), "--catalog", str(folder / "FULL_TABLE.json"))
    return messages


def _target(server: Emulator, folder: Path, messages: dict[str, str]) -> None:
    """Each way to load, twice where the second time sends something else."""
    config = folder / "target.json"
    for options in (
        {"load_method": "append-only", "table": "appended"},
        {"load_method": "upsert"},
        {"load_method": "upsert"},
        {"load_method": "overwrite"},
        {"load_method": "upsert", "add_record_metadata": True},
        {"load_method": "upsert", "add_record_metadata": True, "hard_delete": True},
    ):
        settings = {name: value for name, value in options.items() if name != "table"}
        config.write_text(json.dumps(_settings(server, COPY) | settings))
        source = messages["INCREMENTAL"]
        if "table" in options:
            source = source.replace(f'"stream":"{TABLE}"', f'"stream":"{options["table"]}"')
        run("target-oracle", "--config", str(config), stdin=source)
    run("target-oracle", "--config", str(config), stdin=messages["FULL_TABLE"])  # with ACTIVATE_VERSION


def _dbt(server: Emulator, folder: Path) -> None:
    run("flext-dbt-oracle", "profile", "--write", str(folder))
    (folder / "dbt_project.yml").write_text("name: smoke\nprofile: flext_oracle\n")
    variables = {
        "HOST": server.host,
        "PORT": str(server.port),
        "SERVICE_NAME": server.dsn.rpartition("/")[2],
        "USERNAME": COPY,
        "PASSWORD": PASSWORD,
        "SCHEMA": COPY,
    }
    run(
        "flext-dbt-oracle", "debug", "--project-dir", str(folder), "--profiles-dir", str(folder),
        DBT_LOG_PATH=str(folder / "logs"), **{f"FLEXT_TARGET_ORACLE_{name}": value for name, value in variables.items()},
    )  # fmt: skip


PROGRAMS = ("flext-db-oracle", "tap-oracle", "target-oracle", "flext-dbt-oracle")


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_statement_is_valid_oracle_19c(sent: Sent, program: str) -> None:
    assert sent.by_program[program]
    refused = {}
    for record in sent.by_program[program]:
        try:
            parse(record.sql, version=19)
        except OracleError as error:
            refused[record.sql] = str(error)
    assert refused == {}


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_value_is_in_a_statement(sent: Sent, program: str) -> None:
    """Neither a row's value nor a password: they travel as binds."""
    pasted = [record.sql for record in sent.by_program[program] if CANARY in record.sql or PASSWORD in record.sql]
    # COMMENT ON takes a literal only: what the target writes there is the stream's description, quoted.
    assert [sql for sql in pasted if not sql.startswith("COMMENT ON")] == []


@pytest.mark.parametrize("program", PROGRAMS[:3])
def test_every_name_of_the_users_is_quoted(sent: Sent, program: str) -> None:
    for record in sent.by_program[program]:
        outside = re.sub(r'"[^"]*"|\'(?:[^\']|\'\')*\'', "", record.sql)
        assert not UNQUOTED.search(outside), record.sql


def _reviewable(sent: Sent) -> str:
    parts = [
        "-- The distinct statements of tests-integration/statements/test_statements.py, by the program that sent them.\n"
        "-- Written by `ci/test tests-integration/statements --update-statements`.\n"
    ]
    for program in PROGRAMS:
        statements = dict.fromkeys(_stable(record.sql) for record in sent.by_program[program])
        parts.append(f"\n-- {program}\n")
        parts += [f"\n{sql};\n" for sql in sorted(statements)]
    return "".join(parts)


def _stable(sql: str) -> str:
    """Without what differs from run to run: numbers of snapshots, times, made-up names."""
    sql = re.sub(r"\b\d{10,}\b", "<number>", sql)
    return re.sub(r"[ \t]+\n", "\n", sql).strip()


def test_the_statements_are_those_that_were_reviewed(sent: Sent, request: pytest.FixtureRequest) -> None:
    found = _reviewable(sent)
    if request.config.getoption("--update-statements"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8").splitlines() == found.splitlines()
