"""Writes API.md from the docstrings: `python packages/flext-db-oracle/docs/api_reference.py`. A test checks that it is current."""

from __future__ import annotations

import dataclasses
import enum
import importlib
import inspect
import re
import types
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("API.md")
MODULES = {
    "flext_db_oracle.doctor": ["diagnose", "DoctorReport", "Step"],
    "flext_db_oracle.transfer": ["copy", "CopyResult", "CopyProgress"],
    "flext_db_oracle.reconcile": ["reconcile", "Reconciliation", "RowDifference"],
    "flext_db_oracle.partitions": ["TablePartition", "cut", "current_scn"],
    "flext_db_oracle.ddl": ["create_all", "create_table", "create_index", "foreign_key", "evolve", "comments"],
    "flext_db_oracle.json_schema": ["property_schema", "type_schema", "column_from_schema", "oracle_type_for"],
    "flext_db_oracle.values": ["to_json_value", "to_bind_value", "convert_rows", "json_text"],
    "flext_db_oracle.identifiers": ["fold", "unfold", "check", "quote", "qualify", "shorten"],
    "flext_db_oracle.audit": ["Observability", "OperationTotals"],
    "flext_db_oracle.script": ["split", "ScriptStatement"],
}


def page() -> str:
    """The whole reference as Markdown."""
    package = importlib.import_module("flext_db_oracle")
    parts = [
        "# flext-db-oracle: reference",
        "Generated from the docstrings by `docs/api_reference.py`. Names of the first section are imported from `flext_db_oracle`.",
        "## flext_db_oracle",
        *(_entry(name, getattr(package, name)) for name in sorted(package.__all__)),
        "## Settings",
        _settings(package.FlextDbOracleConfig),
    ]
    for module_name, names in MODULES.items():
        module = importlib.import_module(module_name)
        parts += [f"## {module_name}", inspect.cleandoc(module.__doc__ or "")]
        parts += [_entry(name, getattr(module, name)) for name in names]
    return "\n\n".join(parts) + "\n"


def _entry(name: str, thing: Any) -> str:
    lines = [f"### {name}", _code(name, thing), _doc(thing)]
    if inspect.isclass(thing) and not issubclass(thing, (BaseException, enum.Enum)):
        for method_name, method in vars(thing).items():
            described = _method(method_name, method)
            if described:
                lines.append(described)
    return "\n\n".join(line for line in lines if line)


def _method(name: str, method: Any) -> str | None:
    if name.startswith("_"):
        return None
    function = method.__func__ if isinstance(method, (classmethod, staticmethod)) else method
    if isinstance(function, property):
        return f"**`{name}`** {_doc(function.fget)}" if _doc(function.fget) else None
    if not isinstance(function, types.FunctionType) or not function.__doc__:
        return None
    return f"**`{name}{_signature(function)}`**\n\n{_doc(function)}"


def _code(name: str, thing: Any) -> str:
    if inspect.isfunction(thing):
        return f"`{name}{_signature(thing)}`"
    if inspect.isclass(thing) and issubclass(thing, enum.Enum):
        return ", ".join(f"`{member.name}`" for member in thing)
    if dataclasses.is_dataclass(thing):
        fields = ", ".join(
            f"{field.name}: {_type(field.type)}"
            for field in dataclasses.fields(thing)
            if not field.name.startswith("_")
        )
        return f"`{name}({fields})`" if fields else ""
    return ""


def _signature(function: Any) -> str:
    text = str(inspect.signature(function))
    text = text.replace("(self, ", "(").replace("(self)", "()").replace("(cls, ", "(").replace("(cls)", "()")
    return _type(re.sub(r"'", "", text))


def _type(annotation: Any) -> str:
    return str(annotation).replace("'", "")


def _doc(thing: Any) -> str:
    own = thing.__doc__ or ""
    return "" if own.startswith(f"{getattr(thing, '__name__', '')}(") else inspect.cleandoc(own)


def _settings(config: Any) -> str:
    schema = config.json_schema()
    rows = ["| setting | type | default | |", "|---|---|---|---|"]
    for name, field in schema["properties"].items():
        branches = [branch for branch in field.get("anyOf", [field]) if branch.get("type") != "null"]
        kind = branches[0].get("format") or branches[0].get("type", "")
        limits = ", ".join(f"{key} {branches[0][key]}" for key in ("minimum", "maximum") if key in branches[0])
        default = "" if field.get("default") in (None, [], {}) else f"`{field['default']}`"
        rows.append(f"| `{name}` | {kind}{f', {limits}' if limits else ''} | {default} | {field['description']} |")
    return "\n".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
