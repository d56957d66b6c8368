"""Piggybacks: functions without a reply that a client writes in front of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..buffer import ReadBuffer
from ..constants import (
    TNS_END_TO_END_ACTION,
    TNS_END_TO_END_CLIENT_IDENTIFIER,
    TNS_END_TO_END_CLIENT_INFO,
    TNS_END_TO_END_DBOP,
    TNS_END_TO_END_MODULE,
    TNS_FUNC_ALTER_SESSION,
    TNS_FUNC_CANCEL_CURSORS,
    TNS_FUNC_CLOSE_CURSORS,
    TNS_FUNC_LOB_OP,
    TNS_FUNC_PIPELINE_BEGIN,
    TNS_FUNC_SESSION_STATE,
    TNS_FUNC_SET_END_TO_END_ATTR,
    TNS_FUNC_SET_KEY_VALUE,
    TNS_FUNC_SET_SCHEMA,
    TNS_FUNC_TPC_TXN_SWITCH,
    TNS_LOB_LOCATOR_LENGTH,
)
from .lob_op import read_lob_op
from .tpc import TpcSwitch, read_tpc_switch


@dataclass(frozen=True, slots=True)
class CloseCursors:
    cursor_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SetSchema:
    name: str


@dataclass(frozen=True, slots=True)
class EndToEnd:
    """Attributes to set; None clears."""

    attributes: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class FreeTempLobs:
    locators: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SetKeyValue:
    """An application context, or a driver's own notes under such a name."""

    namespace: str
    flags: int
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SessionState:
    """A request boundary of a connection pool."""

    state: int


@dataclass(frozen=True, slots=True)
class PipelineBegin:
    mode: int


@dataclass(frozen=True, slots=True)
class AlterSession:
    """Session properties by name; python-oracledb sends TXN_PRIORITY."""

    pairs: tuple[tuple[str, str], ...]


Piggyback = (
    CloseCursors
    | SetSchema
    | EndToEnd
    | FreeTempLobs
    | SetKeyValue
    | SessionState
    | PipelineBegin
    | AlterSession
    | TpcSwitch
)


def read_close_cursors(buffer: ReadBuffer) -> CloseCursors:
    buffer.u8()  # pointer
    return CloseCursors(tuple(buffer.ub() for _ in range(buffer.ub())))


def read_set_schema(buffer: ReadBuffer) -> SetSchema:
    buffer.u8()  # pointer
    return SetSchema(buffer.two_length_text())


def read_end_to_end(buffer: ReadBuffer) -> EndToEnd:
    buffer.skip(2)  # pointers
    flags = buffer.ub()
    lengths: list[int] = []
    for position in range(9):
        # client identifier, module, action, ecid, (unnamed), client info, (unnamed), (unnamed), dbop
        buffer.u8()
        length = buffer.ub()
        if position != 4:
            lengths.append(length)
    texts = [buffer.text() if length else None for length in lengths]
    named = (
        ("client_identifier", TNS_END_TO_END_CLIENT_IDENTIFIER, texts[0]),
        ("module", TNS_END_TO_END_MODULE, texts[1]),
        ("action", TNS_END_TO_END_ACTION, texts[2]),
        ("client_info", TNS_END_TO_END_CLIENT_INFO, texts[4]),
        ("dbop", TNS_END_TO_END_DBOP, texts[7]),
    )
    return EndToEnd({name: text for name, bit, text in named if flags & bit})


def read_free_temp_lobs(buffer: ReadBuffer) -> FreeTempLobs:
    locators = read_lob_op(buffer).locator
    size = TNS_LOB_LOCATOR_LENGTH
    return FreeTempLobs(tuple(locators[start : start + size] for start in range(0, len(locators), size)))


def read_set_key_value(buffer: ReadBuffer) -> SetKeyValue:
    buffer.u8()  # pointer
    buffer.ub()  # length of the namespace
    buffer.u8()  # pointer
    count = buffer.ub()
    flags = buffer.ub()
    buffer.u8()
    namespace = buffer.text()
    pairs = []
    for _ in range(count):
        pairs.append((buffer.two_length_text(), buffer.two_length_text()))
        buffer.ub()
    return SetKeyValue(namespace, flags, tuple(pairs))


def read_session_state(buffer: ReadBuffer) -> SessionState:
    return SessionState(buffer.ub())


def read_pipeline_begin(buffer: ReadBuffer) -> PipelineBegin:
    buffer.ub()  # error set id
    buffer.u8()  # error set mode
    return PipelineBegin(buffer.u8())


def read_alter_session(buffer: ReadBuffer) -> AlterSession:
    buffer.ub()  # flags
    buffer.u8()  # pointer
    pairs = []
    for _ in range(buffer.ub()):
        pairs.append((buffer.two_length_text(), buffer.two_length_text()))
        buffer.ub()  # flags
    return AlterSession(tuple(pairs))


PIGGYBACK_READERS: Mapping[int, Callable[[ReadBuffer], Piggyback]] = {
    TNS_FUNC_CLOSE_CURSORS: read_close_cursors,
    TNS_FUNC_CANCEL_CURSORS: read_close_cursors,
    TNS_FUNC_SET_SCHEMA: read_set_schema,
    TNS_FUNC_SET_END_TO_END_ATTR: read_end_to_end,
    TNS_FUNC_LOB_OP: read_free_temp_lobs,
    TNS_FUNC_SET_KEY_VALUE: read_set_key_value,
    TNS_FUNC_SESSION_STATE: read_session_state,
    TNS_FUNC_PIPELINE_BEGIN: read_pipeline_begin,
    TNS_FUNC_ALTER_SESSION: read_alter_session,
    TNS_FUNC_TPC_TXN_SWITCH: read_tpc_switch,
}
