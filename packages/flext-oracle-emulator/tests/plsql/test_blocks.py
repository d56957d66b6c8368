"""Anonymous blocks as dbt-oracle and scripts send them: control flow, SQL, dynamic SQL, exceptions, atomicity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Result = Callable[[str], Any]
Error = Callable[..., str]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (":r := 1 + 2 * 3;", "7"),
        (":r := 1 / 3;", "." + "3" * 40),
        (":r := 'a' || null || 1.50;", "a1.5"),
        (":r := case when null = null then 'yes' else 'no' end;", "no"),
        (":r := case 2 when 1 then 'one' when 2 then 'two' end;", "two"),
        ("if '' is null then :r := 'empty is null'; end if;", "empty is null"),
        ("if 5 between 1 and 9 and 'abc' like 'a_c' and 3 in (1, 3) then :r := 'in'; end if;", "in"),
        ("if null or true then :r := 'true'; else :r := 'other'; end if;", "true"),
        (":r := to_char(date '2024-02-29' + 1, 'YYYY-MM-DD');", "2024-03-01"),
        (":r := date '2024-03-01' - date '2024-02-01';", "29"),
        (":r := to_char(add_months(date '2024-01-31', 1), 'DD.MM.YYYY');", "29.02.2024"),
        (":r := nvl(null, 'x') || substr('abcdef', -3, 2) || upper('z');", "xdeZ"),
        (":r := length(rpad('a', 5, 'xy')) || instr('hello', 'l') || mod(7, 4);", "533"),
        (":r := extract(year from date '2024-05-06');", "2024"),
        (":r := trim(both 'x' from 'xxaxx') || greatest(1, 3, 2);", "a3"),
        (":r := 2 ** 10;", "1024"),
    ],
)
def test_expressions_have_oracle_s_values(statements: str, expected: str, result: Result) -> None:
    assert result(f"begin {statements} end;") == expected


def test_loops_exit_continue_and_labels(result: Result) -> None:
    block = """
        declare
            s varchar2(100);
            n pls_integer := 0;
        begin
            for i in 1 .. 3 loop s := s || i; end loop;
            for i in reverse 1 .. 3 loop s := s || i; end loop;
            while n < 5 loop
                n := n + 1;
                continue when n = 2;
                exit when n = 4;
                s := s || '-' || n;
            end loop;
            <<outer>>
            for i in 1 .. 3 loop
                for j in 1 .. 3 loop
                    continue outer when j = 2;
                    exit outer when i = 3;
                    s := s || '/' || i || j;
                end loop;
            end loop outer;
            :r := s;
        end;"""
    assert result(block) == "123321-1-3/11/21"


def test_select_into_sees_variables_but_columns_win(table: str, result: Result) -> None:
    block = f"""
        declare
            wanted number := 2;
            name varchar2(10) := 'zzz';
            found {table}.name%type;
        begin
            select name into found from {table} where id = wanted and name = name;
            :r := found;
        end;"""
    assert result(block) == "b"


def test_dml_counts_rows_and_returns_values(table: str, result: Result) -> None:
    block = f"""
        declare
            s varchar2(100);
            n {table}.id%type;
            rec {table}%rowtype;
        begin
            update {table} set name = name || 'x' where id > 1;
            s := sql%rowcount;
            delete from {table} where id = 99;
            if sql%notfound then s := s || ' none'; end if;
            insert into {table} values (7, 'g') returning id into n;
            rec.id := n + 1;
            rec.name := 'rec';
            insert into {table} values rec;
            select count(*) into n from {table};
            :r := s || ' ' || n;
        end;"""
    assert result(block) == "2 none 5"


def test_cursor_for_loops_and_explicit_cursors(table: str, result: Result) -> None:
    block = f"""
        declare
            cursor c(least number) is select id, name from {table} where id >= least order by id;
            one c%rowtype;
            s varchar2(200);
        begin
            for row in (select name from {table} order by id desc) loop s := s || row.name; end loop;
            for row in c(2) loop s := s || row.id || row.name; end loop;
            open c(3);
            loop
                fetch c into one;
                exit when c%notfound;
                s := s || '+' || one.name || c%rowcount;
            end loop;
            close c;
            :r := s || case when c%isopen then 'open' else '!' end;
        end;"""
    assert result(block) == "cba2b3c+c1!"


def test_execute_immediate_with_using_and_into(table: str, result: Result) -> None:
    block = f"""
        declare
            n number;
            s varchar2(20);
        begin
            execute immediate 'update {table} set name = :v where id = :k' using 'new', 1;
            n := sql%rowcount;
            execute immediate 'select name from {table} where id = :1' into s using 1;
            execute immediate 'begin :x := :x + :y; end;' using in out n, 5;
            execute immediate 'create table {table}_copy as select * from {table}';
            :r := s || n;
        end;"""
    assert result(block) == "new6"


def test_dbt_drops_a_relation_that_is_not_there(cursor: oracledb.Cursor) -> None:
    cursor.execute(
        """
        DECLARE
             dne_942    EXCEPTION;
             PRAGMA EXCEPTION_INIT(dne_942, -942);
             attempted_ddl_on_in_use_GTT EXCEPTION;
             pragma EXCEPTION_INIT(attempted_ddl_on_in_use_GTT, -14452);
             mv_dne_12003 EXCEPTION;
             PRAGMA EXCEPTION_INIT(mv_dne_12003, -12003);
          BEGIN
             SAVEPOINT start_transaction;EXECUTE IMMEDIATE 'DROP table APP.nosuch cascade constraints purge';COMMIT;
          EXCEPTION
             WHEN attempted_ddl_on_in_use_GTT THEN
                NULL; -- if it its a global temporary table, leave it alone.
             WHEN dne_942 THEN
                NULL;
             WHEN mv_dne_12003 THEN
                NULL;
          END;"""
    )


def test_dbt_merges_in_a_block_and_drops_its_temporary_table_on_error(
    table: str, cursor: oracledb.Cursor, error: Error
) -> None:
    cursor.execute(f"create global temporary table o$pt_{table} on commit preserve rows as select * from {table}")
    cursor.execute(f"update o$pt_{table} set name = 'm' where id = 2")
    block = f"""BEGIN
      merge into {table} d using o$pt_{table} s on (d.id = s.id)
        when matched then update set d.name = s.name
        when not matched then insert (id, name) values (s.id, s.name);
      {{more}}
    EXCEPTION
      WHEN OTHERS THEN
        BEGIN
          EXECUTE IMMEDIATE 'TRUNCATE TABLE o$pt_{table}';
        EXCEPTION
          WHEN OTHERS THEN
            NULL;
        END;
        BEGIN
          EXECUTE IMMEDIATE 'DROP TABLE o$pt_{table}';
        EXCEPTION
          WHEN OTHERS THEN
            NULL;
        END;
        RAISE;
    END;"""
    cursor.execute(block.format(more=""))
    assert cursor.execute(f"select name from {table} where id = 2").fetchone() == ("m",)
    text = error(block.format(more=f"insert into {table} values (1, 'dup');"))
    assert text.startswith(f"ORA-00001: unique constraint (APP.{table.upper()}_PK) violated\nORA-06512: at line 20")
    assert error(f"select * from o$pt_{table}").startswith("ORA-00942")


def test_a_block_that_raises_leaves_nothing_but_what_it_committed(
    table: str, cursor: oracledb.Cursor, error: Error
) -> None:
    cursor.execute(f"update {table} set name = 'before' where id = 1")
    assert "ORA-01476" in error(f"declare n number; begin delete from {table}; n := 1 / 0; end;")
    assert cursor.execute(f"select name from {table} order by id").fetchall() == [("before",), ("b",), ("c",)]
    error(f"begin insert into {table} values (4, 'd'); commit; insert into {table} values (4, 'd'); end;")
    assert cursor.execute(f"select count(*) from {table}").fetchone() == (4,)


def test_a_handled_error_undoes_its_statement_only(table: str, cursor: oracledb.Cursor) -> None:
    cursor.execute(
        f"""begin
            insert into {table} values (4, 'd');
            begin
                insert into {table} select 10 - id, 'x' from {table};
                insert into {table} values (1, 'dup');
            exception
                when dup_val_on_index then null;
            end;
        end;"""
    )
    assert cursor.execute(f"select count(*) from {table}").fetchone() == (8,)


def test_savepoints_inside_a_block(table: str, cursor: oracledb.Cursor) -> None:
    cursor.execute(
        f"""begin
            insert into {table} values (4, 'd');
            savepoint here;
            delete from {table};
            rollback to here;
        end;"""
    )
    cursor.connection.commit()
    assert cursor.execute(f"select count(*) from {table}").fetchone() == (4,)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            "declare\n  n number;\nbegin\n  select 1 into n from dual where 1 = 2;\nend;",
            "ORA-01403: no data found\nORA-06512: at line 4",
        ),
        (
            "declare\n  n number;\nbegin\n  select level into n from dual connect by level < 3;\nend;",
            "ORA-01422: exact fetch returns more than requested number of rows\nORA-06512: at line 4",
        ),
        ("begin\n  raise_application_error(-20123, 'no way');\nend;", "ORA-20123: no way\nORA-06512: at line 2"),
        (
            "declare\n  oops exception;\nbegin\n  raise oops;\nend;",
            "ORA-06510: PL/SQL: unhandled user-defined exception\nORA-06512: at line 4",
        ),
        (
            "declare\n  s varchar2(2);\nbegin\n  s := 'abc';\nend;",
            "ORA-06502: PL/SQL: numeric or value error: character string buffer too small\nORA-06512: at line 4",
        ),
        (
            "declare\n  n number;\nbegin\n  n := 'abc';\nend;",
            "ORA-06502: PL/SQL: numeric or value error: character to number conversion error\nORA-06512: at line 4",
        ),
        (
            "begin\n  null;\n  x := 1;\nend;",
            "ORA-06550: line 3, column 3:\nPLS-00201: identifier 'X' must be declared\n"
            "ORA-06550: line 3, column 3:\nPL/SQL: Statement ignored",
        ),
        (
            "declare\n  procedure p is begin raise no_data_found; end;\nbegin\n  p;\nend;",
            "ORA-01403: no data found\nORA-06512: at line 2\nORA-06512: at line 4",
        ),
        (
            "begin\n  raise value_error;\nexception when value_error then\n  raise;\nend;",
            "ORA-06502: PL/SQL: numeric or value error\nORA-06512: at line 4\nORA-06512: at line 2",
        ),
    ],
)
def test_errors_have_oracle_s_codes_and_lines(block: str, expected: str, error: Error) -> None:
    assert error(block) == expected


def test_sqlcode_and_sqlerrm(result: Result) -> None:
    block = """
        declare
            mine exception;
            s varchar2(200) := sqlcode || ' ';
        begin
            begin
                raise_application_error(-20007, 'seven');
            exception when others then s := s || sqlcode || ' ' || sqlerrm;
            end;
            begin
                raise mine;
            exception when mine then s := s || ' ' || sqlcode || ' ' || sqlerrm;
            end;
            begin
                raise no_data_found;
            exception when others then s := s || ' ' || sqlcode;
            end;
            :r := s;
        end;"""
    assert result(block) == "0 -20007 ORA-20007: seven 1 User-Defined Exception 100"


def test_what_the_emulator_does_not_know_passes_every_handler(error: Error) -> None:
    text = error("begin dbms_scheduler.create_job(1); exception when others then null; end;")
    assert text.startswith("ORA-03001: unimplemented feature: DBMS_SCHEDULER.CREATE_JOB")


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            "begin\n  insert into no_such_table values (1);\nexception when others then null;\nend;",
            "ORA-06550: line 2, column 15:\nPL/SQL: ORA-00942: table or view does not exist\n"
            "ORA-06550: line 2, column 3:\nPL/SQL: SQL Statement ignored",
        ),
        (
            "declare\n  x number;\nbegin\n  select nope into x from dual;\nexception when others then null;\nend;",
            'ORA-06550: line 4, column 10:\nPL/SQL: ORA-00904: "NOPE": invalid identifier\n'
            "ORA-06550: line 4, column 3:\nPL/SQL: SQL Statement ignored",
        ),
        (
            "begin\n  if false then no_such_thing; end if;\nexception when others then null;\nend;",
            "ORA-06550: line 2, column 17:\nPLS-00201: identifier 'NO_SUCH_THING' must be declared\n"
            "ORA-06550: line 2, column 17:\nPL/SQL: Statement ignored",
        ),
        (
            "declare\n  c constant number := 1;\nbegin\n  c := 2;\nend;",
            "ORA-06550: line 4, column 3:\nPLS-00363: expression 'C' cannot be used as an assignment target\n"
            "ORA-06550: line 4, column 3:\nPL/SQL: Statement ignored",
        ),
        (
            "begin\n  exit;\nend;",
            "ORA-06550: line 2, column 3:\nPLS-00376: illegal EXIT/CONTINUE statement; it must appear inside a loop\n"
            "ORA-06550: line 2, column 3:\nPL/SQL: Statement ignored",
        ),
        (
            "begin\n  loop return 1; end loop;\nend;",
            "ORA-06550: line 2, column 8:\nPLS-00372: In a procedure, RETURN statement cannot contain an expression\n"
            "ORA-06550: line 2, column 8:\nPL/SQL: Statement ignored",
        ),
        (
            "begin\n  dbms_output.put_line(1, 2);\nend;",
            "ORA-06550: line 2, column 3:\nPLS-00306: wrong number or types of arguments in call to 'PUT_LINE'\n"
            "ORA-06550: line 2, column 3:\nPL/SQL: Statement ignored",
        ),
    ],
)
def test_what_does_not_compile_is_not_run_and_not_caught(block: str, expected: str, error: Error) -> None:
    assert error(block) == expected


def test_functions_that_only_sql_has_work_in_blocks(result: Result) -> None:
    assert result("begin :r := utl_raw.cast_to_varchar2(utl_encode.base64_encode(hextoraw('CAFE'))); end;") == "yv4="


def test_a_block_may_be_a_transaction_of_its_own(table: str, cursor: oracledb.Cursor, error: Error) -> None:
    block = f"declare pragma autonomous_transaction; begin insert into {table} values (9, 'own'); {{}} end;"
    cursor.execute(f"delete from {table} where id = 1")
    cursor.execute(block.format("commit;"))
    assert error(block.format("").replace("9,", "10,")).startswith("ORA-06519")
    cursor.connection.rollback()
    assert cursor.execute(f"select id from {table} order by id").fetchall() == [(1,), (2,), (3,), (9,)]


def test_a_mistake_that_shows_only_at_run_time_is_not_caught_either(error: Error) -> None:
    block = "declare\n  type t is table of number;\n  x t;\nbegin\n  x := 5;\nexception when others then null;\nend;"
    assert error(block) == (
        "ORA-06550: line 5, column 3:\nPLS-00382: expression is of wrong type\n"
        "ORA-06550: line 5, column 3:\nPL/SQL: Statement ignored"
    )


def test_a_dynamic_block_that_does_not_compile_can_be_caught(result: Result) -> None:
    block = "begin execute immediate 'begin nope; end;'; exception when others then :r := sqlcode; end;"
    assert result(block) == "-6550"


def test_json_functions_in_blocks(result: Result) -> None:
    assert result("""begin :r := json_value('{"a": {"b": 7}}', '$.a.b'); end;""") == "7"
