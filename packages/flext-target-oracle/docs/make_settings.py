"""Writes settings.md, the reference of all settings, from the settings themselves; `--check` fails if it is not up to date.

python docs/make_settings.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from flext_db_oracle import FlextDbOracleConfig
from flext_target_oracle import TargetOracle
from flext_target_oracle.options import STREAM_SETTINGS, TARGET_PROPERTIES

sys.path.insert(0, str(Path(__file__).parents[3] / "ci"))
from settings_page import table, write

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
        chosen = {name: part for name, part in properties.items() if name in names}
        parts.append(table(title, chosen, starred=STREAM_SETTINGS))
    streams = properties["streams"]["additionalProperties"]
    parts.append(table("One entry of `streams`", streams["properties"], first="key"))
    parts.append(table("`table_options`", properties["table_options"]["properties"], first="key"))
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(write(PAGE, page()))
