"""What a table must hold after a run: a model of the target in a few lines, with dicts for tables.

It knows nothing of batches, transactions, staging or checkpoints: a run is the sequence of its messages.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Message = Mapping[str, Any]


@dataclass
class Table:
    """Rows by Singer name, and the properties that ever were in the stream's schema."""

    key: Sequence[str] = ()
    properties: dict[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    current: dict[str, Any] = field(default_factory=dict)


def load(messages: Iterable[Message], *, hard_delete: bool = False, upsert: bool = True) -> dict[str, Table]:
    """The tables after these messages, if all went well."""
    tables: dict[str, Table] = {}
    for message in messages:
        match message["type"]:
            case "SCHEMA":
                table = tables.setdefault(message["stream"], Table())
                table.key = message.get("key_properties") or () if upsert else ()
                table.current = message["schema"]["properties"]
                table.properties |= table.current
            case "RECORD":
                _put(tables[message["stream"]], message["record"], message.get("version"))
            case "ACTIVATE_VERSION":
                _activate(tables[message["stream"]], message["version"], hard_delete=hard_delete)
    return tables


def _put(table: Table, record: Mapping[str, Any], version: int | None) -> None:
    row = {name: canonical(record.get(name), schema) for name, schema in table.current.items()}
    row |= {"#version": version, "#deleted": False}
    for found in table.rows if table.key else ():
        if all(found.get(name) == row[name] for name in table.key):
            found |= row
            return
    table.rows.append(row)


def _activate(table: Table, version: int, *, hard_delete: bool) -> None:
    old = [row for row in table.rows if row["#version"] is None or row["#version"] < version]
    for row in old:
        row["#deleted"] = True
    if hard_delete:
        table.rows = [row for row in table.rows if not row["#deleted"]]


def canonical(value: Any, schema: Mapping[str, Any]) -> Any:
    """A value in one form for what is sent and what is read back."""
    if value is None or value == "":
        return None  # Oracle stores '' as NULL
    kinds = schema.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if kinds & {"object", "array"} or not kinds:
        return json.dumps(json.loads(value) if isinstance(value, str) else value, sort_keys=True)
    if "boolean" in kinds:
        return bool(value)
    if schema.get("format") in {"date-time", "date"}:
        moment = dt.datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    if isinstance(value, float):
        return Decimal(repr(value))
    return value


def as_bag(rows: Iterable[Mapping[str, Any]], names: Iterable[str]) -> list[str]:
    """Rows for comparison where their order means nothing; missing values are None."""
    order = sorted(names)
    return sorted(repr([_plain(row.get(name)) for name in order]) for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(Decimal(value).normalize())
    return value
