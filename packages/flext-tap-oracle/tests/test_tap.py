"""Discovery, names, SQL and the boundary of incremental streams, on a database that is a dictionary."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flext_db_oracle import FlextDbOracleConfig, FlextResult, OracleColumn, OracleSchema, OracleTable, OracleType
from flext_tap_oracle import IncrementalOracleStream, TapOracle
from singer_sdk.exceptions import ConfigValidationError

SETTINGS = {"host": "db", "service_name": "S", "username": "hr", "password": "canary-secret", "schema": "hr"}


def column(name: str, ddl: str, *, nullable: bool = True) -> OracleColumn:
    return OracleColumn(name, OracleType.parse(ddl), nullable=nullable)


EMPLOYEES = OracleTable(
    "EMPLOYEES",
    "HR",
    columns=(
        column("ID", "NUMBER(6)", nullable=False),
        column("Mixed", "VARCHAR2(10 CHAR)"),
        column("SALARY", "NUMBER(8,2)"),
        column("SEEN", "TIMESTAMP(9) WITH TIME ZONE"),
        column("CHANGED", "TIMESTAMP(6)", nullable=False),
    ),
    primary_key=("ID",),
    comment="People",
)


class FakeApi:
    """What the tap asks of FlextDbOracleApi, answered from memory; remembers the SQL."""

    def __init__(self, *tables: OracleTable, rows: list[tuple[Any, ...]] | None = None) -> None:
        self.tables = tables
        self.rows = rows or []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.config = FlextDbOracleConfig(host="db", service_name="S", username="hr", password="canary-secret")

    def get_schema_metadata(self, schema: str) -> FlextResult[OracleSchema]:
        return FlextResult[OracleSchema].ok(
            OracleSchema(schema, tuple(table for table in self.tables if table.schema == schema))
        )

    def batches(self, sql: str, params: dict[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
        self.asked.append((sql, params))
        yield self.rows


def make_tap(
    api: FakeApi, monkeypatch: pytest.MonkeyPatch, catalog: dict[str, Any] | None = None, **settings: Any
) -> TapOracle:
    monkeypatch.setattr(TapOracle, "oracle_api", api)
    return TapOracle(config=SETTINGS | settings, catalog=catalog)


def catalog_of(tap: TapOracle, **root: Any) -> dict[str, Any]:
    catalog: dict[str, Any] = json.loads(tap.catalog_json_text)
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if not metadata["breadcrumb"]:
                metadata["metadata"] |= {"selected": True, **root}
    return catalog


def test_discovery_states_types_keys_and_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    [stream] = catalog_of(make_tap(FakeApi(EMPLOYEES), monkeypatch))["streams"]
    assert stream["tap_stream_id"] == "employees"
    assert stream["key_properties"] == ["id"]
    properties = stream["schema"]["properties"]
    assert list(properties) == ["id", "Mixed", "salary", "seen", "changed"]
    assert properties["salary"]["x-oracle"]["type"] == "NUMBER(8,2)"
    assert properties["seen"]["format"] == "date-time"
    assert stream["schema"]["description"] == "People"


def test_streams_of_several_schemas_carry_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    other = OracleTable("EMPLOYEES", "SALES", columns=EMPLOYEES.columns)
    tap = make_tap(FakeApi(EMPLOYEES, other), monkeypatch, schema=None, schemas=["HR", "sales"])
    assert sorted(tap.streams) == ["hr-employees", "sales-employees"]


def test_two_tables_with_one_stream_name_are_an_error_that_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    other = OracleTable("EMPLOYEES", "SALES", columns=EMPLOYEES.columns)
    settings = {"schema": None, "schemas": ["HR", "SALES"], "stream_name_format": "table"}
    with pytest.raises(ConfigValidationError) as caught:
        make_tap(FakeApi(EMPLOYEES, other), monkeypatch, **settings)
    assert "HR.EMPLOYEES" in str(caught.value.errors)
    assert "SALES.EMPLOYEES" in str(caught.value.errors)


def test_a_column_of_an_unknown_type_is_left_out_and_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    table = OracleTable("PLACES", "HR", columns=(EMPLOYEES.columns[0], OracleColumn("SHAPE", None, "SDO_GEOMETRY")))
    [stream] = make_tap(FakeApi(table), monkeypatch).streams.values()
    assert list(stream.schema["properties"]) == ["id"]
    assert "SHAPE has type SDO_GEOMETRY" in caplog.text


def test_an_unknown_setting_is_refused_with_the_nearest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigValidationError) as caught:
        make_tap(FakeApi(), monkeypatch, tabels=["x"])
    assert "did you mean `tables`" in str(caught.value.errors)


def test_a_method_that_the_tap_has_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = catalog_of(make_tap(FakeApi(EMPLOYEES), monkeypatch), **{"forced-replication-method": "LOG_BASED"})
    with pytest.raises(ConfigValidationError) as caught:
        _ = make_tap(FakeApi(EMPLOYEES), monkeypatch, catalog).streams
    assert "LOG_BASED" in str(caught.value.errors)


def test_a_selected_stream_without_a_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = catalog_of(make_tap(FakeApi(EMPLOYEES), monkeypatch))
    with pytest.raises(ConfigValidationError) as caught:
        _ = make_tap(FakeApi(), monkeypatch, catalog).streams
    assert "`employees`" in str(caught.value.errors)


def test_a_full_read_selects_quoted_names_and_what_sql_must_convert(monkeypatch: pytest.MonkeyPatch) -> None:
    api = FakeApi(EMPLOYEES, rows=[(1, None, Decimal("10.50"), None, None)])
    tap = make_tap(api, monkeypatch)
    assert [record["id"] for record in tap.streams["employees"].get_records(None)] == [1]
    [(sql, binds)] = api.asked
    assert sql.startswith('SELECT "ID" AS "ID", "Mixed" AS "Mixed", "SALARY" AS "SALARY", ')
    assert 'TO_CHAR("SEEN", \'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM\')' in sql
    assert sql.endswith('FROM "HR"."EMPLOYEES"')
    assert binds == {}


def incremental(api: FakeApi, monkeypatch: pytest.MonkeyPatch, state: dict[str, Any]) -> IncrementalOracleStream:
    catalog = catalog_of(make_tap(api, monkeypatch), **{"replication-key": "changed"})
    tap = make_tap(api, monkeypatch, catalog)
    tap.load_state({"bookmarks": {"employees": state}})
    stream = tap.streams["employees"]
    assert isinstance(stream, IncrementalOracleStream)
    return stream


def test_an_incremental_read_starts_at_the_bookmark_in_key_order(monkeypatch: pytest.MonkeyPatch) -> None:
    api = FakeApi(EMPLOYEES)
    bookmark = {"replication_key": "changed", "replication_key_value": "2024-01-02T03:04:05.000006"}
    assert list(incremental(api, monkeypatch, bookmark).get_records(None)) == []
    [(sql, binds)] = api.asked
    assert sql.endswith('WHERE "CHANGED" >= :last_value ORDER BY "CHANGED"')
    assert str(binds["last_value"]) == "2024-01-02 03:04:05.000006"


def test_rows_at_the_bookmark_are_not_sent_again_unless_they_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    at = dt.datetime(2024, 1, 2, 3, 4, 5)
    first = [(1, "a", None, None, at), (2, "b", None, None, at)]
    state: dict[str, Any] = {}
    stream = incremental(FakeApi(EMPLOYEES, rows=first), monkeypatch, state)
    assert [record["id"] for record in stream.get_records(None)] == [1, 2]
    boundary = stream.get_context_state(None)["boundary"]
    later = [(1, "a", None, None, at), (2, "changed", None, None, at), (3, "late", None, None, at)]
    bookmark = {"replication_key": "changed", "replication_key_value": at.isoformat(), "boundary": boundary}
    stream = incremental(FakeApi(EMPLOYEES, rows=later), monkeypatch, bookmark)
    assert [record["id"] for record in stream.get_records(None)] == [2, 3]


def test_the_schema_message_states_oracle_types_also_with_a_catalog(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog = catalog_of(make_tap(FakeApi(EMPLOYEES), monkeypatch))
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if metadata["breadcrumb"] == ["properties", "Mixed"]:
                metadata["metadata"]["selected"] = False
        for schema in entry["schema"]["properties"].values():
            schema.pop("x-oracle")
    make_tap(FakeApi(EMPLOYEES), monkeypatch, catalog).sync_all()
    messages = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [schema] = [message["schema"] for message in messages if message["type"] == "SCHEMA"]
    assert schema["properties"]["changed"]["x-oracle"]["type"] == "TIMESTAMP(6)"
    assert list(schema["properties"]) == ["id", "salary", "seen", "changed"]
