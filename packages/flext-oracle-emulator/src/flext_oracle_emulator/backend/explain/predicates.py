"""The conditions of PostgreSQL's plan in Oracle's words, as ACCESS_PREDICATES and FILTER_PREDICATES have them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_TOKEN = re.compile(
    r"""
      (?P<string>'(?:[^']|'')*')
    | (?P<name>"(?:[^"]|"")*")
    | (?P<cast>::\s*(?:"[^"]+"|[a-z_]+)(?:\.(?:"[^"]+"|[a-z_0-9]+))?
        (?:\s(?:varying|precision|with(?:out)?\stime\szone))?(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])?)
    | (?P<bind>\$\d+)
    | (?P<operator>OPERATOR\([a-z_]+\.(?P<inner>[^)]+)\)|!?~~|[<>=!|+*/-]+)
    | (?P<word>[A-Za-z_][\w$]*)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = {"~~": " LIKE ", "!~~": " NOT LIKE ", "===": "="}
_ANY = re.compile(
    r"^(?P<value>.+?)\s*(?:=|OPERATOR\(pg_catalog\.=\))\s*ANY \('\{(?P<items>[^'\\]*)\}'::(?P<type>.+)\[\]\)$"
)
_ALONE = re.compile(r"""\(("(?:[^"]|"")*"(?:\."(?:[^"]|"")*")*|[\w.:]+|'(?:[^']|'')*'|\w+\([^()]*\))\)""")

#: What the emulator's own machinery adds to conditions, and no user wrote.
_OWN = ('"SESSION$"', '"loop$"', '"TX$"', "SubPlan ", "InitPlan ", "num_nonnulls(")


def predicates(text: str | None, binds: Sequence[str], *, qualified: bool) -> str | None:
    """Conditions of a plan, joined by AND; None if none of them is the user's. `binds[k - 1]` is the name of `$k`."""
    found = [_oracle(part, binds, qualified=qualified) for part in conjuncts(text or "") if not _is_own(part)]
    return " AND ".join(found) or None


def conjuncts(text: str) -> list[str]:
    """The parts of `((a) AND (b))` without their parentheses."""
    text = _stripped(text)
    if not text:
        return []
    parts, start, depth = [], 0, 0
    for token in _TOKEN.finditer(text):
        if token["other"] == "(":
            depth += 1
        elif token["other"] == ")":
            depth -= 1
        elif token["word"] == "AND" and depth == 0 and "BETWEEN" not in text:
            parts.append(text[start : token.start()])
            start = token.end()
    return [_stripped(part) for part in [*parts, text[start:]]]


def is_partition_test(part: str) -> bool:
    """Whether a condition tells rows of one partition from the others: see catalog/partitioning.py."""
    return part.startswith("CASE WHEN") and part.rpartition("=")[2].strip().isdigit()


def _is_own(part: str) -> bool:
    return any(mark in part for mark in _OWN) or is_partition_test(part)


def _stripped(text: str) -> str:
    """Without the parentheses around the whole."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for token in _TOKEN.finditer(text):
            depth += {"(": 1, ")": -1}.get(token["other"] or "", 0)
            if depth == 0 and token.end() < len(text):
                return text
        text = text[1:-1].strip()
    return text


def _oracle(text: str, binds: Sequence[str], *, qualified: bool) -> str:
    if text == "false":
        return "NULL IS NOT NULL"
    listed = _ANY.match(text)
    if listed is not None:
        value = _oracle(_stripped(listed["value"]), binds, qualified=qualified)
        quote = "" if listed["type"] in ("numeric", "double precision", "real") else "'"
        tests = [f"{value}={quote}{item.strip(chr(34))}{quote}" for item in listed["items"].split(",")]
        return f"({' OR '.join(tests)})"
    written = "".join(_words(text, binds))
    if not qualified:
        written = re.sub(r'"(?:[^"]|"")*"\.(?=")', "", written)
    while True:
        simpler = _ALONE.sub(_unless_called, written)
        if simpler == written:
            return written
        written = simpler


def _unless_called(match: re.Match[str]) -> str:
    """`("A")` is `"A"`, but the parentheses of `F("A")` stay."""
    before = match.string[match.start() - 1 : match.start()]
    return match.group() if before.isalnum() or before in ("_", "$") else match[1]


def _words(text: str, binds: Sequence[str]) -> Iterator[str]:
    tokens = list(_TOKEN.finditer(text))
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token["string"]:
            cast = following["cast"].removeprefix("::").strip() if following is not None and following["cast"] else ""
            yield _constant(token["string"], cast)
        elif token["operator"]:
            operator = token["inner"] or token["operator"]
            yield _OPERATORS.get(operator, operator)
        elif token["bind"]:
            place = int(token["bind"][1:]) - 1
            yield f":{binds[place]}" if place < len(binds) else token["bind"]
        elif token["word"]:
            yield token["word"].upper()
        elif token["space"]:
            near = [t for t in (tokens[index - 1] if index else None, following) if t is not None]
            yield "" if any(t["operator"] or t["cast"] for t in near) else " "
        elif token["cast"]:
            continue
        else:
            yield token.group()


def _constant(text: str, cast: str) -> str:
    if cast in ("numeric", "integer", "bigint", "smallint", "double precision", "real"):
        return text[1:-1]
    if cast == "date":
        return f"TO_DATE(' {text[1:-1]}', 'syyyy-mm-dd hh24:mi:ss')"
    return text
