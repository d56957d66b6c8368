"""Objects and collections as clients get and send them: images (tns-protocol 15.11) of the JSON documents kept here.

An image is a header and the values: those of attributes and elements with their lengths, an object inside an object bare,
everything inside a collection, and a collection inside an object, as an image of its own. A type descriptor (TDS) tells
clients what the attributes or elements are.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from ..catalog.model import Catalog, Routine
from ..errors import OracleError, unsupported
from ..sql.ast import TypeName
from ..sql.types import base_type, pg_type_of
from ..sql.user_types import UserType, names_of, of_domain, of_name, of_routine
from ..ttc.rows import xml_image
from .base import Lob, ObjectValue
from .documents import load, scalar_data, scalar_json
from .transcode import ColumnDecoder

RegisterLob = Callable[[Lob], bytes]
FindLob = Callable[[bytes], Lob]

_VERSION_81, _COLLECTION, _NO_PREFIX = 0x80, 0x08, 0x04
_ATOMIC_NULL, _NULL, _LONG = 0xFD, 0xFF, 0xFE
_MAX_SHORT = 245
_NULLS = frozenset((b"\xff", b"\xfd", b"\x00"))
_OBJECT_NULLS = frozenset((b"\xfd",))  # of an object inside an object, whose attributes stand bare
_U32 = struct.Struct(">I")
_KINDS = {"TABLE": 2, "VARRAY": 3}
_OID_PREFIX = bytes.fromhex("e0" + "00" * 11)
_JSONB_VERSION = 1

#: Type codes of the descriptor.
_TDS: dict[str, int] = {
    "DATE": 2, "FLOAT": 5, "NUMBER": 6, "BOOLEAN": 8, "CLOB": 29, "NCLOB": 29, "BLOB": 30, "BINARY_FLOAT": 37,
    "BINARY_DOUBLE": 45, "TIMESTAMP": 21, "TIMESTAMP WITH TIME ZONE": 23, "TIMESTAMP WITH LOCAL TIME ZONE": 33,
}  # fmt: skip
_TDS_OBJECT, _TDS_COLLECTION, _TDS_RAW = 27, 28, 19
_CHARACTER = {"VARCHAR2": (7, 1), "NVARCHAR2": (7, 2), "CHAR": (1, 1), "NCHAR": (1, 2)}
_CHARSETS = {1: 873, 2: 2000}


def type_oid(object_id: int) -> bytes:
    """ALL_TYPES.TYPE_OID, as `oracle.type_oid` makes it."""
    return _OID_PREFIX + _U32.pack(object_id)


class ObjectImages:
    """Of the types of one catalog."""

    def __init__(self, catalog: Catalog, regions: Sequence[str]) -> None:
        self._catalog = catalog
        self._regions = regions

    # ------------------------------------------------------------------------------------------------------- types

    def oid_of(self, owner: str, name: str) -> bytes:
        """b"" for what is no type."""
        found = self._catalog.objects.get((owner, name))
        return type_oid(found.object_id) if isinstance(found, Routine) and found.kind == "TYPE" else b""

    def of_oid(self, oid: bytes) -> UserType:
        """The type of a bind."""
        number = _U32.unpack(oid[-4:])[0] if oid[:12] == _OID_PREFIX and len(oid) == 16 else 0
        for found in self._catalog.objects.values():
            if isinstance(found, Routine) and found.kind == "TYPE" and found.object_id == number:
                return of_routine(found, self._catalog.version)
        raise unsupported("binds of this object type")

    def _nested(self, owner: UserType, type_: TypeName) -> UserType | None:
        return of_name(self._catalog, owner, type_)

    def descriptor(self, type_: UserType) -> bytes:
        """The TDS of a type."""
        parts = [self._described(type_, attribute.type) for attribute in type_.attributes]
        if type_.kind == "OBJECT":
            body = b"".join(parts)
            count = len(parts)
        else:
            body = struct.pack(">BIIB", _TDS_COLLECTION, 28, type_.limit or 0, _KINDS[type_.kind]) + parts[0]
            count = 1
        header = struct.pack(">IHHHBBHI", 18 + len(body), 1, 0, count, 1, 1, 0, 18 + len(body))
        return header + body

    def _described(self, owner: UserType, type_: TypeName) -> bytes:
        if self._nested(owner, type_) is not None or type_.name == "XMLTYPE":
            return bytes((_TDS_OBJECT, 0, 0, 0, 0, 0))
        if type_.name in _CHARACTER:
            code, form = _CHARACTER[type_.name]
            return struct.pack(">BHBH", code, (type_.length or 1) * form, form, _CHARSETS[form])
        if type_.name == "RAW":
            return struct.pack(">BH", _TDS_RAW, type_.length or 1)
        code = _TDS.get(type_.name, 0)
        if not code:
            raise unsupported(f"{type_.name} in an object or collection of a client")
        if type_.name == "NUMBER":
            scale = type_.scale
            if type_.precision is None:
                return struct.pack(">Bbb", code, *((38, scale or 0) if type_.star else (0, -127)))
            return struct.pack(">Bbb", code, type_.precision, scale or 0)
        if type_.name == "FLOAT":
            return bytes((code, type_.precision or 126))
        if type_.name.startswith("TIMESTAMP"):
            return struct.pack(">Bb", code, 6 if type_.precision is None else type_.precision)
        return bytes((code,))

    # ---------------------------------------------------------------------------------------------- to the client

    def decoder(self, domain: str) -> ColumnDecoder:
        """Converts a result's column."""

        def decode(values: Any) -> list[Any]:
            return [
                None if value is None else self.packed(ObjectValue(domain, value[_JSONB_VERSION:].decode()))
                for value in values
            ]

        return decode

    def packed(self, value: ObjectValue) -> ObjectValue:
        """The same, able to make its image."""
        owner, name = names_of(value.domain)

        def image(register: RegisterLob) -> bytes:
            type_ = of_domain(self._catalog, value.domain)
            if type_ is None:
                raise OracleError(4043, f"object {name} does not exist")
            return self._image(type_, load(value.document), register)

        return ObjectValue(value.domain, value.document, image, self.oid_of(owner, name))

    def _image(self, type_: UserType, items: Any, register: RegisterLob) -> bytes:
        if type_.kind == "OBJECT":
            flags, body = _VERSION_81 | _NO_PREFIX, self._attributes(type_, items, register)
        else:
            flags = _VERSION_81 | _COLLECTION
            values = [self._element(type_, item, register) for item in items]
            body = b"\x01\x01\x00" + _length(len(items)) + b"".join(values)
        return bytes((flags, 1, _LONG)) + _U32.pack(7 + len(body)) + body

    def _attributes(self, type_: UserType, items: Any, register: RegisterLob) -> bytes:
        parts = []
        for attribute, item in zip(type_.attributes, items, strict=True):
            nested = self._nested(type_, attribute.type)
            if nested is None:
                parts.append(self._scalar(attribute.type, item, register))
            elif nested.kind == "OBJECT":
                parts.append(bytes((_ATOMIC_NULL,)) if item is None else self._attributes(nested, item, register))
            else:
                parts.append(bytes((_NULL,)) if item is None else _with_length(self._image(nested, item, register)))
        return b"".join(parts)

    def _element(self, type_: UserType, item: Any, register: RegisterLob) -> bytes:
        nested = self._nested(type_, type_.element)
        if nested is None:
            return self._scalar(type_.element, item, register)
        if item is None:
            return bytes((_ATOMIC_NULL if nested.kind == "OBJECT" else _NULL,))
        return _with_length(self._image(nested, item, register))

    def _scalar(self, type_: TypeName, item: Any, register: RegisterLob) -> bytes:
        if item is None:
            return bytes((_NULL,))
        pg_type = base_type(pg_type_of(type_, version=23))
        data = scalar_data(pg_type, item, self._regions)
        if type_.name == "XMLTYPE":
            return _with_length(xml_image(data))
        if isinstance(data, Lob):
            return _with_length(register(data))
        if type_.name == "BOOLEAN":
            return b"\x04" + _U32.pack(data[-1])
        if type_.name in ("TIMESTAMP", "TIMESTAMP WITH LOCAL TIME ZONE") and data[7:] == bytes(4):
            data = data[:7]
        return _with_length(data)

    # -------------------------------------------------------------------------------------------- from the client

    def unpacked(self, type_: UserType, image: bytes, find: FindLob) -> ObjectValue:
        """The value of a bind."""
        return ObjectValue(type_.pg_type, self._document(type_, _Reader(image), find))

    def _document(self, type_: UserType, reader: _Reader, find: FindLob) -> str:
        flags = reader.u8()
        reader.u8()  # version
        reader.length()
        if not flags & _NO_PREFIX:
            reader.raw(reader.length())
        if type_.kind == "OBJECT":
            return self._read_attributes(type_, reader, find)
        reader.u8()  # flags of the collection
        count = reader.length()
        if type_.limit is not None and count > type_.limit:
            raise OracleError(22909, "exceeded maximum VARRAY limit")
        return f"[{','.join([self._read_element(type_, reader, find) for _ in range(count)])}]"

    def _read_attributes(self, type_: UserType, reader: _Reader, find: FindLob) -> str:
        parts = []
        for attribute in type_.attributes:
            nested = self._nested(type_, attribute.type)
            if nested is None:
                parts.append(self._read_scalar(attribute.type, reader, find))
            elif reader.skip_null(_OBJECT_NULLS if nested.kind == "OBJECT" else _NULLS):
                parts.append("null")
            elif nested.kind == "OBJECT":
                parts.append(self._read_attributes(nested, reader, find))
            else:
                parts.append(self._document(nested, _Reader(reader.raw(reader.length())), find))
        return f"[{','.join(parts)}]"

    def _read_element(self, type_: UserType, reader: _Reader, find: FindLob) -> str:
        nested = self._nested(type_, type_.element)
        if nested is None:
            return self._read_scalar(type_.element, reader, find)
        if reader.skip_null():
            return "null"
        return self._document(nested, _Reader(reader.raw(reader.length())), find)

    def _read_scalar(self, type_: TypeName, reader: _Reader, find: FindLob) -> str:
        if reader.skip_null():
            return "null"
        if type_.name == "XMLTYPE":
            raise unsupported("XMLTYPE in an object of a client")
        data: Any = reader.raw(reader.length())
        pg_type = base_type(pg_type_of(type_, version=23))
        if type_.name in ("CLOB", "NCLOB", "BLOB"):
            return scalar_json(pg_type, find(data))
        if type_.length is not None:
            data = _fitted(type_, type_.length, data)
        if pg_type in ("oracle.ts", "oracle.tsltz", "oracle.tstz"):
            data = data.ljust(11, b"\0")
        return scalar_json(pg_type, data)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def u8(self) -> int:
        return self.raw(1)[0]

    def raw(self, count: int) -> bytes:
        found = self._data[self._position : self._position + count]
        if len(found) < count:
            raise OracleError(22625, "OCIAnyData is not well-formed")
        self._position += count
        return found

    def length(self) -> int:
        short = self.u8()
        return int(_U32.unpack(self.raw(4))[0]) if short == _LONG else short

    def skip_null(self, codes: frozenset[bytes] = _NULLS) -> bool:
        """Whether the next value is NULL; then it is behind."""
        if self._data[self._position : self._position + 1] in codes:
            self._position += 1
            return True
        return False


def _fitted(type_: TypeName, length: int, data: bytes) -> bytes:
    """Text and RAW no longer than the type allows; CHAR and NCHAR with their blanks."""
    national = type_.name.startswith("N")
    in_characters = national or type_.char_semantics == "CHAR"
    size = len(data) // 2 if national else len(data.decode(errors="replace")) if in_characters else len(data)
    if size > length:
        raise OracleError(22814, "attribute or element value is larger than specified in type")
    if type_.name in ("CHAR", "NCHAR"):
        data += (b"\0 " if national else b" ") * (length - size)
    return data


def _length(count: int) -> bytes:
    return bytes((count,)) if count <= _MAX_SHORT else bytes((_LONG,)) + _U32.pack(count)


def _with_length(data: bytes) -> bytes:
    return _length(len(data)) + data
