"""The target's settings as they are read: all in one JSON schema, completed from the environment, and the connection.

The connection's settings are taken from `FlextDbOracleConfig` field by field, so that each is described in one place
only; what a target adds is in `options`. Nothing is connected.
"""

from __future__ import annotations

import difflib
import fnmatch
import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flext_db_oracle import FlextDbOracleConfig
from singer_sdk.exceptions import ConfigValidationError

from .options import (
    DEFAULT_BATCH_SIZE,
    DEFAULT_PARALLELISM,
    STREAM_ONLY,
    STREAM_SETTINGS,
    TARGET_PROPERTIES,
    LoadMethod,
)

ENV_PREFIXES = ("TARGET_ORACLE_", "FLEXT_TARGET_ORACLE_")
"""Read for connection settings that the configuration leaves open, in this order."""

# The target's own settings say how many sessions it needs, and which schema it writes to.
_LEFT_OUT = frozenset({"current_schema", "pool_min", "pool_max", "pool_increment", "pool_wait_timeout"})
_ALIASES = {"user": "username", "tns_alias": "dsn"}
# Names that other targets have for settings of ours (docs/MIGRATION.md says whose).
_OWN_ALIASES = {
    "schema": "default_target_schema",
    "target_schema": "default_target_schema",
    "max_batch_rows": "batch_size_rows",
    "max_batch_age": "batch_wait_limit_seconds",
}
# Settings of other targets that have no counterpart of the same meaning (docs/MIGRATION.md).
_FOREIGN = {
    "sqlalchemy_url": "set host, port, service_name, username and password, or dsn",
    "freeze_schema": "set schema_policy to freeze",
    "prefer_float_over_numeric": "numbers are exact here; column_types can say BINARY_DOUBLE",
    "activate_version": "set process_activate_version_messages",
}
_ADDRESS = ("service_name", "sid", "dsn")


@functools.cache
def config_jsonschema() -> dict[str, Any]:
    """The JSON schema of all settings, for `--about` and validation. Not to be changed by the caller."""
    connection = FlextDbOracleConfig.model_json_schema()["properties"]
    properties = {name: _property(schema) for name, schema in connection.items() if name not in _LEFT_OUT}
    for alias, name in _ALIASES.items():
        properties[alias] = {**properties[name], "description": f"The same as `{name}`."}
        properties[alias].pop("default", None)
    own = {name: schema for name, schema in TARGET_PROPERTIES.items() if name not in STREAM_ONLY}
    streams = {
        "type": ["object", "null"],
        "additionalProperties": {
            "type": "object",
            "properties": {name: _without_default(TARGET_PROPERTIES[name]) for name in STREAM_SETTINGS},
            "additionalProperties": False,
        },
        "title": "Streams",
        "description": (
            "Settings for single streams, by name or pattern (`hr-*`): " + ", ".join(STREAM_SETTINGS) + ". Of several "
            "that match, later ones win."
        ),
    }
    aliases = {
        alias: {**_without_default(own[name]), "description": f"The same as `{name}`."}
        for alias, name in _OWN_ALIASES.items()
    }
    return {"type": "object", "properties": {**properties, **own, "streams": streams, **aliases}}


def _without_default(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "default"}


def _property(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A pydantic property in the form that the SDK and Meltano read: nullable, without `anyOf`, secrets marked."""
    branches = [branch for branch in schema.get("anyOf", [schema]) if branch.get("type") != "null"]
    kept = {key: value for key, value in branches[0].items() if key in {"type", "items", "minimum", "maximum"}}
    result: dict[str, Any] = {**kept, "type": [branches[0].get("type", "string"), "null"]}
    if "enum" in branches[0]:
        result["enum"] = [*branches[0]["enum"], None]
    result["title"] = schema.get("title", "")
    result["description"] = schema.get("description", "")
    if schema.get("default") not in (None, [], ()):
        result["default"] = schema["default"]
    if branches[0].get("writeOnly") or branches[0].get("format") == "password":
        result |= {"secret": True, "writeOnly": True}
    return result


def with_environment(config: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The configuration, completed from `TARGET_ORACLE_*` and then from `FLEXT_TARGET_ORACLE_*`.

    The address (service name, SID or DSN) comes from one place only, so that two places never contradict each other.
    Raises `ConfigValidationError` for a variable that is not of its setting's type.
    """
    env = os.environ if environ is None else environ
    merged = {key: value for key, value in config.items() if value is not None}
    for alias, name in _OWN_ALIASES.items():
        if alias in merged:
            value = merged.pop(alias)
            if merged.setdefault(name, value) != value:
                raise ConfigValidationError(
                    "invalid settings", errors=[f"{alias} and {name} are the same setting: give one"]
                )
    given = {_ALIASES.get(key, key) for key in merged}
    properties = config_jsonschema()["properties"]
    names = {name.upper(): name for name in properties if name not in TARGET_PROPERTIES and name != "session_init"}
    names |= {"DEFAULT_TARGET_SCHEMA": "default_target_schema", "SCHEMA": "default_target_schema"}
    for prefix in ENV_PREFIXES:
        found: dict[str, Any] = {}
        for suffix, name in names.items():
            value = env.get(prefix + suffix)
            setting = _ALIASES.get(name, name)
            if value and setting not in given:
                found.setdefault(setting, _parse(prefix + suffix, value, properties[name]["type"][0]))
        if any(name in given for name in _ADDRESS):
            found = {name: value for name, value in found.items() if name not in _ADDRESS}
        if "dsn" in given or "dsn" in found:
            found.pop("host", None)
            found.pop("port", None)
        merged |= found
        given |= set(found)
    return merged


def _parse(variable: str, text: str, kind: str) -> Any:
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        raise ConfigValidationError("invalid settings", errors=[f"{variable} must be a number"]) from None
    return text.lower() in {"true", "1", "yes", "on"} if kind == "boolean" else text


def refuse_unknown(config: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Raise `ConfigValidationError` for a setting that nothing reads, with the nearest known name."""
    for name in config:
        if name not in known:
            hint = f": {_FOREIGN[name]}" if name in _FOREIGN else _nearest(name, known)
            raise ConfigValidationError("invalid settings", errors=[f"unknown setting '{name}'{hint}"])
    streams = config.get("streams")
    for pattern, own in streams.items() if isinstance(streams, Mapping) else ():
        for name in own if isinstance(own, Mapping) else ():
            if name not in STREAM_SETTINGS:
                hint = ": it is one for all streams" if name in known else _nearest(name, STREAM_SETTINGS)
                told = f"streams: '{pattern}' cannot have the setting '{name}'{hint}"
                raise ConfigValidationError("invalid settings", errors=[told])


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f": did you mean '{close[0]}'?" if close else ""


def connection_config(config: Mapping[str, Any]) -> FlextDbOracleConfig:
    """The connection that the settings describe.

    Raises `ConfigValidationError` naming the setting; never with a value that could be a secret.
    """
    known = (set(FlextDbOracleConfig.model_fields) - _LEFT_OUT) | set(_ALIASES)
    given = {key: value for key, value in config.items() if key in known and value is not None}
    if "dsn" in given or "tns_alias" in given:
        given.pop("port", None)  # the JSON schema's default, not the user's choice
    # One session for tables and states, one for each batch that is being written, and one while a lost one is replaced.
    sessions = int(config.get("max_parallelism") or DEFAULT_PARALLELISM) + 1
    try:
        return FlextDbOracleConfig(**{**given, "module": "target-oracle", "pool_min": 1, "pool_max": sessions})
    except ValueError as error:
        raise ConfigValidationError("invalid settings", errors=_messages(error)) from None


def batch_rows(config: Mapping[str, Any]) -> int:
    """`batch_size_rows`, or its alias `batch_size`."""
    rows, alias = config.get("batch_size_rows"), config.get("batch_size")
    if rows is not None and alias is not None and rows != alias:
        raise ConfigValidationError(
            "invalid settings", errors=["batch_size and batch_size_rows are the same setting: give one"]
        )
    return int(rows or alias or DEFAULT_BATCH_SIZE)


def stream_settings(config: Mapping[str, Any], stream: str) -> dict[str, Any]:
    """The settings of one stream: the general ones, and over them those of the patterns in `streams` that match."""
    found = dict(config)
    for pattern, own in (config.get("streams") or {}).items():
        if _matches(stream, pattern):
            found |= {name: value for name, value in own.items() if value is not None}
    return found


def idle_patterns(config: Mapping[str, Any], streams: Sequence[str]) -> list[str]:
    """The patterns in `streams` that none of these streams matches."""
    patterns = config.get("streams") or {}
    return [pattern for pattern in patterns if not any(_matches(stream, pattern) for stream in streams)]


def _matches(stream: str, pattern: str) -> bool:
    return pattern == stream or fnmatch.fnmatchcase(stream, pattern)


def load_method(config: Mapping[str, Any], *, has_key: bool) -> LoadMethod:
    """The configured load method; without one, upsert where the stream has a key."""
    configured = config.get("load_method")
    if configured is None:
        return LoadMethod.UPSERT if has_key else LoadMethod.APPEND
    return LoadMethod(configured)


def _messages(error: ValueError) -> list[str]:
    details = getattr(error, "errors", None)
    if not callable(details):
        return [str(error)]
    messages = []
    for detail in details(include_input=False, include_url=False):
        where = ".".join(str(part) for part in detail["loc"])
        text = str(detail["msg"]).removeprefix("Value error, ")
        messages.append(f"{where}: {text}" if where else text)
    return messages
