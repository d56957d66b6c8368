"""LOG ERRORS: row by row, so that a refused row goes to the error table and the others in.

Each row crosses as JSON to `oracle.change_or_log`, which runs the statement for that one row in a subtransaction. Conversions
of the row to the table's types happen there too, because what they refuse is to be logged. Rows that are there already are
locked as they are chosen and known by their ROWID. Unlike Oracle's, the entries are part of the transaction: they go when it
is rolled back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...backend.base import StatementType
from ...backend.pgtypes import ROWID_COLUMN
from ...catalog.model import Column
from ...errors import OracleError, unsupported
from .. import ast
from ..inference import Sql, as_number, as_text, convert
from ..names import find_relation, qualified, quote, string
from ..scope import Scope
from ..translation import OutputColumn, Translation
from ..types import base_type
from .core import QuerySql, State
from .targets import (
    Target,
    check_count,
    column_of,
    insert_columns,
    refuse_duplicates,
    refuse_generated,
    refuse_written,
)

_ERROR_COLUMNS = ("ORA_ERR_NUMBER$", "ORA_ERR_MESG$", "ORA_ERR_OPTYP$", "ORA_ERR_TAG$")
_KEPT_OF_NAME = 25
_ROWID = "rid"

#: Types that an error table does not keep.
_UNKEPT = (
    "oracle.clob",
    "oracle.nclob",
    "oracle.blob",
    "oracle.long",
    "oracle.longraw",
    "oracle.xmltype",
    "oracle.json",
)


@dataclass(slots=True)
class _Rows:
    """What is known of each row before it is changed: named values of a SELECT, that `r` has again in the single statement."""

    names: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def add(self, value: Sql, pos: int, *, when: str = "") -> Sql:
        """Carry one more value, computed only where `when` holds; what it is called in the single statement."""
        type_ = value.type or ("varchar" if value.null else "")
        if not type_:
            raise unsupported("LOG ERRORS with a value of unknown type", pos)
        text = f"NULL::{type_}" if value.null else value.text
        self.texts.append(f"CASE WHEN {when} THEN {text} END" if when else text)
        return self.named(f"c{len(self.names) + 1}", type_)

    def named(self, name: str, type_: str) -> Sql:
        self.names.append(name)
        self.types.append(type_)
        return Sql(f"r.{name}", type_)

    @property
    def record(self) -> str:
        shape = ", ".join(f"{name} {type_}" for name, type_ in zip(self.names, self.types, strict=True))
        return f"json_to_record($1) AS r({shape})"

    @property
    def selected(self) -> str:
        return ", ".join(f"{text} AS {name}" for text, name in zip(self.texts, self.names, strict=True))


def insert_logging(state: State, node: ast.Insert, target: Target, columns: list[Column]) -> Translation:
    assert node.log_errors is not None
    if node.returning is not None or target.partition:
        raise unsupported("LOG ERRORS with RETURNING or into a partition by name", node.log_errors.pos)
    query = _query(state, node)
    check_count(len(columns), len(query.columns), node.pos)
    return _translation(
        state, insert_rows(state, node.log_errors, target, columns, query), target, StatementType.INSERT
    )


def insert_rows(
    state: State, log: ast.LogErrors, target: Target, columns: list[Column], query: QuerySql, counter: str = ""
) -> str:
    """The SELECT that inserts the rows of a query, and gives the number that went in."""
    rows = _Rows()
    values = [
        rows.named(f"c{index}", _carried(type_, null=null))
        for index, (type_, null) in enumerate(zip(query.types, query.nulls, strict=True), 1)
    ]
    listed = ", ".join(quote(column.name) for column in columns)
    one = f"INSERT INTO {target.text} ({listed}) SELECT {_assigned(values, columns, log.pos)} FROM {rows.record}"
    select = f"SELECT * FROM ({query.text}) AS q({', '.join(rows.names)})"
    logged = _logging(state, log, target, list(zip(columns, values, strict=True)), rows, "'I'")
    return _counted(state, log, select, one, logged, counter)


def update_logging(state: State, node: ast.Update, target: Target, scope: Scope, where: str) -> Translation:
    """`where` is the text of the statement's own; the rows that it finds stay locked."""
    assert node.log_errors is not None
    if node.from_ or node.returning is not None:
        raise unsupported("LOG ERRORS of UPDATE .. FROM or RETURNING", node.log_errors.pos)
    rows = _existing(target)
    scope.clause = "set"
    written, changed = _assignments(state, node.assignments, target, scope, rows)
    logged = _logging(state, node.log_errors, target, changed + _old(target, changed, rows), rows, "'U'")
    one = f"UPDATE {target.text} SET {', '.join(written)} FROM {rows.record} WHERE {_same_row(target)}"
    select = f"SELECT {rows.selected} FROM {target.text}{where} FOR UPDATE OF {target.source.alias}"
    return _translation(state, _counted(state, node.log_errors, select, one, logged), target, StatementType.UPDATE)


def delete_logging(state: State, node: ast.Delete, target: Target, where: str) -> Translation:
    assert node.log_errors is not None
    if node.from_ or node.returning is not None:
        raise unsupported("LOG ERRORS of DELETE .. FROM or RETURNING", node.log_errors.pos)
    rows = _existing(target)
    logged = _logging(state, node.log_errors, target, _old(target, [], rows), rows, "'D'")
    one = f"DELETE FROM {target.text} USING {rows.record} WHERE {_same_row(target)}"
    select = f"SELECT {rows.selected} FROM {target.text}{where} FOR UPDATE OF {target.source.alias}"
    return _translation(state, _counted(state, node.log_errors, select, one, logged), target, StatementType.DELETE)


def merge_logging(
    state: State, node: ast.Merge, target: Target, scope: Scope, source: str, on: str, deleted: str
) -> Translation:
    """`deleted` is the condition of DELETE WHERE over the new values, "" without one."""
    assert node.log_errors is not None
    if node.returning is not None:
        raise unsupported("LOG ERRORS with RETURNING", node.log_errors.pos)
    rowid = f'{target.source.alias}."{ROWID_COLUMN}"'
    matched, new = f"{rowid} IS NOT NULL", f"{rowid} IS NULL"
    rows = _existing(target)
    changed: list[tuple[Column, Sql]] = []
    branches = []
    if node.update is not None:
        scope.clause = "set"
        written, changed = _assignments(state, node.update, target, scope, rows, when=matched)
        updates = _test(state, node.update_where, scope, rows, matched)
        if deleted:
            gone = rows.add(Sql(f"({deleted})", "bool"), node.pos, when=matched).text
            branches.append(f"WHEN MATCHED AND {updates} AND {gone} THEN DELETE")
        branches.append(f"WHEN MATCHED AND {updates} THEN UPDATE SET {', '.join(written)}")
    inserted: list[tuple[Column, Sql]] = []
    if node.insert_values is not None:
        state.sequences.clear()  # a row takes one branch: each has its own NEXTVAL
        columns = insert_columns(target, node.insert_columns, node.pos)
        check_count(len(columns), len(node.insert_values), node.pos)
        refuse_generated(columns, node.pos)
        scope.clause = "values"
        for column, value in zip(columns, node.insert_values, strict=True):
            if isinstance(value, ast.Default):
                raise unsupported("DEFAULT with LOG ERRORS", value.pos)
            inserted.append((column, rows.add(state.expression(value, scope), value.pos, when=new)))
        tested = _test(state, node.insert_where, scope, rows, new)
        listed = ", ".join(quote(column.name) for column in columns)
        values = _assigned([value for _, value in inserted], columns, node.pos)
        branches.append(f"WHEN NOT MATCHED AND {tested} THEN INSERT ({listed}) VALUES ({values})")
    old = _old(target, changed, rows)
    kept = [(column, value, f"r.{_ROWID} IS NOT NULL") for column, value in changed + old]
    both = {column.name: value for column, value in inserted}
    merged = [
        (column, Sql(f"CASE WHEN {test} THEN {_text(value)} ELSE {_text(both.get(column.name))} END", "varchar"))
        for column, value, test in kept
    ]
    optype = f"CASE WHEN r.{_ROWID} IS NULL THEN 'I' ELSE 'U' END"
    logged = _logging(state, node.log_errors, target, merged, rows, optype)
    one = f"MERGE INTO {target.text} USING {rows.record} ON {_same_row(target)} {' '.join(branches)}"
    stable = (
        f"oracle.stable(pg_catalog.count({rowid}) OVER (PARTITION BY {rowid}))" if node.update is not None else "true"
    )
    select = (
        f"SELECT * FROM (SELECT {rows.selected}, {stable} AS stable FROM {source} LEFT JOIN {target.text} ON {on}) AS m"
    )
    return _translation(state, _counted(state, node.log_errors, select, one, logged), target, StatementType.MERGE)


def _text(value: Sql | None) -> str:
    return "NULL" if value is None or value.null else f"({convert(value, 'varchar', -1).text})::varchar"


def _test(state: State, condition: ast.Expr | None, scope: Scope, rows: _Rows, when: str) -> str:
    """A branch's condition, computed with the row's values."""
    if condition is None:
        return "true"
    scope.clause = "where"
    return rows.add(Sql(f"({state.condition(condition, scope)})", "bool"), condition.pos, when=when).text


def _existing(target: Target) -> _Rows:
    if not target.has_rowid:
        raise unsupported("LOG ERRORS of a change through a view")
    rows = _Rows()
    rows.texts.append(f'{target.source.alias}."{ROWID_COLUMN}"')
    rows.named(_ROWID, "int8")
    return rows


def _same_row(target: Target) -> str:
    return f'{target.source.alias}."{ROWID_COLUMN}" OPERATOR(pg_catalog.=) r.{_ROWID}'


def _assignments(
    state: State, assignments: list[ast.Assignment], target: Target, scope: Scope, rows: _Rows, when: str = ""
) -> tuple[list[str], list[tuple[Column, Sql]]]:
    """SET of the single statement, and what the columns would get."""
    written: list[str] = []
    changed: list[tuple[Column, Sql]] = []
    for node in assignments:
        columns = [column_of(target, parts, node.pos) for parts in node.columns]
        refuse_written(columns, node.pos)
        if len(columns) != 1:
            raise unsupported("LOG ERRORS with SET (a, b) = (SELECT ..)", node.pos)
        (column,) = columns
        if isinstance(node.value, ast.Default):
            written.append(f"{quote(column.name)} = DEFAULT")
            changed.append((column, Sql("NULL", "varchar", null=True)))
            continue
        value = rows.add(state.expression(node.value, scope), node.value.pos, when=when)
        written.append(f"{quote(column.name)} = {_assigned([value], [column], node.pos)}")
        changed.append((column, value))
    refuse_duplicates([column for column, _ in changed], assignments[0].pos)
    return written, changed


def _old(target: Target, changed: Sequence[tuple[Column, Sql]], rows: _Rows) -> list[tuple[Column, Sql]]:
    """The other columns of a row, for the error table. It keeps no LOBs and the like."""
    names = {column.name for column, _ in changed}
    kept = []
    for column in target.source.columns:
        if column.column is None or column.name in names or column.type in _UNKEPT:
            continue
        kept.append((column.column, rows.add(Sql(column.sql, column.type or "varchar"), -1)))
    return kept


def _assigned(values: Sequence[Sql], columns: Sequence[Column], pos: int) -> str:
    return ", ".join(
        "NULL" if value.null else convert(value, base_type(column.pg_type), pos).text
        for value, column in zip(values, columns, strict=True)
    )


def _counted(state: State, log: ast.LogErrors, select: str, one: str, logged: str, counter: str = "") -> str:
    """Runs the single statement for each row of `select`; the sum of the rows that it changed."""
    setting = string(f"oracle.rejects{counter}")
    limit, tag = _limit(state, log), _tag(state, log)
    call = f"oracle.change_or_log(row_to_json(q), {string(one)}, {string(logged)}, {tag}, {limit}, {setting})"
    start = f"(SELECT set_config({setting}, '0', true)) AS started"
    rows = f"(SELECT * FROM ({select}) AS q OFFSET 0) AS q"
    return f"SELECT coalesce(sum(d.done), 0)::int8 FROM (SELECT {call} AS done FROM {start}, {rows}) AS d"


def _translation(state: State, sql: str, target: Target, type_: StatementType) -> Translation:
    return Translation(sql=sql, type=type_, parameters=tuple(state.parameters), target=target.relation, counted=True)


def _query(state: State, node: ast.Insert) -> QuerySql:
    """The query, or the row of VALUES as one."""
    if node.query is not None:
        return state.query(node.query, None)
    values = node.values if node.values is not None else (node.rows or [[]])[0]
    if node.rows is not None and len(node.rows) > 1:
        raise unsupported("LOG ERRORS with several rows of VALUES", node.pos)
    return values_query(state, values, Scope(clause="values"))


def values_query(state: State, values: Sequence[ast.Expr], scope: Scope, tail: str = "") -> QuerySql:
    """A row of VALUES as a query; `tail` is its FROM."""
    for value in values:
        if isinstance(value, ast.Default):
            raise unsupported("DEFAULT with LOG ERRORS", value.pos)
    written = [state.expression(value, scope) for value in values]
    texts = ["NULL::varchar" if value.null and value.type is None else value.text for value in written]
    return QuerySql(
        f"SELECT {', '.join(texts)}{tail}",
        [OutputColumn(f"C{index}") for index in range(len(written))],
        [value.type for value in written],
        [value.null for value in written],
    )


def _carried(type_: str | None, *, null: bool) -> str:
    if type_ is None and not null:
        raise unsupported("LOG ERRORS with a value of unknown type")
    return type_ or "varchar"


def _logging(
    state: State,
    node: ast.LogErrors,
    target: Target,
    values: Sequence[tuple[Column, Sql]],
    rows: _Rows,
    operation: str,
) -> str:
    """The INSERT into the error table: Oracle's columns, and those that it has in common with the statement's."""
    relation = target.relation
    name = node.into or (relation.owner, f"ERR$_{relation.name[:_KEPT_OF_NAME]}")
    table = find_relation(state.context, name, node.pos, "INSERT")
    known = {column.name: column for column in table.columns}
    missing = [column for column in _ERROR_COLUMNS if column not in known]
    if missing:
        raise OracleError(38900, f'missing mandatory column "{missing[0]}" of error log table "{table.name}"', node.pos)
    listed, texts = [quote(column) for column in _ERROR_COLUMNS], ["$2", "$3", operation, "$4"]
    if _ROWID in rows.names and "ORA_ERR_ROWID$" in known:
        listed.append('"ORA_ERR_ROWID$"')
        texts.append(convert(Sql(f"r.{_ROWID}::oracle.rowid", "oracle.rowid"), known["ORA_ERR_ROWID$"].pg_type).text)
    for column, value in values:
        kept = known.get(column.name)
        if kept is not None:
            listed.append(quote(column.name))
            texts.append("NULL" if value.null else convert(value, base_type(kept.pg_type), node.pos).text)
    place = qualified(table.owner, table.name)
    return f"INSERT INTO {place} ({', '.join(listed)}) SELECT {', '.join(texts)} FROM {rows.record}"


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
