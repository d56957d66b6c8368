"""Ways to use it from Python: `Emulator` and its twin, TLS, the SCAN listener, a container's stand-in, pytest fixtures."""

from __future__ import annotations

import gc
import ssl
from pathlib import Path

import oracledb
import pytest
import sqlalchemy
from flext_oracle_emulator import AsyncEmulator, Emulator
from flext_oracle_emulator.testcontainers import OracleDbContainer
from flext_oracle_emulator.tls import make_certificate


def fetch_user(arguments: dict[str, str]) -> object:
    with oracledb.connect(**arguments) as connection, connection.cursor() as cursor:
        return cursor.execute("select user from dual").fetchone()[0]


@pytest.mark.parametrize("compatible", [19, 23])
def test_every_kind_of_logon(compatible: int) -> None:
    with Emulator(compatible=compatible, users=["app/secret"], tls=True, verifier="11g") as db:
        assert fetch_user(db.connect_args) == "APP"
        descriptor = (
            f"(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST={db.host})(PORT={db.port}))"
            f"(CONNECT_DATA=(SID=freepdb1)(SERVER=pooled))(SECURITY=(MY_WALLET_DIRECTORY={db.wallet})))"
        )
        assert fetch_user({"user": "app", "password": "secret", "dsn": descriptor}) == "APP"
        with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
            oracledb.connect(**(db.connect_args | {"password": "wrong"}))
        with oracledb.connect(**db.connect_args) as connection:
            connection.changepassword("secret", "other")
        assert fetch_user(db.connect_args | {"password": "other"}) == "APP"
    assert not Path(str(db.wallet)).exists()


@pytest.mark.parametrize(("tls", "protocol"), [(False, "tcp"), (True, "tcps")])
def test_a_session_knows_its_network_protocol(tls: bool, protocol: str) -> None:
    with Emulator(users=["app/secret"], tls=tls) as db, oracledb.connect(**db.connect_args) as connection:
        cursor = connection.cursor()
        cursor.execute("select sys_context('userenv', 'network_protocol') from dual")
        assert cursor.fetchone() == (protocol,)


# The driver leaves the socket that it was redirected from to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("tls", [False, True])
def test_the_scan_listener_sends_clients_on(tls: bool) -> None:
    with Emulator(users=["app/secret"], tls=tls, scan_port=0) as db:
        assert fetch_user(db.connect_args | {"dsn": db.scan_dsn}) == "APP"
        gc.collect()
        assert db.scan_dsn != db.dsn


# The driver leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_client_that_does_not_know_the_certificate_refuses_the_server() -> None:
    with Emulator(users=["app/secret"], tls=True) as db:
        with pytest.raises(oracledb.OperationalError, match="DPY-6005"):
            oracledb.connect(**(db.connect_args | {"wallet_location": "SYSTEM"}))
        gc.collect()
        assert fetch_user(db.connect_args) == "APP"


def test_clients_show_their_certificate(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path / "client", "localhost")
    with Emulator(users=["app/secret"], tls=True, tls_ca=certificate) as db:
        context = ssl.create_default_context(cafile=str(Path(str(db.wallet)) / "ewallet.pem"))
        arguments = {name: value for name, value in db.connect_args.items() if name != "wallet_location"}
        with pytest.raises(oracledb.OperationalError):
            oracledb.connect(**arguments, ssl_context=context)
        context.load_cert_chain(certificate, key)
        with oracledb.connect(**arguments, ssl_context=context) as connection:
            connection.ping()


async def test_fresh_schemas_do_not_see_each_other() -> None:
    async with AsyncEmulator() as db, db.fresh_schema_async() as one, db.fresh_schema_async() as other:
        for arguments in (one, other):
            async with oracledb.connect_async(**arguments) as connection:
                await connection.execute("create table t (n number)")
                assert await connection.fetchall("select table_name from user_tables") == [("T",)]


def test_code_written_for_a_container_changes_one_import() -> None:
    with OracleDbContainer(username="app", password="s/e@cret", dbname="orders") as oracle:
        engine = sqlalchemy.create_engine(oracle.get_connection_url())
        with engine.begin() as connection:
            assert connection.execute(sqlalchemy.text("select user from dual")).scalar() == "APP"
            assert "23ai" in connection.execute(sqlalchemy.text("select banner from v$version")).scalar()
        engine.dispose()
        assert oracle.get_exposed_port(1521) == oracle.emulator.port
        with pytest.raises(NotImplementedError, match="exec is for containers"):
            oracle.exec("ls")
    with pytest.raises(RuntimeError, match="not been started"):
        oracle.get_connection_url()


def test_fixtures_give_each_test_a_schema_of_its_own(
    oracle_connection: oracledb.Connection, oracle_schema: dict[str, str]
) -> None:
    with oracle_connection.cursor() as cursor:
        assert cursor.execute("select user from dual").fetchone() == (oracle_schema["user"],)
        assert cursor.execute("select count(*) from user_objects").fetchone() == (0,)
        cursor.execute("create table t (n number)")
