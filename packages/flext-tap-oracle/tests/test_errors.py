"""Errors of the database in the middle of a run: which are tried again, and what the user is told about the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from flext_tap_oracle.errors import TapError

if TYPE_CHECKING:
    from conftest import Oracle

TRIED_AGAIN = ["03113", "03114", "12541", "00060", "08177", "04068", "01555", "00054"]
FINAL = ["12514", "01017", "28000", "01466", "01653", "01031"]


def failing(monkeypatch: pytest.MonkeyPatch, oracle: Oracle, code: str, times: int, *, after: int = 0) -> Any:
    """A tap on T whose reads fail so many times with an ORA code, after so many batches; and the waits in between."""
    oracle.run("CREATE TABLE t (id NUMBER(9) PRIMARY KEY)", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)")
    tap = oracle.tap(tables=["t"], arraysize=1)
    stream: Any = tap.streams["t"]
    read, left = stream.reader._read, [times]
    waits: list[float] = []

    def broken(query: Any) -> Iterator[Any]:
        for number, rows in enumerate(read(query)):
            if number == after and left[0]:
                left[0] -= 1
                raise oracledb.DatabaseError(f"ORA-{code}: said by the test")
            yield rows

    monkeypatch.setattr(stream.reader, "_read", broken)
    monkeypatch.setattr(stream.reader, "_sleep", waits.append)
    return tap, waits


@pytest.mark.parametrize("code", TRIED_AGAIN)
def test_a_read_is_tried_again_after_an_error_that_passes(
    oracle: Oracle, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    tap, waits = failing(monkeypatch, oracle, code, 2)
    assert [record["id"] for record in oracle.capture(tap).records()] == [1, 2]
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize("code", FINAL)
def test_a_read_is_not_tried_again_after_an_error_that_stays(
    oracle: Oracle, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    tap, waits = failing(monkeypatch, oracle, code, 1)
    with pytest.raises(TapError, match=rf"stream t \({oracle.user}\.T\): ORA-{code}.*\. Next: \w"):
        oracle.capture(tap)
    assert waits == []


def test_what_was_sent_is_not_read_again(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    tap, waits = failing(monkeypatch, oracle, "03113", 1, after=1)
    with pytest.raises(TapError, match=r"ORA-03113"):
        oracle.capture(tap)
    assert waits == []


def test_an_error_that_does_not_pass_ends_after_the_retries(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    tap, waits = failing(monkeypatch, oracle, "03114", 99)
    with pytest.raises(TapError, match=r"ORA-03114"):
        oracle.capture(tap)
    assert waits == [1.0, 2.0, 4.0]
