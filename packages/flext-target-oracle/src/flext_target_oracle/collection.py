"""Direct path for an overwrite: the run's rows go, numbered, into a table of their own, and from there into the stream's.

Theory
------
The driver's direct path load commits by itself, so a batch and its checkpoint cannot be one transaction: append-only and
upsert never use it. An overwrite can, since nobody reads `<TABLE>__FLEXT_NEW` and a run that fails begins it anew. Each
row has its number in the run. A load whose reply is lost is made certain by deleting what has this number or a higher
one, before it is repeated; the server lets that wait until the lost load has ended, as that locks the table. At the end
the rows are counted, and one INSERT .. SELECT puts them into the stream's table: of each key the last row, or the newest.

That INSERT also is what checks the values: what a server checks of a direct path stream is not documented, so the
columns here are as wide as their kind goes, and values that travel as text are converted on the way out. What cannot be
loaded so (`why_not`) is loaded by array binds, as without the setting.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import oracledb
from flext_db_oracle import OracleColumn, OracleType, Session, explain, is_transient
from flext_db_oracle.identifiers import qualify, quote
from flext_db_oracle.staging import why_not_direct

from . import merge
from .faults import fault_point
from .rows import Row

logger = logging.getLogger("target-oracle.direct-path")

_ROW_NUMBER = OracleColumn(merge.SEQUENCE_COLUMN, OracleType("NUMBER", precision=19, scale=0))
_LONGEST_TEXT, _LONGEST_RAW = 4000, 2000
_CHARACTER_SET = "AL32UTF8"  # of others the driver has stored wrong characters: oracle/python-oracledb issue 567
# Equal in the collection's type exactly when they are equal in the column's own.
_KEY_TYPES = frozenset({"NUMBER", "VARCHAR2", "DATE", "TIMESTAMP", "RAW"})
_PIECE_ROWS = 5_000


class RowsDifferError(Exception):
    """The table that an overwrite has collected does not have the rows that were sent to it."""


def expect_rows(table: str, sent: int, found: int) -> None:
    """Raise `RowsDifferError` unless an overwrite has collected as many rows as it has sent."""
    if sent != found:
        raise RowsDifferError(
            f"{sent} rows for {table} were sent and {found} are there: nothing was replaced. "
            "Hint: run the load again, and no other that overwrites this table at the same time"
        )


def why_not(session: Session, columns: Sequence[OracleColumn], compared: Sequence[str]) -> str | None:
    """The reason why these columns cannot be loaded by direct path, None if they can. `compared` are key and newest_by."""
    reason = why_not_direct(session.connection, columns)
    if reason is not None:
        return reason
    for column in columns:
        if column.name in compared and (_is_text(column) or column.type is None or column.type.name not in _KEY_TYPES):
            return f"{column.name}, by which rows are compared, has type {column.data_type}"
    found = session.query("SELECT value FROM nls_database_parameters WHERE parameter = 'NLS_CHARACTERSET'").scalar()
    return None if found == _CHARACTER_SET else f"the database's character set is {found}"


class Collection:
    """The rows that an overwrite has collected so far. One thread at a time writes."""

    def __init__(self, schema: str, table: str) -> None:
        self.schema, self.table = schema, table
        self.rows = 0
        """How many rows it must have."""
        self._live: Sequence[OracleColumn] = ()
        self._direct = True
        self._uncertain = False

    @property
    def columns(self) -> list[OracleColumn]:
        """The columns of its table."""
        return [*(OracleColumn(item.name, _collecting_type(item)) for item in self._live), _ROW_NUMBER]

    def use(self, live: Sequence[OracleColumn]) -> None:
        """The columns of the stream's table, in the order of the rows from now on."""
        self._live = live

    def write(self, session: Session, rows: Sequence[Row], first: int) -> None:
        """Write and commit the rows whose first has this number. After a failure: what arrived of them goes first."""
        numbered = [(*row, number) for number, row in enumerate(rows, first)]
        if self._uncertain:
            self._delete_from(session, first)
        self._uncertain = True
        fault_point("before rows")
        if not (self._direct and self._load(session, numbered, first)):
            self._insert(session, numbered)
        fault_point("after rows")
        self._uncertain = False
        self.rows += len(rows)

    def _load(self, session: Session, rows: Sequence[Row], first: int) -> bool:
        names = [column.name for column in self.columns]
        try:
            session.connection.direct_path_load(self.schema, self.table, names, rows, batch_size=_PIECE_ROWS)
        except oracledb.Error as exc:
            if is_transient(exc):
                raise
            told = explain(exc).message
            logger.warning(
                "Direct path into %s failed, going on by array binds: %s", merge.plain_names(self.table), told
            )
            self._direct = False
            self._delete_from(session, first)
            return False
        return True

    def _insert(self, session: Session, rows: Sequence[Row]) -> None:
        types = [column.type for column in self.columns if column.type is not None]
        binds = ", ".join(f":{number}" for number in range(1, len(types) + 1))
        names = ", ".join(quote(column.name) for column in self.columns)
        sql = f"INSERT INTO {qualify(self.schema, self.table)} ({names}) VALUES ({binds})"
        session.execute_many(sql, rows, input_types=[kind.input_type() for kind in types])
        session.commit()

    def _delete_from(self, session: Session, first: int) -> None:
        number = quote(merge.SEQUENCE_COLUMN)
        session.execute(f"DELETE FROM {qualify(self.schema, self.table)} WHERE {number} >= :1", [first])
        session.commit()

    def deleted(self, count: int) -> None:
        """Rows of old versions were deleted from it."""
        self.rows -= count

    def copy_into(self, session: Session, table: str, key: Sequence[str], rules: merge.MergeRules) -> int:
        """Insert the rows, by key one of each, into the stream's table, in the caller's transaction: how many."""
        found = session.query(f"SELECT COUNT(*) FROM {qualify(self.schema, self.table)}").scalar()
        expect_rows(f"{self.schema}.{table}", self.rows, found)
        names = [column.name for column in self._live]
        values = [
            quote(column.name) if column.type is None else column.type.bind_expression(quote(column.name))
            for column in self._live
        ]
        sql = merge.copy_collected(self.schema, self.table, table, dict(zip(names, values, strict=True)), key, rules)
        return session.execute(sql)


def _is_text(column: OracleColumn) -> bool:
    """Whether its values travel as text and are converted by SQL."""
    return column.type is not None and column.type.bind_expression("x") != "x"


def _collecting_type(column: OracleColumn) -> OracleType:
    kind = column.type
    assert kind is not None  # `why_not` has refused such columns
    if _is_text(column):
        return OracleType("VARCHAR2", length=100, char_used=True)
    match kind.name:
        case "NUMBER" | "FLOAT":
            return OracleType("NUMBER")
        case "VARCHAR2" | "CHAR":
            longest = max(_LONGEST_TEXT, kind.length or 0)
            return OracleType("VARCHAR2", length=longest, char_used=True)
        case "RAW":
            return OracleType("RAW", length=max(_LONGEST_RAW, kind.length or 0))
    return kind
