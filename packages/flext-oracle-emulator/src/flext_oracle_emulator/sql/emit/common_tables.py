"""WITH: common table expressions, and Oracle's recursive ones with SEARCH, CYCLE and the detection of loops."""

from __future__ import annotations

import dataclasses

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import BLOB, DATE, FLOAT, JSON, LOB, NUMBER, XML, family
from ..names import quote, string
from ..scope import Cte, Scope, ScopeColumn
from .core import QuerySql, State, walk


def write_with(state: State, node: ast.Query, parent: Scope | None, environment: dict[str, Cte]) -> str:
    """`WITH a AS (..)`: each sees those before it; RECURSIVE if one reads itself."""
    texts = []
    recursive = False
    for cte in node.ctes:
        if any(other.name == cte.name for other in node.ctes if other is not cte):
            raise unsupported("two WITH queries of one name", cte.pos)
        if _reads(cte.query, cte.name) and cte.name not in environment:
            recursive = True
            texts.append(_recursive(state, cte, parent, environment))
        else:
            query = state.query(cte.query, parent, environment)
            environment[cte.name] = _cte(cte, query)
            texts.append(f"{_head(cte, query)} AS ({query.text})")
        if (cte.search or cte.cycle) and not recursive:
            raise OracleError(32033, "unsupported column aliasing", cte.pos)
    return f"WITH {'RECURSIVE ' if recursive else ''}{', '.join(texts)} "


def _cte(cte: ast.CommonTable, query: QuerySql) -> Cte:
    names = cte.columns or [column.name for column in query.columns]
    if len(names) != len(query.columns):
        raise OracleError(
            32038, "number of WITH clause column names does not match number of elements in select list", cte.pos
        )
    columns = tuple(
        ScopeColumn(name, "", type_, char=column.char_literal, size=column.size)
        for name, type_, column in zip(names, query.types, query.columns, strict=True)
    )
    return Cte(cte.name, quote(cte.name), columns)


def _head(cte: ast.CommonTable, query: QuerySql) -> str:
    names = cte.columns or [column.name for column in query.columns]
    return f"{quote(cte.name)}({', '.join(quote(name) for name in names)})" if cte.columns else quote(cte.name)


def _reads(query: ast.Query, name: str) -> bool:
    return any(isinstance(part, ast.TableRef) and part.name == (name,) for part in walk(query.body, into_queries=True))


def _recursive(state: State, cte: ast.CommonTable, parent: Scope | None, environment: dict[str, Cte]) -> str:
    """Oracle's recursive WITH: `a(x) AS (anchor UNION ALL step)`; a row that repeats itself is ORA-32044."""
    body = cte.query.body
    if cte.columns is None:
        raise OracleError(32039, "recursive WITH clause must have column alias list", cte.pos)
    if not isinstance(body, ast.SetOperation) or body.op != "UNION ALL":
        raise OracleError(32040, "recursive WITH clause must use a UNION ALL operation", cte.pos)
    anchor_query = ast.Query(body.left, list(cte.query.ctes), pos=cte.pos)
    step_query = ast.Query(body.right, pos=cte.pos)
    if _reads(anchor_query, cte.name):
        raise OracleError(32043, "recursive WITH clause needs an initialization branch", cte.pos)
    first = state.query(anchor_query, parent, environment)
    columns_of = _cte(cte, first).columns
    if cte.search is not None and any(item.descending or item.nulls for item in cte.search[1]):
        cte = _with_search_keys(cte, anchor_query, step_query, {column.name: column.type for column in columns_of})
        first = state.query(anchor_query, parent, environment)
    types = {
        index: type_ or "varchar" for index, type_ in enumerate(first.types) if type_ is not None or first.nulls[index]
    }
    anchor = state.query(anchor_query, parent, environment, types)
    known = _cte(cte, anchor)
    # The recursive branch may give longer values than the anchor.
    columns = tuple(dataclasses.replace(column, size=None, char=None) for column in known.columns)
    environment[cte.name] = Cte(known.name, known.alias, columns)
    if not isinstance(step_query.body, ast.Select):
        raise unsupported("recursive WITH with several recursive branches", cte.pos)
    state.exact_types = True  # PostgreSQL wants the very types of the anchor, and the self-reference at the top
    step = state.query(step_query, parent, environment, types)
    if len(step.columns) != len(anchor.columns):
        raise OracleError(1789, "query block has incorrect number of result columns", cte.pos)
    names = [f"c{index}" for index in range(1, len(anchor.columns) + 1)]
    texts = ", ".join(f"q.{n}::{types[i]}" if i in types else f"q.{n}" for i, n in enumerate(names))
    start = f"SELECT {texts} FROM ({anchor.text}) AS q({', '.join(names)})"
    head = f"{quote(cte.name)}({', '.join(quote(name) for name in cte.columns or ())})"
    tail = _search(cte) + _cycle(cte, environment[cte.name])
    environment[cte.name] = _visible(cte, environment[cte.name], len(columns_of))
    return f"{head} AS ({start} UNION ALL {step.text}){tail}"


def _search(cte: ast.CommonTable) -> str:
    """SEARCH keeps its form; its column is PostgreSQL's path until `_visible` numbers the rows by it."""
    if cte.search is None:
        return ""
    kind, items, name = cte.search
    columns = ", ".join(quote(item.expr.parts[-1]) for item in items if isinstance(item.expr, ast.Name))
    return f" SEARCH {kind} FIRST BY {columns} SET {quote(name)}"


def _with_search_keys(
    cte: ast.CommonTable, anchor: ast.Query, step: ast.Query, types: dict[str, str | None]
) -> ast.CommonTable:
    """SEARCH in descending order, or NULLs first: further columns of both branches, whose ascending order that is."""
    assert cte.search is not None
    assert cte.columns is not None
    kind, items, name = cte.search
    names: list[str] = []
    bodies = (anchor.body, step.body)
    if not all(isinstance(body, ast.Select) and len(body.items) == len(cte.columns) for body in bodies):
        raise unsupported("SEARCH in this order of these branches", cte.pos)
    for item in items:
        if not isinstance(item.expr, ast.Name) or item.expr.parts[-1] not in cte.columns:
            raise OracleError(
                32485, "element in cycle column list of CYCLE clause must appear in the column alias list", cte.pos
            )
        place = cte.columns.index(item.expr.parts[-1])
        last = (item.nulls or ("FIRST" if item.descending else "LAST")) == "LAST"
        for body in bodies:
            assert isinstance(body, ast.Select)
            value = body.items[place].expr
            null = ast.Call(("NVL2",), [value, ast.NumberLiteral("0"), ast.NumberLiteral("1" if last else "-1")])
            key = _descending(value, types[item.expr.parts[-1]], cte.pos) if item.descending else value
            body.items += [ast.SelectItem(null, f"n{len(names)}$"), ast.SelectItem(key, f"k{len(names)}$")]
        names += [f"n{len(names)}$", f"k{len(names)}$"]
    keys = [ast.OrderItem(ast.Name((key,), (True,))) for key in names]
    return dataclasses.replace(cte, columns=[*cte.columns, *names], search=(kind, keys, name))


def _descending(value: ast.Expr, type_: str | None, pos: int) -> ast.Expr:
    """A value whose ascending order is the descending one of `value`."""
    if family(type_) in (NUMBER, FLOAT):
        return ast.Unary("-", value)
    if family(type_) == DATE:
        return ast.Binary("-", ast.DateLiteral("DATE", "2000-01-01"), value)
    raise unsupported("SEARCH in descending order of this type", pos)


_LOOP = "oracle.raise(32044, 'cycle detected while executing recursive WITH query')"


def _mark(value: ast.Expr, pos: int) -> str:
    if isinstance(value, ast.StringLiteral) and len(value.value) == 1:
        return string(value.value)
    if isinstance(value, ast.NumberLiteral) and len(value.text) == 1:
        return string(value.text)
    raise OracleError(32047, "cycle value for CYCLE clause must be a string of length 1", pos)


def _cycle(cte: ast.CommonTable, known: Cte) -> str:
    """CYCLE marks a row that is among its own ancestors. Without it such a row is an error, when it is read."""
    if cte.cycle is not None:
        columns, name, value, default = cte.cycle
        listed = ", ".join(quote(column) for column in columns)
        mark = f"SET {quote(name)} TO {_mark(value, cte.pos)} DEFAULT {_mark(default, cte.pos)}"
        return f' CYCLE {listed} {mark} USING "path$"'
    if not _comparable(known):
        return ""
    return f' CYCLE {", ".join(quote(name) for name in cte.columns or [])} SET "loop$" USING "path$"'


def _visible(cte: ast.CommonTable, known: Cte, count: int) -> Cte:
    """What reads the table outside of it: its columns, the number by SEARCH, the mark of CYCLE."""
    columns = list(known.columns[:count])
    texts = [quote(column.name) for column in columns]
    where = ""
    if cte.search is not None:
        name = quote(cte.search[2])
        texts.append(f"row_number() OVER (ORDER BY {name})::numeric AS {name}")
        columns.append(ScopeColumn(cte.search[2], "", "numeric"))
    if cte.cycle is not None:
        texts.append(f"{quote(cte.cycle[1])}::varchar AS {quote(cte.cycle[1])}")
        columns.append(ScopeColumn(cte.cycle[1], "", "varchar", char=1))
    elif _comparable(known):
        where = f' WHERE CASE WHEN "loop$" THEN {_LOOP} ELSE true END'
    if cte.search is None and not where and cte.cycle is None:
        return known
    return Cte(known.name, known.alias, tuple(columns), f"(SELECT {', '.join(texts)} FROM {known.alias}{where})")


def _comparable(known: Cte) -> bool:
    return not any(family(column.type) in (LOB, BLOB, XML, JSON) for column in known.columns)
