import pytest
from flext_db_oracle import (
    FlextDbOracleApi,
    ObjectNotFoundError,
    OracleForeignKey,
    OracleIndex,
    OracleSynonym,
)
from flext_db_oracle.dictionary_sql import Groups

COLUMNS = """
    id NUMBER(10) PRIMARY KEY, amount NUMBER(10,2) DEFAULT 0 NOT NULL, bare NUMBER, whole INTEGER, ratio FLOAT,
    name VARCHAR2(20 CHAR), code VARCHAR2(5 BYTE), fixed CHAR(3), nat NVARCHAR2(10), day DATE, at TIMESTAMP(3),
    zoned TIMESTAMP(6) WITH TIME ZONE, local TIMESTAMP(9) WITH LOCAL TIME ZONE, ym INTERVAL YEAR(4) TO MONTH,
    ds INTERVAL DAY(3) TO SECOND(9), bin RAW(16), doc CLOB, blob_ BLOB, f BINARY_FLOAT, d BINARY_DOUBLE,
    "mixedCase" VARCHAR2(1 CHAR)"""
TYPES = {
    "ID": "NUMBER(10)",
    "AMOUNT": "NUMBER(10,2)",
    "BARE": "NUMBER",
    "WHOLE": "NUMBER(*,0)",
    "RATIO": "FLOAT(126)",
    "NAME": "VARCHAR2(20 CHAR)",
    "CODE": "VARCHAR2(5 BYTE)",
    "FIXED": "CHAR(3 BYTE)",
    "NAT": "NVARCHAR2(10)",
    "DAY": "DATE",
    "AT": "TIMESTAMP(3)",
    "ZONED": "TIMESTAMP(6) WITH TIME ZONE",
    "LOCAL": "TIMESTAMP(9) WITH LOCAL TIME ZONE",
    "YM": "INTERVAL YEAR(4) TO MONTH",
    "DS": "INTERVAL DAY(3) TO SECOND(9)",
    "BIN": "RAW(16)",
    "DOC": "CLOB",
    "BLOB_": "BLOB",
    "F": "BINARY_FLOAT",
    "D": "BINARY_DOUBLE",
    "mixedCase": "VARCHAR2(1 CHAR)",
}


def test_columns_of_every_type(api, make_table, schema):
    name = make_table(COLUMNS)
    table = api.get_table_metadata(schema, name).unwrap()
    assert {column.name: column.type.ddl for column in table.columns} == TYPES
    assert [column.position for column in table.columns] == list(range(1, len(TYPES) + 1))
    assert (table.kind, table.schema, table.primary_key) == ("TABLE", schema, ("ID",))
    assert table.column("AMOUNT").default == "0"
    assert [column.name for column in table.columns if not column.nullable] == ["ID", "AMOUNT"]
    assert table.column("NAME").data_type == "VARCHAR2"
    assert table.column("AT").data_type == "TIMESTAMP(3)"


def test_keys(api, make_table):
    def keys(columns):
        return api.get_table_metadata(None, make_table(columns)).unwrap()

    composite = keys("a NUMBER, b NUMBER, c NUMBER, PRIMARY KEY (b, a), UNIQUE (c)")
    assert (composite.primary_key, composite.unique_keys, composite.key_columns) == (("B", "A"), (("C",),), ("B", "A"))
    assert keys("a NUMBER NOT NULL UNIQUE, b NUMBER UNIQUE").key_columns == ("A",)
    assert keys("a NUMBER UNIQUE").key_columns == ()
    assert keys("a NUMBER").key_columns == ()


def test_a_unique_index_is_a_key(api, make_table):
    table = make_table("a NUMBER NOT NULL, b NUMBER NOT NULL")
    api.execute_ddl(f"CREATE UNIQUE INDEX {table}_ux ON {table} (b, a)").unwrap()
    assert api.get_table_metadata(None, table).unwrap().key_columns == ("B", "A")


def test_generated_columns(api, make_table):
    table = api.get_table_metadata(
        None,
        make_table(
            "id NUMBER GENERATED ALWAYS AS IDENTITY, a NUMBER, twice NUMBER GENERATED ALWAYS AS (a * 2) VIRTUAL"
        ),
    ).unwrap()
    assert (table.column("ID").identity, table.column("ID").default) == ("ALWAYS", None)
    assert table.column("TWICE").virtual
    assert [column.name for column in table.columns if column.writable] == ["A"]


def test_comments(api, make_table):
    table = make_table("a NUMBER")
    api.execute_ddl(f"COMMENT ON TABLE {table} IS 'what it''s for'").unwrap()
    api.execute_ddl(f"COMMENT ON COLUMN {table}.a IS 'a number'").unwrap()
    found = api.get_table_metadata(None, table).unwrap()
    assert (found.comment, found.column("A").comment) == ("what it's for", "a number")


def test_views(api, make_table, schema):
    table = make_table("a NUMBER(5), b VARCHAR2(7 CHAR)")
    api.execute_ddl(f"CREATE OR REPLACE VIEW {table}_v AS SELECT a, b FROM {table}").unwrap()
    try:
        view = api.get_schema_metadata(schema).unwrap().table(f"{table}_V")
        assert (view.kind, view.key_columns) == ("VIEW", ())
        assert [(c.name, c.type.ddl) for c in view.columns] == [("A", "NUMBER(5)"), ("B", "VARCHAR2(7 CHAR)")]
        assert api.table_exists(schema, f"{table}_V").unwrap()
    finally:
        api.execute_ddl(f"DROP VIEW {table}_v").unwrap()


def test_schema_metadata_has_the_tables_and_can_be_narrowed(api, make_table, schema):
    first, second = make_table("a NUMBER"), make_table("b NUMBER")
    tables = api.get_schema_metadata(schema).unwrap().tables
    assert {first, second} <= {table.name for table in tables}
    narrowed = api.get_schema_metadata(schema, tables=[second]).unwrap().tables
    assert [(t.name, [c.name for c in t.columns]) for t in narrowed] == [(second, ["B"])]
    assert api.get_schema_metadata(schema, tables=[]).unwrap().tables == ()


def test_names_in_singer_s_spelling(api, make_table, schema):
    table = make_table("a NUMBER")
    assert api.table_exists(schema.lower(), table.lower()).unwrap()
    assert api.get_table_metadata(schema.lower(), table.lower()).unwrap().name == table
    assert not api.table_exists(schema, table + "x").unwrap()
    assert not api.table_exists("NO_SUCH_SCHEMA", table).unwrap()


def test_a_quoted_lower_case_name_is_another_table(api, make_table):
    upper = make_table("a NUMBER")
    api.execute_ddl(f'CREATE TABLE "{upper.lower()}" (b NUMBER)').unwrap()
    try:
        assert api.get_table_metadata(None, upper.lower()).unwrap().columns[0].name == "B"
        assert api.get_table_metadata(None, upper).unwrap().columns[0].name == "A"
    finally:
        api.execute_ddl(f'DROP TABLE "{upper.lower()}" PURGE').unwrap()


def test_names_are_binds(api):
    assert not api.table_exists("X' OR '1'='1", "T").unwrap()
    assert isinstance(api.get_schema_metadata("X' OR '1'='1").exception, ObjectNotFoundError)


@pytest.mark.parametrize("method", ["get_schema_metadata"])
def test_an_unknown_schema_is_an_error_not_an_empty_catalog(api, method):
    result = getattr(api, method)("NO_SUCH_SCHEMA")
    assert isinstance(result.exception, ObjectNotFoundError)
    assert "NO_SUCH_SCHEMA" in result.error


# ------------------------------------------------------------------------------------------------ details


def test_foreign_keys(api, make_table, schema):
    parent = make_table("a NUMBER, b NUMBER, PRIMARY KEY (a, b)")
    child = make_table(
        f"id NUMBER, x NUMBER, y NUMBER, CONSTRAINT {parent}_fk FOREIGN KEY (y, x) REFERENCES {parent} (a, b) "
        "ON DELETE CASCADE"
    )
    try:
        (key,) = api.get_table_metadata(None, child).unwrap().foreign_keys
        assert key == OracleForeignKey(f"{parent}_FK", ("Y", "X"), schema, parent, ("A", "B"), "CASCADE", True)
    finally:
        api.execute_ddl(f"ALTER TABLE {child} DROP CONSTRAINT {parent}_fk").unwrap()


def test_indexes(api, make_table):
    table = make_table("a NUMBER, b VARCHAR2(10)")
    api.execute_ddl(f"CREATE INDEX {table}_ix ON {table} (UPPER(b), a)").unwrap()
    found = api.get_table_metadata(None, table).unwrap()
    assert found.indexes == (OracleIndex(f"{table}_IX", ('UPPER("B")', "A"), False, "FUNCTION-BASED NORMAL"),)
    assert found.unique_keys == ()


def test_partitions(api, make_table):
    table = make_table(
        "id NUMBER, day DATE",
        "PARTITION BY RANGE (id) (PARTITION low VALUES LESS THAN (10), PARTITION high VALUES LESS THAN (MAXVALUE))",
    )
    found = api.get_table_metadata(None, table).unwrap()
    assert (found.partitioned, found.partitioning, found.partition_key) == (True, "RANGE", ("ID",))
    assert [(p.name, p.position, p.high_value) for p in found.partitions] == [("LOW", 1, "10"), ("HIGH", 2, "MAXVALUE")]


def test_sizes_of_the_own_schema_are_real(api, make_table):
    table = make_table("a NUMBER")
    api.execute(f"INSERT INTO {table} VALUES (1)").unwrap()
    found = api.get_table_metadata(None, table).unwrap()
    assert found.bytes_exact
    assert found.bytes > 0


def test_synonyms_are_listed_and_are_no_tables(api, make_table, schema):
    table = make_table("a NUMBER")
    api.execute_ddl(f"CREATE SYNONYM {table}_syn FOR {table}").unwrap()
    try:
        synonyms = api.get_schema_metadata(schema).unwrap().synonyms
        assert OracleSynonym(f"{table}_SYN", schema, schema, table) in synonyms
        exists = api.table_exists(None, f"{table}_syn".lower())
        assert (exists.value, exists.hint) == (False, f"{schema}.{table}_SYN is a synonym of {schema}.{table}")
    finally:
        api.execute_ddl(f"DROP SYNONYM {table}_syn").unwrap()


def test_include_and_exclude_are_patterns(api, make_table, schema):
    first, second = make_table("a NUMBER"), make_table("b NUMBER")

    def names(**patterns):
        return {table.name for table in api.get_schema_metadata(schema, **patterns).unwrap().tables}

    assert names(include=[first, second.lower()]) == {first, second}
    assert first not in names(include=["fdb_t*"], exclude=[first])
    assert second in names(include=["fdb_t*"], exclude=[first])
    assert names(include=[]) == set()


def test_tables_come_one_by_one(api, make_table, schema):
    names = sorted(make_table("a NUMBER, b NUMBER PRIMARY KEY") for _ in range(3))
    found = [table for table in api.iter_tables(schema, include=["FDB_T*"]) if table.name in names]
    assert [(table.name, table.primary_key, len(table.columns)) for table in found] == [(n, ("B",), 2) for n in names]


def test_a_reader_sees_what_it_was_granted_and_is_told_the_rest(api, make_table, make_user, schema):
    seen, hidden = make_table("a NUMBER PRIMARY KEY"), make_table("b NUMBER")
    reader = make_user("CREATE SESSION", f"SELECT ON {seen}")
    with FlextDbOracleApi(reader) as reading:
        found = reading.get_schema_metadata(schema).unwrap()
        assert found.table(seen).primary_key == ("A",)
        assert found.table(hidden) is None
        assert not found.table(seen).bytes_exact
        assert f"GRANT SELECT ON {schema}.<table> TO {reader.username}" in found.notes[0]
        assert f"GRANT SELECT ON SYS.DBA_SEGMENTS TO {reader.username}" in found.notes[1]
    assert api.get_schema_metadata(schema).unwrap().notes == ()


class Opened:
    def __init__(self, rows):
        self._rows = rows

    def rows(self):
        return iter(self._rows)


def test_groups_keep_in_step_and_skip_what_is_filtered_out():
    groups = Groups(Opened([("A", 1), ("A", 2), ("B", 3), ("X", 4), ("D", 5)]), {"A": 0, "C": 1, "D": 2, "E": 3})
    assert groups.take("A") == [("A", 1), ("A", 2)]
    assert groups.take("C") == []
    assert groups.take("D") == [("D", 5)]
    assert groups.take("E") == []


def test_a_linguistic_order_is_an_error_not_a_lost_column():
    groups = Groups(Opened([("A", 1), ("B", 2), ("A", 3)]), {"A": 0, "B": 1, "C": 2})
    groups.take("A")
    with pytest.raises(RuntimeError, match="NLS_SORT=BINARY"):
        groups.take("C")
