"""Objects and collections on their way to and from SQL, where they are documents (see `sql.user_types`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..backend.base import ObjectValue
from ..backend.documents import load, scalar_data, scalar_json
from ..errors import unsupported
from ..sql.ast import TypeName
from ..sql.user_types import ELEMENT, Attribute, UserType, names_of
from .collections import elements
from .types import CollectionType, RecordType, Scalar, Type, type_name_of
from .values import Collection, Record, decode, encode


def object_value(domain: str, value: Record | Collection | None) -> ObjectValue | None:
    """The value as SQL gets it."""
    return None if value is None else ObjectValue(domain, _document(value.type, value))


def _document(type_: Type, value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(type_, RecordType):
        return f"[{','.join(_document(field.type, value.fields[field.name]) for field in type_.fields)}]"
    if isinstance(type_, CollectionType):
        return f"[{','.join(_document(type_.element, item) for item in elements(value))}]"
    if not isinstance(type_, Scalar) or type_.pg_type == "":
        raise unsupported("a cursor in an object or collection of SQL")
    return scalar_json(type_.pg_type, encode(type_.pg_type, value))


def rows_of(type_: CollectionType) -> UserType:
    """A collection type of a package as SQL may read its rows."""
    element = type_.element
    if isinstance(element, RecordType) and not element.domain:
        attributes = [Attribute(field.name, _sql_name(field.type)) for field in element.fields]
    else:
        attributes = [Attribute(ELEMENT, _sql_name(element))]
    return UserType(type_.package, type_.name, "TABLE", tuple(attributes))


def _sql_name(type_: Type) -> TypeName:
    if isinstance(type_, Scalar):
        return TypeName("NUMBER") if type_.name == "PLS_INTEGER" else type_name_of(type_)
    if isinstance(type_, RecordType | CollectionType) and type_.domain:
        owner, name = names_of(type_.domain)
        return TypeName(name, schema=owner)
    raise unsupported("TABLE(..) of a collection whose rows hold records, collections or cursors of PL/SQL")


def value_of(type_: Type, value: ObjectValue, regions: Sequence[str]) -> Any:
    """What a variable of the type holds of a value from SQL."""
    return _part(type_, load(value.document), regions)


def _part(type_: Type, item: Any, regions: Sequence[str]) -> Any:
    if item is None:
        return None
    if isinstance(type_, RecordType):
        pairs = zip(type_.fields, item, strict=True)
        return Record(type_, {field.name: _part(field.type, part, regions) for field, part in pairs})
    if isinstance(type_, CollectionType):
        items = {index: _part(type_.element, part, regions) for index, part in enumerate(item, 1)}
        return Collection(type_, items, len(items))
    assert isinstance(type_, Scalar)
    return decode(type_.pg_type, scalar_data(type_.pg_type, item, regions))
