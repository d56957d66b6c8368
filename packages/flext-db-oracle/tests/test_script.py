"""Scripts: where a statement ends, and what is no statement."""

import pytest
from flext_db_oracle.script import split
from hypothesis import given
from hypothesis import strategies as st

PLSQL = "BEGIN\n  x := ';'; y := 1;\nEND;"


def statements(text):
    return [statement.sql for statement in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n-- nothing\n/* at all; */", []),
        ("SELECT 1 FROM dual", ["SELECT 1 FROM dual"]),
        ("INSERT INTO t VALUES (1);\nCOMMIT;\n", ["INSERT INTO t VALUES (1)", "COMMIT"]),
        ("INSERT INTO t VALUES (';'); x", ["INSERT INTO t VALUES (';')", "x"]),
        ("INSERT INTO t VALUES ('it''s; fine');", ["INSERT INTO t VALUES ('it''s; fine')"]),
        ("INSERT INTO t VALUES (q'[a;'b]');y", ["INSERT INTO t VALUES (q'[a;'b]')", "y"]),
        ("INSERT INTO t VALUES (q'!a;b!');y", ["INSERT INTO t VALUES (q'!a;b!')", "y"]),
        ('CREATE TABLE "a;b" (c NUMBER);y', ['CREATE TABLE "a;b" (c NUMBER)', "y"]),
        ("SELECT 1 -- a; b\nFROM dual;y", ["SELECT 1 -- a; b\nFROM dual", "y"]),
        ("SELECT /* a; b */ 1 FROM dual;y", ["SELECT /* a; b */ 1 FROM dual", "y"]),
        ("SELECT 1 FROM dual\n/\nSELECT 2 FROM dual\n/", ["SELECT 1 FROM dual", "SELECT 2 FROM dual"]),
        ("SELECT 4\n/ 2 FROM dual;", ["SELECT 4\n/ 2 FROM dual"]),
        (f"{PLSQL}\n/\nSELECT 1 FROM dual;", [PLSQL, "SELECT 1 FROM dual"]),
        (
            f"CREATE OR REPLACE PROCEDURE p AS {PLSQL}\n/\nDROP PROCEDURE p;",
            [f"CREATE OR REPLACE PROCEDURE p AS {PLSQL}", "DROP PROCEDURE p"],
        ),
        (f"-- first\n{PLSQL}\n/", [f"-- first\n{PLSQL}"]),
        ("UPDATE t\nSET a = 1;\nx;", ["UPDATE t\nSET a = 1", "x"]),
        ("SET ROLE none;", ["SET ROLE none"]),
        ("REM a; b\nPROMPT hello; there\nSELECT 1 FROM dual;", ["SELECT 1 FROM dual"]),
    ],
)
def test_where_statements_end(text, expected):
    assert statements(text) == expected


def test_the_line_of_each_statement():
    text = "\n-- hello\nSELECT 1\nFROM dual;\n\nSELECT 2 FROM dual;"
    assert [statement.line for statement in split(text)] == [2, 6]


@pytest.mark.parametrize("command", ["SET DEFINE OFF", "@other.sql", "WHENEVER SQLERROR EXIT", "exec p", "spool x"])
def test_other_commands_are_refused_by_line(command):
    with pytest.raises(ValueError, match=r"line 2: .* is a SQL"):
        list(split(f"SELECT 1 FROM dual;\n{command}\n"))


@given(st.lists(st.sampled_from(["SELECT 1 FROM t", "UPDATE t SET a = ';'", "DELETE FROM t -- x;\n WHERE b = 1"])))
def test_any_script_of_statements_comes_back(parts):
    assert statements("".join(f"{part};\n" for part in parts)) == parts


@given(st.text(alphabet="ab'\"/;-*\n qQ[]", max_size=40))
def test_any_text_at_all_ends(text):
    for statement in split(text):
        assert statement.sql == statement.sql.strip()


# ------------------------------------------------------------------------------------------------ on a database


def test_a_script_is_run_and_committed(api, make_table):
    table = make_table("id NUMBER")
    script = f"""
        INSERT INTO {table} VALUES (1);
        BEGIN
          FOR i IN 2..4 LOOP INSERT INTO {table} VALUES (i); END LOOP;
        END;
        /
        SELECT * FROM {table};
        UPDATE {table} SET id = id * 10 WHERE id > 2;
        """
    assert api.execute_script(script).unwrap() == 4
    assert [r[0] for r in api.execute_query(f"SELECT id FROM {table} ORDER BY id").unwrap().rows] == [1, 2, 30, 40]


def test_a_failing_script_says_the_line_and_leaves_nothing(api, make_table):
    table = make_table("id NUMBER")
    result = api.execute_script(f"INSERT INTO {table} VALUES (1);\nINSERT INTO no_such_table VALUES (1);")
    assert result.error_code == "ORA-00942"
    assert "line 2" in result.error
    assert api.scalar(f"SELECT COUNT(*) FROM {table}").value == 0
