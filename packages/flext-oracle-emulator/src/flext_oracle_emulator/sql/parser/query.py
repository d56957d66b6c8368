"""Queries: WITH, query blocks, set operations, ORDER BY, row limiting, FOR UPDATE."""

from __future__ import annotations

from .. import ast
from ..messages import syntax_error
from .cursor import BIND, NUMBER, QUOTED
from .from_clause import FromParser

_EXPRESSION_GROUPS = frozenset({"ROLLUP", "CUBE"})
_MAX_SET_OPERATIONS = 500  # the tree is left-deep and walked recursively


class QueryParser(FromParser):
    def query(self) -> ast.Query:
        """A query with all that may follow it. The current token is WITH, SELECT or `(`."""
        start = self.i
        if self.at_values():
            return ast.Query(self._values(), pos=self.starts[start])
        self.enter()
        ctes = self._with_clause() if self.keys[self.i] == "WITH" else []
        body, inner = self._query_body()
        node = inner if inner is not None and not ctes else ast.Query(body, pos=self.starts[start])
        node.ctes = node.ctes or ctes
        if inner is not None and (inner is not node or self._at_query_tail()):
            node = ast.Query(self._as_operand(inner), ctes=ctes, pos=self.starts[start])
        self._query_tail(node)
        self.leave()
        return node

    def _values(self) -> ast.QueryBody:
        """`VALUES (1, 'a'), (2, 'b')` (23ai): the rows of as many queries without FROM."""
        self.i += 1
        rows: list[ast.QueryBody] = []
        while True:
            pos = self.starts[self.i]
            self.expect("(", 906)
            self.enter()
            values = self.expressions()
            self.expect(")", 907)
            self.leave()
            rows.append(ast.Select([ast.SelectItem(value, None, "") for value in values], [], pos=pos))
            if not self.accept(","):
                break
        while len(rows) > 1:  # in pairs, so that many rows are not as many levels
            pairs = [
                ast.SetOperation("UNION ALL", a, b, pos=a.pos) for a, b in zip(rows[::2], rows[1::2], strict=False)
            ]
            rows = [*pairs, *rows[len(pairs) * 2 :]]
        return rows[0]

    def _at_query_tail(self) -> bool:
        key = self.keys[self.i]
        return key == "ORDER" or self.at_row_limit() or (key == "FOR" and self.peek() == "UPDATE")

    def _query_tail(self, node: ast.Query) -> None:
        while True:
            key = self.keys[self.i]
            if key == "ORDER" and not node.order_by and node.limit is None:
                self.i += 1
                node.siblings = self.accept("SIBLINGS")
                self.expect("BY", 924)
                node.order_by = self.order_items()
            elif self.at_row_limit() and node.limit is None:
                node.limit = self._row_limit()
            elif key == "FOR" and self.peek() == "UPDATE" and node.for_update is None:
                node.for_update = self._for_update()
            else:
                return

    # --------------------------------------------------------------------------------------------------- WITH

    def _with_clause(self) -> list[ast.CommonTable]:
        self.i += 1
        if self.keys[self.i] in ("FUNCTION", "PROCEDURE") and self.at_name(1):
            raise self.unsupported("PL/SQL declarations in WITH")
        ctes = [self._common_table()]
        while self.accept(","):
            ctes.append(self._common_table())
        if self.keys[self.i] not in ("SELECT", "("):
            raise self.error(928)
        return ctes

    def _common_table(self) -> ast.CommonTable:
        pos = self.starts[self.i]
        name = self.name(903)
        columns = self.name_list(904, ": ") if self.keys[self.i] == "(" else None
        self.expect("AS", 905)
        if self.keys[self.i] != "(":
            raise self.error(906)
        self.i += 1
        if self.keys[self.i] not in ("SELECT", "WITH", "(") and not self.at_values():
            raise self.error(928)
        node = ast.CommonTable(name, self.query(), columns, pos=pos)
        self.expect(")", 907)
        if self.keys[self.i] == "SEARCH" and self.peek() in ("DEPTH", "BREADTH"):
            self._search_clause(node)
        if self.keys[self.i] == "CYCLE" and self.at_name(1):
            self._cycle_clause(node)
        return node

    def _search_clause(self, node: ast.CommonTable) -> None:
        kind = self.peek()
        self.i += 2
        self.expect_all(905, "FIRST", "BY")
        items = self.order_items()
        self.expect("SET", 905)
        node.search = ("DEPTH" if kind == "DEPTH" else "BREADTH", items, self.name(904, ": "))

    def _cycle_clause(self, node: ast.CommonTable) -> None:
        self.i += 1
        columns = [self.name(904, ": ")]
        while self.accept(","):
            columns.append(self.name(904, ": "))
        self.expect("SET", 905)
        mark = self.name(904, ": ")
        self.expect("TO", 905)
        value = self.value_expression()
        self.expect("DEFAULT", 905)
        node.cycle = (columns, mark, value, self.value_expression())

    # ------------------------------------------------------------------------------------------- set operations

    def _query_body(self) -> tuple[ast.QueryBody, ast.Query | None]:
        """The body, and the whole parenthesised query when that is all there is: `(select ..)`."""
        first = self._operand()
        if isinstance(first, ast.Query) and self._set_operator(take=False) is None:
            return first.body, first
        left: ast.QueryBody = self._unordered(first) if isinstance(first, ast.Query) else first
        count = 0
        while (op := self._set_operator()) is not None:
            count += 1
            if count > _MAX_SET_OPERATIONS:
                raise self.unsupported(f"more than {_MAX_SET_OPERATIONS} set operations in one query")
            operand = self._operand()
            right = self._unordered(operand) if isinstance(operand, ast.Query) else operand
            left = ast.SetOperation(op, left, right, pos=left.pos)
        return left, None

    def _set_operator(self, *, take: bool = True) -> str | None:
        """UNION [ALL], INTERSECT, MINUS; since 21c also EXCEPT (which is MINUS) and ALL for each."""
        key = self.keys[self.i]
        if key == "EXCEPT" and self.version >= 21:
            op = "MINUS"
        elif key in ("UNION", "INTERSECT", "MINUS"):
            op = key
        else:
            return None
        if take:
            self.i += 1
            if self.keys[self.i] == "ALL" and (op == "UNION" or self.version >= 21):
                self.i += 1
                op += " ALL"
        return op

    def _operand(self) -> ast.Select | ast.Query:
        if self.keys[self.i] == "SELECT":
            return self._select()
        if self.keys[self.i] == "(":
            self.enter()
            self.i += 1
            if self.keys[self.i] not in ("SELECT", "WITH", "("):
                raise self.error(928)
            query = self.query()
            self.expect(")", 907)
            self.leave()
            return query
        raise self.error(928)

    def _unordered(self, query: ast.Query) -> ast.QueryBody:
        """An operand of a set operation. It may be ordered to be limited, but for nothing else."""
        if query.order_by and query.limit is None:
            raise syntax_error(907, self.starts[self.starts.index(query.order_by[0].expr.pos) - 2])
        return self._as_operand(query)

    @staticmethod
    def _as_operand(query: ast.Query) -> ast.QueryBody:
        """A parenthesised query as part of a larger one."""
        if not (query.ctes or query.order_by or query.limit or query.for_update):
            return query.body
        star = ast.SelectItem(ast.Star(pos=query.pos), text="*", pos=query.pos)
        return ast.Select([star], [ast.SubqueryRef(query, pos=query.pos)], pos=query.pos)

    # --------------------------------------------------------------------------------------------- query block

    def _select(self) -> ast.Select:
        node = ast.Select([], [], pos=self.starts[self.i])
        self.i += 1
        if self.accept_any("DISTINCT", "UNIQUE"):
            node.distinct = True
        else:
            self.accept("ALL")
        node.items = self._select_items()
        if self.keys[self.i] in ("INTO", "BULK"):
            self._into_clause(node)
        if self.accept("FROM"):
            node.from_ = self.from_items()
        elif self.version < 23:
            raise self.error(923)
        if self.accept("WHERE"):
            node.where = self.condition()
        if self.keys[self.i] in ("START", "CONNECT") and self.peek() in ("WITH", "BY"):
            node.hierarchy = self._hierarchy()
        self._grouping(node)
        if self.keys[self.i] == "MODEL" and self.peek() in ("DIMENSION", "PARTITION", "RETURN", "IGNORE", "KEEP"):
            raise self.unsupported("the MODEL clause")
        if self.keys[self.i] == "WINDOW" and self.version >= 21:
            self.i += 1
            while True:
                name = self.name(904, ": ")
                self.expect("AS", 905)
                node.windows[name] = self.window()
                if not self.accept(","):
                    break
        return node

    def _into_clause(self, node: ast.Select) -> None:
        if not self.plsql:
            raise self.error(905 if self.keys[self.i] == "INTO" else 923)
        if self.accept("BULK"):
            self.expect("COLLECT", 905)
            node.bulk_into = True
        self.expect("INTO", 905)
        node.into = self.targets()

    def targets(self) -> list[ast.Expr]:
        """Where INTO puts values: binds or PL/SQL variables."""
        items = [self._target(936)]
        while self.accept(","):
            items.append(self._target(933))
        return items

    def _target(self, code: int) -> ast.Expr:
        if not self.plsql and self.keys[self.i] != BIND:
            raise self.error(code)
        return self.value_expression()

    def _select_items(self) -> list[ast.SelectItem]:
        if self.keys[self.i] == "*":
            star = ast.SelectItem(ast.Star(pos=self.starts[self.i]), text="*", pos=self.starts[self.i])
            self.i += 1
            if self.keys[self.i] not in ("FROM", "INTO", "BULK"):
                raise self.error(923)
            return [star]
        items = [self._select_item()]
        while self.accept(","):
            items.append(self._select_item())
        return items

    def _select_item(self) -> ast.SelectItem:
        start = self.i
        star = self._qualified_star()
        if star is not None:
            return star
        expr = self.expression()
        item = ast.SelectItem(expr, None, self.text(start), pos=self.starts[start])
        key = self.keys[self.i]
        if key == "," or key == "FROM":
            return item
        if key == "AS":
            self.i += 1
            item.alias = self.name(923)
        elif self.at_name() and not self._at_clause_after_items():
            item.alias = self.name(923)
        return item

    def _at_clause_after_items(self) -> bool:
        key = self.keys[self.i]
        return (key == "BULK" and self.peek() == "COLLECT") or (self.version >= 23 and self.at_row_limit())

    def _qualified_star(self) -> ast.SelectItem | None:
        """`t.*` or `s.t.*`."""
        i, keys = self.i, self.keys
        if keys[i + 1] != "." or not self.at_name():
            return None
        parts = [self.values[i]]
        i += 2
        while keys[i + 1] == "." and (keys[i] == QUOTED or keys[i][:1].isalpha()):
            parts.append(self.values[i])
            i += 2
        if keys[i] != "*":
            return None
        start = self.i
        self.i = i + 1
        star = ast.Star(tuple(parts), pos=self.starts[start])
        return ast.SelectItem(star, None, self.text(start), pos=self.starts[start])

    def _hierarchy(self) -> ast.Hierarchy:
        pos = self.starts[self.i]
        start_with = None
        if self.accept_all("START", "WITH"):
            start_with = self.condition()
            if self.keys[self.i] != "CONNECT":
                raise self.error(1788)
        self.expect("CONNECT", 905)
        self.expect("BY", 924)
        nocycle = self.accept("NOCYCLE")
        node = ast.Hierarchy(self.condition(), start_with, nocycle, pos=pos)
        if start_with is None and self.accept_all("START", "WITH"):
            node.start_with = self.condition()
        return node

    def _grouping(self, node: ast.Select) -> None:
        while True:
            if self.keys[self.i] == "GROUP" and node.group_by is None:
                self.i += 1
                self.expect("BY", 924)
                node.group_by = self._grouping_elements()
            elif self.keys[self.i] == "HAVING" and node.having is None:
                self.i += 1
                node.having = self.condition()
            else:
                return

    def _grouping_elements(self) -> list[ast.GroupingElement]:
        items = [self._grouping_element()]
        while self.accept(","):
            items.append(self._grouping_element())
        return items

    def _grouping_element(self) -> ast.GroupingElement:
        pos = self.starts[self.i]
        key = self.keys[self.i]
        kind = "EXPR"
        if key in _EXPRESSION_GROUPS and self.peek() == "(":
            self.i += 1
            kind = key
        elif key == "GROUPING" and self.peek() == "SETS":
            self.i += 2
            kind = "SETS"
        if kind == "EXPR":
            return ast.GroupingElement("EXPR", [self._grouping_expression()], pos=pos)
        self.expect("(", 906)
        self.enter()
        elements: list[ast.Expr | ast.GroupingElement] = list(self._grouping_elements())
        self.expect(")", 907)
        self.leave()
        return ast.GroupingElement(kind, elements, pos=pos)

    def _grouping_expression(self) -> ast.Expr:
        if self.keys[self.i] == "(" and self.peek() == ")":
            self.i += 2
            return ast.Tuple([], pos=self.starts[self.i - 2])
        return self.value_expression(1)

    # ------------------------------------------------------------------------------------------- limiting, locking

    def at_row_limit(self) -> bool:
        """OFFSET and FETCH are ordinary names elsewhere."""
        key = self.keys[self.i]
        if key == "OFFSET":
            after = self.peek()
            return after in (NUMBER, BIND, "(", "-") or (self.at_name(1) and self.peek(2) in ("ROW", "ROWS"))
        return key == "FETCH" and self.peek() in ("FIRST", "NEXT")

    def _row_limit(self) -> ast.RowLimit:
        node = ast.RowLimit(pos=self.starts[self.i])
        if self.accept("OFFSET"):
            node.offset = self.value_expression()
            if self.accept_any("ROW", "ROWS") is None:
                raise self.error(905)
        if self.keys[self.i] == "FETCH" and self.peek() in ("FIRST", "NEXT"):
            self.i += 2
            if self.keys[self.i] in ("ROW", "ROWS"):
                node.fetch = ast.NumberLiteral("1", pos=self.starts[self.i])
            else:
                node.fetch = self.value_expression()
                node.percent = self.accept("PERCENT")
            if self.accept_any("ROW", "ROWS") is None:
                raise self.error(905)
            if self.accept("WITH"):
                self.expect("TIES", 905)
                node.with_ties = True
            else:
                self.expect("ONLY", 905)
        return node

    def _for_update(self) -> ast.ForUpdate:
        node = ast.ForUpdate(pos=self.starts[self.i])
        self.i += 2
        if self.accept("OF"):
            node.of.append(self.column_path())
            while self.accept(","):
                node.of.append(self.column_path())
        if self.accept("NOWAIT"):
            node.wait = "NOWAIT"
        elif self.accept("WAIT"):
            node.wait = self.integer(905)
        elif self.accept("SKIP"):
            self.expect("LOCKED", 905)
            node.wait = "SKIP LOCKED"
        return node
