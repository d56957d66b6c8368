"""JSON path expressions: Oracle's as PostgreSQL's, and as plain steps where there is no filter or method.

The plain steps serve JSON_QUERY, which must give the members of an object in the order of the document; PostgreSQL's own
functions work on jsonb, which sorts them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import OracleError, unsupported

_MODE = re.compile(r"\s*(lax\b|strict\b)?\s*\$", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d][\w$]*")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_PLACE = r"(?:\d+|last(?:\s*-\s*\d+)?)"
_SUBSCRIPT = re.compile(
    rf"\[\s*(\*|{_PLACE}(?:\s+to\s+{_PLACE})?(?:\s*,\s*{_PLACE}(?:\s+to\s+{_PLACE})?)*)\s*\]", re.IGNORECASE
)
_METHODS = {
    "size": "size",
    "type": "type",
    "number": "number",
    "double": "double",
    "string": "string",
    "boolean": "boolean",
    "abs": "abs",
    "ceiling": "ceiling",
    "floor": "floor",
}
#: Methods at the end of a path that PostgreSQL has not, or not with Oracle's meaning: what reads the value applies them.
LAST_METHODS = frozenset(("upper", "lower", "length", "date", "timestamp", "count"))
_LAST_METHOD = re.compile(r"\.\s*(\w+)\s*\(\s*\)\s*$")


@dataclass(frozen=True, slots=True)
class JsonPath:
    """`text` is PostgreSQL's; `steps` are `.name`, `.*`, `[0]`, `[*]`.. or None if the path has more than these. `method` is
    one of LAST_METHODS.
    """

    text: str
    steps: tuple[str, ...] | None
    method: str | None = None


def parse_path(path: str, pos: int) -> JsonPath:
    """Raises ORA-40442 for what is no path, ORA-03001 for filters and methods that PostgreSQL has not."""
    start = _MODE.match(path)
    if start is None:
        raise _syntax(pos)
    last = _LAST_METHOD.search(path)
    if last is not None and last[1].lower() in LAST_METHODS:
        inner = parse_path(path[: last.start()], pos)
        return JsonPath(inner.text, inner.steps, last[1].lower())
    text = start.group().strip()
    steps: list[str] | None = [] if start[1] is None else None
    i = start.end()
    while i < len(path):
        if path[i].isspace():
            i += 1
            continue
        i, part, step = _step(path, i, pos)
        text += part
        steps = None if steps is None or step is None else [*steps, step]
    return JsonPath(text, None if steps is None else tuple(steps))


def _step(path: str, i: int, pos: int) -> tuple[int, str, str | None]:
    """One step from `i`: where it ends, PostgreSQL's text, and the plain step if it is one."""
    if path[i] == "[":
        match = _SUBSCRIPT.match(path, i)
        if match is None:
            raise _syntax(pos)
        inside = re.sub(r"\s+", " ", match[1].lower())
        return match.end(), f"[{inside}]", f"[{inside}]" if "," not in inside and "-" not in inside else None
    if path[i] == "?":
        return _filter(path, i, pos)
    if path[i] != ".":
        raise _syntax(pos)
    deep = path.startswith("..", i)
    i += 2 if deep else 1
    prefix = ".**" if deep else ""
    while i < len(path) and path[i].isspace():
        i += 1
    if path.startswith("*", i):
        return i + 1, f"{prefix}.*", None if deep else ".*"
    quoted = _QUOTED.match(path, i)
    if quoted is not None:
        return quoted.end(), f"{prefix}.{quoted.group()}", None if deep else f".{quoted.group()[1:-1]}"
    name = _NAME.match(path, i)
    if name is None:
        raise _syntax(pos)
    if path.startswith("(", name.end()):
        method = _METHODS.get(name.group().lower())
        if method is None or deep or not path.startswith("()", name.end()):
            raise unsupported(f"JSON path method {name.group()}()", pos)
        return name.end() + 2, f".{method}()", None
    return name.end(), f'{prefix}."{name.group()}"', None if deep else f".{name.group()}"


def _filter(path: str, i: int, pos: int) -> tuple[int, str, None]:
    """`?(@.price > 10)`: in PostgreSQL's words."""
    begin = path.find("(", i)
    if begin < 0 or path[i + 1 : begin].strip():
        raise _syntax(pos)
    depth, end = 0, begin
    while end < len(path):
        quoted = _QUOTED.match(path, end)
        if quoted is not None:
            end = quoted.end()
            continue
        depth += {"(": 1, ")": -1}.get(path[end], 0)
        end += 1
        if depth == 0:
            break
    else:
        raise _syntax(pos)
    return end, f" ? {_predicates(path[begin:end], pos)}", None


_FILTER_TOKEN = re.compile(
    r"""\s*(?:
      (?P<quoted>"(?:[^"\\]|\\.)*")
    | (?P<operand>(?:@|\$(?:[^\W\d]\w*)?)(?:\.(?:\*|"(?:[^"\\]|\\.)*"|[^\W\d][\w$]*(?:\s*\(\s*\))?)|\[[^\]]*\])*)
    | (?P<number>-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<sign>&&|\|\||==|!=|<>|<=|>=|[=<>!(),])
    | (?P<other>\S))""",
    re.VERBOSE,
)
_SIGNS = {"=": "==", "<>": "!="}
_PATTERNS = frozenset(("has", "like", "like_regex", "eq_regex", "ci_regex", "eq_ci_regex", "regex"))
_REGULAR = re.compile(r"[.^$*+?()\[\]{}|]")


def _predicates(body: str, pos: int) -> str:
    """A condition, token by token. A comparison of text with a pattern becomes `like_regex`, IN a chain of `==`."""
    tokens = [(match.lastgroup or "", match[match.lastgroup or 0]) for match in _FILTER_TOKEN.finditer(body)]
    out: list[str] = []
    i = 0
    while i < len(tokens):
        kind, text = tokens[i]
        i += 1
        word = text.lower() if kind == "word" else ""
        if kind == "operand":
            out.append(_operand(text, pos))
        elif kind == "sign":
            out.append(_SIGNS.get(text, text))
        elif kind in ("quoted", "number"):
            out.append(text)
        elif kind == "other":
            raise _syntax(pos)
        elif word in _PATTERNS:
            i = _pattern(word, tokens, i, out, pos)
        elif word == "in" and out:
            i = _one_of(tokens, i, out, pos)
        elif word == "starts" and tokens[i : i + 1] == [("word", "with")]:
            out.append("starts with")
            i += 1
        elif word in ("true", "false", "null", "exists"):
            out.append(word)
        else:
            raise unsupported(f"JSON path predicate {text}", pos)
    return " ".join(out)


def _operand(text: str, pos: int) -> str:
    """`@.a[0].size()` with its names quoted."""
    root = re.match(r"@|\$(?:[^\W\d]\w*)?", text)
    assert root is not None
    i, out = root.end(), root.group()
    while i < len(text):
        i, part, _ = _step(text, i, pos)
        out += part
    return out


def _pattern(word: str, tokens: list[tuple[str, str]], i: int, out: list[str], pos: int) -> int:
    """`has substring "x"`, `like "a%"`, `eq_regex "..."`: all by regular expressions."""
    if word == "has":
        if tokens[i : i + 1] != [("word", "substring")]:
            raise _syntax(pos)
        i += 1
    if i >= len(tokens) or tokens[i][0] != "quoted":
        raise unsupported(f"JSON path predicate {word} with a variable", pos)
    pattern = tokens[i][1][1:-1]
    flags = "i" if "ci_" in word else ""
    if word == "has":
        flags = "q"
    elif word == "like":
        escaped = _REGULAR.sub(lambda match: rf"\\{match.group()}", pattern)
        pattern, flags = f"^{escaped.replace('%', '.*').replace('_', '.')}$", "s"
    elif word.startswith("eq_"):
        pattern = f"^(?:{pattern})$"
    out.append(f'like_regex "{pattern}"' + (f' flag "{flags}"' if flags else ""))
    return i + 1


def _one_of(tokens: list[tuple[str, str]], i: int, out: list[str], pos: int) -> int:
    """`@.a in (1, 2)`."""
    operand = out.pop()
    if tokens[i : i + 1] != [("sign", "(")]:
        raise _syntax(pos)
    tests = []
    i += 1
    while i + 1 < len(tokens):
        kind, text = tokens[i]
        if kind not in ("quoted", "number", "operand", "word"):
            raise _syntax(pos)
        tests.append(f"{operand} == {text}")
        i += 2
        if tokens[i - 1] == ("sign", ")"):
            out.append(f"({' || '.join(tests)})")
            return i
    raise _syntax(pos)


def _syntax(pos: int) -> OracleError:
    return OracleError(40442, "JSON path expression syntax error", pos)
