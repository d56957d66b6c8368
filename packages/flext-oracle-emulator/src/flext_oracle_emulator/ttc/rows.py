"""Row values to the client: one encoder per column, chosen when the columns are known, never per value.

Most types travel as a length byte and the value that the backend gave, so rows of such columns take a loop without a
call per value. The others (LOBs, cursors, ROWIDs, LONGs...) have a function each.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ..backend.base import CSFRM_NATIONAL, BindInfo, ColumnInfo, Lob, ObjectValue, OracleType, ResultSet
from ..errors import unsupported
from .buffer import MAX_SHORT_LENGTH, chunked_bytes, length_bytes, two_length_bytes, ub
from .codecs import decode_rowid, decode_vector, encode_oson
from .constants import TNS_LOB_LOCATOR_LENGTH, TNS_MSG_TYPE_ROW_DATA, TNS_XML_TYPE_OID, TNS_XML_TYPE_STRING
from .messages.describe import column_size
from .messages.result import make_rowid, make_urowid

ValueEncoder = Callable[[Any], bytes]

LOB_CHUNK_SIZE = 8060
_ROW = bytes((TNS_MSG_TYPE_ROW_DATA,))
_NULL = b"\x00"
_LENGTHS = tuple(bytes((length,)) for length in range(MAX_SHORT_LENGTH + 1))
_NO_FRACTION = bytes(4)
_NO_OBJECT = bytes(6)
_TOID_HEAD = bytes((0, 0x22, 0x02, 0x08))  # its length, and what it holds
_EXTENT_OID = bytes.fromhex("00000000000000000000000000010001")
_XML_OBJECT = two_length_bytes(TNS_XML_TYPE_OID) + bytes(3)  # no OID, no snapshot, version 0
_XML_IMAGE = struct.Struct(">BBBIBI")  # flags, version, long length follows, length of the image, XML version, kind
_QUASI_LOCATOR = length_bytes(bytes(TNS_LOB_LOCATOR_LENGTH))

#: Columns that a client defines before it fetches: the first execution sends no rows of them.
DEFINED_TYPES = frozenset((OracleType.CLOB, OracleType.BLOB, OracleType.JSON, OracleType.VECTOR))


class Registry(Protocol):
    """Where values that outlive the response get their handles: the session."""

    def register_lob(self, lob: Lob) -> bytes:
        """Return the locator."""
        ...

    def register_cursor(self, result_set: ResultSet | None) -> tuple[bytes, int]:
        """Return the describe body and the cursor id; without a result set an empty body and 0."""
        ...


def lob_size(lob: Lob) -> int:
    """Characters as Oracle counts them (UTF-16 code units), or bytes."""
    if isinstance(lob.data, bytes) or lob.data.isascii():
        return len(lob.data)
    return len(lob.data.encode("utf-16-be", "surrogatepass")) // 2


def lob_bytes(lob: Lob, csfrm: int) -> bytes:
    """The whole content as it travels in line."""
    if isinstance(lob.data, bytes):
        return lob.data
    return lob.data.encode("utf-16-be" if csfrm == CSFRM_NATIONAL else "utf-8", "surrogatepass")


def encode_timestamp_value(value: bytes | None) -> bytes:
    """Cut a zero fraction off: clients take 11 bytes for one that is there."""
    if value is not None and value[7:] == _NO_FRACTION:
        return b"\x07" + value[:7]
    return length_bytes(value)


def encode_boolean_value(value: bytes | None) -> bytes:
    if value is None:
        return _NULL
    return b"\x02\x01\x01" if value == b"\x01" else b"\x01\x00"


def encode_rowid_value(value: bytes | None) -> bytes:
    return b"\x0e" + make_rowid(decode_rowid(value)) if value else _NULL


def encode_urowid_value(value: bytes | None) -> bytes:
    if not value:
        return _NULL
    image = make_urowid(decode_rowid(value))
    return ub(len(image)) + length_bytes(image)


def encode_json_value(value: bytes | None) -> bytes:
    """The image in OSON, and a locator that nobody follows."""
    if value is None:
        return _NULL
    image = encode_oson(value.decode())
    return b"\x01\x28" + ub(len(image)) + ub(LOB_CHUNK_SIZE) + length_bytes(image) + _QUASI_LOCATOR


def xml_image(text: bytes) -> bytes:
    return _XML_IMAGE.pack(0x84, 0x01, 0xFE, _XML_IMAGE.size + len(text), 1, TNS_XML_TYPE_STRING) + text


def encode_xml_value(value: bytes | None) -> bytes:
    """XMLTYPE: an object whose image holds the text (tns-protocol 15.11)."""
    if value is None:
        return _NO_OBJECT
    image = xml_image(value)
    return _XML_OBJECT + ub(len(image)) + _NULL + length_bytes(image)


def object_encoder(registry: Registry) -> ValueEncoder:
    """Objects and collections: who they are, and their image (tns-protocol 15.11)."""

    def encode_object(value: ObjectValue | None) -> bytes:
        if value is None or value.image is None:
            return _NO_OBJECT
        image = value.image(registry.register_lob)
        toid = _TOID_HEAD + value.type_oid + _EXTENT_OID
        return two_length_bytes(toid) + bytes(3) + ub(len(image)) + _NULL + length_bytes(image)

    return encode_object


def encode_vector_value(value: bytes | None) -> bytes:
    if value is None:
        return _NULL
    return b"\x01\x28" + ub(len(value)) + ub(LOB_CHUNK_SIZE) + length_bytes(value) + _QUASI_LOCATOR


def _vector_text(define: BindInfo, registry: Registry) -> ValueEncoder:
    """A vector that the client defined as text, or as a CLOB."""

    def encode(value: bytes | None) -> bytes:
        text = None if value is None else decode_vector(value)[2:]
        if define.type is OracleType.CLOB:
            return lob_encoder(registry)(None if text is None else Lob(OracleType.CLOB, text, define.csfrm))
        data = None if text is None else text.encode("utf-16-be" if define.csfrm == CSFRM_NATIONAL else "utf-8")
        trailer = b"\x00\x00" if define.type is OracleType.LONG else b""
        return length_bytes(data) + trailer

    return encode


def encode_long_value(value: bytes | None) -> bytes:
    """The value, an indicator and a return code."""
    return length_bytes(value) + b"\x00\x00"


def _encode_nothing(value: bytes | None) -> bytes:
    return b""


def lob_encoder(registry: Registry) -> ValueEncoder:
    def encode_lob(lob: Lob | None) -> bytes:
        if lob is None:
            return _NULL
        locator = registry.register_lob(lob)
        return ub(len(locator)) + ub(lob_size(lob)) + ub(LOB_CHUNK_SIZE) + length_bytes(locator)

    return encode_lob


def cursor_encoder(registry: Registry) -> ValueEncoder:
    def encode_cursor(result_set: ResultSet | None) -> bytes:
        body, cursor_id = registry.register_cursor(result_set)
        return b"\x01" + body + ub(cursor_id)

    return encode_cursor


def _inline_lob_encoder(define: BindInfo) -> ValueEncoder:
    """A LOB column that the client defined as LONG, LONG RAW or text: no locator, the content itself."""
    trailer = b"\x00\x00" if define.type in (OracleType.LONG, OracleType.LONG_RAW) else b""

    def encode_inline(lob: Lob | None) -> bytes:
        return length_bytes(lob_bytes(lob, define.csfrm) if lob is not None else None) + trailer

    return encode_inline


#: Types that need more than a length byte. Those in neither table nor `_encoder` travel plain.
_ENCODERS: Mapping[OracleType, ValueEncoder] = {
    OracleType.TIMESTAMP: encode_timestamp_value,
    OracleType.TIMESTAMP_LTZ: encode_timestamp_value,
    OracleType.BOOLEAN: encode_boolean_value,
    OracleType.ROWID: encode_rowid_value,
    OracleType.UROWID: encode_urowid_value,
    OracleType.LONG: encode_long_value,
    OracleType.LONG_RAW: encode_long_value,
}
_CUT = frozenset((OracleType.VARCHAR, OracleType.CHAR, OracleType.LONG, OracleType.RAW, OracleType.LONG_RAW))
_UNSUPPORTED = frozenset((OracleType.BFILE,))


def _encoder(column: ColumnInfo, define: BindInfo | None, registry: Registry) -> ValueEncoder | None:
    """The column's encoder; None if it is plain."""
    if column.is_xml:
        return encode_xml_value
    if column.type in _UNSUPPORTED:
        raise unsupported(f"fetching type {column.type.name}")
    if column.type in (OracleType.CLOB, OracleType.BLOB):
        if define is not None and define.type not in (OracleType.CLOB, OracleType.BLOB):
            return _inline_lob_encoder(define)
        return lob_encoder(registry)
    if column.type is OracleType.CURSOR:
        return cursor_encoder(registry)
    if column.type is OracleType.OBJECT:
        return object_encoder(registry)
    if column.type is OracleType.JSON:
        if define is not None and define.type is not OracleType.JSON:
            return length_bytes  # as text
        return encode_json_value
    if column.type is OracleType.VECTOR:
        return (
            encode_vector_value
            if define is None or define.type is OracleType.VECTOR
            else _vector_text(define, registry)
        )
    encoder = _ENCODERS.get(column.type)
    if encoder is None and column_size(column) == 0:
        return _encode_nothing
    return encoder


class RowEncoder:
    """Encodes fetched rows of fixed columns into ROW DATA messages."""

    def __init__(
        self, columns: Sequence[ColumnInfo], defines: Sequence[BindInfo | None] | None, registry: Registry
    ) -> None:
        chosen = [
            _encoder(column, defines[position] if defines and position < len(defines) else None, registry)
            for position, column in enumerate(columns)
        ]
        self._encoders: list[ValueEncoder] | None = None
        if any(chosen):
            self._encoders = [encoder or length_bytes for encoder in chosen]

    def encode(self, rows: Sequence[Sequence[Any]]) -> bytes:
        encoders = self._encoders
        if encoders is not None:
            return b"".join(
                [_ROW + b"".join([encode(value) for encode, value in zip(encoders, row, strict=True)]) for row in rows]
            )
        parts: list[bytes] = []
        append = parts.append
        for row in rows:
            append(_ROW)
            for value in row:
                if value is None:
                    append(_NULL)
                    continue
                length = len(value)
                if length <= MAX_SHORT_LENGTH:
                    append(_LENGTHS[length])
                    append(value)
                else:
                    append(chunked_bytes(value))
        return b"".join(parts)


def out_value_encoder(bind: BindInfo, registry: Registry) -> ValueEncoder:
    """The encoder of an OUT or RETURNING bind: the value and its actual length, 0 meaning not truncated."""
    encode: ValueEncoder
    if bind.type in _UNSUPPORTED:
        raise unsupported(f"OUT binds of type {bind.type.name}")
    if bind.type in (OracleType.CLOB, OracleType.BLOB):
        encode = lob_encoder(registry)
    elif bind.type is OracleType.CURSOR:
        encode = cursor_encoder(registry)
    elif bind.type is OracleType.OBJECT:
        encode = object_encoder(registry)
    elif bind.type in (OracleType.TIMESTAMP, OracleType.TIMESTAMP_LTZ):
        encode = encode_timestamp_value
    elif bind.type is OracleType.JSON:
        encode = encode_json_value
    elif bind.type is OracleType.VECTOR:
        encode = encode_vector_value
    elif bind.type in _CUT:
        return _cut_value_encoder(bind)
    elif bind.type is OracleType.BOOLEAN:
        return lambda value: b"\x00\x81\x01" if value is None else encode_boolean_value(value) + b"\x00"
    else:
        encode = length_bytes
    if bind.is_array:
        return lambda values: ub(len(values or ())) + b"".join([encode(value) + b"\x00" for value in values or ()])
    return lambda value: encode(value) + b"\x00"


def _cut_value_encoder(bind: BindInfo) -> ValueEncoder:
    """What is longer than the client's buffer is cut, and its length told."""

    def encode(value: bytes | Lob | None) -> bytes:
        data = lob_bytes(value, bind.csfrm) if isinstance(value, Lob) else value
        if data is None or bind.size == 0 or len(data) <= bind.size:
            return length_bytes(data) + b"\x00"
        return length_bytes(data[: bind.size]) + ub(len(data))

    if bind.is_array:
        return lambda values: ub(len(values or ())) + b"".join(map(encode, values or ()))
    return encode


def make_out_row(values: Sequence[Any], encoders: Sequence[ValueEncoder]) -> bytes:
    """The ROW DATA message of one iteration's OUT values."""
    return _ROW + b"".join([encode(value) for encode, value in zip(encoders, values, strict=True)])


def make_returned_row(values: Sequence[Sequence[Any]], encoders: Sequence[ValueEncoder]) -> bytes:
    """The ROW DATA message of one iteration of RETURNING: per bind the values of all rows."""
    parts = [_ROW]
    for encode, returned in zip(encoders, values, strict=True):
        parts.append(ub(len(returned)))
        parts += [encode(value) for value in returned]
    return b"".join(parts)
