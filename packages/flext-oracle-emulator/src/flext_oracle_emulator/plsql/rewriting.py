"""Copies of syntax trees with some nodes replaced."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

from ..sql import ast as sql

Replace = Callable[[sql.Node], sql.Node | None]
N = TypeVar("N", bound=sql.Node)


def rewrite(node: N, replace: Replace) -> Any:
    """The tree with every node for which `replace` gives one replaced by it; what it gives is not looked into."""
    replaced = replace(node)
    if replaced is not None:
        return replaced
    changes: dict[str, Any] = {}
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        changed = _rewrite_value(value, replace)
        if changed is not value:
            changes[name] = changed
    return dataclasses.replace(node, **changes) if changes else node


def _rewrite_value(value: Any, replace: Replace) -> Any:
    if isinstance(value, sql.Node):
        return rewrite(value, replace)
    if isinstance(value, list | tuple):
        items = [_rewrite_value(item, replace) for item in value]
        if all(new is old for new, old in zip(items, value, strict=True)):
            return value
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        found = {key: _rewrite_value(item, replace) for key, item in value.items()}
        return value if all(found[key] is value[key] for key in value) else found
    return value
