"""Runs a command on the Oracle that $ORACLE names: the one switch of `make test`, `make elt` and ci/integration.

    ORACLE=emulator (or unset)              nothing to do: the command starts the emulator itself
    ORACLE=container                        starts ORACLE_IMAGE (gvenzl/oracle-free:23-slim-faststart unless set; an XE image
                                            such as gvenzl/oracle-xe:21-slim-faststart works too), runs the command, removes it
    ORACLE=user/password@host:port/service  checks that the database answers; its user must be allowed to create users

The command gets ORACLE as connect string. What was asked for and is not there is a failure: exit code 2 and the reason.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import oracledb

DEFAULT_IMAGE = "gvenzl/oracle-free:23-slim-faststart"
READY = "DATABASE IS READY TO USE!"
START_SECONDS = 900
_CONNECT_STRING = re.compile(r"(?P<user>[^/@]+)/(?P<password>.+)@(?P<dsn>[^@]+)")


class NotThereError(Exception):
    """The database that was asked for cannot be used; the text says why."""


def main(command: list[str]) -> int:
    """Run `command` and return its exit code."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    wanted = os.environ.get("ORACLE", "")
    try:
        if wanted in ("", "emulator"):
            return _run(command, None)
        if wanted == "container":
            with container(os.environ.get("ORACLE_IMAGE") or DEFAULT_IMAGE) as connect_string:
                return _run(command, connect_string)
        check(wanted)
        return _run(command, wanted)
    except NotThereError as error:
        print(f"ORACLE: {error}", file=sys.stderr)
        return 2


def _run(command: list[str], connect_string: str | None) -> int:
    environment = {name: value for name, value in os.environ.items() if name != "ORACLE"}
    if connect_string:
        environment["ORACLE"] = connect_string
    return subprocess.run(command, env=environment, check=False).returncode


def check(connect_string: str) -> None:
    """Log on once, so that a wrong address is one message and not a thousand failed tests."""
    found = _CONNECT_STRING.fullmatch(connect_string)
    if not found:
        raise NotThereError("it must be `emulator`, `container` or user/password@host:port/service")
    try:
        with oracledb.connect(**found.groupdict()) as connection:
            print(f"Oracle {connection.version} at {found['dsn']}", file=sys.stderr)
    except oracledb.Error as error:
        raise NotThereError(f"no logon as {found['user']} at {found['dsn']}: {error}") from error


@contextmanager
def container(image: str) -> Iterator[str]:
    """A throw-away database in a container, as connect string of its administrator."""
    from docker.errors import DockerException
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    password = "Ora_" + secrets.token_hex(8)
    service = "XEPDB1" if "oracle-xe" in image else "FREEPDB1"
    print(f"starting {image} (minutes when the image has to be pulled)", file=sys.stderr)
    try:
        database = (
            DockerContainer(image)
            .with_env("ORACLE_PASSWORD", password)
            .with_exposed_ports(1521)
            .waiting_for(LogMessageWaitStrategy(READY).with_startup_timeout(START_SECONDS))
        )
        database.start()
    except (DockerException, TimeoutError, RuntimeError) as error:
        raise NotThereError(f"no container of {image}: {error}") from error
    try:
        connect_string = (
            f"system/{password}@{database.get_container_host_ip()}:{database.get_exposed_port(1521)}/{service}"
        )
        check(connect_string)
        yield connect_string
    finally:
        database.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
