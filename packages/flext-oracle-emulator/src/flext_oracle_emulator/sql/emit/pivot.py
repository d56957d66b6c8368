"""PIVOT and UNPIVOT as a derived table over their source."""

from __future__ import annotations

from dataclasses import replace

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import Sql, common_type, comparable, convert, null_of
from ..names import derived_name, quote
from ..scope import Scope
from .aggregates import is_aggregate
from .core import State, walk
from .tables import FromText, alias_for, derived_source


def pivot(state: State, item: ast.TableRef | ast.SubqueryRef, inner: FromText, scope: Scope) -> FromText:
    alias = alias_for(scope, item.alias, state) if item.alias else state.fresh("p")
    inner_alias = state.fresh("s")
    # The source keeps its text but answers to a name of its own inside the derived table.
    own = inner.sources[0]
    body, _, _ = inner.text.rpartition(" AS ") if " AS " in inner.text else (inner.text, "", "")
    source = derived_source(own.name, inner_alias, [c.name for c in inner.visible], [c.type for c in inner.visible])
    local = Scope(scope.parent, scope.ctes, [source], list(source.columns), grouped=True)
    if isinstance(item.pivot, ast.Pivot):
        names, types, select = _pivot(state, item.pivot, local)
        tail = select.pop()
        text = f"SELECT {', '.join(select)} FROM {body} AS {inner_alias}{tail}"
    else:
        assert item.pivot is not None
        names, types, text = _unpivot(state, item.pivot, local, f"{body} AS {inner_alias}")
    outer = derived_source(item.alias, alias, names, types)
    return FromText(f"({text}) AS {alias}", list(outer.columns), [outer])


def _pivot(state: State, node: ast.Pivot, scope: Scope) -> tuple[list[str], list[str | None], list[str]]:
    """`PIVOT (SUM(x) FOR c IN (1 AS one))` -> `sum(x) FILTER (WHERE c = 1) AS "ONE"` grouped by every other column."""
    used = {name.parts[-1] for name in node.columns}
    for aggregate in node.aggregates:
        if not any(is_aggregate(part) for part in walk(aggregate.expr)):
            raise OracleError(56902, "expect aggregate function inside pivot operation", aggregate.pos)
        used |= {part.parts[-1] for part in walk(aggregate.expr) if isinstance(part, ast.Name)}
    kept = [column for column in scope.visible if column.name not in used]
    names = [column.name for column in kept]
    types = [column.type for column in kept]
    select = [f"{column.sql} AS {quote(column.name)}" for column in kept]
    keys = [state.expression(column, scope) for column in node.columns]
    for value in node.values:
        items = value.expr.items if isinstance(value.expr, ast.Tuple) else [value.expr]
        if len(items) != len(keys):
            raise OracleError(56901, "non-constant expression is not allowed for pivot|unpivot values", value.pos)
        tests = []
        for key, item in zip(keys, items, strict=True):
            a, b = comparable(key, state.expression(item, scope), value.pos)
            tests.append(f"{a.text} = {b.text}")
        label = value.alias or derived_label(value)
        for aggregate in node.aggregates:
            if not isinstance(aggregate.expr, ast.Call) or not is_aggregate(aggregate.expr):
                raise OracleError(56902, "expect aggregate function inside pivot operation", aggregate.pos)
            name = f"{label}_{aggregate.alias}" if aggregate.alias else label
            if aggregate.expr.name[-1] in _FILTERED and aggregate.expr.keep is None:
                result = state.expression(aggregate.expr, scope)
                call, cast = result.text, ""
                if call.endswith("::numeric"):
                    call, cast = call.removesuffix("::numeric"), "::numeric"
                select.append(f"{call} FILTER (WHERE {' AND '.join(tests)}){cast} AS {quote(name)}")
            else:
                result = state.expression(_of_group(aggregate.expr, node.columns, items), scope)
                select.append(f"{result.text} AS {quote(name)}")
            names.append(name)
            types.append(result.type)
    group = ", ".join(column.sql for column in kept)
    return names, types, [*select, f" GROUP BY {group}" if group else ""]


def _of_group(call: ast.Call, columns: list[ast.Name], values: list[ast.Expr]) -> ast.Call:
    """An aggregate over the rows of one value only: those of others count as NULL, which it does not see."""
    if call.keep is not None or call.name[-1] in _SEES_NULLS:
        raise unsupported(f"PIVOT with {call.name[-1]}{' KEEP' if call.keep else ''}", call.pos)
    test: ast.Expr = ast.Binary("=", columns[0], values[0], pos=call.pos)
    for column, value in zip(columns[1:], values[1:], strict=True):
        test = ast.Binary("AND", test, ast.Binary("=", column, value, pos=call.pos), pos=call.pos)

    def only(expr: ast.Expr) -> ast.Expr:
        return ast.Case(None, [(test, expr)], None, pos=expr.pos)

    if call.name[-1] in _OF_ORDER:
        assert call.within is not None
        return replace(call, within=[replace(item, expr=only(item.expr)) for item in call.within])
    return replace(call, args=[only(call.args[0]), *call.args[1:]])


#: Aggregates whose values stand in WITHIN GROUP (ORDER BY ..), and those for which a NULL is a value.
_OF_ORDER = frozenset(("PERCENTILE_CONT", "PERCENTILE_DISC"))
_SEES_NULLS = frozenset(("XMLAGG", "SYS_XMLAGG", "JSON_ARRAYAGG", "JSON_OBJECTAGG"))

#: Aggregates that are one call of PostgreSQL's, which FILTER can follow.
_FILTERED = frozenset(("SUM", "AVG", "MIN", "MAX", "COUNT", "ANY_VALUE"))


def derived_label(value: ast.SelectItem) -> str:
    if value.text:
        return derived_name(value.text)
    if isinstance(value.expr, ast.StringLiteral):
        return f"'{value.expr.value}'"
    if isinstance(value.expr, ast.NumberLiteral):
        return value.expr.text
    raise unsupported("PIVOT value without alias", value.pos)


def _as_type(value: Sql, type_: str | None) -> Sql:
    if type_ is None:
        return null_of("varchar") if value.null else value
    if value.type is None and not value.null:  # a column of NULLs
        return Sql(f"({value.text})::{type_}", type_)
    return convert(value, type_)


def _unpivot(state: State, node: ast.Unpivot, scope: Scope, source: str) -> tuple[list[str], list[str | None], str]:
    """`UNPIVOT (v FOR n IN (a, b))` -> a lateral VALUES list of (name, value), without the NULLs unless asked."""
    used = {name.parts[-1] for columns, _ in node.items for name in columns}
    kept = [column for column in scope.visible if column.name not in used]
    rows: list[list[Sql]] = []
    for columns, label in node.items:
        if len(columns) != len(node.value_columns):
            raise OracleError(56901, "non-constant expression is not allowed for pivot|unpivot values", node.pos)
        labels = _labels(state, columns, label, len(node.name_columns), scope)
        rows.append([*labels, *(state.expression(column, scope) for column in columns)])
    types = [common_type([row[index] for row in rows], node.pos) for index in range(len(rows[0]))]
    texts = [", ".join(_as_type(v, t).text for v, t in zip(row, types, strict=True)) for row in rows]
    names = [*node.name_columns, *node.value_columns]
    columns_text = ", ".join(quote(name) for name in names)
    select = [f"{c.sql} AS {quote(c.name)}" for c in kept] + [f"u.{quote(name)}" for name in names]
    where = ""
    if not node.include_nulls:
        where = " WHERE " + " OR ".join(f"u.{quote(name)} IS NOT NULL" for name in node.value_columns)
    text = (
        f"SELECT {', '.join(select)} FROM {source} CROSS JOIN LATERAL"
        f" (VALUES {', '.join(f'({row})' for row in texts)}) AS u({columns_text}){where}"
    )
    return [c.name for c in kept] + names, [c.type for c in kept] + types, text


def _labels(state: State, columns: list[ast.Name], label: ast.Expr | None, count: int, scope: Scope) -> list[Sql]:
    if label is None:
        text = "_".join(column.parts[-1] for column in columns)
        return [state.expression(ast.StringLiteral(text), scope)] * count
    items = label.items if isinstance(label, ast.Tuple) else [label]
    return [state.expression(item, scope) for item in items]
