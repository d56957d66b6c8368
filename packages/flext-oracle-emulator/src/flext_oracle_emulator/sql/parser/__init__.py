"""Oracle SQL text -> `sql.ast`.

A recursive-descent parser after the SQL Language Reference, strict to one version: what Oracle of that version
refuses is an `OracleError` with Oracle's code and the offset of the token it complains about. One class, built up in
layers, one file each: cursor, types, expressions, functions, from_clause, query, dml, physical, tables, objects,
session.

Names, privileges and types of columns are not looked at here; that is the translator's work.
"""

from __future__ import annotations

from ...errors import unsupported
from .. import ast
from .cursor import END
from .session import StatementParser

__all__ = ["Parser", "parse"]

_DDL = frozenset({"CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "GRANT", "REVOKE", "COMMENT", "PURGE", "ANALYZE"})


class Parser(StatementParser):
    def block(self) -> ast.Statement:
        """An anonymous PL/SQL block."""
        raise self.unsupported("PL/SQL blocks")

    def create_code(self, pos: int, *, or_replace: bool) -> ast.CreateCode:
        raise self.unsupported(f"CREATE {self.keys[self.i]}")


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
