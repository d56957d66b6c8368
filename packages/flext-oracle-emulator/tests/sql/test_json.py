"""JSON in, Oracle's rows out: dot notation, lax syntax, path predicates and methods, JSON_TABLE's short forms.

Rows are those of the JSON Developer's Guide 19c for the same constructs.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from flext_oracle_emulator.errors import OracleError

DOCUMENT = (
    '{"a":{"b":[1,2,{"c":"x"}]},"n":5,"s":"hi","t":true,"nl":null,"d":"2024-01-02","Name":"Q",'
    '"items":[{"p":1,"q":"x"},{"p":2,"q":"yy"}]}'
)


@pytest.fixture
def docs(db: Any) -> Any:
    """DOC's CLOB is checked to be JSON; row 1 has a document, row 2 an array."""
    relation = db.catalog.objects["HR", "DOC"]
    relation.columns[1] = replace(relation.columns[1], is_json=True)
    db.connection.execute('INSERT INTO "HR"."DOC" ("ID", "BODY") VALUES (1, %s), (2, %s)', [DOCUMENT, "[1, 2]"])
    return db


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("t.body.n", "5"),
        ("t.body.s", "hi"),
        ("t.body.t", "true"),
        ("t.body.nl", None),
        ("t.body.a", '{"b":[1,2,{"c":"x"}]}'),
        ("t.body.a.b[0]", "1"),
        ("t.body.a.b[2].c", "x"),
        ("t.body.a.b[0 to 1]", "[1,2]"),
        ("t.body.items.p", "[1,2]"),
        ("t.body.items[*].q", '["x","yy"]'),
        ('t.body."Name"', "Q"),
        ("t.body.name", None),
        ("t.body.n.number()", Decimal(5)),
        ("t.body.a.b.size()", Decimal(3)),
        ("t.body.items.count()", Decimal(1)),
        ("t.body.items[*].count()", Decimal(2)),
        ("t.body.s.upper()", "HI"),
        ("t.body.s.length()", Decimal(2)),
        ("t.body.n.type()", "number"),
        ("to_char(t.body.d.date(), 'DD.MM.YY')", "02.01.24"),
        ("hr.doc.id", Decimal(1)),
    ],
)
def test_dot_notation(docs: Any, expression: str, value: object) -> None:
    alias = "" if expression.startswith("hr.") else " t"
    assert docs.value(f"select {expression} from doc{alias} where id = 1") == value


def test_dot_notation_in_conditions_and_groups(docs: Any) -> None:
    assert docs.rows("select t.id from doc t where t.body.s = 'hi' and t.body.n > 4") == [(1,)]
    assert docs.rows("select t.body.n, count(*) from doc t group by t.body.n order by 1") == [("5", 1), (None, 1)]


@pytest.mark.parametrize("column", ["body.n", "doc.body.n", "t.id.n", "t.code.n"])
def test_dot_notation_needs_an_alias_and_a_json_column(docs: Any, column: str) -> None:
    with pytest.raises(OracleError) as caught:
        docs.value(f"select {column} from doc t")
    assert caught.value.code == 904


@pytest.mark.parametrize(
    ("document", "lax", "strict"),
    [
        ('{"a":1}', True, True),
        ("{a:1}", True, False),
        ("{'a':'it''s'}", False, False),
        ("{'a':'x'}", True, False),
        ('{"a":TRUE,"b":[1,2,],}', True, False),
        ('{"a":+.5}', True, False),
        ("{a b:1}", False, False),
        ("{", False, False),
        ("5", False, False),
        ("", None, None),
    ],
)
def test_is_json_is_lax_unless_told_otherwise(db: Any, document: str, lax: bool | None, strict: bool | None) -> None:
    quoted = document.replace("'", "''")
    for form, expected in (("", lax), ("lax", lax), ("(lax)", lax), ("strict", strict), ("(strict)", strict)):
        sql = (
            f"select case when '{quoted}' is json {form} then 1 when '{quoted}' is not json {form} then 0 end from dual"
        )
        assert db.value(sql) == (None if expected is None else int(expected)), form


def test_lax_documents_are_read(db: Any) -> None:
    document = """{a:''x'', "b":+.5, c:[1,], T:TRUE}"""
    for path, value in (("$.a", "x"), ("$.b", "0.5"), ("$.c[0]", "1"), ("$.T", "true")):
        assert db.value(f"select json_value('{document}', '{path}') from dual") == value
    assert db.value(f"select json_query('{document}', '$.c') from dual") == "[1]"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('@.s has substring "i"', True),
        ('@.s has substring "."', False),
        ('@.s like "h_"', True),
        ('@.s like "h."', False),
        ('@.s starts with "h"', True),
        ('@.s eq_regex "h."', True),
        ('@.s eq_regex "h"', False),
        ("@.n in (4, 5)", True),
        ("@.n in (4, 6)", False),
        ("@.n = 5 && !(@.n <> 5)", True),
        ("exists(@.a.b) && !exists(@.zz)", True),
        ("@.items[*].p > 1 || @.n == 0", True),
        ("@.n == $v", True),
        ("@.items.size() == 2", True),
    ],
)
def test_predicates_of_paths(docs: Any, condition: str, found: bool) -> None:
    sql = f"select count(*) from doc where json_exists(body, '$?({condition})' passing 5 as \"v\")"
    assert docs.value(sql) == int(found)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.s.upper()", "HI"),
        ("$.s.length()", "2"),
        ("$.items[*].count()", "2"),
        ("$.items.size()", "2"),
        ("$.n.type()", "number"),
    ],
)
def test_methods_of_items(docs: Any, path: str, value: str) -> None:
    assert docs.value(f"select json_value(body, '{path}') from doc where id = 1") == value


def test_nested_clause_is_a_joined_json_table(docs: Any) -> None:
    sql = "select id, j.* from doc nested body.items[*] columns (p number, q varchar2(1) path q) j order by 1, 2"
    assert docs.rows(sql) == [(1, 1, "x"), (1, 2, None), (2, None, None)]


def test_json_table_with_short_paths(docs: Any) -> None:
    sql = """select j.* from doc, json_table(body columns (n, c varchar2(5) path a.b[0],
        nested items[*] columns (p number, ex number exists path '$.q'))) j"""
    assert docs.rows(sql)[:2] == [("5", "1", 1, 1), ("5", "1", 2, 1)]


def test_json_object_with_the_columns_of_a_table(db: Any) -> None:
    sql = "select json_object('k' value 0, d.*) from dept d where id = 20"
    assert db.value(sql) == '{"k":0,"ID":20,"NAME":"Tech","LOC":null}'


def test_mergepatch_returning_clob_pretty(db: Any) -> None:
    sql = """select json_mergepatch('{"a":1}', '{"b":2}' returning clob pretty) from dual"""
    assert db.value(sql) == '{\n  "a" : 1,\n  "b" : 2\n}'


def test_json_dataguide_is_named(db: Any) -> None:
    with pytest.raises(OracleError, match="JSON_DATAGUIDE"):
        db.value("select json_dataguide(name) from emp")


def value_23(db: Any, expression: str) -> Any:
    (row,) = db.connection.execute(db.translate(f"select {expression} from dual", version=23).sql.encode()).fetchall()
    return row[0]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("json_scalar(5)", "5"),
        ("json_scalar('x')", '"x"'),
        ("json_scalar(date '2024-01-02')", '{"$oracleDate":"2024-01-02T00:00:00"}'),
        ("json_scalar(null)", None),
        ("json('{a:1}')", '{ "a" : 1 }'),
        ("json_object('a': true, 'b': json('[1]') returning json)", '{"a":true,"b":[1]}'),
        ("json_query(json('{\"a\":[1, 2]}'), '$.a')", "[1,2]"),
        ("json_array(select level * 10 from dual connect by level < 4 order by 1 desc)", "[30,20,10]"),
        ("json_array(select boss from emp order by id null on null)", "[null,1,1,2,4]"),
        ('json_equal(\'{"a":1,"b":2}\', \'{"b":2.0,"a":1}\')', True),
    ],
)
def test_json_of_23ai(db: Any, expression: str, value: object) -> None:
    assert value_23(db, expression) == value
    with pytest.raises(OracleError):
        db.value(f"select {expression} from dual")


@pytest.mark.parametrize(
    ("operations", "value"),
    [
        ("set '$.c' = 3", '{"a":1,"b":{"x":[1,2]},"c":3}'),
        ("set '$.a' = 'new'", '{"a":"new","b":{"x":[1,2]}}'),
        ("set '$.a' = 2 ignore on existing", '{"a":1,"b":{"x":[1,2]}}'),
        ("set '$.a' = null", '{"a":null,"b":{"x":[1,2]}}'),
        ("set '$.a' = null ignore on null", '{"a":1,"b":{"x":[1,2]}}'),
        ("set '$.a' = null remove on null", '{"b":{"x":[1,2]}}'),
        ("set '$.b.x[0]' = 9", '{"a":1,"b":{"x":[9,2]}}'),
        ("set '$.b.x[3]' = 9", '{"a":1,"b":{"x":[1,2,null,9]}}'),
        ("set '$.a' = '[5]' format json", '{"a":[5],"b":{"x":[1,2]}}'),
        ("remove '$.a', remove '$.b.x[last]'", '{"b":{"x":[1]}}'),
        ("remove '$.zz'", '{"a":1,"b":{"x":[1,2]}}'),
        ("rename '$.a' = 'z'", '{"z":1,"b":{"x":[1,2]}}'),
        ("replace '$.zz' = 1, replace '$.a' = 2", '{"a":2,"b":{"x":[1,2]}}'),
        ("insert '$.c' = 'v'", '{"a":1,"b":{"x":[1,2]},"c":"v"}'),
        ("insert '$.b.x[1]' = 'v'", '{"a":1,"b":{"x":[1,"v",2]}}'),
        ("append '$.b.x' = 3, append '$.b.x' = 4", '{"a":1,"b":{"x":[1,2,3,4]}}'),
    ],
)
def test_json_transform(db: Any, operations: str, value: str) -> None:
    assert value_23(db, f"""json_transform('{{"a":1, "b":{{"x":[1,2]}}}}', {operations})""") == value


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("insert '$.a' = 1", "40763|"),
        ("replace '$.b' = 1 error on missing", "40762|"),
        ("append '$.b' = 1", "40762|"),
        ("set '$.b.c' = 1", "40762|"),
    ],
)
def test_json_transform_refuses(db: Any, operation: str, code: str) -> None:
    with pytest.raises(psycopg.DatabaseError) as refused:
        value_23(db, f"""json_transform('{{"a":1}}', {operation})""")
    assert code in str(refused.value)
