"""LOB values that know the row they came from, so that DBMS_LOB can change it there."""

from __future__ import annotations

from typing import Any

from ..backend.base import Lob, OracleType

#: The source of a LOB that was read without FOR UPDATE: its row may not be changed through it (ORA-22920).
UNLOCKED = object()


class LobText(str):
    """The content of a CLOB column."""

    source: object
    csfrm: int


class LobBytes(bytes):
    """The content of a BLOB column."""

    source: object


def with_source(data: str | bytes, source: object | None, csfrm: int = 1) -> Any:
    """The content as a value that remembers where it is stored; plain content of a temporary LOB."""
    if source is None:
        return data
    value: LobText | LobBytes
    if isinstance(data, str):
        value = LobText(data)
        value.csfrm = csfrm
    else:
        value = LobBytes(data)
    value.source = source
    return value


def source_of(value: Any) -> object | None:
    return getattr(value, "source", None)


def lob_of(value: str | bytes) -> Lob:
    """What the backend writes."""
    kind = OracleType.BLOB if isinstance(value, bytes) else OracleType.CLOB
    source = source_of(value)
    plain = bytes(value) if isinstance(value, bytes) else str.__str__(value)
    return Lob(kind, plain, getattr(value, "csfrm", 1), None if source is UNLOCKED else source)
