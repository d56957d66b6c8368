"""Writes settings.md, the reference of all settings, from the settings themselves; `--check` fails if it is not up to date.

python docs/make_settings.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from flext_db_oracle import FlextDbOracleConfig
from flext_tap_oracle import TapOracle
from flext_tap_oracle.options import ALIASES, TapOptions

sys.path.insert(0, str(Path(__file__).parents[3] / "ci"))
from settings_page import table, write

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
        parts.append(table(title, {name: part for name, part in properties.items() if name in names}))
    for name in ("stream_options", "sql_streams", "mask"):
        inner = properties[name].get("items") or properties[name]["additionalProperties"]
        parts.append(table(f"One entry of `{name}`", inner["properties"], first="key"))
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(write(PAGE, page()))
