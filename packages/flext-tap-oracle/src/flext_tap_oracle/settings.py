"""The JSON schema of all settings, and what is done with a config: unknown names refused, the connection's part read.

The connection's settings are those of `FlextDbOracleConfig`, the tap's own those of `TapOptions`; each is described in
its model only, and `--about`, the README and the Meltano plugin definition are made from here.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from flext_db_oracle import FlextDbOracleConfig

from .errors import SettingsError
from .options import ALIASES, LISTS, WITHOUT_USE, TapOptions, read_options, translate

ENV_PREFIX = "TAP_ORACLE_"
#: Settings of the connection that a tap does not offer: `schema` names what is read, `parallel` sizes the pool.
_LEFT_OUT = frozenset({"current_schema", "pool_min", "pool_max", "pool_increment"})
#: Rows per fetch, where nothing else is set: fewer cost more round trips, more fall out of the processor's cache. Wide rows
#: come in smaller batches anyway (`reader.fetch_size`); Oracle Client has buffers for as many rows of the longest text.
_FETCH_ROWS = 2000
_KEPT = ("type", "enum", "items", "minimum", "maximum", "exclusiveMinimum", "format", "properties", "required")


def config_jsonschema() -> dict[str, Any]:
    """The JSON schema of all settings, for `--about` and validation."""
    connection = _properties(FlextDbOracleConfig)
    properties = {name: schema for name, schema in connection.items() if name not in _LEFT_OUT}
    properties |= _properties(TapOptions)
    properties["arraysize"]["default"] = _FETCH_ROWS
    del properties["batch_config"]  # the SDK adds its own, with all its parts
    for name in LISTS:
        properties[name]["type"] = ["array", "string", "null"]
    for alias, name in ALIASES.items():
        properties[alias] = {key: value for key, value in properties[name].items() if key != "default"} | {
            "description": f"The same as `{name}`, under the name that other taps give it."
        }
    properties["ora_python_driver_type"] |= {"type": ["string", "null"], "enum": ["thin", "thick", "cx", None]}
    return {"type": "object", "properties": properties, "required": []}


def _properties(model: type[FlextDbOracleConfig | TapOptions]) -> dict[str, dict[str, Any]]:
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    return {name: _property(definition, definitions) for name, definition in schema["properties"].items()}


def _resolve(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    return schema if reference is None else {**definitions[reference.rpartition("/")[2]], **schema}


def _property(given: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """A pydantic property as the SDK reads it: nullable, without `anyOf` and references, secrets marked."""
    schema = _resolve(given, definitions)
    branches = [
        _resolve(branch, definitions)
        for branch in schema.get("anyOf", schema.get("oneOf", [schema]))
        if branch.get("type") != "null"
    ]
    kept: dict[str, Any] = {key: branches[0][key] for key in _KEPT if key in branches[0]}
    if "const" in branches[0]:
        kept["enum"] = [branches[0]["const"]]
    types = list(dict.fromkeys(branch.get("type", "string") for branch in branches))
    result: dict[str, Any] = {**kept, "type": [*types, "null"]}
    if "enum" in kept:
        result["enum"] = [*kept["enum"], None]
    if isinstance(kept.get("items"), Mapping):
        result["items"] = _nested(kept["items"], definitions)
    if isinstance(kept.get("properties"), Mapping):
        result["properties"] = {name: _property(part, definitions) for name, part in kept["properties"].items()}
    extra = branches[0].get("additionalProperties")
    if isinstance(extra, Mapping):
        result["additionalProperties"] = _nested(extra, definitions)
    elif extra is not None:
        result["additionalProperties"] = extra
    result["description"] = schema.get("description", "")
    if schema.get("default") not in (None, [], {}, ()):
        result["default"] = schema["default"]
    if branches[0].get("writeOnly") or branches[0].get("format") == "password":
        result.pop("format", None)
        result["secret"] = True
        result["writeOnly"] = True
    return result


def _nested(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """An item of a list or map: like a property, but neither nullable nor described."""
    result = _property(schema, definitions)
    result["type"] = [kind for kind in result["type"] if kind != "null"]
    if len(result["type"]) == 1:
        result["type"] = result["type"][0]
    if "enum" in result:
        result["enum"] = [value for value in result["enum"] if value is not None]
    if not result["description"] or "properties" in result:
        result.pop("description")
    return result


def options_of(config: Mapping[str, Any]) -> TapOptions:
    """The tap's own settings.

    Raises:
        SettingsError: naming the setting.
    """
    try:
        return read_options(config)
    except ValueError as error:
        raise SettingsError("invalid settings", errors=_messages(error)) from None


def connection_config(config: Mapping[str, Any], *, sessions: int = 1) -> FlextDbOracleConfig:
    """The connection that the settings describe; what they leave open comes from the environment.

    Raises:
        SettingsError: naming the setting, without any value of a secret.
    """
    known = set(FlextDbOracleConfig.model_fields) - _LEFT_OUT
    try:
        given = {key: value for key, value in translate(config).items() if key in known}
        pool = {"pool_min": 1, "pool_max": sessions}
        found = FlextDbOracleConfig.from_env(ENV_PREFIX, **{"module": "tap-oracle", **given, **pool})
    except ValueError as error:
        raise SettingsError("invalid settings", errors=_messages(error)) from None
    if "arraysize" in found.model_fields_set or found.thick:
        return found
    return found.model_copy(update={"arraysize": _FETCH_ROWS})


def refuse_unknown(config: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Refuse settings that nothing reads, with the nearest known name.

    Raises:
        SettingsError: for the first unknown one.
    """
    for name in config:
        if name in WITHOUT_USE:
            raise SettingsError("invalid settings", errors=[f"`{name}`: {WITHOUT_USE[name]}"])
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f": did you mean `{near[0]}`?" if near else ""
            raise SettingsError("invalid settings", errors=[f"unknown setting `{name}`{hint}"])


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
