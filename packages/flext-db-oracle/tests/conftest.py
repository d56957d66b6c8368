"""A database for the tests that need one: the emulator, or the one of `--oracle-dsn` (see flext_oracle_emulator)."""

import itertools

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
