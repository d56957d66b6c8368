"""Cancelling: the running statement ends with ORA-01013 and the connection stays usable."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import oracledb
import pytest
from flext_oracle_emulator.emulator import Emulator


def wait_until_running(backend: Any) -> None:
    reached = threading.Event()
    while not any(request.sql == "begin wait; end;" for request in backend.requests):
        reached.wait(0.005)


def assert_usable(connection: oracledb.Connection) -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("select 1 from dual").fetchall() == [(1,)]


def test_cancel_from_another_thread(backend: Any, connection: oracledb.Connection) -> None:
    for _ in range(3):
        backend.requests.clear()

        def cancel() -> None:
            wait_until_running(backend)
            connection.cancel()

        thread = threading.Thread(target=cancel)
        thread.start()
        with connection.cursor() as cursor, pytest.raises(oracledb.DatabaseError, match="ORA-01013"):
            cursor.execute("begin wait; end;")
        thread.join()
        assert_usable(connection)


def test_call_timeout(connection: oracledb.Connection) -> None:
    connection.call_timeout = 100
    with connection.cursor() as cursor, pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
        cursor.execute("begin wait; end;")
    connection.call_timeout = 0
    assert_usable(connection)


def test_cancel_of_an_idle_connection_hits_the_next_call(connection: oracledb.Connection) -> None:
    connection.cancel()
    with pytest.raises(oracledb.DatabaseError, match="ORA-01013"):
        connection.ping()
    assert_usable(connection)


def test_client_that_vanishes_stops_its_statement(server: Emulator, backend: Any) -> None:
    connection = oracledb.connect(**server.connect_args)
    thread_error: list[Exception] = []

    def run() -> None:
        with connection.cursor() as cursor:
            try:
                cursor.execute("begin wait; end;")
            except oracledb.Error as error:
                thread_error.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_until_running(backend)
    server._loop.call_soon_threadsafe(  # the transport is aborted, as when the peer's process dies
        lambda: [writer.transport.abort() for writer in server._server._clients.values()]
    )
    thread.join()
    assert thread_error
    while not backend.sessions[0].closed:
        threading.Event().wait(0.005)


async def test_cancel_of_an_async_statement(backend: Any, server: Emulator) -> None:
    async with oracledb.connect_async(**server.connect_args) as connection:
        with connection.cursor() as cursor:
            task = asyncio.create_task(cursor.execute("begin wait; end;"))
            while not any(request.sql == "begin wait; end;" for request in backend.requests):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            connection.cancel()
            with pytest.raises(oracledb.DatabaseError, match="ORA-01013"):
                await task
            assert await connection.fetchone("select 1 from dual") == (1,)
        connection.call_timeout = 100
        with connection.cursor() as cursor, pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
            await cursor.execute("begin wait; end;")


def test_stop_does_not_wait_for_statements(backend: Any) -> None:
    errors: list[Exception] = []
    with Emulator(backend=backend) as server:
        connection = oracledb.connect(**server.connect_args)

        def run() -> None:
            with connection.cursor() as cursor:
                try:
                    cursor.execute("begin wait; end;")
                except oracledb.Error as error:
                    errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        wait_until_running(backend)
    thread.join()
    assert errors
    assert backend.sessions[0].closed
