"""Each codec gives Oracle's documented bytes, and every value comes back as it went in."""

from __future__ import annotations

import contextlib
import datetime
import json
import math
import struct
from decimal import Decimal

import pytest
from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.ttc import codecs
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("0", "80"),
        ("1", "c102"),
        ("100", "c202"),
        ("-1", "3e6466"),
        ("123.45", "c202182e"),
        ("-123.45", "3d644e3866"),
        ("1234.56", "c20d2339"),
        ("-1234.56", "3d59432d66"),
        ("0.5", "c033"),
        ("0.01", "c002"),
        ("0.001", "bf0b"),
        ("12345678901234", "c70d23394f5b0d23"),
        ("9" * 38, "d3" + "64" * 19),
        ("-" + "9" * 38, "2c" + "02" * 19 + "66"),
        ("1E125", "ff0b"),
        ("1E-130", "8002"),
        ("3.141592653589793", "c1040f105d42245a501f"),
    ],
)
def test_number_has_oracles_bytes(value: str, encoded: str) -> None:
    assert codecs.encode_number(Decimal(value)).hex() == encoded
    assert codecs.decode_number(bytes.fromhex(encoded)) == Decimal(value)


@given(
    st.integers(min_value=-(10**38) + 1, max_value=10**38 - 1),
    st.integers(min_value=-84, max_value=84),
)
def test_number_of_38_digits_is_exact(unscaled: int, exponent: int) -> None:
    value = Decimal(unscaled).scaleb(exponent)
    assert codecs.decode_number(codecs.encode_number(value)) == value
    assert Decimal(codecs.decode_number_text(codecs.encode_number_text(f"{value:f}"))) == value


@given(st.integers(min_value=-(10**40) + 1, max_value=10**40 - 1))
def test_integer_of_40_digits_is_exact(value: int) -> None:
    assert codecs.decode_number(codecs.encode_number(value)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e100"), max_value=Decimal("1e100")))
def test_numbers_sort_as_their_bytes(value: Decimal) -> None:
    encoded = codecs.encode_number(value)
    assert (encoded > codecs.encode_number(0)) == (codecs.decode_number(encoded) > 0)


def test_number_beyond_its_digits_is_rounded_half_up() -> None:
    assert codecs.decode_number(codecs.encode_number_text("9" * 40 + "5")) == Decimal(10) ** 41
    assert codecs.decode_number(codecs.encode_number_text("1" * 40 + "45")) == Decimal("1" * 40 + "00")
    assert codecs.encode_number_text("0." + "0" * 140 + "1") == codecs.encode_number(0)


@pytest.mark.parametrize(("text", "code"), [("1E126", 1426), ("Infinity", 1426), ("", 1722), (".", 1722), ("x", 1722)])
def test_what_is_no_number_is_refused(text: str, code: int) -> None:
    with pytest.raises(OracleError) as refused:
        codecs.encode_number_text(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (datetime.datetime(2024, 1, 2, 3, 4, 5), "787c0102040506"),
        (datetime.datetime(1, 1, 1), "64650101010101"),
        (datetime.datetime(9999, 12, 31, 23, 59, 59), "c7c70c1f183c3c"),
    ],
)
def test_date_has_oracles_bytes(value: datetime.datetime, encoded: str) -> None:
    assert codecs.encode_date(value).hex() == encoded
    assert codecs.decode_date(bytes.fromhex(encoded)) == value


def test_dates_before_christ() -> None:
    assert codecs.encode_date_fields(-4712, 1, 1)[:2] == bytes((53, 88))
    assert codecs.decode_date_fields(codecs.encode_date_fields(-1, 12, 31, 23, 59, 59)) == (-1, 12, 31, 23, 59, 59)
    with pytest.raises(OracleError, match="ORA-01841"):
        codecs.encode_date_fields(0, 1, 1)


@given(st.integers(-4712, 9999).filter(bool), st.integers(1, 12), st.integers(1, 28), st.integers(0, 10**9 - 1))
def test_timestamp_round_trip(year: int, month: int, day: int, nanosecond: int) -> None:
    encoded = codecs.encode_timestamp_fields(year, month, day, 1, 2, 3, nanosecond)
    assert len(encoded) == 11
    assert codecs.decode_timestamp_fields(encoded) == (year, month, day, 1, 2, 3, nanosecond)


@given(st.datetimes())
def test_timestamp_of_datetime(value: datetime.datetime) -> None:
    assert codecs.decode_timestamp(codecs.encode_timestamp(value)) == value
    assert codecs.decode_timestamp(codecs.encode_timestamp(value)[:7]) == value.replace(microsecond=0)


@pytest.mark.parametrize(
    ("offset", "encoded"),
    [
        (330, "787c010116230607 5bca00195a"),
        (-420, "787c01020b050607 5bca000d3c"),
        (-210, "787c010207230607 5bca00111e"),
        (0, "787c010204050607 5bca00143c"),
    ],
)
def test_timestamp_with_time_zone_travels_in_utc(offset: int, encoded: str) -> None:
    zone = datetime.timezone(datetime.timedelta(minutes=offset))
    value = datetime.datetime(2024, 1, 2, 3, 4, 5, 123456, tzinfo=zone)
    assert codecs.encode_timestamp_tz(value) == bytes.fromhex(encoded)
    assert codecs.decode_timestamp_tz(bytes.fromhex(encoded)) == value
    assert codecs.decode_timestamp_tz(bytes.fromhex(encoded)).utcoffset() == zone.utcoffset(None)


@given(
    st.datetimes(min_value=datetime.datetime(1, 1, 3), max_value=datetime.datetime(9999, 12, 29)),
    st.integers(-15 * 60, 15 * 60),
)
def test_timestamp_with_time_zone_round_trip(value: datetime.datetime, offset: int) -> None:
    aware = value.replace(tzinfo=datetime.timezone(datetime.timedelta(minutes=offset)))
    decoded = codecs.decode_timestamp_tz(codecs.encode_timestamp_tz(aware))
    assert (decoded, decoded.utcoffset()) == (aware, aware.utcoffset())


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (datetime.timedelta(days=5, hours=1, minutes=2, seconds=3.25), "800000053d3e3f8ee6b280"),
        (-datetime.timedelta(days=1, seconds=10), "7fffffff3c3c3280000000"),
    ],
)
def test_interval_day_to_second_has_oracles_bytes(value: datetime.timedelta, encoded: str) -> None:
    assert codecs.encode_timedelta(value).hex() == encoded
    assert codecs.decode_timedelta(bytes.fromhex(encoded)) == value


@given(st.integers(-999_999_999 * 86_400 * 10**9, 999_999_999 * 86_400 * 10**9))
def test_interval_day_to_second_round_trip(nanoseconds: int) -> None:
    assert codecs.decode_interval_ds(codecs.encode_interval_ds(nanoseconds)) == nanoseconds


def test_interval_year_to_month_has_oracles_bytes() -> None:
    assert codecs.encode_interval_ym(43).hex() == "8000000343"
    assert codecs.encode_interval_ym(-14).hex() == "7fffffff3a"


@given(st.integers(-999_999_999 * 12, 999_999_999 * 12))
def test_interval_year_to_month_round_trip(months: int) -> None:
    assert codecs.decode_interval_ym(codecs.encode_interval_ym(months)) == months


def test_rowid_text() -> None:
    assert codecs.decode_rowid(b"AAARwbAAYAAAAAfAAC") == codecs.Rowid(0x11C1B, 24, 31, 2)
    with pytest.raises(OracleError, match="ORA-01410"):
        codecs.decode_rowid(b"not a rowid")


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1), st.integers(0, 2**16 - 1))
def test_rowid_round_trip(data_object: int, file: int, block: int, row: int) -> None:
    rowid = codecs.Rowid(data_object, file, block, row)
    assert codecs.decode_rowid(codecs.encode_rowid(rowid)) == rowid


@pytest.mark.parametrize(
    ("value", "single", "double"),
    [
        (0.5, "bf000000", "bfe0000000000000"),
        (1.0, "bf800000", "bff0000000000000"),
        (-1.0, "407fffff", "400fffffffffffff"),
        (-2.0, "3fffffff", "3fffffffffffffff"),
        (math.inf, "ff800000", "fff0000000000000"),
    ],
)
def test_binary_floats_have_oracles_bytes(value: float, single: str, double: str) -> None:
    assert codecs.encode_binary_float(value).hex() == single
    assert codecs.encode_binary_double(value).hex() == double


@given(st.floats())
def test_binary_double_round_trip(value: float) -> None:
    decoded = codecs.decode_binary_double(codecs.encode_binary_double(value))
    assert struct.pack(">d", decoded) == struct.pack(">d", value)


@given(st.floats(width=32, allow_nan=False))
def test_binary_float_round_trip(value: float) -> None:
    assert codecs.decode_binary_float(codecs.encode_binary_float(value)) == value


OSON_DOCUMENT = (
    "ff4a5a01210602000900 1e0000cae00003000002696405 76616c7565a40202010000000c00000011"
    "3403c24602330b737472696e672036393031"
)


@pytest.mark.parametrize(
    ("image", "text"),
    [
        ("ff4a5a01001600043402c12b", "42"),
        (OSON_DOCUMENT, '{"id":6901,"value":"string 6901"}'),
    ],
)
def test_json_is_read_from_oracles_bytes(image: str, text: str) -> None:
    assert codecs.decode_oson(bytes.fromhex(image)) == text
    assert codecs.decode_oson(codecs.encode_oson(text)) == text


FIELD_NAMES = st.text(st.characters(codec="utf-8"), max_size=40) | st.integers(250, 400).map(lambda size: "n" * size)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(st.characters(codec="utf-8")),
    lambda values: st.lists(values) | st.dictionaries(FIELD_NAMES, values),
    max_leaves=30,
)


@given(JSON_VALUES)
def test_json_round_trip(value: object) -> None:
    assert json.loads(codecs.decode_oson(codecs.encode_oson(json.dumps(value)))) == value


@pytest.mark.parametrize(
    "text",
    [
        '{"$oracleDate":"2024-01-02T03:04:05"}',
        '{"$oracleTimestamp":"2024-01-02T03:04:05.678901"}',
        '{"$oracleTimestampTZ":"2024-01-02T03:04:05+05:30"}',
        '[{"$rawhex":"00FF"},{"$intervalDaySecond":"86400000000001"},{"$intervalYearMonth":"-14"}]',
        '{"$numberDouble":"0.1"}',
        '{"$numberFloat":"0.5"}',
        '{"$rawhex":"no hex"}',
    ],
)
def test_json_keeps_values_that_its_text_has_no_word_for(text: str) -> None:
    assert codecs.decode_oson(codecs.encode_oson(text)) == text


@pytest.mark.parametrize("text", ["", "{", "[1,]", "NaN", "[" * 5000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(OracleError, match="ORA-40441"):
        codecs.encode_oson(text)


@given(st.binary(max_size=60), st.integers(0, 80), st.integers(0, 255))
def test_any_bytes_are_json_or_refused(garbage: bytes, place: int, byte: int) -> None:
    changed = bytearray(bytes.fromhex(OSON_DOCUMENT))
    changed[place % len(changed)] = byte
    for image in (garbage, b"\xffJZ" + garbage, bytes(changed)):
        with contextlib.suppress(OracleError):
            json.loads(codecs.decode_oson(image))


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("f:[1.0,2.5]", "db0000120200000002" + "00" * 8 + "bf800000c0200000"),
        ("i:[1,-2]", "db0000120400000002" + "00" * 8 + "01fe"),
        ("b:[255,1]", "db0100100500000010" + "00" * 8 + "ff01"),
        ("F:[16,[1,3],[1.0,2.5]]", "db0200320200000010" + "00" * 8 + "0002" + "0000000100000003" + "bf800000c0200000"),
    ],
)
def test_vector_has_oracles_bytes(text: str, image: str) -> None:
    assert codecs.encode_vector(text).hex() == image
    assert codecs.decode_vector(bytes.fromhex(image)) == text


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_vector_round_trip(values: list[float]) -> None:
    text = f"d:{json.dumps(values, separators=(',', ':'))}"
    assert json.loads(codecs.decode_vector(codecs.encode_vector(text))[2:]) == values


@given(st.binary(max_size=60), st.binary(max_size=12))
def test_any_bytes_are_a_vector_or_refused(garbage: bytes, head: bytes) -> None:
    for image in (garbage, b"\xdb" + garbage, b"\xdb\x00\x00\x00\x02" + garbage, b"\xdb\x02\x00\x20\x03" + head):
        with contextlib.suppress(OracleError):
            codecs.decode_vector(image)
