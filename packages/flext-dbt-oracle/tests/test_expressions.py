"""dbt's cross-database macros on Oracle: compiled once, then each run and its value compared.

Where the bare adapter gives another value or an error, that is asserted too: it is why the override exists.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import oracledb
import pytest
from dbt_projects import Project

MOMENT = "timestamp '2018-01-05 12:34:56.789'"  # a Friday
DAY = "to_date('2018-01-05 12:34:56', 'YYYY-MM-DD HH24:MI:SS')"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# name: (what a model writes, its value, what the bare adapter gives: a value, an ORA code, or None for the same)
EXPRESSIONS: dict[str, tuple[str, Any, Any]] = {
    "trunc_day": (f'dbt.date_trunc("day", "{MOMENT}")', at("2018-01-05"), at("2017-12-31")),
    "trunc_week": (f'dbt.date_trunc("week", "{MOMENT}")', at("2018-01-01"), None),
    "trunc_sunday": (f'dbt.date_trunc("week", "{DAY} + 2")', at("2018-01-01"), None),
    "trunc_week_in_year": (f'dbt.date_trunc("week", "{DAY} + 364")', at("2018-12-31"), None),
    "trunc_month": (f'dbt.date_trunc("month", "{MOMENT}")', at("2018-01-01"), None),
    "trunc_quarter": (f'dbt.date_trunc("quarter", "{DAY} + 100")', at("2018-04-01"), None),
    "trunc_year": (f'dbt.date_trunc("year", "{MOMENT}")', at("2018-01-01"), None),
    "trunc_hour": (f'dbt.date_trunc("hour", "{MOMENT}")', at("2018-01-05 12:00"), "ORA-01821"),
    "trunc_minute": (f'dbt.date_trunc("minute", "{MOMENT}")', at("2018-01-05 12:34"), "ORA-01821"),
    "trunc_second": (f'dbt.date_trunc("second", "{MOMENT}")', at("2018-01-05 12:34:56"), "ORA-01821"),
    "trunc_second_of_date": (f'dbt.date_trunc("second", "{DAY}")', at("2018-01-05 12:34:56"), "ORA-01821"),
    "add_month_to_31": ('dbt.dateadd("month", 1, "date \'2018-01-31\'")', at("2018-02-28"), "ORA-01839"),
    "add_month_in_leap_year": ('dbt.dateadd("month", 1, "date \'2020-01-31\'")', at("2020-02-29"), "ORA-01839"),
    "add_month_keeps_day": ('dbt.dateadd("month", 1, "date \'2018-02-28\'")', at("2018-03-28"), None),
    "add_year_to_leap_day": ('dbt.dateadd("year", 1, "date \'2020-02-29\'")', at("2021-02-28"), "ORA-01839"),
    "add_quarter": ('dbt.dateadd("quarter", -1, "date \'2018-05-31\'")', at("2018-02-28"), None),
    "add_keeps_time": (f'dbt.dateadd("month", 1, "{MOMENT}")', at("2018-02-05 12:34:56.789"), None),
    "add_week": ('dbt.dateadd("week", 2, "date \'2018-01-31\'")', at("2018-02-14"), None),
    "add_day": ('dbt.dateadd("day", -31, "date \'2018-01-31\'")', at("2017-12-31"), None),
    "add_hour": (f'dbt.dateadd("hour", 12, "{DAY}")', at("2018-01-06 00:34:56"), None),
    "add_sum": ('dbt.dateadd("day", "1 + 1", "date \'2018-01-31\'")', at("2018-02-02"), None),
    "diff_day": ('dbt.datediff("date \'2018-01-31\'", "date \'2018-02-01\'", "day")', 1, None),
    "diff_week": ('dbt.datediff("date \'2018-01-07\'", "date \'2018-01-08\'", "week")', 1, None),
    "diff_week_sunday": ('dbt.datediff("date \'2018-01-06\'", "date \'2018-01-07\'", "week")', 0, None),
    "diff_month": ('dbt.datediff("date \'2018-01-31\'", "date \'2018-02-01\'", "month")', 1, None),
    "diff_quarter": ('dbt.datediff("date \'2017-12-31\'", "date \'2018-04-01\'", "quarter")', 2, None),
    "diff_year": ('dbt.datediff("date \'2017-12-31\'", "date \'2018-01-01\'", "year")', 1, None),
    "diff_hour": (f'dbt.datediff("{DAY}", "{DAY} + 1", "hour")', 24, None),
    "diff_minute": (f'dbt.datediff("{DAY}", "{DAY} + 1/24", "minute")', 60, None),
    "diff_second": (f'dbt.datediff("{MOMENT}", "{DAY} + 1", "second")', 86400, None),
    "diff_null": ('dbt.datediff("cast(null as date)", "date \'2018-01-31\'", "day")', None, None),
    "last_day_month": ('dbt.last_day("date \'2020-02-03\'", "month")', at("2020-02-29"), None),
    "last_day_quarter": ('dbt.last_day("date \'2020-02-03\'", "quarter")', at("2020-03-31"), None),
    "last_day_year": ('dbt.last_day("date \'2020-02-03\'", "year")', at("2020-12-31"), None),
    "split_first": ("""dbt.split_part("'a.b.c'", "'.'", 1)""", "a", "ORA-00904"),
    "split_last": ("""dbt.split_part("'a.b.c'", "'.'", 3)""", "c", "ORA-00904"),
    "split_from_end": ("""dbt.split_part("'a.b.c'", "'.'", -1)""", "c", "ORA-00904"),
    "split_second_from_end": ("""dbt.split_part("'a.b.c'", "'.'", -2)""", "b", "ORA-00904"),
    "split_beyond": ("""dbt.split_part("'a.b.c'", "'.'", 4)""", None, "ORA-00904"),
    "split_empty_part": ("""dbt.split_part("'a..c'", "'.'", 2)""", None, "ORA-00904"),
    "split_without_delimiter": ("""dbt.split_part("'abc'", "'.'", 1)""", "abc", "ORA-00904"),
    "split_long_delimiter": ("""dbt.split_part("'a--b--c'", "'--'", 2)""", "b", "ORA-00904"),
    "split_null": ("""dbt.split_part("cast(null as varchar2(10))", "'.'", 1)""", None, "ORA-00904"),
    "bool_or": ("dbt.bool_or(\"dummy = 'X'\")", 1, "ORA-00907"),
    "any_value": ('dbt.any_value("dummy")', "X", None),
    "listagg": ("""dbt.listagg("dummy", "','", "order by dummy")""", "X", None),
    "escape": ('"\'" ~ dbt.escape_single_quotes("it\'s") ~ "\'"', "it's", None),
    "concat": ("""dbt.concat(["'a'", "'b'"])""", "ab", None),
    "position": ("""dbt.position("'b'", "'abc'")""", 2, None),
    "right": ("""dbt.right("'abc'", 2)""", "bc", None),
    "length": ("""dbt.length("'abc'")""", 3, None),
}
OURS = list(EXPRESSIONS)
ADAPTER = [name for name, (_, _, adapter) in EXPRESSIONS.items() if adapter is not None]


def models(names: list[str]) -> dict[str, str]:
    return {f"models/{name}.sql": f"select {{{{ {EXPRESSIONS[name][0]} }}}} as value from dual" for name in names}


def value(project: Project, name: str) -> Any:
    rows = project.query((project.root / "target/compiled/shop/models" / f"{name}.sql").read_text())
    assert len(rows) == 1
    return rows[0][0]


@pytest.fixture(scope="module")
def compiled(new_project: Callable[..., Project]) -> Project:
    project = new_project(models(OURS))
    project.dbt("compile")
    return project


@pytest.fixture(scope="module")
def adapter(new_project: Callable[..., Project]) -> Project:
    project = new_project(models(ADAPTER), plain=True)
    project.dbt("compile")
    return project


@pytest.mark.parametrize("name", OURS)
def test_the_value_is_dbts(compiled: Project, name: str) -> None:
    assert value(compiled, name) == EXPRESSIONS[name][1]


@pytest.mark.parametrize("name", ADAPTER)
def test_the_bare_adapter_gives_something_else(adapter: Project, name: str) -> None:
    expected = EXPRESSIONS[name][2]
    if not isinstance(expected, str):
        assert value(adapter, name) == expected
        return
    with pytest.raises(oracledb.DatabaseError, match=expected):
        value(adapter, name)


def test_the_old_date_trunc_is_a_variable_away(new_project: Callable[..., Project]) -> None:
    project = new_project(models(["trunc_day"]))
    project.dbt("compile", "--vars", "{flext_oracle_legacy_date_trunc: true}")
    assert value(project, "trunc_day") == at("2017-12-31")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ('dbt.date_trunc("fortnight", "sysdate")', "'fortnight' is not one of year, quarter, month, week"),
        ('dbt.dateadd("eon", 1, "sysdate")', "'eon' is not one of"),
        ('dbt.datediff("sysdate", "sysdate", "eon")', "'eon' is not one of"),
        ("""dbt.listagg("dummy", "','", "order by dummy", 3)""", "LISTAGG has no limit"),
        ("dbt.array_construct([1, 2], 'number')", "Oracle SQL has no array type"),
    ],
)
def test_what_oracle_cannot_do_is_said_when_the_model_is_compiled(
    compiled: Project, expression: str, message: str
) -> None:
    outcome = compiled.dbt("compile", "--inline", f"select {{{{ {expression} }}}} from dual", fails=True)
    assert message in outcome.log
