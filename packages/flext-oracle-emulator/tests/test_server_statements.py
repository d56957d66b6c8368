"""Queries, DML, PL/SQL: what goes over the wire arrives on the other side, in both directions."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import oracledb
import pytest
from flext_oracle_emulator.backend.base import (
    BatchError,
    BindDirection,
    ColumnInfo,
    ExecuteRequest,
    ExecuteResult,
    OracleType,
    StatementType,
)
from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.ttc import codecs

NUMBER = ColumnInfo("N", OracleType.NUMBER, 22, 0, -127)
TEXT = ColumnInfo("S", OracleType.VARCHAR, 80, char_size=20, csfrm=1)
DAY = datetime.datetime(2024, 2, 29, 13, 14, 15)
MOMENT = DAY.replace(microsecond=123456)
ROWID = b"AAARwbAAYAAAAAfAAC"


def number(value: int | Decimal) -> bytes:
    return codecs.encode_number(value)


def column(oracle_type: OracleType, size: int = 0, **details: Any) -> ColumnInfo:
    return ColumnInfo("C", oracle_type, size, **details)


@pytest.mark.parametrize(
    ("described", "value", "fetched"),
    [
        (NUMBER, number(Decimal("-123.45")), -123.45),
        (column(OracleType.NUMBER, 22, precision=9), number(10**9 - 1), 10**9 - 1),
        (TEXT, "héllo €".encode(), "héllo €"),
        (column(OracleType.VARCHAR, 32767, csfrm=1, char_size=32767), b"x" * 32767, "x" * 32767),
        (column(OracleType.VARCHAR, 40, csfrm=2, char_size=20), "ŝ😀".encode("utf-16-be"), "ŝ😀"),
        (column(OracleType.CHAR, 5, csfrm=1, char_size=5), b"ab   ", "ab   "),
        (column(OracleType.CHAR, 10, csfrm=2, char_size=5), "ä    ".encode("utf-16-be"), "ä    "),
        (column(OracleType.LONG, csfrm=1), b"y" * 100_000, "y" * 100_000),
        (column(OracleType.LONG_RAW), bytes(100_000), bytes(100_000)),
        (column(OracleType.RAW, 2000), bytes(range(256)), bytes(range(256))),
        (column(OracleType.DATE), codecs.encode_date(DAY), DAY),
        (column(OracleType.TIMESTAMP, scale=6), codecs.encode_timestamp(MOMENT), MOMENT),
        (column(OracleType.TIMESTAMP, scale=6), codecs.encode_timestamp(DAY), DAY),
        (column(OracleType.TIMESTAMP_LTZ, scale=6), codecs.encode_timestamp(MOMENT), MOMENT),
        (
            column(OracleType.TIMESTAMP_TZ, scale=6),
            codecs.encode_timestamp_tz(MOMENT.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=-3.5)))),
            MOMENT,  # the driver drops the offset
        ),
        (
            column(OracleType.INTERVAL_DS, precision=2, scale=6),
            codecs.encode_timedelta(datetime.timedelta(days=-1, seconds=-1.5)),
            datetime.timedelta(days=-1, seconds=-1.5),
        ),
        (column(OracleType.INTERVAL_YM, precision=2), codecs.encode_interval_ym(-14), oracledb.IntervalYM(-1, -2)),
        (column(OracleType.BINARY_FLOAT), codecs.encode_binary_float(-2.5), -2.5),
        (column(OracleType.BINARY_DOUBLE), codecs.encode_binary_double(1e300), 1e300),
        (column(OracleType.ROWID), ROWID, ROWID.decode()),
        (column(OracleType.UROWID), ROWID, ROWID.decode()),
    ],
    ids=lambda value: getattr(value, "name", None) and value.type.name,
)
def test_fetched_values(
    backend: Any, connection: oracledb.Connection, described: ColumnInfo, value: bytes, fetched: object
) -> None:
    backend.on_query("select c, c, n from t", [described, described, NUMBER], [(value, None, number(1))] * 3)
    with connection.cursor() as cursor:
        assert cursor.execute("select c, c, n from t").fetchall() == [(fetched, None, 1)] * 3


def test_boolean_and_expressions_that_are_always_null(backend: Any, connection: oracledb.Connection) -> None:
    columns = [column(OracleType.BOOLEAN), column(OracleType.VARCHAR, 0, csfrm=1), NUMBER]
    backend.on_query(
        "select * from t", columns, [(b"\x01", None, number(1)), (b"\x00", None, None), (None, None, None)]
    )
    with connection.cursor() as cursor:
        cursor.execute("select * from t")
        assert cursor.fetchall() == [(True, None, 1), (False, None, None), (None, None, None)]


def test_description(backend: Any, connection: oracledb.Connection) -> None:
    columns = [
        ColumnInfo("ID", OracleType.NUMBER, 22, 9, 2, nullable=False),
        ColumnInfo("NAME", OracleType.VARCHAR, 80, char_size=20, csfrm=1),
        ColumnInfo("AT", OracleType.TIMESTAMP, 11, 0, 9),
    ]
    backend.on_query("select * from t", columns, [])
    with connection.cursor() as cursor:
        cursor.execute("select * from t")
        assert cursor.description == [
            ("ID", oracledb.DB_TYPE_NUMBER, 13, None, 9, 2, False),
            ("NAME", oracledb.DB_TYPE_VARCHAR, 20, 80, None, None, True),
            ("AT", oracledb.DB_TYPE_TIMESTAMP, 23, None, 0, 9, True),
        ]
        assert cursor.fetchall() == []


@pytest.mark.parametrize("prefetch", [0, 1, 2, 7, 100])
@pytest.mark.parametrize("arraysize", [1, 10, 1000])
def test_every_row_is_fetched_once(
    backend: Any, connection: oracledb.Connection, prefetch: int, arraysize: int
) -> None:
    backend.on_query("select * from t", [NUMBER, TEXT], [(number(n), str(n).encode()) for n in range(100)])
    with connection.cursor() as cursor, connection.cursor() as another:
        cursor.prefetchrows = another.prefetchrows = prefetch
        cursor.arraysize = another.arraysize = arraysize
        for _ in range(3):
            cursor.execute("select * from t")
            another.execute("select * from t")
            rows = [(cursor.fetchone(), another.fetchone()) for _ in range(101)]
            assert rows == [((n, str(n)), (n, str(n))) for n in range(100)] + [(None, None)]
            assert cursor.rowcount == 100


def test_many_columns_and_a_long_statement(backend: Any, connection: oracledb.Connection) -> None:
    columns = [ColumnInfo(f"C{n}", OracleType.NUMBER, 22) for n in range(1000)]
    sql = f"select /* {'x' * 200_000} */ * from t"
    backend.on_query(sql, columns, [tuple(number(n) for n in range(1000))])
    with connection.cursor() as cursor:
        assert cursor.execute(sql).fetchall() == [tuple(range(1000))]


def test_columns_that_change_are_described_again(backend: Any, connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        for columns, row, expected in (
            ([NUMBER], (number(1),), (1,)),
            ([TEXT], (b"one",), ("one",)),
            ([TEXT, NUMBER], (b"one", number(1)), ("one", 1)),
        ):
            backend.on_query("select * from t", columns, [row])
            assert cursor.execute("select * from t").fetchall() == [expected]


def test_error_in_the_middle_of_a_fetch(backend: Any, connection: oracledb.Connection) -> None:
    rows: list[Any] = [(number(n),) for n in range(10)]
    backend.on_query(
        "select * from t",
        [NUMBER],
        [*rows, (OracleError(1476, "divisor is equal to zero"),)],
    )
    with connection.cursor() as cursor:
        cursor.arraysize = 5
        cursor.execute("select * from t")
        with pytest.raises(oracledb.DatabaseError, match="ORA-01476"):
            cursor.fetchall()
        assert cursor.execute("select 1 from dual").fetchone() == (1,)


def test_error_position(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor, pytest.raises(oracledb.DatabaseError) as raised:
        cursor.execute("select * from nowhere")
    (error,) = raised.value.args
    assert (error.code, error.offset) == (942, 14)
    assert error.message.startswith("ORA-00942: table or view does not exist")


def test_parse_describes_without_executing(backend: Any, connection: oracledb.Connection) -> None:
    backend.on_query("select n from t", [NUMBER], [])
    with connection.cursor() as cursor:
        cursor.parse("select n from t")
        assert [item[0] for item in cursor.description] == ["N"]
        with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
            cursor.parse("delete from nowhere")


def test_closed_cursors_are_closed_on_the_server(backend: Any, connection: oracledb.Connection) -> None:
    connection.stmtcachesize = 5
    for n in range(400):
        backend.on_query(f"select {n}", [NUMBER], [(number(n),)] * 10)
        with connection.cursor() as cursor:
            assert cursor.execute(f"select {n}").fetchone() == (n,)


def test_scrollable_cursor(backend: Any, connection: oracledb.Connection) -> None:
    backend.on_query("select * from t", [NUMBER], [(number(n),) for n in range(1, 21)])
    with connection.cursor(scrollable=True) as cursor:
        cursor.arraysize = 4
        cursor.execute("select * from t")
        assert cursor.fetchone() == (1,)
        cursor.scroll(mode="last")
        assert cursor.fetchone() == (20,)
        cursor.scroll(mode="first")
        assert cursor.fetchmany(6) == [(n,) for n in range(1, 7)]
        cursor.scroll(10, mode="absolute")
        assert cursor.fetchone() == (10,)
        cursor.scroll(-3)
        assert cursor.fetchone() == (7,)
        with pytest.raises(oracledb.ProgrammingError, match="DPY-2063"):
            cursor.scroll(100, mode="absolute")
        cursor.scroll(20, mode="absolute")
        assert cursor.fetchall() == [(20,)]


# --------------------------------------------------------------------------------------------------------- binds


def capture(backend: Any, sql: str, row_count: int = 1) -> list[ExecuteRequest]:
    """Teach the backend a DML statement; the requests are collected."""
    requests: list[ExecuteRequest] = []

    def answer(request: ExecuteRequest) -> ExecuteResult:
        requests.append(request)
        return ExecuteResult(StatementType.INSERT, max(len(request.rows), row_count), last_rowid=ROWID)

    backend.on(sql, answer)
    return requests


def test_bound_values(backend: Any, connection: oracledb.Connection) -> None:
    sql = f"insert into t values ({', '.join(f':{n}' for n in range(1, 15))})"
    requests = capture(backend, sql)
    with connection.cursor() as cursor:
        cursor.setinputsizes(
            *[None] * 7, oracledb.DB_TYPE_TIMESTAMP, oracledb.DB_TYPE_TIMESTAMP_TZ, oracledb.DB_TYPE_TIMESTAMP
        )
        cursor.execute(
            sql,
            [
                Decimal("-1234567890.123456789"),
                "ü",
                b"\x00\xff",
                None,
                "",
                DAY,
                datetime.timedelta(hours=-1.5),
                MOMENT,
                MOMENT,
                DAY,
                2.5,
                oracledb.IntervalYM(1, 2),
                10**37,
                "x" * 3000,
            ],
        )
        assert cursor.rowcount == 1
        assert cursor.lastrowid == ROWID.decode()
    (request,) = requests
    utc = MOMENT.replace(tzinfo=datetime.UTC)
    assert request.rows == [
        (
            number(Decimal("-1234567890.123456789")),
            "ü".encode(),
            b"\x00\xff",
            None,
            None,
            codecs.encode_date(DAY),
            codecs.encode_timedelta(datetime.timedelta(hours=-1.5)),
            codecs.encode_timestamp(MOMENT),
            codecs.encode_timestamp_tz(utc),
            codecs.encode_timestamp(DAY),
            number(Decimal("2.5")),
            codecs.encode_interval_ym(14),
            number(10**37),
            b"x" * 3000,
        )
    ]
    assert [bind.type for bind in request.binds][:3] == [OracleType.NUMBER, OracleType.VARCHAR, OracleType.RAW]


def test_long_values_travel_last_and_arrive_in_place(backend: Any, connection: oracledb.Connection) -> None:
    sql = "insert into t values (:a, :b, :c, :d)"
    requests = capture(backend, sql)
    rows = [("a" * 100_000, n, b"c" * 40_000, "d") for n in range(3)]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
        cursor.executemany(sql, rows)
    expected = [(b"a" * 100_000, number(n), b"c" * 40_000, b"d") for n in range(3)]
    assert [request.rows for request in requests] == [expected, expected]


def test_national_characters_are_bound_in_utf16(backend: Any, connection: oracledb.Connection) -> None:
    requests = capture(backend, "insert into t values (:1)")
    with connection.cursor() as cursor:
        cursor.setinputsizes(oracledb.DB_TYPE_NVARCHAR)
        cursor.execute("insert into t values (:1)", ["ŝ😀"])
    assert requests[0].rows == [("ŝ😀".encode("utf-16-be"),)]
    assert requests[0].binds[0].csfrm == 2


def test_boolean_binds(backend: Any, connection: oracledb.Connection) -> None:
    requests = capture(backend, "insert into t values (:1)")
    with connection.cursor() as cursor:
        cursor.setinputsizes(bool)
        cursor.executemany("insert into t values (:1)", [[True], [False], [None]])
    (request,) = requests
    if request.binds[0].type is OracleType.BOOLEAN:
        assert request.rows == [(b"\x01",), (b"\x00",), (None,)]
    else:  # before 23ai a client sends integers
        assert request.rows == [(number(1),), (number(0),), (None,)]


def test_array_dml(backend: Any, connection: oracledb.Connection) -> None:
    sql = "insert into t values (:1, :2, :3)"
    requests = capture(backend, sql)
    rows = [(n, f"row {n}" if n % 3 else None, DAY) for n in range(20_000)]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
        assert cursor.rowcount == 20_000
    assert connection.transaction_in_progress
    received = [row for request in requests for row in request.rows]
    assert received[1::5000] == [
        (number(n), f"row {n}".encode() if n % 3 else None, codecs.encode_date(DAY)) for n in range(1, 20_000, 5000)
    ]
    assert len(received) == 20_000


def test_batch_errors_and_row_counts(backend: Any, connection: oracledb.Connection) -> None:
    def answer(request: ExecuteRequest) -> ExecuteResult:
        assert request.batch_errors
        assert request.row_counts
        errors = [BatchError(offset, 1, f"ORA-00001: row {offset}") for offset in range(0, 300, 3)]
        return ExecuteResult(
            StatementType.INSERT, 200, batch_errors=errors, row_counts=[int(n % 3 != 0) for n in range(300)]
        )

    backend.on("insert into t values (:1)", answer)
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into t values (:1)", [[n] for n in range(300)], batcherrors=True, arraydmlrowcounts=True
        )
        errors = cursor.getbatcherrors()
        assert [(error.offset, error.code) for error in errors] == [(n, 1) for n in range(0, 300, 3)]
        assert errors[1].message.startswith("ORA-00001: row 3\n")
        assert cursor.getarraydmlrowcounts() == [int(n % 3 != 0) for n in range(300)]
        assert cursor.rowcount == 200


def test_commit_rollback_autocommit(backend: Any, connection: oracledb.Connection) -> None:
    requests = capture(backend, "delete from t", row_count=5)
    with connection.cursor() as cursor:
        cursor.execute("delete from t")
        assert cursor.rowcount == 5
        assert connection.transaction_in_progress
        connection.commit()
        assert not connection.transaction_in_progress
        cursor.execute("delete from t")
        connection.rollback()
        assert (backend.commits, backend.rollbacks) == (1, 1)
        connection.autocommit = True
        cursor.execute("delete from t")
        cursor.execute("delete from t")
    assert [request.commit for request in requests] == [False, False, True, True]
    assert not connection.transaction_in_progress


def test_returning(backend: Any, connection: oracledb.Connection) -> None:
    sql = "update t set a = :1 where b = :2 returning a, s into :3, :4"

    def answer(request: ExecuteRequest) -> ExecuteResult:
        assert list(request.return_positions) == [2, 3]
        returned = [[[row[0]] * count, [b"s"] * count] for count, row in enumerate(request.rows)]
        return ExecuteResult(StatementType.UPDATE, len(request.rows), returned=returned)

    backend.on(sql, answer)
    with connection.cursor() as cursor:
        first, second = cursor.var(int), cursor.var(str)
        for _ in range(2):
            cursor.execute(sql, [7, 0, first, second])
            assert (first.getvalue(), second.getvalue()) == ([], [])
    with connection.cursor() as cursor:
        out = cursor.var(int, arraysize=3)
        text = cursor.var(str, arraysize=3)
        cursor.setinputsizes(None, None, out, text)
        cursor.executemany(sql, [(7, 0), (8, 0), (9, 0)])
        assert [out.getvalue(n) for n in range(3)] == [[], [8], [9, 9]]
        assert text.getvalue(2) == ["s", "s"]


# -------------------------------------------------------------------------------------------------------- PL/SQL

OUT, IN, IN_OUT = BindDirection.OUT, BindDirection.IN, BindDirection.IN_OUT


def on_block(
    backend: Any, sql: str, directions: list[BindDirection], compute: Callable[[tuple[Any, ...]], tuple[Any, ...]]
) -> None:
    def answer(request: ExecuteRequest) -> ExecuteResult:
        rows = request.rows or [()] * request.iterations
        return ExecuteResult(
            StatementType.PLSQL, len(rows), directions=directions, out_values=[compute(row) for row in rows]
        )

    backend.on(sql, answer)


def test_plsql_binds(backend: Any, connection: oracledb.Connection) -> None:
    def add(row: tuple[Any, ...]) -> tuple[Any, ...]:
        total = sum(codecs.decode_number(value) for value in row[1:])
        return codecs.encode_number(total), codecs.encode_number(total * 2)

    sql = "begin :total := :a + :b; :b := :total * 2; end;"
    on_block(backend, sql, [OUT, IN, IN_OUT], add)
    with connection.cursor() as cursor:
        for n in range(3):
            total, b = cursor.var(int), cursor.var(int)
            b.setvalue(0, n)
            cursor.execute(sql, total=total, a=10, b=b)
            assert (total.getvalue(), b.getvalue()) == (10 + n, 2 * (10 + n))


def test_plsql_values_of_every_type(backend: Any, connection: oracledb.Connection) -> None:
    values: list[tuple[Any, bytes, object]] = [
        (oracledb.DB_TYPE_VARCHAR, "ü".encode(), "ü"),
        (oracledb.DB_TYPE_NVARCHAR, "ŝ".encode("utf-16-be"), "ŝ"),
        (oracledb.DB_TYPE_DATE, codecs.encode_date(DAY), DAY),
        (oracledb.DB_TYPE_TIMESTAMP, codecs.encode_timestamp(MOMENT), MOMENT),
        (oracledb.DB_TYPE_TIMESTAMP, codecs.encode_timestamp(DAY), DAY),
        (oracledb.DB_TYPE_RAW, b"\x01", b"\x01"),
        (oracledb.DB_TYPE_BINARY_DOUBLE, codecs.encode_binary_double(0.5), 0.5),
        (oracledb.DB_TYPE_BINARY_INTEGER, number(5), 5),
        (oracledb.DB_TYPE_ROWID, ROWID, ROWID.decode()),
    ]
    for db_type, encoded, expected in values:
        for value in (encoded, None):
            sql = f"begin :1 := {db_type.name} {value!r}; end;"
            on_block(backend, sql, [OUT], lambda _, value=value: (value,))
            with connection.cursor() as cursor:
                out = cursor.var(db_type)
                cursor.execute(sql, [out])
                assert out.getvalue() == (expected if value is not None else None)


def test_plsql_arrays(backend: Any, connection: oracledb.Connection) -> None:
    def double(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return ([codecs.encode_number(2 * codecs.decode_number(item)) for item in row[0]],)

    on_block(backend, "begin p(:1, :2); end;", [IN, OUT], double)
    with connection.cursor() as cursor:
        given = cursor.arrayvar(int, [1, 2, 3])
        doubled = cursor.arrayvar(int, 10)
        cursor.execute("begin p(:1, :2); end;", [given, doubled])
        assert doubled.getvalue() == [2, 4, 6]


def test_plsql_executemany(backend: Any, connection: oracledb.Connection) -> None:
    requests: list[ExecuteRequest] = []

    def answer(request: ExecuteRequest) -> ExecuteResult:
        requests.append(request)
        return ExecuteResult(StatementType.PLSQL, len(request.rows), directions=[IN, IN])

    backend.on("begin p(:1, :2); end;", answer)
    with connection.cursor() as cursor:
        cursor.executemany("begin p(:1, :2); end;", [(n, "x") for n in range(10)])
    assert [row for request in requests for row in request.rows] == [(number(n), b"x") for n in range(10)]


def test_block_without_binds_and_ddl(backend: Any, connection: oracledb.Connection) -> None:
    backend.on("begin null; end;", lambda _: ExecuteResult(StatementType.PLSQL))
    backend.on("create table t (a number)", lambda _: ExecuteResult(StatementType.CREATE_TABLE))
    backend.on("create procedure p", lambda _: ExecuteResult(StatementType.UNKNOWN, compile_warning=True))
    with connection.cursor() as cursor:
        for sql in ("begin null; end;", "create table t (a number)") * 2:
            cursor.execute(sql)
            assert cursor.warning is None
        cursor.execute("create procedure p")
        assert cursor.warning.full_code == "DPY-7000"


def test_ref_cursor_and_implicit_results(backend: Any, connection: oracledb.Connection) -> None:
    def rows(first: int) -> Any:
        return backend.result_set([NUMBER], [(number(n),) for n in range(first, first + 150)])

    sql = "begin open :1 for select n from t; end;"
    on_block(backend, sql, [OUT], lambda _: (rows(0),))
    backend.on(
        "begin return_results; end;",
        lambda _: ExecuteResult(StatementType.PLSQL, implicit_results=[rows(1000), rows(2000)]),
    )
    with connection.cursor() as cursor:
        for _ in range(2):
            ref_cursor = connection.cursor()
            cursor.execute(sql, [ref_cursor])
            assert ref_cursor.fetchall() == [(n,) for n in range(150)]
        cursor.execute("begin return_results; end;")
        assert [result.fetchall() for result in cursor.getimplicitresults()] == [
            [(n,) for n in range(first, first + 150)] for first in (1000, 2000)
        ]


def test_nested_cursors_end_with_their_parent(backend: Any, connection: oracledb.Connection) -> None:
    columns = [NUMBER, ColumnInfo("CUR", OracleType.CURSOR, 1)]

    def answer(_: ExecuteRequest) -> ExecuteResult:
        rows = [(number(n), backend.result_set([NUMBER], [(number(10 * n),)])) for n in range(50)]
        return ExecuteResult(StatementType.SELECT, result_set=backend.result_set(columns, rows))

    backend.on("select n, cursor(select) from t", answer)
    with connection.cursor() as cursor:
        for _ in range(10):  # 500 nested cursors in all, and no ORA-01000
            cursor.execute("select n, cursor(select) from t")
            assert [(n, nested.fetchall()) for n, nested in cursor] == [(n, [(10 * n,)]) for n in range(50)]


def test_numbers_as_decimals(backend: Any, connection: oracledb.Connection) -> None:
    value = Decimal("12345678901234567890.1234567890123456789")
    backend.on_query("select * from t", [NUMBER], [(number(value),)])
    with connection.cursor() as cursor, decimal.localcontext(decimal.Context(prec=40)):
        cursor.outputtypehandler = lambda cursor, info: cursor.var(Decimal, arraysize=cursor.arraysize)
        assert cursor.execute("select * from t").fetchone() == (value,)


def test_a_description_that_an_error_held_back_comes_with_the_next_execution(
    backend: Any, connection: oracledb.Connection
) -> None:
    backend.on_query("select c from v", [TEXT], [(b"first",)])
    cursor = connection.cursor()
    assert cursor.execute("select c from v").fetchall() == [("first",)]

    backend.on_query(
        "select c from v",
        [NUMBER],
        [(OracleError(1438, "value larger than specified precision allowed for this column"),)],
    )
    with pytest.raises(oracledb.DatabaseError, match="ORA-01438"):
        cursor.execute("select c from v")

    backend.on_query("select c from v", [NUMBER], [(number(42),)])
    assert cursor.execute("select c from v").fetchall() == [(42,)]
    assert cursor.description[0].type_code is oracledb.DB_TYPE_NUMBER
