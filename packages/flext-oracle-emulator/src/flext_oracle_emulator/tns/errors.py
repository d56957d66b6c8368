"""`RemoteProtocolError`: the peer broke the protocol, and the connection cannot go on."""

from __future__ import annotations


class RemoteProtocolError(Exception):
    """The bytes that came in are no TNS or TTC, or nothing that the emulator can tell the end of."""
