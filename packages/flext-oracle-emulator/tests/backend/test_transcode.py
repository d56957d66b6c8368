"""Values cross between PostgreSQL's binary format and Oracle's bytes unchanged, both ways."""

import datetime
import struct
from decimal import Decimal

import pytest
from flext_oracle_emulator.backend import pgbinary, transcode
from flext_oracle_emulator.backend.base import BindInfo, Lob, OracleType
from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.ttc import codecs
from hypothesis import given
from hypothesis import strategies as st


def numeric(text: str) -> bytes:
    """PostgreSQL's binary numeric, built digit by digit from its definition."""
    value = Decimal(text)
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    scale = max(0, -exponent)
    whole = "".join(map(str, digits)) + "0" * max(0, exponent)
    whole = whole.rjust(scale + 1, "0")
    integer, fraction = whole[: len(whole) - scale], whole[len(whole) - scale :]
    integer = integer.rjust(-(-len(integer) // 4) * 4, "0")
    fraction = fraction.ljust(-(-len(fraction) // 4) * 4, "0")
    groups = [int((integer + fraction)[i : i + 4]) for i in range(0, len(integer + fraction), 4)]
    weight = len(integer) // 4 - 1
    while groups and groups[0] == 0:
        groups.pop(0)
        weight -= 1
    while groups and groups[-1] == 0:
        groups.pop()
    return struct.pack(f">hhHH{len(groups)}H", len(groups), weight if groups else 0, 0x4000 * sign, scale, *groups)


numbers = st.one_of(
    st.integers(-(10**38) + 1, 10**38 - 1).map(Decimal),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=9),
    st.tuples(st.integers(-(10**36), 10**36), st.integers(-120, 80)).map(lambda pair: Decimal(pair[0]).scaleb(pair[1])),
)


@given(numbers)
def test_number_of_numeric_is_what_the_codec_writes(value: Decimal) -> None:
    assert pgbinary.number_from_numeric(numeric(str(value))) == codecs.encode_number(value)


@given(numbers)
def test_numeric_of_number_reads_back_and_is_canonical(value: Decimal) -> None:
    encoded = codecs.encode_number(value)
    data = pgbinary.numeric_from_number(encoded)
    assert pgbinary.number_from_numeric(data) == encoded
    assert data == numeric(codecs.decode_number_text(encoded))


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_become_numbers(value: int) -> None:
    assert pgbinary.number_from_int(value.to_bytes(8, "big", signed=True)) == codecs.encode_number(value)


@pytest.mark.parametrize("digits", ["9" * 41, "1" * 45, "123456789" * 6 + "5"])
def test_beyond_forty_digits_rounds_as_the_codec_does(digits: str) -> None:
    for text in (digits, "-" + digits, "0." + digits, "-0.00" + digits):
        assert pgbinary.number_from_numeric(numeric(text)) == codecs.encode_number_text(text)


def test_what_is_no_number_is_refused() -> None:
    for data in (b"\xc1\x00", b"\xc1", b"\xc1\xff"):
        with pytest.raises(OracleError) as caught:
            pgbinary.numeric_from_number(data)
        assert caught.value.code == 1722
    with pytest.raises(OracleError) as caught:
        pgbinary.number_from_numeric(struct.pack(">hhHH", 0, 0, 0xC000, 0))
    assert caught.value.code == 1426


@given(st.datetimes(datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59)))
def test_dates(value: datetime.datetime) -> None:
    value = value.replace(microsecond=0)
    timestamp = struct.pack(">q", (value - datetime.datetime(2000, 1, 1)) // datetime.timedelta(microseconds=1))
    assert pgbinary.date_from_timestamp(timestamp) == codecs.encode_date(value)
    assert pgbinary.timestamp_from_date(codecs.encode_date(value)) == timestamp


@given(st.integers(-4712, -1), st.integers(1, 12), st.integers(1, 28))
def test_dates_before_christ(year: int, month: int, day: int) -> None:
    data = codecs.encode_date_fields(year, month, day, 1, 2, 3)
    assert pgbinary.date_from_timestamp(pgbinary.timestamp_from_date(data)) == data


def test_years_oracle_has_not_are_refused() -> None:
    days = (datetime.date(9999, 12, 31) - datetime.date(2000, 1, 1)).days + 1
    with pytest.raises(OracleError) as caught:
        pgbinary.date_from_timestamp(struct.pack(">q", days * 86_400_000_000))
    assert caught.value.code == 1841


@given(st.datetimes(datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31)), st.integers(0, 999_999_999))
def test_timestamps_keep_nanoseconds(value: datetime.datetime, nanosecond: int) -> None:
    data = codecs.encode_timestamp(value, nanosecond)
    stored = pgbinary.numeric_from_timestamp_bytes(data)
    seconds = (value.replace(microsecond=0) - datetime.datetime(1970, 1, 1)) // datetime.timedelta(seconds=1)
    expected = Decimal(seconds * 10**9 + nanosecond).scaleb(-9)
    assert pgbinary.scaled_from_numeric(stored, 9) == int(expected * 10**9)
    assert pgbinary.timestamp_bytes_from_numeric(stored) == data


@given(
    st.datetimes(datetime.datetime(2, 1, 1), datetime.datetime(9998, 12, 31)),
    st.integers(0, 999_999_999),
    st.integers(-840, 900),
)
def test_offsets_survive(value: datetime.datetime, nanosecond: int, offset: int) -> None:
    zone = datetime.timezone(datetime.timedelta(minutes=offset))
    data = codecs.encode_timestamp_tz(value.replace(tzinfo=zone), nanosecond)
    stored = pgbinary.numeric_from_zoned_bytes(data)
    assert transcode.decode_value("oracle.tstz", stored) == data


def test_a_region_becomes_its_offset_at_that_instant() -> None:
    for month, minutes in ((1, 60), (7, 120)):
        utc = datetime.datetime(2024, month, 1, 12, tzinfo=datetime.UTC)
        scaled = int(utc.timestamp()) * 10**14 + 2001
        data = transcode.decode_value("oracle.tstz", pgbinary.numeric_from_scaled(scaled, 14), ["", "Europe/Paris"])
        assert codecs.decode_timestamp_tz(data).utcoffset() == datetime.timedelta(minutes=minutes)
        assert codecs.decode_timestamp_tz(data) == utc


@given(st.integers(-(10**17), 10**17))
def test_day_to_second_intervals(nanoseconds: int) -> None:
    data = codecs.encode_interval_ds(nanoseconds)
    assert pgbinary.interval_ds_from_numeric(pgbinary.numeric_from_interval_ds(data)) == data


@given(st.integers(-(10**9), 10**9))
def test_year_to_month_intervals(months: int) -> None:
    data = codecs.encode_interval_ym(months)
    assert pgbinary.interval_ym_from_numeric(pgbinary.numeric_from_interval_ym(data)) == data


@given(st.floats(allow_nan=False))
def test_doubles(value: float) -> None:
    value = value or 0.0
    data = struct.pack(">d", value)
    assert pgbinary.sortable_from_float(data) == codecs.encode_binary_double(value)
    assert pgbinary.float_from_sortable(codecs.encode_binary_double(value)) == data


@given(st.integers(0, 2**21 - 1), st.integers(0, 2**42 - 1))
def test_rowids(data_object: int, row: int) -> None:
    value = data_object << 42 | row
    text = transcode.rowid_text(value)
    assert len(text) == 18
    assert transcode.rowid_value(text) == value


def test_rows_are_converted_by_column_and_hidden_columns_dropped() -> None:
    decoders = [
        transcode.column_decoder(name, ()) for name in ("numeric", "varchar", "oracle.clob", "oracle.nvarchar2")
    ]
    rows = [(numeric("1"), b"a", b"x", "é".encode(), b"hidden"), (None, None, None, None, b"hidden")]
    decoded = transcode.decode_rows(rows, decoders)
    assert decoded[0] == (b"\xc1\x02", b"a", Lob(OracleType.CLOB, "x", 1), b"\x00\xe9")
    assert decoded[1] == (None, None, None, None)


def test_empty_strings_are_null_in_parameters_and_arrays() -> None:
    assert transcode.encode_value("varchar", b"") is None
    array = transcode.encode_array("varchar", 1043, [b"ab", b"", None])
    assert array[20:] == b"\x00\x00\x00\x02ab" + b"\xff\xff\xff\xff" * 2
    assert transcode.encode_value("oracle.clob", Lob(OracleType.CLOB, "")) == b""


def test_long_values_in_arrays() -> None:
    value = b"x" * 5000
    assert transcode.encode_elements("varchar", [value]) == struct.pack(">I", 5000) + value


def test_a_bind_without_a_type_here_is_named() -> None:
    with pytest.raises(OracleError) as caught:
        transcode.bind_type(BindInfo(OracleType.BFILE))
    assert caught.value.code == 3001
    assert "BFILE" in caught.value.message
