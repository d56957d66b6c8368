"""Bind metadata and bind rows from the client, into the values of `backend/base.py`.

A row holds one value per bind that is sent, in wire order: SQL sends values longer than the string limit last ("late
binds"), RETURNING binds never, and re-executed PL/SQL leaves out what the server said is OUT.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..backend.base import CSFRM_NATIONAL, BindDirection, BindInfo, OracleType
from ..sql.binds import StatementKind, StatementText
from ..tns.errors import RemoteProtocolError
from .buffer import ESCAPE_LENGTH, MAX_SHORT_LENGTH, ReadBuffer, Reader, atomically, read_length_bytes
from .capabilities import Capabilities
from .codecs import decode_interval_ds, encode_interval_ds
from .constants import (
    TNS_BIND_ARRAY,
    TNS_CCAP_FIELD_VERSION_12_2,
    TNS_MAX_STRING_SIZE,
    TNS_MSG_TYPE_ROW_DATA,
)

Row = list[Any]

_LATE_TYPES = frozenset((OracleType.VARCHAR, OracleType.LONG, OracleType.RAW, OracleType.LONG_RAW, OracleType.CHAR))
_TYPES = {int(oracle_type): oracle_type for oracle_type in OracleType}
# node-oracledb quadruples the size of an NCHAR bind after it has compared it with the limit.
_NODE_NCHAR_FACTOR = 4


@dataclass(frozen=True, slots=True)
class LobLocator:
    """A LOB bind: the session knows the LOB."""

    locator: bytes


@dataclass(frozen=True, slots=True)
class CursorRef:
    """An open cursor bound as REF CURSOR."""

    cursor_id: int


@dataclass(frozen=True, slots=True)
class Image:
    """A value in a binary format of its own: OSON for JSON, a vector, an object."""

    type: OracleType
    data: bytes


class KnownCursor(Protocol):
    """What the parser needs of an open cursor to read a re-execution, whose bind rows come without metadata."""

    @property
    def sql(self) -> str: ...

    @property
    def text(self) -> StatementText: ...

    @property
    def binds(self) -> Sequence[BindInfo]: ...

    @property
    def directions(self) -> Sequence[BindDirection]: ...


def read_bind_infos(buffer: ReadBuffer, count: int, capabilities: Capabilities) -> tuple[BindInfo, ...]:
    """Read the metadata of binds or defines."""
    return tuple(_read_bind_info(buffer, capabilities) for _ in range(count))


def _read_bind_info(buffer: ReadBuffer, capabilities: Capabilities) -> BindInfo:
    type_number = buffer.u8()
    flags = buffer.u8()
    buffer.skip(2)  # precision, scale
    size = buffer.ub()
    max_elements = buffer.ub()
    buffer.ub()  # cont flags
    oid = buffer.two_length_bytes()
    buffer.ub()  # object version
    buffer.ub()  # character set
    csfrm = buffer.u8()
    buffer.ub()  # LOB prefetch length
    if capabilities.field_version >= TNS_CCAP_FIELD_VERSION_12_2:
        buffer.ub()  # oaccolid
    if type_number not in _TYPES:
        raise RemoteProtocolError(f"a bind of the unknown type {type_number}")
    return BindInfo(_TYPES[type_number], size, csfrm, bool(flags & TNS_BIND_ARRAY), max_elements, oid or b"")


def wire_order(
    text: StatementText,
    binds: Sequence[BindInfo],
    capabilities: Capabilities,
    directions: Sequence[BindDirection] = (),
) -> list[int]:
    """Positions of the binds whose values a row holds, in the order they travel.

    `directions` are those the client was told; give none for an EXECUTE, which sends OUT binds as well.
    """
    omitted: Collection[int] = set(text.return_positions)
    sent = [position for position in range(len(binds)) if position not in omitted]
    if text.kind is StatementKind.PLSQL:
        if directions:
            return [position for position in sent if directions[position] is not BindDirection.OUT]
        return sent
    late = [position for position in sent if _is_late(binds[position], capabilities)]
    return [position for position in sent if position not in late] + late if late else sent


def _is_late(bind: BindInfo, capabilities: Capabilities) -> bool:
    size = bind.size
    if capabilities.is_node and bind.csfrm == CSFRM_NATIONAL:
        size //= _NODE_NCHAR_FACTOR
    return bind.type in _LATE_TYPES and size > TNS_MAX_STRING_SIZE


def read_bind_rows(
    buffer: ReadBuffer, binds: Sequence[BindInfo], order: Sequence[int], count: int
) -> Reader[list[Row]]:
    """Read `count` rows; every row has one item per bind, in bind order, None where nothing was sent."""
    if not order:
        return [[None] * len(binds) for _ in range(count)] if binds else []
    rows = yield from _read_wire_rows(buffer, [_value_reader(binds[position]) for position in order], count)
    for index, position in enumerate(order):
        complete = _COMPLETIONS.get(binds[position].type)
        if complete is not None:
            for row in rows:
                value = row[index]
                row[index] = list(map(complete, value)) if isinstance(value, list) else complete(value)
    if list(order) == list(range(len(binds))):
        return rows
    arranged = []
    for row in rows:
        values: Row = [None] * len(binds)
        for position, value in zip(order, row, strict=True):
            values[position] = value
        arranged.append(values)
    return arranged


ValueReader = Callable[[ReadBuffer], Any]


def _read_wire_rows(buffer: ReadBuffer, readers: Sequence[ValueReader | None], count: int) -> Reader[list[Row]]:
    """The loop of array binds: values of length byte and data are cut out without a call."""
    rows: list[Row] = []
    data, pos = buffer.data, buffer.pos
    size = len(data)
    for _ in range(count):
        buffer.pos = pos
        if pos >= size:
            message = yield from atomically(buffer, ReadBuffer.u8)
        else:
            message = data[pos]
            buffer.pos = pos + 1
        if message != TNS_MSG_TYPE_ROW_DATA:
            raise RemoteProtocolError(f"message {message} in the place of bind values")
        data, pos = buffer.data, buffer.pos
        size = len(data)
        row: Row = []
        for reader in readers:
            if reader is None:
                if pos < size:
                    length = data[pos]
                    end = pos + 1 + length
                    if length <= MAX_SHORT_LENGTH and end <= size:
                        row.append(data[pos + 1 : end] or None)
                        pos = end
                        continue
                buffer.pos = pos
                row.append((yield from read_length_bytes(buffer)))
            else:
                buffer.pos = pos
                row.append((yield from atomically(buffer, reader)))
            data, pos = buffer.data, buffer.pos
            size = len(data)
        rows.append(row)
    buffer.pos = pos
    return rows


Completion = Callable[[bytes | None], bytes | None]

_DATE_LENGTH = 7
_TIMESTAMP_LENGTH = 11
_NO_FRACTION = bytes(4)
_UTC = bytes((20, 60))


def _complete_timestamp(value: bytes | None) -> bytes | None:
    """Zero fractions travel in 7 bytes."""
    if value is not None and len(value) == _DATE_LENGTH:
        return value + _NO_FRACTION
    return value


def _complete_timestamp_tz(value: bytes | None) -> bytes | None:
    complete = _complete_timestamp(value)
    if complete is not None and len(complete) == _TIMESTAMP_LENGTH:
        return complete + _UTC
    return complete


def _normal_interval_ds(value: bytes | None) -> bytes | None:
    """python-oracledb writes a timedelta's own parts: -1:30 as -1 day and 22:30. One sign holds for all parts here."""
    return encode_interval_ds(decode_interval_ds(value)) if value is not None else None


#: What makes the one full form out of those that travel.
_COMPLETIONS: Mapping[OracleType, Completion] = {
    OracleType.TIMESTAMP: _complete_timestamp,
    OracleType.TIMESTAMP_LTZ: _complete_timestamp,
    OracleType.TIMESTAMP_TZ: _complete_timestamp_tz,
    OracleType.INTERVAL_DS: _normal_interval_ds,
}


def _value_reader(bind: BindInfo) -> ValueReader | None:
    reader = _VALUE_READERS.get(bind.type)
    if not bind.is_array:
        return reader
    read_element = reader or ReadBuffer.length_bytes
    return lambda buffer: [read_element(buffer) for _ in range(buffer.ub())]


def _read_boolean(buffer: ReadBuffer) -> bytes | None:
    length = buffer.u8()
    if length == ESCAPE_LENGTH:
        buffer.skip(1)
        return None
    if length == 0:
        return None
    # Drivers differ in how often they write the length; the last byte is the value in all of them.
    return b"\x01" if buffer.raw(length)[-1] else b"\x00"


def _read_lob(buffer: ReadBuffer) -> LobLocator | None:
    locator = buffer.two_length_bytes()
    return LobLocator(locator) if locator else None


def _read_cursor(buffer: ReadBuffer) -> CursorRef | None:
    # 00 null; 01 00 not open yet; 01 01 and the id
    return CursorRef(buffer.ub()) if buffer.ub() else None


def _image_reader(oracle_type: OracleType) -> ValueReader:
    def read_image(buffer: ReadBuffer) -> Image | None:
        if buffer.ub() == 0:
            return None
        buffer.length_bytes()  # locator that describes the length
        return Image(oracle_type, buffer.length_bytes() or b"")

    return read_image


def _read_object(buffer: ReadBuffer) -> Image | None:
    buffer.two_length_bytes()  # type OID
    buffer.two_length_bytes()  # OID
    buffer.ub()  # snapshot
    buffer.ub()  # version
    length = buffer.ub()
    buffer.ub()  # flags
    return Image(OracleType.OBJECT, buffer.length_bytes() or b"") if length else None


_VALUE_READERS: Mapping[OracleType, ValueReader] = {
    OracleType.BOOLEAN: _read_boolean,
    OracleType.CLOB: _read_lob,
    OracleType.BLOB: _read_lob,
    OracleType.BFILE: _read_lob,
    OracleType.CURSOR: _read_cursor,
    OracleType.JSON: _image_reader(OracleType.JSON),
    OracleType.VECTOR: _image_reader(OracleType.VECTOR),
    OracleType.OBJECT: _read_object,
}
