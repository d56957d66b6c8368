"""Oracle SQL text -> `sql.ast`.

A recursive-descent parser after the SQL Language Reference, strict to one version: what Oracle of that version
refuses is an `OracleError` with Oracle's code and the offset of the token it complains about. One class, built up in
layers, one file each: cursor, types, expressions, functions, from_clause, query, dml, physical, tables, objects,
session.

Names, privileges and types of columns are not looked at here; that is the translator's work.
"""

from __future__ import annotations

from ...errors import OracleError, unsupported
from .. import ast
from .cursor import END
from .session import StatementParser

__all__ = ["Parser", "parse"]

_DDL = frozenset({"CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "GRANT", "REVOKE", "COMMENT", "PURGE", "ANALYZE"})


class Parser(StatementParser):
    def block(self) -> ast.Statement:
        """An anonymous PL/SQL block: always the whole text."""
        from ...plsql.parser import parse_block  # the PL/SQL parser is built on this one

        body = parse_block(self.sql, version=self.version)
        pos = self.starts[self.i]
        self.i = len(self.keys) - 1
        return ast.Block(body, self.sql, pos=pos)

    def create_code(self, pos: int, *, or_replace: bool) -> ast.CreateCode:
        """A stored unit, kept from its kind on. What does not compile is created too, with its error."""
        from ...plsql.parser import parse_unit
        from ...plsql.trigger_parser import parse_trigger
        from .type_definitions import parse_type

        start = self.i
        kind = self.keys[start]
        if kind not in ("PROCEDURE", "FUNCTION", "PACKAGE", "TRIGGER", "TYPE") or (
            self.peek() == "BODY" and kind == "TYPE"
        ):
            raise self.unsupported(f"CREATE {kind} BODY" if kind == "TYPE" else f"CREATE {kind}")
        self.i += 1
        if kind == "PACKAGE" and self.keys[self.i] == "BODY":
            self.i += 1
            kind = "PACKAGE BODY"
        name = self.dotted_name(903)
        text = self.sql[self.starts[start] :].rstrip("\0")
        node = ast.CreateCode(kind, name, text, or_replace, pos=pos)
        try:
            if kind == "TRIGGER":
                node.body = parse_trigger(text, self.version)
            elif kind == "TYPE":
                parse_type(text, self.version)
            else:
                node.body = parse_unit(text, version=self.version)
        except OracleError as error:
            if error.code != 6550:
                raise
            node.error = error
        self.i = len(self.keys) - 1
        return node


def parse(sql: str, *, version: int = 19) -> ast.Statement:
    """Parse one statement.

    Args:
        sql: the text as the client sent it, comments and hints included.
        version: the Oracle release to be strict to, 19 or 23.

    Raises:
        OracleError: the text is no statement of that release (or uses what the emulator does not know: ORA-03001).
    """
    parser = Parser(sql, version)
    parser.ddl = parser.keys[0] in _DDL
    try:
        statement = parser.statement()
    except RecursionError:
        raise unsupported("nesting this deep", parser.starts[parser.i]) from None
    if parser.keys[parser.i] != END:
        raise parser.error(933)
    return statement
