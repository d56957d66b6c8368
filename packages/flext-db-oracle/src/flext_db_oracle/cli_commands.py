"""The commands of `flext-db-oracle`: each takes the arguments, the settings and the output, and gives the exit code."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, TextIO

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flext_db_oracle import ddl as ddl_text
from flext_db_oracle import reconcile as reconciling
from flext_db_oracle import transfer
from flext_db_oracle.api import FlextDbOracleApi
from flext_db_oracle.cli_output import Output
from flext_db_oracle.config import FlextDbOracleConfig
from flext_db_oracle.ddl_storage import not_written
from flext_db_oracle.doctor import diagnose
from flext_db_oracle.errors import redact
from flext_db_oracle.export import WRITERS, plain, shown, write_parquet
from flext_db_oracle.metadata import OracleTable
from flext_db_oracle.query import OpenQuery

OK, FAILED = 0, 1
_STYLES = {"ok": "green", "warning": "yellow", "failed": "red", "skipped": "dim"}
_SCREEN_ROWS = 1000
_NEVER_WRITTEN = "triggers, grants, storage of LOBs and indexes"

_SCHEMAS = """
SELECT owner, SUM(DECODE(object_type, 'TABLE', 1, 0)), SUM(DECODE(object_type, 'VIEW', 1, 0))
  FROM all_objects
 WHERE object_type IN ('TABLE', 'VIEW')
 GROUP BY owner
 ORDER BY owner"""


def doctor(_: argparse.Namespace, config: FlextDbOracleConfig, __: FlextDbOracleConfig, output: Output) -> int:
    """Connect step by step; the first failure is explained on stderr."""
    report = diagnose(config)
    if output.as_json:
        server = None if report.server is None else asdict(report.server)
        output.document({"ok": report.ok, "steps": [asdict(step) for step in report.steps], "server": server})
        return OK if report.ok else FAILED
    output.line(f"connecting to {report.address} as {report.username or '(token)'}", "bold")
    for step in report.steps:
        seconds = "" if step.seconds is None else f" [dim]{step.seconds * 1000:.1f} ms[/]"
        mark = "-" if step.status == "skipped" else step.status
        output.console.print(f"  [{_STYLES[step.status]}]{mark:<10}[/] {step.name:<12} ", end="")
        output.console.print(output_text(output, step.detail) + seconds)
        if step.hint and step.status == "warning":
            output.line(f"      {step.hint}", "yellow")
    failure = report.failure
    if failure is not None:
        output.error(f"{failure.name}: {failure.detail}", hint=failure.hint)
        return FAILED
    warned = any(step.status == "warning" for step in report.steps)
    output.line("ok, with the warnings above" if warned else "ok")
    return OK


def output_text(output: Output, text: str) -> str:
    """Text that rich must not read as markup, without secrets."""
    return escape(redact(text, output.secrets))


def schemas(_: argparse.Namespace, config: FlextDbOracleConfig, __: FlextDbOracleConfig, output: Output) -> int:
    """Owners of tables and views that this user may see."""
    with FlextDbOracleApi(config) as api:
        rows = api.execute_query(_SCHEMAS).unwrap().rows
    if output.as_json:
        output.document([{"schema": name, "tables": tables, "views": views} for name, tables, views in rows])
    else:
        output.table(["schema", "tables", "views"], rows)
    return OK


def tables(arguments: argparse.Namespace, config: FlextDbOracleConfig, _: FlextDbOracleConfig, output: Output) -> int:
    """Tables and views of a schema with their number of columns, key and estimates; then what could not be seen."""
    with FlextDbOracleApi(config) as api:
        name = arguments.schema or api.current_schema().unwrap()
        found = api.get_schema_metadata(name, include=arguments.include, exclude=arguments.exclude).unwrap()
    if output.as_json:
        output.document(
            {
                "schema": found.name,
                "tables": [_table_facts(table) for table in found.tables],
                "synonyms": [asdict(synonym) for synonym in found.synonyms],
                "notes": found.notes,
            }
        )
        return OK
    output.table(
        ["table", "kind", "columns", "key", "rows", "size"],
        (
            (t.name, t.kind.lower(), len(t.columns), ", ".join(t.key_columns), _about(t.num_rows), _size(t))
            for t in found.tables
        ),
    )
    for synonym in found.synonyms:
        target = ".".join(part for part in (synonym.target_schema, synonym.target_name) if part)
        output.line(f"synonym {synonym.name} -> {target}{f'@{synonym.db_link}' if synonym.db_link else ''}")
    for note in found.notes:
        output.line(f"note: {note}", "yellow")
    return OK


def describe(arguments: argparse.Namespace, config: FlextDbOracleConfig, _: FlextDbOracleConfig, output: Output) -> int:
    """One table with everything that the dictionary says about it."""
    with FlextDbOracleApi(config) as api:
        table = api.get_table_metadata(*arguments.table).unwrap()
    if output.as_json:
        output.document(_table_facts(table) | {"columns": [_column_facts(column) for column in table.columns]})
        return OK
    output.line(f"{table.schema}.{table.name} ({table.kind.lower()})", "bold")
    if table.comment:
        output.line(table.comment)
    output.table(
        ["#", "column", "type", "null", "default", "notes", "comment"],
        (
            (
                c.position or "",
                c.name,
                c.type.ddl if c.type else c.data_type,
                "" if c.nullable else "NOT NULL",
                c.default,
                ", ".join(_column_notes(c)),
                c.comment,
            )
            for c in table.columns
        ),
    )
    for line in _table_lines(table):
        output.line(line)
    return OK


def ddl(arguments: argparse.Namespace, config: FlextDbOracleConfig, _: FlextDbOracleConfig, output: Output) -> int:
    """What makes the table again, as a script that ends with what it does not write."""
    with FlextDbOracleApi(config) as api:
        table = api.get_table_metadata(*arguments.table).unwrap()
    if table.kind != "TABLE":
        raise ValueError(f"{table.schema}.{table.name} is a {table.kind.lower()}: only tables are written as DDL")
    storage = not arguments.no_storage
    statements = ddl_text.create_all(table, storage=storage)
    statements += [ddl_text.foreign_key(table, key) for key in table.foreign_keys if key.referenced_table]
    missing = [*(not_written(table) if storage else ()), _NEVER_WRITTEN]
    missing += [
        f"foreign key {key.name}: its parent is not visible" for key in table.foreign_keys if not key.referenced_table
    ]
    if output.as_json:
        output.document({"statements": statements, "not_written": missing})
        return OK
    for statement in statements:
        output.console.print(f"{statement};", markup=False, soft_wrap=True)
    for text in missing:
        output.console.print(f"-- not written: {text}", markup=False, soft_wrap=True)
    return OK


def query(arguments: argparse.Namespace, config: FlextDbOracleConfig, _: FlextDbOracleConfig, output: Output) -> int:
    """Run a query; rows are streamed, except on the screen."""
    sql = sys.stdin.read() if arguments.sql == "-" else arguments.sql
    binds = dict(_bind(text) for text in arguments.bind)
    form = arguments.format or ("json" if output.as_json else "table")
    if form == "parquet" and arguments.output is None:
        raise ValueError("parquet needs --output FILE")
    with (
        FlextDbOracleApi(config) as api,
        api.session() as session,
        session.open_query(sql.rstrip().removesuffix(";"), binds or None) as opened,
    ):
        limited = _Limited(opened, arguments.limit)
        if form == "table":
            _screen(limited, output)
        elif form == "parquet":
            write_parquet(limited, arguments.output)
        else:
            with _opened(arguments) as out:
                WRITERS[form](limited, out)
    return OK


def partitions(
    arguments: argparse.Namespace, config: FlextDbOracleConfig, _: FlextDbOracleConfig, output: Output
) -> int:
    """The ranges of a table."""
    with FlextDbOracleApi(config) as api:
        schema, table = arguments.table
        found = api.partitions(schema, table, arguments.number, by=arguments.by).unwrap()
    if output.as_json:
        output.document([part.to_dict() for part in found])
        return OK
    first = found[0]
    output.line(f"{first.schema}.{first.table} by {first.by or 'ROWID'}, SCN {first.scn or 'not fixed'}")
    output.table(["#", "from", "before"], ((p.number, shown(p.start), shown(p.end)) for p in found))
    return OK


def copy(arguments: argparse.Namespace, config: FlextDbOracleConfig, other: FlextDbOracleConfig, output: Output) -> int:
    """Copy with a progress bar on stderr."""
    enough = {"pool_max": max(config.pool_max, arguments.parallel)}
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("ranges"),
        TimeElapsedColumn(),
        console=output.progress_console,
        disable=output.as_json,
    )
    with (
        FlextDbOracleApi(config.model_copy(update=enough)) as source,
        FlextDbOracleApi(other.model_copy(update=enough)) as target,
        bar,
    ):
        task = bar.add_task("copying", total=None)

        def show(progress: transfer.CopyProgress) -> None:
            bar.update(
                task,
                completed=progress.parts_done,
                total=progress.parts,
                description=f"{progress.rows:,} rows{_of(progress.expected)}",
            )

        result = transfer.copy(
            source,
            target,
            table=arguments.table,
            query=arguments.query,
            into=arguments.into,
            parallel=arguments.parallel,
            ranges=arguments.ranges,
            by=arguments.by,
            snapshot=not arguments.no_snapshot,
            create=not arguments.no_create,
            truncate=arguments.truncate,
            arrow=arguments.arrow,
            batch_size=arguments.batch_size,
            name=arguments.name,
            restart=arguments.restart,
            on_progress=show,
        )
    if output.as_json:
        output.document(asdict(result))
    else:
        earlier = f", and {result.resumed_rows:,} before" if result.resumed_rows else ""
        rate = result.rows / result.elapsed if result.elapsed else 0
        made = " into a new table" if result.created else ""
        if result.fallback:
            output.line(result.fallback, "yellow")
        output.line(f"{result.rows:,} rows{earlier}{made} in {result.elapsed:.1f} s ({rate:,.0f} rows/s)")
    return OK


def reconcile(
    arguments: argparse.Namespace, config: FlextDbOracleConfig, other: FlextDbOracleConfig, output: Output
) -> int:
    """Exit code 1 when the tables differ."""
    with FlextDbOracleApi(config) as source, FlextDbOracleApi(other) as target:
        result = reconciling.reconcile(
            source,
            target,
            arguments.table,
            arguments.other,
            keys=arguments.key,
            columns=arguments.column,
            ranges=arguments.ranges,
            limit=arguments.limit,
            lobs=arguments.lobs,
        )
    if output.as_json:
        output.document(asdict(result) | {"equal": result.equal})
        return OK if result.equal else FAILED
    output.line(f"{result.source_rows:,} and {result.target_rows:,} rows, {_ranges(result.ranges)} compared")
    if result.equal:
        output.line("equal", "green")
        return OK
    rows = ((d.kind, ", ".join(map(str, d.key)), ", ".join(d.columns)) for d in result.differences)
    output.table(["difference", "key", "columns"], rows)
    more = f"; only the first {len(result.differences)} are shown" if result.more else ""
    output.line(f"different: {_ranges(result.ranges_different)}{more}", "red")
    return FAILED


# ---------------------------------------------------------------------------------------------- helpers


class _Limited(OpenQuery):
    """An open query that ends after a number of rows."""

    def __init__(self, opened: OpenQuery, limit: int | None) -> None:
        self.columns = opened.columns
        self._opened, self._limit = opened, limit

    def batches(self, size: int | None = None) -> Iterator[list[tuple[Any, ...]]]:
        left = self._limit
        for batch in self._opened.batches(size):
            if left is not None and len(batch) >= left:
                if left:
                    yield batch[:left]
                return
            left = None if left is None else left - len(batch)
            yield batch


def _screen(opened: OpenQuery, output: Output) -> None:
    rows = list(itertools.islice(opened.rows(), _SCREEN_ROWS + 1))
    output.table([column.name for column in opened.columns], ([shown(v) for v in row] for row in rows[:_SCREEN_ROWS]))
    more = len(rows) > _SCREEN_ROWS
    count = f"first {_SCREEN_ROWS} rows; use --format for all" if more else f"{len(rows)} rows"
    output.line(count, "dim")


@contextmanager
def _opened(arguments: argparse.Namespace) -> Iterator[TextIO]:
    if arguments.output is None:
        yield sys.stdout
        return
    with arguments.output.open("w", encoding="utf-8", newline="") as file:
        yield file


def _bind(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ValueError(f"--bind {text!r}: write NAME=VALUE")
    return name, value


def _table_facts(table: OracleTable) -> dict[str, Any]:
    facts = asdict(table)
    facts["columns"] = len(table.columns)
    return facts | {"key_columns": table.key_columns}


def _column_facts(column: Any) -> dict[str, Any]:
    return {key: plain(value) for key, value in asdict(column).items() if key != "type"} | {
        "type": None if column.type is None else column.type.ddl
    }


def _column_notes(column: Any) -> Iterator[str]:
    if column.identity:
        yield f"identity {column.identity.lower()}"
    if column.virtual:
        yield "virtual"
    if column.invisible:
        yield "invisible"
    if column.type is None:
        yield "not supported"


def _table_lines(table: OracleTable) -> Iterator[str]:
    if table.primary_key:
        yield f"primary key ({', '.join(table.primary_key)})"
    for key in table.unique_keys:
        yield f"unique ({', '.join(key)})"
    for foreign in table.foreign_keys:
        parent = f"{foreign.referenced_schema}.{foreign.referenced_table or '?'}"
        yield f"foreign key {foreign.name} ({', '.join(foreign.columns)}) -> {parent}"
    for index in table.indexes:
        yield f"index {index.name} ({', '.join(index.columns)}){' unique' if index.unique else ''} {index.kind.lower()}"
    for check in table.checks:
        yield f"check {check.name} ({check.condition}){'' if check.enabled else ' disabled'}"
    if table.partitioning:
        parts = len(table.partitions)
        yield f"partitioned by {table.partitioning.lower()} ({', '.join(table.partition_key)}), {parts} partitions"
    if table.tablespace or table.compression:
        yield f"tablespace {table.tablespace or 'of each partition'}, compression {(table.compression or 'none').lower()}"
    yield f"rows {_about(table.num_rows) or 'unknown'}, size {_size(table) or 'unknown'}"


def _about(rows: int | None) -> str:
    return "" if rows is None else f"~{rows:,}"


def _size(table: OracleTable) -> str:
    if table.bytes is None:
        return ""
    size, unit = float(table.bytes), "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024 or unit == "TB":
            break
        size /= 1024
    return f"{'' if table.bytes_exact else '~'}{size:.0f} {unit}"


def _ranges(count: int) -> str:
    return "1 range" if count == 1 else f"{count:,} ranges"


def _of(expected: int | None) -> str:
    return "" if expected is None else f" of ~{expected:,}"
