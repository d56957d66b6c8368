"""INTERVAL DAY TO SECOND (11 bytes) and YEAR TO MONTH (5 bytes): every part is biased and carries the sign.

DS: u32be days + 2**31, hours + 60, minutes + 60, seconds + 60, u32be nanoseconds + 2**31. YM: u32be years + 2**31,
months + 60. A whole interval is one integer here: nanoseconds, respectively months.
"""

from __future__ import annotations

import datetime
import struct

from ...errors import OracleError

_BIAS = 2**31
_SMALL_BIAS = 60
_MAX_LEADING = 999_999_999  # precision 9, the widest Oracle declares
_NANOSECONDS = {"day": 86_400_000_000_000, "hour": 3_600_000_000_000, "minute": 60_000_000_000, "second": 1_000_000_000}
_DS = struct.Struct(">IBBBI")
_YM = struct.Struct(">IB")


def encode_interval_ds(nanoseconds: int) -> bytes:
    """Encode a DAY TO SECOND interval. Raises ORA-01873 beyond 999999999 days."""
    sign = -1 if nanoseconds < 0 else 1
    days, rest = divmod(abs(nanoseconds), _NANOSECONDS["day"])
    if days > _MAX_LEADING:
        raise OracleError(1873, "the leading precision of the interval is too small")
    hours, rest = divmod(rest, _NANOSECONDS["hour"])
    minutes, rest = divmod(rest, _NANOSECONDS["minute"])
    seconds, fraction = divmod(rest, _NANOSECONDS["second"])
    return _DS.pack(
        sign * days + _BIAS,
        sign * hours + _SMALL_BIAS,
        sign * minutes + _SMALL_BIAS,
        sign * seconds + _SMALL_BIAS,
        sign * fraction + _BIAS,
    )


def decode_interval_ds(data: bytes) -> int:
    """Decode into nanoseconds."""
    if len(data) != _DS.size:
        raise OracleError(1867, "the interval is invalid")
    days, hours, minutes, seconds, fraction = _DS.unpack(data)
    return int(
        (days - _BIAS) * _NANOSECONDS["day"]
        + (hours - _SMALL_BIAS) * _NANOSECONDS["hour"]
        + (minutes - _SMALL_BIAS) * _NANOSECONDS["minute"]
        + (seconds - _SMALL_BIAS) * _NANOSECONDS["second"]
        + (fraction - _BIAS)
    )


def encode_timedelta(value: datetime.timedelta) -> bytes:
    return encode_interval_ds(value // datetime.timedelta(microseconds=1) * 1000)


def decode_timedelta(data: bytes) -> datetime.timedelta:
    """Decode; digits beyond the microsecond are cut towards zero."""
    nanoseconds = decode_interval_ds(data)
    microseconds = abs(nanoseconds) // 1000
    return datetime.timedelta(microseconds=microseconds if nanoseconds >= 0 else -microseconds)


def encode_interval_ym(months: int) -> bytes:
    """Encode a YEAR TO MONTH interval. Raises ORA-01873 beyond 999999999 years."""
    sign = -1 if months < 0 else 1
    years, rest = divmod(abs(months), 12)
    if years > _MAX_LEADING:
        raise OracleError(1873, "the leading precision of the interval is too small")
    return _YM.pack(sign * years + _BIAS, sign * rest + _SMALL_BIAS)


def decode_interval_ym(data: bytes) -> int:
    """Decode into months."""
    if len(data) != _YM.size:
        raise OracleError(1867, "the interval is invalid")
    years, months = _YM.unpack(data)
    return int((years - _BIAS) * 12 + months - _SMALL_BIAS)
