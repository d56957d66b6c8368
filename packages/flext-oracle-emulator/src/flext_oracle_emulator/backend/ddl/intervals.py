"""INTERVAL partitioning: a trigger that makes the partitions of rows beyond the last bound, as Oracle names and bounds them.

`interval_at$<object>` makes the partition of one value: LOCK TABLE .. PARTITION FOR (value) does so without a row.
"""

from __future__ import annotations

import re

from ...catalog.model import Column, Relation
from ...catalog.partitioning import Partitioning
from ...sql import ast
from ...sql.names import qualified, quote, string
from ...sql.parser import parse
from ...sql.translator import translate_expression
from ...sql.types import base_type
from .context import DdlContext
from .objects import Object
from .partition_bounds import shown_sql


async def extend_by_interval(
    context: DdlContext, table: Object, relation: Relation, partitioning: Partitioning
) -> None:
    column = relation.column(partitioning.columns[0])
    assert column is not None
    name, type_ = quote(column.name), base_type(column.pg_type)
    transition = await context.value(
        "SELECT bounds[1] FROM oracle.partitions WHERE object_id = %s AND made IS NULL ORDER BY position DESC LIMIT 1",
        table.object_id,
    )
    high = await _next_bound(context, column, partitioning, transition, f"n.{name}")
    function = qualified(table.owner, f"interval${table.object_id}")
    key = {"NUMBER": "made.high", "FLOAT": "made.high", "DATE": "extract(epoch FROM (made.high)::timestamp)"}
    mine = f"p.object_id = {table.object_id}"

    def body(values: str, end: str) -> str:
        return f"""
DECLARE
    made record;
    literal pg_catalog.text;
BEGIN
    FOR made IN SELECT DISTINCT {high} AS high FROM {values} n WHERE n.{name} >= {transition} LOOP
        literal := pg_catalog.concat(pg_catalog.quote_literal(pg_catalog.concat(made.high)), '::{type_}');
        CONTINUE WHEN EXISTS (SELECT FROM oracle.partitions p WHERE {mine} AND p.bounds = ARRAY[literal]);
        PERFORM pg_catalog.pg_advisory_xact_lock(7301924, {table.object_id});
        INSERT INTO oracle.partitions (object_id, position, partition_name, high_value, bounds, tablespace_name, made)
        SELECT {table.object_id}, 0, pg_catalog.concat('SYS_P', nextval('oracle.constraint_numbers')),
               {shown_sql(column, f"(made.high)::{type_}")}, ARRAY[literal], 'USERS',
               {key.get(column.data_type, "(made.high)::numeric")}
         WHERE NOT EXISTS (SELECT FROM oracle.partitions p WHERE {mine} AND p.bounds = ARRAY[literal]);
    END LOOP;
    UPDATE oracle.partitions p SET position = r.place FROM (
        SELECT p.partition_name, row_number() OVER (ORDER BY p.made NULLS FIRST, p.position) AS place
          FROM oracle.partitions p WHERE {mine}) r
     WHERE {mine} AND p.partition_name = r.partition_name AND p.position IS DISTINCT FROM r.place;
    {end};
END"""

    await context.run(
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql"
        f" SET search_path = oracle, pg_catalog AS {string(body('new_rows', 'RETURN NULL'))}"
    )
    await context.run(
        f"CREATE OR REPLACE FUNCTION {qualified(table.owner, f'interval_at${table.object_id}')}(value {type_}) RETURNS void"
        f" LANGUAGE plpgsql SET search_path = oracle, pg_catalog AS {string(body(f'(SELECT value AS {name})', 'RETURN'))}"
    )
    for event in ("INSERT", "UPDATE"):
        await context.run(
            f"CREATE TRIGGER {quote(f'interval${event.lower()}')} AFTER {event} ON {table.storage}"
            f" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )


_YEAR_MONTH = re.compile(r"NUMTOYMINTERVAL\s*\(|INTERVAL\s*'[^']*'\s*(YEAR|MONTH)", re.IGNORECASE)


async def _next_bound(
    context: DdlContext, column: Column, partitioning: Partitioning, transition: str, value: str
) -> str:
    """The upper bound of the interval that a value beyond the transition point falls into."""
    assert partitioning.interval is not None
    query = parse(f"SELECT {partitioning.interval} FROM DUAL", version=context.version)
    assert isinstance(query, ast.Query)
    assert isinstance(query.body, ast.Select)
    step = translate_expression(query.body.items[0].expr, context.translation())
    if column.data_type in ("NUMBER", "FLOAT"):
        return f"{transition} + (floor(({value} - {transition}) / {step}) + 1) * {step}"
    type_ = base_type(column.pg_type)
    if _YEAR_MONTH.match(partitioning.interval):
        months = int(await context.value(f"SELECT ({step})::numeric::int"))
        passed = f"(floor(oracle.months_between({value}, {transition}) / {months}) * {months})"
        at = f"oracle.add_months({transition}, {passed} + {months})::{type_}"
        return f"CASE WHEN {value} >= {at} THEN oracle.add_months({transition}, {passed} + {2 * months})::{type_} ELSE {at} END"
    if column.data_type == "DATE":
        days = await context.value(f"SELECT ({transition} + ({step})) - {transition}")
        return f"({transition} + (floor(({value} - {transition}) / {days}) + 1) * {days})::oracle.date"
    seconds = await context.value(f"SELECT (({transition} + ({step}))::{type_})::numeric - ({transition})::numeric")
    return f"(({transition})::numeric + (floor((({value})::numeric - ({transition})::numeric) / {seconds}) + 1) * {seconds})::{type_}"
