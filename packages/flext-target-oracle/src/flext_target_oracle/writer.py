"""Writing a batch's rows within the caller's transaction: array inserts, or staging and one MERGE.

With `rejecting`, rows that the database refuses are put aside and the others go on. The driver names the rows that an
array insert refuses. A MERGE that fails says nothing of rows, so the batch is halved, in order, until the row is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import oracledb
from flext_db_oracle import Session
from flext_db_oracle.bulk import BulkReject, InsertStatement
from flext_db_oracle.errors import one_line
from flext_db_oracle.identifiers import qualify

from . import merge
from .rows import Row

_INSERT_ROWS = 2_500
"""Rows of one array insert: so many, with what the driver makes of them, stay in a processor's cache."""
_SAVEPOINT = "FLEXT_BATCH"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows were inserted or merged, how many of them were updates (None: not known), and the refused ones."""

    changed: int
    refused: list[BulkReject]
    updated: int | None = None


@dataclass(frozen=True, slots=True)
class BatchWriter:
    """The statements of one stream. `merge_sql` is None where rows go straight into the table.

    `count_sql` counts the rows that the MERGE will update: its own number is the sum of both.
    """

    schema: str
    table: str
    insert: InsertStatement
    merge_sql: str | None
    rejecting: bool = False
    count_sql: str | None = None

    def write(self, session: Session, rows: Sequence[Row]) -> Outcome:
        """Write a batch. Refused rows are told by their index."""
        if self.merge_sql is None:
            return Outcome(*self._insert(session, rows, 0), updated=0)
        numbered = [(*row, number) for number, row in enumerate(rows)]
        if not self.rejecting:
            self._insert(session, numbered, 0)
            return self._merge_staged(session, [])
        return self._merge(session, numbered, 0)

    def _merge_staged(self, session: Session, refused: list[BulkReject]) -> Outcome:
        assert self.merge_sql is not None
        updated = None if self.count_sql is None else session.query(self.count_sql).scalar()
        return Outcome(session.execute(self.merge_sql), refused, updated)

    def _merge(self, session: Session, rows: Sequence[Row], first: int) -> Outcome:
        session.execute(f"SAVEPOINT {_SAVEPOINT}")
        _, refused = self._insert(session, rows, first)
        try:
            done = self._merge_staged(session, refused)
        except oracledb.DatabaseError as exc:
            if not _is_of_a_row(exc):
                raise
            session.execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
            if len(rows) == 1:
                return Outcome(0, [BulkReject(first, exc.args[0].full_code, one_line(exc.args[0].message))], 0)
            half = len(rows) // 2
            before, after = self._merge(session, rows[:half], first), self._merge(session, rows[half:], first + half)
            counted = self.count_sql is not None
            return Outcome(
                before.changed + after.changed,
                before.refused + after.refused,
                (before.updated or 0) + (after.updated or 0) if counted else None,
            )
        # What is staged is merged; the other half of a batch must not meet it again.
        session.execute(f"DELETE FROM {qualify(self.schema, merge.staging_name(self.table))}")
        return done

    def _insert(self, session: Session, rows: Sequence[Row], first: int) -> tuple[int, list[BulkReject]]:
        inserted, refused = 0, []
        for start in range(0, len(rows), _INSERT_ROWS):
            chunk = rows[start : start + _INSERT_ROWS]
            if self.rejecting:
                done, some = _insert_with_errors(session, self.insert, chunk, first + start)
                inserted += done
                refused += some
            else:
                session.execute_many(self.insert.sql, chunk, input_types=self.insert.input_types)
                inserted += len(chunk)
        return inserted, refused


def _insert_with_errors(
    session: Session, insert: InsertStatement, rows: Sequence[Row], first: int
) -> tuple[int, list[BulkReject]]:
    with session.connection.cursor() as cursor:
        cursor.setinputsizes(*insert.input_types)
        cursor.executemany(insert.sql, list(rows), batcherrors=True)
        errors = cursor.getbatcherrors()
    refused = [BulkReject(first + error.offset, error.full_code, one_line(error.message)) for error in errors]
    return len(rows) - len(refused), refused


def _is_of_a_row(exc: oracledb.DatabaseError) -> bool:
    """Whether a row's values are at fault, rather than the session, a privilege or space."""
    return isinstance(exc, (oracledb.IntegrityError, oracledb.DataError)) or (
        getattr(exc.args[0], "full_code", None) in _ROW_CODES
    )


# Data errors that the driver reports as plain DatabaseError.
_ROW_CODES = frozenset(
    {
        "ORA-12899",
        "ORA-01438",
        "ORA-01461",
        "ORA-01722",
        "ORA-02290",
        "ORA-02291",
        "ORA-01400",
        "ORA-00001",
        "ORA-01407",
    }
    | {"ORA-01847", "ORA-01843", "ORA-01830", "ORA-01841", "ORA-01426", "ORA-14400", "ORA-20000", "ORA-02359"}
)
