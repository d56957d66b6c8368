"""What Oracle 19c refuses is refused with Oracle's code, at the token that Oracle points to (marked here with ^)."""

import pytest
from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.sql.parser import parse

LONG = "A" * 129

CASES = [
    ("^;", 900),
    ("(select a from t ^order by a) union select b from u", 907),
    ("select a from t union all (select b from u ^order by b) order by 1", 907),
    ("^!@#$", 900),
    ("^'unterminated", 1756),
    ("insert into t (a) values (1) returning a into :a, ^b into :b", 933),
    # queries
    ("select * from t limit ^5", 933),
    ("select * from t where a = 1 ^limit 5", 933),
    ("select 1^::int from dual", 923),
    ("select * from t ^as x", 933),
    ("select * from t x ^y", 933),
    ("select a as x from (select 1 a from dual) ^as s", 933),
    ("select 1^", 923),
    ("select a b ^c from t", 923),
    ("select * ^form t", 923),
    ("select ^from t", 936),
    ("select a, ^from t", 936),
    ("select *^, a from t", 923),
    ("select a, ^* from t", 936),
    ("select^", 936),
    ("select a from^", 903),
    ("select a from ^where b = 1", 903),
    ("select a from t where^", 936),
    ("select a from t where b^", 920),
    ("select a from t where b ^c", 920),
    ("select a from t where (b)^", 920),
    ("select a from t where b =^", 936),
    ("select a from t where b = 1 and^", 936),
    ("select a from t where b = 1 and c^", 920),
    ("select a from t where not b^", 920),
    ("select a from t where b = 1 ^= 2", 933),
    ("select a ^= 1 from t", 923),
    ("select a from t where (b = 1^", 907),
    ("select count(* ^from t", 907),
    ("select a from (select a from t ^for update)", 907),
    ("select a from t where exists (select 1 from t ^for update)", 907),
    ("select count(a ^from t", 907),
    ("select nvl(a ^b) from t", 907),
    ("select (select 1 from dual^", 907),
    ("select a from t group ^a", 924),
    ("select a from t order ^a", 924),
    ("select a from t where b is ^5", 908),
    ("select a from t where b between 1 ^or 2", 905),
    ("select case a when 1 ^2 end from t", 905),
    ("select case when a = 1 then 2 ^from t", 905),
    ("select case when ^then 2 end from t", 936),
    ("select 1 as ^date from dual", 923),
    ("select 1 ^date from dual", 923),
    ("select ^order from t", 936),
    ("select t.^order from t", 1747),
    ("select * from ^select", 903),
    ("select * from ^1abc", 903),
    ("select * from ^_abc", 911),
    ("select ^_a from t", 911),
    ("select a^; from t", 911),
    ("select 1 from dual^;", 911),
    ("select 1 from dual ^?", 911),
    ("select 5 ^% 2 from dual", 911),
    ("select ^`a` from t", 911),
    ("select ^'abc from t", 1756),
    ("select ^q'[abc' from t", 1756),
    ('select^"abc from t', 1740),
    ('select^"" from t', 1741),
    ("select 1 ^/* open", 1742),
    (f"select ^{LONG} from t", 972),
    (f'select^"{LONG}" from t', 972),
    ("select a ^into x from t", 905),
    ("select * from a join b^", 905),
    ("select * from a join b ^where a.x = b.x", 905),
    ("select * from a left join b on^", 936),
    ("with x (^select 1 from dual) select * from x", 904),
    ("with x as ^select 1 from dual select * from x", 906),
    ("with x as (select 1 from dual)^", 928),
    ("with x as (select 1 from dual) ^update t set a = 1", 928),
    ("select a from t union ^a", 928),
    ("select a from t except ^select b from u", 933),
    ("select a from t intersect ^all select b from u", 928),
    ("select a from t fetch first 5 rows^", 905),
    ("select a from t fetch first 5 ^only", 905),
    ("select row_number() ^from t", 30484),
    ("select cast(a as varchar2^) from t", 906),
    ("select cast(a as ^boolean) from t", 902),
    ("select cast(a as number(^39)) from t", 1727),
    ("select cast(a as number(5, ^128)) from t", 1728),
    ("select cast(a as varchar2(^4001)) from t", 910),
    ("select a from t where b in (1, 2^", 907),
    ("select a from t for update of^", 1747),
    # DML
    ("insert ^t values (1)", 925),
    ("insert into ^values (1)", 903),
    ("insert into t^", 926),
    ("insert into t (a, b)^", 926),
    ("insert into t (a ^b) values (1)", 917),
    ("insert into t (^date) values (1)", 928),
    ("insert into t (a, ^date) values (1)", 1747),
    ("insert into t values (1 ^2)", 917),
    ("insert into t values (1^", 917),
    ("insert into t values (^)", 936),
    ("insert into t values ^1", 906),
    ("insert into t values (1)^, (2)", 933),
    ("insert into t ^default values", 926),
    ("insert all into t values (1)^", 928),
    ("update t a ^= 1", 971),
    ("update t x ^where a = 1", 971),
    ("update t set a ^5", 927),
    ("update t set ^date = 1", 1747),
    ("update t set a = 1 ^from u", 933),
    ("update t set (a, b) = ^1", 936),
    ("delete from^", 903),
    ("delete from t ^using u", 933),
    ("merge into t using s on ^t.a = s.a when matched then update set b = 1", 969),
    ("merge into t using s when ^matched then update set b = 1", 969),
    ("merge into t using s on (t.a = s.a)^", 905),
    ("merge into t using s on (t.a = s.a) when matched then ^delete", 905),
    ("update t set a = 1 returning a^", 925),
    # DDL
    ("create table t ^a number", 922),
    ("create table t^", 906),
    ("create table t (a number ^b number)", 907),
    ("create table t (a number, ^)", 904),
    ("create table t (^date number)", 904),
    ("create table t (a number, ^order number)", 904),
    ("create table t (^1a number)", 904),
    ("create table t (^a)", 2263),
    ("create table t (^a number) as select 1 a from dual", 1773),
    ("create table ^1abc (a number)", 903),
    ("create table ^select (a number)", 903),
    ("create table t (a varchar2^)", 906),
    ("create table t (a varchar2(^0))", 1723),
    ("create table t (a varchar2(^4001))", 910),
    ("create table t (a ^boolean)", 902),
    ("create table t (a number) ^engine", 922),
    ("create table if ^not exists t (a number)", 922),
    ("create table t (a number default ^)", 936),
    ("create table t (a number check ^a > 0)", 906),
    ("create table t (a number primary ^)", 905),
    ("create table t as^", 928),
    ("create table t as select a from u where b = ^:x", 1027),
    ("create view v ^select 1 a from dual", 905),
    ("create view v as select 1 as ^number from dual", 923),
    ("create ^foo", 901),
    ("create or ^view v as select 1 a from dual", 905),
    ("create index ^on t (a)", 953),
    ("create index i ^t (a)", 969),
    ("create index i on t^", 906),
    ("create sequence s ^start 5", 933),
    ("alter table t add ^column x number", 904),
    ("alter table t add (^x)", 2263),
    ("alter table t^", 2210),
    ("alter table t ^frobnicate", 1735),
    ("alter table t drop ^a", 905),
    ("alter table t rename column a ^b", 946),
    ("alter ^foo", 940),
    ("drop ^foo", 950),
    ("drop^", 950),
    ("drop table^", 903),
    ("drop table if ^exists t", 933),
    ("drop table t ^restrict", 933),
    ("truncate ^t", 3290),
    ("truncate table t drop^", 3291),
    ("comment on ^index i is 'x'", 32594),
    ("comment on column a ^is 'x'", 1747),
    ("grant ^fake_privilege on t to u", 990),
    ("grant select on t ^u", 905),
    ("grant select on t to^", 987),
    ("create user u^", 1935),
    ("create user u identified by ^'x'", 988),
    ("rename a ^b", 946),
    # the rest
    ("^foo bar", 900),
    ("^", 900),
    ("^exec p", 900),
    ("^describe t", 900),
    ("set ^x = 1", 922),
    ("create tablespace^", 2216),
    ("alter session ^foo", 2248),
    ("alter session set nls_date_format ^'x'", 927),
    ("commit ^now", 933),
    ("commit^;", 911),
    ("rollback to^", 905),
    ("lock table t in ^foo mode", 905),
]


@pytest.mark.parametrize(("marked", "code"), CASES, ids=[case[0][:60] for case in CASES])
def test_oracle_19_refuses(marked: str, code: int) -> None:
    offset = marked.index("^")
    with pytest.raises(OracleError) as raised:
        parse(marked.replace("^", "", 1))
    assert (raised.value.code, raised.value.offset) == (code, offset)


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "select 1 as a fetch first 1 row only",
        "select a = 1 from t",
        "select cast(1 as boolean) from dual",
        "insert into t values (1), (2)",
        "insert into t (a, b) values (1, 2), (3, 4)",
        "drop table if exists t",
        "create table if not exists t (a number, b boolean)",
        "create view if not exists v as select 1 a",
        "select a from t except all select b from u",
        "select * from t where a",
    ],
)
def test_accepted_since_23_only(sql: str) -> None:
    parse(sql, version=23)
    with pytest.raises(OracleError):
        parse(sql)


def test_a_semicolon_after_a_statement_is_not_properly_ended_in_23() -> None:
    with pytest.raises(OracleError) as raised:
        parse("select 1 from dual;", version=23)
    assert (raised.value.code, raised.value.offset) == (933, 18)


def test_a_list_holds_a_thousand_values() -> None:
    items = ", ".join("1" for _ in range(1000))
    parse(f"select * from t where a in ({items})")
    with pytest.raises(OracleError) as raised:
        parse(f"select * from t where a in ({items}, 2)")
    assert raised.value.code == 1795


def test_a_list_of_tuples_may_be_longer() -> None:
    items = ", ".join("(1, 2)" for _ in range(1001))
    parse(f"select * from t where (a, b) in ({items})")


def test_a_literal_holds_4000_bytes() -> None:
    parse(f"select '{'x' * 4000}' from dual")
    with pytest.raises(OracleError) as raised:
        parse(f"select '{'é' * 2001}' from dual")
    assert raised.value.code == 1704


@pytest.mark.parametrize(
    "sql",
    [
        "select " + "(" * 500 + "1" + ")" * 500 + " from dual",
        "select * from t where " + "(" * 500 + "a = 1" + ")" * 500,
        "select * from " + "(select * from " * 500 + "t" + ")" * 500,
        "select " + "nvl(1, " * 500 + "1" + ")" * 500 + " from dual",
        "select " + "- " * 5000 + "1 from dual",
        "select * from t where " + "not " * 5000 + "a = 1",
        "select " + "case when 1 = 1 then " * 500 + "1" + " end" * 500 + " from dual",
        "select * from " + "(" * 500 + "t" + ")" * 500,
    ],
)
def test_endless_nesting_is_refused_in_words(sql: str) -> None:
    with pytest.raises(OracleError) as raised:
        parse(sql)
    assert raised.value.code == 3001
    assert "nesting deeper than" in raised.value.message


def test_the_first_mistake_counts() -> None:
    with pytest.raises(OracleError) as raised:
        parse("select a frm t where b = 'open")
    assert raised.value.code == 923


@pytest.mark.parametrize(
    "sql",
    [
        "select * from t match_recognize (pattern (a))",
        "select * from t versions between scn 1 and 2",
        "create database link l using 'x'",
        "create materialized view log on t",
        "select treat(a as b) from t",
        "flashback database to before resetlogs",
    ],
)
def test_what_the_emulator_does_not_know_is_named(sql: str) -> None:
    with pytest.raises(OracleError) as raised:
        parse(sql)
    assert raised.value.code == 3001
