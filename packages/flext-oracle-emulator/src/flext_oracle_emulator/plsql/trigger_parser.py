"""CREATE TRIGGER: its head, and the block that follows."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Literal

from ..sql import ast as sql
from ..sql.lexer import BIND
from . import ast
from .parser import PlsqlParser, parse_block

_EVENTS = ("INSERT", "UPDATE", "DELETE")


@dataclass(slots=True)
class Trigger:
    """`body` is the text from DECLARE or BEGIN on: lines count from there. `columns` are those of UPDATE OF."""

    name: tuple[str, ...]
    timing: Literal["BEFORE", "AFTER"]
    events: list[str]
    table: tuple[str, ...]
    description: str
    body: str
    row: bool = False
    columns: list[str] = field(default_factory=list)
    when: sql.Expr | None = None
    when_text: str | None = None
    old: str = "OLD"
    new: str = "NEW"
    enabled: bool = True
    refers_to_rows: bool = False


class TriggerParser(PlsqlParser):
    def trigger(self) -> Trigger:
        self.need("TRIGGER")
        start = self.i
        name = self.dotted()
        if self.keys[self.i] in ("INSTEAD", "FOR"):
            raise self.unsupported("INSTEAD OF triggers" if self.keys[self.i] == "INSTEAD" else "compound triggers")
        timing: Literal["BEFORE", "AFTER"] = "BEFORE" if self.accept("BEFORE") else "AFTER"
        if timing == "AFTER":
            self.need("AFTER")
        node = Trigger(name, timing, [], (), "", "")
        self._events(node)
        self.need("ON")
        if self.keys[self.i] in ("DATABASE", "SCHEMA"):
            raise self.unsupported(f"triggers on {self.keys[self.i]}")
        node.table = self.dotted()
        self._clauses(node)
        node.description = self.text(start)
        if self.keys[self.i] not in ("BEGIN", "DECLARE", "<<"):
            if self.keys[self.i] == "CALL":
                raise self.unsupported("CALL in a trigger")
            raise self.encountered("begin", "declare", "<<", "call", "when")
        node.body = self.sql[self.starts[self.i] :].rstrip("\0").rstrip()
        node.refers_to_rows = any(
            key == BIND and str(value).upper() in (node.old, node.new)
            for key, value in zip(self.keys[self.i :], self.values[self.i :], strict=True)
        )
        return node

    def _events(self, node: Trigger) -> None:
        while True:
            event = self.keys[self.i]
            if event not in _EVENTS:
                raise self.unsupported(f"triggers on {event}")
            self.i += 1
            node.events.append(event)
            if event == "UPDATE" and self.accept("OF"):
                node.columns.append(self.identifier())
                while self.accept(","):
                    node.columns.append(self.identifier())
            if not self.accept("OR"):
                return

    def _clauses(self, node: Trigger) -> None:
        while True:
            if self.accept("REFERENCING"):
                self._referencing(node)
            elif self.keys[self.i] == "FOR":
                self.i += 1
                self.need("EACH")
                self.need("ROW")
                node.row = True
            elif self.keys[self.i] in ("ENABLE", "DISABLE"):
                node.enabled = self.keys[self.i] == "ENABLE"
                self.i += 1
            elif self.keys[self.i] in ("FOLLOWS", "PRECEDES", "FORWARD", "REVERSE"):
                raise self.unsupported(f"{self.keys[self.i]} in a trigger")
            elif self.accept("WHEN"):
                start = self.i
                self.need("(")
                node.when = self.expr()
                self.need(")")
                node.when_text = self.text(start)
            else:
                return

    def _referencing(self, node: Trigger) -> None:
        while self.keys[self.i] in ("OLD", "NEW", "PARENT"):
            which = self.keys[self.i]
            if which == "PARENT":
                raise self.unsupported("PARENT in a trigger")
            self.i += 1
            self.accept("AS")
            name = self.identifier()
            if which == "OLD":
                node.old = name
            else:
                node.new = name


@functools.lru_cache(maxsize=200)
def parse_trigger(text: str, version: int) -> Trigger:
    """`text` begins with the word TRIGGER. Raises OracleError, ORA-03001 for kinds of triggers that are not known."""
    return TriggerParser(text, version).trigger()


@functools.lru_cache(maxsize=200)
def parse_trigger_body(text: str, version: int) -> ast.Block:
    return parse_block(text, version=version)
