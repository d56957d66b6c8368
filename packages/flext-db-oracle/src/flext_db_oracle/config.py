"""Configuration: where the database is, who connects, and how. One pydantic model for every package of the family.

Reads keyword arguments, environment variables (`from_env`) or a connect string (`from_url`), refuses what it does not
know, and makes the driver's parameters. Secrets are `SecretStr` and never part of `repr`, `model_dump`, `to_url` or an
error.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Self

import oracledb
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    field_serializer,
    field_validator,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from flext_db_oracle import settings_sources
from flext_db_oracle.identifiers import check
from flext_db_oracle.settings_sources import ADDRESS, ALIASES, FAMILY_PREFIX, PLAIN_PREFIX, SECRETS

Secret = SecretStr | SkipJsonSchema[Callable[[], str]]
"""A secret, or a function that fetches it when a connection is opened."""

_PROVIDER = re.compile(r"config-[a-z]+://")
_ZONE = re.compile(r"[+-]\d\d:\d\d|[A-Za-z][A-Za-z0-9_/+-]*")
_NLS_NAME = re.compile(r"NLS_[A-Z_]+")
_HOST = re.compile(r"\(\s*HOST\s*=", re.IGNORECASE)
_PROTOCOL = re.compile(r"\(\s*PROTOCOL\s*=\s*(\w+)\s*\)", re.IGNORECASE)


class FlextDbOracleConfig(BaseModel):
    """How to reach and log in to one Oracle database.

    Give `host` with `service_name` (or the older `sid`), or `dsn`: a TNS alias, an easy connect string, a full
    connect descriptor, or a `config-file://` (`config-azure://`, ...) reference of the driver. `tns_alias`, `user`,
    `service` and `session_init_sql` are accepted as other names of `dsn`, `username`, `service_name`, `session_init`.
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
    username: str | None = Field(None, min_length=1, description="User; `user[schema]` for proxy authentication.")
    password: Secret | None = Field(
        None, description="Password of the user, or secret://STORE/NAME in a vault that the driver knows."
    )
    password_file: Path | None = Field(None, description="File with the password, instead of the password.")
    proxy_user: str | None = Field(
        None, min_length=1, description="Schema to work as, when the user may connect through it: as in user[schema]."
    )
    access_token: Secret | None = Field(
        None, description="OCI IAM or Entra ID token, instead of a password; needs TLS."
    )
    access_token_private_key: SecretStr | None = Field(None, description="Private key of an OCI IAM token.")

    protocol: Literal["tcp", "tcps"] = Field("tcp", description="tcps encrypts with TLS.")
    ssl_enabled: bool = Field(False, description="Use TLS; the same as protocol tcps.")
    require_tls: bool = Field(False, description="Refuse an address that is not encrypted with TLS.")
    ssl_cert_path: Path | None = Field(
        None, description="PEM file with the CA certificates to trust, or a wallet directory. Default: the system's."
    )
    ssl_server_dn_match: bool = Field(True, description="Check that the certificate belongs to the host connected to.")
    ssl_server_cert_dn: str | None = Field(None, description="The distinguished name the certificate must have.")
    wallet_location: Path | None = Field(None, description="Directory with ewallet.pem, for mutual TLS.")
    wallet_password: SecretStr | None = Field(None, description="Password of the wallet.")
    config_dir: Path | None = Field(None, description="Directory with tnsnames.ora. Default: TNS_ADMIN.")
    https_proxy: str | None = Field(
        None, min_length=1, description="HTTPS proxy between us and the database; needs TLS."
    )
    https_proxy_port: int = Field(80, ge=1, le=65535, description="Port of the HTTPS proxy.")

    timeout: float = Field(30, gt=0, description="Seconds until connecting fails.")
    call_timeout: float = Field(0, ge=0, description="Seconds until one round trip fails; 0 for no limit.")
    keepalive: int = Field(0, ge=0, description="Minutes between keepalive probes; 0 for none.")
    sdu: int = Field(
        65535,
        ge=512,
        le=2 * 1024 * 1024,
        description="Bytes of a network packet to ask for: large ones carry rows with less work. The database's own limit"
        " counts if it is lower.",
    )
    retry_count: int = Field(0, ge=0, description="How often one attempt to connect tries the address again.")
    retry_delay: int = Field(1, ge=0, description="Seconds between these attempts.")
    retry_attempts: int = Field(
        3, ge=1, description="How often idempotent work is done at most when errors are transient; 1 for no retries."
    )
    retry_deadline: float = Field(60, gt=0, description="Seconds after which nothing is retried any more.")

    pool_min: int = Field(1, ge=0, description="Connections opened at once.")
    pool_max: int = Field(4, ge=1, description="Most connections at a time.")
    pool_increment: int = Field(1, ge=1, description="Connections opened together when more are needed.")
    pool_wait_timeout: float = Field(60, gt=0, description="Seconds to wait for a free connection.")

    thick: bool = Field(False, description="Use an installed Oracle Client, for network encryption or old servers.")
    lib_dir: Path | None = Field(None, description="Directory of the Oracle Client libraries (thick only).")

    current_schema: str | None = Field(None, description="Schema of unqualified names, exactly as in Oracle.")
    edition: str | None = Field(None, min_length=1, description="Edition for edition-based redefinition.")
    session_time_zone: str = Field("+00:00", description="Time zone of the sessions: an offset or a region name.")
    nls: dict[str, str] = Field(
        default_factory=dict, description="NLS parameters of the sessions, NLS_SORT=BINARY for example."
    )
    session_init: tuple[str, ...] = Field((), description="SQL statements to run in each new session.")
    module: str = Field("flext-db-oracle", max_length=48, description="V$SESSION.MODULE of our sessions.")
    action: str | None = Field(None, max_length=32, description="V$SESSION.ACTION of our sessions.")
    client_identifier: str | None = Field(
        None, max_length=64, description="V$SESSION.CLIENT_IDENTIFIER of our sessions."
    )
    arraysize: int = Field(1000, ge=1, description="Rows per fetch round trip.")
    prefetchrows: int | None = Field(
        None, ge=0, description="Rows that come with the execute round trip. Default: as arraysize."
    )
    stmtcachesize: int = Field(20, ge=0, description="Statements that each session keeps parsed.")

    _fetched: set[str] = PrivateAttr(default_factory=set)  # secrets that a function gave, to keep them out of messages

    # -------------------------------------------------------------------------------------------- validation

    @model_validator(mode="before")
    @classmethod
    def _known_names(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        values = settings_sources.without_aliases(data)
        for key in values:
            if key not in cls.model_fields:
                raise ValueError(settings_sources.did_you_mean(str(key), [*cls.model_fields, *ALIASES]))
        return values

    @field_validator("current_schema", "edition")
    @classmethod
    def _is_identifier(cls, value: str | None) -> str | None:
        return None if value is None else check(value)

    @field_validator("session_time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        if not _ZONE.fullmatch(value):
            raise ValueError("a time zone is an offset (+05:30) or a region name (Europe/Paris)")
        return value

    @field_validator("nls", mode="before")
    @classmethod
    def _nls_text(cls, value: Any) -> Any:
        return settings_sources.parse_mapping(value)

    @field_validator("nls")
    @classmethod
    def _nls_names(cls, value: dict[str, str]) -> dict[str, str]:
        upper = {name.upper(): text for name, text in value.items()}
        if wrong := [name for name in upper if not _NLS_NAME.fullmatch(name)]:
            raise ValueError(f"{wrong[0]} is not an NLS parameter; the time zone is session_time_zone")
        return upper

    @field_validator("session_init", mode="before")
    @classmethod
    def _statements(cls, value: Any) -> Any:
        return settings_sources.parse_lines(value)

    @field_serializer("password", "access_token", when_used="json-unless-none")
    def _hidden(self, _: Any) -> str:
        return "**********"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = []
        for find_problem in (self._check_address, self._check_login, self._check_tls, self._check_rest):
            try:
                find_problem()
            except ValueError as exc:
                problems.append(str(exc))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _check_rest(self) -> None:
        if self.pool_min > self.pool_max:
            raise ValueError(f"pool_min ({self.pool_min}) is greater than pool_max ({self.pool_max})")
        if self.lib_dir is not None and not self.thick:
            raise ValueError("lib_dir has no effect without thick")

    def _check_address(self) -> None:
        given = [name for name in ADDRESS if getattr(self, name)]
        if len(given) != 1:
            found = f"not {' and '.join(given)} together" if given else "none of them was given"
            raise ValueError(f"give exactly one of service_name, sid and dsn: {found}")
        if self.dsn is None and self.host is None:
            raise ValueError(f"{given[0]} needs host")
        if self.dsn is not None:
            if self.host is not None:
                raise ValueError("dsn already names the host: leave host out")
            if "@" in self.dsn and not _PROVIDER.match(self.dsn):
                raise ValueError("dsn must not contain user and password: use username and password, or from_url")

    def _check_login(self) -> None:
        ways = [name for name in ("password", "password_file", "access_token") if getattr(self, name) is not None]
        if len(ways) > 1:
            raise ValueError(f"give one of password, password_file and access_token, not {' and '.join(ways)} together")
        missing = [] if ways or self._dsn_is_provider else ["password (or password_file, or access_token)"]
        if self.username is None and "access_token" not in ways and not self._dsn_is_provider:
            missing.append("username")
        if missing:
            raise ValueError(f"missing: {' and '.join(reversed(missing))}")
        if self.password_file is not None and not self.password_file.is_file():
            raise ValueError(f"password_file {self.password_file} does not exist")
        if self.access_token_private_key is not None and self.access_token is None:
            raise ValueError("access_token_private_key has no effect without access_token")
        if self.proxy_user is not None and "[" in (self.username or ""):
            raise ValueError(f"username {self.username} already names the schema to work as: leave proxy_user out")
        if isinstance(self.password, SecretStr):
            settings_sources.secret_reference(self.password.get_secret_value())

    def _check_tls(self) -> None:
        if self.uses_tls and self.ssl_cert_path is not None and not self.ssl_cert_path.exists():
            raise ValueError(f"ssl_cert_path {self.ssl_cert_path} does not exist")
        if self.dsn is not None and not self.uses_tls:
            if self.require_tls and not _is_encrypted(self.dsn, self.config_dir):
                raise ValueError(f"require_tls: not every address of {self.dsn} has the protocol tcps")
            return  # whether the address is encrypted stands in the DSN
        for name in ("ssl_cert_path", "ssl_server_cert_dn"):
            if not self.uses_tls and getattr(self, name) is not None:
                raise ValueError(
                    "ssl_cert_path and ssl_server_cert_dn have no effect without ssl_enabled or protocol tcps"
                )
        for name in ("access_token", "https_proxy"):
            if not self.uses_tls and getattr(self, name) is not None:
                raise ValueError(f"{name} needs TLS: set ssl_enabled")
        if self.require_tls and not self.uses_tls:
            raise ValueError(f"require_tls: {self.address} is not encrypted: set ssl_enabled")

    # -------------------------------------------------------------------------------------------- sources

    @classmethod
    def from_env(cls, prefix: str | None = None, *, environ: Mapping[str, str] | None = None, **explicit: Any) -> Self:
        """Read `<PREFIX>HOST`, `<PREFIX>SERVICE_NAME`, `<PREFIX>PASSWORD`, ...: the upper-case names of the settings.

        Precedence: `explicit` arguments, the given prefix (`TAP_ORACLE_`), `FLEXT_TARGET_ORACLE_`, `ORACLE_`. The
        address (service name, SID or DSN) comes from one place only: the first that has one, so that the ORACLE_SID
        of a database host does not contradict a service name. `<PREFIX>SCHEMA` is not a setting of the connection and
        is not read.
        """
        prefixes = [name for name in (prefix, FAMILY_PREFIX, PLAIN_PREFIX) if name]
        environment = os.environ if environ is None else environ
        return cls(**settings_sources.from_environment(cls.model_fields, environment, prefixes, explicit))

    @classmethod
    def from_url(cls, url: str, **overrides: Any) -> Self:
        """Read `user/password@host:port/service` or `oracle://user:password@host:port/service?sid=..&setting=value`.

        In the first form what follows the last `@` may also be a TNS alias, an easy connect string or a descriptor.
        In the second form reserved characters are percent-encoded, and the query may have any setting.
        """
        values = settings_sources.from_url(url)
        values.update((key, value) for key, value in overrides.items() if value is not None)
        return cls(**values)

    def to_url(self) -> str:
        """`oracle://user@host:port/service?setting=value` without any secret; `from_url(url, password=...)` reads it."""
        values = self.model_dump(exclude_defaults=True, exclude=set(SECRETS), mode="json")
        return settings_sources.to_url(values)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON schema of all settings: secrets are `writeOnly`, unknown names are not allowed."""
        return cls.model_json_schema()

    # -------------------------------------------------------------------------------------------- facts

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
        """What must never be shown: for `errors.redact`. Secrets that functions give are known once they were used."""
        given = [getattr(self, name) for name in SECRETS]
        known = [secret.get_secret_value() for secret in given if isinstance(secret, SecretStr)]
        if self.password_file is not None and self.password_file.is_file():
            known.append(_read_secret(self.password_file))
        return tuple(secret for secret in (*known, *sorted(self._fetched)) if secret)

    @property
    def _dsn_is_provider(self) -> bool:
        return self.dsn is not None and _PROVIDER.match(self.dsn) is not None

    # -------------------------------------------------------------------------------------------- the driver's

    def driver_params(self) -> dict[str, Any]:
        """Keyword arguments of `oracledb.connect`, `ConnectParams` and `PoolParams`, without the DSN."""
        params: dict[str, Any] = {
            "user": self.username,
            "password": self._driver_password(),
            "proxy_user": self.proxy_user,
            "access_token": self._driver_token(),
            "tcp_connect_timeout": self.timeout,
            "expire_time": self.keepalive,
            "sdu": self.sdu,
            "retry_count": self.retry_count,
            "retry_delay": self.retry_delay,
            "stmtcachesize": self.stmtcachesize,
            "edition": self.edition,
            "config_dir": None if self.config_dir is None else str(self.config_dir),
            "https_proxy": self.https_proxy,
        }
        if self.https_proxy is not None:
            params["https_proxy_port"] = self.https_proxy_port
        if self.dsn is None:
            params |= {"host": self.host, "port": self.port}
            params["service_name" if self.service_name else "sid"] = self.service_name or self.sid
            params["protocol"] = "tcps" if self.uses_tls else "tcp"
        params |= self._tls_params()
        return {name: value for name, value in params.items() if value is not None}

    def _tls_params(self) -> dict[str, Any]:
        params: dict[str, Any] = {}
        wallet = self.wallet_location
        if self.uses_tls or self.dsn is not None:
            params["ssl_server_dn_match"] = self.ssl_server_dn_match
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

    def _driver_password(self) -> str | dict[str, Any] | None:
        if self.password_file is not None:
            return _read_secret(self.password_file)
        if self.password is None:
            return None
        if not isinstance(self.password, SecretStr):
            return self._remember(self.password())
        text = self.password.get_secret_value()
        return settings_sources.secret_reference(text) or text

    def _driver_token(self) -> Any:
        token = self.access_token
        if token is None:
            return None
        if not isinstance(token, SecretStr):
            return lambda refresh: self._remember(token())  # the driver asks again when a token has expired
        if self.access_token_private_key is None:
            return token.get_secret_value()
        return token.get_secret_value(), self.access_token_private_key.get_secret_value()

    def _remember(self, secret: str) -> str:
        self._fetched.add(secret)
        return secret

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
            wait_timeout=round(self.connect_deadline * 1000),
        )
        return params

    @property
    def connect_deadline(self) -> float:
        """Seconds after which a connection that is not there will not come: `timeout` for each try of each address.

        A little more, so that the driver, which says what failed, is the first to give up where it can.
        """
        timeout, tries, delay, addresses = self.timeout, self.retry_count + 1, float(self.retry_delay), 1
        if self.dsn is not None and not self._dsn_is_provider:
            found = _parsed(self.dsn, self.config_dir, tcp_connect_timeout=timeout, retry_count=tries - 1)
            if found is not None:  # the DSN's own numbers win; one for each of its descriptions
                timeout, tries = _greatest(found.tcp_connect_timeout), int(_greatest(found.retry_count)) + 1
                delay = max(delay, _greatest(found.retry_delay))
                addresses = len(_HOST.findall(found.get_connect_string() or ""))
        return tries * max(1, addresses) * timeout + (tries - 1) * delay + 0.5

    def session_statements(self) -> list[str]:
        """What prepares a new session: time zone, NLS and schema in one round trip, then `session_init`."""
        parts = [f"TIME_ZONE = {_literal(self.session_time_zone)}"]
        parts += [f"{name} = {_literal(value)}" for name, value in self.nls.items()]
        if self.current_schema is not None:
            parts.append(f'CURRENT_SCHEMA = "{check(self.current_schema)}"')
        return [f"ALTER SESSION SET {' '.join(parts)}", *self.session_init]


class SecureSingerConfig:
    """The connection of a Singer job that insists on TLS: `SecureSingerConfig().oracle_config`."""

    def __init__(self, oracle_config: FlextDbOracleConfig | None = None, **explicit: Any) -> None:
        self.oracle_config = oracle_config or FlextDbOracleConfig.from_env(**({"ssl_enabled": True} | explicit))
        if not self.oracle_config.uses_tls and self.oracle_config.dsn is None:
            raise ValueError("SecureSingerConfig needs TLS: set ssl_enabled or protocol tcps")

    @classmethod
    def from_env(cls, prefix: str | None = None, **explicit: Any) -> Self:
        return cls(FlextDbOracleConfig.from_env(prefix, **({"ssl_enabled": True} | explicit)))


def _is_encrypted(dsn: str, config_dir: Path | None) -> bool:
    """Whether every address of a DSN says tcps. A TNS alias is looked up in tnsnames.ora."""
    params = _parsed(dsn, config_dir)
    if params is None:
        return False
    protocols = [found.lower() for found in _PROTOCOL.findall(params.get_connect_string() or "")]
    return bool(protocols) and set(protocols) == {"tcps"}


def _parsed(dsn: str, config_dir: Path | None, **defaults: Any) -> oracledb.ConnectParams | None:
    """What stands in a DSN, after the defaults; None when the driver cannot read it, and will say so."""
    if config_dir is not None:
        defaults["config_dir"] = str(config_dir)
    params: oracledb.ConnectParams = oracledb.ConnectParams(**defaults)
    try:
        params.parse_connect_string(dsn)
    except (oracledb.Error, OSError):
        return None
    return params


def _greatest(value: Any) -> float:
    return float(max(value)) if isinstance(value, list) else float(value)


def _read_secret(path: Path) -> str:
    return path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
