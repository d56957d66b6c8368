"""Doctor: connect the way the pipelines will, step by step, time each step, and explain the first that fails.

Name, TCP and TLS are tried with plain sockets before the driver connects once; what the driver then reports tells the
listener, the service and the login apart. A refused login is never tried again. The last steps only warn.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import oracledb

from flext_db_oracle.config import FlextDbOracleConfig
from flext_db_oracle.errors import ErrorKind, explain
from flext_db_oracle.identifiers import is_plain, quote
from flext_db_oracle.pool import ConnectionPool
from flext_db_oracle.server import ServerInfo, read_server_info

T = TypeVar("T")
Status = Literal["ok", "warning", "failed", "skipped"]

_LISTENER = frozenset(
    {
        "DPY-6000",
        "DPY-6005",
        "DPY-4011",
        "ORA-12537",
        "ORA-12541",
        "ORA-12547",
        "ORA-12518",
        "ORA-12516",
        "ORA-12519",
        "ORA-12520",
    }
)
_SERVICE = frozenset({"ORA-12514", "ORA-12505", "DPY-6001", "DPY-6003", "ORA-12521", "ORA-12526", "ORA-12528"})
_STEPS = ("settings", "name", "tcp", "tls", "listener", "service", "login", "session")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was found, and what to do when it is not `ok`. `seconds` is None where nothing was timed."""

    name: str
    status: Status
    detail: str
    hint: str | None = None
    seconds: float | None = None


@dataclass(slots=True)
class DoctorReport:
    """All steps in order. `ok` when none failed; warnings are grants and settings that some work needs."""

    address: str
    username: str | None
    steps: list[Step] = field(default_factory=list)
    server: ServerInfo | None = None

    @property
    def ok(self) -> bool:
        return all(step.status != "failed" for step in self.steps)

    @property
    def failure(self) -> Step | None:
        return next((step for step in self.steps if step.status == "failed"), None)


class _StepFailedError(Exception):
    def __init__(self, step: Step) -> None:
        super().__init__(step.name)
        self.step = step


def diagnose(config: FlextDbOracleConfig) -> DoctorReport:
    """Try everything in order and stop at the first failure; the steps after it are `skipped`."""
    report = DoctorReport(config.address, config.username)
    try:
        for step in _walk(config, report):
            report.steps.append(step)
    except _StepFailedError as failed:
        report.steps.append(failed.step)
        done = {step.name for step in report.steps}
        report.steps += [Step(name, "skipped", "not reached") for name in _STEPS if name not in done]
    return report


def _walk(config: FlextDbOracleConfig, report: DoctorReport) -> Iterator[Step]:
    mode = "thick" if config.thick else "thin"
    yield Step("settings", "ok", f"{config.address} as {config.username or 'the token says'}, {mode} mode")
    addresses = _addresses(config)
    if addresses and not config.https_proxy:
        yield from _reach(config, addresses)
    else:
        for name in ("name", "tcp", "tls"):
            yield Step(name, "skipped", "the address is not known before the driver connects")
    yield from _connect(config, report)


# ---------------------------------------------------------------------------------------------- the network


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    port: int
    encrypted: bool


def _addresses(config: FlextDbOracleConfig) -> list[_Address]:
    """Where the driver will connect to; empty when only the driver can find out."""
    if config.dsn is None:
        return [_Address(config.host or "", config.port, config.uses_tls)]
    if config.dsn.startswith("config-"):
        return []
    params = oracledb.ConnectParams(config_dir=None if config.config_dir is None else str(config.config_dir))
    try:
        params.parse_connect_string(config.dsn)
    except oracledb.Error as exc:
        told = explain(exc, config.secrets)
        raise _StepFailedError(Step("name", "failed", told.message, told.hint)) from exc

    def as_list(value: object) -> list[object]:
        return value if isinstance(value, list) else [value]

    found = zip(as_list(params.host), as_list(params.port), as_list(params.protocol), strict=False)
    return [_Address(str(host), int(str(port)), protocol == "tcps") for host, port, protocol in found if host]


def _reach(config: FlextDbOracleConfig, addresses: list[_Address]) -> Iterator[Step]:
    resolved, seconds = _timed(lambda: [_resolve(address) for address in addresses])
    known = [address for address, text in resolved if text is not None]
    detail = ", ".join(f"{address.host} is {text or 'unknown'}" for address, text in resolved)
    if not known:
        raise _StepFailedError(
            Step("name", "failed", detail, "The host cannot be resolved: check `host` or DNS.", seconds)
        )
    yield Step("name", "ok", detail, seconds=seconds)

    errors = []
    for address in known:
        place = f"{address.host}:{address.port}"
        started = time.perf_counter()
        try:
            connected = socket.create_connection((address.host, address.port), timeout=config.timeout)
        except OSError as exc:
            errors.append(f"{place}: {exc.strerror or exc}")
            continue
        with connected:
            yield Step("tcp", "ok", f"{place} accepts connections", seconds=time.perf_counter() - started)
            yield _tls(config, address, connected)
        return
    hint = "Nobody listens there, or a firewall drops it: check host, port, firewall and `lsnrctl status`."
    raise _StepFailedError(Step("tcp", "failed", "; ".join(errors), hint, time.perf_counter() - started))


def _resolve(address: _Address) -> tuple[_Address, str | None]:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError:
        return address, None
    return address, str(found[0][4][0])


def _tls(config: FlextDbOracleConfig, address: _Address, connected: socket.socket) -> Step:
    if not address.encrypted:
        return Step("tls", "skipped", "the address is not encrypted (tcp)")
    started = time.perf_counter()
    try:
        context = config.connect_params().ssl_context or ssl.create_default_context()
        context.check_hostname = False  # the driver compares names in Oracle's way; here only trust counts
        with context.wrap_socket(connected, server_hostname=address.host) as secured:
            certificate = secured.getpeercert() or {}
            detail = f"{secured.version()}, certificate valid until {certificate.get('notAfter', 'unknown')}"
    except (OSError, ValueError) as exc:
        hint = "Set `ssl_cert_path` to the CA's PEM file or the wallet, and check that the port speaks TLS (tcps)."
        raise _StepFailedError(Step("tls", "failed", str(exc), hint, time.perf_counter() - started)) from exc
    return Step("tls", "ok", detail, seconds=time.perf_counter() - started)


# ---------------------------------------------------------------------------------------------- the database


def _connect(config: FlextDbOracleConfig, report: DoctorReport) -> Iterator[Step]:
    pool = ConnectionPool(config)
    started = time.perf_counter()
    try:
        with pool.connection(retry=False) as connection:
            seconds = time.perf_counter() - started
            yield Step("listener", "ok", "the listener answers")
            yield Step("service", "ok", f"connected to {connection.service_name or connection.instance_name or '?'}")
            yield Step("login", "ok", f"logged in as {connection.username or config.username}", seconds=seconds)
            server, seconds = _timed(lambda: read_server_info(connection, config.address))
            report.server = server
            yield Step("session", "ok", server.banner or ".".join(map(str, server.version)), seconds=seconds)
            yield _privileges(server, connection)
            yield _charset(server)
            yield _time_zones(server)
            yield _round_trip(connection)
    except oracledb.Error as exc:
        reached = {step.name for step in report.steps}
        told = explain(exc, config.secrets)
        name = "session" if "login" in reached else _failed_step(told.code, told.kind)
        yield from [Step(step, "ok", _PASSED[step]) for step in _before(name) if step not in reached]
        raise _StepFailedError(Step(name, "failed", told.message, told.hint, time.perf_counter() - started)) from exc
    finally:
        pool.close()


_PASSED = {
    "listener": "the listener answers",
    "service": "the listener knows the service",
    "login": "logged in",
}


def _failed_step(code: str | None, kind: ErrorKind) -> str:
    if code in _SERVICE:
        return "service"
    if kind is ErrorKind.AUTH:
        return "login"
    return "listener" if code in _LISTENER or code is None else "session"


def _before(name: str) -> tuple[str, ...]:
    order = ("listener", "service", "login", "session")
    return order[: order.index(name)]


def _privileges(server: ServerInfo, connection: oracledb.Connection) -> Step:
    user = server.username if is_plain(server.username) else quote(server.username)
    granted = set(server.privileges)
    missing = []
    if "CREATE TABLE" not in granted:
        missing.append(f"GRANT CREATE TABLE TO {user} (a target that creates its tables)")
    elif "UNLIMITED TABLESPACE" not in granted and not _has_quota(connection):
        missing.append(f"ALTER USER {user} QUOTA UNLIMITED ON <tablespace> (rows in its tables)")
    roles = f", roles {', '.join(server.roles)}" if server.roles else ""
    shown = ", ".join(server.privileges[:8]) + (f" and {len(granted) - 8} more" if len(granted) > 8 else "")
    detail = f"{shown or 'none'}{roles}"
    return Step("privileges", "warning" if missing else "ok", detail, "; ".join(missing) or None)


def _has_quota(connection: oracledb.Connection) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM user_ts_quotas WHERE max_bytes <> 0")
        return bool(cursor.fetchone()[0])


def _charset(server: ServerInfo) -> Step:
    detail = f"{server.charset}, national {server.national_charset}"
    if server.charset == "AL32UTF8":
        return Step("charset", "ok", detail)
    hint = (
        f"Characters outside {server.charset} become ? in VARCHAR2 and CLOB: load such text into NVARCHAR2 and NCLOB."
    )
    return Step("charset", "warning", detail, hint)


def _time_zones(server: ServerInfo) -> Step:
    detail = f"database {server.database_time_zone}, session {server.session_time_zone}"
    if server.session_time_zone in {"+00:00", "UTC"}:
        return Step("time zones", "ok", detail)
    hint = "Times without an offset are read in this zone; leave session_time_zone at +00:00 to have UTC everywhere."
    return Step("time zones", "warning", detail, hint)


def _round_trip(connection: oracledb.Connection) -> Step:
    _, seconds = _timed(connection.ping)
    return Step("round trip", "ok", "to the database and back", seconds=seconds)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started
