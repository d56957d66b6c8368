"""Direct path load: rows of every size and type arrive as they were, and only when the load is finished."""

from __future__ import annotations

import datetime
from typing import Any

import oracledb
import pytest
from flext_oracle_emulator.backend.base import ColumnInfo, Lob, OracleType
from flext_oracle_emulator.ttc import codecs

DAY = datetime.datetime(2024, 2, 29, 1, 2, 3)


def test_rows_are_loaded(backend: Any, connection: oracledb.Connection) -> None:
    backend.direct_path_columns = [
        ColumnInfo("N", OracleType.NUMBER, 22),
        ColumnInfo("S", OracleType.VARCHAR, 80, char_size=20, csfrm=1),
        ColumnInfo("D", OracleType.DATE, 7),
        ColumnInfo("T", OracleType.TIMESTAMP, 11, scale=6),
        ColumnInfo("C", OracleType.CLOB, 4000, csfrm=1),
        ColumnInfo("B", OracleType.BLOB, 4000),
    ]
    rows = [(n, f"é {n}" if n % 2 else None, DAY, DAY, "clob é" * n, bytes(n)) for n in range(1, 300)]
    connection.direct_path_load("scott", "t", ["n", "s", "d", "t", "c", "b"], rows, batch_size=100)
    assert backend.direct_path_calls == [("SCOTT", "T", ("N", "S", "D", "T", "C", "B"))]
    assert len(backend.loaded) == 299
    number, text, day, moment, clob, blob = backend.loaded[6]
    assert (number, text) == (codecs.encode_number(7), "é 7".encode())
    assert (day, moment) == (codecs.encode_date(DAY), codecs.encode_timestamp(DAY))
    assert (clob, blob) == (Lob(OracleType.CLOB, "clob é" * 7, 1), Lob(OracleType.BLOB, bytes(7)))
    assert backend.loaded[7][1] is None


def test_wide_rows_and_large_values(backend: Any, connection: oracledb.Connection) -> None:
    backend.direct_path_columns = [
        *[ColumnInfo(f"C{n}", OracleType.NUMBER, 22) for n in range(300)],
        ColumnInfo("C", OracleType.CLOB, 4000, csfrm=1),
    ]
    text = "0123456789" * 20_000
    names = [column.name for column in backend.direct_path_columns]
    connection.direct_path_load("scott", "t", names, [(*range(300), text), (*range(300), None)])
    assert [codecs.decode_number(value) for value in backend.loaded[0][:300]] == list(range(300))
    assert backend.loaded[0][300].data == text
    assert backend.loaded[1][300] is None


def test_errors(backend: Any, connection: oracledb.Connection) -> None:
    backend.direct_path_columns = [ColumnInfo("N", OracleType.NUMBER, 22)]
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        connection.direct_path_load("scott", "nowhere", ["n"], [(1,)])
    with pytest.raises(oracledb.Error):
        connection.direct_path_load("scott", "t", ["n"], [(1,), ("not a number",)])
    assert backend.loaded == []
    connection.ping()
