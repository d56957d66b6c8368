"""TNS packets: an 8-byte header and a body; DATA packets carry the TTC stream.

    0  u16be length, 2 zero bytes   until ACCEPT has been sent, ACCEPT and REFUSE included
       u32be length                 after it
    4  u8 packet type
    5  u8 packet flags
    6  u16be checksum, always 0

A DATA body starts with u16be data flags. The TTC stream may be cut between packets at any byte.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .constants import TNS_PACKET_TYPE_CONNECT, TNS_PACKET_TYPE_DATA, TNS_PACKET_TYPE_MARKER
from .errors import RemoteProtocolError

HEADER_SIZE = 8
_DATA_HEADER_SIZE = HEADER_SIZE + 2
_SMALL_HEADER = struct.Struct(">HHBBH")
_LARGE_HEADER = struct.Struct(">IBBH")
_DATA_HEADER = struct.Struct(">IBBHH")
_CLIENT_TYPES = frozenset((TNS_PACKET_TYPE_CONNECT, TNS_PACKET_TYPE_DATA, TNS_PACKET_TYPE_MARKER))
# No client sends packets above the SDU's own limit of 2 MiB.
_MAX_PACKET = 2 * 1024 * 1024 + HEADER_SIZE


@dataclass(frozen=True, slots=True)
class Packet:
    type: int
    flags: int
    body: bytes

    @property
    def data_flags(self) -> int:
        """The flags of a DATA packet."""
        if len(self.body) < 2:
            raise RemoteProtocolError("a DATA packet without its flags")
        return int.from_bytes(self.body[:2], "big")


class PacketReader:
    """Cuts a byte stream into packets. `large` switches to the header form used after ACCEPT."""

    def __init__(self) -> None:
        self.large = False
        self._buffer = bytearray()

    def receive_data(self, data: bytes) -> None:
        self._buffer += data

    def next_packet(self) -> Packet | None:
        """Take the next complete packet off the stream, or None until more bytes arrive."""
        buffer = self._buffer
        if len(buffer) < HEADER_SIZE:
            return None
        if self.large:
            length, packet_type, flags, _ = _LARGE_HEADER.unpack_from(buffer)
        else:
            length, _, packet_type, flags, _ = _SMALL_HEADER.unpack_from(buffer)
        if not HEADER_SIZE <= length <= _MAX_PACKET:
            raise RemoteProtocolError(f"a packet of {length} bytes")
        if packet_type not in _CLIENT_TYPES:
            raise RemoteProtocolError(f"a packet of type {packet_type}")
        if len(buffer) < length:
            return None
        packet = Packet(packet_type, flags, bytes(memoryview(buffer)[HEADER_SIZE:length]))
        del buffer[:length]
        return packet


def make_packet(packet_type: int, body: bytes, *, large: bool, flags: int = 0) -> bytes:
    """Frame one packet that is not DATA."""
    length = HEADER_SIZE + len(body)
    if large:
        return _LARGE_HEADER.pack(length, packet_type, flags, 0) + body
    return _SMALL_HEADER.pack(length, 0, packet_type, flags, 0) + body


def make_data_packets(payload: bytes, sdu: int, last_flags: int = 0) -> bytes:
    """Frame a whole response as DATA packets of at most `sdu` bytes; `last_flags` are the data flags of the last."""
    room = sdu - _DATA_HEADER_SIZE
    if len(payload) <= room:
        return _DATA_HEADER.pack(len(payload) + _DATA_HEADER_SIZE, TNS_PACKET_TYPE_DATA, 0, 0, last_flags) + payload
    view = memoryview(payload)
    parts: list[bytes | memoryview] = []
    for start in range(0, len(payload), room):
        piece = view[start : start + room]
        flags = last_flags if start + room >= len(payload) else 0
        parts.append(_DATA_HEADER.pack(len(piece) + _DATA_HEADER_SIZE, TNS_PACKET_TYPE_DATA, 0, 0, flags))
        parts.append(piece)
    return b"".join(parts)


def make_marker(kind: int) -> bytes:
    return make_packet(TNS_PACKET_TYPE_MARKER, bytes((1, 0, kind)), large=True)


def parse_marker(packet: Packet) -> int:
    """The marker's kind: break, reset or interrupt."""
    if len(packet.body) < 3:
        raise RemoteProtocolError("a MARKER packet without a kind")
    return packet.body[2]
