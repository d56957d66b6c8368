"""Tables that are no longer what their catalog says, by policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flext_tap_oracle.errors import TapError

if TYPE_CHECKING:
    from conftest import Message, Oracle


@pytest.fixture
def catalog(oracle: Oracle) -> Message:
    """A catalog of the day before a column was added, one dropped, one widened and one made nullable."""
    oracle.run("CREATE TABLE people (id NUMBER(6) PRIMARY KEY, name VARCHAR2(10), old NUMBER(6), born DATE NOT NULL)")
    found = oracle.catalog()
    oracle.run(
        "ALTER TABLE people ADD (email VARCHAR2(20))",
        "ALTER TABLE people DROP COLUMN old",
        "ALTER TABLE people MODIFY (name VARCHAR2(40))",
        "ALTER TABLE people MODIFY (born NULL)",
        "INSERT INTO people VALUES (1, 'Ann', NULL, 'ann@example.org')",
    )
    return found


@pytest.mark.parametrize(
    ("policy", "columns", "told"),
    [
        ("ignore", ["id", "name", "born"], False),
        ("warn", ["id", "name", "born"], True),
        ("emit", ["id", "name", "born", "email"], True),
    ],
)
def test_the_schema_and_the_records_follow_the_policy(
    oracle: Oracle, catalog: Message, policy: str, columns: list[str], told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    output = oracle.sync(catalog=catalog, schema_evolution=policy)
    [record] = output.records()
    assert list(record) == columns
    properties = output.schema("people")["properties"]
    assert list(properties) == columns
    assert properties["name"]["maxLength"] == 40
    assert [m["type"] for m in output.messages][:2] == ["SCHEMA", "RECORD"]
    assert ("new: email; gone: old; other type: name" in caplog.text) == told


def test_any_difference_stops_the_run_by_policy(oracle: Oracle, catalog: Message) -> None:
    with pytest.raises(TapError, match=r"people .*new: email; gone: old; other type: name.*Discover again"):
        oracle.sync(catalog=catalog, schema_evolution="fail")


def test_a_deselected_stream_is_not_compared(oracle: Oracle, catalog: Message) -> None:
    oracle.run("CREATE TABLE other (id NUMBER(6))")
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            metadata["metadata"]["selected"] = False
    assert oracle.sync(catalog=catalog, schema_evolution="fail").records() == []


def test_a_key_that_is_gone_stops_the_run_whatever_the_policy(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE people (id NUMBER(6) PRIMARY KEY, name VARCHAR2(10))")
    catalog = oracle.catalog()
    oracle.run("DROP TABLE people", "CREATE TABLE people (number_ NUMBER(6), name VARCHAR2(10))")
    with pytest.raises(TapError, match="no column `id` any more"):
        oracle.sync(catalog=catalog, schema_evolution="ignore")


def test_a_column_that_goes_during_the_run_ends_it_with_its_name_and_no_state(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE people (id NUMBER(6), name VARCHAR2(10))")
    tap = oracle.tap()
    _ = tap.streams
    oracle.run("ALTER TABLE people DROP COLUMN name")
    with pytest.raises(TapError, match=r'people .*ORA-00904: "NAME".*discover the table again'):
        oracle.capture(tap)


def test_the_catalog_may_come_from_a_tap_that_writes_no_x_oracle(oracle: Oracle) -> None:
    oracle.run("CREATE TABLE people (id NUMBER(6) PRIMARY KEY, seen TIMESTAMP(3))")
    catalog = oracle.catalog()
    for entry in catalog["streams"]:
        for schema in entry["schema"]["properties"].values():
            schema.pop("x-oracle")
    schema: dict[str, Any] = oracle.sync(catalog=catalog).schema("people")
    assert schema["properties"]["seen"]["x-oracle"]["type"] == "TIMESTAMP(3)"
