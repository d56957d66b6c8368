"""ALTER SESSION SET: Oracle's session parameters as PostgreSQL settings `oracle.<name>`, checked as Oracle does."""

from __future__ import annotations

import re

from ..errors import OracleError, unsupported

_NLS = {
    "NLS_DATE_FORMAT": "DD-MON-RR",
    "NLS_TIMESTAMP_FORMAT": "DD-MON-RR HH.MI.SSXFF AM",
    "NLS_TIMESTAMP_TZ_FORMAT": "DD-MON-RR HH.MI.SSXFF AM TZR",
    "NLS_TIME_FORMAT": "HH.MI.SSXFF AM",
    "NLS_TIME_TZ_FORMAT": "HH.MI.SSXFF AM TZR",
    "NLS_NUMERIC_CHARACTERS": ".,",
    "NLS_CURRENCY": "$",
    "NLS_ISO_CURRENCY": "AMERICA",
    "NLS_DUAL_CURRENCY": "$",
    "NLS_LENGTH_SEMANTICS": "BYTE",
    "NLS_NCHAR_CONV_EXCP": "FALSE",
}
#: One value each is all that the emulator knows; others would change results.
_SINGLE = {
    "NLS_LANGUAGE": ("AMERICAN", "ENGLISH"),
    "NLS_DATE_LANGUAGE": ("AMERICAN", "ENGLISH"),
    "NLS_TERRITORY": ("AMERICA",),
    "NLS_SORT": ("BINARY",),
    "NLS_COMP": ("BINARY",),
    "NLS_CALENDAR": ("GREGORIAN",),
    "CONTAINER": ("FREEPDB1",),
    "EDITION": ("ORA$BASE",),
}
#: Parameters about how, not what: accepted.
RECORDED = {
    "CURSOR_SHARING",
    "DDL_LOCK_TIMEOUT",
    "DEFERRED_SEGMENT_CREATION",
    "OPTIMIZER_MODE",
    "OPTIMIZER_FEATURES_ENABLE",
    "OPTIMIZER_USE_INVISIBLE_INDEXES",
    "OPTIMIZER_DYNAMIC_SAMPLING",
    "PARALLEL_DEGREE_POLICY",
    "PARALLEL_FORCE_LOCAL",
    "PLSQL_OPTIMIZE_LEVEL",
    "PLSQL_WARNINGS",
    "PLSQL_CODE_TYPE",
    "QUERY_REWRITE_ENABLED",
    "QUERY_REWRITE_INTEGRITY",
    "RECYCLEBIN",
    "RESUMABLE_TIMEOUT",
    "SKIP_UNUSABLE_INDEXES",
    "SORT_AREA_SIZE",
    "HASH_AREA_SIZE",
    "SQL_TRACE",
    "STATISTICS_LEVEL",
    "TIMED_STATISTICS",
    "TRACEFILE_IDENTIFIER",
    "WORKAREA_SIZE_POLICY",
    "RESULT_CACHE_MODE",
    "CURSOR_BIND_CAPTURE_DESTINATION",
}
#: Oracle's SERIALIZABLE is snapshot isolation: PostgreSQL calls that REPEATABLE READ.
_ISOLATION = {"READ COMMITTED": "read committed", "SERIALIZABLE": "repeatable read"}
_OFFSET = re.compile(r"([+-]?)\s*(\d{1,2}):(\d{1,2})")


def postgres_settings(name: str, value: str, zones: frozenset[str]) -> dict[str, str]:
    """What ALTER SESSION SET `name` = `value` sets; CURRENT_SCHEMA is the session's own business.

    Raises:
        OracleError: ORA-02248 for a parameter that Oracle has not, ORA-12705, ORA-01882, ORA-03001.
    """
    if name == "TIME_ZONE":
        return {"oracle.time_zone": time_zone(value, zones)}
    if name == "NLS_NUMERIC_CHARACTERS" and (len(value) != 2 or value[0] == value[1]):
        raise OracleError(12705, "Cannot access NLS data files or invalid environment specified")
    if name == "NLS_LENGTH_SEMANTICS" and value.upper() not in ("BYTE", "CHAR"):
        raise OracleError(12705, "Cannot access NLS data files or invalid environment specified")
    if name in _NLS:
        if not value:
            raise OracleError(12705, "Cannot access NLS data files or invalid environment specified")
        return {f"oracle.{name.lower()}": value}
    if name == "ISOLATION_LEVEL":
        if value.upper() not in _ISOLATION:
            raise OracleError(2248, "invalid option for ALTER SESSION")
        return {"default_transaction_isolation": _ISOLATION[value.upper()]}
    if name in _SINGLE:
        if value.upper() not in _SINGLE[name]:
            raise unsupported(f"ALTER SESSION SET {name} = {value}")
        return {}
    if name in RECORDED or name.startswith("_"):
        return {}
    raise OracleError(2248, "invalid option for ALTER SESSION")


def time_zone(value: str, zones: frozenset[str]) -> str:
    """Canonical text of a session time zone: an offset or a region."""
    text = value.strip()
    if text.upper() in ("LOCAL", "DBTIMEZONE"):
        return "+00:00"
    match = _OFFSET.fullmatch(text)
    if match:
        sign, hours, minutes = match[1] or "+", int(match[2]), int(match[3])
        if minutes > 59 or not -12 * 60 <= (hours * 60 + minutes) * (-1 if sign == "-" else 1) <= 14 * 60:
            raise OracleError(1874, "time zone hour must be between -15 and 15")
        return f"{sign}{hours:02d}:{minutes:02d}"
    for zone in zones:
        if zone.upper() == text.upper():
            return zone
    raise OracleError(1882, "timezone region not found")
