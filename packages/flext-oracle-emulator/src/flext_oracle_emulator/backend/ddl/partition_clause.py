"""Reads the recorded text of PARTITION BY clauses and of ALTER TABLE .. PARTITION."""

from __future__ import annotations

from dataclasses import dataclass

from ...sql.lexer import END, QUOTED, Tokens, tokenize


@dataclass(slots=True)
class Item:
    name: str | None
    values: list[str] | None = None


class Clause:
    """Reads the text of `PARTITION BY ..` and of what follows ALTER TABLE .. PARTITION."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: Tokens = tokenize(text)
        self.i = 0

    @property
    def key(self) -> str:
        return self.tokens.keys[self.i]

    def accept(self, *keys: str) -> bool:
        if self.tokens.keys[self.i : self.i + len(keys)] == list(keys):
            self.i += len(keys)
            return True
        return False

    def name(self) -> str:
        self.i += 1
        return str(self.tokens.values[self.i - 1])

    def is_name(self) -> bool:
        return self.key == QUOTED or self.key.isidentifier()

    def bracketed(self) -> list[str]:
        """The texts between the commas of a bracket that opens here."""
        parts: list[str] = []
        depth = 0
        start = self.tokens.ends[self.i]
        while self.key != END:
            depth += (self.key == "(") - (self.key == ")")
            if depth == 0 or (depth == 1 and self.key == ","):
                parts.append(self.text[start : self.tokens.starts[self.i]].strip())
                start = self.tokens.ends[self.i]
            self.i += 1
            if depth == 0:
                break
        return parts

    def skip(self) -> None:
        if self.key == "(":
            self.bracketed()
        else:
            self.i += 1

    def item(self) -> Item:
        """`[name] [VALUES LESS THAN (..) | VALUES (..)] ..` after PARTITION, up to the comma or the end."""
        item = Item(None)
        if self.is_name() and self.key not in ("VALUES", "TABLESPACE"):
            item.name = self.name()
        if self.accept("VALUES"):
            self.accept("LESS", "THAN")
            item.values = self.bracketed()
        while self.key not in (",", ")", END):
            self.skip()
        return item


def read_clause(text: str) -> tuple[str, list[str], str | None, str | None, list[Item], int]:
    """Method, columns, interval, method of subpartitions, named partitions, number of unnamed ones."""
    clause = Clause(text)
    clause.accept("MODIFY")
    clause.accept("PARTITION", "BY")
    clause.accept("CONSISTENT")
    method = clause.key
    clause.i += 1
    names = [_fold(name) for name in clause.bracketed()] if clause.key == "(" else []
    interval = sub = None
    items: list[Item] = []
    count = 0
    while clause.key != END:
        if clause.accept("INTERVAL"):
            interval = ", ".join(clause.bracketed())
        elif clause.accept("SUBPARTITION", "BY"):
            sub = clause.key
            clause.i += 1
        elif clause.accept("PARTITIONS"):
            count = int(clause.name()) if clause.key != "AUTO" else 1
        elif clause.key == "(" and clause.tokens.keys[clause.i + 1] == "PARTITION":
            clause.i += 1
            while clause.accept("PARTITION") or clause.accept(","):
                if clause.tokens.keys[clause.i - 1] == "PARTITION":
                    items.append(clause.item())
            clause.i += 1
        else:
            clause.skip()
    return method, names, interval, sub, items, count


def _fold(name: str) -> str:
    name = name.strip()
    return name[1:-1] if name.startswith('"') else name.upper()
