"""Conditional compilation: `$IF condition $THEN .. $ELSIF .. $ELSE .. $END`, `$ERROR`, and `$$name`.

What is not selected becomes blanks, so that lines and columns stay what they were.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import OracleError, unsupported

_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?(?:\*/|\Z)|[nN]?'(?:[^']|'')*'|\"[^\"]*\"|(?P<inquiry>\$\$[A-Za-z][\w$#]*)"
    r"|\$(?P<directive>if|then|elsif|else|end|error)\b",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(
    r"\s*(?:(?P<inquiry>\$\$[\w$#]+)|(?P<number>\d+)|(?P<string>'(?:[^']|'')*')|(?P<word>[A-Za-z][\w$#]*(?:\.[A-Za-z][\w$#]*)*)"
    r"|(?P<op><=|>=|<>|!=|[=<>()]))"
)
#: What an inquiry directive means outside of conditions, where the interpreter knows it; all others are NULL.
INQUIRIES = frozenset({"PLSQL_LINE", "PLSQL_UNIT", "PLSQL_UNIT_OWNER"})

Value = bool | int | str | None
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def select_text(text: str, version: int) -> str:
    """The text that is compiled: of the same length, line by line.

    Raises:
        OracleError: PLS-00179 for $ERROR, PLS-00174 and PLS-00175 for directives that are wrong.
    """
    return _Selection(text, version).run() if "$" in text else text


@dataclass(slots=True)
class _Branch:
    """An open $IF: whether the text after its last directive counts, whether any did, and whether it is around text that counts."""

    active: bool
    taken: bool
    outside: bool


class _Selection:
    def __init__(self, text: str, version: int) -> None:
        self._text = text
        self._version = version
        self._open: list[_Branch] = []
        self._parts: list[str] = []

    def run(self) -> str:
        position = 0
        condition_from: int | None = None
        for match in _TOKEN.finditer(self._text):
            directive, inquiry = match["directive"], match["inquiry"]
            if condition_from is not None:
                if directive is not None and directive.lower() == "then":
                    self._decide(self._text[condition_from : match.start()], match.start())
                    self._blank(position, match.end())
                    position, condition_from = match.end(), None
                continue
            if directive is not None:
                self._copy(position, match.start())
                self._blank(match.start(), match.end())
                position = match.end()
                if self._directive(directive.lower(), match):
                    condition_from = match.end()
            elif inquiry is not None and self._active:
                self._copy(position, match.start())
                self._parts.append(_plain(inquiry))
                position = match.end()
        if condition_from is not None or self._open:
            raise self._error("PLS-00174: a static boolean expression must be used", len(self._text))
        self._copy(position, len(self._text))
        return "".join(self._parts)

    @property
    def _active(self) -> bool:
        return not self._open or self._open[-1].active

    def _copy(self, start: int, end: int) -> None:
        if self._active:
            self._parts.append(self._text[start:end])
        else:
            self._blank(start, end)

    def _blank(self, start: int, end: int) -> None:
        self._parts.append(re.sub(r"[^\n]", " ", self._text[start:end]))

    def _directive(self, name: str, match: re.Match[str]) -> bool:
        """Whether a condition follows."""
        if name == "if":
            self._open.append(_Branch(False, False, self._active))
            return True
        if name == "error":
            if self._active:
                end = self._text.lower().find("$end", match.end())
                message = self._text[match.end() : end if end >= 0 else None].strip().strip("'")
                raise self._error(f"PLS-00179: $ERROR: {message}", match.start())
            self._open.append(_Branch(False, True, False))
            return False
        if not self._open or name == "then":
            raise self._error(f'PLS-00103: Encountered the symbol "${name.upper()}"', match.start())
        branch = self._open[-1]
        if name == "elsif":
            branch.active = False
            return True
        if name == "else":
            branch.active = branch.outside and not branch.taken
            branch.taken = True
            return False
        self._open.pop()
        return False

    def _decide(self, condition: str, at: int) -> None:
        branch = self._open[-1]
        if branch.taken or not branch.outside:
            return
        branch.active = branch.taken = _Condition(condition, self._version).value() is True

    def _error(self, message: str, offset: int) -> OracleError:
        before = self._text[:offset]
        line, column = before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
        return OracleError(6550, f"line {line}, column {column}:\n{message}", offset)


def _plain(inquiry: str) -> str:
    """`$$name` as a name in quotes that the interpreter knows, or NULL written ''; both as long as it was."""
    name = inquiry[2:]
    return f'"{name.lower()}"' if name.upper() in INQUIRIES else "''".ljust(len(inquiry))


class _Condition:
    """A static boolean expression. Names are those of DBMS_DB_VERSION."""

    def __init__(self, text: str, version: int) -> None:
        self._version = version
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text.rstrip()):
            match = _CONDITION.match(text, position)
            if match is None:
                raise unsupported(f"$IF {' '.join(text.split())}")
            assert match.lastgroup is not None
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        self._tokens.append(("end", ""))
        self._at = 0

    def value(self) -> Value:
        result = self._or()
        if self._tokens[self._at][0] != "end":
            raise unsupported(f"$IF with {self._tokens[self._at][1]}")
        return result

    def _word(self, word: str) -> bool:
        kind, text = self._tokens[self._at]
        if kind in ("word", "op") and text.upper() == word:
            self._at += 1
            return True
        return False

    def _or(self) -> Value:
        left = self._and()
        while self._word("OR"):
            right = self._and()
            left = left is True or right is True
        return left

    def _and(self) -> Value:
        left = self._not()
        while self._word("AND"):
            right = self._not()
            left = left is True and right is True
        return left

    def _not(self) -> Value:
        if self._word("NOT"):
            value = self._not()
            return None if value is None else value is not True
        return self._comparison()

    def _comparison(self) -> Value:
        left = self._primary()
        if self._word("IS"):
            negated = self._word("NOT")
            self._word("NULL")
            return (left is None) is not negated
        kind, op = self._tokens[self._at]
        if kind != "op" or op == ")":
            return left
        self._at += 1
        right = self._primary()
        if left is None or right is None:
            return None
        if type(left) is not type(right):
            raise unsupported("$IF that compares values of different types")
        return _COMPARISONS[op](left, right)

    def _primary(self) -> Value:
        if self._word("("):
            value = self._or()
            self._word(")")
            return value
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return int(text)
        if kind == "string":
            return text[1:-1].replace("''", "'") or None
        if kind == "inquiry":
            return None
        return self._name(text.upper())

    def _name(self, name: str) -> Value:
        if name in ("TRUE", "FALSE", "NULL"):
            return {"TRUE": True, "FALSE": False, "NULL": None}[name]
        package, _, member = name.rpartition(".")
        if package.removeprefix("SYS.") == "DBMS_DB_VERSION":
            if member in ("VERSION", "RELEASE"):
                return self._version if member == "VERSION" else 0
            match = re.fullmatch(r"VER_LE_(\d+)(?:_\d+)?", member)
            if match is not None:
                return self._version <= int(match[1])
        raise unsupported(f"$IF with {name}")
