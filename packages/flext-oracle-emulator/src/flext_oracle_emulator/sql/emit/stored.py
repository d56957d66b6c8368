"""Calls of stored functions: their arguments travel as bytes, their results come from `oracle.stored_<type>`."""

from __future__ import annotations

from ...errors import OracleError
from .. import ast
from ..inference import Sql, convert, null_of
from ..names import string
from ..scope import Scope
from ..translation import StoredFunction
from ..user_types import names_domain
from .core import State

_SENDERS = {
    "varchar": "varcharsend",
    "bpchar": "bpcharsend",
    "numeric": "numeric_send",
    "bytea": "byteasend",
    "float4": "float4send",
    "float8": "float8send",
}
#: PostgreSQL type of the column that holds a result, where it is not text.
_RESULTS = {
    "numeric": "numeric",
    "oracle.date": "timestamp",
    "oracle.ts": "numeric",
    "oracle.tstz": "numeric",
    "oracle.tsltz": "numeric",
    "oracle.iym": "numeric",
    "oracle.ids": "numeric",
    "bytea": "bytea",
    "oracle.blob": "bytea",
    "float8": "float8",
}


def result_kind(pg_type: str) -> str:
    return _RESULTS.get(pg_type, "text")


def stored_call(state: State, name: tuple[str, ...], node: ast.Call | ast.Name, scope: Scope) -> Sql | None:
    """`F(x)` -> `oracle.stored_numeric('HR.F', ..)`; None if there is no such function."""
    find = state.context.stored
    found = None if find is None else find(name, len(node.args) if isinstance(node, ast.Call) else 0)
    if found is None:
        return None
    texts = []
    for (formal, pg_type, optional), argument in _matched(found, node):
        if argument is None:
            if not optional:
                raise _wrong_arguments(found, node.pos)
            continue
        value = state.expression(argument, scope)
        converted = null_of(pg_type) if value.null else convert(value, pg_type, node.pos)
        sent = f"{string(formal + '=')} OPERATOR(pg_catalog.||) encode({_sent(converted.text, pg_type)}, 'hex')"
        texts.append(f"coalesce({sent}, {string(formal)})")
    arguments = f"ARRAY[{', '.join(texts)}]::text" if texts else "''"
    kind = result_kind(found.result)
    if found.rows is not None:
        state.row_types[found.result] = found.rows
        return Sql(f"oracle.stored_{kind}({string(found.call)}, {arguments})::jsonb", found.result)
    return Sql(f"oracle.stored_{kind}({string(found.call)}, {arguments})::{found.result}", found.result)


def _sent(text: str, pg_type: str) -> str:
    if names_domain(pg_type):
        return f"pg_catalog.convert_to(({text})::text, 'UTF8')"
    return f"{_SENDERS.get(pg_type) or f'{pg_type}_send'}({text})"


def _matched(found: StoredFunction, node: ast.Call | ast.Name) -> list[tuple[tuple[str, str, bool], ast.Expr | None]]:
    given = node.args if isinstance(node, ast.Call) else []
    named = dict(node.named) if isinstance(node, ast.Call) else {}
    if len(given) > len(found.parameters):
        raise _wrong_arguments(found, node.pos)
    matched: list[tuple[tuple[str, str, bool], ast.Expr | None]] = []
    for position, parameter in enumerate(found.parameters):
        argument: ast.Expr | None = named.get(parameter[0])
        named.pop(parameter[0], None)
        matched.append((parameter, given[position] if position < len(given) else argument))
    if named:
        raise _wrong_arguments(found, node.pos)
    return matched


def _wrong_arguments(found: StoredFunction, pos: int) -> OracleError:
    name = found.call.rpartition(".")[2]
    return OracleError(6553, f"PLS-306: wrong number or types of arguments in call to '{name}'", pos)
