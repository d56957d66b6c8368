"""FLASHBACK TABLE .. TO SCN | TIMESTAMP: the table gets the rows of a past state, in a transaction of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..catalog.model import Relation
from ..errors import OracleError, unsupported
from ..sql import ast
from ..sql.names import find_relation, qualified, quote
from ..sql.translation import Context
from ..sql.translator import translate
from . import flashback
from .link import Command, PostgresError
from .pgtypes import ROWID_COLUMN
from .transaction import set_commands

if TYPE_CHECKING:
    from .session import PostgresSession

_SAME = f't."{ROWID_COLUMN}" OPERATOR(pg_catalog.=) p."{ROWID_COLUMN}"'


async def flashback_table(session: PostgresSession, statement: ast.FlashbackTable, context: Context) -> None:
    if statement.moment is None:  # there is no recycle bin, as with RECYCLEBIN = OFF
        raise OracleError(38305, "object not in RECYCLE BIN")
    await session.transaction.commit()
    relations = [find_relation(context, name, statement.pos, "FLASHBACK") for name in statement.names]
    for relation in relations:
        await _require_row_movement(session, relation, statement.pos)
    copies = [await _past_of(session, statement, name, context) for name in statement.names]
    await session.backend.release_readers(session)
    try:
        for relation, copy in zip(relations, copies, strict=True):
            await session.transaction.run(
                *set_commands({"oracle.triggers": f"apply:{relation.oid}"}),
                *[Command(sql) for sql in _changes(relation, copy)],
                *set_commands({"oracle.triggers": ""}),
                begin=True,
            )
        await session.transaction.commit()
    except PostgresError as error:
        await session.transaction.rollback()
        raise await session.oracle_error(error) from error


async def _require_row_movement(session: PostgresSession, relation: Relation, pos: int) -> None:
    if relation.kind != "TABLE" or relation.temporary is not None or relation.owner == "SYS":
        raise unsupported("FLASHBACK of something else than a table", pos)
    (result,) = await session.transaction.run(
        Command(
            "SELECT row_movement FROM oracle.tables WHERE object_id = $1::int8",
            (relation.object_id.to_bytes(8, "big"),),
            (20,),
        ),
        begin=False,
    )
    if session.link.rows(result)[0][0] != b"\x01":
        raise OracleError(8189, "cannot flashback the table because row movement is not enabled", pos)


async def _past_of(
    session: PostgresSession, statement: ast.FlashbackTable, name: tuple[str, ...], context: Context
) -> str:
    """A copy of the past state, with the ROWIDs of then."""
    assert statement.moment is not None
    table = ast.TableRef(name, flashback=statement.moment, pos=statement.pos)
    query = ast.Query(ast.Select([ast.SelectItem(ast.Star(()))], [table]), pos=statement.pos)
    translation = translate(query, context)
    numbers = await flashback.numbers_of(session, translation, ())
    (copy,) = await flashback.copies(session, translation, numbers)
    return copy


def _changes(relation: Relation, copy: str) -> list[str]:
    """Rows that have come since go, those that have changed or gone come back: the others are not touched."""
    table = qualified(relation.owner, relation.name)
    names = [quote(column.name) for column in relation.columns if not column.virtual]
    old = ", ".join(f"p.{name}" for name in names)
    new = ", ".join(f"t.{name}" for name in names)
    kept = [quote(c.name) for c in relation.columns if not c.virtual and c.identity != "ALWAYS"]
    changes = [f"DELETE FROM {table} AS t WHERE NOT EXISTS (SELECT FROM {copy} AS p WHERE {_SAME})"]
    if kept:
        assigned = ", ".join(f"{name} = p.{name}" for name in kept)
        changes.append(
            f"UPDATE {table} AS t SET {assigned} FROM {copy} AS p"
            f" WHERE {_SAME} AND ROW({old})::text OPERATOR(pg_catalog.<>) ROW({new})::text"
        )
    listed = ", ".join([*names, f'"{ROWID_COLUMN}"'])
    changes.append(
        f'INSERT INTO {table} ({listed}) OVERRIDING SYSTEM VALUE SELECT {old}, p."{ROWID_COLUMN}" FROM {copy} AS p'
        f" WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE {_SAME})"
    )
    return changes
