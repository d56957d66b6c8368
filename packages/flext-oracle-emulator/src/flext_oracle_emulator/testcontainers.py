"""`OracleDbContainer` without Docker: code that is written for `testcontainers` changes one import.

    from flext_oracle_emulator.testcontainers import OracleDbContainer

    with OracleDbContainer() as oracle:
        engine = sqlalchemy.create_engine(oracle.get_connection_url())

Of the image's name only the release counts: `oracle-free` is 23ai, other images are 19c. What only a container has (volumes,
networks, exec) raises NotImplementedError.
"""

from __future__ import annotations

import os
import secrets
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from .emulator import ADMIN_USER, Emulator
from .server import DEFAULT_SERVICE


class OracleDbContainer:
    """See the module. The arguments are those of `testcontainers`' class of this name."""

    def __init__(
        self,
        image: str = "gvenzl/oracle-free:slim",
        oracle_password: str | None = None,
        username: str | None = None,
        password: str | None = None,
        port: int = 1521,
        dbname: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.image = image
        self.port = port
        self._options = kwargs
        self._environment: dict[str, str] = {}
        self._bound: int | None = None
        self._emulator: Emulator | None = None
        self.oracle_password = oracle_password or os.environ.get("ORACLE_PASSWORD") or secrets.token_hex(8)
        self.username = username or os.environ.get("APP_USER")
        self.password = password or os.environ.get("APP_USER_PASSWORD")
        self.dbname = dbname or os.environ.get("ORACLE_DATABASE")

    def with_env(self, key: str, value: str) -> Self:
        """ORACLE_PASSWORD, APP_USER, APP_USER_PASSWORD and ORACLE_DATABASE, as the image knows them."""
        names = {
            "ORACLE_PASSWORD": "oracle_password",
            "APP_USER": "username",
            "APP_USER_PASSWORD": "password",
            "ORACLE_DATABASE": "dbname",
        }
        if key in names:
            setattr(self, names[key], value)
        self._environment[key] = value
        return self

    def with_envs(self, **variables: str) -> Self:
        for key, value in variables.items():
            self.with_env(key, value)
        return self

    def with_bind_ports(self, container: int | str, host: int | str | None = None) -> Self:
        """Listen on the port `host` instead of a free one."""
        if int(str(container).partition("/")[0]) == self.port and host is not None:
            self._bound = int(host)
        return self

    def with_exposed_ports(self, *ports: int | str) -> Self:
        return self

    def with_name(self, name: str) -> Self:
        return self

    def with_kwargs(self, **kwargs: Any) -> Self:
        return self

    def start(self) -> Self:
        users = {ADMIN_USER: self.oracle_password}
        if self.username is not None:
            users[self.username] = self.password or self.oracle_password
        self._emulator = Emulator(
            port=self._bound or 0,
            users=users,
            compatible=23 if "oracle-free" in self.image else 19,
            services=[self.dbname] if self.dbname is not None else [],
        )
        self._emulator.__enter__()
        return self

    def stop(self, force: bool = True, delete_volume: bool = True) -> None:
        emulator, self._emulator = self._emulator, None
        if emulator is not None:
            emulator.__exit__(None, None, None)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def emulator(self) -> Emulator:
        """The emulator itself. Raises RuntimeError before `start`."""
        if self._emulator is None:
            raise RuntimeError("container has not been started")
        return self._emulator

    def get_container_host_ip(self) -> str:
        return self.emulator.host

    def get_exposed_port(self, port: int) -> int:
        """Where the container's port is reached; it has one."""
        if port != self.port:
            raise ConnectionError(f"port {port} is not exposed")
        return self.emulator.port

    def get_connection_url(self) -> str:
        """For SQLAlchemy: `oracle+oracledb://..`."""
        user = self.username or ADMIN_USER.lower()
        password = quote(self.password or self.oracle_password, safe=" +")
        address = f"{self.get_container_host_ip()}:{self.get_exposed_port(self.port)}"
        return f"oracle+oracledb://{user}:{password}@{address}/?service_name={self.dbname or DEFAULT_SERVICE}"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NotImplementedError(f"{name} is for containers; this one is an emulator in the process itself")
