"""XML that SQL generates: elements, forests, aggregates and their serialization, as text with Oracle's escapes.

There is no XPath or XQuery here: EXTRACT, XMLQUERY, XMLTABLE over documents are ORA-03001.
"""

from __future__ import annotations

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import DATE, DATETIMES, LOB, TEXT, XML, Sql, as_text, convert, family
from ..names import string
from ..scope import Scope
from ..types import base_type, pg_type_of
from .core import State
from .windows import order_text

_XML = "oracle.xmltype"
METHODS = frozenset(("GETCLOBVAL", "GETSTRINGVAL", "EXTRACT"))


def _content(value: Sql, pos: int) -> str:
    """A value inside an element: XML as it is, everything else as escaped text."""
    if value.null:
        return "NULL::text"
    if family(value.type) == XML:
        return f"({value.text})::text"
    return f"oracle.xml_escape({_plain(value, pos)})"


def _plain(value: Sql, pos: int) -> str:
    """Dates as XML Schema writes them."""
    if family(value.type) == DATE:
        return f"oracle.to_char({value.text}, 'YYYY-MM-DD')"
    if family(value.type) in DATETIMES:
        return f"oracle.to_char({value.text}, 'YYYY-MM-DD\"T\"HH24:MI:SS.FF6')"
    return f"({as_text(value, pos).text})::text"


def _name_of(expr: ast.Expr, alias: str | None, pos: int) -> str:
    if alias is not None:
        return alias
    if isinstance(expr, ast.Name):
        return expr.parts[-1]
    raise OracleError(19208, "parameter 1 of function XMLELEMENT must be aliased", pos)


def xml_element(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`XMLELEMENT("a", XMLATTRIBUTES(b AS "c"), d)` -> `'<a' || ' c="' || .. || '>' || .. || '</a>'`."""
    name = str(node.extra["name"])
    attributes = node.extra["attributes"]
    assert isinstance(attributes, list)
    parts = [string(f"<{name}")]
    for expr, alias in attributes:
        value = state.expression(expr, scope)
        if not value.null:
            head = string(f' {_name_of(expr, alias, node.pos)}="')
            parts.append(f"coalesce({head} || oracle.xml_escape({_plain(value, node.pos)}) || '\"', '')")
    parts.append("'>'")
    parts += [f"coalesce({_content(state.expression(arg, scope), node.pos)}, '')" for arg in node.args]
    parts.append(string(f"</{name}>"))
    return Sql(f"({' || '.join(parts)})::{_XML}", _XML)


def xml_forest(state: State, node: ast.Call, scope: Scope) -> Sql:
    """One element a value; NULL gives none."""
    names = node.extra["names"]
    assert isinstance(names, list)
    parts = []
    for expr, alias in zip(node.args, names, strict=True):
        name = _name_of(expr, alias, node.pos)
        value = state.expression(expr, scope)
        if value.null:
            continue
        text = _content(value, node.pos)
        parts.append(f"{string(f'<{name}>')} || {text} || {string(f'</{name}>')}")
    return Sql(f"nullif(pg_catalog.concat({', '.join(parts) or 'NULL'}), '')::{_XML}", _XML)


def xml_concat(state: State, node: ast.Call, scope: Scope) -> Sql:
    texts = [f"({convert(state.expression(arg, scope), _XML, node.pos).text})::text" for arg in node.args]
    return Sql(f"nullif(pg_catalog.concat({', '.join(texts)}), '')::{_XML}", _XML)


def xml_agg(state: State, node: ast.Call, scope: Scope) -> Sql:
    if len(node.args) != 1:
        raise OracleError(909, "invalid number of arguments", node.pos)
    value = state.expression(node.args[0], scope)
    if family(value.type) != XML:
        raise OracleError(932, "inconsistent datatypes: expected - got CHAR", node.pos)
    items = node.extra.get("order")
    order = f" ORDER BY {order_text(state, items, scope)}" if isinstance(items, list) else ""
    return Sql(f"string_agg(({value.text})::text, ''{order})::{_XML}", _XML)


def xml_serialize(state: State, node: ast.Call, scope: Scope) -> Sql:
    """XMLSERIALIZE and XMLPARSE: between XML and text."""
    value = state.expression(node.args[0], scope)
    if node.name[-1] == "XMLPARSE":
        return convert(value, _XML, node.pos)
    options = str(node.extra.get("options") or "")
    if options and options not in ("NO INDENT", "HIDE DEFAULTS", "NO INDENT HIDE DEFAULTS"):
        raise unsupported(f"XMLSERIALIZE {options}", node.pos)
    target = node.extra.get("type") or ast.TypeName("CLOB")
    assert isinstance(target, ast.TypeName)
    type_ = pg_type_of(target, version=state.context.version)
    if family(base_type(type_)) not in (TEXT, LOB):
        raise unsupported("XMLSERIALIZE AS this type", node.pos)
    return Sql(f"({convert(value, _XML, node.pos).text})::text::{type_}", base_type(type_))


def xml_method(state: State, target: ast.Expr, method: str, args: list[ast.Expr], scope: Scope, pos: int) -> Sql:
    """`x.getClobVal()`, `x.getStringVal()`, `x.extract('//text()')`."""
    value = state.expression(target, scope)
    if family(value.type) != XML:
        raise OracleError(22806, "not an object or REF", pos)
    if method == "EXTRACT":
        if len(args) != 1 or not isinstance(args[0], ast.StringLiteral) or args[0].value != "//text()":
            raise unsupported("XMLTYPE.EXTRACT of a path", pos)
        return Sql(f"oracle.xml_text(({value.text})::text)::{_XML}", _XML)
    if args:
        raise OracleError(6553, "wrong number or types of arguments in call to this method", pos)
    type_ = "oracle.clob" if method == "GETCLOBVAL" else "varchar"
    return Sql(f"({value.text})::text::{type_}", type_)
