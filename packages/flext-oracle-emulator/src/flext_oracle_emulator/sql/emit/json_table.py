"""JSON_TABLE as PostgreSQL's, inside a subquery that gives its columns Oracle's types."""

from __future__ import annotations

from ...errors import unsupported
from .. import ast
from ..inference import DATETIMES, FLOAT, LOB, NUMBER, TEXT, family
from ..names import quote, string
from ..scope import Scope
from ..types import base_type, pg_type_of
from .core import State
from .json_functions import document_text, on_clauses, passing_text, plain_path, typed


def json_table(state: State, call: ast.Call, scope: Scope) -> tuple[str, list[str], list[str | None]]:
    """The subquery's text, and its columns' names and types. The document may read tables to the left."""
    document = document_text(state.expression(call.args[0], scope), call.pos)
    path = plain_path(call.args[1] if len(call.args) > 1 else "$", call.pos)
    on_error, _ = on_clauses(call.extra)
    strict = on_error[0] == "ERROR"
    columns = call.extra["columns"]
    assert isinstance(columns, list)
    outer: list[tuple[str, str, str]] = []
    inner = _columns(state, columns, outer, scope, strict=strict)
    read = "json_strict" if strict else "json_document"
    table = (
        f"JSON_TABLE(oracle.{read}({document}), {string(path.text)}{passing_text(state, call, scope)} COLUMNS ({inner})"
    )
    table += f" {'ERROR' if strict else 'EMPTY'} ON ERROR)"
    select = ", ".join(f"{text} AS {quote(name)}" for name, _, text in outer)
    return f"(SELECT {select} FROM {table} AS j)", [name for name, _, _ in outer], [type_ for _, type_, _ in outer]


def _columns(
    state: State, columns: list[ast.JsonColumn], outer: list[tuple[str, str, str]], scope: Scope, *, strict: bool
) -> str:
    parts = []
    for column in columns:
        if column.kind == "NESTED":
            nested = _columns(state, column.columns, outer, scope, strict=strict)
            parts.append(f"NESTED PATH {string(plain_path(column.path, column.pos).text)} COLUMNS ({nested})")
            continue
        name = f"c{len(outer) + 1}"
        definition, type_, text = _column(state, column, name, strict=strict)
        outer.append((column.name, type_, text))
        parts.append(f"{name} {definition}")
    return ", ".join(parts)


def _column(state: State, column: ast.JsonColumn, name: str, *, strict: bool) -> tuple[str, str, str]:
    """One column: its definition in JSON_TABLE, its type, and the expression that gives it that type."""
    value = f"j.{name}"
    if column.kind == "ORDINALITY":
        return "FOR ORDINALITY", "numeric", f"{value}::numeric"
    target = column.type or ast.TypeName("VARCHAR2", length=4000)
    type_ = pg_type_of(target, version=state.context.version)
    base, kind = base_type(type_), family(base_type(type_))
    path = string(plain_path(column.path or f"$.{column.name}", column.pos).text)
    if column.kind == "EXISTS":
        words = ("1", "0") if kind == NUMBER else ("true", "false")
        shown = f"CASE {value} WHEN true THEN '{words[0]}' ELSE '{words[1]}' END::{type_}"
        return f"bool EXISTS PATH {path}", base, shown
    extra = {"on_error": column.on_error or (("ERROR", None) if strict else None), "on_empty": column.on_empty}
    on_error, on_empty = on_clauses(extra)
    if not column.on_empty and strict:
        on_empty = ("NULL", None)
    if column.kind == "QUERY":
        wrapper = f" {column.wrapper} WRAPPER" if column.wrapper else ""
        text = typed(f"oracle.json_compact({value})", type_, target, strict=on_error[0] == "ERROR")
        return f"text FORMAT JSON PATH {path}{wrapper}", base, text
    inner = type_ if kind in (NUMBER, FLOAT) else "jsonb"
    if kind not in (TEXT, LOB, NUMBER, FLOAT, *DATETIMES):
        raise unsupported("JSON_TABLE column of this type", column.pos)
    clauses = "".join(
        f" {_action(clause, inner, column.pos)} ON {event}"
        for clause, event in ((on_empty, "EMPTY"), (on_error, "ERROR"))
    )
    fails = on_error[0] == "ERROR"
    value = f"oracle.json_scalar({value}, {str(fails).lower()})" if inner == "jsonb" else value
    return f"{inner} PATH {path}{clauses}", base, typed(value, type_, target, strict=fails)


def _action(clause: tuple[str, ast.Expr | None], inner: str, pos: int) -> str:
    action, default = clause
    if action != "DEFAULT":
        return action
    if isinstance(default, ast.StringLiteral) and inner == "jsonb":
        return f"DEFAULT to_jsonb({string(default.value)}::text)"
    if isinstance(default, ast.StringLiteral):
        return f"DEFAULT {string(default.value)}::{inner}"
    if isinstance(default, ast.NumberLiteral):
        return f"DEFAULT '{default.text}'::{inner}"
    raise unsupported("a DEFAULT that is no literal in JSON_TABLE", pos)
