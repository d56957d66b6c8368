"""Tokens of Oracle SQL and PL/SQL.

Tokens are parallel lists, not objects: the parsers compare `keys[i]` with a keyword or operator most of the time. A
word's key is its upper-case text, an operator's key is itself, and the other kinds have the keys below, which no word
or operator can have; `values[i]` then holds the content.

What cannot be a token (`?`, an open quote) becomes BAD and is an error only when the parser arrives there, because
Oracle reports the first mistake from the left, whatever its kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .messages import syntax_error

QUOTED = '"'  # value: the identifier
STRING = "'"  # value: the content
NATIONAL = "n'"  # N'..'; value: the content
NUMBER = "0"  # value: the text with exponent and suffix
BIND = ":b"  # value: the name, upper case unless quoted
BAD = "\0"  # value: the OracleError
END = ""

MAX_IDENTIFIER_BYTES = 128
_LOOKAHEAD = 3  # parsers look this far without asking where the end is

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<op>:=|=>|\*\*|\|\||\.\.|<<|>>|<\s*[=>]|[>!^~]\s*=|[-+*/(),=<>@;%\[\]]|\.(?![0-9]))
    | (?P<string>[nN]?(?:[qQ]'(?:\[.*?\]'|\{.*?\}'|\(.*?\)'|<.*?>'|(?P<delimiter>[^\s\[{(<]).*?(?P=delimiter)')
               | '[^']*(?:''[^']*)*'))
    | (?P<open>[nN]?[qQ]?'|"[^"]*\Z)
    | (?P<word>[^\W\d_][\w$#]*)
    | (?P<bind>:\s*(?:"(?P<quoted_bind>[^"]+)"|(?P<plain_bind>[0-9]+|[^\W\d_][\w$#]*)))
    | (?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?:[fFdD](?![\w$\#]))?)
    | (?P<quoted>"[^"]*")
    | (?P<other>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_INDEX = _TOKEN.groupindex
_OP, _WORD, _BIND_GROUP = _INDEX["op"], _INDEX["word"], _INDEX["bind"]
_NUMBER_GROUP, _STRING_GROUP, _QUOTED_GROUP = _INDEX["number"], _INDEX["string"], _INDEX["quoted"]
_COMMENT, _OPEN = _INDEX["comment"], _INDEX["open"]


@dataclass(slots=True)
class Tokens:
    """`starts[i]:ends[i]` is token i in the text. The last tokens are END."""

    keys: list[str]
    values: list[Any]
    starts: list[int]
    ends: list[int]


def _string_value(token: str) -> tuple[str, str]:
    key = STRING
    if token[0] in "nN":
        key, token = NATIONAL, token[1:]
    if token[0] in "qQ":
        return key, token[3:-2]
    return key, token[1:-1].replace("''", "'")


def tokenize(sql: str) -> Tokens:
    """Split a statement into tokens. Never raises."""
    text = sql.rstrip(" \t\r\n\f\v\0")  # drivers end a statement of their own with NUL
    keys: list[str] = []
    values: list[Any] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    scan = _TOKEN.match
    length = len(text)
    while position < length:
        match = scan(text, position)
        if match is None:  # only blanks are left
            break
        group: int = match.lastindex  # type: ignore[assignment]  # each alternative is a group
        start, position = match.span(group)
        value: Any
        if group == _OP:
            key = match[group]
            if len(key) > 2:
                key = key[0] + key[-1]
            if key in ("!=", "^=", "~="):
                key = "<>"
            value = key
        elif group == _WORD:
            key = value = match[group].upper()
            if len(key) > 32 and len(key.encode()) > MAX_IDENTIFIER_BYTES:
                key, value = BAD, syntax_error(972, start)
        elif group == _COMMENT:
            continue
        elif group == _BIND_GROUP:
            if keys and keys[-1] in (STRING, NATIONAL) and not text[ends[-1] : start].strip():
                # JSON: 'key' : value. Clients do not count it as a bind either.
                key = value = ":"
                position = start + 1
            else:
                key, value = BIND, match["quoted_bind"] or match["plain_bind"].upper()
        elif group == _NUMBER_GROUP:
            key, value = NUMBER, match[group]
        elif group == _STRING_GROUP:
            key, value = _string_value(match[group])
        elif group == _QUOTED_GROUP:
            key, value = QUOTED, match[group][1:-1]
            if not value:
                key, value = BAD, syntax_error(1741, start)
            elif len(value) > 32 and len(value.encode("utf-8", "replace")) > MAX_IDENTIFIER_BYTES:
                key, value = BAD, syntax_error(972, start)
        elif group == _OPEN:
            key, value = BAD, syntax_error(1740 if match[group][0] == '"' else 1756, start)
            position = length
        elif match[group] == ":":
            key = value = ":"
        elif match[group] == "|":
            key = value = "|"
        else:
            key, value = BAD, syntax_error(911, start)
        if key == "/" and text.startswith("/*", start):
            key, value, position = BAD, syntax_error(1742, start), length
        keys.append(key)
        values.append(value)
        starts.append(start)
        ends.append(position)
    for _ in range(_LOOKAHEAD):
        keys.append(END)
        values.append("")
        starts.append(len(text))
        ends.append(len(text))
    return Tokens(keys, values, starts, ends)
