"""A database for the tests that need one: the emulator, or the one of `--oracle-dsn` (see flext_oracle_emulator)."""

import itertools
import socket
import threading
from contextlib import suppress

import pytest
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig
from pydantic import SecretStr

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def config(oracle_dsn):
    return FlextDbOracleConfig.from_url(oracle_dsn, pool_max=4)


@pytest.fixture
def api(config):
    with FlextDbOracleApi(config) as opened:
        yield opened


@pytest.fixture
def session(api):
    with api.session() as opened:
        yield opened


@pytest.fixture
def schema(session):
    return session.current_schema()


@pytest.fixture
def make_table(api):
    """`make_table("id NUMBER, name VARCHAR2(10)")` creates a table, gives its name, and drops it at the end."""
    names = []

    def make(columns, options=""):
        name = f"FDB_T{next(_numbers)}"
        if api.table_exists(None, name).unwrap():
            api.execute_ddl(f"DROP TABLE {name} PURGE").unwrap()
        api.execute_ddl(f"CREATE TABLE {name} ({columns}) {options}".strip()).unwrap()
        names.append(name)
        return name

    yield make
    for name in names:
        api.execute_ddl(f"DROP TABLE {name} PURGE").unwrap()


@pytest.fixture
def make_user(api, config):
    """`make_user("CREATE SESSION", ...)` creates a user with these grants only, gives its settings, drops it again."""
    names = []

    def make(*grants):
        name = f"FDB_U{next(_numbers)}"
        if api.execute_query("SELECT 1 FROM all_users WHERE username = :u", {"u": name}).unwrap().rows:
            api.execute_ddl(f"DROP USER {name} CASCADE").unwrap()
        api.execute_ddl(f'CREATE USER {name} IDENTIFIED BY "Reader_1" QUOTA UNLIMITED ON users').unwrap()
        names.append(name)
        for grant in grants:
            api.execute_ddl(f"GRANT {grant} TO {name}").unwrap()
        return config.model_copy(update={"username": name, "password": SecretStr("Reader_1")})

    yield make
    for name in names:
        api.execute_ddl(f"DROP USER {name} CASCADE").unwrap()


@pytest.fixture
def make_view(api):
    """`make_view("SELECT ...")` creates a view, gives its name, and drops it at the end."""
    names = []

    def make(query):
        name = f"FDB_V{next(_numbers)}"
        api.execute_ddl(f"CREATE OR REPLACE VIEW {name} AS {query}").unwrap()
        names.append(name)
        return name

    yield make
    for name in names:
        api.execute_ddl(f"DROP VIEW {name}").unwrap()


class Relay:
    """A port that passes bytes on to the server that `meet(client)` names by host and port, or to none."""

    def __init__(self, meet):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._meet, self._threads, self._sockets = meet, [], []
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)

    def _start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(client)
            address = self._meet(client)
            if address is not None:
                server = socket.create_connection(address)
                self._sockets.append(server)
                self._start(self._pass, client, server)
                self._start(self._pass, server, client)

    def _pass(self, source, sink):
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def close(self):
        for held in (self._listener, *self._sockets):
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for held in (self._listener, *self._sockets):
            held.close()


@pytest.fixture
def make_relay():
    """`make_relay(meet)` gives a `Relay` and closes it at the end."""
    relays = []

    def make(meet):
        relays.append(Relay(meet))
        return relays[-1]

    yield make
    for relay in relays:
        relay.close()
