"""Statements: blocks and their handlers, control flow, assignment, and what the layers below do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from ..errors import OracleError
from ..sql import ast as sql
from . import ast
from .check import Checker
from .core import Goto, Leave, Return, Signal, uncatchable
from .cursor_statements import CursorStatements
from .failures import PREDEFINED, DeclaredException, Failure, oracle_error, sqlerrm
from .forall import run_forall
from .names import (
    COLLECTION_FUNCTIONS,
    COLLECTION_PROCEDURES,
    Meaning,
    change_collection,
    invalid_unit,
    undeclared,
)
from .runtime import StoredUnit
from .scope import IGNORED, Cell, CellReference, CursorEntry, Frame, SubprogramEntry, Unit, name_of
from .supplied import catalog as _catalog  # noqa: F401 - the packages register themselves
from .supplied.registry import SuppliedSubprogram
from .supplied.standard import raise_application_error
from .types import PLS_INTEGER
from .values import value_error


class Interpreter(CursorStatements):
    """Runs blocks against a `Runtime`. One instance a call."""

    # ---------------------------------------------------------------------------------------------------- blocks

    async def run_block(self, block: ast.Block, frame: Frame) -> Signal | None:
        inner = Frame(frame.unit, parent=frame, label=block.label)
        await self.declare(block.declarations, inner)
        try:
            return await self.run(block.body, inner)
        except Failure as failure:
            handler = await self._handler_of(block, failure, inner)
            if handler is None:
                raise
            return await self._handle(handler, failure, inner)
        finally:
            await self._close_cursors(inner)

    async def _handler_of(self, block: ast.Block, failure: Failure, frame: Frame) -> ast.Handler | None:
        for handler in block.handlers:
            if not handler.names:
                return handler
            for parts in handler.names:
                exception = await self.exception(parts, frame)
                if exception is None:
                    code = PREDEFINED.get(parts[-1])
                    if code is None:
                        raise undeclared(frame.unit, parts, 0)
                    exception = DeclaredException(parts[-1], code)
                if failure.matches(exception):
                    return handler
        return None

    async def _handle(self, handler: ast.Handler, failure: Failure, frame: Frame) -> Signal | None:
        inner = Frame(frame.unit, parent=frame, failure=failure)
        try:
            return await self.run(handler.body, inner)
        except Failure as second:
            if second is not failure and not second.replaces:
                second.stack += [failure.error.text.split("\n")[0], *failure.stack]
                second.replaces = True
            raise

    @staticmethod
    async def _close_cursors(frame: Frame) -> None:
        for entry in frame.names.values():
            if isinstance(entry, CursorEntry) and entry.state.is_open:
                await entry.state.close()

    async def run(self, statements: list[ast.Statement], frame: Frame) -> Signal | None:
        for statement in statements:
            signal = await self._statement(statement, frame)
            if signal is not None:
                return await self._go_on(signal, statements, frame) if isinstance(signal, Goto) else signal
        return None

    async def _go_on(self, signal: Signal | None, statements: list[ast.Statement], frame: Frame) -> Signal | None:
        """From the label that GOTO means, if it is one of these statements."""
        while isinstance(signal, Goto):
            place = next((i for i, statement in enumerate(statements) if signal.label in statement.labels), None)
            if place is None:
                return signal
            for statement in statements[place:]:
                signal = await self._statement(statement, frame)
                if signal is not None:
                    break
            else:
                return None
        return signal

    async def _statement(self, statement: ast.Statement, frame: Frame) -> Signal | None:
        await self.take_turn()
        self.line = statement.line
        try:
            return await _STATEMENTS[type(statement)](self, statement, frame)
        except Failure as failure:
            if not failure.located:
                failure.locate(statement.line, frame.unit.label)
            raise
        except OracleError as error:
            if error.code == 6550:
                raise placed(error, statement) from error
            if uncatchable(error):
                raise
            raised = Failure(error)
            raised.locate(statement.line, frame.unit.label)
            raise raised from error

    # ------------------------------------------------------------------------------------------------ control flow

    async def _do_block(self, node: ast.Block, frame: Frame) -> Signal | None:
        return await self.run_block(node, frame)

    async def _do_if(self, node: ast.If, frame: Frame) -> Signal | None:
        for condition, body in node.branches:
            if await self.truth(condition, frame):
                return await self.run(body, frame)
        return None if node.otherwise is None else await self.run(node.otherwise, frame)

    async def _do_case(self, node: ast.Case, frame: Frame) -> Signal | None:
        value = None if node.operand is None else await self.value(node.operand, frame)
        for candidate, body in node.branches:
            if node.operand is None:
                chosen: bool | None = await self.truth(candidate, frame)
            else:
                chosen = await self._compared("=", node.operand, candidate, value, frame)
            if chosen:
                return await self.run(body, frame)
        if node.otherwise is None:
            raise oracle_error(6592)
        return await self.run(node.otherwise, frame)

    async def _do_loop(self, node: ast.Loop, frame: Frame) -> Signal | None:
        inner = Frame(frame.unit, parent=frame, label=node.label) if node.label else frame
        while node.condition is None or await self.truth(node.condition, inner):
            await self.take_turn()
            signal = await self.run(node.body, inner)
            if isinstance(signal, Leave) and signal.label in (None, node.label):
                if signal.again:
                    continue
                return None
            if signal is not None:
                return signal
        return None

    async def _do_for_range(self, node: ast.ForRange, frame: Frame) -> Signal | None:
        low = await self.bound(node.low, frame)
        high = await self.bound(node.high, frame)
        cell = Cell(PLS_INTEGER, None, constant=True)
        inner = Frame(frame.unit, parent=frame, label=node.label, names={node.name: cell})
        for index in range(high, low - 1, -1) if node.reverse else range(low, high + 1):
            cell.value = Decimal(index)
            signal = await self.run(node.body, inner)
            if isinstance(signal, Leave) and signal.label in (None, node.label):
                if signal.again:
                    continue
                return None
            if signal is not None:
                return signal
        return None

    async def bound(self, node: sql.Expr, frame: Frame) -> int:
        value = await self.converted(PLS_INTEGER, await self.value(node, frame))
        if value is None:
            raise value_error()
        return int(value)

    async def _do_exit(self, node: ast.Exit, frame: Frame) -> Signal | None:
        if node.when is not None and not await self.truth(node.when, frame):
            return None
        return Leave(node.label, node.again)

    async def _do_goto(self, node: ast.Goto, _frame: Frame) -> Signal | None:
        return Goto(node.label)

    async def _do_return(self, node: ast.Return, frame: Frame) -> Signal | None:
        return Return(None if node.value is None else await self.value(node.value, frame))

    async def _do_pipe_row(self, node: ast.PipeRow, frame: Frame) -> Signal | None:
        piped = self.pipes[-1] if self.pipes else None
        assert piped is not None
        piped.extended_to += 1
        value = await self.value(node.value, frame)
        piped.items[piped.extended_to] = await self.converted(piped.type.element, value)
        return None

    async def _do_null(self, _node: ast.Null, _frame: Frame) -> Signal | None:
        return None

    async def _do_raise(self, node: ast.Raise, frame: Frame) -> Signal | None:
        if node.name is None:
            failure = frame.current_failure
            if failure is None:
                raise frame.unit.compile_error(
                    "PLS-00367: a RAISE statement with no exception name must be inside an exception handler", 0
                )
            failure.raised_again(node.line, frame.unit.label)
            failure.located = True
            raise failure
        exception = await self.exception(node.name, frame)
        if exception is None:
            code = PREDEFINED.get(node.name[-1])
            if code is None:
                raise undeclared(frame.unit, node.name, 0)
            raise Failure(oracle_error(code))
        if exception.code is None:
            raise Failure(oracle_error(6510), exception)
        message = sqlerrm(100 if exception.code == 1403 else -exception.code).partition(": ")[2]
        raise Failure(OracleError(exception.code, message), exception)

    # -------------------------------------------------------------------------------------------------- the rest

    async def _do_assign(self, node: ast.Assign, frame: Frame) -> Signal | None:
        value = await self.value(node.value, frame)
        target = await self.place(node.target, frame)
        if isinstance(target, CellReference) and target.cell.constant:
            text = f"PLS-00363: expression '{name_of(node.target)}' cannot be used as an assignment target"
            raise frame.unit.compile_error(text, node.target.pos)
        converted = await self.converted(target.type, value)
        if converted is None and isinstance(target, CellReference) and target.cell.not_null:
            raise value_error()
        target.store(converted)
        return None

    async def _do_call_statement(self, node: ast.CallStatement, frame: Frame) -> Signal | None:
        call = node.call
        if isinstance(call, sql.Attribute) or (isinstance(call, sql.Call) and not call.name):
            await self._method_statement(call, frame)
            return None
        assert isinstance(call, sql.Name | sql.Call)
        parts = call.parts if isinstance(call, sql.Name) else call.name
        arguments = call if isinstance(call, sql.Call) else sql.Call(parts, pos=call.pos)
        meaning, rest = await self.procedure(parts, frame)
        if isinstance(meaning, Cell):
            await self._collection_statement(parts, arguments, frame)
            return None
        if isinstance(meaning, SubprogramEntry | SuppliedSubprogram) and not rest:
            await self.invoke(meaning, arguments, frame, statement=True)
            return None
        raise undeclared(frame.unit, parts, call.pos)

    async def procedure(self, parts: tuple[str, ...], frame: Frame) -> tuple[Meaning | None, tuple[str, ...]]:
        """What a statement calls: package DBMS_STANDARD needs no qualifier."""
        meaning, rest = await self.lookup(parts, frame)
        if meaning is None and parts == ("RAISE_APPLICATION_ERROR",):
            return raise_application_error, ()
        return meaning, rest

    async def _collection_statement(self, parts: tuple[str, ...], call: sql.Call, frame: Frame) -> None:
        """`c.EXTEND(2)`, `r.c.DELETE`."""
        if parts[-1] not in COLLECTION_PROCEDURES:
            raise frame.unit.compile_error(f"PLS-00221: '{parts[-1]}' is not a procedure or is undefined", call.pos)
        base = sql.Name(parts[:-1], (False,) * (len(parts) - 1), pos=call.pos)
        reference = await self.place(base, frame)
        change_collection(reference.container(), parts[-1], [await self.value(arg, frame) for arg in call.args])

    async def _method_statement(self, call: sql.Expr, frame: Frame) -> None:
        """`c(i).DELETE(2)`: a method of what is no plain name."""
        target = call.extra["target"] if isinstance(call, sql.Call) else call
        args = call.args if isinstance(call, sql.Call) else []
        if not isinstance(target, sql.Attribute) or target.name not in COLLECTION_PROCEDURES | COLLECTION_FUNCTIONS:
            raise undeclared(frame.unit, (name_of(call),), call.pos)
        reference = await self.place(target.target, frame)
        change_collection(reference.container(), target.name, [await self.value(arg, frame) for arg in args])

    async def _do_sql(self, node: ast.Sql, frame: Frame) -> Signal | None:
        await self.run_sql(node, frame)
        return None

    async def _do_execute_immediate(self, node: ast.ExecuteImmediate, frame: Frame) -> Signal | None:
        await self.execute_immediate(node, frame)
        return None

    async def _do_open(self, node: ast.Open, frame: Frame) -> Signal | None:
        await self.open_cursor(node, frame)
        return None

    async def _do_fetch(self, node: ast.Fetch, frame: Frame) -> Signal | None:
        await self.fetch(node, frame)
        return None

    async def _do_close(self, node: ast.Close, frame: Frame) -> Signal | None:
        await self.close_cursor(node, frame)
        return None

    async def _do_for_query(self, node: ast.ForQuery, frame: Frame) -> Signal | None:
        return await self.for_query(node, frame)

    async def _do_forall(self, node: ast.Forall, frame: Frame) -> Signal | None:
        await run_forall(self, node, frame)
        return None

    async def check_stored(self, stored: StoredUnit, unit: Unit, tree: Any, frame: Frame) -> None:
        key = self.runtime.generation
        if unit.checked is not None and unit.checked[0] == key:
            return
        unit.checked = (key, set())  # before it is done: the unit may call itself
        try:
            checker = Checker(self)
            if isinstance(tree, ast.Subprogram):
                await checker.subprogram(tree, frame)
                return
            for declaration in tree.declarations:
                if isinstance(declaration, ast.Subprogram) and declaration.body is not None:
                    await checker.subprogram(declaration, frame)
            if tree.initialise is not None:
                await checker.block(tree.initialise, frame)
        except OracleError as error:
            unit.checked = None
            raise invalid_unit(stored, error) from error

    async def check(self, block: ast.Block, frame: Frame) -> set[str]:
        """Compile a block; the names of the binds it can write. Once for each state of the catalog and types of binds."""
        key = (self.runtime.generation, tuple((name, bind.type) for name, bind in self.binds.items()))
        found = frame.unit.checked
        if found is None or found[0] != key:
            frame.unit.cache.clear()
            checker = Checker(self)
            await checker.block(block, frame)
            found = frame.unit.checked = (key, checker.outputs)
        return found[1]


def placed(error: OracleError, statement: ast.Statement) -> OracleError:
    """A mistake of the text that showed only when it ran: no handler sees it, as if it had been found before."""
    if error.stack:
        return error
    place = f"line {statement.line}, column {statement.column}:"
    text = error.message.partition("\n")[2]
    return OracleError(6550, f"{place}\n{text}", error.offset, (f"ORA-06550: {place}", IGNORED))


_Runner = Callable[[Interpreter, Any, Frame], Awaitable[Signal | None]]
_STATEMENTS: dict[type, _Runner] = {
    ast.Block: Interpreter._do_block,
    ast.Assign: Interpreter._do_assign,
    ast.If: Interpreter._do_if,
    ast.Case: Interpreter._do_case,
    ast.Loop: Interpreter._do_loop,
    ast.ForRange: Interpreter._do_for_range,
    ast.ForQuery: Interpreter._do_for_query,
    ast.Exit: Interpreter._do_exit,
    ast.Goto: Interpreter._do_goto,
    ast.Null: Interpreter._do_null,
    ast.CallStatement: Interpreter._do_call_statement,
    ast.Sql: Interpreter._do_sql,
    ast.ExecuteImmediate: Interpreter._do_execute_immediate,
    ast.Open: Interpreter._do_open,
    ast.Fetch: Interpreter._do_fetch,
    ast.Close: Interpreter._do_close,
    ast.Forall: Interpreter._do_forall,
    ast.Raise: Interpreter._do_raise,
    ast.Return: Interpreter._do_return,
    ast.PipeRow: Interpreter._do_pipe_row,
}
