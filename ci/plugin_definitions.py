"""Writes the Meltano plugin definitions in hub format from what the packages say of themselves, or checks them.

    ci/plugin-definitions          write meltano/definitions/*.yml and the lock files of the demo project
    ci/plugin-definitions --check  exit 1, naming them, if some are not what the packages say today

    meltano add tap-oracle --from-ref meltano/definitions/tap-oracle.yml

Settings, descriptions, defaults and secrets come from `--about --format=json`; of dbt, whose settings are variables of the
profile, from the table below.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
DEFINITIONS = REPOSITORY / "meltano" / "definitions"
LOCKS = REPOSITORY / "meltano" / "plugins"
BIN = Path(sys.executable).parent
KINDS = {"integer": "integer", "number": "decimal", "boolean": "boolean", "object": "object", "array": "array"}
HEAD = "# Written by ci/plugin-definitions from the package's own settings: change them there.\n"
#: Settings of target and dbt that may also come as FLEXT_TARGET_ORACLE_* (FLEXT_DBT_*), which the programs read themselves: a
#: default in the definition would hide that variable, so it is only in the description.
SHARED = {"host", "port", "service_name", "username", "password", "default_target_schema"}
CONNECTION = [
    ["host", "service_name", "username", "password"],
    ["host", "sid", "username", "password"],
    ["dsn", "username", "password"],
]

DBT_SETTINGS: list[dict[str, Any]] = [
    {"name": "host", "env": "FLEXT_TARGET_ORACLE_HOST", "description": "Host name or address of the listener."},
    {
        "name": "port",
        "kind": "integer",
        "env": "FLEXT_TARGET_ORACLE_PORT",
        "description": "Port of the listener; 1521.",
    },
    {"name": "service_name", "env": "FLEXT_TARGET_ORACLE_SERVICE_NAME", "description": "Service name of the database."},
    {"name": "username", "env": "FLEXT_TARGET_ORACLE_USERNAME", "description": "User to build as."},
    {
        "name": "password",
        "env": "FLEXT_TARGET_ORACLE_PASSWORD",
        "sensitive": True,
        "description": "Password of the user.",
    },
    {"name": "schema", "env": "FLEXT_TARGET_ORACLE_SCHEMA", "description": "Schema to build in; ANALYTICS."},
    {
        "name": "database",
        "env": "FLEXT_TARGET_ORACLE_DATABASE",
        "description": "DB_NAME of the database; asked from the database when it is not given.",
    },
    {
        "name": "project_dir",
        "value": "$MELTANO_PROJECT_ROOT/transform",
        "env": "DBT_PROJECT_DIR",
        "description": "Folder of dbt_project.yml.",
    },
    {
        "name": "profiles_dir",
        "value": "$MELTANO_PROJECT_ROOT/transform/profiles",
        "env": "DBT_PROFILES_DIR",
        "description": "Folder of profiles.yml.",
    },
    {
        "name": "target_path",
        "value": "$MELTANO_PROJECT_ROOT/.meltano/transformers/dbt/target",
        "env": "DBT_TARGET_PATH",
        "description": "Where dbt writes what it compiled and its artifacts.",
    },
    {
        "name": "log_path",
        "value": "$MELTANO_PROJECT_ROOT/.meltano/transformers/dbt/logs",
        "env": "DBT_LOG_PATH",
        "description": "Where dbt writes its log.",
    },
    {"name": "target", "env": "FLEXT_DBT_TARGET", "description": "Output of the profile: dev (the default) or prod."},
    {"name": "threads", "kind": "integer", "env": "FLEXT_DBT_THREADS", "description": "Models built side by side; 4."},
]
DBT_COMMANDS = {
    "deps": ("deps", "Install dbt packages."),
    "debug": ("debug", "Check the connection."),
    "doctor": ("doctor", "Check profile, DB_NAME, privileges and leftovers, and say what to do."),
    "seed": ("seed", "Load seeds."),
    "run": ("run", "Build models."),
    "snapshot": ("snapshot", "Take snapshots."),
    "test": ("test", "Run tests."),
    "build": ("build", "Seed, run, snapshot and test in the order of dependencies."),
    "freshness": ("source freshness", "Check the freshness of sources."),
    "docs-generate": ("docs generate --static", "Write the documentation as one HTML file."),
    "report": ("report", "Write a report of the last run, as Markdown and as one HTML file."),
    "run-operation": ("run-operation", "Run a macro."),
    "clean": ("clean", "Remove what dbt wrote."),
}


def singer_definition(name: str, plugin_type: str, label: str) -> dict[str, Any]:
    """The definition of a tap or target, from its `--about`."""
    done = subprocess.run([str(BIN / name), "--about", "--format=json"], capture_output=True, text=True, check=True)
    about = json.loads(done.stdout)
    properties: dict[str, Any] = about["settings"]["properties"]
    settings = [_setting(setting, schema, shared=plugin_type == "loaders") for setting, schema in properties.items()]
    return {
        **_identity(name, f"flext-{name}", label, about["description"]),
        "executable": name,
        "capabilities": sorted(about["capabilities"]),
        "settings_group_validation": [group for group in CONNECTION if set(group) <= set(properties)],
        "settings": settings,
    }


def _setting(name: str, schema: dict[str, Any], *, shared: bool) -> dict[str, Any]:
    types = schema.get("type", "string")
    listed = [types] if isinstance(types, str) else [kind for kind in types if kind != "null"]
    setting: dict[str, Any] = {"name": name, "label": name.replace("_", " ").capitalize()}
    values = [value for value in schema.get("enum", []) if value is not None]
    if values:
        setting["kind"] = "options"
        setting["options"] = [{"label": str(value), "value": value} for value in values]
    else:
        setting["kind"] = next((KINDS[kind] for kind in listed if kind in KINDS), "string")
        if setting["kind"] == "string" and schema.get("format") == "date-time":
            setting["kind"] = "date_iso8601"
    setting["description"] = schema.get("description", "").strip() or setting["label"] + "."
    if schema.get("default") is not None and not (shared and name in SHARED):
        setting["value"] = schema["default"]
    if schema.get("secret") or schema.get("writeOnly"):
        setting["sensitive"] = True
    return setting


def _identity(name: str, package: str, label: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": name.replace("-", "_"),
        "variant": "flext",
        "label": label,
        "description": description,
        "maintenance_status": "active",
        "pip_url": package,
    }


def dbt_definition() -> dict[str, Any]:
    """The definition of the utility dbt-oracle."""
    settings = [
        {"name": item["name"], "label": str(item["name"]).replace("_", " ").capitalize(), "kind": "string"} | item
        for item in DBT_SETTINGS
    ]
    return {
        **_identity("dbt-oracle", "flext-dbt-oracle", "dbt on Oracle", "dbt on Oracle Database by flext-dbt-oracle."),
        "executable": "flext-dbt-oracle",
        "settings": settings,
        "commands": {
            command: {"args": arguments, "description": text} for command, (arguments, text) in DBT_COMMANDS.items()
        },
    }


def files() -> dict[Path, str]:
    """What there should be, by path: a definition for each plugin, and its lock in the demo project."""
    definitions = {
        ("extractors", "tap-oracle"): singer_definition("tap-oracle", "extractors", "Oracle Database"),
        ("loaders", "target-oracle"): singer_definition("target-oracle", "loaders", "Oracle Database"),
        ("utilities", "dbt-oracle"): dbt_definition(),
    }
    found = {}
    for (plugin_type, name), definition in definitions.items():
        text = yaml.safe_dump(definition, sort_keys=False, allow_unicode=True, width=120)
        found[DEFINITIONS / f"{name}.yml"] = HEAD + text
        lock = {"plugin_type": plugin_type, **definition}
        found[LOCKS / plugin_type / f"{name}--flext.lock"] = json.dumps(lock, indent=2, ensure_ascii=False) + "\n"
    return found


def main(arguments: list[str]) -> int:
    """Write the files, or with --check only compare them."""
    wanted = files()
    wrong = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if arguments == ["--check"]:
        for path in wrong:
            print(
                f"{path.relative_to(REPOSITORY)} is not what the package says: run ci/plugin-definitions",
                file=sys.stderr,
            )
        return bool(wrong)
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in wrong:
        print(path.relative_to(REPOSITORY))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
