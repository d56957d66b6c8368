import pytest
from flext_db_oracle import NotAQueryError
from flext_db_oracle.audit import Observability, operation_of
from flext_db_oracle.pool import exact_number
from flext_db_oracle.query import first_word, require_query
from flext_db_oracle.session import strip_terminator


@pytest.mark.parametrize(
    "sql",
    ["select 1 from dual", "  -- why\n/* x */ (SELECT 1 FROM dual)", "WITH a AS (SELECT 1 FROM dual) SELECT * FROM a"],
)
def test_queries_pass(sql):
    require_query(sql)


@pytest.mark.parametrize("sql", ["DROP TABLE t", "/* SELECT */ delete from t", "BEGIN NULL; END;", "", "-- SELECT"])
def test_statements_without_rows_are_refused_before_they_run(sql):
    with pytest.raises(NotAQueryError, match="execute"):
        require_query(sql)


@pytest.mark.parametrize(
    ("sql", "stripped"),
    [
        ("CREATE TABLE t (a NUMBER);", "CREATE TABLE t (a NUMBER)"),
        ("DROP TABLE t ; \n", "DROP TABLE t"),
        ("BEGIN NULL; END;", "BEGIN NULL; END;"),
        ("DECLARE x NUMBER; BEGIN NULL; END;\n/\n", "DECLARE x NUMBER; BEGIN NULL; END;"),
        ("CREATE OR REPLACE PROCEDURE p AS BEGIN NULL; END;", "CREATE OR REPLACE PROCEDURE p AS BEGIN NULL; END;"),
        ("create or replace editionable trigger x after insert on t begin null; end;", None),
        ("CREATE TYPE t AS OBJECT (a NUMBER);", None),
        ("COMMENT ON TABLE t IS 'a;'", None),
        ("DROP TABLE t;;", "DROP TABLE t;"),
    ],
)
def test_one_terminator_is_dropped_outside_plsql(sql, stripped):
    assert strip_terminator(sql) == (sql if stripped is None else stripped)


@pytest.mark.parametrize(
    ("sql", "operation"),
    [
        ("insert into t values (1)", "INSERT"),
        ("WITH a AS (SELECT 1 FROM dual) SELECT * FROM a", "SELECT"),
        ("truncate table t", "DDL"),
        ("declare x number; begin null; end;", "PLSQL"),
        ("MERGE INTO t USING s ON (t.a = s.a) WHEN MATCHED THEN UPDATE SET b = 1", "MERGE"),
    ],
)
def test_operations(sql, operation):
    assert operation_of(sql) == operation
    assert first_word(sql)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("-12", -12), ("1.50", "1.50"), ("-0.1", "-0.1"), ("1E+100", "1E+100"), ("9" * 38, 10**38 - 1)],
)
def test_numbers_are_exact(text, number):
    assert str(exact_number(text)) == str(number)
    assert isinstance(exact_number(text), int) is isinstance(number, int)


def audit_lines(caplog, **options):
    observability = Observability("etl")
    observability.enable_audit_logging(**options)
    with caplog.at_level("DEBUG", "flext_db_oracle.audit"):
        observability.record("SELECT a FROM t", rows=1, elapsed=0.1, columns=("A", "SSN"), sample=[("x", "123")])
        observability.record("DELETE FROM t", rows=2, elapsed=0.1, error="ORA-00942: no")
    return [record.message for record in caplog.records]


def test_audit_logs_the_chosen_operations_without_data(caplog):
    (line,) = audit_lines(caplog, audit_operations=["DELETE"])
    assert '"operation": "DELETE"' in line
    assert '"rows": 2' in line
    assert "ORA-00942" in line
    assert "FROM t" not in line


def test_audit_samples_are_masked(caplog):
    line, _ = audit_lines(
        caplog, include_data_samples=True, audit_operations=["select", "delete"], masked_columns=["ssn"]
    )
    assert '"A": "x"' in line
    assert "123" not in line


def test_audit_refuses_unknown_operations():
    with pytest.raises(ValueError, match="UPSERT"):
        Observability("etl").enable_audit_logging(audit_operations=["UPSERT"])
    with pytest.raises(ValueError, match="log level"):
        Observability("etl").enable_audit_logging(log_level="LOUD")
