"""Whole collections: the operators of nested tables (MULTISET, MEMBER OF, SUBMULTISET OF, SET) and equality.

Elements are compared as values; NULLs equal each other in the MULTISET operators, and make a comparison NULL.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import Any

from .values import Collection, Opaque, Record, copy_value


def identity(value: Any) -> Hashable:
    """Equal for equal values."""
    if isinstance(value, Record):
        return tuple(identity(item) for item in value.fields.values())
    if isinstance(value, Collection):
        return tuple(sorted((identity(item) for item in elements(value)), key=repr))
    if isinstance(value, Opaque):
        return value.pg_type, value.data
    if isinstance(value, Decimal):
        return "number", value.normalize()
    return type(value).__name__, value


def elements(collection: Collection) -> list[Any]:
    return [item for _, item in sorted(collection.items.items())]


def _made(like: Collection, items: Sequence[Any]) -> Collection:
    copied = {index: copy_value(item) for index, item in enumerate(items, 1)}
    return Collection(like.type, copied, len(items))


def distinct(collection: Collection | None) -> Collection | None:
    """SET(c)."""
    return None if collection is None else _made(collection, _distinct(elements(collection)))


def _distinct(items: Sequence[Any]) -> list[Any]:
    return list({identity(item): item for item in reversed(items)}.values())[::-1]


def combine(op: str, left: Collection | None, right: Collection | None, *, once: bool) -> Collection | None:
    """`left MULTISET op right`."""
    if left is None or right is None:
        return None
    items, others = elements(left), elements(right)
    if op == "UNION":
        found = items + others
    else:
        available = [identity(item) for item in others]
        found = []
        for item in _distinct(items) if once else items:
            is_there = identity(item) in available
            if is_there and not once:
                available.remove(identity(item))
            if is_there is (op == "INTERSECT"):
                found.append(item)
    return _made(left, _distinct(found) if once else found)


def contains(collection: Collection | None, value: Any) -> bool | None:
    """`value MEMBER OF collection`."""
    if collection is None or value is None:
        return None
    known = {identity(item) for item in elements(collection)}
    if identity(value) in known:
        return True
    return None if None in collection.items.values() else False


def includes(collection: Collection | None, part: Collection | None) -> bool | None:
    """`part SUBMULTISET OF collection`."""
    if collection is None or part is None:
        return None
    available = [identity(item) for item in elements(collection)]
    for item in elements(part):
        if identity(item) not in available:
            return False
        available.remove(identity(item))
    return True


def equal(left: Collection, right: Collection) -> bool | None:
    """`left = right`: the same elements, in any order."""
    if len(left.items) != len(right.items):
        return False
    if None in left.items.values() or None in right.items.values():
        return None
    return includes(left, right)
