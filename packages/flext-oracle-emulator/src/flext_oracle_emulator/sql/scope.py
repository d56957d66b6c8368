"""What names mean inside one query block: its row sources, their columns, and the block around it.

A `Scope` belongs to one SELECT (or the target of one DML statement). Column references leave as PostgreSQL text; a
scope
whose rows were put into a derived table first (ROWNUM, CONNECT BY) has a `wrapper` through which every reference goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..backend.pgtypes import ROWID_COLUMN
from ..catalog.model import Column, Relation
from ..errors import OracleError
from . import ast
from .inference import Sql
from .names import display, invalid_identifier, quote
from .types import base_type


@dataclass(slots=True, eq=False)
class ScopeColumn:
    """One column of a row source. `column` is the base table's column when it is one."""

    name: str
    sql: str
    type: str | None
    source: Source | None = None
    column: Column | None = None
    hidden: bool = False
    char: int | None = None
    null: bool = False
    size: int | None = None


@dataclass(slots=True, eq=False)
class Source:
    """A row source: table, view, inline view or CTE. `name` is what qualifies its columns, `alias` PostgreSQL's alias
    (quoted).
    """

    name: str | None
    alias: str
    columns: list[ScopeColumn] = field(default_factory=list)
    owner: str | None = None
    relation: Relation | None = None
    used: bool = False
    joined_by: dict[str, int] = field(default_factory=dict)  # columns merged by USING/NATURAL -> ORA code if qualified

    def find(self, name: str) -> list[ScopeColumn]:
        return [column for column in self.columns if column.name == name]


@dataclass(frozen=True, slots=True, eq=False)
class Cte:
    """A common table expression that is in scope. `text` is what reads it, if that is more than its name."""

    name: str
    alias: str
    columns: tuple[ScopeColumn, ...]
    text: str | None = None


class Wrapper:
    """The derived table that holds a block's rows: each distinct inner expression becomes one of its columns, on
    demand.
    """

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.columns: dict[str, str] = {}

    def expose(self, text: str) -> str:
        name = self.columns.setdefault(text, f"c{len(self.columns) + 1}")
        return f"{self.alias}.{name}"


@dataclass(slots=True, eq=False)
class Scope:
    """One query block.

    `visible` are the columns as `*` lists them (a column merged by USING once). `group_texts` are the emitted GROUP BY
    expressions of a grouped block; `loose` collects the references that none of them covers. `aliases` are select-list
    aliases, for ORDER BY. `overrides` replaces columns by other text (MERGE .. DELETE WHERE sees the new values).
    """

    parent: Scope | None = None
    ctes: Mapping[str, Cte] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    visible: list[ScopeColumn] = field(default_factory=list)
    wrapper: Wrapper | None = None
    nested: Wrapper | None = None  # the grouped rows under an aggregate of aggregates
    group_texts: set[str] | None = None
    loose: list[tuple[int, str]] = field(default_factory=list)
    aliases: Mapping[str, Sql] = field(default_factory=dict)
    group_aliases: Mapping[str, ast.Expr] = field(default_factory=dict)  # 23ai: GROUP BY may name them
    overrides: Mapping[int, str] = field(default_factory=dict)
    clause: str = "select"
    aggregate_depth: int = 0
    grouped: bool = False
    rownum: str | None = None
    hierarchy: object | None = None
    windows: Mapping[str, ast.Window] = field(default_factory=dict)
    expression_only: bool = False  # a DDL expression: columns are bare names

    def chain(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def reference(self, column: ScopeColumn, pos: int) -> Sql:
        """The text by which `column` is read in this block."""
        if column.source is not None:
            column.source.used = True
        text = self.overrides.get(id(column)) or column.sql
        if self.wrapper is not None:
            text = self.wrapper.expose(text)
        if self.aggregate_depth == 0:
            self.loose.append((pos, text))
        return Sql(text, column.type, char=column.char, size=column.size)

    def source_named(self, qualifier: tuple[str, ...]) -> Source | None:
        found = [
            source
            for source in self.sources
            if source.name == qualifier[-1] and (len(qualifier) == 1 or source.owner == qualifier[-2])
        ]
        if len(found) > 1:
            raise OracleError(918, "column ambiguously defined", -1)
        return found[0] if found else None

    def find_unqualified(self, name: str, pos: int) -> ScopeColumn | None:
        found = [column for column in self.visible if column.name == name]
        if not found:
            found = [c for source in self.sources for c in source.find(name) if c.hidden]
        if len(found) > 1:
            raise OracleError(918, "column ambiguously defined", pos)
        return found[0] if found else None

    def find_qualified(self, parts: tuple[str, ...], pos: int) -> ScopeColumn | None:
        source = self.source_named(parts[:-1])
        if source is None:
            return None
        code = source.joined_by.get(parts[-1])
        if code == 25154:
            raise OracleError(25154, "column part of USING clause cannot have qualifier", pos)
        if code is not None:
            raise OracleError(25155, "column used in NATURAL join cannot have qualifier", pos)
        found = source.find(parts[-1])
        if len(found) > 1:
            raise OracleError(918, "column ambiguously defined", pos)
        if not found:
            raise invalid_identifier(parts, pos)
        return found[0]

    def find(self, node: ast.Name) -> tuple[Scope, ScopeColumn] | None:
        """The column a name means, and the block it belongs to: the innermost that has it."""
        for scope in self.chain():
            column = (
                scope.find_unqualified(node.parts[0], node.pos)
                if len(node.parts) == 1
                else scope.find_qualified(node.parts, node.pos)
            )
            if column is not None:
                return scope, column
        return None


def relation_source(relation: Relation, name: str, alias: str) -> Source:
    source = Source(name, alias, owner=relation.owner, relation=relation)
    source.columns = [
        ScopeColumn(
            column.name,
            f"{alias}.{quote(column.name)}",
            base_type(column.pg_type),
            source,
            column,
            column.hidden,
            size=_declared_size(column),
        )
        for column in relation.columns
    ]
    return source


def _declared_size(column: Column) -> int | None:
    """Bytes of VARCHAR2, CHAR and RAW, fractional digits of timestamps."""
    if column.data_type in ("VARCHAR2", "CHAR"):
        return min(4 * column.char_length, 4000) if column.char_used == "C" else column.length
    if column.data_type in ("NVARCHAR2", "NCHAR"):
        return min(4 * column.char_length, 4000)
    if column.data_type == "RAW":
        return column.length
    return column.scale if column.data_type.startswith("TIMESTAMP") else None


def rowid_column(source: Source, parts: tuple[str, ...], pos: int) -> ScopeColumn:
    """The ROWID of a row source. Raises ORA-01445/ORA-01446 for what has none."""
    if source.relation is None or not source.relation.has_rowid:
        raise (
            OracleError(1446, "cannot select ROWID from, or sample, a view with DISTINCT, GROUP BY, etc.", pos)
            if source.relation is not None or source.columns
            else invalid_identifier(parts, pos)
        )
    return ScopeColumn("ROWID", f'{source.alias}."{ROWID_COLUMN}"', "oracle.rowid", source)


__all__ = ["Cte", "Scope", "ScopeColumn", "Source", "Wrapper", "display", "relation_source", "rowid_column"]
