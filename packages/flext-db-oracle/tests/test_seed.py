"""The calls of the document that the project started from, in its order and with its names."""

import json
import logging

from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig, FlextResult
from pydantic import SecretStr


def test_a_tap_s_calls(config, make_table):
    name = make_table("id NUMBER(10) PRIMARY KEY, name VARCHAR2(20), hired DATE")
    host, _, rest = config.dsn.partition(":")
    port, _, service = rest.partition("/")
    tap_config = {"host": host, "port": int(port), "service_name": service, "username": config.username}
    oracle_config = FlextDbOracleConfig(
        host=tap_config["host"],
        port=tap_config.get("port", 1521),
        service_name=tap_config["service_name"],
        username=tap_config["username"],
        password=SecretStr(config.password.get_secret_value()),
        pool_min=1,
        pool_max=5,
        pool_increment=2,
        timeout=60,
    )
    oracle_api = FlextDbOracleApi(oracle_config)
    connect_result = oracle_api.connect()
    assert not connect_result.is_failure, connect_result.error

    metadata_result = oracle_api.get_schema_metadata(tap_config["username"].upper())
    assert not metadata_result.is_failure
    (table,) = [table for table in metadata_result.value.tables if table.name == name]
    assert [(column.name.lower(), column.data_type) for column in table.columns] == [
        ("id", "NUMBER"),
        ("name", "VARCHAR2"),
        ("hired", "DATE"),
    ]
    query_result = oracle_api.execute_query(f"SELECT * FROM {table.schema}.{table.name}")
    assert isinstance(query_result, FlextResult)
    assert query_result.value.rows == []
    oracle_api.close()


def test_a_target_s_calls(api, schema, caplog):
    stream_name = "fdb_seed_stream"
    api.observability.enable_audit_logging(
        log_level="INFO", include_data_samples=False, audit_operations=["INSERT", "UPDATE", "DELETE", "SELECT"]
    )
    table_exists_result = api.table_exists(schema, stream_name)
    assert (table_exists_result.is_failure, table_exists_result.value) == (False, False)
    create_result = api.execute_ddl(
        f"""
        CREATE TABLE {schema}.{stream_name} (
            id NUMBER(38), name VARCHAR2(4000)
        )
        """
    )
    assert not create_result.is_failure, create_result.error
    try:
        records = [{"id": 1, "name": "canary"}, {"id": 2, "name": None}]
        columns = list(records[0].keys())
        values = [[record.get(column) for column in columns] for record in records]
        with caplog.at_level(logging.INFO, "flext_db_oracle.audit"):
            bulk_result = api.bulk_insert(
                schema=schema, table=stream_name, columns=columns, values=values, batch_size=10000
            )
        assert not bulk_result.is_failure, bulk_result.error
        lines = [json.loads(record.message) for record in caplog.records if record.name == "flext_db_oracle.audit"]
        assert ("INSERT", f"{schema}.{stream_name.upper()}", 2) in [
            (line["operation"], line["object"], line["rows"]) for line in lines
        ]
        assert "canary" not in caplog.text
        assert api.execute_query(f"SELECT id, name FROM {stream_name} ORDER BY id").value.rows == [
            (1, "canary"),
            (2, None),
        ]
    finally:
        api.execute_ddl(f"DROP TABLE {stream_name} PURGE").unwrap()
