"""Copying a table from one database to another, and proving that it arrived."""

import pytest
from flext_db_oracle import BulkError, FlextDbOracleApi, LossyValueError, ObjectNotFoundError, UnsupportedTypeError
from flext_db_oracle.reconcile import reconcile
from flext_db_oracle.transfer import STATE_TABLE, copy

COLUMNS = """
    id NUMBER(10) PRIMARY KEY, n NUMBER, s VARCHAR2(50), d DATE, t TIMESTAMP(9), z TIMESTAMP(6) WITH TIME ZONE,
    l TIMESTAMP(6) WITH LOCAL TIME ZONE, r RAW(16), c CLOB, b BLOB, ym INTERVAL YEAR(4) TO MONTH,
    ds INTERVAL DAY(3) TO SECOND(9), f BINARY_DOUBLE"""
NAMES = ["id", "n", "s", "d", "t", "z", "l", "r", "c", "b", "ym", "ds", "f"]


def row(number):
    text = "2024-02-29T13:05:01"
    values = [
        number,
        f"{number}.0000000000000000000000000001",
        f"é {number}",
        text,
        f"{text}.123456789",
        f"{text}.000001+05:30",
        f"{text}.000001Z",
        "AP8=",
        "ž" * 5000,
        "AAEC" * 100,
        "-P1Y2M",
        "P1DT1.000000001S",
        0.1,
    ]
    return values if number % 3 else [number, *[None] * (len(values) - 1)]


@pytest.fixture
def source(api, make_table):
    table = make_table(COLUMNS)
    api.bulk_insert(None, table, NAMES, [row(number) for number in range(40)]).unwrap()
    return table


@pytest.fixture
def other(config):
    with FlextDbOracleApi(config) as opened:
        yield opened
        if opened.table_exists(None, STATE_TABLE).unwrap():
            opened.execute_ddl(f"DROP TABLE {STATE_TABLE} PURGE").unwrap()


@pytest.fixture
def target(other, source):
    name = f"{source}_COPY"
    yield name
    if other.table_exists(None, name).unwrap():
        other.execute_ddl(f"DROP TABLE {name} PURGE").unwrap()


def pair(source, target):
    return {"table": (None, source), "other": (None, target)}


@pytest.mark.parametrize(("parallel", "ranges"), [(1, 1), (1, 5), (3, 7)])
def test_a_copy_is_equal_bit_for_bit(api, other, source, target, parallel, ranges):
    seen = []
    result = copy(
        api,
        other,
        table=(None, source),
        into=(None, target.lower()),
        parallel=parallel,
        ranges=ranges,
        batch_size=7,
        on_progress=seen.append,
    )
    assert (result.rows, result.parts, result.created, result.resumed_rows) == (40, ranges, True, 0)
    assert (seen[-1].rows, seen[-1].parts_done, seen[-1].parts) == (40, ranges, ranges)
    compared = reconcile(api, other, **pair(source, target), ranges=3)
    assert (compared.equal, compared.source_rows, compared.target_rows) == (True, 40, 40)
    assert other.get_table_metadata(None, target).unwrap().primary_key == ("ID",)
    assert other.execute_query(f"SELECT COUNT(*) FROM {STATE_TABLE}").unwrap().scalar() == 0


def test_a_copy_that_failed_goes_on_where_it_was(api, other, source, target):
    other.execute_ddl(f"CREATE TABLE {target} AS SELECT * FROM {source} WHERE 1 = 0").unwrap()
    other.execute_ddl(f"ALTER TABLE {target} ADD CONSTRAINT {target}_ck CHECK (id <> 25)").unwrap()
    arguments = {"table": (None, source), "into": (None, target), "by": "ID", "ranges": 4, "truncate": True}
    with pytest.raises(BulkError, match="ORA-02290"):
        copy(api, other, **arguments)
    done = other.execute_query(f"SELECT COUNT(*) FROM {target}").unwrap().scalar()
    assert done == 20  # two whole ranges, nothing of the third
    api.execute(f"DELETE FROM {source} WHERE id = 39").unwrap()  # after the snapshot that the copy goes on with
    other.execute_ddl(f"ALTER TABLE {target} DROP CONSTRAINT {target}_ck").unwrap()
    result = copy(api, other, **arguments)
    assert (result.rows, result.resumed_rows) == (20, 20)
    compared = reconcile(api, other, **pair(source, target))
    assert [(d.kind, d.key) for d in compared.differences] == [("extra", ("39",))]


def test_a_restart_forgets_the_unfinished_copy(api, other, source, target):
    other.execute_ddl(f"CREATE TABLE {target} AS SELECT * FROM {source} WHERE 1 = 0").unwrap()
    other.execute_ddl(f"ALTER TABLE {target} ADD CONSTRAINT {target}_ck CHECK (id <> 25)").unwrap()
    arguments = {"table": (None, source), "into": (None, target), "by": "ID", "ranges": 4}
    with pytest.raises(BulkError):
        copy(api, other, **arguments)
    api.execute(f"DELETE FROM {source} WHERE id = 25").unwrap()
    with pytest.raises(BulkError, match="ORA-02290"):
        copy(api, other, **arguments)  # at the old SCN, where the row still is
    with pytest.raises(ValueError, match="needs truncate"):
        copy(api, other, **arguments, restart=True)
    result = copy(api, other, **arguments, restart=True, truncate=True)
    assert (result.rows, result.resumed_rows) == (39, 0)
    assert reconcile(api, other, **pair(source, target)).equal


def test_arrow_is_equal_bit_for_bit(api, other, make_table, target):
    columns = """id NUMBER(9) PRIMARY KEY, big NUMBER(38), n NUMBER(30,10), s VARCHAR2(50), d DATE, t TIMESTAMP(6),
        r RAW(16), f BINARY_DOUBLE, c CHAR(5)"""
    table = make_table(columns)
    values = [
        [
            1,
            "9" * 38,
            "-99999999999999999999.0000000001",
            "é€𝄞",
            "0001-01-01",
            "9999-12-31T23:59:59.999999",
            "AP8=",
            0.1,
            "ab",
        ],
        [2, *[None] * 8],
        [3, "-1", "0.1", "x", "2024-02-29T13:05:01", "2024-02-29T13:05:01.000001", "AA==", -1e300, "éé"],
    ]
    names = ["id", "big", "n", "s", "d", "t", "r", "f", "c"]
    api.bulk_insert(None, table, names, values).unwrap()
    result = copy(api, other, table=(None, table), into=(None, target), arrow=True, ranges=2)
    assert (result.rows, result.fallback) == (3, None)
    query = "SELECT * FROM {} ORDER BY id"
    copied, original = (api.execute_query(query.format(name)).unwrap().rows for name in (target, table))
    assert copied == original
    assert reconcile(api, other, **pair(table, target)).equal


def test_arrow_says_which_column_it_cannot_carry(api, other, source, target):
    result = copy(api, other, table=(None, source), into=(None, target), arrow=True)
    assert "column N of type NUMBER" in result.fallback
    assert reconcile(api, other, **pair(source, target)).equal


def test_a_query_is_copied_with_its_columns(api, other, source, target):
    query = f"SELECT id, UPPER(s) AS shout, z FROM {source} WHERE id < 10"
    assert copy(api, other, query=query, into=(None, target)).rows == 10
    assert other.execute_query(f"SELECT COUNT(*) FROM {target} WHERE shout LIKE 'É %'").unwrap().scalar() == 6


def test_a_missing_target_is_an_error_when_it_must_exist(api, other, source, target):
    with pytest.raises(ObjectNotFoundError, match=target):
        copy(api, other, table=(None, source), into=(None, target), create=False)


def test_values_that_do_not_fit_are_refused_not_changed(api, other, source, target):
    other.execute_ddl(f"CREATE TABLE {target} (id NUMBER(10), n NUMBER(10,2))").unwrap()
    with pytest.raises((BulkError, LossyValueError), match="2 digits after the point"):
        copy(api, other, table=(None, source), into=(None, target), columns=["id", "n"])
    assert other.execute_query(f"SELECT COUNT(*) FROM {target}").unwrap().scalar() == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({}, "either a table or a query"), ({"table": (None, "T"), "parallel": 99}, "parallel must be 1 to pool_max")],
)
def test_wrong_arguments(api, other, arguments, message):
    with pytest.raises(ValueError, match=message):
        copy(api, other, into=(None, "T"), **arguments)


def test_a_query_with_lobs_makes_lobs(api, other, make_table, target):
    table = make_table("id NUMBER(5) PRIMARY KEY, c CLOB, n NCLOB, b BLOB")
    api.bulk_insert(None, table, ["id", "c", "n", "b"], [[1, "ž" * 5000, "é", b"\x00\xff"], [2, None, None, None]])
    copy(api, other, query=f"SELECT * FROM {table}", into=(None, target))
    columns = other.get_table_metadata(None, target).unwrap().columns
    assert [column.type.ddl for column in columns] == ["NUMBER(5)", "CLOB", "NCLOB", "BLOB"]
    assert reconcile(api, other, **pair(table, target)).equal


# ------------------------------------------------------------------------------------------------ reconcile


@pytest.fixture
def copied(api, other, source, target):
    copy(api, other, table=(None, source), into=(None, target))
    return target


def test_the_rows_that_differ_are_named(api, other, source, copied):
    other.execute(f"UPDATE {copied} SET s = 'x', n = NULL WHERE id = 7").unwrap()
    other.execute(f"UPDATE {copied} SET c = NULL WHERE id = 8").unwrap()
    other.execute(f"DELETE FROM {copied} WHERE id = 9").unwrap()
    other.execute(f"INSERT INTO {copied} (id) VALUES (999)").unwrap()
    found = reconcile(api, other, **pair(source, copied), ranges=4)
    assert not found.equal
    assert {(d.kind, d.key, d.columns) for d in found.differences} == {
        ("different", ("7",), ("N", "S")),
        ("different", ("8",), ("C",)),
        ("missing", ("9",), ()),
        ("extra", ("999",), ()),
    }
    assert found.ranges_different < found.ranges


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("N", "n = n + 0.0000000000000000000000000001"),
        ("S", "s = s || ' '"),
        ("D", "d = d + 1/86400"),
        ("T", "t = t + INTERVAL '0.000000001' SECOND(0, 9)"),
        ("Z", "z = z + INTERVAL '1' SECOND"),
        ("R", "r = HEXTORAW('00FE')"),
        ("C", "c = c || 'x'"),
        ("YM", "ym = ym + INTERVAL '1' MONTH"),
        ("DS", "ds = ds + INTERVAL '1' SECOND"),
        ("F", "f = 0.2d"),
    ],
)
def test_the_least_change_of_any_type_is_found(api, other, source, copied, column, change):
    other.execute(f"UPDATE {copied} SET {change} WHERE id = 7").unwrap()
    (difference,) = reconcile(api, other, **pair(source, copied)).differences
    assert (difference.key, difference.columns) == (("7",), (column,))


LONG_TEXT = "x" * 997 + "\U0001f600" + "ž" * 2000


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("C", LONG_TEXT[:1500] + "y" + LONG_TEXT[1501:]),
        ("C", LONG_TEXT.replace("\U0001f600", "\U0001f601")),
        ("B", b"\x00" * 1500 + b"\x01" + b"\x00" * 3499),
    ],
)
def test_a_change_inside_a_lob_is_found(api, other, make_table, column, value):
    one, two = (make_table("id NUMBER PRIMARY KEY, c CLOB, b BLOB") for _ in range(2))
    row = {"id": 1, "C": LONG_TEXT, "B": b"\x00" * 5000}
    api.bulk_insert(None, one, records=[row, {"id": 2}]).unwrap()
    api.bulk_insert(None, two, records=[row | {column: value}, {"id": 2}]).unwrap()
    (difference,) = reconcile(api, other, (None, one), (None, two)).differences
    assert (difference.key, difference.columns) == (("1",), (column,))
    assert reconcile(api, other, (None, one), (None, one)).equal
    assert reconcile(api, other, (None, one), (None, two), lobs="skip").equal


def test_lobs_can_be_compared_by_their_edges(api, other, make_table):
    tables = []
    for text in ("a" * 5000, "a" * 2500 + "b" + "a" * 2499, "a" * 4999 + "b", "a" * 5001):
        tables.append(make_table("id NUMBER PRIMARY KEY, c CLOB"))
        api.bulk_insert(None, tables[-1], ["id", "c"], [[1, text]]).unwrap()
    one, *others = tables
    equal = [reconcile(api, other, (None, one), (None, two), lobs="edges").equal for two in others]
    assert equal == [True, False, False]


def test_equal_values_of_other_types_are_equal(api, other, make_table):
    one = make_table("id NUMBER(5) PRIMARY KEY, n NUMBER(10,2), d DATE, s VARCHAR2(10)")
    two = make_table("id NUMBER PRIMARY KEY, n NUMBER, d TIMESTAMP(6), s VARCHAR2(100 CHAR)")
    for table in (one, two):
        api.bulk_insert(None, table, ["id", "n", "d", "s"], [[1, "1.50", "2024-01-01", "x"], [2, None, None, None]])
    assert reconcile(api, other, (None, one), (None, two)).equal


def test_the_limit_is_said(api, other, source, copied):
    other.execute(f"UPDATE {copied} SET s = 'x'").unwrap()
    found = reconcile(api, other, **pair(source, copied), limit=3)
    assert (len(found.differences), found.more) == (3, True)


def test_a_table_without_key_needs_one(api, other, make_table):
    table = make_table("a NUMBER, b NUMBER")
    api.bulk_insert(None, table, ["a", "b"], [[1, 1], [1, 2]]).unwrap()
    twin = make_table("a NUMBER, b NUMBER")
    with pytest.raises(UnsupportedTypeError, match="name the columns"):
        reconcile(api, other, (None, table), (None, twin))
    with pytest.raises(ValueError, match="is no key"):
        reconcile(api, other, (None, table), (None, twin), keys=["A"])
    assert len(reconcile(api, other, (None, table), (None, twin), keys=["A", "B"]).differences) == 2
