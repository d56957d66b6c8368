"""Oracle SQL in, Oracle's rows out: translations executed by PostgreSQL with schema oracle."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg
import pytest


def flat(rows: list[tuple[Any, ...]]) -> list[Any]:
    return [row[0] if len(row) == 1 else tuple(row) for row in rows]


def plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    return int(value) if isinstance(value, Decimal) and value == value.to_integral() else value


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        # ROWNUM is counted before ORDER BY, GROUP BY and DISTINCT
        ("select name from (select name from emp order by id desc) where rownum <= 2", ["Eve", "Dan"]),
        ("select name from emp where rownum <= 3 order by name desc", ["Cyd", "Ben", "Ada"]),
        ("select count(*) from emp where rownum < 4", [3]),
        (
            "select rownum, name from (select name from emp order by name desc) where rownum < 3",
            [(1, "Eve"), (2, "Dan")],
        ),
        ("select name from emp where rownum > 1", []),
        ("select name from emp where rownum >= 1 and rownum != 3", ["Ada", "Ben"]),
        ("select 1 from dual where 1 = 0 and rownum < 1", []),
        (
            "select name from (select name, rownum rn from (select name from emp order by id) where rownum <= 4)"
            " where rn > 2",
            ["Cyd", "Dan"],
        ),
        ("select id from emp where rownum <= null", []),
        # row limiting
        ("select id from emp order by id offset 1 row fetch next 2 rows only", [2, 3]),
        ("select sal from emp where sal is not null order by sal fetch first 1 row with ties", [500, 500]),
        ("select id from emp order by id fetch first 30 percent rows only", [1, 2]),
        ("select id from emp order by id fetch first null rows only", []),
        # NULLs sort last, and first when descending
        ("select boss from emp order by boss", [1, 1, 2, 4, None]),
        ("select boss from emp order by boss desc", [None, 4, 2, 1, 1]),
        # regular expressions: brackets and letters after a backslash are POSIX's, not Perl's
        (r"select regexp_substr('a\d', '[\d]') from dual", ["\\"]),
        (r"select regexp_replace('a-b\c', '[\-\.]', '#') from dual", ["a-b#c"]),
        (r"select regexp_replace('tab n', '\t|\n', '#') from dual", ["#ab #"]),
        (r"select regexp_substr('x1 y22', '\w\d{2}\z') from dual", ["y22"]),
        (r"select regexp_substr('a]b', '[]]') from dual", ["]"]),
        (r"select regexp_substr('key=val', '^(.*?)=(.*)$', 1, 1, null, 1) from dual", ["key"]),
        ("select regexp_instr('abc', 'C', 1, 1, 0, null) from dual", [0]),
        ("select regexp_count('abcABC', 'b', 1, null) from dual", [1]),
        # text
        ("select 'a' || null || 'b' || 1 from dual", ["ab1"]),
        ("select 1 from dual where '' is null", [1]),
        ("select 1 from dual where 'a' = 'a  '", [1]),
        ("select count(*) from emp where code = 'C'", [1]),
        # .. and so are UPPER, LOWER and INITCAP of CHAR; other functions give VARCHAR2
        ("select count(*) from emp where upper(code) = 'C'", [1]),
        ("select count(*) from emp where trim(code) = 'C'", [1]),
        ("select count(*) from emp where substr(code, 1) = 'C'", [0]),
        ("select '[' || decode(id, 1, code, name) || ']' from emp where id < 3", ["[A1   ]", "[Ben]"]),
        ("select code from emp where id = 1 union select cast('A1' as varchar2(5)) from dual", ["A1", "A1   "]),
        ("select count(*) from emp where code = cast('C' as varchar2(9))", [0]),
        (r"select 1 from dual where 'a\b' like 'a\b'", [1]),
        ("select name from emp where name like 'A!%' escape '!' or name like '_e%'", ["Ben"]),
        # implicit conversion
        ("select name from emp where id = '2'", ["Ben"]),
        ("select name from emp where hired = '28-FEB-21'", ["Ben"]),
        ("select decode(name, 'Ada', 1, 'x') from emp where id = 1", [1]),
        ("select nvl(sal, '5'), nvl(name, 0) from emp where id = 4", [(5, "Dan")]),
        ("select greatest(1, '2'), least(1, null) from dual", [(2, None)]),
        # joins
        (
            "select e.name, d.name from emp e, dept d where e.dept = d.id(+) and d.loc(+) = 'Rome' order by e.id",
            [("Ada", "Sales"), ("Ben", "Sales"), ("Cyd", None), ("Dan", None), ("Eve", None)],
        ),
        (
            "select id, e.name, d.name from emp e full join dept d using (id) where id in (1, 30) order by id",
            [(1, "Ada", None), (30, None, "Empty")],
        ),
        (
            "select d.name, x.name from dept d outer apply (select name from emp e where e.dept = d.id and e.id < 3) x"
            " order by d.id, x.name",
            [("Sales", "Ada"), ("Sales", "Ben"), ("Tech", None), ("Empty", None)],
        ),
        # sets: left to right
        ("select 1 from dual union select 2 from dual intersect select 2 from dual", [2]),
        ("select id from dept minus select dept from emp", [30]),
        ("select null a from dual union all select 3 from dual order by a", [3, None]),
        # groups
        ("select max(count(*)) from emp group by dept", [2]),
        ("select grouping(dept), count(*) from emp group by rollup(dept) having grouping(dept) = 1", [(1, 5)]),
        ("select listagg(name, ',') within group (order by id desc) from emp where dept = 10", ["Ben,Ada"]),
        ("select max(name) keep (dense_rank last order by sal nulls first) from emp", ["Ada"]),
        ("select median(sal), variance(sal) from emp where id < 3", [(700, 80000)]),
        ("select variance(sal) from emp where id = 1", [0]),
        # analytic
        (
            "select id, row_number() over (partition by dept order by id desc) from emp where dept = 10",
            [(2, 1), (1, 2)],
        ),
        ("select lag(name, 1, '-') over (order by id) from emp where id < 3", ["-", "Ada"]),
        (
            "select listagg(name, '|') within group (order by id) over (partition by dept) from emp where id < 3",
            ["Ada|Ben", "Ada|Ben"],
        ),
        ("select sum(sum(sal)) over (order by dept) from emp where dept is not null group by dept", [1400, 2100]),
        (
            "select lag(sal) ignore nulls over (order by id), last_value(sal ignore nulls) over (order by id)"
            " from emp where id > 2 order by id",
            [(None, 700), (700, 700), (700, 500)],
        ),
        ("select percent_rank() over (order by id) from emp where id in (1, 5)", [0, 1]),
        ("select median(id), percentile_cont(0.25) within group (order by id desc) from emp", [(3, 4)]),
        # hierarchies
        ("select level from dual connect by level <= 3", [1, 2, 3]),
        ("select level from dual connect by level <= 0", [1]),
        (
            "select level, sys_connect_by_path(name, '/'), connect_by_isleaf, prior name, connect_by_root id"
            " from emp start with boss is null connect by prior id = boss order siblings by name desc",
            [
                (1, "/Ada", 0, None, 1),
                (2, "/Ada/Cyd", 1, "Ada", 1),
                (2, "/Ada/Ben", 0, "Ada", 1),
                (3, "/Ada/Ben/Dan", 0, "Ben", 1),
                (4, "/Ada/Ben/Dan/Eve", 1, "Dan", 1),
            ],
        ),
        (
            "select e.name, d.name from emp e, dept d where e.dept = d.id and level > 1"
            " start with e.boss is null connect by prior e.id = e.boss order by 1",
            [("Ben", "Sales"), ("Cyd", "Tech"), ("Dan", "Tech")],
        ),
        ("with t(n) as (select 1 from dual union all select n + 1 from t where n < 3) select n from t", [1, 2, 3]),
        (
            "with t(id, p) as (select id, name from emp where boss is null union all"
            " select e.id, t.p || '/' || e.name from emp e join t on e.boss = t.id)"
            " search depth first by id set o select p from t order by o",
            ["Ada", "Ada/Ben", "Ada/Ben/Dan", "Ada/Ben/Dan/Eve", "Ada/Cyd"],
        ),
        (
            "with t(n) as (select 1 from dual union all select 3 - n from t) cycle n set c to 'Y' default 'N'"
            " select n, c from t",
            [(1, "N"), (2, "N"), (1, "Y")],
        ),
        # pivot
        (
            "select * from (select dept, sal from emp)"
            " pivot (sum(sal) as s, count(*) as c for dept in (10 as a, 20 as b))",
            [(1400, 2, 700, 2)],
        ),
        (
            "select n, v from dept unpivot (v for n in (name, loc)) where id = 10 order by n",
            [("LOC", "Rome"), ("NAME", "Sales")],
        ),
        # conditions
        ("select name from emp where sal > all (500, '600') order by 1", ["Ada", "Cyd"]),
        ("select name from emp where (id, name) in ((1, 'Ada'), (2, 'x'))", ["Ada"]),
        ("select name from emp where lnnvl(sal > 500) order by id", ["Ben", "Dan", "Eve"]),
        ("select case dept when 10 then 'ten' else 'other' end from emp where id in (1, 3)", ["ten", "other"]),
        ("select to_number(column_value) from xmltable('1 to 3')", [1, 2, 3]),
        ("select trim(both 'x' from 'xax'), extract(month from date '2024-05-06') from dual", [("a", 5)]),
    ],
)
def test_rows(db: Any, sql: str, rows: list[Any]) -> None:
    assert flat([plain(tuple(row)) for row in db.rows(sql)]) == rows


def test_exact_division(db: Any) -> None:
    assert db.value("select 1 / 3 from dual") == Decimal("0." + "3" * 40)
    assert db.value("select 10 / 4 from dual") == Decimal("2.5")


def test_dates_carry_their_time(db: Any) -> None:
    sql = "select to_char(hired + 1.5, 'YYYY-MM-DD HH24:MI') from emp where id = 1"
    assert db.value(sql) == "2020-01-16 20:30"
    assert db.value("select hired - date '2020-01-01' from emp where id = 5") == Decimal("1430.5")


def test_loop_is_refused(db: Any) -> None:
    db.execute("update emp set boss = 5 where id = 1")
    with pytest.raises(psycopg.Error) as refused, db.connection.transaction():
        db.rows("select name from emp start with id = 1 connect by prior id = boss")
    assert "1436|" in str(refused.value)
    rows = db.rows(
        "select name, connect_by_iscycle from emp start with id = 1 connect by nocycle prior id = boss order by id"
    )
    assert [plain(row) for row in rows] == [("Ada", 0), ("Ben", 0), ("Cyd", 0), ("Dan", 0), ("Eve", 1)]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("nvl(1, 'none')", "1722|"),
        ("nvl(sysdate, 'none')", "1858|"),
        ("regexp_substr('abc', 'a', 0)", "1428|argument '0' is out of range"),
        ("regexp_instr('abc', 'a', 1, -1)", "1428|argument '-1' is out of range"),
        ("regexp_substr('abc', '(?:a)b')", "3001|"),
        ("regexp_substr('abcb', 'a.*?b.*')", "3001|"),
    ],
)
def test_expressions_that_are_refused(db: Any, expression: str, message: str) -> None:
    with pytest.raises(psycopg.Error) as refused:
        db.rows(f"select {expression} from dual")
    assert message in str(refused.value)


def test_recursive_with_that_loops_is_refused(db: Any) -> None:
    with pytest.raises(psycopg.Error) as refused:
        db.rows("with t(n) as (select 1 from dual union all select 3 - n from t) select n from t")
    assert "32044|" in str(refused.value)


def test_merge(db: Any) -> None:
    cursor = db.execute(
        "merge into dept d using (select 10 id, 'New' name from dual union all select 40, 'Forty' from dual) s"
        " on (d.id = s.id) when matched then update set d.name = s.name, d.loc = 'gone' delete where d.loc = 'gone'"
        " when not matched then insert (id, name) values (s.id, s.name)"
    )
    assert cursor.rowcount == 2
    assert [plain(row) for row in db.rows("select id, name from dept order by id")] == [
        (20, "Tech"),
        (30, "Empty"),
        (40, "Forty"),
    ]


def test_insert_converts_what_it_is_given(db: Any) -> None:
    db.execute("insert into emp (id, name, sal, hired) values ('9', 99, '12.5', '05-MAY-24')")
    assert db.rows("select id, name, sal, to_char(hired, 'YYYY-MM-DD') from emp where id = 9") == [
        (Decimal(9), "99", Decimal("12.50"), "2024-05-05")
    ]
    db.execute("insert into dept (id, name, loc) select name, id, hired from emp where id = 9")
    assert [plain(row) for row in db.rows("select id, name, loc from dept where id = 99")] == [(99, "9", "05-MAY-24")]


def test_binds_are_counted_by_occurrence(db: Any) -> None:
    rows = db.rows(
        "select :1 || name from emp where id = :2 or name = :3 order by id",
        varchar1="x",
        numeric1=1,
        varchar2="Ben",
    )
    assert flat(rows) == ["xAda", "xBen"]


def test_array_insert_takes_many_rows(db: Any) -> None:
    translation = db.translate("insert into dept (id, name) values (:1, :2)", ["numeric", "varchar"])
    cursor = psycopg.RawCursor(db.connection)
    cursor.execute(translation.array_insert.encode(), [[1, 2, 3], ["a", None, "c"]])
    assert cursor.rowcount == 3
    assert [plain(row) for row in db.rows("select id, name from dept where id < 4 order by id")] == [
        (1, "a"),
        (2, None),
        (3, "c"),
    ]


def test_insert_all_into_several_tables_counts_all_rows(db: Any) -> None:
    sql = (
        "insert first when id > 3 then into dept (id, name) values (id, 'big')"
        " when id > 1 then into doc (id) values (id) else into dept (id) values (-id) select id from emp"
    )
    assert db.translate(sql).counted
    assert db.value(sql) == 5
    assert flat([plain(row) for row in db.rows("select id from dept where id < 10 order by id")]) == [-1, 4, 5]
    assert db.value("select count(*) from doc") == 2


def test_a_row_is_found_by_its_rowid(db: Any) -> None:
    rowid = db.value("select rowidtochar(rowid) from emp where id = 3")
    assert db.value("select name from emp where rowid = :1", varchar1=rowid) == "Cyd"
    assert db.execute("update emp set sal = 1 where rowid = :1", varchar1=rowid).rowcount == 1


def test_rownum_limits_changes(db: Any) -> None:
    assert db.execute("update emp set sal = 0 where dept = 10 and rownum <= 1").rowcount == 1
    assert db.execute("delete from emp where rownum < 3").rowcount == 2


def test_sequence_gives_one_value_a_row(db: Any) -> None:
    db.execute("insert into dept (id, name) values (seq.nextval, 'n' || seq.nextval)")
    (row,) = db.rows("select id, name from dept where name like 'n%'")
    assert f"n{row[0]}" == row[1]
    assert db.value("select seq.currval from dual") == row[0]


def test_update_from_a_subquery(db: Any) -> None:
    db.execute("update emp e set (name, sal) = (select d.name, '7' from dept d where d.id = e.dept) where id in (1, 5)")
    assert [plain(row) for row in db.rows("select name, sal from emp where id in (1, 5) order by id")] == [
        ("Sales", 7),
        (None, None),
    ]
