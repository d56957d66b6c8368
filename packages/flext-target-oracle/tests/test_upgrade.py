"""What an earlier release left behind: its log, its settings, its states (R21)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig
from flext_target_oracle.checkpoint import CheckpointTableError

if TYPE_CHECKING:
    from conftest import Loader

ID = {"type": "integer", "minimum": 0, "maximum": 999}
FIRST_RELEASE = """CREATE TABLE FLEXT_CHECKPOINT (
    TABLE_NAME VARCHAR2(128) NOT NULL, STREAM VARCHAR2(255 CHAR) NOT NULL, ROW_OFFSET NUMBER(19) NOT NULL,
    KIND VARCHAR2(1) NOT NULL, ANCHOR VARCHAR2(64) NOT NULL, ROW_COUNT NUMBER(19) NOT NULL,
    DIGEST VARCHAR2(64) NOT NULL, COMMITTED_AT TIMESTAMP(6) NOT NULL,
    CONSTRAINT FLEXT_CHECKPOINT_PK PRIMARY KEY (TABLE_NAME, STREAM, ROW_OFFSET, KIND, ANCHOR))"""


@pytest.fixture
def alone(loader: Loader) -> Iterator[Loader]:
    """As a user of its own, so that the log of other tests stays as it is."""
    name = f"U{loader.table}"
    settings = {**loader.config, "username": name, "password": f"{name}a1"}
    loader.api.execute_ddl(f'CREATE USER {name} IDENTIFIED BY "{name}a1" QUOTA UNLIMITED ON USERS').unwrap()
    loader.api.execute_ddl(f"GRANT CREATE SESSION, CREATE TABLE, CREATE VIEW TO {name}").unwrap()
    with FlextDbOracleApi(FlextDbOracleConfig(**settings)) as api:
        yield replace(loader, api=api, config=settings)
    loader.api.execute_ddl(f"DROP USER {name} CASCADE").unwrap()


@pytest.mark.parametrize("key", [[], ["id"]], ids=["append", "upsert"])
def test_the_log_of_an_older_release_gets_what_it_lacks_and_holds(alone: Loader, key: list[str]) -> None:
    alone.api.execute_ddl(FIRST_RELEASE).unwrap()
    schema = {**alone.schema({"id": ID}, key), "bookmark_properties": ["id"]}
    alone.run(schema, alone.record(id=1), alone.record(id=2), alone.state(2), batch_size=1)
    alone.run(alone.state(2), schema, alone.record(id=2), alone.record(id=3), alone.state(3))
    assert alone.rows() == [(1,), (2,), (3,)]
    assert {"BOUNDARY", "ROW_CHECKS"} <= alone.types("FLEXT_CHECKPOINT").keys()


@pytest.mark.parametrize(
    ("ddl", "told"),
    [
        ("CREATE TABLE FLEXT_CHECKPOINT (id NUMBER)", "ANCHOR is missing"),
        (FIRST_RELEASE.replace("DIGEST VARCHAR2(64)", "DIGEST VARCHAR2(32)"), "DIGEST is VARCHAR2"),
        (FIRST_RELEASE.replace("DIGEST", "EPOCH NUMBER NOT NULL, DIGEST"), "EPOCH is unknown"),
        ("CREATE VIEW FLEXT_CHECKPOINT AS SELECT 1 AS id FROM dual", "it is a view"),
    ],
)
def test_a_table_that_cannot_be_the_log_is_refused_with_what_to_do(alone: Loader, ddl: str, told: str) -> None:
    alone.api.execute_ddl(ddl).unwrap()
    with pytest.raises(
        CheckpointTableError, match=rf"FLEXT_CHECKPOINT is not the log.*{told}.*Hint: upgrade"
    ) as caught:
        alone.run(alone.schema({"id": ID}), alone.record(id=1), alone.state(1))
    assert caught.value.__dict__["emitted"] == []
    assert not alone.exists(alone.table) or alone.rows() == []


def test_settings_and_states_of_earlier_releases_are_understood(loader: Loader) -> None:
    """The first release's documented settings, and states without the form of today's taps."""
    settings = {
        "default_target_schema": loader.api.current_schema().unwrap(),
        "batch_size": 2,
        "load_method": "append-only",
        "strip_schema_prefix": True,
        "add_record_metadata": False,
        "batch_wait_limit_seconds": 5,
    }
    schema = loader.schema({"id": ID})
    states: list[Any] = [[1], {loader.stream: 1}, {"bookmarks": {loader.stream: {"id": 2}}, "currently_syncing": None}]
    messages = [
        message
        for number, value in enumerate(states)
        for message in (loader.record(id=number), {"type": "STATE", "value": value})
    ]
    assert loader.run(schema, *messages, **settings)[-1] == states[-1]
    loader.run({"type": "STATE", "value": states[-1]}, schema, loader.record(id=3), **settings)
    assert loader.rows() == [(0,), (1,), (2,), (3,)]
