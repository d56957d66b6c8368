"""INSERT, and INSERT ALL | FIRST."""

from __future__ import annotations

from dataclasses import replace

from ...backend.base import StatementType
from ...catalog.model import Column
from ...errors import OracleError, unsupported
from .. import ast
from ..inference import Sql, convert
from ..names import quote
from ..scope import Scope
from ..translation import Translation
from ..types import base_type
from .core import QuerySql, State, walk
from .join_views import join_view
from .log_errors import insert_logging, insert_rows, values_query
from .tables import derived_source
from .targets import (
    Target,
    check_count,
    in_partition,
    insert_columns,
    inserted,
    refuse_generated,
    returning,
    rowid_returning,
    target_of,
)


def insert(state: State, node: ast.Insert) -> Translation:
    if node.record is not None:
        raise unsupported("INSERT of a record", node.pos)
    view = join_view(state, node.table, "INSERT")
    if view is not None:
        index, names = view.base_columns(node.columns or [(column.name,) for column in view.source.columns], node.pos)
        node = replace(node, columns=[(name,) for name in names])
        target = view.target(state, index, *(("INSERT",) if isinstance(node.table, ast.SubqueryRef) else ()))
    else:
        target = target_of(state, node.table, "INSERT")
    if target.where:
        raise unsupported("INSERT into an inline view with WHERE", node.pos)
    columns = insert_columns(target, node.columns, node.pos)
    if node.log_errors is not None:
        refuse_generated(columns, node.pos)
        return insert_logging(state, node, target, columns)
    if node.query is not None:
        return _of_query(state, node, target, columns)
    if node.rows is not None and len(node.rows) > 1 and state.context.version < 23:
        raise OracleError(933, "SQL command not properly ended", node.pos)
    rows = node.rows if node.rows is not None else [node.values or []]
    texts = [", ".join(_row(state, row, columns, node.table.pos)) for row in rows]
    back = returning(state, node.returning, Scope(sources=[target.source], visible=list(target.source.columns)))
    if target.partition and len(rows) > 1:
        raise unsupported("several rows of VALUES into a partition by name", node.pos)
    single = len(rows) == 1 and node.returning is None and not target.partition
    array = _array_insert(state, target, columns, rows[0], node.pos) if single else None
    tail, hidden = back.text, 0
    if len(rows) == 1 and target.has_rowid:
        tail, hidden = rowid_returning(target, tail, inserted=True), 1
    return Translation(
        sql=f"INSERT INTO {target.text}{_listed(columns)} VALUES ({'), ('.join(texts)}){tail}",
        type=StatementType.INSERT,
        parameters=tuple(state.parameters),
        returning=tuple(back.columns),
        return_binds=tuple(back.binds),
        return_variables=tuple(back.variables),
        array_insert=array,
        target=target.relation,
        hidden_columns=hidden,
        returning_text=tail,
        target_alias=target.source.alias,
    )


def _listed(columns: list[Column]) -> str:
    return f" ({', '.join(quote(column.name) for column in columns)})"


def _row(state: State, values: list[ast.Expr], columns: list[Column], pos: int) -> list[str]:
    check_count(len(columns), len(values), pos)
    scope = Scope(clause="values")
    return [inserted(state, value, column, scope) for value, column in zip(values, columns, strict=True)]


def _array_insert(state: State, target: Target, columns: list[Column], values: list[ast.Expr], pos: int) -> str | None:
    """`VALUES (:1, :2)` -> `SELECT u.p1, u.p2 FROM unnest($1::numeric[], $2::varchar[]) AS u(p1, p2)`: one call for
    many rows.
    """
    parts = list(walk(values))
    binds = [part for part in parts if isinstance(part, ast.Bind)]
    if not binds or any(isinstance(part, (ast.Default, ast.Subquery, ast.Exists)) for part in parts):
        return None
    if any(parameter.variable is not None for parameter in state.parameters):
        return None
    again = State(state.context)
    again.array = True
    texts = _row(again, values, columns, pos)
    arrays = ", ".join(f"${index}::{p.pg_type}[]" for index, p in enumerate(again.parameters, 1))
    names = ", ".join(f"p{index}" for index in range(1, len(again.parameters) + 1))
    return f"INSERT INTO {target.text}{_listed(columns)} SELECT {', '.join(texts)} FROM unnest({arrays}) AS u({names})"


def converted_query(state: State, node: ast.Query, columns: list[Column], pos: int) -> str:
    """A query whose columns have the types of `columns`: conversions go into the select list, or around the query."""
    query = state.query(node, None)
    check_count(len(columns), len(query.columns), pos)
    wanted = {
        index: base_type(column.pg_type)
        for index, column in enumerate(columns)
        if _differs(query, index, column, node.pos)
    }
    if not wanted:
        return query.text
    body = node.body
    if isinstance(body, ast.Select) and not (body.distinct or node.order_by or node.limit):
        return state.query(node, None, {}, wanted).text
    names = [f"c{index}" for index in range(1, len(columns) + 1)]
    select = [
        convert(Sql(f"q.{name}", query.types[i]), wanted[i], pos).text if i in wanted else f"q.{name}"
        for i, name in enumerate(names)
    ]
    return f"SELECT {', '.join(select)} FROM ({query.text}) AS q({', '.join(names)})"


def _differs(query: QuerySql, index: int, column: Column, pos: int) -> bool:
    if query.nulls[index]:
        return True
    value = Sql("x", query.types[index])
    return convert(value, base_type(column.pg_type), pos) != value


def _of_query(state: State, node: ast.Insert, target: Target, columns: list[Column]) -> Translation:
    assert node.query is not None
    if node.returning is not None:
        raise OracleError(933, "SQL command not properly ended", node.returning.pos)
    refuse_generated(columns, node.pos)
    text = converted_query(state, node.query, columns, node.pos)
    if target.partition:
        done = f"INSERT INTO {target.text}{_listed(columns)} {text} RETURNING {in_partition(target, '1')}"
        return Translation(
            sql=f"WITH i(n) AS ({done}) SELECT pg_catalog.count(n) FROM i",
            type=StatementType.INSERT,
            parameters=tuple(state.parameters),
            target=target.relation,
            counted=True,
        )
    return Translation(
        sql=f"INSERT INTO {target.text}{_listed(columns)} {text}",
        type=StatementType.INSERT,
        parameters=tuple(state.parameters),
        target=target.relation,
    )


# ------------------------------------------------------------------------------------------- INSERT ALL | FIRST


def multi_insert(state: State, node: ast.MultiInsert) -> Translation:
    branches = [(branch.when, branch.intos) for branch in node.branches]
    intos = [into for _, group in branches for into in group] + list(node.otherwise or [])
    logs = any(into.log_errors is not None for into in intos)
    if not logs and not any(when is not None for when, _ in branches) and _reads_dual(node.query):
        values = _one_table(state, intos)
        if values is not None:
            return values
    return _by_ctes(state, node)


def _reads_dual(query: ast.Query) -> bool:
    """Whether it is `SELECT .. FROM dual`: one row."""
    body = query.body
    return (
        isinstance(body, ast.Select)
        and not query.ctes
        and body.where is None
        and body.hierarchy is None
        and body.group_by is None
        and query.limit is None
        and len(body.from_) == 1
        and isinstance(body.from_[0], ast.TableRef)
        and body.from_[0].name in (("DUAL",), ("SYS", "DUAL"))
    )


def _one_table(state: State, intos: list[ast.Insert]) -> Translation | None:
    """`INSERT ALL INTO t .. VALUES (1) INTO t .. VALUES (2) SELECT * FROM dual` -> `INSERT INTO t VALUES (1), (2)`."""
    first = intos[0]
    if not isinstance(first.table, ast.TableRef) or any(
        not isinstance(into.table, ast.TableRef)
        or into.table.name != first.table.name
        or into.columns != first.columns
        or into.table.partition is not None
        or into.values is None
        or any(isinstance(part, (ast.Name, ast.Subquery)) for part in walk(into.values))
        for into in intos
    ):
        return None
    target = target_of(state, first.table, "INSERT")
    columns = insert_columns(target, first.columns, first.pos)
    rows = [", ".join(_row(state, into.values or [], columns, into.pos)) for into in intos]
    return Translation(
        sql=f"INSERT INTO {target.text}{_listed(columns)} VALUES ({'), ('.join(rows)})",
        type=StatementType.INSERT,
        parameters=tuple(state.parameters),
        target=target.relation,
    )


def _by_ctes(state: State, node: ast.MultiInsert) -> Translation:
    """One data-modifying CTE per INTO over the materialised query; the statement is the SELECT that counts their
    rows.
    """
    query = state.query(node.query, None)
    names = [column.name for column in query.columns]
    source = derived_source(None, "s", names, query.types)
    for index, column in enumerate(source.columns, 1):
        column.sql = f"s.c{index}"
    scope = Scope(sources=[source], visible=list(source.columns), clause="values")
    state.sequence_columns = {}
    steps: list[str] = []
    earlier: list[str] = []
    for branch in node.branches:
        condition = None if branch.when is None else state.condition(branch.when, scope)
        tests = [] if condition is None else [condition]
        if node.first:
            tests += [f"({test}) IS NOT TRUE" for test in earlier]
        steps += [_branch(state, into, names, scope, tests) for into in branch.intos]
        if condition is not None:
            earlier.append(condition)
    otherwise = [f"({test}) IS NOT TRUE" for test in earlier]
    steps += [_branch(state, into, names, scope, otherwise) for into in node.otherwise or []]
    ctes = ", ".join(f"i{index}(n) AS ({step})" for index, step in enumerate(steps, 1))
    listed = ", ".join(f"c{index}" for index in range(1, len(names) + 1))
    numbered = "".join(
        f", pg_catalog.nextval({sequence}::regclass)::numeric AS {name}"
        for sequence, name in state.sequence_columns.items()
    )
    rows = f"SELECT q.*{numbered} FROM ({query.text}) AS q({listed})" if numbered else query.text
    names_of_rows = ", ".join([listed, *state.sequence_columns.values()])
    total = " + ".join(f"(SELECT coalesce(sum(n), 0) FROM i{index})" for index in range(1, len(steps) + 1))
    return Translation(
        sql=f"WITH s({names_of_rows}) AS MATERIALIZED ({rows}), {ctes} SELECT ({total})::int8",
        type=StatementType.INSERT,
        parameters=tuple(state.parameters),
        counted=True,
    )


def _branch(state: State, into: ast.Insert, names: list[str], scope: Scope, tests: list[str]) -> str:
    target = target_of(state, into.table, "INSERT")
    columns = insert_columns(target, into.columns, into.pos)
    values: list[ast.Expr] = (
        list(into.values) if into.values is not None else [ast.Name((name,), (True,), pos=into.pos) for name in names]
    )
    check_count(len(columns), len(values), into.pos)
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    if into.log_errors is not None:
        refuse_generated(columns, into.pos)
        query = values_query(state, values, scope, f" FROM s{where}")
        return insert_rows(state, into.log_errors, target, columns, query, state.fresh("e").strip('"$'))
    texts = []
    for value, column in zip(values, columns, strict=True):
        if isinstance(value, ast.Default):
            raise unsupported("DEFAULT in INSERT ALL", value.pos)
        text = inserted(state, value, column, scope)
        texts.append(f"NULL::{base_type(column.pg_type)}" if text == "NULL" else text)
    return f"INSERT INTO {target.text}{_listed(columns)} SELECT {', '.join(texts)} FROM s{where} RETURNING {in_partition(target, '1')}"
