"""PL/SQL text -> `plsql.ast`: anonymous blocks, procedures, functions, packages.

The SQL parser does expressions and SQL statements; this one adds PL/SQL's own grammar on the same tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..errors import unsupported
from ..sql import ast as sql
from ..sql.lexer import BIND, END
from . import ast
from .declarations import MODES, SUBPROGRAM_PROPERTIES, DeclarationParser

T = TypeVar("T")

_SQL_STARTS = frozenset(
    {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "LOCK", "COMMIT", "ROLLBACK", "SAVEPOINT", "SET"}
)


class PlsqlParser(DeclarationParser):
    # ----------------------------------------------------------------------------------------------------- blocks

    def anonymous_block(self) -> ast.Block:
        labels = self._labels()
        block = self._block(labels[-1] if labels else None)
        if self.keys[self.i] != END:
            raise self.encountered("<end-of-file>")
        return block

    def _labels(self) -> tuple[str, ...]:
        labels: list[str] = []
        while self.accept("<<"):
            labels.append(self.identifier())
            self.need(">>")
        return tuple(labels)

    def _block(self, label: str | None) -> ast.Block:
        line = self.line()
        declarations: list[ast.Declaration] = []
        if self.accept("DECLARE"):
            declarations = self.declarations("BEGIN", END)
        block = self._body(line, declarations)
        block.label = label
        return block

    def _body(self, line: int, declarations: list[ast.Declaration]) -> ast.Block:
        """`BEGIN .. [EXCEPTION ..] END [name];`."""
        self.enter()
        self.need("BEGIN")
        body = self._statements("EXCEPTION", "END")
        handlers: list[ast.Handler] = []
        if self.accept("EXCEPTION"):
            if self.keys[self.i] != "WHEN":
                raise self.encountered("pragma", "when")
            while self.keys[self.i] == "WHEN":
                handlers.append(self._handler())
        self.need("END")
        if self.at_name():
            self.i += 1
        self.need(";")
        self.leave()
        return ast.Block(declarations, body, handlers, line=line)

    def _handler(self) -> ast.Handler:
        line = self.line()
        self.need("WHEN")
        names: list[tuple[str, ...]] = []
        if not self.accept("OTHERS"):
            names.append(self.dotted())
            while self.accept("OR"):
                names.append(self.dotted())
        self.need("THEN")
        return ast.Handler(names, self._statements("WHEN", "END"), line=line)

    def _statements(self, *stops: str) -> list[ast.Statement]:
        if self.keys[self.i] in stops:
            raise self.encountered(
                "(", "begin", "case", "declare", "exit", "for", "goto", "if", "loop", "mod", "null", "pragma", "raise",
                "return", "select", "update", "while", "with", "<an identifier>", "<a bind variable>", "<<", "delete",
                "execute", "insert", "merge",
            )  # fmt: skip
        items: list[ast.Statement] = []
        while self.keys[self.i] not in stops:
            if self.keys[self.i] == "PRAGMA":
                self._pragma(self.line())
                continue
            items.append(self._statement())
        return items

    # ------------------------------------------------------------------------------------------------- statements

    def _statement(self) -> ast.Statement:
        labels = self._labels()
        line, column = self.line_and_column(self.starts[self.i])
        statement = self._labelled(labels[-1] if labels else None, line)
        statement.column, statement.labels = column, labels
        return statement

    def _labelled(self, label: str | None, line: int) -> ast.Statement:
        key = self.keys[self.i]
        if key in ("BEGIN", "DECLARE"):
            self.enter()
            block = self._block(label)
            self.leave()
            return block
        if key in _SQL_STARTS and self.peek() not in (":=", ".", "("):
            node = self.sql_statement()
            self.need(";")
            return node
        handler = _STATEMENTS.get(key)
        if handler is not None and (key in self.reserved or self.peek() not in (":=", ".", "(", "%")):
            self.enter()
            statement = handler(self, line, label)
            self.leave()
            return statement
        return self._assignment_or_call(line)

    def _assignment_or_call(self, line: int) -> ast.Statement:
        if not (self.at_name() or self.keys[self.i] == BIND):
            raise self.encountered(
                "(", "begin", "case", "declare", "end", "exception", "exit", "for", "goto", "if", "loop", "mod", "null",
                "pragma", "raise", "return", "select", "update", "while", "with", "<an identifier>",
            )  # fmt: skip
        with self._plsql_errors():
            target = self._unary()
        if self.accept(":="):
            value = self.expr()
            self.need(";")
            return ast.Assign(target, value, line=line)
        if self.keys[self.i] != ";" or not isinstance(target, sql.Call | sql.Name | sql.Attribute):
            raise self.encountered(":=", ".", "(", "@", "%", ";")
        self.i += 1
        return ast.CallStatement(target, line=line)

    def _if(self, line: int, _label: str | None) -> ast.Statement:
        node = ast.If([], line=line)
        while True:  # at IF or ELSIF
            self.i += 1
            condition = self.expr()
            self.need("THEN")
            node.branches.append((condition, self._statements("ELSIF", "ELSE", "END")))
            if self.keys[self.i] != "ELSIF":
                break
        if self.accept("ELSE"):
            node.otherwise = self._statements("END")
        self._end("IF")
        return node

    def _end(self, word: str) -> None:
        self.need("END")
        self.need(word)
        if word == "LOOP" and self.at_name():
            self.i += 1
        self.need(";")

    def _case_statement(self, line: int, _label: str | None) -> ast.Statement:
        self.i += 1
        operand = None if self.keys[self.i] == "WHEN" else self.expr()
        node = ast.Case(operand, [], line=line)
        while self.accept("WHEN"):
            when = self.expr()
            self.need("THEN")
            node.branches.append((when, self._statements("WHEN", "ELSE", "END")))
        if not node.branches:
            raise self.encountered("when")
        if self.accept("ELSE"):
            node.otherwise = self._statements("END")
        self._end("CASE")
        return node

    def _loop_body(self) -> list[ast.Statement]:
        self.need("LOOP")
        body = self._statements("END")
        self._end("LOOP")
        return body

    def _loop(self, line: int, label: str | None) -> ast.Statement:
        return ast.Loop(self._loop_body(), None, label, line=line)

    def _while(self, line: int, label: str | None) -> ast.Statement:
        self.i += 1
        condition = self.expr()
        return ast.Loop(self._loop_body(), condition, label, line=line)

    def _for(self, line: int, label: str | None) -> ast.Statement:
        self.i += 1
        name = self.identifier()
        self.need("IN")
        reverse = self.accept("REVERSE")
        if self.at_query_parenthesis():
            self.i += 1
            query = self.sql_statement(self.query)
            self.need(")")
            return ast.ForQuery(name, query, None, self._loop_body(), label, line=line)
        with self._plsql_errors():
            low = self.value_expression()
        if self.accept(".."):
            with self._plsql_errors():
                high = self.value_expression()
            return ast.ForRange(name, low, high, self._loop_body(), reverse, label, line=line)
        if not isinstance(low, sql.Name | sql.Call) or reverse:
            raise self.encountered("..")
        return ast.ForQuery(name, None, low, self._loop_body(), label, line=line)

    def _exit(self, line: int, _label: str | None) -> ast.Statement:
        again = self.keys[self.i] == "CONTINUE"
        self.i += 1
        node = ast.Exit(again=again, line=line)
        if self.at_name():
            node.label = self.identifier()
        if self.accept("WHEN"):
            node.when = self.expr()
        self.need(";")
        return node

    def _goto(self, line: int, _label: str | None) -> ast.Statement:
        self.i += 1
        node = ast.Goto(self.identifier(), line=line)
        self.need(";")
        return node

    def _null_statement(self, line: int, _label: str | None) -> ast.Statement:
        self.i += 1
        self.need(";")
        return ast.Null(line=line)

    def _raise(self, line: int, _label: str | None) -> ast.Statement:
        self.i += 1
        node = ast.Raise(line=line)
        if self.at_name():
            node.name = self.dotted()
        self.need(";")
        return node

    def _return(self, line: int, _label: str | None) -> ast.Statement:
        self.i += 1
        node = ast.Return(line=line)
        if self.keys[self.i] != ";":
            node.value = self.expr()
        self.need(";")
        return node

    def _pipe(self, line: int, _label: str | None) -> ast.Statement:
        self.i += 1
        self.need("ROW")
        self.need("(")
        node = ast.PipeRow(self.expr(), line=line)
        self.need(")")
        self.need(";")
        return node

    # ---------------------------------------------------------------------------------------- dynamic SQL, cursors

    def _execute_immediate(self, line: int, _label: str | None) -> ast.Statement:
        self.i += 1
        self.need("IMMEDIATE")
        node = self._dynamic(line)
        self.need(";")
        return node

    def _dynamic(self, line: int) -> ast.ExecuteImmediate:
        node = ast.ExecuteImmediate(self.expr(), line=line)
        while True:
            if self.keys[self.i] in ("INTO", "BULK") and not node.into:
                node.bulk, node.into = self._into()
            elif self.accept("USING"):
                node.using = self._using()
            elif self.keys[self.i] in ("RETURNING", "RETURN"):
                self.i += 1
                node.returning_bulk, node.returning = self._into()
            else:
                return node

    def _into(self) -> tuple[bool, list[sql.Expr]]:
        bulk = self.accept("BULK")
        if bulk:
            self.need("COLLECT")
        self.need("INTO")
        targets = [self._fetch_target()]
        while self.accept(","):
            targets.append(self._fetch_target())
        return bulk, targets

    def _fetch_target(self) -> sql.Expr:
        with self._plsql_errors():
            return self._unary()

    def _using(self) -> list[tuple[str, sql.Expr]]:
        items: list[tuple[str, sql.Expr]] = []
        while True:
            mode = MODES[self.accept("IN"), self.accept("OUT")]
            items.append((mode, self.expr()))
            if not self.accept(","):
                return items

    def _open(self, line: int, _label: str | None) -> ast.Statement:
        self.i += 1
        with self._plsql_errors():
            cursor = self._unary()
        node = ast.Open(cursor, line=line)
        if isinstance(cursor, sql.Call):
            node.cursor = sql.Name(cursor.name, tuple(False for _ in cursor.name), pos=cursor.pos)
            node.arguments, node.named = cursor.args, cursor.named
        if self.accept("FOR"):
            if self.keys[self.i] in ("SELECT", "WITH") or self.at_query_parenthesis():
                node.query = self.sql_statement(self.query)
            else:
                node.text = self.expr()
                if self.accept("USING"):
                    node.using = self._using()
        self.need(";")
        return node

    def _fetch(self, line: int, _label: str | None) -> ast.Statement:
        self.i += 1
        with self._plsql_errors():
            cursor = self._unary()
        bulk, into = self._into()
        node = ast.Fetch(cursor, into, bulk, line=line)
        if self.accept("LIMIT"):
            node.limit = self.expr()
        self.need(";")
        return node

    def _close(self, line: int, _label: str | None) -> ast.Statement:
        self.i += 1
        with self._plsql_errors():
            node = ast.Close(self._unary(), line=line)
        self.need(";")
        return node

    def _forall(self, line: int, _label: str | None) -> ast.Statement:
        self.i += 1
        name = self.identifier()
        self.need("IN")
        node = ast.Forall(name, ast.Sql(sql.Commit(), ""), line=line)
        if self.keys[self.i] in ("INDICES", "VALUES") and self.peek() == "OF":
            kind = self.keys[self.i]
            self.i += 2
            with self._plsql_errors():
                collection = self.value_expression()
            if kind == "INDICES":
                node.indices = collection
                if self.accept("BETWEEN"):
                    with self._plsql_errors():
                        low = self.value_expression()
                        self.need("AND")
                        node.between = (low, self.value_expression())
            else:
                node.values = collection
        else:
            with self._plsql_errors():
                node.low = self.value_expression()
            self.need("..")
            with self._plsql_errors():
                node.high = self.value_expression()
        if self.accept("SAVE"):
            self.need("EXCEPTIONS")
            node.save_exceptions = True
        if self.keys[self.i] == "EXECUTE":
            line = self.line()
            self.i += 1
            self.need("IMMEDIATE")
            node.statement = self._dynamic(line)
        elif self.keys[self.i] in ("INSERT", "UPDATE", "DELETE", "MERGE"):
            node.statement = self.sql_statement()
        else:
            raise self.encountered(".", "save", "execute", "insert", "delete", "update", "merge")
        self.need(";")
        return node

    # ------------------------------------------------------------------------------------------------------ units

    def unit(self) -> ast.Subprogram | ast.Package:
        """PROCEDURE, FUNCTION or PACKAGE [BODY]; the current token is that word."""
        if self.accept("PACKAGE"):
            node: ast.Subprogram | ast.Package = self._package()
        else:
            node = self.subprogram()
            if node.body is None:
                raise self.encountered("is", "as")
        if self.keys[self.i] != END:
            raise self.encountered("<end-of-file>")
        return node

    def _package(self) -> ast.Package:
        line = self.line()
        is_body = self.accept("BODY")
        name = self.dotted()[-1]
        while self.keys[self.i] in SUBPROGRAM_PROPERTIES:
            self.i += 2
        if not (self.accept("IS") or self.accept("AS")):
            raise self.encountered("is", "as", "authid")
        node = ast.Package(name, self.declarations("BEGIN", "END", END), is_body, line=line)
        if is_body and self.keys[self.i] == "BEGIN":
            node.initialise = self._body(self.line(), [])
            return node
        self.need("END")
        if self.at_name():
            self.i += 1
        self.need(";")
        return node


_StatementRule = Callable[[PlsqlParser, int, str | None], ast.Statement]

_STATEMENTS: dict[str, _StatementRule] = {
    "IF": PlsqlParser._if,
    "CASE": PlsqlParser._case_statement,
    "LOOP": PlsqlParser._loop,
    "WHILE": PlsqlParser._while,
    "FOR": PlsqlParser._for,
    "EXIT": PlsqlParser._exit,
    "CONTINUE": PlsqlParser._exit,
    "GOTO": PlsqlParser._goto,
    "NULL": PlsqlParser._null_statement,
    "RAISE": PlsqlParser._raise,
    "RETURN": PlsqlParser._return,
    "PIPE": PlsqlParser._pipe,
    "EXECUTE": PlsqlParser._execute_immediate,
    "OPEN": PlsqlParser._open,
    "FETCH": PlsqlParser._fetch,
    "CLOSE": PlsqlParser._close,
    "FORALL": PlsqlParser._forall,
}


def parse_block(text: str, *, version: int = 19) -> ast.Block:
    """Parse an anonymous block.

    Raises:
        OracleError: ORA-06550 with the PLS code, or ORA-03001.
    """
    return _guarded(PlsqlParser(text, version), PlsqlParser.anonymous_block)


def parse_unit(source: str, *, version: int = 19) -> ast.Subprogram | ast.Package:
    """Parse the source of a stored unit, which begins with PROCEDURE, FUNCTION or PACKAGE.

    Raises:
        OracleError: as `parse_block`.
    """
    return _guarded(PlsqlParser(source, version), PlsqlParser.unit)


def _guarded(parser: PlsqlParser, parse: Callable[[PlsqlParser], T]) -> T:
    try:
        return parse(parser)
    except RecursionError:
        raise unsupported("nesting this deep", parser.starts[parser.i]) from None
