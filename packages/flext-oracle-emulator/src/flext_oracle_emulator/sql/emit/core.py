"""The state of one translation, and the dispatch from tree nodes to the functions that write them.

Modules of this package register with `@emits(Node, ...)` (values), `@decides(Node, ...)` (conditions) and hang the
query
writer on `State.query_writer`; so they can call each other through `State` without importing each other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import Sql
from ..scope import Scope
from ..translation import Context, Flashback, OutputColumn, Parameter
from ..types import base_type
from ..user_types import UserType

ValueWriter = Callable[["State", Any, Scope], Sql]
ConditionWriter = Callable[["State", Any, Scope], str]

_VALUES: dict[type, ValueWriter] = {}
_CONDITIONS: dict[type, ConditionWriter] = {}


def emits(*types: type) -> Callable[[ValueWriter], ValueWriter]:
    def register(writer: ValueWriter) -> ValueWriter:
        _VALUES.update(dict.fromkeys(types, writer))
        return writer

    return register


def decides(*types: type) -> Callable[[ConditionWriter], ConditionWriter]:
    def register(writer: ConditionWriter) -> ConditionWriter:
        _CONDITIONS.update(dict.fromkeys(types, writer))
        return writer

    return register


@dataclasses.dataclass(slots=True)
class QuerySql:
    """A query's text and its output columns; `types` and `nulls` (NULL literals) are by position."""

    text: str
    columns: list[OutputColumn]
    types: list[str | None]
    nulls: list[bool]


#: Set by emit.query: (state, query, parent, ctes, wanted types by position or None) -> text.
QueryWriter = Callable[["State", ast.Query, "Scope | None", Mapping[str, Any], Mapping[int, str]], QuerySql]


class State:
    """What the writers share: the session, the parameters so far, and fresh names."""

    query_writer: QueryWriter

    def __init__(self, context: Context) -> None:
        self.context = context
        self.parameters: list[Parameter] = []
        self.array = False  # binds become columns of unnest(..)
        self.sequences: set[str] = set()
        self.sequence_columns: dict[str, str] | None = None  # of INSERT ALL: a value for each row of the query
        self.wants_rowid = False  # the next query block adds the ROWID of the LOBs it selects
        self.exact_types = False  # the next query block casts its columns to the wanted types, lengths dropped
        self.hidden_columns = 0
        self.cursors = 0  # CURSOR expressions so far
        self.lock_timeout: int | None = None
        self.flashback: dict[int, Flashback] = {}  # by the identity of the table's node: queries may be written twice
        self.reads_current = False
        self.reads_stored = False  # through a view
        self.needs_scn = False
        self.row_types: dict[str, UserType] = {}  # collections of packages' types, by what their values have as type
        self._positions: dict[int | str, int] = {}
        self._fresh = 0

    def fresh(self, prefix: str) -> str:
        self._fresh += 1
        return f'"${prefix}{self._fresh}"'

    def expression(self, node: ast.Expr, scope: Scope) -> Sql:
        """A value. Raises ORA-03001 for a node nobody writes."""
        writer = _VALUES.get(type(node))
        if writer is None:
            if type(node) not in _CONDITIONS:
                raise unsupported(type(node).__name__.upper(), node.pos)
            if self.context.version < 23:
                raise OracleError(923, "FROM keyword not found where expected", node.pos)
            return Sql(self.condition(node, scope), "bool")
        grouped = [(s, s.group_texts, len(s.loose)) for s in scope.chain() if s.group_texts]
        value = writer(self, node, scope)
        for block, texts, mark in grouped:
            if value.text in texts:
                del block.loose[mark:]
        return value

    def condition(self, node: ast.Expr, scope: Scope) -> str:
        """A condition."""
        writer = _CONDITIONS.get(type(node))
        if writer is None:
            if type(node) not in _VALUES:
                raise unsupported(type(node).__name__.upper(), node.pos)
            value = self.expression(node, scope) if self.context.version >= 23 else None
            if value is None or value.type != "bool":
                raise OracleError(920, "invalid relational operator", node.pos)
            return value.text
        return writer(self, node, scope)

    def is_condition(self, node: ast.Expr) -> bool:
        return type(node) in _CONDITIONS and type(node) not in _VALUES

    def query(
        self,
        node: ast.Query,
        parent: Scope | None,
        ctes: Mapping[str, Any] | None = None,
        wanted: Mapping[int, str] | None = None,
    ) -> QuerySql:
        inherited = ctes if ctes is not None else (parent.ctes if parent is not None else {})
        return type(self).query_writer(self, node, parent, inherited, wanted or {})

    def bind(self, node: ast.Bind) -> Sql:
        types = self.context.bind_types
        pg_type = types[node.index] if node.index < len(types) else "varchar"
        return self._parameter(node.index, Parameter(pg_type, bind=node.index))

    def variable(self, name: str) -> Sql | None:
        pg_type = self.context.variables.get(name)
        if pg_type is None:
            return None
        value = self._parameter(name, Parameter(pg_type, variable=name))
        rows = self.context.row_types.get(name)
        if rows is None:
            return value
        self.row_types[rows.pg_type] = rows
        return Sql(value.text, rows.pg_type)

    def _parameter(self, key: int | str, parameter: Parameter) -> Sql:
        position = self._positions.get(key)
        if position is None:
            self.parameters.append(parameter)
            position = self._positions[key] = len(self.parameters)
        if self.array:
            return Sql(f"u.p{position}", base_type(parameter.pg_type))
        return Sql(f"${position}::{parameter.pg_type}", base_type(parameter.pg_type))


def is_supplied(state: State, parts: tuple[str, ...]) -> bool:
    """Whether a name is a function of a supplied package that schema oracle has and the user may execute."""
    catalog = state.context.catalog
    if len(parts) != 2 or not parts[0].startswith(("DBMS_", "UTL_")) or "_".join(parts) not in catalog.functions:
        return False
    return may_use(state, parts[0])


def may_use(state: State, package: str) -> bool:
    """Whether the user may execute a supplied package: those that are objects of SYS have to be granted."""
    catalog = state.context.catalog
    return ("SYS", package) not in catalog.objects or catalog.can(state.context.user, "EXECUTE", "SYS", package)


def walk(node: object, *, into_queries: bool = False) -> Iterator[ast.Node]:
    """Every node below and including `node`, without those of subqueries unless asked."""
    if isinstance(node, ast.Node):
        yield node
        for name in node.__dataclass_fields__:
            value = getattr(node, name)
            if isinstance(value, ast.Query) and not into_queries:
                continue
            if isinstance(value, (ast.Node, list, tuple, dict)):
                yield from walk(value, into_queries=into_queries)
    elif isinstance(node, (list, tuple)):
        for item in node:
            if isinstance(item, ast.Query) and not into_queries:
                continue
            if isinstance(item, (ast.Node, list, tuple, dict)):
                yield from walk(item, into_queries=into_queries)
    elif isinstance(node, dict):
        yield from walk(list(node.values()), into_queries=into_queries)


def conjuncts(node: ast.Expr | None) -> list[ast.Expr]:
    """The parts of a chain of ANDs."""
    parts: list[ast.Expr] = []
    stack = [] if node is None else [node]
    while stack:
        item = stack.pop()
        if isinstance(item, ast.Binary) and item.op == "AND":
            stack += [item.right, item.left]
        else:
            parts.append(item)
    return parts
