"""Where the content of a LOB came from, so that it can be written back."""

from __future__ import annotations

from dataclasses import dataclass

from ..catalog.model import Relation


@dataclass(frozen=True, slots=True)
class LobSource:
    """A LOB column of one row; `rowid` is the row's "ROWID$" in PostgreSQL's binary format."""

    relation: Relation
    column: str
    rowid: bytes
