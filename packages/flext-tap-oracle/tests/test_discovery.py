"""What is discovered: kinds of objects, names, keys, types, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from flext_tap_oracle.errors import SettingsError, TapError

if TYPE_CHECKING:
    from conftest import Oracle


def names(oracle: Oracle, **settings: Any) -> list[str]:
    return sorted(oracle.tap(**settings).streams)


def test_tables_views_and_materialized_views_are_streams_and_synonyms_on_request(oracle: Oracle) -> None:
    oracle.run(
        "CREATE TABLE people (id NUMBER(6) PRIMARY KEY, name VARCHAR2(10))",
        "CREATE VIEW adults AS SELECT * FROM people WHERE id > 18",
        "CREATE MATERIALIZED VIEW copies AS SELECT id FROM people",
        "CREATE SYNONYM folk FOR people",
    )
    assert names(oracle) == ["adults", "copies", "people"]
    assert names(oracle, object_types=["table", "synonym"]) == ["folk", "people"]
    assert names(oracle, object_types=["view"]) == ["adults"]
    oracle.run("INSERT INTO people VALUES (1, 'Ann')")
    output = oracle.sync(object_types=["synonym"])
    assert output.records("folk") == [{"id": 1, "name": "Ann"}]
    assert output.of_type("SCHEMA")[0]["key_properties"] == ["id"]


def test_patterns_choose_tables_before_they_are_read(oracle: Oracle) -> None:
    oracle.run(*(f"CREATE TABLE {name} (id NUMBER(6))" for name in ("sales_2023", "sales_2024", "stock")))
    assert names(oracle, tables=["SALES_*"]) == ["sales_2023", "sales_2024"]
    assert names(oracle, tables=[f"{oracle.user}.stock"]) == ["stock"]
    assert names(oracle, tables=["sales_*"], exclude_tables=["*_2023"]) == ["sales_2024"]
    assert names(oracle, filter_tables="stock, sales_2024") == ["sales_2024", "stock"]


def test_the_key_is_the_primary_key_else_a_unique_not_null_one_else_none(oracle: Oracle) -> None:
    oracle.run(
        "CREATE TABLE with_key (a NUMBER(6), b NUMBER(6), PRIMARY KEY (b, a))",
        "CREATE TABLE with_unique (a NUMBER(6) UNIQUE, b NUMBER(6) NOT NULL UNIQUE)",
        "CREATE TABLE with_nullable (a NUMBER(6) UNIQUE)",
        "CREATE TABLE with_index (a NUMBER(6), b NUMBER(6) NOT NULL)",
        "CREATE UNIQUE INDEX with_index_b ON with_index (b)",
    )
    streams = oracle.tap().streams
    assert {name: list(stream.primary_keys) for name, stream in streams.items()} == {
        "with_key": ["b", "a"],
        "with_unique": ["b"],
        "with_nullable": [],
        "with_index": ["b"],
    }


def test_the_catalog_has_comments_types_and_estimates(oracle: Oracle) -> None:
    oracle.run(
        'CREATE TABLE people (id NUMBER(6) PRIMARY KEY, "Mixed" VARCHAR2(10 CHAR), seen TIMESTAMP(9) WITH TIME ZONE)',
        "COMMENT ON TABLE people IS 'Everybody'",
        "COMMENT ON COLUMN people.seen IS 'Last login'",
    )
    [stream] = json.loads(oracle.tap().catalog_json_text)["streams"]
    properties = stream["schema"]["properties"]
    assert list(properties) == ["id", "Mixed", "seen"]
    assert stream["schema"]["description"] == "Everybody"
    assert properties["seen"]["description"] == "Last login"
    assert properties["seen"]["x-oracle"]["type"] == "TIMESTAMP(9) WITH TIME ZONE"
    assert stream["table_name"] == "PEOPLE"


def test_streams_of_several_schemas_carry_the_schema(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE people (id NUMBER(6))")
    assert names(oracle, schemas=[oracle.user], stream_name_format="schema-table") == [f"{oracle.user.lower()}-people"]


def test_two_objects_with_one_stream_name_are_an_error_that_names_both(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE people (id NUMBER(6))", 'CREATE TABLE "people" (id NUMBER(6))')
    with pytest.raises(SettingsError) as caught:
        names(oracle)
    assert f"{oracle.user}.PEOPLE" in str(caught.value.errors)
    assert f"{oracle.user}.people" in str(caught.value.errors)


def test_invisible_and_virtual_columns_are_read_by_setting(oracle: Oracle) -> None:
    oracle.run(
        "CREATE TABLE sums (a NUMBER(6), b NUMBER(6) INVISIBLE, c NUMBER(7) GENERATED ALWAYS AS (a + 1) VIRTUAL)",
        "INSERT INTO sums (a, b) VALUES (1, 2)",
    )
    assert oracle.sync().records() == [{"a": 1, "c": 2}]
    assert oracle.sync(invisible_columns=True).records() == [{"a": 1, "b": 2, "c": 2}]
    assert oracle.sync(virtual_columns=False).records() == [{"a": 1}]


def test_a_selected_stream_without_a_table_is_refused_and_nothing_else_is_rediscovered(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE people (id NUMBER(6))", "CREATE TABLE other (id NUMBER(6))")
    catalog = oracle.catalog(deselect=["other"])
    assert list(oracle.tap(catalog=catalog).streams) == ["people"]
    oracle.run("DROP TABLE people")
    with pytest.raises(SettingsError) as caught:
        _ = oracle.tap(catalog=catalog).streams
    assert "`people`" in str(caught.value.errors)
    assert "grant SELECT" in str(caught.value.errors)


def test_a_missing_schema_is_an_error_and_not_an_empty_catalog(oracle: Oracle) -> None:
    with pytest.raises(TapError, match="NOWHERE"):
        names(oracle, schema="nowhere")
    done = oracle.cli("--discover", config={"schema": "nowhere"})
    assert done.returncode == 1
    assert done.stdout == ""
    assert "NOWHERE" in done.stderr.splitlines()[-1]


def test_discovery_writes_nothing_but_json_to_stdout(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE people (id NUMBER(6))")
    done = oracle.cli("--discover")
    assert done.returncode == 0, done.stderr
    assert [stream["tap_stream_id"] for stream in json.loads(done.stdout)["streams"]] == ["people"]


def test_names_that_need_quotes_are_quoted_and_never_executed(oracle: Oracle) -> None:
    strange = ["select", "a; DROP TABLE people --", "É", "1x", "a.b", "_x"]
    for name in strange:
        oracle.run(f'CREATE TABLE "{name}" ("{name}" NUMBER(6))', f'INSERT INTO "{name}" VALUES (1)')
    output = oracle.sync()
    assert {message["stream"]: message["record"] for message in output.of_type("RECORD")} == {
        name: {name: 1} for name in (*strange[:2], "é", *strange[3:])
    }
