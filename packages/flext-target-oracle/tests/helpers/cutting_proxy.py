"""A TCP proxy between driver and server that cuts the connection at a COMMIT: before it arrives, or before the reply.

It knows of the protocol only what a COMMIT looks like: a TNS DATA packet (type 6) whose TTC message is function 14
(python-oracledb, `impl/thin/messages/commit.pyx`), or 130, the end of a direct path load (`direct_path_op.pyx`).
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType

_HEADER = 8
_DATA_PACKET = 6
COMMIT = (3, 14)
DIRECT_PATH_END = (3, 130)


class CuttingProxy:
    """Listens on a free port. `cut(mode, number)` arms it for the number-th COMMIT from now on."""

    call = COMMIT
    """The call that counts."""

    def __init__(self, host: str, port: int) -> None:
        self._upstream = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._mode = ""
        self._left = 0
        self.cuts = 0
        self._sockets: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> CuttingProxy:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._close(*self._sockets)
        self._thread.join()

    def cut(self, mode: str, number: int) -> None:
        self._mode, self._left = mode, number

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._upstream)
            self._sockets += [client, server]
            muted = threading.Event()
            for job in (self._requests, self._replies):
                threading.Thread(target=job, args=(client, server, muted), daemon=True).start()

    def _requests(self, client: socket.socket, server: socket.socket, muted: threading.Event) -> None:
        try:
            while data := client.recv(65536):
                if self._left and _is_call(data, self.call):
                    self._left -= 1
                    if self._left == 0:
                        self.cuts += 1
                        if self._mode == "before":
                            break
                        muted.set()
                server.sendall(data)
        except OSError:
            pass
        if not muted.is_set():
            self._close(client, server)

    def _replies(self, client: socket.socket, server: socket.socket, muted: threading.Event) -> None:
        try:
            while data := server.recv(65536):
                if muted.is_set():
                    break  # the reply to COMMIT: it is done, and nobody hears of it
                client.sendall(data)
        except OSError:
            pass
        self._close(client, server)

    @staticmethod
    def _close(*sockets: socket.socket) -> None:
        for item in sockets:
            with contextlib.suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
            item.close()


def _is_call(data: bytes, call: tuple[int, int]) -> bool:
    return len(data) >= _HEADER + 4 and data[4] == _DATA_PACKET and (data[_HEADER + 2], data[_HEADER + 3]) == call
