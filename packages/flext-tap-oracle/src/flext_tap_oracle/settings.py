"""The tap's settings: their JSON schema, and the part of them that is a `FlextDbOracleConfig`.

The connection's settings are taken from `FlextDbOracleConfig` field by field, so that a setting is described in one
place only; what the tap adds is listed here.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from flext_db_oracle import FlextDbOracleConfig
from singer_sdk.exceptions import ConfigValidationError

#: Settings of the connection that a tap does not offer: `schema` names what is read, the pool is of one session.
_LEFT_OUT = frozenset({"current_schema", "pool_min", "pool_max", "pool_increment", "pool_wait_timeout"})
_ALIASES = {"user": "username"}

TAP_PROPERTIES: dict[str, dict[str, Any]] = {
    "schema": {
        "type": ["string", "null"],
        "description": "The schema to read. Default: the user's current schema.",
    },
    "schemas": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "description": "Several schemas to read, instead of `schema`.",
    },
    "tables": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "description": "Only these tables and views: names or patterns with *, as TABLE or SCHEMA.TABLE. Default: all.",
    },
    "stream_name_format": {
        "type": ["string", "null"],
        "enum": ["auto", "table", "schema-table", None],
        "default": "auto",
        "description": "How streams are named: `table`, `schema-table`, or auto: the first for one schema.",
    },
    "start_date": {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "Where an incremental stream without a bookmark starts, for date and timestamp keys.",
    },
    "use_singer_decimal": {
        "type": ["boolean", "null"],
        "default": False,
        "description": "Write decimals as strings (format x-singer.decimal) instead of JSON numbers with all digits.",
    },
    "nan_policy": {
        "type": ["string", "null"],
        "enum": ["fail", "null", "string", None],
        "default": "fail",
        "description": "What to do with NaN and infinities of BINARY_FLOAT and BINARY_DOUBLE: JSON has none.",
    },
}


def config_jsonschema() -> dict[str, Any]:
    """The JSON schema of all settings, for `--about` and validation."""
    connection = FlextDbOracleConfig.model_json_schema()["properties"]
    properties = {name: _property(schema) for name, schema in connection.items() if name not in _LEFT_OUT}
    for alias, name in _ALIASES.items():
        properties[alias] = {**properties[name], "description": f"The same as `{name}`."}
    return {"type": "object", "properties": {**properties, **TAP_PROPERTIES}, "required": []}


def _property(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A pydantic property as the SDK reads it: nullable, without `anyOf`, secrets marked."""
    branches = [branch for branch in schema.get("anyOf", [schema]) if branch.get("type") != "null"]
    kept = {key: value for key, value in branches[0].items() if key in {"type", "enum", "items", "minimum", "maximum"}}
    result: dict[str, Any] = {**kept, "type": [branches[0].get("type", "string"), "null"]}
    if "enum" in kept:
        result["enum"] = [*kept["enum"], None]
    result["description"] = schema.get("description", "")
    if schema.get("default") is not None and not isinstance(schema["default"], (list, tuple)):
        result["default"] = schema["default"]
    if branches[0].get("writeOnly") or branches[0].get("format") == "password":
        result["secret"] = True
        result["writeOnly"] = True
    return result


def connection_config(config: Mapping[str, Any]) -> FlextDbOracleConfig:
    """The connection that the settings describe; what they leave open comes from the environment.

    Raises:
        ConfigValidationError: naming the setting, without any value of a secret.
    """
    known = set(FlextDbOracleConfig.model_fields) - _LEFT_OUT | set(_ALIASES)
    given = {key: value for key, value in config.items() if key in known and value is not None}
    try:
        return FlextDbOracleConfig.from_env(
            "TAP_ORACLE_", **{"module": "tap-oracle", **given, "pool_min": 1, "pool_max": 1}
        )
    except ValueError as error:
        raise ConfigValidationError("invalid settings", errors=_messages(error)) from None


def refuse_unknown(config: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Refuse settings that nothing reads, with the nearest known name.

    Raises:
        ConfigValidationError: for the first unknown one.
    """
    for name in config:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f": did you mean `{near[0]}`?" if near else ""
            raise ConfigValidationError("invalid settings", errors=[f"unknown setting `{name}`{hint}"])


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
