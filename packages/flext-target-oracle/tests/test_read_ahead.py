"""A tap goes on while the target is busy: what it writes to the pipe is taken into memory, up to a limit."""

import os
import threading

import pytest
from flext_target_oracle.read_ahead import LIMIT, ReadAhead

PIPE = 2 << 20  # more than any pipe holds
LINE = b"x" * 999 + b"\n"


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)


class Tap(threading.Thread):
    """Writes so many bytes to a pipe, and closes it."""

    def __init__(self, pipe: int, size: int) -> None:
        super().__init__(daemon=True)
        self.pipe, self.size = pipe, size
        self.start()

    def run(self) -> None:
        with os.fdopen(self.pipe, "wb") as output:
            for _ in range(self.size // len(LINE)):
                output.write(LINE)


def everything(source: ReadAhead) -> bytes:
    pieces = []
    while piece := source.read1(1 << 18):
        assert len(piece) <= 1 << 18
        pieces.append(piece)
    return b"".join(pieces)


def test_a_tap_need_not_wait_for_a_target_that_reads_nothing(pipe):
    reading, writing = pipe
    source = ReadAhead(reading)
    tap = Tap(writing, LIMIT // 2)
    tap.join(30)
    assert not tap.is_alive()
    assert everything(source) == LINE * (LIMIT // 2 // len(LINE))


def test_no_more_than_the_limit_waits_in_memory(pipe):
    reading, writing = pipe
    source = ReadAhead(reading)
    tap = Tap(writing, LIMIT + 2 * PIPE)
    tap.join(0.5)
    assert tap.is_alive()
    assert len(everything(source)) == (LIMIT + 2 * PIPE) // len(LINE) * len(LINE)
    tap.join(30)
    assert not tap.is_alive()


def test_what_has_come_is_not_held_back(pipe):
    reading, writing = pipe
    source = ReadAhead(reading)
    for text in (b"first\n", b"second\n"):
        os.write(writing, text)
        assert source.read1(1 << 18) == text
    os.close(writing)
    assert source.read1(1 << 18) == b""
    assert source.read1(1 << 18) == b""


def test_the_reader_may_close_its_own_end_first(pipe):
    _, writing = pipe
    reading = os.dup(pipe[0])
    source = ReadAhead(reading)
    os.close(reading)
    os.write(writing, b"late\n")
    os.close(writing)
    assert everything(source) == b"late\n"


def test_a_failure_to_read_is_raised_after_what_came_before(pipe, monkeypatch):
    reading, writing = pipe
    read = os.read
    pieces = iter([b"a\n"])

    def fail(descriptor: int, size: int) -> bytes:
        if threading.current_thread().name != "target-oracle input":
            return read(descriptor, size)
        for piece in pieces:
            return piece
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", fail)
    source = ReadAhead(reading)
    assert source.read1(10) == b"a\n"
    with pytest.raises(OSError, match="Input/output"):
        source.read1(10)
    os.close(writing)
