"""`tap-oracle --plan`: what a sync would do, stream by stream, without reading a row.

Each query is executed with a condition that no row meets, so that a missing grant shows here, with the statement that gives it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import oracledb
from flext_db_oracle.errors import error_code, explain

from . import snapshot
from .incremental import IncrementalOracleStream
from .query import Query
from .streams import OracleTableStream

if TYPE_CHECKING:
    from .tap import TapOracle

_NOT_VISIBLE = frozenset({"ORA-00942", "ORA-01031"})


def describe(tap: TapOracle) -> Iterator[str]:
    """The plan of a run as lines of text."""
    selected = [stream for stream in tap.streams.values() if stream.selected and isinstance(stream, OracleTableStream)]
    api = tap.oracle_api
    yield f"{api.config.username} at {api.config.address}: {len(selected)} streams, {_sessions(tap)}"
    if tap.options.consistent_snapshot:
        yield f"all streams as of SCN {tap.snapshot_scn}"
    for stream in selected:
        yield ""
        yield from _stream(tap, stream)


def _sessions(tap: TapOracle) -> str:
    count = tap.options.parallel
    return "1 session" if count == 1 else f"at most {count + 1} sessions"


def _stream(tap: TapOracle, stream: OracleTableStream) -> Iterator[str]:
    table = stream.oracle_table
    rows = "unknown" if table.num_rows is None else f"about {table.num_rows:,}"
    yield f"{stream.name}  ({table.kind.lower()} {stream.where})"
    yield f"  method:     {stream.replication_method}"
    if isinstance(stream, IncrementalOracleStream):
        yield f"  key:        {', '.join(column.name for column in stream.key.columns)}"
        start, is_bookmark = stream.start()
        where = f"{start[0]} ({'bookmark' if is_bookmark else 'start'})" if start else "the beginning"
        yield f"  from:       {where}{f', {stream.lag:g} earlier' if start and is_bookmark and stream.lag else ''}"
        query = stream.query(start, lag=stream.lag if is_bookmark else 0)
    else:
        query = stream.base_query()
        yield f"  ranges:     {stream.planned_ranges()}"
        if stream.use_snapshot:
            query = query.as_of(tap.snapshot_scn)
    yield f"  key of row: {', '.join(stream.primary_keys) or 'none'}"
    yield f"  guarantee:  {stream.guarantee}"
    if isinstance(stream, IncrementalOracleStream) and stream.exposed and not stream.key.is_rowscn:
        yield f"              to miss no late commit: {stream.exposed}"
    yield f"  rows:       {rows}"
    yield f"  sql:        {query.sql}"
    binds = [name for name in query.binds if name != "mask_salt"]
    if binds:
        yield f"  binds:      {', '.join(f'{name}={query.binds[name]}' for name in binds)}"
    for problem in _problems(tap, stream, query):
        yield f"  PROBLEM:    {problem}"


def _problems(tap: TapOracle, stream: OracleTableStream, query: Query) -> Iterator[str]:
    """What the database says against the query, which is asked for no row."""
    api = tap.oracle_api
    try:
        with api.session() as session:
            nothing = query.where("1 = 0")
            session.query(nothing.sql, nothing.binds)
    except oracledb.Error as error:
        told = explain(error, api.config.secrets)
        hint = snapshot.snapshot_problem(error, stream.where, api.config.username) if query.scn is not None else None
        if hint is None and error_code(error) in _NOT_VISIBLE:
            hint = f"GRANT SELECT ON {stream.where} TO {api.config.username}"
        hint = hint or told.hint
        yield f"{told.message}{f'. Next: {hint}' if hint else ''}"
