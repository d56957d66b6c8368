"""LOBs: locators, content in line, and changes that reach the stored row."""

from __future__ import annotations

from typing import Any

import oracledb
import pytest
from flext_oracle_emulator.backend.base import (
    BindDirection,
    ColumnInfo,
    ExecuteRequest,
    ExecuteResult,
    Lob,
    OracleType,
    StatementType,
)
from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.ttc.codecs import encode_number

COLUMNS = [
    ColumnInfo("N", OracleType.NUMBER, 22),
    ColumnInfo("C", OracleType.CLOB, 4000, csfrm=1),
    ColumnInfo("NC", OracleType.CLOB, 4000, csfrm=2),
    ColumnInfo("B", OracleType.BLOB, 4000),
]
TEXT = "clob text é😀" * 3
LONG_TEXT = "0123456789é" * 20_000


def teach(backend: Any, rows: int = 5, text: str = TEXT) -> None:
    def answer(_: ExecuteRequest) -> ExecuteResult:
        listed: list[tuple[Any, ...]] = [
            (
                encode_number(n),
                Lob(OracleType.CLOB, text, 1, source=("C", n)),
                Lob(OracleType.CLOB, "ŝ" + text, 2),
                Lob(OracleType.BLOB, bytes([n]) * 1000, source=("B", n)),
            )
            for n in range(rows - 1)
        ]
        listed.append((encode_number(99), None, None, None))
        return ExecuteResult(StatementType.SELECT, result_set=backend.result_set(COLUMNS, listed))

    backend.on("select * from t", answer)


@pytest.mark.parametrize("text", [TEXT, LONG_TEXT])
def test_fetch_by_locator(backend: Any, connection: oracledb.Connection, text: str) -> None:
    teach(backend, text=text)
    with connection.cursor() as cursor:
        for _ in range(2):
            rows = [
                (n, clob and clob.read(), nclob and nclob.read(), blob and blob.read())
                for n, clob, nclob, blob in cursor.execute("select * from t")
            ]
            assert rows == [(n, text, "ŝ" + text, bytes([n]) * 1000) for n in range(4)] + [(99, None, None, None)]


def in_line(cursor: oracledb.Cursor, info: oracledb.FetchInfo) -> oracledb.Var | None:
    if info.type_code in (oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_NCLOB):
        return cursor.var(oracledb.DB_TYPE_LONG, arraysize=cursor.arraysize)
    if info.type_code is oracledb.DB_TYPE_BLOB:
        return cursor.var(oracledb.DB_TYPE_LONG_RAW, arraysize=cursor.arraysize)
    return None


@pytest.mark.parametrize("text", [TEXT, LONG_TEXT])
def test_fetch_in_line(backend: Any, connection: oracledb.Connection, text: str) -> None:
    teach(backend, rows=250, text=text[:1000])
    with connection.cursor() as cursor:
        cursor.outputtypehandler = in_line
        for _ in range(2):
            rows = cursor.execute("select * from t").fetchall()
            assert rows[3] == (3, text[:1000], "ŝ" + text[:1000], b"\x03" * 1000)
            assert rows[249] == (99, None, None, None)
            assert len(rows) == 250


def test_fetch_without_locators_by_default(
    backend: Any, connection: oracledb.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", False)
    teach(backend)
    with connection.cursor() as cursor:
        rows = cursor.execute("select * from t").fetchall()
        assert rows[0] == (0, TEXT, "ŝ" + TEXT, bytes(1000))
        frame = connection.fetch_df_all("select * from t")
        assert frame.num_rows() == 5


def test_read_pieces_count_utf16_units(backend: Any, connection: oracledb.Connection) -> None:
    teach(backend)
    units = TEXT.encode("utf-16-be")
    with connection.cursor() as cursor:
        _, clob, _, blob = cursor.execute("select * from t").fetchone()
        assert clob.size() == len(units) // 2
        assert clob.read(6, 6) == "text é"
        assert clob.read(14) == units[26:].decode("utf-16-be")
        assert clob.read(1000, 5) == ""
        assert blob.size() == 1000
        assert blob.read(999, 10) == bytes(2)
        assert blob.getchunksize() > 0


def test_changes_reach_the_row(backend: Any, connection: oracledb.Connection) -> None:
    teach(backend)
    with connection.cursor() as cursor:
        _, clob, _, blob = cursor.execute("select * from t").fetchone()
        clob.write("CLOB", 1)
        clob.write("!", len(TEXT.encode("utf-16-be")) // 2 + 3)
        clob.trim(9)
        blob.write(b"\xff" * 3, 999)
    changed = "CLOB" + TEXT[4:]
    assert backend.written == [
        (("C", 0), changed),
        (("C", 0), changed + "  !"),
        (("C", 0), changed[:9]),
        (("B", 0), bytes(998) + b"\xff" * 3),
    ]


def test_lob_open_and_close(backend: Any, connection: oracledb.Connection) -> None:
    teach(backend)
    with connection.cursor() as cursor:
        clob = cursor.execute("select * from t").fetchone()[1]
        assert not clob.isopen()
        clob.open()
        assert clob.isopen()
        with pytest.raises(oracledb.DatabaseError, match="ORA-22293"):
            clob.open()
        clob.close()
        with pytest.raises(oracledb.DatabaseError, match="ORA-22289"):
            clob.close()
        with pytest.raises(oracledb.DatabaseError, match="ORA-22926"):
            clob.trim(10_000)


def test_temporary_lobs_are_bound_by_content(backend: Any, connection: oracledb.Connection) -> None:
    requests: list[ExecuteRequest] = []

    def answer(request: ExecuteRequest) -> ExecuteResult:
        requests.append(request)
        return ExecuteResult(StatementType.INSERT, 1)

    backend.on("insert into t values (:1, :2, :3, :4)", answer)
    with connection.cursor() as cursor:
        clob = connection.createlob(oracledb.DB_TYPE_CLOB, LONG_TEXT)
        nclob = connection.createlob(oracledb.DB_TYPE_NCLOB)
        nclob.write("ŝ😀")
        blob = connection.createlob(oracledb.DB_TYPE_BLOB, bytes(3_000_000))
        empty = cursor.var(oracledb.DB_TYPE_CLOB)
        cursor.execute("insert into t values (:1, :2, :3, :4)", [clob, nclob, blob, empty])
    (row,) = requests[0].rows
    assert [lob and lob.data for lob in row] == [LONG_TEXT, "ŝ😀", bytes(3_000_000), None]


def test_lobs_in_plsql(backend: Any, connection: oracledb.Connection) -> None:
    def answer(request: ExecuteRequest) -> ExecuteResult:
        (given,) = request.rows
        out = Lob(OracleType.CLOB, given[0].data.upper(), 1)
        return ExecuteResult(
            StatementType.PLSQL, 1, directions=[BindDirection.IN, BindDirection.OUT], out_values=[(out,)]
        )

    backend.on("begin :2 := upper(:1); end;", answer)
    backend.on("begin p(:1, :2); end;", answer)
    with connection.cursor() as cursor:
        out = cursor.var(oracledb.DB_TYPE_CLOB)
        cursor.execute("begin p(:1, :2); end;", ["a" * 40_000, out])
        assert out.getvalue().read() == "A" * 40_000


def test_locators_that_clients_drop_are_forgotten(backend: Any, server: Any, connection: oracledb.Connection) -> None:
    from flext_oracle_emulator.session import ClientSession

    sessions: list[ClientSession] = []
    original = ClientSession.handle

    async def spy(self: ClientSession, request: Any) -> Any:
        sessions.append(self)
        return await original(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientSession, "handle", spy)
        teach(backend)
        with connection.cursor() as cursor:
            for _ in range(20):
                for _ in cursor.execute("select * from t"):
                    pass
        connection.ping()
    assert len(sessions[-1].lobs) < 20


def test_a_failed_write_changes_nothing(backend: Any, connection: oracledb.Connection) -> None:
    teach(backend)
    with connection.cursor() as cursor:
        clob = cursor.execute("select * from t").fetchone()[1]

        async def refuse(lob: Lob) -> None:
            raise OracleError(22920, "row containing the LOB value is not locked")

        backend.sessions[0].write_lob = refuse
        with pytest.raises(oracledb.DatabaseError, match="ORA-22920"):
            clob.write("x")
        assert clob.read() == TEXT


async def test_lobs_of_an_async_client(backend: Any, server: Any) -> None:
    teach(backend)
    async with oracledb.connect_async(**server.connect_args) as connection:
        with connection.cursor() as cursor:
            await cursor.execute("select * from t")
            _, clob, _, blob = await cursor.fetchone()
            assert await clob.read() == TEXT
            assert await blob.read() == bytes(1000)
