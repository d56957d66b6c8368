"""Numbers of the TNS layer, under the names that python-oracledb gives them."""

from __future__ import annotations

# packet types
TNS_PACKET_TYPE_CONNECT = 1
TNS_PACKET_TYPE_ACCEPT = 2
TNS_PACKET_TYPE_REFUSE = 4
TNS_PACKET_TYPE_REDIRECT = 5
TNS_PACKET_TYPE_DATA = 6
TNS_PACKET_TYPE_RESEND = 11
TNS_PACKET_TYPE_MARKER = 12

# packet flags: the redirection's data hold an address and the connect data for it
TNS_PACKET_FLAG_REDIRECT = 0x02

# data flags
TNS_DATA_FLAGS_EOF = 0x0040
TNS_DATA_FLAGS_END_OF_RESPONSE = 0x2000

# marker types
TNS_MARKER_TYPE_BREAK = 1
TNS_MARKER_TYPE_RESET = 2
TNS_MARKER_TYPE_INTERRUPT = 3

# protocol versions and what they add to ACCEPT
TNS_VERSION_MIN_ACCEPTED = 315
TNS_VERSION_MIN_FLAGS = 318
TNS_VERSION_MIN_END_OF_RESPONSE = 319
TNS_ACCEPT_FLAG_HAS_END_OF_RESPONSE = 0x02000000
TNS_ACCEPT_FLAG_FAST_AUTH = 0x10000000

# ACCEPT options and flag bytes: no attention (out-of-band) breaks, native network services switched off
TNS_GSO_DONT_CARE = 0x0001
TNS_NSI_NA_DISABLED = 0x04
TNS_NSI_NO_NA_SERVICES = 0x08

# listener refusals
TNS_ERR_INVALID_SID = 12505
TNS_ERR_INVALID_SERVICE_NAME = 12514

# bounds of the session data unit
TNS_MIN_SDU = 512
TNS_MAX_SDU = 2 * 1024 * 1024

# connect data longer than this follows in a DATA packet of its own
TNS_MAX_CONNECT_DATA = 230
