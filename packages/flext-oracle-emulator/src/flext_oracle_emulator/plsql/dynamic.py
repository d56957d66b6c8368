"""Dynamic SQL: EXECUTE IMMEDIATE, and the text of OPEN .. FOR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import OracleError
from ..sql import ast as sql
from ..sql.binds import StatementKind, StatementText, scan_statement
from ..sql.parser import parse
from . import ast
from .calls import Calls, is_autonomous
from .cursors import CursorState
from .failures import Failure, oracle_error
from .parser import parse_block
from .runtime import SqlRequest, SqlResult
from .scope import Frame, Reference, Unit
from .types import NUMBER, VARCHAR2, Type, column_type
from .values import CursorReference, pg_type_of_value

_FETCH_ALL = 1000


class _Argument:
    """A USING argument as a bind of the dynamic block: its value, and where OUT goes."""

    def __init__(self, type_: Type, value: Any) -> None:
        self.type = type_
        self.data = value
        self.written = False

    def get(self) -> Any:
        return self.data

    def store(self, value: Any) -> None:
        self.data = value
        self.written = True

    def container(self) -> Any:
        self.written = True
        return self.data


def _type_of_value(value: Any) -> Type:
    """The type of a bind that nothing declares."""
    pg_type = pg_type_of_value(value)
    return NUMBER if pg_type == "numeric" else VARCHAR2 if pg_type == "varchar" else column_type(pg_type)


class DynamicSql(Calls):
    async def execute_immediate(self, node: ast.ExecuteImmediate, frame: Frame) -> SqlResult | None:
        """Run the text; what DML did is the result."""
        text = await self.text_of(node.statement, frame)
        scanned = scan_statement(text)
        if scanned.kind is StatementKind.PLSQL:
            await self._dynamic_block(text, scanned, node, frame)
            return None
        arguments = list(node.using)
        returning = list(node.returning)
        if scanned.return_positions and not returning:
            returning = [expr for mode, expr in arguments if mode == "OUT"]
            arguments = [(mode, expr) for mode, expr in arguments if mode != "OUT"]
        statement = self.dynamic_statement(text)
        request = await self.dynamic_request(statement, text, scanned, arguments, len(returning), frame)
        if isinstance(statement, sql.Query):
            await self._dynamic_query(request, node, frame)
            return None
        if node.into:
            raise OracleError(1007, "variable not in select list")
        result = await self.runtime.execute(request)
        if isinstance(statement, sql.Insert | sql.MultiInsert | sql.Update | sql.Delete | sql.Merge):
            self.sql.row_count = result.row_count
            if returning:
                await self.store_returning(result, returning, node.returning_bulk, frame)
            return result
        self.sql.row_count = 0
        return None

    async def open_reference(self, text: str) -> CursorReference:
        """A cursor variable that is open for a query's text."""
        statement = self.dynamic_statement(text)
        assert isinstance(statement, sql.Query)
        state = CursorState()
        state.opened(await self.runtime.open_query(SqlRequest(statement, ("dynamic", text))))
        return CursorReference(state)

    async def query_rows(self, text: str, frame: Frame) -> list[list[Any]]:
        """All rows of a query's text."""
        statement = self.dynamic_statement(text)
        if not isinstance(statement, sql.Query):
            raise OracleError(6539, "target of OPEN must be a query")
        cursor = await self.runtime.open_query(SqlRequest(statement, ("dynamic", text), owner=frame.unit.definer))
        rows: list[list[Any]] = []
        try:
            while more := await cursor.fetch(_FETCH_ALL):
                rows += [[self.received(c, d) for c, d in zip(cursor.columns, row, strict=True)] for row in more]
        finally:
            await cursor.close()
        return rows

    async def run_dynamic(self, text: str, values: dict[str, Any], frame: Frame) -> None:
        """Run a statement or block whose binds have these names."""
        scanned = scan_statement(text)
        names = [name.upper() for name in scanned.bind_names]
        if set(names) - set(values):
            raise OracleError(1008, "not all variables bound")
        if scanned.kind is StatementKind.PLSQL:
            arguments: dict[str, Reference] = {n: _Argument(VARCHAR2, values[n.upper()]) for n in scanned.bind_names}
            await self._nested(arguments, frame.unit).run_text(text, frame.unit.definer)
            return
        statement = self.dynamic_statement(text)
        binds = [self.input(values[name], None) for name in names]
        await self.runtime.execute(SqlRequest(statement, ("dynamic", text), binds, owner=frame.unit.definer))

    async def run_block_with(self, text: str, values: dict[str, Any], frame: Frame) -> None:
        """Run a block whose binds have these names; they hold what it made of them."""
        names = scan_statement(text).bind_names
        arguments = {name: _Argument(_type_of_value(values[name.upper()]), values[name.upper()]) for name in names}
        await self._nested(dict(arguments), frame.unit).run_text(text, frame.unit.definer)
        values.update({name.upper(): argument.get() for name, argument in arguments.items()})

    def request_of(self, text: str, statement: sql.Statement, values: dict[str, Any], frame: Frame) -> SqlRequest:
        """A statement with the values of its binds by their names."""
        binds = [self.input(values[bind.name.upper()], None) for bind in scan_statement(text).binds]
        return SqlRequest(statement, ("dynamic", text), binds, owner=frame.unit.definer)

    async def end_transaction(self, *, commit: bool) -> None:
        statement: sql.Statement = sql.Commit() if commit else sql.Rollback()
        await self.runtime.execute(SqlRequest(statement, 0))

    async def text_of(self, node: sql.Expr, frame: Frame) -> str:
        value = await self.converted(VARCHAR2, await self.value(node, frame))
        if value is None:
            raise OracleError(6535, "statement string in EXECUTE IMMEDIATE is NULL or 0 length")
        text: str = value
        return text

    def dynamic_statement(self, text: str) -> sql.Statement:
        key = ("dynamic", text)
        found = self.state.remembered(key)
        if found is None:
            found = self.state.remember(key, parse(text, version=self.runtime.version))
        statement: sql.Statement = found
        return statement

    async def dynamic_request(
        self,
        statement: sql.Statement,
        text: str,
        scanned: StatementText,
        using: Sequence[tuple[str, sql.Expr]],
        returning: int,
        frame: Frame,
    ) -> SqlRequest:
        wanted = 0 if scanned.kind is StatementKind.DDL else len(scanned.binds) - len(scanned.return_positions)
        if len(using) < wanted:
            raise OracleError(1008, "not all variables bound")
        if len(using) > wanted:
            raise OracleError(1006, "bind variable does not exist")
        if returning != len(scanned.return_positions) and scanned.return_positions:
            raise OracleError(1008, "not all variables bound")
        binds = [self.input(await self.value(expr, frame), self.static_type(expr, frame)) for _, expr in using]
        return SqlRequest(statement, ("dynamic", text), binds, owner=frame.unit.definer)

    async def _dynamic_query(self, request: SqlRequest, node: ast.ExecuteImmediate, frame: Frame) -> None:
        if not node.into:
            await self.runtime.describe(request)  # parsed, not run
            return
        cursor = await self.runtime.open_query(request)
        try:
            if node.bulk:
                rows: list[tuple[Any, ...]] = []
                while more := await cursor.fetch(_FETCH_ALL):
                    rows += more
            else:
                rows = list(await cursor.fetch(2))
            columns = cursor.columns
        finally:
            await cursor.close()
        self.sql.row_count = len(rows)
        if node.bulk:
            await self.store_bulk(columns, rows, node.into, frame)
            return
        if not rows:
            raise oracle_error(1403)
        if len(rows) > 1:
            self.sql.row_count = 1
            raise oracle_error(1422)
        await self.store_row(columns, rows[0], node.into, frame)

    async def _dynamic_block(self, text: str, scanned: StatementText, node: ast.ExecuteImmediate, frame: Frame) -> None:
        names = scanned.bind_names
        if len(node.using) < len(names):
            raise OracleError(1008, "not all variables bound")
        if len(node.using) > len(names):
            raise OracleError(1006, "bind variable does not exist")
        arguments: dict[str, Reference] = {}
        targets: list[tuple[_Argument, Reference]] = []
        for name, (mode, expr) in zip(names, node.using, strict=True):
            if mode == "IN":
                arguments[name] = _Argument(self.static_type(expr, frame) or VARCHAR2, await self.value(expr, frame))
                continue
            target = await self.place(expr, frame)
            argument = _Argument(target.type, target.get() if mode == "IN OUT" else None)
            arguments[name] = argument
            targets.append((argument, target))
        try:
            await self._nested(arguments, frame.unit).run_text(text, frame.unit.definer)
        except OracleError as error:
            if error.code == 6550 and not isinstance(error, Failure):
                raise Failure(error) from error  # the text is compiled now, so this is an error like any other
            raise
        for argument, target in targets:
            target.store(await self.converted(target.type, argument.get()))

    def _nested(self, binds: dict[str, Reference], caller: Unit) -> DynamicSql:
        nested = type(self)(self.runtime, self.state, binds)
        nested.sql = self.sql
        nested.callers = [*self.callers, (caller, self.line)]
        return nested

    async def run_text(self, text: str, definer: str | None) -> None:
        """Run an anonymous block."""
        unit, block = self.parsed_block(text)
        if definer is not None:
            unit = Unit(text, definer=definer)
        await self.check(block, Frame(unit))
        await self.run_unit(block, Frame(unit))

    async def run_unit(self, block: ast.Block, frame: Frame) -> None:
        """Run a whole block, in a transaction of its own if it says so."""
        if not is_autonomous(block):
            await self.run_block(block, frame)
            return
        caller = self.runtime
        async with caller.autonomous() as runtime:
            self.runtime = runtime
            try:
                await self.run_block(block, frame)
            finally:
                self.runtime = caller

    def parsed_block(self, text: str) -> tuple[Unit, ast.Block]:
        key = ("block", text)
        found = self.state.remembered(key)
        if found is None:
            found = self.state.remember(key, (Unit(text), parse_block(text, version=self.runtime.version)))
        result: tuple[Unit, ast.Block] = found
        return result

    async def check(self, block: ast.Block, frame: Frame) -> set[str]:
        """Find at compile time what Oracle finds then; the binds that the block can write."""
        raise NotImplementedError
