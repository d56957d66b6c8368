"""The calls of the document that the project started from, in its order and with its names."""

import json
import logging

from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig, FlextResult, SecureSingerConfig
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


def test_an_incremental_extraction_s_calls(api, make_table):
    table = make_table("id NUMBER(10), updated_at TIMESTAMP(6)")
    rows = [[number, f"2024-01-0{number}T00:00:00.000001"] for number in range(1, 6)]
    api.bulk_insert(None, table, ["id", "updated_at"], rows).unwrap()
    sql = f"SELECT id, updated_at FROM {table}"
    first = api.execute_query(sql, {}).value.rows
    last_value = sorted(row[1] for row in first)[2]
    query_result = api.execute_query(f"{sql} WHERE updated_at > :last_value ORDER BY id", {"last_value": last_value})
    assert not query_result.is_failure
    assert [row[0] for row in query_result.value.rows] == [4, 5]  # the fraction of the second counts


def test_the_pool_of_the_document(config):
    pooled = {"pool_min": 5, "pool_max": 25, "pool_increment": 2, "timeout": 60}
    with FlextDbOracleApi(config.model_copy(update=pooled)) as api:
        assert api.connect().is_success
        sql = "SELECT COUNT(*) FROM v$session WHERE sid IN (SELECT sid FROM v$mystat)"
        with api.session() as one, api.session() as two:
            assert one.connection is not two.connection
            assert [session.query(sql).scalar() for session in (one, two)] == [1, 1]


def test_the_bulk_operations_of_the_document(api, make_table):
    table = make_table("id NUMBER(10) PRIMARY KEY, name VARCHAR2(20)")
    records = [{"id": number, "name": f"name {number}"} for number in range(1000)]
    bulk_result = api.bulk_insert(
        schema=api.current_schema().unwrap(),
        table=table,
        records=records,
        batch_size=50000,
        use_bulk_api=True,
        parallel_degree=4,
    )
    assert not bulk_result.is_failure, bulk_result.error
    assert (bulk_result.value.inserted, bulk_result.value.fallback) == (1000, None)


def test_an_upsert_is_merge_and_not_a_query(api, make_table):
    target, source = (make_table("id NUMBER PRIMARY KEY, name VARCHAR2(20)") for _ in range(2))
    api.bulk_insert(None, target, records=[{"id": 1, "name": "old"}]).unwrap()
    api.bulk_insert(None, source, records=[{"id": 1, "name": "new"}, {"id": 2, "name": "two"}]).unwrap()
    merge_sql = f"MERGE INTO {target} t USING {source} s ON (t.id = s.id) WHEN MATCHED THEN UPDATE SET t.name = s.name"
    refused = api.execute_query(merge_sql)
    assert "use execute for INSERT, UPDATE, DELETE, MERGE" in refused.error
    assert api.merge((None, target), (None, source)).value == 2
    assert api.execute_query(f"SELECT * FROM {target} ORDER BY id").value.rows == [(1, "new"), (2, "two")]


def test_the_secure_configuration_of_the_document(monkeypatch, tmp_path):
    certificate = tmp_path / "oracle-cert.pem"
    certificate.touch()
    for name in ("HOST", "SERVICE", "USER", "PASSWORD"):
        monkeypatch.setenv(f"ORACLE_{name}", f"canary_{name.lower()}1")
        monkeypatch.delenv(f"FLEXT_TARGET_ORACLE_{name}", raising=False)
    secure = SecureSingerConfig(ssl_cert_path=certificate).oracle_config
    assert (secure.ssl_enabled, secure.uses_tls, secure.host) == (True, True, "canary_host1")
    assert isinstance(secure.password, SecretStr)
    assert "canary_password1" not in repr(secure)
