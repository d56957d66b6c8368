"""INSERT, UPDATE, DELETE and MERGE through the driver: counts, arrays, RETURNING, and errors that undo one statement."""

from __future__ import annotations

import datetime
from decimal import Decimal

import oracledb
import pytest


def codes(errors: list[oracledb._Error]) -> list[tuple[int, int]]:
    return [(error.offset, error.code) for error in errors]


def test_every_type_comes_back_as_it_went(cursor: oracledb.Cursor) -> None:
    cursor.execute(
        "create table every_type (n number, d number(12,2), i integer, f float, bf binary_float, bd binary_double,"
        " v varchar2(20 char), c char(5), nv nvarchar2(10), nc nchar(4), r raw(8), dt date, ts timestamp(6),"
        " ts9 timestamp(9), tz timestamp with time zone, ltz timestamp with local time zone,"
        " ym interval year to month, ds interval day to second(6))"
    )
    moment = datetime.datetime(2024, 2, 29, 23, 59, 58, 123456)
    row = (
        *(Decimal("123456789012345678901234567890.12345678"), Decimal("-9999999999.99"), 42, 0.5, 1.5, -2.25),
        *("größe €", "ab", "日本", "é", b"\x00\xff", moment.replace(microsecond=0), moment),
        *(moment, moment, moment, oracledb.IntervalYM(-3, -7), datetime.timedelta(days=-5, seconds=1, microseconds=9)),
    )
    sizes = [None] * len(row)
    for index, kind in (
        *((4, oracledb.DB_TYPE_BINARY_FLOAT), (5, oracledb.DB_TYPE_BINARY_DOUBLE), (8, oracledb.DB_TYPE_NVARCHAR)),
        *((9, oracledb.DB_TYPE_NVARCHAR), (12, oracledb.DB_TYPE_TIMESTAMP), (13, oracledb.DB_TYPE_TIMESTAMP)),
        *((14, oracledb.DB_TYPE_TIMESTAMP_TZ), (15, oracledb.DB_TYPE_TIMESTAMP_LTZ)),
    ):
        sizes[index] = kind  # type: ignore[call-overload]
    cursor.setinputsizes(*sizes)
    places = ", ".join(f":{number}" for number in range(1, len(row) + 1))
    cursor.execute(f"insert into every_type values ({places})", row)
    cursor.execute("insert into every_type (n) values (null)")
    with_decimals = cursor.connection.cursor()
    with_decimals.execute("select * from every_type", fetch_decimals=True)
    found, empty = with_decimals.fetchall()
    expected = list(row)
    expected[7], expected[9] = "ab   ", "é   "
    assert list(found) == [Decimal(str(value)) if index in (2, 3) else value for index, value in enumerate(expected)]
    assert empty == (None,) * len(row)


def test_rowcount_and_lastrowid(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'one')")
    assert cursor.rowcount == 1
    rowid = cursor.lastrowid
    cursor.execute(f"select id, rowid from {table} where rowid = :1", [rowid])
    assert cursor.fetchall() == [(1, rowid)]
    cursor.execute(f"update {table} set name = 'x' where id < 0")
    assert cursor.rowcount == 0
    cursor.execute(f"delete from {table}")
    assert cursor.rowcount == 1


@pytest.mark.parametrize("count", [1, 2, 5000])
def test_array_insert(cursor: oracledb.Cursor, table: str, count: int) -> None:
    rows = [(number, f"n{number}" if number % 3 else None) for number in range(count)]
    cursor.executemany(f"insert into {table} values (:1, :2)", rows)
    assert cursor.rowcount == count
    cursor.execute(f"select id, name from {table} order by id")
    assert cursor.fetchall() == rows


def test_a_failing_array_row_keeps_those_before_it(cursor: oracledb.Cursor, table: str) -> None:
    rows = [(number, "x") for number in range(100)]
    rows[70] = (5, "again")
    with pytest.raises(oracledb.IntegrityError, match=rf"ORA-00001: unique constraint \(APP.{table.upper()}_PK\) viol"):
        cursor.executemany(f"insert into {table} values (:1, :2)", rows)
    assert cursor.rowcount == 70
    cursor.execute(f"select count(*) from {table}")
    assert cursor.fetchone() == (70,)


def test_batch_errors_and_row_counts(cursor: oracledb.Cursor, table: str) -> None:
    rows = [(1, "a"), (1, "again"), (2, "much too long a name"), (None, "x"), (1234567, "x"), (3, "b")]
    cursor.executemany(f"insert into {table} values (:1, :2)", rows, batcherrors=True, arraydmlrowcounts=True)
    assert codes(cursor.getbatcherrors()) == [(1, 1), (2, 12899), (3, 1400), (4, 1438)]
    assert cursor.getarraydmlrowcounts() == [1, 0, 0, 0, 0, 1]
    cursor.execute(f"select id, name from {table} order by id")
    assert cursor.fetchall() == [(1, "a"), (3, "b")]


def test_array_update_counts_and_batch_errors(cursor: oracledb.Cursor, table: str) -> None:
    cursor.executemany(f"insert into {table} values (:1, :2)", [(number, "x") for number in range(10)])
    changes = [("a", 3), ("b", 9), ("c", 100), ("far too long for it", 4), ("d", 5)]
    cursor.executemany(
        f"update {table} set name = :1 where id <= :2", changes, batcherrors=True, arraydmlrowcounts=True
    )
    assert cursor.getarraydmlrowcounts() == [4, 10, 10, 0, 6]
    assert codes(cursor.getbatcherrors()) == [(3, 12899)]
    cursor.execute(f"select name, count(*) from {table} group by name order by name")
    assert cursor.fetchall() == [("c", 4), ("d", 6)]
    cursor.executemany(f"delete from {table} where id = :1", [(1,), (2,), (77,)])
    assert cursor.rowcount == 2


def test_array_update_stops_at_the_failing_row(cursor: oracledb.Cursor, table: str) -> None:
    cursor.executemany(f"insert into {table} values (:1, :2)", [(1, "x"), (2, "x"), (3, "x")])
    with pytest.raises(oracledb.DatabaseError, match="ORA-12899"):
        cursor.executemany(f"update {table} set name = :1 where id = :2", [("a", 1), ("12345678901", 2), ("c", 3)])
    assert cursor.rowcount == 1
    cursor.execute(f"select name from {table} order by id")
    assert cursor.fetchall() == [("a",), ("x",), ("x",)]


def test_returning(cursor: oracledb.Cursor, table: str) -> None:
    ident, name = cursor.var(int, arraysize=2), cursor.var(str, arraysize=2)
    cursor.setinputsizes(None, None, ident, name)
    cursor.executemany(
        f"insert into {table} values (:1, :2) returning id * 2, upper(name) into :3, :4", [(1, "a"), (2, "b")]
    )
    assert (ident.values, name.values) == ([[2], [4]], [["A"], ["B"]])
    changed = cursor.var(str)
    cursor.execute(f"update {table} set name = name || '!' returning name into :changed", changed=changed)
    assert sorted(changed.getvalue()) == ["a!", "b!"]
    gone = cursor.var(int)
    cursor.execute(f"delete from {table} where id > :low returning id into :gone", low=100, gone=gone)
    assert gone.getvalue() == []


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("insert into {t} values (1, 'x')", "ORA-00001: unique constraint (APP.{T}_PK) violated"),
        ("insert into {t} values (null, 'x')", 'ORA-01400: cannot insert NULL into ("APP"."{T}"."ID")'),
        ("update {t} set id = null", 'ORA-01407: cannot update ("APP"."{T}"."ID") to NULL'),
        ("insert into {t} values (1234567, 'x')", "ORA-01438: value larger than specified precision allowed"),
        (
            "insert into {t} values (9, 'elevenchars')",
            'ORA-12899: value too large for column "APP"."{T}"."NAME" (actual: 11, maximum: 10)',
        ),
        ("update {t} set name = 'x' where id / 0 = 1", "ORA-01476: divisor is equal to zero"),
        ("insert into {t} values ('abc', 'x')", "ORA-01722: invalid number"),
        ("insert into {t} values (1)", "ORA-00947: not enough values"),
        ("insert into nowhere values (1)", "ORA-00942: table or view does not exist"),
        ("update {t} set nothing = 1", 'ORA-00904: "NOTHING": invalid identifier'),
    ],
)
def test_an_error_undoes_its_statement_only(cursor: oracledb.Cursor, table: str, statement: str, message: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'kept')")
    with pytest.raises(oracledb.DatabaseError) as caught:
        cursor.execute(statement.format(t=table, T=table.upper()))
    assert caught.value.args[0].message.splitlines()[0].startswith(message.format(T=table.upper()))
    cursor.connection.commit()
    cursor.execute(f"select * from {table}")
    assert cursor.fetchall() == [(1, "kept")]


def test_foreign_keys_and_checks(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(
        f"create table {table}_c (id number references {table}, n number constraint {table}_n check (n > 0))"
    )
    cursor.execute(f"insert into {table} values (1, 'parent')")
    cursor.execute(f"insert into {table}_c values (1, 1)")
    for statement, code in (
        (f"insert into {table}_c values (2, 1)", "ORA-02291: integrity constraint (APP.SYS_C"),
        (f"delete from {table}", "ORA-02292: integrity constraint (APP.SYS_C"),
        (f"insert into {table}_c values (1, 0)", f"ORA-02290: check constraint (APP.{table.upper()}_N) violated"),
    ):
        with pytest.raises(oracledb.IntegrityError) as caught:
            cursor.execute(statement)
        assert str(caught.value).startswith(code)


def test_merge(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create table {table}_s (id number(6), name varchar2(10))")
    cursor.executemany(f"insert into {table}_s values (:1, :2)", [(1, "new"), (2, "two")])
    cursor.execute(f"insert into {table} values (1, 'old')")
    merge = (
        f"merge into {table} t using {table}_s s on (t.id = s.id) when matched then update set t.name = s.name"
        " when not matched then insert (id, name) values (s.id, s.name)"
    )
    cursor.execute(merge)
    assert cursor.rowcount == 2
    cursor.execute(f"select * from {table} order by id")
    assert cursor.fetchall() == [(1, "new"), (2, "two")]
    cursor.execute(f"insert into {table}_s values (1, 'twice')")
    with pytest.raises(oracledb.DatabaseError, match="ORA-30926"):
        cursor.execute(merge)


def test_empty_strings_are_null(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, :1)", [""])
    cursor.executemany(f"insert into {table} values (:1, :2)", [(2, ""), (3, "")])
    cursor.execute(f"select count(*), count(name) from {table} where name is null")
    assert cursor.fetchone() == (3, 0)


def test_lobs(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create table {table}_l (id number, c clob, n nclob, b blob)")
    text, data = "aé€" * 30_000, bytes(range(256)) * 400
    cursor.setinputsizes(None, oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_NCLOB, oracledb.DB_TYPE_BLOB)
    cursor.execute(f"insert into {table}_l values (:1, :2, :3, :4)", (1, text, text[:50_000], data))
    cursor.execute(f"select c, n, b from {table}_l")
    clob, nclob, blob = cursor.fetchone()
    assert clob.size() == len(text)
    assert (clob.read(), nclob.read(), blob.read()) == (text, text[:50_000], data)
    cursor.execute(f"select c from {table}_l where id = 1 for update")
    (locator,) = cursor.fetchone()
    locator.write("changed", 1)
    cursor.connection.commit()
    cursor.execute(f"select c from {table}_l")
    assert cursor.fetchone()[0].read() == "changed" + text[7:]


def test_direct_path_load(connection: oracledb.Connection, cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"insert into {table} values (1, 'one')")
    rows = [(number, f"row {number}") for number in range(2, 3000)]
    connection.direct_path_load("app", table, ["id", "name"], rows, batch_size=1000)
    connection.rollback()
    cursor.execute(f"select count(*), max(name) from {table}")
    assert cursor.fetchone() == (2999, "row 999")
    with pytest.raises(oracledb.DatabaseError, match="ORA-00001"):
        connection.direct_path_load("app", table, ["id", "name"], [(5000, "x"), (2, "again")])
    cursor.execute(f"select count(*) from {table}")
    assert cursor.fetchone() == (2999,)
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        connection.direct_path_load("app", "nowhere", ["id"], [(1,)])


def test_insert_all_takes_one_number_a_row(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create sequence {table}_seq start with 5")
    cursor.execute(f"create table {table}_lines (id number, note varchar2(10))")
    cursor.execute(
        f"insert all into {table} values ({table}_seq.nextval, 'head') into {table}_lines values ({table}_seq.currval, x)"
        " select 'a' x from dual union all select 'b' from dual"
    )
    assert cursor.rowcount == 4
    assert cursor.execute(f"select id from {table} order by id").fetchall() == [(5,), (6,)]
    assert cursor.execute(f"select id, note from {table}_lines order by id").fetchall() == [(5, "a"), (6, "b")]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("insert into {0} values (2, empty_clob()) returning c into :lob", [(1, "one"), (2, "written")]),
        ("update {0} set c = 'longer than that' returning c into :lob", [(1, "writtenthan that")]),
        ("update {0} set id = 5 returning c into :lob", [(5, "written")]),
    ],
)
def test_lobs_of_returning_are_written_through(
    cursor: oracledb.Cursor, table: str, statement: str, expected: list[tuple[int, str]]
) -> None:
    cursor.execute(f"create table {table}_lobs (id number, c clob)")
    cursor.execute(f"insert into {table}_lobs values (1, 'one')")
    lob = cursor.var(oracledb.DB_TYPE_CLOB)
    cursor.execute(statement.format(f"{table}_lobs"), lob=lob)
    lob.getvalue()[0].write("written")
    cursor.connection.commit()
    rows = cursor.execute(f"select id, c from {table}_lobs order by id").fetchall()
    assert [(number, clob.read()) for number, clob in rows] == expected


def test_xml_is_described_as_the_type_it_is_and_fetched_as_text(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create table {table}_xml (id number, x xmltype)")
    document = "<a>" + "é" * 5000 + "</a>"
    cursor.setinputsizes(None, oracledb.DB_TYPE_CLOB)
    cursor.execute(f"insert into {table}_xml values (:1, xmltype(:2))", [1, document])
    cursor.execute(f"insert into {table}_xml values (:1, null)", [2])
    cursor.execute(f"select x from {table}_xml order by id")
    assert cursor.description[0].type_code is oracledb.DB_TYPE_XMLTYPE
    assert cursor.fetchall() == [(document,), (None,)]
    assert cursor.execute(f"select xmltype.getStringVal(x) from {table}_xml where id = 2").fetchall() == [(None,)]
    variable = cursor.var(oracledb.DB_TYPE_CURSOR)
    cursor.execute(f"begin open :c for select x from {table}_xml where id = 1; end;", c=variable)
    assert variable.getvalue().fetchall() == [(document,)]


def test_characters_are_at_most_4000_bytes(cursor: oracledb.Cursor, table: str) -> None:
    cursor.execute(f"create table {table}_wide (v varchar2(3000 char))")
    cursor.execute(f"insert into {table}_wide values (:1)", ["é" * 2000])
    for value, actual, most in (("é" * 2001, 4002, 4000), ("x" * 3001, 3001, 3000)):
        with pytest.raises(oracledb.DatabaseError, match=rf"ORA-12899.*actual: {actual}, maximum: {most}"):
            cursor.execute(f"insert into {table}_wide values (:1)", [value])
    cursor.execute(f"alter table {table}_wide modify v varchar2(2000 char)")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01441"):
        cursor.execute(f"alter table {table}_wide modify v varchar2(1999 char)")
