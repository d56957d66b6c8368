"""SQL statements inside PL/SQL: their variables become parameters, what only PL/SQL can compute becomes a bind.

A plan is made once per statement and unit. Names stay in the tree, because a column of that name wins over a variable;
binds, elements, cursor attributes and the unit's own functions are replaced by binds whose values are computed first.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import OracleError, unsupported
from ..sql import ast as sql
from ..sql.emit.core import walk
from ..sql.user_types import UserType
from . import ast
from .core import new_key
from .declare import Declarations
from .failures import Failure, oracle_error
from .names import COLLECTION_FUNCTIONS
from .objects import object_value, rows_of
from .rewriting import rewrite
from .runtime import Input, ResultColumn, SqlRequest, SqlResult
from .scope import Cell, CursorEntry, Frame, Reference, SubprogramEntry, Unit
from .supplied.registry import SUPPLIED, Constant
from .types import CollectionType, Field, RecordType, Type
from .values import Collection, Record

_FETCH_ALL = 1000


@dataclass(slots=True)
class Plan:
    """A statement ready for values: `binds[i]` is the expression of Bind i, `variables` the names it may mean.

    `targets` are those of INTO or RETURNING INTO.
    """

    key: int
    statement: sql.Statement
    generation: int  # of the dictionary that records were expanded by
    binds: list[sql.Expr] = field(default_factory=list)
    variables: dict[str, sql.Name] = field(default_factory=dict)
    targets: list[sql.Expr] = field(default_factory=list)
    bulk: bool = False
    hidden: int = 0  # trailing columns of ours: the ROWID of a cursor FOR UPDATE


class EmbeddedSql(Declarations):
    # ---------------------------------------------------------------------------------------------------- plans

    async def plan(self, node: ast.Sql, frame: Frame, *, positioned: bool = False) -> Plan:
        """`positioned`: the query of a cursor that WHERE CURRENT OF may mean."""
        found = frame.unit.cache.get(id(node))
        if found is None or found[1].generation != self.runtime.generation:
            found = frame.unit.cache[id(node)] = (node, await self._make_plan(node.statement, frame, positioned))
        plan: Plan = found[1]
        return plan

    async def _make_plan(self, statement: sql.Statement, frame: Frame, positioned: bool) -> Plan:
        plan = Plan(new_key(), statement, self.runtime.generation)
        self._refuse_local_collections(statement, frame)
        statement = await self._expand_records(statement, frame)
        statement = self._take_targets(statement, plan)
        if isinstance(statement, sql.Update | sql.Delete) and statement.where_current_of is not None:
            statement = self._current_of(statement, frame)
        if positioned and isinstance(statement, sql.Query):
            statement, plan.hidden = _with_rowid(statement)
        per_row = not _computed_once(statement)

        def replace(child: sql.Node) -> sql.Node | None:
            if isinstance(child, sql.Bind | sql.Attribute | sql.Call) and self._is_ours(child, frame, per_row):
                plan.binds.append(child)
                return sql.Bind(f"B{len(plan.binds)}", len(plan.binds) - 1, pos=child.pos)
            if isinstance(child, sql.Name) and self._is_variable(child, frame):
                plan.variables[".".join(child.parts)] = child
            return None

        plan.statement = rewrite(statement, replace)
        if plan.targets and not isinstance(plan.statement, sql.Query):
            plan.statement = _returning_binds(plan.statement, len(plan.binds), len(plan.targets))
        return plan

    @staticmethod
    def _refuse_local_collections(statement: sql.Statement, frame: Frame) -> None:
        """SQL reads collections of its own types and of those that a package's specification declares."""
        for node in walk(statement, into_queries=True):
            if not isinstance(node, sql.TableFunctionRef) or not node.call.args:
                continue
            argument = node.call.args[0]
            entry = frame.lookup(argument.parts[0]) if isinstance(argument, sql.Name) else None
            type_ = entry.type if isinstance(entry, Cell) else None
            if isinstance(type_, CollectionType) and not type_.domain and not type_.package:
                text = "PLS-00642: local collection types not allowed in SQL statements"
                raise frame.unit.compile_error(text, argument.pos, "PL/SQL: SQL Statement ignored")

    def _is_variable(self, node: sql.Name, frame: Frame) -> bool:
        parts = node.parts
        entry = frame.lookup(parts[0])
        if isinstance(entry, Cell):
            return True
        if len(parts) > 1:
            labelled = frame.labelled(parts[0])
            if labelled is not None and isinstance(labelled.names.get(parts[1]), Cell):
                return True
            supplied = SUPPLIED.get(parts[0])
            if supplied is not None and isinstance(supplied.members.get(parts[1]), Constant):
                return True
            return any(
                self.runtime.find_unit(parts[:count], ("PACKAGE",), frame.unit.definer) is not None
                for count in (1, 2)
                if len(parts) > count
            )
        return False

    def _is_ours(self, node: sql.Bind | sql.Attribute | sql.Call, frame: Frame, per_row: bool) -> bool:
        match node:
            case sql.Bind():
                return True
            case sql.Attribute():
                base: object = node.target
                while not isinstance(base, sql.Name):
                    if isinstance(base, sql.Attribute):
                        base = base.target
                    elif isinstance(base, sql.Call):
                        if base.name:
                            return isinstance(frame.lookup(base.name[0]), Cell)
                        base = base.extra["target"]
                    else:
                        return isinstance(base, sql.Bind)
                return base.parts == ("SQL",) or isinstance(frame.lookup(base.parts[0]), Cell | CursorEntry)
            case sql.Call(name=()):
                target = node.extra.get("target")
                return isinstance(target, sql.Attribute | sql.Call) and self._is_ours(target, frame, per_row)
        entry = frame.lookup(node.name[0])
        if isinstance(entry, Cell):
            return isinstance(_walk_type(entry.type, node.name[1:]), CollectionType) or (
                node.name[-1] in COLLECTION_FUNCTIONS and len(node.name) > 1
            )
        if isinstance(entry, SubprogramEntry):
            if len(node.name) == 1 and not frame.unit.name:
                text = f"PLS-00231: function '{node.name[0]}' may not be used in SQL"
                raise frame.unit.compile_error(text, node.pos)
            return self._computed_here(node, per_row)
        if entry is None and self._is_stored_function(node, frame):
            return self._computed_here(node, per_row)
        return False

    def _is_stored_function(self, node: sql.Call, frame: Frame) -> bool:
        if len(node.name) == 1 and self.runtime.is_sql_function(node.name[0]):
            return False
        definer = frame.unit.definer
        if self.runtime.find_unit(node.name, ("FUNCTION",), definer) is not None:
            return True
        return len(node.name) > 1 and self.runtime.find_unit(node.name[:-1], ("PACKAGE",), definer) is not None

    @staticmethod
    def _computed_here(node: sql.Call, per_row: bool) -> bool:
        """A function of PL/SQL is called before the statement where that makes no difference."""
        if per_row and any(True for _ in _names(node.args)):
            return False
        return not per_row

    async def _expand_records(self, statement: sql.Statement, frame: Frame) -> sql.Statement:
        """INSERT .. VALUES rec and UPDATE .. SET ROW = rec, field by field."""
        if isinstance(statement, sql.Insert) and statement.record is not None:
            fields = await self._record_fields(statement.record, frame)
            return dataclasses.replace(statement, record=None, values=fields)
        if isinstance(statement, sql.Update) and any(a.columns == [("ROW",)] for a in statement.assignments):
            fields = await self._record_fields(statement.assignments[0].value, frame)
            assert isinstance(statement.table, sql.TableRef)
            columns = self.runtime.relation_columns(statement.table.name, frame.unit.definer)
            if columns is None:
                raise OracleError(942, "table or view does not exist", statement.table.pos)
            if len(columns) != len(fields):
                raise OracleError(
                    947 if len(columns) > len(fields) else 913,
                    "not enough values" if len(columns) > len(fields) else "too many values",
                )
            pairs = zip(columns, fields, strict=True)
            return dataclasses.replace(
                statement, assignments=[sql.Assignment([(name,)], value) for (name, _), value in pairs]
            )
        return statement

    async def _record_fields(self, record: sql.Expr, frame: Frame) -> list[sql.Expr]:
        type_ = self.static_type(record, frame)
        if not isinstance(type_, RecordType):
            value = await self.value(record, frame)
            if not isinstance(value, Record):
                raise frame.unit.compile_error("PLS-00382: expression is of wrong type", record.pos)
            type_ = value.type
        return [
            sql.Attribute(record, name.name, pos=record.pos)
            if not isinstance(record, sql.Name)
            else sql.Name((*record.parts, name.name), (*record.quoted, False), pos=record.pos)
            for name in type_.fields
        ]

    @staticmethod
    def _take_targets(statement: sql.Statement, plan: Plan) -> sql.Statement:
        """Remember where results go; INTO leaves the query."""
        if isinstance(statement, sql.Query):
            body = statement.body
            while isinstance(body, sql.SetOperation):
                body = body.left
            if body.into is None:
                return statement
            plan.targets, plan.bulk = body.into, body.bulk_into
            if body is not statement.body:
                raise unsupported("SELECT INTO with a set operation", statement.pos)
            return dataclasses.replace(statement, body=dataclasses.replace(body, into=None, bulk_into=False))
        returning = getattr(statement, "returning", None)
        if returning is not None:
            plan.targets, plan.bulk = returning.into, returning.bulk
        return statement

    def _current_of(self, statement: sql.Update | sql.Delete, frame: Frame) -> sql.Statement:
        name = statement.where_current_of
        assert name is not None
        rowid = sql.Attribute(sql.Name((name,), (False,), pos=statement.pos), "CURRENT_ROWID", pos=statement.pos)
        where = sql.Binary("=", sql.Name(("ROWID",), (False,)), rowid, pos=statement.pos)
        return dataclasses.replace(statement, where=where, where_current_of=None)

    # -------------------------------------------------------------------------------------------------- requests

    async def request(self, plan: Plan, frame: Frame) -> SqlRequest:
        binds = [self.input(await self.value(expr, frame), self.static_type(expr, frame)) for expr in plan.binds]
        variables: dict[str, Input] = {}
        row_types: dict[str, UserType] = {}
        for name, node in plan.variables.items():
            value = await self._variable_value(node, frame)
            if isinstance(value, Collection) and value.type.package:
                row_types[name] = rows_of(value.type)
                variables[name] = Input("jsonb", object_value("jsonb", value))
            elif not isinstance(value, Record | Collection) or value.type.domain:
                variables[name] = self.input(value, self.static_type(node, frame))
        return SqlRequest(plan.statement, plan.key, binds, variables, frame.unit.definer, row_types)

    async def _variable_value(self, node: sql.Name, frame: Frame) -> Any:
        entry = frame.lookup(node.parts[0])
        if isinstance(entry, Cell) and len(node.parts) > 1:
            # `t.c` may be a column though a variable is called t: what is no field is none of ours.
            value = entry.value
            for part in node.parts[1:]:
                if value is None:
                    return None
                if isinstance(value, Record) and part in value.fields:
                    value = value.fields[part]
                elif part in COLLECTION_FUNCTIONS and isinstance(value, Collection):
                    return await self.value(node, frame)
                else:
                    return value if isinstance(value, Record) else Record(RecordType("", ()), {})
            return value
        return await self.value(node, frame)

    # ------------------------------------------------------------------------------------------------- execution

    async def run_sql(self, node: ast.Sql, frame: Frame) -> None:
        plan = await self.plan(node, frame)
        try:
            request = await self.request(plan, frame)
            if isinstance(plan.statement, sql.Query):
                if not plan.targets:
                    raise frame.unit.compile_error(
                        "PLS-00428: an INTO clause is expected in this SELECT statement", plan.statement.pos
                    )
                await self._select_into(request, plan.targets, plan.bulk, frame)
                return
            result = await self.runtime.execute(request)
        except OracleError as error:
            raise located_in_sql(error, node, frame.unit) from error
        if isinstance(plan.statement, sql.Insert | sql.MultiInsert | sql.Update | sql.Delete | sql.Merge):
            self.sql.row_count = result.row_count
            if plan.targets:
                await self.store_returning(result, plan.targets, plan.bulk, frame)
        elif isinstance(plan.statement, sql.Commit | sql.Rollback):
            self.sql.row_count = 0

    async def _select_into(self, request: SqlRequest, targets: Sequence[sql.Expr], bulk: bool, frame: Frame) -> None:
        cursor = await self.runtime.open_query(request)
        try:
            if bulk:
                rows: list[tuple[Any, ...]] = []
                while more := await cursor.fetch(_FETCH_ALL):
                    rows += more
            else:
                rows = list(await cursor.fetch(2))
            columns = cursor.columns
        finally:
            await cursor.close()
        self.sql.row_count = len(rows)
        if bulk:
            await self.store_bulk(columns, rows, targets, frame)
            return
        if not rows:
            raise oracle_error(1403)
        if len(rows) > 1:
            self.sql.row_count = 1
            raise oracle_error(1422)
        await self.store_row(columns, rows[0], targets, frame)

    # --------------------------------------------------------------------------------------------------- results

    async def store_row(
        self, columns: Sequence[ResultColumn], row: Sequence[Any], targets: Sequence[sql.Expr], frame: Frame
    ) -> None:
        """One row into scalars, or into one record."""
        values = [self.received(column, data) for column, data in zip(columns, row, strict=True)]
        references = [await self.place(target, frame) for target in targets]
        record = references[0].type
        if len(references) == 1 and isinstance(record, RecordType) and not record.domain:
            if len(record.fields) != len(values):
                raise self._wrong_count(len(values), len(record.fields), targets[0], frame)
            fields = {f.name: await self.converted(f.type, v) for f, v in zip(record.fields, values, strict=True)}
            references[0].store(Record(record, fields))
            return
        if len(references) != len(values):
            raise self._wrong_count(len(values), len(references), targets[0], frame)
        for reference, value in zip(references, values, strict=True):
            reference.store(await self.converted(reference.type, value))

    @staticmethod
    def _wrong_count(columns: int, targets: int, node: sql.Expr, frame: Frame) -> OracleError:
        text = "PL/SQL: ORA-00913: too many values" if columns < targets else "PL/SQL: ORA-00947: not enough values"
        return frame.unit.compile_error(text, node.pos, "PL/SQL: SQL Statement ignored")

    async def store_bulk(
        self,
        columns: Sequence[ResultColumn],
        rows: Sequence[Sequence[Any]],
        targets: Sequence[sql.Expr],
        frame: Frame,
    ) -> None:
        """Rows into collections: one per column, or one of records."""
        references = [await self.place(target, frame) for target in targets]
        first = references[0].type
        record = first.element if isinstance(first, CollectionType) else None
        if len(references) == 1 and isinstance(record, RecordType) and not record.domain:
            if len(record.fields) != len(columns):
                raise self._wrong_count(len(columns), len(record.fields), targets[0], frame)
            types = [f.type for f in record.fields]
            names = [f.name for f in record.fields]
            items: list[Any] = []
            for row in rows:
                values = await self._row_values(columns, row, types)
                items.append(Record(record, dict(zip(names, values, strict=True))))
            _fill(references[0], items)
            return
        if len(references) != len(columns):
            raise self._wrong_count(len(columns), len(references), targets[0], frame)
        elements = []
        for reference, target in zip(references, targets, strict=True):
            if not isinstance(reference.type, CollectionType):
                text = "PLS-00497: cannot mix between single row and multi-row (BULK) in INTO list"
                raise frame.unit.compile_error(text, target.pos)
            elements.append(reference.type.element)
        converted = [await self._row_values(columns, row, elements) for row in rows]
        for index, reference in enumerate(references):
            _fill(reference, [row[index] for row in converted])

    async def _row_values(
        self, columns: Sequence[ResultColumn], row: Sequence[Any], types: Sequence[Type]
    ) -> list[Any]:
        return [
            await self.converted(type_, self.received(column, data))
            for column, data, type_ in zip(columns, row, types, strict=True)
        ]

    async def store_returning(self, result: SqlResult, targets: Sequence[sql.Expr], bulk: bool, frame: Frame) -> None:
        if bulk:
            await self.store_bulk(result.columns, result.rows, targets, frame)
        elif len(result.rows) > 1:
            raise oracle_error(1422)
        elif result.rows:
            await self.store_row(result.columns, result.rows[0], targets, frame)

    def row_type(self, columns: Sequence[ResultColumn]) -> RecordType:
        return RecordType("", tuple(Field(column.name, self.type_of_result(column.pg_type)) for column in columns))


def _fill(reference: Reference, items: list[Any]) -> None:
    type_ = reference.type
    assert isinstance(type_, CollectionType)
    if type_.string_keys:
        raise unsupported("BULK COLLECT into an array indexed by text")
    if type_.limit is not None and len(items) > type_.limit:
        raise OracleError(22160, f"element at index [{type_.limit + 1}] does not exist")
    reference.store(Collection(type_, dict(enumerate(items, 1)), len(items)))


def _walk_type(type_: Type | None, parts: Sequence[str]) -> Type | None:
    for name in parts:
        found = type_.field(name) if isinstance(type_, RecordType) else None
        type_ = None if found is None else found.type
    return type_


def _names(nodes: Sequence[Any]) -> Iterator[sql.Name]:
    for node in nodes:
        for found in walk(node, into_queries=True):
            if isinstance(found, sql.Name):
                yield found


def _computed_once(statement: sql.Statement) -> bool:
    """Whether each expression of a statement is computed exactly once: INSERT .. VALUES and queries of DUAL."""
    if isinstance(statement, sql.Insert):
        return statement.values is not None
    if isinstance(statement, sql.Query) and isinstance(statement.body, sql.Select):
        tables = statement.body.from_
        plain = not statement.body.hierarchy and statement.body.where is None
        return plain and all(isinstance(t, sql.TableRef) and t.name in (("DUAL",), ("SYS", "DUAL")) for t in tables)
    return False


def _with_rowid(query: sql.Query) -> tuple[sql.Query, int]:
    """A query FOR UPDATE with the ROWID of the (first) table that it locks as a further column."""
    body = query.body
    if query.for_update is None or not isinstance(body, sql.Select) or not body.from_:
        return query, 0
    source = body.from_[0]
    if query.for_update.of and len(query.for_update.of[0]) > 1:
        parts: tuple[str, ...] = (query.for_update.of[0][-2], "ROWID")
    elif isinstance(source, sql.TableRef):
        parts = (source.alias or source.name[-1], "ROWID")
    else:
        return query, 0
    rowid = sql.SelectItem(sql.Name(parts, (False, False), pos=query.pos), "ROWID$", pos=query.pos)
    items = body.items
    if any(isinstance(item.expr, sql.Star) and not item.expr.qualifier for item in items):
        # `*` stands alone in Oracle; qualified it may have company.
        refs = [ref for ref in body.from_ if isinstance(ref, sql.TableRef)]
        if len(refs) < len(body.from_):
            return query, 0
        items = [sql.SelectItem(sql.Star((ref.alias or ref.name[-1],)), pos=query.pos) for ref in refs]
    return dataclasses.replace(query, body=dataclasses.replace(body, items=[*items, rowid])), 1


def _returning_binds(statement: sql.Statement, first: int, count: int) -> sql.Statement:
    assert isinstance(statement, sql.Insert | sql.Update | sql.Delete | sql.Merge)
    assert statement.returning is not None
    # A record takes all the expressions at once, so there can be fewer targets.
    count = len(statement.returning.exprs)
    into: list[sql.Expr] = [sql.Bind(f"R{index}", first + index) for index in range(count)]
    return dataclasses.replace(statement, returning=dataclasses.replace(statement.returning, into=into))


def located_in_sql(error: OracleError, node: ast.Sql, unit: Unit) -> OracleError:
    """An error of the statement's text is a compile error of the unit: `PL/SQL: ORA-00942 ..` inside ORA-06550."""
    if isinstance(error, Failure) or error.code in (6550, 3001) or error.offset < 0:
        return error
    line, column = unit.position(error.offset)
    return OracleError(
        6550,
        f"line {line}, column {column}:\nPL/SQL: ORA-{error.code:05d}: {error.message}",
        error.offset,
        (f"ORA-06550: line {node.line}, column {node.column}:", "PL/SQL: SQL Statement ignored"),
    )
