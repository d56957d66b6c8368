"""Connect descriptors: `(DESCRIPTION=(ADDRESS=..)(CONNECT_DATA=(SERVICE_NAME=..)(CID=(PROGRAM=..)..)))`.

Reads what a listener needs and skips the rest; names are case-insensitive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import RemoteProtocolError

_TOKEN = re.compile(r'\(|\)|=|"[^"]*"|[^()="]+')

Descriptor = dict[str, "str | Descriptor"]


@dataclass(frozen=True, slots=True)
class ConnectData:
    """Which database the client wants, and who it is. `server` is "POOLED" for DRCP."""

    service_name: str = ""
    sid: str = ""
    server: str = ""
    program: str = ""
    host: str = ""
    user: str = ""


def parse_descriptor(text: str) -> Descriptor:
    """Parse into nested dicts with upper-case keys; of repeated keys the last one stays."""
    tokens = [token for token in (match[0].strip() for match in _TOKEN.finditer(text)) if token]
    result, position = _parse_group(tokens, 0, 0)
    if position != len(tokens):
        raise RemoteProtocolError("a malformed connect descriptor")
    return result


def _parse_group(tokens: list[str], position: int, depth: int) -> tuple[Descriptor, int]:
    if depth > 20:
        raise RemoteProtocolError("a connect descriptor nested too deep")
    group: Descriptor = {}
    while position < len(tokens) and tokens[position] == "(":
        if tokens[position + 2 : position + 3] != ["="]:
            raise RemoteProtocolError("a malformed connect descriptor")
        key = tokens[position + 1].upper()
        position += 3
        value: str | Descriptor
        if tokens[position : position + 1] == ["("]:
            value, position = _parse_group(tokens, position, depth + 1)
        else:
            parts = []
            while position < len(tokens) and tokens[position] not in "()":
                parts.append(tokens[position])
                position += 1
            value = "".join(parts)
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = value[1:-1]
        if tokens[position : position + 1] != [")"]:
            raise RemoteProtocolError("a malformed connect descriptor")
        position += 1
        group[key] = value
    return group, position


def _group(descriptor: Descriptor, key: str) -> Descriptor:
    value = descriptor.get(key)
    return value if isinstance(value, dict) else {}


def _text(descriptor: Descriptor, key: str) -> str:
    value = descriptor.get(key)
    return value if isinstance(value, str) else ""


def parse_connect_data(text: str) -> ConnectData:
    """Read the CONNECT_DATA of a descriptor."""
    connect_data = _group(_group(parse_descriptor(text), "DESCRIPTION"), "CONNECT_DATA")
    cid = _group(connect_data, "CID")
    return ConnectData(
        service_name=_text(connect_data, "SERVICE_NAME"),
        sid=_text(connect_data, "SID"),
        server=_text(connect_data, "SERVER").upper(),
        program=_text(cid, "PROGRAM"),
        host=_text(cid, "HOST"),
        user=_text(cid, "USER"),
    )
