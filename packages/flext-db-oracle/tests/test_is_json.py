"""Columns with an IS JSON check are text: the driver would parse them, and round their numbers."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from flext_db_oracle import FlextDbOracleApi


@pytest.mark.parametrize("kind", ["CLOB", "VARCHAR2(200)", "BLOB"])
def test_the_text_of_json_comes_as_it_is(api: FlextDbOracleApi, kind: str) -> None:
    name = f"J{uuid.uuid4().hex[:10]}".upper()
    api.execute_ddl(f"CREATE TABLE {name} (id NUMBER, v {kind} CHECK (v IS JSON))").unwrap()
    try:
        text = '{"a":1.10,"b":12345678901234567890.123456789,"é":null}'
        value = text.encode() if kind == "BLOB" else text
        api.execute(f"INSERT INTO {name} VALUES (1, :1)", [value]).unwrap()
        api.execute(f"INSERT INTO {name} VALUES (2, NULL)").unwrap()
        rows = api.execute_query(f"SELECT v, id / 4 FROM {name} ORDER BY id").unwrap().rows
        assert rows == [(value, Decimal("0.25")), (None, Decimal("0.5"))]
    finally:
        api.execute_ddl(f"DROP TABLE {name} PURGE").unwrap()
