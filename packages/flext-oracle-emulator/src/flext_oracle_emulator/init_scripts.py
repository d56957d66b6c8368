"""SQL scripts that fill a fresh server: split as SQL*Plus does, run on a backend session.

A SQL statement ends with `;`, a PL/SQL block or stored unit with a line that holds only `/`. `CONNECT user` goes on as
another user. Other SQL*Plus commands are no SQL, and fail as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from .backend.base import Backend, ExecuteRequest, Session
from .errors import OracleError
from .logon import fold_user

_SKIPPED = re.compile(
    r"(?:\s+|--[^\n]*|/\*.*?\*/|^[ \t]*/[ \t]*$|(?i:REM\b|PROMPT\b)[^\n]*)+", re.DOTALL | re.MULTILINE
)
_BLOCK = re.compile(
    r"(?:BEGIN|DECLARE"
    r"|CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:NON)?EDITIONABLE\s+)?(?:PROCEDURE|FUNCTION|PACKAGE|TRIGGER|TYPE))\b",
    re.IGNORECASE,
)
_BLOCK_END = re.compile(r"^[ \t]*/[ \t]*$|\Z", re.MULTILINE)
_STATEMENT_END = re.compile(
    r"""
    (?: --[^\n]* | /\*.*?\*/ | [qQ]'(?:\[.*?\]'|\{.*?\}'|\(.*?\)'|<.*?>') | '[^']*' | "[^"]*" | [^;] )*?
    (?: ; | ^[ \t]*/[ \t]*$ | \Z )
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_CONNECT = re.compile(r"CONN(?:ECT)?\s+(\"[^\"]+\"|[^\s/;]+)[^\n]*", re.IGNORECASE)


class InitScriptError(Exception):
    """A statement of an init script failed; the message says where."""


def is_block(text: str) -> bool:
    """Whether a statement is PL/SQL, which ends with a line `/` and has semicolons inside."""
    return _BLOCK.match(text) is not None


def split_script(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement with the number of its first line."""
    position = 0
    while True:
        if skipped := _SKIPPED.match(text, position):
            position = skipped.end()
        if position >= len(text):
            return
        line = text.count("\n", 0, position) + 1
        if connect := _CONNECT.match(text, position):
            position = connect.end()
            yield line, f"CONNECT {connect[1]}"
            continue
        block = _BLOCK.match(text, position) is not None
        end = (_BLOCK_END.search(text, position) if block else _STATEMENT_END.match(text, position)) or None
        assert end is not None  # both patterns match at the end of the text
        statement = text[position : end.end()].rstrip()
        position = max(end.end(), position + 1)
        yield line, statement.removesuffix("/").rstrip() if block else statement.rstrip("/;").rstrip()


def script_files(paths: Sequence[Path]) -> list[Path]:
    """The scripts themselves, and those of folders in the order of their names."""
    files: list[Path] = []
    for path in paths:
        files += sorted(path.glob("*.sql")) if path.is_dir() else [path]
    return files


async def run_scripts(backend: Backend, user: str, paths: Sequence[Path]) -> None:
    """Run scripts as `user`; each commits at its end. Raises InitScriptError at the first statement that fails."""
    for path in script_files(paths):
        await _run_script(backend, user, path, path.read_text(encoding="utf-8"))


async def _run_script(backend: Backend, user: str, path: Path, text: str) -> None:
    session = await backend.open_session(user, client={"program": "init script"})
    try:
        for line, statement in split_script(text):
            try:
                session = await _run_statement(backend, session, statement)
            except OracleError as error:
                raise InitScriptError(f"{path}:{line}: {error}") from error
        await session.commit()
    finally:
        await session.close()


async def _run_statement(backend: Backend, session: Session, statement: str) -> Session:
    if connect := _CONNECT.fullmatch(statement):
        await session.commit()
        following = await backend.open_session(fold_user(connect[1]), client={"program": "init script"})
        await session.close()
        return following
    result = await session.execute(ExecuteRequest(statement))
    if result.compile_warning:
        raise OracleError(24344, "success with compilation error")
    if result.result_set is not None:
        await result.result_set.close()
    return session
