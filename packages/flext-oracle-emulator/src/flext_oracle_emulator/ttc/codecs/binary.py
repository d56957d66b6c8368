"""BINARY_FLOAT and BINARY_DOUBLE: IEEE 754 big endian, made to sort as bytes.

A clear sign bit is set; a set one inverts all bits.
"""

from __future__ import annotations

import math
import struct

from ...errors import OracleError

_FLOAT = struct.Struct(">f")
_DOUBLE = struct.Struct(">d")
_INVERT = bytes(range(255, -1, -1))
_SIGN = 0x80


def _to_sortable(raw: bytes) -> bytes:
    if raw[0] & _SIGN:
        return raw.translate(_INVERT)
    return bytes((raw[0] | _SIGN,)) + raw[1:]


def _from_sortable(data: bytes) -> bytes:
    if data[0] & _SIGN:
        return bytes((data[0] & ~_SIGN,)) + data[1:]
    return data.translate(_INVERT)


def encode_binary_float(value: float) -> bytes:
    """Encode in 4 bytes, rounded to the nearest float; beyond its range it is infinite, as in Oracle."""
    try:
        return _to_sortable(_FLOAT.pack(value))
    except OverflowError:
        return _to_sortable(_FLOAT.pack(math.copysign(math.inf, value)))


def decode_binary_float(data: bytes) -> float:
    if len(data) != _FLOAT.size:
        raise OracleError(1722, "invalid number")
    return float(_FLOAT.unpack(_from_sortable(data))[0])


def encode_binary_double(value: float) -> bytes:
    return _to_sortable(_DOUBLE.pack(value))


def decode_binary_double(data: bytes) -> float:
    if len(data) != _DOUBLE.size:
        raise OracleError(1722, "invalid number")
    return float(_DOUBLE.unpack(_from_sortable(data))[0])
