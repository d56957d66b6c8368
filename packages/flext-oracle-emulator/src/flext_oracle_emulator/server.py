"""The asyncio server: accepts clients, moves bytes between sockets and connections, stops. The only user of sockets.

One task serves a client: it waits for events and answers them in order. A second one reads, so that an interrupt is
seen while a statement runs; it then cancels the statement, and the first task goes through the break and reset markers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .backend.base import Backend
from .cursors import CursorTable
from .errors import OracleError, unsupported
from .logon import Logon
from .scan import ScanListener
from .session import ClientSession
from .statements import StatementRecord, new_statement_log
from .streams import close_writer
from .tns.constants import TNS_ERR_INVALID_SERVICE_NAME, TNS_ERR_INVALID_SID
from .tns.descriptor import parse_connect_data
from .tns.errors import RemoteProtocolError
from .ttc.auth import VerifierType
from .ttc.capabilities import PROFILE_19C, PROFILE_23AI, Profile
from .ttc.connection import Connection, ConnectRequest, Negotiation, Request, Signal, UnknownFunction
from .ttc.messages.auth import Auth, make_parameters
from .ttc.messages.result import EndOfCall, make_end_of_call

logger = logging.getLogger(__name__)

DEFAULT_SERVICE = "FREEPDB1"
_TNS_ERR_NO_SERVICE = 12504
# The largest packet that the server offers; the client's wish counts if it is smaller (8 KiB unless it says otherwise).
_SDU = 65535
_READ_SIZE = 256 * 1024
# Requests that a client sends ahead are left in the socket beyond this.
_MAX_AHEAD = 64 * 1024 * 1024


@dataclass(slots=True)
class Server:
    """Listens once `start` has returned, on `port` (chosen by the system if it was 0).

    `make_connection` and `make_session` make what serves one client.
    """

    backend: Backend
    host: str = "127.0.0.1"
    port: int = 0
    services: Iterable[str] = ()
    compatible: int = 19
    tls: ssl.SSLContext | None = None
    scan_port: int | None = None
    verifier: VerifierType = VerifierType.PBKDF2_12C
    make_connection: Callable[..., Connection] = Connection
    make_session: Callable[..., ClientSession] = ClientSession
    statements: deque[StatementRecord] = field(default_factory=new_statement_log, init=False)
    _server: asyncio.Server | None = field(default=None, init=False)
    _clients: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict, init=False)
    _scan: ScanListener | None = field(default=None, init=False)
    _services: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._services = {name.upper(): name for name in (DEFAULT_SERVICE, *self.services)}

    @property
    def profile(self) -> Profile:
        return PROFILE_23AI if self.compatible >= 23 else PROFILE_19C

    async def start(self) -> None:
        """Start the backend and listen."""
        await self.backend.start()
        try:
            self._server = await asyncio.start_server(
                self._accept, self.host, self.port, ssl=self.tls, limit=_READ_SIZE
            )
        except BaseException:
            await self.backend.stop()
            raise
        self.port = self._server.sockets[0].getsockname()[1]
        if self.scan_port is not None:
            self._scan = ScanListener(self.profile, self._address)
            try:
                self.scan_port = await self._scan.start(self.host, self.scan_port, self.tls)
            except BaseException:
                await self.stop()
                raise

    @property
    def protocol(self) -> str:
        return "tcp" if self.tls is None else "tcps"

    def _address(self) -> str:
        return f"(ADDRESS=(PROTOCOL={self.protocol})(HOST={self.host})(PORT={self.port}))"

    async def stop(self) -> None:
        """Close every connection, roll back what they had open, and stop the backend."""
        if self._server is not None:
            self._server.close()
        if self._scan is not None:
            await self._scan.stop()
        clients = dict(self._clients)
        for client, writer in clients.items():
            client.cancel()
            writer.transport.abort()  # nothing waits for a client that does not read what it asked for
        await asyncio.gather(*clients, return_exceptions=True)
        await asyncio.gather(*(close_writer(writer) for writer in clients.values()))
        await self.backend.stop()

    def service(self, service_name: str, sid: str) -> str | int:
        """The service's own spelling, or the listener's error."""
        if service_name:
            return self._services.get(service_name.upper(), TNS_ERR_INVALID_SERVICE_NAME)
        if sid:
            database = self.backend.database_name
            return database if sid.upper() == database.upper() else TNS_ERR_INVALID_SID
        return _TNS_ERR_NO_SERVICE

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_Client(self, reader, writer).serve())
        self._clients[task] = writer
        task.add_done_callback(lambda done: self._clients.pop(done, None) and None)
        if self._server is None or not self._server.is_serving():
            task.cancel()  # it came while the server was stopping


class _Client:
    """One connection from accept to close."""

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._cursors = CursorTable()
        self._connection = server.make_connection(server.profile, _SDU, self._cursors)
        self._received = asyncio.Event()
        self._taken = asyncio.Event()
        self._end_of_input = False
        self._protocol_error: RemoteProtocolError | None = None
        self._running = False  # whether the backend works on a call, which an interrupt then cancels
        self._cancelled = False
        self._logon: Logon | None = None
        self._session: ClientSession | None = None

    async def serve(self) -> None:
        reading = asyncio.create_task(self._read())
        try:
            await self._serve_events()
        except RemoteProtocolError as error:
            logger.warning("closing a connection: the client sent %s", error)
        except ConnectionError as error:
            logger.debug("the client went away: %s", error)
        except Exception:
            logger.exception("internal error; closing the connection")
            self._send_internal_error()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await self._close()

    async def _close(self) -> None:
        try:
            if self._session is not None:
                await self._session.close()
        except OracleError as error:
            logger.warning("while closing a session: %s", error)
        finally:
            await close_writer(self._writer)

    def _send_internal_error(self) -> None:
        end = EndOfCall(code=600, text="ORA-00600: internal error code, arguments: [flext-oracle-emulator]")
        self._writer.write(self._connection.reply(make_end_of_call(end, self._connection.capabilities.field_version)))

    # ------------------------------------------------------------------------------------------------ reading

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(_READ_SIZE):
                self._connection.receive_data(data)
                self._received.set()
                if self._connection.interrupted:
                    await self._cancel()
                while self._connection.buffered > _MAX_AHEAD and self._running:
                    self._taken.clear()
                    await self._taken.wait()
        except RemoteProtocolError as error:
            self._protocol_error = error
        except ConnectionError as error:
            logger.debug("the client went away: %s", error)
        except Exception:
            logger.exception("internal error while reading")
        finally:
            self._end_of_input = True
            self._received.set()
        await self._cancel()  # nobody waits for the running statement any more

    async def _cancel(self) -> None:
        if self._running and not self._cancelled and self._session is not None:
            self._cancelled = True
            await self._session.cancel()

    async def _next_event(self) -> ConnectRequest | Negotiation | Request | Signal:
        while True:
            event = self._connection.next_event()
            if event is not None:
                self._taken.set()
                return event
            if self._protocol_error is not None:
                raise self._protocol_error
            if self._end_of_input:
                return Signal.CLOSED
            self._received.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._connection.patience):
                    await self._received.wait()

    # ----------------------------------------------------------------------------------------------- answering

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def _serve_events(self) -> None:
        while True:
            match await self._next_event():
                case ConnectRequest() as request:
                    if not await self._connect(request):
                        return
                case Negotiation(reply):
                    await self._send(self._connection.negotiated(reply))
                case Request() as request:
                    await self._answer(request)
                    if isinstance(request.call, UnknownFunction):
                        return
                case Signal.BREAK:
                    await self._send(self._connection.send_break())
                case Signal.RESET:
                    await self._send(self._connection.send_reset() + self._interrupted_reply())
                case Signal.CLOSED:
                    return

    async def _connect(self, request: ConnectRequest) -> bool:
        data = parse_connect_data(request.descriptor)
        service = self._server.service(data.service_name, data.sid)
        if isinstance(service, int):
            await self._send(self._connection.refuse(service))
            return False
        address = self._writer.get_extra_info("peername")
        client = {
            "program": data.program,
            "machine": data.host,
            "osuser": data.user,
            "address": str(address[0]) if address else "",
            "protocol": self._server.protocol,
            "service_name": service,
        }
        told = {key: value for key, value in client.items() if value}
        self._logon = Logon(self._server.backend, service, told, self._server.verifier)
        await self._send(self._connection.accept())
        return True

    def _interrupted_reply(self) -> bytes:
        end = EndOfCall(code=1013, text="ORA-01013: user requested cancel of current operation")
        return self._connection.reply(make_end_of_call(end, self._connection.capabilities.field_version))

    async def _answer(self, request: Request) -> None:
        call = request.call
        if isinstance(call, UnknownFunction):
            logger.warning("closing a connection: TTC function %d is not implemented", call.function)
            await self._send_error(unsupported(f"TTC function {call.function}"), request)
            return
        if self._session is None:
            if not isinstance(call, Auth):
                raise RemoteProtocolError("a call before logon")
            await self._log_on(call, request)
            return
        self._running = True
        try:
            response = await self._session.handle(request)
        finally:
            self._running = self._cancelled = False
        if response.payload is None or (self._connection.interrupted and response.error == 1013):
            return  # the reset is answered with ORA-01013
        await self._send(self._connection.reply(response.payload, request.token))

    async def _log_on(self, call: Auth, request: Request) -> None:
        assert self._logon is not None
        version = self._connection.capabilities.field_version
        try:
            if call.phase == 1:
                parameters = make_parameters(await self._logon.challenge(call))
                payload = parameters + make_end_of_call(EndOfCall(sequence=request.sequence), version)
            else:
                session = await self._logon.open(call)
                self._session = self._server.make_session(
                    session, self._logon, self._connection.capabilities, self._server.statements, self._cursors
                )
                payload = self._session.welcome(request.sequence)
        except OracleError as error:
            await self._send_error(error, request)
            return
        await self._send(self._connection.reply(payload))

    async def _send_error(self, error: OracleError, request: Request) -> None:
        end = EndOfCall(code=error.code, text=error.text, sequence=request.sequence)
        payload = make_end_of_call(end, self._connection.capabilities.field_version)
        await self._send(self._connection.reply(payload, request.token))
