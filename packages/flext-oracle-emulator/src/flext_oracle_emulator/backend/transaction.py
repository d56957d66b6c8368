"""Oracle's transactions on one PostgreSQL connection: begun by the first change, undone statement by statement.

A statement that fails undoes itself and nothing else: inside a transaction each statement has a savepoint around it,
sent in the same round trip. A query outside a transaction needs none of this. Settings made with `set_config` are
PostgreSQL's to roll back, but Oracle's to keep: what was set in a transaction is set again after a rollback.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from ..errors import OracleError
from ..sql.names import quote
from .commits import Commits
from .link import Command, Link, PostgresError, Result
from .sqlstate import oracle_error

_STATEMENT = Command("SAVEPOINT oracle_statement")
_CALL = Command("SAVEPOINT oracle_call")
_RELEASE = Command("RELEASE oracle_statement")
_UNDO = (Command("ROLLBACK TO oracle_statement"), _RELEASE)
_BEGIN = Command("BEGIN")
_COMMIT = Command("COMMIT")
_ROLLBACK = Command("ROLLBACK")


@dataclass(frozen=True, slots=True)
class Guarded:
    """Commands with what protects them: `first` is where the caller's own begin."""

    commands: Sequence[Command]
    first: int
    recovery: Sequence[Command]


class Transaction:
    def __init__(self, link: Link, commits: Commits) -> None:
        self._link = link
        self._commits = commits
        self._savepoints: list[str] = []
        self._settings: dict[str, str] = {}
        self._unsaved: set[str] = set()
        self._call: int | None = None  # how many savepoints there were when the running PL/SQL call began
        self.open = False
        self.read_only = False
        self.boundaries = 0  # how often changes were undone or a transaction ended

    # ----------------------------------------------------------------------------------------------- statements

    def guard(self, commands: Sequence[Command], *, begin: bool) -> Guarded:
        """Put a savepoint around commands, or BEGIN before them if they start a transaction."""
        if self.open:
            return Guarded((_STATEMENT, *commands, _RELEASE), 1, _UNDO)
        if begin:
            return Guarded((_BEGIN, *commands), 1, (_ROLLBACK,))
        return Guarded(commands, 0, ())

    async def run(self, *commands: Command, begin: bool) -> list[Result]:
        """Run commands as one statement; their results. Raises PostgresError, with `index` into `commands`."""
        guarded = self.guard(commands, begin=begin)
        try:
            results = await self._link.exchange(*guarded.commands, recovery=guarded.recovery)
        except PostgresError as error:
            error.index -= guarded.first
            raise
        self.open = self.open or begin
        return results[guarded.first : guarded.first + len(commands)]

    async def run_and_commit(self, *commands: Command) -> list[Result]:
        """Run one statement in a transaction of its own, in one round trip. Only when none is open.

        Raises:
            PostgresError: the statement failed. A commit that fails is an OracleError.
        """
        try:
            async with self._commits.commit():
                results = await self._link.exchange(_BEGIN, *commands, _COMMIT, recovery=(_ROLLBACK,))
        except PostgresError as error:
            error.index -= 1
            if error.index == len(commands):
                raise _failed_commit(error) from error
            raise
        return results[1:-1]

    # ----------------------------------------------------------------------------------------------------- calls

    @contextlib.asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """A PL/SQL call: if it raises, what it changed since its last COMMIT or ROLLBACK is undone."""
        outer, self._call = self._call, None
        if self.open:
            await self._link.exchange(_CALL)
            self._call = len(self._savepoints)
        try:
            yield
        except BaseException:
            await self._undo_call()
            raise
        else:
            if self._call is not None and len(self._savepoints) <= self._call:
                await self._link.exchange(Command("RELEASE oracle_call"))
        finally:
            self._call = outer

    async def _undo_call(self) -> None:
        self.boundaries += 1
        if not self.open:
            return
        if self._call is None:
            await self.rollback()
            return
        del self._savepoints[self._call :]
        await self._link.exchange(Command("ROLLBACK TO oracle_call"), Command("RELEASE oracle_call"))
        await self._restore_settings()

    async def mark(self) -> None:
        """A point to go back to inside one statement; begins a transaction if there is none."""
        await self._link.exchange(*([] if self.open else [_BEGIN]), Command("SAVEPOINT oracle_mark"))
        self.open = True

    async def drop_mark(self) -> None:
        await self._link.exchange(Command("RELEASE oracle_mark"))

    async def back_to_mark(self) -> None:
        self.boundaries += 1
        await self._link.exchange(Command("ROLLBACK TO oracle_mark"), Command("RELEASE oracle_mark"))
        await self._restore_settings()

    # ------------------------------------------------------------------------------------------------ boundaries

    async def begin(self, mode: str) -> None:
        """SET TRANSACTION. Raises ORA-01453 if a transaction is already there."""
        if self.open:
            raise OracleError(1453, "SET TRANSACTION must be first statement of transaction")
        # Oracle's SERIALIZABLE is snapshot isolation: PostgreSQL calls that REPEATABLE READ.
        clauses = {
            "READ ONLY": " ISOLATION LEVEL REPEATABLE READ READ ONLY",
            "SERIALIZABLE": " ISOLATION LEVEL REPEATABLE READ",
        }
        await self._link.exchange(Command("BEGIN" + clauses.get(mode, "")))
        self.open = True
        self.read_only = mode == "READ ONLY"

    async def commit(self) -> None:
        """Raises the error of a deferred constraint as ORA-02091, with everything rolled back."""
        if not self.open:
            await self._link.release()
            return
        try:
            async with self._commits.commit():
                await self._link.exchange(_COMMIT)
        except PostgresError as error:
            self._closed()
            await self._restore_settings()
            raise _failed_commit(error) from error
        self._closed()
        self._unsaved.clear()

    async def rollback(self) -> None:
        if self.open:
            await self._link.exchange(_ROLLBACK)
            self._closed()
            await self._restore_settings()

    def _closed(self) -> None:
        self.boundaries += 1
        self.open = False
        self.read_only = False
        self._call = None
        self._savepoints.clear()

    async def savepoint(self, name: str) -> None:
        """A savepoint of the same name moves."""
        commands = [] if self.open else [_BEGIN]
        if name in self._savepoints:
            # PostgreSQL would keep the older one behind it; releasing it would release what came after as well.
            self._savepoints.remove(name)
        self._savepoints.append(name)
        await self._link.exchange(*commands, Command(f"SAVEPOINT {quote(name)}"))
        self.open = True

    async def rollback_to(self, name: str) -> None:
        """Raises ORA-01086 for a savepoint that is not there."""
        if name not in self._savepoints:
            raise OracleError(1086, f"savepoint '{name}' never established in this session or is invalid")
        del self._savepoints[self._savepoints.index(name) + 1 :]
        commands = [Command(f"ROLLBACK TO {quote(name)}")]
        if self._call is not None and len(self._savepoints) <= self._call:
            # The savepoint of the call went with those after `name`: what follows is undone to here.
            self._call = len(self._savepoints)
            commands.append(_CALL)
        self.boundaries += 1
        await self._link.exchange(*commands)
        await self._restore_settings()

    # -------------------------------------------------------------------------------------------------- settings

    async def set(self, settings: dict[str, str]) -> None:
        """Set PostgreSQL settings for the rest of the session, whatever becomes of the transaction."""
        if not settings:
            return
        await self.run(*set_commands(settings), begin=False)
        self._settings.update(settings)
        if self.open:
            self._unsaved.update(settings)

    @property
    def settings(self) -> dict[str, str]:
        """All that was set."""
        return dict(self._settings)

    def setting(self, name: str) -> str | None:
        return self._settings.get(name)

    async def _restore_settings(self) -> None:
        if self._unsaved:
            lost = {name: self._settings[name] for name in self._unsaved}
            if not self.open:
                self._unsaved.clear()
            await self._link.exchange(*set_commands(lost))


def set_commands(settings: dict[str, str]) -> list[Command]:
    """PostgreSQL settings for the rest of a session."""
    return [
        Command("SELECT pg_catalog.set_config($1, $2, false)", (name.encode(), value.encode()), (25, 25))
        for name, value in settings.items()
    ]


def _failed_commit(error: PostgresError) -> OracleError:
    cause = oracle_error(error)
    return OracleError(2091, "transaction rolled back", stack=(cause.text,))
