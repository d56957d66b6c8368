"""`max_parallelism`: batches of several streams at the same time, with every promise that one session keeps."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_db_oracle import FlextDbOracleApi
from flext_target_oracle.checkpoint import Entry
from flext_target_oracle.connector import OracleConnector
from flext_target_oracle.sinks import Batch, Written
from flext_target_oracle.writers import Writers
from memory_target import Database, MemorySink, MemoryTarget

if TYPE_CHECKING:
    from cutting_proxy import CuttingProxy

    from conftest import Loader

ID = {"type": "integer", "minimum": 0, "maximum": 999999999}
LAST = 12


def memory_target(write: Callable[[MemorySink], None], **config: Any) -> MemoryTarget:
    """A target on a database in memory, which calls `write` before each batch of a stream is committed."""

    class Sink(MemorySink):
        def _write(self, connector: object, batch: Batch, entry: Entry) -> Written:
            write(self)
            return super()._write(connector, batch, entry)

    target = MemoryTarget(Database(), **config)
    target.default_sink_class = Sink
    return target


def lines(*streams: str, count: int = 1, state: bool = True) -> io.StringIO:
    properties = {"id": {"type": "integer"}}
    messages: list[dict[str, Any]] = [
        {"type": "SCHEMA", "stream": stream, "schema": {"properties": properties}, "key_properties": []}
        for stream in streams
    ]
    for number in range(count):
        messages += [{"type": "RECORD", "stream": stream, "record": {"id": number}} for stream in streams]
    messages += [{"type": "STATE", "value": {"done": True}}] * state
    return io.StringIO("".join(json.dumps(message) + "\n" for message in messages))


# ---------------------------------------------------------------------------------------------- who waits for whom


def test_batches_of_different_streams_are_written_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=30)  # breaks unless three threads are in `write` at once
    target = memory_target(lambda _sink: together.wait() and None, max_parallelism=3)
    target.load(lines("a", "b", "c"))
    assert {table: len(rows) for table, rows in target.database.rows.items()} == {"A": 1, "B": 1, "C": 1}


def test_64_streams_take_turns_with_4_threads() -> None:
    """R20: no deadlock, no starvation."""
    names = [f"s{number}" for number in range(64)]
    busy, most = set(), 0

    def look(_sink: MemorySink) -> None:
        nonlocal most
        busy.add(threading.get_ident())
        most = max(most, len(busy))
        time.sleep(0.0001)
        busy.discard(threading.get_ident())

    target = memory_target(look, max_parallelism=4, batch_size=2)
    target.load(lines(*names, count=5))
    assert 1 < most <= 4
    assert {name: [row[0] for row in target.database.rows[name.upper()]] for name in names} == {
        name: [0, 1, 2, 3, 4] for name in names
    }


def test_one_streams_batches_are_never_written_at_the_same_time_and_stay_in_order() -> None:
    busy = threading.Lock()

    def alone(_sink: MemorySink) -> None:
        assert busy.acquire(blocking=False)
        busy.release()

    target = memory_target(alone, max_parallelism=4, batch_size=2)
    target.load(lines("a", count=21))
    assert [row[0] for row in target.database.rows["A"]] == list(range(21))


def test_a_state_waits_until_every_batch_before_it_is_committed() -> None:
    output = io.StringIO()
    seen: list[str] = []
    other_is_done = threading.Event()

    def slow_b(sink: MemorySink) -> None:
        if sink.stream_name == "b":
            assert other_is_done.wait(30)
            seen.append(output.getvalue())
        else:
            other_is_done.set()

    target = memory_target(slow_b, max_parallelism=2)
    with redirect_stdout(output):
        target.load(lines("b", "a"))
    assert seen == [""], "a was committed before b, and no STATE came before both"
    assert output.getvalue() == '{"done":true}\n'


def test_the_first_failure_ends_the_run_and_what_is_being_written_ends_first() -> None:
    together, output = threading.Barrier(3, timeout=30), io.StringIO()

    def fail(sink: MemorySink) -> None:
        together.wait()
        if sink.stream_name == "a":
            raise ValueError("a cannot be written")
        while target.writers.failure is None:
            time.sleep(0.001)
        if sink.stream_name == "c":
            raise ValueError("c cannot be written either")

    target = memory_target(fail, max_parallelism=3)
    with redirect_stdout(output), pytest.raises(ValueError, match="a cannot be written"):
        target.load(lines("a", "b", "c"))
    assert output.getvalue() == ""
    assert [row[0] for row in target.database.rows["B"]] == [0]
    assert not any(thread.name.startswith("target-oracle") for thread in threading.enumerate())


def test_what_waits_and_what_is_being_written_stay_within_the_limit_of_bytes() -> None:
    most = 0

    def look(_sink: MemorySink) -> None:
        nonlocal most
        most = max(most, target.pending_bytes + target.writers.bytes)

    target = memory_target(look, max_parallelism=3, batch_size_bytes=600)
    target.load(lines("a", "b", "c", "d", count=100))
    assert 300 <= most <= 700
    assert target.writers.bytes == target.pending_bytes == 0


def test_work_is_done_at_once_in_the_main_thread_without_parallelism() -> None:
    main: Any = object()
    writers = Writers(1, main=lambda: main, another=lambda: pytest.fail("no other session"))
    seen: list[Any] = []
    writers.submit("a", 1, lambda connector: (connector, threading.current_thread()), seen.append)
    assert seen == [(main, threading.main_thread())]


# ---------------------------------------------------------------------------------------------- the database


def streams_of(loader: Loader, count: int) -> list[str]:
    return [f"{loader.stream}_{number}" for number in range(count)]


def count_sessions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many sessions were open each time that one more was."""
    session, opened, counts = FlextDbOracleApi.session, [0], []

    def counted(api: FlextDbOracleApi) -> Any:
        opened[0] += 1
        counts.append(opened[0])
        return session(api)

    monkeypatch.setattr(OracleConnector, "disconnect", lambda _self: pytest.fail("a session was lost"))
    monkeypatch.setattr(FlextDbOracleApi, "session", counted)
    return counts


def test_many_streams_share_few_sessions(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """R20: no deadlock, no starvation, and no more sessions than were asked for, and the one for tables and states."""
    streams = streams_of(loader, 8)
    keys: list[list[str]] = [["id"], []]
    messages = [loader.schema({"id": ID}, keys[number % 2], stream) for number, stream in enumerate(streams)]
    messages += [loader.record(stream, id=number) for number in range(3) for stream in streams]
    with monkeypatch.context() as patch:
        counts = count_sessions(patch)
        states = loader.run(*messages, loader.state(1), batch_size=2, max_parallelism=3)
    assert states == [loader.state(1)["value"]]
    assert max(counts) == 4
    for stream in streams:
        assert loader.rows(table=stream.upper()) == [(0,), (1,), (2,)]


def test_every_session_begins_with_the_alter_session_of_before_load(loader: Loader) -> None:
    streams = streams_of(loader, 3)
    text = {"type": ["string", "null"], "maxLength": 30}
    for stream in streams:
        loader.api.execute_ddl(
            f"CREATE TABLE \"{stream.upper()}\" (id NUMBER, at VARCHAR2(30) DEFAULT TO_CHAR(DATE '2024-02-29'))"
        ).unwrap()
    messages = [loader.schema({"id": ID, "v": text}, [], stream) for stream in streams]
    messages += [loader.record(stream, id=number) for number in range(2) for stream in streams]
    before = ["ALTER SESSION SET NLS_DATE_FORMAT = 'DD.MM.YYYY'"]
    loader.run(*messages, batch_size=1, max_parallelism=3, before_load=before)
    for stream in streams:
        assert loader.rows("id, at", stream.upper()) == [(0, "29.02.2024"), (1, "29.02.2024")]


# ---------------------------------------------------------------------------------------------- failure and death


def tap(loader: Loader, start: int, key: list[str]) -> list[Any]:
    """A tap of two streams that take turns, resumed with `>=`: a STATE after every fourth pair and at the end."""
    streams = streams_of(loader, 2)
    messages: list[Any] = [state(loader, start)] if start else []
    messages += [{**loader.schema({"id": ID}, key, stream), "bookmark_properties": ["id"]} for stream in streams]
    for number in range(start, LAST + 1):
        messages += [loader.record(stream, id=number) for stream in streams]
        if number % 4 == 3 or number == LAST:
            messages.append(state(loader, number))
    return messages


def state(loader: Loader, number: int) -> dict[str, Any]:
    bookmarks = {stream: {"replication_key_value": number} for stream in streams_of(loader, 2)}
    return {"type": "STATE", "value": {"bookmarks": bookmarks}}


def position(loader: Loader, states: list[Any]) -> int:
    return int(states[-1]["bookmarks"][f"{loader.stream}_0"]["replication_key_value"]) if states else 0


def check(loader: Loader, first: int = 0, last: int = LAST) -> None:
    for stream in streams_of(loader, 2):
        assert loader.rows(table=stream.upper()) == [(number,) for number in range(first, last + 1)]


def test_a_failure_in_one_stream_is_one_line_exit_code_1_and_no_later_state(loader: Loader) -> None:
    _, bad = streams_of(loader, 2)
    schemas = tap(loader, 0, [])[:2]
    loader.run(*schemas)
    loader.api.execute_ddl(f'ALTER TABLE "{bad.upper()}" ADD CONSTRAINT "{bad}_CK" CHECK (id < 6)').unwrap()
    done = loader.pipe(*tap(loader, 0, []), batch_size=2, max_parallelism=2)
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    assert "ORA-02290" in errors[0]
    assert f"stream '{bad}'" in errors[0]
    assert [json.loads(line) for line in done.stdout.splitlines()] == [state(loader, 3)["value"]]
    loader.api.execute_ddl(f'ALTER TABLE "{bad.upper()}" DROP CONSTRAINT "{bad}_CK"').unwrap()
    loader.run(*tap(loader, 3, []), max_parallelism=2)
    check(loader)


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ("before commit:2", []),
        ("before commit:5", ["id"]),
        ("after commit:2", []),
        ("after commit:5", []),
        ("before state:2", []),
    ],
)
def test_a_parallel_run_that_is_killed_anywhere_is_completed_by_the_next(
    loader: Loader, fault: str, key: list[str]
) -> None:
    done = subprocess.run(
        loader.command(batch_size=3, max_parallelism=2),
        input=loader.lines(tap(loader, 0, key)),
        env={**os.environ, "FLEXT_FAULT": fault},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    states = [json.loads(line) for line in done.stdout.splitlines()]
    if states:
        for stream in streams_of(loader, 2):
            assert len(loader.rows(table=stream.upper())) > position(loader, states)
    loader.run(*tap(loader, position(loader, states), key), batch_size=4, max_parallelism=2)
    check(loader)


@pytest.mark.parametrize("mode", ["before", "after"])
@pytest.mark.parametrize("number", [2, 5])
def test_a_parallel_run_that_loses_a_connection_at_a_commit_loses_and_doubles_nothing(
    loader: Loader, proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch, mode: str, number: int
) -> None:
    monkeypatch.setattr("flext_target_oracle.sinks._RETRY_DELAYS", (0.0, 0.0))
    proxy.cut(mode, number)
    output: list[Any] = []
    try:
        output = loader.run(*tap(loader, 0, []), batch_size=3, max_parallelism=2)
    except oracledb.Error as error:
        output = error.__dict__.get("emitted", [])
    assert proxy.cuts == 1
    if position(loader, output) < LAST:
        loader.run(*tap(loader, position(loader, output), []), batch_size=3, max_parallelism=2)
    check(loader)
