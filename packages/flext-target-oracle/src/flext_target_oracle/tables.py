"""Making the database's tables what a stream needs: create, add columns, widen, staging. DDL, so everything commits.

Nothing is narrowed, dropped or converted. What Oracle cannot do in place is refused, with the column and what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from flext_db_oracle import ObjectNotFoundError, OracleColumn, OracleTable, Session, UnsupportedTypeError, ddl, explain

from . import merge
from .types import StreamColumn, new_table

logger = logging.getLogger("target-oracle.tables")


def create_unless_exists(session: Session, statement: str) -> None:
    """Run a CREATE. That another session was faster (ORA-00955) is as good."""
    try:
        session.execute_ddl(statement)
    except Exception as exc:
        if explain(exc).code != "ORA-00955":
            raise


def ensure_table(
    session: Session, schema: str, name: str, columns: Sequence[StreamColumn], primary_key: Sequence[str]
) -> bool:
    """Create a table, or add and widen columns of the one that is there. Whether it was created."""
    existing = session.find_table(schema, name)
    if existing is None:
        create_unless_exists(session, ddl.create_table(new_table(schema, name, columns, primary_key)))
        logger.info("Created table %s.%s", schema, name)
        return True
    _evolve(session, existing, columns)
    return False


def ensure_replacement(
    session: Session,
    schema: str,
    table: str,
    columns: Sequence[StreamColumn],
    primary_key: Sequence[str],
    *,
    begun: bool,
) -> None:
    """The table in which an overwrite collects its rows: empty, unless this run has `begun` to fill it."""
    name = merge.replacement_name(table)
    if not begun:
        drop_if_exists(session, schema, name)  # left by a run that failed
    ensure_table(session, schema, name, columns, primary_key)


def ensure_staging(session: Session, schema: str, table: str, columns: Sequence[OracleColumn]) -> None:
    """The global temporary table through which batches reach `table`, with the columns of `table`."""
    name = merge.staging_name(table)
    existing = session.find_table(schema, name)
    if existing is not None:
        wanted = [(column.name, column.type) for column in columns]
        if [(column.name, column.type) for column in existing.columns][:-1] == wanted:
            return
        session.execute_ddl(ddl.drop_table(schema, name))
    create_unless_exists(session, merge.create_staging_table(schema, table, columns))


def drop_if_exists(session: Session, schema: str, name: str) -> None:
    if session.table_exists(schema, name):
        session.execute_ddl(ddl.drop_table(schema, name))


def drop_staging(session: Session, schema: str, table: str) -> None:
    """Leave no staging table behind. One that another session uses (ORA-14452) stays, and is used again."""
    name = merge.staging_name(table)
    try:
        drop_if_exists(session, schema, name)
    except Exception as exc:
        if explain(exc).code != "ORA-14452":
            raise
        logger.info("Staging table %s is in use by another session and stays", name)


def live_columns(session: Session, schema: str, name: str, columns: Sequence[StreamColumn]) -> list[OracleColumn]:
    """The columns as they are in the database now: an existing one may be wider than the stream's."""
    table = session.get_table(schema, name)
    found = [table.column(item.column.name) for item in columns]
    missing = [item.column.name for item, column in zip(columns, found, strict=True) if column is None]
    if missing:
        raise ObjectNotFoundError(f"table {schema}.{name} has no column {', '.join(missing)}")
    return [column for column in found if column is not None]


def _evolve(session: Session, table: OracleTable, columns: Sequence[StreamColumn]) -> None:
    if table.kind != "TABLE":
        raise UnsupportedTypeError(
            f"{table.schema}.{table.name} is a {table.kind.lower()}, and a target loads tables only. "
            "Hint: rename it, or rename the stream with stream_maps and __alias__"
        )
    present = {column.name: column for column in table.columns}
    added = [item.column for item in columns if item.column.name not in present]
    if added:
        # Rows that are there already have no value for them, so a new column is never NOT NULL.
        loose = [OracleColumn(name=column.name, type=column.type) for column in added]
        session.execute_ddl(ddl.add_columns(table.schema, table.name, loose))
        logger.info("Added to %s: %s", table.name, ", ".join(column.name for column in added))
    for item in columns:
        found = present.get(item.column.name)
        if found is not None:
            _widen(session, table, found, item)


def _widen(session: Session, table: OracleTable, found: OracleColumn, item: StreamColumn) -> None:
    wanted = item.column.type
    assert wanted is not None
    where = f"column {table.schema}.{table.name}.{found.name}"
    if found.type is None or not found.writable:
        state = "generated by the database" if found.type is not None else f"of type {found.data_type}"
        raise UnsupportedTypeError(
            f"{where} is {state} and cannot be loaded. Hint: leave property {item.name!r} out with stream_maps"
        )
    widened = found.type.widened(wanted)
    if widened is None:
        raise UnsupportedTypeError(
            f"{where} is {found.type.ddl}, and the values of property {item.name!r} need {wanted.ddl}, which Oracle "
            "cannot change in place. Hint: rename or drop the column, or convert the property with stream_maps"
        )
    if widened != found.type:
        session.execute_ddl(ddl.modify_column(table.schema, table.name, OracleColumn(found.name, widened)))
        logger.info("Widened %s from %s to %s", where, found.type.ddl, widened.ddl)
