"""OPEN, FETCH, CLOSE, cursor FOR loops, and the attributes of cursors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..errors import OracleError
from ..sql import ast as sql
from ..sql.binds import scan_statement
from . import ast
from .calls import match_arguments
from .core import Leave, Signal
from .cursors import CursorState
from .dynamic import DynamicSql
from .embedded import located_in_sql
from .failures import oracle_error
from .names import undeclared, wrong_arguments
from .runtime import SqlRequest
from .scope import Cell, CursorEntry, Frame, initial_value
from .supplied.registry import Formal
from .types import NUMBER, CollectionType, Field, RecordType, RefCursorType
from .values import Collection, CursorReference, Record, decode

_FETCH_ALL = 1000
_ERROR_ROW = RecordType("BULK_ERROR", (Field("ERROR_INDEX", NUMBER), Field("ERROR_CODE", NUMBER)))
_ERRORS = CollectionType("BULK_EXCEPTIONS", _ERROR_ROW, "ASSOCIATIVE")
_COUNTS = CollectionType("BULK_ROWCOUNT", NUMBER, "ASSOCIATIVE")


class CursorStatements(DynamicSql):
    # --------------------------------------------------------------------------------------------------- finding

    async def cursor_entry(self, node: sql.Expr, frame: Frame) -> CursorEntry | None:
        if isinstance(node, sql.Name | sql.Call):
            parts = node.parts if isinstance(node, sql.Name) else node.name
            entry = frame.lookup(parts[0])
            if isinstance(entry, CursorEntry):
                return entry
            if entry is None and len(parts) > 1:
                found, rest = await self.lookup(parts, frame)
                if isinstance(found, CursorEntry) and not rest:
                    return found
            elif entry is None:
                raise undeclared(frame.unit, parts, node.pos)
        return None

    async def cursor_state(self, node: sql.Expr, frame: Frame) -> CursorState:
        """The cursor that a statement means. Raises ORA-01001 for a cursor variable without one."""
        entry = await self.cursor_entry(node, frame)
        if entry is not None:
            return entry.state
        value = await self.value(node, frame)
        if value is None:
            raise oracle_error(1001)
        if not isinstance(value, CursorReference):
            raise frame.unit.compile_error("PLS-00382: expression is of wrong type", node.pos)
        return value.state

    async def cursor_attribute(self, node: sql.Attribute, frame: Frame) -> Any:
        target, name = node.target, node.name
        if isinstance(target, sql.Name) and target.parts == ("SQL",):
            return self._implicit_attribute(name)
        entry = await self.cursor_entry(target, frame)
        if entry is None:
            value = await self.value(target, frame)
            if value is None and name == "ISOPEN":
                return False
            if value is None:
                raise oracle_error(1001)
            if not isinstance(value, CursorReference):
                raise frame.unit.compile_error("PLS-00382: expression is of wrong type", node.pos)
            state = value.state
        else:
            state = entry.state
        if name == "ISOPEN":
            return state.is_open
        if name == "CURRENT_ROWID":
            if state.current_rowid is None:
                raise oracle_error(1410)
            return decode("oracle.rowid", state.current_rowid)
        state.require()
        if name == "ROWCOUNT":
            return Decimal(state.row_count)
        if state.found is None:
            return None
        return state.found is (name == "FOUND")

    def _implicit_attribute(self, name: str) -> Any:
        implicit = self.sql
        if name == "ISOPEN":
            return False
        if name == "BULK_ROWCOUNT":
            return Collection(_COUNTS, {i: Decimal(count) for i, count in enumerate(implicit.bulk_row_counts, 1)})
        if name == "BULK_EXCEPTIONS":
            rows = [
                Record(_ERROR_ROW, {"ERROR_INDEX": Decimal(index), "ERROR_CODE": Decimal(code)})
                for index, code in implicit.bulk_errors
            ]
            return Collection(_ERRORS, dict(enumerate(rows, 1)), len(rows))
        if implicit.row_count is None:
            return None
        if name == "ROWCOUNT":
            return Decimal(implicit.row_count)
        return (implicit.row_count > 0) is (name == "FOUND")

    # ------------------------------------------------------------------------------------------------- statements

    async def open_cursor(self, node: ast.Open, frame: Frame) -> None:
        if node.query is not None or node.text is not None:
            await self._open_for(node, frame)
            return
        entry = await self.cursor_entry(node.cursor, frame)
        if entry is None:
            raise frame.unit.compile_error("PLS-00382: expression is of wrong type", node.cursor.pos)
        call = sql.Call((), node.arguments, node.named, pos=node.cursor.pos)
        await self.open_declared(entry, call, frame)

    async def open_declared(self, entry: CursorEntry, call: sql.Call, frame: Frame) -> None:
        """OPEN c(arguments)."""
        if entry.state.is_open:
            raise oracle_error(6511)
        query, scope = await self._cursor_scope(entry, call, frame)
        plan = await self.plan(query, scope, positioned=True)
        try:
            request = await self.request(plan, scope)
            entry.state.opened(await self.runtime.open_query(request), plan.hidden)
        except OracleError as error:
            raise located_in_sql(error, query, scope.unit) from error

    async def _cursor_scope(self, entry: CursorEntry, call: sql.Call, frame: Frame) -> tuple[ast.Sql, Frame]:
        declaration = entry.declaration
        if declaration.query is None:
            raise frame.unit.compile_error(f"PLS-00341: declaration of cursor '{declaration.name}' is incomplete", 0)
        formals = [Formal(p.name, "IN", p.default is not None) for p in declaration.parameters]
        matched = match_arguments(formals, call)
        if matched is None:
            raise wrong_arguments(frame.unit, declaration.name, call.pos)
        scope = Frame(entry.frame.unit, parent=entry.frame)
        for parameter in declaration.parameters:
            type_ = await self.type_of(parameter.type, entry.frame)
            node = matched.get(parameter.name)
            if node is None:
                assert parameter.default is not None
                value = await self.value(parameter.default, entry.frame)
            else:
                value = await self.value(node, frame)
            scope.names[parameter.name] = Cell(type_, await self.converted(type_, value), constant=True)
        return declaration.query, scope

    async def _open_for(self, node: ast.Open, frame: Frame) -> None:
        target = await self.place(node.cursor, frame)
        if not isinstance(target.type, RefCursorType):
            raise frame.unit.compile_error("PLS-00382: expression is of wrong type", node.cursor.pos)
        if node.query is not None:
            plan = await self.plan(node.query, frame)
            try:
                query = await self.runtime.open_query(await self.request(plan, frame))
            except OracleError as error:
                raise located_in_sql(error, node.query, frame.unit) from error
        else:
            assert node.text is not None
            query = await self.runtime.open_query(await self._dynamic_query_request(node, frame))
        existing = target.get()
        if isinstance(existing, CursorReference):
            if existing.state.is_open:
                await existing.state.close()
            existing.state.opened(query)
            target.store(existing)
            return
        state = CursorState()
        state.opened(query)
        target.store(CursorReference(state))

    async def _dynamic_query_request(self, node: ast.Open, frame: Frame) -> SqlRequest:
        assert node.text is not None
        text = await self.text_of(node.text, frame)
        statement = self.dynamic_statement(text)
        if not isinstance(statement, sql.Query):
            raise OracleError(6539, "target of OPEN must be a query")
        return await self.dynamic_request(statement, text, scan_statement(text), node.using, 0, frame)

    async def fetch(self, node: ast.Fetch, frame: Frame) -> None:
        state = await self.cursor_state(node.cursor, frame)
        state.require()
        if node.bulk:
            limit = None if node.limit is None else await self.value(node.limit, frame)
            rows = await self._fetch_many(state, None if limit is None else int(limit))
            state.found = bool(rows) and (limit is None or len(rows) == int(limit))
            await self.store_bulk(state.columns, rows, node.into, frame)
            return
        rows = await state.fetch(1)
        state.found = bool(rows)
        if rows:
            await self.store_row(state.columns, rows[0], node.into, frame)

    @staticmethod
    async def _fetch_many(state: CursorState, limit: int | None) -> list[tuple[Any, ...]]:
        if limit is not None:
            return await state.fetch(limit)
        rows: list[tuple[Any, ...]] = []
        while more := await state.fetch(_FETCH_ALL):
            rows += more
        return rows

    async def close_cursor(self, node: ast.Close, frame: Frame) -> None:
        await (await self.cursor_state(node.cursor, frame)).close()

    # ---------------------------------------------------------------------------------------------------- loops

    async def for_query(self, node: ast.ForQuery, frame: Frame) -> Signal | None:
        state, entry = await self._loop_cursor(node, frame)
        try:
            return await self._loop_rows(node, state, frame)
        finally:
            if state.is_open:
                await state.close()
            if entry is not None:
                entry.state.found = None

    async def _loop_cursor(self, node: ast.ForQuery, frame: Frame) -> tuple[CursorState, CursorEntry | None]:
        if node.query is None:
            assert node.cursor is not None
            entry = await self.cursor_entry(node.cursor, frame)
            if entry is None:
                raise frame.unit.compile_error("PLS-00456: item is not a cursor", node.cursor.pos)
            call = node.cursor if isinstance(node.cursor, sql.Call) else sql.Call((), pos=node.cursor.pos)
            await self.open_declared(entry, call, frame)
            return entry.state, entry
        plan = await self.plan(node.query, frame)
        state = CursorState()
        try:
            state.opened(await self.runtime.open_query(await self.request(plan, frame)), plan.hidden)
        except OracleError as error:
            raise located_in_sql(error, node.query, frame.unit) from error
        return state, None

    async def _loop_rows(self, node: ast.ForQuery, state: CursorState, frame: Frame) -> Signal | None:
        columns = state.columns
        type_ = self.row_type(columns)
        cell = Cell(type_, initial_value(type_))
        inner = Frame(frame.unit, parent=frame, label=node.label, names={node.name: cell})
        while rows := await state.fetch(1):
            state.found = True
            cell.value = Record(type_, {c.name: self.received(c, d) for c, d in zip(columns, rows[0], strict=True)})
            signal = await self.run(node.body, inner)
            if isinstance(signal, Leave) and signal.label in (None, node.label):
                if signal.again:
                    continue
                return None
            if signal is not None:
                return signal
        state.found = False
        return None

    async def run(self, statements: list[ast.Statement], frame: Frame) -> Signal | None:
        raise NotImplementedError

    async def cursor_row_type(self, entry: CursorEntry) -> RecordType:
        declaration = entry.declaration
        if declaration.query is None:
            assert declaration.returns is not None
            type_ = await self.type_of(declaration.returns, entry.frame)
            assert isinstance(type_, RecordType)
            return type_
        scope = Frame(entry.frame.unit, parent=entry.frame)
        for parameter in declaration.parameters:
            scope.names[parameter.name] = Cell(await self.type_of(parameter.type, entry.frame))
        plan = await self.plan(declaration.query, scope, positioned=True)
        try:
            columns = await self.runtime.describe(await self.request(plan, scope))
        except OracleError as error:
            raise located_in_sql(error, declaration.query, scope.unit) from error
        return self.row_type(columns[: len(columns) - plan.hidden])
