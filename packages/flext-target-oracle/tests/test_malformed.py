"""Malformed input (R11) ends as it does in a plain target of the SDK: the same class of error, before any later state."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from memory_target import Database, MemoryTarget
from singer_sdk import BatchSink, Target
from singer_sdk.exceptions import InvalidJSONSchema

if TYPE_CHECKING:
    from conftest import Loader

SCHEMA = '{"type": "SCHEMA", "stream": "s", "key_properties": ["id"], "schema": {"properties": {"id": {"type": "integer"}, "v": %s}}}'
TEXT = SCHEMA % '{"type": ["string", "null"], "maxLength": 5}'
ANY_OF = SCHEMA % '{"anyOf": [{"type": "integer", "maximum": 9}, {"type": "null"}]}'
GOOD = '{"type": "RECORD", "stream": "s", "record": {"id": 1, "v": null}}'
STATE = '{"type": "STATE", "value": {"bookmarks": {"s": {"replication_key_value": 1}}}}'


class PlainSink(BatchSink):
    def process_batch(self, context: dict[str, Any]) -> None:
        pass


class PlainTarget(Target):
    name = "target-plain"
    config_jsonschema: ClassVar[dict[str, Any]] = {"properties": {}}
    default_sink_class = PlainSink


def record(text: str) -> str:
    return f'{{"type": "RECORD", "stream": "s", "record": {text}}}'


class Pipe(io.BytesIO):
    """Each line is a chunk: all behind the first record are offered to the decoder."""

    def read1(self, _size: int | None = -1, /) -> bytes:
        return self.readline()


def outcome(target: Target, lines: list[str], *, as_bytes: bool) -> type[BaseException] | None:
    text = "".join(line + "\n" for line in lines)
    source: Any = Pipe(text.encode("utf-8", "surrogatepass")) if as_bytes else io.StringIO(text)
    with redirect_stdout(io.StringIO()):
        try:
            target.listen(source)
        except Exception as error:
            return type(error)
    return None


CASES: dict[str, list[str]] = {
    "broken JSON": [TEXT, GOOD, '{"type": "RECORD", '],
    "not an object": [TEXT, GOOD, "[1]"],
    "a record before its schema": [GOOD],
    "an unknown message": [TEXT, GOOD, '{"type": "RECORDS"}'],
    "a record of another stream": [TEXT, GOOD, GOOD.replace('"s"', '"other"')],
    "a missing key": [TEXT, GOOD, record('{"v": "x"}')],
    "a wrong type": [TEXT, GOOD, record('{"id": "x"}')],
    "text that is too long": [TEXT, GOOD, record('{"id": 2, "v": "123456"}')],
    "a value that no branch of anyOf takes": [ANY_OF, GOOD, record('{"id": 2, "v": 10}')],
    "a number with a fraction for an integer": [TEXT, GOOD, record('{"id": 1.5}')],
    "a boolean for an integer": [TEXT, GOOD, record('{"id": true}')],
    "no fault": [TEXT, GOOD, STATE, record('{"id": 2, "v": "12345"}')],
    "a key of a megabyte": [TEXT, GOOD, record('{"id": 2, "v": null, "%s": 1}' % ("k" * 10**6))],
}
DECLARED_OTHERWISE = {
    "broken JSON",
    "not an object",
    "an unknown message",
}  # named errors of ours, where the SDK's vary


@pytest.mark.parametrize("way", ["lines", "chunks", "chunks without the compiled decoder"])
@pytest.mark.parametrize("name", CASES)
def test_the_error_is_the_sdks(name: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "without" in way:
        monkeypatch.setattr("flext_target_oracle.compiled.module", None)
    as_bytes = way != "lines"
    ours = outcome(MemoryTarget(Database(), load_method="upsert"), CASES[name], as_bytes=as_bytes)
    stock = outcome(PlainTarget(config={}), CASES[name], as_bytes=False)
    assert (ours is None) == (stock is None)
    if name not in DECLARED_OTHERWISE:
        assert ours is stock
    if name != "no fault" and "megabyte" not in name:
        assert ours is not None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"type": "SCHEMA", "stream": "s", "schema": {}}', "no properties"),
        (
            '{"type": "SCHEMA", "stream": "s", "key_properties": ["k"], "schema": {"properties": {"id": {}}}}',
            "key property k",
        ),
        ('{"type": "RECORD", "stream": "s", "record": {"id": 1, "v": "\\ud800"}}', "not valid JSON"),
        ('{"type": "RECORD", "stream": "s", "record": [1]}', "not a JSON object"),
        ('{"type": "STATE"}', "value"),
        ('{"type": "ACTIVATE_VERSION", "stream": "x", "version": 1}', "before its SCHEMA"),
    ],
)
def test_other_faults_are_named_with_their_line(line: str, expected: str) -> None:
    text = "\n".join([TEXT, GOOD, STATE, line])
    target = MemoryTarget(Database(), load_method="upsert")
    output = io.StringIO()
    with pytest.raises(Exception, match=expected) as caught, redirect_stdout(output):
        target.listen(Pipe(text.encode()))  # type: ignore[arg-type]
    assert "input line 4" in caught.value.__notes__
    assert [json.loads(item) for item in output.getvalue().splitlines()] in ([], [json.loads(STATE)["value"]])


def test_huge_integers_and_values_of_any_type_are_loaded() -> None:
    database = Database()
    big = 10**37 + 7
    lines = [SCHEMA % "{}", record(f'{{"id": {big}, "v": {{"a": 1}}}}')]
    assert outcome(MemoryTarget(database, load_method="append-only"), lines, as_bytes=True) is None
    assert database.rows["S"] == [(big, '{"a":1}')]


def test_a_schema_that_is_no_json_schema_is_refused_as_the_sdk_does() -> None:
    lines = [SCHEMA % '{"type": []}', GOOD]
    ours = outcome(MemoryTarget(Database(), load_method="append-only"), lines, as_bytes=True)
    assert ours is outcome(PlainTarget(config={}), lines, as_bytes=False) is InvalidJSONSchema


@pytest.mark.parametrize("name", ["broken JSON", "a record before its schema", "a wrong type", "an unknown message"])
def test_the_command_ends_with_the_exit_code_of_the_sdks(name: str, loader: Loader) -> None:
    stock = subprocess.run(
        [sys.executable, "-c", "from test_malformed import PlainTarget; PlainTarget.cli()"],
        input="\n".join(CASES[name]), capture_output=True, text=True, check=False, cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": f"{Path(__file__).parent / 'helpers'}:{os.environ.get('PYTHONPATH', '')}"},
    )  # fmt: skip
    ours = loader.pipe(*[line.replace('"s"', f'"{loader.stream}"') for line in CASES[name]])
    assert (ours.returncode, stock.returncode) == (1, 1)
    assert ours.stdout == stock.stdout == ""
    assert "Traceback" not in ours.stderr
