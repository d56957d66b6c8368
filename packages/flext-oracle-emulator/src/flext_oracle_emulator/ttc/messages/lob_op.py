"""LOB operations: the request, and its reply of data, locator and amount."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...tns.errors import RemoteProtocolError
from ..buffer import ReadBuffer, Reader, atomically, chunked_bytes, read_length_bytes, ub
from ..constants import (
    TNS_LOB_OP_CREATE_TEMP,
    TNS_LOB_OP_IS_OPEN,
    TNS_LOB_OP_WRITE,
    TNS_MSG_TYPE_LOB_DATA,
    TNS_MSG_TYPE_PARAMETER,
)


@dataclass(frozen=True, slots=True)
class LobOp:
    """One operation. For CREATE_TEMP `source_offset` is the character set form and `dest_offset` the type number.

    `charset` and `amount` are None where the client sent none; an amount that was sent is wanted back.
    """

    operation: int
    locator: bytes
    source_offset: int = 0
    dest_offset: int = 0
    charset: int | None = None
    amount: int | None = None
    data: bytes = b""
    has_amount: bool = False


def read_lob_op(buffer: ReadBuffer) -> LobOp:
    """Read the call after its function header, up to where a WRITE's data starts."""
    buffer.u8()
    locator_length = buffer.ub()
    buffer.u8()
    buffer.ub()  # destination length (CREATE_TEMP: the duration)
    buffer.ub()  # short source offset
    buffer.ub()  # short destination offset
    has_charset = buffer.u8()
    buffer.u8()  # short amount
    buffer.u8()  # boolean wanted
    operation = buffer.ub()
    buffer.skip(2)  # SCN array
    source_offset = buffer.ub()
    dest_offset = buffer.ub()
    has_amount = bool(buffer.u8())
    buffer.skip(6)  # array LOB fields
    locator = buffer.raw(locator_length)
    charset = buffer.ub() if has_charset else None
    amount = buffer.ub() if has_amount and operation != TNS_LOB_OP_WRITE else None
    return LobOp(operation, locator, source_offset, dest_offset, charset, amount, has_amount=has_amount)


def read_lob_call(buffer: ReadBuffer) -> Reader[LobOp]:
    """Read the whole call, with the data of a WRITE."""
    lob_op = yield from atomically(buffer, read_lob_op)
    if lob_op.operation != TNS_LOB_OP_WRITE:
        return lob_op
    if (yield from atomically(buffer, ReadBuffer.u8)) != TNS_MSG_TYPE_LOB_DATA:
        raise RemoteProtocolError("a LOB write without data")
    data = yield from read_length_bytes(buffer)
    amount = (yield from atomically(buffer, ReadBuffer.ub)) if lob_op.has_amount else None
    return replace(lob_op, data=data or b"", amount=amount)


def make_lob_data(data: bytes) -> bytes:
    """Make the LOB DATA message of a READ; an empty read has none."""
    return bytes((TNS_MSG_TYPE_LOB_DATA,)) + chunked_bytes(data) if data else b""


def make_lob_reply(lob_op: LobOp, locator: bytes, amount: int, is_open: bool, charset: int) -> bytes:
    """Make the PARAMETER message that ends an operation's results."""
    parts = [bytes((TNS_MSG_TYPE_PARAMETER,)), locator]
    if lob_op.operation == TNS_LOB_OP_CREATE_TEMP:
        parts += (ub(charset), b"\x00")  # character set, flags
    if lob_op.has_amount:
        parts.append(ub(amount))
    if lob_op.operation == TNS_LOB_OP_IS_OPEN:
        parts.append(bytes((is_open,)))
    return b"".join(parts)
