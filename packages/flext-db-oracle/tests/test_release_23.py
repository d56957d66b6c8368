"""Types and DDL that only newer databases have: an emulator of 23ai."""

from decimal import Decimal

import pytest
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig, OracleType
from flext_db_oracle.json_schema import column_from_schema, oracle_type_for, property_schema
from flext_db_oracle.values import convert_rows, to_json_value
from flext_oracle_emulator import Emulator


@pytest.fixture(scope="module")
def newer():
    with Emulator(compatible=23) as server:
        login = server.connect_args
        config = FlextDbOracleConfig.from_url(f"{login['user']}/{login['password']}@{login['dsn']}")
        with FlextDbOracleApi(config) as api:
            yield api


@pytest.mark.parametrize(
    ("ddl", "values"),
    [
        ("BOOLEAN", [True, False, None]),
        ("JSON", [{"a": [1, Decimal("2.5"), None, "é"]}, [1], "text", 7, None]),
        ("XMLTYPE", ["<a>é€</a>", None]),
    ],
)
def test_values_come_back(newer, ddl, values):
    assert newer.server_version().unwrap()[0] == 23
    table = f"fdb_{ddl}".lower()
    newer.execute_ddl(f"CREATE TABLE {table} (id NUMBER(5), c {ddl})").unwrap()
    column = newer.get_table_metadata(None, table).unwrap().columns[1]
    assert column.type == OracleType(ddl)
    newer.bulk_insert(None, table, ["id", "c"], list(enumerate(values))).unwrap()
    rows = newer.execute_query(f"SELECT {column.type.select_expression('c')} FROM {table} ORDER BY id").unwrap().rows
    assert [value for (value,) in convert_rows(rows, [to_json_value(column.type)])] == values
    assert oracle_type_for(property_schema(column), server_version=(23,)) == column.type


def test_a_boolean_property_is_a_number_before_23():
    schema = {"type": ["boolean", "null"]}
    assert column_from_schema("b", schema, server_version=(23,)).type.ddl == "BOOLEAN"
    assert column_from_schema("b", schema, server_version=(19,)).type.ddl == "NUMBER(1)"


def test_objects_and_arrays_are_json_from_21_on():
    for schema in ({"type": ["object", "null"]}, {"anyOf": [{"type": "array"}, {"type": "null"}]}):
        assert oracle_type_for(schema, server_version=(21,)).ddl == "JSON"
        assert oracle_type_for(schema, server_version=(19,)).ddl == "CLOB"
    assert oracle_type_for({"type": ["object", "string"]}, server_version=(23,)).ddl == "CLOB"
    assert oracle_type_for({"type": "object", "x-oracle": {"type": "CLOB"}}, server_version=(23,)).ddl == "CLOB"
