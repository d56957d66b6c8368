"""Declarations at run time: types worked out, variables given their first values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from ..backend.base import ObjectValue
from ..errors import OracleError
from ..sql import ast as sql
from ..sql.user_types import UserType, domain
from . import ast
from .cursors import CursorState
from .expressions import Expressions
from .failures import DeclaredException, Failure
from .objects import value_of
from .runtime import ResultColumn, decode_column
from .scope import Cell, CursorEntry, Frame, SubprogramEntry, TypeEntry, initial_value
from .supplied.registry import SUPPLIED
from .types import PLS_INTEGER, CollectionType, Field, RecordType, RefCursorType, Scalar, Type, column_type, scalar
from .values import Record, value_error


class Declarations(Expressions):
    # ---------------------------------------------------------------------------------------------------- types

    async def type_of(self, type_: sql.TypeName, frame: Frame) -> Type:
        """Raises PLS-00201 for a name that means no type."""
        if type_.anchor is not None:
            parts, kind = type_.anchor
            return await (
                self._row_type(parts, frame, type_) if kind == "ROWTYPE" else self._anchored(parts, frame, type_)
            )
        if type_.schema is None:
            entry = frame.lookup(type_.name)
            if isinstance(entry, TypeEntry):
                return entry.type
        found = scalar(type_)
        if found is not None:
            return found
        return await self._named_type(type_, frame)

    async def _named_type(self, type_: sql.TypeName, frame: Frame) -> Type:
        parts = (type_.name,) if type_.schema is None else (type_.schema, type_.name)
        package = SUPPLIED.get(parts[0])
        if package is not None and parts[-1] in package.types:
            return package.types[parts[-1]]
        if len(parts) > 1 and package is None:
            meaning, rest = await self.lookup(parts, frame)
            if isinstance(meaning, TypeEntry) and not rest:
                return meaning.type
        found = self.runtime.user_type(parts, frame.unit.definer)
        if found is not None:
            return self.sql_type(found)
        raise frame.unit.compile_error(
            f"PLS-00201: identifier '{'.'.join(parts)}' must be declared", type_.pos, "PL/SQL: Item ignored"
        )

    def column_type(self, type_: sql.TypeName) -> Type:
        """The type of a table's column or of an attribute."""
        found = None
        if type_.resolved:
            assert type_.schema is not None
            user_type = self.runtime.type_of_domain(domain(type_.schema, type_.name))
            found = None if user_type is None else self.sql_type(user_type)
        return found or built_in(type_)

    def sql_type(self, found: UserType) -> RecordType | CollectionType:
        """An object or collection type of SQL."""
        fields = []
        for attribute in found.attributes:
            nested = self.runtime.attribute_type(found, attribute.type)
            type_ = built_in(attribute.type) if nested is None else self.sql_type(nested)
            fields.append(Field(attribute.name, type_))
        if found.kind == "OBJECT":
            return RecordType(found.name, tuple(fields), found.pg_type)
        kind: Literal["NESTED", "VARRAY"] = "NESTED" if found.kind == "TABLE" else "VARRAY"
        return CollectionType(found.name, fields[0].type, kind, limit=found.limit, domain=found.pg_type)

    def type_of_result(self, pg_type: str) -> Type:
        """The type of a query's column."""
        found = self.runtime.type_of_domain(pg_type)
        return column_type(pg_type) if found is None else self.sql_type(found)

    def received(self, column: ResultColumn, data: Any) -> Any:
        """A value of a result."""
        value = decode_column(column, data)
        if isinstance(value, ObjectValue):
            return value_of(self.type_of_result(value.domain), value, self.runtime.regions)
        return value

    async def _anchored(self, parts: tuple[str, ...], frame: Frame, node: sql.TypeName) -> Type:
        """`x%TYPE`: of a variable, a record's field, or a column."""
        entry = frame.lookup(parts[0])
        rest = parts[1:]
        if entry is None and len(parts) > 1:
            columns = self.runtime.relation_columns(parts[:-1], frame.unit.definer)
            if columns is not None:
                return self._column(dict(columns), parts, frame, node)
            meaning, rest = await self.lookup(parts, frame)
            entry = meaning if isinstance(meaning, Cell) else None
        if isinstance(entry, Cell):
            type_: Type | None = entry.type
            for name in rest:
                field = type_.field(name) if isinstance(type_, RecordType) else None
                type_ = None if field is None else field.type
            if type_ is not None:
                return type_
        raise frame.unit.compile_error(
            f"PLS-00201: identifier '{'.'.join(parts)}' must be declared", node.pos, "PL/SQL: Item ignored"
        )

    def _column(
        self, columns: dict[str, sql.TypeName], parts: tuple[str, ...], frame: Frame, node: sql.TypeName
    ) -> Type:
        found = columns.get(parts[-1])
        if found is None:
            raise frame.unit.compile_error(
                f"PLS-00302: component '{parts[-1]}' must be declared", node.pos, "PL/SQL: Item ignored"
            )
        return self.column_type(found)

    async def _row_type(self, parts: tuple[str, ...], frame: Frame, node: sql.TypeName) -> RecordType:
        entry = frame.lookup(parts[0])
        if entry is None and len(parts) > 1 and self.runtime.relation_columns(parts, frame.unit.definer) is None:
            meaning, _ = await self.lookup(parts, frame)
            entry = meaning if isinstance(meaning, CursorEntry) else None
        if isinstance(entry, CursorEntry):
            return await self.cursor_row_type(entry)
        if isinstance(entry, Cell) and isinstance(entry.type, RecordType):
            return entry.type
        columns = self.runtime.relation_columns(parts, frame.unit.definer)
        if columns is None:
            raise frame.unit.compile_error(
                f"PLS-00201: identifier '{'.'.join(parts)}' must be declared", node.pos, "PL/SQL: Item ignored"
            )
        return RecordType(".".join(parts), tuple(Field(name, self.column_type(type_)) for name, type_ in columns))

    async def cursor_row_type(self, entry: CursorEntry) -> RecordType:
        raise NotImplementedError

    # --------------------------------------------------------------------------------------------- declarations

    async def declare(self, declarations: Sequence[ast.Declaration], frame: Frame) -> None:
        """Raises Failure for a default that does not fit, located at its line."""
        for declaration in declarations:
            try:
                await self._declare(declaration, frame)
            except Failure as failure:
                if not failure.located:
                    failure.locate(declaration.line, frame.unit.label)
                raise
            except OracleError as error:
                if error.code in (6550, 3001, 1013):
                    raise
                raised = Failure(error)
                raised.locate(declaration.line, frame.unit.label)
                raise raised from error

    async def _declare(self, node: ast.Declaration, frame: Frame) -> None:
        names = frame.names
        match node:
            case ast.Variable():
                names[node.name] = await self._variable_cell(node, frame)
            case ast.ExceptionName():
                names[node.name] = DeclaredException(node.name)
            case ast.ExceptionInit():
                exception = names.get(node.name)
                if not isinstance(exception, DeclaredException):
                    raise frame.unit.compile_error(
                        f"PLS-00109: unknown exception name '{node.name}' in PRAGMA EXCEPTION_INIT",
                        0,
                        "PL/SQL: Item ignored",
                    )
                exception.code = 1403 if node.code == 100 else -node.code
            case ast.RecordType():
                fields = [await self._field(f, frame) for f in node.fields]
                names[node.name] = TypeEntry(RecordType(node.name, tuple(fields)))
            case ast.CollectionType():
                names[node.name] = TypeEntry(await self._collection_type(node, frame))
            case ast.RefCursorType():
                names[node.name] = TypeEntry(RefCursorType())
            case ast.Subtype():
                names[node.name] = TypeEntry(await self._subtype(node, frame))
            case ast.Cursor():
                names[node.name] = CursorEntry(node, frame, CursorState())
            case ast.Subprogram():
                self._declare_subprogram(node, frame)
            case ast.Pragma():
                pass

    async def _subtype(self, node: ast.Subtype, frame: Frame) -> Type:
        type_ = await self.type_of(node.type, frame)
        if not isinstance(type_, Scalar):
            return type_
        if node.range is not None:
            low, high = [await self.converted(PLS_INTEGER, await self.value(end, frame)) for end in node.range]
            type_ = replace(type_, range=range(int(low), int(high) + 1))
        return replace(type_, not_null=True) if node.not_null else type_

    async def _field(self, node: ast.Variable, frame: Frame) -> Field:
        type_ = await self.type_of(node.type, frame)
        initial = None
        if isinstance(node.default, sql.NumberLiteral | sql.StringLiteral | sql.BooleanLiteral):
            initial = await self.converted(type_, await self.value(node.default, frame))
        return Field(node.name, type_, node.default, node.not_null, initial)

    async def _collection_type(self, node: ast.CollectionType, frame: Frame) -> CollectionType:
        element = await self.type_of(node.element, frame)
        if node.index_by is not None:
            key = await self.type_of(node.index_by, frame)
            is_text = isinstance(key, Scalar) and key.pg_type == "varchar"
            return CollectionType(node.name, element, "ASSOCIATIVE", is_text, package=_package(frame))
        kind: Literal["NESTED", "VARRAY"] = "NESTED" if node.limit is None else "VARRAY"
        return CollectionType(node.name, element, kind, limit=node.limit, package=_package(frame))

    @staticmethod
    def _declare_subprogram(node: ast.Subprogram, frame: Frame) -> None:
        existing = frame.names.get(node.name)
        if not isinstance(existing, SubprogramEntry):
            frame.names[node.name] = SubprogramEntry([node], frame)
            return
        names = [parameter.name for parameter in node.parameters]
        for index, other in enumerate(existing.declarations):
            if other.body is None and [parameter.name for parameter in other.parameters] == names:
                existing.declarations[index] = node
                return
        existing.declarations.append(node)

    async def variable_type(self, node: ast.Variable, frame: Frame) -> Type:
        if node.type.name == "VARCHAR2" and node.type.schema is None and node.type.length is None:
            text = "PLS-00215: String length constraints must be in range (1 .. 32767)"
            raise frame.unit.compile_error(text, node.type.pos, "PL/SQL: Item ignored")
        return await self.type_of(node.type, frame)

    async def _variable_cell(self, node: ast.Variable, frame: Frame) -> Cell:
        type_ = await self.variable_type(node, frame)
        if node.default is None:
            value = await self.initial(type_, frame)
        else:
            value = await self.converted(type_, await self.value(node.default, frame))
        not_null = node.not_null or (isinstance(type_, Scalar) and type_.not_null)
        if not_null and value is None:
            raise value_error()
        return Cell(type_, value, node.constant, not_null)

    async def initial(self, type_: Type, frame: Frame) -> Any:
        value = initial_value(type_)
        if isinstance(value, Record) and isinstance(type_, RecordType):
            for field in type_.fields:
                if field.default is not None:
                    value.fields[field.name] = await self.converted(field.type, await self.value(field.default, frame))
        return value


def _package(frame: Frame) -> str:
    """The package whose specification the frame holds."""
    return frame.unit.label if frame.parent is None and frame.label is not None else ""


def built_in(type_: sql.TypeName) -> Scalar:
    found = scalar(type_)
    assert isinstance(found, Scalar)
    return found
