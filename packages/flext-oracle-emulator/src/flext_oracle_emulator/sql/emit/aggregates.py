"""Aggregate and analytic functions.

`COUNT` and the ranking functions come back from PostgreSQL as bigint and become NUMBER at once. An aggregate that
schema
oracle defines (MIN and MAX of its types, exact AVG) is found by the search path, so names are unqualified here.
"""

from __future__ import annotations

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import (
    DATETIMES,
    FLOAT,
    NUMBER,
    Sql,
    as_number,
    as_text,
    convert,
    family,
    null_of,
)
from ..scope import Scope
from .core import State, walk

_VARIANCES = frozenset(("STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP", "VAR_SAMP"))
_OWN = frozenset(
    ("SUM", "AVG", "MIN", "MAX", "COUNT", "MEDIAN", "LISTAGG", "ANY_VALUE", "APPROX_COUNT_DISTINCT", *_VARIANCES)
)
_GROUPING = frozenset(("GROUPING", "GROUPING_ID", "GROUP_ID"))
_NOT_YET = frozenset(
    (
        "CORR",
        "COVAR_POP",
        "COVAR_SAMP",
        "PERCENTILE_CONT",
        "PERCENTILE_DISC",
        "STATS_MODE",
        "COLLECT",
        "XMLAGG",
        "JSON_ARRAYAGG",
        "JSON_OBJECTAGG",
        "REGR_SLOPE",
        "REGR_INTERCEPT",
        "REGR_COUNT",
        "REGR_R2",
        "REGR_AVGX",
        "REGR_AVGY",
        "REGR_SXX",
        "REGR_SYY",
        "REGR_SXY",
    )
)
AGGREGATES = _OWN | _GROUPING | _NOT_YET
_RANKING = {"ROW_NUMBER": "row_number", "RANK": "rank", "DENSE_RANK": "dense_rank"}
_DISTRIBUTION = frozenset(("PERCENT_RANK", "CUME_DIST"))
_OFFSETS = frozenset(("LAG", "LEAD"))
_FRAMED = frozenset(("FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"))
ANALYTIC_ONLY = frozenset((*_RANKING, *_DISTRIBUTION, *_OFFSETS, *_FRAMED, "NTILE", "RATIO_TO_REPORT"))


def is_aggregate(node: ast.Node) -> bool:
    """Whether a call aggregates a group (an analytic call does not)."""
    if not isinstance(node, ast.Call) or node.over is not None or len(node.name) != 1:
        return False
    return node.name[0] in AGGREGATES or (node.within is not None and node.name[0] in ANALYTIC_ONLY)


def has_nested(nodes: object) -> bool:
    """Whether an aggregate has an aggregate inside: MAX(COUNT(*))."""
    return any(
        is_aggregate(node) and any(is_aggregate(part) for part in walk([node.args, node.within]))
        for node in walk(nodes)
        if isinstance(node, ast.Call)
    )


def aggregate(state: State, node: ast.Call, scope: Scope) -> Sql:
    name = node.name[-1]
    if name in _NOT_YET:
        raise unsupported(name, node.pos)
    if node.over is not None:
        return _analytic(state, node, scope)
    if name in ANALYTIC_ONLY:
        if node.within is not None:
            raise unsupported(f"{name} .. WITHIN GROUP", node.pos)
        raise OracleError(30484, "missing window specification for this function", node.pos)
    if not scope.grouped or scope.clause in ("where", "group", "on", "connect"):
        raise OracleError(934, "group function is not allowed here", node.pos)
    if name in _GROUPING:
        return _grouping(state, node, scope)
    if scope.aggregate_depth > (0 if scope.nested is None else 1):
        raise OracleError(935, "group function is nested too deeply", node.pos)
    scope.aggregate_depth += 1
    try:
        value = _keep(state, node, scope) if node.keep is not None else _plain(state, node, scope, "")
    finally:
        scope.aggregate_depth -= 1
    if scope.nested is None or scope.aggregate_depth == 0:
        return value
    # The inner one of MAX(COUNT(*)): a column of the grouped rows that the outer one aggregates.
    return Sql(scope.nested.expose(value.text), value.type)


def _arguments(state: State, node: ast.Call, scope: Scope, least: int, most: int) -> list[Sql]:
    if len(node.args) < least:
        raise OracleError(909, "invalid number of arguments", node.pos)
    if len(node.args) > most:
        raise OracleError(909, "invalid number of arguments", node.pos)
    return [state.expression(arg, scope) for arg in node.args]


def _plain(state: State, node: ast.Call, scope: Scope, over: str) -> Sql:
    """An aggregate of the group, or over a window (`over` is the text of OVER)."""
    name = node.name[-1]
    distinct = "DISTINCT " if node.distinct else ""
    if name == "COUNT":
        return _count(state, node, scope, distinct, over)
    if name == "LISTAGG":
        return _listagg(state, node, scope)
    if name == "APPROX_COUNT_DISTINCT":
        (value,) = _arguments(state, node, scope, 1, 1)
        return Sql(f"count(DISTINCT {value.text}){over}::numeric", "numeric")
    (value,) = _arguments(state, node, scope, 1, 1)
    if name in ("MIN", "MAX", "ANY_VALUE"):
        value = null_of("varchar") if value.null else value
        function = "any_value" if name == "ANY_VALUE" else name.lower()
        if name == "ANY_VALUE" and state.context.version < 21:
            function = "min"
        return Sql(f"{function}({distinct}{value.text}){over}", value.type)
    if name == "MEDIAN":
        return _median(value, node.pos, over)
    value = _summable(value, name, node.pos)
    type_ = value.type if family(value.type) in (FLOAT, "I", "Y") else "numeric"
    if name in _VARIANCES:
        return _variance(name, value, node, over)
    return Sql(f"{name.lower()}({distinct}{value.text}){over}", type_)


def _variance(name: str, value: Sql, node: ast.Call, over: str) -> Sql:
    """From exact sums, because PostgreSQL's functions keep fewer digits. Of one row STDDEV and VARIANCE are 0,
    .._SAMP are NULL.
    """
    if node.distinct:
        raise unsupported(f"{name}(DISTINCT ..)", node.pos)
    x = value.text
    n, total, squares = f"count({x}){over}::numeric", f"sum({x}){over}", f"sum({x} * {x}){over}"
    divisor = n if name.endswith("_POP") else f"({n} - 1)"
    least = 0 if name.endswith("_POP") else 1
    text = f"CASE WHEN {n} > {least} THEN greatest({squares} - {total} * {total} / {n}, 0) / {divisor}"
    text += f" WHEN {n} = 1 THEN 0 END" if name in ("STDDEV", "VARIANCE") else " END"
    return Sql(f"oracle.sqrt({text})" if name.startswith("STDDEV") else f"({text})", value.type or "numeric")


def _summable(value: Sql, name: str, pos: int) -> Sql:
    kind = family(value.type)
    if kind in DATETIMES:
        raise OracleError(932, "inconsistent datatypes: expected NUMBER got DATE", pos)
    if kind in ("I", "Y") and not value.null:
        raise unsupported(f"{name} of an interval", pos)
    return value if kind is None and not value.null else as_number(value, pos)


def _count(state: State, node: ast.Call, scope: Scope, distinct: str, over: str) -> Sql:
    if len(node.args) == 1 and isinstance(node.args[0], ast.Star):
        return Sql(f"count(*){over}::numeric", "numeric")
    (value,) = _arguments(state, node, scope, 1, 1)
    return Sql(f"count({distinct}{value.text}){over}::numeric", "numeric")


def _median(value: Sql, pos: int, over: str) -> Sql:
    """`MEDIAN(x)`: the mean of the middle value counted from below and the one counted from above, which is exact."""
    if over:
        raise unsupported("MEDIAN .. OVER", pos)
    value = as_number(value, pos)
    low = f"percentile_disc(0.5) WITHIN GROUP (ORDER BY {value.text})"
    high = f"percentile_disc(0.5) WITHIN GROUP (ORDER BY {value.text} DESC)"
    return Sql(f"(({low} + {high}) / 2::numeric)", "numeric")


def _listagg(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`LISTAGG(x, ',') WITHIN GROUP (ORDER BY y)` -> `string_agg(x, ',' ORDER BY y)`; 4000 bytes at most
    (ORA-01489).
    """
    if node.extra.get("overflow") not in (None, "ERROR"):
        raise unsupported("LISTAGG .. ON OVERFLOW TRUNCATE", node.pos)
    values = _arguments(state, node, scope, 1, 2)
    texts = [null_of("varchar") if value.null else as_text(value, node.pos) for value in values]
    separator = f"({texts[1].text})::text" if len(texts) > 1 else "''"
    argument = f"({texts[0].text})::text"
    if node.over is not None:
        window = ast.Window(node.over.partition, node.within or [], None)
        frame = " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING" if node.within else ""
        over = _over(state, window, scope).removesuffix(")") + frame + ")"
        if node.distinct:
            raise unsupported("LISTAGG DISTINCT .. OVER", node.pos)
        text = f"string_agg({argument}, {separator}){over}"
    elif node.distinct:
        text = f"string_agg(DISTINCT {argument}, {separator} ORDER BY {argument})"
        if node.within and state.expression(node.within[0].expr, scope).text not in (texts[0].text, argument):
            raise unsupported("LISTAGG DISTINCT in the order of something else", node.pos)
        if node.within and node.within[0].descending:
            text = text.removesuffix(")") + " DESC)"
    else:
        order = f" ORDER BY {_order(state, node.within, scope)}" if node.within else ""
        text = f"string_agg({argument}, {separator}{order})"
    too_long = f"oracle.fail(1489, 'result of string concatenation is too long', {text}, NULL::text)"
    return Sql(f"CASE WHEN octet_length({text}) > 4000 THEN {too_long} ELSE {text} END", "varchar")


def _keep(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`MAX(x) KEEP (DENSE_RANK LAST ORDER BY k)`: the greatest x among the rows that are last by k, as the head of an
    array.
    """
    assert node.keep is not None
    name = node.name[-1]
    which, order = node.keep
    if name not in ("MIN", "MAX") or node.distinct:
        raise unsupported(f"{name} .. KEEP", node.pos)
    (value,) = _arguments(state, node, scope, 1, 1)
    keys = []
    for item in order:
        descending = item.descending != (which == "LAST")
        nulls = item.nulls or ("FIRST" if item.descending else "LAST")
        if which == "LAST":
            nulls = "LAST" if nulls == "FIRST" else "FIRST"
        key = _order_value(state.expression(item.expr, scope))
        keys.append(f"{key} {'DESC' if descending else 'ASC'} NULLS {nulls}")
    keys.append(f"{value.text} {'DESC' if name == 'MAX' else 'ASC'} NULLS LAST")
    return Sql(f"(array_agg({value.text} ORDER BY {', '.join(keys)}))[1]", value.type)


def _grouping(state: State, node: ast.Call, scope: Scope) -> Sql:
    if node.name[-1] == "GROUP_ID":
        raise unsupported("GROUP_ID", node.pos)
    scope.aggregate_depth += 1
    try:
        texts = ", ".join(state.expression(arg, scope).text for arg in node.args)
    finally:
        scope.aggregate_depth -= 1
    return Sql(f"GROUPING({texts})::numeric", "numeric")


# ---------------------------------------------------------------------------------------------------- analytic


def _order_value(value: Sql) -> str:
    return "NULL::text" if value.null else value.text


def _order(state: State, items: list[ast.OrderItem] | None, scope: Scope) -> str:
    parts = []
    for item in items or []:
        text = _order_value(state.expression(item.expr, scope))
        text += " DESC" if item.descending else ""
        text += f" NULLS {item.nulls}" if item.nulls else ""
        parts.append(text)
    return ", ".join(parts)


def _bound(state: State, bound: tuple[ast.Expr | None, str], scope: Scope, unit: str) -> str:
    expr, direction = bound
    if expr is None:
        return direction if direction == "CURRENT ROW" else f"UNBOUNDED {direction}"
    value = state.expression(expr, scope)
    if unit == "ROWS":
        return f"({as_number(value).text})::int8 {direction}"
    return f"{value.text} {direction}"


def _over(state: State, window: ast.Window, scope: Scope) -> str:
    if window.name is not None:
        raise unsupported("named windows", window.pos)
    parts = []
    if window.partition:
        parts.append("PARTITION BY " + ", ".join(_order_value(state.expression(e, scope)) for e in window.partition))
    if window.order:
        parts.append("ORDER BY " + _order(state, window.order, scope))
    if window.frame is not None:
        frame = window.frame
        start = _bound(state, frame.start, scope, frame.unit)
        if frame.end is None:
            parts.append(f"{frame.unit} {start}")
        else:
            parts.append(f"{frame.unit} BETWEEN {start} AND {_bound(state, frame.end, scope, frame.unit)}")
    return f" OVER ({' '.join(parts)})"


def _analytic(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`F(..) OVER (..)`; Oracle's default frame is PostgreSQL's."""
    assert node.over is not None
    name = node.name[-1]
    if scope.clause not in ("select", "order"):
        raise OracleError(30483, "window functions are not allowed here", node.pos)
    if node.nulls == "IGNORE" or node.from_last:
        raise unsupported(f"{name} IGNORE NULLS", node.pos)
    if node.keep is not None:
        return _keep_over(state, node, scope)
    if name == "LISTAGG":
        return _listagg(state, node, scope)
    if node.distinct:
        raise unsupported(f"{name}(DISTINCT ..) OVER", node.pos)
    over = _over(state, node.over, scope)
    if (name in _RANKING or name in _OFFSETS or name in _DISTRIBUTION or name == "NTILE") and not node.over.order:
        raise OracleError(30485, "missing ORDER BY expression in the window specification", node.pos)
    if name in _RANKING:
        return Sql(f"{_RANKING[name]}(){over}::numeric", "numeric")
    if name in _DISTRIBUTION:
        raise unsupported(f"{name} .. OVER", node.pos)
    if name == "NTILE":
        (buckets,) = _arguments(state, node, scope, 1, 1)
        return Sql(f"ntile(({as_number(buckets).text})::int4){over}::numeric", "numeric")
    if name in _OFFSETS:
        return _offset(state, node, scope, over)
    if name in _FRAMED:
        values = _arguments(state, node, scope, 1, 2)
        value = null_of("varchar") if values[0].null else values[0]
        if name == "NTH_VALUE":
            return Sql(f"nth_value({value.text}, ({as_number(values[1]).text})::int4){over}", value.type)
        return Sql(f"{name.lower()}({value.text}){over}", value.type)
    if name == "RATIO_TO_REPORT":
        (value,) = _arguments(state, node, scope, 1, 1)
        value = as_number(value, node.pos)
        return Sql(f"({value.text} / nullif(sum({value.text}){over}, 0))", value.type)
    return _plain(state, node, scope, over)


def _offset(state: State, node: ast.Call, scope: Scope, over: str) -> Sql:
    values = _arguments(state, node, scope, 1, 3)
    value = null_of("varchar") if values[0].null else values[0]
    parts = [value.text]
    if len(values) > 1:
        parts.append(f"({as_number(values[1]).text})::int4")
    if len(values) > 2:
        parts.append(convert(values[2], value.type or "varchar", node.pos).text)
    return Sql(f"{node.name[-1].lower()}({', '.join(parts)}){over}", value.type)


def _keep_over(state: State, node: ast.Call, scope: Scope) -> Sql:
    raise unsupported(f"{node.name[-1]} .. KEEP .. OVER", node.pos)


__all__ = ["AGGREGATES", "ANALYTIC_ONLY", "NUMBER", "aggregate", "is_aggregate"]
