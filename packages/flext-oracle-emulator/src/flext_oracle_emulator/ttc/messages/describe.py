"""DESCRIBE INFO: the columns of a query. Its body also stands inside REF CURSOR values and implicit results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...backend.base import CSFRM_DATABASE, CSFRM_NATIONAL, ColumnInfo, OracleType
from ..buffer import length_bytes, two_length_bytes, two_length_text, ub
from ..constants import (
    TNS_CCAP_FIELD_VERSION_12_2,
    TNS_CCAP_FIELD_VERSION_23_1,
    TNS_CCAP_FIELD_VERSION_23_1_EXT_3,
    TNS_CCAP_FIELD_VERSION_23_4,
    TNS_CHARSET_UTF8,
    TNS_CHARSET_UTF16,
    TNS_MAX_STRING_SIZE,
    TNS_MSG_TYPE_DESCRIBE_INFO,
    TNS_XML_TYPE_OID,
)

_CHARSETS = {CSFRM_DATABASE: TNS_CHARSET_UTF8, CSFRM_NATIONAL: TNS_CHARSET_UTF16}
_CHARACTER_FLAG = 0x80
_JSON_FLAG = 0x100
_VECTOR_FLEXIBLE = 1
_VECTOR_SPARSE = 2
# What a column of the type occupies in a row; a described size of 0 would mean that its values are left out.
_FIXED_SIZES: Mapping[OracleType, int] = {
    OracleType.NUMBER: 22,
    OracleType.BINARY_INTEGER: 22,
    OracleType.LONG: 0,
    OracleType.ROWID: 18,
    OracleType.DATE: 7,
    OracleType.LONG_RAW: 0,
    OracleType.BINARY_FLOAT: 4,
    OracleType.BINARY_DOUBLE: 8,
    OracleType.CURSOR: 1,
    OracleType.CLOB: 4000,
    OracleType.BLOB: 4000,
    OracleType.BFILE: 530,
    OracleType.JSON: 4000,
    OracleType.VECTOR: 4000,
    OracleType.TIMESTAMP: 11,
    OracleType.TIMESTAMP_TZ: 13,
    OracleType.TIMESTAMP_LTZ: 11,
    OracleType.INTERVAL_YM: 5,
    OracleType.INTERVAL_DS: 11,
    OracleType.UROWID: 4000,
    OracleType.BOOLEAN: 1,
}
_CHARACTER_TYPES = frozenset((OracleType.VARCHAR, OracleType.CHAR, OracleType.LONG, OracleType.CLOB))


def column_size(column: ColumnInfo) -> int:
    """The described buffer size. 0 (an expression that is always NULL) takes the column's bytes out of every row."""
    # node-oracledb expects LONG's trailing indicators above the string limit.
    return _FIXED_SIZES.get(column.type, min(column.size, TNS_MAX_STRING_SIZE))


def make_column(column: ColumnInfo, position: int, field_version: int, *, byte_sizes: bool = False) -> bytes:
    """Encode one column. `byte_sizes` puts bytes where characters belong: direct path clients compare with that."""
    csfrm = column.csfrm
    if column.type in _CHARACTER_TYPES and not csfrm:
        csfrm = CSFRM_DATABASE  # clients reject character types without a form
    size = column_size(column)
    max_size = 0
    if column.type in (OracleType.VARCHAR, OracleType.CHAR):
        max_size = size if byte_sizes else column.char_size
    name = column.name.encode()
    parts = [
        bytes(
            (
                column.type,
                _CHARACTER_FLAG if csfrm else 0,
                column.precision & 0xFF,
                column.scale & 0xFF,
            )
        ),
        ub(size),
        ub(0),  # maximum array elements
        ub(0),  # cont flags
        two_length_bytes(TNS_XML_TYPE_OID if column.is_xml else column.type_oid or None),  # type OID
        ub(0),  # version
        ub(_CHARSETS.get(csfrm, 0)),
        bytes((csfrm,)),
        ub(max_size),
    ]
    if field_version >= TNS_CCAP_FIELD_VERSION_12_2:
        parts.append(ub(0))  # oaccolid
    parts += (
        bytes((column.nullable, min(len(name), 255))),
        two_length_bytes(name),
        two_length_text(column.type_schema),
        two_length_text(column.type_name),
        ub(position),
        ub(_JSON_FLAG if column.is_json else 0),
    )
    if field_version >= TNS_CCAP_FIELD_VERSION_23_1:
        parts.append(b"\x00\x00")  # domain schema, domain name
    if field_version >= TNS_CCAP_FIELD_VERSION_23_1_EXT_3:
        parts.append(ub(0))  # annotations
    if field_version >= TNS_CCAP_FIELD_VERSION_23_4:
        parts += [ub(column.vector_dimensions or 0), bytes((column.vector_format, _vector_flags(column)))]
    return b"".join(parts)


def _vector_flags(column: ColumnInfo) -> int:
    if column.type is not OracleType.VECTOR:
        return 0
    flexible = _VECTOR_FLEXIBLE if column.vector_dimensions is None else 0
    return flexible | (_VECTOR_SPARSE if column.is_sparse else 0)


def make_describe_body(columns: Sequence[ColumnInfo], field_version: int) -> bytes:
    parts = [ub(sum(map(column_size, columns)) or 1), ub(len(columns))]
    if columns:
        parts.append(b"\x01")
    parts += [make_column(column, position, field_version) for position, column in enumerate(columns)]
    parts.append(bytes(6))  # date, four flag words, query cache key
    return b"".join(parts)


def make_describe_info(body: bytes) -> bytes:
    return bytes((TNS_MSG_TYPE_DESCRIBE_INFO,)) + length_bytes(b"") + body
