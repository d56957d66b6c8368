"""Death at the worst moments: after it, and a next run of the same tap, the table is what one clean run gives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cutting_proxy import CuttingProxy

    from conftest import Loader

ID = {"type": "integer", "minimum": 0, "maximum": 999999999}
LAST = 12


def tap(loader: Loader, start: int, key: list[str], *, wide: bool = False) -> list[Any]:
    """A tap that resumes with `>=`: a STATE after every fourth record and at the end. `wide` makes `v` a CLOB."""
    text = {"type": ["string", "null"], "maxLength": 9000 if wide else 20}
    messages: list[Any] = [loader.state(start)] if start else []
    messages.append({**loader.schema({"id": ID, "v": text}, key), "bookmark_properties": ["id"]})
    for number in range(start, LAST + 1):
        messages.append(loader.record(id=number, v=f"v{number}"))
        if number % 4 == 3:
            messages.append(loader.state(number))
    return [*messages, loader.state(LAST)]


def expected(first: int = 0) -> list[tuple[int, str]]:
    return [(number, f"v{number}") for number in range(first, LAST + 1)]


def position(states: list[Any], stream: str) -> int:
    return int(states[-1]["bookmarks"][stream]["replication_key_value"]) if states else 0


def killed(loader: Loader, fault: str, messages: list[Any], **config: Any) -> list[Any]:
    """Run until the named place, where the process is killed; returns the states that got out."""
    done = subprocess.run(
        loader.command(**config),
        input=loader.lines(messages),
        env={**os.environ, "FLEXT_FAULT": fault},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ("before commit:2", []),
        ("before commit:2", ["id"]),
        ("after commit:2", []),
        ("after commit:2", ["id"]),
        ("before state:2", []),
        ("after state:2", []),
        ("before rows:1", []),
        ("after table:1", ["id"]),
    ],
)
def test_a_run_that_is_killed_anywhere_is_completed_by_the_next(loader: Loader, fault: str, key: list[str]) -> None:
    states = killed(loader, fault, tap(loader, 0, key), batch_size=5)
    assert len(loader.rows()) >= position(states, loader.stream) if states else True
    loader.run(*tap(loader, position(states, loader.stream), key), batch_size=5)
    assert loader.rows() == expected()


@pytest.mark.parametrize("fault", ["before swap", "after swap"])
def test_an_overwrite_shows_the_old_rows_or_the_new_ones_and_nothing_else(loader: Loader, fault: str) -> None:
    loader.run(*tap(loader, 9, ["id"]))
    assert killed(loader, fault, tap(loader, 0, ["id"]), load_method="overwrite") == []
    assert loader.rows() == (expected(9) if fault == "before swap" else expected())
    loader.run(*tap(loader, 0, ["id"]), load_method="overwrite")
    assert loader.rows() == expected()
    assert not loader.exists(f"{loader.table}__FLEXT_NEW")


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_column_that_was_becoming_a_clob_keeps_its_values(loader: Loader, step: int) -> None:
    loader.run(*tap(loader, 0, ["id"]))
    killed(loader, f"after ddl:{step}", tap(loader, 4, ["id"], wide=True))
    loader.run(*tap(loader, 4, ["id"], wide=True))
    assert loader.types()["V"] == "CLOB"
    assert loader.rows("id, v") == expected()


# ---------------------------------------------------------------------------------------------- the network


@pytest.mark.parametrize("mode", ["before", "after"])
@pytest.mark.parametrize("key", [[], ["id"]], ids=["append", "upsert"])
def test_a_connection_that_is_cut_at_any_commit_loses_and_doubles_nothing(
    loader: Loader, proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch, mode: str, key: list[str]
) -> None:
    """R3: `before` the COMMIT reaches the server, or `after` it is done and before its reply arrives."""
    monkeypatch.setattr("flext_target_oracle.sinks._RETRY_DELAYS", (0.0, 0.0))
    for number in range(1, 8):
        stream = loader.stream
        loader.stream = f"{stream}_{number}"
        try:
            run_with_a_cut(loader, proxy, mode, number, key)
        finally:
            loader.stream = stream
    assert proxy.cuts == 7


def run_with_a_cut(loader: Loader, proxy: CuttingProxy, mode: str, number: int, key: list[str]) -> None:
    proxy.cut(mode, number)
    output: list[Any] = []
    try:
        output = loader.run(*tap(loader, 0, key), batch_size=3)
    except Exception as error:
        output = error.__dict__.get("emitted", [])
    proxy.cut("", 0)
    if position(output, loader.stream) < LAST or len(loader.rows()) <= LAST:
        loader.run(*tap(loader, position(output, loader.stream), key), batch_size=3)
    assert loader.rows() == expected(), f"commit {number}"
