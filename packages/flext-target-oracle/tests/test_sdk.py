"""The SDK's standard target tests, each followed by reading back what it loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from flext_target_oracle import TargetOracle
from flext_target_oracle.types import table_name
from singer_sdk.exceptions import MissingKeyPropertiesError, RecordsWithoutSchemaException
from singer_sdk.testing import target_tests as standard
from singer_sdk.testing.runners import TargetTestRunner
from singer_sdk.testing.suites import target_tests
from singer_sdk.testing.templates import TargetFileTestTemplate

if TYPE_CHECKING:
    from conftest import Loader


def load(loader: Loader, test: type[Any]) -> TargetTestRunner:
    runner = TargetTestRunner(TargetOracle, config={**loader.config, "naive_zone": "UTC"})
    template = test()
    template.run(None, None, runner)
    return runner


@pytest.fixture
def clean(loader: Loader) -> Iterator[Loader]:
    """Tables that the SDK's files name; they are dropped before and after."""
    streams = set()
    for test in target_tests.tests:
        if issubclass(test, TargetFileTestTemplate):
            lines = test().singer_filepath.read_text(encoding="utf-8").splitlines()
            streams |= {message["stream"] for message in map(json.loads, filter(None, lines)) if "stream" in message}

    def drop() -> None:
        for stream in streams:
            if loader.exists(table_name(stream)):
                loader.api.execute_ddl(f'DROP TABLE "{table_name(stream)}" PURGE').unwrap()

    drop()
    yield loader
    drop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("test", target_tests.tests, ids=lambda test: test.name)
def test_standard(clean: Loader, test: type[Any]) -> None:
    load(clean, test)


def test_duplicate_records_are_merged(clean: Loader) -> None:
    runner = load(clean, standard.TargetDuplicateRecords)
    assert clean.rows(table="TEST_DUPLICATE_RECORDS") == [(1, 100), (2, 20)]
    assert runner.state_messages == [{"test_duplicate_records": 2}]


def test_encoded_strings_are_the_same_strings(clean: Loader) -> None:
    load(clean, standard.TargetEncodedStringData)
    rows = dict(clean.rows(table="TEST_STRINGS"))
    assert rows[2] == "απλή συμβολοσειρά"
    assert rows[3] == "简单的字串"
    assert rows[6] == 'various " \\ / \n escape sequences'
    assert rows[11] == "Control Characters in string: \x00 A \x01"


def test_schema_updates_add_columns(clean: Loader) -> None:
    load(clean, standard.TargetSchemaUpdates)
    rows = clean.rows("id, a1, a2, a3", table="TEST_SCHEMA_UPDATES")
    assert rows[:4] == [
        (1, 101, "string1", None),
        (2, 102, "string2", 1),
        (3, 103, "string3", 0),
        (4, 104, "string4", 1),
    ]


def test_mixed_case_columns_stay_apart(clean: Loader) -> None:
    load(clean, standard.TargetCamelcaseTest)
    load(clean, standard.TargetSpecialCharsInAttributes)
    assert clean.rows('"_ID"', table="test:SpecialChars!in?attributes") == [("a2e98886",)]


def test_errors_are_of_the_sdks_types(clean: Loader) -> None:
    with pytest.raises(RecordsWithoutSchemaException):
        clean.run(clean.record(id=1))
    with pytest.raises(MissingKeyPropertiesError):
        clean.run(clean.schema({"id": {"type": "integer"}}, ["id"]), clean.record())
