"""OVER (..) and ORDER BY lists as text: Oracle's default frame is PostgreSQL's."""

from __future__ import annotations

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import DATETIMES, Sql, as_number, family
from ..names import invalid_identifier
from ..scope import Scope
from .core import State


def order_value(value: Sql) -> str:
    return "NULL::text" if value.null else value.text


def order_text(state: State, items: list[ast.OrderItem] | None, scope: Scope) -> str:
    parts = []
    for item in items or []:
        text = order_value(state.expression(item.expr, scope))
        text += " DESC" if item.descending else ""
        text += f" NULLS {item.nulls}" if item.nulls else ""
        parts.append(text)
    return ", ".join(parts)


def _bound(
    state: State,
    bound: tuple[ast.Expr | None, str],
    scope: Scope,
    unit: str,
    key: str | None,
    *,
    months: bool = False,
) -> str:
    expr, direction = bound
    if expr is None:
        return direction if direction == "CURRENT ROW" else f"UNBOUNDED {direction}"
    value = state.expression(expr, scope)
    if unit in ("ROWS", "GROUPS"):
        return f"({as_number(value).text})::int8 {direction}"
    if key not in DATETIMES:
        return f"{as_number(value, expr.pos).text} {direction}"
    if months:
        if family(value.type) == "Y":
            return f"pg_catalog.make_interval(months => ({value.text})::numeric::int4) {direction}"
        seconds = (
            f"({value.text})::numeric"
            if family(value.type) == "I"
            else f"{as_number(value, expr.pos).text} * 86400::numeric"
        )
        return f"pg_catalog.make_interval(secs => ({seconds})::float8) {direction}"
    if family(value.type) == "I":
        return f"({value.text})::numeric {direction}"
    return f"({as_number(value, expr.pos).text} * 86400::numeric) {direction}"


def _moment(value: Sql, pos: int) -> str:
    """A datetime in seconds, by which PostgreSQL can measure a RANGE."""
    if value.type == "oracle.date":
        return f"pg_catalog.date_part('epoch', ({value.text})::timestamp)::numeric"
    if value.type == "oracle.ts":
        return f"({value.text})::numeric"
    raise unsupported("RANGE over this type", pos)


def _spans_months(state: State, frame: ast.WindowFrame | None, scope: Scope) -> bool:
    """Whether a bound is an INTERVAL YEAR TO MONTH."""
    bounds = [] if frame is None else [frame.start, *([frame.end] if frame.end else [])]
    return any(expr is not None and family(state.expression(expr, scope).type) == "Y" for expr, _ in bounds)


def named_window(window: ast.Window, scope: Scope) -> ast.Window:
    """What `OVER w` and `OVER (w ..)` mean by the WINDOW clause."""
    if window.name is None:
        return window
    found = scope.windows.get(window.name)
    if found is None:
        raise invalid_identifier((window.name,), window.pos)
    base = named_window(found, scope)
    return ast.Window(base.partition, window.order or base.order, window.frame or base.frame, pos=window.pos)


def over_text(state: State, window: ast.Window, scope: Scope) -> str:
    parts = []
    if window.partition:
        parts.append("PARTITION BY " + ", ".join(order_value(state.expression(e, scope)) for e in window.partition))
    frame = window.frame
    ranged = frame is not None and frame.unit == "RANGE" and (frame.start[0] or (frame.end and frame.end[0]))
    key: str | None = None
    months = False
    if window.order and ranged:
        item = window.order[0]
        value = state.expression(item.expr, scope)
        if len(window.order) > 1:
            raise OracleError(30486, "invalid window aggregation group in the window specification", window.pos)
        key = family(value.type)
        months = key in DATETIMES and _spans_months(state, frame, scope)
        if months and value.type != "oracle.date":
            raise unsupported("RANGE of months over this type", item.pos)
        text = f"({value.text})::timestamp" if months else value.text
        if key in DATETIMES and not months:
            text = _moment(value, item.pos)
        direction = (" DESC" if item.descending else "") + (f" NULLS {item.nulls}" if item.nulls else "")
        parts.append(f"ORDER BY {text}{direction}")
    elif window.order:
        parts.append("ORDER BY " + order_text(state, window.order, scope))
    if frame is not None:
        start = _bound(state, frame.start, scope, frame.unit, key, months=months)
        if frame.end is None:
            parts.append(f"{frame.unit} {start}")
        else:
            parts.append(
                f"{frame.unit} BETWEEN {start} AND {_bound(state, frame.end, scope, frame.unit, key, months=months)}"
            )
        if frame.exclude is not None:
            parts.append(f"EXCLUDE {frame.exclude}")
    return f" OVER ({' '.join(parts)})"
