"""FROM: tables, inline views, table functions and joins, as text and as sources of the scope."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ...catalog.model import Relation
from ...errors import OracleError, unsupported
from .. import ast
from ..inference import Sql, comparable, convert
from ..names import find_relation, quote, relation_text
from ..rewrites.outer_joins import marked
from ..scope import Cte, Scope, ScopeColumn, Source, relation_source
from ..translation import Flashback
from ..types import base_type
from .collections import collection_of, rows_of
from .core import State
from .json_table import json_table
from .xml_query import xml_sequence, xml_table


@dataclass(slots=True)
class FromText:
    """One item of FROM: its text, its columns in the order of `*`, and its sources."""

    text: str
    visible: list[ScopeColumn]
    sources: list[Source] = field(default_factory=list)


def from_item(state: State, item: ast.FromItem, scope: Scope) -> FromText:
    """Write one item and add its sources to the scope."""
    if isinstance(item, ast.Join):
        return _join(state, item, scope)
    if isinstance(item, ast.TableRef):
        result = _table(state, item, scope)
    elif isinstance(item, ast.SubqueryRef):
        result = _inline_view(state, item, scope)
    else:
        result = _table_function(state, item, scope)
    scope.sources += result.sources
    scope.visible += result.visible
    return result


def alias_for(scope: Scope, name: str, state: State) -> str:
    """The quoted alias; PostgreSQL wants it unique in a FROM where Oracle tells A.T from B.T."""
    alias = quote(name)
    return state.fresh("t") if any(source.alias == alias for source in scope.sources) else alias


def is_dual(relation: Relation | None) -> bool:
    return relation is not None and relation.owner == "SYS" and relation.name == "DUAL"


def _table(state: State, item: ast.TableRef, scope: Scope) -> FromText:
    if item.db_link is not None:
        raise OracleError(2019, "connection description for remote database not found", item.pos)
    cte = scope.ctes.get(item.name[0]) if len(item.name) == 1 else None
    name = item.alias or item.name[-1]
    alias = alias_for(scope, name, state)
    if cte is not None:
        if item.partition is not None:
            raise OracleError(14109, "partition-extended object names may only be used with tables", item.pos)
        if item.flashback is not None:
            raise unsupported("AS OF of a subquery", item.pos)
        if item.sample is not None:
            raise OracleError(
                1446, "cannot select ROWID from, or sample, a view with DISTINCT, GROUP BY, etc.", item.pos
            )
        return _pivoted(state, item, _of_cte(cte, name, alias), scope)
    needed = ("SELECT",) if item.flashback is None else ("SELECT", "FLASHBACK")
    relation = find_relation(state.context, item.name, item.pos, *needed)
    source = relation_source(relation, name, alias)
    text = _read(state, item, relation, scope)
    state.reads_stored |= relation.calls_stored
    if item.partition is not None:
        text = f"(SELECT * FROM {text} WHERE {partition_condition(state, item, relation)})"
    text = f"{text} AS {alias}"
    if item.sample is not None:
        text += _sample(state, item, scope)
    visible = [column for column in source.columns if not column.hidden]
    return _pivoted(state, item, FromText(text, visible, [source]), scope)


def _read(state: State, item: ast.TableRef, relation: Relation, scope: Scope) -> str:
    """The relation that gives the rows: the one itself, or the past state of it that AS OF means."""
    if item.flashback is None:
        state.reads_current |= relation.owner != "SYS"
        state.needs_scn |= relation.owner == "SYS" and relation.name == "V_$DATABASE"
        return relation_text(relation)
    if relation.owner == "SYS" or relation.temporary is not None:
        raise unsupported("AS OF of a dictionary view or temporary table", item.pos)
    kind, moment = item.flashback
    value = state.expression(moment, Scope())
    value = convert(value, "numeric" if kind == "SCN" else "oracle.ts", item.pos)
    state.flashback[id(item)] = Flashback(kind, value.text, relation)
    names = state.context.flashback
    return names[list(state.flashback).index(id(item))] if names else relation_text(relation)


def partition_condition(state: State, item: ast.TableRef, relation: Relation, alias: str = "") -> str:
    """Whether a row of `alias` (or by bare column names) is in the partition that is named, or meant by FOR's values."""
    assert item.partition is not None
    kind, which = item.partition
    if relation.kind != "TABLE":
        raise OracleError(14109, "partition-extended object names may only be used with tables", item.pos)
    partitioning = relation.partitioning
    if partitioning is None:
        raise OracleError(14501, "object is not partitioned", item.pos)
    if kind != "PARTITION" or not partitioning.is_known:
        raise unsupported(f"{kind} of this table", item.pos)
    names = [f"{alias}.{quote(name)}" if alias else quote(name) for name in partitioning.columns]
    if isinstance(which, str):
        place = partitioning.index(which)
        if place is None:
            raise OracleError(2149, "Specified partition does not exist", item.pos)
        return partitioning.condition(place, names)
    values = partition_values(state, item, relation, which)
    return f"({partitioning.position(names)} OPERATOR(pg_catalog.=) {partitioning.position(values)})"


def partition_values(state: State, item: ast.TableRef, relation: Relation, which: list[ast.Expr]) -> list[str]:
    """The values of PARTITION FOR (..), each of its key column's type."""
    partitioning = relation.partitioning
    if partitioning is None or len(which) != len(partitioning.columns):
        raise OracleError(14763, "Unable to resolve FOR VALUES clause to a partition number", item.pos)
    values = []
    for name, node in zip(partitioning.columns, which, strict=True):
        column = relation.column(name)
        assert column is not None
        values.append(f"({convert(state.expression(node, Scope()), base_type(column.pg_type), item.pos).text})")
    return values


def _sample(state: State, item: ast.TableRef, scope: Scope) -> str:
    """`SAMPLE (5) SEED (1)` -> `TABLESAMPLE BERNOULLI (5) REPEATABLE (1)`."""
    assert item.sample is not None
    block, percent, seed = item.sample
    if isinstance(percent, ast.NumberLiteral) and not 0.000001 <= float(percent.text) < 100:
        raise OracleError(30562, "SAMPLE percentage must be in the range [0.000001,100)", percent.pos)
    text = f" TABLESAMPLE {'SYSTEM' if block else 'BERNOULLI'} (({state.expression(percent, scope).text})::float4)"
    if seed is not None:
        text += f" REPEATABLE (({state.expression(seed, scope).text})::float8)"
    return text


def _of_cte(cte: Cte, name: str, alias: str) -> FromText:
    source = Source(name, alias)
    source.columns = [
        ScopeColumn(
            column.name, f"{alias}.{quote(column.name)}", column.type, source, char=column.char, size=column.size
        )
        for column in cte.columns
    ]
    text = cte.alias if cte.text is None and cte.alias == alias else f"{cte.text or cte.alias} AS {alias}"
    return FromText(text, list(source.columns), [source])


def _inline_view(state: State, item: ast.SubqueryRef, scope: Scope, *, lateral: bool = False) -> FromText:
    """`(SELECT ..)` -> `(SELECT ..) AS "V"`; without an alias it gets one that no name can mean."""
    sees_siblings = lateral or item.lateral
    parent = scope if sees_siblings else scope.parent
    query = state.query(item.query, parent, scope.ctes)
    alias = alias_for(scope, item.alias, state) if item.alias else state.fresh("v")
    source = derived_source(item.alias, alias, [column.name for column in query.columns], query.types)
    for column, output in zip(source.columns, query.columns, strict=True):
        column.char, column.size = output.char_literal, output.size
    text = f"{'LATERAL ' if sees_siblings else ''}({query.text}) AS {alias}"
    return _pivoted(state, item, FromText(text, list(source.columns), [source]), scope)


def derived_source(name: str | None, alias: str, names: list[str], types: list[str | None]) -> Source:
    source = Source(name, alias)
    source.columns = [
        ScopeColumn(column, f"{alias}.{quote(column)}", type_, source)
        for column, type_ in zip(names, types, strict=True)
    ]
    return source


def _pivoted(state: State, item: ast.TableRef | ast.SubqueryRef, inner: FromText, scope: Scope) -> FromText:
    if item.pivot is None:
        return inner
    from .pivot import pivot

    return pivot(state, item, inner, scope)


_DISPLAY = ("TABLE_NAME", "STATEMENT_ID", "FORMAT", "FILTER_PREDS")
_TO = re.compile(r"\s*(-?\d+)\s+to\s+(-?\d+)\s*")


def _table_function(state: State, item: ast.TableFunctionRef, scope: Scope) -> FromText:
    """`XMLTABLE('1 to 5')` -> `generate_series(1, 5)` with the column COLUMN_VALUE."""
    call = item.call
    name = call.name[-1]
    first = call.args[0] if call.args else None
    if name == "XMLTABLE" and isinstance(first, ast.StringLiteral) and not call.extra.get("columns"):
        match = _TO.fullmatch(first.value)
        if match is not None:
            alias = alias_for(scope, item.alias, state) if item.alias else state.fresh("x")
            source = derived_source(item.alias, alias, ["COLUMN_VALUE"], ["varchar"])
            series = f"pg_catalog.generate_series({match[1]}, {match[2]})"
            text = f'(SELECT n::text::varchar AS "COLUMN_VALUE" FROM {series} AS n) AS {alias}'
            return FromText(text, list(source.columns), [source])
    shown = first if name == "TABLE" else call
    if isinstance(shown, ast.Name):
        shown = ast.Call(shown.parts, pos=shown.pos)
    if isinstance(shown, ast.Call) and shown.name[-2:] == ("DBMS_XPLAN", "DISPLAY"):
        return _plan_display(state, shown, item.alias, scope)
    if name == "TABLE" and isinstance(first, ast.Call) and first.name == ("XMLSEQUENCE",):
        alias = alias_for(scope, item.alias, state) if item.alias else state.fresh("x")
        source = derived_source(item.alias, alias, ["COLUMN_VALUE"], ["oracle.xmltype"])
        rows = xml_sequence(state, first, scope)
        return FromText(f"LATERAL {rows} AS {alias}", list(source.columns), [source])
    if name in ("JSON_TABLE", "XMLTABLE"):
        text, names, types = (json_table if name == "JSON_TABLE" else xml_table)(state, call, scope)
        alias = alias_for(scope, item.alias, state) if item.alias else state.fresh("x")
        source = derived_source(item.alias, alias, names, types)
        return FromText(f"LATERAL {text} AS {alias}", list(source.columns), [source])
    return _collection(state, item, first if name == "TABLE" and first is not None else call, scope)


def _collection(state: State, item: ast.TableFunctionRef, node: ast.Expr, scope: Scope) -> FromText:
    """`TABLE(collection)`: a row for each element, with the attributes of objects or COLUMN_VALUE."""
    if item.call.outer_join:
        raise unsupported("TABLE(..)(+)", item.pos)
    value = state.expression(node, scope)
    type_ = collection_of(state, value, item.pos)
    text, names, values = rows_of(state, type_, value.text)
    alias = alias_for(scope, item.alias, state) if item.alias else state.fresh("x")
    source = derived_source(item.alias, alias, names, [value.type for value in values])
    for column, value in zip(source.columns, values, strict=True):
        column.size = value.size
    return FromText(f"LATERAL {text} AS {alias}", list(source.columns), [source])


def _plan_display(state: State, call: ast.Call, alias_name: str | None, scope: Scope) -> FromText:
    """`TABLE(DBMS_XPLAN.DISPLAY(table_name, statement_id, format))`: lines of PLAN_TABLE_OUTPUT."""
    given = dict(zip(_DISPLAY, call.args, strict=False)) | call.named
    if len(call.args) > len(_DISPLAY) or set(given) - set(_DISPLAY):
        raise OracleError(6553, "PLS-306: wrong number or types of arguments in call to 'DISPLAY'", call.pos)
    values = {name: convert(state.expression(node, Scope()), "varchar", call.pos) for name, node in given.items()}
    if "FILTER_PREDS" in values and not values["FILTER_PREDS"].null:
        raise unsupported("FILTER_PREDS of DBMS_XPLAN.DISPLAY", call.pos)
    texts = [f"({values[name].text})::text" if name in values else "NULL" for name in _DISPLAY[:3]]
    alias = alias_for(scope, alias_name, state) if alias_name else state.fresh("x")
    source = derived_source(alias_name, alias, ["PLAN_TABLE_OUTPUT"], ["varchar"])
    text = f'(SELECT l::varchar(4000) AS "PLAN_TABLE_OUTPUT" FROM oracle.dbms_xplan_display({", ".join(texts)}) AS l)'
    return FromText(f"{text} AS {alias}", list(source.columns), [source])


# ------------------------------------------------------------------------------------------------------- joins


def _join(state: State, item: ast.Join, scope: Scope) -> FromText:
    """A join in its own scope of sides, whose sources then belong to the block's scope."""
    before = len(scope.visible)
    if item.partition is not None:
        return _partitioned_join(state, item, item.partition, scope)
    left = from_item(state, item.left, scope)
    if item.kind in ("CROSS APPLY", "OUTER APPLY"):
        right = _applied(state, item, scope)
        word, on = ("CROSS JOIN", "") if item.kind == "CROSS APPLY" else ("LEFT JOIN", " ON true")
        return FromText(
            f"{left.text} {word} {right.text}{on}", left.visible + right.visible, left.sources + right.sources
        )
    right = from_item(state, item.right, scope)
    right_text = f"({right.text})" if isinstance(item.right, ast.Join) else right.text
    sources = left.sources + right.sources
    if item.natural or item.using is not None:
        visible, condition = _merged(state, item, left, right)
        scope.visible[before:] = visible
        if not condition:
            return FromText(f"{left.text} CROSS JOIN {right_text}", visible, sources)
        return FromText(f"{left.text} {item.kind} JOIN {right_text} ON {condition}", visible, sources)
    visible = left.visible + right.visible
    if item.on is None:
        if item.kind != "CROSS":
            raise OracleError(905, "missing keyword", item.pos)
        return FromText(f"{left.text} CROSS JOIN {right_text}", visible, sources)
    if marked(item.on):
        raise OracleError(25156, "old style outer join (+) cannot be used with ANSI joins", item.pos)
    clause, scope.clause = scope.clause, "on"
    condition = state.condition(item.on, _join_scope(scope, sources, visible))
    scope.clause = clause
    if item.kind == "FULL":
        condition = f"{_always_equal(left, right)} AND ({condition})"
    return FromText(f"{left.text} {item.kind} JOIN {right_text} ON {condition}", visible, sources)


def _partitioned_join(state: State, item: ast.Join, partition: tuple[str, list[ast.Expr]], scope: Scope) -> FromText:
    """`t PARTITION BY (k) RIGHT JOIN u ON ..` -> `u CROSS JOIN (SELECT DISTINCT k FROM t) AS p LEFT JOIN t ON t.k = p.k AND ..`."""
    side, keys = partition
    if item.on is None or item.kind not in ("LEFT", "RIGHT") or item.kind == side:
        raise unsupported("this form of a partitioned outer join", item.pos)
    left, right = from_item(state, item.left, scope), from_item(state, item.right, scope)
    dense, other = (left, right) if side == "LEFT" else (right, left)
    visible, sources = left.visible + right.visible, left.sources + right.sources
    inner = _join_scope(scope, sources, visible)
    condition = state.condition(item.on, inner)
    alias, names, same = state.fresh("p"), [], []
    for number, key in enumerate(keys, 1):
        found = inner.find(key) if isinstance(key, ast.Name) else None
        if found is None or found[1] not in dense.visible:
            raise unsupported("PARTITION BY of something else than a column of its table", key.pos)
        names.append(f"{found[1].sql} AS k{number}")
        same.append((found[1], f"{alias}.k{number}"))
    tests = [f"{column.sql} IS NOT DISTINCT FROM {text}" for column, text in same]
    for column, text in same:
        column.sql = text
    text = f"{other.text} CROSS JOIN (SELECT DISTINCT {', '.join(names)} FROM {dense.text}) AS {alias}"
    text += f" LEFT JOIN {dense.text} ON {' AND '.join([*tests, f'({condition})'])}"
    return FromText(f"({text})", visible, sources)


def _always_equal(left: FromText, right: FromText) -> str:
    """An equality of the two sides that every pair of rows meets: PostgreSQL joins FULL only by one that it can hash."""
    tests = (f"(pg_catalog.num_nonnulls({side.visible[0].sql}) OPERATOR(pg_catalog.>=) 0)" for side in (left, right))
    return f"({' OPERATOR(pg_catalog.=) '.join(tests)})"


def _join_scope(scope: Scope, sources: list[Source], visible: list[ScopeColumn]) -> Scope:
    """ON sees the tables of its join (and what is around the block), not the rest of FROM."""
    return Scope(scope.parent, scope.ctes, list(sources), list(visible), clause="on")


def _applied(state: State, item: ast.Join, scope: Scope) -> FromText:
    if isinstance(item.right, ast.TableFunctionRef):  # reads the tables to its left anyway
        return from_item(state, item.right, scope)
    if not isinstance(item.right, ast.SubqueryRef):
        raise unsupported("APPLY of something else than a subquery", item.pos)
    right = _inline_view(state, item.right, scope, lateral=True)
    scope.sources += right.sources
    scope.visible += right.visible
    return right


def _merged(state: State, item: ast.Join, left: FromText, right: FromText) -> tuple[list[ScopeColumn], str]:
    """USING and NATURAL: an ON condition, and columns that appear once, as Oracle lists them: merged, left, right."""
    right_names = [column.name for column in right.visible]
    names = item.using if item.using is not None else [c.name for c in left.visible if c.name in right_names]
    code = 25155 if item.natural else 25154
    merged: list[ScopeColumn] = []
    tests = []
    for name in names:
        a, b = _joined(left, name, item.pos), _joined(right, name, item.pos)
        x, y = comparable(Sql(a.sql, a.type), Sql(b.sql, b.type), item.pos)
        tests.append(f"({x.text} = {y.text})")
        text = {"RIGHT": b.sql, "FULL": f"coalesce({a.sql}, {b.sql})"}.get(item.kind, a.sql)
        merged.append(ScopeColumn(name, text, a.type, (b if item.kind == "RIGHT" else a).source, a.column, size=a.size))
        for column in (a, b):
            if column.source is not None:
                column.source.used = True
        for source in left.sources + right.sources:
            if source.find(name):
                source.joined_by[name] = code
    rest = [column for column in left.visible + right.visible if column.name not in names]
    return merged + rest, " AND ".join(tests)


def _joined(side: FromText, name: str, pos: int) -> ScopeColumn:
    found = [column for column in side.visible if column.name == name]
    if not found:
        raise OracleError(904, f'"{name}": invalid identifier', pos)
    if len(found) > 1:
        raise OracleError(918, "column ambiguously defined", pos)
    return found[0]
