"""Users, tables, stored code and rows that the driver's tests expect, made as far as the emulator can.

A statement that the emulator refuses is reported, not raised: the tests that need it fail, and are not in the list.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import oracledb

FOLDER = Path(__file__).resolve().parent
MAIN_USER = "pythontest"
PROXY_USER = "pythontestproxy"
PASSWORD = "Conformance_1"

_USERS = (
    f'create user {MAIN_USER} identified by "{PASSWORD}"',
    f'create user {PROXY_USER} identified by "{PASSWORD}"',
    f"alter user {PROXY_USER} grant connect through {MAIN_USER}",
    f"grant create session to {PROXY_USER}",
    f"grant create session, create table, create procedure, create type, create view to {MAIN_USER}",
    f"grant create sequence, create synonym, create trigger to {MAIN_USER}",
    f"grant select any dictionary, unlimited tablespace to {MAIN_USER}",
)

_DAY = datetime.timedelta(days=1)
_TEXT_FORMAT = "YYYY-MM-DD HH24:MI:SS.FF9"


def _every_other(number: int, value: Any) -> Any:
    """The nullable columns are NULL in even rows."""
    return value if number % 2 else None


def _moment(base: str, days: int, seconds: int, fraction: int) -> str:
    """A time as text: the fraction's digits stand behind the point as they are, so 50 is half a second."""
    day = datetime.date.fromisoformat(base) + days * _DAY
    return f"{day} 00:00:{seconds:02}.{str(fraction).ljust(9, '0')}"


def _offset(number: int) -> str:
    return f"{'+' if number % 2 else '-'}{number:02}:{'30' if number % 4 else '00'}"


def _zoned_rows(base: str) -> list[tuple[Any, ...]]:
    return [
        (
            i,
            f"{_moment(base, i, 2 * i, 50 * i)} {_offset(i)}",
            _every_other(i, f"{_moment(base, i + 1, 3 * i, 125 * i)} +00:00"),
            f"{_moment('2009-12-14', 0, 0, 0)} +00:00",
        )
        for i in range(1, 11)
    ]


def _rows() -> Iterator[tuple[str, Sequence[tuple[Any, ...]]]]:
    """Each INSERT with its rows."""
    numbers = range(1, 11)
    plain = "insert into {} values (:1, :2, :3)".format
    yield (
        "insert into TestNumbers values (:1, :2, :3, :4, :5, :6)",
        [(i, 38**i, i * 1.25, i * 1.75, i**3 + i * 0.5, _every_other(i, 143**i)) for i in numbers],
    )
    yield (
        "insert into TestStrings values (:1, :2, :3, :4, :5)",
        [(i, f"String {i}", f"Raw {i}".encode(), f"Fixed Char {i}", _every_other(i, f"Nullable {i}")) for i in numbers],
    )
    yield (
        "insert into TestUnicodes values (:1, :2, :3, :4)",
        [(i, f"Unicode \u3042 {i}", f"Fixed Unicode {i}", _every_other(i, f"Nullable {i}")) for i in numbers],
    )
    start = datetime.datetime(2002, 12, 9)
    yield (
        plain("TestDates"),
        [(i, start + i * 1.1 * _DAY, _every_other(i, start + i * 2.15 * _DAY)) for i in numbers],
    )
    letters = random.Random(1)
    yield (
        "insert into TestXML values (:1, :2)",
        [
            (i, f'<?xml version="1.0"?><records>{"".join(letters.choices("ABC123", k=1024))}</records>')
            for i in range(1, 101)
        ],
    )
    conversion = f"to_timestamp(:{{}}, '{_TEXT_FORMAT}')".format
    yield (
        f"insert into TestTimestamps values (:1, {conversion(2)}, {conversion(3)}, {conversion(4)})",
        [
            (
                i,
                _moment("2002-12-09", i, 2 * i, 50 * i),
                _every_other(i, _moment("2002-12-09", i + 1, 3 * i, 125 * i)),
                _moment("2009-12-14", 0, 0, 0),
            )
            for i in numbers
        ],
    )
    conversion = f"to_timestamp_tz(:{{}}, '{_TEXT_FORMAT} TZH:TZM')".format
    for table, base in (("TestTimestampLTZs", "2022-06-02"), ("TestTimestampTZs", "2022-06-03")):
        yield f"insert into {table} values (:1, {conversion(2)}, {conversion(3)}, {conversion(4)})", _zoned_rows(base)
    yield (
        "insert into TestIntervals values (:1, :2, :3, :4, :5)",
        [
            (
                i,
                datetime.timedelta(days=i, hours=i, minutes=2 * i, seconds=3 * i),
                _every_other(i, datetime.timedelta(days=i + 5, hours=i + 2, minutes=2 * i + 5, seconds=3 * i + 5)),
                datetime.timedelta(days=8, hours=5, minutes=15),
                datetime.timedelta(days=10, hours=12, minutes=15, seconds=15),
            )
            for i in numbers
        ],
    )
    conversion = "to_yminterval(:{})".format
    yield (
        f"insert into TestIntervalYMs values (:1, {conversion(2)}, {conversion(3)}, {conversion(4)})",
        [(i, f"{i - 5}-{i}", _every_other(i, f"{i + 5}-{i + 2}"), "3-8") for i in numbers],
    )
    yield "insert into TestJsonCols values (:1, :2, :3, :4)", [(1, "[1, 2, 3]", "[4, 5, 6]", b"[7, 8, 9]")]


def _statements(script: Path) -> Iterator[str]:
    lines: list[str] = []
    for line in script.read_text(encoding="utf-8").splitlines():
        if line == "/":
            yield "\n".join(lines).strip()
            lines.clear()
        elif not line.startswith("--"):
            lines.append(line)


def create(dsn: str, admin: str, admin_password: str, compatible: int) -> list[str]:
    """Make everything; return the first line and the error of each statement that was refused."""
    refused: list[str] = []

    def run(cursor: oracledb.Cursor, statement: str, rows: Sequence[tuple[Any, ...]] | None = None) -> None:
        try:
            if rows is None:
                cursor.execute(statement)
            else:
                cursor.executemany(statement, list(rows))
        except oracledb.Error as error:
            refused.append(f"{statement.splitlines()[0]}: {str(error).splitlines()[0]}")
            return
        if cursor.warning is not None:
            refused.append(f"{statement.splitlines()[0]}: {cursor.warning}")

    with oracledb.connect(user=admin, password=admin_password, dsn=dsn) as connection:
        for statement in _USERS:
            run(connection.cursor(), statement)
    with oracledb.connect(user=MAIN_USER, password=PASSWORD, dsn=dsn) as connection:
        for name in ("schema.sql", "schema_23.sql") if compatible >= 23 else ("schema.sql",):
            for statement in _statements(FOLDER / name):
                run(connection.cursor(), statement)
        for statement, rows in _rows():
            run(connection.cursor(), statement, rows)
        connection.commit()
    return refused
