"""Calls with a syntax of their own: what they share, and the functions of XML. functions.py says what each gives."""

from __future__ import annotations

from .. import ast
from .cursor import STRING
from .expressions import ExpressionParser

_XMLSERIALIZE_OPTIONS = frozenset(
    {"ENCODING", "VERSION", "NO", "INDENT", "SIZE", "=", "0", "HIDE", "SHOW", "DEFAULTS", "STANDALONE", "YES"}
)


class XmlFunctionParser(ExpressionParser):
    def _call_node(self, pos: int) -> ast.Call:
        """Start a special call: its name is the token before the parenthesis."""
        node = ast.Call((self.keys[self.i - 1],), pos=pos)
        self.expect("(", 906)
        self.enter()
        return node

    def _end_call(self, node: ast.Call) -> ast.Call:
        self.expect(")", 907)
        self.leave()
        if self.keys[self.i] in ("OVER", "KEEP", "WITHIN"):
            self.call_tail(node)
        return node

    def _returning_type(self) -> ast.TypeName:
        """As `type_name`, but VARCHAR2 needs no length here (it is 4000)."""
        if self.keys[self.i] == "VARCHAR2" and self.peek() != "(":
            self.i += 1
            node = ast.TypeName("VARCHAR2", length=4000, pos=self.starts[self.i - 1])
        else:
            node = self.type_name()
        self.accept_all("FORMAT", "JSON")
        return node

    def _passing(self) -> list[tuple[ast.Expr, str | None]]:
        items: list[tuple[ast.Expr, str | None]] = []
        if not self.accept("PASSING"):
            return items
        if self.accept("BY"):
            self.expect("VALUE", 905)
        while True:
            value = self.expression()
            items.append((value, self.name(904, ": ") if self.accept("AS") else None))
            if not self.accept(","):
                return items

    def xml_cast(self, pos: int) -> ast.Expr:
        node = self._call_node(pos)
        node.args = [self.expression()]
        self.expect("AS", 905)
        node.extra["type"] = self.type_name()
        return self._end_call(node)

    def xml_pi(self, pos: int) -> ast.Expr:
        """XMLPI([NAME] identifier | EVALNAME expr [, content])."""
        node = self._call_node(pos)
        if self.accept("EVALNAME"):
            node.extra["name"] = self.expression()
        else:
            if self.keys[self.i] == "NAME" and self.at_name(1):
                self.i += 1
            node.extra["name"] = self.name(904, ": ")
        if self.accept(","):
            node.args = [self.expression()]
        return self._end_call(node)

    def xml_element(self, pos: int) -> ast.Expr:
        node = self._call_node(pos)
        if self.keys[self.i] == "EVALNAME":
            raise self.unsupported("EVALNAME in XMLELEMENT")
        if self.keys[self.i] == "NAME" and self.at_name(1):
            self.i += 1
        self.accept_any("ENTITYESCAPING", "NOENTITYESCAPING")
        node.extra["name"] = self.name(904, ": ")
        attributes: list[tuple[ast.Expr, str | None]] = []
        while self.accept(","):
            if self.accept_all("XMLATTRIBUTES", "("):
                attributes += self._named_values()
                self.expect(")", 907)
            else:
                node.args.append(self.expression())
                if self.accept("AS"):
                    self.name(904, ": ")
        node.extra["attributes"] = attributes
        return self._end_call(node)

    def _named_values(self) -> list[tuple[ast.Expr, str | None]]:
        items: list[tuple[ast.Expr, str | None]] = []
        while True:
            value = self.expression()
            alias = None
            if self.accept("AS") or self.at_name():
                if self.keys[self.i] == "EVALNAME":
                    raise self.unsupported("EVALNAME")
                alias = self.name(904, ": ")
            items.append((value, alias))
            if not self.accept(","):
                return items

    def xml_forest(self, pos: int) -> ast.Expr:
        node = self._call_node(pos)
        items = self._named_values()
        node.args = [value for value, _ in items]
        node.extra["names"] = [name for _, name in items]
        return self._end_call(node)

    def xml_serialize(self, pos: int) -> ast.Expr:
        """XMLSERIALIZE and XMLPARSE."""
        node = self._call_node(pos)
        content = self.accept_any("CONTENT", "DOCUMENT")
        if content is None:
            raise self.error(905)
        node.extra["content"] = content
        node.args = [self.expression()]
        if self.accept("AS"):
            node.extra["type"] = self._returning_type()
        if self.accept("WELLFORMED"):
            node.extra["wellformed"] = True
        options_from = self.i
        while self.keys[self.i] not in (")", "") and self.keys[self.i] in _XMLSERIALIZE_OPTIONS:
            self.i += 2 if self.keys[self.i] in ("ENCODING", "VERSION", "SIZE") and self.peek() == STRING else 1
        node.extra["options"] = self.upper_text(options_from)
        return self._end_call(node)

    def xml_root(self, pos: int) -> ast.Expr:
        node = self._call_node(pos)
        node.args = [self.expression()]
        self.expect(",", 907)
        self.expect("VERSION", 905)
        if not self.accept_all("NO", "VALUE"):
            node.args.append(self.expression())
        if self.accept(","):
            start = self.i
            self.expect("STANDALONE", 905)
            if not self.accept("YES"):
                self.expect("NO", 905)
                self.accept("VALUE")
            node.extra["standalone"] = self.upper_text(start).split(maxsplit=1)[1]
        return self._end_call(node)

    def xml_query(self, pos: int) -> ast.Expr:
        """XMLQUERY and XMLEXISTS."""
        node = self._call_node(pos)
        node.args = [self.expression()]
        node.extra["passing"] = self._passing()
        if self.accept("RETURNING"):
            self.expect("CONTENT", 905)
            if self.accept("NULL"):
                self.expect_all(905, "ON", "EMPTY")
        return self._end_call(node)

    def xml_table(self, pos: int) -> ast.Call:
        node = self._call_node(pos)
        node.extra["namespaces"] = self._xml_namespaces()
        node.args = [self.expression()]
        node.extra["passing"] = self._passing()
        self.accept_all("RETURNING", "SEQUENCE", "BY", "REF")
        columns: list[ast.XmlColumn] = []
        if self.accept("COLUMNS"):
            columns.append(self._xml_column())
            while self.accept(","):
                columns.append(self._xml_column())
        node.extra["columns"] = columns
        self.expect(")", 907)
        self.leave()
        return node

    def _xml_namespaces(self) -> dict[str, str]:
        """`XMLNAMESPACES('uri' AS "p", DEFAULT 'uri'),`, by prefix."""
        found: dict[str, str] = {}
        if not self.accept_all("XMLNAMESPACES", "("):
            return found
        while True:
            if self.accept("DEFAULT"):
                found[""] = self.string(905)
            else:
                uri = self.string(905)
                self.expect("AS", 905)
                found[self.name(904, ": ")] = uri
            if not self.accept(","):
                break
        self.expect(")", 907)
        self.expect(",", 907)
        return found

    def _xml_column(self) -> ast.XmlColumn:
        pos = self.starts[self.i]
        node = ast.XmlColumn(self.name(904, ": "), pos=pos)
        if self.accept("FOR"):
            self.expect("ORDINALITY", 905)
            node.ordinality = True
            return node
        if self.keys[self.i] not in ("PATH", "DEFAULT", ",", ")"):
            node.type = self.type_name()
        if self.accept_all("(", "SEQUENCE", ")"):
            self.expect_all(905, "BY", "REF")
        if self.accept("PATH"):
            node.path = self.string(905)
        if self.accept("DEFAULT"):
            node.default = self.expression()
        return node
