"""CREATE TABLE and ALTER TABLE: columns, constraints, actions."""

from __future__ import annotations

from .. import ast
from .cursor import END, words
from .physical import PhysicalParser

_TABLE_CONSTRAINTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"})
_COLUMN_CONSTRAINTS = frozenset({"CONSTRAINT", "NOT", "NULL", "UNIQUE", "PRIMARY", "REFERENCES", "CHECK"})
#: What may stand after a column's name when its type is left out.
_NO_TYPE = _COLUMN_CONSTRAINTS | {
    "DEFAULT",
    "GENERATED",
    "AS",
    "VISIBLE",
    "INVISIBLE",
    ",",
    ")",
    END,
    "DROP",
    "ENCRYPT",
    "DECRYPT",
}
_PARTITION_WORDS = frozenset({"PARTITION", "PARTITIONS", "SUBPARTITION", "SUBPARTITIONS"})


class TableParser(PhysicalParser):
    # ---------------------------------------------------------------------------------------------- CREATE TABLE

    def create_table(self, pos: int, temporary: str | None) -> ast.CreateTable:
        """After CREATE [GLOBAL|PRIVATE TEMPORARY] TABLE."""
        if_not_exists = self.version >= 23 and self.accept_all("IF", "NOT", "EXISTS")
        node = ast.CreateTable(self.dotted_name(903), temporary=temporary, if_not_exists=if_not_exists, pos=pos)
        if self.keys[self.i] == "OF":
            raise self.unsupported("object and XMLType tables")
        if self.keys[self.i] == "(":
            self._relational_properties(node)
        elif self.keys[self.i] == END:
            raise self.error(906)
        while self._create_option(node):
            pass
        if self.keys[self.i] == "AS":
            self.i += 1
            start = self.i
            if self.keys[self.i] not in ("SELECT", "WITH", "("):
                raise self.error(928)
            node.query = self.query()
            node.query_text = self.text(start)
        elif not node.columns and self.accept_all("FOR", "EXCHANGE", "WITH", "TABLE"):
            node.exchange_with = self.dotted_name(903)
            if self.keys[self.i] != END:
                raise self.error(922)
        elif not node.columns:
            raise self.error(922 if self.keys[self.i] != END else 906)
        elif self.keys[self.i] != END:
            raise self.error(922)
        self._check_types(node)
        return node

    def _relational_properties(self, node: ast.CreateTable) -> None:
        self.i += 1
        while True:
            if self.keys[self.i] in _TABLE_CONSTRAINTS:
                node.constraints.append(self._table_constraint())
            elif self.keys[self.i] == "SUPPLEMENTAL":
                raise self.unsupported("SUPPLEMENTAL LOG")
            elif self.keys[self.i] == "PERIOD" and self.peek() == "FOR":
                raise self.unsupported("PERIOD FOR")
            else:
                node.columns.append(self._column_definition())
            if not self.accept(","):
                break
        self.expect(")", 907)

    def _check_types(self, node: ast.CreateTable) -> None:
        for column in node.columns:
            if node.query is not None:
                if column.type is not None:
                    raise self.error(1773, at=self._token_at(column.pos))
            elif column.type is None and column.virtual is None and not self._references(node, column):
                raise self.error(2263, at=self._token_at(column.pos))

    @staticmethod
    def _references(node: ast.CreateTable, column: ast.ColumnDef) -> bool:
        """A foreign key column may take the type of the referenced one."""
        return any(constraint.kind == "R" for constraint in column.constraints) or any(
            constraint.kind == "R" and column.name in constraint.columns for constraint in node.constraints
        )

    def _token_at(self, pos: int) -> int:
        return self.starts.index(pos)

    def _create_option(self, node: ast.CreateTable) -> bool:
        key, after = self.keys[self.i], self.peek()
        if key == "ON" and after == "COMMIT":
            self.i += 2
            self._on_commit(node)
            return True
        if key == "PARTITION":
            node.partitioning = self.partitioning()
            return node.partitioning is not None
        if key == "ORGANIZATION":
            self._organization(node)
            return True
        if key == "CLUSTER":
            raise self.unsupported("clusters")
        if key in ("MAPPING", "INCLUDING") and node.organization == "INDEX":
            self.i += 2
            return True
        if key in ("IMMUTABLE", "BLOCKCHAIN", "SHARING", "MEMOPTIMIZE", "ILM") or (key == "READ" and after == "ONLY"):
            raise self.unsupported(f"{key} in CREATE TABLE")
        option = self.table_option()
        if option is None:
            return False
        if option == "ROWDEPENDENCIES":
            node.row_dependencies = True
        node.options.append(option)
        return True

    def _on_commit(self, node: ast.CreateTable) -> None:
        action = self.accept_any("DELETE", "PRESERVE", "DROP")
        if action is None or node.temporary is None:
            raise self.error(922)
        if node.temporary == "PRIVATE":
            if action == "DELETE" or not self.accept("DEFINITION"):
                raise self.error(922)
        elif action == "DROP" or not self.accept("ROWS"):
            raise self.error(922)
        node.on_commit = "DELETE" if action == "DELETE" else "DROP" if action == "DROP" else "PRESERVE"

    def _organization(self, node: ast.CreateTable) -> None:
        self.i += 1
        kind = self.accept_any("HEAP", "INDEX", "EXTERNAL")
        if kind is None:
            raise self.error(922)
        if kind == "EXTERNAL":
            raise self.unsupported("external tables")
        node.organization = kind

    # --------------------------------------------------------------------------------------------------- columns

    def _column_definition(self) -> ast.ColumnDef:
        pos = self.starts[self.i]
        node = ast.ColumnDef(self.column_name(), pos=pos)
        if self.keys[self.i] not in _NO_TYPE:
            node.type = self.type_name()
        self.accept("SORT")
        while self._column_property(node):
            pass
        return node

    def _column_property(self, node: ast.ColumnDef) -> bool:
        key = self.keys[self.i]
        if key in _COLUMN_CONSTRAINTS:
            node.constraints.append(self._column_constraint(node.name))
        elif key in ("VISIBLE", "INVISIBLE"):
            self.i += 1
            node.visible = key == "VISIBLE"
        elif key == "DEFAULT" and node.default is None:
            self._default(node)
        elif key in ("GENERATED", "AS") and node.virtual is None and node.identity is None:
            if key == "AS" and self.peek() != "(":
                return False
            self._generated(node)
        elif key == "DROP" and self.peek() == "IDENTITY":
            self.i += 2
            node.drop_identity = True
        elif key == "DROP" and self.peek() == "DEFAULT" and self.version >= 23:
            self.i += 2
            node.drop_default = True
        elif key in ("ENCRYPT", "COLLATE", "DECRYPT"):
            raise self.unsupported(f"{key} on a column")
        else:
            return False
        return True

    def _default(self, node: ast.ColumnDef) -> None:
        self.i += 1
        if self.accept("ON"):
            self.expect("NULL", 908)
            node.default_on_null = True
        start = self.i
        node.default = self.value_expression()
        node.default_text = self.text(start)

    def _generated(self, node: ast.ColumnDef) -> None:
        """Identity, or a virtual column: `[GENERATED ALWAYS] AS (expr) [VIRTUAL]`."""
        pos = self.starts[self.i]
        always, on_null = True, False
        if self.accept("GENERATED"):
            if self.accept("BY"):
                self.expect("DEFAULT", 905)
                always = False
                if self.accept("ON"):
                    self.expect("NULL", 908)
                    on_null = True
            else:
                self.accept("ALWAYS")
        self.expect("AS", 905)
        if self.accept("IDENTITY"):
            node.identity = ast.IdentityDef(always, on_null, pos=pos)
            if self.accept("("):
                node.identity.options = self.sequence_options()
                self.expect(")", 907)
            else:
                node.identity.options = self.sequence_options()
            return
        self.expect("(", 906)
        start = self.i
        node.virtual = self.expression()
        node.virtual_text = self.text(start)
        self.expect(")", 907)
        self.accept("VIRTUAL")

    def sequence_options(self) -> dict[str, object]:
        raise NotImplementedError

    # ----------------------------------------------------------------------------------------------- constraints

    def _column_constraint(self, column: str) -> ast.ConstraintDef:
        node = ast.ConstraintDef("C", columns=[column], pos=self.starts[self.i])
        if self.accept("CONSTRAINT"):
            node.name = self.name(904, ": ")
        if self.accept("NOT"):
            self.expect("NULL", 908)
            node.kind = "NOT NULL"
        elif self.accept("NULL"):
            node.kind = "NULL"
        elif self.accept("UNIQUE"):
            node.kind = "U"
        elif self.accept("PRIMARY"):
            self.expect("KEY", 905)
            node.kind = "P"
        elif self.keys[self.i] == "REFERENCES":
            self._references_clause(node)
        elif self.keys[self.i] == "CHECK":
            self._check_condition(node)
        else:
            raise self.error(2253 if self.keys[self.i] == "FOREIGN" else 905)
        self._constraint_state(node)
        return node

    def _table_constraint(self) -> ast.ConstraintDef:
        node = ast.ConstraintDef("C", pos=self.starts[self.i])
        if self.accept("CONSTRAINT"):
            node.name = self.name(904, ": ")
        if self.accept("PRIMARY"):
            self.expect("KEY", 905)
            node.kind, node.columns = "P", self.name_list(904, ": ")
        elif self.accept("UNIQUE"):
            node.kind, node.columns = "U", self.name_list(904, ": ")
        elif self.accept("FOREIGN"):
            self.expect("KEY", 905)
            node.columns = self.name_list(904, ": ")
            if self.keys[self.i] != "REFERENCES":
                raise self.error(905)
            self._references_clause(node)
        elif self.keys[self.i] == "CHECK":
            self._check_condition(node)
        else:
            raise self.error(904, ": ")
        self._constraint_state(node)
        return node

    def _check_condition(self, node: ast.ConstraintDef) -> None:
        self.i += 1
        self.expect("(", 906)
        start = self.i
        node.condition = self.condition()
        node.condition_text = self.text(start)
        self.expect(")", 907)

    def _references_clause(self, node: ast.ConstraintDef) -> None:
        self.i += 1
        node.kind = "R"
        node.references = self.dotted_name(903)
        if self.keys[self.i] == "(":
            node.referenced_columns = self.name_list(904, ": ")
        if self.accept_all("ON", "DELETE"):
            if self.accept("CASCADE"):
                node.on_delete = "CASCADE"
            else:
                self.expect_all(905, "SET", "NULL")
                node.on_delete = "SET NULL"

    def _constraint_state(self, node: ast.ConstraintDef) -> None:
        while True:
            key, after = self.keys[self.i], self.peek()
            if key == "DEFERRABLE":
                self.i += 1
                node.deferrable = True
            elif key == "NOT" and after == "DEFERRABLE":
                self.i += 2
            elif key == "INITIALLY":
                self.i += 1
                mode = self.accept_any("IMMEDIATE", "DEFERRED")
                if mode is None:
                    raise self.error(922)
                node.initially_deferred = mode == "DEFERRED"
                node.deferrable = node.deferrable or node.initially_deferred
            elif key in ("ENABLE", "DISABLE") and after != "ROW":
                self.i += 1
                node.enabled = key == "ENABLE"
                if not node.enabled:
                    node.validate = False
            elif key in ("VALIDATE", "NOVALIDATE"):
                self.i += 1
                node.validate = key == "VALIDATE"
            elif key in ("RELY", "NORELY"):
                self.i += 1
                node.rely = key == "RELY"
            elif key == "USING" and after == "INDEX":
                node.using_index = self._using_index()
            elif key == "EXCEPTIONS" and after == "INTO":
                raise self.unsupported("EXCEPTIONS INTO")
            elif key == "PRECHECK" or key == "NOPRECHECK":
                raise self.unsupported(key)
            else:
                return

    def _using_index(self) -> str:
        self.i += 2
        start = self.i
        if self.keys[self.i] == "(":
            self.skip_parentheses()
        elif self.at_name() and self.keys[self.i] not in _INDEX_OPTION_WORDS:
            self.dotted_name(953)
        else:
            while self.index_option() is not None:
                pass
        return self.upper_text(start)

    # ----------------------------------------------------------------------------------------------- ALTER TABLE

    def alter_table(self, pos: int) -> ast.AlterTable:
        """After ALTER TABLE."""
        if_exists = self.version >= 23 and self.accept_all("IF", "EXISTS")
        node = ast.AlterTable(self.dotted_name(903), [], if_exists=if_exists, pos=pos)
        if self.keys[self.i] == END:
            raise self.error(2210)
        while self.keys[self.i] not in (END, ";"):
            node.actions.append(self._alter_action())
        return node

    def _alter_action(self) -> ast.AlterAction:
        key = self.keys[self.i]
        pos = self.starts[self.i]
        start = self.i
        if self.peek() in _PARTITION_WORDS and key in (
            "ADD",
            "DROP",
            "TRUNCATE",
            "EXCHANGE",
            "SPLIT",
            "MERGE",
            "MOVE",
            "RENAME",
            "COALESCE",
            "MODIFY",
        ):
            return self._partition_action(pos)
        if key == "ADD":
            return self._add(pos)
        if key == "MODIFY":
            return self._modify(pos)
        if key == "DROP":
            return self._drop(pos)
        if key == "SET":
            self.i += 1
            self.expect("UNUSED", 1735)
            return self._drop_columns(pos, set_unused=True)
        if key == "RENAME":
            return self._rename(pos)
        if key in ("ENABLE", "DISABLE"):
            return self._enable_disable(pos)
        if key == "READ":
            self.i += 1
            if not self.accept_any("ONLY", "WRITE"):
                raise self.error(1735)
            return ast.TableOption(self.upper_text(start), pos=pos)
        if key in ("MOVE", "SHRINK", "ALLOCATE", "DEALLOCATE", "UPGRADE", "MINIMIZE", "NOMINIMIZE"):
            self.rest_of_clause()
            return ast.TableOption(self.upper_text(start), pos=pos)
        option = self.table_option()
        if option is None:
            raise self.error(1735)
        return ast.TableOption(option, pos=pos)

    def _partition_action(self, pos: int) -> ast.TableOption:
        start = self.i
        self.rest_of_clause()
        return ast.TableOption(self.upper_text(start), pos=pos)

    def _add(self, pos: int) -> ast.AlterAction:
        self.i += 1
        if self.keys[self.i] in _TABLE_CONSTRAINTS:
            return ast.AddConstraint(self._table_constraint(), pos=pos)
        if self.keys[self.i] in ("SUPPLEMENTAL", "PERIOD") and self.peek() in ("LOG", "FOR"):
            raise self.unsupported(f"ADD {self.keys[self.i]} {self.peek()}")
        node = ast.AddColumns([], pos=pos)
        if not self.accept("("):
            node.columns.append(self._typed_column())
            return node
        while True:
            if self.keys[self.i] in _TABLE_CONSTRAINTS:
                node.constraints.append(self._table_constraint())
            else:
                node.columns.append(self._typed_column())
            if not self.accept(","):
                break
        self.expect(")", 907)
        return node

    def _typed_column(self) -> ast.ColumnDef:
        start = self.i
        column = self._column_definition()
        if column.type is None and column.virtual is None and not any(c.kind == "R" for c in column.constraints):
            raise self.error(2263, at=start)
        return column

    def _modify(self, pos: int) -> ast.AlterAction:
        self.i += 1
        key = self.keys[self.i]
        if key in ("CONSTRAINT", "PRIMARY", "UNIQUE"):
            return self._modify_constraint(pos)
        if key in ("LOB", "DEFAULT", "OPAQUE", "NESTED", "VARRAY") and self.peek() != "(":
            raise self.unsupported(f"MODIFY {key}")
        columns: list[ast.ColumnDef] = []
        if self.accept("("):
            columns.append(self._column_definition())
            while self.accept(","):
                columns.append(self._column_definition())
            self.expect(")", 907)
        else:
            columns.append(self._column_definition())
        return ast.ModifyColumns(columns, pos=pos)

    def _constraint_reference(self, node: ast.ModifyConstraint) -> None:
        """CONSTRAINT name, PRIMARY KEY, or UNIQUE (columns)."""
        if self.accept("CONSTRAINT"):
            node.name = self.name(904, ": ")
        elif self.accept("PRIMARY"):
            self.expect("KEY", 905)
            node.primary_key = True
        else:
            self.expect("UNIQUE", 905)
            node.unique_columns = self.name_list(904, ": ")

    def _modify_constraint(self, pos: int) -> ast.ModifyConstraint:
        node = ast.ModifyConstraint(None, None, pos=pos)
        self._constraint_reference(node)
        state = ast.ConstraintDef("C")
        start = self.i
        self._constraint_state(state)
        words = set(self.keys[start : self.i])
        if not words:
            raise self.error(1735)
        if words & {"DEFERRABLE", "INITIALLY"}:
            raise self.unsupported("changing when a constraint is checked")
        if words & {"ENABLE", "DISABLE"}:
            node.enable = state.enabled
        if words & {"VALIDATE", "NOVALIDATE"}:
            node.validate = state.validate
        node.cascade = self.accept("CASCADE")
        return node

    def _drop(self, pos: int) -> ast.AlterAction:
        self.i += 1
        if self.keys[self.i] in ("COLUMN", "("):
            return self._drop_columns(pos, set_unused=False)
        if self.accept("UNUSED"):
            self.expect("COLUMNS", 905)
            return ast.TableOption("DROP UNUSED COLUMNS", pos=pos)
        node = ast.DropConstraint(pos=pos)
        if self.accept("CONSTRAINT"):
            node.name = self.name(904, ": ")
        elif self.accept("PRIMARY"):
            self.expect("KEY", 905)
            node.primary_key = True
        elif self.accept("UNIQUE"):
            node.unique_columns = self.name_list(904, ": ")
        else:
            raise self.error(905)
        node.cascade = self.accept("CASCADE")
        if self.accept_any("KEEP", "DROP"):
            self.expect("INDEX", 905)
        self.accept("ONLINE")
        return node

    def _drop_columns(self, pos: int, *, set_unused: bool) -> ast.DropColumns:
        names = [self.name(904, ": ")] if self.accept("COLUMN") else self.name_list(904, ": ")
        node = ast.DropColumns(names, set_unused=set_unused, pos=pos)
        while True:
            if self.accept("CASCADE"):
                self.expect("CONSTRAINTS", 905)
                node.cascade = True
            elif self.accept("CHECKPOINT"):
                self.integer(905)
            elif self.accept_any("INVALIDATE", "ONLINE") is None:
                return node

    def _rename(self, pos: int) -> ast.AlterAction:
        self.i += 1
        if self.accept("TO"):
            return ast.RenameTo(self.name(903), pos=pos)
        if self.accept("COLUMN"):
            old = self.name(904, ": ")
            self.expect("TO", 946)
            return ast.RenameColumn(old, self.name(904, ": "), pos=pos)
        if self.accept("CONSTRAINT"):
            old = self.name(904, ": ")
            self.expect("TO", 946)
            return ast.RenameConstraint(old, self.name(904, ": "), pos=pos)
        raise self.error(946)

    def _enable_disable(self, pos: int) -> ast.AlterAction:
        start = self.i
        enable = self.keys[self.i] == "ENABLE"
        self.i += 1
        if self.accept_all("ROW", "MOVEMENT") or self.accept_all("TABLE", "LOCK"):
            return ast.TableOption(self.upper_text(start), pos=pos)
        if self.accept_all("ALL", "TRIGGERS"):
            return ast.TableOption(self.upper_text(start), pos=pos)
        node = ast.ModifyConstraint(None, enable, pos=pos)
        validate = self.accept_any("VALIDATE", "NOVALIDATE")
        if validate is not None:
            node.validate = validate == "VALIDATE"
        self._constraint_reference(node)
        if self.keys[self.i] == "USING" and self.peek() == "INDEX":
            self._using_index()
        node.cascade = self.accept("CASCADE")
        if self.accept_any("KEEP", "DROP"):
            self.expect("INDEX", 905)
        return node


_INDEX_OPTION_WORDS = words(
    """
    TABLESPACE STORAGE PCTFREE INITRANS LOGGING NOLOGGING LOCAL GLOBAL COMPUTE PARALLEL NOPARALLEL ONLINE REVERSE ENABLE
    DISABLE VALIDATE NOVALIDATE RELY NORELY NOCOMPRESS VISIBLE INVISIBLE UNUSABLE
    """
)
