"""Session and transaction statements, privileges, comments, and the dispatch on a statement's first word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .. import ast
from ..messages import syntax_error
from .cursor import END, NATIONAL, NUMBER, QUOTED, STRING, words
from .objects import ObjectParser

_OBJECT_PRIVILEGES = words(
    """
    SELECT INSERT UPDATE DELETE ALTER INDEX REFERENCES READ WRITE EXECUTE ALL DEBUG FLASHBACK UNDER USE MERGE KEEP
    INHERIT TRANSLATE ON QUERY
    """
)
_COMMENT_KINDS = frozenset({"TABLE", "COLUMN"})
_OTHER_COMMENT_KINDS = frozenset({"INDEXTYPE", "OPERATOR", "MINING", "EDITION", "AUDIT", "PROPERTY"})
_SESSION_SWITCHES = frozenset({"ENABLE", "DISABLE", "FORCE", "CLOSE", "ADVISE", "SYNC"})
_UNSUPPORTED_STATEMENTS = frozenset({"AUDIT", "NOAUDIT", "ASSOCIATE", "DISASSOCIATE", "ADMINISTER"})


class StatementParser(ObjectParser):
    def statement(self) -> ast.Statement:
        """One statement; the caller checks that nothing follows."""
        key = self.keys[self.i]
        if key == "(":
            return self.query()
        handler = _STATEMENTS.get(key)
        if handler is None:
            if key in _UNSUPPORTED_STATEMENTS:
                raise self.unsupported(key)
            error = self.error(900)
            raise syntax_error(900, self.starts[self.i]) if error.code == 911 else error
        return handler(self)

    # ---------------------------------------------------------------------------------------------- transactions

    def commit(self) -> ast.Commit:
        pos = self.starts[self.i]
        self.i += 1
        self.accept("WORK")
        if self.keys[self.i] == "FORCE":
            raise self.unsupported("COMMIT FORCE")
        if self.accept("COMMENT"):
            self.string(905)
        if self.accept("WRITE"):
            self.accept_any("IMMEDIATE", "BATCH")
            self.accept_any("WAIT", "NOWAIT")
        return ast.Commit(pos=pos)

    def rollback(self) -> ast.Rollback:
        pos = self.starts[self.i]
        self.i += 1
        self.accept("WORK")
        if self.keys[self.i] == "FORCE":
            raise self.unsupported("ROLLBACK FORCE")
        if not self.accept("TO"):
            return ast.Rollback(pos=pos)
        self.accept("SAVEPOINT")
        return ast.Rollback(self.name(905), pos=pos)

    def savepoint(self) -> ast.Savepoint:
        pos = self.starts[self.i]
        self.i += 1
        return ast.Savepoint(self.name(905), pos=pos)

    def set_statement(self) -> ast.Statement:
        pos = self.starts[self.i]
        self.i += 1
        if self.accept("TRANSACTION"):
            return self._set_transaction(pos)
        if self.accept_any("CONSTRAINT", "CONSTRAINTS"):
            names: list[tuple[str, ...]] | None = None
            if not self.accept("ALL"):
                names = [self.dotted_name(905)]
                while self.accept(","):
                    names.append(self.dotted_name(905))
            mode = self.accept_any("IMMEDIATE", "DEFERRED")
            if mode is None:
                raise self.error(905)
            return ast.SetConstraints(names, mode == "DEFERRED", pos=pos)
        if self.accept("ROLE"):
            start = self.i
            self._role_list()
            if self.keys[self.i] == "IDENTIFIED":
                raise self.unsupported("roles with a password")
            return ast.SetRole(self.upper_text(start), pos=pos)
        raise self.error(922)

    def _set_transaction(self, pos: int) -> ast.SetTransaction:
        mode = ""
        if self.accept("READ"):
            which = self.accept_any("ONLY", "WRITE")
            if which is None:
                raise self.error(905)
            mode = f"READ {which}"
        elif self.accept("ISOLATION"):
            self.expect("LEVEL", 905)
            if self.accept("SERIALIZABLE"):
                mode = "SERIALIZABLE"
            else:
                self.expect_all(905, "READ", "COMMITTED")
                mode = "READ COMMITTED"
        elif self.keys[self.i] == "USE":
            raise self.unsupported("USE ROLLBACK SEGMENT")
        name = self.string(905) if self.accept("NAME") else None
        if not mode and name is None:
            raise self.error(905)
        return ast.SetTransaction(mode, name, pos=pos)

    # --------------------------------------------------------------------------------------------------- session

    def alter_session(self, pos: int) -> ast.AlterSession:
        """After ALTER SESSION."""
        node = ast.AlterSession(pos=pos)
        key = self.keys[self.i]
        if key in _SESSION_SWITCHES:
            start = self.i
            self.rest_of_clause()
            node.others.append(self.upper_text(start))
            return node
        if not self.accept("SET"):
            raise self.error(2248)
        while self.keys[self.i] not in (END, ";"):
            if self.keys[self.i] == "EVENTS":
                self.i += 1
                node.others.append(f"EVENTS {self.string(2248)}")
                continue
            if not (self.at_name() or self.keys[self.i][:1].isalpha()):
                raise self.error(2248)
            name = self.keys[self.i] if self.keys[self.i] != QUOTED else self.values[self.i]
            self.i += 1
            self.expect("=", 927)
            node.settings[name] = self._setting()
            if name == "ISOLATION_LEVEL" and node.settings[name].upper() == "READ" and self.accept("COMMITTED"):
                node.settings[name] = "READ COMMITTED"
        if not node.settings and not node.others:
            raise self.error(2248)
        return node

    def _setting(self) -> str:
        key = self.keys[self.i]
        if key in ("-", "+") and self.peek() == NUMBER:
            self.i += 2
            return f"{key}{self.values[self.i - 1]}"
        if key not in (STRING, NATIONAL, NUMBER, QUOTED) and not key[:1].isalpha():
            raise self.error(2248)
        self.i += 1
        value: str = self.values[self.i - 1]
        while self.accept("."):  # a service or user name with dots
            value += f".{self.values[self.i]}"
            self.i += 1
        return value

    # ------------------------------------------------------------------------------------------------ privileges

    def grant(self) -> ast.Grant:
        pos = self.starts[self.i]
        revoke = self.keys[self.i] == "REVOKE"
        self.i += 1
        node = ast.Grant([], [], revoke=revoke, pos=pos)
        first = self.i
        stop = "FROM" if revoke else "TO"
        while True:
            self._privilege(node, stop)
            if not self.accept(","):
                break
        if self.accept("ON"):
            if self.keys[self.i] in ("DIRECTORY", "USER", "EDITION", "JAVA", "MINING", "SQL") and self.at_name_or_word(
                1
            ):
                node.on_kind = self.keys[self.i]
                self.i += 1
            node.on = self.dotted_name(903)
            if any(privilege.split()[0] not in _OBJECT_PRIVILEGES for privilege in node.privileges):
                raise self.error(990, at=first)
        self.expect(stop, 905)
        node.grantees.append(self._grantee())
        while self.accept(","):
            node.grantees.append(self._grantee())
        self._grant_options(node)
        return node

    def at_name_or_word(self, distance: int) -> bool:
        return self.at_name(distance) or self.peek(distance)[:1].isalpha()

    def _privilege(self, node: ast.Grant, stop: str) -> None:
        """A privilege of one or more words, or a role; `(columns)` may follow."""
        start = self.i
        words: list[str] = []
        while self.keys[self.i] == QUOTED or (self.keys[self.i][:1].isalpha() and self.keys[self.i] != stop):
            if self.keys[self.i] == "ON" and words and words[0] != "ON":
                break
            words.append(self.values[self.i])
            self.i += 1
        if not words:
            raise self.error(990)
        privilege = "ALL" if words == ["ALL", "PRIVILEGES"] else " ".join(words)
        node.privileges.append(privilege)
        if self.keys[self.i] == "(":
            if privilege not in ("INSERT", "UPDATE", "REFERENCES", "SELECT", "READ", "ALL"):
                raise self.error(990, at=start)
            node.columns[privilege] = self.name_list(904, ": ")

    def _grantee(self) -> str:
        if self.accept("PUBLIC"):
            return "PUBLIC"
        name = self.name(987)
        if self.keys[self.i] == "IDENTIFIED":
            raise self.unsupported("GRANT .. IDENTIFIED BY")
        return name

    def _grant_options(self, node: ast.Grant) -> None:
        if node.revoke:
            if self.accept("CASCADE"):
                self.expect("CONSTRAINTS", 905)
            else:
                self.accept("FORCE")
        elif self.accept("WITH"):
            if self.accept_any("GRANT", "ADMIN", "DELEGATE", "HIERARCHY") is None:
                raise self.error(905)
            self.expect("OPTION", 994)
            node.with_option = True
        if self.keys[self.i] == "CONTAINER" and self.peek() == "=":
            self.i += 3

    # ---------------------------------------------------------------------------------------------- the small ones

    def comment(self) -> ast.Comment:
        pos = self.starts[self.i]
        self.i += 1
        self.expect("ON", 969)
        kind = self.keys[self.i]
        if kind == "MATERIALIZED" and self.peek() == "VIEW":
            self.i += 1
            kind = "MATERIALIZED VIEW"
        elif kind in _OTHER_COMMENT_KINDS:
            raise self.unsupported(f"COMMENT ON {kind}")
        elif kind not in _COMMENT_KINDS:
            raise self.error(32594)
        self.i += 1
        name = self.dotted_name(1747 if kind == "COLUMN" else 903, 3 if kind == "COLUMN" else 2)
        if kind == "COLUMN" and len(name) == 1:
            raise self.error(1747)
        self.expect("IS", 905)
        return ast.Comment(kind, name, self.string(905), pos=pos)

    def rename(self) -> ast.Rename:
        pos = self.starts[self.i]
        self.i += 1
        old = self.name(903)
        self.expect("TO", 946)
        return ast.Rename(old, self.name(903), pos=pos)

    def flashback_table(self) -> ast.FlashbackTable:
        pos = self.starts[self.i]
        self.i += 1
        if self.keys[self.i] != "TABLE":
            raise self.unsupported(f"FLASHBACK {self.keys[self.i]}")
        self.i += 1
        node = ast.FlashbackTable([self.dotted_name(903)], pos=pos)
        while self.accept(","):
            node.names.append(self.dotted_name(903))
        self.expect("TO", 905)
        kind = self.accept_any("SCN", "TIMESTAMP", "BEFORE", "RESTORE")
        if kind is None:
            raise self.error(905)
        if kind == "RESTORE":
            raise self.unsupported("FLASHBACK TABLE TO RESTORE POINT")
        if kind == "BEFORE":
            self.expect("DROP", 905)
            if self.accept("RENAME"):
                self.expect("TO", 905)
                self.name(903)
            return node
        node.moment = ("SCN" if kind == "SCN" else "TIMESTAMP", self.value_expression())
        if self.keys[self.i] == "ENABLE":
            raise self.unsupported("FLASHBACK TABLE with ENABLE TRIGGERS")
        if self.accept("DISABLE"):
            self.expect("TRIGGERS", 905)
        return node

    def purge(self) -> ast.Purge:
        return ast.Purge(self._rest(), pos=self.starts[0])

    def analyze(self) -> ast.Analyze:
        return ast.Analyze(self._rest(), pos=self.starts[0])

    def _rest(self) -> str:
        self.i += 1
        start = self.i
        if self.keys[self.i] == END:
            raise self.error(905)
        self.rest_of_clause()
        return self.upper_text(start)

    def block(self) -> ast.Statement:
        raise NotImplementedError


if TYPE_CHECKING:
    Handler = Callable[[StatementParser], ast.Statement]

_STATEMENTS: dict[str, Handler] = {
    "SELECT": StatementParser.query,
    "WITH": StatementParser.query,
    "INSERT": StatementParser.insert,
    "UPDATE": StatementParser.update,
    "DELETE": StatementParser.delete,
    "MERGE": StatementParser.merge,
    "LOCK": StatementParser.lock_table,
    "CREATE": StatementParser.create,
    "ALTER": StatementParser.alter,
    "DROP": StatementParser.drop,
    "TRUNCATE": StatementParser.truncate,
    "RENAME": StatementParser.rename,
    "GRANT": StatementParser.grant,
    "REVOKE": StatementParser.grant,
    "COMMENT": StatementParser.comment,
    "COMMIT": StatementParser.commit,
    "ROLLBACK": StatementParser.rollback,
    "SAVEPOINT": StatementParser.savepoint,
    "SET": StatementParser.set_statement,
    "EXPLAIN": StatementParser.explain_plan,
    "FLASHBACK": StatementParser.flashback_table,
    "CALL": StatementParser.call_procedure,
    "PURGE": StatementParser.purge,
    "ANALYZE": StatementParser.analyze,
    "BEGIN": lambda parser: parser.block(),
    "DECLARE": lambda parser: parser.block(),
    "<<": lambda parser: parser.block(),
}
