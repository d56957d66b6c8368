import json

import oracledb
import pytest
from flext_db_oracle import OracleColumn, OracleType, UnsupportedTypeError
from flext_db_oracle.json_schema import oracle_type_for, property_schema
from flext_db_oracle.types import Carrier
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = st.one_of(
    st.just(OracleType("NUMBER")),
    st.integers(-84, 127).map(lambda s: OracleType("NUMBER", scale=s)),
    st.tuples(st.integers(1, 38), st.integers(-84, 127)).map(
        lambda t: OracleType("NUMBER", precision=t[0], scale=t[1])
    ),
)
TYPES = st.one_of(
    NUMBERS,
    st.integers(1, 126).map(lambda b: OracleType("FLOAT", precision=b)),
    st.builds(OracleType, st.sampled_from(["VARCHAR2", "CHAR"]), length=st.integers(1, 4000), char_used=st.booleans()),
    st.builds(
        OracleType, st.sampled_from(["NVARCHAR2", "NCHAR"]), length=st.integers(1, 2000), char_used=st.just(True)
    ),
    st.builds(OracleType, st.sampled_from(["RAW", "UROWID"]), length=st.integers(1, 2000)),
    st.builds(
        OracleType,
        st.sampled_from(["TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH LOCAL TIME ZONE"]),
        scale=st.integers(0, 9),
    ),
    st.builds(OracleType, st.just("INTERVAL YEAR TO MONTH"), precision=st.integers(0, 9)),
    st.builds(OracleType, st.just("INTERVAL DAY TO SECOND"), precision=st.integers(0, 9), scale=st.integers(0, 9)),
    st.sampled_from(
        [
            "DATE",
            "CLOB",
            "NCLOB",
            "BLOB",
            "LONG",
            "LONG RAW",
            "BINARY_FLOAT",
            "BINARY_DOUBLE",
            "ROWID",
            "XMLTYPE",
            "JSON",
        ]
    ).map(OracleType),
)


@given(TYPES)
def test_ddl_text_reads_back_as_the_same_type(oracle_type):
    assert OracleType.parse(oracle_type.ddl) == oracle_type


@given(TYPES)
def test_every_type_can_be_selected_and_bound(oracle_type):
    assert '"C"' in oracle_type.select_expression('"C"')
    assert ":1" in oracle_type.bind_expression(":1")
    assert isinstance(oracle_type.input_type(), oracledb.DbType)
    assert isinstance(oracle_type.carrier(), Carrier)
    assert "{" not in oracle_type.select_expression("C") + oracle_type.bind_expression(":1")


@pytest.mark.parametrize(
    ("text", "ddl"),
    [
        ("number(10,2)", "NUMBER(10,2)"),
        ("NUMBER(10)", "NUMBER(10)"),
        ("NUMBER(10, -2)", "NUMBER(10,-2)"),
        ("NUMBER", "NUMBER"),
        ("NUMBER(*,0)", "NUMBER(*,0)"),
        ("integer", "NUMBER(*,0)"),
        ("DECIMAL(5,1)", "NUMBER(5,1)"),
        ("DECIMAL", "NUMBER(*,0)"),
        ("DOUBLE PRECISION", "FLOAT(126)"),
        ("varchar2(20 char)", "VARCHAR2(20 CHAR)"),
        ("VARCHAR2(20)", "VARCHAR2(20 BYTE)"),
        ("VARCHAR(20 BYTE)", "VARCHAR2(20 BYTE)"),
        ("CHAR", "CHAR(1 BYTE)"),
        ("NVARCHAR2(20)", "NVARCHAR2(20)"),
        ("TIMESTAMP", "TIMESTAMP(6)"),
        ("timestamp(9)  with time zone", "TIMESTAMP(9) WITH TIME ZONE"),
        ("TIMESTAMP WITH LOCAL TIME ZONE", "TIMESTAMP(6) WITH LOCAL TIME ZONE"),
        ("INTERVAL YEAR TO MONTH", "INTERVAL YEAR(2) TO MONTH"),
        ("INTERVAL DAY(9) TO SECOND(9)", "INTERVAL DAY(9) TO SECOND(9)"),
        ("INTERVAL DAY TO SECOND", "INTERVAL DAY(2) TO SECOND(6)"),
        ("LONG RAW", "LONG RAW"),
        ("RAW(16)", "RAW(16)"),
    ],
)
def test_parse(text, ddl):
    assert OracleType.parse(text).ddl == ddl


@pytest.mark.parametrize(
    "text", ["", "VARCHAR2", "TEXT", "SDO_GEOMETRY", "NUMBER(1", "DATE; DROP TABLE x", "DATETIME", "VECTOR"]
)
def test_what_is_no_supported_type_is_refused(text):
    with pytest.raises(UnsupportedTypeError):
        OracleType.parse(text)


def test_dictionary_rows():
    def read(data_type, **kw):
        return OracleType.from_dictionary(data_type, **kw).ddl

    assert read("VARCHAR2", data_length=80, char_length=20, char_used="C") == "VARCHAR2(20 CHAR)"
    assert read("VARCHAR2", data_length=20, char_length=20, char_used="B") == "VARCHAR2(20 BYTE)"
    assert read("NVARCHAR2", data_length=40, char_length=20, char_used="C") == "NVARCHAR2(20)"
    assert read("NUMBER", precision=10, scale=2) == "NUMBER(10,2)"
    assert read("NUMBER", precision=None, scale=None) == "NUMBER"
    assert read("NUMBER", precision=None, scale=0) == "NUMBER(*,0)"
    assert read("FLOAT", precision=126) == "FLOAT(126)"
    assert read("TIMESTAMP(3) WITH TIME ZONE", data_length=13, scale=3) == "TIMESTAMP(3) WITH TIME ZONE"
    assert read("INTERVAL DAY(2) TO SECOND(6)", precision=2, scale=6) == "INTERVAL DAY(2) TO SECOND(6)"
    assert read("RAW", data_length=16) == "RAW(16)"


def test_what_the_driver_would_lose_crosses_as_text():
    zoned = OracleType.parse("TIMESTAMP(6) WITH TIME ZONE")
    assert zoned.select_expression('"T"') == """LTRIM(TO_CHAR("T", 'SYYYY-MM-DD"T"HH24:MI:SS.FF6TZH:TZM'))"""
    assert zoned.bind_expression(":1") == """TO_TIMESTAMP_TZ(:1, 'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM')"""
    assert OracleType.parse("TIMESTAMP(6)").select_expression('"T"') == '"T"'
    assert "FF9" in OracleType.parse("TIMESTAMP(9)").select_expression('"T"')
    assert "FF" not in OracleType.parse("TIMESTAMP(0) WITH TIME ZONE").select_expression('"T"')
    assert OracleType.parse("DATE").select_expression('"D"', dates_as_text=True).startswith("LTRIM(TO_CHAR")
    local = OracleType.parse("TIMESTAMP(3) WITH LOCAL TIME ZONE").select_expression('"T"')
    assert local == """LTRIM(TO_CHAR(SYS_EXTRACT_UTC("T"), 'SYYYY-MM-DD"T"HH24:MI:SS.FF3"Z"'))"""


def test_a_timestamp_is_not_bound_as_a_date():
    assert OracleType.parse("TIMESTAMP(6)").input_type() is oracledb.DB_TYPE_TIMESTAMP


@pytest.mark.parametrize(
    ("current", "other", "widened"),
    [
        ("NUMBER(5)", "NUMBER(10)", "NUMBER(10)"),
        ("NUMBER(5,2)", "NUMBER(5)", "NUMBER(7,2)"),
        ("NUMBER(10,2)", "NUMBER(5,1)", "NUMBER(10,2)"),
        ("NUMBER(30)", "NUMBER(30,20)", "NUMBER"),
        ("NUMBER", "NUMBER(38)", "NUMBER"),
        ("NUMBER(10)", "NUMBER", "NUMBER"),
        ("VARCHAR2(10 CHAR)", "VARCHAR2(20 CHAR)", "VARCHAR2(20 CHAR)"),
        ("VARCHAR2(20 CHAR)", "VARCHAR2(10 BYTE)", "VARCHAR2(20 CHAR)"),
        ("VARCHAR2(10 BYTE)", "VARCHAR2(10 CHAR)", "VARCHAR2(10 CHAR)"),
        ("TIMESTAMP(3)", "TIMESTAMP(6)", "TIMESTAMP(6)"),
        ("TIMESTAMP(6)", "DATE", "TIMESTAMP(6)"),
        ("CLOB", "VARCHAR2(4000 CHAR)", "CLOB"),
        ("VARCHAR2(10 CHAR)", "CLOB", None),
        ("DATE", "TIMESTAMP(6)", None),
        ("NUMBER(1)", "VARCHAR2(1 CHAR)", None),
    ],
)
def test_widened(current, other, widened):
    result = OracleType.parse(current).widened(OracleType.parse(other))
    assert (result.ddl if result else None) == widened


@given(NUMBERS, NUMBERS)
def test_a_widened_number_holds_both(first, second):
    wide = first.widened(second)
    assert wide is not None
    for narrow in (first, second):
        if wide.precision is None and wide.scale is None:
            continue
        assert narrow.precision is not None or narrow.scale is not None
        assert (wide.scale or 0) >= (narrow.scale or 0)
        assert (wide.precision or 38) - (wide.scale or 0) >= (narrow.precision or 38) - (narrow.scale or 0)


@given(TYPES)
def test_a_column_of_our_tap_becomes_the_same_column(oracle_type):
    schema = json.loads(json.dumps(property_schema(OracleColumn("C", oracle_type))))
    again = oracle_type_for(schema, server_version=(23,))
    modern = {"LONG": "CLOB", "LONG RAW": "BLOB", "ROWID": "VARCHAR2", "UROWID": "VARCHAR2"}
    assert again.name == modern.get(oracle_type.name, oracle_type.name)
    if oracle_type.name in {"VARCHAR2", "CHAR"}:
        assert (again.length, again.char_used) == (oracle_type.length, True)
    elif oracle_type.name not in modern:
        assert again == oracle_type
