"""One client's connection as a state machine without I/O: bytes in, events out; replies in, bytes out.

    CONNECT     -> Connect, answered by `accept` or `refuse`
    NEGOTIATE   PROTOCOL and DATA TYPES -> Negotiation, answered by `negotiated` (fast authentication: both at once, and
                the first logon call with them)
    READY       -> Request: piggybacks and one call, answered by `reply`

A request carries neither a length nor an end mark, so it is parsed as it comes: the readers are generators that stop
where the bytes end. Packets are cut off the stream as soon as they arrive, because a MARKER may come at any time: it
makes `interrupted` true, and `next_event` gives BREAK, later RESET, in place of what was pending.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field

from ..backend.base import BindInfo
from ..tns.connect import Connect, make_accept, make_refuse, parse_connect
from ..tns.constants import (
    TNS_DATA_FLAGS_END_OF_RESPONSE,
    TNS_DATA_FLAGS_EOF,
    TNS_MARKER_TYPE_BREAK,
    TNS_MARKER_TYPE_INTERRUPT,
    TNS_MARKER_TYPE_RESET,
    TNS_MIN_SDU,
    TNS_PACKET_TYPE_CONNECT,
    TNS_PACKET_TYPE_DATA,
    TNS_PACKET_TYPE_MARKER,
    TNS_VERSION_MIN_ACCEPTED,
)
from ..tns.errors import RemoteProtocolError
from ..tns.packet import Packet, PacketReader, make_data_packets, make_marker, parse_marker
from .bind_rows import KnownCursor, Row, read_bind_rows
from .buffer import ReadBuffer, Reader, atomically
from .capabilities import Capabilities, Profile, negotiate
from .constants import (
    TNS_CCAP_FIELD_VERSION_19_1_EXT_1,
    TNS_CCAP_FIELD_VERSION_23_1_EXT_1,
    TNS_FUNC_AUTH_PHASE_ONE,
    TNS_FUNC_AUTH_PHASE_TWO,
    TNS_FUNC_COMMIT,
    TNS_FUNC_DIRECT_PATH_LOAD_STREAM,
    TNS_FUNC_DIRECT_PATH_OP,
    TNS_FUNC_DIRECT_PATH_PREPARE,
    TNS_FUNC_EXECUTE,
    TNS_FUNC_FETCH,
    TNS_FUNC_LOB_OP,
    TNS_FUNC_LOGOFF,
    TNS_FUNC_PING,
    TNS_FUNC_PIPELINE_END,
    TNS_FUNC_REEXECUTE,
    TNS_FUNC_REEXECUTE_AND_FETCH,
    TNS_FUNC_ROLLBACK,
    TNS_FUNC_SESSION_RELEASE,
    TNS_FUNC_TPC_TXN_CHANGE_STATE,
    TNS_FUNC_TPC_TXN_SWITCH,
    TNS_MSG_TYPE_DATA_TYPES,
    TNS_MSG_TYPE_FAST_AUTH,
    TNS_MSG_TYPE_FUNCTION,
    TNS_MSG_TYPE_ONEWAY_FN,
    TNS_MSG_TYPE_PIGGYBACK,
    TNS_MSG_TYPE_PROTOCOL,
)
from .messages.auth import Auth, read_auth
from .messages.data_types import DataTypes, make_data_types, read_data_types
from .messages.direct_path import (
    DirectPathOp,
    DirectPathPrepare,
    DirectPathStream,
    read_direct_path_op,
    read_direct_path_prepare,
    read_direct_path_stream,
)
from .messages.execute import Execute, Reexecute, UnknownCursor, read_execute, read_reexecute
from .messages.lob_op import LobOp, read_lob_call
from .messages.piggyback import PIGGYBACK_READERS, Piggyback
from .messages.protocol import make_protocol, read_protocol
from .messages.result import end_of_response, make_token
from .messages.simple import (
    Commit,
    Fetch,
    Logoff,
    Ping,
    PipelineEnd,
    Rollback,
    SessionRelease,
    read_fetch,
    read_pipeline_end,
    read_session_release,
)
from .messages.tpc import TpcChangeState, TpcSwitch, read_tpc_change_state, read_tpc_switch

Call = (
    Auth
    | Commit
    | DirectPathOp
    | DirectPathPrepare
    | DirectPathStream
    | Execute
    | Fetch
    | LobOp
    | Logoff
    | Ping
    | PipelineEnd
    | Reexecute
    | Rollback
    | SessionRelease
    | TpcChangeState
    | TpcSwitch
    | UnknownCursor
)


@dataclass(frozen=True, slots=True)
class UnknownFunction:
    """A call whose body the emulator cannot read, so that the stream cannot go on behind it."""

    function: int


@dataclass(frozen=True, slots=True)
class Request:
    """One call with the piggybacks in front of it. `token` is not 0 inside a pipeline."""

    call: Call | UnknownFunction
    sequence: int = 0
    token: int = 0
    piggybacks: tuple[Piggyback, ...] = ()


@dataclass(frozen=True, slots=True)
class Negotiation:
    """PROTOCOL or DATA TYPES came: send `reply` back as it is, with `Connection.negotiated`."""

    reply: bytes


class Signal(enum.Enum):
    """Events without content."""

    BREAK = "break"  # the client interrupts: stop, then `send_break`
    RESET = "reset"  # the client is ready again: `send_reset`, then reply with ORA-01013
    CLOSED = "closed"  # the client is done


@dataclass(frozen=True, slots=True)
class ConnectRequest:
    connect: Connect
    descriptor: str


Event = ConnectRequest | Negotiation | Request | Signal


@dataclass(slots=True)
class _Header:
    message: int
    function: int
    sequence: int
    token: int = 0


def _read_header(buffer: ReadBuffer, field_version: int) -> _Header:
    header = _Header(buffer.u8(), buffer.u8(), buffer.u8())
    if field_version >= TNS_CCAP_FIELD_VERSION_23_1_EXT_1:
        header.token = buffer.ub()
    return header


def _constant(call: Call) -> Callable[[ReadBuffer], Call]:
    return lambda _: call


#: Calls whose body is small enough to be read anew whenever the bytes end inside it.
_CALL_READERS: Mapping[int, Callable[[ReadBuffer], Call]] = {
    TNS_FUNC_AUTH_PHASE_ONE: lambda buffer: read_auth(buffer, 1),
    TNS_FUNC_AUTH_PHASE_TWO: lambda buffer: read_auth(buffer, 2),
    TNS_FUNC_COMMIT: _constant(Commit()),
    TNS_FUNC_DIRECT_PATH_OP: read_direct_path_op,
    TNS_FUNC_DIRECT_PATH_PREPARE: read_direct_path_prepare,
    TNS_FUNC_FETCH: read_fetch,
    TNS_FUNC_LOGOFF: _constant(Logoff()),
    TNS_FUNC_PING: _constant(Ping()),
    TNS_FUNC_PIPELINE_END: read_pipeline_end,
    TNS_FUNC_ROLLBACK: _constant(Rollback()),
    TNS_FUNC_SESSION_RELEASE: read_session_release,
    TNS_FUNC_TPC_TXN_CHANGE_STATE: read_tpc_change_state,
    TNS_FUNC_TPC_TXN_SWITCH: read_tpc_switch,
}


@dataclass(slots=True)
class Connection:
    """See the module. `cursors` are the session's open cursors, which re-executions refer to.

    A parser that cannot tell whether more will come sets `patience`: the seconds after which `next_event` is to be called again.
    """

    profile: Profile
    sdu: int
    cursors: Mapping[int, KnownCursor] = field(default_factory=dict)
    capabilities: Capabilities = field(init=False)
    interrupted: bool = field(default=False, init=False)
    patience: float | None = field(default=None, init=False)
    _packets: PacketReader = field(default_factory=PacketReader, init=False)
    _buffer: ReadBuffer = field(default_factory=ReadBuffer, init=False)
    _events: list[Event] = field(default_factory=list, init=False)
    _parser: Generator[None, None, Event] | None = field(default=None, init=False)
    _connect: Connect | None = field(default=None, init=False)
    _accepted: int = field(default=0, init=False)
    _ready: bool = field(default=False, init=False)
    _resetting: bool = field(default=False, init=False)
    _closed: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.capabilities = Capabilities(self.profile.field_version)

    # ---------------------------------------------------------------------------------------------- bytes in

    @property
    def buffered(self) -> int:
        """Bytes received that no request has taken yet."""
        return self._buffer.unread

    def receive_data(self, data: bytes) -> None:
        """Take bytes off the socket. Raises RemoteProtocolError."""
        self._packets.receive_data(data)
        fresh: list[bytes] = []
        while (packet := self._packets.next_packet()) is not None:
            if packet.type == TNS_PACKET_TYPE_DATA and self._accepted:
                self._receive_ttc(packet, fresh)
            elif packet.type == TNS_PACKET_TYPE_MARKER and self._accepted:
                self._receive_marker(parse_marker(packet), fresh)
            else:
                self._receive_connect(packet)
        if fresh:
            self._buffer.feed(b"".join(fresh))

    def _receive_ttc(self, packet: Packet, fresh: list[bytes]) -> None:
        if packet.data_flags & TNS_DATA_FLAGS_EOF:
            self._closed = True
        elif not self._resetting:
            fresh.append(packet.body[2:])

    def _receive_marker(self, kind: int, fresh: list[bytes]) -> None:
        if kind in (TNS_MARKER_TYPE_BREAK, TNS_MARKER_TYPE_INTERRUPT):
            fresh.clear()
            self._buffer.clear()
            self._parser = None
            if not self._resetting:
                self._events.append(Signal.BREAK)
            self.interrupted = self._resetting = True
        elif kind == TNS_MARKER_TYPE_RESET:
            if self._resetting:
                self._events.append(Signal.RESET)
            self._resetting = False
        else:
            raise RemoteProtocolError(f"a MARKER of kind {kind}")

    def _receive_connect(self, packet: Packet) -> None:
        if packet.type == TNS_PACKET_TYPE_CONNECT and self._connect is None:
            self._connect = parse_connect(packet.body)
            descriptor = self._connect.data
        elif packet.type == TNS_PACKET_TYPE_DATA and self._connect is not None and not self._accepted:
            self._buffer.feed(packet.body[2:])
            descriptor = self._buffer.data
        else:
            raise RemoteProtocolError(f"a packet of type {packet.type} out of place")
        if len(descriptor) >= self._connect.data_length:
            self._buffer.clear()
            self._events.append(ConnectRequest(self._connect, descriptor.decode("utf-8", "replace")))

    # ------------------------------------------------------------------------------------------------ events

    def next_event(self) -> Event | None:
        """The next event, or None until more bytes arrive. Raises RemoteProtocolError."""
        if self._events:
            return self._events.pop(0)
        waiting = Signal.CLOSED if self._closed else None
        if self._resetting or not self._accepted:
            return waiting
        if self._parser is None:
            if not self._buffer.unread:
                return waiting
            self._parser = self._read_request() if self._ready else self._read_negotiation()
        try:
            next(self._parser)
        except StopIteration as finished:
            self._parser = None
            event: Event = finished.value
            return event
        return waiting

    def discard_input(self) -> None:
        """Forget what is buffered: the end of the request in it cannot be known."""
        self._buffer.clear()
        self._parser = None

    def _read_negotiation(self) -> Reader[Event]:
        buffer = self._buffer
        message = yield from atomically(buffer, ReadBuffer.u8)
        if message == TNS_MSG_TYPE_PROTOCOL:
            self.capabilities.driver_name = yield from atomically(buffer, read_protocol)
            return Negotiation(make_protocol(self.profile))
        if message == TNS_MSG_TYPE_DATA_TYPES:
            data_types = yield from atomically(buffer, read_data_types)
            reply = self._agree(data_types)
            self._ready = True
            return Negotiation(reply)
        if message == TNS_MSG_TYPE_FAST_AUTH:
            return (yield from self._read_fast_auth())
        raise RemoteProtocolError(f"message {message} before logon")

    def _agree(self, data_types: DataTypes) -> bytes:
        version, marker = negotiate(self.profile, self._accepted, data_types.compile_capabilities)
        self.capabilities.field_version = version
        self.capabilities.end_of_response = marker
        return make_data_types(data_types.time_zone)

    def _read_fast_auth(self) -> Reader[Event]:
        buffer = self._buffer
        yield from atomically(buffer, ReadBuffer.skip, 3)  # version, character conversion, flag
        yield from self._expect(TNS_MSG_TYPE_PROTOCOL)
        self.capabilities.driver_name = yield from atomically(buffer, read_protocol)
        yield from atomically(buffer, ReadBuffer.skip, 6)  # character sets, field version of this request
        yield from self._expect(TNS_MSG_TYPE_DATA_TYPES)
        data_types = yield from atomically(buffer, read_data_types)
        # The logon call in this request is written in the lowest field version both could have.
        self.capabilities.field_version = TNS_CCAP_FIELD_VERSION_19_1_EXT_1
        request = yield from self._read_request()
        reply = self._agree(data_types)
        self._ready = True
        self._events.append(request)
        return Negotiation(make_protocol(self.profile) + reply)

    def _expect(self, message: int) -> Reader[None]:
        if (yield from atomically(self._buffer, ReadBuffer.u8)) != message:
            raise RemoteProtocolError("a malformed fast authentication request")

    def _read_request(self) -> Reader[Event]:
        buffer = self._buffer
        piggybacks: list[Piggyback] = []
        while True:
            header = yield from atomically(buffer, _read_header, self.capabilities.field_version)
            if header.message in (TNS_MSG_TYPE_FUNCTION, TNS_MSG_TYPE_ONEWAY_FN):
                call = yield from self._read_call(header.function)
                return Request(call, header.sequence, header.token, tuple(piggybacks))
            if header.message != TNS_MSG_TYPE_PIGGYBACK:
                raise RemoteProtocolError(f"message {header.message} in the place of a call")
            reader = PIGGYBACK_READERS.get(header.function)
            if reader is None:
                return Request(UnknownFunction(header.function), header.sequence, header.token)
            piggybacks.append((yield from atomically(buffer, reader)))

    def _read_call(self, function: int) -> Reader[Call | UnknownFunction]:
        buffer = self._buffer
        if function == TNS_FUNC_EXECUTE:
            return (yield from read_execute(buffer, self.capabilities, self.cursors, self._read_rows))
        if function in (TNS_FUNC_REEXECUTE, TNS_FUNC_REEXECUTE_AND_FETCH):
            return (yield from read_reexecute(buffer, function, self.capabilities, self.cursors, self._read_rows))
        if function == TNS_FUNC_LOB_OP:
            return (yield from read_lob_call(buffer))
        if function == TNS_FUNC_DIRECT_PATH_LOAD_STREAM:
            return (yield from read_direct_path_stream(buffer))
        reader = _CALL_READERS.get(function)
        if reader is None:
            return UnknownFunction(function)
        return (yield from atomically(buffer, reader))

    def _read_rows(self, sql: str, binds: Sequence[BindInfo], order: Sequence[int], count: int) -> Reader[list[Row]]:
        return read_bind_rows(self._buffer, binds, order, count)

    # --------------------------------------------------------------------------------------------- bytes out

    def accept(self) -> bytes:
        """Answer CONNECT with ACCEPT; from here on packet lengths have 32 bits."""
        assert self._connect is not None
        if self._connect.version < TNS_VERSION_MIN_ACCEPTED:
            raise RemoteProtocolError(f"a client of protocol version {self._connect.version}")
        self._accepted = min(self.profile.accept_version, self._connect.version)
        self._packets.large = True
        self.sdu = max(min(self.sdu, self._connect.sdu), TNS_MIN_SDU)
        return make_accept(self._accepted, self.sdu, self.profile.accept_flags)

    def refuse(self, error: int) -> bytes:
        return make_refuse(error)

    def negotiated(self, reply: bytes) -> bytes:
        """Frame a Negotiation's reply, which never has an end marker."""
        return make_data_packets(reply, self.sdu)

    def reply(self, payload: bytes, token: int = 0) -> bytes:
        """Frame a whole response."""
        if token:
            payload = make_token(token) + payload
        if not self.capabilities.end_of_response:
            return make_data_packets(payload, self.sdu)
        return make_data_packets(payload + end_of_response(), self.sdu, TNS_DATA_FLAGS_END_OF_RESPONSE)

    def send_break(self) -> bytes:
        return make_marker(TNS_MARKER_TYPE_BREAK)

    def send_reset(self) -> bytes:
        self.interrupted = self._resetting
        return make_marker(TNS_MARKER_TYPE_RESET)
