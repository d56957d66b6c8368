"""Functions whose arguments are not a plain list. What each puts into `Call.args` and `Call.extra`.

| function               | args                | extra                                                              |
| ---------------------- | ------------------- | ------------------------------------------------------------------ |
| CAST                   | (a Cast node)       |                                                                    |
| XMLCAST                | value               | type                                                               |
| TRIM                   | source              | where: LEADING, TRAILING, BOTH; chars: Expr or None                |
| EXTRACT                | source              | field: YEAR..SECOND, TIMEZONE_HOUR, TIMEZONE_MINUTE.. |
| VALIDATE_CONVERSION    | value, format..     | type                                                               |
| JSON_VALUE, JSON_QUERY | document, path      | format_json, passing, returning, wrapper, pretty, ascii, on_error, |
|                        |                     | on_empty, on_mismatch                                              |
| JSON_EXISTS            | document, path      | format_json, passing, on_error, on_empty                           |
| JSON_OBJECT            | key, value, key, .. | format_json: list of bool per pair; null; returning; strict; unique; |
|                        |                     | star: True for JSON_OBJECT(*)                                      |
| JSON_ARRAY             | values              | format_json: list of bool per value; null; returning; strict;      |
|                        |                     | query: instead of values (23ai)                                    |
| JSON_OBJECTAGG         | key, value          | as JSON_OBJECT                                                     |
| JSON_ARRAYAGG          | value               | order: list of OrderItem; as JSON_ARRAY                            |
| JSON_TRANSFORM         | document            | operations: (word, path, value, handlers by event, FORMAT JSON);   |
|                        |                     | returning                                                          |
| JSON_SERIALIZE         | value               | returning, pretty, ascii, on_error                                 |
| JSON_TABLE             | document [, path]   | columns: list of JsonColumn; format_json, on_error, on_empty       |
| XMLTABLE               | XQuery text         | passing: list of (Expr, name or None); columns: list of XmlColumn; |
|                        |                     | namespaces: prefix or '' -> URI                                    |
| XMLPI                  | [content]           | name: text or Expr                                                 |
| XMLELEMENT             | contents            | name; attributes: list of (Expr, name or None)                     |
| XMLFOREST, XMLCOLATTVAL | values              | names: list of name or None                                        |
| XMLSERIALIZE           | value               | content: CONTENT or DOCUMENT; type                                 |
| XMLQUERY, XMLEXISTS    | XQuery text         | passing                                                            |
| XMLPARSE, XMLROOT      | value [, version]   | content; wellformed                                                |

`on_error` and the like are absent or a pair: "NULL", "ERROR", "EMPTY", "EMPTY ARRAY", "EMPTY OBJECT", "TRUE", "FALSE"
or "DEFAULT", and the Expr of DEFAULT or None.
`null` is "NULL" or "ABSENT" (ON NULL), `passing` a list of (Expr, name or None).
"""

from __future__ import annotations

from collections.abc import Callable

from .. import ast
from .cursor import NATIONAL, QUOTED, STRING, words
from .xml_functions import XmlFunctionParser

OnClause = tuple[str, ast.Expr | None]


class FunctionParser(XmlFunctionParser):
    def cast(self, pos: int) -> ast.Expr:
        name = self.keys[self.i - 1]
        self.expect("(", 906)
        self.enter()
        multiset = self.keys[self.i] == "MULTISET" and self.peek() == "("
        if multiset:
            self.i += 1
            at = self.starts[self.i]
            operand: ast.Expr = ast.Subquery(self.parenthesised_query(), pos=at)
        else:
            operand = self.expression()
        self.expect("AS", 905)
        if name == "TREAT":
            raise self.unsupported("TREAT")
        node = ast.Cast(operand, self.type_name(), multiset=multiset, pos=pos)
        if self.accept("DEFAULT"):
            node.on_error_default = self.expression()
            self.expect_all(905, "ON", "CONVERSION", "ERROR")
        if self.accept(","):
            node.format = self.expression()
            if self.accept(","):
                raise self.unsupported("the NLS argument of CAST")
        self.expect(")", 907)
        self.leave()
        return node

    def trim(self, pos: int) -> ast.Expr:
        node = self._call_node(pos)
        where = self.accept_any("LEADING", "TRAILING", "BOTH")
        chars: ast.Expr | None = None
        if where is not None and self.accept("FROM"):
            source = self.expression()
        else:
            source = self.expression()
            if self.accept("FROM"):
                chars, source = source, self.expression()
            elif where is not None:
                raise self.error(907)
        node.args = [source]
        node.extra = {"where": where or "BOTH", "chars": chars}
        return self._end_call(node)

    def extract(self, pos: int) -> ast.Expr:
        node = self._call_node(pos)
        if self.peek() == "FROM":
            field = self.keys[self.i]
            if not field[:1].isalpha():
                raise self.error(907)
            self.i += 2
            node.extra["field"] = field
            node.args = [self.expression()]
        else:  # EXTRACT(xml, xpath)
            node.args = self.expressions()
        return self._end_call(node)

    def validate_conversion(self, pos: int) -> ast.Expr:
        node = self._call_node(pos)
        node.args = [self.expression()]
        self.expect("AS", 905)
        node.extra["type"] = self.type_name()
        while self.accept(","):
            node.args.append(self.expression())
        return self._end_call(node)

    # --------------------------------------------------------------------------------------------------- JSON

    def json_path_function(self, pos: int) -> ast.Expr:
        """JSON_VALUE, JSON_QUERY, JSON_EXISTS."""
        node = self._call_node(pos)
        node.args = [self.expression()]
        node.extra["format_json"] = self.accept_all("FORMAT", "JSON")
        self.expect(",", 907)
        node.args.append(self.expression())
        node.extra["passing"] = self._passing()
        self._json_options(node.extra)
        return self._end_call(node)

    def json_serialize(self, pos: int) -> ast.Expr:
        node = self._call_node(pos)
        node.args = [self.expression()]
        self._json_options(node.extra)
        return self._end_call(node)

    def json_mergepatch(self, pos: int) -> ast.Expr:
        node = self._call_node(pos)
        node.args = [self.expression()]
        self.expect(",", 907)
        node.args.append(self.expression())
        self._json_options(node.extra)
        return self._end_call(node)

    def json_transform(self, pos: int) -> ast.Expr:
        """JSON_TRANSFORM(document, operation [, operation ..] [RETURNING type])."""
        node = self._call_node(pos)
        node.args = [self.expression()]
        operations: list[tuple[str, str, ast.Expr | None, dict[str, str], bool]] = []
        while self.accept(","):
            operations.append(self._json_operation())
        if not operations:
            raise self.error(938)
        node.extra["operations"] = operations
        self._json_options(node.extra)
        return self._end_call(node)

    def _json_operation(self) -> tuple[str, str, ast.Expr | None, dict[str, str], bool]:
        """`SET '$.a' = value [FORMAT JSON] [IGNORE ON MISSING ..]`."""
        word = self.accept_any("SET", "INSERT", "REPLACE", "APPEND", "REMOVE", "RENAME")
        if word is None:
            raise self.unsupported(f"JSON_TRANSFORM {self.keys[self.i]}")
        path = self.string(905)
        value: ast.Expr | None = None
        formatted = False
        if word != "REMOVE":
            if not (self.accept("=") or (word == "RENAME" and self.accept("WITH"))):
                raise self.error(936)
            value = self.value_expression()
            formatted = self.accept_all("FORMAT", "JSON")
        handlers: dict[str, str] = {}
        while self.keys[self.i] in ("IGNORE", "ERROR", "CREATE", "REPLACE", "NULL", "REMOVE") and self.peek() == "ON":
            action = self.keys[self.i]
            self.i += 2
            event = self.accept_any("EXISTING", "MISSING", "NULL", "EMPTY")
            if event is None:
                raise self.error(905)
            handlers[event] = action
        return word, path, value, handlers, formatted

    def _json_options(self, extra: dict[str, object]) -> None:
        """RETURNING, PRETTY, ASCII, wrapper and ON clauses, in any order."""
        while self.keys[self.i] not in (")", ","):
            if self.accept("RETURNING"):
                extra["returning"] = self._returning_type()
            elif self.accept("PRETTY"):
                extra["pretty"] = True
            elif self.accept("ASCII"):
                extra["ascii"] = True
            elif self.accept("TRUNCATE"):
                extra["truncate"] = True
            elif self.keys[self.i] in ("WITH", "WITHOUT") and self.peek() != "UNIQUE":
                extra["wrapper"] = self._wrapper()
            elif not self._on_clause(extra):
                return

    def _wrapper(self) -> str:
        start = self.i
        self.i += 1
        self.accept_any("CONDITIONAL", "UNCONDITIONAL")
        self.accept("ARRAY")
        self.expect("WRAPPER", 905)
        return " ".join(word for word in self.upper_text(start).split() if word not in ("ARRAY", "WRAPPER"))

    def _on_clause(self, extra: dict[str, object]) -> bool:
        """`NULL | ERROR | DEFAULT x | EMPTY [ARRAY|OBJECT] | TRUE | FALSE  ON ERROR | EMPTY | MISMATCH`."""
        action = self.accept_any("NULL", "ERROR", "DEFAULT", "EMPTY", "TRUE", "FALSE", "IGNORE")
        if action is None:
            return False
        value = self.expression() if action == "DEFAULT" else None
        if action == "EMPTY":
            kind = self.accept_any("ARRAY", "OBJECT")
            action = f"EMPTY {kind}" if kind else action
        self.expect("ON", 905)
        event = self.accept_any("ERROR", "EMPTY", "MISMATCH")
        if event is None:
            raise self.error(905)
        clause: OnClause = (action, value)
        extra[f"on_{event.lower()}"] = clause
        if event == "MISMATCH" and self.keys[self.i] == "(":
            self.skip_parentheses()
        return True

    def json_object(self, pos: int) -> ast.Expr:
        """JSON_OBJECT and JSON_OBJECTAGG."""
        node = self._call_node(pos)
        formats: list[bool] = []
        if self.keys[self.i] == "*":
            self.i += 1
            node.extra["star"] = True
        elif self.keys[self.i] not in (")", "NULL", "ABSENT", "RETURNING"):
            while True:
                if self.at_name() and self.peek() == "." and self.peek(2) == "*":
                    node.args += [ast.Star(), ast.Star((self.name(904, ": "),), pos=self.starts[self.i - 1])]
                    self.i += 2
                else:
                    self._json_entry(node)
                formats.append(self.accept_all("FORMAT", "JSON"))
                if not self.accept(","):
                    break
        node.extra["format_json"] = formats
        self._json_constructor_options(node)
        return self._end_call(node)

    def _json_entry(self, node: ast.Call) -> None:
        """`[KEY] k VALUE v`, `k IS v`, `k : v`, or a column alone (19c)."""
        if self.keys[self.i] == "KEY" and self.peek() not in (",", ")", "VALUE", ":", "."):
            self.i += 1
        key = self.value_expression()
        if self.accept("VALUE") or self.accept(":") or self.accept("IS"):
            node.args += [key, self.expression()]
        elif isinstance(key, ast.Name):
            node.args += [ast.StringLiteral(key.parts[-1], pos=key.pos), key]
        else:
            raise self.error(2000, "VALUE")

    def json_array(self, pos: int) -> ast.Expr:
        """JSON_ARRAY and JSON_ARRAYAGG."""
        node = self._call_node(pos)
        formats: list[bool] = []
        if self.keys[self.i] in ("SELECT", "WITH") and self.version >= 23:
            node.extra["query"] = self.query()
        elif self.keys[self.i] not in (")", "NULL", "ABSENT", "RETURNING"):
            while True:
                node.args.append(self.expression())
                formats.append(self.accept_all("FORMAT", "JSON"))
                if not self.accept(","):
                    break
        if self.accept("ORDER"):
            self.expect("BY", 924)
            node.extra["order"] = self.order_items()
        node.extra["format_json"] = formats
        self._json_constructor_options(node)
        return self._end_call(node)

    def _json_constructor_options(self, node: ast.Call) -> None:
        extra = node.extra
        while self.keys[self.i] != ")":
            if self.keys[self.i] in ("NULL", "ABSENT") and self.peek() == "ON":
                extra["null"] = self.keys[self.i]
                self.i += 2
                self.expect("NULL", 908)
            elif self.accept("RETURNING"):
                extra["returning"] = self._returning_type()
            elif self.accept("STRICT"):
                extra["strict"] = True
            elif self.accept_all("WITH", "UNIQUE"):
                self.expect("KEYS", 905)
                extra["unique"] = True
            else:
                return

    def json_table(self, pos: int) -> ast.Call:
        node = self._call_node(pos)
        node.args = [self.expression()]
        node.extra["format_json"] = self.accept_all("FORMAT", "JSON")
        if self.accept(","):
            node.args.append(self.expression())
        node.extra["passing"] = self._passing()
        while self._on_clause(node.extra):
            pass
        node.extra["columns"] = self._json_columns()
        while self._on_clause(node.extra):
            pass
        self.expect(")", 907)
        self.leave()
        return node

    def nested_clause(self, pos: int) -> ast.Call:
        """`NESTED [PATH] column[.path] COLUMNS (..)` after a table, which is JSON_TABLE joined to it."""
        self.i += 1
        self.accept("PATH")
        column = ast.Name((self.name(904, ": "),), (self.keys[self.i - 1] == QUOTED,), pos=self.starts[self.i - 1])
        path = f"${self._json_tail()}"
        if self.accept(","):
            path = self.string(905)
        node = ast.Call(("JSON_TABLE",), [column, ast.StringLiteral(path, pos=column.pos)], pos=pos)
        while self._on_clause(node.extra):
            pass
        node.extra["columns"] = self._json_columns()
        return node

    def _json_columns(self) -> list[ast.JsonColumn]:
        self.expect("COLUMNS", 905)
        parenthesised = self.accept("(")
        columns = [self._json_column()]
        while self.accept(","):
            columns.append(self._json_column())
        if parenthesised:
            self.expect(")", 907)
        return columns

    def _json_column(self) -> ast.JsonColumn:
        pos = self.starts[self.i]
        if self.keys[self.i] == "NESTED" and (self.peek() in ("PATH", STRING) or self._at_bare_path(1)):
            self.i += 1
            self.accept("PATH")
            path = self._json_column_path()
            self.enter()
            node = ast.JsonColumn("", "NESTED", path=path, columns=self._json_columns(), pos=pos)
            self.leave()
            return node
        start = self.i
        node = ast.JsonColumn(self.name(904, ": "), "VALUE", pos=pos)
        spelled = self.text(start).strip('"')
        if self.accept("FOR"):
            self.expect("ORDINALITY", 905)
            node.kind = "ORDINALITY"
            return node
        if self.keys[self.i] not in ("EXISTS", "FORMAT", "PATH", ",", ")"):
            node.type = self._returning_type() if self.keys[self.i] == "VARCHAR2" else self.type_name()
        if self.accept("EXISTS"):
            node.kind = "EXISTS"
        elif self.accept_all("FORMAT", "JSON") or self.keys[self.i - 1] == "JSON":
            node.kind = "QUERY"
        extra: dict[str, object] = {}
        self._json_options(extra)
        if self.accept("PATH"):
            node.path = self._json_column_path()
        self._json_options(extra)
        node.path = node.path or f'$."{spelled}"'
        wrapper = extra.get("wrapper")
        node.wrapper = wrapper if isinstance(wrapper, str) else None
        node.on_error, node.on_empty = extra.get("on_error"), extra.get("on_empty")
        return node

    def _at_bare_path(self, distance: int) -> bool:
        """A path without quotes, `a.b[*]`, and COLUMNS after it."""
        i = self.i + distance
        if not self.at_name(distance):
            return False
        while self.keys[i] not in ("COLUMNS", ",", "(", ""):
            i += 1
        return self.keys[i] == "COLUMNS"

    def _json_column_path(self) -> str:
        """A string, or the bare steps of 19c: `a.b[0]`."""
        if self.keys[self.i] in (STRING, NATIONAL):
            return self.string(905)
        path = "$"
        while True:
            self.name(905)
            path += f'."{self.text(self.i - 1).strip(chr(34))}"'
            while self.accept("["):
                start = self.i
                while self.keys[self.i] not in ("]", ""):
                    self.i += 1
                path += f"[{self.text(start)}]"
                self.expect("]", 907)
            if not self.accept("."):
                return path

    def vector(self, pos: int) -> ast.Call:
        """TO_VECTOR(value [, dimensions | * [, format | * [, storage]]]), VECTOR_DISTANCE(a, b [, metric])."""
        node = self._call_node(pos)
        node.args = [self.expression()]
        rest: list[ast.Expr | None] = []
        while self.accept(","):
            key = self.keys[self.i]
            if self.accept("*"):
                rest.append(None)
            elif key in _VECTOR_WORDS and self.peek() in (",", ")"):
                self.i += 1
                rest.append(ast.StringLiteral(key, pos=self.starts[self.i - 1]))
            else:
                rest.append(self.expression())
        node.extra["words"] = rest
        return self._end_call(node)


_VECTOR_WORDS = words(
    """
    FLOAT32 FLOAT64 INT8 BINARY DENSE SPARSE COSINE DOT EUCLIDEAN L2_SQUARED EUCLIDEAN_SQUARED MANHATTAN HAMMING
    """
)

_SPECIAL: dict[str, Callable[[FunctionParser, int], ast.Expr]] = {
    "CAST": FunctionParser.cast,
    "XMLCAST": FunctionParser.xml_cast,
    "XMLPI": FunctionParser.xml_pi,
    "TREAT": FunctionParser.cast,
    "TRIM": FunctionParser.trim,
    "EXTRACT": FunctionParser.extract,
    "VALIDATE_CONVERSION": FunctionParser.validate_conversion,
    "JSON_VALUE": FunctionParser.json_path_function,
    "JSON_QUERY": FunctionParser.json_path_function,
    "JSON_EXISTS": FunctionParser.json_path_function,
    "JSON_SERIALIZE": FunctionParser.json_serialize,
    "JSON_MERGEPATCH": FunctionParser.json_mergepatch,
    "JSON_TRANSFORM": FunctionParser.json_transform,
    "JSON_OBJECT": FunctionParser.json_object,
    "JSON_OBJECTAGG": FunctionParser.json_object,
    "JSON_ARRAY": FunctionParser.json_array,
    "JSON_ARRAYAGG": FunctionParser.json_array,
    "XMLELEMENT": FunctionParser.xml_element,
    "XMLFOREST": FunctionParser.xml_forest,
    "XMLCOLATTVAL": FunctionParser.xml_forest,
    "XMLSERIALIZE": FunctionParser.xml_serialize,
    "XMLPARSE": FunctionParser.xml_serialize,
    "XMLROOT": FunctionParser.xml_root,
    "TO_VECTOR": FunctionParser.vector,
    "VECTOR": FunctionParser.vector,
    "VECTOR_DISTANCE": FunctionParser.vector,
    "XMLQUERY": FunctionParser.xml_query,
    "XMLEXISTS": FunctionParser.xml_query,
}
# Every parser that is built is a FunctionParser.
FunctionParser.special_functions = _SPECIAL  # type: ignore[assignment]
