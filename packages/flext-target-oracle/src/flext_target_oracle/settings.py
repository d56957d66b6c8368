"""The target's settings: their JSON schema, what the environment fills in, and the connection among them.

The connection's settings are taken from `FlextDbOracleConfig` field by field, so that each is described in one place
only; what a target adds is listed here. Nothing is connected.
"""

from __future__ import annotations

import difflib
import fnmatch
import functools
import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flext_db_oracle import FlextDbOracleConfig
from singer_sdk.exceptions import ConfigValidationError

ENV_PREFIXES = ("TARGET_ORACLE_", "FLEXT_TARGET_ORACLE_")
"""Read for connection settings that the configuration leaves open, in this order."""

DEFAULT_BATCH_SIZE = 10_000
DEFAULT_PARALLELISM = 1
DEFAULT_BATCH_BYTES = 64 * 1024 * 1024
DEFAULT_PROGRESS_SECONDS = 30
DEFAULT_WAIT_SECONDS = 300

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
_ADDRESS = ("service_name", "sid", "dsn")


class LoadMethod(StrEnum):
    """What happens to rows that are in the table already. The values are the Singer names."""

    APPEND = "append-only"
    UPSERT = "upsert"
    INSERT_ONLY = "insert-only"
    OVERWRITE = "overwrite"


class SchemaPolicy(StrEnum):
    """What happens when a stream's schema and its existing table differ."""

    EVOLVE = "evolve"
    FREEZE = "freeze"
    DISCARD = "discard"
    FAIL = "fail"


TARGET_PROPERTIES: dict[str, dict[str, Any]] = {
    "default_target_schema": {
        "type": ["string", "null"],
        "title": "Target schema",
        "description": "Schema to write to; lower case is folded as Oracle folds it. Default: the current schema.",
    },
    "load_method": {
        "type": ["string", "null"],
        "enum": [*LoadMethod, None],
        "title": "Load method",
        "description": (
            "append-only adds every record; upsert merges by the stream's key; insert-only adds keys that are new and "
            "leaves the others; overwrite replaces the table's rows at the end of the run, in one transaction. "
            "Default: upsert for streams with a key, else append-only."
        ),
    },
    "batch_size": {
        "type": ["integer", "null"],
        "minimum": 1,
        "title": "Batch size",
        "description": f"The same as `batch_size_rows`. Default: {DEFAULT_BATCH_SIZE}.",
    },
    "batch_size_rows": {
        "type": ["integer", "null"],
        "minimum": 1,
        "title": "Batch size (rows)",
        "description": f"Most rows of one stream in one transaction. Default: {DEFAULT_BATCH_SIZE}.",
    },
    "batch_size_bytes": {
        "type": ["integer", "null"],
        "minimum": 1,
        "default": DEFAULT_BATCH_BYTES,
        "title": "Batch size (bytes)",
        "description": "Most bytes of input, over all streams, that wait in memory before they are written.",
    },
    "batch_wait_limit_seconds": {
        "type": ["number", "null"],
        "exclusiveMinimum": 0,
        "default": DEFAULT_WAIT_SECONDS,
        "title": "Batch wait limit",
        "description": "Longest time that received records wait in memory before they are written.",
    },
    "max_parallelism": {
        "type": ["integer", "null"],
        "minimum": 1,
        "maximum": 64,
        "default": DEFAULT_PARALLELISM,
        "title": "Parallelism",
        "description": (
            "How many batches, each of another stream, are written at the same time. With more than 1 each has a session "
            "of its own, there is one more for tables and states, and reading goes on meanwhile. Tables with foreign "
            "keys between them need 1: only then are rows committed in the order of the input."
        ),
    },
    "count_updates": {
        "type": ["boolean", "null"],
        "default": False,
        "title": "Count updates",
        "description": (
            "Count inserted and updated rows apart for the closing summary of an upsert. Oracle's MERGE tells their sum "
            "only, so this costs a query by the batch's keys for each batch."
        ),
    },
    "progress_interval": {
        "type": ["number", "null"],
        "minimum": 0,
        "default": DEFAULT_PROGRESS_SECONDS,
        "title": "Progress interval",
        "description": "Seconds between progress lines on stderr; 0 for none.",
    },
    "add_record_metadata": {
        "type": ["boolean", "null"],
        "default": False,
        "title": "Add record metadata",
        "description": "Add the columns _SDC_EXTRACTED_AT, _SDC_BATCHED_AT, _SDC_DELETED_AT, ... to each table.",
    },
    "hard_delete": {
        "type": ["boolean", "null"],
        "default": False,
        "title": "Hard delete",
        "description": "ACTIVATE_VERSION deletes older rows, instead of setting _SDC_DELETED_AT.",
    },
    "null_keys": {
        "type": ["string", "null"],
        "enum": ["fail", "equal", None],
        "default": "fail",
        "title": "NULL in a key",
        "description": (
            "What a key column with NULL (or '', which Oracle stores as NULL) is: fail refuses the record; equal lets "
            "NULL match NULL, and new tables get no primary key."
        ),
    },
    "newest_by": {
        "type": ["string", "null"],
        "title": "Newest by",
        "description": (
            "Property that says which of two records of a key is newer, or `replication-key` for the stream's own. An "
            "upsert then never lets an older record replace a newer one. Default: the last record wins."
        ),
    },
    "schema_policy": {
        "type": ["string", "null"],
        "enum": [*SchemaPolicy, None],
        "default": "evolve",
        "title": "Schema policy",
        "description": (
            "When an existing table lacks columns or has narrower ones: evolve changes the table; freeze loads what "
            "has a column and leaves other properties out; discard leaves out the records that have a value for a "
            "property without a column; fail stops before anything is loaded."
        ),
    },
    "table_name": {
        "type": ["string", "null"],
        "title": "Table name",
        "description": "The stream's table, where its name alone does not say it. In `streams` only.",
    },
    "key_properties": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "title": "Key",
        "description": "Key to use instead of the one that the tap declares. In `streams` only.",
    },
    "column_types": {
        "type": ["object", "null"],
        "additionalProperties": {"type": "string"},
        "title": "Column types",
        "description": 'Oracle types by property, such as {"amount": "NUMBER(12,2)"}; they win over everything else.',
    },
    "table_options": {
        "type": ["object", "null"],
        "properties": {
            "compress": {
                "type": ["string", "boolean"],
                "enum": [True, False, "basic", "advanced"],
                "description": "Table compression: true or basic, or advanced (needs a licence).",
            },
            "partition_by": {
                "type": "string",
                "description": "SQL that follows PARTITION BY, taken as it is: RANGE (...) INTERVAL (...) (...)",
            },
            "tablespace": {"type": "string", "description": "Tablespace of new tables."},
            "rowdependencies": {"type": "boolean", "description": "Keep a change number per row (ORA_ROWSCN)."},
            "indexes": {
                "type": "array",
                "items": {"type": "array", "items": {"type": "string"}},
                "description": "Indexes of new tables: lists of properties.",
            },
        },
        "additionalProperties": False,
        "title": "Table options",
        "description": "How new tables are created.",
    },
    "on_error": {
        "type": ["string", "null"],
        "enum": ["stop", "reject", None],
        "default": "stop",
        "title": "On error",
        "description": (
            "What a record does that is invalid or that the database refuses: stop ends the run; reject writes it with "
            "the reason into <TABLE>_REJECTS, in the batch's transaction, or into `reject_file`."
        ),
    },
    "reject_limit": {
        "type": ["integer", "null"],
        "minimum": 0,
        "default": 1000,
        "title": "Reject limit",
        "description": "More rejected records than this, over all streams of a run, stop the run.",
    },
    "reject_payload": {
        "type": ["string", "null"],
        "enum": ["full", "keys", "none", None],
        "default": "full",
        "title": "Payload of rejects",
        "description": "What of a rejected record is kept: all of it, its key only, or nothing.",
    },
    "reject_file": {
        "type": ["string", "null"],
        "title": "Reject file",
        "description": "File (JSON lines, appended) for rejected records, instead of tables.",
    },
    "identifier_case": {
        "type": ["string", "null"],
        "enum": ["fold", "preserve", None],
        "default": "fold",
        "title": "Case of names",
        "description": (
            "fold makes all-lower-case names upper case, as Oracle does with names without quotes; preserve keeps "
            "every name, which then must be quoted in SQL."
        ),
    },
    "max_identifier_bytes": {
        "type": ["integer", "null"],
        "minimum": 30,
        "maximum": 128,
        "title": "Longest name",
        "description": "Longer names are cut and end with a hash. Default: what the database allows (30 or 128).",
    },
    "metadata_prefix": {
        "type": ["string", "null"],
        "default": "_sdc_",
        "title": "Prefix of metadata columns",
        "description": "`sdc_` makes columns that need no quotes: SDC_EXTRACTED_AT instead of _SDC_EXTRACTED_AT.",
    },
    "before_load": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "title": "SQL before the load",
        "description": "Statements that run once before anything is loaded, in order; see `allowed_hooks`. Logged.",
    },
    "after_load": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "title": "SQL after the load",
        "description": "Statements that run once when everything is committed, before the last STATE. Logged.",
    },
    "allowed_hooks": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "default": ["ALTER SESSION", "BEGIN", "CALL"],
        "title": "Allowed hooks",
        "description": "What statements of before_load and after_load may begin with, such as BEGIN or GRANT.",
    },
    "naive_zone": {
        "type": ["string", "null"],
        "title": "Zone of times without offset",
        "description": (
            "IANA zone such as UTC: times without offset are in it when their column has a time zone, and times with "
            "an offset are moved to it when their column has none. Default: such values are refused."
        ),
    },
    "strip_schema_prefix": {
        "type": ["boolean", "null"],
        "default": True,
        "title": "Strip the schema prefix",
        "description": "Stream `hr-employees` is loaded into table EMPLOYEES; when false, into table HR-EMPLOYEES.",
    },
}


STREAM_SETTINGS = (
    "load_method",
    "table_name",
    "key_properties",
    "null_keys",
    "newest_by",
    "hard_delete",
    "schema_policy",
    "column_types",
    "table_options",
    "on_error",
    "naive_zone",
)
"""What `streams` may set for single streams."""
_STREAM_ONLY = ("table_name", "key_properties")


@functools.cache
def config_jsonschema() -> dict[str, Any]:
    """The JSON schema of all settings, for `--about` and validation. Not to be changed by the caller."""
    connection = FlextDbOracleConfig.model_json_schema()["properties"]
    properties = {name: _property(schema) for name, schema in connection.items() if name not in _LEFT_OUT}
    for alias, name in _ALIASES.items():
        properties[alias] = {**properties[name], "description": f"The same as `{name}`."}
        properties[alias].pop("default", None)
    own = {name: schema for name, schema in TARGET_PROPERTIES.items() if name not in _STREAM_ONLY}
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
            close = difflib.get_close_matches(name, known, n=1)
            hint = f": did you mean '{close[0]}'?" if close else ""
            raise ConfigValidationError("invalid settings", errors=[f"unknown setting '{name}'{hint}"])


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
        if pattern == stream or fnmatch.fnmatchcase(stream, pattern):
            found |= {name: value for name, value in own.items() if value is not None}
    return found


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
