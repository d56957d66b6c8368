"""Function calls: the special forms (DECODE, NVL, EXTRACT, TRIM ..), then the table of functions.py, then ORA-00904."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from ...catalog.model import Routine
from ...errors import OracleError, unsupported
from .. import ast
from ..functions import LETTERS, SIGNATURES, Signature
from ..inference import (
    BLOB,
    DATE,
    DATETIMES,
    FLOAT,
    INTERVALS,
    LOB,
    NUMBER,
    RAW,
    TEXT,
    TS,
    VECTOR,
    Sql,
    as_number,
    as_text,
    common_type,
    comparable,
    convert,
    family,
    inconsistent,
    null_of,
    variable_text,
)
from ..names import invalid_identifier, string
from ..scope import Scope
from ..sizes import call_size, largest
from ..types import base_type, pg_type_of
from . import json_functions, xml_functions, xml_query
from .aggregates import AGGREGATES, ANALYTIC_ONLY, aggregate
from .collections import cardinality, constructed, set_of
from .conditions import compare
from .conversions import CONVERTERS, conversion, text_argument
from .core import State, emits, is_supplied, may_use
from .json_transform import json_transform
from .stored import stored_call

_SINCE_23 = frozenset(("TO_BOOLEAN",))
_STANDARD = frozenset(("SYS", "STANDARD"))


@emits(ast.Call)
def call(state: State, node: ast.Call, scope: Scope) -> Sql:
    if not node.name:
        return _method(state, node, scope)
    name = node.name[-1]
    if node.outer_join:
        raise OracleError(25156, "old style outer join (+) cannot be used with ANSI joins", node.pos)
    if len(node.name) > 1 and node.name[:-1] not in (("SYS",), ("STANDARD",), ("SYS", "STANDARD")):
        return _member(state, node, scope)
    if name in AGGREGATES or name in ANALYTIC_ONLY:
        return aggregate(state, node, scope)
    if node.over is not None or node.within is not None or node.keep is not None:
        raise OracleError(30484, "missing window specification for this function", node.pos)
    if name in ("JSON_EQUAL", "JSON_EXISTS", "XMLEXISTS", "REGEXP_LIKE") and state.context.version >= 23:
        return Sql(state.condition(node, scope), "bool")
    special = SPECIAL.get(name)
    if special is not None:
        return special(state, node, scope)
    if "using" in node.extra:
        return _national(state, node, scope)
    if name in _SINCE_23 and state.context.version < 23:
        raise invalid_identifier(node.name, node.pos)
    signature = SIGNATURES.get(name)
    if signature is None or name not in state.context.catalog.functions:
        return constructed(state, node, scope) or stored_call(state, node.name, node, scope) or _unknown(state, node)
    if node.named or node.distinct:
        raise unsupported(f"named arguments of {name}", node.pos)
    state.needs_scn |= name == "TIMESTAMP_TO_SCN"  # of this moment, mostly: that state is kept, as undo keeps it
    arguments = [state.expression(arg, scope) for arg in node.args]
    if "default" in node.extra:
        return conversion_or_default(state, node, arguments, scope)
    return apply(name, signature, arguments, node.pos)


def _national(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`CHR(x USING NCHAR_CS)`, `TRANSLATE(x USING NCHAR_CS)`: national text; CHAR_CS gives the database's."""
    (value,) = _values(state, node, scope, 1, 1)
    type_ = "oracle.nvarchar2" if node.extra["using"] == "NCHAR_CS" else "varchar"
    if node.name[-1] == "CHR":
        return Sql(f"oracle.nchr({convert(as_number(value, node.pos), 'numeric').text})::{type_}", type_)
    return Sql(f"({text_argument(value, node.pos)})::{type_}", type_)


def conversion_or_default(state: State, node: ast.Call, arguments: list[Sql], scope: Scope) -> Sql:
    """`TO_NUMBER(x DEFAULT y ON CONVERSION ERROR, fmt)`: y, converted likewise, where x cannot be converted."""
    name, signature = node.name[-1], SIGNATURES[node.name[-1]]
    default = node.extra["default"]
    assert isinstance(default, ast.Expr)
    if len(arguments) > 2:
        raise unsupported(f"{name} with DEFAULT and NLS parameters", node.pos)
    fallback = state.expression(default, scope)
    if not fallback.null:
        same = family(fallback.type) == family(signature.result)
        fallback = fallback if same else apply(name, signature, [fallback, *arguments[1:]], node.pos)
    return conversion(name, signature.result, arguments[0], arguments[1:], fallback, node.pos)


def _validate_conversion(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`VALIDATE_CONVERSION(x AS type, fmt)`: 1 if the conversion works, also for NULL."""
    target = node.extra["type"]
    assert isinstance(target, ast.TypeName)
    value, *model = _values(state, node, scope, 1, 2)
    type_ = pg_type_of(target, version=state.context.version)
    function = CONVERTERS.get(family(base_type(type_)) or "")
    if function is None:
        raise OracleError(43909, "invalid input data type", node.pos)
    text = text_argument(value, node.pos)
    tried = conversion(function, type_, value, model, null_of(base_type(type_)), node.pos)
    return Sql(f"CASE WHEN {text} IS NULL OR {tried.text} IS NOT NULL THEN 1 ELSE 0 END::numeric", "numeric")


def apply(name: str, signature: Signature, arguments: list[Sql], pos: int) -> Sql:
    """Convert the arguments as the table says, and call `oracle.name`."""
    if len(arguments) < signature.least:
        raise OracleError(938, "not enough arguments for function", pos)
    if len(arguments) > signature.most:
        raise OracleError(939, "too many arguments for function", pos)
    letters = signature.arguments.ljust(len(arguments), signature.arguments[-1])
    converted = [
        _argument(letter, argument, pos) for letter, argument in zip(letters[: len(arguments)], arguments, strict=True)
    ]
    if name in ("TRUNC", "ROUND"):
        converted = _rounded(converted, pos)
    if signature.result != "1" and name not in ("TRUNC", "ROUND", "SIGN"):
        converted = [
            convert(value, "numeric", pos) if letter == "N" and family(value.type) == FLOAT else value
            for letter, value in zip(letters, converted, strict=False)
        ]
    if name in ("TO_CLOB", "TO_NCLOB", "TO_NCHAR", "XMLTYPE") and len(converted) == 1:
        converted = [as_text(converted[0], pos) if family(converted[0].type) != BLOB else converted[0]]
    if name == "XMLTYPE":
        return convert(converted[0], "oracle.xmltype", pos)
    if name == "RAWTOHEX" and family(converted[0].type) not in (TEXT, RAW, NUMBER, None):
        converted = [convert(converted[0], "varchar", pos)]
    if len(converted) > 1 and signature.arguments.strip("N") == "" and any(family(v.type) == FLOAT for v in converted):
        return _of_floats(name, converted)
    if name in ("STANDARD_HASH", "ORA_HASH", "VSIZE"):
        converted[0] = _hashable(converted[0], pos)
    if name == "TO_NUMBER" and len(arguments) == 1 and family(arguments[0].type) in (NUMBER, TEXT):
        return as_number(arguments[0], pos)
    type_ = signature.result
    if type_ == "1":
        type_ = converted[0].type or "numeric"
    elif type_ == "T":
        type_ = _text_type(name, converted)
    elif type_ == "B":
        type_ = "bytea" if family(converted[0].type) == RAW else "varchar"
    elif type_ == "M":
        kind = family(converted[0].type)
        type_ = "oracle.date" if kind in DATETIMES else (converted[0].type or "numeric")
    function = name.lower().replace(".", "_")
    size = call_size(name, arguments)
    text = f"oracle.{function}({', '.join(value.text for value in converted)})"
    if type_ in ("bpchar", "oracle.nchar", "oracle.nvarchar2") and signature.result == "T":
        text = f"({text})::{type_}"
    return Sql(text, type_, size=size)


#: Functions whose result is CHAR when their argument is; all others give VARCHAR2.
_KEEP_CHAR = frozenset(("UPPER", "LOWER", "INITCAP", "NLS_UPPER", "NLS_LOWER", "NLS_INITCAP"))


def _text_type(name: str, arguments: list[Sql]) -> str:
    """The data type of a character function's result: of its first argument, national or not, but CHAR only for some."""
    first = arguments[0]
    if family(first.type) == LOB:
        return first.type or "oracle.clob"
    if first.null:
        return "varchar"
    national = [
        value.type in ("oracle.nvarchar2", "oracle.nchar") for value in arguments[: 2 if name == "CONCAT" else 1]
    ]
    fixed = name in _KEEP_CHAR and (first.type in ("bpchar", "oracle.nchar") or first.literal is not None)
    if any(national):
        return "oracle.nchar" if fixed else "oracle.nvarchar2"
    return "bpchar" if fixed else "varchar"


def _argument(letter: str, value: Sql, pos: int) -> Sql:
    if letter == "T":
        return null_of("varchar") if value.null else as_text(value, pos)
    if letter == "N":
        return as_number(value, pos)
    if letter == "B":
        if family(value.type) in (RAW, BLOB):
            return convert(value, "bytea", pos)
        return Sql(f"({as_text(value, pos).text})::text", "varchar")
    if letter == "*":
        return null_of("varchar") if value.null else value
    kind = family(value.type)
    if letter in "DSZ" and kind in DATETIMES and letter != "D":
        return convert(value, LETTERS[letter], pos) if LETTERS[letter] != value.type else value
    return convert(value, LETTERS[letter], pos)


def _of_floats(name: str, arguments: list[Sql]) -> Sql:
    """MOD, POWER and the like with a BINARY_FLOAT or BINARY_DOUBLE: the result is one too."""
    type_ = "float8" if any(value.type == "float8" for value in arguments) else "float4"
    kind = "float8" if name in ("POWER", "NANVL") else "numeric"
    texts = [value.text if value.type == kind else f"({value.text})::{kind}" for value in arguments]
    result = "numeric" if name in ("WIDTH_BUCKET", "BITAND") else type_
    return Sql(f"oracle.{name.lower()}({', '.join(texts)})::{result}", result)


def _hashable(value: Sql, pos: int) -> Sql:
    """What the bytes of a value are taken of; types without a known form give their text."""
    kind = family(value.type)
    if kind in (LOB, BLOB):
        raise inconsistent(None, kind, pos)
    return value if kind in (NUMBER, FLOAT, DATE, TS, TEXT, RAW, None) else convert(value, "varchar", pos)


def _rounded(arguments: list[Sql], pos: int) -> list[Sql]:
    """TRUNC and ROUND: text is a number, unless it is the format of a date."""
    first = arguments[0]
    if first.null:
        first = null_of("numeric")
    elif family(first.type) in (TEXT, LOB):
        first = as_number(first, pos)
    elif family(first.type) not in (NUMBER, FLOAT, None, *DATETIMES):
        raise inconsistent(NUMBER, family(first.type), pos)
    rest = arguments[1:]
    if family(first.type) in DATETIMES:
        rest = [as_text(argument, pos) for argument in rest]
    elif family(first.type) in (NUMBER, FLOAT):
        rest = [as_number(argument, pos) for argument in rest]
    return [first, *rest]


def _unknown(state: State, node: ast.Call) -> Sql:
    found = state.context.catalog.resolve(node.name, state.context.schema)
    if isinstance(found, Routine) and state.context.stored is None:
        raise unsupported(f"stored function {'.'.join(node.name)} in SQL", node.pos)
    if node.name[-1] in SIGNATURES and not node.quoted:
        raise unsupported(f"function {node.name[-1]}", node.pos)
    raise invalid_identifier(node.name, node.pos)


def _method(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`XMLTYPE(..).getClobVal()`: a method of a value."""
    target = node.extra.get("target")
    if isinstance(target, ast.Attribute) and target.name in xml_functions.METHODS:
        return xml_functions.xml_method(state, target.target, target.name, node.args, scope, node.pos)
    raise unsupported("methods of objects", node.pos)


_XMLTYPE = (("XMLTYPE",), ("SYS", "XMLTYPE"))


def _member(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`DBMS_LOB.GETLENGTH(x)` -> `oracle.dbms_lob_getlength(x)` if the table has it."""
    parts = node.name[1:] if len(node.name) == 3 and node.name[0] in _STANDARD else node.name
    signature = SIGNATURES.get(".".join(parts))
    if signature is not None and is_supplied(state, parts):
        state.needs_scn |= parts == ("DBMS_FLASHBACK", "GET_SYSTEM_CHANGE_NUMBER")
        return apply(".".join(parts), signature, [state.expression(arg, scope) for arg in node.args], node.pos)
    if parts[-1] in xml_functions.METHODS and scope.find(ast.Name(node.name[:-1], (False,) * (len(node.name) - 1))):
        owner = ast.Name(node.name[:-1], (False,) * (len(node.name) - 1), pos=node.pos)
        return xml_functions.xml_method(state, owner, parts[-1], node.args, scope, node.pos)
    if parts[-1] in xml_functions.METHODS and parts[:-1] in _XMLTYPE and node.args:
        return xml_functions.xml_method(state, node.args[0], parts[-1], node.args[1:], scope, node.pos)
    found = constructed(state, node, scope) or stored_call(state, node.name, node, scope)
    if found is not None:
        return found
    catalog = state.context.catalog
    if signature is not None:
        raise invalid_identifier(node.name, node.pos)
    for count in (len(node.name), len(node.name) - 1) if state.context.stored is None else ():
        if isinstance(catalog.resolve(node.name[:count], state.context.schema), Routine):
            raise unsupported(f"stored function {'.'.join(node.name)} in SQL", node.pos)
    if parts[0].startswith(("DBMS_", "UTL_")) and may_use(state, parts[0]):
        raise unsupported(".".join(parts), node.pos)
    raise invalid_identifier(node.name, node.pos)


# ----------------------------------------------------------------------------------------------- special forms


def _values(state: State, node: ast.Call, scope: Scope, least: int, most: int | None = None) -> list[Sql]:
    if len(node.args) < least:
        raise OracleError(938, "not enough arguments for function", node.pos)
    if most is not None and len(node.args) > most:
        raise OracleError(939, "too many arguments for function", node.pos)
    return [state.expression(arg, scope) for arg in node.args]


def _like_first(values: list[Sql], pos: int) -> tuple[str, list[Sql]]:
    """All values in the type of the first: text if that is a character literal or NULL, as Oracle does for NVL and
    DECODE.
    """
    first = next((value for value in values if not value.null), None)
    if first is None:
        return "varchar", [null_of("varchar") for _ in values]
    kind = family(first.type)
    if first.type is None:
        return "varchar", values
    if kind == TEXT:
        others = {v.type for v in values if not v.null and v.literal is None}
        type_ = "bpchar" if others == {"bpchar"} and all(v.literal is None for v in values) else "varchar"
        values = [variable_text(v) if type_ == "varchar" else v for v in values]
    elif kind in (NUMBER, FLOAT):
        type_ = "float8" if any(family(v.type) == FLOAT for v in values) else "numeric"
    else:
        type_ = first.type
    return type_, [convert(value, type_, pos) for value in values]


def _nvl(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`NVL(a, b)` -> `coalesce(a, b)` with b in a's type."""
    values = _values(state, node, scope, 2, 2)
    type_, converted = _like_first(values, node.pos)
    text = f"coalesce({', '.join(v.text for v in converted)})"
    if values[1].literal is not None and family(type_) != TEXT:  # Oracle converts it for every row
        text = f"CASE WHEN {converted[1].text} IS NOT NULL THEN {text} END"
    return Sql(text, type_, size=largest(converted))


def _coalesce(state: State, node: ast.Call, scope: Scope) -> Sql:
    values = _values(state, node, scope, 2)
    type_ = common_type(values, node.pos)
    if type_ is not None:
        values = [convert(value, type_, node.pos) for value in values]
    if type_ == "varchar":
        values = [variable_text(value) for value in values]
    if all(value.null for value in values):
        return null_of("varchar")
    return Sql(f"coalesce({', '.join(value.text for value in values)})", type_, size=largest(values))


def _nvl2(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`NVL2(a, b, c)` -> `CASE WHEN a IS NOT NULL THEN b ELSE c END`."""
    test, *results = _values(state, node, scope, 3, 3)
    type_, (then, otherwise) = _like_first(results, node.pos)
    text = f"CASE WHEN {test.text} IS NOT NULL THEN {then.text} ELSE {otherwise.text} END"
    return Sql(text, type_, size=largest([then, otherwise]))


def _nullif(state: State, node: ast.Call, scope: Scope) -> Sql:
    first, second = _values(state, node, scope, 2, 2)
    if first.null:
        raise OracleError(932, "inconsistent datatypes: expected - got CHAR", node.pos)
    left, right = comparable(first, second, node.pos)
    if left.text == first.text:
        return Sql(f"nullif({left.text}, {right.text})", first.type, size=first.size)
    return Sql(f"CASE WHEN {left.text} = {right.text} THEN NULL ELSE {first.text} END", first.type, size=first.size)


def _decode(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`DECODE(a, 1, 'x', NULL, 'y', 'z')` -> `CASE WHEN a = 1 THEN 'x' WHEN a IS NULL THEN 'y' ELSE 'z' END`."""
    subject, *rest = _values(state, node, scope, 3, 255)
    pairs, default = rest[: len(rest) // 2 * 2], rest[-1] if len(rest) % 2 else None
    searches, results = pairs[0::2], pairs[1::2]
    values = results if default is None else [*results, default]
    # The first result decides the type, and NULL there means VARCHAR2.
    type_, values = _like_first([null_of("varchar"), *values] if results[0].null else values, node.pos)
    if results[0].null:
        type_ = "varchar"
        values = [convert(value, "varchar", node.pos) for value in values[1:]]
    whens = [
        f"WHEN {_same(subject, search, node.pos)} THEN {value.text}"
        for search, value in zip(searches, values, strict=False)
    ]
    otherwise = "" if default is None else f" ELSE {values[-1].text}"
    return Sql(f"CASE {' '.join(whens)}{otherwise} END", type_, size=largest(values))


def _same(subject: Sql, search: Sql, pos: int) -> str:
    if search.null:
        return f"{subject.text} IS NULL"
    if subject.null:
        return f"{search.text} IS NULL"
    equal = compare("=", subject, search, pos)
    if search.literal is not None or search.text.endswith("::numeric"):
        return equal
    return f"({equal} OR ({subject.text} IS NULL AND {search.text} IS NULL))"


def _extreme(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`GREATEST(a, b)`: NULL if any is NULL, where PostgreSQL's ignores NULLs."""
    values = _values(state, node, scope, 1)
    type_, converted = _like_first(values, node.pos)
    known = " AND ".join(f"{value.text} IS NOT NULL" for value in converted)
    chosen = f"{node.name[-1].lower()}({', '.join(value.text for value in converted)})"
    return Sql(f"CASE WHEN {known} THEN {chosen} END", type_, size=largest(converted))


_EXTRACT_TYPES = ("TIMEZONE_REGION", "TIMEZONE_ABBR")


def _extract(state: State, node: ast.Call, scope: Scope) -> Sql:
    field = str(node.extra.get("field", ""))
    if not field:
        return xml_query.extract_xml(state, node, scope)
    (value,) = _values(state, node, scope, 1, 1)
    kind = family(value.type)
    if kind is not None and kind not in DATETIMES | INTERVALS:
        raise OracleError(30076, "invalid extract field for extract source", node.pos)
    if field in _EXTRACT_TYPES:
        zoned = convert(value, "oracle.tstz", node.pos)
        return Sql(f"oracle.extract_zone({string(field)}, {zoned.text})", "varchar")
    return Sql(f"oracle.extract({string(field)}, {value.text})", "numeric")


def _trim(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`TRIM(LEADING 'x' FROM a)` -> `oracle.ltrim(a, 'x')`; both sides as ltrim of rtrim."""
    (value,) = _values(state, node, scope, 1, 1)
    value = null_of("varchar") if value.null else as_text(value, node.pos)
    type_ = _text_type("TRIM", [value])
    chars = node.extra.get("chars")
    where = node.extra.get("where") or "BOTH"
    suffix = ""
    if isinstance(chars, ast.Expr):
        characters = as_text(state.expression(chars, scope), node.pos)
        if characters.literal is not None and len(characters.literal) != 1:
            raise OracleError(30001, "trim set should have only one character", node.pos)
        suffix = f", {characters.text}"
    text = value.text
    if where in ("BOTH", "TRAILING"):
        text = f"oracle.rtrim({text}{suffix})"
    if where in ("BOTH", "LEADING"):
        text = f"oracle.ltrim({text}{suffix})"
    if type_ == "oracle.nvarchar2":
        text = f"({text})::{type_}"
    return Sql(text, type_, size=value.size)


_DUMP_TYPES = {NUMBER: 2, DATE: 12, TS: 180, TEXT: 1, RAW: 23}


def _dump(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`DUMP(x, fmt, start, length)`: type code, length and bytes; fmt + 1000 names the character set too."""
    value, *options = _values(state, node, scope, 1, 4)
    value = null_of("varchar") if value.null else value
    kind = family(value.type) or TEXT
    if kind == FLOAT:
        code = 100 if value.type == "float4" else 101
    elif kind not in _DUMP_TYPES:
        raise unsupported("DUMP of this type", node.pos)
    elif kind == TEXT and (value.char is not None or value.type in ("bpchar", "oracle.nchar")):
        code = 96
    else:
        code = _DUMP_TYPES[kind]
    fmt, start, length = (
        convert(as_number(option, node.pos), "numeric").text for option in [*options, *_DUMP_DEFAULTS[len(options) :]]
    )
    text = f"({value.text})::text" if kind == TEXT else value.text
    return Sql(f"oracle.dump_part(oracle.internal({text}), {code}, {fmt}, {start}, {length})", "varchar")


_DUMP_DEFAULTS = tuple(Sql(f"{number}::numeric", "numeric") for number in (10, 1, 0))


def _hierarchy(state: State, node: ast.Call, scope: Scope) -> Sql:
    hierarchy = next((block.hierarchy for block in scope.chain() if block.hierarchy is not None), None)
    if hierarchy is None:
        raise OracleError(30003, "illegal parameter in SYS_CONNECT_BY_PATH function", node.pos)
    return hierarchy.path(node, scope)  # type: ignore[attr-defined,no-any-return]


def _timestamp_precision(state: State, node: ast.Call, _: Scope) -> Sql:
    """`CURRENT_TIMESTAMP(3)`: the function rounded to the typmod."""
    name = node.name[-1]
    type_ = SIGNATURES[name].result
    text = f"oracle.{name.lower()}()"
    if not node.args:
        return Sql(text, type_, size=call_size(name, ()))
    digits = node.args[0]
    if not isinstance(digits, ast.NumberLiteral) or not digits.text.isdigit() or int(digits.text) > 9:
        raise OracleError(30088, "datetime/interval precision is out of range", node.pos)
    width = 30 if type_ == "oracle.tstz" else 21
    return Sql(f"{text}::{type_}({width},{int(digits.text)})", type_)


def not_yet(state: State, node: ast.Call, scope: Scope) -> Sql:
    raise unsupported(node.name[-1], node.pos)


def _collation(state: State, node: ast.Call, scope: Scope) -> Sql:
    """Without data-bound collations, character data has the session's."""
    (value,) = _values(state, node, scope, 1, 1)
    if family(value.type) not in (TEXT, None):
        raise inconsistent(TEXT, family(value.type), node.pos)
    return Sql("'USING_NLS_COMP'::varchar", "varchar", size=128)


def _value(state: State, node: ast.Call, scope: Scope) -> Sql:
    """`VALUE(t)`: the row of TABLE(XMLSEQUENCE(..))."""
    (argument,) = node.args if len(node.args) == 1 else (None,)
    source = scope.source_named(argument.parts) if isinstance(argument, ast.Name) else None
    if source is None or [column.name for column in source.columns] != ["COLUMN_VALUE"]:
        raise unsupported("VALUE of this row", node.pos)
    return scope.reference(source.columns[0], node.pos)


def _vector(state: State, node: ast.Call, scope: Scope) -> Sql:
    """TO_VECTOR and VECTOR_DISTANCE, whose further arguments are words."""
    if state.context.catalog.version < 23:
        raise invalid_identifier(node.name, node.pos)
    first = state.expression(node.args[0], scope)
    listed = cast("list[ast.Expr | None]", node.extra["words"])
    words = [None if word is None else state.expression(word, scope) for word in listed]
    if node.name[-1] == "VECTOR_DISTANCE":
        if not words or words[0] is None:
            raise OracleError(938, "not enough arguments for function", node.pos)
        metric = ", " + words[1].text if len(words) > 1 and words[1] is not None else ""
        pair = ", ".join(convert(value, "oracle.vector", node.pos).text for value in (first, words[0]))
        return Sql(f"oracle.vector_distance({pair}{metric})", "float8")
    types = ("numeric", "text", "text")
    texts = [
        f"NULL::{type_}" if word is None else f"({word.text})::{type_}"
        for word, type_ in zip(words, types, strict=False)
    ]
    texts += [f"NULL::{type_}" for type_ in types[len(texts) :]]
    described = ["*", "*", "DENSE"]
    for position, (word, node_) in enumerate(zip(words, listed, strict=True)):
        if word is not None and isinstance(node_, ast.NumberLiteral | ast.StringLiteral):
            described[position] = node_.text if isinstance(node_, ast.NumberLiteral) else node_.value
    vector = f"VECTOR({', '.join(described)})"
    if family(first.type) == VECTOR:
        return Sql(f"oracle.vector_as({first.text}, {', '.join(texts)})", "oracle.vector", declared=vector)
    content = f"({first.text})::text" if family(first.type) == LOB else convert(first, "varchar", node.pos).text
    return Sql(f"oracle.to_vector({content}, {', '.join(texts)})", "oracle.vector", declared=vector)


SPECIAL: dict[str, Callable[[State, ast.Call, Scope], Sql]] = {
    "TO_VECTOR": _vector,
    "VECTOR": _vector,
    "VECTOR_DISTANCE": _vector,
    "NVL": _nvl,
    "NVL2": _nvl2,
    "COALESCE": _coalesce,
    "NULLIF": _nullif,
    "DECODE": _decode,
    "GREATEST": _extreme,
    "LEAST": _extreme,
    "EXTRACT": _extract,
    "TRIM": _trim,
    "DUMP": _dump,
    "VALIDATE_CONVERSION": _validate_conversion,
    "CARDINALITY": cardinality,
    "SET": set_of,
    "SYS_CONNECT_BY_PATH": _hierarchy,
    "CURRENT_TIMESTAMP": _timestamp_precision,
    "LOCALTIMESTAMP": _timestamp_precision,
    "JSON_VALUE": json_functions.json_value,
    "JSON_QUERY": json_functions.json_query,
    "JSON_OBJECT": json_functions.json_object,
    "JSON_ARRAY": json_functions.json_array,
    "JSON_MERGEPATCH": json_functions.json_mergepatch,
    "JSON_SERIALIZE": json_functions.json_serialize,
    "JSON_TRANSFORM": json_transform,
    "JSON_SCALAR": json_functions.json_scalar,
    "JSON": json_functions.json_constructor,
    "XMLELEMENT": xml_functions.xml_element,
    "XMLFOREST": xml_functions.xml_forest,
    "XMLCONCAT": xml_functions.xml_concat,
    "XMLSERIALIZE": xml_functions.xml_serialize,
    "XMLPARSE": xml_functions.xml_serialize,
    "XMLCOLATTVAL": xml_functions.xml_colattval,
    "XMLROOT": xml_functions.xml_root,
    "XMLCOMMENT": xml_functions.xml_marked,
    "XMLCDATA": xml_functions.xml_marked,
    "XMLPI": xml_functions.xml_pi,
    "SYS_XMLGEN": xml_functions.sys_xmlgen,
    "XMLQUERY": xml_query.xml_query,
    "XMLCAST": xml_query.xml_cast,
    "EXTRACTVALUE": xml_query.extract_value,
    "EXISTSNODE": xml_query.exists_node,
    "UPDATEXML": xml_query.update_xml,
    "VALUE": _value,
    "COLLATION": _collation,
    **dict.fromkeys(
        ("DELETEXML", "APPENDCHILDXML", "INSERTCHILDXML", "INSERTXMLBEFORE", "INSERTXMLAFTER"), xml_query.xml_change
    ),
    **dict.fromkeys(
        ("XMLISVALID", "XMLTRANSFORM", "XMLDIFF", "XMLPATCH", "DEPTH", "PATH", "SYS_DBURIGEN", "XMLSEQUENCE"), not_yet
    ),
}
