"""The FROM clause: tables with their modifiers, inline views, table functions, joins, PIVOT and UNPIVOT."""

from __future__ import annotations

from ...errors import OracleError
from .. import ast
from ..messages import syntax_error
from .cursor import BIND, NUMBER
from .functions import FunctionParser

_SIDES = frozenset({"LEFT", "RIGHT", "FULL"})
_JOIN_START = _SIDES | {"JOIN", "INNER", "CROSS", "OUTER", "NATURAL"}
#: Words that end a table reference only when one of these follows; otherwise they are aliases.
_KEYWORD_BEFORE: dict[str, frozenset[str]] = {
    **{side: frozenset({"JOIN", "OUTER"}) for side in _SIDES},
    "INNER": frozenset({"JOIN"}),
    "CROSS": frozenset({"JOIN", "APPLY"}),
    "OUTER": frozenset({"APPLY"}),
    "NATURAL": frozenset({"JOIN", "INNER", "LEFT", "RIGHT", "FULL"}),
    "FETCH": frozenset({"FIRST", "NEXT"}),
    "PARTITION": frozenset({"(", "FOR", "BY"}),
    "SUBPARTITION": frozenset({"(", "FOR"}),
    "SAMPLE": frozenset({"(", "BLOCK"}),
    "PIVOT": frozenset({"(", "XML"}),
    "UNPIVOT": frozenset({"(", "INCLUDE", "EXCLUDE"}),
    "VERSIONS": frozenset({"BETWEEN", "PERIOD"}),
    "MATCH_RECOGNIZE": frozenset({"("}),
    "LOG": frozenset({"ERRORS"}),
    "MODEL": frozenset({"DIMENSION", "PARTITION", "RETURN", "IGNORE", "KEEP"}),
    "BULK": frozenset({"COLLECT"}),
    "NESTED": frozenset({"PATH"}),
}
_ALWAYS_KEYWORDS = frozenset({"JOIN", "USING", "RETURNING", "RETURN"})


class FromParser(FunctionParser):
    def from_items(self) -> list[ast.FromItem]:
        items = [self._joined_table()]
        while self.accept(","):
            item = self._joined_table()
            if isinstance(item, ast.TableFunctionRef) and item.call.outer_join:  # TABLE(..)(+): kept without rows
                item.call.outer_join = False
                items[-1] = self._always_joined(items[-1], item)
            else:
                items.append(item)
        return items

    def _always_joined(self, left: ast.FromItem, right: ast.FromItem) -> ast.Join:
        always = ast.Binary("=", ast.NumberLiteral("1"), ast.NumberLiteral("1"), pos=right.pos)
        return ast.Join(left, right, "LEFT", on=always, pos=right.pos)

    def _joined_table(self) -> ast.FromItem:
        left = self._table_primary()
        partition = self._join_partition()
        count = 0
        while self._at_join():
            count += 1
            if count > 300:
                raise self.unsupported("more than 300 joins in a row")
            join = self._join_tail(left)
            if partition is not None:
                join.partition, partition = ("LEFT", partition), None
            left = join
        return left

    def _join_partition(self) -> list[ast.Expr] | None:
        """PARTITION BY (a, b) next to a table, for an outer join that fills gaps in each partition."""
        if not self.accept_all("PARTITION", "BY"):
            return None
        self.expect("(", 906)
        keys = self.expressions()
        self.expect(")", 907)
        return keys

    def _at_join(self) -> bool:
        key = self.keys[self.i]
        return key in _JOIN_START and (key == "JOIN" or self.peek() in _KEYWORD_BEFORE[key])

    def _join_tail(self, left: ast.FromItem) -> ast.Join:
        pos = self.starts[self.i]
        if self.keys[self.i] in ("CROSS", "OUTER"):
            word = self.keys[self.i]
            kind = f"{word} APPLY" if self.peek() == "APPLY" else word
            self.i += 2
            return ast.Join(left, self._table_primary(), kind, pos=pos)
        natural = self.accept("NATURAL")
        side = self.accept_any("INNER", "LEFT", "RIGHT", "FULL") or "INNER"
        if side != "INNER":
            self.accept("OUTER")
        self.expect("JOIN", 905)
        right = self._table_primary()
        keys = self._join_partition()
        if natural:
            return ast.Join(left, right, side, natural=True, pos=pos)
        self.enter()
        while self._at_join():  # a JOIN b JOIN c ON .. ON ..
            right = self._join_tail(right)
        self.leave()
        if self.accept("ON"):
            partition = None if keys is None else ("RIGHT", keys)
            return ast.Join(left, right, side, on=self.condition(), partition=partition, pos=pos)  # type: ignore[arg-type]
        if self.accept("USING"):
            return ast.Join(left, right, side, using=self.name_list(904, ": "), pos=pos)
        raise self.error(905)

    # ------------------------------------------------------------------------------------------------ one table

    def _table_primary(self) -> ast.FromItem:
        key = self.keys[self.i]
        if key == "(":
            if self.at_query_parenthesis():
                return self._inline_view(lateral=False)
            self.enter()
            self.i += 1
            node = self._joined_table()
            self.expect(")", 907)
            self.leave()
            return node
        if key == "LATERAL" and self.peek() == "(":
            self.i += 1
            return self._inline_view(lateral=True)
        if self.peek() == "(" and key in ("TABLE", "THE", "XMLTABLE", "JSON_TABLE", "ONLY", "CONTAINERS"):
            return self._table_function(key)
        node = self.table_reference()
        if self.keys[self.i] == "NESTED":
            pos = self.starts[self.i]
            nested = ast.TableFunctionRef(self.nested_clause(pos), self.table_alias(), pos=pos)
            return self._always_joined(node, nested)
        return node

    def _inline_view(self, *, lateral: bool) -> ast.SubqueryRef:
        self.i += 1
        values = self.at_values()
        self.i -= 1
        node = ast.SubqueryRef(self._checked_query(), lateral=lateral, pos=self.starts[self.i])
        if self.keys[self.i] in ("AS", "VERSIONS", "SAMPLE", "MATCH_RECOGNIZE"):
            self._refuse_on_view()
        node.pivot = self._pivot_clause()
        node.alias = self.table_alias()
        if values:
            self._name_values(node)
        if node.pivot is None:
            node.pivot = self._pivot_clause()
        return node

    def _name_values(self, node: ast.SubqueryRef) -> None:
        """The column names of `(VALUES ..) t (a, b)`, which it must have."""
        start = self.i
        names = self.name_list(904, ": ")
        body = node.query.body
        while isinstance(body, ast.SetOperation):
            body = body.left
        if len(names) != len(body.items):
            raise OracleError(
                32038,
                "number of WITH clause column names does not match number of elements in select list",
                self.starts[start],
            )
        for item, name in zip(body.items, names, strict=True):
            item.alias = name

    def _checked_query(self) -> ast.Query:
        """`( query [WITH CHECK OPTION | WITH READ ONLY] )`."""
        start = self.i
        self.expect("(", 906)
        query = self.query()
        if query.for_update is not None:  # only a statement may lock
            raise syntax_error(907, query.for_update.pos)
        query.with_check = self.with_check()
        self.expect(")", 907)
        query.pos = self.starts[start] if query.pos < 0 else query.pos
        return query

    def with_check(self) -> str | None:
        """`WITH READ ONLY` or `WITH CHECK OPTION`, each with an optional constraint name."""
        if self.keys[self.i] != "WITH" or self.peek() not in ("READ", "CHECK"):
            return None
        self.i += 1
        kind = "READ ONLY" if self.accept("READ") else "CHECK OPTION"
        if kind == "READ ONLY":
            self.expect("ONLY", 905)
        else:
            self.expect("CHECK", 905)
            self.expect("OPTION", 905)
        if self.accept("CONSTRAINT"):
            self.name(904, ": ")
        return kind

    def _refuse_on_view(self) -> None:
        key = self.keys[self.i]
        if key == "MATCH_RECOGNIZE" and self.peek() == "(":
            raise self.unsupported("MATCH_RECOGNIZE")
        if key == "AS" and self.peek() == "OF":
            raise self.unsupported("AS OF on an inline view")

    def _table_function(self, key: str) -> ast.TableFunctionRef:
        pos = self.starts[self.i]
        self.i += 1
        if key == "XMLTABLE":
            call = self.xml_table(pos)
        elif key == "JSON_TABLE":
            call = self.json_table(pos)
        elif key == "TABLE":
            self.i += 1
            self.enter()
            if self.keys[self.i] in ("SELECT", "WITH"):
                at = self.starts[self.i]
                argument: ast.Expr = ast.Subquery(self.query(), pos=at)
            else:
                argument = self.expression()
            self.expect(")", 907)
            self.leave()
            call = ast.Call(("TABLE",), [argument], pos=pos)
        else:
            self.i -= 1
            raise self.unsupported(f"{key}(..) in FROM")
        call.outer_join = self.accept_all("(", "+", ")")
        return ast.TableFunctionRef(call, self.table_alias(), pos=pos)

    def table_reference(self) -> ast.FromItem:
        """A named table, or a table function called by name (12.2+)."""
        pos = self.starts[self.i]
        name = self.dotted_name(903, 3)
        if self.keys[self.i] == "(":
            call = ast.Call(name, pos=pos)
            self.arguments(call)
            return ast.TableFunctionRef(call, self.table_alias(), pos=pos)
        if len(name) == 3:
            raise self.error(933, at=self.i - 2)
        node = ast.TableRef(name, pos=pos)
        if self.keys[self.i] == "@":
            node.db_link = self.db_link()
        self._modifiers(node)
        node.alias = self.table_alias()
        if node.pivot is None:
            node.pivot = self._pivot_clause()
        if self.keys[self.i] == "MATCH_RECOGNIZE" and self.peek() == "(":
            raise self.unsupported("MATCH_RECOGNIZE")
        return node

    def _modifiers(self, node: ast.TableRef) -> None:
        key, after = self.keys[self.i], self.peek()
        if key in ("PARTITION", "SUBPARTITION") and after in ("(", "FOR"):
            self.i += 1
            if self.accept("FOR"):
                self.expect("(", 906)
                values = [self.value_expression()]
                while self.accept(","):
                    values.append(self.value_expression())
                node.partition = (key, values)
            else:
                self.i += 1
                node.partition = (key, self.name(904, ": "))
            self.expect(")", 907)
        if self.keys[self.i] == "SAMPLE" and self.peek() in ("(", "BLOCK"):
            self.i += 1
            block = self.accept("BLOCK")
            self.expect("(", 906)
            percent = self.value_expression()
            self.expect(")", 907)
            seed = None
            if self.accept("SEED"):
                self.expect("(", 906)
                seed = self.value_expression()
                self.expect(")", 907)
            node.sample = (block, percent, seed)
        if self.keys[self.i] == "VERSIONS" and self.peek() in ("BETWEEN", "PERIOD"):
            raise self.unsupported("VERSIONS BETWEEN")
        if self.keys[self.i] == "AS" and self.peek() == "OF":
            self._flashback(node)
        node.pivot = self._pivot_clause()

    def _flashback(self, node: ast.TableRef) -> None:
        self.i += 2
        if self.accept("PERIOD"):
            raise self.unsupported("AS OF PERIOD FOR")
        if self.accept("SCN"):
            node.flashback = ("SCN", self.value_expression())
        elif self.accept("TIMESTAMP"):
            node.flashback = ("TIMESTAMP", self.value_expression())
        else:
            raise self.error(905)

    def table_alias(self) -> str | None:
        """An alias if one stands here. `AS` before it is an error that the caller's next expectation reports."""
        if not self.at_name():
            return None
        key = self.keys[self.i]
        if key in _ALWAYS_KEYWORDS:
            return None
        followers = _KEYWORD_BEFORE.get(key)
        if followers is not None and self.peek() in followers:
            return None
        if key == "OFFSET" and (
            self.peek() in (NUMBER, BIND, "(", "-") or (self.at_name(1) and self.peek(2) in ("ROW", "ROWS"))
        ):
            return None
        if self.version >= 21 and (key == "EXCEPT" or (key == "WINDOW" and self.at_name(1))):
            return None
        if (self.plsql and key in ("LOOP",)) or (key == "NESTED" and self._at_bare_path(1)):
            return None
        return self.name(933)

    # ------------------------------------------------------------------------------------------- PIVOT, UNPIVOT

    def _pivot_clause(self) -> ast.Pivot | ast.Unpivot | None:
        key, after = self.keys[self.i], self.peek()
        if key == "PIVOT" and after in ("(", "XML"):
            return self._pivot()
        if key == "UNPIVOT" and after in ("(", "INCLUDE", "EXCLUDE"):
            return self._unpivot()
        return None

    def _pivot(self) -> ast.Pivot:
        pos = self.starts[self.i]
        self.i += 1
        if self.keys[self.i] == "XML":
            raise self.unsupported("PIVOT XML")
        self.expect("(", 906)
        self.enter()
        aggregates = [self._pivot_item()]
        while self.accept(","):
            aggregates.append(self._pivot_item())
        self.expect("FOR", 905)
        columns = self._column_group()
        self.expect("IN", 905)
        self.expect("(", 906)
        if self.keys[self.i] in ("SELECT", "ANY"):
            raise self.error(936)
        values = [self._pivot_item()]
        while self.accept(","):
            values.append(self._pivot_item())
        self.expect(")", 907)
        self.expect(")", 907)
        self.leave()
        return ast.Pivot(aggregates, columns, values, pos=pos)

    def _pivot_item(self) -> ast.SelectItem:
        start = self.i
        item = ast.SelectItem(self.value_expression(1), None, self.text(start), pos=self.starts[start])
        if self.accept("AS") or self.at_name():
            item.alias = self.name(904, ": ")
        return item

    def _column_group(self) -> list[ast.Name]:
        """`c` or `(c, d)`."""
        if not self.accept("("):
            return [self._column()]
        columns = [self._column()]
        while self.accept(","):
            columns.append(self._column())
        self.expect(")", 907)
        return columns

    def _column(self) -> ast.Name:
        start = self.i
        parts = self.column_path()
        quoted = tuple(self.keys[start + 2 * k] == '"' for k in range(len(parts)))
        return ast.Name(parts, quoted, pos=self.starts[start])

    def _unpivot(self) -> ast.Unpivot:
        pos = self.starts[self.i]
        self.i += 1
        include = False
        if self.keys[self.i] in ("INCLUDE", "EXCLUDE"):
            include = self.keys[self.i] == "INCLUDE"
            self.i += 1
            self.expect("NULLS", 905)
        self.expect("(", 906)
        value_columns = self._name_group()
        self.expect("FOR", 905)
        name_columns = self._name_group()
        self.expect("IN", 905)
        self.expect("(", 906)
        items = [self._unpivot_item()]
        while self.accept(","):
            items.append(self._unpivot_item())
        self.expect(")", 907)
        self.expect(")", 907)
        return ast.Unpivot(value_columns, name_columns, items, include, pos=pos)

    def _name_group(self) -> list[str]:
        return self.name_list(904, ": ") if self.keys[self.i] == "(" else [self.name(904, ": ")]

    def _unpivot_item(self) -> tuple[list[ast.Name], ast.Expr | None]:
        columns = self._column_group()
        literal = self.value_expression(1) if self.accept("AS") else None
        return columns, literal
