"""ROWNUM in WHERE: `WHERE a = 1 AND ROWNUM <= 5` -> `WHERE a = 1` and the limit `<= 5`.

ROWNUM counts rows as they pass the other conditions, before GROUP BY and ORDER BY. A comparison of it with something
that does not
depend on the row is therefore a limit on the number of rows. Another condition on ROWNUM alone (`MOD(ROWNUM, 2) = 0`) keeps the
rows before the first number that it refuses, for that number is offered to every row after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import unsupported
from .. import ast
from ..emit.core import walk

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}


@dataclass(frozen=True, slots=True)
class RownumLimit:
    """`ROWNUM op bound`."""

    op: str
    bound: ast.Expr


def is_rownum(node: ast.Node) -> bool:
    return isinstance(node, ast.Name) and node.parts == ("ROWNUM",) and not node.quoted[0]


def uses_rownum(*nodes: object) -> bool:
    return any(is_rownum(part) for node in nodes for part in walk(node))


def take_limits(
    conditions: list[ast.Expr], counted: list[ast.Expr] | None = None
) -> tuple[list[ast.Expr], list[RownumLimit]]:
    """Split the conjuncts of WHERE into those without ROWNUM and the limits; other conditions on ROWNUM alone go to `counted`.

    Raises:
        OracleError: ORA-03001 for a condition on ROWNUM and columns, or one that is no limit where `counted` is None.
    """
    rest: list[ast.Expr] = []
    limits: list[RownumLimit] = []
    for condition in conditions:
        if not uses_rownum(condition):
            rest.append(condition)
            continue
        found = _limits(condition)
        if any(uses_rownum(limit.bound) for limit in found) or not found:
            if counted is not None and _is_of_rownum_alone(condition):
                counted.append(condition)
                continue
            raise unsupported("this condition on ROWNUM", condition.pos)
        limits += found
    return rest, limits


def _is_of_rownum_alone(condition: ast.Expr) -> bool:
    return not any(
        isinstance(part, (ast.Subquery, ast.Exists)) or (isinstance(part, ast.Name) and not is_rownum(part))
        for part in walk(condition)
    )


def _limits(condition: ast.Expr) -> list[RownumLimit]:
    if isinstance(condition, ast.Binary) and condition.op in _FLIPPED:
        if is_rownum(condition.left):
            return [RownumLimit(condition.op, condition.right)]
        if is_rownum(condition.right):
            return [RownumLimit(_FLIPPED[condition.op], condition.left)]
    if isinstance(condition, ast.Between) and is_rownum(condition.operand) and not condition.negated:
        return [RownumLimit(">=", condition.low), RownumLimit("<=", condition.high)]
    if isinstance(condition, ast.InList) and isinstance(condition.items, list) and not condition.negated:
        items = condition.items
        if is_rownum(condition.operand) and len(items) == 1:
            return [RownumLimit("=", items[0])]
    return []
