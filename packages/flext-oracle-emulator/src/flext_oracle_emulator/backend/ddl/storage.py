"""The physical clauses of a table: without effect here, but shown by the dictionary as they were asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...errors import OracleError
from .context import DdlContext

#: option text -> assignments to oracle.tables
_SETTINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), assignment)
    for pattern, assignment in (
        (r"NOLOGGING", "logging = false"),
        (r"LOGGING", "logging = true"),
        (r"NOCOMPRESS|(?:ROW|COLUMN) STORE NOCOMPRESS", "compression = false, compress_for = NULL"),
        (r"NOPARALLEL", "degree = '1'"),
        (r"PARALLEL\s*\(?\s*(?:DEGREE\s+)?(\d+)\s*\)?", r"degree = '\1'"),
        (r"PARALLEL", "degree = 'DEFAULT'"),
        (r"CACHE", "cache = true"),
        (r"NOCACHE", "cache = false"),
        (r"ENABLE ROW MOVEMENT", "row_movement = true"),
        (r"DISABLE ROW MOVEMENT", "row_movement = false"),
        (r"PCTFREE (\d+)", r"pct_free = \1"),
        (r"INITRANS (\d+)", r"ini_trans = \1"),
    )
)
_COMPRESS = re.compile(r"(?:(?:ROW|COLUMN) STORE )?COMPRESS\b(?: (?:FOR )?(.+))?")
_TABLESPACE = re.compile(r"TABLESPACE (\S+)")


async def record_options(context: DdlContext, object_id: int, options: Iterable[str]) -> None:
    for option in options:
        text = " ".join(option.upper().split())
        for pattern, assignment in _SETTINGS:
            match = pattern.fullmatch(text)
            if match:
                await context.run(
                    f"UPDATE oracle.tables SET {match.expand(assignment)} WHERE object_id = %s", object_id
                )
                break
        else:
            tablespace, compress = _TABLESPACE.fullmatch(text), _COMPRESS.fullmatch(text)
            if tablespace:
                if not await context.value(
                    "SELECT EXISTS (SELECT FROM oracle.tablespaces WHERE name = %s)", tablespace[1].strip('"')
                ):
                    raise OracleError(959, f"tablespace '{tablespace[1]}' does not exist")
                await context.run(
                    "UPDATE oracle.tables SET tablespace_name = %s WHERE object_id = %s",
                    *(tablespace[1].strip('"'), object_id),
                )
            elif compress:
                await context.run(
                    "UPDATE oracle.tables SET compression = true, compress_for = %s WHERE object_id = %s",
                    *((compress[1] or "BASIC")[:30], object_id),
                )
