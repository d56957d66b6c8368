"""The physical clauses of a table: without effect here, but shown by the dictionary as they were asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .context import DdlContext

_PARTITION = re.compile(r"\bPARTITION\s+BY\s+(\w+)\s*\(([^()]*)\)", re.IGNORECASE)
_SUBPARTITION = re.compile(r"\bSUBPARTITION\s+BY\s+(\w+)", re.IGNORECASE)
_INTERVAL = re.compile(r"\bINTERVAL\s*\(", re.IGNORECASE)
_NAMED = re.compile(
    r"""(?<!SUB)\bPARTITION\s+("[^"]+"|[A-Za-z][\w$#]*)\s+VALUES\s+(?:LESS\s+THAN\s*)?\(""", re.IGNORECASE
)
_COUNT = re.compile(r"\bPARTITIONS\s+(\d+)", re.IGNORECASE)

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
        (r"READ ONLY", "read_only = true"),
        (r"READ WRITE", "read_only = false"),
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
                await context.run(
                    "UPDATE oracle.tables SET tablespace_name = %s WHERE object_id = %s",
                    *(tablespace[1].strip('"'), object_id),
                )
            elif compress:
                await context.run(
                    "UPDATE oracle.tables SET compression = true, compress_for = %s WHERE object_id = %s",
                    *((compress[1] or "BASIC")[:30], object_id),
                )


async def record_partitioning(context: DdlContext, object_id: int, text: str) -> None:
    """Record a PARTITION BY clause. High values keep the text as written."""
    match = _PARTITION.search(text)
    if match is None:
        return
    columns = [_fold(column) for column in match[2].split(",") if column.strip()]
    subpartition = _SUBPARTITION.search(text)
    interval = _INTERVAL.search(text)
    await context.run(
        "UPDATE oracle.tables SET partitioning_type = %s, subpartitioning_type = %s, partition_interval = %s,"
        " partition_columns = %s, tablespace_name = NULL WHERE object_id = %s",
        *(match[1].upper(), subpartition and subpartition[1].upper()),
        *(_bracketed(text, interval.end()) if interval else None, columns, object_id),
    )
    named = [(_fold(found[1]), _bracketed(text, found.end())) for found in _NAMED.finditer(text)]
    count = _COUNT.search(text)
    if not named and count:
        for _ in range(min(int(count[1]), 1024)):
            number = await context.value("SELECT nextval('oracle.constraint_numbers')")
            named.append((f"SYS_P{number}", ""))
    await context.run("DELETE FROM oracle.partitions WHERE object_id = %s", object_id)
    await context.run_many(
        "INSERT INTO oracle.partitions (object_id, position, partition_name, high_value, tablespace_name)"
        " VALUES (%s, %s, %s, %s, 'USERS')",
        [(object_id, number, name, high or None) for number, (name, high) in enumerate(named, 1)],
    )


def _fold(name: str) -> str:
    name = name.strip()
    return name[1:-1] if name.startswith('"') else name.upper()


def _bracketed(text: str, start: int) -> str:
    """What stands between the bracket that opened before `start` and the one that closes it."""
    depth, quoted = 1, False
    for position in range(start, len(text)):
        character = text[position]
        if character == "'":
            quoted = not quoted
        elif not quoted:
            depth += (character == "(") - (character == ")")
            if depth == 0:
                return text[start:position].strip()
    return text[start:].strip()
