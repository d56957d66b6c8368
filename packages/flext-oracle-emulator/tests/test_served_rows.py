"""The server of the benchmarks sends what the emulator sends, and counts what is inserted: it cannot flatter anybody."""

import importlib.util
import sys
from pathlib import Path

import oracledb
import pytest

SOURCE = Path(__file__).parent.parent / "benchmarks" / "served_rows.py"
COLUMNS = "id, amount, name, born, seen, note"
ROWS = 250


@pytest.fixture(scope="module")
def server():
    spec = importlib.util.spec_from_file_location("served_rows", SOURCE)
    module = sys.modules["served_rows"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.ServedRows(table="source", rows=ROWS, sink="sink", users={"bench": "bench"}) as emulator:
        with oracledb.connect(**emulator.connect_args) as connection, connection.cursor() as cursor:
            for table in ("source", "sink", "other"):
                cursor.execute(
                    f"CREATE TABLE {table} (id NUMBER(9), amount NUMBER(12,2), name VARCHAR2(4000), born DATE,"
                    " seen TIMESTAMP(6), note VARCHAR2(20))"
                )
            cursor.execute(
                "INSERT INTO source SELECT level, level / 7, RPAD('Zoë', MOD(level * 37, 400) + 1, 'é'), DATE '2024-02-29' + level,"
                " TIMESTAMP '2024-02-29 12:00:00' + NUMTODSINTERVAL(level / 3, 'SECOND'),"
                " CASE WHEN MOD(level, 2) = 0 THEN 'even' END FROM dual CONNECT BY level <= 100"
            )
            connection.commit()
        yield emulator
    del sys.modules["served_rows"]


@pytest.fixture
def connection(server):
    with oracledb.connect(**server.connect_args, sdu=512) as connected:
        connected.call_timeout = 20_000
        server.take_committed()
        yield connected


def repeated(connection, columns: str, handler=None) -> list[tuple]:
    """What the emulator itself gives, over and over."""
    with connection.cursor() as cursor:
        cursor.outputtypehandler = handler
        rows = cursor.execute(f"SELECT {columns} FROM source WHERE 1 = 1").fetchall()
    assert len(rows) == 100
    return (rows * 3)[:ROWS]


@pytest.mark.parametrize("prefetch", [0, 2, 100, 1000])
@pytest.mark.parametrize("arraysize", [1, 7, 125, 250, 1000])
def test_any_fetch_size_gives_the_emulators_rows(connection, prefetch, arraysize):
    with connection.cursor() as cursor:
        cursor.prefetchrows, cursor.arraysize = prefetch, arraysize
        assert cursor.execute("SELECT * FROM source").fetchall() == repeated(connection, "*")


@pytest.mark.parametrize(
    ("columns", "table"),
    [
        ("note, ID", "source"),
        ('"SEEN", "ID", "NAME"', '"BENCH"."SOURCE"'),
        ("bench.source.amount, bench.source.born", "bench.source"),
        ("name,\n note", "source"),
    ],
)
def test_columns_come_as_they_are_asked_for(connection, columns, table):
    with connection.cursor() as cursor:
        assert cursor.execute(f"SELECT {columns} FROM {table}").fetchall() == repeated(connection, columns)


def test_a_client_may_want_text(connection):
    def as_text(cursor, metadata):
        return cursor.var(str, arraysize=cursor.arraysize)

    with connection.cursor() as cursor:
        cursor.outputtypehandler = as_text
        assert cursor.execute("SELECT id, amount FROM source").fetchall() == repeated(connection, "id, amount", as_text)


def test_a_cursor_that_is_executed_again_begins_anew(connection):
    with connection.cursor() as cursor:
        first = cursor.execute("SELECT id FROM source").fetchmany(30)
        assert cursor.execute("SELECT id FROM source").fetchmany(30) == first


def test_only_plain_columns_are_served(connection):
    with connection.cursor() as cursor:
        assert cursor.execute("SELECT COUNT(*) FROM source").fetchone() == (100,)
        assert len(cursor.execute("SELECT id FROM source ORDER BY id").fetchall()) == 100


INSERT = f"INSERT INTO sink ({COLUMNS}) VALUES (:1, :2, :3, :4, :5, :6)"


@pytest.mark.parametrize("statement", [INSERT, 'INSERT INTO "BENCH"."SINK" VALUES (:a, :b, :c, :d, :e, :f)'])
def test_rows_are_counted_when_they_are_committed(server, connection, statement):
    rows = repeated(connection, COLUMNS)
    with connection.cursor() as cursor:
        for count in (250, 1, 17):
            cursor.executemany(statement, rows[:count])
            assert cursor.rowcount == count
        assert server.take_committed() == 0
        connection.commit()
        assert server.take_committed() == 268
        cursor.executemany(statement, rows)
        connection.rollback()
        connection.commit()
    assert server.take_committed() == 0


def test_values_are_not_stored_but_those_of_other_tables_are(server, connection):
    rows = repeated(connection, COLUMNS)
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)
        cursor.setinputsizes(None, None, None, None, oracledb.DB_TYPE_TIMESTAMP, None)
        cursor.executemany(INSERT.replace("sink", "other"), rows)
        connection.commit()
        assert cursor.execute("SELECT COUNT(*) FROM sink WHERE 1 = 1").fetchone() == (0,)
        stored = cursor.execute("SELECT * FROM other ORDER BY id").fetchall()
    assert stored == sorted(rows, key=lambda row: row[0])
    assert server.take_committed() == 250


def test_a_last_packet_may_be_full(server, connection):
    """The length of a request goes through all that fit into two packets, so that each end within one is met."""
    with connection.cursor() as cursor:
        cursor.setinputsizes(None, 200)
        for length in range(1100):
            texts = ["x" * min(200, max(0, length - 200 * number)) for number in range(6)]
            cursor.executemany("INSERT INTO sink (id, name) VALUES (:1, :2)", list(enumerate(texts)))
            assert cursor.rowcount == 6
    connection.commit()
    assert server.take_committed() == 6600


def test_values_of_any_length_are_passed_over(server, connection):
    with connection.cursor() as cursor:
        for length in (252, 253, 500, 505, 2000, 4000, 40_000):
            cursor.executemany("INSERT INTO sink (id, name) VALUES (:1, :2)", [(1, "y" * length)] * 20)
            assert cursor.rowcount == 20
    connection.commit()
    assert server.take_committed() == 140
