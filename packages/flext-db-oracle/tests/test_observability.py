"""What is counted, audited, reported as slow, and handed to OpenTelemetry; and what never shows."""

import json
import logging

import pytest
from flext_db_oracle.audit import Observability, object_of, operation_of
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


def lines(caplog, name):
    return [json.loads(record.message) for record in caplog.records if record.name == name]


@pytest.mark.parametrize(
    ("sql", "operation", "name"),
    [
        ("SELECT * FROM hr.employees e", "SELECT", "HR.EMPLOYEES"),
        ("WITH q AS (SELECT 1 FROM t) SELECT * FROM q", "SELECT", "T"),
        ('INSERT INTO "Odd Name"."T" VALUES (1)', "INSERT", "Odd Name.T"),
        ("UPDATE t SET a = 'FROM secret'", "UPDATE", "T"),
        ("/* FROM x */ DELETE FROM t", "DELETE", "T"),
        ("MERGE INTO t USING s ON (1 = 1)", "MERGE", "T"),
        ("CREATE TABLE t (a NUMBER)", "DDL", "T"),
        ("BEGIN p; END;", "PLSQL", None),
        ("SELECT 'INTO x'", "SELECT", None),
    ],
)
def test_operation_and_object(sql, operation, name):
    assert (operation_of(sql), object_of(sql)) == (operation, name)


def test_audit_lines_say_who_did_what_but_no_values(api, make_table, caplog):
    table = make_table("id NUMBER, s VARCHAR2(20)")
    api.observability.enable_audit_logging("WARNING", audit_operations=["INSERT", "SELECT", "ddl"])
    with caplog.at_level(logging.INFO, "flext_db_oracle.audit"):
        api.execute(f"INSERT INTO {table} VALUES (1, :s)", {"s": "canary-bind"}).unwrap()
        api.execute(f"INSERT INTO {table} VALUES (2, 'canary-literal')").unwrap()
        api.execute(f"DELETE FROM {table} WHERE id = 2").unwrap()
        api.execute_query(f"SELECT * FROM {table}").unwrap()
        api.bulk_insert(None, table, ["id", "s"], [[3, "canary-row"]]).unwrap()
    found = lines(caplog, "flext_db_oracle.audit")
    told = [(line["operation"], line["object"], line["rows"]) for line in found if line["object"].endswith(table)]
    assert told == [("INSERT", table, 1), ("INSERT", table, 1), ("SELECT", table, 1), ("INSERT", told[3][1], 1)]
    assert {line["user"] for line in found} == {api.config.username}
    assert all(record.levelname == "WARNING" for record in caplog.records if record.name == "flext_db_oracle.audit")
    assert "canary" not in caplog.text


def test_samples_only_when_asked_and_masked(api, make_table, caplog):
    table = make_table("id NUMBER, s VARCHAR2(20)")
    api.execute(f"INSERT INTO {table} VALUES (1, 'canary')").unwrap()
    api.observability.enable_audit_logging(include_data_samples=True, audit_operations=["SELECT"], masked_columns=["s"])
    with caplog.at_level(logging.INFO, "flext_db_oracle.audit"):
        api.execute_query(f"SELECT id, s FROM {table}").unwrap()
    assert lines(caplog, "flext_db_oracle.audit")[-1]["sample"] == [{"ID": "1", "S": "***"}]


def test_a_refused_statement_is_audited_with_its_error(api, caplog):
    api.observability.enable_audit_logging(audit_operations=["DELETE"])
    with caplog.at_level(logging.INFO, "flext_db_oracle.audit"):
        assert api.execute("DELETE FROM no_such_table").is_failure
    (line,) = lines(caplog, "flext_db_oracle.audit")
    assert (line["object"], line["error"].split(":")[0]) == ("NO_SUCH_TABLE", "ORA-00942")


def test_totals(api, make_table):
    table = make_table("id NUMBER")
    before = api.observability.totals.get("INSERT")
    count, rows = (before.count, before.rows) if before else (0, 0)
    api.execute_many(f"INSERT INTO {table} VALUES (:1)", [(1,), (2,)]).unwrap()
    assert api.execute(f"INSERT INTO {table} VALUES ('x')").is_failure
    totals = api.observability.totals["INSERT"]
    assert (totals.count - count, totals.rows - rows, totals.errors) == (2, 2, 1)
    assert totals.seconds >= totals.longest > 0


def test_slow_statements(caplog):
    watched = Observability("hr")
    watched.enable_slow_log(2)
    watched.record("SELECT * FROM t WHERE s = 'canary'", rows=1, elapsed=1.9)
    watched.record("SELECT * FROM t WHERE s = 'canary'", rows=1, elapsed=2.0)
    (line,) = lines(caplog, "flext_db_oracle.slow")
    assert (line["object"], line["seconds"], line["user"]) == ("T", 2.0, "hr")
    assert "canary" not in caplog.text
    with pytest.raises(ValueError, match="negative"):
        watched.enable_slow_log(-1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"audit_operations": ["SELEKT"]}, "SELEKT"), ({"log_level": "loud"}, "loud")],
)
def test_wrong_audit_settings(arguments, message):
    with pytest.raises(ValueError, match=message):
        Observability("hr").enable_audit_logging(**arguments)


def test_opentelemetry_gets_spans_and_metrics(api):
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracer, meter = TracerProvider(), MeterProvider([reader])
    tracer.add_span_processor(SimpleSpanProcessor(spans))
    api.observability.enable_opentelemetry(tracer_provider=tracer, meter_provider=meter)
    api.execute_query("SELECT 1 FROM dual").unwrap()
    assert api.execute_query("SELECT 1 FROM no_such_table").is_failure
    good, bad = spans.get_finished_spans()
    assert (good.name, good.attributes["db.operation.name"]) == ("SELECT DUAL", "SELECT")
    assert good.end_time >= good.start_time
    assert (bad.attributes["error.type"], bad.status.is_ok) == ("ORA-00942", False)
    (scope,) = reader.get_metrics_data().resource_metrics[0].scope_metrics
    assert {metric.name for metric in scope.metrics} == {
        "db.client.operation.duration",
        "db.client.response.returned_rows",
    }
    tracer.shutdown()
    meter.shutdown()
