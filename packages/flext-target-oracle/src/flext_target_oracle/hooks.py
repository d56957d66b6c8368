"""Statements of the user's around a load: allow-listed, logged, in order. The SQL is theirs and is taken as it is."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from flext_db_oracle import Session
from singer_sdk.exceptions import ConfigValidationError

logger = logging.getLogger("target-oracle.hooks")

DEFAULT_ALLOWED = ("ALTER SESSION", "BEGIN", "CALL")


def check_hooks(config: Mapping[str, Any]) -> None:
    """Raise `ConfigValidationError` for a hook that begins with nothing in `allowed_hooks`."""
    allowed = config.get("allowed_hooks")
    prefixes = [_words(prefix) for prefix in (DEFAULT_ALLOWED if allowed is None else allowed)]
    for setting in ("before_load", "after_load"):
        for statement in config.get(setting) or ():
            words = _words(statement)
            if not any(prefix and words[: len(prefix)] == prefix for prefix in prefixes):
                first = " ".join(words[:2]) or "nothing"
                listed = ", ".join(" ".join(prefix) for prefix in prefixes)
                message = f"{setting}: a statement begins with {first}, which allowed_hooks ({listed}) does not list"
                raise ConfigValidationError("invalid settings", errors=[message])


def run_hooks(session: Session, statements: Iterable[str], setting: str) -> None:
    """Run statements one by one, and commit."""
    for statement in statements:
        logger.info("%s: %s", setting, statement)
        try:
            session.execute_ddl(statement)
        except Exception as exc:
            exc.add_note(setting)
            raise
    session.commit()


def is_of_a_session(statement: str) -> bool:
    """Whether it changes the session only, so that each session of the run needs it."""
    return _words(statement)[:2] == ["ALTER", "SESSION"]


def _words(statement: str) -> list[str]:
    return statement.upper().split()
