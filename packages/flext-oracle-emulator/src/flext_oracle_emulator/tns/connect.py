"""CONNECT from the client; ACCEPT, REFUSE, RESEND and REDIRECT to it. Offsets in the comments count from the packet's first byte."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .constants import (
    TNS_GSO_DONT_CARE,
    TNS_MAX_SDU,
    TNS_MIN_SDU,
    TNS_NSI_NA_DISABLED,
    TNS_NSI_NO_NA_SERVICES,
    TNS_PACKET_FLAG_REDIRECT,
    TNS_PACKET_TYPE_ACCEPT,
    TNS_PACKET_TYPE_DATA,
    TNS_PACKET_TYPE_REDIRECT,
    TNS_PACKET_TYPE_REFUSE,
    TNS_PACKET_TYPE_RESEND,
    TNS_VERSION_MIN_FLAGS,
)
from .errors import RemoteProtocolError
from .packet import HEADER_SIZE, make_packet

_LARGE_SDU_OFFSET = 58


@dataclass(frozen=True, slots=True)
class Connect:
    """A CONNECT packet. `data` is shorter than `data_length` when the descriptor follows in a DATA packet."""

    version: int
    lowest_version: int
    sdu: int
    data_length: int
    data: bytes


def parse_connect(body: bytes) -> Connect:
    """Parse a CONNECT packet's body."""
    if len(body) < 26 - HEADER_SIZE + 2:
        raise RemoteProtocolError("a short CONNECT packet")
    version, lowest_version = struct.unpack_from(">HH", body, 8 - HEADER_SIZE)
    (sdu,) = struct.unpack_from(">H", body, 14 - HEADER_SIZE)
    data_length, data_offset = struct.unpack_from(">HH", body, 24 - HEADER_SIZE)
    if data_offset > _LARGE_SDU_OFFSET and len(body) >= _LARGE_SDU_OFFSET - HEADER_SIZE + 4:
        (sdu,) = struct.unpack_from(">I", body, _LARGE_SDU_OFFSET - HEADER_SIZE)
    start = max(data_offset - HEADER_SIZE, 0)
    return Connect(version, lowest_version, sdu, data_length, body[start : start + data_length])


def make_accept(version: int, sdu: int, flags: int) -> bytes:
    """Make the ACCEPT packet. `flags` is only sent from version 318 on."""
    if not TNS_MIN_SDU <= sdu <= TNS_MAX_SDU:
        raise ValueError(f"an SDU has {TNS_MIN_SDU} to {TNS_MAX_SDU} bytes, not {sdu}")
    has_flags = version >= TNS_VERSION_MIN_FLAGS
    body = struct.pack(
        ">HHHHHHHBB8xIIB",
        version,  # 8
        TNS_GSO_DONT_CARE,  # 10 service options
        min(sdu, 0xFFFF),  # 12 SDU
        min(sdu, 0xFFFF),  # 14 TDU
        0x0100,  # 16 byte order
        0,  # 18 length of accept data
        45 if has_flags else 41,  # 20 offset of accept data
        TNS_NSI_NA_DISABLED,  # 22
        TNS_NSI_NO_NA_SERVICES,  # 23
        sdu,  # 32
        sdu,  # 36 TDU
        0,  # 40 compression
    )
    if has_flags:
        body += flags.to_bytes(4, "big")
    return make_packet(TNS_PACKET_TYPE_ACCEPT, body, large=False)


def make_refuse(error: int) -> bytes:
    """Make the REFUSE packet of a listener error, e.g. 12514."""
    text = f"(DESCRIPTION=(TMP=)(VSNNUM=0)(ERR={error})(ERROR_STACK=(ERROR=(CODE={error})(EMFI=4))))".encode()
    body = struct.pack(">BBH", 0x22, 0, len(text)) + text
    return make_packet(TNS_PACKET_TYPE_REFUSE, body, large=False)


def make_resend() -> bytes:
    """Make the packet that asks for the same CONNECT once more."""
    return make_packet(TNS_PACKET_TYPE_RESEND, b"", large=False)


def make_redirect(address: str, connect_data: str) -> bytes:
    """Make the packets that send a client to another address: the length, then the text in a DATA packet."""
    text = f"{address}\0{connect_data}".encode()
    head = make_packet(
        TNS_PACKET_TYPE_REDIRECT, struct.pack(">H", len(text)), large=False, flags=TNS_PACKET_FLAG_REDIRECT
    )
    return head + make_packet(TNS_PACKET_TYPE_DATA, b"\0\0" + text, large=False)
