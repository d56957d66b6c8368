"""What every part of the PL/SQL parser stands on: positions, errors, embedded SQL, data types.

Syntax errors are ORA-06550 with PLS-00103 inside; those of an embedded SQL statement keep their ORA code behind
`PL/SQL:`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Literal

from ..errors import OracleError
from ..sql import ast as sql
from ..sql.lexer import BAD, END
from ..sql.parser.cursor import RESERVED, words
from ..sql.parser.session import StatementParser
from . import ast
from .conditional import select_text

RESERVED_PLSQL = words(
    """
    ALL ALTER AND ANY AS ASC BEGIN BETWEEN BY CASE CHECK CLUSTER COLAUTH COMPRESS CONNECT CRASH CREATE DECLARE DEFAULT
    DESC DISTINCT DROP ELSE ELSIF END EXCEPTION EXCLUSIVE FETCH FOR FROM FUNCTION GOTO GRANT GROUP HAVING IDENTIFIED
    IF IN INDEX INDEXES INSERT INTERSECT INTO IS LIKE LOCK LOOP MINUS MODE NOCOMPRESS NOT NOWAIT NULL OF ON OPTION OR
    ORDER OVERLAPS PROCEDURE PUBLIC RESOURCE REVOKE SELECT SHARE SIZE START TABAUTH TABLE THEN TO UNION UNIQUE UPDATE
    VALUES VIEW VIEWS WHEN WHERE WITH WHILE
    """
)

_INTEGERS = words("PLS_INTEGER BINARY_INTEGER NATURAL NATURALN POSITIVE POSITIVEN SIMPLE_INTEGER SIGNTYPE")


def compile_error(text: str, offset: int, line: int, column: int) -> OracleError:
    """`text` is the PLS or PL/SQL message."""
    return OracleError(6550, f"line {line}, column {column}:\n{text}", offset)


class PlsqlSyntax(StatementParser):
    def __init__(self, text: str, version: int) -> None:
        text = select_text(text, version)
        super().__init__(text, version, plsql=True)
        self.booleans = True
        self.reserved = RESERVED_PLSQL
        self._line_starts = [0, *(i + 1 for i, char in enumerate(text) if char == "\n")]

    # -------------------------------------------------------------------------------------------------- positions

    def line(self, at: int | None = None) -> int:
        return self.line_and_column(self.starts[self.i if at is None else at])[0]

    def line_and_column(self, offset: int) -> tuple[int, int]:
        low, high = 0, len(self._line_starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._line_starts[middle] <= offset else (low, middle)
        return low + 1, offset - self._line_starts[low] + 1

    def encountered(self, *expected: str) -> OracleError:
        """PLS-00103 at the current token."""
        key = self.keys[self.i]
        offset = self.starts[self.i]
        line, column = self.line_and_column(offset)
        if key == BAD:
            bad: OracleError = self.values[self.i]
            if bad.code in (1756, 1740, 1742, 972, 1741):
                return bad
            symbol = self.sql[offset : offset + 1]
        else:
            symbol = "end-of-file" if key == END else str(self.values[self.i])
        text = f'PLS-00103: Encountered the symbol "{symbol}" when expecting one of the following'
        listed = " ".join(word.lower() if word.isalpha() else word for word in expected)
        return compile_error(f"{text}:\n\n   {listed}\n", offset, line, column)

    def need(self, key: str) -> None:
        if self.keys[self.i] != key:
            raise self.encountered(key)
        self.i += 1

    @contextlib.contextmanager
    def _plsql_errors(self) -> Iterator[None]:
        """The SQL parser's complaint about an expression is PLS-00103 here."""
        try:
            yield
        except OracleError as error:
            if error.code in (6550, 3001):
                raise
            raise self.encountered(
                "(", "-", "+", "case", "mod", "new", "not", "null", "<an identifier>", "<a bind variable>"
            ) from error

    def expr(self) -> sql.Expr:
        with self._plsql_errors():
            return self.expression()

    def identifier(self) -> str:
        if not self.at_name():
            raise self.encountered("<an identifier>", "<a double-quoted delimited-identifier>")
        return self.name(0)

    def dotted(self) -> tuple[str, ...]:
        parts = [self.identifier()]
        while self.accept("."):
            parts.append(self.identifier())
        return tuple(parts)

    # -------------------------------------------------------------------------------------------------------- SQL

    @contextlib.contextmanager
    def _sql_mode(self) -> Iterator[None]:
        self.booleans, self.reserved = self.version >= 23, RESERVED
        try:
            yield
        finally:
            self.booleans, self.reserved = True, RESERVED_PLSQL

    def sql_statement(self, parse: Callable[[], sql.Statement] | None = None) -> ast.Sql:
        """An embedded SQL statement up to its `;`, `)` or LOOP (not taken)."""
        start = self.i
        line, column = self.line_and_column(self.starts[start])
        try:
            with self._sql_mode():
                statement = (parse or self.statement)()
                if self.keys[self.i] not in (";", ")", "LOOP"):
                    raise self.error(933)
        except OracleError as error:
            if error.code in (6550, 3001):
                raise
            at = self.line_and_column(error.offset)
            inner = f"PL/SQL: ORA-{error.code:05d}: {error.message}"
            raise OracleError(
                6550,
                f"line {at[0]}, column {at[1]}:\n{inner}",
                error.offset,
                (f"ORA-06550: line {line}, column {column}:", "PL/SQL: SQL Statement ignored"),
            ) from error
        return ast.Sql(statement, self.text(start), line=line, column=column)

    def block(self) -> sql.Statement:
        raise self.encountered("<a SQL statement>")

    # ------------------------------------------------------------------------------------------------------ types

    def type_name(self) -> sql.TypeName:
        i = self.i
        if self.at_name() and not self._in_sql:
            anchor = self._anchored_type()
            if anchor is not None:
                return anchor
            key = self.keys[i]
            if key in _INTEGERS:
                self.i += 1
                return sql.TypeName("PLS_INTEGER", pos=self.starts[i])
            if key == "SYS_REFCURSOR":
                self.i += 1
                return sql.TypeName("SYS_REFCURSOR", pos=self.starts[i])
            if key == "STRING":
                self.i += 1
                node = self._string_type("VARCHAR2")
                node.pos = self.starts[i]
                return node
        return super().type_name()

    @property
    def _in_sql(self) -> bool:
        return self.reserved is RESERVED

    def _anchored_type(self) -> sql.TypeName | None:
        i = self.i + 1
        while self.keys[i] == "." and (self.keys[i + 1] == '"' or self.keys[i + 1][:1].isalpha()):
            i += 2
        if self.keys[i] != "%" or self.keys[i + 1] not in ("TYPE", "ROWTYPE"):
            return None
        pos = self.starts[self.i]
        parts = self.dotted()
        kind: Literal["TYPE", "ROWTYPE"] = "TYPE" if self.peek() == "TYPE" else "ROWTYPE"
        self.i += 2
        return sql.TypeName(f"%{kind}", anchor=(parts, kind), pos=pos)

    def data_type(self) -> sql.TypeName:
        with self._plsql_errors():
            return self.type_name()
