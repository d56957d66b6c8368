"""Names at run time: frames of declared things, the units they come from, and references that can be assigned to."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..errors import OracleError
from ..sql import ast as sql
from . import ast
from .cursors import CursorState
from .failures import DeclaredException, Failure, oracle_error
from .types import CollectionType, RecordType, Type
from .values import Collection, Record

IGNORED = "PL/SQL: Statement ignored"


@dataclass(eq=False, slots=True)
class Unit:
    """The text that runs: an anonymous block (`name` is "") or a stored unit of `owner`.

    `definer` is whose rights its SQL has: None for the session's own. `cache` keeps what was worked out per syntax node.
    """

    source: str
    owner: str = ""
    name: str = ""
    definer: str | None = None
    cache: dict[Hashable, tuple[object, Any]] = field(default_factory=dict)
    checked: tuple[Hashable, set[str]] | None = None  # what it was compiled for, and the binds it can write

    @property
    def label(self) -> str:
        return f"{self.owner}.{self.name}" if self.name else ""

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        before = self.source[: max(offset, 0)]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1

    def compile_error(self, message: str, offset: int, ignored: str = IGNORED) -> OracleError:
        """ORA-06550 around a PLS message."""
        line, column = self.position(offset)
        return OracleError(
            6550,
            f"line {line}, column {column}:\n{message}",
            offset,
            (f"ORA-06550: line {line}, column {column}:", ignored),
        )


@dataclass(eq=False, slots=True)
class Cell:
    """A variable, constant or parameter. `columns`: what UPDATING('column') in a trigger looks for."""

    type: Type
    value: Any = None
    constant: bool = False
    not_null: bool = False
    columns: frozenset[str] | None = None


@dataclass(eq=False, slots=True)
class TypeEntry:
    type: Type


@dataclass(eq=False, slots=True)
class CursorEntry:
    declaration: ast.Cursor
    frame: Frame
    state: CursorState


@dataclass(eq=False, slots=True)
class SubprogramEntry:
    """`declarations` has several when the name is overloaded. `frame` is where the body sees its names."""

    declarations: list[ast.Subprogram]
    frame: Frame


Entry = Cell | TypeEntry | CursorEntry | SubprogramEntry | DeclaredException


@dataclass(eq=False, slots=True)
class Frame:
    """The declarations of a block, subprogram, loop or package. `failure` is the exception that a handler deals with."""

    unit: Unit
    parent: Frame | None = None
    label: str | None = None
    names: dict[str, Entry] = field(default_factory=dict)
    failure: Failure | None = None

    def chain(self) -> Iterator[Frame]:
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent

    def lookup(self, name: str) -> Entry | None:
        frame: Frame | None = self
        while frame is not None:
            found = frame.names.get(name)
            if found is not None:
                return found
            frame = frame.parent
        return None

    def labelled(self, name: str) -> Frame | None:
        return next((frame for frame in self.chain() if frame.label == name), None)

    @property
    def current_failure(self) -> Failure | None:
        return next((frame.failure for frame in self.chain() if frame.failure is not None), None)


# ---------------------------------------------------------------------------------------------------- references


class Reference(Protocol):
    """A place: read it, or store a value that was converted to its type."""

    @property
    def type(self) -> Type: ...

    def get(self) -> Any: ...

    def store(self, value: Any) -> None: ...

    def container(self) -> Any:
        """The record or collection in it, made if it may come into being by assignment."""
        ...


@dataclass(slots=True)
class CellReference:
    cell: Cell

    @property
    def type(self) -> Type:
        return self.cell.type

    def get(self) -> Any:
        return self.cell.value

    def store(self, value: Any) -> None:
        self.cell.value = value

    def container(self) -> Any:
        return self.cell.value


@dataclass(slots=True)
class FieldReference:
    base: Reference
    name: str
    type: Type

    def get(self) -> Any:
        record = self.base.get()
        if record is None:
            return None  # an attribute of a NULL object
        assert isinstance(record, Record)
        return record.fields[self.name]

    def store(self, value: Any) -> None:
        self.container_of_field().fields[self.name] = value

    def container(self) -> Any:
        return self.container_of_field().fields[self.name]

    def container_of_field(self) -> Record:
        record = self.base.container()
        if record is None:
            raise oracle_error(6530)
        assert isinstance(record, Record)
        return record


@dataclass(slots=True)
class ElementReference:
    base: Reference
    key: Any
    type: Type

    def get(self) -> Any:
        collection = self.base.get()
        if collection is None:
            raise oracle_error(6531)
        assert isinstance(collection, Collection)
        if self.key in collection.items:
            return collection.items[self.key]
        raise self._missing(collection)

    def _missing(self, collection: Collection) -> OracleError:
        if collection.type.kind == "ASSOCIATIVE" or 1 <= self.key <= collection.extended_to:
            return oracle_error(1403)
        if (collection.type.limit is not None and self.key > collection.type.limit) or self.key < 1:
            return oracle_error(6532)
        return oracle_error(6533)

    def store(self, value: Any) -> None:
        collection = self._writable()
        collection.items[self.key] = value

    def _writable(self) -> Collection:
        collection = self.base.container()
        if collection is None:
            raise oracle_error(6531)
        assert isinstance(collection, Collection)
        if collection.type.kind != "ASSOCIATIVE" and not 1 <= self.key <= collection.extended_to:
            raise self._missing(collection)
        return collection

    def container(self) -> Any:
        collection = self._writable()
        if self.key not in collection.items:
            collection.items[self.key] = initial_value(self.type)
        return collection.items[self.key]


def initial_value(type_: Type) -> Any:
    """What a variable holds without a default: records and associative arrays exist, all else is NULL."""
    if isinstance(type_, RecordType) and not type_.domain:
        return Record(type_, {f.name: initial_value(f.type) if f.initial is None else f.initial for f in type_.fields})
    if isinstance(type_, CollectionType) and type_.kind == "ASSOCIATIVE":
        return Collection(type_)
    return None


def name_of(node: sql.Expr) -> str:
    """How a message calls an expression."""
    if isinstance(node, sql.Name):
        return ".".join(node.parts)
    if isinstance(node, sql.Call) and node.name:
        return ".".join(node.name)
    return type(node).__name__.upper()
