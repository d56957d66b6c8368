"""JSON lines from Arrow columns: what comes out, what is refused, and that nothing is kept."""

import contextlib
import ctypes
import datetime as dt
import gc
import json
import sys
import tracemalloc
from decimal import Context, Decimal

import pyarrow as pa
import pytest
from flext_db_oracle import compiled
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = [
    pytest.mark.compiled,
    pytest.mark.skipif(compiled.encode is None, reason="the compiled parts are not built, or are switched off"),
]

WIDE = Context(prec=60)
HEAD, TAIL = b'{"record":', b'},"time":1}\n'


def lines(arrays, start=0, stop=None):
    columns = compiled.encode.Columns(arrays)
    keys = tuple((b"," if index else b"{") + b'"c%d":' % index for index in range(len(arrays)))
    return columns.lines(keys, start, len(columns) if stop is None else stop, HEAD, TAIL)


def rows_of(text):
    messages = [json.loads(line, parse_float=Decimal) for line in text.splitlines()]
    assert all(list(message) == ["record", "time"] for message in messages)
    return [tuple(message["record"].values()) for message in messages]


def value_text(array):
    """The JSON text of an array's only value."""
    line = lines([array]).decode()
    return line[len('{"record":{"c0":') : -len('},"time":1}\n')]


def decimals(scale, digits=38):
    return st.integers(-(10**digits) + 1, 10**digits - 1).map(lambda n: Decimal(n).scaleb(-scale, WIDE))


TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    '"\\/\b\f\n\r\t\0\x1f\x7fé€😀\ufeff\uffff', max_size=30
)
MOMENTS = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999999))
SECONDS = MOMENTS.map(lambda moment: moment.replace(microsecond=0))
KINDS = {
    pa.int8(): st.integers(-(2**7), 2**7 - 1),
    pa.int16(): st.integers(-(2**15), 2**15 - 1),
    pa.int32(): st.integers(-(2**31), 2**31 - 1),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.decimal128(38, 0): decimals(0),
    pa.decimal128(12, 2): decimals(2, 12),
    pa.decimal128(38, 38): decimals(38),
    pa.string(): TEXT,
    pa.large_string(): TEXT,
    pa.timestamp("s"): SECONDS,
    pa.timestamp("ms"): MOMENTS.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)),
    pa.timestamp("us"): MOMENTS,
    pa.timestamp("ns"): st.datetimes(dt.datetime(1678, 1, 1), dt.datetime(2261, 12, 31)),
}


def json_form(value):
    return value.isoformat() if isinstance(value, dt.datetime) else value


@settings(deadline=None)
@given(st.data())
def test_every_value_comes_out_as_it_is(data):
    kinds = data.draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=5))
    rows = data.draw(st.lists(st.tuples(*(st.none() | KINDS[kind] for kind in kinds)), max_size=20))
    skipped = data.draw(st.integers(0, len(rows)))
    start, stop = sorted(data.draw(st.tuples(*[st.integers(0, len(rows) - skipped)] * 2)))
    columns = list(zip(*rows, strict=True)) or [()] * len(kinds)
    arrays = [pa.array(values, kind).slice(skipped) for values, kind in zip(columns, kinds, strict=True)]
    expected = [tuple(map(json_form, row)) for row in rows[skipped:][start:stop]]
    assert rows_of(lines(arrays, start, stop)) == expected


@settings(deadline=None)
@given(st.none() | TEXT)
def test_text_is_escaped_as_json_dumps_does(value):
    expected = json.dumps(value, ensure_ascii=False)
    assert value_text(pa.array([value], pa.string())) == value_text(pa.array([value], pa.large_string())) == expected


@pytest.mark.parametrize(
    ("value", "precision", "scale", "text"),
    [
        ("5.00", 12, 2, "5"),
        ("500", 12, 2, "500"),
        ("0", 12, 2, "0"),
        ("-0.05", 12, 2, "-0.05"),
        ("0.50", 12, 2, "0.5"),
        ("10.10", 12, 2, "10.1"),
        ("1E-38", 38, 38, "0." + "0" * 37 + "1"),
        ("-1000000000", 38, 0, "-1000000000"),
        ("18446744073709551616", 38, 0, "18446744073709551616"),
        ("-100000000000000000000000000000000000.00", 38, 2, "-100000000000000000000000000000000000"),
        ("9" * 38, 38, 0, "9" * 38),
    ],
)
def test_decimals_have_neither_exponents_nor_trailing_zeros(value, precision, scale, text):
    assert value_text(pa.array([Decimal(value)], pa.decimal128(precision, scale))) == text


def test_times_have_six_digits_of_a_fraction_or_none():
    first, last = dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999999)
    array = pa.array(
        [first, last, dt.datetime(2020, 7, 12, 9, 32, 2), dt.datetime(1969, 12, 31, 23, 59, 59, 1)], pa.timestamp("us")
    )
    assert [row[0] for row in rows_of(lines([array]))] == [
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59.999999",
        "2020-07-12T09:32:02",
        "1969-12-31T23:59:59.000001",
    ]


@pytest.mark.parametrize(
    ("seconds", "year"),
    [(-62135596801, "0"), (253402300800, "10000"), (-62167219200 - 86400, "-1"), (-(2**63), "-292277022657")],
)
def test_years_that_python_has_not_are_refused_in_its_words(seconds, year):
    with pytest.raises(ValueError, match=rf"^year {year} is out of range$"):
        lines([pa.array([0, seconds], pa.int64()).cast(pa.timestamp("s"))])


def test_nanoseconds_are_refused_where_microseconds_do_not_hold_them():
    with pytest.raises(ValueError, match="fraction of 1001 ns"):
        lines([pa.array([1001], pa.int64()).cast(pa.timestamp("ns"))])


@pytest.mark.parametrize(
    "bad",
    [
        b"\xff",
        b"a" * 20 + b"\xc3",
        b"\xc0\x80",
        b"\xe0\x80\x80",
        b"\xed\xa0\x80",
        b"\xf0\x80\x80\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82z",
    ],
)
def test_text_that_is_not_utf8_is_refused_as_python_refuses_it(bad):
    with pytest.raises(UnicodeDecodeError) as expected:
        bad.decode()
    with pytest.raises(UnicodeDecodeError) as found:
        lines([pa.array([b"good", bad], pa.binary()).view(pa.string())])
    assert str(found.value) == str(expected.value)


@pytest.mark.parametrize(
    "kind",
    [
        pa.float64(),
        pa.bool_(),
        pa.binary(),
        pa.date32(),
        pa.timestamp("us", "UTC"),
        pa.decimal256(40, 2),
        pa.decimal128(5, -2),
        pa.list_(pa.int8()),
    ],
)
def test_other_types_are_refused_when_they_are_taken(kind):
    with pytest.raises(NotImplementedError, match="format"):
        compiled.encode.Columns([pa.array([1]), pa.array([None], kind)])


def test_dictionaries_are_refused():
    with pytest.raises(NotImplementedError):
        compiled.encode.Columns([pa.array(["a"]).dictionary_encode()])


def test_columns_of_other_lengths_other_keys_and_other_rows_are_refused():
    with pytest.raises(ValueError, match="differ in length"):
        compiled.encode.Columns([pa.array([1]), pa.array([1, 2])])
    with pytest.raises(ValueError, match="no columns"):
        compiled.encode.Columns([])
    columns = compiled.encode.Columns([pa.array([1, 2])])
    for keys, start, stop in [((), 0, 2), ((b"a", b"b"), 0, 2), ((b"a",), -1, 2), ((b"a",), 2, 1), ((b"a",), 0, 3)]:
        with pytest.raises(ValueError, match="other keys or rows"):
            columns.lines(keys, start, stop, b"", b"")
    assert columns.lines((b"a",), 1, 1, b"", b"") == b""
    with pytest.raises(TypeError):
        columns.lines(("a",), 0, 1, b"", b"")
    with pytest.raises(AttributeError):
        compiled.encode.Columns([1])


class _Array(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int64) for name in ("length", "null_count", "offset", "n_buffers", "n_children")] + [
        ("buffers", ctypes.POINTER(ctypes.c_void_p))
    ]


class Tampered:
    """An array whose producer says something wrong of it, until the end of the test."""

    def __init__(self, array, **wrong):
        pointer = ctypes.pythonapi.PyCapsule_GetPointer
        pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
        self.pair = array.__arrow_c_array__()
        address = pointer(self.pair[1], b"arrow_array")
        self.array = _Array.from_address(address)
        for name, value in wrong.items():
            if name == "buffers":
                self.array.buffers[value] = None
            else:
                setattr(self.array, name, value)

    def __arrow_c_array__(self, requested_schema=None):
        return self.pair


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ([1, 2], {"length": -1}),
        ([1, 2], {"offset": -1}),
        ([1, 2], {"offset": 2**62}),
        ([1, 2], {"n_buffers": 1}),
        ([1, 2], {"n_buffers": 3}),
        ([1, 2], {"buffers": 1}),
        ([1, None], {"buffers": 0}),
        (["a"], {"n_buffers": 2}),
        (["a"], {"buffers": 1}),
    ],
)
def test_what_cannot_be_is_refused(values, wrong):
    with pytest.raises(ValueError, match="buffers of its format"):
        compiled.encode.Columns([Tampered(pa.array(values), **wrong)])


def test_text_without_data_is_refused_when_it_is_read():
    with pytest.raises(ValueError, match="offsets"):
        lines([Tampered(pa.array(["a"]), buffers=2)])
    offsets = pa.array([0, 5, 3, 5], pa.int32()).buffers()[1]
    falling = pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"abcde")])
    with pytest.raises(ValueError, match="offsets"):
        lines([falling])


def test_a_released_array_is_refused():
    array = pa.array([1])
    pair = array.__arrow_c_array__()
    pa.Array._import_from_c_capsule(*pair)

    class Released:
        def __arrow_c_array__(self, requested_schema=None):
            return pair

    with pytest.raises(ValueError, match="released"):
        compiled.encode.Columns([Released()])


def test_nothing_is_kept_of_columns_that_are_gone():
    values = [pa.array(["x" * 1000] * 100), pa.array([Decimal("1.5")] * 100)]
    bad, other = pa.array([b"\xff"] * 100, pa.binary()).view(pa.string()), pa.array([1.5] * 100)

    def work(times):
        for _ in range(times):
            lines(values)
            for arrays in ([values[0], bad], [values[0], other], [values[0], 1]):
                with contextlib.suppress(UnicodeDecodeError, NotImplementedError, AttributeError):
                    lines(arrays)
        gc.collect()
        return sys.getallocatedblocks(), tracemalloc.get_traced_memory()[0], pa.total_allocated_bytes()

    tracemalloc.start()
    try:
        before = work(100)
        after = work(1000)
    finally:
        tracemalloc.stop()
    blocks, python, arrow = (now - then for now, then in zip(after, before, strict=True))
    assert blocks < 500  # an object kept each time would be 1000
    assert python < 1_000_000  # a buffer kept each time would be 100 MB
    assert arrow == 0
