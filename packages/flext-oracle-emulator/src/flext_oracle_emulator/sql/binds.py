"""What a statement's text tells without parsing it: its kind, and its binds by the rules that clients count them.

A client sends the number of binds and their metadata, never their names, so the names and the split at RETURNING ..
INTO must be found by the very rules of its own scanner. SQL has one bind per occurrence; PL/SQL (BEGIN, DECLARE, CALL)
has one per distinct name. In DDL nothing is a bind (`:new` in a trigger's body).
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass


class StatementKind(enum.Enum):
    QUERY = "query"
    DML = "dml"
    PLSQL = "plsql"
    DDL = "ddl"
    OTHER = "other"


_KINDS = {
    **dict.fromkeys(("SELECT", "WITH"), StatementKind.QUERY),
    **dict.fromkeys(("INSERT", "UPDATE", "DELETE", "MERGE"), StatementKind.DML),
    **dict.fromkeys(("BEGIN", "DECLARE", "CALL"), StatementKind.PLSQL),
    **dict.fromkeys(
        ("CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "ANALYZE", "AUDIT", "COMMENT", "TRUNCATE"), StatementKind.DDL
    ),
}

_TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    | (?P<string>[nN]?[qQ]'(?:\[.*?\]'|\{.*?\}'|\(.*?\)'|<.*?>'|(?P<delimiter>[^\s\[{(<]).*?(?P=delimiter)')
               | '[^']*(?:'|\Z))
    | (?P<identifier>"[^"]*(?:"|\Z))
    | :\s*(?:"(?P<quoted>[^"]+)"|(?P<plain>[0-9]+|[^\W\d_][\w$#]*))
    | (?P<word>[^\W\d_][\w$#]*)
    """,
    re.VERBOSE | re.DOTALL,
)


#: Labels before an anonymous block.
_LABELS = re.compile(r"\s*(?:<<\s*[^<>\s]+\s*>>\s*)+")


@dataclass(frozen=True, slots=True)
class BindRef:
    """One occurrence of a bind. `offset` is that of its colon, in characters."""

    name: str
    offset: int
    is_return: bool = False


@dataclass(frozen=True, slots=True)
class StatementText:
    """`binds` lists every occurrence; `bind_names` what the client sends metadata for, in that order.

    `return_positions` are indexes into `bind_names` of the binds after RETURNING .. INTO. `keyword` is the first word
    in upper case, "" if there is none.
    """

    kind: StatementKind
    keyword: str
    binds: Sequence[BindRef]
    bind_names: Sequence[str]
    return_positions: Sequence[int]


@functools.lru_cache(maxsize=256)
def scan_statement(sql: str, *, short_return: bool = True) -> StatementText:
    """Classify a statement and find its binds.

    RETURN is RETURNING to Oracle and to node-oracledb. python-oracledb does not know it and sends these binds as any
    other: `short_return` says which client it is.
    """
    kind: StatementKind | None = None
    keyword = ""
    binds: list[BindRef] = []
    returning = into = False
    string_end = -1  # where the last string literal ended: a colon right after it belongs to JSON ('key' : value)
    labels = _LABELS.match(sql)
    for match in _TOKEN.finditer(sql, labels.end() if labels else 0):
        token = match.lastgroup
        if token in ("string", "delimiter"):
            string_end = match.end()
        elif token == "word":  # noqa: S105 - a token of SQL, not a secret
            word = match["word"].upper()
            if kind is None:
                keyword = word
                kind = _KINDS.get(word, StatementKind.OTHER)
                if kind is StatementKind.DDL:
                    break
            elif kind is StatementKind.DML:
                returning = returning or word == "RETURNING" or (short_return and word == "RETURN")
                into = into or (returning and word == "INTO")
        elif token in ("quoted", "plain"):
            if string_end >= 0 and not sql[string_end : match.start()].strip():
                continue
            name = match["quoted"] or match["plain"].upper()
            binds.append(BindRef(name, match.start(), into))
    if kind is None:
        kind = StatementKind.OTHER
    names = tuple(bind.name for bind in binds)
    if kind is StatementKind.PLSQL:
        names = tuple(dict.fromkeys(names))
    returns = tuple(position for position, bind in enumerate(binds) if bind.is_return)
    return StatementText(kind, keyword, tuple(binds), names, returns)
