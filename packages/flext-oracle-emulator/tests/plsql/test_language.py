"""The language, line by line: each block puts its result into `:r`, whose value is the one Oracle documents."""

from __future__ import annotations

import oracledb
import pytest

_EMP = """
create table {name} (empno number(4) primary key, ename varchar2(10), sal number(7,2), hiredate date, deptno number(2),
    comm number)"""
_ROWS = [
    (7369, "SMITH", 800, "1980-12-17", 20, None),
    (7499, "ALLEN", 1600, "1981-02-20", 30, 300),
    (7521, "WARD", 1250, "1981-02-22", 30, 500),
]

CASES = [
    (
        "declare e emp%rowtype; begin select * into e from emp where empno=7369; e.sal := e.sal*1.1; "
        "update emp set row = e where empno = e.empno; select sal into e.sal from emp where empno=7369; "
        ":r := e.ename||e.sal; rollback; end;",
        "SMITH880",
    ),
    (
        "declare type t is record(n emp.ename%type, s emp.sal%type); x t; begin update emp set "
        "sal=sal+1 where empno=7369 returning ename, sal into x; :r := x.n||x.s; rollback; end;",
        "SMITH801",
    ),
    (
        "declare cursor c(p number default 30) is select ename, sal from emp where deptno=p order by "
        "sal; n varchar2(100); begin for x in c loop n:=n||x.ename; end loop; for x in c(20) loop "
        "n:=n||x.ename; end loop; for x in c(p=>30) loop n := n||c%rowcount; end loop; :r:=n; end;",
        "WARDALLENSMITH12",
    ),
    (
        "declare n number; begin select sum(sal) into n from emp where hiredate > "
        "to_date('01.01.1981','DD.MM.YYYY') and nvl(comm,0) > 100; :r := n; end;",
        "2850",
    ),
    (
        "begin :r := "
        "to_char(to_date('2024-03-10','YYYY-MM-DD'),'DAY')||'|'||to_char(1234.5,'FM9,999.00')||'|'||to_c"
        "har(trunc(sysdate)-trunc(sysdate)); end;",
        "SUNDAY   |1,234.50|0",
    ),
    (
        "declare d1 date := date '2024-01-31'; begin :r := months_between(date '2024-03-31', "
        "d1)||'/'||to_char(last_day(d1),'DD')||'/'||to_char(next_day(d1,'MONDAY'),'YYYY-MM-DD'); end;",
        "2/31/2024-02-05",
    ),
    (
        "declare t timestamp := timestamp '2024-01-01 10:00:00'; i interval day to second := interval "
        "'90' minute; begin :r := to_char(t+i,'HH24:MI'); end;",
        "11:30",
    ),
    (
        "declare a number; begin begin a := 1/0; exception when zero_divide then :r := 'zd '||sqlerrm; end; end;",
        "zd ORA-01476: divisor is equal to zero",
    ),
    (
        "declare e1 exception; e2 exception; pragma exception_init(e2,-20055); begin begin begin raise "
        "e1; exception when e1 then raise_application_error(-20055,'converted'); end; exception when e2 "
        "then :r := sqlcode||sqlerrm; end; end;",
        "-20055ORA-20055: converted",
    ),
    (
        "begin begin raise_application_error(-20001,'a'); exception when others then "
        "raise_application_error(-20002,'b',true); end; exception when others then :r := "
        "dbms_utility.format_error_stack; end;",
        "ORA-20002: b\nORA-06512: at line 1\nORA-20001: a\nORA-06512: at line 1",
    ),
    (
        "declare s varchar2(10); begin s := 'abc'; s := s || s || s || s; exception when value_error then :r := 've'; end;",
        "ve",
    ),
    (
        "declare n number(3); begin n := 1000; exception when value_error then :r := sqlerrm; end;",
        "ORA-06502: PL/SQL: numeric or value error: number precision too large",
    ),
    ("declare n number(5,2) := 123.456; begin :r := n; end;", "123.46"),
    ("declare i pls_integer := 2147483647; begin i := i + 1; exception when others then :r := sqlcode; end;", "-1426"),
    (
        "declare b boolean := null; begin if b then :r:='t'; elsif not b then :r := 'f'; else :r := 'n'; end if; end;",
        "n",
    ),
    ("declare c char(5) := 'ab'; begin if c = 'ab' then :r := '['||c||']'; end if; end;", "[ab   ]"),
    ("declare v varchar2(5) := ''; begin if v is null then :r := 'null' || nvl(length(v),-1); end if; end;", "null-1"),
    ("begin :r := case when 'a' < 'B' then 1 else 2 end; end;", "2"),
    ("begin :r := '1' + '2'; end;", "3"),
    ("begin :r := 1 || 2; end;", "12"),
    ("begin :r := 10/4; end;", "2.5"),
    (
        "begin :r := regexp_replace('a1b2','[0-9]','#')||regexp_substr('foo bar','[^ "
        "]+',1,2)||regexp_count('aaa','a'); end;",
        "a#b#bar3",
    ),
    ("begin if regexp_like('abc','^a') then :r := translate('abc','ab','xy'); end if; end;", "xyc"),
    (
        "declare type t is table of varchar2(10) index by pls_integer; a t; i pls_integer; s "
        "varchar2(100); begin a(5):='five'; a(-1):='neg'; a(3):='three'; i := a.first; while i is not "
        "null loop s := s||i||a(i); i := a.next(i); end loop; :r := s||a.count; end;",
        "-1neg3three5five3",
    ),
    (
        "declare type t is table of number; a t := t(3,1,2); b t; begin b := a; b.extend(2); b(4) := 9; "
        "b.trim; :r := b.count||a.count||b(4); a.delete; :r := :r || a.count; end;",
        "4390",
    ),
    (
        "declare type m is table of number index by varchar2(20); x m; k varchar2(20); begin for r in "
        "(select ename, sal from emp) loop x(r.ename) := r.sal; end loop; k := x.first; while k is not "
        "null loop :r := :r || k || x(k) || ' '; k := x.next(k); end loop; end;",
        "ALLEN1600 SMITH800 WARD1250 ",
    ),
    (
        "declare type t is table of emp%rowtype index by pls_integer; a t; begin select * bulk collect "
        "into a from emp order by empno; for i in a.first..a.last loop :r := :r || a(i).ename; end "
        "loop; end;",
        "SMITHALLENWARD",
    ),
    (
        "declare type tt is table of number; n tt; s tt; begin select empno, sal bulk collect into n, s "
        "from emp order by empno; forall i in 1..n.count update emp set comm = s(i) where empno = n(i); "
        ":r := sql%rowcount; rollback; end;",
        "3",
    ),
    (
        "declare c sys_refcursor; type r is record (a number, b varchar2(20)); x r; begin open c for "
        "select empno, ename from emp order by 1; loop fetch c into x; exit when c%notfound; :r := "
        ":r||x.b; end loop; :r := :r||c%rowcount; close c; end;",
        "SMITHALLENWARD3",
    ),
    (
        "declare n number; begin execute immediate 'select count(*) from emp where sal > :a and deptno "
        "= :b' into n using 1000, 30; :r := n; end;",
        "2",
    ),
    ("begin for r in (select level l from dual connect by level <= 3) loop :r := :r || r.l; end loop; end;", "123"),
    ("declare x number := 5; begin declare x number := 6; begin :r := x; end; :r := :r || x; end;", "65"),
    ("<<outer>> declare x number := 5; begin declare x number := 6; begin :r := x || outer.x; end; end;", "65"),
    (
        "declare procedure p(a number, b number := 2, c number default 3) is begin :r := a||b||c; end; "
        "begin p(1, c => 9); end;",
        "129",
    ),
    ("declare function f return varchar2 is begin return 'v'; end; begin :r := f || f(); end;", "vv"),
    ("declare procedure q; procedure p is begin q; end; procedure q is begin :r := 'fwd'; end; begin p; end;", "fwd"),
    (
        "declare n number := 0; begin loop n := n+1; if n = 3 then continue; end if; exit when n > 5; "
        ":r := :r || n; end loop; end;",
        "1245",
    ),
    ("declare l number; begin select ename into :r from emp where rownum = 1 and empno = 7369; end;", "SMITH"),
    (
        "begin insert into emp(empno,ename) select 1000+rownum, 'N'||rownum from dual connect by "
        "level<=3; :r := sql%rowcount; delete from emp where empno < 2000; :r := :r || sql%rowcount; "
        "end;",
        "33",
    ),
    (
        "begin update emp set sal = sal where 1=0; if sql%notfound then :r := 'none'||sql%rowcount; end if; end;",
        "none0",
    ),
    (
        "declare v number; begin select 1 into v from dual where 1=0; exception when no_data_found then "
        ":r := 'ndf'||sql%rowcount; end;",
        "ndf0",
    ),
    (
        "declare v number; begin select empno into v from emp; exception when too_many_rows then :r := 'tmr'||v; end;",
        "tmr",
    ),
    ("begin savepoint a; delete from emp; rollback to a; select count(*) into :r from emp; end;", "3"),
    (
        "begin execute immediate 'create table zz (a number)'; execute immediate 'insert into zz values "
        "(:1)' using 7; execute immediate 'select a from zz' into :r; execute immediate 'drop table zz "
        "purge'; end;",
        "7",
    ),
    (
        "declare s clob; begin for i in 1..1000 loop s := s || rpad('x',100,'x'); end loop; :r := "
        "length(s)||dbms_lob.getlength(s)||substr(s,99999,5); end;",
        "100000100000xx",
    ),
    ("declare r raw(10) := hextoraw('0A0B'); begin :r := rawtohex(r)||utl_raw.length(r)||r; end;", "0A0B20A0B"),
    ("begin :r := sys_context('userenv','session_user')||user||uid*0; end;", "APPAPP0"),
    ("begin select decode(1,1,'a','b') into :r from dual; end;", "a"),
    ("begin :r := coalesce(null, null, 'z') || nullif(1,2) || greatest('a','b') || least(1,2); end;", "z1b1"),
    ("declare d date; begin d := '01-JAN-24'; :r := to_char(d,'YYYY-MM-DD'); end;", "2024-01-01"),
    ("declare d date := date '2024-05-06'; begin :r := d || ''; end;", "06-MAY-24"),
    ("declare n number; begin n := to_number('12,5'); exception when others then :r := sqlcode; end;", "-6502"),
    (
        "declare x emp.sal%type := 12345678; begin null; exception when others then :r := 'inner'; end;",
        "ERR ORA-06502: PL/SQL: numeric or value error: number precision too large | ORA-06512: at line 1",
    ),
    ("begin raise too_many_rows; exception when no_data_found or too_many_rows then :r := 'either'; end;", "either"),
    ("declare a varchar2(20) := q'[it's]'; begin :r := a || q'!x!' || 'O''K'; end;", "it'sxO'K"),
    ("begin /* comment */ -- another\n :r := 'c'; end;", "c"),
    ("begin lock table emp in exclusive mode; :r := 'l'; rollback; end;", "l"),
    ("begin set transaction read only; select count(*) into :r from emp; commit; end;", "3"),
    (
        "begin merge into emp e using (select 7369 k from dual) s on (e.empno=s.k) when matched then "
        "update set comm=1; :r := sql%rowcount; rollback; end;",
        "1",
    ),
    (
        "declare n number; begin select count(*) into n from user_tables where table_name = upper('emp'); :r := n; end;",
        "1",
    ),
    ("declare n number; begin with x as (select 5 a from dual) select a into n from x; :r := n; end;", "5"),
    (
        "declare n number; begin select max(sal) keep (dense_rank first order by hiredate) into n from emp; :r := n; end;",
        "800",
    ),
    (
        "declare type t is varray(3) of varchar2(5); a t := t('x','y'); begin :r := "
        "a.limit||a.count||a(2); a.extend; a(3) := 'zz'; :r := :r || a(3); a.extend; exception when "
        "others then :r := :r || sqlcode; end;",
        "32yzz-6532",
    ),
    ("declare a number; b number; begin a := 5; b := a; a := 6; :r := b; end;", "5"),
    ("declare n pls_integer := 7; begin :r := n/2; n := n/2; :r := :r || '/' || n; end;", "3.5/4"),
    (
        "declare x number := 1; procedure p(a in out nocopy number) is begin a := a + x; x := 10; end; "
        "begin p(x); :r := x; end;",
        "2",
    ),
    ("begin :r := to_char(sysdate,'YYYY') - extract(year from sysdate); end;", "0"),
    ("begin if sysdate between date '2000-01-01' and sysdate + 1 then :r := 'y'; end if; end;", "y"),
    ("begin :r := chr(65)||ascii('B')||hextoraw('41'); end;", "A6641"),
    (
        "declare subtype s is varchar2(3); v s; begin v := 'abcd'; exception when value_error then :r := 'sub'; end;",
        "sub",
    ),
    (
        "declare n number := 3; begin case n when 1 then :r := 'a'; when 3 then :r := 'c'; else :r := 'z'; end case; end;",
        "c",
    ),
    (
        "declare n number := 4; begin case when n < 2 then :r := 'a'; end case; exception when "
        "case_not_found then :r := 'cnf'; end;",
        "cnf",
    ),
    (
        "declare v varchar2(100); begin for i in (select * from emp order by empno) loop v := v || "
        "i.ename || ','; end loop; :r := rtrim(v, ','); end;",
        "SMITH,ALLEN,WARD",
    ),
]


@pytest.fixture(scope="module")
def emp(engine: object) -> str:
    """The table EMP of APP, with three employees."""
    with oracledb.connect(user="app", password="app", dsn=engine.dsn) as connection:  # type: ignore[attr-defined]
        cursor = connection.cursor()
        cursor.execute(_EMP.format(name="emp"))
        cursor.executemany("insert into emp values (:1, :2, :3, to_date(:4, 'YYYY-MM-DD'), :5, :6)", _ROWS)
        connection.commit()
    return "emp"


@pytest.mark.parametrize(("block", "expected"), CASES)
def test_a_block_has_the_result_that_oracle_gives(block: str, expected: str, emp: str, cursor: oracledb.Cursor) -> None:
    variable = cursor.var(str, 4000)
    try:
        cursor.execute(block, r=variable)
        found = variable.getvalue()
    except oracledb.DatabaseError as error:
        found = "ERR " + str(error).partition("\nHelp:")[0].replace("\n", " | ")
    assert found == expected
