"""Writes settings.md, the reference of all settings, from the settings themselves; `--check` fails if it is not up to date.

python docs/make_settings.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flext_db_oracle import FlextDbOracleConfig
from flext_tap_oracle import TapOracle
from flext_tap_oracle.options import ALIASES, TapOptions

PAGE = Path(__file__).parent / "settings.md"
HEAD = """# Settings of tap-oracle

Written by `docs/make_settings.py` from the settings themselves. Each may also be given as an environment variable,
`TAP_ORACLE_` and its name in upper case, with `--config=ENV`. A setting that is not in these tables is refused.
"""


def page() -> str:
    schema = {**TapOracle.config_jsonschema, "properties": dict(TapOracle.config_jsonschema["properties"])}
    TapOracle.append_builtin_config(schema)
    properties = schema["properties"]
    own = {field.alias or name for name, field in TapOptions.model_fields.items()}
    connection = set(FlextDbOracleConfig.model_fields)
    groups = {
        "What is read, and how": own,
        "The connection": connection - own,
        "Of the SDK": set(properties) - own - connection - set(ALIASES),
        "Names that other taps use": set(ALIASES),
    }
    parts = [HEAD]
    for title, names in groups.items():
        rows = [name for name in properties if name in names]
        parts.append("\n".join([f"## {title}\n", "| setting | type | default | meaning |", "|---|---|---|---|"]))
        parts[-1] += "".join(f"\n{row(name, properties[name])}" for name in rows) + "\n"
    for name in ("stream_options", "sql_streams", "mask"):
        inner = properties[name].get("items") or properties[name]["additionalProperties"]
        parts.append(f"## One entry of `{name}`\n\n| key | type | default | meaning |\n|---|---|---|---|")
        parts[-1] += "".join(f"\n{row(key, part)}" for key, part in inner["properties"].items()) + "\n"
    return "\n".join(parts)


def row(name: str, schema: Mapping[str, Any]) -> str:
    default = f"`{schema['default']}`" if "default" in schema else ""
    text = " ".join(str(schema.get("description", "")).split()).replace("|", "\\|")
    secret = " Secret." if schema.get("secret") else ""
    return f"| `{name}` | {', '.join(kinds(schema))} | {default} | {text}{secret} |"


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
