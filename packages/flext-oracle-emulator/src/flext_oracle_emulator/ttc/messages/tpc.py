"""Two-phase commit calls (XA). They are read, so that the stream goes on, and refused."""

from __future__ import annotations

from dataclasses import dataclass

from ..buffer import ReadBuffer


@dataclass(frozen=True, slots=True)
class TpcSwitch:
    operation: int


@dataclass(frozen=True, slots=True)
class TpcChangeState:
    operation: int


def _read_xid_header(buffer: ReadBuffer) -> tuple[int, int]:
    """Return the lengths of context and xid."""
    buffer.u8()
    context_length = buffer.ub()
    buffer.ub()  # format id
    buffer.ub()  # length of the global transaction id
    buffer.ub()  # length of the branch qualifier
    buffer.u8()
    return context_length, buffer.ub()


def read_tpc_switch(buffer: ReadBuffer) -> TpcSwitch:
    operation = buffer.ub()
    context_length, xid_length = _read_xid_header(buffer)
    buffer.ub()  # flags
    buffer.ub()  # timeout
    buffer.skip(3)  # pointers
    buffer.u8()
    internal_length = buffer.ub()
    buffer.u8()
    external_length = buffer.ub()
    buffer.skip(context_length)
    buffer.skip(xid_length)
    buffer.ub()  # application value
    buffer.skip(internal_length + external_length)
    return TpcSwitch(operation)


def read_tpc_change_state(buffer: ReadBuffer) -> TpcChangeState:
    operation = buffer.ub()
    context_length, xid_length = _read_xid_header(buffer)
    buffer.ub()  # timeout
    buffer.ub()  # state
    buffer.u8()  # pointer
    buffer.ub()  # flags
    buffer.skip(context_length + xid_length)
    return TpcChangeState(operation)
