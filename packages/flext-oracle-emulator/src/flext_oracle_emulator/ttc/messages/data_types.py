"""DATA TYPES: the client's capabilities and its list of type representations.

The list is the same for every thin client and the reply may be empty, so it is read over.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..buffer import ReadBuffer
from ..constants import TNS_MSG_TYPE_DATA_TYPES, TNS_RCAP_COMPAT, TNS_RCAP_TZ_EX

_TIME_ZONE_LENGTH = 11
# +00:00 as an INTERVAL DAY TO SECOND: the database time zone
_TIME_ZONE = bytes.fromhex("800000003c3c3c80000000")


@dataclass(frozen=True, slots=True)
class DataTypes:
    """`time_zone` tells whether client and server exchange the session's zone here (node-oracledb does)."""

    compile_capabilities: bytes
    time_zone: bool


def read_data_types(buffer: ReadBuffer) -> DataTypes:
    """Read the message after its type byte."""
    buffer.skip(5)  # character set, national character set, encoding flags
    compile_capabilities = buffer.length_bytes() or b""
    runtime_capabilities = buffer.length_bytes() or b""
    time_zone = (
        len(runtime_capabilities) > TNS_RCAP_COMPAT and runtime_capabilities[TNS_RCAP_COMPAT] & TNS_RCAP_TZ_EX != 0
    )
    if time_zone:
        buffer.skip(_TIME_ZONE_LENGTH)
    while buffer.u16be():
        if buffer.u16be():  # conversion type; without one the entry ends here
            buffer.skip(4)  # representation, 0
    return DataTypes(compile_capabilities, time_zone)


def make_data_types(time_zone: bool) -> bytes:
    zone = _TIME_ZONE if time_zone else b""
    return bytes((TNS_MSG_TYPE_DATA_TYPES,)) + zone + b"\x00\x00"
