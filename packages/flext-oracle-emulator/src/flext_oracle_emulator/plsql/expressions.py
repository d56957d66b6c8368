"""Expressions: computed here where plain values allow it, else by the database, which gets the operands as binds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from decimal import Decimal
from typing import Any

from ..errors import unsupported
from ..sql import ast as sql
from ..sql.emit.aggregates import AGGREGATES, ANALYTIC_ONLY
from .collections import combine, contains, distinct, includes
from .delegation import DUAL, Delegated, delegate
from .failures import oracle_error, sqlerrm
from .functions import FUNCTIONS
from .names import (
    COLLECTION_FUNCTIONS,
    CURSOR_ATTRIBUTES,
    Names,
    collection_method,
    undeclared,
    without_standard,
    wrong_arguments,
)
from .objects import object_value
from .operators import arithmetic, compare, concatenate, like, negate
from .runtime import Input, SqlRequest
from .scope import Cell, CellReference, CursorEntry, ElementReference, Frame, SubprogramEntry, TypeEntry, Unit, name_of
from .supplied.registry import Constant, SuppliedSubprogram
from .types import (
    VARCHAR2,
    CollectionType,
    NeedsDatabaseError,
    RecordType,
    Scalar,
    Type,
    component_type,
    convert,
    domain_of,
    holds,
    is_assignable,
    type_name_of,
    wrong_type,
)
from .values import (
    ARITHMETIC,
    Collection,
    CursorReference,
    Record,
    decode,
    encode,
    pg_type_of_value,
)

_ARITHMETIC = frozenset({"+", "-", "*", "/", "**"})
#: Functions that are conditions.
_CONDITIONS = frozenset({"REGEXP_LIKE", "JSON_EXISTS", "JSON_EQUAL"})
#: Functions of SQL that PL/SQL expressions do not know (PLS-00204).
_SQL_ONLY = frozenset(
    {"DECODE", "DUMP", "VSIZE", "NVL2", "ROWNUM", "LEVEL", "PRIOR", "SYS_CONNECT_BY_PATH"} | AGGREGATES | ANALYTIC_ONLY
)


#: `$$PLSQL_LINE` and its like, by the names that conditional compilation gives them.
_INQUIRIES: dict[str, Callable[[Unit, int], Any]] = {
    "plsql_line": lambda unit, pos: Decimal(unit.position(pos)[0]),
    "plsql_unit": lambda unit, _: unit.name or None,
    "plsql_unit_owner": lambda unit, _: unit.owner or None,
}


def refuse_sql_only(name: str, node: sql.Call, frame: Frame) -> None:
    if name in _SQL_ONLY:
        text = f"PLS-00204: function or pseudo-column '{name}' may be used inside a SQL statement only"
        raise frame.unit.compile_error(text, node.pos)


class Expressions(Names):
    async def value(self, node: sql.Expr, frame: Frame) -> Any:
        handler = _EVALUATORS.get(type(node))
        if handler is None:
            if isinstance(node, sql.Subquery | sql.Exists):
                raise frame.unit.compile_error("PLS-00405: subquery not allowed in this context", node.pos)
            raise unsupported(f"{type(node).__name__.upper()} in a PL/SQL expression", node.pos)
        return await handler(self, node, frame)

    async def truth(self, node: sql.Expr, frame: Frame) -> bool:
        """Whether a condition holds: NULL does not."""
        value = await self.value(node, frame)
        if value is not None and not isinstance(value, bool):
            raise frame.unit.compile_error("PLS-00382: expression is of wrong type", node.pos)
        return value is True

    # ------------------------------------------------------------------------------------------------ leaves

    async def _number(self, node: sql.NumberLiteral, _: Frame) -> Any:
        return float(node.text) if node.suffix else ARITHMETIC.create_decimal(node.text)

    async def _string(self, node: sql.StringLiteral, _: Frame) -> Any:
        return node.value or None

    async def _null(self, _node: sql.Null, _: Frame) -> Any:
        return None

    async def _boolean(self, node: sql.BooleanLiteral, _: Frame) -> Any:
        return node.value

    async def _bind(self, node: sql.Bind, _: Frame) -> Any:
        return self.binds[node.name].get()

    async def _literal(self, node: sql.Expr, frame: Frame) -> Any:
        """DATE '..', INTERVAL '..': asked of the database once (a literal of a region's time is still constant)."""
        found = frame.unit.cache.get(-id(node))
        if found is None:
            found = frame.unit.cache[-id(node)] = (node, await self.by_database(node, frame))
        return found[1]

    # ------------------------------------------------------------------------------------------------- names

    async def _name(self, node: sql.Name, frame: Frame) -> Any:
        parts = node.parts
        if len(parts) == 1:
            entry = frame.lookup(parts[0])
            if type(entry) is Cell:
                return entry.value
        parts = without_standard(parts)
        meaning, rest = await self.lookup(parts, frame)
        match meaning:
            case Cell():
                return self._component(meaning.value, rest, node, frame)
            case Constant():
                return meaning.value
            case SubprogramEntry() | SuppliedSubprogram():
                value = await self.invoke(meaning, sql.Call(parts, pos=node.pos), frame)
                return self._component(value, rest, node, frame)
            case CursorEntry():
                return CursorReference(meaning.state)
            case None:
                return await self._free_name(node, parts, frame)
        raise frame.unit.compile_error(
            f"PLS-00330: invalid use of type name or subtype name: '{name_of(node)}'", node.pos
        )

    async def _free_name(self, node: sql.Name, parts: tuple[str, ...], frame: Frame) -> Any:
        if parts == ("SQLCODE",):
            failure = frame.current_failure
            return Decimal(0 if failure is None else failure.sqlcode)
        if parts == ("SQLERRM",):
            failure = frame.current_failure
            return sqlerrm(0) if failure is None else failure.sqlerrm
        if parts[0] in _INQUIRIES:
            return _INQUIRIES[parts[0]](frame.unit, node.pos)
        if parts[-1] in ("NEXTVAL", "CURRVAL") and self.runtime.is_sequence(parts[:-1], frame.unit.definer):
            return await self.by_database(node, frame)
        if self.is_sql_member(parts):
            call = self.made(frame, ("call", id(node)), node, lambda: sql.Call(parts, pos=node.pos))
            return await self.by_database(call, frame)
        if len(parts) == 1 and self.runtime.is_sql_function(parts[0]):
            plain = self.made(frame, ("name", id(node)), node, lambda: sql.Name(parts, (False,), pos=node.pos))
            return await self.by_database(plain, frame)
        raise undeclared(frame.unit, node.parts, node.pos)

    def is_free_name(self, parts: tuple[str, ...], frame: Frame) -> bool:
        """Whether a name that nothing declares has a meaning of its own."""
        if parts[-1] in ("NEXTVAL", "CURRVAL") and self.runtime.is_sequence(parts[:-1], frame.unit.definer):
            return True
        if self.is_sql_member(parts) or parts[0] in _INQUIRIES:
            return True
        return len(parts) == 1 and (parts[0] in ("SQLCODE", "SQLERRM") or self.runtime.is_sql_function(parts[0]))

    def is_builtin(self, name: str) -> bool:
        return (
            name in ("SQLERRM", "CARDINALITY", "SET")
            or name in _SQL_ONLY
            or name in FUNCTIONS
            or self.runtime.is_sql_function(name)
        )

    def _component(self, value: Any, rest: Sequence[str], node: sql.Expr, frame: Frame) -> Any:
        """Fields of records and the functions of collections, by dotted names."""
        for name in rest:
            if isinstance(value, Record) and name in value.fields:
                value = value.fields[name]
            elif name in COLLECTION_FUNCTIONS and (value is None or isinstance(value, Collection)):
                value = collection_method(value, name, ())
            elif value is None:
                return None  # an attribute of an object that is NULL
            elif isinstance(value, Record):
                raise frame.unit.compile_error(f"PLS-00302: component '{name}' must be declared", node.pos)
            else:
                raise frame.unit.compile_error(f"PLS-00487: Invalid reference to variable '{name_of(node)}'", node.pos)
        return value

    async def _attribute(self, node: sql.Attribute, frame: Frame) -> Any:
        if node.name in CURSOR_ATTRIBUTES:
            return await self.cursor_attribute(node, frame)
        return self._component(await self.value(node.target, frame), (node.name,), node, frame)

    async def cursor_attribute(self, node: sql.Attribute, frame: Frame) -> Any:
        raise NotImplementedError

    # ------------------------------------------------------------------------------------------------- calls

    async def _call(self, node: sql.Call, frame: Frame) -> Any:
        if not node.name:
            return await self._applied(node, frame)
        name = without_standard(node.name)
        meaning, rest = await self.lookup(name, frame)
        match meaning:
            case Cell(columns=frozenset()) if len(node.args) == 1 and not rest:
                column = await self.converted(VARCHAR2, await self.value(node.args[0], frame))
                return meaning.value and str(column).upper() in (meaning.columns or ())
            case Cell():
                return await self._indexed(meaning.value, rest, node, frame)
            case SubprogramEntry() | SuppliedSubprogram():
                return await self.invoke(meaning, node, frame)
            case TypeEntry(type=CollectionType()):
                return await self._constructed(meaning.type, node, frame)
            case TypeEntry(type=RecordType()):
                return await self._qualified(meaning.type, node, frame)
            case None if len(name) == 1:
                return await self._builtin(name[0], node, frame)
            case None if self.is_sql_member(name):
                return await self.by_database(node, frame)
        raise undeclared(frame.unit, node.name, node.pos)

    async def _applied(self, node: sql.Call, frame: Frame) -> Any:
        """A method or an index after something that is no plain name."""
        target = node.extra["target"]
        if isinstance(target, sql.Attribute) and target.name in COLLECTION_FUNCTIONS:
            collection = await self.value(target.target, frame)
            return collection_method(collection, target.name, [await self.value(arg, frame) for arg in node.args])
        assert isinstance(target, sql.Expr)
        return await self._element_of(await self.value(target, frame), node, frame)

    async def _indexed(self, value: Any, rest: Sequence[str], node: sql.Call, frame: Frame) -> Any:
        if rest and rest[-1] in COLLECTION_FUNCTIONS:
            collection = self._component(value, rest[:-1], node, frame)
            if collection is None or isinstance(collection, Collection):
                return collection_method(collection, rest[-1], [await self.value(arg, frame) for arg in node.args])
        return await self._element_of(self._component(value, rest, node, frame), node, frame)

    async def _element_of(self, value: Any, node: sql.Call, frame: Frame) -> Any:
        if value is None:
            raise oracle_error(6531)
        if not isinstance(value, Collection):
            raise frame.unit.compile_error(
                f"PLS-00224: object '{name_of(node)}' must be of type function or array to be used this way", node.pos
            )
        cell = Cell(value.type, value)
        reference = await self.element(CellReference(cell), node, frame)
        assert isinstance(reference, ElementReference)
        return reference.get()

    async def _constructed(self, type_: Type, node: sql.Call, frame: Frame) -> Collection:
        """`t(1, 2, 3)`."""
        assert isinstance(type_, CollectionType)
        collection = Collection(type_)
        if type_.kind == "ASSOCIATIVE":
            if node.args:
                raise unsupported("qualified expressions of associative arrays", node.pos)
            return collection
        if type_.limit is not None and len(node.args) > type_.limit:
            raise oracle_error(6532)
        for index, arg in enumerate(node.args, 1):
            collection.items[index] = await self.converted(type_.element, await self.value(arg, frame))
        collection.extended_to = len(node.args)
        return collection

    async def _qualified(self, type_: Type, node: sql.Call, frame: Frame) -> Record:
        """`rec(1, b => 2)`."""
        assert isinstance(type_, RecordType)
        given = dict(zip([field.name for field in type_.fields], node.args, strict=False)) | node.named
        count = len(node.args) + len(node.named)
        if count > len(type_.fields) or not set(given) <= {field.name for field in type_.fields}:
            raise wrong_arguments(frame.unit, type_.name, node.pos)
        if type_.domain and count < len(type_.fields):  # the constructor of an object wants them all
            raise wrong_arguments(frame.unit, type_.name, node.pos)
        fields = {}
        for field in type_.fields:
            value = await self.value(given[field.name], frame) if field.name in given else None
            fields[field.name] = await self.converted(field.type, value)
        return Record(type_, fields)

    async def _builtin(self, name: str, node: sql.Call, frame: Frame) -> Any:
        refuse_sql_only(name, node, frame)
        if name == "COALESCE":
            for arg in node.args:
                value = await self.value(arg, frame)
                if value is not None:
                    return value
            return None
        if name in ("CARDINALITY", "SET") and len(node.args) == 1:
            collection = await self.value(node.args[0], frame)
            self._require_collections(node, frame, collection)
            if name == "SET":
                return distinct(collection)
            return None if collection is None else Decimal(len(collection.items))
        if name == "SQLERRM" and node.args:
            code = await self.converted(Scalar("NUMBER", "numeric"), await self.value(node.args[0], frame))
            return None if code is None else sqlerrm(int(code))
        if not self.runtime.is_sql_function(name) and name not in ("NVL", "GREATEST", "LEAST", "NULLIF"):
            raise undeclared(frame.unit, node.name, node.pos)
        values = [await self.value(arg, frame) for arg in node.args]
        function = FUNCTIONS.get(name)
        if name == "NVL" and len(values) == 2:
            return values[0] if values[0] is not None else values[1]
        if function is not None and not node.extra and not node.named:
            result = function(values)
            if result is not NotImplemented:
                return result
        known = {id(arg): value for arg, value in zip(node.args, values, strict=True)}
        return await self.by_database(node, frame, known, condition=name in _CONDITIONS)

    # --------------------------------------------------------------------------------------------- operators

    async def _unary(self, node: sql.Unary, frame: Frame) -> Any:
        value = await self.value(node.operand, frame)
        if value is None:
            return None
        if node.op == "NOT":
            if not isinstance(value, bool):
                raise wrong_type()
            return not value
        if node.op == "+":
            return value
        result = negate(value)
        return await self.by_database(node, frame, {id(node.operand): value}) if result is NotImplemented else result

    async def _binary(self, node: sql.Binary, frame: Frame) -> Any:
        op = node.op
        left = await self.value(node.left, frame)
        if op in ("AND", "OR"):
            return await self._logical(op, left, node.right, frame)
        right = await self.value(node.right, frame)
        if op == "||":
            result = concatenate(left, right)
        elif left is None or right is None:
            return None
        elif op in _ARITHMETIC:
            result = arithmetic(op, left, right)
        else:
            result = compare(op, left, right, padded=self._padded(node.left, node.right, frame))
        if result is not NotImplemented:
            return result
        known = {id(node.left): left, id(node.right): right}
        return await self.by_database(node, frame, known, condition=op not in _ARITHMETIC and op != "||")

    async def _logical(self, op: str, left: Any, right_node: sql.Expr, frame: Frame) -> bool | None:
        decided = op == "OR"
        if left is decided:
            return decided
        right = await self.value(right_node, frame)
        for value in (left, right):
            if value is not None and not isinstance(value, bool):
                raise wrong_type()
        if right is decided:
            return decided
        return None if left is None or right is None else not decided

    def _padded(self, left: sql.Expr, right: sql.Expr, frame: Frame) -> bool:
        """CHAR against CHAR or a literal: blanks at the end do not count."""
        types = [self.static_type(node, frame) for node in (left, right)]
        fixed = [isinstance(t, Scalar) and t.pg_type in ("bpchar", "oracle.nchar") for t in types]
        return any(fixed) and all(
            is_fixed or isinstance(node, sql.StringLiteral) for is_fixed, node in zip(fixed, (left, right), strict=True)
        )

    async def _compared(self, op: str, left: sql.Expr, right: sql.Expr, value: Any, frame: Frame) -> bool | None:
        """`left op right`, where left's value is known."""
        other = await self.value(right, frame)
        if value is None or other is None:
            return None
        result = compare(op, value, other, padded=self._padded(left, right, frame))
        if result is NotImplemented:
            node = self.made(frame, (op, id(left), id(right)), left, lambda: sql.Binary(op, left, right, pos=left.pos))
            result = await self.by_database(node, frame, {id(left): value, id(right): other}, condition=True)
        answer: bool | None = result
        return answer

    async def _between(self, node: sql.Between, frame: Frame) -> bool | None:
        value = await self.value(node.operand, frame)
        above = await self._compared(">=", node.operand, node.low, value, frame)
        below = await self._compared("<=", node.operand, node.high, value, frame)
        result = False if above is False or below is False else None if above is None or below is None else True
        return result if result is None or not node.negated else not result

    async def _in(self, node: sql.InList, frame: Frame) -> bool | None:
        if isinstance(node.items, sql.Query):
            raise frame.unit.compile_error("PLS-00405: subquery not allowed in this context", node.items.pos)
        value = await self.value(node.operand, frame)
        result: bool | None = False
        for item in node.items:
            equal = await self._compared("=", node.operand, item, value, frame)
            if equal:
                result = True
                break
            if equal is None:
                result = None
        return result if result is None or not node.negated else not result

    async def _like(self, node: sql.Like, frame: Frame) -> bool | None:
        value, pattern = await self.value(node.operand, frame), await self.value(node.pattern, frame)
        escape = None if node.escape is None else await self.value(node.escape, frame)
        if value is None or pattern is None:
            return None
        result = like(value, pattern, escape)
        if result is NotImplemented:
            known = {id(node.operand): value, id(node.pattern): pattern}
            answer: bool | None = await self.by_database(node, frame, known, condition=True)
            return answer
        return result is not node.negated

    async def _is_null(self, node: sql.IsNull, frame: Frame) -> bool:
        return (await self.value(node.operand, frame) is None) is not node.negated

    async def _is_condition(self, node: sql.IsCondition, frame: Frame) -> Any:
        if node.what in ("TRUE", "FALSE"):
            value = await self.value(node.operand, frame)
            return (value is (node.what == "TRUE")) is not node.negated
        if node.what == "EMPTY":
            collection = await self.value(node.operand, frame)
            if collection is None:
                return None
            return (not collection.items) is not node.negated
        if node.what == "A SET":
            collection = await self.value(node.operand, frame)
            unique = distinct(collection)
            return None if unique is None else (len(unique.items) == len(collection.items)) is not node.negated
        return await self.by_database(node, frame, condition=True)

    async def _multiset(self, node: sql.Multiset, frame: Frame) -> Any:
        left, right = await self.value(node.left, frame), await self.value(node.right, frame)
        self._require_collections(node, frame, left, right)
        return combine(node.op, left, right, once=node.distinct)

    async def _member_of(self, node: sql.Member, frame: Frame) -> bool | None:
        value, collection = await self.value(node.operand, frame), await self.value(node.collection, frame)
        self._require_collections(node, frame, collection)
        if node.all_of:
            self._require_collections(node, frame, value)
            result = includes(collection, value)
        else:
            result = contains(collection, await self.converted(collection.type.element, value) if collection else value)
        return result if result is None or not node.negated else not result

    @staticmethod
    def _require_collections(node: sql.Expr, frame: Frame, *values: Any) -> None:
        if any(value is not None and not isinstance(value, Collection) for value in values):
            raise frame.unit.compile_error(
                "PLS-00306: wrong number or types of arguments in call to 'MULTISET'", node.pos
            )

    async def _case(self, node: sql.Case, frame: Frame) -> Any:
        if node.operand is None:
            for condition, result in node.whens:
                if await self.truth(condition, frame):
                    return await self.value(result, frame)
        else:
            value = await self.value(node.operand, frame)
            for candidate, result in node.whens:
                if await self._compared("=", node.operand, candidate, value, frame):
                    return await self.value(result, frame)
        return None if node.otherwise is None else await self.value(node.otherwise, frame)

    async def _cast(self, node: sql.Cast, frame: Frame) -> Any:
        if node.format is not None or node.on_error_default is not None:
            return await self.by_database(node, frame)
        return await self.converted(await self.type_of(node.type, frame), await self.value(node.operand, frame))

    async def _by_database(self, node: sql.Expr, frame: Frame) -> Any:
        return await self.by_database(node, frame)

    # --------------------------------------------------------------------------------------------- conversion

    async def converted(self, type_: Type, value: Any) -> Any:
        """The value as a variable of the type holds it; a copy of a record or collection. Raises ORA-06502 and kin."""
        if isinstance(type_, RecordType) and isinstance(value, Record) and is_assignable(type_, value.type):
            pairs = zip(type_.fields, value.fields.values(), strict=True)
            return Record(type_, {field.name: await self.converted(field.type, item) for field, item in pairs})
        try:
            return convert(type_, value)
        except NeedsDatabaseError:
            assert isinstance(type_, Scalar)
        if type_.pg_type in ("varchar", "bpchar", "oracle.nvarchar2", "oracle.nchar", "oracle.clob"):
            text = await self._database_cast(sql.TypeName("VARCHAR2", length=4000), value, None)
            return convert(type_, text)
        return await self._database_cast(type_name_of(type_), value, type_)

    async def _database_cast(self, type_name: sql.TypeName, value: Any, type_: Type | None) -> Any:
        cast = sql.Cast(sql.Bind("B1", 0), type_name)
        select = sql.Select([sql.SelectItem(cast, "V")], [sql.TableRef(DUAL)])
        pg_type = pg_type_of_value(value)
        key = ("cast", repr(type_name))
        return await self._ask(SqlRequest(sql.Query(select), key, (Input(pg_type, encode(pg_type, value)),)))

    # ----------------------------------------------------------------------------------------------- database

    async def by_database(
        self,
        node: sql.Expr,
        frame: Frame,
        known: dict[int, Any] | None = None,
        *,
        condition: bool = False,
    ) -> Any:
        """Let SQL compute the expression. `known` are the values of operands that were evaluated, by id of the node."""
        found = frame.unit.cache.get(id(node))
        if found is None:
            found = frame.unit.cache[id(node)] = (node, delegate(node, condition=condition))
        delegated: Delegated = found[1]
        inputs = []
        for operand in delegated.operands:
            value = known[id(operand)] if known and id(operand) in known else await self.value(operand, frame)
            inputs.append(self.input(value, self.static_type(operand, frame)))
        value = await self._ask(SqlRequest(delegated.query, delegated.key, inputs, owner=frame.unit.definer))
        return (None if value is None else bool(value)) if condition else value

    @staticmethod
    def made(frame: Frame, key: Hashable, origin: sql.Expr, make: Callable[[], sql.Expr]) -> sql.Expr:
        """A node that is not in the text, made once for `origin`, which is."""
        found = frame.unit.cache.get(key)
        if found is None:
            found = frame.unit.cache[key] = (origin, make())
        node: sql.Expr = found[1]
        return node

    async def _ask(self, request: SqlRequest) -> Any:
        """The one value of a query."""
        cursor = await self.runtime.open_query(request)
        try:
            rows = await cursor.fetch(1)
            pg_type = cursor.columns[0].pg_type
        finally:
            await cursor.close()
        return decode(pg_type, rows[0][0])

    def input(self, value: Any, type_: Type | None) -> Input:
        """A value on its way into SQL, of its variable's type if it has one."""
        domain = domain_of(value.type if isinstance(value, Record | Collection) else type_)
        if domain and (value is None or isinstance(value, Record | Collection)):
            return Input(domain, object_value(domain, value))
        if isinstance(value, Record | Collection | CursorReference):
            raise wrong_type()
        pg_type = pg_type_of_value(value)
        if isinstance(type_, Scalar) and (value is None or holds(type_.pg_type, pg_type)):
            pg_type = type_.pg_type
        return Input(pg_type, encode(pg_type, value))

    def static_type(self, node: sql.Expr, frame: Frame) -> Type | None:
        """The type of a variable, field or element; None for what has no declared type."""
        match node:
            case sql.Name():
                entry = frame.lookup(node.parts[0])
                if not isinstance(entry, Cell):
                    return None
                return component_type(entry.type, node.parts[1:])
            case sql.Call() if node.name:
                entry = frame.lookup(node.name[0])
                if isinstance(entry, Cell):
                    base = component_type(entry.type, node.name[1:])
                    return base.element if isinstance(base, CollectionType) else None
            case sql.Attribute():
                base = self.static_type(node.target, frame)
                return None if base is None else component_type(base, (node.name,))
            case sql.Bind():
                found = self.binds.get(node.name)
                return None if found is None else found.type
            case sql.DateLiteral(kind="DATE"):
                return Scalar("DATE", "oracle.date")
        return None


_Evaluator = Callable[[Expressions, Any, Frame], Awaitable[Any]]
_EVALUATORS: dict[type, _Evaluator] = {
    sql.NumberLiteral: Expressions._number,
    sql.StringLiteral: Expressions._string,
    sql.Null: Expressions._null,
    sql.BooleanLiteral: Expressions._boolean,
    sql.Bind: Expressions._bind,
    sql.DateLiteral: Expressions._literal,
    sql.IntervalLiteral: Expressions._literal,
    sql.Name: Expressions._name,
    sql.Call: Expressions._call,
    sql.Attribute: Expressions._attribute,
    sql.Unary: Expressions._unary,
    sql.Binary: Expressions._binary,
    sql.Between: Expressions._between,
    sql.InList: Expressions._in,
    sql.Like: Expressions._like,
    sql.Member: Expressions._member_of,
    sql.Multiset: Expressions._multiset,
    sql.IsNull: Expressions._is_null,
    sql.IsCondition: Expressions._is_condition,
    sql.Case: Expressions._case,
    sql.Cast: Expressions._cast,
    sql.AtTimeZone: Expressions._by_database,
}
