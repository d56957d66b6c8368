"""merge and swap: set-based, duplicate-safe, NULL-safe, atomic."""

import pytest


@pytest.fixture
def rows(api):
    def rows(table, order="1, 2"):
        return api.execute_query(f"SELECT * FROM {table} ORDER BY {order}").unwrap().rows

    return rows


def fill(api, table, columns, values):
    api.bulk_insert(None, table, columns, values).unwrap()
    return table


def test_an_upsert(api, make_table, rows):
    target = fill(api, make_table("id NUMBER PRIMARY KEY, s VARCHAR2(10)"), ["id", "s"], [[1, "old"], [2, "same"]])
    source = fill(api, make_table("id NUMBER, s VARCHAR2(10)"), ["id", "s"], [[1, "new"], [3, "more"]])
    assert api.merge((None, target.lower()), (None, source)).unwrap() == 2
    assert rows(target) == [(1, "new"), (2, "same"), (3, "more")]
    assert api.merge((None, target), (None, source), insert=False, keys=["ID"]).unwrap() == 2


def test_only_inserts_or_only_updates(api, make_table, rows):
    columns = "id NUMBER PRIMARY KEY, s VARCHAR2(10)"
    target = fill(api, make_table(columns), ["id", "s"], [[1, "old"]])
    query = "SELECT LEVEL AS id, 'x' AS s FROM dual CONNECT BY LEVEL <= 2"
    assert api.merge((None, target), query, update=False).unwrap() == 1
    assert rows(target) == [(1, "old"), (2, "x")]
    assert api.merge((None, target), query.replace("<= 2", "<= 3"), insert=False).unwrap() == 2
    assert rows(target) == [(1, "x"), (2, "x")]


def test_null_keys_match_null(api, make_table, rows):
    target = fill(api, make_table("a NUMBER, b NUMBER, n NUMBER"), ["a", "b", "n"], [[1, None, 1]])
    source = fill(api, make_table("a NUMBER, b NUMBER, n NUMBER"), ["a", "b", "n"], [[1, None, 2], [None, None, 3]])
    assert api.merge((None, target), (None, source), keys=["a", "b"]).unwrap() == 2
    assert rows(target, "3") == [(1, None, 2), (None, None, 3)]


def test_duplicates_are_named_or_the_last_wins(api, make_table, rows):
    target = make_table("id NUMBER PRIMARY KEY, s VARCHAR2(10)")
    source = fill(
        api,
        make_table("id NUMBER, s VARCHAR2(10), seq NUMBER"),
        ["id", "s", "seq"],
        [[1, "first", 1], [1, "last", 2], [2, "b", 1]],
    )
    refused = api.merge((None, target), f"SELECT id, s FROM {source}")
    assert "2 rows with ID=1: give order_by" in refused.error
    assert rows(target) == []
    api.execute_ddl(f"ALTER TABLE {target} ADD (seq NUMBER)").unwrap()
    assert api.merge((None, target), (None, source), order_by=["seq"]).unwrap() == 2
    assert rows(target) == [(1, "last", 2), (2, "b", 1)]


def test_a_table_of_keys_only_is_inserted_into(api, make_table, rows):
    target = fill(api, make_table("a NUMBER, b NUMBER, PRIMARY KEY (a, b)"), ["a", "b"], [[1, 1]])
    assert api.merge((None, target), "SELECT 1 AS a, LEVEL AS b FROM dual CONNECT BY LEVEL <= 2").unwrap() == 1
    assert rows(target) == [(1, 1), (1, 2)]


def test_what_cannot_be_merged(api, make_table):
    target = make_table("a NUMBER, b NUMBER")
    assert "has no key" in api.merge((None, target), "SELECT 1 AS a FROM dual").error
    assert "no column B, which is a key" in api.merge((None, target), "SELECT 1 AS a FROM dual", keys=["b"]).error
    assert "no column x" in api.merge((None, target), "SELECT 1 AS a FROM dual", keys=["x"]).error.lower()
    keyed = make_table("a NUMBER PRIMARY KEY")
    assert "nothing to do" in api.merge((None, keyed), "SELECT 1 AS a FROM dual", insert=False).error


# ------------------------------------------------------------------------------------------------ swap


def test_a_swap_replaces_the_rows_and_nothing_else(api, make_table, make_user, rows):
    target = fill(
        api, make_table("id NUMBER PRIMARY KEY, s VARCHAR2(10) DEFAULT 'd'"), ["id", "s"], [[1, "old"], [2, "old"]]
    )
    new = fill(api, make_table("s VARCHAR2(10), id NUMBER"), ["s", "id"], [["new", 7]])
    reader = make_user("CREATE SESSION", f"SELECT ON {target}")
    api.execute_ddl(f"COMMENT ON TABLE {target} IS 'kept'").unwrap()
    api.execute_ddl(f"CREATE INDEX {target}_ix ON {target} (s)").unwrap()
    before = api.get_table_metadata(None, target).unwrap()
    assert api.swap((None, target), (None, new)).unwrap() == 1
    after = api.get_table_metadata(None, target).unwrap()
    assert rows(target) == [(7, "new")]
    assert (after.comment, after.indexes, after.columns) == (before.comment, before.indexes, before.columns)
    granted = f"SELECT COUNT(*) FROM all_tab_privs WHERE grantee = '{reader.username}' AND table_name = '{target}'"
    assert api.scalar(granted).value == 1


def test_a_swap_that_fails_leaves_the_old_rows(api, make_table, rows):
    target = fill(api, make_table("id NUMBER PRIMARY KEY"), ["id"], [[1]])
    new = fill(api, make_table("id NUMBER"), ["id"], [[5], [5]])
    assert api.swap((None, target), (None, new)).error_code == "ORA-00001"
    assert rows(target, "1") == [(1,)]
    assert "has no column ID" in api.swap((None, target), (None, make_table("x NUMBER"))).error


def test_readers_see_the_old_rows_until_the_swap_is_committed(api, make_table, rows):
    target = fill(api, make_table("id NUMBER"), ["id"], [[1]])
    new = fill(api, make_table("id NUMBER"), ["id"], [[2]])
    with api.transaction() as tx:
        tx.swap((None, target), (None, new))
        assert rows(target, "1") == [(1,)]
    assert rows(target, "1") == [(2,)]
