"""What 23ai adds, through the driver: BOOLEAN, JSON and VECTOR, and its syntax; 19c has none of it."""

from __future__ import annotations

import array
import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import oracledb
import pytest
from flext_oracle_emulator import Emulator


@pytest.fixture(scope="module")
def cursor() -> Iterator[oracledb.Cursor]:
    with (
        Emulator(compatible=23, users=["app/secret"]) as db,
        oracledb.connect(**db.connect_args) as connection,
        connection.cursor() as cursor,
    ):
        yield cursor


def floats(*values: float) -> array.array[float]:
    return array.array("f", values)


@pytest.mark.parametrize(
    ("column", "given", "kept"),
    [
        ("vector", floats(1, 2.5), floats(1, 2.5)),
        ("vector", array.array("d", [0.1]), array.array("d", [0.1])),
        ("vector", "[1, 2.5]", floats(1, 2.5)),
        ("vector(2, float64)", floats(1, 2.5), array.array("d", [1, 2.5])),
        ("vector(*, int8)", floats(1.7, -2.9), array.array("b", [1, -2])),
        ("vector(16, binary)", array.array("B", [255, 1]), array.array("B", [255, 1])),
        ("json", {"a": [1.5, None, True, "\xfc"]}, {"a": [Decimal("1.5"), None, True, "\xfc"]}),
        ("json", {"at": datetime.datetime(2024, 1, 2, 3, 4, 5, 6)}, {"at": datetime.datetime(2024, 1, 2, 3, 4, 5, 6)}),
        ("json", [b"\x00\xff", datetime.timedelta(1, 2)], [b"\x00\xff", datetime.timedelta(1, 2)]),
        ("boolean", True, True),
        ("number", True, 1),
        ("varchar2(5)", False, "FALSE"),
    ],
)
def test_value_of_column(cursor: oracledb.Cursor, column: str, given: Any, kept: object) -> None:
    cursor.execute("drop table if exists t purge")
    cursor.execute(f"create table t (v {column})")
    cursor.setinputsizes(oracledb.DB_TYPE_JSON if column == "json" else None)
    cursor.execute("insert into t values (:1)", [given])
    assert cursor.execute("select v from t").fetchall() == [(kept,)]


def test_sparse_vector(cursor: oracledb.Cursor) -> None:
    cursor.execute("create table sparse (v vector(16, float32, sparse))")
    cursor.execute("insert into sparse values (:1)", [oracledb.SparseVector(16, [1, 3], array.array("d", [1.5, 2]))])
    (vector,) = cursor.execute("select v from sparse").fetchone()
    assert (vector.num_dimensions, list(vector.indices), list(vector.values)) == (16, [1, 3], [1.5, 2])
    assert (cursor.description[0].vector_dimensions, cursor.description[0].vector_is_sparse) == (16, True)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("vector_distance(to_vector('[0, 0]'), to_vector('[3, 4]'), euclidean)", 5),
        ("vector_distance(to_vector('[1, 2]'), to_vector('[3, 4]'), dot)", -11),
        ("vector_distance(to_vector('[1, 0]'), to_vector('[2, 0]'))", 0),
        ("from_vector(to_vector('[1, -2.5]', 2, float32))", "[1.0E+000,-2.5E+000]"),
        ("from_vector(to_vector('[1, -2]', *, int8))", "[1,-2]"),
        ("vector_dimension_count(to_vector('[1, 2, 3]'))", 3),
    ],
)
def test_vector_function(cursor: oracledb.Cursor, expression: str, value: object) -> None:
    assert cursor.execute(f"select {expression} from dual").fetchone() == (value,)


@pytest.mark.parametrize(
    ("column", "given", "code"),
    [
        ("vector(2)", floats(1, 2, 3), "ORA-51803"),
        ("vector(*, int8)", floats(1000), "ORA-51806"),
        ("vector", "[1, x]", "ORA-51805"),
        ("vector(0)", None, "ORA-51801"),
        ("vector(2, float16)", None, "ORA-51802"),
    ],
)
def test_vector_refused(cursor: oracledb.Cursor, column: str, given: object, code: str) -> None:
    cursor.execute("drop table if exists t purge")
    with pytest.raises(oracledb.DatabaseError, match=code):  # noqa: PT012 - either may refuse
        cursor.execute(f"create table t (v {column})")
        cursor.execute("insert into t values (:1)", [given])


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("create table t (v vector)", "ORA-00902"),
        ("select to_vector('[1]') from dual", "ORA-00904"),
        ("select vector_distance(1, 2) from dual", "ORA-00904"),
    ],
)
def test_19c_has_no_vectors(oracle_connection: oracledb.Connection, statement: str, code: str) -> None:
    with pytest.raises(oracledb.DatabaseError, match=code):
        oracle_connection.cursor().execute(statement)


def as_text(cursor: oracledb.Cursor, metadata: oracledb.FetchInfo) -> oracledb.Var:
    return cursor.var(str, arraysize=cursor.arraysize)


@pytest.mark.parametrize(("column", "given", "text"), [("vector", "[1,2]", "[1.0,2.0]"), ("clob", "text", "text")])
def test_a_handler_that_comes_later_gets_text(cursor: oracledb.Cursor, column: str, given: str, text: str) -> None:
    cursor.execute(f"create table handled_{column} (v {column})")
    cursor.execute(f"insert into handled_{column} values (:1)", [given])
    select = f"select v from handled_{column}"
    assert not isinstance(cursor.execute(select).fetchone()[0], str)
    cursor.outputtypehandler = as_text
    assert cursor.execute(select).fetchall() == [(text,)]
    assert cursor.execute(select).fetchall() == [(text,)]
    cursor.outputtypehandler = None


def test_text_that_is_checked_to_be_json_comes_as_values_in_19c_too(oracle_connection: oracledb.Connection) -> None:
    with oracle_connection.cursor() as cursor:
        cursor.execute("create table documents (v varchar2(100) check (v is json), c clob check (c is json), p clob)")
        cursor.execute("""insert into documents values ('{"a":1}', '[1,2]', '{}')""")
        cursor.execute("select v, c, p from documents")
        assert [column.is_json for column in cursor.description] == [True, True, False]
        assert cursor.fetchone()[:2] == ({"a": 1}, [1, 2])


def test_rows_of_values_are_a_table(cursor: oracledb.Cursor) -> None:
    cursor.execute(
        "select name, id * 2 from (values (1, 'a'), (2, 'b'), (:1, 'c')) t (id, name) where id > 1 order by id", [9]
    )
    assert cursor.fetchall() == [("b", 4), ("c", 18)]
    cursor.execute("with v (a, b) as (values (1, 2), (3, 4)) select sum(a), sum(b) from v")
    assert cursor.fetchone() == (4, 6)
    cursor.execute(f"select count(*), max(n) from (values {', '.join(f'({n})' for n in range(500))}) t (n)")
    assert cursor.fetchone() == (500, 499)
    with pytest.raises(oracledb.DatabaseError, match="ORA-32038"):
        cursor.execute("select * from (values (1, 2)) t (a)")


def test_returning_gives_old_and_new_values(cursor: oracledb.Cursor) -> None:
    cursor.execute("create table moments (id number, n number)")
    old, new = cursor.var(int), cursor.var(int)

    def returned(statement: str) -> list[tuple[Any, ...]]:
        cursor.execute(f"{statement} returning old n, new n into :1, :2", [old, new])
        return list(zip(old.getvalue(), new.getvalue(), strict=True))

    assert returned("insert into moments values (1, 10)") == [(None, 10)]
    assert returned("update moments set n = n + 5") == [(10, 15)]
    merge = (
        "merge into moments m using (values (1, 20), (2, 30)) s (id, n) on (m.id = s.id)"
        " when matched then update set n = s.n when not matched then insert values (s.id, s.n)"
    )
    assert sorted(returned(merge), key=str) == [(15, 20), (None, 30)]
    assert returned("delete from moments where id = 1") == [(20, None)]
    cursor.execute("update moments set n = 1 returning old n + 1, n into :1, :2", [old, new])
    assert (old.getvalue(), new.getvalue()) == ([31], [1])


def test_if_exists_and_aliases_in_having(cursor: oracledb.Cursor) -> None:
    cursor.execute("alter table if exists no_such_table add (x number)")
    cursor.execute("create synonym if not exists one_synonym for dual")
    cursor.execute("create synonym if not exists one_synonym for dual")
    cursor.execute(
        "select mod(n, 2) as odd, count(*) as many from (values (1), (2), (3)) t (n) group by odd having many > 1 and odd = 1"
    )
    assert cursor.fetchall() == [(1, 2)]
