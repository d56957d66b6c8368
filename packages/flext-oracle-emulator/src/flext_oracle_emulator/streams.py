"""Closing asyncio's connections."""

from __future__ import annotations

import asyncio
import contextlib

# How long a client may take to read the last response before its connection is dropped.
_CLOSE_SECONDS = 5


async def close_writer(writer: asyncio.StreamWriter) -> None:
    """Close a connection and wait until it is gone, however it goes."""
    writer.close()
    with contextlib.suppress(OSError):
        try:
            # Shielded: all who wait for the same connection share one future, which a cancelled one would cancel.
            await asyncio.wait_for(asyncio.shield(writer.wait_closed()), _CLOSE_SECONDS)
        except TimeoutError:
            writer.transport.abort()
