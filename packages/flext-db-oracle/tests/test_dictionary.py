import pytest
from flext_db_oracle import ObjectNotFoundError

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
