"""AS OF: rows as they were committed at a system change number, on real sessions that go on changing them."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest
from flext_oracle_emulator import Emulator

Connect = Callable[..., oracledb.Connection]

_SCN = "select dbms_flashback.get_system_change_number from dual"


@pytest.fixture(autouse=True)
def may_flashback(engine: Emulator) -> None:
    with oracledb.connect(user="system", password="system", dsn=engine.dsn) as connection:
        connection.cursor().execute("grant execute on sys.dbms_flashback to app")


def _scn(cursor: oracledb.Cursor) -> int:
    (number,) = cursor.execute(_SCN).fetchone()
    assert isinstance(number, int)
    return number


def _fill(cursor: oracledb.Cursor, table: str, *names: str) -> None:
    cursor.executemany(f"insert into {table} values (:1, :2)", list(enumerate(names)))
    cursor.connection.commit()


def test_as_of_shows_what_was_committed_then(cursor: oracledb.Cursor, connect: Connect, table: str) -> None:
    _fill(cursor, table, "a", "b")
    other = connect().cursor()
    other.execute(f"insert into {table} values (7, 'later')")
    before = _scn(cursor)
    other.connection.commit()
    cursor.execute(f"update {table} set name = 'new' where id = 0")
    cursor.execute(f"delete from {table} where id = 1")
    cursor.connection.commit()
    after = _scn(cursor)
    cursor.execute(f"delete from {table}")  # one's own uncommitted change is not seen either
    past = f"select id, name from {table} as of scn :scn t order by id"
    assert cursor.execute(past, scn=before).fetchall() == [(0, "a"), (1, "b")]
    assert cursor.execute(past, scn=after).fetchall() == [(0, "new"), (7, "later")]
    assert cursor.execute(f"select count(*) from {table}").fetchone() == (0,)
    assert after > before


def test_past_and_present_in_one_statement(cursor: oracledb.Cursor, table: str) -> None:
    _fill(cursor, table, "a", "b")
    first = _scn(cursor)
    cursor.execute(f"update {table} set name = 'new' where id = 0")
    cursor.execute(f"insert into {table} values (5, 'more')")
    cursor.connection.commit()
    second = _scn(cursor)
    cursor.execute(f"delete from {table} where id = 1")
    cursor.connection.commit()
    cursor.execute(f"select name from {table} as of scn {first} minus select name from {table} order by 1")
    assert cursor.fetchall() == [("a",), ("b",)]
    cursor.execute(
        f"select o.name, n.name from {table} as of scn :1 o join {table} as of scn :2 n on n.id = o.id order by o.id",
        [first, second],
    )
    assert cursor.fetchall() == [("a", "new"), ("b", "b")]
    cursor.execute(f"insert into {table} select id, name from {table} as of scn :1 where id = 1", [second])
    cursor.connection.commit()
    assert cursor.execute(f"select id, name from {table} order by id").fetchall() == [(0, "new"), (1, "b"), (5, "more")]


def test_a_view_is_read_as_of_too(cursor: oracledb.Cursor, table: str) -> None:
    _fill(cursor, table, "a")
    cursor.execute(f"create view {table}_v as select name from {table}")
    then = _scn(cursor)
    cursor.execute(f"delete from {table}")
    cursor.connection.commit()
    assert cursor.execute(f"select * from {table}_v as of scn :1", [then]).fetchall() == [("a",)]


def test_a_large_past_state_is_read_in_pieces_while_it_changes(
    cursor: oracledb.Cursor, connect: Connect, table: str
) -> None:
    _fill(cursor, table, *["x"] * 5000)
    then = _scn(cursor)
    reader = connect().cursor()
    reader.arraysize = 100
    reader.execute(f"select id from {table} as of scn :1 order by id", [then])
    assert reader.fetchone() == (0,)
    cursor.execute(f"delete from {table}")
    cursor.connection.commit()
    cursor.execute(f"truncate table {table}")
    assert [number for (number,) in reader] == list(range(1, 5000))


def test_times_and_numbers_belong_together(cursor: oracledb.Cursor, table: str) -> None:
    _fill(cursor, table, "a")
    (then,) = cursor.execute("select systimestamp from dual").fetchone()
    (scn,) = cursor.execute("select timestamp_to_scn(systimestamp) from dual").fetchone()
    cursor.execute("select scn_to_timestamp(:1) from dual", [scn])
    assert abs((cursor.fetchone()[0] - then.replace(tzinfo=None)).total_seconds()) < 60
    cursor.execute(f"select name from {table} as of timestamp systimestamp")
    assert cursor.fetchall() == [("a",)]
    cursor.execute(f"select name from {table} as of timestamp (systimestamp - interval '0.001' second)")
    assert cursor.fetchall() == [("a",)]
    assert cursor.execute("select timestamp_to_scn(systimestamp) from dual").fetchone()[0] > scn


def test_what_is_not_kept_is_refused(cursor: oracledb.Cursor, table: str) -> None:
    _fill(cursor, table, "a")
    with pytest.raises(oracledb.DatabaseError, match="ORA-08181"):
        cursor.execute(f"select * from {table} as of scn 99999999999999999")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01555"):
        cursor.execute(f"select * from {table} as of scn 1000")
    with pytest.raises(oracledb.DatabaseError, match="ORA-08180"):
        cursor.execute("select timestamp_to_scn(timestamp '2001-01-01 00:00:00') from dual")


@pytest.mark.parametrize(
    "change", ["truncate table {}", "alter table {} add extra number", "alter table {} modify name varchar2(50)"]
)
def test_a_table_that_was_redefined_since_is_refused(cursor: oracledb.Cursor, table: str, change: str) -> None:
    _fill(cursor, table, "a")
    then = _scn(cursor)
    cursor.execute(change.format(table))
    with pytest.raises(oracledb.DatabaseError, match="ORA-01466"):
        cursor.execute(f"select id from {table} as of scn :1", [then])


def test_a_table_made_later_has_no_past(cursor: oracledb.Cursor) -> None:
    then = _scn(cursor)
    cursor.execute("create table flashback_new (a number)")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01466"):
        cursor.execute("select * from flashback_new as of scn :1", [then])


def test_ora_rowscn_tells_what_changed_after_a_number(cursor: oracledb.Cursor, table: str) -> None:
    _fill(cursor, table, "a", "b")
    then = _scn(cursor)
    changed = f"select id from {table} where ora_rowscn > :1"
    assert cursor.execute(changed, [then]).fetchall() == []
    cursor.execute(f"update {table} set name = 'c' where id = 1")
    assert cursor.execute(f"select ora_rowscn from {table} where id = 1").fetchone() == (None,)
    cursor.connection.commit()
    assert cursor.execute(changed, [then]).fetchall() == [(1,)]
    assert cursor.execute(changed, [_scn(cursor)]).fetchall() == []


def test_the_number_comes_with_privileges_only(connect: Connect) -> None:
    other = connect("other").cursor()
    with pytest.raises(oracledb.DatabaseError, match="ORA-00904"):
        other.execute(_SCN)
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        other.execute("select current_scn from v$database")
    system = connect("system").cursor()
    assert system.execute("select current_scn from v$database").fetchone()[0] < _scn(system)


def test_the_past_of_another_users_table_needs_flashback_on_it(
    engine: Emulator, cursor: oracledb.Cursor, table: str
) -> None:
    _fill(cursor, table, "a")
    before = _scn(cursor)
    with oracledb.connect(user="system", password="system", dsn=engine.dsn) as admin:
        admin.cursor().execute("create user historian identified by historian")
        admin.cursor().execute("grant create session to historian")
    cursor.execute(f"grant select on {table} to historian")
    past = f"select name from app.{table} as of scn {before}"
    with oracledb.connect(user="historian", password="historian", dsn=engine.dsn) as reader:
        with pytest.raises(oracledb.DatabaseError, match="ORA-01031"):
            reader.cursor().execute(past)
        cursor.execute(f"grant flashback on {table} to historian")
        assert reader.cursor().execute(past).fetchall() == [("a",)]


def test_a_table_is_made_of_the_past(cursor: oracledb.Cursor, table: str) -> None:
    _fill(cursor, table, "a", "b")
    then = _scn(cursor)
    cursor.execute(f"delete from {table} where id = 0")
    cursor.connection.commit()
    cursor.execute(
        f"create table {table}_back as select o.id, n.name as kept from {table} as of scn {then} o"
        f" left join {table} n on n.id = o.id"
    )
    assert cursor.execute(f"select * from {table}_back order by id").fetchall() == [(0, None), (1, "b")]
    with pytest.raises(oracledb.DatabaseError, match="ORA-03001"):
        cursor.execute(f"create view {table}_v as select * from {table} as of scn {then}")


def test_the_number_of_this_moment_is_kept_for_who_may_not_ask_for_it_otherwise(
    cursor: oracledb.Cursor, table: str
) -> None:
    """A reader without DBMS_FLASHBACK and V$DATABASE has TIMESTAMP_TO_SCN."""
    _fill(cursor, table, "a", "b")
    (number,) = cursor.execute("select timestamp_to_scn(systimestamp) from dual").fetchone()
    cursor.execute(f"delete from {table}")
    cursor.connection.commit()
    assert cursor.execute(f"select count(*) from {table} as of scn :1", [number]).fetchone() == (2,)


def test_a_table_is_taken_back(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create table {table}_child (parent number references {table} on delete cascade)")
    cursor.executemany(f"insert into {table} values (:1, :2)", [(1, "same"), (2, "changed"), (3, "deleted")])
    cursor.execute(f"insert into {table}_child values (1)")
    cursor.connection.commit()
    (scn,) = cursor.execute("select timestamp_to_scn(systimestamp) from dual").fetchone()
    cursor.execute(f"update {table} set name = 'x' where id = 2")
    cursor.execute(f"delete from {table} where id = 3")
    cursor.execute(f"insert into {table} values (4, 'new')")
    cursor.connection.commit()
    with pytest.raises(oracledb.DatabaseError, match="ORA-08189"):
        cursor.execute(f"flashback table {table} to scn {scn}")
    cursor.execute(f"alter table {table} enable row movement")
    cursor.execute(f"flashback table {table} to scn {scn}")
    cursor.connection.rollback()
    assert cursor.execute(f"select * from {table} order by id").fetchall() == [
        (1, "same"),
        (2, "changed"),
        (3, "deleted"),
    ]
    assert cursor.execute(f"select parent from {table}_child").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("flashback table {t} to before drop", 38305),
        ("flashback table nowhere to scn 1", 942),
        ("flashback table {t} to restore point p", 3001),
        ("flashback database to scn 1", 3001),
        ("flashback table {t} to yesterday", 905),
    ],
)
def test_what_is_not_taken_back(cursor: oracledb.Cursor, table: str, statement: str, code: int) -> None:
    with pytest.raises(oracledb.DatabaseError, match=f"ORA-{code:05}"):
        cursor.execute(statement.format(t=table))
