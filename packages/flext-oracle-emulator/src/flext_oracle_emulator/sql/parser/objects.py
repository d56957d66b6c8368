"""CREATE, ALTER and DROP of everything but tables: views, indexes, sequences, synonyms, users, roles, code."""

from __future__ import annotations

from .. import ast
from .cursor import END, words
from .tables import TableParser

_CODE = frozenset({"PROCEDURE", "FUNCTION", "PACKAGE", "TRIGGER", "TYPE", "LIBRARY", "JAVA"})
_DROP_KINDS = frozenset(
    {
        "TABLESPACE",
        "TABLE",
        "VIEW",
        "INDEX",
        "SEQUENCE",
        "SYNONYM",
        "USER",
        "ROLE",
        "PROCEDURE",
        "FUNCTION",
        "PACKAGE",
        "TRIGGER",
        "TYPE",
    }
)
_UNSUPPORTED_OBJECTS = words(
    """
    DATABASE TABLESPACE DIRECTORY CONTEXT CLUSTER DIMENSION OPERATOR INDEXTYPE PROFILE ROLLBACK PFILE SPFILE CONTROLFILE
    EDITION OUTLINE RESTORE SCHEMA DISKGROUP FLASHBACK PLUGGABLE AUDIT LOCKDOWN HIERARCHY ATTRIBUTE ANALYTIC BIGFILE
    UNDO TEMPORARY LIBRARY JAVA INMEMORY MLE PROPERTY DOMAIN MATERIALIZED
    """
)


class ObjectParser(TableParser):
    # ----------------------------------------------------------------------------------------------------- CREATE

    def create(self) -> ast.Statement:
        pos = self.starts[self.i]
        self.i += 1
        or_replace = False
        if self.accept("OR"):
            self.expect("REPLACE", 905)
            or_replace = True
        self.accept_any("EDITIONABLE", "NONEDITIONABLE")
        key, after = self.keys[self.i], self.peek()
        if key in _CODE:
            return self.create_code(pos, or_replace=or_replace)
        if key in ("VIEW", "FORCE") or (key == "NO" and after == "FORCE"):
            return self._create_view(pos, or_replace=or_replace)
        if key in ("SYNONYM", "PUBLIC"):
            return self._create_synonym(pos, or_replace=or_replace)
        if or_replace:
            raise self.error(922)
        return self._create_other(pos)

    def _create_other(self, pos: int) -> ast.Statement:
        key, after = self.keys[self.i], self.peek()
        if self.accept("TABLE"):
            return self.create_table(pos, None)
        if key in ("GLOBAL", "PRIVATE") and after == "TEMPORARY":
            self.i += 2
            self.expect("TABLE", 905)
            return self.create_table(pos, key)
        if key == "MATERIALIZED" and after == "VIEW":
            return self._create_materialized_view(pos)
        if key in ("INDEX", "UNIQUE", "BITMAP", "MULTIVALUE"):
            return self._create_index(pos)
        if self.accept("SEQUENCE"):
            self._if_not_exists()
            return ast.CreateSequence(self.dotted_name(922), self.sequence_options(), pos=pos)
        if self.accept("USER"):
            return self._create_user(pos)
        if self.accept("ROLE"):
            name = self.name(922)
            if self.accept("NOT"):
                self.expect("IDENTIFIED", 954)
            elif self.keys[self.i] == "IDENTIFIED":
                raise self.unsupported("roles with a password")
            return ast.CreateRole(name, pos=pos)
        if key in ("TABLESPACE", "BIGFILE", "SMALLFILE", "TEMPORARY", "UNDO") and (
            key == "TABLESPACE" or "TABLESPACE" in (after, self.peek(2))
        ):
            return self._create_tablespace(pos)
        if key in _UNSUPPORTED_OBJECTS or (
            key in ("SHARDED", "DUPLICATED", "IMMUTABLE", "BLOCKCHAIN") and after == "TABLE"
        ):
            raise self.unsupported(f"CREATE {key}")
        raise self.error(901)

    def _create_tablespace(self, pos: int) -> ast.CreateTablespace:
        self.accept_any("BIGFILE", "SMALLFILE")
        kind = self.accept_any("TEMPORARY", "UNDO")
        self.expect("TABLESPACE", 901)
        name = self.name(2216)
        start = self.i
        self.rest_of_clause()
        return ast.CreateTablespace(name, kind or "PERMANENT", self.upper_text(start), pos=pos)

    def _if_not_exists(self) -> bool:
        return self.version >= 23 and self.accept_all("IF", "NOT", "EXISTS")

    def _create_view(self, pos: int, *, or_replace: bool) -> ast.CreateView:
        force = False
        if self.accept("NO"):
            self.expect("FORCE", 905)
        elif self.accept("FORCE"):
            force = True
        self.accept_any("EDITIONABLE", "NONEDITIONABLE", "EDITIONING")
        self.expect("VIEW", 901)
        if_not_exists = self._if_not_exists()
        name = self.dotted_name(903)
        columns: list[str] | None = None
        constraints: list[ast.ConstraintDef] = []
        if self.keys[self.i] == "(":
            columns, constraints = self._view_columns()
        if self.keys[self.i] in ("OF", "BEQUEATH", "DEFAULT", "SHARING", "CONTAINER_MAP"):
            self._view_properties()
        self.expect("AS", 905)
        query, text = self._view_query()
        return ast.CreateView(name, query, text, columns, constraints, or_replace, force, if_not_exists, pos=pos)

    def _view_columns(self) -> tuple[list[str], list[ast.ConstraintDef]]:
        columns: list[str] = []
        constraints: list[ast.ConstraintDef] = []
        self.i += 1
        while True:
            if self.keys[self.i] in ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"):
                constraints.append(self._table_constraint())
            else:
                columns.append(self.name(904, ": "))
                self.accept_any("VISIBLE", "INVISIBLE")
                while self.keys[self.i] in ("CONSTRAINT", "NOT", "UNIQUE", "PRIMARY", "REFERENCES"):
                    constraints.append(self._column_constraint(columns[-1]))
            if not self.accept(","):
                break
        self.expect(")", 907)
        return columns, constraints

    def _view_properties(self) -> None:
        if self.accept("BEQUEATH"):
            if self.accept_any("CURRENT_USER", "DEFINER") is None:
                raise self.error(905)
        elif self.keys[self.i] == "DEFAULT" and self.peek() == "COLLATION":
            self._default_collation()
        else:
            raise self.unsupported(f"{self.keys[self.i]} in CREATE VIEW")

    def _view_query(self) -> tuple[ast.Query, str]:
        """The defining query and its source."""
        if self.keys[self.i] not in ("SELECT", "WITH", "("):
            raise self.error(928)
        start = self.i
        query = self.query()
        query.with_check = self.with_check()
        return query, self.text(start)

    def _create_materialized_view(self, pos: int) -> ast.CreateMaterializedView:
        self.i += 2
        if self.keys[self.i] == "LOG":
            raise self.unsupported("CREATE MATERIALIZED VIEW LOG")
        name = self.dotted_name(903)
        columns = None
        if self.keys[self.i] == "(":
            columns, _ = self._view_columns()
        node = ast.CreateMaterializedView(name, ast.Query(ast.Select([], [])), "", columns, pos=pos)
        while self._materialized_view_clause(node):
            pass
        self.expect("AS", 905)
        node.query, node.query_text = self._view_query()
        return node

    def _materialized_view_clause(self, node: ast.CreateMaterializedView) -> bool:
        key, after = self.keys[self.i], self.peek()
        if key == "BUILD":
            self.i += 1
            build = self.accept_any("IMMEDIATE", "DEFERRED")
            if build is None:
                raise self.error(905)
            node.build = build
        elif key == "REFRESH":
            self.i += 1
            self._refresh(node)
        elif key == "NEVER" and after == "REFRESH":
            self.i += 2
            node.refresh_method = "NEVER"
        elif key in ("ENABLE", "DISABLE") and after in ("QUERY", "ON"):
            self.i += 2
            self.expect("REWRITE" if after == "QUERY" else "QUERY", 905)
            if after == "ON":
                self.expect("COMPUTATION", 905)
            node.query_rewrite = key == "ENABLE" and after == "QUERY"
        elif key == "USING" and after in ("INDEX", "NO"):
            self.i += 1
            self.accept("NO")
            self.expect("INDEX", 905)
            while self.index_option() is not None:
                pass
        elif key == "ON" and after == "PREBUILT":
            raise self.unsupported("ON PREBUILT TABLE")
        elif key == "FOR" and after == "UPDATE":
            raise self.unsupported("updatable materialized views")
        elif key == "PARTITION":
            node.options.append(self.partitioning() or "")
        else:
            option = self.table_option()
            if option is None:
                return False
            node.options.append(option)
        return True

    def _refresh(self, node: ast.CreateMaterializedView) -> None:
        while True:
            key = self.keys[self.i]
            if key in ("FAST", "COMPLETE", "FORCE"):
                self.i += 1
                node.refresh_method = key
            elif key == "ON" and self.peek() in ("DEMAND", "COMMIT", "STATEMENT"):
                if self.peek() == "STATEMENT":
                    raise self.unsupported("REFRESH ON STATEMENT")
                node.refresh_mode = self.peek()
                self.i += 2
            elif key in ("START", "NEXT"):
                raise self.unsupported("scheduled refresh of materialized views")
            elif key == "WITH" and self.peek() in ("PRIMARY", "ROWID"):
                self.i += 2
                self.accept("KEY")
            elif key == "USING" and self.peek() in ("TRUSTED", "ENFORCED"):
                self.i += 2
                self.expect("CONSTRAINTS", 905)
            else:
                return

    def _create_index(self, pos: int) -> ast.CreateIndex:
        unique, bitmap = self.accept("UNIQUE"), self.accept("BITMAP")
        if self.keys[self.i] == "MULTIVALUE":
            raise self.unsupported("multivalue indexes")
        self.expect("INDEX", 901)
        self._if_not_exists()
        name = self.dotted_name(953)
        self.expect("ON", 969)
        if self.keys[self.i] == "CLUSTER":
            raise self.unsupported("cluster indexes")
        table = self.dotted_name(903)
        if self.at_name():
            self.table_alias()
        self.expect("(", 906)
        columns: list[ast.OrderItem] = []
        texts: list[str] = []
        while True:
            start = self.i
            item = ast.OrderItem(self.value_expression(), pos=self.starts[start])
            texts.append(self.text(start))
            item.descending = self.accept("DESC")
            if not item.descending:
                self.accept("ASC")
            columns.append(item)
            if not self.accept(","):
                break
        self.expect(")", 907)
        node = ast.CreateIndex(name, table, columns, texts, unique, bitmap, pos=pos)
        if self.keys[self.i] == "FROM" or self.keys[self.i] == "WHERE":
            raise self.unsupported("bitmap join indexes") if bitmap else self.error(933)
        while (option := self.index_option()) is not None:
            node.options.append(option)
        return node

    def sequence_options(self) -> dict[str, object]:
        """START WITH, INCREMENT BY, [NO]MINVALUE, [NO]MAXVALUE, [NO]CACHE, [NO]CYCLE, [NO]ORDER, KEEP."""
        options: dict[str, object] = {}
        while True:
            key = self.keys[self.i]
            if key == "START" and self.peek() == "WITH":
                self.i += 2
                if self.accept("LIMIT"):
                    self.expect("VALUE", 905)
                    options["START"] = None
                else:
                    options["START"] = self.integer(905)
            elif key == "INCREMENT":
                self.i += 1
                self.expect("BY", 924)
                options["INCREMENT"] = self.integer(905)
            elif key in ("MINVALUE", "MAXVALUE", "CACHE"):
                self.i += 1
                options[key] = self.integer(905)
            elif key in ("NOMINVALUE", "NOMAXVALUE", "NOCACHE"):
                self.i += 1
                options[key[2:]] = None
            elif key in ("CYCLE", "NOCYCLE", "ORDER", "NOORDER"):
                self.i += 1
                options[key.removeprefix("NO")] = not key.startswith("NO")
            elif key in ("KEEP", "NOKEEP", "GLOBAL", "NOSCALE", "NOSHARD"):
                self.i += 1
            elif key in ("SESSION", "SCALE", "SHARD"):
                raise self.unsupported(f"{key} sequences")
            else:
                return options

    def _create_synonym(self, pos: int, *, or_replace: bool) -> ast.Statement:
        public = self.accept("PUBLIC")
        if public and self.keys[self.i] == "DATABASE":
            raise self.unsupported("CREATE PUBLIC DATABASE LINK")
        self.expect("SYNONYM", 901)
        if_not_exists = self._if_not_exists()
        name = self.dotted_name(995)
        self.expect("FOR", 905)
        target = self.dotted_name(903)
        return ast.CreateSynonym(name, target, public, or_replace, self.db_link(), if_not_exists, pos=pos)

    # -------------------------------------------------------------------------------------------------- users

    def _create_user(self, pos: int) -> ast.CreateUser:
        self._if_not_exists()
        node = ast.CreateUser(self.name(1935), pos=pos)
        if self.keys[self.i] == "NO" and self.peek() == "AUTHENTICATION":
            self.i += 2
        else:
            self.expect("IDENTIFIED", 1935)
            self._identified(node)
        self._user_clauses(node)
        return node

    def alter_user(self, pos: int) -> ast.CreateUser:
        node = ast.CreateUser(self.name(1935), alter=True, pos=pos)
        start = self.i
        if self.accept("IDENTIFIED"):
            self._identified(node)
            if self.accept("REPLACE"):
                node.replace_password = self._password()
        self._user_clauses(node)
        if self.i == start:
            raise self.error(922)
        return node

    def _identified(self, node: ast.CreateUser) -> None:
        if self.accept("BY"):
            if self.keys[self.i] == "VALUES":
                raise self.unsupported("IDENTIFIED BY VALUES")
            node.password = self._password()
            return
        if self.keys[self.i] in ("EXTERNALLY", "GLOBALLY"):
            raise self.unsupported(f"IDENTIFIED {self.keys[self.i]}")
        raise self.error(924)

    def _password(self) -> str:
        """A password is an identifier whose case counts also without quotes."""
        start = self.i
        key = self.keys[self.i]
        if not (self.at_name() or key[:1].isalpha()):
            raise self.error(988)
        self.i += 1
        return self.values[start] if key == '"' else self.text(start)

    def _user_clauses(self, node: ast.CreateUser) -> None:
        while True:
            start = self.i
            key, after = self.keys[self.i], self.peek()
            if key in ("DEFAULT", "TEMPORARY") and after == "TABLESPACE":
                self.i += 2
                self.name(922)
            elif key == "LOCAL" and after == "TEMPORARY":
                self.i += 3
                self.name(922)
            elif key == "QUOTA":
                self._quota()
            elif key == "PROFILE":
                self.i += 1
                if not self.accept("DEFAULT"):
                    self.name(922)
            elif key == "PASSWORD" and after == "EXPIRE":
                self.i += 2
                node.expire = True
            elif key == "ACCOUNT" and after in ("LOCK", "UNLOCK"):
                self.i += 2
                node.lock = after == "LOCK"
            elif key in ("ENABLE", "DISABLE") and after in ("EDITIONS", "DICTIONARY"):
                self.i += 2
                self.accept("PROTECTION")
            elif key == "CONTAINER" and after == "=":
                self.i += 3
            elif key == "DEFAULT" and after in ("ROLE", "COLLATION"):
                self.i += 2
                self._role_list()
            elif key in ("GRANT", "REVOKE") and after == "CONNECT":
                self._proxy_clause()
            else:
                return
            node.options.append(self.upper_text(start))

    def _proxy_clause(self) -> None:
        self.i += 2
        self.expect("THROUGH", 922)
        self.name(922)

    def _quota(self) -> None:
        self.i += 1
        if not self.accept("UNLIMITED"):
            self.integer(922)
            self.accept_any("K", "M", "G", "T", "P")
        self.expect("ON", 969)
        self.name(922)

    def _role_list(self) -> None:
        if self.accept("NONE"):
            return
        if self.accept("ALL") and not self.accept("EXCEPT"):
            return
        self.name(922)
        while self.accept(","):
            self.name(922)

    # ----------------------------------------------------------------------------------------------- ALTER, DROP

    def alter(self) -> ast.Statement:
        pos = self.starts[self.i]
        self.i += 1
        key, after = self.keys[self.i], self.peek()
        if self.accept("TABLE"):
            return self.alter_table(pos)
        if self.accept("SESSION"):
            return self.alter_session(pos)
        if self.accept("SYSTEM"):
            start = self.i
            self.rest_of_clause()
            return ast.AlterSystem(self.upper_text(start), pos=pos)
        if self.accept("USER"):
            return self.alter_user(pos)
        if self.accept("SEQUENCE"):
            return self._alter_sequence(pos)
        if key == "MATERIALIZED" and after == "VIEW" and self.peek(2) != "LOG":
            self.i += 2
            return self._alter_object("MATERIALIZED VIEW", pos)
        if key in ("VIEW", "INDEX", "PROCEDURE", "FUNCTION", "PACKAGE", "TRIGGER", "TYPE", "SYNONYM"):
            self.i += 1
            return self._alter_object(key, pos)
        if key in _UNSUPPORTED_OBJECTS or key == "ROLE":
            raise self.unsupported(f"ALTER {key}")
        raise self.error(940)

    def _alter_sequence(self, pos: int) -> ast.CreateSequence:
        node = ast.CreateSequence(self.dotted_name(922), alter=True, pos=pos)
        node.restart = self.accept("RESTART")
        node.options = self.sequence_options()
        if self.accept("RESTART"):
            node.restart = True
            node.options |= self.sequence_options()
        if not node.options and not node.restart:
            raise self.error(922)
        return node

    def _alter_object(self, kind: str, pos: int) -> ast.AlterObject:
        node = ast.AlterObject(kind, self.dotted_name(953 if kind == "INDEX" else 903), "", pos=pos)
        start = self.i
        if self.keys[self.i] == END:
            raise self.error(922)
        if self.accept("RENAME"):
            self.expect("TO", 946)
            node.rename_to = self.name(903)
        else:
            if self.keys[self.i] not in _ALTER_ACTIONS:
                raise self.error(922)
            self.rest_of_clause()
        node.text = self.upper_text(start)
        return node

    def drop(self) -> ast.Statement:
        pos = self.starts[self.i]
        self.i += 1
        public = self.keys[self.i] == "PUBLIC" and self.peek() == "SYNONYM" and self.accept("PUBLIC")
        kind = self.keys[self.i]
        if kind == "MATERIALIZED" and self.peek() == "VIEW":
            self.i += 1
            kind = "MATERIALIZED VIEW"
            if self.peek() == "LOG":
                raise self.unsupported("materialized view logs")
        elif kind not in _DROP_KINDS:
            if kind in _UNSUPPORTED_OBJECTS or kind == "PUBLIC":
                raise self.unsupported(f"DROP {kind}")
            raise self.error(950)
        self.i += 1
        if kind in ("PACKAGE", "TYPE") and self.keys[self.i] == "BODY" and self.at_name(1):
            self.i += 1
            kind += " BODY"
        node = ast.Drop(kind, (), public=public, pos=pos)
        node.if_exists = self.version >= 23 and self.accept_all("IF", "EXISTS")
        node.name = self.dotted_name({"INDEX": 953, "USER": 1935, "SYNONYM": 995, "TABLE": 903}.get(kind, 903))
        self._drop_options(node)
        return node

    def _drop_options(self, node: ast.Drop) -> None:
        if node.kind in ("TABLE", "VIEW") and self.accept("CASCADE"):
            self.expect("CONSTRAINTS", 905)
            node.cascade = True
        elif node.kind == "USER":
            node.cascade = self.accept("CASCADE")
        if node.kind == "TABLE":
            node.purge = self.accept("PURGE")
        elif node.kind == "MATERIALIZED VIEW" and self.accept("PRESERVE"):
            raise self.unsupported("PRESERVE TABLE")
        elif node.kind == "INDEX":
            self.accept("ONLINE")
            if not self.accept("FORCE") and self.accept_any("DEFERRED", "IMMEDIATE"):
                self.expect("INVALIDATION", 905)
        elif node.kind == "TABLESPACE" and self.accept("INCLUDING"):
            self.expect("CONTENTS", 905)
            node.purge = True
            if self.accept("AND"):
                self.expect("DATAFILES", 905)
            if self.accept("CASCADE"):
                self.expect("CONSTRAINTS", 905)
                node.cascade = True
        elif node.kind in ("SYNONYM", "TYPE"):
            node.cascade = self.accept_any("FORCE", "VALIDATE") == "FORCE" and node.kind == "TYPE"

    def truncate(self) -> ast.Truncate:
        pos = self.starts[self.i]
        self.i += 1
        if self.keys[self.i] == "CLUSTER":
            raise self.unsupported("clusters")
        self.expect("TABLE", 3290)
        node = ast.Truncate(self.dotted_name(903), pos=pos)
        if self.accept_any("PRESERVE", "PURGE"):
            self.expect_all(905, "MATERIALIZED", "VIEW", "LOG")
        if self.accept("DROP"):
            self.accept("ALL")
            self.expect("STORAGE", 3291)
        elif self.accept("REUSE"):
            self.expect("STORAGE", 3291)
        node.cascade = self.accept("CASCADE")
        return node

    # ------------------------------------------------------------------------------------------ what others have

    def alter_session(self, pos: int) -> ast.AlterSession:
        raise NotImplementedError

    def create_code(self, pos: int, *, or_replace: bool) -> ast.CreateCode:
        raise NotImplementedError


_ALTER_ACTIONS = words(
    """
    COMPILE REBUILD COALESCE ENABLE DISABLE VISIBLE INVISIBLE UNUSABLE MONITORING NOMONITORING PARALLEL NOPARALLEL
    LOGGING NOLOGGING REFRESH BUILD CONSIDER CACHE NOCACHE COMPRESS NOCOMPRESS PCTFREE INITRANS EDITIONABLE
    NONEDITIONABLE MODIFY ADD DROP READ SHRINK STORAGE
    """
)
