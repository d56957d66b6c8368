"""Format models there and back: what TO_CHAR writes, TO_DATE and TO_NUMBER read as the same value."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

#: Each keeps a whole second; in parts that may stand in any order, with any punctuation between them.
YEARS = ("YYYY", "SYYYY", "RRRR", "Y,YYY")
DAYS = ("MM DD", "DD MON", "Month DD", "DDD", "DD fmMonthfm", "RM DD", "MON/DD")
TIMES = ("HH24:MI:SS", "HH:MI:SS AM", "HH12.MI.SS P.M.", "SSSSS", "HH24MISS")
MOMENTS = st.datetimes(datetime.datetime(1000, 1, 1), datetime.datetime(9999, 12, 31)).map(
    lambda d: d.replace(microsecond=0)
)
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def value(db: Any, sql: str) -> Any:
    with db.connection.transaction():  # what fails leaves the next example alone
        return db.value(sql)


@QUIET
@given(MOMENTS, st.sampled_from(YEARS), st.sampled_from(DAYS), st.sampled_from(TIMES), st.permutations(range(3)))
def test_dates_come_back(db: Any, moment: datetime.datetime, year: str, day: str, time: str, order: list[int]) -> None:
    parts = [year, day, time]
    model = " ".join(parts[place] for place in order)
    sql = f"""select to_char(to_date(to_char(d, '{model}'), '{model}'), 'YYYY-MM-DD HH24:MI:SS')
        from (select to_date('{moment:%Y-%m-%d %H:%M:%S}', 'YYYY-MM-DD HH24:MI:SS') d from dual)"""
    assert value(db, sql) == f"{moment:%Y-%m-%d %H:%M:%S}", model


@QUIET
@given(MOMENTS, st.integers(0, 10**9 - 1), st.sampled_from(("FF9", "FF")), st.integers(-12 * 60, 14 * 60))
def test_timestamps_keep_nanoseconds_and_offset(
    db: Any, moment: datetime.datetime, nanos: int, fraction: str, offset: int
) -> None:
    zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
    text = f"{moment:%Y-%m-%d %H:%M:%S}.{nanos:09d} {zone}"
    model = f"YYYY-MM-DD HH24:MI:SS.{fraction} TZH:TZM"
    sql = f"select to_char(to_timestamp_tz('{text}', '{model}'), 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM') from dual"
    assert value(db, sql) == text


@QUIET
@given(
    st.decimals(min_value=-99999, max_value=99999, places=2),
    st.sampled_from(
        ("S99,990.00", "99990.00MI", "$99,990.00", "99G990D00", "99990.00PR", "FM99,990.00", "99990.00S", "L99990.00")
    ),
)
def test_numbers_come_back(db: Any, number: Decimal, model: str) -> None:
    assert value(db, f"select to_number(to_char({number}, '{model}'), '{model}') from dual") == number


@QUIET
@given(st.integers(1, 3999), st.integers(0, 10**37))
def test_roman_and_hexadecimal_numbers(db: Any, small: int, large: int) -> None:
    shown = value(db, f"select to_char({small}, 'FMRN') from dual")
    values = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}
    digits = [values[letter] for letter in shown]
    assert sum(-a if a < b else a for a, b in zip(digits, [*digits[1:], 0], strict=True)) == small
    model = "X" * 32
    assert value(db, f"select to_number(to_char({large}, 'FM{model}'), '{model}') from dual") == large


@pytest.mark.parametrize("model", ["YYYY-MM-DD", "DD.MM.RRRR", "Day, Month DD, YYYY", "J"])
def test_days_come_back(db: Any, model: str) -> None:
    sql = f"""select count(*) from (select date '1999-12-25' + level d from dual connect by level <= 800)
        where to_date(to_char(d, '{model}'), '{model}') = d"""
    assert value(db, sql) == 800
