"""PROTOCOL: the client's driver name; the server's banner, character sets and capabilities."""

from __future__ import annotations

from ...tns.errors import RemoteProtocolError
from ..buffer import ReadBuffer, length_bytes
from ..capabilities import Profile
from ..constants import TNS_CHARSET_UTF8, TNS_CHARSET_UTF16, TNS_MSG_TYPE_PROTOCOL

# node-oracledb takes at most 48 bytes, python-oracledb wants it unsplit in the first packet.
_BANNER = b"x86_64/Linux 2.4.xx"
_PROTOCOL_VERSION = 6


def read_protocol(buffer: ReadBuffer) -> str:
    """Read the message after its type byte; return the driver's name."""
    if _PROTOCOL_VERSION not in buffer.null_terminated():
        raise RemoteProtocolError("no protocol version in common")
    return buffer.null_terminated().decode("utf-8", "replace")


def make_protocol(profile: Profile) -> bytes:
    # The national character set stands in the FDO at 6 + fdo[5] + fdo[6] + 3.
    fdo = bytes(9) + TNS_CHARSET_UTF16.to_bytes(2, "big")
    return b"".join(
        (
            bytes((TNS_MSG_TYPE_PROTOCOL, _PROTOCOL_VERSION, 0)),
            _BANNER + b"\x00",
            TNS_CHARSET_UTF8.to_bytes(2, "little"),
            b"\x01",  # server flags
            b"\x00\x00",  # number of character set elements
            len(fdo).to_bytes(2, "big"),
            fdo,
            length_bytes(profile.compile_capabilities()),
            length_bytes(profile.runtime_capabilities()),
        )
    )
