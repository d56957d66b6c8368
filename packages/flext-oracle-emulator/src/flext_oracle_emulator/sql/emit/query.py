"""Queries: one block with its FROM, WHERE, GROUP BY, select list and ORDER BY, and what goes around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...errors import OracleError
from .. import ast
from ..inference import BLOB, LOB, Sql, convert, family, inconsistent, variable_text
from ..names import derived_name, invalid_identifier, quote
from ..rewrites import outer_joins
from ..rewrites.rownum import RownumLimit, take_limits, uses_rownum
from ..scope import Scope, ScopeColumn, Source, Wrapper, rowid_column
from ..translation import OutputColumn
from ..user_types import names_domain
from . import hierarchy as hierarchies
from .aggregates import ANALYTIC_ONLY, has_nested, is_aggregate
from .common_tables import write_with
from .core import QuerySql, State, conjuncts, walk
from .cursor_columns import cursor_column
from .limits import counted_rows, lock_clause, percent, percent_with_ties, refusals, row_limit, rownum_limit
from .set_operations import direction_of, position_of, write_set_query
from .tables import FromText, from_item, is_dual

_ANALYTIC_NAMES = frozenset((name,) for name in ANALYTIC_ONLY)


def write_query(
    state: State,
    node: ast.Query,
    parent: Scope | None,
    ctes: Mapping[str, Any],
    wanted: Mapping[int, str],
) -> QuerySql:
    """A whole query. `wanted` gives types that some columns shall have."""
    environment = dict(ctes)
    prefix = ""
    if node.ctes:
        prefix = write_with(state, node, parent, environment)
    if node.limit is not None and node.for_update is not None:
        raise OracleError(2014, "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc.", node.for_update.pos)
    if isinstance(node.body, ast.Select):
        result = _select(state, node.body, node, parent, environment, wanted)
    else:
        bare = ast.Query(node.body)

        def branch(leaf: ast.Select, types: Mapping[int, str]) -> QuerySql:
            return _select(state, leaf, bare, parent, environment, types)

        result = write_set_query(state, node, Scope(parent, environment), wanted, branch)
    result.text = prefix + result.text
    if prefix:
        result.columns = [_with_prefix(column, prefix) for column in result.columns]
    return result


def _with_prefix(column: OutputColumn, prefix: str) -> OutputColumn:
    if column.nested is None:
        return column
    return replace(column, nested=replace(column.nested, sql=prefix + column.nested.sql))


def _select(
    state: State,
    node: ast.Select,
    query: ast.Query,
    parent: Scope | None,
    ctes: Mapping[str, Any],
    wanted: Mapping[int, str],
) -> QuerySql:
    wants_rowid, state.wants_rowid = state.wants_rowid, False
    exact_types, state.exact_types = state.exact_types, False
    scope = Scope(parent, ctes, windows=node.windows)
    if not node.from_ and state.context.version < 23:
        raise OracleError(923, "FROM keyword not found where expected", node.pos)
    items = [from_item(state, item, scope) for item in node.from_]
    conditions = conjuncts(node.where)
    limits: list[RownumLimit] = []
    counted: list[ast.Expr] = []
    if uses_rownum(node.where):
        conditions, limits = take_limits(conditions, None if node.hierarchy is not None else counted)
    from_text, conditions = _joined_from(state, items, conditions, scope, node)
    calls = [p for p in walk([node.items, node.having, query.order_by]) if isinstance(p, ast.Call)]
    aggregated = any(is_aggregate(call) for call in calls)
    windows = any(call.over is not None or call.name[-1:] in _ANALYTIC_NAMES for call in calls)
    scope.grouped = node.group_by is not None or aggregated or node.having is not None
    rows_used = uses_rownum(node.items, query.order_by, node.group_by, node.having)
    order_matters = bool(query.order_by) or scope.grouped or node.distinct or windows or query.limit is not None

    if node.hierarchy is not None:
        block = hierarchies.expand(state, node, query, scope, from_text, conditions, limits)
        where, limit = block.where, block.limit
    else:
        scope.clause = "where"
        where = [state.condition(condition, scope) for condition in conditions]
        limit = rownum_limit(state, limits, scope)
        if counted or (limit and order_matters) or (rows_used and (scope.grouped or windows)):
            scope.wrapper = Wrapper(state.fresh("r"))
    inner_where, inner_limit = where, limit
    if rows_used and node.hierarchy is None:
        numbered = "row_number() OVER ()"
        text = numbered if scope.wrapper is None else scope.wrapper.expose(numbered)
        scope.rownum = f"({text})::numeric"
    group = _group_by(state, node, scope)
    scope.loose.clear()
    scope.clause = "select"
    if aggregated and has_nested([node.items, query.order_by]):
        if node.group_by is None:
            raise OracleError(978, "nested group function without GROUP BY", node.pos)
        scope.nested = Wrapper(state.fresh("n"))
    values, columns = _items(state, node, scope, wanted, from_text)
    if node.distinct:
        for value, item in zip(values, node.items, strict=False):
            if family(value.type) in (LOB, BLOB):
                raise inconsistent(None, family(value.type), item.pos)
    if exact_types:
        values = [replace(v, text=f"({v.text})::{wanted[i]}") if i in wanted else v for i, v in enumerate(values)]
    having = ""
    if node.having is not None:
        scope.clause = "having"
        tests = conjuncts(node.having)
        kept = [test for test in tests if not _is_first_of_group(test)]
        if len(kept) < len(tests):
            group = group.replace(" GROUP BY ", " GROUP BY DISTINCT ", 1)
        if kept:
            having = f" HAVING {' AND '.join(state.condition(test, scope) for test in kept)}"
    order = _order_by(state, query, node, scope, values, columns) if not query.siblings else ""
    if scope.nested is not None:
        for item in node.items:
            if not has_nested(item.expr) and any(
                is_aggregate(p) or isinstance(p, (ast.Name, ast.Star)) for p in walk(item.expr)
            ):
                raise OracleError(937, "not a single-group group function", item.pos)
    if scope.grouped and scope.loose:
        if node.group_by is None:
            raise OracleError(937, "not a single-group group function", scope.loose[0][0])
        raise OracleError(979, "not a GROUP BY expression", scope.loose[0][0])
    if node.hierarchy is not None and (query.siblings or not (order or scope.grouped or node.distinct)):
        order = hierarchies.order(scope)

    select = ", ".join(f"{value.text} AS {quote(c.name)}" for value, c in zip(values, columns, strict=True))
    lock = ""
    if query.for_update is not None:
        if node.distinct or scope.grouped or node.hierarchy is not None:
            raise OracleError(1786, "FOR UPDATE of this query expression is not allowed", query.for_update.pos)
        if scope.wrapper is not None or rows_used:
            raise OracleError(
                2014, "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc.", query.for_update.pos
            )
        lock = lock_clause(query.for_update, scope, state)
        where += refusals(state, query.for_update, scope)
        if wants_rowid:
            select += _lob_rowid(state, scope, columns)
    from_clause = _from_clause(from_text, scope, bool(lock))
    if isinstance(scope.hierarchy, hierarchies.Hierarchy):
        from_clause = f" FROM {scope.hierarchy.from_text()}"
    elif scope.wrapper is not None:
        exposed = ", ".join(f"{text} AS {name}" for text, name in scope.wrapper.columns.items())
        body = f"SELECT {exposed or 'NULL'}{from_clause}{_where(inner_where)}{inner_limit}"
        if counted:
            body = counted_rows(state, counted, body)
        from_clause, where, limit = f" FROM ({body}) AS {scope.wrapper.alias}", [], ""
    if scope.nested is not None:
        exposed = ", ".join(f"{text} AS {name}" for text, name in scope.nested.columns.items())
        body = f"SELECT {exposed}{from_clause}{_where(where)}{group}{having}"
        from_clause, where, group, having = f" FROM ({body}) AS {scope.nested.alias}", [], "", ""
    distinct = "DISTINCT " if node.distinct else ""
    text = f"SELECT {distinct}{select}{from_clause}{_where(where)}{group}{having}{order}"
    result = QuerySql(text + limit, columns, [value.type for value in values], [value.null for value in values])
    if query.limit is not None:
        outside = Scope(parent, ctes)
        if query.limit.percent and query.limit.with_ties and order:
            result.text += percent_with_ties(state, text.removesuffix(order) + limit, query.limit, outside)
        elif query.limit.percent:
            result.text = percent(state, result, query.limit, outside)
        else:
            result.text += row_limit(state, query.limit, outside, ordered=bool(order))
    result.text += lock
    return result


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _from_clause(text: str, scope: Scope, locked: bool) -> str:
    """` FROM ..`, or nothing for DUAL that nobody reads."""
    only = scope.sources[0] if len(scope.sources) == 1 else None
    if not text or (only is not None and is_dual(only.relation) and not only.used and not locked):
        return ""
    return f" FROM {text}"


def _joined_from(
    state: State, items: list[FromText], conditions: list[ast.Expr], scope: Scope, node: ast.Select
) -> tuple[str, list[ast.Expr]]:
    """The text of FROM, with Oracle's (+) predicates moved from WHERE to ON."""
    if not any(outer_joins.marked(condition) for condition in conditions):
        return ", ".join(item.text for item in items) if items else "", conditions
    if any(isinstance(item, ast.Join) for item in node.from_):
        raise OracleError(25156, "old style outer join (+) cannot be used with ANSI joins", node.pos)

    def resolve(name: ast.Name) -> Source | None:
        found = scope.find(name)
        return found[1].source if found is not None and found[0] is scope else None

    rest, tables, outer = outer_joins.plan(conditions, resolve)
    inner = [item for item in items if not any(source in outer for source in item.sources)]
    by_source = {id(source): item for item in items for source in item.sources}
    ordered = outer_joins.order(tables, outer, [s for item in inner for s in item.sources], node.pos)
    text = " CROSS JOIN ".join(item.text for item in inner)
    scope.clause = "outer"
    for source in ordered:
        on = " AND ".join(state.condition(condition, scope) for condition in tables[id(source)].conditions)
        text += f" LEFT JOIN {by_source[id(source)].text} ON {on}"
    return text, rest


def _group_by(state: State, node: ast.Select, scope: Scope) -> str:
    if node.group_by is None:
        return ""
    scope.clause = "group"
    scope.group_texts = set()
    if state.context.version >= 23:
        scope.group_aliases = {item.alias: item.expr for item in node.items if item.alias is not None}
    return " GROUP BY " + ", ".join(_grouping(state, element, scope) for element in node.group_by)


def _is_first_of_group(test: ast.Expr) -> bool:
    """`GROUP_ID() = 0` or `< 1`: each group once, though several grouping sets give it."""
    return (
        isinstance(test, ast.Binary)
        and isinstance(test.left, ast.Call)
        and test.left.name == ("GROUP_ID",)
        and isinstance(test.right, ast.NumberLiteral)
        and (test.op, test.right.text) in (("=", "0"), ("<", "1"), ("<=", "0"))
    )


def _grouping(state: State, element: ast.GroupingElement, scope: Scope) -> str:
    parts = []
    for item in element.items:
        if isinstance(item, ast.GroupingElement):
            parts.append(_grouping(state, item, scope))
        elif isinstance(item, ast.Tuple):
            parts.append("(" + ", ".join(_group_expression(state, part, scope) for part in item.items) + ")")
        else:
            parts.append(_group_expression(state, item, scope))
    match element.kind:
        case "EXPR":
            return ", ".join(parts) if parts else "()"
        case "SETS":
            return f"GROUPING SETS ({', '.join(parts)})"
        case kind:
            return f"{kind} ({', '.join(parts)})"


def _group_expression(state: State, expr: ast.Expr, scope: Scope) -> str:
    if isinstance(expr, ast.Name) and len(expr.parts) == 1 and scope.find(expr) is None:
        expr = scope.group_aliases.get(expr.parts[0], expr)
    value = state.expression(expr, scope)
    if family(value.type) == LOB:
        raise inconsistent(None, LOB, expr.pos)
    text = "NULL::text" if value.null else value.text
    if scope.group_texts is not None:
        scope.group_texts.add(text)
    return text


def _items(
    state: State, node: ast.Select, scope: Scope, wanted: Mapping[int, str], from_text: str
) -> tuple[list[Sql], list[OutputColumn]]:
    values: list[Sql] = []
    columns: list[OutputColumn] = []
    nullable_known = not scope.grouped and not any(
        isinstance(part, ast.Join) and part.kind not in ("INNER", "CROSS") for part in walk(node.from_)
    )
    for item in node.items:
        if isinstance(item.expr, ast.Star):
            for column in _expand(item.expr, scope):
                value = scope.reference(column, item.pos)
                for text in scope.group_texts or ():
                    if text == value.text and scope.loose:
                        scope.loose.pop()
                        break
                _append(values, columns, value, column.name, wanted, column if nullable_known else None)
            continue
        if isinstance(item.expr, ast.CursorExpr):
            value, nested = cursor_column(state, item.expr, node, scope, from_text)
            values.append(value)
            columns.append(OutputColumn(_item_name(item, len(columns)), aliased=item.alias is not None, nested=nested))
            continue
        value = state.expression(item.expr, scope)
        if isinstance(item.expr, ast.Subquery) and value.type == "numeric":
            value = replace(value, text=f"({value.text})::numeric", declared=None)  # Oracle forgets its precision
        found = (
            scope.find(item.expr)
            if nullable_known and isinstance(item.expr, ast.Name) and _is_column(item.expr)
            else None
        )
        name = _item_name(item, len(columns))
        aliased = item.alias is not None or isinstance(item.expr, ast.Name)
        _append(values, columns, value, name, wanted, found[1] if found else None, aliased=aliased)
    return values, columns


def _is_column(name: ast.Name) -> bool:
    return name.quoted[-1] or name.parts[-1] not in (
        "ROWNUM",
        "LEVEL",
        "ROWID",
        "NEXTVAL",
        "CURRVAL",
        "SYSDATE",
        "USER",
        "UID",
    )


def _append(
    values: list[Sql],
    columns: list[OutputColumn],
    value: Sql,
    name: str,
    wanted: Mapping[int, str],
    column: ScopeColumn | None,
    *,
    aliased: bool = True,
) -> None:
    type_ = wanted.get(len(values))
    nullable = None if column is None or column.column is None else column.column.nullable
    columns.append(
        OutputColumn(
            name,
            char_literal=value.char,
            nullable=nullable,
            aliased=aliased,
            size=value.size,
            declared=value.declared,
            domain=value.type if names_domain(value.type) else None,
        )
    )
    if type_ is not None:
        value = variable_text(convert(value, type_)) if type_ == "varchar" else convert(value, type_)
    elif value.null and value.type is None:
        value = Sql("NULL::varchar", None, null=True)
    values.append(value)


def _item_name(item: ast.SelectItem, position: int) -> str:
    if item.alias is not None:
        return item.alias
    if isinstance(item.expr, ast.Name):
        return item.expr.parts[-1]
    return derived_name(item.text)[:128] if item.text else f"COL{position + 1}"


def _expand(star: ast.Star, scope: Scope) -> list[ScopeColumn]:
    """`*` and `t.*`: visible columns only. A name that is there twice in an inline view cannot be read (ORA-00918)."""
    if not star.qualifier:
        found = scope.visible
        if not found:
            raise OracleError(936, "missing expression", star.pos)
    else:
        source = scope.source_named(star.qualifier)
        if source is None:
            raise invalid_identifier(star.qualifier, star.pos)
        if source.joined_by:
            raise OracleError(25154, "column part of USING clause cannot have qualifier", star.pos)
        found = [column for column in source.columns if not column.hidden]
    for column in found:
        if column.source is not None and sum(1 for c in column.source.columns if c.name == column.name) > 1:
            raise OracleError(918, "column ambiguously defined", star.pos)
    return found


def _order_by(
    state: State,
    query: ast.Query,
    node: ast.Select,
    scope: Scope,
    values: list[Sql],
    columns: list[OutputColumn],
) -> str:
    if not query.order_by:
        return ""
    scope.clause = "order"
    scope.aliases = {
        column.name: value for value, column in reversed(list(zip(values, columns, strict=True))) if column.aliased
    }
    aliases = [item.alias for item in node.items]
    texts = [value.text for value in values]
    parts = []
    for item in query.order_by:
        expr = item.expr
        if isinstance(expr, ast.NumberLiteral) and expr.text.isdigit():
            parts.append(direction_of(str(position_of(int(expr.text), len(columns), expr.pos)), item))
            continue
        if isinstance(expr, ast.Name) and len(expr.parts) == 1 and expr.parts[0] in aliases:
            matches = [index for index, column in enumerate(columns) if column.name == expr.parts[0]]
            if len({texts[index] for index in matches}) > 1:
                raise OracleError(960, "ambiguous column naming in select list", expr.pos)
            parts.append(direction_of(str(matches[0] + 1), item))
            continue
        value = state.expression(expr, scope)
        if family(value.type) == LOB:
            raise inconsistent(None, LOB, expr.pos)
        text = "NULL::text" if value.null else value.text
        if node.distinct:
            if text not in texts:
                raise OracleError(1791, "not a SELECTed expression", expr.pos)
            text = str(texts.index(text) + 1)
        parts.append(direction_of(text, item))
    return " ORDER BY " + ", ".join(parts)


def _lob_rowid(state: State, scope: Scope, columns: list[OutputColumn]) -> str:
    """`SELECT clob_col .. FOR UPDATE`: the row's ROWID follows, so that the LOB can be written through its locator."""
    source = scope.sources[0] if len(scope.sources) == 1 else None
    if source is None or source.relation is None or not source.relation.has_rowid:
        return ""
    found = False
    for index, column in enumerate(columns):
        base = source.relation.column(column.name)
        if base is not None and base.pg_type in ("oracle.clob", "oracle.nclob", "oracle.blob"):
            columns[index] = replace(column, lob_source=(source.relation, base.name))
            found = True
    if not found:
        return ""
    state.hidden_columns = 1
    return f", {rowid_column(source, (), -1).sql}"


State.query_writer = write_query
