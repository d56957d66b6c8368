"""Conditions: comparisons, IN, LIKE, BETWEEN, EXISTS, IS ..; three-valued as in PostgreSQL, with Oracle's
conversions.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import (
    FLOAT,
    LOB,
    NUMBER,
    ROWID,
    Sql,
    as_text,
    comparable,
    family,
    null_of,
)
from ..names import string
from ..scope import Scope
from .collections import compared, condition_of_collection
from .core import QuerySql, State, decides
from .json_functions import document_text, is_json, json_exists
from .xml_query import xml_exists

_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")


@decides(ast.Binary)
def binary(state: State, node: ast.Binary, scope: Scope) -> str:
    if node.op in ("AND", "OR"):
        return _connected(state, node, scope)
    if node.op not in _COMPARISONS:
        raise OracleError(920, "invalid relational operator", node.pos)
    if isinstance(node.left, ast.Tuple) or isinstance(node.right, ast.Tuple):
        return _rows(state, node, scope)
    left, right = state.expression(node.left, scope), state.expression(node.right, scope)
    return compared(state, node.op, left, right, node.pos) or compare(node.op, left, right, node.pos)


def compare(op: str, left: Sql, right: Sql, pos: int) -> str:
    left, right = comparable(left, right, pos)
    if ROWID in (family(left.type), family(right.type)):
        return f"({_rowid(left)} {op} {_rowid(right)})"
    return f"({left.text} {op} {right.text})"


def _rowid(value: Sql) -> str:
    """The stored bigint itself, so that the index on it serves."""
    return (
        value.text.removesuffix("::oracle.rowid") if value.text.endswith("::oracle.rowid") else f"({value.text})::int8"
    )


def _connected(state: State, node: ast.Binary, scope: Scope) -> str:
    parts: list[ast.Expr] = []
    item: ast.Expr = node
    while isinstance(item, ast.Binary) and item.op == node.op:
        parts.append(item.right)
        item = item.left
    parts.append(item)
    return "(" + f" {node.op} ".join(state.condition(part, scope) for part in reversed(parts)) + ")"


def _rows(state: State, node: ast.Binary, scope: Scope) -> str:
    """`(a, b) = ((1, 2))` and `(a, b) = (SELECT ..)`; Oracle compares rows for equality only."""
    if node.op not in ("=", "<>"):
        raise OracleError(1796, "this operator cannot be used with lists", node.pos)
    if isinstance(node.left, ast.Tuple) and isinstance(node.right, ast.Subquery):
        query = state.query(node.right.query, scope)
        left = [state.expression(item, scope) for item in node.left.items]
        row, text = _against_query(left, query, node.pos)
        return f"({row} {node.op} ({text}))"
    if not (isinstance(node.left, ast.Tuple) and isinstance(node.right, ast.Tuple)):
        raise OracleError(920, "invalid relational operator", node.pos)
    right = node.right
    if len(right.items) == 1 and isinstance(right.items[0], ast.Tuple):
        right = right.items[0]
    pairs = _pairs(state, node.left.items, right.items, scope, node.pos)
    test = " AND ".join(compare("=", a, b, node.pos) for a, b in pairs)
    return f"({test})" if node.op == "=" else f"(NOT ({test}))"


def _pairs(
    state: State, left: Sequence[ast.Expr], right: Sequence[ast.Expr], scope: Scope, pos: int
) -> list[tuple[Sql, Sql]]:
    if len(left) != len(right):
        raise OracleError(*((913, "too many values") if len(right) > len(left) else (947, "not enough values")), pos)
    return [(state.expression(a, scope), state.expression(b, scope)) for a, b in zip(left, right, strict=True)]


def _against_query(left: list[Sql], query: QuerySql, pos: int) -> tuple[str, str]:
    """A row and a subquery that can be compared: conversions of the subquery's columns wrap it."""
    if len(left) != len(query.columns):
        raise OracleError(
            *((913, "too many values") if len(query.columns) > len(left) else (947, "not enough values")), pos
        )
    names = [f"c{index}" for index in range(1, len(left) + 1)]
    pairs = [
        comparable(value, Sql(f"q.{name}", type_), pos)
        for value, name, type_ in zip(left, names, query.types, strict=True)
    ]
    row = ", ".join(a.text for a, _ in pairs)
    row = f"({row})" if len(left) > 1 else row
    if all(b.text == f"q.{name}" for (_, b), name in zip(pairs, names, strict=True)):
        return row, query.text
    return row, f"SELECT {', '.join(b.text for _, b in pairs)} FROM ({query.text}) AS q({', '.join(names)})"


@decides(ast.Unary)
def unary(state: State, node: ast.Unary, scope: Scope) -> str:
    if node.op != "NOT":
        raise OracleError(920, "invalid relational operator", node.pos)
    return f"(NOT {state.condition(node.operand, scope)})"


@decides(ast.InList)
def in_list(state: State, node: ast.InList, scope: Scope) -> str:
    """`x IN (1, '2')` -> `(x IN (1::numeric, oracle.to_number('2')))`; conversions differ by item, so then as ORs."""
    word = "NOT IN" if node.negated else "IN"
    if isinstance(node.items, ast.Query):
        query = state.query(node.items, scope)
        operands = node.operand.items if isinstance(node.operand, ast.Tuple) else [node.operand]
        row, text = _against_query([state.expression(item, scope) for item in operands], query, node.pos)
        return f"({row} {word} ({text}))"
    if len(node.items) > 1000 and state.context.version < 23:
        raise OracleError(1795, "maximum number of expressions in a list is 1000", node.pos)
    if isinstance(node.operand, ast.Tuple):
        return _row_in_list(state, node, node.operand, scope)
    operand = state.expression(node.operand, scope)
    pairs = [comparable(operand, state.expression(item, scope), node.pos) for item in node.items]
    if {a.text for a, _ in pairs} == {operand.text} and family(operand.type) != ROWID:
        return f"({operand.text} {word} ({', '.join(b.text for _, b in pairs)}))"
    tests = " OR ".join(compare("=", a, b, node.pos) for a, b in pairs)
    return f"(NOT ({tests}))" if node.negated else f"({tests})"


def _row_in_list(state: State, node: ast.InList, operand: ast.Tuple, scope: Scope) -> str:
    tests = []
    assert not isinstance(node.items, ast.Query)
    for item in node.items:
        if not isinstance(item, ast.Tuple):
            raise OracleError(920, "invalid relational operator", item.pos)
        pairs = _pairs(state, operand.items, item.items, scope, item.pos)
        tests.append("(" + " AND ".join(compare("=", a, b, item.pos) for a, b in pairs) + ")")
    joined = " OR ".join(tests)
    return f"(NOT ({joined}))" if node.negated else f"({joined})"


@decides(ast.Between)
def between(state: State, node: ast.Between, scope: Scope) -> str:
    operand = state.expression(node.operand, scope)
    low, high = state.expression(node.low, scope), state.expression(node.high, scope)
    test = f"{compare('>=', operand, low, node.pos)} AND {compare('<=', operand, high, node.pos)}"
    return f"(NOT ({test}))" if node.negated else f"({test})"


@decides(ast.IsNull)
def is_null(state: State, node: ast.IsNull, scope: Scope) -> str:
    return f"({state.expression(node.operand, scope).text} IS {'NOT ' if node.negated else ''}NULL)"


@decides(ast.Like)
def like(state: State, node: ast.Like, scope: Scope) -> str:
    r"""`a LIKE 'x\%'` -> `a LIKE 'x\\%'`: without ESCAPE, Oracle's backslash is a character like any other."""
    if node.kind not in ("LIKE", "LIKEC"):
        raise unsupported(node.kind, node.pos)
    operand = _like_text(state.expression(node.operand, scope), node.pos)
    pattern = as_text(state.expression(node.pattern, scope), node.pos)
    word = "NOT LIKE" if node.negated else "LIKE"
    if pattern.null or operand.null:
        return f"(NULL::text {word} NULL::text)"
    if node.escape is None:
        if pattern.literal is None:
            return f"({operand.text} {word} ({pattern.text})::text ESCAPE '')"
        escaped = pattern.literal.replace("\\", "\\\\")
        return f"({operand.text} {word} {string(escaped)})"
    escape = as_text(state.expression(node.escape, scope), node.pos)
    if escape.literal is not None:
        if len(escape.literal) != 1:
            raise OracleError(1425, "escape character must be character string of length 1", node.pos)
        if pattern.literal is not None:
            _check_escapes(pattern.literal, escape.literal, node.pos)
    return f"({operand.text} {word} ({pattern.text})::text ESCAPE ({escape.text})::text)"


def _like_text(value: Sql, pos: int) -> Sql:
    text = as_text(value, pos)
    return Sql(f"({text.text})::text", "text") if family(text.type) == LOB or text.type == "bpchar" else text


def _check_escapes(pattern: str, escape: str, pos: int) -> None:
    position = 0
    while (position := pattern.find(escape, position)) >= 0:
        if pattern[position + 1 : position + 2] not in ("%", "_", escape) or position + 1 == len(pattern):
            raise OracleError(1424, "missing or illegal character following the escape character", pos)
        position += 2


@decides(ast.Exists)
def exists(state: State, node: ast.Exists, scope: Scope) -> str:
    return f"EXISTS ({state.query(node.query, scope).text})"


@decides(ast.Quantified)
def quantified(state: State, node: ast.Quantified, scope: Scope) -> str:
    """`x > ALL (1, 2)` -> ANDs, `= ANY` -> ORs; a subquery stays one."""
    if isinstance(node.right, ast.Query):
        query = state.query(node.right, scope)
        operands = node.left.items if isinstance(node.left, ast.Tuple) else [node.left]
        row, text = _against_query([state.expression(item, scope) for item in operands], query, node.pos)
        return f"({row} {node.op} {node.quantifier} ({text}))"
    if isinstance(node.left, ast.Tuple):
        raise unsupported("quantified comparison of rows with a list", node.pos)
    left = state.expression(node.left, scope)
    tests = [compare(node.op, left, state.expression(item, scope), node.pos) for item in node.right.items]
    return "(" + (" AND " if node.quantifier == "ALL" else " OR ").join(tests) + ")"


@decides(ast.IsCondition)
def is_condition(state: State, node: ast.IsCondition, scope: Scope) -> str:
    negation = "NOT " if node.negated else ""
    if node.what in ("NAN", "INFINITE"):
        value = state.expression(node.operand, scope)
        if family(value.type) == NUMBER:
            test = "false"
        elif family(value.type) == FLOAT:
            test = f"{value.text} = 'NaN'" if node.what == "NAN" else f"abs({value.text}) = 'Infinity'"
        else:
            raise unsupported(f"IS {node.what} of this type", node.pos)
        return f"({value.text} IS NOT NULL AND {negation}{test})"
    if node.what.startswith("JSON"):
        return is_json(state, node, scope)
    if node.what in ("EMPTY", "A SET"):
        return condition_of_collection(state, node, scope)
    if node.what in ("TRUE", "FALSE"):
        return f"({state.condition(node.operand, scope)} IS {negation}{node.what})"
    raise unsupported(f"IS {node.what}", node.pos)


@decides(ast.BooleanLiteral)
def boolean(state: State, node: ast.BooleanLiteral, _: Scope) -> str:
    if state.context.version < 23:
        raise OracleError(920, "invalid relational operator", node.pos)
    return "true" if node.value else "false"


@decides(ast.Call)
def call(state: State, node: ast.Call, scope: Scope) -> str:
    """REGEXP_LIKE, LNNVL and the like."""
    name = node.name[-1]
    functions = state.context.catalog.functions
    if name == "LNNVL" and len(node.args) == 1:
        return f"({state.condition(node.args[0], scope)} IS NOT TRUE)"
    if name == "REGEXP_LIKE" and name in functions:
        args = [state.expression(arg, scope) for arg in node.args]
        texts = [(null_of("varchar") if arg.null else as_text(arg, node.pos)).text for arg in args]
        return f"oracle.regexp_like({', '.join(texts)})"
    if name == "XMLEXISTS":
        return xml_exists(state, node, scope)
    if name == "JSON_EXISTS":
        return json_exists(state, node, scope)
    if name == "JSON_EQUAL" and len(node.args) == 2:
        left, right = (document_text(state.expression(arg, scope), node.pos) for arg in node.args)
        return f"(oracle.json_document({left}) = oracle.json_document({right}))"
    if name in ("JSON_EQUAL", "CONTAINS", "REGEXP_LIKE", "UNDER_PATH", "EQUALS_PATH"):
        raise unsupported(name, node.pos)
    raise OracleError(920, "invalid relational operator", node.pos)
