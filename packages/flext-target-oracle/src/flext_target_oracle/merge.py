"""The SQL of staging, merging and replacing, as text: identifiers are quoted, values are binds.

Theory of an upsert: a batch goes by array binds into a global temporary table, private to the session and emptied by
COMMIT, and from there with one MERGE into the table. A key may come more than once in a batch: the staging table
numbers the rows, and the MERGE takes the highest number of each key, so that the last record wins and ORA-30926 cannot
happen. Key columns are compared with `=`, and a record whose key is NULL (or '', which Oracle stores as NULL) is refused
before it gets here; with `null_keys: equal`, NULL matches NULL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flext_db_oracle import OracleColumn
from flext_db_oracle.ddl import column_definition
from flext_db_oracle.identifiers import MAX_BYTES, qualify, quote, shorten

SEQUENCE_COLUMN = "FLEXT$ROW"
"""Numbers the rows of the staging table."""

STAGING_SUFFIX = "__FLEXT_STG"
REPLACEMENT_SUFFIX = "__FLEXT_NEW"
_OLD_MAX_BYTES = 30  # before Oracle 12.2


def helper_name(name: str, suffix: str) -> str:
    """A name of our own beside a table's or column's, different for each, and short enough for the database.

    A name of at most 30 bytes may be in a database that takes no more.
    """
    longest = _OLD_MAX_BYTES if len(name.encode()) <= _OLD_MAX_BYTES else MAX_BYTES
    return shorten(name, longest - len(suffix)) + suffix


def staging_name(table: str) -> str:
    """`EMPLOYEES` -> `EMPLOYEES__FLEXT_STG`."""
    return helper_name(table, STAGING_SUFFIX)


def replacement_name(table: str) -> str:
    """`EMPLOYEES` -> `EMPLOYEES__FLEXT_NEW`: where `overwrite` collects the rows of a run."""
    return helper_name(table, REPLACEMENT_SUFFIX)


def plain_names(text: str) -> str:
    """A message without the helper tables' suffixes: users know their table, not the one that a batch waits in."""
    return text.replace(STAGING_SUFFIX, "").replace(REPLACEMENT_SUFFIX, "")


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


@dataclass(frozen=True, slots=True)
class MergeRules:
    """What a MERGE does besides inserting new keys and updating those that exist."""

    update: bool = True
    """False: rows that exist stay as they are, and the first record of a key wins."""
    null_keys: frozenset[str] = frozenset()
    """Key columns in which NULL equals NULL."""
    newest_by: str | None = None
    """Column that says which of two rows is newer: an older one never replaces a newer one."""
    deleted_by: str | None = None
    """Column that is not NULL in a row that is to be deleted."""


PLAIN = MergeRules()


def merge_statement(
    schema: str, table: str, columns: Sequence[str], key: Sequence[str], rules: MergeRules = PLAIN
) -> str:
    """One MERGE from the staging table. Without columns besides the key there is no WHEN MATCHED."""
    condition = " AND ".join(_equal(column, nullable=column in rules.null_keys) for column in key)
    names = ", ".join(quote(column) for column in columns)
    values = ", ".join(f"s.{quote(column)}" for column in columns)
    lines = [
        f"MERGE INTO {qualify(schema, table)} t",
        f"USING ({_deduplicated(qualify(schema, staging_name(table)), names, key, rules)}) s",
        f"ON ({condition})",
    ]
    assignments = ", ".join(f"t.{quote(column)} = s.{quote(column)}" for column in update_columns(columns, key))
    if assignments and rules.update:
        lines.append(f"WHEN MATCHED THEN UPDATE SET {assignments}")
        if rules.newest_by is not None:
            newest = quote(rules.newest_by)
            lines.append(f"WHERE t.{newest} IS NULL OR s.{newest} >= t.{newest}")
        if rules.deleted_by is not None:
            lines.append(f"DELETE WHERE t.{quote(rules.deleted_by)} IS NOT NULL")
    lines.append(f"WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values})")
    if rules.deleted_by is not None:
        lines.append(f"WHERE s.{quote(rules.deleted_by)} IS NULL")
    return "\n".join(lines)


def count_updates(
    schema: str, table: str, columns: Sequence[str], key: Sequence[str], rules: MergeRules = PLAIN
) -> str | None:
    """A query for how many rows the MERGE will update; None if it only inserts."""
    if not rules.update or not update_columns(columns, key):
        return None
    conditions = [_equal(column, nullable=column in rules.null_keys) for column in key]
    if rules.newest_by is not None:
        newest = quote(rules.newest_by)
        conditions.append(f"(t.{newest} IS NULL OR s.{newest} >= t.{newest})")
    return (
        f"SELECT COUNT(*) FROM {qualify(schema, table)} t WHERE EXISTS "
        f"(SELECT 1 FROM {qualify(schema, staging_name(table))} s WHERE {' AND '.join(conditions)})"
    )


def _equal(column: str, *, nullable: bool) -> str:
    name = quote(column)
    plain = f"t.{name} = s.{name}"
    return f"({plain} OR (t.{name} IS NULL AND s.{name} IS NULL))" if nullable else plain


def _deduplicated(source: str, names: str, key: Sequence[str], rules: MergeRules) -> str:
    """The numbered rows of a table, one of each key: the last, or the first for insert-only, or the newest."""
    row = quote(SEQUENCE_COLUMN)
    keys = ", ".join(quote(column) for column in key)
    if rules.newest_by is None:
        chosen = "MAX" if rules.update else "MIN"
        return f"SELECT {names} FROM {source} WHERE {row} IN (SELECT {chosen}({row}) FROM {source} GROUP BY {keys})"
    newest = quote(rules.newest_by)
    return (
        f"SELECT {names} FROM (SELECT {names}, ROW_NUMBER() OVER (PARTITION BY {keys} ORDER BY {newest} DESC NULLS LAST, "
        f'{row} DESC) AS "FLEXT$RANK" FROM {source}) WHERE "FLEXT$RANK" = 1'
    )


def delete_all(schema: str, table: str) -> str:
    """DELETE rather than TRUNCATE: the old rows stay for readers, and for us, until COMMIT."""
    return f"DELETE FROM {qualify(schema, table)}"


def copy_rows(schema: str, source: str, table: str, columns: Sequence[str]) -> str:
    """`INSERT INTO t (...) SELECT ... FROM s`, the second half of an overwrite."""
    names = ", ".join(quote(column) for column in columns)
    return f"INSERT INTO {qualify(schema, table)} ({names}) SELECT {names} FROM {qualify(schema, source)}"


def copy_collected(
    schema: str, source: str, table: str, values: Mapping[str, str], key: Sequence[str], rules: MergeRules = PLAIN
) -> str:
    """`copy_rows` from a table of numbered rows. With a key, of each one row, and none that is to be deleted.

    `values` has the SQL that makes each column's value from the column of the same name.
    """
    names = ", ".join(map(quote, values))
    rows = f"({_deduplicated(qualify(schema, source), names, key, rules)})" if key else qualify(schema, source)
    sql = f"INSERT INTO {qualify(schema, table)} ({names}) SELECT {', '.join(values.values())} FROM {rows}"
    return f"{sql} WHERE {quote(rules.deleted_by)} IS NULL" if key and rules.deleted_by is not None else sql


def delete_old_versions(schema: str, table: str, version: str) -> str:
    """Binds: the version to keep. Rows loaded before the stream had versions are old as well."""
    name = quote(version)
    return f"DELETE FROM {qualify(schema, table)} WHERE {name} < :1 OR {name} IS NULL"


def mark_old_versions(schema: str, table: str, version: str, deleted: str) -> str:
    """Binds: the time of deletion (UTC), the version to keep."""
    version, deleted = quote(version), quote(deleted)
    return (
        f"UPDATE {qualify(schema, table)} SET {deleted} = :1 "
        f"WHERE {deleted} IS NULL AND ({version} < :2 OR {version} IS NULL)"
    )
