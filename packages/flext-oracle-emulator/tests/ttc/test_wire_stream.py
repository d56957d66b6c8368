"""The wire parser on what a real driver sent: whole, byte by byte, cut anywhere, with trailing bytes, and damaged."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import oracledb
import pytest
from flext_oracle_emulator.backend.base import BindDirection, ColumnInfo, ExecuteResult, Lob, OracleType, StatementType
from flext_oracle_emulator.cursors import CursorTable
from flext_oracle_emulator.emulator import Emulator
from flext_oracle_emulator.sql.binds import scan_statement
from flext_oracle_emulator.tns.errors import RemoteProtocolError
from flext_oracle_emulator.ttc.capabilities import PROFILE_19C, PROFILE_23AI
from flext_oracle_emulator.ttc.codecs import encode_number
from flext_oracle_emulator.ttc.connection import Connection, ConnectRequest, Negotiation, Request, Signal
from flext_oracle_emulator.ttc.messages.execute import Execute
from hypothesis import given, settings
from hypothesis import strategies as st

PROFILES = {19: PROFILE_19C, 23: PROFILE_23AI}
LONG_TEXT = "ü" * 70_000


class Recorder:
    """A proxy for one connection, which keeps what the client sends."""

    def __init__(self, port: int) -> None:
        self.sent = bytearray()
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            back = threading.Thread(target=self._pump, args=(server, client, bytearray()))
            back.start()
            self._pump(client, server, self.sent)
            back.join()

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
        while data := source.recv(65536):
            kept += data
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)

    def finish(self) -> bytes:
        self._thread.join()
        self._listener.close()
        return bytes(self.sent)


def talk(connection: oracledb.Connection) -> None:
    """A bit of everything that a client can say."""
    with connection.cursor() as cursor:
        cursor.execute("select n, t from t").fetchall()
        cursor.execute("select n, t from t").fetchall()
        cursor.executemany("insert into t values (:1, :2)", [(i, f"row {i}") for i in range(50)])
        cursor.executemany("insert into t values (:1, :2)", [(1, LONG_TEXT), (2, None)])
        cursor.execute("insert into t values (:1, :2)", [3, "x"])
        cursor.execute("insert into t values (:1, :2)", [4, "y"])
        cursor.execute("select c from t")
        (lob,) = cursor.fetchone()
        lob.read(1, 3)
    connection.module = "module"
    connection.current_schema = "OTHER"
    connection.ping()
    temporary = connection.createlob(oracledb.DB_TYPE_CLOB)
    temporary.write("some text")
    temporary.trim(4)
    connection.direct_path_load("S", "T", ["N"], [(1,), (2,), (None,)])
    connection.commit()
    connection.rollback()
    connection.changepassword("oracle", "other")


@pytest.fixture(scope="module", params=[19, 23])
def capture(request: pytest.FixtureRequest, backend_class: type[Any]) -> Iterator[tuple[int, bytes]]:
    backend = backend_class()
    number = ColumnInfo("N", OracleType.NUMBER, 22, 0, -127)
    text = ColumnInfo("T", OracleType.VARCHAR, 100, char_size=100, csfrm=1)
    backend.on_query("select n, t from t", [number, text], [(encode_number(i), b"text") for i in range(300)])
    lob = Lob(OracleType.CLOB, "the content", 1)
    backend.on_query("select c from t", [ColumnInfo("C", OracleType.CLOB, 4000, csfrm=1)], [(lob,)])
    backend.on("insert into t values (:1, :2)", lambda _: ExecuteResult(StatementType.INSERT, 1))
    backend.direct_path_columns = [number]
    with Emulator(backend=backend, compatible=request.param) as emulator:
        recorder = Recorder(emulator.port)
        arguments: dict[str, Any] = emulator.connect_args | {"dsn": f"127.0.0.1:{recorder.port}/FREEPDB1"}
        with oracledb.connect(**arguments) as connection:
            talk(connection)
        yield request.param, recorder.finish()


@dataclass
class Reader:
    """A server's side without a socket: answers what the parser waits for, and keeps what it read."""

    compatible: int
    events: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cursors = CursorTable()
        self.connection = Connection(PROFILES[self.compatible], 8192, self.cursors)

    def feed(self, data: bytes) -> None:
        self.connection.receive_data(data)
        while (event := self.connection.next_event()) is not None:
            self.events.append(event)
            match event:
                case ConnectRequest():
                    self.connection.accept()
                case Negotiation(reply):
                    self.connection.negotiated(reply)
                case Request(call=Execute() as call):
                    cursor = self.cursors.find(call.cursor_id) if call.cursor_id in self.cursors else None
                    cursor = cursor or self.cursors.open(call.sql or "", scan_statement(call.sql or ""))
                    if call.binds is not None:
                        cursor.binds = call.binds
                        cursor.directions = [BindDirection.IN] * len(call.binds)
                case Signal.BREAK:
                    self.connection.send_break()
                case Signal.RESET:
                    self.connection.send_reset()
                case Signal.CLOSED:
                    return


def connect_end(data: bytes) -> int:
    """Where the client waits for ACCEPT: behind CONNECT, and the packet of its descriptor if that is a long one."""
    end = int.from_bytes(data[:2], "big")
    inline, whole = end - int.from_bytes(data[26:28], "big"), int.from_bytes(data[24:26], "big")
    return end if inline >= whole else end + int.from_bytes(data[end : end + 2], "big")


def read(compatible: int, data: bytes, cuts: list[int] | None = None) -> list[object]:
    reader = Reader(compatible)
    start = 0
    for end in [*sorted({connect_end(data), *(cuts or ())}), len(data)]:
        reader.feed(data[start:end])
        start = end
    return reader.events


def test_each_byte_alone_gives_what_the_whole_gives(capture: tuple[int, bytes]) -> None:
    compatible, data = capture
    whole = read(compatible, data)
    assert sum(isinstance(event, Request) for event in whole) > 20
    assert whole[-1] is Signal.CLOSED
    assert [call.rows[0][1] for call in calls(whole) if call.rows and len(call.rows) == 2] == [LONG_TEXT.encode()]
    assert read(compatible, data, list(range(len(data)))) == whole


def calls(events: list[object]) -> list[Execute]:
    return [event.call for event in events if isinstance(event, Request) and isinstance(event.call, Execute)]


@settings(max_examples=40, deadline=None)
@given(places=st.lists(st.integers(0, 10**6), max_size=60))
def test_packets_cut_anywhere_give_the_same(capture: tuple[int, bytes], places: list[int]) -> None:
    compatible, sent = capture
    assert read(compatible, sent, [place % len(sent) for place in places]) == read(compatible, sent)


def test_nothing_is_made_of_what_comes_after_the_end(capture: tuple[int, bytes]) -> None:
    compatible, data = capture
    assert read(compatible, data + b"\x00\x00\x00\x20\x06\x00") == read(compatible, data)


def damaged(data: bytes, source: random.Random) -> bytes:
    """A copy with bytes changed, left out, put in or repeated."""
    changed = bytearray(data)
    for _ in range(source.randint(1, 6)):
        place = source.randrange(len(changed))
        match source.randrange(4):
            case 0:
                changed[place] = source.choice((0, 1, 0x7F, 0xFD, 0xFE, 0xFF, source.randrange(256)))
            case 1:
                del changed[place : place + source.randint(1, 9)]
            case 2:
                changed[place:place] = source.randbytes(source.randint(1, 9))
            case 3:
                changed[place:place] = changed[place : place + source.randint(1, 200)]
    return bytes(changed)


def test_damaged_streams_are_a_protocol_error_or_nothing(capture: tuple[int, bytes]) -> None:
    compatible, data = capture
    head = len(data) if len(data) < 30_000 else 30_000
    source = random.Random(compatible)
    refused = 0
    for _ in range(400):
        broken = damaged(data[: source.randint(100, head)], source)
        reader = Reader(compatible)
        try:
            for start in range(0, len(broken), 3000):
                reader.feed(broken[start : start + 3000])
        except RemoteProtocolError:
            refused += 1
        assert reader.connection.buffered <= len(broken)
    assert refused > 50


def test_noise_is_a_protocol_error_or_nothing() -> None:
    source = random.Random(1)
    for compatible in (19, 23):
        for _ in range(500):
            reader = Reader(compatible)
            noise = source.randbytes(source.randint(1, 400))
            if source.random() < 0.5:  # a packet's head with the right type and any length
                noise = bytes((0, source.randrange(256), 0, 0, source.choice((1, 6, 12)), 0, 0, 0)) + noise
            try:
                reader.feed(noise)
            except RemoteProtocolError:
                continue
            assert reader.connection.buffered <= len(noise)


def test_a_server_that_was_sent_damaged_streams_goes_on(capture: tuple[int, bytes], server: Emulator) -> None:
    _, data = capture
    source = random.Random(7)
    for _ in range(60):
        with socket.create_connection((server.host, server.port)) as client:
            client.settimeout(5)
            client.sendall(damaged(data[: source.randint(60, 9000)], source))
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
    with oracledb.connect(**server.connect_args) as connection, connection.cursor() as cursor:
        assert cursor.execute("select 1 from dual").fetchall() == [(1,)]
