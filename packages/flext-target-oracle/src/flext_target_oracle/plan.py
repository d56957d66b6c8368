"""`--plan`: what a run would create and change, without doing it.

Reads the SCHEMA messages of the input and looks at the database; records, states and everything else are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import tables
from .options import SchemaPolicy

if TYPE_CHECKING:
    from .sinks import OracleSink


def describe_stream(sink: OracleSink) -> Iterator[str]:
    """Lines for one stream: its mapping as comments, and the statements that would run, each ended by `;`."""
    session = sink.target.connector.session
    existing = session.find_table(sink.schema_name, sink.table)
    columns = sink.plan_columns(existing)
    key = ", ".join(sink.key_properties) or "none"
    yield f"-- stream {sink.stream_name} -> {sink.schema_name}.{sink.table}: {sink.load_method}, key: {key}"
    for item in columns:
        kind = item.column.type.ddl if item.column.type is not None else item.column.data_type
        why = " (column_types)" if item.name in sink.overridden else ""
        yield f"--   {item.name} -> {item.column.name} {kind}{'' if item.column.nullable else ' NOT NULL'}{why}"
    if existing is None:
        for statement in tables.create_statements(sink.wanted_table(), columns, sink.table_options()):
            yield f"{statement};"
        return
    found = False
    for change in tables.changes(existing, columns, tables.json_checks(session, existing, columns)):
        found = True
        yield f"-- {change.what}" + ("" if sink.policy is SchemaPolicy.EVOLVE else f": schema_policy is {sink.policy}")
        if sink.policy is SchemaPolicy.EVOLVE:
            yield from (f"{statement};" for statement in change.statements)
    if not found:
        yield "-- the table exists and is not changed"
