"""Names: Oracle identifiers as PostgreSQL's, string constants, and what Oracle calls an unaliased column.

`pg_identifier` is the only place that knows PostgreSQL's 63-byte limit; DDL and the translator both go through it.
"""

from __future__ import annotations

import hashlib
import re

from ..catalog.model import Catalog, CatalogObject, Relation, Sequence
from ..errors import OracleError
from .translation import Context

_PG_NAME_BYTES = 63
_KEPT_BYTES = 50


def pg_identifier(name: str) -> str:
    """The PostgreSQL name of an Oracle identifier: itself, or its first 50 bytes and a hash if longer than 63 bytes."""
    encoded = name.encode()
    if len(encoded) <= _PG_NAME_BYTES:
        return name
    head = encoded[:_KEPT_BYTES].decode("utf-8", "ignore")
    return f"{head}${hashlib.sha256(encoded).hexdigest()[:12]}"


def fold(name: str) -> str:
    """The name that an identifier as typed means: upper case, or what stands between double quotes."""
    return name[1:-1] if name.startswith('"') else name.upper()


def quote(name: str) -> str:
    """An Oracle identifier, quoted for PostgreSQL."""
    return '"' + pg_identifier(name).replace('"', '""') + '"'


def qualified(owner: str, name: str) -> str:
    return f"{quote(owner)}.{quote(name)}"


def relation_text(relation: Relation) -> str:
    """How a table or view is named in PostgreSQL."""
    if relation.temporary == "PRIVATE":
        return f"pg_temp.{quote(relation.name)}"
    return qualified(relation.owner, relation.name)


def string(value: str) -> str:
    """A PostgreSQL string constant (standard_conforming_strings is on)."""
    return "'" + value.replace("'", "''") + "'"


def display(parts: tuple[str, ...]) -> str:
    """`"T"."C"`, as ORA-00904 shows a name."""
    return ".".join(f'"{part}"' for part in parts)


def invalid_identifier(parts: tuple[str, ...], pos: int) -> OracleError:
    return OracleError(904, f"{display(parts)}: invalid identifier", pos)


_DERIVED = re.compile(r"""--[^\n]*|/\*.*?\*/|"[^"]*"|'(?:[^']|'')*'|\s+|[^\s"'/-]+|.""", re.DOTALL)


def derived_name(text: str) -> str:
    """What Oracle calls a select-list expression without alias: its text in upper case, without blanks and comments."""
    out = []
    for match in _DERIVED.finditer(text):
        token = match.group()
        if token.isspace() or token.startswith(("--", "/*")):
            continue
        out.append(token if token.startswith('"') else re.sub(r"\s+", "", token).upper())
    return "".join(out)


def _resolve(context: Context, parts: tuple[str, ...]) -> CatalogObject | None:
    return context.catalog.resolve(parts, context.schema)


def find_relation(context: Context, parts: tuple[str, ...], pos: int, *privileges: str) -> Relation:
    """The table or view of that name, if the user holds all of `privileges` on it.

    Raises:
        OracleError: ORA-00942 for what does not exist as far as the user can tell, ORA-01031 for what they see but
            may not use so.
    """
    found = _resolve(context, parts)
    if not isinstance(found, Relation):
        raise OracleError(942, "table or view does not exist", pos)
    for privilege in privileges:
        require(context.catalog, context.user, privilege, found, pos)
    if not found.valid:
        raise OracleError(4063, f'view "{found.owner}.{found.name}" has errors', pos)
    return found


def require(catalog: Catalog, user: str, privilege: str, relation: Relation | Sequence, pos: int) -> None:
    if catalog.can(user, privilege, relation.owner, relation.name):
        return
    if catalog.visible(user, relation.owner, relation.name):
        raise OracleError(1031, "insufficient privileges", pos)
    raise OracleError(942, "table or view does not exist", pos)


def find_sequence(context: Context, parts: tuple[str, ...], pos: int) -> Sequence | None:
    """The sequence of that name, or None. Raises ORA-02289 if the user may not see it."""
    found = _resolve(context, parts)
    if not isinstance(found, Sequence):
        return None
    if not context.catalog.can(context.user, "SELECT", found.owner, found.name) and not (
        context.catalog.has_system_privilege(context.user, "SELECT ANY SEQUENCE")
    ):
        raise OracleError(2289, "sequence does not exist", pos)
    return found
