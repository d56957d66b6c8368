"""Object and collection types: what CREATE TYPE declares, and how a name or a stored value finds its type.

A value of such a type is a JSON document in PostgreSQL: an array of the attributes of an object in their order, an array of
the elements of a collection, numbers as numbers and all else as PostgreSQL's text. Each type is a domain over jsonb of the
same name, so that every expression of PostgreSQL carries its type.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal

from ..catalog.model import Catalog, Routine
from ..errors import OracleError
from .ast import TypeName

_PARTS = re.compile(r'"((?:[^"]|"")+)"\."((?:[^"]|"")+)"')


@dataclass(frozen=True, slots=True)
class Attribute:
    """Of an object; the only one of a collection is its element, called COLUMN_VALUE."""

    name: str
    type: TypeName


ELEMENT = "COLUMN_VALUE"


@dataclass(frozen=True, slots=True)
class UserType:
    """`limit` is that of a VARRAY. `owner` and `name` of a package's type are no type of SQL: it has no domain."""

    owner: str
    name: str
    kind: Literal["OBJECT", "TABLE", "VARRAY"]
    attributes: tuple[Attribute, ...]
    limit: int | None = None

    @property
    def pg_type(self) -> str:
        return domain(self.owner, self.name)

    @property
    def element(self) -> TypeName:
        assert self.kind != "OBJECT"
        return self.attributes[0].type


def domain(owner: str, name: str) -> str:
    """The domain of a type, as PostgreSQL writes it."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in (owner, name))


def names_domain(pg_type: str | None) -> bool:
    return pg_type is not None and pg_type.startswith('"')


def names_of(pg_type: str) -> tuple[str, str]:
    """Owner and name of the type of a domain."""
    match = _PARTS.fullmatch(pg_type)
    assert match is not None
    return match[1].replace('""', '"'), match[2].replace('""', '"')


def of_domain(catalog: Catalog, pg_type: str | None) -> UserType | None:
    """The type whose values a PostgreSQL type holds."""
    if pg_type is None or not names_domain(pg_type):
        return None
    found = catalog.objects.get(names_of(pg_type))
    return of_routine(found, catalog.version) if isinstance(found, Routine) and found.kind == "TYPE" else None


def find(catalog: Catalog, user: str, schema: str, parts: tuple[str, ...]) -> UserType | None:
    """The type of that name that the user may use."""
    if not 1 <= len(parts) <= 2:
        return None
    found = catalog.resolve(parts, schema)
    if not isinstance(found, Routine) or found.kind != "TYPE":
        return None
    if not catalog.can(user, "EXECUTE", found.owner, found.name) and not catalog.has_system_privilege(
        user, "EXECUTE ANY TYPE"
    ):
        return None
    return of_routine(found, catalog.version)


def of_name(catalog: Catalog, owner: UserType, type_: TypeName) -> UserType | None:
    """The type that an attribute or element of `owner` has, if it is no built-in one."""
    parts = (type_.name,) if type_.schema is None else (type_.schema, type_.name)
    found = catalog.resolve(parts, owner.owner)
    return of_routine(found, catalog.version) if isinstance(found, Routine) and found.kind == "TYPE" else None


def of_routine(routine: Routine, version: int) -> UserType:
    return _parsed(routine.owner, routine.name, routine.source, version)


@functools.lru_cache(maxsize=512)
def _parsed(owner: str, name: str, source: str, version: int) -> UserType:
    from .parser.type_definitions import parse_type  # the parser knows SQL's types, not the other way round

    try:
        kind, attributes, limit = parse_type(source, version)
    except OracleError as error:
        raise OracleError(4063, f'type "{owner}.{name}" has errors') from error
    return UserType(owner, name, kind, tuple(Attribute(*attribute) for attribute in attributes), limit)
