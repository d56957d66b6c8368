"""JSON in SQL: JSON_VALUE, JSON_QUERY, JSON_EXISTS, IS JSON, and the functions that generate JSON.

Documents are text (or LOBs) as in 19c. Scalars come out through PostgreSQL's SQL/JSON functions; objects and arrays, and
everything that is generated, as text of our own, because Oracle keeps the order of members and writes no blanks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...errors import OracleError, unsupported
from .. import ast
from ..inference import (
    BLOB,
    BOOL,
    DATE,
    DATETIMES,
    FLOAT,
    JSON,
    LOB,
    NUMBER,
    RAW,
    TEXT,
    TS,
    TSTZ,
    Sql,
    as_text,
    convert,
    family,
)
from ..json_path import JsonPath, parse_path
from ..names import invalid_identifier, quote, string
from ..scope import Scope
from ..types import base_type, pg_type_of
from .core import State
from .windows import order_text

OnClause = tuple[str, ast.Expr | None]

_GENERATORS = frozenset(
    ("JSON_OBJECT", "JSON_ARRAY", "JSON_OBJECTAGG", "JSON_ARRAYAGG", "JSON_QUERY", "JSON_MERGEPATCH", "JSON_TRANSFORM")
)
JSON_AGGREGATES = frozenset(("JSON_ARRAYAGG", "JSON_OBJECTAGG"))


def document_text(value: Sql, pos: int) -> str:
    if value.null:
        return "NULL::text"
    if family(value.type) in (BLOB, RAW):
        return f"convert_from(({value.text})::bytea, 'UTF8')"
    return f"({as_text(value, pos).text})::text"


def path_of(node: ast.Expr | str | None, pos: int) -> JsonPath:
    if isinstance(node, str):
        return parse_path(node, pos)
    if not isinstance(node, ast.StringLiteral):
        raise OracleError(40454, "path expression not a literal", pos)
    return parse_path(node.value, node.pos)


def plain_path(node: ast.Expr | str | None, pos: int) -> JsonPath:
    """A path without a method at its end that only JSON_VALUE applies."""
    path = path_of(node, pos)
    if path.method is not None:
        raise unsupported(f"JSON path method {path.method}() here", pos)
    return path


def on_clauses(extra: Mapping[str, object]) -> tuple[OnClause, OnClause]:
    """What to do on error and when nothing is found; the former decides for the latter if only it is written."""
    on_error = extra.get("on_error") or ("NULL", None)
    on_empty = extra.get("on_empty") or on_error
    return on_error, on_empty  # type: ignore[return-value]


def passing_text(state: State, node: ast.Call, scope: Scope) -> str:
    items = node.extra.get("passing") or []
    texts = []
    for value, name in items:  # type: ignore[attr-defined]
        expression = state.expression(value, scope)
        text = expression.text if family(expression.type) in (NUMBER, FLOAT) else document_text(expression, node.pos)
        texts.append(f"{text} AS {quote(name or '')}")
    return f" PASSING {', '.join(texts)}" if texts else ""


# ------------------------------------------------------------------------------------------------------- reading


def json_value(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`JSON_VALUE(doc, '$.a' RETURNING NUMBER)`: a scalar, NULL on error unless told otherwise."""
    document = document_text(state.expression(node.args[0], scope), node.pos)
    path = path_of(node.args[1], node.pos)
    target = node.extra.get("returning") or ast.TypeName("VARCHAR2", length=4000)
    assert isinstance(target, ast.TypeName)
    type_ = pg_type_of(target, version=state.context.version)
    base, kind = base_type(type_), family(base_type(type_))
    if kind not in (TEXT, LOB, NUMBER, FLOAT, BOOL, *DATETIMES):
        raise OracleError(40449, "invalid data type for return value", target.pos)
    on_error, on_empty = on_clauses(node.extra)
    strict = on_error[0] == "ERROR"
    inner = type_ if kind in (NUMBER, FLOAT, BOOL) else "jsonb"  # its text of true is 't'
    clauses = "".join(
        f" {_action(state, action, base, inner, scope, node.pos)} ON {event}"
        for action, event in ((on_empty, "EMPTY"), (on_error, "ERROR"))
    )
    read = "json_strict" if strict else "json_document"
    text = f"JSON_VALUE(oracle.{read}({document}), {string(path.text)}{passing_text(state, node, scope)}"
    text += f" RETURNING {inner}{clauses})"
    text = f"({text} #>> '{{}}')" if inner == "jsonb" else text
    if path.method is not None:
        text = _methodical(path, text, document)
    if on_error[0] == "DEFAULT":  # for what is no JSON at all, too
        plain = "text" if inner == "jsonb" else inner
        fallback = _default(state, on_error, base, plain, scope, node.pos)
        text = f"CASE WHEN oracle.json_lax({document}) IS NULL THEN {fallback} ELSE {text} END"
    return Sql(typed(text, type_, target, strict=strict), base)


def _methodical(path: JsonPath, text: str, document: str) -> str:
    """The last method of a path, on the scalar's text. DATE and TIMESTAMP only say what the text means."""
    if path.method == "count":
        return f"(SELECT count(*)::text FROM jsonb_path_query(oracle.json_document({document}), {string(path.text)}))"
    if path.method in ("date", "timestamp"):
        return text
    return f"(pg_catalog.{path.method}({text}))::text"


def typed(text: str, type_: str, target: ast.TypeName, *, strict: bool) -> str:
    """A JSON scalar as text in the type that was asked for; what does not fit is NULL or ORA-40478."""
    base, word = base_type(type_), str(strict).lower()
    kind = family(base)
    if kind == TEXT:
        limit = target.length or 4000
        truncated = f"oracle.json_sized(nullif({text}, ''), {limit}, {word})"
        return f"{truncated}::{type_}" if base == "varchar" and limit < 4000 else f"{truncated}::{base}"
    if kind in (LOB, JSON):
        return f"({text})::{base}"
    if kind in DATETIMES:
        return f"oracle.json_moment({text}, {word})::{type_}"
    return text


def _action(state: State, clause: OnClause, base: str, inner: str, scope: Scope, pos: int) -> str:
    action, _ = clause
    if action == "DEFAULT":
        return f"DEFAULT {_default(state, clause, base, inner, scope, pos)}"
    if action not in ("NULL", "ERROR"):
        raise OracleError(40450, "invalid ON ERROR clause", pos)
    return action


def _default(state: State, clause: OnClause, base: str, inner: str, scope: Scope, pos: int) -> str:
    assert clause[1] is not None
    if not isinstance(clause[1], (ast.StringLiteral, ast.NumberLiteral, ast.Null, ast.DateLiteral, ast.Bind)):
        raise unsupported("a DEFAULT that is no literal in JSON_VALUE", pos)
    value = state.expression(clause[1], scope)
    if inner in ("text", "jsonb"):
        text = f"({as_text(value, pos).text})::text"
        return f"to_jsonb({text})" if inner == "jsonb" else text
    return f"({convert(value, base, pos).text})::{inner}"


def json_query(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`JSON_QUERY(doc, '$.a' WITH WRAPPER)`: objects and arrays as text."""
    value = state.expression(node.args[0], scope)
    document = document_text(value, node.pos)
    path = plain_path(node.args[1], node.pos)
    if node.extra.get("passing"):
        raise unsupported("JSON_QUERY .. PASSING", node.pos)
    source = ast.TypeName("JSON") if value.type == "oracle.json" else ast.TypeName("VARCHAR2", length=4000)
    target = node.extra.get("returning") or source
    assert isinstance(target, ast.TypeName)
    type_ = pg_type_of(target, version=state.context.version)
    if family(base_type(type_)) not in (TEXT, LOB, JSON):
        raise unsupported("JSON_QUERY RETURNING this type", node.pos)
    on_error, on_empty = on_clauses(node.extra)
    wrapper = str(node.extra.get("wrapper") or "WITHOUT")
    scalars = str(state.context.version >= 21).lower()
    text = (
        f"oracle.json_query({document}, {_steps(path)}, {string(path.text)}::jsonpath, {string(wrapper)},"
        f" {string(on_error[0])}, {string(on_empty[0])}, {scalars})"
    )
    if node.extra.get("pretty"):
        text = f"oracle.json_pretty({text})"
    return Sql(typed(text, type_, target, strict=on_error[0] == "ERROR"), base_type(type_))


def _steps(path: JsonPath) -> str:
    if path.steps is None:
        return "NULL::text[]"
    return f"ARRAY[{', '.join(map(string, path.steps))}]::text[]"


#: What the methods that may end a dotted name give.
_DOTTED_TYPES = {
    **dict.fromkeys(("number", "abs", "ceiling", "floor", "size", "length", "count"), "numeric"),
    "double": "float8",
    "date": "oracle.date",
    "timestamp": "oracle.ts",
}


def json_dotted(column: Sql, path: str, pos: int) -> Sql:
    """The simple dot notation: text of what is found, or the type that the method at its end names."""
    document = document_text(column, pos)
    method = re.search(r"\.(\w+)\(\)$", path)
    name = method[1].lower() if method else None
    parsed = parse_path(path[: method.start()] if method else path, pos)
    if parsed.steps is None:
        raise unsupported("this path in dot notation", pos)
    as_json = column.type == "oracle.json" and name is None
    text = f"oracle.json_dotted({document}, {_steps(parsed)}, {str(as_json).lower()})"
    if name is None:
        return Sql(f"{text}::oracle.json", "oracle.json") if as_json else Sql(f"{text}::varchar", "varchar", size=4000)
    type_ = _DOTTED_TYPES.get(name, "varchar")
    if name in ("size", "type", "abs", "ceiling", "floor", "count"):
        whole = parse_path(path, pos)
        if name == "count":
            return Sql(_methodical(whole, text, document) + "::numeric", "numeric")
        text = f"(jsonb_path_query_first(oracle.json_document({document}), {string(whole.text)}) #>> '{{}}')"
    elif name in ("upper", "lower", "length"):
        text = f"pg_catalog.{name}({text})"
    if type_ in ("oracle.date", "oracle.ts"):
        return Sql(f"oracle.json_moment({text}, false)::{type_}", type_)
    if type_ in ("numeric", "float8"):
        return Sql(f"oracle.json_number({text}::text)::{type_}", type_)
    return Sql(f"{text}::varchar", "varchar", size=4000)


def json_exists(state: State, node: ast.Call, scope: Scope) -> str:
    document = document_text(state.expression(node.args[0], scope), node.pos)
    path = plain_path(node.args[1], node.pos)
    action = (node.extra.get("on_error") or ("FALSE", None))[0]  # type: ignore[index]
    read = "json_strict" if action == "ERROR" else "json_document"
    passing = passing_text(state, node, scope)
    test = f"JSON_EXISTS(oracle.{read}({document}), {string(path.text)}{passing} {action} ON ERROR)"
    return f"coalesce({test}, {'true' if action == 'TRUE' else 'false'})"


def is_json(state: State, node: ast.IsCondition, scope: Scope) -> str:
    """19c calls objects and arrays JSON, scalars only since 21c."""
    value = state.expression(node.operand, scope)
    text = document_text(value, node.pos)
    words = node.what.split()
    unique = " WITH UNIQUE KEYS" if "UNIQUE" in words and "WITH" in words else ""
    kinds = [word for word in ("OBJECT", "ARRAY", "SCALAR", "VALUE") if word in words]
    if not kinds and (state.context.version < 21 or "DISALLOW" in words):
        kinds = ["OBJECT", "ARRAY"]
    tests = [f"{text} IS JSON {kind}{unique}" for kind in kinds or ["VALUE"]]
    if "STRICT" not in words:
        listed = ", ".join(string(kind.lower()) for kind in kinds if kind != "VALUE")
        tests.append(f"oracle.json_is_lax({text}, ARRAY[{listed}]::text[], {str(bool(unique)).lower()})")
    known = f"({' OR '.join(tests)})"
    return f"(NOT {known})" if node.negated else known


# ---------------------------------------------------------------------------------------------------- generating


def member_text(state: State, node: ast.Expr, formatted: bool, scope: Scope) -> tuple[str, str]:
    """A value as JSON text (`null` for NULL), and the test whether it is NULL."""
    value = state.expression(node, scope)
    if value.null:
        return "'null'", "true"
    generated = isinstance(node, ast.Call) and node.name[-1] in _GENERATORS
    if formatted or generated or value.type == "oracle.json":
        text = f"({as_text(value, node.pos).text})::text"
    else:
        text = _scalar_text(value, node.pos)
    return f"coalesce({text}, 'null')", f"{value.text} IS NULL"


def _formats(node: ast.Call) -> list[bool]:
    formats = node.extra.get("format_json")
    assert isinstance(formats, list)
    return formats


def returned(state: State, node: ast.Call, text: str) -> Sql:
    target = node.extra.get("returning") or ast.TypeName("VARCHAR2", length=4000)
    assert isinstance(target, ast.TypeName)
    type_ = pg_type_of(target, version=state.context.version)
    if family(base_type(type_)) not in (TEXT, LOB, JSON):
        raise unsupported(f"{node.name[-1]} RETURNING this type", node.pos)
    if node.extra.get("strict"):
        text = f"oracle.json_checked({text})"
    return Sql(typed(text, type_, target, strict=True), base_type(type_))


def _key(state: State, node: ast.Expr, scope: Scope) -> str:
    value = state.expression(node, scope)
    if value.null:
        raise OracleError(40783, "invalid JSON key value: NULL", node.pos)
    return f"oracle.json_text(({as_text(value, node.pos).text})::text)"


def json_object(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`JSON_OBJECT('a' VALUE b)` -> `'{' || .. || '}'`; NULL members are kept unless ABSENT ON NULL."""
    absent = node.extra.get("null") == "ABSENT"
    pairs = list(zip(node.args[0::2], node.args[1::2], strict=True))
    formats = _formats(node)
    if node.extra.get("star"):
        pairs = [
            (ast.StringLiteral(column.name), ast.Name((column.name,), (True,), pos=node.pos))
            for column in scope.visible
        ]
        formats = [False] * len(pairs)
    if any(isinstance(value, ast.Star) for _, value in pairs):
        pairs, formats = _with_columns(pairs, formats, scope)
    parts = []
    for (key, value), formatted in zip(pairs, formats, strict=False):
        text, is_null = member_text(state, value, formatted, scope)
        part = f"{_key(state, key, scope)} || ':' || {text}"
        parts.append(f"CASE WHEN {is_null} THEN NULL ELSE {part} END" if absent else part)
    return returned(state, node, _joined("{", parts, "}"))


def _with_columns(
    pairs: list[tuple[ast.Expr, ast.Expr]], formats: list[bool], scope: Scope
) -> tuple[list[tuple[ast.Expr, ast.Expr]], list[bool]]:
    """`t.*` as an entry for each column of t."""
    entries: list[tuple[ast.Expr, ast.Expr]] = []
    marks: list[bool] = []
    for (key, value), formatted in zip(pairs, formats, strict=True):
        if not isinstance(value, ast.Star):
            entries.append((key, value))
            marks.append(formatted)
            continue
        source = scope.source_named(value.qualifier)
        if source is None:
            raise invalid_identifier(value.qualifier, value.pos)
        for column in source.columns:
            if not column.hidden:
                name = ast.Name((*value.qualifier, column.name), (True, True), pos=value.pos)
                entries.append((ast.StringLiteral(column.name), name))
                marks.append(False)
    return entries, marks


def _joined(opening: str, parts: list[str], closing: str) -> str:
    if not parts:
        return f"'{opening}{closing}'::text"
    return f"('{opening}' || concat_ws(',', {', '.join(parts)}) || '{closing}')"


def json_array(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`JSON_ARRAY(1, 'a')`: NULLs are left out unless NULL ON NULL."""
    absent = node.extra.get("null", "ABSENT") == "ABSENT"
    if isinstance(node.extra.get("query"), ast.Query):
        return _json_array_of_rows(state, node, scope, absent=absent)
    parts = []
    for value, formatted in zip(node.args, _formats(node), strict=True):
        text, is_null = member_text(state, value, formatted, scope)
        parts.append(f"CASE WHEN {is_null} THEN NULL ELSE {text} END" if absent else text)
    return returned(state, node, _joined("[", parts, "]"))


def _json_array_of_rows(state: State, node: ast.Call, scope: Scope, *, absent: bool) -> Sql:
    """`JSON_ARRAY(SELECT x FROM t ORDER BY x)`: the rows of one column, in their order."""
    inner = node.extra["query"]
    assert isinstance(inner, ast.Query)
    query = state.query(inner, scope)
    if len(query.columns) != 1:
        raise OracleError(913, "too many values", node.pos)
    column = Sql("q.v", query.types[0] or "varchar")
    text = "(q.v)::text" if column.type == "oracle.json" else _scalar_text(column, node.pos)
    known = " FILTER (WHERE q.v IS NOT NULL)" if absent else ""
    listed = f"coalesce(string_agg(coalesce({text}, 'null'), ',' ORDER BY q.n){known}, '')"
    rows = f"(SELECT r.v, row_number() OVER () AS n FROM ({query.text}) AS r(v)) AS q"
    return returned(state, node, f"(SELECT '[' || {listed} || ']' FROM {rows})")


def _scalar_text(value: Sql, pos: int) -> str:
    if family(value.type) in (TEXT, LOB, None):
        return f"oracle.json_text(({as_text(value, pos).text})::text)"
    return f"oracle.json_text({value.text})"


_EXTENDED = {DATE: "$oracleDate", TS: "$oracleTimestamp", TSTZ: "$oracleTimestampTZ"}


def json_scalar(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`JSON_SCALAR(x)` (21c): a JSON value of the type that is nearest to SQL's."""
    if state.context.version < 21:
        raise invalid_identifier(node.name, node.pos)
    if len(node.args) != 1:
        raise OracleError(909, "invalid number of arguments", node.pos)
    value = state.expression(node.args[0], scope)
    kind = family(value.type)
    if value.null or value.type == "oracle.json":
        return Sql(f"({value.text})::oracle.json", "oracle.json", null=value.null)
    if kind not in (TEXT, LOB, NUMBER, FLOAT, BOOL, None, *_EXTENDED):
        raise unsupported("JSON_SCALAR of this type", node.pos)
    text = _scalar_text(value, node.pos)
    if kind in _EXTENDED:
        key = string('{"' + _EXTENDED[kind] + '":')
        text = f"{key} OPERATOR(pg_catalog.||) {text} OPERATOR(pg_catalog.||) '}}'"
    return Sql(f"({text})::oracle.json", "oracle.json")


def json_constructor(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`JSON('{..}')` (21c): text that is JSON as a JSON value (else ORA-40441)."""
    if state.context.version < 21:
        raise invalid_identifier(node.name, node.pos)
    if len(node.args) != 1:
        raise OracleError(909, "invalid number of arguments", node.pos)
    value = state.expression(node.args[0], scope)
    if value.null:
        return Sql("NULL::oracle.json", "oracle.json", null=True)
    return Sql(f"oracle.json_read({document_text(value, node.pos)})::oracle.json", "oracle.json")


def json_arrayagg(state: State, node: ast.Call, scope: Scope) -> Sql:
    absent = node.extra.get("null", "ABSENT") == "ABSENT"
    if len(node.args) != 1:
        raise OracleError(909, "invalid number of arguments", node.pos)
    text, is_null = member_text(state, node.args[0], _formats(node)[0], scope)
    items = node.extra.get("order")
    order = f" ORDER BY {order_text(state, items, scope)}" if isinstance(items, list) else ""
    known = f" FILTER (WHERE NOT ({is_null}))" if absent else ""
    listed = f"('[' || coalesce(string_agg({text}, ','{order}){known}, '') || ']')"
    return returned(state, node, f"CASE WHEN count(*) > 0 THEN {listed} END")


def json_objectagg(state: State, node: ast.Call, scope: Scope) -> Sql:
    absent = node.extra.get("null") == "ABSENT"
    if len(node.args) != 2:
        raise OracleError(909, "invalid number of arguments", node.pos)
    text, is_null = member_text(state, node.args[1], _formats(node)[0], scope)
    known = f" FILTER (WHERE NOT ({is_null}))" if absent else ""
    member = f"{_key(state, node.args[0], scope)} || ':' || {text}"
    listed = f"('{{' || coalesce(string_agg({member}, ','){known}, '') || '}}')"
    return returned(state, node, f"CASE WHEN count(*) > 0 THEN {listed} END")


def json_mergepatch(state: State, node: ast.Call, scope: Scope) -> Sql:
    if len(node.args) != 2:
        raise OracleError(909, "invalid number of arguments", node.pos)
    target, patch = (document_text(state.expression(arg, scope), node.pos) for arg in node.args)
    text = f"oracle.json_merge({target}, {patch})"
    if node.extra.get("pretty"):
        text = f"oracle.json_pretty({text})"
    if node.extra.keys() & {"on_error", "truncate", "ascii"}:
        raise unsupported("ON ERROR, TRUNCATE and ASCII in JSON_MERGEPATCH", node.pos)
    return returned(state, node, text)


def json_serialize(state: State, node: ast.Call, scope: Scope) -> Sql:
    text = f"oracle.json_compact({document_text(state.expression(node.args[0], scope), node.pos)})"
    if node.extra.get("pretty"):
        text = f"oracle.json_pretty({text})"
    return returned(state, node, text)
