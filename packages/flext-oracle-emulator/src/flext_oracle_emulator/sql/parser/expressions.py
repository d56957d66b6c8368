"""Expressions and conditions, by Oracle's precedence: OR, AND, NOT, comparison, `+ - ||`, `* /`, unary, primary.

Before 23ai a condition is no expression in SQL: `select a = 1` is an error, and `where a` lacks an operator.
`_logical` reads either, `expression` and `condition` insist on one. Functions with their own syntax are in
`functions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .. import ast
from ..messages import syntax_error
from .cursor import BIND, NATIONAL, NUMBER, QUOTED, RESERVED, STRING, Cursor
from .types import TypeParser

PLAIN, TUPLE, CONDITION = 0, 1, 2  # what parentheses may hold here besides an expression

_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_LIKES = frozenset({"LIKE", "LIKEC", "LIKE2", "LIKE4"})
_PREDICATES = _COMPARISONS | _LIKES | {"NOT", "IN", "BETWEEN", "IS", "MEMBER", "SUBMULTISET"}
_NEGATABLE = _LIKES | {"IN", "BETWEEN", "MEMBER", "SUBMULTISET"}
_ADDITIVE = frozenset({"+", "-", "||"})
_OPERATORS = _ADDITIVE | {"*", "/"}
_UNARY = frozenset({"+", "-", "PRIOR", "CONNECT_BY_ROOT"})
_POSTFIX = frozenset({"AT", ".", "(", "%", "DAY", "YEAR", "COLLATE", "MULTISET"})
_PSEUDO = frozenset({"LEVEL", "ROWNUM", "ROWID", "SYSDATE", "UID", "USER"})
_CALL_TAIL = frozenset({"OVER", "WITHIN", "KEEP", "IGNORE", "RESPECT", "FROM", "FILTER", "("})
_SET_FOLLOW = frozenset({")", "UNION", "INTERSECT", "MINUS", "EXCEPT", "ORDER", "FETCH", "OFFSET"})
_INTERVAL_FIELDS = frozenset({"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"})
_MAX_LIST = 1000

_LOGICAL_OPERATORS = _COMPARISONS | {"AND", "OR"}
_CONDITION_NODES = (
    ast.InList,
    ast.Between,
    ast.Like,
    ast.IsNull,
    ast.IsCondition,
    ast.Member,
    ast.Exists,
    ast.Quantified,
    ast.BooleanLiteral,
)
_CONDITION_FUNCTIONS = frozenset(
    {"REGEXP_LIKE", "XMLEXISTS", "JSON_EXISTS", "JSON_EQUAL", "JSON_TEXTCONTAINS", "LNNVL", "UNDER_PATH", "EQUALS_PATH"}
)
#: Methods of items of JSON that may end a dotted name.
_ITEM_METHODS = frozenset(
    [
        "ABS",
        "BOOLEAN",
        "CEILING",
        "COUNT",
        "DATE",
        "DOUBLE",
        "FLOOR",
        "LENGTH",
        "LOWER",
        "NUMBER",
        "SIZE",
        "STRING",
        "TIMESTAMP",
        "TYPE",
        "UPPER",
    ]
)
_WINDOW_ONLY = frozenset(
    {"ROW_NUMBER", "LAG", "LEAD", "NTILE", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "RATIO_TO_REPORT"}
)


def is_condition(node: ast.Expr) -> bool:
    """Whether a node is a condition rather than a value."""
    if isinstance(node, ast.Binary):
        return node.op in _LOGICAL_OPERATORS
    if isinstance(node, ast.Unary):
        return node.op == "NOT"
    if isinstance(node, ast.Call):
        return len(node.name) == 1 and node.name[0] in _CONDITION_FUNCTIONS
    return isinstance(node, _CONDITION_NODES)


def _combine(op: str, terms: list[ast.Expr]) -> ast.Expr:
    """A chain of an associative operator: left-deep when short, balanced when long (the tree is walked recursively)."""
    if len(terms) <= 16:
        left = terms[0]
        for right in terms[1:]:
            left = ast.Binary(op, left, right, pos=left.pos)
        return left
    middle = len(terms) // 2
    first = _combine(op, terms[:middle])
    return ast.Binary(op, first, _combine(op, terms[middle:]), pos=first.pos)


class ExpressionParser(TypeParser):
    #: functions with a syntax of their own, by name; functions.py fills it
    special_functions: Mapping[str, Callable[[ExpressionParser, int], ast.Expr]] = MappingProxyType({})

    ddl = False  # binds are refused

    def expression(self) -> ast.Expr:
        return self._logical() if self.booleans else self.value_expression()

    def condition(self) -> ast.Expr:
        node = self._logical()
        if not self.booleans and not is_condition(node):
            raise self.error(920)
        return node

    def expressions(self) -> list[ast.Expr]:
        """`e, e, ...`, at least one."""
        items = [self.expression()]
        while self.keys[self.i] == ",":
            self.i += 1
            items.append(self.expression())
        return items

    # --------------------------------------------------------------------------------------------- conditions

    def _logical(self) -> ast.Expr:
        terms = [self._conjunction()]
        while self.keys[self.i] == "OR":
            self._require_condition(terms[-1])
            self.i += 1
            terms.append(self._conjunction())
            self._require_condition(terms[-1])
        return terms[0] if len(terms) == 1 else _combine("OR", terms)

    def _conjunction(self) -> ast.Expr:
        terms = [self._negation()]
        while self.keys[self.i] == "AND":
            self._require_condition(terms[-1])
            self.i += 1
            terms.append(self._negation())
            self._require_condition(terms[-1])
        return terms[0] if len(terms) == 1 else _combine("AND", terms)

    def _require_condition(self, node: ast.Expr) -> None:
        if not self.booleans and not is_condition(node):
            raise self.error(920)

    def _negation(self) -> ast.Expr:
        if self.keys[self.i] != "NOT":
            return self._predicate()
        at = self.i
        self.i += 1
        self.enter()
        operand = self._negation()
        self.leave()
        self._require_condition(operand)
        return ast.Unary("NOT", operand, pos=self.starts[at])

    def _predicate(self) -> ast.Expr:
        if self.keys[self.i] == "EXISTS" and self.peek() == "(":
            at = self.i
            self.i += 1
            return ast.Exists(self.parenthesised_query(), pos=self.starts[at])
        left = self.value_expression(CONDITION)
        if not self.booleans and is_condition(left):
            return left
        while (key := self.keys[self.i]) in _PREDICATES:
            if key == "NOT" and self.peek() not in _NEGATABLE:
                break
            left = self._predicate_tail(left)
            if not self.booleans:
                break
        return left

    def _predicate_tail(self, left: ast.Expr) -> ast.Expr:
        key = self.keys[self.i]
        self.i += 1
        if key in _COMPARISONS:
            return self._comparison(key, left)
        if key == "IS":
            return self._is_tail(left)
        negated = key == "NOT"
        if negated:
            key = self.keys[self.i]
            self.i += 1
        if key == "IN":
            return ast.InList(left, self._in_list(), negated, pos=left.pos)
        if key == "BETWEEN":
            low = self.value_expression()
            self.expect("AND", 905)
            return ast.Between(left, low, self.value_expression(), negated, pos=left.pos)
        if key in _LIKES:
            pattern = self.value_expression()
            escape = self.value_expression() if self.accept("ESCAPE") else None
            return ast.Like(left, pattern, escape, negated, key, pos=left.pos)
        if key in ("MEMBER", "SUBMULTISET"):
            self.accept("OF")
            return ast.Member(left, self.value_expression(), negated, key == "SUBMULTISET", pos=left.pos)
        self.i -= 1
        raise self.unsupported(f"the {key} condition")

    def _comparison(self, op: str, left: ast.Expr) -> ast.Expr:
        quantifier = self.keys[self.i]
        if quantifier in ("ANY", "SOME", "ALL") and self.peek() == "(":
            self.i += 1
            right: ast.Query | ast.Tuple
            if self.at_query_parenthesis():
                right = self.parenthesised_query()
            else:
                at = self.starts[self.i]
                right = ast.Tuple(self._item_list(), pos=at)
            return ast.Quantified(op, "ALL" if quantifier == "ALL" else "ANY", left, right, pos=left.pos)
        right_side = self.value_expression(TUPLE)
        if not self.booleans and self.keys[self.i] in _COMPARISONS:
            raise self.error(933)
        return ast.Binary(op, left, right_side, pos=left.pos)

    def _is_tail(self, left: ast.Expr) -> ast.Expr:
        negated = self.accept("NOT")
        if self.accept("NULL"):
            return ast.IsNull(left, negated, pos=left.pos)
        start = self.i
        word = self.accept_any("NAN", "INFINITE", "EMPTY", "A", "JSON", "TRUE", "FALSE", "DANGLING", "PRESENT", "OF")
        if word in ("DANGLING", "PRESENT", "OF") or word is None:
            if word is None:
                raise self.error(908)
            self.i = start
            raise self.unsupported(f"the IS {word} condition")
        if word == "A":
            self.expect("SET", 905)
        elif word == "JSON":
            parenthesised = self.keys[self.i] == "(" and self.peek() in ("STRICT", "LAX") and self.accept("(")
            while (
                self.accept_all("FORMAT", "JSON")
                or self.accept_any("STRICT", "LAX", "VALUE", "OBJECT", "ARRAY", "SCALAR")
                or self.accept_all("ALLOW", "SCALARS")
                or self.accept_all("DISALLOW", "SCALARS")
                or (self.peek() == "UNIQUE" and self.accept_any("WITH", "WITHOUT") and self.accept("UNIQUE"))
            ):
                if self.keys[self.i - 1] == "UNIQUE":
                    self.expect("KEYS", 905)
                if parenthesised and self.accept(")"):
                    parenthesised = False
        elif word in ("TRUE", "FALSE") and not self.booleans:
            raise self.error(908, at=start)
        return ast.IsCondition(left, self.upper_text(start), negated, pos=left.pos)

    def _in_list(self) -> list[ast.Expr] | ast.Query:
        if self.keys[self.i] != "(":
            return [self.value_expression()]
        if self.at_query_parenthesis():
            return self.parenthesised_query()
        return self._item_list()

    def _item_list(self) -> list[ast.Expr]:
        """`(e, (e, e), ...)` of IN and of quantified comparisons; at most 1000 single values."""
        self.expect("(", 906)
        self.enter()
        items: list[ast.Expr] = []
        while True:
            if len(items) == _MAX_LIST and self.version < 23 and not isinstance(items[0], ast.Tuple):
                raise self.error(1795)
            items.append(self.value_expression(TUPLE))
            if self.keys[self.i] != ",":
                break
            self.i += 1
        self.expect(")", 907)
        self.leave()
        return items

    # ------------------------------------------------------------------------------------------------- values

    def value_expression(self, mode: int = PLAIN) -> ast.Expr:
        """An expression without AND, OR, NOT and comparisons at its top."""
        left = self._unary(mode)
        if self.keys[self.i] not in _OPERATORS:
            return left
        if mode == CONDITION and not self.booleans and is_condition(left):
            return left
        left = self._product(left)
        while (key := self.keys[self.i]) in _ADDITIVE:
            if key == "||":
                terms = [left]
                while self.accept("||"):
                    terms.append(self._product(self._unary()))
                left = _combine("||", terms)
            else:
                self.i += 1
                left = ast.Binary(key, left, self._product(self._unary()), pos=left.pos)
        return left

    def _product(self, left: ast.Expr) -> ast.Expr:
        while (key := self.keys[self.i]) in ("*", "/"):
            self.i += 1
            left = ast.Binary(key, left, self._unary(), pos=left.pos)
        return left

    def _unary(self, mode: int = PLAIN) -> ast.Expr:
        key = self.keys[self.i]
        if key in _UNARY:
            at = self.starts[self.i]
            self.i += 1
            self.enter()
            operand = self._unary()
            self.leave()
            return ast.Unary(key, operand, pos=at)  # type: ignore[arg-type]  # key is one of _UNARY
        node = self._primary(mode)
        if self.keys[self.i] in _POSTFIX:
            node = self._postfix(node)
        if self.plsql and self.keys[self.i] == "**":
            self.i += 1
            self.enter()
            node = ast.Binary("**", node, self._unary(), pos=node.pos)
            self.leave()
        return node

    def _primary(self, mode: int) -> ast.Expr:
        i = self.i
        key = self.keys[i]
        if key == BIND:
            return self.bind()
        if key == NUMBER:
            self.i = i + 1
            return self._number(i)
        if key in (STRING, NATIONAL):
            return self._string(i)
        if key == "(":
            return self._parenthesis(mode)
        handler = _PRIMARIES.get(key)
        if handler is not None:
            node = handler(self)
            if node is not None:
                return node
            key = self.keys[self.i]
        if key == QUOTED or key in _PSEUDO or (key[:1].isalpha() and key not in self.reserved):
            if self.keys[i + 1] not in (".", "(", "@"):
                self.i = i + 1
                return ast.Name((self.values[i],), (key == QUOTED,), pos=self.starts[i])
            return self._path()
        raise self.error(936)

    def bind(self) -> ast.Bind:
        i = self.i
        if self.keys[i] != BIND:
            raise self.error(936)
        if self.ddl:
            raise self.error(1027)
        if not self.plsql and self.values[i] in RESERVED:
            raise self.error(1745)
        self.i = i + 1
        node = ast.Bind(self.values[i], self.bind_count, pos=self.starts[i])
        self.bind_count += 1
        return node

    def _number(self, i: int) -> ast.Expr:
        text: str = self.values[i]
        if text[-1] in "fFdD":
            return ast.NumberLiteral(text[:-1], text[-1].lower(), pos=self.starts[i])
        return ast.NumberLiteral(text, pos=self.starts[i])

    def _string(self, i: int) -> ast.Expr:
        value: str = self.values[i]
        limit = 32767 if self.plsql else 4000
        if len(value) > limit // 4 and len(value.encode("utf-8", "replace")) > limit:
            raise self.error(1704)
        self.i = i + 1
        return ast.StringLiteral(value, self.keys[i] == NATIONAL, pos=self.starts[i])

    def _parenthesis(self, mode: int) -> ast.Expr:
        at = self.starts[self.i]
        if self.at_query_parenthesis():
            return ast.Subquery(self.parenthesised_query(), pos=at)
        self.enter()
        self.i += 1
        node = self._logical() if mode == CONDITION or self.booleans else self.value_expression(mode)
        if mode != PLAIN and self.keys[self.i] == ",":
            items = [node]
            while self.accept(","):
                items.append(self.value_expression(TUPLE))
            node = ast.Tuple(items, pos=at)
        self.expect(")", 907)
        self.leave()
        return node

    def at_query_parenthesis(self) -> bool:
        """Whether the parenthesis here holds a query: `(select`, `((select ..) union ..)`; not `((select ..) + 1)`."""
        keys = self.keys
        k = self.i
        if keys[k] != "(":
            return False
        while keys[k] == "(":
            k += 1
        if keys[k] not in ("SELECT", "WITH") and not (keys[k] == "VALUES" and self.version >= 23):
            return False
        return all(keys[min(self.closing(j) + 1, len(keys) - 1)] in _SET_FOLLOW for j in range(k - 1, self.i, -1))

    def at_values(self) -> bool:
        """Whether a table value constructor stands here (23ai)."""
        return self.version >= 23 and self.keys[self.i] == "VALUES" and self.peek() == "("

    def parenthesised_query(self) -> ast.Query:
        self.expect("(", 906)
        query = self.query()
        if query.for_update is not None:  # only a statement may lock
            raise syntax_error(907, query.for_update.pos)
        self.expect(")", 907)
        return query

    # ------------------------------------------------------------------------------------------ names and calls

    def _set(self) -> ast.Expr | None:
        """SET(collection), although SET is reserved."""
        return self._path() if self.peek() == "(" else None

    def _path(self) -> ast.Expr:
        """A dotted name, and a call if `(` follows."""
        start = i = self.i
        keys, values = self.keys, self.values
        parts = [values[i]]
        quoted = [keys[i] == QUOTED]
        i += 1
        while keys[i] == ".":
            key = keys[i + 1]
            if len(parts) > 2 and key in _ITEM_METHODS and keys[i + 2 : i + 4] == ["(", ")"]:
                break
            if not (key == QUOTED or key == "ROWID" or (key[:1].isalpha() and key not in self.reserved)):
                if self.plsql and key == "DELETE":  # collection method
                    parts.append("DELETE")
                    quoted.append(False)
                    i += 2
                    break
                raise self.error(1747, at=i + 1)
            parts.append(values[i + 1])
            quoted.append(key == QUOTED)
            i += 2
        self.i = i
        pos = self.starts[start]
        if len(parts) > 1 and (keys[i] in ("[", ".") or (len(parts) > 2 and keys[i] != "(")):
            spelled = tuple(self.text(at, at + 1).strip('"') for at in range(start, i, 2))
            if keys[i] != "@":
                return ast.Name(tuple(parts), tuple(quoted), spelled=spelled, tail=self._json_tail(), pos=pos)
        if keys[i] == "(":
            if keys[i + 1] == "+" and keys[i + 2] == ")":
                self.i = i + 3
                return ast.Name(tuple(parts), tuple(quoted), outer_join=True, pos=pos)
            return self._call(tuple(parts), any(quoted), pos)
        if keys[i] == "@":
            link = self.db_link()
            return ast.Name(tuple(parts), tuple(quoted), db_link=link, pos=pos)
        return ast.Name(tuple(parts), tuple(quoted), pos=pos)

    def _json_tail(self) -> str:
        """Subscripts, members and methods after a dotted name, as a JSON path has them."""
        tail = ""
        while True:
            key = self.keys[self.i]
            if key == "[":
                start = self.i
                while self.keys[self.i] not in ("]", ""):
                    self.i += 1
                self.expect("]", 907)
                tail += self.text(start)
            elif key == "." and (self.peek()[:1].isalpha() or self.peek() in (QUOTED, "*")):
                self.i += 2
                tail += f".{self.text(self.i - 1)}"
                if self.keys[self.i] == "(":
                    self.expect_all(907, "(", ")")
                    return f"{tail}()"
            else:
                return tail

    def _call(self, name: tuple[str, ...], quoted: bool, pos: int) -> ast.Expr:
        """Arguments and what follows them; the current token is the opening parenthesis."""
        if len(name) == 1 and not quoted:
            special = self.special_functions.get(name[0])
            if special is not None:
                return special(self, pos)
        call = ast.Call(name, quoted=quoted, pos=pos)
        self.arguments(call)
        if self.keys[self.i] in _CALL_TAIL:
            self.call_tail(call)
        if call.over is None and len(name) == 1 and name[0] in _WINDOW_ONLY and not quoted and not self.plsql:
            raise self.error(30484)
        return call

    def arguments(self, call: ast.Call) -> None:
        """`( [DISTINCT] a, b, name => c, *, <clauses> )`."""
        self.expect("(", 906)
        self.enter()
        if self.keys[self.i] == "*":
            call.args.append(ast.Star(pos=self.starts[self.i]))
            self.i += 1
        elif self.keys[self.i] != ")":
            if self.accept_any("DISTINCT", "UNIQUE"):
                call.distinct = True
            else:
                self.accept("ALL")
            while True:
                if self.peek() == "=>" and self.at_name():
                    label = self.name(936)
                    self.i += 1
                    call.named[label] = self.expression()
                elif call.name == ("LNNVL",):
                    call.args.append(self.condition())
                else:
                    call.args.append(self.expression())
                if self.keys[self.i] not in (",", ")"):
                    self.argument_clause(call)
                if self.keys[self.i] != ",":
                    break
                self.i += 1
        self.expect(")", 907)
        self.leave()

    def argument_clause(self, call: ast.Call) -> None:
        """Keywords after an argument: IGNORE NULLS, ON OVERFLOW, ORDER BY, USING, DEFAULT .. ON CONVERSION ERROR."""
        name = call.name[-1] if call.name else ""
        if self.keys[self.i] in ("IGNORE", "RESPECT") and self.peek() == "NULLS":
            call.nulls = "IGNORE" if self.keys[self.i] == "IGNORE" else "RESPECT"
            self.i += 2
        elif name == "LISTAGG" and self.accept_all("ON", "OVERFLOW"):
            self._listagg_overflow(call)
        elif name in ("XMLAGG", "COLLECT") and self.keys[self.i] == "ORDER":
            self.i += 1
            self.expect("BY", 924)
            call.extra["order"] = self.order_items()
        elif name in ("APPROX_MEDIAN", "APPROX_PERCENTILE") and self.accept("DETERMINISTIC"):
            pass  # all of them are exact here
        elif name in ("TRANSLATE", "CHR") and self.accept("USING"):
            charset = self.accept_any("CHAR_CS", "NCHAR_CS")
            if charset is None:
                raise self.error(905)
            call.extra["using"] = charset
        elif name.startswith("TO_") and self.accept("DEFAULT"):
            call.extra["default"] = self.expression()
            self.expect_all(905, "ON", "CONVERSION", "ERROR")

    def _listagg_overflow(self, call: ast.Call) -> None:
        if self.accept("ERROR"):
            call.extra["overflow"] = ("ERROR", None, False)
            return
        self.expect("TRUNCATE", 905)
        indicator = self.expression() if self.keys[self.i] in (STRING, NATIONAL, BIND) else None
        with_count = True
        if self.accept_all("WITHOUT", "COUNT"):
            with_count = False
        else:
            self.accept_all("WITH", "COUNT")
        call.extra["overflow"] = ("TRUNCATE", indicator, with_count)

    def call_tail(self, call: ast.Call) -> None:
        """WITHIN GROUP, KEEP, FROM LAST, IGNORE NULLS, OVER, FILTER and `(+)`, after the arguments."""
        keys = self.keys
        if keys[self.i] == "(" and keys[self.i + 1] == "+" and self.peek(2) == ")":
            self.i += 3
            call.outer_join = True
            return
        if self.accept_all("WITHIN", "GROUP"):
            self.expect("(", 906)
            self.expect_all(924, "ORDER", "BY")
            call.within = self.order_items()
            self.expect(")", 907)
        if keys[self.i] == "KEEP" and self.peek() == "(":
            self._keep(call)
        if keys[self.i] == "FROM" and call.name == ("NTH_VALUE",) and self.peek() in ("FIRST", "LAST"):
            call.from_last = self.peek() == "LAST"
            self.i += 2
        if keys[self.i] in ("IGNORE", "RESPECT") and self.peek() == "NULLS":
            call.nulls = "IGNORE" if keys[self.i] == "IGNORE" else "RESPECT"
            self.i += 2
        if keys[self.i] == "FILTER" and self.peek() == "(" and self.version >= 23:
            raise self.unsupported("the FILTER clause of an aggregate")
        if keys[self.i] == "OVER":
            if self.peek() == "(":
                self.i += 1
                call.over = self.window()
            elif self.version >= 21 and self.at_name(1):
                self.i += 1
                call.over = ast.Window(name=self.name(906), pos=self.starts[self.i - 1])

    def _keep(self, call: ast.Call) -> None:
        self.i += 2
        self.expect("DENSE_RANK", 905)
        which = self.accept_any("FIRST", "LAST")
        if which is None:
            raise self.error(905)
        self.expect_all(924, "ORDER", "BY")
        call.keep = ("FIRST" if which == "FIRST" else "LAST", self.order_items())
        self.expect(")", 907)

    def window(self) -> ast.Window:
        """`( [name] [PARTITION BY ..] [ORDER BY ..] [frame] )`."""
        node = ast.Window(pos=self.starts[self.i])
        self.expect("(", 906)
        self.enter()
        if self.version >= 21 and self.at_name() and self.keys[self.i] not in ("PARTITION", "RANGE", "GROUPS"):
            node.name = self.name(907)
        if self.accept("PARTITION"):
            self.expect("BY", 924)
            node.partition = self.expressions()
        if self.accept("ORDER"):
            self.accept("SIBLINGS")
            self.expect("BY", 924)
            node.order = self.order_items()
        if self.keys[self.i] in ("ROWS", "RANGE") or (self.keys[self.i] == "GROUPS" and self.version >= 21):
            node.frame = self._frame()
        self.expect(")", 907)
        self.leave()
        return node

    def _frame(self) -> ast.WindowFrame:
        at = self.i
        self.i += 1
        if self.accept("BETWEEN"):
            start = self._bound()
            self.expect("AND", 905)
            frame = ast.WindowFrame(self.keys[at], start, self._bound(), pos=self.starts[at])
        else:
            frame = ast.WindowFrame(self.keys[at], self._bound(), None, pos=self.starts[at])
        if self.keys[self.i] == "EXCLUDE" and self.version >= 21:
            self.i += 1
            excluded = (("CURRENT", "ROW"), ("GROUP",), ("TIES",), ("NO", "OTHERS"))
            frame.exclude = next((" ".join(words) for words in excluded if self.accept_all(*words)), None)
            if frame.exclude is None:
                raise self.error(905)
        return frame

    def _bound(self) -> tuple[ast.Expr | None, str]:
        if self.accept_all("CURRENT", "ROW"):
            return None, "CURRENT ROW"
        expr = None if self.accept("UNBOUNDED") else self.value_expression()
        direction = self.accept_any("PRECEDING", "FOLLOWING")
        if direction is None:
            raise self.error(905)
        return expr, direction

    def order_items(self) -> list[ast.OrderItem]:
        items = []
        while True:
            at = self.starts[self.i]
            item = ast.OrderItem(self.expression(), pos=at)
            if self.accept("DESC"):
                item.descending = True
            else:
                self.accept("ASC")
            if self.keys[self.i] == "NULLS":
                self.i += 1
                nulls = self.accept_any("FIRST", "LAST")
                if nulls is None:
                    raise self.error(905)
                item.nulls = "FIRST" if nulls == "FIRST" else "LAST"
            items.append(item)
            if not self.accept(","):
                return items

    # ------------------------------------------------------------------------------------------------ postfix

    def _postfix(self, node: ast.Expr) -> ast.Expr:
        """AT TIME ZONE, interval qualifiers, and PL/SQL's `%FOUND`, `.method`, second subscripts."""
        while True:
            key = self.keys[self.i]
            after = self.peek()
            if key == "AT" and after in ("TIME", "LOCAL"):
                self.i += 2
                zone = None
                if after == "TIME":
                    self.expect("ZONE", 905)
                    zone = self._primary(PLAIN)
                node = ast.AtTimeZone(node, zone, pos=node.pos)
            elif key in ("DAY", "YEAR") and self.keys[self.i - 1] == ")" and (after == "TO" or self._at_precision()):
                node = self._interval_expression(node)
            elif key == "%" and (self.plsql or isinstance(node, ast.Bind)) and after[:1].isalpha():
                self.i += 2
                node = ast.Attribute(node, after, pos=node.pos)
            elif key == "." and isinstance(node, ast.Call | ast.Attribute | ast.Bind | ast.Case):
                self.i += 1
                node = ast.Attribute(node, "DELETE" if self.accept("DELETE") else self.name(1747), pos=node.pos)
            elif key == "(" and (isinstance(node, ast.Attribute) or (self.plsql and isinstance(node, ast.Call))):
                call = ast.Call((), extra={"target": node}, pos=node.pos)
                self.arguments(call)
                node = call
            elif key == "COLLATE":
                raise self.error(43929)
            elif key == "MULTISET" and after in ("UNION", "INTERSECT", "EXCEPT"):
                self.i += 2
                distinct = self.accept_any("ALL", "DISTINCT") == "DISTINCT"
                right = self._primary(PLAIN)
                if self.keys[self.i] in _POSTFIX - {"MULTISET"}:
                    right = self._postfix(right)
                node = ast.Multiset(after, distinct, node, right, pos=node.pos)
            else:
                return node

    def _at_precision(self) -> bool:
        """`DAY (3) TO` or `YEAR (4) TO` here."""
        return self.peek() == "(" and self.peek(2) == NUMBER and self.peek(3) == ")" and self.peek(4) == "TO"

    def _interval_expression(self, node: ast.Expr) -> ast.Expr:
        """`(a - b) DAY TO SECOND`."""
        at = self.starts[self.i]
        day = self.accept("DAY")
        if not day:
            self.i += 1
        type_name = ast.TypeName("INTERVAL DAY TO SECOND" if day else "INTERVAL YEAR TO MONTH", precision=9, pos=at)
        if self.accept("("):
            type_name.precision = self.integer(30088)
            self.expect(")", 907)
        self.expect_all(905, "TO", "SECOND" if day else "MONTH")
        if day:
            type_name.scale = 9
            if self.accept("("):
                type_name.scale = self.integer(30088)
                self.expect(")", 907)
        return ast.Cast(node, type_name, pos=node.pos)

    # ------------------------------------------------------------------------------------- keyword primaries

    def _null(self) -> ast.Expr:
        self.i += 1
        return ast.Null(pos=self.starts[self.i - 1])

    def _boolean(self) -> ast.Expr | None:
        if not self.booleans and not self.plsql:
            return None
        self.i += 1
        return ast.BooleanLiteral(self.keys[self.i - 1] == "TRUE", pos=self.starts[self.i - 1])

    def _date(self) -> ast.Expr | None:
        i = self.i
        if self.keys[i + 1] != STRING:
            return None
        self.i = i + 2
        kind = self.keys[i]
        return ast.DateLiteral("DATE" if kind == "DATE" else "TIMESTAMP", self.values[i + 1], pos=self.starts[i])

    def _interval(self) -> ast.Expr | None:
        i = self.i
        if self.keys[i + 1] != STRING:
            return None
        self.i = i + 2
        leading = self.keys[self.i]
        if leading not in _INTERVAL_FIELDS:
            raise self.error(905)
        self.i += 1
        node = ast.IntervalLiteral(self.values[i + 1], leading, pos=self.starts[i])
        if self.accept("("):
            node.leading_precision = self.integer(30088)
            if leading == "SECOND" and self.accept(","):
                node.fractional_precision = self.integer(30088)
            self.expect(")", 907)
        if self.accept("TO"):
            node.trailing = self.keys[self.i]
            if node.trailing not in _INTERVAL_FIELDS:
                raise self.error(905)
            self.i += 1
            if node.trailing == "SECOND" and self.accept("("):
                node.fractional_precision = self.integer(30088)
                self.expect(")", 907)
        return node

    def _case(self) -> ast.Expr:
        at = self.starts[self.i]
        self.i += 1
        self.enter()
        operand = None if self.keys[self.i] == "WHEN" else self.expression()
        whens: list[tuple[ast.Expr, ast.Expr]] = []
        while self.accept("WHEN"):
            when = self.condition() if operand is None else self.expression()
            self.expect("THEN", 905)
            whens.append((when, self.expression()))
        if not whens:
            raise self.error(905)
        otherwise = self.expression() if self.accept("ELSE") else None
        self.expect("END", 905)
        self.leave()
        return ast.Case(operand, whens, otherwise, pos=at)

    def _cursor(self) -> ast.Expr | None:
        if self.peek() != "(":
            return None
        at = self.starts[self.i]
        self.i += 1
        return ast.CursorExpr(self.parenthesised_query(), pos=at)

    def _new(self) -> ast.Expr | None:
        """`NEW type(..)`: the constructor call without the word."""
        if not self.at_name(1) or self.peek(2) not in ("(", "."):
            return None
        self.i += 1
        return self._path()


_PRIMARIES: dict[str, Callable[[ExpressionParser], ast.Expr | None]] = {
    "NULL": ExpressionParser._null,
    "TRUE": ExpressionParser._boolean,
    "FALSE": ExpressionParser._boolean,
    "DATE": ExpressionParser._date,
    "TIMESTAMP": ExpressionParser._date,
    "INTERVAL": ExpressionParser._interval,
    "CASE": ExpressionParser._case,
    "CURSOR": ExpressionParser._cursor,
    "NEW": ExpressionParser._new,
    "SET": ExpressionParser._set,
}

__all__ = ["Cursor", "ExpressionParser", "is_condition"]
