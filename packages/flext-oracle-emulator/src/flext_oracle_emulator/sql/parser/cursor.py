"""The base of all parser parts: the position in the tokens, names, and errors in Oracle's words."""

from __future__ import annotations

from ...errors import OracleError, unsupported
from .. import ast
from ..lexer import BAD, BIND, END, NATIONAL, NUMBER, QUOTED, STRING, tokenize
from ..messages import syntax_error

__all__ = ["BAD", "BIND", "END", "NATIONAL", "NUMBER", "QUOTED", "RESERVED", "STRING", "Cursor", "unsupported", "words"]


def words(text: str) -> frozenset[str]:
    """A set of keywords from a text of them."""
    return frozenset(text.split())


#: V$RESERVED_WORDS where RESERVED = 'Y' (SQL Language Reference, appendix E).
RESERVED = words(
    """
    ACCESS ADD ALL ALTER AND ANY AS ASC AUDIT BETWEEN BY CHAR CHECK CLUSTER COLUMN COMMENT COMPRESS CONNECT CREATE
    CURRENT DATE DECIMAL DEFAULT DELETE DESC DISTINCT DROP ELSE EXCLUSIVE EXISTS FILE FLOAT FOR FROM GRANT GROUP
    HAVING IDENTIFIED IMMEDIATE IN INCREMENT INDEX INITIAL INSERT INTEGER INTERSECT INTO IS LEVEL LIKE LOCK LONG
    MAXEXTENTS MINUS MLSLABEL MODE MODIFY NOAUDIT NOCOMPRESS NOT NOWAIT NULL NUMBER OF OFFLINE ON ONLINE OPTION OR
    ORDER PCTFREE PRIOR PUBLIC RAW RENAME RESOURCE REVOKE ROW ROWID ROWNUM ROWS SELECT SESSION SET SHARE SIZE SMALLINT
    START SUCCESSFUL SYNONYM SYSDATE TABLE THEN TO TRIGGER UID UNION UNIQUE UPDATE USER VALIDATE VALUES VARCHAR
    VARCHAR2 VIEW WHENEVER WHERE WITH
    """
)

#: Deeper nesting of parentheses, functions and subqueries than this is refused: the tree is walked recursively
#: everywhere.
MAX_DEPTH = 60


class Cursor:
    """Where the parser is. `keys`, `values`, `starts`, `ends` are the tokens' lists; `i` is the current token."""

    def __init__(self, sql: str, version: int, *, plsql: bool = False) -> None:
        tokens = tokenize(sql)
        self.sql = sql
        self.version = version
        self.keys = tokens.keys
        self.values = tokens.values
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.i = 0
        self.depth = 0
        self.bind_count = 0
        self.reserved = RESERVED
        self.plsql = plsql  # inside a PL/SQL unit: `;` separates, INTO and variables are allowed
        self.booleans = version >= 23  # an expression may be a condition and the reverse
        self._closing: dict[int, int] | None = None

    # ------------------------------------------------------------------------------------------------- errors

    def error(self, code: int, *args: str, at: int | None = None) -> OracleError:
        """The error at the current token, or at token `at`. What can be no token at all is Oracle's first complaint."""
        i = self.i if at is None else at
        key = self.keys[i]
        if key == BAD:
            bad = self.values[i]
            assert isinstance(bad, OracleError)
            return bad
        if not self.plsql and ((key == ";" and self.version < 21) or key in ("%", "|")):
            return syntax_error(911, self.starts[i])
        return syntax_error(code, self.starts[i], *args)

    def unsupported(self, feature: str) -> OracleError:
        return unsupported(feature, self.starts[self.i])

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.unsupported(f"nesting deeper than {MAX_DEPTH} levels")

    def leave(self) -> None:
        self.depth -= 1

    # ------------------------------------------------------------------------------------------------- tokens

    def accept(self, key: str) -> bool:
        if self.keys[self.i] == key:
            self.i += 1
            return True
        return False

    def accept_all(self, *keys: str) -> bool:
        """Take the given tokens in a row, or none."""
        i = self.i
        for key in keys:
            if self.keys[i] != key:
                return False
            i += 1
        self.i = i
        return True

    def accept_any(self, *keys: str) -> str | None:
        key = self.keys[self.i]
        if key in keys:
            self.i += 1
            return key
        return None

    def expect(self, key: str, code: int, *args: str) -> None:
        if self.keys[self.i] != key:
            raise self.error(code, *args)
        self.i += 1

    def expect_all(self, code: int, *keys: str) -> None:
        for key in keys:
            self.expect(key, code)

    def peek(self, distance: int = 1) -> str:
        i = self.i + distance
        return self.keys[i] if i < len(self.keys) else END

    def text(self, first: int, last: int | None = None) -> str:
        """The source from token `first` to the token before `last` (default: before the current one)."""
        last = self.i if last is None else last
        return self.sql[self.starts[first] : self.ends[last - 1]] if last > first else ""

    def upper_text(self, first: int, last: int | None = None) -> str:
        """Like `text`, in upper case with single blanks: how options are recorded. Literals keep their case."""
        return " ".join(self._spelling(i) for i in range(first, self.i if last is None else last))

    def _spelling(self, i: int) -> str:
        if self.keys[i] in (QUOTED, STRING, NATIONAL):
            return self.sql[self.starts[i] : self.ends[i]]
        return self.sql[self.starts[i] : self.ends[i]].upper()

    def closing(self, opening: int) -> int:
        """The token index of the parenthesis that closes the one at `opening`; the END token's if none does."""
        if self._closing is None:
            self._closing = {}
            stack: list[int] = []
            for i, key in enumerate(self.keys):
                if key == "(":
                    stack.append(i)
                elif key == ")" and stack:
                    self._closing[stack.pop()] = i
        return self._closing.get(opening, len(self.keys) - 1)

    def skip_parentheses(self) -> None:
        """Pass over a balanced group whose content has no meaning here."""
        end = self.closing(self.i)
        for i in range(self.i, end):
            if self.keys[i] in (BAD, END):
                raise self.error(907, at=i)
        if self.keys[end] != ")":
            raise self.error(907, at=end)
        self.i = end + 1

    # -------------------------------------------------------------------------------------------------- names

    def at_name(self, distance: int = 0) -> bool:
        """Whether an identifier stands here: quoted, or a word that is not reserved."""
        i = self.i + distance
        if i >= len(self.keys):
            return False
        key = self.keys[i]
        return key == QUOTED or (key[:1].isalpha() and key not in self.reserved)

    def name(self, code: int, *args: str) -> str:
        i = self.i
        key = self.keys[i]
        if key == QUOTED or (key[:1].isalpha() and key not in self.reserved):
            self.i = i + 1
            value: str = self.values[i]
            return value
        raise self.error(code, *args)

    def column_name(self) -> str:
        """A new column's name in DDL."""
        return self.name(904, ": ")

    def dotted_name(self, code: int, limit: int = 2) -> tuple[str, ...]:
        """`name` or `schema.name`..., up to `limit` parts."""
        parts = [self.name(code)]
        while len(parts) < limit and self.keys[self.i] == ".":
            self.i += 1
            parts.append(self.name(code))
        return tuple(parts)

    def column_path(self, code: int = 1747) -> ast.ColumnPath:
        """A column that is written to: `c`, `t.c`, `s.t.c`."""
        start = self.starts[self.i]
        path = ast.ColumnPath(self.dotted_name(code, 3))
        path.pos = start
        return path

    def name_list(self, code: int = 904, *args: str) -> list[str]:
        """`(a, b, ...)`."""
        self.expect("(", 906)
        names = [self.name(code, *args)]
        while self.accept(","):
            names.append(self.name(code, *args))
        self.expect(")", 907)
        return names

    def db_link(self) -> str | None:
        """`@link[.domain]`."""
        if not self.accept("@"):
            return None
        return ".".join(self.dotted_name(911, 8))

    def string(self, code: int) -> str:
        if self.keys[self.i] not in (STRING, NATIONAL):
            raise self.error(code)
        self.i += 1
        value: str = self.values[self.i - 1]
        return value

    def integer(self, code: int) -> int:
        """A signed whole number."""
        sign = -1 if self.accept("-") else 1
        if sign == 1:
            self.accept("+")
        text = self.values[self.i]
        if self.keys[self.i] != NUMBER or not text.isdecimal() or len(text) > 40:
            raise self.error(code)
        self.i += 1
        return sign * int(text)

    # ----------------------------------------------------------------------- what other parts of the parser do

    def expression(self) -> ast.Expr:
        raise NotImplementedError

    def condition(self) -> ast.Expr:
        raise NotImplementedError

    def query(self) -> ast.Query:
        raise NotImplementedError

    def type_name(self) -> ast.TypeName:
        raise NotImplementedError

    def order_items(self) -> list[ast.OrderItem]:
        raise NotImplementedError
