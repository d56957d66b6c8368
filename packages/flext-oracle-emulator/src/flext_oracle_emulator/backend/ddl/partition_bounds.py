"""Partition bounds: as PostgreSQL literals, as HIGH_VALUE shows them, and in their order."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from ...catalog.model import Column, Relation
from ...catalog.partitioning import DEFAULT, MAXVALUE, NULL, Partition, Partitioning
from ...errors import OracleError
from ...sql import ast
from ...sql.names import string
from ...sql.parser import parse
from ...sql.translator import translate_expression
from ...sql.types import base_type
from . import columns
from .context import DdlContext
from .partition_clause import Item


async def bounds_of(
    context: DdlContext, relation: Relation, method: str, names: Sequence[str], values: list[str] | None
) -> tuple[str, ...]:
    """VALUES as PostgreSQL literals; () where the emulator cannot tell rows apart by them."""
    if values is None or method not in ("RANGE", "LIST") or (method == "LIST" and len(names) != 1):
        return ()
    if method == "RANGE" and len(values) != len(names):
        raise OracleError(
            14019, "partition bound element must be one of: string, datetime or interval literal, number, or MAXVALUE"
        )
    bounds = []
    for number, value in enumerate(values):
        if value.upper() in (MAXVALUE, DEFAULT, NULL):
            bounds.append(value.upper())
            continue
        column = relation.column(names[number if method == "RANGE" else 0])
        assert column is not None
        bounds.append(await literal_of(context, column, value))
    return tuple(bounds)


async def literal_of(context: DdlContext, column: Column, text: str) -> str:
    query = parse(f"SELECT {text} FROM DUAL", version=context.version)
    assert isinstance(query, ast.Query)
    assert isinstance(query.body, ast.Select)
    value = translate_expression(columns.assigned(query.body.items[0].expr, column), context.translation())
    type_ = base_type(column.pg_type)
    found = await context.value(f"SELECT pg_catalog.concat(({value})::{type_})")
    return f"{string(found)}::{type_}"


async def shown_bounds(
    context: DdlContext, relation: Relation, names: Sequence[str], bounds: Sequence[str], item: Item
) -> str | None:
    """HIGH_VALUE: what Oracle makes of the values."""
    if item.values is None:
        return None
    if not bounds:
        return ", ".join(item.values)
    parts = []
    for number, bound in enumerate(bounds):
        column = relation.column(names[min(number, len(names) - 1)])
        assert column is not None
        parts.append(bound if bound in (MAXVALUE, DEFAULT, NULL) else await shown_value(context, column, bound))
    return ", ".join(parts)


async def shown_value(context: DdlContext, column: Column, bound: str) -> str:
    return str(await context.value(f"SELECT {shown_sql(column, bound)}"))


def shown_sql(column: Column, value: str) -> str:
    """PostgreSQL text that writes a bound as ALL_TAB_PARTITIONS.HIGH_VALUE shows it."""
    if column.data_type == "DATE":
        clock = f"oracle.to_char({value}, 'SYYYY-MM-DD HH24:MI:SS')"
        return f"'TO_DATE(''' || {clock} || ''', ''SYYYY-MM-DD HH24:MI:SS'', ''NLS_CALENDAR=GREGORIAN'')'"
    if column.data_type.startswith("TIMESTAMP"):
        return f"'TIMESTAMP''' || oracle.to_char({value}, 'SYYYY-MM-DD HH24:MI:SS') || ''''"
    if column.char_used is not None:
        return f"quote_literal(({value})::text)"
    return f"oracle.to_char({value})"


async def comparisons(context: DdlContext, method: str, partitions: Sequence[Partition]) -> list[bool]:
    """For RANGE, whether each bound is above the one before it."""
    result: list[bool] = []
    if method == "RANGE":
        for lower, upper in itertools.pairwise(partitions):
            result.append(await is_below(context, lower, upper))
    return result


async def is_below(context: DdlContext, lower: Partition, upper: Partition) -> bool:
    if not lower.bounds or MAXVALUE in lower.bounds[:1]:
        return False
    values = [bound for bound in lower.bounds if bound != MAXVALUE]
    width = len(values)
    test = Partitioning("RANGE", (), ()).test(Partition("", upper.bounds[:width]), values)
    return bool(await context.value(f"SELECT {test}"))


def refuse_disorder(ordered: Sequence[bool]) -> None:
    if not all(ordered):
        raise OracleError(14037, "partition bound of partition is too high")
