"""DDL text from `metadata` objects, in the SQL of Oracle 19c. Every statement is one statement, without `;`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flext_db_oracle.errors import UnsupportedTypeError
from flext_db_oracle.identifiers import check, qualify, quote, shorten
from flext_db_oracle.metadata import OracleColumn, OracleTable


def create_table(table: OracleTable, *, options: str = "") -> str:
    """`CREATE TABLE "HR"."T" ("ID" NUMBER(10) NOT NULL, ..., CONSTRAINT "T_PK" PRIMARY KEY ("ID"))`.

    `options` is SQL that follows the closing parenthesis (TABLESPACE, COMPRESS, ROWDEPENDENCIES, ...), taken as it is.
    """
    if not table.columns:
        raise ValueError(f"table {table.name} has no columns")
    lines = [column_definition(column) for column in table.columns]
    if table.primary_key:
        lines.append(f"CONSTRAINT {quote(constraint_name(table.name, 'PK'))} PRIMARY KEY {_list(table.primary_key)}")
    body = ",\n    ".join(lines)
    return f"CREATE TABLE {qualify(table.schema, table.name)} (\n    {body}\n)" + (f" {options}" if options else "")


def column_definition(column: OracleColumn) -> str:
    """`"AMOUNT" NUMBER(10,2) DEFAULT 0 NOT NULL`."""
    if column.type is None:
        raise UnsupportedTypeError(f"column {column.name} has type {column.data_type}, which cannot be created")
    parts = [quote(column.name), column.type.ddl]
    if column.identity is not None:
        parts.append(f"GENERATED {column.identity} AS IDENTITY")
    elif column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    if not column.nullable:
        parts.append("NOT NULL")
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


def constraint_name(table: str, suffix: str) -> str:
    """`EMPLOYEES_PK`, shortened where the table's name leaves no room."""
    return check(shorten(f"{table}_{suffix}"))


def _list(names: Iterable[str]) -> str:
    return f"({', '.join(quote(name) for name in names)})"


def _literal(text: str) -> str:
    # COMMENT takes no binds. 4000 bytes is Oracle's limit for a comment.
    cut = text.encode(errors="replace")[:4000].decode(errors="ignore")
    return "'" + cut.replace("'", "''") + "'"


def truncate_table(schema: str | None, table: str) -> str:
    return f"TRUNCATE TABLE {qualify(schema, table)}"
