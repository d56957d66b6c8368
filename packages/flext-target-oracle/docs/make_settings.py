"""Writes settings.md, the reference of all settings, from the settings themselves; `--check` fails if it is not up to date.

python docs/make_settings.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flext_db_oracle import FlextDbOracleConfig
from flext_target_oracle import TargetOracle
from flext_target_oracle.settings import STREAM_SETTINGS, TARGET_PROPERTIES

PAGE = Path(__file__).parent / "settings.md"
HEAD = """# Settings of target-oracle

Written by `docs/make_settings.py` from the settings themselves. Those marked * can be set for single streams or patterns
of streams in `streams`. A setting that is not in these tables is refused.
"""


def page() -> str:
    schema = {**TargetOracle.config_jsonschema, "properties": dict(TargetOracle.config_jsonschema["properties"])}
    TargetOracle.append_builtin_config(schema)
    properties = schema["properties"]
    aliases = {name for name, part in properties.items() if part.get("description", "").startswith("The same as `")}
    own = {*TARGET_PROPERTIES, "streams"}
    connection = set(FlextDbOracleConfig.model_fields)
    groups = {
        "What is loaded, and how": own,
        "The connection": connection - own,
        "Of the SDK": set(properties) - own - connection - aliases,
        "Names that other targets use": aliases - own - connection,
    }
    parts = [HEAD]
    for title, names in groups.items():
        rows = "".join(f"\n{row(name, part)}" for name, part in properties.items() if name in names)
        parts.append(table(title, "setting") + rows + "\n")
    streams = properties["streams"]["additionalProperties"]
    rows = "".join(f"\n{row(key, part, marked=False)}" for key, part in streams["properties"].items())
    parts.append(table("One entry of `streams`", "key") + rows + "\n")
    rows = "".join(f"\n{row(key, part)}" for key, part in properties["table_options"]["properties"].items())
    parts.append(table("`table_options`", "key") + rows + "\n")
    return "\n".join(parts)


def table(title: str, first: str) -> str:
    return f"## {title}\n\n| {first} | type | default | meaning |\n|---|---|---|---|"


def row(name: str, schema: Mapping[str, Any], *, marked: bool = True) -> str:
    default = f"`{schema['default']}`" if schema.get("default") not in (None, [], {}) else ""
    text = " ".join(str(schema.get("description", "")).split()).replace("|", "\\|")
    secret = " Secret." if schema.get("secret") else ""
    star = " *" if marked and name in STREAM_SETTINGS else ""
    return f"| `{name}`{star} | {', '.join(kinds(schema))} | {default} | {text}{secret} |"


def kinds(schema: Mapping[str, Any]) -> Iterator[str]:
    if "enum" in schema:
        yield from (f"`{value}`" for value in schema["enum"] if value is not None)
        return
    types = schema.get("type", "")
    yield from (kind for kind in ([types] if isinstance(types, str) else types) if kind != "null")


def main(check: bool) -> int:
    text = page()
    if check:
        return 0 if PAGE.exists() and PAGE.read_text() == text else 1
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
