"""XPath and the part of XQuery that SQL uses, compiled to the program that backend/sql/176_xquery.sql runs.

There are paths with all axes that look down or up, predicates, operators, FLWOR without windows and groups, conditions,
quantifiers, element constructors and the functions of `_FUNCTIONS`. What else XQuery has is ORA-03001 by its name. A program is
plain JSON: `["path", base, [step ..]]`, `["call", name, [argument ..]]` and so on, an operator first in each list.

`legacy` is XPath 1.0 as EXTRACTVALUE, EXTRACT and EXISTSNODE read it: `<` compares numbers, what is no number is not equal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn

from ..errors import OracleError, unsupported

Program = list[object]

_SPACE = re.compile(r"(?:\s|\(:(?:[^:]|:(?!\)))*:\))+")
_NCNAME = r"[^\W\d][\w.\-]*"
_NAME = re.compile(rf"(?:({_NCNAME}):(?!:))?({_NCNAME})")
_NUMBER = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_STRING = re.compile(r'"((?:[^"]|"")*)"|\'((?:[^\']|\'\')*)\'')
_DECLARATION = re.compile(
    rf"declare\s+(?:namespace\s+({_NCNAME})\s*=|default\s+element\s+namespace)\s*(?:\"([^\"]*)\"|'([^']*)')\s*;"
)
_AXES = {
    "child": "child",
    "descendant": "descendant",
    "descendant-or-self": "descendant-or-self",
    "attribute": "attribute",
    "self": "self",
    "parent": "parent",
    "ancestor": "ancestor",
    "ancestor-or-self": "ancestor-or-self",
    "following-sibling": "following-sibling",
    "preceding-sibling": "preceding-sibling",
}
_UNKNOWN_AXES = ("following", "preceding", "namespace")
_KINDS = ("node", "text", "comment", "processing-instruction", "element", "attribute", "document-node")
#: Functions and how many arguments each takes.
_FUNCTIONS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("last", "position", "true", "false"), (0, 0)),
    **dict.fromkeys(("string", "number", "name", "local-name", "namespace-uri"), (0, 1)),
    **dict.fromkeys(("string-length", "normalize-space"), (0, 1)),
    **dict.fromkeys(
        ("count", "not", "boolean", "sum", "avg", "min", "max", "floor", "ceiling", "round", "abs"), (1, 1)
    ),
    **dict.fromkeys(("upper-case", "lower-case", "exists", "empty", "data", "distinct-values"), (1, 1)),
    **dict.fromkeys(("reverse", "root"), (1, 1)),
    **dict.fromkeys(("starts-with", "ends-with", "contains", "substring-before", "substring-after"), (2, 2)),
    **dict.fromkeys(("matches", "tokenize"), (2, 2)),
    "replace": (3, 3),
    "translate": (3, 3),
    "substring": (2, 3),
    "string-join": (1, 2),
    "concat": (2, 99),
    "zero-or-one": (1, 1),
    "exactly-one": (1, 1),
}
_CASTS = {
    **dict.fromkeys(("integer", "int", "long", "decimal", "double", "float"), "number"),
    "string": "string",
    "boolean": "boolean",
}
_COMPARISONS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_VALUE_COMPARISONS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_REVERSED = frozenset(("parent", "ancestor", "ancestor-or-self", "preceding-sibling"))


def compile_xquery(
    text: str, namespaces: Mapping[str, str] | None = None, pos: int = -1, *, legacy: bool = False
) -> Program:
    """The program of an expression; the namespace of prefix `""` is that of element names without one.

    Raises:
        OracleError: ORA-31013 (XPath), ORA-19114 (XQuery) for what is no expression, ORA-03001 for what is not supported.
    """
    return _Parser(text, dict(namespaces or {}), pos, legacy=legacy).parse()


class _Parser:
    def __init__(self, text: str, namespaces: dict[str, str], pos: int, *, legacy: bool) -> None:
        self.text = text
        self.namespaces = {"xs": "xs", "fn": "fn", "xsd": "xs", "ora": "ora", **namespaces}
        self.pos = pos
        self.legacy = legacy
        self.i = 0

    def parse(self) -> Program:
        self._space()
        while match := _DECLARATION.match(self.text, self.i):
            self.namespaces[match[1] or ""] = match[2] if match[2] is not None else match[3]
            self.i = match.end()
            self._space()
        if self._word("declare", "import", "xquery"):
            raise unsupported("this XQuery prolog", self.pos)
        program = self._expression()
        if self.i < len(self.text):
            self._fail()
        return program

    # ----------------------------------------------------------------------------------------------- tokens

    def _fail(self) -> NoReturn:
        if self.legacy:
            raise OracleError(31013, "Invalid XPATH expression", self.pos)
        near = self.text[self.i : self.i + 20]
        raise OracleError(
            19114, f"XPST0003 - error during parsing the XQuery expression: LPX-00801: XQuery syntax error at '{near}'"
        )

    def _space(self) -> None:
        match = _SPACE.match(self.text, self.i)
        if match:
            self.i = match.end()

    def _accept(self, *tokens: str) -> str | None:
        for token in tokens:
            if self.text.startswith(token, self.i):
                self.i += len(token)
                self._space()
                return token
        return None

    def _expect(self, token: str) -> None:
        if self._accept(token) is None:
            self._fail()

    def _word(self, *words: str) -> str | None:
        """A keyword that is followed by something else than a name character."""
        match = _NAME.match(self.text, self.i)
        if match is None or match[1] or match[2] not in words:
            return None
        self.i = match.end()
        self._space()
        return match[2]

    def _looking_at(self, pattern: str) -> bool:
        return re.compile(pattern).match(self.text, self.i) is not None

    def _variable(self) -> str:
        if not self.text.startswith("$", self.i):
            self._fail()
        match = _NAME.match(self.text, self.i + 1)
        if match is None:
            self._fail()
        self.i = match.end()
        self._space()
        return match.group()

    # ------------------------------------------------------------------------------------------ expressions

    def _expression(self) -> Program:
        items = [self._single()]
        while self._accept(","):
            items.append(self._single())
        return items[0] if len(items) == 1 else ["seq", items]

    def _single(self) -> Program:
        if self._looking_at(r"(for|let)\s+\$"):
            return self._flwor()
        if self._looking_at(r"(some|every)\s+\$"):
            return self._quantified()
        if self._looking_at(r"if\s*\("):
            return self._conditional()
        for word in ("typeswitch", "try", "switch", "copy"):
            if self._looking_at(rf"{word}\s*[({{$]"):
                raise unsupported(f"XQuery {word}", self.pos)
        return self._or()

    def _flwor(self) -> Program:
        clauses: list[object] = []
        while self._looking_at(r"(for|let)\s+\$"):
            kind = self._word("for", "let")
            while True:
                name = self._variable()
                if self._word("as"):
                    raise unsupported("XQuery type declarations", self.pos)
                place = self._variable() if kind == "for" and self._word("at") else None
                if kind == "for":
                    if not self._word("in"):
                        self._fail()
                else:
                    self._expect(":=")
                clauses.append([kind, name, self._single(), place])
                if not self._accept(","):
                    break
        if self._word("where"):
            clauses.append(["where", self._single()])
        if self._word("stable") or self._looking_at(r"order\s+by\b"):
            self._word("order")
            self._word("by")
            keys = []
            while True:
                key = self._single()
                descending = self._word("ascending", "descending") == "descending"
                if self._word("empty"):
                    raise unsupported("XQuery order by .. empty", self.pos)
                keys.append([key, descending])
                if not self._accept(","):
                    break
            clauses.append(["order", keys])
        for word in ("group", "window", "count"):
            if self._looking_at(rf"{word}\s+[\$b]"):
                raise unsupported(f"XQuery {word} clause", self.pos)
        if not self._word("return"):
            self._fail()
        return ["flwor", clauses, self._single()]

    def _quantified(self) -> Program:
        kind = self._word("some", "every")
        bindings = []
        while True:
            name = self._variable()
            if not self._word("in"):
                self._fail()
            bindings.append([name, self._single()])
            if not self._accept(","):
                break
        if not self._word("satisfies"):
            self._fail()
        program = self._single()
        for variable, source in reversed(bindings):
            program = ["quantified", kind, variable, source, program]
        return program

    def _conditional(self) -> Program:
        self._word("if")
        self._expect("(")
        test = self._expression()
        self._expect(")")
        if not self._word("then"):
            self._fail()
        then = self._single()
        if not self._word("else"):
            self._fail()
        return ["if", test, then, self._single()]

    def _or(self) -> Program:
        left = self._and()
        while self._word("or"):
            left = ["or", left, self._and()]
        return left

    def _and(self) -> Program:
        left = self._comparison()
        while self._word("and"):
            left = ["and", left, self._comparison()]
        return left

    def _comparison(self) -> Program:
        left = self._range()
        if self._looking_at(r"<<|>>|is\s"):
            raise unsupported("XQuery node comparison", self.pos)
        sign = self._accept("!=", "<=", ">=", "=", "<", ">")
        if sign is not None:
            return ["compare", _COMPARISONS[sign], left, self._range(), self.legacy]
        word = None if self.legacy else self._word(*_VALUE_COMPARISONS)
        if word is not None:
            return ["compare", _VALUE_COMPARISONS[word], left, self._range(), False]
        return left

    def _range(self) -> Program:
        left = self._additive()
        if not self.legacy and self._word("to"):
            return ["range", left, self._additive()]
        return left

    def _additive(self) -> Program:
        left = self._multiplicative()
        while sign := self._accept("+", "-"):
            left = ["arithmetic", sign, left, self._multiplicative()]
        return left

    def _multiplicative(self) -> Program:
        left = self._union()
        while sign := self._accept("*") or self._word("div", "idiv", "mod"):
            left = ["arithmetic", sign, left, self._union()]
        return left

    def _union(self) -> Program:
        left = self._unary()
        while self._accept("|") or self._word("union"):
            left = ["union", left, self._unary()]
        if self._word("intersect", "except", "instance", "treat", "castable", "cast"):
            raise unsupported("XQuery intersect, except, instance of, treat, castable and cast", self.pos)
        return left

    def _unary(self) -> Program:
        if self._accept("-"):
            return ["negative", self._unary()]
        if self._accept("+"):
            return self._unary()
        return self._path()

    # ------------------------------------------------------------------------------------------------ paths

    def _path(self) -> Program:
        any_depth: Program = ["descendant-or-self", "node", None, None, []]
        if self._accept("//"):
            return ["path", ["root"], [any_depth, *self._steps()]]
        if self._accept("/"):
            return ["path", ["root"], self._steps() if self._at_step() else []]
        primary = self._primary()
        if primary is None:
            return ["path", ["context"], self._steps()]
        predicates = self._predicates()
        if predicates:
            primary = ["filter", primary, predicates]
        if self._accept("//"):
            return ["path", primary, [any_depth, *self._steps()]]
        if self._accept("/"):
            return ["path", primary, self._steps()]
        return primary

    def _at_step(self) -> bool:
        return self._looking_at(r"[@.*]|[^\W\d]")

    def _steps(self) -> list[object]:
        steps: list[object] = [self._step()]
        while True:
            if self._accept("//"):
                steps.append(["descendant-or-self", "node", None, None, []])
            elif not self._accept("/"):
                return steps
            steps.append(self._step())

    def _step(self) -> Program:
        if self._accept(".."):
            return ["parent", "node", None, None, self._predicates()]
        if self._accept("."):
            return ["self", "node", None, None, self._predicates()]
        call = self._primary()  # a/string(), a/(b|c)
        if call is not None:
            return ["each", call, None, None, self._predicates()]
        axis = "child"
        if self._accept("@"):
            axis = "attribute"
        elif match := re.compile(rf"({_NCNAME})\s*::").match(self.text, self.i):
            if match[1] in _UNKNOWN_AXES:
                raise unsupported(f"XPath axis {match[1]}", self.pos)
            if match[1] not in _AXES:
                self._fail()
            axis = _AXES[match[1]]
            self.i = match.end()
            self._space()
        kind, name, uri = self._test(axis)
        if kind == "attribute":
            axis = "attribute"
        return [axis, kind, name, uri, self._predicates(), axis in _REVERSED]

    def _test(self, axis: str) -> tuple[str, str | None, str | None]:
        """The kind of node, the local name and the namespace, None for any."""
        kind = re.compile(rf"({'|'.join(_KINDS)})\s*\(\s*(?:\*|\"[^\"]*\"|'[^']*')?\s*\)").match(self.text, self.i)
        if kind:
            self.i = kind.end()
            self._space()
            return kind[1], None, None
        if self._accept("*:"):
            return "name", self._local(), None
        if self._accept("*"):
            return "name", None, None
        match = _NAME.match(self.text, self.i)
        if match is None:
            prefix = re.compile(rf"({_NCNAME}):\*").match(self.text, self.i)
            if prefix is None:
                self._fail()
            self.i = prefix.end()
            self._space()
            return "name", None, self._namespace(prefix[1])
        if match[1] is None and self.text.startswith(":*", match.end()):
            self.i = match.end() + 2
            self._space()
            return "name", None, self._namespace(match[2])
        self.i = match.end()
        self._space()
        if self.text.startswith("(", self.i):
            raise unsupported(f"XQuery function {match.group()}()", self.pos)
        if match[1]:
            return "name", match[2], self._namespace(match[1])
        return "name", match[2], "" if axis == "attribute" else self.namespaces.get("", "")

    def _local(self) -> str:
        match = re.compile(_NCNAME).match(self.text, self.i)
        if match is None:
            self._fail()
        self.i = match.end()
        self._space()
        return match.group()

    def _namespace(self, prefix: str) -> str:
        uri = self.namespaces.get(prefix)
        if uri is None:
            if self.legacy:
                self._fail()
            raise OracleError(19228, f"XPST0008 - undeclared identifier: prefix '{prefix}'", self.pos)
        return uri

    def _predicates(self) -> list[object]:
        predicates: list[object] = []
        while self._accept("["):
            predicates.append(self._expression())
            self._expect("]")
        return predicates

    # --------------------------------------------------------------------------------------------- primaries

    def _primary(self) -> Program | None:
        start = self.text[self.i : self.i + 1]
        if start in ('"', "'"):
            return ["string", self._literal()]
        number = _NUMBER.match(self.text, self.i)
        if number:
            self.i = number.end()
            self._space()
            return ["number", number.group()]
        if start == "$":
            return ["variable", self._variable()]
        if start == "(":
            self._expect("(")
            if self._accept(")"):
                return ["seq", []]
            inner = self._expression()
            self._expect(")")
            return inner
        if start == "." and not self.text.startswith("..", self.i):
            self._accept(".")
            return ["item"]
        if start == "<" and not self.legacy:
            return self._constructor()
        if self._looking_at(r"(element|attribute|document|text)\s+[\w{]|(element|document|text)\s*\{"):
            raise unsupported("computed constructors of XQuery", self.pos)
        return self._call()

    def _literal(self) -> str:
        match = _STRING.match(self.text, self.i)
        if match is None:
            self._fail()
        self.i = match.end()
        self._space()
        return match[1].replace('""', '"') if match[1] is not None else match[2].replace("''", "'")

    def _call(self) -> Program | None:
        match = _NAME.match(self.text, self.i)
        if match is None:
            return None
        opening = re.compile(r"\s*\(").match(self.text, match.end())
        if opening is None or match[2] in _KINDS:
            return None
        shown = match.group()
        self.i = opening.end()
        self._space()
        arguments: list[object] = []
        if not self._accept(")"):
            arguments.append(self._single())
            while self._accept(","):
                arguments.append(self._single())
            self._expect(")")
        if match[1] in ("xs", "xsd") and match[2] in _CASTS and len(arguments) == 1:
            return ["call", _CASTS[match[2]], arguments]
        counts = _FUNCTIONS.get(match[2]) if match[1] in (None, "fn") else None
        if counts is None:
            raise unsupported(f"XQuery function {shown}()", self.pos)
        if not counts[0] <= len(arguments) <= counts[1]:
            self._fail()
        return ["call", match[2], arguments]

    def _constructor(self) -> Program:
        """`<a b="{..}">text {..} <c/></a>`: the parts of its text, the enclosed expressions among them."""
        opening = re.compile(rf"<({_NCNAME}(?::{_NCNAME})?)").match(self.text, self.i)
        if opening is None:
            raise unsupported("comments and processing instructions in XQuery", self.pos)
        name = opening[1]
        self.i = opening.end()
        attributes: list[object] = []
        while attribute := re.compile(rf"\s+({_NCNAME}(?::{_NCNAME})?)\s*=\s*([\"'])").match(self.text, self.i):
            self.i = attribute.end()
            attributes.append([attribute[1], self._parts(attribute[2])])
            self.i += 1
        blank = re.compile(r"\s*").match(self.text, self.i)
        self.i = blank.end() if blank else self.i
        if self._accept("/>"):
            return ["element", name, attributes, []]
        if not self.text.startswith(">", self.i):
            self._fail()
        self.i += 1
        content = self._parts("<")
        closing = re.compile(rf"</{re.escape(name)}\s*>").match(self.text, self.i)
        if closing is None:
            self._fail()
        self.i = closing.end()
        self._space()
        return ["element", name, attributes, content]

    def _parts(self, until: str) -> list[object]:
        """Text and `{expressions}` up to the quote that ends an attribute, or the tag that ends an element."""
        parts: list[object] = []
        text = ""
        while True:
            if self.i >= len(self.text):
                self._fail()
            c = self.text[self.i]
            if c in "{}" and self.text.startswith(c * 2, self.i):
                text, self.i = text + c, self.i + 2
            elif c == "{":
                parts += self._literal_text(text, until)
                text, self.i = "", self.i + 1
                self._space()
                parts.append(self._expression())
                if not self.text.startswith("}", self.i):
                    self._fail()
                self.i += 1
            elif c == until and (until != "<" or self.text.startswith("</", self.i)):
                return parts + self._literal_text(text, until)
            elif c == "<" == until:
                parts += self._literal_text(text, until)
                text = ""
                parts.append(self._constructor())
                while self.i > 0 and self.text[self.i - 1].isspace():  # blanks after it are content
                    self.i -= 1
            elif c == "&" and (entity := re.compile(r"&(\w+);").match(self.text, self.i)):
                if entity[1] not in _ENTITIES:
                    self._fail()
                text, self.i = text + _ENTITIES[entity[1]], entity.end()
            else:
                text, self.i = text + c, self.i + 1

    @staticmethod
    def _literal_text(text: str, until: str) -> list[object]:
        """Blanks alone between the parts of an element are not content."""
        return [["literal", text]] if text and not (until == "<" and text.isspace()) else []
