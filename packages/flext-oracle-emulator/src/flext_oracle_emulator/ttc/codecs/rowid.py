"""ROWID: 18 characters of base 64, six for the data object, three for the file, six for the block, three for the row.

`AAARwbAAYAAAAAfAAC` is object 0x11C1B, file 24, block 31, row 2. Inside the emulator a ROWID is that text in ASCII; the
struct of four numbers exists on the wire only.
"""

from __future__ import annotations

from typing import NamedTuple

from ...errors import OracleError

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
ROWID_LENGTH = 18


class Rowid(NamedTuple):
    data_object: int
    file: int
    block: int
    row: int


def _digits(value: int, width: int) -> str:
    return "".join(_ALPHABET[value >> shift & 63] for shift in range(6 * (width - 1), -1, -6))


def _number(text: str) -> int:
    value = 0
    for character in text:
        value = value << 6 | _VALUES[character]
    return value


def encode_rowid(rowid: Rowid) -> bytes:
    """Write the 18 characters."""
    return (
        _digits(rowid.data_object, 6) + _digits(rowid.file, 3) + _digits(rowid.block, 6) + _digits(rowid.row, 3)
    ).encode("ascii")


def decode_rowid(text: bytes) -> Rowid:
    """Read the 18 characters. Raises ORA-01410 if it is no ROWID."""
    characters = text.decode("ascii", "replace")
    if len(characters) != ROWID_LENGTH or not set(characters) <= _VALUES.keys():
        raise OracleError(1410, "invalid ROWID")
    return Rowid(_number(characters[:6]), _number(characters[6:9]), _number(characters[9:15]), _number(characters[15:]))
