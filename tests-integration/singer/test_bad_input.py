"""Bad input ends with one clear line (code, object, next step), a non-zero exit, and no later STATE."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support import PASSWORD, Database, Run, run

PROGRAMS = ("tap-oracle", "target-oracle")


def write(folder: Path, name: str, content: object) -> str:
    path = folder / name
    path.write_text(json.dumps(content))
    return str(path)


def is_clear(done: Run, *words: str) -> None:
    """One last line on stderr that has the words; nothing secret and no traceback anywhere."""
    assert done.code != 0
    assert PASSWORD not in done.err + done.out
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.last_line, done.err


def start(program: str, config: str) -> Run:
    """Discover, or load one record."""
    if program == "tap-oracle":
        return run(program, "--config", config, "--discover")
    return run(program, "--config", config, stdin=singer(SCHEMA, record(1, "a")))


SCHEMA = {
    "type": "SCHEMA",
    "stream": "people",
    "key_properties": ["id"],
    "schema": {"properties": {"id": {"type": "integer"}, "name": {"type": ["string", "null"], "maxLength": 3}}},
}


def record(number: object, name: str) -> dict[str, object]:
    return {"type": "RECORD", "stream": "people", "record": {"id": number, "name": name}}


def state(value: int) -> dict[str, object]:
    return {"type": "STATE", "value": {"done": value}}


def singer(*messages: dict[str, object] | str) -> str:
    return "".join((message if isinstance(message, str) else json.dumps(message)) + "\n" for message in messages)


@pytest.mark.parametrize("program", PROGRAMS)
def test_wrong_password(program: str, tmp_path: Path, database: Database, new_user: Callable[[str], str]) -> None:
    settings = database.settings(new_user("LOADER")) | {"password": "Wrong_1"}
    is_clear(start(program, write(tmp_path, "config.json", settings)), "ORA-01017", "Next:")


@pytest.mark.parametrize("program", PROGRAMS)
def test_unreachable_host(program: str, tmp_path: Path, database: Database, unused_tcp_port: int) -> None:
    settings = database.settings("NOBODY") | {"host": "127.0.0.1", "port": unused_tcp_port}
    is_clear(start(program, write(tmp_path, "config.json", settings)), "DPY-6005", str(unused_tcp_port), "Next:")


@pytest.mark.parametrize("program", PROGRAMS)
def test_unknown_service(program: str, tmp_path: Path, database: Database) -> None:
    settings = database.settings("NOBODY") | {"service_name": "NO_SUCH_SERVICE"}
    is_clear(start(program, write(tmp_path, "config.json", settings)), "ORA-12514", "Next:")


@pytest.mark.parametrize("program", PROGRAMS)
def test_misspelt_setting(program: str, tmp_path: Path, database: Database) -> None:
    settings = database.settings("NOBODY") | {"pasword": "x"}
    is_clear(start(program, write(tmp_path, "config.json", settings)), "pasword", "password")


def test_unknown_table_in_the_catalog(tmp_path: Path, database: Database, new_user: Callable[[str], str]) -> None:
    user = new_user("SOURCE")
    with database.connect(user) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id NUMBER(5) PRIMARY KEY)")
    config = write(tmp_path, "config.json", database.settings(user))
    catalog = json.loads(run("tap-oracle", "--config", config, "--discover").out)
    catalog["streams"][0] |= {"tap_stream_id": "gone", "stream": "gone"}
    done = run("tap-oracle", "--config", config, "--catalog", write(tmp_path, "catalog.json", catalog))
    is_clear(done, "gone", user)
    assert "STATE" not in done.out


def test_a_broken_line_keeps_what_was_committed_and_nothing_after_it(
    tmp_path: Path, database: Database, new_user: Callable[[str], str]
) -> None:
    user = new_user("LOADER")
    config = write(tmp_path, "config.json", database.settings(user))
    lines = (SCHEMA, record(1, "one"), state(1), record(2, "two"), '{"type": "RECORD", "stream": ', state(2))
    done = run("target-oracle", "--config", config, stdin=singer(*lines))
    is_clear(done, "line 5")
    assert "2" not in done.out
    again = run("target-oracle", "--config", config, stdin=singer(SCHEMA, record(1, "one"), record(2, "two"), state(2)))
    assert again.code == 0, again.err
    assert json.loads(again.out.splitlines()[-1]) == {"done": 2}
    with database.connect(user) as connection, connection.cursor() as cursor:
        assert cursor.execute("SELECT id, name FROM people ORDER BY id").fetchall() == [(1, "one"), (2, "two")]


def test_a_value_too_long_names_its_column(tmp_path: Path, database: Database, new_user: Callable[[str], str]) -> None:
    user = new_user("LOADER")
    config = write(tmp_path, "config.json", database.settings(user))
    done = run("target-oracle", "--config", config, stdin=singer(SCHEMA, record(1, "one"), record(2, "four"), state(1)))
    is_clear(done, "name: 'four' is too long", "input line 3")
    assert done.out == ""
    with database.connect(user) as connection, connection.cursor() as cursor:
        assert cursor.execute("SELECT COUNT(*) FROM people").fetchone() == (0,)
