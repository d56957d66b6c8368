"""Partitioned tables: rows by partition, ALTER TABLE .. PARTITION, and the rows that no partition takes."""

from __future__ import annotations

import oracledb
import pytest


@pytest.fixture
def by_year(cursor: oracledb.Cursor, table: str) -> str:
    """Partitions P2023, P2024 and PMAX by date, with a row or two each."""
    name = f"{table}_y"
    cursor.execute(
        f"create table {name} (id number(6) primary key, d date, region varchar2(10)) partition by range (d)"
        " (partition p2023 values less than (date '2024-01-01') tablespace users,"
        " partition p2024 values less than (to_date('2025-01-01', 'YYYY-MM-DD')), partition pmax values less than (maxvalue))"
    )
    cursor.executemany(
        f"insert into {name} values (:1, to_date(:2, 'YYYY-MM-DD'), 'x')",
        [(1, "2023-05-05"), (2, "2024-01-01"), (3, "2024-12-31"), (4, "2025-01-01"), (5, None)],
    )
    cursor.connection.commit()
    return name


def _ids(cursor: oracledb.Cursor, source: str) -> list[int]:
    return [number for (number,) in cursor.execute(f"select id from {source} order by id")]


def _partitions(cursor: oracledb.Cursor, name: str) -> list[tuple[str, str]]:
    return cursor.execute(
        "select partition_name, high_value from user_tab_partitions where table_name = :1 order by partition_position",
        [name.upper()],
    ).fetchall()


def _fails(cursor: oracledb.Cursor, code: str, text: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match=code):
        cursor.execute(text)


def test_rows_of_a_partition(cursor: oracledb.Cursor, by_year: str) -> None:
    assert _ids(cursor, f"{by_year} partition (p2023)") == [1]
    assert _ids(cursor, f"{by_year} partition (p2024) t") == [2, 3]
    assert _ids(cursor, f"{by_year} partition (pmax)") == [4, 5]
    assert _ids(cursor, f"{by_year} partition for (date '2024-06-01')") == [2, 3]
    cursor.execute(f"select count(*), min(rowid) from {by_year} partition (p2024) p where p.region = 'x'")
    assert cursor.fetchone()[0] == 2
    _fails(cursor, "ORA-02149", f"select * from {by_year} partition (nothing)")
    _fails(cursor, "ORA-14501", f"select * from {by_year[:-2]} partition (p)")


def test_the_dictionary_shows_partitions_as_oracle_does(cursor: oracledb.Cursor, by_year: str) -> None:
    bound = "TO_DATE(' {}-01-01 00:00:00', 'SYYYY-MM-DD HH24:MI:SS', 'NLS_CALENDAR=GREGORIAN')"
    assert _partitions(cursor, by_year) == [
        ("P2023", bound.format(2024)),
        ("P2024", bound.format(2025)),
        ("PMAX", "MAXVALUE"),
    ]
    cursor.execute(
        "select partitioning_type, partition_count, partitioning_key_count from user_part_tables where table_name = :1",
        [by_year.upper()],
    )
    assert cursor.fetchone() == ("RANGE", 3, 1)
    cursor.execute("select column_name from user_part_key_columns where name = :1", [by_year.upper()])
    assert cursor.fetchone() == ("D",)


def test_partitions_are_emptied_dropped_and_added(cursor: oracledb.Cursor, by_year: str) -> None:
    cursor.execute(f"alter table {by_year} truncate partition p2024 update indexes")
    assert _ids(cursor, by_year) == [1, 4, 5]
    cursor.execute(f"alter table {by_year} drop partition p2023")
    assert _ids(cursor, by_year) == [4, 5]
    cursor.execute(f"insert into {by_year} values (6, date '2020-01-01', 'y')")
    assert _ids(cursor, f"{by_year} partition (p2024)") == [6]
    cursor.connection.commit()
    _fails(cursor, "ORA-14074", f"alter table {by_year} add partition p9 values less than (date '2030-01-01')")
    cursor.execute(f"alter table {by_year} drop partition pmax")
    cursor.execute(f"alter table {by_year} add partition p2025 values less than (date '2026-01-01')")
    _fails(cursor, "ORA-14400", f"insert into {by_year} values (7, date '2026-01-01', 'y')")
    _fails(cursor, "ORA-14400", f"insert into {by_year} values (7, null, 'y')")
    _fails(cursor, "ORA-14402", f"update {by_year} set d = date '2025-02-02' where id = 6")
    cursor.execute(f"alter table {by_year} enable row movement")
    cursor.execute(f"update {by_year} set d = date '2025-02-02' where id = 6")
    assert _ids(cursor, f"{by_year} partition (p2025)") == [6]
    cursor.connection.commit()
    cursor.execute(f"alter table {by_year} drop partition p2025")
    _fails(cursor, "ORA-14083", f"alter table {by_year} drop partition p2024")


def test_partitions_are_split_merged_and_renamed(cursor: oracledb.Cursor, by_year: str) -> None:
    cursor.execute(
        f"alter table {by_year} split partition pmax at (date '2026-01-01') into (partition p2025, partition prest)"
    )
    assert [name for name, _ in _partitions(cursor, by_year)] == ["P2023", "P2024", "P2025", "PREST"]
    assert (_ids(cursor, f"{by_year} partition (p2025)"), _ids(cursor, f"{by_year} partition (prest)")) == ([4], [5])
    _fails(
        cursor,
        "ORA-14080",
        f"alter table {by_year} split partition p2025 at (date '2027-01-01') into (partition a, partition b)",
    )
    _fails(cursor, "ORA-14274", f"alter table {by_year} merge partitions p2023, p2025 into partition pm")
    cursor.execute(f"alter table {by_year} merge partitions p2023, p2024 into partition pold")
    cursor.execute(f"alter table {by_year} rename partition pold to older")
    cursor.execute(f"alter table {by_year} move partition older compress")
    assert _ids(cursor, f"{by_year} partition (older)") == [1, 2, 3]


def test_a_partition_changes_places_with_a_table(cursor: oracledb.Cursor, by_year: str) -> None:
    cursor.execute(f"create table {by_year}_x as select * from {by_year} where 1 = 0")
    cursor.execute(f"alter table {by_year}_x add primary key (id)")
    cursor.execute(f"insert into {by_year}_x values (22, date '2024-07-07', 'new')")
    cursor.execute(
        f"alter table {by_year} exchange partition p2024 with table {by_year}_x including indexes without validation"
    )
    assert _ids(cursor, by_year) == [1, 4, 5, 22]
    assert _ids(cursor, f"{by_year}_x") == [2, 3]
    cursor.execute(f"insert into {by_year}_x values (23, date '2023-07-07', 'bad')")
    _fails(cursor, "ORA-14099", f"alter table {by_year} exchange partition p2024 with table {by_year}_x")
    cursor.execute(f"alter table {by_year}_x modify region varchar2(20)")
    _fails(cursor, "ORA-14097", f"alter table {by_year} exchange partition p2024 with table {by_year}_x")


def test_a_table_for_exchange_has_the_columns_of_the_partitioned_one(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(
        f"create table {table}_e (id number(6) primary key, d date not null, secret varchar2(5 char) invisible,"
        " amount number(9,2) default 1 check (amount > 0), twice number generated always as (amount * 2) virtual)"
        " partition by range (d) (partition p2024 values less than (date '2025-01-01'),"
        " partition pmax values less than (maxvalue))"
    )
    cursor.execute(f"insert into {table}_e (id, d, secret, amount) values (1, date '2024-05-05', 'old', 4)")
    cursor.execute(f"create table {table}_x tablespace users for exchange with table {table}_e")
    columns = (
        "select column_name, column_id, data_type, data_length, data_precision, data_scale, char_used, hidden_column,"
        " virtual_column from user_tab_cols where table_name = :1 order by internal_column_id"
    )
    described = cursor.execute(columns, [f"{table}_x".upper()]).fetchall()
    assert described == cursor.execute(columns, [f"{table}_e".upper()]).fetchall()
    assert len(described) == 5
    assert _ids(cursor, f"{table}_x") == []
    rows = cursor.execute(
        "select constraint_type, search_condition_vc from user_constraints where table_name = :1",
        [f"{table}_x".upper()],
    ).fetchall()
    assert rows == [("C", '"D" IS NOT NULL')]
    assert cursor.execute("select 1 from user_indexes where table_name = :1", [f"{table}_x".upper()]).fetchall() == []
    cursor.execute(f"insert into {table}_x (id, d, secret, amount) values (2, date '2024-06-06', 'new', 8)")
    _fails(cursor, "ORA-14130", f"alter table {table}_e exchange partition p2024 with table {table}_x")
    cursor.execute(f"alter table {table}_x add (primary key (id), check (amount > 0))")
    cursor.execute(f"alter table {table}_e exchange partition p2024 with table {table}_x")
    both = "select id, secret, twice from {}"
    assert cursor.execute(both.format(f"{table}_e")).fetchall() == [(2, "new", 16)]
    assert cursor.execute(both.format(f"{table}_x")).fetchall() == [(1, "old", 8)]


def test_local_indexes_are_included_if_the_table_has_them(cursor: oracledb.Cursor, by_year: str) -> None:
    cursor.execute(f"create index {by_year}_l on {by_year} (region) local")
    cursor.execute(f"create table {by_year}_x for exchange with table {by_year}")
    exchange = f"alter table {by_year} exchange partition p2024 with table {by_year}_x"
    cursor.execute(f"alter table {by_year}_x add primary key (id)")
    _fails(cursor, "ORA-14098", f"{exchange} including indexes")
    assert _ids(cursor, f"{by_year}_x") == []
    cursor.execute(f"{exchange} excluding indexes")
    assert _ids(cursor, f"{by_year}_x") == [2, 3]
    cursor.execute(f"create index {by_year}_xl on {by_year}_x (region)")
    cursor.execute(f"{exchange} including indexes")
    assert _ids(cursor, by_year) == [1, 2, 3, 4, 5]


def test_a_table_for_exchange_is_refused(cursor: oracledb.Cursor, by_year: str) -> None:
    cursor.execute(f"create table {by_year}_plain (id number)")
    _fails(cursor, "ORA-00942", f"create table {by_year}_x for exchange with table {by_year}_nothing")
    _fails(cursor, "ORA-00955", f"create table {by_year}_plain for exchange with table {by_year}")
    _fails(cursor, "ORA-00922", f"create table {by_year}_x (id number) for exchange with table {by_year}")
    _fails(cursor, "ORA-03001", f"create table {by_year}_x for exchange with table {by_year}_plain")


def test_list_partitions(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(
        f"create table {table}_l (id number, region varchar2(9)) partition by list (region)"
        " (partition north values ('N', 'NE'), partition nobody values (null), partition others values (default))"
    )
    cursor.executemany(f"insert into {table}_l values (:1, :2)", [(1, "N"), (2, "NE"), (3, None), (4, "S")])
    assert _ids(cursor, f"{table}_l partition (north)") == [1, 2]
    assert _ids(cursor, f"{table}_l partition (nobody)") == [3]
    assert _ids(cursor, f"{table}_l partition (others)") == [4]
    _fails(cursor, "ORA-14323", f"alter table {table}_l add partition south values ('S')")
    cursor.execute(
        f"alter table {table}_l split partition others values ('S') into (partition south, partition others)"
    )
    assert _ids(cursor, f"{table}_l partition (south)") == [4]
    assert ("NORTH", "'N', 'NE'") in _partitions(cursor, f"{table}_l")


def test_hash_partitions_share_the_rows(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create table {table}_h (id number) partition by hash (id) partitions 3")
    cursor.executemany(f"insert into {table}_h values (:1)", [(number,) for number in range(300)])
    names = [name for name, _ in _partitions(cursor, f"{table}_h")]
    shares = [_ids(cursor, f"{table}_h partition ({name})") for name in names]
    assert all(shares)
    assert sorted(number for share in shares for number in share) == list(range(300))


@pytest.mark.parametrize(
    ("column", "interval", "first", "values", "bounds"),
    [
        ("date", "numtoyminterval(1, 'MONTH')", "date '2024-01-01'", ["date '2024-03-01'", "date '2024-01-31'", "date '2024-01-01'"],
         ["2024-01-01", "2024-02-01", "2024-04-01"]),
        ("date", "numtodsinterval(7, 'DAY')", "date '2024-01-01'", ["date '2024-01-08'", "date '2024-01-07'"],
         ["2024-01-01", "2024-01-08", "2024-01-15"]),
        ("timestamp", "interval '1' day", "timestamp '2024-01-01 00:00:00'", ["timestamp '2024-01-05 10:00:00'"],
         ["2024-01-01", "2024-01-06"]),
        ("number", "100", "0", ["250", "99"], ["0", "100", "300"]),
    ],
)  # fmt: skip
def test_interval_partitions_appear_with_their_rows(
    cursor: oracledb.Cursor, table: str, column: str, interval: str, first: str, values: list[str], bounds: list[str]
) -> None:
    name = f"{table}_i"
    cursor.execute(
        f"create table {name} (id number, k {column}) partition by range (k) interval ({interval})"
        f" (partition p0 values less than ({first}))"
    )
    for number, value in enumerate(values):
        cursor.execute(f"insert into {name} values ({number}, {value})")
    shown = _partitions(cursor, name)
    assert len(shown) == len(bounds)
    for (_, high), bound in zip(shown, bounds, strict=True):
        assert bound in high
    cursor.connection.commit()
    last = shown[-1][0]
    assert _ids(cursor, f"{name} partition ({last})") == [0]
    assert 0 in _ids(cursor, f"{name} partition for ({values[0]})")
    cursor.execute(f"alter table {name} truncate partition for ({values[0]})")
    assert 0 not in _ids(cursor, name)
    _fails(cursor, "ORA-14400", f"insert into {name} values (9, null)")
    _fails(cursor, "ORA-14760", f"alter table {name} add partition p1 values less than ({values[0]})")
    cursor.execute(f"drop table {name}")


def test_locking_a_value_makes_the_partition_of_its_interval(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(
        f"create table {table}_i (id number, d date) partition by range (d) interval (numtoyminterval(1, 'MONTH'))"
        " (partition first values less than (date '2024-01-01'))"
    )
    cursor.execute(f"create table {table}_x for exchange with table {table}_i")
    cursor.execute(f"insert into {table}_x values (1, date '2024-03-05')")
    march = "partition for (to_date('2024-03-01', 'YYYY-MM-DD'))"
    _fails(cursor, "ORA-02149", f"alter table {table}_i exchange {march} with table {table}_x")
    for _ in range(2):
        cursor.execute(f"lock table {table}_i {march} in share mode")
    assert len(_partitions(cursor, f"{table}_i")) == 2
    cursor.execute(f"alter table {table}_i exchange {march} with table {table}_x")
    assert _ids(cursor, f"{table}_i {march}") == [1]
    _fails(cursor, "ORA-02149", f"lock table {table}_i partition (nothing) in share mode")
    cursor.execute(f"drop table {table}_i")


def test_bounds_must_rise(cursor: oracledb.Cursor, table: str) -> None:
    _fails(
        cursor,
        "ORA-14037",
        f"create table {table}_b (a number) partition by range (a)"
        " (partition p1 values less than (10), partition p2 values less than (5))",
    )
    cursor.execute(
        f"create table {table}_b (id number, b number) partition by range (id, b)"
        " (partition p1 values less than (1, 10), partition p2 values less than (1, maxvalue),"
        " partition p3 values less than (maxvalue, maxvalue))"
    )
    cursor.executemany(f"insert into {table}_b values (:1, :2)", [(0, 99), (1, 9), (1, 10), (2, 1), (None, 1)])
    cursor.execute(f"select id, b from {table}_b partition (p1) order by 1, 2")
    assert cursor.fetchall() == [(0, 99), (1, 9)]
    assert _ids(cursor, f"{table}_b partition (p2)") == [1]
    assert _ids(cursor, f"{table}_b partition (p3)") == [2, None]
    _fails(cursor, "ORA-12984", f"alter table {table}_b drop column b")


@pytest.fixture
def parts(cursor: oracledb.Cursor, table: str) -> str:
    """By range: low (< 10), mid (< 20), high; a row in each, two in mid."""
    name = f"{table}_q"
    cursor.execute(
        f"create table {name} (n number, t varchar2(9)) partition by range (n) (partition low values less than (10),"
        " partition mid values less than (20), partition high values less than (maxvalue))"
    )
    cursor.executemany(f"insert into {name} values (:1, :2)", [(5, "a"), (15, "b"), (16, "c"), (25, "d")])
    cursor.connection.commit()
    return name


def test_dml_on_a_partition_by_name_or_value(cursor: oracledb.Cursor, parts: str) -> None:
    cursor.execute(f"update {parts} partition (mid) p set p.t = 'x' where n < 16")
    assert cursor.rowcount == 1
    cursor.execute(f"update {parts} partition for (25) set t = 'y'")
    assert cursor.rowcount == 1
    cursor.execute(f"delete from {parts} partition (low)")
    assert cursor.rowcount == 1
    cursor.execute(f"delete {parts} partition (mid) where rownum <= 1 and n > 15")
    assert cursor.rowcount == 1
    assert cursor.execute(f"select * from {parts} order by n").fetchall() == [(15, "x"), (25, "y")]


def test_rows_are_inserted_into_the_partition_that_is_named(cursor: oracledb.Cursor, parts: str) -> None:
    cursor.execute(f"insert into {parts} partition (mid) values (17, 'e')")
    assert cursor.lastrowid is not None
    cursor.executemany(f"insert into {parts} partition (mid) (n) values (:1)", [(18,), (19,)])
    cursor.execute(f"insert into {parts} partition for (99) select n + 100, t from {parts} partition (mid)")
    assert cursor.rowcount == 5
    cursor.execute(f"insert all into {parts} partition (low) values (n - 10, t) select * from {parts} partition (mid)")
    assert cursor.rowcount == 5
    for statement in (
        "insert into {} partition (mid) values (20, 'e')",
        "insert into {} partition (mid) select n, t from {}",
        "insert into {} partition for (5) values (12, 'e')",
        "insert all into {} partition (low) values (n, t) select n, t from {}",
    ):
        with pytest.raises(oracledb.DatabaseError, match="ORA-14401: inserted partition key is outside specified"):
            cursor.execute(statement.format(parts, parts))
    assert cursor.execute(f"select count(*) from {parts} partition (low)").fetchone() == (6,)
    with pytest.raises(oracledb.DatabaseError, match="ORA-02149"):
        cursor.execute(f"delete from {parts} partition (nowhere)")
    cursor.execute(f"alter table {parts} drop partition high")
    with pytest.raises(oracledb.DatabaseError, match="ORA-14400"):
        cursor.execute(f"insert into {parts} partition (mid) values (33, 'e')")


def test_row_movement_decides_whether_rows_leave_their_partition(cursor: oracledb.Cursor, parts: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-14402"):
        cursor.execute(f"update {parts} partition (mid) set n = n + 10")
    cursor.execute(f"alter table {parts} enable row movement")
    cursor.execute(f"update {parts} partition (mid) set n = n + 10")
    assert cursor.rowcount == 2
    assert cursor.execute(f"select count(*) from {parts} partition (high)").fetchone() == (3,)
    cursor.execute(f"alter table {parts} disable row movement")
    with pytest.raises(oracledb.DatabaseError, match="ORA-14402"):
        cursor.execute(f"update {parts} set n = 1")


@pytest.mark.parametrize(
    ("mine", "theirs", "code"),
    [
        ("add primary key (n)", "add unique (t)", 14130),
        ("add unique (n)", "", 14130),
        ("", "add unique (n)", 14130),
        ("add unique (n)", "add unique (n) disable", 14130),
        ("add check (n > 0)", "", 14118),
        ("add check (n > 0)", "add check (n > 1)", 14118),
        ("add foreign key (n) references {parent}", "", 14128),
        (
            "add (constraint {parts}_u unique (n), check (n>0))",
            "add (check (n > 0), constraint {parts}_y unique (n))",
            0,
        ),
    ],
)
def test_an_exchange_wants_the_same_constraints(
    cursor: oracledb.Cursor, table: str, parts: str, mine: str, theirs: str, code: int
) -> None:
    cursor.executemany(f"insert into {table} (id) values (:1)", [(5,), (15,), (16,), (25,)])
    cursor.execute(f"create table {parts}_x for exchange with table {parts}")
    for name, change in ((parts, mine), (f"{parts}_x", theirs)):
        if change:
            cursor.execute(f"alter table {name} {change.format(parts=parts, parent=table)}")
    exchange = f"alter table {parts} exchange partition mid with table {parts}_x"
    if not code:
        cursor.execute(exchange)
        assert cursor.execute(f"select count(*) from {parts}_x").fetchone() == (2,)
        return
    with pytest.raises(oracledb.DatabaseError, match=f"ORA-{code}"):
        cursor.execute(exchange)


def test_the_default_tablespace_of_partitions(cursor: oracledb.Cursor, parts: str) -> None:
    cursor.execute("select def_tablespace_name from user_part_tables where table_name = :1", [parts.upper()])
    assert cursor.fetchall() == [("USERS",)]
