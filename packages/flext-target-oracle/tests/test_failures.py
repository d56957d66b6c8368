"""Bad input, bad settings, sudden death: one clear line, nothing half-loaded, and a next run that mends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Loader

ID = {"type": "integer"}
SHORT = {"type": ["string", "null"], "x-oracle": {"type": "VARCHAR2(5 CHAR)"}}


def error_of(done: subprocess.CompletedProcess[str]) -> str:
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert done.returncode == 1, done.stderr
    assert len(errors) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return errors[0]


def bad_lines(loader: Loader) -> list[tuple[str, list[Any], list[str]]]:
    other = {**loader.record(id=1), "stream": "unknown"}
    return [
        ("a broken line", ["{oops"], ["not valid JSON", "input line 6"]),
        ("a record before its schema", [other], ["'unknown'", "before the stream's SCHEMA", "Next:", "input line 6"]),
        ("an unknown message", ['{"type": "RECORDS"}'], ["unknown message type 'RECORDS'", "input line 6"]),
        ("a missing key", [loader.record(v="x")], ["no key property 'id'", "Next:", "input line 6"]),
        ("a null key", [loader.record(id=None, v="x")], ["id", "input line 6"]),
        (
            "a wrong type",
            [loader.record(id="one", v="x")],
            ["'one' is not of type 'integer'", loader.table, "Next:", "on_error: reject", "input line 6"],
        ),
        (
            "a value too long",
            [loader.record(id=9, v="123456")],
            ["ORA-12899", loader.table, '"V"', "Next:", "on_error: reject"],
        ),
        ("a schema without properties", [{"type": "SCHEMA", "stream": "s", "schema": {}}], ["no properties", "line 6"]),
    ]


@pytest.mark.parametrize("case", range(8))
def test_bad_input_ends_the_run_and_the_next_run_mends_it(loader: Loader, case: int) -> None:
    name, bad, expected = bad_lines(loader)[case]
    key = ["id"] if case % 2 or "key" in name else []
    schema = loader.schema({"id": ID, "v": SHORT}, key)
    good = [schema, loader.record(id=1, v="a"), loader.record(id=2, v="b"), loader.state(2), loader.record(id=3, v="c")]
    done = loader.pipe(*good, *bad, loader.state(9), batch_size=2)
    line = error_of(done)
    for text in expected:
        assert text in line, name
    assert [json.loads(text) for text in done.stdout.splitlines()] == [loader.state(2)["value"]]
    assert loader.rows() == [(1, "a"), (2, "b")], "the open batch is rolled back"

    loader.run(loader.state(2), schema, loader.record(id=3, v="c"), loader.state(3))
    assert loader.rows() == [(1, "a"), (2, "b"), (3, "c")]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"password": "wrong-canary"}, ["ORA-01017", "Next:"]),
        ({"dsn": "127.0.0.1:1/x", "timeout": 2}, ["DPY-6005", "127.0.0.1", "Next:"]),
        ({"dsn": None, "host": "no-such-host.invalid", "service_name": "x", "timeout": 2}, ["no-such-host", "Next:"]),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line(
    loader: Loader, settings: dict[str, Any], expected: list[str]
) -> None:
    done = loader.pipe(loader.schema({"id": ID}), loader.record(id=1), loader.state(1), **settings)
    line = error_of(done)
    for text in expected:
        assert text in line
    assert done.stdout == ""
    assert "canary" not in done.stderr


def test_a_schema_that_is_not_there_is_one_line(loader: Loader) -> None:
    line = error_of(loader.pipe(loader.schema({"id": ID}), default_target_schema="nowhere"))
    assert "schema nowhere does not exist" in line
    assert "Next: check default_target_schema" in line


def test_a_batch_file_that_is_not_there_is_one_line(loader: Loader) -> None:
    encoding = {"format": "jsonl", "compression": "gzip"}
    batch = {"type": "BATCH", "stream": loader.stream, "encoding": encoding, "manifest": ["file:///nowhere/x.gz"]}
    line = error_of(loader.pipe(loader.schema({"id": ID}), batch))
    for text in ("/nowhere/x.gz", loader.stream, loader.table, "Next:", "input line 2"):
        assert text in line


def test_a_reader_of_states_that_has_ended_is_one_line(loader: Loader) -> None:
    """A closed pipe: what is committed stays, and the next run goes on from there."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        loader.command(batch_size=1), stdin=subprocess.PIPE, stdout=writing, stderr=subprocess.PIPE, text=True
    )
    os.close(writing)
    os.close(reading)
    messages = [loader.schema({"id": ID}), loader.record(id=1), loader.state(1), loader.record(id=2), loader.state(2)]
    _, errors = process.communicate(loader.lines(messages).decode())
    (line,) = [line for line in errors.splitlines() if "ERROR" in line]
    assert process.returncode == 1
    assert "Broken pipe" in line
    assert "Next: What reads the STATE messages has ended" in line
    assert "Traceback" not in errors
    loaded = loader.rows()
    assert loader.run(*messages)[-1] == loader.state(2)["value"]
    assert loader.rows() == [(1,), (2,)], f"{loaded} before"


def test_an_unknown_service_is_one_line(loader: Loader) -> None:
    dsn = str(loader.config["dsn"]).rpartition("/")[0] + "/no_such_service"
    line = error_of(loader.pipe(loader.schema({"id": ID}), dsn=dsn))
    assert "ORA-12514" in line or "DPY-6001" in line


def test_no_secret_leaves_even_when_everything_is_logged(loader: Loader) -> None:
    env = {**os.environ, "LOGLEVEL": "DEBUG", "TARGET_ORACLE_LOGLEVEL": "DEBUG"}
    wrong = "wrong-canary-7f3a"
    for config in ({}, {"password": wrong}):
        done = loader.pipe(loader.schema({"id": ID}), loader.record(id=1), loader.state(1), env=env, **config)
        text = done.stdout + done.stderr
        assert wrong not in text
        assert f"'{loader.config['password']}'" not in text
        assert f'"{loader.config["password"]}"' not in text


# ---------------------------------------------------------------------------------------------- death


def start(loader: Loader, **config: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        loader.command(**config), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


@pytest.mark.parametrize("sent_signal", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("key", [["id"], []], ids=["upsert", "append"])
def test_a_killed_run_is_repeated_without_a_row_lost_or_doubled(
    loader: Loader, key: list[str], sent_signal: signal.Signals
) -> None:
    schema = loader.schema({"id": ID, "v": SHORT}, key)
    records = [loader.record(id=number, v="x") for number in range(10)]
    process = start(loader, batch_size=3)
    assert process.stdin is not None
    assert process.stdout is not None
    # Two records and a STATE, then two whole batches behind it, and an open one.
    process.stdin.write(loader.lines([schema, *records[:2], loader.state(1), *records[2:]]))
    process.stdin.flush()
    emitted = json.loads(process.stdout.readline())
    while len(loader.rows()) < 8:  # 2 + 3 + 3; the last 2 wait in an open batch
        assert process.poll() is None
    process.send_signal(sent_signal)
    process.communicate()
    assert process.returncode in {-sent_signal, 128 + sent_signal}
    assert emitted == loader.state(1)["value"]
    assert loader.rows("id") == [(number,) for number in range(8)]

    states = loader.run(loader.state(1), schema, *records[2:], loader.state(9), batch_size=4)
    assert loader.rows("id") == [(number,) for number in range(10)]
    assert states[-1] == loader.state(9)["value"]


def test_a_commit_whose_reply_is_lost_is_not_repeated(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: the connection dies after COMMIT was done and before its reply arrives."""
    from flext_db_oracle import Session

    monkeypatch.setattr("flext_target_oracle.sinks._RETRY_DELAYS", (0.0, 0.0))
    commit, lost = Session.commit, []

    def lose_one_reply(session: Session) -> None:
        commit(session)
        if len(loader.rows()) == 2 and not lost:
            lost.append(True)
            session.connection.close()
            session.connection.ping()  # DPY-1001: not connected

    loader.run(loader.schema({"id": ID}), loader.record(id=0))
    monkeypatch.setattr(Session, "commit", lose_one_reply)
    loader.run(loader.schema({"id": ID}), loader.record(id=1), loader.state(1))
    assert lost == [True]
    assert loader.rows() == [(0,), (1,)]


def test_an_overwrite_whose_commits_reply_is_lost_has_each_row_once(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flext_db_oracle import Session

    monkeypatch.setattr("flext_target_oracle.sinks._RETRY_DELAYS", (0.0, 0.0))
    commit, lost, collected = Session.commit, [], f"{loader.table}__FLEXT_NEW"

    def lose_one_reply(session: Session) -> None:
        commit(session)
        if not lost and loader.exists(collected) and loader.rows(table=collected):
            lost.append(True)
            session.connection.close()
            session.connection.ping()

    monkeypatch.setattr(Session, "commit", lose_one_reply)
    loader.run(loader.schema({"id": ID}), loader.record(id=1), loader.record(id=2), load_method="overwrite")
    assert lost == [True]
    assert loader.rows() == [(1,), (2,)]


def test_a_batch_whose_connection_dies_before_commit_is_written_again(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flext_db_oracle import Session

    monkeypatch.setattr("flext_target_oracle.sinks._RETRY_DELAYS", (0.0, 0.0))
    commit, lost = Session.commit, []

    def lose_one(session: Session) -> None:
        if not lost and "armed" in loader.config:
            lost.append(True)
            session.connection.rollback()
            session.connection.close()
            session.connection.ping()
        commit(session)

    loader.run(loader.schema({"id": ID}, ["id"]), loader.record(id=0))
    monkeypatch.setattr(Session, "commit", lose_one)
    lost.clear()
    loader.config.pop("armed", None)
    import flext_target_oracle.sinks as sinks

    write = sinks.OracleSink._write

    def armed(*args: Any) -> Any:
        loader.config["armed"] = True
        try:
            return write(*args)
        finally:
            loader.config.pop("armed")

    monkeypatch.setattr(sinks.OracleSink, "_write", armed)
    loader.run(loader.schema({"id": ID}, ["id"]), loader.record(id=1), loader.state(1))
    assert lost == [True]
    assert loader.rows() == [(0,), (1,)]
