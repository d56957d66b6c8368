"""Direct path load: rows are copied into a private table as they come, and inserted into the target at `finish`.

Until then nobody sees them and no lock is held on the target. `finish` commits; constraints are checked there, all or
nothing.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..catalog.model import Column, Relation
from ..errors import OracleError
from ..sql.names import qualified, quote
from .base import ColumnInfo, OracleType, StatementType
from .describe import column_info
from .link import Command, PostgresError
from .transcode import encode_elements, oracle_type

if TYPE_CHECKING:
    from .session import PostgresSession

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_UNLOADABLE = (OracleType.ROWID,)
_numbers = itertools.count(1)


async def prepare_load(
    session: PostgresSession, schema: str, table: str, names: Sequence[str]
) -> PostgresDirectPathLoad:
    """Raises ORA-00942, ORA-00904, ORA-01031 as an INSERT would."""
    catalog = session.backend.catalog
    relation = catalog.resolve((schema or session.current_schema, table), session.current_schema)
    if (
        not isinstance(relation, Relation)
        or relation.kind != "TABLE"
        or not catalog.visible(session.user, relation.owner, relation.name)
    ):
        raise OracleError(942, "table or view does not exist")
    if not catalog.can(session.user, "INSERT", relation.owner, relation.name):
        raise OracleError(1031, "insufficient privileges")
    catalog.require_quota(relation.owner)
    columns = []
    for name in names:
        column = relation.column(name)
        if column is None:
            raise OracleError(904, f'"{name}": invalid identifier')
        if column.virtual:
            raise OracleError(54013, "INSERT operation disallowed on virtual columns")
        if oracle_type(column.pg_type.partition("(")[0]) in _UNLOADABLE:
            raise OracleError(39826, "Direct path load of view or synonym could not be resolved.")
        columns.append(column)
    staging = f'pg_temp."load${next(_numbers)}"'
    definitions = ", ".join(f"{quote(column.name)} {column.pg_type}" for column in columns)
    await session.transaction.run(
        Command(f"CREATE TEMP TABLE {staging.partition('.')[2]} ({definitions})"), begin=False
    )
    return PostgresDirectPathLoad(session, relation, columns, staging)


class PostgresDirectPathLoad:
    def __init__(self, session: PostgresSession, relation: Relation, columns: Sequence[Column], staging: str) -> None:
        self._session = session
        self._relation = relation
        self._staging = staging
        self._names = ", ".join(quote(column.name) for column in columns)
        self._types = [column.pg_type.partition("(")[0] for column in columns]
        self.columns: Sequence[ColumnInfo] = [column_info(column) for column in columns]

    async def load(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Copy rows into the private table; the first that does not fit its column ends the load."""
        session = self._session
        async with session.lock, session.errors():
            columns = [
                [encode_elements(pg_type, (value,)) for value in values]
                for pg_type, values in zip(self._types, zip(*rows, strict=True), strict=True)
            ]
            count = struct.pack(">h", len(columns))
            body = b"".join([count + b"".join(row) for row in zip(*columns, strict=True)])
            guarded = session.transaction.guard((), begin=False)
            for command in guarded.commands[:1]:
                await session.link.exchange(command)
            try:
                await session.link.copy_in(
                    f"COPY {self._staging} ({self._names}) FROM STDIN (FORMAT binary)", [_SIGNATURE, body, _TRAILER]
                )
            except PostgresError:
                if guarded.recovery:
                    await session.link.exchange(*guarded.recovery)
                raise
            for command in guarded.commands[1:]:
                await session.link.exchange(command)

    async def finish(self) -> None:
        """Insert the rows and commit. A row that breaks a constraint raises its error, and nothing is stored then."""
        session = self._session
        async with session.lock, session.errors():
            target = qualified(self._relation.owner, self._relation.name)
            try:
                await session.transaction.run(
                    Command(f"INSERT INTO {target} ({self._names}) SELECT {self._names} FROM {self._staging}"),
                    begin=True,
                )
            except PostgresError as error:
                translated = await session.oracle_error(error, StatementType.INSERT)
                await self._drop()
                raise translated from error
            await self._drop()
            await session.transaction.commit()

    async def abort(self) -> None:
        async with self._session.lock, self._session.errors():
            await self._drop()

    async def _drop(self) -> None:
        await self._session.transaction.run(Command(f"DROP TABLE IF EXISTS {self._staging}"), begin=False)
