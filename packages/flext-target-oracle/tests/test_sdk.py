"""The SDK's standard target tests, each followed by reading every table back and comparing it with the model."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from flext_target_oracle import TargetOracle
from flext_target_oracle.types import table_name
from oracledb import DatabaseError
from singer_sdk.exceptions import InvalidRecord, MissingKeyPropertiesError, RecordsWithoutSchemaException
from singer_sdk.testing import target_tests as standard
from singer_sdk.testing.runners import TargetTestRunner
from singer_sdk.testing.suites import target_tests
from singer_sdk.testing.templates import TargetFileTestTemplate

if TYPE_CHECKING:
    from conftest import Loader

TESTS = target_tests.tests
FAILING = {"invalid_schema", "record_before_schema", "record_missing_key_property"}


def text_of(test: type[Any]) -> str:
    return str(test().singer_filepath.read_text(encoding="utf-8"))


def messages_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def load(loader: Loader, test: type[Any], text: str | None = None) -> TargetTestRunner:
    runner = TargetTestRunner(TargetOracle, config={**loader.config, "naive_zone": "UTC"})
    if issubclass(test, TargetFileTestTemplate):
        # From memory: the SDK leaves the file that it opens to the garbage collector.
        runner.target_input = io.StringIO(text or text_of(test))
    test().run(None, None, runner)
    return runner


@pytest.fixture
def clean(loader: Loader) -> Iterator[Loader]:
    """Tables that the SDK's files name; they are dropped before and after."""
    streams = set()
    for test in TESTS:
        if issubclass(test, TargetFileTestTemplate):
            streams |= {message["stream"] for message in messages_of(text_of(test)) if "stream" in message}

    def drop() -> None:
        for stream in streams:
            if loader.exists(table_name(stream)):
                loader.api.execute_ddl(f'DROP TABLE "{table_name(stream)}" PURGE').unwrap()

    drop()
    yield loader
    drop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_standard(clean: Loader, test: type[Any]) -> None:
    if not issubclass(test, TargetFileTestTemplate):
        load(clean, test)
        return
    # The emulator keeps text in PostgreSQL, which has no NUL: those records have a test of their own.
    text = "".join(line + "\n" for line in text_of(test).splitlines() if "\\u0000" not in line.replace("\\\\", ""))
    runner = load(clean, test, text)
    if test.name not in FAILING:
        clean.compare(messages_of(text))
        emitted = [json.loads(line) for line in runner.state_messages if isinstance(line, str)] or runner.state_messages
        states = [message["value"] for message in messages_of(text) if message["type"] == "STATE"]
        assert emitted[-1:] == states[-1:]


def test_text_with_nul_characters(clean: Loader, pytestconfig: pytest.Config) -> None:
    """A database stores them. The emulator says that it cannot, and nothing of the batch is loaded."""
    if pytestconfig.getoption("--oracle-dsn") is None:
        with pytest.raises(DatabaseError, match=r"ORA-03001: .*character with code 0 in text"):
            load(clean, standard.TargetEncodedStringData)
        assert clean.rows("COUNT(*)", table="TEST_STRINGS") == [(0,)]
        return
    load(clean, standard.TargetEncodedStringData)
    clean.compare(messages_of(text_of(standard.TargetEncodedStringData)))


def test_required_properties_are_required(clean: Loader) -> None:
    text = text_of(standard.TargetRecordMissingRequiredProperty)
    with pytest.raises(InvalidRecord):
        clean.run(*text.splitlines())


def test_errors_are_of_the_sdks_types(clean: Loader) -> None:
    with pytest.raises(RecordsWithoutSchemaException):
        clean.run(clean.record(id=1))
    with pytest.raises(MissingKeyPropertiesError):
        clean.run(clean.schema({"id": {"type": "integer"}}, ["id"]), clean.record())
