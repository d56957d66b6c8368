"""bulk_insert against a database."""

import datetime as dt
from decimal import Decimal

import oracledb
import pyarrow as pa
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
    assert (result.inserted, result.method, result.fallback) == (2, "staged array", None)
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
    result = api.bulk_insert(None, table, ["id", "amount"], values, batch_size=4, on_error="reject").unwrap()
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
        None, table, ["id"], [[1], [1], [100], [2]], use_bulk_api=False, on_error="reject"
    ).unwrap()
    assert (result.inserted, result.method) == (2, "single")
    assert [(r.row, r.code) for r in result.rejects] == [(1, "ORA-00001"), (2, "ORA-01438")]


def test_text_that_is_no_unicode_is_a_refused_row(api, make_table):
    table = make_table("name VARCHAR2(10)")
    result = api.bulk_insert(None, table, ["name"], [["a"], ["\ud800"], ["é"]], on_error="reject").unwrap()
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
    assert "one of values, records and arrow" in api.bulk_insert(None, table, ["id"], [[1]], records=[{"id": 1}]).error
    assert "row 1 has 2 values" in api.bulk_insert(None, table, ["id"], [[1], [2, 3]]).error
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


# ------------------------------------------------------------------------------------------------ rejects


@pytest.mark.parametrize(
    ("value", "code", "column"),
    [
        ([1, "toolong", 1, 1], "ORA-12899", "NAME"),
        ([1, "a", None, 1], "ORA-01400", "N"),
        ([1, "a", 12345, 1], "ORA-01438", "N"),
        ([1, "a", "1.234", 1], None, "N"),
        ([1, "a", 1, "x"], None, "M"),
    ],
)
def test_a_reject_names_its_column(api, make_table, value, code, column):
    table = make_table("id NUMBER, name VARCHAR2(5), n NUMBER(4,1) NOT NULL, m NUMBER(38)")
    rows = [[0, "a", 1, 1], value, [2, "b", 2, 2]]
    result = api.bulk_insert(None, table, ["id", "name", "n", "m"], rows, on_error="reject").unwrap()
    (reject,) = result.rejects
    assert (result.inserted, reject.row, reject.code, reject.column) == (2, 1, code, column)


def test_on_error_is_one_of_two(api):
    with pytest.raises(ValueError, match="'raise' or 'reject'"):
        api.bulk_insert(None, "T", ["id"], [[1]], on_error="ignore")


def load_parallel(api, table, columns, rows, **options):
    return api.bulk_insert(None, table, columns, rows, batch_size=10, parallel_degree=3, on_error="reject", **options)


def test_rejects_of_several_sessions_have_the_row_s_number(api, make_table):
    table = make_table("id NUMBER(3)")
    result = load_parallel(api, table, ["id"], [[i if i % 50 else 5000] for i in range(200)]).unwrap()
    assert (result.inserted, result.method, result.fallback) == (196, "staged array", None)
    assert [(r.row, r.code, r.column) for r in result.rejects] == [(n, "ORA-01438", "ID") for n in (0, 50, 100, 150)]
    assert (count(api, table), stray_tables(api)) == (196, [])


def test_what_only_the_target_refuses_is_rejected_by_several_sessions_too(api, make_table):
    table = make_table(f"{WIDE}, CONSTRAINT fdb_positive CHECK (id >= 0)")
    rows = [wide_row(number) for number in range(100)]
    rows[30][0], rows[60][0], rows[70] = 29, -1, [70, None, "x" * 51, *wide_row(70)[3:]]
    result = load_parallel(api, table, NAMES, rows).unwrap()
    assert (result.inserted, result.method) == (97, "staged array")
    assert [(r.row, r.code, r.column) for r in result.rejects] == [
        (30, "ORA-00001", None),
        (60, "ORA-02290", None),
        (70, "ORA-12899", "S"),
    ]
    assert table in result.rejects[2].message
    assert "FLEXT_STG" not in result.rejects[2].message
    kept = api.execute_query(f"SELECT * FROM {table} WHERE id = 29").unwrap().rows  # the first of two wins
    array = make_table(WIDE)
    api.bulk_insert(None, array, NAMES, [wide_row(29)]).unwrap()
    assert kept == api.execute_query(f"SELECT * FROM {array}").unwrap().rows


@pytest.mark.parametrize("bad", [5000, 1])
def test_several_sessions_and_one_refused_row_too_many_load_nothing(api, make_table, bad):
    table = make_table("id NUMBER(3) PRIMARY KEY")
    result = load_parallel(api, table, ["id"], [[i if i % 50 else bad] for i in range(200)], reject_limit=2)
    assert "more than the 2 allowed" in result.error
    assert (count(api, table), stray_tables(api)) == (0, [])


# ------------------------------------------------------------------------------------------------ direct path

WIDE = """id NUMBER(10) PRIMARY KEY, n NUMBER, s VARCHAR2(50 CHAR), d DATE, t TIMESTAMP(6), t9 TIMESTAMP(9),
    z TIMESTAMP(6) WITH TIME ZONE, l TIMESTAMP(6) WITH LOCAL TIME ZONE, r RAW(16), f BINARY_DOUBLE, c CHAR(5),
    note VARCHAR2(10) DEFAULT 'none'"""
NAMES = ["id", "n", "s", "d", "t", "t9", "z", "l", "r", "f", "c"]


def wide_row(number):
    moment = "2024-02-29T13:05:01.000001"
    return [
        number,
        "0.1" if number % 2 else None,
        f"é€ {number}",
        "2024-02-29T13:05:01",
        moment,
        f"{moment}789",
        f"{moment}-08:00",
        f"{moment}Z",
        "AP8=",
        0.1,
        "ab",
    ]


def stray_tables(api):
    sql = "SELECT table_name FROM user_tables WHERE table_name LIKE 'FLEXT\\_STG\\_%' ESCAPE '\\'"
    return api.execute_query(sql).unwrap().rows


@pytest.mark.parametrize("degree", [1, 2])
def test_direct_path_stores_what_array_binds_store(api, make_table, degree):
    array, direct = make_table(WIDE), make_table(WIDE)
    rows = [wide_row(number) for number in range(50)]
    assert api.bulk_insert(None, array, NAMES, rows).unwrap().method == "array"
    result = api.bulk_insert(
        None, direct, NAMES, rows, direct_path=True, parallel_degree=degree, batch_size=20
    ).unwrap()
    assert (result.inserted, result.method, result.fallback) == (50, "staged direct path", None)
    query = "SELECT t.*, DUMP(s), DUMP(n) FROM {} t ORDER BY id"
    one, two = (api.execute_query(query.format(table)).unwrap().rows for table in (array, direct))
    assert one == two
    assert one[0][NAMES.index("c")] == "ab   "
    assert {row[11] for row in two} == {"none"}  # defaults work: the target is filled by an ordinary INSERT
    assert stray_tables(api) == []


def test_a_row_that_the_target_refuses_undoes_the_direct_path_load(api, make_table):
    table = make_table("id NUMBER PRIMARY KEY")
    result = api.bulk_insert(None, table, ["id"], [[1], [2], [1]], direct_path=True)
    assert result.error_code == "ORA-00001"
    assert "on_error='reject'" in result.error
    assert count(api, table) == 0
    assert stray_tables(api) == []


def test_a_row_that_cannot_be_converted_undoes_the_direct_path_load(api, make_table):
    table = make_table("id NUMBER(3)")
    result = api.bulk_insert(None, table, ["id"], [[1], ["1.5"]], direct_path=True)
    assert [(r.row, r.column) for r in result.exception.rejects] == [(1, "ID")]
    assert (count(api, table), stray_tables(api)) == (0, [])


@pytest.mark.parametrize(
    ("columns", "arguments", "reason"),
    [
        ("id NUMBER, c CLOB", {}, "column C has type CLOB"),
        ("id NUMBER, c NVARCHAR2(10)", {}, "column C has type NVARCHAR2"),
        ("id NUMBER, c VARCHAR2(10)", {"on_error": "reject"}, "array binds only"),
        ("id NUMBER, c VARCHAR2(10)", {"use_bulk_api": False}, "use_bulk_api is off"),
    ],
)
def test_direct_path_says_why_it_was_not_taken(api, make_table, columns, arguments, reason):
    table = make_table(columns)
    result = api.bulk_insert(None, table, ["id", "c"], [[1, "x"]], direct_path=True, **arguments).unwrap()
    assert (result.inserted, result.method) == (1, "array" if arguments.get("use_bulk_api", True) else "single")
    assert reason in result.fallback


def test_a_user_without_create_table_is_told_the_grant(api, make_table, make_user, schema):
    table = make_table("id NUMBER")
    user = make_user("CREATE SESSION", f"SELECT, INSERT ON {table}")
    with FlextDbOracleApi(user) as loading:
        result = loading.bulk_insert(schema, table, ["id"], [[1]], direct_path=True).unwrap()
    assert (result.inserted, result.method) == (1, "array")
    assert f"GRANT CREATE TABLE TO {user.username}" in result.fallback


# ------------------------------------------------------------------------------------------------ Arrow


def test_arrow_data_is_loaded(api, make_table):
    table = make_table(
        "id NUMBER(10), n NUMBER(10,2), s VARCHAR2(10), b RAW(4), t TIMESTAMP(9), z TIMESTAMP(6) WITH TIME ZONE, f "
        "BINARY_FLOAT"
    )
    moment = dt.datetime(2024, 2, 29, 13, 5, 1, 1)
    data = pa.table(
        {
            "id": pa.array([1, 2]),
            "n": pa.array([Decimal("1.50"), None], pa.decimal128(10, 2)),
            "s": pa.array(["é", None]),
            "b": pa.array([b"\x00\xff", None]),
            "t": pa.array([1709211901123456789, None], pa.timestamp("ns")),
            "z": pa.array([moment.replace(tzinfo=dt.UTC), None], pa.timestamp("us", tz="UTC")),
            "f": pa.array([0.1, None], pa.float32()),
        }
    )
    assert api.bulk_insert(None, table, arrow=data).unwrap().inserted == 2
    first, second = api.execute_query(f"SELECT * FROM {table} ORDER BY id").unwrap().rows
    assert first[:5] == (1, Decimal("1.5"), "é", b"\x00\xff", "2024-02-29T13:05:01.123456789")
    assert first[5] == moment.replace(tzinfo=dt.UTC)
    assert second == (2, *[None] * 6)
    assert api.bulk_insert(None, table, ["id"], arrow=data).unwrap().inserted == 2
    assert "no column x" in api.bulk_insert(None, table, ["x"], arrow=data).error
