"""Which table a stream becomes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from flext_db_oracle import IdentifierError, UnsupportedTypeError, ddl
from flext_target_oracle.types import METADATA_COLUMNS, new_table, oracle_type, stream_columns, table_name

if TYPE_CHECKING:
    from conftest import Loader


@pytest.mark.parametrize(
    ("stream", "table"),
    [
        ("employees", "EMPLOYEES"),
        ("hr-employees", "EMPLOYEES"),
        ("hr-order-items", "ORDER-ITEMS"),
        ("MixedCase", "MixedCase"),
        ("EMPLOYEES", "EMPLOYEES"),
        ("test:SpecialChars!in?attributes", "test:SpecialChars!in?attributes"),
        ("hr-", "HR-"),
        ("_private", "_PRIVATE"),
    ],
)
def test_a_streams_table(stream: str, table: str) -> None:
    assert table_name(stream) == table


def test_the_schema_prefix_can_stay_so_that_tables_do_not_collide() -> None:
    assert table_name("hr-employees", strip_schema_prefix=False) == "HR-EMPLOYEES"


def test_a_long_name_is_cut_but_stays_its_own() -> None:
    first, second = table_name("t" * 200), table_name("t" * 199 + "u")
    assert first != second
    assert len(first) == len(second) == 128


@pytest.mark.parametrize("stream", ['a"b', "a\0b", ""])
def test_a_name_that_oracle_cannot_take_is_refused(stream: str) -> None:
    with pytest.raises(IdentifierError):
        table_name(stream)


@pytest.mark.parametrize(
    ("schema", "ddl_text"),
    [
        ({"type": ["null", "string"]}, "VARCHAR2(4000 CHAR)"),
        ({"type": "string", "maxLength": 40}, "VARCHAR2(40 CHAR)"),
        ({"type": "string", "maxLength": 40000}, "CLOB"),
        ({"type": "integer"}, "NUMBER(38)"),
        ({"type": "integer", "minimum": -99, "maximum": 99}, "NUMBER(2)"),
        ({"type": "number"}, "NUMBER"),
        ({"type": "string", "format": "singer.decimal"}, "NUMBER"),
        ({"type": "string", "format": "x-singer.decimal", "precision": 10, "scale": 2}, "NUMBER(10,2)"),
        ({"type": "boolean"}, "NUMBER(1)"),
        ({"type": "string", "format": "date-time"}, "TIMESTAMP(6) WITH TIME ZONE"),
        ({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}, "TIMESTAMP(6) WITH TIME ZONE"),
        ({"type": "string", "format": "date-time", "x-oracle": {"type": "TIMESTAMP(9)"}}, "TIMESTAMP(9)"),
        ({"type": "string", "format": "date"}, "DATE"),
        ({"type": "string", "contentEncoding": "base64"}, "BLOB"),
        ({"type": "string", "x-oracle": {"type": "RAW(16)"}, "contentEncoding": "base64"}, "RAW(16)"),
        ({"type": "object"}, "CLOB"),
        ({"type": ["array", "null"]}, "CLOB"),
        ({}, "CLOB"),
    ],
)
def test_a_propertys_type_never_rounds(schema: dict[str, Any], ddl_text: str) -> None:
    assert oracle_type(schema).ddl == ddl_text


def test_the_table_of_a_stream() -> None:
    schema = {"properties": {"id": {"type": "integer"}, "Name": {"type": ["string", "null"], "maxLength": 9}}}
    columns = stream_columns("s", schema, ["id"], metadata={"_sdc_deleted_at": METADATA_COLUMNS["_sdc_deleted_at"]})
    assert ddl.create_table(new_table("S", "T", columns, ["ID"])) == (
        'CREATE TABLE "S"."T" (\n'
        '    "ID" NUMBER(38) NOT NULL,\n'
        '    "Name" VARCHAR2(9 CHAR),\n'
        '    "_SDC_DELETED_AT" TIMESTAMP(6),\n'
        '    CONSTRAINT "T_PK" PRIMARY KEY ("ID")\n'
        ")"
    )


def test_two_properties_that_would_become_one_column_are_both_named() -> None:
    with pytest.raises(IdentifierError, match="'NAME' and 'name' would both become NAME"):
        stream_columns("s", {"properties": {"NAME": {"type": "string"}, "name": {"type": "string"}}}, [])


def test_text_keys_are_short_enough_for_an_index_unless_the_tap_says_how_long_they_are() -> None:
    properties = {"a": {"type": "string"}, "b": {"type": "string", "maxLength": 2000}}
    columns = stream_columns("s", {"properties": properties}, ["a", "b"])
    assert [item.column.type.ddl for item in columns if item.column.type] == [
        "VARCHAR2(750 CHAR)",
        "VARCHAR2(2000 CHAR)",
    ]


def test_a_key_that_oracle_cannot_compare_is_refused_with_a_hint() -> None:
    with pytest.raises(UnsupportedTypeError, match=r"key column DOC would be CLOB.*Hint: give it a maxLength"):
        stream_columns("s", {"properties": {"doc": {"type": "object"}}}, ["doc"])


def test_a_key_with_a_time_zone_has_no_primary_key_because_oracle_forbids_it() -> None:
    columns = stream_columns("s", {"properties": {"at": {"type": "string", "format": "date-time"}}}, ["at"])
    assert new_table("S", "T", columns, ["AT"]).primary_key == ()


def test_a_key_that_is_no_property_and_a_stream_without_properties_are_refused() -> None:
    with pytest.raises(ValueError, match="key property id is not among"):
        stream_columns("s", {"properties": {"a": {"type": "string"}}}, ["id"])
    with pytest.raises(ValueError, match="no properties"):
        stream_columns("s", {"properties": {}}, [])


def test_multiples_fit_unchanged_and_others_are_refused(loader: Loader) -> None:
    money = {"type": ["number", "null"], "multipleOf": 0.01, "minimum": -99999.99, "maximum": 99999.99}
    schema = loader.schema({"id": {"type": "integer"}, "amount": money, "free": {"type": "number", "multipleOf": 0.01}})
    values = ["19.99", "1.1", "-99999.99", "0.07", "1E+2"]
    lines = [
        f'{{"type": "RECORD", "stream": "{loader.stream}", "record": {{"id": {n}, "amount": {v}, "free": {v}}}}}'
        for n, v in enumerate(values)
    ]
    loader.run(schema, *lines)
    assert loader.types() == {"ID": "NUMBER(38)", "AMOUNT": "NUMBER(7,2)", "FREE": "NUMBER(38,2)"}
    assert loader.rows("amount, free", order="id") == [(Decimal(v), Decimal(v)) for v in values]
    for validate in (True, False):
        with pytest.raises(Exception, match=r"19\.999"):
            loader.run(schema, loader.record(id=9, amount=19.999, free=1), validate_records=validate)
    assert loader.rows("COUNT(*)") == [(5,)]
    # A tap that no longer promises it gets a column that holds everything.
    loader.run(loader.schema({"id": {"type": "integer"}, "free": {"type": "number"}}), loader.record(id=10, free=0.125))
    assert loader.types()["FREE"] == "NUMBER"


def test_a_stream_that_would_use_anothers_helper_table_is_refused_and_both_are_named(loader: Loader) -> None:
    first = loader.schema({"id": {"type": "integer"}}, ["id"])
    for name, role in (("__flext_stg", "staging table"), ("_rejects", "table of rejects")):
        second = loader.schema({"id": {"type": "integer"}}, [], f"{loader.stream}{name}")
        for schemas in ([first, second], [second, first]):
            with pytest.raises(IdentifierError, match=rf"{role} of (stream )?'{loader.stream}'"):
                loader.run(*schemas, on_error="reject")
    with pytest.raises(IdentifierError, match="FLEXT_CHECKPOINT itself"):
        loader.run(loader.schema({"id": {"type": "integer"}}, [], "flext_checkpoint"))


def test_before_12_2_no_name_that_is_made_has_more_than_30_bytes(loader: Loader) -> None:
    stream = f"{loader.stream}_{'x' * 30}"
    properties = {
        "id": {"type": "integer"},
        "a" * 29: {"type": ["string", "null"], "maxLength": 9},
        "o": {"type": "object"},
    }
    column = ("A" * 29).ljust(29)
    settings = {
        "max_identifier_bytes": 30,
        "on_error": "reject",
        "table_options": {"indexes": [["a" * 29]]},
    }
    schema = loader.schema(properties, ["id"], stream)
    loader.run(schema, loader.record(stream, id=1, **{"a" * 29: "x", "o": {}}), **settings)
    properties["a" * 29] = {"type": ["string", "null"], "maxLength": 9000}
    loader.run(schema, loader.record(stream, id=2, **{"a" * 29: "y", "o": {}}), **settings)
    found = loader.api.execute_query(
        "SELECT object_name FROM user_objects WHERE object_name LIKE :1 "
        "UNION ALL SELECT constraint_name FROM user_constraints WHERE table_name LIKE :2",
        [f"{loader.table}%", f"{loader.table}%"],
    ).unwrap()
    names = [name for (name,) in found.rows]
    assert len(names) >= 5
    assert max(map(len, names)) <= 30
    table = next(name for name in names if loader.exists(name) and not name.endswith("_REJECTS"))
    assert loader.types(table)[column] == "CLOB"
    assert loader.rows(f'id, "{column}"', table) == [(1, "x"), (2, "y")]
