"""Types that came with Oracle 21c and 23ai: JSON, BOOLEAN, and VECTOR, which has no Singer form."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import oracledb
from flext_oracle_emulator import Emulator

STATEMENTS = (
    "CREATE TABLE facts (id NUMBER(9) PRIMARY KEY, doc JSON, yes BOOLEAN, near VECTOR(3, FLOAT32))",
    """INSERT INTO facts VALUES (1, '{"a": [1, 2.50, null, "x"]}', TRUE, '[1, 2, 3]')""",
    "INSERT INTO facts (id, yes) VALUES (2, FALSE)",
    "INSERT INTO facts (id) VALUES (3)",
)


def run(folder: Path, config: dict[str, Any], *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "config.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "flext_tap_oracle", "--config", str(folder / "config.json"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def test_json_and_boolean_are_read_and_vector_is_unsupported(tmp_path: Path) -> None:
    with Emulator(users={"hr": "hr"}, compatible=23) as server:
        address = {"host": server.host, "port": server.port, "service_name": "FREEPDB1"}
        with oracledb.connect(user="hr", password="hr", **address) as connection, connection.cursor() as cursor:
            for statement in STATEMENTS:
                cursor.execute(statement)
            connection.commit()
        config = {**address, "username": "hr", "password": "hr"}
        discovered = run(tmp_path, config, "--discover")
        (tmp_path / "catalog.json").write_text(discovered.stdout)
        done = run(tmp_path, config, "--catalog", str(tmp_path / "catalog.json"))
    [entry] = json.loads(discovered.stdout)["streams"]
    assert {"breadcrumb": ["properties", "near"], "metadata": {"inclusion": "unsupported"}} in entry["metadata"]
    assert "column NEAR has type VECTOR" in discovered.stderr
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    properties = messages[0]["schema"]["properties"]
    assert {name: part["x-oracle"]["type"] for name, part in properties.items()} == {
        "id": "NUMBER(9)",
        "doc": "JSON",
        "yes": "BOOLEAN",
    }
    assert properties["yes"]["type"] == ["boolean", "null"]
    records = {m["record"]["id"]: m["record"] for m in messages if m["type"] == "RECORD"}
    assert (records[1]["yes"], records[2]["yes"], records[3]["yes"]) == (True, False, None)
    assert (records[1]["doc"], records[3]["doc"]) == ({"a": [1, 2.5, None, "x"]}, None)
