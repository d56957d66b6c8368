"""CREATE TYPE: objects with attributes, nested tables, varrays."""

from __future__ import annotations

from typing import Literal

from .. import ast
from .session import StatementParser

Kind = Literal["OBJECT", "TABLE", "VARRAY"]
Definition = tuple[Kind, list[tuple[str, ast.TypeName]], int | None]

_METHODS = frozenset({"MEMBER", "STATIC", "CONSTRUCTOR", "MAP", "ORDER", "OVERRIDING", "PRAGMA"})
_ENDINGS = frozenset({"FINAL", "INSTANTIABLE", "PERSISTABLE"})


class TypeDefinitionParser(StatementParser):
    def definition(self) -> Definition:
        """From the word TYPE on."""
        self.expect("TYPE", 922)
        if self.keys[self.i] == "BODY":
            raise self.unsupported("type bodies")
        self.dotted_name(903)
        self.accept("FORCE")
        if self.accept("OID"):
            self.string(905)
        if self.accept("AUTHID"):
            self.i += 1
        if self.keys[self.i] == "UNDER":
            raise self.unsupported("subtypes of object types")
        if not self.accept_any("IS", "AS"):
            raise self.unsupported("incomplete types")
        if self.accept("OBJECT"):
            return "OBJECT", self._attributes(), None
        if self.accept("TABLE"):
            self.expect("OF", 905)
            return "TABLE", [("COLUMN_VALUE", self._element())], None
        if self.accept("VARRAY") or self.accept_all("VARYING", "ARRAY"):
            self.expect("(", 906)
            limit = self.integer(911)
            self.expect(")", 907)
            self.expect("OF", 905)
            return "VARRAY", [("COLUMN_VALUE", self._element())], limit
        raise self.unsupported(f"CREATE TYPE .. AS {self.keys[self.i]}")

    def _element(self) -> ast.TypeName:
        if self.keys[self.i] == "REF":
            raise self.unsupported("REF elements")
        type_ = self.type_name()
        if self.accept("NOT"):
            self.expect("NULL", 908)
        self._end()
        return type_

    def _attributes(self) -> list[tuple[str, ast.TypeName]]:
        self.expect("(", 906)
        found: list[tuple[str, ast.TypeName]] = []
        while True:
            if self.keys[self.i] in _METHODS:
                raise self.unsupported(f"{self.keys[self.i]} methods of object types")
            name = self.name(911)
            if self.keys[self.i] == "REF":
                raise self.unsupported("REF attributes")
            found.append((name, self.type_name()))
            if not self.accept(","):
                break
        self.expect(")", 907)
        while self.keys[self.i] in _ENDINGS or (self.keys[self.i] == "NOT" and self.peek() in _ENDINGS):
            if self.accept("NOT") and self.keys[self.i] == "INSTANTIABLE":
                raise self.unsupported("types that are NOT INSTANTIABLE")
            self.i += 1
        self._end()
        return found

    def _end(self) -> None:
        self.accept(";")
        if self.keys[self.i] != "":
            raise self.error(922)


def parse_type(source: str, version: int) -> Definition:
    """The kind, (name, type) of the attributes or of the element, and the limit of a VARRAY.

    Raises:
        OracleError: a syntax error, or ORA-03001 for methods, subtypes, REFs.
    """
    return TypeDefinitionParser(source, version).definition()
