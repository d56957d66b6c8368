"""VECTOR: the image on the wire, and the text that the database keeps of it.

image   db, version, u16be flags, u8 format, u32be dimensions, [8 bytes norm], [sparse: u16be n, n u32be], values
text    a letter for the format, and the values as JSON: `f:[1,2.5]`; a capital letter for a sparse vector, whose
        values are [dimensions,[places from 0],[values]]; binary vectors hold bytes: `b:[255,0]` has 16 dimensions
"""

from __future__ import annotations

import json
import math
import struct
from typing import Any

from ...errors import OracleError
from .binary import decode_binary_double, decode_binary_float, encode_binary_double, encode_binary_float

#: Letter of the text -> number of the format on the wire.
VECTOR_FORMATS = {"f": 2, "d": 3, "i": 4, "b": 5}
_LETTERS = {number: letter for letter, number in VECTOR_FORMATS.items()}
_SIZES = {"f": 4, "d": 8, "i": 1, "b": 1}
_MAGIC = 0xDB
_VERSION_BASE, _VERSION_BINARY, _VERSION_SPARSE = 0, 1, 2
_FLAG_NORM = 0x0002
_FLAG_NORM_RESERVED = 0x0010
_FLAG_SPARSE = 0x0020
_HEAD = struct.Struct(">BBHBI")


def _broken() -> OracleError:
    return OracleError(51805, "Vector is not properly formatted (dimension value is either not a number or infinity)")


def decode_vector(image: bytes) -> str:
    """The text of an image. Raises ORA-51805 for what is none."""
    if len(image) < _HEAD.size:
        raise _broken()
    magic, version, flags, number, dimensions = _HEAD.unpack_from(image)
    letter = _LETTERS.get(number)
    if magic != _MAGIC or version > _VERSION_SPARSE or letter is None:
        raise _broken()
    position = _HEAD.size
    if flags & (_FLAG_NORM | _FLAG_NORM_RESERVED):
        position += 8
    if flags & _FLAG_SPARSE:
        count = int.from_bytes(image[position : position + 2], "big")
        places = image[position + 2 : position + 2 + 4 * count]
        if len(places) != 4 * count:
            raise _broken()
        values = _values(letter, image[position + 2 + 4 * count :], count)
        indices = list(struct.unpack(f">{count}I", places))
        return f"{letter.upper()}:{json.dumps([dimensions, indices, values], separators=(',', ':'))}"
    count = dimensions // 8 if letter == "b" else dimensions
    return f"{letter}:{json.dumps(_values(letter, image[position:], count), separators=(',', ':'))}"


def _values(letter: str, data: bytes, count: int) -> list[Any]:
    size = _SIZES[letter]
    if len(data) < count * size:
        raise _broken()
    values: list[Any]
    if letter == "i":
        values = [byte - 256 if byte > 127 else byte for byte in data[:count]]
    elif letter == "b":
        values = list(data[:count])
    else:
        decode = decode_binary_float if letter == "f" else decode_binary_double
        values = [decode(data[start : start + size]) for start in range(0, count * size, size)]
    if not all(map(math.isfinite, values)):
        raise _broken()
    return values


def encode_vector(text: str) -> bytes:
    """The image of a text that the database keeps."""
    letter, values = text[0].lower(), json.loads(text[2:])
    places = None
    if text[0].isupper():
        dimensions, places, values = values
    else:
        dimensions = len(values) * (8 if letter == "b" else 1)
    match letter:
        case "f":
            data = b"".join(encode_binary_float(float(value)) for value in values)
        case "d":
            data = b"".join(encode_binary_double(float(value)) for value in values)
        case "i":
            data = struct.pack(f"{len(values)}b", *map(int, values))
        case _:
            data = bytes(values)
    flags = _FLAG_NORM_RESERVED | (0 if letter == "b" else _FLAG_NORM) | (0 if places is None else _FLAG_SPARSE)
    version = _VERSION_SPARSE if places is not None else _VERSION_BINARY if letter == "b" else _VERSION_BASE
    head = _HEAD.pack(_MAGIC, version, flags, VECTOR_FORMATS[letter], dimensions) + bytes(8)
    if places is not None:
        head += struct.pack(f">H{len(places)}I", len(places), *places)
    return head + data
