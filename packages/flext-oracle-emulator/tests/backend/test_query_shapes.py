"""Rarer shapes of queries: ROWNUM in any condition, PIVOT of any aggregate, GROUP_ID, windows of months, SEARCH, SAMPLE."""

from __future__ import annotations

from collections.abc import Iterator

import oracledb
import pytest
from flext_oracle_emulator.emulator import Emulator

TREE = (
    "with t (id, boss, hired, lvl) as (select id, boss, hired, 1 from shapes where boss is null"
    " union all select s.id, s.boss, s.hired, t.lvl + 1 from shapes s join t on s.boss = t.id)"
)


@pytest.fixture(scope="module")
def shapes(engine: Emulator) -> Iterator[oracledb.Cursor]:
    """Seven rows: 1 is the boss of 2 and 3, 2 of 4 and 5, 3 of 6 and 7."""
    with oracledb.connect(user="app", password="app", dsn=engine.dsn) as connection, connection.cursor() as cursor:
        cursor.execute(
            "create table shapes (id number(6), name varchar2(9), boss number, dept number, pay number, hired date)"
        )
        cursor.execute(
            "insert into shapes select level, 'n' || level, case when level > 1 then trunc(level / 2) end, mod(level, 3),"
            " level * 10, add_months(date '2020-01-31', level) from dual connect by level <= 7"
        )
        connection.commit()
        yield cursor
        cursor.execute("drop table shapes purge")


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("rownum in (1, 2)", [1, 2]),
        ("not rownum > 2", [1, 2]),
        ("rownum not in (3, 4)", [1, 2]),
        ("mod(rownum, 2) = 0", []),
        ("mod(rownum, 4) <> 0 and id > 2", [3, 4, 5]),
        ("rownum + 1 < 4 or rownum = 5", [1, 2]),
        ("rownum * rownum < 10 and rownum <= 2", [1, 2]),
        ("rownum is not null", [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_rownum_in_any_condition_of_its_own(shapes: oracledb.Cursor, condition: str, ids: list[int]) -> None:
    shapes.execute(f"select id from shapes where {condition}")
    assert [id_ for (id_,) in shapes] == ids
    shapes.execute(f"select count(*), sum(rownum) from shapes where {condition}")
    assert shapes.fetchone() == (len(ids), sum(range(1, len(ids) + 1)) or None)


def test_rownum_of_both_a_number_and_a_column_says_so(shapes: oracledb.Cursor) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-03001"):
        shapes.execute("select id from shapes where rownum <= id")


@pytest.mark.parametrize(
    ("clause", "row"),
    [
        ("median(pay) m, stddev(pay) s, count(*) c for dept in (0 z)", (45, pytest.approx(21.2132034), 2)),
        ("listagg(name, ',') within group (order by name desc) for dept in (0, 1)", ("n6,n3", "n7,n4,n1")),
        ("percentile_disc(0.5) within group (order by pay) for dept in (1 a)", (40,)),
        ("listagg(name) for (dept, name) in ((0, 'n3') a, (1, 'n3') b)", ("n3", None)),
    ],
)
def test_pivot_with_any_aggregate(shapes: oracledb.Cursor, clause: str, row: tuple[object, ...]) -> None:
    columns = "dept, name" if "listagg" in clause else "dept, pay"
    shapes.execute(f"select * from (select {columns} from shapes) pivot ({clause})")
    assert shapes.fetchall() == [row]


def test_pivot_of_no_aggregate(shapes: oracledb.Cursor) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-56902"):
        shapes.execute("select * from (select dept, pay from shapes) pivot (sum(pay) * 2 for dept in (0))")


def test_group_id_numbers_groups_that_several_sets_give(shapes: oracledb.Cursor) -> None:
    shapes.execute(
        "select dept, group_id(), count(*) from shapes group by grouping sets (dept, dept, ()) order by 1, 2"
    )
    assert shapes.fetchall() == [(0, 0, 2), (0, 1, 2), (1, 0, 3), (1, 1, 3), (2, 0, 2), (2, 1, 2), (None, 0, 7)]
    shapes.execute("select dept from shapes group by dept, rollup(dept) having group_id() = 0 and count(*) > 2")
    assert shapes.fetchall() == [(1,)]
    assert shapes.execute("select group_id() from shapes group by ()").fetchall() == [(0,)]


def test_a_window_of_months(shapes: oracledb.Cursor) -> None:
    frames = [
        ("interval '1' month", "interval '0' month"),
        ("interval '1' year", "interval '40' day"),
        ("interval '0-2' year to month", "0"),
    ]
    counts = [f"count(*) over (order by hired range between {a} preceding and {b} following)" for a, b in frames]
    shapes.execute(f"select {', '.join(counts)} from shapes order by id")
    assert shapes.fetchall() == [(1, 2, 1), (2, 3, 2), (2, 4, 3), (2, 5, 3), (2, 6, 3), (2, 7, 3), (2, 7, 3)]


@pytest.mark.parametrize(
    ("search", "ids"),
    [
        ("depth first by id desc", [1, 3, 7, 6, 2, 5, 4]),
        ("breadth first by id desc", [1, 3, 2, 7, 6, 5, 4]),
        ("depth first by hired desc nulls last", [1, 3, 7, 6, 2, 5, 4]),
        ("depth first by lvl, id desc", [1, 3, 7, 6, 2, 5, 4]),
        ("breadth first by id nulls first", [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_search_in_descending_order(shapes: oracledb.Cursor, search: str, ids: list[int]) -> None:
    shapes.execute(f"{TREE} search {search} set place select id, place from t order by place")
    assert shapes.fetchall() == list(zip(ids, range(1, 8), strict=True))
    assert [column.name for column in shapes.execute(f"{TREE} search {search} set place select * from t").description] == [
        "ID", "BOSS", "HIRED", "LVL", "PLACE",
    ]  # fmt: skip


@pytest.mark.parametrize("percent", ["0", "100", "0.0000001"])
def test_a_sample_is_a_part(shapes: oracledb.Cursor, percent: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-30562"):
        shapes.execute(f"select * from shapes sample ({percent})")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("date '-0044-03-15'", "-0044-03-15 00:00:00"),
        ("date '-0044-03-15' + 17", "-0044-04-01 00:00:00"),
        ("timestamp '-4712-01-01 23:59:58'", "-4712-01-01 23:59:58"),
        ("timestamp '-0001-12-31 10:00:00.5'", "-0001-12-31 10:00:00"),
        ("timestamp '-0001-12-31'", "-0001-12-31 00:00:00"),
    ],
)
def test_literals_before_year_1(cursor: oracledb.Cursor, expression: str, text: str) -> None:
    cursor.execute(f"select to_char({expression}, 'SYYYY-MM-DD HH24:MI:SS') from dual")
    assert cursor.fetchone() == (text,)


@pytest.mark.parametrize(("literal", "code"), [("date '-4713-01-01'", 1841), ("date '0000-01-01'", 1841)])
def test_years_that_are_none(cursor: oracledb.Cursor, literal: str, code: int) -> None:
    with pytest.raises(oracledb.DatabaseError, match=f"ORA-{code:05d}"):
        cursor.execute(f"select {literal} from dual")
