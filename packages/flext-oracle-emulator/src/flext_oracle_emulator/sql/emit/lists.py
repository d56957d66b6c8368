"""LISTAGG, and what aggregates share: their arguments."""

from __future__ import annotations

from ...errors import OracleError
from .. import ast
from ..inference import Sql, as_text, null_of
from ..scope import Scope
from .core import State
from .windows import order_text, over_text

WHOLE_PARTITION = " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


def arguments(state: State, node: ast.Call, scope: Scope, least: int, most: int) -> list[Sql]:
    if len(node.args) < least:
        raise OracleError(909, "invalid number of arguments", node.pos)
    if len(node.args) > most:
        raise OracleError(909, "invalid number of arguments", node.pos)
    return [state.expression(arg, scope) for arg in node.args]


def ordered_over(state: State, node: ast.Call, order: list[ast.OrderItem], scope: Scope) -> str:
    """OVER of an aggregate that sees its whole partition in an order of its own."""
    assert node.over is not None
    if node.over.order:
        raise OracleError(30487, "ORDER BY not allowed here", node.pos)
    over = over_text(state, ast.Window(node.over.partition, order, None), scope)
    return over.removesuffix(")") + (WHOLE_PARTITION if order else "") + ")"


def listagg(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`LISTAGG(x, ',') WITHIN GROUP (ORDER BY y)` -> `string_agg(x, ',' ORDER BY y)`; 4000 bytes at most
    (ORA-01489). DISTINCT and ON OVERFLOW TRUNCATE work on the array of the values.
    """
    values = arguments(state, node, scope, 1, 2)
    texts = [null_of("varchar") if value.null else as_text(value, node.pos) for value in values]
    separator = f"({texts[1].text})::text" if len(texts) > 1 else "''"
    argument = f"({texts[0].text})::text"
    overflow = node.extra.get("overflow")
    truncate = isinstance(overflow, tuple) and overflow[0] == "TRUNCATE"
    if node.distinct or truncate:
        text = _array(state, node, argument, scope)
        text = f"oracle.first_of_each({text})" if node.distinct else text
        if truncate:
            assert isinstance(overflow, tuple)
            _, indicator, with_count = overflow
            mark = "'...'" if indicator is None else f"({as_text(state.expression(indicator, scope)).text})::text"
            return Sql(f"oracle.list_truncated({text}, {separator}, {mark}, {str(with_count).lower()})", "varchar")
        return Sql(f"oracle.list_text({text}, {separator})", "varchar")
    if node.over is not None:
        text = f"string_agg({argument}, {separator}){ordered_over(state, node, node.within or [], scope)}"
    else:
        order = f" ORDER BY {order_text(state, node.within, scope)}" if node.within else ""
        text = f"string_agg({argument}, {separator}{order})"
    too_long = f"oracle.fail(1489, 'result of string concatenation is too long', {text}, NULL::text)"
    return Sql(f"CASE WHEN octet_length({text}) > 4000 THEN {too_long} ELSE {text} END", "varchar")


def _array(state: State, node: ast.Call, argument: str, scope: Scope) -> str:
    filtered = f" FILTER (WHERE {argument} IS NOT NULL)"
    if node.over is not None:
        return f"array_agg({argument}){filtered}{ordered_over(state, node, node.within or [], scope)}"
    order = f" ORDER BY {order_text(state, node.within, scope)}" if node.within else ""
    return f"array_agg({argument}{order}){filtered}"
