"""Oracle SQL in, PostgreSQL SQL out: what each rewrite makes of a statement."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flext_oracle_emulator.backend.base import StatementType
from flext_oracle_emulator.catalog.model import Catalog
from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.sql import ast
from flext_oracle_emulator.sql.names import derived_name, pg_identifier
from flext_oracle_emulator.sql.parser import parse
from flext_oracle_emulator.sql.translation import Context, Translation
from flext_oracle_emulator.sql.translator import translate, translate_expression, translate_query_text
from flext_oracle_emulator.sql.types import pg_type_of
from hypothesis import given
from hypothesis import strategies as st

Translate = Callable[..., Translation]

E = '"HR"."EMP" AS "EMP"'


@pytest.mark.parametrize(
    ("oracle", "postgres"),
    [
        ("select 1 id from dual", 'SELECT 1::numeric AS "ID"'),
        ("select 'it''s' from dual", "SELECT 'it''s'::varchar AS \"'IT''S'\""),
        ("select '' e from dual", 'SELECT NULL::varchar AS "E"'),
        ("select sysdate from dual", 'SELECT oracle.sysdate() AS "SYSDATE"'),
        (
            "select name from emp where id = 7",
            f'SELECT "EMP"."NAME" AS "NAME" FROM {E} WHERE ("EMP"."ID" = 7::numeric)',
        ),
        # implicit conversions
        (
            "select 1 x from emp where id = '7'",
            f'SELECT 1::numeric AS "X" FROM {E} WHERE ("EMP"."ID" = \'7\'::numeric)',
        ),
        (
            "select 1 x from emp where name = 7",
            f'SELECT 1::numeric AS "X" FROM {E} WHERE (oracle.to_number("EMP"."NAME") = 7::numeric)',
        ),
        (
            "select 1 x from emp where hired = '01-JAN-24'",
            f'SELECT 1::numeric AS "X" FROM {E} WHERE ("EMP"."HIRED" = oracle.to_date(\'01-JAN-24\'::varchar))',
        ),
        ("select 'n' || id x from emp", f'SELECT (\'n\'::varchar || oracle.to_char("EMP"."ID")) AS "X" FROM {E}'),
        # ROWNUM
        ("select name from emp where rownum <= 5", f'SELECT "EMP"."NAME" AS "NAME" FROM {E} LIMIT 5'),
        ("select name from emp where 5 > rownum", f'SELECT "EMP"."NAME" AS "NAME" FROM {E} LIMIT 4'),
        (
            "select name from emp where rownum < 3 order by id",
            'SELECT "$r1".c1 AS "NAME" FROM (SELECT "EMP"."NAME" AS c1, "EMP"."ID" AS c2 FROM '
            f'{E} LIMIT 2) AS "$r1" ORDER BY "$r1".c2',
        ),
        (
            "delete from emp where rownum = 1",
            f'DELETE FROM {E} WHERE "EMP"."ROWID$" IN (SELECT "EMP"."ROWID$" FROM {E} LIMIT 1)',
        ),
        # set operators go left to right
        (
            "select 1 a from dual union select 2 from dual intersect select 3 from dual",
            '((SELECT 1::numeric AS "A") UNION (SELECT 2::numeric AS "2")) INTERSECT (SELECT 3::numeric AS "3")',
        ),
        (
            "select 1 a from dual minus select 2 from dual",
            '(SELECT 1::numeric AS "A") EXCEPT (SELECT 2::numeric AS "2")',
        ),
        # (+)
        (
            "select e.id from emp e, dept d where e.dept = d.id(+) and d.loc(+) = 'x' and e.id > 1",
            'SELECT "E"."ID" AS "ID" FROM "HR"."EMP" AS "E" LEFT JOIN "HR"."DEPT" AS "D" ON ("E"."DEPT" = "D"."ID")'
            ' AND ("D"."LOC" = \'x\'::varchar) WHERE ("E"."ID" > 1::numeric)',
        ),
        # LIKE has no escape character unless one is named
        (
            r"select 1 x from emp where name like 'a\_'",
            rf'SELECT 1::numeric AS "X" FROM {E} WHERE ("EMP"."NAME" LIKE ' + r"'a\\_')",
        ),
        (
            "select decode(id, 1, 'a', null, 'b', 'c') x from emp",
            'SELECT CASE WHEN ("EMP"."ID" = 1::numeric) THEN \'a\'::varchar WHEN "EMP"."ID" IS NULL THEN'
            f" 'b'::varchar ELSE 'c'::varchar END AS \"X\" FROM {E}",
        ),
        ("select count(*) from emp", f'SELECT count(*)::numeric AS "COUNT(*)" FROM {E}'),
        ("select seq.nextval from dual", 'SELECT pg_catalog.nextval(\'"HR"."SEQ"\'::regclass)::numeric AS "NEXTVAL"'),
        ("select name from emp order by 1 desc", f'SELECT "EMP"."NAME" AS "NAME" FROM {E} ORDER BY 1 DESC'),
        (
            "select name from emp offset 2 rows fetch next 3 rows only",
            f'SELECT "EMP"."NAME" AS "NAME" FROM {E} OFFSET 2 ROWS FETCH FIRST 3 ROWS ONLY',
        ),
        ("lock table emp in share mode nowait", 'LOCK TABLE "HR"."EMP" IN SHARE MODE NOWAIT'),
        ("select id from emp for update skip locked", f'SELECT "EMP"."ID" AS "ID" FROM {E} FOR UPDATE SKIP LOCKED'),
        # dates
        ("select date '1999-12-31' d from dual", "SELECT '1999-12-31 00:00:00'::oracle.date AS \"D\""),
        ("select timestamp '1970-01-02 00:00:00.5' t from dual", "SELECT '86400.500000000'::oracle.ts AS \"T\""),
        (
            "select timestamp '1970-01-01 01:00:00 +01:00' t from dual",
            "SELECT '0.00000000000960'::oracle.tstz AS \"T\"",
        ),
        ("select interval '1-2' year to month i from dual", "SELECT '14'::oracle.iym(4,0) AS \"I\""),
        ("select interval '-1 02' day to hour i from dual", "SELECT '-93600.000000'::oracle.ids(22,6) AS \"I\""),
    ],
)
def test_statement_becomes(translated: Translate, oracle: str, postgres: str) -> None:
    assert translated(oracle).sql == postgres


def test_insert_of_binds_has_an_array_form(translated: Translate) -> None:
    translation = translated("insert into dept (id, name) values (:1, upper(:2))", "numeric", "varchar")
    assert translation.sql == (
        'INSERT INTO "HR"."DEPT" AS "DEPT" ("ID", "NAME") VALUES ($1::numeric, oracle.upper($2::varchar))'
        ' RETURNING "DEPT"."ROWID$"'
    )
    assert translation.array_insert == (
        'INSERT INTO "HR"."DEPT" AS "DEPT" ("ID", "NAME") SELECT u.p1, oracle.upper(u.p2)'
        " FROM unnest($1::numeric[], $2::varchar[]) AS u(p1, p2)"
    )
    assert [(p.bind, p.pg_type) for p in translation.parameters] == [(0, "numeric"), (1, "varchar")]
    assert translation.hidden_columns == 1
    assert translation.target is not None
    assert translation.type is StatementType.INSERT


def test_insert_all_of_one_table_is_one_insert(translated: Translate) -> None:
    """dbt's seeds."""
    translation = translated(
        "insert all into dept (id) values (:p1) into dept (id) values (:p1) select * from dual", "numeric", "numeric"
    )
    assert translation.sql == 'INSERT INTO "HR"."DEPT" AS "DEPT" ("ID") VALUES ($1::numeric), ($2::numeric)'
    assert not translation.counted


def test_merge_deletes_what_the_update_made(translated: Translate) -> None:
    translation = translated(
        "merge into dept d using emp e on (d.id = e.id) when matched then update set d.name = e.name where d.loc = 'x'"
        " delete where d.name = 'gone' when not matched then insert (id) values (e.id) where e.id > 0"
    )
    assert translation.sql == (
        'MERGE INTO "HR"."DEPT" AS "D" USING "HR"."EMP" AS "E" ON ("D"."ID" = "E"."ID")'
        ' WHEN MATCHED AND ("D"."LOC" = \'x\'::varchar) AND (("E"."NAME")::varchar = \'gone\'::varchar) THEN DELETE'
        ' WHEN MATCHED AND ("D"."LOC" = \'x\'::varchar) THEN UPDATE SET "NAME" = "E"."NAME"'
        ' WHEN NOT MATCHED AND ("E"."ID" > 0::numeric) THEN INSERT ("ID") VALUES ("E"."ID")'
    )
    assert translation.type is StatementType.MERGE


def test_returning_targets_are_no_parameters(translated: Translate) -> None:
    translation = translated(
        "update dept set name = :1 where id = :2 returning id, rowid into :3, :4", "varchar", "numeric"
    )
    assert [p.bind for p in translation.parameters] == [0, 1]
    assert list(translation.return_binds) == [2, 3]
    assert translation.sql.endswith(
        'RETURNING "DEPT"."ID" AS "ID", "DEPT"."ROWID$"::oracle.rowid AS "ROWID", "DEPT"."ROWID$"'
    )


def test_rowid_and_hidden_columns_never_leak(translated: Translate) -> None:
    assert [column.name for column in translated("select * from dept").columns] == ["ID", "NAME", "LOC"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SYS_CONTEXT('userenv', 'DB_NAME')", "SYS_CONTEXT('USERENV','DB_NAME')"),
        ("count( * )", "COUNT(*)"),
        ("a -- why\n + 1", "A+1"),
        ("a /* x */ - 'b c'", "A-'BC'"),
        ('upper("Mixed Case")', 'UPPER("Mixed Case")'),
    ],
)
def test_unaliased_column_is_named_after_its_text(text: str, name: str) -> None:
    assert derived_name(text) == name


def test_columns_tell_what_only_oracle_knows(translated: Translate) -> None:
    literal, aliased, expression = translated("select 'abc', id x, id + 1 from emp").columns
    assert (literal.name, literal.char_literal, literal.aliased) == ("'ABC'", 3, False)
    assert (aliased.name, aliased.aliased) == ("X", True)
    assert (expression.name, expression.aliased) == ("ID+1", False)


def test_locked_lob_comes_with_its_row(translated: Translate) -> None:
    translation = translated("select id, body from doc where id = 1 for update")
    assert translation.for_update
    assert translation.hidden_columns == 1
    source = translation.columns[1].lob_source
    assert source is not None
    assert (source[0].name, source[1]) == ("DOC", "BODY")
    assert translated("select id, body from doc").hidden_columns == 0


def test_wait_is_left_to_the_engine(translated: Translate) -> None:
    assert translated("select id from emp for update wait 5").lock_timeout == 5


def test_plsql_variables_are_parameters_unless_a_column_has_the_name(catalog: Catalog) -> None:
    context = Context(catalog, "HR", "HR", variables={"V_ID": "numeric", "NAME": "varchar", "R.LOC": "varchar"})
    translation = translate(parse("select name from dept where id = v_id and loc = r.loc and id <> v_id"), context)
    assert translation.sql == (
        'SELECT "DEPT"."NAME" AS "NAME" FROM "HR"."DEPT" AS "DEPT" WHERE ("DEPT"."ID" = $1::numeric)'
        ' AND ("DEPT"."LOC" = $2::varchar) AND ("DEPT"."ID" <> $1::numeric)'
    )
    assert [parameter.variable for parameter in translation.parameters] == ["V_ID", "R.LOC"]


@given(st.text(min_size=1, max_size=128))
def test_identifier_of_any_length_has_a_postgres_name(name: str) -> None:
    mapped = pg_identifier(name)
    assert len(mapped.encode()) <= 63
    assert mapped == pg_identifier(name)
    if len(name.encode()) <= 63:
        assert mapped == name


def test_long_identifiers_stay_apart() -> None:
    assert pg_identifier("A" * 100) != pg_identifier("A" * 101)


def _expr(text: str) -> ast.Expr:
    statement = parse(f"select 1 from dual where {text}")
    assert isinstance(statement, ast.Query)
    assert isinstance(statement.body, ast.Select)
    assert statement.body.where is not None
    return statement.body.where


def test_ddl_expressions_name_columns_bare(catalog: Catalog) -> None:
    relation = catalog.objects["HR", "EMP"]
    context = Context(catalog, "HR", "HR")
    condition = translate_expression(_expr("sal > 0 and name is not null"), context, relation)  # type: ignore[arg-type]
    assert condition == '(("SAL" > 0::numeric) AND ("NAME" IS NOT NULL))'


def test_views_take_no_binds(catalog: Catalog) -> None:
    query = parse("select id from emp where id = :1")
    assert isinstance(query, ast.Query)
    with pytest.raises(OracleError) as refused:
        translate_query_text(query, Context(catalog, "HR", "HR"))
    assert refused.value.code == 1027


@pytest.mark.parametrize(
    ("type_", "postgres"),
    [
        (ast.TypeName("NUMBER"), "numeric"),
        (ast.TypeName("NUMBER", precision=10), "numeric(10,0)"),
        (ast.TypeName("NUMBER", precision=5, scale=-2), "numeric(5,-2)"),
        (ast.TypeName("NUMBER", scale=0, star=True), "numeric(38,0)"),
        (ast.TypeName("VARCHAR2", length=20), "varchar(20)"),
        (ast.TypeName("CHAR"), "bpchar(1)"),
        (ast.TypeName("TIMESTAMP"), "oracle.ts(21,6)"),
        (ast.TypeName("TIMESTAMP WITH TIME ZONE", precision=9), "oracle.tstz(30,9)"),
        (ast.TypeName("INTERVAL DAY TO SECOND", precision=3, scale=2), "oracle.ids(23,2)"),
        (ast.TypeName("CLOB"), "oracle.clob"),
    ],
)
def test_type_of_oracle(type_: ast.TypeName, postgres: str) -> None:
    assert pg_type_of(type_) == postgres
