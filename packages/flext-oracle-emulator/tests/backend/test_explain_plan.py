"""EXPLAIN PLAN and DBMS_XPLAN.DISPLAY: PostgreSQL's plan in Oracle's words."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest
from flext_oracle_emulator.backend.explain.predicates import predicates


@pytest.fixture
def table(cursor: oracledb.Cursor, table: str) -> str:
    """With 2000 rows, counted by DBMS_STATS."""
    cursor.execute(f"insert into {table} select level, 'n' || mod(level, 7) from dual connect by level <= 2000")
    cursor.connection.commit()
    cursor.callproc("dbms_stats.gather_table_stats", ["APP", table.upper()])
    return table


def plan(cursor: oracledb.Cursor, statement: str) -> list[tuple[int, int | None, str, str | None, str | None]]:
    cursor.execute("delete from plan_table")
    cursor.execute(f"explain plan for {statement}")
    cursor.execute("select id, parent_id, operation, options, object_name from plan_table order by id")
    return cursor.fetchall()


def steps(cursor: oracledb.Cursor, statement: str) -> list[str]:
    return [f"{operation} {options or ''}".strip() for _, _, operation, options, _ in plan(cursor, statement)]


def display(cursor: oracledb.Cursor, arguments: str = "") -> list[str]:
    return [line for (line,) in cursor.execute(f"select * from table(dbms_xplan.display({arguments}))")]


def test_the_steps_are_numbered_below_their_parents(cursor: oracledb.Cursor, table: str) -> None:
    assert plan(cursor, f"select name from {table} where id = 7") == [
        (0, None, "SELECT STATEMENT", None, None),
        (1, 0, "TABLE ACCESS", "BY INDEX ROWID", table.upper()),
        (2, 1, "INDEX", "UNIQUE SCAN", f"{table.upper()}_PK"),
    ]
    cursor.execute("select access_predicates, object_owner, object_type, cardinality from plan_table where id = 2")
    assert cursor.fetchone() == ('"ID"=7', "APP", "INDEX (UNIQUE)", 1)
    cursor.execute("select optimizer, position - cost, timestamp - sysdate, plan_id from plan_table where id = 0")
    optimizer, difference, age, plan_id = cursor.fetchone()
    assert (optimizer, difference, -1 < age <= 0, plan_id > 0) == ("ALL_ROWS", 0, True, True)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("select 1 from dual", ["FAST DUAL"]),
        ("select * from {t}", ["TABLE ACCESS FULL"]),
        ("select * from {t} where 1 = 0", ["FILTER", "FAST DUAL"]),
        ("select count(*) from {t} where name = 'n1'", ["SORT AGGREGATE", "TABLE ACCESS FULL"]),
        ("select name, count(*) from {t} group by name", ["HASH GROUP BY", "TABLE ACCESS FULL"]),
        ("select distinct name from {t}", ["HASH UNIQUE", "TABLE ACCESS FULL"]),
        ("select * from {t} order by name, id", ["SORT ORDER BY", "TABLE ACCESS FULL"]),
        (
            "select * from (select * from {t} order by name) where rownum <= 3",
            ["COUNT STOPKEY", "VIEW", "SORT ORDER BY STOPKEY", "TABLE ACCESS FULL"],
        ),
        ("select a.name from {t} a, {t} b where a.name = b.name", ["HASH JOIN", *["TABLE ACCESS FULL"] * 2]),
        (
            "select a.id, b.id from {t} a left join {t} b on b.name = a.name and b.name > 'n3'",
            ["HASH JOIN OUTER", *["TABLE ACCESS FULL"] * 2],
        ),
        ("select id from {t} minus select 3 from dual", ["MINUS", "TABLE ACCESS FULL", "FAST DUAL"]),
        ("select name from {t} union all select 'x' from dual", ["UNION-ALL", "TABLE ACCESS FULL", "FAST DUAL"]),
        ("select rank() over (order by name) from {t}", ["WINDOW SORT", "TABLE ACCESS FULL"]),
        ("select level from dual connect by level < 9", ["CONNECT BY WITHOUT FILTERING", "FAST DUAL"]),
        ("insert into {t} values (1, 'x')", ["LOAD TABLE CONVENTIONAL"]),
        ("insert into {t} select id + 9, name from {t}", ["LOAD TABLE CONVENTIONAL", "TABLE ACCESS FULL"]),
        ("update {t} set name = 'x'", ["UPDATE", "TABLE ACCESS FULL"]),
        ("delete from {t} where id = 3", ["DELETE", "TABLE ACCESS BY INDEX ROWID", "INDEX UNIQUE SCAN"]),
        ("create table other as select * from {t}", ["LOAD AS SELECT", "TABLE ACCESS FULL"]),
        (
            "insert all into {t} values (id, name) into {t} values (-id, name) select id, name from {t}",
            ["MULTI-TABLE INSERT", "TABLE ACCESS FULL", "INTO", "INTO"],
        ),
    ],
)
def test_operations_have_oracles_names(
    cursor: oracledb.Cursor, table: str, statement: str, expected: list[str]
) -> None:
    assert steps(cursor, statement.format(t=table))[1:] == expected


def test_a_statement_is_named_by_its_kind_and_not_executed(cursor: oracledb.Cursor, table: str) -> None:
    assert steps(cursor, f"delete from {table}")[0] == "DELETE STATEMENT"
    assert steps(cursor, f"create table {table}_c as select * from {table}")[0] == "CREATE TABLE STATEMENT"
    assert cursor.execute(f"select count(*) from {table}").fetchone() == (2000,)
    cursor.execute("select count(*) from user_tables where table_name = :1", [f"{table}_c".upper()])
    assert cursor.fetchone() == (0,)


def test_a_plan_is_displayed_as_oracle_lays_it_out(cursor: oracledb.Cursor) -> None:
    cursor.execute("create table xplan_t (id number(6) constraint xplan_pk primary key, name varchar2(10))")
    cursor.execute("insert into xplan_t select level, 'x' from dual connect by level <= 2000")
    cursor.callproc("dbms_stats.gather_table_stats", ["APP", "XPLAN_T"])
    cursor.execute("explain plan for select name from xplan_t where id = 7 and name <> 'x'")
    lines = display(cursor, "null, null, 'TYPICAL -COST -BYTES'")
    assert lines[0].startswith("Plan hash value: ")
    assert lines[1:] == [
        " ",
        "--------------------------------------------------------",
        "| Id  | Operation                   | Name     | Rows  |",
        "--------------------------------------------------------",
        "|   0 | SELECT STATEMENT            |          |     1 |",
        "|*  1 |  TABLE ACCESS BY INDEX ROWID| XPLAN_T  |     1 |",
        "|*  2 |   INDEX UNIQUE SCAN         | XPLAN_PK |     1 |",
        "--------------------------------------------------------",
        " ",
        "Predicate Information (identified by operation id):",
        "---------------------------------------------------",
        " ",
        "   1 - filter(\"NAME\"<>'x')",
        '   2 - access("ID"=7)',
    ]
    header, first = display(cursor)[3], display(cursor)[5]
    assert header.endswith("| Rows  | Bytes | Cost (%CPU)| Time     |")
    assert first.split("|")[6].endswith("   (0)")
    assert first.split("|")[7] == " 00:00:01 "
    cursor.execute("drop table xplan_t purge")


def test_the_same_plan_has_the_same_hash(cursor: oracledb.Cursor, table: str) -> None:
    hashes = []
    for condition in ("id = 1", "id = 2", "name = 'x'"):
        cursor.execute(f"explain plan for select * from {table} where {condition}")
        hashes.append(display(cursor, "format => 'BASIC'")[0])
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_plan_is_found_by_its_name_and_else_the_last_is_shown(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"explain plan set statement_id = 'first' for delete from {table}")
    cursor.execute(f"explain plan set statement_id = 'second' for select * from {table}")
    assert any("DELETE STATEMENT" in line for line in display(cursor, "'PLAN_TABLE', 'first'"))
    assert any("SELECT STATEMENT" in line for line in display(cursor))
    assert display(cursor, "null, 'third'") == ["Error: cannot fetch plan for statement_id 'third'"]


def test_plans_are_the_sessions_own_and_nothing_is_committed(
    connect: Callable[..., oracledb.Connection], table: str, cursor: oracledb.Cursor
) -> None:
    cursor.execute(f"insert into {table} values (-1, 'x')")
    cursor.execute(f"explain plan for select * from {table}")
    other = connect("other").cursor()
    assert other.execute("select count(*) from plan_table").fetchone() == (0,)
    cursor.connection.rollback()
    assert cursor.execute(f"select count(*) from {table} where id = -1").fetchone() == (0,)
    assert cursor.execute("select count(*) from plan_table").fetchone() == (0,)  # EXPLAIN PLAN is DML


def test_a_plan_table_of_ones_own(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create table {table}_plan as select * from plan_table where 1 = 0")
    cursor.execute(f"explain plan set statement_id = 'x' into {table}_plan for select * from {table}")
    cursor.execute(f"select operation from {table}_plan where statement_id = 'x' order by id")
    assert cursor.fetchall() == [("SELECT STATEMENT",), ("TABLE ACCESS",)]
    assert any("TABLE ACCESS FULL" in line for line in display(cursor, f"'{table}_plan'"))


def test_binds_need_no_values(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"explain plan for select * from {table} where id > :low and name = :name", low="1", name="x")
    cursor.execute("select access_predicates || filter_predicates from plan_table order by id")
    assert any(":NAME" in (line or "") for (line,) in cursor)


def test_partitions_that_are_read(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(
        f"create table {table}_p (n number) partition by list (n)"
        " (partition a values (1), partition b values (2), partition c values (default))"
    )
    assert plan(cursor, f"select * from {table}_p")[1][2:4] == ("PARTITION LIST", "ALL")
    assert plan(cursor, f"select * from {table}_p partition (b)")[1][2:4] == ("PARTITION LIST", "SINGLE")
    cursor.execute("select partition_start, partition_stop from plan_table where id = 2")
    assert cursor.fetchone() == ("2", "2")
    assert "| Pstart| Pstop |" in display(cursor)[3]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("explain plan for select * from nowhere", 942),
        ("explain plan for select nothing from {t}", 904),
        ("explain plan for drop table {t}", 905),
        ("explain plan into nowhere for select 1 from dual", 2404),
        ("explain plan into {t} for select 1 from dual", 2403),
        ("explain plan set statement_id = x for select 1 from dual", 905),
        ("explain plan for create index i on {t} (name)", 3001),
    ],
)
def test_what_cannot_be_explained(cursor: oracledb.Cursor, table: str, statement: str, code: int) -> None:
    with pytest.raises(oracledb.DatabaseError, match=f"ORA-{code:05}"):
        cursor.execute(statement.format(t=table))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("""("EMP"."ID" = '5'::numeric)""", '"ID"=5'),
        ("""((("EMP"."NAME")::text ~~ 'a%'::text) AND ("EMP"."X" IS NOT NULL))""", "\"NAME\" LIKE 'a%' AND \"X\" IS NOT NULL"),
        ("""("EMP"."D" > '2020-01-01 00:00:00'::date)""", "\"D\">TO_DATE(' 2020-01-01 00:00:00', 'syyyy-mm-dd hh24:mi:ss')"),
        ("""("EMP"."N" = ANY ('{1,2}'::numeric[]))""", '("N"=1 OR "N"=2)'),
        ("""(("EMP"."TX$" === (InitPlan 1).col1) AND ("EMP"."ID" = $2))""", '"ID"=:B'),
        ("""(("EMP"."A" = '1'::numeric) OR ("EMP"."B" = '2'::numeric))""", '("A"=1) OR ("B"=2)'),
        ("""(upper(("EMP"."NAME")::text) = 'A AND B'::text)""", "UPPER(\"NAME\")='A AND B'"),
        ("""("EMP"."SESSION$" === (InitPlan 1).col1)""", None),
        ("false", "NULL IS NOT NULL"),
    ],
)  # fmt: skip
def test_conditions_in_oracles_words(text: str, expected: str | None) -> None:
    assert predicates(text, ["A", "B"], qualified=False) == expected


def test_a_plan_is_displayed_without_parentheses(cursor: oracledb.Cursor) -> None:
    cursor.execute("explain plan for select 1 from dual")
    cursor.execute("select plan_table_output from table(dbms_xplan.display)")
    assert cursor.fetchone()[0].startswith("Plan hash value: ")
