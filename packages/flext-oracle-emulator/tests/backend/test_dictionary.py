"""The data dictionary as clients read it: every view can be read, and tells the truth about what was defined."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import oracledb
import pytest
from flext_oracle_emulator import Emulator

Connect = Callable[..., oracledb.Connection]


@pytest.fixture(scope="module")
def system(engine: Emulator) -> Iterator[oracledb.Cursor]:
    with oracledb.connect(user="system", password="system", dsn=engine.dsn) as connection:
        yield connection.cursor()


def _rows(cursor: oracledb.Cursor, sql: str, **binds: Any) -> list[Any]:
    return cursor.execute(sql, binds).fetchall()


def test_every_view_of_the_dictionary_can_be_read(system: oracledb.Cursor) -> None:
    names = [name for (name,) in _rows(system, "select view_name from dba_views where owner = 'SYS'")]
    assert len(names) > 150
    for name in names:
        columns = [name for (name,) in _rows(system, "select column_name from dba_tab_columns where owner = 'SYS'"
                                                     " and table_name = :name order by column_id", name=name)]  # fmt: skip
        system.execute(f'select * from sys."{name}"')
        assert [described[0] for described in system.description] == columns
        system.fetchall()


def test_each_all_view_has_its_user_and_dba_twin(system: oracledb.Cursor) -> None:
    wanted = (
        "TABLES TAB_COLUMNS TAB_COLS OBJECTS VIEWS MVIEWS CONSTRAINTS CONS_COLUMNS INDEXES IND_COLUMNS IND_EXPRESSIONS"
        " SEQUENCES SYNONYMS TAB_COMMENTS COL_COMMENTS TAB_IDENTITY_COLS TAB_PARTITIONS PART_TABLES TAB_PRIVS USERS SOURCE"
        " PROCEDURES TAB_STATISTICS TAB_MODIFICATIONS"
    )
    for family in wanted.split():
        for prefix in ("ALL", "USER", "DBA"):
            system.execute(f"select * from {prefix}_{family} where 1 = 0")
            names = {described[0] for described in system.description}
            if prefix == "USER" and family not in ("MVIEWS", "CONSTRAINTS", "CONS_COLUMNS", "TAB_PRIVS"):
                assert "OWNER" not in names


def test_dictionary_of_a_table(cursor: oracledb.Cursor) -> None:
    cursor.execute(
        "create table dict_t (id number(10) generated always as identity, code varchar2(5 char) default 'x' not null,"
        " d date, n number(*,2), f float(63), twice number as (n * 2), secret number invisible,"
        " constraint dict_t_pk primary key (id), constraint dict_t_ck check (n > 0))"
    )
    cursor.execute("create table dict_c (t_id number(10) constraint dict_c_fk references dict_t on delete cascade)")
    cursor.execute("create index dict_t_ix on dict_t (upper(code), d)")
    cursor.execute("comment on column dict_t.code is 'the code'")
    columns = _rows(
        cursor,
        "select column_name, column_id, data_type, data_length, data_precision, data_scale, nullable, char_length, char_used,"
        " identity_column, virtual_column, hidden_column from user_tab_cols where table_name = 'DICT_T' and user_generated = 'YES'"
        " order by internal_column_id",
    )
    assert sorted(columns, key=lambda row: row[1] or 99) == [
        ("ID", 1, "NUMBER", 22, 10, 0, "N", 0, None, "YES", "NO", "NO"),
        ("CODE", 2, "VARCHAR2", 20, None, None, "N", 5, "C", "NO", "NO", "NO"),
        ("D", 3, "DATE", 7, None, None, "Y", 0, None, "NO", "NO", "NO"),
        ("N", 4, "NUMBER", 22, None, 2, "Y", 0, None, "NO", "NO", "NO"),
        ("F", 5, "FLOAT", 22, 63, None, "Y", 0, None, "NO", "NO", "NO"),
        ("TWICE", 6, "NUMBER", 22, None, None, "Y", 0, None, "NO", "YES", "NO"),
        ("SECRET", None, "NUMBER", 22, None, None, "Y", 0, None, "NO", "NO", "YES"),
    ]
    assert _rows(cursor, "select data_default, default_length from user_tab_columns where table_name = 'DICT_T'"
                         " and column_name in ('CODE', 'TWICE') order by column_id") == [("'x'", 3), ('"N"*2', 5)]  # fmt: skip
    constraints = _rows(
        cursor,
        "select constraint_name, constraint_type, search_condition_vc, r_owner, r_constraint_name, delete_rule, status, index_name"
        " from user_constraints where table_name in ('DICT_T', 'DICT_C') and generated = 'USER NAME' order by 1",
    )
    assert constraints == [
        ("DICT_C_FK", "R", None, "APP", "DICT_T_PK", "CASCADE", "ENABLED", None),
        ("DICT_T_CK", "C", "n > 0", None, None, None, "ENABLED", None),
        ("DICT_T_PK", "P", None, None, None, None, "ENABLED", "DICT_T_PK"),
    ]
    assert _rows(cursor, "select search_condition from user_constraints where table_name = 'DICT_T'"
                         " and generated = 'GENERATED NAME' and constraint_type = 'C' and search_condition_vc like '%CODE%'"
                 ) == [('"CODE" IS NOT NULL',)]  # fmt: skip
    assert _rows(cursor, "select column_position, column_expression from user_ind_expressions where index_name = 'DICT_T_IX'"
                 ) == [(1, 'UPPER("CODE")')]  # fmt: skip
    assert _rows(cursor, "select comments from user_col_comments where table_name = 'DICT_T' and comments is not null"
                 ) == [("the code",)]  # fmt: skip
    assert _rows(cursor, "select object_type, status from user_objects where object_name = 'DICT_T'") == [
        ("TABLE", "VALID")
    ]


def test_sequences_show_their_last_number(cursor: oracledb.Cursor) -> None:
    cursor.execute("create sequence dict_s start with 5 increment by 2 cache 10")
    of_sequence = (
        "select min_value, increment_by, cache_size, last_number from user_sequences where sequence_name = 'DICT_S'"
    )
    assert _rows(cursor, of_sequence) == [(1, 2, 10, 5)]
    assert _rows(cursor, "select dict_s.nextval from dual") == [(5,)]
    assert _rows(cursor, of_sequence) == [(1, 2, 10, 25)]


def test_others_see_only_what_they_were_granted(connect: Connect, cursor: oracledb.Cursor) -> None:
    cursor.execute("create table dict_hidden (a number)")
    cursor.execute("create table dict_shown (a number)")
    cursor.execute("grant select on dict_shown to other")
    other = connect("other").cursor()
    shown = "select table_name from all_tables where owner = 'APP' and table_name like 'DICT\\_%N' escape '\\'"
    assert _rows(other, shown) == [("DICT_SHOWN",)]
    assert _rows(other, "select distinct table_name from all_tab_columns where owner = 'APP' and table_name like 'DICT\\_%N'"
                        " escape '\\'") == [("DICT_SHOWN",)]  # fmt: skip
    assert _rows(cursor, "select grantee, table_name, privilege, grantable from user_tab_privs_made"
                         " where table_name = 'DICT_SHOWN'") == [("OTHER", "DICT_SHOWN", "SELECT", "NO")]  # fmt: skip
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        other.execute("select * from dba_tables")
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        other.execute("select * from app.dict_hidden")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01031"):
        other.execute("delete from app.dict_shown")


def test_returned_values_come_in_the_type_of_their_bind(cursor: oracledb.Cursor) -> None:
    """SQLAlchemy takes a generated key as text."""
    cursor.execute("create table dict_r (id number generated by default as identity, name varchar2(9), d date)")
    key, name, day = cursor.var(str), cursor.var(oracledb.DB_TYPE_NVARCHAR), cursor.var(str)
    cursor.execute(
        "insert into dict_r (name, d) values ('é', date '2024-02-03') returning id, name, d into :1, :2, :3",
        [key, name, day],
    )
    assert (key.getvalue(), name.getvalue(), day.getvalue()) == (["1"], ["é"], ["03-FEB-24"])


def test_locks_are_shown_with_who_holds_and_who_waits(
    connect: Connect, cursor: oracledb.Cursor, system: oracledb.Cursor, table: str
) -> None:
    cursor.execute(f"insert into {table} values (1, 'x')")
    cursor.connection.commit()
    cursor.execute(f"update {table} set name = 'y'")
    (holder,) = cursor.execute("select sys_context('userenv', 'sid') from dual").fetchone()
    other = connect()
    (waiter,) = other.cursor().execute("select sys_context('userenv', 'sid') from dual").fetchone()
    thread = threading.Thread(target=lambda: other.cursor().execute(f"update {table} set name = 'z'"))
    thread.start()
    try:
        blocking = []
        for _ in range(200):
            blocking = _rows(system, "select blocking_session from v$session where sid = :sid", sid=waiter)
            if blocking != [(None,)]:
                break
            time.sleep(0.05)
        assert blocking == [(int(holder),)]
        locked = _rows(
            system,
            "select l.session_id, l.locked_mode from v$locked_object l join dba_objects o on o.object_id = l.object_id"
            " where o.object_name = :name order by 1",
            name=table.upper(),
        )
        assert (int(holder), 3) in locked
    finally:
        cursor.connection.rollback()
        thread.join(20)


def test_json_columns_and_local_indexes(cursor: oracledb.Cursor) -> None:
    cursor.execute("create table dict_j (id number, doc clob constraint dict_j_doc check (doc is json), note clob)")
    assert _rows(
        cursor, "select column_name, format, data_type from user_json_columns where table_name = 'DICT_J'"
    ) == [("DOC", "TEXT", "CLOB")]
    cursor.execute("create table dict_p (id number) partition by hash (id) partitions 2")
    cursor.execute("create index dict_p_ix on dict_p (id) local")
    assert _rows(cursor, "select locality, partition_count from user_part_indexes where index_name = 'DICT_P_IX'") == [
        ("LOCAL", 2)
    ]
    assert len(_rows(cursor, "select * from user_ind_partitions where index_name = 'DICT_P_IX'")) == 2


def test_a_materialized_view_has_the_key_of_its_table_and_a_comment_of_its_own(cursor: oracledb.Cursor) -> None:
    cursor.execute("create table mv_base (id number primary key, v varchar2(5))")
    cursor.execute("create materialized view mv_rows as select v, id as mv_id from mv_base")
    cursor.execute("create materialized view mv_count as select count(*) c from mv_base")
    cursor.execute(
        "select k.table_name, c.column_name from user_constraints k join user_cons_columns c using (constraint_name)"
        " where k.constraint_type = 'P' and k.table_name in ('MV_BASE', 'MV_ROWS', 'MV_COUNT') order by 1"
    )
    assert cursor.fetchall() == [("MV_BASE", "ID"), ("MV_ROWS", "MV_ID")]
    cursor.execute(
        "select mview_name, comments from user_mview_comments where mview_name like 'MV\\_%' escape '\\' order by 1"
    )
    assert cursor.fetchall() == [
        ("MV_COUNT", "snapshot table for snapshot APP.MV_COUNT"),
        ("MV_ROWS", "snapshot table for snapshot APP.MV_ROWS"),
    ]
    cursor.execute("select table_name from user_tab_comments where table_name in ('MV_BASE', 'MV_ROWS', 'MV_COUNT')")
    assert cursor.fetchall() == [("MV_BASE",)]
    cursor.execute("insert into mv_base values (1, 'a')")
    cursor.execute("begin dbms_mview.refresh('MV_ROWS'); dbms_mview.refresh('MV_ROWS'); end;")
    assert cursor.execute("select v, mv_id from mv_rows").fetchall() == [("a", 1)]
    for name in ("mv_rows", "mv_count"):
        cursor.execute(f"drop materialized view {name}")
    cursor.execute("drop table mv_base")


def test_the_expression_of_an_index_has_no_parentheses_around_it(cursor: oracledb.Cursor) -> None:
    cursor.execute("create table ix_base (a varchar2(5), b varchar2(5))")
    cursor.execute("create index ix_1 on ix_base ((a || ')'), (a) || (b), ((lower(b))))")
    cursor.execute(
        "select column_expression from user_ind_expressions where index_name = 'IX_1' order by column_position"
    )
    assert [text for (text,) in cursor] == ["\"A\"||')'", '("A")||("B")', 'LOWER("B")']
    cursor.execute("drop table ix_base")


def test_a_compressed_index_tells_its_prefix(cursor: oracledb.Cursor) -> None:
    cursor.execute("create table ix_base (a number, b number, c number)")
    for name, rest in (("ix_1", "(a, b) compress"), ("ix_2", "(a, b, c) compress 2"), ("ix_3", "(b)")):
        cursor.execute(f"create index {name} on ix_base {rest}")
    cursor.execute("create unique index ix_4 on ix_base (c, b) compress")
    cursor.execute(
        "select index_name, compression, prefix_length from user_indexes where table_name = 'IX_BASE' order by 1"
    )
    assert cursor.fetchall() == [
        *(("IX_1", "ENABLED", 2), ("IX_2", "ENABLED", 2)),
        *(("IX_3", "DISABLED", None), ("IX_4", "ENABLED", 1)),
    ]
    cursor.execute("drop table ix_base")
