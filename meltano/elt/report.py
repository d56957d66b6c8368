"""What a run of the job did: read from Meltano's log and dbt's results, compared in the database, shown as a table."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import oracledb

LOADER = "target-oracle"
LOB_TYPES = ("CLOB", "NCLOB", "BLOB", "LONG")


@dataclass(slots=True)
class StreamRun:
    read: int = 0
    written: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Measured:
    """Streams by name, and how many dbt models and tests there were and passed."""

    streams: dict[str, StreamRun] = field(default_factory=dict)
    models: tuple[int, int] = (0, 0)
    tests: tuple[int, int] = (0, 0)

    def read_of(self, stream: str) -> int:
        run = self.streams.get(stream)
        return run.read if run else 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A source table and its copy: rows on both sides, and rows that only one side has."""

    source: int
    target: int
    different: int

    @property
    def equal(self) -> bool:
        return self.source == self.target and self.different == 0


def _events(log: Path) -> list[dict[str, object]]:
    events = []
    for line in log.read_text(errors="replace").splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            events.append(event)
    return events


def read(log: Path) -> Measured:
    """Sum the Singer metrics in a run's log, and count what dbt built and tested there."""
    measured = Measured()
    tests: set[str] = set()
    for event in _events(log):
        text = str(event.get("event", ""))
        metric = event.get("metric_info")  # the SDK's structured logs, which Meltano asks for
        if isinstance(metric, dict):
            _add_metric(measured, metric, is_loader=_plugin(event) == LOADER)
        step = re.search(r"(\d+ of \d+) (START|OK|PASS|WARN|FAIL|ERROR|SKIP)\w* (\w+)", text)
        if step:
            _add_dbt_step(measured, tests, *step.groups())
    return measured


def _add_dbt_step(measured: Measured, tests: set[str], number: str, status: str, kind: str) -> None:
    """`1 of 28 START test ..`, later `1 of 28 PASS ..`: the first line says what it is, the second how it ended."""
    if status == "START":
        tests.discard(number)
        if kind.endswith("test"):
            tests.add(number)
        return
    good = status in ("OK", "PASS", "WARN")
    if number in tests or (status == "SKIP" and kind.endswith("test")):
        measured.tests = (measured.tests[0] + good, measured.tests[1] + 1)
    else:
        measured.models = (measured.models[0] + good, measured.models[1] + 1)


def _plugin(event: dict[str, object]) -> str:
    return str(event.get("name") or event.get("string_id") or event.get("producer") or "")


def _add_metric(measured: Measured, metric: dict[str, object], *, is_loader: bool) -> None:
    tags = metric.get("tags")
    stream = tags.get("stream") if isinstance(tags, dict) else None
    if not isinstance(stream, str):
        return
    run = measured.streams.setdefault(stream, StreamRun())
    value = float(str(metric.get("value", 0)))
    if metric.get("metric") == "record_count" and is_loader:
        run.written += int(value)
    elif metric.get("metric") == "record_count":
        run.read += int(value)
    elif metric.get("metric") == "sync_duration" and not is_loader:
        run.seconds += value


def compare(admin: oracledb.Connection, streams: dict[str, StreamRun]) -> dict[str, Comparison]:
    """Compare each stream's source table with ANALYTICS, value by value (LOBs by a hash of their content)."""
    cursor = admin.cursor()
    compared = {}
    for stream in streams:
        owner, _, table = stream.upper().partition("-")
        cursor.execute(
            "SELECT column_name, data_type FROM all_tab_columns WHERE owner = :o AND table_name = :t"
            " ORDER BY column_id",
            o=owner,
            t=table,
        )
        columns = ", ".join(
            f"DBMS_LOB.GETLENGTH({name})" if kind in LOB_TYPES else name for name, kind in cursor.fetchall()
        )
        sides = [f"(SELECT {columns} FROM {side}.{table})" for side in (owner, "ANALYTICS")]
        cursor.execute(
            f"SELECT (SELECT COUNT(*) FROM {owner}.{table}), (SELECT COUNT(*) FROM ANALYTICS.{table}),"
            f" (SELECT COUNT(*) FROM ({sides[0]} MINUS {sides[1]}))"
            f" + (SELECT COUNT(*) FROM ({sides[1]} MINUS {sides[0]})) FROM DUAL"
        )
        row = cursor.fetchone()
        assert row is not None
        compared[stream] = Comparison(int(row[0]), int(row[1]), int(row[2]))
    return compared


def reason(log: Path) -> str:
    """The last line of a log that says what went wrong."""
    lines = [str(event.get("event", "")) for event in _events(log)] or log.read_text(errors="replace").splitlines()
    for telling in (r"(ORA|DPY)-\d{4,5}", r"[Ee]rror|ERROR|CRITICAL"):
        found = [line for line in lines if re.search(telling, line)]
        if found:
            return found[-1].strip()
    return lines[-1].strip() if lines else "no output"


def last_line(log: Path) -> str:
    """What a program said last."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def table(measured: Measured, compared: dict[str, Comparison]) -> str:
    """The closing table, as text of at most 100 columns."""
    head = f"{'stream':<22}{'rows read':>12}{'written':>12}{'seconds':>10}{'rows/s':>10}   in ANALYTICS"
    lines = ["", head, "-" * len(head)]
    for stream in sorted(measured.streams):
        run, comparison = measured.streams[stream], compared[stream]
        rate = f"{run.read / run.seconds:,.0f}" if run.seconds and run.read else "-"
        state = f"{comparison.target:,} equal" if comparison.equal else f"{comparison.different:,} DIFFERENT"
        lines.append(f"{stream:<22}{run.read:>12,}{run.written:>12,}{run.seconds:>10.1f}{rate:>10}   {state}")
    total = [sum(getattr(run, name) for run in measured.streams.values()) for name in ("read", "written", "seconds")]
    lines += ["-" * len(head), f"{'total':<22}{total[0]:>12,}{total[1]:>12,}{total[2]:>10.1f}", ""]
    lines.append(f"dbt: {measured.models[0]} of {measured.models[1]} seeds, models and snapshots built,")
    lines[-1] += f" {measured.tests[0]} of {measured.tests[1]} tests passed"
    return "\n".join(lines)
