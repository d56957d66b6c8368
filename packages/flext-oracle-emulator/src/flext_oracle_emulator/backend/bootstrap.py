"""Makes a PostgreSQL database Oracle's home: schema `oracle` (types, functions, own tables) and `SYS` (the dictionary).

The scripts in `sql/` and then `catalog/*.sql` run in name order in one transaction. `oracle.bootstrap` records a digest
of them; a database that was made by other scripts is refused, because its tables hold a user's objects that we cannot
convert.
"""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import Any

import psycopg


class BootstrapError(RuntimeError):
    """The database was made by another version of the emulator."""


def scripts() -> list[tuple[str, str]]:
    """(name, text) in the order in which they run."""
    found = []
    for package in ("flext_oracle_emulator.backend", "flext_oracle_emulator.catalog"):
        folder = resources.files(package)
        if package.endswith("backend"):
            folder = folder / "sql"
        names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
        found += [(name, (folder / name).read_text(encoding="utf-8")) for name in names]
    return found


def digest() -> str:
    """Identifies the scripts; part of the key under which a bootstrapped data directory may be cached."""
    state = hashlib.sha256()
    for name, text in scripts():
        state.update(f"{name}\0{text}\0".encode())
    return state.hexdigest()


async def bootstrap(connection: psycopg.AsyncConnection[Any]) -> None:
    """Run the scripts unless the database has them already. Takes its own transaction."""
    expected = digest()
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(7301923)")
        cursor = await connection.execute("SELECT to_regclass('oracle.bootstrap') IS NOT NULL")
        row = await cursor.fetchone()
        if row is not None and row[0]:
            cursor = await connection.execute("SELECT digest FROM oracle.bootstrap")
            row = await cursor.fetchone()
            if row is None or row[0] != expected:
                raise BootstrapError(
                    "this data was made by another version of the emulator; export it with that version, "
                    "or start with an empty data directory"
                )
            return
        for name, text in scripts():
            try:
                await connection.execute(text.encode())
            except psycopg.Error as error:
                error.add_note(f"in {name}")
                raise
        await connection.execute("CREATE TABLE oracle.bootstrap (digest text NOT NULL, created timestamptz NOT NULL)")
        await connection.execute("INSERT INTO oracle.bootstrap VALUES (%s, now())", [expected])
