"""What Oracle finds when it compiles a unit, before anything runs: names, arguments, tables and columns of its SQL.

No handler of the unit sees these errors. The check walks the tree with the same frames that the interpreter makes, their
variables without values, and notes on the way which binds the block can write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import OracleError
from ..sql import ast as sql
from . import ast
from .calls import Matched, formals_of, match_arguments, of_kind
from .cursors import CursorState
from .embedded import Plan, located_in_sql
from .expressions import refuse_sql_only
from .failures import PREDEFINED, DeclaredException
from .names import (
    COLLECTION_FUNCTIONS,
    COLLECTION_PROCEDURES,
    CURSOR_ATTRIBUTES,
    undeclared,
    without_standard,
    wrong_arguments,
)
from .objects import rows_of
from .runtime import Input, ResultColumn, SqlRequest
from .scope import IGNORED, Cell, CursorEntry, Frame, SubprogramEntry, TypeEntry, name_of
from .supplied.registry import Constant, SuppliedSubprogram
from .types import PLS_INTEGER, CollectionType, RecordType, Scalar, Type, domain_of, is_alike, is_convertible

if TYPE_CHECKING:
    from .interpreter import Interpreter

#: Errors of a statement's names: what else is wrong may depend on types that are known only when it runs.
_NAME_ERRORS = frozenset({904, 913, 918, 923, 936, 942, 947, 984, 1031, 1747, 2289, 4043, 907, 1748, 1702, 1730, 2019})


class Checker:
    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.outputs: set[str] = set()
        self._placed: OracleError | None = None  # it names its statement already
        self._loops = 0
        self._function = False
        self._pipelined = False
        self._labels: list[frozenset[str]] = []  # of the lists of statements around

    # ---------------------------------------------------------------------------------------------------- blocks

    async def block(self, node: ast.Block, frame: Frame) -> None:
        inner = Frame(frame.unit, parent=frame, label=node.label)
        await self.declarations(node.declarations, inner)
        await self.statements(node.body, inner)
        for handler in node.handlers:
            for parts in handler.names:
                await self._exception(parts, inner, handler.line)
            await self.statements(handler.body, inner)

    async def declarations(self, nodes: Sequence[ast.Declaration], frame: Frame) -> None:
        interpreter = self.interpreter
        for node in nodes:
            if isinstance(node, ast.Variable):
                type_ = await interpreter.variable_type(node, frame)
                if node.default is not None:
                    await self.expression(node.default, frame)
                frame.names[node.name] = Cell(type_, None, node.constant, node.not_null)
            elif isinstance(node, ast.Cursor):
                frame.names[node.name] = CursorEntry(node, frame, CursorState())
                if node.query is not None:
                    await self._query(
                        node.query, await self._parameters(node.parameters, frame, frame), positioned=True
                    )
            else:
                await interpreter.declare([node], frame)
        for node in nodes:
            if isinstance(node, ast.Subprogram) and node.body is not None:
                await self.subprogram(node, frame)

    async def subprogram(self, node: ast.Subprogram, frame: Frame) -> None:
        assert node.body is not None
        inner = await self._parameters(node.parameters, frame, frame)
        inner.label = node.name
        if node.returns is not None:
            await self.interpreter.type_of(node.returns, inner)
        outside = (self._loops, self._function, self._labels, self._pipelined)
        self._loops, self._function, self._labels = 0, node.returns is not None, []
        self._pipelined = node.pipelined
        await self.block(node.body, inner)
        self._loops, self._function, self._labels, self._pipelined = outside

    async def _parameters(self, nodes: Sequence[ast.Parameter], frame: Frame, defaults: Frame) -> Frame:
        inner = Frame(frame.unit, parent=frame)
        for node in nodes:
            if node.default is not None:
                await self.expression(node.default, defaults)
            inner.names[node.name] = Cell(await self.interpreter.type_of(node.type, frame), None, node.mode == "IN")
        return inner

    async def package(self, node: ast.Package, frame: Frame) -> None:
        await self.declarations(node.declarations, frame)
        if node.initialise is not None:
            await self.block(node.initialise, frame)

    # ------------------------------------------------------------------------------------------------ statements

    async def statements(self, nodes: Sequence[ast.Statement], frame: Frame) -> None:
        self._labels.append(frozenset(label for node in nodes for label in node.labels))
        for node in nodes:
            await self.statement(node, frame)
        self._labels.pop()

    async def statement(self, node: ast.Statement, frame: Frame) -> None:
        try:
            await self._statement(node, frame)
        except OracleError as error:
            if error is self._placed or error.stack[-1:] != (IGNORED,):
                raise
            place = f"ORA-06550: line {node.line}, column {node.column}:"
            self._placed = OracleError(error.code, error.message, error.offset, (place, IGNORED))
            raise self._placed from error

    async def _statement(self, node: ast.Statement, frame: Frame) -> None:
        match node:
            case ast.Block():
                await self.block(node, frame)
            case ast.Assign():
                await self.expression(node.value, frame)
                await self.target(node.target, frame)
                await self._assignment(node, frame)
            case ast.If():
                for condition, body in node.branches:
                    await self.expression(condition, frame)
                    await self.statements(body, frame)
                await self.statements(node.otherwise or (), frame)
            case ast.Case():
                await self.expressions([node.operand], frame)
                for candidate, body in node.branches:
                    await self.expression(candidate, frame)
                    await self.statements(body, frame)
                await self.statements(node.otherwise or (), frame)
            case ast.Loop():
                inner = Frame(frame.unit, parent=frame, label=node.label)
                await self.expressions([node.condition], inner)
                await self._loop(node.body, inner)
            case ast.ForRange():
                await self.expressions([node.low, node.high], frame)
                inner = Frame(frame.unit, frame, node.label, {node.name: Cell(PLS_INTEGER, None, constant=True)})
                await self._loop(node.body, inner)
            case ast.ForQuery():
                await self._for_query(node, frame)
            case ast.Exit():
                if not self._loops:
                    text = "PLS-00376: illegal EXIT/CONTINUE statement; it must appear inside a loop"
                    raise statement_error(node, text)
                await self.expressions([node.when], frame)
            case ast.Goto():
                if not any(node.label in labels for labels in self._labels):
                    raise statement_error(
                        node, f"PLS-00375: illegal GOTO statement; this GOTO cannot branch to label '{node.label}'"
                    )
            case ast.Return():
                if node.value is not None and not self._function:
                    raise statement_error(
                        node, "PLS-00372: In a procedure, RETURN statement cannot contain an expression"
                    )
                if self._pipelined and node.value is not None:
                    raise statement_error(
                        node, "PLS-00633: RETURN statement in a pipelined function cannot contain an expression"
                    )
                if node.value is None and self._function and not self._pipelined:
                    raise statement_error(
                        node, "PLS-00503: RETURN <value> statement required for this return from function"
                    )
                await self.expressions([node.value], frame)
            case ast.PipeRow():
                if not self._pipelined:
                    raise statement_error(node, "PLS-00629: PIPE statement cannot be used in non-pipelined functions")
                await self.expression(node.value, frame)
            case ast.CallStatement():
                await self._call_statement(node.call, frame)
            case ast.Sql():
                await self._sql(node, frame)
            case ast.ExecuteImmediate():
                await self._dynamic(node, frame)
            case ast.Open():
                await self._open(node, frame)
            case ast.Fetch():
                await self.expressions([node.limit], frame)
                await self.targets(node.into, frame)
            case ast.Forall():
                await self.expressions([node.low, node.high, node.indices, node.values, *(node.between or ())], frame)
                inner = Frame(frame.unit, parent=frame, names={node.name: Cell(PLS_INTEGER, None, constant=True)})
                await self.statement(node.statement, inner)
            case ast.Raise():
                if node.name is not None:
                    await self._exception(node.name, frame, node.line)
            case ast.Close() | ast.Null():
                pass

    async def _exception(self, parts: tuple[str, ...], frame: Frame, line: int) -> None:
        found = await self.interpreter.exception(parts, frame)
        if not isinstance(found, DeclaredException) and parts[-1] not in PREDEFINED:
            name = ".".join(parts)
            column = _column_of(frame, line, parts[0])
            raise OracleError(
                6550,
                f"line {line}, column {column}:\nPLS-00201: identifier '{name}' must be declared",
                0,
                (f"ORA-06550: line {line}, column {column}:", "PL/SQL: Statement ignored"),
            )

    async def _for_query(self, node: ast.ForQuery, frame: Frame) -> None:
        row: Type | None = None
        if node.query is not None:
            row = self.interpreter.row_type(await self._query(node.query, frame))
        elif node.cursor is not None:
            entry = await self.interpreter.cursor_entry(node.cursor, frame)
            if entry is not None:
                row = await self.interpreter.cursor_row_type(entry)
        inner = Frame(frame.unit, parent=frame, label=node.label)
        if row is not None:
            inner.names[node.name] = Cell(row)
        await self._loop(node.body, inner)

    async def _loop(self, body: Sequence[ast.Statement], frame: Frame) -> None:
        self._loops += 1
        await self.statements(body, frame)
        self._loops -= 1

    async def _dynamic(self, node: ast.ExecuteImmediate, frame: Frame) -> None:
        await self.expression(node.statement, frame)
        for mode, expr in node.using:
            await (self.expression(expr, frame) if mode == "IN" else self.target(expr, frame))
        await self.targets([*node.into, *node.returning], frame)

    async def _open(self, node: ast.Open, frame: Frame) -> None:
        await self.expressions([node.text, *node.arguments, *node.named.values()], frame)
        await self.expressions([expr for _, expr in node.using], frame)
        if node.query is not None or node.text is not None:
            await self.target(node.cursor, frame)
        else:
            await self.interpreter.cursor_entry(node.cursor, frame)
        if node.query is not None:
            await self._query(node.query, frame)

    async def _call_statement(self, call: sql.Expr, frame: Frame) -> None:
        if isinstance(call, sql.Attribute) or (isinstance(call, sql.Call) and not call.name):
            return
        assert isinstance(call, sql.Name | sql.Call)
        parts = call.parts if isinstance(call, sql.Name) else call.name
        arguments = call if isinstance(call, sql.Call) else sql.Call(parts, pos=call.pos)
        meaning, rest = await self.interpreter.procedure(parts, frame)
        if isinstance(meaning, SubprogramEntry | SuppliedSubprogram) and not rest:
            await self._arguments(meaning, arguments, frame, statement=True)
        elif isinstance(meaning, Cell):
            if parts[-1] not in COLLECTION_PROCEDURES:
                raise frame.unit.compile_error(f"PLS-00221: '{parts[-1]}' is not a procedure or is undefined", call.pos)
            await self.expressions(arguments.args, frame)
        else:
            raise undeclared(frame.unit, parts, call.pos)

    # ------------------------------------------------------------------------------------------------------- SQL

    async def _sql(self, node: ast.Sql, frame: Frame) -> None:
        plan = await self._describe(node, frame)
        await self.targets(plan.targets, frame)

    async def _query(self, node: ast.Sql, frame: Frame, *, positioned: bool = False) -> Sequence[ResultColumn]:
        plan = await self.interpreter.plan(node, frame, positioned=positioned)
        try:
            return await self.interpreter.runtime.describe(await self._request(plan, frame))
        except OracleError as error:
            raise located_in_sql(error, node, frame.unit) from error

    async def _describe(self, node: ast.Sql, frame: Frame) -> Plan:
        plan = await self.interpreter.plan(node, frame)
        request = await self._request(plan, frame)
        try:
            self.interpreter.runtime.compile(request)
        except OracleError as error:
            if error.code in _NAME_ERRORS and error.offset >= 0:
                raise located_in_sql(error, node, frame.unit) from error
        return plan

    async def _request(self, plan: Plan, frame: Frame) -> SqlRequest:
        binds = []
        for expr in plan.binds:
            await self.expression(expr, frame)
            binds.append(self._input(expr, frame))
        variables = {}
        row_types = {}
        for name, node in plan.variables.items():
            type_ = await self._type_of_name(node, frame)
            if isinstance(type_, CollectionType) and type_.package:
                variables[name], row_types[name] = Input("jsonb", None), rows_of(type_)
            if isinstance(type_, Scalar) or domain_of(type_):
                variables[name] = Input(type_.pg_type if isinstance(type_, Scalar) else domain_of(type_), None)
        return SqlRequest(plan.statement, plan.key, binds, variables, frame.unit.definer, row_types)

    def _input(self, node: sql.Expr, frame: Frame) -> Input:
        type_ = self.interpreter.static_type(node, frame)
        return Input(type_.pg_type if isinstance(type_, Scalar) else domain_of(type_) or "varchar", None)

    async def _type_of_name(self, node: sql.Name, frame: Frame) -> Type | None:
        entry = frame.lookup(node.parts[0])
        if isinstance(entry, Cell):
            return self.interpreter.static_type(node, frame)
        meaning, rest = await self.interpreter.lookup(node.parts, frame)
        if isinstance(meaning, Constant):
            return PLS_INTEGER if not isinstance(meaning.value, str) else Scalar("VARCHAR2", "varchar")
        if isinstance(meaning, Cell):
            type_: Type | None = meaning.type
            for name in rest:
                field = type_.field(name) if isinstance(type_, RecordType) else None
                type_ = None if field is None else field.type
            return type_
        return None

    # ----------------------------------------------------------------------------------------------- expressions

    async def expressions(self, nodes: Sequence[sql.Expr | None], frame: Frame) -> None:
        for node in nodes:
            if node is not None:
                await self.expression(node, frame)

    async def targets(self, nodes: Sequence[sql.Expr], frame: Frame) -> None:
        for node in nodes:
            await self.target(node, frame)

    async def target(self, node: sql.Expr, frame: Frame) -> None:
        """Something that is assigned to."""
        match node:
            case sql.Bind():
                self.outputs.add(node.name)
            case sql.Attribute(target=sql.Bind()):
                self._bind_field(node, frame)
            case sql.Attribute() if isinstance(node.target, sql.Expr):
                await self.target(node.target, frame)
            case sql.Call(name=()):
                await self.target(node.extra["target"], frame)  # type: ignore[arg-type]
                await self.expressions(node.args, frame)
            case sql.Name() | sql.Call():
                parts = node.parts if isinstance(node, sql.Name) else node.name
                meaning, rest = await self.interpreter.lookup(parts, frame)
                if meaning is None:
                    raise undeclared(frame.unit, parts, node.pos)
                if not isinstance(meaning, Cell) or meaning.constant:
                    text = f"PLS-00363: expression '{name_of(node)}' cannot be used as an assignment target"
                    raise frame.unit.compile_error(text, node.pos)
                self._fields(meaning.type, rest, node, frame)
                if isinstance(node, sql.Call):
                    await self.expressions(node.args, frame)

    def _fields(self, type_: Type, rest: Sequence[str], node: sql.Expr, frame: Frame) -> None:
        current: Type = type_
        for name in rest:
            field = current.field(name) if isinstance(current, RecordType) else None
            if field is None:
                if isinstance(current, CollectionType) and name in COLLECTION_FUNCTIONS | COLLECTION_PROCEDURES:
                    return
                if isinstance(current, RecordType):
                    raise frame.unit.compile_error(f"PLS-00302: component '{name}' must be declared", node.pos)
                text = f"PLS-00487: Invalid reference to variable '{name_of(node)}'"
                raise frame.unit.compile_error(text, node.pos)
            current = field.type

    async def expression(self, node: sql.Expr, frame: Frame) -> None:
        match node:
            case sql.Name():
                await self._name(node, frame)
            case sql.Call():
                await self._call(node, frame)
            case sql.Attribute(target=sql.Bind()) if node.name not in CURSOR_ATTRIBUTES:
                self._bind_field(node, frame)
            case sql.Attribute():
                if node.name not in CURSOR_ATTRIBUTES:
                    await self.expression(node.target, frame)
            case sql.Subquery() | sql.Exists():
                raise frame.unit.compile_error("PLS-00405: subquery not allowed in this context", node.pos)
            case _:
                for child in _children(node):
                    await self.expression(child, frame)

    def _bind_field(self, node: sql.Attribute, frame: Frame) -> None:
        """`:NEW.column` of a trigger."""
        assert isinstance(node.target, sql.Bind)
        bind = self.interpreter.binds.get(node.target.name)
        row = None if bind is None else bind.type
        if not isinstance(row, RecordType) or row.field(node.name) is None:
            text = f"PLS-00049: bad bind variable '{node.target.name}.{node.name}'"
            raise frame.unit.compile_error(text, node.pos)

    async def _name(self, node: sql.Name, frame: Frame) -> None:
        parts = without_standard(node.parts)
        meaning, rest = await self.interpreter.lookup(parts, frame)
        if isinstance(meaning, Cell):
            self._fields(meaning.type, rest, node, frame)
        elif isinstance(meaning, SubprogramEntry | SuppliedSubprogram):
            await self._arguments(meaning, sql.Call(parts, pos=node.pos), frame)
        elif meaning is None and not self.interpreter.is_free_name(parts, frame):
            raise undeclared(frame.unit, node.parts, node.pos)

    async def _call(self, node: sql.Call, frame: Frame) -> None:
        if not node.name:
            await self.expressions([*node.args, *node.named.values()], frame)
            return
        name = without_standard(node.name)
        meaning, rest = await self.interpreter.lookup(name, frame)
        if isinstance(meaning, SubprogramEntry | SuppliedSubprogram):
            await self._arguments(meaning, node, frame)
            return
        if isinstance(meaning, Cell):
            self._fields(meaning.type, rest, node, frame)
        elif meaning is None:
            refuse_sql_only(name[-1], node, frame)
            if not self.interpreter.is_sql_member(name) and (len(name) > 1 or not self.interpreter.is_builtin(name[0])):
                raise undeclared(frame.unit, node.name, node.pos)
        elif not isinstance(meaning, TypeEntry):
            raise undeclared(frame.unit, node.name, node.pos)
        await self.expressions([*node.args, *node.named.values(), *_special_arguments(node)], frame)

    async def _assignment(self, node: ast.Assign, frame: Frame) -> None:
        given = self.interpreter.static_type(node.value, frame)
        if isinstance(node.value, sql.Call) and node.value.name:
            meaning, _ = await self.interpreter.lookup(node.value.name, frame)
            if isinstance(meaning, SubprogramEntry):
                chosen = (await self.interpreter.fitting(meaning, node.value, frame))[0][0]
                given = await self.interpreter.type_of(chosen.returns, meaning.frame) if chosen.returns else None
        if not is_convertible(given, self.interpreter.static_type(node.target, frame)):
            raise frame.unit.compile_error("PLS-00382: expression is of wrong type", node.value.pos)

    async def _arguments(
        self, callee: SubprogramEntry | SuppliedSubprogram, call: sql.Call, frame: Frame, *, statement: bool = False
    ) -> None:
        declarations = of_kind(callee, call, frame, statement=statement)
        if isinstance(callee, SuppliedSubprogram):
            choices = [callee.formals]
            name = callee.name.rpartition(".")[2]
        else:
            choices = [tuple(formals_of(declaration)) for declaration in declarations]
            name = callee.declarations[0].name
        fitting = [formals for formals in choices if match_arguments(formals, call) is not None]
        if not fitting:
            raise wrong_arguments(frame.unit, name, call.pos)
        matched = match_arguments(fitting[0], call) or {}
        modes = {formal.name: formal.mode for formal in fitting[0]}
        for formal, node in matched.items():
            await (self.expression(node, frame) if modes[formal] == "IN" else self.target(node, frame))
        if isinstance(callee, SubprogramEntry):
            named = SubprogramEntry(declarations, callee.frame)
            chosen = await self.interpreter.fitting(named, call, frame)
            if not chosen:
                raise wrong_arguments(frame.unit, name, call.pos)
            await self._array_binds(*chosen[0], callee.frame, frame)

    async def _array_binds(self, chosen: ast.Subprogram, matched: Matched, home: Frame, frame: Frame) -> None:
        """What a client binds as an array has elements of the parameter's type: nothing converts them."""
        for parameter in chosen.parameters:
            node = matched.get(parameter.name)
            if not isinstance(node, sql.Bind):
                continue
            given = self.interpreter.static_type(node, frame)
            formal = await self.interpreter.type_of(parameter.type, home)
            if (
                isinstance(given, CollectionType)
                and isinstance(formal, CollectionType)
                and not is_alike(given.element, formal.element)
            ):
                text = "PLS-00418: array bind type must match PL/SQL table row type"
                raise frame.unit.compile_error(text, node.pos)


def statement_error(node: ast.Statement, text: str) -> OracleError:
    place = f"line {node.line}, column {node.column}:"
    return OracleError(6550, f"{place}\n{text}", 0, (f"ORA-06550: {place}", IGNORED))


def _children(node: object) -> list[sql.Expr]:
    """The expressions directly below a node."""
    found: list[sql.Expr] = []
    pending = [getattr(node, name) for name in getattr(node, "__dataclass_fields__", ())]
    while pending:
        value = pending.pop()
        if isinstance(value, sql.Expr):
            found.append(value)
        elif isinstance(value, list | tuple):
            pending += value
        elif isinstance(value, dict):
            pending += value.values()
    return found


def _special_arguments(node: sql.Call) -> list[sql.Expr]:
    return [value for value in node.extra.values() if isinstance(value, sql.Expr)]


def _column_of(frame: Frame, line: int, name: str) -> int:
    """Where a name stands in its line: the tree keeps no position of it."""
    lines = frame.unit.source.split("\n")
    text = lines[line - 1].upper() if 0 < line <= len(lines) else ""
    return max(text.find(name), 0) + 1
