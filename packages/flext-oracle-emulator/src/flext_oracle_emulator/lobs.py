"""The LOBs that one client holds locators of, and the operations on their content.

Offsets and amounts of character LOBs count UTF-16 code units, as Oracle does; offsets start at 1. Character data
travels in UTF-16BE: every locator says so.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache

from .backend.base import CSFRM_NATIONAL, Lob, OracleType
from .errors import OracleError, unsupported
from .ttc.constants import TNS_CHARSET_UTF8, TNS_CHARSET_UTF16, TNS_LOB_LOCATOR_LENGTH
from .ttc.rows import lob_size

_FLAG_BLOB = 0x01
_FLAG_CLOB = 0x02
# Clients free a locator that carries one of these when they drop it. So the table does not grow with each row fetched.
_FLAG_ABSTRACT = 0x40
_FLAG_TEMPORARY = 0x01
_FLAG_INITIALIZED = 0x08
_FLAG_VARIABLE_WIDTH = 0x80
_TAG = slice(24, 32)
_ID = slice(32, 40)


@dataclass(slots=True)
class LobState:
    lob: Lob
    is_open: bool = False


class LobTable:
    """Locators and what they stand for. A locator of another session is unknown here."""

    def __init__(self) -> None:
        self._states: dict[int, LobState] = {}
        self._next_id = 1
        self._tag = secrets.token_bytes(8)

    def __len__(self) -> int:
        return len(self._states)

    def register(self, lob: Lob, *, temporary: bool = False) -> bytes:
        """Return a new locator of 40 bytes."""
        locator = bytearray(TNS_LOB_LOCATOR_LENGTH)
        locator[1] = TNS_LOB_LOCATOR_LENGTH - 2
        locator[3] = 1  # version
        locator[4] = _FLAG_BLOB if lob.type is OracleType.BLOB else _FLAG_CLOB
        locator[5] = _FLAG_INITIALIZED
        if lob.type is not OracleType.BLOB:
            locator[6] = _FLAG_VARIABLE_WIDTH
        if temporary:
            locator[7] = _FLAG_TEMPORARY
        else:
            locator[4] |= _FLAG_ABSTRACT
        locator[_TAG] = self._tag
        locator[_ID] = self._next_id.to_bytes(8, "big")
        self._states[self._next_id] = LobState(lob)
        self._next_id += 1
        return bytes(locator)

    def get(self, locator: bytes) -> LobState:
        """Find a LOB. Raises ORA-22922 for a locator that was freed or never given out."""
        state = None
        if len(locator) == TNS_LOB_LOCATOR_LENGTH and locator[_TAG] == self._tag:
            state = self._states.get(int.from_bytes(locator[_ID], "big"))
        if state is None:
            raise OracleError(22922, "nonexistent LOB value")
        return state

    def free(self, locator: bytes) -> None:
        if len(locator) == TNS_LOB_LOCATOR_LENGTH and locator[_TAG] == self._tag:
            self._states.pop(int.from_bytes(locator[_ID], "big"), None)


def make_temporary(type_number: int, csfrm: int) -> Lob:
    if type_number == OracleType.BLOB:
        return Lob(OracleType.BLOB, b"")
    if type_number == OracleType.CLOB:
        return Lob(OracleType.CLOB, "", csfrm)
    raise unsupported(f"a temporary LOB of type {type_number}")


def lob_charset(lob: Lob) -> int:
    return TNS_CHARSET_UTF16 if lob.csfrm == CSFRM_NATIONAL else TNS_CHARSET_UTF8


def _units(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


@lru_cache(maxsize=1)
def _all_units(text: str) -> bytes:
    """Kept for the next piece of the same LOB: clients read large ones in pieces."""
    return _units(text)


def read_lob(lob: Lob, offset: int, amount: int) -> tuple[bytes, int]:
    """Return the bytes for the wire and how many characters (or bytes) they are."""
    if offset < 1:
        raise OracleError(24801, "illegal parameter value in OCI lob function")
    start, end = offset - 1, offset - 1 + amount
    if isinstance(lob.data, bytes):
        data = lob.data[start:end]
        return data, len(data)
    units = _units(lob.data[start:end]) if lob.data.isascii() else _all_units(lob.data)[2 * start : 2 * end]
    return units, len(units) // 2


def write_lob(lob: Lob, offset: int, data: bytes) -> None:
    """Replace content from `offset` on; a gap behind the end is filled with blanks, or zero bytes."""
    if offset < 1:
        raise OracleError(24801, "illegal parameter value in OCI lob function")
    start = offset - 1
    if isinstance(lob.data, bytes):
        lob.data = lob.data[:start].ljust(start, b"\x00") + data + lob.data[start + len(data) :]
        return
    old = _units(lob.data)
    if start * 2 > len(old):
        old += b"\x00 " * (start - len(old) // 2)
    changed = old[: 2 * start] + data + old[2 * start + len(data) :]
    lob.data = changed.decode("utf-16-be", "surrogatepass")


def trim_lob(lob: Lob, length: int) -> None:
    """Cut to `length`. Raises ORA-22926 if the LOB is shorter."""
    if length > lob_size(lob):
        raise OracleError(22926, "specified trim length is greater than current LOB value's length")
    if isinstance(lob.data, bytes):
        lob.data = lob.data[:length]
    else:
        lob.data = _units(lob.data)[: 2 * length].decode("utf-16-be", "surrogatepass")
