"""Stored functions in SQL: the statement runs, says which results it lacks, they are computed, and it runs again.

A function is called once for each distinct arguments of a statement, so one that does more than compute is refused
(ORA-03001). Nothing of a run that lacked a result is seen by anyone: its rows are thrown away, its changes undone.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from ..catalog.model import Routine
from ..errors import OracleError, unsupported
from ..plsql import ast as plsql
from ..plsql.failures import Failure
from ..plsql.interpreter import Interpreter
from ..plsql.objects import object_value, value_of
from ..plsql.parser import parse_unit
from ..plsql.purity import side_effect
from ..plsql.scope import Frame, Unit
from ..plsql.types import Scalar, scalar
from ..plsql.values import decode, encode
from ..sql import ast, user_types
from ..sql.emit.stored import result_kind
from ..sql.translation import StoredFunction
from ..sql.user_types import ELEMENT, Attribute, UserType, names_domain
from .base import ObjectValue
from .link import Command
from .plsql import BindVariable, session_state
from .plsql_runtime import PostgresRuntime
from .transcode import decode_value, encode_value

if TYPE_CHECKING:
    from .session import PostgresSession

T = TypeVar("T")

_LONGEST = 4000
#: Runs of one statement: arguments that differ in each run (SYSTIMESTAMP) would go on for ever.
_MOST_RUNS = 60
_OIDS = {"numeric": 1700, "text": 25, "timestamp": 1114, "bytea": 17, "float8": 701}
_TABLE = Command(
    "CREATE TEMP TABLE IF NOT EXISTS plsql_results (call text, digest text, pending bool, error text, r_numeric numeric,"
    " r_text text, r_timestamp timestamp, r_bytea bytea, r_float8 float8, PRIMARY KEY (call, digest))"
)
_EMPTY = Command("DELETE FROM pg_temp.plsql_results")
_FORGET = Command("DELETE FROM pg_temp.plsql_results WHERE pending")
#: Functions of supplied packages that SQL may call as well.
_SUPPLIED: dict[tuple[str, ...], StoredFunction] = {
    ("DBMS_METADATA", "GET_DDL"): StoredFunction(
        "DBMS_METADATA.GET_DDL",
        (("OBJECT_TYPE", "varchar", False), ("NAME", "varchar", False), ("SCHEMA", "varchar", True)),
        "oracle.clob",
    ),
    ("DBMS_CRYPTO", "HASH"): StoredFunction(
        "DBMS_CRYPTO.HASH", (("SRC", "bytea", False), ("TYP", "numeric", False)), "bytea"
    ),
}


# ------------------------------------------------------------------------------------------------- what there is


def find(session: PostgresSession, name: tuple[str, ...], count: int, user: str, schema: str) -> StoredFunction | None:
    """The function that SQL means by a name, called with `count` positional arguments.

    Raises:
        OracleError: ORA-03001 for a function that cannot be called like this.
    """
    catalog = session.backend.catalog
    parts = name[1:] if name[0] == "SYS" else name
    supplied = _SUPPLIED.get(parts)
    if supplied is not None:
        granted = ("SYS", parts[0]) not in catalog.objects or catalog.can(user, "EXECUTE", "SYS", parts[0])
        return supplied if granted else None
    found, member = catalog.resolve(name, schema) if len(name) <= 2 else None, None
    if not isinstance(found, Routine) and 1 < len(name) <= 3:
        found, member = catalog.resolve(name[:-1], schema), name[-1]
    if not isinstance(found, Routine) or found.kind != ("FUNCTION" if member is None else "PACKAGE"):
        return None
    if not found.source:  # a supplied package, which is there to be granted
        return None
    if not (
        catalog.can(user, "EXECUTE", found.owner, found.name)
        or catalog.has_system_privilege(user, "EXECUTE ANY PROCEDURE")
    ):
        return None
    source = found.source if member is None else catalog.package_bodies.get((found.owner, found.name), "")
    function = _function(found.source, member, count, catalog.version)
    if function is None:
        return None
    body = function if member is None else _function(source, member, count, catalog.version)
    call = ".".join(filter(None, (found.owner, found.name, member)))
    effect = None if body is None or body.pipelined else side_effect(body)
    if effect is not None:
        raise unsupported(f"stored function {call} in SQL ({effect})")
    return _described(session, function, call, found.owner)


@functools.lru_cache(maxsize=256)
def _function(source: str, member: str | None, count: int, version: int) -> plsql.Subprogram | None:
    try:
        tree = parse_unit(source, version=version)
    except OracleError as error:
        raise OracleError(6575, "Package or function is in an invalid state") from error
    if isinstance(tree, plsql.Subprogram):
        return tree
    functions = [
        d for d in tree.declarations if isinstance(d, plsql.Subprogram) and d.name == member and d.returns is not None
    ]
    fitting = [
        f for f in functions
        if len([p for p in f.parameters if p.default is None]) <= count <= len(f.parameters)
    ]  # fmt: skip
    if len(fitting) > 1:
        raise unsupported(f"overloaded function {member} in SQL")
    return next(iter(fitting or functions), None)


def _described(session: PostgresSession, function: plsql.Subprogram, call: str, owner: str) -> StoredFunction:
    parameters = []
    for parameter in function.parameters:
        if parameter.mode != "IN":
            raise OracleError(6572, f"Function {function.name} has out arguments")
        type_ = _pg_type(session, parameter.type, owner, call)
        parameters.append((parameter.name, type_, parameter.default is not None))
    assert function.returns is not None
    rows = package_type(session, function.returns, owner, call)
    if rows is not None:
        return StoredFunction(call, tuple(parameters), rows.pg_type, function.deterministic, rows)
    result = _pg_type(session, function.returns, owner, call)
    result = {"float4": "float8"}.get(result, result)
    return StoredFunction(call, tuple(parameters), result, function.deterministic)


def _pg_type(session: PostgresSession, type_: ast.TypeName, owner: str, call: str) -> str:
    if type_.anchor is not None and type_.anchor[1] == "TYPE":
        *relation, column = type_.anchor[0]
        runtime = PostgresRuntime(session, session_state(session))
        columns = dict(runtime.relation_columns(tuple(relation), owner) or ()) if relation else {}
        if column in columns:
            type_ = columns[column]
    parts = (type_.name,) if type_.schema is None else (type_.schema, type_.name)
    user_type = None if type_.anchor else user_types.find(session.backend.catalog, owner, owner, parts)
    if user_type is not None:
        return user_type.pg_type
    found = scalar(type_) if type_.anchor is None else None
    if not isinstance(found, Scalar) or found.pg_type == "bool":
        raise unsupported(f"stored function {call} in SQL with type {type_.name}")
    return found.pg_type


def package_type(session: PostgresSession, type_: ast.TypeName, owner: str, call: str) -> UserType | None:
    """A collection type that a package declares, `t` in the package itself or `package.t`; None for other types."""
    path = call.split(".")
    package = type_.schema or (path[1] if len(path) == 3 else None)
    found = None if package is None or type_.anchor else session.backend.catalog.resolve((package,), owner)
    if not isinstance(found, Routine) or found.kind != "PACKAGE" or not found.source:
        return None
    tree = parse_unit(found.source, version=session.backend.compatible)
    assert isinstance(tree, plsql.Package)
    declared = {d.name: d for d in tree.declarations if isinstance(d, plsql.CollectionType | plsql.RecordType)}
    collection = declared.get(type_.name)
    if not isinstance(collection, plsql.CollectionType):
        return None
    attributes = _row_attributes(session, collection.element, declared, found.owner, call)
    return UserType(f"{found.owner}.{found.name}", type_.name, "TABLE", attributes)


def _row_attributes(
    session: PostgresSession,
    element: ast.TypeName,
    declared: Mapping[str, plsql.CollectionType | plsql.RecordType],
    owner: str,
    call: str,
) -> tuple[Attribute, ...]:
    runtime = PostgresRuntime(session, session_state(session))
    record = declared.get(element.name) if element.schema is None else None
    if element.anchor is not None and element.anchor[1] == "ROWTYPE":
        columns = runtime.relation_columns(element.anchor[0], owner)
        if columns is None:
            raise unsupported(f"stored function {call} in SQL with rows of {'.'.join(element.anchor[0])}")
        return tuple(Attribute(name, type_) for name, type_ in columns)
    fields = [(field.name, field.type) for field in record.fields] if isinstance(record, plsql.RecordType) else []
    attributes = []
    for name, type_ in fields or [(ELEMENT, element)]:
        if type_.anchor is not None:
            columns = runtime.relation_columns(type_.anchor[0][:-1], owner) if type_.anchor[1] == "TYPE" else None
            found = dict(columns or ()).get(type_.anchor[0][-1])
            if found is None:
                raise unsupported(
                    f"stored function {call} in SQL with the type {'.'.join(type_.anchor[0])}%{type_.anchor[1]}"
                )
            attributes.append(Attribute(name, found))
        else:
            attributes.append(Attribute(name, _in_sql(type_)))
    return tuple(attributes)


def _in_sql(type_: ast.TypeName) -> ast.TypeName:
    """A type of PL/SQL as SQL has it."""
    if type_.name == "PLS_INTEGER":
        return ast.TypeName("NUMBER")
    if type_.name in ("VARCHAR2", "NVARCHAR2", "CHAR", "RAW") and (type_.length or 0) > _LONGEST:
        return dataclasses.replace(type_, length=_LONGEST)
    return type_


# ----------------------------------------------------------------------------------------------------- running


async def query(session: PostgresSession, run: Callable[[], Awaitable[T]], drop: Callable[[T], Awaitable[None]]) -> T:
    """Run a query until it lacks nothing. `run` reads it to its end; `drop` throws its rows away."""
    await _begin(session)
    for _ in range(_MOST_RUNS):
        session.lacking.clear()
        try:
            result = await run()
        except OracleError:
            if not session.lacking:
                raise
        else:
            if not session.lacking:
                return result
            await drop(result)
        await _compute(session, in_query=True)
    raise unsupported("stored functions of values that differ from call to call")


async def change(session: PostgresSession, run: Callable[[], Awaitable[T]]) -> T:
    """Run DML until it lacks nothing; what it changed before that is undone."""
    transaction = session.transaction
    began = not transaction.open
    try:
        await transaction.mark()
        await transaction.drop_mark()
        await _begin(session)
        for _ in range(_MOST_RUNS):
            session.lacking.clear()
            await transaction.mark()
            try:
                result = await run()
            except OracleError:
                await transaction.back_to_mark()
                if not session.lacking:
                    raise
            else:
                if not session.lacking:
                    await transaction.drop_mark()
                    return result
                await transaction.back_to_mark()
            await _compute(session, in_query=False)
        raise unsupported("stored functions of values that differ from call to call")
    except BaseException:
        if began:
            await transaction.rollback()
        raise


async def _begin(session: PostgresSession) -> None:
    if session.transaction.read_only:
        raise unsupported("stored functions in a READ ONLY transaction")
    await session.transaction.run(_TABLE, _EMPTY, begin=False)


async def _compute(session: PostgresSession, *, in_query: bool) -> None:
    """Call the functions whose results were lacking."""
    lacking = list(dict.fromkeys(session.lacking))
    commands = [_FORGET]
    for call, arguments in lacking:
        commands.append(await _result(session, call, arguments, in_query=in_query))
    await session.transaction.run(*commands, begin=False)


async def _result(session: PostgresSession, call: str, arguments: str, *, in_query: bool) -> Command:
    path, count = tuple(call.split(".")), len(list(filter(None, arguments.split(","))))
    # The owner may call it, whoever may not: the statement has been checked.
    found = _SUPPLIED.get(path) or find(session, path, count, path[0], path[0])
    if found is None:  # a view calls what has been dropped since
        raise OracleError(6575, f"Package or function {path[-1]} is in an invalid state")
    kind = result_kind(found.result)
    error: bytes | None = None
    value: bytes | None = None
    try:
        value = await _evaluate(session, found, arguments, in_query=in_query)
    except OracleError as failure:
        raised = failure.oracle_error() if isinstance(failure, Failure) else failure
        if raised.code in (1013, 3001, 3113):
            raise raised from failure
        if raised.code != 1403:  # to SQL a function without data is NULL
            error = "\n".join((f"{raised.code}|{raised.message}", *raised.stack)).encode()
    return Command(
        f"INSERT INTO pg_temp.plsql_results (call, digest, pending, error, r_{kind})"
        f" VALUES ($1, pg_catalog.md5($2), false, $3, $4)",
        (call.encode(), arguments.encode(), error, value),
        (25, 25, 25, _OIDS[kind]),
    )


async def _evaluate(session: PostgresSession, found: StoredFunction, arguments: str, *, in_query: bool) -> bytes | None:
    types = {name: pg_type for name, pg_type, _ in found.parameters}
    regions = session.backend.types.regions
    binds: dict[str, BindVariable] = {}
    runtime = PostgresRuntime(session, session_state(session), inside="query" if in_query else "DML")
    interpreter = Interpreter(runtime, runtime.state, binds)
    for part in filter(None, arguments.removeprefix("{").removesuffix("}").split(",")):
        name, given, digits = part.strip('"').partition("=")
        pg_type = types[name]
        if names_domain(pg_type):
            type_ = interpreter.type_of_result(pg_type)
            value = ObjectValue(pg_type, bytes.fromhex(digits).decode()) if given else None
            binds[name] = BindVariable(type_, None if value is None else value_of(type_, value, regions))
            continue
        data = decode_value(pg_type, bytes.fromhex(digits), regions) if given else None
        binds[name] = BindVariable(Scalar("", pg_type), decode(pg_type, data))
    path = tuple(found.call.split("."))
    frame = Frame(Unit("", definer=path[0] if path[0] in session.backend.catalog.users else None))
    callee, _ = await interpreter.lookup(path, frame)
    named: dict[str, ast.Expr] = {name: ast.Bind(name, 0) for name in binds}
    result = await interpreter.invoke(callee, ast.Call(path, named=named), frame)
    if found.rows is not None:
        document = object_value(found.result, result)
        return None if document is None else document.document.encode()
    if names_domain(found.result):
        converted = await interpreter.converted(interpreter.type_of_result(found.result), result)
        document = object_value(found.result, converted)
        return None if document is None else document.document.encode()
    value = await interpreter.converted(_type(found.result), result)
    return encode_value(found.result, encode(found.result, value))


def _type(pg_type: str) -> Scalar:
    names = {"numeric": "NUMBER", "varchar": "VARCHAR2", "oracle.date": "DATE", "oracle.clob": "CLOB"}
    return Scalar(names.get(pg_type, ""), pg_type)
