from decimal import Decimal

import pytest
from flext_db_oracle import OracleColumn, OracleType, UnsupportedTypeError
from flext_db_oracle.json_schema import column_from_schema, holds_json, oracle_type_for, property_schema, type_schema


def column(ddl, name="C", **options):
    return OracleColumn(name, OracleType.parse(ddl), **options)


@pytest.mark.parametrize(
    ("ddl", "schema"),
    [
        ("NUMBER(3)", {"type": ["integer", "null"], "minimum": -999, "maximum": 999}),
        ("NUMBER(3,-2)", {"type": ["integer", "null"], "minimum": -99900, "maximum": 99900}),
        ("NUMBER(10,2)", {"type": ["number", "null"]}),
        ("NUMBER", {"type": ["number", "null"]}),
        ("FLOAT(126)", {"type": ["number", "null"]}),
        ("BINARY_DOUBLE", {"type": ["number", "null"]}),
        ("VARCHAR2(20 CHAR)", {"type": ["string", "null"], "maxLength": 20}),
        ("CLOB", {"type": ["string", "null"]}),
        ("BLOB", {"type": ["string", "null"], "contentEncoding": "base64"}),
        ("DATE", {"type": ["string", "null"], "format": "date-time"}),
        ("TIMESTAMP(9) WITH TIME ZONE", {"type": ["string", "null"], "format": "date-time"}),
        ("INTERVAL DAY(2) TO SECOND(6)", {"type": ["string", "null"], "format": "duration"}),
    ],
)
def test_oracle_to_json_schema(ddl, schema):
    assert property_schema(column(ddl)) == {**schema, "x-oracle": {"type": ddl}}


def test_decimals_as_strings():
    schema = type_schema(OracleType.parse("NUMBER(10,2)"), use_singer_decimal=True, nullable=False)
    assert schema == {
        "type": ["string"],
        "format": "x-singer.decimal",
        "precision": 10,
        "scale": 2,
        "x-oracle": {"type": "NUMBER(10,2)"},
    }


def test_not_a_number_changes_the_schema():
    assert type_schema(OracleType("BINARY_DOUBLE"), nan_policy="string")["type"] == ["number", "string", "null"]
    assert type_schema(OracleType("BINARY_DOUBLE"), nan_policy="null", nullable=False)["type"] == ["number", "null"]


def test_column_facts_travel_in_x_oracle():
    schema = property_schema(
        column("NUMBER(5)", "id", nullable=False, identity="ALWAYS", virtual=False, comment="the key")
    )
    assert schema["type"] == ["integer"]
    assert schema["description"] == "the key"
    assert schema["x-oracle"] == {"type": "NUMBER(5)", "name": "id", "identity": "ALWAYS"}


def test_an_unsupported_column_is_named():
    with pytest.raises(UnsupportedTypeError, match=r"column SHAPE has type MDSYS\.SDO_GEOMETRY"):
        property_schema(OracleColumn("SHAPE", None, "MDSYS.SDO_GEOMETRY"))


@pytest.mark.parametrize(
    ("schema", "ddl"),
    [
        ({"type": "integer"}, "NUMBER(38)"),
        ({"type": ["null", "integer"], "minimum": -128, "maximum": 32767}, "NUMBER(5)"),
        ({"type": "integer", "minimum": 0}, "NUMBER(38)"),
        ({"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}, "NUMBER(19)"),
        ({"type": "number"}, "NUMBER"),
        ({"type": ["number", "null"], "multipleOf": 0.01}, "NUMBER(38,2)"),
        ({"type": "number", "multipleOf": 0.01, "minimum": -99999.99, "maximum": 99999.99}, "NUMBER(7,2)"),
        ({"type": "number", "multipleOf": 0.01, "minimum": 0, "exclusiveMaximum": 1}, "NUMBER(3,2)"),
        ({"type": "number", "multipleOf": 0.01, "minimum": 0}, "NUMBER(38,2)"),
        ({"type": "number", "multipleOf": Decimal("0.250")}, "NUMBER(38,2)"),
        ({"type": "number", "multipleOf": 1e-05}, "NUMBER(38,5)"),
        ({"type": "number", "multipleOf": 100}, "NUMBER(38)"),
        ({"type": "number", "multipleOf": 1e-19}, "NUMBER(38,19)"),
        ({"type": "number", "multipleOf": 1e-20}, "NUMBER"),  # would leave 18 digits before the point
        ({"type": "number", "multipleOf": 1e-38, "minimum": -1e62, "maximum": 1e62}, "NUMBER"),
        ({"type": "number", "multipleOf": 0.01, "minimum": -1e38, "maximum": 1e38}, "NUMBER"),
        ({"type": "number", "multipleOf": 0}, "NUMBER"),
        ({"type": "number", "multipleOf": float("inf")}, "NUMBER"),
        ({"anyOf": [{"type": "number", "multipleOf": 0.01}, {"type": "null"}]}, "NUMBER(38,2)"),
        ({"anyOf": [{"type": "number", "multipleOf": 0.01}, {"type": "number"}]}, "NUMBER"),
        ({"anyOf": [{"type": "number", "multipleOf": 0.01}, {"type": "integer"}]}, "NUMBER"),
        ({"type": ["integer", "number"]}, "NUMBER"),
        ({"type": "string", "format": "singer.decimal", "precision": 10, "scale": 2}, "NUMBER(10,2)"),
        ({"type": ["string", "null"], "format": "x-singer.decimal"}, "NUMBER"),
        ({"type": ["number", "string", "null"], "format": "x-singer.decimal", "precision": 99}, "NUMBER"),
        ({"type": "boolean"}, "NUMBER(1)"),
        ({"type": "string"}, "VARCHAR2(4000 CHAR)"),
        ({"type": ["null", "string"], "maxLength": 20}, "VARCHAR2(20 CHAR)"),
        ({"type": "string", "maxLength": 0}, "VARCHAR2(1 CHAR)"),
        ({"type": "string", "maxLength": 4001}, "CLOB"),
        ({"type": "string", "format": "date-time"}, "TIMESTAMP(6) WITH TIME ZONE"),
        ({"type": "string", "format": "date"}, "DATE"),
        ({"type": "string", "format": "time"}, "VARCHAR2(21 CHAR)"),
        ({"type": "string", "format": "uuid"}, "VARCHAR2(36 CHAR)"),
        ({"type": "string", "contentEncoding": "base64"}, "BLOB"),
        ({"type": "object"}, "CLOB"),
        ({"type": ["array", "null"]}, "CLOB"),
        ({}, "CLOB"),
        ({"type": []}, "CLOB"),
        ({"type": ["null"]}, "CLOB"),
        ({"type": ["string", "integer"]}, "VARCHAR2(4000 CHAR)"),
        ({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}, "TIMESTAMP(6) WITH TIME ZONE"),
        ({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string"}]}, "VARCHAR2(4000 CHAR)"),
        ({"anyOf": [{"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 9}]}, "VARCHAR2(9 CHAR)"),
        ({"anyOf": [{"type": "string"}, {"type": "object"}]}, "CLOB"),
        ({"anyOf": [{"type": "string"}, {}]}, "CLOB"),
        ({"oneOf": [{"type": "null"}, {"type": "integer"}]}, "NUMBER(38)"),
        ({"enum": ["a", "abc", None]}, "VARCHAR2(3 CHAR)"),
        ({"const": 5}, "NUMBER(38)"),
        ({"enum": [1, 2.5]}, "NUMBER"),
        ({"type": "string", "x-oracle": {"type": "VARCHAR2(20 BYTE)"}}, "VARCHAR2(20 CHAR)"),
        ({"type": "boolean", "x-oracle": {"type": "BOOLEAN"}}, "NUMBER(1)"),
        ({"type": "object", "x-oracle": {"type": "JSON"}}, "CLOB"),
    ],
)
def test_json_schema_to_oracle_19c(schema, ddl):
    assert oracle_type_for(schema).ddl == ddl


def test_newer_servers_get_their_own_types():
    assert oracle_type_for({"type": "boolean"}, server_version=(23, 4)).ddl == "BOOLEAN"
    assert oracle_type_for({"x-oracle": {"type": "JSON"}}, server_version=(21, 3)).ddl == "JSON"


def test_which_text_columns_hold_documents():
    assert holds_json({"type": ["null", "object"]})
    assert holds_json({})
    assert not holds_json({"type": ["null", "string"]})
    assert not holds_json({"type": "string", "x-oracle": {"type": "CLOB"}})
    assert holds_json({"type": ["object", "string"], "x-oracle": {"type": "JSON"}})


def test_column_from_schema():
    made = column_from_schema("employee_id", {"type": "integer", "description": "who"}, required=True)
    assert (made.name, made.type.ddl, made.nullable, made.comment) == ("EMPLOYEE_ID", "NUMBER(38)", False, "who")
    assert column_from_schema("id", {"type": "integer", "x-oracle": {"type": "NUMBER(5)", "name": "id"}}).name == "id"
    assert column_from_schema("id", {"type": "integer"}, type_override="number(9)").type.ddl == "NUMBER(9)"
