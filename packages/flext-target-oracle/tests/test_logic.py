"""The target's logic against a database in memory: every record exactly once, whatever dies when.

The fake replaces SQL only: tables and checkpoints are lists that change together, as a transaction does. What the
database itself must do is tested in test_load.py and test_failures.py against the wire.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from flext_target_oracle import OracleSink
from flext_target_oracle.checkpoint import BATCH, STATE, Entry
from flext_target_oracle.sinks import Batch, Written
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_target import Database, Killed, MemorySink, MemoryTarget

Message = dict[str, Any]


def run(
    database: Database, messages: Sequence[Message], *, end: bool = True, chunks: bool = False, **config: Any
) -> list[Any]:
    """Feed the messages; returns the states that were emitted. `end=False`: killed while it waits for more.

    `chunks` gives bytes instead of lines of text, which is what the fast way needs.
    """
    output = io.StringIO()
    with redirect_stdout(output):
        target = MemoryTarget(database, **config)
        text = "".join(simplejson.dumps(message, use_decimal=True) + "\n" for message in messages)
        lines: Any = io.BytesIO(text.encode()) if chunks else io.StringIO(text)
        try:
            target.process_lines(lines)
            if end:
                target.process_endofpipe()
        except Killed:
            pass
        finally:
            target.writers.stop()
    return [json.loads(line) for line in output.getvalue().splitlines()]


def schema(stream: str, **properties: Any) -> Message:
    columns = {"id": {"type": ["integer", "null"]}, **properties}
    return {"type": "SCHEMA", "stream": stream, "schema": {"properties": columns}, "key_properties": []}


def record(stream: str, number: int, **more: Any) -> Message:
    return {"type": "RECORD", "stream": stream, "record": {"id": number}, **more}


def state(**bookmarks: Any) -> Message:
    value = {stream: {"replication_key_value": number} for stream, number in bookmarks.items()}
    return {"type": "STATE", "value": {"bookmarks": value}}


def ids(database: Database, table: str = "A") -> list[int]:
    return [row[0] for row in database.rows.get(table, [])]


# ---------------------------------------------------------------------------------------------- a tap that resumes


def deliver(
    streams: dict[str, int],
    start: dict[str, int],
    every: int,
    *,
    incremental: bool = True,
    ties: int = 1,
    schema_first: bool = False,
) -> list[Message]:
    """What a tap sends that starts from the bookmarks `start`: a STATE every so many records, and at each stream's end.

    So many records as `ties` says share a value of the replication key, and the tap reads from it with `>=`, so that
    the bookmark's own records come again. Full-table streams (`incremental=False`) have no bookmark and are sent from
    the beginning. The tap says where it starts at the beginning, or, with `schema_first`, after each stream's SCHEMA.
    """
    bookmarks = dict(start)
    messages = [state(**bookmarks)] if bookmarks and not schema_first else []
    for stream, last in streams.items():
        messages.append(schema(stream, at={"type": "integer"}))
        if incremental:
            messages[-1]["bookmark_properties"] = ["at"]
        if schema_first:
            messages.append(state(**bookmarks))
        first = bookmarks.get(stream, 0) * ties + 1
        for count, number in enumerate(range(first, last + 1), 1):
            messages.append(record(stream, number))
            messages[-1]["record"]["at"] = (number - 1) // ties
            if incremental:
                bookmarks[stream] = (number - 1) // ties
                if count % every == 0:
                    messages.append(state(**bookmarks))
        if incremental and stream in bookmarks:
            messages.append(state(**bookmarks))
    return messages


crashes = st.lists(
    st.tuples(
        st.sampled_from(["before commit", "after commit", "input", "tap"]),
        st.integers(1, 12),
        st.integers(1, 7),  # batch size of that run
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 13), min_size=1, max_size=3),
    every=st.integers(1, 9),
    batch_size=st.integers(1, 7),
    crashes=crashes,
    chunks=st.booleans(),
    ties=st.integers(1, 4),
    sessions=st.integers(1, 3),
    schema_first=st.booleans(),
)
def test_every_record_is_loaded_once_when_an_incremental_run_is_repeated_until_it_succeeds(
    lengths: list[int],
    every: int,
    batch_size: int,
    crashes: list[tuple[str, int, int]],
    chunks: bool,
    ties: int,
    sessions: int,
    schema_first: bool,
) -> None:
    streams = dict(zip("abc", lengths, strict=False))
    database, start = Database(), {}
    for kind, where, size in [*crashes, ("none", 0, batch_size)]:
        messages = deliver(streams, start, every, ties=ties, schema_first=schema_first)
        database.commits, database.die_before, database.die_after = 0, None, None
        if kind == "before commit":
            database.die_before = where
        elif kind == "after commit":
            database.die_after = where
        elif kind == "input" or (kind == "tap" and start.keys() >= streams.keys()):
            messages = messages[: where * 3]  # a tap that dies is seen only by streams with a bookmark: checkpoint.py
        emitted = run(database, messages, end=kind != "input", batch_size=size, chunks=chunks, max_parallelism=sessions)
        if emitted:
            start = {name: item["replication_key_value"] for name, item in emitted[-1]["bookmarks"].items()}
    for name, length in streams.items():
        assert ids(database, name.upper()) == list(range(1, length + 1))


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 13), min_size=1, max_size=3),
    batch_size=st.integers(1, 7),
    crashes=crashes,
    sessions=st.integers(1, 3),
)
def test_every_record_is_loaded_once_when_a_full_table_run_is_repeated_until_it_succeeds(
    lengths: list[int], batch_size: int, crashes: list[tuple[str, int, int]], sessions: int
) -> None:
    streams = dict(zip("abc", lengths, strict=False))
    database = Database()
    for kind, where, size in [*crashes, ("none", 0, batch_size)]:
        if kind == "tap":
            continue  # a target cannot tell a tap that died from one that has finished
        messages = deliver(streams, {}, 5, incremental=False)
        database.commits, database.die_before, database.die_after = 0, None, None
        if kind == "before commit":
            database.die_before = where
        elif kind == "after commit":
            database.die_after = where
        elif kind == "input":
            messages = messages[: where * 3]
        run(database, messages, end=kind != "input", batch_size=size, max_parallelism=sessions)
        if kind in {"before commit", "after commit"} and database.commits < where:
            break  # it finished after all: what came next would be a new load
    for name, length in streams.items():
        assert ids(database, name.upper()) == list(range(1, length + 1))


# ---------------------------------------------------------------------------------------------- states


def test_a_state_is_emitted_only_after_the_records_before_it_and_never_with_records_behind_it() -> None:
    database = Database()
    messages = [
        schema("a"),
        *[record("a", number) for number in range(1, 6)],
        state(a=5),
        *[record("a", number) for number in range(6, 8)],
    ]
    assert run(database, messages, end=False, batch_size=4) == []
    assert ids(database) == [1, 2, 3, 4]
    database = Database()
    assert run(database, messages, batch_size=7) == [state(a=5)["value"]]
    assert [(entry.kind, entry.offset, entry.rows) for entry in database.log["A"]] == [(STATE, 5, 0), (BATCH, 5, 2)]


def test_the_last_of_several_waiting_states_is_emitted() -> None:
    messages: list[Message] = [schema("a")]
    for number in range(1, 8):
        messages += [record("a", number), state(a=number)]
    emitted = run(Database(), messages, batch_size=3)
    assert [item["bookmarks"]["a"]["replication_key_value"] for item in emitted] == [2, 4, 6, 7]


def test_a_state_covers_all_streams_so_all_of_them_are_committed_first() -> None:
    database = Database()
    messages = [
        schema("a"),
        schema("b"),
        record("a", 1),
        record("b", 1),
        state(a=1, b=1),
        record("b", 2),
        record("b", 3),
    ]
    assert run(database, messages, end=False, batch_size=3) == [state(a=1, b=1)["value"]]
    assert ids(database, "A") == [1]


def test_a_state_without_records_is_emitted_at_once_and_a_decimal_bookmark_keeps_its_digits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = MemoryTarget(Database())
    target.process_lines(
        io.StringIO('{"type": "STATE", "value": {"bookmarks": {"a": {"replication_key_value": 1.10}}}}\n')
    )
    assert capsys.readouterr().out == '{"bookmarks":{"a":{"replication_key_value":1.10}}}\n'


def test_overwrite_holds_every_state_until_the_end() -> None:
    class Overwrite(MemorySink):
        def prepare(self) -> None:
            super().prepare()
            self.target.replacements[self.table] = self

        def _write(self, _connector: object, batch: Batch, _entry: Entry) -> Written:
            self.target.database.rows[self.table].extend(batch.rows)  # type: ignore[attr-defined]
            return Written(len(batch.rows), changed=len(batch.rows))

        def replace_table(self) -> None:
            sys.stdout.write("replaced\n")

    output = io.StringIO()
    target = MemoryTarget(Database(), load_method="overwrite", batch_size=1)
    target.default_sink_class = Overwrite
    messages = [schema("a"), record("a", 1), state(a=1), record("a", 2), state(a=2)]
    with redirect_stdout(output):
        target.process_lines(io.StringIO("\n".join(map(json.dumps, messages))))
        assert output.getvalue() == ""
        target.process_endofpipe()
    assert output.getvalue() == 'replaced\n{"bookmarks":{"a":{"replication_key_value":2}}}\n'


# ---------------------------------------------------------------------------------------------- what is no repetition


def test_a_new_full_table_run_with_the_same_data_is_loaded_again() -> None:
    database = Database()
    for _ in range(3):
        run(database, [schema("a"), record("a", 1), record("a", 2)], batch_size=1)
    assert ids(database) == [1, 2, 1, 2, 1, 2]


def test_a_new_full_table_run_is_loaded_again_also_when_the_tap_repeats_its_empty_state() -> None:
    database = Database()
    unchanged = {"type": "STATE", "value": {"bookmarks": {"a": {}}}}
    for _ in range(2):
        run(database, [unchanged, schema("a"), record("a", 1)])
    assert ids(database) == [1, 1]


def test_rows_from_the_same_bookmark_are_loaded_once_also_when_the_run_before_was_complete() -> None:
    database = Database()
    for _ in range(3):  # `>=` delivers the row of the bookmark again
        run(database, [state(a=5), schema("a"), record("a", 5)])
    assert ids(database) == [5]


def test_the_records_of_the_bookmark_itself_are_loaded_once_in_every_later_run() -> None:
    database = Database()
    expected: list[int] = []
    start: dict[str, int] = {}
    for last in (3, 4, 4, 7, 8):  # three records share a value; 4, 7 and 8 begin new ones or add to the last
        emitted = run(database, deliver({"a": last}, start, 100, ties=3))
        start = {"a": emitted[-1]["bookmarks"]["a"]["replication_key_value"]}
        expected = list(range(1, last + 1))
        assert ids(database) == expected


def test_records_of_the_bookmark_may_come_again_in_any_order_with_new_ones_among_them_or_only_some() -> None:
    database = Database()
    run(database, deliver({"a": 3}, {}, 100, ties=5))
    again = deliver({"a": 4}, {"a": 0}, 100, ties=5)
    start, head, *records, end = again
    run(database, [start, head, records[3], records[2], records[0], records[1], end])
    assert ids(database) == [1, 2, 3, 4]
    run(database, [start, head, records[1]])  # the tap died
    run(database, again)
    assert ids(database) == [1, 2, 3, 4]


def test_a_boundary_that_has_changed_is_loaded_as_far_as_it_is_new() -> None:
    database = Database()
    run(database, deliver({"a": 2}, {}, 100, ties=5))
    changed = deliver({"a": 2}, {"a": 0}, 100, ties=5)
    changed[2]["record"]["id"] = 9
    run(database, changed)
    assert ids(database) == [1, 2, 9]


def test_changed_data_from_the_same_bookmark_are_loaded() -> None:
    database = Database()
    run(database, [state(a=5), schema("a"), record("a", 5), record("a", 6)], end=False, batch_size=1)
    run(database, [state(a=5), schema("a"), record("a", 5), record("a", 7)], batch_size=1)
    assert ids(database) == [5, 6, 7]
    assert [entry.offset for entry in database.log["A"] if entry.kind == BATCH] == [0, 1]


def test_an_emptied_table_is_loaded_again_also_when_new_records_come_before_the_bookmarks_own() -> None:
    database = Database()
    run(database, deliver({"a": 3}, {}, 100, ties=3))
    database.rows["A"].clear()
    start, head, *records, end = deliver({"a": 5}, {"a": 0}, 100, ties=3)
    run(database, [start, head, *records[3:], *records[:3], end], batch_size=1)
    assert sorted(ids(database)) == [1, 2, 3, 4, 5]


def test_an_emptied_table_is_loaded_again() -> None:
    database = Database()
    messages = [state(a=5), schema("a"), record("a", 5), record("a", 6)]
    run(database, messages, end=False, batch_size=1)
    database.rows["A"].clear()
    run(database, messages, batch_size=1)
    assert ids(database) == [5, 6]


def test_a_dropped_table_is_loaded_again() -> None:
    database = Database()
    messages = [state(a=5), schema("a"), record("a", 5), record("a", 6)]
    run(database, messages, end=False, batch_size=1)
    del database.rows["A"]
    run(database, messages, batch_size=1)
    assert ids(database) == [5, 6]


def test_another_version_of_a_full_table_is_another_delivery() -> None:
    database = Database()
    run(database, [schema("a"), record("a", 1, version=1)], end=False, batch_size=1, add_record_metadata=True)
    run(database, [schema("a"), record("a", 1, version=2)], batch_size=1, add_record_metadata=True)
    assert ids(database) == [1, 1], "ACTIVATE_VERSION removes the first; skipping the second would lose the row"


def test_times_of_loading_do_not_make_a_batch_another_one() -> None:
    database = Database()
    for end in (False, True):
        at = f"2026-01-0{1 + end}T00:00:00Z"
        messages = [schema("a"), record("a", 1, time_extracted=at)]
        run(database, messages, end=end, batch_size=1, add_record_metadata=True)
    assert ids(database) == [1]


def test_a_tap_that_does_not_say_where_it_starts_is_compared_with_the_end_of_the_last_run() -> None:
    database = Database()
    first = [schema("a"), record("a", 1), state(a=1), record("a", 2), record("a", 3)]
    assert run(database, first, end=False, batch_size=1) == [state(a=1)["value"]]
    run(database, [schema("a"), record("a", 2), record("a", 3), state(a=3)], batch_size=1)
    assert ids(database) == [1, 2, 3]


@pytest.mark.parametrize("again", [0, 2])
def test_a_tap_that_says_where_it_starts_only_after_the_schema_is_understood(again: int) -> None:
    """The same input twice, from its beginning or from a STATE in it: that STATE comes before the stream's first record."""
    first = {**schema("a"), "bookmark_properties": ["id"]}
    messages = [first, state(a=0), record("a", 1), record("a", 2), state(a=2), record("a", 3)]
    database = Database()
    run(database, messages, end=False, batch_size=1)
    assert ids(database) == [1, 2, 3]
    rest = messages[1:] if again == 0 else messages[4:]
    run(database, [first, *rest, record("a", 4), state(a=4)], batch_size=1)
    assert ids(database) == [1, 2, 3, 4]
    run(database, [first, state(a=4), record("a", 4), record("a", 5), state(a=5)])
    assert ids(database) == [1, 2, 3, 4, 5]


def test_a_schema_change_writes_what_the_old_schema_holds_first_and_goes_on_counting() -> None:
    database = Database()
    messages = [
        schema("a"),
        record("a", 1),
        schema("a", name={"type": ["string", "null"]}),
        record("a", 2),
        state(a=2),
    ]
    run(database, messages[:-1], end=False, batch_size=1)
    run(database, messages, batch_size=1)
    assert ids(database) == [1, 2]


# ---------------------------------------------------------------------------------------------- limits


def test_a_batch_ends_when_the_bytes_of_all_streams_reach_the_limit() -> None:
    database = Database()
    line = len(json.dumps(record("a", 1))) + 1
    messages = [schema("a"), schema("b"), record("a", 1), record("a", 2), record("b", 1)]
    run(database, messages, end=False, batch_size_bytes=3 * line)
    assert (ids(database, "A"), ids(database, "B")) == ([1, 2], []), "the largest is written"


def test_a_batch_ends_when_its_records_have_waited_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr("flext_target_oracle.target.time.monotonic", lambda: next(clock))
    database = Database()
    run(database, [schema("a"), *[record("a", number) for number in range(4)]], end=False, batch_wait_limit_seconds=15)
    assert ids(database)


# ---------------------------------------------------------------------------------------------- the fast way

PROPERTIES: dict[str, tuple[dict[str, Any], st.SearchStrategy[Any]]] = {
    "text": ({"type": ["string", "null"], "maxLength": 3}, st.text("aé", max_size=4)),
    "whole": ({"type": "integer", "minimum": -5, "maximum": 10**20}, st.sampled_from([-6, -5, 0, 10**20, 10**20 + 1])),
    "number": ({"type": ["number", "null"]}, st.sampled_from([1, Decimal("1.10"), Decimal("1E+30"), "1.5", True])),
    "money": (
        {"type": ["number", "null"], "x-oracle": {"type": "NUMBER(5,2)"}},
        st.sampled_from([1, Decimal("1.10"), Decimal("1.234"), Decimal("1.2300")]),
    ),
    "flag": ({"type": ["boolean", "null"]}, st.sampled_from([True, False, 0, "true"])),
    "day": (
        {"type": ["string", "null"], "format": "date-time", "x-oracle": {"type": "DATE"}},
        st.sampled_from(["2024-01-01T00:00:00", "2024-01-01", "2024-01-01T00:00:00.5", "2024-01-01T00:00:00Z", "soon"]),
    ),
    "bytes": ({"type": "string", "contentEncoding": "base64"}, st.sampled_from(["AAEC", "", "!"])),
    "tree": ({"type": ["object", "null"]}, st.sampled_from([{}, {"a": 1}, "x"])),
    "choice": ({"type": ["string", "null"], "enum": ["a", None]}, st.sampled_from(["a", "b"])),
}


@st.composite
def runs(draw: st.DrawFn) -> tuple[list[Message], dict[str, Any]]:
    names = draw(st.lists(st.sampled_from(list(PROPERTIES)), min_size=1, max_size=4, unique=True))
    more = {name: PROPERTIES[name][0] for name in names}
    messages = [schema("a", **more), schema("b", **more)]
    messages[0]["key_properties"] = draw(st.sampled_from([[], ["id"]]))
    messages[0]["schema"]["required"] = draw(st.sampled_from([[], ["id"], names[:1]]))
    stream = st.sampled_from(["a"] * 9 + ["b"])
    for number in range(draw(st.integers(0, 12))):
        record_ = {"id": draw(st.sampled_from([number] * 9 + [None]))}
        for name in names:
            # Mostly good values, so that runs get somewhere.
            good = draw(st.sampled_from([True] * 15 + [False]))
            record_[name] = GOOD[name] if good else draw(PROPERTIES[name][1])
        if draw(st.sampled_from([False] * 19 + [True])):
            record_["unknown"] = 1
        if draw(st.sampled_from([False] * 9 + [True])):
            del record_[names[0]]
        message = {"type": "RECORD", "stream": draw(stream), "record": record_}
        if draw(st.booleans()):
            message |= {"time_extracted": f"2026-01-01T00:00:0{number % 3}Z"}
        messages.append(message)
        if draw(st.sampled_from([False] * 4 + [True])):
            messages.append(state(a=number))
    config = {"batch_size": draw(st.integers(1, 5)), "add_record_metadata": draw(st.booleans())}
    return messages, config | {"validate_records": draw(st.sampled_from([True, True, False]))}


GOOD = {
    "text": "aé",
    "whole": 7,
    "number": Decimal("1.10"),
    "money": Decimal("1.23"),
    "flag": True,
    "day": "2024-01-01T00:00:00",
    "bytes": "AAEC",
    "tree": {"a": [1]},
    "choice": "a",
}


@settings(max_examples=300, deadline=None)
@given(case=runs(), chunk=st.integers(150, 1500))
def test_chunks_and_single_lines_load_the_same_and_fail_the_same(
    case: tuple[list[Message], dict[str, Any]], chunk: int
) -> None:
    messages, config = case

    def outcome(chunks: bool) -> Any:
        database = Database()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("flext_target_oracle.reader.CHUNK", chunk)
            try:
                states = run(database, messages, chunks=chunks, **config)
                failure = None
            except Exception as exc:
                states, failure = None, (type(exc), str(exc), getattr(exc, "__notes__", None))
        width = len(messages[0]["schema"]["properties"])
        rows = {table: [row[:width] for row in rows] for table, rows in database.rows.items()}
        types = {table: [list(map(type, row[:width])) for row in rows] for table, rows in database.rows.items()}
        return states, failure, rows, types, database.log

    assert outcome(True) == outcome(False)


def test_the_fast_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    added = []
    add_rows = OracleSink.add_rows
    monkeypatch.setattr(OracleSink, "add_rows", lambda *args: (added.append(len(args[1].rows)), add_rows(*args)))
    monkeypatch.setattr("flext_target_oracle.reader.CHUNK", 1000)
    database = Database()
    run(database, [schema("a"), *[record("a", number) for number in range(100)]], chunks=True)
    assert ids(database) == list(range(100))
    assert sum(added) > 70


def test_a_first_run_that_dies_between_the_log_and_the_state_is_recognised_without_a_state_from_the_tap() -> None:
    database = Database()
    messages = deliver({"a": 6}, {}, 2, ties=1)
    run(database, messages[:6], end=False, batch_size=2)  # the log has states that nobody has saved
    for _ in range(2):
        run(database, messages, end=False, batch_size=2)
    run(database, messages, batch_size=2)
    assert ids(database) == [1, 2, 3, 4, 5, 6]


def test_a_tap_that_does_not_say_where_it_starts_is_understood_by_what_it_sends() -> None:
    database = Database()
    run(database, deliver({"a": 9}, {}, 3, ties=2), end=False, batch_size=2)
    for start in (0, 1, 2):
        run(database, deliver({"a": 9}, {"a": start}, 3, ties=2)[1:], end=False, batch_size=3)
        assert ids(database) == list(range(1, len(ids(database)) + 1))
    run(database, deliver({"a": 9}, {"a": 2}, 3, ties=2)[1:], batch_size=3)
    assert ids(database) == list(range(1, 10))
