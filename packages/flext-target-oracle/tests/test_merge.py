"""The SQL text, to the letter: what is not tested here by reading is tested in test_load.py by running."""

from __future__ import annotations

from flext_db_oracle import OracleColumn, OracleType
from flext_target_oracle import merge


def test_merge_takes_the_last_row_of_each_key_and_never_sets_the_key() -> None:
    assert merge.merge_statement("ANALYTICS", "EMPLOYEES", ["ID", "Region", "NAME"], ["ID", "Region"]) == (
        'MERGE INTO "ANALYTICS"."EMPLOYEES" t\n'
        'USING (SELECT "ID", "Region", "NAME" FROM "ANALYTICS"."EMPLOYEES__FLEXT_STG" WHERE "FLEXT$ROW" IN '
        '(SELECT MAX("FLEXT$ROW") FROM "ANALYTICS"."EMPLOYEES__FLEXT_STG" GROUP BY "ID", "Region")) s\n'
        'ON (t."ID" = s."ID" AND t."Region" = s."Region")\n'
        'WHEN MATCHED THEN UPDATE SET t."NAME" = s."NAME"\n'
        'WHEN NOT MATCHED THEN INSERT ("ID", "Region", "NAME") VALUES (s."ID", s."Region", s."NAME")'
    )


def test_merge_of_a_table_that_is_all_key_has_nothing_to_update() -> None:
    assert merge.merge_statement("S", "T", ["ID"], ["ID"]) == (
        'MERGE INTO "S"."T" t\n'
        'USING (SELECT "ID" FROM "S"."T__FLEXT_STG" WHERE "FLEXT$ROW" IN '
        '(SELECT MAX("FLEXT$ROW") FROM "S"."T__FLEXT_STG" GROUP BY "ID")) s\n'
        'ON (t."ID" = s."ID")\n'
        'WHEN NOT MATCHED THEN INSERT ("ID") VALUES (s."ID")'
    )


def test_rules_of_a_merge() -> None:
    rules = merge.MergeRules(null_keys=frozenset({"ID"}), newest_by="AT", deleted_by="GONE")
    assert merge.merge_statement("S", "T", ["ID", "AT", "GONE"], ["ID"], rules) == (
        'MERGE INTO "S"."T" t\n'
        'USING (SELECT "ID", "AT", "GONE" FROM (SELECT "ID", "AT", "GONE", ROW_NUMBER() OVER (PARTITION BY "ID" '
        'ORDER BY "AT" DESC NULLS LAST, "FLEXT$ROW" DESC) AS "FLEXT$RANK" FROM "S"."T__FLEXT_STG") '
        'WHERE "FLEXT$RANK" = 1) s\n'
        'ON ((t."ID" = s."ID" OR (t."ID" IS NULL AND s."ID" IS NULL)))\n'
        'WHEN MATCHED THEN UPDATE SET t."AT" = s."AT", t."GONE" = s."GONE"\n'
        'WHERE t."AT" IS NULL OR s."AT" >= t."AT"\n'
        'DELETE WHERE t."GONE" IS NOT NULL\n'
        'WHEN NOT MATCHED THEN INSERT ("ID", "AT", "GONE") VALUES (s."ID", s."AT", s."GONE")\n'
        'WHERE s."GONE" IS NULL'
    )


def test_insert_only_leaves_rows_that_exist_and_takes_the_first_record_of_a_key() -> None:
    text = merge.merge_statement("S", "T", ["ID", "A"], ["ID"], merge.MergeRules(update=False))
    assert "WHEN MATCHED" not in text
    assert 'MIN("FLEXT$ROW")' in text


def test_staging_has_the_tables_types_but_not_its_constraints() -> None:
    columns = [
        OracleColumn("ID", OracleType.parse("NUMBER(10)"), nullable=False, identity="BY DEFAULT"),
        OracleColumn("NOTE", OracleType.parse("CLOB"), default="'x'"),
    ]
    assert merge.create_staging_table("S", "T", columns) == (
        'CREATE GLOBAL TEMPORARY TABLE "S"."T__FLEXT_STG" (\n'
        '    "ID" NUMBER(10),\n'
        '    "NOTE" CLOB,\n'
        '    "FLEXT$ROW" NUMBER(10)\n'
        ") ON COMMIT DELETE ROWS"
    )


def test_names_of_helper_tables_are_different_for_different_tables_and_never_too_long() -> None:
    long = ["T" * 128, "T" * 127 + "X", "T" * 120]
    names = [make(name) for name in long for make in (merge.staging_name, merge.replacement_name)]
    assert len(set(names)) == len(names)
    assert max(len(name.encode()) for name in names) <= 128
    short = ["T" * 30, "T" * 29 + "X", "T" * 20, "T"]
    names = [make(name) for name in short for make in (merge.staging_name, merge.replacement_name)]
    assert len(set(names)) == len(names)
    assert max(len(name.encode()) for name in names) <= 30, "Oracle before 12.2 takes no more"


def test_overwrite_replaces_by_two_statements_of_one_transaction() -> None:
    assert merge.delete_all("S", "T") == 'DELETE FROM "S"."T"'
    assert merge.copy_rows("S", "T__FLEXT_NEW", "T", ["A", "b"]) == (
        'INSERT INTO "S"."T" ("A", "b") SELECT "A", "b" FROM "S"."T__FLEXT_NEW"'
    )


def test_activate_version_spares_the_new_version_and_what_is_deleted_already() -> None:
    assert merge.delete_old_versions("S", "T", "_SDC_TABLE_VERSION") == (
        'DELETE FROM "S"."T" WHERE "_SDC_TABLE_VERSION" < :1 OR "_SDC_TABLE_VERSION" IS NULL'
    )
    assert merge.mark_old_versions("S", "T", "_SDC_TABLE_VERSION", "_SDC_DELETED_AT") == (
        'UPDATE "S"."T" SET "_SDC_DELETED_AT" = :1 WHERE "_SDC_DELETED_AT" IS NULL '
        'AND ("_SDC_TABLE_VERSION" < :2 OR "_SDC_TABLE_VERSION" IS NULL)'
    )
