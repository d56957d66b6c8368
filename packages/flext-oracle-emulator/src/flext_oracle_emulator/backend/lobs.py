"""Where the content of a LOB came from, so that it can be written back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..catalog.model import Relation
from .base import Lob
from .statements import Prepared
from .transcode import decode_rows


@dataclass(frozen=True, slots=True)
class LobSource:
    """A LOB column of one row; `rowid` is the row's "ROWID$" in PostgreSQL's binary format."""

    relation: Relation
    column: str
    rowid: bytes


def returned_rows(prepared: Prepared, raw: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of RETURNING. Their LOBs can be written to, for the statement has locked their row."""
    rows = decode_rows(raw, prepared.decoders)
    target = prepared.translation.target
    if prepared.has_lobs and prepared.translation.hidden_columns and target is not None:
        for index in _stored_columns(prepared):
            for before, row in zip(raw, rows, strict=True):
                if isinstance(row[index], Lob):
                    row[index].source = LobSource(target, prepared.columns[index].name, before[-1])
    return rows


def _stored_columns(prepared: Prepared) -> Sequence[int]:
    return [index for index, stored in enumerate(prepared.stored) if stored]
