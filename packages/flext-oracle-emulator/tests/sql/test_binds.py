"""Binds are found where the driver's own scanner finds them."""

from __future__ import annotations

import pytest
from flext_oracle_emulator.sql.binds import StatementKind, scan_statement


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("select 1 from dual", StatementKind.QUERY),
        ("-- hint\n/* and more */ (with q as (select 1 from dual) select * from q)", StatementKind.QUERY),
        ("merge into t", StatementKind.DML),
        ("Begin null; End;", StatementKind.PLSQL),
        ("call p(:1)", StatementKind.PLSQL),
        ("truncate table t", StatementKind.DDL),
        ("lock table t in exclusive mode", StatementKind.OTHER),
        ("", StatementKind.OTHER),
    ],
)
def test_the_first_word_decides_the_kind(sql: str, kind: StatementKind) -> None:
    assert scan_statement(sql).kind is kind


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select :a, :A, :b from dual", ("A", "A", "B")),
        ("begin :a := :A + :b; end;", ("A", "B")),
        ("select :1, :2x, : n, :a_$#1 from dual", ("1", "2", "N", "A_$#1")),
        ('select :"Mixed case" from dual', ("Mixed case",)),
        ("select ':a' || :b, \":c\" from t -- :d\n /* :e */", ("B",)),
        ("select q'[it's :a]', nq'!:b!', q'(:c)' || :d from dual", ("D",)),
        ("select 'it''s :a', :b from dual", ("B",)),
        ("select json_object('k' : v, 'l': :w) from t", ("W",)),
        ("create trigger t before insert on x begin :new.a := 1; end;", ()),
        ("select 'unterminated :a", ()),
        ("begin x := 1; end;", ()),
        ("select 1:2 from dual", ("2",)),
    ],
)
def test_bind_names(sql: str, names: tuple[str, ...]) -> None:
    assert scan_statement(sql).bind_names == names


def test_binds_after_returning_into_are_return_binds() -> None:
    text = scan_statement("insert into t values (:1, :2) returning a, b into :3, :4")
    assert text.return_positions == (2, 3)
    assert [bind.is_return for bind in text.binds] == [False, False, True, True]
    assert scan_statement("select returning, into from t where a = :1").return_positions == ()


def test_offsets_point_at_the_colon() -> None:
    sql = "select é, :a from t where b = : c"
    assert [sql[bind.offset] for bind in scan_statement(sql).binds] == [":", ":"]


def test_return_is_returning_to_clients_that_know_it() -> None:
    sql = "insert into t values (:1, :2) return id into :3"
    assert scan_statement(sql).return_positions == (2,)
    assert scan_statement(sql, short_return=False).return_positions == ()
