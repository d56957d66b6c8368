"""Identifiers: the one place that folds, checks, quotes and shortens names.

Theory: an unquoted Oracle name is folded to upper case, so `employees` in Singer and `EMPLOYEES` in Oracle are the
same table, while `MixedCase` only exists quoted. We therefore fold names that are all lower case to upper case, keep
every other name as it is, and always write names quoted. A name that folding leaves in upper case, that starts with a
letter and is not reserved can be queried without quotes.

SQL is never built from a name that did not pass through `quote`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

MAX_BYTES = 128
"""Oracle 12.2 and later; 30 before that. The driver knows: `connection.max_identifier_length`."""

_UNQUOTED = re.compile(r"[A-Z][A-Z0-9_$#]*\Z")
_HASH_CHARS = 8

# V$RESERVED_WORDS of 19c where RESERVED = 'Y': these can never stand unquoted.
RESERVED_WORDS = frozenset(
    """
    ACCESS ADD ALL ALTER AND ANY AS ASC AUDIT BETWEEN BY CHAR CHECK CLUSTER COLUMN COLUMN_VALUE COMMENT COMPRESS
    CONNECT CREATE CURRENT DATE DECIMAL DEFAULT DELETE DESC DISTINCT DROP ELSE EXCLUSIVE EXISTS FILE FLOAT FOR
    FROM GRANT GROUP HAVING IDENTIFIED IMMEDIATE IN INCREMENT INDEX INITIAL INSERT INTEGER INTERSECT INTO IS LEVEL
    LIKE LOCK LONG MAXEXTENTS MINUS MLSLABEL MODE MODIFY NESTED_TABLE_ID NOAUDIT NOCOMPRESS NOT NOWAIT NULL NUMBER
    OF OFFLINE ON ONLINE OPTION OR ORDER PCTFREE PRIOR PUBLIC RAW RENAME RESOURCE REVOKE ROW ROWID ROWNUM ROWS
    SELECT SESSION SET SHARE SIZE SMALLINT START SUCCESSFUL SYNONYM SYSDATE TABLE THEN TO TRIGGER UID UNION UNIQUE
    UPDATE USER VALIDATE VALUES VARCHAR VARCHAR2 VIEW WHENEVER WHERE WITH
    """.split()  # noqa: SIM905 - a list of a hundred quoted words is harder to read
)


class IdentifierError(ValueError):
    """A name that Oracle cannot take, even quoted."""


def fold(name: str) -> str:
    """Singer name -> Oracle name: all lower case becomes upper case, anything else is kept.

    `employees` -> `EMPLOYEES`, `EMPLOYEES` -> `EMPLOYEES`, `MixedCase` -> `MixedCase`.
    """
    return name.upper() if name == name.lower() and _folds_back(name) else name


def unfold(name: str) -> str:
    """Oracle name -> Singer name, the inverse of `fold`: `EMPLOYEES` -> `employees`, `MixedCase` and `lower` kept.

    A quoted lower-case Oracle name would fold to another name; `fold(unfold(name)) == name` holds for every name that
    is not all lower case, and callers that meet such a name keep the Oracle name next to the Singer name (`x-oracle`).
    """
    return name.lower() if name == name.upper() and _folds_back(name) else name


def _folds_back(name: str) -> bool:
    # 'ß'.upper() is 'SS' and 'ŉ' has no one-letter capital: such names are kept rather than changed for good.
    return (
        name.lower().upper() == name.upper() and name.upper().lower() == name.lower() and len(name.upper()) == len(name)
    )


def check(name: str, *, max_bytes: int = MAX_BYTES) -> str:
    """Return the name, or raise `IdentifierError` for one that Oracle refuses even when it is quoted."""
    if not name:
        raise IdentifierError("an identifier cannot be empty")
    if "\0" in name or '"' in name:
        raise IdentifierError(f"identifier {name!r} contains a double quote or a NUL, which Oracle does not allow")
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise IdentifierError(f"identifier {name!r} is not valid Unicode text") from None
    if size > max_bytes:
        raise IdentifierError(f"identifier {name!r} has {size} bytes; this database allows {max_bytes} (ORA-00972)")
    return name


def quote(name: str, *, max_bytes: int = MAX_BYTES) -> str:
    """`EMPLOYEES` -> `"EMPLOYEES"`. The name is taken exactly: fold it first if it comes from Singer."""
    return f'"{check(name, max_bytes=max_bytes)}"'


def qualify(schema: str | None, name: str) -> str:
    """`("HR", "EMPLOYEES")` -> `"HR"."EMPLOYEES"`; without a schema just the quoted name."""
    return quote(name) if schema is None else f"{quote(schema)}.{quote(name)}"


def is_plain(name: str) -> bool:
    """Whether the name can be queried without quotes."""
    return _UNQUOTED.match(name) is not None and name not in RESERVED_WORDS


def shorten(name: str, max_bytes: int = MAX_BYTES) -> str:
    """Cut a name that is too long and end it with a hash of the whole name, so that long names stay distinct."""
    raw = name.encode()
    if len(raw) <= max_bytes:
        return name
    digest = hashlib.sha256(raw).hexdigest()[:_HASH_CHARS].upper()
    if name != name.upper():
        digest = digest.lower()
    head = raw[: max_bytes - _HASH_CHARS - 1].decode(errors="ignore")
    return f"{head}_{digest}"


def column_names(names: Iterable[str], *, max_bytes: int = MAX_BYTES) -> dict[str, str]:
    """Singer names -> the Oracle names for one table: folded, shortened, and checked for collisions.

    `IdentifierError` names both when two of them would become the same Oracle name.
    """
    result: dict[str, str] = {}
    taken: dict[str, str] = {}
    for name in names:
        oracle_name = check(shorten(fold(name), max_bytes), max_bytes=max_bytes)
        if oracle_name in taken:
            raise IdentifierError(
                f"{taken[oracle_name]!r} and {name!r} would both become the Oracle name {oracle_name!r}"
            )
        taken[oracle_name] = name
        result[name] = oracle_name
    return result
