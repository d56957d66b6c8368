"""XML that SQL generates: elements, forests, aggregates and their serialization, as text with Oracle's escapes.

XMLTYPE is text that is well formed. What reads documents is in xml_query.py.
"""

from __future__ import annotations

import re

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import DATE, DATETIMES, LOB, TEXT, XML, Sql, as_text, convert, family
from ..names import string
from ..scope import Scope
from ..types import base_type, pg_type_of
from .core import State
from .windows import order_text
from .xml_query import existing, extracted, legacy_program

_XML = "oracle.xmltype"
METHODS = frozenset(
    (
        *("GETCLOBVAL", "GETSTRINGVAL", "GETNUMBERVAL", "GETBLOBVAL", "EXTRACT", "EXISTSNODE", "GETROOTELEMENT"),
        *("ISFRAGMENT", "TRANSFORM"),
    )
)


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


def _known(*texts: str) -> str:
    """Joined, and NULL if one is NULL, where Oracle's operator ignores that."""
    return " OPERATOR(pg_catalog.||) ".join(texts)


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
            text = _known(head, f"oracle.xml_escape({_plain(value, node.pos)})", "'\"'")
            parts.append(f"coalesce({text}, '')")
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
        parts.append(_known(string(f"<{name}>"), text, string(f"</{name}>")))
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


def sys_xmlagg(state: State, node: ast.Call, scope: Scope) -> Sql:
    """The aggregated fragments in one element ROWSET."""
    if len(node.args) != 1:
        raise unsupported("the format of SYS_XMLAGG", node.pos)
    content = xml_agg(state, node, scope).text
    head = string('<?xml version="1.0"?>\n<ROWSET>')
    return Sql(f"({head} || ({content})::text || '</ROWSET>')::{_XML}", _XML)


def sys_xmlgen(state: State, node: ast.Call, scope: Scope) -> Sql:
    """A document of one element, named after the column, else ROW."""
    if len(node.args) != 1:
        raise unsupported("the format of SYS_XMLGEN", node.pos)
    value = state.expression(node.args[0], scope)
    name = node.args[0].parts[-1] if isinstance(node.args[0], ast.Name) else "ROW"
    body = f"coalesce({_content(value, node.pos)}, '')"
    head = string(f'<?xml version="1.0"?>\n<{name}>')
    return Sql(f"({head} || {body} || {string(f'</{name}>')})::{_XML}", _XML)


def xml_colattval(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`<column name="A">..</column>` for each value; NULL gives none."""
    names = node.extra["names"]
    assert isinstance(names, list)
    parts = []
    for expr, alias in zip(node.args, names, strict=True):
        value = state.expression(expr, scope)
        if not value.null:
            head = string(f'<column name="{_name_of(expr, alias, node.pos)}">')
            parts.append(_known(head, _content(value, node.pos), "'</column>'"))
    return Sql(f"nullif(pg_catalog.concat({', '.join(parts) or 'NULL'}), '')::{_XML}", _XML)


_MARKS = {
    "XMLCOMMENT": ("<!--", "-->", "--", 19161, "XQDY0072 - content of comment has two hyphens or ends with one"),
    "XMLCDATA": ("<![CDATA[", "]]>", "]]>", 19106, "content of CDATA section ends it"),
}


def xml_marked(state: State, node: ast.Call, scope: Scope) -> Sql:
    """XMLCOMMENT and XMLCDATA: text that nothing escapes, so what would end it is refused."""
    opening, closing, within, code, message = _MARKS[node.name[-1]]
    if len(node.args) != 1:
        raise OracleError(909, "invalid number of arguments", node.pos)
    text = f"({as_text(state.expression(node.args[0], scope), node.pos).text})::text"
    fail = f"oracle.fail({code}, {string(message)}, {text}, NULL::text)"
    checked = (
        f"CASE WHEN strpos({text}{' || chr(45)' if within == '--' else ''}, '{within}') > 0 THEN {fail} ELSE {text} END"
    )
    return Sql(f"({_known(string(opening), checked, string(closing))})::{_XML}", _XML)


def xml_pi(state: State, node: ast.Call, scope: Scope) -> Sql:
    name = node.extra["name"]
    shown = string(name) if isinstance(name, str) else ""
    if isinstance(name, ast.Expr):
        shown = f"({as_text(state.expression(name, scope), node.pos).text})::text"
    content = f"({as_text(state.expression(node.args[0], scope), node.pos).text})::text" if node.args else "NULL"
    return Sql(f"('<?' || {shown} || coalesce(' ' OPERATOR(pg_catalog.||) {content}, '') || '?>')::{_XML}", _XML)


def xml_root(state: State, node: ast.Call, scope: Scope) -> Sql:
    """The document with another declaration before it."""
    value = convert(state.expression(node.args[0], scope), _XML, node.pos)
    version = as_text(state.expression(node.args[1], scope), node.pos).text if len(node.args) > 1 else "'1.0'::varchar"
    standalone = {"YES": ' standalone="yes"', "NO": ' standalone="no"'}.get(str(node.extra.get("standalone")), "")
    tail = string(f'"{standalone}?>\n')
    bare = rf"pg_catalog.regexp_replace(({value.text})::text, '^\s*<\?xml\s[^?]*\?>\s*', '', 'i')"
    return Sql(f"('<?xml version=\"' || {version} || {tail} OPERATOR(pg_catalog.||) {bare})::{_XML}", _XML)


def xml_serialize(state: State, node: ast.Call, scope: Scope) -> Sql:
    """XMLSERIALIZE and XMLPARSE: between XML and text."""
    value = state.expression(node.args[0], scope)
    if node.name[-1] == "XMLPARSE":
        if node.extra.get("wellformed"):  # the user says so
            return Sql(f"({as_text(value, node.pos).text})::text::{_XML}", _XML)
        if node.extra["content"] == "CONTENT":
            return Sql(f"oracle.xml_content(({as_text(value, node.pos).text})::text)", _XML)
        return convert(value, _XML, node.pos)
    text = f"({convert(value, _XML, node.pos).text})::text"
    text = _laid_out(text, str(node.extra.get("options") or ""), node.pos)
    target = node.extra.get("type") or ast.TypeName("CLOB")
    assert isinstance(target, ast.TypeName)
    type_ = pg_type_of(target, version=state.context.version)
    if family(base_type(type_)) not in (TEXT, LOB):
        raise unsupported("XMLSERIALIZE AS this type", node.pos)
    return Sql(f"{text}::{type_}", base_type(type_))


_LAYOUT = re.compile(
    r"(VERSION '(?P<version>[^']*)' ?)?(?P<no>NO INDENT ?)?(?P<indent>INDENT ?(SIZE = ?(?P<size>\d+) ?)?)?(HIDE DEFAULTS)?"
)


def _laid_out(text: str, options: str, pos: int) -> str:
    """VERSION, INDENT [SIZE = n]; `HIDE DEFAULTS` changes nothing without a schema."""
    match = _LAYOUT.fullmatch(options)
    if match is None:
        raise unsupported(f"XMLSERIALIZE {options}", pos)
    if match["indent"] and match["size"] != "0":
        text = f"oracle.xml_indent({text}, {match['size'] or 2})"
    if match["version"]:
        head = string(f'<?xml version="{match["version"]}"?>\n')
        text = f"({head} OPERATOR(pg_catalog.||) {text})"
    return text


def xml_method(state: State, target: ast.Expr, method: str, args: list[ast.Expr], scope: Scope, pos: int) -> Sql:
    """`x.getClobVal()`, `x.extract('/a/text()')`, `x.existsNode('/a')`."""
    value = state.expression(target, scope)
    if family(value.type) != XML:
        raise OracleError(22806, "not an object or REF", pos)
    text = f"({value.text})::text"
    if method in ("EXTRACT", "EXISTSNODE") and len(args) in (1, 2):
        return (extracted if method == "EXTRACT" else existing)(text, legacy_program(state, args, pos))
    if method in ("TRANSFORM", "GETBLOBVAL"):
        raise unsupported(f"XMLTYPE.{method}", pos)
    if args:
        raise OracleError(6553, "wrong number or types of arguments in call to this method", pos)
    if method == "GETNUMBERVAL":
        return Sql(f"oracle.xml_number(oracle.xml_string({text}))", "numeric")
    if method == "GETROOTELEMENT":
        return Sql(rf"(pg_catalog.regexp_match({text}, '<([^!?/\\s>][^\\s/>]*)'))[1]::varchar", "varchar")
    if method == "ISFRAGMENT":
        return Sql(f"oracle.xml_fragment({text})", "numeric")
    type_ = "oracle.clob" if method == "GETCLOBVAL" else "varchar"
    return Sql(f"{text}::{type_}", type_)
