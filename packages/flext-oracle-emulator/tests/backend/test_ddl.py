"""Data definition as a client sees it: statements in, objects, rows and ORA codes out, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import psycopg
import pytest
from flext_oracle_emulator.backend import template
from flext_oracle_emulator.backend.bootstrap import bootstrap
from flext_oracle_emulator.backend.cluster import Cluster
from flext_oracle_emulator.backend.ddl import DdlContext, execute_ddl, refresh_mview
from flext_oracle_emulator.backend.ddl.temporary import end_session
from flext_oracle_emulator.backend.describe import facts_of_result
from flext_oracle_emulator.backend.link import Command, Link, PostgresError
from flext_oracle_emulator.backend.sqlstate import oracle_error
from flext_oracle_emulator.backend.types import load_types
from flext_oracle_emulator.catalog import store
from flext_oracle_emulator.catalog.model import Catalog, Column, Relation
from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.sql import ast
from flext_oracle_emulator.sql.parser import parse
from flext_oracle_emulator.sql.translation import Context
from flext_oracle_emulator.sql.translator import translate


class Database:
    """A session as thin as these tests need it: every statement commits."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], catalog: Catalog, user: str, types: Any) -> None:
        self.connection, self.catalog, self.user, self.types = connection, catalog, user, types
        self.link = Link(connection)
        self.version = 19

    def as_user(self, user: str) -> Database:
        return Database(self.connection, self.catalog, user, self.types)

    def context(self) -> DdlContext:
        return DdlContext(self.connection, self.catalog, self.user, self.user, self.version, self.describe)

    def relation(self, oid: int) -> Relation | None:
        for found in self.catalog.objects.values():
            if isinstance(found, Relation) and found.oid == oid:
                return found
        return None

    async def describe(self, query: ast.Query, owner: str) -> Sequence[Column]:
        translation = translate(query, Context(self.catalog, owner, owner, version=self.version))
        try:
            *_, description = await self.link.exchange(
                Command(translation.sql, name=b"d", action="prepare"),
                Command(name=b"d", action="describe"),
            )
        except PostgresError as error:
            raise oracle_error(error) from error
        await self.link.exchange(Command(name=b"d", action="close"))
        return facts_of_result(description, translation.columns, self.types.name, self.relation)

    async def run(self, *statements: str) -> None:
        for sql in statements:
            statement = parse(sql, version=self.version)
            try:
                if isinstance(statement, (ast.Insert, ast.Update, ast.Delete, ast.Merge)):
                    text = translate(statement, Context(self.catalog, self.user, self.user)).sql
                    await self.link.exchange(Command(text))
                else:
                    async with self.connection.transaction():
                        await execute_ddl(statement, self.context())
            except PostgresError as error:
                raise oracle_error(error) from error

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        query = parse(sql, version=self.version)
        text = translate(query, Context(self.catalog, self.user, self.user)).sql
        return await (await self.connection.execute(text.encode())).fetchall()

    async def metadata(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        return await (await self.connection.execute(sql.encode(), parameters or None)).fetchall()

    async def fails(self, code: int, sql: str) -> OracleError:
        with pytest.raises(OracleError) as caught:
            await self.run(sql)
        assert caught.value.code == code, caught.value.text
        return caught.value

    def __getitem__(self, name: str) -> Relation:
        found = self.catalog.objects[(self.user, name)]
        assert isinstance(found, Relation)
        return found


@pytest.fixture(scope="module")
def uri() -> Iterator[str]:
    cluster = Cluster()
    cluster.template = asyncio.run(template.provide())
    with cluster:
        assert cluster.uri is not None
        yield cluster.uri


_NUMBERS = itertools.count(1)


async def _connect(uri: str) -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(uri, autocommit=True, prepare_threshold=None)


@pytest.fixture
async def db(uri: str) -> AsyncIterator[Database]:
    """A new user with the usual privileges."""
    connection = await _connect(uri)
    await bootstrap(connection)
    await connection.execute("SET search_path = oracle, pg_catalog")
    catalog = await store.load(connection, 19)
    types = await load_types(connection)
    system = Database(connection, catalog, "SYSTEM", types)
    name = f"U{next(_NUMBERS)}"
    await system.run(
        f"CREATE USER {name} IDENTIFIED BY secret QUOTA UNLIMITED ON users",
        f"GRANT CREATE SESSION, CREATE TABLE, CREATE VIEW, CREATE SEQUENCE, CREATE PROCEDURE, CREATE SYNONYM,"
        f" CREATE MATERIALIZED VIEW TO {name}",
    )
    yield system.as_user(name)
    await connection.close()


async def test_a_table_has_oracles_columns_and_keeps_their_lengths(db: Database) -> None:
    await db.run(
        "CREATE TABLE t (id NUMBER(10) PRIMARY KEY, name VARCHAR2(5) NOT NULL, note VARCHAR2(3 CHAR), code CHAR(2), r RAW(2),"
        " d DATE DEFAULT SYSDATE, ts TIMESTAMP(3) WITH TIME ZONE, f FLOAT, n NUMBER, x NUMBER(*,2))"
    )
    facts = {
        column.name: (
            column.data_type,
            column.length,
            column.precision,
            column.scale,
            column.char_length,
            column.nullable,
        )
        for column in db["T"].columns
    }
    assert facts == {
        "ID": ("NUMBER", 22, 10, 0, 0, False),
        "NAME": ("VARCHAR2", 5, None, None, 5, False),
        "NOTE": ("VARCHAR2", 12, None, None, 3, True),
        "CODE": ("CHAR", 2, None, None, 2, True),
        "R": ("RAW", 2, None, None, 0, True),
        "D": ("DATE", 7, None, None, 0, True),
        "TS": ("TIMESTAMP(3) WITH TIME ZONE", 13, None, 3, 0, True),
        "F": ("FLOAT", 22, 126, None, 0, True),
        "N": ("NUMBER", 22, None, None, 0, True),
        "X": ("NUMBER", 22, None, 2, 0, True),
    }
    assert db["T"].primary_key == ("ID",)
    await db.run("INSERT INTO t (id, name, note) VALUES (1, 'abcde', 'äöü')")
    error = await db.fails(12899, "INSERT INTO t (id, name) VALUES (2, 'äöüx')")
    assert error.message == f'value too large for column "{db.user}"."T"."NAME" (actual: 7, maximum: 5)'
    await db.fails(12899, "INSERT INTO t (id, name, note) VALUES (2, 'a', 'abcd')")
    await db.fails(1400, "INSERT INTO t (id) VALUES (3)")
    await db.fails(1, "INSERT INTO t (id, name) VALUES (1, 'a')")
    assert await db.rows("SELECT name, note, d FROM t WHERE d IS NOT NULL") != []


@pytest.mark.parametrize(
    ("code", "sql"),
    [
        (955, "CREATE TABLE taken (a NUMBER)"),
        (957, "CREATE TABLE x (a NUMBER, a NUMBER)"),
        (2260, "CREATE TABLE x (a NUMBER PRIMARY KEY, b NUMBER PRIMARY KEY)"),
        (2264, "CREATE TABLE x (a NUMBER CONSTRAINT taken_pk UNIQUE)"),
        (904, "CREATE TABLE x (a NUMBER, PRIMARY KEY (b))"),
        (910, "CREATE TABLE x (a VARCHAR2(4001))"),
        (2329, "CREATE TABLE x (a CLOB PRIMARY KEY)"),
        (2270, "CREATE TABLE x (a NUMBER REFERENCES taken (b))"),
        (942, "CREATE TABLE x (a NUMBER REFERENCES nothing (b))"),
        (2268, "CREATE TABLE x (a NUMBER REFERENCES bare)"),
        (2256, "CREATE TABLE x (a NUMBER, b NUMBER, FOREIGN KEY (a, b) REFERENCES taken)"),
        (2267, "CREATE TABLE x (a VARCHAR2(9) REFERENCES taken)"),
        (2436, "CREATE TABLE x (a DATE CHECK (a < SYSDATE))"),
        (2438, "CREATE TABLE x (a NUMBER CHECK (b > 1), b NUMBER)"),
        (998, "CREATE TABLE x AS SELECT count(*) FROM taken"),
        (998, "CREATE TABLE x AS SELECT * FROM (SELECT a + 1 FROM taken)"),
        (1723, "CREATE TABLE x AS SELECT NULL AS a FROM dual"),
        (1730, "CREATE TABLE x (p, q) AS SELECT a FROM taken"),
        (2440, "CREATE TABLE x (p REFERENCES taken) AS SELECT a FROM taken"),
        (942, "CREATE TABLE x AS SELECT * FROM nothing"),
        (1031, "CREATE TABLE system.x (a NUMBER)"),
        (942, "DROP TABLE nothing"),
        (942, "DROP TABLE a_view"),
        (942, "DROP VIEW taken"),
        (955, "CREATE OR REPLACE VIEW taken AS SELECT 1 AS a FROM dual"),
        (955, "CREATE VIEW a_view AS SELECT 1 AS a FROM dual"),
        (998, "CREATE VIEW x AS SELECT 1 + 1 FROM dual"),
        (1730, "CREATE VIEW x (p, q) AS SELECT 1 FROM dual"),
        (942, "CREATE VIEW x AS SELECT * FROM nothing"),
        (2449, "DROP TABLE taken"),
        (2266, "TRUNCATE TABLE taken"),
        (1408, "CREATE INDEX x ON taken (a)"),
        (955, "CREATE INDEX taken_pk ON taken (b)"),
        (904, "CREATE INDEX x ON taken (nothing)"),
        (942, "CREATE INDEX x ON nothing (a)"),
        (1418, "DROP INDEX nothing"),
        (2429, "DROP INDEX taken_pk"),
        (1430, "ALTER TABLE taken ADD a NUMBER"),
        (1758, "ALTER TABLE taken ADD c NUMBER NOT NULL"),
        (904, "ALTER TABLE taken DROP COLUMN c"),
        (12992, "ALTER TABLE taken DROP COLUMN a"),
        (12983, "ALTER TABLE bare DROP COLUMN a"),
        (1439, "ALTER TABLE taken MODIFY (b DATE)"),
        (1441, "ALTER TABLE taken MODIFY (b VARCHAR2(2))"),
        (1440, "ALTER TABLE taken MODIFY (a NUMBER(3))"),
        (1442, "ALTER TABLE taken MODIFY (m NOT NULL)"),
        (1451, "ALTER TABLE taken MODIFY (b NULL)"),
        (2296, "ALTER TABLE taken MODIFY (n NOT NULL)"),
        (22858, "ALTER TABLE taken MODIFY (b CLOB)"),
        (2443, "ALTER TABLE taken DROP CONSTRAINT nothing"),
        (2273, "ALTER TABLE taken DROP CONSTRAINT taken_pk"),
        (2297, "ALTER TABLE taken DISABLE PRIMARY KEY"),
        (2299, "ALTER TABLE taken ADD UNIQUE (m)"),
        (2293, "ALTER TABLE taken ADD CONSTRAINT c CHECK (a > 1)"),
        (2298, "ALTER TABLE taken ADD CONSTRAINT c FOREIGN KEY (m) REFERENCES taken"),
        (957, "ALTER TABLE taken RENAME COLUMN a TO b"),
        (955, "ALTER TABLE taken RENAME TO bare"),
        (2289, "DROP SEQUENCE nothing"),
        (4002, "CREATE SEQUENCE s INCREMENT BY 0"),
        (4006, "CREATE SEQUENCE s START WITH 1 MINVALUE 2"),
        (1434, "DROP SYNONYM nothing"),
        (1031, "CREATE PUBLIC SYNONYM s FOR taken"),
        (1031, "CREATE USER somebody IDENTIFIED BY x"),
        (1917, "GRANT SELECT ON taken TO nobody"),
        (990, "GRANT FAKE_PRIVILEGE ON taken TO system"),
        (2224, "GRANT EXECUTE ON taken TO system"),
        (1927, "REVOKE SELECT ON taken FROM system"),
        (1749, "GRANT SELECT ON taken TO {user}"),
        (942, "COMMENT ON TABLE nothing IS 'x'"),
        (904, "COMMENT ON COLUMN taken.nothing IS 'x'"),
        (12003, "DROP MATERIALIZED VIEW nothing"),
    ],
)
async def test_what_oracle_refuses_is_refused_and_leaves_nothing_behind(db: Database, code: int, sql: str) -> None:
    await db.run(
        "CREATE TABLE taken (a NUMBER(10) CONSTRAINT taken_pk PRIMARY KEY, b VARCHAR2(9), m NUMBER NOT NULL, n NUMBER)",
        "CREATE TABLE bare (a NUMBER)",
        "CREATE TABLE child (a NUMBER REFERENCES taken)",
        "CREATE VIEW a_view AS SELECT a FROM taken",
        "INSERT INTO taken (a, b, m) VALUES (1, 'abc', 5)",
        "INSERT INTO taken (a, m) VALUES (2, 5)",
    )
    before = dict(db.catalog.objects)
    recorded = await db.metadata("SELECT count(*) FROM oracle.objects")
    await db.fails(code, sql.format(user=db.user))
    assert db.catalog.objects == before
    assert await db.metadata("SELECT count(*) FROM oracle.objects") == recorded


async def test_create_table_as_select_takes_types_rows_and_not_null(db: Database) -> None:
    await db.run(
        "CREATE TABLE src (id NUMBER(10) PRIMARY KEY, name VARCHAR2(7 CHAR) NOT NULL, d DATE)",
        "INSERT INTO src (id, name) VALUES (1, 'one')",
        "CREATE TABLE copy AS SELECT s.*, 'x' AS flag, id + 1 AS next, cast(name AS VARCHAR2(3)) AS short FROM src s",
    )
    facts = [(c.name, c.data_type, c.precision, c.char_length, c.char_used, c.nullable) for c in db["COPY"].columns]
    assert facts == [
        ("ID", "NUMBER", 10, 0, None, True),
        ("NAME", "VARCHAR2", None, 7, "C", False),
        ("D", "DATE", None, 0, None, True),
        ("FLAG", "CHAR", None, 1, "B", True),
        ("NEXT", "NUMBER", None, 0, None, True),
        ("SHORT", "VARCHAR2", None, 3, "B", True),
    ]
    assert await db.rows("SELECT name, flag, short FROM copy") == [("one", "x", "one")]
    await db.run(
        "CREATE TABLE shaped (k NOT NULL CHECK (k > 0), label, CONSTRAINT shaped_pk PRIMARY KEY (k)) AS SELECT id, name FROM src"
    )
    await db.fails(2290, "INSERT INTO shaped (k, label) VALUES (0, 'a')")
    await db.fails(1, "INSERT INTO shaped (k, label) VALUES (1, 'a')")


async def test_a_view_follows_the_name_and_not_the_table(db: Database) -> None:
    """What dbt does: build a new table, rename the old one away and the new one into its place."""
    await db.run(
        "CREATE TABLE t AS SELECT 1 AS id FROM dual",
        "CREATE VIEW v AS SELECT * FROM t",
        "CREATE VIEW w AS SELECT id FROM v",
        "CREATE TABLE t__tmp AS SELECT 2 AS id, 3 AS more FROM dual",
        "ALTER TABLE t RENAME TO t__backup",
    )
    assert not db["V"].valid
    assert not db["W"].valid
    assert [column.name for column in db["V"].columns] == ["ID"]
    await db.run("ALTER TABLE t__tmp RENAME TO t", "DROP TABLE t__backup CASCADE CONSTRAINTS PURGE")
    assert db["V"].valid
    assert await db.rows("SELECT * FROM w") == [(2,)]
    assert await db.rows("SELECT * FROM v") == [(2,)]


async def test_a_unique_key_treats_null_as_oracle_does(db: Database) -> None:
    await db.run(
        "CREATE TABLE u (a NUMBER, b NUMBER, CONSTRAINT u_ab UNIQUE (a, b))",
        "INSERT INTO u (a, b) VALUES (NULL, NULL)",
        "INSERT INTO u (a, b) VALUES (NULL, NULL)",
        "INSERT INTO u (a, b) VALUES (1, NULL)",
    )
    error = await db.fails(1, "INSERT INTO u (a, b) VALUES (1, NULL)")
    assert error.message == f"unique constraint ({db.user}.U_AB) violated"
    await db.run("CREATE TABLE r (a NUMBER, b NUMBER, FOREIGN KEY (b, a) REFERENCES u (b, a))")
    await db.run("INSERT INTO u (a, b) VALUES (1, 2)", "INSERT INTO r (a, b) VALUES (1, 2)")
    await db.fails(2291, "INSERT INTO r (a, b) VALUES (2, 1)")
    await db.fails(2292, "DELETE FROM u WHERE b = 2")


async def test_a_primary_key_may_have_the_name_of_its_table(db: Database) -> None:
    await db.run("CREATE TABLE p (a NUMBER CONSTRAINT p PRIMARY KEY)", "INSERT INTO p (a) VALUES (1)")
    await db.run("CREATE TABLE q (a NUMBER CONSTRAINT other PRIMARY KEY)", "CREATE TABLE other (a NUMBER)")
    await db.fails(1, "INSERT INTO p (a) VALUES (1)")
    await db.run("ALTER TABLE q DROP CONSTRAINT other", "DROP TABLE p", "DROP TABLE q", "DROP TABLE other")


async def test_alter_table_changes_columns_and_their_rows(db: Database) -> None:
    await db.run(
        "CREATE TABLE t (a NUMBER(4), b VARCHAR2(3))",
        "INSERT INTO t (a, b) VALUES (1, 'abc')",
        "ALTER TABLE t ADD (c VARCHAR2(5) DEFAULT 'new' NOT NULL, d DATE)",
        "ALTER TABLE t MODIFY (a NUMBER(10,2), b VARCHAR2(10))",
        "ALTER TABLE t RENAME COLUMN b TO label",
        "CREATE VIEW v AS SELECT a, c, label FROM t",
        "ALTER TABLE t DROP COLUMN d",
        "INSERT INTO t (a, label) VALUES (12345678.5, '1234567890')",
    )
    assert await db.rows("SELECT label, c FROM t ORDER BY a") == [("abc", "new"), ("1234567890", "new")]
    assert await db.rows("SELECT label FROM v WHERE a > 1") == [("1234567890",)]
    await db.fails(12899, "INSERT INTO t (label) VALUES ('12345678901')")
    await db.run("ALTER TABLE t DROP (c) CASCADE CONSTRAINTS")
    assert not db["V"].valid
    numbers = await db.metadata(
        "SELECT name, column_id FROM oracle.columns WHERE object_id = %s ORDER BY column_id", db["T"].object_id
    )
    assert numbers == [("A", 1), ("LABEL", 2)]


async def test_constraints_can_be_disabled_enabled_renamed_and_dropped(db: Database) -> None:
    await db.run(
        "CREATE TABLE t (a NUMBER CONSTRAINT t_pk PRIMARY KEY, b NUMBER CONSTRAINT t_b CHECK (b > 0) DISABLE)",
        "INSERT INTO t (a, b) VALUES (1, -1)",
    )
    await db.fails(2293, "ALTER TABLE t ENABLE CONSTRAINT t_b")
    await db.run("ALTER TABLE t ENABLE NOVALIDATE CONSTRAINT t_b")
    await db.fails(2290, "INSERT INTO t (a, b) VALUES (2, -1)")
    await db.run("ALTER TABLE t RENAME CONSTRAINT t_b TO positive")
    error = await db.fails(2290, "INSERT INTO t (a, b) VALUES (2, -1)")
    assert "POSITIVE" in error.message
    await db.run("ALTER TABLE t DROP CONSTRAINT positive", "ALTER TABLE t DISABLE PRIMARY KEY")
    await db.run("INSERT INTO t (a, b) VALUES (1, -1)")
    await db.fails(2437, "ALTER TABLE t ENABLE PRIMARY KEY")
    await db.run("ALTER TABLE t DROP PRIMARY KEY")


async def test_identity_defaults_and_virtual_columns(db: Database) -> None:
    await db.run(
        "CREATE TABLE t (id NUMBER GENERATED BY DEFAULT ON NULL AS IDENTITY (START WITH 5), twice NUMBER AS (n * 2),"
        " n NUMBER DEFAULT ON NULL 7, s VARCHAR2(4) DEFAULT 12, hidden NUMBER INVISIBLE)",
        "INSERT INTO t (n) VALUES (1)",
        "INSERT INTO t (id, n) VALUES (NULL, NULL)",
    )
    assert [tuple(map(str, row)) for row in await db.rows("SELECT id, twice, n, s FROM t ORDER BY id")] == [
        ("5", "2", "1", "12"),
        ("6", "14", "7", "12"),
    ]
    assert [column.name for column in db["T"].visible] == ["ID", "TWICE", "N", "S"]
    assert db["T"].column("TWICE").virtual  # type: ignore[union-attr]
    await db.run("DROP TABLE t")
    assert await db.metadata("SELECT name FROM oracle.objects WHERE owner = %s", db.user) == []


async def test_indexes_are_recorded_and_unique_ones_enforced(db: Database) -> None:
    await db.run(
        "CREATE TABLE t (a NUMBER, b VARCHAR2(9))",
        "CREATE UNIQUE INDEX i ON t (a, UPPER(b))",
        "CREATE INDEX j ON t (b DESC)",
        "INSERT INTO t (a, b) VALUES (1, 'x')",
    )
    await db.fails(1, "INSERT INTO t (a, b) VALUES (1, 'X')")
    kinds = await db.metadata(
        "SELECT o.name, i.index_type, i.uniqueness FROM oracle.indexes i JOIN oracle.objects o USING (object_id)"
        " WHERE i.table_id = %s ORDER BY 1",
        db["T"].object_id,
    )
    assert kinds == [("I", "FUNCTION-BASED NORMAL", True), ("J", "FUNCTION-BASED NORMAL", False)]
    await db.run("DROP INDEX i", "INSERT INTO t (a, b) VALUES (1, 'X')")
    await db.fails(1452, "CREATE UNIQUE INDEX i ON t (a)")


async def test_rows_of_a_global_temporary_table_belong_to_their_session(db: Database, uri: str) -> None:
    await db.run(
        "CREATE GLOBAL TEMPORARY TABLE g (a NUMBER, b VARCHAR2(3), PRIMARY KEY (a)) ON COMMIT PRESERVE ROWS",
        "CREATE VIEW v AS SELECT a FROM g",
        "INSERT INTO g (a, b) VALUES (1, 'x')",
    )
    other = Database(await _connect(uri), db.catalog, db.user, db.types)
    assert await other.rows("SELECT a FROM g") == []
    await other.run("INSERT INTO g (a) VALUES (1)", "INSERT INTO g (a) VALUES (2)")
    assert len(await db.rows("SELECT a FROM v")) == 1
    assert len(await other.rows("SELECT a FROM v")) == 2
    await db.fails(1, "INSERT INTO g (a) VALUES (1)")
    error = await db.fails(12899, "INSERT INTO g (a, b) VALUES (3, 'long')")
    assert f'"{db.user}"."G"."B"' in error.message
    error = await db.fails(1400, "INSERT INTO g (b) VALUES ('y')")
    assert f'"{db.user}"."G"."A"' in error.message
    await db.fails(14452, "DROP TABLE g")
    await db.run("TRUNCATE TABLE g")
    await db.fails(14452, "DROP TABLE g")
    await end_session(other.connection)
    await other.connection.close()
    await db.run("ALTER TABLE g ADD c NUMBER DEFAULT 4", "INSERT INTO g (a) VALUES (9)")
    assert [str(c) for (c,) in await db.rows("SELECT c FROM g")] == ["4"]
    await db.run("TRUNCATE TABLE g", "DROP TABLE g")


async def test_on_commit_delete_rows_ends_with_the_transaction(db: Database) -> None:
    await db.run("CREATE GLOBAL TEMPORARY TABLE g (a NUMBER UNIQUE) ON COMMIT DELETE ROWS")
    for _ in range(2):
        async with db.connection.transaction():
            await db.run("INSERT INTO g (a) VALUES (1)")
            assert len(await db.rows("SELECT a FROM g")) == 1
        assert await db.rows("SELECT a FROM g") == []
    await db.run("DROP TABLE g")


async def test_materialized_views_are_refreshed_on_demand_and_on_commit(db: Database) -> None:
    await db.run(
        "CREATE TABLE t (a NUMBER)",
        "INSERT INTO t (a) VALUES (1)",
        "CREATE MATERIALIZED VIEW m BUILD IMMEDIATE REFRESH FORCE ON DEMAND ENABLE QUERY REWRITE AS SELECT count(*) AS n FROM t",
        "CREATE MATERIALIZED VIEW c REFRESH COMPLETE ON COMMIT AS SELECT count(*) AS n FROM t",
        "INSERT INTO t (a) VALUES (2)",
    )
    assert db["M"].kind == "MATERIALIZED VIEW"
    assert [str(n) for (n,) in await db.rows("SELECT n FROM m")] == ["1"]
    assert [str(n) for (n,) in await db.rows("SELECT n FROM c")] == ["2"]
    async with db.connection.transaction():
        await refresh_mview(db.context(), db.user, "M")
    assert [str(n) for (n,) in await db.rows("SELECT n FROM m")] == ["2"]
    recorded = await db.metadata(
        "SELECT query, rewrite_enabled, refresh_mode, refresh_method, build_mode FROM oracle.mviews m JOIN oracle.objects o"
        " USING (object_id) WHERE o.owner = %s AND o.name = 'M'",
        db.user,
    )
    assert recorded == [("SELECT count(*) AS n FROM t", True, "DEMAND", "FORCE", "IMMEDIATE")]
    await db.fails(12083, "DROP TABLE m")
    await db.run("DROP MATERIALIZED VIEW m", "DROP MATERIALIZED VIEW c", "INSERT INTO t (a) VALUES (2)")
    assert (db.user, "M") not in db.catalog.objects


async def test_privileges_are_granted_used_and_revoked(db: Database) -> None:
    system = db.as_user("SYSTEM")
    other = db.as_user(f"{db.user}_OTHER")
    await system.run(f"CREATE USER {other.user} IDENTIFIED BY x", f"GRANT CREATE SESSION, CREATE VIEW TO {other.user}")
    await db.run("CREATE TABLE t (a NUMBER PRIMARY KEY, b NUMBER)", "CREATE SYNONYM s FOR t")
    await other.fails(942, f"CREATE VIEW v AS SELECT a FROM {db.user}.t")
    await other.fails(1031, "CREATE TABLE x (a NUMBER)")
    await db.run(f"GRANT SELECT, UPDATE (b) ON t TO {other.user}")
    await other.run(f"CREATE VIEW v AS SELECT a FROM {db.user}.s")
    await other.fails(1031, f"DROP TABLE {db.user}.t")
    await db.run(f"REVOKE SELECT ON t FROM {other.user}")
    await db.fails(1927, f"REVOKE SELECT ON t FROM {other.user}")
    await system.run("CREATE ROLE loader", "GRANT CREATE TABLE TO loader", f"GRANT loader TO {other.user}")
    await other.run("CREATE TABLE x (a NUMBER)")
    await system.run("DROP ROLE loader")
    await other.fails(1031, "CREATE TABLE y (a NUMBER)")
    await system.fails(1922, f"DROP USER {other.user}")
    await system.run(f"DROP USER {other.user} CASCADE")
    await system.fails(1918, f"DROP USER {other.user}")


async def test_comments_sequences_and_synonyms(db: Database) -> None:
    await db.run(
        "CREATE TABLE t (a NUMBER)",
        "COMMENT ON TABLE t IS q'<it's a table>'",
        "COMMENT ON COLUMN t.a IS 'first'",
        "COMMENT ON COLUMN t.a IS 'second'",
        "CREATE SEQUENCE s START WITH 3 INCREMENT BY 2 NOCACHE",
        "CREATE SYNONYM y FOR t",
        "CREATE OR REPLACE SYNONYM y FOR s",
    )
    comments = await db.metadata(
        "SELECT column_name, comments FROM oracle.comments WHERE object_id = %s ORDER BY 1", db["T"].object_id
    )
    assert comments == [("", "it's a table"), ("A", "second")]
    assert [str(n) for (n,) in await db.rows("SELECT y.NEXTVAL FROM dual")] == ["3"]
    assert [str(n) for (n,) in await db.rows("SELECT s.NEXTVAL FROM dual")] == ["5"]
    await db.fails(2283, "ALTER SEQUENCE s START WITH 1")
    await db.run("ALTER SEQUENCE s INCREMENT BY 10")
    assert [str(n) for (n,) in await db.rows("SELECT s.NEXTVAL FROM dual")] == ["15"]
    await db.run("DROP SYNONYM y", "DROP SEQUENCE s")


async def test_physical_clauses_are_accepted_and_recorded(db: Database) -> None:
    await db.run(
        "CREATE TABLE p (id NUMBER, d DATE) PARALLEL 4 NOLOGGING COMPRESS FOR OLTP"
        " PARTITION BY RANGE (d) INTERVAL (NUMTOYMINTERVAL(1,'MONTH')) (PARTITION p0 VALUES LESS THAN (DATE '2024-01-01'))",
        "CREATE TABLE h (id NUMBER)",
        "ALTER TABLE h MODIFY PARTITION BY HASH (id) PARTITIONS 4 ONLINE",
        "ALTER TABLE h ENABLE ROW MOVEMENT",
        "ALTER TABLE h MOVE ONLINE",
    )
    tables = await db.metadata(
        "SELECT partitioning_type, partition_columns, degree, logging, compress_for, row_movement FROM oracle.tables"
        " WHERE object_id = ANY(%s) ORDER BY object_id",
        [db["P"].object_id, db["H"].object_id],
    )
    assert tables == [("RANGE", ["D"], "4", False, "OLTP", False), ("HASH", ["ID"], "1", True, None, True)]
    high = await db.metadata(
        "SELECT partition_name, high_value FROM oracle.partitions WHERE object_id = %s", db["P"].object_id
    )
    assert high == [
        ("P0", "TO_DATE(' 2024-01-01 00:00:00', 'SYYYY-MM-DD HH24:MI:SS', 'NLS_CALENDAR=GREGORIAN')"),
    ]


async def test_the_catalog_loaded_afresh_is_the_one_that_was_kept_up_to_date(db: Database) -> None:
    await db.run(
        "CREATE TABLE t (a NUMBER(3) PRIMARY KEY, ts TIMESTAMP, i INTERVAL DAY TO SECOND, y INTERVAL YEAR(3) TO MONTH)",
        "CREATE VIEW v (x) AS SELECT ts FROM t",
        "CREATE SEQUENCE s",
        "CREATE SYNONYM y FOR v",
        "GRANT SELECT ON t TO system",
        "ALTER TABLE t DROP COLUMN i",
    )
    loaded = await store.load(db.connection, 19)
    assert loaded.objects == db.catalog.objects
    assert {k: v for k, v in loaded.object_privileges.items() if v} == {
        k: v for k, v in db.catalog.object_privileges.items() if v
    }
    assert loaded.roles == db.catalog.roles
