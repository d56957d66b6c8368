"""Objects and arrays: the JSON type from 21c on, before that a CLOB that takes JSON only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig, LossyValueError, UnsupportedTypeError
from flext_oracle_emulator import Emulator

if TYPE_CHECKING:
    from conftest import Loader

ID = {"type": "integer", "minimum": 0, "maximum": 999}
TREE = {"type": ["object", "null"], "properties": {"a": {"type": "number"}}}
LIST = {"type": ["array", "null"], "items": {"type": "string"}}
MIXED = {"type": ["object", "string", "null"]}
TEXT = {"type": ["string", "null"], "maxLength": 50}


def checks(loader: Loader) -> list[str]:
    sql = (
        "SELECT constraint_name FROM all_constraints WHERE table_name = :1 AND constraint_name LIKE '%JSON' ORDER BY 1"
    )
    return [name for (name,) in loader.api.execute_query(sql, [loader.table]).unwrap().rows]


@pytest.fixture
def older(loader: Loader) -> Loader:
    if loader.api.server_version().unwrap() >= (21,):
        pytest.skip("this database has the JSON type")
    return loader


def test_a_clob_for_objects_and_arrays_takes_json_only(older: Loader) -> None:
    loader = older
    loader.run(loader.schema({"id": ID, "tree": TREE}, ["id"]), loader.record(id=1, tree={"a": 1.5, "é": [None]}))
    wider = loader.schema({"id": ID, "tree": TREE, "list": LIST}, ["id"])
    loader.run(wider, loader.record(id=2, tree={}, list=["x", "y"]), loader.record(id=3, tree=None))
    assert loader.types() == {"ID": "NUMBER(3)", "TREE": "CLOB", "LIST": "CLOB"}
    assert loader.rows() == [(1, '{"a":1.5,"é":[null]}', None), (2, "{}", '["x","y"]'), (3, None, None)]
    assert checks(loader) == [f"{loader.table}$LIST_JSON", f"{loader.table}$TREE_JSON"]
    others = loader.api.execute(f"INSERT INTO \"{loader.table}\" (id, tree) VALUES (9, 'no JSON')")
    assert "ORA-02290" in str(others.error)


def test_a_property_that_may_be_text_from_now_on_frees_its_column(older: Loader) -> None:
    loader = older
    loader.run(loader.schema({"id": ID, "v": TREE, "w": LIST}), loader.record(id=1, v={"a": 1}, w=[]))
    loader.run(loader.schema({"id": ID, "v": MIXED, "w": LIST}), loader.record(id=2, v="text", w=["x"]))
    loader.run(loader.schema({"id": ID, "v": TEXT, "w": LIST}), loader.record(id=3, v="text"))
    assert loader.rows("id, v") == [(1, '{"a":1}'), (2, '"text"'), (3, "text")]
    assert checks(loader) == [f"{loader.table}$W_JSON"]
    with pytest.raises(UnsupportedTypeError, match="W takes JSON only"):
        loader.run(loader.schema({"id": ID, "v": TEXT, "w": TEXT}), schema_policy="fail")


def test_column_types_and_x_oracle_know_of_no_check(older: Loader) -> None:
    properties = {"id": ID, "v": TREE, "w": {**LIST, "x-oracle": {"type": "CLOB"}}}
    loader = older
    loader.run(loader.schema(properties), loader.record(id=1, v={"a": 1}, w=["x"]), column_types={"v": "CLOB"})
    assert checks(loader) == []
    assert loader.rows() == [(1, '{"a":1}', '["x"]')]


# ---------------------------------------------------------------------------------------------- from 21c on


@pytest.fixture(scope="module")
def newer_api() -> Iterator[FlextDbOracleApi]:
    with Emulator(compatible=23) as server:
        login = server.connect_args
        config = FlextDbOracleConfig.from_url(f"{login['user']}/{login['password']}@{login['dsn']}")
        with FlextDbOracleApi(config) as api:
            yield api


@pytest.fixture
def newer(loader: Loader, newer_api: FlextDbOracleApi) -> Loader:
    config = newer_api.config
    settings = {"dsn": config.dsn, "username": config.username, "password": config.password.get_secret_value()}
    return replace(loader, api=newer_api, config=settings)


VALUES: list[Any] = [{"a": 1.5, "b": [None, True, "é"], "c": {"d": 10**30}}, {}, {"a": 2}, None]


@pytest.mark.parametrize("key", [[], ["id"]], ids=["append", "upsert"])
def test_objects_and_arrays_become_json(newer: Loader, key: list[str]) -> None:
    schema = newer.schema({"id": ID, "tree": TREE, "list": LIST}, key)
    records = [newer.record(id=n, tree=value, list=["x"] * n) for n, value in enumerate(VALUES)]
    newer.run(schema, *records)
    assert newer.types() == {"ID": "NUMBER(3)", "TREE": "JSON", "LIST": "JSON"}
    assert [(row["TREE"], row["LIST"]) for row in newer.json_rows()] == [(v, ["x"] * n) for n, v in enumerate(VALUES)]
    newer.run(newer.schema({"id": ID, "tree": MIXED, "list": LIST}, key), newer.record(id=9, tree="text", list=[]))
    assert newer.json_rows()[-1] == {"ID": 9, "TREE": "text", "LIST": []}
    with pytest.raises(UnsupportedTypeError, match=r"TREE is JSON.*Hint"):
        newer.run(newer.schema({"id": ID, "tree": TEXT, "list": LIST}, key))


def test_existing_columns_with_json_text_stay_what_they_are(newer: Loader) -> None:
    newer.api.execute_ddl(f'CREATE TABLE "{newer.table}" (id NUMBER, v CLOB, w VARCHAR2(9))').unwrap()
    newer.run(newer.schema({"id": ID, "v": TREE, "w": LIST}), newer.record(id=1, v={"a": 1}, w=["x", "y", "z"]))
    assert newer.types() == {"ID": "NUMBER", "V": "CLOB", "W": "CLOB"}
    assert newer.rows() == [(1, '{"a":1}', '["x","y","z"]')]


def test_numbers_that_oracle_would_round_within_json_are_refused(newer: Loader) -> None:
    newer.run(newer.schema({"id": ID, "v": TREE}), newer.record(id=1, v={"a": 10**38 - 1, "b": "1" * 50}))
    long = f'{{"type": "RECORD", "stream": "{newer.stream}", "record": {{"id": 2, "v": {{"c": [{"1" * 41}]}}}}}}'
    with pytest.raises(LossyValueError, match="does not fit JSON unchanged"):
        newer.run(newer.schema({"id": ID, "v": TREE}), long)
    assert [row["ID"] for row in newer.json_rows()] == [1]


def test_a_database_error_of_json_is_told(newer: Loader) -> None:
    newer.api.execute_ddl(f'CREATE TABLE "{newer.table}" (id NUMBER, v JSON NOT NULL)').unwrap()
    with pytest.raises(oracledb.DatabaseError, match="ORA-01400"):
        newer.run(newer.schema({"id": ID, "v": TREE}), newer.record(id=1, v=None))
