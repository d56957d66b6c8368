"""Compiling stored units: what is wrong with them goes into ALL_ERRORS, what they offer into ALL_PROCEDURES and ALL_ARGUMENTS.

A unit with errors is created all the same, invalid. It is looked at again when it is called, as Oracle recompiles it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import OracleError
from ..plsql import ast as plsql
from ..plsql.check import Checker
from ..plsql.interpreter import Interpreter
from ..plsql.parser import parse_unit
from ..plsql.runtime import StoredUnit
from ..plsql.scope import Cell, CellReference, Frame, Unit
from ..plsql.trigger_parser import Trigger, parse_compound, parse_trigger, parse_trigger_body
from ..plsql.types import BOOLEAN, CollectionType, Field, RecordType, Scalar, Type
from ..sql import ast
from . import execute
from .ddl import DdlContext, objects
from .ddl.triggers import TRIGGERS
from .plsql import session_state
from .plsql_runtime import PostgresRuntime

if TYPE_CHECKING:
    from .session import PostgresSession

_PLACE = re.compile(r"line (\d+), column (\d+):\s*(.*)", re.DOTALL)
_NAMES = {"BOOLEAN": "PL/SQL BOOLEAN", "PLS_INTEGER": "BINARY_INTEGER"}
_COLLECTIONS = {"ASSOCIATIVE": "PL/SQL TABLE", "NESTED": "TABLE", "VARRAY": "VARRAY"}


async def compile_unit(session: PostgresSession, kind: str, name: tuple[str, ...], schema: str) -> bool:
    """Compile a unit that was created or altered; whether it has errors."""
    owner = name[0] if len(name) > 1 else schema
    if kind == "TRIGGER":
        return await _compile_trigger(session, owner, name[-1])
    unit = _find(session, kind, owner, name[-1])
    runtime = PostgresRuntime(session, session_state(session))
    tree: plsql.Subprogram | plsql.Package | None = None
    error: OracleError | None = None
    signatures: list[tuple[str | None, plsql.Subprogram, list[tuple[plsql.Parameter | None, Type]]]] = []
    try:
        tree = parse_unit(unit.source, version=runtime.version)
        frame = Frame(Unit(unit.source, unit.owner, unit.name, unit.owner))
        interpreter = Interpreter(runtime, runtime.state, {})
        await _check(interpreter, unit, tree, frame)
        if kind != "PACKAGE BODY":
            signatures = await _signatures(interpreter, tree, frame)
    except OracleError as failure:
        error = failure

    async def record(context: DdlContext) -> None:
        namespace = objects.BODIES if kind == "PACKAGE BODY" else objects.TABLES
        found = await objects.find(context, owner, name[-1], namespace)
        assert found is not None
        await _record_errors(context, found.object_id, error)
        if error is None and kind != "PACKAGE BODY":
            await _record_signatures(context, found.object_id, signatures)

    await execute.define(session, record)
    return error is not None


async def _compile_trigger(session: PostgresSession, owner: str, name: str) -> bool:
    """A trigger with errors is created too, and refuses the changes that would fire it (ORA-04098)."""
    text = await execute.source_of(session, owner, name, TRIGGERS)
    trigger = parse_trigger(text, session.backend.compatible)
    runtime = PostgresRuntime(session, session_state(session))
    error: OracleError | None = None
    try:
        frame = Frame(Unit(trigger.body, owner, name, owner))
        binds = trigger_rows(runtime, trigger, owner, frame)
        checker = Checker(Interpreter(runtime, runtime.state, binds))
        if trigger.timing != "COMPOUND":
            await checker.block(parse_trigger_body(trigger.body, session.backend.compatible), frame)
        else:
            compound = parse_compound(trigger.body, session.backend.compatible)
            await checker.declarations(compound.declarations, frame)
            for section in compound.sections.values():
                await checker.block(section, frame)
    except OracleError as failure:
        error = failure

    async def record(context: DdlContext) -> None:
        found = await objects.find(context, owner, name, TRIGGERS)
        assert found is not None
        await _record_errors(context, found.object_id, error)

    await execute.define(session, record)
    return error is not None


def trigger_rows(runtime: PostgresRuntime, trigger: Trigger, owner: str, frame: Frame) -> dict[str, CellReference]:
    """`:OLD` and `:NEW` by their names, without values, and the predicates that tell what happens."""
    for predicate in ("INSERTING", "UPDATING", "DELETING"):
        frame.names[predicate] = Cell(BOOLEAN, None, constant=True, columns=frozenset())
    if not trigger.row:
        return {}
    columns = runtime.relation_columns(trigger.table, owner) or ()
    interpreter = Interpreter(runtime, runtime.state, {})
    row = RecordType("row", tuple(Field(column, interpreter.column_type(type_)) for column, type_ in columns))
    return {name: CellReference(Cell(row, None)) for name in (trigger.old, trigger.new)}


def _find(session: PostgresSession, kind: str, owner: str, name: str) -> StoredUnit:
    catalog = session.backend.catalog
    if kind == "PACKAGE BODY":
        return StoredUnit(owner, name, kind, catalog.package_bodies[owner, name])
    return StoredUnit(owner, name, kind, catalog.objects[owner, name].source)  # type: ignore[union-attr]


async def _check(
    interpreter: Interpreter, unit: StoredUnit, tree: plsql.Subprogram | plsql.Package, frame: Frame
) -> None:
    checker = Checker(interpreter)
    if isinstance(tree, plsql.Subprogram):
        await checker.subprogram(tree, frame)
        return
    if tree.is_body:
        specification = interpreter.runtime.find_unit((unit.owner, unit.name), ("PACKAGE",), unit.owner)
        if specification is None:
            raise OracleError(
                6550, f"line 1, column 14:\nPLS-00304: cannot compile body of '{unit.name}' without its specification"
            )
        public = Frame(frame.unit, label=unit.name)
        parsed = parse_unit(specification.source, version=interpreter.runtime.version)
        assert isinstance(parsed, plsql.Package)
        public.unit = Unit(specification.source, unit.owner, unit.name, unit.owner)
        await checker.declarations(parsed.declarations, public)
        frame.parent, frame.label = public, unit.name
        _refuse_missing(parsed, tree)
    await checker.package(tree, frame)


def _refuse_missing(specification: plsql.Package, body: plsql.Package) -> None:
    written = [d for d in body.declarations if isinstance(d, plsql.Subprogram) and d.body is not None]
    for declared in specification.declarations:
        if not isinstance(declared, plsql.Subprogram):
            continue
        names = [p.name for p in declared.parameters]
        if not any(b.name == declared.name and [p.name for p in b.parameters] == names for b in written):
            raise OracleError(
                6550,
                f"line {declared.line}, column 1:\nPLS-00323: subprogram or cursor '{declared.name}' is declared in a"
                " package specification and must be defined in the package body",
            )


async def _signatures(
    interpreter: Interpreter, tree: plsql.Subprogram | plsql.Package, frame: Frame
) -> list[tuple[str | None, plsql.Subprogram, list[tuple[plsql.Parameter | None, Type]]]]:
    if isinstance(tree, plsql.Subprogram):
        subprograms: Sequence[tuple[str | None, plsql.Subprogram]] = [(None, tree)]
    else:
        subprograms = [(d.name, d) for d in tree.declarations if isinstance(d, plsql.Subprogram)]
    found = []
    for member, subprogram in subprograms:
        arguments: list[tuple[plsql.Parameter | None, Type]] = []
        if subprogram.returns is not None:
            arguments.append((None, await interpreter.type_of(subprogram.returns, frame)))
        types = [await interpreter.type_of(parameter.type, frame) for parameter in subprogram.parameters]
        arguments += zip(subprogram.parameters, types, strict=True)
        found.append((member, subprogram, arguments))
    return found


async def _record_errors(context: DdlContext, object_id: int, error: OracleError | None) -> None:
    await context.run("DELETE FROM oracle.errors WHERE object_id = %s", object_id)
    await context.run(
        "UPDATE oracle.objects SET status = %s WHERE object_id = %s", "VALID" if error is None else "INVALID", object_id
    )
    if error is None:
        return
    for sequence, (line, position, text) in enumerate(_error_rows(error), 1):
        number = re.match(r"PLS-(\d+)", text)
        await context.run(
            "INSERT INTO oracle.errors (object_id, sequence, line, position, text, message_number)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            *(object_id, sequence, line, position, text[:4000], int(number[1]) if number else 0),
        )


def _error_rows(error: OracleError) -> list[tuple[int, int, str]]:
    """ORA-06550's parts as ALL_ERRORS has them."""
    texts = [error.message if error.code == 6550 else f"line 1, column 1:\nORA-{error.code:05d}: {error.message}"]
    stack = list(error.stack)
    while len(stack) > 1 and stack[0].startswith("ORA-06550: line"):
        texts.append(f"{stack.pop(0).removeprefix('ORA-06550: ')}\n{stack.pop(0)}")
    rows = []
    for text in texts:
        match = _PLACE.match(text)
        rows.append((int(match[1]), int(match[2]), match[3].rstrip()) if match else (1, 1, text))
    return rows


async def _record_signatures(
    context: DdlContext,
    object_id: int,
    signatures: Sequence[tuple[str | None, plsql.Subprogram, Sequence[tuple[plsql.Parameter | None, Type]]]],
) -> None:
    await context.run("DELETE FROM oracle.procedures WHERE object_id = %s", object_id)
    names = [member for member, _, _ in signatures]
    for number, (member, subprogram, arguments) in enumerate(signatures, 1):
        overload = names[:number].count(member) if names.count(member) > 1 else None
        authid = "CURRENT_USER" if subprogram.invoker_rights else "DEFINER"
        await context.run(
            "INSERT INTO oracle.procedures (object_id, subprogram_id, procedure_name, overload, authid, pipelined,"
            " deterministic) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            *(object_id, number, member, overload, authid, subprogram.pipelined, subprogram.deterministic),
        )
        for sequence, (parameter, type_) in enumerate(arguments, 1):
            mode = "OUT" if parameter is None else parameter.mode.replace("IN OUT", "IN/OUT")
            position = 0 if parameter is None else sequence - (subprogram.returns is not None)
            length = type_.length if isinstance(type_, Scalar) else None
            precision = type_.precision if isinstance(type_, Scalar) else None
            scale = type_.scale if isinstance(type_, Scalar) else None
            await context.run(
                "INSERT INTO oracle.arguments (object_id, subprogram_id, sequence, position, argument_name, data_type,"
                " in_out, defaulted, data_length, data_precision, data_scale)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                *(object_id, number, sequence, position, parameter and parameter.name, data_type(type_), mode),
                *(parameter is not None and parameter.default is not None, length, precision, scale),
            )


def data_type(type_: Type) -> str:
    """ALL_ARGUMENTS.DATA_TYPE."""
    if isinstance(type_, Scalar):
        return _NAMES.get(type_.name, type_.name)
    if isinstance(type_, RecordType):
        return "PL/SQL RECORD"
    return _COLLECTIONS[type_.kind] if isinstance(type_, CollectionType) else "REF CURSOR"


def compiles(statement: ast.Statement) -> tuple[str, tuple[str, ...]] | None:
    """The kind and name of the unit that a definition (re)compiles."""
    if isinstance(statement, ast.CreateCode) and statement.kind != "TYPE":
        return statement.kind, statement.name
    if isinstance(statement, ast.AlterObject) and statement.kind in ("PROCEDURE", "FUNCTION", "PACKAGE"):
        body = statement.kind == "PACKAGE" and "BODY" in statement.text.upper().split()
        return "PACKAGE BODY" if body else statement.kind, statement.name
    return None
