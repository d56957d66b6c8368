"""XML that is read: XMLTABLE, XMLQUERY, XMLEXISTS, XMLCAST, EXTRACT and the functions that change a document.

Paths are compiled here (sql/xquery.py) and run in PostgreSQL (backend/sql/177_xml_functions.sql); so they have to be literals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import DATETIMES, FLOAT, LOB, NUMBER, RAW, TEXT, XML, Sql, as_text, convert, family
from ..names import quote, string
from ..scope import Scope
from ..types import base_type, pg_type_of
from ..xquery import Program, compile_xquery
from .core import State

XMLTYPE = "oracle.xmltype"
_DECLARED = re.compile(r"\s*xmlns(?::([\w.\-]+))?\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def _program(node: ast.Expr, namespaces: Mapping[str, str] | None = None, *, legacy: bool = False) -> Program:
    if not isinstance(node, ast.StringLiteral):
        if legacy:
            raise unsupported("an XPath that is no literal", node.pos)
        raise OracleError(19102, "XQuery string literal expected", node.pos)
    return compile_xquery(node.value, namespaces, node.pos, legacy=legacy)


def _legacy(state: State, node: ast.Call, at: int, *, namespaces_at: int | None = None) -> str:
    """The XPath among the arguments, with the namespaces that may follow it, as a program's text."""
    declared: dict[str, str] = {}
    if namespaces_at is not None and namespaces_at < len(node.args):
        listed = node.args[namespaces_at]
        if not isinstance(listed, ast.StringLiteral):
            raise unsupported("namespaces that are no literal", node.pos)
        end = 0
        while match := _DECLARED.match(listed.value, end):
            declared[match[1] or ""] = match[2] if match[2] is not None else match[3]
            end = match.end()
        if listed.value[end:].strip():
            raise OracleError(31013, "Invalid XPATH expression", node.pos)
    return _json(_program(node.args[at], declared, legacy=True))


def _json(program: object) -> str:
    return f"{string(json.dumps(program))}::jsonb"


def _document(value: Sql, pos: int) -> str:
    if not value.null and family(value.type) != XML:
        raise OracleError(
            932, f"inconsistent datatypes: expected - got {'CLOB' if family(value.type) == LOB else 'CHAR'}"
        )
    return f"({convert(value, XMLTYPE, pos).text})::text"


def _passed(state: State, node: ast.Call, scope: Scope) -> str:
    """PASSING as three arrays: names, texts, kinds."""
    names, texts, kinds = [], [], []
    for expr, name in node.extra.get("passing") or ():  # type: ignore[attr-defined]
        value = state.expression(expr, scope)
        kind = "x" if family(value.type) == XML or value.null else "d" if family(value.type) in (NUMBER, FLOAT) else "s"
        if kind != "x" and name is None:
            raise OracleError(19289, "XPTY0004 - type mismatch: the context item is no XMLType", expr.pos)
        names.append(string(name or ""))
        texts.append(f"({convert(value, XMLTYPE if kind == 'x' else 'varchar', expr.pos).text})::text")
        kinds.append(string(kind))
    return ", ".join(f"ARRAY[{', '.join(items)}]::text[]" for items in (names, texts, kinds))


def xml_query(state: State, node: ast.Call, scope: Scope) -> Sql:
    program = _json(_program(node.args[0]))
    return Sql(f"oracle.xml_query({program}, {_passed(state, node, scope)})::{XMLTYPE}", XMLTYPE)


def xml_exists(state: State, node: ast.Call, scope: Scope) -> str:
    return f"oracle.xml_exists({_json(_program(node.args[0]))}, {_passed(state, node, scope)})"


def xml_cast(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`XMLCAST(x AS NUMBER)`: the text of an XML value as that type."""
    target = node.extra["type"]
    assert isinstance(target, ast.TypeName)
    text = f"oracle.xml_string({_document(state.expression(node.args[0], scope), node.pos)})"
    type_ = pg_type_of(target, version=state.context.version)
    return Sql(_typed(text, type_, node.pos), base_type(type_), size=target.length)


def _typed(text: str, type_: str, pos: int) -> str:
    """The text of a node as a value of SQL: numbers and moments are written as XML Schema has them."""
    base = base_type(type_)
    kind = family(base)
    if kind in (TEXT, LOB):
        return f"nullif({text}, '')::{type_}"
    if kind in (NUMBER, FLOAT):
        return f"oracle.xml_number({text})::{type_}"
    if kind in DATETIMES:
        return f"oracle.json_moment(nullif(pg_catalog.btrim({text}), ''), true)::{type_}"
    if kind == RAW:
        return f"oracle.hextoraw({text})"
    raise unsupported("XML as this type", pos)


def extract_value(state: State, node: ast.Call, scope: Scope) -> Sql:
    document = _document(_first(state, node, scope, 2, 3), node.pos)
    return Sql(f"oracle.xml_value({document}, {_legacy(state, node, 1, namespaces_at=2)})::varchar", "varchar")


def extract_xml(state: State, node: ast.Call, scope: Scope) -> Sql:
    document = _document(_first(state, node, scope, 2, 3), node.pos)
    return extracted(document, _legacy(state, node, 1, namespaces_at=2))


def extracted(document: str, program: str) -> Sql:
    passed = f"ARRAY['']::text[], ARRAY[{document}]::text[], ARRAY['x']::text[]"
    return Sql(f"oracle.xml_query({program}, {passed})::{XMLTYPE}", XMLTYPE)


def exists_node(state: State, node: ast.Call, scope: Scope) -> Sql:
    document = _document(_first(state, node, scope, 2, 3), node.pos)
    return existing(document, _legacy(state, node, 1, namespaces_at=2))


def existing(document: str, program: str) -> Sql:
    passed = f"ARRAY['']::text[], ARRAY[{document}]::text[], ARRAY['x']::text[]"
    return Sql(f"oracle.xml_exists({program}, {passed})::int::numeric", "numeric")


def legacy_program(state: State, args: list[ast.Expr], pos: int) -> str:
    """The path of a method, `x.extract('/a')`, and its namespaces."""
    return _legacy(state, ast.Call(("EXTRACT",), args, pos=pos), 0, namespaces_at=1)


def _first(state: State, node: ast.Call, scope: Scope, least: int, most: int) -> Sql:
    if len(node.args) < least:
        raise OracleError(938, "not enough arguments for function", node.pos)
    if len(node.args) > most:
        raise OracleError(939, "too many arguments for function", node.pos)
    return state.expression(node.args[0], scope)


# --------------------------------------------------------------------------------------------- changed documents

_ACTIONS = {
    "DELETEXML": "delete",
    "APPENDCHILDXML": "append",
    "INSERTCHILDXML": "append",
    "INSERTXMLBEFORE": "before",
    "INSERTXMLAFTER": "after",
}


def xml_change(state: State, node: ast.Call, scope: Scope) -> Sql:
    """DELETEXML(x, path), APPENDCHILDXML(x, path, new), INSERTCHILDXML(x, path, name, new), INSERTXMLBEFORE .."""
    name = node.name[-1]
    last = {"DELETEXML": 1, "INSERTCHILDXML": 3}.get(name, 2)
    document = _document(_first(state, node, scope, last + 1, last + 2), node.pos)
    program = _legacy(state, node, 1, namespaces_at=last + 1)
    child = "NULL"
    if name == "INSERTCHILDXML":
        word = node.args[2]
        if not isinstance(word, ast.StringLiteral):
            raise unsupported("the name of a child that is no literal", node.pos)
        child = string(word.value)
    content = "NULL" if name == "DELETEXML" else _content(state.expression(node.args[last], scope), node.pos)
    text = f"oracle.xml_changed({document}, {program}, '{_ACTIONS[name]}', {content}, {child})"
    return Sql(f"{text}::{XMLTYPE}", XMLTYPE)


def update_xml(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`UPDATEXML(x, path, value, path, value ..[, namespaces])`: one change after the other."""
    text = _document(_first(state, node, scope, 3, 254), node.pos)
    namespaces_at = len(node.args) - 1 if len(node.args) % 2 == 0 else None
    for at in range(1, len(node.args) - 1, 2):
        program = _legacy(state, node, at, namespaces_at=namespaces_at)
        content = _content(state.expression(node.args[at + 1], scope), node.pos)
        text = f"oracle.xml_changed({text}, {program}, 'update', {content}, NULL)"
    return Sql(f"{text}::{XMLTYPE}", XMLTYPE)


def _content(value: Sql, pos: int) -> str:
    if value.null:
        return "NULL"
    if family(value.type) == XML:
        return f"({value.text})::text"
    return f"oracle.xml_escape(({as_text(value, pos).text})::text)"


# --------------------------------------------------------------------------------------------------------- FROM


def xml_table(state: State, call: ast.Call, scope: Scope) -> tuple[str, list[str], list[str | None]]:
    """The subquery's text, and its columns' names and types. What is passed may come from tables to the left."""
    namespaces = call.extra.get("namespaces")
    assert isinstance(namespaces, dict)
    columns = call.extra["columns"]
    assert isinstance(columns, list)
    program = _program(call.args[0], namespaces)
    listed = columns or [ast.XmlColumn("COLUMN_VALUE", ast.TypeName("XMLTYPE"), ".", pos=call.pos)]
    programs, selected, types = [], [], []
    for number, column in enumerate(listed, 1):
        kind, type_, text = _column(state, column, f"r.v[{number}]", scope)
        path = compile_xquery(column.path or f'"{column.name}"', namespaces, column.pos) if column.path else None
        programs.append([path or ["path", ["context"], [["child", "name", column.name, None, []]]], kind])
        selected.append(f"{text} AS {quote(column.name)}")
        types.append(base_type(type_))
    rows = f"oracle.xml_table({_json(program)}, {_json(programs)}, {_passed(state, call, scope)})"
    names = [column.name for column in listed]
    return f"(SELECT {', '.join(selected)} FROM {rows} AS r(v))", names, list(types)


def _column(state: State, column: ast.XmlColumn, value: str, scope: Scope) -> tuple[str, str, str]:
    """One column: whether it is XML, a value or the row's number; its type; its text."""
    if column.ordinality:
        return "o", "numeric", f"({value})::numeric"
    target = column.type or ast.TypeName("XMLTYPE")
    type_ = pg_type_of(target, version=state.context.version)
    is_xml = family(base_type(type_)) == XML
    text = f"({value})::{XMLTYPE}" if is_xml else _typed(value, type_, column.pos)
    if column.default is not None:
        default = convert(state.expression(column.default, scope), base_type(type_), column.pos).text
        text = f"CASE WHEN {value} IS NULL THEN {default} ELSE {text} END"
    return "x" if is_xml else "s", type_, text


def xml_sequence(state: State, argument: ast.Call, scope: Scope) -> str:
    """TABLE(XMLSEQUENCE(x)): a row for each top node."""
    if len(argument.args) != 1:
        raise unsupported("XMLSEQUENCE of a cursor", argument.pos)
    document = _document(state.expression(argument.args[0], scope), argument.pos)
    return f'(SELECT x::{XMLTYPE} AS "COLUMN_VALUE" FROM oracle.xml_sequence({document}) AS x)'
