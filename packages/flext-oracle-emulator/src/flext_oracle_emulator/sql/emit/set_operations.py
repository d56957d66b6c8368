"""UNION, INTERSECT, MINUS: left to right, with column types that agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...errors import OracleError
from .. import ast
from ..inference import BLOB, LOB, Sql, common_type, family, inconsistent
from ..names import invalid_identifier
from ..scope import Scope
from ..sizes import largest
from ..translation import OutputColumn
from .core import QuerySql, State, walk
from .limits import percent, row_limit

_SET_WORDS = {
    "UNION": "UNION",
    "UNION ALL": "UNION ALL",
    "INTERSECT": "INTERSECT",
    "MINUS": "EXCEPT",
    "EXCEPT": "EXCEPT",
    "INTERSECT ALL": "INTERSECT ALL",
    "MINUS ALL": "EXCEPT ALL",
    "EXCEPT ALL": "EXCEPT ALL",
}

#: (branch, wanted types by position) -> text.
BranchWriter = Callable[[ast.Select, Mapping[int, str]], QuerySql]


def _leaves(body: ast.QueryBody) -> list[ast.Select]:
    leaves: list[ast.Select] = []
    stack: list[ast.QueryBody] = [body]
    while stack:
        item = stack.pop()
        if isinstance(item, ast.Select):
            leaves.append(item)
        else:
            stack += [item.right, item.left]
    return leaves


def write_set_query(
    state: State, node: ast.Query, outside: Scope, wanted: Mapping[int, str], branch: BranchWriter
) -> QuerySql:
    """Oracle evaluates set operators left to right, so each step is in parentheses."""
    leaves = _leaves(node.body)
    if node.for_update is not None:
        raise OracleError(1786, "FOR UPDATE of this query expression is not allowed", node.for_update.pos)
    written = [branch(leaf, {}) for leaf in leaves]
    width = len(written[0].columns)
    if any(len(query.columns) != width for query in written):
        raise OracleError(1789, "query block has incorrect number of result columns", leaves[0].pos)
    if any(step.op != "UNION ALL" for step in walk(node.body) if isinstance(step, ast.SetOperation)):
        for type_ in written[0].types:
            if family(type_) in (LOB, BLOB):
                raise inconsistent(None, family(type_), leaves[0].pos)
    types = _column_types(leaves, written, width, wanted)
    final: dict[int, QuerySql] = {}
    for leaf, query in zip(leaves, written, strict=True):
        changes = {
            i: t
            for i, t in types.items()
            if query.nulls[i] or (query.types[i] != t and family(query.types[i]) is not None)
        }
        final[id(leaf)] = branch(leaf, changes) if changes else query
    text = _combine(node.body, final)
    columns = [
        OutputColumn(
            column.name,
            char_literal=_same_length([q.columns[i].char_literal for q in written]),
            size=_size([Sql("", q.types[i], null=q.nulls[i], size=q.columns[i].size) for q in written]),
            declared=_declared([q.columns[i].declared for q in written if not q.nulls[i]]),
            domain=column.domain,
        )
        for i, column in enumerate(written[0].columns)
    ]
    result = QuerySql(text, columns, [types.get(i, t) for i, t in enumerate(written[0].types)], [False] * width)
    if node.order_by:
        result.text += " ORDER BY " + ", ".join(_set_order(item, result) for item in node.order_by)
    if node.limit is not None:
        if node.limit.percent:
            result.text = percent(state, result, node.limit, outside)
        else:
            result.text += row_limit(state, node.limit, outside, ordered=bool(node.order_by))
    return result


def _size(values: list[Sql]) -> int | None:
    return largest([Sql("", "varchar", null=True) if value.null else value for value in values])


def _declared(types: list[str | None]) -> str | None:
    """The type of vectors of several branches: what they agree in."""
    if not all(type_ is None or type_.startswith("VECTOR(") for type_ in types):
        return types[0] if len(set(types)) == 1 else None
    known = [type_[len("VECTOR(") : -1].split(", ") for type_ in types if type_ is not None]
    if not known or len(known) < len(types):
        return None
    dimensions, formats, storages = (set(values) for values in zip(*known, strict=True))
    parts = (*("*" if len(values) > 1 else next(iter(values)) for values in (dimensions, formats)), storages.pop())
    return f"VECTOR({', '.join(parts)})"


def _same_length(lengths: list[int | None]) -> int | None:
    return lengths[0] if len(set(lengths)) == 1 else None


def _item_pos(leaf: ast.Select, index: int) -> int:
    return leaf.items[index].pos if index < len(leaf.items) else leaf.pos


def _column_types(
    leaves: list[ast.Select], written: list[QuerySql], width: int, wanted: Mapping[int, str]
) -> dict[int, str]:
    types: dict[int, str] = {}
    for index in range(width):
        values = [Sql("", query.types[index], null=query.nulls[index]) for query in written]
        if any(value.type is None and not value.null for value in values):
            continue
        try:
            type_ = common_type(values)
        except OracleError as error:
            raise OracleError(
                1790, "expression must have same datatype as corresponding expression", _item_pos(leaves[0], index)
            ) from error
        types[index] = type_ or wanted.get(index) or "varchar"
    return types


def _combine(body: ast.QueryBody, texts: dict[int, QuerySql]) -> str:
    """`a UNION b INTERSECT c` -> `((a) UNION (b)) INTERSECT (c)`: PostgreSQL's INTERSECT would bind tighter."""
    if isinstance(body, ast.Select):
        return f"({texts[id(body)].text})"
    steps: list[ast.SetOperation] = []
    item: ast.QueryBody = body
    while isinstance(item, ast.SetOperation):
        steps.append(item)
        item = item.left
    text = _combine(item, texts)
    operator = steps[-1].op
    for step in reversed(steps):
        if step.op != operator:
            text, operator = f"({text})", step.op
        right = _combine(step.right, texts)
        text += f" {_SET_WORDS[operator]} " + (right if isinstance(step.right, ast.Select) else f"({right})")
    return text


def _set_order(item: ast.OrderItem, result: QuerySql) -> str:
    expr = item.expr
    if isinstance(expr, ast.NumberLiteral) and expr.text.isdigit():
        position = position_of(int(expr.text), len(result.columns), expr.pos)
    elif isinstance(expr, ast.Name) and len(expr.parts) == 1:
        matches = [index for index, column in enumerate(result.columns) if column.name == expr.parts[0]]
        if not matches:
            raise invalid_identifier(expr.parts, expr.pos)
        position = matches[0] + 1
    else:
        raise OracleError(1785, "ORDER BY item must be the number of a SELECT-list expression", expr.pos)
    return direction_of(str(position), item)


def position_of(number: int, width: int, pos: int) -> int:
    if not 1 <= number <= width:
        raise OracleError(1785, "ORDER BY item must be the number of a SELECT-list expression", pos)
    return number


def direction_of(text: str, item: ast.OrderItem) -> str:
    # NULLs last ascending and first descending is the default of both.
    return text + (" DESC" if item.descending else "") + (f" NULLS {item.nulls}" if item.nulls else "")
