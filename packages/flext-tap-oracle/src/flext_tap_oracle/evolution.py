"""How a table differs from the catalog that it is read by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: What of a property decides which values it has. Descriptions, defaults and nullability may change freely.
_FACTS = ("format", "maxLength", "minimum", "maximum", "contentEncoding")


@dataclass(frozen=True, slots=True)
class Changes:
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    retyped: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.dropped or self.retyped)

    def __str__(self) -> str:
        parts = [
            f"{what} {', '.join(names)}"
            for what, names in (("new:", self.added), ("gone:", self.dropped), ("other type:", self.retyped))
            if names
        ]
        return "; ".join(parts)


def compare(catalog: Mapping[str, Any], table: Mapping[str, Any]) -> Changes:
    """The differences of two JSON schemas of a stream, by name of the property."""
    old, new = catalog.get("properties", {}), table.get("properties", {})
    return Changes(
        added=tuple(name for name in new if name not in old),
        dropped=tuple(name for name in old if name not in new),
        retyped=tuple(name for name in new if name in old and _facts(old[name]) != _facts(new[name])),
    )


def _facts(schema: Mapping[str, Any]) -> tuple[Any, ...]:
    types = schema.get("type", ())
    kinds = frozenset((types,) if isinstance(types, str) else types) - {"null"}
    return (kinds, *(schema.get(fact) for fact in _FACTS))
