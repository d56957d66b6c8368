"""PostgreSQL's identifiers of the types in `pgtypes.py`, and the names of the time zones: read once per server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from ..errors import unsupported
from ..sql.user_types import names_domain
from .pgtypes import PG_TO_ORACLE

_JSONB, _JSONB_ARRAY = 3802, 3807  # what the domains of objects and collections are made of


@dataclass(frozen=True, slots=True)
class TypeCatalog:
    """`regions[i]` is the name of time zone index i ("" if there is none)."""

    oids: dict[str, int]
    array_oids: dict[str, int]
    names: dict[int, str]
    regions: Sequence[str]

    def oid(self, pg_type: str) -> int:
        return _JSONB if names_domain(pg_type) or pg_type == "jsonb" else self.oids[pg_type]

    def array_oid(self, pg_type: str) -> int:
        return _JSONB_ARRAY if names_domain(pg_type) else self.array_oids[pg_type]

    def name(self, oid: int) -> str:
        """Raises ORA-03001 for a type that is none of Oracle's."""
        found = self.names.get(oid)
        if found is None:
            raise unsupported(f"a value of PostgreSQL type {oid}")
        return found


async def load_types(connection: psycopg.AsyncConnection[Any]) -> TypeCatalog:
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(
            "SELECT CASE n.nspname WHEN 'oracle' THEN 'oracle.' ELSE '' END || t.typname, t.oid::int8, t.typarray::int8"
            " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace"
            " WHERE n.nspname IN ('oracle', 'pg_catalog') AND t.typtype = 'b'"
        )
        found = [row for row in await cursor.fetchall() if row[0] in PG_TO_ORACLE]
        await cursor.execute("SELECT index, name FROM oracle.time_zones")
        zones: dict[int, str] = dict(await cursor.fetchall())
    return TypeCatalog(
        {name: oid for name, oid, _ in found},
        {name: array for name, _, array in found},
        {oid: name for name, oid, _ in found},
        [zones.get(index, "") for index in range(max(zones, default=-1) + 1)],
    )
