"""bulk_insert against a database."""

import oracledb
import pytest
from flext_db_oracle import BulkError, FlextDbOracleApi, ObjectNotFoundError
from flext_db_oracle.bulk import make_insert


def count(api, table):
    return api.execute_query(f"SELECT COUNT(*) FROM {table}").unwrap().scalar()


@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 20])
def test_batches_of_any_size(api, make_table, rows):
    table = make_table("id NUMBER(10), name VARCHAR2(20)")
    values = ([i, f"row {i}"] for i in range(rows))
    result = api.bulk_insert(None, table, ["ID", "NAME"], values, batch_size=10).unwrap()
    assert (result.inserted, result.rejected, result.batches) == (rows, 0, -(-rows // 10))
    assert count(api, table) == rows


def test_the_seed_s_call(api, make_table):
    table = make_table("id NUMBER(10), name VARCHAR2(20)")
    schema = api.current_schema().unwrap()
    records = [{"id": 1, "name": "a"}, {"id": 2}]
    result = api.bulk_insert(
        schema=schema, table=table.lower(), records=records, batch_size=50000, use_bulk_api=True, parallel_degree=4
    ).unwrap()
    assert (result.inserted, result.method) == (2, "array")
    assert api.execute_query(f"SELECT id, name FROM {table} ORDER BY id").unwrap().rows == [(1, "a"), (2, None)]


def test_one_refused_row_and_nothing_is_loaded(api, make_table):
    table = make_table("id NUMBER(2) PRIMARY KEY, name VARCHAR2(3)")
    result = api.bulk_insert(None, table, ["id", "name"], [[1, "a"], [2, "long"], [1, "c"], [4, "d"]])
    assert isinstance(result.exception, BulkError)
    assert [(r.row, r.code) for r in result.exception.rejects] == [(1, "ORA-12899"), (2, "ORA-00001")]
    assert "row 1" in result.error
    assert count(api, table) == 0


def test_refused_rows_can_be_left_out(api, make_table):
    table = make_table("id NUMBER(2), amount NUMBER(5,2) NOT NULL")
    values = [[1, 1], [2, None], [300, 1], [4, "1.005"], [5, "x"], [6, "1.50"]]
    result = api.bulk_insert(None, table, ["id", "amount"], values, batch_size=4, reject_limit=None).unwrap()
    assert (result.inserted, result.rejected) == (2, 4)
    assert [(r.row, r.code) for r in result.rejects] == [(1, "ORA-01400"), (2, "ORA-01438"), (3, None), (4, None)]
    assert "2 digits after the point" in result.rejects[2].message
    assert count(api, table) == 2


def test_the_reject_limit(api, make_table):
    table = make_table("id NUMBER NOT NULL")
    values = [[1], [None], [None]]
    assert api.bulk_insert(None, table, ["id"], values, reject_limit=1).is_failure
    assert api.bulk_insert(None, table, ["id"], values, reject_limit=2).unwrap().inserted == 1


def test_row_by_row_gives_the_same(api, make_table):
    table = make_table("id NUMBER(2) PRIMARY KEY")
    result = api.bulk_insert(
        None, table, ["id"], [[1], [1], [100], [2]], use_bulk_api=False, reject_limit=None
    ).unwrap()
    assert (result.inserted, result.method) == (2, "single")
    assert [(r.row, r.code) for r in result.rejects] == [(1, "ORA-00001"), (2, "ORA-01438")]


def test_text_that_is_no_unicode_is_a_refused_row(api, make_table):
    table = make_table("name VARCHAR2(10)")
    result = api.bulk_insert(None, table, ["name"], [["a"], ["\ud800"], ["é"]], reject_limit=None).unwrap()
    assert (result.inserted, [r.row for r in result.rejects]) == (2, [1])


def test_parallel_loading_is_all_or_nothing(api, make_table):
    table = make_table("id NUMBER NOT NULL")
    values = [[i] for i in range(200)]
    result = api.bulk_insert(None, table, ["id"], values, batch_size=10, parallel_degree=3).unwrap()
    assert (result.inserted, result.batches) == (200, 20)
    assert api.execute_query(f"SELECT COUNT(*), COUNT(DISTINCT id) FROM {table}").unwrap().rows == [(200, 200)]
    values[150] = [None]
    assert api.bulk_insert(None, table, ["id"], values, batch_size=10, parallel_degree=3).is_failure
    assert count(api, table) == 200


def test_more_parallel_than_the_pool_is_refused(api):
    result = api.bulk_insert(None, "T", ["id"], [[1]], parallel_degree=99)
    assert "pool_max (4)" in result.error


def test_wrong_names_are_refused(api, make_table):
    table = make_table("id NUMBER")
    assert isinstance(api.bulk_insert(None, "NO_SUCH", ["id"], [[1]]).exception, ObjectNotFoundError)
    assert "no column nme" in api.bulk_insert(None, table, ["nme"], [[1]]).error
    assert "keys that are not" in api.bulk_insert(None, table, records=[{"id": 1}, {"id": 2, "x": 1}]).error
    assert api.bulk_insert(None, table, ["id"], [[1]], records=[{"id": 1}]).is_failure
    assert api.bulk_insert(None, table).is_failure


def test_long_values_and_order_of_columns(api, make_table):
    table = make_table("c CLOB, id NUMBER, v VARCHAR2(4000), b BLOB, n NCLOB")
    long = "ünï" * 30_000
    rows = [[long, 1, "x" * 4000, b"\x00\xff" * 50_000, long], [None, 2, None, None, None], ["s", 3, "t", b"u", "v"]]
    api.bulk_insert(None, table, ["c", "id", "v", "b", "n"], rows).unwrap()
    stored = api.execute_query(f"SELECT c, id, v, b, n FROM {table} ORDER BY id").unwrap().rows
    assert [list(row) for row in stored] == rows


def test_inserting_in_the_caller_s_transaction(api, make_table):
    table = make_table("id NUMBER(10)")
    with api.session() as session:
        statement = make_insert(None, table, session.get_table(None, table).columns)
        assert session.insert_rows(statement, [[1], [2]]).inserted == 2
        session.rollback()
        session.insert_rows(statement, [[3]])
        session.commit()
    assert api.execute_query(f"SELECT id FROM {table}").unwrap().rows == [(3,)]


def test_a_vanished_table_is_an_error_not_a_reject(api, make_table, config):
    table = make_table("id NUMBER(10)")
    with FlextDbOracleApi(config) as other, other.session() as session:
        statement = make_insert(None, "NO_SUCH_TABLE", session.get_table(None, table).columns)
        with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
            session.insert_rows(statement, [[1]])
