"""Statements that Oracle 19c accepts parse, and parse to the tree that they mean."""

from pathlib import Path

import pytest
from flext_oracle_emulator.sql import ast
from flext_oracle_emulator.sql.parser import parse

ACCEPTED = (Path(__file__).parent / "data" / "accepted.txt").read_text().splitlines()


@pytest.mark.parametrize("sql", ACCEPTED, ids=[f"{i} {sql[:40]}" for i, sql in enumerate(ACCEPTED)])
def test_oracle_19_accepts(sql: str) -> None:
    parse(sql)
    parse(sql, version=23)


def expression(text: str, version: int = 19) -> ast.Expr:
    query = parse(f"select {text} from t", version=version)
    assert isinstance(query, ast.Query)
    assert isinstance(query.body, ast.Select)
    return query.body.items[0].expr


def select(sql: str) -> ast.Select:
    query = parse(sql)
    assert isinstance(query, ast.Query)
    assert isinstance(query.body, ast.Select)
    return query.body


def condition(text: str) -> str:
    node = select(f"select 1 from t where {text}").where
    assert node is not None
    return show(node)


def show(node: object) -> str:
    """An expression with all its parentheses."""
    match node:
        case ast.Binary():
            return f"({show(node.left)} {node.op} {show(node.right)})"
        case ast.Unary():
            return f"({node.op} {show(node.operand)})"
        case ast.Name():
            return ".".join(node.parts)
        case ast.NumberLiteral():
            return node.text
        case ast.Tuple():
            return f"[{', '.join(map(show, node.items))}]"
        case ast.InList():
            items = "query" if isinstance(node.items, ast.Query) else ", ".join(map(show, node.items))
            return f"({show(node.operand)} {'not ' * node.negated}in {items})"
        case ast.IsNull():
            return f"({show(node.operand)} is {'not ' * node.negated}null)"
        case ast.Between():
            return f"({show(node.operand)} between {show(node.low)} and {show(node.high)})"
        case ast.Subquery() | ast.Query():
            return "query"
    return type(node).__name__


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("a || b + 1", "((A || B) + 1)"),
        ("a || b || c", "((A || B) || C)"),
        ("-a * b", "((- A) * B)"),
        ("prior a + 1", "((PRIOR A) + 1)"),
        ("(1 + 2) * 3", "((1 + 2) * 3)"),
    ],
)
def test_operators_bind_as_in_oracle(text: str, tree: str) -> None:
    assert show(expression(text)) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 1 or b = 2 and c = 3", "((A = 1) OR ((B = 2) AND (C = 3)))"),
        ("not a = 1 and b = 2", "((NOT (A = 1)) AND (B = 2))"),
        ("(a = 1 or b = 2) and c = 3", "(((A = 1) OR (B = 2)) AND (C = 3))"),
        ("a != 1", "(A <> 1)"),
        ("a + 1 > b * 2", "((A + 1) > (B * 2))"),
        ("(a + 1) * 2 in (1, (2))", "(((A + 1) * 2) in 1, 2)"),
        ("(a, b) in ((1, 2), (3, 4))", "([A, B] in [1, 2], [3, 4])"),
        ("(a, b) not in (select 1, 2 from dual)", "([A, B] not in query)"),
        ("a in ((select 1 from dual), 2)", "(A in query, 2)"),
        ("a in ((select 1 from dual))", "(A in query)"),
        ("((a)) is not null", "(A is not null)"),
        ("a between 1 and 2 and b = 3", "((A between 1 and 2) AND (B = 3))"),
        ("(select 1 from dual) + 1 = 2", "((query + 1) = 2)"),
    ],
)
def test_conditions_bind_as_in_oracle(text: str, tree: str) -> None:
    assert condition(text) == tree


def test_names_fold_unless_quoted() -> None:
    node = expression('Sch.tab."Col"')
    assert isinstance(node, ast.Name)
    assert (node.parts, node.quoted) == (("SCH", "TAB", "Col"), (False, False, True))


def test_binds_are_numbered_from_left_to_right() -> None:
    node = parse('insert into t (a, b, c) values (:x, :1, :"q") returning a into :x')
    assert isinstance(node, ast.Insert)
    assert node.values is not None
    assert node.returning is not None
    binds = [*node.values, *node.returning.into]
    assert [(bind.name, bind.index) for bind in binds if isinstance(bind, ast.Bind)] == [
        ("X", 0),
        ("1", 1),
        ("q", 2),
        ("X", 3),
    ]


def test_select_items_keep_their_source_text() -> None:
    items = select("select count( * ) , a+1 as x, t.* from t").items
    assert [(item.text, item.alias) for item in items] == [("count( * )", None), ("a+1", "X"), ("t.*", None)]


def test_positions_are_offsets_in_the_text() -> None:
    where = select("select a from t where bad = 1").where
    assert isinstance(where, ast.Binary)
    assert (where.left.pos, where.right.pos) == (22, 28)


def test_limit_is_an_alias() -> None:
    (table,) = select("select * from t limit").from_
    assert isinstance(table, ast.TableRef)
    assert table.alias == "LIMIT"


def test_set_operations_have_one_precedence() -> None:
    query = parse("select 1 from dual union select 2 from dual minus select 3 from dual order by 1")
    assert isinstance(query, ast.Query)
    assert isinstance(query.body, ast.SetOperation)
    assert query.body.op == "MINUS"
    assert isinstance(query.body.left, ast.SetOperation)
    assert query.body.left.op == "UNION"
    assert len(query.order_by) == 1


def test_an_ordered_operand_becomes_an_inline_view() -> None:
    query = parse("select 1 from dual union (select 2 from dual order by 1 fetch first row only)")
    assert isinstance(query, ast.Query)
    assert isinstance(query.body, ast.SetOperation)
    right = query.body.right
    assert isinstance(right, ast.Select)
    assert isinstance(right.from_[0], ast.SubqueryRef)


def test_join_chains_are_left_deep() -> None:
    (join,) = select("select * from a join b on 1 = 1 left join c using (x)").from_
    assert isinstance(join, ast.Join)
    assert (join.kind, join.using) == ("LEFT", ["X"])
    assert isinstance(join.left, ast.Join)


def test_long_chains_make_shallow_trees() -> None:
    def depth(node: ast.Expr) -> int:
        return 1 + max(depth(node.left), depth(node.right)) if isinstance(node, ast.Binary) else 0

    where = select("select 1 from t where " + " or ".join(f"a = {i}" for i in range(2000))).where
    assert where is not None
    assert depth(where) < 40
    assert depth(expression(" || ".join("a" for _ in range(2000)))) < 40


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("number", ("NUMBER", None, None, False, None, None)),
        ("number(5)", ("NUMBER", 5, 0, False, None, None)),
        ("number(5, -2)", ("NUMBER", 5, -2, False, None, None)),
        ("number(*, 2)", ("NUMBER", None, 2, True, None, None)),
        ("integer", ("NUMBER", None, 0, True, None, None)),
        ("decimal(5,2)", ("NUMBER", 5, 2, False, None, None)),
        ("double precision", ("FLOAT", 126, None, False, None, None)),
        ("real", ("FLOAT", 63, None, False, None, None)),
        ("varchar(10)", ("VARCHAR2", None, None, False, 10, None)),
        ("varchar2(10 char)", ("VARCHAR2", None, None, False, 10, "CHAR")),
        ("character varying(5)", ("VARCHAR2", None, None, False, 5, None)),
        ("national character varying(5)", ("NVARCHAR2", None, None, False, 5, None)),
        ("nchar(3)", ("NCHAR", None, None, False, 3, None)),
        ("char", ("CHAR", None, None, False, 1, None)),
        ("timestamp", ("TIMESTAMP", 6, None, False, None, None)),
        ("timestamp(0) with local time zone", ("TIMESTAMP WITH LOCAL TIME ZONE", 0, None, False, None, None)),
        ("interval day to second", ("INTERVAL DAY TO SECOND", 2, 6, False, None, None)),
        ("interval year(4) to month", ("INTERVAL YEAR TO MONTH", 4, None, False, None, None)),
        ("long raw", ("LONG RAW", None, None, False, None, None)),
        ("raw(16)", ("RAW", None, None, False, 16, None)),
        ("sys.xmltype", ("XMLTYPE", None, None, False, None, None)),
    ],
)
def test_types_have_one_spelling(text: str, expected: tuple[object, ...]) -> None:
    table = parse(f"create table t (a {text})")
    assert isinstance(table, ast.CreateTable)
    node = table.columns[0].type
    assert node is not None
    assert (node.name, node.precision, node.scale, node.star, node.length, node.char_semantics) == expected


def test_create_table_records_columns_constraints_and_options() -> None:
    node = parse(
        "create table s.t (a number default 1 + 1 not null, b varchar2(5), constraint pk primary key (a),"
        " check (b > 'x')) segment creation deferred tablespace users partition by hash (a) partitions 4 parallel 2"
    )
    assert isinstance(node, ast.CreateTable)
    assert (node.name, node.columns[0].default_text) == (("S", "T"), "1 + 1")
    assert [c.kind for c in node.columns[0].constraints] == ["NOT NULL"]
    assert [(c.kind, c.name, c.condition_text) for c in node.constraints] == [("P", "PK", ""), ("C", None, "b > 'x'")]
    assert node.options == ["SEGMENT CREATION DEFERRED", "TABLESPACE USERS", "PARALLEL 2"]
    assert node.partitioning == "PARTITION BY HASH ( A ) PARTITIONS 4"


def test_create_table_as_select_keeps_the_query() -> None:
    node = parse("create table t (a not null, b unique) as\n select 1 a, 2 b from dual")
    assert isinstance(node, ast.CreateTable)
    assert node.query_text == "select 1 a, 2 b from dual"
    assert [c.name for c in node.columns] == ["A", "B"]


def test_a_view_keeps_its_text() -> None:
    node = parse("create or replace view v (a) as select 1 from dual with read only")
    assert isinstance(node, ast.CreateView)
    assert (node.columns, node.or_replace, node.query.with_check) == (["A"], True, "READ ONLY")


def test_session_settings() -> None:
    node = parse("alter session set nls_date_format = 'DD' current_schema = hr ddl_lock_timeout=5")
    assert isinstance(node, ast.AlterSession)
    assert node.settings == {"NLS_DATE_FORMAT": "DD", "CURRENT_SCHEMA": "HR", "DDL_LOCK_TIMEOUT": "5"}


def test_grants() -> None:
    node = parse('grant select, update (a, b), all privileges on s.t to u, "v" with grant option')
    assert isinstance(node, ast.Grant)
    assert node.privileges == ["SELECT", "UPDATE", "ALL"]
    assert node.columns == {"UPDATE": ["A", "B"]}
    assert (node.on, node.grantees, node.with_option) == (("S", "T"), ["U", "v"], True)


def test_passwords_keep_their_case_and_stay_out_of_the_repr() -> None:
    node = parse("create user u identified by SeCret1 quota unlimited on users")
    assert isinstance(node, ast.CreateUser)
    assert node.password == "SeCret1"
    assert "SeCret1" not in repr(node)


def test_multi_insert() -> None:
    node = parse("insert first when a > 1 then into t values (a) else into u (x) values (1) select 1 a from dual")
    assert isinstance(node, ast.MultiInsert)
    assert node.first
    assert len(node.branches) == 1
    assert node.otherwise is not None
    assert node.otherwise[0].columns == [("X",)]


def test_outer_join_marks() -> None:
    where = select("select 1 from a, b where a.x = b.x(+) and b.y (+) = 1").where
    assert isinstance(where, ast.Binary)
    first, second = where.left, where.right
    assert isinstance(first, ast.Binary)
    assert isinstance(first.right, ast.Name)
    assert first.right.outer_join
    assert isinstance(second, ast.Binary)
    assert isinstance(second.left, ast.Name)
    assert second.left.outer_join


def test_booleans_are_expressions_since_23() -> None:
    assert show(expression("a = 1 and true", version=23)) == "((A = 1) AND BooleanLiteral)"
    assert show(expression("true")) == "TRUE"
