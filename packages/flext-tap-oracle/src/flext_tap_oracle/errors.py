"""Failures of the tap as its user sees them: one line with code, object and next step, and never a traceback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from flext_db_oracle import FlextResult

T = TypeVar("T")


class TapError(Exception):
    """A failure that ends the run. The text is complete: what, where, and what to do next."""


class SettingsError(TapError):
    """Settings, a catalog or a state that cannot be followed. Not the SDK's ConfigValidationError, whose command line ends
    with a line that names nothing.
    """

    def __init__(self, what: str, errors: Sequence[str]) -> None:
        super().__init__(f"{what}: {'; '.join(errors)}")
        self.errors = list(errors)


def unwrap(result: FlextResult[T], what: str) -> T:
    """The value, or the failure as a `TapError` that names what was asked."""
    if result.is_success:
        return result.value
    hint = f". Next: {result.hint}" if result.hint else ""
    raise TapError(f"{what}: {result.error}{hint}") from result.exception
