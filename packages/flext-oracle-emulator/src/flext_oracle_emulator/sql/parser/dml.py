"""INSERT (single, ALL, FIRST), UPDATE, DELETE, MERGE, and the clauses that they share."""

from __future__ import annotations

from .. import ast
from .cursor import NUMBER, STRING
from .query import QueryParser


class DmlParser(QueryParser):
    # --------------------------------------------------------------------------------------------------- targets

    def _target_table(self) -> ast.TableRef | ast.SubqueryRef:
        """`table [@link] [PARTITION ..] [alias]`, `ONLY (..)` excluded, or an inline view."""
        if self.keys[self.i] == "(":
            return self._inline_view(lateral=False)
        pos = self.starts[self.i]
        node = ast.TableRef(self.dotted_name(903), pos=pos)
        if self.keys[self.i] == "@":
            node.db_link = self.db_link()
        self._modifiers(node)
        if self.at_name() and self.keys[self.i] != "VALUES":
            node.alias = self.table_alias()
        return node

    def _value(self) -> ast.Expr:
        if self.keys[self.i] == "DEFAULT":
            self.i += 1
            return ast.Default(pos=self.starts[self.i - 1])
        return self.expression()

    def _value_list(self) -> list[ast.Expr]:
        """`(v, DEFAULT, ...)`."""
        self.expect("(", 906)
        self.enter()
        values = [self._value()]
        while self.keys[self.i] == ",":
            self.i += 1
            values.append(self._value())
        if self.keys[self.i] != ")":
            raise self.error(917)
        self.i += 1
        self.leave()
        return values

    def _insert_columns(self) -> list[tuple[str, ...]]:
        """`(c, t.d, ...)`. Oracle takes a reserved word in the first place for the start of a wrong subquery."""
        self.i += 1
        columns: list[tuple[str, ...]] = [self.column_path(928)]
        while self.keys[self.i] == ",":
            self.i += 1
            columns.append(self.column_path())
        if self.keys[self.i] != ")":
            raise self.error(917)
        self.i += 1
        return columns

    # ---------------------------------------------------------------------------------------------------- INSERT

    def insert(self) -> ast.Insert | ast.MultiInsert:
        pos = self.starts[self.i]
        self.i += 1
        if self.keys[self.i] in ("ALL", "FIRST"):
            return self._multi_insert(pos)
        self.expect("INTO", 925)
        node = self._into_target(pos)
        if self.keys[self.i] in ("SELECT", "WITH") or self.at_query_parenthesis():
            node.query = self.query()
        elif self.keys[self.i] == "VALUES":
            self._insert_values(node)
        else:
            raise self.error(926)
        node.returning = self.returning()
        node.log_errors = self._log_errors()
        return node

    def _into_target(self, pos: int) -> ast.Insert:
        node = ast.Insert(self._target_table(), None, pos=pos)
        if self.keys[self.i] == "(" and not self.at_query_parenthesis():
            node.columns = self._insert_columns()
        return node

    def _insert_values(self, node: ast.Insert) -> None:
        self.i += 1
        if self.plsql and self.keys[self.i] != "(":
            node.record = self.value_expression()
            return
        node.values = self._value_list()
        if self.keys[self.i] == "," and self.version >= 23:
            node.rows = [node.values]
            node.values = None
            while self.accept(","):
                node.rows.append(self._value_list())

    def _multi_insert(self, pos: int) -> ast.MultiInsert:
        first = self.keys[self.i] == "FIRST"
        self.i += 1
        branches: list[ast.MultiInsertBranch] = []
        otherwise: list[ast.Insert] | None = None
        if self.keys[self.i] == "WHEN":
            while self.keys[self.i] == "WHEN":
                at = self.starts[self.i]
                self.i += 1
                when = self.condition()
                self.expect("THEN", 905)
                branches.append(ast.MultiInsertBranch(when, self._multi_intos(), pos=at))
            if self.accept("ELSE"):
                otherwise = self._multi_intos()
        elif first:
            raise self.error(905)
        else:
            branches.append(ast.MultiInsertBranch(None, self._multi_intos(), pos=self.starts[self.i]))
        if self.keys[self.i] not in ("SELECT", "WITH", "("):
            raise self.error(928)
        return ast.MultiInsert(first, branches, self.query(), otherwise, pos=pos)

    def _multi_intos(self) -> list[ast.Insert]:
        intos: list[ast.Insert] = []
        while self.keys[self.i] == "INTO":
            pos = self.starts[self.i]
            self.i += 1
            node = self._into_target(pos)
            if self.accept("VALUES"):
                node.values = self._value_list()
            if self.keys[self.i] == "LOG":
                node.log_errors = self._log_errors()
            intos.append(node)
        if not intos:
            raise self.error(925)
        return intos

    # -------------------------------------------------------------------------------------------- UPDATE, DELETE

    def update(self) -> ast.Update:
        pos = self.starts[self.i]
        self.i += 1
        table = self._target_table()
        self.expect("SET", 971)
        node = ast.Update(table, self._assignments(), pos=pos)
        if self.version >= 23 and self.accept("FROM"):
            node.from_ = self.from_items()
        node.where, node.where_current_of = self._where()
        node.returning = self.returning()
        node.log_errors = self._log_errors()
        return node

    def delete(self) -> ast.Delete:
        pos = self.starts[self.i]
        self.i += 1
        self.accept("FROM")
        node = ast.Delete(self._target_table(), pos=pos)
        if self.version >= 23 and self.accept("FROM"):
            node.from_ = self.from_items()
        node.where, node.where_current_of = self._where()
        node.returning = self.returning()
        node.log_errors = self._log_errors()
        return node

    def _where(self) -> tuple[ast.Expr | None, str | None]:
        if not self.accept("WHERE"):
            return None, None
        if self.plsql and self.keys[self.i] == "CURRENT" and self.peek() == "OF":
            self.i += 2
            return None, self.name(936)
        return self.condition(), None

    def _assignments(self) -> list[ast.Assignment]:
        items = [self._assignment()]
        while self.accept(","):
            items.append(self._assignment())
        return items

    def _assignment(self) -> ast.Assignment:
        pos = self.starts[self.i]
        if self.plsql and self.keys[self.i] == "ROW" and self.peek() == "=":
            self.i += 2
            return ast.Assignment([("ROW",)], self.value_expression(), pos=pos)
        if self.accept("("):
            columns: list[tuple[str, ...]] = [self.column_path()]
            while self.accept(","):
                columns.append(self.column_path())
            self.expect(")", 907)
            self.expect("=", 927)
            if not self.at_query_parenthesis():
                raise self.error(936)
            at = self.starts[self.i]
            return ast.Assignment(columns, ast.Subquery(self.parenthesised_query(), pos=at), pos=pos)
        columns = [self.column_path()]
        self.expect("=", 927)
        return ast.Assignment(columns, self._value(), pos=pos)

    # ----------------------------------------------------------------------------------------------------- MERGE

    def merge(self) -> ast.Merge:
        pos = self.starts[self.i]
        self.i += 1
        self.expect("INTO", 925)
        at = self.i
        target = self._target_table()
        if not isinstance(target, ast.TableRef):
            self.i = at
            raise self.unsupported("MERGE INTO an inline view")
        self.expect("USING", 905)
        source = self._table_primary()
        if isinstance(source, ast.Join):
            raise self.error(903)
        self.expect("ON", 969)
        if self.keys[self.i] != "(":
            raise self.error(969)
        self.enter()
        self.i += 1
        condition = self.condition()
        self.expect(")", 907)
        self.leave()
        node = ast.Merge(target, source, condition, pos=pos)
        if self.keys[self.i] != "WHEN":
            raise self.error(905)
        while self.accept("WHEN"):
            self._merge_branch(node)
        node.returning = self.returning() if self.version >= 23 else None
        node.log_errors = self._log_errors()
        return node

    def _merge_branch(self, node: ast.Merge) -> None:
        at = self.i - 1
        if self.accept("MATCHED"):
            self.expect_all(905, "THEN", "UPDATE", "SET")
            if node.update is not None:
                raise self.error(933, at=at)
            node.update = self._assignments()
            if self.accept("WHERE"):
                node.update_where = self.condition()
            if self.accept("DELETE"):
                self.expect("WHERE", 905)
                node.delete_where = self.condition()
            return
        self.expect_all(905, "NOT", "MATCHED", "THEN", "INSERT")
        if node.insert_values is not None:
            raise self.error(933, at=at)
        if self.keys[self.i] == "(":
            node.insert_columns = self._insert_columns()
        self.expect("VALUES", 926)
        node.insert_values = self._value_list()
        if self.accept("WHERE"):
            node.insert_where = self.condition()

    # ---------------------------------------------------------------------------------------------------- clauses

    def returning(self) -> ast.Returning | None:
        """`RETURNING exprs INTO targets`."""
        if self.keys[self.i] not in ("RETURNING", "RETURN"):
            return None
        pos = self.starts[self.i]
        self.i += 1
        exprs: list[ast.Expr] = []
        moments: list[str | None] = []
        while True:
            moments.append(self._moment())
            exprs.append(self.expression())
            if not self.accept(","):
                break
        bulk = self.plsql and self.accept("BULK")
        if bulk:
            self.expect("COLLECT", 905)
        self.expect("INTO", 925)
        return ast.Returning(exprs, self.targets(), bulk, moments, pos=pos)

    def _moment(self) -> str | None:
        """OLD or NEW before an expression of RETURNING (23ai)."""
        follows = self.at_name(1) or self.peek() in ("(", NUMBER, STRING)
        return self.accept_any("OLD", "NEW") if self.version >= 23 and follows and self.peek() != "INTO" else None

    def _log_errors(self) -> ast.LogErrors | None:
        if self.keys[self.i] != "LOG" or self.peek() != "ERRORS":
            return None
        node = ast.LogErrors(pos=self.starts[self.i])
        self.i += 2
        if self.accept("INTO"):
            node.into = self.dotted_name(903)
        if self.accept("("):
            node.tag = self.expression()
            self.expect(")", 907)
        if self.accept("REJECT"):
            self.expect("LIMIT", 905)
            node.limit = self.value_expression()
        return node

    # ----------------------------------------------------------------------------------------- LOCK, EXPLAIN, CALL

    def lock_table(self) -> ast.LockTable:
        pos = self.starts[self.i]
        self.i += 1
        self.expect("TABLE", 905)
        tables: list[ast.TableRef] = []
        while True:
            at = self.starts[self.i]
            table = ast.TableRef(self.dotted_name(903), pos=at)
            self._modifiers(table)
            tables.append(table)
            if not self.accept(","):
                break
        self.expect("IN", 905)
        start = self.i
        while self.keys[self.i] in ("ROW", "SHARE", "UPDATE", "EXCLUSIVE"):
            self.i += 1
        mode = self.upper_text(start)
        if mode not in _LOCK_MODES:
            raise self.error(905)
        self.expect("MODE", 905)
        node = ast.LockTable(tables, mode, pos=pos)
        if self.accept("NOWAIT"):
            node.wait = "NOWAIT"
        elif self.accept("WAIT"):
            node.wait = self.integer(905)
        return node

    def explain_plan(self) -> ast.ExplainPlan:
        pos = self.starts[self.i]
        self.i += 1
        self.expect("PLAN", 905)
        statement_id = None
        if self.accept("SET"):
            self.expect("STATEMENT_ID", 905)
            self.expect("=", 927)
            if self.keys[self.i] != STRING:
                raise self.error(905)
            statement_id = self.string(905)
        into = self.dotted_name(903) if self.accept("INTO") else None
        self.expect("FOR", 905)
        return ast.ExplainPlan(self.statement(), statement_id, into, pos=pos)

    def call_procedure(self) -> ast.CallProcedure:
        pos = self.starts[self.i]
        self.i += 1
        at = self.starts[self.i]
        call = ast.Call(self.dotted_name(900, 4), pos=at)
        self.arguments(call)
        into: ast.Expr | None = None
        if self.accept("INTO"):
            into = self.bind()
        return ast.CallProcedure(call, into, pos=pos)

    def statement(self) -> ast.Statement:
        raise NotImplementedError


_LOCK_MODES = frozenset({"ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE"})
