"""Plain SELECTs give exact values: zones and nanoseconds, which the driver drops."""

import datetime as dt
import secrets

import pytest
from flext_db_oracle import LossyValueError

ZONED = "TO_TIMESTAMP_TZ('2024-02-29 23:30:00.123456 -08:00', 'YYYY-MM-DD HH24:MI:SS.FF TZH:TZM')"


def test_zoned_times_are_aware(api, make_table):
    table = make_table("id NUMBER, z TIMESTAMP(6) WITH TIME ZONE, l TIMESTAMP(6) WITH LOCAL TIME ZONE")
    api.execute(f"INSERT INTO {table} VALUES (1, {ZONED}, {ZONED})").unwrap()
    api.execute(f"INSERT INTO {table} VALUES (2, NULL, NULL)").unwrap()
    first, second = api.execute_query(f"SELECT z, id, l FROM {table} ORDER BY id").unwrap().rows
    zone = dt.timezone(-dt.timedelta(hours=8))
    moment = dt.datetime(2024, 2, 29, 23, 30, 0, 123456, tzinfo=zone)
    assert first == (moment, 1, moment)
    assert (first[0].utcoffset(), first[2].utcoffset()) == (dt.timedelta(hours=-8), dt.timedelta(0))
    assert second == (None, 2, None)
    assert list(api.stream(f"SELECT z FROM {table} WHERE id = :id", {"id": 1})) == [(moment,)]


def test_nanoseconds_are_text(api, make_table):
    table = make_table("t TIMESTAMP(9), z TIMESTAMP(9) WITH TIME ZONE, i INTERVAL DAY(3) TO SECOND(9)")
    text = "2024-02-29T13:05:01.123456789"
    api.bulk_insert(None, table, ["t", "z", "i"], [[text, text + "+05:30", "P1DT0.000000001S"]]).unwrap()
    result = api.execute_query(f"SELECT t.* FROM {table} t").unwrap()
    assert result.columns == ("T", "Z", "I")
    assert result.rows == [(text, text + "+05:30", "P1DT0H0M0.000000001S")]


def test_an_expression_has_its_own_name(api):
    result = api.execute_query(f"SELECT CAST({ZONED} AS TIMESTAMP(6) WITH TIME ZONE) AS at, 1 AS n FROM dual").unwrap()
    assert result.rows[0][0].utcoffset() == dt.timedelta(hours=-8)


def test_what_cannot_be_read_exactly_is_refused(api, make_table):
    table = make_table("z TIMESTAMP(6) WITH TIME ZONE")
    for sql in (f"SELECT z, z FROM {table}", f"SELECT z FROM {table} FOR UPDATE"):
        result = api.execute_query(sql)
        assert isinstance(result.exception, LossyValueError), sql
        assert "TO_CHAR" in result.error


def test_a_fine_type_with_a_coarse_value_is_a_datetime(api, make_table):
    table = make_table("t TIMESTAMP(9), z TIMESTAMP(9) WITH TIME ZONE")
    text = "2024-02-29T13:05:01.123456"
    api.bulk_insert(None, table, ["t", "z"], [[text, text + "+05:30"]]).unwrap()
    moment = dt.datetime.fromisoformat(text)
    zoned = dt.datetime.fromisoformat(text + "+05:30")
    assert api.execute_query(f"SELECT MAX(t), MAX(z) FROM {table}").unwrap().rows == [(moment, zoned)]


def test_a_year_before_1_with_a_zone(api):
    sql = "SELECT TO_TIMESTAMP_TZ('-0044-03-15 +00:00', 'SYYYY-MM-DD TZH:TZM') AS z FROM dual"
    with pytest.raises(LossyValueError, match="does not fit Python's datetime"):
        api.execute_query(sql).unwrap()


@pytest.fixture
def executions(request, api):
    """`executions("marker")`: how often the server ran a statement with this word, and nothing else but described it."""

    def count(marker):
        if request.config.getoption("--oracle-dsn") is None:
            server = request.getfixturevalue("oracle_server")
            return sum(marker in statement.sql for statement in server.statements)
        found = api.scalar(
            "SELECT NVL(SUM(executions), 0) FROM v$sql WHERE sql_text LIKE :t AND sql_text NOT LIKE '%v$sql%'",
            {"t": f"%{marker}%"},
        )
        return found.unwrap()

    return count


@pytest.mark.parametrize("column", ["1", "SYSTIMESTAMP", "CAST(SYSTIMESTAMP AS TIMESTAMP(9))", "TO_CLOB('x')"])
def test_every_query_is_executed_once(api, executions, column):
    marker = f"fdb_once_{secrets.token_hex(4)}"
    sql = f"SELECT {column} AS {marker} FROM dual WHERE 1 = :one"
    for runs in (1, 2):
        assert api.execute_query(sql, {"one": 1}).unwrap().row_count == 1
        assert executions(marker) == runs


def test_a_column_that_became_zoned_after_the_query_was_described(session, make_table):
    table = make_table("z DATE, id NUMBER")
    session.execute(f"INSERT INTO {table} VALUES (DATE '2024-02-29', 1)")
    sql = f"SELECT z FROM {table}"
    assert session.query(sql).scalar() == dt.datetime(2024, 2, 29)
    session.execute_ddl(f"ALTER TABLE {table} DROP COLUMN z")
    session.execute_ddl(f"ALTER TABLE {table} ADD z TIMESTAMP WITH TIME ZONE DEFAULT {ZONED}")
    assert session.query(sql).scalar().utcoffset() == dt.timedelta(hours=-8)


def test_a_query_that_cannot_be_described_without_the_types_of_its_binds(api):
    sql = "SELECT SYSTIMESTAMP AS now, :moment - INTERVAL '1' DAY AS earlier FROM dual"
    row = api.execute_query(sql, {"moment": dt.datetime(2024, 3, 1)}).unwrap().rows[0]
    assert row[0].tzinfo is not None
    assert row[1] == dt.datetime(2024, 2, 29)


def test_an_error_of_the_query_itself_is_told(api):
    for params in (None, {"one": 1}):
        result = api.execute_query(f"SELECT nowhere FROM dual WHERE 1 = {':one' if params else 1}", params)
        assert result.error_code == "ORA-00904"
