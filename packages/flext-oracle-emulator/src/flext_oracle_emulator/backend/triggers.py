"""DML on a table with triggers: PostgreSQL says which rows a statement would change, PL/SQL runs, the changes are made.

The statement's own run changes nothing (backend/sql/180_triggers.sql): it only reports, in its order, each row before and
after. Then each row has its BEFORE triggers, its change with what they made of it, and its AFTER triggers. All of it is
undone if anything fails.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..catalog.model import Relation, TriggerSource
from ..errors import OracleError, unsupported
from ..plsql.failures import Failure
from ..plsql.interpreter import Interpreter
from ..plsql.objects import object_value, value_of
from ..plsql.scope import Cell, CellReference, Frame, Unit
from ..plsql.trigger_parser import Trigger, parse_compound, parse_trigger, parse_trigger_body
from ..plsql.types import BOOLEAN, Field, RecordType
from ..plsql.values import Collection, Record, decode, encode
from ..sql.names import qualified, quote
from ..sql.translation import Translation
from ..sql.types import base_type
from .base import ObjectValue, StatementType
from .link import Command, Result
from .plsql import session_state
from .plsql_runtime import PostgresRuntime
from .transaction import set_commands
from .transcode import decode_value, encode_value

if TYPE_CHECKING:
    from .session import PostgresSession

_PARAMETER = re.compile(r"\$\d")
_OPERATIONS = {"INSERT": "INSERTING", "UPDATE": "UPDATING", "DELETE": "DELETING"}
_ROW_POINTS = ("BEFORE EACH ROW", "AFTER EACH ROW", "INSTEAD OF EACH ROW")
#: What a statement may do, for triggers that fire once for it.
_EVENTS: dict[StatementType, Sequence[str]] = {
    StatementType.INSERT: ("INSERT",),
    StatementType.UPDATE: ("UPDATE",),
    StatementType.DELETE: ("DELETE",),
    StatementType.MERGE: ("INSERT", "UPDATE"),
}


@dataclass(frozen=True, slots=True)
class TableColumn:
    name: str
    oid: int
    generated: bool
    always: bool
    pg_type: str


@dataclass(slots=True)
class Change:
    """A row as the statement would change it: PostgreSQL's binary values by column, and the UPDATE OF triggers it fires."""

    operation: str
    old: dict[str, bytes | None]
    new: dict[str, bytes | None]
    fires: frozenset[int]


@dataclass(slots=True)
class Outcome:
    count: int = 0
    rows: list[tuple[Any, ...]] = field(default_factory=list)  # of RETURNING, as libpq gives them


@dataclass(slots=True)
class _Firing:
    """`shared` is what the sections of a compound trigger share during one statement."""

    trigger: Trigger
    source: TriggerSource
    shared: Frame | None = None


def of(session: PostgresSession, relation: Relation | None) -> Sequence[TriggerSource]:
    """The enabled triggers of a table."""
    if relation is None:
        return ()
    return session.backend.catalog.triggers.get((relation.owner, relation.name), ())


class TriggeredDml:
    """One execution of a statement."""

    def __init__(self, session: PostgresSession, translation: Translation) -> None:
        if _PARAMETER.search(translation.returning_text):
            raise unsupported("binds in RETURNING of a table with triggers")
        assert translation.target is not None
        relation = translation.target
        self._session = session
        self._relation = relation
        self._returning = translation.returning_text
        self._alias = translation.target_alias
        self._events = _EVENTS.get(translation.type, ())
        self._assigned = frozenset(translation.assigned)
        if translation.returning_text and relation.kind == "VIEW":
            raise OracleError(22816, "unsupported feature with RETURNING clause")
        version = session.backend.compatible
        self._firings = _in_order([_Firing(parse_trigger(s.text, version), s) for s in of(session, relation)])
        self._outcome = Outcome()

    async def run(self, command: Command) -> Outcome:
        """Raises PostgresError or OracleError; then nothing has changed."""
        transaction = self._session.transaction
        began = not transaction.open
        await transaction.mark()
        try:
            await self._statement("BEFORE")
            if any(firing.trigger.runs_at(point) for firing in self._firings for point in _ROW_POINTS):
                await self._rows(command)
            else:
                done = await self._exchange(f"apply:{self._relation.oid}", command)
                self._outcome.count = done.command_tuples or 0
                self._outcome.rows = self._session.link.rows(done)
            await self._statement("AFTER")
        except BaseException:
            await transaction.back_to_mark()
            if began:
                await transaction.rollback()
            raise
        await transaction.drop_mark()
        return self._outcome

    async def _exchange(self, mode: str, command: Command) -> Result:
        before, after = set_commands({"oracle.triggers": mode}), set_commands({"oracle.triggers": ""})
        results = await self._session.transaction.run(*before, command, *after, begin=True)
        return results[1]

    # ------------------------------------------------------------------------------------------------------- rows

    async def _rows(self, command: Command) -> None:
        session = self._session
        session.captured.clear()
        await self._exchange(f"capture:{self._relation.oid}", command)
        captured = list(session.captured)
        session.captured.clear()
        columns = await self._columns()
        record = self._record_type()
        fires: set[int] = set()
        for message in captured:
            kind, _, rest = message.partition("|")
            if kind == "fires":
                fires.add(int(rest))
                continue
            operation, old, new = rest.split("|")
            change = Change(operation, _parse(old, columns), _parse(new, columns), frozenset(fires))
            fires.clear()
            await self._row(change, columns, record)

    async def _row(self, change: Change, columns: Sequence[TableColumn], record: RecordType) -> None:
        old, new = self._record(change.old, columns, record), self._record(change.new, columns, record)
        if self._relation.kind == "VIEW":
            await self._fire_row("INSTEAD OF", change, old, new)
            self._outcome.count += 1
            return
        await self._fire_row("BEFORE", change, old, new)
        if change.operation != "DELETE":
            self._take_back(change, new, columns, record)
        if not await self._apply(change, columns):
            return
        await self._fire_row("AFTER", change, old, new)

    def _record(self, row: dict[str, bytes | None], columns: Sequence[TableColumn], record: RecordType) -> Record:
        regions = self._session.backend.types.regions
        types = {column.name: column.pg_type for column in columns}
        values = {}
        for item in record.fields:
            pg_type = types[item.name]
            data = decode_value(pg_type, row[item.name], regions) if row else None
            if isinstance(data, ObjectValue):
                values[item.name] = value_of(item.type, data, regions)
            else:
                values[item.name] = decode(pg_type, data)
        return Record(record, values)

    def _take_back(self, change: Change, new: Record, columns: Sequence[TableColumn], record: RecordType) -> None:
        """What BEFORE triggers have assigned to :NEW."""
        before = self._record(change.new, columns, record)
        types = {column.name: column.pg_type for column in columns}
        for name, value in new.fields.items():
            if value != before.fields[name] or type(value) is not type(before.fields[name]):
                is_object = isinstance(value, Record | Collection)
                data = object_value(types[name], value) if is_object else encode(types[name], value)
                change.new[name] = encode_value(types[name], data)

    async def _apply(self, change: Change, columns: Sequence[TableColumn]) -> bool:
        table = f"{qualified(self._relation.owner, self._relation.name)} AS {self._alias}"
        writable = [column for column in columns if not column.generated]
        parameters: list[bytes | None] = []
        types: list[int] = []

        def parameter(column: TableColumn, value: bytes | None) -> str:
            parameters.append(value)
            types.append(column.oid)
            return f"${len(parameters)}"

        if change.operation == "INSERT":
            names = ", ".join(quote(column.name) for column in writable)
            values = ", ".join(parameter(column, change.new[column.name]) for column in writable)
            text = f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE VALUES ({values})"
        else:
            rowid = next(column for column in columns if column.name == "ROWID$")
            where = f' WHERE {self._alias}."ROWID$" = {parameter(rowid, change.old["ROWID$"])}'
            if change.operation == "DELETE":
                text = f"DELETE FROM {table}{where}"
            else:
                changed = [c for c in writable if change.new[c.name] != change.old[c.name] and not c.always]
                changed = changed or [next(column for column in writable if not column.always)]
                assignments = ", ".join(f"{quote(c.name)} = {parameter(c, change.new[c.name])}" for c in changed)
                text = f"UPDATE {table} SET {assignments}{where}"
        done = await self._exchange(f"apply:{self._relation.oid}", Command(text + self._returning, parameters, types))
        self._outcome.count += done.command_tuples or 0
        self._outcome.rows += self._session.link.rows(done)
        return bool(done.command_tuples)

    async def _columns(self) -> list[TableColumn]:
        (result,) = await self._session.transaction.run(
            Command(
                "SELECT attname::text, atttypid::int8, (attgenerated <> '')::int, (attidentity = 'a')::int"
                " FROM pg_catalog.pg_attribute WHERE attrelid = $1::int8::oid AND attnum > 0 AND NOT attisdropped"
                " ORDER BY attnum",
                (self._relation.oid.to_bytes(8, "big"),),
                (20,),
            ),
            begin=True,
        )
        pg_types = {column.name: base_type(column.pg_type) for column in self._relation.columns}
        return [
            TableColumn(
                name.decode(),
                int.from_bytes(oid, "big"),
                bool(generated[-1]),
                bool(always[-1]),
                pg_types.get(name.decode(), "int8"),
            )
            for name, oid, generated, always in self._session.link.rows(result)
        ]

    def _record_type(self) -> RecordType:
        runtime = PostgresRuntime(self._session, session_state(self._session))
        found = runtime.relation_columns((self._relation.owner, self._relation.name), self._relation.owner) or ()
        interpreter = Interpreter(runtime, runtime.state, {})
        fields = tuple(Field(name, interpreter.column_type(type_)) for name, type_ in found)
        return RecordType(self._relation.name, fields)

    # ------------------------------------------------------------------------------------------------------ firing

    async def _fire_row(self, timing: str, change: Change, old: Record, new: Record) -> None:
        point = f"{timing} EACH ROW"
        for firing in self._firings:
            trigger = firing.trigger
            if not trigger.runs_at(point) or change.operation not in trigger.events:
                continue
            if change.operation == "UPDATE" and trigger.columns and firing.source.object_id not in change.fires:
                continue
            await self._fire(firing, point, change.operation, old, new)

    async def _statement(self, timing: str) -> None:
        point = f"{timing} STATEMENT"
        for firing in self._firings:
            trigger = firing.trigger
            if not trigger.runs_at(point):
                continue
            event = next((event for event in self._events if event in trigger.events), None)
            if event == "UPDATE" and trigger.columns and not self._assigned & set(trigger.columns):
                continue
            if event is not None:
                await self._fire(firing, point, event, None, None)

    async def _fire(self, firing: _Firing, point: str, operation: str, old: Record | None, new: Record | None) -> None:
        session, trigger, source = self._session, firing.trigger, firing.source
        runtime = PostgresRuntime(session, session_state(session), inside="trigger")
        if old is not None and not (operation == "INSERT" and point == "BEFORE EACH ROW") and not self._is_view:
            runtime.mutating = (self._relation.owner, self._relation.name)
        binds = {}
        frame = Frame(Unit(trigger.body, source.owner, source.name, source.owner))
        for name, predicate in _OPERATIONS.items():
            assigned = self._assigned if name == "UPDATE" == operation else frozenset()
            frame.names[predicate] = Cell(BOOLEAN, operation == name, constant=True, columns=assigned)
        if old is not None and new is not None:
            for name, row in ((trigger.old, old), (trigger.new, new)):
                cell = Cell(row.type, row, constant=True)
                binds[name] = CellReference(cell)
                frame.names[name] = cell
        interpreter = Interpreter(runtime, runtime.state, binds)
        unchanged = dict(new.fields) if new is not None else {}
        try:
            if trigger.when is not None and not await interpreter.truth(trigger.when, frame):
                return
            frame.unit = runtime.state.remembered(("trigger", source)) or runtime.state.remember(
                ("trigger", source), Unit(trigger.body, source.owner, source.name, source.owner)
            )
            await self._run(interpreter, firing, point, frame)
        except OracleError as failure:
            if failure.code == 6550:
                raise OracleError(
                    4098, f"trigger '{source.owner}.{source.name}' is invalid and failed re-validation"
                ) from failure
            if not isinstance(failure, Failure):
                raise
            text = f"ORA-04088: error during execution of trigger '{source.owner}.{source.name}'"
            error = failure.oracle_error()
            raise OracleError(error.code, error.message, error.offset, (*error.stack, text)) from failure
        may_change = point == "BEFORE EACH ROW" and operation != "DELETE"
        if new is not None and not may_change and new.fields != unchanged:
            raise OracleError(4084, "cannot change NEW values for this trigger type")

    @property
    def _is_view(self) -> bool:
        return self._relation.kind == "VIEW"

    async def _run(self, interpreter: Interpreter, firing: _Firing, point: str, frame: Frame) -> None:
        trigger, version = firing.trigger, self._session.backend.compatible
        if trigger.timing != "COMPOUND":
            body = parse_trigger_body(trigger.body, version)
            await interpreter.check(body, frame)
            await interpreter.run_unit(body, frame)
            return
        compound = parse_compound(trigger.body, version)
        if firing.shared is None:
            firing.shared = Frame(frame.unit)
            await interpreter.declare(compound.declarations, firing.shared)
        firing.shared.parent = frame  # :OLD, :NEW and the predicates of this row
        await interpreter.run_block(compound.sections[point], firing.shared)


def _in_order(firings: list[_Firing]) -> list[_Firing]:
    """By age, but after those that they follow and before those that they precede."""
    earlier: dict[str, set[str]] = {firing.source.name: set() for firing in firings}
    for firing in firings:
        earlier[firing.source.name] |= {parts[-1] for parts in firing.trigger.follows}
        for parts in firing.trigger.precedes:
            earlier.setdefault(parts[-1], set()).add(firing.source.name)
    ordered: list[_Firing] = []
    pending = list(firings)
    while pending:
        waiting = {firing.source.name for firing in pending}
        ready = next((firing for firing in pending if not earlier[firing.source.name] & waiting), pending[0])
        pending.remove(ready)
        ordered.append(ready)
    return ordered


def _parse(digits: str, columns: Sequence[TableColumn]) -> dict[str, bytes | None]:
    """A composite value in PostgreSQL's binary format."""
    if digits in ("", "<NULL>"):
        return {}
    data = bytes.fromhex(digits)
    (count,) = struct.unpack_from(">i", data)
    assert count == len(columns)
    position = 4
    row: dict[str, bytes | None] = {}
    for column in columns:
        _, length = struct.unpack_from(">Ii", data, position)
        position += 8
        if length < 0:
            row[column.name] = None
            continue
        row[column.name] = data[position : position + length]
        position += length
    return row
