"""The dictionary's queries, and their rows grouped by table.

Every query names the owner by a bind, orders by the table's name first, and reads one view (keys join two). All run at
once, each a few rows ahead, so that a schema of any size passes through bounded memory; `Groups` keeps them in step.
Only SQL of 12.2 and later is used.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import oracledb

from flext_db_oracle.query import OpenQuery, open_query

IN_LIST = 500
"""Names per query; Oracle allows 1000 items in a list (ORA-01795)."""

Row = tuple[Any, ...]

NAMES = """
SELECT table_name FROM all_tables
 WHERE owner = :owner AND nested = 'NO' AND secondary = 'N' AND dropped = 'NO' AND iot_name IS NULL{names:table_name}
 UNION
SELECT view_name FROM all_views WHERE owner = :owner{names:view_name}
 UNION
SELECT mview_name FROM all_mviews WHERE owner = :owner{names:mview_name}
 ORDER BY 1"""
TABLES = """
SELECT table_name, num_rows, num_rows * avg_row_len, partitioned, temporary, iot_type, dependencies, duration,
       tablespace_name, compress_for
  FROM all_tables
 WHERE owner = :owner{names:table_name}
 ORDER BY table_name"""
VIEWS = "SELECT view_name FROM all_views WHERE owner = :owner{names:view_name} ORDER BY view_name"
MVIEWS = "SELECT mview_name FROM all_mviews WHERE owner = :owner{names:mview_name} ORDER BY mview_name"
# DATA_DEFAULT is a LONG and stands last, where every Oracle client fetches it well.
COLUMNS = """
SELECT table_name, column_name, data_type, data_type_owner, data_length, char_length, char_used, data_precision,
       data_scale, nullable, column_id, virtual_column, hidden_column, data_default
  FROM all_tab_cols
 WHERE owner = :owner AND (hidden_column = 'NO' OR user_generated = 'YES'){names:table_name}
 ORDER BY table_name, column_id NULLS LAST, internal_column_id"""
IDENTITIES = """
SELECT table_name, column_name, generation_type
  FROM all_tab_identity_cols
 WHERE owner = :owner{names:table_name}
 ORDER BY table_name"""
KEYS = """
SELECT c.table_name, c.constraint_type, c.constraint_name, k.column_name
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name AND k.table_name = c.table_name
 WHERE c.owner = :owner AND c.constraint_type IN ('P', 'U') AND c.status = 'ENABLED'{names:c.table_name}
 ORDER BY c.table_name, c.constraint_name, k.position"""
TABLE_COMMENTS = """
SELECT table_name, comments
  FROM all_tab_comments
 WHERE owner = :owner AND comments IS NOT NULL{names:table_name}
 ORDER BY table_name"""
COLUMN_COMMENTS = """
SELECT table_name, column_name, comments
  FROM all_col_comments
 WHERE owner = :owner AND comments IS NOT NULL{names:table_name}
 ORDER BY table_name"""
INDEXES = """
SELECT i.table_name, i.owner, i.index_name, i.uniqueness, i.index_type, k.column_name, k.column_position
  FROM all_indexes i
  JOIN all_ind_columns k ON k.index_owner = i.owner AND k.index_name = i.index_name
 WHERE i.table_owner = :owner AND i.index_type <> 'LOB'{names:i.table_name}
 ORDER BY i.table_name, i.owner, i.index_name, k.column_position"""
INDEX_EXPRESSIONS = """
SELECT table_name, index_owner, index_name, column_position, column_expression
  FROM all_ind_expressions
 WHERE table_owner = :owner{names:table_name}
 ORDER BY table_name"""
FOREIGN_KEYS = """
SELECT c.table_name, c.constraint_name, k.column_name, c.r_owner, r.table_name, rk.column_name, c.delete_rule, c.status
  FROM all_constraints c
  JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = c.constraint_name
  LEFT JOIN all_constraints r ON r.owner = c.r_owner AND r.constraint_name = c.r_constraint_name
  LEFT JOIN all_cons_columns rk
    ON rk.owner = r.owner AND rk.constraint_name = r.constraint_name AND rk.position = k.position
 WHERE c.owner = :owner AND c.constraint_type = 'R'{names:c.table_name}
 ORDER BY c.table_name, c.constraint_name, k.position"""
CHECKS = """
SELECT table_name, constraint_name, generated, status, search_condition_vc
  FROM all_constraints
 WHERE owner = :owner AND constraint_type = 'C'{names:table_name}
 ORDER BY table_name, constraint_name"""
PARTITIONING = """
SELECT table_name, partitioning_type, NULLIF(subpartitioning_type, 'NONE'), interval, autolist
  FROM all_part_tables
 WHERE owner = :owner{names:table_name}
 ORDER BY table_name"""
PARTITION_KEYS = """
SELECT name, column_name
  FROM all_part_key_columns
 WHERE owner = :owner AND TRIM(object_type) = 'TABLE'{names:name}
 ORDER BY name, column_position"""
PARTITIONS = """
SELECT table_name, partition_name, partition_position, num_rows, tablespace_name, compress_for, interval, high_value
  FROM all_tab_partitions
 WHERE table_owner = :owner{names:table_name}
 ORDER BY table_name, partition_position"""
_SEGMENTS = """
SELECT segment_name, SUM(bytes)
  FROM {view}
 WHERE segment_type IN ('TABLE', 'TABLE PARTITION', 'TABLE SUBPARTITION', 'NESTED TABLE'){owner}{{names:segment_name}}
 GROUP BY segment_name
 ORDER BY segment_name"""
OWN_SEGMENTS = _SEGMENTS.format(view="user_segments", owner="")
ALL_SEGMENTS = _SEGMENTS.format(view="dba_segments", owner=" AND owner = :owner")
SYNONYMS = """
SELECT synonym_name, table_owner, table_name, db_link FROM all_synonyms WHERE owner = :owner ORDER BY synonym_name"""

BASIC: Mapping[str, str] = {
    "tables": TABLES,
    "views": VIEWS,
    "mviews": MVIEWS,
    "columns": COLUMNS,
    "identities": IDENTITIES,
    "keys": KEYS,
    "table_comments": TABLE_COMMENTS,
    "column_comments": COLUMN_COMMENTS,
    "indexes": INDEXES,
}
DETAILS: Mapping[str, str] = {
    "index_expressions": INDEX_EXPRESSIONS,
    "foreign_keys": FOREIGN_KEYS,
    "checks": CHECKS,
    "partitioning": PARTITIONING,
    "partition_keys": PARTITION_KEYS,
    "partitions": PARTITIONS,
}


class Groups:
    """The rows of one query, table by table, in the order of `positions`."""

    def __init__(self, opened: OpenQuery, positions: Mapping[str, int]) -> None:
        self._groups = itertools.groupby(opened.rows(), key=lambda row: row[0])
        self._positions = positions
        self._next: tuple[int, list[Row]] | None = None
        self._last = -1

    def take(self, name: str) -> list[Row]:
        """The rows of this table. Tables must be asked for in order; those in between are skipped."""
        wanted = self._positions[name]
        while self._next is None or self._next[0] < wanted:
            if not self._advance():
                return []
        if self._next[0] > wanted:
            return []
        rows = self._next[1]
        self._next = None
        return rows

    def _advance(self) -> bool:
        for name, rows in self._groups:
            position = self._positions.get(name)
            if position is None:
                continue  # a table that is filtered out
            if position <= self._last:
                raise RuntimeError(
                    "the dictionary's rows are not in binary order: set nls to NLS_SORT=BINARY for this connection"
                )
            self._last = position
            self._next = position, list(rows)
            return True
        return False


def open_groups(
    stack: ExitStack,
    connection: oracledb.Connection,
    queries: Mapping[str, str],
    positions: Mapping[str, int],
    names: list[str] | None,
    owner: str,
) -> dict[str, Groups]:
    """One open cursor per query; they are closed with the stack."""
    return {
        key: Groups(stack.enter_context(_open(connection, sql, names, owner=owner)), positions)
        for key, sql in queries.items()
    }


def rows(connection: oracledb.Connection, sql: str, names: list[str] | None = None, **binds: str) -> Iterator[Row]:
    """All rows of one query."""
    with _open(connection, sql, names, **binds) as opened:
        yield from opened.rows()


def _open(
    connection: oracledb.Connection, sql: str, names: list[str] | None, **binds: str
) -> AbstractContextManager[OpenQuery]:
    return open_query(connection, *bound(sql, names, **binds), describe_first=False)


def bound(sql: str, names: list[str] | None, **binds: str) -> tuple[str, dict[str, str]]:
    """The SQL with its `{names:column}` places filled by a list of binds, and the binds it has."""
    used = {key: value for key, value in binds.items() if f":{key}" in sql}
    while "{names:" in sql:
        head, _, rest = sql.partition("{names:")
        column, _, tail = rest.partition("}")
        condition = ""
        if names is not None:
            used |= {f"n{index}": name for index, name in enumerate(names)}
            condition = f" AND {column} IN ({', '.join(f':n{index}' for index in range(len(names)))})"
        sql = head + condition + tail
    return sql, used
