"""A Docker engine that only knows how to "run" a database that is there already: enough of its HTTP API for ci/with_oracle.py.

What it was asked to create is in `created`, by container; the port of the database comes back as the container's own.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ID = "f1e2d3c4b5a6" * 5 + "f1e2"
Start = Callable[[dict[str, str]], int]


class FakeDocker:
    """`start` gets the container's environment and returns the port on 127.0.0.1 where its port 1521 is."""

    def __init__(self, start: Start, log: str) -> None:
        self.start, self.log = start, log
        self.created: list[dict[str, Any]] = []
        self.removed: list[str] = []
        self.port = 0

    @contextmanager
    def serve(self) -> Iterator[str]:
        """The value of DOCKER_HOST while the engine runs."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def _inspect(self) -> dict[str, Any]:
        return {
            "Id": ID,
            "Name": "/oracle",
            "Image": "sha256:0",
            "State": {"Status": "running", "Running": True},
            "Config": {"Tty": False, "Labels": {}},
            "HostConfig": {"LogConfig": {"Type": "json-file"}, "NetworkMode": "bridge"},
            "NetworkSettings": {
                "Ports": {"1521/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(self.port)}]},
                "Networks": {"bridge": {"Gateway": "127.0.0.1", "IPAddress": "127.0.0.1"}},
            },
        }

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        path = re.sub(r"^/v[\d.]+", "", path).partition("?")[0]
        match method, path:
            case "GET", "/version":
                return 200, {"Version": "28.0.0", "ApiVersion": "1.48", "MinAPIVersion": "1.24"}
            case "GET", "/info":
                return 200, {"ServerVersion": "28.0.0"}
            case "GET", str() if path.startswith("/images/"):
                return 200, {"Id": "sha256:0", "RepoTags": [], "Config": {"Labels": {}}}
            case "POST", "/containers/create":
                self.created.append(json.loads(body))
                return 201, {"Id": ID, "Warnings": []}
            case "POST", str() if path.endswith("/start"):
                environment = dict(item.split("=", 1) for item in self.created[-1]["Env"])
                self.port = self.start(environment)
                return 204, None
            case "GET", str() if path.endswith("/logs"):
                text = self.log.encode()
                return 200, b"\x01\x00\x00\x00" + len(text).to_bytes(4, "big") + text
            case "GET", "/containers/json":
                found = self._inspect()
                ports = [{"PrivatePort": 1521, "PublicPort": self.port, "Type": "tcp", "IP": "127.0.0.1"}]
                kept = {name: found[name] for name in ("Id", "Image", "HostConfig", "NetworkSettings")}
                return 200, [{**kept, "Names": ["/oracle"], "Ports": ports, "State": "running"}]
            case "GET", str() if re.fullmatch(r"/containers/\w+/json", path):
                return 200, self._inspect()
            case "DELETE", str() if path.startswith("/containers/"):
                self.removed.append(path.rpartition("/")[2])
                return 204, None
        return 404, {"message": f"{method} {path} is not there"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        docker = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _do(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, answer = docker._answer(self.command, self.path, body)
                content = (
                    answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
                )
                self.send_response(status)
                if status != 204:
                    kind = "application/vnd.docker.raw-stream" if isinstance(answer, bytes) else "application/json"
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def __getattr__(self, name: str) -> Callable[[], None]:
                if name.startswith("do_"):  # one for each HTTP method
                    return self._do
                raise AttributeError(name)

            def log_message(self, *arguments: object) -> None: ...

        return Handler
