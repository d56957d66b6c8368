"""A bootstrapped PostgreSQL with a small HR schema, so that translations can be executed, and the catalog that
describes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest
from flext_oracle_emulator.backend.bootstrap import bootstrap
from flext_oracle_emulator.backend.cluster import Cluster
from flext_oracle_emulator.catalog.model import Catalog, Column, Relation, Synonym
from flext_oracle_emulator.catalog.model import Sequence as OracleSequence
from flext_oracle_emulator.sql.functions import SIGNATURES
from flext_oracle_emulator.sql.parser import parse
from flext_oracle_emulator.sql.translation import Context, Translation
from flext_oracle_emulator.sql.translator import translate
from psycopg.rows import tuple_row

TABLES: dict[tuple[str, str], list[tuple[str, str, str]]] = {
    ("SYS", "DUAL"): [("DUMMY", "VARCHAR2", "varchar")],
    ("HR", "EMP"): [
        ("ID", "NUMBER", "numeric(10,0)"),
        ("NAME", "VARCHAR2", "varchar"),
        ("BOSS", "NUMBER", "numeric"),
        ("DEPT", "NUMBER", "numeric"),
        ("SAL", "NUMBER", "numeric(12,2)"),
        ("HIRED", "DATE", "oracle.date"),
        ("CODE", "CHAR", "bpchar(5)"),
    ],
    ("HR", "DEPT"): [("ID", "NUMBER", "numeric"), ("NAME", "VARCHAR2", "varchar"), ("LOC", "VARCHAR2", "varchar")],
    ("HR", "DOC"): [
        ("ID", "NUMBER", "numeric"),
        ("BODY", "CLOB", "oracle.clob"),
        ("AT", "TIMESTAMP(6)", "oracle.ts(21,6)"),
        ("ZONED", "TIMESTAMP(6) WITH TIME ZONE", "oracle.tstz(30,6)"),
        ("RAW8", "RAW", "bytea"),
        ("DBL", "BINARY_DOUBLE", "float8"),
    ],
    ("OTHER", "SECRET"): [("ID", "NUMBER", "numeric")],
    ("OTHER", "SHARED"): [("ID", "NUMBER", "numeric")],
}

ROWS = """
INSERT INTO "HR"."EMP" VALUES
 (1, 'Ada', NULL, 10, 900, '2020-01-15 08:30:00', 'A1'),
 (2, 'Ben', 1, 10, 500, '2021-02-28 00:00:00', 'B1'),
 (3, 'Cyd', 1, 20, 700, '2022-03-31 23:59:59', NULL),
 (4, 'Dan', 2, 20, NULL, NULL, 'B1'),
 (5, 'Eve', 4, NULL, 500, '2023-12-01 12:00:00', 'C');
INSERT INTO "HR"."DEPT" VALUES (10, 'Sales', 'Rome'), (20, 'Tech', NULL), (30, 'Empty', 'Oslo');
"""


def make_catalog() -> Catalog:
    catalog = Catalog(users={"SYS", "HR", "OTHER"}, functions=frozenset(SIGNATURES) | {"REGEXP_LIKE"})
    for number, ((owner, name), columns) in enumerate(TABLES.items(), 1):
        catalog.objects[owner, name] = Relation(
            owner,
            name,
            "TABLE",
            number,
            number,
            [Column(column, i, type_, pg) for i, (column, type_, pg) in enumerate(columns, 1)],
        )
    catalog.objects["PUBLIC", "DUAL"] = Synonym("PUBLIC", "DUAL", "SYS", "DUAL")
    catalog.objects["HR", "SEQ"] = OracleSequence("HR", "SEQ")
    catalog.object_privileges["SYS", "DUAL"] = {"PUBLIC": {"SELECT"}}
    catalog.object_privileges["OTHER", "SHARED"] = {"HR": {"SELECT"}}
    return catalog


@pytest.fixture
def catalog() -> Catalog:
    return make_catalog()


@pytest.fixture
def translated(catalog: Catalog) -> Callable[..., Translation]:
    """Parse and translate as user HR."""

    def run(sql: str, *bind_types: str, version: int = 19) -> Translation:
        return translate(parse(sql, version=version), Context(catalog, "HR", "HR", bind_types, version=version))

    return run


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    cluster = Cluster()
    uri = cluster.start()
    try:
        yield uri
    finally:
        cluster.stop()


async def _prepare(connection: psycopg.AsyncConnection[Any]) -> None:
    await bootstrap(connection)
    await connection.execute(b'CREATE SCHEMA IF NOT EXISTS "SYS"')
    cursor = await connection.execute(b'SELECT to_regclass(\'"SYS"."DUAL"\') IS NULL')
    if (await cursor.fetchone() or (False,))[0]:
        await connection.execute(b'CREATE VIEW "SYS"."DUAL" AS SELECT \'X\'::varchar AS "DUMMY"')
    for (owner, name), columns in TABLES.items():
        if owner == "SYS":
            continue
        await connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{owner}"'.encode())
        listed = ", ".join(f'"{column}" {pg}' for column, _, pg in columns)
        await connection.execute(
            f'CREATE TABLE "{owner}"."{name}" ({listed}, "ROWID$" int8 GENERATED ALWAYS AS IDENTITY)'.encode()
        )
    await connection.execute(b'CREATE SEQUENCE "HR"."SEQ" START 100')
    await connection.execute(ROWS.encode())
    await connection.commit()


@pytest.fixture(scope="session")
def prepared(postgres: str) -> str:
    import asyncio

    async def prepare() -> None:
        async with await psycopg.AsyncConnection.connect(postgres) as connection:
            await _prepare(connection)

    asyncio.run(prepare())
    return postgres


class Database:
    """Executes Oracle SQL as HR; what a test changes is rolled back."""

    def __init__(self, connection: psycopg.Connection[Any], catalog: Catalog) -> None:
        self.connection = connection
        self.catalog = catalog
        cursor = connection.execute(
            "SELECT upper(proname) FROM pg_catalog.pg_proc WHERE pronamespace = 'oracle'::regnamespace"
        )
        catalog.functions = frozenset(row[0] for row in cursor)

    def translate(self, sql: str, bind_types: Sequence[str] = (), version: int = 19) -> Translation:
        return translate(parse(sql, version=version), Context(self.catalog, "HR", "HR", bind_types, version=version))

    def execute(self, sql: str, **binds: Any) -> psycopg.Cursor[Any]:
        """`binds` are named by their PostgreSQL type and number in order: `numeric1=5`."""
        types = [name.rstrip("0123456789").replace("_", ".") for name in binds]
        translation = self.translate(sql, types)
        values = list(binds.values())
        cursor = psycopg.RawCursor(self.connection, row_factory=tuple_row)
        cursor.execute(translation.sql.encode(), [values[p.bind] for p in translation.parameters if p.bind is not None])
        return cursor

    def rows(self, sql: str, **binds: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.execute(sql, **binds).fetchall()]

    def value(self, sql: str, **binds: Any) -> Any:
        ((value,),) = self.rows(sql, **binds)
        return value


@pytest.fixture
def db(prepared: str, catalog: Catalog) -> Iterator[Database]:
    with psycopg.connect(prepared) as connection:
        connection.execute("SET search_path = oracle, pg_catalog")
        connection.execute("SELECT set_config('oracle.user', 'HR', false)")
        yield Database(connection, catalog)
        connection.rollback()
