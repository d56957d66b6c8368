"""The command `flext-oracle-emulator`: `serve` until stopped, `run` a command with an emulator beside it, or `sql`."""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import getpass
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from . import sqlshell
from .emulator import AsyncEmulator, Emulator
from .errors import OracleError
from .init_scripts import InitScriptError
from .server import DEFAULT_SERVICE

_PR_SET_PDEATHSIG = 1
#: Users with their passwords, where a command line would show them.
_USERS_VARIABLE = "ORACLE_EMULATOR_USERS"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="flext-oracle-emulator",
        description="An Oracle database for development and tests, in front of an embedded PostgreSQL.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('flext-oracle-emulator')}")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve until SIGINT or SIGTERM; print the connect string when ready")
    run = commands.add_parser("run", help="run a command with an emulator beside it, and return its exit code")
    sql = commands.add_parser("sql", help="run SQL scripts, or read statements at a prompt (needs oracledb)")
    for command in (serve, run, sql):
        _add_options(command)
    serve.add_argument("--die-with-parent", action="store_true", help=argparse.SUPPRESS)
    run.add_argument("arguments", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="command to run")
    sql.add_argument(
        "--dsn",
        metavar="USER@HOST:PORT/SERVICE",
        help="a server that runs already; the password is asked for, or ORACLE_PASSWORD",
    )
    sql.add_argument("--continue", dest="go_on", action="store_true", help="go on after a statement that failed")
    sql.add_argument("scripts", nargs="*", metavar="SCRIPT", help="SQL script, or folder of them")
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one (%(default)s)")
    parser.add_argument("--data-dir", help="folder that keeps the data (default: a temporary one, removed at the end)")
    parser.add_argument(
        "--user",
        dest="users",
        action="append",
        default=[],
        metavar="NAME/PASSWORD",
        help=f"create a user and its schema; also from {_USERS_VARIABLE}, separated by commas",
    )
    parser.add_argument(
        "--init", action="append", default=[], metavar="SCRIPT", help="SQL script, or folder of them, to run at start"
    )
    parser.add_argument(
        "--compatible", type=int, choices=(19, 23), default=19, help="Oracle release to look like (%(default)s)"
    )
    parser.add_argument("--postgres-uri", help="use this PostgreSQL server instead of the embedded one")
    parser.add_argument(
        "--service",
        dest="services",
        action="append",
        default=[],
        metavar="NAME",
        help=f"service name besides {DEFAULT_SERVICE}",
    )
    parser.add_argument("--tls", action="store_true", help="serve TLS (tcps://) with a self-signed certificate")
    parser.add_argument("--tls-cert", metavar="FILE", help="PEM certificate to serve TLS with")
    parser.add_argument("--tls-key", metavar="FILE", help="PEM key, if it is not in the certificate's file")
    parser.add_argument("--tls-ca", metavar="FILE", help="PEM authority of the certificates that clients must show")
    parser.add_argument("--scan-port", type=int, metavar="PORT", help="listen here too, and send clients on (SCAN)")
    parser.add_argument(
        "--verifier", choices=("12c", "11g"), default="12c", help="what passwords are proved against (%(default)s)"
    )
    parser.add_argument("--log", dest="log_level", default="WARNING", metavar="LEVEL", help="log level (%(default)s)")


def _emulator_arguments(options: argparse.Namespace) -> dict[str, Any]:
    names = (
        "host",
        "port",
        "data_dir",
        "users",
        "init",
        "compatible",
        "postgres_uri",
        "services",
        "tls",
        "tls_cert",
        "tls_key",
        "tls_ca",
        "scan_port",
        "verifier",
        "log_level",
    )
    arguments = {name: getattr(options, name) for name in names}
    listed = os.environ.get(_USERS_VARIABLE, "")
    arguments["users"] = [user.strip() for user in listed.split(",") if user.strip()] + arguments["users"]
    return arguments


def connect_string(emulator: AsyncEmulator) -> str:
    """`user@host:port/service`: the password stays out of the terminal and of logs."""
    return f"{emulator.connect_args['user']}@{emulator.dsn}"


async def _serve(options: argparse.Namespace) -> int:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with AsyncEmulator(**_emulator_arguments(options)) as emulator:
        print(connect_string(emulator), flush=True)  # noqa: T201 - the one line on stdout
        if emulator.wallet is not None:
            print(f"wallet_location for clients: {emulator.wallet}", file=sys.stderr)  # noqa: T201
        await stopped.wait()
    return 0


def _die_with_parent() -> None:
    """Have the kernel send SIGTERM when the parent ends."""
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it ended before the kernel knew
        raise SystemExit(0)


def environment(emulator: AsyncEmulator) -> dict[str, str]:
    """The variables that `run` sets for its command."""
    arguments = emulator.connect_args
    return {
        "ORACLE_HOST": emulator.host,
        "ORACLE_PORT": str(emulator.port),
        "ORACLE_SERVICE": DEFAULT_SERVICE,
        "ORACLE_USER": arguments["user"],
        "ORACLE_PASSWORD": arguments["password"],
        "ORACLE_DSN": arguments["dsn"],
    } | ({"ORACLE_WALLET_LOCATION": str(emulator.wallet)} if emulator.wallet is not None else {})


def _run(options: argparse.Namespace) -> int:
    command = options.arguments[1:] if options.arguments[:1] == ["--"] else options.arguments
    if not command:
        print("flext-oracle-emulator run: no command given after --", file=sys.stderr)  # noqa: T201
        return 2
    with Emulator(**_emulator_arguments(options)) as emulator:
        try:
            return subprocess.run(  # noqa: S603 - running what the user gave is the purpose
                command, env=os.environ | environment(emulator), check=False
            ).returncode
        except FileNotFoundError:
            print(f"flext-oracle-emulator run: no such command: {command[0]}", file=sys.stderr)  # noqa: T201
            return 127


def _sql(options: argparse.Namespace) -> int:
    if options.dsn is None:
        with Emulator(**_emulator_arguments(options)) as emulator:
            return sqlshell.main(emulator.connect_args, options.scripts, go_on=options.go_on)
    user, _, dsn = options.dsn.rpartition("@")
    if not user or "/" in user:
        raise ValueError("--dsn is USER@HOST:PORT/SERVICE, without the password")
    password = os.environ.get("ORACLE_PASSWORD") or getpass.getpass(f"password of {user}: ")
    return sqlshell.main({"user": user, "password": password, "dsn": dsn}, options.scripts, go_on=options.go_on)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    options = _parser().parse_args(argv)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        if options.command == "run":
            return _run(options)
        if options.command == "sql":
            return _sql(options)
        if options.die_with_parent:
            _die_with_parent()
        return asyncio.run(_serve(options))
    except (InitScriptError, OracleError, OSError, ValueError, sqlshell.DriverMissingError) as error:
        print(f"flext-oracle-emulator: {error}", file=sys.stderr)  # noqa: T201
        return 1
