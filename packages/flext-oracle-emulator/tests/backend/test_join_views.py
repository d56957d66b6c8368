"""DML on views that join tables: it changes the table whose key is the key of the join."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import oracledb
import pytest

_numbers = itertools.count(1)


@pytest.fixture
def names(cursor: oracledb.Cursor) -> dict[str, str]:
    """Employees with their departments: tables e and d, view v."""
    n = next(_numbers)
    names = {"e": f"jv_e{n}", "d": f"jv_d{n}", "v": f"jv_v{n}"}
    cursor.execute(f"create table {names['d']} (id number primary key, name varchar2(10), floor number)")
    cursor.execute(f"create table {names['e']} (id number primary key, name varchar2(10), pay number, dept number)")
    cursor.execute(f"insert into {names['d']} select level, 'd' || level, level from dual connect by level < 4")
    cursor.execute(
        f"insert into {names['e']} select level, 'e' || level, level * 100, mod(level, 3) + 1 from dual connect by level < 6"
    )
    cursor.execute(
        f"create view {names['v']} as select e.id, e.name as who, pay, dept, d.name as department, upper(d.name) as shout"
        f" from {names['e']} e join {names['d']} d on d.id = e.dept"
    )
    cursor.connection.commit()
    return names


def pays(cursor: oracledb.Cursor, names: dict[str, str]) -> dict[int, int]:
    return dict(cursor.execute(f"select id, pay from {names['e']}").fetchall())


def test_an_inline_join_is_updated_from_its_other_table(cursor: oracledb.Cursor, names: dict[str, str]) -> None:
    cursor.execute(
        "update (select e.pay, e.id, d.floor as f from {e} e, {d} d where e.dept = d.id and d.name <> 'd3')"
        " set pay = pay + f where id > :low".format(**names),
        [1],
    )
    assert cursor.rowcount == 2
    assert pays(cursor, names) == {1: 100, 2: 200, 3: 301, 4: 402, 5: 500}


def test_a_stored_join_view(cursor: oracledb.Cursor, names: dict[str, str]) -> None:
    cursor.execute("update {v} x set x.pay = length(department), who = 'x' where shout = 'D2'".format(**names))
    assert cursor.rowcount == 2
    assert cursor.execute("select id from {e} where name = 'x' and pay = 2 order by id".format(**names)).fetchall() == [
        (1,),
        (4,),
    ]
    cursor.execute("insert into {v} (id, who, pay, dept) values (9, 'new', 1, 2)".format(**names))
    assert cursor.execute("select department from {v} where id = 9".format(**names)).fetchall() == [("d2",)]
    cursor.execute("insert into {v} (id, who) select 10, 'no dept' from dual".format(**names))
    cursor.execute("delete from {v} where department = 'd2'".format(**names))
    assert cursor.rowcount == 3
    assert cursor.execute("select id from {e} order by id".format(**names)).fetchall() == [(2,), (3,), (5,), (10,)]
    assert cursor.execute("select count(*) from {d}".format(**names)).fetchone() == (3,)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("update {v} set department = 'x'", "ORA-01779"),
        ("update {v} set pay = 1, department = 'x'", "ORA-01779"),
        ("update {v} set shout = 'x'", "ORA-01733"),
        ("update {v} set nothing = 'x'", "ORA-00904"),
        ("insert into {v} (id, department) values (1, 'x')", "ORA-01779"),
        ("insert into {v} values (1, 'x', 1, 1, 'y', 'z')", "ORA-01733"),
        ("update (select e.pay, d.floor from {e} e, {d} d where e.dept = d.floor) set pay = 1", "ORA-01779"),
        ("delete from (select e.pay from {e} e, {d} d where e.dept = d.floor)", "ORA-01752"),
        ("update (select e.pay, d.floor from {e} e, {d} d where e.id = d.id) set pay = 1, floor = 2", "ORA-01776"),
        ("delete from (select e.pay from {e} e, {d} d where e.id = d.id)", "ORA-01752"),
        ("update (select d.floor from {d} d right join {e} e on d.id = e.id) set floor = 1", "ORA-01779"),
    ],
)
def test_what_a_join_view_does_not_change(
    cursor: oracledb.Cursor, names: dict[str, str], statement: str, code: str
) -> None:
    with pytest.raises(oracledb.DatabaseError, match=code):
        cursor.execute(statement.format(**names))


def test_unique_indexes_and_outer_joins_preserve_keys(cursor: oracledb.Cursor, names: dict[str, str]) -> None:
    outer = "update (select e.pay, d.floor f from {e} e left join {d} d on e.dept = d.floor) set pay = nvl(f, 0)"
    with pytest.raises(oracledb.DatabaseError, match="ORA-01779"):
        cursor.execute(outer.format(**names))
    cursor.execute("create unique index {d}_floor on {d} (floor)".format(**names))
    cursor.execute("update {d} set floor = 7 where id = 2".format(**names))
    cursor.execute(outer.format(**names))
    assert cursor.rowcount == 5
    assert pays(cursor, names) == {1: 0, 2: 3, 3: 1, 4: 0, 5: 3}
    cursor.execute("drop index {d}_floor".format(**names))
    with pytest.raises(oracledb.DatabaseError, match="ORA-01779"):
        cursor.execute(outer.format(**names))


def test_a_read_only_join_view(cursor: oracledb.Cursor, names: dict[str, str]) -> None:
    cursor.execute(
        "create view {v}_r as select e.pay from {e} e, {d} d where e.dept = d.id with read only".format(**names)
    )
    with pytest.raises(oracledb.DatabaseError, match="ORA-42399"):
        cursor.execute("update {v}_r set pay = 1".format(**names))


def test_the_owner_of_a_stored_view_lends_the_privilege(
    connect: Callable[..., oracledb.Connection], cursor: oracledb.Cursor, names: dict[str, str]
) -> None:
    cursor.execute("grant select, update on {v} to other".format(**names))
    other = connect("other").cursor()
    other.execute("update app.{v} set pay = 5 where department = 'd1'".format(**names))
    assert other.rowcount == 1
    with pytest.raises(oracledb.DatabaseError, match="ORA-01031"):
        other.execute("delete from app.{v}".format(**names))
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        other.execute("update (select e.pay from app.{e} e, app.{d} d where e.dept = d.id) set pay = 1".format(**names))
