"""The SQL of staging, merging and replacing, as text: identifiers are quoted, values are binds.

Theory of an upsert: a batch goes by array binds into a global temporary table, private to the session and emptied by
COMMIT, and from there with one MERGE into the table. A key may come more than once in a batch: the staging table
numbers the rows, and the MERGE takes the highest number of each key, so that the last record wins and ORA-30926 cannot
happen. Key columns are compared with `=`: a record whose key is NULL (or '', which Oracle stores as NULL) is refused
before it gets here.
"""

from __future__ import annotations

from collections.abc import Sequence

from flext_db_oracle import OracleColumn
from flext_db_oracle.ddl import column_definition
from flext_db_oracle.identifiers import fold, qualify, quote, shorten

SEQUENCE_COLUMN = "FLEXT$ROW"
"""Numbers the rows of the staging table."""

STAGING_SUFFIX = "__FLEXT_STG"
REPLACEMENT_SUFFIX = "__FLEXT_NEW"
_MAX_NAME = 128


def staging_name(table: str) -> str:
    """`EMPLOYEES` -> `EMPLOYEES__FLEXT_STG`."""
    return shorten(table, _MAX_NAME - len(STAGING_SUFFIX)) + STAGING_SUFFIX


def replacement_name(table: str) -> str:
    """`EMPLOYEES` -> `EMPLOYEES__FLEXT_NEW`: where `overwrite` collects the rows of a run."""
    return shorten(table, _MAX_NAME - len(REPLACEMENT_SUFFIX)) + REPLACEMENT_SUFFIX


def create_staging_table(schema: str, table: str, columns: Sequence[OracleColumn]) -> str:
    """`CREATE GLOBAL TEMPORARY TABLE ... ON COMMIT DELETE ROWS`: no constraints, they are the table's."""
    lines = [column_definition(OracleColumn(name=column.name, type=column.type)) for column in columns]
    lines.append(f"{quote(SEQUENCE_COLUMN)} NUMBER(10)")
    body = ",\n    ".join(lines)
    return (
        f"CREATE GLOBAL TEMPORARY TABLE {qualify(schema, staging_name(table))} (\n    {body}\n) ON COMMIT DELETE ROWS"
    )


def update_columns(columns: Sequence[str], key: Sequence[str]) -> list[str]:
    """What MERGE sets when the key exists: everything but the key (ORA-38104)."""
    return [column for column in columns if column not in key]


def merge_statement(schema: str, table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """One MERGE from the staging table. Without columns besides the key there is no WHEN MATCHED."""
    source, target = qualify(schema, staging_name(table)), qualify(schema, table)
    row = quote(SEQUENCE_COLUMN)
    key_list = ", ".join(quote(column) for column in key)
    condition = " AND ".join(f"t.{quote(column)} = s.{quote(column)}" for column in key)
    assignments = ", ".join(f"t.{quote(column)} = s.{quote(column)}" for column in update_columns(columns, key))
    names = ", ".join(quote(column) for column in columns)
    values = ", ".join(f"s.{quote(column)}" for column in columns)
    lines = [
        f"MERGE INTO {target} t",
        f"USING (SELECT {names} FROM {source} WHERE {row} IN (SELECT MAX({row}) FROM {source} GROUP BY {key_list})) s",
        f"ON ({condition})",
    ]
    if assignments:
        lines.append(f"WHEN MATCHED THEN UPDATE SET {assignments}")
    lines.append(f"WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values})")
    return "\n".join(lines)


def delete_all(schema: str, table: str) -> str:
    """DELETE rather than TRUNCATE: the old rows stay for readers, and for us, until COMMIT."""
    return f"DELETE FROM {qualify(schema, table)}"


def copy_rows(schema: str, source: str, table: str, columns: Sequence[str]) -> str:
    """`INSERT INTO t (...) SELECT ... FROM s`, the second half of an overwrite."""
    names = ", ".join(quote(column) for column in columns)
    return f"INSERT INTO {qualify(schema, table)} ({names}) SELECT {names} FROM {qualify(schema, source)}"


def delete_old_versions(schema: str, table: str) -> str:
    """Binds: the version to keep. Rows loaded before the stream had versions are old as well."""
    version = quote(fold("_sdc_table_version"))
    return f"DELETE FROM {qualify(schema, table)} WHERE {version} < :1 OR {version} IS NULL"


def mark_old_versions(schema: str, table: str) -> str:
    """Binds: the time of deletion (UTC), the version to keep."""
    version, deleted = quote(fold("_sdc_table_version")), quote(fold("_sdc_deleted_at"))
    return (
        f"UPDATE {qualify(schema, table)} SET {deleted} = :1 "
        f"WHERE {deleted} IS NULL AND ({version} < :2 OR {version} IS NULL)"
    )
