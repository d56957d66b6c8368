"""DDL text from `metadata` objects, in the SQL of Oracle 19c. Every statement is one statement, without `;`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from flext_db_oracle.ddl_storage import storage_clauses
from flext_db_oracle.errors import UnsupportedTypeError
from flext_db_oracle.identifiers import MAX_BYTES, check, qualify, quote, shorten
from flext_db_oracle.metadata import OracleCheck, OracleColumn, OracleForeignKey, OracleIndex, OracleTable


def create_table(table: OracleTable, *, options: str = "", storage: bool = False, max_bytes: int = MAX_BYTES) -> str:
    """`CREATE TABLE "HR"."T" ("ID" NUMBER(10) NOT NULL, ..., CONSTRAINT "T_PK" PRIMARY KEY ("ID"))`.

    `storage` also writes what lies under the columns, as far as the metadata has it (`ddl_storage`): temporary and
    index-organized tables, partitions, compression, tablespaces. `options` is SQL that follows, taken as it is.
    `max_bytes` is the longest name of a constraint that the database takes: 30 before Oracle 12.2.
    """
    if not table.columns:
        raise ValueError(f"table {table.name} has no columns")
    lines = [column_definition(column) for column in table.columns]
    if table.primary_key:
        name = constraint_name(table.name, "PK", max_bytes=max_bytes)
        lines.append(f"CONSTRAINT {quote(name)} PRIMARY KEY {_list(table.primary_key)}")
    body = ",\n    ".join(lines)
    kind = "GLOBAL TEMPORARY TABLE" if storage and table.temporary else "TABLE"
    after = " ".join(text for text in (storage_clauses(table) if storage else "", options) if text)
    return f"CREATE {kind} {qualify(table.schema, table.name)} (\n    {body}\n)" + (f" {after}" if after else "")


def create_all(table: OracleTable, *, options: str = "", storage: bool = False) -> list[str]:
    """CREATE TABLE, then its unique keys, checks, other indexes and comments: what makes the same table again.

    Foreign keys are not among them, because the tables they refer to may not exist yet: see `foreign_key`. `options`
    and `storage` are those of `create_table`.
    """
    statements = [create_table(table, options=options, storage=storage)]
    known = {table.primary_key, *table.unique_keys}
    for number, key in enumerate(table.unique_keys, 1):
        name = constraint_name(table.name, f"UK{number}")
        statements.append(
            f"ALTER TABLE {qualify(table.schema, table.name)} ADD CONSTRAINT {quote(name)} UNIQUE {_list(key)}"
        )
    statements += [check_constraint(table, check, number) for number, check in enumerate(table.checks, 1)]
    plain = [index for index in table.indexes if index.columns not in known and index.kind in _INDEX_KINDS]
    statements += [create_index(table, index, number) for number, index in enumerate(plain, 1)]
    return [*statements, *comments(table)]


_INDEX_KINDS = {"NORMAL": "", "BITMAP": "BITMAP ", "FUNCTION-BASED NORMAL": "", "FUNCTION-BASED BITMAP": "BITMAP "}


def create_index(table: OracleTable, index: OracleIndex, number: int = 1) -> str:
    """`CREATE INDEX "HR"."T_IX1" ON "HR"."T" ("A", UPPER("B"))`: named anew, because names are the schema's."""
    columns = {column.name for column in table.columns}
    listed = ", ".join(quote(name) if name in columns else name for name in index.columns)
    kind = "UNIQUE " if index.unique else _INDEX_KINDS[index.kind]
    name = qualify(table.schema, constraint_name(table.name, f"IX{number}"))
    return f"CREATE {kind}INDEX {name} ON {qualify(table.schema, table.name)} ({listed})"


def check_constraint(table: OracleTable, constraint: OracleCheck, number: int = 1) -> str:
    """`ALTER TABLE "HR"."T" ADD CONSTRAINT "T_CK1" CHECK (amount > 0)`: named anew, because names are the schema's."""
    name = quote(constraint_name(table.name, f"CK{number}"))
    state = "" if constraint.enabled else " DISABLE"
    return (
        f"ALTER TABLE {qualify(table.schema, table.name)} ADD CONSTRAINT {name} CHECK ({constraint.condition}){state}"
    )


def foreign_key(table: OracleTable, key: OracleForeignKey) -> str:
    """`ALTER TABLE "HR"."T" ADD CONSTRAINT "FK" FOREIGN KEY ("A") REFERENCES "HR"."P" ("ID") ON DELETE CASCADE`."""
    if key.referenced_table is None:
        raise UnsupportedTypeError(
            f"foreign key {key.name}: its parent table in {key.referenced_schema} is not visible"
        )
    parent = f"{qualify(key.referenced_schema, key.referenced_table)} {_list(key.referenced_columns)}"
    on_delete = "" if key.on_delete == "NO ACTION" else f" ON DELETE {key.on_delete}"
    name = qualify(table.schema, table.name)
    return f"ALTER TABLE {name} ADD CONSTRAINT {quote(key.name)} FOREIGN KEY {_list(key.columns)} REFERENCES {parent}{on_delete}"


def evolve(current: OracleTable, wanted: OracleTable) -> list[str]:
    """ALTER statements that let a table hold the rows of another: new columns, and wider types. Nothing is dropped.

    Raises `UnsupportedTypeError` for a column that Oracle cannot change in place.
    """
    statements = []
    new = [column for column in wanted.columns if current.column(column.name) is None]
    if new:
        statements.append(add_columns(current.schema, current.name, [replace(column, nullable=True) for column in new]))
    for column in wanted.columns:
        held = current.column(column.name)
        if held is None or held.type == column.type:
            continue
        wider = None if held.type is None or column.type is None else held.type.widened(column.type)
        if wider is None:
            raise UnsupportedTypeError(
                f"column {column.name} cannot become {column.data_type} in place: it is {held.data_type}"
            )
        if wider != held.type:
            statements.append(modify_column(current.schema, current.name, replace(held, type=wider)))
    return statements


def column_definition(column: OracleColumn) -> str:
    """`"AMOUNT" NUMBER(10,2) DEFAULT 0 NOT NULL`."""
    if column.type is None:
        raise UnsupportedTypeError(f"column {column.name} has type {column.data_type}, which cannot be created")
    parts = [quote(column.name), column.type.ddl]
    if column.invisible:
        parts.append("INVISIBLE")
    if column.virtual:
        parts.append(f"GENERATED ALWAYS AS ({column.default}) VIRTUAL")
    elif column.identity is not None:
        parts.append(f"GENERATED {column.identity} AS IDENTITY")
    elif column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    if not column.nullable:
        parts.append("NOT NULL")
    if column.json_check is not None:
        parts.append(f"CONSTRAINT {quote(column.json_check)} CHECK ({quote(column.name)} IS JSON)")
    return " ".join(parts)


def add_columns(schema: str | None, table: str, columns: Sequence[OracleColumn]) -> str:
    """`ALTER TABLE "HR"."T" ADD ("A" NUMBER, "B" DATE)`."""
    return f"ALTER TABLE {qualify(schema, table)} ADD ({', '.join(column_definition(column) for column in columns)})"


def modify_column(schema: str | None, table: str, column: OracleColumn) -> str:
    """`ALTER TABLE "HR"."T" MODIFY ("A" VARCHAR2(200 CHAR))`: the type only. See `OracleType.widened`."""
    if column.type is None:
        raise UnsupportedTypeError(f"column {column.name} has type {column.data_type}, which cannot be changed")
    return f"ALTER TABLE {qualify(schema, table)} MODIFY ({quote(column.name)} {column.type.ddl})"


def make_nullable(schema: str | None, table: str, column: str) -> str:
    return f"ALTER TABLE {qualify(schema, table)} MODIFY ({quote(column)} NULL)"


def drop_table(schema: str | None, table: str) -> str:
    """Drops without the recycle bin: what pipelines drop are staging tables."""
    return f"DROP TABLE {qualify(schema, table)} PURGE"


def rename_table(schema: str | None, table: str, new_name: str) -> str:
    return f"ALTER TABLE {qualify(schema, table)} RENAME TO {quote(new_name)}"


def comments(table: OracleTable) -> Iterable[str]:
    """COMMENT statements of the table and of its columns that have one."""
    name = qualify(table.schema, table.name)
    if table.comment:
        yield f"COMMENT ON TABLE {name} IS {_literal(table.comment)}"
    for column in table.columns:
        if column.comment:
            yield f"COMMENT ON COLUMN {name}.{quote(column.name)} IS {_literal(column.comment)}"


def constraint_name(table: str, suffix: str, *, max_bytes: int = MAX_BYTES) -> str:
    """`EMPLOYEES_PK`, shortened where the table's name leaves no room."""
    return check(shorten(f"{table}_{suffix}", max_bytes))


def _list(names: Iterable[str]) -> str:
    return f"({', '.join(quote(name) for name in names)})"


def _literal(text: str) -> str:
    # COMMENT takes no binds. 4000 bytes is Oracle's limit for a comment.
    cut = text.encode(errors="replace")[:4000].decode(errors="ignore")
    return "'" + cut.replace("'", "''") + "'"


def truncate_table(schema: str | None, table: str) -> str:
    return f"TRUNCATE TABLE {qualify(schema, table)}"
