"""EXPLAIN PLAN: the statement is translated as if it ran, PostgreSQL tells how it would run it, PLAN_TABLE gets the steps."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ...catalog.model import Relation
from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql.binds import scan_statement
from ...sql.emit.core import walk
from ...sql.names import qualified, quote, require
from ...sql.translation import Translation
from ..link import Command
from .operations import Facts, Index, Step, steps

if TYPE_CHECKING:
    from ..session import PostgresSession
    from ..statements import Prepared

_PLAN_TABLE = ("PLAN_TABLE",)
#: Without these a table is no plan table (ORA-02403); versions of Oracle added the others.
_REQUIRED = (
    "STATEMENT_ID",
    "OPERATION",
    "OPTIONS",
    "OBJECT_NAME",
    "ID",
    "PARENT_ID",
    "POSITION",
    "COST",
    "CARDINALITY",
)
_KINDS: dict[type, str] = {
    ast.Query: "SELECT",
    ast.Insert: "INSERT",
    ast.MultiInsert: "INSERT",
    ast.Update: "UPDATE",
    ast.Delete: "DELETE",
    ast.Merge: "MERGE",
    ast.CreateTable: "CREATE TABLE",
}
_INDEXES = """
SELECT n.nspname, c.relname, o.name, i.uniqueness,
       (SELECT count(*)::int4 FROM oracle.index_columns k WHERE k.object_id = i.object_id)
  FROM oracle.indexes i JOIN oracle.objects o USING (object_id) JOIN pg_catalog.pg_class c ON c.oid = o.relid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = ANY ($1)
"""


def explained(statement: ast.ExplainPlan) -> ast.Statement:
    """The statement whose plan is wanted: of CREATE TABLE .. AS it is the query. Raises what cannot be explained."""
    inner = statement.statement
    if isinstance(inner, ast.CreateTable):
        if inner.query is None:
            raise unsupported("EXPLAIN PLAN FOR CREATE TABLE without a query", inner.pos)
        return inner.query
    if isinstance(inner, ast.CreateIndex | ast.AlterObject):
        raise unsupported("EXPLAIN PLAN of an index's DDL", inner.pos)
    if type(inner) not in _KINDS:
        raise OracleError(905, "missing keyword", max(inner.pos, 0))
    return inner


async def explain(
    session: PostgresSession, statement: ast.ExplainPlan, translation: Translation, sql: str, prepared: Prepared
) -> None:
    """Write the plan of a prepared statement into the plan table."""
    table = _plan_table(session, statement)
    plan = await _plan(session, prepared, len(translation.parameters))
    inner = statement.statement
    names = [bind.name for bind in scan_statement(sql).binds]
    binds = [names[p.bind] if p.bind is not None else (p.variable or "") for p in translation.parameters]
    distinct = any(isinstance(node, ast.Select) and node.distinct for node in walk(inner, into_queries=True))
    facts = Facts(await _indexes(session, plan), _partitions(session), binds, distinct)
    target = None
    if isinstance(inner, ast.CreateTable):
        target = (inner.name[-2] if len(inner.name) > 1 else session.current_schema, inner.name[-1])
    root = steps(plan, facts, _KINDS[type(inner)], target)
    await _write(session, table, list(_rows(root, session.current_schema)), statement.statement_id)


def _plan_table(session: PostgresSession, statement: ast.ExplainPlan) -> Relation:
    catalog = session.catalog
    named = statement.into or _PLAN_TABLE
    table = catalog.resolve(named, session.current_schema)
    if not isinstance(table, Relation) or not catalog.visible(session.user, table.owner, table.name):
        raise OracleError(2402 if statement.into is None else 2404, "PLAN_TABLE not found" if statement.into is None
                          else "specified plan table not found", statement.pos)  # fmt: skip
    require(catalog, session.user, "INSERT", table, statement.pos)
    if any(table.column(name) is None for name in _REQUIRED):
        raise OracleError(2403, "plan table does not have correct format", statement.pos)
    return table


async def _plan(session: PostgresSession, prepared: Prepared, parameters: int) -> dict[str, Any]:
    """PostgreSQL's plan for any values of the binds, made by one process."""
    values = ", ".join(["NULL"] * parameters)
    call = f"{quote(prepared.name.decode())}{f'({values})' if values else ''}"
    results = await session.transaction.run(
        Command("SET LOCAL plan_cache_mode = force_generic_plan"),
        Command("SET LOCAL max_parallel_workers_per_gather = 0"),
        Command(f"EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE {call}"),
        Command("SET LOCAL plan_cache_mode = auto"),
        Command("RESET max_parallel_workers_per_gather"),
        begin=True,
    )
    ((text,),) = session.link.rows(results[2])
    plan: dict[str, Any] = json.loads(text)[0]["Plan"]
    return plan


async def _indexes(session: PostgresSession, plan: dict[str, Any]) -> dict[tuple[str, str], Index]:
    names = sorted(set(_values(plan, "Index Name")))
    array = "{" + ",".join(quote(name) for name in names) + "}"
    text = session.backend.types.oid("text")
    (result,) = await session.transaction.run(
        Command(_INDEXES.replace("$1", "($1::text)::text[]"), (array.encode(),), (text,)), begin=True
    )
    return {
        (schema.decode(), relation.decode()): Index(name.decode(), unique == b"\x01", int.from_bytes(columns, "big"))
        for schema, relation, name, unique, columns in session.link.rows(result)
    }


def _values(node: dict[str, Any], key: str) -> Iterator[str]:
    if key in node:
        yield node[key]
    for child in node.get("Plans", ()):
        yield from _values(child, key)


def _partitions(session: PostgresSession) -> dict[tuple[str, str], tuple[str, int]]:
    return {
        key: (found.partitioning.method, len(found.partitioning.partitions))
        for key, found in session.backend.catalog.objects.items()
        if isinstance(found, Relation) and found.partitioning is not None
    }


def _rows(root: Step, schema: str) -> Iterator[dict[str, Any]]:
    """The steps in their order, numbered as Oracle does: children after their parent, in the order of their execution."""
    numbered = list(_numbered(root, None, 0, 0))
    for number, (step, parent, depth, position) in enumerate(numbered):
        yield {
            "OPERATION": step.operation,
            "OPTIONS": step.options,
            "OBJECT_OWNER": step.owner,
            "OBJECT_NAME": step.name,
            "OBJECT_ALIAS": step.alias,
            "OBJECT_INSTANCE": number if step.alias else None,
            "OBJECT_TYPE": step.type,
            "OPTIMIZER": "ALL_ROWS" if parent is None else None,
            "ID": number,
            "PARENT_ID": None if parent is None else next(i for i, row in enumerate(numbered) if row[0] is parent),
            "DEPTH": depth,
            "POSITION": step.cost if parent is None else position,
            "COST": step.cost,
            "CARDINALITY": step.rows,
            "BYTES": step.bytes,
            "PARTITION_START": step.partition and step.partition[0],
            "PARTITION_STOP": step.partition and step.partition[1],
            "CPU_COST": 0,
            "IO_COST": step.cost,
            "ACCESS_PREDICATES": step.access and step.access[:4000],
            "FILTER_PREDICATES": step.filter and step.filter[:4000],
            "TIME": 1 + (step.cost or 0) // 10000,
            "OTHER_XML": _other(numbered, schema) if number == 1 else None,
        }


def _numbered(
    step: Step, parent: Step | None, depth: int, position: int
) -> Iterator[tuple[Step, Step | None, int, int]]:
    yield step, parent, depth, position
    for place, child in enumerate(step.children, 1):
        yield from _numbered(child, step, depth + 1, place)


def _other(numbered: Sequence[tuple[Step, Step | None, int, int]], schema: str) -> str:
    """OTHER_XML, where DBMS_XPLAN finds the hash of the plan: of its operations and the objects they use."""
    text = "\n".join(f"{depth} {step.operation} {step.options} {step.name}" for step, _, depth, _ in numbered)
    value = zlib.crc32(text.encode())
    return (
        f'<other_xml><info type="parse_schema"><![CDATA["{schema}"]]></info>'
        f'<info type="plan_hash">{value}</info></other_xml>'
    )


async def _write(
    session: PostgresSession, table: Relation, rows: list[dict[str, Any]], statement_id: str | None
) -> None:
    """Insert the rows; columns that an older plan table lacks are left out."""
    common = ("STATEMENT_ID", "PLAN_ID", "TIMESTAMP")
    columns = [column for column in table.columns if column.name in rows[0] or column.name in common]
    values = {
        "STATEMENT_ID": "$2::varchar",
        "PLAN_ID": "(SELECT pg_catalog.nextval('oracle.plan_ids'))",
        "TIMESTAMP": "pg_catalog.date_trunc('second', pg_catalog.now())::timestamp",
    }
    listed = ", ".join(quote(column.name) for column in columns)
    selected = ", ".join(
        values.get(column.name, f"x.{quote(column.name)}") + f"::{column.pg_type}" for column in columns
    )
    shape = ", ".join(f"{quote(column.name)} text" for column in columns if column.name in rows[0])
    text = session.backend.types.oid("text")
    await session.transaction.run(
        Command(
            f"INSERT INTO {qualified(table.owner, table.name)} ({listed}) SELECT {selected}"
            f" FROM pg_catalog.jsonb_to_recordset($1::jsonb) AS x({shape})",
            (json.dumps(rows).encode(), None if statement_id is None else statement_id.encode()),
            (text, text),
        ),
        begin=True,
    )
