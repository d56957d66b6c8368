"""The two authentication calls, and the key/value PARAMETER message that answers them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..buffer import ReadBuffer, key_values, ub
from ..constants import TNS_MSG_TYPE_PARAMETER


@dataclass(frozen=True, slots=True)
class Auth:
    """`phase` 1 asks for the verifier; 2 proves the password, or changes it on a live session.

    `pairs` keeps the order, since keys of an application context repeat. It holds secrets (session keys, passwords).
    """

    phase: int
    user: str
    mode: int
    pairs: tuple[tuple[str, str], ...] = field(repr=False)

    def value(self, key: str) -> str:
        return next((value for name, value in self.pairs if name == key), "")


def read_auth(buffer: ReadBuffer, phase: int) -> Auth:
    """Read the call after its function header."""
    has_user = buffer.u8()
    buffer.ub()  # length of the user name
    mode = buffer.ub()
    buffer.u8()  # pointer
    count = buffer.ub()
    buffer.skip(2)  # pointers
    user = buffer.text() if has_user else ""
    pairs = []
    for _ in range(count):
        key = buffer.two_length_text().rstrip("\x00")
        pairs.append((key, buffer.two_length_text()))
        buffer.ub()  # flags
    return Auth(phase, user, mode, tuple(pairs))


def make_parameters(pairs: Iterable[tuple[str, str, int]]) -> bytes:
    listed = list(pairs)
    return bytes((TNS_MSG_TYPE_PARAMETER,)) + ub(len(listed)) + key_values(listed)
