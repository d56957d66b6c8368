import datetime as dt
import json
import math
import struct
from decimal import Decimal

import oracledb
import pytest
from flext_db_oracle import LossyValueError, OracleType
from flext_db_oracle.values import convert_rows, json_text, to_bind_value, to_json_value
from hypothesis import given
from hypothesis import strategies as st


def bind(ddl, value, schema=None, **options):
    convert = to_bind_value(OracleType.parse(ddl), schema, **options)
    return value if convert is None else convert(value)


def read(ddl, value, **options):
    convert = to_json_value(OracleType.parse(ddl), **options)
    return value if convert is None else convert(value)


def refused(ddl, value, match, **options):
    with pytest.raises(LossyValueError, match=match):
        bind(ddl, value, **options)


# ------------------------------------------------------------------------------------------------ round trips


@given(st.datetimes())
def test_timestamps_come_back(moment):
    assert bind("TIMESTAMP(6)", read("TIMESTAMP(6)", moment)) == moment


@given(st.datetimes().map(lambda d: d.replace(microsecond=0)))
def test_dates_come_back(moment):
    assert bind("DATE", read("DATE", moment)) == moment


@given(st.binary(max_size=100))
def test_bytes_come_back(data):
    assert bind("BLOB", read("BLOB", data)) == data


@given(st.floats(allow_nan=False))
def test_doubles_come_back(number):
    text = json.dumps(read("BINARY_DOUBLE", number, nan_policy="string"))
    assert bind("BINARY_DOUBLE", json.loads(text, parse_float=Decimal)) == number


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_floats_come_back(number):
    text = json.dumps(read("BINARY_FLOAT", number))
    assert bind("BINARY_FLOAT", json.loads(text, parse_float=Decimal)) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**20), max_value=10**20))
def test_decimals_come_back(number):
    assert bind("NUMBER(38,10)", json.loads(json_text(number), parse_float=Decimal)) == number
    assert bind("NUMBER(38,10)", read("NUMBER(38,10)", number, use_singer_decimal=True)) == number


@given(st.integers(-(10**9 - 1) * 12, (10**9 - 1) * 12))
def test_year_month_intervals_come_back(months):
    sign = -1 if months < 0 else 1
    years, rest = divmod(abs(months), 12)
    value = oracledb.IntervalYM(sign * years, sign * rest)
    assert bind("INTERVAL YEAR(9) TO MONTH", read("INTERVAL YEAR(9) TO MONTH", value)) == value


@given(st.timedeltas(min_value=dt.timedelta(days=-999_999_998), max_value=dt.timedelta(days=999_999_998)))
def test_day_second_intervals_come_back(value):
    assert bind("INTERVAL DAY(9) TO SECOND(6)", read("INTERVAL DAY(9) TO SECOND(6)", value)) == value


@given(st.integers(-(10**9 - 1) * 86_400 * 10**9, (10**9 - 1) * 86_400 * 10**9))
def test_nanosecond_intervals_come_back(nanoseconds):
    seconds, fraction = divmod(abs(nanoseconds), 10**9)
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}.{fraction:09}"
    sign = "-" if nanoseconds < 0 else "+"
    ddl = "INTERVAL DAY(9) TO SECOND(9)"
    assert bind(ddl, read(ddl, f"{sign}{days:09} {clock}")) == f"{sign}{days} {clock}"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_documents_come_back(document):
    if document is not None:
        text = bind("CLOB", document, {"type": ["object", "array"]})
        assert json.loads(text) == document


# ------------------------------------------------------------------------------------------------ shapes


@pytest.mark.parametrize(
    ("ddl", "value", "shape"),
    [
        ("DATE", dt.datetime(2024, 2, 29, 13, 5), "2024-02-29T13:05:00"),
        ("TIMESTAMP(6)", dt.datetime(2024, 2, 29, 13, 5, 1, 20), "2024-02-29T13:05:01.000020"),
        ("RAW(4)", b"\x00\xff", "AP8="),
        ("INTERVAL YEAR TO MONTH", oracledb.IntervalYM(-1, -2), "-P1Y2M"),
        ("INTERVAL DAY TO SECOND", dt.timedelta(days=2, hours=3, microseconds=500_000), "P2DT3H0M0.5S"),
        ("INTERVAL DAY TO SECOND", -dt.timedelta(seconds=1), "-P0DT0H0M1S"),
        ("INTERVAL DAY(9) TO SECOND(9)", "-000000002 03:04:05.000000001", "-P2DT3H4M5.000000001S"),
        ("INTERVAL DAY(9) TO SECOND(9)", "+000000000 00:00:00.000000000", "P0DT0H0M0S"),
        ("JSON", '{"a": 1.10}', {"a": Decimal("1.10")}),
        ("NUMBER(10,2)", Decimal("1.10"), Decimal("1.10")),
        ("VARCHAR2(5 CHAR)", "  x  ", "  x  "),
    ],
)
def test_json_shapes(ddl, value, shape):
    assert read(ddl, value) == shape


def test_decimals_as_text_have_no_exponent():
    assert read("NUMBER", Decimal("1E-10"), use_singer_decimal=True) == "0.0000000001"
    assert read("NUMBER(10)", 5, use_singer_decimal=True) == 5


def test_not_a_number_follows_the_policy():
    with pytest.raises(LossyValueError, match="nan_policy"):
        read("BINARY_DOUBLE", math.nan)
    assert read("BINARY_DOUBLE", math.nan, nan_policy="null") is None
    assert read("BINARY_DOUBLE", -math.inf, nan_policy="string") == "-Infinity"
    assert bind("BINARY_DOUBLE", "-Infinity") == -math.inf
    assert math.isnan(bind("BINARY_FLOAT", "NaN"))


@pytest.mark.parametrize(
    ("ddl", "value", "bound"),
    [
        ("TIMESTAMP(6) WITH TIME ZONE", "2024-02-29T13:05:01.000020+05:30", "2024-02-29T13:05:01.000020000+05:30"),
        ("TIMESTAMP(6) WITH TIME ZONE", "2024-02-29T13:05:01Z", "2024-02-29T13:05:01.000000000+00:00"),
        ("TIMESTAMP(9) WITH TIME ZONE", "2024-02-29 13:05:01.123456789-0330", "2024-02-29T13:05:01.123456789-03:30"),
        ("TIMESTAMP(6) WITH LOCAL TIME ZONE", "2024-02-29T13:05:01.5Z", "2024-02-29T13:05:01.500000000+00:00"),
        ("TIMESTAMP(9)", "-4712-01-01T00:00:00.000000001", "-4712-01-01T00:00:00.000000001"),
        ("TIMESTAMP(9)", "2024-02-29", "2024-02-29T00:00:00.000000000"),
        ("TIMESTAMP(6) WITH TIME ZONE", dt.datetime(2024, 1, 1, tzinfo=dt.UTC), "2024-01-01T00:00:00.000000000+00:00"),
        ("DATE", "2024-02-29", dt.datetime(2024, 2, 29)),
        ("DATE", dt.date(2024, 2, 29), dt.datetime(2024, 2, 29)),
        ("TIMESTAMP(3)", "2024-02-29T13:05:01.120000000", dt.datetime(2024, 2, 29, 13, 5, 1, 120_000)),
        ("NUMBER(10,2)", "12.50", Decimal("12.50")),
        ("NUMBER(10,2)", "12.500", Decimal("12.500")),
        ("NUMBER(10)", Decimal("5.0"), Decimal("5.0")),
        ("NUMBER(1)", True, 1),
        ("NUMBER(5,-2)", 1200, Decimal(1200)),
        ("NUMBER", 0.1, Decimal("0.1")),
        ("INTERVAL YEAR TO MONTH", "P14M", oracledb.IntervalYM(1, 2)),
        ("INTERVAL DAY TO SECOND", "PT36H", dt.timedelta(days=1, hours=12)),
        ("INTERVAL DAY TO SECOND", "P1W", dt.timedelta(days=7)),
        ("VARCHAR2(10 CHAR)", 5, "5"),
        ("CLOB", {"a": [Decimal("1.10"), None]}, '{"a":[1.10,null]}'),
        ("BOOLEAN", 1, True),
    ],
)
def test_bind_values(ddl, value, bound):
    assert bind(ddl, value) == bound
    assert type(bind(ddl, value)) is type(bound)


@pytest.mark.parametrize(
    ("ddl", "value", "match"),
    [
        ("NUMBER(10,2)", Decimal("1.005"), "more than 2 digits after the point"),
        ("NUMBER(10,2)", 1.005, "more than 2 digits"),
        ("NUMBER(5,-2)", 1250, "more than -2 digits"),
        ("NUMBER(10)", "1.5", "more than 0 digits"),
        ("NUMBER", Decimal("1." + "1" * 40), "more than 40 digits"),
        ("NUMBER", 10**40 + 1, "more than 40 digits"),
        ("NUMBER", Decimal("1E-131"), "1E-130"),
        ("NUMBER", Decimal("NaN"), "no such value"),
        ("NUMBER", "abc", "not a number"),
        ("NUMBER", [1], "not a number"),
        ("FLOAT(10)", Decimal("1.2345"), "more than 4 digits"),
        ("BINARY_FLOAT", Decimal("0.1"), "BINARY_FLOAT"),
        ("BINARY_DOUBLE", Decimal("0.12345678901234567890"), "BINARY_DOUBLE"),
        ("BINARY_DOUBLE", 2**53 + 1, "BINARY_DOUBLE"),
        ("BINARY_DOUBLE", Decimal("1E400"), "BINARY_DOUBLE"),
        ("DATE", "2024-01-01T00:00:00.5", "more than 0 digits"),
        ("DATE", "2024-01-01T00:00:00Z", "offset would be lost"),
        ("DATE", "yesterday", "not a date"),
        ("DATE", 5, "not a date"),
        ("TIMESTAMP(3)", "2024-01-01T00:00:00.1234", "more than 3 digits"),
        ("TIMESTAMP(6)", "2024-01-01T00:00:00.1234567", "more than 6 digits"),
        ("TIMESTAMP(6)", dt.datetime(2024, 1, 1, tzinfo=dt.UTC), "offset would be lost"),
        ("TIMESTAMP(9)", "2024-01-01T00:00:00+01:00", "offset would be lost"),
        ("TIMESTAMP(6) WITH TIME ZONE", "2024-01-01T00:00:00", "no offset"),
        ("TIMESTAMP(6) WITH TIME ZONE", "2024-01-01T00:00:00.1234567Z", "more than 6 digits"),
        ("INTERVAL YEAR TO MONTH", "P1DT1H", "days or time"),
        ("INTERVAL DAY TO SECOND", "P1M", "years or months"),
        ("INTERVAL DAY TO SECOND(3)", "PT0.0001S", "more than 3 digits"),
        ("INTERVAL DAY TO SECOND", "P", "ISO-8601"),
        ("INTERVAL DAY TO SECOND", "PT", "ISO-8601"),
        ("RAW(4)", "not base64!", "base64"),
        ("RAW(4)", 5, "base64"),
        ("BOOLEAN", "yes", "boolean"),
    ],
)
def test_what_would_change_is_refused(ddl, value, match):
    refused(ddl, value, match)


def test_a_declared_zone_lets_times_cross_between_zoned_and_zoneless():
    assert bind("DATE", "2024-07-01T10:00:00Z", naive_zone="Europe/Paris") == dt.datetime(2024, 7, 1, 12)
    zoned = "TIMESTAMP(6) WITH TIME ZONE"
    assert bind(zoned, "2024-07-01T12:00:00", naive_zone="Europe/Paris") == "2024-07-01T12:00:00.000000000+02:00"
    assert bind(zoned, "2024-07-01T12:00:00+05:00", naive_zone="Europe/Paris") == "2024-07-01T12:00:00.000000000+05:00"
    assert bind("TIMESTAMP(9)", "2024-07-01T10:00:00.5Z", naive_zone="Europe/Paris") == "2024-07-01T12:00:00.500000000"


def test_error_messages_name_the_value_but_not_all_of_it():
    with pytest.raises(LossyValueError) as raised:
        bind("NUMBER", "x" * 1000)
    assert len(str(raised.value)) < 150


def test_rows_are_converted_by_column_and_nulls_stay():
    rows = [(1, dt.datetime(2024, 1, 1), None), (2, None, b"\x01")]
    converters = [None, to_json_value(OracleType("DATE")), to_json_value(OracleType("BLOB"))]
    assert convert_rows(rows, converters) == [(1, "2024-01-01T00:00:00", None), (2, None, "AQ==")]
    assert convert_rows([], converters) == []
    assert convert_rows(rows, [None, None, None]) == rows


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_enters_binary_float_only_if_it_is_one(number):
    try:
        exact = struct.unpack("<f", struct.pack("<f", number))[0] == number
    except OverflowError:
        exact = False
    if exact:
        assert bind("BINARY_FLOAT", number) == number
    else:
        refused("BINARY_FLOAT", number, "BINARY_FLOAT")
