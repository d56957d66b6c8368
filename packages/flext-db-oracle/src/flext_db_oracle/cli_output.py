"""What the command prints: rich tables for people, one JSON document for machines (`--json`). Errors go to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flext_db_oracle.errors import redact

_WIDTH_OF_A_PIPE = 200


class Output:
    """Where a command's results go. Secrets are removed from everything."""

    def __init__(self, *, as_json: bool, secrets: Iterable[str] = ()) -> None:
        self.as_json = as_json
        self.secrets = tuple(secrets)
        width = None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE
        self.console = Console(file=sys.stdout, width=width, highlight=False, soft_wrap=width is not None)
        self.progress_console = Console(file=sys.stderr)

    def document(self, value: Any) -> None:
        """A machine's answer."""
        print(json.dumps(value, ensure_ascii=False, default=str), file=sys.stdout)  # noqa: T201

    def line(self, text: str, style: str = "") -> None:
        self.console.print(escape(redact(text, self.secrets)), style=style or None)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None) -> None:
        table = Table(*columns, title=title, title_justify="left", header_style="bold")
        for row in rows:
            table.add_row(*(escape("" if value is None else str(value)) for value in row))
        self.console.print(table)

    def error(self, message: str, *, code: str | None = None, hint: str | None = None) -> None:
        text = redact(message, self.secrets)
        if self.as_json:
            told = {"error": text, "code": code, "hint": hint}
            print(json.dumps(told, ensure_ascii=False), file=sys.stderr)  # noqa: T201
            return
        print(f"error: {text}", file=sys.stderr)  # noqa: T201
        if hint:
            print(f"hint: {hint}", file=sys.stderr)  # noqa: T201
