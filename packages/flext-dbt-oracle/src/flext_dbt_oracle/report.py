"""`flext-dbt-oracle report`: the last run as Markdown and as one HTML file that needs nothing else.

The two say the same: counts, failures with the Oracle error explained, every node, the slowest, the lineage.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from .artifacts import Node, Report, read

SLOWEST = 10
_MARK = {"success": "ok", "pass": "ok", "error": "error", "fail": "fail", "warn": "warn", "skipped": "skip"}


def write(target: Path, output: Path | None = None) -> tuple[Path, Path]:
    """Write report.md and report.html into `output` (default: the target folder) and return their paths."""
    report = read(target)
    folder = output or target
    folder.mkdir(parents=True, exist_ok=True)
    text, page = folder / "report.md", folder / "report.html"
    text.write_text(markdown(report))
    page.write_text(page_of(report))
    return text, page


def summary(report: Report) -> str:
    """What the run did in one line."""
    counts = ", ".join(f"{number} {status}" for status, number in sorted(report.counts.items()))
    return f"dbt {report.command}: {counts or 'nothing was run'} in {report.seconds:.1f} s"


def _circumstances(report: Report) -> str:
    when = report.generated_at[:16].replace("T", " ") + " UTC"
    return ", ".join(part for part in (f"dbt {report.dbt_version}", report.place, when) if part)


def markdown(report: Report) -> str:
    lines = [
        "# dbt on Oracle",
        "",
        f"{summary(report)} ({_circumstances(report)}).",
        "",
    ]
    if report.failed:
        lines += ["## Failures", ""]
        for node in report.failed:
            lines += [f"### {node.kind} `{node.name}`: {node.status}", "", "```", node.message.strip(), "```", ""]
            lines += [f"- **{hint.partition(':')[0]}**:{hint.partition(':')[2]}" for hint in node.hints]
            if node.query:
                lines += ["", "Rows that fail:", "", "```sql", node.query, "```"]
            lines.append("")
    lines += ["## Nodes", "", "| status | kind | node | rows | seconds |", "|---|---|---|---:|---:|"]
    for node in report.nodes:
        rows = "" if node.rows is None else f"{node.rows:,}"
        lines.append(
            f"| {_MARK.get(node.status, node.status)} | {node.kind} | {node.name} | {rows} | {node.seconds:.2f} |"
        )
    lines += ["", "## Slowest", ""]
    lines += [f"{i}. {node.name}: {node.seconds:.2f} s" for i, node in enumerate(_slowest(report), 1)]
    lines += ["", "## Lineage", "", "```mermaid", *_mermaid(report), "```", ""]
    return "\n".join(lines)


def _slowest(report: Report) -> list[Node]:
    return sorted(report.nodes, key=lambda node: -node.seconds)[:SLOWEST]


def _mermaid(report: Report) -> list[str]:
    lines = ["graph LR"]
    used = sorted({key for edge in report.edges for key in edge})
    names = {key: f"n{number}" for number, key in enumerate(used)}
    for key in used:
        label = report.labels[key][1].replace('"', "'")
        lines.append(f'  {names[key]}["{label}"]')
    lines += [f"  {names[parent]} --> {names[child]}" for parent, child in report.edges]
    return lines


# -------------------------------------------------------------------------------------------------------------- HTML

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --ok: #2e7d32; --bad: #c62828; --warn: #b26a00; }
@media (prefers-color-scheme: dark) { :root { --ok: #81c784; --bad: #ef7a72; --warn: #ffb74d; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .7rem; border-bottom: 1px solid var(--line); }
td.node, h3 { overflow-wrap: anywhere; } td.number, th.number { text-align: right; }
@media (max-width: 40rem) {
  body { margin: 1rem auto; } th, td { padding: .3rem .35rem; } .failure { padding: .1rem .6rem; } .kind { display: none; }
}
.ok { color: var(--ok); } .error, .fail { color: var(--bad); font-weight: 600; } .warn { color: var(--warn); }
.failure { border-left: 4px solid var(--bad); padding: .1rem 1rem; margin: 1rem 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #8881; padding: .7rem; border-radius: .3rem; }
.lineage { overflow-x: auto; } .lineage svg { display: block; }
.lineage rect { fill: color-mix(in srgb, #888 14%, Canvas); stroke: #888; }
.lineage rect.source { fill: color-mix(in srgb, #2e7d32 20%, Canvas); }
.lineage rect.exposure { fill: color-mix(in srgb, #1565c0 20%, Canvas); }
.lineage rect.bad { fill: color-mix(in srgb, #c62828 28%, Canvas); stroke: var(--bad); }
.lineage text { fill: currentColor; font: 12px system-ui, sans-serif; }
.lineage path { fill: none; stroke: #888; stroke-width: 1.2; }
"""


def page_of(report: Report) -> str:
    """The report as an HTML document without any link to another file."""
    verdict = "error" if report.failed else "ok"
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<title>dbt on Oracle: {html.escape(report.command)}</title><style>{_STYLE}</style></head><body>",
        "<h1>dbt on Oracle</h1>",
        f"<p><strong class='{verdict}'>{html.escape(summary(report))}</strong><br>",
        f"{html.escape(_circumstances(report))}</p>",
    ]
    if report.failed:
        parts.append("<h2>Failures</h2>")
        parts += [_failure(node) for node in report.failed]
    parts.append("<h2>Nodes</h2>")
    parts.append(_table(report.nodes))
    parts.append("<h2>Slowest</h2>")
    parts.append(_table(_slowest(report)))
    parts.append(f"<h2>Lineage</h2><div class='lineage'>{_drawing(report)}</div>")
    parts.append("</body></html>\n")
    return "\n".join(parts)


def _failure(node: Node) -> str:
    hints = "".join(f"<li>{html.escape(hint)}</li>" for hint in node.hints)
    query = f"<p>Rows that fail:</p><pre>{html.escape(node.query)}</pre>" if node.query else ""
    return (
        f"<div class='failure'><h3>{html.escape(node.kind)} {html.escape(node.name)}: {html.escape(node.status)}</h3>"
        f"<pre>{html.escape(node.message.strip())}</pre>{f'<ul>{hints}</ul>' if hints else ''}{query}</div>"
    )


def _table(nodes: list[Node]) -> str:
    rows = []
    for node in nodes:
        mark = _MARK.get(node.status, node.status)
        count = "" if node.rows is None else f"{node.rows:,}"
        rows.append(
            f"<tr><td class='{html.escape(mark)}'>{html.escape(mark)}</td><td class='kind'>{html.escape(node.kind)}</td>"
            f"<td class='node'>{html.escape(node.name)}</td><td class='number'>{count}</td>"
            f"<td class='number'>{node.seconds:.2f}</td></tr>"
        )
    head = "<tr><th>status</th><th class='kind'>kind</th><th>node</th><th class='number'>rows</th><th class='number'>seconds</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


_WIDTH, _HEIGHT, _GAP_X, _GAP_Y = 190, 26, 70, 12


def _drawing(report: Report) -> str:
    """The lineage as SVG: a column for each step from the sources, a curve for each edge."""
    levels = _levels(report.edges)
    columns: dict[int, list[str]] = {}
    for key in sorted(levels, key=lambda key: report.labels[key][1]):
        columns.setdefault(levels[key], []).append(key)
    places = {
        key: (10 + level * (_WIDTH + _GAP_X), 10 + row * (_HEIGHT + _GAP_Y))
        for level, keys in columns.items()
        for row, key in enumerate(keys)
    }
    bad = {node.unique_id for node in report.failed}
    shapes = []
    for parent, child in report.edges:
        x1, y1 = places[parent][0] + _WIDTH, places[parent][1] + _HEIGHT / 2
        x2, y2 = places[child][0], places[child][1] + _HEIGHT / 2
        middle = (x1 + x2) / 2
        shapes.append(f"<path d='M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}'/>")
    for key, (x, y) in places.items():
        kind, label = report.labels[key]
        marks = re.sub(r"\W", "", kind) + (" bad" if key in bad else "")
        short = label if len(label) <= 28 else label[:27] + "\u2026"
        shapes.append(
            f"<g><title>{html.escape(kind)} {html.escape(label)}</title>"
            f"<rect class='{marks}' x='{x}' y='{y}' width='{_WIDTH}' height='{_HEIGHT}' rx='4'/>"
            f"<text x='{x + 8}' y='{y + 17}'>{html.escape(short)}</text></g>"
        )
    width = 20 + (max(columns, default=0) + 1) * (_WIDTH + _GAP_X)
    height = 20 + max((len(keys) for keys in columns.values()), default=0) * (_HEIGHT + _GAP_Y)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' role='img'>{''.join(shapes)}</svg>"
    )


def _levels(edges: list[tuple[str, str]]) -> dict[str, int]:
    """How many steps each node is from the sources. dbt's graph has no cycles."""
    parents: dict[str, list[str]] = {}
    for parent, child in edges:
        parents.setdefault(child, []).append(parent)
        parents.setdefault(parent, [])
    levels: dict[str, int] = {}

    def level(key: str) -> int:
        if key not in levels:
            levels[key] = max((level(parent) + 1 for parent in parents[key]), default=0)
        return levels[key]

    for key in parents:
        level(key)
    return levels
