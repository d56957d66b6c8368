"""The primitives of TTC: variable-length integers and length-prefixed bytes.

    ub4, ub8   a length byte, then that many big-endian bytes; 0 is the single byte 00
    sb4        the same, bit 0x80 of the length byte is the sign
    bytes      a length byte up to 252 and the data; 00 and ff are null
               fe starts chunks { ub4 n, n bytes } that end with n = 0
    bytes2     ub4 n, and if n > 0 a `bytes`

A request has no length: the reader raises `NeedData` where the bytes end, and the caller tries again from its last safe
point when more have come.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Concatenate, ParamSpec, TypeVar

from ..tns.errors import RemoteProtocolError

MAX_SHORT_LENGTH = 252
NULL_LENGTH = 255
LONG_LENGTH = 254
ESCAPE_LENGTH = 253
_SIGN = 0x80
_CHUNK_SIZE = 0x7FFF


class NeedData(Exception):  # noqa: N818 - a signal, not an error
    """The buffer ends inside a field."""


class ReadBuffer:
    """Bytes received and not yet parsed. `pos` is where the next field starts."""

    __slots__ = ("data", "pos")

    def __init__(self, data: bytes = b"") -> None:
        self.data = data
        self.pos = 0

    def feed(self, data: bytes) -> None:
        """Append; what lies before `pos` is forgotten."""
        self.data = self.data[self.pos :] + data if self.pos < len(self.data) else data
        self.pos = 0

    def clear(self) -> None:
        self.data = b""
        self.pos = 0

    @property
    def unread(self) -> int:
        return len(self.data) - self.pos

    def raw(self, length: int) -> bytes:
        end = self.pos + length
        if end > len(self.data):
            raise NeedData
        value = self.data[self.pos : end]
        self.pos = end
        return value

    def skip(self, length: int) -> None:
        self.raw(length)

    def u8(self) -> int:
        pos = self.pos
        if pos >= len(self.data):
            raise NeedData
        self.pos = pos + 1
        return self.data[pos]

    def u16be(self) -> int:
        return int.from_bytes(self.raw(2), "big")

    def u16le(self) -> int:
        return int.from_bytes(self.raw(2), "little")

    def ub(self) -> int:
        """ub2, ub4 or ub8: they differ in nothing but their maximum."""
        length = self.u8()
        if length == 0:
            return 0
        if length > 8:
            raise RemoteProtocolError(f"an integer of {length} bytes")
        return int.from_bytes(self.raw(length), "big")

    def length_bytes(self) -> bytes | None:
        """A length-prefixed value in its short or chunked form."""
        length = self.u8()
        if length <= MAX_SHORT_LENGTH:
            return self.raw(length) if length else None
        if length == NULL_LENGTH:
            return None
        if length != LONG_LENGTH:
            raise RemoteProtocolError(f"a length byte of {length}")
        chunks = []
        while chunk := self.ub():
            chunks.append(self.raw(chunk))
        return b"".join(chunks)

    def two_length_bytes(self) -> bytes | None:
        """A value preceded by its length twice."""
        return self.length_bytes() if self.ub() else None

    def text(self) -> str:
        return decode_text(self.length_bytes())

    def two_length_text(self) -> str:
        return decode_text(self.two_length_bytes())

    def null_terminated(self) -> bytes:
        end = self.data.find(b"\x00", self.pos)
        if end < 0:
            if self.unread > 1024:
                raise RemoteProtocolError("a name without an end")
            raise NeedData
        value = self.data[self.pos : end]
        self.pos = end + 1
        return value


Parameters = ParamSpec("Parameters")
Field = TypeVar("Field")

#: A reader that stops (yields) where the bytes end and goes on when it is resumed after more were fed.
Reader = Generator[None, None, Field]


def atomically(
    buffer: ReadBuffer,
    read: Callable[Concatenate[ReadBuffer, Parameters], Field],
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Reader[Field]:
    """Read something small: it starts anew whenever the bytes end inside it."""
    while True:
        start = buffer.pos
        try:
            return read(buffer, *args, **kwargs)
        except NeedData:
            buffer.pos = start
            yield


def read_raw(buffer: ReadBuffer, length: int) -> Reader[bytes]:
    """Read `length` bytes, of any size, without starting anew."""
    if buffer.unread >= length:
        return buffer.raw(length)
    parts = []
    while length:
        part = buffer.raw(min(length, buffer.unread))
        length -= len(part)
        parts.append(part)
        if length:
            yield
    return b"".join(parts)


def read_length_bytes(buffer: ReadBuffer) -> Reader[bytes | None]:
    """Read a `bytes` of any size without starting anew at its first chunk."""
    length = yield from atomically(buffer, ReadBuffer.u8)
    if length <= MAX_SHORT_LENGTH:
        return (yield from read_raw(buffer, length)) or None
    if length == NULL_LENGTH:
        return None
    if length != LONG_LENGTH:
        raise RemoteProtocolError(f"a length byte of {length}")
    chunks = []
    while chunk := (yield from atomically(buffer, ReadBuffer.ub)):
        chunks.append((yield from read_raw(buffer, chunk)))
    return b"".join(chunks)


def decode_text(data: bytes | None) -> str:
    """Text of the protocol itself (names, keys, SQL), which must be UTF-8."""
    try:
        return data.decode() if data else ""
    except UnicodeDecodeError as error:
        raise RemoteProtocolError("text that is not UTF-8") from error


_SMALL = tuple(b"\x00" if value == 0 else bytes((1, value)) for value in range(256))


def ub(value: int) -> bytes:
    """Encode ub2, ub4 or ub8 in the shortest form."""
    if value < 256:
        return _SMALL[value]
    length = (value.bit_length() + 7) // 8
    return bytes((length,)) + value.to_bytes(length, "big")


def sb(value: int) -> bytes:
    """Encode sb2, sb4 or sb8."""
    if value >= 0:
        return ub(value)
    encoded = ub(-value)
    return bytes((encoded[0] | _SIGN,)) + encoded[1:]


def length_bytes(data: bytes | None) -> bytes:
    """Encode `bytes`; empty and None are null."""
    if not data:
        return b"\x00"
    if len(data) <= MAX_SHORT_LENGTH:
        return bytes((len(data),)) + data
    return chunked_bytes(data)


def chunked_bytes(data: bytes) -> bytes:
    """Encode `bytes` in the chunked form, whatever its size."""
    parts = [b"\xfe"]
    for start in range(0, len(data), _CHUNK_SIZE):
        chunk = data[start : start + _CHUNK_SIZE]
        parts += (ub(len(chunk)), chunk)
    parts.append(b"\x00")
    return b"".join(parts)


def two_length_bytes(data: bytes | None) -> bytes:
    """Encode `bytes2`."""
    return ub(len(data)) + length_bytes(data) if data else b"\x00"


def two_length_text(text: str) -> bytes:
    return two_length_bytes(text.encode())


def key_values(pairs: Iterable[tuple[str, str, int]]) -> bytes:
    """Encode (key, value, flags) triples."""
    return b"".join(two_length_text(key) + two_length_text(value) + ub(flags) for key, value, flags in pairs)
