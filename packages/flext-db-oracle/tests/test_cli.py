"""The command: what people and machines see, and the exit codes."""

import csv
import io
import json
import subprocess
import sys

import flext_db_oracle
import pytest
from flext_db_oracle import FlextDbOracleApi
from flext_db_oracle.cli import main
from flext_db_oracle.transfer import STATE_TABLE
from pyarrow import parquet


@pytest.fixture
def environment(config, monkeypatch):
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_DSN", config.dsn)
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_USERNAME", config.username)
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_PASSWORD", config.password.get_secret_value())


@pytest.fixture
def run(environment, capsys):
    """`run("tables", ...)` gives exit code, stdout and stderr."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture
def table(api, make_table):
    name = make_table(
        "id NUMBER PRIMARY KEY, z TIMESTAMP(6) WITH TIME ZONE, n NUMBER(10,2) DEFAULT 0 NOT NULL, c VARCHAR2(20)"
    )
    rows = [[1, "2024-02-29T13:05:01.000001+05:30", "1.50", 'a "b", [red]c'], [2, None, "0.1", None]]
    api.bulk_insert(None, name, ["id", "z", "n", "c"], rows).unwrap()
    return name


def test_version(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("flext-db-oracle ")


def test_help_and_version_do_not_load_the_driver():
    code = """
import sys
from flext_db_oracle.cli import main
for arguments in (["--version"], ["--help"], ["copy", "--help"]):
    try:
        main(arguments)
    except SystemExit:
        pass
heavy = {"oracledb", "pydantic", "rich", "pyarrow"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_everything_that_the_package_exports_is_there():
    found = [getattr(flext_db_oracle, name) for name in flext_db_oracle.__all__]
    assert [item.__name__ for item in found] == flext_db_oracle.__all__
    with pytest.raises(AttributeError, match="no attribute 'NoSuchThing'"):
        flext_db_oracle.NoSuchThing  # noqa: B018


def test_an_error_is_one_line_and_its_hint_another(run):
    for arguments in (
        ["describe", "no_such_table"],
        ["query", "SELECT * FROM no_such_table"],
        ["query", "DELETE FROM t"],
    ):
        code, out, err = run(*arguments)
        fault, hint = err.splitlines()
        assert (code, out) == (1, "")
        assert fault.startswith("error: ")
        assert hint.startswith("hint: ")
        assert "Hint" not in err


def test_missing_settings(capsys, monkeypatch):
    for name in ("HOST", "DSN", "SERVICE", "SERVICE_NAME", "USER", "USERNAME", "PASSWORD", "SID"):
        monkeypatch.delenv(f"ORACLE_{name}", raising=False)
        monkeypatch.delenv(f"FLEXT_TARGET_ORACLE_{name}", raising=False)
    assert main(["doctor"]) == 2
    told = capsys.readouterr().err
    for word in ("service_name", "username", "password"):
        assert word in told


def test_doctor(run, config):
    code, out, _ = run("doctor")
    assert code == 0
    assert config.address in out
    for word in ("tcp", "listener", "login", "privileges", "AL32UTF8", " ms"):
        assert word in out
    assert out.endswith("ok\n")


def test_doctor_for_machines(run):
    code, out, _ = run("doctor", "--json")
    told = json.loads(out)
    assert (code, told["ok"]) == (0, True)
    assert [step["name"] for step in told["steps"]][:3] == ["settings", "name", "tcp"]
    assert told["server"]["charset"] == "AL32UTF8"


def test_doctor_with_a_wrong_password(run, monkeypatch):
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_PASSWORD", "canary-wrong")
    code, out, err = run("doctor")
    assert code == 1
    assert "ORA-01017" in err
    assert "hint:" in err
    assert "canary" not in out + err


@pytest.mark.usefixtures("table")
def test_schemas(run, schema):
    assert schema in run("schemas")[1]
    assert schema in [entry["schema"] for entry in json.loads(run("schemas", "--json")[1])]


def test_tables(run, table):
    code, out, _ = run("tables", "--include", table)
    (line,) = [line for line in out.splitlines() if table in line]
    assert code == 0
    assert [part.strip() for part in line.strip("│ ").split("│")][:4] == [table, "table", "4", "ID"]
    (entry,) = json.loads(run("tables", "--include", table, "--json")[1])["tables"]
    assert (entry["name"], entry["columns"], entry["key_columns"]) == (table, 4, ["ID"])
    code, _, err = run("tables", "NO_SUCH")
    assert (code, "NO_SUCH" in err) == (1, True)


def test_describe(run, table):
    out = run("describe", table.lower())[1]
    for text in ("TIMESTAMP(6) WITH TIME ZONE", "NUMBER(10,2)", "NOT NULL", "primary key (ID)"):
        assert text in out
    facts = json.loads(run("describe", table, "--json")[1])
    assert [column["type"] for column in facts["columns"]][:2] == ["NUMBER", "TIMESTAMP(6) WITH TIME ZONE"]
    code, _, err = run("describe", "no_such_table", "--json")
    assert code == 1
    assert "no_such_table" in json.loads(err)["error"]


def test_ddl_creates_the_same_table(run, api, table):
    script = run("ddl", table)[1]
    assert "-- not written: triggers" in script.splitlines()[-1]
    before = api.get_table_metadata(None, table).unwrap().columns
    assert api.execute_script(script.replace(table, table + "_2")).unwrap() >= 1
    try:
        assert api.get_table_metadata(None, table + "_2").unwrap().columns == before
    finally:
        api.execute_ddl(f"DROP TABLE {table}_2 PURGE").unwrap()


def test_query_in_every_format(run, table, tmp_path):
    sql = f"SELECT id, z, n, c FROM {table} ORDER BY id;"
    expected = [
        {"ID": 1, "Z": "2024-02-29T13:05:01.000001+05:30", "N": 1.5, "C": 'a "b", [red]c'},
        {"ID": 2, "Z": None, "N": 0.1, "C": None},
    ]
    assert json.loads(run("query", sql, "--format", "json")[1]) == expected
    assert json.loads(run("query", sql, "--json")[1]) == expected
    lines = run("query", sql, "--format", "ndjson")[1].splitlines()
    assert [json.loads(line) for line in lines] == expected
    rows = list(csv.reader(io.StringIO(run("query", sql, "--format", "csv")[1])))
    assert rows == [["ID", "Z", "N", "C"], ["1", expected[0]["Z"], "1.5", expected[0]["C"]], ["2", "", "0.1", ""]]
    screen = run("query", sql)[1]
    assert 'a "b", [red]c' in screen
    assert "2 rows" in screen
    path = tmp_path / "rows.parquet"
    assert run("query", sql, "--format", "parquet", "--output", path)[0] == 0
    assert [str(row["N"]) for row in parquet.read_table(path).to_pylist()] == ["1.50", "0.10"]
    code, _, err = run("query", sql, "--format", "parquet")
    assert (code, "--output" in err) == (1, True)


def test_query_with_binds_and_a_limit(run, table, monkeypatch):
    assert json.loads(run("query", f"SELECT id FROM {table} WHERE id > :a", "--bind", "a=1", "--json")[1]) == [
        {"ID": 2}
    ]
    assert json.loads(run("query", f"SELECT id FROM {table}", "--limit", 1, "--json")[1]) == [{"ID": 1}]
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT 1 AS one FROM dual"))
    assert json.loads(run("query", "-", "--json")[1]) == [{"ONE": 1}]
    code, _, err = run("query", f"DELETE FROM {table}")
    assert (code, "not a query" in err) == (1, True)


def test_partitions(run, table):
    parts = json.loads(run("partitions", table, "-n", 2, "--json")[1])
    assert [part["number"] for part in parts] == [0, 1]
    assert "by ID" in run("partitions", table, "-n", 2, "--by", "ID")[1]


def test_copy_and_reconcile(run, api, table):
    copied = f"{table}_C"
    try:
        code, out, err = run("copy", "--table", table, "--into", copied, "--parallel", 2)
        assert (code, "2 rows into a new table" in out) == (0, True), err
        assert run("reconcile", table, copied)[0] == 0
        api.execute(f"UPDATE {copied} SET c = 'x' WHERE id = 2").unwrap()
        code, out, _ = run("reconcile", table, copied)
        assert (code, "different" in out) == (1, True)
        found = json.loads(run("reconcile", table, copied, "--json")[1])
        assert found["differences"] == [{"kind": "different", "key": ["2"], "columns": ["C"]}]
        told = json.loads(run("copy", "--query", f"SELECT * FROM {table}", "--into", copied, "--truncate", "--json")[1])
        assert (told["rows"], told["created"]) == (2, False)
        assert run("reconcile", table, copied)[0] == 0
    finally:
        api.execute_ddl(f"DROP TABLE {copied} PURGE").unwrap()
        api.execute_ddl(f"DROP TABLE {STATE_TABLE} PURGE").unwrap()


@pytest.mark.parametrize("name", ["a.b.c", "", "a..b", '"x'])
def test_a_name_that_is_none(run, name):
    with pytest.raises(SystemExit) as stopped:
        run("describe", name)
    assert stopped.value.code == 2


def test_another_database_by_its_prefix(run, config, monkeypatch, make_user, table, api):
    reader = make_user("CREATE SESSION", f"SELECT ON {table}")
    monkeypatch.setenv("TO_DSN", reader.dsn)
    monkeypatch.setenv("TO_USERNAME", reader.username)
    monkeypatch.setenv("TO_PASSWORD", reader.password.get_secret_value())
    schema = FlextDbOracleApi(config).current_schema().unwrap()
    assert run("reconcile", table, f"{schema}.{table}", "--to-prefix", "TO_")[0] == 0
