"""Whether a function may be called once per distinct arguments instead of once per row: it has to leave no traces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..sql import ast as sql
from . import ast

_SIDE_EFFECTS = ("DBMS_RANDOM", "DBMS_LOCK", "DBMS_SESSION", "DBMS_PARALLEL_EXECUTE", "DBMS_SQL")


def side_effect(function: ast.Subprogram) -> str | None:
    """What the function does besides computing its value; None if nothing is found.

    Changes of rows are no matter of this: a query refuses them when they happen (ORA-14551).
    """
    own = {parameter.name for parameter in function.parameters}
    for node in _walk(function.body):
        if isinstance(node, ast.Variable | ast.Cursor | ast.ForRange | ast.ForQuery | ast.Parameter):
            own.add(node.name)
    for node in _walk(function.body):
        if isinstance(node, ast.Assign):
            base = _base(node.target)
            if base is not None and base not in own:
                return f"assignment to {base}"
        elif isinstance(node, sql.Name):
            if node.parts[-1] == "NEXTVAL":
                return "a sequence"
            if node.parts[0] in _SIDE_EFFECTS:
                return node.parts[0]
        elif isinstance(node, sql.Call) and node.name and node.name[0] in _SIDE_EFFECTS:
            return node.name[0]
    return None


def _base(target: sql.Expr) -> str | None:
    while True:
        if isinstance(target, sql.Name):
            return target.parts[0]
        if isinstance(target, sql.Attribute):
            target = target.target
        elif isinstance(target, sql.Call):
            if target.name:
                return target.name[0]
            target = target.extra["target"]  # type: ignore[assignment]
        else:
            return None


def _walk(node: Any) -> Iterator[Any]:
    pending = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, ast.Node | sql.Node):
            yield item
            pending += [getattr(item, name) for name in item.__dataclass_fields__]
        elif isinstance(item, list | tuple):
            pending += item
        elif isinstance(item, dict):
            pending += item.values()
