"""MERGE and swap: set-based changes of a table from another table or query, safe with duplicates and NULLs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flext_db_oracle.bulk import match_columns
from flext_db_oracle.identifiers import qualify, quote
from flext_db_oracle.metadata import OracleColumn, OracleTable


@dataclass(frozen=True, slots=True)
class MergeStatement:
    """The MERGE, and the query that finds keys which the source has more than once (None: the MERGE itself decides)."""

    sql: str
    duplicates: str | None
    keys: tuple[str, ...]


def make_merge(
    target: OracleTable,
    source: str,
    source_columns: Sequence[str],
    *,
    keys: Sequence[str] | None = None,
    order_by: Sequence[str] = (),
    update: bool = True,
    insert: bool = True,
) -> MergeStatement:
    """One MERGE that upserts the rows of `source` (SQL: a quoted name or a query in parentheses).

    `keys` default to the target's key. NULL keys match NULL. With `order_by` (column names) the last of several source
    rows with one key wins; without, such rows must not exist. A table whose columns are all keys is only inserted into.
    """
    columns = match_columns(target, source_columns)
    key_names = list(keys) if keys else list(target.key_columns)
    if not key_names:
        raise ValueError(f"{target.schema}.{target.name} has no key: name the columns that identify a row")
    key_columns = match_columns(target, key_names)
    names = {column.name for column in columns}
    if missing := [column.name for column in key_columns if column.name not in names]:
        raise ValueError(f"the source has no column {', '.join(missing)}, which is a key")
    others = [column for column in columns if column not in key_columns and column.writable]
    clauses = []
    if update and others:
        sets = ", ".join(f"t.{quote(column.name)} = s.{quote(column.name)}" for column in others)
        clauses.append(f"WHEN MATCHED THEN UPDATE SET {sets}")
    if insert:
        into = [column for column in columns if column.writable]
        listed = ", ".join(quote(column.name) for column in into)
        values = ", ".join(f"s.{quote(column.name)}" for column in into)
        clauses.append(f"WHEN NOT MATCHED THEN INSERT ({listed}) VALUES ({values})")
    if not clauses:
        raise ValueError("nothing to do: every column is a key and insert is off")
    listed_keys = ", ".join(quote(column.name) for column in key_columns)
    rows = _last_rows(source, columns, listed_keys, match_columns(target, order_by)) if order_by else source
    on = " AND ".join(_same(column) for column in key_columns)
    sql = f"MERGE INTO {qualify(target.schema, target.name)} t USING {rows} s ON ({on}) {' '.join(clauses)}"
    duplicates = None
    if not order_by:
        duplicates = (
            f"SELECT {listed_keys}, COUNT(*) FROM {source} GROUP BY {listed_keys} HAVING COUNT(*) > 1"
            " FETCH FIRST 1 ROWS ONLY"
        )
    return MergeStatement(sql, duplicates, tuple(column.name for column in key_columns))


def _last_rows(source: str, columns: Sequence[OracleColumn], keys: str, order_by: Sequence[OracleColumn]) -> str:
    listed = ", ".join(quote(column.name) for column in columns)
    order = ", ".join(f"{quote(column.name)} DESC NULLS LAST" for column in order_by)
    number = f"ROW_NUMBER() OVER (PARTITION BY {keys} ORDER BY {order}) AS flext_rank"
    return f"(SELECT {listed} FROM (SELECT {listed}, {number} FROM {source}) WHERE flext_rank = 1)"


def _same(column: OracleColumn) -> str:
    """Equality that holds for two NULLs; plain where there are none, so that indexes serve."""
    name = quote(column.name)
    if not column.nullable:
        return f"t.{name} = s.{name}"
    return f"(t.{name} = s.{name} OR (t.{name} IS NULL AND s.{name} IS NULL))"


def swap_statements(target: OracleTable, replacement: OracleTable) -> list[str]:
    """DELETE and INSERT .. SELECT: in one transaction they replace the rows, and nothing else of the table changes."""
    columns = [column for column in target.columns if column.writable and not column.virtual]
    missing = [column.name for column in columns if replacement.column(column.name) is None]
    if missing:
        raise ValueError(f"{replacement.schema}.{replacement.name} has no column {', '.join(missing)}")
    names = ", ".join(quote(column.name) for column in columns)
    goal = qualify(target.schema, target.name)
    return [
        f"DELETE FROM {goal}",
        f"INSERT INTO {goal} ({names}) SELECT {names} FROM {qualify(replacement.schema, replacement.name)}",
    ]
