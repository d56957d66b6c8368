"""What ends a command with one line: every error of ours says what is wrong and what to do."""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot be done; the text says why and what to do. It holds no secret."""
