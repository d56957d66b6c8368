"""R4: which errors of the database are worth another attempt, and what a user reads of the others."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_db_oracle import Session
from flext_target_oracle.checkpoint import Checkpoints, Entry
from flext_target_oracle.errors import describe
from flext_target_oracle.sinks import Batch, Written
from flext_target_oracle.tables import create_unless_exists, ensure_staging
from memory_target import Database, MemorySink, MemoryTarget

if TYPE_CHECKING:
    from conftest import Loader

LINES = [
    {"type": "SCHEMA", "stream": "a", "schema": {"properties": {"id": {"type": "integer"}}}, "key_properties": []},
    {"type": "RECORD", "stream": "a", "record": {"id": 1}},
]


class Detail:
    """What the driver puts into `exc.args[0]`."""

    def __init__(self, code: str) -> None:
        self.full_code, self.message = code, f"{code}: something happened"

    def __str__(self) -> str:
        return self.message


def target_that_meets(code: str, times: int, attempts: list[str]) -> MemoryTarget:
    class Sink(MemorySink):
        def _write(self, connector: object, batch: Batch, entry: Entry) -> Written:
            attempts.append(code)
            if len(attempts) <= times:
                raise oracledb.DatabaseError(Detail(code))
            return super()._write(connector, batch, entry)

    target = MemoryTarget(Database())
    target.default_sink_class = Sink
    return target


def load(target: MemoryTarget) -> None:
    target.load(io.StringIO("".join(json.dumps(message) + "\n" for message in LINES)))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flext_target_oracle.sinks._RETRY_DELAYS", (0.0, 0.0))


@pytest.mark.parametrize(
    "code",
    [
        "ORA-03113",
        "ORA-03114",
        "ORA-12541",
        "ORA-00060",
        "ORA-08177",
        "ORA-04068",
        "ORA-00054",
        "ORA-01555",
        "DPY-4011",
    ],
)
def test_a_batch_is_written_again_after_errors_that_pass(code: str) -> None:
    attempts: list[str] = []
    target = target_that_meets(code, 2, attempts)
    load(target)
    assert len(attempts) == 3
    assert target.database.rows["A"] == [(1,)]


@pytest.mark.parametrize("code", ["ORA-03113", "ORA-00060"])
def test_errors_that_do_not_pass_end_the_run_after_some_attempts(code: str) -> None:
    attempts: list[str] = []
    with pytest.raises(oracledb.DatabaseError) as caught:
        load(target_that_meets(code, 99, attempts))
    assert len(attempts) == 3
    assert describe(caught.value).startswith(f"{code}: ")


@pytest.mark.parametrize(
    "code", ["ORA-01017", "ORA-28000", "ORA-12514", "ORA-01466", "ORA-01653", "ORA-01031", "ORA-12899", "ORA-00001"]
)
def test_other_errors_end_the_run_at_once_with_code_and_hint(code: str) -> None:
    """Above all a wrong password: each attempt brings the account nearer to being locked."""
    attempts: list[str] = []
    with pytest.raises(oracledb.DatabaseError) as caught:
        load(target_that_meets(code, 99, attempts))
    assert len(attempts) == 1
    line = describe(caught.value)
    assert line.startswith(f"{code}: ")
    assert "stream 'a' into table A" in line
    assert "Next: " in line


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda s: create_unless_exists(s, 'CREATE TABLE "S"."T" (\n"A" NUMBER)'), 'while making TABLE "S"."T"'),
        (lambda s: ensure_staging(s, "S", "T", []), 'while making the staging table beside "S"."T"'),
    ],
)
def test_a_missing_privilege_says_what_was_being_made(make: Any, told: str) -> None:
    def refuse(_sql: str) -> None:
        raise oracledb.DatabaseError(Detail("ORA-01031"))

    with pytest.raises(oracledb.DatabaseError) as caught:
        make(SimpleNamespace(execute_ddl=refuse, find_table=lambda *_: None))
    line = describe(caught.value)
    assert told in line
    assert "GRANT" in line


# ---------------------------------------------------------------------------------------------- rejects


def lose_a_commit(monkeypatch: pytest.MonkeyPatch, mode: str, number: int = 1) -> list[str]:
    """The session dies `before` or `after` the number-th COMMIT of a batch. What was lost is in the list."""
    add_batch, commit = Checkpoints.add_batch, Session.commit
    batches: list[Session] = []
    lost: list[str] = []

    def add(self: Checkpoints, session: Session, *args: Any, **kwargs: Any) -> None:
        add_batch(self, session, *args, **kwargs)
        batches.append(session)

    def lose(session: Session) -> None:
        if len(batches) == number and batches[-1] is session and not lost:
            lost.append(mode)
            if mode == "after":
                commit(session)
            session.connection.close()
            session.connection.ping()  # DPY-1001: not connected
        commit(session)

    monkeypatch.setattr(Checkpoints, "add_batch", add)
    monkeypatch.setattr(Session, "commit", lose)
    return lost


@pytest.mark.parametrize("mode", ["before", "after"])
@pytest.mark.parametrize("store", ["table", "file"])
@pytest.mark.parametrize("key", [[], ["id"]], ids=["append", "upsert"])
def test_the_rejects_of_a_batch_that_is_written_again_count_and_are_kept_once(
    loader: Loader,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    mode: str,
    store: str,
    key: list[str],
) -> None:
    lost = lose_a_commit(monkeypatch, mode)
    path = loader.folder / "rejects.jsonl"
    short = {"type": "string", "x-oracle": {"type": "VARCHAR2(5 CHAR)"}}
    messages = [
        loader.schema({"id": {"type": "integer"}, "v": short}, key),
        loader.record(id=1, v="a"),
        loader.record(id="x", v="b"),  # refused by a check of ours
        loader.record(id=2, v="too long"),  # refused by the database
        loader.record(id=3, v="c"),
        loader.state(3),
    ]
    settings: dict[str, Any] = {"on_error": "reject", "reject_limit": 2, "validate_records": True}
    if store == "file":
        settings["reject_file"] = str(path)
    with caplog.at_level("INFO"):
        assert loader.run(*messages, **settings)
    assert lost == [mode]
    assert loader.rows("id") == [(1,), (3,)]
    if store == "file":
        codes = [json.loads(line)["code"] for line in path.read_text().splitlines()]
    else:
        codes = [code for (code,) in loader.rows("code", table=f"{loader.table}_REJECTS")]
    assert sorted(codes) == ["InvalidRecord", "ORA-12899"]
    assert any("2 rejected" in record.getMessage() for record in caplog.records)


def test_a_run_with_too_many_rejects_leaves_none_of_the_last_batch_in_the_file(loader: Loader) -> None:
    """That batch is rolled back, and the next run meets its records again."""
    path = loader.folder / "rejects.jsonl"
    short = {"type": "string", "x-oracle": {"type": "VARCHAR2(5 CHAR)"}}
    records = [loader.record(id=number, v="x" * (number + 4)) for number in range(1, 5)]
    messages = [loader.schema({"id": {"type": "integer"}, "v": short}), *records]
    settings: dict[str, Any] = {"on_error": "reject", "reject_file": str(path), "batch_size": 2}
    with pytest.raises(Exception, match=r"more than reject_limit \(1\)"):
        loader.run(*messages, **settings, reject_limit=1)
    assert [json.loads(line)["code"] for line in path.read_text().splitlines()] == ["ORA-12899"]
    loader.run(*messages, **settings, reject_limit=3)
    assert loader.rows("id") == [(1,)]
