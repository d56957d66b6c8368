"""Reading in every shape: one value, records, columns, Arrow, LOBs in pieces, plans."""

import datetime as dt
import sys
from decimal import Decimal

import pyarrow as pa
import pytest
from flext_db_oracle import LossyValueError, OracleType, UnsupportedTypeError
from flext_db_oracle.arrow import arrow_type


def test_scalar(api):
    assert api.scalar("SELECT 1 + :a FROM dual", {"a": 2}).value == 3
    assert "one row" in api.scalar("SELECT 1 FROM dual WHERE 1 = 0").error


def test_records_and_columns(api):
    sql = "SELECT LEVEL AS n, 'x' AS s FROM dual CONNECT BY LEVEL <= :top"
    assert list(api.stream_records(sql, {"top": 2})) == [{"N": 1, "S": "x"}, {"N": 2, "S": "x"}]
    assert list(api.column_batches(sql, {"top": 3}, size=2)) == [
        {"N": [1, 2], "S": ["x", "x"]},
        {"N": [3], "S": ["x"]},
    ]


def test_a_plan(api, make_table):
    table = make_table("id NUMBER PRIMARY KEY")
    plan = api.explain(f"SELECT * FROM {table} WHERE id = 1").unwrap()
    assert "SELECT STATEMENT" in plan
    assert "INDEX UNIQUE SCAN" in plan
    assert 'access("ID"=1)' in plan


@pytest.mark.parametrize("condition", ["id = :id", "id IN (:1, :2)", "id = :id OR id = :id"])
def test_a_plan_needs_no_values_for_binds(api, make_table, condition):
    table = make_table("id NUMBER PRIMARY KEY")
    assert "SELECT STATEMENT" in api.explain(f"SELECT * FROM {table} WHERE {condition};").unwrap()
    assert "DELETE STATEMENT" in api.explain(f"DELETE FROM {table} WHERE {condition}").unwrap()


# ------------------------------------------------------------------------------------------------ LOBs


def test_lobs_are_described_as_what_they_are(session, make_table):
    table = make_table("c CLOB, n NCLOB, b BLOB, v VARCHAR2(5)")
    sql = f"SELECT c, n, b FROM {table}"
    for _ in range(2):
        assert [column.type.ddl for column in session.describe_query(sql)] == ["CLOB", "NCLOB", "BLOB"]
        with session.open_query(sql) as opened:
            assert [column.type.ddl for column in opened.columns] == ["CLOB", "NCLOB", "BLOB"]


@pytest.mark.parametrize("chunk", [1, 2, 7, 1000])
def test_a_lob_in_pieces(api, make_table, chunk):
    table = make_table("c CLOB, b BLOB")
    text, data = "é𝄞x" * 20, bytes(range(256))
    api.bulk_insert(None, table, ["c", "b"], [[text, data]]).unwrap()
    pieces = list(api.stream_lob(f"SELECT c FROM {table}", chunk_size=chunk))
    assert "".join(pieces) == text
    assert len(pieces) > 1 or chunk == 1000
    assert b"".join(api.stream_lob(f"SELECT b FROM {table}", chunk_size=max(chunk, 7))) == data


def test_what_is_no_lob(api, make_table):
    table = make_table("c CLOB")
    api.execute(f"INSERT INTO {table} VALUES (NULL)").unwrap()
    assert list(api.stream_lob(f"SELECT c FROM {table}")) == []
    assert list(api.stream_lob("SELECT 'short' FROM dual")) == ["short"]
    with pytest.raises(ValueError, match="one row with one column"):
        list(api.stream_lob("SELECT 1, 2 FROM dual"))


# ------------------------------------------------------------------------------------------------ Arrow

TYPES = [
    ("NUMBER(9)", pa.int64()),
    ("NUMBER(18)", pa.int64()),
    ("NUMBER(19)", pa.decimal128(19, 0)),
    ("NUMBER(38)", pa.decimal128(38, 0)),
    ("NUMBER(10,2)", pa.decimal128(10, 2)),
    ("NUMBER(2,4)", pa.decimal128(4, 4)),
    ("NUMBER(5,-2)", pa.int64()),
    ("NUMBER(38,-10)", pa.decimal256(48, 0)),
    ("NUMBER", pa.string()),
    ("NUMBER(*,0)", pa.decimal128(38, 0)),
    ("FLOAT(126)", pa.string()),
    ("BINARY_FLOAT", pa.float32()),
    ("BINARY_DOUBLE", pa.float64()),
    ("VARCHAR2(10 CHAR)", pa.string()),
    ("CLOB", pa.large_string()),
    ("RAW(10)", pa.binary()),
    ("BLOB", pa.large_binary()),
    ("DATE", pa.timestamp("s")),
    ("TIMESTAMP(0)", pa.timestamp("s")),
    ("TIMESTAMP(6)", pa.timestamp("us")),
    ("TIMESTAMP(9)", pa.timestamp("ns")),
    ("TIMESTAMP(6) WITH TIME ZONE", pa.string()),
    ("TIMESTAMP(6) WITH LOCAL TIME ZONE", pa.timestamp("us", tz="UTC")),
    ("INTERVAL YEAR(2) TO MONTH", pa.int32()),
    ("INTERVAL DAY(2) TO SECOND(6)", pa.duration("us")),
    ("INTERVAL DAY(2) TO SECOND(9)", pa.string()),
]


@pytest.mark.parametrize(("ddl", "expected"), TYPES, ids=[ddl for ddl, _ in TYPES])
def test_arrow_types(ddl, expected):
    assert arrow_type(OracleType.parse(ddl)) == expected


def test_a_result_as_arrow(api, make_table):
    table = make_table(
        "id NUMBER(9), n NUMBER(10,2), bare NUMBER, s VARCHAR2(10), d DATE, t TIMESTAMP(9), z TIMESTAMP(6) WITH TIME "
        "ZONE, l TIMESTAMP(6) WITH LOCAL TIME ZONE, r RAW(4), c CLOB, f BINARY_FLOAT, ym INTERVAL YEAR TO MONTH, "
        "ds INTERVAL DAY TO SECOND(6), ds9 INTERVAL DAY TO SECOND(9)"
    )
    text = "2024-02-29T13:05:01"
    names = ["id", "n", "bare", "s", "d", "t", "z", "l", "r", "c", "f", "ym", "ds", "ds9"]
    row = [
        1,
        "1.50",
        "0.1",
        "é",
        text,
        f"{text}.123456789",
        f"{text}.000001+05:30",
        f"{text}.000001Z",
        "AP8=",
        "long",
        0.5,
        "-P1Y2M",
        "P1DT1S",
        "P1DT0.000000001S",
    ]
    api.bulk_insert(None, table, names, [row, [2, *[None] * 13]]).unwrap()
    found = api.arrow(f"SELECT * FROM {table} ORDER BY id").unwrap()
    assert found.schema.field("N").metadata == {b"oracle": b"NUMBER(10,2)"}
    first = found.slice(0, 1).drop_columns(["T"]).to_pylist()[0]
    moment = dt.datetime.fromisoformat(text)
    assert first == {
        "ID": 1,
        "N": Decimal("1.50"),
        "BARE": "0.1",
        "S": "é",
        "D": moment,
        "Z": f"{text}.000001+05:30",
        "L": moment.replace(microsecond=1, tzinfo=dt.UTC),
        "R": b"\x00\xff",
        "C": "long",
        "F": 0.5,
        "YM": -14,
        "DS": dt.timedelta(days=1, seconds=1),
        "DS9": "P1DT0H0M0.000000001S",
    }
    assert found.column("T").cast(pa.int64())[0].as_py() % 10**9 == 123456789
    assert set(found.slice(1, 1).drop_columns(["ID"]).to_pylist()[0].values()) == {None}
    batches = list(api.arrow_batches(f"SELECT id FROM {table}", size=1))
    assert [batch.num_rows for batch in batches] == [1, 1]


def test_arrow_of_no_rows_has_its_schema(api):
    found = api.arrow("SELECT CAST(1 AS NUMBER(5)) AS n FROM dual WHERE 1 = 0").unwrap()
    assert (found.num_rows, found.schema.names) == (0, ["N"])


def test_arrow_comes_back_unchanged(api, make_table):
    one, two = (make_table("id NUMBER(9), n NUMBER(30,10), d DATE, r RAW(4)") for _ in range(2))
    api.bulk_insert(None, one, ["id", "n", "d", "r"], [[1, "1.0000000001", "2024-02-29", "AP8="], [2, *[None] * 3]])
    api.bulk_insert(None, two, arrow=api.arrow(f"SELECT * FROM {one}").unwrap()).unwrap()
    query = "SELECT * FROM {} ORDER BY id"
    assert api.execute_query(query.format(two)).unwrap().rows == api.execute_query(query.format(one)).unwrap().rows


def test_a_value_that_arrow_cannot_hold_is_refused(api):
    sql = "SELECT CAST(TIMESTAMP '9999-12-31 00:00:00.123456789' AS TIMESTAMP(9)) AS t FROM dual"
    assert isinstance(api.arrow(sql).exception, LossyValueError)


def test_without_the_extra_the_error_says_how_to_install_it(api, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for result in (api.arrow("SELECT 1 AS n FROM dual"), api.bulk_insert(None, "T", arrow=object())):
        assert "pip install 'flext-db-oracle[arrow]'" in str(result.exception)
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    with pytest.raises(UnsupportedTypeError, match=r"flext-db-oracle\[opentelemetry\]"):
        api.observability.enable_opentelemetry()
