"""Aggregate and analytic functions.

`COUNT` and the ranking functions come back from PostgreSQL as bigint and become NUMBER at once. An aggregate that
schema
oracle defines (MIN and MAX of its types, exact AVG) is found by the search path, so names are unqualified here.
"""

from __future__ import annotations

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import (
    BLOB,
    DATETIMES,
    FLOAT,
    LOB,
    NUMBER,
    Sql,
    as_number,
    as_text,
    convert,
    family,
    inconsistent,
    null_of,
)
from ..scope import Scope
from .core import State, walk
from .windows import order_text, order_value, over_text

_VARIANCES = frozenset(("STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP", "VAR_SAMP"))
_PERCENTILES = frozenset(("PERCENTILE_CONT", "PERCENTILE_DISC"))
_OWN = frozenset(
    (
        "SUM",
        "AVG",
        "MIN",
        "MAX",
        "COUNT",
        "MEDIAN",
        "LISTAGG",
        "ANY_VALUE",
        "APPROX_COUNT_DISTINCT",
        *_VARIANCES,
        *_PERCENTILES,
    )
)
_GROUPING = frozenset(("GROUPING", "GROUPING_ID", "GROUP_ID"))
_NOT_YET = frozenset(
    (
        "CORR",
        "COVAR_POP",
        "COVAR_SAMP",
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
    if name in _PERCENTILES:
        return _percentile(state, node, scope)
    if name == "APPROX_COUNT_DISTINCT":
        (value,) = _arguments(state, node, scope, 1, 1)
        return Sql(f"count(DISTINCT {value.text}){over}::numeric", "numeric")
    (value,) = _arguments(state, node, scope, 1, 1)
    if name in ("MIN", "MAX", "ANY_VALUE"):
        if family(value.type) in (LOB, BLOB) and not value.null:
            raise inconsistent(None, family(value.type), node.pos)
        value = null_of("varchar") if value.null else value
        function = "any_value" if name == "ANY_VALUE" else name.lower()
        if name == "ANY_VALUE" and state.context.version < 21:
            function = "min"
        return Sql(f"{function}({distinct}{value.text}){over}", value.type)
    if name == "MEDIAN":
        if over:
            raise unsupported("MEDIAN .. OVER", node.pos)
        return _median(value, node.pos)
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
    if distinct and family(value.type) in (LOB, BLOB):
        raise inconsistent(None, family(value.type), node.pos)
    return Sql(f"count({distinct}{value.text}){over}::numeric", "numeric")


def _median(value: Sql, pos: int) -> Sql:
    """The middle value, or the mean of the two in the middle."""
    if family(value.type) not in (NUMBER, FLOAT, *DATETIMES):
        value = as_number(value, pos)
    return _continuous(value, "", "0.5::numeric")


def _continuous(value: Sql, direction: str, share: str) -> Sql:
    """Interpolates in the sorted array of the values, exactly."""
    values = f"array_agg({value.text} ORDER BY {value.text}{direction}) FILTER (WHERE {value.text} IS NOT NULL)"
    place = f"(1 + {share} * (count({value.text}) - 1))"
    low, high = f"({values})[floor({place})::int4]", f"({values})[ceil({place})::int4]"
    return Sql(f"({low} + ({high} - {low}) * ({place} - floor({place})))", value.type)


def _percentile(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x)`; PostgreSQL's own count in binary fractions."""
    if node.within is None or len(node.within) != 1 or node.over is not None:
        raise unsupported(f"this form of {node.name[-1]}", node.pos)
    (share,) = _arguments(state, node, scope, 1, 1)
    fraction = as_number(share, node.pos).text
    item = node.within[0]
    value = state.expression(item.expr, scope)
    direction = " DESC" if item.descending else ""
    if node.name[-1] == "PERCENTILE_CONT":
        if family(value.type) not in (NUMBER, FLOAT, *DATETIMES):
            value = as_number(value, node.pos)
        return _continuous(value, direction, fraction)
    values = f"array_agg({value.text} ORDER BY {value.text}{direction}) FILTER (WHERE {value.text} IS NOT NULL)"
    return Sql(f"({values})[greatest(ceil({fraction} * count({value.text})), 1)::int4]", value.type)


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
        if node.over.order:
            raise OracleError(30487, "ORDER BY not allowed here", node.pos)
        window = ast.Window(node.over.partition, node.within or [], None)
        frame = " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING" if node.within else ""
        over = over_text(state, window, scope).removesuffix(")") + frame + ")"
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
        order = f" ORDER BY {order_text(state, node.within, scope)}" if node.within else ""
        text = f"string_agg({argument}, {separator}{order})"
    too_long = f"oracle.fail(1489, 'result of string concatenation is too long', {text}, NULL::text)"
    return Sql(f"CASE WHEN octet_length({text}) > 4000 THEN {too_long} ELSE {text} END", "varchar")


def _keep_order(state: State, node: ast.Call, scope: Scope) -> tuple[Sql, str]:
    """The value of MIN or MAX .. KEEP, and the order in which it comes first: by the keys, then by itself."""
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
        key = order_value(state.expression(item.expr, scope))
        keys.append(f"{key} {'DESC' if descending else 'ASC'} NULLS {nulls}")
    keys.append(f"{value.text} {'DESC' if name == 'MAX' else 'ASC'} NULLS LAST")
    return value, ", ".join(keys)


def _keep(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`MAX(x) KEEP (DENSE_RANK LAST ORDER BY k)`: the greatest x among the rows last by k, as the head of an array."""
    value, order = _keep_order(state, node, scope)
    return Sql(f"(array_agg({value.text} ORDER BY {order}))[1]", value.type)


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


def _analytic(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`F(..) OVER (..)`; Oracle's default frame is PostgreSQL's."""
    assert node.over is not None
    name = node.name[-1]
    if scope.clause not in ("select", "order"):
        raise OracleError(30483, "window functions are not allowed here", node.pos)
    if node.nulls == "IGNORE":
        return _ignoring_nulls(state, node, scope)
    if node.from_last:
        raise unsupported(f"{name} FROM LAST", node.pos)
    if node.keep is not None:
        return _keep_over(state, node, scope)
    if name == "LISTAGG":
        return _listagg(state, node, scope)
    if node.distinct:
        raise unsupported(f"{name}(DISTINCT ..) OVER", node.pos)
    over = over_text(state, node.over, scope)
    if (name in _RANKING or name in _OFFSETS or name in _DISTRIBUTION or name == "NTILE") and not node.over.order:
        raise OracleError(30485, "missing ORDER BY expression in the window specification", node.pos)
    if name in _RANKING:
        return Sql(f"{_RANKING[name]}(){over}::numeric", "numeric")
    if name in _DISTRIBUTION:
        return _distribution(state, node, scope, over)
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
    assert node.over is not None
    value, order = _keep_order(state, node, scope)
    partition = over_text(state, ast.Window(node.over.partition), scope).removesuffix(")")
    return Sql(f"first_value({value.text}){partition} ORDER BY {order})", value.type)


def _distribution(state: State, node: ast.Call, scope: Scope, over: str) -> Sql:
    """PERCENT_RANK and CUME_DIST as exact fractions of counts, where PostgreSQL's are binary."""
    assert node.over is not None
    whole = f"count(*){over_text(state, ast.Window(node.over.partition), scope)}::numeric"
    if node.name[-1] == "CUME_DIST":
        return Sql(f"(count(*){over}::numeric / {whole})", "numeric")
    text = f"CASE WHEN {whole} > 1 THEN (rank(){over}::numeric - 1) / ({whole} - 1) ELSE 0 END"
    return Sql(f"({text})::numeric", "numeric")


def _ignoring_nulls(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`LAG(x) IGNORE NULLS OVER (..)`: from the array of the values that are not NULL in the frame."""
    assert node.over is not None
    name = node.name[-1]
    values = _arguments(state, node, scope, 1, 2)
    value = values[0]
    window = node.over
    place = as_number(values[1], node.pos).text if len(values) > 1 else "1"
    if name in _OFFSETS:
        if window.frame is not None or not window.order or len(node.args) > 2:
            raise unsupported(f"this form of {name} IGNORE NULLS", node.pos)
        one = ast.NumberLiteral("1")
        before: tuple[ast.Expr | None, str] = (None, "PRECEDING")
        frame = (
            ast.WindowFrame("ROWS", before, (one, "PRECEDING"))
            if name == "LAG"
            else ast.WindowFrame("ROWS", (one, "FOLLOWING"), (None, "FOLLOWING"))
        )
        window = ast.Window(window.partition, window.order, frame)
    elif name not in ("FIRST_VALUE", "LAST_VALUE") or node.from_last:
        raise unsupported(f"{name} IGNORE NULLS", node.pos)
    found = f"(array_agg({value.text}) FILTER (WHERE {value.text} IS NOT NULL){over_text(state, window, scope)})"
    if name in ("LAG", "LAST_VALUE"):
        place = f"cardinality({found}) + 1 - ({place})"
    return Sql(f"{found}[({place})::int4]", value.type)
