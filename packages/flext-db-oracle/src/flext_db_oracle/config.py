"""Configuration: where the database is, who connects, and how. One pydantic model for every package of the family.

Reads keyword arguments, environment variables (`from_env`) or a connect string (`from_url`), refuses what it does not
know, and makes the driver's parameters. The password is a `SecretStr` and never part of `repr`, `model_dump` or an
error.
"""

from __future__ import annotations

import difflib
import os
import ssl
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import oracledb
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from flext_db_oracle.identifiers import check

FAMILY_PREFIX = "FLEXT_TARGET_ORACLE_"
PLAIN_PREFIX = "ORACLE_"

_ALIASES = {"user": "username", "tns_alias": "dsn", "connect_string": "dsn", "service": "service_name"}
_ADDRESS = ("service_name", "sid", "dsn")
_NOT_FROM_ENV = frozenset({"session_init"})


class FlextDbOracleConfig(BaseModel):
    """How to reach and log in to one Oracle database.

    Give `host` with `service_name` (or the older `sid`), or `dsn`: a TNS alias, an easy connect string or a full
    connect descriptor. `tns_alias`, `user` and `service` are accepted as other names of `dsn`, `username`,
    `service_name`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str | None = Field(None, min_length=1, description="Host name or address of the listener.")
    port: int = Field(1521, ge=1, le=65535, description="Port of the listener.")
    service_name: str | None = Field(None, min_length=1, description="Service name of the database.")
    sid: str | None = Field(None, min_length=1, description="SID, for databases without a service name.")
    dsn: str | None = Field(
        None,
        min_length=1,
        description="TNS alias, easy connect string or connect descriptor, instead of host and service.",
    )
    username: str = Field(min_length=1, description="User; `user[schema]` for proxy authentication.")
    password: SecretStr = Field(description="Password of the user.")

    protocol: Literal["tcp", "tcps"] = Field("tcp", description="tcps encrypts with TLS.")
    ssl_enabled: bool = Field(False, description="Use TLS; the same as protocol tcps.")
    ssl_cert_path: Path | None = Field(
        None, description="PEM file with the CA certificates to trust, or a wallet directory. Default: the system's."
    )
    ssl_server_dn_match: bool = Field(True, description="Check that the certificate belongs to the host connected to.")
    ssl_server_cert_dn: str | None = Field(None, description="The distinguished name the certificate must have.")
    wallet_location: Path | None = Field(None, description="Directory with ewallet.pem, for mutual TLS.")
    wallet_password: SecretStr | None = Field(None, description="Password of the wallet.")
    config_dir: Path | None = Field(None, description="Directory with tnsnames.ora. Default: TNS_ADMIN.")

    timeout: float = Field(30, gt=0, description="Seconds until connecting fails.")
    call_timeout: float = Field(0, ge=0, description="Seconds until one round trip fails; 0 for no limit.")
    keepalive: int = Field(0, ge=0, description="Minutes between keepalive probes; 0 for none.")
    retry_count: int = Field(0, ge=0, description="How often connecting is tried again.")
    retry_delay: int = Field(1, ge=0, description="Seconds between these attempts.")

    pool_min: int = Field(1, ge=0, description="Connections opened at once.")
    pool_max: int = Field(4, ge=1, description="Most connections at a time.")
    pool_increment: int = Field(1, ge=1, description="Connections opened together when more are needed.")
    pool_wait_timeout: float = Field(60, gt=0, description="Seconds to wait for a free connection.")

    thick: bool = Field(False, description="Use an installed Oracle Client, for network encryption or old servers.")
    lib_dir: Path | None = Field(None, description="Directory of the Oracle Client libraries (thick only).")

    current_schema: str | None = Field(None, description="Schema of unqualified names, exactly as in Oracle.")
    session_init: tuple[str, ...] = Field((), description="SQL statements to run in each new session.")
    module: str = Field("flext-db-oracle", max_length=48, description="V$SESSION.MODULE of our sessions.")
    action: str | None = Field(None, max_length=32, description="V$SESSION.ACTION of our sessions.")
    client_identifier: str | None = Field(
        None, max_length=64, description="V$SESSION.CLIENT_IDENTIFIER of our sessions."
    )
    arraysize: int = Field(1000, ge=1, description="Rows per fetch round trip.")

    @model_validator(mode="before")
    @classmethod
    def _known_names(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        values = dict(data)
        for alias, name in _ALIASES.items():
            if alias in values:
                if values.get(name) is not None:
                    raise ValueError(f"{alias} and {name} are the same setting: give one")
                values[name] = values.pop(alias)
        known = [*cls.model_fields, *_ALIASES]
        for key in values:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, n=1)
                raise ValueError(f"unknown setting {key!r}" + (f": did you mean {close[0]!r}?" if close else ""))
        return values

    @field_validator("current_schema")
    @classmethod
    def _schema_is_identifier(cls, value: str | None) -> str | None:
        return None if value is None else check(value)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        given = [name for name in _ADDRESS if getattr(self, name)]
        if len(given) != 1:
            found = f"not {' and '.join(given)} together" if given else "none of them was given"
            raise ValueError(f"give exactly one of service_name, sid and dsn: {found}")
        if self.dsn is None and self.host is None:
            raise ValueError(f"{given[0]} needs host")
        if self.dsn is not None:
            if self.host is not None:
                raise ValueError("dsn already names the host: leave host out")
            if "@" in self.dsn:
                raise ValueError("dsn must not contain user and password: use username and password, or from_url")
        if self.pool_min > self.pool_max:
            raise ValueError(f"pool_min ({self.pool_min}) is greater than pool_max ({self.pool_max})")
        if self.uses_tls and self.ssl_cert_path is not None and not self.ssl_cert_path.exists():
            raise ValueError(f"ssl_cert_path {self.ssl_cert_path} does not exist")
        if not self.uses_tls and (self.ssl_cert_path or self.ssl_server_cert_dn):
            raise ValueError("ssl_cert_path and ssl_server_cert_dn have no effect without ssl_enabled or protocol tcps")
        if self.lib_dir is not None and not self.thick:
            raise ValueError("lib_dir has no effect without thick")
        return self

    @classmethod
    def from_env(cls, prefix: str | None = None, *, environ: Mapping[str, str] | None = None, **explicit: Any) -> Self:
        """Read `<PREFIX>HOST`, `<PREFIX>SERVICE_NAME`, `<PREFIX>PASSWORD`, ...: the upper-case names of the settings.

        Precedence: `explicit` arguments, the given prefix (`TAP_ORACLE_`), `FLEXT_TARGET_ORACLE_`, `ORACLE_`. The
        address (service name, SID or DSN) comes from one place only: the first that has one, so that the ORACLE_SID
        of a database host does not contradict a service name. `<PREFIX>SCHEMA` is not a setting of the connection and
        is not read.
        """
        env = os.environ if environ is None else environ
        values = {key: value for key, value in explicit.items() if value is not None}
        for alias, name in _ALIASES.items():
            if alias in values:
                values.setdefault(name, values.pop(alias))
        names = {name.upper(): name for name in cls.model_fields if name not in _NOT_FROM_ENV}
        names |= {alias.upper(): name for alias, name in _ALIASES.items()}
        for source in dict.fromkeys(p for p in (prefix, FAMILY_PREFIX, PLAIN_PREFIX) if p):
            found: dict[str, Any] = {}
            for variable, name in names.items():
                value = env.get(source + variable)
                if value:
                    found.setdefault(name, value)
            if any(name in values for name in _ADDRESS):
                found = {name: value for name, value in found.items() if name not in _ADDRESS}
            if "dsn" in values:
                found.pop("host", None)
            if "host" in values:
                found.pop("dsn", None)
            values = {**found, **values}
        return cls(**values)

    @classmethod
    def from_url(cls, url: str, **overrides: Any) -> Self:
        """Read `user/password@host:port/service` or `oracle://user:password@host:port/service?sid=..&setting=value`.

        In the first form what follows the last `@` may also be a TNS alias, an easy connect string or a descriptor.
        In the second form reserved characters are percent-encoded, and the query may have any setting.
        """
        values = _from_uri(url) if "://" in url.split("@")[0] else _from_connect_string(url)
        values.update((key, value) for key, value in overrides.items() if value is not None)
        return cls(**values)

    @property
    def uses_tls(self) -> bool:
        return self.ssl_enabled or self.protocol == "tcps"

    @property
    def address(self) -> str:
        """Where we connect to, without user or password: for messages."""
        if self.dsn is not None:
            return self.dsn
        return (
            f"{self.host}:{self.port}/{self.service_name}"
            if self.service_name
            else f"{self.host}:{self.port}:{self.sid}"
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: for `errors.redact`."""
        wallet = self.wallet_password.get_secret_value() if self.wallet_password else ""
        return tuple(secret for secret in (self.password.get_secret_value(), wallet) if secret)

    def driver_params(self) -> dict[str, Any]:
        """Keyword arguments of `oracledb.connect`, `ConnectParams` and `PoolParams`, without the DSN."""
        params: dict[str, Any] = {
            "user": self.username,
            "password": self.password.get_secret_value(),
            "tcp_connect_timeout": self.timeout,
            "expire_time": self.keepalive,
            "retry_count": self.retry_count,
            "retry_delay": self.retry_delay,
        }
        if self.config_dir is not None:
            params["config_dir"] = str(self.config_dir)
        if self.dsn is None:
            params |= {"host": self.host, "port": self.port}
            params["service_name" if self.service_name else "sid"] = self.service_name or self.sid
            params["protocol"] = "tcps" if self.uses_tls else "tcp"
        wallet = self.wallet_location
        if self.uses_tls:
            params["ssl_server_dn_match"] = self.ssl_server_dn_match
            if self.ssl_server_cert_dn:
                params["ssl_server_cert_dn"] = self.ssl_server_cert_dn
            if self.ssl_cert_path is not None and self.ssl_cert_path.is_dir():
                wallet = wallet or self.ssl_cert_path
            elif self.ssl_cert_path is not None:
                params["ssl_context"] = ssl.create_default_context(cafile=str(self.ssl_cert_path))
        if wallet is not None:
            params["wallet_location"] = str(wallet)
        if self.wallet_password is not None:
            params["wallet_password"] = self.wallet_password.get_secret_value()
        return params

    def connect_params(self) -> oracledb.ConnectParams:
        """For `oracledb.connect(dsn=config.dsn, params=...)`."""
        params: oracledb.ConnectParams = oracledb.ConnectParams(**self.driver_params())
        return params

    def pool_params(self) -> oracledb.PoolParams:
        """For `oracledb.create_pool(dsn=config.dsn, params=...)`.

        The pool starts empty: when it opens sessions by itself it hides why that failed and tries a wrong password
        twice. `pool_min` sessions are opened by `ConnectionPool.open`.
        """
        params: oracledb.PoolParams = oracledb.PoolParams(
            **self.driver_params(),
            min=0,
            max=self.pool_max,
            increment=self.pool_increment,
            getmode=oracledb.POOL_GETMODE_TIMEDWAIT,
            wait_timeout=round(self.pool_wait_timeout * 1000),
        )
        return params


class SecureSingerConfig:
    """The connection of a Singer job that insists on TLS: `SecureSingerConfig().oracle_config`."""

    def __init__(self, oracle_config: FlextDbOracleConfig | None = None, **explicit: Any) -> None:
        self.oracle_config = oracle_config or FlextDbOracleConfig.from_env(**({"ssl_enabled": True} | explicit))
        if not self.oracle_config.uses_tls and self.oracle_config.dsn is None:
            raise ValueError("SecureSingerConfig needs TLS: set ssl_enabled or protocol tcps")

    @classmethod
    def from_env(cls, prefix: str | None = None, **explicit: Any) -> Self:
        return cls(FlextDbOracleConfig.from_env(prefix, **({"ssl_enabled": True} | explicit)))


def _from_uri(url: str) -> dict[str, Any]:
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("the URL is not valid: percent-encode reserved characters in user and password") from None
    if parts.scheme.split("+")[0] != "oracle":
        raise ValueError(f"the URL must start with oracle://, not {parts.scheme}://")
    values: dict[str, Any] = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
    if parts.username:
        values["username"] = urllib.parse.unquote(parts.username)
    if parts.password:
        values["password"] = urllib.parse.unquote(parts.password)
    service = urllib.parse.unquote(parts.path.lstrip("/"))
    if parts.hostname and (service or any(key in values for key in ("service_name", "service", "sid"))):
        values["host"] = parts.hostname
        if port is not None:
            values["port"] = port
        if service:
            values["service_name"] = service
    elif parts.hostname:
        values["dsn"] = parts.hostname  # oracle://user:password@tns_alias
    return values


def _from_connect_string(text: str) -> dict[str, Any]:
    login, at, dsn = text.rpartition("@")
    username, slash, password = login.partition("/")
    if not at or not slash or not username or not password or not dsn:
        raise ValueError("the connect string must have the form user/password@host:port/service")
    if len(password) > 1 and password[0] == password[-1] == '"':
        password = password[1:-1]
    return {"username": username, "password": password, "dsn": dsn}
