"""Values: names and pseudo-columns, operators, CASE, CAST, scalar subqueries."""

from __future__ import annotations

from collections.abc import Callable

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import (
    DATE,
    DATETIMES,
    FLOAT,
    IDS,
    INTERVALS,
    IYM,
    LOB,
    NUMBER,
    TEXT,
    Sql,
    as_number,
    as_text,
    common_type,
    convert,
    family,
    inconsistent,
    null_of,
    variable_text,
)
from ..names import find_sequence, invalid_identifier, quote, string
from ..scope import Scope, ScopeColumn, rowid_column
from ..sizes import call_size, largest, together
from .collections import attribute_of_name
from .core import State, emits, walk
from .json_functions import json_dotted
from .stored import stored_call

# ------------------------------------------------------------------------------------------------------- names

NILADIC = {
    "SYSDATE": "oracle.date",
    "SYSTIMESTAMP": "oracle.tstz",
    "CURRENT_DATE": "oracle.date",
    "CURRENT_TIMESTAMP": "oracle.tstz",
    "LOCALTIMESTAMP": "oracle.ts",
    "SESSIONTIMEZONE": "varchar",
    "DBTIMEZONE": "varchar",
    "UID": "numeric",
    "USER": "varchar",
    "SYS_GUID": "bytea",
}
_RESERVED_NILADIC = frozenset(("SYSDATE", "UID", "USER"))

_FLOATING_CONSTANTS = {
    "BINARY_FLOAT_NAN": ("float4", "NaN"),
    "BINARY_FLOAT_INFINITY": ("float4", "Infinity"),
    "BINARY_DOUBLE_NAN": ("float8", "NaN"),
    "BINARY_DOUBLE_INFINITY": ("float8", "Infinity"),
}


def niladic(name: str) -> Sql | None:
    """SYSDATE and its like, which need no parentheses."""
    constant = _FLOATING_CONSTANTS.get(name)
    if constant is not None:
        return Sql(f"'{constant[1]}'::{constant[0]}", constant[0])
    type_ = NILADIC.get(name)
    return None if type_ is None else Sql(f"oracle.{name.lower()}()", type_, size=call_size(name, ()))


@emits(ast.Name)
def name(state: State, node: ast.Name, scope: Scope) -> Sql:
    if node.db_link is not None:
        raise OracleError(2019, "connection description for remote database not found", node.pos)
    last = node.parts[-1]
    plain = not node.quoted[-1]
    if plain and len(node.parts) == 1:
        special = _PSEUDO.get(last)
        if special is not None:
            return special(state, node, scope)
        if last in _RESERVED_NILADIC:
            value = niladic(last)
            assert value is not None
            return value
    if plain and last == "ROWID":
        return _rowid(state, node, scope)
    if plain and last in ("NEXTVAL", "CURRVAL") and len(node.parts) > 1:
        return _sequence(state, node, scope)
    found = scope.find(node)
    if found is not None:
        block, column = found
        return block.reference(column, node.pos)
    if plain and last == "ORA_ROWSCN":
        return _rowscn(state, node, scope)
    if len(node.parts) == 1:
        alias = scope.aliases.get(last)
        if alias is not None:
            return alias
        value = state.variable(last)
        if value is None and plain:
            value = niladic(last)
        if value is not None:
            return value
    else:
        field = state.variable(".".join(node.parts))
        if field is not None:
            return field
        package = node.parts[1] if node.parts[0] == "SYS" else node.parts[0]
        if plain and package.startswith(("DBMS_", "UTL_")):
            # A function of a package that takes no arguments needs no parentheses.
            return state.expression(ast.Call(node.parts, [], pos=node.pos), scope)
    if scope.clause == "having" and len(node.parts) == 1 and last in scope.group_aliases:
        return state.expression(scope.group_aliases[last], scope)
    if node.spelled:
        dotted = _dotted(state, node, scope)
        if dotted is not None:
            return dotted
    attribute = attribute_of_name(state, node, scope) if len(node.parts) > 2 and not node.tail else None
    if attribute is not None:
        return attribute
    stored = stored_call(state, node.parts, node, scope) if not node.tail else None
    if stored is not None:
        return stored
    raise invalid_identifier(node.parts, node.pos)


def _dotted(state: State, node: ast.Name, scope: Scope) -> Sql | None:
    """`t.doc.a[0].b` of a column that is JSON, by a table alias; names of members have the case that they are written in."""
    for count in (2, 3):
        if len(node.parts) + bool(node.tail) <= count:
            break
        found = scope.find(ast.Name(node.parts[:count], node.quoted[:count], pos=node.pos))
        if found is None:
            continue
        block, column = found
        source = column.source
        if source is not None and source.relation is not None and source.relation.name == source.name:
            return None
        if column.type != "oracle.json" and not (column.column is not None and column.column.is_json):
            return None
        steps = "".join(f'."{name}"' for name in node.spelled[count:])
        return json_dotted(block.reference(column, node.pos), f"${steps}{node.tail}", node.pos)
    return None


def _rownum(_: State, node: ast.Name, scope: Scope) -> Sql:
    if scope.rownum is None:
        raise OracleError(976, "Specified pseudocolumn or operator not allowed here.", node.pos)
    return Sql(scope.rownum, "numeric")


def _level(state: State, node: ast.Name, scope: Scope) -> Sql:
    hierarchy = next((block.hierarchy for block in scope.chain() if block.hierarchy is not None), None)
    if hierarchy is None:
        if node.parts[0] == "LEVEL":
            raise OracleError(1788, "CONNECT BY clause required in this query block", node.pos)
        raise invalid_identifier(node.parts, node.pos)
    return hierarchy.pseudo(node.parts[0], node.pos)  # type: ignore[attr-defined,no-any-return]


def _column_value(state: State, node: ast.Name, scope: Scope) -> Sql:
    found = scope.find(node)
    if found is None:
        raise invalid_identifier(node.parts, node.pos)
    return found[0].reference(found[1], node.pos)


def _rowid(state: State, node: ast.Name, scope: Scope) -> Sql:
    for block in scope.chain():
        if len(node.parts) > 1:
            source = block.source_named(node.parts[:-1])
        else:
            if len(block.sources) > 1:
                raise OracleError(918, "column ambiguously defined", node.pos)
            source = block.sources[0] if block.sources else None
        if source is not None:
            inner = source.find("ROWID")
            column = inner[0] if inner else rowid_column(source, node.parts, node.pos)
            value = block.reference(column, node.pos)
            return Sql(f"{value.text}::oracle.rowid", "oracle.rowid")
    raise invalid_identifier(node.parts, node.pos)


def _rowscn(state: State, node: ast.Name, scope: Scope) -> Sql:
    """`ORA_ROWSCN` -> the commit time of the transaction that wrote the row."""
    for block in scope.chain():
        source = block.source_named(node.parts[:-1]) if len(node.parts) > 1 else next(iter(block.sources), None)
        if source is not None and source.relation is not None:
            relation = source.relation
            if relation.kind != "TABLE" or relation.temporary is not None or relation.owner == "SYS":
                raise unsupported("ORA_ROWSCN of something else than a table", node.pos)
            column = ScopeColumn("ORA_ROWSCN", f"{source.alias}.xmin", "numeric", source)
            return Sql(f"oracle.row_scn({block.reference(column, node.pos).text})", "numeric")
    raise invalid_identifier(node.parts, node.pos)


def _sequence(state: State, node: ast.Name, scope: Scope) -> Sql:
    """`s.NEXTVAL` -> `nextval('"HR"."S"')`; a second reference in the same row is the same value."""
    sequence = find_sequence(state.context, node.parts[:-1], node.pos)
    if sequence is None:
        if scope.find(node) is None:
            raise OracleError(2289, "sequence does not exist", node.pos)
        block, column = scope.find(node) or (scope, None)
        assert column is not None
        return block.reference(column, node.pos)
    if scope.clause not in ("select", "values", "set") or scope.parent is not None or scope.grouped:
        raise OracleError(2287, "sequence number not allowed here", node.pos)
    target = string(f"{quote(sequence.owner)}.{quote(sequence.name)}")
    if state.sequence_columns is not None:
        numbered = state.sequence_columns.setdefault(target, f"n{len(state.sequence_columns) + 1}")
        return Sql(f"s.{numbered}", "numeric")
    if node.parts[-1] == "CURRVAL" or target in state.sequences:
        return Sql(f"pg_catalog.currval({target}::regclass)::numeric", "numeric")
    state.sequences.add(target)
    return Sql(f"pg_catalog.nextval({target}::regclass)::numeric", "numeric")


_PSEUDO: dict[str, Callable[[State, ast.Name, Scope], Sql]] = {
    "ROWNUM": _rownum,
    "LEVEL": _level,
    "CONNECT_BY_ISLEAF": _level,
    "CONNECT_BY_ISCYCLE": _level,
    "COLUMN_VALUE": _column_value,
}


@emits(ast.Bind)
def bind(state: State, node: ast.Bind, _: Scope) -> Sql:
    return state.bind(node)


# --------------------------------------------------------------------------------------------------- operators

_ARITHMETIC = ("+", "-", "*", "/", "||", "**")


@emits(ast.Unary)
def unary(state: State, node: ast.Unary, scope: Scope) -> Sql:
    if node.op == "NOT" and state.context.version >= 23:
        return Sql(state.condition(node, scope), "bool")
    if node.op == "NOT":
        raise OracleError(936, "missing expression", node.pos)
    if node.op in ("PRIOR", "CONNECT_BY_ROOT"):
        hierarchy = next((block.hierarchy for block in scope.chain() if block.hierarchy is not None), None)
        if hierarchy is None:
            raise OracleError(1788, "CONNECT BY clause required in this query block", node.pos)
        return hierarchy.unary(node, scope)  # type: ignore[attr-defined,no-any-return]
    value = state.expression(node.operand, scope)
    if family(value.type) not in (FLOAT, IYM, IDS):
        value = as_number(value, node.pos)
    return value if node.op == "+" else Sql(f"(- {value.text})", value.type)


@emits(ast.Binary)
def binary(state: State, node: ast.Binary, scope: Scope) -> Sql:
    if node.op not in _ARITHMETIC and state.context.version >= 23:
        return Sql(state.condition(node, scope), "bool")
    if node.op not in _ARITHMETIC:
        raise OracleError(907, "missing right parenthesis", node.pos)
    if node.op == "||":
        return _concatenation(state, node, scope)
    left, right = state.expression(node.left, scope), state.expression(node.right, scope)
    if node.op == "**":
        return Sql(f"oracle.power({as_number(left).text}, {as_number(right).text})", "numeric")
    return arithmetic(node.op, left, right, node.pos)


def _concatenation(state: State, node: ast.Binary, scope: Scope) -> Sql:
    """`a || 1` -> `(a || oracle.to_char(1))`; the operator of schema oracle ignores NULL."""
    parts: list[ast.Expr] = []
    item: ast.Expr = node
    while isinstance(item, ast.Binary) and item.op == "||":
        parts.append(item.right)
        item = item.left
    parts.append(item)
    values = [state.expression(part, scope) for part in reversed(parts)]
    texts = [null_of("varchar") if v.null else as_text(v, node.pos) for v in values]
    lob = next((v.type for v in texts if family(v.type) == LOB), None)
    national = any(v.type in ("oracle.nvarchar2", "oracle.nchar") for v in texts)
    char = sum(v.char for v in values if v.char) if all(v.char for v in values) else None
    text = f"({' || '.join(v.text for v in texts)})"
    if national and lob is None:
        return Sql(f"{text}::oracle.nvarchar2", "oracle.nvarchar2", size=together(values, national=True))
    return Sql(text, lob or "varchar", char=char, size=together(values))


def arithmetic(op: str, left: Sql, right: Sql, pos: int) -> Sql:
    """Datetime and interval arithmetic is the operators' of schema oracle; text becomes a number first."""
    a, b = family(left.type), family(right.type)
    if left.null and right.null:
        return null_of("numeric")
    if left.null:
        left = null_of(_null_operand(op, b, first=True))
    elif right.null:
        right = null_of(_null_operand(op, a, first=False))
    left, right = (as_number(side, pos) if family(side.type) in (TEXT, LOB) else side for side in (left, right))
    if {a, b} & (DATETIMES | INTERVALS):  # with a binary number: it counts as NUMBER
        left, right = (convert(s, "numeric", pos) if family(s.type) == FLOAT else s for s in (left, right))
    type_ = _arithmetic_type(op, left, right, pos)
    if type_ in ("float4", "float8") and FLOAT in (a, b):
        # NUMBER becomes binary too; overflow and division by zero are infinities.
        left, right = (Sql(f"({side.text})::{type_}", type_) for side in (left, right))
        return Sql(f"oracle.{_FLOAT_OPERATIONS[op]}({left.text}, {right.text})::{type_}", type_)
    return Sql(f"({left.text} {op} {right.text})", type_)


_FLOAT_OPERATIONS = {"+": "float_add", "-": "float_subtract", "*": "float_multiply", "/": "float_divide"}


def _null_operand(op: str, other: str | None, *, first: bool) -> str:
    if other in DATETIMES:
        return "oracle.date" if first and op == "-" else "numeric"
    if other in INTERVALS and op in "+-":
        return "oracle.iym" if other == IYM else "oracle.ids"
    return "numeric"


def _arithmetic_type(op: str, left: Sql, right: Sql, pos: int) -> str | None:
    a, b = family(left.type), family(right.type)
    if a is None or b is None:
        return None
    if a in (NUMBER, FLOAT) and b in (NUMBER, FLOAT):
        return "numeric" if a == b == NUMBER else ("float8" if "float8" in (left.type, right.type) else "float4")
    if op in "+-":
        if a in DATETIMES and b in DATETIMES:
            if op == "+" and a == b == DATE:
                raise OracleError(975, "date + date not allowed", pos)
            if op == "+":
                raise OracleError(30087, "Adding two datetime values is not allowed", pos)
            return "numeric" if a == b == DATE else "oracle.ids"
        if a in DATETIMES:
            return _shifted(left, b, pos)
        if b in DATETIMES and op == "+":
            return _shifted(right, a, pos)
        if a == b and a in INTERVALS:
            return left.type
    if op in "*/" and a in INTERVALS and b in (NUMBER, FLOAT):
        return left.type
    if op == "*" and b in INTERVALS and a in (NUMBER, FLOAT):
        return right.type
    if op in "+-" and {a, b} & INTERVALS:
        raise OracleError(30081, "invalid data type for datetime/interval arithmetic", pos)
    raise inconsistent(NUMBER, a if a not in (NUMBER, FLOAT) else b, pos)


def _shifted(moment: Sql, by: str | None, pos: int) -> str | None:
    if by in (NUMBER, FLOAT):
        return "oracle.date"
    if by in INTERVALS:
        return moment.type
    raise inconsistent(NUMBER, by, pos)


# ------------------------------------------------------------------------------------------------- CASE and CAST


@emits(ast.Case)
def case(state: State, node: ast.Case, scope: Scope) -> Sql:
    if any(isinstance(part, ast.Name) and part.parts[-1] == "NEXTVAL" for part in walk(node)):
        raise unsupported("NEXTVAL in CASE", node.pos)
    conditions: list[str] = []
    for test, _ in node.whens:
        if node.operand is None:
            conditions.append(state.condition(test, scope))
        else:
            comparison = ast.Binary("=", node.operand, test, pos=test.pos)
            conditions.append(state.condition(comparison, scope))
    results = [state.expression(result, scope) for _, result in node.whens]
    if node.otherwise is not None:
        results.append(state.expression(node.otherwise, scope))
    type_ = common_type(results, node.pos)
    if type_ is not None:
        results = [convert(result, type_) for result in results]
    if type_ == "varchar":
        results = [variable_text(result) for result in results]
    whens = " ".join(f"WHEN {c} THEN {r.text}" for c, r in zip(conditions, results, strict=False))
    otherwise = f" ELSE {results[-1].text}" if node.otherwise is not None else ""
    lengths = {result.char for result in results if not result.null}
    char = lengths.pop() if len(lengths) == 1 else None
    return Sql(f"CASE {whens}{otherwise} END", type_ or "varchar", char=char, size=largest(results))


@emits(ast.AtTimeZone)
def at_time_zone(state: State, node: ast.AtTimeZone, scope: Scope) -> Sql:
    value = convert(state.expression(node.operand, scope), "oracle.tstz", node.pos)
    if node.zone is None:
        return Sql(f"oracle.at_local({value.text})", "oracle.tstz")
    zone = as_text(state.expression(node.zone, scope), node.pos)
    return Sql(f"oracle.at_time_zone({value.text}, {zone.text})", "oracle.tstz")


# -------------------------------------------------------------------------------------------------- subqueries


@emits(ast.Subquery)
def subquery(state: State, node: ast.Subquery, scope: Scope) -> Sql:
    query = state.query(node.query, scope)
    if len(query.columns) != 1:
        raise OracleError(913, "too many values", node.pos)
    column = query.columns[0]
    return Sql(f"({query.text})", query.types[0], char=column.char_literal, size=column.size)


@emits(ast.Star)
def star(_: State, node: ast.Star, __: Scope) -> Sql:
    raise OracleError(936, "missing expression", node.pos)


@emits(ast.BooleanLiteral)
def boolean(state: State, node: ast.BooleanLiteral, _: Scope) -> Sql:
    if state.context.version < 23:
        raise invalid_identifier(("TRUE" if node.value else "FALSE",), node.pos)
    return Sql("true" if node.value else "false", "bool")


@emits(ast.Tuple)
def row(_: State, node: ast.Tuple, __: Scope) -> Sql:
    raise OracleError(907, "missing right parenthesis", node.pos)
