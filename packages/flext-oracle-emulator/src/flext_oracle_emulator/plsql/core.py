"""What the parts of the interpreter share: its state, how statements end, and what a session keeps of PL/SQL.

The interpreter is one class in layers, one module each: core, names, expressions, declarations, embedded SQL, dynamic
SQL, cursors, calls, statements (`interpreter.py`).
"""

from __future__ import annotations

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ..errors import OracleError
from ..sql import ast as sql
from . import ast
from .cursors import ImplicitCursor, SqlCursor
from .failures import Failure
from .output import OutputBuffer
from .runtime import Runtime
from .scope import Cell, CursorEntry, Frame, Reference, Unit
from .types import Type
from .values import Collection

_MAX_BLOCKS = 200
#: How many statements run before other sessions get their turn.
_TURN = 500

_keys = itertools.count(1)


def new_key() -> int:
    """A number that no other statement has: translations are cached by it."""
    return next(_keys)


@dataclass(frozen=True, slots=True)
class Return:
    """RETURN was executed."""

    value: Any = None


@dataclass(frozen=True, slots=True)
class Leave:
    """EXIT or CONTINUE, of the innermost loop or of the one with the label."""

    label: str | None
    again: bool


@dataclass(frozen=True, slots=True)
class Goto:
    """GOTO was executed: a list of statements around it has the label."""

    label: str


Signal = Return | Leave | Goto


@dataclass(eq=False, slots=True)
class PackageInstance:
    """A package in use: `public` holds the specification's names, `private` the body's."""

    unit: Unit
    public: Frame
    private: Frame
    source: tuple[str, str | None]

    @property
    def has_state(self) -> bool:
        frames = (self.public, self.private)
        return any(isinstance(e, Cell | CursorEntry) for frame in frames for e in frame.names.values())


@dataclass(eq=False, slots=True)
class SessionState:
    """What lives until logoff: package variables, DBMS_OUTPUT's buffer, texts that were parsed already."""

    packages: dict[tuple[str, str], PackageInstance] = field(default_factory=dict)
    output: OutputBuffer = field(default_factory=OutputBuffer)
    random: Random | None = None
    sql_cursors: dict[int, SqlCursor] = field(default_factory=dict)
    last_sql_cursor: int = 0
    metadata_parameters: dict[str, bool] = field(default_factory=dict)
    parsed: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    cancelled: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def remembered(self, key: Hashable) -> Any:
        found = self.parsed.get(key)
        if found is not None:
            self.parsed.move_to_end(key)
        return found

    def remember(self, key: Hashable, value: Any) -> Any:
        self.parsed[key] = value
        if len(self.parsed) > _MAX_BLOCKS:
            self.parsed.popitem(last=False)
        return value

    def cancel(self) -> None:
        self.cancelled = True
        self.wake.set()


def uncatchable(error: OracleError) -> bool:
    """What no exception handler may hide: a cancelled call, a lost session, and what the emulator does not know."""
    return error.code in (1013, 3113) or (error.code == 3001 and "(flext-oracle-emulator)" in error.message)


class Core:
    """One call: an anonymous block or a procedure with its binds."""

    def __init__(self, runtime: Runtime, state: SessionState, binds: Mapping[str, Reference]) -> None:
        self.runtime = runtime
        self.state = state
        self.binds = binds
        self.sql = ImplicitCursor()
        self._statements_run = 0
        self.line = 0  # of the statement that runs
        self.pipes: list[Collection | None] = []  # what the subprograms that run have piped, where they are pipelined
        self.callers: list[tuple[Unit, int]] = []  # who called whom, from where

    async def take_turn(self) -> None:
        """Between statements: notice a cancelled call, and let others run now and then."""
        if self.state.cancelled:
            self.state.cancelled = False
            raise OracleError(1013, "user requested cancel of current operation")
        self._statements_run += 1
        if self._statements_run % _TURN == 0:
            await asyncio.sleep(0)

    # ------------------------------------------------------------------- what the layers above know how to do

    async def value(self, node: sql.Expr, frame: Frame) -> Any:
        raise NotImplementedError

    async def type_of(self, type_: sql.TypeName, frame: Frame) -> Type:
        raise NotImplementedError

    async def declare(self, declarations: Sequence[ast.Declaration], frame: Frame) -> None:
        raise NotImplementedError

    async def run_block(self, block: ast.Block, frame: Frame) -> Signal | None:
        raise NotImplementedError

    async def invoke(self, callee: Any, call: sql.Call, frame: Frame, *, statement: bool = False) -> Any:
        raise NotImplementedError

    def failure_of(self, error: OracleError) -> Failure:
        return error if isinstance(error, Failure) else Failure(error)
