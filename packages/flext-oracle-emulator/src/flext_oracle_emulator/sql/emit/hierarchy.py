"""CONNECT BY as a recursive table.

`SELECT name, LEVEL FROM emp START WITH boss IS NULL CONNECT BY PRIOR id = boss` becomes

    SELECT h.c1, h.lvl FROM (WITH RECURSIVE h AS (
        SELECT name c1, id c2, 1 lvl, ARRAY[row_number() OVER ()] path, ARRAY[ROW(id)::text] keys FROM emp WHERE boss
        IS NULL
        UNION ALL
        SELECT name, id, h.lvl + 1, h.path || row_number() OVER (), .. FROM h, emp WHERE h.c2 = boss AND <no loop>
    ) SELECT * FROM h) h ORDER BY h.path

`path` gives Oracle's order, children under their parent. A loop is a row whose PRIOR values are among its ancestors'
(ORA-01436, or left
out with NOCYCLE).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import Sql, as_number, as_text, null_of
from ..rewrites.rownum import RownumLimit, is_rownum, uses_rownum
from ..scope import Scope, Wrapper
from .core import State, conjuncts, walk
from .limits import rownum_limit
from .tables import is_dual


@dataclass(slots=True)
class _Extra:
    """A column that grows along the way: its text at the root, and further down."""

    name: str
    root: str
    step: str


class Hierarchy:
    """One CONNECT BY: what its pseudo-columns and operators mean, and at last its text."""

    def __init__(self, state: State, scope: Scope, node: ast.Hierarchy, from_text: str) -> None:
        self.state = state
        self.scope = scope
        self.node = node
        self.source = from_text
        self.alias = state.fresh("h")
        self.wrapper = Wrapper(self.alias)
        self.mode = "rows"
        self.extras: list[_Extra] = []
        self.keys: list[str] = []
        self.joined: list[str] = []
        self.start: list[str] = []
        self.connect: list[str] = []
        self.siblings = ""
        self.leaf = self.cycle = False
        self.limited: Callable[[str], str] | None = None

    @property
    def path_text(self) -> str:
        return f"{self.alias}.path"

    def pseudo(self, name: str, pos: int) -> Sql:
        if name == "LEVEL":
            level = {"start": "1::numeric", "connect": f"({self.alias}.lvl + 1::numeric)"}
            return Sql(level.get(self.mode, f"{self.alias}.lvl"), "numeric")
        if self.mode != "rows":
            raise OracleError(976, "Specified pseudocolumn or operator not allowed here.", pos)
        if name == "CONNECT_BY_ISLEAF":
            self.leaf = True
            return Sql(f"{self.alias}.leaf", "numeric")
        if not self.node.nocycle:
            raise OracleError(30930, "NOCYCLE keyword is required with CONNECT_BY_ISCYCLE pseudocolumn", pos)
        self.cycle = True
        return Sql(f"{self.alias}.iscycle", "numeric")

    def unary(self, node: ast.Unary, scope: Scope) -> Sql:
        value = self._inner(node.operand, scope)
        if node.op == "CONNECT_BY_ROOT":
            if self.mode != "rows":
                raise OracleError(
                    30007,
                    "CONNECT BY ROOT operator is not supported in the START WITH or in the CONNECT BY condition",
                    node.pos,
                )
            return Sql(self._extra(value.text, lambda name: f"{self.alias}.{name}"), value.type)
        if self.mode == "connect":
            if value.text not in self.keys:
                self.keys.append(value.text)
            return Sql(self.wrapper.expose(value.text), value.type)
        prior = self.wrapper.expose(value.text)
        return Sql(self._extra(f"CASE WHEN false THEN {value.text} END", lambda _: prior), value.type)

    def path(self, node: ast.Call, scope: Scope) -> Sql:
        """SYS_CONNECT_BY_PATH(x, '/')."""
        if len(node.args) != 2 or self.mode != "rows":
            raise OracleError(30003, "illegal parameter in SYS_CONNECT_BY_PATH function", node.pos)
        value = as_text(self._inner(node.args[0], scope), node.pos)
        separator = as_text(self.state.expression(node.args[1], scope), node.pos)
        if separator.literal is None:
            raise OracleError(30003, "illegal parameter in SYS_CONNECT_BY_PATH function", node.pos)
        text = (null_of("varchar") if value.null else value).text
        root = f"({separator.text} || {text})::text"
        return Sql(self._extra(root, lambda n: f"({self.alias}.{n} || {separator.text} || {text})::text"), "varchar")

    def _inner(self, expr: ast.Expr, scope: Scope) -> Sql:
        """The expression over the tables themselves."""
        wrapper, self.scope.wrapper = self.scope.wrapper, None
        mode, self.mode = self.mode, "prior"
        try:
            return self.state.expression(expr, scope)
        finally:
            self.scope.wrapper, self.mode = wrapper, mode

    def _extra(self, root: str, step: Callable[[str], str]) -> str:
        name = f"x{len(self.extras) + 1}"
        candidate = step(name)
        for extra in self.extras:
            if extra.root == root and extra.step == step(extra.name):
                return f"{self.alias}.{extra.name}"
        self.extras.append(_Extra(name, root, candidate))
        return f"{self.alias}.{name}"

    def from_text(self) -> str:
        """The derived table, once everything that reads it has been written."""
        h = self.alias
        number = f"row_number() OVER ({self.siblings})"
        key = f"ROW({', '.join(self.keys)})::text"
        loop = f"{key} = ANY ({h}.keys)"
        columns = [f"{text} AS {name}" for text, name in self.wrapper.columns.items()]
        root = [*columns, "1::numeric AS lvl", f"ARRAY[{number}] AS path"]
        step = [*self.wrapper.columns, f"{h}.lvl + 1::numeric", f"array_append({h}.path, {number})"]
        conditions = [*self.joined, *self.connect]
        if self.keys:
            root.append(f"ARRAY[{key}] AS keys")
            step.append(f"array_append({h}.keys, {key})")
            if self.cycle:
                root.append("false AS cyc")
                step.append(loop)
                conditions.append(f"NOT {h}.cyc")
            elif self.node.nocycle:
                conditions.append(f"NOT ({loop})")
            else:
                failure = "oracle.raise(1436, 'CONNECT BY loop in user data')"
                conditions.append(f"CASE WHEN {loop} THEN {failure} ELSE true END")
        root += [f"{extra.root} AS {extra.name}" for extra in self.extras]
        step += [extra.step for extra in self.extras]
        start = _where([*self.joined, *self.start])
        body = (
            f"SELECT {', '.join(root)} FROM {self.source}{start}"
            f" UNION ALL SELECT {', '.join(step)} FROM {h}, {self.source}{_where(conditions)}"
        )
        text = f"(WITH RECURSIVE {h} AS ({body}) {self._rows()}) AS {h}"
        if self.leaf:
            leaf = f"(CASE WHEN lead({h}.lvl) OVER (ORDER BY {h}.path) > {h}.lvl THEN 0 ELSE 1 END)::numeric"
            text = f"(SELECT {h}.*, {leaf} AS leaf FROM {text}) AS {h}"
        return text if self.limited is None else self.limited(text)

    def _rows(self) -> str:
        h = self.alias
        if not (self.cycle and self.keys):
            return f"SELECT *{', 0::numeric AS iscycle' if self.cycle else ''} FROM {h}"
        child = f"SELECT FROM {h} AS c WHERE c.cyc AND c.path[1:cardinality(c.path) - 1] = {h}.path"
        flag = f"(CASE WHEN EXISTS ({child}) THEN 1 ELSE 0 END)::numeric AS iscycle"
        return f"SELECT {h}.*, {flag} FROM {h} WHERE NOT {h}.cyc"


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


class Generator(Hierarchy):
    """`FROM dual CONNECT BY LEVEL <= n`: a series, at least one row."""

    def __init__(self, state: State, scope: Scope, node: ast.Hierarchy, from_text: str, last: str) -> None:
        super().__init__(state, scope, node, from_text)
        self.last = last

    @property
    def path_text(self) -> str:
        return f"{self.alias}.n"

    def pseudo(self, name: str, pos: int) -> Sql:
        if name == "LEVEL":
            return Sql(f"{self.alias}.n::numeric", "numeric")
        if name == "CONNECT_BY_ISLEAF":
            return Sql(f"(CASE WHEN {self.alias}.n = {self.last} THEN 1 ELSE 0 END)::numeric", "numeric")
        return super().pseudo(name, pos)

    def unary(self, node: ast.Unary, scope: Scope) -> Sql:
        raise unsupported(f"{node.op} of a row generator", node.pos)

    def path(self, node: ast.Call, scope: Scope) -> Sql:
        raise unsupported("SYS_CONNECT_BY_PATH of a row generator", node.pos)

    def from_text(self) -> str:
        text = f"{self.source} CROSS JOIN pg_catalog.generate_series(1::int8, {self.last}) AS {self.alias}(n)"
        return text if self.limited is None else self.limited(text)


@dataclass(slots=True)
class Block:
    """What is left for the query block to do."""

    where: list[str]
    limit: str


def expand(
    state: State,
    node: ast.Select,
    query: ast.Query,
    scope: Scope,
    from_text: str,
    conditions: list[ast.Expr],
    limits: list[RownumLimit],
) -> Block:
    """Set the scope's hierarchy up; its text comes from `Hierarchy.from_text` when the select list has been written."""
    assert node.hierarchy is not None
    hierarchy = _generator(state, node, scope, from_text)
    if hierarchy is None:
        hierarchy = Hierarchy(state, scope, node.hierarchy, from_text)
        scope.hierarchy = hierarchy
        scope.clause = "connect"
        hierarchy.joined = [state.condition(c, scope) for c in conditions if _is_join(c, scope)]
        conditions = [c for c in conditions if not _is_join(c, scope)]
        hierarchy.mode = "start"
        hierarchy.start = [state.condition(c, scope) for c in conjuncts(node.hierarchy.start_with)]
        hierarchy.mode = "connect"
        if uses_rownum(node.hierarchy.connect_by):
            raise unsupported("ROWNUM in CONNECT BY", node.hierarchy.pos)
        hierarchy.connect = [state.condition(c, scope) for c in conjuncts(node.hierarchy.connect_by)]
        hierarchy.mode = "prior"
        hierarchy.siblings = _siblings(state, node, query, scope)
        hierarchy.mode = "rows"
        scope.wrapper = hierarchy.wrapper
    scope.hierarchy = hierarchy
    scope.clause = "where"
    where = [state.condition(condition, scope) for condition in conditions]
    scope.rownum = f"(row_number() OVER (ORDER BY {hierarchy.path_text}))::numeric"
    limit = rownum_limit(state, limits, scope)
    if limit:
        if isinstance(hierarchy, Generator):
            if query.order_by or scope.grouped or node.distinct:
                raise unsupported("ROWNUM with CONNECT BY and ORDER BY or GROUP BY", node.pos)
            return Block(where, limit)
        alias = hierarchy.alias
        final = hierarchy
        final.limited = lambda text: f"(SELECT * FROM {text}{_where(where)} ORDER BY {alias}.path{limit}) AS {alias}"
        return Block([], "")
    return Block(where, "")


def order(scope: Scope) -> str:
    """Oracle's order of a hierarchy."""
    assert isinstance(scope.hierarchy, Hierarchy)
    return f" ORDER BY {scope.hierarchy.path_text}"


def _is_join(condition: ast.Expr, scope: Scope) -> bool:
    """Whether a condition of WHERE joins tables: only those come before CONNECT BY."""
    sources = set()
    for part in walk(condition):
        if isinstance(part, ast.Name) and not is_rownum(part):
            found = scope.find(part)
            if found is not None and found[0] is scope:
                sources.add(id(found[1].source))
    return len(sources) > 1


def _siblings(state: State, node: ast.Select, query: ast.Query, scope: Scope) -> str:
    if not query.siblings:
        return ""
    aliases = {item.alias: item.expr for item in node.items if item.alias is not None}
    parts = []
    for item in query.order_by:
        expr = item.expr
        if isinstance(expr, ast.NumberLiteral) and expr.text.isdigit() and int(expr.text) <= len(node.items):
            expr = node.items[int(expr.text) - 1].expr
        elif isinstance(expr, ast.Name) and len(expr.parts) == 1 and expr.parts[0] in aliases:
            expr = aliases[expr.parts[0]]
        value = state.expression(expr, scope)
        text = "NULL::text" if value.null else value.text
        parts.append(text + (" DESC" if item.descending else "") + (f" NULLS {item.nulls}" if item.nulls else ""))
    return "ORDER BY " + ", ".join(parts)


def _generator(state: State, node: ast.Select, scope: Scope, from_text: str) -> Hierarchy | None:
    hierarchy = node.hierarchy
    assert hierarchy is not None
    source = scope.sources[0] if len(scope.sources) == 1 else None
    if source is None or not is_dual(source.relation) or hierarchy.start_with is not None:
        return None
    condition = hierarchy.connect_by
    if not (isinstance(condition, ast.Binary) and condition.op in ("<=", "<")):
        return None
    left = condition.left
    if not (isinstance(left, ast.Name) and left.parts in (("LEVEL",), ("ROWNUM",)) and not left.quoted[0]):
        return None
    if any(isinstance(part, (ast.Name, ast.Unary)) for part in walk(condition.right)):
        return None
    bound = as_number(state.expression(condition.right, scope), condition.pos).text
    source.used = True
    whole = f"floor({bound})" if condition.op == "<=" else f"ceil({bound}) - 1"
    last = f"(CASE WHEN {bound} > 1 THEN {whole} ELSE 1 END)::int8"
    return Generator(state, scope, hierarchy, from_text, last)
