"""Ranges of a table: every row once, at one SCN, in any process."""

import json
from itertools import chain

import pytest
from flext_db_oracle import UnsupportedTypeError
from flext_db_oracle.partitions import TablePartition


@pytest.fixture
def filled(api, make_table):
    def fill(columns, rows, names=("id", "k"), options=""):
        table = make_table(columns, options)
        api.bulk_insert(None, table, list(names), rows).unwrap()
        return table

    return fill


def read(api, parts, column="id"):
    return [[row[0] for row in api.execute_query(*part.query([column])).unwrap().rows] for part in parts]


@pytest.mark.parametrize("number", [1, 2, 3, 7])
def test_rowid_ranges_have_every_row_once(api, filled, number):
    table = filled("id NUMBER, k NUMBER", [[i, i] for i in range(100)])
    parts = api.partitions(None, table, number).unwrap()
    found = read(api, parts)
    assert len(parts) == number
    assert sorted(chain.from_iterable(found)) == list(range(100))
    assert all(found)


def test_all_ranges_see_the_rows_of_one_moment(api, filled):
    table = filled("id NUMBER, k NUMBER", [[i, i] for i in range(20)])
    parts = api.partitions(None, table, 3).unwrap()
    assert len({part.scn for part in parts}) == 1
    api.execute(f"DELETE FROM {table} WHERE id < 10").unwrap()
    api.execute(f"INSERT INTO {table} (id) VALUES (99)").unwrap()
    assert sorted(chain.from_iterable(read(api, parts))) == list(range(20))
    now = api.partitions(None, table, 3, scn=None).unwrap()
    assert sorted(chain.from_iterable(read(api, now))) == [*range(10, 20), 99]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("k NUMBER", [5, 5, 5, 1, None, 2.5, -7, 10**30]),
        ("k VARCHAR2(10)", ["b", "a", None, "é", "zz", "A", "b", "c"]),
        ("k DATE", ["2024-01-01", "2024-01-01T00:00:01", None, "1999-12-31", "2024-06-01"]),
        ("k TIMESTAMP(6)", ["2024-01-01T00:00:00.000001", None, "2024-01-01T00:00:00.000002"]),
    ],
)
def test_key_ranges_have_every_row_once_and_the_nulls(api, filled, column, values):
    table = filled(f"id NUMBER, {column}", [[i, value] for i, value in enumerate(values)])
    parts = api.partitions(None, table, 3, by="K").unwrap()
    assert len(parts) > 1
    assert sorted(chain.from_iterable(read(api, parts))) == list(range(len(values)))


def test_a_range_travels_as_json(api, filled):
    table = filled("id NUMBER, k DATE", [[i, f"2024-01-{i + 1:02}"] for i in range(9)])
    for by in (None, "ID", "K"):
        for part in api.partitions(None, table, 3, by=by).unwrap():
            assert TablePartition.from_dict(json.loads(json.dumps(part.to_dict()))) == part


def test_an_empty_table_is_one_range(api, make_table):
    table = make_table("id NUMBER")
    (part,) = api.partitions(None, table, 4).unwrap()
    assert read(api, [part]) == [[]]


def test_what_has_no_rowids_is_cut_by_its_key(api, filled):
    table = filled("id NUMBER PRIMARY KEY, k NUMBER", [[i, i] for i in range(30)], options="ORGANIZATION INDEX")
    parts = api.partitions(None, table, 3).unwrap()
    assert {part.by for part in parts} == {"ID"}
    assert sorted(chain.from_iterable(read(api, parts))) == list(range(30))


def test_a_view_needs_a_column(api, filled, make_view):
    table = filled("id NUMBER, k NUMBER", [[i, i] for i in range(30)])
    view = make_view(f"SELECT id, k FROM {table}")
    refused = api.partitions(None, view, 3)
    assert isinstance(refused.exception, UnsupportedTypeError)
    assert "give the column" in refused.error
    parts = api.partitions(None, view, 3, by="ID").unwrap()
    assert sorted(chain.from_iterable(read(api, parts))) == list(range(30))


@pytest.mark.parametrize("by", ["NO_SUCH", "C"])
def test_a_column_that_cannot_be_cut(api, filled, by):
    table = filled("id NUMBER, k NUMBER, c CLOB", [[1, 1]])
    assert "cannot be cut by" in api.partitions(None, table, 2, by=by).error


def test_the_number_must_be_positive(api, make_table):
    assert "at least 1" in api.partitions(None, make_table("id NUMBER"), 0).error
