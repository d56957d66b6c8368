import pytest
from flext_db_oracle import ObjectNotFoundError, OracleColumn, OracleTable, OracleType, UnsupportedTypeError
from flext_db_oracle.bulk import make_insert, match_columns, rows_from_records

TABLE = OracleTable(
    "T",
    "HR",
    columns=(
        OracleColumn("ID", OracleType.parse("NUMBER(5)")),
        OracleColumn("At", OracleType.parse("TIMESTAMP(6) WITH TIME ZONE")),
        OracleColumn("GEN", OracleType.parse("NUMBER(5)"), identity="ALWAYS"),
        OracleColumn("SHAPE", None, "MDSYS.SDO_GEOMETRY"),
    ),
)


def test_insert_statement():
    statement = make_insert("HR", "T", TABLE.columns[:2])
    assert statement.sql == (
        'INSERT INTO "HR"."T" ("ID", "At") VALUES (:1, TO_TIMESTAMP_TZ(:2, \'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM\'))'
    )


def test_columns_are_found_by_exact_or_singer_name():
    assert [column.name for column in match_columns(TABLE, ["id", "At"])] == ["ID", "At"]
    with pytest.raises(ObjectNotFoundError, match=r"HR\.T has no column at"):
        match_columns(TABLE, ["at"])
    with pytest.raises(ValueError, match="twice"):
        match_columns(TABLE, ["id", "ID"])


def test_generated_and_unsupported_columns_cannot_be_loaded():
    with pytest.raises(UnsupportedTypeError, match="GEN is generated"):
        make_insert("HR", "T", match_columns(TABLE, ["gen"]))
    with pytest.raises(UnsupportedTypeError, match="SHAPE has type"):
        make_insert("HR", "T", match_columns(TABLE, ["shape"]))


def test_records_become_rows():
    assert list(rows_from_records([{"a": 1}, {"b": 2}], ["a", "b"])) == [[1, None], [None, 2]]
    with pytest.raises(ValueError, match=r"record 1 has keys .*: c"):
        list(rows_from_records([{"a": 1}, {"c": 2}], ["a", "b"]))
