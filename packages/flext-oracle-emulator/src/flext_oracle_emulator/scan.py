"""A listener in front of the server, as a cluster's SCAN listener is: it has CONNECT sent again, then sends clients on.

Nothing but the address differs behind it. It is there so that clients' handling of RESEND and REDIRECT can be tested.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from .streams import close_writer
from .tns.connect import make_redirect, make_resend
from .tns.errors import RemoteProtocolError
from .ttc.capabilities import Profile
from .ttc.connection import Connection, ConnectRequest

logger = logging.getLogger(__name__)

_READ_SIZE = 64 * 1024
_SDU = 8192


@dataclass(slots=True)
class ScanListener:
    """Sends clients to the address that `target` gives, a text `(ADDRESS=..)`."""

    profile: Profile
    target: Callable[[], str]
    _server: asyncio.Server | None = field(default=None, init=False)
    _clients: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None) -> int:
        """Listen; return the port."""
        self._server = await asyncio.start_server(self._accept, host, port, ssl=tls)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for client in list(self._clients):
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await self._connect_data(reader) is None:
                return
            writer.write(make_resend())
            if (connect_data := await self._connect_data(reader)) is None:
                return
            writer.write(make_redirect(self.target(), connect_data))
            await writer.drain()
        except (RemoteProtocolError, ConnectionError) as error:
            logger.warning("closing a connection to the SCAN listener: %s", error)
        finally:
            await close_writer(writer)

    async def _connect_data(self, reader: asyncio.StreamReader) -> str | None:
        """The descriptor of the next CONNECT; None if the client goes away."""
        connection = Connection(self.profile, _SDU)
        while data := await reader.read(_READ_SIZE):
            connection.receive_data(data)
            if isinstance(event := connection.next_event(), ConnectRequest):
                return event.descriptor
        return None
