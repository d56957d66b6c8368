"""What the server announces, and what follows from it and from the client's own capabilities.

Two profiles: `PROFILE_19C` looks like Oracle 19c to the client's code paths; `PROFILE_23AI` adds fast authentication,
end-of-response markers and with them pipelining, and the 23ai describe fields.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..tns.constants import (
    TNS_ACCEPT_FLAG_FAST_AUTH,
    TNS_ACCEPT_FLAG_HAS_END_OF_RESPONSE,
    TNS_VERSION_MIN_END_OF_RESPONSE,
)
from .constants import (
    TNS_CCAP_END_OF_RESPONSE,
    TNS_CCAP_FIELD_VERSION,
    TNS_CCAP_FIELD_VERSION_19_1_EXT_1,
    TNS_CCAP_FIELD_VERSION_23_4,
    TNS_CCAP_TTC4,
    TNS_RCAP_COMPAT,
    TNS_RCAP_TTC,
    TNS_RCAP_TTC_32K,
    TNS_RCAP_TZ_EX,
)

# Clients index compile capability 40 unchecked, and read up to 53 entries where they know of 23ai.
_COMPILE_LENGTH = 53
_RUNTIME_LENGTH = 11


@dataclass(frozen=True, slots=True)
class Profile:
    """One consistent set of announcements."""

    accept_version: int
    accept_flags: int
    field_version: int

    def compile_capabilities(self) -> bytes:
        capabilities = bytearray(_COMPILE_LENGTH)
        capabilities[TNS_CCAP_FIELD_VERSION] = self.field_version
        return bytes(capabilities)

    def runtime_capabilities(self) -> bytes:
        capabilities = bytearray(_RUNTIME_LENGTH)
        # TZ_EX spares node-oracledb a query on DBTIMEZONE at each connect.
        capabilities[TNS_RCAP_COMPAT] = TNS_RCAP_TZ_EX
        capabilities[TNS_RCAP_TTC] = TNS_RCAP_TTC_32K
        return bytes(capabilities)


PROFILE_19C = Profile(317, 0, TNS_CCAP_FIELD_VERSION_19_1_EXT_1)
PROFILE_23AI = Profile(
    TNS_VERSION_MIN_END_OF_RESPONSE,
    TNS_ACCEPT_FLAG_HAS_END_OF_RESPONSE | TNS_ACCEPT_FLAG_FAST_AUTH,
    TNS_CCAP_FIELD_VERSION_23_4,
)


@dataclass(slots=True)
class Capabilities:
    """What both sides agreed on. `field_version` gates fields in nearly every message."""

    field_version: int
    end_of_response: bool = False
    client_time_zone: bool = False
    driver_name: str = ""

    @property
    def is_node(self) -> bool:
        return self.driver_name.startswith("node")


def negotiate(profile: Profile, accept_version: int, compile_capabilities: bytes) -> tuple[int, bool]:
    """Return the field version and whether responses end with a marker of their own."""
    client_version = (
        compile_capabilities[TNS_CCAP_FIELD_VERSION] if len(compile_capabilities) > TNS_CCAP_FIELD_VERSION else 0
    )
    wants_marker = (
        len(compile_capabilities) > TNS_CCAP_TTC4
        and compile_capabilities[TNS_CCAP_TTC4] & TNS_CCAP_END_OF_RESPONSE != 0
    )
    end_of_response = (
        accept_version >= TNS_VERSION_MIN_END_OF_RESPONSE
        and profile.accept_flags & TNS_ACCEPT_FLAG_HAS_END_OF_RESPONSE != 0
        and wants_marker
    )
    return min(profile.field_version, client_version), end_of_response
