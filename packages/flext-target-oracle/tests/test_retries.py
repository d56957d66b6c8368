"""R4: which errors of the database are worth another attempt, and what a user reads of the others."""

from __future__ import annotations

import io
import json

import oracledb
import pytest
from flext_target_oracle.checkpoint import Entry
from flext_target_oracle.errors import describe
from flext_target_oracle.sinks import Batch, Written
from memory_target import Database, MemorySink, MemoryTarget

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
