"""Load methods, policies and rejects: what each setting makes of the same records."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_db_oracle import OracleColumn, OracleType, UnsupportedTypeError
from flext_db_oracle.bulk import make_insert
from flext_target_oracle import OracleSink
from flext_target_oracle.collection import RowsDifferError
from flext_target_oracle.rejects import TooManyRejectsError
from flext_target_oracle.writer import BatchWriter
from singer_sdk.exceptions import InvalidInputLine, InvalidRecord, MissingKeyPropertiesError

if TYPE_CHECKING:
    from conftest import Loader

ID = {"type": ["integer", "null"], "maximum": 999999999, "minimum": 0}
TEXT = {"type": ["string", "null"], "maxLength": 50}
SHORT = {"type": ["string", "null"], "x-oracle": {"type": "VARCHAR2(5 CHAR)"}}


# ---------------------------------------------------------------------------------------------- keys and order


def test_insert_only_adds_new_keys_and_leaves_the_others(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "v": TEXT}, ["id"])
    loader.run(schema, loader.record(id=1, v="old"), load_method="insert-only")
    records = [loader.record(id=1, v="new"), loader.record(id=2, v="first"), loader.record(id=2, v="second")]
    loader.run(schema, *records, load_method="insert-only")
    assert loader.rows() == [(1, "old"), (2, "first")]
    with pytest.raises(ValueError, match="insert-only needs a key"):
        loader.run(loader.schema({"id": ID}), load_method="insert-only")


def test_an_older_record_never_replaces_a_newer_one(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "at": ID, "v": TEXT}, ["id"])
    loader.run(
        schema,
        loader.record(id=1, at=5, v="newest"),
        loader.record(id=1, at=3, v="older, in the same batch"),
        newest_by="at",
    )
    loader.run(schema, loader.record(id=1, at=4, v="older, in a later run"), newest_by="at")
    assert loader.rows() == [(1, 5, "newest")]
    loader.run(schema, loader.record(id=1, at=5, v="as new"), loader.record(id=2, v="unknown age"), newest_by="at")
    assert loader.rows() == [(1, 5, "as new"), (2, None, "unknown age")]


def test_the_streams_replication_key_may_say_which_record_is_newer(loader: Loader) -> None:
    schema = {**loader.schema({"id": ID, "at": ID}, ["id"]), "bookmark_properties": ["at"]}
    for at in (5, 3):
        loader.run(schema, loader.record(id=1, at=at), newest_by="replication-key")
    assert loader.rows() == [(1, 5)]
    with pytest.raises(ValueError, match="newest_by names 'when'"):
        loader.run(schema, newest_by="when")


def test_null_in_a_key_is_refused_or_equal_by_policy(loader: Loader) -> None:
    schema = loader.schema({"a": ID, "b": TEXT, "v": TEXT}, ["a", "b"])
    with pytest.raises(MissingKeyPropertiesError, match="NULL"):
        loader.run(schema, loader.record(a=1, b=None, v="x"))
    loader.api.execute_ddl(f'DROP TABLE "{loader.table}" PURGE').unwrap()
    for value in ("x", "y"):
        loader.run(schema, loader.record(a=1, b=None, v=value), loader.record(a=1, b="", v=value), null_keys="equal")
    loader.run(schema, loader.record(a=1, b="k", v="z"), null_keys="equal")
    assert loader.rows(order="3") == [(1, None, "y"), (1, "k", "z")]


def test_settings_of_single_streams_win(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "v": TEXT}, ["id"])
    for value in "ab":
        loader.run(schema, loader.record(id=1, v=value), streams={"no-*": {}, "t*": {"load_method": "append-only"}})
    assert loader.rows("v", order="1") == [("a",), ("b",)]
    other = f"{loader.table}_other"
    own = {"table_name": other.lower(), "key_properties": ["v"]}
    loader.run(schema, loader.record(id=1, v="a"), loader.record(id=2, v="a"), streams={loader.stream: own})
    assert loader.rows(table=other.upper()) == [(2, "a")]


# ---------------------------------------------------------------------------------------------- deletions


@pytest.mark.parametrize("hard", [False, True])
def test_records_that_are_marked_as_deleted(loader: Loader, hard: bool) -> None:
    schema = loader.schema({"id": ID, "v": TEXT}, ["id"])
    loader.run(schema, *[loader.record(id=number, v="x") for number in (1, 2, 3)], hard_delete=hard)
    gone = {"_sdc_deleted_at": "2026-01-02T03:04:05+00:00"}
    loader.run(
        schema,
        loader.record(id=2, v="x", **gone),
        loader.record(id=9, **gone),
        loader.record(id=3, v="y"),
        hard_delete=hard,
    )
    if hard:
        assert loader.rows("id, v") == [(1, "x"), (3, "y")]
    else:
        rows = loader.rows('id, v, CASE WHEN "_SDC_DELETED_AT" IS NULL THEN 0 ELSE 1 END')
        assert rows == [(1, "x", 0), (2, "x", 1), (3, "y", 0), (9, None, 1)]


# ---------------------------------------------------------------------------------------------- the table's schema


def test_text_that_outgrows_varchar2_becomes_a_clob_with_all_its_values(loader: Loader) -> None:
    def schema(length: int) -> dict[str, Any]:
        return loader.schema({"id": ID, "v": {"type": ["string", "null"], "maxLength": length}}, ["id"])

    loader.run(schema(10), loader.record(id=1, v="short"), loader.record(id=2))
    loader.run(schema(100000), loader.record(id=3, v="é" * 50000))
    assert loader.types()["V"] == "CLOB"
    assert loader.rows("id, v") == [(1, "short"), (2, None), (3, "é" * 50000)]


@pytest.mark.parametrize("left_at", ["added", "filled", "dropped"])
def test_a_conversion_that_died_is_finished_by_the_next_run(loader: Loader, left_at: str) -> None:
    def schema(length: int) -> dict[str, Any]:
        return loader.schema({"id": ID, "v": {"type": ["string", "null"], "maxLength": length}}, ["id"])

    loader.run(schema(10), loader.record(id=1, v="short"))
    statements = [f'ALTER TABLE "{loader.table}" ADD ("V__FLEXT_CLOB" CLOB)']
    if left_at != "added":
        statements.append(f'BEGIN UPDATE "{loader.table}" SET "V__FLEXT_CLOB" = "V"; COMMIT; END;')
    if left_at == "dropped":
        statements.append(f'ALTER TABLE "{loader.table}" DROP COLUMN "V"')
    for statement in statements:
        loader.api.execute_ddl(statement).unwrap()
    loader.run(schema(100000), loader.record(id=2, v="long"))
    assert loader.types() == {"ID": "NUMBER(9)", "V": "CLOB"}
    assert loader.rows("id, v") == [(1, "short"), (2, "long")]


def test_freeze_leaves_the_table_alone_and_new_properties_out(loader: Loader) -> None:
    loader.run(loader.schema({"id": ID}, ["id"]), loader.record(id=1))
    wider = loader.schema({"id": ID, "v": TEXT}, ["id"])
    loader.run(wider, *[loader.record(id=n, v="x") for n in range(2, 5)], schema_policy="freeze")
    assert loader.types() == {"ID": "NUMBER(9)"}
    assert loader.rows() == [(1,), (2,), (3,), (4,)]


def test_discard_leaves_out_records_with_values_that_have_no_column(loader: Loader) -> None:
    loader.run(loader.schema({"id": ID}, ["id"]), loader.record(id=1))
    wider = loader.schema({"id": ID, "v": TEXT}, ["id"])
    records = [loader.record(id=2, v="x"), loader.record(id=3, v=None), loader.record(id=4)]
    loader.run(wider, *records, schema_policy="discard")
    assert loader.rows() == [(1,), (3,), (4,)]
    loader.run(wider, records[0], schema_policy="discard", on_error="reject")
    assert loader.rows("code, column_name, payload", table=f"{loader.table}_REJECTS") == [
        ("schema_policy", "v", '{"id": 2, "v": "x"}')
    ]


@pytest.mark.parametrize("direct", [False, True])
def test_an_overwrite_with_rows_of_another_run_in_it_replaces_nothing(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, direct: bool
) -> None:
    """Two runs that overwrite one table at the same time collect in the same place: neither takes the other's rows."""
    loader.run(loader.schema({"id": ID}), loader.record(id=1), load_method="overwrite")
    replace_table = OracleSink.replace_table

    def meddle(sink: OracleSink) -> None:
        loader.api.execute(f"INSERT INTO {loader.table}__FLEXT_NEW (id) VALUES (9)").unwrap()
        replace_table(sink)

    monkeypatch.setattr(OracleSink, "replace_table", meddle)
    messages = [loader.schema({"id": ID}), loader.record(id=2), loader.record(id=3), loader.state(3)]
    with pytest.raises(RowsDifferError, match=r"2 rows for .* were sent and 3 are there: nothing was replaced"):
        loader.run(*messages, load_method="overwrite", direct_path=direct, batch_size=1)
    assert loader.rows() == [(1,)]


def test_settings_for_streams_that_did_not_come_are_told(loader: Loader, caplog: pytest.LogCaptureFixture) -> None:
    own = {"load_method": "append-only"}
    loader.run(loader.schema({"id": ID}), streams={"nobody-*": own, loader.stream: own, f"{loader.stream}*": own})
    warnings = [item.getMessage() for item in caplog.records if "were not used" in item.getMessage()]
    assert len(warnings) == 1
    assert "'nobody-*'" in warnings[0]


def test_a_column_that_cannot_grow_stays_if_nobody_says_that_it_must(
    loader: Loader, caplog: pytest.LogCaptureFixture
) -> None:
    """A table of others: an integer without bounds is loaded into its NUMBER(5), although that cannot be changed."""
    loader.api.execute_ddl(
        f"CREATE TABLE {loader.table} (id NUMBER(5) PRIMARY KEY, twice NUMBER GENERATED ALWAYS AS (id * 2) VIRTUAL)"
    ).unwrap()
    unbounded = loader.schema({"id": {"type": "integer"}}, ["id"])
    loader.run(unbounded, loader.record(id=99999))
    assert loader.rows() == [(99999, 199998)]
    (line,) = [item.getMessage() for item in caplog.records if "stays so" in item.getMessage()]
    assert f"{loader.table}: ID is NUMBER(5), not NUMBER(38), and stays so (ORA-54033" in line
    with pytest.raises(oracledb.DatabaseError, match="ORA-01438"):
        loader.run(unbounded, loader.record(id=100000))
    with pytest.raises(oracledb.DatabaseError, match="ORA-54033"):
        loader.run(loader.schema({"id": ID}, ["id"]), loader.record(id=1))
    assert loader.rows("id") == [(99999,)]


def test_fail_stops_before_anything_is_loaded(loader: Loader) -> None:
    loader.run(loader.schema({"id": ID, "v": {**TEXT, "maxLength": 5}}, ["id"]), loader.record(id=1))
    wider = loader.schema({"id": ID, "v": TEXT, "w": TEXT}, ["id"])
    with pytest.raises(UnsupportedTypeError, match=r"lacks W VARCHAR2\(50 CHAR\); V is VARCHAR2\(5 CHAR\), not"):
        loader.run(wider, loader.record(id=2), schema_policy="fail")
    loader.run(
        loader.schema({"id": ID, "v": {**TEXT, "maxLength": 5}}, ["id"]), loader.record(id=3), schema_policy="fail"
    )
    assert loader.rows("id") == [(1,), (3,)]


def test_a_table_made_by_others_is_loaded_as_it_is(loader: Loader) -> None:
    loader.api.execute_ddl(
        f"CREATE TABLE \"{loader.table}\" (id NUMBER(5) PRIMARY KEY, note CHAR(3) DEFAULT 'abc', n NUMBER(8,2), "
        "made DATE DEFAULT SYSDATE NOT NULL)"
    ).unwrap()
    schema = loader.schema({"id": {"type": "integer"}, "n": {"type": ["number", "null"]}}, ["id"])
    loader.run(schema, loader.record(id=1, n=1.25), schema_policy="freeze")
    assert loader.rows("id, note, n, CASE WHEN made > DATE '2020-01-01' THEN 1 END") == [(1, "abc", 1.25, 1)]
    with pytest.raises(Exception, match=r"N.*1\.255"):
        loader.run(schema, loader.record(id=2, n=1.255), schema_policy="freeze")


def test_column_types_win_over_the_schema_and_over_x_oracle(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "n": {"type": "number"}, "s": SHORT}, ["id"])
    loader.run(
        schema,
        loader.record(id=1, n=2.5, s="a"),
        column_types={"n": "NUMBER(7,3)", "s": "VARCHAR2(9 CHAR)", "other": "DATE"},
    )
    assert loader.types() == {"ID": "NUMBER(9)", "N": "NUMBER(7,3)", "S": "VARCHAR2(9 CHAR)"}


def test_comments_options_and_indexes_of_new_tables(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "v": {**TEXT, "description": "what it's called"}}, ["id"])
    schema["schema"]["description"] = "things"
    loader.run(schema, loader.record(id=1), table_options={"compress": True, "indexes": [["v", "id"]]})
    comments = loader.api.execute_query(
        "SELECT column_name, comments FROM user_col_comments WHERE table_name = :1 AND comments IS NOT NULL",
        [loader.table],
    ).unwrap()
    assert comments.rows == [("V", "what it's called")]
    indexed = loader.api.execute_query(
        "SELECT index_name, column_name FROM user_ind_columns WHERE table_name = :1 AND index_name LIKE '%IX1' "
        "ORDER BY column_position",
        [loader.table],
    ).unwrap()
    assert indexed.rows == [(f"{loader.table}_IX1", "V"), (f"{loader.table}_IX1", "ID")]


def test_new_tables_are_partitioned_in_their_tablespace_and_keep_a_change_number_per_row(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "v": TEXT}, ["id"])
    options = {
        "partition_by": "RANGE (id) INTERVAL (100) (PARTITION p0 VALUES LESS THAN (100))",
        "tablespace": "users",
        "rowdependencies": True,
    }
    loader.run(schema, loader.record(id=1), loader.record(id=250), table_options=options)
    tables = "SELECT partitioned, dependencies FROM user_tables WHERE table_name = :1"
    assert loader.api.execute_query(tables, [loader.table]).unwrap().rows == [("YES", "ENABLED")]
    parts = (
        "SELECT partitioning_type, interval FROM user_part_tables WHERE table_name = :1",
        "SELECT tablespace_name, interval FROM user_tab_partitions WHERE table_name = :1 ORDER BY partition_position",
    )
    found = [loader.api.execute_query(sql, [loader.table]).unwrap().rows for sql in parts]
    assert found == [[("RANGE", "100")], [("USERS", "NO"), ("USERS", "YES")]]
    assert loader.api.execute_query(f'SELECT id FROM "{loader.table}" PARTITION (p0)').unwrap().rows == [(1,)]
    # The next run merges across the partitions, and the options do not matter any more.
    loader.run(schema, loader.record(id=250, v="new"), loader.record(id=350, v="x"), table_options={"compress": True})
    assert loader.rows() == [(1, None), (250, "new"), (350, "x")]


def test_a_table_option_that_oracle_refuses_stops_the_run_before_anything_is_loaded(loader: Loader) -> None:
    schema = loader.schema({"id": ID})
    with pytest.raises(Exception, match="ORA-00959"):
        loader.run(schema, loader.record(id=1), table_options={"tablespace": "no_such_tablespace"})
    assert not loader.exists(loader.table)
    loader.run(schema, loader.record(id=1), table_options={"tablespace": "users"})
    found = loader.api.execute_query(
        "SELECT tablespace_name, partitioned, dependencies FROM user_tables WHERE table_name = :1", [loader.table]
    )
    assert found.unwrap().rows == [("USERS", "NO", "DISABLED")]


# ---------------------------------------------------------------------------------------------- names


def test_names_may_keep_their_case_and_be_short(loader: Loader) -> None:
    long = ["a_rather_long_name_of_a_column_one", "a_rather_long_name_of_a_column_two"]
    schema = loader.schema({"id": ID, **dict.fromkeys(long, TEXT)}, ["id"])
    loader.run(
        schema,
        loader.record(id=1, **dict.fromkeys(long, "x")),
        max_identifier_bytes=30,
        add_record_metadata=True,
        metadata_prefix="sdc_",
    )
    names = list(loader.types())
    assert max(len(name) for name in names) <= 30
    assert len(set(names)) == 3 + 7
    assert "SDC_EXTRACTED_AT" in names
    kept = f"{loader.table}_kept"
    loader.run(loader.schema({"id": ID, "Id": ID}, stream=kept), identifier_case="preserve")
    assert list(loader.types(kept)) == ["id", "Id"]


@pytest.mark.parametrize("name", ['a" ; drop table x --', "nul\0", "", "\ud800"])
def test_names_that_oracle_cannot_take_are_refused(loader: Loader, name: str) -> None:
    with pytest.raises((ValueError, InvalidInputLine), match=r"identifier|surrogate"):
        loader.run(json.dumps(loader.schema({"id": ID, name: TEXT})), loader.record(id=1))


# ---------------------------------------------------------------------------------------------- rejects

REJECTED = "code, column_name, input_line, payload"


@pytest.mark.parametrize("key", [[], ["id"]], ids=["append", "upsert"])
def test_rejected_records_are_kept_with_their_reason_and_the_others_are_loaded(loader: Loader, key: list[str]) -> None:
    schema = loader.schema(
        {"id": {"type": "integer"}, "v": SHORT, "n": {"type": ["number", "null"], "x-oracle": {"type": "NUMBER(4,2)"}}},
        key,
    )
    records = [loader.record(id=number, v="ok", n=1.5) for number in range(6)]
    records[1]["record"]["v"] = "too long"
    records[3]["record"]["id"] = "three"
    records[4]["record"]["n"] = 1.555
    states = loader.run(schema, *records, loader.state(6), on_error="reject")
    assert loader.rows("id") == [(0,), (2,), (5,)]
    assert states == [loader.state(6)["value"]]
    rejects = loader.rows(REJECTED, table=f"{loader.table}_REJECTS")
    assert {row[0] for row in rejects} == {"ORA-12899", "InvalidRecord", "LossyValueError"}
    assert [(row[1], row[2]) for row in rejects if row[0] == "InvalidRecord"] == [("id", 5)]
    assert [row[1] for row in rejects if row[0] == "ORA-12899"] == ["V"]
    assert all(json.loads(row[3]) for row in rejects)


def test_a_reject_right_before_a_new_schema_is_kept(loader: Loader) -> None:
    wider = loader.schema({"id": ID, "v": TEXT})
    bad = loader.record(id="one")
    loader.run(loader.schema({"id": ID}), loader.record(id=1), bad, wider, loader.record(id=2), on_error="reject")
    assert loader.rows("id") == [(1,), (2,)]
    assert loader.rows("code, input_line", f"{loader.table}_REJECTS") == [("InvalidRecord", 3)]


def test_a_constraint_of_the_table_rejects_single_rows_of_a_merge(loader: Loader) -> None:
    loader.api.execute_ddl(
        f"CREATE TABLE \"{loader.table}\" (id NUMBER(38) PRIMARY KEY, v VARCHAR2(50 CHAR) CHECK (v <> 'bad'))"
    ).unwrap()
    schema = loader.schema({"id": {"type": "integer"}, "v": TEXT}, ["id"])
    records = [
        loader.record(id=number % 20, v="bad" if number in {3, 11, 39} else f"v{number}") for number in range(40)
    ]
    loader.run(schema, *records, on_error="reject", batch_size=17)
    expected = [(n, f"v{n + 20}" if n != 19 else "v19") for n in range(20)]
    assert loader.rows() == expected
    rejects = loader.rows("code, payload", table=f"{loader.table}_REJECTS", order="1")
    assert [code for code, _ in rejects] == ["ORA-02290"] * 3
    assert sorted(json.loads(payload)["id"] for _, payload in rejects) == [3, 11, 19]


def test_too_many_rejects_stop_the_run_and_payloads_can_be_left_out(loader: Loader) -> None:
    schema = loader.schema({"id": {"type": "integer"}, "v": SHORT}, ["id"])
    records = [loader.record(id=f"secret{number}") for number in range(4)]
    with pytest.raises(TooManyRejectsError, match=r"4 records were rejected, more than reject_limit \(3\)"):
        loader.run(schema, *records, on_error="reject", reject_limit=3)
    loader.run(schema, *records, loader.record(id=1), loader.state(1), on_error="reject", reject_payload="none")
    assert loader.rows() == [(1, None)]
    rejects = loader.rows("reason, payload", table=f"{loader.table}_REJECTS")
    assert rejects == [("type: integer", None)] * 4


def test_one_batch_may_have_more_bad_records_than_16_bits_count(loader: Loader) -> None:
    bad = 66_000
    lines = [f'{{"type":"RECORD","stream":"{loader.stream}","record":{{"id":"x"}}}}'] * bad
    messages = [loader.schema({"id": ID}), loader.record(id=1), *lines, loader.record(id=2), loader.state(1)]
    config = {"batch_size": bad, "on_error": "reject", "reject_payload": "none"}
    assert loader.run(*messages, **config, reject_limit=bad)
    assert loader.rows() == [(1,), (2,)]
    counted = f'SELECT code, COUNT(*) FROM "{loader.table}_REJECTS" GROUP BY code'
    assert loader.api.execute_query(counted).unwrap().rows == [("InvalidRecord", bad)]


class _Refusing:
    """A session and its cursor which refuse every row of an array insert, and like the driver report 65,535 at most."""

    def __init__(self) -> None:
        self.connection = self
        self._rows = 0

    def cursor(self) -> _Refusing:
        return self

    def __enter__(self) -> _Refusing:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def setinputsizes(self, *_: object) -> None:
        pass

    def executemany(self, _sql: str, rows: list[Any], *, batcherrors: bool) -> None:
        assert batcherrors
        assert len(rows) <= 65_535
        self._rows = len(rows)

    def getbatcherrors(self) -> list[Any]:
        return [SimpleNamespace(offset=n, full_code="ORA-02290", message="no") for n in range(self._rows)]


def test_rows_that_the_database_refuses_are_all_reported_however_many_they_are() -> None:
    insert = make_insert("S", "T", [OracleColumn("ID", OracleType("NUMBER"))])
    writer = BatchWriter("S", "T", insert, None, rejecting=True)
    outcome = writer.write(_Refusing(), [(n,) for n in range(70_000)])  # type: ignore[arg-type]
    assert outcome.changed == 0
    assert [item.row for item in outcome.refused] == list(range(70_000))


def test_rejects_may_go_to_a_file(loader: Loader) -> None:
    path = loader.folder / "rejects" / "today.jsonl"
    with_key = loader.schema({"id": ID}, ["id"])
    loader.run(with_key, loader.record(id=None), loader.record(id=1), on_error="reject", reject_file=str(path))
    (line,) = path.read_text().splitlines()
    assert json.loads(line)["code"] == "MissingKeyPropertiesError"
    assert not loader.exists(f"{loader.table}_REJECTS")
    assert loader.rows() == [(1,)]


def test_without_rejects_an_invalid_record_stops_the_run(loader: Loader) -> None:
    with pytest.raises(InvalidRecord):
        loader.run(loader.schema({"id": ID}), loader.record(id="x"))
