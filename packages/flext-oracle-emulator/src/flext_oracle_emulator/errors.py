"""`OracleError`: the one exception that becomes an ORA code on the client's side."""

from __future__ import annotations

from collections.abc import Sequence


class OracleError(Exception):
    """An error as Oracle would report it.

    Args:
        code: ORA number, e.g. 942.
        message: text without the `ORA-00942: ` prefix.
        offset: 0-based character offset in the statement, or -1 if unknown.
        stack: further lines of an error stack, each complete with its own code ("ORA-06512: at line 3").
    """

    def __init__(self, code: int, message: str, offset: int = -1, stack: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset
        self.stack = stack

    @property
    def text(self) -> str:
        """The whole text as a client shows it, one line per error of the stack."""
        return "\n".join((f"ORA-{self.code:05d}: {self.message}", *self.stack))

    def __str__(self) -> str:
        return self.text


class ArrayDmlError(OracleError):
    """An array execution stopped at row `failed`; those before it are done and changed `row_count` rows, each of them as
    many as `counts` says.
    """

    def __init__(self, error: OracleError, failed: int, row_count: int, counts: Sequence[int] = ()) -> None:
        super().__init__(error.code, error.message, error.offset, error.stack)
        self.failed = failed
        self.row_count = row_count
        self.counts = counts


def unsupported(feature: str, offset: int = -1) -> OracleError:
    """ORA-03001 naming what the emulator does not know; never a silent substitute."""
    return OracleError(3001, f"unimplemented feature: {feature} (flext-oracle-emulator)", offset)
