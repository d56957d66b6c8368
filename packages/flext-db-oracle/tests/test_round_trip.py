"""The type contract on a database: written from JSON, read to JSON, equal; or refused with a reason."""

import json
from decimal import Decimal

import pytest
from flext_db_oracle import OracleType
from flext_db_oracle.bulk import make_insert
from flext_db_oracle.identifiers import quote
from flext_db_oracle.values import convert_rows, json_text, to_json_value

LONG = "é€𝄞" * 12_000
CASES = [
    (
        "NUMBER",
        ["0", "-1", "0.1", "1e-130", "9" * 38, "-" + "9" * 38, "0.00000000000000000000000000000000000000012345"],
    ),
    ("NUMBER(38)", ["0", "9" * 38, "-" + "9" * 38]),
    ("NUMBER(10,2)", ["12.5", "-99999999.99", "0.01"]),
    ("NUMBER(5,-2)", ["1200", "-9999900"]),
    ("NUMBER(2,4)", ["0.0099", "-0.0001"]),
    ("NUMBER(*,0)", ["123456789012345678901234567890"]),
    ("FLOAT(126)", ["0.1", "12345678901234567890.123456789"]),
    ("BINARY_FLOAT", ["0.5", "0.10000000149011612", "-3.4028234663852886e+38", "1.1754943508222875e-38"]),
    ("BINARY_DOUBLE", ["0.1", "1.7976931348623157e+308", "2.2250738585072014e-308", "-2.5"]),
    ("VARCHAR2(40 CHAR)", ['"x"', '" padded "', '"é€𝄞"', '"quote \' \\" and \\n"', '"' + "ä" * 40 + '"']),
    ("VARCHAR2(4000 CHAR)", ['"' + "x" * 4000 + '"']),
    ("NVARCHAR2(40)", ['"é€"', '"žluťoučký"']),
    ("CHAR(5 CHAR)", ['"abc  "', '"éé€  "']),
    ("NCHAR(3)", ['"€  "']),
    ("CLOB", ['"x"', json.dumps(LONG, ensure_ascii=False), json.dumps("y" * 32_767), json.dumps("y" * 32_768)]),
    ("NCLOB", [json.dumps("€" * 20_000, ensure_ascii=False)]),
    ("XMLTYPE", ['"<a b=\\"1\\">é€</a>"']),
    ("RAW(2000)", ['"AP8="', json.dumps("AAEC" * 666)]),
    ("BLOB", ['"AP8="', json.dumps("AAEC" * 30_000)]),
    ("DATE", ['"2024-02-29T13:05:01"', '"0001-01-01T00:00:00"', '"9999-12-31T23:59:59"']),
    ("TIMESTAMP(0)", ['"2024-02-29T13:05:01"']),
    ("TIMESTAMP(6)", ['"2024-02-29T13:05:01.000001"', '"2024-02-29T13:05:01"', '"9999-12-31T23:59:59.999999"']),
    ("TIMESTAMP(9)", ['"2024-02-29T13:05:01.123456789"', '"-4712-01-01T00:00:00.000000001"']),
    (
        "TIMESTAMP(6) WITH TIME ZONE",
        [
            '"2024-02-29T13:05:01.000001+05:30"',
            '"2024-02-29T13:05:01.000000-11:00"',
            '"2024-06-30T23:59:59.999999+14:00"',
        ],
    ),
    ("TIMESTAMP(0) WITH TIME ZONE", ['"2024-02-29T13:05:01+00:00"']),
    ("TIMESTAMP(9) WITH TIME ZONE", ['"2024-02-29T13:05:01.123456789-03:30"']),
    ("TIMESTAMP(6) WITH LOCAL TIME ZONE", ['"2024-02-29T13:05:01.000001Z"', '"2024-03-31T01:30:00.000000Z"']),
    ("INTERVAL YEAR(4) TO MONTH", ['"P1Y2M"', '"-P9999Y11M"', '"P0Y0M"']),
    ("INTERVAL DAY(2) TO SECOND(6)", ['"P2DT3H4M5.000001S"', '"-P99DT23H59M59.999999S"', '"P0DT0H0M0S"']),
    ("INTERVAL DAY(9) TO SECOND(9)", ['"P2DT3H4M5.000000001S"', '"-P999999999DT23H59M59.999999999S"', '"P0DT0H0M0S"']),
]


@pytest.mark.parametrize(("ddl", "texts"), CASES, ids=[ddl for ddl, _ in CASES])
def test_values_come_back_bit_for_bit(api, make_table, ddl, texts):
    table = make_table(f"id NUMBER(5), c {ddl}")
    oracle_type = OracleType.parse(ddl)
    written = [json.loads(text, parse_float=Decimal) for text in texts]
    with api.session() as session:
        columns = session.get_table(None, table).columns
        assert columns[1].type == oracle_type
        rows = [[number, value] for number, value in enumerate([*written, None])]
        session.insert_rows(make_insert(None, table, columns), rows)
        select = oracle_type.select_expression(quote("C"))
        read = session.query(f"SELECT {select} FROM {quote(table)} ORDER BY id").rows
        values = [value for (value,) in convert_rows(read, [to_json_value(oracle_type)])]
        assert [None if v is None else json.loads(json_text(v), parse_float=Decimal) for v in values] == [
            *written,
            None,
        ]


def test_the_server_sees_the_same_value(api, make_table):
    table = make_table("z TIMESTAMP(9) WITH TIME ZONE, n NUMBER(38,10), i INTERVAL DAY(9) TO SECOND(9)")
    api.bulk_insert(
        None, table, ["z", "n", "i"], [["2024-02-29T23:30:00.123456789-08:00", Decimal("0.1"), "-P1DT1H"]]
    ).unwrap()
    row = api.execute_query(
        f"""SELECT TO_CHAR(z, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM'), TO_CHAR(SYS_EXTRACT_UTC(z), 'DD HH24:MI'),
                   CASE WHEN n = 0.1 THEN 'same' END, EXTRACT(HOUR FROM i), EXTRACT(DAY FROM i) FROM {table}"""
    ).unwrap()
    assert row.rows == [("2024-02-29 23:30:00.123456789 -08:00", "01 07:30", "same", -1, -1)]


def test_not_a_number(api, make_table):
    table = make_table("f BINARY_FLOAT, d BINARY_DOUBLE")
    api.bulk_insert(None, table, ["f", "d"], [["NaN", "Infinity"], ["-Infinity", "NaN"]]).unwrap()
    rows = api.execute_query(f"SELECT f, d FROM {table} ORDER BY d").unwrap().rows
    convert = to_json_value(OracleType("BINARY_DOUBLE"), nan_policy="string")
    assert sorted(tuple(map(convert, row)) for row in rows) == [("-Infinity", "NaN"), ("NaN", "Infinity")]


def test_empty_text_is_null(api, make_table):
    table = make_table("v VARCHAR2(5), c CLOB")
    api.bulk_insert(None, table, ["v", "c"], [["", ""]]).unwrap()
    assert api.execute_query(f"SELECT COUNT(*) FROM {table} WHERE v IS NULL").unwrap().scalar() == 1


def test_years_before_christ(api, make_table):
    table = make_table("d DATE")
    api.execute(f"INSERT INTO {table} VALUES (TO_DATE('-0044-03-15', 'SYYYY-MM-DD'))").unwrap()
    refused = api.execute_query(f"SELECT d FROM {table}")
    assert "dates_as_text" in refused.error
    expression = OracleType("DATE").select_expression("d", dates_as_text=True)
    assert api.execute_query(f"SELECT {expression} FROM {table}").unwrap().scalar() == "-0044-03-15T00:00:00"


def test_rowid(api, make_table):
    table = make_table("a NUMBER")
    api.execute_many(f"INSERT INTO {table} VALUES (:1)", [(1,), (2,)]).unwrap()
    (first,), (second,) = api.execute_query(f"SELECT ROWID FROM {table} ORDER BY a").unwrap().rows
    assert (len(first), first == second) == (18, False)
    assert api.execute_query(f"SELECT a FROM {table} WHERE ROWID = :r", {"r": second}).unwrap().scalar() == 2
