"""Making the database's tables what a stream needs: create, add columns, widen, staging. DDL, so everything commits.

Nothing is narrowed or dropped. What Oracle cannot do in place is refused, with the column and what to do; only a text
column that must become a CLOB is copied into a new one.
"""

from __future__ import annotations

import enum
import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import oracledb
from flext_db_oracle import (
    ObjectNotFoundError,
    OracleColumn,
    OracleTable,
    OracleType,
    Session,
    UnsupportedTypeError,
    ddl,
    explain,
    is_transient,
)
from flext_db_oracle.identifiers import MAX_BYTES, fold, qualify, quote
from flext_db_oracle.json_schema import holds_json

from . import merge
from .faults import fault_point
from .options import SchemaPolicy
from .types import StreamColumn

logger = logging.getLogger("target-oracle.tables")

_TEXTS = frozenset({"VARCHAR2", "NVARCHAR2", "CHAR", "NCHAR"})


CONVERTED_SUFFIX = "__FLEXT_CLOB"
"""A column that is being turned from VARCHAR2 into CLOB, until it takes the old one's name."""


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a new table is created: the setting `table_options`."""

    compress: bool | str = False
    partition_by: str | None = None
    tablespace: str | None = None
    rowdependencies: bool = False
    indexes: Sequence[Sequence[str]] = ()
    logging: bool = True
    """False: direct path into it makes no redo."""
    max_bytes: int = MAX_BYTES
    """The longest name that the database takes."""

    @property
    def sql(self) -> str:
        """What follows the columns in CREATE TABLE. `partition_by` is the user's SQL, taken as it is."""
        parts = []
        if self.tablespace:
            parts.append(f"TABLESPACE {quote(fold(self.tablespace))}")
        if self.compress:
            kind = "ADVANCED" if self.compress == "advanced" else "BASIC"
            parts.append(f"ROW STORE COMPRESS {kind}")
        if self.partition_by:
            parts.append(f"PARTITION BY {self.partition_by}")
        if self.rowdependencies:
            parts.append("ROWDEPENDENCIES")
        if not self.logging:
            parts.append("NOLOGGING")
        return " ".join(parts)


NO_OPTIONS = TableOptions()


def create_unless_exists(session: Session, statement: str, what: str | None = None) -> None:
    """Run a CREATE. That another session was faster (ORA-00955) is as good. A failure says `what` was being made."""
    try:
        session.execute_ddl(statement)
    except Exception as exc:
        if explain(exc).code != "ORA-00955":
            exc.add_note(f"while making {what or statement.partition('(')[0].strip().removeprefix('CREATE ')}")
            raise


def create_statements(table: OracleTable, columns: Sequence[StreamColumn], options: TableOptions) -> Iterator[str]:
    """CREATE TABLE, its indexes, and the comments."""
    yield ddl.create_table(table, options=options.sql, max_bytes=options.max_bytes)
    names = {item.name: item.column.name for item in columns}
    for number, properties in enumerate(options.indexes, 1):
        unknown = [name for name in properties if name not in names]
        if unknown:
            raise ValueError(f"table_options: an index names {', '.join(unknown)}, which the stream does not have")
        index = qualify(table.schema, ddl.constraint_name(table.name, f"IX{number}", max_bytes=options.max_bytes))
        listed = ", ".join(quote(names[name]) for name in properties)
        yield f"CREATE INDEX {index} ON {qualify(table.schema, table.name)} ({listed})"
    yield from ddl.comments(table)


class Change(enum.Enum):
    """What a table needed."""

    CREATED = enum.auto()
    CHANGED = enum.auto()
    NONE = enum.auto()


def ensure_table(
    session: Session,
    existing: OracleTable | None,
    wanted: OracleTable,
    columns: Sequence[StreamColumn],
    *,
    policy: SchemaPolicy = SchemaPolicy.EVOLVE,
    options: TableOptions = NO_OPTIONS,
) -> Change:
    """Create a table, or make the `existing` one what the policy says."""
    change = Change.NONE
    if existing is None:
        first, *others = create_statements(wanted, columns, options)
        create_unless_exists(session, first)
        fault_point("after table")
        for statement in others:
            create_unless_exists(session, statement)
        logger.info("Created table %s.%s", wanted.schema, wanted.name)
        return Change.CREATED
    if existing.kind != "TABLE":
        raise UnsupportedTypeError(
            f"{existing.schema}.{existing.name} is a {existing.kind.lower()}, and a target loads tables only. "
            "Hint: rename it, or rename the stream with stream_maps and __alias__"
        )
    if policy is SchemaPolicy.EVOLVE:
        checks = json_checks(session, existing, columns)
        finished = _finish_conversions(session, existing, columns)
        if finished is not existing:
            change = Change.CHANGED
        for difference in changes(finished, columns, checks):
            if _mend(session, wanted, difference):
                change = Change.CHANGED
    elif policy is SchemaPolicy.FAIL:
        found = [item.what for item in changes(existing, columns, json_checks(session, existing, columns))]
        if found:
            raise UnsupportedTypeError(
                f"{existing.schema}.{existing.name} is not what the stream needs: {'; '.join(found)}. "
                "Hint: change the table, or set schema_policy to evolve or freeze"
            )
    return change


def _mend(session: Session, table: OracleTable, difference: Difference) -> bool:
    """Change the table, or leave a column as it is that need not, and cannot, be changed: whether it was changed."""
    try:
        for statement in difference.statements:
            _execute(session, statement)
    except oracledb.DatabaseError as exc:
        if difference.needed or is_transient(exc):
            raise
        # An index that would become too long, a virtual column, a partition's key: the table is somebody's as it is.
        where, told = f"{table.schema}.{table.name}", explain(exc).message
        logger.warning("%s: %s, and stays so (%s): values that do not fit are refused", where, difference.what, told)
        return False
    return True


def _execute(session: Session, statement: str) -> None:
    logger.info("%s", statement)
    if statement.startswith("UPDATE"):
        session.execute(statement)
        session.commit()
    else:
        session.execute_ddl(statement)
    fault_point("after ddl")


def present_columns(table: OracleTable, columns: Sequence[StreamColumn]) -> list[StreamColumn]:
    """The stream's columns that the table has and that can be loaded."""
    writable = {column.name for column in table.columns if column.writable and column.type is not None}
    return [item for item in columns if item.column.name in writable]


def ensure_replacement(
    session: Session, schema: str, table: str, columns: Sequence[OracleColumn], *, begun: bool, logging: bool = True
) -> None:
    """The table in which an overwrite collects its rows: empty, unless this run has `begun` to fill it.

    Its columns have the types of the table's own, so that what it takes, the table takes as well; or, for direct path, the
    wider ones of `Collection`.
    """
    name = merge.replacement_name(table)
    if not begun:
        drop_if_exists(session, schema, name)  # left by a run that failed
    wanted = OracleTable(name, schema, columns=tuple(OracleColumn(item.name, item.type) for item in columns))
    ensure_table(
        session,
        session.find_table(schema, name),
        wanted,
        [StreamColumn(item.name, item, None) for item in wanted.columns],
        options=TableOptions(logging=logging),
    )


def ensure_staging(session: Session, schema: str, table: str, columns: Sequence[OracleColumn]) -> None:
    """The global temporary table through which batches reach `table`, with the columns of `table`."""
    name = merge.staging_name(table)
    existing = session.find_table(schema, name)
    if existing is not None:
        wanted = [(column.name, column.type) for column in columns]
        if [(column.name, column.type) for column in existing.columns][:-1] == wanted:
            return
        session.execute_ddl(ddl.drop_table(schema, name))
    what = f"the staging table beside {qualify(schema, table)}, which takes CREATE ANY TABLE in another user's schema"
    create_unless_exists(session, merge.create_staging_table(schema, table, columns), what)


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


def live_columns(table: OracleTable, columns: Sequence[StreamColumn]) -> list[OracleColumn]:
    """The columns as they are in the database now: an existing one may be wider than the stream's."""
    found = [table.column(item.column.name) for item in columns]
    missing = [item.column.name for item, column in zip(columns, found, strict=True) if column is None]
    if missing:
        raise ObjectNotFoundError(f"table {table.schema}.{table.name} has no column {', '.join(missing)}")
    return [column for column in found if column is not None]


def json_checks(session: Session, table: OracleTable, columns: Sequence[StreamColumn]) -> frozenset[str]:
    """The names of those constraints of the table by which a column takes JSON only, and the stream now has other text."""
    freed = {item.json_check_name(table.name) for item in columns if item.column.json_check is None and item.is_text}
    if not freed or not any(column.type is not None and column.type.name == "CLOB" for column in table.columns):
        return frozenset()
    rows = session.query(
        "SELECT constraint_name FROM all_constraints WHERE owner = :1 AND table_name = :2 AND constraint_type = 'C'",
        [table.schema, table.name],
    ).rows
    return frozenset(name for (name,) in rows if name in freed)


@dataclass(frozen=True, slots=True)
class Difference:
    """What an existing table needs for a stream: in words, and as statements."""

    what: str
    statements: Sequence[str]
    needed: bool = True
    """False: the stream does not say that it has larger values, only that it may."""


def changes(table: OracleTable, columns: Sequence[StreamColumn], checks: Collection[str] = ()) -> Iterator[Difference]:
    """What an existing table needs for a stream. `checks` are those of `json_checks`."""
    present = {column.name: column for column in table.columns}
    added = [item.column for item in columns if item.column.name not in present]
    if added:
        # Rows that are there already have no value for them, so a new column is never NOT NULL.
        loose = [replace(column, nullable=True) for column in added]
        words = ", ".join(f"{column.name} {column.type.ddl if column.type else ''}" for column in loose)
        statements = [ddl.add_columns(table.schema, table.name, loose)]
        statements += ddl.comments(OracleTable(table.name, table.schema, columns=tuple(loose)))
        yield Difference(f"it lacks {words}", statements)
    for item in columns:
        found = present.get(item.column.name)
        if found is not None:
            yield from _widen(table, found, item)
        if (check := item.json_check_name(table.name)) in checks:
            drop = f"ALTER TABLE {qualify(table.schema, table.name)} DROP CONSTRAINT {quote(check)}"
            yield Difference(f"{item.column.name} takes JSON only", [drop])


def _widen(table: OracleTable, found: OracleColumn, item: StreamColumn) -> Iterator[Difference]:
    wanted = item.column.type
    assert wanted is not None
    if wanted.name == "JSON" and found.type is not None and found.type.name in _TEXTS:
        wanted = OracleType("CLOB")
    elif found.type is not None and found.type.name == "JSON" and item.schema is not None and holds_json(item.schema):
        wanted = found.type  # it takes any JSON
    where = f"column {table.schema}.{table.name}.{found.name}"
    if found.type is None or not found.writable:
        state = "generated by the database" if found.type is not None else f"of type {found.data_type}"
        raise UnsupportedTypeError(
            f"{where} is {state} and cannot be loaded. Hint: leave property {item.name!r} out with stream_maps"
        )
    widened = found.type.widened(wanted)
    if widened is not None and widened != found.type:
        modified = ddl.modify_column(table.schema, table.name, OracleColumn(found.name, widened))
        yield Difference(f"{found.name} is {found.type.ddl}, not {widened.ddl}", [modified], needed=item.sized)
    elif widened is None and found.type.name in _TEXTS and wanted.name in {"CLOB", "NCLOB"}:
        yield Difference(f"{found.name} is {found.type.ddl}, not {wanted.ddl}", _conversion(table, found, wanted))
    elif widened is None:
        raise UnsupportedTypeError(
            f"{where} is {found.type.ddl}, and the values of property {item.name!r} need {wanted.ddl}, which Oracle "
            "cannot change in place. Hint: rename or drop the column, set column_types, or convert the property with "
            "stream_maps"
        )


def _conversion(table: OracleTable, column: OracleColumn, wanted: OracleType) -> list[str]:
    """VARCHAR2 into CLOB, which Oracle has no statement for: a new column, filled, that takes the old one's name.

    Each step leaves all values in the table; `_finish_conversions` goes on where a run has died.
    """
    if column.name in table.primary_key:
        raise UnsupportedTypeError(f"key column {table.schema}.{table.name}.{column.name} cannot become a LOB")
    name, new = qualify(table.schema, table.name), _converted_name(column.name)
    return [
        ddl.add_columns(table.schema, table.name, [OracleColumn(new, wanted)]),
        f"UPDATE {name} SET {quote(new)} = {quote(column.name)}",
        f"ALTER TABLE {name} DROP COLUMN {quote(column.name)}",
        f"ALTER TABLE {name} RENAME COLUMN {quote(new)} TO {quote(column.name)}",
        *ddl.comments(
            OracleTable(table.name, table.schema, columns=(OracleColumn(column.name, wanted, comment=column.comment),))
        ),
    ]


def _converted_name(column: str) -> str:
    return merge.helper_name(column, CONVERTED_SUFFIX)


def _finish_conversions(session: Session, table: OracleTable, columns: Sequence[StreamColumn]) -> OracleTable:
    """End what a run that died has begun: rename the new column if the old one is gone, else drop it."""
    left = [column.name for column in table.columns if column.name.endswith(CONVERTED_SUFFIX)]
    if not left:
        return table
    names = {column.name for column in table.columns}
    cut = {_converted_name(old): old for old in (*names, *(item.column.name for item in columns))}
    name = qualify(table.schema, table.name)
    for new in left:
        old = cut.get(new, new.removesuffix(CONVERTED_SUFFIX))
        if old in names:
            _execute(session, f"ALTER TABLE {name} DROP COLUMN {quote(new)}")
        else:
            _execute(session, f"ALTER TABLE {name} RENAME COLUMN {quote(new)} TO {quote(old)}")
    return session.get_table(table.schema, table.name)
