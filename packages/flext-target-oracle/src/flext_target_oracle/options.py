"""What a target can be told: each setting of its own, as JSON schema. Those of the connection are `FlextDbOracleConfig`'s.

How they are read, completed and checked is in `settings`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

DEFAULT_BATCH_SIZE = 10_000
DEFAULT_PARALLELISM = 1
DEFAULT_BATCH_BYTES = 64 * 1024 * 1024
DEFAULT_PROGRESS_SECONDS = 30
DEFAULT_WAIT_SECONDS = 300


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
        "enum": [*map(str, LoadMethod), None],
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
    "direct_path": {
        "type": ["boolean", "null"],
        "default": False,
        "title": "Direct path",
        "description": (
            "Let overwrite collect its rows by direct path load, which spares the server undo, redo and buffer cache. "
            "Values that do not fit are then found at the end of the run. Other load methods, and tables that it cannot "
            "load (LOBs, JSON, national texts, keys with a zone), use array binds; the log says why."
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
        "enum": [*map(str, SchemaPolicy), None],
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
    "direct_path",
    "on_error",
    "naive_zone",
)
"""What `streams` may set for single streams."""
STREAM_ONLY = ("table_name", "key_properties")
