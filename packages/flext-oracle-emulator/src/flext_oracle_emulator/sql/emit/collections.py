"""Objects and collections in SQL: constructors, attributes, TABLE(..), CAST(MULTISET(..)), the MULTISET operators.

What such a value is in PostgreSQL says sql/user_types.py.
"""

from __future__ import annotations

from ...errors import OracleError
from .. import ast
from ..inference import Sql, convert, null_of
from ..names import quote
from ..scope import Scope
from ..types import base_type, pg_type_of
from ..user_types import ELEMENT, Attribute, UserType, find, names_domain, of_domain, of_name
from .core import State, decides, emits

#: What a type is a clone of, where its own text would be Oracle's, by the session's formats.
_PLAIN = {
    "oracle.date": "timestamp",
    **dict.fromkeys(("oracle.ts", "oracle.tstz", "oracle.tsltz", "oracle.iym", "oracle.ids"), "numeric"),
}
_NULL_DOCUMENT = "nullif({}, 'null'::jsonb)"


# ------------------------------------------------------------------------------------- documents and their parts


def document_of(state: State, owner: UserType, attribute: Attribute, value: Sql, pos: int) -> str:
    """A value as an attribute or element of `owner`, in PostgreSQL's terms an argument of jsonb_build_array."""
    nested = of_name(state.context.catalog, owner, attribute.type)
    if nested is not None:
        if not value.null and value.type != nested.pg_type:
            raise _inconsistent(nested, pos)
        return "NULL::jsonb" if value.null else f"({value.text})::jsonb"
    type_ = attribute.type
    target = pg_type_of(type_, version=state.context.version)
    base = base_type(target)
    if value.null:
        return f"NULL::{base}"
    converted = convert(value, base, pos)
    if base in ("numeric", "bool"):
        return f"({converted.text})::{target}"
    if base in ("varchar", "oracle.nvarchar2", "bpchar", "oracle.nchar"):
        in_characters = type_.char_semantics == "CHAR" or base.startswith("oracle.")
        text = f"oracle.attribute_text(({converted.text})::text, {type_.length or 1}, {str(in_characters).lower()})"
        return f"{text}::{target}::text" if base in ("bpchar", "oracle.nchar") else text
    plain = _PLAIN.get(base)
    return f"({converted.text})::{target}{'' if plain is None else f'::{plain}'}::text"


def part_of(state: State, owner: UserType, type_: ast.TypeName, document: str) -> Sql:
    """The value that a part of a document holds."""
    nested = of_name(state.context.catalog, owner, type_)
    if nested is not None:
        return Sql(f"{_NULL_DOCUMENT.format(document)}::{nested.pg_type}", nested.pg_type)
    target = pg_type_of(type_, version=state.context.version)
    text = f"(({document}) OPERATOR(pg_catalog.#>>) '{{}}'::text[])"
    plain = _PLAIN.get(base_type(target))
    if plain is not None:
        text = f"{text}::{plain}"
    size = type_.length if type_.char_semantics != "CHAR" else min(4 * (type_.length or 1), 4000)
    return Sql(f"{text}::{target}", base_type(target), size=size)


def _inconsistent(type_: UserType, pos: int) -> OracleError:
    return OracleError(932, f"inconsistent datatypes: expected {type_.owner}.{type_.name} got -", pos)


def _wrong_arguments(pos: int) -> OracleError:
    return OracleError(2315, "incorrect number of arguments for default constructor", pos)


# ---------------------------------------------------------------------------------------------------- constructors


def constructed(state: State, node: ast.Call, scope: Scope) -> Sql | None:
    """`ADDRESS_T('Main St', 5)`, `NUMBERS_T(1, 2)`; None if the name is no type's."""
    type_ = find(state.context.catalog, state.context.user, state.context.schema, node.name)
    if type_ is None:
        return None
    if node.distinct or node.over is not None:
        raise _wrong_arguments(node.pos)
    if type_.kind == "OBJECT":
        arguments = _attributes_given(type_, node)
        pairs = list(zip(type_.attributes, arguments, strict=True))
    else:
        if node.named:
            raise _wrong_arguments(node.pos)
        if type_.limit is not None and len(node.args) > type_.limit:
            raise OracleError(22909, "exceeded maximum VARRAY limit", node.pos)
        pairs = [(type_.attributes[0], argument) for argument in node.args]
    parts = [document_of(state, type_, a, state.expression(argument, scope), node.pos) for a, argument in pairs]
    return Sql(f"{_array(parts)}::{type_.pg_type}", type_.pg_type)


_MOST_ARGUMENTS = 100  # of a function of PostgreSQL


def _array(parts: list[str]) -> str:
    chunks = [parts[i : i + _MOST_ARGUMENTS] for i in range(0, len(parts), _MOST_ARGUMENTS)] or [[]]
    arrays = [f"pg_catalog.jsonb_build_array({', '.join(chunk)})" for chunk in chunks]
    return arrays[0] if len(arrays) == 1 else f"({' OPERATOR(pg_catalog.||) '.join(arrays)})"


def _attributes_given(type_: UserType, node: ast.Call) -> list[ast.Expr]:
    names = [attribute.name for attribute in type_.attributes]
    given = dict(zip(names, node.args, strict=False)) | node.named
    if len(node.args) + len(node.named) != len(names) or set(given) != set(names):
        raise _wrong_arguments(node.pos)
    return [given[name] for name in names]


# ------------------------------------------------------------------------------------------------------ attributes


def attribute_of_name(state: State, node: ast.Name, scope: Scope) -> Sql | None:
    """`t.address.street`: the column of an object, through the table's alias as Oracle wants it."""
    for count in range(len(node.parts) - 1, 1, -1):
        column = ast.Name(node.parts[:count], node.quoted[:count], pos=node.pos)
        if scope_has(scope, column):
            value = state.expression(column, scope)
            for name in node.parts[count:]:
                value = _attribute(state, value, name, node)
            return value
    return None


def scope_has(scope: Scope, node: ast.Name) -> bool:
    for block in scope.chain():
        source = block.source_named(node.parts[:-1])
        if source is not None:
            return bool(source.find(node.parts[-1]))
    return False


def _attribute(state: State, value: Sql, name: str, node: ast.Expr) -> Sql:
    type_ = of_domain(state.context.catalog, value.type)
    if type_ is not None and type_.kind == "OBJECT":
        for index, attribute in enumerate(type_.attributes):
            if attribute.name == name:
                part = f"(({value.text})::jsonb OPERATOR(pg_catalog.->) {index})"
                return part_of(state, type_, attribute.type, part)
    raise OracleError(904, f'"{name}": invalid identifier', node.pos)


@emits(ast.Attribute)
def attribute(state: State, node: ast.Attribute, scope: Scope) -> Sql:
    return _attribute(state, state.expression(node.target, scope), node.name, node)


# ------------------------------------------------------------------------------------------------------- TABLE(..)


def collection_of(state: State, value: Sql, pos: int) -> UserType:
    """Raises ORA-22905 for what is no collection."""
    type_ = of_domain(state.context.catalog, value.type) or state.row_types.get(value.type or "")
    if type_ is None or type_.kind == "OBJECT":
        raise OracleError(22905, "cannot access rows from a non-nested table item", pos)
    return type_


def rows_of(state: State, type_: UserType, document: str) -> tuple[str, list[str], list[Sql]]:
    """`TABLE(collection)` as a query: its text, and the names and values (of the columns "x"."..") of its rows."""
    catalog = state.context.catalog
    if type_.attributes[0].name == ELEMENT:
        row = of_name(catalog, type_, type_.element)
    else:  # a package's records
        row = UserType(type_.owner, type_.name, "OBJECT", type_.attributes)
    if row is not None and row.kind == "OBJECT":
        names = [attribute.name for attribute in row.attributes]
        values = [
            part_of(state, row, attribute.type, f"(e.e OPERATOR(pg_catalog.->) {index})")
            for index, attribute in enumerate(row.attributes)
        ]
    else:
        names = ["COLUMN_VALUE"]
        values = [part_of(state, type_, type_.element, "e.e")]
    columns = ", ".join(f"{value.text} AS {quote(name)}" for name, value in zip(names, values, strict=True))
    elements = f"pg_catalog.jsonb_array_elements(({document})::jsonb) WITH ORDINALITY AS e(e, n)"
    return f"(SELECT {columns} FROM {elements} ORDER BY e.n)", names, values


# ------------------------------------------------------------------------------------------------- CAST, COLLECT


def cast_to_user_type(state: State, node: ast.Cast, scope: Scope) -> Sql | None:
    """CAST(MULTISET(query) AS t), CAST(COLLECT(x) AS t), CAST(collection AS t); None for a built-in type."""
    parts = (node.type.name,) if node.type.schema is None else (node.type.schema, node.type.name)
    type_ = find(state.context.catalog, state.context.user, state.context.schema, parts)
    if type_ is None:
        return None
    operand = node.operand
    if node.multiset:
        assert isinstance(operand, ast.Subquery)
        return _of_query(state, type_, operand.query, scope, node.pos)
    if isinstance(operand, ast.Call) and operand.name == ("COLLECT",):
        return _collected(state, type_, operand, scope)
    if isinstance(operand, ast.Call) and operand.name == ("POWERMULTISET",):
        return _powermultiset(state, type_, operand, scope)
    value = state.expression(operand, scope)
    if value.null:
        return null_of(type_.pg_type)
    source = of_domain(state.context.catalog, value.type)
    if source is None or source.kind == "OBJECT" or type_.kind == "OBJECT":
        if value.type == type_.pg_type:
            return value
        raise _inconsistent(type_, node.pos)
    part = part_of(state, source, source.element, "e.e")
    if names_domain(part.type):
        if part.type != part_of(state, type_, type_.element, "e.e").type:
            raise _inconsistent(type_, node.pos)
        return Sql(_limited(type_, f"({value.text})::jsonb"), type_.pg_type)
    element = document_of(state, type_, type_.attributes[0], part, node.pos)
    elements = f"pg_catalog.jsonb_array_elements(({value.text})::jsonb) WITH ORDINALITY AS e(e, n)"
    query = f"(SELECT coalesce(pg_catalog.jsonb_agg({element} ORDER BY e.n), '[]'::jsonb) FROM {elements})"
    document = f"CASE WHEN ({value.text}) IS NOT NULL THEN {query} END"
    return Sql(_limited(type_, document), type_.pg_type)


def _limited(type_: UserType, document: str) -> str:
    if type_.limit is not None:
        document = f"oracle.limited({document}, {min(type_.limit, 2**31 - 1)})"
    return f"({document})::{type_.pg_type}"


def _of_query(state: State, type_: UserType, query: ast.Query, scope: Scope, pos: int) -> Sql:
    if type_.kind == "OBJECT":
        raise _inconsistent(type_, pos)
    written = state.query(query, scope)
    names = [f"c{index}" for index in range(1, len(written.columns) + 1)]
    values = [Sql(f"q.{name}", type_name) for name, type_name in zip(names, written.types, strict=True)]
    values = [null_of("varchar") if null else value for value, null in zip(values, written.nulls, strict=True)]
    row = of_name(state.context.catalog, type_, type_.element)
    if row is not None and row.kind == "OBJECT" and not (len(values) == 1 and values[0].type == row.pg_type):
        if len(values) != len(row.attributes):
            raise _inconsistent(type_, pos)
        parts = [document_of(state, row, a, v, pos) for a, v in zip(row.attributes, values, strict=True)]
        element = f"pg_catalog.jsonb_build_array({', '.join(parts)})"
    elif len(values) != 1:
        raise _inconsistent(type_, pos)
    else:
        element = document_of(state, type_, type_.attributes[0], values[0], pos)
    source = f"({written.text}) AS q({', '.join(names)})"
    document = f"(SELECT coalesce(pg_catalog.jsonb_agg({element}), '[]'::jsonb) FROM {source})"
    return Sql(_limited(type_, document), type_.pg_type)


def _powermultiset(state: State, type_: UserType, node: ast.Call, scope: Scope) -> Sql:
    value = _argument(state, node, scope)
    inner = None if type_.kind == "OBJECT" else of_name(state.context.catalog, type_, type_.element)
    if inner is None or collection_of(state, value, node.pos) != inner:
        raise _inconsistent(type_, node.pos)
    return Sql(f"oracle.powermultiset(({value.text})::jsonb)::{type_.pg_type}", type_.pg_type)


def _collected(state: State, type_: UserType, node: ast.Call, scope: Scope) -> Sql:
    if len(node.args) != 1 or type_.kind == "OBJECT":
        raise OracleError(909, "invalid number of arguments", node.pos)
    scope.aggregate_depth += 1
    value = state.expression(node.args[0], scope)
    order = node.extra.get("order")
    keys = []
    for item in order if isinstance(order, list) else ():
        assert isinstance(item, ast.OrderItem)
        nulls = item.nulls or ("FIRST" if item.descending else "LAST")
        keys.append(f"{state.expression(item.expr, scope).text}{' DESC' if item.descending else ''} NULLS {nulls}")
    scope.aggregate_depth -= 1
    element = document_of(state, type_, type_.attributes[0], value, node.pos)
    distinct = "DISTINCT " if node.distinct else ""
    ordering = f" ORDER BY {', '.join(keys)}" if keys else ""
    known = f" FILTER (WHERE ({value.text}) IS NOT NULL)"
    text = f"coalesce(pg_catalog.jsonb_agg({distinct}{element}{ordering}){known}, '[]'::jsonb)"
    return Sql(_limited(type_, text), type_.pg_type)


# -------------------------------------------------------------------------------------------- operators, conditions


@emits(ast.Multiset)
def multiset(state: State, node: ast.Multiset, scope: Scope) -> Sql:
    left, right = state.expression(node.left, scope), state.expression(node.right, scope)
    type_ = collection_of(state, left, node.pos)
    if type_.kind != "TABLE" or (right.type != left.type and not right.null):
        raise _inconsistent(type_, node.pos)
    operands = [f"({side.text})::jsonb" for side in (left, right)]
    if node.distinct:
        operands = [f"oracle.element_set({operand})" for operand in operands]
    text = f"oracle.multiset_{node.op.lower()}({', '.join(operands)})"
    if node.distinct:
        text = f"oracle.element_set({text})"
    return Sql(f"{text}::{type_.pg_type}", type_.pg_type)


@decides(ast.Member)
def member(state: State, node: ast.Member, scope: Scope) -> str:
    collection = state.expression(node.collection, scope)
    type_ = collection_of(state, collection, node.pos)
    value = state.expression(node.operand, scope)
    negation = "NOT " if node.negated else ""
    if node.all_of:
        if value.type != collection.type:
            raise _inconsistent(type_, node.pos)
        return f"({negation}oracle.submultiset(({value.text})::jsonb, ({collection.text})::jsonb))"
    element = document_of(state, type_, type_.attributes[0], value, node.pos)
    return f"({negation}oracle.is_member(pg_catalog.to_jsonb({element}), ({collection.text})::jsonb))"


def condition_of_collection(state: State, node: ast.IsCondition, scope: Scope) -> str:
    """IS [NOT] EMPTY, IS [NOT] A SET."""
    value = state.expression(node.operand, scope)
    collection_of(state, value, node.pos)
    count = f"pg_catalog.jsonb_array_length(({value.text})::jsonb)"
    unique = f"pg_catalog.jsonb_array_length(oracle.element_set(({value.text})::jsonb))"
    other = "0" if node.what == "EMPTY" else unique
    return f"({count} OPERATOR(pg_catalog.{'<>' if node.negated else '='}) {other})"


def compared(state: State, op: str, left: Sql, right: Sql, pos: int) -> str | None:
    """`=` and `<>` of objects and nested tables; None for values of other types."""
    type_ = of_domain(state.context.catalog, left.type) or of_domain(state.context.catalog, right.type)
    if type_ is None:
        return None
    if left.type != right.type or type_.kind == "VARRAY":
        raise _inconsistent(type_, pos)
    if op not in ("=", "<>"):
        raise OracleError(22950, "cannot ORDER objects without MAP or ORDER method", pos)
    if type_.kind == "OBJECT":
        text = f"(({left.text})::jsonb OPERATOR(pg_catalog.=) ({right.text})::jsonb)"
    else:
        text = f"oracle.collections_equal(({left.text})::jsonb, ({right.text})::jsonb)"
    return text if op == "=" else f"(NOT {text})"


def cardinality(state: State, node: ast.Call, scope: Scope) -> Sql:
    value = _argument(state, node, scope)
    collection_of(state, value, node.pos)
    return Sql(f"pg_catalog.jsonb_array_length(({value.text})::jsonb)::numeric", "numeric")


def set_of(state: State, node: ast.Call, scope: Scope) -> Sql:
    value = _argument(state, node, scope)
    type_ = collection_of(state, value, node.pos)
    return Sql(f"oracle.element_set(({value.text})::jsonb)::{type_.pg_type}", type_.pg_type)


def _argument(state: State, node: ast.Call, scope: Scope) -> Sql:
    if len(node.args) != 1:
        raise OracleError(909, "invalid number of arguments", node.pos)
    return state.expression(node.args[0], scope)
