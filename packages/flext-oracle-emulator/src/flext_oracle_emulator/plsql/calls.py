"""Calls: arguments matched with parameters, OUT values copied back, functions' results."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..errors import OracleError
from ..sql import ast as sql
from . import ast
from .core import Return
from .embedded import EmbeddedSql
from .failures import Failure, oracle_error
from .names import wrong_arguments
from .scope import Cell, CursorEntry, Frame, Reference, SubprogramEntry, name_of
from .supplied.registry import Formal, SuppliedSubprogram
from .types import CollectionType, RecordType, RefCursorType, Scalar, Type, is_convertible
from .values import Collection

#: Oracle ends when memory does; we end before Python's stack does.
_MAX_DEPTH = 500

Matched = dict[str, sql.Expr]


def match_arguments(formals: Sequence[Formal], call: sql.Call) -> Matched | None:
    """Actual arguments by the names of the formals; None if they do not fit."""
    if len(call.args) > len(formals):
        return None
    matched = {formal.name: arg for formal, arg in zip(formals, call.args, strict=False)}
    for name, arg in call.named.items():
        if name in matched or all(formal.name != name for formal in formals):
            return None
        matched[name] = arg
    if any(not formal.optional and formal.name not in matched for formal in formals):
        return None
    return matched


def formals_of(subprogram: ast.Subprogram) -> list[Formal]:
    return [Formal(p.name, p.mode, p.default is not None) for p in subprogram.parameters]


def is_autonomous(block: ast.Block) -> bool:
    return any(isinstance(d, ast.Pragma) and d.name == "AUTONOMOUS_TRANSACTION" for d in block.declarations)


def of_kind(
    callee: SubprogramEntry | SuppliedSubprogram, call: sql.Call, frame: Frame, *, statement: bool
) -> list[ast.Subprogram]:
    """The procedures, or the functions, of a name. Raises PLS-00221 or PLS-00222 if it has none."""
    if isinstance(callee, SuppliedSubprogram):
        found, fits = [], callee.is_function is not statement
    else:
        found = [d for d in callee.declarations if (d.returns is None) is statement]
        fits = bool(found)
    if not fits:
        name = call.name[-1]
        text = f"PLS-00221: '{name}' is not a procedure or is undefined"
        if not statement:
            text = f"PLS-00222: no function with name '{name}' exists in this scope"
        raise frame.unit.compile_error(text, call.pos)
    return found


class Calls(EmbeddedSql):
    _depth = 0

    async def invoke(self, callee: Any, call: sql.Call, frame: Frame, *, statement: bool = False) -> Any:
        """Call a subprogram; the value of a function. `statement`: it has to be a procedure, else a function."""
        declarations = of_kind(callee, call, frame, statement=statement)
        if isinstance(callee, SuppliedSubprogram):
            return await self._supplied(callee, call, frame)
        assert isinstance(callee, SubprogramEntry)
        subprogram, matched = await self._choose(SubprogramEntry(declarations, callee.frame), call, frame)
        if self._depth >= _MAX_DEPTH:
            raise Failure(oracle_error(6500))
        self._depth += 1
        self.callers.append((frame.unit, self.line))
        try:
            return await self._run_subprogram(callee, subprogram, matched, frame)
        finally:
            self._depth -= 1
            self.line = self.callers.pop()[1]

    # --------------------------------------------------------------------------------------------- supplied ones

    async def _supplied(self, callee: SuppliedSubprogram, call: sql.Call, frame: Frame) -> Any:
        matched = match_arguments(callee.formals, call)
        if matched is None:
            raise wrong_arguments(frame.unit, callee.name.rpartition(".")[2], call.pos)
        values: dict[str, Any] = {}
        outputs: dict[str, Reference] = {}
        for formal in callee.formals:
            node = matched.get(formal.name)
            if node is None:
                values[formal.name] = None
                continue
            if formal.mode != "IN":
                outputs[formal.name] = await self.place(node, frame)
            values[formal.name] = await self.value(node, frame) if formal.mode != "OUT" else None
        try:
            result = await callee.body(self, frame, **{name.lower(): value for name, value in values.items()})
        except Failure:
            raise
        except OracleError as error:
            if error.code in (1013, 3001, 6550):
                raise
            raise Failure(error) from error
        for name, reference in outputs.items():
            reference.store(await self.converted(reference.type, result.get(name.lower())))
        if not callee.is_function:
            return None
        return result["return"] if outputs else result

    # ------------------------------------------------------------------------------------------- PL/SQL's own

    async def _choose(self, entry: SubprogramEntry, call: sql.Call, frame: Frame) -> tuple[ast.Subprogram, Matched]:
        """The declaration that the arguments fit; of several, the one whose parameters have their types."""
        fitting = await self.fitting(entry, call, frame)
        if len(fitting) > 1:
            fitting = await self._by_types(fitting, entry, frame)
        if not fitting:
            raise wrong_arguments(frame.unit, entry.declarations[0].name, call.pos)
        return fitting[0]

    async def fitting(
        self, entry: SubprogramEntry, call: sql.Call, frame: Frame
    ) -> list[tuple[ast.Subprogram, Matched]]:
        """The declarations that take so many arguments, of types that convert to those of the parameters."""
        found = []
        for declaration in entry.declarations:
            matched = match_arguments(formals_of(declaration), call)
            if matched is not None and await self._converts(declaration, matched, entry, frame):
                found.append((declaration, matched))
        return found

    async def _converts(
        self, declaration: ast.Subprogram, matched: Matched, entry: SubprogramEntry, frame: Frame
    ) -> bool:
        for parameter in declaration.parameters:
            node = matched.get(parameter.name)
            actual = self.static_type(node, frame) if node is not None else None
            if actual is not None and not is_convertible(actual, await self.type_of(parameter.type, entry.frame)):
                return False
        return True

    async def _by_types(
        self, candidates: list[tuple[ast.Subprogram, Matched]], entry: SubprogramEntry, frame: Frame
    ) -> list[tuple[ast.Subprogram, Matched]]:
        scored = []
        for subprogram, matched in candidates:
            score = 0
            for parameter in subprogram.parameters:
                node = matched.get(parameter.name)
                if node is None:
                    continue
                formal = await self.type_of(parameter.type, entry.frame)
                actual = self.static_type(node, frame)
                score += _affinity(formal, actual, node)
            scored.append((score, subprogram, matched))
        best = max(score for score, _, _ in scored)
        return [(subprogram, matched) for score, subprogram, matched in scored if score == best]

    async def _run_subprogram(
        self, entry: SubprogramEntry, subprogram: ast.Subprogram, matched: Matched, caller: Frame
    ) -> Any:
        body = subprogram.body
        home = entry.frame
        if body is None:
            raise oracle_error_of_missing_body(home, subprogram)
        frame = Frame(home.unit, parent=home, label=subprogram.name)
        outputs: list[tuple[Cell, Reference]] = []
        for parameter in subprogram.parameters:
            cell, reference = await self._argument(parameter, matched.get(parameter.name), frame, caller)
            frame.names[parameter.name] = cell
            if reference is not None:
                outputs.append((cell, reference))
        returns = None if subprogram.returns is None else await self.type_of(subprogram.returns, frame)
        piped = Collection(returns) if subprogram.pipelined and isinstance(returns, CollectionType) else None
        saved = self.runtime
        async with contextlib.AsyncExitStack() as stack:
            if is_autonomous(body):
                self.runtime = await stack.enter_async_context(self.runtime.autonomous())
            self.pipes.append(piped)
            try:
                signal = await self.run_block(body, frame)
            except Failure as failure:
                failure.located = False  # the caller adds the line of its call
                raise
            finally:
                self.pipes.pop()
                self.runtime = saved
        result: Any = piped
        if returns is not None and piped is None:
            if not isinstance(signal, Return):
                missing = Failure(oracle_error(6503))
                missing.locate(subprogram.line, home.unit.label)
                missing.located = False
                raise missing
            result = await self.converted(returns, signal.value)
        for cell, reference in outputs:
            reference.store(await self.converted(reference.type, cell.value))
        return result

    async def _argument(
        self, parameter: ast.Parameter, node: sql.Expr | None, frame: Frame, caller: Frame
    ) -> tuple[Cell, Reference | None]:
        type_ = await self.type_of(parameter.type, frame)
        if node is None:
            assert parameter.default is not None
            value = await self.converted(type_, await self.value(parameter.default, frame))
            return Cell(type_, value, constant=parameter.mode == "IN"), None
        if parameter.mode == "IN":
            value = await self.converted(type_, await self.value(node, caller))
            return Cell(type_, value, constant=True), None
        cursor = self._explicit_cursor(node, caller)
        if cursor is not None:
            raise caller.unit.compile_error(
                f"PLS-00363: expression '{name_of(node)}' cannot be used as an assignment target", node.pos
            )
        reference = await self.place(node, caller)
        type_ = _as_long_as(reference.type, type_)
        if parameter.mode == "OUT":
            return Cell(type_, await self.initial(type_, frame)), reference
        return Cell(type_, await self.converted(type_, reference.get())), reference

    @staticmethod
    def _explicit_cursor(node: sql.Expr, frame: Frame) -> CursorEntry | None:
        if isinstance(node, sql.Name) and len(node.parts) == 1:
            entry = frame.lookup(node.parts[0])
            return entry if isinstance(entry, CursorEntry) else None
        return None


def _as_long_as(actual: Type, formal: Type) -> Type:
    """A CHAR parameter that the subprogram changes has the length of the variable that takes its value."""
    if isinstance(formal, Scalar) and formal.name in ("CHAR", "NCHAR") and isinstance(actual, Scalar):
        return replace(formal, length=actual.length, characters=actual.characters)
    return formal


def oracle_error_of_missing_body(home: Frame, subprogram: ast.Subprogram) -> OracleError:
    unit = home.unit
    if not unit.name:
        return unit.compile_error(
            f"PLS-00323: subprogram or cursor '{subprogram.name}' is declared in a package specification and must be"
            " defined in the package body",
            0,
        )
    name = f"{unit.owner}.{unit.name}"
    return OracleError(
        4067,
        f'not executed, package body "{name}" does not exist',
        stack=(f'ORA-06508: PL/SQL: could not find program unit being called: "{name}"',),
    )


def _family(type_: Type | None) -> str:
    if isinstance(type_, Scalar):
        if type_.pg_type in ("numeric", "float4", "float8"):
            return "number"
        if type_.pg_type in ("varchar", "bpchar", "oracle.nvarchar2", "oracle.nchar", "oracle.clob", "oracle.long"):
            return "text"
        if type_.pg_type in ("oracle.date", "oracle.ts", "oracle.tstz", "oracle.tsltz"):
            return "time"
        return type_.pg_type
    if isinstance(type_, RecordType | CollectionType):
        return f"{type(type_).__name__} {type_.name}"
    return "cursor" if isinstance(type_, RefCursorType) else ""


def _affinity(formal: Type, actual: Type | None, node: sql.Expr) -> int:
    if isinstance(formal, Scalar) and isinstance(actual, Scalar) and formal.name == actual.name:
        return 3
    wanted = _family(formal)
    given = _family(actual) if actual is not None else _literal_family(node)
    if wanted == given:
        return 2
    return 0 if not given else -1


def _literal_family(node: sql.Expr) -> str:
    match node:
        case sql.NumberLiteral() | sql.Unary(op="-"):
            return "number"
        case sql.StringLiteral() | sql.Binary(op="||"):
            return "text"
        case sql.DateLiteral():
            return "time"
        case sql.BooleanLiteral():
            return "bool"
        case sql.Binary(op="+" | "-" | "*" | "/"):
            return "number"
        case sql.Name(parts=("SYSDATE",) | ("SYSTIMESTAMP",)):
            return "time"
    return ""
