"""Declarations: variables, exceptions, cursors, types, subprograms, pragmas."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ..sql import ast as sql
from ..sql.lexer import END, NUMBER
from ..sql.parser.cursor import words
from . import ast
from .syntax import PlsqlSyntax

MODES: dict[tuple[bool, bool], Literal["IN", "OUT", "IN OUT"]] = {
    (False, False): "IN",
    (True, False): "IN",
    (False, True): "OUT",
    (True, True): "IN OUT",
}
SUBPROGRAM_PROPERTIES = words("DETERMINISTIC PARALLEL_ENABLE RESULT_CACHE PIPELINED AUTHID ACCESSIBLE")


class DeclarationParser(PlsqlSyntax):
    # ----------------------------------------------------------------------------------------------- declarations

    def declarations(self, *stops: str) -> list[ast.Declaration]:
        items: list[ast.Declaration] = []
        while self.keys[self.i] not in stops:
            items.append(self._declaration())
        return items

    def _declaration(self) -> ast.Declaration:
        line = self.line()
        key, after = self.keys[self.i], self.peek()
        if key in ("PROCEDURE", "FUNCTION"):
            return self.subprogram()
        if key == "PRAGMA":
            return self._pragma(line)
        if key == "CURSOR" and self.at_name(1):
            return self._cursor_declaration(line)
        if key == "TYPE" and self.at_name(1):
            return self._type_declaration(line)
        if key == "SUBTYPE" and self.at_name(1):
            self.i += 1
            name = self.identifier()
            self.need("IS")
            subtype = ast.Subtype(name, self.data_type(), line=line)
            if self.accept("RANGE"):
                with self._plsql_errors():
                    low = self.value_expression()
                    self.need("..")
                    subtype.range = (low, self.value_expression())
            if self.accept("NOT"):
                self.need("NULL")
                subtype.not_null = True
            self.need(";")
            return subtype
        if not self.at_name():
            raise self.encountered(
                "begin", "function", "pragma", "procedure", "subtype", "type", "<an identifier>", "current", "cursor"
            )
        if after == "EXCEPTION":
            name = self.identifier()
            self.i += 1
            self.need(";")
            return ast.ExceptionName(name, line=line)
        variable = self._variable(line)
        self.need(";")
        return variable

    def _variable(self, line: int) -> ast.Variable:
        name = self.identifier()
        constant = self.accept("CONSTANT")
        if self.keys[self.i] in (";", ":=", END):
            raise self.encountered("constant", "exception", "<an identifier>", "table", "long", "double", "ref", "char")
        node = ast.Variable(name, self.data_type(), None, constant, line=line)
        if self.accept("NOT"):
            self.need("NULL")
            node.not_null = True
        else:
            self.accept("NULL")
        if self.accept(":=") or self.accept("DEFAULT"):
            node.default = self.expr()
        return node

    def _pragma(self, line: int) -> ast.Declaration:
        self.i += 1
        name = self.identifier()
        if name != "EXCEPTION_INIT":
            if self.keys[self.i] == "(":
                self.skip_parentheses()
            self.need(";")
            return ast.Pragma(name, line=line)
        self.need("(")
        exception = self.identifier()
        self.need(",")
        negative = self.accept("-")
        if self.keys[self.i] != NUMBER or not self.values[self.i].isdecimal():
            raise self.encountered("<an integer>")
        code = int(self.values[self.i][:9])
        self.i += 1
        self.need(")")
        self.need(";")
        return ast.ExceptionInit(exception, -code if negative else code, line=line)

    def _cursor_declaration(self, line: int) -> ast.Cursor:
        self.i += 1
        name = self.identifier()
        parameters = self._parameters() if self.keys[self.i] == "(" else []
        returns = self.data_type() if self.accept("RETURN") else None
        query = None
        if self.accept("IS") or self.accept("AS"):
            if self.keys[self.i] not in ("SELECT", "WITH", "("):
                raise self.encountered("(", "select", "with")
            query = self.sql_statement(self.query)
        self.need(";")
        return ast.Cursor(name, parameters, query, returns, line=line)

    def _type_declaration(self, line: int) -> ast.Declaration:
        self.i += 1
        name = self.identifier()
        self.need("IS")
        node: ast.Declaration
        if self.accept("RECORD"):
            self.need("(")
            fields = [self._variable(self.line())]
            while self.accept(","):
                fields.append(self._variable(self.line()))
            self.need(")")
            node = ast.RecordType(name, fields, line=line)
        elif self.accept("TABLE"):
            self.need("OF")
            collection = ast.CollectionType(name, self.data_type(), line=line)
            if self.accept("NOT"):
                self.need("NULL")
            if self.accept("INDEX"):
                self.need("BY")
                collection.index_by = self.data_type()
            node = collection
        elif self.keys[self.i] == "VARRAY" or (self.keys[self.i] == "VARYING" and self.peek() == "ARRAY"):
            self.i += 1 if self.keys[self.i] == "VARRAY" else 2
            self.need("(")
            with self._plsql_errors():
                limit = self.integer(911)
            self.need(")")
            self.need("OF")
            node = ast.CollectionType(name, self.data_type(), None, limit, line=line)
        elif self.accept("REF"):
            self.need("CURSOR")
            if self.accept("RETURN"):
                self.data_type()
            node = ast.RefCursorType(name, line=line)
        else:
            raise self.encountered(
                "(", "array", "limited", "new", "private", "range", "record", "VARRAY", "table", "ref"
            )
        self.need(";")
        return node

    def _parameters(self) -> list[ast.Parameter]:
        self.need("(")
        items = [self._parameter()]
        while self.accept(","):
            items.append(self._parameter())
        self.need(")")
        return items

    def _parameter(self) -> ast.Parameter:
        line = self.line()
        name = self.identifier()
        is_in, is_out = self.accept("IN"), self.accept("OUT")
        self.accept("NOCOPY")
        expected = (":=", ".", ")", ",", "@", "%", "default", "character")
        node = ast.Parameter(name, self._formal_type(*expected), MODES[is_in, is_out], line=line)
        if self.accept(":=") or self.accept("DEFAULT"):
            node.default = self.expr()
        return node

    def _formal_type(self, *expected: str) -> sql.TypeName:
        """The type of a parameter or of a function's result: it takes values of every length, and none may be given."""
        start = self.i
        type_ = self.data_type()
        if type_.anchor is None and "(" in self.keys[start : self.i]:
            self.i = self.keys.index("(", start)
            raise self.encountered(*expected)
        return replace(type_, length=None) if type_.name in ("CHAR", "NCHAR") else type_

    def subprogram(self) -> ast.Subprogram:
        """PROCEDURE or FUNCTION, with or without a body."""
        line = self.line()
        is_function = self.keys[self.i] == "FUNCTION"
        self.i += 1
        node = ast.Subprogram(self.dotted()[-1], [], line=line)
        if self.keys[self.i] == "(":
            node.parameters = self._parameters()
        if is_function:
            self.need("RETURN")
            node.returns = self._formal_type(
                ".", "@", "%", ";", "is", "authid", "as", "cluster", "order", "using", "external"
            )
        self._properties(node)
        if self.accept(";"):
            return node
        if not (self.accept("IS") or self.accept("AS")):
            raise self.encountered("(", ";", "is", "as", "authid", "deterministic")
        if self.keys[self.i] in ("LANGUAGE", "EXTERNAL", "MLE"):
            raise self.unsupported("external subprograms")
        node.body = self._body(line, self.declarations("BEGIN", END))
        return node

    def _properties(self, node: ast.Subprogram) -> None:
        while self.keys[self.i] in SUBPROGRAM_PROPERTIES:
            key = self.keys[self.i]
            self.i += 1
            node.pipelined |= key == "PIPELINED"
            node.deterministic |= key == "DETERMINISTIC"
            if key == "PIPELINED" and self.keys[self.i] == "USING":
                raise self.unsupported("PIPELINED USING")
            if key == "AUTHID":
                node.invoker_rights = self.keys[self.i] == "CURRENT_USER"
                self.i += 1
            elif self.keys[self.i] == "(":
                self.skip_parentheses()

    def _body(self, line: int, declarations: list[ast.Declaration]) -> ast.Block:
        raise NotImplementedError
