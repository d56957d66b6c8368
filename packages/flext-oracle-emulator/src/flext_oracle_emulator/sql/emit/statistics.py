"""MEDIAN and percentiles, covariance, correlation and linear regression: exact, where PostgreSQL counts in binary."""

from __future__ import annotations

from ...errors import unsupported
from .. import ast
from ..inference import DATETIMES, FLOAT, NUMBER, Sql, as_number, family
from ..scope import Scope
from .core import State
from .lists import arguments, ordered_over

#: Functions of two arguments, y and x, over the rows where both are known.
STATISTICS = frozenset(
    (
        "CORR",
        "COVAR_POP",
        "COVAR_SAMP",
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


def statistic(state: State, node: ast.Call, scope: Scope, over: str) -> Sql:
    """From the sums of x, y, x*x, y*y and x*y, as the SQL reference defines each function."""
    y, x = (f"({as_number(value, node.pos).text})::numeric" for value in arguments(state, node, scope, 2, 2))
    if node.distinct:
        raise unsupported(f"{node.name[-1]}(DISTINCT ..)", node.pos)
    known = f" FILTER (WHERE {y} IS NOT NULL AND {x} IS NOT NULL){over}"
    n = f"count(*){known}::numeric"
    sums = {name: f"sum({term}){known}" for name, term in (("x", x), ("y", y), ("xx", f"{x} * {x}"))}
    sums |= {name: f"sum({term}){known}" for name, term in (("yy", f"{y} * {y}"), ("xy", f"{x} * {y}"))}
    listed = ", ".join((n, sums["x"], sums["y"], sums["xx"], sums["yy"], sums["xy"]))
    return Sql(f"oracle.regression('{node.name[-1]}', {listed})", "numeric")


def median(state: State, node: ast.Call, value: Sql, scope: Scope) -> Sql:
    """The middle value, or the mean of the two in the middle."""
    return _continuous(state, node, value, node.args[0], descending=False, share="0.5::numeric", scope=scope)


def _sorted(
    state: State, node: ast.Call, value: Sql, expr: ast.Expr, *, descending: bool, scope: Scope
) -> tuple[str, str]:
    """The sorted array of the known values, and their count."""
    known = f" FILTER (WHERE {value.text} IS NOT NULL)"
    if node.over is not None:
        order = [ast.OrderItem(expr, descending)]
        whole = ordered_over(state, node, [], scope)
        return (
            f"(array_agg({value.text}){known}{ordered_over(state, node, order, scope)})",
            f"(count({value.text}){whole})",
        )
    direction = " DESC" if descending else ""
    return f"(array_agg({value.text} ORDER BY {value.text}{direction}){known})", f"count({value.text})"


def _continuous(
    state: State, node: ast.Call, value: Sql, expr: ast.Expr, *, descending: bool, share: str, scope: Scope
) -> Sql:
    """Interpolates in the sorted array of the values, exactly."""
    if family(value.type) not in (NUMBER, FLOAT, *DATETIMES):
        value = as_number(value, node.pos)
    values, count = _sorted(state, node, value, expr, descending=descending, scope=scope)
    place = f"(1 + {share} * ({count} - 1))"
    low, high = f"{values}[floor({place})::int4]", f"{values}[ceil({place})::int4]"
    return Sql(f"({low} + ({high} - {low}) * ({place} - floor({place})))", value.type)


def percentile(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x)`; PostgreSQL's own count in binary fractions."""
    if node.within is None or len(node.within) != 1:
        raise unsupported(f"this form of {node.name[-1]}", node.pos)
    (share,) = arguments(state, node, scope, 1, 1)
    fraction = as_number(share, node.pos).text
    item = node.within[0]
    value = state.expression(item.expr, scope)
    if node.name[-1] == "PERCENTILE_CONT":
        return _continuous(state, node, value, item.expr, descending=item.descending, share=fraction, scope=scope)
    values, count = _sorted(state, node, value, item.expr, descending=item.descending, scope=scope)
    return Sql(f"{values}[greatest(ceil({fraction} * {count}), 1)::int4]", value.type)
