"""Connecting: what a client sees of the listener, of logon, and of the session behind it."""

from __future__ import annotations

import datetime
import gc
import socket
import threading
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_oracle_emulator.backend.base import ColumnInfo, OracleType
from flext_oracle_emulator.emulator import Emulator

if TYPE_CHECKING:
    from conftest import FakeBackend


def test_connection_attributes(connection: oracledb.Connection) -> None:
    assert connection.version == "19.3.0.0.0"
    assert connection.db_name == "FREE"
    assert connection.service_name == "FREEPDB1"
    assert (connection.session_id, connection.serial_num) == (42, 4242)
    assert connection.current_schema is None  # told only when it changes
    assert connection.username == "SYSTEM"
    connection.ping()


def test_non_ascii_password(server: Emulator) -> None:
    with oracledb.connect(user="scott", password="tiger ü", dsn=server.dsn) as connection:
        assert connection.username == "scott"


def test_a_proxy_gets_the_session_of_its_client(server: Emulator, backend: FakeBackend) -> None:
    backend.proxies.add(("SYSTEM", "SCOTT"))
    with oracledb.connect(**(server.connect_args | {"user": "system[scott]"})) as connection:
        assert (connection.username, connection.proxy_user) == ("system", "scott")
        session = backend.sessions[-1]
        assert (session.user, session.client["proxy_user"]) == ("SCOTT", "SYSTEM")


def test_application_context(server: Emulator, backend: FakeBackend) -> None:
    values = [("CLIENTCONTEXT", "A", "1"), ("CLIENTCONTEXT", "B", "ü")]
    with oracledb.connect(**server.connect_args, appcontext=values) as connection:
        assert backend.sessions[-1].context == values
        connection.set_app_context("CLIENTCONTEXT", C="3")
        connection.ping()
        assert backend.sessions[-1].context[2:] == [("CLIENTCONTEXT", "C", "3")]


@pytest.mark.parametrize("sdu", [512, 700, 8192, 100_000])
def test_packets_are_no_larger_than_the_client_asked_for(server: Emulator, backend: FakeBackend, sdu: int) -> None:
    text = "x" * 3000
    backend.on_query(
        "select text", [ColumnInfo("T", OracleType.VARCHAR, 4000, char_size=4000, csfrm=1)], [(text.encode(),)]
    )
    with oracledb.connect(**server.connect_args, sdu=sdu) as connection, connection.cursor() as cursor:
        assert connection.sdu == min(sdu, 65535)
        assert cursor.execute("select text").fetchall() == [(text,)]


@pytest.mark.parametrize("size", [30, 31, 1024, 1025])
def test_a_new_password_may_have_30_bytes_in_19c_and_1024_in_23ai(
    server: Emulator, backend: FakeBackend, size: int
) -> None:
    release = backend.version = (23, 9, 0, 0, 0) if size > 100 else backend.version
    with oracledb.connect(**server.connect_args) as connection:
        if size in (30, 1024):
            connection.changepassword("oracle", "a" * size)
            assert backend.passwords["SYSTEM"] == "a" * size
        else:
            with pytest.raises(oracledb.DatabaseError, match="ORA-28218" if release[0] >= 23 else "ORA-00988"):
                connection.changepassword("oracle", "a" * size)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"password": "wrong"}, "ORA-01017: invalid username/password; logon denied"),
        ({"user": "nobody"}, "ORA-01017: invalid username/password; logon denied"),
        ({"user": "locked", "password": "x"}, "ORA-28000"),
        ({"user": "locked", "password": "wrong"}, "ORA-01017"),
        ({"mode": oracledb.AUTH_MODE_SYSDBA}, "ORA-01017"),
        ({"user": "system[scott]"}, "ORA-28150"),
    ],
)
def test_logon_refused(server: Emulator, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match=message):
        oracledb.connect(**(server.connect_args | arguments))


@pytest.mark.parametrize(
    ("connect_data", "message"),
    [
        ("(SERVICE_NAME=nowhere)", "12514"),
        ("(SID=nowhere)", "12505"),
        ("(SERVER=DEDICATED)", "12504"),
    ],
)
def test_unknown_service_is_refused(server: Emulator, connect_data: str, message: str) -> None:
    address = f"(ADDRESS=(PROTOCOL=tcp)(HOST={server.host})(PORT={server.port}))"
    dsn = f"(DESCRIPTION={address}(CONNECT_DATA={connect_data}))"
    with pytest.raises(oracledb.DatabaseError, match=message):
        oracledb.connect(**(server.connect_args | {"dsn": dsn}))


@pytest.mark.parametrize("connect_data", ["(SERVICE_NAME=freepdb1)", "(SID=free)", "(SERVER=pooled)(SERVICE_NAME=x)"])
def test_ways_to_name_the_database(backend: Any, connect_data: str) -> None:
    with Emulator(backend=backend, services=["x"]) as server:
        # A text of more than 230 bytes follows the CONNECT packet in one of its own.
        for filler in ("", f"(CID=(PROGRAM={'p' * 300}))"):
            address = f"(ADDRESS=(PROTOCOL=tcp)(HOST={server.host})(PORT={server.port}))"
            dsn = f"(DESCRIPTION={address}(CONNECT_DATA={connect_data}{filler}))"
            with oracledb.connect(**(server.connect_args | {"dsn": dsn})) as connection:
                connection.ping()


def test_time_zone_is_set_at_logon(backend: Any, connection: oracledb.Connection) -> None:
    statements = [request.sql for request in backend.requests]
    assert len(statements) == 1
    assert statements[0].startswith("ALTER SESSION SET TIME_ZONE=")
    assert "\x00" not in statements[0]


def test_client_is_described_to_the_backend(backend: Any, connection: oracledb.Connection) -> None:
    client = backend.sessions[0].client
    assert client["driver"].startswith("python-oracledb")
    assert client["program"]
    assert client["service_name"] == "FREEPDB1"
    assert client["address"] == "127.0.0.1"
    assert client["protocol"] == "tcp"


def test_change_password(server: Emulator, backend: Any, connection: oracledb.Connection) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-28008"):
        connection.changepassword("wrong", "new")
    connection.changepassword("oracle", "new ü")
    connection.changepassword("new ü", "newer")
    assert backend.passwords["SYSTEM"] == "newer"
    arguments = server.connect_args | {"password": "newer", "newpassword": "newest"}
    with oracledb.connect(**arguments):
        assert backend.passwords["SYSTEM"] == "newest"


def test_end_to_end_attributes_and_current_schema(backend: Any, connection: oracledb.Connection) -> None:
    connection.client_identifier = "someone"
    connection.module = "loader"
    connection.action = "load"
    connection.clientinfo = "info"
    connection.current_schema = "SCOTT"
    connection.ping()
    session = backend.sessions[0]
    assert session.attributes == {
        "client_identifier": "someone",
        "module": "loader",
        "action": "load",
        "client_info": "info",
    }
    assert session.current_schema == connection.current_schema == "SCOTT"
    connection.current_schema = "NOBODY"
    with pytest.raises(oracledb.DatabaseError, match="ORA-01435"):
        connection.ping()


def test_session_ends_with_its_connection(server: Emulator, backend: Any) -> None:
    oracledb.connect(**server.connect_args).close()
    with oracledb.connect(**server.connect_args):
        pass
    assert [session.closed for session in backend.sessions] == [True, True]


def test_server_outlives_clients_that_vanish(server: Emulator, backend: Any) -> None:
    for sent in (b"", b"\x00", b"GET / HTTP/1.1\r\n\r\n", bytes(100), b"\x00\x08\x00\x00\x06\x00\x00\x00"):
        with socket.create_connection((server.host, server.port), timeout=10) as client:
            client.sendall(sent)
            if len(sent) > 8:
                assert client.recv(100) == b""
    with oracledb.connect(**server.connect_args) as connection:
        connection.ping()


def test_pool(server: Emulator) -> None:
    pool = oracledb.create_pool(**server.connect_args, min=1, max=3)
    for _ in range(3):
        with pool.acquire() as connection, connection.cursor() as cursor:
            assert cursor.execute("select 1 from dual").fetchall() == [(1,)]
    pool.close()


def test_server_side_pool(server: Emulator) -> None:
    pool = oracledb.create_pool(
        user="system", password="oracle", dsn=f"{server.dsn}:pooled", min=1, max=2, cclass="class", purity=1
    )
    for _ in range(2):
        with pool.acquire() as connection:
            connection.ping()
    pool.close()


async def test_async_client(server: Emulator) -> None:
    async with oracledb.connect_async(**server.connect_args) as connection:
        with connection.cursor() as cursor:
            await cursor.execute("select 1 from dual")
            assert await cursor.fetchall() == [(1,)]
        await connection.ping()
    pool = oracledb.create_pool_async(**server.connect_args, min=1, max=2)
    async with pool.acquire() as connection:
        assert await connection.fetchone("select 1 from dual") == (1,)
    await pool.close()


async def test_pipeline(server: Emulator) -> None:
    pipeline = oracledb.create_pipeline()
    pipeline.add_fetchall("select 1 from dual")
    pipeline.add_fetchall("select nothing")
    pipeline.add_fetchone("select 1 from dual")
    async with oracledb.connect_async(**server.connect_args) as connection:
        results = await connection.run_pipeline(pipeline, continue_on_error=True)
        assert results[0].rows == [(1,)]
        assert results[1].error.full_code == "ORA-00942"
        assert results[2].rows == [(1,)]
        with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
            await connection.run_pipeline(pipeline)
        await connection.ping()


def test_statement_log(server: Emulator, connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor, pytest.raises(oracledb.DatabaseError):
        cursor.execute("select :1, :2 from nowhere", ["secret", datetime.date(2020, 1, 1)])
    record = server.statements[-1]
    assert record.sql == "select :1, :2 from nowhere"
    assert record.bind_types == ("VARCHAR", "DATE")
    assert (record.user, record.error) == ("SYSTEM", 942)
    assert "secret" not in repr(server.statements)


def test_internal_error_ends_the_connection_only(
    server: Emulator, backend: Any, caplog: pytest.LogCaptureFixture
) -> None:
    backend.on("select bug from dual", lambda _: ZeroDivisionError("bug"))
    connection = oracledb.connect(**server.connect_args)
    with connection.cursor() as cursor, pytest.raises(oracledb.DatabaseError, match="ORA-00600"):
        cursor.execute("select bug from dual")
    assert "ZeroDivisionError" in caplog.text
    with oracledb.connect(**server.connect_args) as another:
        another.ping()


# The driver leaves the socket of a connection that the server closes to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_unknown_calls_are_refused_by_name(server: Emulator, connection: oracledb.Connection) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-03001"):
        connection.tpc_begin(connection.xid(1, b"g", b"b"))
    with pytest.raises(oracledb.DatabaseError, match="ORA-03001: unimplemented feature: TTC function 121"):
        connection.queue("Q").enqone(connection.msgproperties(payload=b"x"))
    gc.collect()


def test_async_emulator_serves_in_the_running_loop(backend: Any) -> None:
    import asyncio

    from flext_oracle_emulator import AsyncEmulator

    async def main() -> Any:
        async with AsyncEmulator(backend=backend) as db, oracledb.connect_async(**db.connect_args) as connection:
            return await connection.fetchone("select 1 from dual")

    assert asyncio.run(main()) == (1,)


def test_forgotten_connections_are_collected_outside_of_the_server_thread(server: Emulator) -> None:
    class Holder:
        pass

    def forget() -> None:
        holder = Holder()
        holder.itself = holder  # type: ignore[attr-defined]
        holder.connection = oracledb.connect(**server.connect_args)  # type: ignore[attr-defined]

    finalized_in = []

    def note(phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            finalized_in.append(threading.current_thread().name)

    gc.callbacks.append(note)
    try:
        for _ in range(3):
            forget()
        with oracledb.connect(**server.connect_args) as connection:
            for _ in range(300):
                connection.cursor().execute("select 1 from dual").fetchall()
    finally:
        gc.callbacks.remove(note)
        gc.collect()  # while the server is there to say goodbye to
    assert finalized_in
    assert "flext-oracle-emulator" not in finalized_in
