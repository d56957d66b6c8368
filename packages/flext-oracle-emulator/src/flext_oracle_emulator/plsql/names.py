"""What names mean: variables, fields, elements, and the subprograms and packages of this session and of the schema."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..errors import OracleError
from ..sql import ast as sql
from ..sql.user_types import UserType
from . import ast
from .core import Core, PackageInstance
from .failures import DeclaredException, oracle_error
from .parser import parse_unit
from .runtime import StoredUnit
from .scope import (
    Cell,
    CellReference,
    CursorEntry,
    ElementReference,
    Entry,
    FieldReference,
    Frame,
    Reference,
    SubprogramEntry,
    TypeEntry,
    Unit,
    initial_value,
    name_of,
)
from .supplied.registry import SUPPLIED, Constant, SuppliedSubprogram, find_supplied, without_sys
from .types import PLS_INTEGER, VARCHAR2, CollectionType, RecordType, convert
from .values import Collection, copy_value, value_error

Meaning = Entry | Constant | SuppliedSubprogram

COLLECTION_FUNCTIONS = frozenset({"COUNT", "FIRST", "LAST", "LIMIT", "EXISTS", "PRIOR", "NEXT"})
COLLECTION_PROCEDURES = frozenset({"EXTEND", "TRIM", "DELETE"})
CURSOR_ATTRIBUTES = frozenset(
    {"FOUND", "NOTFOUND", "ROWCOUNT", "ISOPEN", "BULK_ROWCOUNT", "BULK_EXCEPTIONS", "CURRENT_ROWID"}
)
_STANDARD = (("SYS", "STANDARD"), ("STANDARD",))


def undeclared(unit: Unit, parts: Sequence[str], offset: int) -> OracleError:
    return unit.compile_error(f"PLS-00201: identifier '{'.'.join(parts)}' must be declared", offset)


def without_standard(parts: tuple[str, ...]) -> tuple[str, ...]:
    for prefix in _STANDARD:
        if parts[: len(prefix)] == prefix and len(parts) > len(prefix):
            return parts[len(prefix) :]
    return parts


class Names(Core):
    async def lookup(self, parts: tuple[str, ...], frame: Frame) -> tuple[Meaning | None, tuple[str, ...]]:
        """What the longest possible beginning of a dotted name means, and the parts after it."""
        entry = frame.lookup(parts[0])
        if entry is not None:
            return entry, parts[1:]
        if len(parts) > 1:
            labelled = frame.labelled(parts[0])
            if labelled is not None and parts[1] in labelled.names:
                return labelled.names[parts[1]], parts[2:]
            package = without_sys(parts)[0]
            if package.startswith(("DBMS_", "UTL_")) and not self.runtime.may_use(package, frame.unit.definer):
                return None, parts
            if self.is_sql_member(parts):
                return None, parts
            supplied = find_supplied(parts)
            if supplied is not None:
                return supplied
            found = await self._member(parts, frame)
            if found is not None:
                return found
        elif self.runtime.is_sql_function(parts[0]):
            return None, parts
        for count in (2, 1) if len(parts) > 1 else (1,):
            unit = self.runtime.find_unit(parts[:count], ("PROCEDURE", "FUNCTION"), frame.unit.definer)
            if unit is not None:
                return await self._standalone(unit), parts[count:]
        type_ = self.runtime.user_type(parts[:2], frame.unit.definer)
        return (None, parts) if type_ is None else (TypeEntry(self.sql_type(type_)), parts[2:])

    def sql_type(self, found: UserType) -> RecordType | CollectionType:
        raise NotImplementedError

    def is_sql_member(self, parts: tuple[str, ...]) -> bool:
        """A function of a supplied package that only SQL has (UTL_ENCODE.BASE64_ENCODE)."""
        names = without_sys(parts)
        if len(names) != 2 or not names[0].startswith(("DBMS_", "UTL_")):
            return False
        if not self.runtime.may_use(names[0], None):
            return False
        package = SUPPLIED.get(names[0])
        known = package is not None and names[1] in package.members
        return not known and self.runtime.is_sql_function("_".join(names))

    async def _member(self, parts: tuple[str, ...], frame: Frame) -> tuple[Meaning, tuple[str, ...]] | None:
        for count in (1, 2):
            if len(parts) <= count:
                break
            unit = self.runtime.find_unit(parts[:count], ("PACKAGE",), frame.unit.definer)
            if unit is None:
                continue
            package = await self.package(unit)
            entry = package.public.names.get(parts[count])
            if entry is not None:
                return entry, parts[count + 1 :]
        return None

    # -------------------------------------------------------------------------------------------- stored units

    def _parsed(self, unit: StoredUnit) -> tuple[Unit, Any]:
        """The unit and its tree. Raises ORA-06550 for a unit that does not compile."""
        key = (unit.owner, unit.name, unit.kind, unit.source)
        found = self.state.remembered(key)
        if found is None:
            try:
                tree = parse_unit(unit.source, version=self.runtime.version)
            except OracleError as error:
                raise invalid_unit(unit, error) from error
            invoker = "AUTHID CURRENT_USER" in " ".join(unit.source.upper().split())
            definer = None if invoker else unit.owner
            found = self.state.remember(key, (Unit(unit.source, unit.owner, unit.name, definer), tree))
        result: tuple[Unit, Any] = found
        return result

    async def _standalone(self, stored: StoredUnit) -> SubprogramEntry:
        unit, tree = self._parsed(stored)
        frame = Frame(unit)
        await self.check_stored(stored, unit, tree, frame)
        return SubprogramEntry([tree], frame)

    async def check_stored(self, stored: StoredUnit, unit: Unit, tree: Any, frame: Frame) -> None:
        """Compile a unit, or the subprograms of a package whose names are declared in `frame`."""
        raise NotImplementedError

    async def package(self, stored: StoredUnit) -> PackageInstance:
        """The session's instance of a package, initialised at first use. A package that was replaced begins anew."""
        body = self.runtime.find_unit((stored.owner, stored.name), ("PACKAGE BODY",), stored.owner)
        source = (stored.source, None if body is None else body.source)
        key = (stored.owner, stored.name)
        existing = self.state.packages.get(key)
        if existing is not None:
            if existing.source == source:
                return existing
            del self.state.packages[key]
            if existing.has_state:
                raise _discarded(stored)
        unit, specification = self._parsed(stored)
        public = Frame(unit, label=stored.name)
        instance = PackageInstance(unit, public, public, source)
        self.state.packages[key] = instance
        try:
            await self.declare(specification.declarations, public)
            if body is not None:
                await self._load_body(instance, body)
        except BaseException:
            self.state.packages.pop(key, None)
            raise
        return instance

    async def _load_body(self, instance: PackageInstance, body: StoredUnit) -> None:
        unit, tree = self._parsed(body)
        unit.definer = instance.unit.definer
        instance.private = Frame(unit, parent=instance.public, label=body.name)
        await self.declare(tree.declarations, instance.private)
        await self.check_stored(body, unit, tree, instance.private)
        for name, entry in instance.public.names.items():
            if isinstance(entry, SubprogramEntry):
                implemented = instance.private.names.get(name)
                if isinstance(implemented, SubprogramEntry):
                    entry.frame = instance.private
                    entry.declarations = [_implementation(d, implemented.declarations) for d in entry.declarations]
            elif isinstance(entry, CursorEntry) and entry.declaration.query is None:
                found = instance.private.names.get(name)
                if isinstance(found, CursorEntry):
                    instance.public.names[name] = found
        if tree.initialise is not None:
            await self.run_block(tree.initialise, instance.private)

    # ---------------------------------------------------------------------------------------------- references

    def walk(self, reference: Reference, fields: Sequence[str], node: sql.Expr, frame: Frame) -> Reference:
        """Through the fields of records."""
        for name in fields:
            type_ = reference.type
            field = type_.field(name) if isinstance(type_, RecordType) else None
            if field is None:
                raise frame.unit.compile_error(f"PLS-00302: component '{name}' must be declared", node.pos)
            reference = FieldReference(reference, name, field.type)
        return reference

    async def place(self, node: sql.Expr, frame: Frame) -> Reference:
        """Where an assignment puts its value."""
        match node:
            case sql.Bind():
                return self.binds[node.name]
            case sql.Name():
                entry, rest = await self.lookup(node.parts, frame)
                if entry is None:
                    raise undeclared(frame.unit, node.parts, node.pos)
                return self.walk(self._variable(entry, node, frame), rest, node, frame)
            case sql.Call(name=()):
                base = await self.place(node.extra["target"], frame)  # type: ignore[arg-type]
                return await self.element(base, node, frame)
            case sql.Call():
                entry, rest = await self.lookup(node.name, frame)
                if entry is None:
                    raise undeclared(frame.unit, node.name, node.pos)
                base = self.walk(self._variable(entry, node, frame), rest, node, frame)
                return await self.element(base, node, frame)
            case sql.Attribute():
                return self.walk(await self.place(node.target, frame), (node.name,), node, frame)
        raise self._no_target(node, frame)

    def _variable(self, entry: Meaning, node: sql.Expr, frame: Frame) -> Reference:
        if not isinstance(entry, Cell):
            raise self._no_target(node, frame)
        return CellReference(entry)

    @staticmethod
    def _no_target(node: sql.Expr, frame: Frame) -> OracleError:
        text = f"PLS-00363: expression '{name_of(node)}' cannot be used as an assignment target"
        return frame.unit.compile_error(text, node.pos)

    async def element(self, base: Reference, node: sql.Call, frame: Frame) -> Reference:
        """`base(index)`."""
        type_ = base.type
        if not isinstance(type_, CollectionType):
            raise frame.unit.compile_error(
                f"PLS-00224: object '{name_of(node)}' must be of type function or array", node.pos
            )
        if len(node.args) != 1:
            raise wrong_arguments(frame.unit, name_of(node), node.pos)
        key = collection_key(type_, await self.value(node.args[0], frame))
        return ElementReference(base, key, type_.element)

    async def exception(self, parts: tuple[str, ...], frame: Frame) -> DeclaredException | None:
        entry = frame.lookup(parts[0])
        if len(parts) > 1 and not isinstance(entry, DeclaredException):
            found, rest = await self.lookup(parts, frame)
            return found if isinstance(found, DeclaredException) and not rest else None
        return entry if isinstance(entry, DeclaredException) else None


def _implementation(declared: ast.Subprogram, bodies: Sequence[ast.Subprogram]) -> ast.Subprogram:
    names = [parameter.name for parameter in declared.parameters]
    matching = [body for body in bodies if [p.name for p in body.parameters] == names]
    if len(matching) > 1:
        types = [repr_type(p.type) for p in declared.parameters]
        matching = [b for b in matching if [repr_type(p.type) for p in b.parameters] == types] or matching
    return matching[0] if matching else declared


def repr_type(type_: sql.TypeName) -> tuple[object, ...]:
    return type_.name, type_.schema, type_.anchor


def invalid_unit(unit: StoredUnit, error: OracleError) -> OracleError:
    """Calling what did not compile."""
    if error.code != 6550:
        return error
    kind = unit.kind
    name = f"{unit.owner}.{unit.name}"
    return (
        OracleError(
            6550,
            f"line 1, column 7:\nPLS-00905: object {name} is invalid",
            0,
            ("ORA-06550: line 1, column 7:", "PL/SQL: Statement ignored"),
        )
        if kind != "PACKAGE BODY"
        else OracleError(
            4063,
            f'package body "{name}" has errors',
            stack=(f'ORA-06508: PL/SQL: could not find program unit being called: "{name}"',),
        )
    )


def _discarded(stored: StoredUnit) -> OracleError:
    name = f"{stored.owner}.{stored.name}"
    return OracleError(
        4068,
        "existing state of packages has been discarded",
        stack=(
            f'ORA-04061: existing state of package "{name}" has been invalidated',
            f'ORA-06508: PL/SQL: could not find program unit being called: "{name}"',
        ),
    )


def wrong_arguments(unit: Unit, name: str, offset: int) -> OracleError:
    return unit.compile_error(f"PLS-00306: wrong number or types of arguments in call to '{name}'", offset)


def collection_key(type_: CollectionType, value: Any) -> Any:
    if value is None:
        raise value_error("NULL index table key value")
    if type_.string_keys:
        return convert(VARCHAR2, value)
    return int(convert(PLS_INTEGER, value))


def collection_method(collection: Collection | None, name: str, args: Sequence[Any]) -> Any:
    """COUNT, FIRST, LAST, LIMIT, EXISTS, PRIOR, NEXT."""
    if name == "EXISTS":
        if collection is None or args[0] is None:
            return False
        return collection_key(collection.type, args[0]) in collection.items
    if collection is None:
        raise oracle_error(6531)
    if name == "COUNT":
        return Decimal(len(collection.items))
    if name == "LIMIT":
        return None if collection.type.limit is None else Decimal(collection.type.limit)
    keys = collection.keys()
    if name in ("FIRST", "LAST"):
        return _key_value(keys[0 if name == "FIRST" else -1]) if keys else None
    if args[0] is None:
        return None
    key = collection_key(collection.type, args[0])
    if name == "NEXT":
        return _key_value(next((k for k in keys if k > key), None))
    return _key_value(next((k for k in reversed(keys) if k < key), None))


def _key_value(key: Any) -> Any:
    return Decimal(key) if isinstance(key, int) else key


def change_collection(collection: Collection | None, name: str, args: Sequence[Any]) -> None:
    """EXTEND, TRIM, DELETE."""
    if collection is None:
        raise oracle_error(6531)
    type_ = collection.type
    if name == "DELETE":
        _delete(collection, args)
        return
    count = int(args[0]) if args and args[0] is not None else 1
    if name == "TRIM":
        if count > collection.extended_to:
            raise oracle_error(6533)
        for key in range(collection.extended_to - count + 1, collection.extended_to + 1):
            collection.items.pop(key, None)
        collection.extended_to -= count
        return
    if type_.limit is not None and collection.extended_to + count > type_.limit:
        raise oracle_error(6532)
    copied = collection.items[int(args[1])] if len(args) > 1 else None
    for _ in range(count):
        collection.extended_to += 1
        collection.items[collection.extended_to] = copy_value(copied) if len(args) > 1 else initial_value(type_.element)


def _delete(collection: Collection, args: Sequence[Any]) -> None:
    if not args:
        collection.items.clear()
        collection.extended_to = 0
        return
    if args[0] is None:
        return
    low = collection_key(collection.type, args[0])
    if len(args) == 1:
        collection.items.pop(low, None)
        return
    if args[1] is None:
        return
    high = collection_key(collection.type, args[1])
    for key in [key for key in collection.items if low <= key <= high]:
        del collection.items[key]
