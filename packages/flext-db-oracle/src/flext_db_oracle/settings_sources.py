"""Where settings come from: environment variables, URLs, connect strings, secret references. Text in, plain dicts out.

`config.FlextDbOracleConfig` validates what is read here and is the only caller.
"""

from __future__ import annotations

import difflib
import importlib
import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Any

FAMILY_PREFIX = "FLEXT_TARGET_ORACLE_"
PLAIN_PREFIX = "ORACLE_"
ADDRESS = ("service_name", "sid", "dsn")
ALIASES = {
    "user": "username",
    "tns_alias": "dsn",
    "connect_string": "dsn",
    "service": "service_name",
    "session_init_sql": "session_init",
}
SECRETS = ("password", "wallet_password", "access_token", "access_token_private_key")

# Password types that the driver's own plugins register when they are imported; base64 it knows by itself.
_SECRET_STORES = {
    "ocivault": "oracledb.plugins.oci_config_provider",
    "azurevault": "oracledb.plugins.azure_config_provider",
    "awssecretsmanager": "oracledb.plugins.aws_config_provider",
    "gcpsecretmanager": "oracledb.plugins.gcp_config_provider",
    "base64": None,
}


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`unknown setting 'hots': did you mean 'host'?`."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"unknown setting {name!r}" + (f": did you mean {close[0]!r}?" if close else "")


def without_aliases(values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings under their own names. Raises ValueError when a setting is given under both of its names."""
    result = dict(values)
    for alias, name in ALIASES.items():
        if alias in result:
            if result.get(name) is not None:
                raise ValueError(f"{alias} and {name} are the same setting: give one")
            result[name] = result.pop(alias)
    return result


def from_environment(
    settings: Iterable[str], env: Mapping[str, str], prefixes: Iterable[str], explicit: Mapping[str, Any]
) -> dict[str, Any]:
    """`explicit`, completed from `<PREFIX>HOST`, ... of each prefix in turn; the address comes from one place only."""
    values = {key: value for key, value in explicit.items() if value is not None}
    for alias, name in ALIASES.items():
        if alias in values:
            values.setdefault(name, values.pop(alias))
    names = {name.upper(): name for name in settings}
    names |= {alias.upper(): name for alias, name in ALIASES.items()}
    for source in dict.fromkeys(prefixes):
        found: dict[str, Any] = {}
        for variable, name in names.items():
            value = env.get(source + variable)
            if value:
                found.setdefault(name, value)
        if any(name in values for name in ADDRESS):
            found = {name: value for name, value in found.items() if name not in ADDRESS}
        if "dsn" in values:
            found.pop("host", None)
            found.pop("port", None)
        if "host" in values:
            found.pop("dsn", None)
        values = {**found, **values}
    return values


def from_url(url: str) -> dict[str, Any]:
    """Settings of `user/password@host:port/service` or `oracle://user:password@host:port/service?setting=value`."""
    return _from_uri(url) if "://" in url.split("@")[0] else _from_connect_string(url)


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


def to_url(values: Mapping[str, Any]) -> str:
    """The URL that `from_url` reads back; `values` has no secrets."""
    rest = {name: value for name, value in values.items() if name not in {"username", "host", "port", "service_name"}}
    user = urllib.parse.quote(values.get("username") or "", safe="")
    host = values.get("host") or ""
    address = f"[{host}]" if ":" in host else host
    if "port" in values and host:
        address += f":{values['port']}"
    path = f"/{urllib.parse.quote(values['service_name'], safe='')}" if values.get("service_name") else "/"
    query = urllib.parse.urlencode({name: _as_text(value) for name, value in rest.items()})
    return f"oracle://{user}@{address}{path}" + (f"?{query}" if query else "")


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return ";".join(f"{key}={item}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return "\n".join(value)
    return str(value)


def secret_reference(text: str) -> dict[str, Any] | None:
    """`secret://ocivault/ocid1.vaultsecret...?method=OCI_DEFAULT` as the driver takes it; None for a plain password.

    Raises ValueError for a store that the driver does not have, or whose plugin is not installed.
    """
    if not text.startswith("secret://"):
        return None
    parts = urllib.parse.urlsplit(text)
    store, value = parts.netloc.lower(), urllib.parse.unquote(parts.path.lstrip("/"))
    if store not in _SECRET_STORES or not value:
        raise ValueError(f"a secret reference is secret://STORE/NAME with STORE one of {', '.join(_SECRET_STORES)}")
    plugin = _SECRET_STORES[store]
    if plugin is not None:
        try:
            importlib.import_module(plugin)
        except ImportError as exc:
            raise ValueError(f"secret://{store} needs the package {exc.name}: the driver's plugin imports it") from exc
    reference: dict[str, Any] = {"type": store, "value": value}
    if options := dict(urllib.parse.parse_qsl(parts.query)):
        reference["authentication"] = options
    return reference


def parse_mapping(value: Any) -> Any:
    """`NLS_SORT=BINARY; NLS_COMP=BINARY` (an environment variable) as a dict; other values pass."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in value.split(";") if part.strip()]
    if any(not equals for _, equals, _ in pairs):
        raise ValueError("write NAME=value; NAME=value")
    return {name.strip(): item.strip() for name, _, item in pairs}


def parse_lines(value: Any) -> Any:
    """One statement a line (an environment variable) as a list; other values pass."""
    return tuple(line.strip() for line in value.splitlines() if line.strip()) if isinstance(value, str) else value
