"""What Oracle refuses when it resolves names and checks types is refused here, with its code and where it is known,
its offset."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.sql.translation import Translation


@pytest.mark.parametrize(
    ("sql", "code", "offset"),
    [
        ("select nosuch from emp", 904, 7),
        ("select e.nosuch from emp e", 904, 7),
        ("select emp.id from emp e", 904, 7),
        ("select nosuch(1) from dual", 904, 7),
        ("select * from nosuch", 942, 14),
        ("select * from other.secret", 942, 14),
        ("delete from other.shared", 1031, 12),
        ("select id from emp, dept", 918, 7),
        ("select * from (select 1 a, 2 a from dual)", 918, 7),
        ("select id, count(*) from emp", 937, 7),
        ("select name from emp group by id", 979, 7),
        ("select id from emp group by dept order by dept", 979, 7),
        ("select id from emp where count(*) > 1", 934, 25),
        ("select max(count(*)) from emp", 978, 0),
        ("select 1 from dual union select 1, 2 from dual", 1789, 0),
        ("select 1 from dual union select 'a' from dual", 1790, 7),
        ("select id from emp order by 2", 1785, 28),
        ("select distinct id from emp order by name", 1791, 37),
        ("select id a, name a from emp order by a", 960, 38),
        ("select id from emp where hired = 5", 932, -2),
        ("select body from doc where body = 'x'", 932, -2),
        ("select id from emp where (id, name) in ((1))", 920, -2),
        ("select id from emp where id in (select id, name from emp)", 913, -2),
        ("select (select id, name from emp) from dual", 913, 7),
        ("select e.id from emp e, dept d where e.id = d.id(+) or d.id(+) = 1", 1719, -2),
        ("select e.id from emp e, dept d where e.id(+) = d.id(+)", 1468, -2),
        ("select e.id from emp e, dept d where e.id = d.id(+) and d.name = e.name(+)", 1416, -2),
        ("select e.id from emp e join dept d on e.id = d.id, dept x where e.id = x.id(+)", 25156, -2),
        ("select e.id from emp e join dept d using (id)", 25154, 7),
        ("select e.id from emp e natural join dept d", 25155, 7),
        ("select level from emp", 1788, 7),
        ("select prior id from emp", 1788, -2),
        ("select substr(name) from emp", 938, 7),
        ("select upper(1, 2, 3) from emp", 939, 7),
        ("insert into dept values (1, 2)", 947, -2),
        ("insert into dept (id) values (1, 2)", 913, -2),
        ("insert into dept (id, id) values (1, 2)", 957, -2),
        ("insert into dept (nosuch) values (1)", 904, -2),
        ("insert into dept (id) values (nosuch)", 984, 30),
        ("insert into dept (id) select id, name from emp", 913, -2),
        ("update dept set nosuch = 1", 904, -2),
        ("update dept set id = 1, id = 2", 957, -2),
        ("merge into dept d using emp e on (d.id = e.id) when matched then update set d.id = 1", 38104, -2),
        ("select nosuch.nextval from dual", 2289, 7),
        ("select id from emp where seq.nextval > 1", 2287, 25),
        ("select distinct id from emp for update", 1786, -2),
        ("select date '2023-02-29' from dual", 1839, 7),
        ("select timestamp '2023-01-01 25:00:00' from dual", 1850, 7),
        ("select interval '100' day from dual", 1873, 7),
        ("select name from emp where name like 'a!b' escape '!'", 1424, -2),
        ("select distinct body from doc", 932, 16),
        ("select count(distinct body) from doc", 932, 7),
        ("select body from doc union select body from doc", 932, -2),
        ("with t(n) as (select n from t) select * from t", 32040, -2),
        ("select date '2020-01-01' + date '2020-01-01' from dual", 975, -2),
        ("select systimestamp + systimestamp from dual", 30087, -2),
        ("select interval '1' day + 1 from dual", 30081, -2),
    ],
)
def test_oracle_refuses(translated: Callable[..., Translation], sql: str, code: int, offset: int) -> None:
    with pytest.raises(OracleError) as refused:
        translated(sql)
    assert refused.value.code == code
    if offset != -2:
        assert refused.value.offset == offset


def test_a_list_of_1001_items_is_refused(translated: Callable[..., Translation]) -> None:
    items = ", ".join(str(n) for n in range(1001))
    with pytest.raises(OracleError) as refused:
        translated(f"select id from emp where id in ({items})")
    assert refused.value.code == 1795


@pytest.mark.parametrize(
    "sql",
    [
        "select id from emp where rownum <= id",
    ],
)
def test_what_is_not_known_says_so(translated: Callable[..., Translation], sql: str) -> None:
    with pytest.raises(OracleError) as refused:
        translated(sql)
    assert refused.value.code == 3001
