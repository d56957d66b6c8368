"""Queries read as the driver's Arrow data: the same values as tuples have, or no frames at all."""

import datetime as dt
import json
import random
from decimal import Context, Decimal

import oracledb
import pytest
from flext_db_oracle import LossyValueError, OracleType, compiled, explain
from flext_db_oracle.frames import Frame, fetch_frames, is_exact
from flext_oracle_emulator.session import ClientSession
from flext_oracle_emulator.ttc.buffer import length_bytes, ub
from flext_oracle_emulator.ttc.constants import TNS_MSG_TYPE_ROW_DATA
from flext_oracle_emulator.ttc.rows import RowEncoder

pytestmark = [
    pytest.mark.compiled,
    pytest.mark.skipif(compiled.encode is None, reason="the compiled parts are not built, or are switched off"),
]

TNS_MSG_TYPE_BIT_VECTOR = 21
COLUMNS = """id NUMBER(9), small NUMBER(1), big NUMBER(18), biggest NUMBER(37), money NUMBER(12,2), fine NUMBER(37,37),
    tiny NUMBER(3,7), words VARCHAR2(200 CHAR), padded CHAR(10 CHAR), wide NVARCHAR2(60), born DATE, whole TIMESTAMP(0),
    milli TIMESTAMP(3), micro TIMESTAMP(6)"""


def random_rows(count, seed):
    pick = random.Random(seed)

    def digits(precision, scale):
        return Decimal(
            pick.choice([0, 1, -1, 10**precision - 1, pick.randrange(-(10**precision) + 1, 10**precision)])
        ).scaleb(-scale, Context(prec=60))

    def text():
        return "".join(pick.choice('ab"\\\n\t\x01é€😀 ') for _ in range(pick.randrange(1, 20)))

    def moment(step):
        first = pick.choice(
            [dt.datetime(1, 1, 1), dt.datetime(1969, 12, 31, 23, 59, 59, 999999), dt.datetime(9999, 12, 30)]
        )
        moment = first + dt.timedelta(seconds=pick.randrange(86400), microseconds=pick.randrange(10**6))
        return moment.replace(microsecond=moment.microsecond // step * step)

    makers = [
        lambda: digits(1, 0),
        lambda: digits(18, 0),
        lambda: digits(37, 0),
        lambda: digits(12, 2),
        lambda: digits(37, 37),
        lambda: digits(3, 7),
        text,
        lambda: text()[:10].ljust(10),
        text,
        lambda: moment(10**6),
        lambda: moment(10**6),
        lambda: moment(1000),
        lambda: moment(1),
    ]
    return [(n, *(None if pick.random() < 0.1 else make() for make in makers)) for n in range(count)]


@pytest.fixture
def table(make_table, session):
    name = make_table(COLUMNS)
    rows = random_rows(700, 5)
    places = ", ".join(f":{n}" for n in range(1, len(rows[0]) + 1))
    with session.connection.cursor() as cursor:
        stamp, number = oracledb.DB_TYPE_TIMESTAMP, oracledb.DB_TYPE_NUMBER
        cursor.setinputsizes(*[number] * 7, None, oracledb.DB_TYPE_CHAR, oracledb.DB_TYPE_NVARCHAR, None, *[stamp] * 3)
        cursor.executemany(f"INSERT INTO {name} VALUES ({places})", rows)
    session.commit()
    return name


def records(frames, width):
    keys = tuple((b"," if n else b"{") + b'"%d":' % n for n in range(width))
    text = b"".join(frame.lines(keys, b"", b"}\n") for frame in frames).decode()
    return [tuple(json.loads(line, parse_float=Decimal).values()) for line in text.splitlines()]


def plain(row):
    return tuple(value.isoformat() if isinstance(value, dt.datetime) else value for value in row)


@pytest.mark.parametrize("size", [1, 100, 700, 5000])
def test_frames_have_the_values_that_tuples_have(table, session, size):
    sql = f"SELECT * FROM {table} WHERE id >= :least ORDER BY id"
    expected = [plain(row) for row in session.query(sql, {"least": 3}).rows]
    if size == 1:
        sql, expected = sql.replace("ORDER", "AND id < 20 ORDER"), expected[:17]
    frames = list(fetch_frames(session.connection, sql, {"least": 3}, size=size))
    assert [len(frame) for frame in frames][:-1] == [size] * (len(frames) - 1)
    assert records(frames, 14) == expected


@pytest.fixture
def emulated(request):
    if request.config.getoption("--oracle-dsn"):
        pytest.skip("changes what the emulator sends")


@pytest.fixture
def repeats(monkeypatch, emulated):
    """The emulator sends no value that is equal to that of the row before, as Oracle does; counts what it left out."""
    left_out = []
    plain_rows = ClientSession._encode_rows

    def encode(encoder, rows):
        encoders = encoder._encoders or [length_bytes] * len(rows[0]) if rows else []
        parts = []
        for row in rows:
            sent = [value != before for value, before in zip(row, encoder.before or [object()] * len(row), strict=True)]
            if not all(sent):
                bits = sum(1 << position for position, is_sent in enumerate(sent) if is_sent)
                parts.append(
                    bytes((TNS_MSG_TYPE_BIT_VECTOR,)) + ub(sum(sent)) + bits.to_bytes(-(-len(row) // 8), "little")
                )
            parts.append(bytes((TNS_MSG_TYPE_ROW_DATA,)))
            parts += [make(value) for make, value, is_sent in zip(encoders, row, sent, strict=True) if is_sent]
            left_out.append(len(row) - sum(sent))
            encoder.before = row
        return b"".join(parts)

    def encode_rows(client, cursor, columns, rows, wanted):
        if cursor.rows_fetched <= len(rows) and cursor.encoder is not None:
            cursor.encoder.before = None  # another execution
        return plain_rows(client, cursor, columns, rows, wanted)

    monkeypatch.setattr(RowEncoder, "before", None, raising=False)
    monkeypatch.setattr(RowEncoder, "encode", encode)
    monkeypatch.setattr(ClientSession, "_encode_rows", encode_rows)
    return left_out


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_values_that_the_server_sends_once_are_repeated(table, session, repeats, size):
    """In a row and from one fetch to the next: real Oracle does not send a value again that is the row before's."""
    few = f"(SELECT * FROM {table} WHERE id < 4) few, (SELECT id AS n FROM {table} WHERE id < 60) many"
    sql = f"SELECT few.*, many.n FROM {few} ORDER BY few.id, many.n"
    expected = [plain(row) for row in session.query(sql).rows]
    before = sum(repeats)
    assert records(fetch_frames(session.connection, sql, size=size), 15) == expected
    assert sum(repeats) - before > 3000


def test_a_slice_of_a_frame_is_those_rows(table, session):
    (frame,) = fetch_frames(session.connection, f"SELECT id, words FROM {table} ORDER BY id", size=1000)
    whole = records([frame], 2)
    assert records([frame[10:500][5:7]], 2) == whole[15:17]
    assert len(frame[700:]) == 0 == len(records([frame[700:]], 2))
    with pytest.raises(ValueError, match="one piece"):
        frame[::2]


def test_a_query_without_rows_has_no_frames(table, session):
    assert list(fetch_frames(session.connection, f"SELECT * FROM {table} WHERE 1 = 0", size=10)) == []


@pytest.mark.parametrize(
    "column",
    ["n NUMBER", "n NUMBER(5,-2)", "n INTEGER", "n NUMBER(*,2)", "n FLOAT",
     "n BINARY_DOUBLE", "n TIMESTAMP(9)", "n TIMESTAMP WITH TIME ZONE",
     "n TIMESTAMP WITH LOCAL TIME ZONE", "n CLOB", "n RAW(10)", "n INTERVAL DAY TO SECOND"],
)  # fmt: skip
def test_what_arrow_does_not_hold_is_read_as_tuples(make_table, session, column):
    name = make_table(f"id NUMBER(9), {column}")
    session.execute(f"INSERT INTO {name} VALUES (1, NULL)")
    assert fetch_frames(session.connection, f"SELECT * FROM {name}", size=10) is None
    with session.open_batches(f"SELECT * FROM {name}", size=10) as batches:
        assert list(batches) == [[(1, None)]]


def test_batches_are_frames_where_that_is_exact(table, session):
    with session.open_batches(f"SELECT * FROM {table}", size=500) as batches:
        assert [(type(batch), len(batch)) for batch in batches] == [(Frame, 500), (Frame, 200)]


def test_a_column_whose_type_changes_after_the_description_is_read_as_tuples(make_table, session, monkeypatch):
    name = make_table("id NUMBER(9), n NUMBER")
    session.execute(f"INSERT INTO {name} VALUES (1, 0.1)")
    monkeypatch.setattr("flext_db_oracle.frames.is_exact", lambda kind: True)
    assert fetch_frames(session.connection, f"SELECT * FROM {name}", size=10) is None


@pytest.mark.parametrize(("first", "size"), [("1.5", 10), ("2", 1)])
def test_numbers_of_more_digits_than_declared(make_table, session, monkeypatch, emulated, first, size):
    """At first sight the query is read as tuples; after a frame was given it is an error that says what to do."""
    name = make_table("id NUMBER(9), n NUMBER(3,1)")
    session.execute(f"INSERT INTO {name} SELECT 1, {first} FROM dual UNION ALL SELECT 2, 1.5 FROM dual")
    encode, wanted, sent = RowEncoder.encode, bytes.fromhex("c10233"), bytes.fromhex("c30d2339")  # 1.5, and 123456
    monkeypatch.setattr(
        RowEncoder,
        "encode",
        lambda encoder, rows: encode(encoder, [[sent if v == wanted else v for v in row] for row in rows]),
    )
    frames = fetch_frames(session.connection, f"SELECT id, n FROM {name} ORDER BY id", size=size)
    if first == "1.5":
        assert frames is None
        assert session.query(f"SELECT id, n FROM {name} ORDER BY id").rows == [(1, 123456), (2, 123456)]
        return
    assert records([next(frames)], 2) == [(1, 2)]
    with pytest.raises(oracledb.DatabaseError, match="DPY-4042") as refused:
        next(frames)
    assert "FLEXT_DB_ORACLE_PURE=1" in explain(refused.value).hint


def test_years_before_1_are_refused_with_a_hint(session):
    sql = "SELECT TO_DATE('-0044-03-15', 'SYYYY-MM-DD') AS ides FROM dual"
    with pytest.raises(LossyValueError, match=r"does not fit Python's datetime .* dates_as_text"):
        fetch_frames(session.connection, sql, size=10)


def test_columns_of_a_type_outside_the_contract_are_not_exact():
    assert not is_exact(None)
    assert is_exact(OracleType.parse("NUMBER(37,38)"))
    assert not is_exact(OracleType("NUMBER", precision=5, scale=39))
