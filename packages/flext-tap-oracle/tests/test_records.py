"""What a record holds: every type, masks, LOB limits, and the same messages whichever way they are written."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_db_oracle import OracleColumn
from flext_tap_oracle import OracleTableStream
from flext_tap_oracle.discovery import Discovery, Found
from flext_tap_oracle.errors import SettingsError, TapError

if TYPE_CHECKING:
    from conftest import Oracle

SNAPSHOT = Path(__file__).parent / "snapshots" / "every_type.jsonl"
EVERY_TYPE = """
CREATE TABLE every_type (
  id NUMBER(9) PRIMARY KEY, bare NUMBER, n38 NUMBER(38), n10_2 NUMBER(10,2), hundreds NUMBER(5,-2), small NUMBER(2,5),
  whole INTEGER, f FLOAT, f63 FLOAT(63), bf BINARY_FLOAT, bd BINARY_DOUBLE, v VARCHAR2(20 CHAR), vb VARCHAR2(20 BYTE),
  nv NVARCHAR2(10), c CHAR(5), nc NCHAR(4), cl CLOB, ncl NCLOB, bl BLOB, r RAW(16), d DATE, ts TIMESTAMP, ts0 TIMESTAMP(0),
  ts9 TIMESTAMP(9), tz TIMESTAMP WITH TIME ZONE, tz9 TIMESTAMP(9) WITH TIME ZONE, ltz TIMESTAMP WITH LOCAL TIME ZONE,
  iym INTERVAL YEAR(4) TO MONTH, ids INTERVAL DAY(5) TO SECOND(6), ids9 INTERVAL DAY TO SECOND(9), lng LONG,
  xml XMLTYPE
)"""
ROWS = (
    """INSERT INTO every_type VALUES (1, 12345678901234567890.123456789, 99999999999999999999999999999999999999, 12345678.90,
  12300, 0.00012, 42, 1.5, 2.5, 0.5, 1e100, 'gr\u00fcn \u20ac', 'abc', N'\u65e5\u672c', 'ab', N'x', 'clob "text"', N'nclob',
  HEXTORAW('00FF10'), HEXTORAW('DEADBEEF'), DATE '2024-02-29', TIMESTAMP '2024-02-29 13:14:15.123456',
  TIMESTAMP '2024-02-29 13:14:15', TIMESTAMP '2024-02-29 13:14:15.123456789', TIMESTAMP '2024-02-29 13:14:15.123456 +05:30',
  TIMESTAMP '2024-02-29 13:14:15.123456789 +14:00', TIMESTAMP '2024-02-29 13:14:15.5 +02:00', INTERVAL '123-4' YEAR(4) TO MONTH,
  INTERVAL '12 03:04:05.678901' DAY(5) TO SECOND(6), INTERVAL '1 02:03:04.123456789' DAY TO SECOND(9), 'long text',
  XMLTYPE('<a><b>x</b></a>'))""",
    """INSERT INTO every_type (id, bare, n38, n10_2, hundreds, f, bd, v, c, d, ts, ts9, tz, iym, ids, ids9) VALUES (2,
  -1e-130, -99999999999999999999999999999999999999, -0.01, -12300, 1e125, -1e-300, '  \n"\\', '     ',
  DATE '0001-01-01', TIMESTAMP '9999-12-31 23:59:59.999999', TIMESTAMP '9999-12-31 23:59:59.999999999',
  TIMESTAMP '2024-10-27 02:30:00 -12:00', INTERVAL '-123-4' YEAR(4) TO MONTH, INTERVAL '-12 03:04:05.678901' DAY(5) TO SECOND(6),
  INTERVAL '-0 00:00:00.000000001' DAY TO SECOND(9))""",
    "INSERT INTO every_type (id) VALUES (3)",
)


@pytest.fixture
def every_type(oracle: Oracle) -> Oracle:
    oracle.run(EVERY_TYPE, *ROWS)
    return oracle


def test_the_whole_output_for_a_schema_with_every_type(every_type: Oracle) -> None:
    """The snapshot is reviewed like code: a change of it is a change of what targets receive."""
    text = every_type.sync(stream_options={"every_type": {"replication_key": "id"}}).text
    lines = [
        line.rpartition(',"time_extracted"')[0] + "}" if '"RECORD"' in line else line for line in text.splitlines()
    ]
    assert lines == SNAPSHOT.read_text().splitlines()


def test_the_lines_are_what_the_sdk_would_write_record_by_record(
    every_type: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def messages() -> list[dict[str, Any]]:
        found = every_type.sync(stream_options={"every_type": {"replication_key": "id"}}).messages
        return [{key: value for key, value in message.items() if key != "time_extracted"} for message in found]

    fast = messages()
    monkeypatch.setattr(OracleTableStream, "writes_lines", property(lambda _: False))
    assert messages() == fast


def test_metrics_count_what_was_written(every_type: Oracle, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="singer_sdk.metrics")
    every_type.sync()
    assert '"metric":"record_count","value":3,' in caplog.text


def test_decimals_as_strings_on_request(every_type: Oracle) -> None:
    output = every_type.sync(use_singer_decimal=True)
    assert output.records()[0]["n10_2"] == "12345678.9"
    assert output.schema("every_type")["properties"]["n10_2"]["format"] == "x-singer.decimal"


def test_infinities_by_policy(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE odd (id NUMBER(9), x BINARY_DOUBLE)", "INSERT INTO odd VALUES (1, BINARY_DOUBLE_INFINITY)")
    with pytest.raises(TapError, match=r"odd.*x: inf has no JSON form.*nan_policy"):
        oracle.sync()
    assert oracle.sync(nan_policy="null").records() == [{"id": 1, "x": None}]
    assert oracle.sync(nan_policy="string").records() == [{"id": 1, "x": "Infinity"}]


def test_years_before_one_as_text(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE old (d DATE)", "INSERT INTO old VALUES (TO_DATE('-4712-01-01', 'SYYYY-MM-DD'))")
    with pytest.raises(TapError, match="dates_as_text"):
        oracle.sync()
    assert oracle.sync(dates_as_text=True).records() == [{"d": "-4712-01-01T00:00:00"}]


def test_clocks_that_are_set_back_and_forward_keep_their_offsets(oracle: Oracle) -> None:
    """The hour that comes twice in autumn is two instants; one that spring leaves out does not exist."""
    oracle.run(
        "CREATE TABLE clocks (id NUMBER(9), tz TIMESTAMP(0) WITH TIME ZONE, ltz TIMESTAMP(0) WITH LOCAL TIME ZONE)"
    )
    for number, offset in ((1, "+02:00"), (2, "+01:00")):
        moment = f"TIMESTAMP '2024-10-27 02:30:00 {offset}'"
        oracle.run(f"INSERT INTO clocks VALUES ({number}, {moment}, {moment})")
    found = {record["id"]: (record["tz"], record["ltz"]) for record in oracle.sync().records()}
    assert found == {
        1: ("2024-10-27T02:30:00+02:00", "2024-10-27T00:30:00Z"),
        2: ("2024-10-27T02:30:00+01:00", "2024-10-27T01:30:00Z"),
    }
    region = oracle.sync(session_time_zone="Europe/Vienna")
    assert {record["id"]: record["ltz"] for record in region.records()} == {k: v[1] for k, v in found.items()}


# ---------------------------------------------------------------------------------------------- masks


@pytest.fixture
def people(oracle: Oracle) -> Oracle:
    oracle.run(
        "CREATE TABLE people (id NUMBER(9) PRIMARY KEY, email VARCHAR2(40), ssn VARCHAR2(11), born DATE, notes CLOB)",
        "INSERT INTO people VALUES (1, 'ann@example.org', '078-05-1120', DATE '1990-01-02', 'secret notes')",
        "INSERT INTO people (id) VALUES (2)",
        "CREATE TABLE logins (email VARCHAR2(40 CHAR))",
        "INSERT INTO logins VALUES ('ann@example.org')",
    )
    return oracle


def test_columns_are_masked_before_they_leave_the_database(people: Oracle) -> None:
    rules = [
        {"columns": "*.email", "action": "hash"},
        {"columns": "people.ssn", "action": "redact"},
        {"columns": "people.BORN", "action": "null"},
        {"columns": "people.notes", "action": "drop"},
    ]
    output = people.sync(mask=rules, mask_salt="pepper")
    first, second = output.records("people")
    assert (first["ssn"], first["born"]) == ("***", None)
    assert len(first["email"]) == 64
    assert output.records("logins") == [{"email": first["email"]}]
    assert second == {"id": 2, "email": None, "ssn": None, "born": None}
    assert output.schema("people")["properties"]["email"]["maxLength"] == 64
    for secret in ("ann@", "078-05", "1990", "secret notes", "pepper"):
        assert secret not in output.text
    assert people.sync(mask=rules, mask_salt="other").records("logins")[0]["email"] != first["email"]


def test_a_mask_rule_that_matches_nothing_stops_the_run(people: Oracle) -> None:
    with pytest.raises(SettingsError, match=r"people\.emial"):
        people.sync(mask=[{"columns": "people.emial", "action": "null"}])
    done = people.cli("--discover", config={"mask": [{"columns": "people.emial", "action": "null"}]})
    assert (done.returncode, done.stdout) == (1, "")


def test_a_mask_rule_that_cannot_be_applied_stops_the_run(people: Oracle) -> None:
    for rule, reason in (
        ({"columns": "people.notes", "action": "hash"}, "STANDARD_HASH"),
        ({"columns": "people.born", "action": "redact"}, "only text"),
    ):
        with pytest.raises(TapError, match=reason):
            people.sync(mask=[rule], mask_salt="pepper")
    with pytest.raises(SettingsError, match="mask_salt"):
        people.sync(mask=[{"columns": "people.email", "action": "hash"}])


def test_a_masked_column_is_no_replication_key(people: Oracle) -> None:
    with pytest.raises(TapError, match="born is a LOB or masked"):
        people.sync(
            mask=[{"columns": "people.born", "action": "null"}], stream_options={"people": {"replication_key": "born"}}
        )


# ---------------------------------------------------------------------------------------------- LOBs


def test_long_lobs_stop_the_run_or_become_null(oracle: Oracle, caplog: pytest.LogCaptureFixture) -> None:
    oracle.run("CREATE TABLE docs (id NUMBER(9) PRIMARY KEY, body CLOB NOT NULL, data BLOB)")
    oracle.fill("INSERT INTO docs VALUES (:1, :2, :3)", [(1, "x" * 10, b"ab"), (2, "y" * 11, None)])
    assert len(oracle.sync(lob_max_length=11).records()) == 2
    with pytest.raises(TapError, match=r"1 rows have a LOB longer than 10.*lob_max_length"):
        oracle.sync(lob_max_length=10)
    output = oracle.sync(lob_max_length=10, lob_too_long="null")
    assert [record["body"] for record in output.records()] == ["x" * 10, None]
    assert output.schema("docs")["properties"]["body"]["type"] == ["string", "null"]
    assert "sent as null" in caplog.text


# ---------------------------------------------------------------------------------------------- unsupported types


def test_columns_of_other_types_are_named_and_left_out_or_refused(
    oracle: Oracle, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    oracle.run("CREATE TABLE files (id NUMBER(9))", "INSERT INTO files (id) VALUES (1)")
    found = Discovery.find

    def with_bfile(self: Discovery, only: frozenset[str] | None = None) -> list[Found]:
        [item] = found(self, only)
        columns = (*item.table.columns, OracleColumn("PLACE", None, "BFILE"))
        return [replace(item, table=replace(item.table, columns=columns))]

    monkeypatch.setattr(Discovery, "find", with_bfile)
    assert oracle.sync().records() == [{"id": 1}]
    assert "column PLACE has type BFILE" in caplog.text
    [entry] = oracle.catalog()["streams"]
    assert entry["schema"]["properties"]["place"]["description"] == "BFILE has no Singer form"
    [metadata] = [part["metadata"] for part in entry["metadata"] if part["breadcrumb"] == ["properties", "place"]]
    assert metadata["inclusion"] == "unsupported"
    output = oracle.sync(catalog={"streams": [entry]}, schema_evolution="fail")
    assert output.records() == [{"id": 1}]
    assert list(output.schema("files")["properties"]) == ["id"]
    with pytest.raises(TapError, match="column PLACE has type BFILE"):
        oracle.sync(unsupported_columns="fail")
    rule = {"columns": "files.place", "action": "drop"}
    assert oracle.sync(unsupported_columns="fail", mask=[rule]).records() == [{"id": 1}]


# ---------------------------------------------------------------------------------------------- SQL streams, maps


def test_an_sql_stream_has_its_querys_columns_keys_and_binds(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE sales (id NUMBER(9), amount NUMBER(9,2), day DATE)")
    oracle.run(
        "INSERT INTO sales VALUES (1, 1.50, DATE '2024-01-01')", "INSERT INTO sales VALUES (2, 2, DATE '2024-01-02')"
    )
    stream = {
        "name": "totals",
        "sql": "SELECT day, SUM(amount) AS total FROM sales WHERE amount > :low GROUP BY day;",
        "binds": {"low": 1},
        "key_properties": ["day"],
    }
    output = oracle.sync(sql_streams=[stream])
    assert sorted(output.records("totals"), key=lambda record: str(record["day"])) == [
        {"day": "2024-01-01T00:00:00", "total": Decimal("1.5")},
        {"day": "2024-01-02T00:00:00", "total": Decimal(2)},
    ]
    assert next(m for m in output.of_type("SCHEMA") if m["stream"] == "totals")["key_properties"] == ["day"]
    again = oracle.sync(sql_streams=[{**stream, "replication_key": "day"}])
    assert again.state["bookmarks"]["totals"]["replication_key_value"] == "2024-01-02T00:00:00"
    third = oracle.sync(sql_streams=[{**stream, "replication_key": "day"}], state=again.state)
    assert third.records("totals") == []


def test_an_sql_stream_can_read_as_of_the_runs_scn(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE sales (id NUMBER(9))", "INSERT INTO sales VALUES (1)")
    with oracledb.connect(**oracle.admin) as admin, admin.cursor() as cursor:
        cursor.execute(f"GRANT EXECUTE ON DBMS_FLASHBACK TO {oracle.user}")
    tap = oracle.tap(sql_streams=[{"name": "past", "sql": "SELECT id FROM sales AS OF SCN :scn"}], exclude_tables=["*"])
    assert tap.snapshot_scn > 0
    oracle.run("INSERT INTO sales VALUES (2)")
    assert oracle.capture(tap).records("past") == [{"id": 1}]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"binds": {}}, "its binds are low, but `binds` has none"),
        ({"key_properties": ["nope"]}, "key_properties must be among"),
        ({"sql": "SELECT nope FROM dual WHERE 1 < :low"}, "ORA-00904"),
        ({"sql": "DELETE FROM dual WHERE 1 < :low"}, "DELETE is not a query"),
    ],
)
def test_a_wrong_sql_stream_is_refused(oracle: Oracle, change: dict[str, Any], reason: str) -> None:
    stream = {"name": "x", "sql": "SELECT 1 AS a FROM dual WHERE 1 < :low", "binds": {"low": 2}, **change}
    with pytest.raises(TapError, match=reason):
        oracle.tap(sql_streams=[stream])


def test_stream_maps_and_flattening_see_the_values_of_the_lines(people: Oracle) -> None:
    maps = {"people": {"mail": "email.lower() if email else None", "born": None, "__filter__": "id == 1"}}
    output = people.sync(stream_maps=maps)
    [record] = output.records("people")
    assert record["mail"] == "ann@example.org"
    assert "born" not in record
    flat = people.sync(flattening_enabled=True, flattening_max_depth=1).records("people")
    assert flat[0]["born"] == "1990-01-02T00:00:00"


def test_a_record_limit_is_exact(every_type: Oracle) -> None:
    tap = every_type.tap()
    tap.streams["every_type"].ABORT_AT_RECORD_COUNT = 2
    with pytest.raises(Exception, match="FULL_TABLE"):
        every_type.capture(tap)
    done = every_type.cli("--test")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["type"] for line in done.stdout.splitlines()].count("RECORD") == 1
    assert "every_type: stopped at its limit of records" in done.stderr
    assert "ERROR" not in done.stderr


def test_wide_rows_and_long_texts(oracle: Oracle) -> None:
    names = ", ".join(f"c{number} NUMBER(6)" for number in range(997))
    oracle.run(f"CREATE TABLE wide (id NUMBER(9) PRIMARY KEY, t VARCHAR2(4000), body CLOB, {names})")
    oracle.fill(
        "INSERT INTO wide (id, t, body, c0, c996) VALUES (:1, :2, :3, :4, :5)",
        [(1, "\u00fc" * 2000, "x" * 32_768, 7, 8), (2, "y" * 4000, "\u20ac" * 100_000, None, -8)],
    )
    first, second = oracle.sync().records()
    assert len(first) == 1000
    assert (first["t"], first["body"], first["c0"], first["c996"]) == ("\u00fc" * 2000, "x" * 32_768, 7, 8)
    assert (second["t"], second["body"], second["c996"]) == ("y" * 4000, "\u20ac" * 100_000, -8)


def test_numbers_keep_their_digits_where_they_pass_through_floats(oracle: Oracle) -> None:
    """Up to 15 digits a float is exact and cheaper to fetch; one digit more is a Decimal."""
    oracle.run("CREATE TABLE digits (a NUMBER(15,2), b NUMBER(15,14), c NUMBER(3,9), d NUMBER(16,2), e NUMBER(5,2))")
    texts = [
        ("9999999999999.99", "9.99999999999999", "0.000000999", "99999999999999.99", "5"),
        ("-1234567890123.45", "0.00000000000001", "0.000000001", "0.1", "-0.25"),
        ("0.07", "-1.1", "0", "90071992547409.93", "100"),
    ]
    oracle.run(*(f"INSERT INTO digits VALUES ({', '.join(row)})" for row in texts))
    found = {tuple(record.values()) for record in oracle.sync().records()}
    assert found == {tuple(Decimal(text) for text in row) for row in texts}
    kept = {tuple(record.values()) for record in oracle.sync(use_singer_decimal=True).records()}
    assert kept == {tuple(format(Decimal(text), "f") for text in row) for row in texts}
