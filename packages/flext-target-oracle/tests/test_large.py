"""Very large values: they come back equal, and memory depends on the batch, not on how much there is."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Loader, Message

ID = {"type": "integer"}
LONG = {"type": ["string", "null"], "maxLength": 100_000_000}
MEGABYTE = 1_000_000
# Runs the target, and says on stderr how much memory it took at most.
MEASURED = """
import sys
from pathlib import Path
from flext_target_oracle.__main__ import main
try:
    main()
finally:
    status = Path("/proc/self/status").read_text()
    sys.stderr.write("PEAK " + next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")) + "\\n")
"""


def long_text(number: int, size: int) -> str:
    """About `size` bytes in UTF-8, with characters of one to four, and no two texts alike."""
    word = f"{number}: é 日本 😀 text "
    return word * (size // len(word.encode()))


def digests(loader: Loader) -> list[tuple[int, str | None]]:
    """The texts' hashes, one text at a time."""
    found: list[tuple[int, str | None]] = []
    for (number,) in loader.rows("id"):
        text = loader.api.scalar(f"SELECT v FROM {loader.table} WHERE id = :1", [number]).unwrap()
        found.append((number, None if text is None else hashlib.sha256(text.encode()).hexdigest()))
    return found


@pytest.mark.parametrize("key", [[], ["id"]], ids=["append", "upsert"])
def test_a_text_of_tens_of_megabytes_comes_back_equal(loader: Loader, key: list[str]) -> None:
    """Its line is larger than `batch_size_bytes`, and so a batch of its own; what is around it is loaded as well."""
    texts = ["a", long_text(1, 30 * MEGABYTE), "b", None, long_text(4, 2 * MEGABYTE)]
    messages: list[Message] = [loader.schema({"id": ID, "v": LONG}, key)]
    for number, text in enumerate(texts):
        messages += [loader.record(id=number, v=text), loader.state(number)]
    states = loader.run(*messages, batch_size_bytes=MEGABYTE)
    assert states[-1] == loader.state(4)["value"]
    wanted = [(n, None if t is None else hashlib.sha256(t.encode()).hexdigest()) for n, t in enumerate(texts)]
    assert digests(loader) == wanted


def peak_of(loader: Loader, records: int, size: int, **settings: Any) -> int:
    """Kilobytes that a run with so many records of this size takes at most."""
    command = loader.command(**{"batch_size_bytes": size, **settings})
    process = subprocess.Popen(
        [sys.executable, "-c", MEASURED, *command[3:]],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(loader.lines([loader.schema({"id": ID, "v": LONG})]))
    for number in range(records):
        record = loader.record(id=number, v=long_text(number, size))
        process.stdin.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    return int(errors.rpartition(b"PEAK ")[2])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
def test_memory_depends_on_the_batch_and_not_on_how_much_there_is(loader: Loader) -> None:
    few, many = peak_of(loader, 6, 4 * MEGABYTE), peak_of(loader, 24, 4 * MEGABYTE)  # either more than is read ahead
    assert len(loader.rows("id")) == 30
    assert many < few + 8 * MEGABYTE / 1024
    one = peak_of(loader, 1, 24 * MEGABYTE, batch_size_bytes=MEGABYTE)
    assert one < few + 12 * 24 * MEGABYTE / 1024, "a record takes some times the bytes of its line"
