"""The tap's own settings as one frozen object: read once from the Singer config, checked, with peers' names translated.

`settings.py` makes the JSON schema of all settings (these and the connection's) and validates; the tap and its streams
read only `TapOptions`.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import zoneinfo
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

Method = Literal["FULL_TABLE", "INCREMENTAL", "LOG_BASED"]
NullKeys = Literal["warn", "fail", "read", "ignore"]
UpperFence = Literal["bookmark", "rows", "none"]
Bind = str | int | float | bool | None


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class StreamOptions(_Options):
    """What is particular to the streams that a name or pattern of `stream_options` matches."""

    filter: str | None = Field(
        None, min_length=1, description="SQL condition of the rows to read, with binds: `status = :status`."
    )
    filter_binds: dict[str, Bind] = Field({}, description="Values of the filter's binds by name.")
    replication_method: Method | None = Field(None, description="FULL_TABLE or INCREMENTAL.")
    replication_key: str | None = Field(
        None, description="Property to replicate by, or ora_rowscn for tables that have no such column."
    )
    replication_key_columns: list[str] = Field(
        [], description="Several columns that order the rows together; the first is the replication key."
    )
    replication_key_expression: str | None = Field(
        None,
        description="SQL expression to replicate by, `COALESCE(modified, created)`: a property named replication_key.",
    )
    key_properties: list[str] | None = Field(None, description="Key of the stream, where the database declares none.")
    start_value: str | int | float | None = Field(
        None, description="Where the stream starts without a bookmark, instead of start_date."
    )
    lag: float | None = Field(None, ge=0, description="As the setting `lag`, for these streams.")
    null_keys: NullKeys | None = Field(None, description="As the setting `null_keys`, for these streams.")
    upper_fence: UpperFence | None = Field(None, description="As the setting `upper_fence`, for these streams.")
    partitions: int | None = Field(None, ge=1, description="Ranges that a full load is cut into.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.filter_binds and not self.filter:
            raise ValueError("filter_binds without filter")
        if self.replication_key_expression and not self.replication_key:
            raise ValueError("replication_key_expression needs replication_key, the name of its property")
        if self.replication_key_expression and self.replication_key_columns:
            raise ValueError("give replication_key_expression or replication_key_columns, not both")
        return self


class SqlStream(_Options):
    """A stream that is a query."""

    name: str = Field(min_length=1, description="Name of the stream.")
    sql: str = Field(min_length=1, description="A SELECT. It may use the binds of `binds`, and :scn for AS OF SCN.")
    binds: dict[str, Bind] = Field({}, description="Values of its binds by name.")
    key_properties: list[str] = Field([], description="Key of its rows.")
    replication_key: str | None = Field(None, description="Property to replicate by; FULL_TABLE without.")


class MaskRule(_Options):
    """What happens to the columns that `columns` matches, in the database, before a value leaves it."""

    columns: str = Field(
        min_length=1, description="`stream.column`, both with * as wildcard: `hr-employees.ssn`, `*.email`."
    )
    action: Literal["hash", "null", "drop", "redact"] = Field(
        description="hash: SHA-256 with `mask_salt`, in hexadecimal; null; redact: the text ***; drop: no such column."
    )


class TapOptions(_Options):
    """What the tap reads and how."""

    schema_: str | None = Field(None, alias="schema", description="The schema to read. Default: the user's own.")
    schemas: list[str] = Field([], description="Several schemas to read, instead of `schema`.")
    tables: list[str] = Field(
        [], description="Only these tables and views: names or patterns with *, as TABLE or SCHEMA.TABLE. Default: all."
    )
    exclude_tables: list[str] = Field([], description="Not these tables and views, in the same form.")
    object_types: list[Literal["table", "view", "materialized view", "synonym"]] = Field(
        ["table", "view", "materialized view"],
        description="Kinds of objects to discover. A synonym is read as the table or view it stands for.",
    )
    invisible_columns: bool = Field(False, description="Read invisible columns too.")
    virtual_columns: bool = Field(True, description="Read virtual columns too.")
    unsupported_columns: Literal["warn", "fail"] = Field(
        "warn", description="Columns of types without a Singer form: leave them out with a warning, or stop."
    )
    stream_name_format: Literal["auto", "table", "schema-table"] = Field(
        "auto", description="How streams are named: `table`, `schema-table`, or auto: the first for one schema."
    )
    stream_options: dict[str, StreamOptions] = Field(
        {}, description="Options of single streams, by name or pattern with *: filter, replication key, lag, ..."
    )
    sql_streams: list[SqlStream] = Field([], description="Streams that are queries.")
    mask: list[MaskRule] = Field([], description="Columns to hash, redact, set to null or drop inside the database.")
    mask_salt: SecretStr | None = Field(None, description="Secret that goes into each hash of `mask`.")
    default_replication_method: Method | None = Field(
        None,
        description="Method of streams for which neither the catalog nor stream_options names one. Default: INCREMENTAL where"
        " there is a replication key, else FULL_TABLE.",
    )
    full_table: bool = Field(
        False, description="Read all streams whole in this run, also those that are incremental; their bookmarks stay."
    )
    start_date: str | None = Field(
        None,
        json_schema_extra={"format": "date-time"},
        description="Where an incremental stream without a bookmark starts, for date and timestamp keys.",
    )
    lag: float = Field(
        0,
        ge=0,
        description="Read again what lies this far behind the bookmark: seconds for dates and timestamps, units for"
        " numbers. Rows that were committed late are found; rows that were sent already are recognised.",
    )
    upper_fence: UpperFence = Field(
        "bookmark",
        description="Rows with a date after the start of the run: `bookmark` sends them but keeps the bookmark at the"
        " start of the run; `rows` leaves them for a later run; `none` lets the bookmark follow them.",
    )
    open_transactions: Literal["auto", "require", "ignore"] = Field(
        "auto",
        description="Keep bookmarks behind the oldest open transaction, so that no late commit is missed. It needs SELECT on"
        " GV_$TRANSACTION. auto: where that is granted; require: stop where it is not; ignore: do without.",
    )
    transaction_wait: float = Field(
        0,
        ge=0,
        description="Seconds to wait at most, once in a run, for the transactions that were open at its start, so that keys"
        " that are numbers cannot miss late commits either; 10 more than the longest transaction. 0: they may.",
    )
    key_time_zone: str | None = Field(
        None,
        description="Time zone of the clock that dates and timestamps without an offset are written by, as +02:00 or"
        " Europe/Vienna, where they are replication keys. Default: the database server's.",
    )
    null_keys: NullKeys = Field(
        "warn",
        description="Rows without a replication key value: count them in a warning, fail, read them with every run, or"
        " ignore them.",
    )
    consistent_snapshot: bool = Field(
        False, description="Read all streams AS OF one SCN (needs FLASHBACK on tables of other schemas)."
    )
    snapshot_fallback: bool = Field(
        False, description="Read a stream without the snapshot, with a warning, when it cannot be read AS OF its SCN."
    )
    parallel: int = Field(1, ge=1, le=64, description="Sessions that read a full load's ranges at the same time.")
    partition_rows: int = Field(
        500_000, ge=1, description="Rows in a range of a full load, by estimate; smaller tables are read in one query."
    )
    emit_activate_version_messages: bool = Field(
        False,
        description="After each full load tell the target to delete the rows that were not in it (ACTIVATE_VERSION).",
    )
    schema_evolution: Literal["ignore", "warn", "emit", "fail"] = Field(
        "warn",
        description="A table that differs from the catalog: read the catalog's columns silently or with a warning, read"
        " new columns too (emit), or stop.",
    )
    use_singer_decimal: bool = Field(
        False,
        description="Write decimals as strings (format x-singer.decimal) instead of JSON numbers with all digits.",
    )
    nan_policy: Literal["fail", "null", "string"] = Field(
        "fail", description="What to do with NaN and infinities of BINARY_FLOAT and BINARY_DOUBLE: JSON has none."
    )
    dates_as_text: bool = Field(
        False, description="Read DATE and TIMESTAMP as text, for years before 1, which Python's datetime has not."
    )
    lob_max_length: int | None = Field(
        None, ge=0, description="Longest LOB to read, in characters or bytes. Default: no limit."
    )
    lob_too_long: Literal["fail", "null"] = Field("fail", description="What to do with longer LOBs.")
    max_rows_per_second: float | None = Field(None, gt=0, description="Read no faster, to spare the database.")
    batch_config: dict[str, Any] | None = Field(None, description="Write BATCH files instead of records; see the SDK.")
    retries: int = Field(3, ge=0, description="How often a read is repeated after the connection was lost.")
    progress_interval: float = Field(30, ge=0, description="Seconds between progress lines on stderr; 0 for none.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.schema_ and self.schemas:
            raise ValueError("give `schema` or `schemas`, not both")
        if any(rule.action == "hash" for rule in self.mask) and self.mask_salt is None:
            raise ValueError("mask: hash needs `mask_salt`, without which hashes of short values can be guessed")
        _ = self.key_zone
        names = [stream.name for stream in self.sql_streams]
        if len(set(names)) != len(names):
            raise ValueError("sql_streams: two streams have the same name")
        return self

    @property
    def key_zone(self) -> dt.tzinfo | None:
        """The zone of `key_time_zone`."""
        if self.key_time_zone is None:
            return None
        try:
            if self.key_time_zone[0] in "+-":
                return dt.datetime.strptime(self.key_time_zone, "%z").tzinfo
            return zoneinfo.ZoneInfo(self.key_time_zone)
        except (ValueError, IndexError, zoneinfo.ZoneInfoNotFoundError):
            raise ValueError(f"key_time_zone: `{self.key_time_zone}` is no offset and no region") from None

    @property
    def writes_parquet(self) -> bool:
        """Whether BATCH files are Parquet."""
        encoding = (self.batch_config or {}).get("encoding")
        return isinstance(encoding, dict) and encoding.get("format") == "parquet"

    def for_stream(self, name: str) -> StreamOptions:
        """The options of a stream: of its exact name, else of the first pattern that matches it."""
        if name in self.stream_options:
            return self.stream_options[name]
        found = (o for pattern, o in self.stream_options.items() if fnmatch.fnmatchcase(name, pattern))
        return next(found, None) or StreamOptions.model_validate({})


#: Names that other taps use -> ours.
ALIASES = {
    "user": "username",
    "dbname": "service_name",
    "filter_schemas": "schemas",
    "filter_tables": "tables",
    "cursor_array_size": "arraysize",
    "offset_value": "lag",
    "ora_python_driver_type": "thick",
}
#: Values of other taps' settings -> ours.
_VALUES: dict[str, dict[Any, Any]] = {"ora_python_driver_type": {"thin": False, "thick": True, "cx": True}}
#: Settings of other taps that have nothing to set here, and why.
WITHOUT_USE = {
    **dict.fromkeys(
        (
            "scn_window_size",
            "multitenant",
            "cdb_name",
            "pdb_name",
            "common_user",
            "common_password",
            "common_service_name",
        ),
        "it is for LOG_BASED, which this tap does not offer: leave it out, and see docs/migration.md",
    ),
    "use_ora_rowscn": "leave it out; for a stream by ORA_ROWSCN set its `replication_key` in `stream_options` to ora_rowscn",
}
#: Lists that may also be given as comma-separated text.
LISTS = ("schemas", "tables", "exclude_tables")


def translate(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config under our names. Comma-separated text is accepted where a list is meant, as other taps want it.

    Raises:
        ValueError: a setting is given under both names.
    """
    values: dict[str, Any] = {}
    for key, value in config.items():
        if value is None:
            continue
        name = ALIASES.get(key, key)
        value = _VALUES.get(key, {}).get(value, value) if isinstance(value, str) else value
        if name in values:
            raise ValueError(f"`{key}` and `{name}` are the same setting: give one")
        if name in LISTS and isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        values[name] = value
    return values


def read_options(config: Mapping[str, Any]) -> TapOptions:
    """The tap's part of a config.

    Raises:
        ValueError: of pydantic, naming the settings, without their values.
    """
    fields = {field.alias or name for name, field in TapOptions.model_fields.items()}
    return TapOptions.model_validate({key: value for key, value in translate(config).items() if key in fields})
