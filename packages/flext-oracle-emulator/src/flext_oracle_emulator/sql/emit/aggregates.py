"""Aggregate and analytic functions.

`COUNT` and the ranking functions come back from PostgreSQL as bigint and become NUMBER at once. An aggregate that
schema
oracle defines (MIN and MAX of its types, exact AVG) is found by the search path, so names are unqualified here.
"""

from __future__ import annotations

from dataclasses import replace

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import (
    BLOB,
    DATETIMES,
    FLOAT,
    INTERVALS,
    LOB,
    NUMBER,
    Sql,
    as_number,
    convert,
    family,
    inconsistent,
    null_of,
)
from ..names import invalid_identifier
from ..scope import Scope
from ..sizes import largest
from .core import State, walk
from .hypotheses import TESTS, hypothesis
from .json_functions import JSON_AGGREGATES, json_arrayagg, json_objectagg
from .lists import WHOLE_PARTITION, arguments, listagg
from .statistics import STATISTICS, median, percentile, statistic
from .windows import named_window, order_text, order_value, over_text
from .xml_functions import sys_xmlagg, xml_agg

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
        "STATS_MODE",
        *_VARIANCES,
        *_PERCENTILES,
    )
)
_BOOLEAN = {"BOOLEAN_AND_AGG": "bool_and", "BOOLEAN_OR_AGG": "bool_or"}
_GROUPING = frozenset(("GROUPING", "GROUPING_ID", "GROUP_ID"))
_APPROXIMATE = {"APPROX_MEDIAN": "MEDIAN", "APPROX_PERCENTILE": "PERCENTILE_CONT"}
NOT_YET = frozenset(
    (
        *("COLLECT", "JSON_DATAGUIDE", "APPROX_COUNT", "APPROX_SUM", "APPROX_RANK"),
        *("STATS_F_TEST", "STATS_KS_TEST", "STATS_MW_TEST", "STATS_WSR_TEST"),
    )
)
AGGREGATES = (
    frozenset(("XMLAGG", "SYS_XMLAGG"))
    | _OWN
    | _GROUPING
    | NOT_YET
    | STATISTICS
    | TESTS
    | frozenset(_APPROXIMATE)
    | JSON_AGGREGATES
    | frozenset(_BOOLEAN)
)
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
    if name in NOT_YET:
        raise unsupported(name, node.pos)
    if node.over is not None:
        return _analytic(state, node, scope)
    if name in ANALYTIC_ONLY:
        if node.within is not None:
            return _hypothetical(state, node, scope)
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


def _plain(state: State, node: ast.Call, scope: Scope, over: str) -> Sql:
    """An aggregate of the group, or over a window (`over` is the text of OVER)."""
    name = node.name[-1]
    if name in _APPROXIMATE:
        if len(node.args) > 1:
            raise unsupported(f"the accuracy of {name}", node.pos)
        name = _APPROXIMATE[name]
        node = replace(node, name=(name,))
    if name in TESTS:
        return hypothesis(state, node, scope)
    distinct = "DISTINCT " if node.distinct else ""
    if name == "COUNT":
        return _count(state, node, scope, distinct, over)
    if name in _BOOLEAN:
        if state.context.version < 23:
            raise invalid_identifier(node.name, node.pos)
        return Sql(f"{_BOOLEAN[name]}({state.condition(node.args[0], scope)}){over}", "bool")
    if name == "XMLAGG":
        return xml_agg(state, node, scope)
    if name == "SYS_XMLAGG":
        return sys_xmlagg(state, node, scope)
    if name == "JSON_ARRAYAGG":
        return json_arrayagg(state, node, scope)
    if name == "JSON_OBJECTAGG":
        return json_objectagg(state, node, scope)
    if name == "LISTAGG":
        return listagg(state, node, scope)
    if name in _PERCENTILES:
        return percentile(state, node, scope)
    if name == "STATS_MODE":
        (value,) = arguments(state, node, scope, 1, 1)
        return Sql(f"mode() WITHIN GROUP (ORDER BY {order_value(value)})", value.type)
    if name in STATISTICS:
        return statistic(state, node, scope, over)
    if name == "APPROX_COUNT_DISTINCT":
        (value,) = arguments(state, node, scope, 1, 1)
        return Sql(f"count(DISTINCT {value.text}){over}::numeric", "numeric")
    (value,) = arguments(state, node, scope, 1, 1)
    if name in ("MIN", "MAX", "ANY_VALUE"):
        if family(value.type) in (LOB, BLOB) and not value.null:
            raise inconsistent(None, family(value.type), node.pos)
        value = null_of("varchar") if value.null else value
        function = "any_value" if name == "ANY_VALUE" else name.lower()
        if name == "ANY_VALUE" and state.context.version < 21:
            function = "min"
        return Sql(f"{function}({distinct}{value.text}){over}", value.type, size=value.size)
    if name == "MEDIAN":
        return median(state, node, value, scope)
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
    if kind in INTERVALS and not value.null:
        raise inconsistent(NUMBER, kind, pos)
    return value if kind is None and not value.null else as_number(value, pos)


def _count(state: State, node: ast.Call, scope: Scope, distinct: str, over: str) -> Sql:
    if len(node.args) == 1 and isinstance(node.args[0], ast.Star):
        return Sql(f"count(*){over}::numeric", "numeric")
    (value,) = arguments(state, node, scope, 1, 1)
    if distinct and family(value.type) in (LOB, BLOB):
        raise inconsistent(None, family(value.type), node.pos)
    return Sql(f"count({distinct}{value.text}){over}::numeric", "numeric")


def _keep_order(state: State, node: ast.Call, scope: Scope) -> tuple[Sql, str]:
    """The value of MIN or MAX .. KEEP, and the order in which it comes first: by the keys, then by itself."""
    assert node.keep is not None
    name = node.name[-1]
    (value,) = arguments(state, node, scope, 1, 1)
    keys = _keep_keys(state, node, scope)
    keys.append((value.text, f"{value.text} {'DESC' if name == 'MAX' else 'ASC'} NULLS LAST"))
    return value, ", ".join(key for _, key in keys)


def _keep_keys(state: State, node: ast.Call, scope: Scope) -> list[tuple[str, str]]:
    """Each key of KEEP as its value, and as it sorts so that the rows to keep come first."""
    assert node.keep is not None
    which, order = node.keep
    keys = []
    for item in order:
        descending = item.descending != (which == "LAST")
        nulls = item.nulls or ("FIRST" if item.descending else "LAST")
        if which == "LAST":
            nulls = "LAST" if nulls == "FIRST" else "FIRST"
        key = order_value(state.expression(item.expr, scope))
        keys.append((key, f"{key} {'DESC' if descending else 'ASC'} NULLS {nulls}"))
    return keys


def _keep(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`MAX(x) KEEP (DENSE_RANK LAST ORDER BY k)`: the greatest x among the rows last by k, as the head of an array."""
    if node.name[-1] not in ("MIN", "MAX"):
        return _keep_all(state, node, scope)
    value, order = _keep_order(state, node, scope)
    return Sql(f"(array_agg({value.text} ORDER BY {order}))[1]", value.type, size=value.size)


def _keep_all(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`SUM(x) KEEP (DENSE_RANK FIRST ORDER BY k)`: the sum over the rows whose keys are those of the first."""
    name = node.name[-1]
    value, keys = _kept(state, node, scope)
    order = ", ".join(key for _, key in keys)
    arrays = [f"array_agg({text} ORDER BY {order})" for text in [value.text, *(key for key, _ in keys)]]
    names = [f"k{index}" for index in range(1, len(keys) + 1)]
    same = " AND ".join(
        f"u.{key} IS NOT DISTINCT FROM ({array})[1]" for key, array in zip(names, arrays[1:], strict=True)
    )
    total = f"{name.lower()}(u.v){'::numeric' if name == 'COUNT' else ''}"
    rows = f"unnest({', '.join(arrays)}) AS u(v, {', '.join(names)})"
    return Sql(f"(SELECT {total} FROM {rows} WHERE {same})", "numeric" if name == "COUNT" else value.type)


def _kept(state: State, node: ast.Call, scope: Scope) -> tuple[Sql, list[tuple[str, str]]]:
    """What SUM, AVG or COUNT .. KEEP add up, and the keys."""
    name = node.name[-1]
    if name not in ("SUM", "AVG", "COUNT") or node.distinct:
        raise unsupported(f"{name} .. KEEP", node.pos)
    star = len(node.args) == 1 and isinstance(node.args[0], ast.Star)
    value = Sql("1::numeric", "numeric") if star else arguments(state, node, scope, 1, 1)[0]
    if name != "COUNT":
        value = _summable(value, name, node.pos)
    return value, _keep_keys(state, node, scope)


def _hypothetical(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`RANK(5) WITHIN GROUP (ORDER BY x)`: the place that a row with these values would have."""
    name = node.name[-1]
    items = node.within or []
    if name not in ("RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST") or len(items) != len(node.args):
        raise OracleError(30488 if name in ("RANK", "DENSE_RANK") else 909, "invalid number of arguments", node.pos)
    if not scope.grouped or scope.clause in ("where", "group", "on", "connect"):
        raise OracleError(934, "group function is not allowed here", node.pos)
    scope.aggregate_depth += 1
    try:
        order = order_text(state, items, scope)
        keys = [state.expression(item.expr, scope) for item in items]
    finally:
        scope.aggregate_depth -= 1
    values = [
        convert(state.expression(argument, scope), key.type or "varchar", node.pos).text
        for argument, key in zip(node.args, keys, strict=True)
    ]
    call = f"({', '.join(values)}) WITHIN GROUP (ORDER BY {order})"
    if name == "PERCENT_RANK":
        return Sql(f"((rank{call} - 1)::numeric / nullif(count(*), 0)::numeric)", "numeric")
    if name == "CUME_DIST":  # from its binary fraction back to the exact one
        return Sql(f"(round((cume_dist{call})::numeric * (count(*) + 1)) / (count(*) + 1)::numeric)", "numeric")
    return Sql(f"{name.lower()}{call}::numeric", "numeric")


def _distinct_over(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`COUNT(DISTINCT x) OVER (PARTITION BY p)` by the array of the values."""
    name = node.name[-1]
    assert node.over is not None
    if node.over.order:
        raise OracleError(30487, "ORDER BY not allowed here", node.pos)
    if name not in ("COUNT", "SUM", "AVG"):
        raise unsupported(f"{name}(DISTINCT ..) OVER", node.pos)
    (value,) = arguments(state, node, scope, 1, 1)
    if name == "COUNT":
        value = null_of("varchar") if value.null else value
        return Sql(f"oracle.count_distinct(array_agg({value.text}){over_text(state, node.over, scope)})", "numeric")
    value = as_number(value, node.pos)
    values = f"array_agg({value.text}::numeric){over_text(state, node.over, scope)}"
    return Sql(f"oracle.{name.lower()}_distinct({values})", "numeric")


def _grouping(state: State, node: ast.Call, scope: Scope) -> Sql:
    if node.name[-1] == "GROUP_ID":
        return _group_id(node, scope)
    scope.aggregate_depth += 1
    try:
        texts = ", ".join(state.expression(arg, scope).text for arg in node.args)
    finally:
        scope.aggregate_depth -= 1
    return Sql(f"GROUPING({texts})::numeric", "numeric")


def _group_id(node: ast.Call, scope: Scope) -> Sql:
    """Numbers the rows of one group that several grouping sets give."""
    if node.args:
        raise OracleError(909, "invalid number of arguments", node.pos)
    if scope.clause not in ("select", "order") or scope.nested is not None:
        raise unsupported("GROUP_ID in this condition", node.pos)
    if not scope.group_texts:
        return Sql("0::numeric", "numeric")
    keys = ", ".join(sorted(scope.group_texts))
    return Sql(f"(row_number() OVER (PARTITION BY {keys}, GROUPING({keys})) - 1)::numeric", "numeric")


# ---------------------------------------------------------------------------------------------------- analytic


def _analytic(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`F(..) OVER (..)`; Oracle's default frame is PostgreSQL's."""
    assert node.over is not None
    if node.over.name is not None:
        node = replace(node, over=named_window(node.over, scope))
    assert node.over is not None
    name = node.name[-1]
    if scope.clause not in ("select", "order"):
        raise OracleError(30483, "window functions are not allowed here", node.pos)
    if node.nulls == "IGNORE":
        return _ignoring_nulls(state, node, scope)
    if node.from_last:
        return _from_last(state, node, scope)
    if node.keep is not None:
        return _keep_over(state, node, scope)
    if name == "LISTAGG":
        return listagg(state, node, scope)
    if name in _PERCENTILES:
        return percentile(state, node, scope)
    if name in ("STATS_MODE", "XMLAGG", "SYS_XMLAGG", "JSON_ARRAYAGG", "JSON_OBJECTAGG", *TESTS, *_APPROXIMATE):
        raise unsupported(f"{name} .. OVER", node.pos)
    if node.distinct and name not in ("MIN", "MAX"):
        return _distinct_over(state, node, scope)
    over = over_text(state, node.over, scope)
    if (name in _RANKING or name in _OFFSETS or name in _DISTRIBUTION or name == "NTILE") and not node.over.order:
        raise OracleError(30485, "missing ORDER BY expression in the window specification", node.pos)
    if name in _RANKING:
        return Sql(f"{_RANKING[name]}(){over}::numeric", "numeric")
    if name in _DISTRIBUTION:
        return _distribution(state, node, scope, over)
    if name == "NTILE":
        (buckets,) = arguments(state, node, scope, 1, 1)
        return Sql(f"ntile(({as_number(buckets).text})::int4){over}::numeric", "numeric")
    if name in _OFFSETS:
        return _offset(state, node, scope, over)
    if name in _FRAMED:
        values = arguments(state, node, scope, *((2, 2) if name == "NTH_VALUE" else (1, 1)))
        value = null_of("varchar") if values[0].null else values[0]
        if name == "NTH_VALUE":
            return Sql(f"nth_value({value.text}, ({as_number(values[1]).text})::int4){over}", value.type)
        return Sql(f"{name.lower()}({value.text}){over}", value.type, size=value.size)
    if name == "RATIO_TO_REPORT":
        (value,) = arguments(state, node, scope, 1, 1)
        value = as_number(value, node.pos)
        return Sql(f"({value.text} / nullif(sum({value.text}){over}, 0))", value.type)
    return _plain(state, node, scope, over)


def _from_last(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`NTH_VALUE(x, 2) FROM LAST`: from the end of the frame."""
    assert node.over is not None
    value, place = arguments(state, node, scope, 2, 2)
    value = null_of("varchar") if value.null else value
    frame = f"(array_agg({value.text}){over_text(state, node.over, scope)})"
    return Sql(f"{frame}[(cardinality({frame}) + 1 - {as_number(place).text})::int4]", value.type, size=value.size)


def _offset(state: State, node: ast.Call, scope: Scope, over: str) -> Sql:
    values = arguments(state, node, scope, 1, 3)
    value = null_of("varchar") if values[0].null else values[0]
    parts = [value.text]
    if len(values) > 1:
        parts.append(f"({as_number(values[1]).text})::int4")
    if len(values) > 2:
        parts.append(convert(values[2], value.type or "varchar", node.pos).text)
    text = f"{node.name[-1].lower()}({', '.join(parts)}){over}"
    return Sql(text, value.type, size=largest([value, *values[2:]]))


def _keep_over(state: State, node: ast.Call, scope: Scope) -> Sql:
    assert node.over is not None
    if node.name[-1] not in ("MIN", "MAX"):
        return _keep_all_over(state, node, scope)
    value, order = _keep_order(state, node, scope)
    partition = over_text(state, ast.Window(node.over.partition), scope).removesuffix(")")
    return Sql(f"first_value({value.text}){partition} ORDER BY {order})", value.type)


def _keep_all_over(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`SUM(x) KEEP (DENSE_RANK FIRST ORDER BY k) OVER (PARTITION BY p)`: over the arrays of the partition, in the order of the keys."""
    assert node.over is not None
    value, keys = _kept(state, node, scope)
    order = ", ".join(key for _, key in keys)
    whole = over_text(state, ast.Window(node.over.partition), scope).removesuffix(")")
    over = f"{whole} ORDER BY {order}{WHOLE_PARTITION})"
    listed = ", ".join(key for key, _ in keys)
    name = node.name[-1]
    if name == "COUNT":
        value = Sql(f"CASE WHEN {value.text} IS NOT NULL THEN 1::numeric END", "numeric")
    text = (
        f"oracle.keep_total('{name}', array_agg(({value.text})::numeric){over}, array_agg(ROW({listed})::text){over})"
    )
    return Sql(f"{text}::{value.type}", value.type)


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
    values = arguments(state, node, scope, 1, 3 if name in _OFFSETS else 2)
    value = values[0]
    window = node.over
    place = as_number(values[1], node.pos).text if len(values) > 1 else "1"
    if name in _OFFSETS:
        if window.frame is not None or not window.order:
            raise unsupported(f"this form of {name} IGNORE NULLS", node.pos)
        one = ast.NumberLiteral("1")
        before: tuple[ast.Expr | None, str] = (None, "PRECEDING")
        frame = (
            ast.WindowFrame("ROWS", before, (one, "PRECEDING"))
            if name == "LAG"
            else ast.WindowFrame("ROWS", (one, "FOLLOWING"), (None, "FOLLOWING"))
        )
        window = ast.Window(window.partition, window.order, frame)
    elif name not in ("FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"):
        raise unsupported(f"{name} IGNORE NULLS", node.pos)
    found = f"(array_agg({value.text}) FILTER (WHERE {value.text} IS NOT NULL){over_text(state, window, scope)})"
    if name in ("LAG", "LAST_VALUE") or node.from_last:
        place = f"cardinality({found}) + 1 - ({place})"
    text = f"{found}[({place})::int4]"
    if len(values) > 2:
        text = f"coalesce({text}, {convert(values[2], value.type or 'varchar', node.pos).text})"
    return Sql(text, value.type, size=largest([value, *values[2:]]))
