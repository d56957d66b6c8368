"""dbt's artifacts as the report needs them: run_results.json, manifest.json and, if there is one, catalog.json."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import explain
from .errors import CommandError

#: dbt's name for a command -> as it is typed
_COMMANDS = {"generate": "docs generate", "freshness": "source freshness"}
BAD = {"error", "fail", "runtime error", "partial success"}


class ArtifactError(CommandError):
    """An artifact is missing or is not dbt's; the text says which."""


@dataclass(frozen=True, slots=True)
class Node:
    unique_id: str
    name: str
    kind: str  # model, test, unit_test, seed, snapshot, ...
    status: str
    seconds: float
    rows: int | None  # as the server counted them; None where it counts none, as for views and CREATE TABLE AS
    message: str
    relation: str
    hints: list[str]
    query: str  # of a failed test: what finds the rows

    @property
    def bad(self) -> bool:
        return self.status in BAD


@dataclass(frozen=True, slots=True)
class Report:
    command: str
    generated_at: str
    dbt_version: str
    seconds: float
    place: str  # the target if the command named one, and the schemas that its nodes are in
    nodes: list[Node]
    edges: list[tuple[str, str]] = field(default_factory=list)  # unique ids, parent and child, of what is not a test
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)  # unique id -> kind, name
    columns: dict[str, int] = field(default_factory=dict)  # unique id -> columns in the catalog

    @property
    def counts(self) -> dict[str, int]:
        counted: dict[str, int] = {}
        for node in self.nodes:
            counted[node.status] = counted.get(node.status, 0) + 1
        return counted

    @property
    def failed(self) -> list[Node]:
        return [node for node in self.nodes if node.bad]


def read(target: Path) -> Report:
    """Read the artifacts of the last run in a target folder.

    Raises:
        ArtifactError: there was no run, or an artifact cannot be read.
    """
    results = _load(target / "run_results.json")
    manifest = _load(target / "manifest.json")
    catalog = _load(target / "catalog.json") if (target / "catalog.json").exists() else {"nodes": {}, "sources": {}}
    described = manifest["nodes"] | manifest["sources"] | manifest.get("exposures", {}) | manifest.get("unit_tests", {})
    metadata = results["metadata"]
    which = str(results.get("args", {}).get("which", "run"))
    nodes = [_node(result, described.get(result["unique_id"], {})) for result in results["results"]]
    shown = {key for key, node in described.items() if node["resource_type"] not in {"test", "unit_test"}}
    return Report(
        command=_COMMANDS.get(which, which),
        generated_at=str(metadata["generated_at"]),
        dbt_version=str(metadata["dbt_version"]),
        seconds=float(results["elapsed_time"]),
        place=_place(results, described),
        nodes=nodes,
        edges=sorted(
            (parent, child)
            for child, parents in manifest.get("parent_map", {}).items()
            for parent in parents
            if parent in shown and child in shown
        ),
        labels={key: (described[key]["resource_type"], _label(described[key])) for key in shown},
        columns={key: len(entry["columns"]) for key, entry in (catalog["nodes"] | catalog["sources"]).items()},
    )


def _place(results: dict[str, Any], described: dict[str, Any]) -> str:
    """Where the rows are: dbt notes a target only when the command line named it, so the schemas say it in any case."""
    target = results.get("args", {}).get("target")
    nodes = [described.get(result["unique_id"], {}) for result in results["results"]]
    built = [node for node in nodes if node.get("schema") and node["resource_type"] not in {"test", "unit_test"}]
    schemas = sorted({f"{node['database']}.{node['schema']}" for node in built})
    return ", ".join([*([f"target {target}"] if target else []), *schemas])


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        raise ArtifactError(f"{path} does not exist: run dbt first, or give its --target-path") from None
    except ValueError as error:
        raise ArtifactError(f"{path} is not JSON: {error}") from None


def _label(node: dict[str, Any]) -> str:
    if node["resource_type"] == "source":
        return f"{node['source_name']}.{node['name']}"
    return str(node.get("label") or node["name"])


def _node(result: dict[str, Any], described: dict[str, Any]) -> Node:
    rows = (result.get("adapter_response") or {}).get("rows_affected")
    message = str(result.get("message") or "")
    kind = str(described.get("resource_type") or result["unique_id"].split(".")[0])
    status = str(result["status"])
    failed_test = kind == "test" and status in {"fail", "warn"}
    return Node(
        unique_id=result["unique_id"],
        name=str(described.get("name") or result["unique_id"].split(".")[-1]),
        kind=kind,
        status=status,
        seconds=float(result["execution_time"]),
        # CREATE TABLE AS SELECT is DDL and counts no rows: 0 of a model says nothing
        rows=int(rows) if rows and kind in {"model", "seed", "snapshot"} else None,
        message=message,
        relation=str(result.get("relation_name") or described.get("relation_name") or ""),
        hints=explain.hints(message) if status in BAD else [],
        query=str(result.get("compiled_code") or described.get("compiled_code") or "").strip() if failed_test else "",
    )
