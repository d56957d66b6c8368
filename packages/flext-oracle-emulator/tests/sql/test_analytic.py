"""Windows, row limits and joins that fill gaps: Oracle SQL in, Oracle's rows out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flext_oracle_emulator.errors import OracleError


def plain(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral() else value


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        # EMP: (1 Ada dept 10 sal 900), (2 Ben 10 500), (3 Cyd 20 700), (4 Dan 20 NULL), (5 Eve NULL 500)
        ("sum(sal) keep (dense_rank first order by nvl(boss, 1)) over ()", [2100] * 5),
        ("sum(sal) keep (dense_rank last order by id) over (partition by dept)", [500, 500, None, None, 500]),
        ("count(sal) keep (dense_rank first order by dept) over ()", [2] * 5),
        ("count(*) keep (dense_rank last order by dept) over ()", [1] * 5),
        ("avg(sal) keep (dense_rank first order by dept) over ()", [700] * 5),
        ("max(sal) keep (dense_rank first order by dept) over ()", [900] * 5),
        ("lag(sal, 1, -1) ignore nulls over (order by id)", [-1, 900, 500, 700, 700]),
        ("lead(sal ignore nulls, 2, 0) over (order by id)", [700, 500, 0, 0, 0]),
        (
            "nth_value(sal, 2) from last over (order by id rows between 1 preceding and 1 following)",
            [900, 500, 700, None, None],
        ),
    ],
)
def test_analytic_functions(db: Any, expression: str, values: list[int | None]) -> None:
    rows = db.rows(f"select {expression} from emp order by id")
    assert [plain(row[0]) for row in rows] == values


@pytest.mark.parametrize(
    ("clause", "ids"),
    [
        ("order by dept nulls last, id fetch first 20 percent rows with ties", [1]),
        ("order by dept nulls last fetch first 20 percent rows with ties", [1, 2]),
        ("order by dept nulls last offset 1 row fetch first 30 percent rows with ties", [2, 3, 4]),
        ("order by dept nulls last fetch first 0 percent rows with ties", []),
    ],
)
def test_percent_with_ties(db: Any, clause: str, ids: list[int]) -> None:
    rows = db.rows(f"select id, dept from emp {clause}")
    assert sorted(plain(row[0]) for row in rows) == ids


@pytest.mark.parametrize(
    "join",
    [
        "emp e partition by (dept) right outer join (select level n from dual connect by level < 4) t on (e.id = t.n)",
        "(select level n from dual connect by level < 4) t left join emp e partition by (e.dept) on e.id = t.n",
    ],
)
def test_partitioned_outer_join_fills_gaps_in_each_partition(db: Any, join: str) -> None:
    rows = db.rows(f"select e.dept, t.n, e.name from {join} where e.dept is not null order by 1, 2")
    assert [tuple(map(plain, row)) for row in rows] == [
        (10, 1, "Ada"),
        (10, 2, "Ben"),
        (10, 3, None),
        (20, 1, None),
        (20, 2, None),
        (20, 3, "Cyd"),
    ]


def test_window_clause_is_for_21c(db: Any) -> None:
    sql = "select sum(sal) over w, count(*) over (w rows 1 preceding) from emp window w as (partition by dept order by id)"
    cursor = db.connection.execute(db.translate(sql, version=23).sql.encode())
    assert [tuple(map(plain, row)) for row in cursor.fetchall()] == [(900, 1), (1400, 2), (700, 1), (700, 2), (500, 1)]
    with pytest.raises(OracleError) as caught:
        db.translate(sql)
    assert caught.value.code == 923


@pytest.mark.parametrize(
    ("frame", "sums"),
    [
        ("rows between 1 preceding and 1 following exclude current row", [500, 1600, 500, 1200, None]),
        ("groups between 1 preceding and current row", [900, 1400, 1200, 700, 500]),
        ("rows between unbounded preceding and current row exclude ties", [900, 1400, 2100, 2100, 2600]),
    ],
)
def test_frames_of_21c(db: Any, frame: str, sums: list[int | None]) -> None:
    cursor = db.connection.execute(
        db.translate(f"select sum(sal) over (order by id {frame}) from emp order by id", version=23).sql
    )
    assert [plain(row[0]) for row in cursor.fetchall()] == sums
    with pytest.raises(OracleError):
        db.translate(f"select sum(sal) over (order by id {frame}) from emp")
