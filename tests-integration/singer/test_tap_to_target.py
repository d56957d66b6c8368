"""What the tap reads and the target writes is the same, bit for bit, as lines and as Parquet files, and also the second time."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import BIN, Database

TABLE = """
CREATE TABLE things (
  id NUMBER(9) PRIMARY KEY, bare NUMBER, n38 NUMBER(38), price NUMBER(10,2), hundreds NUMBER(5,-2), small NUMBER(2,5),
  bd BINARY_DOUBLE, v VARCHAR2(20 CHAR), c CHAR(5), r RAW(16), d DATE, ts TIMESTAMP(6), ts9 TIMESTAMP(9),
  tz TIMESTAMP(9) WITH TIME ZONE, iym INTERVAL YEAR(4) TO MONTH, ids INTERVAL DAY(5) TO SECOND(9), changed TIMESTAMP(6)
)
"""
ROW = """
INSERT INTO things VALUES (:id, -12345678901234567890.123456789, 99999999999999999999999999999999999999, -0.01, 12300,
  0.00012, 1e-300, 'gr\u00fcn \u20ac', 'ab', HEXTORAW('00FF'), DATE '2024-02-29', TIMESTAMP '9999-12-31 23:59:59.999999',
  TIMESTAMP '2024-02-29 13:14:15.123456789', TIMESTAMP '2024-02-29 13:14:15.123456789 +14:00',
  INTERVAL '-123-4' YEAR(4) TO MONTH, INTERVAL '-12 03:04:05.678901234' DAY(5) TO SECOND(9),
  TIMESTAMP '2024-01-01 00:00:00' + NUMTODSINTERVAL(:id, 'SECOND'))
"""


@pytest.mark.parametrize("as_files", [False, True], ids=["lines", "Parquet files"])
def test_every_value_arrives_as_it_was(
    database: Database, new_user: Callable[[str], str], tmp_path: Path, as_files: bool
) -> None:
    source, target = new_user("SOURCE"), new_user("TARGET")
    with database.connect(source) as connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.executemany(ROW, [{"id": number} for number in range(1, 21)])
        cursor.execute("INSERT INTO things (id, changed) VALUES (21, TIMESTAMP '2024-01-02 00:00:00')")
        connection.commit()
        tap: dict[str, Any] = database.settings(source) | {"stream_options": {"things": {"replication_key": "changed"}}}
        if as_files:
            storage = {"root": (tmp_path / "files").as_uri(), "prefix": ""}
            encoding = {"format": "parquet", "compression": "none"}
            tap["batch_config"] = {"encoding": encoding, "storage": storage, "batch_size": 8}
        state = move(tap, database.settings(target), {}, tmp_path)
        cursor.execute(f"GRANT SELECT ON things TO {target}")
        assert differences(database, source, target) == (0, 0, 21)
        cursor.execute("UPDATE things SET v = 'new', changed = TIMESTAMP '2024-01-03 00:00:00' WHERE id = 7")
        connection.commit()
        again = move(tap, database.settings(target), state, tmp_path)
    assert again["bookmarks"]["things"]["replication_key_value"].startswith("2024-01-03T00:00:00")
    assert differences(database, source, target) == (0, 0, 21)


def move(tap: dict[str, Any], target: dict[str, Any], state: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Run tap | target; the last state that the target wrote."""
    files = {"tap": tap, "target": target, "state": state}
    paths = {name: folder / f"{name}.json" for name in files}
    for name, content in files.items():
        paths[name].write_text(json.dumps(content))
    with (
        (folder / "tap.log").open("w") as tap_log,
        (folder / "target.log").open("w") as target_log,
        subprocess.Popen(
            [BIN / "tap-oracle", "--config", paths["tap"], "--state", paths["state"]],
            stdout=subprocess.PIPE,
            stderr=tap_log,
        ) as reading,
        subprocess.Popen(
            [BIN / "target-oracle", "--config", paths["target"]],
            stdin=reading.stdout,
            stdout=subprocess.PIPE,
            stderr=target_log,
            text=True,
        ) as writing,
    ):
        out, _ = writing.communicate(timeout=120)
    assert reading.returncode == 0, (folder / "tap.log").read_text()
    assert writing.returncode == 0, (folder / "target.log").read_text()
    last: dict[str, Any] = json.loads(out.splitlines()[-1])
    return last


def differences(database: Database, source: str, target: str) -> tuple[int, ...]:
    """Rows only here, rows only there, rows there."""
    names = "id, bare, n38, price, hundreds, small, bd, v, c, r, d, ts, ts9, tz, iym, ids, changed"
    here, there = f"SELECT {names} FROM {source}.things", f"SELECT {names} FROM things"
    with database.connect(target) as connection, connection.cursor() as cursor:
        found = []
        for sql in (f"{here} MINUS {there}", f"{there} MINUS {here}", there):
            cursor.execute(f"SELECT COUNT(*) FROM ({sql})")
            found.append(cursor.fetchone()[0])
    return tuple(found)
