"""INSERT .. LOG ERRORS: row by row, so that a refused row goes to the error table and the others in.

Each row crosses as JSON to `oracle.insert_or_log`, which runs the INSERT of one row in a subtransaction. Conversions of the
row to the table's types happen there too, because what they refuse is to be logged. Unlike Oracle's, the entries are part
of the transaction: they go when it is rolled back.
"""

from __future__ import annotations

from ...backend.base import StatementType
from ...catalog.model import Column, Relation
from ...errors import OracleError, unsupported
from .. import ast
from ..inference import Sql, as_number, as_text, convert
from ..names import find_relation, qualified, quote, string
from ..scope import Scope
from ..translation import OutputColumn, Translation
from ..types import base_type
from .core import QuerySql, State
from .targets import Target, check_count

_ERROR_COLUMNS = ("ORA_ERR_NUMBER$", "ORA_ERR_MESG$", "ORA_ERR_OPTYP$", "ORA_ERR_TAG$")
_KEPT_OF_NAME = 25


def insert_logging(state: State, node: ast.Insert, target: Target, columns: list[Column]) -> Translation:
    assert node.log_errors is not None
    if node.returning is not None or target.relation.kind != "TABLE":
        raise unsupported("LOG ERRORS with RETURNING or into a view", node.log_errors.pos)
    query = _rows(state, node)
    check_count(len(columns), len(query.columns), node.pos)
    names = [f"c{index}" for index in range(1, len(columns) + 1)]
    types = [_carried(type_, null=null) for type_, null in zip(query.types, query.nulls, strict=True)]
    values = [Sql(f"r.{name}", type_) for name, type_ in zip(names, types, strict=True)]
    record = f"json_to_record($1) AS r({', '.join(f'{n} {t}' for n, t in zip(names, types, strict=True))})"
    converted = [
        convert(value, base_type(column.pg_type), node.pos).text for value, column in zip(values, columns, strict=True)
    ]
    listed = ", ".join(quote(column.name) for column in columns)
    one = f"INSERT INTO {target.text} ({listed}) SELECT {', '.join(converted)} FROM {record}"
    logged = _logging(state, node.log_errors, target.relation, columns, values, record)
    limit, tag = _limit(state, node.log_errors), _tag(state, node.log_errors)
    call = f"oracle.insert_or_log(row_to_json(q), {string(one)}, {string(logged)}, {tag}, {limit})"
    start = "(SELECT set_config('oracle.rejects', '0', true)) AS started"
    rows = f"(SELECT * FROM ({query.text}) AS q({', '.join(names)}) OFFSET 0) AS q"
    return Translation(
        sql=f"SELECT coalesce(sum(d.done), 0)::int8 FROM (SELECT {call} AS done FROM {start}, {rows}) AS d",
        type=StatementType.INSERT,
        parameters=tuple(state.parameters),
        target=target.relation,
        counted=True,
    )


def _rows(state: State, node: ast.Insert) -> QuerySql:
    """The query, or the row of VALUES as one."""
    if node.query is not None:
        return state.query(node.query, None)
    values = node.values if node.values is not None else (node.rows or [[]])[0]
    if node.rows is not None and len(node.rows) > 1:
        raise unsupported("LOG ERRORS with several rows of VALUES", node.pos)
    scope = Scope(clause="values")
    if any(isinstance(value, ast.Default) for value in values):
        raise unsupported("DEFAULT with LOG ERRORS", node.pos)
    written = [state.expression(value, scope) for value in values]
    texts = ["NULL::varchar" if value.null and value.type is None else value.text for value in written]
    return QuerySql(
        f"SELECT {', '.join(texts)}",
        [OutputColumn(f"C{index}") for index in range(len(written))],
        [value.type for value in written],
        [value.null for value in written],
    )


def _carried(type_: str | None, *, null: bool) -> str:
    if type_ is None and not null:
        raise unsupported("LOG ERRORS with a value of unknown type")
    return type_ or "varchar"


def _logging(
    state: State, node: ast.LogErrors, relation: Relation, columns: list[Column], values: list[Sql], record: str
) -> str:
    """The INSERT into the error table: Oracle's columns, and those that it has in common with the statement's."""
    name = node.into or (relation.owner, f"ERR$_{relation.name[:_KEPT_OF_NAME]}")
    table = find_relation(state.context, name, node.pos, "INSERT")
    known = {column.name: column for column in table.columns}
    missing = [column for column in _ERROR_COLUMNS if column not in known]
    if missing:
        raise OracleError(38900, f'missing mandatory column "{missing[0]}" of error log table "{table.name}"', node.pos)
    listed, texts = [quote(column) for column in _ERROR_COLUMNS], ["$2", "$3", "'I'", "$4"]
    for column, value in zip(columns, values, strict=True):
        kept = known.get(column.name)
        if kept is not None:
            listed.append(quote(column.name))
            texts.append(convert(value, base_type(kept.pg_type), node.pos).text)
    place = qualified(table.owner, table.name)
    return f"INSERT INTO {place} ({', '.join(listed)}) SELECT {', '.join(texts)} FROM {record}"


def _limit(state: State, node: ast.LogErrors) -> str:
    if node.limit is None:
        return "0::numeric"
    if isinstance(node.limit, ast.Name) and node.limit.parts == ("UNLIMITED",):
        return "NULL::numeric"
    return as_number(state.expression(node.limit, Scope(clause="values")), node.pos).text


def _tag(state: State, node: ast.LogErrors) -> str:
    if node.tag is None:
        return "NULL::text"
    value = state.expression(node.tag, Scope(clause="values"))
    return "NULL::text" if value.null else f"({as_text(value, node.pos).text})::text"
