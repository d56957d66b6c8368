"""Scripts as SQL*Plus reads them: statements end with `;`, PL/SQL with a line that has only `/`.

Comments, quoted text, q'[..]' literals and quoted names are recognised, so that a `;` inside them ends nothing. REM and
PROMPT lines are left out; other SQL*Plus commands (SET, @file, WHENEVER, ..) are refused, because they would change what
the script means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flext_db_oracle.query import first_word

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<quoted>[nN]?[qQ]'(?:\[.*?\]'|\{.*?\}'|\(.*?\)'|<.*?>'|(?P<mark>[^\s\[{(<]).*?(?P=mark)')
                 | '(?:[^']|'')*' | "[^"]*")
      | (?P<slash>(?m:^)[ \t]*/[ \t]*(?m:$))
      | (?P<semicolon>;)
      | (?P<line>(?m:^)[ \t]*(?P<command>REM(?:ARK)?|PROMPT|SET|WHENEVER|SPOOL|EXIT|QUIT|DEFINE|UNDEFINE|COLUMN|ACCEPT
                 |SHOW|EXEC(?:UTE)?|CONN(?:ECT)?|HOST|START|VAR(?:IABLE)?|PRINT|CLEAR)\b[^\n]*|(?m:^)[ \t]*@[^\n]*)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_PLSQL = re.compile(
    r"\s*(?:BEGIN|DECLARE|<<|CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:NON)?EDITIONABLE\s+)?"
    r"(?:FUNCTION|PROCEDURE|PACKAGE|TRIGGER|TYPE|LIBRARY|JAVA)\b)",
    re.IGNORECASE,
)
_LEADING = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?(?:\*/|\Z))*", re.DOTALL)
_SET_STATEMENTS = re.compile(r"\s*SET\s+(?:ROLE|TRANSACTION|CONSTRAINTS?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ScriptStatement:
    """One statement, without its terminator, and the line where it starts, counted from 1."""

    sql: str
    line: int

    @property
    def is_query(self) -> bool:
        return first_word(self.sql) in {"SELECT", "WITH"}


def split(text: str) -> Iterator[ScriptStatement]:
    """The statements of a script. Raises ValueError for SQL*Plus commands, naming the line."""
    start = position = 0
    while match := _TOKEN.search(text, position):
        position = match.end()
        if match["comment"] or match["quoted"]:
            continue
        body = text[start : match.start()]
        if match["line"]:
            if _content(body) or _SET_STATEMENTS.match(match["line"]):
                position = match.end("command") if match["command"] else match.start() + 1
                continue  # a line of a statement: `SET` of an UPDATE
            _refuse_command(match, text)
            start = position
            continue
        if match["semicolon"] and _PLSQL.match(_content(body)):
            continue  # a `;` inside PL/SQL: the unit ends with `/`
        yield from _statement(text, start, match.start())
        start = position
    yield from _statement(text, start, len(text))


def _statement(text: str, start: int, end: int) -> Iterator[ScriptStatement]:
    body = text[start:end]
    if not _content(body):
        return
    skipped = len(body) - len(body.lstrip())
    yield ScriptStatement(body.strip(), text.count("\n", 0, start + skipped) + 1)


def _content(body: str) -> str:
    """What is left after leading blanks and comments."""
    leading = _LEADING.match(body)
    return body[leading.end() :] if leading else body


def _refuse_command(match: re.Match[str], text: str) -> None:
    command = (match["command"] or "@").upper()
    if command in {"REM", "REMARK", "PROMPT"}:
        return
    line = text.count("\n", 0, match.start()) + 1
    raise ValueError(
        f"line {line}: {command} is a SQL*Plus command, which is not supported: leave it out of the script"
    )
