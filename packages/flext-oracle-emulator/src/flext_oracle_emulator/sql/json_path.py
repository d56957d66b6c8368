"""JSON path expressions: Oracle's as PostgreSQL's, and as plain steps where there is no filter or method.

The plain steps serve JSON_QUERY, which must give the members of an object in the order of the document; PostgreSQL's own
functions work on jsonb, which sorts them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import OracleError, unsupported

_MODE = re.compile(r"\s*(lax\b|strict\b)?\s*\$", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d][\w$]*")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_PLACE = r"(?:\d+|last(?:\s*-\s*\d+)?)"
_SUBSCRIPT = re.compile(
    rf"\[\s*(\*|{_PLACE}(?:\s+to\s+{_PLACE})?(?:\s*,\s*{_PLACE}(?:\s+to\s+{_PLACE})?)*)\s*\]", re.IGNORECASE
)
_METHODS = {
    "size": "size",
    "type": "type",
    "number": "number",
    "double": "double",
    "string": "string",
    "boolean": "boolean",
    "abs": "abs",
    "ceiling": "ceiling",
    "floor": "floor",
}
_FILTER_WORDS = re.compile(
    r"\b(has\s+substring|like|in|eq_regex|ci_regex|between|eq|ne|length|upper|lower)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class JsonPath:
    """`text` is PostgreSQL's; `steps` are `.name`, `.*`, `[0]`, `[*]`.. or None if the path has more than these."""

    text: str
    steps: tuple[str, ...] | None


def parse_path(path: str, pos: int) -> JsonPath:
    """Raises ORA-40442 for what is no path, ORA-03001 for filters and methods that PostgreSQL has not."""
    start = _MODE.match(path)
    if start is None:
        raise _syntax(pos)
    text = start.group().strip()
    steps: list[str] | None = [] if start[1] is None else None
    i = start.end()
    while i < len(path):
        if path[i].isspace():
            i += 1
            continue
        i, part, step = _step(path, i, pos)
        text += part
        steps = None if steps is None or step is None else [*steps, step]
    return JsonPath(text, None if steps is None else tuple(steps))


def _step(path: str, i: int, pos: int) -> tuple[int, str, str | None]:
    """One step from `i`: where it ends, PostgreSQL's text, and the plain step if it is one."""
    if path[i] == "[":
        match = _SUBSCRIPT.match(path, i)
        if match is None:
            raise _syntax(pos)
        inside = re.sub(r"\s+", " ", match[1].lower())
        return match.end(), f"[{inside}]", f"[{inside}]" if "," not in inside and "-" not in inside else None
    if path[i] == "?":
        return _filter(path, i, pos)
    if path[i] != ".":
        raise _syntax(pos)
    deep = path.startswith("..", i)
    i += 2 if deep else 1
    prefix = ".**" if deep else ""
    while i < len(path) and path[i].isspace():
        i += 1
    if path.startswith("*", i):
        return i + 1, f"{prefix}.*", None if deep else ".*"
    quoted = _QUOTED.match(path, i)
    if quoted is not None:
        return quoted.end(), f"{prefix}.{quoted.group()}", None if deep else f".{quoted.group()[1:-1]}"
    name = _NAME.match(path, i)
    if name is None:
        raise _syntax(pos)
    if path.startswith("(", name.end()):
        method = _METHODS.get(name.group().lower())
        if method is None or deep or not path.startswith("()", name.end()):
            raise unsupported(f"JSON path method {name.group()}()", pos)
        return name.end() + 2, f".{method}()", None
    return name.end(), f'{prefix}."{name.group()}"', None if deep else f".{name.group()}"


def _filter(path: str, i: int, pos: int) -> tuple[int, str, None]:
    """`?(@.price > 10)`: the same in both, but for a few predicates."""
    begin = path.find("(", i)
    if begin < 0 or path[i + 1 : begin].strip():
        raise _syntax(pos)
    depth, end = 0, begin
    while end < len(path):
        quoted = _QUOTED.match(path, end)
        if quoted is not None:
            end = quoted.end()
            continue
        depth += {"(": 1, ")": -1}.get(path[end], 0)
        end += 1
        if depth == 0:
            break
    else:
        raise _syntax(pos)
    body = path[begin:end]
    word = _FILTER_WORDS.search(_QUOTED.sub("", body))
    if word is not None:
        raise unsupported(f"JSON path predicate {word.group()}", pos)
    return end, f" ? {body}", None


def _syntax(pos: int) -> OracleError:
    return OracleError(40442, "JSON path expression syntax error", pos)
