"""The Singer SDK's standard suite for taps passes on a table with a column of each type."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from support import BIN, PASSWORD, Database

TABLE = """
CREATE TABLE items (
  id NUMBER(9) PRIMARY KEY, name VARCHAR2(40 CHAR) NOT NULL, price NUMBER(12,4), total NUMBER, hundreds NUMBER(5,-2),
  whole NUMBER(38), portion FLOAT, ratio BINARY_DOUBLE, near BINARY_FLOAT, code CHAR(4), national NVARCHAR2(10), added DATE,
  changed TIMESTAMP(6), exact TIMESTAMP(9), seen TIMESTAMP(3) WITH TIME ZONE, here TIMESTAMP(6) WITH LOCAL TIME ZONE,
  months INTERVAL YEAR TO MONTH, days INTERVAL DAY TO SECOND(6), photo BLOB, notes CLOB, national_notes NCLOB,
  raw_id RAW(16), old_notes LONG
)
"""
ROW = """
INSERT INTO items VALUES (:id, 'item', 12.3456, 1/3, 12300, 99999999999999999999999999999999999999, 0.1, 0.5, 0.25, 'ab',
  N'\u65e5\u672c', DATE '2024-02-29', TIMESTAMP '2024-02-29 12:00:00.123456', TIMESTAMP '2024-02-29 12:00:00.123456789',
  TIMESTAMP '2024-02-29 12:00:00.123 +05:30', TIMESTAMP '2024-02-29 12:00:00 +00:00', INTERVAL '-1-2' YEAR TO MONTH,
  INTERVAL '1 02:03:04.5' DAY TO SECOND, HEXTORAW('00FF'), 'text', 'text', HEXTORAW('DEADBEEF'), 'old')
"""


def test_standard_tap_suite(database: Database, new_user: Callable[[str], str]) -> None:
    user = new_user("SUITE")
    with database.connect(user) as connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.executemany(ROW, [{"id": number} for number in range(1, 21)])
        connection.commit()
    address = {
        "TAP_ORACLE_HOST": database.host,
        "TAP_ORACLE_PORT": str(database.port),
        "TAP_ORACLE_SERVICE_NAME": database.service,
        "TAP_ORACLE_USERNAME": user,
        "TAP_ORACLE_PASSWORD": PASSWORD,
    }
    suite = Path(__file__).parent / "standard_tap_suite.py"
    done = subprocess.run(
        [str(BIN / "pytest"), "-q", "-p", "no:cacheprovider", str(suite)],
        env=os.environ | address,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout
    assert int(passed[1]) >= 25
    assert "skipped" not in done.stdout
