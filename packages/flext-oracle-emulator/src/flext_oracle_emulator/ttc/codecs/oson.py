"""OSON, the binary format in which JSON values travel, from and to JSON text.

    ff 4a 5a, version, u16be flags
    scalar:     tree size, node
    container:  number of names, size of the names, tree size, u16be tiny nodes,
                hash array, offset array, names (u8 length + UTF-8), tree
                (version 3: names above 255 bytes in arrays of their own, with u16be lengths)

Field names are sorted by (hash, length, bytes) and numbered from 1. Values that JSON text has no word for are objects of
one field, as Oracle's "extended objects" are: `{"$oracleTimestamp": "2024-01-02T03:04:05"}`.
"""

from __future__ import annotations

import datetime
import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ...errors import OracleError, unsupported
from .binary import decode_binary_double, decode_binary_float, encode_binary_double, encode_binary_float
from .date import decode_date, encode_date
from .interval import decode_interval_ds, decode_interval_ym, encode_interval_ds, encode_interval_ym
from .number import decode_number, decode_number_text, encode_number_text
from .timestamp import decode_timestamp, decode_timestamp_tz, encode_timestamp, encode_timestamp_tz
from .vector import decode_vector, encode_vector

_MAGIC = b"\xffJZ"
_RELATIVE_OFFSETS = 0x0001
_INLINE = 0x0006
_NAMES_U32 = 0x0008
_SCALAR = 0x0010
_HASH_U8 = 0x0100
_NAMES_U16 = 0x0400
_NAME_OFFSETS_U32 = 0x0800
_TREE_U32 = 0x1000
_TINY_STATISTICS = 0x2000
_LONG_NAME_OFFSETS_U16 = 0x0100  # of the secondary flags
_MAX_SHORT_NAME = 255
_MAX_NAME = 65535
_MAX_DEPTH = 500
_VECTOR_NODE = 0x7B


def _broken() -> OracleError:
    return OracleError(40441, "JSON syntax error")


# ------------------------------------------------------------------------------------------------------- to text


@dataclass(slots=True)
class _Image:
    """An image as it is read. `budget` bounds the nodes: shared offsets must not make a small image large."""

    data: bytes
    pos: int = 0
    names: list[str] = field(default_factory=list)
    id_size: int = 1
    tree: int = 0
    relative: bool = False
    budget: int = 0

    def take(self, length: int) -> bytes:
        end = self.pos + length
        if end > len(self.data):
            raise _broken()
        value = self.data[self.pos : end]
        self.pos = end
        return value

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")


def decode_oson(image: bytes) -> str:
    """The JSON text of an image. Raises ORA-40441 for what is none."""
    reader = _Image(image, budget=len(image))
    try:
        return _dump(_read_document(reader))
    except (ValueError, OverflowError, RecursionError) as error:
        raise _broken() from error


def _dump(value: Any) -> str:
    """JSON text; json.dumps knows no Decimal."""
    match value:
        case Decimal():
            return _plain(value)
        case dict():
            return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{_dump(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text if len(text) <= 60 else format(value, "E")


def _read_document(reader: _Image) -> Any:
    if reader.take(3) != _MAGIC:
        raise _broken()
    version = reader.number(1)
    flags = reader.number(2)
    reader.relative = bool(flags & _RELATIVE_OFFSETS)
    tree_size = 4 if flags & _TREE_U32 else 2
    if flags & _SCALAR:
        reader.number(tree_size)
        reader.tree = reader.pos
        return _read_node(reader, 0)
    reader.id_size = 4 if flags & _NAMES_U32 else 2 if flags & _NAMES_U16 else 1
    count = reader.number(reader.id_size)
    offset_size = 4 if flags & _NAME_OFFSETS_U32 else 2
    names_size = reader.number(offset_size)
    long_offset_size = long_count = long_size = 0
    if version > 1:
        long_offset_size = 2 if reader.number(2) & _LONG_NAME_OFFSETS_U16 else 4
        long_count, long_size = reader.number(4), reader.number(4)
    reader.number(tree_size)
    reader.number(2)  # tiny nodes
    _read_names(reader, count, offset_size, names_size, hash_size=1, length_size=1)
    if long_count:
        _read_names(reader, long_count, long_offset_size, long_size, hash_size=2, length_size=2)
    reader.tree = reader.pos
    return _read_node(reader, 0)


def _read_names(reader: _Image, count: int, offset_size: int, size: int, *, hash_size: int, length_size: int) -> None:
    reader.take(count * hash_size)
    offsets = [reader.number(offset_size) for _ in range(count)]
    names = reader.take(size)
    for offset in offsets:
        length = int.from_bytes(names[offset : offset + length_size], "big")
        start = offset + length_size
        if start + length > size:
            raise _broken()
        reader.names.append(names[start : start + length].decode())


def _read_node(reader: _Image, depth: int) -> Any:
    reader.budget -= 1
    if depth > _MAX_DEPTH or reader.budget < 0:
        raise _broken()
    start = reader.pos
    code = reader.number(1)
    if code & 0x80:
        return _read_container(reader, code, start, depth)
    if code < 0x20:
        return reader.take(code).decode()
    if code in _WORDS:
        return _WORDS[code]
    if code in _STRING_SIZES:
        return reader.take(reader.number(_STRING_SIZES[code])).decode()
    if code == 0x34:
        return _decimal(reader.take(reader.number(1)))
    if 0x20 <= code < 0x30 or 0x60 <= code < 0x70:
        return _decimal(reader.take((code & 0x0F) + 1))
    if 0x40 <= code < 0x60:
        return _decimal(reader.take(code & 0x0F))
    if code in _FIXED:
        size, name, decode = _FIXED[code]
        return {name: decode(reader.take(size))}
    if code in _BINARIES:
        size, name = _BINARIES[code]
        return {name: reader.take(reader.number(size)).hex().upper()}
    if code == _VECTOR_NODE and reader.number(1) == 1:
        return {"$vector": decode_vector(reader.take(reader.number(4)))}
    raise unsupported(f"JSON values of kind {code:#x}")


def _decimal(data: bytes) -> Decimal | int:
    value = decode_number(data)
    return value if isinstance(value, Decimal) else Decimal(value)


def _read_container(reader: _Image, code: int, start: int, depth: int) -> Any:
    offset_size = 4 if code & 0x20 else 2
    is_array = bool(code & 0x40)
    shape = code & 0x18
    names: list[str] = []
    if shape == 0x18:
        # The field ids are those of another object.
        shared = reader.number(offset_size)
        resume = reader.pos
        reader.pos = reader.tree + shared
        other = reader.number(1)
        count = reader.number({0x00: 1, 0x08: 2, 0x10: 4}.get(other & 0x18, 1))
        names = _field_names(reader, count)
        reader.pos = resume
    else:
        count = reader.number({0x00: 1, 0x08: 2, 0x10: 4}[shape])
        if count > len(reader.data):
            raise _broken()
        if not is_array:
            names = _field_names(reader, count)
    base = start if reader.relative else reader.tree
    offsets = [reader.number(offset_size) for _ in range(count)]
    values = []
    for offset in offsets:
        reader.pos = base + offset
        values.append(_read_node(reader, depth + 1))
    return values if is_array else dict(zip(names, values, strict=True))


def _field_names(reader: _Image, count: int) -> list[str]:
    names = []
    for _ in range(count):
        number = reader.number(reader.id_size)
        if not 1 <= number <= len(reader.names):
            raise _broken()
        names.append(reader.names[number - 1])
    return names


_WORDS: Mapping[int, bool | None] = {0x30: None, 0x31: True, 0x32: False}
_STRING_SIZES = {0x33: 1, 0x37: 2, 0x38: 4}
_BINARIES = {0x3A: (2, "$rawhex"), 0x3B: (4, "$rawhex"), 0x7E: (1, "$rawid")}
_FIXED: Mapping[int, tuple[int, str, Callable[[bytes], Any]]] = {
    0x36: (8, "$numberDouble", lambda data: repr(decode_binary_double(data))),
    0x7F: (4, "$numberFloat", lambda data: repr(decode_binary_float(data))),
    0x3C: (7, "$oracleDate", lambda data: decode_date(data).isoformat()),
    0x7D: (7, "$oracleTimestamp", lambda data: decode_timestamp(data).isoformat()),
    0x39: (11, "$oracleTimestamp", lambda data: decode_timestamp(data).isoformat()),
    0x7C: (13, "$oracleTimestampTZ", lambda data: decode_timestamp_tz(data).isoformat()),
    0x3D: (5, "$intervalYearMonth", lambda data: str(decode_interval_ym(data))),
    0x3E: (11, "$intervalDaySecond", lambda data: str(decode_interval_ds(data))),
}


# ------------------------------------------------------------------------------------------------------ from text


def encode_oson(text: str) -> bytes:
    """The image of JSON text. Raises ORA-40441 for text that is no JSON."""
    try:
        value = json.loads(text, parse_int=Decimal, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise _broken() from error
    names: set[bytes] = set()
    _collect_names(value, names)
    short = sorted(
        (n for n in names if len(n) <= _MAX_SHORT_NAME), key=lambda name: (_hash(name) & 0xFF, len(name), name)
    )
    long = sorted(
        (n for n in names if len(n) > _MAX_SHORT_NAME), key=lambda name: (_hash(name) & 0xFFFF, len(name), name)
    )
    ids = {name: number for number, name in enumerate((*short, *long), 1)}
    id_size = 1 if len(ids) < 0x100 else 2 if len(ids) < 0x10000 else 4
    tree = bytearray()
    _write_node(tree, value, ids, id_size)
    flags = _INLINE
    if len(tree) > 0xFFFF:
        flags |= _TREE_U32
    size = struct.pack(">I" if flags & _TREE_U32 else ">H", len(tree))
    if not _is_container(value):
        return _MAGIC + b"\x01" + struct.pack(">H", flags | _SCALAR) + size + tree
    segment, offsets = _name_segment(short, 1)
    wide = len(segment) > 0xFFFF
    flags |= _HASH_U8 | _TINY_STATISTICS | (_NAME_OFFSETS_U32 if wide else 0)
    flags |= {1: 0, 2: _NAMES_U16, 4: _NAMES_U32}[id_size]
    offset_format = ">I" if wide else ">H"
    parts = [
        _MAGIC,
        b"\x03" if long else b"\x01",
        struct.pack(">H", flags),
        len(short).to_bytes(id_size, "big"),
        struct.pack(offset_format, len(segment)),
    ]
    long_segment, long_offsets = _name_segment(long, 2)
    if long:
        parts.append(struct.pack(">HII", 0, len(long), len(long_segment)))
    parts += [size, b"\x00\x00", bytes(_hash(name) & 0xFF for name in short)]  # no tiny nodes
    parts += [struct.pack(offset_format, offset) for offset in offsets]
    parts.append(segment)
    parts += [struct.pack(">H", _hash(name) & 0xFFFF) for name in long]
    parts += [struct.pack(">I", offset) for offset in long_offsets]
    return b"".join((*parts, long_segment, tree))


def _name_segment(names: Sequence[bytes], length_size: int) -> tuple[bytes, list[int]]:
    """Names with their lengths, and where each begins."""
    segment = bytearray()
    offsets = []
    for name in names:
        offsets.append(len(segment))
        segment += len(name).to_bytes(length_size, "big") + name
    return bytes(segment), offsets


def _hash(name: bytes) -> int:
    """FNV-1a."""
    value = 0x811C9DC5
    for byte in name:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def _extended(value: Any) -> tuple[int, bytes] | None:
    """Code and content of a value that JSON text has no word for."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    ((name, content),) = value.items()
    writer = _EXTENDED.get(name)
    if writer is None or not isinstance(content, str):
        return None
    try:
        return writer(content)
    except (ValueError, OverflowError, IndexError, KeyError, TypeError, struct.error):
        return None  # an object of its own right that has such a name


def _raw(text: str) -> tuple[int, bytes]:
    data = bytes.fromhex(text)
    if len(data) <= 0xFFFF:
        return 0x3A, struct.pack(">H", len(data)) + data
    return 0x3B, struct.pack(">I", len(data)) + data


def _identifier(text: str) -> tuple[int, bytes]:
    data = bytes.fromhex(text)
    return 0x7E, bytes((len(data),)) + data


def _vector(text: str) -> tuple[int, bytes]:
    image = encode_vector(text)
    return _VECTOR_NODE, b"\x01" + struct.pack(">I", len(image)) + image


_EXTENDED: Mapping[str, Callable[[str], tuple[int, bytes]]] = {
    "$numberDouble": lambda text: (0x36, encode_binary_double(float(text))),
    "$numberFloat": lambda text: (0x7F, encode_binary_float(float(text))),
    "$oracleDate": lambda text: (0x3C, encode_date(datetime.datetime.fromisoformat(text))),
    "$oracleTimestamp": lambda text: (0x39, encode_timestamp(datetime.datetime.fromisoformat(text))),
    "$oracleTimestampTZ": lambda text: (0x7C, encode_timestamp_tz(datetime.datetime.fromisoformat(text))),
    "$intervalYearMonth": lambda text: (0x3D, encode_interval_ym(int(text))),
    "$intervalDaySecond": lambda text: (0x3E, encode_interval_ds(int(text))),
    "$rawhex": _raw,
    "$rawid": _identifier,
    "$vector": _vector,
}


def _is_container(value: Any) -> bool:
    return isinstance(value, list | dict) and _extended(value) is None


def _collect_names(value: Any, names: set[bytes]) -> None:
    if not _is_container(value):
        return
    if isinstance(value, list):
        for item in value:
            _collect_names(item, names)
        return
    for name, item in value.items():
        encoded = name.encode("utf-8", "replace")
        if len(encoded) > _MAX_NAME:
            raise OracleError(40765, "invalid field name: it is too long")
        names.add(encoded)
        _collect_names(item, names)


def _write_node(tree: bytearray, value: Any, ids: Mapping[bytes, int], id_size: int) -> None:
    if _is_container(value):
        _write_container(tree, value, ids, id_size)
        return
    match value:
        case None:
            tree.append(0x30)
        case bool():
            tree.append(0x31 if value else 0x32)
        case Decimal():
            _write_number(tree, value)
        case str():
            data = value.encode("utf-8", "replace")
            if len(data) <= 0xFF:
                tree += bytes((0x33, len(data)))
            elif len(data) <= 0xFFFF:
                tree += b"\x37" + struct.pack(">H", len(data))
            else:
                tree += b"\x38" + struct.pack(">I", len(data))
            tree += data
        case _:
            extended = _extended(value)
            if extended is None:  # NaN and Infinity, which Python's parser takes
                raise _broken()
            code, content = extended
            tree.append(code)
            tree += content


def _write_number(tree: bytearray, value: Decimal) -> None:
    try:
        data = encode_number_text(format(value, "f") if value.adjusted() < 200 else str(value))
    except OracleError:
        tree.append(0x36)
        tree += encode_binary_double(float(value))
        return
    if decode_number_text(data) == "0" and value:
        tree.append(0x36)
        tree += encode_binary_double(float(value))
        return
    tree += bytes((0x34, len(data))) + data


def _write_container(tree: bytearray, value: Any, ids: Mapping[bytes, int], id_size: int) -> None:
    count = len(value)
    shape, size = (0x00, 1) if count < 0x100 else (0x08, 2) if count < 0x10000 else (0x10, 4)
    is_array = isinstance(value, list)
    tree.append((0xE0 if is_array else 0xA4) | shape)
    tree += count.to_bytes(size, "big")
    if not is_array:
        for name in value:
            tree += ids[name.encode("utf-8", "replace")].to_bytes(id_size, "big")
    offsets = len(tree)
    tree += bytes(4 * count)
    for index, item in enumerate(value if is_array else value.values()):
        struct.pack_into(">I", tree, offsets + 4 * index, len(tree))
        _write_node(tree, item, ids, id_size)
