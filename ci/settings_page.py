"""Pages of settings: what the tap's and the target's `docs/make_settings.py` have in common."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any


def table(title: str, properties: Mapping[str, Any], *, first: str = "setting", starred: Collection[str] = ()) -> str:
    """A heading and a table with a row for each property, given as JSON schema."""
    rows = [f"## {title}\n", f"| {first} | type | default | meaning |", "|---|---|---|---|"]
    rows += [_row(name, part, " *" if name in starred else "") for name, part in properties.items()]
    return "\n".join(rows) + "\n"


def _row(name: str, schema: Mapping[str, Any], star: str) -> str:
    default = f"`{schema['default']}`" if schema.get("default") not in (None, [], {}) else ""
    text = " ".join(str(schema.get("description", "")).split()).replace("|", "\\|")
    secret = " Secret." if schema.get("secret") else ""
    return f"| `{name}`{star} | {', '.join(_kinds(schema))} | {default} | {text}{secret} |"


def _kinds(schema: Mapping[str, Any]) -> Iterator[str]:
    if "enum" in schema:
        yield from (f"`{value}`" for value in schema["enum"] if value is not None)
        return
    types = schema.get("type", "")
    yield from (kind for kind in ([types] if isinstance(types, str) else types) if kind != "null")


def write(page: Path, text: str) -> int:
    """Write the page; with `--check` on the command line only say, by exit code 1, that it is not up to date."""
    if "--check" in sys.argv:
        return 0 if page.exists() and page.read_text() == text else 1
    page.write_text(text)
    return 0
