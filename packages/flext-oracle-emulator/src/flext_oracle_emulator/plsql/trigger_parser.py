"""CREATE TRIGGER: its head, and the block or the sections of a compound trigger that follow."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Literal

from ..sql import ast as sql
from ..sql.lexer import BIND, END
from . import ast
from .parser import PlsqlParser, parse_block

_EVENTS = ("INSERT", "UPDATE", "DELETE")
Timing = Literal["BEFORE", "AFTER", "INSTEAD OF", "COMPOUND"]
#: When sections of compound triggers run.
POINTS = ("BEFORE STATEMENT", "BEFORE EACH ROW", "AFTER EACH ROW", "AFTER STATEMENT", "INSTEAD OF EACH ROW")


@dataclass(slots=True)
class Trigger:
    """`body` is the text from DECLARE, BEGIN or COMPOUND on: lines count from there. `columns` are those of UPDATE OF.

    `follows` names triggers that run before this one, `precedes` those that run after it.
    """

    name: tuple[str, ...]
    timing: Timing
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
    points: tuple[str, ...] = ()  # of a compound trigger
    follows: list[tuple[str, ...]] = field(default_factory=list)
    precedes: list[tuple[str, ...]] = field(default_factory=list)

    def runs_at(self, point: str) -> bool:
        """Whether it has something to do at one of POINTS."""
        if self.timing == "COMPOUND":
            return point in self.points
        return point == f"{self.timing} {'EACH ROW' if self.row else 'STATEMENT'}"


@dataclass(slots=True)
class Compound:
    """A compound trigger: what its sections share, and the sections by POINTS."""

    declarations: list[ast.Declaration]
    sections: dict[str, ast.Block]


class TriggerParser(PlsqlParser):
    def trigger(self) -> Trigger:
        self.need("TRIGGER")
        start = self.i
        name = self.dotted()
        timing: Timing = "AFTER"
        if self.accept("INSTEAD"):
            self.need("OF")
            timing = "INSTEAD OF"
        elif self.accept("FOR"):
            timing = "COMPOUND"
        elif self.accept("BEFORE"):
            timing = "BEFORE"
        else:
            self.need("AFTER")
        node = Trigger(name, timing, [], (), "", "")
        self._events(node)
        self.need("ON")
        if self.keys[self.i] in ("DATABASE", "SCHEMA"):
            raise self.unsupported(f"triggers on {self.keys[self.i]}")
        node.table = self.dotted()
        self._clauses(node)
        node.row |= timing == "INSTEAD OF"
        node.description = self.text(start)
        if timing == "COMPOUND":
            self._compound(node)
        elif self.keys[self.i] not in ("BEGIN", "DECLARE", "<<"):
            if self.keys[self.i] == "CALL":
                raise self.unsupported("CALL in a trigger")
            raise self.encountered("begin", "declare", "<<", "call", "when")
        node.body = self.sql[self.starts[self.i] :].rstrip("\0").rstrip()
        node.refers_to_rows = any(
            key == BIND and str(value).upper() in (node.old, node.new)
            for key, value in zip(self.keys[self.i :], self.values[self.i :], strict=True)
        )
        return node

    def _compound(self, node: Trigger) -> None:
        start = self.i
        node.points = tuple(self.compound().sections)
        node.row = any(point.endswith("ROW") for point in node.points)
        self.i = start

    def compound(self) -> Compound:
        """`COMPOUND TRIGGER declarations sections END [name];`."""
        self.need("COMPOUND")
        self.need("TRIGGER")
        declarations = self.declarations("BEFORE", "AFTER", "INSTEAD", "END", END)
        sections: dict[str, ast.Block] = {}
        while self.keys[self.i] != "END":
            point = self._point()
            if point in sections:
                raise self.encountered("end")
            if not self.accept("IS"):
                self.need("AS")
            line = self.line()
            section = self._section(line, self.declarations("BEGIN", END))
            for word in point.split():
                self.need(word)
            self.need(";")
            sections[point] = section
        self.need("END")
        if self.at_name():
            self.i += 1
        self.need(";")
        return Compound(declarations, sections)

    def _point(self) -> str:
        for point in POINTS:
            words = point.split()
            if self.keys[self.i : self.i + len(words)] == words:
                self.i += len(words)
                return point
        raise self.encountered("after", "before", "instead", "end")

    def _section(self, line: int, declarations: list[ast.Declaration]) -> ast.Block:
        """A body up to its END, which the point follows instead of a name."""
        self.need("BEGIN")
        body = self._statements("EXCEPTION", "END")
        handlers: list[ast.Handler] = []
        if self.accept("EXCEPTION"):
            while self.keys[self.i] == "WHEN":
                handlers.append(self._handler())
        self.need("END")
        return ast.Block(declarations, body, handlers, line=line)

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
            elif self.keys[self.i] in ("FOLLOWS", "PRECEDES"):
                order = node.follows if self.accept("FOLLOWS") else node.precedes
                if order is node.precedes:
                    self.i += 1
                order.append(self.dotted())
                while self.accept(","):
                    order.append(self.dotted())
            elif self.keys[self.i] in ("FORWARD", "REVERSE"):
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


@functools.lru_cache(maxsize=200)
def parse_compound(text: str, version: int) -> Compound:
    """`text` begins with COMPOUND TRIGGER."""
    return TriggerParser(text, version).compound()
