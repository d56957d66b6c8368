"""LOG ERRORS: what is refused goes to the error table, the rest is done."""

from __future__ import annotations

import oracledb
import pytest


@pytest.fixture
def loading(cursor: oracledb.Cursor, table: str) -> str:
    """The table with an error table and a source of good and bad rows."""
    cursor.execute(
        f"create table err$_{table} (ora_err_number$ number, ora_err_mesg$ varchar2(2000), ora_err_rowid$ rowid,"
        " ora_err_optyp$ varchar2(2), ora_err_tag$ varchar2(2000), id varchar2(4000), name varchar2(4000))"
    )
    cursor.execute(f"create table {table}_src (id varchar2(10), name varchar2(20))")
    rows = [("1", "good"), ("1", "again"), ("x", "no number"), (None, "no key"), ("2", "much too long"), ("3", "fine")]
    cursor.executemany(f"insert into {table}_src values (:1, :2)", rows)
    cursor.connection.commit()
    return table


def test_refused_rows_are_logged_with_their_reason_and_the_others_go_in(cursor: oracledb.Cursor, loading: str) -> None:
    cursor.execute(f"insert into {loading} select * from {loading}_src log errors ('night') reject limit unlimited")
    assert cursor.rowcount == 2
    assert cursor.execute(f"select id from {loading} order by id").fetchall() == [(1,), (3,)]
    cursor.execute(f"select ora_err_number$, ora_err_optyp$, ora_err_tag$, id, name from err$_{loading}")
    assert cursor.fetchall() == [
        (1, "I", "night", "1", "again"),
        (1722, "I", "night", "x", "no number"),
        (1400, "I", "night", None, "no key"),
        (12899, "I", "night", "2", "much too long"),
    ]
    (message,) = cursor.execute(f"select ora_err_mesg$ from err$_{loading} where ora_err_number$ = 1").fetchone()
    assert message == f"ORA-00001: unique constraint (APP.{loading.upper()}_PK) violated\n"


@pytest.mark.parametrize(("limit", "code"), [("", 1), ("reject limit 1", 1722), ("reject limit 3", 12899)])
def test_more_errors_than_the_limit_fail_the_statement(
    cursor: oracledb.Cursor, loading: str, limit: str, code: int
) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        cursor.execute(f"insert into {loading} select * from {loading}_src log errors into err$_{loading} {limit}")
    assert refused.value.args[0].code == code
    assert cursor.execute(f"select count(*) from {loading}").fetchone() == (0,)


def test_a_row_of_values_with_binds(cursor: oracledb.Cursor, loading: str) -> None:
    sql = f"insert into {loading} (id, name) values (:1, :2) log errors reject limit 5"
    cursor.execute(sql, [1, "a"])
    assert cursor.rowcount == 1
    cursor.execute(sql, [1, "b"])
    assert cursor.rowcount == 0
    assert cursor.execute(f"select name from err$_{loading}").fetchall() == [("b",)]


def test_without_an_error_table_nothing_is_done(cursor: oracledb.Cursor, table: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        cursor.execute(f"insert into {table} values (1, 'a') log errors")


def test_many_rows_of_binds(cursor: oracledb.Cursor, loading: str) -> None:
    sql = f"insert into {loading} (id, name) values (:1, :2) log errors reject limit unlimited"
    cursor.executemany(sql, [(1, "a"), (1, "b"), (2, "c"), (3, "too long for it")])
    assert cursor.rowcount == 2
    assert cursor.execute(f"select id from {loading} order by id").fetchall() == [(1,), (2,)]


@pytest.fixture
def logged(cursor: oracledb.Cursor, loading: str) -> str:
    """The table with three rows, a check and a child of one of them."""
    cursor.execute(
        f"alter table {loading} add (n number(3) default 5 not null, constraint {loading}_c check (n < 500))"
    )
    cursor.execute(f"alter table err$_{loading} add n varchar2(4000)")
    cursor.execute(f"insert into {loading} values (1, 'a', 1)")
    cursor.execute(f"insert into {loading} values (2, 'b', 2)")
    cursor.execute(f"insert into {loading} values (3, 'c', 3)")
    cursor.execute(f"create table {loading}_child (id number references {loading})")
    cursor.execute(f"insert into {loading}_child values (2)")
    cursor.connection.commit()
    return loading


def entries(cursor: oracledb.Cursor, table: str) -> list[tuple[object, ...]]:
    cursor.execute(
        f"select ora_err_number$, ora_err_optyp$, ora_err_tag$, id, name, n from err$_{table} order by id, 1"
    )
    return cursor.fetchall()


def test_an_update_logs_the_new_values_and_the_rowid(cursor: oracledb.Cursor, logged: str) -> None:
    cursor.execute(
        f"update {logged} set n = decode(id, 1, null, 2, 600, 7) log errors ('up' || 1) reject limit unlimited"
    )
    assert cursor.rowcount == 1
    assert cursor.execute(f"select id, n from {logged} order by id").fetchall() == [(1, 1), (2, 2), (3, 7)]
    assert entries(cursor, logged) == [
        (1407, "U", "up1", "1", "a", None),
        (2290, "U", "up1", "2", "b", "600"),
    ]
    cursor.execute(
        f"select t.id, ora_err_mesg$ from err$_{logged} e, {logged} t where t.rowid = e.ora_err_rowid$ order by 1"
    )
    name = logged.upper()
    assert cursor.fetchall() == [
        (1, f'ORA-01407: cannot update ("APP"."{name}"."N") to NULL\n'),
        (2, f"ORA-02290: check constraint (APP.{name}_C) violated\n"),
    ]


def test_an_update_that_violates_a_unique_key_fails_and_logs_nothing(cursor: oracledb.Cursor, logged: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-00001"):
        cursor.execute(f"update {logged} set id = 2 where id = 3 log errors reject limit unlimited")
    assert entries(cursor, logged) == []


def test_an_update_with_binds_and_its_limit(cursor: oracledb.Cursor, logged: str) -> None:
    sql = f"update {logged} set n = :1 where id > :2 log errors reject limit 1"
    cursor.execute(sql, [499, 2])
    assert cursor.rowcount == 1
    with pytest.raises(oracledb.DatabaseError, match="ORA-02290"):
        cursor.execute(sql, [555, 0])
    assert cursor.execute(f"select n from {logged} order by id").fetchall() == [(1,), (2,), (499,)]
    assert entries(cursor, logged) == []


def test_a_delete_logs_rows_with_children(cursor: oracledb.Cursor, logged: str) -> None:
    cursor.execute(f"delete from {logged} where id < 3 log errors reject limit unlimited")
    assert cursor.rowcount == 1
    assert cursor.execute(f"select id from {logged} order by id").fetchall() == [(2,), (3,)]
    assert entries(cursor, logged) == [(2292, "D", None, "2", "b", "2")]
    (message,) = cursor.execute(f"select ora_err_mesg$ from err$_{logged}").fetchone()
    assert message.endswith("violated - child record found\n")


def test_a_merge_tells_inserts_from_updates(cursor: oracledb.Cursor, logged: str) -> None:
    source = " union all ".join(
        f"select {row} from dual"
        for row in (
            "1 id, 'x' name, 10 n",
            "2, 'y', 999",
            "3, 'z', 30",
            "4, 'new', 4",
            "5, 'toolongtext', 5",
            "6, 'v', 777",
        )
    )
    cursor.execute(
        f"merge into {logged} t using ({source}) s on (t.id = s.id)"
        " when matched then update set t.name = s.name, t.n = s.n delete where t.n = 30"
        " when not matched then insert (id, name, n) values (s.id, s.name, s.n)"
        " log errors ('m') reject limit unlimited"
    )
    assert cursor.rowcount == 3
    assert cursor.execute(f"select * from {logged} order by id").fetchall() == [
        (1, "x", 10),
        (2, "b", 2),
        (4, "new", 4),
    ]
    assert entries(cursor, logged) == [
        (2290, "U", "m", "2", "y", "999"),
        (12899, "I", "m", "5", "toolongtext", "5"),
        (2290, "I", "m", "6", "v", "777"),
    ]
    with pytest.raises(oracledb.DatabaseError, match="ORA-30926"):
        cursor.execute(
            f"merge into {logged} t using (select 1 id, level n from dual connect by level < 3) s on (t.id = s.id)"
            " when matched then update set n = s.n log errors reject limit unlimited"
        )


def test_insert_all_logs_each_branch_by_its_own_clause(cursor: oracledb.Cursor, logged: str) -> None:
    cursor.execute(
        "insert all"
        f" when n > 0 then into {logged} values (id, name, n) log errors ('first') reject limit unlimited"
        f" when n > 1 then into {logged} values (id + 100, name, n * 200) log errors ('second') reject limit 2"
        f" select id, name, n from {logged} union all select 9, 'i', 1 from dual"
    )
    assert cursor.rowcount == 2
    assert cursor.execute(f"select id, n from {logged} where id > 3 order by id").fetchall() == [(9, 1), (102, 400)]
    assert entries(cursor, logged) == [
        (1, "I", "first", "1", "a", "1"),
        (2290, "I", "second", "103", "c", "600"),
        (1, "I", "first", "2", "b", "2"),
        (1, "I", "first", "3", "c", "3"),
    ]


def test_dbms_errlog_makes_the_error_table(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"alter table {table} add (r raw(8), c clob)")
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-20069: Unsupported column type.* C CLOB"):
        cursor.callproc("dbms_errlog.create_error_log", [table])
    cursor.callproc(
        "dbms_errlog.create_error_log", keyword_parameters={"dml_table_name": table, "skip_unsupported": True}
    )
    cursor.execute(
        "select column_name, data_type, data_length from user_tab_columns where table_name = :1 order by column_id",
        [f"ERR$_{table.upper()}"],
    )
    assert cursor.fetchall() == [
        ("ORA_ERR_NUMBER$", "NUMBER", 22),
        ("ORA_ERR_MESG$", "VARCHAR2", 2000),
        ("ORA_ERR_ROWID$", "ROWID", 10),
        ("ORA_ERR_OPTYP$", "VARCHAR2", 2),
        ("ORA_ERR_TAG$", "VARCHAR2", 2000),
        ("ID", "VARCHAR2", 4000),
        ("NAME", "VARCHAR2", 4000),
        ("R", "RAW", 2000),
    ]
    cursor.execute(f"insert into {table} (id, name) values ('x', 'y') log errors reject limit unlimited")
    assert cursor.execute(f"select ora_err_number$, id from err$_{table}").fetchall() == [(1722, "x")]
