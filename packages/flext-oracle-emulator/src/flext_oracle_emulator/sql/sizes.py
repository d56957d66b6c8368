"""How long an expression can be: the VARCHAR2(n), RAW(n) or TIMESTAMP(n) that Oracle describes and CREATE TABLE AS declares.

A size is always an upper bound, in bytes of AL32UTF8 (four a character where Oracle counts characters), or the fractional
digits of a timestamp. None is not known, and described as the longest there is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .inference import DATE, DATETIMES, FLOAT, IDS, INTERVALS, IYM, LOB, NUMBER, RAW, ROWID, TEXT, Sql, family

_MAXIMUM = 4000
_BYTES_A_CHARACTER = 4
#: What a value of these families becomes as text without a format.
_AS_TEXT = {NUMBER: 40, FLOAT: 40, DATE: 75, IYM: 30, IDS: 30, ROWID: 18, **dict.fromkeys(DATETIMES - {DATE}, 75)}

_FIXED = {
    "SYS_GUID": 16,
    "USER": 128,
    "SYS_CONTEXT": 256,
    "SESSIONTIMEZONE": 75,
    "DBTIMEZONE": 6,
    "ROWIDTOCHAR": 18,
    "SOUNDEX": 4,
    "CHR": 4,
    "TZ_OFFSET": 7,
    "SYSTIMESTAMP": 6,
    "CURRENT_TIMESTAMP": 6,
    "LOCALTIMESTAMP": 6,
}
_SAME = frozenset(
    ("UPPER", "LOWER", "INITCAP", "NLS_UPPER", "NLS_LOWER", "NLS_INITCAP", "LTRIM", "RTRIM", "REVERSE", "REGEXP_SUBSTR")
)
_HASHES = {"MD5": 16, "SHA1": 20, "SHA256": 32, "SHA384": 48, "SHA512": 64}
_FORMAT_PARTS = re.compile(
    r'"[^"]*"|FM|SYYYY|YYYY|Y,YYY|YYY|YY|RRRR|RR|MONTH|MON|MM|DAY|DY|DDD|DD|D|HH24|HH12|HH|MI|SSSSS|SS|FF[1-9]?|Q|WW|IW|W'
    r"|IYYY|IYY|IY|I|AM|PM|A\.M\.|P\.M\.|AD|BC|[^A-Z]",
    re.IGNORECASE,
)
_PART_WIDTHS = {"FM": 0, "SYYYY": 5, "MONTH": 36, "MON": 12, "DAY": 36, "DY": 12, "HH24": 2, "HH12": 2, "FF": 9}


def text_size(value: Sql) -> int | None:
    """Bytes of a value as text."""
    if value.null:
        return 0
    if value.literal is not None:
        return len(value.literal.encode())
    kind = family(value.type)
    if kind == TEXT:
        return value.size
    if kind == RAW:
        return None if value.size is None else 2 * value.size
    return _AS_TEXT.get(kind or "")


def largest(values: Sequence[Sql]) -> int | None:
    """Of what chooses among values: CASE, COALESCE, DECODE, UNION."""
    kinds = {family(value.type) for value in values if not value.null}
    if (kinds and kinds <= DATETIMES) or kinds == {RAW}:
        sizes = [value.size for value in values if not value.null]
    else:
        sizes = [text_size(value) for value in values]
    if any(size is None for size in sizes):
        return None
    return max((size for size in sizes if size is not None), default=0) or None


def together(values: Sequence[Sql], *, national: bool = False) -> int | None:
    """Of a concatenation. In national text a character counts four, whatever it was before."""
    sizes = [text_size(value) for value in values]
    if national:
        kinds = ("oracle.nvarchar2", "oracle.nchar")
        sizes = [
            size if size is None or value.type in kinds else _BYTES_A_CHARACTER * size
            for value, size in zip(values, sizes, strict=True)
        ]
    if any(size is None for size in sizes):
        return None
    return min(sum(size for size in sizes if size is not None), _MAXIMUM) or None


def _integer(value: Sql) -> int | None:
    match = re.fullmatch(r"(\d{1,9})::numeric", value.text)
    return int(match[1]) if match else None


def call_size(name: str, arguments: Sequence[Sql]) -> int | None:
    """The size of `name(arguments)`."""
    if name in _FIXED:
        return _FIXED[name]
    first = arguments[0] if arguments else None
    if first is None or (family(first.type) == LOB and name != "DBMS_LOB.SUBSTR"):
        return None
    if name in _SAME:
        return text_size(first)
    if name in ("SUBSTR", "SUBSTRC", "LPAD", "RPAD"):
        count = _integer(arguments[-1] if name.startswith("SUBSTR") else arguments[1]) if len(arguments) > 1 else None
        wide = None if count is None or len(arguments) < 2 else min(count * _BYTES_A_CHARACTER, _MAXIMUM) or None
        if name in ("LPAD", "RPAD"):
            return wide
        wide = wide if len(arguments) == 3 else None
        size = text_size(first)
        return min((s for s in (wide, size) if s is not None), default=None)
    return _other_size(name, first, arguments)


def _other_size(name: str, first: Sql, arguments: Sequence[Sql]) -> int | None:
    match name:
        case "CONCAT":
            return together(arguments)
        case "REPLACE":
            return _replaced(arguments)
        case "TO_CHAR":
            return _to_char(arguments)
        case "RAWTOHEX":
            return None if first.size is None else 2 * first.size
        case "HEXTORAW":
            size = text_size(first)
            return None if size is None else (size + 1) // 2 or None
        case "STANDARD_HASH":
            method = arguments[1].literal if len(arguments) > 1 else "SHA1"
            return _HASHES.get((method or "").upper())
        case "SYS_EXTRACT_UTC":
            return first.size
    return None


def _replaced(arguments: Sequence[Sql]) -> int | None:
    size = text_size(arguments[0])
    if size is None or len(arguments) < 3 or arguments[2].null:
        return size
    searched, replacement = text_size(arguments[1]), text_size(arguments[2])
    if arguments[1].literal is None or not searched or replacement is None:
        return None
    return size if replacement <= searched else min(size // searched * replacement + size % searched, _MAXIMUM)


def _to_char(arguments: Sequence[Sql]) -> int | None:
    kind = family(arguments[0].type)
    if kind == TEXT and len(arguments) == 1:
        return text_size(arguments[0])
    if len(arguments) == 1:
        return _AS_TEXT.get(kind or "")
    model = arguments[1].literal
    if model is None or kind in INTERVALS:
        return None
    if kind in (NUMBER, FLOAT):
        return (
            64
            if "TM" in model.upper()
            else 2 * len(model) + 12
            if re.search("[LCUX]|RN", model.upper())
            else len(model) + 2
        )
    return _model_width(model)


def _model_width(model: str) -> int | None:
    width, at = 0, 0
    for match in _FORMAT_PARTS.finditer(model):
        if match.start() != at:
            return None
        part = match.group()
        width += len(part.encode()) - 2 if part.startswith('"') else _PART_WIDTHS.get(part.upper(), len(part))
        at = match.end()
    return width or None if at == len(model) else None


#: Families whose described type has a size that is not in PostgreSQL's type modifier.
SIZED = frozenset((TEXT, RAW)) | DATETIMES - {DATE}
