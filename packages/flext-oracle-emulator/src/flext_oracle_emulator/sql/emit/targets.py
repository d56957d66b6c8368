"""What DML writes to: the target relation, its columns, values on their way into them, and RETURNING."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...backend.pgtypes import ROWID_COLUMN
from ...catalog.model import Column, Relation
from ...errors import OracleError, unsupported
from .. import ast
from ..inference import Sql, convert
from ..names import derived_name, find_relation, quote, relation_text, string
from ..scope import Scope, Source, relation_source
from ..translation import OutputColumn
from ..types import base_type
from ..user_types import names_domain
from .core import State
from .tables import partition_condition

#: Types whose values cross the wire in another way than those of the same family.
_ENCODED = {"oracle.nvarchar2", "oracle.nchar", "float4", "float8"}


@dataclass(slots=True)
class Target:
    """The relation that a statement changes; `where` are conditions that an inline view adds.

    `partition` tells whether a row is in the partition that the statement names, "" if it names none.
    """

    relation: Relation
    source: Source
    name: str
    where: list[ast.Expr] = field(default_factory=list)
    columns: list[Column] | None = None  # those that an inline view selects
    partition: str = ""

    @property
    def text(self) -> str:
        return f"{relation_text(self.relation)} AS {self.source.alias}"

    @property
    def has_rowid(self) -> bool:
        return self.relation.has_rowid and self.relation.kind == "TABLE"


def target_of(state: State, table: ast.TableRef | ast.SubqueryRef, *privileges: str) -> Target:
    where: list[ast.Expr] = []
    alias = table.alias
    selected: list[ast.SelectItem] = []
    if isinstance(table, ast.SubqueryRef):
        selected = table.query.body.items if isinstance(table.query.body, ast.Select) else []
        table, where = _updatable(table)
    if table.db_link is not None:
        raise OracleError(2019, "connection description for remote database not found", table.pos)
    relation = find_relation(state.context, table.name, table.pos, *privileges)
    if relation.kind == "MATERIALIZED VIEW":
        raise OracleError(1732, "data manipulation operation not legal on this view", table.pos)
    name = alias or table.alias or table.name[-1]
    target = Target(relation, relation_source(relation, name, quote(name)), name, where)
    if table.partition is not None:
        target.partition = partition_condition(state, table, relation, target.source.alias)
    if selected and not any(isinstance(item.expr, ast.Star) for item in selected):
        target.columns = [
            column_of(target, item.expr.parts[-1:], item.pos) for item in selected if isinstance(item.expr, ast.Name)
        ]
    return target


def _updatable(table: ast.SubqueryRef) -> tuple[ast.TableRef, list[ast.Expr]]:
    """`(SELECT a, b FROM t WHERE c)` -> t, with c as a further condition."""
    query = table.query
    body = query.body
    plain = (
        isinstance(body, ast.Select)
        and len(body.from_) == 1
        and isinstance(body.from_[0], ast.TableRef)
        and not (body.distinct or body.group_by or body.hierarchy or body.having or query.ctes or query.limit)
        and all(
            isinstance(item.expr, ast.Star)
            or (isinstance(item.expr, ast.Name) and item.alias in (None, item.expr.parts[-1]))
            for item in body.items
        )
    )
    if not plain or query.with_check is not None:
        raise unsupported("DML on this inline view", table.pos)
    assert isinstance(body, ast.Select)
    inner = body.from_[0]
    assert isinstance(inner, ast.TableRef)
    return inner, [] if body.where is None else [body.where]


def column_of(target: Target, parts: tuple[str, ...], pos: int) -> Column:
    """A column of the target by a name that may be qualified with the target's alias or name."""
    relation = target.relation
    if len(parts) > 1 and parts[-2] not in (target.name, relation.name):
        raise OracleError(904, f'"{parts[-2]}"."{parts[-1]}": invalid identifier', pos)
    column = relation.column(parts[-1])
    if column is None:
        raise OracleError(904, f'"{parts[-1]}": invalid identifier', pos)
    return column


def insert_columns(target: Target, names: list[tuple[str, ...]] | None, pos: int) -> list[Column]:
    if names is None:
        return target.relation.visible if target.columns is None else target.columns
    columns = [column_of(target, parts, parts.pos if isinstance(parts, ast.ColumnPath) else pos) for parts in names]
    refuse_duplicates(columns, pos)
    return columns


def refuse_duplicates(columns: list[Column], pos: int) -> None:
    if len({column.name for column in columns}) < len(columns):
        raise OracleError(957, "duplicate column name", pos)


def check_count(columns: int, values: int, pos: int) -> None:
    if values < columns:
        raise OracleError(947, "not enough values", pos)
    if values > columns:
        raise OracleError(913, "too many values", pos)


def assign(value: Sql, column: Column, pos: int) -> str:
    """`value` as it goes into `column`, with Oracle's implicit conversion; lengths and precisions are the column's
    own affair.
    """
    if value.null:
        return "NULL"
    text = convert(value, base_type(column.pg_type), pos).text
    return _vector(text, column) if column.data_type.startswith("VECTOR(") else text


def _vector(text: str, column: Column) -> str:
    """A vector in the format that its column declares."""
    dimensions, format_, storage = column.data_type[len("VECTOR(") : -1].split(", ")
    dimensions = "NULL" if dimensions == "*" else dimensions
    format_ = "NULL" if format_ == "*" else string(format_)
    return f"oracle.vector_as({text}, {dimensions}, {format_}, {string(storage)})"


def inserted(state: State, node: ast.Expr, column: Column, scope: Scope) -> str:
    """One value of VALUES."""
    if isinstance(node, ast.Default):
        return "DEFAULT"
    if column.virtual:
        raise OracleError(54013, "INSERT operation disallowed on virtual columns", node.pos)
    if column.identity == "ALWAYS":
        raise OracleError(32795, "cannot insert into a generated always identity column", node.pos)
    try:
        value = state.expression(node, scope)
    except OracleError as error:
        if error.code == 904 and isinstance(node, ast.Name) and not scope.sources:
            raise OracleError(984, "column not allowed here", error.offset) from error
        raise
    return assign(value, column, node.pos)


def refuse_generated(columns: list[Column], pos: int) -> None:
    """Raise for columns that no INSERT of a query's rows may write."""
    for column in columns:
        if column.identity == "ALWAYS":
            raise OracleError(32795, "cannot insert into a generated always identity column", pos)
        if column.virtual:
            raise OracleError(54013, "INSERT operation disallowed on virtual columns", pos)


def refuse_written(columns: list[Column], pos: int) -> None:
    """Raise for columns that no UPDATE may write."""
    for column in columns:
        if column.virtual:
            raise OracleError(54017, "UPDATE operation disallowed on virtual columns", pos)
        if column.identity == "ALWAYS":
            raise OracleError(32796, "cannot update a generated always identity column", pos)


def updated(state: State, node: ast.Assignment, target: Target, scope: Scope) -> tuple[list[Column], str]:
    """One assignment of SET: its columns and its text."""
    columns = [column_of(target, parts, node.pos) for parts in node.columns]
    refuse_written(columns, node.pos)
    if isinstance(node.value, ast.Default):
        return columns, f"{quote(columns[0].name)} = DEFAULT"
    if len(columns) == 1 and not (isinstance(node.value, ast.Subquery) and len(node.columns) > 1):
        value = assign(state.expression(node.value, scope), columns[0], node.value.pos)
        return columns, f"{quote(columns[0].name)} = {value}"
    if not isinstance(node.value, ast.Subquery):
        raise OracleError(1767, "UPDATE ... SET expression must be a subquery", node.pos)
    query = state.query(node.value.query, scope)
    check_count(len(columns), len(query.columns), node.value.pos)
    names = [f"c{index}" for index in range(1, len(columns) + 1)]
    values = [
        assign(Sql(f"q.{name}", type_), column, node.pos)
        for name, type_, column in zip(names, query.types, columns, strict=True)
    ]
    listed = ", ".join(quote(column.name) for column in columns)
    return columns, f"({listed}) = (SELECT {', '.join(values)} FROM ({query.text}) AS q({', '.join(names)}))"


@dataclass(slots=True)
class ReturningSql:
    text: str = ""
    columns: list[OutputColumn] = field(default_factory=list)
    binds: list[int] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)


def returning(state: State, node: ast.Returning | None, scope: Scope) -> ReturningSql:
    """` RETURNING a, b`; the targets after INTO are no parameters."""
    result = ReturningSql()
    if node is None:
        return result
    if len(node.exprs) != len(node.into):
        raise OracleError(
            *((913, "too many values") if len(node.into) < len(node.exprs) else (947, "not enough values")), node.pos
        )
    texts: list[str] = []
    scope.clause = "returning"
    moments = node.moments or [None] * len(node.exprs)
    for expr, into, moment in zip(node.exprs, node.into, moments, strict=True):
        value = state.expression(expr, scope if moment is None else _moment(scope.sources[0], moment))
        name = expr.parts[-1] if isinstance(expr, ast.Name) else f"RETURNING{len(texts) + 1}"
        if isinstance(into, ast.Bind):
            value = _returned(state, value, into)
            result.binds.append(into.index)
        elif isinstance(into, ast.Name) and len(into.parts) == 1:
            result.variables.append(into.parts[0])
        else:
            raise unsupported("RETURNING INTO this target", node.pos)
        texts.append(f"{value.text} AS {quote(name)}")
        domain = value.type if names_domain(value.type) else None
        result.columns.append(OutputColumn(derived_name(name), char_literal=value.char, domain=domain))
    result.text = f" RETURNING {', '.join(texts)}"
    return result


def _moment(source: Source, moment: str) -> Scope:
    """The target's row before or after the change."""
    assert source.relation is not None
    row = relation_source(source.relation, source.name or "", moment.lower())
    return Scope(sources=[row], visible=list(row.columns), clause="returning")


def _returned(state: State, value: Sql, into: ast.Bind) -> Sql:
    """A returned value in the type of the bind that takes it, which is how it crosses the wire."""
    types = state.context.bind_types
    if into.index >= len(types):
        return value
    wanted = types[into.index]
    converted = convert(value, wanted, into.pos)
    different = converted.type != wanted and {converted.type, wanted} & _ENCODED
    return Sql(f"({converted.text})::{wanted}", wanted) if different else converted


def in_partition(target: Target, value: str) -> str:
    """`value` for a row that is in the partition that the statement names (ORA-14401)."""
    if not target.partition:
        return value
    outside = "oracle.raise(14401, 'inserted partition key is outside specified partition')::int4::int8"
    return f"CASE WHEN {target.partition} THEN {value} ELSE {outside} END"


def rowid_returning(target: Target, text: str, *, inserted: bool = False) -> str:
    """The hidden last column that tells the client's cursor its last ROWID."""
    rowid = f'{target.source.alias}."{ROWID_COLUMN}"'
    return f"{text}{',' if text else ' RETURNING'} {in_partition(target, rowid) if inserted else rowid}"
